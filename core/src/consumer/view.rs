//! What may be looked at from outside.

use super::Consumer;
use crate::config::ConsumerConfig;
use crate::id::{ClientId, Name, NodeId, Offset, TopicPartition};
use crate::time::SimTime;
use crate::view::{ConsumerView, OwnedPartition, ProcessState};
use alloc::vec::Vec;

impl Consumer {
    /// Its name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its address.
    pub fn id(&self) -> ClientId {
        self.id
    }

    /// Its settings.
    pub fn config(&self) -> &ConsumerConfig {
        &self.config
    }

    /// Its group.
    pub fn group(&self) -> &Name {
        &self.group
    }

    /// Its `group.instance.id`.
    pub fn instance(&self) -> Option<&Name> {
        self.instance.as_ref()
    }

    /// The topics it subscribes to, ascending.
    pub fn topics(&self) -> &[Name] {
        &self.topics
    }

    /// Its member id; empty before it has one.
    pub fn member_id(&self) -> &Name {
        &self.member.me.member_id
    }

    /// It was started with `group.protocol=consumer`.
    pub fn is_modern(&self) -> bool {
        self.modern.on
    }

    /// The generation (or member epoch) it believes in; -1 before.
    pub fn generation(&self) -> i32 {
        self.member.me.generation
    }

    /// It made this generation's assignment by a sticky assignor, and did not know a partition that a member claimed: what Kafka's
    /// class gives then may have a partition twice.
    pub fn led_blind(&self, generation: i32) -> bool {
        self.member.led_blind == Some(generation)
    }

    /// It computes the group's assignment.
    pub fn is_leader(&self) -> bool {
        self.member.is_leader
    }

    /// The partitions it owns: which, topic name, position (-1 before it is known), and the offset after the last one
    /// processed (-1 before any).
    pub fn owned(&self) -> impl Iterator<Item = (TopicPartition, &Name, Offset, Offset)> {
        self.positions.owned()
    }

    /// The record being processed.
    pub fn processing(&self) -> Option<(TopicPartition, Offset)> {
        self.application.processing()
    }

    /// It gave its partitions back then and has no new ones yet.
    pub fn paused_since(&self) -> Option<SimTime> {
        self.member.paused_since
    }

    /// Records delivered to the application so far.
    pub fn delivered(&self) -> u64 {
        self.application.delivered
    }

    /// The last error or exception its application saw.
    pub fn last_error(&self) -> Option<&Name> {
        self.application.last_error.as_ref()
    }

    /// What a page shows of it, as far as it knows itself: committed offsets, high watermarks and lag are -1, and when its session
    /// ends is left out.
    pub fn view(&self, state: ProcessState) -> ConsumerView {
        let partitions = self
            .owned()
            .map(|(tp, topic, position, processed)| OwnedPartition {
                tp,
                topic: topic.clone(),
                position,
                processed,
                committed: -1,
                high_watermark: -1,
                lag: -1,
            });
        ConsumerView {
            node: NodeId::Client(self.id),
            name: self.name.clone(),
            state,
            group: self.group.clone(),
            topics: self.wanted.texts.to_vec(),
            manual: self.wanted.is_manual(),
            member_id: self.member_id().clone(),
            instance: self.instance.clone(),
            generation: self.generation(),
            is_leader: self.is_leader(),
            paused_since: self.paused_since(),
            partitions: partitions.collect(),
            configs: self.configs.clone(),
            processing_us: self.application.processing_time().0,
            processing: self.processing(),
            acquired: Vec::new(),
            session_ends: None,
            delivered: self.delivered(),
            last_error: self.last_error().cloned(),
        }
    }
}
