//! Every event has a sentence in both languages, and the sentences readers meet first read as intended.

use super::*;
use rebalance_core::event::{
    Direction, ElectionReason, EpochReason, GroupState, LeaveReason, PositionSource, ShareChange,
    Violation,
};
use rebalance_core::id::ClientId;
use rebalance_core::protocol::ApiKey;
use rebalance_core::reconcile::MemberState;
use rebalance_core::time::SimTime;

struct Sample(Vec<Entry>);

impl Book for Sample {
    fn topic(&self, _: TopicId) -> Name {
        "orders".into()
    }
    fn node(&self, node: NodeId) -> Name {
        match node {
            NodeId::Broker(id) | NodeId::Controller(id) => id.0.to_string().into(),
            NodeId::Client(ClientId(n)) => format!("p{n}").into(),
            NodeId::Admin => "admin".into(),
        }
    }
    fn command(&self, number: u32) -> Option<String> {
        (number == 0).then(|| "broker crash 2".to_string())
    }
    fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.0.get(id as usize)
    }
}

const TP: TopicPartition = TopicPartition::new(TopicId(1), 1);

fn entry(node: NodeId, event: Event) -> Entry {
    Entry {
        at: SimTime::ZERO,
        cause: None,
        node: Some(node),
        event,
    }
}

fn read(lang: Lang, node: NodeId, event: Event) -> String {
    plain(&sentence(lang, &entry(node, event), &Sample(Vec::new())))
}

const BROKER: NodeId = NodeId::Broker(BrokerId(3));

/// One of each (`Family::of` does not compile without a new event; add it here then).
fn every_event() -> Vec<Event> {
    let isr: std::sync::Arc<[BrokerId]> = [BrokerId(1), BrokerId(3)].into();
    let sent = |direction, error| Event::Sent {
        to: BROKER,
        api: ApiKey::Produce,
        direction,
        correlation: 1,
        error,
        due: SimTime::ZERO,
        generation: None,
    };
    let elected = |reason, leader| Event::LeaderElected {
        tp: TP,
        leader,
        epoch: 4,
        reason,
        isr: isr.clone(),
    };
    let mut all = vec![
        Event::Command(0),
        sent(Direction::Request, ErrorCode::None),
        sent(Direction::Response, ErrorCode::None),
        sent(Direction::Response, ErrorCode::NotLeaderOrFollower),
        Event::Dropped {
            to: BROKER,
            api: ApiKey::Fetch,
        },
        Event::NodeCrashed,
        Event::NodeFrozen,
        Event::NodeThawed,
        Event::NodeStarted,
        Event::ShutdownRequested,
        Event::NodeStopped,
        Event::ControllerElected { epoch: 2 },
        Event::ControllerCandidate { epoch: 2 },
        Event::ControllerResigned { epoch: 2 },
        Event::BrokerRegistered {
            broker: BrokerId(2),
            epoch: 7,
        },
        Event::BrokerFenced {
            broker: BrokerId(2),
            expired: true,
        },
        Event::BrokerFenced {
            broker: BrokerId(2),
            expired: false,
        },
        Event::BrokerUnfenced {
            broker: BrokerId(2),
        },
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
        Event::RecordSent { tp: TP },
        Event::Acked {
            tp: TP,
            base: 3,
            records: 1,
        },
        Event::Acked {
            tp: TP,
            base: -1,
            records: 2,
        },
        Event::SendFailed {
            tp: None,
            topic: "orders".into(),
            error: "TimeoutException".into(),
            records: 2,
        },
        Event::Retrying {
            tp: TP,
            error: ErrorCode::NotEnoughReplicas,
        },
        Event::Joining {
            group: "billing".into(),
        },
        Event::Assigned {
            generation: 4,
            partitions: vec![TP],
        },
        Event::Revoked { partitions: vec![] },
        Event::Lost {
            partitions: vec![TP],
        },
        Event::Polled {
            tp: TP,
            first: 3,
            last: 5,
            records: 3,
        },
        Event::Processed { tp: TP, offset: 3 },
        Event::ClientError {
            doing: "poll()".into(),
            error: "NoOffsetForPartitionException".into(),
        },
        Event::MetadataRefresh {
            because: ErrorCode::None,
        },
        Event::MetadataRefresh {
            because: ErrorCode::NotLeaderOrFollower,
        },
        Event::ClientGone { polite: true },
        Event::ClientGone { polite: false },
        Event::ClientStarted,
        Event::AdminDone {
            api: ApiKey::DeleteTopics,
            target: "orders".into(),
            error: ErrorCode::None,
        },
        Event::AdminDone {
            api: ApiKey::DeleteTopics,
            target: "orders".into(),
            error: ErrorCode::RequestTimedOut,
        },
        Event::LinkChanged {
            a: BROKER,
            b: NodeId::Admin,
            cut: true,
        },
        Event::LinkChanged {
            a: BROKER,
            b: NodeId::Admin,
            cut: false,
        },
        Event::Violated(Violation {
            invariant: "leader-in-isr",
            evidence: "leader 1, ISR [2]".into(),
        }),
        Event::ExpectFailed {
            text: "isr(orders-0) = [1]".into(),
            found: "[1,2]".into(),
        },
        Event::ExpectHeld {
            text: "isr(orders-0) = [1]".into(),
        },
        Event::Note {
            client: ClientId(1),
            text: "note".into(),
        },
    ];
    for reason in [
        ElectionReason::Created,
        ElectionReason::Clean,
        ElectionReason::Preferred,
        ElectionReason::Unclean,
    ] {
        all.push(elected(reason, Some(BrokerId(3))));
    }
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
    for source in [
        PositionSource::Committed,
        PositionSource::Earliest,
        PositionSource::Latest,
        PositionSource::ByDuration,
        PositionSource::Seek,
        PositionSource::Truncation,
    ] {
        all.push(Event::PositionSet {
            tp: TP,
            offset: 3,
            source,
        });
    }
    all
}

#[test]
fn every_event_has_a_finished_sentence_in_both_languages() {
    for event in every_event() {
        for lang in [Lang::En, Lang::Zh] {
            let text = read(lang, BROKER, event.clone());
            assert!(text.chars().count() > 3, "{event:?} says only {text:?}");
            assert!(!text.contains(['{', '}']), "{event:?} leaves a gap: {text}");
            let chinese = text.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
            let names_only = matches!(event, Event::Command(_) | Event::Note { .. });
            assert!(names_only || chinese == (lang == Lang::Zh), "{text}");
        }
    }
}

#[test]
fn an_election_says_who_what_and_why() {
    let event = Event::LeaderElected {
        tp: TP,
        leader: Some(BrokerId(3)),
        epoch: 4,
        reason: ElectionReason::Clean,
        isr: [BrokerId(3), BrokerId(1)].into(),
    };
    assert_eq!(
        read(Lang::En, NodeId::Controller(BrokerId(101)), event.clone()),
        "Broker 3 is now leader of orders-1, epoch 4: first in the replica list that is alive and in the ISR [3, 1]."
    );
    assert_eq!(
        read(Lang::Zh, NodeId::Controller(BrokerId(101)), event),
        "broker 3 成为 orders-1 的 leader，epoch 4：它是副本列表中第一个存活且在 ISR [3, 1] 中的副本。"
    );
}

#[test]
fn an_assignment_lists_every_member_by_its_short_name() {
    let member =
        |name: &str| -> Name { format!("{name}-6ba7b810-9dad-11d1-80b4-00c04fd430c8").into() };
    let event = Event::GroupAssigned {
        group: "billing".into(),
        generation: 4,
        protocol: "range".into(),
        assignment: vec![
            (member("c1"), vec![("orders".into(), vec![0, 2])]),
            (member("c2"), vec![("orders".into(), vec![1])]),
            (member("c3"), vec![]),
        ],
    };
    assert_eq!(
        read(Lang::En, BROKER, event),
        "Group billing is stable in generation 4 (range): c1 → orders-0, orders-2 · c2 → orders-1 · c3 → nothing."
    );
}

#[test]
fn a_refresh_names_the_broker_whose_answer_caused_it() {
    let answer = entry(
        NodeId::Broker(BrokerId(1)),
        Event::Sent {
            to: NodeId::Client(ClientId(2)),
            api: ApiKey::Produce,
            direction: Direction::Response,
            correlation: 9,
            error: ErrorCode::NotLeaderOrFollower,
            due: SimTime::ZERO,
            generation: None,
        },
    );
    let mut refresh = entry(
        NodeId::Client(ClientId(2)),
        Event::MetadataRefresh {
            because: ErrorCode::NotLeaderOrFollower,
        },
    );
    refresh.cause = Some(0);
    let text = plain(&sentence(Lang::En, &refresh, &Sample(vec![answer])));
    assert_eq!(
        text,
        "p2 got NOT_LEADER_OR_FOLLOWER from broker 1 and is refreshing its metadata."
    );
}

#[test]
fn a_member_keeps_its_name_and_loses_its_uuid() {
    assert_eq!(member_name("c1-6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "c1");
    assert_eq!(member_name("c1"), "c1");
    assert_eq!(
        member_name("消费者-6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        "消费者"
    );
    assert_eq!(member_name(""), "");
}

#[test]
fn things_in_a_sentence_know_what_they_are_about() {
    let spans = sentence(
        Lang::En,
        &entry(
            BROKER,
            Event::BecameLeader {
                tp: TP,
                epoch: 4,
                start: 9,
            },
        ),
        &Sample(Vec::new()),
    );
    assert_eq!(spans[0].about, About::Node(BROKER));
    assert!(
        spans
            .iter()
            .any(|s| s.about == About::Partition(TP) && s.text == "orders-1")
    );
}
