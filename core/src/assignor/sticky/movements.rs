//! Which partitions were moved from whom to whom in this run (`AbstractStickyAssignor.PartitionMovements`).
//!
//! Before a partition moves from A to B, one of the same topic that went from B to A earlier is sent back instead. Kafka takes
//! the first of a `HashSet`, so the order of Java's hash table decides which.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A movement within a topic: (topic, from, to).
type Route = (u32, u32, u32);

/// A partition as a key of Java's hash tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moved {
    partition: u32,
    /// The spread `TopicPartition.hashCode`.
    spread: u32,
}

/// A `HashSet<TopicPartition>` in the small: keys in order of insertion, and how many bins Java would have.
#[derive(Debug)]
struct MovedSet {
    bins: u32,
    moved: Vec<Moved>,
}

impl MovedSet {
    const fn new() -> Self {
        Self {
            bins: 16,
            moved: Vec::new(),
        }
    }

    fn insert(&mut self, moved: Moved) {
        self.moved.push(moved);
        let bin = moved.spread & (self.bins - 1);
        let crowd = self
            .moved
            .iter()
            .filter(|it| it.spread & (self.bins - 1) == bin)
            .count();
        // A ninth key in one bin doubles a small table early; a large one would grow a tree there, which is left out.
        if crowd > 8 && self.bins < 64 {
            self.bins *= 2;
        }
        if self.moved.len() as u32 > self.bins / 4 * 3 {
            self.bins *= 2;
        }
    }

    fn first(&self) -> Option<u32> {
        let first = self
            .moved
            .iter()
            .min_by_key(|it| it.spread & (self.bins - 1));
        first.map(|it| it.partition)
    }
}

/// The movements of one run.
#[derive(Debug, Default)]
pub(super) struct Movements {
    by_route: BTreeMap<Route, MovedSet>,
    of_partition: BTreeMap<u32, (u32, u32)>,
}

impl Movements {
    /// The partition that really moves when `partition` should go from `from` to `to`.
    pub(super) fn actual(&self, topic: u32, partition: u32, from: u32, to: u32) -> u32 {
        let source = self.of_partition.get(&partition).map_or(from, |it| it.0);
        let back = self.by_route.get(&(topic, to, source));
        back.and_then(MovedSet::first).unwrap_or(partition)
    }

    /// Notes a movement. `hash` is the partition's `TopicPartition.hashCode`.
    pub(super) fn note(&mut self, topic: u32, partition: u32, hash: i32, from: u32, to: u32) {
        let source = match self.of_partition.remove(&partition) {
            None => from,
            Some((source, last)) => {
                self.forget(topic, partition, source, last);
                source
            }
        };
        // Back where it came from: as if it had never moved.
        if source == to {
            return;
        }
        let spread = hash as u32 ^ (hash as u32 >> 16);
        let set = self
            .by_route
            .entry((topic, source, to))
            .or_insert_with(MovedSet::new);
        set.insert(Moved { partition, spread });
        self.of_partition.insert(partition, (source, to));
    }

    fn forget(&mut self, topic: u32, partition: u32, source: u32, to: u32) {
        let route = (topic, source, to);
        if let Some(set) = self.by_route.get_mut(&route) {
            set.moved.retain(|it| it.partition != partition);
            if set.moved.is_empty() {
                self.by_route.remove(&route);
            }
        }
    }
}

/// `TopicPartition.hashCode`, from the hash of the topic's name.
pub(super) const fn partition_hash(topic_hash: i32, partition: i32) -> i32 {
    (31_i32.wrapping_add(partition))
        .wrapping_mul(31)
        .wrapping_add(topic_hash)
}
