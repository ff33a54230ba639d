//! Kinds of messages as the stage tells them apart: one shape a kind.

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
            ApiKey::Heartbeat => Self::Heartbeat,
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
}

fn is_broker(node: NodeId) -> bool {
    matches!(node, NodeId::Broker(_))
}
