//! Serving fetches: incremental sessions, parking, answering (`FetchSession` KIP-227, `DelayedFetch`).
//!
//! A session remembers every partition its reader wants, so a request names only what changed and an answer only what is new.
//! Here the session also remembers *which* partitions may have something new (`stale`), so that serving costs by news, not by
//! partitions.
//!
//! A parked fetch is answered when enough bytes are there, when a partition's leadership changed, or when its time is up. A higher
//! high watermark alone does not wake a follower's fetch (`DelayedFetch.tryComplete` looks at log ends); it travels with the
//! next answer, at most `replica.fetch.wait.max.ms` later. That is why a new leader may begin with an old one.

use super::Broker;
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{NodeId, Offset, TopicPartition};
use crate::partition::{FollowerFetch, Found, Partition};
use crate::protocol::{
    Correlation, ErrorCode, FetchPartition, FetchPartitionResponse, FetchRequest, FetchResponse,
    Isolation, Response,
};
use crate::sorted::{Map, Set};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A reader's session on this broker.
#[derive(Clone, Debug)]
pub(super) struct FetchSession {
    number: u32,
    /// The epoch the next request must have.
    next_epoch: i32,
    wants: Map<TopicPartition, Wanted>,
    /// Partitions that may have something to say.
    stale: Set<TopicPartition>,
    parked: Option<Parked>,
    /// The timer of a parked fetch is armed for then.
    armed: Option<SimTime>,
    /// When the reader last asked.
    pub(super) last_fetch: SimTime,
    follower: Option<FollowerFetch>,
    isolation: Isolation,
    max_bytes: i64,
}

#[derive(Clone, Debug)]
struct Wanted {
    position: FetchPartition,
    /// What the reader was last told, to leave out what it knows.
    told_high_watermark: Offset,
    told_log_start: Offset,
}

#[derive(Clone, Debug)]
struct Parked {
    correlation: Correlation,
    deadline: SimTime,
    min_bytes: i64,
}

impl Broker {
    pub(super) fn on_fetch(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        fetch: FetchRequest,
    ) {
        if let Err(error) = self.open_session(ctx, from, &fetch) {
            let response = FetchResponse {
                error,
                partitions: Vec::new(),
            };
            return ctx.respond(from, correlation, Response::Fetch(Box::new(response)));
        }
        let follower = fetch.replica;
        self.update_session(from, fetch.partitions, &fetch.forgotten);
        if let Some((id, epoch)) = follower {
            self.note_follower_positions(
                ctx,
                from,
                FollowerFetch {
                    id,
                    epoch,
                    offset: 0,
                },
            );
        }
        let deadline = ctx.now + Duration::millis(fetch.max_wait_ms);
        if let Some(session) = self.sessions.get_mut(&from) {
            session.parked = Some(Parked {
                correlation,
                deadline,
                min_bytes: fetch.min_bytes,
            });
        }
        self.try_answer(ctx, from, fetch.max_wait_ms == 0);
    }

    fn open_session(
        &mut self,
        ctx: &Ctx<'_>,
        from: NodeId,
        fetch: &FetchRequest,
    ) -> Result<(), ErrorCode> {
        if fetch.session_epoch <= 0 {
            self.drop_session(ctx, from);
            self.next_session += 1;
            let session = FetchSession {
                number: self.next_session,
                next_epoch: 0,
                wants: Map::new(),
                stale: Set::new(),
                parked: None,
                armed: None,
                last_fetch: ctx.now,
                follower: None,
                isolation: fetch.isolation,
                max_bytes: fetch.max_bytes,
            };
            self.session_of.insert(session.number, from);
            self.sessions.insert(from, session);
        }
        let session = self
            .sessions
            .get_mut(&from)
            .ok_or(ErrorCode::FetchSessionIdNotFound)?;
        if fetch.session_epoch > 0 && fetch.session_epoch != session.next_epoch {
            return Err(ErrorCode::InvalidFetchSessionEpoch);
        }
        session.next_epoch = fetch.session_epoch.max(0) + 1;
        session.last_fetch = ctx.now;
        session.isolation = fetch.isolation;
        session.max_bytes = fetch.max_bytes;
        session.follower = fetch.replica.map(|(id, epoch)| FollowerFetch {
            id,
            epoch,
            offset: 0,
        });
        Ok(())
    }

    fn update_session(
        &mut self,
        from: NodeId,
        positions: Vec<FetchPartition>,
        forgotten: &[TopicPartition],
    ) {
        let Some(session) = self.sessions.get_mut(&from) else {
            return;
        };
        for tp in forgotten {
            session.wants.remove(tp);
            session.stale.remove(tp);
            if let Some(partition) = self.partitions.get_mut(tp) {
                Arc::make_mut(partition).readers.retain(|r| *r != from);
            }
        }
        for position in positions {
            let tp = position.tp;
            session.stale.insert(tp);
            match session.wants.get_mut(&tp) {
                Some(wanted) => wanted.position = position,
                None => {
                    session.wants.insert(
                        tp,
                        Wanted {
                            position,
                            told_high_watermark: -1,
                            told_log_start: -1,
                        },
                    );
                }
            }
            if let Some(partition) = self.partitions.get_mut(&tp)
                && !partition.readers.contains(&from)
            {
                Arc::make_mut(partition).readers.push(from);
            }
        }
    }

    /// A follower's fetch tells where it stands: in every partition whose position moved, and again in those it wants to
    /// join the ISR of.
    fn note_follower_positions(&mut self, ctx: &mut Ctx<'_>, from: NodeId, fetch: FollowerFetch) {
        let Some(session) = self.sessions.get(&from) else {
            return;
        };
        let outside = self
            .outsiders
            .get(&fetch.id)
            .into_iter()
            .flatten()
            .filter(|tp| !session.stale.contains(tp));
        let looked_at: Vec<TopicPartition> = session.stale.iter().chain(outside).copied().collect();
        for tp in looked_at {
            let Some(position) = self
                .sessions
                .get(&from)
                .and_then(|s| s.wants.get(&tp))
                .map(|w| &w.position)
            else {
                continue;
            };
            let Some(partition) = self.partitions.get(&tp) else {
                continue;
            };
            let known = partition
                .leader()
                .and_then(|l| l.remote(fetch.id))
                .map_or(-1, |r| r.log_end);
            let outside = partition
                .leader()
                .is_some_and(|l| !l.in_maximal_isr(fetch.id));
            let offset = position.fetch_offset;
            let reads = partition.fetch(position, true, Isolation::ReadUncommitted, 0);
            if matches!(reads, Found::Batches(_)) && (outside || known != offset) {
                self.note_follower(ctx, tp, FollowerFetch { offset, ..fetch });
            }
        }
    }

    /// Something about a partition is new. `changed_leader`: answer whoever waits at once.
    pub(super) fn wake_readers(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        changed_leader: bool,
    ) {
        let Some(partition) = self.partitions.get(&tp) else {
            return;
        };
        if partition.readers.is_empty() {
            return;
        }
        for reader in partition.readers.clone() {
            if let Some(session) = self.sessions.get_mut(&reader) {
                session.stale.insert(tp);
                self.try_answer(ctx, reader, changed_leader);
            }
        }
    }

    /// Answers a parked fetch if it must, or if there is enough to say; else leaves it parked.
    fn try_answer(&mut self, ctx: &mut Ctx<'_>, reader: NodeId, must: bool) {
        let Some(session) = self.sessions.get(&reader) else {
            return;
        };
        let Some(parked) = &session.parked else {
            return;
        };
        if !must && !self.is_ready(session, parked) {
            return self.arm_parked(ctx, reader);
        }
        let partitions = self.collect(reader);
        let Some(session) = self.sessions.get_mut(&reader) else {
            return;
        };
        let Some(parked) = session.parked.take() else {
            return;
        };
        let response = FetchResponse {
            error: ErrorCode::None,
            partitions,
        };
        ctx.respond(
            reader,
            parked.correlation,
            Response::Fetch(Box::new(response)),
        );
    }

    /// Enough bytes, an error, or a divergence to tell of.
    fn is_ready(&self, session: &FetchSession, parked: &Parked) -> bool {
        let mut bytes = 0;
        for tp in &session.stale {
            let Some(wanted) = session.wants.get(tp) else {
                continue;
            };
            match self.look(session, &wanted.position, parked.min_bytes) {
                Found::Batches(batches) => {
                    bytes += batches.iter().map(|b| i64::from(b.size)).sum::<i64>()
                }
                Found::Diverging(..) | Found::Error(_) => return true,
            }
            if bytes >= parked.min_bytes && bytes > 0 {
                return true;
            }
        }
        parked.min_bytes == 0
    }

    fn look(&self, session: &FetchSession, position: &FetchPartition, max_bytes: i64) -> Found {
        match self.partitions.get(&position.tp) {
            // It has heard of being a replica before this leader has: it tries again (`followerReplicaOrThrow`).
            Some(partition) if is_stranger(partition, session, position) => {
                Found::Error(ErrorCode::UnknownLeaderEpoch)
            }
            Some(partition) => partition.fetch(
                position,
                session.follower.is_some(),
                session.isolation,
                max_bytes.max(1),
            ),
            None if self.image.partition(position.tp).is_some() => {
                Found::Error(ErrorCode::NotLeaderOrFollower)
            }
            None => Found::Error(ErrorCode::UnknownTopicOrPartition),
        }
    }

    /// Everything new in the session, up to its byte limit.
    fn collect(&mut self, reader: NodeId) -> Vec<FetchPartitionResponse> {
        let Some(session) = self.sessions.get(&reader) else {
            return Vec::new();
        };
        let mut left = session.max_bytes;
        let mut answers = Vec::new();
        let mut settled = Vec::new();
        for tp in &session.stale {
            let Some(wanted) = session.wants.get(tp) else {
                continue;
            };
            let found = if left > 0 {
                self.look(session, &wanted.position, left)
            } else {
                Found::Batches(Vec::new())
            };
            let answer = self.describe(*tp, found);
            left -= answer
                .batches
                .iter()
                .map(|b| i64::from(b.size))
                .sum::<i64>();
            let told = (wanted.told_high_watermark, wanted.told_log_start);
            let quiet =
                answer.error.is_ok() && answer.diverging.is_none() && answer.batches.is_empty();
            if quiet && left > 0 {
                settled.push(*tp);
            }
            if !quiet || told != (answer.high_watermark, answer.log_start_offset) {
                answers.push(answer);
            }
        }
        self.remember_told(reader, &settled, &answers);
        answers
    }

    fn remember_told(
        &mut self,
        reader: NodeId,
        settled: &[TopicPartition],
        answers: &[FetchPartitionResponse],
    ) {
        let Some(session) = self.sessions.get_mut(&reader) else {
            return;
        };
        for tp in settled {
            session.stale.remove(tp);
        }
        for answer in answers {
            if let Some(wanted) = session.wants.get_mut(&answer.tp) {
                wanted.told_high_watermark = answer.high_watermark;
                wanted.told_log_start = answer.log_start_offset;
            }
        }
    }

    fn describe(&self, tp: TopicPartition, found: Found) -> FetchPartitionResponse {
        let (high_watermark, log_start_offset) = self
            .partitions
            .get(&tp)
            .map_or((-1, -1), |p| (p.high_watermark, p.log.log_start()));
        let mut answer = FetchPartitionResponse {
            tp,
            error: ErrorCode::None,
            high_watermark,
            last_stable_offset: high_watermark,
            log_start_offset,
            diverging: None,
            batches: Vec::new(),
        };
        match found {
            Found::Batches(batches) => answer.batches = batches,
            Found::Diverging(epoch, end) => answer.diverging = Some((epoch, end)),
            Found::Error(error) => answer.error = error,
        }
        answer
    }

    /// One timer a session, moved only when it fires too early.
    fn arm_parked(&mut self, ctx: &mut Ctx<'_>, reader: NodeId) {
        let Some(session) = self.sessions.get_mut(&reader) else {
            return;
        };
        let Some(deadline) = session.parked.as_ref().map(|p| p.deadline) else {
            return;
        };
        if session
            .armed
            .is_none_or(|at| at > deadline || at <= ctx.now)
        {
            session.armed = Some(deadline);
            ctx.arm_at(Timer::DelayedFetch(session.number), deadline);
        }
    }

    pub(super) fn fetch_expired(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        let Some(reader) = self.session_of.get(&number).copied() else {
            return;
        };
        let Some(session) = self.sessions.get_mut(&reader) else {
            return;
        };
        session.armed = None;
        match session.parked.as_ref().map(|p| p.deadline) {
            Some(deadline) if deadline > ctx.now => self.arm_parked(ctx, reader),
            Some(_) => self.try_answer(ctx, reader, true),
            None => {}
        }
    }

    /// Readers of a partition this broker no longer serves in the same way start over with it.
    pub(super) fn restart_readers(&mut self, tp: TopicPartition) {
        let Some(partition) = self.partitions.get(&tp) else {
            return;
        };
        // They stay readers: one may have learned of the new epoch before this broker did, and will not ask anew.
        for reader in partition.readers.clone() {
            if let Some(session) = self.sessions.get_mut(&reader) {
                // It stays wanted: the reader is told of the error until it asks elsewhere.
                session.stale.insert(tp);
            }
        }
    }

    pub(super) fn drop_session(&mut self, _ctx: &Ctx<'_>, reader: NodeId) {
        let Some(session) = self.sessions.remove(&reader) else {
            return;
        };
        self.session_of.remove(&session.number);
        for tp in session.wants.keys() {
            if let Some(partition) = self.partitions.get_mut(tp) {
                Arc::make_mut(partition).readers.retain(|r| *r != reader);
            }
        }
    }

    /// The log cleaner: every replica that is worth a pass, leader or not.
    pub(super) fn clean_logs(&mut self, ctx: &mut Ctx<'_>) {
        let backoff = Duration::millis(self.config.log_cleaner_backoff_ms);
        ctx.arm(Timer::Cleaner, backoff);
        let compacts = |p: &Partition| {
            let policy = crate::config::list_items(p.config.cleanup_policy);
            p.log.segments().len() > 1 && policy.into_iter().any(|i| i == 1)
        };
        let compacted = self.partitions.iter().filter(|(_, p)| compacts(p));
        let replicas: Vec<TopicPartition> = compacted.map(|(tp, _)| *tp).collect();
        for tp in replicas {
            let Some(partition) = self.partition_mut(tp) else {
                continue;
            };
            let (stable, config) = (partition.high_watermark, partition.config.clone());
            if let Some(done) = partition.log.clean(ctx.now, stable, &config) {
                let (to, removed) = (done.to, done.removed);
                ctx.emit(Event::Compacted { tp, to, removed });
            }
        }
    }

    /// `log.retention.check.interval.ms`
    pub(super) fn enforce_retention(&mut self, ctx: &mut Ctx<'_>) {
        ctx.arm(
            Timer::Retention,
            Duration::millis(self.config.log_retention_check_interval_ms),
        );
        let replicas: Vec<TopicPartition> = self.partitions.keys().copied().collect();
        for tp in replicas {
            let now = ctx.now;
            let Some(partition) = self.partition_mut(tp) else {
                continue;
            };
            let deletes =
                crate::config::list_items(partition.config.cleanup_policy).any(|i| i == 0);
            if !deletes || partition.leader().is_none() {
                continue;
            }
            let (high_watermark, config) = (partition.high_watermark, partition.config.clone());
            if let Some(to) = partition.log.retain_segments(now, high_watermark, &config) {
                ctx.emit(Event::LogStartMoved { tp, to });
                self.wake_readers(ctx, tp, false);
            }
        }
    }
}

/// A follower in the leader's epoch that is no replica, as far as the leader knows.
fn is_stranger(partition: &Partition, session: &FetchSession, position: &FetchPartition) -> bool {
    session.follower.is_some_and(|follower| {
        let leader = partition.check_epoch(position.current_leader_epoch);
        leader.is_ok_and(|l| l.remote(follower.id).is_none())
    })
}
