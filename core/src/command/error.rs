//! What is wrong with a line, where, and what would work: as data, so that a page can say it in its own language.

use crate::config::ConfigError;
use crate::scenario::ExpectFault;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A line that is not a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// Where, in characters from 1.
    pub column: usize,
    /// What is wrong.
    pub kind: ParseErrorKind,
    /// What would work there, nearest first; may be empty.
    pub expected: Vec<String>,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParseErrorKind {
    /// Nothing but blanks and comments.
    Empty,
    /// No command begins with this word.
    UnknownNoun(String),
    /// This noun has no such verb.
    UnknownVerb {
        /// The noun.
        noun: &'static str,
        /// What was written.
        given: String,
    },
    /// The line ends before something it needs.
    Missing(&'static str),
    /// A word too many.
    Superfluous(String),
    /// No such key (and no such setting) here.
    UnknownKey(String),
    /// The same key twice.
    DuplicateKey(String),
    /// Not a value of this kind.
    BadValue {
        /// The key, or what stands here.
        what: String,
        /// What was written.
        given: String,
    },
    /// A number outside its range.
    OutOfRange {
        /// The key, or what stands here.
        what: String,
        /// Smallest.
        min: i64,
        /// Largest.
        max: u64,
        /// What was written.
        given: String,
    },
    /// A name that cannot be one.
    BadName {
        /// Of what.
        kind: NameKind,
        /// What was written.
        given: String,
    },
    /// Node ids and `admin` cannot name a client: links could not tell them apart.
    ReservedName(String),
    /// A setting that does not exist or does not take this value.
    Setting(ConfigError),
    /// A quote is not closed.
    UnclosedQuote,
    /// A backslash before something that is not an escape.
    BadEscape(String),
    /// More than the limit.
    TooMany {
        /// Of what: `items`, `bytes`, `commands`.
        what: &'static str,
        /// The limit.
        max: usize,
        /// How many there are.
        given: usize,
    },
    /// An expectation that cannot be read.
    BadExpectation(ExpectFault),
}

/// What a name names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameKind {
    /// Letters, digits, `.`, `_` and `-`, at most 249, neither `.` nor `..`.
    Topic,
    /// `topic-number`.
    Partition,
    /// Any text without control characters, at most 255 characters.
    Other,
}

impl ParseError {
    pub(crate) fn new<T: ToString>(
        column: usize,
        kind: ParseErrorKind,
        expected: impl IntoIterator<Item = T>,
    ) -> Self {
        let expected = expected.into_iter().map(|e| e.to_string()).collect();
        Self {
            column,
            kind,
            expected,
        }
    }
}

impl fmt::Display for ParseErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "there is no command here"),
            Self::UnknownNoun(given) => write!(f, "no command begins with `{given}`"),
            Self::UnknownVerb { noun, given } => write!(f, "`{noun}` cannot `{given}`"),
            Self::Missing(what) => write!(f, "{what} is missing"),
            Self::Superfluous(given) => write!(f, "`{given}` is one word too many"),
            Self::UnknownKey(given) => write!(f, "there is no key `{given}` here"),
            Self::DuplicateKey(key) => write!(f, "`{key}` is given twice"),
            Self::BadValue { what, given } => write!(f, "{what} cannot be `{given}`"),
            Self::OutOfRange {
                what,
                min,
                max,
                given,
            } => write!(f, "{what} = {given} is not between {min} and {max}"),
            Self::BadName { kind, given } => write!(f, "`{given}` cannot name a {kind}"),
            Self::ReservedName(given) => {
                write!(f, "`{given}` names a node; a client needs another name")
            }
            Self::Setting(ConfigError::UnknownName(name, _)) => {
                write!(f, "there is no setting `{name}` here")
            }
            Self::Setting(ConfigError::BadValue { def, given }) => {
                write!(f, "{} cannot be `{given}`", def.name)
            }
            Self::Setting(rule @ ConfigError::Rule { .. }) => rule.fmt(f),
            Self::UnclosedQuote => write!(f, "the quote is not closed"),
            Self::BadEscape(given) => write!(f, "{given} has a backslash that escapes nothing"),
            Self::TooMany { what, max, given } => {
                write!(f, "{given} {what}, the limit is {max}")
            }
            Self::BadExpectation(fault) => fault.fmt(f),
        }
    }
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Topic => "topic",
            Self::Partition => "partition",
            Self::Other => "client, group or rack",
        })
    }
}

impl fmt::Display for ParseError {
    /// `column 8: no command begins with `borker`; expected broker`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.kind)?;
        match self.expected.as_slice() {
            [] => Ok(()),
            [one] => write!(f, "; expected {one}"),
            [most @ .., last] => write!(f, "; expected {} or {last}", most.join(", ")),
        }
    }
}

/// The first line of a script that is not a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptParseError {
    /// From 1.
    pub line: usize,
    /// What is wrong in that line.
    pub error: ParseError,
}

impl fmt::Display for ScriptParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}", self.line, self.error)
    }
}

impl core::error::Error for ParseError {}
impl core::error::Error for ScriptParseError {}

/// The known words nearest to a given one, at most three; all of them if none is near and they are few.
pub(crate) fn nearest<'a>(known: impl IntoIterator<Item = &'a str>, given: &str) -> Vec<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    let mut scored: Vec<(usize, &str)> = known.iter().map(|k| (distance(k, given), *k)).collect();
    crate::sorted::sort(&mut scored);
    let limit = (given.chars().count() / 3).max(2);
    let near = |(d, k): &(usize, &str)| {
        *d <= limit || (!given.is_empty() && (k.starts_with(given) || given.starts_with(*k)))
    };
    let found: Vec<&str> = scored
        .iter()
        .filter(|s| near(s))
        .map(|s| s.1)
        .take(3)
        .collect();
    if found.is_empty() && known.len() <= 16 {
        known
    } else {
        found
    }
}

/// Single-character edits (insert, drop, change) between two words; long words count as far.
fn distance(a: &str, b: &str) -> usize {
    if a.len().max(b.len()) > 64 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let change = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
