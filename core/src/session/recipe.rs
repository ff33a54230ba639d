//! What it takes to make a session again, with every future: the commands that each has and its parent has not.
//!
//! [`Session::recipes`] tells it, [`Session::begin_future`] begins a future where it was begun; in between its commands are
//! applied and time passes as in any script; [`Session::left`] says where one was in it. Futures are told in the order of
//! their numbers, so a parent comes before its children and gets the number it had. A future takes over what its parent has named
//! in the past that they share; where either has named or forgotten something there since, the future's recipe lists all of it
//! ([`Recipe::past`], [`Session::remember`]). What can be redone is not told.

use super::{Bookmark, Branch, Session};
use crate::command::Command;
use crate::id::Name;
use crate::time::SimTime;
use alloc::vec::Vec;

/// A named moment: when, after how many commands, and its name.
pub type Named = (SimTime, usize, Name);

/// A future, for making it again.
#[derive(Debug)]
pub struct Recipe {
    /// The number of the future that it left; 0 for the first one.
    pub parent: u32,
    /// How many commands it has from that one; 0 for the first one.
    pub shared: usize,
    /// Where it left.
    pub at: SimTime,
    /// Where one is in it, or was when one looked at another.
    pub left: SimTime,
    /// What its user calls it.
    pub name: Option<Name>,
    /// The command that was taken back where it left.
    pub without: Option<Command>,
    /// The named moments before it left, if they are others than its parent has there.
    pub past: Option<Vec<Named>>,
    /// From there to its end: its own commands and named moments, with the time between them.
    pub script: Vec<Command>,
}

/// Commands from this number on and these named moments, with the time between them.
pub(super) fn script<'a>(
    commands: &[(SimTime, u64, Command)],
    first: usize,
    marks: impl Iterator<Item = &'a Bookmark>,
    from: SimTime,
    to: SimTime,
) -> Vec<Command> {
    let mut script = Vec::new();
    let mut clock = from;
    let mut add = |at: SimTime, command: Option<Command>| {
        if at > clock {
            script.push(Command::Advance(at.since(clock)));
            clock = at;
        }
        script.extend(command);
    };
    let mut marks = marks.peekable();
    for (index, (at, _, command)) in commands.iter().enumerate().skip(first) {
        while let Some(mark) = marks.next_if(|m| m.commands() <= index) {
            add(mark.at, Some(Command::Bookmark(mark.name.clone())));
        }
        add(*at, Some(command.clone()));
    }
    for mark in marks {
        add(mark.at, Some(Command::Bookmark(mark.name.clone())));
    }
    add(to, None);
    script
}

impl Session {
    /// Every future, for making this session again.
    pub fn recipes(&self) -> Vec<Recipe> {
        let all = self.branches.iter().enumerate();
        all.map(|(id, it)| self.recipe(id, it)).collect()
    }

    fn recipe(&self, id: usize, it: &Branch) -> Recipe {
        let parent = it.parent.map(|p| &self.branches[p as usize]);
        let from = parent.map_or(it.commands[0].0, |_| it.forked_at);
        let shared = |m: &&Bookmark| m.at <= it.forked_at && m.commands() <= it.shared;
        let own = |m: &&Bookmark| parent.is_none() || !shared(m);
        let marks = it.bookmarks.iter().filter(own);
        // What its parent has named comes with the parent.
        let past = || it.bookmarks.iter().filter(shared);
        let same = |p: &Branch| past().eq(p.bookmarks.iter().filter(shared));
        let named = |m: &Bookmark| (m.at, m.commands(), m.name.clone());
        Recipe {
            parent: it.parent.unwrap_or(0),
            shared: it.shared,
            at: it.forked_at,
            left: match id == self.current {
                true => self.now(),
                false => it.left_at,
            },
            name: it.name.clone(),
            without: it.without.clone(),
            past: parent
                .is_some_and(|p| !same(p))
                .then(|| past().map(named).collect()),
            script: script(&it.commands, it.shared, marks, from, it.end),
        }
    }

    /// Begins a future as it was begun before: at this instant of its parent, after this many of its commands. Unknown
    /// numbers begin it in the present future.
    pub fn begin_future(
        &mut self,
        parent: u32,
        shared: usize,
        at: SimTime,
        without: Option<Command>,
    ) {
        self.switch(parent);
        self.go_after(shared, at);
        self.fork(without);
    }

    /// In a future that was just begun: these are the named moments of its past, and not those that its parent has there.
    pub fn remember(&mut self, past: &[Named]) {
        let here = (self.position, self.applied, self.now());
        self.branch_mut().bookmarks.clear();
        for (at, commands, name) in past {
            // Never further than where it begins: it would have a future already.
            if (*at, *commands) < (here.2, here.1) {
                self.go_after(*commands, *at);
            }
            self.bookmark(name.clone());
            self.restore_to(here.0, here.1);
            self.idle_until(here.2);
        }
    }

    /// Goes to an instant of this future, after so many of its commands.
    fn go_after(&mut self, commands: usize, at: SimTime) {
        let commands = commands.max(1);
        let next = self.branch().commands.get(commands);
        match next.filter(|(given, ..)| *given <= at).map(|it| it.1) {
            Some(position) => {
                self.restore_to(position, commands);
                self.idle_until(at);
            }
            None => self.seek(at),
        }
    }

    /// Says where one was in another future when one looked away from it.
    pub fn left(&mut self, branch: u32, at: SimTime) {
        if let Some(it) = self.branches.get_mut(branch as usize) {
            it.left_at = at;
        }
    }
}
