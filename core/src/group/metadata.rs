//! What the log knows about a classic group: one record a generation (Kafka: `GroupMetadataValue`).
//!
//! The record holds no join in progress, no session and no vote; a coordinator that reads it finds a Stable group (or an
//! Empty one) and starts every session anew.

use crate::id::Name;
use crate::protocol::{MemberAssignment, Subscription};
use alloc::vec::Vec;

/// A classic group as it is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GroupMetadata {
    /// The protocol type is `consumer`; false for a group that only stores offsets (or never had a member).
    pub consumer: bool,
    /// Generation.
    pub generation: i32,
    /// The assignor in use.
    pub protocol: Option<Name>,
    /// Member id of the leader.
    pub leader: Option<Name>,
    /// Since when it is in its state, milliseconds; -1: unknown.
    pub state_since: i64,
    /// Members, in the order of Kafka's map.
    pub members: Vec<MemberMetadata>,
}

/// A member as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MemberMetadata {
    /// Member id.
    pub id: Name,
    /// `group.instance.id`.
    pub instance: Option<Name>,
    /// `client.id`.
    pub client_id: Name,
    /// Milliseconds.
    pub rebalance_timeout_ms: i64,
    /// Milliseconds.
    pub session_timeout_ms: i64,
    /// Under the protocol in use.
    pub subscription: Subscription,
    /// Its partitions.
    pub assignment: MemberAssignment,
}
