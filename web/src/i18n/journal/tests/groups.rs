//! Group coordinators and their members.

use super::*;

pub(super) fn events() -> Vec<Event> {
    let mut all = vec![
        Event::CoordinatorLoading { partition: 5 },
        Event::CoordinatorLoaded {
            partition: 5,
            groups: vec![],
        },
        Event::CoordinatorLoaded {
            partition: 5,
            groups: vec!["billing".into()],
        },
        Event::CoordinatorResigned { partition: 5 },
        Event::MemberJoined {
            group: "billing".into(),
            member: "c1".into(),
            instance: None,
        },
        Event::MemberJoined {
            group: "billing".into(),
            member: "c1".into(),
            instance: Some("pos".into()),
        },
        Event::GroupAssigned {
            group: "billing".into(),
            generation: 4,
            protocol: "range".into(),
            assignment: vec![
                ("c1".into(), vec![("orders".into(), vec![0, 2])]),
                ("c2".into(), vec![]),
            ],
        },
        Event::OffsetsCommitted {
            group: "billing".into(),
            member: "".into(),
            generation: -1,
            offsets: vec![(TP, 3)],
        },
        Event::OffsetsCommitted {
            group: "billing".into(),
            member: "c1".into(),
            generation: 4,
            offsets: vec![(TP, 3)],
        },
        Event::TargetAssigned {
            group: "billing".into(),
            epoch: 2,
            assignor: "uniform".into(),
            assignment: vec![("c1".into(), vec![("orders".into(), vec![0, 2])])],
        },
        Event::MemberAway {
            group: "billing".into(),
            member: "c1".into(),
            instance: "pos".into(),
        },
        Event::GroupConverted {
            group: "billing".into(),
            upgraded: true,
        },
        Event::GroupConverted {
            group: "billing".into(),
            upgraded: false,
        },
        Event::OffsetsRemoved {
            group: "billing".into(),
            partitions: vec![TP],
        },
        Event::GroupDeleted {
            group: "billing".into(),
        },
        Event::GroupDescribed {
            group: "billing".into(),
            state: "Stable".into(),
            epoch: 3,
            members: vec![("c1".into(), vec![("orders".into(), vec![0])])],
            offsets: vec![(TP, 3, 5)],
        },
    ];
    for reason in [
        LeaveReason::Left,
        LeaveReason::SessionExpired,
        LeaveReason::RebalanceTimeout,
        LeaveReason::PollInterval,
        LeaveReason::Replaced,
        LeaveReason::GroupFull,
        LeaveReason::RevokeTimeout,
    ] {
        all.push(Event::MemberLeft {
            group: "billing".into(),
            member: "c1".into(),
            reason,
        });
    }
    for reason in [
        EpochReason::MemberJoined,
        EpochReason::MemberLeft,
        EpochReason::Subscription,
        EpochReason::Topics,
    ] {
        all.push(Event::GroupEpoch {
            group: "billing".into(),
            epoch: 2,
            reason,
        });
    }
    for state in [
        MemberState::Stable,
        MemberState::UnrevokedPartitions,
        MemberState::UnreleasedPartitions,
    ] {
        all.push(Event::MemberReconciled {
            group: "billing".into(),
            member: "c1".into(),
            state,
            epoch: 2,
            assigned: vec![TP],
            revoking: vec![],
        });
    }
    for to in [
        GroupState::Empty,
        GroupState::PreparingRebalance,
        GroupState::CompletingRebalance,
        GroupState::Assigning,
        GroupState::Reconciling,
        GroupState::Stable,
        GroupState::Dead,
    ] {
        for reason in ["", "Adding new member c2"] {
            all.push(Event::GroupTransition {
                group: "billing".into(),
                from: GroupState::Stable,
                to,
                generation: 4,
                reason: reason.into(),
            });
        }
    }
    all
}
