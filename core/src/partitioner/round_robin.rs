//! `RoundRobinPartitioner`: records go to the partitions in turn, whatever their keys.

use super::to_positive;

/// The state of Kafka's `RoundRobinPartitioner` for one topic: how many records it has placed.
///
/// Kafka asks a configured partitioner again when the accumulator opens a new batch in some versions, which skips a
/// partition; this one is asked once per record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundRobinPartitioner {
    placed: i32,
}

impl RoundRobinPartitioner {
    /// A partitioner that has placed nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { placed: 0 }
    }

    /// The partition of the next record: the next of those with a leader (`available`), or of all `partitions` if none has one.
    pub fn next(&mut self, available: &[i32], partitions: i32) -> i32 {
        let turn = to_positive(self.placed);
        self.placed = self.placed.wrapping_add(1);
        if available.is_empty() {
            turn % partitions.max(1)
        } else {
            available[turn as usize % available.len()]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_take_turns_and_leaderless_ones_are_left_out() {
        let mut partitioner = RoundRobinPartitioner::new();
        let turns: [i32; 4] = core::array::from_fn(|_| partitioner.next(&[0, 2, 3], 4));
        assert_eq!(turns, [0, 2, 3, 0]);
        assert_eq!(partitioner.next(&[], 4), 0);
        assert_eq!(partitioner.next(&[], 4), 1);
    }
}
