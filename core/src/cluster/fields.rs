//! What a message says, field by field, under the names of Kafka's message schemas: for who looks into one.
//!
//! The journal keeps of a message only what it is, from whom and to whom; the message itself is there while it is
//! underway. Only the APIs of groups are spelt out.

use super::Cluster;
use crate::event::EntryId;
use crate::id::{Name, TopicPartition};
use crate::protocol::{Message, Request, Response, Subscription};
use crate::scheduler::Item;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A field's name in Kafka's schema, and its value.
pub type Field = (&'static str, String);

/// The generation, or member epoch, that a message of a group carries.
pub(super) fn generation_of(message: &Message) -> Option<i32> {
    Some(match message {
        Message::Request(_, Request::SyncGroup(r)) => r.generation,
        Message::Request(_, Request::Heartbeat(r)) => r.generation,
        Message::Request(_, Request::OffsetCommit(r)) => r.generation,
        Message::Request(_, Request::ConsumerGroupHeartbeat(r)) => r.member_epoch,
        Message::Request(_, Request::ShareGroupHeartbeat(r)) => r.member_epoch,
        Message::Response(_, Response::JoinGroup(r)) if r.error.is_ok() => r.generation,
        Message::Response(_, Response::ConsumerGroupHeartbeat(r)) if r.error.is_ok() => {
            r.member_epoch
        }
        Message::Response(_, Response::ShareGroupHeartbeat(r)) if r.error.is_ok() => r.member_epoch,
        _ => return None,
    })
}

impl Cluster {
    /// The fields of the message that this entry tells of, while it is underway.
    pub fn message_fields(&self, id: EntryId) -> Option<Vec<Field>> {
        let mut flights = self.scheduler.iter().filter(|due| due.cause == Some(id));
        let message = flights.find_map(|due| match &due.item {
            Item::Message(flight) => match &flight.envelope.message {
                Message::Disconnected => None,
                message => Some(message),
            },
            Item::Timer(..) => None,
        })?;
        let mut all = match message {
            Message::Request(_, request) => self.request_fields(request),
            Message::Response(_, response) => self.response_fields(response),
            Message::Disconnected => Vec::new(),
        };
        all.retain(|(_, value)| !value.is_empty());
        Some(all)
    }

    fn list(&self, tps: &[TopicPartition]) -> String {
        let name = |tp: &TopicPartition| format!("{}-{}", self.topic_name(tp.topic), tp.partition);
        bracketed(tps.iter().map(name))
    }

    fn maybe(&self, tps: Option<&Vec<TopicPartition>>) -> String {
        tps.map_or("null".to_string(), |tps| self.list(tps))
    }

    fn request_fields(&self, request: &Request) -> Vec<Field> {
        let field = |name, value: &Name| (name, value.to_string());
        let instance = |id: &Option<Name>| ("GroupInstanceId", text(id.as_ref()));
        match request {
            Request::FindCoordinator(group) => Vec::from([field("Key", group)]),
            Request::DescribeGroups(group) => Vec::from([field("GroupId", group)]),
            Request::DeleteGroups(groups) => {
                Vec::from([("GroupsNames", bracketed(groups.iter().map(Name::to_string)))])
            }
            Request::JoinGroup(r) => Vec::from([
                field("GroupId", &r.group),
                field("MemberId", &r.member_id),
                instance(&r.group_instance_id),
                ("SessionTimeoutMs", r.session_timeout_ms.to_string()),
                ("RebalanceTimeoutMs", r.rebalance_timeout_ms.to_string()),
                (
                    "Protocols",
                    bracketed(r.protocols.iter().map(|(name, s)| subscribed(name, s))),
                ),
                field("Reason", &r.reason),
            ]),
            Request::SyncGroup(r) => Vec::from([
                field("GroupId", &r.group),
                ("GenerationId", r.generation.to_string()),
                field("MemberId", &r.member_id),
                instance(&r.group_instance_id),
                ("ProtocolName", text(r.protocol.as_ref())),
                (
                    "Assignments",
                    bracketed(
                        r.assignments
                            .iter()
                            .map(|(m, a)| format!("{m}: {}", share(a))),
                    ),
                ),
            ]),
            Request::Heartbeat(r) => Vec::from([
                field("GroupId", &r.group),
                ("GenerationId", r.generation.to_string()),
                field("MemberId", &r.member_id),
                instance(&r.group_instance_id),
            ]),
            Request::LeaveGroup(r) => Vec::from([
                field("GroupId", &r.group),
                field("MemberId", &r.member_id),
                instance(&r.group_instance_id),
                field("Reason", &r.reason),
            ]),
            Request::ConsumerGroupHeartbeat(r) => Vec::from([
                field("GroupId", &r.group),
                field("MemberId", &r.member_id),
                ("MemberEpoch", r.member_epoch.to_string()),
                instance(&r.group_instance_id),
                ("RebalanceTimeoutMs", r.rebalance_timeout_ms.to_string()),
                (
                    "SubscribedTopicNames",
                    r.topics.as_ref().map_or("null".to_string(), |t| {
                        bracketed(t.iter().map(Name::to_string))
                    }),
                ),
                ("ServerAssignor", text(r.assignor.as_ref())),
                ("TopicPartitions", self.maybe(r.owned.as_ref())),
            ]),
            Request::ShareGroupHeartbeat(r) => Vec::from([
                field("GroupId", &r.group),
                field("MemberId", &r.member_id),
                ("MemberEpoch", r.member_epoch.to_string()),
            ]),
            Request::OffsetCommit(r) => Vec::from([
                field("GroupId", &r.group),
                ("GenerationIdOrMemberEpoch", r.generation.to_string()),
                field("MemberId", &r.member_id),
                ("Topics", self.offsets(&r.offsets)),
            ]),
            Request::OffsetFetch(r) => Vec::from([
                field("GroupId", &r.group),
                ("Topics", self.maybe(r.partitions.as_ref())),
            ]),
            _ => Vec::new(),
        }
    }

    fn offsets(&self, offsets: &[(TopicPartition, i64)]) -> String {
        let one = |(tp, offset): &(TopicPartition, i64)| {
            format!("{}-{}: {offset}", self.topic_name(tp.topic), tp.partition)
        };
        bracketed(offsets.iter().map(one))
    }

    fn response_fields(&self, response: &Response) -> Vec<Field> {
        match response {
            Response::FindCoordinator(_, broker) => {
                Vec::from([("NodeId", broker.map_or("-1".to_string(), |b| b.to_string()))])
            }
            Response::JoinGroup(r) => Vec::from([
                ("GenerationId", r.generation.to_string()),
                ("ProtocolName", text(r.protocol.as_ref())),
                ("Leader", r.leader.to_string()),
                ("SkipAssignment", r.skip_assignment.to_string()),
                ("MemberId", r.member_id.to_string()),
                (
                    "Members",
                    bracketed(r.members.iter().map(|m| m.member_id.to_string())),
                ),
            ]),
            Response::SyncGroup(r) => Vec::from([
                ("ProtocolName", text(r.protocol.as_ref())),
                ("Assignment", share(&r.assignment)),
            ]),
            Response::ConsumerGroupHeartbeat(r) => Vec::from([
                ("MemberId", r.member_id.to_string()),
                ("MemberEpoch", r.member_epoch.to_string()),
                ("HeartbeatIntervalMs", r.heartbeat_interval_ms.to_string()),
                ("Assignment", self.maybe(r.assignment.as_ref())),
            ]),
            Response::ShareGroupHeartbeat(r) => Vec::from([
                ("MemberEpoch", r.member_epoch.to_string()),
                ("HeartbeatIntervalMs", r.heartbeat_interval_ms.to_string()),
                ("Assignment", self.maybe(r.assignment.as_ref())),
            ]),
            Response::OffsetFetch(_, offsets) => Vec::from([("Topics", self.offsets(offsets))]),
            _ => Vec::new(),
        }
    }
}

fn text(value: Option<&Name>) -> String {
    value.map_or(String::new(), Name::to_string)
}

fn bracketed(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// `orders-0, orders-1` of a classic assignment.
fn share(assignment: &[(Name, Vec<i32>)]) -> String {
    let all = assignment.iter();
    bracketed(all.flat_map(|(topic, of)| of.iter().map(move |p| format!("{topic}-{p}"))))
}

/// An assignor's name, and what its subscription says is owned.
fn subscribed(name: &Name, subscription: &Subscription) -> String {
    let owned = match subscription.owned.is_empty() {
        true => String::new(),
        false => format!(" owns {}", share(&subscription.owned)),
    };
    format!("{name}{owned}")
}
