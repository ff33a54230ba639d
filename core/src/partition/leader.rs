//! The leader's side of a partition: followers, the ISR, the high watermark.
//!
//! - The high watermark is the smallest log end of the leader, the *maximal* ISR (with a proposed member) and of followers about to
//!   join; it never moves back, and not at all while the ISR is below `min.insync.replicas` (KAFKA-15583).
//! - One AlterPartition is in flight at most. A proposed member counts at once; a member proposed for removal counts until the
//!   controller has agreed (KIP-497).
//! - A follower joins only at or past the high watermark *and* the start of this leader's epoch (KAFKA-7128).

use super::{Partition, Role};
use crate::id::{BrokerEpoch, BrokerId, LeaderEpoch, Offset};
use crate::protocol::{ErrorCode, PartitionState};
use crate::record::RecordBatch;
use crate::sabotage::{Rule, breaks};
use crate::time::{Duration, SimTime};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A follower as the leader sees it (`Replica`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteReplica {
    /// Who.
    pub id: BrokerId,
    /// Its log end, from its last fetch; -1 before it fetched in this epoch.
    pub log_end: Offset,
    /// The leader's log end when it last fetched.
    pub leader_end_at_fetch: Offset,
    /// When it last fetched.
    pub last_fetch: SimTime,
    /// When it last had everything the leader had.
    pub caught_up: SimTime,
    /// Its broker epoch, from its last fetch.
    pub broker_epoch: BrokerEpoch,
}

/// An ISR change the controller has not answered yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingIsr {
    /// The ISR asked for, with the broker epochs to check.
    pub isr: Vec<(BrokerId, BrokerEpoch)>,
    /// The request has been sent (not: waits for a retry).
    pub sent: bool,
}

/// What only a leader has.
#[derive(Clone, Debug)]
pub struct Leader {
    /// Log end when it became leader of this epoch.
    pub epoch_start: Offset,
    /// The committed ISR, as the controller last said.
    pub isr: Arc<[BrokerId]>,
    /// A change in flight.
    pub pending: Option<PendingIsr>,
    /// The other replicas.
    pub remotes: Vec<RemoteReplica>,
}

/// A follower's fetch, as far as it tells the leader something.
#[derive(Clone, Copy, Debug)]
pub struct FollowerFetch {
    /// Who.
    pub id: BrokerId,
    /// Its broker epoch.
    pub epoch: BrokerEpoch,
    /// Its log end.
    pub offset: Offset,
}

/// Who is alive and may join an ISR, by the broker's metadata.
pub trait Caught {
    /// Not fenced, not shutting down, and of this broker epoch.
    fn may_join(&self, broker: BrokerId, epoch: BrokerEpoch) -> bool;
}

impl Leader {
    /// The committed ISR with a proposed member.
    pub fn in_maximal_isr(&self, broker: BrokerId) -> bool {
        self.isr.contains(&broker)
            || self
                .pending
                .as_ref()
                .is_some_and(|p| p.isr.iter().any(|(b, _)| *b == broker))
    }

    /// How many the maximal ISR has.
    pub fn maximal_isr(&self) -> Vec<BrokerId> {
        let mut isr = self.isr.to_vec();
        for (broker, _) in self.pending.iter().flat_map(|p| &p.isr) {
            if !isr.contains(broker) {
                isr.push(*broker);
            }
        }
        isr
    }

    fn remote_mut(&mut self, id: BrokerId) -> Option<&mut RemoteReplica> {
        self.remotes.iter_mut().find(|r| r.id == id)
    }

    /// What the leader knows of a follower.
    pub fn remote(&self, id: BrokerId) -> Option<&RemoteReplica> {
        self.remotes.iter().find(|r| r.id == id)
    }
}

impl RemoteReplica {
    fn fresh(id: BrokerId, in_sync: bool, now: SimTime) -> Self {
        let caught_up = if in_sync { now } else { SimTime::ZERO };
        Self {
            id,
            log_end: -1,
            leader_end_at_fetch: -1,
            last_fetch: SimTime::ZERO,
            caught_up,
            broker_epoch: -1,
        }
    }

    /// The same leader in a new epoch: followers keep their positions and get a fresh start in time
    /// (`Replica.resetReplicaState`).
    fn renewed(self, in_sync: bool, now: SimTime, leader_end: Offset) -> Self {
        let since = if in_sync { now } else { SimTime::ZERO };
        Self {
            leader_end_at_fetch: leader_end,
            last_fetch: since,
            caught_up: since,
            ..self
        }
    }

    /// `Replica.updateFetchStateOrThrow`
    fn note_fetch(&mut self, fetch: FollowerFetch, now: SimTime, leader_end: Offset) {
        if fetch.offset >= leader_end {
            self.caught_up = self.caught_up.max(now);
        } else if fetch.offset >= self.leader_end_at_fetch {
            self.caught_up = self.caught_up.max(self.last_fetch);
        }
        self.log_end = fetch.offset;
        self.leader_end_at_fetch = leader_end;
        self.last_fetch = now;
        self.broker_epoch = fetch.epoch;
    }

    /// `ReplicaState.isCaughtUp`
    fn is_caught_up(&self, leader_end: Offset, now: SimTime, max_lag: Duration) -> bool {
        let ever = self.caught_up > SimTime::ZERO;
        self.log_end == leader_end || ever && now.since(self.caught_up) <= max_lag
    }
}

impl Partition {
    /// The controller made this broker the leader, or told a leader of another ISR (`Partition.makeLeader`). Returns
    /// true when the leader epoch is new.
    pub fn make_leader(&mut self, me: BrokerId, state: &PartitionState, now: SimTime) -> bool {
        let old = match core::mem::replace(&mut self.role, Role::Offline) {
            Role::Leader(old) => Some(old),
            _ => None,
        };
        let new_epoch = state.leader_epoch > self.leader_epoch || old.is_none();
        let end = self.log.log_end();
        if new_epoch {
            self.log.start_epoch(state.leader_epoch);
        }
        let others = state.replicas.iter().copied().filter(|b| *b != me);
        let remotes = others.map(|b| {
            let in_sync = state.isr.contains(&b);
            match old.as_ref().and_then(|o| o.remote(b)).cloned() {
                Some(known) if new_epoch => known.renewed(in_sync, now, end),
                Some(known) => known,
                None => RemoteReplica::fresh(b, in_sync, now),
            }
        });
        let epoch_start = old
            .as_ref()
            .filter(|_| !new_epoch)
            .map_or(end, |o| o.epoch_start);
        self.role = Role::Leader(Leader {
            epoch_start,
            isr: state.isr.clone(),
            pending: None,
            remotes: remotes.collect(),
        });
        self.leader_epoch = state.leader_epoch;
        self.partition_epoch = state.partition_epoch;
        self.replicas = state.replicas.clone();
        new_epoch
    }

    /// Before the leader writes: followers that had everything are stamped with the time of their last fetch, because
    /// from now on they do not. `last_fetch` is the time of a follower's last fetch of any partition in its session; an
    /// incremental fetch names only partitions whose position moved, yet counts for all of them.
    pub fn stamp_caught_up(&mut self, last_fetch: impl Fn(BrokerId) -> Option<SimTime>) {
        let end = self.log.log_end();
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        for remote in leader.remotes.iter_mut().filter(|r| r.log_end == end) {
            if let Some(at) = last_fetch(remote.id) {
                remote.last_fetch = remote.last_fetch.max(at);
                remote.caught_up = remote.caught_up.max(at);
                remote.leader_end_at_fetch = end;
            }
        }
    }

    /// Checks `acks=all` against the committed ISR before anything is written.
    pub fn check_min_isr(&self) -> Result<(), ErrorCode> {
        let leader = self.leader().ok_or(ErrorCode::NotLeaderOrFollower)?;
        let enough = leader.isr.len() >= self.effective_min_isr();
        if enough {
            Ok(())
        } else {
            Err(ErrorCode::NotEnoughReplicas)
        }
    }

    /// Writes a batch as the leader. Returns base and last offset, and the base offset of a segment that was rolled.
    pub fn append(&mut self, batch: &Arc<RecordBatch>) -> (Offset, Offset, Option<Offset>) {
        let epoch: LeaderEpoch = self.leader_epoch;
        let written = RecordBatch {
            base_offset: self.log.log_end(),
            leader_epoch: epoch,
            ..(**batch).clone()
        };
        self.producers.replay(&written);
        let (base, rolled) = self.log.append_as_leader(written, epoch, &self.config);
        (base, self.log.log_end() - 1, rolled)
    }

    /// What a follower's fetch tells (`updateFollowerFetchState`). Returns a replica that should join the ISR.
    pub fn note_follower_fetch(
        &mut self,
        fetch: FollowerFetch,
        now: SimTime,
        cluster: &impl Caught,
    ) -> Option<(BrokerId, BrokerEpoch)> {
        let (end, high_watermark) = (self.log.log_end(), self.high_watermark);
        let Role::Leader(leader) = &mut self.role else {
            return None;
        };
        let epoch_start = leader.epoch_start;
        leader.remote_mut(fetch.id)?.note_fetch(fetch, now, end);
        let caught = fetch.offset >= high_watermark && fetch.offset >= epoch_start;
        let wanted = leader.pending.is_none() && !leader.isr.contains(&fetch.id) && caught;
        (wanted && cluster.may_join(fetch.id, fetch.epoch)).then_some((fetch.id, fetch.epoch))
    }

    /// Proposes `broker` for the ISR; it counts for the high watermark from now on.
    pub fn propose_expand(&mut self, broker: BrokerId, epoch: BrokerEpoch) {
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let mut isr = with_epochs(leader, &leader.isr.clone());
        isr.push((broker, epoch));
        leader.pending = Some(PendingIsr { isr, sent: false });
    }

    /// ISR members that have not caught up for `replica.lag.time.max.ms`.
    pub fn lagging(&self, now: SimTime, max_lag: Duration) -> Vec<BrokerId> {
        let end = self.log.log_end();
        let Some(leader) = self.leader().filter(|l| l.pending.is_none()) else {
            return Vec::new();
        };
        let members = leader.remotes.iter().filter(|r| leader.isr.contains(&r.id));
        members
            .filter(|r| !r.is_caught_up(end, now, max_lag))
            .map(|r| r.id)
            .collect()
    }

    /// Proposes an ISR without these; they count until the controller agrees.
    pub fn propose_shrink(&mut self, without: &[BrokerId]) {
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let kept: Vec<BrokerId> = leader
            .isr
            .iter()
            .copied()
            .filter(|b| !without.contains(b))
            .collect();
        leader.pending = Some(PendingIsr {
            isr: with_epochs(leader, &kept),
            sent: false,
        });
    }

    /// Moves the high watermark if the rules allow it (`maybeIncrementLeaderHW`). Returns true if it moved.
    pub fn advance_high_watermark(
        &mut self,
        now: SimTime,
        max_lag: Duration,
        cluster: &impl Caught,
    ) -> bool {
        let end = self.log.log_end();
        let Role::Leader(leader) = &self.role else {
            return false;
        };
        if leader.isr.len() < self.effective_min_isr() {
            return false;
        }
        let counts = |r: &RemoteReplica| {
            !breaks(Rule::Watermark)
                && (leader.in_maximal_isr(r.id)
                    || r.is_caught_up(end, now, max_lag) && cluster.may_join(r.id, r.broker_epoch))
        };
        let lowest = leader
            .remotes
            .iter()
            .filter(|r| r.log_end < end && counts(r))
            .map(|r| r.log_end)
            .min();
        let candidate = lowest.unwrap_or(end);
        if candidate <= self.high_watermark {
            return false;
        }
        self.high_watermark = candidate;
        true
    }
}

/// Members with the broker epochs of their last fetches; -1 (not checked) for the leader itself and the unknown.
fn with_epochs(leader: &Leader, isr: &[BrokerId]) -> Vec<(BrokerId, BrokerEpoch)> {
    isr.iter()
        .map(|b| (*b, leader.remote(*b).map_or(-1, |r| r.broker_epoch)))
        .collect()
}
