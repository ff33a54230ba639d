//! The group as its coordinator has it: the client is one of its members, the others never move.
//!
//! Both protocols answer from the same few facts, which tests set as they like. There are no time-outs: who is gone is what
//! a test says.

use rebalance_core::id::{Name, Offset, TopicPartition};
use rebalance_core::protocol::*;
use std::collections::{BTreeMap, VecDeque};

/// A consumer group whose other members never move: they are there, or not.
#[derive(Default)]
pub struct Group {
    pub generation: i32,
    /// Member ids by which the client has been known; the last one counts.
    pub ids: Vec<Name>,
    pub instance: Option<Name>,
    /// Heartbeats are answered with REBALANCE_IN_PROGRESS until the client joins.
    pub rebalancing: bool,
    /// The client is known.
    pub present: bool,
    /// The other members; the client leads.
    pub others: Vec<JoinGroupMember>,
    /// Somebody else leads, and gives the client this.
    pub given: Option<MemberAssignment>,
    /// What the client handed in last.
    pub assignments: Vec<(Name, MemberAssignment)>,
    pub committed: BTreeMap<TopicPartition, Offset>,
    /// Errors for the next heartbeats.
    pub heartbeats: VecDeque<ErrorCode>,
    /// The client leads and came back: it is not to assign, and has this.
    pub kept: Option<MemberAssignment>,
    /// What the client is to own by the consumer protocol, until it was told.
    pub target: Option<Vec<TopicPartition>>,
    /// By the consumer protocol: what it was told last.
    told: Vec<TopicPartition>,
    /// `group.consumer.heartbeat.interval.ms`; 0: 5 s.
    pub interval_ms: i64,
}

impl Group {
    /// What the broker answers; only the coordinator is `here`.
    pub fn answer(&mut self, here: bool, request: Request) -> Response {
        let elsewhere = if here {
            ErrorCode::None
        } else {
            ErrorCode::NotCoordinator
        };
        match request {
            Request::JoinGroup(join) => Response::JoinGroup(Box::new(self.join(*join, elsewhere))),
            Request::SyncGroup(sync) => Response::SyncGroup(Box::new(self.sync(*sync, elsewhere))),
            Request::Heartbeat(beat) if here => {
                Response::Heartbeat(self.heartbeat(&beat.member_id, beat.generation))
            }
            Request::Heartbeat(_) => Response::Heartbeat(elsewhere),
            Request::ShareGroupHeartbeat(beat) => {
                Response::ShareGroupHeartbeat(Box::new(ShareGroupHeartbeatResponse {
                    error: elsewhere,
                    member_epoch: beat.member_epoch.max(1),
                    heartbeat_interval_ms: 5_000,
                    assignment: self.target.take().filter(|_| here),
                }))
            }
            Request::ConsumerGroupHeartbeat(beat) => {
                Response::ConsumerGroupHeartbeat(Box::new(self.beat(*beat, elsewhere)))
            }
            Request::LeaveGroup(leave) => {
                if self.present {
                    assert_eq!(Some(&leave.member_id), self.ids.last());
                }
                self.present = false;
                Response::LeaveGroup(ErrorCode::None)
            }
            Request::OffsetCommit(commit) => {
                let known = self.known(&commit.member_id, commit.generation);
                let error = if here { known } else { elsewhere };
                if error.is_ok() {
                    self.committed.extend(commit.offsets.iter().copied());
                }
                let all = commit.offsets.iter().map(|(tp, _)| (*tp, error));
                Response::OffsetCommit(all.collect())
            }
            Request::OffsetFetch(wanted) => {
                let wanted = wanted.partitions.unwrap_or_default().into_iter();
                let stored = |tp| self.committed.get(&tp).copied().unwrap_or(-1);
                let offsets = wanted.map(|tp| (tp, stored(tp))).collect();
                Response::OffsetFetch(elsewhere, offsets)
            }
            other => panic!("not scripted: {other:?}"),
        }
    }

    fn join(&mut self, join: JoinGroupRequest, elsewhere: ErrorCode) -> JoinGroupResponse {
        let mut answer = refused_join(&join, elsewhere);
        if !elsewhere.is_ok() {
            return answer;
        }
        if join.member_id.is_empty() {
            let id: Name = format!("{}-{}", join.client_id, self.ids.len() + 1).into();
            self.ids.push(id.clone());
            answer.member_id = id;
            if join.group_instance_id.is_none() {
                answer.error = ErrorCode::MemberIdRequired;
                return answer;
            }
        } else if Some(&join.member_id) != self.ids.last() {
            answer.error = ErrorCode::UnknownMemberId;
            return answer;
        }
        self.present = true;
        self.rebalancing = false;
        self.generation += 1;
        self.instance = join.group_instance_id.clone();
        answer.generation = self.generation;
        let (protocol, subscription) = join.protocols[0].clone();
        answer.protocol = Some(protocol);
        answer.leader = match self.given {
            Some(_) => "somebody else".into(),
            None => answer.member_id.clone(),
        };
        answer.skip_assignment = self.kept.is_some();
        if self.given.is_none() {
            answer.members = self.others.clone();
            answer.members.push(JoinGroupMember {
                member_id: answer.member_id.clone(),
                group_instance_id: join.group_instance_id,
                subscription,
            });
        }
        answer
    }

    fn sync(&mut self, sync: SyncGroupRequest, elsewhere: ErrorCode) -> SyncGroupResponse {
        let known = self.known(&sync.member_id, sync.generation);
        let mine = |a: &[(Name, MemberAssignment)]| {
            let found = a.iter().find(|(id, _)| *id == sync.member_id);
            found.map(|(_, a)| a.clone()).unwrap_or_default()
        };
        self.assignments = sync.assignments.clone();
        SyncGroupResponse {
            error: if elsewhere.is_ok() { known } else { elsewhere },
            protocol: sync.protocol.clone(),
            assignment: match self.given.as_ref().or(self.kept.as_ref()) {
                Some(given) => given.clone(),
                None => mine(&self.assignments),
            },
        }
    }

    fn known(&self, member_id: &Name, generation: i32) -> ErrorCode {
        if !self.present || self.ids.last() != Some(member_id) {
            ErrorCode::UnknownMemberId
        } else if generation != self.generation {
            ErrorCode::IllegalGeneration
        } else {
            ErrorCode::None
        }
    }

    /// The consumer protocol: every target is an epoch of its own.
    fn beat(
        &mut self,
        beat: ConsumerGroupHeartbeatRequest,
        elsewhere: ErrorCode,
    ) -> ConsumerGroupHeartbeatResponse {
        let mut answer = ConsumerGroupHeartbeatResponse {
            error: elsewhere,
            member_id: beat.member_id.clone(),
            member_epoch: beat.member_epoch,
            heartbeat_interval_ms: match self.interval_ms {
                0 => 5_000,
                given => given,
            },
            assignment: None,
        };
        if !elsewhere.is_ok() {
            return answer;
        }
        match beat.member_epoch {
            LEAVE_EPOCH | LEAVE_STATIC_EPOCH => {
                self.present = false;
                return answer;
            }
            JOIN_EPOCH => {
                self.present = true;
                self.ids.push(beat.member_id.clone());
                self.generation += 1;
            }
            _ => answer.error = self.known(&beat.member_id, beat.member_epoch),
        }
        if !answer.error.is_ok() {
            return answer;
        }
        let news = self.target.take();
        self.generation += i32::from(news.is_some() && beat.member_epoch > 0);
        answer.member_epoch = self.generation;
        if news.is_some() || beat.topics.is_some() {
            self.told = news.unwrap_or_else(|| self.told.clone());
            answer.assignment = Some(self.told.clone());
        }
        answer
    }

    fn heartbeat(&mut self, member_id: &Name, generation: i32) -> ErrorCode {
        match self.heartbeats.pop_front() {
            Some(error) => error,
            None if self.rebalancing => ErrorCode::RebalanceInProgress,
            None => self.known(member_id, generation),
        }
    }
}

/// The answer to a join that is refused.
fn refused_join(join: &JoinGroupRequest, error: ErrorCode) -> JoinGroupResponse {
    JoinGroupResponse {
        error,
        generation: -1,
        protocol: None,
        leader: "".into(),
        skip_assignment: false,
        member_id: join.member_id.clone(),
        members: Vec::new(),
    }
}

/// The answer to a request that is refused whatever it says.
pub fn refusal(request: &Request, error: ErrorCode) -> Option<Response> {
    Some(match request {
        Request::FindCoordinator(_) => Response::FindCoordinator(error, None),
        Request::JoinGroup(join) => Response::JoinGroup(Box::new(refused_join(join, error))),
        Request::SyncGroup(_) => Response::SyncGroup(Box::new(SyncGroupResponse {
            error,
            protocol: None,
            assignment: Vec::new(),
        })),
        Request::Heartbeat(_) => Response::Heartbeat(error),
        Request::OffsetCommit(commit) => {
            let all = commit.offsets.iter().map(|(tp, _)| (*tp, error));
            Response::OffsetCommit(all.collect())
        }
        Request::ConsumerGroupHeartbeat(beat) => {
            Response::ConsumerGroupHeartbeat(Box::new(ConsumerGroupHeartbeatResponse {
                error,
                member_id: beat.member_id.clone(),
                member_epoch: -1,
                heartbeat_interval_ms: 0,
                assignment: None,
            }))
        }
        _ => return None,
    })
}
