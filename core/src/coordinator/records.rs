//! The records of `__consumer_offsets`, in Kafka's binary form: group metadata (key version 2, value version 3) and
//! committed offsets (key version 1, value version 3). A record without a value is a tombstone. Groups of the consumer
//! protocol have records of their own kinds (`modern_records`).
//!
//! Subscriptions and assignments travel inside as the consumer protocol's own bytes (`ConsumerProtocolSubscription` v3,
//! `ConsumerProtocolAssignment` v3); the sticky assignor's user data as `StickyAssignorUserData` v1.
//!
//! Simplified: `clientHost` is empty, and offset metadata is always the empty string.

use super::bytes::{Reader, Writer};
use super::modern_records::read_modern;
use crate::group::consumer::record::GroupRecord;
use crate::group::metadata::{GroupMetadata, MemberMetadata};
use crate::id::{LeaderEpoch, Name, Offset};
use crate::protocol::{MemberAssignment, Subscription, UserData};
use crate::record::Record;
use alloc::vec::Vec;

const OFFSET_KEY_VERSION: i16 = 1;
const GROUP_KEY_VERSION: i16 = 2;
const VALUE_VERSION: i16 = 3;
const CONSUMER_PROTOCOL_VERSION: i16 = 3;
const CONSUMER: &str = "consumer";
/// No leader epoch is kept with an offset.
const NO_EPOCH: LeaderEpoch = -1;

/// An offset as it is stored (`OffsetAndMetadata`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CommittedOffset {
    /// The next offset to read.
    pub offset: Offset,
    /// When it was committed, milliseconds.
    pub committed_at: i64,
}

/// A record of `__consumer_offsets`, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OffsetsRecord {
    /// A group's metadata; `None`: the group was deleted.
    Group(Name, Option<GroupMetadata>),
    /// A group's offset for a partition of a topic; `None`: it was removed.
    Offset {
        /// `group.id`.
        group: Name,
        /// Topic name.
        topic: Name,
        /// Partition number.
        partition: i32,
        /// What was stored.
        value: Option<CommittedOffset>,
    },
    /// A change of a group of the consumer protocol.
    Modern(Name, GroupRecord),
}

/// A group's metadata, or its tombstone.
pub fn group_record(timestamp: i64, group: &str, value: Option<&GroupMetadata>) -> Record {
    let mut key = Writer::default();
    key.i16(GROUP_KEY_VERSION);
    key.string(group);
    finish(timestamp, key, value.map(group_value))
}

/// A committed offset, or its tombstone.
pub fn offset_record(
    timestamp: i64,
    group: &str,
    topic: &str,
    partition: i32,
    value: Option<CommittedOffset>,
) -> Record {
    let mut key = Writer::default();
    key.i16(OFFSET_KEY_VERSION);
    key.string(group);
    key.string(topic);
    key.i32(partition);
    let value = value.map(|committed| {
        let mut out = Writer::default();
        out.i16(VALUE_VERSION);
        out.i64(committed.offset);
        out.i32(NO_EPOCH);
        out.string("");
        out.i64(committed.committed_at);
        out
    });
    finish(timestamp, key, value)
}

/// Reads a record back; `None` for one that is of another kind.
pub fn decode(record: &Record) -> Option<OffsetsRecord> {
    let mut key = Reader(record.key.as_deref()?);
    let value = record.value.as_deref().map(Reader);
    match key.i16()? {
        0 | OFFSET_KEY_VERSION => Some(OffsetsRecord::Offset {
            group: key.string()?,
            topic: key.string()?,
            partition: key.i32()?,
            value: match value {
                Some(mut value) => Some(read_offset(&mut value)?),
                None => None,
            },
        }),
        GROUP_KEY_VERSION => {
            let value = match value {
                Some(mut value) => Some(read_group(&mut value)?),
                None => None,
            };
            Some(OffsetsRecord::Group(key.string()?, value))
        }
        version => read_modern(version, key, value),
    }
}

fn finish(timestamp: i64, key: Writer, value: Option<Writer>) -> Record {
    let value = value.map(|v| v.0.into());
    Record::new(timestamp, Some(key.0.into()), value)
}

fn group_value(group: &GroupMetadata) -> Writer {
    let mut out = Writer::default();
    out.i16(VALUE_VERSION);
    out.string(if group.consumer { CONSUMER } else { "" });
    out.i32(group.generation);
    out.nullable_string(group.protocol.as_deref());
    out.nullable_string(group.leader.as_deref());
    out.i64(group.state_since);
    out.count(group.members.len());
    for member in &group.members {
        write_member(&mut out, member);
    }
    out
}

fn write_member(out: &mut Writer, member: &MemberMetadata) {
    out.string(&member.id);
    out.nullable_string(member.instance.as_deref());
    out.string(&member.client_id);
    out.string("");
    out.i32(member.rebalance_timeout_ms as i32);
    out.i32(member.session_timeout_ms as i32);
    out.bytes(subscription(&member.subscription));
    out.bytes(assignment(&member.assignment));
}

pub(super) fn subscription(value: &Subscription) -> Writer {
    let mut out = Writer::default();
    out.i16(CONSUMER_PROTOCOL_VERSION);
    out.count(value.topics.len());
    for topic in &value.topics {
        out.string(topic);
    }
    match &value.userdata {
        Some(data) => out.bytes(user_data(data)),
        None => out.i32(-1),
    }
    topic_partitions(&mut out, &value.owned);
    out.i32(value.generation);
    out.nullable_string(None); // rack
    out
}

fn user_data(value: &UserData) -> Writer {
    let mut out = Writer::default();
    topic_partitions(&mut out, &value.previous);
    out.i32(value.generation);
    if value.weight > 0 {
        // An assignor of one's own writes what it likes.
        out.i32(value.weight as i32);
    }
    out
}

fn assignment(value: &MemberAssignment) -> Writer {
    let mut out = Writer::default();
    if !value.is_empty() {
        out.i16(CONSUMER_PROTOCOL_VERSION);
        topic_partitions(&mut out, value);
        out.i32(-1); // user data
    }
    out
}

fn topic_partitions(out: &mut Writer, topics: &[(Name, Vec<i32>)]) {
    out.count(topics.len());
    for (topic, partitions) in topics {
        out.string(topic);
        out.count(partitions.len());
        for partition in partitions {
            out.i32(*partition);
        }
    }
}

fn read_offset(value: &mut Reader<'_>) -> Option<CommittedOffset> {
    value.i16()?;
    let offset = value.i64()?;
    value.i32()?;
    value.string()?;
    let committed_at = value.i64()?;
    Some(CommittedOffset {
        offset,
        committed_at,
    })
}

fn read_group(value: &mut Reader<'_>) -> Option<GroupMetadata> {
    value.i16()?;
    Some(GroupMetadata {
        consumer: !value.string()?.is_empty(),
        generation: value.i32()?,
        protocol: value.nullable_string()?,
        leader: value.nullable_string()?,
        state_since: value.i64()?,
        members: value.list(read_member)?,
    })
}

fn read_member(value: &mut Reader<'_>) -> Option<MemberMetadata> {
    let id = value.string()?;
    let instance = value.nullable_string()?;
    let client_id = value.string()?;
    value.string()?;
    Some(MemberMetadata {
        id,
        instance,
        client_id,
        rebalance_timeout_ms: value.i32()?.into(),
        session_timeout_ms: value.i32()?.into(),
        subscription: read_subscription(&mut value.bytes()??)?,
        assignment: read_assignment(&mut value.bytes()??)?,
    })
}

pub(super) fn read_subscription(value: &mut Reader<'_>) -> Option<Subscription> {
    value.i16()?;
    let topics = value.list(Reader::string)?;
    let userdata = match value.bytes()? {
        Some(mut inner) => Some(UserData {
            previous: read_topic_partitions(&mut inner)?,
            generation: inner.i32()?,
            weight: inner.i32().map_or(0, |w| w as u32),
        }),
        None => None,
    };
    Some(Subscription {
        topics,
        owned: read_topic_partitions(value)?,
        generation: value.i32()?,
        userdata,
    })
}

fn read_assignment(value: &mut Reader<'_>) -> Option<MemberAssignment> {
    if value.0.is_empty() {
        return Some(MemberAssignment::new());
    }
    value.i16()?;
    read_topic_partitions(value)
}

fn read_topic_partitions(value: &mut Reader<'_>) -> Option<Vec<(Name, Vec<i32>)>> {
    value.list(|it| Some((it.string()?, it.list(Reader::i32)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn member() -> MemberMetadata {
        MemberMetadata {
            id: "c1-0b".into(),
            instance: Some("i1".into()),
            client_id: "c1".into(),
            rebalance_timeout_ms: 300_000,
            session_timeout_ms: 45_000,
            subscription: Subscription {
                topics: vec!["orders".into(), "returns".into()],
                owned: vec![("orders".into(), vec![0, 2])],
                generation: 4,
                userdata: Some(UserData {
                    previous: vec![("orders".into(), vec![1])],
                    generation: 3,
                    weight: 3,
                }),
            },
            assignment: vec![("orders".into(), vec![0, 1, 2])],
        }
    }

    #[test]
    fn group_metadata_survives_the_log() {
        let value = GroupMetadata {
            consumer: true,
            generation: 5,
            protocol: Some("sticky".into()),
            leader: Some("c1-0b".into()),
            state_since: 1_234,
            members: vec![member()],
        };
        let record = group_record(1_234, "billing", Some(&value));
        let expected = OffsetsRecord::Group("billing".into(), Some(value));
        assert_eq!(decode(&record), Some(expected));
        let gone = group_record(9, "billing", None);
        let expected = OffsetsRecord::Group("billing".into(), None);
        assert_eq!(decode(&gone), Some(expected));
    }

    #[test]
    fn an_offset_has_kafkas_bytes() {
        let value = CommittedOffset {
            offset: 42,
            committed_at: 7,
        };
        let record = offset_record(7, "g", "t", 3, Some(value));
        let key = record.key.as_deref();
        assert_eq!(key, Some(&[0, 1, 0, 1, b'g', 0, 1, b't', 0, 0, 0, 3][..]));
        let bytes = [
            0, 3, 0, 0, 0, 0, 0, 0, 0, 42, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7,
        ];
        assert_eq!(record.value.as_deref(), Some(&bytes[..]));
        let expected = OffsetsRecord::Offset {
            group: "g".into(),
            topic: "t".into(),
            partition: 3,
            value: Some(value),
        };
        assert_eq!(decode(&record), Some(expected));
    }

    #[test]
    fn a_cut_record_is_not_read() {
        let record = offset_record(7, "g", "t", 3, None);
        let key = record.key.as_deref().unwrap_or_default();
        let cut = Record::new(7, Some(key[..key.len() - 1].into()), None);
        assert_eq!(decode(&cut), None);
    }
}
