//! Committing offsets: automatically inside poll(), before a rebalance, and on close(); or when the application says so.
//!
//! With `enable.auto.commit` a poll() first commits, when `auto.commit.interval.ms` is over, the positions that earlier polls
//! left: every record returned before counts as done, processed or not. commitSync() blocks the application until the
//! coordinator has answered, and tries again after errors that may pass; commitAsync() goes on at once and tries nothing again.
//! A consumer that assigned its partitions itself commits without a generation. How an asynchronous commit ended, the application
//! (and, in the classic protocol, auto-commit) learns in the next poll() or blocking commit: that is where callbacks run.

use super::membership::{Generation, MemberState};
use super::{Asked, Consumer, backoff};
use crate::client::Alarm;
use crate::effect::{Ctx, Timer};
use crate::id::{Offset, TopicPartition};
use crate::protocol::{ErrorCode, OffsetCommitRequest, Request};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Offsets to commit.
pub(super) type Offsets = Vec<(TopicPartition, Offset)>;

/// Who waits for a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CommitFor {
    /// Nobody: auto-commit in poll().
    Auto,
    /// The join that follows.
    Prepare,
    /// The application, in commitSync() or close().
    Sync,
    /// The application, in commitAsync(): it goes on, and hears of an error in its callback. Nothing is tried again.
    Async,
}

/// How a commit ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// Well.
    Done,
    /// It may be tried again.
    Retriable,
    /// With this exception.
    Failed(&'static str),
}

/// A commitSync() that has not returned.
#[derive(Clone, Debug)]
struct Sync {
    offsets: Offsets,
    sent: bool,
    attempts: u32,
    retry_at: SimTime,
    deadline: SimTime,
}

/// All commits of one consumer.
#[derive(Clone, Debug)]
pub(super) struct Commits {
    /// When auto-commit is due next.
    pub(super) next_auto: SimTime,
    /// Wakes poll() for it.
    pub(super) alarm: Alarm,
    sync: Option<Sync>,
    /// Not sent yet: the coordinator is being looked for.
    waiting: Vec<(CommitFor, Offsets)>,
    /// Over, but the callback has not run yet.
    completed: Vec<(CommitFor, Outcome)>,
}

impl Default for Commits {
    fn default() -> Self {
        Self {
            next_auto: SimTime::ZERO,
            alarm: Alarm::new(Timer::Poll),
            sync: None,
            waiting: Vec::new(),
            completed: Vec::new(),
        }
    }
}

impl Commits {
    /// When a blocking commit gives up.
    pub(super) fn deadline(&self) -> SimTime {
        self.sync.as_ref().map_or(SimTime::MAX, |s| s.deadline)
    }
}

impl Consumer {
    /// `maybeAutoCommitOffsetsAsync`.
    pub(super) fn maybe_auto_commit(&mut self, ctx: &mut Ctx) {
        if self.config.enable_auto_commit == 0 || self.group.is_empty() {
            return;
        }
        if self.commits.next_auto <= ctx.now {
            // An interval of 0 means with every poll(); a millisecond keeps that from going in circles.
            let interval = Duration::millis(self.config.auto_commit_interval_ms.max(1));
            self.commits.next_auto = ctx.now + interval;
            let offsets = self.positions.consumed();
            if let Some(outcome) = self.send_commit(ctx, CommitFor::Auto, offsets) {
                self.commit_done(ctx, CommitFor::Auto, outcome);
            }
        }
        self.commits.alarm.want(ctx, self.commits.next_auto);
    }

    /// Sends OffsetCommit; says at once how it ended if it cannot be sent.
    pub(super) fn send_commit(
        &mut self,
        ctx: &mut Ctx,
        what: CommitFor,
        offsets: Offsets,
    ) -> Option<Outcome> {
        if offsets.is_empty() {
            return Some(Outcome::Done);
        }
        if !self.coordinator_ready(ctx) {
            let patient = matches!(what, CommitFor::Auto | CommitFor::Async);
            if patient && (self.modern.on || self.member.finding()) {
                self.commits.waiting.push((what, offsets));
                return None;
            }
            return Some(Outcome::Retriable);
        }
        let manual = self.wanted.is_manual();
        // In the consumer protocol a member that is out commits like anybody from outside: an empty group takes it.
        let outside = manual || self.modern.on;
        if !outside && self.member.state != MemberState::Stable {
            return Some(Outcome::Failed(if self.member.rebalancing() {
                "RebalanceInProgressException"
            } else {
                "CommitFailedException"
            }));
        }
        let me = match manual {
            true => Generation::none(),
            false => self.member.me.clone(),
        };
        let request = Request::OffsetCommit(Box::new(OffsetCommitRequest {
            group: self.group.clone(),
            generation: me.generation,
            member_id: me.member_id.clone(),
            group_instance_id: self.instance.clone().filter(|_| !manual),
            offsets,
        }));
        let timeout = self.request_timeout();
        self.ask_coordinator(ctx, request, timeout, Asked::OffsetCommit(what, me));
        None
    }

    /// The coordinator was found.
    pub(super) fn send_waiting_commits(&mut self, ctx: &mut Ctx) {
        for (what, offsets) in core::mem::take(&mut self.commits.waiting) {
            if let Some(outcome) = self.send_commit(ctx, what, offsets) {
                self.commit_done(ctx, what, outcome);
            }
        }
    }

    /// It was not. Members by the consumer protocol go on waiting.
    pub(super) fn fail_waiting_commits(&mut self, ctx: &mut Ctx) {
        if !self.modern.on {
            for (what, _) in core::mem::take(&mut self.commits.waiting) {
                self.commit_done(ctx, what, Outcome::Retriable);
            }
        }
    }

    pub(super) fn on_committed(
        &mut self,
        ctx: &mut Ctx,
        what: CommitFor,
        sent: &Generation,
        partitions: &[(TopicPartition, ErrorCode)],
    ) {
        let error = partitions.iter().map(|(_, e)| *e).find(|e| !e.is_ok());
        let outcome = error.map_or(Outcome::Done, |e| self.commit_error(ctx, what, sent, e));
        self.commit_done(ctx, what, outcome);
    }

    fn commit_error(
        &mut self,
        ctx: &mut Ctx,
        what: CommitFor,
        sent: &Generation,
        error: ErrorCode,
    ) -> Outcome {
        match error {
            // The topic is gone, and the partition about to be.
            ErrorCode::UnknownTopicOrPartition if self.modern.on && what == CommitFor::Prepare => {
                Outcome::Failed("UnknownTopicOrPartitionException")
            }
            ErrorCode::CoordinatorLoadInProgress | ErrorCode::UnknownTopicOrPartition => {
                Outcome::Retriable
            }
            ErrorCode::CoordinatorNotAvailable
            | ErrorCode::NotCoordinator
            | ErrorCode::RequestTimedOut => {
                self.coordinator_unknown(ctx);
                Outcome::Retriable
            }
            ErrorCode::RebalanceInProgress => {
                self.member
                    .request_rejoin("offset commit failed since group is already rebalancing");
                Outcome::Failed("RebalanceInProgressException")
            }
            // The epoch rose meanwhile: a commit before a revocation tries again with the new one.
            ErrorCode::StaleMemberEpoch => match what {
                CommitFor::Prepare if self.member.state == MemberState::Stable => {
                    Outcome::Retriable
                }
                CommitFor::Auto => Outcome::Failed("RebalanceInProgressException"),
                CommitFor::Async => Outcome::Failed("StaleMemberEpochException"),
                _ => Outcome::Failed("CommitFailedException"),
            },
            // The next heartbeat will say the same, and knows what to do.
            ErrorCode::UnknownMemberId | ErrorCode::FencedInstanceId if self.modern.on => {
                Outcome::Failed("CommitFailedException")
            }
            // About a generation before the join that is going on.
            ErrorCode::UnknownMemberId
            | ErrorCode::IllegalGeneration
            | ErrorCode::FencedInstanceId
                if *sent != self.member.me && self.member.state == MemberState::Preparing =>
            {
                Outcome::Failed("RebalanceInProgressException")
            }
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => {
                self.member.reset_on("OFFSET_COMMIT", error);
                Outcome::Failed("CommitFailedException")
            }
            ErrorCode::FencedInstanceId if *sent == self.member.me => {
                // Only what is asynchronous is remembered until the next poll().
                self.member.fenced |= what != CommitFor::Sync;
                Outcome::Failed("FencedInstanceIdException")
            }
            ErrorCode::FencedInstanceId => Outcome::Failed("CommitFailedException"),
            other => Outcome::Failed(other.name()),
        }
    }

    /// A commit is over.
    pub(super) fn commit_done(&mut self, ctx: &mut Ctx, what: CommitFor, outcome: Outcome) {
        match what {
            CommitFor::Prepare => self.prepared(ctx, outcome),
            CommitFor::Sync => self.sync_done(ctx, outcome),
            CommitFor::Auto if self.modern.on => self.callback(ctx, what, outcome),
            CommitFor::Auto | CommitFor::Async => self.commits.completed.push((what, outcome)),
        }
    }

    /// `invokeCompletedOffsetCommitCallbacks`
    pub(super) fn callbacks(&mut self, ctx: &mut Ctx) {
        if self.member.fenced {
            // poll() throws before it comes to them.
            return;
        }
        for (what, outcome) in core::mem::take(&mut self.commits.completed) {
            self.callback(ctx, what, outcome);
        }
    }

    fn callback(&mut self, ctx: &mut Ctx, what: CommitFor, outcome: Outcome) {
        let doing = match what {
            CommitFor::Async => "commitAsync",
            _ => "auto-commit",
        };
        match (what, outcome) {
            (_, Outcome::Done) => {}
            (CommitFor::Async, Outcome::Retriable) => {
                self.complain(ctx, doing, "RetriableCommitFailedException");
            }
            (_, Outcome::Retriable) => {
                self.commits.next_auto = ctx.now + self.retry_backoff();
                self.commits.alarm.want(ctx, self.commits.next_auto);
            }
            (CommitFor::Auto, Outcome::Failed("RebalanceInProgressException")) => {}
            (_, Outcome::Failed(error)) => self.complain(ctx, doing, error),
        }
    }

    /// commitSync(): the application waits until [`Consumer::sync_step`] says that it is over.
    pub(super) fn begin_sync(&mut self, ctx: &mut Ctx, offsets: Offsets, timeout: Duration) {
        self.callbacks(ctx);
        self.commits.sync = Some(Sync {
            offsets,
            sent: false,
            attempts: 0,
            retry_at: SimTime::ZERO,
            deadline: ctx.now + timeout,
        });
    }

    /// Goes on with the blocking commit; true when there is none (any more).
    pub(super) fn sync_step(&mut self, ctx: &mut Ctx) -> bool {
        let Some(sync) = &mut self.commits.sync else {
            return true;
        };
        if sync.deadline <= ctx.now {
            self.commits.sync = None;
            self.complain(ctx, "commit", "TimeoutException");
            return true;
        }
        if sync.sent {
            return false;
        }
        if sync.retry_at > ctx.now {
            let at = sync.retry_at;
            self.retry.want(ctx, at);
            return false;
        }
        let offsets = sync.offsets.clone();
        sync.sent = true;
        if let Some(outcome) = self.send_commit(ctx, CommitFor::Sync, offsets) {
            self.sync_done(ctx, outcome);
        }
        match &self.commits.sync {
            None => true,
            Some(sync) => {
                if !sync.sent {
                    let at = sync.retry_at;
                    self.retry.want(ctx, at);
                }
                false
            }
        }
    }

    fn sync_done(&mut self, ctx: &mut Ctx, outcome: Outcome) {
        let Some(sync) = &mut self.commits.sync else {
            return;
        };
        match outcome {
            Outcome::Done => self.commits.sync = None,
            Outcome::Retriable => {
                sync.sent = false;
                sync.retry_at = ctx.now + backoff(&self.config).after(sync.attempts, ctx.rng);
                sync.attempts += 1;
            }
            Outcome::Failed(error) => {
                self.commits.sync = None;
                self.complain(ctx, "commit", error);
            }
        }
    }
}
