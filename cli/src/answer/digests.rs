//! Answers for groups too large to write down: the SHA-256 of the canonical text of the assignment.
//!
//! Members are `consumer-0000`, topics `topic-000` and so on. The text is, for each member in ascending order, its id, then
//! for each topic it has partitions of `|topic:` and their numbers joined by commas, then a newline.

use super::input::{Emit, Vectors, positive};
use crate::Failure;
use crate::groups::{Algorithm, Operation, Shape, Spec};
use rebalance_core::assignor::Assignment;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Groups with more subscriptions or partitions than this are not built.
const SIZE_LIMIT: i64 = 20_000_000;

#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(deserialize_with = "positive")]
    consumers: i32,
    #[serde(deserialize_with = "positive")]
    topics: i32,
    #[serde(deserialize_with = "positive")]
    partitions_per_topic: i32,
    subscriptions: String,
    algorithm: String,
    operation: String,
}

pub(super) fn large_digests(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    vectors.each(emit, |case: Case| {
        let known = (
            Shape::from_name(&case.subscriptions),
            Algorithm::from_name(&case.algorithm),
            Operation::from_name(&case.operation),
        );
        let (Some(shape), Some(algorithm), Some(operation)) = known else {
            let why = format!(
                "subscriptions '{}', algorithm '{}' or operation '{}'",
                case.subscriptions, case.algorithm, case.operation
            );
            return json!({"id": case.id, "unsupported": why});
        };
        // Names and subscriptions are written out, one for each member and topic.
        let subscriptions = i64::from(case.consumers) * i64::from(case.topics);
        let partitions = i64::from(case.topics) * i64::from(case.partitions_per_topic);
        if subscriptions.max(partitions) > SIZE_LIMIT {
            let why = format!("{subscriptions} subscriptions and {partitions} partitions; at most {SIZE_LIMIT} of each");
            return json!({"id": case.id, "unsupported": why});
        }
        let spec = Spec {
            consumers: case.consumers as usize,
            topics: case.topics as usize,
            partitions_per_topic: case.partitions_per_topic,
            shape,
        };
        match spec.run(algorithm, operation) {
            Ok(run) => answer(case.id, &run.assignment, run.followup.as_ref()),
            Err(error) => json!({"id": case.id, "error": error}),
        }
    })
}

fn answer(id: String, assignment: &Assignment, followup: Option<&Assignment>) -> Value {
    let mut answer = json!({"id": id, "sha256": digest(assignment)});
    if let Some(followup) = followup {
        answer["followup_sha256"] = Value::String(digest(followup));
    }
    answer
}

/// The digest of the canonical text.
fn digest(assignment: &Assignment) -> String {
    let mut hash = Sha256::new();
    let mut line = String::new();
    for (member, topics) in assignment {
        line.clear();
        line.push_str(member);
        for (topic, partitions) in topics {
            let _ = write!(line, "|{topic}:");
            for (place, partition) in partitions.iter().enumerate() {
                let comma = if place > 0 { "," } else { "" };
                let _ = write!(line, "{comma}{partition}");
            }
        }
        line.push('\n');
        hash.update(&line);
    }
    crate::partition::hex_of_bytes(&hash.finalize())
}
