//! Taking batches for a request (`RecordAccumulator.drain`): one per partition, as many as fit into `max.request.size`.
//!
//! The partitions a broker leads are gone round in turn, beginning where the last request ended, so that none starves. A partition
//! whose order would suffer stops the round, as in Kafka.

use super::accumulator::Accumulator;
use super::batch::ProducerBatch;
use super::sequences::Sequences;
use crate::client::Metadata;
use crate::id::{BrokerId, TopicPartition};
use crate::time::SimTime;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// What to do with the head of a queue while draining.
enum Head {
    /// Nothing (sendable) there.
    Skip,
    /// The request is full, or order forbids more.
    Stop,
    /// Send it.
    Take,
}

impl Accumulator {
    /// Takes the batches for one request to `broker`.
    pub fn drain(
        &mut self,
        metadata: &Metadata,
        broker: BrokerId,
        now: SimTime,
        mut sequences: Option<&mut Sequences>,
    ) -> Vec<ProducerBatch> {
        let parts = self.led_by(metadata, broker);
        let mut taken = Vec::new();
        if parts.is_empty() {
            return taken;
        }
        let mut bytes = 0;
        let start = self.drain_index.get(&broker).map_or(0, |i| i % parts.len());
        let mut index = start;
        loop {
            let (at, number, epoch) = parts[index];
            self.drain_index.insert(broker, index);
            index = (index + 1) % parts.len();
            match self.head_fits(at, number, epoch, now, bytes, sequences.as_deref_mut()) {
                Head::Skip => {}
                Head::Stop => break,
                Head::Take => {
                    let mut batch = self.take_head(at, number);
                    if let Some(sequences) = sequences.as_deref_mut() {
                        sequences.number(&mut batch);
                    }
                    batch.close();
                    bytes += batch.size();
                    taken.push(batch);
                }
            }
            if index == start {
                break;
            }
        }
        taken
    }

    /// The partitions a broker leads, in the order of the metadata: topic slot, number, leader epoch.
    fn led_by(&self, metadata: &Metadata, broker: BrokerId) -> Vec<(usize, usize, i32)> {
        let mut parts = Vec::new();
        for info in metadata.topics() {
            let Some(at) = self.topics.iter().position(|t| t.name == info.name) else {
                continue;
            };
            let led = info.partitions.iter().enumerate();
            let led = led.filter(|(_, p)| p.leader == Some(broker));
            parts.extend(led.map(|(number, p)| (at, number, p.epoch)));
        }
        parts
    }

    fn head_fits(
        &mut self,
        at: usize,
        number: usize,
        epoch: i32,
        now: SimTime,
        bytes: u32,
        sequences: Option<&mut Sequences>,
    ) -> Head {
        let topic = &mut self.topics[at];
        let tp = TopicPartition::new(topic.id, number as i32);
        let head = topic.queues.get_mut(&(number as i32));
        let Some(first) = head.and_then(VecDeque::front_mut) else {
            return Head::Skip;
        };
        if self.muted.contains(&tp) {
            return Head::Skip;
        }
        first.see_leader(epoch);
        if first.backs_off(now) {
            return Head::Skip;
        }
        if bytes > 0 && bytes + first.size() > self.limits.max_request_size {
            return Head::Stop;
        }
        if sequences.is_some_and(|s| s.holds_back(first)) {
            return Head::Stop;
        }
        Head::Take
    }

    fn take_head(&mut self, at: usize, number: usize) -> ProducerBatch {
        self.waiting -= 1;
        let queue = self.queue(at, number as i32);
        queue.pop_front().expect("the head was there just now")
    }
}
