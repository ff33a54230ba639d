//! Terms on groups, share groups and consumers.

use super::find::{consumer, group, number, part, tp_name, tp_of};
use super::{Arg, Found};
use crate::event::Event;
use crate::id::{Name, TopicPartition};
use crate::scenario::Scene;
use crate::scenario::facts::partition;
use crate::scenario::value::Value;
use crate::view::{ConsumerView, SharePartitionView, ShareRecordView};
use alloc::string::String;
use alloc::vec::Vec;

/// A group's, or the one a consumer believes in.
pub(super) fn generation(scene: &Scene<'_>, args: &[Arg]) -> Found {
    match group(scene, args) {
        Ok(group) => Ok(group.generation.into()),
        Err(why) => Ok(consumer(scene, args).map_err(|_| why)?.generation.into()),
    }
}

pub(super) fn group_leader(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let group = group(scene, args)?;
    let leads = |c: &&ConsumerView| Some(&c.member_id) == group.leader.as_ref();
    let found = group.consumers.iter().find(leads);
    Ok(Value::maybe(found.map(|c| &c.name)))
}

pub(super) fn committed(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tp = tp_of(scene, args)?;
    let offsets = &group(scene, args)?.committed;
    let found = offsets.iter().find(|c| c.0 == tp);
    Ok(found.map_or(Value::None, |c| Value::offset(c.1)))
}

pub(super) fn lag(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let group = group(scene, args)?;
    if tp_name(args).is_none() {
        return Ok(group.lag.into());
    }
    let part = part(scene, args)?;
    let offset = group.committed.iter().find(|c| c.0 == part.tp);
    let from = offset.map_or(part.log_start, |c| c.1);
    Ok(match part.high_watermark {
        end @ 0.. => Value::Int((end - from).max(0)),
        _ => Value::None,
    })
}

/// The share-partition of a share group.
pub(super) fn shared<'a>(
    scene: &Scene<'a>,
    args: &[Arg],
) -> Result<Option<&'a SharePartitionView>, String> {
    let tp = tp_of(scene, args)?;
    let group = group(scene, args)?;
    let all = group.share.as_ref();
    let all = all.ok_or_else(|| alloc::format!("{} is not a share group", group.name))?;
    Ok(all.iter().find(|p| p.tp == tp))
}

/// State and delivery count of each record in flight: `0:acquired:1`.
pub(super) fn shared_records(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let records = shared(scene, args)?.map_or(&[][..], |p| &p.records);
    let text = |r: &ShareRecordView| {
        let state = alloc::format!("{:?}", r.state).to_ascii_lowercase();
        let text = alloc::format!("{}:{state}:{}", r.offset, r.delivery_count);
        Value::Text(text.as_str().into())
    };
    Ok(Value::List(records.iter().map(text).collect()))
}

/// What a share consumer holds: offset and delivery count.
pub(super) fn acquired(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tp = tp_of(scene, args)?;
    let held = consumer(scene, args)?.acquired.iter();
    let its = held.filter(|(t, ..)| *t == tp);
    Ok(Value::List(
        its.map(|(_, offset, count)| Value::Pair(*offset, i64::from(*count)))
            .collect(),
    ))
}

pub(super) fn owned(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let mut tps: Vec<(&Name, TopicPartition)> = consumer(scene, args)?
        .partitions
        .iter()
        .map(|p| (&p.topic, p.tp))
        .collect();
    crate::sorted::sort(&mut tps);
    let names = tps.into_iter().map(|(_, tp)| partition(tp, scene.names));
    Ok(Value::List(names.collect()))
}

pub(super) fn position(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tp = tp_of(scene, args)?;
    let owned = &consumer(scene, args)?.partitions;
    let found = owned.iter().find(|p| p.tp == tp);
    Ok(found.map_or(Value::None, |p| Value::offset(p.position)))
}

/// Offsets poll() returned of a partition, or how many records in all.
pub(super) fn delivered(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let consumer = consumer(scene, args)?;
    if tp_name(args).is_none() {
        return Ok(number(consumer.delivered));
    }
    let wanted = tp_of(scene, args)?;
    let mut found = Vec::new();
    for event in scene.told_by(consumer.node) {
        if let Event::Polled {
            tp, first, last, ..
        } = event
            && *tp == wanted
        {
            found.extend((*first..=*last).map(Value::Int));
        }
    }
    Ok(Value::List(found))
}

pub(super) fn processed(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let wanted = tp_of(scene, args)?;
    let node = consumer(scene, args)?.node;
    let offset = |e: &Event| match e {
        Event::Processed { tp, offset } if *tp == wanted => Some(Value::Int(*offset)),
        _ => None,
    };
    Ok(Value::List(
        scene.told_by(node).filter_map(offset).collect(),
    ))
}
