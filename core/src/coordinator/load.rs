//! A partition comes (its log is read) and goes (whoever waits is told).

use super::Action;
use super::host::Host;
use super::hosted::Group;
use super::records::{CommittedOffset, OffsetsRecord, decode};
use super::shard::{Waiting, put_offset};
use crate::event::Event;
use crate::group::classic::ClassicGroup;
use crate::group::consumer::ConsumerGroup;
use crate::group::consumer::record::GroupRecord;
use crate::id::{Name, TopicId, TopicPartition};
use crate::protocol::ErrorCode;
use crate::record::{Record, RecordBatch};
use crate::sorted::Map;
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Host<'_> {
    /// Rebuilds everything from the log.
    pub(super) fn load<'b>(&mut self, batches: impl Iterator<Item = &'b RecordBatch>) {
        let ids: Map<Name, TopicId> = self
            .topics
            .iter()
            .map(|(id, topic)| (topic.name.clone(), id))
            .collect();
        for (_, record) in batches.flat_map(RecordBatch::iter) {
            self.replay(&ids, record);
        }
        self.shard.committed = self.shard.offsets.clone();
        self.shard.active = true;
        let groups: Vec<Name> = self.shard.groups.keys().cloned().collect();
        let partition = self.shard.partition;
        self.emit(Event::CoordinatorLoaded {
            partition,
            groups: groups.clone(),
        });
        for name in &groups {
            self.with_group(name, |group, turn| group.loaded(turn));
            let _ = self.with_consumer(name, |group, work| {
                group.loaded(work);
                Ok(())
            });
            self.finish(None);
        }
        self.arm_cleanup();
    }

    fn replay(&mut self, ids: &Map<Name, TopicId>, record: &Record) {
        match decode(record) {
            None => {}
            Some(OffsetsRecord::Group(name, None)) => {
                self.drop_group(&name);
            }
            Some(OffsetsRecord::Group(name, Some(value))) => {
                let group = ClassicGroup::from_metadata(name.clone(), self.now, value);
                self.insert_group(&name, group);
            }
            Some(OffsetsRecord::Modern(name, record)) => self.replay_modern(&name, record),
            Some(OffsetsRecord::Offset {
                group,
                topic,
                partition,
                value,
            }) => {
                if let Some(id) = ids.get(&topic) {
                    self.replay_offset(&group, TopicPartition::new(*id, partition), value);
                }
            }
        }
    }

    /// Tombstones of a group that is not there (any more) say nothing new.
    fn replay_modern(&mut self, name: &Name, record: GroupRecord) {
        let known = self.hosted(name).is_some_and(|it| it.consumer().is_some());
        let gone = matches!(record, GroupRecord::Epoch(None));
        if gone {
            if known {
                self.drop_group(name);
            }
            return;
        }
        if !known {
            if self
                .group(name)
                .is_some_and(ClassicGroup::has_protocol_type)
            {
                return;
            }
            self.insert_group(name, ConsumerGroup::new(name.clone()));
        }
        if let Some(hosted) = self.shard.groups.get_mut(name)
            && let Group::Consumer(group) = &mut hosted.group
        {
            Arc::make_mut(group).apply(record);
        }
    }

    fn replay_offset(&mut self, group: &Name, tp: TopicPartition, value: Option<CommittedOffset>) {
        if value.is_some() && !self.shard.groups.contains_key(group) {
            self.insert_group(group, ClassicGroup::new(group.clone(), self.now));
        }
        put_offset(&mut self.shard.offsets, group, tp, value);
    }

    /// No longer the leader: whoever waits is refused.
    pub(super) fn unload(&mut self) {
        let kept = self.out.len();
        for waiting in core::mem::take(&mut self.shard.queue) {
            let (after, answer) = match waiting {
                Waiting::Answer { answer, .. } => (None, Some(answer)),
                Waiting::Write(write) => (write.after, write.answer),
            };
            if let Some((name, after)) = after {
                self.with_group(&name, |group, turn| {
                    group.written(turn, after, Err(ErrorCode::NotCoordinator));
                });
            }
            if let Some(answer) = answer {
                self.refuse(answer, ErrorCode::NotCoordinator);
            }
        }
        let names: Vec<Name> = self.shard.groups.keys().cloned().collect();
        for name in &names {
            self.with_group(name, |group, turn| group.unload(turn));
        }
        // What the groups told and armed on their way out does not matter any more.
        let mut index = 0;
        self.out.retain(|action| {
            index += 1;
            index <= kept || matches!(action, Action::Reply(..))
        });
        self.disarm_all(&names);
        let partition = self.shard.partition;
        self.emit(Event::CoordinatorResigned { partition });
    }

    fn disarm_all(&mut self, names: &[Name]) {
        for name in names {
            self.drop_group(name);
        }
        if self.shard.active {
            self.out.push(Action::Disarm(self.shard.cleanup));
        }
        if core::mem::take(&mut self.shard.patience_armed) {
            self.out.push(Action::Disarm(self.shard.patience));
        }
    }
}
