//! What a classic member makes of the coordinator's answers: those it waited for, late ones, and refusals (`AbstractCoordinator`).

use super::*;
use ErrorCode::{
    CoordinatorLoadInProgress, FencedInstanceId, IllegalGeneration, NotCoordinator,
    RebalanceInProgress, UnknownMemberId,
};

impl Bench<Consumer> {
    /// Every JoinGroup: when, member id, generation, reason.
    pub(super) fn joins(&self) -> Vec<(i64, String, i32, String)> {
        let joins = self.requests.iter().filter_map(|(at, _, r)| match r {
            Request::JoinGroup(j) => Some((
                at.as_millis(),
                j.member_id.to_string(),
                j.protocols[0].1.generation,
                j.reason.to_string(),
            )),
            _ => None,
        });
        joins.collect()
    }

    pub(super) fn last_join(&self) -> (String, i32, String) {
        let (_, id, generation, reason) = self.joins().pop().expect("a JoinGroup");
        (id, generation, reason)
    }

    pub(super) fn times(&self, api: &str) -> Vec<i64> {
        let named = self.requests.iter().filter(|r| r.2.api().name() == api);
        named.map(|(at, ..)| at.as_millis()).collect()
    }

    /// subscribe() to something else: the consumer joins at once.
    pub(super) fn subscribe(&mut self, topics: &[&str], settings: &[(&str, &str)]) {
        let spec = ConsumerSpec {
            topics: Some(topics.iter().map(|t| Name::from(*t)).collect()),
            ..ConsumerSpec::default()
        };
        let settings = config(settings);
        self.with(|c, ctx| c.reconfigure(ctx, &spec, settings));
    }
}

const STATIC: &[(&str, &str)] = &[EARLIEST, BY_HAND];

fn stable(settings: &[(&str, &str)], spec: ConsumerSpec) -> Bench<Consumer> {
    let mut bench = bench(filled(1), settings, spec);
    bench.run(1_000);
    bench.cluster.create("u", 1);
    assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
    bench
}

fn idle() -> ConsumerSpec {
    ConsumerSpec {
        commit: Some(CommitMode::Never),
        ..spec(0)
    }
}

#[test]
fn a_join_answer_about_an_earlier_generation_leaves_the_member_id_alone() {
    // The heartbeat's answer takes the generation away while JoinGroup is on its way; what JoinGroup says then is not about this
    // member any more.
    for (heartbeat_ms, id) in [(100, "c1-1"), (900, "")] {
        let mut bench = stable(STATIC, idle());
        bench
            .cluster
            .next("Heartbeat", IllegalGeneration, heartbeat_ms);
        let beats = bench.times("Heartbeat").len();
        while bench.times("Heartbeat").len() == beats {
            bench.run(1);
        }
        bench.cluster.next("JoinGroup", UnknownMemberId, 400);
        bench.subscribe(&["t", "u"], STATIC);
        bench.run(420);
        assert_eq!(bench.joins()[3].1, id, "heartbeat after {heartbeat_ms} ms");
    }
}

#[test]
fn a_join_that_was_taken_away_from_is_tried_again_after_a_back_off() {
    // UnjoinedGroupException: JoinGroup succeeds for a member that is Unjoined by then. It is a retriable one.
    let mut bench = stable(STATIC, idle());
    bench.cluster.next("Heartbeat", UnknownMemberId, 100);
    let beats = bench.times("Heartbeat").len();
    while bench.times("Heartbeat").len() == beats {
        bench.run(1);
    }
    bench
        .cluster
        .late
        .insert("JoinGroup", [Duration::millis(400)].into_iter().collect());
    bench.subscribe(&["t", "u"], STATIC);
    bench.run(2_000);
    let joins = bench.joins();
    let [.., late, next, _given] = joins.as_slice() else {
        panic!("{joins:?}");
    };
    assert_eq!(late.1, "c1-1");
    assert_eq!(
        (next.0 - late.0, next.1.as_str(), next.3.as_str()),
        (
            400 + 2 + 100,
            "",
            "rebalance failed due to UnjoinedGroupException"
        )
    );
}

#[test]
fn a_sync_answer_about_an_earlier_generation_leaves_the_member_id_alone() {
    // Heartbeats go out while SyncGroup is on its way; one of them takes the generation away first.
    for (error, id) in [(IllegalGeneration, "c1-1"), (ErrorCode::None, "")] {
        let mut bench = stable(STATIC, idle());
        bench.cluster.next("SyncGroup", UnknownMemberId, 3_500);
        bench.subscribe(&["t", "u"], STATIC);
        bench.cluster.group.heartbeats.push_back(error);
        bench.run(3_600);
        assert_eq!(bench.joins()[3].1, id, "{error}");
    }
}

#[test]
fn an_assignment_for_a_generation_that_is_gone_is_not_taken() {
    let mut bench = stable(STATIC, idle());
    bench.cluster.next("SyncGroup", ErrorCode::None, 3_500);
    bench.subscribe(&["t", "u"], STATIC);
    let illegal = IllegalGeneration;
    bench.cluster.group.heartbeats.push_back(illegal);
    bench.run(4_000);
    let (asked, generation, reason) = bench.last_join();
    assert_eq!((asked.as_str(), generation), ("c1-1", -1));
    assert_eq!(reason, "rebalance failed due to IllegalGenerationException");
    // Of three generations the member has seen the first and the last.
    assert_eq!(
        bench.rebalances(),
        ["gen 1 + [0]", "- [0]", "gen 3 + [0, 0]"]
    );
}

#[test]
fn a_heartbeat_answer_about_an_earlier_generation_is_ignored_but_shows_that_the_coordinator_lives()
{
    let settings = [EARLIEST, BY_HAND, ("session.timeout.ms", "10000")];
    let mut bench = stable(&settings, idle());
    // The one at 3 s is answered at 12.5 s, and all later ones never.
    bench.cluster.next("Heartbeat", UnknownMemberId, 9_500);
    let beats = bench.times("Heartbeat").len();
    while bench.times("Heartbeat").len() == beats {
        bench.run(1);
    }
    let sent = bench.now.as_millis();
    bench.subscribe(&["t", "u"], &settings);
    for _ in 0..20 {
        bench.cluster.next("Heartbeat", ErrorCode::None, 60_000);
    }
    let found = bench.times("FindCoordinator").len();
    bench.run(18_000);
    assert_eq!(
        bench.rebalances(),
        ["gen 1 + [0]", "- [0]", "gen 2 + [0, 0]"]
    );
    assert_eq!(&**bench.client.member_id(), "c1-1");
    assert_eq!(bench.times("FindCoordinator").len(), found);
    // The session began anew with that answer; when it ends the coordinator is looked for again.
    bench.run(2_000);
    let finds = bench.times("FindCoordinator");
    let ended = finds[found] - sent;
    assert!((19_500..19_600).contains(&ended), "{ended}");
}

#[test]
fn a_heartbeat_that_is_refused_for_an_odd_reason_is_tried_again() {
    let mut bench = stable(STATIC, idle());
    bench
        .cluster
        .group
        .heartbeats
        .push_back(ErrorCode::InvalidRequest);
    bench.run(2_900);
    let beats = bench.times("Heartbeat");
    let [first, second] = beats[..] else {
        panic!("{beats:?}");
    };
    assert!((80..=125).contains(&(second - first)), "{beats:?}");
    assert_eq!(bench.errors(), Vec::<Name>::new());
}

#[test]
fn a_join_is_tried_again_after_the_same_back_off_each_time() {
    let settings = [EARLIEST, ("retry.backoff.ms", "250")];
    let mut cluster = filled(1);
    cluster.next("JoinGroup", CoordinatorLoadInProgress, 0);
    cluster.next("JoinGroup", CoordinatorLoadInProgress, 0);
    cluster.next("JoinGroup", CoordinatorLoadInProgress, 0);
    // These come at once: nobody is busy, the member only has to ask again.
    cluster.next("JoinGroup", RebalanceInProgress, 0);
    cluster.next("JoinGroup", UnknownMemberId, 0);
    let mut bench = bench(cluster, &settings, spec(0));
    bench.run(2_000);
    let joins = bench.joins();
    let waits: Vec<i64> = joins.windows(2).map(|w| w[1].0 - w[0].0).collect();
    assert_eq!(waits, [252, 252, 252, 2, 2, 2]);
    let reasons: Vec<&str> = joins.iter().map(|j| j.3.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "",
            "rebalance failed due to CoordinatorLoadInProgressException",
            "rebalance failed due to CoordinatorLoadInProgressException",
            "rebalance failed due to CoordinatorLoadInProgressException",
            "rebalance failed due to RebalanceInProgressException",
            "rebalance failed due to UnknownMemberIdException",
            "need to re-join with the given member-id: c1-1"
        ]
    );
    assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
}

#[test]
fn a_coordinator_that_moved_is_looked_for_before_the_next_join() {
    let mut cluster = Cluster::new(2).topic("t", 1);
    cluster.coordinator = BrokerId(2);
    cluster.next("JoinGroup", NotCoordinator, 0);
    let mut bench = bench(cluster, &[EARLIEST], spec(0));
    while bench.joins().is_empty() {
        bench.run(1);
    }
    bench.cluster.coordinator = B1;
    bench.run(1_000);
    assert_eq!(
        bench.asked()[1..5],
        [
            "FindCoordinator",
            "JoinGroup",
            "FindCoordinator",
            "JoinGroup"
        ]
    );
    assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
}

#[test]
fn a_join_may_take_five_seconds_longer_than_the_rebalance_and_never_less_than_any_request() {
    for (interval, given_up) in [("40000", 45_000), ("10000", 30_000), ("60000", 65_000)] {
        let mut cluster = filled(1);
        cluster.next("JoinGroup", ErrorCode::None, 600_000);
        let settings = [EARLIEST, ("max.poll.interval.ms", interval)];
        let mut bench = bench(cluster, &settings, spec(0));
        bench.run(given_up + 500);
        let joins = bench.joins();
        // Sent one millisecond before it arrived; the connection is tried again after its back-off.
        let waited = joins[1].0 - joins[0].0;
        assert!(
            (given_up..given_up + 350).contains(&waited),
            "{interval}: {waited}"
        );
        assert_eq!(joins[1].3, "rebalance failed due to DisconnectException");
    }
}

#[test]
fn a_static_leader_that_comes_back_without_a_rebalance_assigns_nothing() {
    let pos = ConsumerSpec {
        instance: Some("pos-1".into()),
        ..spec(0)
    };
    let mut cluster = Cluster::new(1).topic("t", 3);
    // The coordinator says so with its answer; what the member has is what the group had before.
    cluster.group.kept = Some(vec![("t".into(), vec![1])]);
    cluster.group.others = vec![member("c2-9", &[])];
    let mut bench = bench(cluster, &[EARLIEST], pos);
    bench.run(1_000);
    assert_eq!(bench.cluster.group.assignments, []);
    assert_eq!(bench.rebalances(), ["gen 1 + [1]"]);
    // It leads all the same: it watches the topics and rejoins when they change.
    assert!(bench.client.is_leader());
    bench.cluster.group.kept = None;
    bench.cluster.create("t", 4);
    bench.subscribe(&["t"], &[EARLIEST, ("metadata.max.age.ms", "1000")]);
    bench.run(3_000);
    assert_eq!(bench.last_join().2, "cached metadata has changed");
    assert_eq!(bench.cluster.group.assignments.len(), 2);
}

#[test]
fn an_assignment_of_topics_it_does_not_subscribe_to_is_refused() {
    let mut cluster = filled(1);
    cluster.create("u", 1);
    cluster.group.given = Some(vec![("t".into(), vec![0]), ("u".into(), vec![0])]);
    cluster.next("SyncGroup", ErrorCode::None, 10);
    let mut bench = bench(cluster, &[EARLIEST], spec(0));
    bench.run(10);
    assert_eq!(bench.rebalances(), Vec::<String>::new());
    while bench.joins().len() < 3 {
        bench.run(1);
    }
    assert_eq!(
        bench.last_join(),
        (
            "c1-1".into(),
            1,
            "received assignment does not match the current subscription".into()
        )
    );
    assert_eq!(bench.rebalances(), Vec::<String>::new());
    bench.cluster.group.given = Some(vec![("t".into(), vec![0])]);
    bench.run(100);
    let generation = bench.client.generation();
    assert_eq!(bench.rebalances(), [format!("gen {generation} + [0]")]);
}

#[test]
fn who_is_fenced_while_a_batch_is_processed_closes_without_its_partitions() {
    for (error, closing) in [
        (IllegalGeneration, "lost [0]"),
        (UnknownMemberId, "lost [0]"),
        (FencedInstanceId, "lost [0]"),
        (ErrorCode::None, "- [0]"),
    ] {
        let mut bench = stable(STATIC, spec(9_000));
        bench.cluster.group.heartbeats.push_back(error);
        bench.run(4_000);
        // Nothing happens to the partitions outside poll() and close().
        assert_eq!(bench.rebalances(), ["gen 1 + [0]"], "{error}");
        bench.with(|c, ctx| c.close(ctx));
        bench.run(9_000);
        assert_eq!(bench.rebalances()[1..], [closing], "{error}");
        let leaves = bench.asked().contains(&"LeaveGroup");
        assert_eq!(leaves, error.is_ok(), "{error}");
    }
}

#[test]
fn who_closes_or_unsubscribes_in_a_rebalance_has_lost_what_it_kept() {
    let settings = [
        EARLIEST,
        BY_HAND,
        ("partition.assignment.strategy", "cooperative-sticky"),
    ];
    for closes in [true, false] {
        let mut bench = stable(&settings, idle());
        bench.cluster.next("JoinGroup", ErrorCode::None, 5_000);
        bench.cluster.group.rebalancing = true;
        bench.run(3_000);
        assert_eq!(bench.joins().len(), 3);
        assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
        match closes {
            true => bench.with(|c, ctx| c.close(ctx)),
            false => bench.subscribe(&[], &settings),
        }
        bench.run(1_000);
        assert_eq!(bench.rebalances()[1..], ["lost [0]"], "closes: {closes}");
        // A member that joins has an id, and says good-bye.
        assert!(bench.asked().contains(&"LeaveGroup"));
    }
}

#[test]
fn a_stuck_consumer_stays_as_long_as_its_coordinator_is_not_known() {
    let settings = [
        EARLIEST,
        BY_HAND,
        ("max.poll.interval.ms", "6000"),
        ("max.poll.records", "1"),
    ];
    for (processing, left) in [(9_000, false), (20_000, true)] {
        let mut cluster = Cluster::new(2).topic("t", 1);
        cluster.coordinator = BrokerId(2);
        cluster.write("t", 0, 2);
        let never = ConsumerSpec {
            commit: Some(CommitMode::Never),
            ..spec(processing)
        };
        let mut bench = bench(cluster, &settings, never);
        bench.run(1_000);
        bench.cluster.brokers.insert(BrokerId(2), Mood::Dead);
        for _ in 0..100 {
            let nobody = ErrorCode::CoordinatorNotAvailable;
            bench.cluster.next("FindCoordinator", nobody, 0);
        }
        bench.run(11_000);
        assert!(!bench.asked().contains(&"LeaveGroup"));
        bench.cluster.refuse.clear();
        // Found again: who polled meanwhile is a member as before; who is still stuck says so at once.
        bench.cluster.coordinator = B1;
        bench.run(2_000);
        assert_eq!(bench.asked().contains(&"LeaveGroup"), left);
        assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
        assert_eq!(bench.client.generation(), if left { -1 } else { 1 });
    }
}
