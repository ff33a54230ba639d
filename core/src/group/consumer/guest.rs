//! Members that still speak the classic protocol in a group of the consumer protocol (KIP-848, online migration).
//!
//! For them JoinGroup is a heartbeat that tells everything, answered without waiting for anybody: generation is the member
//! epoch, there is no leader, and SyncGroup returns what the coordinator assigned. Heartbeat answers REBALANCE_IN_PROGRESS
//! whenever there is a step to make, and the member rejoins to make it.

use super::record::{ClassicMember, MemberMetadata};
use super::target::by_name;
use super::{ConsumerGroup, Member, Timer, Work};
use crate::event::{EpochReason, LeaveReason};
use crate::id::{Name, TopicPartition};
use crate::protocol::{
    ErrorCode, HeartbeatRequest, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest,
    MemberAssignment, SyncGroupRequest,
};
use crate::reconcile::{MemberState, Partitions};
use crate::time::Duration;
use alloc::vec::Vec;

impl ConsumerGroup {
    /// Handles JoinGroup of a member that has an id (or an instance id); true if the last member of the consumer protocol was
    /// replaced by it, so that the group is to become a classic one.
    ///
    /// # Errors
    /// What the member is told; the group must be put back to what it was then.
    pub fn join(
        &mut self,
        work: &mut Work<'_>,
        request: &JoinGroupRequest,
        id: &Name,
    ) -> Result<(JoinGroupResponse, bool), ErrorCode> {
        self.admit(id, work.limits.consumer_max_size)?;
        if !self.understands(request) {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        let was_mixed = self.members.values().any(|m| !m.is_classic());
        let replaced = match &request.group_instance_id {
            Some(instance) => self.take_instance(work, request, instance, id)?,
            None => false,
        };
        let Some((protocol, subscription)) = request.protocols.first() else {
            return Err(ErrorCode::InconsistentGroupProtocol);
        };
        let reason = self.describe_member(work, id, self.guest_metadata(request, id));
        self.catch_up(work, reason)?;
        let owned = identified(work, &subscription.owned);
        self.reconcile_member(work, id, Some(&owned));
        let downgrade = replaced && was_mixed && self.may_downgrade(work);
        self.timers.cancel(&Timer::Join(id.clone()));
        if !downgrade {
            self.renew_session(work.now, id, Duration::millis(request.session_timeout_ms));
            let deadline = work.now + Duration::millis(request.rebalance_timeout_ms);
            self.timers.set(Timer::Sync(id.clone()), deadline);
        }
        self.update_state(work);
        let epoch = self.members.get(id).map_or(-1, |m| m.current.member_epoch);
        let response = JoinGroupResponse {
            error: ErrorCode::None,
            generation: epoch,
            protocol: Some(protocol.clone()),
            leader: Name::from(""),
            skip_assignment: false,
            member_id: id.clone(),
            members: Vec::new(),
        };
        Ok((response, downgrade))
    }

    /// Every classic member must have an assignor in common, as in a classic group: the group may become one.
    fn understands(&self, request: &JoinGroupRequest) -> bool {
        let guests = || {
            self.members
                .values()
                .filter_map(|m| m.metadata.classic.as_ref())
        };
        let shared = |name: &Name| guests().all(|g| g.protocols.iter().any(|(p, _)| p == name));
        request.protocols.iter().any(|(name, _)| shared(name))
    }

    /// True if another process had the instance id.
    fn take_instance(
        &mut self,
        work: &mut Work<'_>,
        request: &JoinGroupRequest,
        instance: &Name,
        id: &Name,
    ) -> Result<bool, ErrorCode> {
        match self.statics.get(instance).cloned() {
            Some(old) if request.member_id.is_empty() => {
                self.replace(work, &old, id);
                Ok(true)
            }
            None if request.member_id.is_empty() => Ok(false),
            None => Err(ErrorCode::UnknownMemberId),
            Some(holder) if holder != *id => Err(ErrorCode::FencedInstanceId),
            Some(_) => Ok(false),
        }
    }

    fn guest_metadata(&self, request: &JoinGroupRequest, id: &str) -> MemberMetadata {
        let known = self.members.get(id).map(|m| &m.metadata);
        let topics = request.protocols.first().map(|(_, s)| s.topics.as_slice());
        MemberMetadata {
            instance: request
                .group_instance_id
                .clone()
                .or_else(|| known.and_then(|k| k.instance.clone())),
            client_id: request.client_id.clone(),
            topics: topics.unwrap_or_default().into(),
            rebalance_timeout: Duration::millis(request.rebalance_timeout_ms),
            assignor: known.and_then(|k| k.assignor.clone()),
            classic: Some(ClassicMember {
                session_timeout: Duration::millis(request.session_timeout_ms),
                protocols: request.protocols.as_slice().into(),
            }),
        }
    }

    /// A member that speaks the classic protocol and is in this generation.
    fn guest(
        &self,
        id: &str,
        instance: Option<&Name>,
        generation: Option<i32>,
    ) -> Result<&Member, ErrorCode> {
        if let Some(instance) = instance {
            let holder = self.statics.get(instance);
            if &**holder.ok_or(ErrorCode::UnknownMemberId)? != id {
                return Err(ErrorCode::FencedInstanceId);
            }
        }
        let member = self.members.get(id).filter(|m| m.is_classic());
        let member = member.ok_or(ErrorCode::UnknownMemberId)?;
        match generation {
            Some(it) if it != member.current.member_epoch => Err(ErrorCode::IllegalGeneration),
            _ => Ok(member),
        }
    }

    /// Handles SyncGroup: the member's assignment, by topic name.
    ///
    /// # Errors
    /// What the member is told.
    pub fn sync(
        &mut self,
        work: &mut Work<'_>,
        request: &SyncGroupRequest,
    ) -> Result<MemberAssignment, ErrorCode> {
        let instance = request.group_instance_id.as_ref();
        let member = self.guest(&request.member_id, instance, Some(request.generation))?;
        let first = member
            .metadata
            .classic
            .as_ref()
            .and_then(|c| c.protocols.first());
        if request.protocol.is_some() && request.protocol.as_ref() != first.map(|(name, _)| name) {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        let (id, behind) = (
            member.id.clone(),
            self.group_epoch > member.current.member_epoch,
        );
        let assignment = by_name(work.topics, &member.current.assigned);
        if behind && member.current.state != MemberState::UnrevokedPartitions {
            self.expect_rejoin(work, &id);
            return Err(ErrorCode::RebalanceInProgress);
        }
        self.timers.cancel(&Timer::Sync(id.clone()));
        let session = self.session_timeout(work, &id);
        self.renew_session(work.now, &id, session);
        Ok(assignment)
    }

    /// The member is told to rejoin; from the first time on it has its rebalance timeout for that.
    fn expect_rejoin(&mut self, work: &Work<'_>, id: &Name) {
        let timer = Timer::Join(id.clone());
        if let Some(member) = self.members.get(id)
            && self.timers.deadline(&timer).is_none()
        {
            let deadline = work.now + member.metadata.rebalance_timeout;
            self.timers.set(timer, deadline);
        }
    }

    /// Handles Heartbeat of a classic member.
    ///
    /// # Errors
    /// What the member is told at once; `Ok` is an answer too.
    pub fn beat(
        &mut self,
        work: &mut Work<'_>,
        request: &HeartbeatRequest,
    ) -> Result<ErrorCode, ErrorCode> {
        let instance = request.group_instance_id.as_ref();
        let member = self.guest(&request.member_id, instance, Some(request.generation))?;
        let id = member.id.clone();
        let step = match member.current.state {
            _ if member.current.member_epoch < self.group_epoch => true,
            MemberState::UnrevokedPartitions => true,
            MemberState::UnreleasedPartitions => !self.waits_for_others(member),
            MemberState::Stable => false,
        };
        let session = self.session_timeout(work, &id);
        self.renew_session(work.now, &id, session);
        if !step {
            return Ok(ErrorCode::None);
        }
        self.expect_rejoin(work, &id);
        Ok(ErrorCode::RebalanceInProgress)
    }

    fn waits_for_others(&self, member: &Member) -> bool {
        let held = self.held();
        let mut target = member.target.iter();
        target.any(|tp| !member.current.assigned.contains(tp) && held.contains(tp))
    }

    /// Handles LeaveGroup of a classic member, or of an administrator by instance id.
    ///
    /// # Errors
    /// What the sender is told.
    pub fn dismiss(
        &mut self,
        work: &mut Work<'_>,
        request: &LeaveGroupRequest,
    ) -> Result<(), ErrorCode> {
        let instance = request.group_instance_id.as_ref();
        let holder = instance.and_then(|i| self.statics.get(i));
        let id = match holder {
            Some(holder) if request.member_id.is_empty() => holder.clone(),
            _ => request.member_id.clone(),
        };
        self.guest(&id, instance, None)?;
        let reason = match &*request.reason {
            LeaveGroupRequest::POLL_TIMEOUT => LeaveReason::PollInterval,
            _ => LeaveReason::Left,
        };
        self.remove(work, &id, reason);
        self.refresh_topics(work);
        self.bump(work, EpochReason::MemberLeft);
        self.update_state(work);
        Ok(())
    }
}

/// What a classic member says it owns, with identities for names.
fn identified(work: &Work<'_>, owned: &[(Name, Vec<i32>)]) -> Partitions<TopicPartition> {
    let known = owned.iter().filter_map(|(name, list)| {
        let (id, _) = work.topics.named(name)?;
        Some(list.iter().map(move |p| TopicPartition::new(id, *p)))
    });
    known.flatten().collect()
}
