//! The sticky family: keep what members own, balance the rest (`AbstractStickyAssignor`, KIP-54, KIP-341, KIP-429).
//!
//! Two algorithms share the front end that reads and cleans the members' claims ([`claims`]): [`constrained`] when all members
//! subscribe to the same topics, [`general`] when they do not. `StickyAssignor` (eager: members give everything up before they
//! join) takes the result as it is. `CooperativeStickyAssignor` takes out every partition that changes hands, so that its old
//! owner can revoke it first; a second rebalance then hands it out.

mod balance;
mod claims;
mod constrained;
mod general;
mod literal;
mod movements;
mod setup;
#[cfg(test)]
mod tests;

use super::steps::{Effect, Step, Trace, Why};
use super::{AssignorError, Dense, DenseAssignment, GroupSubscription};
use crate::sorted::sort_numbers;
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use claims::Claims;

/// What a sticky assignor answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StickyResult {
    /// Who gets what. Partition numbers from [`Dense::partitions`] on stand for `vanished`.
    pub assignment: DenseAssignment,
    /// Topic and number of assigned partitions that do not exist: Kafka lets claims on them pass.
    pub vanished: Vec<(u32, i32)>,
    /// The highest generation the assignor has seen; a live assignor object hands it to its next call.
    pub max_generation: i32,
    /// Whether all members had the same subscription, so that the constrained algorithm ran.
    pub constrained: bool,
}

/// Assigns with regard to what members own.
///
/// `max_generation` is the highest generation that this assignor object saw in earlier calls, -1 for a fresh one.
///
/// # Errors
/// Where Kafka's code throws: see [`AssignorError`].
pub fn assign(
    group: &GroupSubscription,
    dense: &Dense<'_>,
    cooperative: bool,
    max_generation: i32,
    trace: &mut Trace,
) -> Result<StickyResult, AssignorError> {
    let claims = Claims::read(group, dense, cooperative, max_generation);
    claims.tell_disputed(trace);
    let constrained = all_subscriptions_equal(group, dense);
    let assignment = if dense.members.is_empty() {
        Vec::new()
    } else if constrained {
        let mut built = constrained::assign(dense, &claims, trace)?;
        if cooperative {
            withhold(&mut built.assignment, &built.transferring, &claims, trace);
        }
        built.assignment
    } else {
        let mut assignment = general::assign(dense, &claims, trace)?;
        if cooperative {
            let transferring = changing_hands(dense, &claims, &assignment);
            withhold(&mut assignment, &transferring, &claims, trace);
        }
        assignment
    };
    Ok(StickyResult {
        assignment,
        max_generation: claims.max_generation,
        vanished: claims.vanished,
        constrained,
    })
}

/// Kafka's test for equal subscriptions: each has as many topics as the first that is not empty, and no other topics. Empty
/// subscriptions before that one go unnoticed.
fn all_subscriptions_equal(group: &GroupSubscription, dense: &Dense<'_>) -> bool {
    let topics_of = |list: usize| {
        let member = dense.members.iter().find(|it| it.list == list);
        member.map_or(&[][..], |it| &group.members[it.source].topics)
    };
    let mut members = dense
        .members
        .iter()
        .map(|it| it.list)
        .skip_while(|&it| topics_of(it).is_empty());
    let Some(first) = members.next() else {
        return true;
    };
    let mut reference = dense.lists[first].clone();
    sort_numbers(&mut reference);
    reference.dedup();
    let equal: Vec<bool> = dense
        .lists
        .iter()
        .map(|it| {
            it.len() == reference.len()
                && it
                    .iter()
                    .all(|topic| reference.binary_search(topic).is_ok())
        })
        .collect();
    members.all(|list| equal[list])
}

/// General case: the partitions added to one member and taken from another, with their new owners
/// (`computePartitionsTransferringOwnership`).
fn changing_hands(
    dense: &Dense<'_>,
    claims: &Claims,
    assignment: &DenseAssignment,
) -> Vec<(u32, u32)> {
    let mut revoked = vec![false; claims.holder.len()];
    let mut mark = vec![u32::MAX; claims.holder.len()];
    for (member, (owned, assigned)) in (0_u32..).zip(claims.claimed.iter().zip(assignment)) {
        assigned.iter().for_each(|&it| mark[it as usize] = member);
        let lost = owned.iter().filter(|&&it| mark[it as usize] != member);
        lost.for_each(|&it| revoked[it as usize] = true);
    }
    mark.fill(u32::MAX);
    let mut changing = Vec::new();
    // In the order of Java's map: of two members that both got a partition, the last one counts.
    for member in constrained::hash_order(dense) {
        claims.claimed[member as usize]
            .iter()
            .for_each(|&it| mark[it as usize] = member);
        let assigned = assignment[member as usize].iter();
        let added = assigned.filter(|&&it| mark[it as usize] != member && revoked[it as usize]);
        changing.extend(added.map(|&it| (it, member)));
    }
    changing
}

/// Takes partitions in transfer out of the assignment.
fn withhold(
    assignment: &mut DenseAssignment,
    transferring: &[(u32, u32)],
    claims: &Claims,
    trace: &mut Trace,
) {
    let mut to: BTreeMap<u32, u32> = BTreeMap::new();
    to.extend(transferring.iter().copied());
    let mut of_member: Vec<Vec<u32>> = vec![Vec::new(); assignment.len()];
    for (partition, member) in to {
        of_member[member as usize].push(partition);
    }
    for (member, (assigned, mut withheld)) in (0_u32..).zip(assignment.iter_mut().zip(of_member)) {
        if withheld.is_empty() {
            continue;
        }
        // Each is taken out once, even where a partition was assigned twice.
        assigned.retain(|it| match withheld.binary_search(it) {
            Ok(at) => {
                trace.tell(|| {
                    let owner = claims.holder[*it as usize];
                    Step::of(Why::InTransfer { owner }, member, vec![*it], Effect::Take)
                });
                withheld.remove(at);
                false
            }
            Err(_) => true,
        });
    }
}
