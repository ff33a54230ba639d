//! From commands to text: one canonical line each, which [`super::parse`] reads back as the same command.

use super::values::UNITS;
use super::words::{quote, quote_value};
use super::{
    AckBy, Command, CommitMode, ConsumerSpec, OffsetTarget, PartitionName, ProducerSpec, Setting,
};
use crate::id::{BrokerId, Name};
use crate::protocol::{Acknowledge, ElectionType};
use crate::time::Duration;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A line that grows word by word.
struct Line(String);

impl Line {
    fn new(start: &str) -> Self {
        Self(start.to_string())
    }

    fn word(mut self, text: &str) -> Self {
        self.0.push(' ');
        self.0.push_str(&quote(text));
        self
    }

    fn key(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.0.push_str(&alloc::format!(" {key}={value}"));
        self
    }

    fn maybe<T: fmt::Display>(self, key: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.key(key, value),
            None => self,
        }
    }

    fn text(self, key: &str, value: Option<&Name>) -> Self {
        self.maybe(key, value.map(|v| quote_value(v)))
    }

    fn list(self, key: &str, items: Option<&Vec<Name>>) -> Self {
        let texts = |items: &Vec<Name>| items.iter().map(|i| quote(i)).collect::<Vec<_>>();
        self.maybe(key, items.map(|i| texts(i).join(",")))
    }

    fn settings(self, settings: &[Setting]) -> Self {
        settings
            .iter()
            .fold(self, |line, (k, v)| line.key(k, quote_value(v)))
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&line(self).0)
    }
}

fn line(command: &Command) -> Line {
    match command {
        Command::ClusterCreate { .. }
        | Command::ClusterSet(_)
        | Command::BrokerAdd(..)
        | Command::NodeCrash(_)
        | Command::NodeStop(_)
        | Command::NodeStart(_)
        | Command::NodeFreeze(_)
        | Command::NodeThaw(_) => nodes(command),
        Command::TopicCreate { .. }
        | Command::TopicPartitions(..)
        | Command::TopicSet(..)
        | Command::TopicDelete(_)
        | Command::TopicTrim(..)
        | Command::Reassign(..) => topics(command),
        Command::ClientStop(_)
        | Command::ClientCrash(_)
        | Command::ClientStart(_)
        | Command::ClientFreeze(_)
        | Command::ClientThaw(_)
        | Command::ClientRemove(_) => clients(command),
        Command::GroupSeek(name, to, topic, partition) => {
            let line = Line::new("group seek").word(name);
            let line = match to {
                OffsetTarget::Shift(by) => line.key("shift-by", by),
                OffsetTarget::Ago(span) => line.key("by-duration", duration_text(*span)),
                _ => line.key("to", Target(*to)),
            };
            line.text("topic", topic.as_ref())
                .maybe("partition", *partition)
        }
        Command::GroupDescribe(name) => Line::new("group describe").word(name),
        Command::GroupDeleteOffsets(name, topic) => {
            let line = Line::new("group delete-offsets").word(name);
            line.text("topic", Some(topic))
        }
        Command::GroupRemoveMember(name, instance) => {
            Line::new("group remove-member").word(name).word(instance)
        }
        Command::GroupSet(name, settings) => Line::new("group set").word(name).settings(settings),
        Command::GroupDelete(name) => Line::new("group delete").word(name),
        Command::LinkCut(a, b) => Line::new("link cut").word(a).word(b),
        Command::LinkHeal(a, b) => Line::new("link heal").word(a).word(b),
        Command::LinkSet(a, b, settings) => {
            Line::new("link set").word(a).word(b).settings(settings)
        }
        Command::Elect(ElectionType::Preferred, tp) => {
            Line::new("elect preferred").word(&tp.to_string())
        }
        Command::Elect(ElectionType::Unclean, tp) => {
            Line::new("elect unclean").word(&tp.to_string())
        }
        Command::Advance(span) => Line(alloc::format!("advance {}", duration_text(*span))),
        Command::Bookmark(name) => Line::new("bookmark").word(name),
        Command::Expect(text) => Line(alloc::format!("expect {text}")),
        _ => applications(command),
    }
}

fn nodes(command: &Command) -> Line {
    match command {
        Command::ClusterCreate {
            brokers,
            controllers,
            seed,
            preset,
            settings,
        } => Line::new("cluster create")
            .key("brokers", brokers)
            .key("controllers", controllers)
            .key("seed", seed)
            .key("preset", preset.name())
            .settings(settings),
        Command::ClusterSet(settings) => Line::new("cluster set").settings(settings),
        Command::BrokerAdd(id, rack) => {
            Line(alloc::format!("broker add {id}")).text("rack", rack.as_ref())
        }
        Command::NodeCrash(id) => node("crash", *id),
        Command::NodeStop(id) => node("stop", *id),
        Command::NodeStart(id) => node("start", *id),
        Command::NodeFreeze(id) => node("freeze", *id),
        Command::NodeThaw(id) => node("thaw", *id),
        _ => Line(String::new()),
    }
}

/// Controllers are numbered from 101.
fn node(verb: &str, id: BrokerId) -> Line {
    let noun = if id.0 >= 101 { "controller" } else { "broker" };
    Line(alloc::format!("{noun} {verb} {id}"))
}

fn topics(command: &Command) -> Line {
    match command {
        Command::TopicCreate {
            name,
            partitions,
            replication,
            assignment,
            settings,
        } => Line::new("topic create")
            .word(name)
            .maybe("partitions", *partitions)
            .maybe("replication", *replication)
            .maybe(
                "assignment",
                (!assignment.is_empty()).then(|| assignment_text(assignment)),
            )
            .settings(settings),
        Command::TopicPartitions(name, count) => {
            Line::new("topic alter").word(name).key("partitions", count)
        }
        Command::TopicSet(name, settings) => Line::new("topic set").word(name).settings(settings),
        Command::TopicDelete(name) => Line::new("topic delete").word(name),
        Command::TopicTrim(tp, before) => Line::new("topic trim")
            .word(&tp.to_string())
            .key("before", before),
        Command::Reassign(tp, Some(replicas)) => Line::new("topic reassign")
            .word(&tp.to_string())
            .key("replicas", assignment_text(core::slice::from_ref(replicas))),
        Command::Reassign(tp, None) => Line::new("topic cancel-reassignment").word(&tp.to_string()),
        _ => Line(String::new()),
    }
}

fn assignment_text(assignment: &[Vec<BrokerId>]) -> String {
    let one = |replicas: &Vec<BrokerId>| {
        let ids: Vec<String> = replicas.iter().map(ToString::to_string).collect();
        ids.join(":")
    };
    assignment.iter().map(one).collect::<Vec<_>>().join(",")
}

/// What producers and consumers are told, except what both are told.
fn applications(command: &Command) -> Line {
    match command {
        Command::ProducerAdd(name, spec, settings) => {
            producer(Line::new("producer add").word(name), spec).settings(settings)
        }
        Command::ProducerSet(name, spec, settings) => {
            producer(Line::new("producer set").word(name), spec).settings(settings)
        }
        Command::ProducerSend { .. } => send(command),
        Command::ConsumerAdd(name, spec, settings) => {
            consumer(Line::new("consumer add").word(name), spec).settings(settings)
        }
        Command::ConsumerSet(name, spec, settings) => {
            consumer(Line::new("consumer set").word(name), spec).settings(settings)
        }
        Command::ConsumerSeek(name, tp, to) => Line::new("consumer seek")
            .word(name)
            .word(&tp.to_string())
            .key("to", Target(*to)),
        Command::ConsumerCommit(name) => Line::new("consumer commit").word(name),
        Command::ConsumerAcknowledge(name, tp, offset, how) => {
            let verb = match how {
                Acknowledge::Accept => "accept",
                Acknowledge::Release => "release",
                Acknowledge::Reject | Acknowledge::Gap => "reject",
            };
            let line = Line(alloc::format!("consumer {verb}")).word(name);
            line.word(&tp.to_string()).key("offset", offset)
        }
        Command::ConsumerPause(name, tp, pause) => {
            let verb = if *pause { "pause" } else { "resume" };
            let line = Line(alloc::format!("consumer {verb}")).word(name);
            line.word(&tp.to_string())
        }
        _ => Line(String::new()),
    }
}

fn send(command: &Command) -> Line {
    let Command::ProducerSend {
        name,
        topic,
        key,
        value,
        tombstone,
        partition,
        count,
    } = command
    else {
        return Line(String::new());
    };
    // Unquoted `null` is the tombstone, so the text "null" keeps its quotes.
    let text = |v: &Name| match &**v {
        "null" => "\"null\"".to_string(),
        v => quote_value(v),
    };
    let value = match tombstone {
        true => Some("null".to_string()),
        false => value.as_ref().map(text),
    };
    Line::new("producer send")
        .word(name)
        .text("topic", topic.as_ref())
        .text("key", key.as_ref())
        .maybe("value", value)
        .maybe("partition", *partition)
        .maybe("count", (*count != 1).then_some(count))
}

fn producer(line: Line, spec: &ProducerSpec) -> Line {
    line.text("topic", spec.topic.as_ref())
        .maybe("rate", spec.rate_milli.map(rate_text))
        .list("keys", spec.keys.as_ref())
        .maybe("value.bytes", spec.value_bytes)
}

fn consumer(line: Line, spec: &ConsumerSpec) -> Line {
    let commit = |mode| match mode {
        CommitMode::After => "after",
        CommitMode::Before => "before",
        CommitMode::Never => "never",
        CommitMode::Async => "async",
    };
    let by = |ack| match ack {
        AckBy::Accept => "accept",
        AckBy::Release => "release",
        AckBy::Reject => "reject",
        AckBy::Hand => "hand",
    };
    line.text("group", spec.group.as_ref())
        .text("share-group", spec.share_group.as_ref())
        .list("topics", spec.topics.as_ref())
        .maybe("assign", spec.assign.as_deref().map(partitions))
        .text("group.instance.id", spec.instance.as_ref())
        .maybe("process", spec.processing.map(duration_text))
        .maybe("commit", spec.commit.map(commit))
        .maybe("ack", spec.ack.map(by))
}

/// `orders-0,orders-1`
fn partitions(list: &[PartitionName]) -> String {
    let names: alloc::vec::Vec<String> = list.iter().map(ToString::to_string).collect();
    names.join(",")
}

fn clients(command: &Command) -> Line {
    let (verb, name) = match command {
        Command::ClientStop(name) => ("stop", name),
        Command::ClientCrash(name) => ("crash", name),
        Command::ClientStart(name) => ("start", name),
        Command::ClientFreeze(name) => ("freeze", name),
        Command::ClientThaw(name) => ("thaw", name),
        Command::ClientRemove(name) => ("remove", name),
        _ => return Line(String::new()),
    };
    Line(alloc::format!("{} {verb}", client_noun(name))).word(name)
}

/// The command does not know what kind of client it is about; `p1` and `c1` say it, any other name is a `client`.
fn client_noun(name: &str) -> &'static str {
    let numbered = |letter| {
        name.strip_prefix(letter)
            .is_some_and(|n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    match () {
        () if numbered('p') => "producer",
        () if numbered('c') => "consumer",
        () => "client",
    }
}

/// An offset target as text.
struct Target(OffsetTarget);

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            OffsetTarget::Earliest => f.write_str("earliest"),
            OffsetTarget::Latest => f.write_str("latest"),
            OffsetTarget::Offset(offset) | OffsetTarget::Shift(offset) => offset.fmt(f),
            OffsetTarget::Current => f.write_str("current"),
            OffsetTarget::Ago(span) => f.write_str(&duration_text(span)),
        }
    }
}

impl fmt::Display for PartitionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

/// A duration in the largest unit that divides it: `90s`, `1m`, `40ms`; zero is `0ms`.
pub fn duration_text(span: Duration) -> String {
    if span.0 == 0 {
        return "0ms".to_string();
    }
    let fits = |unit: &&(&str, u64)| span.0.is_multiple_of(unit.1);
    let (name, micros) = UNITS.iter().find(fits).copied().unwrap_or(("us", 1));
    alloc::format!("{}{name}", span.0 / micros)
}

/// A rate in records a second, from thousandths: `2/s`, `0.5/s`, `2.125/s`; zero is `0`.
pub fn rate_text(milli: u64) -> String {
    let (whole, part) = (milli / 1_000, milli % 1_000);
    if milli == 0 {
        return "0".to_string();
    }
    if part == 0 {
        return alloc::format!("{whole}/s");
    }
    let digits = alloc::format!("{part:03}");
    alloc::format!("{whole}.{}/s", digits.trim_end_matches('0'))
}
