//! Who in a consumer group reads which partition: Kafka's assignors as pure functions.
//!
//! The leader of a classic group collects every member's subscription and calls one of the client-side assignors:
//!
//! - [`range`]: topic by topic, contiguous runs of partitions to the members in order;
//! - [`round_robin`]: all partitions of all topics dealt out in turn;
//! - [`sticky`]: members keep what they own, the rest is balanced; eagerly, or cooperatively in two steps.
//!
//! [`weighted`] is an example of an assignor of one's own; Kafka has none like it.
//!
//! In a KIP-848 group the coordinator itself assigns: see [`server`].
//!
//! An assignor sees only what is in [`GroupSubscription`] and answers with an [`Assignment`] that names every member.
//! Topics that do not exist, or have no partitions, are left out of account. Names compare as Java strings do (UTF-16
//! units). Racks are not modelled, so the rack-aware variants never run. A group without members gets an empty
//! assignment (some of Kafka's assignors throw there; no leader ever asks).
//!
//! How an assignor came to its answer can be told step by step: see [`steps`]; [`whatif`] puts a change to all of them at once.
//!
//! Inside, names are interned once ([`dense`]) and the algorithms work on small integers.

mod dense;
pub mod range;
pub mod round_robin;
pub mod server;
pub mod simple;
pub mod steps;
pub mod sticky;
pub mod weighted;
pub mod whatif;

pub use dense::{Dense, DenseAssignment, DenseMember, DenseTopic, expand, expand_with};

use crate::sorted::Map;
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
    /// Its weight, for [`weighted`] alone; 0 counts as 1.
    pub weight: u32,
}

/// Everything an assignor is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupSubscription {
    /// The number of partitions of each topic of the cluster.
    pub topics: Map<String, i32>,
    /// The members, in the order of the map that Kafka would iterate.
    pub members: Vec<MemberSubscription>,
}

impl GroupSubscription {
    /// A member claims a partition that its topic does not have (as far as the leader knows). Kafka's sticky assignors look at
    /// the topic's name alone, keep the claim, and may then give another partition to two members.
    pub(crate) fn claims_unknown(&self) -> bool {
        let unknown = |(topic, claimed): &(String, Vec<i32>)| {
            let count = self.topics.get(topic).copied().unwrap_or(i32::MAX);
            claimed.iter().any(|p| *p >= count)
        };
        self.members.iter().any(|m| m.owned.iter().any(unknown))
    }
}

/// For every member, the partitions it gets of each topic, ascending.
pub type Assignment = Map<String, Map<String, Vec<i32>>>;

/// The assignors a classic consumer can be configured with (`partition.assignment.strategy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignor {
    /// `RangeAssignor`.
    Range,
    /// `RoundRobinAssignor`.
    RoundRobin,
    /// `StickyAssignor`.
    Sticky,
    /// `CooperativeStickyAssignor`.
    CooperativeSticky,
    /// Weighted round robin: **not part of Kafka**, an example of an assignor of one's own.
    Weighted,
}

impl Assignor {
    /// All of them: Kafka's in the order its documentation lists them, then the one that is not Kafka's.
    pub const ALL: [Self; 5] = [
        Self::Range,
        Self::RoundRobin,
        Self::Sticky,
        Self::CooperativeSticky,
        Self::Weighted,
    ];

    /// Those of Kafka.
    pub const KAFKA: [Self; 4] = [
        Self::Range,
        Self::RoundRobin,
        Self::Sticky,
        Self::CooperativeSticky,
    ];

    /// The name in the JoinGroup protocol list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::RoundRobin => "roundrobin",
            Self::Sticky => "sticky",
            Self::CooperativeSticky => "cooperative-sticky",
            Self::Weighted => weighted::NAME,
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
        matches!(self, Self::CooperativeSticky)
    }

    /// Computes the assignment, as an assignor object that has seen no earlier rebalance.
    ///
    /// # Errors
    /// [`AssignorError`] where Kafka's own code would throw.
    pub fn assign(self, group: &GroupSubscription) -> Result<Assignment, AssignorError> {
        let mut max_generation = -1;
        self.assign_after(group, &mut max_generation)
    }

    /// Computes the assignment as a leader that has assigned before: the sticky assignors remember the highest
    /// generation they saw in `max_generation`, which is -1 at first.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub fn assign_after(
        self,
        group: &GroupSubscription,
        max_generation: &mut i32,
    ) -> Result<Assignment, AssignorError> {
        let dense = Dense::new(group)?;
        let trace = &mut steps::Trace::silent();
        let result = self.assign_told(group, &dense, *max_generation, trace)?;
        *max_generation = result.max_generation;
        Ok(expand_with(&dense, &result.assignment, &result.vanished))
    }

    /// The same on interned names, for callers that need speed more than names; `dense` was made from `group`.
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub fn assign_dense(
        self,
        group: &GroupSubscription,
        dense: &Dense<'_>,
    ) -> Result<DenseAssignment, AssignorError> {
        let result = self.assign_told(group, dense, -1, &mut steps::Trace::silent())?;
        Ok(result.assignment)
    }

    /// The same, telling every decision, after earlier calls that saw `max_generation` (-1 for a first one).
    ///
    /// # Errors
    /// As [`Self::assign`].
    pub fn assign_told(
        self,
        group: &GroupSubscription,
        dense: &Dense<'_>,
        max_generation: i32,
        trace: &mut steps::Trace,
    ) -> Result<sticky::StickyResult, AssignorError> {
        let plain = |assignment| sticky::StickyResult {
            assignment,
            vanished: Vec::new(),
            max_generation,
            constrained: false,
        };
        match self {
            Self::Range => Ok(plain(range::assign(dense, trace))),
            Self::RoundRobin => Ok(plain(round_robin::assign(dense, trace))),
            Self::Weighted => {
                let weight = |id: &str| {
                    let member = group.members.iter().find(|m| m.member_id == id);
                    member.map_or(1, |m| m.weight)
                };
                Ok(plain(weighted::assign(dense, &weight, trace)))
            }
            Self::Sticky | Self::CooperativeSticky => {
                sticky::assign(group, dense, self.is_cooperative(), max_generation, trace)
            }
        }
    }
}

/// Why there is no assignment. Shown, those that Kafka throws too read like its exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignorError {
    /// The group's topics have more partitions than this program wants to hold in memory.
    TooManyPartitions {
        /// How many there are.
        partitions: u64,
        /// How many there may be.
        limit: u64,
    },
    /// The constrained sticky algorithm has partitions left and nobody to give them to: members own partitions that no
    /// longer exist.
    NoMoreUnfilledConsumers,
    /// It ran out of partitions too early, for the same reason.
    NotEnoughPartitions,
    /// The same, noticed at one member.
    BelowMinQuota {
        /// The member.
        member: String,
    },
    /// The general sticky algorithm looks up a member that it has set aside: a previous owner that dropped the topic.
    MemberSetAside,
}

impl fmt::Display for AssignorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyPartitions { partitions, limit } => write!(
                f,
                "TooManyPartitions: {partitions} partitions in all; at most {limit} can be assigned here"
            ),
            Self::NoMoreUnfilledConsumers => {
                f.write_str("IllegalStateException: No more unfilled consumers to be assigned.")
            }
            Self::NotEnoughPartitions => f.write_str(
                "IllegalStateException: We haven't reached the expected number of members with more than the minQuota \
                 partitions, but no more partitions to be assigned",
            ),
            Self::BelowMinQuota { member } => write!(
                f,
                "IllegalStateException: Consumer: [{member}] doesn't reach minQuota partitions, and no more partitions to be assigned"
            ),
            Self::MemberSetAside => f.write_str(
                "NullPointerException: Cannot invoke \"java.util.List.size()\" because the return value of \
                 \"java.util.Map.get(Object)\" is null",
            ),
        }
    }
}

impl core::error::Error for AssignorError {}
