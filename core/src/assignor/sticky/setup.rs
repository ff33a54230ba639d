//! What both versions of the general sticky algorithm start from: who subscribes to what, who keeps what, and who owned what
//! before.

use super::super::Dense;
use super::super::steps::{Effect, Step, Trace, Why};
use super::claims::{Claims, NOBODY};
use super::constrained::not_among;
use crate::sorted::sort_by_rank;
use alloc::vec;
use alloc::vec::Vec;

/// The group, seen from all the sides that the algorithm needs.
pub(super) struct Setup<'a> {
    pub(super) dense: &'a Dense<'a>,
    pub(super) claims: &'a Claims,
    /// Members by id: the place of each, and who is at each place.
    pub(super) rank: Vec<u32>,
    pub(super) by_rank: Vec<u32>,
    /// Per topic the subscribers, each once; and how many there are with repetitions, which Kafka counts.
    pub(super) subscribers: Vec<Vec<u32>>,
    pub(super) potential: Vec<u32>,
    /// The topics that exist, those with few subscribers first.
    pub(super) topic_order: Vec<u32>,
    /// Per list and topic, whether the list has it.
    pub(super) subscribed: Vec<Vec<bool>>,
    /// Per list how many partitions a member can get.
    pub(super) most: Vec<u32>,
    /// Per partition the last owner before the present generation, and when.
    pub(super) previous: Vec<(u32, i32)>,
    /// Per member what it keeps.
    pub(super) kept: Vec<Vec<u32>>,
    /// Whether somebody owns a partition of a topic it no longer subscribes to.
    pub(super) revocation_required: bool,
}

impl<'a> Setup<'a> {
    pub(super) fn new(dense: &'a Dense<'a>, claims: &'a Claims, trace: &mut Trace) -> Self {
        let rank = dense.id_ranks();
        let mut by_rank = vec![0; rank.len()];
        for (member, &rank) in (0_u32..).zip(&rank) {
            by_rank[rank as usize] = member;
        }
        let mut potential = vec![0_u32; dense.topics.len()];
        for member in &dense.members {
            dense.lists[member.list]
                .iter()
                .for_each(|&it| potential[it as usize] += 1);
        }
        let exists = |it: &u32| dense.topics[*it as usize].partitions > 0;
        let mut topic_order: Vec<u32> = (0..dense.topics.len() as u32).filter(exists).collect();
        sort_by_rank(&mut topic_order, &|it| potential[it as usize]);
        let mut setup = Self {
            rank,
            by_rank,
            subscribers: dense.subscribers(0..dense.members.len() as u32),
            potential,
            subscribed: dense
                .lists
                .iter()
                .map(|it| topic_set(it, dense.topics.len()))
                .collect(),
            most: dense
                .lists
                .iter()
                .map(|it| most_partitions(dense, it, topic_order.len()))
                .collect(),
            topic_order,
            previous: previous_owners(claims),
            kept: Vec::new(),
            revocation_required: false,
            dense,
            claims,
        };
        setup.keep_subscribed(trace);
        setup
    }

    fn keep_subscribed(&mut self, trace: &mut Trace) {
        self.kept = self.claims.held();
        for (number, (member, kept)) in (0_u32..).zip(self.dense.members.iter().zip(&mut self.kept))
        {
            let (subscribed, held) = (&self.subscribed[member.list], kept.len());
            let mut topic = Cursor::default();
            let mut lost = Vec::new();
            kept.retain(|&it| {
                let keep = subscribed[topic.of(self.dense, self.claims, it)];
                if !keep && trace.records() {
                    lost.push(it);
                }
                keep
            });
            self.revocation_required |= kept.len() < held;
            if !lost.is_empty() {
                trace.tell(|| Step::of(Why::Unsubscribed, number, lost, Effect::Nothing));
            }
            if !kept.is_empty() {
                let why = Why::StillSubscribed;
                trace.tell(|| Step::of(why, number, kept.clone(), Effect::Give));
            }
        }
    }

    /// The partitions of topics that pass a test, in topic order.
    pub(super) fn partitions(&self, keep: impl Fn(u32) -> bool) -> impl Iterator<Item = u32> {
        let topics = self.topic_order.iter().filter(move |&&it| keep(it));
        topics.flat_map(|&it| {
            let topic = &self.dense.topics[it as usize];
            topic.first..topic.first + topic.partitions
        })
    }

    /// The partitions nobody keeps, in topic order.
    pub(super) fn unassigned(&self) -> Vec<u32> {
        let kept: Vec<u32> = self.kept.iter().flatten().copied().collect();
        let mut place = vec![0_u32; self.dense.topics.len()];
        for (at, &topic) in (0_u32..).zip(&self.topic_order) {
            place[topic as usize] = at;
        }
        let key = |it: u32| {
            let (topic, number) = self.claims.name_of(self.dense, it);
            (place[topic as usize], number)
        };
        not_among(kept, self.dense.partitions, key, self.partitions(|_| true))
    }

    /// Whether a topic has the two subscribers it takes to move its partitions.
    pub(super) fn movable(&self, topic: u32) -> bool {
        self.potential[topic as usize] >= 2
    }

    pub(super) fn most_of(&self, member: u32) -> u32 {
        self.most[self.dense.members[member as usize].list]
    }
}

fn topic_set(list: &[u32], topics: usize) -> Vec<bool> {
    let mut set = vec![false; topics];
    list.iter().for_each(|&it| set[it as usize] = true);
    set
}

/// `getMaxAssignmentSize`: it counts topics, so a repeated one can stand for a missing one.
fn most_partitions(dense: &Dense<'_>, list: &[u32], topics: usize) -> u32 {
    let counts = list
        .iter()
        .map(|&it| dense.topics[it as usize].partitions)
        .filter(|&it| it > 0);
    if counts.clone().count() == topics {
        dense.partitions
    } else {
        counts.fold(0, u32::saturating_add)
    }
}

/// `prepopulateCurrentAssignments`: per partition the latest claim that is older than the latest generation.
fn previous_owners(claims: &Claims) -> Vec<(u32, i32)> {
    let mut previous = vec![(NOBODY, 0); claims.holder.len()];
    for (member, claimed) in (0_u32..).zip(&claims.claimed) {
        let generation = claims.generation[member as usize].unwrap_or(-1);
        if generation >= claims.max_generation {
            continue;
        }
        for &partition in claimed {
            let known = &mut previous[partition as usize];
            if known.0 == NOBODY || generation > known.1 {
                *known = (member, generation);
            }
        }
    }
    previous
}

/// Finds the topic of one partition after another, quickly while they stay within one topic.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    topic: usize,
    first: u32,
    end: u32,
}

impl Cursor {
    pub(super) fn of(&mut self, dense: &Dense<'_>, claims: &Claims, partition: u32) -> usize {
        if partition < self.first || partition >= self.end {
            self.topic = claims.topic_of(dense, partition);
            let topic = &dense.topics[self.topic];
            (self.first, self.end) = (topic.first, topic.first + topic.partitions);
        }
        self.topic
    }
}
