//! The follower's side: one fetcher for each leader (`ReplicaFetcherThread`, `AbstractFetcherThread`).
//!
//! A fetcher has one request on its way. A partition with an error sits out `replica.fetch.backoff.ms`; a lost connection
//! makes the whole fetcher do so and starts a new session. A partition that cannot be copied is given up until there is a new leader
//! epoch, or the broker restarts.

use super::{Broker, Pending};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, LeaderEpoch, NodeId, Offset, TopicPartition};
use crate::partition::Role;
use crate::protocol::{
    ErrorCode, FetchPartition, FetchPartitionResponse, FetchRequest, FetchResponse, Isolation,
    ListOffsetsPartitionResponse, ListOffsetsRequest, OffsetSpec, Request,
};
use crate::sorted::{Map, Set};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Fetches from one leader.
#[derive(Clone, Debug, Default)]
pub(super) struct Fetcher {
    /// What it fetches, and in which leader epoch.
    partitions: Map<TopicPartition, Followed>,
    /// Partitions whose position the leader does not know yet.
    changed: Set<TopicPartition>,
    /// Partitions to drop from the session.
    forgotten: Vec<TopicPartition>,
    session_epoch: i32,
    sent: Option<SimTime>,
    /// Not before then.
    resume: SimTime,
    armed: Option<SimTime>,
}

#[derive(Clone, Debug)]
struct Followed {
    epoch: LeaderEpoch,
    /// Where the leader was last asked to read on.
    asked: Offset,
    /// Sits out until then.
    delayed: Option<SimTime>,
}

/// A partition that failed: nothing more is fetched before there is a new leader epoch (`failedPartitions`).
const FAILED: SimTime = SimTime::MAX;

impl Fetcher {
    fn delay(&mut self, tp: TopicPartition, until: SimTime) {
        if let Some(followed) = self.partitions.get_mut(&tp) {
            followed.delayed = Some(until);
            self.changed.remove(&tp);
            self.forgotten.push(tp);
        }
    }

    fn undelay(&mut self, now: SimTime) {
        for (tp, followed) in self
            .partitions
            .iter_mut()
            .filter(|(_, f)| f.delayed.is_some_and(|d| d <= now))
        {
            followed.delayed = None;
            self.changed.insert(*tp);
        }
    }

    fn next_wake(&self) -> Option<SimTime> {
        let delayed = self.partitions.values().filter_map(|f| f.delayed);
        delayed.filter(|at| *at != FAILED).min()
    }

    fn note_asked(&mut self, partitions: &[FetchPartition]) {
        for asked in partitions {
            if let Some(followed) = self.partitions.get_mut(&asked.tp) {
                followed.asked = asked.fetch_offset;
            }
        }
    }

    /// The connection or the session is gone: everything is news to the leader again.
    fn reset_session(&mut self) {
        self.session_epoch = 0;
        self.sent = None;
        self.forgotten.clear();
        self.changed = self
            .partitions
            .iter()
            .filter(|(_, f)| f.delayed.is_none())
            .map(|(tp, _)| *tp)
            .collect();
    }
}

impl Broker {
    /// Follows a partition at its present leader; `None` stops following it.
    pub(super) fn follow(&mut self, tp: TopicPartition, leader: Option<BrokerId>) {
        self.unfollow(tp);
        let Some(epoch) = self.partitions.get(&tp).map(|p| p.leader_epoch) else {
            return;
        };
        if let Some(leader) = leader {
            let fetcher = self.fetchers.entry(leader).or_default();
            fetcher.partitions.insert(
                tp,
                Followed {
                    epoch,
                    asked: -1,
                    delayed: None,
                },
            );
            fetcher.changed.insert(tp);
            fetcher.forgotten.retain(|f| *f != tp);
        }
    }

    pub(super) fn unfollow(&mut self, tp: TopicPartition) {
        for fetcher in self.fetchers.values_mut() {
            if fetcher.partitions.remove(&tp).is_some() {
                fetcher.changed.remove(&tp);
                fetcher.forgotten.push(tp);
            }
        }
    }

    /// Starts every fetcher that has something to fetch and nothing on its way.
    pub(super) fn drive_fetchers(&mut self, ctx: &mut Ctx<'_>) {
        let idle: Vec<BrokerId> = self
            .fetchers
            .iter()
            .filter(|(_, f)| f.sent.is_none() && !f.partitions.is_empty())
            .map(|(leader, _)| *leader)
            .collect();
        for leader in idle {
            self.send_fetch(ctx, leader);
        }
    }

    fn send_fetch(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId) {
        let replica = Some((self.id, self.lifecycle.epoch));
        let registered = self.lifecycle.epoch >= 0;
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        fetcher.undelay(ctx.now);
        let nothing = fetcher.partitions.values().all(|f| f.delayed.is_some());
        if !registered || nothing || ctx.now < fetcher.resume {
            let wake = fetcher
                .next_wake()
                .unwrap_or(SimTime::MAX)
                .max(fetcher.resume);
            if !fetcher.partitions.is_empty() && (wake < SimTime::MAX || !registered) {
                let retry = ctx.now + Duration::millis(100);
                ctx.arm_at(
                    Timer::Fetcher(leader),
                    if registered { wake } else { retry },
                );
            }
            return;
        }
        let changed = core::mem::take(&mut fetcher.changed);
        let forgotten = core::mem::take(&mut fetcher.forgotten);
        let session_epoch = fetcher.session_epoch;
        fetcher.session_epoch += 1;
        fetcher.sent = Some(ctx.now);
        let partitions: Vec<FetchPartition> = changed
            .into_iter()
            .filter_map(|tp| self.position(leader, tp))
            .collect();
        if let Some(fetcher) = self.fetchers.get_mut(&leader) {
            fetcher.note_asked(&partitions);
        }
        let request = FetchRequest {
            replica,
            max_wait_ms: self.config.replica_fetch_wait_max_ms,
            min_bytes: self.config.replica_fetch_min_bytes,
            max_bytes: 10_485_760,
            isolation: Isolation::ReadUncommitted,
            session_epoch,
            partitions,
            forgotten,
        };
        self.ask(
            ctx,
            NodeId::Broker(leader),
            Pending::Fetch(leader),
            Request::Fetch(Box::new(request)),
        );
        self.arm_fetcher(ctx, leader);
    }

    fn position(&self, leader: BrokerId, tp: TopicPartition) -> Option<FetchPartition> {
        let followed = self.fetchers.get(&leader)?.partitions.get(&tp)?;
        let partition = self.partitions.get(&tp)?;
        Some(FetchPartition {
            tp,
            fetch_offset: partition.log.log_end(),
            current_leader_epoch: followed.epoch,
            last_fetched_epoch: partition.log.last_epoch(),
            log_start_offset: partition.log.log_start(),
            max_bytes: self.config.replica_fetch_max_bytes,
        })
    }

    /// One timer a fetcher: the request's time-out, or the earliest partition that sat out long enough. It moves only earlier;
    /// firing too early it arms itself again.
    fn arm_fetcher(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId) {
        let timeout = Duration::millis(self.config.replica_socket_timeout_ms);
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        let lost = fetcher.sent.map(|sent| sent + timeout);
        let Some(wake) = [lost, fetcher.next_wake()].into_iter().flatten().min() else {
            return;
        };
        let wake = wake.max(ctx.now);
        if fetcher.armed.is_none_or(|at| at > wake) {
            fetcher.armed = Some(wake);
            ctx.arm_at(Timer::Fetcher(leader), wake);
        }
    }

    pub(super) fn fetcher_due(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId) {
        let timeout = Duration::millis(self.config.replica_socket_timeout_ms);
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        fetcher.armed = None;
        match fetcher.sent {
            Some(sent) if ctx.now >= sent + timeout => self.fetcher_disconnected(ctx, leader),
            // Partitions that sat out long enough go with the next request.
            Some(_) => {
                fetcher.undelay(ctx.now);
                self.arm_fetcher(ctx, leader);
            }
            None => self.send_fetch(ctx, leader),
        }
    }

    pub(super) fn fetcher_disconnected(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId) {
        self.pending.retain(
            |_, p| !matches!(p, Pending::Fetch(l) | Pending::FindOffsets(l, _) if *l == leader),
        );
        let backoff = Duration::millis(self.config.replica_fetch_backoff_ms);
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        if fetcher.sent.is_none() && fetcher.session_epoch == 0 {
            return;
        }
        fetcher.reset_session();
        fetcher.resume = ctx.now + backoff;
        fetcher.armed = Some(fetcher.resume);
        ctx.arm_at(Timer::Fetcher(leader), fetcher.resume);
    }

    pub(super) fn on_fetched(
        &mut self,
        ctx: &mut Ctx<'_>,
        leader: BrokerId,
        answer: FetchResponse,
    ) {
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        fetcher.sent = None;
        if !answer.error.is_ok() {
            fetcher.reset_session();
        }
        for partition in answer.partitions {
            self.take_in(ctx, leader, partition);
        }
        self.send_fetch(ctx, leader);
    }

    /// `processFetchRequest`, one partition. An answer to an older epoch or position is ignored.
    fn take_in(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId, answer: FetchPartitionResponse) {
        let tp = answer.tp;
        let backoff = ctx.now + Duration::millis(self.config.replica_fetch_backoff_ms);
        let Some(followed) = self
            .fetchers
            .get(&leader)
            .and_then(|f| f.partitions.get(&tp))
        else {
            return;
        };
        let Some(partition) = self.partitions.get(&tp) else {
            return;
        };
        let follows = matches!(partition.role, Role::Follower(l) if l == leader);
        let moved = followed.epoch != partition.leader_epoch
            || followed.asked != partition.log.log_end()
            || followed.delayed.is_some();
        if !follows || moved {
            return;
        }
        match (answer.error, answer.diverging) {
            (ErrorCode::None, Some((epoch, end))) => {
                self.truncate_to_leader(ctx, leader, tp, epoch, end)
            }
            (ErrorCode::None, None) => self.append_fetched(ctx, leader, &answer),
            (ErrorCode::OffsetOutOfRange, _) => self.find_offsets(ctx, leader, tp),
            _ => {
                if let Some(fetcher) = self.fetchers.get_mut(&leader) {
                    fetcher.delay(tp, backoff);
                }
            }
        }
    }

    fn append_fetched(
        &mut self,
        ctx: &mut Ctx<'_>,
        leader: BrokerId,
        answer: &FetchPartitionResponse,
    ) {
        let tp = answer.tp;
        let Some(partition) = self.partition_mut(tp) else {
            return;
        };
        // Offsets may be missing (compaction), but none may come again.
        let end = partition.log.log_end();
        let first = answer.batches.first().filter(|b| b.base_offset < end);
        if let Some(batch) = first {
            // The leader's log may begin in the middle of a batch (DeleteRecords); a log without records then begins where the
            // batch does (`Partition.appendRecordsToFollowerOrFutureReplica`). One with records, which was cut back to there
            // because its end had diverged, cannot: Kafka's follower gives the partition up (`UnexpectedAppendOffsetException`).
            if !partition.begins_inside(batch) {
                return self.give_up(leader, tp);
            }
            partition.restart_at(batch.base_offset);
        }
        let grew = partition.append_fetched(&answer.batches);
        partition.follow_high_watermark(answer.high_watermark);
        let end = partition.log.log_end();
        if answer.log_start_offset > partition.log.log_start() {
            partition.log.set_log_start(answer.log_start_offset);
        }
        if grew {
            ctx.emit(Event::Replicated { tp, end });
            if let Some(fetcher) = self.fetchers.get_mut(&leader) {
                fetcher.changed.insert(tp);
            }
        }
    }

    fn give_up(&mut self, leader: BrokerId, tp: TopicPartition) {
        if let Some(fetcher) = self.fetchers.get_mut(&leader) {
            fetcher.delay(tp, FAILED);
        }
    }

    /// Whether this follower has given a partition up until there is a new leader epoch (`failedPartitions`).
    pub fn has_failed(&self, tp: TopicPartition) -> bool {
        let mut fetchers = self.fetchers.values();
        fetchers.any(|f| f.partitions.get(&tp).and_then(|p| p.delayed) == Some(FAILED))
    }

    fn truncate_to_leader(
        &mut self,
        ctx: &mut Ctx<'_>,
        leader: BrokerId,
        tp: TopicPartition,
        epoch: LeaderEpoch,
        end: i64,
    ) {
        let Some(partition) = self.partition_mut(tp) else {
            return;
        };
        let to = partition.truncation_point(epoch, end);
        self.truncate_replica(ctx, leader, tp, to);
    }

    fn truncate_replica(
        &mut self,
        ctx: &mut Ctx<'_>,
        leader: BrokerId,
        tp: TopicPartition,
        to: i64,
    ) {
        let Some(partition) = self.partition_mut(tp) else {
            return;
        };
        if let Some(from) = partition.truncate(to) {
            ctx.emit(Event::Truncated { tp, from, to });
        }
        if let Some(fetcher) = self.fetchers.get_mut(&leader) {
            fetcher.changed.insert(tp);
        }
    }

    /// Out of range: ask where the leader's log begins and ends (`fetchOffsetAndTruncate`).
    fn find_offsets(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId, tp: TopicPartition) {
        let until = ctx.now + Duration::millis(self.config.replica_fetch_backoff_ms);
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        fetcher.delay(tp, until);
        let epoch = self.partitions.get(&tp).map_or(-1, |p| p.leader_epoch);
        let request = ListOffsetsRequest {
            isolation: Isolation::ReadUncommitted,
            partitions: alloc::vec![
                (tp, epoch, OffsetSpec::Latest),
                (tp, epoch, OffsetSpec::Earliest)
            ],
        };
        let request = Request::ListOffsets(Box::new(request));
        self.ask(
            ctx,
            NodeId::Broker(leader),
            Pending::FindOffsets(leader, tp),
            request,
        );
    }

    pub(super) fn on_offsets_found(
        &mut self,
        ctx: &mut Ctx<'_>,
        leader: BrokerId,
        tp: TopicPartition,
        found: &[ListOffsetsPartitionResponse],
    ) {
        let [latest, earliest] = found else { return };
        let Some(partition) = self.partition_mut(tp) else {
            return;
        };
        let follows = matches!(partition.role, Role::Follower(l) if l == leader);
        if !follows || !latest.error.is_ok() || !earliest.error.is_ok() {
            return;
        }
        let log_end = partition.log.log_end();
        if latest.offset < log_end {
            self.truncate_replica(ctx, leader, tp, latest.offset);
        } else if earliest.offset > log_end {
            partition.restart_at(earliest.offset);
            ctx.emit(Event::Truncated {
                tp,
                from: log_end,
                to: earliest.offset,
            });
        }
    }
}
