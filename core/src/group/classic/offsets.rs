//! Who may commit, delete and expire a group's offsets.

use super::ClassicGroup;
use crate::event::GroupState;
use crate::group::Turn;
use crate::id::Name;
use crate::protocol::{ErrorCode, OffsetCommitRequest};

/// From when an offset's retention counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetentionBase {
    /// From its own commit.
    Commit,
    /// From the moment the group became empty, milliseconds.
    Since(i64),
}

impl ClassicGroup {
    /// May this request store offsets? A member of the current generation may, also while a rebalance is being
    /// prepared; anybody without a generation may while the group is empty (`ClassicGroup.validateOffsetCommit`).
    pub fn validate_commit(&self, request: &OffsetCommitRequest) -> Result<(), ErrorCode> {
        if request.generation < 0 && self.state == GroupState::Empty {
            return Ok(());
        }
        let instance = request.group_instance_id.as_ref();
        if request.generation >= 0 || !request.member_id.is_empty() || instance.is_some() {
            self.validate_member(&request.member_id, instance)?;
            if request.generation != self.generation {
                return Err(ErrorCode::IllegalGeneration);
            }
        } else if self.state != GroupState::Empty {
            return Err(ErrorCode::UnknownMemberId);
        }
        if self.state == GroupState::CompletingRebalance {
            return Err(ErrorCode::RebalanceInProgress);
        }
        Ok(())
    }

    /// A commit is a sign of life.
    pub fn heard_of(&mut self, turn: &Turn<'_>, member: &Name) {
        if matches!(
            self.state,
            GroupState::Stable | GroupState::PreparingRebalance
        ) {
            self.renew_session(turn, member);
        }
    }

    /// May the group be deleted?
    pub fn validate_delete(&self) -> Result<(), ErrorCode> {
        match self.state {
            GroupState::Dead => Err(ErrorCode::GroupIdNotFound),
            GroupState::Empty => Ok(()),
            _ => Err(ErrorCode::NonEmptyGroup),
        }
    }

    /// May offsets of the group be deleted? While it has members only a group that tells its subscriptions allows it.
    pub fn validate_offset_delete(&self) -> Result<(), ErrorCode> {
        match self.state {
            GroupState::Dead => Err(ErrorCode::GroupIdNotFound),
            GroupState::Empty => Ok(()),
            _ if self.consumer => Ok(()),
            _ => Err(ErrorCode::NonEmptyGroup),
        }
    }

    /// Whether offsets expire now, and from when their retention counts (`offsetExpirationCondition`).
    pub fn retention_base(&self) -> Option<RetentionBase> {
        match self.state {
            _ if !self.consumer => Some(RetentionBase::Commit),
            GroupState::Empty => Some(
                self.state_since
                    .map_or(RetentionBase::Commit, RetentionBase::Since),
            ),
            GroupState::Stable if self.subscribed.is_some() => Some(RetentionBase::Commit),
            _ => None,
        }
    }
}
