//! The monitor sees each kind of broken promise, and is silent when the same things happen as they should.
#![cfg(not(target_arch = "wasm32"))]

mod groups;
mod replication;
mod shares;

use rebalance_core::config::{ConfigSet, Preset, TopicConfig};
use rebalance_core::coordinator::CommittedOffset;
use rebalance_core::event::{ElectionReason, Entry, Event, GroupState, LeaveReason, ShareChange};
use rebalance_core::id::{BrokerId, ClientId, Name, NodeId, TopicId, TopicPartition};
use rebalance_core::invariants::{
    COMMITS_KEPT, COMMITTED_READS, CURRENT_COMMITS, DELIVERED_BY_OWNER, DELIVERY_LIMIT, IN_LOG,
    INVARIANTS, Inside, LEADER_IN_ISR, LOGS_AGREE, MONOTONIC, Monitor, NO_LOSS, ONE_CONTROLLER,
    ONE_HOLDER, ONE_LEADER, ONE_OWNER, SHARE_START,
};
use rebalance_core::partition::{Partition, Role};
use rebalance_core::protocol::{Acks, PartitionState, Recovery};
use rebalance_core::record::{Record, RecordBatch};
use rebalance_core::time::SimTime;
use std::collections::BTreeMap;
use std::sync::Arc;

const TP: TopicPartition = TopicPartition::new(TopicId(1), 0);
const C1: NodeId = NodeId::Client(ClientId(1));
const C2: NodeId = NodeId::Client(ClientId(2));

/// Two brokers' replicas, and a monitor.
struct Story {
    replicas: BTreeMap<BrokerId, Partition>,
    instances: BTreeMap<NodeId, Name>,
    /// What each broker's coordinator knows of the one offset there is.
    committed: BTreeMap<BrokerId, CommittedOffset>,
    removed: bool,
    /// The generation whose leader did not know a partition that was claimed.
    blind: Option<i32>,
    /// Up to where a share-partition is stored to be done with.
    stored_start: Option<i64>,
    /// The newest metadata of the one partition there is.
    state: Option<PartitionState>,
    monitor: Monitor,
    now: u64,
}

impl Inside for Story {
    fn replica(&self, broker: BrokerId, _: TopicPartition) -> Option<&Partition> {
        self.replicas.get(&broker)
    }
    fn partition_state(&self, _: BrokerId, _: TopicPartition) -> Option<&PartitionState> {
        None
    }
    fn committed_state(&self, _: TopicPartition) -> Option<&PartitionState> {
        self.state.as_ref()
    }
    fn acks(&self, _: NodeId) -> Option<Acks> {
        Some(Acks::All)
    }
    fn instance(&self, consumer: NodeId) -> Option<&Name> {
        self.instances.get(&consumer)
    }
    fn offsets_partition(&self, _: &str) -> Option<TopicPartition> {
        Some(TP)
    }
    fn stored_share_start(&self, _: BrokerId, _: &Name, _: TopicPartition) -> Option<i64> {
        self.stored_start
    }
    fn committed_offset(
        &self,
        broker: BrokerId,
        _: &str,
        _: TopicPartition,
    ) -> Option<CommittedOffset> {
        self.committed.get(&broker).copied()
    }
    fn is_removed(&self, _: BrokerId, _: &str, _: TopicPartition) -> bool {
        self.removed
    }
    fn modern_member(&self, consumer: NodeId) -> Option<Name> {
        match consumer {
            NodeId::Client(id) if id.0 >= 100 => Some(format!("m{}", id.0).as_str().into()),
            _ => None,
        }
    }
    fn led_blind(&self, _: &Name, generation: i32) -> bool {
        self.blind == Some(generation)
    }
    fn is_modern(&self, _: NodeId, group: &Name) -> bool {
        &**group == "modern"
    }
    fn topic_name(&self, _: TopicId) -> Name {
        "orders".into()
    }
}

fn broker(id: i32) -> NodeId {
    NodeId::Broker(BrokerId(id))
}

fn batch(base: i64, epoch: i32, value: &str) -> Arc<RecordBatch> {
    let record = Record::new(0, None, Some(value.as_bytes().into()));
    let mut batch = RecordBatch::new(vec![record]);
    (batch.base_offset, batch.leader_epoch) = (base, epoch);
    Arc::new(batch)
}

impl Story {
    fn new() -> Self {
        let config = Arc::new(TopicConfig::preset(Preset::Kafka));
        let replica = |id| {
            let mut partition = Partition::new(TP, config.clone());
            partition.leader_epoch = 0;
            partition.role = Role::Follower(BrokerId(1));
            (BrokerId(id), partition)
        };
        Self {
            replicas: [1, 2].map(replica).into(),
            instances: BTreeMap::new(),
            committed: BTreeMap::new(),
            removed: false,
            blind: None,
            stored_start: None,
            state: None,
            monitor: Monitor::default(),
            now: 0,
        }
    }

    /// What the monitor finds in this event.
    fn tell(&mut self, node: NodeId, event: Event) -> Vec<&'static str> {
        let mut monitor = std::mem::take(&mut self.monitor);
        let entry = Entry {
            at: SimTime(self.now),
            cause: None,
            node: Some(node),
            event,
        };
        let found = monitor.observe(&entry, self);
        self.monitor = monitor;
        found.into_iter().map(|v| v.invariant).collect()
    }

    fn disk(&mut self, id: i32) -> &mut Partition {
        self.replicas.get_mut(&BrokerId(id)).unwrap()
    }

    /// Writes a batch to a broker's log, moves its high watermark, and tells.
    fn write(&mut self, id: i32, batch: &Arc<RecordBatch>, watermark: i64) -> Vec<&'static str> {
        let replica = self.disk(id);
        replica
            .log
            .append_as_follower(batch, &TopicConfig::preset(Preset::Kafka));
        replica.high_watermark = watermark;
        let end = replica.log.log_end();
        self.tell(broker(id), Event::Replicated { tp: TP, end })
    }

    fn lead(&mut self, id: i32, epoch: i32) -> Vec<&'static str> {
        self.disk(id).leader_epoch = epoch;
        let start = self.disk(id).log.log_end();
        self.tell(
            broker(id),
            Event::BecameLeader {
                tp: TP,
                epoch,
                start,
            },
        )
    }

    fn elect(
        &mut self,
        leader: i32,
        epoch: i32,
        reason: ElectionReason,
        isr: &[i32],
    ) -> Vec<&'static str> {
        let isr: Vec<BrokerId> = isr.iter().copied().map(BrokerId).collect();
        let event = Event::LeaderElected {
            tp: TP,
            leader: Some(BrokerId(leader)),
            epoch,
            reason,
            isr: isr.into(),
        };
        self.tell(NodeId::Controller(BrokerId(101)), event)
    }
}

const FINE: [&str; 0] = [];
