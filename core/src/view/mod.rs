//! The projection: everything a page shows, as plain read-only data. Integers, names, `Eq`; no pixels, no language.
//!
//! A view is made from the cluster on demand (at most a few times a second) and never changes afterwards. This file has
//! the whole and what travels; `brokers` has processes, copies and partitions, `clients` producers and consumers,
//! `groups` what coordinators know, `ledger` what became of every record.

mod brokers;
mod clients;
mod groups;
mod ledger;

pub use brokers::{
    BrokerView, ControllerView, Moving, PartitionView, ReplicaRole, ReplicaView, Tile, TileKind,
    TopicView,
};
pub use clients::{ConsumerView, OwnedPartition, ProducerView};
pub use groups::{GroupView, MemberView, SharePartitionView, ShareRecordView, WalkView};
pub use ledger::{Fate, LedgerReason, LedgerRun, LedgerView, LedgerWhy};

use crate::config::Preset;
use crate::event::Violation;
use crate::id::{NodeId, TopicPartition};
use crate::protocol::{ApiKey, ErrorCode};
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
