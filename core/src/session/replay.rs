//! Moving along a branch: one event forward, back by restoring and replaying, and taking snapshots on the way.

use super::branch::{Snapshot, kept, thin};
use super::{SNAPSHOT_EVERY, Session, State};
use crate::cluster::Field;
use crate::event::EntryId;
use crate::time::SimTime;
use alloc::vec::Vec;

impl Session {
    /// What the message of this entry said, field by field: it is looked up where it was underway. `None` if the entry is
    /// no message, or is not known.
    pub fn message_fields(&self, id: EntryId) -> Option<Vec<Field>> {
        let branch = self.branch();
        let before = |s: &Snapshot| s.state.cluster.next_entry() <= id;
        let index = branch.snapshots.partition_point(before).checked_sub(1)?;
        let from = &branch.snapshots[index];
        let (mut position, mut applied) = (from.position, from.applied);
        let State {
            mut cluster,
            mut guard,
        } = from.state.clone();
        while cluster.next_entry() <= id {
            match branch.commands.get(applied) {
                Some((at, here, command)) if *here == position => {
                    cluster.idle_until(*at);
                    let _ = cluster.apply(applied as u32, command);
                    applied += 1;
                }
                _ if cluster.step() => position += 1,
                _ => return None,
            }
            let entries = cluster.take_entries();
            for violation in guard.observe(&cluster, &entries) {
                cluster.report(violation);
            }
            cluster.clear_outbox();
        }
        cluster.message_fields(id)
    }

    /// One event, or one recorded command, due at or before `limit`. False when there is none.
    pub(super) fn advance_one(&mut self, limit: SimTime) -> bool {
        if let Some((at, position, command)) = self.branch().commands.get(self.applied)
            && *position == self.position
        {
            // In the past: the next thing that happened here was a command.
            if *at > limit {
                return false;
            }
            let (at, command, number) = (*at, command.clone(), self.applied as u32);
            self.state.cluster.idle_until(at);
            // It was carried out once at this very point, so it cannot be refused.
            let _ = self.state.cluster.apply(number, &command);
            self.applied += 1;
            self.record();
            return true;
        }
        if self.state.cluster.next_at().is_none_or(|at| at > limit) {
            return false;
        }
        self.state.cluster.step();
        self.position += 1;
        self.record();
        if self.position.is_multiple_of(SNAPSHOT_EVERY) {
            self.snapshot();
        }
        true
    }

    /// Moves the clock on without an event.
    pub(super) fn idle_until(&mut self, at: SimTime) {
        if at == SimTime::MAX || at <= self.now() {
            return;
        }
        self.state.cluster.idle_until(at);
        let branch = self.branch_mut();
        branch.end = branch.end.max(at);
    }

    /// Takes new entries over: looks at them for broken guarantees, and keeps those this branch has not seen.
    pub(super) fn record(&mut self) {
        let State { cluster, guard } = &mut self.state;
        let mut entries = cluster.take_entries();
        for violation in guard.observe(cluster, &entries) {
            cluster.report(violation);
        }
        entries.append(&mut cluster.take_entries());
        let sample = guard.sample(cluster);
        let end = cluster.next_entry() as usize;
        let (position, now) = (self.position, self.now());
        let branch = self.branch_mut();
        if end > branch.entries.all().len() {
            branch.extend(entries);
        }
        branch.sampled(sample);
        branch.reached = branch.reached.max(position);
        branch.end = branch.end.max(now);
    }

    /// Keeps the present state, unless it is kept already.
    pub(super) fn snapshot(&mut self) {
        let (position, applied) = (self.position, self.applied);
        let known = self
            .branch()
            .snapshots
            .last()
            .is_some_and(|s| (s.position, s.applied) >= (position, applied));
        if known {
            return;
        }
        let snapshot = Snapshot {
            position,
            applied,
            state: self.state.clone(),
        };
        let most = kept(&snapshot.state.cluster);
        let snapshots = &mut self.branch_mut().snapshots;
        snapshots.push(snapshot);
        thin(snapshots, most, |it| it.position);
    }

    /// Takes up the last snapshot before an instant.
    pub(super) fn restore_before(&mut self, at: SimTime) {
        let snapshots = &self.branch().snapshots;
        let index = snapshots
            .partition_point(|s| s.state.cluster.now() < at)
            .saturating_sub(1);
        self.take_up(index);
    }

    /// Goes forward by the latest snapshot between now and an instant, if there is one.
    pub(super) fn jump_towards(&mut self, at: SimTime) {
        let snapshots = &self.branch().snapshots;
        let index = snapshots
            .partition_point(|s| s.state.cluster.now() < at)
            .saturating_sub(1);
        if snapshots[index].position > self.position {
            self.take_up(index);
        }
    }

    fn take_up(&mut self, index: usize) {
        let snapshot = self.branch().snapshots[index].clone();
        self.position = snapshot.position;
        self.applied = snapshot.applied;
        self.state = snapshot.state;
    }

    /// Goes to the point after this many events, and after the commands given there.
    pub(super) fn go_to_position(&mut self, position: u64) {
        let applied = self
            .branch()
            .commands
            .partition_point(|(_, p, _)| *p <= position);
        self.restore_to(position, applied);
    }

    /// Goes to the point after this many events and this many commands.
    pub(super) fn restore_to(&mut self, position: u64, applied: usize) {
        let snapshots = &self.branch().snapshots;
        let fits = |s: &Snapshot| s.position <= position && s.applied <= applied;
        let index = snapshots.iter().rposition(fits).unwrap_or(0);
        self.take_up(index);
        while (self.position < position || self.applied < applied) && self.advance_one(SimTime::MAX)
        {
        }
    }
}
