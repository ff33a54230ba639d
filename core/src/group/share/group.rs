//! Who is in a share group, and which partitions each member fetches from (`ShareGroup`, the share half of `GroupMetadataManager`).
//!
//! Members come and stay by ShareGroupHeartbeat. Whenever somebody comes or goes, subscribes differently, or a topic gets more
//! partitions, the group's epoch goes up and the simple assignor shares the partitions out anew; a member takes over its new
//! share with its next heartbeat. Nobody has to give anything up first: partitions are not owned.

use crate::assignor::simple::{Assignment, assign};
use crate::id::{Name, TopicId, TopicPartition};
use crate::protocol::{ErrorCode, ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse};
use crate::sorted::{Map, sort};
use crate::time::{Duration, SimTime};
use alloc::vec::Vec;

/// A member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareMember {
    /// The epoch of the assignment it knows.
    pub epoch: i32,
    /// The one before: its answer may have been lost.
    pub previous_epoch: i32,
    /// Topics it subscribes to, ascending.
    pub topics: Vec<Name>,
    /// The partitions it was told to fetch from.
    pub assigned: Vec<TopicPartition>,
    /// Without a heartbeat it is removed then.
    pub session_ends: SimTime,
}

/// A share group.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ShareGroup {
    /// Goes up with every change of members, subscriptions or topics.
    pub epoch: i32,
    /// Members by id.
    pub members: Map<Name, ShareMember>,
    /// The topics the members subscribe to, as they were in this epoch: name, id, number of partitions.
    pub topics: Vec<(Name, TopicId, i32)>,
    /// Who is to fetch from what in this epoch.
    pub target: Assignment,
}

/// The settings for membership.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemberLimits {
    /// `group.share.session.timeout.ms`.
    pub session: Duration,
    /// `group.share.heartbeat.interval.ms`.
    pub heartbeat_ms: i64,
    /// `group.share.max.size`.
    pub max_size: usize,
}

/// What came of a heartbeat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beat {
    /// The answer.
    pub response: ShareGroupHeartbeatResponse,
    /// The group's epoch went up.
    pub new_epoch: bool,
    /// The member is new.
    pub joined: bool,
    /// The member left.
    pub left: bool,
    /// Something is to be stored.
    pub changed: bool,
}

/// The refusal of a heartbeat.
pub fn refusal(error: ErrorCode) -> ShareGroupHeartbeatResponse {
    ShareGroupHeartbeatResponse {
        error,
        member_epoch: 0,
        heartbeat_interval_ms: 0,
        assignment: None,
    }
}

impl ShareGroup {
    /// A member's heartbeat. `topic` looks a topic up in the metadata.
    ///
    /// # Errors
    /// UNKNOWN_MEMBER_ID and FENCED_MEMBER_EPOCH: the member has to join anew; GROUP_MAX_SIZE_REACHED; INVALID_REQUEST for a join
    /// without topics.
    pub fn heartbeat(
        &mut self,
        now: SimTime,
        limits: &MemberLimits,
        request: &ShareGroupHeartbeatRequest,
        topic: impl Fn(&Name) -> Option<(TopicId, i32)>,
    ) -> Result<Beat, ErrorCode> {
        if request.member_epoch == -1 {
            return self.leave(&request.member_id, topic);
        }
        let joined = self.admit(limits, request)?;
        let mut new_epoch = joined;
        let Some(member) = self.members.get_mut(&request.member_id) else {
            return Err(ErrorCode::UnknownMemberId);
        };
        member.session_ends = now + limits.session;
        if let Some(topics) = &request.topics
            && member.topics != *topics
        {
            member.topics = topics.clone();
            new_epoch = true;
        }
        new_epoch |= self.topics != self.subscribed(&topic);
        if new_epoch {
            self.next_epoch(&topic);
        }
        let reconciled = self.reconcile(&request.member_id);
        let Some(member) = self.members.get(&request.member_id) else {
            return Err(ErrorCode::UnknownMemberId);
        };
        let tell = reconciled || request.member_epoch == 0 || request.topics.is_some();
        Ok(Beat {
            response: ShareGroupHeartbeatResponse {
                error: ErrorCode::None,
                member_epoch: member.epoch,
                heartbeat_interval_ms: limits.heartbeat_ms,
                assignment: tell.then(|| member.assigned.clone()),
            },
            new_epoch,
            joined,
            left: false,
            changed: new_epoch || reconciled,
        })
    }

    /// May it beat? True if it is new.
    fn admit(
        &mut self,
        limits: &MemberLimits,
        request: &ShareGroupHeartbeatRequest,
    ) -> Result<bool, ErrorCode> {
        let epoch = request.member_epoch;
        match self.members.get(&request.member_id) {
            Some(m) if epoch > m.epoch => Err(ErrorCode::FencedMemberEpoch),
            Some(m) if epoch < m.epoch && epoch != m.previous_epoch && epoch != 0 => {
                Err(ErrorCode::FencedMemberEpoch)
            }
            Some(_) => Ok(false),
            None if epoch != 0 => Err(ErrorCode::UnknownMemberId),
            None if request.topics.as_ref().is_none_or(Vec::is_empty) => {
                Err(ErrorCode::InvalidRequest)
            }
            None if self.members.len() >= limits.max_size => Err(ErrorCode::GroupMaxSizeReached),
            None => {
                let member = ShareMember {
                    epoch: 0,
                    previous_epoch: -1,
                    topics: request.topics.clone().unwrap_or_default(),
                    assigned: Vec::new(),
                    session_ends: SimTime::MAX,
                };
                self.members.insert(request.member_id.clone(), member);
                Ok(true)
            }
        }
    }

    fn leave(
        &mut self,
        member: &Name,
        topic: impl Fn(&Name) -> Option<(TopicId, i32)>,
    ) -> Result<Beat, ErrorCode> {
        if !self.remove(member, topic) {
            return Err(ErrorCode::UnknownMemberId);
        }
        Ok(Beat {
            response: ShareGroupHeartbeatResponse {
                member_epoch: -1,
                ..refusal(ErrorCode::None)
            },
            new_epoch: true,
            joined: false,
            left: true,
            changed: true,
        })
    }

    /// Takes a member out; the others share its partitions.
    pub fn remove(
        &mut self,
        member: &Name,
        topic: impl Fn(&Name) -> Option<(TopicId, i32)>,
    ) -> bool {
        let gone = self.members.remove(member).is_some();
        if gone {
            self.next_epoch(&topic);
        }
        gone
    }

    /// Members whose session is over.
    pub fn expired(&self, now: SimTime) -> Vec<Name> {
        let over = self.members.iter().filter(|(_, m)| m.session_ends <= now);
        over.map(|(id, _)| id.clone()).collect()
    }

    /// When the next session may be over.
    pub fn next_expiry(&self) -> Option<SimTime> {
        self.members.values().map(|m| m.session_ends).min()
    }

    fn subscribed(
        &self,
        topic: &impl Fn(&Name) -> Option<(TopicId, i32)>,
    ) -> Vec<(Name, TopicId, i32)> {
        let mut names: Vec<&Name> = self.members.values().flat_map(|m| &m.topics).collect();
        sort(&mut names);
        names.dedup();
        let known = names.into_iter().filter_map(|name| {
            let (id, partitions) = topic(name)?;
            Some((name.clone(), id, partitions))
        });
        known.collect()
    }

    fn next_epoch(&mut self, topic: &impl Fn(&Name) -> Option<(TopicId, i32)>) {
        self.epoch += 1;
        self.topics = self.subscribed(topic);
        let members: Vec<(Name, Vec<Name>)> = self
            .members
            .iter()
            .map(|(id, m)| (id.clone(), m.topics.clone()))
            .collect();
        self.target = assign(&members, &self.topics, &self.target);
    }

    /// The member takes over what the present epoch has for it.
    fn reconcile(&mut self, id: &Name) -> bool {
        let Some(member) = self.members.get_mut(id) else {
            return false;
        };
        if member.epoch == self.epoch {
            return false;
        }
        member.previous_epoch = member.epoch;
        member.epoch = self.epoch;
        member.assigned = self.target.get(id).cloned().unwrap_or_default();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: MemberLimits = MemberLimits {
        session: Duration::secs(45),
        heartbeat_ms: 5_000,
        max_size: 3,
    };

    fn topic(name: &Name) -> Option<(TopicId, i32)> {
        (&**name == "orders").then_some((TopicId(1), 2))
    }

    fn beat(group: &mut ShareGroup, member: &str, epoch: i32) -> Result<Beat, ErrorCode> {
        let request = ShareGroupHeartbeatRequest {
            group: "workers".into(),
            member_id: member.into(),
            member_epoch: epoch,
            topics: (epoch == 0).then(|| alloc::vec!["orders".into()]),
        };
        group.heartbeat(SimTime(7), &LIMITS, &request, topic)
    }

    #[test]
    fn members_join_share_and_leave() {
        let mut group = ShareGroup::default();
        let first = beat(&mut group, "a", 0).unwrap();
        assert!(first.joined && first.changed);
        assert_eq!(first.response.member_epoch, 1);
        assert_eq!(first.response.assignment.map(|a| a.len()), Some(2));
        assert_eq!(beat(&mut group, "b", 0).unwrap().response.member_epoch, 2);
        // The first one learns of its smaller share with its next heartbeat.
        let told = beat(&mut group, "a", 1).unwrap();
        assert_eq!(told.response.member_epoch, 2);
        assert_eq!(told.response.assignment.map(|a| a.len()), Some(1));
        let quiet = beat(&mut group, "a", 2).unwrap();
        assert!(!quiet.changed && quiet.response.assignment.is_none());
        assert!(beat(&mut group, "b", -1).unwrap().left);
        let again = beat(&mut group, "a", 2).unwrap();
        assert_eq!(again.response.member_epoch, 3);
        assert_eq!(again.response.assignment.map(|a| a.len()), Some(2));
    }

    #[test]
    fn strangers_and_old_epochs_are_turned_away() {
        let mut group = ShareGroup::default();
        assert_eq!(beat(&mut group, "a", 4), Err(ErrorCode::UnknownMemberId));
        for member in ["a", "b", "c"] {
            beat(&mut group, member, 0).unwrap();
        }
        assert_eq!(
            beat(&mut group, "d", 0),
            Err(ErrorCode::GroupMaxSizeReached)
        );
        assert_eq!(beat(&mut group, "c", 4), Err(ErrorCode::FencedMemberEpoch));
        beat(&mut group, "a", 1).unwrap();
        // The answer was lost: the epoch before is still good, an older one is not.
        beat(&mut group, "a", 1).unwrap();
        beat(&mut group, "b", -1).unwrap();
        beat(&mut group, "a", 3).unwrap();
        assert_eq!(beat(&mut group, "a", 1), Err(ErrorCode::FencedMemberEpoch));
        assert_eq!(group.expired(SimTime(7) + LIMITS.session).len(), 2);
    }
}
