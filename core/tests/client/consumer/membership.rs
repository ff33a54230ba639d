//! Joining, rebalancing, leaving, and losing the membership.

use super::*;

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
