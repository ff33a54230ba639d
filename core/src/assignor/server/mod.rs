//! The assignors that run in the group coordinator (KIP-848): `uniform` and `range` of `group.consumer.assignors`.
//!
//! They are given the members with their *target* assignments so far and answer with new targets. Unlike the client-side
//! assignors they do not ask what members own, and a topic that does not exist is an error.
//!
//! - `range`: as on the client, topic by topic in contiguous runs, static members first.
//! - `uniform`, when all members subscribe to the same topics ([`homogeneous`]): equal quotas, old targets kept up to them.
//! - `uniform` otherwise ([`heterogeneous`]): least loaded subscriber first, then topic by topic from most to least loaded.
//!
//! Some results depend on orders that in Kafka come from hash tables: here members come in the order given, topics in the order
//! of their ids (the order of [`TargetGroup::topics`]), partitions ascending.

mod group;
mod heterogeneous;
mod homogeneous;
mod loads;

pub use group::{DenseTarget, DenseTargets, Targets};

use super::steps::Trace;
use super::{Assignment, range};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A member of a KIP-848 group, as the coordinator sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetMember {
    /// The member's id.
    pub member_id: String,
    /// `group.instance.id` of a static member.
    pub group_instance_id: Option<String>,
    /// The subscribed topics, as a set.
    pub topics: Vec<String>,
    /// The target assignment so far, by topic.
    pub previous_target: Vec<(String, Vec<i32>)>,
}

/// Everything a server-side assignor is given (`GroupSpec`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetGroup {
    /// The topics of the cluster and their numbers of partitions, in the order of their topic ids.
    pub topics: Vec<(String, i32)>,
    /// The members, in the order of the coordinator's map.
    pub members: Vec<TargetMember>,
    /// Subscriptions differ in topics that do not exist and are left out here. Kafka's test for equal subscriptions counts them.
    pub differs_unseen: bool,
}

/// `ConsumerGroupPartitionAssignor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServerAssignor {
    /// The default.
    Uniform,
    /// Contiguous runs, topic by topic.
    Range,
}

impl ServerAssignor {
    /// All of them, the default first.
    pub const ALL: [Self; 2] = [Self::Uniform, Self::Range];

    /// The name a consumer puts into `group.remote.assignor`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Range => "range",
        }
    }

    /// The assignor of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Computes the target assignment of every member. Where nobody subscribes to anything, `uniform` names no member at
    /// all, as in Kafka.
    ///
    /// # Errors
    /// [`TargetError`], Kafka's `PartitionAssignorException`.
    pub fn assign(self, group: &TargetGroup) -> Result<Assignment, TargetError> {
        let dense = DenseTargets::new(group)?;
        if self == Self::Uniform && dense.lists.iter().all(Vec::is_empty) {
            return Ok(Assignment::new());
        }
        Ok(dense.expand(&self.assign_dense(&dense)?))
    }

    /// The same on interned names.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub fn assign_dense(self, group: &DenseTargets<'_>) -> Result<Targets, TargetError> {
        self.assign_told(group, &mut Trace::silent())
    }

    /// The same, telling every decision.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub fn assign_told(
        self,
        group: &DenseTargets<'_>,
        trace: &mut Trace,
    ) -> Result<Targets, TargetError> {
        if group.members.is_empty() {
            return Ok(Vec::new());
        }
        match self {
            Self::Range => Ok(assign_ranges(group, trace)),
            Self::Uniform if group.is_homogeneous() => homogeneous::assign(group, trace),
            Self::Uniform => Ok(heterogeneous::assign(group, trace)),
        }
    }
}

/// The server-side `RangeAssignor`.
fn assign_ranges(group: &DenseTargets<'_>, trace: &mut Trace) -> Targets {
    let list_of: Vec<usize> = group.members.iter().map(|it| it.list).collect();
    let topics = group.topics.iter().map(|it| (it.first, it.partitions));
    let order = group.member_info_order();
    range::deal_runs(topics, &group.lists, &list_of, &order, trace)
}

/// Why there are no targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// Somebody subscribes to a topic that does not exist.
    NoSuchTopic(String),
    /// Old targets overlap, so that the quotas do not add up.
    PartitionsLeft,
    /// The topics have more partitions than this program wants to hold in memory.
    TooManyPartitions {
        /// How many there are.
        partitions: u64,
        /// How many there may be.
        limit: u64,
    },
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchTopic(topic) => write!(
                f,
                "PartitionAssignorException: Members are subscribed to topic {topic} which doesn't exist in the topic metadata."
            ),
            Self::PartitionsLeft => {
                f.write_str("PartitionAssignorException: Partitions were left unassigned")
            }
            Self::TooManyPartitions { partitions, limit } => write!(
                f,
                "TooManyPartitions: {partitions} partitions in all; at most {limit} can be assigned here"
            ),
        }
    }
}

impl core::error::Error for TargetError {}
