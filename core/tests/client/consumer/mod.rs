//! What a consumer does, seen from the brokers and from its application.

mod answers;
mod commits;
mod membership;
mod modern;
mod pattern;
mod reading;

use crate::cluster::{Cluster, Mood};
use crate::harness::{Bench, Client};
use rebalance_core::command::{CommitMode, ConsumerSpec, OffsetTarget};
use rebalance_core::config::{ConfigSet, ConsumerConfig, Preset};
use rebalance_core::consumer::Consumer;
use rebalance_core::effect::{Ctx, Timer};
use rebalance_core::event::{Event, PositionSource};
use rebalance_core::id::{BrokerId, ClientId, Name};
use rebalance_core::protocol::{
    Envelope, ErrorCode, JoinGroupMember, Request, Subscription, UserData,
};
use rebalance_core::time::{Duration, SimTime};

impl Client for Consumer {
    fn start(&mut self, ctx: &mut Ctx) {
        Consumer::start(self, ctx);
    }
    fn on_message(&mut self, ctx: &mut Ctx, envelope: Envelope) {
        Consumer::on_message(self, ctx, envelope);
    }
    fn on_timer(&mut self, ctx: &mut Ctx, timer: Timer) {
        Consumer::on_timer(self, ctx, timer);
    }
}

const B1: BrokerId = BrokerId(1);
const EARLIEST: (&str, &str) = ("auto.offset.reset", "earliest");
const BY_HAND: (&str, &str) = ("enable.auto.commit", "false");

fn config(settings: &[(&str, &str)]) -> ConsumerConfig {
    let mut config = ConsumerConfig::preset(Preset::Kafka);
    for (name, value) in settings {
        config.set(name, value).expect("a setting");
    }
    config
}

fn spec(processing_ms: i64) -> ConsumerSpec {
    ConsumerSpec {
        group: Some("g".into()),
        topics: Some(vec!["t".into()]),
        processing: Some(Duration::millis(processing_ms)),
        ..ConsumerSpec::default()
    }
}

fn consumer(cluster: &Cluster, settings: &[(&str, &str)], spec: ConsumerSpec) -> Consumer {
    let brokers = cluster.brokers();
    Consumer::new(ClientId(1), "c1".into(), spec, config(settings), brokers)
}

fn bench(cluster: Cluster, settings: &[(&str, &str)], spec: ConsumerSpec) -> Bench<Consumer> {
    let consumer = consumer(&cluster, settings, spec);
    Bench::new(consumer, cluster, 1)
}

/// One partition with so many records.
fn filled(records: usize) -> Cluster {
    let mut cluster = Cluster::new(1).topic("t", 1);
    cluster.write("t", 0, records);
    cluster
}

impl Bench<Consumer> {
    /// Api names of the requests so far, heartbeats left out.
    fn asked(&self) -> Vec<&'static str> {
        let names = self.requests.iter().map(|(_, _, r)| r.api().name());
        names.filter(|n| *n != "Heartbeat").collect()
    }

    fn rebalances(&self) -> Vec<String> {
        let told = self.told(|e| match e {
            Event::Assigned {
                generation,
                partitions,
            } => Some(format!(
                "gen {generation} + {:?}",
                partitions.iter().map(|p| p.partition).collect::<Vec<_>>()
            )),
            Event::Revoked { partitions } => Some(format!(
                "- {:?}",
                partitions.iter().map(|p| p.partition).collect::<Vec<_>>()
            )),
            Event::Lost { partitions } => Some(format!(
                "lost {:?}",
                partitions.iter().map(|p| p.partition).collect::<Vec<_>>()
            )),
            _ => None,
        });
        told.into_iter().map(|(_, t)| t).collect()
    }

    fn processed(&self) -> Vec<i64> {
        let told = self.told(|e| match e {
            Event::Processed { offset, .. } => Some(*offset),
            _ => None,
        });
        told.into_iter().map(|(_, o)| o).collect()
    }

    fn errors(&self) -> Vec<Name> {
        let told = self.told(|e| match e {
            Event::ClientError { error, .. } => Some(error.clone()),
            _ => None,
        });
        told.into_iter().map(|(_, e)| e).collect()
    }

    fn committed(&self) -> Option<i64> {
        self.cluster.group.committed.values().next().copied()
    }

    fn commits(&self) -> Vec<(i64, i64)> {
        let commits = self.requests.iter().filter_map(|(at, _, r)| match r {
            Request::OffsetCommit(c) => Some((at.as_millis(), c.offsets[0].1)),
            _ => None,
        });
        commits.collect()
    }

    fn position(&self) -> Option<i64> {
        self.client
            .owned()
            .next()
            .map(|(_, _, position, _)| position)
    }
}

fn member(id: &str, owned: &[i32]) -> JoinGroupMember {
    JoinGroupMember {
        member_id: id.into(),
        group_instance_id: None,
        subscription: Subscription {
            topics: vec!["t".into()],
            owned: vec![("t".into(), owned.to_vec())],
            generation: -1,
            userdata: Some(UserData::default()),
        },
    }
}
