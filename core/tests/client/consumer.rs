//! What a consumer does, seen from the brokers and from its application.

use crate::cluster::{Cluster, Mood};
use crate::harness::{Bench, Client};
use rebalance_core::command::{CommitMode, ConsumerSpec, OffsetTarget};
use rebalance_core::config::{ConfigSet, ConsumerConfig, Preset};
use rebalance_core::consumer::Consumer;
use rebalance_core::effect::{Ctx, Timer};
use rebalance_core::event::{Event, PositionSource};
use rebalance_core::id::{BrokerId, ClientId, Name};
use rebalance_core::protocol::{
    Envelope, ErrorCode, JoinGroupMember, Request, Subscription, UserData,
};
use rebalance_core::time::{Duration, SimTime};

impl Client for Consumer {
    fn start(&mut self, ctx: &mut Ctx) {
        Consumer::start(self, ctx);
    }
    fn on_message(&mut self, ctx: &mut Ctx, envelope: Envelope) {
        Consumer::on_message(self, ctx, envelope);
    }
    fn on_timer(&mut self, ctx: &mut Ctx, timer: Timer) {
        Consumer::on_timer(self, ctx, timer);
    }
}

const B1: BrokerId = BrokerId(1);
const EARLIEST: (&str, &str) = ("auto.offset.reset", "earliest");
const BY_HAND: (&str, &str) = ("enable.auto.commit", "false");

fn config(settings: &[(&str, &str)]) -> ConsumerConfig {
    let mut config = ConsumerConfig::preset(Preset::Kafka);
    for (name, value) in settings {
        config.set(name, value).expect("a setting");
    }
    config
}

fn spec(processing_ms: i64) -> ConsumerSpec {
    ConsumerSpec {
        group: Some("g".into()),
        topics: Some(vec!["t".into()]),
        processing: Some(Duration::millis(processing_ms)),
        ..ConsumerSpec::default()
    }
}

fn consumer(cluster: &Cluster, settings: &[(&str, &str)], spec: ConsumerSpec) -> Consumer {
    let brokers = cluster.brokers();
    Consumer::new(ClientId(1), "c1".into(), spec, config(settings), brokers)
}

fn bench(cluster: Cluster, settings: &[(&str, &str)], spec: ConsumerSpec) -> Bench<Consumer> {
    let consumer = consumer(&cluster, settings, spec);
    Bench::new(consumer, cluster, 1)
}

/// One partition with so many records.
fn filled(records: usize) -> Cluster {
    let mut cluster = Cluster::new(1).topic("t", 1);
    cluster.write("t", 0, records);
    cluster
}

impl Bench<Consumer> {
    /// Api names of the requests so far, heartbeats left out.
    fn asked(&self) -> Vec<&'static str> {
        let names = self.requests.iter().map(|(_, _, r)| r.api().name());
        names.filter(|n| *n != "Heartbeat").collect()
    }

    fn rebalances(&self) -> Vec<String> {
        let told = self.told(|e| match e {
            Event::Assigned {
                generation,
                partitions,
            } => Some(format!(
                "gen {generation} + {:?}",
                partitions.iter().map(|p| p.partition).collect::<Vec<_>>()
            )),
            Event::Revoked { partitions } => Some(format!(
                "- {:?}",
                partitions.iter().map(|p| p.partition).collect::<Vec<_>>()
            )),
            Event::Lost { partitions } => Some(format!(
                "lost {:?}",
                partitions.iter().map(|p| p.partition).collect::<Vec<_>>()
            )),
            _ => None,
        });
        told.into_iter().map(|(_, t)| t).collect()
    }

    fn processed(&self) -> Vec<i64> {
        let told = self.told(|e| match e {
            Event::Processed { offset, .. } => Some(*offset),
            _ => None,
        });
        told.into_iter().map(|(_, o)| o).collect()
    }

    fn errors(&self) -> Vec<Name> {
        let told = self.told(|e| match e {
            Event::ClientError { error, .. } => Some(error.clone()),
            _ => None,
        });
        told.into_iter().map(|(_, e)| e).collect()
    }

    fn committed(&self) -> Option<i64> {
        self.cluster.group.committed.values().next().copied()
    }

    fn commits(&self) -> Vec<(i64, i64)> {
        let commits = self.requests.iter().filter_map(|(at, _, r)| match r {
            Request::OffsetCommit(c) => Some((at.as_millis(), c.offsets[0].1)),
            _ => None,
        });
        commits.collect()
    }

    fn position(&self) -> Option<i64> {
        self.client
            .owned()
            .next()
            .map(|(_, _, position, _)| position)
    }
}

fn member(id: &str, owned: &[i32]) -> JoinGroupMember {
    JoinGroupMember {
        member_id: id.into(),
        group_instance_id: None,
        subscription: Subscription {
            topics: vec!["t".into()],
            owned: vec![("t".into(), owned.to_vec())],
            generation: -1,
            userdata: Some(UserData::default()),
        },
    }
}

#[test]
fn joining_takes_kafkas_steps_in_kafkas_order() {
    let mut cluster = Cluster::new(1).topic("t", 3);
    cluster.write("t", 1, 2);
    let mut bench = bench(cluster, &[EARLIEST], spec(0));
    bench.run(40);
    assert_eq!(
        bench.asked()[..9],
        [
            "Metadata",
            "FindCoordinator",
            "JoinGroup",
            "JoinGroup",
            "SyncGroup",
            "OffsetFetch",
            "ListOffsets",
            "Fetch",
            "Fetch"
        ]
    );
    assert_eq!(bench.rebalances(), ["gen 1 + [0, 1, 2]"]);
    let joins = bench.told(|e| matches!(e, Event::Joining { .. }).then_some(()));
    assert_eq!(joins.len(), 1);
    assert_eq!(&**bench.client.member_id(), "c1-1");
    assert_eq!(bench.client.generation(), 1);
    assert!(bench.client.is_leader());
    assert_eq!(bench.processed(), [0, 1]);
    // The session remembers the partitions: the second Fetch names only what moved.
    let fetches: Vec<_> = bench
        .requests
        .iter()
        .filter_map(|(_, _, r)| match r {
            Request::Fetch(f) => Some((f.session_epoch, f.partitions.len())),
            _ => None,
        })
        .collect();
    assert_eq!(fetches[..2], [(0, 3), (1, 1)]);
}

#[test]
fn at_least_once_means_that_processed_records_come_again() {
    let settings = [EARLIEST, ("max.poll.records", "1")];
    let mut bench = bench(filled(20), &settings, spec(1_000));
    while bench.processed().len() < 8 {
        bench.run(1);
    }
    assert_eq!(bench.processed(), (0..8).collect::<Vec<_>>());
    assert_eq!(bench.committed(), Some(5));
    // The process dies; another one begins.
    bench.cluster.group.present = false;
    let next = consumer(&bench.cluster, &settings, spec(0));
    bench.replace(next);
    bench.run(1_000);
    assert_eq!(bench.processed()[8..], (5..20).collect::<Vec<_>>());
}

#[test]
fn at_most_once_means_that_records_are_never_processed() {
    let settings = [EARLIEST, BY_HAND, ("max.poll.records", "10")];
    let before = ConsumerSpec {
        commit: Some(CommitMode::Before),
        ..spec(100)
    };
    let mut bench = bench(filled(10), &settings, before.clone());
    while bench.processed().len() < 4 {
        bench.run(1);
    }
    assert_eq!(bench.committed(), Some(10));
    bench.cluster.write("t", 0, 2);
    let next = consumer(&bench.cluster, &settings, before);
    bench.replace(next);
    bench.run(2_000);
    assert_eq!(bench.processed(), [0, 1, 2, 3, 10, 11]);
}

#[test]
fn where_a_consumer_begins() {
    let policies = ["earliest", "latest", "none"];
    let cases = [
        (
            None,
            0,
            10,
            [Ok(0), Ok(10), Err("NoOffsetForPartitionException")],
        ),
        (Some(10), 0, 11, [Ok(10), Ok(10), Ok(10)]),
        (
            Some(3),
            6,
            10,
            [Ok(6), Ok(10), Err("OffsetOutOfRangeException")],
        ),
        (
            Some(99),
            6,
            11,
            [Ok(6), Ok(11), Err("OffsetOutOfRangeException")],
        ),
    ];
    for (committed, start, end, expected) in cases {
        for (policy, expected) in policies.iter().zip(expected) {
            let mut cluster = filled(end);
            cluster.log("t", 0).start = start;
            let tp = cluster.tp("t", 0);
            cluster.group.committed.extend(committed.map(|o| (tp, o)));
            let settings = [("auto.offset.reset", *policy)];
            let mut bench = bench(cluster, &settings, spec(1_000));
            bench.run(100);
            let sets = bench.told(|e| match e {
                Event::PositionSet { offset, .. } => Some(*offset),
                _ => None,
            });
            match expected {
                Ok(offset) => assert_eq!(sets.last().map(|s| s.1), Some(offset)),
                Err(error) => {
                    assert_eq!(bench.errors(), [Name::from(error)]);
                    assert!(bench.client.is_closed());
                    assert!(!bench.cluster.group.present, "it left");
                    let gone = Event::ClientGone { polite: false };
                    assert_eq!(bench.events.last().map(|e| &e.1), Some(&gone));
                }
            }
        }
    }
}

#[test]
fn automatic_commits_happen_inside_poll_when_the_timer_is_due() {
    let mut bench = bench(filled(10), &[EARLIEST], spec(700));
    bench.run(21_000);
    let assigned = bench.told(|e| matches!(e, Event::Assigned { .. }).then_some(()))[0].0;
    let commits = bench.commits();
    // All ten records came with the first poll; it takes 7 s before the next one.
    let positions: Vec<i64> = commits.iter().map(|c| c.1).collect();
    assert_eq!(positions, [10, 10, 10]);
    assert!((7_000..7_100).contains(&(commits[0].0 - assigned)));
    assert_eq!(commits[1].0 - commits[0].0, 5_000);
    assert_eq!(commits[2].0 - commits[1].0, 5_000);
}

#[test]
fn a_stuck_consumer_leaves_and_loses_its_partitions() {
    let settings = [
        EARLIEST,
        BY_HAND,
        ("max.poll.interval.ms", "6000"),
        ("max.poll.records", "1"),
    ];
    let mut bench = bench(filled(4), &settings, spec(9_000));
    bench.run(5_000);
    let polled = bench.told(|e| matches!(e, Event::Polled { .. }).then_some(()))[0].0;
    bench.run(10_000);
    let left = bench
        .requests
        .iter()
        .find(|r| matches!(r.2, Request::LeaveGroup(_)));
    let left = left.expect("LeaveGroup").0;
    assert_eq!(left.as_millis() - polled, 6_001);
    assert!(
        matches!(&bench.requests.iter().find(|r| r.2.api().name() == "LeaveGroup"),
        Some((_, _, Request::LeaveGroup(l))) if *l.reason == *"consumer poll timeout has expired.")
    );
    assert_eq!(bench.errors(), [Name::from("CommitFailedException")]);
    assert_eq!(
        bench.rebalances()[..3],
        ["gen 1 + [0]", "lost [0]", "gen 2 + [0]"]
    );
    assert_eq!(&**bench.client.member_id(), "c1-2");
    assert_eq!(bench.committed(), None);
    // The record comes again.
    let polls = bench.told(|e| match e {
        Event::Polled { first, .. } => Some(*first),
        _ => None,
    });
    assert_eq!(polls.iter().map(|p| p.1).collect::<Vec<_>>(), [0, 0]);
}

#[test]
fn an_eager_rebalance_commits_revokes_all_and_assigns() {
    let mut cluster = Cluster::new(1).topic("t", 3);
    cluster.write("t", 0, 5);
    let mut bench = bench(cluster, &[EARLIEST], spec(0));
    bench.run(1_000);
    assert_eq!(bench.committed(), None);
    bench.cluster.group.rebalancing = true;
    bench.cluster.group.others = vec![member("c2-9", &[])];
    bench.run(3_000);
    assert_eq!(
        bench.rebalances(),
        ["gen 1 + [0, 1, 2]", "- [0, 1, 2]", "gen 2 + [0, 1]"]
    );
    assert_eq!(
        bench.committed(),
        Some(5),
        "committed before it was revoked"
    );
    let asked = bench.asked();
    let tail: Vec<_> = asked.iter().rev().take(12).rev().collect();
    let commit = asked.iter().position(|a| *a == "OffsetCommit");
    let rejoin = asked.iter().rposition(|a| *a == "JoinGroup");
    assert!(commit < rejoin, "{tail:?}");
    assert_eq!(bench.client.paused_since(), None);
    let others = &bench.cluster.group.assignments;
    let theirs = others.iter().find(|(id, _)| &**id == "c2-9");
    assert_eq!(theirs.expect("an assignment").1, [("t".into(), vec![2])]);
    // Records keep their place: nothing comes twice.
    bench.cluster.write("t", 0, 2);
    bench.run(1_000);
    assert_eq!(bench.processed(), (0..7).collect::<Vec<_>>());
}

#[test]
fn a_cooperative_rebalance_takes_two_steps_and_stops_nothing() {
    let settings = [
        EARLIEST,
        ("partition.assignment.strategy", "cooperative-sticky"),
    ];
    let mut bench = bench(Cluster::new(1).topic("t", 3), &settings, spec(0));
    bench.run(1_000);
    bench.cluster.group.rebalancing = true;
    bench.cluster.group.others = vec![member("c2-9", &[])];
    bench.run(3_000);
    assert_eq!(
        bench.rebalances(),
        ["gen 1 + [0, 1, 2]", "- [2]", "gen 2 + []", "gen 3 + []"]
    );
    let kept: Vec<i32> = bench.client.owned().map(|(tp, ..)| tp.partition).collect();
    assert_eq!(kept, [0, 1]);
    let others = &bench.cluster.group.assignments;
    let theirs = others.iter().find(|(id, _)| &**id == "c2-9");
    assert_eq!(theirs.expect("an assignment").1, [("t".into(), vec![2])]);
    let join = bench.requests.iter().rev().find_map(|(_, _, r)| match r {
        Request::JoinGroup(j) => Some(j.protocols[0].1.clone()),
        _ => None,
    });
    let join = join.expect("JoinGroup");
    assert_eq!(join.owned, [("t".into(), vec![0, 1])]);
    let reasons = bench.requests.iter().filter_map(|(_, _, r)| match r {
        Request::JoinGroup(j) => Some(&*j.reason),
        _ => None,
    });
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        [
            "",
            "need to re-join with the given member-id: c1-1",
            "group is already rebalancing",
            "need to revoke partitions and re-join"
        ]
    );
    assert_eq!(
        (join.generation, join.userdata.map(|u| u.generation)),
        (2, Some(2))
    );
}

#[test]
fn the_eager_sticky_assignor_remembers_in_its_user_data() {
    let settings = [EARLIEST, ("partition.assignment.strategy", "sticky")];
    let mut bench = bench(Cluster::new(1).topic("t", 3), &settings, spec(0));
    bench.run(1_000);
    bench.cluster.group.rebalancing = true;
    bench.run(3_000);
    let join = bench.requests.iter().rev().find_map(|(_, _, r)| match r {
        Request::JoinGroup(j) => Some(j.protocols[0].1.clone()),
        _ => None,
    });
    let join = join.expect("JoinGroup");
    assert_eq!(join.owned, []);
    let userdata = join.userdata.expect("user data");
    assert_eq!(userdata.previous, [("t".into(), vec![0, 1, 2])]);
    assert_eq!(userdata.generation, 1);
}

#[test]
fn a_follower_takes_what_the_leader_gives_it() {
    let mut cluster = Cluster::new(1).topic("t", 3);
    cluster.group.given = Some(vec![("t".into(), vec![1])]);
    let mut bench = bench(cluster, &[], spec(0));
    bench.run(100);
    assert_eq!(bench.rebalances(), ["gen 1 + [1]"]);
    assert!(!bench.client.is_leader());
    assert_eq!(bench.cluster.group.assignments, []);
}

#[test]
fn the_coordinator_dies_and_the_generation_lives_on() {
    let mut cluster = Cluster::new(2).topic("t", 1);
    cluster.coordinator = BrokerId(2);
    cluster.write("t", 0, 3);
    let mut bench = bench(cluster, &[EARLIEST], spec(0));
    bench.run(4_000);
    bench.cluster.brokers.insert(BrokerId(2), Mood::Dead);
    bench.run(8_000);
    bench.cluster.write("t", 0, 2);
    bench.cluster.coordinator = B1;
    bench.run(4_000);
    assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
    assert_eq!(bench.processed(), [0, 1, 2, 3, 4]);
    assert_eq!(bench.committed(), Some(5));
    let finds = bench
        .asked()
        .iter()
        .filter(|a| **a == "FindCoordinator")
        .count();
    assert!((5..40).contains(&finds), "{finds} in 8 s");
}

#[test]
fn heartbeat_errors_take_away_what_they_say() {
    for (error, id, lost) in [
        (ErrorCode::IllegalGeneration, "c1-1", true),
        (ErrorCode::UnknownMemberId, "c1-2", true),
        (ErrorCode::CoordinatorLoadInProgress, "c1-1", false),
        (ErrorCode::NotCoordinator, "c1-1", false),
    ] {
        let mut bench = bench(filled(1), &[EARLIEST], spec(0));
        bench.run(1_000);
        bench.cluster.group.heartbeats.push_back(error);
        bench.run(4_000);
        let expected: &[&str] = match lost {
            true => &["gen 1 + [0]", "lost [0]", "gen 2 + [0]"],
            false => &["gen 1 + [0]"],
        };
        assert_eq!(bench.rebalances(), expected, "{error}");
        assert_eq!(&**bench.client.member_id(), id, "{error}");
    }
}

#[test]
fn a_fenced_static_member_ends() {
    let pos = ConsumerSpec {
        instance: Some("pos-1".into()),
        ..spec(0)
    };
    let mut bench = bench(filled(1), &[EARLIEST], pos);
    bench.run(1_000);
    let fenced = ErrorCode::FencedInstanceId;
    bench.cluster.group.heartbeats.push_back(fenced);
    bench.run(4_000);
    assert_eq!(bench.errors(), [Name::from("FencedInstanceIdException")]);
    assert!(bench.client.is_closed());
    assert!(!bench.asked().contains(&"LeaveGroup"));
}

#[test]
fn closing_commits_and_says_good_bye_unless_static() {
    for instance in [None, Some(Name::from("pos-1"))] {
        let leaves = instance.is_none();
        let spec = ConsumerSpec {
            instance,
            ..spec(100)
        };
        let mut bench = bench(filled(10), &[EARLIEST], spec);
        bench.run(250);
        bench.with(|c, ctx| c.close(ctx));
        bench.run(2_000);
        // The records of the last poll are processed first.
        assert_eq!(bench.processed().len(), 10);
        assert_eq!(bench.committed(), Some(10));
        assert_eq!(bench.asked().contains(&"LeaveGroup"), leaves);
        assert_eq!(bench.cluster.group.present, !leaves);
        assert_eq!(bench.rebalances(), ["gen 1 + [0]", "- [0]"]);
        let gone = Event::ClientGone { polite: true };
        assert_eq!(bench.events.last().map(|e| &e.1), Some(&gone));
        assert_eq!(bench.timers(), []);
    }
}

#[test]
fn positions_commits_seeks_and_pauses_are_four_things() {
    let mut bench = bench(filled(2), &[EARLIEST, BY_HAND], {
        ConsumerSpec {
            commit: Some(CommitMode::Never),
            ..spec(0)
        }
    });
    bench.run(100);
    assert_eq!((bench.position(), bench.committed()), (Some(2), None));
    bench.with(|c, ctx| c.commit(ctx));
    bench.run(100);
    assert_eq!(bench.committed(), Some(2));
    let tp = bench.cluster.tp("t", 0);
    bench.with(|c, ctx| c.pause(ctx, (tp, &"t".into()), true));
    bench.with(|c, ctx| c.seek(ctx, (tp, &"t".into()), OffsetTarget::Offset(0)));
    bench.run(1_000);
    assert_eq!((bench.position(), bench.committed()), (Some(0), Some(2)));
    assert_eq!(bench.processed(), [0, 1]);
    bench.cluster.write("t", 0, 1);
    bench.run(5_000);
    assert_eq!(bench.processed(), [0, 1], "paused");
    assert_eq!(bench.rebalances().len(), 1, "but still a member");
    bench.with(|c, ctx| c.pause(ctx, (tp, &"t".into()), false));
    bench.run(600);
    assert_eq!(bench.processed(), [0, 1, 0, 1, 2]);
    bench.with(|c, ctx| c.seek(ctx, (tp, &"t".into()), OffsetTarget::Latest));
    bench.run(600);
    assert_eq!(bench.position(), Some(3));
    let sources = bench.told(|e| match e {
        Event::PositionSet { source, .. } => Some(*source),
        _ => None,
    });
    let seek = PositionSource::Seek;
    let sources: Vec<_> = sources.into_iter().map(|s| s.1).collect();
    assert_eq!(sources, [PositionSource::Earliest, seek, seek]);
}

#[test]
fn a_commit_by_hand_stops_at_the_record_in_work() {
    let never = ConsumerSpec {
        commit: Some(CommitMode::Never),
        ..spec(1_000)
    };
    let mut bench = bench(filled(10), &[EARLIEST, BY_HAND], never);
    bench.run(2_500);
    bench.with(|c, ctx| c.commit(ctx));
    bench.run(1_000);
    assert_eq!(bench.committed(), Some(3));
    bench.run(10_000);
    assert_eq!(bench.processed(), (0..10).collect::<Vec<_>>());
}

#[test]
fn the_leader_notices_new_partitions_and_rejoins() {
    let settings = [EARLIEST, ("metadata.max.age.ms", "10000")];
    let mut bench = bench(Cluster::new(1).topic("t", 1), &settings, spec(0));
    bench.run(2_000);
    bench.cluster.create("t", 3);
    bench.run(7_000);
    assert_eq!(bench.rebalances().len(), 1);
    bench.run(2_000);
    assert_eq!(
        bench.rebalances(),
        ["gen 1 + [0]", "- [0]", "gen 2 + [0, 1, 2]"]
    );
}

#[test]
fn a_topic_may_come_later_and_another_may_join_it() {
    let mut bench = bench(Cluster::new(1), &[EARLIEST], spec(0));
    bench.run(1_000);
    assert_eq!(bench.rebalances(), ["gen 1 + []"]);
    bench.cluster.create("t", 1);
    bench.run(2_000);
    assert_eq!(bench.rebalances(), ["gen 1 + []", "gen 2 + [0]"]);
    bench.cluster.create("u", 2);
    bench.cluster.write("u", 1, 1);
    let both = ConsumerSpec {
        topics: Some(vec!["u".into(), "t".into()]),
        ..ConsumerSpec::default()
    };
    let settings = config(&[EARLIEST]);
    bench.with(|c, ctx| c.reconfigure(ctx, &both, settings));
    bench.run(1_000);
    assert_eq!(bench.rebalances()[2..], ["- [0]", "gen 3 + [0, 0, 1]"]);
    assert_eq!(bench.processed(), [0]);
}

#[test]
fn a_new_leader_is_found_and_the_position_kept() {
    let mut cluster = Cluster::new(2).topic("t", 1);
    cluster.coordinator = BrokerId(2);
    cluster.write("t", 0, 3);
    let mut bench = bench(cluster, &[EARLIEST], spec(0));
    bench.run(1_000);
    bench.cluster.brokers.insert(B1, Mood::Dead);
    let log = bench.cluster.log("t", 0);
    (log.leader, log.epoch) = (Some(BrokerId(2)), 1);
    bench.cluster.write("t", 0, 2);
    bench.run(3_000);
    assert_eq!(bench.processed(), [0, 1, 2, 3, 4]);
    assert_eq!(bench.rebalances().len(), 1);
}

#[test]
fn a_truncated_log_takes_the_position_back() {
    let mut bench = bench(filled(5), &[EARLIEST], spec(0));
    bench.run(1_000);
    let log = bench.cluster.log("t", 0);
    (log.epoch, log.end, log.diverging) = (1, 0, Some((-1, 3)));
    log.batches.clear();
    bench.cluster.write("t", 0, 3);
    bench.run(2_000);
    let truncated = bench.told(|e| match e {
        Event::PositionSet {
            offset,
            source: PositionSource::Truncation,
            ..
        } => Some(*offset),
        _ => None,
    });
    assert_eq!(truncated.len(), 1);
    assert_eq!(bench.position(), Some(3));
}

#[test]
fn a_poll_returns_at_most_so_many_and_skips_holes() {
    let mut cluster = filled(10);
    let log = cluster.log("t", 0);
    let mut batch = (*log.batches[0]).clone();
    batch.records = batch
        .records
        .iter()
        .filter(|r| r.offset_delta % 3 == 0 && r.offset_delta < 9)
        .cloned()
        .collect();
    log.batches[0] = batch.into();
    let settings = [EARLIEST, ("max.poll.records", "2")];
    let mut bench = bench(cluster, &settings, spec(0));
    bench.run(1_000);
    assert_eq!(bench.processed(), [0, 3, 6]);
    let polls = bench.told(|e| match e {
        Event::Polled {
            first,
            last,
            records,
            ..
        } => Some((*first, *last, *records)),
        _ => None,
    });
    let polls: Vec<_> = polls.into_iter().map(|p| p.1).collect();
    assert_eq!(polls, [(0, 3, 2), (6, 6, 1)]);
    assert_eq!(bench.position(), Some(10));
    assert_eq!(bench.client.delivered(), 3);
}

#[test]
fn an_idle_consumer_is_quiet() {
    let mut bench = bench(filled(1), &[EARLIEST], spec(0));
    bench.until(SimTime::ZERO + Duration::secs(60));
    let (mut fetches, mut beats, mut commits) = (0, 0, 0);
    for (_, _, request) in &bench.requests {
        match request {
            Request::Fetch(_) => fetches += 1,
            Request::Heartbeat(_) => beats += 1,
            Request::OffsetCommit(_) => commits += 1,
            _ => {}
        }
    }
    assert!((118..=122).contains(&fetches), "{fetches}");
    assert_eq!((beats, commits), (19, 11));
}
