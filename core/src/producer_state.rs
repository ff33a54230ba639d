//! What a partition remembers of idempotent producers (`ProducerStateManager`, `ProducerStateEntry`, `ProducerAppendInfo`).
//!
//! For each producer id the last five batches. The same batch again is a duplicate and gets its old offset; otherwise the
//! sequence must follow the last one. A producer id never seen here may begin anywhere (KAFKA-14359).

use crate::id::Offset;
use crate::protocol::ErrorCode;
use crate::record::RecordBatch;
use crate::sorted::Map;
use alloc::vec::Vec;

/// `ProducerStateEntry.NUM_BATCHES_TO_RETAIN`
const BATCHES_RETAINED: usize = 5;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Batch {
    first: i32,
    last: i32,
    base_offset: Offset,
}

/// One producer id.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    epoch: i16,
    batches: Vec<Batch>,
}

/// Every producer id seen in a partition.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProducerStates(Map<i64, Entry>);

/// What to do with a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Write it.
    Append,
    /// It is in the log already, at this base offset: answer as if it had just been written.
    Duplicate(Offset),
    /// OUT_OF_ORDER_SEQUENCE_NUMBER or INVALID_PRODUCER_EPOCH.
    Refuse(ErrorCode),
}

/// The last sequence number of a batch; numbers wrap from 2^31 - 1 to 0.
pub fn last_sequence(base: i32, last_offset_delta: i32) -> i32 {
    let last = i64::from(base) + i64::from(last_offset_delta);
    (last % (i64::from(i32::MAX) + 1)) as i32
}

fn follows(last: i32, next: i32) -> bool {
    i64::from(next) == i64::from(last) + 1 || next == 0 && last == i32::MAX
}

impl ProducerStates {
    /// Checks a batch a client sent to the leader.
    pub fn check(&self, batch: &RecordBatch) -> Verdict {
        if batch.producer_id < 0 {
            return Verdict::Append;
        }
        let Some(entry) = self.0.get(&batch.producer_id) else {
            return Verdict::Append;
        };
        let (first, last) = (
            batch.base_sequence,
            last_sequence(batch.base_sequence, batch.last_offset_delta),
        );
        if batch.producer_epoch < entry.epoch {
            return Verdict::Refuse(ErrorCode::InvalidProducerEpoch);
        }
        if batch.producer_epoch > entry.epoch {
            let fresh = first == 0;
            return if fresh {
                Verdict::Append
            } else {
                Verdict::Refuse(ErrorCode::OutOfOrderSequenceNumber)
            };
        }
        if let Some(known) = entry
            .batches
            .iter()
            .find(|b| b.first == first && b.last == last)
        {
            return Verdict::Duplicate(known.base_offset);
        }
        let in_order = entry.batches.last().is_none_or(|b| follows(b.last, first));
        if in_order {
            Verdict::Append
        } else {
            Verdict::Refuse(ErrorCode::OutOfOrderSequenceNumber)
        }
    }

    /// Notes a batch that is in the log (with its offsets).
    pub fn replay(&mut self, batch: &RecordBatch) {
        if batch.producer_id < 0 || batch.control.is_some() {
            return;
        }
        let epoch = batch.producer_epoch;
        let entry = self.0.entry(batch.producer_id).or_insert(Entry {
            epoch,
            batches: Vec::new(),
        });
        if epoch != entry.epoch {
            *entry = Entry {
                epoch,
                batches: Vec::new(),
            };
        }
        if entry.batches.len() == BATCHES_RETAINED {
            entry.batches.remove(0);
        }
        entry.batches.push(Batch {
            first: batch.base_sequence,
            last: last_sequence(batch.base_sequence, batch.last_offset_delta),
            base_offset: batch.base_offset,
        });
    }
}
