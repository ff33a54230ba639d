//! Idempotence on the producer's side (`TransactionManager` without transactions, KIP-98, KIP-360).
//!
//! A producer id and epoch come from InitProducerId. Per partition, every batch gets the next sequence numbers when it is first
//! drained and keeps them through all retries; the broker refuses what does not follow. Batches that carry a number and are not
//! acknowledged yet (queued for a retry, or in flight) are listed in order of their sequence.
//!
//! When a batch is given up, nobody knows whether it was written, so its numbers cannot be used again: the producer raises its epoch
//! on its own and starts the partition's numbers at 0, also for the batches that still wait.

use super::batch::{NO_PRODUCER, ProducerBatch, ProducerId, next_sequence};
use crate::id::{Offset, TopicId, TopicPartition};
use crate::protocol::ErrorCode;
use crate::sorted::{Map, Set};
use crate::time::SimTime;
use alloc::vec::Vec;

/// A batch with a number and without an answer.
#[derive(Clone, Debug)]
struct Numbered {
    producer: ProducerId,
    sequence: i32,
    count: i32,
    id: u64,
}

/// One partition (`TxnPartitionEntry`).
#[derive(Clone, Debug)]
struct Entry {
    producer: ProducerId,
    next: i32,
    last_acked: i32,
    in_flight: Vec<Numbered>,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            producer: NO_PRODUCER,
            next: 0,
            last_acked: -1,
            in_flight: Vec::new(),
        }
    }
}

/// How far InitProducerId is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Init {
    /// To be sent at this instant or later.
    At(SimTime),
    /// Sent.
    Waiting,
    /// There is an id.
    Done,
}

/// A batch that gets another number: which, in which epoch, and which number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Renumbered {
    /// Where it goes.
    pub tp: TopicPartition,
    /// Which batch.
    pub id: u64,
    /// New id and epoch.
    pub producer: ProducerId,
    /// New first sequence number.
    pub sequence: i32,
}

/// All sequence numbers of one producer.
#[derive(Clone, Debug)]
pub struct Sequences {
    /// Producer id and epoch now.
    pub producer: ProducerId,
    /// How far InitProducerId is.
    pub init: Init,
    partitions: Map<TopicPartition, Entry>,
    unresolved: Map<TopicPartition, i32>,
    rewrite: Set<TopicPartition>,
    bump: bool,
}

impl Sequences {
    /// Without an id yet.
    pub fn new(now: SimTime) -> Self {
        Self {
            producer: NO_PRODUCER,
            init: Init::At(now),
            partitions: Map::new(),
            unresolved: Map::new(),
            rewrite: Set::new(),
            bump: false,
        }
    }

    /// InitProducerId was answered.
    pub fn initialized(&mut self, producer: ProducerId) {
        self.producer = producer;
        self.init = Init::Done;
    }

    fn entry(&mut self, tp: TopicPartition) -> &mut Entry {
        self.partitions.entry(tp).or_default()
    }

    /// Whether the head of a partition's queue must stay there (`shouldStopDrainBatchesForPartition`).
    pub fn holds_back(&self, batch: &ProducerBatch) -> bool {
        if self.init != Init::Done {
            return true;
        }
        let Some(entry) = self.partitions.get(&batch.tp) else {
            return false;
        };
        if batch.has_sequence() {
            // Only the oldest unanswered batch may be tried again, one at a time.
            let first = entry.in_flight.first();
            return first.is_some_and(|f| f.sequence != batch.base_sequence);
        }
        let stale = entry.producer != self.producer;
        !entry.in_flight.is_empty() && stale || self.unresolved.contains_key(&batch.tp)
    }

    /// Gives a batch its numbers when it is first drained.
    pub fn number(&mut self, batch: &mut ProducerBatch) {
        if batch.has_sequence() {
            return;
        }
        let producer = self.producer;
        let entry = self.entry(batch.tp);
        if entry.producer != producer && entry.in_flight.is_empty() {
            entry.producer = producer;
            entry.next = 0;
            entry.last_acked = -1;
        }
        batch.producer = producer;
        batch.base_sequence = entry.next;
        entry.next = next_sequence(entry.next, batch.count());
        self.track(batch);
    }

    /// Lists a batch among the unanswered ones.
    pub fn track(&mut self, batch: &ProducerBatch) {
        let list = &mut self.entry(batch.tp).in_flight;
        let key = (batch.producer, batch.base_sequence);
        let at = list.partition_point(|n| (n.producer, n.sequence) < key);
        let numbered = Numbered {
            producer: batch.producer,
            sequence: batch.base_sequence,
            count: batch.count(),
            id: batch.id,
        };
        list.insert(at, numbered);
    }

    /// Takes a batch off the list.
    pub fn forget(&mut self, batch: &ProducerBatch) {
        if let Some(entry) = self.partitions.get_mut(&batch.tp) {
            entry.in_flight.retain(|n| n.id != batch.id);
        }
    }

    /// A batch was written.
    pub fn completed(&mut self, batch: &ProducerBatch) {
        let entry = self.entry(batch.tp);
        entry.last_acked = entry.last_acked.max(batch.last_sequence());
        self.forget(batch);
    }

    /// A batch was given up; `adjust`: its numbers will never be used.
    pub fn failed(&mut self, batch: &ProducerBatch, error: ErrorCode, adjust: bool) {
        self.forget(batch);
        if error == ErrorCode::UnknownProducerId {
            self.partitions.remove(&batch.tp);
            self.unresolved.remove(&batch.tp);
        } else if error == ErrorCode::OutOfOrderSequenceNumber || adjust {
            self.request_bump(batch.tp);
        }
    }

    /// A batch that had been tried before ran out of time: whether it was written is not known.
    pub fn unresolved(&mut self, batch: &ProducerBatch) {
        let next = next_sequence(batch.last_sequence(), 1);
        let known = self.unresolved.entry(batch.tp).or_insert(next);
        *known = next.max(*known);
    }

    fn request_bump(&mut self, tp: TopicPartition) {
        self.bump = true;
        self.rewrite.insert(tp);
    }

    fn last_acked(&self, tp: TopicPartition) -> i32 {
        self.partitions.get(&tp).map_or(-1, |e| e.last_acked)
    }

    fn is_next(&self, tp: TopicPartition, sequence: i32) -> bool {
        sequence.wrapping_sub(self.last_acked(tp)) == 1
    }

    /// Whether a refused batch may be tried again (`TransactionManager.canRetry`). `log_start`: from the answer, or -1.
    pub fn can_retry(
        &mut self,
        batch: &ProducerBatch,
        error: ErrorCode,
        log_start: Offset,
    ) -> bool {
        match error {
            ErrorCode::UnknownProducerId => {
                if log_start != -1 && !batch.sequence_reset {
                    self.request_bump(batch.tp);
                }
                true
            }
            ErrorCode::OutOfOrderSequenceNumber => {
                self.out_of_order(batch);
                true
            }
            other => other.is_retriable(),
        }
    }

    /// An earlier batch is still unanswered: wait for it. Otherwise the numbers have a hole that only a new epoch closes.
    fn out_of_order(&mut self, batch: &ProducerBatch) {
        let unresolved = self.unresolved.get(&batch.tp).copied();
        let waits = batch.sequence_reset || !self.is_next(batch.tp, batch.base_sequence);
        if unresolved.is_none() && waits {
            return;
        }
        if unresolved.is_none_or(|next| next == batch.base_sequence) {
            self.request_bump(batch.tp);
        }
    }

    /// Before each round of sending: settles what became clear (`maybeResolveSequences`, `bumpIdempotentEpochAndResetIdIfNeeded`).
    /// The batches named get new numbers.
    pub fn settle(&mut self, now: SimTime) -> Vec<Renumbered> {
        self.resolve();
        if !self.bump {
            return Vec::new();
        }
        self.bump = false;
        if self.producer.1 == i16::MAX {
            self.producer = NO_PRODUCER;
            self.init = Init::At(now);
        } else {
            self.producer.1 += 1;
        }
        let mut renumbered = Vec::new();
        for tp in core::mem::take(&mut self.rewrite) {
            self.restart(tp, &mut renumbered);
            self.unresolved.remove(&tp);
        }
        renumbered
    }

    /// Partitions with nothing in flight any more: either every number was acknowledged, or a new epoch is needed.
    fn resolve(&mut self) {
        let open = core::mem::take(&mut self.unresolved);
        for (tp, next) in open {
            let entry = self.partitions.get(&tp);
            if entry.is_some_and(|e| !e.in_flight.is_empty()) {
                self.unresolved.insert(tp, next);
            } else if !self.is_next(tp, entry.map_or(0, |e| e.next)) {
                self.request_bump(tp);
            }
        }
    }

    /// The partition's numbers start at 0 in the epoch of now (`startSequencesAtBeginning`).
    fn restart(&mut self, tp: TopicPartition, renumbered: &mut Vec<Renumbered>) {
        let producer = self.producer;
        let entry = self.entry(tp);
        let mut sequence = 0;
        for batch in &mut entry.in_flight {
            batch.producer = producer;
            batch.sequence = sequence;
            renumbered.push(Renumbered {
                tp,
                id: batch.id,
                producer,
                sequence,
            });
            sequence = next_sequence(sequence, batch.count);
        }
        entry.producer = producer;
        entry.next = sequence;
        entry.last_acked = -1;
    }

    /// A topic was deleted and created again: its numbers go on (Kafka keeps them by topic name).
    pub fn rename(&mut self, from: TopicId, to: TopicId) {
        let rename = |tp: TopicPartition| match tp.topic == from {
            true => TopicPartition::new(to, tp.partition),
            false => tp,
        };
        let take = core::mem::take(&mut self.partitions);
        self.partitions = take.into_iter().map(|(tp, e)| (rename(tp), e)).collect();
        let take = core::mem::take(&mut self.unresolved);
        self.unresolved = take.into_iter().map(|(tp, n)| (rename(tp), n)).collect();
        let take = core::mem::take(&mut self.rewrite);
        self.rewrite = take.into_iter().map(rename).collect();
    }
}
