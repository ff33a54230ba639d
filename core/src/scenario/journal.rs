//! Looks for entries of the journal.

use super::Scene;
use super::facts::{facts, kind};
use super::value::{Literal, Op, Value};
use crate::command::duration_text;
use crate::event::Entry;
use crate::time::SimTime;
use alloc::string::String;
use core::fmt;

use alloc::vec::Vec;

/// Which entries, how many, when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// Exactly so many; `None`: at least one.
    pub count: Option<usize>,
    /// The kind of event.
    pub kind: &'static str,
    /// All of these hold.
    pub filters: Vec<Filter>,
    /// In which time.
    pub when: When,
}

/// A condition on an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Filter {
    /// Some field has this value (or the entry's node this name).
    Any(Literal),
    /// This field compares so.
    Field(&'static str, Op, Literal),
}

/// A condition on an entry's time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum When {
    /// None.
    Ever,
    /// Counted from the last command that is neither `advance` nor `expect`; nothing before it.
    Within(Literal),
    /// Counted from the beginning.
    At(Literal),
}

/// At most this many entries are shown.
const SHOWN: usize = 3;

impl Pattern {
    /// Whether the journal has it; what fits, or if nothing does, what it has instead.
    pub(super) fn check(&self, scene: &Scene<'_>) -> (bool, String) {
        let start = scene.acted;
        let (mut hits, mut near) = (Vec::new(), Vec::new());
        for entry in scene.entries.iter().filter(|e| kind(&e.event) == self.kind) {
            if self.fits(entry, scene) && self.in_time(entry.at, start) {
                hits.push(entry);
            }
            if self.names_fit(entry, scene) {
                near.push(entry);
            }
        }
        let count = hits.len();
        let held = self.count.map_or(count > 0, |n| n == count);
        let told = if count > 0 { hits } else { near };
        (held, self.found(count, &told, start, scene))
    }

    /// An entry about the right things is worth showing, even if it says something else about them.
    fn names_fit(&self, entry: &Entry, scene: &Scene<'_>) -> bool {
        let mut names = self.filters.iter().filter(|f| matches!(f, Filter::Any(_)));
        names.all(|f| f.fits(entry, scene))
    }

    fn found(&self, hits: usize, told: &[&Entry], start: SimTime, scene: &Scene<'_>) -> String {
        let latest = told.iter().rev().take(SHOWN);
        let latest: Vec<String> = latest.map(|e| shown(e, start, scene)).collect();
        match (hits, latest.is_empty()) {
            (0, true) => alloc::format!("no {}", self.kind),
            (0, false) => alloc::format!("none; last: {}", latest.join("; ")),
            (n, _) => alloc::format!("{n}; last: {}", latest.join("; ")),
        }
    }

    fn fits(&self, entry: &Entry, scene: &Scene<'_>) -> bool {
        self.filters.iter().all(|f| f.fits(entry, scene))
    }

    fn in_time(&self, at: SimTime, start: SimTime) -> bool {
        match &self.when {
            When::Ever => true,
            When::At(span) => Value::Span(at.since(SimTime::ZERO)).compare(Op::In, span),
            When::Within(span) => at >= start && Value::Span(at.since(start)).compare(Op::In, span),
        }
    }
}

impl Filter {
    fn fits(&self, entry: &Entry, scene: &Scene<'_>) -> bool {
        let facts = facts(&entry.event, scene.names);
        let node = Value::maybe(entry.node.map(|n| scene.names.node(n)));
        match self {
            Self::Any(literal) => {
                let mut values = facts.fields.iter().map(|f| &f.1).chain([&node]);
                values.any(|v| v.compare(Op::Equal, literal))
            }
            Self::Field("node", op, literal) => node.compare(*op, literal),
            Self::Field(name, op, literal) => {
                let field = facts.fields.iter().find(|f| f.0 == *name);
                field.is_some_and(|f| f.1.compare(*op, literal))
            }
        }
    }
}

/// `LeaderElected orders-0 leader=2 … (after 8.2s)`.
fn shown(entry: &Entry, start: SimTime, scene: &Scene<'_>) -> String {
    let facts = facts(&entry.event, scene.names);
    let node = entry.node.map_or("user".into(), |n| scene.names.node(n));
    let when = match entry.at >= start {
        true => alloc::format!("{} after", duration_text(entry.at.since(start))),
        false => alloc::format!("{} before", duration_text(start.since(entry.at))),
    };
    alloc::format!(
        "{facts} node={node} at {} ({when} the last command)",
        entry.at
    )
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            None => f.write_str("event ")?,
            Some(0) => f.write_str("no event ")?,
            Some(n) => write!(f, "{n} events ")?,
        }
        f.write_str(self.kind)?;
        for filter in &self.filters {
            match filter {
                Filter::Any(literal) => write!(f, " {literal}")?,
                Filter::Field(name, op, literal)
                    if op.name().starts_with(|c: char| c.is_ascii_alphabetic()) =>
                {
                    write!(f, " {name} {} {literal}", op.name())?;
                }
                Filter::Field(name, op, literal) => write!(f, " {name}{}{literal}", op.name())?,
            }
        }
        match &self.when {
            When::Ever => Ok(()),
            When::Within(span) => write!(f, " within {span}"),
            When::At(span) => write!(f, " at {span}"),
        }
    }
}
