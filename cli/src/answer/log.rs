//! Answers about logs: epochs, checksums, the format of record batches.

use super::input::{Emit, Vectors, hex, optional_hex};
use crate::Failure;
use crate::partition::hex_of_bytes;
use rebalance_core::crc32c;
use rebalance_core::epochs::LeaderEpochCache;
use rebalance_core::record_format::{ControlBatch, DataBatch, FormatRecord, RecordHeader};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

/// `[requested epoch, …]`, of which only the first is read.
#[derive(Deserialize)]
#[serde(untagged)]
enum Requested {
    Alone(i32),
    WithAnswer(i32, IgnoredAny, IgnoredAny),
    First([i32; 1]),
}

impl Requested {
    const fn epoch(&self) -> i32 {
        match self {
            Self::Alone(epoch) | Self::WithAnswer(epoch, ..) | Self::First([epoch]) => *epoch,
        }
    }
}

pub(super) fn leader_epoch_cache(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Case {
        id: String,
        assigned: Vec<(i32, i64)>,
        log_end_offset: i64,
        #[serde(default)]
        end_offset_for: Option<Vec<Requested>>,
        truncate_to: i64,
    }
    vectors.each(emit, |case: Case| {
        let mut cache = LeaderEpochCache::new();
        for &(epoch, start) in &case.assigned {
            cache.assign(epoch, start);
        }
        let entries = cache.entries().to_vec();
        let highest = case.assigned.iter().map(|it| it.0).max().unwrap_or(-1);
        let requested: Vec<i32> = match &case.end_offset_for {
            Some(given) => given.iter().map(Requested::epoch).collect(),
            // The files ask for every epoch up to three after the last.
            None => (-1..=highest.saturating_add(3)).take(1 << 16).collect(),
        };
        let end_offset_for = requested.into_iter().map(|epoch| {
            let (found, end) = cache
                .end_offset_for(epoch, case.log_end_offset)
                .unwrap_or((-1, -1));
            json!([epoch, found, end])
        });
        let end_offset_for: Vec<_> = end_offset_for.collect();
        cache.truncate_from_end(case.truncate_to);
        json!({
            "id": case.id,
            "entries": entries,
            "end_offset_for": end_offset_for,
            "entries_after_truncate": cache.entries(),
        })
    })
}

pub(super) fn crc32c(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Case {
        id: String,
        #[serde(deserialize_with = "hex")]
        data_hex: Vec<u8>,
    }
    vectors.each(
        emit,
        |case: Case| json!({"id": case.id, "crc32c": crc32c::crc32c(&case.data_hex)}),
    )
}

#[derive(Deserialize)]
struct Header {
    key: String,
    #[serde(deserialize_with = "optional_hex")]
    value_hex: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Record {
    timestamp: i64,
    #[serde(deserialize_with = "optional_hex")]
    key_hex: Option<Vec<u8>>,
    #[serde(deserialize_with = "optional_hex")]
    value_hex: Option<Vec<u8>>,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Deserialize)]
enum TimestampType {
    #[serde(rename = "CREATE_TIME")]
    CreateTime,
    #[serde(rename = "LOG_APPEND_TIME")]
    LogAppendTime,
}

#[derive(Deserialize)]
enum ControlType {
    #[serde(rename = "ABORT")]
    Abort,
    #[serde(rename = "COMMIT")]
    Commit,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum BatchCase {
    Data {
        id: String,
        base_offset: i64,
        partition_leader_epoch: i32,
        timestamp_type: TimestampType,
        log_append_time: Option<i64>,
        producer_id: i64,
        producer_epoch: i16,
        base_sequence: i32,
        transactional: bool,
        records: Vec<Record>,
    },
    Control {
        id: String,
        control_type: ControlType,
        coordinator_epoch: i32,
        base_offset: i64,
        partition_leader_epoch: i32,
        timestamp: i64,
        producer_id: i64,
        producer_epoch: i16,
    },
}

impl From<Record> for FormatRecord {
    fn from(record: Record) -> Self {
        let header = |it: Header| RecordHeader {
            key: it.key,
            value: it.value_hex,
        };
        Self {
            timestamp_ms: record.timestamp,
            key: record.key_hex,
            value: record.value_hex,
            headers: record.headers.into_iter().map(header).collect(),
        }
    }
}

/// The id of a batch and its bytes.
fn encoded(case: BatchCase) -> (String, Vec<u8>) {
    match case {
        BatchCase::Data {
            id,
            base_offset,
            partition_leader_epoch,
            timestamp_type,
            log_append_time,
            producer_id,
            producer_epoch,
            base_sequence,
            transactional,
            records,
        } => {
            let batch = DataBatch {
                base_offset,
                partition_leader_epoch,
                log_append_time_ms: match timestamp_type {
                    TimestampType::CreateTime => None,
                    TimestampType::LogAppendTime => log_append_time,
                },
                producer_id,
                producer_epoch,
                base_sequence,
                transactional,
                records: records.into_iter().map(Into::into).collect(),
            };
            (id, batch.encode())
        }
        BatchCase::Control {
            id,
            control_type,
            coordinator_epoch,
            base_offset,
            partition_leader_epoch,
            timestamp,
            producer_id,
            producer_epoch,
        } => {
            let batch = ControlBatch {
                base_offset,
                partition_leader_epoch,
                timestamp_ms: timestamp,
                producer_id,
                producer_epoch,
                coordinator_epoch,
                commit: matches!(control_type, ControlType::Commit),
            };
            (id, batch.encode())
        }
    }
}

pub(super) fn record_batches(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    vectors.each(emit, |case: BatchCase| {
        let (id, bytes) = encoded(case);
        json!({"id": id, "hex": hex_of_bytes(&bytes)})
    })
}
