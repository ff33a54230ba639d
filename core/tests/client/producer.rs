//! What a producer does, seen from the brokers and from its application.

use crate::cluster::{Cluster, Mood};
use crate::harness::{Bench, Client};
use rebalance_core::command::ProducerSpec;
use rebalance_core::config::{ConfigSet, Preset, ProducerConfig};
use rebalance_core::effect::{Ctx, Timer};
use rebalance_core::event::Event;
use rebalance_core::id::{BrokerId, ClientId, Name};
use rebalance_core::producer::Producer;
use rebalance_core::protocol::{Envelope, ErrorCode, Request};
use rebalance_core::record::Bytes;
use rebalance_core::time::{Duration, SimTime};

impl Client for Producer {
    fn start(&mut self, ctx: &mut Ctx) {
        Producer::start(self, ctx);
    }
    fn on_message(&mut self, ctx: &mut Ctx, envelope: Envelope) {
        Producer::on_message(self, ctx, envelope);
    }
    fn on_timer(&mut self, ctx: &mut Ctx, timer: Timer) {
        Producer::on_timer(self, ctx, timer);
    }
}

const B1: BrokerId = BrokerId(1);

fn config(settings: &[(&str, &str)]) -> ProducerConfig {
    let mut config = ProducerConfig::preset(Preset::Kafka);
    for (name, value) in settings {
        config.set(name, value).expect("a setting");
    }
    config
}

fn bench(cluster: Cluster, settings: &[(&str, &str)], seed: u64) -> Bench<Producer> {
    let spec = ProducerSpec {
        topic: Some("t".into()),
        ..ProducerSpec::default()
    };
    let brokers = cluster.brokers();
    let producer = Producer::new(ClientId(1), "p1".into(), spec, config(settings), brokers);
    let mut bench = Bench::new(producer, cluster, seed);
    bench.run(50);
    bench
}

fn text(text: &str) -> Option<Bytes> {
    Some(text.as_bytes().into())
}

fn bytes(count: usize) -> Option<Bytes> {
    Some(vec![b'x'; count].into())
}

impl Bench<Producer> {
    fn send(&mut self, key: Option<Bytes>, value: Option<Bytes>, count: u32) {
        self.with(|p, ctx| p.send(ctx, None, key, value, None, count));
    }

    fn sent(&self) -> Vec<i32> {
        let sent = self.told(|e| match e {
            Event::RecordSent { tp } => Some(tp.partition),
            _ => None,
        });
        sent.into_iter().map(|(_, p)| p).collect()
    }

    fn acked(&self) -> Vec<(i64, (i64, i32))> {
        self.told(|e| match e {
            Event::Acked { base, records, .. } => Some((*base, *records)),
            _ => None,
        })
    }

    fn failures(&self) -> Vec<(i64, (Name, i32))> {
        self.told(|e| match e {
            Event::SendFailed { error, records, .. } => Some((error.clone(), *records)),
            _ => None,
        })
    }
}

#[test]
fn keys_go_to_kafkas_partitions() {
    let expected = [
        ("user-1", [2, 0, 2]),
        ("user-2", [2, 0, 2]),
        ("user-3", [2, 3, 5]),
        ("user-4", [1, 3, 1]),
        ("user-5", [1, 2, 4]),
        ("user-6", [2, 1, 5]),
        ("alice", [0, 1, 3]),
        ("bob", [0, 2, 0]),
        ("key-0", [1, 1, 1]),
        ("12345", [2, 0, 2]),
    ];
    for (column, partitions) in [3, 4, 6].into_iter().enumerate() {
        let mut bench = bench(Cluster::new(3).topic("t", partitions), &[], 1);
        for (key, _) in expected {
            bench.send(text(key), text("v"), 1);
        }
        bench.run(100);
        let wanted: Vec<i32> = expected.iter().map(|(_, p)| p[column]).collect();
        assert_eq!(bench.sent(), wanted);
        assert_eq!(
            bench.acked().iter().map(|(_, a)| a.1).sum::<i32>(),
            expected.len() as i32
        );
    }
}

#[test]
fn keyless_records_stay_on_a_partition_for_two_batches() {
    for seed in 0..20 {
        let settings = [("linger.ms", "50"), ("batch.size", "4096")];
        let mut bench = bench(Cluster::new(3).topic("t", 3), &settings, seed);
        bench.send(None, bytes(500), 60);
        bench.run(100);
        let mut runs = vec![(bench.sent()[0], 0)];
        for partition in bench.sent() {
            match runs.last_mut() {
                Some((last, run)) if *last == partition => *run += 1,
                _ => runs.push((partition, 1)),
            }
        }
        let (last, others) = runs.split_last().expect("records were sent");
        assert!(others.iter().all(|(_, run)| run % 14 == 0), "{runs:?}");
        assert_eq!(last.1 % 14, 60 % 14, "{runs:?}");
    }
}

#[test]
fn one_at_a_time_keyless_records_stay_and_round_robin_goes_round() {
    for (class, partitions) in [("default", 1), ("roundrobin", 3)] {
        let settings = [("partitioner.class", class)];
        let mut bench = bench(Cluster::new(3).topic("t", 3), &settings, 4);
        for _ in 0..12 {
            bench.send(None, text("v"), 1);
            bench.run(50);
        }
        let mut sent = bench.sent();
        assert_eq!(sent.len(), 12);
        if class == "roundrobin" {
            assert!(sent.windows(4).all(|w| w[0] == w[3] && w[0] != w[1]));
        }
        sent.sort_unstable();
        sent.dedup();
        assert_eq!(sent.len(), partitions);
    }
}

#[test]
fn batches_are_cut_to_the_byte() {
    let cases: [(&str, Vec<(i32, u32)>); 3] = [
        ("16384", vec![(148, 16_277), (148, 16_277), (4, 497)]),
        ("1000", [vec![(8, 933); 37], vec![(4, 497)]].concat()),
        ("200000", vec![(300, 32_997)]),
    ];
    for (size, expected) in cases {
        for linger in ["0", "100"] {
            let settings = [("batch.size", size), ("linger.ms", linger)];
            let mut bench = bench(Cluster::new(1).topic("t", 1), &settings, 1);
            bench.send(None, bytes(100), 300);
            bench.run(500);
            let log = &bench.cluster.log("t", 0).batches;
            let found: Vec<_> = log
                .iter()
                .map(|b| (b.records.len() as i32, b.size))
                .collect();
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn linger_is_an_upper_bound() {
    for (linger, after) in [("0", 2), ("200", 202)] {
        let settings = [("linger.ms", linger)];
        let mut bench = bench(Cluster::new(1).topic("t", 1), &settings, 1);
        bench.send(None, bytes(100), 1);
        bench.run(40);
        bench.send(None, bytes(100), 1);
        bench.run(400);
        let start = bench.acked()[0].0 - 52;
        assert_eq!(
            start, after,
            "the metadata took 2 ms and came with the first"
        );
    }
    let mut bench = bench(Cluster::new(1).topic("t", 1), &[("linger.ms", "60000")], 1);
    bench.send(None, bytes(100), 1);
    bench.run(40);
    bench.with(|p, ctx| p.close(ctx));
    bench.run(10);
    assert_eq!(bench.acked().len(), 1);
    assert!(bench.client.is_closed());
    assert_eq!(bench.timers(), []);
    assert!(matches!(
        bench.events.last(),
        Some((_, Event::ClientGone { polite: true }))
    ));
}

#[test]
fn a_full_buffer_blocks_each_send_and_fails_it() {
    let settings = [
        ("buffer.memory", "65536"),
        ("max.block.ms", "2000"),
        ("linger.ms", "60000"),
    ];
    let mut bench = bench(Cluster::new(1).topic("t", 1), &settings, 1);
    bench.send(None, text("warm"), 1);
    bench.run(60_050);
    bench.cluster.brokers.insert(B1, Mood::Silent);
    let start = bench.now;
    bench.send(None, bytes(15_000), 8);
    bench.until(start + Duration::secs(8));
    let failures: Vec<_> = bench
        .failures()
        .into_iter()
        .map(|(at, (error, n))| (at - start.as_millis(), error.to_string(), n))
        .collect();
    let exhausted = |at| (at, "BufferExhaustedException".to_owned(), 1);
    assert_eq!(failures, [2_000, 4_000, 6_000, 8_000].map(exhausted));
    let now = bench.now;
    let answers = bench.cluster.thaw(now, B1);
    bench.deliver(answers);
    bench.run(100);
    let bases: Vec<i64> = bench.acked().iter().map(|(_, a)| a.0).collect();
    assert_eq!(bases, [0, 1, 2, 3, 4]);
    assert_eq!(bench.client.counts(), (5, 4));
}

#[test]
fn records_that_are_too_large_never_leave() {
    let mut bench = bench(Cluster::new(1).topic("t", 1), &[], 1);
    bench.send(None, bytes(1_100_000), 1);
    bench.run(10);
    assert_eq!(&*bench.failures()[0].1.0, "RecordTooLargeException");
}

#[test]
fn a_partition_that_does_not_exist_is_waited_for() {
    let mut bench = bench(
        Cluster::new(1).topic("t", 1),
        &[("max.block.ms", "1500")],
        1,
    );
    let start = bench.now.as_millis();
    bench.with(|p, ctx| p.send(ctx, None, None, text("v"), Some(99), 1));
    bench.run(5_000);
    let failures = bench.failures();
    assert_eq!(failures[0].0 - start, 1_500);
    assert_eq!(&*failures[0].1.0, "TimeoutException");
    // The topic may also appear while it is waited for.
    bench.with(|p, ctx| p.send(ctx, Some("new".into()), None, text("v"), None, 1));
    bench.run(300);
    bench.cluster.create("new", 1);
    bench.run(1_000);
    assert_eq!(bench.cluster.values("new", 0), ["v"]);
}

#[test]
fn acks_zero_succeeds_without_arriving() {
    let mut bench = bench(Cluster::new(1).topic("t", 1), &[("acks", "0")], 1);
    bench.send(None, text("Z0"), 1);
    bench.run(50);
    bench.cluster.brokers.insert(B1, Mood::Silent);
    bench.send(None, text("Z1"), 1);
    bench.run(50);
    bench.cluster.brokers.insert(B1, Mood::Dead);
    bench.cluster.piled.clear();
    bench.run(50);
    assert_eq!(bench.acked().len(), 2);
    assert!(bench.acked().iter().all(|(_, a)| *a == (-1, 1)));
    assert_eq!(bench.cluster.values("t", 0), ["Z0"]);
    assert_eq!(bench.failures(), []);
}

#[test]
fn delivery_ends_after_its_timeout_whatever_the_retries() {
    let settings = [("delivery.timeout.ms", "20000"), ("linger.ms", "0")];
    let mut bench = bench(Cluster::new(1).topic("t", 1), &settings, 1);
    bench.send(None, text("warm"), 1);
    bench.run(50);
    for _ in 0..100_000 {
        let refuse = &mut bench.cluster.log("t", 0).refuse;
        refuse.push_back(ErrorCode::NotEnoughReplicas);
    }
    let start = bench.now.as_millis();
    bench.send(None, text("v"), 1);
    bench.run(60_000);
    let failures = bench.failures();
    assert_eq!(failures.len(), 1);
    assert_eq!(&*failures[0].1.0, "TimeoutException");
    assert_eq!(failures[0].0 - start, 20_000);
    let retries = bench.told(|e| matches!(e, Event::Retrying { .. }).then_some(()));
    assert!((20..60).contains(&retries.len()), "{}", retries.len());
    // The next record begins a new epoch and arrives.
    bench.cluster.log("t", 0).refuse.clear();
    bench.send(None, text("next"), 1);
    bench.run(2_000);
    assert_eq!(bench.cluster.values("t", 0), ["warm", "next"]);
    assert_eq!(bench.client.producer_id().1, 1);
}

/// Batch A is refused once while B is already on its way.
fn reordering(idempotent: &str, warm: bool) -> (Vec<String>, usize) {
    let settings = [("enable.idempotence", idempotent), ("linger.ms", "0")];
    let mut bench = bench(Cluster::new(1).topic("t", 1), &settings, 1);
    bench.send(None, text("0"), 1);
    bench.run(50);
    if !warm {
        bench.cluster.log("t", 0).forget();
    }
    let refuse = &mut bench.cluster.log("t", 0).refuse;
    refuse.push_back(ErrorCode::NotEnoughReplicas);
    bench.send(None, text("A"), 1);
    bench.send(None, text("B"), 1);
    bench.run(150_000);
    (bench.cluster.values("t", 0), bench.failures().len())
}

#[test]
fn idempotence_keeps_the_order_of_retries() {
    assert_eq!(
        reordering("false", true),
        (["0", "B", "A"].map(String::from).to_vec(), 0)
    );
    assert_eq!(
        reordering("true", true),
        (["0", "A", "B"].map(String::from).to_vec(), 0)
    );
    // A partition that never saw the producer takes any first number: A is lost.
    assert_eq!(
        reordering("true", false),
        (["0", "B"].map(String::from).to_vec(), 1)
    );
}

#[test]
fn at_most_five_requests_are_in_flight() {
    for (limit, together) in [("1", 1), ("3", 3), ("5", 5)] {
        let settings = [
            ("max.in.flight.requests.per.connection", limit),
            ("batch.size", "1000"),
        ];
        let mut bench = bench(Cluster::new(1).topic("t", 1), &settings, 1);
        bench.send(None, text("warm"), 1);
        bench.run(50);
        bench.cluster.brokers.insert(B1, Mood::Silent);
        bench.send(None, bytes(100), 100);
        bench.run(100);
        assert_eq!(bench.cluster.piled.len(), together);
        let now = bench.now;
        let answers = bench.cluster.thaw(now, B1);
        bench.deliver(answers);
        bench.run(500);
        let sequences: Vec<i32> = bench.cluster.log("t", 0).batches[1..]
            .iter()
            .map(|b| b.base_sequence)
            .collect();
        assert!(sequences.is_sorted());
        assert_eq!(bench.cluster.log("t", 0).end, 101);
    }
}

#[test]
fn a_broken_connection_is_retried_with_the_new_leader() {
    let mut bench = bench(Cluster::new(2).topic("t", 1), &[("linger.ms", "0")], 1);
    bench.send(None, text("a"), 1);
    bench.run(50);
    bench.cluster.brokers.insert(B1, Mood::Dead);
    bench.send(None, text("b"), 1);
    bench.run(3_000);
    let tries = bench.requests.iter().filter(|r| r.1 == B1).count();
    assert!((4..40).contains(&tries), "{tries} tries in 3 s");
    let log = bench.cluster.log("t", 0);
    (log.leader, log.epoch) = (Some(BrokerId(2)), 1);
    bench.run(3_000);
    assert_eq!(bench.cluster.values("t", 0), ["a", "b"]);
    assert_eq!(bench.acked().len(), 2);
}

#[test]
fn a_rate_is_kept_exactly() {
    let mut bench = bench(Cluster::new(1).topic("t", 1), &[], 1);
    let spec = ProducerSpec {
        rate_milli: Some(3_000),
        keys: Some(vec!["a".into(), "b".into()]),
        value_bytes: Some(8),
        ..ProducerSpec::default()
    };
    let settings = config(&[]);
    bench.with(|p, ctx| p.reconfigure(ctx, &spec, settings));
    bench.run(59_950);
    assert_eq!(bench.client.counts().0, 180);
    let batches = &bench.cluster.log("t", 0).batches;
    let first = &batches[0].records[0];
    assert_eq!(first.value.as_deref(), Some(&b"m1      "[..]));
    let keys = batches.iter().flat_map(|b| b.records.iter());
    let a = keys.filter(|r| r.key.as_deref() == Some(&b"a"[..])).count();
    assert!((60..120).contains(&a), "{a} of 180");
}

#[test]
fn nothing_is_asked_before_the_first_send() {
    let mut bench = bench(Cluster::new(3).topic("t", 1), &[], 1);
    bench.run(100);
    let topics = bench.requests.iter().filter_map(|(_, _, r)| match r {
        Request::Metadata(Some(topics)) => Some(topics.len()),
        _ => None,
    });
    assert_eq!(topics.collect::<Vec<_>>(), [0]);
    assert_eq!(bench.client.producer_id(), (1_000, 0));
    let before = bench.requests.len();
    bench.until(SimTime::ZERO + Duration::secs(310));
    let after = &bench.requests[before..];
    assert!(matches!(after, [(_, _, Request::Metadata(_))]), "{after:?}");
}

#[test]
fn many_batches_survive_a_change_of_leader_in_order() {
    let mut bench = bench(Cluster::new(2).topic("t", 1), &[("linger.ms", "0")], 1);
    bench.send(None, text("0"), 1);
    bench.run(50);
    bench.cluster.brokers.insert(B1, Mood::Dead);
    for i in 1..40 {
        bench.send(None, text(&i.to_string()), 1);
        bench.run(200);
    }
    let log = bench.cluster.log("t", 0);
    (log.leader, log.epoch) = (Some(BrokerId(2)), 1);
    bench.run(3_000);
    let all: Vec<String> = (0..40).map(|i| i.to_string()).collect();
    assert_eq!(bench.cluster.values("t", 0), all);
    assert_eq!(bench.client.producer_id().1, 0, "without a new epoch");
}

#[test]
fn a_batch_expires_on_time_however_many_came_before_and_after() {
    let settings = [("delivery.timeout.ms", "7000"), ("linger.ms", "0")];
    let mut bench = bench(Cluster::new(2).topic("t", 2), &settings, 1);
    let send = |bench: &mut Bench<Producer>, partition| {
        bench.with(|p, ctx| p.send(ctx, None, None, text("v"), Some(partition), 1));
    };
    send(&mut bench, 0);
    send(&mut bench, 1);
    bench.run(50);
    bench.cluster.brokers.insert(B1, Mood::Dead);
    let mut sent = Vec::new();
    for i in 0..40 {
        if i % 4 == 0 {
            sent.push(bench.now.as_millis());
            send(&mut bench, 0);
        }
        send(&mut bench, 1);
        bench.run(333);
    }
    bench.run(10_000);
    let failed: Vec<i64> = bench
        .failures()
        .into_iter()
        .flat_map(|(at, (_, n))| vec![at; n as usize])
        .collect();
    assert_eq!(failed.len(), sent.len());
    // A record may share a batch with older ones, but never outlives its own time-out.
    for (sent, failed) in sent.iter().zip(&failed) {
        assert!(failed - sent <= 7_000, "{sent} {failed}");
    }
    assert_eq!(failed[0] - sent[0], 7_000);
}
