//! The few corners of the Java platform that show through in Kafka's answers.
//!
//! Kafka's algorithms are specified in its documentation, but some of its *results* depend on how Java itself behaves:
//!
//! - [`string`]: `String.hashCode` picks the coordinator of a group, `String.compareTo` orders members and topics;
//! - [`hash_map`]: the iteration order of `java.util.HashMap` and `HashSet` decides which member of a sticky group
//!   keeps the one extra partition, and in which order racks draw their random offsets;
//! - [`random`]: `java.util.Random`, so that seeded replica placement can be compared with Kafka's;
//! - [`pattern`]: the part of `java.util.regex` that topic patterns use.
//!
//! Everything here is a pure function of its input. What is left out: removing entries from a tree bin keeps the
//! list order (Java rebalances the tree), and objects whose order would depend on memory addresses are not modelled.

pub mod hash_map;
pub mod pattern;
pub mod random;
pub mod string;
mod tree_bin;

pub use hash_map::{HashTable, JavaKey, hash_map_order, timeline_order};
pub use pattern::Pattern;
pub use random::JavaRandom;
pub use string::{compare_strings, string_hash, utils_abs};
