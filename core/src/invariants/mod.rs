//! What Kafka promises, checked after every event.
//!
//! A [`Monitor`] reads the journal as it grows and looks, through [`Inside`], at the replicas an event was about. It
//! keeps only what it needs to compare with later: who led in which epoch, how far each partition was ever committed and
//! the newest committed batches, who owns what in which generation. An event costs a few map look-ups, whatever the
//! size of the cluster.
//!
//! - [`leaders`]: one leader an epoch, the leader is in the ISR, one active controller an epoch.
//! - [`logs`]: the high watermark, agreement below it, survival of what was committed, what consumers may see.
//! - [`shares`]: one holder a record, the start offset, the delivery count,
//! - [`groups`]: one owner a generation and only it delivers, commits of the current generation, which are kept.
//!
//! After an *unclean* election the promises about committed records are off: the monitor then begins again from what the
//! new leader has, and does not look at leaders of older epochs any more.
//!
//! Simplified: comparing contents goes back over the newest 256 batches of a partition; older ones were compared when they
//! were new.

mod groups;
mod leaders;
mod logs;
mod shares;
mod watch;

use crate::coordinator::CommittedOffset;
use crate::event::{Entry, Event, Violation};
use crate::id::{BrokerId, Name, NodeId, Offset, TopicId, TopicPartition};
use crate::partition::Partition;
use crate::protocol::{Acks, PartitionState};
use crate::sorted::Map;
use alloc::sync::Arc;
use alloc::vec::Vec;
use groups::GroupWatch;
use shares::ShareWatch;
use watch::PartitionWatch;

/// A partition has at most one leader in each leader epoch.
pub const ONE_LEADER: &str = "one-leader-per-epoch";
/// The leader is in the ISR.
pub const LEADER_IN_ISR: &str = "leader-in-isr";
/// On a leader, the high watermark never moves back within an epoch.
pub const MONOTONIC: &str = "high-watermark-monotonic";
/// The high watermark never passes the log end.
pub const IN_LOG: &str = "high-watermark-in-log";
/// Below the high watermark all replicas have the same records.
pub const LOGS_AGREE: &str = "logs-agree";
/// What was committed, and so every record acknowledged with acks=all, survives clean elections.
pub const NO_LOSS: &str = "no-acknowledged-loss";
/// A leader counts with every member of the controller's ISR.
pub const MAXIMAL_ISR: &str = "maximal-isr";
/// Consumers get only committed records.
pub const COMMITTED_READS: &str = "committed-reads";
/// In a group generation, a partition has at most one owner.
pub const ONE_OWNER: &str = "one-owner-per-partition";
/// Committed offsets come only from the current generation.
pub const CURRENT_COMMITS: &str = "commits-from-current-generation";
/// Consumers deliver only from partitions they own.
pub const DELIVERED_BY_OWNER: &str = "delivered-by-owner";
/// A committed offset is not lost when the coordinator moves.
pub const COMMITS_KEPT: &str = "committed-offsets-kept";
/// A quorum epoch has at most one active controller.
pub const ONE_CONTROLLER: &str = "one-controller-per-epoch";

/// In a share group, a record is acquired by at most one member at a time.
pub const ONE_HOLDER: &str = "one-holder-per-record";
/// A share-partition's start offset never moves back, and nothing before it is delivered again. What counts across leaders is what
/// was stored: a record whose last lock timed out is archived on its leader also if that cannot be stored (as Kafka does it:
/// `SharePartition.releaseAcquisitionLockOnTimeout`), and the next leader hands it out again.
pub const SHARE_START: &str = "share-start-monotonic";
/// No record of a share group is delivered more often than `group.share.delivery.count.limit`.
pub const DELIVERY_LIMIT: &str = "delivery-count-limit";

/// Every invariant, in the order in which they are shown.
pub const INVARIANTS: [&str; 16] = [
    ONE_LEADER,
    LEADER_IN_ISR,
    MONOTONIC,
    IN_LOG,
    LOGS_AGREE,
    NO_LOSS,
    MAXIMAL_ISR,
    COMMITTED_READS,
    ONE_OWNER,
    CURRENT_COMMITS,
    DELIVERED_BY_OWNER,
    COMMITS_KEPT,
    ONE_HOLDER,
    SHARE_START,
    DELIVERY_LIMIT,
    ONE_CONTROLLER,
];

/// What a monitor may look at inside the cluster.
pub trait Inside {
    /// A broker's replica of a partition, whatever the broker's process does.
    fn replica(&self, broker: BrokerId, tp: TopicPartition) -> Option<&Partition>;
    /// A partition in a controller's metadata.
    fn partition_state(&self, controller: BrokerId, tp: TopicPartition) -> Option<&PartitionState>;
    /// A partition in the newest committed metadata.
    fn committed_state(&self, tp: TopicPartition) -> Option<&PartitionState>;
    /// A producer's `acks`.
    fn acks(&self, producer: NodeId) -> Option<Acks>;
    /// A consumer's `group.instance.id`.
    fn instance(&self, consumer: NodeId) -> Option<&Name>;
    /// The partition of `__consumer_offsets` a group's offsets are in.
    fn offsets_partition(&self, group: &str) -> Option<TopicPartition>;
    /// A group's committed offset, as a broker that coordinates it knows it.
    fn committed_offset(
        &self,
        broker: BrokerId,
        group: &str,
        tp: TopicPartition,
    ) -> Option<CommittedOffset>;
    /// A broker's copy of the offsets partition says that this offset was removed.
    fn is_removed(&self, broker: BrokerId, group: &str, tp: TopicPartition) -> bool;
    /// The member id of a consumer that was started with `group.protocol=consumer`.
    fn modern_member(&self, consumer: NodeId) -> Option<Name>;
    /// Whether the leader that made this generation's assignment did not know a partition that a member claimed.
    fn led_blind(&self, group: &Name, generation: i32) -> bool;
    /// Whether this broker hosts the group as one of the consumer protocol.
    fn is_modern(&self, broker: NodeId, group: &Name) -> bool;
    /// A topic's name, also after it was deleted.
    fn topic_name(&self, topic: TopicId) -> Name;
    /// Up to where a share-partition is done with by what its coordinator has stored, asked on behalf of its leader; `None` when
    /// there is no coordinator.
    fn stored_share_start(
        &self,
        leader: BrokerId,
        group: &Name,
        tp: TopicPartition,
    ) -> Option<Offset>;
    /// `group.share.delivery.count.limit`.
    fn delivery_limit(&self) -> i16 {
        5
    }
}

/// Checks the invariants of one run. Cheap to clone: snapshots share what did not change.
#[derive(Clone, Debug, Default)]
pub struct Monitor {
    partitions: Map<TopicPartition, Arc<PartitionWatch>>,
    groups: Map<Name, Arc<GroupWatch>>,
    /// By share group and partition.
    shares: Map<(Name, TopicPartition), Arc<ShareWatch>>,
    /// The group each consumer joins.
    group_of: Map<NodeId, Name>,
    /// Who was active in a quorum epoch.
    controllers: Map<i32, NodeId>,
    broken: [u32; INVARIANTS.len()],
}

/// What is being looked at: the entry, the cluster, and where violations go.
struct Look<'a> {
    node: NodeId,
    inside: &'a dyn Inside,
    found: &'a mut Vec<Violation>,
}

impl Look<'_> {
    fn broken(&mut self, invariant: &'static str, evidence: &str) {
        self.found.push(Violation {
            invariant,
            evidence: evidence.into(),
        });
    }

    fn name(&self, tp: TopicPartition) -> alloc::string::String {
        alloc::format!("{}-{}", self.inside.topic_name(tp.topic), tp.partition)
    }

    /// The consumer that told the entry has taken the place of this one: a static member's new process gets the old one's
    /// assignment without a new generation (KIP-345), and the old one does not know before its next request.
    fn replaces(&self, other: NodeId) -> bool {
        let instance = self.inside.instance(self.node);
        instance.is_some() && instance == self.inside.instance(other)
    }

    /// The broker that told the entry.
    fn broker(&self) -> Option<BrokerId> {
        match self.node {
            NodeId::Broker(id) => Some(id),
            _ => None,
        }
    }
}

impl Monitor {
    /// Looks at one new entry, when everything it led to at its node is done. Returns what it breaks.
    pub fn observe(&mut self, entry: &Entry, inside: &dyn Inside) -> Vec<Violation> {
        let mut found = Vec::new();
        let Some(node) = entry.node else {
            return found;
        };
        let mut look = Look {
            node,
            inside,
            found: &mut found,
        };
        self.look(&entry.event, &mut look);
        for violation in &found {
            let index = INVARIANTS.iter().position(|n| *n == violation.invariant);
            if let Some(count) = index.and_then(|i| self.broken.get_mut(i)) {
                *count = count.saturating_add(1);
            }
        }
        found
    }

    /// An unclean election took away what a leader of this partition may have committed.
    pub fn lost_committed(&self, tp: TopicPartition) -> bool {
        self.partitions.get(&tp).is_some_and(|w| w.since_epoch > 0)
    }

    /// Every invariant and how often it was found broken.
    pub fn guarantees(&self) -> Vec<(&'static str, u32)> {
        INVARIANTS.into_iter().zip(self.broken).collect()
    }

    fn look(&mut self, event: &Event, look: &mut Look<'_>) {
        match event {
            Event::ControllerElected { epoch } => self.controller_elected(*epoch, look),
            Event::LeaderElected {
                tp,
                leader,
                epoch,
                reason,
                isr,
            } => {
                let elected = leaders::Elected {
                    leader: *leader,
                    epoch: *epoch,
                    reason: *reason,
                    isr,
                };
                self.watch(*tp).elected(*tp, &elected, look);
            }
            Event::IsrChanged { tp, to, .. } => leaders::isr_changed(*tp, to, look),
            Event::BecameLeader { tp, epoch, .. } => {
                self.watch(*tp).became_leader(*tp, *epoch, look)
            }
            Event::Appended { tp, .. }
            | Event::Replicated { tp, .. }
            | Event::HighWatermark { tp, .. } => {
                self.watch(*tp).log_changed(*tp, look);
            }
            Event::Truncated { tp, to, .. } => self.watch(*tp).truncated(*tp, *to, look),
            Event::ReplicaDeleted { tp } => self.watch(*tp).deleted(look),
            Event::Acked { tp, base, records } => {
                self.watch(*tp).acked(*tp, *base, *records, look);
            }
            Event::Polled { tp, last, .. } => {
                self.watch(*tp).polled(*tp, *last, look);
                self.delivered(*tp, look);
            }
            Event::TopicDeleted { .. } => {}
            Event::SharePartitionLoaded { .. }
            | Event::ShareStartMoved { .. }
            | Event::ShareRecords { .. } => self.look_at_shares(event, look),
            _ => self.look_at_groups(event, look),
        }
    }

    fn watch(&mut self, tp: TopicPartition) -> &mut PartitionWatch {
        Arc::make_mut(self.partitions.entry(tp).or_default())
    }
}
