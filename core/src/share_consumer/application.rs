//! The application in a share consumer: poll(), process each record, acknowledge, poll() again (`ShareConsumerImpl`).

use super::ShareConsumer;
use super::fetch::Delivered;
use crate::client::Alarm;
use crate::command::{AckBy, ConsumerSpec};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{Name, Offset, TopicPartition};
use crate::protocol::Acknowledge;
use crate::time::{Duration, SimTime};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// Where the thread is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// In poll().
    Polling,
    /// With the first of the records that are left.
    Processing,
    /// Until everything is acknowledged by hand.
    Waiting,
    /// In commitSync(); the batch goes on (or not) afterwards.
    Committing,
    /// In close(): sessions end, then the membership.
    Closing,
}

/// The application thread.
#[derive(Clone, Debug)]
pub(super) struct Application {
    pub(super) processing: Duration,
    ack: AckBy,
    step: Step,
    /// Records of the last poll() that are not processed yet.
    records: VecDeque<Delivered>,
    /// Records of the last poll() that are not acknowledged yet.
    open: Vec<Delivered>,
    last_poll: SimTime,
    pub(super) interval: Alarm,
    pub(super) delivered: u64,
    pub(super) last_error: Option<Name>,
    commit_wanted: bool,
    closing: bool,
    polite: bool,
}

impl Application {
    pub(super) fn new(spec: &ConsumerSpec) -> Self {
        Self {
            processing: spec.processing.unwrap_or_default(),
            ack: spec.ack.unwrap_or_default(),
            step: Step::Polling,
            records: VecDeque::new(),
            open: Vec::new(),
            last_poll: SimTime::ZERO,
            interval: Alarm::new(Timer::PollInterval),
            delivered: 0,
            last_error: None,
            commit_wanted: false,
            closing: false,
            polite: true,
        }
    }

    pub(super) fn configure(&mut self, spec: &ConsumerSpec) {
        self.processing = spec.processing.unwrap_or(self.processing);
        self.ack = spec.ack.unwrap_or(self.ack);
    }

    pub(super) fn ask_to_close(&mut self) {
        self.closing = true;
    }

    /// The record being processed.
    pub(super) fn current(&self) -> Option<(TopicPartition, Offset)> {
        let busy = self.step == Step::Processing;
        let record = self.records.front().filter(|_| busy);
        record.map(|(tp, offset, _)| (*tp, *offset))
    }

    /// Records of the last poll() without an acknowledgement.
    pub(super) fn open(&self) -> &[Delivered] {
        &self.open
    }

    /// The thread has not been in poll() for `max.poll.interval.ms`.
    pub(super) fn overdue(&self, now: SimTime, interval: Duration) -> bool {
        let away = matches!(self.step, Step::Processing | Step::Waiting);
        away && now >= self.last_poll + interval
    }
}

impl ShareConsumer {
    fn explicit(&self) -> bool {
        self.config.share_acknowledgement_mode != 0
    }

    /// Goes on as far as the thread can.
    pub(super) fn application_thread(&mut self, ctx: &mut Ctx) {
        loop {
            let again = match self.application.step {
                Step::Polling => self.poll(ctx),
                Step::Processing => false,
                Step::Waiting => self.wait(ctx),
                Step::Committing => self.commit_step(ctx),
                Step::Closing => self.close_step(ctx),
            };
            if !again {
                break;
            }
        }
        if matches!(self.application.step, Step::Processing | Step::Waiting) {
            let limit = Duration::millis(self.config.max_poll_interval_ms);
            let ends = self.application.last_poll + limit;
            if ends > ctx.now {
                self.application.interval.want(ctx, ends);
            }
        }
    }

    /// One round of poll(); true if the thread does something else now.
    fn poll(&mut self, ctx: &mut Ctx) -> bool {
        if self.application.closing {
            self.application.step = Step::Closing;
            return true;
        }
        if core::mem::take(&mut self.application.commit_wanted) {
            self.accept_batch();
            self.application.step = Step::Committing;
            return true;
        }
        self.application.last_poll = ctx.now;
        if self.member.is_out() {
            self.rejoin();
            self.keep_membership(ctx);
        }
        self.accept_batch();
        if self.fetcher.buffer.is_empty() {
            self.send_share_fetches(ctx);
            self.send_acknowledgements(ctx, false);
            return false;
        }
        let max = usize::try_from(self.config.max_poll_records).unwrap_or(usize::MAX);
        let count = self.fetcher.buffer.len().min(max);
        let records: Vec<Delivered> = self.fetcher.buffer.drain(..count).collect();
        self.send_acknowledgements(ctx, false);
        self.deliver(ctx, records);
        true
    }

    /// In implicit mode, what the last poll() returned counts as accepted.
    fn accept_batch(&mut self) {
        if !self.explicit() {
            for (tp, offset, _) in core::mem::take(&mut self.application.open) {
                self.fetcher.acknowledge(tp, offset, Acknowledge::Accept);
            }
        }
    }

    /// poll() returned records.
    fn deliver(&mut self, ctx: &mut Ctx, records: Vec<Delivered>) {
        let next = |a: &Delivered, b: &Delivered| a.0 == b.0 && a.1 + 1 == b.1;
        for run in records.chunk_by(next) {
            if let (Some((tp, first, _)), Some((_, last, _))) = (run.first(), run.last()) {
                ctx.emit(Event::Polled {
                    tp: *tp,
                    first: *first,
                    last: *last,
                    records: run.len() as i32,
                });
            }
        }
        self.application.delivered += records.len() as u64;
        self.application.open = records.clone();
        if self.explicit() && self.application.ack == AckBy::Hand {
            self.application.step = Step::Waiting;
        } else {
            self.application.records = records.into();
            self.process(ctx);
        }
    }

    /// Begins with the next record; without processing time, all are done at once.
    fn process(&mut self, ctx: &mut Ctx) {
        self.application.step = Step::Processing;
        while self.application.processing == Duration::ZERO {
            let Some(record) = self.application.records.pop_front() else {
                break;
            };
            self.processed(ctx, record);
        }
        if self.application.records.is_empty() {
            self.application.step = match self.application.open.is_empty() || !self.explicit() {
                true => Step::Polling,
                false => Step::Waiting,
            };
        } else {
            ctx.arm(Timer::Processing, self.application.processing);
        }
    }

    /// A record's processing time is over.
    pub(super) fn record_done(&mut self, ctx: &mut Ctx) {
        if self.application.step != Step::Processing {
            return;
        }
        if let Some(record) = self.application.records.pop_front() {
            self.processed(ctx, record);
        }
        self.process(ctx);
    }

    fn processed(&mut self, ctx: &mut Ctx, (tp, offset, _): Delivered) {
        let how = match self.application.ack {
            _ if !self.explicit() => Acknowledge::Accept,
            AckBy::Hand => return,
            AckBy::Accept => Acknowledge::Accept,
            AckBy::Release => Acknowledge::Release,
            AckBy::Reject => Acknowledge::Reject,
        };
        if how == Acknowledge::Accept {
            ctx.emit(Event::Processed { tp, offset });
        }
        if self.explicit() {
            self.settle_record(tp, offset, how);
        }
    }

    /// True if the record was open.
    fn settle_record(&mut self, tp: TopicPartition, offset: Offset, how: Acknowledge) -> bool {
        let open = &mut self.application.open;
        let Some(at) = open.iter().position(|r| (r.0, r.1) == (tp, offset)) else {
            return false;
        };
        open.remove(at);
        self.fetcher.acknowledge(tp, offset, how);
        true
    }

    /// acknowledge(record, type), by hand.
    pub fn acknowledge(
        &mut self,
        ctx: &mut Ctx,
        tp: TopicPartition,
        offset: Offset,
        how: Acknowledge,
    ) {
        let known = self.explicit() && self.settle_record(tp, offset, how);
        if known {
            if how == Acknowledge::Accept {
                ctx.emit(Event::Processed { tp, offset });
            }
        } else {
            self.complain(ctx, "acknowledge", "IllegalStateException");
        }
        self.work(ctx);
    }

    /// Between records acknowledged by hand; true when all are.
    fn wait(&mut self, _ctx: &mut Ctx) -> bool {
        if self.application.commit_wanted {
            self.application.commit_wanted = false;
            self.application.step = Step::Committing;
            return true;
        }
        if self.application.open.is_empty() || self.application.closing {
            self.application.step = Step::Polling;
            return true;
        }
        false
    }

    /// commitSync() of what is acknowledged, as soon as the application has a hand free.
    pub fn commit(&mut self, ctx: &mut Ctx) {
        self.application.commit_wanted = true;
        self.work(ctx);
    }

    fn commit_step(&mut self, ctx: &mut Ctx) -> bool {
        self.send_acknowledgements(ctx, false);
        if !self.fetcher.is_settled() {
            return false;
        }
        self.application.step = match self.application.open.is_empty() {
            true => Step::Polling,
            false => Step::Waiting,
        };
        true
    }

    /// Ends the sessions, which gives back what is not acknowledged; then leaves the group.
    fn close_step(&mut self, ctx: &mut Ctx) -> bool {
        if !self.fetcher.has_no_sessions() {
            self.send_acknowledgements(ctx, true);
        }
        if !self.fetcher.has_no_sessions() {
            return false;
        }
        if !self.member.is_out() {
            self.member.leave();
            self.keep_membership(ctx);
        }
        if self.member.is_out() {
            let polite = self.application.polite;
            self.finish(ctx, polite);
        }
        false
    }

    /// A call failed with an error that the application survives.
    pub(super) fn complain(&mut self, ctx: &mut Ctx, doing: &str, error: &str) {
        let error = Name::from(error);
        self.application.last_error = Some(error.clone());
        ctx.emit(Event::ClientError {
            doing: doing.into(),
            error,
        });
    }

    /// An exception that the application does not survive: it closes the consumer and ends.
    pub(super) fn fatal(&mut self, ctx: &mut Ctx, doing: &str, error: &str) {
        self.complain(ctx, doing, error);
        self.application.closing = true;
        self.application.polite = false;
        // Whoever was refused has nothing to leave.
        self.member.epoch = 0;
    }
}
