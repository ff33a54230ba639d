//! Settings with Kafka's names, defaults, ranges and units.
//!
//! Every value is an `i64`: a number, a bool (0/1), the index of a choice, or a list of choices. Text goes in and
//! comes out as Kafka writes it. Beside Kafka's defaults stands one preset, "classroom": shorter timeouts and
//! slower links, so that a lesson does not wait 45 seconds for a session to expire; it is always labelled.

pub mod iso;
mod rules;
mod sets;

pub use rules::{Relation, Rule};
pub use sets::{
    BrokerConfig, ConsumerConfig, GroupConfig, NetworkConfig, ProducerConfig, TopicConfig,
};

use crate::id::Name;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// Which defaults a cluster starts from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Preset {
    /// Kafka's own defaults.
    #[default]
    Kafka,
    /// Shorter timeouts and slower links, for learning.
    Classroom,
}

impl Preset {
    /// As commands write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kafka => "kafka",
            Self::Classroom => "classroom",
        }
    }
}

/// What values a setting takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A whole number between these, both included.
    Int(i64, i64),
    /// A number from 0 to 1, in thousandths.
    Ratio,
    /// `true` or `false`.
    Bool,
    /// One of these.
    Choice(&'static [&'static str]),
    /// One of these, or `by_duration:` and an ISO-8601 duration.
    Since(&'static [&'static str]),
    /// One or more of these, in order, separated by commas.
    List(&'static [&'static str]),
}

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Nothing in particular.
    None,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Bytes.
    Bytes,
    /// Thousandths.
    PerMille,
}

/// One setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Def {
    /// Kafka's name.
    pub name: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// What it counts.
    pub unit: Unit,
    /// Kafka's default.
    pub default: i64,
    /// The classroom preset's value.
    pub classroom: i64,
}

/// Why a setting was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConfigError {
    /// No setting of this name here; the nearest names.
    UnknownName(String, Vec<&'static str>),
    /// A value that the setting does not take.
    BadValue {
        /// The setting.
        def: &'static Def,
        /// What was given.
        given: String,
    },
    /// Two settings do not go together. `limit` is the value of the second.
    Rule {
        /// What is broken.
        rule: &'static Rule,
        /// The value of its second setting.
        limit: i64,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName(name, near) => {
                write!(f, "no setting `{name}` here; nearest: {}", near.join(", "))
            }
            Self::BadValue { def, given } => {
                write!(f, "{} = `{given}`: expected {}", def.name, def.expected())
            }
            Self::Rule { rule, limit } => {
                let (left, relation, right) = (rule.left, rule.relation.words(), rule.right);
                write!(f, "{left} must be {relation} {right}, which is {limit}")
            }
        }
    }
}

impl Def {
    /// What values work, in words.
    pub fn expected(&self) -> String {
        match self.kind {
            Kind::Int(min, max) => alloc::format!("a whole number from {min} to {max}"),
            Kind::Ratio => "a number from 0 to 1 such as 0.5".to_string(),
            Kind::Bool => "true or false".to_string(),
            Kind::Choice(names) => alloc::format!("one of {}", names.join(", ")),
            Kind::Since(names) => {
                alloc::format!("one of {}, by_duration:PT1H", names.join(", "))
            }
            Kind::List(names) => alloc::format!("a comma-separated list of {}", names.join(", ")),
        }
    }

    /// Reads a value as Kafka writes it.
    pub fn parse(&'static self, text: &str) -> Result<i64, ConfigError> {
        let found = match self.kind {
            Kind::Int(min, max) => text.parse().ok().filter(|v| (min..=max).contains(v)),
            Kind::Ratio => ratio(text),
            Kind::Bool => ["false", "true"]
                .iter()
                .position(|n| *n == text)
                .map(|i| i as i64),
            Kind::Choice(names) => choice(names, text),
            Kind::Since(names) => choice(names, text).or_else(|| since(names, text)),
            Kind::List(names) => list(names, text),
        };
        found.ok_or_else(|| ConfigError::BadValue {
            def: self,
            given: text.to_string(),
        })
    }

    /// Writes a value as Kafka writes it.
    pub fn format(&self, value: i64) -> String {
        match self.kind {
            Kind::Int(..) => value.to_string(),
            Kind::Ratio => {
                let text = alloc::format!("{}.{:03}", value / 1_000, value % 1_000);
                let short = text.trim_end_matches('0');
                short
                    .strip_suffix('.')
                    .map_or(short, |_| &text[..3])
                    .to_string()
            }
            Kind::Bool => (value != 0).to_string(),
            Kind::Choice(names) => names
                .get(value as usize)
                .copied()
                .unwrap_or("?")
                .to_string(),
            Kind::Since(names) => match names.get(value as usize) {
                Some(name) => name.to_string(),
                None => BY_DURATION.to_string() + &iso::format(value - names.len() as i64),
            },
            Kind::List(names) => {
                let parts: Vec<&str> = list_items(value)
                    .filter_map(|i| names.get(i).copied())
                    .collect();
                parts.join(",")
            }
        }
    }
}

/// The position of a name among the choices. Kafka's alias `-1` for acks=all is accepted.
fn choice(names: &[&str], text: &str) -> Option<i64> {
    let text = if text == "-1" { "all" } else { text };
    names.iter().position(|n| *n == text).map(|i| i as i64)
}

/// `0.5` as 500: at most three digits after the point.
fn ratio(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |t: &str| !t.is_empty() && t.len() <= 3 && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    let part = part.parse::<i64>().ok()? * [100, 10, 1][part.len() - 1];
    Some(whole.parse::<i64>().ok()? * 1_000 + part).filter(|v| *v <= 1_000)
}

/// What stands before a duration (KIP-1106).
const BY_DURATION: &str = "by_duration:";

/// A duration in milliseconds, counted on after the choices.
fn since(names: &[&str], text: &str) -> Option<i64> {
    let millis = iso::parse(text.strip_prefix(BY_DURATION)?)?;
    (millis <= i64::MAX / 1_000).then_some(millis + names.len() as i64)
}

/// A list as base-16 digits, first item lowest; each digit is the choice's index + 1.
fn list(names: &[&str], text: &str) -> Option<i64> {
    let mut value = 0;
    let mut seen = 0u32;
    for (position, item) in text.split(',').enumerate() {
        let index = choice(names, item.trim())?;
        if seen & (1 << index) != 0 {
            return None;
        }
        seen |= 1 << index;
        value |= (index + 1) << (4 * position);
    }
    Some(value)
}

/// The choices in a list value, in order.
pub fn list_items(value: i64) -> impl Iterator<Item = usize> {
    (0..15)
        .map(move |i| (value >> (4 * i)) & 0xf)
        .take_while(|d| *d != 0)
        .map(|d| d as usize - 1)
}

/// Common behaviour of the settings of one kind of thing.
pub trait ConfigSet: Sized + Clone {
    /// Every setting, in the order in which it is shown.
    const DEFS: &'static [Def];

    /// All values of a preset.
    fn preset(preset: Preset) -> Self;

    /// The value at this position of [`Self::DEFS`].
    fn value(&self, index: usize) -> i64;

    /// Sets the value at this position.
    fn set_value(&mut self, index: usize, value: i64);

    /// The position of a name.
    fn index_of(name: &str) -> Result<usize, ConfigError> {
        Self::DEFS
            .iter()
            .position(|d| d.name == name)
            .ok_or_else(|| ConfigError::UnknownName(name.to_string(), nearest(Self::DEFS, name)))
    }

    /// Sets a value given as text.
    fn set(&mut self, name: &str, text: &str) -> Result<(), ConfigError> {
        let index = Self::index_of(name)?;
        let value = Self::DEFS[index].parse(text)?;
        self.set_value(index, value);
        Ok(())
    }

    /// A value as text.
    fn get(&self, name: &str) -> Option<String> {
        let index = Self::index_of(name).ok()?;
        Some(Self::DEFS[index].format(self.value(index)))
    }

    /// All values as texts, in the order of [`Self::DEFS`].
    fn texts(&self) -> Arc<[Name]> {
        let defs = Self::DEFS.iter().enumerate();
        defs.map(|(i, d)| Name::from(d.format(self.value(i)).as_str()))
            .collect()
    }
}

/// Up to three names that share the most dotted words with `name`.
fn nearest(defs: &[Def], name: &str) -> Vec<&'static str> {
    let score = |d: &Def| {
        let words = d
            .name
            .split('.')
            .filter(|w| name.split('.').any(|n| n == *w))
            .count();
        let prefix = d
            .name
            .bytes()
            .zip(name.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        words * 8 + prefix
    };
    let mut names: Vec<(usize, &'static str)> = defs.iter().map(|d| (score(d), d.name)).collect();
    crate::sorted::sort_by(&mut names, |a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    names.into_iter().take(3).map(|(_, n)| n).collect()
}
