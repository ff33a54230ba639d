//! Subscribing to a pattern: which topics match, when the member looks, and when it joins for what it found.

use super::*;

fn pattern(pattern: &str) -> ConsumerSpec {
    ConsumerSpec {
        topics: Some(vec![pattern.into()]),
        commit: Some(CommitMode::Never),
        ..spec(0)
    }
}

const SETTINGS: &[(&str, &str)] = &[EARLIEST, BY_HAND];

#[test]
fn before_it_joins_again_it_looks_which_topics_there_are() {
    let mut bench = bench(filled(1), SETTINGS, pattern("/t.*/"));
    bench.run(1_000);
    // The first metadata is only milliseconds old: good enough.
    assert_eq!(
        bench.asked()[..4],
        ["Metadata", "FindCoordinator", "JoinGroup", "JoinGroup"]
    );
    assert_eq!(bench.rebalances(), ["gen 1 + [0]"]);
    bench.cluster.create("t2", 1);
    let before = bench.requests.len();
    bench
        .cluster
        .late
        .insert("Metadata", [Duration::millis(200)].into_iter().collect());
    bench.cluster.group.rebalancing = true;
    bench.run(4_000);
    let after: Vec<&str> = bench.requests[before..]
        .iter()
        .map(|r| r.2.api().name())
        .filter(|n| !matches!(*n, "Fetch" | "Heartbeat"))
        .collect();
    assert_eq!(after[..3], ["Metadata", "JoinGroup", "SyncGroup"]);
    let (metadata, join) = (bench.times("Metadata")[1], bench.joins()[2].0);
    assert_eq!(join - metadata, 202);
    // One rebalance for both: the one that goes on, and the topic that came meanwhile.
    assert_eq!(
        bench.rebalances(),
        ["gen 1 + [0]", "- [0]", "gen 2 + [0, 0]"]
    );
    assert_eq!(bench.joins().len(), 3);
}

#[test]
fn a_topic_that_matches_later_is_joined_for() {
    let settings = [EARLIEST, BY_HAND, ("metadata.max.age.ms", "5000")];
    let mut bench = bench(filled(1), &settings, pattern("/t[0-9]*/"));
    bench.run(1_000);
    bench.cluster.create("t7", 1);
    bench.cluster.create("tea", 1);
    bench.run(6_000);
    assert_eq!(
        bench.rebalances(),
        ["gen 1 + [0]", "- [0]", "gen 2 + [0, 0]"]
    );
}

#[test]
fn a_follower_believes_the_leader_about_topics_that_match() {
    // The leader has seen a topic that this member has not: it is taken, and nobody joins for it once more.
    let mut cluster = filled(1);
    cluster.group.given = Some(vec![("t".into(), vec![0]), ("t2".into(), vec![0])]);
    cluster.next("JoinGroup", ErrorCode::None, 0);
    cluster.next("JoinGroup", ErrorCode::None, 300);
    let mut bench = bench(cluster, SETTINGS, pattern("/t.*/"));
    bench.run(100);
    bench.cluster.create("t2", 1);
    bench.run(30_000);
    assert_eq!(bench.rebalances(), ["gen 1 + [0, 0]"]);
    assert_eq!(bench.joins().len(), 2);
    // One that does not match is not believed.
    let mut cluster = filled(1);
    cluster.create("other", 1);
    cluster.group.given = Some(vec![("other".into(), vec![0])]);
    let mut bench = super::bench(cluster, SETTINGS, pattern("/t.*/"));
    bench.run(50);
    assert_eq!(bench.rebalances(), Vec::<String>::new());
}

#[test]
fn what_it_found_itself_while_it_joined_it_joins_for() {
    // The leader did not know of t2 yet; this member learned of it between JoinGroup and SyncGroup.
    let mut cluster = filled(1);
    cluster.group.given = Some(vec![("t".into(), vec![0])]);
    cluster.next("JoinGroup", ErrorCode::None, 0);
    cluster.next("JoinGroup", ErrorCode::None, 6_000);
    let settings = [EARLIEST, BY_HAND, ("metadata.max.age.ms", "5000")];
    let mut bench = bench(cluster, &settings, pattern("/t.*/"));
    bench.run(100);
    bench.cluster.create("t2", 1);
    bench.run(6_000);
    assert_eq!(bench.rebalances()[0], "gen 1 + [0]");
    let (_, generation, reason) = bench.last_join();
    assert_eq!(
        (generation, reason.as_str()),
        (1, "subscription has changed")
    );
    // Had the leader known of it too, there would be nothing to join for.
    let mut cluster = filled(1);
    cluster.group.given = Some(vec![("t".into(), vec![0]), ("t2".into(), vec![0])]);
    cluster.next("JoinGroup", ErrorCode::None, 0);
    cluster.next("JoinGroup", ErrorCode::None, 6_000);
    let mut bench = super::bench(cluster, &settings, pattern("/t.*/"));
    bench.run(100);
    bench.cluster.create("t2", 1);
    bench.run(6_500);
    assert_eq!(bench.rebalances(), ["gen 1 + [0, 0]"]);
    assert_eq!(bench.joins().len(), 2);
}
