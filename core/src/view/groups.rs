//! Groups, as their coordinators see them: members, offsets, and share-partitions as their leaders have them.

use super::ConsumerView;
use crate::event::GroupState;
use crate::id::{BrokerId, Name, Offset, TopicPartition};
use crate::protocol::RecordState;
use crate::reconcile::MemberState;
use crate::time::SimTime;
use alloc::vec::Vec;

/// One group, as its coordinator sees it (or saw it last).
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GroupView {
    /// Its id.
    pub name: Name,
    /// State; `None`: no coordinator knows it (yet, or right now).
    pub state: Option<GroupState>,
    /// Generation, or group epoch.
    pub generation: i32,
    /// Epoch of the target assignment, in a group of the consumer protocol.
    pub assignment_epoch: Option<i32>,
    /// Assignor chosen by vote, or the coordinator's.
    pub protocol: Option<Name>,
    /// Who coordinates it.
    pub coordinator: Option<BrokerId>,
    /// Partition of `__consumer_offsets` it lives in.
    pub offsets_partition: i32,
    /// Member id of the leader.
    pub leader: Option<Name>,
    /// Members the coordinator knows whose process is not (or no longer) a consumer here: id, instance, time its session ends.
    pub members: Vec<MemberView>,
    /// Consumers that want to be in it, in order of creation.
    pub consumers: Vec<ConsumerView>,
    /// Committed offsets.
    pub committed: Vec<(TopicPartition, Offset)>,
    /// Sum over partitions of high watermark - committed (log start where none is committed).
    pub lag: i64,
    /// Partitions that have another owner than in the previous generation, and how many there are in all.
    pub moved: (u32, u32),
    /// It is a share group: its share-partitions, by topic name and number, as far as a leader has loaded them.
    pub share: Option<Vec<SharePartitionView>>,
}

impl GroupView {
    /// Whether what it counts are epochs (consumer protocol, share groups), not generations (classic protocol).
    #[must_use]
    pub fn counts_epochs(&self) -> bool {
        self.assignment_epoch.is_some() || self.share.is_some()
    }
}

/// A share-partition, by its leader.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SharePartitionView {
    /// Which partition.
    pub tp: TopicPartition,
    /// Topic name.
    pub topic: Name,
    /// Who leads it.
    pub leader: BrokerId,
    /// The share-partition start offset (SPSO).
    pub start: Offset,
    /// The share-partition end offset (SPEO): the last offset in flight, or the start offset when nothing is.
    pub end: Offset,
    /// High watermark on the leader.
    pub high_watermark: Offset,
    /// Records in flight from the start offset on, ascending, at most 24.
    pub records: Vec<ShareRecordView>,
}

/// A record in flight.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ShareRecordView {
    /// Its offset.
    pub offset: Offset,
    /// Where it stands.
    pub state: RecordState,
    /// How often it was delivered.
    pub delivery_count: i16,
    /// Who has acquired it: member id.
    pub member: Option<Name>,
    /// When the lock times out, if it is acquired.
    pub lock_until: Option<SimTime>,
}

/// A member as the coordinator knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct MemberView {
    /// Its id.
    pub id: Name,
    /// Its instance id.
    pub instance: Option<Name>,
    /// Without a heartbeat it is removed then.
    pub session_ends: SimTime,
    /// It has rejoined in this rebalance.
    pub joined: bool,
    /// Its way to its target, in a group of the consumer protocol.
    pub walk: Option<WalkView>,
}

/// Where a member of a group of the consumer protocol is, as its coordinator sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct WalkView {
    /// Its state.
    pub state: MemberState,
    /// Its epoch.
    pub epoch: i32,
    /// What it may work on.
    pub assigned: Vec<TopicPartition>,
    /// What it has yet to give up.
    pub revoking: Vec<TopicPartition>,
    /// What it is to have in the end.
    pub target: Vec<TopicPartition>,
    /// It speaks the classic protocol.
    pub classic: bool,
}
