//! Where in the view a term finds what it is asked about, and how numbers and states become values.

use super::{Arg, Found};
use crate::command::PartitionName;
use crate::id::{BrokerId, NodeId, TopicPartition};
use crate::scenario::Scene;
use crate::scenario::value::Value;
use crate::view::{
    ConsumerView, GroupView, PartitionView, ProcessState, ProducerView, ReplicaView, TopicView,
};
use alloc::string::{String, ToString};
use core::fmt;

pub(super) fn name(args: &[Arg], index: usize) -> Result<&str, String> {
    match args.get(index) {
        Some(Arg::Name(name)) => Ok(name),
        _ => Err("a name is missing".to_string()),
    }
}

pub(super) fn tp_name(args: &[Arg]) -> Option<&PartitionName> {
    args.iter().find_map(|a| match a {
        Arg::Partition(tp) => Some(tp),
        _ => None,
    })
}

pub(super) fn node_id(args: &[Arg]) -> Option<BrokerId> {
    args.iter().find_map(|a| match a {
        Arg::Node(id) => Some(*id),
        _ => None,
    })
}

pub(super) fn topic<'a>(scene: &Scene<'a>, name: &str) -> Result<&'a TopicView, String> {
    let found = scene.view.topics.iter().find(|t| &*t.name == name);
    found.ok_or_else(|| alloc::format!("there is no topic {name}"))
}

pub(super) fn part<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<&'a PartitionView, String> {
    let wanted = tp_name(args).ok_or("a partition is missing")?;
    let topic = topic(scene, &wanted.topic)?;
    let is_it = |p: &&PartitionView| p.tp.partition == wanted.partition;
    let found = topic.partitions.iter().find(is_it);
    found.ok_or_else(|| alloc::format!("there is no partition {wanted}"))
}

/// The copy on the broker named, or on the leader.
pub(super) fn replica<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<&'a ReplicaView, String> {
    let part = part(scene, args)?;
    let id = node_id(args).or(part.leader).ok_or("nobody leads")?;
    let broker = scene.view.brokers.iter().find(|b| b.id == id);
    let replicas = &broker
        .ok_or_else(|| alloc::format!("there is no broker {id}"))?
        .replicas;
    let found = replicas.iter().find(|r| r.tp == part.tp);
    found.ok_or_else(|| alloc::format!("broker {id} has no copy"))
}

pub(super) fn on_replica(
    scene: &Scene<'_>,
    args: &[Arg],
    of_leader: fn(&PartitionView) -> i64,
    of_replica: fn(&ReplicaView) -> i64,
) -> Found {
    Ok(Value::offset(match node_id(args) {
        None => of_leader(part(scene, args)?),
        Some(_) => of_replica(replica(scene, args)?),
    }))
}

pub(super) fn producer<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<&'a ProducerView, String> {
    let name = name(args, 0)?;
    let found = scene.view.producers.iter().find(|p| &*p.name == name);
    found.ok_or_else(|| alloc::format!("there is no producer {name}"))
}

pub(in crate::scenario) fn consumer<'a>(
    scene: &Scene<'a>,
    args: &[Arg],
) -> Result<&'a ConsumerView, String> {
    let name = name(args, 0)?;
    let mut all = scene.view.groups.iter().flat_map(|g| &g.consumers);
    let found = all.find(|c| &*c.name == name);
    found.ok_or_else(|| alloc::format!("there is no consumer {name}"))
}

pub(in crate::scenario) fn group<'a>(
    scene: &Scene<'a>,
    args: &[Arg],
) -> Result<&'a GroupView, String> {
    let name = name(args, 0)?;
    let found = scene.view.groups.iter().find(|g| &*g.name == name);
    found.ok_or_else(|| alloc::format!("there is no group {name}"))
}

/// The address of a producer or consumer.
pub(super) fn client_node(scene: &Scene<'_>, args: &[Arg]) -> Result<NodeId, String> {
    let found = producer(scene, args).map(|p| p.node);
    found
        .or_else(|_| consumer(scene, args).map(|c| c.node))
        .map_err(|_| alloc::format!("there is no client {}", name(args, 0).unwrap_or("?")))
}

pub(super) fn tp_of(scene: &Scene<'_>, args: &[Arg]) -> Result<TopicPartition, String> {
    part(scene, args).map(|p| p.tp)
}

pub(super) fn count(n: usize) -> Value {
    Value::Int(n as i64)
}

pub(super) fn number(n: u64) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

pub(super) fn ints(numbers: &[i64]) -> Value {
    Value::List(numbers.iter().map(|n| Value::Int(*n)).collect())
}

pub(super) fn lower<T: fmt::Debug>(state: &T) -> Value {
    let text = alloc::format!("{state:?}").to_ascii_lowercase();
    Value::Text(text.as_str().into())
}

pub(super) fn process(state: ProcessState) -> Value {
    match state {
        ProcessState::ShuttingDown => Value::text("shutting-down"),
        other => lower(&other),
    }
}
