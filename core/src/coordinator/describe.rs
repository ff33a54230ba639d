//! What a page shows of the groups a broker coordinates.

use super::records::CommittedOffset;
use super::shard::{Hosted, Shard};
use crate::event::GroupState;
use crate::group::classic::Member;
use crate::id::{Name, TopicPartition};
use crate::protocol::MemberAssignment;
use crate::sorted::Map;
use crate::time::SimTime;
use alloc::vec::Vec;

/// One group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupDescription<'a> {
    /// `group.id`.
    pub name: &'a Name,
    /// The partition of `__consumer_offsets` it lives in.
    pub partition: i32,
    /// State.
    pub state: GroupState,
    /// Generation.
    pub generation: i32,
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
#[derive(Clone, PartialEq, Eq, Debug)]
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
    /// Its share, as the leader handed it out.
    pub assignment: &'a MemberAssignment,
}

impl Shard {
    pub(super) fn describe(&self) -> impl Iterator<Item = GroupDescription<'_>> {
        let groups = self.groups.iter().filter(|_| self.active);
        groups.map(|(name, hosted)| self.describe_group(name, hosted))
    }

    fn describe_group<'a>(&'a self, name: &'a Name, hosted: &'a Hosted) -> GroupDescription<'a> {
        let group = &hosted.group;
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
            protocol: group.protocol(),
            leader: group.leader(),
            pending_joins: group.pending_joins(),
            members: group.members().iter().map(member).collect(),
            offsets: self.committed.get(name).map(|it| &**it),
        }
    }
}
