//! The table of terms: what an expectation can ask of a view and its journal.

use super::Scene;
use super::facts::partition;
use super::value::Value;
use super::walks;
use crate::command::PartitionName;
use crate::command::values::partition_name;
use crate::command::words::quote;
use crate::event::{Entry, Event};
use crate::id::{BrokerId, Name, NodeId, TopicPartition};
use crate::time::{Duration, SimTime};
use crate::view::{
    ConsumerView, Fate, GroupView, LedgerRun, LedgerView, PartitionView, ProcessState,
    ProducerView, ReplicaView, SharePartitionView, ShareRecordView, TileKind, TopicView,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// What a term takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Take {
    Partition,
    /// May be left out.
    Broker,
    Node,
    Name,
    /// May be left out.
    OptionalName,
    /// May be left out.
    OptionalPartition,
}

/// An argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Arg {
    Partition(PartitionName),
    Node(BrokerId),
    Name(Name),
}

pub(super) type Found = Result<Value, String>;

/// One term of the language.
#[derive(Debug)]
pub(super) struct TermKind {
    pub name: &'static str,
    usage: &'static str,
    takes: &'static [Take],
    evaluate: fn(&Scene<'_>, &[Arg]) -> Found,
}

/// A term with its arguments.
#[derive(Clone, Debug)]
pub struct Term {
    kind: &'static TermKind,
    args: Vec<Arg>,
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name && self.args == other.args
    }
}

impl Eq for Term {}

macro_rules! terms {
    ($($name:literal $usage:literal [$($take:ident),*] $evaluate:expr;)*) => {
        &[$(TermKind { name: $name, usage: $usage, takes: &[$(Take::$take),*], evaluate: $evaluate },)*]
    };
}

const TERMS: &[TermKind] = terms! {
    "leader" "leader(orders-0)" [Partition] |s, a| Ok(Value::maybe(part(s, a)?.leader));
    "epoch" "epoch(orders-0)" [Partition] |s, a| Ok(part(s, a)?.leader_epoch.into());
    "partition_epoch" "partition_epoch(orders-0)" [Partition] |s, a| Ok(part(s, a)?.partition_epoch.into());
    "isr" "isr(orders-0)" [Partition] |s, a| Ok(Value::brokers(&part(s, a)?.isr));
    "elr" "elr(orders-0)" [Partition] |s, a| Ok(Value::brokers(&part(s, a)?.elr));
    "replicas" "replicas(orders-0)" [Partition] |s, a| Ok(Value::brokers(&part(s, a)?.replicas));
    "maximal_isr" "maximal_isr(orders-0, broker 1)" [Partition, Broker] |s, a| Ok(Value::brokers(&replica(s, a)?.maximal_isr));
    "hw" "hw(orders-0, broker 1)" [Partition, Broker] |s, a| on_replica(s, a, |p| p.high_watermark, |r| r.high_watermark);
    "leo" "leo(orders-0, broker 1)" [Partition, Broker] |s, a| on_replica(s, a, |p| p.log_end, |r| r.log_end);
    "start" "start(orders-0, broker 1)" [Partition, Broker] |s, a| on_replica(s, a, |p| p.log_start, |r| r.log_start);
    "role" "role(orders-0, broker 1)" [Partition, Broker] |s, a| Ok(lower(&replica(s, a)?.role));
    "log" "log(orders-0, broker 1)" [Partition, Broker] |s, a| Ok(log(replica(s, a)?));
    "keys" "keys(orders-0, broker 1)" [Partition, Broker] keys;
    "offsets" "offsets(orders-0, broker 1)" [Partition, Broker] offsets;
    "epochs" "epochs(orders-0, broker 1)" [Partition, Broker] epochs;
    "segments" "segments(orders-0, broker 1)" [Partition, Broker] |s, a| Ok(ints(&replica(s, a)?.segments));
    "partitions" "partitions(orders)" [Name] |s, a| Ok(count(topic(s, name(a, 0)?)?.partitions.len()));
    "topic" "topic(orders)" [Name] |s, a| Ok(Value::bool(topic(s, name(a, 0)?).is_ok()));
    "broker" "broker(2)" [Node] broker;
    "controller" "controller or controller(101)" [OptionalName] controller;
    "controller_epoch" "controller_epoch" [] |s, _| Ok(s.view.controller_epoch.into());
    "coordinates" "coordinates(1)" [Node] coordinates;
    "client" "client(c1)" [Name] client;
    "acked" "acked(p1)" [Name] |s, a| Ok(number(producer(s, a)?.acked));
    "failed" "failed(p1)" [Name] |s, a| Ok(number(producer(s, a)?.failed));
    "last_offset" "last_offset(p1)" [Name] |s, a| Ok(producer(s, a)?.last_ack.map_or(Value::None, |l| Value::Int(l.1)));
    "last_partition" "last_partition(p1)" [Name] |s, a| Ok(producer(s, a)?.last_ack.map_or(Value::None, |l| Value::from(l.0.partition)));
    "ack_time" "ack_time(p1)" [Name] |s, a| Ok(producer(s, a)?.last_ack.map_or(Value::None, |l| Value::Span(Duration(l.2))));
    "in_flight" "in_flight(p1)" [Name] |s, a| Ok(number(producer(s, a)?.in_flight.iter().map(|f| u64::from(f.1)).sum()));
    "waiting" "waiting(p1)" [Name] |s, a| Ok(number(producer(s, a)?.batches.iter().map(|b| u64::from(b.1)).sum()));
    "sent" "sent(p1)" [Name] |s, a| Ok(Value::List(sent(s, a)?.into_iter().map(Value::from).collect()));
    "runs" "runs(p1)" [Name] |s, a| Ok(runs(&sent(s, a)?));
    "acks" "acks(p1)" [Name] acks;
    "error" "error(p1)" [Name] error;
    "errors" "errors(p1)" [Name] errors;
    "state" "state(billing)" [Name] |s, a| Ok(group(s, a)?.state.map_or(Value::None, |g| Value::text(g.name())));
    "generation" "generation(billing)" [Name] generation;
    "assignment_epoch" "assignment_epoch(billing)" [Name] |s, a| Ok(group(s, a)?.assignment_epoch.map_or(Value::None, Value::from));
    "member_epoch" "member_epoch(c1)" [Name] |s, a| Ok(walks::of(s, a)?.map_or(Value::None, |w| w.epoch.into()));
    "member_state" "member_state(c1)" [Name] |s, a| Ok(walks::of(s, a)?.map_or(Value::None, |w| Value::text(w.state.name())));
    "assigned" "assigned(c1)" [Name] |s, a| walks::list(s, a, |w| &w.assigned);
    "revoking" "revoking(c1)" [Name] |s, a| walks::list(s, a, |w| &w.revoking);
    "target" "target(c1)" [Name] |s, a| walks::list(s, a, |w| &w.target);
    "members" "members(billing)" [Name] |s, a| Ok(count(group(s, a)?.members.len()));
    "protocol" "protocol(billing)" [Name] |s, a| Ok(Value::maybe(group(s, a)?.protocol.as_ref()));
    "coordinator" "coordinator(billing)" [Name] |s, a| Ok(Value::maybe(group(s, a)?.coordinator));
    "offsets_partition" "offsets_partition(billing)" [Name] |s, a| Ok(group(s, a)?.offsets_partition.into());
    "group_leader" "group_leader(billing)" [Name] group_leader;
    "moved" "moved(billing)" [Name] |s, a| Ok(Value::Int(i64::from(group(s, a)?.moved.0)));
    "committed" "committed(billing, orders-0)" [Name, Partition] committed;
    "lag" "lag(billing) or lag(billing, orders-0)" [Name, OptionalPartition] lag;
    "owned" "owned(c1)" [Name] owned;
    "spso" "spso(workers, orders-0)" [Name, Partition] |s, a| Ok(shared(s, a)?.map_or(Value::None, |p| p.start.into()));
    "speo" "speo(workers, orders-0)" [Name, Partition] |s, a| Ok(shared(s, a)?.map_or(Value::None, |p| p.end.into()));
    "records" "records(workers, orders-0)" [Name, Partition] shared_records;
    "acquired" "acquired(w1, orders-0)" [Name, Partition] acquired;
    "idle" "idle(c1)" [Name] |s, a| Ok(Value::bool(consumer(s, a)?.partitions.is_empty()));
    "position" "position(c1, orders-0)" [Name, Partition] position;
    "delivered" "delivered(c1) or delivered(c1, orders-0)" [Name, OptionalPartition] delivered;
    "processed" "processed(c1, orders-0)" [Name, Partition] processed;
    "ledger" "ledger(billing, orders-0)" [Name, Partition] ledger;
    "once" "once(billing) or once(billing, orders-0)" [Name, OptionalPartition] |s, a| fate(s, a, Fate::Once);
    "again" "again(billing) or again(billing, orders-0)" [Name, OptionalPartition] |s, a| fate(s, a, Fate::Again);
    "never" "never(billing) or never(billing, orders-0)" [Name, OptionalPartition] |s, a| fate(s, a, Fate::Never);
    "admin" "admin or admin(CreateTopics)" [OptionalName] admin;
    "violations" "violations or violations(LeaderInIsr)" [OptionalName] violations;
    "now" "now" [] |s, _| Ok(Value::Span(s.view.now.since(SimTime::ZERO)));
};

/// The names of all terms.
pub fn term_names() -> impl Iterator<Item = &'static str> {
    TERMS.iter().map(|t| t.name)
}

/// How each term is written; `docs/SCRIPTS.md` lists them all.
pub fn term_usages() -> impl Iterator<Item = &'static str> {
    TERMS.iter().map(|t| t.usage)
}

pub(super) fn find_term(name: &str) -> Option<&'static TermKind> {
    TERMS.iter().find(|t| t.name == name)
}

impl Term {
    /// Checks the arguments; the error is the index of the bad one, what it was, and how the term is used.
    pub(super) fn new(
        kind: &'static TermKind,
        words: &[String],
    ) -> Result<Self, (usize, String, &'static str)> {
        let mut args = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let arg = kind.takes.get(index).and_then(|take| take.read(word));
            args.push(arg.ok_or_else(|| (index, word.clone(), kind.usage))?);
        }
        let optional = |t: &Take| {
            matches!(
                t,
                Take::Broker | Take::OptionalName | Take::OptionalPartition
            )
        };
        if !kind.takes[args.len()..].iter().all(optional) {
            return Err((args.len(), String::new(), kind.usage));
        }
        Ok(Self { kind, args })
    }

    /// What it is, or why it is nothing.
    pub(super) fn evaluate(&self, scene: &Scene<'_>) -> Found {
        (self.kind.evaluate)(scene, &self.args)
    }
}

impl Take {
    fn read(self, word: &str) -> Option<Arg> {
        match self {
            Self::Partition | Self::OptionalPartition => partition_name(word).map(Arg::Partition),
            Self::Broker | Self::Node => word.parse().ok().map(|id| Arg::Node(BrokerId(id))),
            Self::Name | Self::OptionalName => Some(Arg::Name(word.into())),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name)?;
        let args: Vec<String> = self.args.iter().map(ToString::to_string).collect();
        match args.is_empty() {
            true => Ok(()),
            false => write!(f, "({})", args.join(", ")),
        }
    }
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partition(tp) => tp.fmt(f),
            Self::Node(id) => write!(f, "broker {id}"),
            Self::Name(name) => f.write_str(&quote(name)),
        }
    }
}

// Arguments.

fn name(args: &[Arg], index: usize) -> Result<&str, String> {
    match args.get(index) {
        Some(Arg::Name(name)) => Ok(name),
        _ => Err("a name is missing".to_string()),
    }
}

fn tp_name(args: &[Arg]) -> Option<&PartitionName> {
    args.iter().find_map(|a| match a {
        Arg::Partition(tp) => Some(tp),
        _ => None,
    })
}

fn node_id(args: &[Arg]) -> Option<BrokerId> {
    args.iter().find_map(|a| match a {
        Arg::Node(id) => Some(*id),
        _ => None,
    })
}

// Things in the view.

fn topic<'a>(scene: &Scene<'a>, name: &str) -> Result<&'a TopicView, String> {
    let found = scene.view.topics.iter().find(|t| &*t.name == name);
    found.ok_or_else(|| alloc::format!("there is no topic {name}"))
}

fn part<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<&'a PartitionView, String> {
    let wanted = tp_name(args).ok_or("a partition is missing")?;
    let topic = topic(scene, &wanted.topic)?;
    let is_it = |p: &&PartitionView| p.tp.partition == wanted.partition;
    let found = topic.partitions.iter().find(is_it);
    found.ok_or_else(|| alloc::format!("there is no partition {wanted}"))
}

/// The copy on the broker named, or on the leader.
fn replica<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<&'a ReplicaView, String> {
    let part = part(scene, args)?;
    let id = node_id(args).or(part.leader).ok_or("nobody leads")?;
    let broker = scene.view.brokers.iter().find(|b| b.id == id);
    let replicas = &broker
        .ok_or_else(|| alloc::format!("there is no broker {id}"))?
        .replicas;
    let found = replicas.iter().find(|r| r.tp == part.tp);
    found.ok_or_else(|| alloc::format!("broker {id} has no copy"))
}

fn on_replica(
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

fn producer<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<&'a ProducerView, String> {
    let name = name(args, 0)?;
    let found = scene.view.producers.iter().find(|p| &*p.name == name);
    found.ok_or_else(|| alloc::format!("there is no producer {name}"))
}

pub(super) fn consumer<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<&'a ConsumerView, String> {
    let name = name(args, 0)?;
    let mut all = scene.view.groups.iter().flat_map(|g| &g.consumers);
    let found = all.find(|c| &*c.name == name);
    found.ok_or_else(|| alloc::format!("there is no consumer {name}"))
}

pub(super) fn group<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<&'a GroupView, String> {
    let name = name(args, 0)?;
    let found = scene.view.groups.iter().find(|g| &*g.name == name);
    found.ok_or_else(|| alloc::format!("there is no group {name}"))
}

/// The address of a producer or consumer.
fn client_node(scene: &Scene<'_>, args: &[Arg]) -> Result<NodeId, String> {
    let found = producer(scene, args).map(|p| p.node);
    found
        .or_else(|_| consumer(scene, args).map(|c| c.node))
        .map_err(|_| alloc::format!("there is no client {}", name(args, 0).unwrap_or("?")))
}

fn count(n: usize) -> Value {
    Value::Int(n as i64)
}

fn number(n: u64) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

fn ints(numbers: &[i64]) -> Value {
    Value::List(numbers.iter().map(|n| Value::Int(*n)).collect())
}

fn lower<T: fmt::Debug>(state: &T) -> Value {
    let text = alloc::format!("{state:?}").to_lowercase();
    Value::Text(text.as_str().into())
}

fn process(state: ProcessState) -> Value {
    match state {
        ProcessState::ShuttingDown => Value::text("shutting-down"),
        other => lower(&other),
    }
}

// Brokers and logs.

fn broker(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let id = node_id(args).ok_or("a broker is missing")?;
    let found = scene.view.brokers.iter().find(|b| b.id == id);
    let state = found
        .ok_or_else(|| alloc::format!("there is no broker {id}"))?
        .state;
    Ok(process(state))
}

fn coordinates(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let id = node_id(args).ok_or("a broker is missing")?;
    let found = scene.view.brokers.iter().find(|b| b.id == id);
    let broker = found.ok_or_else(|| alloc::format!("there is no broker {id}"))?;
    Ok(Value::List(
        broker.coordinates.iter().map(Value::from).collect(),
    ))
}

/// The active controller, or the state of one.
fn controller(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let all = &scene.view.controllers;
    let Ok(id) = name(args, 0) else {
        return Ok(Value::maybe(all.iter().find(|c| c.active).map(|c| c.id)));
    };
    let found = all.iter().find(|c| c.id.to_string() == id);
    let one = found.ok_or_else(|| alloc::format!("there is no controller {id}"))?;
    Ok(process(one.state))
}

fn log(replica: &ReplicaView) -> Value {
    let tiles = replica.tiles.iter().map(|t| match t.kind {
        TileKind::Data => Value::Text(t.value.clone()),
        TileKind::Tombstone => Value::None,
        TileKind::Commit | TileKind::Abort => lower(&t.kind),
    });
    Value::List(tiles.collect())
}

fn keys(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tiles = replica(scene, args)?.tiles.iter();
    Ok(Value::List(
        tiles.map(|t| Value::maybe(t.key.as_ref())).collect(),
    ))
}

fn offsets(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tiles = replica(scene, args)?.tiles.iter();
    Ok(Value::List(tiles.map(|t| Value::Int(t.offset)).collect()))
}

fn epochs(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let epochs = replica(scene, args)?.epochs.iter();
    Ok(Value::List(
        epochs
            .map(|(e, o)| Value::Pair(i64::from(*e), *o))
            .collect(),
    ))
}

// Clients.

fn client(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let of_producer = producer(scene, args).map(|p| p.state);
    let state = of_producer.or_else(|_| consumer(scene, args).map(|c| c.state));
    state
        .map(process)
        .map_err(|_| alloc::format!("there is no client {}", name(args, 0).unwrap_or("?")))
}

fn error(scene: &Scene<'_>, args: &[Arg]) -> Found {
    if let Ok(producer) = producer(scene, args) {
        return Ok(Value::maybe(producer.last_error.as_ref().map(|e| &e.1)));
    }
    Ok(Value::maybe(consumer(scene, args)?.last_error.as_ref()))
}

/// Errors the application saw, in order.
fn errors(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let node = client_node(scene, args)?;
    let shown = scene.told_by(node).filter_map(|e| match e {
        Event::SendFailed { error, .. } | Event::ClientError { error, .. } => Some(error.into()),
        _ => None,
    });
    Ok(Value::List(shown.collect()))
}

/// Partitions of the records sent, in order.
fn sent(scene: &Scene<'_>, args: &[Arg]) -> Result<Vec<i32>, String> {
    let node = producer(scene, args)?.node;
    let partition = |e: &Event| match e {
        Event::RecordSent { tp } => Some(tp.partition),
        _ => None,
    };
    Ok(scene.told_by(node).filter_map(partition).collect())
}

/// Lengths of runs of the same partition.
fn runs(partitions: &[i32]) -> Value {
    let same = partitions.chunk_by(|a, b| a == b);
    Value::List(same.map(|run| count(run.len())).collect())
}

/// Partition and first offset of each acknowledged batch, in order.
fn acks(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let node = producer(scene, args)?.node;
    let pair = |e: &Event| match e {
        Event::Acked { tp, base, .. } => Some(Value::Pair(i64::from(tp.partition), *base)),
        _ => None,
    };
    Ok(Value::List(scene.told_by(node).filter_map(pair).collect()))
}

// Groups and consumers.

/// A group's, or the one a consumer believes in.
fn generation(scene: &Scene<'_>, args: &[Arg]) -> Found {
    match group(scene, args) {
        Ok(group) => Ok(group.generation.into()),
        Err(why) => Ok(consumer(scene, args).map_err(|_| why)?.generation.into()),
    }
}

fn group_leader(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let group = group(scene, args)?;
    let leads = |c: &&ConsumerView| Some(&c.member_id) == group.leader.as_ref();
    let found = group.consumers.iter().find(leads);
    Ok(Value::maybe(found.map(|c| &c.name)))
}

fn tp_of(scene: &Scene<'_>, args: &[Arg]) -> Result<TopicPartition, String> {
    part(scene, args).map(|p| p.tp)
}

fn committed(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tp = tp_of(scene, args)?;
    let offsets = &group(scene, args)?.committed;
    let found = offsets.iter().find(|c| c.0 == tp);
    Ok(found.map_or(Value::None, |c| Value::offset(c.1)))
}

fn lag(scene: &Scene<'_>, args: &[Arg]) -> Found {
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
fn shared<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<Option<&'a SharePartitionView>, String> {
    let tp = tp_of(scene, args)?;
    let group = group(scene, args)?;
    let all = group.share.as_ref();
    let all = all.ok_or_else(|| alloc::format!("{} is not a share group", group.name))?;
    Ok(all.iter().find(|p| p.tp == tp))
}

/// State and delivery count of each record in flight: `0:acquired:1`.
fn shared_records(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let records = shared(scene, args)?.map_or(&[][..], |p| &p.records);
    let text = |r: &ShareRecordView| {
        let state = alloc::format!("{:?}", r.state).to_lowercase();
        let text = alloc::format!("{}:{state}:{}", r.offset, r.delivery_count);
        Value::Text(text.as_str().into())
    };
    Ok(Value::List(records.iter().map(text).collect()))
}

/// What a share consumer holds: offset and delivery count.
fn acquired(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tp = tp_of(scene, args)?;
    let held = consumer(scene, args)?.acquired.iter();
    let its = held.filter(|(t, ..)| *t == tp);
    Ok(Value::List(
        its.map(|(_, offset, count)| Value::Pair(*offset, i64::from(*count)))
            .collect(),
    ))
}

fn owned(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let mut tps: Vec<(&Name, TopicPartition)> = consumer(scene, args)?
        .partitions
        .iter()
        .map(|p| (&p.topic, p.tp))
        .collect();
    crate::sorted::sort(&mut tps);
    let names = tps.into_iter().map(|(_, tp)| partition(tp, scene.names));
    Ok(Value::List(names.collect()))
}

fn position(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let tp = tp_of(scene, args)?;
    let owned = &consumer(scene, args)?.partitions;
    let found = owned.iter().find(|p| p.tp == tp);
    Ok(found.map_or(Value::None, |p| Value::offset(p.position)))
}

/// Offsets poll() returned of a partition, or how many records in all.
fn delivered(scene: &Scene<'_>, args: &[Arg]) -> Found {
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

fn processed(scene: &Scene<'_>, args: &[Arg]) -> Found {
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

// The delivery ledger.

/// The ledgers of a group (of one partition).
fn ledgers<'a>(scene: &Scene<'a>, args: &[Arg]) -> Result<Vec<&'a LedgerView>, String> {
    let group = &group(scene, args)?.name;
    let wanted = match tp_name(args) {
        Some(_) => Some(tp_of(scene, args)?),
        None => None,
    };
    let fits = |l: &&LedgerView| l.group == *group && wanted.is_none_or(|tp| tp == l.tp);
    Ok(scene.view.ledgers.iter().filter(fits).collect())
}

/// Runs in order: `0-4:once`, `5-7:again:died`.
fn ledger(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let text = |run: &LedgerRun| {
        let (first, last) = (run.first, run.last);
        let mut text = first.to_string();
        if last > first {
            text = alloc::format!("{first}-{last}");
        }
        text = alloc::format!("{text}:{}", run.fate.name());
        if let Some(why) = &run.why {
            text = alloc::format!("{text}:{}", why.reason.name());
        }
        Value::Text(text.as_str().into())
    };
    let runs = ledgers(scene, args)?.into_iter().flat_map(|l| &l.runs);
    Ok(Value::List(runs.map(text).collect()))
}

fn fate(scene: &Scene<'_>, args: &[Arg], fate: Fate) -> Found {
    let ledgers = ledgers(scene, args)?;
    Ok(number(ledgers.iter().map(|l| l.count(fate)).sum()))
}

// The journal.

/// Outcome of the last administrative operation (of this API).
fn admin(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let wanted = name(args, 0).ok();
    let last = scene
        .entries
        .iter()
        .rev()
        .find_map(|e: &Entry| match &e.event {
            Event::AdminDone { api, error, .. } if wanted.is_none_or(|w| w == api.name()) => {
                Some(Value::text(error.name()))
            }
            _ => None,
        });
    Ok(last.unwrap_or(Value::None))
}

fn violations(scene: &Scene<'_>, args: &[Arg]) -> Found {
    let wanted = name(args, 0).ok();
    let fits = |v: &&(SimTime, crate::event::Violation)| wanted.is_none_or(|w| w == v.1.invariant);
    Ok(count(scene.view.violations.iter().filter(fits).count()))
}
