//! A lesson's cluster beside the sandbox's: what may be done in it, which goals are looked for, and what waits meanwhile.
//!
//! Goals are expectations (the language of scripts). They are looked at after every event that says more than that a
//! message went off, after every command, and at the end of every frame, so that a step is done at the first instant at which all of its goals hold.

use super::{Echo, Session};
use rebalance_core::command::Command;
use rebalance_core::event::Event;
use rebalance_core::id::{Name, NodeId, TopicId};
use rebalance_core::scenario::{Expectation, Names, Scene};
use rebalance_core::time::SimTime;
use std::rc::Rc;

/// Events between two looks at the browser's clock.
const EVENTS: u32 = 64;

/// A session's names.
struct Told<'a>(&'a Session);

impl Names for Told<'_> {
    fn topic(&self, topic: TopicId) -> Name {
        self.0.topic_name(topic)
    }

    fn node(&self, node: NodeId) -> Name {
        self.0.node_name(node)
    }
}

/// What has become of a step's goals.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Goals {
    /// Whose goals: which opening of a lesson, and which step of it, from 0.
    pub of: (u32, usize),
    /// Which of them held when they were last looked at.
    pub held: Vec<bool>,
    /// The first instant at which all did.
    pub met: Option<SimTime>,
}

/// A step's goals, looked at as time passes.
pub struct Watch {
    /// Says which of them hold. Only the lessons make one: what reads and checks expectations is in their part of the page.
    holds: Box<dyn Fn(&Session) -> Vec<bool>>,
    /// What has become of them.
    pub goals: Rc<Goals>,
}

impl Watch {
    /// Watches for these. One that cannot be read never holds.
    pub fn new(of: (u32, usize), goals: &[String]) -> Self {
        let held = vec![false; goals.len()];
        let wanted: Vec<Option<Expectation>> = goals.iter().map(|it| it.parse().ok()).collect();
        Self {
            holds: Box::new(move |session| holding(&wanted, session)),
            goals: Rc::new(Goals {
                of,
                held,
                met: None,
            }),
        }
    }

    /// Looks, unless they were met before.
    pub fn look(&mut self, session: &Session) {
        if self.goals.met.is_some() || self.goals.held.is_empty() {
            return;
        }
        let now = session.now();
        let held = (self.holds)(session);
        if held != self.goals.held {
            let met = held.iter().all(|it| *it).then_some(now);
            let of = self.goals.of;
            self.goals = Rc::new(Goals { of, held, met });
        }
    }

    /// Lets time pass up to `until`, looking whenever something happened; false when there is more to do than a few events.
    fn pass(&mut self, session: &mut Session, until: SimTime) -> bool {
        for _ in 0..EVENTS {
            let before = session.entries().len();
            let there = session.run_until(until, 1);
            let news = session.entries().after(before).iter();
            let mut news =
                news.filter(|it| !matches!(it.event, Event::Sent { .. } | Event::Dropped { .. }));
            if there || news.next().is_some() {
                self.look(session);
            }
            if there {
                return true;
            }
        }
        false
    }
}

/// Which of these hold now.
fn holding(wanted: &[Option<Expectation>], session: &Session) -> Vec<bool> {
    let (view, acted) = (session.view(), acted(session));
    let scene = Scene {
        view: &view,
        entries: session.entries(),
        acted,
        names: &Told(session),
    };
    let holds = |it: &Option<Expectation>| it.as_ref().is_some_and(|it| it.check(&scene).held);
    wanted.iter().map(holds).collect()
}

/// When the last command was given.
fn acted(session: &Session) -> SimTime {
    let now = session.now();
    let given = session.commands().map(|(at, _)| at);
    given.take_while(|at| *at <= now).last().unwrap_or_default()
}

/// Lets time pass up to `until`: at most some events, so that the caller can look at the browser's clock.
pub(super) fn pass(
    session: &mut Session,
    watch: &mut Option<Watch>,
    until: SimTime,
    events: u32,
) -> bool {
    match watch {
        Some(watch) if watch.goals.met.is_none() => watch.pass(session, until),
        _ => session.run_until(until, events),
    }
}

/// The sandbox while a lesson is open.
pub(super) struct Aside {
    /// `None`: the lesson's cluster is not there yet, and the sandbox's still in its place.
    pub(super) session: Option<Session>,
    /// The lesson whose cluster is on the page.
    pub(super) here: Rc<str>,
    pub(super) playing: bool,
    pub(super) speed: u32,
    /// The terminal's lines.
    pub(super) echo: Rc<Vec<Echo>>,
    /// Commands the learner may give (`producer send`); empty: all.
    pub(super) allow: Vec<String>,
    /// Commands that the start script gave.
    pub(super) given: usize,
}

/// The two words a command begins with.
fn head(line: &str) -> &str {
    let mut blanks = line.match_indices(' ').map(|(at, _)| at);
    blanks.next();
    &line[..blanks.next().unwrap_or(line.len())]
}

/// Whether a lesson with this list lets a command through. Clients' commands are written without saying which kind of client.
pub fn allows(allow: &[String], line: &str) -> bool {
    let head = head(line);
    let same = |it: &String| match head.strip_prefix("client ") {
        Some(verb) => {
            it.ends_with(verb) && (it.starts_with("consumer ") || it.starts_with("producer "))
        }
        None => it == head,
    };
    // Letting time pass and naming a moment change nothing in the cluster.
    let free = ["advance", "bookmark"]
        .iter()
        .any(|it| head.starts_with(it));
    allow.is_empty() || free || allow.iter().any(same)
}

/// Commands up to now.
pub(super) fn given(session: &Session) -> usize {
    let script = session.script();
    let acts = |it: &&Command| !matches!(it, Command::Advance(_) | Command::Bookmark(_));
    script.iter().filter(acts).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::command::parse_script;
    use rebalance_core::time::Duration;

    fn session(text: &str) -> Session {
        let script = parse_script(text).expect("a script");
        let script: Vec<_> = script.into_iter().map(|(_, command)| command).collect();
        Session::new(&script).expect("it runs")
    }

    fn goals(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn a_goal_is_met_at_the_first_instant_it_holds() {
        let mut session = session(
            "cluster create brokers=3 seed=1\ntopic create orders partitions=1 replication=3\nproducer add p1 topic=orders rate=1/s\nadvance 3s\n",
        );
        let mut watch = Some(Watch::new(
            (1, 1),
            &goals(&["leo(orders-0) >= 5", "acked(p1) >= 5"]),
        ));
        let until = session.now() + Duration::secs(20);
        while !pass(&mut session, &mut watch, until, 100) {}
        let found = watch.expect("it is there").goals;
        assert_eq!(
            (found.of, found.held.as_slice()),
            ((1, 1), &[true, true][..])
        );
        let met = found.met.expect("the producer sends one a second");
        assert!(met < until, "{met}");
        session.seek(met);
        assert_eq!(session.now(), met);
        let mut again = Watch::new((1, 1), &goals(&["acked(p1) >= 5"]));
        again.look(&session);
        assert!(again.goals.met.is_some());
        session.step_back();
        let mut before = Watch::new((1, 1), &goals(&["acked(p1) >= 5"]));
        before.look(&session);
        assert_eq!(before.goals.met, None, "one event earlier it does not hold");
    }

    #[test]
    fn what_is_let_through_goes_by_the_first_two_words() {
        let allow = goals(&["producer send", "consumer crash"]);
        for line in [
            "producer send p1 value=x",
            "client crash c1",
            "advance 3s",
            "bookmark here",
        ] {
            assert!(allows(&allow, line), "{line}");
        }
        for line in [
            "producer set p1 rate=1/s",
            "client stop c1",
            "broker crash 1",
        ] {
            assert!(!allows(&allow, line), "{line}");
        }
        assert!(allows(&[], "broker crash 1"));
    }
}
