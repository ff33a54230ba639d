//! The sticky algorithm for a group with different subscriptions (`GeneralAssignmentBuilder`), made fast.
//!
//! 1. Members keep what they own and still subscribe to.
//! 2. Topics with few subscribers come first. Every free partition goes to its least loaded subscriber (ties: member id).
//! 3. Topics with a single subscriber, and members that hold all they can and only such topics, leave the game.
//! 4. Partition by partition, while the group is not balanced: back to the previous owner if that has at least two fewer;
//!    otherwise to the least loaded subscriber if that has at least two fewer. Passes repeat until one changes nothing. If
//!    nothing had to be revoked, the new partitions alone are tried first.
//! 5. If that did not make the balance score better, and it was not a first assignment, step 4 is undone.
//!
//! Kafka asks "balanced?" before every single partition and answers by looking at all of them. Here [`super::balance`] keeps the
//! answer up to date from move to move, and the least loaded subscriber of a topic comes from a heap; the decisions are
//! the same. Groups that own partitions that no longer exist go through [`super::literal`], which follows Kafka line by line.

use super::super::steps::{Effect, Loads, Step, Trace, Why};
use super::super::{AssignorError, Dense, DenseAssignment};
use super::balance::Balance;
use super::claims::{Claims, NOBODY};
use super::literal;
use super::movements::{Movements, partition_hash};
use super::setup::{Cursor, Setup};
use crate::java::string_hash;
use crate::sorted::sort_numbers;
use alloc::collections::BinaryHeap;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Assigns; the group has members.
pub(super) fn assign(
    dense: &Dense<'_>,
    claims: &Claims,
    trace: &mut Trace,
) -> Result<DenseAssignment, AssignorError> {
    let setup = Setup::new(dense, claims, trace);
    if claims.vanished.is_empty() {
        Game::new(setup, trace).play()
    } else {
        literal::assign(&setup, trace)
    }
}

/// The least loaded subscribers of one topic: a heap of (load, rank) in which outdated entries stay until they come up.
#[derive(Debug, Default)]
struct LeastLoaded {
    topic: Option<usize>,
    heap: BinaryHeap<Reverse<(u32, u32)>>,
}

impl LeastLoaded {
    fn turn_to(&mut self, setup: &Setup<'_>, size: &[u32], topic: usize) {
        if self.topic == Some(topic) {
            return;
        }
        self.topic = Some(topic);
        let mut entries = core::mem::take(&mut self.heap).into_vec();
        entries.clear();
        let subscribers = setup.subscribers[topic].iter();
        entries
            .extend(subscribers.map(|&it| Reverse((size[it as usize], setup.rank[it as usize]))));
        self.heap = entries.into();
    }

    /// The member with the smallest load, and among those the smallest id.
    fn least(&mut self, setup: &Setup<'_>, size: &[u32]) -> Option<u32> {
        while let Some(&Reverse((load, rank))) = self.heap.peek() {
            let member = setup.by_rank[rank as usize];
            if size[member as usize] == load {
                return Some(member);
            }
            self.heap.pop();
        }
        None
    }

    /// Notes a member's new load.
    fn update(&mut self, setup: &Setup<'_>, size: &[u32], member: u32) {
        let list = setup.dense.members[member as usize].list;
        if self.topic.is_some_and(|it| setup.subscribed[list][it]) {
            self.heap.push(Reverse((
                size[member as usize],
                setup.rank[member as usize],
            )));
        }
    }
}

struct Game<'a> {
    trace: &'a mut Trace,
    setup: Setup<'a>,
    size: Vec<u32>,
    owner: Vec<u32>,
    /// Members that left the game.
    aside: Vec<bool>,
    movements: Movements,
    balance: Balance,
    least: LeastLoaded,
    /// Every move: the partition and where it came from.
    journal: Vec<(u32, u32)>,
}

impl<'a> Game<'a> {
    fn new(setup: Setup<'a>, trace: &'a mut Trace) -> Self {
        let mut owner = vec![NOBODY; setup.dense.partitions as usize];
        for (member, kept) in (0_u32..).zip(&setup.kept) {
            kept.iter().for_each(|&it| owner[it as usize] = member);
        }
        Self {
            trace,
            size: setup.kept.iter().map(|it| it.len() as u32).collect(),
            owner,
            aside: Vec::new(),
            movements: Movements::default(),
            balance: Balance::default(),
            least: LeastLoaded::default(),
            journal: Vec::new(),
            setup,
        }
    }

    fn play(mut self) -> Result<DenseAssignment, AssignorError> {
        let initializing = self.size.iter().all(|&it| it == 0);
        let mut unassigned = self.setup.unassigned();
        self.deal_out(&unassigned);
        self.set_aside();
        let score_before = self.score();
        if !self.setup.revocation_required {
            let mut topic = Cursor::default();
            let (setup, claims) = (&self.setup, self.setup.claims);
            unassigned.retain(|&it| setup.movable(topic.of(setup.dense, claims, it) as u32));
            self.reassign(&unassigned)?;
        }
        let all: Vec<u32> = self.setup.partitions(|it| self.setup.movable(it)).collect();
        let performed = self.reassign(&all)?;
        if !initializing && performed {
            let score = self.score();
            if score >= score_before {
                self.undo(score_before, score);
            }
        }
        Ok(self.assignment())
    }

    /// Gives each free partition to its least loaded subscriber.
    fn deal_out(&mut self, unassigned: &[u32]) {
        let mut cursor = Cursor::default();
        for &partition in unassigned {
            let topic = cursor.of(self.setup.dense, self.setup.claims, partition);
            self.least.turn_to(&self.setup, &self.size, topic);
            if let Some(member) = self.least.least(&self.setup, &self.size) {
                let load = self.size[member as usize];
                let why = Why::LeastLoaded { load };
                self.trace.tell(|| Step::give(why, member, partition));
                self.owner[partition as usize] = member;
                self.size[member as usize] += 1;
                self.least.update(&self.setup, &self.size, member);
            }
        }
        self.least.topic = None;
    }

    /// Members that hold all they can, and nothing that could move, leave the game.
    fn set_aside(&mut self) {
        let members = self.size.len() as u32;
        self.aside = (0..members)
            .map(|it| self.size[it as usize] >= self.setup.most_of(it))
            .collect();
        for partition in self.setup.partitions(|it| self.setup.movable(it)) {
            self.aside[self.owner[partition as usize] as usize] = false;
        }
        for (member, _) in (0_u32..).zip(&self.aside).filter(|it| *it.1) {
            let step = || Step::of(Why::SetAside, member, Vec::new(), Effect::Nothing);
            self.trace.tell(step);
        }
    }

    /// `getBalanceScore`: the sum of all pairwise differences of load, as a Java `int`.
    fn score(&self) -> i32 {
        let playing = self.size.iter().zip(&self.aside).filter(|it| !it.1);
        let mut sizes: Vec<u32> = playing.map(|it| *it.0).collect();
        balance_score(&mut sizes)
    }

    /// `performReassignments`: passes over the partitions until one changes nothing.
    fn reassign(&mut self, partitions: &[u32]) -> Result<bool, AssignorError> {
        let moves = self.journal.len();
        loop {
            let before = self.journal.len();
            self.pass(partitions)?;
            if self.journal.len() == before {
                return Ok(before > moves);
            }
        }
    }

    fn pass(&mut self, partitions: &[u32]) -> Result<(), AssignorError> {
        let mut cursor = Cursor::default();
        for &partition in partitions {
            if self
                .balance
                .is_balanced(&self.setup, &self.size, &self.owner, &self.aside)
            {
                break;
            }
            let topic = cursor.of(self.setup.dense, self.setup.claims, partition);
            let load = self.size[self.owner[partition as usize] as usize];
            let (previous, _) = self.setup.previous[partition as usize];
            if previous != NOBODY {
                if self.aside[previous as usize] {
                    return Err(AssignorError::MemberSetAside);
                }
                if load > self.size[previous as usize] + 1 {
                    self.relocate(topic, partition, previous, Why::BackToPrevious);
                    continue;
                }
            }
            self.least.turn_to(&self.setup, &self.size, topic);
            match self.least.least(&self.setup, &self.size) {
                Some(least) if load > self.size[least as usize] + 1 => {
                    self.relocate(topic, partition, least, Why::ToLighter)
                }
                _ => {}
            }
        }
        self.least.topic = None;
        Ok(())
    }

    /// Moves a partition to a member, or in its stead one that went the other way before.
    fn relocate(&mut self, topic: usize, wanted: u32, to: u32, why: fn(Loads) -> Why) {
        let from = self.owner[wanted as usize];
        let partition = self.movements.actual(topic as u32, wanted, from, to);
        let from = self.owner[partition as usize];
        self.trace.tell(|| {
            let loads = Loads {
                from: self.size[from as usize],
                to: self.size[to as usize],
                instead_of: (partition != wanted).then_some(wanted),
            };
            let effect = Effect::MoveFrom(from);
            Step::of(why(loads), to, vec![partition], effect)
        });
        let named = &self.setup.dense.topics[topic];
        let hash = partition_hash(string_hash(named.name), (partition - named.first) as i32);
        self.movements.note(topic as u32, partition, hash, from, to);
        self.balance.on_move(
            &self.setup,
            topic as u32,
            (from, self.size[from as usize]),
            (to, self.size[to as usize]),
        );
        self.owner[partition as usize] = to;
        self.size[from as usize] -= 1;
        self.size[to as usize] += 1;
        self.least.update(&self.setup, &self.size, from);
        self.least.update(&self.setup, &self.size, to);
        self.journal.push((partition, from));
    }

    /// Undoes every move; they took the score from `before` to `after`.
    fn undo(&mut self, before: i32, after: i32) {
        for (partition, from) in self.journal.drain(..).rev() {
            let effect = Effect::MoveFrom(self.owner[partition as usize]);
            let why = Why::Undone { before, after };
            self.trace
                .tell(|| Step::of(why, from, vec![partition], effect));
            self.owner[partition as usize] = from;
        }
    }

    fn assignment(&self) -> DenseAssignment {
        let mut assignment: DenseAssignment = self
            .size
            .iter()
            .map(|&it| Vec::with_capacity(it as usize))
            .collect();
        for (partition, &owner) in (0_u32..).zip(&self.owner) {
            if let Some(partitions) = assignment.get_mut(owner as usize) {
                partitions.push(partition);
            }
        }
        assignment
    }
}

/// The sum of all pairwise differences, wrapped to 32 bits as Java's `int` does.
pub(super) fn balance_score(sizes: &mut [u32]) -> i32 {
    sort_numbers(sizes);
    let (mut score, mut sum) = (0_i64, 0_i64);
    for (place, &size) in (0_i64..).zip(sizes.iter()) {
        score = score.wrapping_add(place.wrapping_mul(i64::from(size)).wrapping_sub(sum));
        sum += i64::from(size);
    }
    score as i32
}
