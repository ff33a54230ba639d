//! Small rules of naming and colouring that several parts of the stage share.

use crate::components::Icon;
use crate::i18n::Lang;
use rebalance_core::id::{Name, TopicPartition};
use rebalance_core::view::ProcessState;

/// The class that sets a partition's colour.
pub fn part_class(tp: TopicPartition) -> &'static str {
    const CLASSES: [&str; 8] = [
        "part-0", "part-1", "part-2", "part-3", "part-4", "part-5", "part-6", "part-7",
    ];
    CLASSES[part_index(tp)]
}

/// The number of a partition's colour; topics begin at different ones.
pub fn part_index(tp: TopicPartition) -> usize {
    let first = tp.topic.0.saturating_sub(1).wrapping_mul(3);
    (tp.partition.unsigned_abs().wrapping_add(first) % 8) as usize
}

/// The class that sets a key's colour: by the place among the known keys, else by its bytes.
pub fn key_class(key: Option<&str>, keys: &[Name]) -> &'static str {
    const CLASSES: [&str; 8] = [
        "key-0", "key-1", "key-2", "key-3", "key-4", "key-5", "key-6", "key-7",
    ];
    let Some(key) = key else { return "key-none" };
    let at = keys.iter().position(|k| **k == *key);
    let at = at.unwrap_or_else(|| {
        key.bytes().fold(5usize, |sum, b| {
            sum.wrapping_mul(31).wrapping_add(usize::from(b))
        })
    });
    CLASSES[at % 8]
}

/// What a tile shows of a key: its number's last two digits, else its first letter; a dash without a key.
pub fn key_letter(key: Option<&str>) -> String {
    let Some(key) = key else {
        return "-".to_owned();
    };
    let digits: Vec<char> = key
        .chars()
        .rev()
        .take_while(char::is_ascii_digit)
        .take(2)
        .collect();
    if digits.is_empty() {
        key.chars()
            .next()
            .map_or_else(|| "∅".to_owned(), String::from)
    } else {
        digits.into_iter().rev().collect()
    }
}

/// The first `prefix1`, `prefix2` … that nobody has.
pub fn free_name<'a>(prefix: &str, taken: impl Iterator<Item = &'a str>) -> String {
    let taken: Vec<&str> = taken.collect();
    let free = (1..)
        .map(|i| format!("{prefix}{i}"))
        .find(|n| !taken.contains(&n.as_str()));
    free.unwrap_or_default()
}

/// Whether a process is there to answer.
pub fn is_up(state: ProcessState) -> bool {
    !matches!(state, ProcessState::Crashed | ProcessState::Stopped)
}

/// A process's state: class, picture, word.
pub fn state_words(state: ProcessState, t: Lang) -> (&'static str, Icon, &'static str) {
    let s = t.stage();
    match state {
        ProcessState::Running => ("ok", Icon::Running, s.running),
        ProcessState::Fenced => ("warn", Icon::Half, s.fenced),
        ProcessState::Starting => ("warn", Icon::Ring, s.starting),
        ProcessState::ShuttingDown => ("warn", Icon::Half, s.shutting_down),
        ProcessState::Frozen => ("accent", Icon::Frozen, s.frozen),
        ProcessState::Crashed => ("bad", Icon::Cross, s.crashed),
        ProcessState::Stopped => ("", Icon::Square, s.stopped),
    }
}

/// Seconds with one digit behind the point.
pub fn seconds(micros: u64) -> String {
    format!("{}.{}", micros / 1_000_000, micros / 100_000 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_its_number_or_its_first_letter() {
        assert_eq!(key_letter(Some("alice")), "a");
        assert_eq!(key_letter(Some("user-142")), "42");
        assert_eq!(key_letter(Some("")), "∅");
        assert_eq!(key_letter(None), "-");
    }

    #[test]
    fn the_first_free_name_fills_gaps() {
        assert_eq!(free_name("c", ["c1", "c3"].into_iter()), "c2");
        assert_eq!(free_name("c", [].into_iter()), "c1");
    }

    #[test]
    fn known_keys_have_their_own_colours() {
        let keys: Vec<Name> = ["alice", "bob", "carol", "dave"]
            .into_iter()
            .map(Name::from)
            .collect();
        let mut classes: Vec<_> = keys.iter().map(|k| key_class(Some(k), &keys)).collect();
        classes.dedup();
        assert_eq!(classes, ["key-0", "key-1", "key-2", "key-3"]);
    }
}
