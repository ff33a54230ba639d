//! Kafka's tools themselves: the part that is fetched when a line of one is typed first.
//!
//! The page owns the session; this owns a bench that plays the same script, so that a tool can look at a cluster without
//! holding the page's.

use super::{Kit, Made};
use rebalance_core::command::Completion;
use rebalance_tools::bench::{Bench, Step};
use rebalance_tools::export::{Kind, export};
use rebalance_tools::import::{chinese, import};
use std::cell::RefCell;

thread_local! {
    static BENCH: RefCell<Bench> = RefCell::default();
}

/// All tools.
pub struct All;

/// All tools.
pub static ALL: All = All;

fn told(step: Result<Step, String>) -> Step {
    step.unwrap_or_else(|error| {
        let mut step = Step::default();
        step.said.hints.push(error);
        step
    })
}

impl Kit for All {
    fn begin(&self, script: &str, line: &str) -> Step {
        BENCH.with_borrow_mut(|bench| told(bench.begin(script, line)))
    }

    fn look(&self, script: &str) -> Step {
        BENCH.with_borrow_mut(|bench| told(bench.look(script)))
    }

    fn interrupt(&self) {
        BENCH.with_borrow_mut(Bench::interrupt);
    }

    fn complete(&self, script: &str, line: &str, cursor: usize) -> Vec<Completion> {
        BENCH.with_borrow_mut(|bench| match bench.session(script) {
            Ok(session) => rebalance_tools::complete(line, cursor, &session.view()),
            Err(_) => Vec::new(),
        })
    }

    fn exported(&self, script: &str, kind: &str) -> String {
        let kind = Kind::named(kind).unwrap_or(Kind::Script);
        BENCH.with_borrow_mut(|bench| match bench.session(script) {
            Ok(session) => export(session, kind),
            Err(error) => error,
        })
    }

    fn imported(&self, pasted: &str, in_chinese: bool) -> Made {
        let made = import(pasted);
        if in_chinese { chinese(made) } else { made }
    }
}
