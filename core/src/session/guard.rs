//! The guarantees, watched while a session plays: every new entry is looked at, and what it breaks is told.

use crate::cluster::Cluster;
use crate::controller::Controller;
use crate::event::{Entry, Violation};
use crate::id::{BrokerId, Name, NodeId, TopicId, TopicPartition};
use crate::invariants::{Inside, Monitor};
use crate::partition::Partition;
use crate::protocol::{Acks, PartitionState};
use crate::time::SimTime;
use crate::view::View;
use alloc::vec::Vec;

/// How many broken promises are kept with their evidence; further ones are only counted.
const KEPT: usize = 100;

/// A monitor with what it has found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    monitor: Monitor,
    found: Vec<(SimTime, Violation)>,
}

impl Guard {
    /// Looks at new entries. Returns what they break.
    pub(super) fn observe(&mut self, cluster: &Cluster, entries: &[Entry]) -> Vec<Violation> {
        let mut broken = Vec::new();
        for entry in entries {
            broken.extend(self.monitor.observe(entry, cluster));
        }
        let room = KEPT.saturating_sub(self.found.len());
        self.found
            .extend(broken.iter().take(room).map(|v| (cluster.now(), v.clone())));
        broken
    }

    /// Puts the guarantees into a view.
    pub(super) fn fill(&self, view: &mut View) {
        view.guarantees = self.monitor.guarantees();
        view.violations = self.found.clone();
    }
}

impl Inside for Cluster {
    fn replica(&self, broker: BrokerId, tp: TopicPartition) -> Option<&Partition> {
        self.broker(broker)?.partition(tp)
    }

    fn partition_state(&self, controller: BrokerId, tp: TopicPartition) -> Option<&PartitionState> {
        let found = self.controllers().find(|c| c.id() == controller);
        found
            .and_then(Controller::image)?
            .partition(tp)
            .map(|p| &**p)
    }

    fn committed_state(&self, tp: TopicPartition) -> Option<&PartitionState> {
        let replayed = self.brokers().max_by_key(|b| b.metadata_offset())?;
        replayed.image().partition(tp).map(|p| &**p)
    }

    fn acks(&self, producer: NodeId) -> Option<Acks> {
        let found = self
            .producers()
            .find(|p| NodeId::Client(p.id()) == producer);
        found.map(|p| p.config().acks())
    }

    fn topic_name(&self, topic: TopicId) -> Name {
        Cluster::topic_name(self, topic)
    }
}
