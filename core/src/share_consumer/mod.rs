//! A share consumer: an application that polls records of a share group, processes them and says what became of each
//! (`KafkaShareConsumer`, KIP-932).
//!
//! As in Kafka, two threads in one: the application's calls poll(), and the network's keeps the membership (`membership`,
//! `ShareHeartbeatRequestManager`) and carries fetches and acknowledgements (`fetch`, `ShareConsumeRequestManager`). poll() with nothing
//! buffered fetches from the leaders of all assigned partitions; acknowledgements of the last batch travel with that. Nothing is
//! fetched while a batch is processed.
//!
//! - implicit mode: the next poll() accepts the batch before; closing instead gives it back;
//! - explicit mode: every record is accepted, released or rejected before the next poll().
//!
//! Simplified: poll() returns when there is something to return; the member id begins with the client's name, so that it can be
//! read.

mod application;
mod fetch;
mod membership;
mod view;

use crate::client::{Alarm, Backoff, Connections, Failed, Metadata, MetadataTicket, subscription};
use crate::command::ConsumerSpec;
use crate::config::{ConfigSet, ConsumerConfig};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, ClientId, Name, NodeId, TopicPartition};
use crate::protocol::{Envelope, ErrorCode, Message, Response};
use crate::time::{Duration, SimTime};
use alloc::sync::Arc;
use alloc::vec::Vec;
use application::Application;
use fetch::Fetcher;
use membership::Membership;

const RETRY_BACKOFF_MAX_MS: i64 = 1_000;
const MAX_IN_FLIGHT: u32 = 100;

/// What a request was about.
#[derive(Clone, Debug)]
enum Asked {
    Metadata(MetadataTicket),
    FindCoordinator,
    /// True: the last one.
    Heartbeat(bool),
    /// With acknowledgements for these partitions.
    ShareFetch(Vec<TopicPartition>),
    ShareAcknowledge(Vec<TopicPartition>),
    EndSession,
}

impl From<MetadataTicket> for Asked {
    fn from(ticket: MetadataTicket) -> Self {
        Self::Metadata(ticket)
    }
}

/// One share consumer process.
#[derive(Clone, Debug)]
pub struct ShareConsumer {
    id: ClientId,
    name: Name,
    config: ConsumerConfig,
    configs: Arc<[Name]>,
    group: Name,
    /// The subscription, ascending.
    topics: Arc<[Name]>,
    metadata: Metadata,
    connections: Connections<Asked>,
    member: Membership,
    fetcher: Fetcher,
    application: Application,
    /// Rings when some back-off is over.
    retry: Alarm,
    closed: bool,
}

impl ShareConsumer {
    /// A process that has not begun; it knows only the bootstrap servers.
    pub fn new(
        id: ClientId,
        name: Name,
        spec: ConsumerSpec,
        config: ConsumerConfig,
        bootstrap: Vec<BrokerId>,
    ) -> Self {
        let max_age = Duration::millis(config.metadata_max_age_ms);
        Self {
            id,
            name,
            configs: config.texts(),
            group: spec.share_group.clone().unwrap_or_else(|| Name::from("")),
            topics: subscription(spec.topics.as_deref().unwrap_or_default()),
            metadata: Metadata::new(bootstrap, max_age, backoff(&config)),
            connections: Connections::default(),
            member: Membership::new(),
            fetcher: Fetcher::default(),
            application: Application::new(&spec),
            retry: Alarm::new(Timer::Coordination),
            closed: false,
            config,
        }
    }

    /// This is the process's life of this number; see [`Connections::begin_life`].
    pub fn begin_life(&mut self, number: u32) {
        self.connections.begin_life(number);
    }

    /// The process begins: subscribe(), then the first poll().
    pub fn start(&mut self, ctx: &mut Ctx) {
        ctx.emit(Event::ClientStarted);
        self.member.make_id(&self.name, ctx.rng);
        self.metadata.set_wanted(&self.topics);
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
                    self.on_response(ctx, from, asked, response);
                }
            }
            (Message::Disconnected, NodeId::Broker(broker)) => {
                let failed = self.connections.disconnected(ctx, broker);
                self.fetcher.forget_session(broker);
                self.coordinator_lost(broker);
                self.metadata.request_update(ErrorCode::NetworkException);
                self.on_failed(ctx, failed);
            }
            _ => {}
        }
        self.work(ctx);
    }

    fn on_response(&mut self, ctx: &mut Ctx, from: NodeId, asked: Asked, response: Response) {
        let NodeId::Broker(broker) = from else {
            return;
        };
        match (asked, response) {
            (Asked::Metadata(ticket), Response::Metadata(response)) => {
                let update = self.metadata.update(ctx, ticket, *response);
                ctx.emit(Event::MetadataRefresh {
                    because: update.because,
                });
            }
            (Asked::FindCoordinator, Response::FindCoordinator(error, broker)) => {
                self.on_coordinator(ctx, error, broker);
            }
            (Asked::Heartbeat(last), Response::ShareGroupHeartbeat(response)) => {
                self.on_heartbeat(ctx, last, *response);
            }
            (Asked::ShareFetch(acked), Response::ShareFetch(response)) => {
                self.on_share_fetched(ctx, broker, &acked, *response);
            }
            (Asked::ShareAcknowledge(acked), Response::ShareAcknowledge(error, partitions)) => {
                self.on_acknowledged(ctx, broker, &acked, error, &partitions);
            }
            (Asked::EndSession, _) => self.fetcher.drop_session(broker),
            // An answer of another kind cannot happen; its question is lost.
            _ => {}
        }
    }

    /// Requests that will not be answered.
    fn on_failed(&mut self, ctx: &mut Ctx, failed: Vec<Failed<Asked>>) {
        let error = ErrorCode::NetworkException;
        for Failed { to, remembered, .. } in failed {
            match remembered {
                Asked::Metadata(_) => self.metadata.failed(ctx),
                Asked::FindCoordinator => self.on_coordinator(ctx, error, None),
                Asked::Heartbeat(last) => self.heartbeat_failed(ctx, to, last),
                Asked::ShareFetch(acked) | Asked::ShareAcknowledge(acked) => {
                    self.fetcher.forget_session(to);
                    self.acknowledgements_failed(ctx, &acked, error);
                }
                Asked::EndSession => self.fetcher.drop_session(to),
            }
        }
    }

    /// A timer rang.
    pub fn on_timer(&mut self, ctx: &mut Ctx, timer: Timer) {
        if self.closed {
            return;
        }
        match timer {
            Timer::Metadata => self.metadata.rang(),
            Timer::Heartbeat => self.member.alarm.rang(),
            Timer::Coordination => self.retry.rang(),
            Timer::PollInterval => self.application.interval.rang(),
            Timer::Processing => self.record_done(ctx),
            Timer::Deadline => {
                let failed = self.connections.expire(ctx);
                if !failed.is_empty() {
                    self.metadata.request_update(ErrorCode::NetworkException);
                }
                self.on_failed(ctx, failed);
            }
            _ => return,
        }
        self.work(ctx);
    }

    /// Both threads go on as far as they can.
    fn work(&mut self, ctx: &mut Ctx) {
        self.ask_metadata(ctx);
        self.keep_membership(ctx);
        self.application_thread(ctx);
        if !self.closed {
            self.ask_metadata(ctx);
        }
    }

    fn ask_metadata(&mut self, ctx: &mut Ctx) {
        let (max, timeout) = (MAX_IN_FLIGHT, self.request_timeout());
        self.connections
            .ask_metadata(ctx, &mut self.metadata, max, timeout);
    }

    /// A broker for a request that any can answer, or when to look again.
    fn any_broker(&self, ctx: &mut Ctx) -> Result<BrokerId, SimTime> {
        self.connections
            .any(ctx, self.metadata.brokers(), MAX_IN_FLIGHT)
    }

    fn request_timeout(&self) -> Duration {
        Duration::millis(self.config.request_timeout_ms)
    }

    /// Takes over another specification and other settings.
    pub fn reconfigure(&mut self, ctx: &mut Ctx, spec: &ConsumerSpec, config: ConsumerConfig) {
        self.configs = config.texts();
        self.config = config;
        let max_age = Duration::millis(self.config.metadata_max_age_ms);
        self.metadata.configure(max_age, backoff(&self.config));
        self.application.configure(spec);
        let topics = spec.topics.as_deref().map(subscription);
        if let Some(topics) = topics.filter(|topics| *topics != self.topics) {
            self.topics = topics;
            self.member.subscription_changed();
            self.metadata.set_wanted(&self.topics);
        }
        self.work(ctx);
    }

    /// close(): after the records of the last poll are processed, give back what is not acknowledged, and leave the group. Ends with
    /// [`Event::ClientGone`].
    pub fn close(&mut self, ctx: &mut Ctx) {
        self.application.ask_to_close();
        self.work(ctx);
    }

    fn finish(&mut self, ctx: &mut Ctx, polite: bool) {
        self.closed = true;
        self.metadata.cancel(ctx);
        self.member.alarm.cancel(ctx);
        self.retry.cancel(ctx);
        self.application.interval.cancel(ctx);
        self.connections.deadline.cancel(ctx);
        ctx.emit(Event::ClientGone { polite });
    }
}

fn backoff(config: &ConsumerConfig) -> Backoff {
    Backoff::new(config.retry_backoff_ms, RETRY_BACKOFF_MAX_MS)
}
