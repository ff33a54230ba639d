//! Records and record batches (magic 2): what a producer sends, a log holds and a consumer reads.
//!
//! A batch's records sit behind an `Arc`, so that three replicas and the history's snapshots share
//! one copy. Sizes are those of Kafka's format: 61 bytes of header and zig-zag varints
//! (`DefaultRecordBatch`, `DefaultRecord`).

use crate::id::{LeaderEpoch, Offset};
use alloc::sync::Arc;

/// Key or value bytes.
pub type Bytes = Arc<[u8]>;

/// Bytes of a v2 batch header (`DefaultRecordBatch.RECORD_BATCH_OVERHEAD`).
pub const BATCH_OVERHEAD: u32 = 61;

/// No producer id: the producer is not idempotent.
pub const NO_PRODUCER_ID: i64 = -1;

/// One record inside a batch.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    /// Distance from the batch's base offset; stays when compaction removes neighbours.
    pub offset_delta: i32,
    /// Milliseconds, set by the producer (CreateTime).
    pub timestamp: i64,
    /// `None` is "no key"; an empty key is a key.
    pub key: Option<Bytes>,
    /// `None` is a tombstone.
    pub value: Option<Bytes>,
}

/// Ends a transaction on a partition (`ControlRecordType`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ControlMarker {
    /// The transaction was aborted.
    Abort,
    /// The transaction was committed.
    Commit,
}

/// A batch of records, the unit of append, replication and idempotence.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RecordBatch {
    /// Offset of the first record; assigned by the leader.
    pub base_offset: Offset,
    /// Last offset minus base offset; never changes, even after compaction.
    pub last_offset_delta: i32,
    /// The leader epoch in which it was appended; assigned by the leader.
    pub leader_epoch: LeaderEpoch,
    /// [`NO_PRODUCER_ID`] without idempotence.
    pub producer_id: i64,
    /// Fences older incarnations of the same producer id.
    pub producer_epoch: i16,
    /// Sequence number of the first record, or -1.
    pub base_sequence: i32,
    /// Part of a transaction.
    pub transactional: bool,
    /// A transaction marker instead of data.
    pub control: Option<ControlMarker>,
    /// Largest record timestamp, milliseconds.
    pub max_timestamp: i64,
    /// Size in bytes, uncompressed.
    pub size: u32,
    /// The records, ascending by offset delta.
    pub records: Arc<[Record]>,
}

impl RecordBatch {
    /// A batch as a producer builds it: offsets and epoch are the leader's to fill in.
    /// Offset deltas are rewritten to 0, 1, 2 …
    pub fn new(mut records: alloc::vec::Vec<Record>) -> Self {
        let first_timestamp = records.first().map_or(0, |r| r.timestamp);
        let mut size = BATCH_OVERHEAD;
        for (i, record) in records.iter_mut().enumerate() {
            record.offset_delta = i as i32;
            size += record.size_in_batch(first_timestamp);
        }
        Self {
            base_offset: 0,
            last_offset_delta: records.len() as i32 - 1,
            leader_epoch: -1,
            producer_id: NO_PRODUCER_ID,
            producer_epoch: -1,
            base_sequence: -1,
            transactional: false,
            control: None,
            max_timestamp: records.iter().map(|r| r.timestamp).max().unwrap_or(-1),
            size,
            records: records.into(),
        }
    }

    /// Offset of the last record (also when compaction removed it).
    pub fn last_offset(&self) -> Offset {
        self.base_offset + Offset::from(self.last_offset_delta)
    }

    /// The offset after the last one.
    pub fn next_offset(&self) -> Offset {
        self.last_offset() + 1
    }

    /// The records with their offsets.
    pub fn iter(&self) -> impl Iterator<Item = (Offset, &Record)> {
        self.records
            .iter()
            .map(|r| (self.base_offset + Offset::from(r.offset_delta), r))
    }
}

impl Record {
    /// A record as the application hands it to the producer.
    pub fn new(timestamp: i64, key: Option<Bytes>, value: Option<Bytes>) -> Self {
        Self {
            offset_delta: 0,
            timestamp,
            key,
            value,
        }
    }

    /// Bytes this record takes in a batch whose first record has `first_timestamp`, without headers.
    pub fn size_in_batch(&self, first_timestamp: i64) -> u32 {
        let field = |bytes: &Option<Bytes>| match bytes {
            None => 1, // length -1
            Some(b) => varint_size(b.len() as i64) + b.len() as u32,
        };
        let body = 1 // attributes
            + varint_size(self.timestamp - first_timestamp)
            + varint_size(i64::from(self.offset_delta))
            + field(&self.key)
            + field(&self.value)
            + 1; // header count 0
        varint_size(i64::from(body)) + body
    }
}

/// Bytes of a zig-zag varint (`ByteUtils.sizeOfVarlong`).
pub fn varint_size(value: i64) -> u32 {
    let zigzag = ((value << 1) ^ (value >> 63)) as u64;
    let bits = 64 - zigzag.leading_zeros();
    bits.div_ceil(7).max(1)
}
