//! The sticky algorithm for a group whose members all subscribe to the same topics (`ConstrainedAssignmentBuilder`).
//!
//! With T partitions and n members everybody gets `T / n` partitions and `T % n` members one more.
//! 1. Members, *in the order of a Java HashMap of their ids*, keep what they own up to their share: this order decides who keeps
//!    one extra partition when more members hold one than may.
//! 2. What nobody kept is dealt out by topic and partition: first round and round to the members below the lower share, in id
//!    order; then one each to members that have exactly the lower share.
//! 3. A partition that somebody had to give up and another one got is in transfer: the cooperative assignor withholds it
//!    until it has been revoked.

use super::super::steps::{Effect, Step, Trace, Why};
use super::super::{AssignorError, Dense, DenseAssignment};
use super::claims::{Claims, NOBODY};
use crate::java::hash_map_order;
use crate::sorted::{Map, sort_by_key, sort_by_rank, sort_numbers};
use alloc::collections::VecDeque;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

/// An assignment and the partitions that change hands, with their new owners.
pub(super) struct Constrained {
    pub(super) assignment: DenseAssignment,
    pub(super) transferring: Vec<(u32, u32)>,
}

struct Builder<'a> {
    trace: &'a mut Trace,
    dense: &'a Dense<'a>,
    claims: &'a Claims,
    min_quota: usize,
    max_quota: usize,
    /// How many members may exceed `min_quota`, and how many do.
    expected_over_min: usize,
    over_min: usize,
    under_min: Vec<u32>,
    exactly_min: VecDeque<u32>,
    /// Per partition the member that had to give it up.
    revoked_from: Vec<u32>,
    assignment: DenseAssignment,
    transferring: Vec<(u32, u32)>,
}

/// Assigns; the group has members.
pub(super) fn assign(
    dense: &Dense<'_>,
    claims: &Claims,
    trace: &mut Trace,
) -> Result<Constrained, AssignorError> {
    let (partitions, members) = (dense.partitions as usize, dense.members.len());
    trace.tell(|| {
        let why = Why::Shares {
            partitions: dense.partitions,
            members: members as u32,
        };
        Step::of(why, NOBODY, Vec::new(), Effect::Nothing)
    });
    let mut builder = Builder {
        trace,
        dense,
        claims,
        min_quota: partitions / members,
        max_quota: partitions.div_ceil(members),
        expected_over_min: partitions % members,
        over_min: 0,
        under_min: Vec::new(),
        exactly_min: VecDeque::new(),
        revoked_from: Vec::new(),
        assignment: vec![Vec::new(); members],
        transferring: Vec::new(),
    };
    builder.keep_owned();
    let unassigned = builder.unassigned();
    let ranks = dense.id_ranks();
    let by_id = |it: u32| ranks[it as usize];
    sort_by_rank(&mut builder.under_min, &by_id);
    sort_by_rank(builder.exactly_min.make_contiguous(), &by_id);
    builder.deal_out(&unassigned)?;
    builder.verify()?;
    Ok(Constrained {
        assignment: builder.assignment,
        transferring: builder.transferring,
    })
}

/// The member numbers in the order of a Java HashMap filled in member order.
pub(super) fn hash_order(dense: &Dense<'_>) -> Vec<u32> {
    let numbers: Map<&str, u32> = dense.members.iter().map(|it| it.id).zip(0..).collect();
    let order = hash_map_order(dense.members.iter().map(|it| it.id));
    order
        .into_iter()
        .filter_map(|id| numbers.get(id).copied())
        .collect()
}

impl Builder<'_> {
    fn keep_owned(&mut self) {
        let mut held = self.claims.held();
        if held.iter().all(Vec::is_empty) && self.min_quota > 0 {
            // Nobody keeps anything: everybody is below the lower share, whatever the order.
            self.under_min = (0..held.len() as u32).collect();
            return;
        }
        self.revoked_from = vec![NOBODY; self.claims.holder.len()];
        for member in hash_order(self.dense) {
            let mut owned = core::mem::take(&mut held[member as usize]);
            if !self.claims.contested.is_empty() {
                owned.retain(|it| self.claims.contested.binary_search(it).is_err());
            }
            self.keep_owned_by(member, owned);
        }
    }

    fn keep_owned_by(&mut self, member: u32, owned: Vec<u32>) {
        let over_min_possible = self.over_min < self.expected_over_min;
        if owned.len() < self.min_quota {
            self.under_min.push(member);
            self.tell_kept(member, &owned, self.min_quota);
            self.assignment[member as usize] = owned;
        } else if owned.len() >= self.max_quota && over_min_possible {
            self.over_min += 1;
            if self.over_min == self.expected_over_min {
                self.exactly_min.clear();
            }
            self.keep_first(member, owned, self.max_quota);
        } else {
            self.keep_first(member, owned, self.min_quota);
            if over_min_possible {
                self.exactly_min.push_back(member);
            }
        }
    }

    /// Keeps the first `quota` partitions by (number, topic name) and gives up the others.
    fn keep_first(&mut self, member: u32, mut owned: Vec<u32>, quota: usize) {
        if owned.len() > quota {
            let (dense, claims) = (self.dense, self.claims);
            let key = |&it: &u32| {
                let (topic, number) = claims.name_of(dense, it);
                (number, topic)
            };
            owned.select_nth_unstable_by_key(quota, key);
            let given_up = &owned[quota..];
            for &partition in given_up {
                self.revoked_from[partition as usize] = member;
            }
            self.trace.tell(|| {
                let share = quota as u32;
                let why = Why::GivesUp { share };
                Step::of(why, member, sorted(given_up), Effect::Nothing)
            });
            owned.truncate(quota);
        }
        self.tell_kept(member, &owned, quota);
        self.assignment[member as usize] = owned;
    }

    fn tell_kept(&mut self, member: u32, owned: &[u32], quota: usize) {
        if !owned.is_empty() {
            self.trace.tell(|| {
                let share = quota as u32;
                Step::of(Why::Keeps { share }, member, sorted(owned), Effect::Give)
            });
        }
    }

    /// The partitions nobody kept, by topic and number.
    fn unassigned(&self) -> Vec<u32> {
        let kept: Vec<u32> = self.assignment.iter().flatten().copied().collect();
        not_among(
            kept,
            self.dense.partitions,
            |it| self.claims.name_of(self.dense, it),
            0..self.dense.partitions,
        )
    }

    fn deal_out(&mut self, unassigned: &[u32]) -> Result<(), AssignorError> {
        let mut rest = unassigned.iter();
        while !self.under_min.is_empty() {
            let round = core::mem::take(&mut self.under_min);
            for (turn, &member) in round.iter().enumerate() {
                let Some(&partition) = rest.next() else {
                    self.under_min.extend(&round[turn..]);
                    return Ok(());
                };
                let share = self.min_quota as u32;
                let count = self.give(partition, member, Why::BelowShare { share });
                if count == self.min_quota {
                    self.exactly_min.push_back(member);
                } else {
                    self.under_min.push(member);
                    self.over_min += usize::from(count == self.max_quota);
                }
            }
        }
        for &partition in rest {
            let next = self.exactly_min.pop_front();
            let member = next.ok_or(AssignorError::NoMoreUnfilledConsumers)?;
            let share = self.min_quota as u32;
            let count = self.give(partition, member, Why::OneMore { share });
            self.over_min += usize::from(count == self.max_quota);
        }
        Ok(())
    }

    /// Gives a partition to a member; how many it has then.
    fn give(&mut self, partition: u32, member: u32, why: Why) -> usize {
        self.trace.tell(|| Step::give(why, member, partition));
        let assignment = &mut self.assignment[member as usize];
        assignment.push(partition);
        let from = self
            .revoked_from
            .get(partition as usize)
            .copied()
            .unwrap_or(NOBODY);
        let contested = &self.claims.contested;
        let was_contested = !contested.is_empty() && contested.binary_search(&partition).is_ok();
        if was_contested || from != NOBODY && from != member {
            self.transferring.push((partition, member));
        }
        assignment.len()
    }

    fn verify(&self) -> Result<(), AssignorError> {
        if self.under_min.is_empty() {
            return Ok(());
        }
        if self.over_min != self.expected_over_min {
            return Err(AssignorError::NotEnoughPartitions);
        }
        let short = |it: &&u32| self.assignment[**it as usize].len() != self.min_quota;
        self.under_min.iter().find(short).map_or(Ok(()), |&it| {
            let member = self.dense.members[it as usize].id.to_string();
            Err(AssignorError::BelowMinQuota { member })
        })
    }
}

fn sorted(partitions: &[u32]) -> Vec<u32> {
    let mut sorted = partitions.to_vec();
    sort_numbers(&mut sorted);
    sorted
}

/// The partitions of `all` that are not in `taken`, as Kafka finds them: it sorts `taken` the same way and walks both lists.
/// A taken partition that does not exist (numbers from `existing` on) is never met, and everything after it counts as free.
pub(super) fn not_among<K: Ord>(
    mut taken: Vec<u32>,
    existing: u32,
    key: impl Fn(u32) -> K,
    all: impl Iterator<Item = u32>,
) -> Vec<u32> {
    if taken.iter().all(|&it| it < existing) {
        let mut free = vec![true; existing as usize];
        taken.iter().for_each(|&it| free[it as usize] = false);
        return all.filter(|&it| free[it as usize]).collect();
    }
    sort_by_key(&mut taken, |&it| key(it));
    let mut next = taken.into_iter().peekable();
    all.filter(|it| next.next_if_eq(it).is_none()).collect()
}
