//! The application in a consumer: poll(), process each record, commit, poll() again.
//!
//! A poll() goes on with everything that only happens inside it, then returns records as soon as there are any. Processing takes its
//! time record by record; meanwhile nothing of the group's or the fetcher's business is done, only heartbeats go out. close() comes
//! after the records of the last poll() are processed.

use super::{
    Consumer,
    commits::{CommitFor, Offsets},
};
use crate::client::Alarm;
use crate::command::{CommitMode, ConsumerSpec};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{Name, Offset, TopicPartition};
use crate::time::{Duration, SimTime};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// How long close() tries (`DEFAULT_CLOSE_TIMEOUT_MS`).
const CLOSE_TIMEOUT: Duration = Duration::secs(30);

/// Where the thread is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// In poll().
    Polling,
    /// With the first of the records that are left.
    Processing,
    /// In commitSync(); goes on with this.
    Committing(Then),
    /// In close(), waiting for the answer to LeaveGroup.
    Leaving,
    /// close() is over but for the last word.
    Left,
}

/// After a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    Process,
    Poll,
    Leave,
}

/// The application thread.
#[derive(Clone, Debug)]
pub(super) struct Application {
    processing: Duration,
    mode: CommitMode,
    step: Step,
    /// Records returned by the last poll() and not processed yet.
    records: VecDeque<(TopicPartition, Offset)>,
    last_poll: SimTime,
    /// Rings when the time without poll() may be too long.
    pub(super) interval: Alarm,
    pub(super) delivered: u64,
    pub(super) last_error: Option<Name>,
    closing: bool,
    polite: bool,
    commit_wanted: bool,
}

impl Application {
    pub(super) fn new(spec: &ConsumerSpec) -> Self {
        Self {
            processing: spec.processing.unwrap_or_default(),
            mode: spec.commit.unwrap_or_default(),
            step: Step::Polling,
            records: VecDeque::new(),
            last_poll: SimTime::ZERO,
            interval: Alarm::new(Timer::PollInterval),
            delivered: 0,
            last_error: None,
            closing: false,
            polite: true,
            commit_wanted: false,
        }
    }

    pub(super) fn configure(&mut self, spec: &ConsumerSpec) {
        self.processing = spec.processing.unwrap_or(self.processing);
        self.mode = spec.commit.unwrap_or(self.mode);
    }

    pub(super) fn processing(&self) -> Option<(TopicPartition, Offset)> {
        let busy = self.step == Step::Processing;
        self.records.front().filter(|_| busy).copied()
    }

    pub(super) fn processing_time(&self) -> Duration {
        self.processing
    }

    pub(super) fn ask_to_close(&mut self) {
        self.closing = true;
    }

    /// poll() was called, or the group has just taken the member in.
    pub(super) fn polled(&mut self, now: SimTime) {
        self.last_poll = now;
    }

    /// The thread has not been in poll() for `max.poll.interval.ms`.
    pub(super) fn overdue(&self, now: SimTime, interval: Duration) -> bool {
        let away = matches!(self.step, Step::Processing | Step::Committing(_));
        away && now >= self.last_poll + interval
    }
}

impl Consumer {
    /// Goes on as far as the thread can.
    pub(super) fn application_thread(&mut self, ctx: &mut Ctx) {
        loop {
            match self.application.step {
                Step::Polling => {
                    self.application.polled(ctx.now);
                    if !self.poll(ctx) {
                        break;
                    }
                }
                Step::Processing => break,
                Step::Committing(then) => {
                    if !self.sync_step(ctx) {
                        break;
                    }
                    self.after_commit(ctx, then);
                }
                Step::Leaving => break,
                Step::Left => {
                    let polite = self.application.polite;
                    self.finish(ctx, polite);
                    break;
                }
            }
        }
        self.watch_interval(ctx);
    }

    /// While the thread is away from poll(), the clock of `max.poll.interval.ms` runs.
    fn watch_interval(&mut self, ctx: &mut Ctx) {
        let step = self.application.step;
        if matches!(step, Step::Processing | Step::Committing(_)) {
            let ends = self.application.last_poll + self.max_poll_interval();
            if ends > ctx.now {
                self.application.interval.want(ctx, ends);
            }
        }
    }

    /// One round of poll(); true if the thread does something else now.
    fn poll(&mut self, ctx: &mut Ctx) -> bool {
        if self.application.closing {
            self.begin_close(ctx);
            return true;
        }
        if core::mem::take(&mut self.application.commit_wanted) {
            self.commit_then(ctx, Then::Poll);
            return true;
        }
        self.callbacks(ctx);
        let coordinated = self.coordinate(ctx);
        if coordinated {
            self.update_positions(ctx);
        }
        let records = self.collect(ctx);
        self.send_fetches(ctx);
        if records.is_empty() {
            if coordinated {
                // What was collected may have asked for a reset.
                self.update_positions(ctx);
            }
            // An exception comes out of a poll() that has nothing to return.
            return self.application.closing;
        }
        self.deliver(ctx, records);
        true
    }

    /// poll() returned records.
    fn deliver(&mut self, ctx: &mut Ctx, records: Vec<(TopicPartition, Offset)>) {
        self.application.delivered += records.len() as u64;
        self.application.records = records.into();
        if self.commits_by_hand(CommitMode::Before) {
            let offsets = self.positions.consumed();
            self.begin_sync(ctx, offsets, self.api_timeout());
            self.application.step = Step::Committing(Then::Process);
        } else {
            self.process(ctx);
        }
    }

    fn commits_by_hand(&self, mode: CommitMode) -> bool {
        let by_hand = self.config.enable_auto_commit == 0 && !self.group.is_empty();
        by_hand && self.application.mode == mode
    }

    fn api_timeout(&self) -> Duration {
        Duration::millis(self.config.default_api_timeout_ms)
    }

    /// Begins with the next record; without processing time, all are done at once.
    fn process(&mut self, ctx: &mut Ctx) {
        self.application.step = Step::Processing;
        if self.application.processing == Duration::ZERO {
            while let Some((tp, offset)) = self.application.records.pop_front() {
                self.processed(ctx, tp, offset);
            }
        }
        if self.application.records.is_empty() {
            self.batch_done(ctx);
        } else {
            ctx.arm(Timer::Processing, self.application.processing);
        }
    }

    fn processed(&mut self, ctx: &mut Ctx, tp: TopicPartition, offset: Offset) {
        if let Some(partition) = self.positions.get_mut(tp) {
            partition.processed = offset + 1;
        }
        ctx.emit(Event::Processed { tp, offset });
    }

    /// A record's processing time is over.
    pub(super) fn record_done(&mut self, ctx: &mut Ctx) {
        if self.application.step != Step::Processing {
            return;
        }
        if let Some((tp, offset)) = self.application.records.pop_front() {
            self.processed(ctx, tp, offset);
        }
        if core::mem::take(&mut self.application.commit_wanted) {
            self.commit_then(ctx, Then::Process);
        } else {
            self.process(ctx);
        }
    }

    fn batch_done(&mut self, ctx: &mut Ctx) {
        if self.commits_by_hand(CommitMode::After) {
            let offsets = self.positions.consumed();
            self.begin_sync(ctx, offsets, self.api_timeout());
            self.application.step = Step::Committing(Then::Poll);
            return;
        }
        if self.commits_by_hand(CommitMode::Async) {
            let offsets = self.positions.consumed();
            self.callbacks(ctx);
            if let Some(outcome) = self.send_commit(ctx, CommitFor::Async, offsets) {
                self.commit_done(ctx, CommitFor::Async, outcome);
            }
        }
        self.application.step = Step::Polling;
    }

    /// commitSync() of what was processed, as soon as the application has a hand free.
    pub fn commit(&mut self, ctx: &mut Ctx) {
        if self.group.is_empty() {
            return self.complain(ctx, "commit", "InvalidGroupIdException");
        }
        self.application.commit_wanted = true;
        self.work(ctx);
    }

    fn commit_then(&mut self, ctx: &mut Ctx, then: Then) {
        let offsets = self.processed_offsets();
        self.begin_sync(ctx, offsets, self.api_timeout());
        self.application.step = Step::Committing(then);
    }

    /// Positions, but not beyond records that are not processed yet.
    fn processed_offsets(&self) -> Offsets {
        let mut offsets = self.positions.consumed();
        for (tp, position) in &mut offsets {
            let left = self.application.records.iter().find(|(r, _)| r == tp);
            *position = left.map_or(*position, |(_, offset)| *offset);
        }
        offsets
    }

    fn after_commit(&mut self, ctx: &mut Ctx, then: Then) {
        match then {
            Then::Process => self.process(ctx),
            Then::Poll => self.application.step = Step::Polling,
            Then::Leave => self.leave(ctx),
        }
    }

    fn begin_close(&mut self, ctx: &mut Ctx) {
        let auto = self.config.enable_auto_commit != 0 && !self.group.is_empty();
        let offsets = self.positions.consumed();
        if auto && !offsets.is_empty() {
            self.begin_sync(ctx, offsets, CLOSE_TIMEOUT);
            self.application.step = Step::Committing(Then::Leave);
        } else {
            self.leave(ctx);
        }
    }

    /// Gives the partitions back and says good-bye; static members say nothing.
    fn leave(&mut self, ctx: &mut Ctx) {
        let lost = self.member.me.generation <= 0 && self.modern.on
            || self.member.me.generation == -1
            || self.member.rebalancing();
        let given: Vec<TopicPartition> = self.positions.partitions().collect();
        self.member.stop_beating();
        if self.wanted.is_manual() {
            // Callbacks are for those who subscribe.
            self.positions.remove(&given);
        }
        self.give_back(ctx, self.positions.partitions().collect(), lost);
        self.member.paused_since = None;
        self.application.step = if self.leave_group(ctx, "the consumer is being closed") {
            Step::Leaving
        } else {
            Step::Left
        };
    }

    /// LeaveGroup was answered, or cannot be any more.
    pub(super) fn left(&mut self) {
        if self.application.step == Step::Leaving {
            self.application.step = Step::Left;
        }
    }

    /// A call failed with an exception that the application survives.
    pub(super) fn complain(&mut self, ctx: &mut Ctx, doing: &str, error: &str) {
        if self.application.step == Step::Committing(Then::Leave) {
            // close() swallows what goes wrong in it.
            return;
        }
        let error = Name::from(error);
        self.application.last_error = Some(error.clone());
        ctx.emit(Event::ClientError {
            doing: doing.into(),
            error,
        });
    }

    /// An exception that the application does not survive: it closes the consumer and ends.
    pub(super) fn fatal(&mut self, ctx: &mut Ctx, doing: &str, error: &str) {
        if self.application.closing {
            return;
        }
        self.complain(ctx, doing, error);
        self.application.closing = true;
        self.application.polite = false;
    }
}
