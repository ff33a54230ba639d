//! `rebalance answer KIND < vectors.json`: answers a file of golden vectors.
//!
//! The file is `{"meta": {...}, "cases": [...]}`, plain or gzipped; each case has an `id` and the inputs of its kind. Answers
//! that the file may contain are never read. One JSON object a line comes out for each case, in order: its `id` and the
//! answer's fields, keys ascending, partition lists ascending. A case with something unknown in it says `unsupported` and why.

mod assignors;
mod classic_events;
mod classic_group;
mod controller;
mod digests;
mod hashing;
mod input;
mod log;
mod producer;
mod targets;

use crate::Failure;
use input::Vectors;
use serde_json::Value;
use std::io::{BufRead, Write};

/// One kind of golden file and how its cases are answered.
struct Kind {
    name: &'static str,
    answer: fn(&Vectors<'_>, &mut dyn FnMut(Value) -> Result<(), Failure>) -> Result<(), Failure>,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "murmur2",
        answer: hashing::murmur2,
    },
    Kind {
        name: "java_string_hash",
        answer: hashing::java_string_hash,
    },
    Kind {
        name: "java_hashmap_order",
        answer: hashing::java_hashmap_order,
    },
    Kind {
        name: "assignor_range",
        answer: assignors::range,
    },
    Kind {
        name: "assignor_roundrobin",
        answer: assignors::round_robin,
    },
    Kind {
        name: "assignor_sticky",
        answer: assignors::sticky,
    },
    Kind {
        name: "assignor_cooperative-sticky",
        answer: assignors::cooperative_sticky,
    },
    Kind {
        name: "assignor_quirks",
        answer: assignors::quirks,
    },
    Kind {
        name: "unit_test_vectors",
        answer: assignors::unit_tests,
    },
    Kind {
        name: "replica_placement",
        answer: controller::replica_placement,
    },
    Kind {
        name: "leader_election",
        answer: controller::leader_election,
    },
    Kind {
        name: "null_key_partitioner",
        answer: producer::null_key_partitioner,
    },
    Kind {
        name: "idempotent_producer",
        answer: producer::idempotent_producer,
    },
    Kind {
        name: "leader_epoch_cache",
        answer: log::leader_epoch_cache,
    },
    Kind {
        name: "crc32c",
        answer: log::crc32c,
    },
    Kind {
        name: "record_batches",
        answer: log::record_batches,
    },
    Kind {
        name: "kip848_range",
        answer: targets::range,
    },
    Kind {
        name: "kip848_uniform",
        answer: targets::uniform,
    },
    Kind {
        name: "kip848_reconcile",
        answer: targets::reconcile,
    },
    Kind {
        name: "classic_group",
        answer: classic_group::classic_group,
    },
    Kind {
        name: "large_digests",
        answer: digests::large_digests,
    },
];

/// Runs the command.
///
/// # Errors
/// An unknown kind, or input that is not a file of that kind; the message has the place and what would work.
pub fn run(
    arguments: &[String],
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let [kind] = arguments else {
        let message = format!("answer takes one kind; known are {}", names());
        return Err(Failure::bad_input(message));
    };
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    answer(kind, "standard input", &bytes, out)
}

/// Answers the vectors in `bytes`; `source` is their name in error messages.
///
/// # Errors
/// As [`run`].
pub fn answer(kind: &str, source: &str, bytes: &[u8], out: &mut dyn Write) -> Result<(), Failure> {
    let Some(kind) = KINDS.iter().find(|it| it.name == kind) else {
        let message = format!("unknown kind '{kind}'; known are {}", names());
        return Err(Failure::bad_input(message));
    };
    let vectors = Vectors::read(kind.name, source, bytes)?;
    (kind.answer)(&vectors, &mut |answer| Ok(writeln!(out, "{answer}")?))
}

fn names() -> String {
    let names: Vec<&str> = KINDS.iter().map(|it| it.name).collect();
    names.join(", ")
}
