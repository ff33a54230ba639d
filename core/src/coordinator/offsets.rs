//! Committed offsets: store, read, remove, expire (`OffsetMetadataManager`).
//!
//! A commit is visible to others when its write is committed. Consumers ask for stable offsets: they get the newest ones,
//! after every write before their question is committed. Administrators get what is committed now.

use super::host::Host;
use super::hosted::Group;
use super::records::{CommittedOffset, offset_record};
use super::requests::commit_error;
use super::shard::{Answer, Change, put_offset};
use super::{Action, ReplyTo};
use crate::event::Event;
use crate::group::classic::RetentionBase;
use crate::id::{Name, NodeId, Offset, TopicId, TopicPartition};
use crate::protocol::{
    ErrorCode, OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest, Response,
};
use alloc::vec::Vec;

/// Answer for a partition without a committed offset.
const NO_OFFSET: Offset = -1;

impl Host<'_> {
    pub(super) fn commit(&mut self, from: ReplyTo, request: &OffsetCommitRequest) {
        if let Err(error) = self.admit_commit(request) {
            let mut refused = commit_error(request, error);
            if let Response::OffsetCommit(all) = &mut refused {
                for (tp, slot) in all.iter_mut() {
                    if !self.knows(*tp) {
                        *slot = ErrorCode::UnknownTopicOrPartition;
                    }
                }
            }
            return self.reply(from, refused);
        }
        let group = &request.group;
        self.with_group(group, |it, turn| it.heard_of(turn, &request.member_id));
        let mut results = Vec::with_capacity(request.offsets.len());
        for (tp, offset) in &request.offsets {
            let known = self.knows(*tp);
            if known {
                self.store(group, *tp, *offset);
            }
            let error = if known {
                ErrorCode::None
            } else {
                ErrorCode::UnknownTopicOrPartition
            };
            results.push((*tp, error));
        }
        let stored = request.offsets.iter().filter(|(tp, _)| self.knows(*tp));
        let event = Event::OffsetsCommitted {
            group: group.clone(),
            member: request.member_id.clone(),
            generation: request.generation,
            offsets: stored.copied().collect(),
        };
        self.write.events.push(event);
        self.finish(Some(Answer::Whole(from, Response::OffsetCommit(results))));
    }

    /// May this request commit? Somebody without a generation may even create the group.
    fn admit_commit(&mut self, request: &OffsetCommitRequest) -> Result<(), ErrorCode> {
        match self.hosted(&request.group) {
            Some(group) => group.validate_commit(request),
            None if request.generation < 0 => {
                self.create_group(&request.group);
                Ok(())
            }
            None => Err(ErrorCode::GroupIdNotFound),
        }
    }

    fn knows(&self, tp: TopicPartition) -> bool {
        self.topics.knows(tp)
    }

    fn store(&mut self, group: &Name, tp: TopicPartition, offset: Offset) {
        let value = CommittedOffset {
            offset,
            committed_at: self.now.as_millis(),
        };
        self.put(group, tp, Some(value));
    }

    /// Changes an offset as part of the running operation.
    fn put(&mut self, group: &Name, tp: TopicPartition, value: Option<CommittedOffset>) {
        let Some(topic) = self.topics.get(tp.topic) else {
            return;
        };
        let record = offset_record(
            self.now.as_millis(),
            group,
            &topic.name,
            tp.partition,
            value,
        );
        self.records.push(record);
        let before = put_offset(&mut self.shard.offsets, group, tp, value);
        self.write.changes.push(Change::Offset {
            group: group.clone(),
            tp,
            before,
            now: value,
        });
    }

    pub(super) fn fetch(&mut self, from: ReplyTo, request: &OffsetFetchRequest) {
        let stable = from.node != NodeId::Admin;
        let map = if stable {
            &self.shard.offsets
        } else {
            &self.shard.committed
        };
        let stored = map.get(&request.group);
        let offset = |tp: &TopicPartition| {
            let found = stored.and_then(|offsets| offsets.get(tp));
            (*tp, found.map_or(NO_OFFSET, |it| it.offset))
        };
        let offsets = match &request.partitions {
            Some(wanted) => wanted.iter().map(offset).collect(),
            None => stored
                .into_iter()
                .flat_map(|it| it.keys())
                .map(offset)
                .collect(),
        };
        let response = Response::OffsetFetch(ErrorCode::None, offsets);
        if stable {
            self.finish(Some(Answer::Whole(from, response)));
        } else {
            self.reply(from, response);
        }
    }

    pub(super) fn delete_offsets(&mut self, from: ReplyTo, request: &OffsetDeleteRequest) {
        let valid = match self.hosted(&request.group) {
            None => Err(ErrorCode::GroupIdNotFound),
            Some(group) => group.validate_offset_delete(),
        };
        if let Err(error) = valid {
            return self.reply(from, Response::OffsetDelete(error, Vec::new()));
        }
        let results: Vec<(TopicPartition, ErrorCode)> = request
            .partitions
            .iter()
            .map(|tp| (*tp, self.may_delete(&request.group, *tp)))
            .collect();
        let removed: Vec<TopicPartition> = results
            .iter()
            .filter(|(_, error)| error.is_ok())
            .map(|(tp, _)| *tp)
            .collect();
        self.remove_and_tell(&request.group, &removed);
        let response = Response::OffsetDelete(ErrorCode::None, results);
        self.finish(Some(Answer::Whole(from, response)));
    }

    fn may_delete(&self, group: &str, tp: TopicPartition) -> ErrorCode {
        let Some(topic) = self.topics.get(tp.topic) else {
            return ErrorCode::UnknownTopicOrPartition;
        };
        let group = self.hosted(group);
        if group.is_some_and(|it| it.is_subscribed_to(&topic.name)) {
            ErrorCode::GroupSubscribedToTopic
        } else {
            ErrorCode::None
        }
    }

    /// Partitions for which a group has offsets.
    pub(super) fn offsets_of(&self, group: &str) -> Vec<TopicPartition> {
        let stored = self.shard.offsets.get(group);
        stored.map_or_else(Vec::new, |it| it.keys().copied().collect())
    }

    /// Removes those offsets that exist; returns which.
    pub(super) fn remove_offsets(
        &mut self,
        group: &Name,
        partitions: &[TopicPartition],
    ) -> Vec<TopicPartition> {
        let mut removed = Vec::new();
        for tp in partitions {
            let stored = self.shard.offsets.get(group);
            if stored.is_some_and(|it| it.contains_key(tp)) {
                self.put(group, *tp, None);
                removed.push(*tp);
            }
        }
        removed
    }

    fn remove_and_tell(&mut self, group: &Name, partitions: &[TopicPartition]) {
        let removed = self.remove_offsets(group, partitions);
        if !removed.is_empty() {
            self.write.events.push(Event::OffsetsRemoved {
                group: group.clone(),
                partitions: removed,
            });
        }
    }

    /// A topic was deleted.
    pub(super) fn forget_topic(&mut self, topic: TopicId) {
        let names: Vec<Name> = self.shard.offsets.keys().cloned().collect();
        for name in &names {
            let mut all = self.offsets_of(name);
            all.retain(|tp| tp.topic == topic);
            self.remove_and_tell(name, &all);
        }
        self.finish(None);
    }

    pub(super) fn arm_cleanup(&mut self) {
        let at = self.now + self.limits.retention_check;
        self.out.push(Action::Arm(self.shard.cleanup, at));
    }

    /// Removes expired offsets, and empty groups that have none (left) (`cleanupGroupMetadata`).
    pub(super) fn cleanup(&mut self) {
        let names: Vec<Name> = self.shard.groups.keys().cloned().collect();
        for name in &names {
            let expired = self.expired(name);
            self.remove_and_tell(name, &expired);
            let empty = self.hosted(name).is_some_and(Group::is_empty);
            if empty && self.offsets_of(name).is_empty() {
                self.delete_group(name);
            }
        }
        self.arm_cleanup();
        self.finish(None);
    }

    fn expired(&self, name: &str) -> Vec<TopicPartition> {
        let (Some(group), Some(offsets)) = (self.hosted(name), self.shard.offsets.get(name)) else {
            return Vec::new();
        };
        let Some(base) = group.retention_base() else {
            return Vec::new();
        };
        let is_over = |tp: &TopicPartition, committed: &CommittedOffset| {
            let topic = self.topics.get(tp.topic);
            let since = match base {
                RetentionBase::Commit => committed.committed_at,
                RetentionBase::Since(ms) => ms,
            };
            let old = self.now.as_millis() - since >= self.limits.retention_ms;
            old && !topic.is_some_and(|it| group.is_subscribed_to(&it.name))
        };
        let expired = offsets.iter().filter(|(tp, it)| is_over(tp, it));
        expired.map(|(tp, _)| *tp).collect()
    }
}
