//! The sender: takes batches to the brokers and deals with what comes back (`Sender`).
//!
//! A round: settle sequence numbers, get a producer id if there is none, then send one request to each broker that has something
//! sendable and room for another request in flight, until nothing more can go out. An error that may pass puts the batch back into its
//! queue; other errors, and time, end it.

use super::batch::{ProducerBatch, ProducerId};
use super::sequences::{Init, Renumbered};
use super::{Asked, Producer, may_come_later, needs_id};
use crate::client::{Alarm, Failed, Lane};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, Offset};
use crate::protocol::{Acks, ErrorCode, ProducePartitionResponse, ProduceRequest, Request};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What the sender remembers between rounds.
#[derive(Clone, Debug)]
pub(super) struct SenderState {
    /// Wakes it when a batch has lingered, or a back-off is over.
    pub(super) alarm: Alarm,
    /// There may be something to do for it.
    pub(super) wake: bool,
    init_attempts: u32,
}

impl Default for SenderState {
    fn default() -> Self {
        Self {
            alarm: Alarm::new(Timer::Sender),
            wake: false,
            init_attempts: 0,
        }
    }
}

/// Outcome of one batch.
#[derive(Clone, Copy)]
struct Outcome {
    error: ErrorCode,
    base_offset: Offset,
    log_start: Offset,
}

impl Outcome {
    fn error(error: ErrorCode) -> Self {
        Self {
            error,
            base_offset: -1,
            log_start: -1,
        }
    }
}

impl Producer {
    /// Sends all that can be sent.
    pub(super) fn send_round(&mut self, ctx: &mut Ctx) {
        if !core::mem::take(&mut self.sender.wake) {
            return;
        }
        self.settle(ctx.now);
        if needs_id(self.sequences.as_ref()) {
            self.ask_producer_id(ctx);
        }
        while self.send_once(ctx) {}
    }

    /// Gives batches their new sequence numbers, wherever they are.
    fn settle(&mut self, now: SimTime) {
        let Some(sequences) = &mut self.sequences else {
            return;
        };
        let renumbered = sequences.settle(now);
        if renumbered.is_empty() {
            return;
        }
        let flying = self.connections.iter_mut().filter_map(|a| match a {
            Asked::Produce(batches) => Some(batches.iter_mut()),
            _ => None,
        });
        let all = flying.flatten().chain(self.accumulator.queued_mut());
        for batch in all {
            if let Some(new) = renumbered.iter().find(|r| r.id == batch.id) {
                renumber(batch, new);
            }
        }
    }

    fn ask_producer_id(&mut self, ctx: &mut Ctx) {
        let Some(Init::At(at)) = self.sequences.as_ref().map(|s| s.init) else {
            return;
        };
        if at > ctx.now {
            self.sender.alarm.want(ctx, at);
            return;
        }
        let brokers = self.metadata.brokers();
        let max = self.max_in_flight();
        let Some(broker) = self.connections.least_loaded(ctx, brokers, max) else {
            let retries = brokers
                .iter()
                .map(|b| self.connections.retry_at(*b, Lane::Data));
            if let Some(at) = retries.filter(|at| *at > ctx.now).min() {
                self.sender.alarm.want(ctx, at);
            }
            return;
        };
        let timeout = self.request_timeout();
        let request = Request::InitProducerId;
        let to = (broker, Lane::Data);
        self.connections
            .send(ctx, to, request, timeout, Asked::InitProducerId);
        if let Some(sequences) = &mut self.sequences {
            sequences.init = Init::Waiting;
        }
    }

    pub(super) fn on_producer_id(&mut self, ctx: &mut Ctx, error: ErrorCode, id: ProducerId) {
        if error.is_ok() {
            self.sender.init_attempts = 0;
            if let Some(sequences) = &mut self.sequences {
                sequences.initialized(id);
            }
            return;
        }
        if !may_come_later(error) {
            ctx.emit(Event::ClientError {
                doing: "InitProducerId".into(),
                error: error.name().into(),
            });
        }
        let wait = self.backoff(ctx, self.sender.init_attempts);
        self.sender.init_attempts += 1;
        if let Some(sequences) = &mut self.sequences {
            sequences.init = Init::At(ctx.now + wait);
        }
    }

    fn request_timeout(&self) -> Duration {
        Duration::millis(self.config.request_timeout_ms)
    }

    /// One pass over the brokers; true if something went out.
    fn send_once(&mut self, ctx: &mut Ctx) -> bool {
        let ready = self.accumulator.ready(&self.metadata, ctx.now);
        if ready.leaderless {
            self.metadata.request_update(ErrorCode::LeaderNotAvailable);
        }
        if let Some(at) = ready.next_check {
            self.sender.alarm.want(ctx, at);
        }
        let max = self.max_in_flight();
        let mut sent = false;
        for broker in ready.brokers {
            if self.connections.can_send(broker, ctx.now, max) {
                sent |= self.is_connected(ctx, broker) && self.send_to(ctx, broker);
            } else {
                let retry = self.connections.retry_at(broker, Lane::Data);
                if retry > ctx.now {
                    self.sender.alarm.want(ctx, retry);
                }
            }
        }
        sent
    }

    /// Nobody would miss an acks=0 request that never left: after a connection broke, another one must be open first.
    /// (Requests with an answer find out by themselves.)
    fn is_connected(&mut self, ctx: &mut Ctx, broker: BrokerId) -> bool {
        if self.config.acks() != Acks::None || !self.connections.is_broken(broker) {
            return true;
        }
        let connecting =
            |(to, asked): (BrokerId, &Asked)| to == broker && matches!(asked, Asked::Connect);
        if !self.connections.iter().any(connecting) {
            let (to, timeout) = ((broker, Lane::Data), self.request_timeout());
            let request = Request::Metadata(Some(Vec::new()));
            self.connections
                .send(ctx, to, request, timeout, Asked::Connect);
        }
        false
    }

    fn send_to(&mut self, ctx: &mut Ctx, broker: BrokerId) -> bool {
        let sequences = self.sequences.as_mut();
        let mut batches = self
            .accumulator
            .drain(&self.metadata, broker, ctx.now, sequences);
        if batches.is_empty() {
            return false;
        }
        if self.config.max_in_flight == 1 {
            for batch in &batches {
                self.accumulator.mute(batch.tp, true);
            }
        }
        let acks = self.config.acks();
        let request = Request::Produce(Box::new(ProduceRequest {
            acks,
            timeout_ms: self.config.request_timeout_ms,
            batches: batches.iter_mut().map(|b| (b.tp, b.finish())).collect(),
        }));
        if acks == Acks::None {
            self.connections.send_and_forget(ctx, broker, request);
            for batch in batches {
                self.completed(ctx, batch, Outcome::error(ErrorCode::None));
            }
        } else {
            let (timeout, asked) = (self.request_timeout(), Asked::Produce(batches));
            let to = (broker, Lane::Data);
            self.connections.send(ctx, to, request, timeout, asked);
        }
        true
    }

    /// The broker answered.
    pub(super) fn on_produced(
        &mut self,
        ctx: &mut Ctx,
        batches: Vec<ProducerBatch>,
        partitions: &[ProducePartitionResponse],
    ) {
        for batch in batches {
            let told = partitions.iter().find(|p| p.tp == batch.tp);
            let outcome = told.map_or(Outcome::error(ErrorCode::NetworkException), |p| Outcome {
                error: p.error,
                base_offset: p.base_offset,
                log_start: p.log_start_offset,
            });
            self.completed(ctx, batch, outcome);
        }
    }

    /// Requests that will not be answered.
    pub(super) fn on_failed(&mut self, ctx: &mut Ctx, failed: Vec<Failed<Asked>>) {
        if !failed.is_empty() {
            self.metadata.request_update(ErrorCode::NetworkException);
        }
        for Failed {
            remembered,
            timed_out,
            ..
        } in failed
        {
            let error = if timed_out {
                ErrorCode::RequestTimedOut
            } else {
                ErrorCode::NetworkException
            };
            match remembered {
                Asked::Connect => {}
                Asked::Metadata(_) => self.metadata.failed(ctx),
                Asked::InitProducerId => self.on_producer_id(ctx, error, super::NO_PRODUCER),
                Asked::Produce(batches) => {
                    for batch in batches {
                        self.completed(ctx, batch, Outcome::error(error));
                    }
                }
            }
        }
    }

    fn completed(&mut self, ctx: &mut Ctx, batch: ProducerBatch, outcome: Outcome) {
        let (tp, error) = (batch.tp, outcome.error);
        if error == ErrorCode::MessageTooLarge && batch.count() > 1 && !batch.done {
            self.split(batch);
        } else if error.is_ok() || error == ErrorCode::DuplicateSequenceNumber {
            self.succeed(ctx, batch, outcome.base_offset);
        } else if self.can_retry(&batch, outcome, ctx.now) {
            self.retry(ctx, batch, error);
        } else {
            let adjust = i64::from(batch.attempts) < self.config.retries;
            self.give_up(ctx, batch, error, error.name(), adjust);
        }
        if error.wants_metadata() {
            self.metadata.request_update(error);
        }
        self.accumulator.mute(tp, false);
    }

    fn split(&mut self, batch: ProducerBatch) {
        let idempotent = self.sequences.is_some();
        if let Some(sequences) = &mut self.sequences {
            sequences.forget(&batch);
        }
        let parts = self.accumulator.split(batch, idempotent);
        if let Some(sequences) = &mut self.sequences {
            for part in &parts {
                sequences.track(part);
            }
        }
    }

    fn succeed(&mut self, ctx: &mut Ctx, mut batch: ProducerBatch, base: Offset) {
        if let Some(sequences) = self.sequences.as_mut().filter(|_| batch.has_sequence()) {
            sequences.completed(&batch);
        }
        if batch.done {
            return;
        }
        self.accumulator.release(&mut batch);
        let records = batch.count();
        self.stats.acked += records as u64;
        self.stats.last_ack = Some((batch.tp, base, ctx.now.since(batch.created).0));
        self.stats.last_error = None;
        ctx.emit(Event::Acked {
            tp: batch.tp,
            base,
            records,
        });
    }

    fn can_retry(&mut self, batch: &ProducerBatch, outcome: Outcome, now: SimTime) -> bool {
        let timeout = self.accumulator.limits.delivery_timeout;
        if batch.done
            || batch.created + timeout <= now
            || i64::from(batch.attempts) >= self.config.retries
        {
            return false;
        }
        match &mut self.sequences {
            Some(sequences) => sequences.can_retry(batch, outcome.error, outcome.log_start),
            None => outcome.error.is_retriable(),
        }
    }

    fn retry(&mut self, ctx: &mut Ctx, mut batch: ProducerBatch, error: ErrorCode) {
        let wait = self.backoff(ctx, batch.attempts);
        batch.reenqueued(ctx.now, wait);
        ctx.emit(Event::Retrying {
            tp: batch.tp,
            error,
        });
        self.accumulator.reenqueue(batch, self.sequences.is_some());
    }

    /// The application learns that its records are not (known to be) written.
    fn give_up(
        &mut self,
        ctx: &mut Ctx,
        mut batch: ProducerBatch,
        error: ErrorCode,
        name: &str,
        adjust: bool,
    ) {
        if batch.done {
            return;
        }
        if let Some(sequences) = self.sequences.as_mut().filter(|_| batch.has_sequence()) {
            sequences.failed(&batch, error, adjust);
        }
        self.accumulator.release(&mut batch);
        let topic = self.metadata.topic_by_id(batch.tp.topic);
        let topic = topic.map_or_else(|| self.application.topic(), |t| t.name.clone());
        self.failed(ctx, Some(batch.tp), topic, name, batch.count());
    }

    /// `delivery.timeout.ms` is over for some batches, queued or in flight.
    pub(super) fn expire_batches(&mut self, ctx: &mut Ctx) {
        let mut expired = self.accumulator.expired(ctx.now);
        let timeout = self.accumulator.limits.delivery_timeout;
        for asked in self.connections.iter_mut() {
            let Asked::Produce(batches) = asked else {
                continue;
            };
            for batch in batches.iter_mut() {
                if !batch.done && batch.created + timeout <= ctx.now {
                    expired.push(batch.clone());
                    batch.done = true;
                    batch.buffer = 0;
                }
            }
        }
        for batch in expired {
            let unresolved = batch.in_retry && batch.has_sequence();
            let copy = unresolved.then(|| batch.clone());
            let error = ErrorCode::RequestTimedOut;
            self.give_up(ctx, batch, error, "TimeoutException", false);
            if let (Some(batch), Some(sequences)) = (copy, &mut self.sequences) {
                sequences.unresolved(&batch);
            }
        }
    }

    /// The alarm rang: sets it for the batch that expires next, queued or in flight.
    pub(super) fn want_expiry(&mut self, ctx: &mut Ctx) {
        let timeout = self.accumulator.limits.delivery_timeout;
        let flying = self.connections.iter().filter_map(|(_, a)| match a {
            Asked::Produce(batches) => {
                let open = batches.iter().filter(|b| !b.done);
                open.map(|b| b.created).min()
            }
            _ => None,
        });
        let oldest = flying.min().map_or(SimTime::MAX, |t| t + timeout);
        let at = oldest.min(self.accumulator.next_expiry());
        self.connections.deadline.want(ctx, at);
    }

    /// Sets the alarm for what came just now: a new batch, or a `send()` that blocks.
    pub(super) fn want_deadline(&mut self, ctx: &mut Ctx) {
        let expiry = match self.accumulator.take_begun() {
            true => ctx.now + self.accumulator.limits.delivery_timeout,
            false => SimTime::MAX,
        };
        let at = expiry.min(self.blocks_until());
        self.connections.deadline.want(ctx, at);
    }
}

fn renumber(batch: &mut ProducerBatch, new: &Renumbered) {
    batch.producer = new.producer;
    batch.base_sequence = new.sequence;
    batch.sequence_reset = true;
}
