//! `uniform` for a group with different subscriptions (`UniformHeterogeneousAssignmentBuilder`).
//!
//! 1. Members keep what they had of topics they still subscribe to.
//! 2. Topics with many partitions per subscriber come first (then those with few subscribers, then by id). Free partitions go
//!    to the least loaded subscribers, in turn.
//! 3. Topic by topic, the most loaded subscribers give partitions to the least loaded until they differ by one at most. The
//!    round of all topics is repeated until nothing changes, 16 times at most.

use super::super::steps::{self, Effect, Step, Trace, Why};
use super::group::{DenseTargets, Targets};
use super::loads::Loads;
use crate::sorted;
use alloc::vec;
use alloc::vec::Vec;

const MAX_ITERATIONS: usize = 16;
use super::super::steps::NOBODY;

struct Builder<'a> {
    trace: &'a mut Trace,
    group: &'a DenseTargets<'a>,
    subscribers: Vec<Vec<u32>>,
    owner: Vec<u32>,
    size: Vec<u32>,
    loads: Loads,
    /// Claims that another member's claim to the same partition has overwritten. They stay in the result, as in Kafka.
    overlaps: Vec<(u32, u32)>,
    ranges: Ranges,
}

pub(super) fn assign(group: &DenseTargets<'_>, trace: &mut Trace) -> Targets {
    let mut builder = Builder {
        trace,
        group,
        subscribers: group.subscribers(0..group.members.len() as u32),
        owner: vec![NOBODY; group.partitions as usize],
        size: vec![0; group.members.len()],
        loads: Loads::default(),
        overlaps: Vec::new(),
        ranges: Ranges::default(),
    };
    builder.keep();
    let order = builder.topic_order();
    for &topic in &order {
        builder.assign_free(topic);
    }
    builder.balance(&order);
    builder.targets()
}

impl Builder<'_> {
    fn keep(&mut self) {
        let mut subscribed: Vec<Vec<bool>> = Vec::with_capacity(self.group.lists.len());
        for list in &self.group.lists {
            let mut set = vec![false; self.group.topics.len()];
            list.iter().for_each(|&it| set[it as usize] = true);
            subscribed.push(set);
        }
        for (member, old) in (0_u32..).zip(&self.group.members) {
            let mut topic = 0;
            let (mut kept, mut lost) = (Vec::new(), Vec::new());
            for &partition in &old.previous {
                topic = self.group.topic_of(partition, topic);
                let keep = subscribed[old.list][topic];
                if self.trace.records() {
                    if keep { &mut kept } else { &mut lost }.push(partition);
                }
                if keep {
                    let before = core::mem::replace(&mut self.owner[partition as usize], member);
                    if before != NOBODY {
                        self.overlaps.push((partition, before));
                    }
                    self.size[member as usize] += 1;
                }
            }
            if !lost.is_empty() {
                let step = || Step::of(Why::Unsubscribed, member, lost, Effect::Nothing);
                self.trace.tell(step);
            }
            if !kept.is_empty() {
                let step = || Step::of(Why::StillSubscribed, member, kept, Effect::Give);
                self.trace.tell(step);
            }
        }
    }

    /// Subscribed topics: most partitions per subscriber first, then fewest subscribers, then by id.
    fn topic_order(&self) -> Vec<u32> {
        let subscribed = |it: &u32| !self.subscribers[*it as usize].is_empty();
        let mut order: Vec<u32> = (0..self.group.topics.len() as u32)
            .filter(subscribed)
            .collect();
        let counts = |topic: u32| {
            let partitions = self.group.topics[topic as usize].partitions;
            (
                u64::from(partitions),
                self.subscribers[topic as usize].len() as u64,
            )
        };
        sorted::sort_by(&mut order, |&a, &b| {
            let ((partitions_a, members_a), (partitions_b, members_b)) = (counts(a), counts(b));
            // a/m > b/n as a*n > b*m, without fractions.
            let per_member = (partitions_b * members_a).cmp(&(partitions_a * members_b));
            per_member.then(members_a.cmp(&members_b))
        });
        order
    }

    fn assign_free(&mut self, topic: u32) {
        let named = &self.group.topics[topic as usize];
        let mut ready = false;
        for partition in named.first..named.first + named.partitions {
            if self.owner[partition as usize] != NOBODY {
                continue;
            }
            if !ready {
                self.loads
                    .initialize(&self.subscribers[topic as usize], &self.size);
                ready = true;
            }
            let member = self.loads.next_least_loaded(&self.size);
            let load = self.size[member as usize];
            let why = Why::LeastLoaded { load };
            self.trace.tell(|| Step::give(why, member, partition));
            self.owner[partition as usize] = member;
            self.size[member as usize] += 1;
        }
    }

    fn balance(&mut self, order: &[u32]) {
        let movable = |it: &&u32| self.subscribers[**it as usize].len() >= 2;
        let order: Vec<u32> = order.iter().filter(movable).copied().collect();
        let mut last_changed = None;
        for _ in 0..MAX_ITERATIONS {
            for (place, &topic) in order.iter().enumerate() {
                // All the way round since anything changed.
                if last_changed == Some(place) {
                    return;
                }
                if self.balance_topic(topic) || last_changed.is_none() {
                    last_changed = Some(place);
                }
            }
        }
    }

    /// Moves partitions of a topic from most to least loaded subscribers; whether any moved.
    fn balance_topic(&mut self, topic: u32) -> bool {
        if self
            .loads
            .initialize(&self.subscribers[topic as usize], &self.size)
            <= 1
        {
            return false;
        }
        let named = &self.group.topics[topic as usize];
        self.ranges.group(
            named.first..named.first + named.partitions,
            &self.owner,
            self.size.len(),
        );
        let mut moved = false;
        while !self.loads.is_balanced() {
            let Some(partition) = self.partition_of_most_loaded() else {
                break;
            };
            let to = self.loads.next_least_loaded(&self.size);
            if self.loads.is_balanced() {
                break;
            }
            let from = core::mem::replace(&mut self.owner[partition as usize], to);
            self.trace.tell(|| {
                let why = Why::ToLighter(steps::Loads {
                    from: self.size[from as usize],
                    to: self.size[to as usize],
                    instead_of: None,
                });
                Step::of(why, to, vec![partition], Effect::MoveFrom(from))
            });
            self.size[from as usize] -= 1;
            self.size[to as usize] += 1;
            moved = true;
        }
        moved
    }

    /// The last partition of the most loaded member that has one to give.
    fn partition_of_most_loaded(&mut self) -> Option<u32> {
        loop {
            let member = self.loads.next_most_loaded(&self.size)?;
            match self.ranges.pop(member) {
                Some(partition) => return Some(partition),
                None => self.loads.exclude_most_loaded(),
            }
        }
    }

    fn targets(&self) -> Targets {
        let mut targets: Targets = self
            .size
            .iter()
            .map(|&it| Vec::with_capacity(it as usize))
            .collect();
        for (partition, &owner) in (0_u32..).zip(&self.owner) {
            if owner != NOBODY {
                targets[owner as usize].push(partition);
            }
        }
        for &(partition, member) in &self.overlaps {
            let target = &mut targets[member as usize];
            if !target.contains(&partition) {
                target.push(partition);
            }
        }
        targets
    }
}

/// The partitions of one topic, those of the same owner together: per member where its partitions begin and end.
#[derive(Debug, Default)]
struct Ranges {
    start: Vec<u32>,
    end: Vec<u32>,
    partitions: Vec<u32>,
}

impl Ranges {
    /// Groups by counting: ascending by owner, then partition.
    fn group(&mut self, partitions: core::ops::Range<u32>, owner: &[u32], members: usize) {
        self.start.clear();
        self.start.resize(members + 1, 0);
        for partition in partitions.clone() {
            self.start[owner[partition as usize] as usize + 1] += 1;
        }
        for member in 0..members {
            self.start[member + 1] += self.start[member];
        }
        self.end.clear();
        self.end.extend(&self.start[..members]);
        self.partitions.clear();
        self.partitions.resize(partitions.len(), 0);
        for partition in partitions {
            let end = &mut self.end[owner[partition as usize] as usize];
            self.partitions[*end as usize] = partition;
            *end += 1;
        }
    }

    fn pop(&mut self, member: u32) -> Option<u32> {
        let (start, end) = (self.start[member as usize], &mut self.end[member as usize]);
        if *end <= start {
            return None;
        }
        *end -= 1;
        Some(self.partitions[*end as usize])
    }
}
