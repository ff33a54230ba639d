//! The built-in partitioner for records without a key (KIP-794, `BuiltInPartitioner`).
//!
//! One partition of the topic is *sticky*: all keyless records go there until about `batch.size` bytes were appended, then
//! another is drawn at random. The draw prefers partitions with short queues when the accumulator supplies queue sizes
//! (adaptive partitioning), and otherwise is uniform over the partitions that have a leader.
//!
//! A producer uses it like this for each keyless record:
//! 1. [`StickyPartitioner::peek`] names the partition;
//! 2. [`StickyPartitioner::on_append`] with 0 bytes, if all batches of that partition are full: a switch that was put off
//!    may happen now (`RecordAccumulator.partitionChanged`); when it answers true, start again at 1;
//! 3. after the append, `on_append` with the bytes and whether all batches are full now.
//!
//! Kafka's locking between these steps is left out: here nothing runs in between.

use super::to_positive;
use alloc::vec::Vec;

/// What the partitioner has to know of a topic when it draws.
#[derive(Clone, Copy, Debug)]
pub struct TopicPartitions<'a> {
    /// The partitions that have a leader, in the order of the metadata.
    pub available: &'a [i32],
    /// The number of all partitions.
    pub total: i32,
}

/// The queues of a topic, as `RecordAccumulator.partitionReady` collects them.
#[derive(Clone, Copy, Debug)]
pub struct QueueSizes<'a> {
    /// The number of batches waiting, for each partition with a leader.
    pub sizes: &'a [i32],
    /// The partition of each queue.
    pub partitions: &'a [i32],
    /// How many of the queues count: the first `usable`. Fewer than all when some brokers have not accepted data for
    /// `partitioner.availability.timeout.ms`.
    pub usable: usize,
}

/// Weights of the next draw: `cumulative[i]` is the sum of the weights of the first `i + 1` partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LoadStats {
    cumulative: Vec<i32>,
    partitions: Vec<i32>,
}

/// The sticky partition of one topic in one producer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StickyPartitioner {
    batch_size: i32,
    current: Option<i32>,
    produced_bytes: i32,
    load: Option<LoadStats>,
}

impl StickyPartitioner {
    /// A partitioner for `batch.size` bytes; it draws its first partition when first asked.
    #[must_use]
    pub const fn new(batch_size: i32) -> Self {
        Self {
            batch_size: if batch_size < 1 { 1 } else { batch_size },
            current: None,
            produced_bytes: 0,
            load: None,
        }
    }

    /// The bytes appended to the present partition since it was drawn.
    #[must_use]
    pub const fn produced_bytes(&self) -> i32 {
        self.produced_bytes
    }

    /// The partition for the next keyless record; drawn if there is none yet. `random` gives any 32-bit integers.
    pub fn peek(&mut self, random: &mut dyn FnMut() -> i32, topic: TopicPartitions<'_>) -> i32 {
        match self.current {
            Some(partition) => partition,
            None => self.switch(random, topic),
        }
    }

    /// Counts `bytes` appended to the present partition and says whether another one was drawn (it can be the same again).
    ///
    /// It is drawn once `batch.size` bytes were appended and `all_batches_full` (no batch of the partition is still open),
    /// or when it is twice `batch.size`.
    pub fn on_append(
        &mut self,
        bytes: i32,
        all_batches_full: bool,
        random: &mut dyn FnMut() -> i32,
        topic: TopicPartitions<'_>,
    ) -> bool {
        self.produced_bytes = self.produced_bytes.wrapping_add(bytes);
        let enough = self.produced_bytes >= self.batch_size && all_batches_full;
        let switched = enough || self.produced_bytes >= self.batch_size.wrapping_mul(2);
        if switched {
            self.switch(random, topic);
        }
        switched
    }

    /// Takes the queue sizes for the next draws (`updatePartitionLoadStats`); none means uniform draws.
    ///
    /// They are dropped, too, when there are fewer than two queues, none is usable, or all are equally long and none is
    /// left out.
    pub fn update_load(&mut self, queues: Option<QueueSizes<'_>>) {
        self.load = queues.and_then(load_stats);
    }

    fn switch(&mut self, random: &mut dyn FnMut() -> i32, topic: TopicPartitions<'_>) -> i32 {
        let random = to_positive(random());
        let next = match &self.load {
            Some(load) => load.pick(random),
            None if topic.available.is_empty() => random % topic.total.max(1),
            None => topic.available[random as usize % topic.available.len()],
        };
        self.current = Some(next);
        self.produced_bytes = 0;
        next
    }
}

fn load_stats(queues: QueueSizes<'_>) -> Option<LoadStats> {
    let usable = queues.usable.min(queues.sizes.len());
    let sizes = queues.sizes.get(..usable)?;
    let longest = *sizes.iter().max()?;
    let none_left_out = usable == queues.sizes.len();
    if queues.sizes.len() < 2 || none_left_out && sizes.iter().all(|&it| it == longest) {
        return None;
    }
    let mut sum = 0_i32;
    let weights = sizes.iter().map(|&size| {
        sum = sum.wrapping_add(longest.wrapping_add(1).wrapping_sub(size));
        sum
    });
    Some(LoadStats {
        cumulative: weights.collect(),
        partitions: queues.partitions.get(..usable)?.to_vec(),
    })
}

impl LoadStats {
    /// The first partition whose cumulative weight exceeds the random number, taken modulo the whole weight.
    fn pick(&self, random: i32) -> i32 {
        let total = self.cumulative.last().map_or(1, |&it| it.max(1));
        let target = random % total;
        let index = self.cumulative.partition_point(|&weight| weight <= target);
        self.partitions[index.min(self.partitions.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: TopicPartitions<'static> = TopicPartitions {
        available: &[0, 1, 2, 3],
        total: 4,
    };

    #[test]
    fn it_sticks_until_batch_size_and_waits_for_full_batches_up_to_twice() {
        let mut partitioner = StickyPartitioner::new(1000);
        let mut draws = [5, 6, 7].into_iter();
        let mut random = || draws.next().unwrap_or(0);
        assert_eq!(partitioner.peek(&mut random, FOUR), 1);
        assert!(!partitioner.on_append(999, true, &mut random, FOUR));
        assert!(!partitioner.on_append(500, false, &mut random, FOUR));
        assert!(partitioner.on_append(0, true, &mut random, FOUR));
        assert_eq!(partitioner.peek(&mut random, FOUR), 2);
        assert!(partitioner.on_append(2000, false, &mut random, FOUR));
        assert_eq!(partitioner.peek(&mut random, FOUR), 3);
    }

    #[test]
    fn short_queues_are_likelier() {
        let mut partitioner = StickyPartitioner::new(1);
        partitioner.update_load(Some(QueueSizes {
            sizes: &[0, 3, 1],
            partitions: &[0, 1, 2],
            usable: 3,
        }));
        let picks: Vec<i32> = (0..8)
            .map(|draw| partitioner.switch(&mut || draw, FOUR))
            .collect();
        assert_eq!(picks, [0, 0, 0, 0, 1, 2, 2, 2]);
    }

    #[test]
    fn equal_queues_are_drawn_uniformly_and_leaderless_topics_from_all() {
        let mut partitioner = StickyPartitioner::new(1);
        partitioner.update_load(Some(QueueSizes {
            sizes: &[2, 2],
            partitions: &[0, 1],
            usable: 2,
        }));
        assert_eq!(partitioner.load, None);
        let leaderless = TopicPartitions {
            available: &[],
            total: 4,
        };
        assert_eq!(
            partitioner.switch(&mut || -5, leaderless),
            to_positive(-5) % 4
        );
    }
}
