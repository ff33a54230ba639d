//! Plays a lesson's lines in the engine, without a page.

use rebalance_core::command::{Command, parse_script};
use rebalance_core::id::{Name, NodeId, TopicId};
use rebalance_core::scenario::{Check, Names, Scene, check};
use rebalance_core::session::Session;
use rebalance_core::time::SimTime;

/// Events of one `advance` at most.
const MAX_EVENTS: u32 = 50_000_000;

/// A cluster in the middle of a lesson.
#[derive(Debug)]
pub struct Play {
    session: Session,
    /// When the last command was given that did something.
    acted: SimTime,
}

/// A session's names.
#[derive(Clone, Copy)]
struct Told<'a>(&'a Session);

impl Names for Told<'_> {
    fn topic(&self, topic: TopicId) -> Name {
        self.0.topic_name(topic)
    }

    fn node(&self, node: NodeId) -> Name {
        self.0.node_name(node)
    }
}

impl Play {
    /// Runs a start script.
    ///
    /// # Errors
    /// The line that cannot be read, or was refused.
    pub fn new(start: &str) -> Result<Self, String> {
        let commands = parse_script(start).map_err(|e| format!("start: {e}"))?;
        let Some(((_, first), rest)) = commands.split_first() else {
            return Err("start: a script begins with `cluster create`".into());
        };
        let session = Session::new(std::slice::from_ref(first));
        let session = session.map_err(|e| format!("start: {}", e.error))?;
        let mut play = Self {
            session,
            acted: SimTime::ZERO,
        };
        for (number, command) in rest {
            play.carry_out(command)
                .map_err(|e| format!("start, line {number}: {e}"))?;
        }
        Ok(play)
    }

    /// Carries out one line.
    ///
    /// # Errors
    /// It cannot be read, was refused, or expects what does not hold.
    pub fn line(&mut self, line: &str) -> Result<(), String> {
        let command: Command = line.parse().map_err(|e| format!("`{line}`: {e}"))?;
        self.carry_out(&command)
            .map_err(|e| format!("`{line}`: {e}"))
    }

    fn carry_out(&mut self, command: &Command) -> Result<(), String> {
        match command {
            Command::Advance(span) => {
                let until = self.session.now() + *span;
                match self.session.run_until(until, MAX_EVENTS) {
                    true => Ok(()),
                    false => Err("the cluster does not come to rest".into()),
                }
            }
            Command::Expect(text) => match self.check(text)? {
                Check { held: true, .. } => Ok(()),
                Check { found, .. } => Err(format!("found {found} at {}", self.session.now())),
            },
            other => {
                let applied = self.session.apply(other.clone());
                applied.map_err(|e| e.to_string())?;
                self.acted = self.session.now();
                Ok(())
            }
        }
    }

    /// Checks an expectation.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn check(&self, expectation: &str) -> Result<Check, String> {
        let view = self.session.view();
        let scene = Scene {
            view: &view,
            entries: self.session.entries(),
            acted: self.acted,
            names: &Told(&self.session),
        };
        check(expectation, &scene).map_err(|e| format!("`{expectation}`: {e}"))
    }

    /// Whether all hold now. An empty list never does.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn met(&self, goals: &[String]) -> Result<bool, String> {
        for goal in goals {
            if !self.check(goal)?.held {
                return Ok(false);
            }
        }
        Ok(!goals.is_empty())
    }

    /// Goals with what was found instead, of those that do not hold.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn unmet(&self, goals: &[String]) -> Result<String, String> {
        let mut out = Vec::new();
        for goal in goals {
            let check = self.check(goal)?;
            if !check.held {
                out.push(format!("{goal} (found {})", check.found));
            }
        }
        Ok(out.join("; "))
    }

    /// Time since the beginning.
    pub fn now(&self) -> SimTime {
        self.session.now()
    }

    /// Names of the guarantees found broken so far.
    pub fn broken(&self) -> Vec<String> {
        let view = self.session.view();
        let mut names: Vec<String> = view
            .violations
            .iter()
            .map(|(_, v)| v.invariant.to_string())
            .collect();
        names.sort();
        names.dedup();
        names
    }
}
