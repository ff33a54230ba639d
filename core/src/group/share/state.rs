//! The stored state of a share-partition (`ShareGroupOffset`), and how a change joins it (`PersisterStateBatchCombiner`).
//!
//! Where old and new states cover the same offsets, the one with more deliveries counts, then the later state in the order available,
//! acquired, acknowledged, archived. What lies before the start offset is forgotten; equal neighbours become one.

use crate::id::{LeaderEpoch, Offset};
use crate::protocol::{StateBatch, WriteShareGroupStateRequest};
use crate::sorted::sort;
use alloc::vec::Vec;

/// What the share coordinator knows of a share-partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareState {
    /// Counts how often it was set up anew.
    pub state_epoch: i32,
    /// The newest leader that read or wrote it.
    pub leader_epoch: LeaderEpoch,
    /// The share-partition start offset; -1: not known yet.
    pub start_offset: Offset,
    /// Records from there on, ascending, without overlaps.
    pub batches: Vec<StateBatch>,
}

impl ShareState {
    /// Nothing is stored yet.
    pub fn empty(leader_epoch: LeaderEpoch) -> Self {
        Self {
            state_epoch: 0,
            leader_epoch,
            start_offset: -1,
            batches: Vec::new(),
        }
    }

    /// The start offset, moved over what is done with.
    pub fn done_before(&self) -> Offset {
        let done = |at: Offset, b: &StateBatch| match b.first == at && b.state.is_final() {
            true => Some(b.last + 1),
            false => None,
        };
        let mut at = self.start_offset;
        for batch in &self.batches {
            match done(at, batch) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    /// Takes over what a leader wrote.
    pub fn apply(&mut self, write: &WriteShareGroupStateRequest) {
        self.state_epoch = write.state_epoch;
        self.leader_epoch = self.leader_epoch.max(write.leader_epoch);
        if write.start_offset != -1 {
            self.start_offset = write.start_offset;
        }
        self.batches = combine(&self.batches, &write.batches, self.start_offset);
    }
}

/// The batch that covers an offset.
fn at(batches: &[StateBatch], offset: Offset) -> Option<&StateBatch> {
    let after = batches.partition_point(|b| b.first <= offset);
    let found = batches.get(after.checked_sub(1)?)?;
    (found.last >= offset).then_some(found)
}

/// Joins two lists, each ascending and without overlaps.
pub fn combine(old: &[StateBatch], new: &[StateBatch], start: Offset) -> Vec<StateBatch> {
    let both = || old.iter().chain(new);
    let mut edges: Vec<Offset> = both().flat_map(|b| [b.first, b.last + 1]).collect();
    edges.push(start);
    edges.retain(|edge| *edge >= start);
    sort(&mut edges);
    edges.dedup();
    let mut out: Vec<StateBatch> = Vec::new();
    for pair in edges.windows(2) {
        let (first, last) = (pair[0], pair[1] - 1);
        let weight = |b: &&StateBatch| (b.delivery_count, b.state.code());
        let covers = [at(old, first), at(new, first)].into_iter().flatten();
        let Some(found) = covers.max_by_key(weight) else {
            continue;
        };
        let same = (first, found.state, found.delivery_count);
        match out.last_mut() {
            Some(b) if (b.last + 1, b.state, b.delivery_count) == same => b.last = last,
            _ => out.push(StateBatch {
                first,
                last,
                ..*found
            }),
        }
    }
    out
}
