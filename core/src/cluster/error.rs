//! Why a command was refused: the user asked for something that cannot be, and what would work.

use crate::config::ConfigError;
use crate::id::Name;
use alloc::vec::Vec;
use core::fmt;

/// A refusal; nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CommandError {
    /// The first command must be `cluster create`, and only the first.
    NoCluster,
    /// `cluster create` came again.
    ClusterExists,
    /// There is no such thing; these there are.
    Unknown {
        /// "broker", "topic", "partition", "producer", "consumer", "group", "client", "node".
        what: &'static str,
        /// What was asked for.
        name: Name,
        /// What there is.
        known: Vec<Name>,
    },
    /// The name is taken.
    AlreadyExists {
        /// "broker", "client".
        what: &'static str,
        /// The name.
        name: Name,
    },
    /// A setting's name or value is wrong.
    Config(ConfigError),
    /// A number out of range.
    OutOfRange {
        /// What it counts.
        what: &'static str,
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
        /// What was given.
        given: i64,
    },
    /// Something is missing.
    Missing {
        /// "group", "topics", "topic".
        what: &'static str,
    },
    /// Not in the state the process is in.
    NotNow {
        /// The process.
        name: Name,
        /// "running", "frozen", "down": what it is.
        is: &'static str,
        /// What it would have to be.
        wants: &'static str,
    },
}

impl CommandError {
    pub(super) fn out_of_range(what: &'static str, min: i64, max: i64, given: i64) -> Self {
        Self::OutOfRange {
            what,
            min,
            max,
            given,
        }
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCluster => f.write_str(
                "there is no cluster yet: begin with `cluster create brokers=3 seed=42`",
            ),
            Self::ClusterExists => {
                f.write_str("the cluster exists already; `cluster create` is the first line only")
            }
            Self::Unknown { what, name, known } if known.is_empty() => {
                write!(f, "no {what} `{name}`; there is none yet")
            }
            Self::Unknown { what, name, known } => {
                write!(f, "no {what} `{name}`; there is {}", known.join(", "))
            }
            Self::AlreadyExists { what, name } => write!(f, "{what} `{name}` exists already"),
            Self::Config(error) => error.fmt(f),
            Self::OutOfRange {
                what,
                min,
                max,
                given,
            } => write!(f, "{what} is {given}: must be from {min} to {max}"),
            Self::Missing { what } => write!(f, "say {what}=…"),
            Self::NotNow { name, is, wants } => write!(f, "{name} is {is}; this needs it {wants}"),
        }
    }
}

impl core::error::Error for CommandError {}
