//! Metadata: what clients are told, what brokers and controllers say to each other, and the records
//! of the metadata log (`__cluster_metadata`, KIP-500, KIP-595, KIP-631).

use super::ErrorCode;
use crate::id::{
    BrokerEpoch, BrokerId, LeaderEpoch, Name, Offset, PartitionEpoch, TopicId, TopicPartition,
};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The cluster as a client is told of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct MetadataResponse {
    /// Unfenced brokers.
    pub brokers: Vec<BrokerId>,
    /// The active controller, as far as the broker knows.
    pub controller: Option<BrokerId>,
    /// The topics asked for.
    pub topics: Vec<TopicMetadata>,
}

/// One topic.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TopicMetadata {
    /// Its name.
    pub name: Name,
    /// Its id; `None` with an error.
    pub id: Option<TopicId>,
    /// UNKNOWN_TOPIC_OR_PARTITION or NONE.
    pub error: ErrorCode,
    /// Ascending.
    pub partitions: Vec<PartitionMetadata>,
}

/// One partition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PartitionMetadata {
    /// Its number.
    pub partition: i32,
    /// `None` when there is no leader (LEADER_NOT_AVAILABLE).
    pub leader: Option<BrokerId>,
    /// Its epoch.
    pub leader_epoch: LeaderEpoch,
    /// The assignment; the first is the preferred leader.
    pub replicas: Arc<[BrokerId]>,
    /// In-sync replicas, in the order in which they joined.
    pub isr: Arc<[BrokerId]>,
}

/// To the controller: create a topic.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CreateTopicRequest {
    /// Its name.
    pub name: Name,
    /// How many partitions; -1 takes `num.partitions`.
    pub partitions: i32,
    /// Replicas of each; -1 takes `default.replication.factor`.
    pub replication_factor: i16,
    /// Explicit replica lists; empty lets the controller place them.
    pub assignment: Vec<Vec<BrokerId>>,
    /// Topic configuration.
    pub configs: Vec<(Name, Name)>,
}

/// How a leader may be chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ElectionType {
    /// The first replica of the assignment, if it is in sync.
    Preferred,
    /// Any live replica, data loss accepted.
    Unclean,
}

/// To the controller: elect leaders.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ElectLeadersRequest {
    /// How.
    pub election: ElectionType,
    /// Which partition.
    pub tp: TopicPartition,
}

/// To the controller: give a partition other replicas (KIP-455).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ReassignRequest {
    /// Which partition.
    pub tp: TopicPartition,
    /// The replicas it is to have, the preferred leader first; `None` cancels what is under way.
    pub replicas: Option<Vec<BrokerId>>,
}

/// A broker introduces itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BrokerRegistrationRequest {
    /// `node.id`.
    pub broker: BrokerId,
    /// One process start; a retried registration repeats it.
    pub incarnation: u64,
    /// `broker.rack`.
    pub rack: Option<Name>,
    /// The epoch before a clean shutdown, or -1.
    pub previous_epoch: BrokerEpoch,
}

/// A broker's sign of life.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BrokerHeartbeatRequest {
    /// Who.
    pub broker: BrokerId,
    /// Its epoch.
    pub epoch: BrokerEpoch,
    /// How far it has replayed the metadata log.
    pub metadata_offset: Offset,
    /// It wants to stay fenced.
    pub want_fence: bool,
    /// It wants to shut down.
    pub want_shut_down: bool,
}

/// The controller's answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BrokerHeartbeatResponse {
    /// NOT_CONTROLLER, STALE_BROKER_EPOCH or NONE.
    pub error: ErrorCode,
    /// It has replayed its own registration.
    pub is_caught_up: bool,
    /// It is fenced.
    pub is_fenced: bool,
    /// It may shut down now.
    pub should_shut_down: bool,
}

/// Whether the leader's log is known to be whole (`LeaderRecoveryState`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Recovery {
    /// Yes.
    #[default]
    Recovered,
    /// After an unclean election, until the leader says otherwise.
    Recovering,
}

/// A leader asks for another ISR.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AlterPartitionRequest {
    /// The sender.
    pub broker: BrokerId,
    /// Its epoch.
    pub broker_epoch: BrokerEpoch,
    /// Which partition.
    pub tp: TopicPartition,
    /// The leader epoch the sender believes in.
    pub leader_epoch: LeaderEpoch,
    /// The partition epoch it builds on (compare-and-set).
    pub partition_epoch: PartitionEpoch,
    /// The ISR it wants, each with the broker epoch seen in its fetches (KIP-903; -1: not checked).
    pub isr: Vec<(BrokerId, BrokerEpoch)>,
    /// The recovery state it wants.
    pub recovery: Recovery,
}

/// The partition as the controller sees it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AlterPartitionResponse {
    /// Which partition.
    pub tp: TopicPartition,
    /// Outcome.
    pub error: ErrorCode,
    /// The new state, when there is no error.
    pub state: Option<Arc<PartitionState>>,
}

/// A partition's state in the metadata (`PartitionRegistration`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PartitionState {
    /// The assignment; the first is the preferred leader.
    pub replicas: Arc<[BrokerId]>,
    /// Replicas that are being added: in the list, not yet all in sync.
    pub adding: Arc<[BrokerId]>,
    /// Replicas that are being removed: in the list until the added ones are in sync.
    pub removing: Arc<[BrokerId]>,
    /// In-sync replicas, in the order in which they joined.
    pub isr: Arc<[BrokerId]>,
    /// Eligible leader replicas (KIP-966).
    pub elr: Arc<[BrokerId]>,
    /// The last known leader, kept while ISR and ELR are empty.
    pub last_known_elr: Arc<[BrokerId]>,
    /// `None`: no leader.
    pub leader: Option<BrokerId>,
    /// Goes up whenever the leader field is written.
    pub leader_epoch: LeaderEpoch,
    /// Goes up at every change.
    pub partition_epoch: PartitionEpoch,
    /// Whether the leader is recovering from an unclean election.
    pub recovery: Recovery,
}

impl PartitionState {
    /// Whether replicas are being added or removed.
    pub fn is_moving(&self) -> bool {
        !self.adding.is_empty() || !self.removing.is_empty()
    }
}

/// A record of the metadata log.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MetadataRecord {
    /// A new quorum leader's first record (LeaderChangeMessage).
    LeaderChange(BrokerId),
    /// A broker registered; it starts fenced.
    RegisterBroker {
        /// Who.
        broker: BrokerId,
        /// Its new epoch.
        epoch: BrokerEpoch,
        /// The process start.
        incarnation: u64,
        /// Its rack.
        rack: Option<Name>,
    },
    /// A registration changed (fenced, unfenced, shutting down).
    BrokerRegistrationChange {
        /// Who.
        broker: BrokerId,
        /// Its epoch.
        epoch: BrokerEpoch,
        /// Now fenced?
        fenced: bool,
        /// Now in controlled shutdown?
        in_controlled_shutdown: bool,
    },
    /// A topic was created.
    Topic {
        /// Its name.
        name: Name,
        /// Its id.
        id: TopicId,
    },
    /// A partition was created.
    Partition {
        /// Which.
        tp: TopicPartition,
        /// How it begins.
        state: Arc<PartitionState>,
    },
    /// A partition changed.
    PartitionChange {
        /// Which.
        tp: TopicPartition,
        /// How it is now.
        state: Arc<PartitionState>,
    },
    /// A topic was deleted.
    RemoveTopic(TopicId),
    /// A topic's configuration value changed; `None` resets it.
    Config {
        /// Which topic.
        topic: TopicId,
        /// Kafka's name of the setting.
        name: Name,
        /// Its value.
        value: Option<Name>,
    },
    /// Producer ids up to this one were handed out.
    ProducerIds(i64),
    /// A group's configuration value; `None`: back to the brokers' own.
    GroupConfig {
        /// Which group.
        group: Name,
        /// Kafka's name of the setting.
        name: Name,
        /// Its value, as its definition reads it.
        value: Option<i64>,
    },
}

/// A metadata record with the quorum epoch in which it was appended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MetadataEntry {
    /// Quorum epoch.
    pub epoch: i32,
    /// What happened.
    pub record: MetadataRecord,
}

/// Read the metadata log.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MetadataFetchRequest {
    /// The quorum epoch the sender knows.
    pub epoch: i32,
    /// The next offset wanted.
    pub offset: Offset,
    /// Epoch of the last record the sender has, or -1.
    pub last_epoch: i32,
    /// The controllers' high watermark the sender knows; the leader answers at once when its own is higher.
    pub high_watermark: Offset,
    /// How long the leader may hold the request, milliseconds.
    pub max_wait_ms: i64,
}

/// The metadata log's answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MetadataFetchResponse {
    /// NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH or NONE.
    pub error: ErrorCode,
    /// The quorum's epoch and leader, as the answering controller knows them.
    pub quorum: QuorumEpoch,
    /// Committed up to here (exclusive).
    pub high_watermark: Offset,
    /// Truncate to this offset first.
    pub diverging: Option<Offset>,
    /// Entries from the offset asked for.
    pub entries: Vec<MetadataEntry>,
}

/// Who leads the controller quorum.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct QuorumEpoch {
    /// The epoch.
    pub epoch: i32,
    /// Its leader, if known.
    pub leader: Option<BrokerId>,
}

/// A candidate asks for a vote.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VoteRequest {
    /// The candidate's epoch.
    pub epoch: i32,
    /// The candidate.
    pub candidate: BrokerId,
    /// Epoch of its last record.
    pub last_epoch: i32,
    /// Its log end offset.
    pub log_end_offset: Offset,
}

/// A voter's answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VoteResponse {
    /// The voter's epoch and the leader it knows.
    pub quorum: QuorumEpoch,
    /// The vote.
    pub granted: bool,
}
