//! The table of terms: what an expectation can ask of a view and its journal.
//!
//! A term has a name, arguments of its kinds, and a function from the scene to a value. The table is here; how a term
//! is read and written is in `syntax`, what it asks for in the view in `find`, and the longer answers are by subject
//! in `logs`, `clients`, `groups` and `journal`.

mod clients;
mod find;
mod groups;
mod journal;
mod logs;
mod syntax;

pub(super) use find::{consumer, group};
pub use syntax::Term;
pub(super) use syntax::{Arg, Found};

use super::Scene;
use super::value::Value;
use super::walks;
use crate::time::{Duration, SimTime};
use crate::view::Fate;
use clients::{acks, client, error, errors, runs, sent};
use find::{count, ints, lower, name, number, on_replica, part, producer, replica, topic};
use groups::{
    acquired, committed, delivered, generation, group_leader, lag, owned, position, processed,
    shared, shared_records,
};
use journal::{admin, fate, ledger, violations};
use logs::{broker, controller, coordinates, epochs, keys, log, offsets};
use syntax::Take;

/// One term of the language.
#[derive(Debug)]
pub(super) struct TermKind {
    pub name: &'static str,
    usage: &'static str,
    takes: &'static [Take],
    evaluate: fn(&Scene<'_>, &[Arg]) -> Found,
}

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
    "adding" "adding(orders-0)" [Partition] |s, a| Ok(Value::brokers(&part(s, a)?.adding));
    "removing" "removing(orders-0)" [Partition] |s, a| Ok(Value::brokers(&part(s, a)?.removing));
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
