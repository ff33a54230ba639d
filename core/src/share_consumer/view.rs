//! What may be looked at from outside.

use super::ShareConsumer;
use crate::id::{Name, NodeId};
use crate::view::{ConsumerView, OwnedPartition, ProcessState};
use alloc::vec::Vec;

impl ShareConsumer {
    /// Its group.
    pub fn group(&self) -> &Name {
        &self.group
    }

    /// What a page shows of it, as far as it knows itself.
    pub fn view(&self, state: ProcessState) -> ConsumerView {
        let partitions = self.member.assigned.iter().map(|tp| OwnedPartition {
            tp: *tp,
            topic: Name::from(""),
            position: -1,
            processed: -1,
            committed: -1,
            high_watermark: -1,
            lag: -1,
        });
        let buffered = self.fetcher.buffer.iter();
        let acquired = self.application.open().iter().chain(buffered);
        ConsumerView {
            node: NodeId::Client(self.id),
            name: self.name.clone(),
            state,
            group: self.group.clone(),
            topics: self.topics.to_vec(),
            member_id: self.member.id.clone(),
            instance: None,
            generation: match self.member.epoch {
                0 => -1,
                epoch => epoch,
            },
            is_leader: false,
            manual: false,
            paused_since: None,
            partitions: partitions.collect(),
            configs: self.configs.clone(),
            processing_us: self.application.processing.0,
            processing: self.application.current(),
            acquired: acquired.copied().collect::<Vec<_>>(),
            session_ends: None,
            delivered: self.application.delivered,
            last_error: self.application.last_error.clone(),
        }
    }
}
