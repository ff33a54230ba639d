//! Records of groups of the consumer protocol in Kafka's binary form: keys of versions 3 to 8, values of version 0 with compact
//! fields (`ConsumerGroupMetadataValue`, `…PartitionMetadataValue`, `…MemberMetadataValue`,
//! `…TargetAssignmentMetadataValue`, `…TargetAssignmentMemberValue`, `…CurrentMemberAssignmentValue`).
//!
//! Simplified: `clientHost` is empty, there are no racks, and a topic's Uuid is its number here.

use super::bytes::{Reader, Writer};
use super::records::{OffsetsRecord, read_subscription, subscription};
use crate::group::consumer::record::{
    ClassicMember, Current, GroupRecord, MemberMetadata, SubscribedTopic,
};
use crate::id::{TopicId, TopicPartition};
use crate::reconcile::{MemberState, Partitions};
use crate::record::Record;
use crate::sorted::Map;
use crate::time::Duration;
use alloc::vec::Vec;

const EPOCH: i16 = 3;
const TOPICS: i16 = 4;
const MEMBER: i16 = 5;
const TARGET_EPOCH: i16 = 6;
const TARGET: i16 = 7;
const CURRENT: i16 = 8;
const VALUE_VERSION: i16 = 0;
/// `MemberState`: 0 is STABLE, 1 UNREVOKED_PARTITIONS, 2 UNRELEASED_PARTITIONS.
const STATES: [MemberState; 3] = [
    MemberState::Stable,
    MemberState::UnrevokedPartitions,
    MemberState::UnreleasedPartitions,
];

/// A change of a group, as it is written.
pub(super) fn modern_record(timestamp: i64, group: &str, record: &GroupRecord) -> Record {
    let (version, member, value) = match record {
        GroupRecord::Epoch(epoch) => (EPOCH, None, epoch.map(epoch_value)),
        GroupRecord::Topics(topics) => (TOPICS, None, topics.as_deref().map(topics_value)),
        GroupRecord::Member(id, member) => (MEMBER, Some(id), member.as_ref().map(member_value)),
        GroupRecord::TargetEpoch(epoch) => (TARGET_EPOCH, None, epoch.map(epoch_value)),
        GroupRecord::Target(id, target) => (TARGET, Some(id), target.as_ref().map(target_value)),
        GroupRecord::Current(id, it) => (CURRENT, Some(id), it.as_ref().map(current_value)),
    };
    let mut key = Writer::default();
    key.i16(version);
    key.string(group);
    if let Some(member) = member {
        key.string(member);
    }
    let value = value.map(|mut v| {
        let mut out = Writer::default();
        out.i16(VALUE_VERSION);
        out.0.append(&mut v.0);
        out.0.into()
    });
    Record::new(timestamp, Some(key.0.into()), value)
}

/// Reads a record whose key has this version; `None` if it is of another kind.
pub(super) fn read_modern(
    version: i16,
    mut key: Reader<'_>,
    value: Option<Reader<'_>>,
) -> Option<OffsetsRecord> {
    let group = key.string()?;
    let mut value = value;
    if let Some(value) = &mut value {
        value.i16()?;
    }
    let value = value.as_mut();
    let record = match version {
        EPOCH => GroupRecord::Epoch(read(value, Reader::i32)?),
        TOPICS => GroupRecord::Topics(read(value, |v| v.compact_list(read_topic))?),
        MEMBER => GroupRecord::Member(key.string()?, read(value, read_member)?),
        TARGET_EPOCH => GroupRecord::TargetEpoch(read(value, Reader::i32)?),
        TARGET => GroupRecord::Target(key.string()?, read(value, read_partitions)?),
        CURRENT => GroupRecord::Current(key.string()?, read(value, read_current)?),
        _ => return None,
    };
    Some(OffsetsRecord::Modern(group, record))
}

/// A value, or the tombstone in its place; `None` outside if it cannot be read.
fn read<'a, T>(
    value: Option<&mut Reader<'a>>,
    item: impl Fn(&mut Reader<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match value {
        Some(value) => Some(Some(item(value)?)),
        None => Some(None),
    }
}

/// No tagged fields: the end of every structure.
fn end(out: &mut Writer) {
    out.uvarint(0);
}

fn epoch_value(epoch: i32) -> Writer {
    let mut out = Writer::default();
    out.i32(epoch);
    end(&mut out);
    out
}

fn uuid(out: &mut Writer, topic: TopicId) {
    out.i64(0);
    out.i64(topic.0.into());
}

fn topics_value(topics: &[SubscribedTopic]) -> Writer {
    let mut out = Writer::default();
    out.compact_count(topics.len());
    for topic in topics {
        uuid(&mut out, topic.id);
        out.compact_string(&topic.name);
        out.i32(topic.partitions);
        out.compact_count(0); // racks
        end(&mut out);
    }
    end(&mut out);
    out
}

fn read_uuid(value: &mut Reader<'_>) -> Option<TopicId> {
    value.i64()?;
    Some(TopicId(value.i64()? as u32))
}

fn read_topic(value: &mut Reader<'_>) -> Option<SubscribedTopic> {
    let topic = SubscribedTopic {
        id: read_uuid(value)?,
        name: value.compact_string()?,
        partitions: value.i32()?,
    };
    value.uvarint()?;
    value.uvarint()?;
    Some(topic)
}

fn partitions(out: &mut Writer, partitions: &Partitions<TopicPartition>) {
    let mut topics: Map<TopicId, Vec<i32>> = Map::new();
    for tp in partitions {
        topics.entry(tp.topic).or_default().push(tp.partition);
    }
    out.compact_count(topics.len());
    for (topic, list) in topics {
        uuid(out, topic);
        out.compact_count(list.len());
        list.into_iter().for_each(|p| out.i32(p));
        end(out);
    }
}

fn read_partitions(value: &mut Reader<'_>) -> Option<Partitions<TopicPartition>> {
    let topics = value.compact_list(|it| {
        let topic = read_uuid(it)?;
        let list = it.compact_list(Reader::i32)?;
        it.uvarint()?;
        Some((topic, list))
    })?;
    let all = topics
        .into_iter()
        .flat_map(|(topic, list)| list.into_iter().map(move |p| TopicPartition::new(topic, p)));
    Some(all.collect())
}

fn target_value(target: &Partitions<TopicPartition>) -> Writer {
    let mut out = Writer::default();
    partitions(&mut out, target);
    end(&mut out);
    out
}

fn current_value(current: &Current) -> Writer {
    let mut out = Writer::default();
    out.i32(current.member_epoch);
    out.i32(current.previous_member_epoch);
    out.i8(current.state as i8);
    partitions(&mut out, &current.assigned);
    partitions(&mut out, &current.pending_revocation);
    end(&mut out);
    out
}

fn read_current(value: &mut Reader<'_>) -> Option<Current> {
    Some(Current {
        member_epoch: value.i32()?,
        previous_member_epoch: value.i32()?,
        state: *STATES.get(value.i8()? as usize)?,
        assigned: read_partitions(value)?,
        pending_revocation: read_partitions(value)?,
    })
}

fn member_value(member: &MemberMetadata) -> Writer {
    let mut out = Writer::default();
    out.compact_nullable_string(member.instance.as_deref());
    out.compact_nullable_string(None); // rack
    out.compact_string(&member.client_id);
    out.compact_string(""); // host
    out.compact_count(member.topics.len());
    for topic in member.topics.iter() {
        out.compact_string(topic);
    }
    out.compact_nullable_string(None); // regular expression
    out.i32(member.rebalance_timeout.as_millis() as i32);
    out.compact_nullable_string(member.assignor.as_deref());
    match &member.classic {
        None => end(&mut out),
        Some(classic) => {
            let inner = classic_value(classic);
            out.uvarint(1); // one tagged field: number 0, so long
            out.uvarint(0);
            out.uvarint(inner.0.len() as u32);
            out.0.extend_from_slice(&inner.0);
        }
    }
    out
}

fn classic_value(classic: &ClassicMember) -> Writer {
    let mut out = Writer::default();
    out.i32(classic.session_timeout.as_millis() as i32);
    out.compact_count(classic.protocols.len());
    for (name, told) in classic.protocols.iter() {
        out.compact_string(name);
        out.compact_bytes(subscription(told));
        end(&mut out);
    }
    end(&mut out);
    out
}

fn read_member(value: &mut Reader<'_>) -> Option<MemberMetadata> {
    let instance = value.compact_nullable_string()?;
    value.compact_nullable_string()?;
    let client_id = value.compact_string()?;
    value.compact_string()?;
    let topics = value.compact_list(Reader::compact_string)?;
    value.compact_nullable_string()?;
    Some(MemberMetadata {
        instance,
        client_id,
        topics: topics.into(),
        rebalance_timeout: Duration::millis(value.i32()?.into()),
        assignor: value.compact_nullable_string()?,
        classic: match value.uvarint()? {
            0 => None,
            _ => Some(read_classic(value)?),
        },
    })
}

fn read_classic(value: &mut Reader<'_>) -> Option<ClassicMember> {
    value.uvarint()?;
    value.uvarint()?;
    let session_timeout = Duration::millis(value.i32()?.into());
    let protocols = value.compact_list(|it| {
        let name = it.compact_string()?;
        let told = read_subscription(&mut it.compact_bytes()??)?;
        it.uvarint()?;
        Some((name, told))
    })?;
    Some(ClassicMember {
        session_timeout,
        protocols: protocols.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::records::decode;
    use super::*;
    use crate::id::Name;
    use crate::protocol::Subscription;
    use alloc::vec;

    fn survives(record: GroupRecord) {
        let written = modern_record(7, "billing", &record);
        let expected = OffsetsRecord::Modern("billing".into(), record);
        assert_eq!(decode(&written), Some(expected));
    }

    fn some(list: &[i32]) -> Partitions<TopicPartition> {
        let all = list.iter().map(|p| TopicPartition::new(TopicId(3), *p));
        all.collect()
    }

    fn member(classic: Option<ClassicMember>) -> MemberMetadata {
        MemberMetadata {
            instance: Some(Name::from("i1")),
            client_id: "c1".into(),
            topics: vec![Name::from("orders"), "returns".into()].into(),
            rebalance_timeout: Duration::secs(300),
            assignor: Some("range".into()),
            classic,
        }
    }

    #[test]
    fn every_change_survives_the_log() {
        survives(GroupRecord::Epoch(Some(12)));
        survives(GroupRecord::Epoch(None));
        survives(GroupRecord::Topics(Some(vec![SubscribedTopic {
            id: TopicId(3),
            name: "orders".into(),
            partitions: 300,
        }])));
        survives(GroupRecord::TargetEpoch(Some(11)));
        survives(GroupRecord::Target(
            "c1-0b".into(),
            Some(some(&[0, 1, 200])),
        ));
        survives(GroupRecord::Current(
            "c1-0b".into(),
            Some(Current {
                state: MemberState::UnrevokedPartitions,
                member_epoch: -2,
                previous_member_epoch: 11,
                assigned: some(&[0]),
                pending_revocation: some(&[1, 200]),
            }),
        ));
        survives(GroupRecord::Current("c1-0b".into(), None));
        survives(GroupRecord::Member("c1-0b".into(), Some(member(None))));
        survives(GroupRecord::Member(
            "c1-0b".into(),
            Some(member(Some(ClassicMember {
                session_timeout: Duration::secs(45),
                protocols: [("range".into(), Subscription::default())].into(),
            }))),
        ));
    }

    #[test]
    fn an_epoch_has_kafkas_bytes() {
        let record = modern_record(0, "g", &GroupRecord::Epoch(Some(2)));
        assert_eq!(record.key.as_deref(), Some(&[0, 3, 0, 1, b'g'][..]));
        assert_eq!(record.value.as_deref(), Some(&[0, 0, 0, 0, 0, 2, 0][..]));
    }
}
