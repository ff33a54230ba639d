//! Where it begins, what poll() returns, and when it commits.

use super::*;

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
