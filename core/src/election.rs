//! Who leads a partition, and who may lead it next: `PartitionChangeBuilder` as a pure function.
//!
//! The controller keeps a [`PartitionState`] for every partition. Whenever something happens to it (a broker is fenced or
//! unfenced, the leader asks for another ISR, somebody asks for an election) it says which ISR it aims at and calls
//! [`change`], which answers with the new state, or with none if there is nothing to record.
//!
//! - The present leader stays while it is valid: in the ISR and acceptable (alive, not shutting down).
//! - Otherwise the first valid replica in *replica list* order leads. A preferred election tries the first replica first.
//! - With eligible leader replicas (KIP-966) the ISR may run empty; members that leave it while it is below the minimum are
//!   remembered in the ELR and may lead, and so, if the ELR is empty too, may the last known leader.
//! - An unclean election takes any acceptable replica; the ISR becomes just it and the partition is RECOVERING.
//! - Without ELR the last member never leaves the ISR, so that it can come back as the leader.
//!
//! - Every change ends a reassignment whose new replicas are all in the ISR by then ([`Assignment`]).
//!
//! The leader epoch grows whenever the leader field is written (also when replicas are taken off the list), the partition
//! epoch with every change. Left out: directories, and metadata versions before 3.6, where shrinking the ISR also made the
//! leader epoch grow.

mod reassignment;

pub use reassignment::Assignment;

use crate::java::HashTable;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// `LeaderConstants.NO_LEADER`.
pub const NO_LEADER: i32 = -1;

/// Whether the leader was elected uncleanly and has not yet said that it is done recovering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeaderRecoveryState {
    /// The usual state.
    #[default]
    Recovered,
    /// After an unclean election.
    Recovering,
}

/// What the controller knows of a partition (`PartitionRegistration`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionState {
    /// The assigned brokers; the first is the preferred leader.
    pub replicas: Vec<i32>,
    /// Replicas that are being added.
    pub adding: Vec<i32>,
    /// Replicas that are being removed; they stay in the list until the added ones are in sync.
    pub removing: Vec<i32>,
    /// The in-sync replicas.
    pub isr: Vec<i32>,
    /// Eligible leader replicas.
    pub elr: Vec<i32>,
    /// Former ELR members; with balanced recovery just the last known leader.
    pub last_known_elr: Vec<i32>,
    /// The leader, or [`NO_LEADER`].
    pub leader: i32,
    /// Grows whenever the leader is written.
    pub leader_epoch: i32,
    /// Grows with every change.
    pub partition_epoch: i32,
    /// Whether the leader is still recovering from an unclean election.
    pub recovery: LeaderRecoveryState,
}

/// `PartitionChangeBuilder.Election`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Election {
    /// The first replica if it is valid, else keep the partition online.
    Preferred,
    /// Keep the partition online from the ISR (or ELR).
    Online,
    /// Keep it online whatever it costs (`unclean.leader.election.enable`, or an unclean election asked for).
    Unclean,
}

/// What the controller wants of a partition.
#[derive(Clone, Copy)]
pub struct ChangeRequest<'a> {
    /// The ISR it should have; the election may change it further.
    pub target_isr: &'a [i32],
    /// Other replicas than now, if they are to change.
    pub assignment: Option<&'a Assignment>,
    /// Which kind of election to hold.
    pub election: Election,
    /// Whether eligible leader replicas are kept (`eligible.leader.replicas.version` ≥ 1).
    pub elr_enabled: bool,
    /// The effective minimum ISR: `min.insync.replicas`, but no more than there are replicas.
    pub min_isr: usize,
    /// Replicas that were shut down uncleanly; they are not eligible.
    pub unclean_shutdown: &'a [i32],
    /// The recovery state the leader reports with AlterPartition; none leaves it.
    pub target_recovery: Option<LeaderRecoveryState>,
    /// Which brokers may lead: those that are alive and not shutting down.
    pub is_acceptable_leader: &'a dyn Fn(i32) -> bool,
}

impl fmt::Debug for ChangeRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeRequest")
            .field("target_isr", &self.target_isr)
            .field("election", &self.election)
            .field("elr_enabled", &self.elr_enabled)
            .field("min_isr", &self.min_isr)
            .finish_non_exhaustive()
    }
}

/// The state after the change, or none if there is nothing to write down.
#[must_use]
pub fn change(state: &PartitionState, request: &ChangeRequest<'_>) -> Option<PartitionState> {
    let mut builder = Builder {
        state,
        request,
        assignment: request
            .assignment
            .map_or_else(|| Assignment::of(state), Assignment::clone),
        isr: request.target_isr.to_vec(),
        elr: state.elr.clone(),
        record: Record::default(),
    };
    builder.complete_reassignment();
    builder.populate_elr();
    builder.try_election();
    builder.renew_leader();
    builder.record_elr();
    builder.record_isr();
    builder.record_last_known_leader();
    builder.record_assignment();
    if request
        .target_recovery
        .is_some_and(|it| it != state.recovery)
    {
        builder.record.recovery = request.target_recovery;
    }
    builder.record.apply(state)
}

/// `PartitionChangeRecord`: the fields that change.
#[derive(Debug, Default, PartialEq)]
struct Record {
    assignment: Option<Assignment>,
    isr: Option<Vec<i32>>,
    elr: Option<Vec<i32>>,
    last_known_elr: Option<Vec<i32>>,
    leader: Option<i32>,
    recovery: Option<LeaderRecoveryState>,
}

impl Record {
    /// `PartitionRegistration.merge`; none if no field is set.
    fn apply(self, state: &PartitionState) -> Option<PartitionState> {
        if self == Self::default() {
            return None;
        }
        let assignment = self.assignment.unwrap_or_else(|| Assignment::of(state));
        Some(PartitionState {
            replicas: assignment.replicas,
            adding: assignment.adding,
            removing: assignment.removing,
            isr: self.isr.unwrap_or_else(|| state.isr.clone()),
            elr: self.elr.unwrap_or_else(|| state.elr.clone()),
            last_known_elr: self
                .last_known_elr
                .unwrap_or_else(|| state.last_known_elr.clone()),
            leader: self.leader.unwrap_or(state.leader),
            leader_epoch: state
                .leader_epoch
                .wrapping_add(i32::from(self.leader.is_some())),
            partition_epoch: state.partition_epoch.wrapping_add(1),
            recovery: self.recovery.unwrap_or(state.recovery),
        })
    }
}

/// The outcome of an election: who leads, and whether data may be lost.
#[derive(Clone, Copy)]
struct Elected {
    leader: i32,
    unclean: bool,
}

const fn clean(leader: i32) -> Elected {
    Elected {
        leader,
        unclean: false,
    }
}

const fn unclean(leader: i32) -> Elected {
    Elected {
        leader,
        unclean: true,
    }
}

struct Builder<'a> {
    state: &'a PartitionState,
    request: &'a ChangeRequest<'a>,
    assignment: Assignment,
    isr: Vec<i32>,
    elr: Vec<i32>,
    record: Record,
}

impl Builder<'_> {
    fn acceptable(&self, replica: i32) -> bool {
        (self.request.is_acceptable_leader)(replica)
    }

    /// In the ISR, or in the ELR while the ISR is empty; and acceptable.
    fn valid(&self, replica: i32) -> bool {
        let listed =
            self.isr.contains(&replica) || self.isr.is_empty() && self.elr.contains(&replica);
        listed && self.acceptable(replica)
    }

    /// `completeReassignmentIfNeeded`
    fn complete_reassignment(&mut self) {
        if let Some((assignment, isr)) = self.assignment.complete(&self.isr) {
            self.assignment = assignment;
            self.isr = isr;
        }
    }

    /// A replica that is off the list must be told apart from one that is on it: the leader begins a new epoch
    /// (`triggerLeaderEpochBumpForReplicaReassignmentIfNeeded`).
    fn renew_leader(&mut self) {
        let kept = |b| self.assignment.replicas.contains(b);
        if self.record.leader.is_none() && !self.state.replicas.iter().all(kept) {
            self.record.leader = Some(self.state.leader);
        }
    }

    fn record_assignment(&mut self) {
        if self.assignment != Assignment::of(self.state) {
            self.record.assignment = Some(self.assignment.clone());
        }
    }

    /// Below the minimum, members that leave the ISR become eligible leaders; from the minimum on nobody need be.
    fn populate_elr(&mut self) {
        if !self.request.elr_enabled {
            return;
        }
        if self.isr.len() >= self.request.min_isr {
            self.elr.clear();
            return;
        }
        // Java gathers the candidates in a HashSet, whose order becomes that of the ELR.
        let mut candidates = HashTable::from_collection(self.elr.iter().copied());
        for &replica in &self.state.isr {
            candidates.insert(replica);
        }
        self.elr = candidates.keys();
        let shut_down = self.request.unclean_shutdown;
        self.elr
            .retain(|it| !self.isr.contains(it) && !shut_down.contains(it));
    }

    fn elect(&self) -> Elected {
        let replicas = self.assignment.replicas.as_slice();
        let preferred = self.request.election == Election::Preferred;
        if let Some(&first) = replicas.first()
            && preferred
            && self.valid(first)
        {
            return clean(first);
        }
        if self.valid(self.state.leader) {
            return clean(self.state.leader);
        }
        if let Some(&online) = replicas.iter().find(|&&it| self.valid(it)) {
            return clean(online);
        }
        if let Some(last) = self.last_known_leader() {
            return unclean(last);
        }
        let any = replicas.iter().find(|&&it| self.acceptable(it));
        match any {
            Some(&any) if self.request.election == Election::Unclean => unclean(any),
            _ => clean(NO_LEADER),
        }
    }

    /// The last known leader may lead when neither ISR nor ELR has anyone. Kafka's code reads as if it should be alive, but
    /// elects it either way.
    fn last_known_leader(&self) -> Option<i32> {
        let nobody = self.isr.is_empty() && self.elr.is_empty();
        match self.state.last_known_elr.as_slice() {
            &[last] if self.request.elr_enabled && nobody => Some(last),
            _ => None,
        }
    }

    fn try_election(&mut self) {
        let elected = self.elect();
        if elected.leader == self.state.leader {
            return;
        }
        if self.elr.contains(&elected.leader) {
            self.isr = vec![elected.leader];
            self.elr.retain(|&it| it != elected.leader);
        }
        self.record.leader = Some(elected.leader);
        if elected.unclean {
            self.record.isr = Some(vec![elected.leader]);
            if self.state.recovery != LeaderRecoveryState::Recovering {
                self.record.recovery = Some(LeaderRecoveryState::Recovering);
            }
        }
    }

    fn record_elr(&mut self) {
        let unclean = self.record.isr.is_some();
        if unclean || !self.request.elr_enabled {
            self.elr.clear();
        }
        if self.elr != self.state.elr {
            self.record.elr = Some(self.elr.clone());
        }
    }

    /// An unclean election has set the ISR already. An empty one is only written with ELR.
    fn record_isr(&mut self) {
        let may_be_written = !self.isr.is_empty() || self.request.elr_enabled;
        if self.record.isr.is_none() && may_be_written && self.isr != self.state.isr {
            self.record.isr = Some(self.isr.clone());
        }
    }

    /// Remembers the leader when the ISR runs empty, and forgets it once there is a leader again.
    fn record_last_known_leader(&mut self) {
        if !self.request.elr_enabled {
            return;
        }
        let state = self.state;
        let runs_empty = self.record.isr.as_ref().is_some_and(Vec::is_empty);
        let will_lead = self.record.leader.is_some_and(|it| it >= 0);
        let goes_on = state.leader != NO_LEADER && self.record.leader != Some(NO_LEADER);
        if runs_empty && state.last_known_elr != [state.leader] {
            self.record.last_known_elr = Some(vec![state.leader]);
        } else if (will_lead || goes_on) && !state.last_known_elr.is_empty() {
            self.record.last_known_elr = Some(Vec::new());
        }
    }
}

#[cfg(test)]
mod tests;
