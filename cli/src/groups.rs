//! Large groups made by rule, for digests and measurements.
//!
//! Members `consumer-0000`, topics `topic-000`, all topics with the same number of partitions. An operation is the first
//! assignment, or the one after one member left or joined; then the others own what the first assignment gave them.

use rebalance_core::assignor::server::{ServerAssignor, TargetGroup, TargetMember};
use rebalance_core::assignor::{Assignment, Assignor, GroupSubscription, MemberSubscription};
use rebalance_core::sorted::Map;

/// Who subscribes to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Everybody to everything.
    All,
    /// The last of the first members only to the first topic, the others to everything.
    LastOnlyFirstTopic,
    /// Every fourth member to the first half of the topics, the others to the second.
    QuarterHalves,
}

impl Shape {
    /// The shape of a name in the files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "all" => Some(Self::All),
            "last-only-topic-0" => Some(Self::LastOnlyFirstTopic),
            "quarter-halves" => Some(Self::QuarterHalves),
            _ => None,
        }
    }
}

/// What happens to the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Nobody owns anything.
    Initial,
    /// The member in the middle is gone.
    OneLeaves,
    /// A member comes without history.
    OneJoins,
}

impl Operation {
    /// All of them, as in the files.
    pub const ALL: [Self; 3] = [Self::Initial, Self::OneLeaves, Self::OneJoins];

    /// The operation of a name in the files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Its name in the files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::OneLeaves => "one-leaves",
            Self::OneJoins => "one-joins",
        }
    }
}

/// A client-side or server-side assignor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// In a classic group.
    Client(Assignor),
    /// In a KIP-848 group.
    Server(ServerAssignor),
}

impl Algorithm {
    /// The algorithm of a name in the files: server-side ones begin with `kip848-`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.strip_prefix("kip848-") {
            Some(server) => ServerAssignor::from_name(server).map(Self::Server),
            None => Assignor::from_name(name).map(Self::Client),
        }
    }
}

/// A group made by rule.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// How many members it has at first.
    pub consumers: usize,
    /// How many topics there are.
    pub topics: usize,
    /// How many partitions each has.
    pub partitions_per_topic: i32,
    /// Who subscribes to what.
    pub shape: Shape,
}

/// The outcome of an operation.
#[derive(Clone, Debug)]
pub struct Run {
    /// The assignment after it.
    pub assignment: Assignment,
    /// What the automatic second rebalance of a cooperative group gives.
    pub followup: Option<Assignment>,
}

impl Spec {
    /// Assigns.
    ///
    /// # Errors
    /// The assignor's own, as text.
    pub fn run(&self, algorithm: Algorithm, operation: Operation) -> Result<Run, String> {
        match algorithm {
            Algorithm::Client(assignor) => self.run_client(assignor, operation),
            Algorithm::Server(assignor) => {
                let group = self.target_group(assignor, operation)?;
                let assignment = assignor.assign(&group).map_err(|it| it.to_string())?;
                Ok(Run {
                    assignment,
                    followup: None,
                })
            }
        }
    }

    fn run_client(&self, assignor: Assignor, operation: Operation) -> Result<Run, String> {
        let group = self.group(assignor, operation)?;
        let assign =
            |group: &GroupSubscription| assignor.assign(group).map_err(|it| it.to_string());
        let assignment = assign(&group)?;
        let followup = if assignor.is_cooperative() && operation != Operation::Initial {
            Some(assign(&owning(group, &assignment, 2))?)
        } else {
            None
        };
        Ok(Run {
            assignment,
            followup,
        })
    }

    /// The group as its leader sees it when the operation has happened.
    ///
    /// # Errors
    /// Those of the first assignment.
    pub fn group(
        &self,
        assignor: Assignor,
        operation: Operation,
    ) -> Result<GroupSubscription, String> {
        let mut group = self.empty_group();
        if operation == Operation::Initial {
            return Ok(group);
        }
        let assignment = assignor.assign(&group).map_err(|it| it.to_string())?;
        group = owning(group, &assignment, 1);
        match operation {
            Operation::OneLeaves => drop(group.members.remove(self.consumers / 2)),
            _ => group.members.push(self.member(self.consumers)),
        }
        Ok(group)
    }

    /// The same for a KIP-848 group.
    ///
    /// # Errors
    /// Those of the first assignment.
    pub fn target_group(
        &self,
        assignor: ServerAssignor,
        operation: Operation,
    ) -> Result<TargetGroup, String> {
        let topics = (0..self.topics).map(|it| (topic_name(it), self.partitions_per_topic));
        let member = |it: usize| TargetMember {
            member_id: member_name(it),
            topics: self.subscription(it),
            ..TargetMember::default()
        };
        let mut group = TargetGroup {
            topics: topics.collect(),
            members: (0..self.consumers).map(member).collect(),
            ..TargetGroup::default()
        };
        if operation == Operation::Initial {
            return Ok(group);
        }
        let mut assignment = assignor.assign(&group).map_err(|it| it.to_string())?;
        for member in &mut group.members {
            let target = assignment.remove(&member.member_id).unwrap_or_default();
            member.previous_target = target.into_iter().collect();
        }
        match operation {
            Operation::OneLeaves => drop(group.members.remove(self.consumers / 2)),
            _ => group.members.push(member(self.consumers)),
        }
        Ok(group)
    }

    fn empty_group(&self) -> GroupSubscription {
        let topics: Map<String, i32> = (0..self.topics)
            .map(|it| (topic_name(it), self.partitions_per_topic))
            .collect();
        let members = (0..self.consumers).map(|it| self.member(it));
        GroupSubscription {
            topics,
            members: members.collect(),
        }
    }

    fn member(&self, index: usize) -> MemberSubscription {
        MemberSubscription {
            member_id: member_name(index),
            topics: self.subscription(index),
            generation: -1,
            ..MemberSubscription::default()
        }
    }

    fn subscription(&self, index: usize) -> Vec<String> {
        let half = self.topics / 2;
        let topics = match self.shape {
            Shape::All => 0..self.topics,
            Shape::LastOnlyFirstTopic if index == self.consumers - 1 => 0..1,
            Shape::LastOnlyFirstTopic => 0..self.topics,
            Shape::QuarterHalves if index.is_multiple_of(4) => 0..half,
            Shape::QuarterHalves => half..self.topics,
        };
        topics.map(topic_name).collect()
    }
}

fn member_name(index: usize) -> String {
    format!("consumer-{index:04}")
}

fn topic_name(index: usize) -> String {
    format!("topic-{index:03}")
}

/// The group after its members took on an assignment in a generation.
#[must_use]
pub fn owning(
    mut group: GroupSubscription,
    assignment: &Assignment,
    generation: i32,
) -> GroupSubscription {
    for member in &mut group.members {
        let owned = assignment.get(&member.member_id);
        let owned = owned
            .into_iter()
            .flatten()
            .map(|(topic, partitions)| (topic.clone(), partitions.clone()));
        member.owned = owned.collect();
        member.generation = generation;
        member.userdata_generation = Some(generation);
    }
    group
}
