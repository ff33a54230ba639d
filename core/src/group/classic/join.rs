//! JoinGroup: who may come in, under which id, and whether that starts a rebalance
//! (`GroupMetadataManager.classicGroupJoinToClassicGroup`).
//!
//! A dynamic member without an id is first given one and told to come back with it (KIP-394), so that a client that gives
//! up waiting leaves no ghost. A static member (KIP-345) without an id takes over the place of its instance id. A known
//! member that rejoins with nothing new gets the current generation again; the leader always starts a rebalance.

use super::replies::{join_error, join_refused};
use super::{AfterWrite, ClassicGroup, GroupTimer, Member, Parked, Protocols, Replacement};
use crate::event::{Event, GroupState, LeaveReason};
use crate::group::{NEW_MEMBER_JOIN_TIMEOUT, NewId, Out, ReplyTo, Turn};
use crate::id::Name;
use crate::protocol::{ErrorCode, JoinGroupRequest};
use crate::time::Duration;
use alloc::format;

/// Why a member joins, in Kafka's words (KIP-800).
fn why(request: &JoinGroupRequest) -> Name {
    let reason = if request.reason.is_empty() {
        "not provided"
    } else {
        &request.reason
    };
    format!("client reason: {reason}").into()
}

impl ClassicGroup {
    /// Handles JoinGroup.
    pub fn join(
        &mut self,
        turn: &mut Turn<'_>,
        from: ReplyTo,
        request: &JoinGroupRequest,
        new_id: NewId<'_>,
    ) {
        if !self.accepts(&request.member_id, turn.limits.max_size) {
            self.turn_away(turn, &request.member_id);
            let response = join_error(Name::from(""), ErrorCode::GroupMaxSizeReached);
            turn.reply(from, response);
        } else if request.member_id.is_empty() {
            self.join_new(turn, from, request, new_id);
        } else {
            self.join_known(turn, from, request);
        }
    }

    /// Is there room? While members rejoin, those that came first count, so that a group that has become too large
    /// loses its latecomers.
    fn accepts(&self, id: &str, max_size: usize) -> bool {
        match self.state {
            GroupState::PreparingRebalance => {
                let waits = self.members.get(id).is_some_and(|m| m.joining.is_some());
                waits || self.awaiting_join < max_size
            }
            GroupState::CompletingRebalance | GroupState::Stable => {
                self.members.contains(id) || self.members.len() < max_size
            }
            _ => true,
        }
    }

    fn turn_away(&mut self, turn: &mut Turn<'_>, id: &Name) {
        if self.remove(id).is_some() {
            self.tell_left(turn, id, LeaveReason::GroupFull);
        }
    }

    fn join_new(
        &mut self,
        turn: &mut Turn<'_>,
        from: ReplyTo,
        request: &JoinGroupRequest,
        new_id: NewId<'_>,
    ) {
        if !self.supports(&request.protocols) {
            let response = join_error(Name::from(""), ErrorCode::InconsistentGroupProtocol);
            return turn.reply(from, response);
        }
        let Some(instance) = &request.group_instance_id else {
            let id = new_id(&request.client_id);
            return self.ask_to_return(turn, from, request, id);
        };
        let id = new_id(instance);
        match self.static_members.get(instance).cloned() {
            Some(old) => self.replace_static(turn, from, request, &old, id),
            None => self.add_member(turn, from, request, id),
        }
    }

    /// Hands out an id; its owner must come back with it within a session timeout.
    fn ask_to_return(
        &mut self,
        turn: &mut Turn<'_>,
        from: ReplyTo,
        request: &JoinGroupRequest,
        id: Name,
    ) {
        self.pending_joins.insert(id.clone());
        let deadline = turn.now + Duration::millis(request.session_timeout_ms);
        self.timers.set(GroupTimer::Heartbeat(id.clone()), deadline);
        turn.reply(from, join_error(id, ErrorCode::MemberIdRequired));
    }

    fn join_known(&mut self, turn: &mut Turn<'_>, from: ReplyTo, request: &JoinGroupRequest) {
        let id = &request.member_id;
        if !self.supports(&request.protocols) {
            let response = join_error(id.clone(), ErrorCode::InconsistentGroupProtocol);
            return turn.reply(from, response);
        }
        let instance = request.group_instance_id.as_ref();
        if self.pending_joins.contains(id) {
            if instance.is_some() {
                // Kafka throws here: only dynamic members are ever pending.
                let response = join_error(Name::from(""), ErrorCode::UnknownServerError);
                return turn.reply(from, response);
            }
            return self.add_member(turn, from, request, id.clone());
        }
        match self.validate_member(id, instance) {
            Err(error) => turn.reply(from, join_refused(id.clone(), error)),
            Ok(()) => self.rejoin(turn, from, request),
        }
    }

    /// A member joins again: what that means depends on the state.
    fn rejoin(&mut self, turn: &mut Turn<'_>, from: ReplyTo, request: &JoinGroupRequest) {
        let id = &request.member_id;
        let same = self
            .members
            .get(id)
            .is_some_and(|m| *m.protocols == *request.protocols);
        let during = self.state.name();
        let why = why(request);
        let reason = match self.state {
            GroupState::PreparingRebalance => {
                format!("Member {id} is joining group during {during}; {why}")
            }
            GroupState::Stable if self.is_leader(id) => {
                format!("Leader {id} re-joining group during {during}; {why}")
            }
            GroupState::Stable | GroupState::CompletingRebalance if !same => {
                format!("Updating metadata for member {id} during {during}; {why}")
            }
            GroupState::CompletingRebalance => {
                // Its answer may have been lost: tell it the current generation again.
                let response = self.join_success(id, self.member_list_for(id), false);
                return turn.reply(from, response);
            }
            GroupState::Stable => {
                let response = self.join_success(id, alloc::vec::Vec::new(), false);
                return turn.reply(from, response);
            }
            _ => {
                let response = join_error(id.clone(), ErrorCode::UnknownMemberId);
                return turn.reply(from, response);
            }
        };
        self.update_member(id, request, from);
        self.rebalance(turn, reason.into());
    }

    /// What the request says about the member is true from now on, and its JoinGroup is held.
    fn update_member(&mut self, id: &str, request: &JoinGroupRequest, from: ReplyTo) {
        let timeouts = (
            Duration::millis(request.rebalance_timeout_ms),
            Duration::millis(request.session_timeout_ms),
        );
        let protocols = request.protocols.as_slice().into();
        self.set_member(id, protocols, timeouts, Some(from));
    }

    /// Replaces a member's abilities, timeouts (rebalance, session) and held JoinGroup. A JoinGroup held before is never
    /// answered: its sender has sent another one.
    fn set_member(
        &mut self,
        id: &str,
        protocols: Protocols,
        timeouts: (Duration, Duration),
        from: Option<ReplyTo>,
    ) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        let old = core::mem::replace(&mut member.protocols, protocols.clone());
        (member.rebalance_timeout, member.session_timeout) = timeouts;
        let before = usize::from(member.joining.is_some());
        member.joining = from.map(|to| Parked(Some(to)));
        self.awaiting_join = self.awaiting_join + usize::from(from.is_some()) - before;
        self.count_protocols(&old, false);
        self.count_protocols(&protocols, true);
    }

    fn add_member(
        &mut self,
        turn: &mut Turn<'_>,
        from: ReplyTo,
        request: &JoinGroupRequest,
        id: Name,
    ) {
        if self.state == GroupState::PreparingRebalance && self.previous == GroupState::Empty {
            self.new_member_added = true;
        }
        self.add(new_member(request, id.clone()), Some(from));
        // A waiting member sends no heartbeats, and a client that gave up cannot be told from one that waits.
        let deadline = turn.now + NEW_MEMBER_JOIN_TIMEOUT;
        self.timers.set(GroupTimer::Heartbeat(id.clone()), deadline);
        self.tell_joined(turn, &id, request.group_instance_id.as_ref());
        let instance = request.group_instance_id.as_deref().unwrap_or("null");
        let why = why(request);
        let reason = format!("Adding new member {id} with group instance id {instance}; {why}");
        self.rebalance(turn, reason.into());
    }

    /// A static member came back without its id: it gets a new one and the old one's place.
    fn replace_static(
        &mut self,
        turn: &mut Turn<'_>,
        from: ReplyTo,
        request: &JoinGroupRequest,
        old: &Name,
        new: Name,
    ) {
        let Some(instance) = &request.group_instance_id else {
            return;
        };
        let leader = self.leader.clone();
        let why = why(request);
        let Some((protocols, timeouts)) = self.swap_member_id(turn, instance, old, &new) else {
            return;
        };
        self.update_member(&new, request, from);
        match self.state {
            GroupState::Stable if self.protocol == self.select_protocol() => {
                let metadata = self.metadata(&self.assignments());
                let after = AfterWrite::Replaced(Replacement {
                    instance: instance.clone(),
                    old: old.clone(),
                    new,
                    protocols,
                    timeouts,
                    leader,
                    from,
                });
                turn.out.push(Out::Write(metadata, after));
            }
            GroupState::Stable => {
                let reason = format!(
                    "Group's selectedProtocol will change because static member {new} with instance id {instance} \
                     joined with change of protocol; {why}"
                );
                self.rebalance(turn, reason.into());
            }
            GroupState::CompletingRebalance => {
                // The leader may be working with the old id already.
                let reason = format!(
                    "Updating metadata for static member {new} with instance id {instance}; {why}"
                );
                self.prepare(turn, reason.into());
            }
            _ => self.maybe_complete_join_phase(turn),
        }
    }

    /// Gives a static member another id; the old one's held requests are refused. Returns what the member was before.
    /// The old id's session timer stays and will find nobody.
    fn swap_member_id(
        &mut self,
        turn: &mut Turn<'_>,
        instance: &Name,
        old: &Name,
        new: &Name,
    ) -> Option<(Protocols, (Duration, Duration))> {
        let refused = join_refused(old.clone(), ErrorCode::FencedInstanceId);
        self.complete_join(turn, old, refused);
        let refused = super::replies::sync_error(ErrorCode::FencedInstanceId);
        self.complete_sync(turn, old, refused);
        let mut member = self.members.remove(old)?;
        member.id = new.clone();
        member.is_new = false;
        let before = (
            member.protocols.clone(),
            (member.rebalance_timeout, member.session_timeout),
        );
        self.members.insert(member);
        if self.is_leader(old) {
            self.leader = Some(new.clone());
        }
        self.static_members.insert(instance.clone(), new.clone());
        self.tell_left(turn, old, LeaveReason::Replaced);
        self.tell_joined(turn, new, Some(instance));
        self.renew_session(turn, new);
        Some(before)
    }

    /// The record with the static member's new id is in the log (or is not).
    pub(super) fn replaced(
        &mut self,
        turn: &mut Turn<'_>,
        done: Replacement,
        outcome: Result<(), ErrorCode>,
    ) {
        let Err(error) = outcome else {
            let leads = self.is_leader(&done.new);
            let response = self.join_success(&done.new, self.member_list_for(&done.new), leads);
            return self.complete_join(turn, &done.new, response);
        };
        // Replaced again, or gone, while the write was under way: then it has its answer, and there is nothing to go back to.
        let held = |m: &Member| m.joining.is_some();
        if !self.members.get(&done.new).is_some_and(held) {
            return;
        }
        self.set_member(&done.new, done.protocols, done.timeouts, None);
        self.swap_member_id(turn, &done.instance, &done.new, &done.old);
        let mut response = self.join_success(&Name::from(""), alloc::vec::Vec::new(), false);
        if let crate::protocol::Response::JoinGroup(join) = &mut response {
            join.error = error;
            join.leader = done.leader.unwrap_or_else(|| Name::from(""));
        }
        turn.reply(done.from, response);
    }

    fn tell_joined(&self, turn: &mut Turn<'_>, member: &Name, instance: Option<&Name>) {
        turn.emit(Event::MemberJoined {
            group: self.name.clone(),
            member: member.clone(),
            instance: instance.cloned(),
        });
    }

    pub(super) fn tell_left(&self, turn: &mut Turn<'_>, member: &Name, reason: LeaveReason) {
        turn.emit(Event::MemberLeft {
            group: self.name.clone(),
            member: member.clone(),
            reason,
        });
    }
}

fn new_member(request: &JoinGroupRequest, id: Name) -> Member {
    Member {
        id,
        instance: request.group_instance_id.clone(),
        client_id: request.client_id.clone(),
        session_timeout: Duration::millis(request.session_timeout_ms),
        rebalance_timeout: Duration::millis(request.rebalance_timeout_ms),
        protocols: request.protocols.as_slice().into(),
        assignment: crate::protocol::MemberAssignment::new(),
        joining: None,
        syncing: None,
        is_new: true,
    }
}
