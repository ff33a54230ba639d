//! The general sticky algorithm step by step as Kafka writes it, for groups whose claims name partitions that do not exist.
//!
//! Such claims survive in Kafka (a topic was deleted and created again with fewer partitions), and then a partition can have
//! two owners, or an owner that left the game, which makes Kafka throw. Every look-up is therefore done where Kafka does it,
//! including the slow ones. It also serves as the yardstick for the fast version in tests.

use super::super::steps::{Effect, Loads, Step, Trace, Why};
use super::super::{AssignorError, DenseAssignment};
use super::claims::NOBODY;
use super::constrained::hash_order;
use super::general::balance_score;
use super::movements::{Movements, partition_hash};
use super::setup::Setup;
use crate::java::string_hash;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

/// The missing entry of a map that Kafka takes for granted.
type Lookup<T> = Result<T, AssignorError>;
/// Why a partition moves, once it is known between which loads.
type Reason = fn(Loads) -> Why;

struct Run<'a> {
    trace: &'a mut Trace,
    setup: &'a Setup<'a>,
    /// `currentAssignment`; none for members that were set aside.
    current: Vec<Option<Vec<u32>>>,
    /// `currentPartitionConsumer`.
    consumer: Vec<u32>,
    /// `sortedCurrentSubscriptions`: (load, rank).
    sorted: BTreeSet<(u32, u32)>,
    movements: Movements,
    map_order: Vec<u32>,
}

pub(super) fn assign(setup: &Setup<'_>, trace: &mut Trace) -> Lookup<DenseAssignment> {
    let mut consumer = vec![NOBODY; setup.claims.holder.len()];
    for (member, held) in (0_u32..).zip(setup.claims.held()) {
        held.iter().for_each(|&it| consumer[it as usize] = member);
    }
    let mut run = Run {
        trace,
        setup,
        current: setup.kept.iter().cloned().map(Some).collect(),
        consumer,
        sorted: BTreeSet::new(),
        movements: Movements::default(),
        map_order: hash_order(setup.dense),
    };
    run.balance()
}

impl Run<'_> {
    fn load(&self, member: u32) -> Lookup<u32> {
        let assigned = self.current.get(member as usize).and_then(Option::as_ref);
        assigned
            .map(|it| it.len() as u32)
            .ok_or(AssignorError::MemberSetAside)
    }

    fn place(&self, member: u32) -> Lookup<(u32, u32)> {
        Ok((self.load(member)?, self.setup.rank[member as usize]))
    }

    fn subscribes(&self, member: u32, topic: u32) -> bool {
        self.setup.subscribed[self.setup.dense.members[member as usize].list][topic as usize]
    }

    fn topic_of(&self, partition: u32) -> u32 {
        self.setup.claims.topic_of(self.setup.dense, partition) as u32
    }

    fn balance(&mut self) -> Lookup<DenseAssignment> {
        let setup = self.setup;
        for member in 0..self.current.len() as u32 {
            self.sorted.insert(self.place(member)?);
        }
        let initializing = self.sorted.last().is_none_or(|it| it.0 == 0);
        let mut unassigned = setup.unassigned();
        for &partition in &unassigned {
            self.assign_to_least(partition)?;
        }
        unassigned.retain(|&it| setup.movable(self.topic_of(it)));
        let all: Vec<u32> = setup.partitions(|it| setup.movable(it)).collect();
        let aside = self.set_aside()?;
        let before = self.current.clone();
        if !setup.revocation_required {
            self.reassign(&unassigned)?;
        }
        let performed = self.reassign(&all)?;
        let (old, new) = (score(&before), score(&self.current));
        if !initializing && performed && new >= old {
            self.tell_undone(&before, (old, new));
            self.current = before;
        }
        for (member, assigned) in aside {
            self.current[member as usize] = Some(assigned);
        }
        Ok(core::mem::take(&mut self.current)
            .into_iter()
            .flatten()
            .collect())
    }

    fn assign_to_least(&mut self, partition: u32) -> Lookup<()> {
        if let Some(member) = self.least_subscriber(self.topic_of(partition)) {
            let place = self.place(member)?;
            self.sorted.remove(&place);
            let why = Why::LeastLoaded { load: place.0 };
            self.trace.tell(|| Step::give(why, member, partition));
            self.current[member as usize]
                .get_or_insert_default()
                .push(partition);
            self.consumer[partition as usize] = member;
            self.sorted.insert(self.place(member)?);
        }
        Ok(())
    }

    fn least_subscriber(&self, topic: u32) -> Option<u32> {
        let members = self
            .sorted
            .iter()
            .map(|it| self.setup.by_rank[it.1 as usize]);
        members.into_iter().find(|&it| self.subscribes(it, topic))
    }

    fn set_aside(&mut self) -> Lookup<Vec<(u32, Vec<u32>)>> {
        let mut aside = Vec::new();
        for member in 0..self.current.len() as u32 {
            let place = self.place(member)?;
            let can_take = place.0 < self.setup.most_of(member);
            let assigned = self.current[member as usize].iter().flatten();
            let can_give = assigned
                .clone()
                .any(|&it| self.setup.movable(self.topic_of(it)));
            if !can_take && !can_give {
                let step = || Step::of(Why::SetAside, member, Vec::new(), Effect::Nothing);
                self.trace.tell(step);
                self.sorted.remove(&place);
                aside.extend(self.current[member as usize].take().map(|it| (member, it)));
            }
        }
        Ok(aside)
    }

    fn is_balanced(&self) -> Lookup<bool> {
        let least = self.sorted.first().map_or(0, |it| it.0);
        let greatest = self.sorted.last().map_or(0, |it| it.0);
        if least + 1 >= greatest {
            return Ok(true);
        }
        let mut owner = vec![NOBODY; self.consumer.len()];
        for &member in &self.map_order {
            let assigned = self.current[member as usize].iter().flatten();
            assigned.for_each(|&it| owner[it as usize] = member);
        }
        for &(load, rank) in &self.sorted {
            let member = self.setup.by_rank[rank as usize];
            if load != self.setup.most_of(member) && self.could_take(member, load, &owner)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a member could take a partition from somebody with at least two more.
    fn could_take(&self, member: u32, load: u32, owner: &[u32]) -> Lookup<bool> {
        let list = self.setup.dense.members[member as usize].list;
        let mut has = vec![false; owner.len()];
        let assigned = self.current[member as usize].iter().flatten();
        assigned.for_each(|&it| has[it as usize] = true);
        for &topic in &self.setup.dense.lists[list] {
            let topic = &self.setup.dense.topics[topic as usize];
            for partition in topic.first..topic.first + topic.partitions {
                if !has[partition as usize] && load + 1 < self.load(owner[partition as usize])? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn reassign(&mut self, partitions: &[u32]) -> Lookup<bool> {
        let mut performed = false;
        loop {
            let mut modified = false;
            for &partition in partitions {
                if self.is_balanced()? {
                    break;
                }
                if let Some((to, why)) = self.better_consumer(partition)? {
                    self.relocate(partition, to, why)?;
                    modified = true;
                }
            }
            performed |= modified;
            if !modified {
                return Ok(performed);
            }
        }
    }

    fn better_consumer(&self, partition: u32) -> Lookup<Option<(u32, Reason)>> {
        let consumer = self.consumer[partition as usize];
        let (previous, _) = self.setup.previous[partition as usize];
        if previous != NOBODY && self.load(consumer)? > self.load(previous)? + 1 {
            return Ok(Some((previous, Why::BackToPrevious)));
        }
        let topic = self.topic_of(partition);
        for &other in &self.setup.subscribers[topic as usize] {
            if self.load(consumer)? > self.load(other)? + 1 {
                let least = self.least_subscriber(topic);
                let least = least.ok_or(AssignorError::MemberSetAside)?;
                return Ok(Some((least, Why::ToLighter)));
            }
        }
        Ok(None)
    }

    fn relocate(&mut self, wanted: u32, to: u32, why: Reason) -> Lookup<()> {
        let topic = self.topic_of(wanted);
        let from = self.consumer[wanted as usize];
        let partition = self.movements.actual(topic, wanted, from, to);
        let from = self.consumer[partition as usize];
        let (old_from, old_to) = (self.place(from)?, self.place(to)?);
        self.trace.tell(|| {
            let loads = Loads {
                from: old_from.0,
                to: old_to.0,
                instead_of: (partition != wanted).then_some(wanted),
            };
            let effect = Effect::MoveFrom(from);
            Step::of(why(loads), to, vec![partition], effect)
        });
        self.sorted.remove(&old_from);
        self.sorted.remove(&old_to);
        let (_, number) = self.setup.claims.name_of(self.setup.dense, partition);
        let hash = partition_hash(
            string_hash(self.setup.dense.topics[topic as usize].name),
            number,
        );
        self.movements.note(topic, partition, hash, from, to);
        if let Some(assigned) = &mut self.current[from as usize]
            && let Some(at) = assigned.iter().position(|&it| it == partition)
        {
            assigned.remove(at);
        }
        self.current[to as usize]
            .get_or_insert_default()
            .push(partition);
        self.consumer[partition as usize] = to;
        self.sorted.insert(self.place(to)?);
        self.sorted.insert(self.place(from)?);
        Ok(())
    }
}

impl Run<'_> {
    /// Tells how what each member has becomes what it had before.
    fn tell_undone(&mut self, before: &[Option<Vec<u32>>], (old, new): (i32, i32)) {
        if !self.trace.records() {
            return;
        }
        let why = Why::Undone {
            before: old,
            after: new,
        };
        for effect in [Effect::Take, Effect::Give] {
            for (member, (now, then)) in (0_u32..).zip(self.current.iter().zip(before)) {
                let (mut more, mut fewer) =
                    (now.clone().unwrap_or_default(), then.iter().flatten());
                if effect == Effect::Give {
                    (more, fewer) = (then.clone().unwrap_or_default(), now.iter().flatten());
                }
                for partition in fewer {
                    if let Some(at) = more.iter().position(|it| it == partition) {
                        more.remove(at);
                    }
                }
                if !more.is_empty() {
                    self.trace.tell(|| Step::of(why, member, more, effect));
                }
            }
        }
    }
}

fn score(current: &[Option<Vec<u32>>]) -> i32 {
    let mut sizes: Vec<u32> = current.iter().flatten().map(|it| it.len() as u32).collect();
    balance_score(&mut sizes)
}
