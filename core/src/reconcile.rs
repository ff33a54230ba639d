//! How a member of a KIP-848 consumer group moves towards its target assignment (`CurrentAssignmentBuilder`).
//!
//! On every heartbeat the coordinator compares what the member has with what it should have. First it must give up what is no
//! longer its own: until it says so, it stays in its epoch, UNREVOKED_PARTITIONS. Then it enters the target epoch and gets what
//! is free. Partitions that another member still holds, or is still revoking, are waited for: UNRELEASED_PARTITIONS. With
//! nothing left to wait for it is STABLE. So a partition never has two owners, and members that are not concerned go on
//! working.

use crate::sorted::Set;
use alloc::string::String;
use alloc::vec::Vec;

/// A partition of a topic, by name. The coordinator has identities instead: the rules only compare.
pub type Partition = (String, i32);
/// A set of partitions.
pub type Partitions<P = Partition> = Set<P>;

/// `MemberState` of a consumer group's member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum MemberState {
    /// It has its target.
    Stable,
    /// It has yet to revoke something.
    UnrevokedPartitions,
    /// It waits for something that others hold.
    UnreleasedPartitions,
}

impl MemberState {
    /// Kafka's name of the state.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stable => "STABLE",
            Self::UnrevokedPartitions => "UNREVOKED_PARTITIONS",
            Self::UnreleasedPartitions => "UNRELEASED_PARTITIONS",
        }
    }
}

/// What the coordinator keeps of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberAssignment<P = Partition> {
    /// Where it is on the way to its target.
    pub state: MemberState,
    /// The epoch it is in.
    pub member_epoch: i32,
    /// The epoch before.
    pub previous_member_epoch: i32,
    /// What it may work on.
    pub assigned: Partitions<P>,
    /// What it was told to give up and has not yet confirmed.
    pub pending_revocation: Partitions<P>,
}

impl<P: Ord> Default for MemberAssignment<P> {
    /// A member that joins: epoch 0, nothing in its hands.
    fn default() -> Self {
        Self {
            state: MemberState::Stable,
            member_epoch: 0,
            previous_member_epoch: 0,
            assigned: Partitions::new(),
            pending_revocation: Partitions::new(),
        }
    }
}

/// What a heartbeat is answered from.
#[derive(Clone, Copy)]
pub struct Reconciliation<'a, P = Partition> {
    /// The epoch of the target assignment.
    pub target_epoch: i32,
    /// The member's target.
    pub target: &'a Partitions<P>,
    /// The partitions the member says it owns; none if the heartbeat leaves them out.
    pub reported_owned: Option<&'a Partitions<P>>,
    /// Whether some member has the partition assigned or is still revoking it.
    pub is_held: &'a dyn Fn(&P) -> bool,
}

impl<P: core::fmt::Debug> core::fmt::Debug for Reconciliation<'_, P> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Reconciliation")
            .field("target_epoch", &self.target_epoch)
            .field("target", self.target)
            .field("reported_owned", &self.reported_owned)
            .finish_non_exhaustive()
    }
}

/// The member after a heartbeat.
#[must_use]
pub fn reconcile<P: Ord + Clone>(
    member: &MemberAssignment<P>,
    heartbeat: &Reconciliation<'_, P>,
) -> MemberAssignment<P> {
    match member.state {
        MemberState::Stable if member.member_epoch == heartbeat.target_epoch => member.clone(),
        MemberState::UnrevokedPartitions if still_owns(heartbeat, &member.pending_revocation) => {
            member.clone()
        }
        // Once it has revoked, it goes on from the next epoch.
        MemberState::UnrevokedPartitions => next(member, member.member_epoch + 1, heartbeat),
        MemberState::Stable | MemberState::UnreleasedPartitions => {
            next(member, member.member_epoch, heartbeat)
        }
    }
}

/// Whether the member still reports one of these partitions, or reports nothing, which leaves the question open.
fn still_owns<P: Ord>(heartbeat: &Reconciliation<'_, P>, revoked: &Partitions<P>) -> bool {
    heartbeat
        .reported_owned
        .is_none_or(|owned| owned.iter().any(|it| revoked.contains(it)))
}

fn next<P: Ord + Clone>(
    member: &MemberAssignment<P>,
    epoch: i32,
    heartbeat: &Reconciliation<'_, P>,
) -> MemberAssignment<P> {
    let keeps = |it: &&P| heartbeat.target.contains(*it);
    let (kept, revoked): (Vec<&P>, Vec<&P>) = member.assigned.iter().partition(keeps);
    let kept: Partitions<P> = kept.into_iter().cloned().collect();
    let revoked: Partitions<P> = revoked.into_iter().cloned().collect();
    if !revoked.is_empty() && still_owns(heartbeat, &revoked) {
        return MemberAssignment {
            state: MemberState::UnrevokedPartitions,
            member_epoch: epoch,
            previous_member_epoch: member.member_epoch,
            assigned: kept,
            pending_revocation: revoked,
        };
    }
    let mut wanted: Vec<P> = heartbeat.target.iter().cloned().collect();
    wanted.retain(|it| !kept.contains(it));
    let free = wanted.iter().filter(|it| !(heartbeat.is_held)(it));
    let free: Vec<P> = free.cloned().collect();
    let waits = free.len() < wanted.len();
    let mut assigned = kept;
    assigned.extend(free);
    MemberAssignment {
        state: if waits {
            MemberState::UnreleasedPartitions
        } else {
            MemberState::Stable
        },
        member_epoch: heartbeat.target_epoch,
        previous_member_epoch: member.member_epoch,
        assigned,
        pending_revocation: Partitions::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn partitions(numbers: &[i32]) -> Partitions {
        numbers.iter().map(|&it| ("t".to_string(), it)).collect()
    }

    fn heartbeat(
        member: &MemberAssignment,
        epoch: i32,
        target: &[i32],
        owned: Option<&[i32]>,
        held: &[i32],
    ) -> MemberAssignment {
        let (target, held) = (partitions(target), partitions(held));
        let owned = owned.map(partitions);
        reconcile(
            member,
            &Reconciliation {
                target_epoch: epoch,
                target: &target,
                reported_owned: owned.as_ref(),
                is_held: &|it| held.contains(it),
            },
        )
    }

    #[test]
    fn a_member_revokes_before_it_moves_on() {
        let start = MemberAssignment {
            member_epoch: 1,
            assigned: partitions(&[0, 1, 2, 3]),
            ..Default::default()
        };
        let told = heartbeat(&start, 2, &[0, 1], Some(&[0, 1, 2, 3]), &[0, 1, 2, 3]);
        assert_eq!(
            (told.state, told.member_epoch),
            (MemberState::UnrevokedPartitions, 1)
        );
        assert_eq!(told.pending_revocation, partitions(&[2, 3]));
        assert_eq!(heartbeat(&told, 2, &[0, 1], None, &[]), told);
        let done = heartbeat(&told, 2, &[0, 1], Some(&[0, 1]), &[0, 1]);
        assert_eq!((done.state, done.member_epoch), (MemberState::Stable, 2));
        assert_eq!(done.assigned, partitions(&[0, 1]));
    }

    #[test]
    fn a_member_waits_for_what_others_hold() {
        let new = MemberAssignment::default();
        let waiting = heartbeat(&new, 2, &[2, 3], Some(&[]), &[3]);
        assert_eq!(
            (waiting.state, waiting.member_epoch),
            (MemberState::UnreleasedPartitions, 2)
        );
        assert_eq!(waiting.assigned, partitions(&[2]));
        let done = heartbeat(&waiting, 2, &[2, 3], None, &[2]);
        assert_eq!(
            (done.state, done.assigned),
            (MemberState::Stable, partitions(&[2, 3]))
        );
    }
}
