//! The classic APIs, asked by members of a group that speaks the consumer protocol (KIP-848, online migration).

use super::ReplyTo;
use super::host::Host;
use super::shard::Answer;
use crate::group::NewId;
use crate::group::classic::{join_error, sync_error};
use crate::protocol::{
    ErrorCode, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, Response, SyncGroupRequest,
    SyncGroupResponse,
};
use alloc::boxed::Box;

impl Host<'_> {
    pub(super) fn join_guest(
        &mut self,
        from: ReplyTo,
        request: &JoinGroupRequest,
        new_id: NewId<'_>,
    ) {
        let unknown = request.member_id.is_empty();
        let id = match &request.group_instance_id {
            Some(instance) if unknown => new_id(instance),
            None if unknown => new_id(&request.client_id),
            _ => request.member_id.clone(),
        };
        if unknown && request.group_instance_id.is_none() {
            return self.reply(from, join_error(id, ErrorCode::MemberIdRequired));
        }
        let name = &request.group;
        match self.with_consumer(name, |group, work| group.join(work, request, &id)) {
            Err(error) => self.reply(from, join_error(id, error)),
            Ok((response, downgrade)) => {
                if downgrade {
                    self.downgrade(name, None);
                }
                let response = Response::JoinGroup(Box::new(response));
                self.finish(Some(Answer::Whole(from, response)));
            }
        }
    }

    pub(super) fn sync_guest(&mut self, from: ReplyTo, request: &SyncGroupRequest) {
        let name = &request.group;
        match self.with_consumer(name, |group, work| Ok(group.sync(work, request))) {
            Ok(Ok(assignment)) => {
                let response = Response::SyncGroup(Box::new(SyncGroupResponse {
                    error: ErrorCode::None,
                    protocol: request.protocol.clone(),
                    assignment,
                }));
                self.finish(Some(Answer::Whole(from, response)));
            }
            Ok(Err(error)) | Err(error) => self.reply(from, sync_error(error)),
        }
    }

    pub(super) fn heartbeat_guest(&mut self, from: ReplyTo, request: &HeartbeatRequest) {
        let name = &request.group;
        match self.with_consumer(name, |group, work| group.beat(work, request)) {
            Err(error) => self.reply(from, Response::Heartbeat(error)),
            Ok(error) => self.finish(Some(Answer::Whole(from, Response::Heartbeat(error)))),
        }
    }

    pub(super) fn leave_guest(&mut self, from: ReplyTo, request: &LeaveGroupRequest) {
        let name = &request.group;
        match self.with_consumer(name, |group, work| group.dismiss(work, request)) {
            Err(error) => self.reply(from, Response::LeaveGroup(error)),
            Ok(()) => {
                let done = Response::LeaveGroup(ErrorCode::None);
                self.finish(Some(Answer::Whole(from, done)));
            }
        }
    }
}
