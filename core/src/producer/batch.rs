//! A batch on its way from `send()` to its acknowledgement (`ProducerBatch`, `MemoryRecordsBuilder`).
//!
//! It is open while records are appended, then closed: from there on its records sit behind an `Arc` and only the
//! producer id, epoch and sequence change. Sizes are those of the format, byte for byte.

use crate::id::{LeaderEpoch, TopicPartition};
use crate::record::{BATCH_OVERHEAD, Bytes, NO_PRODUCER_ID, Record, RecordBatch, varint_size};
use crate::time::{Duration, SimTime};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// `DefaultRecord.MAX_RECORD_OVERHEAD`.
const MAX_RECORD_OVERHEAD: u32 = 21;

/// Producer id and epoch.
pub type ProducerId = (i64, i16);

/// No producer id.
pub const NO_PRODUCER: ProducerId = (NO_PRODUCER_ID, -1);

/// No sequence number.
pub const NO_SEQUENCE: i32 = -1;

/// At most this many bytes for a batch of this one record (`AbstractRecords.estimateSizeInBytesUpperBound`).
pub fn size_upper_bound(key: Option<&Bytes>, value: Option<&Bytes>) -> u32 {
    let field = |b: Option<&Bytes>| b.map_or(1, |b| varint_size(b.len() as i64) + b.len() as u32);
    BATCH_OVERHEAD + MAX_RECORD_OVERHEAD + field(key) + field(value) + 1
}

#[derive(Clone, Debug)]
enum Contents {
    Open(Vec<Record>),
    Closed(Arc<RecordBatch>),
}

/// One batch.
#[derive(Clone, Debug)]
pub struct ProducerBatch {
    /// Tells it from every other batch of this producer.
    pub id: u64,
    /// Where it goes.
    pub tp: TopicPartition,
    contents: Contents,
    count: i32,
    size: u32,
    write_limit: u32,
    /// Bytes of `buffer.memory` it holds; 0 after a split.
    pub buffer: u32,
    /// When its first record came; `delivery.timeout.ms` counts from here.
    pub created: SimTime,
    /// The last try, or its creation; `linger.ms` counts from here.
    pub last_attempt: SimTime,
    /// Tries that failed.
    pub attempts: u32,
    /// In back-off until then.
    pub not_before: SimTime,
    leader_epoch: Option<LeaderEpoch>,
    attempts_at_leader_change: Option<u32>,
    /// Producer id and epoch it carries.
    pub producer: ProducerId,
    /// Its first sequence number.
    pub base_sequence: i32,
    /// Its sequence was rewritten after an epoch bump.
    pub sequence_reset: bool,
    /// It was put back into the queue.
    pub in_retry: bool,
    /// The application has its answer (the delivery time-out struck while it was in flight).
    pub done: bool,
}

impl ProducerBatch {
    /// An empty batch that holds `buffer` bytes of memory.
    pub fn new(id: u64, tp: TopicPartition, buffer: u32, now: SimTime) -> Self {
        Self {
            id,
            tp,
            contents: Contents::Open(Vec::new()),
            count: 0,
            size: BATCH_OVERHEAD,
            write_limit: buffer,
            buffer,
            created: now,
            last_attempt: now,
            attempts: 0,
            not_before: SimTime::ZERO,
            leader_epoch: None,
            attempts_at_leader_change: None,
            producer: NO_PRODUCER,
            base_sequence: NO_SEQUENCE,
            sequence_reset: false,
            in_retry: false,
            done: false,
        }
    }

    /// Appends a record if it fits (the first one always does); gives it back otherwise.
    pub fn try_append(&mut self, mut record: Record) -> Result<(), Record> {
        record.offset_delta = self.count;
        let bytes = self.bytes_of(&record);
        if !self.has_room_for(bytes) {
            return Err(record);
        }
        let Contents::Open(records) = &mut self.contents else {
            return Err(record);
        };
        self.size += bytes;
        self.count += 1;
        records.push(record);
        Ok(())
    }

    /// Bytes that a record would take as the next one.
    fn bytes_of(&self, record: &Record) -> u32 {
        let first = match &self.contents {
            Contents::Open(records) => records.first().map_or(record.timestamp, |r| r.timestamp),
            Contents::Closed(_) => record.timestamp,
        };
        record.size_in_batch(first)
    }

    fn has_room_for(&self, bytes: u32) -> bool {
        !self.is_full() && (self.count == 0 || self.write_limit >= self.size + bytes)
    }

    /// Takes no more records.
    pub fn close(&mut self) {
        if let Contents::Open(records) = &mut self.contents {
            let batch = RecordBatch::new(core::mem::take(records));
            self.size = batch.size;
            self.contents = Contents::Closed(Arc::new(batch));
        }
    }

    /// Nothing more can be appended.
    pub fn is_full(&self) -> bool {
        match self.contents {
            Contents::Closed(_) => true,
            Contents::Open(_) => self.count > 0 && self.write_limit <= self.size,
        }
    }

    /// Its bytes, header included.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Its records' number.
    pub fn count(&self) -> i32 {
        self.count
    }

    /// It carries a sequence number.
    pub fn has_sequence(&self) -> bool {
        self.base_sequence != NO_SEQUENCE
    }

    /// The sequence number of its last record (they wrap around after 2^31 - 1).
    pub fn last_sequence(&self) -> i32 {
        if self.has_sequence() {
            next_sequence(self.base_sequence, self.count - 1)
        } else {
            NO_SEQUENCE
        }
    }

    /// The batch to send. Closes it.
    pub fn finish(&mut self) -> Arc<RecordBatch> {
        self.close();
        let Contents::Closed(batch) = &mut self.contents else {
            unreachable!("closed just now");
        };
        let same = (batch.producer_id, batch.producer_epoch) == self.producer;
        if !same || batch.base_sequence != self.base_sequence {
            let batch = Arc::make_mut(batch);
            (batch.producer_id, batch.producer_epoch) = self.producer;
            batch.base_sequence = self.base_sequence;
        }
        batch.clone()
    }

    /// Learns of its partition's leader epoch (`maybeUpdateLeaderEpoch`).
    pub fn see_leader(&mut self, epoch: LeaderEpoch) {
        if self.leader_epoch.is_none_or(|known| known < epoch) {
            self.attempts_at_leader_change = Some(self.attempts);
            self.leader_epoch = Some(epoch);
        }
    }

    /// It waits before its next try. A new leader ends the wait.
    pub fn backs_off(&self, now: SimTime) -> bool {
        let new_leader = self.attempts_at_leader_change == Some(self.attempts);
        self.attempts > 0 && !new_leader && now < self.not_before
    }

    /// It goes back into the queue and waits.
    pub fn reenqueued(&mut self, now: SimTime, backoff: Duration) {
        self.attempts += 1;
        self.last_attempt = now;
        self.not_before = now + backoff;
        self.in_retry = true;
    }

    /// Cuts it into batches of at most `batch_size` bytes, numbering them from `id` (`ProducerBatch.split`).
    pub fn split(mut self, batch_size: u32, mut id: u64) -> Vec<Self> {
        let whole = self.finish();
        let mut parts: Vec<Self> = Vec::new();
        for record in whole.records.iter() {
            let record = match parts.last_mut() {
                Some(part) => match part.try_append(record.clone()) {
                    Ok(()) => continue,
                    Err(record) => record,
                },
                None => record.clone(),
            };
            let limit = size_upper_bound(record.key.as_ref(), record.value.as_ref());
            let mut part = Self::new(id, self.tp, batch_size.max(limit), self.created);
            part.buffer = 0;
            id += 1;
            // The first record always fits.
            let _ = part.try_append(record);
            parts.push(part);
        }
        self.number(&mut parts);
        parts
    }

    /// The parts continue this batch's sequence numbers.
    fn number(&self, parts: &mut [Self]) {
        let mut sequence = self.base_sequence;
        for part in parts {
            part.close();
            part.producer = self.producer;
            if self.has_sequence() {
                part.base_sequence = sequence;
                sequence = next_sequence(sequence, part.count);
            }
        }
    }
}

/// `DefaultRecordBatch.incrementSequence`: after 2^31 - 1 comes 0.
pub fn next_sequence(sequence: i32, by: i32) -> i32 {
    if sequence > i32::MAX - by {
        by - (i32::MAX - sequence) - 1
    } else {
        sequence + by
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TopicId;

    fn batch(limit: u32) -> ProducerBatch {
        let tp = TopicPartition::new(TopicId(1), 0);
        ProducerBatch::new(0, tp, limit, SimTime::ZERO)
    }

    fn record(bytes: usize) -> Record {
        Record::new(0, None, Some(alloc::vec![b'x'; bytes].into()))
    }

    #[test]
    fn it_takes_what_fits_and_always_the_first() {
        let mut small = batch(200);
        assert!(small.try_append(record(500)).is_ok());
        assert!(small.is_full());
        assert!(small.try_append(record(1)).is_err());
        let mut large = batch(16_384);
        while large.try_append(record(100)).is_ok() {}
        assert_eq!((large.count(), large.size()), (148, 16_277));
        assert_eq!(large.finish().size, 16_277);
    }

    #[test]
    fn split_parts_continue_the_sequence() {
        let mut whole = batch(16_384);
        while whole.try_append(record(100)).is_ok() {}
        whole.producer = (7, 0);
        whole.base_sequence = i32::MAX - 9;
        let parts = whole.split(1_000, 5);
        assert_eq!(parts.len(), 148_usize.div_ceil(8));
        assert_eq!((parts[0].count(), parts[0].size()), (8, 933));
        assert_eq!(parts[1].base_sequence, i32::MAX - 1);
        assert_eq!(parts[2].base_sequence, 6);
        assert_eq!(parts.iter().map(|p| p.count()).sum::<i32>(), 148);
    }

    #[test]
    fn the_upper_bound_is_what_kafka_reports() {
        let value: Bytes = alloc::vec![0; 1_100_000].into();
        assert_eq!(size_upper_bound(None, Some(&value)), 1_100_088);
    }
}
