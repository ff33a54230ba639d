//! A producer: an application that sends records, and the client that takes them to the brokers (`KafkaProducer`, `Sender`).
//!
//! A record goes through four places, a file each:
//! 1. [`application`](self): `send()` calls, by hand or at a rate, one after the other. A call blocks while the topic is not in the
//!    metadata or the buffer is full, for at most `max.block.ms`.
//! 2. `accumulator`: it joins a batch of its partition.
//! 3. `sender`: the batch is sent when it is full or has lingered, and again after errors that may pass, until it is acknowledged
//!    or `delivery.timeout.ms` is over.
//! 4. `sequences`: with idempotence every batch carries a number, so that no retry is written twice or out of order.
//!
//! Simplified: no transactions, no compression, no interceptors; the sender thread runs right after the application
//! thread instead of beside it; settings change while running (Kafka needs a new producer).

mod accumulator;
mod application;
mod batch;
mod drain;
mod sender;
mod sequences;

use crate::client::{Backoff, Connections, Metadata, MetadataTicket};
use crate::command::ProducerSpec;
use crate::config::{ConfigSet, ProducerConfig};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, ClientId, Name, NodeId, Offset, TopicPartition};
use crate::protocol::{Acks, Envelope, ErrorCode, Message, Response};
use crate::sorted::Map;
use crate::time::Duration;
use crate::view::{ProcessState, ProducerView};
use accumulator::{Accumulator, Limits};
use alloc::sync::Arc;
use alloc::vec::Vec;
use application::Application;
use batch::{NO_PRODUCER, ProducerBatch};
use sequences::{Init, Sequences};

/// More requests in flight than this cannot be kept in order.
const MAX_IN_FLIGHT_FOR_IDEMPOTENCE: i64 = 5;

/// What a request was about.
#[derive(Clone, Debug)]
enum Asked {
    Metadata(MetadataTicket),
    InitProducerId,
    Produce(Vec<ProducerBatch>),
    /// Only whether the broker can be reached (Kafka: connecting, and ApiVersions).
    Connect,
}

impl From<MetadataTicket> for Asked {
    fn from(ticket: MetadataTicket) -> Self {
        Self::Metadata(ticket)
    }
}

/// One producer process.
#[derive(Clone, Debug)]
pub struct Producer {
    id: ClientId,
    name: Name,
    config: ProducerConfig,
    configs: Arc<[Name]>,
    application: Application,
    metadata: Metadata,
    connections: Connections<Asked>,
    accumulator: Accumulator,
    sequences: Option<Sequences>,
    sender: sender::SenderState,
    stats: Stats,
    closed: bool,
}

/// What the page shows of the past.
#[derive(Clone, Debug, Default)]
struct Stats {
    acked: u64,
    failed: u64,
    last_ack: Option<(TopicPartition, Offset, u64)>,
    last_error: Option<(Option<TopicPartition>, Name)>,
}

impl Producer {
    /// A process that has not begun; it knows only the bootstrap servers.
    pub fn new(
        id: ClientId,
        name: Name,
        spec: ProducerSpec,
        config: ProducerConfig,
        bootstrap: Vec<BrokerId>,
    ) -> Self {
        let max_age = Duration::millis(config.metadata_max_age_ms);
        Self {
            id,
            name,
            configs: config.texts(),
            application: Application::new(&spec),
            metadata: Metadata::new(bootstrap, max_age, backoff(&config)),
            connections: Connections::default(),
            accumulator: Accumulator::new(limits(&config)),
            sequences: None,
            sender: sender::SenderState::default(),
            stats: Stats::default(),
            closed: false,
            config,
        }
    }

    /// This is the process's life of this number; see [`Connections::begin_life`].
    pub fn begin_life(&mut self, number: u32) {
        self.connections.begin_life(number);
    }

    /// The process begins: it asks who is in the cluster, and for a producer id.
    pub fn start(&mut self, ctx: &mut Ctx) {
        ctx.emit(Event::ClientStarted);
        self.sequences = is_idempotent(&self.config).then(|| Sequences::new(ctx.now));
        self.sender.wake = true;
        self.start_rate(ctx);
        self.work(ctx);
    }

    /// An answer, or the news that a connection broke.
    pub fn on_message(&mut self, ctx: &mut Ctx, envelope: Envelope) {
        if self.closed {
            return;
        }
        match (envelope.message, envelope.from) {
            (Message::Response(correlation, response), from) => {
                if let Some(asked) = self.connections.complete(from, correlation) {
                    self.on_response(ctx, asked, response);
                }
            }
            (Message::Disconnected, NodeId::Broker(broker)) => {
                let failed = self.connections.disconnected(ctx, broker);
                self.on_failed(ctx, failed);
            }
            _ => {}
        }
        self.sender.wake = true;
        self.work(ctx);
    }

    fn on_response(&mut self, ctx: &mut Ctx, asked: Asked, response: Response) {
        match (asked, response) {
            (Asked::Metadata(ticket), Response::Metadata(response)) => {
                let update = self.metadata.update(ctx, ticket, *response);
                ctx.emit(Event::MetadataRefresh {
                    because: update.because,
                });
                self.follow_recreated();
            }
            (Asked::InitProducerId, Response::InitProducerId(error, id, epoch)) => {
                self.on_producer_id(ctx, error, (id, epoch));
            }
            (Asked::Produce(batches), Response::Produce(partitions)) => {
                self.on_produced(ctx, batches, &partitions);
            }
            (Asked::Connect, _) => {}
            // An answer of another kind cannot happen; its question is lost.
            _ => {}
        }
    }

    /// A timer rang.
    pub fn on_timer(&mut self, ctx: &mut Ctx, timer: Timer) {
        if self.closed {
            return;
        }
        match timer {
            Timer::Rate => self.on_rate(ctx),
            Timer::Sender => {
                self.sender.alarm.rang();
                self.sender.wake = true;
            }
            Timer::Metadata => self.metadata.rang(),
            Timer::Deadline => {
                let failed = self.connections.expire(ctx);
                self.on_failed(ctx, failed);
                self.expire_batches(ctx);
                self.want_expiry(ctx);
                self.sender.wake = true;
            }
            _ => return,
        }
        self.work(ctx);
    }

    /// Everything that can go on now: blocked `send()` calls, metadata, batches.
    fn work(&mut self, ctx: &mut Ctx) {
        self.pump(ctx);
        self.ask_metadata(ctx);
        self.send_round(ctx);
        self.ask_metadata(ctx);
        self.want_deadline(ctx);
        self.maybe_finish(ctx);
    }

    fn ask_metadata(&mut self, ctx: &mut Ctx) {
        let (max, timeout) = (
            self.max_in_flight(),
            Duration::millis(self.config.request_timeout_ms),
        );
        self.connections
            .ask_metadata(ctx, &mut self.metadata, max, timeout);
    }

    fn max_in_flight(&self) -> u32 {
        u32::try_from(self.config.max_in_flight).unwrap_or(u32::MAX)
    }

    fn follow_recreated(&mut self) {
        for (from, to) in self.accumulator.recreated(&self.metadata) {
            self.accumulator.rename(from, to);
            if let Some(sequences) = &mut self.sequences {
                sequences.rename(from, to);
            }
        }
    }

    /// Takes over another specification and other settings.
    pub fn reconfigure(&mut self, ctx: &mut Ctx, spec: &ProducerSpec, config: ProducerConfig) {
        self.configs = config.texts();
        self.config = config;
        self.accumulator.configure(limits(&self.config));
        let max_age = Duration::millis(self.config.metadata_max_age_ms);
        self.metadata.configure(max_age, backoff(&self.config));
        match (is_idempotent(&self.config), self.sequences.is_some()) {
            (true, false) => self.sequences = Some(Sequences::new(ctx.now)),
            (false, true) => self.sequences = None,
            _ => {}
        }
        self.application.configure(spec);
        self.want_expiry(ctx);
        self.sender.wake = true;
        self.start_rate(ctx);
        self.work(ctx);
    }

    /// `close()`: sends what is queued, then ends with [`Event::ClientGone`].
    pub fn close(&mut self, ctx: &mut Ctx) {
        if self.closed {
            return;
        }
        self.accumulator.closing = true;
        self.sender.wake = true;
        ctx.disarm(Timer::Rate);
        self.fail_blocked(ctx);
        self.work(ctx);
    }

    fn maybe_finish(&mut self, ctx: &mut Ctx) {
        let producing = |(_, a): (BrokerId, &Asked)| matches!(a, Asked::Produce(_));
        let busy = !self.accumulator.is_empty() || self.connections.iter().any(producing);
        if !self.accumulator.closing || busy || self.closed {
            return;
        }
        self.closed = true;
        self.sender.alarm.cancel(ctx);
        self.metadata.cancel(ctx);
        self.connections.deadline.cancel(ctx);
        ctx.emit(Event::ClientGone { polite: true });
    }

    /// `close()` is over.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its address.
    pub fn id(&self) -> ClientId {
        self.id
    }

    /// Its settings.
    pub fn config(&self) -> &ProducerConfig {
        &self.config
    }

    /// Producer id and epoch, -1 before InitProducerId.
    pub fn producer_id(&self) -> (i64, i16) {
        self.sequences.as_ref().map_or(NO_PRODUCER, |s| s.producer)
    }

    /// Records acknowledged and given up so far.
    pub fn counts(&self) -> (u64, u64) {
        (self.stats.acked, self.stats.failed)
    }

    /// How long the last acknowledged batch took from its making, in microseconds.
    pub fn last_ack_us(&self) -> Option<u64> {
        self.stats.last_ack.map(|(_, _, us)| us)
    }

    /// What a page shows of it.
    pub fn view(&self, state: ProcessState) -> ProducerView {
        let mut batches: Map<TopicPartition, (u32, u32)> = Map::new();
        for batch in self.accumulator.queued() {
            let (records, bytes) = batches.entry(batch.tp).or_default();
            *records += batch.count() as u32;
            *bytes += batch.size();
        }
        ProducerView {
            node: NodeId::Client(self.id),
            name: self.name.clone(),
            state,
            topic: self.application.topic(),
            rate_milli: self.application.rate_milli(),
            keys: self.application.key_names().to_vec(),
            configs: self.configs.clone(),
            producer_id: self.producer_id(),
            batches: batches.into_iter().map(|(tp, (r, b))| (tp, r, b)).collect(),
            in_flight: self.connections.counts().collect(),
            last_ack: self.stats.last_ack,
            last_error: self.stats.last_error.clone(),
            acked: self.stats.acked,
            failed: self.stats.failed,
        }
    }

    /// A send failed for good, or was never begun.
    fn failed(
        &mut self,
        ctx: &mut Ctx,
        tp: Option<TopicPartition>,
        topic: Name,
        error: &str,
        records: i32,
    ) {
        let error = Name::from(error);
        self.stats.failed += records as u64;
        self.stats.last_error = Some((tp, error.clone()));
        ctx.emit(Event::SendFailed {
            tp,
            topic,
            error,
            records,
        });
    }

    /// The wait before try number `attempts` + 1.
    fn backoff(&self, ctx: &mut Ctx, attempts: u32) -> Duration {
        backoff(&self.config).after(attempts, ctx.rng)
    }
}

/// Idempotence needs acks=all, retries and at most five requests in flight; otherwise it is silently off, as in Kafka
/// when it was not asked for by name.
fn is_idempotent(config: &ProducerConfig) -> bool {
    config.enable_idempotence != 0
        && config.acks() == Acks::All
        && config.retries > 0
        && config.max_in_flight <= MAX_IN_FLIGHT_FOR_IDEMPOTENCE
}

fn backoff(config: &ProducerConfig) -> Backoff {
    Backoff::new(config.retry_backoff_ms, config.retry_backoff_max_ms)
}

fn limits(config: &ProducerConfig) -> Limits {
    let bytes = |v: i64| u32::try_from(v).unwrap_or(u32::MAX);
    Limits {
        batch_size: bytes(config.batch_size),
        linger: Duration::millis(config.linger_ms),
        buffer_memory: config.buffer_memory,
        max_request_size: bytes(config.max_request_size),
        delivery_timeout: Duration::millis(config.delivery_timeout_ms),
        round_robin: config.partitioner_class == 1,
        ignore_keys: config.partitioner_ignore_keys != 0,
        adaptive: config.partitioner_adaptive != 0,
    }
}

/// Whether the answer to InitProducerId may come later.
fn may_come_later(error: ErrorCode) -> bool {
    error.is_retriable() || error == ErrorCode::CoordinatorNotAvailable
}

/// InitProducerId still has to be sent.
fn needs_id(sequences: Option<&Sequences>) -> bool {
    sequences.is_some_and(|s| matches!(s.init, Init::At(_)))
}
