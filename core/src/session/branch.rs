//! One future: its commands, its journal, its snapshots.

use super::{Session, State};
use crate::command::Command;
use crate::event::{Entry, EntryId, Level};
use crate::id::Name;
use crate::time::SimTime;
use alloc::format;
use alloc::vec::Vec;

/// A branch of the history.
#[derive(Debug)]
pub(super) struct Branch {
    name: Name,
    parent: Option<u32>,
    forked_at: SimTime,
    /// Instant, number of events before it, command.
    pub(super) commands: Vec<(SimTime, u64, Command)>,
    pub(super) entries: Vec<Entry>,
    pub(super) marks: Vec<(SimTime, EntryId)>,
    /// Ascending by position.
    pub(super) snapshots: Vec<Snapshot>,
    /// Most events ever carried out here.
    pub(super) reached: u64,
    /// Furthest instant.
    pub(super) end: SimTime,
    /// Where one was when one left for another branch.
    left_at: SimTime,
}

/// The cluster at one point.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub(super) position: u64,
    pub(super) applied: usize,
    pub(super) state: State,
}

/// A branch, for a list of futures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BranchView {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: Name,
    /// The branch it left.
    pub parent: Option<u32>,
    /// Where it left it.
    pub forked_at: SimTime,
    /// How far it goes.
    pub end: SimTime,
    /// The one being looked at.
    pub current: bool,
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
            name: "main".into(),
            parent: None,
            forked_at: SimTime::ZERO,
            commands: alloc::vec![(now, 0, create)],
            entries: Vec::new(),
            marks: Vec::new(),
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
        for entry in entries {
            if entry.event.level() == Level::Mark {
                self.marks.push((entry.at, self.entries.len() as EntryId));
            }
            self.entries.push(entry);
        }
    }
}

impl Session {
    /// Leaves the present future behind and begins another here.
    pub(super) fn fork(&mut self) {
        let shown = self.shown();
        let (position, applied, now) = (self.position, self.applied, self.now());
        let id = self.branches.len();
        let old = self.branch_mut();
        old.left_at = now;
        let keep = |s: &&Snapshot| s.position <= position && s.applied <= applied;
        let branch = Branch {
            name: format!("future {}", id + 1).into(),
            parent: None,
            forked_at: now,
            commands: old.commands[..applied].to_vec(),
            entries: old.entries[..shown].to_vec(),
            marks: old
                .marks
                .iter()
                .filter(|(_, entry)| (*entry as usize) < shown)
                .copied()
                .collect(),
            snapshots: old.snapshots.iter().filter(keep).cloned().collect(),
            reached: position,
            end: now,
            left_at: now,
        };
        let parent = self.current as u32;
        self.branches.push(Branch {
            parent: Some(parent),
            ..branch
        });
        self.current = id;
    }

    /// Every future.
    pub fn branches(&self) -> Vec<BranchView> {
        let view = |(id, b): (usize, &Branch)| BranchView {
            id: id as u32,
            name: b.name.clone(),
            parent: b.parent,
            forked_at: b.forked_at,
            end: b.end,
            current: id == self.current,
        };
        self.branches.iter().enumerate().map(view).collect()
    }

    /// Looks at another future, at the instant where it was left. Unknown numbers do nothing.
    pub fn switch(&mut self, branch: u32) {
        let now = self.now();
        self.branch_mut().left_at = now;
        if let Some(next) = self.branches.get(branch as usize) {
            let at = next.left_at;
            self.current = branch as usize;
            self.restore_before(at);
            self.seek(at);
        }
    }

    /// Gives a future a name of its own.
    pub fn rename(&mut self, branch: u32, name: &str) {
        if let Some(branch) = self.branches.get_mut(branch as usize) {
            branch.name = name.into();
        }
    }

    /// Goes back to just before the last command; what followed stays as a future. False at the beginning.
    pub fn undo(&mut self) -> bool {
        if self.applied <= 1 {
            return false;
        }
        let (now, branch) = (self.now(), self.current);
        let (_, position, _) = self.branch().commands[self.applied - 1];
        let target = self.applied - 1;
        self.restore_to(position, target);
        self.undone.push((branch, now));
        true
    }

    /// Takes the last undo back. False if there is none.
    pub fn redo(&mut self) -> bool {
        let Some((branch, at)) = self.undone.pop() else {
            return false;
        };
        if branch != self.current {
            self.switch(branch as u32);
        }
        self.seek(at);
        true
    }
}
