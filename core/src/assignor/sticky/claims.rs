//! What the members of a sticky group say they own, cleaned of contradictions
//! (`AbstractStickyAssignor.allSubscriptionsEqual`).
//!
//! Members are heard in map order. A partition claimed twice in the same generation is taken from both and remembered as
//! having had several owners; of different generations the higher keeps it. The generation a newcomer is compared with is the
//! one in the other member's *subscription*, which for the eager assignor may differ from the one in its user data.
//! Only the topic of a claim is checked: numbers of partitions that no longer exist survive.

use super::super::steps::{Effect, Step, Trace, Why};
use super::super::{Dense, GroupSubscription, MemberSubscription};
use crate::sorted::sort_numbers;
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

pub(super) use super::super::steps::NOBODY;

/// The claims of a group. Partitions that exist have their dense number; others are numbered from there on.
#[derive(Debug)]
pub(super) struct Claims {
    /// Per member everything it claims, of topics that are known.
    pub(super) claimed: Vec<Vec<u32>>,
    /// Per member the generation of its claims.
    pub(super) generation: Vec<Option<i32>>,
    /// The highest generation seen, now or before.
    pub(super) max_generation: i32,
    /// Per partition the member that may go on holding it.
    pub(super) holder: Vec<u32>,
    /// Partitions with several owners in one generation, ascending.
    pub(super) contested: Vec<u32>,
    /// Topic and number of the claimed partitions that do not exist.
    pub(super) vanished: Vec<(u32, i32)>,
}

impl Claims {
    /// Reads the claims. The eager assignor (`cooperative` false) finds them in the user data.
    pub(super) fn read(
        group: &GroupSubscription,
        dense: &Dense<'_>,
        cooperative: bool,
        max_generation: i32,
    ) -> Self {
        let mut reader = Reader {
            dense,
            vanished: Vec::new(),
            numbers: BTreeMap::new(),
        };
        let members = dense.members.iter().map(|it| &group.members[it.source]);
        let claimed = members.clone().map(|member| {
            let speaks = cooperative || member.userdata_generation.is_some();
            if speaks {
                reader.partitions(member)
            } else {
                Vec::new()
            }
        });
        let claimed: Vec<Vec<u32>> = claimed.collect();
        let generation: Vec<Option<i32>> = members.map(|it| generation(it, cooperative)).collect();
        let highest = generation
            .iter()
            .map(|it| it.unwrap_or(-1))
            .max()
            .unwrap_or(-1);
        let partitions = dense.partitions as usize + reader.vanished.len();
        let mut claims = Self {
            claimed,
            generation,
            max_generation: max_generation.max(highest),
            holder: vec![NOBODY; partitions],
            contested: Vec::new(),
            vanished: reader.vanished,
        };
        claims.settle(group, dense);
        claims
    }

    /// Decides who holds what.
    fn settle(&mut self, group: &GroupSubscription, dense: &Dense<'_>) {
        // The last member whose claim was considered, as opposed to the one that holds the partition now.
        let mut considered = vec![NOBODY; self.holder.len()];
        for (member, claims) in (0_u32..).zip(&self.claimed) {
            let mine = self.generation[member as usize].unwrap_or(-1);
            for &partition in claims {
                let at = partition as usize;
                let other = considered[at];
                if other == NOBODY {
                    self.holder[at] = member;
                    considered[at] = member;
                    continue;
                }
                let source = dense.members[other as usize].source;
                let theirs = group.members[source].generation.max(-1);
                if mine >= theirs {
                    // An equal claim takes the partition from the other but does not gain it.
                    let loses = self.holder[at] == other;
                    if mine == theirs {
                        self.contested.push(partition);
                        if loses {
                            self.holder[at] = NOBODY;
                        }
                    } else {
                        self.holder[at] = member;
                    }
                    considered[at] = member;
                }
            }
        }
        sort_numbers(&mut self.contested);
        self.contested.dedup();
    }

    /// Tells whose claims are not believed.
    pub(super) fn tell_disputed(&self, trace: &mut Trace) {
        if !trace.records() {
            return;
        }
        for (member, claims) in (0_u32..).zip(&self.claimed) {
            let lost = claims.iter().copied();
            let lost: Vec<u32> = lost
                .filter(|&it| self.holder[it as usize] != member)
                .collect();
            if !lost.is_empty() {
                trace.tell(|| Step::of(Why::Disputed, member, lost, Effect::Nothing));
            }
        }
    }

    /// Per member the partitions it may go on holding.
    pub(super) fn held(&self) -> Vec<Vec<u32>> {
        let held = (0_u32..).zip(&self.claimed).map(|(member, claims)| {
            let mut kept: Vec<u32> = claims
                .iter()
                .copied()
                .filter(|&it| self.holder[it as usize] == member)
                .collect();
            // A member may have listed a partition more than once.
            if kept.windows(2).any(|pair| pair[0] >= pair[1]) {
                sort_numbers(&mut kept);
                kept.dedup();
            }
            kept
        });
        held.collect()
    }

    /// The topic of a partition that may not exist.
    pub(super) fn topic_of(&self, dense: &Dense<'_>, partition: u32) -> usize {
        match partition.checked_sub(dense.partitions) {
            Some(extra) => self.vanished[extra as usize].0 as usize,
            None => dense.topic_of(partition),
        }
    }

    /// Topic and number, the key partitions are sorted by.
    pub(super) fn name_of(&self, dense: &Dense<'_>, partition: u32) -> (u32, i32) {
        match partition.checked_sub(dense.partitions) {
            Some(extra) => self.vanished[extra as usize],
            None => {
                let topic = dense.topic_of(partition);
                (topic as u32, (partition - dense.topics[topic].first) as i32)
            }
        }
    }
}

/// `memberData(subscription).generation`.
fn generation(member: &MemberSubscription, cooperative: bool) -> Option<i32> {
    if cooperative && member.generation >= 0 {
        Some(member.generation)
    } else {
        member.userdata_generation
    }
}

struct Reader<'a> {
    dense: &'a Dense<'a>,
    vanished: Vec<(u32, i32)>,
    numbers: BTreeMap<(u32, i32), u32>,
}

impl Reader<'_> {
    fn partitions(&mut self, member: &MemberSubscription) -> Vec<u32> {
        let count = member.owned.iter().map(|(_, numbers)| numbers.len()).sum();
        let mut partitions = Vec::with_capacity(count);
        let mut guess = 0;
        for (name, numbers) in &member.owned {
            let Some(topic) = self.dense.topic(name, guess) else {
                continue;
            };
            guess = topic + 1;
            if self.dense.topics[topic].partitions > 0 {
                partitions.extend(numbers.iter().map(|&it| self.number(topic, it)));
            }
        }
        partitions
    }

    fn number(&mut self, topic: usize, partition: i32) -> u32 {
        let known = &self.dense.topics[topic];
        match u32::try_from(partition) {
            Ok(number) if number < known.partitions => known.first + number,
            _ => {
                let name = (topic as u32, partition);
                let next = self.dense.partitions + self.vanished.len() as u32;
                let number = *self.numbers.entry(name).or_insert(next);
                if number == next {
                    self.vanished.push(name);
                }
                number
            }
        }
    }
}
