//! The projection: everything a page shows, as plain read-only data. Integers, names, `Eq`; no pixels, no language.
//!
//! A view is made from the cluster on demand (at most a few times a second) and never changes afterwards.

use crate::config::Preset;
use crate::event::{GroupState, Violation};
use crate::id::{BrokerId, Name, NodeId, Offset, TopicPartition};
use crate::protocol::{ApiKey, ErrorCode, RecordState};
use crate::reconcile::MemberState;
use crate::time::SimTime;
use alloc::vec::Vec;

/// The whole cluster at one instant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct View {
    /// When.
    pub now: SimTime,
    /// Which defaults it started from.
    pub preset: Preset,
    /// The cluster's seed.
    pub seed: u64,
    /// The controller quorum, ascending.
    pub controllers: Vec<ControllerView>,
    /// Quorum epoch of the active controller, or the highest seen.
    pub controller_epoch: i32,
    /// Brokers, ascending.
    pub brokers: Vec<BrokerView>,
    /// Topics by name, internal ones last.
    pub topics: Vec<TopicView>,
    /// Producers in order of creation.
    pub producers: Vec<ProducerView>,
    /// Groups by name.
    pub groups: Vec<GroupView>,
    /// What became of every record, by group, topic and partition.
    pub ledgers: Vec<LedgerView>,
    /// Links that are cut or have settings of their own.
    pub links: Vec<LinkView>,
    /// Messages on their way, by arrival.
    pub flights: Vec<FlightView>,
    /// Guarantees broken so far.
    pub violations: Vec<(SimTime, Violation)>,
    /// Every guarantee checked, with how often it was broken.
    pub guarantees: Vec<(&'static str, u32)>,
    /// Counters since the beginning.
    pub totals: Totals,
}

/// Counters since the beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Totals {
    /// Events processed.
    pub events: u64,
    /// Messages sent.
    pub messages: u64,
    /// Records acknowledged to producers.
    pub acked: u64,
    /// Records delivered to consumers.
    pub delivered: u64,
}

/// What a process does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum ProcessState {
    /// Running and, for a broker, unfenced.
    #[default]
    Running,
    /// Running, registered, fenced: not yet (or no longer) part of the cluster.
    Fenced,
    /// Running, not yet registered.
    Starting,
    /// In controlled shutdown.
    ShuttingDown,
    /// Paused; its connections stay open.
    Frozen,
    /// Died; its disk is kept.
    Crashed,
    /// Ended properly.
    Stopped,
}

/// One controller.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ControllerView {
    /// `node.id`.
    pub id: BrokerId,
    /// What it does.
    pub state: ProcessState,
    /// It is the active one.
    pub active: bool,
    /// Its quorum epoch.
    pub epoch: i32,
    /// Its log end offset in the metadata log.
    pub log_end: Offset,
    /// Its high watermark there.
    pub high_watermark: Offset,
}

/// One broker.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BrokerView {
    /// `node.id`.
    pub id: BrokerId,
    /// What it does.
    pub state: ProcessState,
    /// Since when.
    pub since: SimTime,
    /// Registered, but the controller has fenced it.
    pub fenced: bool,
    /// Its epoch, -1 before registration.
    pub epoch: i64,
    /// Its rack.
    pub rack: Option<Name>,
    /// Groups it coordinates.
    pub coordinates: Vec<Name>,
    /// How far it has replayed the metadata log.
    pub metadata_offset: Offset,
    /// Its copies, by topic name and partition, internal topics left out.
    pub replicas: Vec<ReplicaView>,
    /// How many copies of internal partitions it has, and how many of them it leads.
    pub internal: (u32, u32),
}

/// What a copy does right now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum ReplicaRole {
    /// Believes to lead.
    Leader,
    /// Follows.
    Follower,
    /// Nobody leads as far as it knows, or the broker is not running.
    Offline,
}

/// A partition's copy on one broker, as that broker sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ReplicaView {
    /// Which partition.
    pub tp: TopicPartition,
    /// Topic name.
    pub topic: Name,
    /// What it does.
    pub role: ReplicaRole,
    /// The leader epoch it knows.
    pub leader_epoch: i32,
    /// In the ISR, by the active controller's metadata.
    pub in_isr: bool,
    /// The ISR this broker works with, if it leads (with proposed members: the maximal ISR).
    pub maximal_isr: Vec<BrokerId>,
    /// First offset.
    pub log_start: Offset,
    /// As this copy knows it.
    pub high_watermark: Offset,
    /// Next offset.
    pub log_end: Offset,
    /// Base offsets of its segments.
    pub segments: Vec<Offset>,
    /// Where each leader epoch starts.
    pub epochs: Vec<(i32, Offset)>,
    /// The newest records, ascending, at most 24.
    pub tiles: Vec<Tile>,
}

/// What a tile shows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum TileKind {
    /// A record with a value.
    Data,
    /// A record without a value.
    Tombstone,
    /// A transaction was committed.
    Commit,
    /// A transaction was aborted.
    Abort,
}

/// One record.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Tile {
    /// Its offset.
    pub offset: Offset,
    /// Its key as text, if it has one.
    pub key: Option<Name>,
    /// Its value as text.
    pub value: Name,
    /// Shape.
    pub kind: TileKind,
    /// Leader epoch in which it was written.
    pub epoch: i32,
    /// Milliseconds.
    pub timestamp: i64,
    /// Producer id and sequence number, -1 without.
    pub producer: (i64, i32),
}

/// A topic, by the active controller's metadata (or the last one's).
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TopicView {
    /// Its name.
    pub name: Name,
    /// `__consumer_offsets` and the like.
    pub internal: bool,
    /// Settings that differ from the defaults: name, value.
    pub configs: Vec<(&'static str, Name)>,
    /// Partitions, ascending.
    pub partitions: Vec<PartitionView>,
}

/// A partition, by the controller's metadata.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PartitionView {
    /// Which.
    pub tp: TopicPartition,
    /// Who leads.
    pub leader: Option<BrokerId>,
    /// Epoch.
    pub leader_epoch: i32,
    /// Epoch of every change.
    pub partition_epoch: i32,
    /// Assignment.
    pub replicas: Vec<BrokerId>,
    /// In sync.
    pub isr: Vec<BrokerId>,
    /// Eligible leader replicas.
    pub elr: Vec<BrokerId>,
    /// High watermark on its leader, -1 without a running leader.
    pub high_watermark: Offset,
    /// Log end on its leader, -1 without a running leader.
    pub log_end: Offset,
    /// Log start on its leader, -1 without a running leader.
    pub log_start: Offset,
}

/// One producer.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ProducerView {
    /// Address.
    pub node: NodeId,
    /// Its name.
    pub name: Name,
    /// What it does.
    pub state: ProcessState,
    /// Topic it writes to.
    pub topic: Name,
    /// Thousandths of a record a second; 0: only by hand.
    pub rate_milli: u64,
    /// Keys it picks from; empty: no key.
    pub keys: Vec<Name>,
    /// Every setting as text, in [`crate::config::ProducerConfig`] order.
    pub configs: Vec<Name>,
    /// Producer id and epoch, -1 before InitProducerId.
    pub producer_id: (i64, i16),
    /// Batches being filled or waiting, per partition: records, bytes.
    pub batches: Vec<(TopicPartition, u32, u32)>,
    /// Requests in flight, per broker.
    pub in_flight: Vec<(BrokerId, u32)>,
    /// Last acknowledgement: partition, offset, how long it took in microseconds.
    pub last_ack: Option<(TopicPartition, Offset, u64)>,
    /// Last error, if it came after the last acknowledgement.
    pub last_error: Option<(Option<TopicPartition>, Name)>,
    /// Records acknowledged and failed so far.
    pub acked: u64,
    /// Records given up.
    pub failed: u64,
}

/// One group, as its coordinator sees it (or saw it last).
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GroupView {
    /// Its id.
    pub name: Name,
    /// State; `None`: no coordinator knows it (yet, or right now).
    pub state: Option<GroupState>,
    /// Generation, or group epoch.
    pub generation: i32,
    /// Epoch of the target assignment, in a group of the consumer protocol.
    pub assignment_epoch: Option<i32>,
    /// Assignor chosen by vote, or the coordinator's.
    pub protocol: Option<Name>,
    /// Who coordinates it.
    pub coordinator: Option<BrokerId>,
    /// Partition of `__consumer_offsets` it lives in.
    pub offsets_partition: i32,
    /// Member id of the leader.
    pub leader: Option<Name>,
    /// Members the coordinator knows whose process is not (or no longer) a consumer here: id, instance, time its session ends.
    pub members: Vec<MemberView>,
    /// Consumers that want to be in it, in order of creation.
    pub consumers: Vec<ConsumerView>,
    /// Committed offsets.
    pub committed: Vec<(TopicPartition, Offset)>,
    /// Sum over partitions of high watermark - committed (log start where none is committed).
    pub lag: i64,
    /// Partitions that have another owner than in the previous generation, and how many there are in all.
    pub moved: (u32, u32),
    /// It is a share group: its share-partitions, by topic name and number, as far as a leader has loaded them.
    pub share: Option<Vec<SharePartitionView>>,
}

impl GroupView {
    /// Whether what it counts are epochs (consumer protocol, share groups), not generations (classic protocol).
    #[must_use]
    pub fn counts_epochs(&self) -> bool {
        self.assignment_epoch.is_some() || self.share.is_some()
    }
}

/// A share-partition, by its leader.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SharePartitionView {
    /// Which partition.
    pub tp: TopicPartition,
    /// Topic name.
    pub topic: Name,
    /// Who leads it.
    pub leader: BrokerId,
    /// The share-partition start offset (SPSO).
    pub start: Offset,
    /// The share-partition end offset (SPEO): the last offset in flight, or the start offset when nothing is.
    pub end: Offset,
    /// High watermark on the leader.
    pub high_watermark: Offset,
    /// Records in flight from the start offset on, ascending, at most 24.
    pub records: Vec<ShareRecordView>,
}

/// A record in flight.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ShareRecordView {
    /// Its offset.
    pub offset: Offset,
    /// Where it stands.
    pub state: RecordState,
    /// How often it was delivered.
    pub delivery_count: i16,
    /// Who has acquired it: member id.
    pub member: Option<Name>,
    /// When the lock times out, if it is acquired.
    pub lock_until: Option<SimTime>,
}

/// A member as the coordinator knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct MemberView {
    /// Its id.
    pub id: Name,
    /// Its instance id.
    pub instance: Option<Name>,
    /// Without a heartbeat it is removed then.
    pub session_ends: SimTime,
    /// It has rejoined in this rebalance.
    pub joined: bool,
    /// Its way to its target, in a group of the consumer protocol.
    pub walk: Option<WalkView>,
}

/// Where a member of a group of the consumer protocol is, as its coordinator sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct WalkView {
    /// Its state.
    pub state: MemberState,
    /// Its epoch.
    pub epoch: i32,
    /// What it may work on.
    pub assigned: Vec<TopicPartition>,
    /// What it has yet to give up.
    pub revoking: Vec<TopicPartition>,
    /// What it is to have in the end.
    pub target: Vec<TopicPartition>,
    /// It speaks the classic protocol.
    pub classic: bool,
}

/// One consumer.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ConsumerView {
    /// Address.
    pub node: NodeId,
    /// Its name.
    pub name: Name,
    /// What it does.
    pub state: ProcessState,
    /// Group.
    pub group: Name,
    /// Topics it subscribes to, or a pattern between slashes.
    pub topics: Vec<Name>,
    /// It assigned its partitions itself (assign()), outside any group's plan.
    pub manual: bool,
    /// Member id, empty before it has one.
    pub member_id: Name,
    /// Instance id.
    pub instance: Option<Name>,
    /// Generation it believes in, -1 before.
    pub generation: i32,
    /// It leads the group (computes the assignment).
    pub is_leader: bool,
    /// It is between revoke and assign since then.
    pub paused_since: Option<SimTime>,
    /// Partitions it owns.
    pub partitions: Vec<OwnedPartition>,
    /// Every setting as text, in [`crate::config::ConsumerConfig`] order.
    pub configs: Vec<Name>,
    /// Microseconds the application takes for a record.
    pub processing_us: u64,
    /// Record being processed.
    pub processing: Option<(TopicPartition, Offset)>,
    /// In a share group: records it has acquired and not acknowledged, with their delivery counts.
    pub acquired: Vec<(TopicPartition, Offset, i16)>,
    /// The coordinator removes it then, unless it hears of it (only for members that do not run).
    pub session_ends: Option<SimTime>,
    /// Records delivered to the application so far.
    pub delivered: u64,
    /// The last error or exception its application saw.
    pub last_error: Option<Name>,
}

/// A partition in a consumer's hands.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct OwnedPartition {
    /// Which.
    pub tp: TopicPartition,
    /// Topic name.
    pub topic: Name,
    /// Next offset to fetch for the application; -1 before it is known.
    pub position: Offset,
    /// Next offset after the last one processed; -1 before any.
    pub processed: Offset,
    /// Committed by the group; -1: none.
    pub committed: Offset,
    /// High watermark on the leader; -1 without a running leader.
    pub high_watermark: Offset,
    /// high watermark - committed (or - log start).
    pub lag: i64,
}

/// A link with something special.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LinkView {
    /// One end.
    pub a: NodeId,
    /// The other.
    pub b: NodeId,
    /// Messages are lost.
    pub cut: bool,
    /// One-way delay, milliseconds.
    pub latency_ms: i64,
    /// Thousandths of messages lost.
    pub loss_per_mille: i64,
}

/// A message on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FlightView {
    /// Number of its journal entry.
    pub entry: u32,
    /// From.
    pub from: NodeId,
    /// To.
    pub to: NodeId,
    /// API.
    pub api: ApiKey,
    /// Answer rather than question.
    pub response: bool,
    /// An answer's error.
    pub error: ErrorCode,
    /// When it left.
    pub sent: SimTime,
    /// When it arrives.
    pub due: SimTime,
    /// It will not arrive (lost underway).
    pub lost: bool,
    /// Carries records (or is about records) of these partitions.
    pub partitions: Vec<TopicPartition>,
}

/// What became of a record in a group, in a word. By what applications finished, not by what poll() returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Fate {
    /// Nobody has read it yet, or it will be read again.
    Waiting,
    /// poll() has returned it; the application is not done with it.
    InHand,
    /// Finished once.
    Once,
    /// Finished twice or more.
    Again,
    /// Passed over: nobody will read it.
    Never,
    /// No record: compaction removed it, or it is a marker.
    Gap,
}

impl Fate {
    /// Every fate.
    pub const ALL: [Self; 6] = [
        Self::Waiting,
        Self::InHand,
        Self::Once,
        Self::Again,
        Self::Never,
        Self::Gap,
    ];

    /// As scripts write it.
    pub fn name(self) -> &'static str {
        ["waiting", "in-hand", "once", "again", "never", "gap"][self as usize]
    }
}

/// Why records came again, or never.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum LedgerReason {
    /// The owner's process died; the next one began at the committed offset.
    Died,
    /// The owner closed without committing everything.
    Closed,
    /// A rebalance took the partition before everything was committed.
    Revoked,
    /// The owner did not poll for `max.poll.interval.ms` and left.
    PollInterval,
    /// The owner was silent for its session timeout.
    SessionExpired,
    /// The application called seek().
    Seek,
    /// No (valid) committed offset: from the beginning of the log.
    Earliest,
    /// No (valid) committed offset: from the end of the log.
    Latest,
    /// No (valid) committed offset: from a while ago (`auto.offset.reset=by_duration:…`).
    ByDuration,
    /// The group was new and began at the end.
    BeganAtEnd,
    /// Somebody outside the group's generations committed another offset (a reset, or a manual commit).
    Outside,
    /// The log was truncated under the consumer.
    Truncation,
    /// Committed before it was processed; then its consumer was lost.
    CommittedFirst,
    /// Deleted from the log before anybody read it.
    Deleted,
    /// In a share group: its holder released it.
    Released,
    /// In a share group: the lock timed out.
    LockExpired,
    /// In a share group: its holder's session ended.
    MemberGone,
    /// In a share group: its holder rejected it.
    Rejected,
    /// In a share group: it came back after its last delivery.
    Spent,
}

impl LedgerReason {
    /// A share group's record that somebody gave back: it is delivered again.
    pub fn comes_back(self) -> bool {
        matches!(self, Self::Released | Self::LockExpired | Self::MemberGone)
    }

    /// As scripts write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Died => "died",
            Self::Closed => "closed",
            Self::Revoked => "revoked",
            Self::PollInterval => "poll-interval",
            Self::SessionExpired => "session-expired",
            Self::Seek => "seek",
            Self::Earliest => "earliest",
            Self::Latest => "latest",
            Self::ByDuration => "by-duration",
            Self::BeganAtEnd => "began-at-end",
            Self::Outside => "outside",
            Self::Truncation => "truncation",
            Self::CommittedFirst => "committed-first",
            Self::Deleted => "deleted",
            Self::Released => "released",
            Self::LockExpired => "lock-expired",
            Self::MemberGone => "member-gone",
            Self::Rejected => "rejected",
            Self::Spent => "spent",
        }
    }
}

/// Why, with the circumstances.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LedgerWhy {
    /// What kind of reason.
    pub reason: LedgerReason,
    /// The consumer that had the partition before.
    pub before: Option<Name>,
    /// The consumer that began at `start`.
    pub by: Option<Name>,
    /// Where it began: an offset.
    pub start: Offset,
    /// When.
    pub at: SimTime,
}

/// Neighbouring offsets with the same fate.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LedgerRun {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// What became of them.
    pub fate: Fate,
    /// How often poll() returned them.
    pub delivered: u32,
    /// How often an application finished them.
    pub processed: u32,
    /// Why they came again, or never.
    pub why: Option<LedgerWhy>,
    /// The consumer that has them in hand.
    pub holder: Option<Name>,
}

/// The delivery ledger of one partition in one group: every offset below the high watermark.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LedgerView {
    /// The group.
    pub group: Name,
    /// Topic name.
    pub topic: Name,
    /// Which partition.
    pub tp: TopicPartition,
    /// Runs in order, without gaps between them.
    pub runs: Vec<LedgerRun>,
    /// Offsets before the first run, counted by fate ([`Fate::ALL`]).
    pub earlier: [u64; 6],
}

impl LedgerView {
    /// How many offsets had this fate.
    pub fn count(&self, fate: Fate) -> u64 {
        let runs = self.runs.iter().filter(|r| r.fate == fate);
        let kept: Offset = runs.map(|r| r.last - r.first + 1).sum();
        self.earlier[fate as usize] + kept as u64
    }
}
