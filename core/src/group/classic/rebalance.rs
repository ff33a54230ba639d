//! The two phases of a rebalance and the timers that end them.
//!
//! The first rebalance of an empty group waits `group.initial.rebalance.delay.ms`, and again as long as newcomers keep
//! arriving, up to the largest rebalance timeout. Every later one completes as soon as all known members have rejoined, or
//! after the largest rebalance timeout without those that have not (static members stay).

use super::replies::{join_error, sync_response};
use super::{AfterWrite, ClassicGroup, GroupTimer, InitialDelay};
use crate::event::{GroupState, LeaveReason};
use crate::group::{Out, Turn};
use crate::id::Name;
use crate::java::hash_map_order;
use crate::protocol::{ErrorCode, MemberAssignment};
use crate::sorted::Map;
use crate::time::Duration;
use alloc::format;
use alloc::vec::Vec;

impl ClassicGroup {
    /// Starts a rebalance, or carries the running one on (`maybePrepareRebalanceOrCompleteJoin`).
    pub(super) fn rebalance(&mut self, turn: &mut Turn<'_>, reason: Name) {
        if self.can_rebalance() {
            self.prepare(turn, reason);
        } else {
            self.maybe_complete_join_phase(turn);
        }
    }

    /// Starts a rebalance (`prepareRebalance`).
    pub(super) fn prepare(&mut self, turn: &mut Turn<'_>, reason: Name) {
        if self.state == GroupState::CompletingRebalance {
            self.reset_assignment(turn, ErrorCode::RebalanceInProgress);
        }
        self.pending_syncs.clear();
        self.timers.cancel(&GroupTimer::Sync);
        let initial = self.state == GroupState::Empty;
        if initial {
            let delay = turn.limits.initial_delay;
            let remaining = less(self.rebalance_timeout(), delay);
            self.delay_join(turn, delay, remaining);
        }
        self.transition(turn, GroupState::PreparingRebalance, reason);
        if initial {
            return;
        }
        if self.has_all_joined() {
            self.complete_join_phase(turn);
        } else {
            self.await_joins(turn);
        }
    }

    fn delay_join(&mut self, turn: &Turn<'_>, delay: Duration, remaining: Duration) {
        self.initial_delay = Some(InitialDelay { delay, remaining });
        self.timers.set(GroupTimer::Join, turn.now + delay);
    }

    fn await_joins(&mut self, turn: &Turn<'_>) {
        self.initial_delay = None;
        let deadline = turn.now + self.rebalance_timeout();
        self.timers.set(GroupTimer::Join, deadline);
    }

    /// Completes the join phase if everybody is there; the initial delay is never cut short.
    pub(super) fn maybe_complete_join_phase(&mut self, turn: &mut Turn<'_>) {
        let running = self.state == GroupState::PreparingRebalance;
        if running && self.previous != GroupState::Empty && self.has_all_joined() {
            self.complete_join_phase(turn);
        }
    }

    /// Ends the join phase with those who are there (`completeClassicGroupJoin`).
    pub(super) fn complete_join_phase(&mut self, turn: &mut Turn<'_>) {
        self.timers.cancel(&GroupTimer::Join);
        self.drop_latecomers(turn);
        if !self.elect_joined_leader() && !self.members.is_empty() {
            // Only static members are left and none has rejoined: wait for their sessions to end.
            return self.await_joins(turn);
        }
        self.generation += 1;
        self.pending_syncs.clear();
        if self.members.is_empty() {
            self.become_empty(turn);
        } else {
            self.begin_generation(turn);
        }
    }

    /// Dynamic members that have not rejoined are out.
    fn drop_latecomers(&mut self, turn: &mut Turn<'_>) {
        for id in self.ids() {
            let member = self.members.get(&id);
            if member.is_some_and(|m| m.joining.is_none() && m.instance.is_none()) {
                self.remove(&id);
                self.timers.cancel(&GroupTimer::Heartbeat(id.clone()));
                self.tell_left(turn, &id, LeaveReason::RebalanceTimeout);
            }
        }
    }

    /// Makes sure that the leader has rejoined: if not, the first in hash order that has takes over. False if there is none.
    fn elect_joined_leader(&mut self) -> bool {
        let Some(leader) = &self.leader else {
            return false;
        };
        let joined = |id: &Name| self.members.get(id).is_some_and(|m| m.joining.is_some());
        if joined(leader) {
            return true;
        }
        let next = self.members.ids().into_iter().find(joined);
        let found = next.is_some();
        if found {
            self.leader = next;
        }
        found
    }

    fn become_empty(&mut self, turn: &mut Turn<'_>) {
        self.protocol = None;
        self.subscribed = self.compute_subscribed();
        let (name, generation) = (&self.name, self.generation);
        let reason = format!("Group {name} with generation {generation} is now empty.");
        self.transition(turn, GroupState::Empty, reason.into());
        let metadata = self.metadata(&Map::new());
        turn.out.push(Out::Write(metadata, AfterWrite::Emptied));
    }

    fn begin_generation(&mut self, turn: &mut Turn<'_>) {
        self.protocol = self.select_protocol();
        self.subscribed = self.compute_subscribed();
        let (name, generation, members) = (&self.name, self.generation, self.members.len());
        let reason =
            format!("Stabilized group {name} generation {generation} with {members} members.");
        self.transition(turn, GroupState::CompletingRebalance, reason.into());
        for id in self.ids() {
            let response = self.join_success(&id, self.member_list_for(&id), false);
            self.complete_join(turn, &id, response);
            self.renew_session(turn, &id);
            if let Some(member) = self.members.get_mut(&id) {
                member.is_new = false;
            }
            self.pending_syncs.insert(id);
        }
        self.sync_generation = self.generation;
        let deadline = turn.now + self.rebalance_timeout();
        self.timers.set(GroupTimer::Sync, deadline);
    }

    /// Takes every assignment back and refuses held SyncGroups.
    pub(super) fn reset_assignment(&mut self, turn: &mut Turn<'_>, error: ErrorCode) {
        for member in self.members.iter_mut() {
            member.assignment = MemberAssignment::new();
        }
        self.propagate_assignment(turn, error);
    }

    /// Answers held SyncGroups; who was waiting starts a new session.
    pub(super) fn propagate_assignment(&mut self, turn: &mut Turn<'_>, error: ErrorCode) {
        let protocol = self.protocol.clone().filter(|_| error.is_ok());
        for id in self.ids() {
            let assignment = self.members.get(&id).map(|m| m.assignment.clone());
            let response = sync_response(error, protocol.clone(), assignment.unwrap_or_default());
            if self.complete_sync(turn, &id, response) {
                self.renew_session(turn, &id);
            }
        }
    }

    /// Fires the next timer whose deadline has come; `None` when there is none.
    pub fn fire(&mut self, turn: &mut Turn<'_>) -> Option<GroupTimer> {
        let timer = self.timers.pop(turn.now)?;
        match &timer {
            GroupTimer::Join => self.join_timer(turn),
            GroupTimer::Sync => self.sync_timer(turn),
            GroupTimer::Heartbeat(id) => self.session_timer(turn, id),
        }
        Some(timer)
    }

    fn join_timer(&mut self, turn: &mut Turn<'_>) {
        match self.initial_delay {
            Some(initial) if self.new_member_added && initial.remaining != Duration::ZERO => {
                self.new_member_added = false;
                let delay = turn.limits.initial_delay.min(initial.remaining);
                let remaining = less(initial.remaining, initial.delay);
                self.delay_join(turn, delay, remaining);
            }
            _ => self.complete_join_phase(turn),
        }
    }

    /// Members that never asked for their assignment are out, and the rest rebalances.
    fn sync_timer(&mut self, turn: &mut Turn<'_>) {
        use GroupState::{CompletingRebalance, Stable};
        let waiting = matches!(self.state, CompletingRebalance | Stable);
        if self.sync_generation != self.generation || !waiting || self.pending_syncs.is_empty() {
            return;
        }
        let silent: Vec<Name> = self.pending_syncs.iter().cloned().collect();
        for id in &silent {
            if self.remove(id).is_some() {
                self.tell_left(turn, id, LeaveReason::RebalanceTimeout);
            }
            self.timers.cancel(&GroupTimer::Heartbeat(id.clone()));
        }
        let names = hash_map_order(silent.iter().map(|id| &**id)).join(", ");
        let reason = format!("Removing [{names}] on pending sync request expiration");
        self.prepare(turn, reason.into());
    }

    /// A session is over (`expireClassicGroupMemberHeartbeat`).
    fn session_timer(&mut self, turn: &mut Turn<'_>, id: &Name) {
        if self.pending_joins.contains(id) {
            self.remove(id);
            self.complete_if_all_joined(turn);
        } else if self
            .members
            .get(id)
            .is_some_and(|m| !m.has_satisfied_heartbeat())
        {
            let refused = join_error(Name::from(""), ErrorCode::UnknownMemberId);
            self.complete_join(turn, id, refused);
            self.remove(id);
            self.tell_left(turn, id, LeaveReason::SessionExpired);
            if matches!(
                self.state,
                GroupState::Stable | GroupState::CompletingRebalance
            ) {
                let reason = format!("removing member {id} on heartbeat expiration.");
                self.rebalance(turn, reason.into());
            } else {
                self.complete_if_all_joined(turn);
            }
        }
    }

    /// Unlike a join or a leave, the end of a session may also end the initial delay.
    fn complete_if_all_joined(&mut self, turn: &mut Turn<'_>) {
        if self.state == GroupState::PreparingRebalance && self.has_all_joined() {
            self.complete_join_phase(turn);
        }
    }

    /// After a load: sessions start, and a group larger than `group.max.size` rebalances.
    pub fn loaded(&mut self, turn: &mut Turn<'_>) {
        for id in self.ids() {
            self.renew_session(turn, &id);
        }
        let (name, size, max) = (&self.name, self.members.len(), turn.limits.max_size);
        if size > max {
            let reason = format!(
                "Freshly-loaded group {name} (size {size}) is over capacity {max}. \
                 Rebalancing in order to give a chance for consumers to commit offsets"
            );
            self.prepare(turn, reason.into());
        }
    }

    /// The coordinator moved away: held requests learn that, and the group is Dead.
    pub fn unload(&mut self, turn: &mut Turn<'_>) {
        let reason = format!(
            "Unloading group metadata for generation {}.",
            self.generation
        );
        self.transition(turn, GroupState::Dead, reason.into());
        for id in self.ids() {
            match self.previous {
                GroupState::PreparingRebalance => {
                    let refused = join_error(id.clone(), ErrorCode::NotCoordinator);
                    self.complete_join(turn, &id, refused);
                }
                GroupState::CompletingRebalance | GroupState::Stable => {
                    let refused = super::replies::sync_error(ErrorCode::NotCoordinator);
                    self.complete_sync(turn, &id, refused);
                }
                _ => {}
            }
        }
    }
}

/// `a - b`, not below zero.
fn less(a: Duration, b: Duration) -> Duration {
    Duration(a.0.saturating_sub(b.0))
}
