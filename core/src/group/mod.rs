//! Consumer groups as pure state machines: no node, no log, no network.
//!
//! A group is told what happened (a request, a timer, the fate of a write) through a [`Turn`] and leaves behind
//! [`Out`]puts: answers, events, and at most one write of its own metadata. The coordinator that hosts it carries
//! them out. The classic protocol lives in [`classic`] (Kafka: `ClassicGroup` and the classic half of
//! `GroupMetadataManager`). The consumer protocol of KIP-848 lives in [`consumer`]; its groups change by records alone.
//! Share groups live in [`share`].
//!
//! Simplified: the protocol type is always `consumer`; transactional offsets are not modelled.

pub mod classic;
pub mod consumer;
pub mod metadata;
pub mod share;
pub mod timers;
pub mod topics;

use crate::config::BrokerConfig;
use crate::event::Event;
use crate::id::{Name, NodeId};
use crate::protocol::{Correlation, ErrorCode, Response};
use crate::rng::Rng;
use crate::time::{Duration, SimTime};
use alloc::format;
use alloc::vec::Vec;
use classic::AfterWrite;
use metadata::GroupMetadata;

/// A request that waits for its answer: who asked, and the number that pairs question and answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReplyTo {
    /// Who asked.
    pub node: NodeId,
    /// The request's number.
    pub correlation: Correlation,
}

/// What a group left behind after it handled something, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Out {
    /// Answer now.
    Reply(ReplyTo, Response),
    /// Tell the journal.
    Event(Event),
    /// Write the group's metadata; its fate comes back with the second half.
    Write(GroupMetadata, AfterWrite),
}

/// The broker's settings for groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// `group.initial.rebalance.delay.ms`.
    pub initial_delay: Duration,
    /// `group.max.size`.
    pub max_size: usize,
    /// `group.min.session.timeout.ms`.
    pub min_session_ms: i64,
    /// `group.max.session.timeout.ms`.
    pub max_session_ms: i64,
    /// `offsets.commit.timeout.ms`: how long an answer may wait for a write.
    pub commit_timeout: Duration,
    /// `offsets.retention.minutes`, in milliseconds.
    pub retention_ms: i64,
    /// `offsets.retention.check.interval.ms`.
    pub retention_check: Duration,
    /// `group.consumer.session.timeout.ms`.
    pub consumer_session: Duration,
    /// `group.consumer.heartbeat.interval.ms`.
    pub consumer_heartbeat_ms: i64,
    /// `group.consumer.max.size`.
    pub consumer_max_size: usize,
    /// `group.consumer.assignors`, as a list value.
    pub consumer_assignors: i64,
    /// `group.consumer.migration.policy`: bit 0 allows upgrades, bit 1 downgrades.
    pub migration: i64,
}

/// How long a new member may wait in its first JoinGroup (`classicGroupNewMemberJoinTimeoutMs`): five minutes.
pub const NEW_MEMBER_JOIN_TIMEOUT: Duration = Duration::secs(300);

impl Limits {
    /// Reads the settings that concern groups.
    pub fn new(config: &BrokerConfig) -> Self {
        Self {
            initial_delay: Duration::millis(config.group_initial_rebalance_delay_ms),
            max_size: usize::try_from(config.group_max_size).unwrap_or(usize::MAX),
            min_session_ms: config.group_min_session_timeout_ms,
            max_session_ms: config.group_max_session_timeout_ms,
            commit_timeout: Duration::millis(config.offsets_commit_timeout_ms),
            retention_ms: config.offsets_retention_minutes.saturating_mul(60_000),
            retention_check: Duration::millis(config.offsets_retention_check_interval_ms),
            consumer_session: Duration::millis(config.group_consumer_session_timeout_ms),
            consumer_heartbeat_ms: config.group_consumer_heartbeat_interval_ms,
            consumer_max_size: usize::try_from(config.group_consumer_max_size)
                .unwrap_or(usize::MAX),
            consumer_assignors: config.group_consumer_assignors,
            migration: config.group_consumer_migration_policy,
        }
    }
}

/// Makes a member id from its first part (`client.id` or `group.instance.id`): Kafka appends a random UUID.
pub type NewId<'a> = &'a mut dyn FnMut(&str) -> Name;

/// What a group may look at and push into while it handles something.
#[derive(Debug)]
pub struct Turn<'a> {
    /// Now.
    pub now: SimTime,
    /// Settings.
    pub limits: Limits,
    /// Where outputs go.
    pub out: &'a mut Vec<Out>,
}

impl Turn<'_> {
    /// Answers a request now.
    pub fn reply(&mut self, to: ReplyTo, response: Response) {
        self.out.push(Out::Reply(to, response));
    }

    /// Tells the journal.
    pub fn emit(&mut self, event: Event) {
        self.out.push(Out::Event(event));
    }
}

/// What a client is told when a write failed (`appendGroupMetadataErrorToResponseError`,
/// `CoordinatorOperationExceptionHelper`): errors of the log become errors of the coordinator.
pub fn append_error(error: ErrorCode) -> ErrorCode {
    match error {
        ErrorCode::UnknownTopicOrPartition
        | ErrorCode::NotEnoughReplicas
        | ErrorCode::RequestTimedOut => ErrorCode::CoordinatorNotAvailable,
        ErrorCode::NotLeaderOrFollower | ErrorCode::KafkaStorageError => ErrorCode::NotCoordinator,
        ErrorCode::MessageTooLarge => ErrorCode::UnknownServerError,
        other => other,
    }
}

/// `prefix-UUID`, the UUID of version 4 as Java writes it.
pub fn new_member_id(rng: &mut Rng, prefix: &str) -> Name {
    let high = (rng.next_u64() & !0xf000) | 0x4000;
    let low = (rng.next_u64() & !(0b11 << 62)) | (0b10 << 62);
    let (a, b, c) = (high >> 32, (high >> 16) & 0xffff, high & 0xffff);
    let (d, e) = (low >> 48, low & 0xffff_ffff_ffff);
    format!("{prefix}-{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}").into()
}
