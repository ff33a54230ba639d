//! What the tools' tables have in common.

use rebalance_core::id::{BrokerId, Name};
use rebalance_core::view::{BrokerView, PartitionView, ProcessState, TopicView, View};

/// `%-15s`: the text, filled up with blanks on the right.
pub fn left(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(missing))
}

/// Java's `printf` with a row of `%-Ns` and a last `%s`, separated by blanks.
pub fn row(cells: &[&str], widths: &[usize]) -> String {
    let cell = |(i, text): (usize, &&str)| match widths.get(i) {
        Some(width) => left(text, *width),
        None => (*text).to_string(),
    };
    let cells: Vec<String> = cells.iter().enumerate().map(cell).collect();
    cells.join(" ")
}

/// The widest of these, or `least`.
pub fn widest<'a>(least: usize, texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|t| t.chars().count()).fold(least, usize::max)
}

/// `1,2,3`
pub fn ids(list: &[BrokerId]) -> String {
    let ids: Vec<String> = list.iter().map(ToString::to_string).collect();
    ids.join(",")
}

/// Where a broker listens.
pub fn port(broker: BrokerId) -> i32 {
    9091 + broker.0
}

/// 16 bytes as Kafka writes a `Uuid`: base64url without padding. The same topic of the same seed always has the same.
pub fn uuid(seed: u64, what: u64) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // splitmix64
    let mix = |salt: u64| {
        let mut z = seed
            .wrapping_add(what.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .wrapping_add(salt);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    // Version 4, variant 2, as java.util.UUID makes them.
    let high = mix(1) & !0xf000 | 0x4000;
    let low = mix(2) & !(3 << 62) | 2 << 62;
    let bits = (u128::from(high) << 64 | u128::from(low)) << 4;
    (0..22)
        .rev()
        .map(|i| char::from(DIGITS[(bits >> (6 * i)) as usize & 63]))
        .collect()
}

/// The topics' names, sorted, internal ones too.
pub fn topic_names(view: &View) -> Vec<Name> {
    let mut names: Vec<Name> = view.topics.iter().map(|t| t.name.clone()).collect();
    names.sort();
    names
}

/// The topic of this name.
pub fn topic<'a>(view: &'a View, name: &str) -> Option<&'a TopicView> {
    view.topics.iter().find(|t| *t.name == *name)
}

/// A topic's partition.
pub fn partition<'a>(view: &'a View, name: &str, number: i32) -> Option<&'a PartitionView> {
    topic(view, name)?
        .partitions
        .iter()
        .find(|p| p.tp.partition == number)
}

/// A broker that answers clients.
pub fn is_up(broker: &BrokerView) -> bool {
    matches!(
        broker.state,
        ProcessState::Running | ProcessState::Fenced | ProcessState::ShuttingDown
    )
}

/// Brokers that are part of the cluster.
pub fn live(view: &View) -> impl Iterator<Item = BrokerId> + '_ {
    view.brokers
        .iter()
        .filter(|b| b.state == ProcessState::Running && !b.fenced)
        .map(|b| b.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_look_like_kafkas() {
        let id = uuid(42, 7);
        assert_eq!(id.len(), 22);
        assert_eq!(id, uuid(42, 7));
        assert_ne!(id, uuid(42, 8));
        assert!(
            id.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
    }

    #[test]
    fn rows_are_padded_like_printf() {
        assert_eq!(row(&["a", "bb", "c"], &[3, 3]), "a   bb  c");
    }
}
