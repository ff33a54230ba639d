//! A partition's log on one broker (`UnifiedLog`, `LocalLog`, `LogSegment`).
//!
//! Batches stand in chunks behind `Arc`s, so that cloning a log (for a snapshot) copies pointers only, and writing after
//! a snapshot copies at most one chunk. Segments are Kafka's: they roll by `segment.bytes` and `segment.ms` and are
//! the grain of retention and of compaction (`clean`). Simplified: no indexes (a lookup is a binary search) and no files.
//!
//! - Offsets are dense except where compaction or a truncation inside a batch left a gap.
//! - `log_start <= log_end`; every batch ends at or after `log_start`.
//! - Segment base offsets ascend; the last segment is the active one.

mod chunk;
mod clean;
mod segment;

pub use clean::Cleaned;
pub use segment::SegmentInfo;

use crate::config::TopicConfig;
use crate::epochs::LeaderEpochCache;
use crate::id::{LeaderEpoch, Offset};
use crate::record::RecordBatch;
use crate::sorted::Map;
use crate::time::SimTime;
use alloc::sync::Arc;
use alloc::vec::Vec;
use chunk::Chunk;

/// One copy of a partition.
#[derive(Clone, Debug)]
pub struct Log {
    chunks: Vec<Arc<Chunk>>,
    segments: Vec<SegmentInfo>,
    epochs: LeaderEpochCache,
    log_start: Offset,
    log_end: Offset,
    /// Compaction has been everywhere below.
    cleaned: Offset,
    /// When the tombstones of a batch may go: milliseconds by base offset.
    horizons: Map<Offset, i64>,
}

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}

impl Log {
    /// An empty log.
    pub fn new() -> Self {
        Self {
            chunks: Vec::new(),
            segments: alloc::vec![SegmentInfo::new(0)],
            epochs: LeaderEpochCache::new(),
            log_start: 0,
            log_end: 0,
            cleaned: 0,
            horizons: Map::new(),
        }
    }

    /// First offset a reader may ask for.
    pub fn log_start(&self) -> Offset {
        self.log_start
    }

    /// The next offset to be written (LEO).
    pub fn log_end(&self) -> Offset {
        self.log_end
    }

    /// Where each leader epoch starts.
    pub fn epochs(&self) -> &LeaderEpochCache {
        &self.epochs
    }

    /// Epoch of the newest record, or -1.
    pub fn last_epoch(&self) -> LeaderEpoch {
        self.epochs.latest_epoch().unwrap_or(-1)
    }

    /// Segments, oldest first; the last one is active.
    pub fn segments(&self) -> &[SegmentInfo] {
        &self.segments
    }

    /// Bytes of all segments.
    pub fn size(&self) -> u64 {
        self.segments.iter().map(|s| s.bytes).sum()
    }

    /// A new leader notes its epoch even before it writes (KAFKA-7415).
    pub fn start_epoch(&mut self, epoch: LeaderEpoch) {
        self.epochs.assign(epoch, self.log_end);
    }

    /// Appends as the leader: gives the batch its offsets and epoch. Returns the base offset, and the new
    /// segment's base offset if one was rolled.
    pub fn append_as_leader(
        &mut self,
        mut batch: RecordBatch,
        epoch: LeaderEpoch,
        config: &TopicConfig,
    ) -> (Offset, Option<Offset>) {
        batch.base_offset = self.log_end;
        batch.leader_epoch = epoch;
        let base = batch.base_offset;
        (base, self.push(Arc::new(batch), config))
    }

    /// Appends what the leader sent. Batches before the log end are skipped, as a repeated fetch answer would.
    pub fn append_as_follower(
        &mut self,
        batch: &Arc<RecordBatch>,
        config: &TopicConfig,
    ) -> Option<Offset> {
        if batch.base_offset < self.log_end {
            return None;
        }
        self.push(batch.clone(), config)
    }

    fn push(&mut self, batch: Arc<RecordBatch>, config: &TopicConfig) -> Option<Offset> {
        let rolled = self.maybe_roll(&batch, config);
        if batch.leader_epoch > self.last_epoch() {
            self.epochs.assign(batch.leader_epoch, batch.base_offset);
        }
        self.log_end = batch.next_offset();
        self.active().add(&batch);
        match self.chunks.last_mut() {
            Some(chunk) if !chunk.is_full() => Arc::make_mut(chunk).push(batch),
            _ => self.chunks.push(Arc::new(Chunk::starting_with(batch))),
        }
        rolled
    }

    fn maybe_roll(&mut self, batch: &RecordBatch, config: &TopicConfig) -> Option<Offset> {
        if !self.segments[self.segments.len() - 1].should_roll(batch, config) {
            return None;
        }
        self.roll()
    }

    /// Closes the active segment and begins another at the log end.
    fn roll(&mut self) -> Option<Offset> {
        self.segments.push(SegmentInfo::new(self.log_end));
        Some(self.log_end)
    }

    fn active(&mut self) -> &mut SegmentInfo {
        let last = self.segments.len() - 1;
        &mut self.segments[last]
    }

    /// Whole batches that hold offsets in `from..limit`: at least one if there is any, then up to `max_bytes`.
    /// Batches that reach past `limit` are left out.
    pub fn read(&self, from: Offset, limit: Offset, max_bytes: i64) -> Vec<Arc<RecordBatch>> {
        let mut found = Vec::new();
        let mut bytes = 0;
        for batch in self.batches_from(from) {
            let too_much = !found.is_empty() && bytes + i64::from(batch.size) > max_bytes;
            if batch.next_offset() > limit || too_much {
                break;
            }
            bytes += i64::from(batch.size);
            found.push(batch.clone());
        }
        found
    }

    /// Every batch that ends at or after `from`, in order.
    pub fn batches_from(&self, from: Offset) -> impl Iterator<Item = &Arc<RecordBatch>> {
        // Nearly everybody reads at the end.
        let at_end = self.chunks.last().is_some_and(|c| c.base_offset() <= from);
        let first = if at_end {
            self.chunks.len() - 1
        } else {
            self.chunks.partition_point(|c| c.next_offset() <= from)
        };
        self.chunks[first..]
            .iter()
            .flat_map(move |c| c.batches_from(from))
    }

    /// Every batch, newest first.
    pub fn batches_backwards(&self) -> impl Iterator<Item = &Arc<RecordBatch>> {
        self.chunks
            .iter()
            .rev()
            .flat_map(|c| c.batches().iter().rev())
    }

    /// Cuts the log back to `to`: offsets at and above it are gone (`UnifiedLog.truncateTo`). A batch that spans
    /// `to` goes whole, as on disk. Epochs in which nothing was written are forgotten even if there is nothing to cut: a
    /// leader that wrote nothing would otherwise be found diverging for ever.
    pub fn truncate_to(&mut self, to: Offset) {
        if to >= self.log_end {
            return self.epochs.truncate_from_end(self.log_end);
        }
        self.chunks
            .truncate(self.chunks.partition_point(|c| c.base_offset() < to));
        if let Some(last) = self.chunks.last_mut()
            && last.next_offset() > to
        {
            Arc::make_mut(last).truncate_to(to);
        }
        self.chunks.retain(|c| !c.batches().is_empty());
        self.truncate_segments(to);
        self.epochs.truncate_from_end(to);
        self.log_end = to;
        self.log_start = self.log_start.min(to);
        self.cleaned = self.cleaned.min(to);
    }

    fn truncate_segments(&mut self, to: Offset) {
        self.segments
            .retain(|s| s.base_offset < to || s.base_offset == 0);
        if self.segments.is_empty() {
            self.segments.push(SegmentInfo::new(to));
        }
        let base = self.segments[self.segments.len() - 1].base_offset;
        let mut rebuilt = SegmentInfo::new(base);
        for batch in self.batches_from(base) {
            if batch.base_offset >= base {
                rebuilt.add(batch);
            }
        }
        *self.active() = rebuilt;
    }

    /// Drops everything and begins again at `offset` (`truncateFullyAndStartAt`).
    pub fn restart_at(&mut self, offset: Offset) {
        *self = Self {
            segments: alloc::vec![SegmentInfo::new(offset)],
            log_start: offset,
            log_end: offset,
            ..Self::new()
        };
    }

    /// Moves the log start up (retention, DeleteRecords, or following the leader) and drops what lies wholly below it.
    pub fn set_log_start(&mut self, to: Offset) {
        if to <= self.log_start {
            return;
        }
        self.log_start = to;
        let gone = self.chunks.partition_point(|c| c.next_offset() <= to);
        self.chunks.drain(..gone);
        while self.segments.len() > 1 && self.segments[1].base_offset <= to {
            self.segments.remove(0);
        }
        self.epochs.truncate_from_start(to);
        if self.log_end < to {
            self.restart_at(to);
        }
    }

    /// One retention pass at the leader (`UnifiedLog.deleteOldSegments`): the new log start, if segments went.
    pub fn retain_segments(
        &mut self,
        now: SimTime,
        high_watermark: Offset,
        config: &TopicConfig,
    ) -> Option<Offset> {
        let by_time = self.expired_segments(now, high_watermark, config);
        let by_size = self.oversize_segments(high_watermark, config);
        let count = by_time.max(by_size);
        if count == 0 {
            return None;
        }
        if count == self.segments.len() {
            // The active segment goes too: a new one is rolled first.
            self.roll();
        }
        let start = self.segments[count].base_offset;
        self.set_log_start(start);
        Some(start)
    }

    fn expired_segments(
        &self,
        now: SimTime,
        high_watermark: Offset,
        config: &TopicConfig,
    ) -> usize {
        if config.retention_ms < 0 {
            return 0;
        }
        let expired = |s: &SegmentInfo| now.as_millis() - s.max_timestamp > config.retention_ms;
        self.deletable(high_watermark)
            .take_while(|s| s.bytes > 0 && expired(s))
            .count()
    }

    fn oversize_segments(&self, high_watermark: Offset, config: &TopicConfig) -> usize {
        if config.retention_bytes < 0 {
            return 0;
        }
        let mut excess = self.size() as i64 - config.retention_bytes;
        let mut fits = |s: &SegmentInfo| {
            excess -= s.bytes as i64;
            excess >= 0
        };
        self.deletable(high_watermark)
            .take_while(|s| s.bytes > 0 && fits(s))
            .count()
    }

    /// Segments that lie wholly below the high watermark, oldest first.
    fn deletable(&self, high_watermark: Offset) -> impl Iterator<Item = &SegmentInfo> {
        let ends = self
            .segments
            .iter()
            .skip(1)
            .map(|s| s.base_offset)
            .chain([self.log_end]);
        self.segments
            .iter()
            .zip(ends)
            .take_while(move |(_, end)| *end <= high_watermark)
            .map(|(s, _)| s)
    }

    /// The first offset, in offset order, whose record has at least this timestamp; with that timestamp.
    pub fn find_by_timestamp(&self, timestamp: i64, limit: Offset) -> Option<(Offset, i64)> {
        self.batches_from(self.log_start)
            .filter(|b| b.max_timestamp >= timestamp && b.control.is_none())
            .flat_map(|b| b.iter())
            .find(|(offset, r)| r.timestamp >= timestamp && *offset >= self.log_start)
            .map(|(offset, r)| (offset, r.timestamp))
            .filter(|(offset, _)| *offset < limit)
    }
}

#[cfg(test)]
mod tests;
