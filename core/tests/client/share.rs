//! A share consumer alone: its sessions with the leaders, and what becomes of acknowledgements that cannot be sent
//! (`ShareConsumeRequestManager`, `ShareSessionHandler`). The leaders say what the test tells them to.

use crate::cluster::{Cluster, Mood};
use crate::harness::{Bench, Client};
use rebalance_core::command::{AckBy, ConsumerSpec};
use rebalance_core::config::{ConfigSet, ConsumerConfig, Preset};
use rebalance_core::effect::{Ctx, Timer};
use rebalance_core::event::Event;
use rebalance_core::id::{BrokerId, ClientId};
use rebalance_core::protocol::{
    Acknowledge, AcquiredRecords, Envelope, ErrorCode, Request, ShareFetchPartitionResponse,
    ShareFetchResponse,
};
use rebalance_core::share_consumer::ShareConsumer;
use rebalance_core::time::Duration;

impl Client for ShareConsumer {
    fn start(&mut self, ctx: &mut Ctx) {
        ShareConsumer::start(self, ctx);
    }
    fn on_message(&mut self, ctx: &mut Ctx, envelope: Envelope) {
        ShareConsumer::on_message(self, ctx, envelope);
    }
    fn on_timer(&mut self, ctx: &mut Ctx, timer: Timer) {
        ShareConsumer::on_timer(self, ctx, timer);
    }
}

const B1: BrokerId = BrokerId(1);
const B2: BrokerId = BrokerId(2);

/// `t-0` is led by broker 1, `t-1` by broker 2; the group's coordinator is broker 3.
fn bench(ack: AckBy, processing_ms: i64) -> Bench<ShareConsumer> {
    let mut cluster = Cluster::new(3).topic("t", 2);
    cluster.coordinator = BrokerId(3);
    let all = [cluster.tp("t", 0), cluster.tp("t", 1)];
    cluster.group.target = Some(all.to_vec());
    cluster.write("t", 0, 2);
    let mut config = ConsumerConfig::preset(Preset::Kafka);
    let mode = match ack {
        AckBy::Hand => "explicit",
        _ => "implicit",
    };
    let set = config.set("share.acknowledgement.mode", mode);
    set.expect("a setting");
    let spec = ConsumerSpec {
        share_group: Some("g".into()),
        topics: Some(vec!["t".into()]),
        processing: Some(Duration::millis(processing_ms)),
        ack: Some(ack),
        ..ConsumerSpec::default()
    };
    let brokers = cluster.brokers();
    let consumer = ShareConsumer::new(ClientId(1), "c1".into(), spec, config, brokers);
    Bench::new(consumer, cluster, 1)
}

/// A broker acquires these records of `t-0` for the next fetch of it.
fn hand_out(bench: &mut Bench<ShareConsumer>, first: i64, last: i64) {
    let tp = bench.cluster.tp("t", 0);
    let batches = bench.cluster.log("t", 0).batches.clone();
    bench.cluster.shared = Some(ShareFetchResponse {
        error: ErrorCode::None,
        partitions: vec![ShareFetchPartitionResponse {
            tp,
            error: ErrorCode::None,
            acknowledge_error: ErrorCode::None,
            batches,
            acquired: vec![AcquiredRecords {
                first,
                last,
                delivery_count: 1,
            }],
        }],
    });
}

impl Bench<ShareConsumer> {
    /// Fetches and acknowledgements to a broker: `fetch 0 [0]` names partitions (those with acknowledgements as `0:0-1`).
    fn said_to(&self, broker: BrokerId) -> Vec<String> {
        let sent = self.requests.iter().filter(|(_, to, _)| *to == broker);
        let text = |kind: &str, epoch: i32, named: &rebalance_core::protocol::Acknowledgements| {
            let named: Vec<String> = named
                .iter()
                .map(|(tp, acks)| match acks.first() {
                    None => tp.partition.to_string(),
                    Some(a) => format!("{}:{}-{}", tp.partition, a.first, a.last),
                })
                .collect();
            format!("{kind} {epoch} [{}]", named.join(", "))
        };
        sent.filter_map(|(_, _, r)| match r {
            Request::ShareFetch(f) => Some(text("fetch", f.session_epoch, &f.partitions)),
            Request::ShareAcknowledge(a) => {
                Some(text("acknowledge", a.session_epoch, &a.partitions))
            }
            _ => None,
        })
        .collect()
    }

    fn errors(&self) -> Vec<String> {
        let told = self.told(|e| match e {
            Event::ClientError { doing, error } => Some(format!("{doing}: {error}")),
            _ => None,
        });
        told.into_iter().map(|(_, e)| e).collect()
    }

    fn delivered(&self) -> usize {
        let told = self.told(|e| matches!(e, Event::Polled { .. }).then_some(()));
        told.len()
    }

    fn deliver_two(&mut self) {
        hand_out(self, 0, 1);
        while self.delivered() == 0 {
            self.run(1);
            assert!(self.now.as_millis() < 5_000, "nothing was delivered");
        }
    }

    fn move_leader(&mut self) {
        let log = self.cluster.log("t", 0);
        (log.leader, log.epoch) = (Some(B2), 1);
    }

    /// The consumer learns of it as of everything else: with its metadata.
    fn refresh(&mut self) {
        let mut config = ConsumerConfig::preset(Preset::Kafka);
        let soon = config.set("metadata.max.age.ms", "100");
        soon.expect("a setting");
        let explicit = config.set("share.acknowledgement.mode", "explicit");
        explicit.expect("a setting");
        self.with(|c, ctx| c.reconfigure(ctx, &ConsumerSpec::default(), config));
        self.run(300);
    }
}

#[test]
fn a_session_names_its_partitions_once_and_carries_acknowledgements() {
    let mut bench = bench(AckBy::Accept, 100);
    bench.deliver_two();
    bench.run(1_000);
    assert_eq!(
        bench.said_to(B1)[..3],
        ["fetch 0 [0]", "fetch 1 [0:0-1]", "fetch 2 []"]
    );
    assert_eq!(bench.errors(), Vec::<String>::new());
}

#[test]
fn a_session_the_leader_does_not_know_is_begun_again_and_the_acknowledgements_are_lost() {
    for error in [
        ErrorCode::ShareSessionNotFound,
        ErrorCode::InvalidShareSessionEpoch,
    ] {
        let mut bench = bench(AckBy::Accept, 100);
        bench.deliver_two();
        bench.cluster.share_refuse(B1, error);
        bench.run(1_000);
        assert_eq!(
            bench.said_to(B1)[..3],
            ["fetch 0 [0]", "fetch 1 [0:0-1]", "fetch 0 [0]"]
        );
        // The records come back when their locks time out.
        assert_eq!(bench.errors(), [format!("acknowledge: {error}")]);
    }
}

#[test]
fn a_commit_without_a_session_is_not_sent() {
    // Refused, the session is to begin anew: with a fetch, which an acknowledgement is not.
    for error in [
        ErrorCode::ShareSessionNotFound,
        ErrorCode::InvalidShareSessionEpoch,
    ] {
        let mut bench = bench(AckBy::Hand, 0);
        bench.deliver_two();
        let tp = bench.cluster.tp("t", 0);
        bench.cluster.share_refuse(B1, error);
        bench.with(|c, ctx| c.acknowledge(ctx, tp, 0, Acknowledge::Accept));
        bench.with(|c, ctx| c.commit(ctx));
        bench.run(1_000);
        assert_eq!(bench.said_to(B1), ["fetch 0 [0]", "acknowledge 1 [0:0-0]"]);
        assert_eq!(bench.errors(), ["acknowledge: SHARE_SESSION_NOT_FOUND"]);
        bench.with(|c, ctx| c.acknowledge(ctx, tp, 1, Acknowledge::Accept));
        bench.run(1_000);
        // With the next fetch there is one too many again: it begins a session.
        assert_eq!(bench.said_to(B1)[2..3], ["fetch 0 [0]"]);
        assert_eq!(
            bench.errors()[1..],
            ["acknowledge: INVALID_SHARE_SESSION_EPOCH"]
        );
    }
}

#[test]
fn acknowledgements_belong_to_the_leader_that_delivered_the_records() {
    // With the next poll, and with commitSync(): the new leader knows nothing of these records, although there is a session with it.
    for commits in [false, true] {
        let mut bench = bench(AckBy::Hand, 0);
        bench.deliver_two();
        let tp = bench.cluster.tp("t", 0);
        bench.move_leader();
        bench.refresh();
        bench.with(|c, ctx| c.acknowledge(ctx, tp, 0, Acknowledge::Accept));
        if commits {
            bench.with(|c, ctx| c.commit(ctx));
        } else {
            bench.with(|c, ctx| c.acknowledge(ctx, tp, 1, Acknowledge::Accept));
        }
        bench.run(1_000);
        assert_eq!(bench.errors(), ["acknowledge: NOT_LEADER_OR_FOLLOWER"]);
        for said in [bench.said_to(B1), bench.said_to(B2)].concat() {
            assert!(!said.contains(':'), "{said}");
        }
    }
}

#[test]
fn a_leader_that_moved_unnoticed_says_so_itself() {
    let mut bench = bench(AckBy::Hand, 0);
    bench.deliver_two();
    let tp = bench.cluster.tp("t", 0);
    bench.move_leader();
    bench.with(|c, ctx| c.acknowledge(ctx, tp, 0, Acknowledge::Accept));
    bench.with(|c, ctx| c.commit(ctx));
    bench.run(1_000);
    assert_eq!(bench.said_to(B1), ["fetch 0 [0]", "acknowledge 1 [0:0-0]"]);
    assert_eq!(bench.errors(), ["acknowledge: UNKNOWN_TOPIC_OR_PARTITION"]);
}

#[test]
fn a_lost_connection_loses_the_session_and_what_was_to_be_acknowledged() {
    let mut bench = bench(AckBy::Accept, 100);
    bench.deliver_two();
    bench.cluster.brokers.insert(B1, Mood::Dead);
    bench.run(300);
    bench.cluster.brokers.insert(B1, Mood::Answers);
    bench.run(2_000);
    let said = bench.said_to(B1);
    assert_eq!(said[..2], ["fetch 0 [0]", "fetch 1 [0:0-1]"]);
    assert!(said[2..].iter().all(|s| !s.contains(':')), "{said:?}");
    assert_eq!(said[2], "fetch 0 [0]");
    assert_eq!(bench.errors(), ["acknowledge: NETWORK_EXCEPTION"]);
}

#[test]
fn closing_sends_the_last_epoch_to_every_leader_and_gives_back_what_is_open() {
    let mut bench = bench(AckBy::Hand, 0);
    bench.deliver_two();
    let tp = bench.cluster.tp("t", 0);
    bench.with(|c, ctx| c.acknowledge(ctx, tp, 0, Acknowledge::Accept));
    bench.with(|c, ctx| c.close(ctx));
    bench.run(2_000);
    assert_eq!(
        bench.said_to(B1).last().map(String::as_str),
        Some("acknowledge -1 [0:0-0]")
    );
    assert_eq!(
        bench.said_to(B2).last().map(String::as_str),
        Some("acknowledge -1 []")
    );
    let gone = Event::ClientGone { polite: true };
    assert_eq!(bench.events.last().map(|e| &e.1), Some(&gone));
}
