//! What the log knows about a group of the consumer protocol: many small records, each with one thing that changed
//! (`GroupCoordinatorRecordHelpers.newConsumerGroup…Record`).
//!
//! A group changes only by such records: they are applied when they are made, and again, in the same order, by the next
//! coordinator that reads them. So whatever was committed survives a coordinator: epochs, targets, and who still has to give
//! up what. Sessions are not written; they begin anew.

use crate::group::classic::Protocols;
use crate::id::{Name, TopicId, TopicPartition};
use crate::reconcile::{MemberAssignment, Partitions};
use crate::time::Duration;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A member's way to its target, in identities of topics.
pub type Current = MemberAssignment<TopicPartition>;

/// What a group believed about a topic when it computed its last target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubscribedTopic {
    /// Its identity.
    pub id: TopicId,
    /// Its name.
    pub name: Name,
    /// Its number of partitions.
    pub partitions: i32,
}

/// A member that speaks the classic protocol in a group of the consumer protocol (`ClassicMemberMetadata`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClassicMember {
    /// `session.timeout.ms` of the member.
    pub session_timeout: Duration,
    /// Its assignors, each with its subscription.
    pub protocols: Protocols,
}

/// What a member says about itself (`ConsumerGroupMemberMetadataValue`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MemberMetadata {
    /// `group.instance.id`.
    pub instance: Option<Name>,
    /// `client.id`.
    pub client_id: Name,
    /// Topics it subscribes to, ascending.
    pub topics: Arc<[Name]>,
    /// `max.poll.interval.ms`: how long it may take to give partitions up.
    pub rebalance_timeout: Duration,
    /// `group.remote.assignor`.
    pub assignor: Option<Name>,
    /// Present for a member that speaks the classic protocol.
    pub classic: Option<ClassicMember>,
}

/// One change. `None` inside is a tombstone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroupRecord {
    /// The group epoch; without one the group is gone.
    Epoch(Option<i32>),
    /// What the group believes about its topics.
    Topics(Option<Vec<SubscribedTopic>>),
    /// A member's own words.
    Member(Name, Option<MemberMetadata>),
    /// The epoch of the target assignment.
    TargetEpoch(Option<i32>),
    /// A member's target.
    Target(Name, Option<Partitions<TopicPartition>>),
    /// Where a member is on the way to it.
    Current(Name, Option<Current>),
}
