//! `RangeAssignor`: each topic on its own, in contiguous runs.
//!
//! The members subscribed to a topic, in member order (static ones first), get `partitions / members` partitions each and
//! the first `partitions % members` of them one more. Because every topic begins again at the first member, topics with the
//! same number of partitions end up co-partitioned, and many small topics pile up on the first members.

use super::{Dense, DenseAssignment};
use alloc::vec;
use alloc::vec::Vec;

/// Assigns without regard to history.
#[must_use]
pub fn assign(dense: &Dense<'_>) -> DenseAssignment {
    let subscribers = dense.subscribers(dense.member_info_order());
    let mut assignment = vec![Vec::new(); dense.members.len()];
    for (topic, members) in dense.topics.iter().zip(&subscribers) {
        assign_topic(topic.first, topic.partitions, members, &mut assignment);
    }
    assignment
}

pub(super) fn assign_topic(
    first: u32,
    partitions: u32,
    members: &[u32],
    assignment: &mut DenseAssignment,
) {
    let count = members.len() as u32;
    let (quota, extra) = (partitions / count.max(1), partitions % count.max(1));
    let mut next = first;
    for (place, &member) in (0_u32..).zip(members) {
        let end = next + quota + u32::from(place < extra);
        if next == end {
            return;
        }
        assignment[member as usize].extend(next..end);
        next = end;
    }
}
