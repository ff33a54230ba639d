//! Share groups on a broker (`SharePartitionManager`, `DelayedShareFetch`): share sessions, ShareFetch and ShareAcknowledge.
//!
//! A request is a job with up to two halves: acknowledgements, which wait until they are stored, and a fetch, which waits until
//! something can be acquired or its time is up. It is answered when both are done. When a member's connection breaks, or it
//! closes its session, what it has acquired is given back at once; a member that only falls silent keeps it until the locks time out.
//!
//! - `acquire`: what a fetch gets, - `persist`: loading and storing with the share coordinator, - `host`: this broker as coordinator.
//!
//! Partitions take turns: each fetch of a session begins with another one.
//!
//! Simplified: sessions are not limited in number; after many deliveries of a record Kafka 4.2 hands it out alone, here it does not.

mod acquire;
mod host;
mod persist;

use super::Broker;
use crate::effect::{Ctx, Timer};
use crate::event::{Event, ShareChange};
use crate::group::ReplyTo;
use crate::group::share::partition::{ShareLimits, SharePartition, StateWrite};
use crate::id::{LeaderEpoch, Name, NodeId, Offset, TopicPartition};
use crate::protocol::{
    Acknowledge, AcknowledgementBatch, Acknowledgements, Correlation, ErrorCode, RecordState,
    Response, ShareAcknowledgeRequest, ShareFetchPartitionResponse, ShareFetchRequest,
    ShareFetchResponse, StateBatch,
};
use crate::sorted::{Map, sort};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use persist::Call;

/// A share group's partition.
type Key = (Name, TopicPartition);

/// A share-partition this broker leads.
#[derive(Clone, Debug)]
struct Hosted {
    epoch: LeaderEpoch,
    /// `None` while it is being loaded.
    partition: Option<Arc<SharePartition>>,
}

/// A member's session.
#[derive(Clone, Debug)]
struct Session {
    node: NodeId,
    epoch: i32,
    partitions: Vec<TopicPartition>,
}

/// One request on its way to an answer.
#[derive(Clone, Debug)]
struct Job {
    to: ReplyTo,
    group: Name,
    member: Name,
    /// Outcomes of acknowledgements; with a write's number it is still open.
    acks: Vec<(TopicPartition, Option<u64>, ErrorCode)>,
    /// What is to be fetched, and until when.
    fetch: Option<Fetch>,
    /// It is a ShareFetch; what it found.
    found: Option<Vec<ShareFetchPartitionResponse>>,
}

#[derive(Clone, Debug)]
struct Fetch {
    deadline: SimTime,
    max_bytes: i64,
    max_records: i64,
    partitions: Vec<TopicPartition>,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shares {
    hosted: Map<Key, Hosted>,
    /// By group and member.
    sessions: Map<(Name, Name), Session>,
    jobs: Map<u32, Job>,
    next_job: u32,
    /// Questions to share coordinators, on their way or waiting for another try.
    calls: Vec<Call>,
    armed: Option<SimTime>,
}

impl Broker {
    /// The share-partitions this broker leads: group, partition, state.
    pub fn share_partitions(
        &self,
    ) -> impl Iterator<Item = (&Name, TopicPartition, &SharePartition)> {
        self.shares
            .hosted
            .iter()
            .filter_map(|((group, tp), hosted)| Some((group, *tp, hosted.partition.as_deref()?)))
    }

    fn share_limits(&self, group: &Name) -> ShareLimits {
        let lock = self
            .image
            .group_setting(group, "share.record.lock.duration.ms");
        let lock = lock.unwrap_or(self.config.group_share_record_lock_duration_ms);
        ShareLimits {
            delivery_count: self.config.group_share_delivery_count_limit as i16,
            record_locks: self.config.group_share_partition_max_record_locks,
            lock_duration: Duration::millis(lock),
        }
    }

    fn share_partition(&mut self, group: &Name, tp: TopicPartition) -> Option<&mut SharePartition> {
        let hosted = self.shares.hosted.get_mut(&(group.clone(), tp))?;
        hosted.partition.as_mut().map(Arc::make_mut)
    }

    pub(super) fn on_share_fetch(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: ShareFetchRequest,
    ) {
        if let Err(error) = self.update_share_session(from, &request) {
            let partitions = Vec::new();
            let response = ShareFetchResponse { error, partitions };
            return ctx.respond(from, correlation, Response::ShareFetch(Box::new(response)));
        }
        let (group, member) = (request.group, request.member_id);
        let session = self.shares.sessions.get(&(group.clone(), member.clone()));
        let mut partitions = session.map(|s| s.partitions.clone()).unwrap_or_default();
        if !partitions.is_empty() {
            let turn = request.session_epoch.max(0) as usize % partitions.len();
            partitions.rotate_left(turn);
        }
        for tp in &partitions {
            self.load_share_partition(ctx, &group, *tp);
        }
        let node = from;
        let job = Job {
            to: ReplyTo { node, correlation },
            acks: Vec::new(),
            fetch: Some(Fetch {
                deadline: ctx.now + Duration::millis(request.max_wait_ms),
                max_bytes: request.max_bytes,
                max_records: request.max_records,
                partitions,
            }),
            found: Some(Vec::new()),
            group,
            member,
        };
        self.begin_job(ctx, job, &request.partitions);
    }

    /// `SharePartitionManager.newContext`
    fn update_share_session(
        &mut self,
        from: NodeId,
        request: &ShareFetchRequest,
    ) -> Result<(), ErrorCode> {
        let key = (request.group.clone(), request.member_id.clone());
        let named = request.partitions.iter().map(|(tp, _)| *tp);
        if request.session_epoch <= 0 {
            let acknowledges = request.partitions.iter().any(|(_, acks)| !acks.is_empty());
            if acknowledges || request.session_epoch < 0 {
                return Err(ErrorCode::InvalidRequest);
            }
            let session = Session {
                node: from,
                epoch: 1,
                partitions: named.collect(),
            };
            self.shares.sessions.insert(key, session);
            return Ok(());
        }
        let session = self.check_share_session(&key, request.session_epoch)?;
        session.epoch = session.epoch.checked_add(1).unwrap_or(1);
        session
            .partitions
            .retain(|tp| !request.forgotten.contains(tp));
        for tp in named.filter(|tp| !request.forgotten.contains(tp)) {
            if !session.partitions.contains(&tp) {
                session.partitions.push(tp);
            }
        }
        sort(&mut session.partitions);
        Ok(())
    }

    fn check_share_session(
        &mut self,
        key: &(Name, Name),
        epoch: i32,
    ) -> Result<&mut Session, ErrorCode> {
        let session = self.shares.sessions.get_mut(key);
        let session = session.ok_or(ErrorCode::ShareSessionNotFound)?;
        if session.epoch != epoch && epoch != -1 {
            return Err(ErrorCode::InvalidShareSessionEpoch);
        }
        Ok(session)
    }

    pub(super) fn on_share_acknowledge(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: ShareAcknowledgeRequest,
    ) {
        let key = (request.group.clone(), request.member_id.clone());
        let epoch = request.session_epoch;
        let checked = match epoch {
            0 => Err(ErrorCode::InvalidShareSessionEpoch),
            _ => self.check_share_session(&key, epoch),
        };
        match checked {
            Err(error) => {
                let response = Response::ShareAcknowledge(error, Vec::new());
                return ctx.respond(from, correlation, response);
            }
            Ok(session) => session.epoch = session.epoch.checked_add(1).unwrap_or(1),
        }
        let node = from;
        let job = Job {
            to: ReplyTo { node, correlation },
            group: request.group,
            member: request.member_id,
            acks: Vec::new(),
            fetch: None,
            found: None,
        };
        self.begin_job(ctx, job, &request.partitions);
        if epoch == -1 {
            self.end_share_session(ctx, &key);
        }
    }

    fn begin_job(&mut self, ctx: &mut Ctx<'_>, mut job: Job, acks: &Acknowledgements) {
        let mut writes = Vec::new();
        for (tp, batches) in acks.iter().filter(|(_, batches)| !batches.is_empty()) {
            let (open, error) = match self.acknowledge(ctx, &job, *tp, batches) {
                Ok(Some(write)) => {
                    writes.push((*tp, write.clone()));
                    (Some(write.id), ErrorCode::None)
                }
                Ok(None) => (None, ErrorCode::None),
                Err(error) => (None, error),
            };
            job.acks.push((*tp, open, error));
        }
        self.shares.next_job += 1;
        let (id, group) = (self.shares.next_job, job.group.clone());
        self.shares.jobs.insert(id, job);
        for (tp, write) in writes {
            self.store_share_state(ctx, &group, tp, write);
        }
        self.try_share_job(ctx, id, false);
        if let Some(Job { fetch: Some(f), .. }) = self.shares.jobs.get(&id) {
            let deadline = f.deadline;
            self.arm_shares(ctx, deadline);
        }
    }

    fn acknowledge(
        &mut self,
        ctx: &mut Ctx<'_>,
        job: &Job,
        tp: TopicPartition,
        batches: &[AcknowledgementBatch],
    ) -> Result<Option<StateWrite>, ErrorCode> {
        let limits = self.share_limits(&job.group);
        // A former leader has forgotten it too.
        let partition = self.share_partition(&job.group, tp);
        let partition = partition.ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let write = partition.acknowledge(&limits, &job.member, batches)?;
        for done in write.iter().flat_map(|w| &w.batches) {
            let change = match (done.state, type_of(batches, done.first)) {
                (RecordState::Available, _) => ShareChange::Released,
                (RecordState::Archived, Acknowledge::Release) => ShareChange::Spent,
                (RecordState::Archived, _) => ShareChange::Rejected,
                _ => ShareChange::Accepted,
            };
            ctx.emit(changed(&job.group, tp, &job.member, done, change));
        }
        Ok(write)
    }

    /// Gives back what the session's member has acquired.
    fn end_share_session(&mut self, ctx: &mut Ctx<'_>, key: &(Name, Name)) {
        let Some(session) = self.shares.sessions.remove(key) else {
            return;
        };
        let (group, member) = key;
        let limits = self.share_limits(group);
        for tp in session.partitions {
            let partition = self.share_partition(group, tp);
            let write = partition.and_then(|p| p.release_member(&limits, member));
            self.gave_back(ctx, group, tp, member, write, ShareChange::MemberGone);
        }
    }

    /// Acquisitions ended without the member's doing.
    fn gave_back(
        &mut self,
        ctx: &mut Ctx<'_>,
        group: &Name,
        tp: TopicPartition,
        member: &Name,
        write: Option<StateWrite>,
        why: ShareChange,
    ) {
        let Some(write) = write else {
            return;
        };
        for done in &write.batches {
            let change = match done.state {
                RecordState::Archived => ShareChange::Spent,
                _ => why,
            };
            ctx.emit(changed(group, tp, member, done, change));
        }
        self.store_share_state(ctx, group, tp, write);
    }

    /// A client's connection broke: its sessions end.
    pub(super) fn share_client_gone(&mut self, ctx: &mut Ctx<'_>, node: NodeId) {
        let its = self.shares.sessions.iter().filter(|(_, s)| s.node == node);
        let keys: Vec<(Name, Name)> = its.map(|(key, _)| key.clone()).collect();
        self.shares.jobs.retain(|_, job| job.to.node != node);
        for key in keys {
            self.end_share_session(ctx, &key);
        }
    }

    /// This broker does not lead the partition any more.
    pub(super) fn stop_sharing(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition) {
        if self.shares.hosted.is_empty() {
            return;
        }
        self.shares.hosted.retain(|(_, t), _| *t != tp);
        self.shares.calls.retain(|call| call.tp != tp);
        for job in self.shares.jobs.values_mut() {
            for ack in job
                .acks
                .iter_mut()
                .filter(|(t, open, _)| *t == tp && open.is_some())
            {
                (ack.1, ack.2) = (None, ErrorCode::NotLeaderOrFollower);
            }
        }
        self.wake_shares(ctx, tp);
    }

    /// Something about a partition is new: whoever waits for it looks again.
    pub(super) fn wake_shares(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition) {
        if self.shares.jobs.is_empty() {
            return;
        }
        let waits = |job: &Job| {
            let fetches = job
                .fetch
                .as_ref()
                .is_some_and(|f| f.partitions.contains(&tp));
            fetches || job.acks.iter().any(|(t, ..)| *t == tp)
        };
        let jobs = self.shares.jobs.iter().filter(|(_, job)| waits(job));
        for id in jobs.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.try_share_job(ctx, id, false);
        }
    }

    /// Answers a job if everything is there. `late`: its time is up.
    fn try_share_job(&mut self, ctx: &mut Ctx<'_>, id: u32, late: bool) {
        let Some(mut job) = self.shares.jobs.remove(&id) else {
            return;
        };
        if let Some(fetch) = &job.fetch {
            let found = self.share_fetch(ctx, &job.group, &job.member, fetch);
            if late || !found.is_empty() {
                job.fetch = None;
                job.found = Some(found);
            }
        }
        let open = job.acks.iter().any(|(_, open, _)| open.is_some());
        if open || job.fetch.is_some() {
            self.shares.jobs.insert(id, job);
            return;
        }
        let response = answer(&mut job);
        ctx.respond(job.to.node, job.to.correlation, response);
    }

    /// The earliest of the locks, parked fetches, retries and sessions.
    fn arm_shares(&mut self, ctx: &mut Ctx<'_>, at: SimTime) {
        if at != SimTime::MAX && self.shares.armed.is_none_or(|armed| at < armed) {
            self.shares.armed = Some(at);
            ctx.arm_at(Timer::Share, at);
        }
    }

    pub(super) fn shares_due(&mut self, ctx: &mut Ctx<'_>) {
        self.shares.armed = None;
        self.expire_locks(ctx);
        let late = |job: &Job| job.fetch.as_ref().is_some_and(|f| f.deadline <= ctx.now);
        let jobs = self.shares.jobs.iter().filter(|(_, job)| late(job));
        for id in jobs.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.try_share_job(ctx, id, true);
        }
        self.retry_share_calls(ctx);
        self.share_sessions_due(ctx);
        let locks = self
            .shares
            .hosted
            .values()
            .filter_map(|h| h.partition.as_ref()?.next_lock());
        let fetches = self
            .shares
            .jobs
            .values()
            .filter_map(|j| Some(j.fetch.as_ref()?.deadline));
        let calls = self.shares.calls.iter().map(|c| c.due);
        let sessions = self.share_coordinator.next_expiry();
        let next = locks.chain(fetches).chain(calls).chain(sessions).min();
        self.arm_shares(ctx, next.unwrap_or(SimTime::MAX));
    }

    fn expire_locks(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now;
        let due = |h: &Hosted| {
            let lock = h.partition.as_ref().and_then(|p| p.next_lock());
            lock.is_some_and(|at| at <= now)
        };
        let keys = self.shares.hosted.iter().filter(|(_, h)| due(h));
        for (group, tp) in keys.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            let limits = self.share_limits(&group);
            let partition = self.share_partition(&group, tp);
            let write = partition.and_then(|p| p.expire(&limits, now));
            let nobody = Name::from("");
            self.gave_back(ctx, &group, tp, &nobody, write, ShareChange::LockExpired);
        }
    }
}

/// The acknowledgement that was given for an offset.
fn type_of(batches: &[AcknowledgementBatch], offset: Offset) -> Acknowledge {
    let batch = batches
        .iter()
        .find(|b| b.first <= offset && offset <= b.last);
    let given = batch.and_then(|b| match b.types.len() {
        1 => b.types.first(),
        _ => b.types.get((offset - b.first) as usize),
    });
    given.copied().unwrap_or(Acknowledge::Accept)
}

fn changed(
    group: &Name,
    tp: TopicPartition,
    member: &Name,
    done: &StateBatch,
    change: ShareChange,
) -> Event {
    Event::ShareRecords {
        group: group.clone(),
        tp,
        first: done.first,
        last: done.last,
        count: done.delivery_count,
        change,
        member: member.clone(),
    }
}

fn answer(job: &mut Job) -> Response {
    let acks = job.acks.iter().map(|(tp, _, error)| (*tp, *error));
    let Some(mut found) = job.found.take() else {
        return Response::ShareAcknowledge(ErrorCode::None, acks.collect());
    };
    for (tp, error) in acks {
        match found.iter_mut().find(|p| p.tp == tp) {
            Some(partition) => partition.acknowledge_error = error,
            None => found.push(ShareFetchPartitionResponse {
                tp,
                error: ErrorCode::None,
                acknowledge_error: error,
                batches: Vec::new(),
                acquired: Vec::new(),
            }),
        }
    }
    Response::ShareFetch(Box::new(ShareFetchResponse {
        error: ErrorCode::None,
        partitions: found,
    }))
}
