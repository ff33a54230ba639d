//! An assignor's decisions, told one by one.
//!
//! Every assignor tells a [`Trace`] what it decides and why. A silent trace, which every ordinary run has, makes nothing of
//! it: what would be written down is only computed when somebody records. The steps of a recording, carried out one after
//! another from an empty assignment ([`carry_out`]), give the algorithm's answer exactly.
//!
//! Steps speak in numbers ([`super::Dense`], [`super::server::DenseTargets`]) and hold no text. What concerns many partitions
//! for one reason is one step.

use alloc::vec;
use alloc::vec::Vec;

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Why it was taken.
    pub why: Why,
    /// The member concerned; [`NOBODY`] where it is about the group.
    pub member: u32,
    /// The partitions concerned.
    pub partitions: Vec<u32>,
    /// What it does to the assignment.
    pub effect: Effect,
}

/// Not a member.
pub const NOBODY: u32 = u32::MAX;

/// What a step does to the assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it only says something.
    Nothing,
    /// The member gets the partitions.
    Give,
    /// The member has the partitions taken away.
    Take,
    /// The member gets the partitions from this one.
    MoveFrom(u32),
}

/// The reason for a step. Loads are numbers of partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// `range`: the next run of a topic.
    Run {
        /// The topic.
        topic: u32,
        /// How many partitions it has.
        partitions: u32,
        /// How many members subscribe to it.
        subscribers: u32,
        /// This member is among those that get one more.
        one_more: bool,
    },
    /// `roundrobin`: the next in turn that subscribes to the topic.
    Turn {
        /// How many members before it were passed over since they do not.
        passed: u32,
    },
    /// Weighted round robin: it would have the least for its weight.
    Weight {
        /// How many partitions it has then.
        next: u32,
        /// Its weight.
        weight: u32,
    },
    /// `sticky` and `uniform` with equal subscriptions: what everybody is to have.
    Shares {
        /// All partitions.
        partitions: u32,
        /// All members.
        members: u32,
    },
    /// It owned them and keeps them, up to its share.
    Keeps {
        /// Its share.
        share: u32,
    },
    /// It owned them and they are more than its share.
    GivesUp {
        /// Its share.
        share: u32,
    },
    /// It owned them, and so say others of the same or a later generation.
    Disputed,
    /// It owned them and still subscribes to their topics.
    StillSubscribed,
    /// It owned them and no longer subscribes to their topics.
    Unsubscribed,
    /// It is the next that has less than the lower share.
    BelowShare {
        /// The lower share.
        share: u32,
    },
    /// Everybody has the lower share; it is the next of those that may have one more.
    OneMore {
        /// The lower share.
        share: u32,
    },
    /// `uniform`: it is filled up to its share from what nobody has.
    FilledUp {
        /// Its share.
        share: u32,
    },
    /// It has the fewest partitions of all that subscribe to the topic.
    LeastLoaded {
        /// How many it has, this one not counted.
        load: u32,
    },
    /// It has all it can have and none of it can move: it takes no part in the balancing.
    SetAside,
    /// Back to the previous owner, which has at least two fewer than the present one.
    BackToPrevious(Loads),
    /// To the least loaded subscriber, which has at least two fewer than the present owner.
    ToLighter(Loads),
    /// The moves did not make the group more balanced, so this one is undone.
    Undone {
        /// The sum of all differences of load before the moves.
        before: i32,
        /// And after them.
        after: i32,
    },
    /// `cooperative-sticky`: its old owner has to give it back first.
    InTransfer {
        /// The old owner; [`NOBODY`] if several said they were.
        owner: u32,
    },
}

/// The loads between which a partition moves, before it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loads {
    /// Of the member that loses it.
    pub from: u32,
    /// Of the member that gets it.
    pub to: u32,
    /// The partition that should have moved: one of the same topic went the other way before, and returns in its stead.
    pub instead_of: Option<u32>,
}

/// Where an assignor tells its decisions.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    steps: Option<Vec<Step>>,
}

impl Trace {
    /// One that makes nothing of what it is told.
    #[must_use]
    pub const fn silent() -> Self {
        Self { steps: None }
    }

    /// One that writes everything down.
    #[must_use]
    pub const fn recording() -> Self {
        Self {
            steps: Some(Vec::new()),
        }
    }

    /// What was told, in order; empty for a silent one.
    #[must_use]
    pub fn into_steps(self) -> Vec<Step> {
        self.steps.unwrap_or_default()
    }

    /// Whether anybody listens.
    #[inline]
    pub(super) const fn records(&self) -> bool {
        self.steps.is_some()
    }

    /// Writes a step down, if anybody listens.
    #[inline]
    pub(super) fn tell(&mut self, step: impl FnOnce() -> Step) {
        if let Some(steps) = &mut self.steps {
            write(steps, step);
        }
    }

    /// Puts the steps from `start` on into the order of a key.
    pub(super) fn sort_by_key<K: Ord>(&mut self, key: impl Fn(&Step) -> K) {
        if let Some(steps) = &mut self.steps {
            crate::sorted::sort_by_key(steps, key);
        }
    }
}

/// Out of the way of the ordinary run.
#[cold]
#[inline(never)]
fn write(steps: &mut Vec<Step>, step: impl FnOnce() -> Step) {
    steps.push(step());
}

impl Step {
    /// The member gets a partition.
    pub(super) fn give(why: Why, member: u32, partition: u32) -> Self {
        Self::of(why, member, vec![partition], Effect::Give)
    }

    /// Something about a member and some partitions.
    pub(super) const fn of(why: Why, member: u32, partitions: Vec<u32>, effect: Effect) -> Self {
        Self {
            why,
            member,
            partitions,
            effect,
        }
    }

    /// Carries the step out. A partition given twice has to be taken twice.
    pub fn carry_out(&self, assignment: &mut [Vec<u32>]) {
        let loser = match self.effect {
            Effect::Take => Some(self.member),
            Effect::MoveFrom(from) => Some(from),
            Effect::Nothing | Effect::Give => None,
        };
        if let Some(assigned) = loser.and_then(|it| assignment.get_mut(it as usize)) {
            for partition in &self.partitions {
                if let Some(at) = assigned.iter().position(|it| it == partition) {
                    assigned.remove(at);
                }
            }
        }
        if matches!(self.effect, Effect::Give | Effect::MoveFrom(_))
            && let Some(assigned) = assignment.get_mut(self.member as usize)
        {
            assigned.extend(&self.partitions);
        }
    }
}

/// Carries steps out one after another, for so many members, from nothing.
#[must_use]
pub fn carry_out(steps: &[Step], members: usize) -> Vec<Vec<u32>> {
    let mut assignment = vec![Vec::new(); members];
    steps.iter().for_each(|it| it.carry_out(&mut assignment));
    assignment
}
