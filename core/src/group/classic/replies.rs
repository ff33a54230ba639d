//! Answers of the classic protocol, and the moments at which held requests get theirs.

use super::{ClassicGroup, Member};
use crate::group::Turn;
use crate::id::Name;
use crate::protocol::{
    ErrorCode, JoinGroupMember, JoinGroupResponse, MemberAssignment, Response, SyncGroupResponse,
};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A refused JoinGroup.
pub fn join_error(member_id: Name, error: ErrorCode) -> Response {
    Response::JoinGroup(Box::new(JoinGroupResponse {
        error,
        generation: -1,
        protocol: Some(Name::from("")),
        leader: Name::from(""),
        skip_assignment: false,
        member_id,
        members: Vec::new(),
    }))
}

/// A refused JoinGroup whose protocol is absent rather than empty: the member was found wanting.
pub(super) fn join_refused(member_id: Name, error: ErrorCode) -> Response {
    let mut response = join_error(member_id, error);
    if let Response::JoinGroup(join) = &mut response {
        join.protocol = None;
    }
    response
}

/// A refused SyncGroup.
pub fn sync_error(error: ErrorCode) -> Response {
    sync_response(error, None, MemberAssignment::new())
}

pub(super) fn sync_response(
    error: ErrorCode,
    protocol: Option<Name>,
    assignment: MemberAssignment,
) -> Response {
    Response::SyncGroup(Box::new(SyncGroupResponse {
        error,
        protocol,
        assignment,
    }))
}

impl ClassicGroup {
    /// The current generation, as a member is told of it.
    pub(super) fn join_success(
        &self,
        member_id: &Name,
        members: Vec<JoinGroupMember>,
        skip_assignment: bool,
    ) -> Response {
        Response::JoinGroup(Box::new(JoinGroupResponse {
            error: ErrorCode::None,
            generation: self.generation,
            protocol: self.protocol.clone(),
            leader: self.leader.clone().unwrap_or_else(|| Name::from("")),
            skip_assignment,
            member_id: member_id.clone(),
            members,
        }))
    }

    /// Everybody, as the leader is told.
    pub(super) fn member_list(&self) -> Vec<JoinGroupMember> {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let entry = |m: &Member| JoinGroupMember {
            member_id: m.id.clone(),
            group_instance_id: m.instance.clone(),
            subscription: m.subscription(protocol).cloned().unwrap_or_default(),
        };
        self.members.in_order().map(entry).collect()
    }

    /// The member list for the leader, nothing for others.
    pub(super) fn member_list_for(&self, id: &str) -> Vec<JoinGroupMember> {
        if self.is_leader(id) {
            self.member_list()
        } else {
            Vec::new()
        }
    }

    /// Answers a held JoinGroup, if there is one.
    pub(super) fn complete_join(&mut self, turn: &mut Turn<'_>, id: &str, response: Response) {
        let held = self.members.get_mut(id).and_then(|m| m.joining.take());
        if let Some(parked) = held {
            self.awaiting_join -= 1;
            if let Some(to) = parked.0 {
                turn.reply(to, response);
            }
        }
    }

    /// Answers a held SyncGroup; false if there is none.
    pub(super) fn complete_sync(
        &mut self,
        turn: &mut Turn<'_>,
        id: &str,
        response: Response,
    ) -> bool {
        let held = self.members.get_mut(id).and_then(|m| m.syncing.take());
        if let Some(to) = held.and_then(|parked| parked.0) {
            turn.reply(to, response);
        }
        held.is_some()
    }
}
