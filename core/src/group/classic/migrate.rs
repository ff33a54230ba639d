//! A classic group on its way to the consumer protocol, and one that comes back from it (KIP-848).

use super::replies::{join_error, sync_error};
use super::{ClassicGroup, Member};
use crate::event::GroupState;
use crate::group::Turn;
use crate::group::metadata::GroupMetadata;
use crate::id::Name;
use crate::protocol::ErrorCode;
use crate::time::SimTime;
use alloc::vec::Vec;

impl ClassicGroup {
    /// The protocol type is known (`usesConsumerGroupProtocol`).
    pub fn has_protocol_type(&self) -> bool {
        self.consumer
    }

    /// The group is about to be upgraded: whoever waits in JoinGroup or SyncGroup is to rejoin.
    pub fn abandon(&mut self, turn: &mut Turn<'_>) {
        let error = ErrorCode::RebalanceInProgress;
        for id in self.ids() {
            self.complete_join(turn, &id, join_error(id.clone(), error));
            self.complete_sync(turn, &id, sync_error(error));
        }
    }

    /// A group that has come back from the consumer protocol: Stable, with its members' assignments.
    pub fn downgraded(name: Name, now: SimTime, generation: i32, members: Vec<Member>) -> Self {
        let mut group = Self::new(name, now);
        group.state = GroupState::Stable;
        group.generation = generation;
        for member in members {
            group.add(member, None);
        }
        group.protocol = group.select_protocol();
        group.subscribed = group.compute_subscribed();
        group
    }

    /// Sessions begin; with a reason (somebody left) the group rebalances at once.
    pub fn resume(&mut self, turn: &mut Turn<'_>, reason: Option<Name>) {
        for id in self.ids() {
            self.renew_session(turn, &id);
        }
        if let Some(reason) = reason {
            self.prepare(turn, reason);
        }
    }

    /// The group as it is written now.
    pub fn whole_metadata(&self) -> GroupMetadata {
        self.metadata(&self.assignments())
    }
}
