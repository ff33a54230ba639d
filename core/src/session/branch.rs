//! The futures: each with its commands, its journal, its snapshots and its named moments.
//!
//! Nothing is ever thrown away. Acting in the past begins another future; so does an undo (the future without the command);
//! a redo returns to the one that was left. Only a future that an undo began and in which nothing was done goes again.

use super::{SNAPSHOT_EVERY, Session, State};
use crate::cluster::Cluster;
use crate::command::Command;
use crate::event::{Entry, EntryId, Journal, Level};
use crate::id::Name;
use crate::metrics::Sample;
use crate::time::SimTime;
use crate::view::View;
use alloc::string::ToString;
use alloc::vec::Vec;

/// A branch of the history.
#[derive(Debug)]
pub(super) struct Branch {
    /// What its user calls it.
    pub(super) name: Option<Name>,
    pub(super) parent: Option<u32>,
    pub(super) forked_at: SimTime,
    /// How many commands it shares with the branch it left.
    pub(super) shared: usize,
    /// The command that was taken back where it left.
    pub(super) without: Option<Command>,
    /// Instant, number of events before it, command.
    pub(super) commands: Vec<(SimTime, u64, Command)>,
    pub(super) entries: Journal,
    pub(super) marks: Vec<(SimTime, EntryId)>,
    /// The metrics, ascending.
    pub(super) samples: Vec<Sample>,
    /// Named moments, ascending.
    pub(super) bookmarks: Vec<Bookmark>,
    /// Ascending by position.
    pub(super) snapshots: Vec<Snapshot>,
    /// Most events ever carried out here.
    pub(super) reached: u64,
    /// Furthest instant.
    pub(super) end: SimTime,
    /// Where one was when one left for another branch.
    pub(super) left_at: SimTime,
}

/// The cluster at one point.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub(super) position: u64,
    pub(super) applied: usize,
    pub(super) state: State,
}

/// Snapshots that a future keeps: ten minutes of the first cluster.
const KEPT: usize = 160;
/// A cluster with more replicas than this keeps fewer, in proportion: each copies what has changed since the one before, some
/// 4 KB a replica, and a browser must be able to bear them all.
const REPLICAS: usize = 400;
/// But no fewer than this.
const FEWEST: usize = 12;
/// One in this many is of the newest, which are as close together as they were taken.
const RECENT: usize = 5;

/// How many snapshots a future of this cluster keeps.
pub(super) fn kept(cluster: &Cluster) -> usize {
    let replicas: usize = cluster.brokers().map(|it| it.partitions().count()).sum();
    (KEPT * REPLICAS / replicas.max(REPLICAS)).max(FEWEST)
}

/// When there are more than `kept`, of the older snapshots only those stay whose position is a multiple of twice, four times, …
/// the usual distance, and the first: going back far replays more.
pub(super) fn thin<T>(snapshots: &mut Vec<T>, kept: usize, position: impl Fn(&T) -> u64) {
    let mut apart = SNAPSHOT_EVERY;
    while snapshots.len() > kept {
        apart *= 2;
        let old = snapshots.len() - kept / RECENT;
        let mut index = 0;
        snapshots.retain(|it| {
            index += 1;
            index == 1 || index > old || position(it).is_multiple_of(apart)
        });
    }
}

/// A branch, for a list of futures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BranchView {
    /// Its number.
    pub id: u32,
    /// What its user calls it.
    pub name: Option<Name>,
    /// The branch it left.
    pub parent: Option<u32>,
    /// Where it left it.
    pub forked_at: SimTime,
    /// How far it goes.
    pub end: SimTime,
    /// The one being looked at.
    pub current: bool,
    /// The first command that the branch it left does not have: its line.
    pub first: Option<Name>,
    /// The command that was taken back where it left: its line.
    pub without: Option<Name>,
}

/// A named moment: between two events and two commands, since much can happen in one instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bookmark {
    /// When.
    pub at: SimTime,
    /// Its name.
    pub name: Name,
    position: u64,
    applied: usize,
}

impl Bookmark {
    /// How many commands were given before it.
    pub(super) fn commands(&self) -> usize {
        self.applied
    }
}

/// Where a redo leads.
#[derive(Debug)]
pub(super) struct Undone {
    branch: usize,
    position: u64,
    applied: usize,
    at: SimTime,
    /// It was a future that an earlier undo had just begun: without this command.
    without: Option<Command>,
}

impl Branch {
    pub(super) fn first(create: Command, entries: Vec<Entry>, state: &State) -> Self {
        let now = state.cluster.now();
        let snapshot = Snapshot {
            position: 0,
            applied: 1,
            state: state.clone(),
        };
        let mut branch = Self {
            name: None,
            parent: None,
            forked_at: SimTime::ZERO,
            shared: 0,
            without: None,
            commands: alloc::vec![(now, 0, create)],
            entries: Journal::default(),
            marks: Vec::new(),
            samples: Vec::new(),
            bookmarks: Vec::new(),
            snapshots: alloc::vec![snapshot],
            reached: 0,
            end: now,
            left_at: now,
        };
        branch.extend(entries);
        branch
    }

    /// Adds entries, with marks for those that matter.
    pub(super) fn extend(&mut self, entries: Vec<Entry>) {
        let known = self.entries.all().len();
        for (number, entry) in (known..).zip(entries) {
            if entry.event.level() == Level::Mark {
                self.marks.push((entry.at, number as EntryId));
            }
            self.entries.push(entry);
        }
    }

    /// Keeps a sample, unless this branch has been here before.
    pub(super) fn sampled(&mut self, sample: Option<Sample>) {
        let last = self.samples.last().map(|s| s.at);
        let new = |s: &Sample| last.is_none_or(|at| s.at > at);
        self.samples.extend(sample.filter(new));
    }

    /// Begun by an undo, and nothing was done in it since: another undo would begin the same again.
    fn is_idle(&self) -> bool {
        self.without.is_some()
            && self.name.is_none()
            && self.commands.len() == self.shared
            && !self.bookmarks.iter().any(|m| m.at >= self.forked_at)
    }

    /// Begun by an undo, and nothing has happened in it since.
    fn is_blank(&self) -> bool {
        self.is_idle() && self.end <= self.forked_at
    }

    fn view(&self, id: usize, current: usize) -> BranchView {
        let line = |command: &Command| Name::from(command.to_string());
        BranchView {
            id: id as u32,
            name: self.name.clone(),
            parent: self.parent,
            forked_at: self.forked_at,
            end: self.end,
            current: id == current,
            first: self
                .parent
                .and_then(|_| self.commands.get(self.shared))
                .map(|c| line(&c.2)),
            without: self.without.as_ref().map(line),
        }
    }
}

impl Session {
    /// Leaves the present future behind and begins another here.
    pub(super) fn fork(&mut self, without: Option<Command>) {
        let shown = self.shown();
        let (position, applied, now) = (self.position, self.applied, self.now());
        let blank = self.is_blank();
        let old = self.branch_mut();
        old.left_at = now;
        let keep = |s: &&Snapshot| s.position <= position && s.applied <= applied;
        let mut branch = Branch {
            name: None,
            parent: None,
            forked_at: now,
            shared: applied,
            without,
            commands: old.commands[..applied].to_vec(),
            entries: old.entries.prefix(shown),
            marks: old
                .marks
                .iter()
                .filter(|(_, entry)| (*entry as usize) < shown)
                .copied()
                .collect(),
            samples: old.samples[..old.samples.partition_point(|s| s.at <= now)].to_vec(),
            bookmarks: old
                .bookmarks
                .iter()
                .filter(|m| m.position <= position && m.applied <= applied)
                .cloned()
                .collect(),
            snapshots: old.snapshots.iter().filter(keep).cloned().collect(),
            reached: position,
            end: now,
            left_at: now,
        };
        branch.parent = if blank {
            old.parent
        } else {
            Some(self.current as u32)
        };
        if blank {
            self.branches.pop();
        }
        self.current = self.branches.len();
        self.branches.push(branch);
    }

    /// The present future was begun by an undo, and nothing has happened in it. It is the newest then.
    fn is_blank(&self) -> bool {
        self.current + 1 == self.branches.len() && self.branch().is_blank()
    }

    /// Before another future is looked at: remembers where one was, and forgets a future in which nothing has happened.
    fn leave(&mut self) {
        if self.is_blank() {
            self.branches.pop();
        } else {
            let now = self.now();
            self.branch_mut().left_at = now;
        }
    }

    /// Every future.
    pub fn branches(&self) -> Vec<BranchView> {
        let all = self.branches.iter().enumerate();
        all.map(|(id, b)| b.view(id, self.current)).collect()
    }

    /// Looks at another future, at the instant where it was left. Unknown numbers do nothing.
    pub fn switch(&mut self, branch: u32) {
        let branch = branch as usize;
        if branch == self.current || branch >= self.branches.len() {
            return;
        }
        self.leave();
        self.current = branch;
        let at = self.branch().left_at;
        self.restore_before(at);
        self.seek(at);
    }

    /// Gives a future a name of its own; without one it is known by what began it.
    pub fn rename(&mut self, branch: u32, name: &str) {
        if let Some(branch) = self.branches.get_mut(branch as usize) {
            branch.name = Some(name.trim()).filter(|n| !n.is_empty()).map(Name::from);
        }
    }

    /// Goes back to just before the last command and begins a future without it; the one with it stays. False at the beginning.
    pub fn undo(&mut self) -> bool {
        if self.applied <= 1 {
            return false;
        }
        let mut from = Undone {
            branch: self.current,
            position: self.position,
            applied: self.applied,
            at: self.now(),
            without: None,
        };
        if let (true, Some(parent)) = (self.is_blank(), self.branch().parent) {
            // Undo after undo: one future without both, not one for each.
            from.without = self.branches.pop().and_then(|b| b.without);
            from.branch = parent as usize;
            self.current = from.branch;
        }
        let (at, position, command) = self.branch().commands[self.applied - 1].clone();
        self.restore_to(position, self.applied - 1);
        self.idle_until(at);
        self.fork(Some(command));
        // Whoever looks at that future again is to find it where it was before the undo.
        if from.without.is_none() {
            self.branches[from.branch].left_at = from.at;
        }
        self.undone.push(from);
        true
    }

    /// Takes the last undo back: returns to the future that was left. False if there is none.
    pub fn redo(&mut self) -> bool {
        let Some(to) = self.undone.pop() else {
            return false;
        };
        if self.current + 1 == self.branches.len() && self.branch().is_idle() {
            self.branches.pop();
        } else {
            self.leave();
        }
        self.current = to.branch;
        self.restore_to(to.position, to.applied);
        self.idle_until(to.at);
        if to.without.is_some() {
            self.fork(to.without);
        }
        true
    }

    /// Whether there is an undo to take back.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Named moments of this future, ascending.
    pub fn bookmarks(&self) -> &[Bookmark] {
        &self.branch().bookmarks
    }

    /// Names the present moment.
    pub(super) fn bookmark(&mut self, name: Name) {
        let (at, position, applied) = (self.now(), self.position, self.applied);
        let marks = &mut self.branch_mut().bookmarks;
        let index =
            marks.partition_point(|m| (m.at, m.position, m.applied) <= (at, position, applied));
        let mark = Bookmark {
            at,
            name,
            position,
            applied,
        };
        marks.insert(index, mark);
    }

    /// Goes to a named moment of this future, by its place among [`Session::bookmarks`].
    pub fn go_to_bookmark(&mut self, index: usize) {
        if let Some(to) = self.bookmarks().get(index).cloned() {
            self.restore_to(to.position, to.applied);
            self.idle_until(to.at);
        }
    }

    /// Forgets a named moment of this future, by its place among [`Session::bookmarks`].
    pub fn forget_bookmark(&mut self, index: usize) {
        let marks = &mut self.branch_mut().bookmarks;
        if index < marks.len() {
            marks.remove(index);
        }
    }

    /// What another future looks like at an instant, played on to it if it has not got there. `None` for unknown numbers.
    pub fn view_of(&mut self, branch: u32, at: SimTime) -> Option<View> {
        let branch = branch as usize;
        if branch >= self.branches.len() {
            return None;
        }
        let here = (self.current, self.position, self.applied);
        let state = self.state.clone();
        self.current = branch;
        self.restore_before(at);
        while self.advance_one(at) {}
        self.idle_until(at);
        let view = self.view();
        (self.current, self.position, self.applied) = here;
        self.state = state;
        Some(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_snapshots_thin_out_and_the_first_stays() {
        for most in [KEPT, 58, FEWEST] {
            let recent = most / RECENT;
            let mut kept = Vec::new();
            for taken in (0..40_000_000).step_by(SNAPSHOT_EVERY as usize) {
                kept.push(taken);
                thin(&mut kept, most, |it| *it);
                assert!(kept.len() <= most);
                assert_eq!(kept.first(), Some(&0));
                let newest = kept.iter().rev().take(recent);
                let dense = (0..).map(|n| taken.checked_sub(n * SNAPSHOT_EVERY));
                assert!(
                    newest
                        .zip(dense)
                        .all(|(it, expected)| Some(*it) == expected)
                );
                // Nowhere is more missing than the length of the history asks for.
                let gap = kept.windows(2).map(|w| w[1] - w[0]).max().unwrap_or(0);
                let bound = (taken / recent as u64).max(SNAPSHOT_EVERY);
                assert!(gap <= bound, "{gap} of {taken}, {most} kept");
            }
        }
    }

    #[test]
    fn a_large_cluster_keeps_fewer_snapshots() {
        let of = |partitions: u32| {
            let lines = [
                "cluster create brokers=3 controllers=3 seed=1 preset=classroom".to_string(),
                alloc::format!("topic create t partitions={partitions} replication=3"),
            ];
            let commands = lines.map(|line| line.parse().unwrap());
            let mut session = Session::new(&commands).unwrap();
            assert!(session.run_until(SimTime(30_000_000), u32::MAX));
            kept(&session.state.cluster)
        };
        assert_eq!([of(3), of(300)], [KEPT, 71]);
    }
}
