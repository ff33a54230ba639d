//! Answers about hashes and hash tables.

use super::input::{Emit, Vectors, hex};
use crate::Failure;
use rebalance_core::java::{hash_map_order, string_hash, utils_abs};
use rebalance_core::partitioner::{self, partition_for_key, to_positive};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A map from counts to answers, of which only the counts are read.
type Counts = Option<BTreeMap<String, IgnoredAny>>;

/// For every count in the input (or else in `default`) the answer, by the count's text.
fn by_count(counts: Counts, default: &[i32], answer: impl Fn(i32) -> i32) -> Value {
    let mut given: Vec<String> = counts.unwrap_or_default().into_keys().collect();
    if given.is_empty() {
        given = default.iter().map(ToString::to_string).collect();
    }
    let answers = given.into_iter().filter_map(|text| {
        let count = text.parse().ok().filter(|&it| it > 0)?;
        Some((text, json!(answer(count))))
    });
    Value::Object(answers.collect())
}

pub(super) fn murmur2(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Meta {
        #[serde(default)]
        num_partitions: Vec<i32>,
    }
    #[derive(Deserialize)]
    struct Case {
        id: String,
        #[serde(deserialize_with = "hex")]
        key_hex: Vec<u8>,
        #[serde(default)]
        partitions: Counts,
    }
    let default = vectors
        .meta::<Meta>()?
        .map(|it| it.num_partitions)
        .unwrap_or_default();
    vectors.each(emit, |case: Case| {
        let hash = partitioner::murmur2(&case.key_hex);
        let partitions = by_count(case.partitions, &default, |it| partition_for_key(&case.key_hex, it));
        json!({"id": case.id, "murmur2": hash, "to_positive": to_positive(hash), "partitions": partitions})
    })
}

pub(super) fn java_string_hash(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Case {
        id: String,
        text: String,
        #[serde(default)]
        coordinator_partition: Counts,
    }
    vectors.each(emit, |case: Case| {
        let hash = string_hash(&case.text);
        let partition = by_count(case.coordinator_partition, &[50, 3, 10, 1], |it| utils_abs(hash) % it);
        json!({"id": case.id, "hash_code": hash, "utils_abs": utils_abs(hash), "coordinator_partition": partition})
    })
}

pub(super) fn java_hashmap_order(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Case {
        id: String,
        insert_order: Vec<String>,
    }
    vectors.each(emit, |case: Case| {
        let order = hash_map_order(case.insert_order.iter().map(String::as_str));
        json!({"id": case.id, "iteration_order": order})
    })
}
