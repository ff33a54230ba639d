//! Names and numbers of things: nodes, topics, partitions, offsets, epochs.
//!
//! Everything here is small, `Copy` where possible, and ordered, so that every map in the engine
//! iterates in one order on every machine.

use alloc::sync::Arc;
use core::cmp::Ordering;
use core::fmt;

/// A name the user chose (topic, group, client) or Kafka made (member id). Cheap to clone.
pub type Name = Arc<str>;

/// A position in a partition's log; the first record has offset 0.
pub type Offset = i64;

/// Counts the leaders of a partition; starts at 0 when the topic is created.
pub type LeaderEpoch = i32;

/// Counts every change of a partition's metadata (ISR, leader, replicas).
pub type PartitionEpoch = i32;

/// Handed out at registration; a restarted broker gets a higher one.
pub type BrokerEpoch = i64;

/// `node.id` of a broker (1, 2, 3 …) or of a controller (101, 102, 103).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BrokerId(pub i32);

impl fmt::Display for BrokerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A producer or consumer process; numbered in order of creation and never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ClientId(pub u32);

/// Anything that can send and receive messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum NodeId {
    /// A broker (`process.roles=broker`).
    Broker(BrokerId),
    /// A dedicated controller (`process.roles=controller`).
    Controller(BrokerId),
    /// A producer or a consumer.
    Client(ClientId),
    /// The administrator's tools (`kafka-topics` and friends).
    Admin,
}

impl NodeId {
    /// Kind and number in one word: every event looks nodes up in maps, and comparing one word is quicker than comparing two.
    const fn order(self) -> u64 {
        let (kind, number) = match self {
            Self::Broker(id) => (0, id.0 as u32),
            Self::Controller(id) => (1, id.0 as u32),
            Self::Client(id) => (2, id.0),
            Self::Admin => (3, 0),
        };
        (kind << 32) | number as u64
    }
}

impl Ord for NodeId {
    /// Brokers, controllers, clients, the administrator; each by number.
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for NodeId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A topic's identity (Kafka: a Uuid). A topic deleted and created again gets a new one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TopicId(pub u32);

/// One partition of one topic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TopicPartition {
    /// The topic.
    pub topic: TopicId,
    /// The partition's number, from 0.
    pub partition: i32,
}

impl TopicPartition {
    /// Short form of the literal.
    pub const fn new(topic: TopicId, partition: i32) -> Self {
        Self { topic, partition }
    }
}

/// The topic that holds group metadata and committed offsets.
pub const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// The topic that holds the state of share-partitions.
pub const SHARE_STATE_TOPIC: &str = "__share_group_state";
