//! Being a member by the consumer protocol: what each heartbeat says, and what becomes of a member that is fenced, slow, or not heard.

use super::*;
use ErrorCode::{
    CoordinatorLoadInProgress, CoordinatorNotAvailable, FencedMemberEpoch, NotCoordinator,
    StaleMemberEpoch, UnknownMemberId, UnknownTopicOrPartition,
};
use rebalance_core::protocol::ConsumerGroupHeartbeatRequest;

/// A heartbeat: when, and what it says: `epoch`, then `all` or what was named (`topics`, `owned [0, 1]`).
fn said(beat: &ConsumerGroupHeartbeatRequest) -> String {
    let mut text = format!("{}", beat.member_epoch);
    if beat.topics.is_some() && beat.rebalance_timeout_ms > 0 {
        text += " all";
    }
    if let Some(owned) = &beat.owned {
        let numbers: Vec<i32> = owned.iter().map(|tp| tp.partition).collect();
        text += &format!(" owns {numbers:?}");
    }
    text
}

impl Bench<Consumer> {
    fn beats(&self) -> Vec<(i64, String)> {
        let beats = self.requests.iter().filter_map(|(at, _, r)| match r {
            Request::ConsumerGroupHeartbeat(b) => Some((at.as_millis(), said(b))),
            _ => None,
        });
        beats.collect()
    }

    fn told_group(&self) -> Vec<String> {
        self.beats().into_iter().map(|b| b.1).collect()
    }
}

const RARELY: (&str, &str) = ("auto.commit.interval.ms", "600000");
const MODERN: (&str, &str) = ("group.protocol", "consumer");

fn target(cluster: &mut Cluster, partitions: &[i32]) {
    let tps = partitions.iter().map(|p| cluster.tp("t", *p)).collect();
    cluster.group.target = Some(tps);
}

/// A member of epoch 1 that owns these partitions of two.
fn settled(settings: &[(&str, &str)], spec: ConsumerSpec, owned: &[i32]) -> Bench<Consumer> {
    let mut cluster = Cluster::new(2).topic("t", 2);
    cluster.write("t", 0, 4);
    target(&mut cluster, owned);
    let all: Vec<_> = [&[EARLIEST, MODERN][..], settings].concat();
    let mut bench = bench(cluster, &all, spec);
    bench.run(1_000);
    assert_eq!(bench.rebalances(), [format!("gen 1 + {owned:?}")]);
    bench
}

fn never(processing_ms: i64) -> ConsumerSpec {
    ConsumerSpec {
        commit: Some(CommitMode::Never),
        ..spec(processing_ms)
    }
}

#[test]
fn a_heartbeat_says_only_what_is_new_and_comes_at_the_coordinators_interval() {
    let mut bench = settled(&[BY_HAND], never(0), &[0, 1]);
    bench.run(11_000);
    assert_eq!(
        bench.told_group(),
        ["0 all owns []", "1 owns [0, 1]", "1", "1"]
    );
    let times: Vec<i64> = bench.beats().into_iter().map(|b| b.0).collect();
    assert_eq!((times[2] - times[1], times[3] - times[2]), (5_000, 5_000));
    // The coordinator changes its mind: from its answer on, that is the interval.
    bench.cluster.group.interval_ms = 7_000;
    bench.run(20_000);
    let times: Vec<i64> = bench.beats().into_iter().map(|b| b.0).collect();
    assert_eq!((times[4] - times[3], times[5] - times[4]), (5_000, 7_002));
    assert_eq!(times[6] - times[5], 7_000);
}

#[test]
fn after_an_error_or_a_loss_everything_is_said_again() {
    let all = "1 all owns [0]";
    // Tried again after the back-off, not at the interval; when the coordinator has moved, as soon as it is found.
    for (error, wait) in [
        (CoordinatorLoadInProgress, 80..=126),
        (NotCoordinator, 2..=8),
        (CoordinatorNotAvailable, 2..=8),
    ] {
        let mut bench = settled(&[BY_HAND], never(0), &[0]);
        bench.cluster.coordinator = B1;
        bench.cluster.next("ConsumerGroupHeartbeat", error, 0);
        while bench.beats().len() < 3 {
            bench.run(1);
        }
        bench.cluster.coordinator = match error {
            CoordinatorLoadInProgress => B1,
            _ => BrokerId(2),
        };
        bench.run(1_000);
        let beats = bench.beats();
        assert_eq!(beats[2].1, "1", "{error}");
        assert_eq!(beats[3].1, all, "{error}");
        let waited = beats[3].0 - beats[2].0;
        assert!(wait.contains(&waited), "{error}: {waited} ms");
        assert_eq!(bench.rebalances(), ["gen 1 + [0]"], "{error}");
    }
    // The connection breaks: nobody knows what has arrived.
    let mut bench = settled(&[BY_HAND], never(0), &[0]);
    bench.cluster.brokers.insert(B1, Mood::Dead);
    while bench.beats().len() < 3 {
        bench.run(1);
    }
    bench.cluster.coordinator = BrokerId(2);
    bench.run(2_000);
    assert_eq!(bench.beats()[3].1, all);
    // Its answer does not come in time (request.timeout.ms).
    let short = ("request.timeout.ms", "2000");
    let mut bench = settled(&[BY_HAND, short], never(0), &[0]);
    bench
        .cluster
        .next("ConsumerGroupHeartbeat", ErrorCode::None, 60_000);
    bench.run(8_000);
    assert_eq!(bench.beats()[3].1, all);
    assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
}

#[test]
fn a_fenced_member_drops_everything_and_joins_again_at_once_under_its_id() {
    for error in [FencedMemberEpoch, UnknownMemberId] {
        let mut bench = settled(&[BY_HAND], never(0), &[0]);
        let id = bench.client.member_id().clone();
        bench.cluster.next("ConsumerGroupHeartbeat", error, 0);
        bench.run(6_000);
        let beats = bench.beats();
        assert_eq!(
            (beats[2].1.as_str(), beats[3].1.as_str()),
            ("1", "0 all owns []"),
            "{error}"
        );
        assert_eq!(beats[3].0 - beats[2].0, 2, "{error}");
        assert_eq!(
            bench.rebalances(),
            ["gen 1 + [0]", "lost [0]", "gen 2 + [0]"],
            "{error}"
        );
        assert_eq!(*bench.client.member_id(), id);
        assert_eq!(bench.errors(), Vec::<Name>::new());
    }
}

#[test]
fn a_fenced_member_drops_its_partitions_in_the_next_poll_or_close() {
    // It works on its batch of four, a second each, while the coordinator throws it out.
    for closes in [false, true] {
        let mut bench = settled(&[BY_HAND], never(2_000), &[0]);
        bench
            .cluster
            .next("ConsumerGroupHeartbeat", FencedMemberEpoch, 0);
        bench.run(6_000);
        assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
        assert_eq!(bench.beats().len(), 3, "out of the group it says nothing");
        if closes {
            bench.with(|c, ctx| c.close(ctx));
        }
        bench.run(2_000);
        let after = match closes {
            false => &["gen 1 + [0]", "lost [0]", "gen 2 + [0]"][..],
            true => &["gen 1 + [0]", "lost [0]"][..],
        };
        assert_eq!(bench.rebalances(), after);
        assert!(!bench.told_group().contains(&"-1".to_owned()));
    }
}

#[test]
fn who_does_not_poll_in_time_leaves_and_joins_with_the_next_poll() {
    let interval = ("max.poll.interval.ms", "6000");
    for (instance, leave) in [(None, "-1"), (Some(Name::from("pos-1")), "-2")] {
        let slow = ConsumerSpec {
            instance,
            ..never(2_000)
        };
        let mut bench = settled(&[BY_HAND, interval], slow, &[0]);
        let polled = bench.told(|e| matches!(e, Event::Polled { .. }).then_some(()))[0].0;
        bench.run(9_000);
        let beats = bench.beats();
        assert_eq!(
            bench.told_group(),
            [
                "0 all owns []",
                "1 owns [0]",
                "1",
                leave,
                "0 all owns []",
                "2 owns [0]"
            ]
        );
        // One millisecond on the way.
        assert_eq!(beats[3].0 - polled, 6_001);
        assert_eq!(beats[4].0 - polled, 8_001);
        assert_eq!(
            bench.rebalances(),
            ["gen 1 + [0]", "lost [0]", "gen 2 + [0]"]
        );
    }
}

#[test]
fn without_a_coordinator_nobody_leaves_for_being_slow() {
    let interval = ("max.poll.interval.ms", "6000");
    let mut bench = settled(&[BY_HAND, interval], never(2_000), &[0]);
    for _ in 0..200 {
        bench
            .cluster
            .next("FindCoordinator", CoordinatorNotAvailable, 0);
    }
    bench
        .cluster
        .next("ConsumerGroupHeartbeat", NotCoordinator, 0);
    bench.run(8_000);
    // It has polled again meanwhile, and is a member of the epoch it was in.
    bench.cluster.refuse.clear();
    bench.run(2_000);
    assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
    assert_eq!(bench.told_group()[3], "1 all owns [0]");
}

#[test]
fn with_auto_commit_positions_are_committed_before_anything_is_given_up() {
    for (setting, commits) in [(("enable.auto.commit", "true"), 1), (BY_HAND, 0)] {
        let mut bench = settled(&[setting, RARELY], never(0), &[0, 1]);
        target(&mut bench.cluster, &[1]);
        bench.cluster.next("OffsetCommit", ErrorCode::None, 50);
        bench.run(4_200);
        assert_eq!(bench.times("OffsetCommit").len(), commits);
        let revoked = bench.told(|e| matches!(e, Event::Revoked { .. }).then_some(()))[0].0;
        let beats = bench.beats();
        assert_eq!(beats[3].1, "2 owns [1]");
        assert_eq!(
            bench.rebalances(),
            ["gen 1 + [0, 1]", "- [0]", "gen 2 + []"]
        );
        if commits == 1 {
            // Given up when the answer is there, and acknowledged after that.
            let committed = bench.times("OffsetCommit")[0];
            assert_eq!((revoked - committed, beats[3].0 - committed), (51, 52));
            assert_eq!(bench.committed(), Some(4));
        }
    }
}

#[test]
fn the_commit_before_a_revocation_is_tried_again_with_the_newest_positions() {
    for (error, commits) in [
        // The epoch rose while the commit was on its way.
        (StaleMemberEpoch, 3),
        (CoordinatorLoadInProgress, 3),
        // The topic is gone: there is nothing to wait for.
        (UnknownTopicOrPartition, 1),
        (UnknownMemberId, 1),
    ] {
        let mut bench = settled(&[("enable.auto.commit", "true"), RARELY], never(0), &[0, 1]);
        target(&mut bench.cluster, &[0]);
        bench.cluster.next("OffsetCommit", error, 0);
        bench.cluster.next("OffsetCommit", error, 0);
        while bench.times("OffsetCommit").is_empty() {
            bench.run(1);
        }
        // Partition 0 stays, and is read all the time.
        bench.cluster.write("t", 0, 2);
        bench.run(900);
        let times = bench.times("OffsetCommit");
        assert_eq!(times.len(), commits, "{error}");
        assert_eq!(bench.rebalances()[1..], ["- [1]", "gen 2 + []"], "{error}");
        if commits == 3 {
            let waits = (times[1] - times[0], times[2] - times[1]);
            assert!((80..=124).contains(&waits.0), "{waits:?}");
            assert!((160..=244).contains(&waits.1), "{waits:?}");
            assert_eq!(bench.committed(), Some(6), "{error}");
        }
    }
}

#[test]
fn what_a_commit_in_an_old_epoch_says_depends_on_who_asked() {
    let one = ("max.poll.records", "1");
    for (mode, exception) in [
        (CommitMode::After, "CommitFailedException"),
        (CommitMode::Async, "StaleMemberEpochException"),
    ] {
        let by_hand = ConsumerSpec {
            commit: Some(mode),
            ..spec(5_000)
        };
        let mut bench = settled(&[BY_HAND, one], by_hand, &[0]);
        bench.cluster.next("OffsetCommit", StaleMemberEpoch, 0);
        // commitAsync() says it in the poll() after the next record.
        bench.run(11_000);
        assert_eq!(bench.errors(), [Name::from(exception)]);
        assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
    }
}

#[test]
fn a_member_that_has_left_commits_from_outside() {
    let settings = [
        BY_HAND,
        ("max.poll.interval.ms", "6000"),
        ("max.poll.records", "1"),
    ];
    let by_hand = ConsumerSpec {
        commit: Some(CommitMode::After),
        ..spec(7_000)
    };
    let mut bench = settled(&settings, by_hand, &[0]);
    bench.run(6_500);
    let commit = bench.requests.iter().find_map(|(_, _, r)| match r {
        Request::OffsetCommit(c) => Some(c.generation),
        _ => None,
    });
    assert_eq!(commit, Some(-1));
}
