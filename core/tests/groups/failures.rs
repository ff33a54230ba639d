//! The coordinator moves, or its writes fail.

use crate::world::{GROUP, World};
use proptest::prelude::*;
use rebalance_core::coordinator::{GroupDescription, MemberDescription};
use rebalance_core::event::GroupState;
use rebalance_core::id::Name;
use rebalance_core::protocol::{ErrorCode, Request, Response};

#[test]
fn a_new_coordinator_goes_on_in_the_same_generation() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    w.commit(&m1, 2, 4);
    w.at(30.0);
    w.fail_over(|_| {});
    assert_eq!(w.group(), (GroupState::Stable, 2));
    assert_eq!(w.committed(), 4);
    for id in [&m1, &m2] {
        assert_eq!(w.session_end(id), 75.0, "sessions start at the load");
        assert_eq!(w.heartbeat(id, 2), ErrorCode::None);
    }
    let groups = w.coordinator.groups();
    assert_eq!(groups[0].leader, Some(&m1));
    let share = groups[0].members.iter().find(|m| *m.id == m2);
    let expected: Vec<(Name, Vec<i32>)> = vec![("orders".into(), vec![2])];
    assert_eq!(share.map(|m| m.assignment), Some(&expected));
}

/// That a group is empty is written, too: the next coordinator does not wait for members that have left.
#[test]
fn a_new_coordinator_knows_that_everybody_has_left() {
    let mut w = World::new();
    let m1 = w.stable_one();
    w.commit(&m1, 1, 4);
    w.leave(&m1, None);
    assert_eq!(w.group(), (GroupState::Empty, 2));
    w.fail_over(|_| {});
    assert_eq!(w.group(), (GroupState::Empty, 2));
    assert_eq!(w.members(), Vec::<Name>::new());
    assert_eq!(w.committed(), 4);
}

#[test]
fn whoever_waits_for_a_coordinator_that_resigns_is_told() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    let join = w.join(&m1);
    w.commits = false;
    let commit = w.send_commit(&m2, 2, 9);
    let beat = w.send_heartbeat(&m2, 2);
    assert!(w.is_held(join) && w.is_held(commit) && w.is_held(beat));
    w.fail_over(|_| {});
    assert_eq!(w.joined(join).error, ErrorCode::NotCoordinator);
    assert_eq!(
        w.answer(beat),
        Response::Heartbeat(ErrorCode::NotCoordinator)
    );
    let Response::OffsetCommit(all) = w.answer(commit) else {
        panic!("an OffsetCommit")
    };
    assert_eq!(all[0].1, ErrorCode::NotCoordinator);
}

#[test]
fn a_group_that_is_too_large_after_the_load_rebalances() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    w.fail_over(|config| config.group_max_size = 1);
    assert_eq!(w.group(), (GroupState::PreparingRebalance, 2));
    let first = w.join(&m2);
    let second = w.join(&m1);
    assert_eq!(w.joined(second).error, ErrorCode::GroupMaxSizeReached);
    assert!(w.is_held(first), "nobody noticed that everybody has joined");
    assert_eq!(w.members(), [m2]);
}

#[test]
fn an_assignment_that_cannot_be_stored_starts_another_rebalance() {
    let mut w = World::new();
    let (m1, join) = w.join_new();
    w.at(3.0);
    w.joined(join);
    w.commits = false;
    let sync = w.sync(&m1, 1, &[(&m1, &[0, 1, 2])]);
    assert!(w.is_held(sync));
    assert_eq!(w.group(), (GroupState::CompletingRebalance, 1));
    w.fail_write(ErrorCode::NotEnoughReplicas);
    assert_eq!(w.synced(sync).0, ErrorCode::CoordinatorNotAvailable);
    assert_eq!(w.group(), (GroupState::PreparingRebalance, 1));
}

#[test]
fn a_refused_commit_leaves_nothing_behind() {
    let mut w = World::new();
    w.commits = false;
    let commit = w.send_commit("", -1, 9);
    assert_eq!(w.group(), (GroupState::Empty, 0));
    w.fail_write(ErrorCode::NotEnoughReplicas);
    let Response::OffsetCommit(all) = w.answer(commit) else {
        panic!("an OffsetCommit")
    };
    assert_eq!(all[0].1, ErrorCode::CoordinatorNotAvailable);
    assert_eq!(w.group().0, GroupState::Dead, "nor the group it made");
    w.commits = true;
    assert_eq!(w.committed(), -1);
}

#[test]
fn a_commit_that_timed_out_may_still_count() {
    let mut w = World::new();
    let m1 = w.stable_one();
    w.commits = false;
    let commit = w.send_commit(&m1, 1, 9);
    let token = w.open[0];
    w.fail_write(ErrorCode::RequestTimedOut);
    let Response::OffsetCommit(all) = w.answer(commit) else {
        panic!("an OffsetCommit")
    };
    assert_eq!(all[0].1, ErrorCode::CoordinatorNotAvailable);
    let fetch = w.send(&World::fetch_request());
    assert!(w.is_held(fetch));
    w.open.push(token);
    w.commit_all();
    let Response::OffsetFetch(ErrorCode::None, all) = w.answer(fetch) else {
        panic!("an OffsetFetch")
    };
    assert_eq!(all[0].1, 9);
}

#[test]
fn an_isr_that_shrank_after_the_append_is_no_concern() {
    let mut w = World::new();
    let m1 = w.stable_one();
    w.commits = false;
    let commit = w.send_commit(&m1, 1, 9);
    w.fail_write(ErrorCode::NotEnoughReplicasAfterAppend);
    let Response::OffsetCommit(all) = w.answer(commit) else {
        panic!("an OffsetCommit")
    };
    assert_eq!(all[0].1, ErrorCode::None);
}

#[test]
fn a_heartbeat_waits_for_the_writes_before_it_but_not_for_ever() {
    let mut w = World::new();
    let m1 = w.stable_one();
    w.at(10.0);
    w.commits = false;
    w.send_commit(&m1, 1, 9);
    w.at(12.0);
    let beat = w.send_heartbeat(&m1, 1);
    w.at(16.999);
    assert!(w.is_held(beat));
    w.at(17.0);
    let told = w.answer(beat);
    assert_eq!(
        told,
        Response::Heartbeat(ErrorCode::CoordinatorNotAvailable)
    );
    // Consumers of old did not know that answer to OffsetFetch.
    let fetch = w.send(&World::fetch_request());
    w.at(22.0);
    let told = w.answer(fetch);
    assert_eq!(
        told,
        Response::OffsetFetch(ErrorCode::NotCoordinator, Vec::new())
    );
}

/// `CoordinatorOperationExceptionHelper`: what went wrong in the log becomes what a client of the coordinator understands.
#[test]
fn errors_of_the_log_become_errors_of_the_coordinator() {
    for (log, told) in [
        (
            ErrorCode::UnknownTopicOrPartition,
            ErrorCode::CoordinatorNotAvailable,
        ),
        (
            ErrorCode::NotEnoughReplicas,
            ErrorCode::CoordinatorNotAvailable,
        ),
        (ErrorCode::NotLeaderOrFollower, ErrorCode::NotCoordinator),
        (ErrorCode::KafkaStorageError, ErrorCode::NotCoordinator),
        (ErrorCode::MessageTooLarge, ErrorCode::UnknownServerError),
    ] {
        let mut w = World::new();
        w.commits = false;
        let commit = w.send_commit("", -1, 9);
        w.fail_write(log);
        let Response::OffsetCommit(all) = w.answer(commit) else {
            panic!("an OffsetCommit")
        };
        assert_eq!(all[0].1, told, "{log}");
    }
}

#[test]
fn a_group_whose_first_record_is_refused_is_forgotten() {
    let mut w = World::new();
    w.commits = false;
    let number = w.join("");
    let id = w.joined(number).member_id;
    w.fail_write(ErrorCode::NotEnoughReplicas);
    w.commits = true;
    let number = w.join(&id);
    assert_eq!(w.joined(number).error, ErrorCode::UnknownMemberId);
}

#[test]
fn a_snapshot_is_not_touched_by_what_follows() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    let snapshot = w.coordinator.clone();
    w.leave(&m1, None);
    w.leave(&m2, None);
    assert_eq!(w.group(), (GroupState::Empty, 3));
    let groups = snapshot.groups();
    assert_eq!(
        (groups[0].state, groups[0].members.len()),
        (GroupState::Stable, 2)
    );
}

/// What members of a random group do.
#[derive(Clone, Debug)]
enum Step {
    Join(Option<usize>),
    JoinStatic(u8),
    Sync(usize),
    Beat(usize),
    Leave(usize),
    Commit(usize, i64),
    Delete,
    Wait(u8),
    FailWrites(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0usize..6;
    prop_oneof![
        3 => prop::option::of(who.clone()).prop_map(Step::Join),
        2 => (0u8..3).prop_map(Step::JoinStatic),
        4 => who.clone().prop_map(Step::Sync),
        3 => who.clone().prop_map(Step::Beat),
        1 => who.clone().prop_map(Step::Leave),
        3 => (who, 0i64..100).prop_map(|(m, o)| Step::Commit(m, o)),
        1 => Just(Step::Delete),
        4 => (1u8..40).prop_map(Step::Wait),
        1 => any::<bool>().prop_map(Step::FailWrites),
    ]
}

fn take(w: &mut World, step: &Step, ids: &mut Vec<Name>, held: &mut Vec<u32>) {
    let generation = w.group().1;
    let id = |n: &usize| ids.get(*n).cloned().unwrap_or_else(|| "nobody".into());
    match step {
        Step::Join(None) => held.push(w.join("")),
        Step::Join(Some(n)) => held.push(w.join(&id(n))),
        Step::JoinStatic(n) => held.push(w.join_static(&format!("i{n}"))),
        Step::Sync(n) => {
            let plan: Vec<Name> = w.members();
            let plan: Vec<(&str, &[i32])> = plan.iter().map(|m| (&**m, &[0][..])).collect();
            held.push(w.sync(&id(n), generation, &plan));
        }
        Step::Beat(n) => held.push(w.send_heartbeat(&id(n), generation)),
        Step::Leave(n) => {
            let request = rebalance_core::protocol::LeaveGroupRequest {
                group: GROUP.into(),
                member_id: id(n),
                group_instance_id: None,
                reason: "".into(),
            };
            held.push(w.send(&Request::LeaveGroup(Box::new(request))));
        }
        Step::Commit(n, offset) => held.push(w.send_commit(&id(n), generation, *offset)),
        Step::Delete => held.push(w.send(&Request::DeleteGroups(vec![GROUP.into()]))),
        Step::Wait(seconds) => w.at(World::seconds(w.now) + f64::from(*seconds)),
        Step::FailWrites(fail) => {
            // They stay in the log, so they are committed some day.
            let open = w.open.clone();
            while *fail && !w.open.is_empty() {
                w.fail_write(ErrorCode::RequestTimedOut);
            }
            w.open = open;
            w.commits = !fail;
            if w.commits {
                w.commit_all();
            }
        }
    }
    for number in held.iter() {
        if let Some(Response::JoinGroup(join)) = w.answers.get(number)
            && !join.member_id.is_empty()
            && !ids.contains(&join.member_id)
        {
            ids.push(join.member_id.clone());
        }
    }
}

/// Who a member is for good: a static member by its instance id. When the write of its new member id times out, the
/// coordinator goes back to the old one; but the record stays in the log, and the next coordinator reads the new one there.
fn lasting(m: &MemberDescription<'_>) -> Name {
    m.instance.unwrap_or(m.id).clone()
}

fn leader(g: &GroupDescription<'_>) -> Option<Name> {
    let id = g.leader?;
    g.members.iter().find(|m| m.id == id).map(lasting)
}

/// Members by their lasting names, with what they own.
fn brief(g: &GroupDescription<'_>) -> Vec<(Name, String)> {
    let one = |m: &MemberDescription<'_>| (lasting(m), format!("{:?}", m.assignment));
    let mut all: Vec<_> = g.members.iter().map(one).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever members do: nobody is answered twice (the world checks), a Stable group survives in the log as it is,
    /// and a coordinator that resigns leaves nobody waiting for ever.
    #[test]
    fn the_log_tells_the_whole_story(steps in prop::collection::vec(step(), 1..60)) {
        let mut w = World::new();
        let (mut ids, mut held) = (Vec::new(), Vec::new());
        for step in &steps {
            take(&mut w, step, &mut ids, &mut held);
        }
        w.commits = true;
        w.commit_all();
        let before = w.coordinator.clone();
        w.fail_over(|_| {});
        if let Some(group) = before.groups().iter().find(|g| g.state == GroupState::Stable) {
            let after = w.coordinator.groups();
            prop_assert_eq!(after[0].state, GroupState::Stable);
            prop_assert_eq!(after[0].generation, group.generation);
            prop_assert_eq!(leader(&after[0]), leader(group));
            prop_assert_eq!(after[0].protocol, group.protocol);
            prop_assert_eq!(brief(&after[0]), brief(group));
        }
        let offsets = |c: &rebalance_core::coordinator::GroupCoordinator| {
            c.groups().first().and_then(|g| g.offsets.cloned())
        };
        prop_assert_eq!(offsets(&w.coordinator), offsets(&before));
    }
}
