//! Expectations: what a script or a lesson says must hold at an instant, and what was found instead.
//!
//! `isr(orders-0) = [1,2]` compares a *term* over the view with a literal; `event LeaderElected orders-0 leader=2
//! within 7s..9s` looks for a journal entry. [`parse`] reads both, [`terms`] is the table of terms, [`mod@facts`] turns
//! events into names and values (the JSON journal uses it too), [`journal`] searches, [`value`] compares.
//! `docs/SCRIPTS.md` lists everything.
//!
//! An expectation only looks: checking it never changes the cluster.

mod facts;
mod journal;
mod parse;
mod terms;
mod value;
mod walks;

pub use facts::{Facts, event_fields, facts};
pub use parse::{ExpectError, ExpectFault, Expectation};
pub use terms::{Term, term_names, term_usages};

pub use value::Value;

use crate::event::{Entries, Entry, Event};
use crate::id::{Name, NodeId, TopicId};
use crate::time::SimTime;
use crate::view::View;
use alloc::string::{String, ToString};

/// Names of things that events know only by number.
pub trait Names {
    /// A topic's name, also after it was deleted.
    fn topic(&self, topic: TopicId) -> Name;
    /// A node's: `1`, `101`, `p1`, `admin`.
    fn node(&self, node: NodeId) -> Name;
}

/// What an expectation may look at.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The cluster now.
    pub view: &'a View,
    /// What happened until now.
    pub entries: Entries<'a>,
    /// When the last command was given that did something: neither `advance` nor `expect`.
    pub acted: SimTime,
    /// Names.
    pub names: &'a dyn Names,
}

impl core::fmt::Debug for Scene<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Scene at {}", self.view.now)
    }
}

/// The outcome of an expectation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// It holds.
    pub held: bool,
    /// What was expected, in the language of expectations.
    pub expected: String,
    /// What was found, likewise; or why nothing could be found.
    pub found: String,
}

impl Scene<'_> {
    /// Entries of a node.
    fn told_by(&self, node: NodeId) -> impl Iterator<Item = &Event> {
        let mine = move |e: &&Entry| e.node == Some(node);
        self.entries.iter().filter(mine).map(|e| &e.event)
    }
}

/// Checks the text after `expect`.
///
/// # Errors
/// When the text is not an expectation; whether it *holds* is in the answer.
pub fn check(text: &str, scene: &Scene<'_>) -> Result<Check, ExpectError> {
    Ok(text.parse::<Expectation>()?.check(scene))
}

impl Expectation {
    /// Whether it holds, and what was found.
    pub fn check(&self, scene: &Scene<'_>) -> Check {
        let (held, found) = match self {
            Self::Compare { term, op, literal } => match term.evaluate(scene) {
                Ok(value) => (value.compare(*op, literal), value.to_string()),
                Err(why) => (false, why),
            },
            Self::Journal(pattern) => pattern.check(scene),
        };
        Check {
            held,
            expected: self.to_string(),
            found,
        }
    }
}
