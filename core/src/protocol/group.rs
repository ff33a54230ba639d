//! The group APIs: JoinGroup, SyncGroup, Heartbeat, LeaveGroup and the offset requests.

use super::ErrorCode;
use crate::id::{Name, Offset, TopicPartition};
use alloc::vec::Vec;

/// A consumer's subscription as it travels in JoinGroup (`ConsumerProtocolSubscription`).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Subscription {
    /// Topic names, ascending.
    pub topics: Vec<Name>,
    /// Partitions the member owns now (cooperative; v1+), per topic name.
    pub owned: Vec<(Name, Vec<i32>)>,
    /// The generation in which it owned them, -1 for none (v2+).
    pub generation: i32,
    /// The sticky assignor's own bytes: generation of the previous assignment; `None` when there are none.
    /// For the eager sticky assignor the previous partitions travel here too.
    pub userdata: Option<UserData>,
}

/// `StickyAssignorUserData` v1.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct UserData {
    /// Previous assignment (empty for cooperative-sticky).
    pub previous: Vec<(Name, Vec<i32>)>,
    /// Its generation, -1 for none.
    pub generation: i32,
    /// `weighted.assignor.weight`; 0 from other assignors.
    pub weight: u32,
}

/// What the group leader hands out, per topic name (`ConsumerProtocolAssignment`).
pub type MemberAssignment = Vec<(Name, Vec<i32>)>;

/// Enter or re-enter a classic group (v9: KIP-394, KIP-345, KIP-814).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct JoinGroupRequest {
    /// The group.
    pub group: Name,
    /// `client.id`, the first part of the member id.
    pub client_id: Name,
    /// Empty on the first join.
    pub member_id: Name,
    /// `group.instance.id`.
    pub group_instance_id: Option<Name>,
    /// `session.timeout.ms`.
    pub session_timeout_ms: i64,
    /// `max.poll.interval.ms`.
    pub rebalance_timeout_ms: i64,
    /// Assignors in order of preference, each with the subscription it was given.
    pub protocols: Vec<(Name, Subscription)>,
    /// Why the member joins (KIP-800); empty: it does not say.
    pub reason: Name,
}

/// Answer to JoinGroup, held until the join phase is over.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct JoinGroupResponse {
    /// Outcome.
    pub error: ErrorCode,
    /// The new generation, -1 on error.
    pub generation: i32,
    /// The assignor that won the vote.
    pub protocol: Option<Name>,
    /// Member id of the leader.
    pub leader: Name,
    /// The leader need not compute an assignment (a static leader came back; KIP-814).
    pub skip_assignment: bool,
    /// The receiver's id.
    pub member_id: Name,
    /// Everybody, only for the leader.
    pub members: Vec<JoinGroupMember>,
}

/// A member as the leader sees it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct JoinGroupMember {
    /// Its id.
    pub member_id: Name,
    /// Its instance id.
    pub group_instance_id: Option<Name>,
    /// Its subscription under the protocol that won.
    pub subscription: Subscription,
}

/// Hand in the assignment (leader) or ask for it (followers).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SyncGroupRequest {
    /// The group.
    pub group: Name,
    /// The generation.
    pub generation: i32,
    /// The sender.
    pub member_id: Name,
    /// Its instance id.
    pub group_instance_id: Option<Name>,
    /// The protocol it believes won.
    pub protocol: Option<Name>,
    /// Per member; empty from followers.
    pub assignments: Vec<(Name, MemberAssignment)>,
}

/// The member's share.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SyncGroupResponse {
    /// Outcome.
    pub error: ErrorCode,
    /// The assignor that won.
    pub protocol: Option<Name>,
    /// Partitions.
    pub assignment: MemberAssignment,
}

/// I am alive.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HeartbeatRequest {
    /// The group.
    pub group: Name,
    /// The generation.
    pub generation: i32,
    /// The sender.
    pub member_id: Name,
    /// Its instance id.
    pub group_instance_id: Option<Name>,
}

/// I am leaving (or an administrator removes me by instance id).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LeaveGroupRequest {
    /// The group.
    pub group: Name,
    /// The member; may be empty with an instance id.
    pub member_id: Name,
    /// The instance.
    pub group_instance_id: Option<Name>,
    /// Why (KIP-800); empty: it does not say.
    pub reason: Name,
}

impl LeaveGroupRequest {
    /// What a consumer says that has not called poll() for `max.poll.interval.ms`.
    pub const POLL_TIMEOUT: &str = "consumer poll timeout has expired.";
}

/// Store offsets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OffsetCommitRequest {
    /// The group.
    pub group: Name,
    /// Generation (classic) or member epoch (consumer protocol); -1 from outside a group.
    pub generation: i32,
    /// Empty from outside a group.
    pub member_id: Name,
    /// Instance.
    pub group_instance_id: Option<Name>,
    /// Per partition the next offset to read.
    pub offsets: Vec<(TopicPartition, Offset)>,
}

/// Read stored offsets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OffsetFetchRequest {
    /// The group.
    pub group: Name,
    /// Which; `None` asks for all.
    pub partitions: Option<Vec<TopicPartition>>,
}

/// Forget stored offsets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OffsetDeleteRequest {
    /// The group.
    pub group: Name,
    /// Which.
    pub partitions: Vec<TopicPartition>,
}

/// What a coordinator says of a group (`DescribeGroupsResponse`, `ConsumerGroupDescribeResponse`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DescribeGroupsResponse {
    /// GROUP_ID_NOT_FOUND if there is no such group (KIP-1043).
    pub error: ErrorCode,
    /// Kafka's name of the state.
    pub state: Name,
    /// Generation or group epoch.
    pub epoch: i32,
    /// Who has what: member id and partitions by topic name.
    pub members: Vec<(Name, MemberAssignment)>,
}

/// Join, stay in, or leave a group of the consumer protocol (KIP-848, v1). What did not change is left out.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ConsumerGroupHeartbeatRequest {
    /// The group.
    pub group: Name,
    /// `client.id`.
    pub client_id: Name,
    /// The member's id, which it made itself.
    pub member_id: Name,
    /// [`JOIN_EPOCH`], [`LEAVE_EPOCH`], [`LEAVE_STATIC_EPOCH`], or the epoch the member is in.
    pub member_epoch: i32,
    /// `group.instance.id`.
    pub group_instance_id: Option<Name>,
    /// `max.poll.interval.ms`; -1: as before.
    pub rebalance_timeout_ms: i64,
    /// Topics, ascending; `None`: as before.
    pub topics: Option<Vec<Name>>,
    /// `group.remote.assignor`; `None`: as before, or the broker's default.
    pub assignor: Option<Name>,
    /// What the member owns; `None`: as before.
    pub owned: Option<Vec<TopicPartition>>,
}

/// `member_epoch` of a member that joins.
pub const JOIN_EPOCH: i32 = 0;
/// `member_epoch` of a member that leaves.
pub const LEAVE_EPOCH: i32 = -1;
/// `member_epoch` of a static member that leaves and will be back.
pub const LEAVE_STATIC_EPOCH: i32 = -2;

/// The coordinator's answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ConsumerGroupHeartbeatResponse {
    /// Outcome.
    pub error: ErrorCode,
    /// The member's id.
    pub member_id: Name,
    /// The epoch it is in now.
    pub member_epoch: i32,
    /// `group.consumer.heartbeat.interval.ms`.
    pub heartbeat_interval_ms: i64,
    /// What it is to own; `None`: as before.
    pub assignment: Option<Vec<TopicPartition>>,
}
