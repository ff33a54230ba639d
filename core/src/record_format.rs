//! Record batches as Kafka writes them to disk and to the wire: format version 2 (KIP-98), uncompressed.
//!
//! A batch is a header of 61 bytes and its records. The header's checksum covers everything after it. A record stores its
//! timestamp and offset as differences from the batch's; lengths and differences are zig-zag variable-length integers.
//! A control batch holds one marker that ends a transaction. Compression and delete horizons are left out.

use crate::crc32c::crc32c;
use alloc::string::String;
use alloc::vec::Vec;

/// The version of the format.
const MAGIC: u8 = 2;
const LOG_APPEND_TIME: i16 = 0x08;
const TRANSACTIONAL: i16 = 0x10;
const CONTROL: i16 = 0x20;
/// The bytes of a batch before those that its length field counts: base offset and the length itself.
const LOG_OVERHEAD: usize = 12;
/// Where the checksum is, and the attributes, from which on it is taken.
const CRC_OFFSET: usize = 17;
const ATTRIBUTES_OFFSET: usize = 21;

/// A header of a record; its value may be null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Option<Vec<u8>>,
}

/// A record to be written; its offset is its place in the batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatRecord {
    /// Milliseconds since 1970.
    pub timestamp_ms: i64,
    /// The key, if any.
    pub key: Option<Vec<u8>>,
    /// The value; none is a tombstone.
    pub value: Option<Vec<u8>>,
    /// The headers, in order.
    pub headers: Vec<RecordHeader>,
}

/// A batch of data records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataBatch {
    /// The offset of the first record.
    pub base_offset: i64,
    /// The epoch of the leader that wrote it.
    pub partition_leader_epoch: i32,
    /// The broker's time in milliseconds if the topic has `message.timestamp.type=LogAppendTime`.
    pub log_append_time_ms: Option<i64>,
    /// The producer's id, or -1.
    pub producer_id: i64,
    /// The producer's epoch, or -1.
    pub producer_epoch: i16,
    /// The sequence number of the first record, or -1.
    pub base_sequence: i32,
    /// Whether it belongs to a transaction.
    pub transactional: bool,
    /// The records.
    pub records: Vec<FormatRecord>,
}

/// A batch that ends a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlBatch {
    /// The offset of the marker.
    pub base_offset: i64,
    /// The epoch of the leader that wrote it.
    pub partition_leader_epoch: i32,
    /// Milliseconds since 1970.
    pub timestamp_ms: i64,
    /// The producer whose transaction ends.
    pub producer_id: i64,
    /// Its epoch.
    pub producer_epoch: i16,
    /// The epoch of the transaction coordinator.
    pub coordinator_epoch: i32,
    /// Commit or abort.
    pub commit: bool,
}

/// The fields of the header that differ between batches.
struct Header {
    base_offset: i64,
    partition_leader_epoch: i32,
    attributes: i16,
    base_timestamp_ms: i64,
    max_timestamp_ms: i64,
    producer_id: i64,
    producer_epoch: i16,
    base_sequence: i32,
}

impl DataBatch {
    /// The bytes of the batch.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let timestamps = self.records.iter().map(|it| it.timestamp_ms);
        let mut attributes = if self.transactional { TRANSACTIONAL } else { 0 };
        if self.log_append_time_ms.is_some() {
            attributes |= LOG_APPEND_TIME;
        }
        let header = Header {
            base_offset: self.base_offset,
            partition_leader_epoch: self.partition_leader_epoch,
            attributes,
            base_timestamp_ms: timestamps.clone().next().unwrap_or(-1),
            max_timestamp_ms: self.log_append_time_ms.or(timestamps.max()).unwrap_or(-1),
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            base_sequence: self.base_sequence,
        };
        encode(&header, &self.records)
    }
}

impl ControlBatch {
    /// The bytes of the batch.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        // The key is a version and the kind of marker, the value a version and the coordinator's epoch.
        let key = [0, 0, 0, u8::from(self.commit)];
        let mut value = alloc::vec![0, 0];
        value.extend(self.coordinator_epoch.to_be_bytes());
        let marker = FormatRecord {
            timestamp_ms: self.timestamp_ms,
            key: Some(key.to_vec()),
            value: Some(value),
            headers: Vec::new(),
        };
        let header = Header {
            base_offset: self.base_offset,
            partition_leader_epoch: self.partition_leader_epoch,
            attributes: TRANSACTIONAL | CONTROL,
            base_timestamp_ms: self.timestamp_ms,
            max_timestamp_ms: self.timestamp_ms,
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            base_sequence: -1,
        };
        encode(&header, &[marker])
    }
}

fn encode(header: &Header, records: &[FormatRecord]) -> Vec<u8> {
    let count = records.len() as i32;
    let mut out = Vec::new();
    out.extend(header.base_offset.to_be_bytes());
    out.extend([0; 4]); // the length, filled in below
    out.extend(header.partition_leader_epoch.to_be_bytes());
    out.push(MAGIC);
    out.extend([0; 4]); // the checksum, filled in below
    out.extend(header.attributes.to_be_bytes());
    out.extend((count - 1).to_be_bytes());
    out.extend(header.base_timestamp_ms.to_be_bytes());
    out.extend(header.max_timestamp_ms.to_be_bytes());
    out.extend(header.producer_id.to_be_bytes());
    out.extend(header.producer_epoch.to_be_bytes());
    out.extend(header.base_sequence.to_be_bytes());
    out.extend(count.to_be_bytes());
    for (offset_delta, record) in (0..).zip(records) {
        let delta = record.timestamp_ms.wrapping_sub(header.base_timestamp_ms);
        write_record(&mut out, record, delta, offset_delta);
    }
    let length = (out.len() - LOG_OVERHEAD) as i32;
    out[8..LOG_OVERHEAD].copy_from_slice(&length.to_be_bytes());
    let crc = crc32c(&out[ATTRIBUTES_OFFSET..]);
    out[CRC_OFFSET..ATTRIBUTES_OFFSET].copy_from_slice(&crc.to_be_bytes());
    out
}

fn write_record(out: &mut Vec<u8>, record: &FormatRecord, timestamp_delta: i64, offset_delta: i64) {
    let mut body = alloc::vec![0]; // attributes, unused
    write_varint(&mut body, timestamp_delta);
    write_varint(&mut body, offset_delta);
    write_bytes(&mut body, record.key.as_deref());
    write_bytes(&mut body, record.value.as_deref());
    write_varint(&mut body, record.headers.len() as i64);
    for header in &record.headers {
        write_bytes(&mut body, Some(header.key.as_bytes()));
        write_bytes(&mut body, header.value.as_deref());
    }
    write_varint(out, body.len() as i64);
    out.extend(body);
}

/// The length and the bytes; null has length -1.
fn write_bytes(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    write_varint(out, bytes.map_or(-1, |it| it.len() as i64));
    out.extend(bytes.unwrap_or_default());
}

/// Zig-zag, then seven bits a byte, lowest first. Kafka's `varint` and `varlong` write the same bytes for the same number.
fn write_varint(out: &mut Vec<u8>, value: i64) {
    let mut rest = ((value << 1) ^ (value >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_length_integers() {
        let written = |value| {
            let mut out = Vec::new();
            write_varint(&mut out, value);
            out
        };
        assert_eq!(written(0), [0]);
        assert_eq!(written(-1), [1]);
        assert_eq!(written(-64), [0x7f]);
        assert_eq!(written(64), [0x80, 1]);
        assert_eq!(written(i64::MIN).len(), 10);
    }

    #[test]
    fn a_batch_has_a_header_of_61_bytes() {
        let empty = DataBatch {
            records: alloc::vec![FormatRecord::default()],
            ..DataBatch::default()
        };
        let bytes = empty.encode();
        assert_eq!(bytes.len(), 61 + 7);
        assert_eq!(bytes[16], 2);
        assert_eq!(
            i32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]),
            56
        );
    }
}
