//! The partitions a consumer owns and where it is in them (`SubscriptionState`, `OffsetFetcher`).
//!
//! A new partition first asks the group for its committed offset. Without one, `auto.offset.reset` decides: the log's end, its
//! beginning, or an exception. The same happens when a position is out of the log's range, and after a seek to an end.

use super::{Asked, Consumer, backoff};
use crate::client::{Lane, Metadata};
use crate::command::OffsetTarget;
use crate::effect::Ctx;
use crate::event::{Event, PositionSource};
use crate::id::{BrokerId, LeaderEpoch, Name, Offset, TopicPartition};
use crate::protocol::{
    ErrorCode, Isolation, ListOffsetsPartitionResponse, ListOffsetsRequest, OffsetFetchRequest,
    OffsetSpec, Request,
};
use crate::sorted::{self, Map};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How far the position is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// Not at all: the committed offset is asked for.
    Initializing,
    /// It becomes the log's beginning or end; the application asked for that, or the policy did.
    Reset(OffsetSpec, PositionSource),
    /// It is known.
    Fetching,
}

/// One partition.
#[derive(Clone, Debug)]
pub(super) struct Partition {
    pub(super) topic: Name,
    pub(super) state: State,
    pub(super) offset: Offset,
    /// Epoch of the last record consumed, -1 if none was.
    pub(super) offset_epoch: LeaderEpoch,
    pub(super) leader: Option<BrokerId>,
    pub(super) leader_epoch: LeaderEpoch,
    pub(super) paused: bool,
    /// About to be given back: returns nothing more.
    pub(super) revoking: bool,
    pub(super) retry_at: SimTime,
    pub(super) processed: Offset,
}

impl Partition {
    fn new(topic: Name) -> Self {
        Self {
            topic,
            state: State::Initializing,
            offset: -1,
            offset_epoch: -1,
            leader: None,
            leader_epoch: -1,
            paused: false,
            revoking: false,
            retry_at: SimTime::ZERO,
            processed: -1,
        }
    }

    /// Its position is known and it may return records.
    pub(super) fn is_fetchable(&self) -> bool {
        self.state == State::Fetching && !self.paused && !self.revoking
    }

    fn seek(&mut self, offset: Offset) {
        self.state = State::Fetching;
        self.offset = offset;
        self.offset_epoch = -1;
        self.retry_at = SimTime::ZERO;
    }
}

/// All partitions owned, and the question for their committed offsets.
#[derive(Clone, Debug, Default)]
pub(super) struct Positions {
    map: Map<TopicPartition, Partition>,
    asked: Option<Arc<[TopicPartition]>>,
    ask_at: SimTime,
    attempts: u32,
}

impl Positions {
    pub(super) fn get_mut(&mut self, tp: TopicPartition) -> Option<&mut Partition> {
        self.map.get_mut(&tp)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (TopicPartition, &Partition)> {
        self.map.iter().map(|(tp, p)| (*tp, p))
    }

    pub(super) fn partitions(&self) -> impl Iterator<Item = TopicPartition> {
        self.map.keys().copied()
    }

    pub(super) fn owned(&self) -> impl Iterator<Item = (TopicPartition, &Name, Offset, Offset)> {
        let known = |p: &Partition| match p.state {
            State::Fetching => p.offset,
            _ => -1,
        };
        self.map
            .iter()
            .map(move |(tp, p)| (*tp, &p.topic, known(p), p.processed))
    }

    /// Those of other topics than these.
    pub(super) fn not_of(&self, topics: &[Name]) -> Vec<TopicPartition> {
        let others = self.map.iter().filter(|(_, p)| !topics.contains(&p.topic));
        others.map(|(tp, _)| *tp).collect()
    }

    /// By topic name, as JoinGroup wants them.
    pub(super) fn by_topic(&self) -> Vec<(Name, Vec<i32>)> {
        let mut topics: Map<Name, Vec<i32>> = Map::new();
        for (tp, p) in &self.map {
            topics
                .entry(p.topic.clone())
                .or_default()
                .push(tp.partition);
        }
        topics.into_iter().collect()
    }

    /// `allConsumed`: the positions that earlier polls left.
    pub(super) fn consumed(&self) -> Vec<(TopicPartition, Offset)> {
        let known = self.map.iter().filter(|(_, p)| p.state == State::Fetching);
        known.map(|(tp, p)| (*tp, p.offset)).collect()
    }

    pub(super) fn mark_revoking(&mut self) {
        for partition in self.map.values_mut() {
            partition.revoking = true;
        }
    }

    pub(super) fn mark_some_revoking(&mut self, partitions: &[TopicPartition]) {
        for tp in partitions {
            if let Some(partition) = self.map.get_mut(tp) {
                partition.revoking = true;
            }
        }
    }

    pub(super) fn remove(&mut self, partitions: &[TopicPartition]) {
        self.map.retain(|tp, _| !partitions.contains(tp));
    }

    /// Takes over an assignment; those kept stay as they are. Returns the new ones.
    pub(super) fn assign(&mut self, assigned: &[(TopicPartition, Name)]) -> Vec<TopicPartition> {
        self.map
            .retain(|tp, _| assigned.iter().any(|(a, _)| a == tp));
        let mut new = Vec::new();
        for (tp, topic) in assigned {
            let entry = self.map.entry(*tp).or_insert_with(|| {
                new.push(*tp);
                Partition::new(topic.clone())
            });
            entry.revoking = false;
        }
        sorted::sort(&mut new);
        new
    }

    /// A partition that assign() took and that is not in the metadata yet.
    fn enter(&mut self, tp: TopicPartition, topic: &Name) {
        let fresh = || Partition::new(topic.clone());
        self.map.entry(tp).or_insert_with(fresh);
    }

    /// New metadata: leaders may have moved, and partitions that waited for that may go on.
    pub(super) fn follow_leaders(&mut self, metadata: &Metadata) {
        for (tp, partition) in &mut self.map {
            let Some(info) = metadata.partition(*tp) else {
                continue;
            };
            let moved = partition.leader != info.leader || partition.leader_epoch != info.epoch;
            if moved {
                partition.leader = info.leader;
                partition.leader_epoch = info.epoch;
                partition.retry_at = SimTime::ZERO;
            }
        }
    }

    /// ListOffsets was not answered (well): once more, then.
    pub(super) fn retry_resets(&mut self, partitions: &[TopicPartition], at: SimTime) {
        for tp in partitions {
            if let Some(partition) = self.map.get_mut(tp) {
                partition.retry_at = at;
            }
        }
    }

    fn initializing(&self) -> Vec<TopicPartition> {
        let unknown = self
            .map
            .iter()
            .filter(|(_, p)| p.state == State::Initializing);
        unknown.map(|(tp, _)| *tp).collect()
    }
}

impl Consumer {
    /// `updateFetchPositions`: committed offsets first, resets after.
    pub(super) fn update_positions(&mut self, ctx: &mut Ctx) {
        if self
            .positions
            .map
            .values()
            .all(|p| p.state == State::Fetching)
        {
            return;
        }
        self.fetch_committed(ctx);
        self.list_offsets(ctx);
    }

    fn fetch_committed(&mut self, ctx: &mut Ctx) {
        let wanted = self.positions.initializing();
        if wanted.is_empty() || self.positions.asked.as_deref() == Some(&wanted) {
            return;
        }
        if self.group.is_empty() {
            // Nobody keeps offsets for it.
            for tp in wanted {
                self.committed(ctx, tp, -1);
            }
            return;
        }
        if self.positions.ask_at > ctx.now {
            self.retry.want(ctx, self.positions.ask_at);
            return;
        }
        if !self.coordinator_ready(ctx) {
            return;
        }
        let request = Request::OffsetFetch(Box::new(OffsetFetchRequest {
            group: self.group.clone(),
            partitions: Some(wanted.clone()),
        }));
        let wanted: Arc<[TopicPartition]> = wanted.into();
        self.positions.asked = Some(wanted.clone());
        let timeout = self.request_timeout();
        self.ask_coordinator(ctx, request, timeout, Asked::OffsetFetch(wanted));
    }

    pub(super) fn offsets_failed(&mut self, ctx: &mut Ctx) {
        self.positions.asked = None;
        let wait = backoff(&self.config).after(self.positions.attempts, ctx.rng);
        self.positions.attempts += 1;
        self.positions.ask_at = ctx.now + wait;
    }

    pub(super) fn on_offsets(
        &mut self,
        ctx: &mut Ctx,
        wanted: &Arc<[TopicPartition]>,
        error: ErrorCode,
        offsets: &[(TopicPartition, Offset)],
    ) {
        if self.positions.asked.as_ref() != Some(wanted) {
            // The assignment changed meanwhile; another question is on its way.
            return;
        }
        if !error.is_ok() {
            self.offsets_failed(ctx);
            match error {
                ErrorCode::CoordinatorNotAvailable | ErrorCode::NotCoordinator => {
                    self.coordinator_unknown(ctx);
                }
                retriable if retriable.is_retriable() => {}
                other => self.fatal(ctx, "OffsetFetch", other.name()),
            }
            return;
        }
        self.positions.asked = None;
        self.positions.attempts = 0;
        for tp in wanted.iter() {
            let told = offsets.iter().find(|(o, _)| o == tp).map_or(-1, |o| o.1);
            self.committed(ctx, *tp, told);
        }
    }

    /// The committed offset of a new partition; -1: none.
    fn committed(&mut self, ctx: &mut Ctx, tp: TopicPartition, offset: Offset) {
        let Some(partition) = self.positions.map.get_mut(&tp) else {
            return;
        };
        if partition.state != State::Initializing {
            return;
        }
        if offset >= 0 {
            partition.seek(offset);
            let source = PositionSource::Committed;
            ctx.emit(Event::PositionSet { tp, offset, source });
        } else if !self.reset(ctx.now, tp) {
            self.fatal(ctx, "poll", "NoOffsetForPartitionException");
        }
    }

    /// Asks for a position by `auto.offset.reset`; false if that is `none`.
    pub(super) fn reset(&mut self, now: SimTime, tp: TopicPartition) -> bool {
        let state = match self.config.auto_offset_reset {
            0 => State::Reset(OffsetSpec::Latest, PositionSource::Latest),
            1 => State::Reset(OffsetSpec::Earliest, PositionSource::Earliest),
            2 => return false,
            since => {
                let from = OffsetSpec::Timestamp(now.as_millis() - (since - 3));
                State::Reset(from, PositionSource::ByDuration)
            }
        };
        if let Some(partition) = self.positions.map.get_mut(&tp) {
            partition.state = state;
            partition.retry_at = SimTime::ZERO;
        }
        true
    }

    pub(super) fn isolation(&self) -> Isolation {
        match self.config.isolation_level {
            0 => Isolation::ReadUncommitted,
            _ => Isolation::ReadCommitted,
        }
    }

    fn list_offsets(&mut self, ctx: &mut Ctx) {
        let mut requests: Map<BrokerId, Vec<(TopicPartition, LeaderEpoch, OffsetSpec)>> =
            Map::new();
        let timeout = self.request_timeout();
        for (tp, partition) in &mut self.positions.map {
            let State::Reset(spec, _) = partition.state else {
                continue;
            };
            if partition.retry_at > ctx.now {
                self.retry.want(ctx, partition.retry_at);
                continue;
            }
            let Some(leader) = partition.leader else {
                self.metadata.request_update(ErrorCode::LeaderNotAvailable);
                partition.retry_at = ctx.now + Duration::millis(self.config.retry_backoff_ms);
                self.retry.want(ctx, partition.retry_at);
                continue;
            };
            let back = self.connections.retry_at(leader, Lane::Data);
            if back > ctx.now {
                partition.retry_at = back;
                self.retry.want(ctx, back);
                continue;
            }
            partition.retry_at = ctx.now + timeout;
            let wanted = (*tp, partition.leader_epoch, spec);
            requests.entry(leader).or_default().push(wanted);
        }
        for (leader, partitions) in requests {
            let asked = Asked::ListOffsets(partitions.iter().map(|(tp, ..)| *tp).collect());
            let request = Request::ListOffsets(Box::new(ListOffsetsRequest {
                isolation: self.isolation(),
                partitions,
            }));
            let to = (leader, Lane::Data);
            self.connections.send(ctx, to, request, timeout, asked);
        }
    }

    pub(super) fn on_listed(
        &mut self,
        ctx: &mut Ctx,
        wanted: &[TopicPartition],
        told: &[ListOffsetsPartitionResponse],
    ) {
        for tp in wanted {
            let answer = told.iter().find(|t| t.tp == *tp);
            match answer {
                Some(answer) if answer.error.is_ok() => self.listed(ctx, *tp, answer.offset),
                _ => {
                    let error = answer.map_or(ErrorCode::NetworkException, |a| a.error);
                    self.metadata.request_update(error);
                    let at = ctx.now + self.retry_backoff();
                    self.positions.retry_resets(&[*tp], at);
                }
            }
        }
    }

    fn listed(&mut self, ctx: &mut Ctx, tp: TopicPartition, offset: Offset) {
        let Some(partition) = self.positions.map.get_mut(&tp) else {
            return;
        };
        if let State::Reset(spec, source) = partition.state {
            if offset < 0 && matches!(spec, OffsetSpec::Timestamp(_)) {
                // Nothing is that young: the end.
                partition.state = State::Reset(OffsetSpec::Latest, source);
                partition.retry_at = SimTime::ZERO;
                return;
            }
            partition.seek(offset);
            ctx.emit(Event::PositionSet { tp, offset, source });
        }
    }

    /// assign() takes effect at once; here a partition is known by its topic's identity, which comes with the metadata. So one
    /// that the application speaks of before that is entered now.
    fn enter_manual(&mut self, tp: TopicPartition, topic: &Name) {
        let mut manual = self.wanted.manual.iter();
        if manual.any(|p| p.topic == *topic && p.partition == tp.partition) {
            self.positions.enter(tp, topic);
        }
    }

    /// seek(), seekToBeginning(), seekToEnd().
    pub fn seek(
        &mut self,
        ctx: &mut Ctx,
        (tp, topic): (TopicPartition, &Name),
        target: OffsetTarget,
    ) {
        self.enter_manual(tp, topic);
        let Some(partition) = self.positions.map.get_mut(&tp) else {
            self.complain(ctx, "seek", "IllegalStateException");
            return;
        };
        let source = PositionSource::Seek;
        partition.retry_at = SimTime::ZERO;
        match target {
            OffsetTarget::Earliest => {
                partition.state = State::Reset(OffsetSpec::Earliest, source);
            }
            OffsetTarget::Latest => partition.state = State::Reset(OffsetSpec::Latest, source),
            OffsetTarget::Offset(offset) => {
                partition.seek(offset);
                ctx.emit(Event::PositionSet { tp, offset, source });
            }
            // Only groups are put there.
            OffsetTarget::Current | OffsetTarget::Shift(_) | OffsetTarget::Ago(_) => {}
        }
        self.work(ctx);
    }

    /// pause() and resume().
    pub fn pause(&mut self, ctx: &mut Ctx, (tp, topic): (TopicPartition, &Name), paused: bool) {
        self.enter_manual(tp, topic);
        let Some(partition) = self.positions.map.get_mut(&tp) else {
            let doing = if paused { "pause" } else { "resume" };
            self.complain(ctx, doing, "IllegalStateException");
            return;
        };
        partition.paused = paused;
        self.work(ctx);
    }
}
