//! The present set-up as something that recreates it: on a real cluster, or here.
//!
//! What is recreated is what there is now: brokers and controllers, topics with their replicas and settings, producers and
//! consumers with theirs. Records, offsets and faults are history; the script of the simulation has those.

mod compose;
mod java;
mod program;
mod python;
mod shell;

use crate::print;
use rebalance_core::config::{ConfigSet, ConsumerConfig, ProducerConfig};
use rebalance_core::id::Name;
use rebalance_core::session::Session;
use rebalance_core::view::{ConsumerView, ProducerView, TopicView, View};

/// What to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The simulation's own commands, with the history: leads to this very moment.
    Script,
    /// A shell script of Kafka's tools.
    Kafka,
    /// A program for kafka-python.
    Python,
    /// A program for Kafka's Java clients.
    Java,
    /// A docker compose file for Apache Kafka.
    Compose,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Script,
        Self::Kafka,
        Self::Python,
        Self::Java,
        Self::Compose,
    ];

    /// As callers name it.
    pub fn name(self) -> &'static str {
        ["script", "kafka", "python", "java", "compose"][self as usize]
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// What to save it as.
    pub fn file(self) -> &'static str {
        [
            "cluster.rebalance",
            "cluster.sh",
            "cluster.py",
            "Cluster.java",
            "compose.yaml",
        ][self as usize]
    }
}

/// Writes it.
pub fn export(session: &Session, kind: Kind) -> String {
    let view = session.view();
    match kind {
        Kind::Script => session.script().iter().map(|c| format!("{c}\n")).collect(),
        Kind::Kafka => shell::write(&view),
        Kind::Python => program::write(&view, &python::Python),
        Kind::Java => program::write(&view, &java::Java),
        Kind::Compose => compose::write(session, &view),
    }
}

/// `localhost:9092,localhost:9093`
fn servers(view: &View) -> Vec<String> {
    view.brokers
        .iter()
        .map(|b| format!("localhost:{}", print::port(b.id)))
        .collect()
}

/// Topics that were created, not those Kafka makes for itself.
fn topics(view: &View) -> impl Iterator<Item = &TopicView> {
    view.topics.iter().filter(|t| !t.internal)
}

/// Consumers of all groups, with the name of their share group if it is one.
fn consumers(view: &View) -> impl Iterator<Item = (&ConsumerView, bool)> {
    view.groups
        .iter()
        .flat_map(|g| g.consumers.iter().map(move |c| (c, g.share.is_some())))
}

/// Settings that differ from Kafka's defaults.
fn changed<C: ConfigSet>(values: &[Name]) -> Vec<(&'static str, String)> {
    let own = C::DEFS.iter().zip(values);
    own.filter(|(def, value)| def.format(def.default) != ***value)
        .map(|(def, value)| (def.name, value.to_string()))
        .collect()
}

fn producer_settings(producer: &ProducerView) -> Vec<(&'static str, String)> {
    changed::<ProducerConfig>(&producer.configs)
}

fn consumer_settings(consumer: &ConsumerView) -> Vec<(&'static str, String)> {
    let mut settings = changed::<ConsumerConfig>(&consumer.configs);
    // The simulation's own; Kafka has no such settings.
    settings.retain(|(n, v)| {
        *n != "weighted.assignor.weight" && (*n, v.as_str()) != ("group.remote.assignor", "none")
    });
    settings
}

/// Milliseconds between two records, if the producer sends by itself.
fn pause_ms(producer: &ProducerView) -> Option<u64> {
    (producer.rate_milli > 0).then(|| (1_000_000 / producer.rate_milli).max(1))
}

/// Text within double quotes in every language written here.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

/// What cannot be recreated, for a comment.
fn remarks(view: &View) -> Vec<String> {
    let mut remarks = Vec::new();
    for topic in topics(view) {
        if topic
            .partitions
            .iter()
            .any(|p| p.leader != p.replicas.first().copied())
        {
            remarks.push(format!(
                "{}: leaders are elsewhere now; a new topic begins with its preferred leaders",
                topic.name
            ));
        }
    }
    remarks
}
