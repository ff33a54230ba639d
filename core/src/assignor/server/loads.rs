//! Members of a topic between the least and the most loaded (`MemberAssignmentBalancer`).
//!
//! The subscribers stand sorted by load. From below, a range of equally loaded members grows to the right: each gets a
//! partition in turn, and when all have one the level of the range rises and members of that load join it. From above a range
//! grows to the left in the same way, giving partitions away; members with nothing to give are put out at its right end.

use crate::sorted::sort_by_rank;
use alloc::vec::Vec;

/// The two ranges over the sorted members. Counts are signed: Kafka starts just outside the real loads.
#[derive(Debug, Default)]
pub(super) struct Loads {
    sorted: Vec<u32>,
    least_end: usize,
    least_count: i64,
    next_least: usize,
    most_start: usize,
    most_end: usize,
    most_count: i64,
    /// The next member to give, -1 if there is none.
    next_most: i64,
}

impl Loads {
    /// Starts over with the subscribers of a topic, of which there is at least one; gives the difference between the greatest and the
    /// smallest load.
    pub(super) fn initialize(&mut self, members: &[u32], size: &[u32]) -> u32 {
        self.sorted.clear();
        self.sorted.extend(members);
        sort_by_rank(&mut self.sorted, &|it| size[it as usize]);
        let least = self.sorted.first().map_or(0, |&it| size[it as usize]);
        let most = self.sorted.last().map_or(0, |&it| size[it as usize]);
        self.least_end = 0;
        self.least_count = i64::from(least) - 1;
        self.next_least = 0;
        self.most_start = self.sorted.len();
        self.most_end = self.sorted.len();
        self.most_count = i64::from(most) + 1;
        self.next_most = self.sorted.len() as i64 - 1;
        most - least
    }

    fn count_at(&self, place: usize, size: &[u32]) -> i64 {
        i64::from(size[self.sorted[place] as usize])
    }

    /// The member to get the next partition.
    pub(super) fn next_least_loaded(&mut self, size: &[u32]) -> u32 {
        if self.next_least >= self.least_end {
            self.least_count += 1;
            while self.least_end < self.sorted.len()
                && self.count_at(self.least_end, size) == self.least_count
            {
                self.least_end += 1;
            }
            self.next_least = 0;
        }
        self.next_least += 1;
        self.sorted[self.next_least - 1]
    }

    /// The member to give a partition away, if there is one left.
    pub(super) fn next_most_loaded(&mut self, size: &[u32]) -> Option<u32> {
        if self.next_most < self.most_start as i64 {
            if self.most_end <= self.most_start && self.most_start > 0 {
                // Everybody in the range was put out: go on with whoever stands before it.
                self.most_count = self.count_at(self.most_start - 1, size);
            } else {
                self.most_count -= 1;
            }
            while self.most_start > 0 && self.count_at(self.most_start - 1, size) == self.most_count
            {
                self.most_start -= 1;
            }
            self.next_most = self.most_end as i64 - 1;
        }
        let place = usize::try_from(self.next_most).ok()?;
        self.next_most -= 1;
        Some(self.sorted[place])
    }

    /// Puts out the member that `next_most_loaded` gave last.
    pub(super) fn exclude_most_loaded(&mut self) {
        self.sorted
            .swap((self.next_most + 1) as usize, self.most_end - 1);
        self.most_end -= 1;
    }

    /// Whether the ranges have come within one of each other.
    pub(super) const fn is_balanced(&self) -> bool {
        self.most_count - self.least_count <= 1
    }
}
