//! Classic and consumer protocol from the same starting point: what differs must be what Kafka's protocols differ in.

use rebalance_core::config::Preset;
use rebalance_core::protocol::ApiKey;
use rebalance_core::session::twins::{Change, Run, Setup, Way, run, script};

fn after(change: Change, way: Way) -> Run {
    let setup = Setup {
        members: 3,
        partitions: 6,
        change,
        preset: Preset::Classroom,
    };
    run(setup, way).expect("a run")
}

fn paused(run: &Run) -> Vec<&str> {
    let lanes = run.lanes.iter().filter(|l| !l.pauses.is_empty());
    lanes.map(|l| &*l.name).collect()
}

#[test]
fn twins_differ_in_nothing_but_the_consumers_settings() {
    let setup = Setup {
        members: 2,
        partitions: 4,
        change: Change::Leave,
        preset: Preset::Kafka,
    };
    let (eager, modern) = (script(setup, Way::Eager), script(setup, Way::Consumer));
    assert_eq!(eager.len(), modern.len());
    let differ = eager.iter().zip(&modern).filter(|(a, b)| a != b).count();
    assert_eq!(differ, 2);
}

#[test]
fn a_join_stops_everybody_only_when_eager() {
    let eager = after(Change::Join, Way::Eager);
    assert_eq!(paused(&eager), ["c1", "c2", "c3"]);
    assert_eq!((eager.rebalances, eager.stopped.len()), (1, 6));
    // Once without an id, once with it; the others once.
    assert_eq!(eager.count(ApiKey::JoinGroup), 5);
    assert_eq!(eager.count(ApiKey::SyncGroup), 4);
    let cooperative = after(Change::Join, Way::Cooperative);
    assert_eq!(paused(&cooperative), [""; 0]);
    assert_eq!((cooperative.rebalances, cooperative.stopped.len()), (2, 1));
    let modern = after(Change::Join, Way::Consumer);
    assert_eq!(paused(&modern), [""; 0]);
    // Quotas go by the coordinator's order of members, not by what they hold: two partitions move.
    assert_eq!((modern.rebalances, modern.stopped.len()), (1, 2));
    assert_eq!(
        modern.count(ApiKey::JoinGroup) + modern.count(ApiKey::SyncGroup),
        0
    );
    for run in [&eager, &cooperative, &modern] {
        let joiner = run.lanes.last().expect("a lane");
        assert_eq!((&*joiner.name, joiner.waits.len()), ("c4", 1));
        assert!(joiner.waits[0].to <= run.settled);
    }
}

#[test]
fn a_crash_leaves_partitions_alone_for_a_session() {
    for way in [Way::Eager, Way::Cooperative, Way::Consumer] {
        let run = after(Change::Crash, way);
        assert_eq!(run.lanes[2].gone, Some(0));
        let longest = run.stopped.iter().map(|(_, s)| s.length()).max();
        let longest = longest.expect("a partition stopped");
        assert!(
            (5_000_000..9_000_000).contains(&longest),
            "{way:?} {longest}"
        );
    }
}

#[test]
fn new_partitions_find_an_owner_in_each_protocol() {
    for way in [Way::Eager, Way::Cooperative, Way::Consumer] {
        let run = after(Change::Grow, way);
        let new: Vec<i32> = run
            .stopped
            .iter()
            .map(|(p, _)| *p)
            .filter(|p| *p >= 6)
            .collect();
        assert_eq!(new.len(), 2, "{way:?}");
        assert!(run.settled < 9_000_000, "{way:?} {}", run.settled);
    }
}

#[test]
fn messages_say_what_they_say() {
    let run = after(Change::Leave, Way::Consumer);
    let leave = run
        .talks
        .iter()
        .find(|t| t.generation == Some(-1))
        .expect("it leaves");
    assert!(leave.news && leave.fields.contains(&("MemberEpoch", "-1".into())));
    assert!(
        run.talks.iter().any(|t| !t.news),
        "heartbeats without news are there, too"
    );
    let told = run.talks.iter().filter(|t| t.news && t.response);
    assert!(
        told.filter(|t| t
            .fields
            .iter()
            .any(|(n, v)| *n == "Assignment" && v.contains("orders-")))
            .count()
            >= 2
    );
}
