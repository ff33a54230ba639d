//! Controllers, brokers with their copies, topics with their partitions.

use super::ProcessState;
use crate::id::{BrokerId, Name, Offset, TopicPartition};
use crate::time::SimTime;
use alloc::vec::Vec;

/// One controller.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ControllerView {
    /// `node.id`.
    pub id: BrokerId,
    /// What it does.
    pub state: ProcessState,
    /// It is the active one.
    pub active: bool,
    /// Its quorum epoch.
    pub epoch: i32,
    /// Its log end offset in the metadata log.
    pub log_end: Offset,
    /// Its high watermark there.
    pub high_watermark: Offset,
}

/// One broker.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BrokerView {
    /// `node.id`.
    pub id: BrokerId,
    /// What it does.
    pub state: ProcessState,
    /// Since when.
    pub since: SimTime,
    /// Registered, but the controller has fenced it.
    pub fenced: bool,
    /// Its epoch, -1 before registration.
    pub epoch: i64,
    /// Its rack.
    pub rack: Option<Name>,
    /// Groups it coordinates.
    pub coordinates: Vec<Name>,
    /// How far it has replayed the metadata log.
    pub metadata_offset: Offset,
    /// Its copies, by topic name and partition, internal topics left out.
    pub replicas: Vec<ReplicaView>,
    /// How many copies of internal partitions it has, and how many of them it leads.
    pub internal: (u32, u32),
}

/// What a copy does right now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum ReplicaRole {
    /// Believes to lead.
    Leader,
    /// Follows.
    Follower,
    /// Nobody leads as far as it knows, or the broker is not running.
    Offline,
}

/// Where a reassignment takes a copy (KIP-455).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Moving {
    /// It is being added.
    Adding,
    /// It goes when the added ones are in sync.
    Removing,
}

/// A partition's copy on one broker, as that broker sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ReplicaView {
    /// Which partition.
    pub tp: TopicPartition,
    /// Topic name.
    pub topic: Name,
    /// What it does.
    pub role: ReplicaRole,
    /// The leader epoch it knows.
    pub leader_epoch: i32,
    /// In the ISR, by the active controller's metadata.
    pub in_isr: bool,
    /// A reassignment brings it, or takes it away.
    pub moving: Option<Moving>,
    /// The ISR this broker works with, if it leads (with proposed members: the maximal ISR).
    pub maximal_isr: Vec<BrokerId>,
    /// First offset.
    pub log_start: Offset,
    /// As this copy knows it.
    pub high_watermark: Offset,
    /// Next offset.
    pub log_end: Offset,
    /// Base offsets of its segments.
    pub segments: Vec<Offset>,
    /// Where each leader epoch starts.
    pub epochs: Vec<(i32, Offset)>,
    /// The newest records, ascending, at most 24.
    pub tiles: Vec<Tile>,
}

/// What a tile shows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum TileKind {
    /// A record with a value.
    Data,
    /// A record without a value.
    Tombstone,
    /// A transaction was committed.
    Commit,
    /// A transaction was aborted.
    Abort,
}

/// One record.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Tile {
    /// Its offset.
    pub offset: Offset,
    /// Its key as text, if it has one.
    pub key: Option<Name>,
    /// Its value as text.
    pub value: Name,
    /// Shape.
    pub kind: TileKind,
    /// Leader epoch in which it was written.
    pub epoch: i32,
    /// Milliseconds.
    pub timestamp: i64,
    /// Producer id and sequence number, -1 without.
    pub producer: (i64, i32),
}

/// A topic, by the active controller's metadata (or the last one's).
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TopicView {
    /// Its name.
    pub name: Name,
    /// `__consumer_offsets` and the like.
    pub internal: bool,
    /// Settings that differ from the defaults: name, value.
    pub configs: Vec<(&'static str, Name)>,
    /// Partitions, ascending.
    pub partitions: Vec<PartitionView>,
}

/// A partition, by the controller's metadata.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PartitionView {
    /// Which.
    pub tp: TopicPartition,
    /// Who leads.
    pub leader: Option<BrokerId>,
    /// Epoch.
    pub leader_epoch: i32,
    /// Epoch of every change.
    pub partition_epoch: i32,
    /// Assignment.
    pub replicas: Vec<BrokerId>,
    /// Replicas that are being added.
    pub adding: Vec<BrokerId>,
    /// Replicas that are being removed.
    pub removing: Vec<BrokerId>,
    /// In sync.
    pub isr: Vec<BrokerId>,
    /// Eligible leader replicas.
    pub elr: Vec<BrokerId>,
    /// High watermark on its leader, -1 without a running leader.
    pub high_watermark: Offset,
    /// Log end on its leader, -1 without a running leader.
    pub log_end: Offset,
    /// Log start on its leader, -1 without a running leader.
    pub log_start: Offset,
}

impl PartitionView {
    /// How many replicas it is meant to have: without those that are only being added (`Partition.isUnderReplicated`,
    /// `TopicCommand.getReplicationFactor`).
    #[must_use]
    pub fn replication_factor(&self) -> usize {
        self.replicas.len() - self.adding.len()
    }

    /// Fewer in sync than that.
    #[must_use]
    pub fn is_under_replicated(&self) -> bool {
        self.isr.len() < self.replication_factor()
    }

    /// Whether replicas are being added or removed.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        !self.adding.is_empty() || !self.removing.is_empty()
    }
}
