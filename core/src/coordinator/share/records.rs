//! The records of share groups: the group's metadata in `__consumer_offsets`, and the state of a share-partition in
//! `__share_group_state` (`ShareSnapshot`, `ShareUpdate`).
//!
//! Simplified: a group is one record (Kafka has one for each member, target and epoch); every state record is a snapshot (Kafka writes
//! differences, with a snapshot after every 500).

use super::{Key, Stored};
use crate::coordinator::bytes::{Reader, Writer};
use crate::group::share::group::{ShareGroup, ShareMember};
use crate::group::share::state::ShareState;
use crate::id::{TopicId, TopicPartition};
use crate::protocol::{RecordState, StateBatch};
use crate::record::Record;
use crate::time::SimTime;
use alloc::vec::Vec;

/// `ShareGroupMetadata`; keys below belong to classic and consumer groups.
const GROUP_KEY_VERSION: i16 = 11;
/// `ShareSnapshot`.
const SNAPSHOT_KEY_VERSION: i16 = 0;

/// A value, or its tombstone.
pub(super) fn encode(timestamp: i64, key: &Key, value: Option<&Stored>) -> Record {
    let mut out = Writer::default();
    match key {
        Key::Group(name) => {
            out.i16(GROUP_KEY_VERSION);
            out.string(name);
        }
        Key::State(name, tp) => {
            out.i16(SNAPSHOT_KEY_VERSION);
            out.string(name);
            write_partition(&mut out, *tp);
        }
    }
    let value = value.map(|value| {
        let mut out = Writer::default();
        match value {
            Stored::Group(group) => write_group(&mut out, group),
            Stored::State(state) => write_state(&mut out, state),
        }
        out.0.into()
    });
    Record::new(timestamp, Some(out.0.into()), value)
}

/// Reads a record back; `None` for one that is of another kind. `states`: it comes from `__share_group_state`.
pub(super) fn decode(record: &Record, states: bool) -> Option<(Key, Option<Stored>)> {
    let mut key = Reader(record.key.as_deref()?);
    let value = record.value.as_deref().map(Reader);
    match (key.i16()?, states) {
        (GROUP_KEY_VERSION, false) => {
            let value = match value {
                Some(mut value) => Some(Stored::Group(read_group(&mut value)?)),
                None => None,
            };
            Some((Key::Group(key.string()?), value))
        }
        (SNAPSHOT_KEY_VERSION, true) => {
            let value = match value {
                Some(mut value) => Some(Stored::State(read_state(&mut value)?)),
                None => None,
            };
            Some((Key::State(key.string()?, read_partition(&mut key)?), value))
        }
        _ => None,
    }
}

fn write_partition(out: &mut Writer, tp: TopicPartition) {
    out.i32(tp.topic.0 as i32);
    out.i32(tp.partition);
}

fn read_partition(from: &mut Reader<'_>) -> Option<TopicPartition> {
    let topic = TopicId(from.i32()? as u32);
    Some(TopicPartition::new(topic, from.i32()?))
}

fn write_partitions(out: &mut Writer, list: &[TopicPartition]) {
    out.count(list.len());
    list.iter().for_each(|tp| write_partition(out, *tp));
}

fn write_group(out: &mut Writer, group: &ShareGroup) {
    out.i32(group.epoch);
    out.count(group.members.len());
    for (id, member) in &group.members {
        out.string(id);
        out.i32(member.epoch);
        out.i32(member.previous_epoch);
        out.count(member.topics.len());
        member.topics.iter().for_each(|topic| out.string(topic));
        write_partitions(out, &member.assigned);
        write_partitions(out, group.target.get(id).map_or(&[], |list| &list[..]));
    }
    out.count(group.topics.len());
    for (name, id, partitions) in &group.topics {
        out.string(name);
        out.i32(id.0 as i32);
        out.i32(*partitions);
    }
}

fn read_group(from: &mut Reader<'_>) -> Option<ShareGroup> {
    let mut group = ShareGroup {
        epoch: from.i32()?,
        ..ShareGroup::default()
    };
    let members = from.list(|from| {
        let id = from.string()?;
        let member = ShareMember {
            epoch: from.i32()?,
            previous_epoch: from.i32()?,
            topics: from.list(Reader::string)?,
            assigned: from.list(read_partition)?,
            session_ends: SimTime::MAX,
        };
        Some((id, member, from.list(read_partition)?))
    })?;
    for (id, member, target) in members {
        group.members.insert(id.clone(), member);
        group.target.insert(id, target);
    }
    group.topics =
        from.list(|from| Some((from.string()?, TopicId(from.i32()? as u32), from.i32()?)))?;
    Some(group)
}

fn write_state(out: &mut Writer, state: &ShareState) {
    out.i32(state.state_epoch);
    out.i32(state.leader_epoch);
    out.i64(state.start_offset);
    out.count(state.batches.len());
    for batch in &state.batches {
        out.i64(batch.first);
        out.i64(batch.last);
        out.i16(i16::from(batch.state.code()));
        out.i16(batch.delivery_count);
    }
}

fn read_state(from: &mut Reader<'_>) -> Option<ShareState> {
    Some(ShareState {
        state_epoch: from.i32()?,
        leader_epoch: from.i32()?,
        start_offset: from.i64()?,
        batches: from.list(|from| {
            Some(StateBatch {
                first: from.i64()?,
                last: from.i64()?,
                state: RecordState::of_code(from.i16()? as u8)?,
                delivery_count: from.i16()?,
            })
        })?,
    })
}

/// Batches of a log as records, oldest first.
pub(super) fn replay<'a>(
    batches: impl Iterator<Item = &'a crate::record::RecordBatch>,
    states: bool,
) -> Vec<(Key, Option<Stored>)> {
    let records = batches.flat_map(|b| b.records.iter());
    records.filter_map(|r| decode(r, states)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Name;

    #[test]
    fn what_is_written_is_read() {
        let tp = TopicPartition::new(TopicId(3), 4);
        let member = ShareMember {
            epoch: 7,
            previous_epoch: 6,
            topics: alloc::vec!["orders".into()],
            assigned: alloc::vec![tp],
            session_ends: SimTime::MAX,
        };
        let id = Name::from("m1");
        let group = ShareGroup {
            epoch: 8,
            members: [(id.clone(), member)].into(),
            topics: alloc::vec![("orders".into(), TopicId(3), 6)],
            target: [(id, alloc::vec![tp])].into(),
        };
        let batch = StateBatch {
            first: 4,
            last: 9,
            state: RecordState::Archived,
            delivery_count: 5,
        };
        let state = ShareState {
            state_epoch: 0,
            leader_epoch: 2,
            start_offset: 4,
            batches: alloc::vec![batch],
        };
        let pairs = [
            (Key::Group("workers".into()), Stored::Group(group), false),
            (Key::State("workers".into(), tp), Stored::State(state), true),
        ];
        for (key, value, states) in pairs {
            let record = encode(5, &key, Some(&value));
            assert_eq!(decode(&record, states), Some((key.clone(), Some(value))));
            assert_eq!(decode(&record, !states), None);
            let tombstone = encode(5, &key, None);
            assert_eq!(decode(&tombstone, states), Some((key, None)));
        }
    }
}
