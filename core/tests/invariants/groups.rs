//! Of owners, members and committed offsets, in both protocols.

use super::*;

#[test]
fn a_partition_has_one_owner_a_generation() {
    let mut story = Story::new();
    let joining = || Event::Joining {
        group: "billing".into(),
    };
    let assigned = |generation| Event::Assigned {
        generation,
        partitions: vec![TP],
    };
    for node in [C1, C2] {
        assert_eq!(story.tell(node, joining()), FINE);
    }
    assert_eq!(story.tell(C1, assigned(1)), FINE);
    assert_eq!(story.tell(C2, assigned(2)), FINE);
    assert_eq!(story.tell(C1, assigned(2)), [ONE_OWNER]);
    let plan = |members: [&str; 2]| Event::GroupAssigned {
        group: "billing".into(),
        generation: 3,
        protocol: "range".into(),
        assignment: members
            .map(|m| (m.into(), vec![("orders".into(), vec![0])]))
            .into(),
    };
    assert_eq!(story.tell(broker(1), plan(["m1", "m2"])), [ONE_OWNER]);
}

/// Kafka's sticky assignors give a partition twice when a member claims one that the leader does not know; only then.
#[test]
fn a_leader_that_does_not_know_a_claimed_partition_may_give_one_twice() {
    let mut story = Story::new();
    let joining = || Event::Joining {
        group: "billing".into(),
    };
    for node in [C1, C2] {
        assert_eq!(story.tell(node, joining()), FINE);
    }
    let plan = |generation| Event::GroupAssigned {
        group: "billing".into(),
        generation,
        protocol: "sticky".into(),
        assignment: ["m1", "m2"]
            .map(|m| (m.into(), vec![("orders".into(), vec![0])]))
            .into(),
    };
    let assigned = |generation| Event::Assigned {
        generation,
        partitions: vec![TP],
    };
    story.blind = Some(1);
    assert_eq!(story.tell(broker(1), plan(1)), FINE);
    // What the leader knows later changes nothing about what it did.
    story.blind = None;
    assert_eq!(story.tell(C1, assigned(1)), FINE);
    assert_eq!(story.tell(C2, assigned(1)), FINE);
    assert_eq!(story.tell(broker(1), plan(2)), [ONE_OWNER]);
    assert_eq!(story.tell(C1, assigned(2)), FINE);
    assert_eq!(story.tell(C2, assigned(2)), [ONE_OWNER]);
}

#[test]
fn a_static_member_may_be_replaced_within_a_generation() {
    let mut story = Story::new();
    for node in [C1, C2] {
        story.instances.insert(node, "till-1".into());
        let group = "billing".into();
        assert_eq!(story.tell(node, Event::Joining { group }), FINE);
    }
    let assigned = || Event::Assigned {
        generation: 1,
        partitions: vec![TP],
    };
    assert_eq!(story.tell(C1, assigned()), FINE);
    assert_eq!(story.tell(C2, assigned()), FINE);
    story.instances.insert(C1, "till-2".into());
    assert_eq!(story.tell(C1, assigned()), [ONE_OWNER]);
}

#[test]
fn only_owners_deliver_and_kept_partitions_are_owned_too() {
    let mut story = Story::new();
    let other = TopicPartition::new(TopicId(1), 1);
    let group = || Name::from("billing");
    let assigned = |generation, partitions| Event::Assigned {
        generation,
        partitions,
    };
    for node in [C1, C2] {
        assert_eq!(story.tell(node, Event::Joining { group: group() }), FINE);
    }
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    let polled = || Event::Polled {
        tp: TP,
        first: 0,
        last: 0,
        records: 1,
    };
    assert_eq!(story.tell(C1, assigned(1, vec![TP])), FINE);
    assert_eq!(story.tell(C2, assigned(1, vec![other])), FINE);
    assert_eq!(story.tell(C1, polled()), FINE);
    assert_eq!(story.tell(C2, polled()), [DELIVERED_BY_OWNER]);
    // A cooperative member is told only what is new; it keeps the rest.
    assert_eq!(story.tell(C1, assigned(2, vec![])), FINE);
    assert_eq!(story.tell(C2, assigned(2, vec![TP])), [ONE_OWNER]);
    let partitions = vec![TP];
    assert_eq!(story.tell(C1, Event::Revoked { partitions }), FINE);
    assert_eq!(story.tell(C1, polled()), [DELIVERED_BY_OWNER]);
}

#[test]
fn committed_offsets_move_with_the_coordinator() {
    let mut story = Story::new();
    let at = |offset, committed_at| CommittedOffset {
        offset,
        committed_at,
    };
    let loaded = || Event::CoordinatorLoaded {
        partition: 0,
        groups: vec!["billing".into()],
    };
    let commit = Event::OffsetsCommitted {
        group: "billing".into(),
        member: "".into(),
        generation: -1,
        offsets: vec![(TP, 7)],
    };
    story.committed.insert(BrokerId(1), at(7, 100));
    assert_eq!(story.tell(broker(1), commit), FINE);
    story.state = Some(PartitionState {
        replicas: [1, 2].map(BrokerId).into(),
        adding: [].into(),
        removing: [].into(),
        isr: [2].map(BrokerId).into(),
        elr: Arc::new([]),
        last_known_elr: Arc::new([]),
        leader: Some(BrokerId(2)),
        leader_epoch: 1,
        partition_epoch: 1,
        recovery: Recovery::Recovered,
    });
    // Broker 2 reads old metadata and does not lead yet.
    assert_eq!(story.tell(broker(2), loaded()), FINE);
    story.disk(2).leader_epoch = 1;
    assert_eq!(story.tell(broker(2), loaded()), [COMMITS_KEPT]);
    story.committed.insert(BrokerId(2), at(6, 99));
    assert_eq!(story.tell(broker(2), loaded()), [COMMITS_KEPT]);
    // What was written but not acknowledged may be there as well.
    story.committed.insert(BrokerId(2), at(8, 101));
    assert_eq!(story.tell(broker(2), loaded()), FINE);
    story.committed.remove(&BrokerId(2));
    story.removed = true;
    assert_eq!(story.tell(broker(2), loaded()), FINE);
}

#[test]
fn commits_are_of_the_current_generation() {
    let mut story = Story::new();
    let turned = |generation| Event::GroupTransition {
        group: "billing".into(),
        from: GroupState::Stable,
        to: GroupState::CompletingRebalance,
        generation,
        reason: "".into(),
    };
    let commit = |generation| Event::OffsetsCommitted {
        group: "billing".into(),
        member: "c1".into(),
        generation,
        offsets: vec![(TP, 1)],
    };
    assert_eq!(story.tell(broker(1), turned(1)), FINE);
    assert_eq!(story.tell(broker(1), commit(1)), FINE);
    assert_eq!(story.tell(broker(1), commit(2)), [CURRENT_COMMITS]);
    assert_eq!(story.tell(broker(1), turned(2)), FINE);
    // Written before the group turned, replicated after it …
    assert_eq!(story.tell(broker(1), commit(1)), FINE);
    assert_eq!(story.tell(broker(1), commit(2)), FINE);
    // … but nothing of an old generation is written after something of a new one.
    assert_eq!(story.tell(broker(1), commit(1)), [CURRENT_COMMITS]);
    // Another coordinator, thawed, sees only now that what it wrote long ago has reached everybody.
    assert_eq!(story.tell(broker(2), commit(1)), FINE);
    assert_eq!(story.tell(broker(1), commit(2)), FINE);
    // From outside a group.
    assert_eq!(story.tell(broker(1), commit(-1)), FINE);
}

#[test]
fn members_of_the_consumer_protocol_share_nothing_and_stay_behind_their_group() {
    let mut story = Story::new();
    let member = |n| NodeId::Client(ClientId(n));
    let joins = || Event::Joining {
        group: "modern".into(),
    };
    let given = || Event::Assigned {
        generation: 2,
        partitions: vec![TP],
    };
    let left = |id: &str| Event::MemberLeft {
        group: "modern".into(),
        member: id.into(),
        reason: rebalance_core::event::LeaveReason::SessionExpired,
    };
    for n in [101, 102, 103] {
        assert_eq!(story.tell(member(n), joins()), FINE);
    }
    assert_eq!(story.tell(member(101), given()), FINE);
    assert_eq!(
        story.tell(member(102), given()),
        ["one-owner-per-partition"]
    );
    let gives = Event::Revoked {
        partitions: vec![TP],
    };
    assert_eq!(story.tell(member(102), gives), FINE);
    assert_eq!(story.tell(member(103), given()), FINE);
    // Who was removed is no member, whatever it believes.
    assert_eq!(story.tell(broker(1), left("m103")), FINE);
    assert_eq!(story.tell(member(101), given()), FINE);

    let epoch = |epoch| Event::GroupEpoch {
        group: "modern".into(),
        epoch,
        reason: rebalance_core::event::EpochReason::MemberJoined,
    };
    let walked = |epoch| Event::MemberReconciled {
        group: "modern".into(),
        member: "m101".into(),
        state: rebalance_core::reconcile::MemberState::Stable,
        epoch,
        assigned: vec![TP],
        revoking: vec![],
    };
    let commit = |member: &str, generation| Event::OffsetsCommitted {
        group: "modern".into(),
        member: member.into(),
        generation,
        offsets: vec![(TP, 1)],
    };
    assert_eq!(story.tell(broker(1), epoch(4)), FINE);
    assert_eq!(story.tell(broker(1), walked(4)), FINE);
    assert_eq!(
        story.tell(broker(1), walked(5)),
        ["one-owner-per-partition"]
    );
    assert_eq!(story.tell(broker(1), commit("m101", 4)), FINE);
    assert_eq!(story.tell(broker(1), commit("m102", 3)), FINE);
    let stale = story.tell(broker(1), commit("m101", 3));
    assert_eq!(stale, ["commits-from-current-generation"]);
    let ahead = story.tell(broker(1), commit("m102", 5));
    assert_eq!(ahead, ["commits-from-current-generation"]);
}

#[test]
fn who_is_out_owns_nothing_until_it_joins_again() {
    let mut story = Story::new();
    let member = |n| NodeId::Client(ClientId(n));
    let group = || Name::from("modern");
    let joins = || Event::Joining { group: group() };
    let given = || Event::Assigned {
        generation: 2,
        partitions: vec![TP],
    };
    for n in [101, 102] {
        assert_eq!(story.tell(member(n), joins()), FINE);
    }
    let left = Event::MemberLeft {
        group: group(),
        member: "m101".into(),
        reason: LeaveReason::SessionExpired,
    };
    assert_eq!(story.tell(broker(1), left), FINE);
    assert_eq!(story.tell(member(102), given()), FINE);
    // It was frozen, and takes over what an old answer gave it.
    assert_eq!(story.tell(member(101), given()), FINE);
    let joined = Event::MemberJoined {
        group: group(),
        member: "m101".into(),
        instance: None,
    };
    assert_eq!(story.tell(broker(1), joined), FINE);
    assert_eq!(story.tell(member(101), given()), [ONE_OWNER]);
}

#[test]
fn what_the_coordinator_has_taken_back_is_not_owned() {
    let mut story = Story::new();
    let member = |n| NodeId::Client(ClientId(n));
    let group = || Name::from("modern");
    let walked = |id: &str, assigned: Vec<TopicPartition>| Event::MemberReconciled {
        group: group(),
        member: id.into(),
        state: rebalance_core::reconcile::MemberState::Stable,
        epoch: 1,
        assigned,
        revoking: vec![],
    };
    let given = || Event::Assigned {
        generation: 1,
        partitions: vec![TP],
    };
    for n in [101, 102] {
        assert_eq!(
            story.tell(member(n), Event::Joining { group: group() }),
            FINE
        );
    }
    assert_eq!(story.tell(broker(1), walked("m101", vec![TP])), FINE);
    assert_eq!(story.tell(broker(1), walked("m101", vec![])), FINE);
    assert_eq!(story.tell(member(101), given()), FINE);
    assert_eq!(story.tell(broker(1), walked("m102", vec![TP])), FINE);
    assert_eq!(story.tell(member(102), given()), FINE);
    // Given by the coordinator, it counts.
    assert_eq!(story.tell(broker(1), walked("m101", vec![TP])), FINE);
    assert_eq!(story.tell(member(101), given()), [ONE_OWNER]);
}

#[test]
fn a_commit_from_before_the_group_began_anew_is_of_a_generation_it_had() {
    let mut story = Story::new();
    let group = || Name::from("modern");
    let epoch = |epoch| Event::GroupEpoch {
        group: group(),
        epoch,
        reason: rebalance_core::event::EpochReason::MemberJoined,
    };
    let commit = |generation| Event::OffsetsCommitted {
        group: group(),
        member: "m101".into(),
        generation,
        offsets: vec![(TP, 1)],
    };
    let left = Event::MemberLeft {
        group: group(),
        member: "m101".into(),
        reason: LeaveReason::Left,
    };
    let converted = Event::GroupConverted {
        group: group(),
        upgraded: false,
    };
    for event in [epoch(3), left, converted, epoch(1)] {
        assert_eq!(story.tell(broker(1), event), FINE);
    }
    assert_eq!(story.tell(broker(1), commit(3)), FINE);
    assert_eq!(story.tell(broker(1), commit(4)), [CURRENT_COMMITS]);
}
