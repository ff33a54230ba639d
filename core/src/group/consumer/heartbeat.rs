//! ConsumerGroupHeartbeat from a member that joins or stays (`GroupMetadataManager.consumerGroupHeartbeat`).
//!
//! 1. What the member says about itself is taken over; another subscription raises the group epoch.
//! 2. A group epoch without a target gets one.
//! 3. The member goes one step towards its target.
//!
//! The answer carries an assignment only if it changed, or if the member told everything about itself.

use super::record::{Current, GroupRecord, MemberMetadata};
use super::target::offers;
use super::{ConsumerGroup, Timer, Work};
use crate::event::{EpochReason, Event, LeaveReason};
use crate::id::{Name, TopicPartition};
use crate::protocol::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, JOIN_EPOCH,
    LEAVE_EPOCH, LEAVE_STATIC_EPOCH,
};
use crate::reconcile::{MemberState, Partitions, Reconciliation, reconcile};
use crate::time::Duration;
use alloc::vec::Vec;

/// A refused heartbeat.
pub fn heartbeat_error(error: ErrorCode) -> ConsumerGroupHeartbeatResponse {
    ConsumerGroupHeartbeatResponse {
        error,
        member_id: Name::from(""),
        member_epoch: 0,
        heartbeat_interval_ms: 0,
        assignment: None,
    }
}

/// What needs no group to be refused (`throwIfConsumerGroupHeartbeatRequestIsInvalid`).
///
/// # Errors
/// INVALID_REQUEST, or UNSUPPORTED_ASSIGNOR for an assignor that is not in `assignors` (`group.consumer.assignors`).
pub fn validate_request(
    request: &ConsumerGroupHeartbeatRequest,
    assignors: i64,
) -> Result<(), ErrorCode> {
    let named = !request.member_id.is_empty();
    let valid = match request.member_epoch {
        JOIN_EPOCH => {
            let topics = request.topics.as_ref().is_some_and(|t| !t.is_empty());
            let nothing = request.owned.as_ref().is_some_and(Vec::is_empty);
            request.rebalance_timeout_ms != -1 && topics && nothing
        }
        LEAVE_STATIC_EPOCH => named && request.group_instance_id.is_some(),
        LEAVE_EPOCH => named,
        epoch => epoch > 0 && named,
    };
    if request.group.is_empty() || !valid {
        return Err(ErrorCode::InvalidRequest);
    }
    match &request.assignor {
        Some(name) if !offers(assignors, name) => Err(ErrorCode::UnsupportedAssignor),
        _ => Ok(()),
    }
}

fn tells_everything(request: &ConsumerGroupHeartbeatRequest) -> bool {
    let whole = request.rebalance_timeout_ms != -1 && request.topics.is_some();
    request.member_epoch == JOIN_EPOCH || (whole && request.owned.is_some())
}

impl ConsumerGroup {
    /// A heartbeat after which nothing is different but the session: most are like that.
    pub fn is_routine(&self, work: &Work<'_>, request: &ConsumerGroupHeartbeatRequest) -> bool {
        let Some(member) = self.members.get(&request.member_id) else {
            return false;
        };
        let silent = request.topics.is_none() && request.rebalance_timeout_ms == -1;
        silent
            && request.assignor.is_none()
            && request.member_epoch == member.current.member_epoch
            && request.group_instance_id == member.metadata.instance
            && !member.is_classic()
            && self.group_epoch == self.assignment_epoch
            && member.is_reconciled_to(self.assignment_epoch)
            && !self.is_stale(work)
    }

    /// Answers a routine heartbeat.
    pub fn routine(&mut self, work: &Work<'_>, id: &Name) -> ConsumerGroupHeartbeatResponse {
        self.renew_session(work.now, id, work.limits.consumer_session);
        self.response(work, id, false)
    }

    fn response(
        &self,
        work: &Work<'_>,
        id: &Name,
        with_assignment: bool,
    ) -> ConsumerGroupHeartbeatResponse {
        let current = self.members.get(id).map(|m| &m.current);
        let assigned = |it: &Current| it.assigned.iter().copied().collect();
        ConsumerGroupHeartbeatResponse {
            error: ErrorCode::None,
            member_id: id.clone(),
            member_epoch: current.map_or(0, |it| it.member_epoch),
            heartbeat_interval_ms: work.limits.consumer_heartbeat_ms,
            assignment: current.filter(|_| with_assignment).map(assigned),
        }
    }

    /// Handles a heartbeat; `id` is the member's id, made by the coordinator if the member has none.
    ///
    /// # Errors
    /// What the member is told; the group must be put back to what it was then.
    pub fn heartbeat(
        &mut self,
        work: &mut Work<'_>,
        request: &ConsumerGroupHeartbeatRequest,
        id: &Name,
    ) -> Result<ConsumerGroupHeartbeatResponse, ErrorCode> {
        self.admit(id, work.limits.consumer_max_size)?;
        match &request.group_instance_id {
            None => self.check_dynamic(request, id)?,
            Some(instance) => self.check_static(work, request, instance, id)?,
        }
        let before = self.members.get(id).map(|m| m.current.assigned.clone());
        let metadata = self.told(request, id);
        work.asked.clone_from(&metadata.assignor);
        let reason = self.describe_member(work, id, metadata);
        self.catch_up(work, reason)?;
        let owned = request.owned.as_ref().map(|o| o.iter().copied().collect());
        self.reconcile_member(work, id, owned.as_ref());
        self.renew_session(work.now, id, work.limits.consumer_session);
        self.update_state(work);
        let after = self.members.get(id).map(|m| &m.current.assigned);
        let changed = after != Some(&before.unwrap_or_default());
        Ok(self.response(work, id, changed || tells_everything(request)))
    }

    /// Is there room (`throwIfConsumerGroupIsFull`)?
    pub(super) fn admit(&self, id: &str, max: usize) -> Result<(), ErrorCode> {
        if self.members.len() >= max && !self.members.contains_key(id) {
            Err(ErrorCode::GroupMaxSizeReached)
        } else {
            Ok(())
        }
    }

    fn check_dynamic(
        &self,
        request: &ConsumerGroupHeartbeatRequest,
        id: &str,
    ) -> Result<(), ErrorCode> {
        match self.members.get(id) {
            Some(member) => check_epoch(&member.current, request),
            None if request.member_epoch == JOIN_EPOCH => Ok(()),
            None => Err(ErrorCode::UnknownMemberId),
        }
    }

    /// A static member must hold its instance id, or take over one that was left.
    fn check_static(
        &mut self,
        work: &mut Work<'_>,
        request: &ConsumerGroupHeartbeatRequest,
        instance: &Name,
        id: &Name,
    ) -> Result<(), ErrorCode> {
        let holder = self
            .statics
            .get(instance)
            .and_then(|it| self.members.get(it));
        let joins = request.member_epoch == JOIN_EPOCH;
        match holder {
            None if joins => Ok(()),
            None => Err(ErrorCode::UnknownMemberId),
            Some(holder) if joins => {
                let left = holder.current.member_epoch == LEAVE_STATIC_EPOCH;
                if !left && !holder.is_classic() {
                    return Err(ErrorCode::UnreleasedInstanceId);
                }
                let old = holder.id.clone();
                self.replace(work, &old, id);
                Ok(())
            }
            Some(holder) if holder.id != *id => Err(ErrorCode::FencedInstanceId),
            Some(holder) => check_epoch(&holder.current, request),
        }
    }

    /// Another process has the instance id now: it inherits assignment and target (`replaceMember`).
    pub(super) fn replace(&mut self, work: &mut Work<'_>, old: &Name, new: &Name) {
        let Some(member) = self.members.get(old).cloned() else {
            return;
        };
        self.remove(work, old, LeaveReason::Replaced);
        self.write(
            work,
            GroupRecord::Member(new.clone(), Some(member.metadata.clone())),
        );
        self.write(work, GroupRecord::Target(new.clone(), Some(member.target)));
        work.joined = Some(new.clone());
        let current = Current {
            member_epoch: 0,
            previous_member_epoch: 0,
            ..member.current
        };
        self.write(work, GroupRecord::Current(new.clone(), Some(current)));
        work.events.push(Event::MemberJoined {
            group: self.name.clone(),
            member: new.clone(),
            instance: member.metadata.instance,
        });
    }

    /// What the member is like with what this request says.
    fn told(&self, request: &ConsumerGroupHeartbeatRequest, id: &str) -> MemberMetadata {
        let known = self.members.get(id).map(|m| &m.metadata);
        let sent = Duration::millis(request.rebalance_timeout_ms);
        MemberMetadata {
            instance: request
                .group_instance_id
                .clone()
                .or_else(|| known.and_then(|k| k.instance.clone())),
            client_id: request.client_id.clone(),
            topics: match &request.topics {
                Some(topics) => topics.as_slice().into(),
                None => known.map_or_else(|| [].into(), |k| k.topics.clone()),
            },
            rebalance_timeout: match known {
                Some(known) if request.rebalance_timeout_ms == -1 => known.rebalance_timeout,
                _ => sent,
            },
            assignor: request
                .assignor
                .clone()
                .or_else(|| known.and_then(|k| k.assignor.clone())),
            classic: None,
        }
    }

    /// Takes over what a member says about itself; says why the group epoch has to rise, if it has to.
    pub(super) fn describe_member(
        &mut self,
        work: &mut Work<'_>,
        id: &Name,
        metadata: MemberMetadata,
    ) -> Option<EpochReason> {
        let known = self.members.get(id);
        let is_new = known.is_none();
        if known.is_some_and(|k| k.metadata == metadata) {
            return None;
        }
        let resubscribed = known.is_some_and(|k| k.metadata.topics != metadata.topics);
        if is_new {
            work.joined = Some(id.clone());
            work.events.push(Event::MemberJoined {
                group: self.name.clone(),
                member: id.clone(),
                instance: metadata.instance.clone(),
            });
        }
        self.write(work, GroupRecord::Member(id.clone(), Some(metadata)));
        match (is_new, resubscribed) {
            (true, _) => Some(EpochReason::MemberJoined),
            (_, true) => Some(EpochReason::Subscription),
            _ => None,
        }
    }

    /// Group epoch and target, if somebody's words or the topics ask for it.
    pub(super) fn catch_up(
        &mut self,
        work: &mut Work<'_>,
        mut reason: Option<EpochReason>,
    ) -> Result<(), ErrorCode> {
        if (reason.is_some() || self.is_stale(work)) && self.refresh_topics(work) {
            reason = reason.or(Some(EpochReason::Topics));
        }
        if let Some(reason) = reason {
            self.bump(work, reason);
        }
        self.maybe_assign(work)
    }

    /// One step of a member towards its target (`maybeReconcile`).
    pub(super) fn reconcile_member(
        &mut self,
        work: &mut Work<'_>,
        id: &Name,
        owned: Option<&Partitions<TopicPartition>>,
    ) {
        let target_epoch = self.assignment_epoch;
        let Some(member) = self.members.get(id) else {
            return;
        };
        if member.is_reconciled_to(target_epoch) {
            return;
        }
        let held = self.held();
        let step = Reconciliation {
            target_epoch,
            target: &member.target,
            reported_owned: owned,
            is_held: &|tp| held.contains(tp),
        };
        let next = reconcile(&member.current, &step);
        if next == member.current {
            return;
        }
        let repeated = Current {
            previous_member_epoch: next.previous_member_epoch,
            ..member.current.clone()
        };
        if next != repeated {
            work.events.push(Event::MemberReconciled {
                group: self.name.clone(),
                member: id.clone(),
                state: next.state,
                epoch: next.member_epoch,
                assigned: next.assigned.iter().copied().collect(),
                revoking: next.pending_revocation.iter().copied().collect(),
            });
        }
        self.write(work, GroupRecord::Current(id.clone(), Some(next)));
        self.watch_revocation(work, id);
    }

    /// A member that has to give partitions up has its rebalance timeout for that; classic ones rejoin instead.
    pub(super) fn watch_revocation(&mut self, work: &Work<'_>, id: &Name) {
        let Some(member) = self.members.get(id).filter(|m| !m.is_classic()) else {
            return;
        };
        let timer = Timer::Revoke(id.clone());
        if member.current.state == MemberState::UnrevokedPartitions {
            let deadline = work.now + member.metadata.rebalance_timeout;
            self.timers.set(timer, deadline);
        } else {
            self.timers.cancel(&timer);
        }
    }
}

/// A member must come with its epoch, or with the one before if it cannot have more than it should: then the answer with the
/// newer epoch was lost (`throwIfConsumerGroupMemberEpochIsInvalid`).
fn check_epoch(
    current: &Current,
    request: &ConsumerGroupHeartbeatRequest,
) -> Result<(), ErrorCode> {
    let epoch = request.member_epoch;
    if epoch == current.member_epoch {
        return Ok(());
    }
    let within = |owned: &Vec<TopicPartition>| owned.iter().all(|tp| current.assigned.contains(tp));
    let repeated = epoch < current.member_epoch && epoch == current.previous_member_epoch;
    if repeated && request.owned.as_ref().is_some_and(within) {
        Ok(())
    } else {
        Err(ErrorCode::FencedMemberEpoch)
    }
}
