//! Who may commit, who sees it, and how long it stays.

use crate::world::{GROUP, ORDERS, World, tp};
use rebalance_core::event::{Event, GroupState};
use rebalance_core::id::{NodeId, TopicId, TopicPartition};
use rebalance_core::protocol::{
    ErrorCode, HeartbeatRequest, OffsetCommitRequest, OffsetDeleteRequest, Request, Response,
};

#[test]
fn who_may_commit() {
    let mut w = World::new();
    assert_eq!(w.commit("nobody", 1, 1), ErrorCode::GroupIdNotFound);
    assert_eq!(
        w.commit("", -1, 1),
        ErrorCode::None,
        "it makes an empty group"
    );
    assert_eq!(w.group(), (GroupState::Empty, 0));
    // While the group is empty, nobody without a generation is asked who he is.
    assert_eq!(w.commit("anybody", -1, 1), ErrorCode::None);
    assert_eq!(w.commit("anybody", 0, 1), ErrorCode::UnknownMemberId);
    let (m1, m2) = w.stable_two();
    assert_eq!(w.commit(&m1, 2, 2), ErrorCode::None);
    assert_eq!(w.commit(&m1, 3, 3), ErrorCode::IllegalGeneration);
    assert_eq!(w.commit(&m1, -1, 3), ErrorCode::IllegalGeneration);
    assert_eq!(w.commit("stranger", 2, 3), ErrorCode::UnknownMemberId);
    assert_eq!(w.commit("", -1, 3), ErrorCode::UnknownMemberId);
    assert_eq!(w.committed(), 2);

    let join1 = w.join(&m1);
    assert_eq!(w.group().0, GroupState::PreparingRebalance);
    assert_eq!(
        w.commit(&m2, 2, 4),
        ErrorCode::None,
        "while a join is prepared"
    );
    let join2 = w.join(&m2);
    assert_eq!(
        (w.joined(join1).generation, w.joined(join2).generation),
        (3, 3)
    );
    assert_eq!(w.commit(&m2, 3, 5), ErrorCode::RebalanceInProgress);
    assert_eq!(w.commit(&m2, 2, 5), ErrorCode::IllegalGeneration);
    assert_eq!(w.committed(), 4);

    assert_eq!(w.delete_group(), ErrorCode::NonEmptyGroup);
    w.leave(&m1, None);
    w.leave(&m2, None);
    assert_eq!(w.delete_group(), ErrorCode::None);
    assert_eq!(w.delete_group(), ErrorCode::GroupIdNotFound);
    assert_eq!((w.group().0, w.committed()), (GroupState::Dead, -1));
}

#[test]
fn a_commit_renews_the_session() {
    let mut w = World::new();
    let m1 = w.stable_one();
    assert_eq!(w.session_end(&m1), 48.0);
    w.at(10.0);
    w.commit(&m1, 1, 1);
    assert_eq!(w.session_end(&m1), 55.0);
    // Also while a rebalance is being prepared, and the commit may be the last thing before a revocation.
    w.at(12.0);
    let (_, join) = w.join_new();
    assert_eq!(w.group().0, GroupState::PreparingRebalance);
    assert_eq!(w.session_end(&m1), 55.0);
    assert_eq!(w.commit(&m1, 1, 2), ErrorCode::None);
    assert_eq!(w.session_end(&m1), 57.0);
    assert!(w.is_held(join));
}

#[test]
fn a_broker_that_is_not_the_coordinator_says_so() {
    let mut w = World::new();
    let mut out = Vec::new();
    w.coordinator.on_resigned(0, &mut out);
    assert_eq!(w.commit("", -1, 1), ErrorCode::NotCoordinator);
    assert_eq!(w.heartbeat("m", 1), ErrorCode::NotCoordinator);
    assert_eq!(w.delete_group(), ErrorCode::NotCoordinator);
    w.coordinator.on_elected(0, 1, &mut out);
    assert_eq!(w.commit("", -1, 1), ErrorCode::CoordinatorLoadInProgress);
    assert_eq!(w.heartbeat("m", 1), ErrorCode::None, "answered blindly");
}

#[test]
fn an_unknown_topic_or_partition_takes_no_offset() {
    let mut w = World::new();
    let elsewhere = TopicPartition::new(TopicId(9), 0);
    let offsets = vec![(tp(0), 7), (tp(3), 7), (elsewhere, 7)];
    let response = w.ask(&Request::OffsetCommit(Box::new(OffsetCommitRequest {
        group: GROUP.into(),
        generation: -1,
        member_id: "".into(),
        group_instance_id: None,
        offsets,
    })));
    let unknown = ErrorCode::UnknownTopicOrPartition;
    let expected = vec![
        (tp(0), ErrorCode::None),
        (tp(3), unknown),
        (elsewhere, unknown),
    ];
    assert_eq!(response, Response::OffsetCommit(expected));
    assert_eq!(w.delete_group(), ErrorCode::None);
    // With nothing left to store, the group is not even asked for.
    let offsets = vec![(tp(3), 7), (elsewhere, 7)];
    let response = w.ask(&Request::OffsetCommit(Box::new(OffsetCommitRequest {
        group: GROUP.into(),
        generation: -1,
        member_id: "".into(),
        group_instance_id: None,
        offsets,
    })));
    let expected = vec![(tp(3), unknown), (elsewhere, unknown)];
    assert_eq!(response, Response::OffsetCommit(expected));
    assert_eq!(w.group().0, GroupState::Dead);
}

#[test]
fn only_offsets_have_groups_without_a_name() {
    let mut w = World::new();
    let mut join = World::join_request("", None);
    join.group = "".into();
    let number = w.send(&Request::JoinGroup(Box::new(join)));
    assert_eq!(w.joined(number).error, ErrorCode::InvalidGroupId);
    let beat = HeartbeatRequest {
        group: "".into(),
        generation: 1,
        member_id: "m".into(),
        group_instance_id: None,
    };
    let told = w.ask(&Request::Heartbeat(Box::new(beat)));
    assert_eq!(told, Response::Heartbeat(ErrorCode::InvalidGroupId));
    let commit = OffsetCommitRequest {
        group: "".into(),
        generation: -1,
        member_id: "".into(),
        group_instance_id: None,
        offsets: vec![(tp(0), 7)],
    };
    let stored = w.ask(&Request::OffsetCommit(Box::new(commit)));
    assert_eq!(
        stored,
        Response::OffsetCommit(vec![(tp(0), ErrorCode::None)])
    );
}

#[test]
fn only_committed_offsets_are_told() {
    let mut w = World::new();
    let m1 = w.stable_one();
    w.commit(&m1, 1, 3);
    w.commits = false;
    let commit = w.send_commit(&m1, 1, 8);
    let consumer = w.send(&World::fetch_request());
    let admin = w.send_from(NodeId::Admin, &World::fetch_request());
    assert!(w.is_held(commit) && w.is_held(consumer));
    let offset = |response| match response {
        Response::OffsetFetch(ErrorCode::None, all) => all[0].1,
        other => panic!("{other:?}"),
    };
    let told = w.answer(admin);
    assert_eq!(offset(told), 3, "what is committed now");
    w.commit_all();
    let told = w.answer(consumer);
    assert_eq!(offset(told), 8, "the newest, once it is committed");
    w.answer(commit);
}

#[test]
fn offsets_expire_seven_days_after_the_group_became_empty() {
    const DAY: f64 = 86_400.0;
    let mut w = World::new();
    let m1 = w.stable_one();
    w.commit(&m1, 1, 5);
    w.at(100.0);
    let left = w.left(&m1);
    assert!(left.is_some(), "no heartbeat since 3.0");
    assert_eq!(w.group(), (GroupState::Empty, 2));
    // Empty since 48 s; looked at every 600 s since the start.
    w.at(7.0 * DAY);
    assert_eq!(w.committed(), 5);
    w.at(7.0 * DAY + 600.0);
    assert_eq!(w.committed(), -1);
    assert_eq!(
        w.group().0,
        GroupState::Dead,
        "nothing is left to keep it for"
    );
    let gone = |event: &Event| matches!(event, Event::OffsetsRemoved { .. });
    assert!(w.events.iter().any(|(_, event)| gone(event)));
}

#[test]
fn offsets_of_a_stable_group_stay_while_it_subscribes() {
    let mut w = World::new();
    let m1 = w.stable_one();
    w.commit(&m1, 1, 5);
    let request = Request::OffsetDelete(Box::new(OffsetDeleteRequest {
        group: GROUP.into(),
        partitions: vec![tp(0)],
    }));
    let subscribed = vec![(tp(0), ErrorCode::GroupSubscribedToTopic)];
    let refused = Response::OffsetDelete(ErrorCode::None, subscribed);
    assert_eq!(w.ask(&request), refused);
    let elsewhere = TopicPartition::new(TopicId(9), 0);
    let unknown = Request::OffsetDelete(Box::new(OffsetDeleteRequest {
        group: GROUP.into(),
        partitions: vec![elsewhere],
    }));
    let refused = vec![(elsewhere, ErrorCode::UnknownTopicOrPartition)];
    let refused = Response::OffsetDelete(ErrorCode::None, refused);
    assert_eq!(w.ask(&unknown), refused);
    w.leave(&m1, None);
    let removed = Response::OffsetDelete(ErrorCode::None, vec![(tp(0), ErrorCode::None)]);
    assert_eq!(w.ask(&request), removed);
    assert_eq!(w.committed(), -1);
}

#[test]
fn an_offset_expires_as_soon_as_its_retention_is_over() {
    let mut w = World::with(|c| c.offsets_retention_minutes = 10);
    w.commit("", -1, 5);
    w.at(599.0);
    assert_eq!(w.committed(), 5);
    w.at(600.0);
    assert_eq!((w.committed(), w.group().0), (-1, GroupState::Dead));
}

#[test]
fn a_deleted_group_stays_deleted() {
    let mut w = World::new();
    w.commit("", -1, 5);
    assert_eq!(w.delete_group(), ErrorCode::None);
    w.fail_over(|_| {});
    assert_eq!((w.committed(), w.group().0), (-1, GroupState::Dead));
}

/// A stable group keeps what it reads from; what it has left expires after its own commit, though the group lives.
#[test]
fn offsets_of_a_topic_the_group_does_not_read_any_more_expire_from_their_commit() {
    let mut w = World::with(|c| c.offsets_retention_minutes = 20);
    let refunds = TopicPartition::new(TopicId(7), 0);
    let topic = refunds.topic;
    w.coordinator.on_topic(topic, &"refunds".into(), 1);
    let m1 = w.stable_one();
    w.ask(&Request::OffsetCommit(Box::new(OffsetCommitRequest {
        group: GROUP.into(),
        generation: 1,
        member_id: m1.clone(),
        group_instance_id: None,
        offsets: vec![(tp(0), 5), (refunds, 8)],
    })));
    let gone = |w: &World| {
        let gone = |event: &Event| matches!(event, Event::OffsetsRemoved { partitions, .. } if *partitions == [refunds]);
        w.events.iter().any(|(_, event)| gone(event))
    };
    let live = |w: &mut World, generation, from: i32, to: i32| {
        for beat in from..to {
            w.at(30.0 * f64::from(beat));
            w.heartbeat(&m1, generation);
        }
    };
    // Committed at 3 s: over at 1,203 s. But when the coordinator looks, at 1,800 s, the group rebalances.
    live(&mut w, 1, 1, 60);
    let (other, join) = w.join_new();
    live(&mut w, 1, 60, 61);
    assert_eq!(w.group().0, GroupState::PreparingRebalance);
    assert!(w.is_held(join) && !gone(&w));
    w.leave(&other, None);
    let join = w.join(&m1);
    assert_eq!(w.joined(join).generation, 2);
    let sync = w.sync(&m1, 2, &[(&m1, &[0, 1, 2])]);
    w.synced(sync);
    live(&mut w, 2, 61, 80);
    assert!(!gone(&w));
    live(&mut w, 2, 80, 82);
    assert!(gone(&w));
    assert_eq!(w.group(), (GroupState::Stable, 2));
    assert_eq!(w.committed(), 5);
}

#[test]
fn a_deleted_topic_takes_its_offsets_along() {
    let mut w = World::new();
    w.commit("", -1, 5);
    let mut out = Vec::new();
    w.coordinator.on_topic_deleted(w.now, ORDERS, &mut out);
    w.carry_out(out);
    assert_eq!(w.committed(), -1);
    w.fail_over(|_| {});
    assert_eq!(w.committed(), -1);
}
