//! Topics, replicas and their logs.

use super::*;

pub(super) fn events() -> Vec<Event> {
    let isr: std::sync::Arc<[BrokerId]> = [BrokerId(1), BrokerId(3)].into();
    let elected = |reason, leader| Event::LeaderElected {
        tp: TP,
        leader,
        epoch: 4,
        reason,
        isr: isr.clone(),
    };
    let moved = |stage, adding: &[i32], removing: &[i32]| Event::Reassigned {
        tp: TP,
        stage,
        replicas: isr.clone(),
        adding: adding.iter().copied().map(BrokerId).collect(),
        removing: removing.iter().copied().map(BrokerId).collect(),
    };
    let mut all = vec![
        moved(ReassignmentStage::Started, &[1], &[3]),
        moved(ReassignmentStage::Started, &[1], &[]),
        moved(ReassignmentStage::Started, &[], &[3]),
        moved(ReassignmentStage::Completed, &[], &[]),
        moved(ReassignmentStage::Cancelled, &[], &[]),
        Event::ReplicaDeleted { tp: TP },
        elected(ElectionReason::Reassigned, Some(BrokerId(1))),
        Event::TopicCreated {
            topic: "orders".into(),
            partitions: 3,
            replication: 1,
        },
        Event::PartitionsAdded {
            topic: "orders".into(),
            partitions: 6,
        },
        Event::TopicDeleted {
            topic: "orders".into(),
        },
        Event::TopicConfigChanged {
            topic: "orders".into(),
            name: "k".into(),
            value: None,
        },
        Event::TopicConfigChanged {
            topic: "orders".into(),
            name: "k".into(),
            value: Some("2".into()),
        },
        elected(ElectionReason::Clean, None),
        Event::IsrChanged {
            tp: TP,
            from: isr.clone(),
            to: isr.clone(),
        },
        Event::AlterPartitionRefused {
            tp: TP,
            error: ErrorCode::FencedLeaderEpoch,
        },
        Event::BecameLeader {
            tp: TP,
            epoch: 4,
            start: 9,
        },
        Event::BecameFollower {
            tp: TP,
            leader: None,
            epoch: 4,
        },
        Event::BecameFollower {
            tp: TP,
            leader: Some(BrokerId(1)),
            epoch: 4,
        },
        Event::IsrShrinkWanted {
            tp: TP,
            lagging: isr.clone(),
        },
        Event::IsrExpandWanted {
            tp: TP,
            replica: BrokerId(2),
        },
        Event::Appended {
            tp: TP,
            base: 1,
            last: 1,
        },
        Event::Appended {
            tp: TP,
            base: 1,
            last: 3,
        },
        Event::Replicated { tp: TP, end: 4 },
        Event::HighWatermark { tp: TP, offset: 4 },
        Event::Truncated {
            tp: TP,
            from: 5,
            to: 4,
        },
        Event::LogStartMoved { tp: TP, to: 2 },
        Event::Compacted {
            tp: TP,
            to: 10,
            removed: 4,
        },
        Event::SegmentRolled { tp: TP, base: 10 },
    ];
    for reason in [
        ElectionReason::Created,
        ElectionReason::Clean,
        ElectionReason::Preferred,
        ElectionReason::Unclean,
    ] {
        all.push(elected(reason, Some(BrokerId(3))));
    }
    all
}
