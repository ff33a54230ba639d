//! A member goes: it says so, or its time is over (`consumerGroupLeave`, `consumerGroupFenceMember`).
//!
//! Its partitions are free at once, and the group epoch rises; the next heartbeat of somebody computes the new target. A static
//! member that leaves with epoch -2 is only marked: everything stays reserved for its instance id until its session ends.

use super::record::{Current, GroupRecord};
use super::{ConsumerGroup, Timer, Work};
use crate::event::{EpochReason, Event, LeaveReason};
use crate::id::Name;
use crate::protocol::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, LEAVE_STATIC_EPOCH,
};
use crate::reconcile::Partitions;

/// What became of a member that was to go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Gone {
    /// It is out (or marked).
    Out,
    /// Everybody else speaks the classic protocol: the group is to become a classic one without this member.
    Downgrade(Name),
}

impl ConsumerGroup {
    /// Handles a heartbeat that says good-bye.
    ///
    /// # Errors
    /// What the member is told; nothing has changed then.
    pub fn leave(
        &mut self,
        work: &mut Work<'_>,
        request: &ConsumerGroupHeartbeatRequest,
    ) -> Result<(ConsumerGroupHeartbeatResponse, Gone), ErrorCode> {
        let id = &request.member_id;
        if let Some(instance) = &request.group_instance_id {
            let holder = self.statics.get(instance);
            let holder = holder.ok_or(ErrorCode::UnknownMemberId)?;
            if holder != id {
                return Err(ErrorCode::FencedInstanceId);
            }
        } else if !self.members.contains_key(id) {
            return Err(ErrorCode::UnknownMemberId);
        }
        let gone = if request.member_epoch == LEAVE_STATIC_EPOCH {
            self.step_out(work, id);
            Gone::Out
        } else {
            self.fence(work, id, LeaveReason::Left)
        };
        self.update_state(work);
        let response = ConsumerGroupHeartbeatResponse {
            error: ErrorCode::None,
            member_id: id.clone(),
            member_epoch: request.member_epoch,
            heartbeat_interval_ms: 0,
            assignment: None,
        };
        Ok((response, gone))
    }

    /// A static member will be back: its assignment waits for its instance id.
    fn step_out(&mut self, work: &mut Work<'_>, id: &Name) {
        let Some(member) = self.members.get(id) else {
            return;
        };
        let current = Current {
            member_epoch: LEAVE_STATIC_EPOCH,
            pending_revocation: Partitions::new(),
            ..member.current.clone()
        };
        work.events.push(Event::MemberAway {
            group: self.name.clone(),
            member: id.clone(),
            instance: member
                .metadata
                .instance
                .clone()
                .unwrap_or_else(|| Name::from("")),
        });
        self.write(work, GroupRecord::Current(id.clone(), Some(current)));
    }

    /// Takes a member out, unless the group is to become a classic one instead.
    pub(super) fn fence(&mut self, work: &mut Work<'_>, id: &Name, reason: LeaveReason) -> Gone {
        if self.may_downgrade_without(id, work) {
            work.events.push(left(&self.name, id, reason));
            return Gone::Downgrade(id.clone());
        }
        self.remove(work, id, reason);
        self.refresh_topics(work);
        self.bump(work, EpochReason::MemberLeft);
        Gone::Out
    }

    /// Takes a member out; the caller raises the group epoch if that is called for.
    pub(super) fn remove(&mut self, work: &mut Work<'_>, id: &Name, reason: LeaveReason) {
        self.write(work, GroupRecord::Current(id.clone(), None));
        self.write(work, GroupRecord::Target(id.clone(), None));
        self.write(work, GroupRecord::Member(id.clone(), None));
        self.cancel_timers(id);
        work.events.push(left(&self.name, id, reason));
    }

    fn is_away(&self, id: &Name) -> bool {
        let epoch = self.members.get(id).map(|m| m.current.member_epoch);
        epoch == Some(LEAVE_STATIC_EPOCH)
    }

    /// Fires the next timer that is due; `None` when there is none.
    pub fn fire(&mut self, work: &mut Work<'_>) -> Option<Gone> {
        let timer = self.timers.pop(work.now)?;
        let (id, reason) = match timer {
            Timer::Session(id) => (id, LeaveReason::SessionExpired),
            // A static member that has left since has its session to come back.
            Timer::Revoke(id) if self.is_away(&id) => return Some(Gone::Out),
            Timer::Revoke(id) => (id, LeaveReason::RevokeTimeout),
            Timer::Join(id) | Timer::Sync(id) => (id, LeaveReason::RebalanceTimeout),
        };
        let gone = if self.members.contains_key(&id) {
            self.fence(work, &id, reason)
        } else {
            Gone::Out
        };
        self.update_state(work);
        Some(gone)
    }
}

fn left(group: &Name, id: &Name, reason: LeaveReason) -> Event {
    Event::MemberLeft {
        group: group.clone(),
        member: id.clone(),
        reason,
    }
}
