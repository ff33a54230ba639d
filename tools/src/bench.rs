//! A bench for tools beside a session that lives elsewhere (on the page): it is told the session's script, plays it, and
//! keeps what it played, so that the next call costs only what has happened since.

use crate::plan::{Plan, Said, Wait, plan};
use rebalance_core::command::{Command, parse_script};
use rebalance_core::session::Session;
use rebalance_core::time::{Duration, SimTime};

/// Commands with the time that passes before each, and the time after the last.
type Timed = (Vec<(Duration, Command)>, Duration);

fn timed(script: impl IntoIterator<Item = Command>) -> Timed {
    let mut clock = Duration::ZERO;
    let mut commands = Vec::new();
    for command in script {
        match command {
            Command::Advance(span) => clock = Duration(clock.0 + span.0),
            command => commands.push((clock, command)),
        }
    }
    (commands, clock)
}

/// What the page is to do next.
#[derive(Debug, Default)]
pub struct Step {
    /// What was said.
    pub said: Said,
    /// To be applied to the page's session, now.
    pub commands: Vec<Command>,
    /// The tool has not ended: look again when time has passed.
    pub waiting: bool,
}

/// The bench.
#[derive(Debug, Default)]
pub struct Bench {
    session: Option<Session>,
    played: Timed,
    /// What a tool waits for, the journal's length and the instant when its commands were given.
    wait: Option<(Wait, usize, SimTime)>,
}

impl Bench {
    /// Nothing played yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The session at the end of this script.
    ///
    /// # Errors
    /// The script cannot be read or carried out.
    pub fn session(&mut self, script: &str) -> Result<&Session, String> {
        let commands = parse_script(script).map_err(|e| e.to_string())?;
        let wanted = timed(commands.into_iter().map(|(_, c)| c));
        if !self.continues(&wanted) {
            let first: Vec<Command> = wanted
                .0
                .first()
                .map(|(_, c)| c.clone())
                .into_iter()
                .collect();
            self.session = Some(Session::new(&first).map_err(|e| e.error.to_string())?);
            self.played = (wanted.0[..1].to_vec(), Duration::ZERO);
        }
        self.go_on(wanted)?;
        self.session.as_ref().ok_or_else(|| "no session".into())
    }

    /// Whether what was played is the beginning of this.
    fn continues(&self, wanted: &Timed) -> bool {
        let (done, clock) = &self.played;
        let next = wanted.0.get(done.len()).map_or(wanted.1, |(at, _)| *at);
        !done.is_empty() && wanted.0.starts_with(done) && next >= *clock && self.session.is_some()
    }

    fn go_on(&mut self, (commands, end): Timed) -> Result<(), String> {
        let Some(session) = &mut self.session else {
            return Ok(());
        };
        let start = session.start();
        let until = |session: &mut Session, at: Duration| {
            while !session.run_until(start + at, u32::MAX) {}
        };
        for (at, command) in commands.iter().skip(self.played.0.len()) {
            until(session, *at);
            session.apply(command.clone()).map_err(|e| e.to_string())?;
        }
        until(session, end);
        self.played = (commands, end);
        Ok(())
    }

    /// Begins a line at the end of this script.
    ///
    /// # Errors
    /// The script cannot be read or carried out.
    pub fn begin(&mut self, script: &str, line: &str) -> Result<Step, String> {
        let session = self.session(script)?;
        let Plan {
            said,
            commands,
            wait,
        } = plan(session, line);
        let (from, now) = (session.entries().len(), session.now());
        let waiting = wait.is_some();
        self.wait = wait.map(|w| (w, from, now));
        Ok(Step {
            said,
            commands,
            waiting,
        })
    }

    /// Looks again, at the end of this script, whether the tool has ended.
    ///
    /// # Errors
    /// The script cannot be read or carried out.
    pub fn look(&mut self, script: &str) -> Result<Step, String> {
        let Some((wait, from, began)) = self.wait.take() else {
            return Ok(Step::default());
        };
        let session = self.session(script)?;
        let now = session.now();
        if now < began {
            let said = Said::default().hint("interrupted: this is before the line was given");
            return Ok(Step {
                said,
                ..Step::default()
            });
        }
        let done = match wait.check(session, from) {
            Some(done) => done,
            None if now.since(began) < wait.patience => {
                self.wait = Some((wait, from, began));
                return Ok(Step {
                    waiting: true,
                    ..Step::default()
                });
            }
            None => wait.late(),
        };
        let from = session.entries().len();
        let waiting = done.then.is_some();
        self.wait = done.then.map(|then| (*then, from, now));
        Ok(Step {
            said: done.said,
            commands: done.commands,
            waiting,
        })
    }

    /// Waits for nothing any more.
    pub fn interrupt(&mut self) {
        self.wait = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page with a session of its own, told only by commands.
    #[test]
    fn a_line_given_in_steps_ends_as_one_given_at_once() {
        let script = "cluster create brokers=3 seed=4 preset=classroom";
        let line =
            "kafka-topics --bootstrap-server localhost:9092 --create --topic orders --partitions 3";
        let create: Command = script.parse().unwrap();
        let mut page = Session::new(&[create]).unwrap();
        let text = |s: &Session| {
            s.script()
                .iter()
                .map(|c| format!("{c}\n"))
                .collect::<String>()
        };
        let mut bench = Bench::new();
        let mut step = bench.begin(&text(&page), line).unwrap();
        let mut out = step.said.out.clone();
        let mut looks = 0;
        loop {
            for command in step.commands {
                page.apply(command).unwrap();
            }
            if !step.waiting {
                break;
            }
            let next = page.now() + Duration::millis(50);
            page.run_until(next, u32::MAX);
            step = bench.look(&text(&page)).unwrap();
            out += &step.said.out;
            looks += 1;
        }
        assert_eq!(out, "Created topic orders.\n");
        assert!(looks > 2, "the controller is some way off");
        assert_eq!(
            bench.session(&text(&page)).unwrap().journal_hash(),
            page.journal_hash()
        );
    }

    #[test]
    fn going_back_interrupts() {
        let mut bench = Bench::new();
        let later = "cluster create brokers=1 controllers=1 seed=4\nadvance 5s\n";
        let step = bench
            .begin(
                later,
                "kafka-topics --bootstrap-server a:1 --create --topic x",
            )
            .unwrap();
        assert!(step.waiting);
        let step = bench
            .look("cluster create brokers=1 controllers=1 seed=4\nadvance 1s\n")
            .unwrap();
        assert!(!step.waiting && step.said.hints[0].contains("interrupted"));
    }
}
