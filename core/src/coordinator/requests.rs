//! Each group API: what is refused before a group is asked, and what the group is asked
//! (`GroupCoordinatorService`, `GroupCoordinatorShard`).

use super::host::Host;
use super::shard::{Answer, Joint};
use super::{Action, GroupCoordinator, ReplyTo};
use crate::group::append_error;
use crate::group::classic::{AfterWrite, ClassicGroup, join_error, sync_error};
use crate::group::consumer::heartbeat_error;
use crate::group::{NewId, Out};
use crate::id::{Name, TopicPartition};
use crate::protocol::{
    DescribeGroupsResponse, ErrorCode, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest,
    OffsetCommitRequest, Request, Response, SyncGroupRequest,
};
use crate::sorted::Map;
use crate::time::SimTime;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The group a request is about.
pub(super) fn group_of(request: &Request) -> Option<&Name> {
    match request {
        Request::JoinGroup(r) => Some(&r.group),
        Request::SyncGroup(r) => Some(&r.group),
        Request::Heartbeat(r) => Some(&r.group),
        Request::LeaveGroup(r) => Some(&r.group),
        Request::ConsumerGroupHeartbeat(r) => Some(&r.group),
        Request::OffsetCommit(r) => Some(&r.group),
        Request::OffsetFetch(r) => Some(&r.group),
        Request::OffsetDelete(r) => Some(&r.group),
        Request::DescribeGroups(group) => Some(group),
        _ => None,
    }
}

/// The refusal of a request by a broker that does not (yet) coordinate its group.
pub(super) fn refuse(request: &Request, error: ErrorCode) -> Response {
    match request {
        Request::JoinGroup(_) => join_error(Name::from(""), error),
        Request::SyncGroup(_) => sync_error(error),
        // A heartbeat costs nothing while the coordinator loads: sessions start again anyway.
        Request::Heartbeat(_) if error == ErrorCode::CoordinatorLoadInProgress => {
            Response::Heartbeat(ErrorCode::None)
        }
        Request::Heartbeat(_) => Response::Heartbeat(error),
        Request::LeaveGroup(_) => Response::LeaveGroup(error),
        Request::ConsumerGroupHeartbeat(_) => {
            Response::ConsumerGroupHeartbeat(Box::new(heartbeat_error(error)))
        }
        Request::OffsetCommit(r) => commit_error(r, error),
        Request::OffsetFetch(_) => Response::OffsetFetch(error, Vec::new()),
        Request::DescribeGroups(_) => describe_error(error),
        _ => Response::OffsetDelete(error, Vec::new()),
    }
}

/// The refusal of a request to a group whose name a share group holds. Asked for other things, it is just not known.
pub(crate) fn refuse_kind(request: &Request, is_share: impl Fn(&Name) -> bool) -> Option<Response> {
    let error = match request {
        Request::JoinGroup(_) => ErrorCode::InconsistentGroupProtocol,
        Request::ConsumerGroupHeartbeat(_) | Request::OffsetCommit(_) => ErrorCode::GroupIdNotFound,
        _ => return None,
    };
    group_of(request).filter(|group| is_share(group))?;
    Some(refuse(request, error))
}

pub(super) fn describe_error(error: ErrorCode) -> Response {
    Response::DescribeGroups(Box::new(DescribeGroupsResponse {
        error,
        state: "".into(),
        epoch: -1,
        members: Vec::new(),
    }))
}

pub(super) fn commit_error(request: &OffsetCommitRequest, error: ErrorCode) -> Response {
    let all = request.offsets.iter().map(|(tp, _)| (*tp, error));
    Response::OffsetCommit(all.collect())
}

/// The same answer, had its write (or one before it) failed with this error of the log.
pub(super) fn with_error(response: Response, error: ErrorCode) -> Response {
    let told = append_error(error);
    match response {
        Response::Heartbeat(_) => Response::Heartbeat(told),
        Response::LeaveGroup(_) => Response::LeaveGroup(told),
        Response::ConsumerGroupHeartbeat(_) => {
            Response::ConsumerGroupHeartbeat(Box::new(heartbeat_error(told)))
        }
        Response::JoinGroup(join) => join_error(join.member_id, told),
        Response::SyncGroup(_) => sync_error(told),
        Response::OffsetCommit(all) => {
            let failed =
                |(tp, e): (TopicPartition, ErrorCode)| (tp, if e.is_ok() { told } else { e });
            Response::OffsetCommit(all.into_iter().map(failed).collect())
        }
        Response::OffsetFetch(..) => {
            // Old consumers do not know COORDINATOR_NOT_AVAILABLE here, so Kafka says NOT_COORDINATOR.
            let told = match told {
                ErrorCode::CoordinatorNotAvailable => ErrorCode::NotCoordinator,
                other => other,
            };
            Response::OffsetFetch(told, Vec::new())
        }
        Response::OffsetDelete(..) => Response::OffsetDelete(told, Vec::new()),
        other => other,
    }
}

impl Joint {
    /// Takes the answers of one part.
    pub(super) fn take(&mut self, part: Vec<(Name, ErrorCode)>) {
        for (group, error) in part {
            let mine = self.results.iter_mut().filter(|(name, _)| *name == group);
            mine.for_each(|(_, slot)| *slot = error);
        }
        self.open -= 1;
    }
}

impl GroupCoordinator {
    /// What needs no group to be refused.
    pub(super) fn answer_at_once(&self, request: &Request) -> Option<Response> {
        match request {
            Request::JoinGroup(r) => {
                let session = r.session_timeout_ms;
                let limits = self.limits.min_session_ms..=self.limits.max_session_ms;
                let error = if r.group.is_empty() {
                    ErrorCode::InvalidGroupId
                } else if !limits.contains(&session) {
                    ErrorCode::InvalidSessionTimeout
                } else {
                    return None;
                };
                Some(join_error(r.member_id.clone(), error))
            }
            Request::OffsetCommit(r) => {
                let known = r.offsets.iter().any(|(tp, _)| self.topics.knows(*tp));
                (!known).then(|| commit_error(r, ErrorCode::UnknownTopicOrPartition))
            }
            Request::OffsetFetch(_) | Request::DeleteGroups(_) => None,
            other => {
                let empty = group_of(other).is_some_and(|group| group.is_empty());
                empty.then(|| refuse(other, ErrorCode::InvalidGroupId))
            }
        }
    }

    /// DeleteGroups: every partition deletes its share in one write; the answer comes when all have.
    pub(super) fn delete_groups(
        &mut self,
        now: SimTime,
        from: ReplyTo,
        groups: &[Name],
        offsets_partitions: i32,
        out: &mut Vec<Action>,
    ) {
        let mut parts: Map<i32, Vec<Name>> = Map::new();
        for group in groups {
            let partition = Self::partition_for(group, offsets_partitions);
            let part = parts.entry(partition).or_default();
            if !part.contains(group) {
                part.push(group.clone());
            }
        }
        if parts.is_empty() {
            return out.push(Action::Reply(from, Response::DeleteGroups(Vec::new())));
        }
        let mut joint = Joint {
            from,
            open: parts.len(),
            results: groups
                .iter()
                .map(|g| (g.clone(), ErrorCode::None))
                .collect(),
        };
        parts.retain(|partition, names| match self.status(*partition) {
            Ok(()) => true,
            Err(error) => {
                joint.take(names.iter().map(|n| (n.clone(), error)).collect());
                false
            }
        });
        if parts.is_empty() {
            return out.push(Action::Reply(from, Response::DeleteGroups(joint.results)));
        }
        let id = self.registry.joint(joint);
        for (partition, names) in parts {
            if let Some(mut host) = self.host(partition, now, out) {
                host.delete_groups(id, &names);
            }
        }
    }
}

impl Host<'_> {
    /// A request to a group of this partition.
    pub(super) fn request(&mut self, from: ReplyTo, request: &Request, new_id: NewId<'_>) {
        let name = group_of(request);
        let hosted = name.and_then(|name| self.hosted(name));
        let modern = hosted.is_some_and(|it| it.consumer().is_some_and(|g| !g.is_empty()));
        match request {
            Request::JoinGroup(r) if modern => self.join_guest(from, r, new_id),
            Request::SyncGroup(r) if modern => self.sync_guest(from, r),
            Request::Heartbeat(r) if modern => self.heartbeat_guest(from, r),
            Request::LeaveGroup(r) if modern => self.leave_guest(from, r),
            Request::JoinGroup(r) => self.join(from, r, new_id),
            Request::SyncGroup(r) => self.sync(from, r),
            Request::Heartbeat(r) => self.heartbeat(from, r),
            Request::LeaveGroup(r) => self.leave(from, r),
            Request::ConsumerGroupHeartbeat(r) => self.consumer_heartbeat(from, r, new_id),
            Request::OffsetCommit(r) => self.commit(from, r),
            Request::OffsetFetch(r) => self.fetch(from, r),
            Request::OffsetDelete(r) => self.delete_offsets(from, r),
            Request::DescribeGroups(group) => {
                let described = self.shard.answer_describe(group, self.topics);
                self.reply(from, described);
            }
            _ => {}
        }
    }

    fn join(&mut self, from: ReplyTo, request: &JoinGroupRequest, new_id: NewId<'_>) {
        let name = &request.group;
        let is_new = self.group(name).is_none();
        if is_new {
            if !request.member_id.is_empty() {
                let refused = join_error(request.member_id.clone(), ErrorCode::UnknownMemberId);
                return self.reply(from, refused);
            }
            if self.hosted(name).is_some() {
                // An empty group of the consumer protocol makes room.
                self.forget(name);
                self.convert(name, ClassicGroup::new(name.clone(), self.now).into());
            } else {
                self.create_group(name);
            }
        }
        self.with_group(name, |group, turn| {
            group.join(turn, from, request, new_id);
            if is_new && !turn.out.iter().any(|o| matches!(o, Out::Write(..))) {
                let record = group.empty_metadata();
                turn.out.push(Out::Write(record, AfterWrite::Created(from)));
            }
        });
        self.finish(None);
    }

    fn sync(&mut self, from: ReplyTo, request: &SyncGroupRequest) {
        let name = &request.group;
        if self.group(name).is_none_or(|group| group.is_empty()) {
            return self.reply(from, sync_error(ErrorCode::UnknownMemberId));
        }
        self.with_group(name, |group, turn| group.sync(turn, from, request));
        self.finish(None);
    }

    fn heartbeat(&mut self, from: ReplyTo, request: &HeartbeatRequest) {
        let answer = self.with_group(&request.group, |group, turn| group.heartbeat(turn, request));
        match answer.unwrap_or(Err(ErrorCode::UnknownMemberId)) {
            Err(error) => self.reply(from, Response::Heartbeat(error)),
            Ok(error) => self.finish(Some(Answer::Whole(from, Response::Heartbeat(error)))),
        }
    }

    fn leave(&mut self, from: ReplyTo, request: &LeaveGroupRequest) {
        match self.with_group(&request.group, |group, turn| group.leave(turn, request)) {
            None => {
                let refused = Response::LeaveGroup(ErrorCode::UnknownMemberId);
                self.reply(from, refused);
            }
            Some(error) => self.finish(Some(Answer::Whole(from, Response::LeaveGroup(error)))),
        }
    }

    fn delete_groups(&mut self, id: u64, names: &[Name]) {
        let check = |name: &Name| match self.hosted(name) {
            None => Err(ErrorCode::GroupIdNotFound),
            Some(group) => group.validate_delete(),
        };
        let results: Vec<(Name, ErrorCode)> = names
            .iter()
            .map(|name| (name.clone(), check(name).err().unwrap_or(ErrorCode::None)))
            .collect();
        for (name, _) in results.iter().filter(|(_, error)| error.is_ok()) {
            let all = self.offsets_of(name);
            self.remove_offsets(name, &all);
            self.delete_group(name);
        }
        self.finish(Some(Answer::Part(id, results)));
    }
}
