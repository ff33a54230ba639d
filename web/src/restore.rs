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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::share;
    use rebalance_core::command::parse_script;

    const SCRIPT: &str = "cluster create brokers=3 seed=42 preset=classroom\n\
        topic create orders partitions=3 replication=3 min.insync.replicas=2\n\
        producer add p1 topic=orders rate=5/s keys=alice,bob\n\
        consumer add c1 group=billing topics=orders\n\
        advance 9s\n\
        broker crash 2\n\
        advance 1234567us\n\
        producer send p1 key=\"爱丽丝\" value=\"<b>&\"\n\
        advance 33ms\n";

    fn run(text: &str, events: u32) -> Result<Session, Refusal> {
        let mut restore = Restore::begin(parse_script(text).expect("a script"))?;
        let mut last = 0;
        loop {
            match restore.work(events) {
                Progress::More(permille) => {
                    assert!((last..=1_000).contains(&permille), "progress goes on");
                    last = permille;
                }
                Progress::Done => return Ok(restore.finish()),
                Progress::Refused(refusal) => return Err(refusal),
            }
        }
    }

    #[test]
    fn a_shared_moment_is_the_very_same_moment() {
        let mine = run(SCRIPT, 1_000).expect("it works");
        assert!(!mine.view().flights.is_empty(), "messages are in flight");
        let link = share::encode(&share::script_of(&mine)).expect("short enough");
        // However the work is cut into parts.
        for events in [1, 77, 100_000] {
            let theirs = run(&share::decode(&link).expect("whole"), events).expect("it works");
            assert_eq!(theirs.now(), mine.now());
            assert_eq!(theirs.journal_hash(), mine.journal_hash());
            assert_eq!(theirs.view(), mine.view());
        }
    }

    #[test]
    fn a_refused_command_is_named_by_its_line() {
        let text = "cluster create brokers=3\n\n# nobody has this number\nbroker crash 9\n";
        let refusal = run(text, 1_000).expect_err("there is no broker 9");
        assert!(
            matches!(refusal, Refusal::Command { line: 4, .. }),
            "{refusal:?}"
        );
        assert_eq!(run("# nothing", 1_000).err(), Some(Refusal::Empty));
        let refusal = run("\nbroker crash 1\n", 1_000).expect_err("no cluster");
        assert!(matches!(refusal, Refusal::Command { line: 2, .. }));
    }

    #[test]
    fn a_script_that_would_never_end_is_refused() {
        let text = "cluster create brokers=3 preset=classroom\nadvance 24h\nadvance 24h\n";
        let mut restore = Restore::begin(parse_script(text).expect("a script")).expect("begins");
        restore.events = MAX_EVENTS;
        restore.work(10);
        assert_eq!(restore.work(10), Progress::Refused(Refusal::TooMuch));
    }
}
