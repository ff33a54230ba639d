//! Reads the values of a line: numbers within bounds, durations, rates, names, lists. Every limit is named here.

use super::error::{NameKind, ParseError, ParseErrorKind};
use super::words::Word;
use super::{OffsetTarget, PartitionName};
use crate::id::{BrokerId, Name};
use crate::time::Duration;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most brokers of a cluster.
pub const MAX_BROKERS: i64 = 300;
/// Most partitions of a topic.
pub const MAX_PARTITIONS: i64 = 10_000;
/// Most records of one `producer send`.
pub const MAX_COUNT: i64 = 10_000;
/// Largest generated value.
pub const MAX_VALUE_BYTES: i64 = 10_000_000;
/// Longest single advance, and longest processing time of a record: a day.
pub const MAX_ADVANCE: Duration = Duration(24 * 3_600 * 1_000_000);
/// Fastest producer: 10,000 records a second, in thousandths.
pub const MAX_RATE_MILLI: u64 = 10_000_000;
/// Longest name of a client, group or rack, in characters.
pub const MAX_NAME_CHARS: usize = 255;
/// Longest name of a topic (`Topic.MAX_NAME_LENGTH`).
pub const MAX_TOPIC_CHARS: usize = 249;
/// Most items of a list.
pub const MAX_LIST: usize = 1_000;

type Parsed<T> = Result<T, ParseError>;

fn bad_value(word: Word<'_>, what: &str, expected: &str) -> ParseError {
    let kind = ParseErrorKind::BadValue {
        what: what.to_string(),
        given: word.raw.to_string(),
    };
    ParseError::new(word.column, kind, [expected])
}

fn out_of_range(word: Word<'_>, what: &str, min: i128, max: i128) -> ParseError {
    let kind = ParseErrorKind::OutOfRange {
        what: what.to_string(),
        min: i64::try_from(min).unwrap_or(i64::MIN),
        max: u64::try_from(max).unwrap_or(u64::MAX),
        given: word.raw.to_string(),
    };
    ParseError::new(word.column, kind, [alloc::format!("{min} to {max}")])
}

/// A whole number between two others, both included.
pub(crate) fn int<T: TryFrom<i128>>(word: Word<'_>, what: &str, min: i128, max: i128) -> Parsed<T> {
    let digits = word.raw.strip_prefix('-').unwrap_or(word.raw);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let expected = alloc::format!("a whole number from {min} to {max}");
        return Err(bad_value(word, what, &expected));
    }
    word.raw
        .parse::<i128>()
        .ok()
        .filter(|n| (min..=max).contains(n))
        .and_then(|n| T::try_from(n).ok())
        .ok_or_else(|| out_of_range(word, what, min, max))
}

/// `12.75` as 1275 and 2 places; at most 18 digits in all.
fn decimal(text: &str) -> Option<(u64, u32)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = [whole, part].concat();
    let dotted = text.contains('.');
    if whole.is_empty() || (dotted && part.is_empty()) || digits.len() > 18 {
        return None;
    }
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((digits.parse().ok()?, part.len() as u32))
}

/// A decimal number times `unit`, if that is whole.
fn scaled(text: &str, unit: u64) -> Option<u64> {
    let (mantissa, places) = decimal(text)?;
    let product = u128::from(mantissa) * u128::from(unit);
    let divisor = 10u128.pow(places);
    (product % divisor == 0)
        .then_some(product / divisor)
        .and_then(|n| u64::try_from(n).ok())
}

/// Units of time and their microseconds, largest first.
pub(crate) const UNITS: [(&str, u64); 5] = [
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

/// `40ms`, `10s`, `1.5m`, `500us`, `24h`: exact to the microsecond, at most `max`.
pub(crate) fn duration(word: Word<'_>, what: &str, max: Duration) -> Parsed<Duration> {
    let split = word.raw.find(|c: char| c.is_ascii_alphabetic());
    let (number, unit) = word.raw.split_at(split.unwrap_or(word.raw.len()));
    let found = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .and_then(|(_, micros)| scaled(number, *micros));
    let micros = found.ok_or_else(|| {
        bad_value(
            word,
            what,
            "a duration such as 40ms, 10s, 1.5m, 500us or 1h",
        )
    })?;
    if micros > max.0 {
        let kind = ParseErrorKind::OutOfRange {
            what: what.to_string(),
            min: 0,
            max: max.0,
            given: word.raw.to_string(),
        };
        let expected = alloc::format!("at most {}", super::duration_text(max));
        return Err(ParseError::new(word.column, kind, [expected]));
    }
    Ok(Duration(micros))
}

/// `2/s`, `0.5/s`, `30/m`, `0`: in thousandths of a record a second.
pub(crate) fn rate(word: Word<'_>) -> Parsed<u64> {
    let expected = "a rate such as 2/s, 0.125/s or 30/m (in whole thousandths a second), or 0";
    let per_minute = |text: &str| scaled(text, 1_000).filter(|n| n % 60 == 0).map(|n| n / 60);
    let found = match word.raw.split_once('/') {
        None => (word.raw == "0").then_some(0),
        Some((number, "s")) => scaled(number, 1_000),
        Some((number, "m")) => per_minute(number),
        Some(_) => None,
    };
    let milli = found.ok_or_else(|| bad_value(word, "rate", expected))?;
    if milli > MAX_RATE_MILLI {
        return Err(out_of_range(
            word,
            "rate",
            0,
            i128::from(MAX_RATE_MILLI / 1_000),
        ));
    }
    Ok(milli)
}

/// The position of a word among these.
pub(crate) fn choice(word: Word<'_>, what: &str, names: &[&str]) -> Parsed<usize> {
    let text = word.text()?;
    names.iter().position(|n| *n == text).ok_or_else(|| {
        let kind = ParseErrorKind::BadValue {
            what: what.to_string(),
            given: text,
        };
        ParseError::new(word.column, kind, names)
    })
}

/// Whether Kafka takes this as a topic's name (`Topic.validate`).
pub(crate) fn is_topic(text: &str) -> bool {
    let fine = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    !text.is_empty()
        && text.len() <= MAX_TOPIC_CHARS
        && text != "."
        && text != ".."
        && text.bytes().all(fine)
}

/// A topic's name.
pub(crate) fn topic(word: Word<'_>) -> Parsed<Name> {
    let text = word.text()?;
    if is_topic(&text) {
        return Ok(text.as_str().into());
    }
    let kind = ParseErrorKind::BadName {
        kind: NameKind::Topic,
        given: text,
    };
    let expected = "1 to 249 letters, digits, dots, dashes or underscores";
    Err(ParseError::new(word.column, kind, [expected]))
}

/// `orders,payments`, or one pattern: `/orders-.*/`.
pub(crate) fn topics(word: Word<'_>) -> Parsed<Vec<Name>> {
    let text = word.text()?;
    if !text.starts_with('/') {
        return list(word, topic);
    }
    match super::pattern_of(&text) {
        Some(_) => Ok(Vec::from([text.as_str().into()])),
        None => Err(bad_value(
            word,
            "topics",
            "a pattern between slashes such as /orders-.*/, of letters, ., [a-z], groups, |, *, +, ? and {m,n}",
        )),
    }
}

/// `orders-0`.
pub(crate) fn partition(word: Word<'_>) -> Parsed<PartitionName> {
    let text = word.text()?;
    partition_name(&text).ok_or_else(|| {
        let kind = ParseErrorKind::BadName {
            kind: NameKind::Partition,
            given: text,
        };
        ParseError::new(word.column, kind, ["a partition such as orders-0"])
    })
}

/// Topic and number, split at the last dash.
pub(crate) fn partition_name(text: &str) -> Option<PartitionName> {
    let (topic, number) = text.rsplit_once('-')?;
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let partition = number.parse().ok().filter(|_| digits && is_topic(topic))?;
    Some(PartitionName {
        topic: topic.into(),
        partition,
    })
}

/// Any other name.
pub(crate) fn name(word: Word<'_>) -> Parsed<Name> {
    let text = word.text()?;
    let long = text.chars().nth(MAX_NAME_CHARS).is_some();
    if !text.is_empty() && !long && !text.chars().any(char::is_control) {
        return Ok(text.as_str().into());
    }
    let kind = ParseErrorKind::BadName {
        kind: NameKind::Other,
        given: text,
    };
    let expected = "1 to 255 characters without control characters";
    Err(ParseError::new(word.column, kind, [expected]))
}

/// A name for a new client: not one that a link would take for a node.
pub(crate) fn client(word: Word<'_>) -> Parsed<Name> {
    let found = name(word)?;
    if &*found == "admin" || found.bytes().all(|b| b.is_ascii_digit()) {
        let kind = ParseErrorKind::ReservedName(found.to_string());
        return Err(ParseError::new(
            word.column,
            kind,
            ["a name such as p1 or c1"],
        ));
    }
    Ok(found)
}

/// A list of at most [`MAX_LIST`] items.
pub(crate) fn list<'a, T>(word: Word<'a>, item: impl Fn(Word<'a>) -> Parsed<T>) -> Parsed<Vec<T>> {
    let items = word.items();
    if items.len() > MAX_LIST {
        let kind = ParseErrorKind::TooMany {
            what: "items",
            max: MAX_LIST,
            given: items.len(),
        };
        return Err(ParseError::new(word.column, kind, [""; 0]));
    }
    items.into_iter().map(item).collect()
}

/// `1:2:3`: the replicas of one partition, each once.
pub(crate) fn replicas(word: Word<'_>) -> Parsed<Vec<BrokerId>> {
    let mut found = Vec::new();
    let mut column = word.column;
    for raw in word.raw.split(':') {
        let id = Word { column, raw };
        let broker = BrokerId(int(id, "replica", 1, 10_000)?);
        if found.contains(&broker) {
            return Err(bad_value(id, "assignment", "each broker once a partition"));
        }
        found.push(broker);
        column += raw.chars().count() + 1;
    }
    Ok(found)
}

/// `earliest`, `latest` or an offset.
pub(crate) fn target(word: Word<'_>) -> Parsed<OffsetTarget> {
    match word.raw {
        "earliest" => Ok(OffsetTarget::Earliest),
        "latest" => Ok(OffsetTarget::Latest),
        raw if raw.starts_with(|c: char| c.is_ascii_digit()) => {
            int(word, "to", 0, i128::from(i64::MAX)).map(OffsetTarget::Offset)
        }
        _ => Err(bad_value(
            word,
            "to",
            "earliest, latest or an offset such as 7",
        )),
    }
}
