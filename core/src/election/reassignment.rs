//! Other replicas for a partition (KIP-455): `PartitionReassignmentReplicas` and `PartitionReassignmentRevert` as pure
//! functions.
//!
//! A reassignment never swaps the replica list in one go. The list first becomes the new one *followed by* those that are to
//! go; the new ones are `adding`, the others `removing`. From then on everything is as always: the new replicas fetch and join
//! the ISR. As soon as every replica of the new list is in the ISR, the change that brings that about also takes the
//! removed ones out of list and ISR ([`Assignment::complete`]).
//!
//! - A new target replaces a running one. What it does not add to (or remove from) the present list leaves the old `adding`
//!   (or `removing`) as it was, as in Kafka (`changePartitionReassignment` sets only lists that are not empty).
//! - Cancelling takes the added ones out again; the list that is left has the others in the order of the attempt, not in their
//!   old one. If only added replicas are in sync, that means an unclean election, and is allowed only where those are.

use super::PartitionState;
use alloc::vec::Vec;

/// Who has a partition, and what is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Everybody, also those that come and go; the first is the preferred leader.
    pub replicas: Vec<i32>,
    /// Those that come.
    pub adding: Vec<i32>,
    /// Those that will go.
    pub removing: Vec<i32>,
}

impl Assignment {
    /// As it is.
    pub fn of(state: &PartitionState) -> Self {
        Self {
            replicas: state.replicas.clone(),
            adding: state.adding.clone(),
            removing: state.removing.clone(),
        }
    }

    /// Whether replicas come or go.
    pub fn is_moving(&self) -> bool {
        !self.adding.is_empty() || !self.removing.is_empty()
    }

    /// On the way to `target`.
    pub fn towards(state: &PartitionState, target: &[i32]) -> Self {
        let removing = ascending(&state.replicas, target);
        let adding = ascending(target, &state.replicas);
        let mut replicas = target.to_vec();
        replicas.extend(&removing);
        let or = |new: Vec<i32>, old: &Vec<i32>| if new.is_empty() { old.clone() } else { new };
        Self {
            replicas,
            adding: or(adding, &state.adding),
            removing: or(removing, &state.removing),
        }
    }

    /// Back to before; with the ISR that is left, and whether that ISR is a leap in the dark.
    pub fn reverted(state: &PartitionState) -> (Self, Vec<i32>, bool) {
        let old = |list: &[i32]| -> Vec<i32> {
            let stays = |b: &i32| !state.adding.contains(b);
            list.iter().copied().filter(stays).collect()
        };
        let replicas = old(&state.replicas);
        let mut isr = old(&state.isr);
        let unclean = isr.is_empty();
        if unclean {
            isr.extend(replicas.first());
        }
        let reverted = Self {
            replicas,
            ..Self::default()
        };
        (reverted, isr, unclean)
    }

    /// Ends it if everybody who stays is in this ISR: the assignment then and its ISR.
    pub(super) fn complete(&self, isr: &[i32]) -> Option<(Self, Vec<i32>)> {
        let staying = |list: &[i32]| -> Vec<i32> {
            let stays = |b: &i32| !self.removing.contains(b);
            list.iter().copied().filter(stays).collect()
        };
        let (replicas, isr) = (staying(&self.replicas), staying(isr));
        let whole = replicas.iter().all(|b| isr.contains(b));
        let done = Self {
            replicas,
            ..Self::default()
        };
        (self.is_moving() && whole && !isr.is_empty()).then_some((done, isr))
    }
}

/// What `a` has and `b` has not, ascending (Kafka keeps it in a `TreeSet`).
fn ascending(a: &[i32], b: &[i32]) -> Vec<i32> {
    let mut only: Vec<i32> = a.iter().copied().filter(|x| !b.contains(x)).collect();
    crate::sorted::sort(&mut only);
    only
}
