//! Who in a consumer group reads which partition: Kafka's assignors as pure functions.
//!
//! The leader of a classic group collects every member's subscription and calls one of the client-side assignors:
//!
//! - [`range`]: topic by topic, contiguous runs of partitions to the members in order;
//! - [`round_robin`]: all partitions of all topics dealt out in turn.
//!
//! An assignor sees only what is in [`GroupSubscription`] and answers with an [`Assignment`] that names every member.
//! Topics that do not exist, or have no partitions, are left out of account. Names compare as Java strings do (UTF-16
//! units). Racks are not modelled, so the rack-aware variants never run. A group without members gets an empty
//! assignment (some of Kafka's assignors throw there; no leader ever asks).
//!
//! Inside, names are interned once ([`dense`]) and the algorithms work on small integers.

mod dense;
pub mod range;
pub mod round_robin;

pub use dense::{Dense, DenseAssignment, expand};

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// One member's subscription, as the group leader reads it from the JoinGroup response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberSubscription {
    /// The id the coordinator gave the member.
    pub member_id: String,
    /// `group.instance.id` of a static member.
    pub group_instance_id: Option<String>,
    /// The subscribed topics, in the member's order.
    pub topics: Vec<String>,
    /// The partitions the member says it owns, by topic.
    pub owned: Vec<(String, Vec<i32>)>,
    /// `Subscription.generationId`: the generation in which it owned them; -1 for none.
    pub generation: i32,
    /// The generation in the assignor's own user data; none if the member sent no user data at all. The eager sticky
    /// assignor reads `owned` from there, too, so without user data it sees nothing owned.
    pub userdata_generation: Option<i32>,
}

/// Everything an assignor is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupSubscription {
    /// The number of partitions of each topic of the cluster.
    pub topics: BTreeMap<String, i32>,
    /// The members, in the order of the map that Kafka would iterate.
    pub members: Vec<MemberSubscription>,
}

/// For every member, the partitions it gets of each topic, ascending.
pub type Assignment = BTreeMap<String, BTreeMap<String, Vec<i32>>>;

/// The assignors a classic consumer can be configured with (`partition.assignment.strategy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignor {
    /// `RangeAssignor`.
    Range,
    /// `RoundRobinAssignor`.
    RoundRobin,
}

impl Assignor {
    /// All of them, in the order Kafka's documentation lists them.
    pub const ALL: [Self; 2] = [Self::Range, Self::RoundRobin];

    /// The name in the JoinGroup protocol list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::RoundRobin => "roundrobin",
        }
    }

    /// The assignor of a protocol name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether members keep their partitions while the group rebalances (KIP-429).
    #[must_use]
    pub const fn is_cooperative(self) -> bool {
        false
    }

    /// Computes the assignment.
    ///
    /// # Errors
    /// [`AssignorError`] where Kafka's own code would throw.
    pub fn assign(self, group: &GroupSubscription) -> Result<Assignment, AssignorError> {
        let dense = Dense::new(group)?;
        let assignment = self.assign_dense(group, &dense)?;
        Ok(expand(&dense, &assignment))
    }

    /// The same on interned names, for callers that need speed more than names; `dense` was made from `group`.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub fn assign_dense(
        self,
        _group: &GroupSubscription,
        dense: &Dense<'_>,
    ) -> Result<DenseAssignment, AssignorError> {
        match self {
            Self::Range => Ok(range::assign(dense)),
            Self::RoundRobin => Ok(round_robin::assign(dense)),
        }
    }
}

/// Why there is no assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignorError {
    /// The group's topics have more partitions than this program wants to hold in memory.
    TooManyPartitions {
        /// How many there are.
        partitions: u64,
        /// How many there may be.
        limit: u64,
    },
}

impl fmt::Display for AssignorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyPartitions { partitions, limit } => write!(
                f,
                "TooManyPartitions: {partitions} partitions in all; at most {limit} can be assigned here"
            ),
        }
    }
}

impl core::error::Error for AssignorError {}
