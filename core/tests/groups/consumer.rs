//! Groups of the consumer protocol (KIP-848): epochs, reconciliation, fencing, static members, migration, another coordinator.

use crate::world::{Walk, World, tp, walk};
use rebalance_core::event::{GroupState, LeaveReason};
use rebalance_core::protocol::{ErrorCode, Request, Response};

const STABLE: &str = "STABLE";
const UNREVOKED: &str = "UNREVOKED_PARTITIONS";
const UNRELEASED: &str = "UNRELEASED_PARTITIONS";

/// `a` alone, then `b`: at two seconds.
fn two() -> World {
    let mut w = World::new();
    assert_eq!(w.enter("a"), Ok((1, Some(vec![0, 1, 2]))));
    w.at(2.0);
    assert_eq!(w.enter("b"), Ok((2, Some(vec![]))));
    w
}

/// As [`two`], with everybody at the target: a has 0 and 1, b has 2.
fn two_stable() -> World {
    let mut w = two();
    assert_eq!(w.beat("a", 1, None), Ok((1, Some(vec![0, 1]))));
    assert_eq!(w.beat("a", 1, Some(&[0, 1])), Ok((2, None)));
    assert_eq!(w.beat("b", 2, None), Ok((2, Some(vec![2]))));
    assert_eq!(w.epochs().0, GroupState::Stable);
    w
}

#[test]
fn a_partition_is_given_up_before_it_is_given_away() {
    let mut w = World::new();
    assert_eq!(w.enter("a"), Ok((1, Some(vec![0, 1, 2]))));
    let alone = walk("a", 1, STABLE, &[0, 1, 2], &[0, 1, 2]);
    assert_eq!(w.epochs(), (GroupState::Stable, 1, 1, vec![alone]));
    w.at(2.0);
    assert_eq!(w.enter("b"), Ok((2, Some(vec![]))));
    let a = walk("a", 1, STABLE, &[0, 1, 2], &[0, 1]);
    let b = || walk("b", 2, UNRELEASED, &[], &[2]);
    assert_eq!(w.epochs(), (GroupState::Reconciling, 2, 2, vec![a, b()]));
    w.at(5.0);
    assert_eq!(w.beat("a", 1, None), Ok((1, Some(vec![0, 1]))));
    let a = walk("a", 1, UNREVOKED, &[0, 1], &[0, 1]);
    assert_eq!(w.epochs(), (GroupState::Reconciling, 2, 2, vec![a, b()]));
    assert_eq!(w.beat("b", 2, None), Ok((2, None)));
    w.at(5.2);
    assert_eq!(w.beat("a", 1, Some(&[0, 1])), Ok((2, None)));
    let a = || walk("a", 2, STABLE, &[0, 1], &[0, 1]);
    assert_eq!(w.epochs(), (GroupState::Reconciling, 2, 2, vec![a(), b()]));
    w.at(7.0);
    assert_eq!(w.beat("b", 2, None), Ok((2, Some(vec![2]))));
    let b = walk("b", 2, STABLE, &[2], &[2]);
    assert_eq!(w.epochs(), (GroupState::Stable, 2, 2, vec![a(), b]));
}

#[test]
fn who_leaves_raises_the_epoch_and_the_next_heartbeat_gets_all() {
    let mut w = two_stable();
    assert_eq!(w.beat("a", -1, None), Ok((-1, None)));
    assert_eq!(w.epochs().0, GroupState::Assigning);
    assert_eq!(w.beat("b", 2, None), Ok((3, Some(vec![0, 1, 2]))));
    assert_eq!(w.epochs().0, GroupState::Stable);
    assert_eq!(w.beat("b", -1, None), Ok((-1, None)));
    let (state, epoch, ..) = w.epochs();
    assert_eq!((state, epoch), (GroupState::Empty, 4));
}

#[test]
fn only_the_present_epoch_or_a_repeated_one_is_accepted() {
    let mut w = two_stable();
    assert_eq!(w.beat("a", 3, None), Err(ErrorCode::FencedMemberEpoch));
    assert_eq!(w.beat("a", 1, None), Err(ErrorCode::FencedMemberEpoch));
    assert_eq!(
        w.beat("a", 1, Some(&[0, 2])),
        Err(ErrorCode::FencedMemberEpoch)
    );
    assert_eq!(w.beat("a", 1, Some(&[0])), Ok((2, None)));
    assert_eq!(w.beat("nobody", 2, None), Err(ErrorCode::UnknownMemberId));
    let mut stranger = World::beat_request("a", 2);
    stranger.group = "another".into();
    assert_eq!(w.modern(stranger).error, ErrorCode::GroupIdNotFound);
}

#[test]
fn who_is_silent_or_keeps_its_partitions_is_removed() {
    let mut w = two();
    assert_eq!(w.beat("a", 1, None), Ok((1, Some(vec![0, 1]))));
    // a is alive but does not give partition 2 up.
    for step in 1..=60 {
        w.at(2.0 + f64::from(step) * 5.0);
        let answer = w.beat("a", 1, None);
        assert_eq!(answer.is_ok(), step < 60, "at step {step}");
    }
    assert_eq!(w.left("a"), Some((302.0, LeaveReason::RevokeTimeout)));
    assert_eq!(w.left("b"), Some((47.0, LeaveReason::SessionExpired)));
}

#[test]
fn an_idle_member_and_those_who_only_move_on() {
    let mut w = two_stable();
    let mut third = World::enter_request("c", None);
    third.topics = Some(vec!["orders".into()]);
    w.at(10.0);
    assert_eq!(w.modern(third).member_epoch, 3);
    assert_eq!(w.epochs().0, GroupState::Reconciling);
    w.at(11.0);
    assert_eq!(w.beat("b", 2, None), Ok((3, None)));
}

#[test]
fn commits_are_fenced_by_the_member_epoch() {
    let mut w = two_stable();
    assert_eq!(w.commit("a", 2, 5), ErrorCode::None);
    assert_eq!(w.commit("a", 1, 6), ErrorCode::StaleMemberEpoch);
    assert_eq!(w.commit("a", 3, 6), ErrorCode::StaleMemberEpoch);
    assert_eq!(w.commit("nobody", 2, 6), ErrorCode::UnknownMemberId);
    assert_eq!(w.commit("", -1, 6), ErrorCode::UnknownMemberId);
    assert_eq!(w.committed(), 5);
    assert_eq!(w.delete_group(), ErrorCode::NonEmptyGroup);
    for member in ["a", "b"] {
        w.beat(member, -1, None).expect("it leaves");
    }
    assert_eq!(w.commit("", -1, 7), ErrorCode::None);
    assert_eq!(w.delete_group(), ErrorCode::None);
    assert_eq!(w.group(), (GroupState::Dead, -1));
}

#[test]
fn a_static_member_gets_its_assignment_back() {
    let mut w = World::new();
    assert_eq!(w.enter_as("a1", "i1"), Ok((1, Some(vec![0, 1, 2]))));
    assert_eq!(w.enter_as("a2", "i1"), Err(ErrorCode::UnreleasedInstanceId));
    let mut away = World::beat_request("a1", -2);
    away.group_instance_id = Some("i1".into());
    assert_eq!(w.modern(away).member_epoch, -2);
    w.at(20.0);
    assert_eq!(w.enter_as("a2", "i1"), Ok((1, Some(vec![0, 1, 2]))));
    assert_eq!(w.epochs().1, 1);
    let mut old = World::beat_request("a1", 1);
    old.group_instance_id = Some("i1".into());
    assert_eq!(w.modern(old).error, ErrorCode::FencedInstanceId);
    assert_eq!(w.left("a1"), Some((20.0, LeaveReason::Replaced)));
}

/// What it was told to give up is free at once when it leaves for a while; the rest waits for it.
#[test]
fn a_static_member_that_leaves_keeps_nothing_it_was_to_give_up() {
    let mut w = World::new();
    assert_eq!(w.enter_as("a1", "i1"), Ok((1, Some(vec![0, 1, 2]))));
    assert_eq!(w.enter("b"), Ok((2, Some(vec![]))));
    let mut beat = World::beat_request("a1", 1);
    beat.group_instance_id = Some("i1".into());
    let told = w.modern(beat.clone()).assignment;
    assert_eq!(told, Some(vec![tp(0), tp(1)]));
    assert_eq!(w.beat("b", 2, None), Ok((2, None)));
    beat.member_epoch = -2;
    assert_eq!(w.modern(beat).member_epoch, -2);
    assert_eq!(w.beat("b", 2, None), Ok((2, Some(vec![2]))));
}

#[test]
fn a_static_member_that_does_not_come_back_is_removed_when_its_session_ends() {
    let mut w = World::new();
    w.enter_as("a1", "i1").expect("it joins");
    w.at(10.0);
    let mut away = World::beat_request("a1", -2);
    away.group_instance_id = Some("i1".into());
    w.modern(away);
    w.at(60.0);
    assert_eq!(w.left("a1"), Some((45.0, LeaveReason::SessionExpired)));
    assert_eq!(w.epochs().0, GroupState::Empty);
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let mut w = World::with(|c| c.group_consumer_assignors = 0x2);
    let mut request = World::enter_request("a", None);
    request.owned = None;
    assert_eq!(w.modern(request).error, ErrorCode::InvalidRequest);
    for topics in [None, Some(vec![])] {
        let mut request = World::enter_request("a", None);
        request.topics = topics;
        assert_eq!(w.modern(request).error, ErrorCode::InvalidRequest);
    }
    let mut request = World::enter_request("a", None);
    request.rebalance_timeout_ms = -1;
    assert_eq!(w.modern(request).error, ErrorCode::InvalidRequest);
    assert_eq!(w.beat("a", -3, None), Err(ErrorCode::InvalidRequest));
    // Only a member with an instance id can leave for a while.
    assert_eq!(w.beat("a", -2, None), Err(ErrorCode::InvalidRequest));
    let mut request = World::enter_request("a", None);
    request.assignor = Some("uniform".into());
    assert_eq!(
        w.modern(request.clone()).error,
        ErrorCode::UnsupportedAssignor
    );
    request.assignor = Some("range".into());
    assert_eq!(w.modern(request).error, ErrorCode::None);
    assert_eq!(w.group(), (GroupState::Stable, 1));
}

#[test]
fn a_full_group_takes_nobody_in() {
    let mut w = World::with(|c| c.group_consumer_max_size = 1);
    w.enter("a").expect("there is room");
    assert_eq!(w.enter("b"), Err(ErrorCode::GroupMaxSizeReached));
    assert_eq!(w.beat("a", 1, None), Ok((1, None)));
}

#[test]
fn a_topic_that_grows_raises_the_epoch_at_the_next_heartbeat() {
    let mut w = two_stable();
    let orders = tp(0).topic;
    w.coordinator.on_topic(orders, &"orders".into(), 5);
    assert_eq!(w.beat("b", 2, None), Ok((3, Some(vec![2, 4]))));
    assert_eq!(w.beat("a", 2, None), Ok((3, Some(vec![0, 1, 3]))));
    assert_eq!(w.epochs().0, GroupState::Stable);
}

#[test]
fn the_next_coordinator_goes_on_from_the_same_epochs() {
    let mut w = two();
    assert_eq!(w.beat("a", 1, None), Ok((1, Some(vec![0, 1]))));
    let before = w.epochs();
    w.fail_over(|_| {});
    assert_eq!(w.epochs(), before);
    w.at(4.0);
    assert_eq!(w.beat("a", 1, Some(&[0, 1])), Ok((2, None)));
    assert_eq!(w.beat("b", 2, None), Ok((2, Some(vec![2]))));
    w.fail_over(|_| {});
    assert_eq!(w.epochs().0, GroupState::Stable);
    assert_eq!(w.beat("a", 2, None), Ok((2, None)));
    w.at(60.0);
    assert_eq!(w.left("b"), Some((49.0, LeaveReason::SessionExpired)));
}

#[test]
fn what_could_not_be_written_did_not_happen() {
    let mut w = two();
    let before = w.epochs();
    w.commits = false;
    let number = w.send(&Request::ConsumerGroupHeartbeat(Box::new(
        World::enter_request("c", None),
    )));
    assert!(w.is_held(number));
    assert_ne!(w.epochs(), before);
    w.fail_write(ErrorCode::NotEnoughReplicas);
    let Response::ConsumerGroupHeartbeat(response) = w.answer(number) else {
        panic!("a heartbeat's answer");
    };
    assert_eq!(response.error, ErrorCode::CoordinatorNotAvailable);
    assert_eq!(w.epochs(), before);
}

// Migration.

fn members(walks: &[Walk]) -> Vec<(&str, i32, &[i32])> {
    let all = walks.iter();
    all.map(|m| (m.member.as_str(), m.epoch, m.assigned.as_slice()))
        .collect()
}

#[test]
fn a_classic_group_is_upgraded_and_comes_back() {
    let mut w = World::new();
    let (old1, old2) = w.stable_two();
    w.at(10.0);
    let (epoch, assigned) = w.enter("new").expect("it joins");
    assert_eq!((epoch, assigned), (3, Some(vec![])));
    let (state, group, target, walks) = w.epochs();
    assert_eq!((state, group, target), (GroupState::Reconciling, 3, 3));
    assert_eq!(walks.len(), 3);
    // The classic members go on until their next heartbeat, then rejoin one by one, without waiting for each other.
    assert_eq!(w.commit(&old1, 2, 4), ErrorCode::None);
    for old in [&old1, &old2] {
        assert_eq!(w.heartbeat(old, 2), ErrorCode::RebalanceInProgress);
        let join = w.join(old);
        assert_eq!(w.joined(join).generation, 3);
        let sync = w.sync(old, 3, &[]);
        let (error, assignment) = w.synced(sync);
        assert_eq!((error, assignment[0].1.len()), (ErrorCode::None, 1));
        assert_eq!(w.heartbeat(old, 3), ErrorCode::None);
    }
    assert_eq!(
        w.beat("new", 3, None).map(|it| it.1.map(|l| l.len())),
        Ok(Some(1))
    );
    assert_eq!(w.epochs().0, GroupState::Stable);
    // The last member of the consumer protocol goes: a classic group again, with a rebalance.
    w.at(20.0);
    assert_eq!(w.beat("new", -1, None), Ok((-1, None)));
    assert_eq!(w.group(), (GroupState::PreparingRebalance, 3));
    let joins = [w.join(&old1), w.join(&old2)];
    let generations = joins.map(|join| w.joined(join).generation);
    assert_eq!(generations, [4, 4]);
    w.fail_over(|_| {});
    assert_eq!(w.members().len(), 2);
    assert_eq!(w.committed(), 4);
}

#[test]
fn the_old_ones_leave_and_the_new_one_owns_everything() {
    let mut w = World::new();
    let old = w.stable_one();
    w.at(4.0);
    assert_eq!(w.enter("new"), Ok((2, Some(vec![]))));
    assert_eq!(w.leave(&old, None), ErrorCode::None);
    assert_eq!(w.beat("new", 2, None), Ok((3, Some(vec![0, 1, 2]))));
    let (state, epoch, _, walks) = w.epochs();
    assert_eq!((state, epoch), (GroupState::Stable, 3));
    assert_eq!(members(&walks), [("new", 3, &[0, 1, 2][..])]);
}

#[test]
fn the_policy_may_forbid_it() {
    let mut w = World::with(|c| c.group_consumer_migration_policy = 0);
    w.stable_one();
    assert_eq!(w.enter("new"), Err(ErrorCode::GroupIdNotFound));
    assert_eq!(w.group(), (GroupState::Stable, 1));
    let mut w = World::with(|c| c.group_consumer_migration_policy = 1);
    let old = w.stable_one();
    w.enter("new").expect("upgrades are allowed");
    w.beat("new", -1, None).expect("it leaves");
    assert_eq!(w.epochs().0, GroupState::Assigning);
    assert_eq!(w.heartbeat(&old, 1), ErrorCode::RebalanceInProgress);
}

#[test]
fn an_empty_group_changes_its_protocol_without_ado() {
    let mut w = World::new();
    let old = w.stable_one();
    w.leave(&old, None);
    assert_eq!(w.enter("new"), Ok((1, Some(vec![0, 1, 2]))));
    w.beat("new", -1, None).expect("it leaves");
    let (_, join) = w.join_new();
    w.at(6.0);
    assert_eq!(w.joined(join).generation, 1);
    w.fail_over(|_| {});
    assert_eq!(w.group().0, GroupState::Empty);
}
