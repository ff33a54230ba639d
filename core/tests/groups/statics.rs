//! Static members (KIP-345).

use crate::world::World;
use rebalance_core::event::{GroupState, LeaveReason};
use rebalance_core::id::Name;
use rebalance_core::java::hash_map_order;
use rebalance_core::protocol::{ErrorCode, HeartbeatRequest, Request, Response};

/// A stable group of one static member, generation 1, at three seconds.
fn stable_static(w: &mut World) -> Name {
    let join = w.join_static("pos-1");
    w.at(3.0);
    let id = w.joined(join).member_id;
    let sync = w.sync(&id, 1, &[(&id, &[0, 1, 2])]);
    w.synced(sync);
    id
}

fn heartbeat_as(w: &mut World, id: &Name) -> ErrorCode {
    let response = w.ask(&Request::Heartbeat(Box::new(HeartbeatRequest {
        group: crate::world::GROUP.into(),
        generation: 1,
        member_id: id.clone(),
        group_instance_id: Some("pos-1".into()),
    })));
    match response {
        Response::Heartbeat(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_restart_within_the_session_moves_nothing() {
    let mut w = World::new();
    let old = stable_static(&mut w);
    assert!(old.starts_with("pos-1-"));
    w.at(20.0);
    let join = w.join_static("pos-1");
    let back = w.joined(join);
    assert_ne!(back.member_id, old);
    assert_eq!((back.generation, &back.leader), (1, &back.member_id));
    assert!(
        back.skip_assignment,
        "it leads, but need not compute anything"
    );
    assert_eq!(w.group(), (GroupState::Stable, 1));
    assert_eq!(w.left(&old), Some((20.0, LeaveReason::Replaced)));
    let sync = w.sync(&back.member_id, 1, &[]);
    let share: Vec<(Name, Vec<i32>)> = vec![("orders".into(), vec![0, 1, 2])];
    assert_eq!(w.synced(sync), (ErrorCode::None, share));
    assert_eq!(heartbeat_as(&mut w, &old), ErrorCode::FencedInstanceId);
    assert_eq!(heartbeat_as(&mut w, &back.member_id), ErrorCode::None);
}

#[test]
fn the_new_id_is_in_the_log_before_it_is_told() {
    let mut w = World::new();
    let old = stable_static(&mut w);
    w.commits = false;
    let join = w.join_static("pos-1");
    assert!(w.is_held(join));
    w.fail_write(ErrorCode::NotEnoughReplicas);
    let refused = w.joined(join);
    assert_eq!(refused.error, ErrorCode::CoordinatorNotAvailable);
    assert_eq!(
        w.members(),
        std::slice::from_ref(&old),
        "the old id is back"
    );
    assert_eq!(heartbeat_as(&mut w, &old), ErrorCode::None);
}

#[test]
fn a_static_member_outlives_a_rebalance_it_misses_until_its_session_ends() {
    let mut w = World::new();
    let fixed = stable_static(&mut w);
    w.at(4.0);
    let (m2, join) = w.join_new();
    w.at(47.999);
    assert!(w.is_held(join));
    assert!(w.members().contains(&fixed));
    w.at(48.0);
    let joined = w.joined(join);
    assert_eq!((joined.generation, joined.leader), (2, m2.clone()));
    assert_eq!(w.members(), [m2]);
}

#[test]
fn an_administrator_removes_it_by_instance_id() {
    let mut w = World::new();
    stable_static(&mut w);
    assert_eq!(w.leave("", Some("pos-2")), ErrorCode::UnknownMemberId);
    assert_eq!(w.leave("", Some("pos-1")), ErrorCode::None);
    assert_eq!(w.group(), (GroupState::Empty, 2));
}

/// A static leader that misses a rebalance stays a member and leads no longer: of those who came, the first in the order of Java's hash map
/// does, not the first by id.
#[test]
fn who_leads_instead_of_an_absent_static_leader_is_a_matter_of_hashes() {
    let send = |w: &mut World, member: &str, instance: Option<&str>| {
        let mut request = World::join_request(member, instance);
        request.rebalance_timeout_ms = 60_000;
        w.send(&Request::JoinGroup(Box::new(request)))
    };
    let mut by_hash_alone = 0;
    for others in 2..6 {
        let mut w = World::new();
        let join = send(&mut w, "", Some("pos-1"));
        w.at(3.0);
        let leader = w.joined(join).member_id;
        let sync = w.sync(&leader, 1, &[(&leader, &[0, 1, 2])]);
        w.synced(sync);
        let ids: Vec<Name> = (0..others).map(|_| w.get_id()).collect();
        let joins: Vec<u32> = ids.iter().map(|id| send(&mut w, id, None)).collect();
        for beat in 2..=21 {
            w.at(3.0 * f64::from(beat));
            heartbeat_as(&mut w, &leader);
        }
        assert_eq!(w.left(&leader), None);
        let everybody = std::iter::once(&leader).chain(&ids);
        let order = hash_map_order(everybody.map(|id| &**id));
        let first = order.into_iter().find(|id| **id != *leader);
        by_hash_alone += usize::from(ids.iter().map(|id| &**id).min() != first);
        for join in joins {
            assert_eq!(Some(&*w.joined(join).leader), first);
        }
    }
    assert!(by_hash_alone > 0, "both orders agree everywhere");
}
