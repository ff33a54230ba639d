//! SyncGroup, Heartbeat and LeaveGroup.
//!
//! Only the leader's SyncGroup carries an assignment. It is written to the log first; when the write is committed every
//! held SyncGroup is answered and the group is Stable. Between the two anything may have happened, so the outcome counts only
//! if the group is still in the same generation and still waiting.

use super::replies::{join_error, sync_error, sync_response};
use super::{AfterWrite, ClassicGroup, GroupTimer, Parked};
use crate::event::{Event, GroupState, LeaveReason};
use crate::group::{Out, ReplyTo, Turn, append_error};
use crate::id::Name;
use crate::protocol::{
    ErrorCode, HeartbeatRequest, LeaveGroupRequest, MemberAssignment, SyncGroupRequest,
};
use crate::sorted::Map;
use alloc::format;

impl ClassicGroup {
    /// Handles SyncGroup. The caller has refused requests to an empty group.
    pub fn sync(&mut self, turn: &mut Turn<'_>, from: ReplyTo, request: &SyncGroupRequest) {
        if let Err(error) = self.validate_sync(request) {
            return turn.reply(from, sync_error(error));
        }
        let id = &request.member_id;
        match self.state {
            GroupState::CompletingRebalance => {
                if let Some(member) = self.members.get_mut(id) {
                    member.syncing = Some(Parked(Some(from)));
                }
                self.has_synced(id);
                if self.is_leader(id) {
                    self.write_assignment(turn, request);
                }
            }
            GroupState::Stable => {
                self.has_synced(id);
                let assignment = self.members.get(id).map(|m| m.assignment.clone());
                let response = sync_response(
                    ErrorCode::None,
                    self.protocol.clone(),
                    assignment.unwrap_or_default(),
                );
                turn.reply(from, response);
            }
            _ => turn.reply(from, sync_error(ErrorCode::RebalanceInProgress)),
        }
    }

    fn validate_sync(&self, request: &SyncGroupRequest) -> Result<(), ErrorCode> {
        self.validate_member(&request.member_id, request.group_instance_id.as_ref())?;
        if request.generation != self.generation {
            return Err(ErrorCode::IllegalGeneration);
        }
        match (&request.protocol, &self.protocol) {
            (Some(a), Some(b)) if a != b => Err(ErrorCode::InconsistentGroupProtocol),
            _ => Ok(()),
        }
    }

    fn has_synced(&mut self, id: &str) {
        self.pending_syncs.remove(id);
        if self.pending_syncs.is_empty() {
            self.timers.cancel(&GroupTimer::Sync);
        }
    }

    /// The leader has spoken; members it forgot get nothing.
    fn write_assignment(&mut self, turn: &mut Turn<'_>, request: &SyncGroupRequest) {
        let mut assignment: Map<Name, MemberAssignment> =
            request.assignments.iter().cloned().collect();
        for id in self.ids() {
            assignment.entry(id).or_default();
        }
        let metadata = self.metadata(&assignment);
        let after = AfterWrite::Assigned {
            generation: request.generation,
            leader: request.member_id.clone(),
            assignment,
        };
        turn.out.push(Out::Write(metadata, after));
    }

    /// The fate of a write is known. `error` is the log's.
    pub fn written(
        &mut self,
        turn: &mut Turn<'_>,
        after: AfterWrite,
        outcome: Result<(), ErrorCode>,
    ) {
        let outcome = outcome.map_err(append_error);
        match after {
            AfterWrite::Emptied => {}
            AfterWrite::Created(from) => {
                if let Err(error) = outcome {
                    self.creation_failed(turn, from, error);
                }
            }
            AfterWrite::Replaced(done) => self.replaced(turn, done, outcome),
            AfterWrite::Assigned {
                generation,
                leader,
                assignment,
            } => {
                let waits = self.state == GroupState::CompletingRebalance;
                if waits && generation == self.generation {
                    self.assigned(turn, &leader, assignment, outcome);
                }
            }
        }
    }

    /// The member that made the group still waits: refuse it, but let it count as waiting.
    fn creation_failed(&mut self, turn: &mut Turn<'_>, from: ReplyTo, error: ErrorCode) {
        let held = Some(Parked(Some(from)));
        if let Some(member) = self.members.iter_mut().find(|m| m.joining == held) {
            member.joining = Some(Parked(None));
            turn.reply(from, join_error(Name::from(""), error));
        }
    }

    fn assigned(
        &mut self,
        turn: &mut Turn<'_>,
        leader: &Name,
        mut assignment: Map<Name, MemberAssignment>,
        outcome: Result<(), ErrorCode>,
    ) {
        if let Err(error) = outcome {
            self.reset_assignment(turn, error);
            let reason = format!(
                "Error {error} when storing group assignment during SyncGroup (member: {leader})."
            );
            return self.rebalance(turn, reason.into());
        }
        for member in self.members.iter_mut() {
            member.assignment = assignment.remove(&member.id).unwrap_or_default();
        }
        self.propagate_assignment(turn, ErrorCode::None);
        let (name, generation) = (&self.name, self.generation);
        let (members, fixed) = (self.members.len(), self.static_count());
        let reason = format!(
            "Assignment received from leader {leader} for group {name} for generation {generation}. \
             The group has {members} members, {fixed} of which are static."
        );
        self.transition(turn, GroupState::Stable, reason.into());
        turn.emit(Event::GroupAssigned {
            group: self.name.clone(),
            generation: self.generation,
            protocol: self.protocol.clone().unwrap_or_else(|| Name::from("")),
            assignment: self.assignments().into_iter().collect(),
        });
    }

    /// Handles Heartbeat. `Ok` is an answer that waits for earlier writes; `Err` is told at once.
    pub fn heartbeat(
        &mut self,
        turn: &mut Turn<'_>,
        request: &HeartbeatRequest,
    ) -> Result<ErrorCode, ErrorCode> {
        self.validate_member(&request.member_id, request.group_instance_id.as_ref())?;
        if request.generation != self.generation {
            return Err(ErrorCode::IllegalGeneration);
        }
        self.renew_session(turn, &request.member_id);
        Ok(match self.state {
            GroupState::PreparingRebalance => ErrorCode::RebalanceInProgress,
            GroupState::CompletingRebalance | GroupState::Stable => ErrorCode::None,
            _ => ErrorCode::UnknownMemberId,
        })
    }

    /// Handles LeaveGroup; the answer waits for the writes before it, and for its own.
    pub fn leave(&mut self, turn: &mut Turn<'_>, request: &LeaveGroupRequest) -> ErrorCode {
        if let Err(error) = self.take_leave(turn, request) {
            return error;
        }
        let id = &request.member_id;
        match self.state {
            GroupState::Stable | GroupState::CompletingRebalance => {
                let reason = format!("explicit `LeaveGroup` request for ({id}) members.");
                self.rebalance(turn, reason.into());
            }
            _ => self.maybe_complete_join_phase(turn),
        }
        ErrorCode::None
    }

    /// Finds who leaves: by instance id alone (an administrator's request), a pending member, or a member.
    fn take_leave(
        &mut self,
        turn: &mut Turn<'_>,
        request: &LeaveGroupRequest,
    ) -> Result<(), ErrorCode> {
        let instance = request.group_instance_id.as_ref();
        let id = &request.member_id;
        if id.is_empty() {
            let found = instance.and_then(|i| self.static_members.get(i)).cloned();
            let id = found.ok_or(ErrorCode::UnknownMemberId)?;
            self.remove_leaver(turn, &id, LeaveReason::Left);
        } else if self.pending_joins.contains(id) {
            self.remove(id);
            self.timers.cancel(&GroupTimer::Heartbeat(id.clone()));
        } else {
            self.validate_member(id, instance)?;
            let reason = match &*request.reason {
                LeaveGroupRequest::POLL_TIMEOUT => LeaveReason::PollInterval,
                _ => LeaveReason::Left,
            };
            self.remove_leaver(turn, id, reason);
        }
        Ok(())
    }

    fn remove_leaver(&mut self, turn: &mut Turn<'_>, id: &Name, reason: LeaveReason) {
        self.timers.cancel(&GroupTimer::Heartbeat(id.clone()));
        let refused = join_error(Name::from(""), ErrorCode::UnknownMemberId);
        self.complete_join(turn, id, refused);
        self.remove(id);
        self.tell_left(turn, id, reason);
    }
}
