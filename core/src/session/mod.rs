//! A session: a cluster with its whole history. Play, step, go back, act in the past, keep every future.
//!
//! A history is the list of commands with their instants, and snapshots of the cluster every few thousand events. Going to
//! an instant restores the snapshot before it and replays; the same commands give the same events, so nothing else need be
//! stored. Acting in the past leaves the old future as a [`Branch`] of its own and begins another.
//!
//! - `position` is the number of events carried out in this branch; `now` may be later than the last event.
//! - The journal holds the entries of the whole branch, up to the furthest point reached; entries up to now are a prefix.

mod branch;
mod compare;
mod guard;
mod recipe;
mod replay;
pub mod twins;

pub use crate::cluster::{CommandError, Field};
pub use branch::{Bookmark, BranchView};
pub use compare::{Cell, Difference, What, differences};
pub use recipe::{Named, Recipe};

use crate::cluster::Cluster;
use crate::command::Command;
use crate::event::{Entries, EntryId, Level};
use crate::id::{BrokerId, Name, NodeId, Offset, TopicId, TopicPartition};
use crate::metrics::Sample;
use crate::time::{Duration, SimTime};
use crate::view::{FlightView, Tile, View};
use alloc::vec::Vec;
use branch::{Branch, Undone};
use core::fmt;
use guard::Guard;

/// Events between two snapshots: replaying this many must feel instant.
const SNAPSHOT_EVERY: u64 = 4_000;

/// "Next interesting event" gives up after this much simulated time.
const INTERESTING_WITHIN: Duration = Duration::secs(120);

/// A script could not be carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptError {
    /// Which command, from 0.
    pub index: usize,
    /// Why.
    pub error: CommandError,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "command {}: {}", self.index + 1, self.error)
    }
}

impl core::error::Error for ScriptError {}

/// The cluster at one point of one branch, with what watches it.
#[derive(Clone, Debug)]
struct State {
    cluster: Cluster,
    guard: Guard,
}

/// A cluster with its history.
#[derive(Debug)]
pub struct Session {
    branches: Vec<Branch>,
    current: usize,
    /// The cluster now.
    state: State,
    /// Events carried out so far in this branch.
    position: u64,
    /// Commands of this branch carried out so far.
    applied: usize,
    /// Where undone commands are, the newest last.
    undone: Vec<Undone>,
}

impl Session {
    /// Runs a script: the first command must be `cluster create`, `advance` lets time pass.
    ///
    /// # Errors
    /// [`ScriptError`] names the command that was refused.
    pub fn new(commands: &[Command]) -> Result<Self, ScriptError> {
        let fail = |index: usize| move |error: CommandError| ScriptError { index, error };
        let first = commands
            .first()
            .ok_or(CommandError::NoCluster)
            .map_err(fail(0))?;
        let cluster = Cluster::new(first).map_err(fail(0))?;
        let mut session = Self::begin(cluster, first.clone());
        for (index, command) in commands.iter().enumerate().skip(1) {
            session.apply(command.clone()).map_err(fail(index))?;
        }
        Ok(session)
    }

    fn begin(mut cluster: Cluster, create: Command) -> Self {
        let entries = cluster.take_entries();
        let mut guard = Guard::default();
        guard.observe(&cluster, &entries);
        let state = State { cluster, guard };
        let branch = Branch::first(create, entries, &state);
        Self {
            branches: alloc::vec![branch],
            current: 0,
            state,
            position: 0,
            applied: 1,
            undone: Vec::new(),
        }
    }

    fn branch(&self) -> &Branch {
        &self.branches[self.current]
    }

    fn branch_mut(&mut self) -> &mut Branch {
        &mut self.branches[self.current]
    }

    /// Carries out a command now. In the past this forks: the old future stays, as another branch. `advance` plays on,
    /// `bookmark` names the moment.
    ///
    /// # Errors
    /// [`CommandError`]; nothing has changed then.
    pub fn apply(&mut self, command: Command) -> Result<(), CommandError> {
        if let Command::Advance(span) = command {
            let until = self.now() + span;
            while !self.run_until(until, u32::MAX) {}
            return Ok(());
        }
        if let Command::Bookmark(name) = command {
            self.bookmark(name);
            return Ok(());
        }
        // Try it on a copy first when it would fork: a refused command must not leave a branch behind.
        if self.is_past() {
            let mut trial = self.state.cluster.clone();
            trial.apply(0, &command)?;
            self.fork(None);
        }
        let number = self.applied as u32;
        self.state.cluster.apply(number, &command)?;
        let (now, position) = (self.state.cluster.now(), self.position);
        self.branch_mut().commands.push((now, position, command));
        self.applied += 1;
        self.undone.clear();
        self.record();
        self.snapshot();
        Ok(())
    }

    /// True when this branch has a future beyond now.
    pub fn is_past(&self) -> bool {
        let branch = self.branch();
        self.position < branch.reached
            || self.applied < branch.commands.len()
            || self.now() < branch.end
    }

    /// Carries out one event; in the past, the one that happened. False when nothing is left to happen.
    pub fn step(&mut self) -> bool {
        self.advance_one(SimTime::MAX)
    }

    /// Plays up to and including `until`. False when `max_events` were used up before.
    pub fn run_until(&mut self, until: SimTime, max_events: u32) -> bool {
        for _ in 0..max_events {
            if !self.advance_one(until) {
                self.idle_until(until);
                return true;
            }
        }
        false
    }

    /// Plays until something worth a mark has happened (at most two minutes of simulated time). True if it has.
    pub fn step_interesting(&mut self) -> bool {
        let limit = self.now() + INTERESTING_WITHIN;
        let from = self.shown();
        loop {
            if !self.advance_one(limit) {
                self.idle_until(limit);
                return false;
            }
            let mut news = self.entries().after(from).iter();
            if news.any(|e| e.event.level() == Level::Mark) {
                return true;
            }
        }
    }

    /// Goes to just before the last event.
    pub fn step_back(&mut self) -> bool {
        if self.position == 0 {
            return false;
        }
        self.go_to_position(self.position - 1);
        true
    }

    /// Goes back to the last mark before now.
    pub fn back_interesting(&mut self) -> bool {
        let now = self.now();
        let mark = self
            .branch()
            .marks
            .iter()
            .rev()
            .find(|(at, _)| *at < now)
            .map(|(at, _)| *at);
        if let Some(at) = mark {
            self.seek(at);
        }
        mark.is_some()
    }

    /// Goes to an instant of this branch, at most to its end.
    pub fn seek(&mut self, at: SimTime) {
        let at = at.min(self.end());
        if at < self.now() {
            self.restore_before(at);
        } else {
            self.jump_towards(at);
        }
        while self.advance_one(at) {}
        self.idle_until(at);
    }

    /// Now.
    pub fn now(&self) -> SimTime {
        self.state.cluster.now()
    }

    /// The furthest instant this branch has reached.
    pub fn end(&self) -> SimTime {
        self.branch().end
    }

    /// The earliest instant one can go back to: when the cluster was up.
    pub fn start(&self) -> SimTime {
        self.branch().commands[0].0
    }

    /// The cluster now, for reading.
    pub fn cluster(&self) -> &Cluster {
        &self.state.cluster
    }

    /// Everything a page shows, now.
    pub fn view(&self) -> View {
        self.view_with(usize::MAX)
    }

    /// The same, but a broker with more than `most` copies has them without their records.
    pub fn view_with(&self, most: usize) -> View {
        let mut view = self.state.cluster.view_with(most);
        self.state.guard.fill(&mut view);
        view
    }

    /// Only the messages on their way: cheap enough for every frame of a display.
    pub fn flights(&self) -> Vec<FlightView> {
        self.state.cluster.flights_view()
    }

    /// How many of the branch's entries have happened by now.
    fn shown(&self) -> usize {
        self.state.cluster.next_entry() as usize
    }

    /// The journal up to now.
    pub fn entries(&self) -> Entries<'_> {
        self.branch().entries.all().first(self.shown())
    }

    /// Entries worth a mark, of the whole branch.
    pub fn marks(&self) -> &[(SimTime, EntryId)] {
        &self.branch().marks
    }

    /// The metrics of the whole branch, one sample every [`crate::metrics::INTERVAL`], ascending.
    pub fn samples(&self) -> &[Sample] {
        &self.branch().samples
    }

    /// Hash of the journal up to now.
    pub fn journal_hash(&self) -> u64 {
        self.state.cluster.journal_hash()
    }

    /// Commands of this branch up to its end, with their instants. [`crate::event::Event::Command`] counts them from 0.
    pub fn commands(&self) -> impl Iterator<Item = (SimTime, &Command)> {
        self.branch().commands.iter().map(|(at, _, c)| (*at, c))
    }

    /// The command of this number.
    pub fn command(&self, number: u32) -> Option<&Command> {
        self.branch()
            .commands
            .get(number as usize)
            .map(|(_, _, c)| c)
    }

    /// The commands and bookmarks up to now with the time between them: run by [`Session::new`] they lead to this very moment.
    pub fn script(&self) -> Vec<Command> {
        let (now, applied) = (self.now(), self.applied);
        let past = |m: &&Bookmark| m.at <= now && m.commands() <= applied;
        let marks = self.bookmarks().iter().filter(past);
        recipe::script(
            &self.branch().commands[..applied],
            0,
            marks,
            self.start(),
            now,
        )
    }

    /// The name of a topic, also of a deleted one.
    pub fn topic_name(&self, topic: TopicId) -> Name {
        self.state.cluster.topic_name(topic)
    }

    /// `1`, `101`, `p1`, `admin`.
    pub fn node_name(&self, node: NodeId) -> Name {
        self.state.cluster.node_name(node)
    }

    /// Records of a replica for the log browser: the newest `limit` below `before`, ascending.
    pub fn browse(
        &self,
        broker: BrokerId,
        tp: TopicPartition,
        before: Offset,
        limit: usize,
    ) -> Vec<Tile> {
        self.state.cluster.browse(broker, tp, before, limit)
    }

    /// Snapshots kept, in all branches (for the memory report).
    pub fn snapshots(&self) -> usize {
        self.branches.iter().map(|b| b.snapshots.len()).sum()
    }
}
