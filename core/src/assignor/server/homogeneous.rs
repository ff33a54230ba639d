//! `uniform` for a group whose members all subscribe to the same topics (`UniformHomogeneousAssignmentBuilder`).
//!
//! With T partitions and n members, the first `T % n` members have a quota of one more than the others, whatever they held
//! before. Everybody keeps its old target up to its quota, whole topics first; what is over joins the end of the list of
//! partitions that nobody had. That list is then poured into the members in order, each filled up before the next, so a new
//! group gets contiguous runs rather than every n-th partition.

use super::TargetError;
use super::group::{DenseTargets, Targets};
use alloc::vec;
use alloc::vec::Vec;

pub(super) fn assign(group: &DenseTargets<'_>) -> Result<Targets, TargetError> {
    let topics = &group.lists[group.members[0].list];
    let mut subscribed = vec![false; group.topics.len()];
    topics.iter().for_each(|&it| subscribed[it as usize] = true);
    let mut free = never_assigned(group, topics);
    let total: usize = topics
        .iter()
        .map(|&it| group.topics[it as usize].partitions as usize)
        .sum();
    let (quota, extra) = (total / group.members.len(), total % group.members.len());
    let mut targets = Vec::with_capacity(group.members.len());
    let mut unfilled = Vec::new();
    for (member, old) in group.members.iter().enumerate() {
        let quota = quota + usize::from(member < extra);
        let (kept, left) = keep(group, &old.previous, &subscribed, quota, &mut free);
        if left > 0 {
            unfilled.push((member, left));
        }
        targets.push(kept);
    }
    let mut free = free.into_iter();
    for (member, left) in unfilled {
        targets[member].extend(free.by_ref().take(left));
    }
    if free.next().is_some() {
        Err(TargetError::PartitionsLeft)
    } else {
        Ok(targets)
    }
}

/// The partitions that are in nobody's old target.
fn never_assigned(group: &DenseTargets<'_>, topics: &[u32]) -> Vec<u32> {
    let mut assigned = vec![false; group.partitions as usize];
    for member in &group.members {
        member
            .previous
            .iter()
            .for_each(|&it| assigned[it as usize] = true);
    }
    let partitions = topics.iter().flat_map(|&it| {
        let topic = &group.topics[it as usize];
        topic.first..topic.first + topic.partitions
    });
    partitions.filter(|&it| !assigned[it as usize]).collect()
}

/// What a member keeps of its old target, and how much of its quota is left; what is over the quota becomes free.
fn keep(
    group: &DenseTargets<'_>,
    previous: &[u32],
    subscribed: &[bool],
    quota: usize,
    free: &mut Vec<u32>,
) -> (Vec<u32>, usize) {
    let mut quota = quota;
    let mut kept = Vec::with_capacity(quota);
    let (mut rest, mut guess) = (previous, 0);
    while let Some(&first) = rest.first() {
        let topic = group.topic_of(first, guess);
        guess = topic + 1;
        let end = group.topics[topic].first + group.topics[topic].partitions;
        let of_topic = rest.iter().take_while(|&&it| it < end).count();
        let (partitions, others) = rest.split_at(of_topic);
        rest = others;
        if subscribed[topic] {
            let (within, over) = partitions.split_at(partitions.len().min(quota));
            quota -= within.len();
            kept.extend(within);
            free.extend(over);
        }
    }
    (kept, quota)
}
