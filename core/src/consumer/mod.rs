//! A consumer: an application that polls and processes records, and the client behind it (`KafkaConsumer`).
//!
//! Real consumers have two threads, and so does this one, in the same files as Kafka's classes:
//! - the application's: `application` calls poll(), processes what it returned, commits, polls again. Only inside poll() does it
//!   join its group (`rebalance`) with what it wants to read (`subscription`), find its positions (`positions`), fetch (`fetcher`) and commit automatically (`commits`).
//!   Under `group.protocol=consumer` it takes over assignments there (`walk`);
//! - the heartbeat thread's: `membership` (`modern` under `group.protocol=consumer`) finds the coordinator, sends heartbeats, and leaves the group when the application has not
//!   polled for `max.poll.interval.ms`.
//!
//! Simplified: poll() returns when there is something to return, not every 100 ms; no interceptors or transactions; a
//! position is checked against the leader by the Fetch itself instead of OffsetsForLeaderEpoch; after a fetch error a partition
//! is left alone for `retry.backoff.ms` or until new metadata comes.

mod application;
mod assign;
mod commits;
mod fetcher;
mod membership;
mod modern;
mod positions;
mod rebalance;
mod subscription;
mod view;
mod walk;

use crate::client::{Alarm, Backoff, Connections, Failed, Lane, Metadata, MetadataTicket};
use crate::command::ConsumerSpec;
use crate::config::{ConfigSet, ConsumerConfig};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, ClientId, Name, NodeId, TopicPartition};
use crate::protocol::{Envelope, ErrorCode, Message, Request, Response};
use crate::time::{Duration, SimTime};
use alloc::sync::Arc;
use alloc::vec::Vec;
use application::Application;
use commits::{CommitFor, Commits};
use fetcher::Fetcher;
use membership::{Generation, Membership};
use modern::Modern;
use positions::Positions;
use subscription::Wanted;

/// `retry.backoff.max.ms`, which is not a setting here.
const RETRY_BACKOFF_MAX_MS: i64 = 1_000;

/// `max.in.flight.requests.per.connection` of a consumer: practically none.
const MAX_IN_FLIGHT: u32 = 100;

/// What a request was about, with the membership it was sent under where that matters.
#[derive(Clone, Debug)]
enum Asked {
    Metadata(MetadataTicket),
    FindCoordinator,
    JoinGroup(Generation),
    SyncGroup(Generation),
    Heartbeat(Generation),
    Beat(u32),
    LeaveGroup,
    OffsetCommit(CommitFor, Generation),
    OffsetFetch(Arc<[TopicPartition]>),
    ListOffsets(Vec<TopicPartition>),
    Fetch,
}

impl From<MetadataTicket> for Asked {
    fn from(ticket: MetadataTicket) -> Self {
        Self::Metadata(ticket)
    }
}

/// One consumer process.
#[derive(Clone, Debug)]
pub struct Consumer {
    id: ClientId,
    name: Name,
    config: ConsumerConfig,
    configs: Arc<[Name]>,
    group: Name,
    instance: Option<Name>,
    wanted: Wanted,
    /// The topics it is subscribed to, ascending; with a pattern, those that match now.
    topics: Arc<[Name]>,
    metadata: Metadata,
    connections: Connections<Asked>,
    member: Membership,
    modern: Modern,
    positions: Positions,
    fetcher: Fetcher,
    commits: Commits,
    application: Application,
    /// Rings when some back-off is over.
    retry: Alarm,
    closed: bool,
}

impl Consumer {
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
            group: spec.group.clone().unwrap_or_else(|| Name::from("")),
            instance: spec.instance.clone(),
            wanted: Wanted::new(&spec),
            topics: Arc::default(),
            metadata: Metadata::new(bootstrap, max_age, backoff(&config)),
            connections: Connections::default(),
            member: Membership::new(),
            modern: Modern::new(config.group_protocol != 0),
            positions: Positions::default(),
            fetcher: Fetcher::default(),
            commits: Commits::default(),
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
        self.name_member(ctx);
        self.commits.next_auto = ctx.now + Duration::millis(self.config.auto_commit_interval_ms);
        self.follow_subscription();
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
        match (asked, response) {
            (Asked::Metadata(ticket), Response::Metadata(response)) => {
                let update = self.metadata.update(ctx, ticket, *response);
                ctx.emit(Event::MetadataRefresh {
                    because: update.because,
                });
                self.positions.follow_leaders(&self.metadata);
                self.subscription_news();
                self.maybe_lead(ctx);
            }
            (Asked::FindCoordinator, Response::FindCoordinator(error, broker)) => {
                self.on_coordinator(ctx, error, broker);
            }
            (Asked::JoinGroup(sent), Response::JoinGroup(response)) => {
                self.on_joined(ctx, &sent, *response);
            }
            (Asked::SyncGroup(sent), Response::SyncGroup(response)) => {
                self.on_synced(ctx, &sent, *response);
            }
            (Asked::Heartbeat(sent), Response::Heartbeat(error)) => {
                self.on_heartbeat(ctx, &sent, error);
            }
            (Asked::Beat(number), Response::ConsumerGroupHeartbeat(response)) => {
                self.on_beat(ctx, number, *response);
            }
            (Asked::LeaveGroup, Response::LeaveGroup(_) | Response::ConsumerGroupHeartbeat(_)) => {
                self.left();
            }
            (Asked::OffsetCommit(what, sent), Response::OffsetCommit(partitions)) => {
                self.on_committed(ctx, what, &sent, &partitions);
            }
            (Asked::OffsetFetch(wanted), Response::OffsetFetch(error, offsets)) => {
                self.on_offsets(ctx, &wanted, error, &offsets);
            }
            (Asked::ListOffsets(wanted), Response::ListOffsets(partitions)) => {
                self.on_listed(ctx, &wanted, &partitions);
            }
            (Asked::Fetch, Response::Fetch(response)) => {
                if let NodeId::Broker(broker) = from {
                    self.fetcher.on_fetched(broker, *response);
                }
            }
            // An answer of another kind cannot happen; its question is lost.
            _ => {}
        }
    }

    /// Requests that will not be answered.
    fn on_failed(&mut self, ctx: &mut Ctx, failed: Vec<Failed<Asked>>) {
        for Failed { to, remembered, .. } in failed {
            match remembered {
                Asked::Metadata(_) => self.metadata.failed(ctx),
                Asked::FindCoordinator => {
                    self.on_coordinator(ctx, ErrorCode::NetworkException, None);
                }
                Asked::JoinGroup(_) | Asked::SyncGroup(_) => self.join_disconnected(to),
                Asked::Heartbeat(_) => self.heartbeat_failed(ctx, to),
                Asked::Beat(number) => self.beat_failed(ctx, number, to),
                Asked::LeaveGroup => self.left(),
                Asked::OffsetCommit(what, _) => {
                    self.coordinator_lost(to);
                    self.commit_done(ctx, what, commits::Outcome::Retriable);
                }
                Asked::OffsetFetch(_) => {
                    self.coordinator_lost(to);
                    self.offsets_failed(ctx);
                }
                Asked::ListOffsets(wanted) => {
                    let at = ctx.now + Duration::millis(self.config.retry_backoff_ms);
                    self.positions.retry_resets(&wanted, at);
                }
                Asked::Fetch => self.fetcher.forget_session(to),
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
            Timer::Heartbeat => self.member.heartbeat.rang(),
            Timer::Coordination => self.retry.rang(),
            Timer::Poll => self.commits.alarm.rang(),
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
        self.heartbeat_thread(ctx);
        self.application_thread(ctx);
        if self.closed {
            return;
        }
        if self.modern.on {
            self.modern_thread(ctx);
        }
        self.ask_metadata(ctx);
        self.want_deadline(ctx);
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

    fn retry_backoff(&self) -> Duration {
        Duration::millis(self.config.retry_backoff_ms)
    }

    /// The deadlines beside those of requests: the session, and a blocking commit.
    fn want_deadline(&mut self, ctx: &mut Ctx) {
        let at = self.member.session_deadline().min(self.commits.deadline());
        self.connections.deadline.want(ctx, at.max(ctx.now));
    }

    /// Takes over another specification and other settings.
    pub fn reconfigure(&mut self, ctx: &mut Ctx, spec: &ConsumerSpec, config: ConsumerConfig) {
        self.configs = config.texts();
        self.config = config;
        let max_age = Duration::millis(self.config.metadata_max_age_ms);
        self.metadata.configure(max_age, backoff(&self.config));
        self.application.configure(spec);
        self.resubscribe(ctx, spec);
        self.work(ctx);
    }

    /// close(): after the records of the last poll are processed, commit (with auto-commit) and leave the group.
    /// Ends with [`Event::ClientGone`].
    pub fn close(&mut self, ctx: &mut Ctx) {
        self.application.ask_to_close();
        self.work(ctx);
    }

    /// close() is over.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    fn finish(&mut self, ctx: &mut Ctx, polite: bool) {
        self.closed = true;
        self.metadata.cancel(ctx);
        self.member.heartbeat.cancel(ctx);
        self.retry.cancel(ctx);
        self.commits.alarm.cancel(ctx);
        self.application.interval.cancel(ctx);
        self.connections.deadline.cancel(ctx);
        ctx.emit(Event::ClientGone { polite });
    }

    /// Sends a request to the coordinator, over its own connection.
    fn ask_coordinator(
        &mut self,
        ctx: &mut Ctx,
        request: Request,
        timeout: Duration,
        asked: Asked,
    ) {
        if let Some(broker) = self.member.coordinator {
            let to = (broker, Lane::Coordinator);
            self.connections.send(ctx, to, request, timeout, asked);
        }
    }
}

fn backoff(config: &ConsumerConfig) -> Backoff {
    Backoff::new(config.retry_backoff_ms, RETRY_BACKOFF_MAX_MS)
}
