//! Lines of Kafka's own tools (`kafka-topics …`) in the terminal.
//!
//! The tools are a part ([`mod@crate::part`]) with a bench of its own ([`kit`]): it is given the session's script and answers
//! with what the tool prints and what the page's session is to do. A tool that asks the cluster for something waits: the
//! page looks again with every snapshot while time passes, and lets time pass itself while it stands still, as a tool in a
//! terminal blocks until it has its answer.

pub mod kit;

use crate::part::{self, Given, Part};
use crate::session::{Dispatch, Echo};
use crate::share;
use rebalance_core::command::Completion;
use rebalance_core::time::Duration;
use rebalance_tools::bench::Step;
pub use rebalance_tools::import::Import as Made;
use std::cell::Cell;

/// Between two looks while the page's time stands still.
const STEP: Duration = Duration::millis(100);
/// Looks at most, while time stands still: a quarter of an hour.
const LOOKS: u32 = 9_000;

thread_local! {
    /// A tool has not ended.
    static WAITING: Cell<bool> = const { Cell::new(false) };
}

/// What the tools can be asked. A script is the session's, up to the present moment.
pub trait Kit: Sync {
    /// Begins a line: what it says, what the page is to apply, whether to look again.
    fn begin(&self, script: &str, line: &str) -> Step;
    /// Looks whether the tool has ended.
    fn look(&self, script: &str) -> Step;
    /// Waits for nothing any more.
    fn interrupt(&self);
    /// What could come next in a line at this byte.
    fn complete(&self, script: &str, line: &str, cursor: usize) -> Vec<Completion>;
    /// The set-up as a file of this kind.
    fn exported(&self, script: &str, kind: &str) -> String;
    /// What becomes of pasted output.
    fn imported(&self, pasted: &str, in_chinese: bool) -> Made;
}

/// Whether a line calls one of Kafka's tools: by any path, also behind `echo … |`.
pub fn is_tool(line: &str) -> bool {
    line.split('|').any(|part| {
        let word = part.split_whitespace().next().unwrap_or_default();
        word.rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("kafka-"))
    })
}

/// Fetches the part, so that it is here when the line is ended; `done` when it is (or is not).
pub fn prepare(done: impl FnOnce(bool) + 'static) {
    part::fetch(Part::Tools, done);
}

/// The tools, if they are here.
pub fn here() -> Option<&'static dyn Kit> {
    match part::here(Part::Tools)? {
        Given::Tools(kit) => Some(kit),
        Given::Rooms(_) => None,
    }
}

/// What could come next in a tool's line; nothing before the part is here.
pub fn complete(line: &str, cursor: usize, dispatch: &Dispatch) -> Vec<Completion> {
    match here() {
        Some(kit) => kit.complete(&dispatch.with(share::script_of), line, cursor),
        None => Vec::new(),
    }
}

/// Runs a tool's line: fetches the part first if need be.
pub fn run(line: &str, dispatch: &Dispatch, playing: bool, not_fetched: &'static str) {
    let at = dispatch.with(|s| s.now());
    dispatch.print([Echo::Command {
        at,
        line: line.into(),
        click: false,
        refused: None,
    }]);
    let (line, dispatch) = (line.to_string(), dispatch.clone());
    prepare(move |_| {
        let Some(kit) = here() else {
            return dispatch.print([Echo::Complaint(not_fetched.into())]);
        };
        let step = kit.begin(&dispatch.with(share::script_of), &line);
        follow(kit, step, &dispatch);
        let mut looks = 0;
        while !playing && WAITING.get() && looks < LOOKS {
            looks += 1;
            dispatch.pass(STEP);
            look(&dispatch);
        }
    });
}

/// Looks whether the tool has ended; called with every snapshot.
pub fn look(dispatch: &Dispatch) {
    if WAITING.get()
        && let Some(kit) = here()
    {
        let step = kit.look(&dispatch.with(share::script_of));
        follow(kit, step, dispatch);
    }
}

/// Does what the tool says.
fn follow(kit: &'static dyn Kit, step: Step, dispatch: &Dispatch) {
    WAITING.set(false);
    let mut said = Vec::new();
    if !step.said.out.is_empty() {
        said.push(Echo::Tool(step.said.out.into()));
    }
    said.extend(step.said.hints.into_iter().map(|h| Echo::Hint(h.into())));
    if !said.is_empty() {
        dispatch.print(said);
    }
    for command in step.commands {
        if !dispatch.quietly(command) {
            kit.interrupt();
            return;
        }
    }
    WAITING.set(step.waiting);
}

#[cfg(test)]
mod tests {
    use super::is_tool;

    #[test]
    fn tools_are_told_from_commands() {
        for line in [
            "kafka-topics --list",
            "bin/kafka-topics.sh",
            "echo hi | kafka-console-producer --topic t",
        ] {
            assert!(is_tool(line), "{line}");
        }
        for line in ["topic create kafka-x", "broker crash 1", "", "|"] {
            assert!(!is_tool(line), "{line}");
        }
    }
}
