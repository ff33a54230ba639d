//! Producers and consumers, as their own processes see themselves.

use super::ProcessState;
use crate::id::{BrokerId, Name, NodeId, Offset, TopicPartition};
use crate::time::SimTime;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// One producer.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ProducerView {
    /// Address.
    pub node: NodeId,
    /// Its name.
    pub name: Name,
    /// What it does.
    pub state: ProcessState,
    /// Topic it writes to.
    pub topic: Name,
    /// Thousandths of a record a second; 0: only by hand.
    pub rate_milli: u64,
    /// Keys it picks from; empty: no key.
    pub keys: Vec<Name>,
    /// Every setting as text, in [`crate::config::ProducerConfig`] order.
    pub configs: Arc<[Name]>,
    /// Producer id and epoch, -1 before InitProducerId.
    pub producer_id: (i64, i16),
    /// Batches being filled or waiting, per partition: records, bytes.
    pub batches: Vec<(TopicPartition, u32, u32)>,
    /// Requests in flight, per broker.
    pub in_flight: Vec<(BrokerId, u32)>,
    /// Last acknowledgement: partition, offset, how long it took in microseconds.
    pub last_ack: Option<(TopicPartition, Offset, u64)>,
    /// Last error, if it came after the last acknowledgement.
    pub last_error: Option<(Option<TopicPartition>, Name)>,
    /// Records acknowledged and failed so far.
    pub acked: u64,
    /// Records given up.
    pub failed: u64,
}

/// One consumer.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ConsumerView {
    /// Address.
    pub node: NodeId,
    /// Its name.
    pub name: Name,
    /// What it does.
    pub state: ProcessState,
    /// Group.
    pub group: Name,
    /// Topics it subscribes to, or a pattern between slashes.
    pub topics: Vec<Name>,
    /// It assigned its partitions itself (assign()), outside any group's plan.
    pub manual: bool,
    /// Member id, empty before it has one.
    pub member_id: Name,
    /// Instance id.
    pub instance: Option<Name>,
    /// Generation it believes in, -1 before.
    pub generation: i32,
    /// It leads the group (computes the assignment).
    pub is_leader: bool,
    /// It is between revoke and assign since then.
    pub paused_since: Option<SimTime>,
    /// Partitions it owns.
    pub partitions: Vec<OwnedPartition>,
    /// Every setting as text, in [`crate::config::ConsumerConfig`] order.
    pub configs: Arc<[Name]>,
    /// Microseconds the application takes for a record.
    pub processing_us: u64,
    /// Record being processed.
    pub processing: Option<(TopicPartition, Offset)>,
    /// In a share group: records it has acquired and not acknowledged, with their delivery counts.
    pub acquired: Vec<(TopicPartition, Offset, i16)>,
    /// The coordinator removes it then, unless it hears of it (only for members that do not run).
    pub session_ends: Option<SimTime>,
    /// Records delivered to the application so far.
    pub delivered: u64,
    /// The last error or exception its application saw.
    pub last_error: Option<Name>,
}

/// A partition in a consumer's hands.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct OwnedPartition {
    /// Which.
    pub tp: TopicPartition,
    /// Topic name.
    pub topic: Name,
    /// Next offset to fetch for the application; -1 before it is known.
    pub position: Offset,
    /// Next offset after the last one processed; -1 before any.
    pub processed: Offset,
    /// Committed by the group; -1: none.
    pub committed: Offset,
    /// High watermark on the leader; -1 without a running leader.
    pub high_watermark: Offset,
    /// high watermark - committed (or - log start).
    pub lag: i64,
}
