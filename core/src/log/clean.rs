//! Compaction (`LogCleaner`, `Cleaner`): of each key only the newest record below the active segment stays.
//!
//! A log has a clean head, where a pass has been, and a dirty rest. A pass reads the dirty segments, remembers the last offset of
//! each key in them, and copies everything below without the records that a newer one of those replaces. Offsets do not
//! change, batches keep their first and last offset, and a batch without records goes. A tombstone stays at first: its batch is
//! given a horizon, `delete.retention.ms` from now, and a pass after that takes it away.
//!
//! Never touched, and not asked what is newest, are the active segment, segments that reach the high watermark, and those
//! younger than `min.compaction.lag.ms`. A log is worth a pass when its dirty part is larger than
//! `min.cleanable.dirty.ratio` of what could be clean, or older than `max.compaction.lag.ms`.
//!
//! Simplified: the offset map holds any number of keys, so that a pass always comes to the end; empty batches that only remember a
//! producer's last sequence number are not kept.

use super::chunk::Chunk;
use super::{Log, SegmentInfo};
use crate::config::TopicConfig;
use crate::id::Offset;
use crate::record::{BATCH_OVERHEAD, Bytes, Record, RecordBatch};
use crate::sorted::Map;
use crate::time::SimTime;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What a pass did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cleaned {
    /// Everything below was looked at.
    pub to: Offset,
    /// Records taken away.
    pub removed: u64,
}

/// Where a pass would begin and end, and how dirty that is.
struct Dirt {
    from: Offset,
    to: Offset,
    clean: u64,
    dirty: u64,
    /// Timestamp of the first dirty segment, milliseconds.
    since: i64,
}

impl Log {
    /// One pass, if the log is worth it. `stable` is the high watermark (the last stable offset).
    pub fn clean(&mut self, now: SimTime, stable: Offset, config: &TopicConfig) -> Option<Cleaned> {
        let now = now.as_millis();
        let dirt = self.dirt(now, stable, config)?;
        let total = (dirt.clean + dirt.dirty) as i64;
        let ratio = config.min_cleanable_dirty_ratio;
        let overdue = now - dirt.since > config.max_compaction_lag_ms;
        if dirt.dirty == 0 || !overdue && dirt.dirty as i64 * 1_000 <= ratio * total {
            return None;
        }
        let newest = self.newest_offsets(dirt.from, dirt.to);
        let mut removed = 0;
        let mut kept: Vec<Arc<RecordBatch>> = Vec::new();
        let mut horizons = Map::new();
        for batch in self.batches_from(0) {
            if batch.base_offset >= dirt.to {
                kept.push(batch.clone());
                continue;
            }
            let horizon = self.horizons.get(&batch.base_offset).copied();
            let past = horizon.is_some_and(|h| now >= h);
            let left = compacted(batch, &newest, past);
            removed += (batch.records.len() - left.as_ref().map_or(0, |b| b.records.len())) as u64;
            let Some(left) = left else { continue };
            if left.records.iter().any(|r| r.value.is_none()) {
                let new = now + config.delete_retention_ms;
                horizons.insert(left.base_offset, horizon.unwrap_or(new));
            }
            kept.push(left);
        }
        self.segments = self.regrouped(&kept, dirt.to, config.segment_bytes as u64);
        self.chunks = chunks(kept);
        self.horizons = horizons;
        self.cleaned = dirt.to;
        Some(Cleaned {
            to: dirt.to,
            removed,
        })
    }

    fn dirt(&self, now: i64, stable: Offset, config: &TopicConfig) -> Option<Dirt> {
        let (active, closed) = self.segments.split_last()?;
        let young = |s: &&SegmentInfo| {
            config.min_compaction_lag_ms > 0 && now - s.max_timestamp < config.min_compaction_lag_ms
        };
        let from = self.cleaned.max(self.log_start);
        let mut dirt = Dirt {
            from,
            to: from,
            clean: 0,
            dirty: 0,
            since: i64::MAX,
        };
        let ends = closed.iter().skip(1).map(|s| s.base_offset);
        for (segment, end) in closed.iter().zip(ends.chain([active.base_offset])) {
            if end <= from {
                dirt.clean += segment.bytes;
                continue;
            }
            if end > stable || young(&segment) {
                break;
            }
            dirt.dirty += segment.bytes;
            dirt.since = dirt.since.min(segment.first_timestamp);
            dirt.to = end;
        }
        (dirt.to > dirt.from).then_some(dirt)
    }

    /// The last offset of each key in the dirty part.
    fn newest_offsets(&self, from: Offset, to: Offset) -> Map<Bytes, Offset> {
        let mut newest = Map::new();
        let dirty = self.batches_from(from).take_while(|b| b.base_offset < to);
        for batch in dirty.filter(|b| b.control.is_none()) {
            for (offset, record) in batch.iter() {
                if let Some(key) = record.key.as_ref().filter(|_| offset >= from) {
                    newest.insert(key.clone(), offset);
                }
            }
        }
        newest
    }

    /// The segments with what is left in them; neighbours that were together no larger than a segment become one
    /// (`groupSegmentsBySize`, by their sizes before).
    fn regrouped(&self, kept: &[Arc<RecordBatch>], to: Offset, most: u64) -> Vec<SegmentInfo> {
        let mut segments: Vec<SegmentInfo> = Vec::new();
        let mut before = 0;
        for old in &self.segments {
            let joins = old.base_offset < to && !segments.is_empty() && before + old.bytes <= most;
            before = if joins { before + old.bytes } else { old.bytes };
            if !joins {
                segments.push(SegmentInfo::new(old.base_offset));
            }
        }
        let mut at = 0;
        for batch in kept {
            let next = |at: usize| segments.get(at + 1).map(|s| s.base_offset);
            while next(at).is_some_and(|base| base <= batch.base_offset) {
                at += 1;
            }
            segments[at].add(batch);
        }
        segments
    }
}

/// The batch without what newer records replace; `None` when nothing is left.
fn compacted(
    batch: &Arc<RecordBatch>,
    newest: &Map<Bytes, Offset>,
    past_horizon: bool,
) -> Option<Arc<RecordBatch>> {
    if batch.control.is_some() {
        return Some(batch.clone());
    }
    let stays = |(offset, record): &(Offset, &Record)| {
        let key = record.key.as_ref();
        let replaced = key.is_none_or(|k| newest.get(k).is_some_and(|n| n > offset));
        !replaced && (record.value.is_some() || !past_horizon)
    };
    let records: Vec<Record> = batch.iter().filter(stays).map(|(_, r)| r.clone()).collect();
    if records.len() == batch.records.len() {
        return Some(batch.clone());
    }
    let first = records.first()?.timestamp;
    let sizes = records.iter().map(|r| r.size_in_batch(first));
    Some(Arc::new(RecordBatch {
        size: BATCH_OVERHEAD + sizes.sum::<u32>(),
        max_timestamp: records.iter().map(|r| r.timestamp).max().unwrap_or(-1),
        records: records.into(),
        ..(**batch).clone()
    }))
}

fn chunks(batches: Vec<Arc<RecordBatch>>) -> Vec<Arc<Chunk>> {
    let mut chunks: Vec<Chunk> = Vec::new();
    for batch in batches {
        match chunks.last_mut() {
            Some(chunk) if !chunk.is_full() => chunk.push(batch),
            _ => chunks.push(Chunk::starting_with(batch)),
        }
    }
    chunks.into_iter().map(Arc::new).collect()
}
