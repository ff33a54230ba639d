//! Events as names and values: for expectations and for journals that machines read.

use super::Names;
use super::value::Value;
use crate::event::{
    ElectionReason, EpochReason, Event, LeaveReason, PositionSource, ReassignmentStage, ShareChange,
};
use crate::id::{Name, TopicPartition};
use crate::protocol::ErrorCode;
use crate::time::SimTime;
use alloc::vec::Vec;
use core::fmt;

/// An event as a kind and fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts {
    /// The event's name.
    pub kind: &'static str,
    /// Field names (those of [`KINDS`]) and values.
    pub fields: Vec<(&'static str, Value)>,
}

/// A partition as `topic-number`.
pub(super) fn partition(tp: TopicPartition, names: &dyn Names) -> Value {
    let topic = names.topic(tp.topic);
    Value::Text(alloc::format!("{topic}-{}", tp.partition).as_str().into())
}

fn partitions(tps: &[TopicPartition], names: &dyn Names) -> Value {
    Value::List(tps.iter().map(|tp| partition(*tp, names)).collect())
}

fn instant(at: SimTime) -> Value {
    Value::Span(at.since(SimTime::ZERO))
}

fn error(code: ErrorCode) -> Value {
    Value::text(code.name())
}

fn election(reason: ElectionReason) -> Value {
    Value::text(match reason {
        ElectionReason::Created => "created",
        ElectionReason::Clean => "clean",
        ElectionReason::Preferred => "preferred",
        ElectionReason::Unclean => "unclean",
        ElectionReason::Reassigned => "reassigned",
    })
}

fn stage(stage: ReassignmentStage) -> Value {
    Value::text(match stage {
        ReassignmentStage::Started => "started",
        ReassignmentStage::Completed => "completed",
        ReassignmentStage::Cancelled => "cancelled",
    })
}

fn leaving(reason: LeaveReason) -> Value {
    Value::text(match reason {
        LeaveReason::Left => "left",
        LeaveReason::SessionExpired => "session-expired",
        LeaveReason::RebalanceTimeout => "rebalance-timeout",
        LeaveReason::PollInterval => "poll-interval",
        LeaveReason::Replaced => "replaced",
        LeaveReason::GroupFull => "group-full",
        LeaveReason::RevokeTimeout => "revoke-timeout",
    })
}

fn epoch_reason(reason: EpochReason) -> Value {
    Value::text(match reason {
        EpochReason::MemberJoined => "member-joined",
        EpochReason::MemberLeft => "member-left",
        EpochReason::Subscription => "subscription",
        EpochReason::Topics => "topics",
    })
}

fn source(source: PositionSource) -> Value {
    Value::text(match source {
        PositionSource::Committed => "committed",
        PositionSource::Earliest => "earliest",
        PositionSource::Latest => "latest",
        PositionSource::ByDuration => "by-duration",
        PositionSource::Seek => "seek",
        PositionSource::Truncation => "truncation",
    })
}

fn change(change: ShareChange) -> Value {
    Value::text(match change {
        ShareChange::Acquired => "acquired",
        ShareChange::Accepted => "accepted",
        ShareChange::Released => "released",
        ShareChange::Rejected => "rejected",
        ShareChange::LockExpired => "lock-expired",
        ShareChange::MemberGone => "member-gone",
        ShareChange::Spent => "spent",
    })
}

/// Every kind of event with its fields.
pub fn event_fields() -> &'static [(&'static str, &'static [&'static str])] {
    KINDS
}

type Assignment = [(Name, Vec<(Name, Vec<i32>)>)];

/// `[member:orders-0, …]`, one item a partition.
fn assignment(plan: &Assignment) -> Value {
    let mut items = Vec::new();
    for (member, topics) in plan {
        for (topic, partitions) in topics {
            for partition in partitions {
                let text = alloc::format!("{member}:{topic}-{partition}");
                items.push(Value::Text(text.as_str().into()));
            }
        }
    }
    Value::List(items)
}

fn texts(names: &[Name]) -> Value {
    Value::List(names.iter().map(Value::from).collect())
}

macro_rules! events {
    ($names:ident: $($variant:ident $({ $($bind:ident),* })? $(( $($tuple:ident),* ))? => { $($field:ident: $value:expr),* };)*) => {
        /// Every kind of event and its fields.
        pub(super) const KINDS: &[(&str, &[&str])] = &[$((stringify!($variant), &[$(stringify!($field)),*]),)*];

        /// The kind of an event, without its fields.
        pub(super) fn kind(event: &Event) -> &'static str {
            match event {
                $(Event::$variant { .. } => stringify!($variant),)*
            }
        }

        /// What an event says. The fields of a kind are always the same, in the same order.
        pub fn facts(event: &Event, $names: &dyn Names) -> Facts {
            match event {
                $(Event::$variant $({ $($bind),* })? $(( $($tuple),* ))? => Facts {
                    kind: stringify!($variant),
                    fields: Vec::from([$((stringify!($field), $value)),*]),
                },)*
            }
        }
    };
}

events! { names:
    Command(index) => { command: Value::Int(i64::from(*index)) };
    Sent { to, api, direction, correlation, error, due, generation } => {
        to: names.node(*to).into(), api: Value::text(api.name()),
        direction: Value::text(match direction {
            crate::event::Direction::Request => "request",
            crate::event::Direction::Response => "response",
        }),
        correlation: Value::Int(i64::from(*correlation)), error: self::error(*error), due: instant(*due),
        generation: Value::maybe(*generation)
    };
    Dropped { to, api } => { to: names.node(*to).into(), api: Value::text(api.name()) };
    NodeCrashed => {};
    NodeFrozen => {};
    NodeThawed => {};
    NodeStarted => {};
    ShutdownRequested => {};
    NodeStopped => {};
    ControllerElected { epoch } => { epoch: (*epoch).into() };
    ControllerCandidate { epoch } => { epoch: (*epoch).into() };
    ControllerResigned { epoch } => { epoch: (*epoch).into() };
    BrokerRegistered { broker, epoch } => { broker: (*broker).into(), epoch: (*epoch).into() };
    BrokerFenced { broker, expired } => { broker: (*broker).into(), expired: Value::bool(*expired) };
    BrokerUnfenced { broker } => { broker: (*broker).into() };
    TopicCreated { topic, partitions, replication } => {
        topic: topic.into(), partitions: (*partitions).into(), replication: (*replication).into()
    };
    PartitionsAdded { topic, partitions } => { topic: topic.into(), partitions: (*partitions).into() };
    TopicDeleted { topic } => { topic: topic.into() };
    TopicConfigChanged { topic, name, value } => {
        topic: topic.into(), name: name.into(), value: Value::maybe(value.as_ref())
    };
    LeaderElected { tp, leader, epoch, reason, isr } => {
        partition: partition(*tp, names), leader: Value::maybe(*leader), epoch: (*epoch).into(),
        reason: election(*reason), isr: Value::brokers(isr)
    };
    IsrChanged { tp, from, to } => {
        partition: partition(*tp, names), from: Value::brokers(from), to: Value::brokers(to)
    };
    AlterPartitionRefused { tp, error } => { partition: partition(*tp, names), error: self::error(*error) };
    BecameLeader { tp, epoch, start } => {
        partition: partition(*tp, names), epoch: (*epoch).into(), start: (*start).into()
    };
    BecameFollower { tp, leader, epoch } => {
        partition: partition(*tp, names), leader: Value::maybe(*leader), epoch: (*epoch).into()
    };
    IsrShrinkWanted { tp, lagging } => { partition: partition(*tp, names), lagging: Value::brokers(lagging) };
    IsrExpandWanted { tp, replica } => { partition: partition(*tp, names), replica: (*replica).into() };
    Appended { tp, base, last } => {
        partition: partition(*tp, names), base: (*base).into(), last: (*last).into()
    };
    Replicated { tp, end } => { partition: partition(*tp, names), end: (*end).into() };
    HighWatermark { tp, offset } => { partition: partition(*tp, names), offset: (*offset).into() };
    Truncated { tp, from, to } => {
        partition: partition(*tp, names), from: (*from).into(), to: (*to).into()
    };
    LogStartMoved { tp, to } => { partition: partition(*tp, names), to: (*to).into() };
    Compacted { tp, to, removed } => {
        partition: partition(*tp, names), to: (*to).into(), removed: Value::Int(*removed as i64)
    };
    SegmentRolled { tp, base } => { partition: partition(*tp, names), base: (*base).into() };
    CoordinatorLoading { partition } => { partition: (*partition).into() };
    CoordinatorLoaded { partition, groups } => { partition: (*partition).into(), groups: texts(groups) };
    CoordinatorResigned { partition } => { partition: (*partition).into() };
    GroupTransition { group, from, to, generation, reason } => {
        group: group.into(), from: Value::text(from.name()), to: Value::text(to.name()),
        generation: (*generation).into(), reason: reason.into()
    };
    MemberJoined { group, member, instance } => {
        group: group.into(), member: member.into(), instance: Value::maybe(instance.as_ref())
    };
    MemberLeft { group, member, reason } => {
        group: group.into(), member: member.into(), reason: leaving(*reason)
    };
    GroupAssigned { group, generation, protocol, assignment } => {
        group: group.into(), generation: (*generation).into(), protocol: protocol.into(),
        assignment: self::assignment(assignment)
    };
    GroupEpoch { group, epoch, reason } => {
        group: group.into(), epoch: (*epoch).into(), reason: epoch_reason(*reason)
    };
    TargetAssigned { group, epoch, assignor, assignment } => {
        group: group.into(), epoch: (*epoch).into(), assignor: assignor.into(),
        assignment: self::assignment(assignment)
    };
    MemberReconciled { group, member, state, epoch, assigned, revoking } => {
        group: group.into(), member: member.into(), state: Value::text(state.name()),
        epoch: (*epoch).into(), assigned: self::partitions(assigned, names),
        revoking: self::partitions(revoking, names)
    };
    MemberAway { group, member, instance } => {
        group: group.into(), member: member.into(), instance: instance.into()
    };
    GroupConverted { group, upgraded } => {
        group: group.into(), upgraded: Value::bool(*upgraded)
    };
    OffsetsCommitted { group, member, generation, offsets } => {
        group: group.into(), member: member.into(), generation: (*generation).into(),
        offsets: Value::List(offsets.iter().map(|(tp, offset)| {
            let topic = names.topic(tp.topic);
            Value::Text(alloc::format!("{topic}-{}:{offset}", tp.partition).as_str().into())
        }).collect())
    };
    OffsetsRemoved { group, partitions } => {
        group: group.into(), partitions: self::partitions(partitions, names)
    };
    GroupDeleted { group } => { group: group.into() };
    GroupDescribed { group, state, epoch, members, offsets } => {
        group: group.into(), state: state.into(), epoch: (*epoch).into(),
        members: self::assignment(members),
        offsets: Value::List(offsets.iter().map(|(tp, committed, end)| {
            let topic = names.topic(tp.topic);
            Value::text(&alloc::format!("{topic}-{}:{committed}:{end}", tp.partition))
        }).collect())
    };
    RecordSent { tp } => { partition: partition(*tp, names) };
    Acked { tp, base, records } => {
        partition: partition(*tp, names), base: (*base).into(), records: (*records).into()
    };
    SendFailed { tp, topic, error, records } => {
        partition: tp.map_or(Value::None, |tp| partition(tp, names)), topic: topic.into(),
        error: error.into(), records: (*records).into()
    };
    Retrying { tp, error } => { partition: partition(*tp, names), error: self::error(*error) };
    Joining { group } => { group: group.into() };
    Assigned { generation, partitions } => {
        generation: (*generation).into(), partitions: self::partitions(partitions, names)
    };
    Revoked { partitions } => { partitions: self::partitions(partitions, names) };
    Lost { partitions } => { partitions: self::partitions(partitions, names) };
    Polled { tp, first, last, records } => {
        partition: partition(*tp, names), first: (*first).into(), last: (*last).into(), records: (*records).into()
    };
    Processed { tp, offset } => { partition: partition(*tp, names), offset: (*offset).into() };
    PositionSet { tp, offset, source } => {
        partition: partition(*tp, names), offset: (*offset).into(), source: self::source(*source)
    };
    ClientError { doing, error } => { doing: doing.into(), error: error.into() };
    MetadataRefresh { because } => { because: self::error(*because) };
    ClientGone { polite } => { polite: Value::bool(*polite) };
    ClientStarted => {};
    AdminDone { api, target, error } => {
        api: Value::text(api.name()), target: target.into(), error: self::error(*error)
    };
    LinkChanged { a, b, cut } => {
        a: names.node(*a).into(), b: names.node(*b).into(), cut: Value::bool(*cut)
    };
    Violated(violation) => {
        invariant: Value::text(violation.invariant), evidence: (&violation.evidence).into()
    };
    ExpectFailed { text, found } => { text: text.into(), found: found.into() };
    ExpectHeld { text } => { text: text.into() };
    ShareGroupAssigned { group, epoch, assignment } => {
        group: group.into(), epoch: (*epoch).into(),
        assignment: Value::List(assignment.iter().flat_map(|(member, list)| list.iter().map(move |tp| {
            let topic = names.topic(tp.topic);
            Value::Text(alloc::format!("{member}:{topic}-{}", tp.partition).as_str().into())
        })).collect())
    };
    ShareAssigned { epoch, partitions } => {
        epoch: (*epoch).into(), partitions: self::partitions(partitions, names)
    };
    GroupConfigChanged { group, name, value } => {
        group: group.into(), name: name.into(), value: Value::maybe(value.as_ref())
    };
    SharePartitionLoaded { group, tp, start, fresh } => {
        group: group.into(), partition: partition(*tp, names), start: (*start).into(), fresh: Value::bool(*fresh)
    };
    ShareRecords { group, tp, first, last, count, change, member } => {
        group: group.into(), partition: partition(*tp, names), first: (*first).into(), last: (*last).into(),
        count: Value::Int(i64::from(*count)), change: self::change(*change), member: member.into()
    };
    ShareStartMoved { group, tp, to } => {
        group: group.into(), partition: partition(*tp, names), to: (*to).into()
    };
    Reassigned { tp, stage, replicas, adding, removing } => {
        partition: partition(*tp, names), stage: self::stage(*stage), replicas: Value::brokers(replicas),
        adding: Value::brokers(adding), removing: Value::brokers(removing)
    };
    ReplicaDeleted { tp } => { partition: partition(*tp, names) };
    Note { client, text } => { client: Value::Int(i64::from(client.0)), text: text.into() };
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        self.fields
            .iter()
            .try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}
