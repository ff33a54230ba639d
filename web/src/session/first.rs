//! The cluster that a first visitor finds.

use rebalance_core::command::{Command, ConsumerSpec, ProducerSpec};
use rebalance_core::config::Preset;
use rebalance_core::id::Name;
use rebalance_core::time::Duration;

/// The cluster on which the page opens: running, with one topic, one producer and one group, old enough for the group
/// to be stable and to have committed.
pub fn first_script() -> Vec<Command> {
    let name = |s: &str| Name::from(s);
    let orders = || Some(vec![name("orders")]);
    let consumer = |c: &str| {
        let spec = ConsumerSpec {
            group: Some(name("billing")),
            topics: orders(),
            ..ConsumerSpec::default()
        };
        Command::ConsumerAdd(
            name(c),
            spec,
            vec![(name("auto.offset.reset"), name("earliest"))],
        )
    };
    let producer = ProducerSpec {
        topic: Some(name("orders")),
        rate_milli: Some(2_000),
        keys: Some(
            ["alice", "bob", "carol", "dave"]
                .into_iter()
                .map(Name::from)
                .collect(),
        ),
        ..ProducerSpec::default()
    };
    vec![
        Command::ClusterCreate {
            brokers: 3,
            controllers: 3,
            seed: 42,
            preset: Preset::Classroom,
            settings: Vec::new(),
        },
        Command::TopicCreate {
            name: name("orders"),
            partitions: Some(3),
            replication: Some(3),
            assignment: Vec::new(),
            settings: vec![(name("min.insync.replicas"), name("2"))],
        },
        Command::ProducerAdd(name("p1"), producer, Vec::new()),
        consumer("c1"),
        consumer("c2"),
        Command::Advance(Duration::secs(15)),
    ]
}
