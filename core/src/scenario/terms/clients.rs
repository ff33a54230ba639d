//! Terms on producers and on what applications were told.

use super::find::{client_node, consumer, count, name, process, producer};
use super::{Arg, Found};
use crate::event::Event;
use crate::scenario::Scene;
use crate::scenario::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) fn client(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let of_producer = producer(scene, args).map(|p| p.state);
    let state = of_producer.or_else(|_| consumer(scene, args).map(|c| c.state));
    state
        .map(process)
        .map_err(|_| alloc::format!("there is no client {}", name(args, 0).unwrap_or("?")))
}

pub(super) fn error(scene: &Scene<'_>, args: &[Arg]) -> Found {
    if let Ok(producer) = producer(scene, args) {
        return Ok(Value::maybe(producer.last_error.as_ref().map(|e| &e.1)));
    }
    Ok(Value::maybe(consumer(scene, args)?.last_error.as_ref()))
}

/// Errors the application saw, in order.
pub(super) fn errors(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let node = client_node(scene, args)?;
    let shown = scene.told_by(node).filter_map(|e| match e {
        Event::SendFailed { error, .. } | Event::ClientError { error, .. } => Some(error.into()),
        _ => None,
    });
    Ok(Value::List(shown.collect()))
}

/// Partitions of the records sent, in order.
pub(super) fn sent(scene: &Scene<'_>, args: &[Arg]) -> Result<Vec<i32>, String> {
    let node = producer(scene, args)?.node;
    let partition = |e: &Event| match e {
        Event::RecordSent { tp } => Some(tp.partition),
        _ => None,
    };
    Ok(scene.told_by(node).filter_map(partition).collect())
}

/// Lengths of runs of the same partition.
pub(super) fn runs(partitions: &[i32]) -> Value {
    let same = partitions.chunk_by(|a, b| a == b);
    Value::List(same.map(|run| count(run.len())).collect())
}

/// Partition and first offset of each acknowledged batch, in order.
pub(super) fn acks(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let node = producer(scene, args)?.node;
    let pair = |e: &Event| match e {
        Event::Acked { tp, base, .. } => Some(Value::Pair(i64::from(tp.partition), *base)),
        _ => None,
    };
    Ok(Value::List(scene.told_by(node).filter_map(pair).collect()))
}
