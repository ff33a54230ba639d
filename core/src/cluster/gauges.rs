//! Numbers that a monitoring system would ask for: cheaper than a whole projection, since they are asked often.

use super::{Cluster, Node, Slot};
use crate::id::{Name, NodeId, Offset, TopicPartition};
use crate::sorted::Map;
use alloc::vec::Vec;

impl Cluster {
    /// How long a producer's last acknowledged batch took from its making, in microseconds.
    pub(crate) fn last_ack_us(&self, node: NodeId) -> Option<u64> {
        match &self.slot(node)?.node {
            Node::Producer(producer) => producer.last_ack_us(),
            _ => None,
        }
    }

    /// The timestamp of a record on its partition's leader.
    pub(crate) fn record_timestamp(&self, tp: TopicPartition, offset: Offset) -> Option<i64> {
        let leader = self.image()?.partition(tp)?.leader?;
        let log = &self.broker(leader)?.partition(tp)?.log;
        let batch = log.batches_from(offset).next()?;
        let is_it = |delta: i32| batch.base_offset + i64::from(delta) == offset;
        let mut records = batch.records.iter();
        records.find(|r| is_it(r.offset_delta)).map(|r| r.timestamp)
    }

    /// Partitions with a replica out of the ISR, and partitions without a leader, without internal topics.
    pub(crate) fn partitions_in_trouble(&self) -> (u32, u32) {
        let topics = self.image().into_iter().flat_map(|i| i.topics.values());
        let (mut lacking, mut leaderless) = (0, 0);
        let topics = topics.filter(|t| !t.is_internal());
        for state in topics.flat_map(|t| &t.partitions) {
            // What is only being added is not missing yet.
            let wanted = state.replicas.len() - state.adding.len();
            lacking += u32::from(state.isr.len() < wanted);
            leaderless += u32::from(state.leader.is_none());
        }
        (lacking, leaderless)
    }

    /// Each group with its lag and how many of its members stand still.
    pub(crate) fn group_gauges(&self) -> Vec<(Name, i64, u32)> {
        let names = self.group_names().into_iter();
        names
            .filter(|name| !name.is_empty())
            .map(|name| {
                let lag = self.lag_of_group(&name);
                let still = self.nodes.values().filter(|s| stands_still(s, &name));
                let still = still.count() as u32;
                (name, lag, still)
            })
            .collect()
    }

    fn lag_of_group(&self, name: &Name) -> i64 {
        if self.is_share_group(name) {
            return self.share_group_lag(name);
        }
        let committed: Map<TopicPartition, Offset> = self.committed(name).into_iter().collect();
        self.group_lag(name, &committed)
    }
}

/// A running member that gave its partitions back for a rebalance and has none yet.
fn stands_still(slot: &Slot, group: &Name) -> bool {
    match &slot.node {
        Node::Consumer(c) => {
            slot.process.is_up() && c.group() == group && c.paused_since().is_some()
        }
        _ => false,
    }
}
