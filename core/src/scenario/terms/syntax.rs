//! How a term is read and written: its arguments, checked against what the table says it takes.

use super::TermKind;
use crate::command::PartitionName;
use crate::command::values::partition_name;
use crate::command::words::quote;
use crate::id::{BrokerId, Name};
use crate::scenario::Scene;
use crate::scenario::value::Value;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// What a term takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Take {
    Partition,
    /// May be left out.
    Broker,
    Node,
    Name,
    /// May be left out.
    OptionalName,
    /// May be left out.
    OptionalPartition,
}

/// An argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) enum Arg {
    Partition(PartitionName),
    Node(BrokerId),
    Name(Name),
}

pub(in crate::scenario) type Found = Result<Value, String>;

/// A term with its arguments.
#[derive(Clone, Debug)]
pub struct Term {
    kind: &'static TermKind,
    args: Vec<Arg>,
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name && self.args == other.args
    }
}

impl Eq for Term {}

impl Term {
    /// Checks the arguments; the error is the index of the bad one, what it was, and how the term is used.
    pub(in crate::scenario) fn new(
        kind: &'static TermKind,
        words: &[String],
    ) -> Result<Self, (usize, String, &'static str)> {
        let mut args = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let arg = kind.takes.get(index).and_then(|take| take.read(word));
            args.push(arg.ok_or_else(|| (index, word.clone(), kind.usage))?);
        }
        let optional = |t: &Take| {
            matches!(
                t,
                Take::Broker | Take::OptionalName | Take::OptionalPartition
            )
        };
        if !kind.takes[args.len()..].iter().all(optional) {
            return Err((args.len(), String::new(), kind.usage));
        }
        Ok(Self { kind, args })
    }

    /// What it is, or why it is nothing.
    pub(in crate::scenario) fn evaluate(&self, scene: &Scene<'_>) -> Found {
        (self.kind.evaluate)(scene, &self.args)
    }
}

impl Take {
    fn read(self, word: &str) -> Option<Arg> {
        match self {
            Self::Partition | Self::OptionalPartition => partition_name(word).map(Arg::Partition),
            Self::Broker | Self::Node => word.parse().ok().map(|id| Arg::Node(BrokerId(id))),
            Self::Name | Self::OptionalName => Some(Arg::Name(word.into())),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name)?;
        let args: Vec<String> = self.args.iter().map(ToString::to_string).collect();
        match args.is_empty() {
            true => Ok(()),
            false => write!(f, "({})", args.join(", ")),
        }
    }
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partition(tp) => tp.fmt(f),
            Self::Node(id) => write!(f, "broker {id}"),
            Self::Name(name) => f.write_str(&quote(name)),
        }
    }
}
