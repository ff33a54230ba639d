//! A script becomes a running cluster, a little at a time, so that a long one neither freezes the page nor its reader.
//!
//! The session that is on the page stays until the new one is complete; refusing or stopping costs nothing.

use crate::session::{CommandError, Session};
use rebalance_core::command::Command;
use rebalance_core::time::SimTime;

/// Events of one script at most: more than an hour of the first cluster.
pub const MAX_EVENTS: u64 = 6_000_000;

/// Why a script was refused.
#[derive(Clone, PartialEq, Debug)]
pub enum Refusal {
    /// There is no command in it.
    Empty,
    /// A command that makes no sense at its place.
    Command {
        /// Its line in the script, from 1.
        line: usize,
        /// Why.
        error: CommandError,
    },
    /// More than [`MAX_EVENTS`].
    TooMuch,
}

/// How far it is.
#[derive(Clone, PartialEq, Debug)]
pub enum Progress {
    /// Thousandths.
    More(u32),
    /// Everything has happened.
    Done,
    /// It cannot be done.
    Refused(Refusal),
}

/// A script underway.
#[derive(Debug)]
pub struct Restore {
    session: Session,
    commands: Vec<(usize, Command)>,
    next: usize,
    until: Option<SimTime>,
    total: u64,
    events: u64,
}

impl Restore {
    /// Begins with the first command, which creates the cluster.
    pub fn begin(commands: Vec<(usize, Command)>) -> Result<Self, Refusal> {
        let (line, first) = commands.first().ok_or(Refusal::Empty)?;
        let session = Session::new(std::slice::from_ref(first)).map_err(|e| Refusal::Command {
            line: *line,
            error: e.error,
        })?;
        let span = |c: &(usize, Command)| match c.1 {
            Command::Advance(span) => span.0,
            _ => 0,
        };
        let total = commands.iter().map(span).fold(0, u64::saturating_add);
        Ok(Self {
            session,
            commands,
            next: 1,
            until: None,
            total,
            events: 0,
        })
    }

    /// Does the next part: at most about this many events, or the commands up to the next `advance`.
    pub fn work(&mut self, events: u32) -> Progress {
        if let Some(until) = self.until {
            self.events += u64::from(events);
            if self.session.run_until(until, events) {
                self.until = None;
            } else if self.events > MAX_EVENTS {
                return Progress::Refused(Refusal::TooMuch);
            }
            return Progress::More(self.permille());
        }
        let Some((line, command)) = self.commands.get(self.next) else {
            return Progress::Done;
        };
        self.next += 1;
        match command {
            Command::Advance(span) => self.until = Some(self.session.now() + *span),
            other => {
                if let Err(error) = self.session.apply(other.clone()) {
                    return Progress::Refused(Refusal::Command { line: *line, error });
                }
            }
        }
        Progress::More(self.permille())
    }

    fn permille(&self) -> u32 {
        let done = u128::from(self.session.now().0) * 1_000;
        done.checked_div(u128::from(self.total))
            .map_or(0, |p| p.min(1_000) as u32)
    }

    /// The cluster as far as it has come.
    pub fn finish(self) -> Session {
        self.session
    }
}
