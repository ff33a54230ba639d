//! Reading a script and running it headless: what `run` and `view` share.

use crate::Failure;
use rebalance_core::command::{Command, parse_script};
use rebalance_core::id::{Name, NodeId, TopicId};
use rebalance_core::scenario::{ExpectError, Names, Scene, check};
use rebalance_core::session::Session;
use rebalance_core::time::SimTime;
use std::io::Read;

/// Events of one `advance` at most; beyond that the cluster is in a loop and the script is refused.
const MAX_EVENTS: u32 = 200_000_000;

/// A script and where it came from.
#[derive(Debug)]
pub struct Script {
    /// As given; `-` is standard input.
    pub name: String,
    /// Commands and their lines.
    pub commands: Vec<(usize, Command)>,
}

/// An expectation that did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unmet {
    /// Line of the script.
    pub line: usize,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
}

/// How a run went.
#[derive(Debug)]
pub struct Ran {
    /// The cluster as it was left.
    pub session: Session,
    /// When the last command was given that was neither `advance` nor `expect`.
    acted: SimTime,
    /// Expectations that held.
    pub held: usize,
    /// Those that did not.
    pub unmet: Vec<Unmet>,
}

/// A session's names, for expectations and journals.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a>(pub &'a Session);

impl Names for Told<'_> {
    fn topic(&self, topic: TopicId) -> Name {
        self.0.topic_name(topic)
    }

    fn node(&self, node: NodeId) -> Name {
        self.0.node_name(node)
    }
}

impl Script {
    /// Reads a file, or standard input for `-`.
    ///
    /// # Errors
    /// When it cannot be read, or a line is not a command: with file, line, column and what would work.
    pub fn read(name: &str) -> Result<Self, Failure> {
        let mut text = String::new();
        let read = match name {
            "-" => std::io::stdin().read_to_string(&mut text).map(|_| ()),
            _ => std::fs::read_to_string(name).map(|t| text = t),
        };
        read.map_err(|e| Failure::bad_input(format!("cannot read {name}: {e}")))?;
        Self::parse(name, &text)
    }

    /// From a text.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(name: &str, text: &str) -> Result<Self, Failure> {
        let commands = parse_script(text).map_err(|e| {
            let at = format!("{name}:{}:{}", e.line, e.error.column);
            let shown = e.error.to_string();
            let shown = shown
                .split_once(": ")
                .map_or(shown.as_str(), |(_, rest)| rest);
            Failure::bad_input(format!("{at}: {shown}"))
        })?;
        Ok(Self {
            name: name.to_string(),
            commands,
        })
    }

    /// Runs it, at most up to an instant, and then on to that instant if the script ends before.
    ///
    /// # Errors
    /// When a command asks for something impossible at that moment: with file and line.
    pub fn run(&self, until: Option<SimTime>) -> Result<Ran, Failure> {
        let Some(((first_line, first), rest)) = self.commands.split_first() else {
            let name = &self.name;
            let why = "there is no command; a script begins with `cluster create`";
            return Err(Failure::bad_input(format!("{name}:1:1: {why}")));
        };
        let session = Session::new(std::slice::from_ref(first))
            .map_err(|e| self.refused(*first_line, &e.error))?;
        let mut ran = Ran {
            session,
            acted: SimTime::ZERO,
            held: 0,
            unmet: Vec::new(),
        };
        let end = until.unwrap_or(SimTime::MAX);
        for (line, command) in rest {
            if ran.session.now() >= end {
                break;
            }
            self.step(&mut ran, *line, command, end)?;
        }
        if let Some(end) = until {
            ran.session.run_until(end, MAX_EVENTS);
        }
        Ok(ran)
    }

    fn step(
        &self,
        ran: &mut Ran,
        line: usize,
        command: &Command,
        end: SimTime,
    ) -> Result<(), Failure> {
        match command {
            Command::Advance(span) => {
                let until = (ran.session.now() + *span).min(end);
                if !ran.session.run_until(until, MAX_EVENTS) {
                    let why =
                        format!("more than {MAX_EVENTS} events: the cluster does not come to rest");
                    return Err(self.refused(line, &why));
                }
            }
            Command::Expect(text) => ran.expect(line, text).map_err(|e| self.refused(line, &e))?,
            other => {
                let applied = ran.session.apply(other.clone());
                applied.map_err(|e| self.refused(line, &e))?;
                ran.acted = ran.session.now();
            }
        }
        Ok(())
    }

    fn refused(&self, line: usize, error: &dyn std::fmt::Display) -> Failure {
        Failure::bad_input(format!("{}:{line}: {error}", self.name))
    }
}

impl Ran {
    /// Checks an expectation. It only looks: the journal stays the same.
    fn expect(&mut self, line: usize, text: &str) -> Result<(), ExpectError> {
        let view = self.session.view();
        let scene = Scene {
            view: &view,
            entries: self.session.entries(),
            acted: self.acted,
            names: &Told(&self.session),
        };
        let check = check(text, &scene)?;
        match check.held {
            true => self.held += 1,
            false => self.unmet.push(Unmet {
                line,
                expected: check.expected,
                found: check.found,
            }),
        }
        Ok(())
    }
}

/// A duration option such as `--until 60s`.
///
/// # Errors
/// When it is not a duration.
pub fn instant(option: &str, text: &str) -> Result<SimTime, Failure> {
    match format!("advance {text}").parse() {
        Ok(Command::Advance(span)) => Ok(SimTime::ZERO + span),
        _ => Err(Failure::bad_input(format!(
            "{option} {text}: expected a time such as 30s, 1.5m or 500ms, at most 24h"
        ))),
    }
}
