//! What a commit does when the coordinator refuses it, and in which state it leaves the member (`ConsumerCoordinator`).

use super::*;
use ErrorCode::{
    CoordinatorLoadInProgress, FencedInstanceId, IllegalGeneration, RebalanceInProgress,
    UnknownMemberId,
};
use rebalance_core::command::PartitionName;

/// Commits after each batch of one record, which takes so long.
fn committing(commit: CommitMode, processing_ms: i64) -> ConsumerSpec {
    ConsumerSpec {
        commit: Some(commit),
        ..spec(processing_ms)
    }
}

const ONE_BY_ONE: &[(&str, &str)] = &[EARLIEST, BY_HAND, ("max.poll.records", "1")];

fn names(errors: &[&str]) -> Vec<Name> {
    errors.iter().map(|e| Name::from(*e)).collect()
}

#[test]
fn a_refused_commit_says_what_is_lost_and_the_next_poll_joins_accordingly() {
    let reset = |error: ErrorCode| format!("encountered {error} from OFFSET_COMMIT response");
    let rejoin = "offset commit failed since group is already rebalancing".to_owned();
    for mode in [CommitMode::After, CommitMode::Async] {
        for (error, exception, id, generation, reason, given_back) in [
            // Still a member in its generation: gives back in order.
            (
                RebalanceInProgress,
                "RebalanceInProgressException",
                "c1-1",
                1,
                &rejoin,
                "- [0]",
            ),
            // The generation is gone, the id is not.
            (
                IllegalGeneration,
                "CommitFailedException",
                "c1-1",
                -1,
                &reset(IllegalGeneration),
                "lost [0]",
            ),
            // Both are gone.
            (
                UnknownMemberId,
                "CommitFailedException",
                "",
                -1,
                &reset(UnknownMemberId),
                "lost [0]",
            ),
        ] {
            let mut cluster = filled(1);
            cluster.next("OffsetCommit", error, 0);
            let mut bench = bench(cluster, ONE_BY_ONE, committing(mode, 100));
            while bench.joins().len() < 3 {
                bench.run(1);
                assert!(bench.now.as_millis() < 2_000, "{error}: no JoinGroup");
            }
            let join = (id.to_owned(), generation, reason.clone());
            assert_eq!(bench.joins()[2].clone().1, join.0, "{mode:?} {error}");
            assert_eq!(bench.joins()[2].2, join.1, "{mode:?} {error}");
            assert_eq!(bench.joins()[2].3, join.2, "{mode:?} {error}");
            assert_eq!(bench.rebalances(), ["gen 1 + [0]", given_back]);
            // commitSync() tries nothing again either: the offsets are another generation's.
            assert_eq!(bench.times("OffsetCommit").len(), 1, "{mode:?} {error}");
            assert_eq!(bench.errors(), names(&[exception]), "{mode:?} {error}");
        }
    }
}

/// A member that called commitAsync() in generation 1, which half a second later is refused, and rejoins for another topic.
fn rejoining_with_a_commit_under_way(error: ErrorCode) -> Bench<Consumer> {
    let mut bench = bench(filled(1), ONE_BY_ONE, committing(CommitMode::Async, 100));
    bench.cluster.create("u", 1);
    bench.cluster.next("OffsetCommit", error, 500);
    while bench.times("OffsetCommit").is_empty() {
        bench.run(1);
    }
    bench.subscribe(&["t", "u"], ONE_BY_ONE);
    bench
}

#[test]
fn a_commit_of_an_earlier_generation_takes_nothing_away_while_a_join_goes_on() {
    // commitAsync() in generation 1; the answer comes when the member is back in generation 2 and joining for generation 3.
    for error in [UnknownMemberId, IllegalGeneration, FencedInstanceId] {
        let mut bench = rejoining_with_a_commit_under_way(error);
        bench.run(100);
        assert_eq!(bench.client.generation(), 2);
        bench.cluster.next("JoinGroup", ErrorCode::None, 1_000);
        bench.subscribe(&["t"], ONE_BY_ONE);
        bench.run(1_500);
        assert_eq!(
            bench.errors(),
            names(&["RebalanceInProgressException"]),
            "{error}"
        );
        assert_eq!(bench.client.generation(), 3);
        assert_eq!(&**bench.client.member_id(), "c1-1");
        assert!(bench.rebalances().iter().all(|r| !r.starts_with("lost")));
    }
}

#[test]
fn a_commit_of_an_earlier_generation_ends_the_present_one_when_no_join_goes_on() {
    // That is how Kafka has it: only a member in a rebalance knows that the answer is about something else.
    for (error, generation, id) in [
        (UnknownMemberId, 3, "c1-2"),
        (IllegalGeneration, 3, "c1-1"),
        (FencedInstanceId, 2, "c1-1"),
    ] {
        let mut bench = rejoining_with_a_commit_under_way(error);
        bench.run(1_000);
        assert_eq!(bench.errors(), names(&["CommitFailedException"]), "{error}");
        assert_eq!(bench.client.generation(), generation, "{error}");
        assert_eq!(&**bench.client.member_id(), id, "{error}");
    }
}

#[test]
fn the_commit_of_a_fenced_instance_is_the_end_of_it_in_the_next_poll() {
    // commitAsync(): the next poll() throws, the callback never runs. commitSync() throws at once, and the heartbeat says it again.
    for (mode, errors) in [(CommitMode::Async, 1), (CommitMode::After, 2)] {
        let pos = ConsumerSpec {
            instance: Some("pos-1".into()),
            ..committing(mode, 100)
        };
        let mut cluster = filled(2);
        cluster.next("OffsetCommit", FencedInstanceId, 0);
        cluster.group.heartbeats.push_back(FencedInstanceId);
        let mut bench = bench(cluster, ONE_BY_ONE, pos);
        bench.run(5_000);
        let all = vec!["FencedInstanceIdException"; errors];
        assert_eq!(bench.errors(), names(&all));
        assert!(bench.client.is_closed());
        assert_eq!(
            bench.rebalances()[1].as_str(),
            if errors == 1 { "- [0]" } else { "lost [0]" }
        );
    }
}

#[test]
fn nobody_commits_while_the_group_takes_it_in() {
    let mut bench = bench(
        filled(1),
        &[EARLIEST, BY_HAND],
        committing(CommitMode::Never, 0),
    );
    bench.run(1_000);
    bench.cluster.next("JoinGroup", ErrorCode::None, 5_000);
    bench.cluster.group.rebalancing = true;
    bench.run(3_000);
    bench.with(|c, ctx| c.seek(ctx, (bench_tp(), &"t".into()), OffsetTarget::Offset(0)));
    // Eager: nothing is owned, so that there is nothing to commit.
    bench.with(|c, ctx| c.commit(ctx));
    bench.run(10);
    assert_eq!(bench.times("OffsetCommit"), Vec::<i64>::new());

    let settings = [
        EARLIEST,
        BY_HAND,
        ("partition.assignment.strategy", "cooperative-sticky"),
    ];
    let mut bench = super::bench(filled(1), &settings, committing(CommitMode::Never, 0));
    bench.run(1_000);
    bench.cluster.next("JoinGroup", ErrorCode::None, 5_000);
    bench.cluster.group.rebalancing = true;
    bench.run(3_000);
    bench.with(|c, ctx| c.commit(ctx));
    bench.run(10);
    assert_eq!(bench.times("OffsetCommit"), Vec::<i64>::new());
    assert_eq!(bench.errors(), names(&["RebalanceInProgressException"]));
}

fn bench_tp() -> rebalance_core::id::TopicPartition {
    filled(1).tp("t", 0)
}

#[test]
fn a_blocking_commit_is_tried_again_and_an_asynchronous_one_is_not() {
    for (mode, commits, errors) in [
        (CommitMode::After, 3, vec![]),
        (
            CommitMode::Async,
            1,
            names(&["RetriableCommitFailedException"]),
        ),
    ] {
        let mut cluster = filled(1);
        cluster.next("OffsetCommit", CoordinatorLoadInProgress, 0);
        cluster.next("OffsetCommit", CoordinatorLoadInProgress, 0);
        let mut bench = bench(cluster, ONE_BY_ONE, committing(mode, 100));
        bench.run(2_000);
        let times = bench.times("OffsetCommit");
        assert_eq!(times.len(), commits, "{mode:?}");
        assert_eq!(bench.errors(), errors, "{mode:?}");
        assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
        if commits == 3 {
            // 100 and 200 ms, a fifth more or less.
            let waits = (times[1] - times[0], times[2] - times[1]);
            assert!((80..=124).contains(&waits.0), "{waits:?}");
            assert!((160..=244).contains(&waits.1), "{waits:?}");
            assert_eq!(bench.committed(), Some(1));
        }
    }
}

#[test]
fn an_asynchronous_commit_waits_until_the_coordinator_is_found_and_fails_with_the_search() {
    for (found, errors) in [
        (true, vec![]),
        (false, names(&["RetriableCommitFailedException"])),
    ] {
        let mut cluster = Cluster::new(2).topic("t", 1);
        cluster.coordinator = BrokerId(2);
        cluster.write("t", 0, 1);
        let mut bench = bench(cluster, ONE_BY_ONE, committing(CommitMode::Async, 3_500));
        bench.run(2_000);
        // Heartbeats learn at 3 s that it died; the search for it takes until after the batch.
        bench.cluster.brokers.insert(BrokerId(2), Mood::Dead);
        bench.cluster.coordinator = B1;
        let error = match found {
            true => ErrorCode::None,
            false => ErrorCode::CoordinatorNotAvailable,
        };
        bench.cluster.next("FindCoordinator", error, 700);
        bench.run(3_000);
        assert_eq!(bench.errors(), errors);
        assert_eq!(bench.times("OffsetCommit").len(), usize::from(found));
        assert_eq!(bench.committed(), found.then_some(1));
    }
}

#[test]
fn auto_commit_comes_again_soon_after_an_error_that_may_pass() {
    let mut bench = bench(filled(1), &[EARLIEST], spec(0));
    bench
        .cluster
        .next("OffsetCommit", CoordinatorLoadInProgress, 0);
    bench.run(16_000);
    let times = bench.times("OffsetCommit");
    let waits: Vec<i64> = times.windows(2).map(|w| w[1] - w[0]).collect();
    // There and back takes 2 ms, then retry.backoff.ms, then the interval as ever.
    assert_eq!(waits, [102, 5_000, 5_000]);
    assert_eq!(bench.errors(), Vec::<Name>::new());
}

#[test]
fn auto_commit_hears_of_an_error_in_the_next_poll() {
    // The batch of ten takes 7 s. The commit of the poll after it fails while the next batch is processed.
    let settings = [EARLIEST, ("max.poll.records", "10")];
    let mut bench = bench(filled(20), &settings, spec(700));
    bench
        .cluster
        .next("OffsetCommit", CoordinatorLoadInProgress, 0);
    bench.run(20_000);
    let times = bench.times("OffsetCommit");
    let polls: Vec<i64> = bench
        .told(|e| matches!(e, Event::Polled { .. }).then_some(()))
        .into_iter()
        .map(|p| p.0)
        .collect();
    assert!((times[0] - polls[1]).abs() <= 2, "{times:?} {polls:?}");
    // The third poll() learns of it, so that the try is 100 ms after that and not at once.
    let third = polls[1] + 7_000;
    assert_eq!(times[1] - third, 101, "{times:?} {polls:?}");
}

#[test]
fn a_consumer_that_assigned_its_partitions_commits_from_outside() {
    let manual = ConsumerSpec {
        topics: None,
        assign: Some(vec![PartitionName {
            topic: "t".into(),
            partition: 0,
        }]),
        instance: Some("pos-1".into()),
        ..committing(CommitMode::After, 100)
    };
    let mut bench = bench(filled(1), ONE_BY_ONE, manual);
    bench.run(1_000);
    let commit = bench.requests.iter().find_map(|(_, _, r)| match r {
        Request::OffsetCommit(c) => Some(c.clone()),
        _ => None,
    });
    let commit = commit.expect("OffsetCommit");
    assert_eq!((commit.generation, &*commit.member_id), (-1, ""));
    assert_eq!(commit.group_instance_id, None);
    assert!(!bench.asked().contains(&"JoinGroup"));
}

#[test]
fn a_rejoin_begins_where_the_group_committed_unless_partitions_stay() {
    for (strategy, delivered, fetched) in [
        // Everything was given back: the position is asked for again, and there is none.
        ("range", &[0, 1, 2, 0, 1, 2, 3][..], 2),
        ("cooperative-sticky", &[0, 1, 2, 3][..], 1),
    ] {
        let settings = [
            EARLIEST,
            BY_HAND,
            ("partition.assignment.strategy", strategy),
        ];
        let mut bench = bench(filled(3), &settings, committing(CommitMode::Never, 0));
        bench.run(1_000);
        assert_eq!(bench.position(), Some(3));
        bench.cluster.group.rebalancing = true;
        bench.run(3_000);
        assert_eq!(bench.client.generation(), 2);
        bench.cluster.write("t", 0, 1);
        bench.run(1_000);
        assert_eq!(bench.processed(), delivered, "{strategy}");
        assert_eq!(bench.times("OffsetFetch").len(), fetched, "{strategy}");
    }
}
