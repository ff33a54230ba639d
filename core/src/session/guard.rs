//! What watches a session while it plays: the guarantees (what a new entry breaks is told), the delivery ledger and the meter.

use crate::cluster::{Cluster, Node};
use crate::coordinator::records::{OffsetsRecord, decode};
use crate::coordinator::{CommittedOffset, GroupCoordinator};
use crate::event::{Entry, Violation};
use crate::id::{BrokerId, Name, NodeId, OFFSETS_TOPIC, Offset, TopicId, TopicPartition};
use crate::invariants::{Inside, Monitor};
use crate::ledger::{Ledger, Roster};
use crate::metrics::{Meter, Sample};
use crate::partition::Partition;
use crate::protocol::{Acks, PartitionState};
use crate::time::SimTime;
use crate::view::View;
use alloc::vec::Vec;

/// How many broken promises are kept with their evidence; further ones are only counted.
const KEPT: usize = 100;

/// A monitor with what it has found so far, the ledger, and the meter.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    monitor: Monitor,
    ledger: Ledger,
    meter: Meter,
    found: Vec<(SimTime, Violation)>,
}

impl Guard {
    /// Looks at new entries. Returns what they break.
    pub(super) fn observe(&mut self, cluster: &Cluster, entries: &[Entry]) -> Vec<Violation> {
        let mut broken = Vec::new();
        for entry in entries {
            self.ledger.observe(entry, cluster);
            self.meter.observe(entry, cluster);
            broken.extend(self.monitor.observe(entry, cluster));
        }
        let room = KEPT.saturating_sub(self.found.len());
        self.found
            .extend(broken.iter().take(room).map(|v| (cluster.now(), v.clone())));
        broken
    }

    /// The sample of the metrics that is due, if one is.
    pub(super) fn sample(&mut self, cluster: &Cluster) -> Option<Sample> {
        self.meter.sample(cluster)
    }

    /// Puts the guarantees and the ledger into a view.
    pub(super) fn fill(&self, view: &mut View) {
        view.guarantees = self.monitor.guarantees();
        view.violations = self.found.clone();
        self.ledger.fill(view);
    }
}

impl Roster for Cluster {
    fn consumer(&self, node: NodeId) -> Option<(Name, Name)> {
        if let Some(found) = Cluster::consumer(self, node) {
            return Some((found.group().clone(), found.name().clone()));
        }
        let group = self.share_group_of(node)?;
        Some((group, self.node_name(node)))
    }
}

impl Inside for Cluster {
    fn delivery_limit(&self) -> i16 {
        self.broker_config().group_share_delivery_count_limit as i16
    }

    fn replica(&self, broker: BrokerId, tp: TopicPartition) -> Option<&Partition> {
        self.broker(broker)?.partition(tp)
    }

    fn partition_state(&self, controller: BrokerId, tp: TopicPartition) -> Option<&PartitionState> {
        let found = match &self.nodes.get(&NodeId::Controller(controller))?.node {
            Node::Controller(c) => c.image()?,
            _ => return None,
        };
        found.partition(tp).map(|p| &**p)
    }

    fn committed_state(&self, tp: TopicPartition) -> Option<&PartitionState> {
        self.newest_broker()?.image().partition(tp).map(|p| &**p)
    }

    fn acks(&self, producer: NodeId) -> Option<Acks> {
        match &self.nodes.get(&producer)?.node {
            Node::Producer(p) => Some(p.config().acks()),
            _ => None,
        }
    }

    fn instance(&self, consumer: NodeId) -> Option<&Name> {
        Cluster::consumer(self, consumer)?.instance()
    }

    fn offsets_partition(&self, group: &str) -> Option<TopicPartition> {
        let topic = self.image()?.topic_named(OFFSETS_TOPIC)?;
        let count = topic.partitions.len() as i32;
        let partition = GroupCoordinator::partition_for(group, count);
        Some(TopicPartition::new(topic.id, partition))
    }

    fn committed_offset(
        &self,
        broker: BrokerId,
        group: &str,
        tp: TopicPartition,
    ) -> Option<CommittedOffset> {
        self.broker(broker)?.coordinator().committed(group, tp)
    }

    fn is_removed(&self, broker: BrokerId, group: &str, tp: TopicPartition) -> bool {
        let log = self.offsets_partition(group);
        let Some(replica) = log.and_then(|log| self.replica(broker, log)) else {
            return false;
        };
        let name = Cluster::topic_name(self, tp.topic);
        let batches = replica.log.batches_from(replica.log.log_start());
        let mut records = batches.flat_map(|batch| batch.iter());
        records.any(|(_, record)| match decode(record) {
            Some(OffsetsRecord::Offset {
                group: of,
                topic,
                partition,
                value: None,
            }) => *of == *group && topic == name && partition == tp.partition,
            _ => false,
        })
    }

    fn modern_member(&self, consumer: NodeId) -> Option<Name> {
        let found = Cluster::consumer(self, consumer);
        found
            .filter(|c| c.is_modern())
            .map(|c| c.member_id().clone())
    }

    fn led_blind(&self, group: &Name, generation: i32) -> bool {
        self.consumers()
            .any(|c| c.group() == group && c.led_blind(generation))
    }

    fn is_modern(&self, broker: NodeId, group: &Name) -> bool {
        let NodeId::Broker(broker) = broker else {
            return false;
        };
        let found = self.broker(broker);
        found.is_some_and(|b| b.coordinator().is_modern(group))
    }

    fn stored_share_start(
        &self,
        leader: BrokerId,
        group: &Name,
        tp: TopicPartition,
    ) -> Option<Offset> {
        let (home, coordinator) = self.broker(leader)?.share_coordinator_of(group, tp)?;
        let shares = self.broker(coordinator)?.share_coordinator();
        shares.stored_start(home, group, tp)
    }

    fn topic_name(&self, topic: TopicId) -> Name {
        Cluster::topic_name(self, topic)
    }
}
