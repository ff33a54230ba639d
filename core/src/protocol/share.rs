//! Share groups (KIP-932): membership, fetching with acquisition, acknowledgement, and the state that leaders keep with the share
//! coordinator.

use super::ErrorCode;
use crate::id::{LeaderEpoch, Name, Offset, TopicPartition};
use crate::record::RecordBatch;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Where a record stands in a share group (`RecordState`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum RecordState {
    /// May be acquired.
    Available,
    /// Locked for one member.
    Acquired,
    /// Accepted: done with.
    Acknowledged,
    /// Rejected, given up after too many deliveries, or gone from the log: done with.
    Archived,
}

impl RecordState {
    /// Kafka's number (3 is not used).
    pub fn code(self) -> u8 {
        match self {
            Self::Available => 0,
            Self::Acquired => 1,
            Self::Acknowledged => 2,
            Self::Archived => 4,
        }
    }

    /// The state of a number.
    pub fn of_code(code: u8) -> Option<Self> {
        let all = [
            Self::Available,
            Self::Acquired,
            Self::Acknowledged,
            Self::Archived,
        ];
        all.into_iter().find(|state| state.code() == code)
    }

    /// Nothing will happen to the record any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Acknowledged | Self::Archived)
    }
}

/// What a consumer says about a delivered record (`AcknowledgeType`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Acknowledge {
    /// 0: there is no record at this offset.
    Gap,
    /// 1: processed.
    Accept,
    /// 2: not processed, deliver it again.
    Release,
    /// 3: cannot be processed, do not deliver it again.
    Reject,
}

impl Acknowledge {
    /// The state the record is to take.
    pub fn state(self) -> RecordState {
        match self {
            Self::Accept => RecordState::Acknowledged,
            Self::Release => RecordState::Available,
            Self::Gap | Self::Reject => RecordState::Archived,
        }
    }
}

/// Acknowledgement of a range of offsets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AcknowledgementBatch {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// One for the whole range, or one for each offset.
    pub types: Vec<Acknowledge>,
}

/// What a request says about the partitions it names: acknowledgements, perhaps none.
pub type Acknowledgements = Vec<(TopicPartition, Vec<AcknowledgementBatch>)>;

/// Enter, stay in or leave a share group (v1: the member makes its own id).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ShareGroupHeartbeatRequest {
    /// The group.
    pub group: Name,
    /// The sender's id, which it made itself.
    pub member_id: Name,
    /// 0: join; -1: leave; else the epoch the member is in.
    pub member_epoch: i32,
    /// Topics subscribed to; `None`: as before.
    pub topics: Option<Vec<Name>>,
}

/// What the coordinator makes of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ShareGroupHeartbeatResponse {
    /// Outcome.
    pub error: ErrorCode,
    /// The member's epoch now.
    pub member_epoch: i32,
    /// When to send the next heartbeat, milliseconds.
    pub heartbeat_interval_ms: i64,
    /// The partitions to fetch from; `None`: as before.
    pub assignment: Option<Vec<TopicPartition>>,
}

/// Acquire records, and acknowledge earlier ones.
///
/// Share sessions: epoch 0 begins one and lists every partition, a later epoch only what is new or has acknowledgements.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ShareFetchRequest {
    /// The group.
    pub group: Name,
    /// The member.
    pub member_id: Name,
    /// The session's epoch.
    pub session_epoch: i32,
    /// `fetch.max.wait.ms`.
    pub max_wait_ms: i64,
    /// At most about this many bytes.
    pub max_bytes: i64,
    /// At most about this many records (`max.poll.records`).
    pub max_records: i64,
    /// Partitions of the session.
    pub partitions: Acknowledgements,
    /// Partitions to drop from the session.
    pub forgotten: Vec<TopicPartition>,
}

/// A range of records that the receiver has acquired.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AcquiredRecords {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// How often they have been delivered, this time included.
    pub delivery_count: i16,
}

/// Answer to a ShareFetch.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ShareFetchResponse {
    /// SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH or NONE.
    pub error: ErrorCode,
    /// Per partition with something to say.
    pub partitions: Vec<ShareFetchPartitionResponse>,
}

/// What one partition had to say.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ShareFetchPartitionResponse {
    /// Which.
    pub tp: TopicPartition,
    /// Outcome of fetching.
    pub error: ErrorCode,
    /// Outcome of the acknowledgements that came with the request.
    pub acknowledge_error: ErrorCode,
    /// Whole batches; only what is acquired is the receiver's.
    pub batches: Vec<Arc<RecordBatch>>,
    /// What the receiver may process.
    pub acquired: Vec<AcquiredRecords>,
}

/// Acknowledge without fetching. Epoch -1 ends the session and gives everything back that is still acquired.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ShareAcknowledgeRequest {
    /// The group.
    pub group: Name,
    /// The member.
    pub member_id: Name,
    /// The session's epoch.
    pub session_epoch: i32,
    /// What.
    pub partitions: Acknowledgements,
}

/// Consecutive records in one state, as they are stored (`PersisterStateBatch`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StateBatch {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// Their state.
    pub state: RecordState,
    /// How often they have been delivered.
    pub delivery_count: i16,
}

/// A leader that begins with a share-partition asks for its stored state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ReadShareGroupStateRequest {
    /// The group.
    pub group: Name,
    /// The partition.
    pub tp: TopicPartition,
    /// The leader's epoch; older leaders are fenced from now on.
    pub leader_epoch: LeaderEpoch,
}

/// The stored state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ReadShareGroupStateResponse {
    /// Outcome.
    pub error: ErrorCode,
    /// Counts how often the state was set up anew.
    pub state_epoch: i32,
    /// The share-partition start offset; -1: nothing is stored.
    pub start_offset: Offset,
    /// Records from there on, ascending.
    pub batches: Vec<StateBatch>,
}

/// A leader stores what changed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct WriteShareGroupStateRequest {
    /// The group.
    pub group: Name,
    /// The partition.
    pub tp: TopicPartition,
    /// As read.
    pub state_epoch: i32,
    /// The leader's epoch.
    pub leader_epoch: LeaderEpoch,
    /// The share-partition start offset.
    pub start_offset: Offset,
    /// What changed.
    pub batches: Vec<StateBatch>,
}
