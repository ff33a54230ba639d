//! Values and literals, and how they compare.

use crate::command::duration_text;
use crate::command::values;
use crate::command::words::{Word, quote};
use crate::id::{BrokerId, Name, Offset};
use crate::time::Duration;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// What a term or a field of an event is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// There is none (written `none`).
    None,
    /// A number.
    Int(i64),
    /// A span of time, or an instant since the beginning.
    Span(Duration),
    /// A name or a word.
    Text(Name),
    /// `0:4`.
    Pair(i64, i64),
    /// `[1,2]`; the order counts.
    List(Vec<Value>),
}

impl Value {
    /// A word.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// `true` or `false`.
    pub fn bool(value: bool) -> Self {
        Self::text(if value { "true" } else { "false" })
    }

    /// An offset; negative ones mean "not known".
    pub fn offset(offset: Offset) -> Self {
        match offset {
            0.. => Self::Int(offset),
            _ => Self::None,
        }
    }

    /// Broker ids.
    pub fn brokers(ids: &[BrokerId]) -> Self {
        Self::List(ids.iter().map(|b| Self::from(*b)).collect())
    }

    /// A value that may be missing.
    pub fn maybe<T: Into<Self>>(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

impl From<BrokerId> for Value {
    fn from(id: BrokerId) -> Self {
        Self::Int(i64::from(id.0))
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<i32> for Value {
    fn from(n: i32) -> Self {
        Self::Int(i64::from(n))
    }
}

impl From<&Name> for Value {
    fn from(name: &Name) -> Self {
        Self::Text(name.clone())
    }
}

impl From<Name> for Value {
    fn from(name: Name) -> Self {
        Self::Text(name)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Int(n) => n.fmt(f),
            Self::Span(span) => f.write_str(&duration_text(*span)),
            Self::Text(text) if &**text == "none" => f.write_str("\"none\""),
            Self::Text(text) => f.write_str(&quote(text)),
            Self::Pair(a, b) => write!(f, "{a}:{b}"),
            Self::List(items) => write_list(f, items),
        }
    }
}

fn write_list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    f.write_str("[")?;
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    f.write_str("]")
}

/// What an expectation compares with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Literal {
    /// A word as written, and whether it was in quotes.
    Word(String, bool),
    /// `[a, b]`
    List(Vec<Literal>),
    /// `1..3`, both ends included; an end may be missing.
    Range(Option<String>, Option<String>),
}

/// How an expectation compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `in` a list or a range.
    In,
    /// A list `has` an item.
    Has,
    /// A list `lacks` an item.
    Lacks,
}

impl Op {
    /// Every operator as it is written.
    pub const ALL: [(&'static str, Self); 9] = [
        ("=", Self::Equal),
        ("!=", Self::Unequal),
        ("<", Self::Less),
        ("<=", Self::AtMost),
        (">", Self::More),
        (">=", Self::AtLeast),
        ("in", Self::In),
        ("has", Self::Has),
        ("lacks", Self::Lacks),
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|o| o.1 == self).map_or("", |o| o.0)
    }
}

impl Value {
    /// Whether `self op literal` holds. Kinds that do not compare never hold, except with `!=` and `lacks`.
    pub fn compare(&self, op: Op, literal: &Literal) -> bool {
        use core::cmp::Ordering::{Greater, Less};
        let order = || self.order(literal);
        match op {
            Op::Equal => self.equals(literal),
            Op::Unequal => !self.equals(literal),
            Op::Less => order() == Some(Less),
            Op::AtMost => order().is_some_and(|o| o != Greater),
            Op::More => order() == Some(Greater),
            Op::AtLeast => order().is_some_and(|o| o != Less),
            Op::In => self.is_in(literal),
            Op::Has => self.has(literal),
            Op::Lacks => matches!(self, Self::List(_)) && !self.has(literal),
        }
    }

    fn equals(&self, literal: &Literal) -> bool {
        match (self, literal) {
            (Self::List(items), Literal::List(wanted)) => {
                items.len() == wanted.len() && items.iter().zip(wanted).all(|(i, w)| i.equals(w))
            }
            (_, Literal::Range(..)) => self.is_in(literal),
            (Self::None, Literal::Word(word, quoted)) => !quoted && word == "none",
            (Self::Text(text), Literal::Word(word, quoted)) => {
                **text == **word && (*quoted || word != "none")
            }
            (Self::Pair(a, b), Literal::Word(word, false)) => *word == alloc::format!("{a}:{b}"),
            (Self::Int(_) | Self::Span(_), Literal::Word(..)) => {
                self.order(literal) == Some(core::cmp::Ordering::Equal)
            }
            _ => false,
        }
    }

    /// Compares numbers and spans.
    fn order(&self, literal: &Literal) -> Option<core::cmp::Ordering> {
        let Literal::Word(word, _) = literal else {
            return None;
        };
        self.order_word(word)
    }

    fn order_word(&self, word: &str) -> Option<core::cmp::Ordering> {
        match self {
            Self::Int(n) => Some(n.cmp(&word.parse().ok()?)),
            Self::Span(span) => Some(span.cmp(&span_of(word)?)),
            _ => None,
        }
    }

    fn is_in(&self, literal: &Literal) -> bool {
        use core::cmp::Ordering::{Greater, Less};
        match literal {
            Literal::List(items) => items.iter().any(|i| self.equals(i)),
            Literal::Range(low, high) => {
                let beyond = |end: &Option<String>, wrong| {
                    end.as_ref()
                        .is_none_or(|e| self.order_word(e).is_some_and(|o| o != wrong))
                };
                beyond(low, Less) && beyond(high, Greater)
            }
            Literal::Word(..) => self.equals(literal),
        }
    }

    fn has(&self, literal: &Literal) -> bool {
        matches!(self, Self::List(items) if items.iter().any(|i| i.equals(literal)))
    }
}

/// A duration as text.
pub(super) fn span_of(raw: &str) -> Option<Duration> {
    values::duration(Word { column: 1, raw }, "", Duration(u64::MAX)).ok()
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word, true) => {
                let quoted = quote(word);
                match quoted.starts_with('"') {
                    true => f.write_str(&quoted),
                    false => write!(f, "\"{quoted}\""),
                }
            }
            Self::Word(word, false) => f.write_str(word),
            Self::List(items) => write_list(f, items),
            Self::Range(low, high) => {
                let end =
                    |e: &Option<String>| e.as_ref().map_or(String::new(), ToString::to_string);
                write!(f, "{}..{}", end(low), end(high))
            }
        }
    }
}
