//! What nodes say to each other: Kafka's requests and responses, with Kafka's field names.
//!
//! No behaviour lives here. A request carries a correlation id that its response repeats; a client
//! that loses the connection gets [`Message::Disconnected`] instead of the answers it waits for.
//! Simplified: one version of each API (the newest), no authentication, and no byte encoding.

mod error;
mod group;
mod metadata;
mod share;

pub use error::ErrorCode;
pub use group::*;
pub use metadata::*;
pub use share::*;

use crate::id::{BrokerEpoch, BrokerId, LeaderEpoch, Name, NodeId, Offset, TopicPartition};
use crate::record::RecordBatch;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Pairs a response with its request; unique per sender.
pub type Correlation = u32;

/// A message with its address.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Envelope {
    /// Who sent it.
    pub from: NodeId,
    /// Who is to get it.
    pub to: NodeId,
    /// What it says.
    pub message: Message,
}

/// A request, a response, or the news that a connection broke.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// A question.
    Request(Correlation, Request),
    /// Its answer.
    Response(Correlation, Response),
    /// The connection to the sender of this envelope broke: no request in flight to it will be answered.
    Disconnected,
}

/// Kafka's APIs, as far as they are modelled.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// Write batches.
    Produce(Box<ProduceRequest>),
    /// Read batches, as a follower or as a consumer.
    Fetch(Box<FetchRequest>),
    /// Find an offset by time.
    ListOffsets(Box<ListOffsetsRequest>),
    /// Who leads what. `None` asks for every topic; names that do not exist answer UNKNOWN_TOPIC_OR_PARTITION.
    Metadata(Option<Vec<Name>>),
    /// Which broker coordinates this group.
    FindCoordinator(Name),
    /// Enter or re-enter a classic group.
    JoinGroup(Box<JoinGroupRequest>),
    /// Hand in, or wait for, the assignment.
    SyncGroup(Box<SyncGroupRequest>),
    /// I am alive.
    Heartbeat(Box<HeartbeatRequest>),
    /// I am leaving.
    LeaveGroup(Box<LeaveGroupRequest>),
    /// Join, stay in or leave a group of the consumer protocol.
    ConsumerGroupHeartbeat(Box<ConsumerGroupHeartbeatRequest>),
    /// Store offsets.
    OffsetCommit(Box<OffsetCommitRequest>),
    /// Read stored offsets.
    OffsetFetch(Box<OffsetFetchRequest>),
    /// Remove empty groups.
    DeleteGroups(Vec<Name>),
    /// Remove stored offsets of topics nobody in the group subscribes to.
    OffsetDelete(Box<OffsetDeleteRequest>),
    /// What state a group is in and who has what.
    DescribeGroups(Name),
    /// Enter, stay in or leave a share group.
    ShareGroupHeartbeat(Box<ShareGroupHeartbeatRequest>),
    /// Acquire records of share-partitions.
    ShareFetch(Box<ShareFetchRequest>),
    /// Acknowledge acquired records.
    ShareAcknowledge(Box<ShareAcknowledgeRequest>),
    /// A leader reads the stored state of a share-partition.
    ReadShareGroupState(Box<ReadShareGroupStateRequest>),
    /// A leader stores what changed in a share-partition.
    WriteShareGroupState(Box<WriteShareGroupStateRequest>),
    /// A producer id for an idempotent producer.
    InitProducerId,
    /// Move the log start offset up.
    DeleteRecords(TopicPartition, Offset),
    /// To the controller: create topics.
    CreateTopics(Box<CreateTopicRequest>),
    /// To the controller: raise a topic's partition count to this.
    CreatePartitions(Name, i32),
    /// To the controller: delete a topic.
    DeleteTopics(Name),
    /// To the controller: give a partition other replicas, or stop doing so.
    AlterPartitionReassignments(Box<ReassignRequest>),
    /// To the controller: elect leaders.
    ElectLeaders(Box<ElectLeadersRequest>),
    /// To the controller: set (or, with `None`, reset) a topic's configuration value.
    IncrementalAlterConfigs(Name, Name, Option<Name>),
    /// To the controller: set (or, with `None`, reset) a group's configuration value.
    AlterGroupConfig(Name, Name, Option<Name>),
    /// A broker introduces itself to the controller.
    BrokerRegistration(Box<BrokerRegistrationRequest>),
    /// A broker tells the controller that it lives and what it wants.
    BrokerHeartbeat(BrokerHeartbeatRequest),
    /// A partition leader asks the controller for another ISR.
    AlterPartition(Box<AlterPartitionRequest>),
    /// A broker asks the controller for a block of producer ids.
    AllocateProducerIds,
    /// A broker or a standby controller reads the metadata log (Fetch on `__cluster_metadata`).
    FetchMetadata(MetadataFetchRequest),
    /// A controller asks for a vote.
    Vote(VoteRequest),
    /// A new quorum leader announces itself.
    BeginQuorumEpoch(QuorumEpoch),
}

/// Answers, one for each request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Response {
    /// Per partition.
    Produce(Vec<ProducePartitionResponse>),
    /// Per partition with something new.
    Fetch(Box<FetchResponse>),
    /// Per partition.
    ListOffsets(Vec<ListOffsetsPartitionResponse>),
    /// Brokers and topics.
    Metadata(Box<MetadataResponse>),
    /// The coordinator, or why there is none.
    FindCoordinator(ErrorCode, Option<BrokerId>),
    /// Generation, leader, members.
    JoinGroup(Box<JoinGroupResponse>),
    /// The member's own assignment.
    SyncGroup(Box<SyncGroupResponse>),
    /// Go on, or why not.
    Heartbeat(ErrorCode),
    /// Done, or why not.
    LeaveGroup(ErrorCode),
    /// The member's epoch, and what it is to own.
    ConsumerGroupHeartbeat(Box<ConsumerGroupHeartbeatResponse>),
    /// Per partition.
    OffsetCommit(Vec<(TopicPartition, ErrorCode)>),
    /// The group's error, then offsets; -1 where there is none.
    OffsetFetch(ErrorCode, Vec<(TopicPartition, Offset)>),
    /// Per group.
    DeleteGroups(Vec<(Name, ErrorCode)>),
    /// Per partition.
    OffsetDelete(ErrorCode, Vec<(TopicPartition, ErrorCode)>),
    /// State, members, assignments.
    DescribeGroups(Box<DescribeGroupsResponse>),
    /// The member's epoch and partitions.
    ShareGroupHeartbeat(Box<ShareGroupHeartbeatResponse>),
    /// Acquired records.
    ShareFetch(Box<ShareFetchResponse>),
    /// The session's error, then per partition.
    ShareAcknowledge(ErrorCode, Vec<(TopicPartition, ErrorCode)>),
    /// The stored state.
    ReadShareGroupState(Box<ReadShareGroupStateResponse>),
    /// Stored, or why not.
    WriteShareGroupState(ErrorCode),
    /// Producer id and epoch.
    InitProducerId(ErrorCode, i64, i16),
    /// The new low watermark.
    DeleteRecords(ErrorCode, Offset),
    /// Outcome of an administrative request.
    Admin(ErrorCode),
    /// The broker's epoch.
    BrokerRegistration(ErrorCode, BrokerEpoch),
    /// What the controller makes of the broker.
    BrokerHeartbeat(BrokerHeartbeatResponse),
    /// The partition as the controller sees it now.
    AlterPartition(Box<AlterPartitionResponse>),
    /// First id of a block, and its length.
    AllocateProducerIds(ErrorCode, i64, i32),
    /// Records, and who leads the quorum.
    FetchMetadata(Box<MetadataFetchResponse>),
    /// Granted or not.
    Vote(VoteResponse),
    /// Heard.
    BeginQuorumEpoch(QuorumEpoch),
}

/// When the broker answers a Produce request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Acks {
    /// `0`: never.
    None,
    /// `1`: when the leader has written it.
    Leader,
    /// `all` (-1): when the high watermark has passed it.
    All,
}

/// Write these batches.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ProduceRequest {
    /// When to answer.
    pub acks: Acks,
    /// How long the broker may wait for `acks=all`, milliseconds.
    pub timeout_ms: i64,
    /// At most one batch a partition.
    pub batches: Vec<(TopicPartition, Arc<RecordBatch>)>,
}

/// Outcome for one partition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ProducePartitionResponse {
    /// Which.
    pub tp: TopicPartition,
    /// Outcome.
    pub error: ErrorCode,
    /// Offset of the batch's first record, or -1.
    pub base_offset: Offset,
    /// Where the log begins, or -1.
    pub log_start_offset: Offset,
}

/// What a reader may see (`isolation.level`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Isolation {
    /// Up to the high watermark.
    ReadUncommitted,
    /// Up to the last stable offset, without aborted records.
    ReadCommitted,
}

/// Read from these partitions.
///
/// Fetch sessions (KIP-227): epoch 0 lists every partition and asks for a session; a later epoch lists only
/// partitions whose position or epoch changed, and the broker remembers the rest. Epoch -1: no session.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FetchRequest {
    /// The follower, or `None` for a consumer.
    pub replica: Option<(BrokerId, BrokerEpoch)>,
    /// `replica.fetch.wait.max.ms` / `fetch.max.wait.ms`.
    pub max_wait_ms: i64,
    /// Answer at once when this many bytes are there.
    pub min_bytes: i64,
    /// At most about this many bytes in all.
    pub max_bytes: i64,
    /// What the reader may see.
    pub isolation: Isolation,
    /// 0: start a session; -1: none; else the next number.
    pub session_epoch: i32,
    /// Positions, see above.
    pub partitions: Vec<FetchPartition>,
    /// Partitions to drop from the session.
    pub forgotten: Vec<TopicPartition>,
}

/// A position in one partition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FetchPartition {
    /// Which.
    pub tp: TopicPartition,
    /// The next offset wanted; from a follower also its log end offset.
    pub fetch_offset: Offset,
    /// The leader epoch the reader believes in; the broker fences others (KIP-320). -1: unknown.
    pub current_leader_epoch: LeaderEpoch,
    /// Epoch of the last record the reader has, or -1 (KIP-595: lets the leader find divergence).
    pub last_fetched_epoch: LeaderEpoch,
    /// The follower's log start offset, -1 for consumers.
    pub log_start_offset: Offset,
    /// At most about this many bytes from this partition.
    pub max_bytes: i64,
}

/// Answer to a Fetch: only partitions with something new when a session is used.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FetchResponse {
    /// FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH or NONE.
    pub error: ErrorCode,
    /// Per partition.
    pub partitions: Vec<FetchPartitionResponse>,
}

/// What one partition had to say.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FetchPartitionResponse {
    /// Which.
    pub tp: TopicPartition,
    /// Outcome.
    pub error: ErrorCode,
    /// The leader's high watermark.
    pub high_watermark: Offset,
    /// The leader's last stable offset.
    pub last_stable_offset: Offset,
    /// The leader's log start offset.
    pub log_start_offset: Offset,
    /// Truncate: the leader's largest epoch not after the follower's, and where that epoch ends.
    pub diverging: Option<(LeaderEpoch, Offset)>,
    /// Whole batches; the first may begin before the fetch offset.
    pub batches: Vec<Arc<RecordBatch>>,
}

/// Find offsets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListOffsetsRequest {
    /// Bounds "latest".
    pub isolation: Isolation,
    /// Per partition: which, the leader epoch believed in (-1 unknown), what.
    pub partitions: Vec<(TopicPartition, LeaderEpoch, OffsetSpec)>,
}

/// Which offset.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OffsetSpec {
    /// -2: log start.
    Earliest,
    /// -1: high watermark (or last stable offset).
    Latest,
    /// First offset with a timestamp at or after this, in offset order; milliseconds.
    Timestamp(i64),
}

/// Outcome for one partition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListOffsetsPartitionResponse {
    /// Which.
    pub tp: TopicPartition,
    /// Outcome.
    pub error: ErrorCode,
    /// -1 when no record matches.
    pub offset: Offset,
    /// Timestamp of that record, or -1.
    pub timestamp: i64,
}

/// Kafka's API names, for the journal, the ladder and the legend.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum ApiKey {
    Produce,
    Fetch,
    ListOffsets,
    Metadata,
    FindCoordinator,
    JoinGroup,
    SyncGroup,
    Heartbeat,
    LeaveGroup,
    ConsumerGroupHeartbeat,
    OffsetCommit,
    OffsetFetch,
    DeleteGroups,
    OffsetDelete,
    DescribeGroups,
    InitProducerId,
    DeleteRecords,
    CreateTopics,
    CreatePartitions,
    DeleteTopics,
    ElectLeaders,
    IncrementalAlterConfigs,
    BrokerRegistration,
    BrokerHeartbeat,
    AlterPartition,
    AllocateProducerIds,
    FetchMetadata,
    Vote,
    BeginQuorumEpoch,
    Disconnected,
    ShareGroupHeartbeat,
    ShareFetch,
    ShareAcknowledge,
    ReadShareGroupState,
    WriteShareGroupState,
    AlterPartitionReassignments,
}

impl ApiKey {
    /// Kafka's name of the API (a metadata fetch is a Fetch).
    pub fn name(self) -> &'static str {
        match self {
            Self::Produce => "Produce",
            Self::Fetch | Self::FetchMetadata => "Fetch",
            Self::ListOffsets => "ListOffsets",
            Self::Metadata => "Metadata",
            Self::FindCoordinator => "FindCoordinator",
            Self::JoinGroup => "JoinGroup",
            Self::SyncGroup => "SyncGroup",
            Self::Heartbeat => "Heartbeat",
            Self::LeaveGroup => "LeaveGroup",
            Self::ConsumerGroupHeartbeat => "ConsumerGroupHeartbeat",
            Self::OffsetCommit => "OffsetCommit",
            Self::OffsetFetch => "OffsetFetch",
            Self::DeleteGroups => "DeleteGroups",
            Self::OffsetDelete => "OffsetDelete",
            Self::DescribeGroups => "DescribeGroups",
            Self::ShareGroupHeartbeat => "ShareGroupHeartbeat",
            Self::ShareFetch => "ShareFetch",
            Self::ShareAcknowledge => "ShareAcknowledge",
            Self::ReadShareGroupState => "ReadShareGroupState",
            Self::WriteShareGroupState => "WriteShareGroupState",
            Self::InitProducerId => "InitProducerId",
            Self::DeleteRecords => "DeleteRecords",
            Self::CreateTopics => "CreateTopics",
            Self::CreatePartitions => "CreatePartitions",
            Self::DeleteTopics => "DeleteTopics",
            Self::ElectLeaders => "ElectLeaders",
            Self::AlterPartitionReassignments => "AlterPartitionReassignments",
            Self::IncrementalAlterConfigs => "IncrementalAlterConfigs",
            Self::BrokerRegistration => "BrokerRegistration",
            Self::BrokerHeartbeat => "BrokerHeartbeat",
            Self::AlterPartition => "AlterPartition",
            Self::AllocateProducerIds => "AllocateProducerIds",
            Self::Vote => "Vote",
            Self::BeginQuorumEpoch => "BeginQuorumEpoch",
            Self::Disconnected => "(disconnected)",
        }
    }
}

macro_rules! api_keys {
    ($ty:ident: $($variant:ident => $key:ident),* $(,)?) => {
        impl $ty {
            /// Which API this belongs to.
            pub fn api(&self) -> ApiKey { match self { $(Self::$variant { .. } => ApiKey::$key,)* } }
        }
    };
}

api_keys!(Request:
    Produce => Produce, Fetch => Fetch, ListOffsets => ListOffsets, Metadata => Metadata,
    FindCoordinator => FindCoordinator, JoinGroup => JoinGroup, SyncGroup => SyncGroup, Heartbeat => Heartbeat,
    LeaveGroup => LeaveGroup, ConsumerGroupHeartbeat => ConsumerGroupHeartbeat, OffsetCommit => OffsetCommit,
    OffsetFetch => OffsetFetch, DeleteGroups => DeleteGroups,
    OffsetDelete => OffsetDelete, DescribeGroups => DescribeGroups, ShareGroupHeartbeat => ShareGroupHeartbeat, ShareFetch => ShareFetch,
    ShareAcknowledge => ShareAcknowledge, ReadShareGroupState => ReadShareGroupState,
    WriteShareGroupState => WriteShareGroupState, InitProducerId => InitProducerId, DeleteRecords => DeleteRecords,
    CreateTopics => CreateTopics, CreatePartitions => CreatePartitions, DeleteTopics => DeleteTopics,
    AlterPartitionReassignments => AlterPartitionReassignments,
    ElectLeaders => ElectLeaders, IncrementalAlterConfigs => IncrementalAlterConfigs,
    AlterGroupConfig => IncrementalAlterConfigs,
    BrokerRegistration => BrokerRegistration, BrokerHeartbeat => BrokerHeartbeat, AlterPartition => AlterPartition,
    AllocateProducerIds => AllocateProducerIds, FetchMetadata => FetchMetadata, Vote => Vote,
    BeginQuorumEpoch => BeginQuorumEpoch,
);

impl Message {
    /// The API this message belongs to; a response has none of its own, its request's is known to the sender.
    pub fn api(&self) -> Option<ApiKey> {
        match self {
            Self::Request(_, r) => Some(r.api()),
            Self::Response(_, r) => r.api(),
            Self::Disconnected => Some(ApiKey::Disconnected),
        }
    }
}

impl Response {
    /// Which API this answers; `None` for the answers several administrative APIs share.
    pub fn api(&self) -> Option<ApiKey> {
        Some(match self {
            Self::Produce(..) => ApiKey::Produce,
            Self::Fetch(..) => ApiKey::Fetch,
            Self::ListOffsets(..) => ApiKey::ListOffsets,
            Self::Metadata(..) => ApiKey::Metadata,
            Self::FindCoordinator(..) => ApiKey::FindCoordinator,
            Self::JoinGroup(..) => ApiKey::JoinGroup,
            Self::SyncGroup(..) => ApiKey::SyncGroup,
            Self::Heartbeat(..) => ApiKey::Heartbeat,
            Self::LeaveGroup(..) => ApiKey::LeaveGroup,
            Self::ConsumerGroupHeartbeat(..) => ApiKey::ConsumerGroupHeartbeat,
            Self::OffsetCommit(..) => ApiKey::OffsetCommit,
            Self::OffsetFetch(..) => ApiKey::OffsetFetch,
            Self::DeleteGroups(..) => ApiKey::DeleteGroups,
            Self::OffsetDelete(..) => ApiKey::OffsetDelete,
            Self::DescribeGroups(..) => ApiKey::DescribeGroups,
            Self::ShareGroupHeartbeat(..) => ApiKey::ShareGroupHeartbeat,
            Self::ShareFetch(..) => ApiKey::ShareFetch,
            Self::ShareAcknowledge(..) => ApiKey::ShareAcknowledge,
            Self::ReadShareGroupState(..) => ApiKey::ReadShareGroupState,
            Self::WriteShareGroupState(..) => ApiKey::WriteShareGroupState,
            Self::InitProducerId(..) => ApiKey::InitProducerId,
            Self::DeleteRecords(..) => ApiKey::DeleteRecords,
            Self::Admin(..) => return None,
            Self::BrokerRegistration(..) => ApiKey::BrokerRegistration,
            Self::BrokerHeartbeat(..) => ApiKey::BrokerHeartbeat,
            Self::AlterPartition(..) => ApiKey::AlterPartition,
            Self::AllocateProducerIds(..) => ApiKey::AllocateProducerIds,
            Self::FetchMetadata(..) => ApiKey::FetchMetadata,
            Self::Vote(..) => ApiKey::Vote,
            Self::BeginQuorumEpoch(..) => ApiKey::BeginQuorumEpoch,
        })
    }
}
