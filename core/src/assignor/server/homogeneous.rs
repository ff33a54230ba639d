//! `uniform` for a group whose members all subscribe to the same topics (`UniformHomogeneousAssignmentBuilder`).
//!
//! With T partitions and n members, the first `T % n` members have a quota of one more than the others, whatever they held
//! before. Everybody keeps its old target up to its quota, whole topics first; what is over joins the end of the list of
//! partitions that nobody had. That list is then poured into the members in order, each filled up before the next, so a new
//! group gets contiguous runs rather than every n-th partition.

use super::super::steps::{Effect, NOBODY, Step, Trace, Why};
use super::TargetError;
use super::group::{DenseTargets, Targets};
use alloc::vec;
use alloc::vec::Vec;

pub(super) fn assign(group: &DenseTargets<'_>, trace: &mut Trace) -> Result<Targets, TargetError> {
    let topics = &group.lists[group.members[0].list];
    let mut subscribed = vec![false; group.topics.len()];
    topics.iter().for_each(|&it| subscribed[it as usize] = true);
    let mut free = never_assigned(group, topics);
    let total: usize = topics
        .iter()
        .map(|&it| group.topics[it as usize].partitions as usize)
        .sum();
    trace.tell(|| {
        let why = Why::Shares {
            partitions: total as u32,
            members: group.members.len() as u32,
        };
        Step::of(why, NOBODY, Vec::new(), Effect::Nothing)
    });
    let (quota, extra) = (total / group.members.len(), total % group.members.len());
    let mut targets = Vec::with_capacity(group.members.len());
    let mut unfilled = Vec::new();
    for (member, old) in group.members.iter().enumerate() {
        let quota = quota + usize::from(member < extra);
        let free_before = free.len();
        let (kept, left) = keep(group, &old.previous, &subscribed, quota, &mut free);
        if trace.records() {
            tell_kept(member, &kept, &free[free_before..], quota, trace);
        }
        if left > 0 {
            unfilled.push((member, left));
        }
        targets.push(kept);
    }
    let mut free = free.into_iter();
    for (member, left) in unfilled {
        let begin = targets[member].len();
        targets[member].extend(free.by_ref().take(left));
        trace.tell(|| {
            let share = (begin + left) as u32;
            let why = Why::FilledUp { share };
            let partitions = targets[member][begin..].to_vec();
            Step::of(why, member as u32, partitions, Effect::Give)
        });
    }
    if free.next().is_some() {
        Err(TargetError::PartitionsLeft)
    } else {
        Ok(targets)
    }
}

fn tell_kept(member: usize, kept: &[u32], over: &[u32], quota: usize, trace: &mut Trace) {
    let (member, share) = (member as u32, quota as u32);
    let (keeps, gives_up) = (Why::Keeps { share }, Why::GivesUp { share });
    if !kept.is_empty() {
        trace.tell(|| Step::of(keeps, member, kept.to_vec(), Effect::Give));
    }
    if !over.is_empty() {
        trace.tell(|| Step::of(gives_up, member, over.to_vec(), Effect::Nothing));
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
