//! `RoundRobinAssignor`: all partitions of all topics, dealt out in turn.
//!
//! Topics in name order, partitions ascending; one cursor goes round the members in member order (static ones first) and is
//! not reset between topics. A member not subscribed to the topic at hand is passed over and loses its turn, which is what
//! makes the result uneven when subscriptions differ.

use super::steps::{Step, Trace, Why};
use super::{Dense, DenseAssignment};
use alloc::vec;
use alloc::vec::Vec;

/// Assigns without regard to history.
#[must_use]
pub fn assign(dense: &Dense<'_>, trace: &mut Trace) -> DenseAssignment {
    let order = dense.member_info_order();
    // Subscribers by place in that order, so that each list ascends and the cursor can be found in it.
    let mut place_of = vec![0_u32; order.len()];
    for (place, &member) in (0_u32..).zip(&order) {
        place_of[member as usize] = place;
    }
    let mut subscribers = dense.subscribers(order.iter().copied());
    let mut assignment = vec![Vec::new(); dense.members.len()];
    let all = order.len() as u32;
    let after = |member: u32| (place_of[member as usize] + 1) % all;
    let mut cursor = 0_u32;
    for (topic, members) in dense.topics.iter().zip(&mut subscribers) {
        let partitions = topic.first..topic.first + topic.partitions;
        if partitions.is_empty() {
            continue;
        }
        let start = members.partition_point(|&it| place_of[it as usize] < cursor);
        // Told beside the loop: asking at each of a million partitions whether anybody listens is not free.
        if trace.records() {
            let turns = members.iter().cycle().skip(start).copied();
            tell_turns(partitions.clone().zip(turns), &place_of, cursor, trace);
        }
        let mut turns = members.iter().cycle().skip(start);
        let mut last = None;
        for (partition, &member) in partitions.zip(&mut turns) {
            assignment[member as usize].push(partition);
            last = Some(member);
        }
        cursor = last.map_or(cursor, after);
    }
    assignment
}

/// Tells who gets each partition of a topic, and how many were passed over to get there.
fn tell_turns(
    turns: impl Iterator<Item = (u32, u32)>,
    place_of: &[u32],
    mut cursor: u32,
    trace: &mut Trace,
) {
    let all = place_of.len() as u32;
    for (partition, member) in turns {
        let place = place_of[member as usize];
        let passed = (place + all - cursor) % all;
        trace.tell(|| Step::give(Why::Turn { passed }, member, partition));
        cursor = (place + 1) % all;
    }
}
