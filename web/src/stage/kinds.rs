//! Kinds of messages as the stage tells them apart: one shape a kind.

use crate::i18n::Lang;
use rebalance_core::id::NodeId;
use rebalance_core::protocol::ApiKey;
use rebalance_core::view::FlightView;

/// A kind of message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Records on their way to a leader, and the acknowledgement.
    Produce,
    /// A follower's fetch.
    Replica,
    /// A consumer's fetch.
    Consume,
    /// JoinGroup, SyncGroup, LeaveGroup, FindCoordinator.
    Group,
    /// A member's heartbeat.
    Heartbeat,
    /// Committed offsets, written or read.
    Commit,
    /// Metadata and administration.
    Metadata,
    /// Between brokers and controllers.
    Controller,
}

impl Kind {
    /// Every kind, in the legend's order.
    pub const ALL: [Self; 8] = [
        Self::Produce,
        Self::Replica,
        Self::Consume,
        Self::Group,
        Self::Heartbeat,
        Self::Commit,
        Self::Metadata,
        Self::Controller,
    ];
    /// Kinds not drawn until asked for.
    pub const QUIET: [Self; 1] = [Self::Controller];

    /// The kind of a message.
    pub fn of(flight: &FlightView) -> Self {
        match flight.api {
            ApiKey::Produce | ApiKey::InitProducerId => Self::Produce,
            ApiKey::Fetch if is_broker(flight.from) && is_broker(flight.to) => Self::Replica,
            ApiKey::Fetch | ApiKey::ListOffsets => Self::Consume,
            ApiKey::JoinGroup
            | ApiKey::SyncGroup
            | ApiKey::LeaveGroup
            | ApiKey::FindCoordinator => Self::Group,
            ApiKey::Heartbeat | ApiKey::ConsumerGroupHeartbeat => Self::Heartbeat,
            ApiKey::OffsetCommit | ApiKey::OffsetFetch => Self::Commit,
            ApiKey::FetchMetadata
            | ApiKey::Vote
            | ApiKey::BeginQuorumEpoch
            | ApiKey::BrokerHeartbeat
            | ApiKey::BrokerRegistration
            | ApiKey::AlterPartition
            | ApiKey::AllocateProducerIds => Self::Controller,
            _ => Self::Metadata,
        }
    }

    /// Its outline in 16 × 16 units.
    pub fn shape(self) -> &'static str {
        match self {
            Self::Produce => "M8 2.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11z",
            Self::Replica => "M3 3h10v10H3z",
            Self::Consume => "M3 2.500 14 8 3 13.500z",
            Self::Group => "M8 1.500l5.600 3.250v6.500L8 14.500l-5.600-3.250v-6.500z",
            Self::Heartbeat => {
                "M8 13.800 2.300 8A3.400 3.400 0 0 1 7.100 3.200L8 4.100l.9-.9A3.400 3.400 0 0 1 13.700 8z"
            }
            Self::Commit => "M8 1.500 14.500 8 8 14.500 1.500 8z",
            Self::Metadata => "M8 2.200 14.200 13.200H1.800z",
            Self::Controller => {
                "M8 1l2 4.800 5 .4-3.800 3.300 1.200 5L8 11.800 3.600 14.500l1.200-5L1 6.200l5-.4z"
            }
        }
    }

    /// Its place in [`Self::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// In words.
    pub fn name(self, t: Lang) -> &'static str {
        t.stage().kinds[self.index()]
    }
}

fn is_broker(node: NodeId) -> bool {
    matches!(node, NodeId::Broker(_))
}
