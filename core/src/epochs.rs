//! Where each leader epoch starts in a log (`LeaderEpochFileCache`, KIP-101, KIP-279).
//!
//! Entries ascend in both epoch and start offset. A follower asks the leader "where does my last epoch end?" and
//! truncates to the answer.

use crate::id::{LeaderEpoch, Offset};
use alloc::vec::Vec;

/// Epochs and their start offsets, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LeaderEpochCache {
    entries: Vec<(LeaderEpoch, Offset)>,
}

impl LeaderEpochCache {
    /// Nothing known.
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    /// The entries, ascending.
    pub fn entries(&self) -> &[(LeaderEpoch, Offset)] {
        &self.entries
    }

    /// The newest epoch.
    pub fn latest_epoch(&self) -> Option<LeaderEpoch> {
        self.entries.last().map(|(epoch, _)| *epoch)
    }

    /// Notes that `epoch` starts at `start`; entries that no longer ascend are dropped.
    pub fn assign(&mut self, epoch: LeaderEpoch, start: Offset) {
        let needed = self
            .entries
            .last()
            .is_none_or(|last| epoch != last.0 || start < last.1);
        if epoch < 0 || start < 0 || !needed {
            return;
        }
        let keep = self
            .entries
            .iter()
            .rposition(|e| e.0 < epoch && e.1 < start)
            .map_or(0, |i| i + 1);
        self.entries.truncate(keep);
        self.entries.push((epoch, start));
    }

    /// The largest known epoch not after `epoch`, and where it ends; `None` when that cannot be said.
    pub fn end_offset_for(
        &self,
        epoch: LeaderEpoch,
        log_end: Offset,
    ) -> Option<(LeaderEpoch, Offset)> {
        if epoch < 0 {
            return None;
        }
        if self.latest_epoch() == Some(epoch) {
            return Some((epoch, log_end));
        }
        let higher = self.entries.partition_point(|e| e.0 <= epoch);
        let end = self.entries.get(higher)?.1;
        // Asked for an epoch before all known ones: the answer keeps the asked epoch.
        Some(if higher == 0 {
            (epoch, end)
        } else {
            (self.entries[higher - 1].0, end)
        })
    }

    /// Drops epochs that start at or after `end`.
    pub fn truncate_from_end(&mut self, end: Offset) {
        if end >= 0 {
            self.entries.retain(|e| e.1 < end);
        }
    }

    /// Drops epochs that end before `start`; the one that covers `start` now begins there.
    pub fn truncate_from_start(&mut self, start: Offset) {
        let covered = self.entries.partition_point(|e| e.1 <= start);
        if covered > 0 {
            self.entries.drain(..covered - 1);
            self.entries[0].1 = start;
        }
    }
}
