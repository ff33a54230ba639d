//! Joining, rebalancing, leaving, dying.

use crate::world::{GROUP, World};
use rebalance_core::event::{Event, GroupState, LeaveReason};
use rebalance_core::id::Name;
use rebalance_core::protocol::{ErrorCode, Request, Response, SyncGroupRequest};

use GroupState::{CompletingRebalance, Empty, PreparingRebalance, Stable};

fn orders(partitions: &[i32]) -> Vec<(Name, Vec<i32>)> {
    vec![("orders".into(), partitions.to_vec())]
}

#[test]
fn an_eager_rebalance_message_by_message() {
    let mut w = World::new();
    let m1 = w.get_id();
    assert_eq!(w.group(), (Empty, 0));
    let join1 = w.join(&m1);
    assert!(w.is_held(join1));
    assert_eq!(w.group(), (PreparingRebalance, 0));
    w.at(2.999_999);
    assert!(w.is_held(join1));
    w.at(3.0);
    let first = w.joined(join1);
    assert_eq!((first.generation, &first.leader), (1, &m1));
    assert_eq!(first.members.len(), 1);
    assert_eq!(w.group(), (CompletingRebalance, 1));
    let sync = w.sync(&m1, 1, &[(&m1, &[0, 1, 2])]);
    assert_eq!(w.synced(sync), (ErrorCode::None, orders(&[0, 1, 2])));
    assert_eq!(w.group(), (Stable, 1));

    w.at(6.0);
    let (m2, join2) = w.join_new();
    assert!(w.is_held(join2));
    assert_eq!(w.group(), (PreparingRebalance, 1));

    w.at(9.0);
    assert_eq!(w.heartbeat(&m1, 1), ErrorCode::RebalanceInProgress);
    let join1 = w.join(&m1);
    let (leader, follower) = (w.joined(join1), w.joined(join2));
    assert_eq!((leader.generation, follower.generation), (2, 2));
    assert_eq!((&leader.leader, &follower.leader), (&m1, &m1));
    assert_eq!((leader.members.len(), follower.members.len()), (2, 0));
    assert_eq!(w.group(), (CompletingRebalance, 2));

    let sync2 = w.sync(&m2, 2, &[]);
    assert!(w.is_held(sync2));
    let sync1 = w.sync(&m1, 2, &[(&m1, &[0, 1]), (&m2, &[2])]);
    assert_eq!(w.synced(sync1), (ErrorCode::None, orders(&[0, 1])));
    assert_eq!(w.synced(sync2), (ErrorCode::None, orders(&[2])));
    assert_eq!(w.group(), (Stable, 2));
    assert_eq!(w.heartbeat(&m1, 1), ErrorCode::IllegalGeneration);
    assert_eq!(w.heartbeat(&m1, 2), ErrorCode::None);
}

#[test]
fn one_member_waits_three_seconds_two_wait_six() {
    let mut w = World::new();
    let (_, a) = w.join_new();
    let (_, b) = w.join_new();
    w.at(5.999_999);
    assert!(w.is_held(a) && w.is_held(b));
    w.at(6.0);
    assert_eq!((w.joined(a).generation, w.joined(b).generation), (1, 1));
}

#[test]
fn each_early_joiner_prolongs_the_initial_delay() {
    let mut w = World::new();
    let (m1, a) = w.join_new();
    w.at(2.0);
    let (_, b) = w.join_new();
    w.at(4.0);
    let (_, c) = w.join_new();
    w.at(8.999_999);
    assert!(w.is_held(a) && w.is_held(b) && w.is_held(c));
    w.at(9.0);
    for number in [a, b, c] {
        let join = w.joined(number);
        assert_eq!((join.generation, &join.leader), (1, &m1));
    }
}

#[test]
fn the_largest_rebalance_timeout_bounds_the_initial_delay() {
    let mut w = World::new();
    let mut first = None;
    for second in 0..7 {
        w.at(f64::from(second));
        let id = w.get_id();
        let mut request = World::join_request(&id, None);
        request.rebalance_timeout_ms = 7_000;
        let number = w.send(&Request::JoinGroup(Box::new(request)));
        first.get_or_insert(number);
    }
    // 3 s, 3 s, and the one second that is left.
    w.at(6.999_999);
    assert!(w.is_held(first.expect("a join")));
    w.at(7.0);
    assert!(!w.is_held(first.expect("a join")));
    let groups = w.coordinator.groups();
    assert_eq!((groups[0].generation, groups[0].members.len()), (1, 7));
}

#[test]
fn leaving_politely_starts_a_rebalance_at_once() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    w.at(10.0);
    assert_eq!(w.leave(&m2, None), ErrorCode::None);
    assert_eq!(w.group(), (PreparingRebalance, 2));
    assert_eq!(w.heartbeat(&m1, 2), ErrorCode::RebalanceInProgress);
    let join = w.join(&m1);
    assert_eq!(w.joined(join).generation, 3);
    let reason = w.events.iter().find_map(|(_, event)| match event {
        Event::GroupTransition { reason, .. } if reason.contains("LeaveGroup") => Some(reason),
        _ => None,
    });
    let expected = format!("explicit `LeaveGroup` request for ({m2}) members.");
    assert_eq!(reason.map(|it| &**it), Some(expected.as_str()));
}

#[test]
fn a_dead_member_is_removed_after_exactly_one_session_timeout() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    assert_eq!(w.heartbeat(&m2, 2), ErrorCode::None);
    for beat in 1..=15 {
        w.at(9.0 + 3.0 * f64::from(beat) - 0.1);
        assert_eq!(w.heartbeat(&m1, 2), ErrorCode::None);
    }
    w.at(53.999_999);
    assert_eq!(w.group(), (Stable, 2));
    w.at(54.0);
    assert_eq!(w.group(), (PreparingRebalance, 2));
    assert_eq!(w.left(&m2), Some((54.0, LeaveReason::SessionExpired)));
    assert_eq!(w.heartbeat(&m1, 2), ErrorCode::RebalanceInProgress);
    assert_eq!(w.heartbeat(&m2, 2), ErrorCode::UnknownMemberId);
}

#[test]
fn the_last_member_leaves_a_new_generation_and_the_offsets_behind() {
    let mut w = World::new();
    let m1 = w.stable_one();
    assert_eq!(w.commit(&m1, 1, 5), ErrorCode::None);
    assert_eq!(w.leave(&m1, None), ErrorCode::None);
    assert_eq!(w.group(), (Empty, 2));
    assert_eq!(w.committed(), 5);
}

#[test]
fn members_that_do_not_rejoin_are_out_after_the_rebalance_timeout() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    // m1 leads and wants a rebalance; m2 only sends heartbeats.
    let join = w.join(&m1);
    for beat in 1..=100 {
        w.at(9.0 + 3.0 * f64::from(beat) - 0.5);
        assert_eq!(w.heartbeat(&m2, 2), ErrorCode::RebalanceInProgress);
    }
    assert!(w.is_held(join));
    w.at(309.0);
    assert_eq!(w.joined(join).generation, 3);
    assert_eq!(w.left(&m2), Some((309.0, LeaveReason::RebalanceTimeout)));
}

#[test]
fn members_that_do_not_ask_for_their_assignment_are_out() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    let (a, b) = (w.join(&m1), w.join(&m2));
    assert_eq!((w.joined(a).generation, w.joined(b).generation), (3, 3));
    let sync = w.sync(&m2, 3, &[]);
    for beat in 1..=100 {
        w.at(9.0 + 3.0 * f64::from(beat) - 0.5);
        w.heartbeat(&m1, 3);
    }
    assert!(w.is_held(sync));
    w.at(309.0);
    assert_eq!(w.synced(sync).0, ErrorCode::RebalanceInProgress);
    assert_eq!(w.members(), std::slice::from_ref(&m2));
    assert_eq!(w.left(&m1), Some((309.0, LeaveReason::RebalanceTimeout)));
    let join = w.join(&m2);
    let joined = w.joined(join);
    assert_eq!((joined.generation, joined.leader), (4, m2));
}

#[test]
fn a_new_member_waits_at_most_five_minutes() {
    let mut w = World::new();
    let (m1, _m2) = w.stable_two();
    let id = w.get_id();
    let mut request = World::join_request(&id, None);
    request.rebalance_timeout_ms = 900_000;
    let number = w.send(&Request::JoinGroup(Box::new(request)));
    let mut second = 9;
    while second < 306 {
        second += 3;
        w.at(f64::from(second));
        w.heartbeat(&m1, 2);
    }
    assert!(w.is_held(number));
    w.at(309.0);
    let refused = w.joined(number);
    assert_eq!(refused.error, ErrorCode::UnknownMemberId);
    assert_eq!(w.left(&id), Some((309.0, LeaveReason::SessionExpired)));
}

#[test]
fn an_id_that_nobody_comes_back_for_is_forgotten_after_a_session_timeout() {
    let mut w = World::new();
    let m1 = w.stable_one();
    w.at(4.0);
    let ghost = w.get_id();
    assert_eq!(w.coordinator.groups()[0].pending_joins, 1);
    let join = w.join(&m1);
    assert!(
        w.is_held(join),
        "the rebalance waits for the expected member"
    );
    w.at(49.0);
    assert_eq!(w.joined(join).generation, 2);
    let number = w.join(&ghost);
    assert_eq!(w.joined(number).error, ErrorCode::UnknownMemberId);
}

#[test]
fn nobody_rejoins_a_group_that_is_not_there() {
    let mut w = World::new();
    let number = w.join("stranger");
    assert_eq!(w.joined(number).error, ErrorCode::UnknownMemberId);
    assert_eq!(w.group().0, GroupState::Dead, "nor is it made");
}

#[test]
fn rejoining_with_nothing_new() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    let follower = w.join(&m2);
    let again = w.joined(follower);
    assert_eq!((again.generation, again.members.len()), (2, 0));
    assert_eq!(w.group(), (Stable, 2));
    let leader = w.join(&m1);
    assert!(w.is_held(leader), "a leader always starts a rebalance");
    assert_eq!(w.group(), (PreparingRebalance, 2));
    let follower = w.join(&m2);
    w.joined(follower);
    assert_eq!(w.joined(leader).members.len(), 2);
    // Its answer may have been lost: in this phase the leader is told again, too.
    let leader = w.join(&m1);
    assert_eq!(w.joined(leader).members.len(), 2);
    assert_eq!(w.group(), (CompletingRebalance, 3));
}

#[test]
fn no_common_assignor_no_entry() {
    let mut w = World::new();
    w.stable_one();
    let mut request = World::join_request("", None);
    request.protocols[0].0 = "sticky".into();
    let response = w.ask(&Request::JoinGroup(Box::new(request)));
    let Response::JoinGroup(join) = response else {
        panic!("{response:?}")
    };
    assert_eq!(join.error, ErrorCode::InconsistentGroupProtocol);
}

#[test]
fn whom_the_leader_forgets_gets_nothing() {
    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    let (a, b) = (w.join(&m1), w.join(&m2));
    assert_eq!((w.joined(a).generation, w.joined(b).generation), (3, 3));
    let theirs = w.sync(&m2, 3, &[]);
    let own = w.sync(&m1, 3, &[(&m1, &[0, 1])]);
    assert_eq!(w.synced(own), (ErrorCode::None, orders(&[0, 1])));
    assert_eq!(w.synced(theirs), (ErrorCode::None, Vec::new()));
}

#[test]
fn an_assignment_of_another_assignor_is_refused() {
    let mut w = World::new();
    let m1 = w.stable_one();
    let join = w.join(&m1);
    assert_eq!(w.joined(join).generation, 2);
    let request = SyncGroupRequest {
        group: GROUP.into(),
        generation: 2,
        member_id: m1.clone(),
        group_instance_id: None,
        protocol: Some("sticky".into()),
        assignments: Vec::new(),
    };
    let number = w.send(&Request::SyncGroup(Box::new(request)));
    assert_eq!(w.synced(number).0, ErrorCode::InconsistentGroupProtocol);
    assert_eq!(w.group().0, GroupState::CompletingRebalance);
}

#[test]
fn a_group_is_full_at_group_max_size() {
    let mut w = World::with(|config| config.group_max_size = 1);
    w.stable_one();
    let number = w.join("");
    assert_eq!(w.joined(number).error, ErrorCode::GroupMaxSizeReached);
}

#[test]
fn a_session_timeout_has_bounds() {
    let mut w = World::new();
    for (ms, error) in [
        (5_999, ErrorCode::InvalidSessionTimeout),
        (6_000, ErrorCode::MemberIdRequired),
        (1_800_000, ErrorCode::MemberIdRequired),
        (1_800_001, ErrorCode::InvalidSessionTimeout),
    ] {
        let mut request = World::join_request("", None);
        request.session_timeout_ms = ms;
        let number = w.send(&Request::JoinGroup(Box::new(request)));
        assert_eq!(w.joined(number).error, error, "{ms}");
    }
}

#[test]
fn member_ids_look_like_kafkas() {
    let mut w = World::new();
    let id = w.get_id();
    let parts: Vec<&str> = id.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|it| it.len()).collect();
    assert_eq!(lengths, [1, 8, 4, 4, 4, 12]);
    assert_eq!(parts[0], "c");
    assert!(parts[3].starts_with('4'));
    assert!(parts[4].starts_with(['8', '9', 'a', 'b']));
}
