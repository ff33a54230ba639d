//! Members of the classic protocol in a group of the consumer protocol (KIP-848, online migration): when they are told to rejoin, how long they
//! have for that, and what they are refused. And what such a group does about offsets.

use crate::world::{GROUP, World, tp};
use rebalance_core::event::{Event, GroupState, LeaveReason};
use rebalance_core::id::{Name, TopicId, TopicPartition};
use rebalance_core::protocol::{
    ErrorCode, OffsetCommitRequest, OffsetDeleteRequest, Request, Response,
};

/// A group of `n`, which has all three partitions, and a guest that is to get one of them.
fn hosted() -> (World, Name) {
    let mut w = World::new();
    assert_eq!(w.enter("n"), Ok((1, Some(vec![0, 1, 2]))));
    let (guest, join) = w.join_new();
    let joined = w.joined(join);
    assert_eq!((joined.error, joined.generation), (ErrorCode::None, 2));
    assert_eq!(&*joined.leader, "", "the coordinator assigns");
    (w, guest)
}

fn sync(w: &mut World, guest: &Name, generation: i32) -> Vec<i32> {
    let sync = w.sync(guest, generation, &[]);
    let (error, topics) = w.synced(sync);
    assert_eq!(error, ErrorCode::None);
    topics.into_iter().flat_map(|(_, list)| list).collect()
}

/// A member of the consumer protocol goes on as far as it can.
fn live(w: &mut World, member: &str, epoch: &mut i32) {
    let (now, told) = w.beat(member, *epoch, None).expect("it lives");
    *epoch = now;
    if let Some(owned) = told {
        *epoch = w.beat(member, now, Some(&owned)).expect("it lives").0;
    }
}

#[test]
fn a_guest_is_told_to_rejoin_when_its_partitions_are_free() {
    let (mut w, guest) = hosted();
    assert_eq!(sync(&mut w, &guest, 2), []);
    // It waits for n, so there is nothing to rejoin for.
    assert_eq!(w.heartbeat(&guest, 2), ErrorCode::None);
    let (epoch, kept) = w.beat("n", 1, None).expect("it lives");
    let kept = kept.expect("it is to give something up");
    assert_eq!(epoch, 1);
    assert_eq!(w.heartbeat(&guest, 2), ErrorCode::None);
    assert_eq!(w.beat("n", 1, Some(&kept)), Ok((2, None)));
    assert_eq!(w.heartbeat(&guest, 2), ErrorCode::RebalanceInProgress);
    let join = w.join(&guest);
    assert_eq!(w.joined(join).generation, 2);
    let mut all = sync(&mut w, &guest, 2);
    assert_eq!(w.heartbeat(&guest, 2), ErrorCode::None);
    assert_eq!(w.epochs().0, GroupState::Stable);
    all.extend(kept);
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2]);
}

#[test]
fn a_guest_that_does_not_rejoin_is_removed_after_its_rebalance_timeout() {
    let (mut w, guest) = hosted();
    sync(&mut w, &guest, 2);
    let mut epochs = [1, 3];
    w.enter("o").expect("it joins");
    for beat in 0..100 {
        w.at(3.0 * f64::from(beat));
        for (member, epoch) in ["n", "o"].into_iter().zip(&mut epochs) {
            live(&mut w, member, epoch);
        }
        let told = w.heartbeat(&guest, 2);
        assert_eq!(told, ErrorCode::RebalanceInProgress, "{beat}");
    }
    assert_eq!(w.left(&guest), None);
    w.at(300.0);
    assert_eq!(w.left(&guest), Some((300.0, LeaveReason::RebalanceTimeout)));
}

#[test]
fn a_guest_that_does_not_sync_is_removed_after_its_rebalance_timeout() {
    let (mut w, guest) = hosted();
    for beat in 1..100 {
        w.at(3.0 * f64::from(beat));
        // n gives nothing up, so the guest has nothing to rejoin for.
        w.beat("n", 1, None).expect("it lives");
        assert_eq!(w.heartbeat(&guest, 2), ErrorCode::None);
    }
    assert_eq!(w.left(&guest), None);
    w.at(300.0);
    assert_eq!(w.left(&guest), Some((300.0, LeaveReason::RebalanceTimeout)));
}

#[test]
fn a_guest_of_another_generation_is_refused_in_its_own_words() {
    let (mut w, guest) = hosted();
    assert_eq!(w.heartbeat(&guest, 1), ErrorCode::IllegalGeneration);
    assert_eq!(w.heartbeat("n", 1), ErrorCode::UnknownMemberId);
    assert_eq!(w.commit(&guest, 1, 5), ErrorCode::IllegalGeneration);
    assert_eq!(w.commit("n", 2, 5), ErrorCode::StaleMemberEpoch);
    assert_eq!(w.commit(&guest, 2, 5), ErrorCode::None);
    assert_eq!(w.commit("n", 1, 6), ErrorCode::None);
}

#[test]
fn guests_must_have_an_assignor_in_common() {
    let (mut w, _) = hosted();
    let id = w.get_id();
    let mut request = World::join_request(&id, None);
    request.protocols[0].0 = "sticky".into();
    let number = w.send(&Request::JoinGroup(Box::new(request)));
    let refused = w.joined(number).error;
    assert_eq!(refused, ErrorCode::InconsistentGroupProtocol);
}

#[test]
fn a_group_changes_its_protocol_only_if_it_is_small_enough_for_the_other() {
    let mut w = World::with(|c| c.group_consumer_max_size = 1);
    w.stable_two();
    assert_eq!(w.enter("n"), Err(ErrorCode::GroupIdNotFound));
    assert_eq!(w.group(), (GroupState::Stable, 2));
    // Two guests are one too many for a classic group.
    let mut w = World::with(|c| c.group_max_size = 1);
    w.enter("n").expect("it joins");
    let (_, first) = w.join_new();
    let (_, second) = w.join_new();
    for join in [first, second] {
        assert_eq!(w.joined(join).error, ErrorCode::None);
    }
    w.beat("n", -1, None).expect("it leaves");
    assert_eq!(w.epochs().0, GroupState::Assigning);
}

/// Whoever waits in JoinGroup or SyncGroup when the group is upgraded is told to rejoin.
#[test]
fn an_upgrade_answers_whoever_waits() {
    let mut w = World::new();
    let (m1, _) = w.stable_two();
    let join = w.join(&m1);
    assert!(w.is_held(join));
    w.enter("n").expect("it joins");
    assert_eq!(w.joined(join).error, ErrorCode::RebalanceInProgress);

    let mut w = World::new();
    let (m1, m2) = w.stable_two();
    let (a, b) = (w.join(&m1), w.join(&m2));
    assert_eq!((w.joined(a).generation, w.joined(b).generation), (3, 3));
    let sync = w.sync(&m2, 3, &[]);
    assert!(w.is_held(sync));
    w.enter("n").expect("it joins");
    assert_eq!(w.synced(sync).0, ErrorCode::RebalanceInProgress);
}

#[test]
fn a_static_member_that_was_to_give_something_up_and_left_has_its_session_to_come_back() {
    let mut w = World::new();
    let mut request = World::enter_request("a", Some("i1"));
    request.rebalance_timeout_ms = 10_000;
    assert_eq!(w.modern(request).member_epoch, 1);
    w.enter("b").expect("it joins");
    let mut beat = World::beat_request("a", 1);
    beat.group_instance_id = Some("i1".into());
    assert_eq!(w.modern(beat.clone()).error, ErrorCode::None);
    beat.member_epoch = -2;
    assert_eq!(w.modern(beat).member_epoch, -2);
    w.at(20.0);
    assert_eq!(w.left("a"), None);
    w.beat("b", 2, None).expect("it lives");
    w.at(45.0);
    assert_eq!(w.left("a"), Some((45.0, LeaveReason::SessionExpired)));
}

/// Offsets of the topics a member subscribes to can neither be deleted nor expire; others can, while the group lives.
#[test]
fn offsets_go_topic_by_topic() {
    let mut w = World::with(|c| c.offsets_retention_minutes = 20);
    let refunds = TopicPartition::new(TopicId(7), 0);
    w.coordinator.on_topic(refunds.topic, &"refunds".into(), 1);
    w.enter("n").expect("it joins");
    let commit = |w: &mut World| {
        w.ask(&Request::OffsetCommit(Box::new(OffsetCommitRequest {
            group: GROUP.into(),
            generation: 1,
            member_id: "n".into(),
            group_instance_id: None,
            offsets: vec![(tp(0), 5), (refunds, 8)],
        })));
    };
    commit(&mut w);
    let both = Request::OffsetDelete(Box::new(OffsetDeleteRequest {
        group: GROUP.into(),
        partitions: vec![tp(0), refunds],
    }));
    let told = vec![
        (tp(0), ErrorCode::GroupSubscribedToTopic),
        (refunds, ErrorCode::None),
    ];
    assert_eq!(w.ask(&both), Response::OffsetDelete(ErrorCode::None, told));
    commit(&mut w);
    let removed = |w: &World| {
        let is_it = |event: &Event| matches!(event, Event::OffsetsRemoved { partitions, .. } if *partitions == [refunds]);
        w.events.iter().filter(|(_, event)| is_it(event)).count()
    };
    assert_eq!(removed(&w), 1);
    for beat in 1..=40 {
        w.at(30.0 * f64::from(beat));
        w.beat("n", 1, None).expect("it lives");
    }
    assert_eq!((removed(&w), w.committed()), (2, 5));
}
