//! The order in which `java.util.HashMap` (and `HashSet`, which is one) hands out its keys.
//!
//! A map starts with 16 bins on its first insertion and doubles when it holds more than three quarters of its bins. A key
//! with hash code `h` lives in bin `(h ^ h >>> 16) & (bins - 1)`; iteration goes bin by bin. Inside a bin new keys go to the
//! end, and doubling splits a bin without reordering it. A bin that would hold a ninth key makes the map double early
//! while it has fewer than 64 bins; from 64 on the bin becomes a red-black tree whose iteration order is no longer the
//! order of insertion (see `tree_bin`). Doubling may turn a tree of six or fewer keys back into a list.

use super::string::{compare_strings, string_hash};
use super::tree_bin::TreeBin;
use alloc::vec::Vec;
use core::cmp::Ordering;

const INITIAL_BINS: usize = 16;
const TREEIFY_THRESHOLD: usize = 8;
const UNTREEIFY_THRESHOLD: usize = 6;
const MIN_TREEIFY_BINS: usize = 64;

/// A key of a Java hash table.
pub trait JavaKey: Clone + PartialEq {
    /// `Object.hashCode()`.
    fn hash_code(&self) -> i32;
    /// `Comparable.compareTo`, for keys that have one; it orders keys of equal hash inside a tree bin.
    fn compare(&self, _other: &Self) -> Ordering {
        Ordering::Less
    }
}

impl JavaKey for &str {
    fn hash_code(&self) -> i32 {
        string_hash(self)
    }
    fn compare(&self, other: &Self) -> Ordering {
        compare_strings(self, other)
    }
}

impl JavaKey for i32 {
    fn hash_code(&self) -> i32 {
        *self
    }
    fn compare(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
}

/// A key with its spread hash, as it lies in a bin.
#[derive(Clone, Debug)]
pub(super) struct Entry<K> {
    pub(super) spread: u32,
    pub(super) key: K,
}

#[derive(Clone, Debug)]
enum Bin<K> {
    List(Vec<Entry<K>>),
    Tree(TreeBin<K>),
}

/// The key set of a `java.util.HashMap` in its default configuration; it answers in Java's iteration order.
#[derive(Clone, Debug)]
pub struct HashTable<K> {
    bins: Vec<Bin<K>>,
    len: usize,
    /// How many bins the first insertion makes.
    initial_bins: usize,
}

impl<K: JavaKey> Default for HashTable<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: JavaKey> HashTable<K> {
    /// An empty table; its 16 bins are made by the first insertion.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bins: Vec::new(),
            len: 0,
            initial_bins: INITIAL_BINS,
        }
    }

    /// `new HashSet<>(collection)`: room for all of its keys from the start.
    #[must_use]
    pub fn from_collection(keys: impl ExactSizeIterator<Item = K>) -> Self {
        let mut table = Self::new();
        table.initial_bins = (keys.len() * 4 / 3 + 1)
            .next_power_of_two()
            .max(INITIAL_BINS);
        for key in keys {
            table.insert(key);
        }
        table
    }

    /// The number of keys.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no keys.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a key; false if it was there already (then nothing changes).
    pub fn insert(&mut self, key: K) -> bool {
        if self.bins.is_empty() {
            self.bins
                .resize_with(INITIAL_BINS, || Bin::List(Vec::new()));
        }
        let entry = Entry {
            spread: spread(key.hash_code()),
            key,
        };
        if !self.insert_into_bin(entry) {
            return false;
        }
        self.len += 1;
        if self.len > self.bins.len() / 4 * 3 {
            self.double();
        }
        true
    }

    fn insert_into_bin(&mut self, entry: Entry<K>) -> bool {
        let bins = self.bins.len();
        let index = entry.spread as usize & (bins - 1);
        match &mut self.bins[index] {
            Bin::Tree(tree) => return tree.insert(entry),
            Bin::List(list) => {
                if list.iter().any(|it| it.key == entry.key) {
                    return false;
                }
                list.push(entry);
                if list.len() <= TREEIFY_THRESHOLD {
                    return true;
                }
                if bins >= MIN_TREEIFY_BINS {
                    self.bins[index] = Bin::Tree(TreeBin::treeify(core::mem::take(list)));
                    return true;
                }
            }
        }
        self.double();
        true
    }

    /// Removes a key; false if it was not there. The table never shrinks.
    pub fn remove(&mut self, key: &K) -> bool {
        if self.bins.is_empty() {
            return false;
        }
        let index = spread(key.hash_code()) as usize & (self.bins.len() - 1);
        let removed = match &mut self.bins[index] {
            Bin::List(list) => remove_from(list, key),
            Bin::Tree(tree) => {
                let mut list = tree.in_order();
                let removed = remove_from(&mut list, key);
                self.bins[index] = Bin::List(list);
                removed
            }
        };
        self.len -= usize::from(removed);
        removed
    }

    /// The keys in Java's iteration order.
    #[must_use]
    pub fn keys(&self) -> Vec<K> {
        let mut keys = Vec::with_capacity(self.len);
        for bin in &self.bins {
            match bin {
                Bin::List(list) => keys.extend(list.iter().map(|it| it.key.clone())),
                Bin::Tree(tree) => keys.extend(tree.in_order().into_iter().map(|it| it.key)),
            }
        }
        keys
    }

    /// The key that `iterator().next()` would give.
    #[must_use]
    pub fn first(&self) -> Option<K> {
        self.bins.iter().find_map(|bin| match bin {
            Bin::List(list) => list.first().map(|it| it.key.clone()),
            Bin::Tree(tree) => tree.in_order().into_iter().next().map(|it| it.key),
        })
    }

    fn double(&mut self) {
        let old_len = self.bins.len();
        let old = core::mem::take(&mut self.bins);
        let mut high = Vec::with_capacity(old_len);
        for bin in old {
            let (low_bin, high_bin) = split(bin, old_len as u32);
            self.bins.push(low_bin);
            high.push(high_bin);
        }
        self.bins.append(&mut high);
    }
}

fn remove_from<K: JavaKey>(list: &mut Vec<Entry<K>>, key: &K) -> bool {
    let position = list.iter().position(|it| it.key == *key);
    if let Some(position) = position {
        list.remove(position);
    }
    position.is_some()
}

/// `HashMap.hash`: mixes the upper half of a hash code into the lower half.
const fn spread(hash: i32) -> u32 {
    let hash = hash as u32;
    hash ^ (hash >> 16)
}

/// Divides a bin between its old index and the one `bit` further on, keeping the order.
fn split<K: JavaKey>(bin: Bin<K>, bit: u32) -> (Bin<K>, Bin<K>) {
    match bin {
        Bin::List(list) => {
            let (high, low) = list.into_iter().partition(|it| it.spread & bit != 0);
            (Bin::List(low), Bin::List(high))
        }
        Bin::Tree(tree) => {
            let (high, low): (Vec<_>, Vec<_>) = tree
                .in_order()
                .into_iter()
                .partition(|it| it.spread & bit != 0);
            match (low.is_empty(), high.is_empty()) {
                // A tree that does not divide stays as it is, unless it is small enough to be a list again.
                (false, true) => (undivided(tree, low), Bin::List(high)),
                (true, false) => (Bin::List(low), undivided(tree, high)),
                _ => (divided(low), divided(high)),
            }
        }
    }
}

fn undivided<K: JavaKey>(tree: TreeBin<K>, list: Vec<Entry<K>>) -> Bin<K> {
    if list.len() <= UNTREEIFY_THRESHOLD {
        Bin::List(list)
    } else {
        Bin::Tree(tree)
    }
}

fn divided<K: JavaKey>(list: Vec<Entry<K>>) -> Bin<K> {
    if list.len() <= UNTREEIFY_THRESHOLD {
        Bin::List(list)
    } else {
        Bin::Tree(TreeBin::treeify(list))
    }
}

/// The iteration order of a `HashMap<String, _>` after inserting `keys` in the given order, each key once.
#[must_use]
pub fn hash_map_order<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut table = HashTable::new();
    for key in keys {
        table.insert(key);
    }
    table.keys()
}

/// The iteration order of a `TimelineHashMap<String, _>`, Kafka's own table with snapshots (`BaseHashTable`), that holds `keys`
/// and once held `most`: it begins with two slots, doubles when it holds more than four thirds of them, never shrinks, and takes
/// a key's slot from the highest bits of its hash times the golden ratio. `keys` come newest first, as those of one slot do.
#[must_use]
pub fn timeline_order<'a>(
    keys: impl ExactSizeIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let mut bits = 1;
    while keys.len().max(most) * 3 > 4 << bits {
        bits += 1;
    }
    let slot = |key: &str| {
        let mixed = i64::from(string_hash(key)).wrapping_mul(-7_046_029_254_386_353_131);
        (mixed as u64) >> (64 - bits)
    };
    let mut order: Vec<(u64, &str)> = keys.map(|key| (slot(key), key)).collect();
    crate::sorted::sort_by_key(&mut order, |(slot, _)| *slot);
    order.into_iter().map(|(_, key)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec;

    #[test]
    fn bins_order_the_keys() {
        let inserted = [
            "c21", "c177", "c39", "c50", "c102", "c109", "c80", "c169", "c81", "c131", "c125",
            "c47",
        ];
        let iterated = [
            "c131", "c21", "c177", "c47", "c39", "c109", "c80", "c169", "c125", "c102", "c81",
            "c50",
        ];
        assert_eq!(hash_map_order(inserted), iterated);
    }

    #[test]
    fn a_key_counts_once_and_can_be_removed() {
        let mut table = HashTable::new();
        assert!(table.insert("b"));
        assert!(!table.insert("b"));
        assert!(table.insert("a"));
        assert_eq!(table.first(), Some("a"));
        assert!(table.remove(&"a"));
        assert!(!table.remove(&"a"));
        assert_eq!((table.first(), table.len()), (Some("b"), 1));
    }

    #[test]
    fn nine_equal_hashes_double_the_table_early() {
        // "Aa" and "BB" have the same hash code; so have all strings made of as many of them.
        let mut keys: Vec<String> = vec![String::new()];
        for _ in 0..4 {
            keys = keys
                .iter()
                .flat_map(|it| [alloc::format!("{it}Aa"), alloc::format!("{it}BB")])
                .collect();
        }
        let mut table = HashTable::new();
        for key in keys.iter().take(8) {
            table.insert(key.as_str());
        }
        assert_eq!(table.bins.len(), 16);
        table.insert(keys[8].as_str());
        assert_eq!(table.bins.len(), 32);
        table.insert(keys[9].as_str());
        assert_eq!(table.bins.len(), 64);
        assert!(matches!(
            table
                .bins
                .iter()
                .find(|it| !matches!(it, Bin::List(l) if l.is_empty())),
            Some(Bin::List(_))
        ));
        table.insert(keys[10].as_str());
        assert!(table.bins.iter().any(|it| matches!(it, Bin::Tree(_))));
        assert_eq!(table.keys().len(), 11);
    }
}
