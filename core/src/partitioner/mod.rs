//! How a producer chooses the partition of a record.
//!
//! `KafkaProducer.partition` asks in this order: a partition named by the caller; a configured `partitioner.class`
//! ([`RoundRobinPartitioner`] is the one Kafka ships); for a record with a key, the hash of the key ([`partition_for_key`]); for
//! a record without one, the sticky partition of the moment ([`StickyPartitioner`], KIP-794). An empty key is a key: only an
//! absent one is keyless. Keys are spread over *all* partitions of the topic, leaderless ones included.
//!
//! Everything here is a pure function or a small state machine of its own; randomness comes from the caller.

mod murmur2;
mod round_robin;
mod sticky;

pub use murmur2::{Murmur2Block, Murmur2Tail, Murmur2Working, murmur2, murmur2_working};
pub use round_robin::RoundRobinPartitioner;
pub use sticky::{QueueSizes, StickyPartitioner, TopicPartitions};

/// How many keys, hashed by Kafka's own class, [`murmur2()`] is compared with on every test run; the tests count them.
pub const MURMUR2_VECTORS: u32 = 1415;

/// Kafka's `Utils.toPositive`: clears the sign bit. It is not the absolute value.
#[must_use]
pub const fn to_positive(number: i32) -> i32 {
    number & 0x7fff_ffff
}

/// The partition of a keyed record, from 0 up to `partitions` (`BuiltInPartitioner.partitionForKey`).
///
/// A topic has at least one partition; a count below one is taken as one.
#[must_use]
pub fn partition_for_key(key: &[u8], partitions: i32) -> i32 {
    to_positive(murmur2(key)) % partitions.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_where_kafka_sends_it() {
        assert_eq!(partition_for_key(b"user-42", 6), 4);
        assert_eq!(partition_for_key(b"abc", 50), 7);
        assert_eq!(partition_for_key(b"", 1), 0);
    }

    #[test]
    fn the_sign_bit_is_cleared_not_negated() {
        assert_eq!(to_positive(-1_323_649_548), 823_834_100);
        assert_eq!(to_positive(i32::MIN), 0);
    }
}
