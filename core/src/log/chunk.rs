//! A run of neighbouring batches: the unit that snapshots share.

use crate::id::Offset;
use crate::record::RecordBatch;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many batches a chunk takes. Larger: fewer pointers in a snapshot; smaller: less to copy on the first write after it.
const CAPACITY: usize = 32;

/// Up to [`CAPACITY`] batches; never empty while in a log.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    batches: Vec<Arc<RecordBatch>>,
}

impl Chunk {
    pub(super) fn starting_with(batch: Arc<RecordBatch>) -> Self {
        let mut batches = Vec::with_capacity(CAPACITY);
        batches.push(batch);
        Self { batches }
    }

    pub(super) fn is_full(&self) -> bool {
        self.batches.len() >= CAPACITY
    }

    pub(super) fn push(&mut self, batch: Arc<RecordBatch>) {
        self.batches.push(batch);
    }

    pub(super) fn base_offset(&self) -> Offset {
        self.batches.first().map_or(0, |b| b.base_offset)
    }

    pub(super) fn next_offset(&self) -> Offset {
        self.batches.last().map_or(0, |b| b.next_offset())
    }

    pub(super) fn batches(&self) -> &[Arc<RecordBatch>] {
        &self.batches
    }

    pub(super) fn batches_from(&self, from: Offset) -> &[Arc<RecordBatch>] {
        let first = self.batches.partition_point(|b| b.next_offset() <= from);
        &self.batches[first..]
    }

    /// Drops batches that reach `to` or beyond.
    pub(super) fn truncate_to(&mut self, to: Offset) {
        let keep = self.batches.partition_point(|b| b.next_offset() <= to);
        self.batches.truncate(keep);
    }
}
