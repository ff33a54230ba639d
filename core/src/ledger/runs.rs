//! What became of the offsets of one partition, as runs: neighbours with the same fate are one entry.
//!
//! Records are mostly handled in order and once, so that a partition of a million records is a handful of runs. A partition
//! that is read again and again may make more; beyond [`KEPT`] the oldest are only counted.
//!
//! - Runs follow each other without gaps, from `from` to [`Runs::end`]; none is empty; neighbours differ.

use crate::id::{NodeId, Offset};
use crate::time::SimTime;
use crate::view::{Fate, LedgerReason};
use alloc::vec::Vec;

/// Runs kept of a partition.
const KEPT: usize = 300;

/// Why records came again, or never.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Why {
    pub(super) reason: LedgerReason,
    /// Who had the partition before.
    pub(super) before: Option<NodeId>,
    /// Who began at `start`.
    pub(super) by: Option<NodeId>,
    pub(super) start: Offset,
    pub(super) at: SimTime,
}

/// What became of the offsets from the end of the run before up to `to`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Run {
    pub(super) to: Offset,
    /// How often poll() returned them.
    pub(super) delivered: u32,
    /// How often an application finished them.
    pub(super) processed: u32,
    /// Who has them in hand.
    pub(super) holder: Option<NodeId>,
    /// There is no record at these offsets: compaction removed it, or it is a marker.
    pub(super) gap: bool,
    pub(super) why: Option<Why>,
}

impl Run {
    /// All there is to say about it in a word.
    pub(super) fn fate(&self) -> Fate {
        match self.processed {
            0 if self.gap => Fate::Gap,
            0 if self.holder.is_some() => Fate::InHand,
            0 if self.skipped() => Fate::Never,
            0 => Fate::Waiting,
            1 => Fate::Once,
            _ => Fate::Again,
        }
    }

    fn skipped(&self) -> bool {
        self.why.is_some_and(|why| !why.reason.comes_back())
    }
}

/// The runs of one partition.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    from: Offset,
    runs: Vec<Run>,
    /// Offsets of runs no longer kept, by [`Fate`].
    folded: [u64; Fate::ALL.len()],
}

impl Runs {
    /// The offset after the last run.
    pub(super) fn end(&self) -> Offset {
        self.runs.last().map_or(self.from, |r| r.to)
    }

    /// Offsets that are only counted, by fate.
    pub(super) fn folded(&self) -> &[u64; Fate::ALL.len()] {
        &self.folded
    }

    /// First offset and run, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Offset, &Run)> {
        let starts = core::iter::once(self.from).chain(self.runs.iter().map(|r| r.to));
        starts.zip(&self.runs)
    }

    /// Changes what is known of `first..to`; offsets beyond the end begin as never heard of.
    pub(super) fn change(&mut self, first: Offset, to: Offset, apply: &mut dyn FnMut(&mut Run)) {
        let first = first.max(self.from);
        if first >= to {
            return;
        }
        if to > self.end() {
            self.runs.push(Run {
                to,
                ..Run::default()
            });
        }
        self.split(first);
        self.split(to);
        let (a, b) = (self.index(first), self.index(to));
        for run in &mut self.runs[a..b] {
            apply(run);
        }
        self.join(a.saturating_sub(1), b);
        if self.runs.len() > KEPT {
            self.fold();
        }
    }

    /// The run that holds this offset.
    fn index(&self, offset: Offset) -> usize {
        self.runs.partition_point(|r| r.to <= offset)
    }

    fn split(&mut self, at: Offset) {
        let i = self.index(at);
        let start = match i {
            0 => self.from,
            _ => self.runs[i - 1].to,
        };
        if let Some(run) = self.runs.get(i).copied()
            && start < at
        {
            self.runs.insert(i, Run { to: at, ..run });
        }
    }

    /// Joins equal neighbours among the runs `a..=b`.
    fn join(&mut self, a: usize, b: usize) {
        for i in (a..b).rev() {
            if let Some(next) = self.runs.get(i + 1)
                && *next
                    == (Run {
                        to: next.to,
                        ..self.runs[i]
                    })
            {
                self.runs.remove(i);
            }
        }
    }

    fn fold(&mut self) {
        let oldest = self.runs.remove(0);
        self.folded[oldest.fate() as usize] += (oldest.to - self.from) as u64;
        self.from = oldest.to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(runs: &Runs) -> Vec<(Offset, Offset, u32)> {
        runs.iter().map(|(a, r)| (a, r.to, r.processed)).collect()
    }

    #[test]
    fn neighbours_with_the_same_fate_are_one_run() {
        let mut runs = Runs::default();
        for offset in 0..1_000 {
            runs.change(offset, offset + 1, &mut |r| r.processed += 1);
        }
        assert_eq!(told(&runs), [(0, 1_000, 1)]);
        runs.change(5, 8, &mut |r| r.processed += 1);
        assert_eq!(told(&runs), [(0, 5, 1), (5, 8, 2), (8, 1_000, 1)]);
        runs.change(0, 5, &mut |r| r.processed += 1);
        assert_eq!(told(&runs), [(0, 8, 2), (8, 1_000, 1)]);
    }

    #[test]
    fn every_way_of_changing_agrees_with_a_counter_for_each_offset() {
        let mut state = 7_u64;
        let mut next = |n: i64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as i64 % n
        };
        for _ in 0..200 {
            let (mut runs, mut plain) = (Runs::default(), [0_u32; 40]);
            for _ in 0..30 {
                let a = next(39);
                let b = a + 1 + next(40 - a);
                runs.change(a, b, &mut |r| r.processed += 1);
                plain[a as usize..b as usize]
                    .iter_mut()
                    .for_each(|c| *c += 1);
                let read: Vec<u32> = runs
                    .iter()
                    .flat_map(|(a, r)| (a..r.to).map(|_| r.processed))
                    .collect();
                assert_eq!(read, plain[..runs.end() as usize]);
                let kept: Vec<_> = runs.iter().map(|(_, r)| r.processed).collect();
                assert!(kept.windows(2).all(|w| w[0] != w[1]));
            }
        }
    }

    #[test]
    fn the_oldest_runs_are_counted_when_there_are_too_many() {
        let mut runs = Runs::default();
        for offset in 0..2_000 {
            let times = 1 + (offset % 2) as u32;
            runs.change(offset, offset + 1, &mut |r| r.processed = times);
        }
        assert_eq!(runs.iter().count(), KEPT);
        assert_eq!(runs.folded()[Fate::Once as usize], 850);
        assert_eq!(runs.folded()[Fate::Again as usize], 850);
        assert_eq!((runs.from, runs.end()), (1_700, 2_000));
    }
}
