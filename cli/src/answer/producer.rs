//! Answers about producers: the sticky partition of keyless records, and sequence numbers.

use super::input::{Emit, Vectors};
use crate::Failure;
use rebalance_core::partitioner::{QueueSizes, StickyPartitioner, TopicPartitions};
use rebalance_core::producer_state::{ProducerStates, Verdict};
use rebalance_core::protocol::ErrorCode;
use rebalance_core::record::RecordBatch;
use serde::Deserialize;
use serde_json::{Value, json};

/// One draw with a scripted random number.
#[derive(Deserialize)]
struct Pick {
    random: i32,
}

/// One append.
#[derive(Deserialize)]
struct Append {
    random_if_needed: i32,
    appended_bytes: i32,
    switch_allowed: bool,
}

#[derive(Deserialize)]
struct PartitionerCase {
    id: String,
    num_partitions: i32,
    #[serde(default)]
    leaderless: Vec<i32>,
    #[serde(default)]
    queue_sizes: Option<Vec<i32>>,
    #[serde(default)]
    queue_partition_ids: Option<Vec<i32>>,
    #[serde(default)]
    logical_length: Option<usize>,
    #[serde(default)]
    picks: Vec<Pick>,
    #[serde(default)]
    batch_size: Option<i32>,
    #[serde(default)]
    events: Vec<Append>,
}

pub(super) fn null_key_partitioner(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    vectors.each(emit, |case: PartitionerCase| {
        let available: Vec<i32> = (0..case.num_partitions.clamp(0, 1 << 20))
            .filter(|it| !case.leaderless.contains(it))
            .collect();
        let topic = TopicPartitions {
            available: &available,
            total: case.num_partitions,
        };
        match case.batch_size {
            Some(batch_size) => {
                json!({"id": case.id, "events": appended(&case, batch_size, topic)})
            }
            None => json!({"id": case.id, "picks": picked(&case, topic)}),
        }
    })
}

/// The partition drawn for each random number, given the queues.
fn picked(case: &PartitionerCase, topic: TopicPartitions<'_>) -> Vec<Value> {
    let sizes = case.queue_sizes.as_deref();
    let partitions = case.queue_partition_ids.as_deref();
    let queues = sizes.zip(partitions).map(|(sizes, partitions)| QueueSizes {
        sizes,
        partitions,
        usable: case.logical_length.unwrap_or(sizes.len()),
    });
    let draw = |pick: &Pick| {
        let mut partitioner = StickyPartitioner::new(1);
        partitioner.update_load(queues);
        json!({"partition": partitioner.peek(&mut || pick.random, topic)})
    };
    case.picks.iter().map(draw).collect()
}

/// The partition of each append, and whether another one was drawn after it.
fn appended(case: &PartitionerCase, batch_size: i32, topic: TopicPartitions<'_>) -> Vec<Value> {
    let mut partitioner = StickyPartitioner::new(batch_size);
    let append = |event: &Append| {
        let mut random = || event.random_if_needed;
        let partition = partitioner.peek(&mut random, topic);
        let switched = partitioner.on_append(
            event.appended_bytes,
            event.switch_allowed,
            &mut random,
            topic,
        );
        json!({"partition": partition, "switched": switched})
    };
    case.events.iter().map(append).collect()
}

#[derive(Deserialize)]
struct Produce {
    producer_id: i64,
    epoch: i16,
    base_sequence: i32,
    records: i32,
}

#[derive(Deserialize)]
struct ProducerCase {
    id: String,
    events: Vec<Produce>,
}

pub(super) fn idempotent_producer(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    vectors.each(emit, |case: ProducerCase| {
        let mut states = ProducerStates::default();
        let mut log_end = 0;
        let events: Vec<Value> = case
            .events
            .iter()
            .map(|it| produced(&mut states, &mut log_end, it))
            .collect();
        json!({"id": case.id, "events": events})
    })
}

fn produced(states: &mut ProducerStates, log_end: &mut i64, event: &Produce) -> Value {
    let batch = RecordBatch {
        base_offset: *log_end,
        last_offset_delta: event.records.wrapping_sub(1),
        producer_id: event.producer_id,
        producer_epoch: event.epoch,
        base_sequence: event.base_sequence,
        ..RecordBatch::new(Vec::new())
    };
    match states.check(&batch) {
        Verdict::Duplicate(base) => json!({"result": "duplicate", "base_offset": base}),
        Verdict::Append => {
            *log_end += i64::from(event.records);
            states.replay(&batch);
            json!({"result": "appended", "base_offset": batch.base_offset})
        }
        Verdict::Refuse(ErrorCode::InvalidProducerEpoch) => {
            json!({"result": "InvalidProducerEpochException"})
        }
        Verdict::Refuse(_) => json!({"result": "OutOfOrderSequenceException"}),
    }
}
