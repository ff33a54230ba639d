//! A script becomes a running cluster, a little at a time, so that a long one neither freezes the page nor its reader.
//!
//! The session that is on the page stays until the new one is complete; refusing or stopping costs nothing.
//!
//! A script has one future, or all that there were: then a line `# future PARENT SHARED AT LEFT NAME` stands before the
//! commands of each (see [`rebalance_core::session::Recipe`]; instants in microseconds), `# now …` before those of the one
//! that is looked at, and `# without COMMAND` after the line of one that an undo began. `# past` and the lines `# mark AT COMMANDS NAME`
//! after it are the named moments before a future began, where its parent has others.

use crate::session::{CommandError, Named, Session, line};
use rebalance_core::command::{Command, ScriptParseError, parse_script};
use rebalance_core::id::Name;
use rebalance_core::time::SimTime;

/// A script that was read.
pub struct Script {
    /// Commands with the numbers of their lines.
    lines: Vec<(usize, Command)>,
    /// Where futures begin.
    heads: Vec<Head>,
}

/// Where a future begins.
#[derive(Debug)]
struct Head {
    /// Its line, from 1.
    line: usize,
    /// It is the one to look at.
    now: bool,
    parent: u32,
    shared: usize,
    at: SimTime,
    left: SimTime,
    name: Option<Name>,
    without: Option<Command>,
    past: Option<Vec<Named>>,
}

/// Reads a script.
///
/// # Errors
/// The line that cannot be read.
pub fn read(text: &str) -> Result<Script, ScriptParseError> {
    let mut heads: Vec<Head> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let (Some(taken), Some(last)) = (line.strip_prefix("# without "), heads.last_mut()) {
            last.without = taken.parse().ok();
        }
        if let Some(last) = heads.last_mut() {
            if line == "# past" {
                last.past = Some(Vec::new());
            } else if let Some(past) = &mut last.past {
                past.extend(named(line));
            }
        }
        heads.extend(head(at + 1, line));
    }
    Ok(Script {
        lines: parse_script(text)?,
        heads,
    })
}

fn head(at: usize, text: &str) -> Option<Head> {
    let now = text.strip_prefix("# now ");
    let rest = now.or_else(|| text.strip_prefix("# future "))?;
    let mut words = rest.splitn(5, ' ');
    let mut number = || words.next()?.parse::<u64>().ok();
    Some(Head {
        line: at,
        now: now.is_some(),
        parent: number()? as u32,
        shared: number()? as usize,
        at: SimTime(number()?),
        left: SimTime(number()?),
        name: words.next().filter(|it| !it.is_empty()).map(Name::from),
        without: None,
        past: None,
    })
}

fn named(text: &str) -> Option<Named> {
    let mut words = text.strip_prefix("# mark ")?.splitn(3, ' ');
    let mut number = || words.next()?.parse::<u64>().ok();
    let (at, commands) = (SimTime(number()?), number()? as usize);
    Some((at, commands, words.next()?.into()))
}

/// Everything about a session that a reload shall not lose: every future with its name and its named moments, and where one is.
pub fn whole(session: &Session) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for (it, view) in session.recipes().iter().zip(session.branches()) {
        let word = if view.current { "now" } else { "future" };
        let name = it.name.as_deref().unwrap_or_default().replace('\n', " ");
        let (at, left) = (it.at.0, it.left.0);
        let _ = writeln!(
            text,
            "# {word} {} {} {at} {left} {name}",
            it.parent, it.shared
        );
        if let Some(taken) = &it.without {
            let _ = writeln!(text, "# without {}", line(taken));
        }
        if let Some(past) = &it.past {
            text.push_str("# past\n");
            for (at, commands, name) in past {
                let _ = writeln!(
                    text,
                    "# mark {} {commands} {}",
                    at.0,
                    name.replace('\n', " ")
                );
            }
        }
        for command in &it.script {
            text.push_str(&line(command));
            text.push('\n');
        }
    }
    text
}

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
    heads: Vec<Head>,
    /// Heads that were reached.
    begun: usize,
    until: Option<SimTime>,
    /// Microseconds to let pass, in all; passed when `until` is reached.
    total: u64,
    passed: u64,
    events: u64,
}

impl Restore {
    /// Begins with the first command, which creates the cluster.
    pub fn begin(script: Script) -> Result<Self, Refusal> {
        let Script {
            lines: commands,
            heads,
        } = script;
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
            heads,
            begun: 0,
            until: None,
            total,
            passed: 0,
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
        let next = self.commands.get(self.next);
        let head = self.heads.get(self.begun);
        if head.is_some_and(|it| next.is_none_or(|(line, _)| it.line < *line)) {
            self.begin_future();
            return Progress::More(self.permille());
        }
        let Some((line, command)) = next else {
            self.end_future();
            self.look();
            return Progress::Done;
        };
        self.next += 1;
        match command {
            Command::Advance(span) => {
                self.until = Some(self.session.now() + *span);
                self.passed += span.0;
            }
            other => {
                if let Err(error) = self.session.apply(other.clone()) {
                    return Progress::Refused(Refusal::Command { line: *line, error });
                }
            }
        }
        Progress::More(self.permille())
    }

    /// The next future; the first is there from the beginning.
    fn begin_future(&mut self) {
        self.end_future();
        if let Some(it) = self.heads.get(self.begun).filter(|_| self.begun > 0) {
            let (at, without) = (it.at, it.without.clone());
            self.session.begin_future(it.parent, it.shared, at, without);
            if let Some(past) = &it.past {
                self.session.remember(past);
            }
            self.events = 0;
        }
        self.begun += 1;
    }

    /// The one that is complete gets its name.
    fn end_future(&mut self) {
        let Some(at) = self.begun.checked_sub(1) else {
            return;
        };
        let it = &self.heads[at];
        if let Some(name) = &it.name {
            self.session.rename(at as u32, name);
        }
    }

    /// Looks at the future that was looked at, where one was in it.
    fn look(&mut self) {
        for (at, it) in self.heads.iter().enumerate() {
            self.session.left(at as u32, it.left);
        }
        if let Some(now) = self.heads.iter().position(|it| it.now) {
            self.session.switch(now as u32);
            self.session.seek(self.heads[now].left);
        }
    }

    fn permille(&self) -> u32 {
        let ahead = self.until.map_or(0, |it| it.since(self.session.now()).0);
        let done = u128::from(self.passed.saturating_sub(ahead)) * 1_000;
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
        let mut restore = Restore::begin(read(text).expect("a script"))?;
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
    fn every_future_comes_back() {
        let mut mine = run(SCRIPT, 1_000).expect("it works");
        let do_it = |session: &mut Session, line: &str| {
            session
                .apply(line.parse().expect("a command"))
                .expect("fine");
        };
        do_it(&mut mine, "bookmark \"the end\"");
        mine.seek(SimTime(8_000_000));
        do_it(&mut mine, "broker crash 3");
        do_it(&mut mine, "advance 2s");
        do_it(&mut mine, "bookmark other");
        mine.rename(1, "what if 3");
        assert!(mine.undo(), "a future without the crash");
        do_it(&mut mine, "advance 1500ms");
        do_it(&mut mine, "broker crash 1");
        do_it(&mut mine, "advance 700ms");
        mine.switch(0);
        mine.seek(SimTime(4_000_000));
        mine.switch(1);
        mine.seek(SimTime(9_000_000));
        let text = whole(&mine);
        for events in [50, 100_000] {
            let mut theirs = run(&text, events).expect("it works");
            assert_eq!(theirs.branches(), mine.branches());
            assert_eq!(whole(&theirs), text);
            for id in [1, 0, 2, 1] {
                theirs.switch(id);
                mine.switch(id);
                assert_eq!(theirs.now(), mine.now(), "future {id}");
                assert_eq!(theirs.journal_hash(), mine.journal_hash(), "future {id}");
                assert_eq!(theirs.bookmarks(), mine.bookmarks(), "future {id}");
                assert_eq!(theirs.end(), mine.end(), "future {id}");
            }
        }
    }

    #[test]
    fn what_was_named_or_forgotten_in_a_shared_past_stays_so() {
        let mut mine = run(SCRIPT, 1_000).expect("it works");
        let mark = |session: &mut Session, at: u64, name: &str| {
            session.seek(SimTime(at));
            let line = format!("bookmark \"{name}\"");
            let done = session.apply(line.parse().expect("a command"));
            done.expect("fine");
        };
        mark(&mut mine, 3_000_000, "early");
        mark(&mut mine, 5_000_000, "both");
        mine.seek(SimTime(8_000_000));
        mine.apply("broker crash 3".parse().expect("a command"))
            .expect("a future of its own");
        mine.run_until(SimTime(9_000_000), u32::MAX);
        // The second future forgets one and names another; so does the first.
        mine.forget_bookmark(0);
        mark(&mut mine, 4_000_000, "mine only");
        mine.switch(0);
        mine.forget_bookmark(1);
        mark(&mut mine, 6_000_000, "theirs only");
        // A third one forgets all that it took over.
        mine.seek(SimTime(7_000_000));
        mine.apply("broker crash 1".parse().expect("a command"))
            .expect("a future of its own");
        while !mine.bookmarks().is_empty() {
            mine.forget_bookmark(0);
        }
        mine.run_until(SimTime(7_500_000), u32::MAX);
        let text = whole(&mine);
        let mut theirs = run(&text, 500).expect("it works");
        assert_eq!(whole(&theirs), text);
        assert_eq!(theirs.branches(), mine.branches());
        let names = |session: &mut Session, id: u32| -> Vec<String> {
            session.switch(id);
            let marks = session.bookmarks().iter();
            marks.map(|it| it.name.to_string()).collect()
        };
        let expected = [
            vec!["early", "theirs only"],
            vec!["mine only", "both"],
            vec![],
        ];
        for (id, expected) in (0..).zip(expected) {
            assert_eq!(names(&mut mine, id), expected, "future {id}");
            assert_eq!(names(&mut theirs, id), expected, "future {id}");
            assert_eq!(theirs.bookmarks(), mine.bookmarks(), "future {id}");
            assert_eq!(theirs.journal_hash(), mine.journal_hash(), "future {id}");
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
        let mut restore = Restore::begin(read(text).expect("a script")).expect("begins");
        restore.events = MAX_EVENTS;
        restore.work(10);
        assert_eq!(restore.work(10), Progress::Refused(Refusal::TooMuch));
    }
}
