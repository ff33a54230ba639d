//! Runs a script and checks every invariant after every event; if it ends in calm, also what must have come true by then.

use super::calm::{self, Scars};
use rebalance_core::cluster::Cluster;
use rebalance_core::command::Command;
use rebalance_core::invariants::Monitor;
use rebalance_core::time::{Duration, SimTime};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A minute of virtual time takes far fewer events; more mean that messages chase each other without end.
const MAX_EVENTS: u64 = 3_000_000;

/// A guarantee that did not hold; a panic of the engine counts as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: &'static str,
    /// When.
    pub at: SimTime,
    /// What was seen.
    pub evidence: String,
}

/// How a script went.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Events processed.
    pub events: u64,
    /// The first broken guarantee, if any.
    pub broken: Option<Broken>,
}

/// Runs a script until its end, or until a guarantee breaks. Commands that are impossible when they come are left out.
pub fn judge(script: &[String]) -> Judged {
    let commands: Vec<Command> = script.iter().filter_map(|line| line.parse().ok()).collect();
    let run = catch_unwind(AssertUnwindSafe(|| run(&commands)));
    run.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        let broken = Broken {
            invariant: "no-panic",
            at: SimTime::ZERO,
            evidence: text.unwrap_or("the engine panicked").to_string(),
        };
        Judged {
            events: 0,
            broken: Some(broken),
        }
    })
}

fn run(commands: &[Command]) -> Judged {
    let Some(Ok(cluster)) = commands.first().map(Cluster::new) else {
        return Judged::default();
    };
    let mut court = Court {
        cluster,
        monitor: Monitor::default(),
        scars: Scars::default(),
        broken: None,
    };
    court.look();
    let mut quiet = Duration::ZERO;
    for (number, command) in commands.iter().enumerate().skip(1) {
        match command {
            Command::Advance(span) => {
                court.advance(court.cluster.now() + *span);
                quiet.0 += span.0;
            }
            other => {
                quiet = Duration::ZERO;
                // What cannot be right now is left out; the next command may be possible again.
                let _ = court.cluster.apply(number as u32, other);
                court.look();
            }
        }
        if court.broken.is_some() {
            break;
        }
    }
    let unsettled = || calm::unsettled(&court.cluster, &court.monitor, &court.scars, quiet);
    Judged {
        events: court.cluster.totals().events,
        broken: court.broken.or_else(unsettled),
    }
}

struct Court {
    cluster: Cluster,
    monitor: Monitor,
    scars: Scars,
    broken: Option<Broken>,
}

impl Court {
    fn advance(&mut self, until: SimTime) {
        while self.broken.is_none() && self.cluster.next_at().is_some_and(|at| at <= until) {
            self.cluster.step();
            self.look();
            self.stay_calm();
        }
        if self.broken.is_none() {
            self.cluster.run_until(until);
        }
    }

    fn stay_calm(&mut self) {
        let events = self.cluster.totals().events;
        if events > MAX_EVENTS && self.broken.is_none() {
            self.broken = Some(Broken {
                invariant: "no-livelock",
                at: self.cluster.now(),
                evidence: format!("{events} events"),
            });
        }
    }

    fn look(&mut self) {
        for entry in self.cluster.outbox() {
            self.scars.note(&entry.event);
            let found = self.monitor.observe(entry, &self.cluster);
            if let Some(violation) = found.into_iter().next() {
                self.broken = Some(Broken {
                    invariant: violation.invariant,
                    at: entry.at,
                    evidence: violation.evidence.to_string(),
                });
                break;
            }
        }
        self.cluster.clear_outbox();
    }
}
