//! Fetching and acknowledging (`ShareConsumeRequestManager`, `ShareSessionHandler`, `ShareCompletedFetch`).
//!
//! One request at a time goes to each leader. A share session spares naming every partition every time; a new one cannot carry
//! acknowledgements. They belong to the leader that delivered the records: once another one leads, they are not sent. An acquired offset without a record in the batches is a gap and acknowledged as such.

use super::{Asked, MAX_IN_FLIGHT, ShareConsumer};
use crate::client::Lane;
use crate::effect::Ctx;
use crate::id::{BrokerId, Offset, TopicPartition};
use crate::protocol::{
    Acknowledge, AcknowledgementBatch, Acknowledgements, ErrorCode, Request,
    ShareAcknowledgeRequest, ShareFetchPartitionResponse, ShareFetchRequest, ShareFetchResponse,
};
use crate::sorted::Map;
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// A delivered record: where, and how often it has been delivered.
pub(super) type Delivered = (TopicPartition, Offset, i16);

/// The session with one leader.
#[derive(Clone, Debug, Default)]
struct Session {
    /// 0: the next request begins a session.
    epoch: i32,
    partitions: Vec<TopicPartition>,
    /// A request is on its way.
    waiting: bool,
}

/// Sessions, what was fetched, and what is to be acknowledged.
#[derive(Clone, Debug, Default)]
pub(super) struct Fetcher {
    sessions: Map<BrokerId, Session>,
    pub(super) buffer: VecDeque<Delivered>,
    /// Acknowledged by the application, to be sent.
    acks: Map<TopicPartition, Map<Offset, Acknowledge>>,
    /// Who delivered records of a partition last.
    from: Map<TopicPartition, BrokerId>,
    retry_at: SimTime,
}

impl Fetcher {
    /// The next request begins a new session.
    pub(super) fn forget_session(&mut self, broker: BrokerId) {
        if let Some(session) = self.sessions.get_mut(&broker) {
            *session = Session::default();
        }
    }

    pub(super) fn drop_session(&mut self, broker: BrokerId) {
        self.sessions.remove(&broker);
    }

    pub(super) fn acknowledge(&mut self, tp: TopicPartition, offset: Offset, how: Acknowledge) {
        self.acks.entry(tp).or_default().insert(offset, how);
    }

    /// Nothing is to be sent, and nothing on its way.
    pub(super) fn is_settled(&self) -> bool {
        self.acks.is_empty() && !self.is_busy()
    }

    fn is_busy(&self) -> bool {
        self.sessions.values().any(|s| s.waiting)
    }

    pub(super) fn has_no_sessions(&self) -> bool {
        self.sessions.is_empty()
    }
}

/// Consecutive offsets become one batch; one type for all if they agree.
fn batches(acks: &Map<Offset, Acknowledge>) -> Vec<AcknowledgementBatch> {
    let mut out: Vec<AcknowledgementBatch> = Vec::new();
    for (offset, how) in acks {
        match out.last_mut() {
            Some(batch) if batch.last + 1 == *offset => {
                batch.last = *offset;
                batch.types.push(*how);
            }
            _ => out.push(AcknowledgementBatch {
                first: *offset,
                last: *offset,
                types: alloc::vec![*how],
            }),
        }
    }
    for batch in &mut out {
        if batch.types.iter().all(|t| *t == batch.types[0]) {
            batch.types.truncate(1);
        }
    }
    out
}

impl ShareConsumer {
    fn leader(&self, tp: TopicPartition) -> Option<BrokerId> {
        self.metadata.partition(tp)?.leader
    }

    /// Takes the acknowledgements of records that this broker delivered.
    fn take_acks(&mut self, broker: BrokerId) -> Acknowledgements {
        let all = core::mem::take(&mut self.fetcher.acks);
        let mut taken = Vec::new();
        for (tp, acks) in all {
            if self.fetcher.from.get(&tp) == Some(&broker) {
                taken.push((tp, batches(&acks)));
            } else {
                self.fetcher.acks.insert(tp, acks);
            }
        }
        taken
    }

    /// A ShareFetch to every leader of assigned partitions that has no request on its way.
    pub(super) fn send_share_fetches(&mut self, ctx: &mut Ctx) {
        if self.fetcher.retry_at > ctx.now {
            self.retry.want(ctx, self.fetcher.retry_at);
            return;
        }
        self.drop_moved_acks(ctx);
        let mut leaders: Map<BrokerId, Vec<TopicPartition>> = Map::new();
        for tp in &self.member.assigned {
            match self.leader(*tp) {
                Some(leader) => leaders.entry(leader).or_default().push(*tp),
                None => self.metadata.request_update(ErrorCode::LeaderNotAvailable),
            }
        }
        for (leader, wanted) in leaders {
            let session = self.fetcher.sessions.get(&leader);
            if session.is_some_and(|s| s.waiting) {
                continue;
            }
            if !self.connections.can_send(leader, ctx.now, MAX_IN_FLIGHT) {
                let back = self.connections.retry_at(leader, Lane::Data);
                self.retry.want(ctx, back.max(ctx.now + Duration(1)));
                continue;
            }
            self.send_share_fetch(ctx, leader, wanted);
        }
    }

    fn send_share_fetch(&mut self, ctx: &mut Ctx, leader: BrokerId, wanted: Vec<TopicPartition>) {
        let mut acks = self.take_acks(leader);
        let session = self.fetcher.sessions.entry(leader).or_default();
        session.waiting = true;
        let session_epoch = session.epoch;
        let before = core::mem::replace(&mut session.partitions, wanted.clone());
        let gone = |tp: &&TopicPartition| !wanted.contains(tp);
        let forgotten = before.iter().filter(gone).copied().collect();
        let lost: Vec<TopicPartition> = match session_epoch {
            0 => core::mem::take(&mut acks)
                .into_iter()
                .map(|a| a.0)
                .collect(),
            _ => Vec::new(),
        };
        let acked: Vec<TopicPartition> = acks.iter().map(|(tp, _)| *tp).collect();
        let known = |tp: &&TopicPartition| session_epoch > 0 && before.contains(tp);
        let mut partitions = acks;
        for tp in wanted.iter().filter(|tp| !known(tp)) {
            if !acked.contains(tp) {
                partitions.push((*tp, Vec::new()));
            }
        }
        let request = Request::ShareFetch(Box::new(ShareFetchRequest {
            group: self.group.clone(),
            member_id: self.member.id.clone(),
            session_epoch,
            max_wait_ms: self.config.fetch_max_wait_ms,
            max_bytes: self.config.fetch_max_bytes,
            max_records: self.config.max_poll_records,
            partitions,
            forgotten,
        }));
        let timeout = self.config.request_timeout_ms + self.config.fetch_max_wait_ms;
        let asked = Asked::ShareFetch(acked);
        let to = (leader, Lane::Data);
        self.connections
            .send(ctx, to, request, Duration::millis(timeout), asked);
        self.acknowledgements_failed(ctx, &lost, ErrorCode::InvalidShareSessionEpoch);
    }

    /// Acknowledgements without a fetch. `last`: ends every session.
    pub(super) fn send_acknowledgements(&mut self, ctx: &mut Ctx, last: bool) {
        self.drop_moved_acks(ctx);
        for broker in self.fetcher.sessions.keys().copied().collect::<Vec<_>>() {
            let session = self.fetcher.sessions.get(&broker);
            let Some(epoch) = session.filter(|s| !s.waiting).map(|s| s.epoch) else {
                continue;
            };
            if epoch == 0 || !self.connections.can_send(broker, ctx.now, MAX_IN_FLIGHT) {
                if last {
                    self.fetcher.drop_session(broker);
                } else if epoch != 0 {
                    let back = self.connections.retry_at(broker, Lane::Data);
                    self.retry.want(ctx, back.max(ctx.now + Duration(1)));
                }
                continue;
            }
            let partitions = self.take_acks(broker);
            if partitions.is_empty() && !last {
                continue;
            }
            if let Some(session) = self.fetcher.sessions.get_mut(&broker) {
                session.waiting = true;
            }
            let acked = partitions.iter().map(|(tp, _)| *tp).collect();
            let request = Request::ShareAcknowledge(Box::new(ShareAcknowledgeRequest {
                group: self.group.clone(),
                member_id: self.member.id.clone(),
                session_epoch: if last { -1 } else { epoch },
                partitions,
            }));
            let asked = match last {
                true => Asked::EndSession,
                false => Asked::ShareAcknowledge(acked),
            };
            let timeout = self.request_timeout();
            let to = (broker, Lane::Data);
            self.connections.send(ctx, to, request, timeout, asked);
        }
        self.drop_hopeless_acks(ctx);
    }

    /// Without a session with who delivered the record, an acknowledgement cannot be sent: the records come back when their locks
    /// time out.
    fn drop_hopeless_acks(&mut self, ctx: &mut Ctx) {
        let hopeless = |tp: &TopicPartition| {
            let from = self.fetcher.from.get(tp);
            let session = from.and_then(|b| self.fetcher.sessions.get(b));
            session.is_none_or(|s| s.epoch == 0 && !s.waiting)
        };
        let lost: Vec<_> = self.fetcher.acks.keys().copied().filter(hopeless).collect();
        self.drop_acks(ctx, &lost, ErrorCode::ShareSessionNotFound);
    }

    /// Another broker is known to lead by now (`isLeaderKnownToHaveChanged`).
    fn drop_moved_acks(&mut self, ctx: &mut Ctx) {
        let moved = |tp: &TopicPartition| {
            let leader = self.leader(*tp);
            leader.is_some() && leader != self.fetcher.from.get(tp).copied()
        };
        let lost: Vec<_> = self.fetcher.acks.keys().copied().filter(moved).collect();
        self.drop_acks(ctx, &lost, ErrorCode::NotLeaderOrFollower);
    }

    fn drop_acks(&mut self, ctx: &mut Ctx, lost: &[TopicPartition], error: ErrorCode) {
        self.fetcher.acks.retain(|tp, _| !lost.contains(tp));
        self.acknowledgements_failed(ctx, lost, error);
    }

    pub(super) fn on_share_fetched(
        &mut self,
        ctx: &mut Ctx,
        broker: BrokerId,
        acked: &[TopicPartition],
        response: ShareFetchResponse,
    ) {
        if !response.error.is_ok() {
            self.fetcher.forget_session(broker);
            return self.acknowledgements_failed(ctx, acked, response.error);
        }
        self.next_epoch(broker);
        for partition in response.partitions {
            if !partition.acknowledge_error.is_ok() {
                let error = partition.acknowledge_error;
                self.acknowledgements_failed(ctx, &[partition.tp], error);
            }
            if partition.error.is_ok() {
                self.take_records(broker, partition);
            } else {
                self.metadata.request_update(partition.error);
                self.fetcher.retry_at = ctx.now + Duration::millis(self.config.retry_backoff_ms);
            }
        }
    }

    fn next_epoch(&mut self, broker: BrokerId) {
        if let Some(session) = self.fetcher.sessions.get_mut(&broker) {
            session.waiting = false;
            session.epoch = session.epoch.checked_add(1).unwrap_or(1);
        }
    }

    fn take_records(&mut self, broker: BrokerId, partition: ShareFetchPartitionResponse) {
        let tp = partition.tp;
        if !partition.acquired.is_empty() {
            self.fetcher.from.insert(tp, broker);
        }
        let data = partition.batches.iter().filter(|b| b.control.is_none());
        let there: Vec<Offset> = data.flat_map(|b| b.iter().map(|(o, _)| o)).collect();
        for range in partition.acquired {
            for offset in range.first..=range.last {
                match there.binary_search(&offset) {
                    Ok(_) => {
                        let record = (tp, offset, range.delivery_count);
                        self.fetcher.buffer.push_back(record);
                    }
                    Err(_) => self.fetcher.acknowledge(tp, offset, Acknowledge::Gap),
                }
            }
        }
    }

    pub(super) fn on_acknowledged(
        &mut self,
        ctx: &mut Ctx,
        broker: BrokerId,
        acked: &[TopicPartition],
        error: ErrorCode,
        partitions: &[(TopicPartition, ErrorCode)],
    ) {
        if !error.is_ok() {
            // Retriable errors: it would be tried again, but the next request must begin a session, and an acknowledgement cannot.
            self.fetcher.forget_session(broker);
            return self.acknowledgements_failed(ctx, acked, ErrorCode::ShareSessionNotFound);
        }
        self.next_epoch(broker);
        for (tp, error) in partitions.iter().filter(|(_, error)| !error.is_ok()) {
            self.acknowledgements_failed(ctx, &[*tp], *error);
        }
    }

    /// What the acknowledgement callback tells the application.
    pub(super) fn acknowledgements_failed(
        &mut self,
        ctx: &mut Ctx,
        partitions: &[TopicPartition],
        error: ErrorCode,
    ) {
        for _ in partitions {
            self.complain(ctx, "acknowledge", error.name());
        }
    }
}
