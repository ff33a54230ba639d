//! One change of a group under every assignor at once: who owned what before, who does after, what stopped meanwhile.
//!
//! A [`Group`] has topics and *seats*; a seat is a member that is in the group or has been. [`Group::change`] changes it,
//! [`Algorithm::settle`] lets an assignor answer from what the members then say they own, and [`Group::remember`] ends that:
//!
//! - eager (`range`, `roundrobin`, `sticky`, one's own): one rebalance. Everybody gives everything up before it, so everything that
//!   was read stops until it is over; `sticky` learns from the user data what was owned.
//! - cooperative: members keep reading through the rebalance and give back only what they are to lose; if somebody had to,
//!   the group rebalances again to hand that out.
//! - KIP-848: the coordinator computes a new target from the old one; members whose part of it shrinks give that back, each at
//!   its own heartbeat. Nobody else stops.
//!
//! It simplifies: every rebalance ends before the next change, nobody is late or restarts, and nothing fails on the way.
//! How long a stop lasts is a matter of time, which is the simulation's; here only what stops is counted. Client-side assignors get
//! the members in the order of Java's hash table, as a real leader does; the coordinator's by id.

use super::server::{DenseTargets, ServerAssignor, TargetGroup, TargetMember};
use super::steps::{Effect, NOBODY, Step, Trace, Why};
use super::{Assignor, Dense, GroupSubscription, MemberSubscription};
use crate::java::hash_map_order;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Rebalances of one change at most: a cooperative group comes to rest in two or three.
const MOST_ROUNDS: usize = 4;

/// A topic of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// How many partitions it has: 1 to 65535.
    pub partitions: u32,
}

/// A member, or one that was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The member's id.
    pub id: String,
    /// `group.instance.id` of a static member.
    pub instance: Option<String>,
    /// The topics it subscribes to: bit n for topic n.
    pub topics: u32,
    /// Its weight, for the weighted assignor.
    pub weight: u32,
    /// Whether it is in the group.
    pub present: bool,
    /// Whether it was at the end of the last rebalance.
    pub known: bool,
}

impl Seat {
    /// A member that is about to join.
    #[must_use]
    pub const fn new(id: String, topics: u32) -> Self {
        Self {
            id,
            instance: None,
            topics,
            weight: 1,
            present: true,
            known: false,
        }
    }
}

/// A group without the question of who owns what. At most 32 topics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The topics, in any order.
    pub topics: Vec<Topic>,
    /// The members, present and past, in the order of their first joining.
    pub seats: Vec<Seat>,
}

/// What happens to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A member joins; it may have been there before.
    Join(Seat),
    /// The member of this id leaves.
    Leave(String),
    /// The topic of this number gets more partitions.
    Grow(u32, u32),
    /// The member of this id subscribes to these topics from now on.
    Subscribe(String, u32),
}

/// The owner's seat of each partition of each topic; [`NOBODY`] where there is none.
pub type Owners = Vec<Vec<u32>>;

impl Group {
    /// The seat of a member's id.
    #[must_use]
    pub fn seat_of(&self, id: &str) -> Option<usize> {
        self.seats.iter().position(|it| it.id == id)
    }

    /// Changes the group; false, and nothing changes, where that makes no sense: a second join of a member, a member that is not
    /// there, fewer partitions than before.
    pub fn change(&mut self, change: &Change) -> bool {
        match change {
            Change::Join(seat) => match self.seat_of(&seat.id) {
                Some(at) if self.seats[at].present => return false,
                Some(at) => self.seats[at] = seat.clone(),
                None => self.seats.push(seat.clone()),
            },
            Change::Leave(id) => match self.present(id) {
                Some(seat) => (seat.present, seat.known) = (false, false),
                None => return false,
            },
            Change::Grow(topic, partitions) => match self.topics.get_mut(*topic as usize) {
                Some(it) if it.partitions < *partitions => it.partitions = *partitions,
                _ => return false,
            },
            Change::Subscribe(id, topics) => match self.present(id) {
                Some(seat) if seat.topics != *topics => seat.topics = *topics,
                _ => return false,
            },
        }
        true
    }

    fn present(&mut self, id: &str) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|it| it.id == id && it.present)
    }

    /// A rebalance is over: every member has had its assignment.
    pub fn remember(&mut self) {
        self.seats.iter_mut().for_each(|it| it.known = it.present);
    }

    /// Nobody owns anything.
    #[must_use]
    pub fn unowned(&self) -> Owners {
        let topic = |it: &Topic| vec![NOBODY; it.partitions as usize];
        self.topics.iter().map(topic).collect()
    }

    fn names(&self, topics: u32) -> Vec<String> {
        let chosen = (0..).zip(&self.topics).filter(|it| topics >> it.0 & 1 == 1);
        chosen.map(|it| it.1.name.clone()).collect()
    }

    /// The partitions of a seat, of topics in a set.
    fn owned(&self, owners: &Owners, seat: usize, topics: u32) -> Vec<(String, Vec<i32>)> {
        let mut owned = Vec::new();
        for (topic, (named, owners)) in (0..).zip(self.topics.iter().zip(owners)) {
            let numbers = (0..).zip(owners).filter(|it| *it.1 as usize == seat);
            let numbers: Vec<i32> = numbers.map(|it| it.0).collect();
            if topics >> topic & 1 == 1 && !numbers.is_empty() {
                owned.push((named.name.clone(), numbers));
            }
        }
        owned
    }
}

/// How members and coordinator go through a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Everybody stops for every rebalance.
    Eager,
    /// KIP-429: only what moves stops.
    Cooperative,
    /// KIP-848: the same, and nobody waits for the others.
    Consumer,
}

/// Every assignor there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// In a classic group.
    Client(Assignor),
    /// In a KIP-848 group.
    Server(ServerAssignor),
}

impl Algorithm {
    /// All, in the order of their appearance in Kafka; the one that is not Kafka's last.
    pub const ALL: [Self; 7] = [
        Self::Client(Assignor::Range),
        Self::Client(Assignor::RoundRobin),
        Self::Client(Assignor::Sticky),
        Self::Client(Assignor::CooperativeSticky),
        Self::Server(ServerAssignor::Uniform),
        Self::Server(ServerAssignor::Range),
        Self::Client(Assignor::Weighted),
    ];

    /// Its name in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client(assignor) => assignor.name(),
            Self::Server(assignor) => assignor.name(),
        }
    }

    /// How a group with it rebalances.
    #[must_use]
    pub const fn protocol(self) -> Protocol {
        match self {
            Self::Client(Assignor::CooperativeSticky) => Protocol::Cooperative,
            Self::Client(_) => Protocol::Eager,
            Self::Server(_) => Protocol::Consumer,
        }
    }

    /// Lets the group come to rest from what its members own. None where Kafka's code would throw.
    #[must_use]
    pub fn settle(self, group: &Group, owners: &Owners) -> Option<Outcome> {
        let mut group = group.clone();
        let mut before = owners.clone();
        for (old, topic) in before.iter_mut().zip(&group.topics) {
            old.resize(topic.partitions as usize, NOBODY);
        }
        let mut rounds: Vec<Round> = Vec::new();
        loop {
            let last = rounds.last().map_or(&before, |it| &it.owners);
            let round = self.round(&group, last)?;
            group.remember();
            let again = self.protocol() == Protocol::Cooperative
                && rounds.len() + 1 < MOST_ROUNDS
                && gives_back(&group, last, &round.owners);
            rounds.push(round);
            if !again {
                break;
            }
        }
        Some(Outcome { before, rounds })
    }

    /// One answer of the assignor.
    fn round(self, group: &Group, owners: &Owners) -> Option<Round> {
        let mut trace = Trace::recording();
        let (steps, numbering) = match self {
            Self::Server(assignor) => {
                let spec = target_group(group, owners);
                let dense = DenseTargets::new(&spec).ok()?;
                assignor.assign_told(&dense, &mut trace).ok()?;
                let ids = dense.members.iter().map(|it| it.id);
                let topics = dense.topics.iter().map(|it| (it.name, it.first));
                (trace.into_steps(), Numbering::new(group, ids, topics))
            }
            Self::Client(assignor) => {
                let spec = subscriptions(group, owners, self.protocol());
                let dense = Dense::new(&spec).ok()?;
                assignor.assign_told(&spec, &dense, -1, &mut trace).ok()?;
                let ids = dense.members.iter().map(|it| it.id);
                let topics = dense.topics.iter().map(|it| (it.name, it.first));
                (trace.into_steps(), Numbering::new(group, ids, topics))
            }
        };
        let steps: Vec<Step> = steps
            .into_iter()
            .map(|it| numbering.translate(it))
            .collect();
        let mut owners = group.unowned();
        steps.iter().for_each(|it| carry_out(it, &mut owners));
        Some(Round { steps, owners })
    }
}

/// Whether somebody who stays loses something.
fn gives_back(group: &Group, before: &Owners, after: &Owners) -> bool {
    let mut pairs = before.iter().flatten().zip(after.iter().flatten());
    pairs.any(|(&old, &new)| {
        old != new && group.seats.get(old as usize).is_some_and(|it| it.present)
    })
}

/// The members as a leader sees them.
fn subscriptions(group: &Group, owners: &Owners, protocol: Protocol) -> GroupSubscription {
    let present = group.seats.iter().filter(|it| it.present);
    let members = hash_map_order(present.map(|it| it.id.as_str())).into_iter();
    let member = |id: &str| {
        let at = group.seat_of(id).unwrap_or_default();
        let seat = &group.seats[at];
        // A cooperative member gives up what it no longer subscribes to before it joins.
        let spoken_of = match protocol {
            Protocol::Cooperative => seat.topics,
            Protocol::Eager | Protocol::Consumer => u32::MAX,
        };
        MemberSubscription {
            member_id: seat.id.clone(),
            group_instance_id: seat.instance.clone(),
            topics: group.names(seat.topics),
            owned: group.owned(owners, at, spoken_of),
            generation: if seat.known { 1 } else { -1 },
            userdata_generation: seat.known.then_some(1),
            weight: seat.weight,
        }
    };
    let topics = group.topics.iter();
    GroupSubscription {
        topics: topics
            .map(|it| (it.name.clone(), it.partitions as i32))
            .collect(),
        members: members.map(member).collect(),
    }
}

/// The members as the coordinator sees them.
fn target_group(group: &Group, owners: &Owners) -> TargetGroup {
    let mut present: Vec<usize> = (0..group.seats.len()).collect();
    present.retain(|&it| group.seats[it].present);
    present.sort_by(|&a, &b| group.seats[a].id.cmp(&group.seats[b].id));
    let member = |at: usize| TargetMember {
        member_id: group.seats[at].id.clone(),
        group_instance_id: group.seats[at].instance.clone(),
        topics: group.names(group.seats[at].topics),
        previous_target: group.owned(owners, at, u32::MAX),
    };
    let topics = group.topics.iter();
    TargetGroup {
        topics: topics
            .map(|it| (it.name.clone(), it.partitions as i32))
            .collect(),
        members: present.into_iter().map(member).collect(),
        ..TargetGroup::default()
    }
}

/// What an assignor's numbers stand for here.
struct Numbering {
    /// Per member its seat.
    seats: Vec<u32>,
    /// Per topic its first partition, and its number here.
    topics: Vec<(u32, u32)>,
}

impl Numbering {
    fn new<'a>(
        group: &Group,
        ids: impl Iterator<Item = &'a str>,
        topics: impl Iterator<Item = (&'a str, u32)>,
    ) -> Self {
        let seat = |id: &str| group.seat_of(id).map_or(NOBODY, |it| it as u32);
        let topic = |(name, first): (&str, u32)| {
            let at = group.topics.iter().position(|it| it.name == name);
            (first, at.unwrap_or_default() as u32)
        };
        Self {
            seats: ids.map(seat).collect(),
            topics: topics.map(topic).collect(),
        }
    }

    fn seat(&self, member: u32) -> u32 {
        self.seats.get(member as usize).copied().unwrap_or(NOBODY)
    }

    fn partition(&self, partition: u32) -> u32 {
        let at = self.topics.partition_point(|it| it.0 <= partition);
        let (first, topic) = self.topics[at.saturating_sub(1)];
        pack(topic, partition - first)
    }

    fn translate(&self, mut step: Step) -> Step {
        step.member = self.seat(step.member);
        for partition in &mut step.partitions {
            *partition = self.partition(*partition);
        }
        if let Effect::MoveFrom(from) = &mut step.effect {
            *from = self.seat(*from);
        }
        match &mut step.why {
            Why::Run { topic, .. } => *topic = self.topics[*topic as usize].1,
            Why::InTransfer { owner } => *owner = self.seat(*owner),
            Why::BackToPrevious(loads) | Why::ToLighter(loads) => {
                loads.instead_of = loads.instead_of.map(|it| self.partition(it));
            }
            _ => {}
        }
        step
    }
}

const fn pack(topic: u32, number: u32) -> u32 {
    topic << 16 | number
}

/// Topic and number of a partition in the steps of an [`Outcome`].
#[must_use]
pub const fn unpack(partition: u32) -> (u32, u32) {
    (partition >> 16, partition & 0xffff)
}

/// Does to the owners what a step of an [`Outcome`] does.
pub fn carry_out(step: &Step, owners: &mut Owners) {
    let owner = match step.effect {
        Effect::Nothing => return,
        Effect::Take => NOBODY,
        Effect::Give | Effect::MoveFrom(_) => step.member,
    };
    for &partition in &step.partitions {
        let (topic, number) = unpack(partition);
        owners[topic as usize][number as usize] = owner;
    }
}

/// One answer of an assignor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its decisions; members are seats, and [`unpack`] names partitions.
    pub steps: Vec<Step>,
    /// Who owns what by its answer.
    pub owners: Owners,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Who owned what before; new partitions are there already.
    pub before: Owners,
    /// The rebalances it took: one, or more in a cooperative group. For KIP-848 the one computation of the target.
    pub rounds: Vec<Round>,
}

/// A change in numbers of partitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Partitions that went from one member to another.
    pub moved: u32,
    /// Of those, the ones whose owner has left or no longer subscribes: somebody had to take them.
    pub had_to: u32,
    /// Partitions that nobody owned before and somebody does now.
    pub fresh: u32,
    /// Partitions that were read and stopped being read for a while.
    pub stopped: u32,
    /// Partitions of the member with the fewest, of those that are in the group.
    pub least: u32,
    /// And of the one with the most.
    pub most: u32,
}

/// What a change means for one member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many partitions it had.
    pub had: u32,
    /// How many it has.
    pub has: u32,
    /// How many it had and keeps.
    pub kept: u32,
    /// How many of those it had it stopped reading, for a while or for good.
    pub stopped: u32,
}

impl Outcome {
    /// Who owns what in the end.
    #[must_use]
    pub fn after(&self) -> &Owners {
        self.rounds.last().map_or(&self.before, |it| &it.owners)
    }

    fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        let after = self.after().iter().flatten().copied();
        self.before.iter().flatten().copied().zip(after)
    }

    /// The change as one seat sees it.
    #[must_use]
    pub fn share(&self, seat: u32, protocol: Protocol) -> Share {
        let mut share = Share::default();
        for (old, new) in self.pairs() {
            share.had += u32::from(old == seat);
            share.has += u32::from(new == seat);
            share.kept += u32::from(old == seat && new == seat);
        }
        share.stopped = match protocol {
            Protocol::Eager => share.had,
            Protocol::Cooperative | Protocol::Consumer => share.had - share.kept,
        };
        share
    }

    /// The change in numbers; `group` is the changed one.
    #[must_use]
    pub fn summary(&self, group: &Group, protocol: Protocol) -> Summary {
        let mut summary = Summary {
            least: u32::MAX,
            ..Summary::default()
        };
        for (seat, named) in (0..).zip(&group.seats) {
            let share = self.share(seat, protocol);
            summary.stopped += share.stopped;
            if named.present {
                summary.least = summary.least.min(share.has);
                summary.most = summary.most.max(share.has);
            }
        }
        summary.least = summary.least.min(summary.most);
        for (topic, (old, new)) in (0_u32..).zip(self.before.iter().zip(self.after())) {
            for (&old, &new) in old.iter().zip(new) {
                let owner = group.seats.get(old as usize);
                let could_stay = owner.is_some_and(|it| it.present && it.topics >> topic & 1 == 1);
                let moved = old != NOBODY && new != NOBODY && old != new;
                summary.moved += u32::from(moved);
                summary.had_to += u32::from(moved && !could_stay);
                summary.fresh += u32::from(old == NOBODY && new != NOBODY);
            }
        }
        summary
    }
}

/// The Kafka whose own classes gave the vectors: version, commit, date. The tests compare this with the vectors' origin.
pub const KAFKA: [&str; 3] = ["4.0.0-SNAPSHOT", "1eb7644349", "2024-10-25"];

impl Algorithm {
    /// How many answers of Kafka's own class this one is compared with on every test run; the tests count them.
    #[must_use]
    pub const fn vectors(self) -> u32 {
        match self {
            Self::Client(Assignor::Range | Assignor::RoundRobin) => 1004,
            Self::Client(Assignor::Sticky) => 3524,
            Self::Client(Assignor::CooperativeSticky) => 4488,
            Self::Server(ServerAssignor::Uniform) => 1453,
            Self::Server(ServerAssignor::Range) => 1469,
            Self::Client(Assignor::Weighted) => 0,
        }
    }
}
