//! The reasons, states and changes that events carry.

use crate::id::Name;

/// Why a leader was elected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ElectionReason {
    /// The partition was created.
    Created,
    /// The leader was fenced or shut down; first in-sync replica in assignment order.
    Clean,
    /// The preferred leader took over.
    Preferred,
    /// A replica outside the ISR: acknowledged records may be lost.
    Unclean,
    /// Nobody else leads: a replica was taken off the list, which ends the leader's epoch.
    Reassigned,
}

/// What became of a partition reassignment (KIP-455).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReassignmentStage {
    /// Replicas come or go from now on (or others than before do).
    Started,
    /// The new list is whole and in force.
    Completed,
    /// Back to those who had it.
    Cancelled,
}

/// Why a member left its group.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LeaveReason {
    /// LeaveGroup: closed politely.
    Left,
    /// No heartbeat for `session.timeout.ms`.
    SessionExpired,
    /// Did not rejoin (or sync) within the rebalance timeout.
    RebalanceTimeout,
    /// LeaveGroup because poll() was not called for `max.poll.interval.ms`.
    PollInterval,
    /// A new process took its `group.instance.id`.
    Replaced,
    /// It rejoined a group that had become larger than `group.max.size`.
    GroupFull,
    /// Did not give partitions up within its rebalance timeout (consumer protocol).
    RevokeTimeout,
}

/// Why a group epoch rose (consumer protocol).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EpochReason {
    /// A member joined.
    MemberJoined,
    /// A member left or was removed.
    MemberLeft,
    /// A member subscribes to other topics.
    Subscription,
    /// A topic came, grew or went.
    Topics,
}

/// What happens to records of a share-partition.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ShareChange {
    /// A member got them, under a lock.
    Acquired,
    /// A member accepted them.
    Accepted,
    /// A member released them.
    Released,
    /// A member rejected them.
    Rejected,
    /// The lock timed out.
    LockExpired,
    /// The member's connection broke, or it closed its session.
    MemberGone,
    /// They came back after their last delivery: archived.
    Spent,
}

/// Where a consumer's position came from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PositionSource {
    /// The group's committed offset.
    Committed,
    /// `auto.offset.reset=earliest`.
    Earliest,
    /// `auto.offset.reset=latest`.
    Latest,
    /// `auto.offset.reset=by_duration:…`.
    ByDuration,
    /// The application called seek().
    Seek,
    /// The log was truncated under the consumer (KIP-320).
    Truncation,
}

/// A group's state (`ClassicGroupState`, `ConsumerGroupState`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum GroupState {
    /// No members.
    Empty,
    /// Waiting for members to (re)join.
    PreparingRebalance,
    /// Waiting for the leader's assignment.
    CompletingRebalance,
    /// The group epoch has no target assignment yet (consumer protocol).
    Assigning,
    /// Some member is not at its target yet (consumer protocol).
    Reconciling,
    /// Everybody has its assignment.
    Stable,
    /// Gone.
    Dead,
}

impl GroupState {
    /// Kafka's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::PreparingRebalance => "PreparingRebalance",
            Self::CompletingRebalance => "CompletingRebalance",
            Self::Assigning => "Assigning",
            Self::Reconciling => "Reconciling",
            Self::Stable => "Stable",
            Self::Dead => "Dead",
        }
    }
}

/// A guarantee that was found broken.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Violation {
    /// The invariant's name, as in the Guarantees panel.
    pub invariant: &'static str,
    /// What was seen, in numbers.
    pub evidence: Name,
}
