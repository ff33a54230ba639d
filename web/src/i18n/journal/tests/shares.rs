//! Share groups.

use super::*;

pub(super) fn events() -> Vec<Event> {
    vec![
        Event::ShareRecords {
            group: "workers".into(),
            tp: TP,
            first: 3,
            last: 3,
            count: 2,
            change: ShareChange::Acquired,
            member: "w1".into(),
        },
        Event::ShareRecords {
            group: "workers".into(),
            tp: TP,
            first: 3,
            last: 4,
            count: 2,
            change: ShareChange::Accepted,
            member: "w1".into(),
        },
        Event::ShareRecords {
            group: "workers".into(),
            tp: TP,
            first: 3,
            last: 3,
            count: 2,
            change: ShareChange::Released,
            member: "w1".into(),
        },
        Event::ShareRecords {
            group: "workers".into(),
            tp: TP,
            first: 3,
            last: 4,
            count: 2,
            change: ShareChange::Rejected,
            member: "w1".into(),
        },
        Event::ShareRecords {
            group: "workers".into(),
            tp: TP,
            first: 3,
            last: 3,
            count: 2,
            change: ShareChange::LockExpired,
            member: "w1".into(),
        },
        Event::ShareRecords {
            group: "workers".into(),
            tp: TP,
            first: 3,
            last: 4,
            count: 2,
            change: ShareChange::MemberGone,
            member: "w1".into(),
        },
        Event::ShareRecords {
            group: "workers".into(),
            tp: TP,
            first: 3,
            last: 3,
            count: 2,
            change: ShareChange::Spent,
            member: "w1".into(),
        },
        Event::ShareGroupAssigned {
            group: "workers".into(),
            epoch: 3,
            assignment: vec![("w1".into(), vec![TP]), ("w2".into(), vec![])],
        },
        Event::ShareGroupAssigned {
            group: "workers".into(),
            epoch: 4,
            assignment: vec![],
        },
        Event::ShareAssigned {
            epoch: 3,
            partitions: vec![TP],
        },
        Event::GroupConfigChanged {
            group: "workers".into(),
            name: "share.auto.offset.reset".into(),
            value: Some("earliest".into()),
        },
        Event::GroupConfigChanged {
            group: "workers".into(),
            name: "share.auto.offset.reset".into(),
            value: None,
        },
        Event::SharePartitionLoaded {
            group: "workers".into(),
            tp: TP,
            start: 3,
            fresh: true,
        },
        Event::SharePartitionLoaded {
            group: "workers".into(),
            tp: TP,
            start: 3,
            fresh: false,
        },
        Event::ShareStartMoved {
            group: "workers".into(),
            tp: TP,
            to: 4,
        },
    ]
}
