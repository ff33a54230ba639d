//! What a page shows of the groups a broker coordinates.

use super::hosted::Group;
use super::records::CommittedOffset;
use super::requests::describe_error;
use super::shard::{Hosted, Shard};
use crate::event::GroupState;
use crate::group::classic::Member;
use crate::group::consumer::{self, ConsumerGroup};
use crate::group::topics::Topics;
use crate::id::{Name, TopicPartition};
use crate::protocol::{DescribeGroupsResponse, ErrorCode, MemberAssignment, Response};
use crate::sorted::Map;
use crate::time::SimTime;
use alloc::boxed::Box;
use alloc::vec::Vec;

static NOTHING: MemberAssignment = MemberAssignment::new();

/// One group.
#[derive(Clone, Debug)]
pub struct GroupDescription<'a> {
    /// `group.id`.
    pub name: &'a Name,
    /// The partition of `__consumer_offsets` it lives in.
    pub partition: i32,
    /// State.
    pub state: GroupState,
    /// Generation, or group epoch.
    pub generation: i32,
    /// The group, if it is one of the consumer protocol: epochs, targets, states.
    pub consumer: Option<&'a ConsumerGroup>,
    /// The assignor in use.
    pub protocol: Option<&'a Name>,
    /// Member id of the leader.
    pub leader: Option<&'a Name>,
    /// Ids handed out whose owners have not come back yet.
    pub pending_joins: usize,
    /// Members by id.
    pub members: Vec<MemberDescription<'a>>,
    /// Committed offsets; `None`: there are none.
    pub offsets: Option<&'a Map<TopicPartition, CommittedOffset>>,
}

/// One member.
#[derive(Clone, Debug)]
pub struct MemberDescription<'a> {
    /// Member id.
    pub id: &'a Name,
    /// `group.instance.id`.
    pub instance: Option<&'a Name>,
    /// `client.id`.
    pub client_id: &'a Name,
    /// Without a sign of life it is removed then (unless its JoinGroup or SyncGroup is held).
    pub session_ends: SimTime,
    /// Its JoinGroup is held: it has (re)joined in this rebalance.
    pub awaiting_join: bool,
    /// Its SyncGroup is held.
    pub awaiting_sync: bool,
    /// Its share, as the classic leader handed it out; empty in a group of the consumer protocol.
    pub assignment: &'a MemberAssignment,
}

impl Shard {
    pub(super) fn describe(&self) -> impl Iterator<Item = GroupDescription<'_>> {
        let groups = self.groups.iter().filter(|_| self.active);
        groups.map(|(name, hosted)| self.describe_group(name, hosted))
    }

    fn describe_group<'a>(&'a self, name: &'a Name, hosted: &'a Hosted) -> GroupDescription<'a> {
        let group = match &hosted.group {
            Group::Classic(group) => group,
            Group::Consumer(group) => return self.describe_consumer(name, group),
        };
        let member = |m: &'a Member| MemberDescription {
            id: &m.id,
            instance: m.instance.as_ref(),
            client_id: &m.client_id,
            session_ends: group.session_ends(&m.id).unwrap_or(SimTime::MAX),
            awaiting_join: m.joining.is_some(),
            awaiting_sync: m.syncing.is_some(),
            assignment: &m.assignment,
        };
        GroupDescription {
            name,
            partition: self.partition,
            state: group.state(),
            generation: group.generation(),
            consumer: None,
            protocol: group.protocol(),
            leader: group.leader(),
            pending_joins: group.pending_joins(),
            members: group.members().iter().map(member).collect(),
            offsets: self.committed.get(name).map(|it| &**it),
        }
    }

    /// The answer to DescribeGroups: what is in memory, as Kafka answers from its committed timeline.
    pub(super) fn answer_describe(&self, name: &Name, topics: &Topics) -> Response {
        let Some(hosted) = self.groups.get(name) else {
            return describe_error(ErrorCode::GroupIdNotFound);
        };
        let found = self.describe_group(name, hosted);
        let by_name = |member: &consumer::Member| {
            let mut all = MemberAssignment::new();
            for tp in member.current.assigned.iter() {
                let topic = topics.get(tp.topic).map(|t| t.name.clone());
                let Some(topic) = topic else { continue };
                match all.iter_mut().find(|(t, _)| *t == topic) {
                    Some((_, of)) => of.push(tp.partition),
                    None => all.push((topic, Vec::from([tp.partition]))),
                }
            }
            (member.id.clone(), all)
        };
        let members = match found.consumer {
            Some(group) => group.members().map(by_name).collect(),
            None => {
                let of = found.members.iter();
                of.map(|m| (m.id.clone(), m.assignment.clone())).collect()
            }
        };
        Response::DescribeGroups(Box::new(DescribeGroupsResponse {
            error: ErrorCode::None,
            state: found.state.name().into(),
            epoch: found.generation,
            members,
        }))
    }

    fn describe_consumer<'a>(
        &'a self,
        name: &'a Name,
        group: &'a ConsumerGroup,
    ) -> GroupDescription<'a> {
        let member = |m: &'a consumer::Member| MemberDescription {
            id: &m.id,
            instance: m.metadata.instance.as_ref(),
            client_id: &m.metadata.client_id,
            session_ends: group.session_ends(&m.id).unwrap_or(SimTime::MAX),
            awaiting_join: false,
            awaiting_sync: false,
            assignment: &NOTHING,
        };
        GroupDescription {
            name,
            partition: self.partition,
            state: group.state(),
            generation: group.group_epoch(),
            consumer: Some(group),
            protocol: group.assignor(),
            leader: None,
            pending_joins: 0,
            members: group.members().map(member).collect(),
            offsets: self.committed.get(name).map(|it| &**it),
        }
    }
}
