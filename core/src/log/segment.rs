//! What is known of a segment: where it begins, how large it is, how old its records are.

use crate::config::TopicConfig;
use crate::id::Offset;
use crate::record::RecordBatch;

/// A segment (`LogSegment`), without its batches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SegmentInfo {
    /// Names the file, as 20 digits.
    pub base_offset: Offset,
    /// Size of its batches.
    pub bytes: u64,
    /// Timestamp of its first batch, milliseconds; meaningless while empty.
    pub first_timestamp: i64,
    /// Largest timestamp, milliseconds; -1 while empty.
    pub max_timestamp: i64,
}

impl SegmentInfo {
    pub(super) fn new(base_offset: Offset) -> Self {
        Self {
            base_offset,
            bytes: 0,
            first_timestamp: 0,
            max_timestamp: -1,
        }
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) {
        if self.bytes == 0 {
            self.first_timestamp = batch.max_timestamp;
        }
        self.bytes += u64::from(batch.size);
        self.max_timestamp = self.max_timestamp.max(batch.max_timestamp);
    }

    /// `LogSegment.shouldRoll`: too large with this batch, or too old by record time.
    pub(super) fn should_roll(&self, batch: &RecordBatch, config: &TopicConfig) -> bool {
        let size = self.bytes as i64;
        let age = batch.max_timestamp - self.first_timestamp;
        let full = size > config.segment_bytes - i64::from(batch.size) || age > config.segment_ms;
        size > 0 && full || batch.last_offset() + 1 - self.base_offset > i64::from(i32::MAX)
    }
}
