//! The group coordinator: the broker's part that hosts groups and their committed offsets.
//!
//! A group lives in one partition of `__consumer_offsets`, and whoever leads that partition coordinates it (Kafka:
//! `GroupCoordinatorService`, `CoordinatorRuntime`). The coordinator is a pure state machine. The broker tells it what
//! happened and carries out the [`Action`]s it leaves behind. State changes at once, in memory; an answer that depends
//! on a write waits until the write is committed, and an answer without a write of its own waits for the writes before it,
//! so that nobody ever learns of something that a new coordinator would not find in the log.
//!
//! - `host`: one turn at one partition: outputs, writes and their fate, - `load`: a partition comes and goes,
//! - `hosted`: a group of either protocol, - `modern`: those of the consumer protocol, - `requests`: each API, - `offsets`: committed offsets, - `records`: their binary form,
//! - `describe`: what the page shows.
//!
//! Simplified: every write is a batch of its own (`group.coordinator.append.linger.ms` is 0); what is in the log when a
//! coordinator loads counts as committed.

mod bytes;
mod describe;
mod guest;
mod host;
mod hosted;
mod load;
mod modern;
mod modern_records;
mod offsets;
pub mod records;
mod requests;
mod shard;
pub mod share;

pub use crate::group::{NewId, ReplyTo};
pub use describe::{GroupDescription, MemberDescription};
pub use records::CommittedOffset;
pub(crate) use requests::refuse_kind;

use crate::config::BrokerConfig;
use crate::event::Event;
use crate::group::classic::GroupTimer;
use crate::group::topics::{Topic, Topics};
use crate::group::{Limits, new_member_id};
use crate::id::{LeaderEpoch, Name, TopicId, TopicPartition};
use crate::java::{string_hash, utils_abs};
use crate::protocol::{ErrorCode, Request, Response};
use crate::record::{Record, RecordBatch};
use crate::rng::Rng;
use crate::sorted::{self, Map};
use crate::time::SimTime;
use alloc::sync::Arc;
use alloc::vec::Vec;
use host::Host;
use shard::{Registry, Shard, TimerFor};

/// What the broker is to do, in order. Appends come last, so that the broker may report a refusal while it works through the
/// list, and nothing older is carried out after what that report leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Answer a request.
    Reply(ReplyTo, Response),
    /// Append as one batch to this partition of `__consumer_offsets`, which the broker leads. When the high watermark passes
    /// it: [`GroupCoordinator::on_committed`]. If that takes longer than `offsets.commit.timeout.ms`
    /// ([`ErrorCode::RequestTimedOut`]) or the append is refused: [`GroupCoordinator::on_write_failed`].
    Append {
        /// Which partition.
        partition: i32,
        /// The records.
        records: Vec<Record>,
        /// The write's name in what follows.
        token: u64,
    },
    /// Call [`GroupCoordinator::on_timer`] then; replaces an earlier arming of the same number.
    Arm(u64, SimTime),
    /// Do not call.
    Disarm(u64),
    /// Tell the journal.
    Emit(Event),
}

/// All groups this broker coordinates.
#[derive(Clone, Debug)]
pub struct GroupCoordinator {
    limits: Limits,
    shards: Map<i32, Arc<Shard>>,
    topics: Arc<Topics>,
    registry: Registry,
}

impl GroupCoordinator {
    /// A coordinator without any partition.
    pub fn new(config: &BrokerConfig) -> Self {
        Self {
            limits: Limits::new(config),
            shards: Map::new(),
            topics: Arc::default(),
            registry: Registry::default(),
        }
    }

    /// The broker's settings changed; timers that are running keep their deadlines.
    pub fn set_config(&mut self, config: &BrokerConfig) {
        self.limits = Limits::new(config);
    }

    /// The partition of `__consumer_offsets` a group lives in.
    pub fn partition_for(group: &str, offsets_partitions: i32) -> i32 {
        utils_abs(string_hash(group)) % offsets_partitions.max(1)
    }

    /// The metadata has this topic, with this many partitions now. Commits for topics and partitions that are not
    /// known are refused (UNKNOWN_TOPIC_OR_PARTITION), and the log names topics by name.
    pub fn on_topic(&mut self, topic: TopicId, name: &Name, partitions: i32) {
        let name = name.clone();
        Arc::make_mut(&mut self.topics).set(topic, Topic { name, partitions });
    }

    /// The topic is gone: so are the offsets committed for it.
    pub fn on_topic_deleted(&mut self, now: SimTime, topic: TopicId, out: &mut Vec<Action>) {
        let start = out.len();
        for partition in self.active_partitions() {
            if let Some(mut host) = self.host(partition, now, out) {
                host.forget_topic(topic);
            }
        }
        appends_last(out, start);
        Arc::make_mut(&mut self.topics).remove(topic);
    }

    /// This broker leads a partition of `__consumer_offsets` now: it is loading until [`Self::on_loaded`]. A newer epoch
    /// of a partition that it leads already changes nothing.
    pub fn on_elected(&mut self, partition: i32, epoch: LeaderEpoch, out: &mut Vec<Action>) {
        if let Some(shard) = self.shards.get_mut(&partition) {
            Arc::make_mut(shard).epoch = epoch;
            return;
        }
        let shard = Shard::new(partition, epoch, &mut self.registry);
        self.shards.insert(partition, Arc::new(shard));
        out.push(Action::Emit(Event::CoordinatorLoading { partition }));
    }

    /// All batches of the partition up to its log end, in order: groups and offsets are rebuilt, sessions start now.
    pub fn on_loaded<'a>(
        &mut self,
        now: SimTime,
        partition: i32,
        batches: impl Iterator<Item = &'a RecordBatch>,
        out: &mut Vec<Action>,
    ) {
        if self.status(partition) != Err(ErrorCode::CoordinatorLoadInProgress) {
            return;
        }
        let start = out.len();
        if let Some(mut host) = self.host(partition, now, out) {
            host.load(batches);
        }
        appends_last(out, start);
    }

    /// No longer the leader: held requests get NOT_COORDINATOR, and the partition's groups are dropped.
    pub fn on_resigned(&mut self, partition: i32, out: &mut Vec<Action>) {
        if let Some(mut host) = self.host(partition, SimTime::ZERO, out) {
            host.unload();
        }
        if self.shards.remove(&partition).is_some() {
            self.registry.forget(partition);
        }
    }

    /// Any group request: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, ConsumerGroupHeartbeat, OffsetCommit, OffsetFetch, DeleteGroups, OffsetDelete.
    /// `rng` makes member ids. Other requests are ignored.
    pub fn on_request(
        &mut self,
        now: SimTime,
        rng: &mut Rng,
        from: ReplyTo,
        request: &Request,
        offsets_partitions: i32,
        out: &mut Vec<Action>,
    ) {
        let mut new_id = |prefix: &str| new_member_id(rng, prefix);
        self.on_request_with(now, &mut new_id, from, request, offsets_partitions, out);
    }

    /// As [`Self::on_request`], with another source of member ids.
    pub fn on_request_with(
        &mut self,
        now: SimTime,
        new_id: NewId<'_>,
        from: ReplyTo,
        request: &Request,
        offsets_partitions: i32,
        out: &mut Vec<Action>,
    ) {
        let start = out.len();
        if let Some(response) = self.answer_at_once(request) {
            out.push(Action::Reply(from, response));
        } else if let Request::DeleteGroups(groups) = request {
            self.delete_groups(now, from, groups, offsets_partitions, out);
        } else if let Some(group) = requests::group_of(request) {
            let partition = Self::partition_for(group, offsets_partitions);
            if let Err(error) = self.status(partition) {
                out.push(Action::Reply(from, requests::refuse(request, error)));
            } else if let Some(mut host) = self.host(partition, now, out) {
                host.request(from, request, new_id);
            }
        }
        appends_last(out, start);
    }

    /// A timer of this coordinator has come.
    pub fn on_timer(&mut self, now: SimTime, key: u64, out: &mut Vec<Action>) {
        let start = out.len();
        while self.fire_one(now, key, out).is_some() {}
        appends_last(out, start);
    }

    /// As [`Self::on_timer`], but at most one timer of a group is handled, and named; `None` when none is due any more.
    pub fn fire_one(
        &mut self,
        now: SimTime,
        key: u64,
        out: &mut Vec<Action>,
    ) -> Option<GroupTimer> {
        let (partition, what) = self.registry.timers.get(&key)?.clone();
        let mut host = self.host(partition, now, out)?;
        match what {
            TimerFor::Group(name) => return host.fire_group(&name),
            TimerFor::Cleanup => host.cleanup(),
            TimerFor::Patience => host.lose_patience(),
        }
        None
    }

    /// The high watermark passed a write (and with it all earlier ones of its partition). To be told also for a write
    /// that has timed out: it is in the log after all.
    pub fn on_committed(&mut self, now: SimTime, token: u64, out: &mut Vec<Action>) {
        let start = out.len();
        if let Some(partition) = self.registry.tokens.get(&token).copied()
            && let Some(mut host) = self.host(partition, now, out)
        {
            host.committed(token);
        }
        appends_last(out, start);
    }

    /// A write was refused, or ([`ErrorCode::RequestTimedOut`]) has waited too long. What was refused is taken back; what
    /// has timed out stays, since it may still be committed.
    pub fn on_write_failed(
        &mut self,
        now: SimTime,
        token: u64,
        error: ErrorCode,
        out: &mut Vec<Action>,
    ) {
        let start = out.len();
        if let Some(partition) = self.registry.tokens.get(&token).copied()
            && let Some(mut host) = self.host(partition, now, out)
        {
            host.write_failed(token, error);
        }
        appends_last(out, start);
    }

    /// A group's committed offset.
    pub fn committed(&self, group: &str, tp: TopicPartition) -> Option<CommittedOffset> {
        let mut shards = self.shards.values();
        shards.find_map(|s| s.committed.get(group)?.get(&tp).copied())
    }

    /// Every group hosted here, by partition and name, with offsets as far as they are committed.
    pub fn groups(&self) -> Vec<GroupDescription<'_>> {
        self.shards.values().flat_map(|s| s.describe()).collect()
    }

    /// Whether this group is hosted here, as one of the consumer protocol.
    pub fn is_modern(&self, group: &Name) -> bool {
        let found = self.shards.values().find_map(|s| s.groups.get(group));
        found.is_some_and(|hosted| hosted.group.consumer().is_some())
    }

    /// May groups of this partition be served?
    fn status(&self, partition: i32) -> Result<(), ErrorCode> {
        match self.shards.get(&partition) {
            None => Err(ErrorCode::NotCoordinator),
            Some(shard) if !shard.active => Err(ErrorCode::CoordinatorLoadInProgress),
            Some(_) => Ok(()),
        }
    }

    fn active_partitions(&self) -> Vec<i32> {
        let active = self.shards.iter().filter(|(_, shard)| shard.active);
        active.map(|(partition, _)| *partition).collect()
    }

    fn host<'a>(
        &'a mut self,
        partition: i32,
        now: SimTime,
        out: &'a mut Vec<Action>,
    ) -> Option<Host<'a>> {
        let shard = Arc::make_mut(self.shards.get_mut(&partition)?);
        Some(Host::new(
            shard,
            &mut self.registry,
            &self.topics,
            self.limits,
            now,
            out,
        ))
    }
}

/// Moves the appends behind everything else that was added since `start`.
fn appends_last(out: &mut [Action], start: usize) {
    sorted::sort_by_key(&mut out[start..], |action| {
        matches!(action, Action::Append { .. })
    });
}
