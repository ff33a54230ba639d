//! Behaviour of a log: offsets, truncation, retention, times.

use super::*;
use crate::config::{ConfigSet, Preset};
use crate::record::Record;

fn batch(records: usize, timestamp: i64) -> RecordBatch {
    let value: crate::record::Bytes = alloc::vec![b'x'; 100].into();
    RecordBatch::new(
        (0..records)
            .map(|_| Record::new(timestamp, None, Some(value.clone())))
            .collect(),
    )
}

fn config(segment_bytes: i64) -> TopicConfig {
    TopicConfig {
        segment_bytes,
        ..TopicConfig::preset(Preset::Kafka)
    }
}

#[test]
fn offsets_follow_each_other_across_chunks() {
    let mut log = Log::new();
    for i in 0..100 {
        assert_eq!(
            log.append_as_leader(batch(2, i), 0, &config(1 << 30)).0,
            i * 2
        );
    }
    let read = log.read(77, log.log_end(), i64::MAX);
    assert_eq!(read[0].base_offset, 76);
    assert_eq!(read.len(), 62);
}

#[test]
fn truncation_cuts_batches_epochs_and_segments() {
    let mut log = Log::new();
    for epoch in 0..4 {
        for _ in 0..40 {
            log.append_as_leader(batch(1, 0), epoch, &config(1_000));
        }
    }
    let before = log.clone();
    log.truncate_to(45);
    assert_eq!((log.log_end(), log.last_epoch()), (45, 1));
    assert_eq!(log.batches_from(0).count(), 45);
    assert_eq!(log.size(), 45 * 170);
    assert_eq!(before.log_end(), 160, "a snapshot keeps what the log lost");
}

#[test]
fn retention_by_size_keeps_at_least_the_limit() {
    let mut log = Log::new();
    let config = TopicConfig {
        retention_bytes: 1_000,
        ..config(510)
    };
    for _ in 0..12 {
        log.append_as_leader(batch(1, 0), 0, &config);
    }
    assert_eq!(log.segments().len(), 4);
    // 2040 bytes, 510 each: two segments may go, 1020 stay.
    assert_eq!(log.retain_segments(SimTime::ZERO, 12, &config), Some(6));
    assert_eq!(log.size(), 1_020);
}

#[test]
fn retention_by_time_takes_the_active_segment_too_but_nothing_past_the_high_watermark() {
    let mut log = Log::new();
    let config = TopicConfig {
        retention_ms: 1_000,
        ..config(510)
    };
    for _ in 0..6 {
        log.append_as_leader(batch(1, 0), 0, &config);
    }
    let late = SimTime(2_000_000);
    assert_eq!(log.clone().retain_segments(late, 5, &config), Some(3));
    assert_eq!(log.retain_segments(late, 6, &config), Some(6));
    assert_eq!((log.log_start(), log.log_end()), (6, 6));
}

#[test]
fn offsets_for_times_go_by_offset_order() {
    let mut log = Log::new();
    for ts in [1_000, 2_000, 1_500, 3_000] {
        log.append_as_leader(batch(1, ts), 0, &config(1 << 30));
    }
    let find = |ts| log.find_by_timestamp(ts, 4).map(|(o, _)| o);
    let asked = [1_000, 1_200, 1_500, 2_000, 2_500, 3_000, 3_001];
    assert_eq!(
        asked.map(find),
        [Some(0), Some(1), Some(1), Some(1), Some(3), Some(3), None]
    );
}
