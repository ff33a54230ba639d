//! Registration, heartbeats, controlled shutdown, and replaying the metadata log (`BrokerLifecycleManager`).

use super::{Broker, Pending};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerEpoch, BrokerId, NodeId};
use crate::protocol::{
    BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationRequest, ErrorCode,
    MetadataFetchRequest, MetadataFetchResponse, QuorumEpoch, Request,
};
use crate::time::{Duration, SimTime};

/// Before asking another controller, or the same one again (`controller.quorum.retry.backoff.ms` and the reconnect back-off).
const RETRY: Duration = Duration::millis(100);

/// How long a metadata fetch may wait for news.
const MAX_WAIT_MS: i64 = 500;

/// Where a broker process stands (`BrokerState`).
#[derive(Clone, Debug, Default)]
pub(super) struct Lifecycle {
    /// One number a process start.
    incarnation: u64,
    /// -1 before registration.
    pub(super) epoch: BrokerEpoch,
    /// The controller's last word.
    pub(super) fenced: bool,
    /// It has been unfenced in this life: its ports are open.
    pub(super) serving: bool,
    /// SIGTERM was received.
    shutting_down: bool,
    /// A heartbeat's answer is outstanding since then.
    heartbeat_sent: Option<SimTime>,
    /// A metadata fetch's answer is outstanding since then.
    fetch_sent: Option<SimTime>,
    /// Which voter to try next while no leader is known.
    next_voter: usize,
}

impl Broker {
    /// The process starts with what is on disk: logs, high watermarks, metadata log.
    pub fn start(&mut self, ctx: &mut Ctx<'_>) {
        let fresh = Self::new(
            self.id,
            self.rack.clone(),
            self.voters.clone(),
            self.config.clone(),
            self.image.clone(),
        );
        let old = core::mem::replace(self, fresh);
        self.metadata_offset = old.metadata_offset;
        self.metadata_epoch = old.metadata_epoch;
        self.partitions = old.partitions;
        self.next_correlation = old.next_correlation;
        self.next_session = old.next_session;
        self.next_delayed = old.next_delayed;
        let incarnation = ctx.rng.next_u64();
        self.lifecycle = Lifecycle {
            incarnation,
            epoch: -1,
            fenced: true,
            ..Lifecycle::default()
        };
        let topics: alloc::vec::Vec<_> = self.image.topics.keys().copied().collect();
        topics
            .into_iter()
            .for_each(|topic| self.tell_coordinator(topic));
        self.take_replicas_offline();
        self.fetch_metadata(ctx);
        self.register(ctx);
        ctx.arm(Timer::IsrCheck, Duration(self.max_lag().0 / 2));
        let backoff = Duration::millis(self.config.log_cleaner_backoff_ms);
        ctx.arm(Timer::Cleaner, backoff);
        // LogManager waits 30 s before the first retention pass.
        ctx.arm(
            Timer::Retention,
            Duration::millis(self.config.log_retention_check_interval_ms.min(30_000)),
        );
    }

    /// SIGTERM: asks the controller to move leadership away, then stops.
    pub fn shut_down(&mut self, ctx: &mut Ctx<'_>) {
        ctx.emit(Event::ShutdownRequested);
        self.lifecycle.shutting_down = true;
        if self.lifecycle.epoch < 0 {
            return ctx.emit(Event::NodeStopped);
        }
        self.send_heartbeat(ctx);
    }

    /// The controller's last word on whether this broker is part of the cluster.
    pub fn is_fenced(&self) -> bool {
        self.lifecycle.fenced
    }

    /// In controlled shutdown.
    pub fn is_shutting_down(&self) -> bool {
        self.lifecycle.shutting_down
    }

    /// Its epoch, -1 before registration.
    pub fn epoch(&self) -> BrokerEpoch {
        self.lifecycle.epoch
    }

    /// The active controller it knows.
    pub fn controller(&self) -> Option<BrokerId> {
        self.quorum.leader
    }

    /// The controller to talk to: the leader if known, else the voters in turn.
    fn some_controller(&mut self) -> NodeId {
        NodeId::Controller(self.quorum.leader.unwrap_or_else(|| {
            self.lifecycle.next_voter += 1;
            self.voters[self.lifecycle.next_voter % self.voters.len()]
        }))
    }

    pub(super) fn register(&mut self, ctx: &mut Ctx<'_>) {
        if self.lifecycle.epoch >= 0 {
            return;
        }
        ctx.arm(Timer::Registration, Duration(RETRY.0 * 10));
        let Some(controller) = self.quorum.leader else {
            return ctx.arm(Timer::Registration, RETRY);
        };
        let request = BrokerRegistrationRequest {
            broker: self.id,
            incarnation: self.lifecycle.incarnation,
            rack: self.rack.clone(),
            previous_epoch: -1,
        };
        let request = Request::BrokerRegistration(request.into());
        self.ask(
            ctx,
            NodeId::Controller(controller),
            Pending::Registration,
            request,
        );
    }

    pub(super) fn on_registered(
        &mut self,
        ctx: &mut Ctx<'_>,
        error: ErrorCode,
        epoch: BrokerEpoch,
    ) {
        if error == ErrorCode::NotController {
            self.quorum.leader = None;
        }
        if error.is_ok() && self.lifecycle.epoch < 0 {
            self.lifecycle.epoch = epoch;
            ctx.disarm(Timer::Registration);
            self.send_heartbeat(ctx);
        }
    }

    pub(super) fn heartbeat_due(&mut self, ctx: &mut Ctx<'_>) {
        // An answer that does not come within half a session counts as lost (`BrokerToControllerChannelManager`).
        let patience = Duration::millis(self.config.broker_session_timeout_ms / 2);
        match self.lifecycle.heartbeat_sent {
            Some(sent) if ctx.now < sent + patience => {
                ctx.arm_at(Timer::Heartbeat, sent + patience)
            }
            _ => self.send_heartbeat(ctx),
        }
    }

    fn send_heartbeat(&mut self, ctx: &mut Ctx<'_>) {
        if self.lifecycle.epoch < 0 {
            return;
        }
        ctx.arm(
            Timer::Heartbeat,
            Duration::millis(self.config.broker_heartbeat_interval_ms),
        );
        let Some(controller) = self.quorum.leader else {
            self.lifecycle.heartbeat_sent = None;
            return ctx.arm(Timer::Heartbeat, RETRY);
        };
        self.lifecycle.heartbeat_sent = Some(ctx.now);
        let request = BrokerHeartbeatRequest {
            broker: self.id,
            epoch: self.lifecycle.epoch,
            metadata_offset: self.metadata_offset,
            want_fence: false,
            want_shut_down: self.lifecycle.shutting_down,
        };
        let request = Request::BrokerHeartbeat(request);
        self.ask(
            ctx,
            NodeId::Controller(controller),
            Pending::Heartbeat,
            request,
        );
    }

    pub(super) fn on_heartbeat_answer(
        &mut self,
        ctx: &mut Ctx<'_>,
        answer: BrokerHeartbeatResponse,
    ) {
        self.lifecycle.heartbeat_sent = None;
        match answer.error {
            ErrorCode::None => {
                self.lifecycle.fenced = answer.is_fenced;
                self.lifecycle.serving |= !answer.is_fenced;
            }
            ErrorCode::NotController => {
                self.quorum.leader = None;
                return ctx.arm(Timer::Heartbeat, RETRY);
            }
            _ => {}
        }
        if answer.should_shut_down {
            return ctx.emit(Event::NodeStopped);
        }
        // Not unfenced only because this broker had not replayed its own registration: say so as soon as it has.
        let soon = self.lifecycle.fenced || self.lifecycle.shutting_down;
        let interval = Duration::millis(self.config.broker_heartbeat_interval_ms);
        ctx.arm(
            Timer::Heartbeat,
            if soon {
                Duration(RETRY.0.min(interval.0))
            } else {
                interval
            },
        );
    }

    pub(super) fn metadata_fetch_due(&mut self, ctx: &mut Ctx<'_>) {
        let patience = Duration::millis(self.config.controller_quorum_fetch_timeout_ms);
        match self.lifecycle.fetch_sent {
            Some(sent) if ctx.now < sent + patience => {
                ctx.arm_at(Timer::MetadataFetch, sent + patience)
            }
            Some(_) => {
                // The leader does not answer: it may have lost its place; ask around.
                self.quorum.leader = None;
                // The timer has rung: without this, nobody would notice that the next one is lost too.
                self.lifecycle.fetch_sent = None;
                self.fetch_metadata(ctx);
            }
            None => self.fetch_metadata(ctx),
        }
    }

    fn fetch_metadata(&mut self, ctx: &mut Ctx<'_>) {
        let request = MetadataFetchRequest {
            epoch: self.quorum.epoch,
            offset: self.metadata_offset,
            last_epoch: self.metadata_epoch,
            high_watermark: self.metadata_offset,
            max_wait_ms: MAX_WAIT_MS,
        };
        let first_wait = self.lifecycle.fetch_sent.is_none();
        self.lifecycle.fetch_sent = Some(ctx.now);
        if first_wait {
            ctx.arm(
                Timer::MetadataFetch,
                Duration::millis(self.config.controller_quorum_fetch_timeout_ms),
            );
        }
        let controller = self.some_controller();
        self.pending
            .retain(|_, p| !matches!(p, Pending::MetadataFetch));
        self.ask(
            ctx,
            controller,
            Pending::MetadataFetch,
            Request::FetchMetadata(request),
        );
    }

    pub(super) fn on_metadata(&mut self, ctx: &mut Ctx<'_>, fetched: MetadataFetchResponse) {
        self.observe_quorum(fetched.quorum);
        if !fetched.error.is_ok() {
            return self.retry_metadata(ctx);
        }
        if let Some(last) = fetched.entries.last() {
            self.metadata_epoch = last.epoch;
        }
        self.metadata_offset += fetched.entries.len() as i64;
        let records: alloc::vec::Vec<_> = fetched.entries.into_iter().map(|e| e.record).collect();
        self.apply_metadata(ctx, &records);
        self.fetch_metadata(ctx);
    }

    fn retry_metadata(&mut self, ctx: &mut Ctx<'_>) {
        self.lifecycle.fetch_sent = None;
        ctx.arm(Timer::MetadataFetch, RETRY);
    }

    fn observe_quorum(&mut self, seen: QuorumEpoch) {
        if seen.epoch > self.quorum.epoch
            || seen.epoch == self.quorum.epoch && seen.leader.is_some()
        {
            self.quorum = seen;
        }
    }

    pub(super) fn controller_disconnected(&mut self, ctx: &mut Ctx<'_>, controller: BrokerId) {
        if self.quorum.leader == Some(controller) {
            self.quorum.leader = None;
        }
        if self.lifecycle.fetch_sent.is_some() {
            self.retry_metadata(ctx);
        }
        if self.lifecycle.heartbeat_sent.take().is_some() {
            ctx.arm(Timer::Heartbeat, RETRY);
        }
        self.alter_partition_lost(ctx);
        self.controller_requests_lost(ctx);
    }
}
