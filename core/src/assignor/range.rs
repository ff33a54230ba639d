//! `RangeAssignor`: each topic on its own, in contiguous runs.
//!
//! The members subscribed to a topic, in member order (static ones first), get `partitions / members` partitions each and
//! the first `partitions % members` of them one more. Because every topic begins again at the first member, topics with the
//! same number of partitions end up co-partitioned, and many small topics pile up on the first members.

use super::steps::{Effect, Step, Trace, Why};
use super::{Dense, DenseAssignment};
use crate::sorted::sort_numbers;
use alloc::vec;
use alloc::vec::Vec;

/// Assigns without regard to history.
#[must_use]
pub fn assign(dense: &Dense<'_>, trace: &mut Trace) -> DenseAssignment {
    let lists: Vec<Vec<u32>> = dense.lists.iter().map(|it| unique(it)).collect();
    let list_of: Vec<usize> = dense.members.iter().map(|it| it.list).collect();
    let topics = dense.topics.iter().map(|it| (it.first, it.partitions));
    deal_runs(topics, &lists, &list_of, &dense.member_info_order(), trace)
}

fn unique(list: &[u32]) -> Vec<u32> {
    let mut unique = list.to_vec();
    sort_numbers(&mut unique);
    unique.dedup();
    unique
}

/// What is left of a topic while its members take their runs.
struct Run {
    next: u32,
    quota: u32,
    /// How many members still get one more than the quota.
    extra: u32,
}

impl Run {
    /// The step in which a member takes its run. `counts` are the topic's partitions and subscribers.
    fn step(&self, member: u32, topic: u32, (partitions, subscribers): (u32, u32)) -> Step {
        let one_more = self.extra > 0;
        let why = Why::Run {
            topic,
            partitions,
            subscribers,
            one_more,
        };
        let end = self.next + self.quota + u32::from(one_more);
        Step::of(why, member, (self.next..end).collect(), Effect::Give)
    }
}

/// Gives every member its run of each topic. `topics` are first partition and count, `lists` the different subscriptions (each
/// topic once), `list_of` the subscription of each member, `order` the members in their order.
pub(super) fn deal_runs(
    topics: impl Iterator<Item = (u32, u32)>,
    lists: &[Vec<u32>],
    list_of: &[usize],
    order: &[u32],
    trace: &mut Trace,
) -> DenseAssignment {
    let mut members_of_list = vec![0_u32; lists.len()];
    list_of.iter().for_each(|&it| members_of_list[it] += 1);
    let topics: Vec<(u32, u32)> = topics.collect();
    let mut members_of_topic = vec![0_u32; topics.len()];
    for (list, members) in lists.iter().zip(members_of_list) {
        list.iter()
            .for_each(|&it| members_of_topic[it as usize] += members);
    }
    let run = |((first, partitions), members): ((u32, u32), u32)| Run {
        next: first,
        quota: partitions / members.max(1),
        extra: partitions % members.max(1),
    };
    let mut runs: Vec<Run> = (topics.iter().copied())
        .zip(members_of_topic.iter().copied())
        .map(run)
        .collect();
    let mut assignment = vec![Vec::new(); list_of.len()];
    for &member in order {
        let list = &lists[list_of[member as usize]];
        if trace.records() {
            for &topic in list {
                let at = topic as usize;
                let counts = (topics[at].1, members_of_topic[at]);
                trace.tell(|| runs[at].step(member, topic, counts));
            }
        }
        assignment[member as usize] = take_runs(&mut runs, list);
    }
    // Kafka goes topic by topic; the runs are the same.
    trace.sort_by_key(|it| match it.why {
        Why::Run { topic, .. } => topic,
        _ => 0,
    });
    assignment
}

/// The next member's run of each of its topics.
fn take_runs(runs: &mut [Run], list: &[u32]) -> Vec<u32> {
    let mut taken = Vec::with_capacity(list.len());
    for &topic in list {
        let run = &mut runs[topic as usize];
        let one_more = u32::from(run.extra > 0);
        run.extra -= one_more;
        let end = run.next + run.quota + one_more;
        taken.extend(run.next..end);
        run.next = end;
    }
    taken
}
