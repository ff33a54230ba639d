//! Who may commit, and what is asked before a group or its offsets are removed.

use super::ConsumerGroup;
use crate::protocol::ErrorCode;

impl ConsumerGroup {
    /// May this member commit (or read) offsets in this epoch? Anybody may from outside while the group is empty
    /// (`ConsumerGroup.validateOffsetCommit`).
    ///
    /// # Errors
    /// UNKNOWN_MEMBER_ID; STALE_MEMBER_EPOCH, or ILLEGAL_GENERATION for a member that speaks the classic protocol.
    pub fn validate_epoch(&self, member: &str, epoch: i32) -> Result<(), ErrorCode> {
        if epoch < 0 && self.members.is_empty() {
            return Ok(());
        }
        let member = self.members.get(member).ok_or(ErrorCode::UnknownMemberId)?;
        if epoch == member.current.member_epoch {
            Ok(())
        } else if member.is_classic() {
            Err(ErrorCode::IllegalGeneration)
        } else {
            Err(ErrorCode::StaleMemberEpoch)
        }
    }

    /// May the group be deleted?
    ///
    /// # Errors
    /// NON_EMPTY_GROUP.
    pub fn validate_delete(&self) -> Result<(), ErrorCode> {
        if self.members.is_empty() {
            Ok(())
        } else {
            Err(ErrorCode::NonEmptyGroup)
        }
    }
}
