//! Fetching (`Fetcher`, `FetchSessionHandler`, `FetchCollector`).
//!
//! One Fetch at a time goes to each leader, for the partitions that have nothing buffered. What comes back is buffered; poll() takes up
//! to `max.poll.records` from it, partition after partition, and only then moves the positions. A fetch session (KIP-227) spares
//! naming every partition every time: after the first, full Fetch only what changed is named.

use super::positions::State;
use super::{Asked, Consumer, MAX_IN_FLIGHT};
use crate::client::Lane;
use crate::effect::Ctx;
use crate::event::{Event, PositionSource};
use crate::id::{BrokerId, LeaderEpoch, Offset, TopicPartition};
use crate::protocol::{
    ErrorCode, FetchPartition, FetchPartitionResponse, FetchRequest, FetchResponse, Request,
};
use crate::sorted::Map;
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// What the broker remembers of a partition: offset, leader epoch, epoch of the last record.
type Known = (Offset, LeaderEpoch, LeaderEpoch);

/// The session with one leader.
#[derive(Clone, Debug, Default)]
struct Session {
    /// 0: the next Fetch begins a session.
    epoch: i32,
    partitions: Map<TopicPartition, Known>,
    /// A Fetch is on its way.
    waiting: bool,
}

/// What a Fetch brought for one partition.
#[derive(Clone, Debug)]
struct Completed {
    tp: TopicPartition,
    next_offset: Offset,
    last_epoch: LeaderEpoch,
    batch: usize,
    record: usize,
    initialized: bool,
    data: FetchPartitionResponse,
}

/// Sessions and buffer.
#[derive(Clone, Debug, Default)]
pub(super) struct Fetcher {
    sessions: Map<BrokerId, Session>,
    buffer: VecDeque<Completed>,
}

impl Fetcher {
    /// The connection broke, or the broker forgot: the next Fetch begins again.
    pub(super) fn forget_session(&mut self, broker: BrokerId) {
        if let Some(session) = self.sessions.get_mut(&broker) {
            session.epoch = 0;
            session.waiting = false;
        }
    }

    pub(super) fn on_fetched(&mut self, broker: BrokerId, response: FetchResponse) {
        let session = self.sessions.entry(broker).or_default();
        session.waiting = false;
        if !response.error.is_ok() {
            session.epoch = 0;
            return;
        }
        session.epoch = session.epoch.checked_add(1).unwrap_or(1);
        for data in response.partitions {
            // The broker answers only for what it was asked.
            let Some((offset, ..)) = session.partitions.get(&data.tp) else {
                continue;
            };
            self.buffer.push_back(Completed {
                tp: data.tp,
                next_offset: *offset,
                last_epoch: -1,
                batch: 0,
                record: 0,
                initialized: false,
                data,
            });
        }
    }

    pub(super) fn drop_partitions(&mut self, partitions: &[TopicPartition]) {
        self.buffer.retain(|c| !partitions.contains(&c.tp));
    }

    fn is_buffered(&self, tp: TopicPartition) -> bool {
        self.buffer.iter().any(|c| c.tp == tp)
    }
}

impl Session {
    /// Names what is new or changed, and what is not wanted now.
    fn next(
        &mut self,
        wanted: Vec<FetchPartition>,
    ) -> (i32, Vec<FetchPartition>, Vec<TopicPartition>) {
        self.waiting = true;
        let known =
            |p: &FetchPartition| (p.fetch_offset, p.current_leader_epoch, p.last_fetched_epoch);
        if self.epoch == 0 {
            self.partitions = wanted.iter().map(|p| (p.tp, known(p))).collect();
            return (0, wanted, Vec::new());
        }
        let gone = |tp: &&TopicPartition| !wanted.iter().any(|p| p.tp == **tp);
        let forgotten: Vec<_> = self.partitions.keys().filter(gone).copied().collect();
        for tp in &forgotten {
            self.partitions.remove(tp);
        }
        let mut changed = wanted;
        changed.retain(|p| self.partitions.insert(p.tp, known(p)) != Some(known(p)));
        (self.epoch, changed, forgotten)
    }
}

impl Completed {
    /// The next record's offset; `None` when everything was returned.
    fn next(&mut self) -> Option<Offset> {
        while let Some(batch) = self.data.batches.get(self.batch) {
            self.last_epoch = batch.leader_epoch;
            let rest = batch.records.get(self.record..).unwrap_or_default();
            let hidden = batch.control.is_some();
            for record in rest.iter().filter(|_| !hidden) {
                self.record += 1;
                let offset = batch.base_offset + Offset::from(record.offset_delta);
                if offset >= self.next_offset {
                    self.next_offset = offset + 1;
                    return Some(offset);
                }
            }
            // Offsets that compaction removed, or that a marker took, are passed over with the batch.
            self.next_offset = self.next_offset.max(batch.next_offset());
            self.batch += 1;
            self.record = 0;
        }
        None
    }
}

impl Consumer {
    /// Sends a Fetch to every leader that has none on its way.
    pub(super) fn send_fetches(&mut self, ctx: &mut Ctx) {
        let mut requests: Map<BrokerId, Vec<FetchPartition>> = Map::new();
        for (tp, partition) in self.positions.iter() {
            if !partition.is_fetchable() || self.fetcher.is_buffered(tp) {
                continue;
            }
            if partition.retry_at > ctx.now {
                self.retry.want(ctx, partition.retry_at);
                continue;
            }
            let Some(leader) = partition.leader else {
                self.metadata.request_update(ErrorCode::LeaderNotAvailable);
                continue;
            };
            if self
                .fetcher
                .sessions
                .get(&leader)
                .is_some_and(|s| s.waiting)
            {
                continue;
            }
            if !self.connections.can_send(leader, ctx.now, MAX_IN_FLIGHT) {
                let back = self.connections.retry_at(leader, Lane::Data);
                self.retry.want(ctx, back.max(ctx.now + Duration(1)));
                continue;
            }
            requests.entry(leader).or_default().push(FetchPartition {
                tp,
                fetch_offset: partition.offset,
                current_leader_epoch: partition.leader_epoch,
                last_fetched_epoch: partition.offset_epoch,
                log_start_offset: -1,
                max_bytes: self.config.max_partition_fetch_bytes,
            });
        }
        for (leader, wanted) in requests {
            self.send_fetch(ctx, leader, wanted);
        }
    }

    fn send_fetch(&mut self, ctx: &mut Ctx, leader: BrokerId, wanted: Vec<FetchPartition>) {
        let session = self.fetcher.sessions.entry(leader).or_default();
        let (session_epoch, partitions, forgotten) = session.next(wanted);
        let request = Request::Fetch(Box::new(FetchRequest {
            replica: None,
            max_wait_ms: self.config.fetch_max_wait_ms,
            min_bytes: self.config.fetch_min_bytes,
            max_bytes: self.config.fetch_max_bytes,
            isolation: self.isolation(),
            session_epoch,
            partitions,
            forgotten,
        }));
        let timeout = self.config.request_timeout_ms + self.config.fetch_max_wait_ms;
        let timeout = Duration::millis(timeout);
        let to = (leader, Lane::Data);
        self.connections
            .send(ctx, to, request, timeout, Asked::Fetch);
    }

    /// What poll() returns: up to `max.poll.records` of the buffered records; positions move on.
    pub(super) fn collect(&mut self, ctx: &mut Ctx) -> Vec<(TopicPartition, Offset)> {
        let max = usize::try_from(self.config.max_poll_records).unwrap_or(usize::MAX);
        let mut records = Vec::new();
        let mut paused = VecDeque::new();
        while records.len() < max && !self.closed {
            let Some(mut completed) = self.fetcher.buffer.pop_front() else {
                break;
            };
            if !self.initialize(ctx, &mut completed) {
                continue;
            }
            let partition = self.positions.get_mut(completed.tp);
            if partition.is_some_and(|p| p.paused) {
                paused.push_back(completed);
                continue;
            }
            if !self.take(ctx, &mut completed, max, &mut records) {
                self.fetcher.buffer.push_front(completed);
                break;
            }
        }
        self.fetcher.buffer.append(&mut paused);
        records
    }

    /// Takes records of one partition; true when nothing is left.
    fn take(
        &mut self,
        ctx: &mut Ctx,
        completed: &mut Completed,
        max: usize,
        records: &mut Vec<(TopicPartition, Offset)>,
    ) -> bool {
        let tp = completed.tp;
        let Some(partition) = self.positions.get_mut(tp).filter(|p| p.is_fetchable()) else {
            return true;
        };
        if partition.offset != completed.next_offset {
            return true;
        }
        let before = records.len();
        let mut all = false;
        while records.len() < max {
            match completed.next() {
                Some(offset) => records.push((tp, offset)),
                None => {
                    all = true;
                    break;
                }
            }
        }
        if partition.offset < completed.next_offset {
            partition.offset = completed.next_offset;
            partition.offset_epoch = completed.last_epoch;
        }
        if let (Some((_, first)), Some((_, last))) = (records.get(before), records.last()) {
            ctx.emit(Event::Polled {
                tp,
                first: *first,
                last: *last,
                records: (records.len() - before) as i32,
            });
        }
        all
    }

    /// Looks at a partition's answer for the first time; false if there is nothing to take from it.
    fn initialize(&mut self, ctx: &mut Ctx, completed: &mut Completed) -> bool {
        let tp = completed.tp;
        let Some(partition) = self.positions.get_mut(tp) else {
            return false;
        };
        if partition.state != State::Fetching {
            return false;
        }
        if completed.initialized {
            return true;
        }
        completed.initialized = true;
        if partition.offset != completed.next_offset {
            return false;
        }
        if let Some((epoch, end)) = completed.data.diverging {
            self.truncated(ctx, tp, epoch, end);
            return false;
        }
        if !completed.data.error.is_ok() {
            self.fetch_error(ctx, tp, completed.data.error);
            return false;
        }
        true
    }

    /// The leader's log ends before the position, or holds other records there (KIP-320).
    fn truncated(&mut self, ctx: &mut Ctx, tp: TopicPartition, epoch: LeaderEpoch, end: Offset) {
        const NO_POLICY: i64 = 2;
        if self.config.auto_offset_reset == NO_POLICY {
            self.fatal(ctx, "poll", "LogTruncationException");
            return;
        }
        if let Some(partition) = self.positions.get_mut(tp) {
            partition.offset = end;
            partition.offset_epoch = epoch;
        }
        ctx.emit(Event::PositionSet {
            tp,
            offset: end,
            source: PositionSource::Truncation,
        });
    }

    fn fetch_error(&mut self, ctx: &mut Ctx, tp: TopicPartition, error: ErrorCode) {
        if error == ErrorCode::OffsetOutOfRange {
            if !self.reset(ctx.now, tp) {
                self.fatal(ctx, "poll", "OffsetOutOfRangeException");
            }
            return;
        }
        if error != ErrorCode::UnknownLeaderEpoch {
            self.metadata.request_update(error);
        }
        let at = ctx.now + self.retry_backoff();
        self.hold_back(tp, at);
    }

    fn hold_back(&mut self, tp: TopicPartition, until: SimTime) {
        if let Some(partition) = self.positions.get_mut(tp) {
            partition.retry_at = until;
        }
    }
}
