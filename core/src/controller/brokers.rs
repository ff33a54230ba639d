//! Broker registration, heartbeats, fencing, controlled shutdown (`ClusterControlManager`, `BrokerHeartbeatManager`).

use super::changes::Changes;
use super::{Active, Contact, Controller};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, NodeId, Offset};
use crate::protocol::{
    BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationRequest, Correlation,
    ErrorCode, MetadataRecord, Response,
};
use crate::time::{Duration, SimTime};

/// `BrokerControlState`
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fenced,
    Unfenced,
    ControlledShutdown,
    ShutdownNow,
}

pub(super) fn heartbeat_error(error: ErrorCode) -> BrokerHeartbeatResponse {
    BrokerHeartbeatResponse {
        error,
        is_caught_up: false,
        is_fenced: true,
        should_shut_down: false,
    }
}

impl Active {
    fn state_of(&self, broker: BrokerId) -> State {
        match self.image.brokers.get(&broker) {
            Some(r) if r.fenced => State::Fenced,
            Some(r) if r.in_controlled_shutdown => State::ControlledShutdown,
            Some(_) => State::Unfenced,
            None => State::Fenced,
        }
    }

    fn leads_something(&self, broker: BrokerId) -> bool {
        self.image
            .partitions()
            .any(|(_, _, p)| p.leader == Some(broker))
    }

    /// How far the slowest active broker has replayed the metadata log.
    fn lowest_active_offset(&self) -> Offset {
        let active = self
            .contacts
            .iter()
            .filter(|(b, _)| self.image.brokers.get(b).is_some_and(|r| !r.fenced));
        active
            .map(|(_, c)| c.metadata_offset)
            .min()
            .unwrap_or(Offset::MAX)
    }

    /// `calculateNextBrokerState`
    fn next_state(&self, h: &BrokerHeartbeatRequest) -> State {
        match self.state_of(h.broker) {
            State::Fenced if h.want_shut_down => State::ShutdownNow,
            State::Fenced if !h.want_fence && h.metadata_offset >= h.epoch => State::Unfenced,
            State::Fenced => State::Fenced,
            State::Unfenced if h.want_fence && h.want_shut_down => State::ShutdownNow,
            State::Unfenced if h.want_fence => State::Fenced,
            State::Unfenced if h.want_shut_down && self.leads_something(h.broker) => {
                State::ControlledShutdown
            }
            State::Unfenced if h.want_shut_down => State::ShutdownNow,
            State::Unfenced => State::Unfenced,
            State::ControlledShutdown if self.leads_something(h.broker) => {
                State::ControlledShutdown
            }
            State::ControlledShutdown if self.everybody_saw_shutdown(h.broker) => {
                State::ShutdownNow
            }
            State::ControlledShutdown => State::ControlledShutdown,
            State::ShutdownNow => State::ShutdownNow,
        }
    }

    fn everybody_saw_shutdown(&self, broker: BrokerId) -> bool {
        let offset = self
            .contacts
            .get(&broker)
            .and_then(|c| c.shutdown_offset)
            .unwrap_or(0);
        offset <= self.lowest_active_offset()
    }

    fn has_valid_session(&self, broker: BrokerId, now: SimTime, timeout: Duration) -> bool {
        let fenced = self.image.brokers.get(&broker).is_none_or(|r| r.fenced);
        !fenced
            && self
                .contacts
                .get(&broker)
                .is_some_and(|c| now < c.last + timeout)
    }
}

impl Controller {
    fn session_timeout(&self) -> Duration {
        Duration::millis(self.config.broker_session_timeout_ms)
    }

    pub(super) fn register_broker(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: BrokerRegistrationRequest,
    ) {
        let timeout = self.session_timeout();
        let epoch = self.quorum.log_end();
        let Some(active) = &mut self.active else {
            return;
        };
        let broker = request.broker;
        if let Some(existing) = active.image.brokers.get(&broker) {
            if existing.incarnation == request.incarnation {
                let response = Response::BrokerRegistration(ErrorCode::None, existing.epoch);
                return self.answer_when_committed(ctx, from, correlation, response);
            }
            // The old process may still be alive as far as anybody knows: wait until its session is over.
            if active.has_valid_session(broker, ctx.now, timeout) {
                let error = ErrorCode::DuplicateBrokerRegistration;
                let refused = Response::BrokerRegistration(error, -1);
                return self.answer_when_committed(ctx, from, correlation, refused);
            }
        }
        active.contacts.insert(
            broker,
            Contact {
                last: ctx.now,
                metadata_offset: -1,
                shutdown_offset: None,
            },
        );
        ctx.emit(Event::BrokerRegistered { broker, epoch });
        let mut changes = active.remove_broker(broker);
        changes.records.insert(
            0,
            MetadataRecord::RegisterBroker {
                broker,
                epoch,
                incarnation: request.incarnation,
                rack: request.rack,
            },
        );
        self.carry_out(ctx, changes);
        self.answer_when_committed(
            ctx,
            from,
            correlation,
            Response::BrokerRegistration(ErrorCode::None, epoch),
        );
    }

    pub(super) fn on_heartbeat(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        h: BrokerHeartbeatRequest,
    ) {
        let end = self.quorum.log_end();
        let Some(active) = &mut self.active else {
            return;
        };
        let current = active
            .image
            .brokers
            .get(&h.broker)
            .is_some_and(|r| r.epoch == h.epoch);
        if !current {
            let refused = heartbeat_error(ErrorCode::StaleBrokerEpoch);
            let refused = Response::BrokerHeartbeat(refused);
            return self.answer_when_committed(ctx, from, correlation, refused);
        }
        let (before, next) = (active.state_of(h.broker), active.next_state(&h));
        let contact = active.contacts.entry(h.broker).or_insert(Contact {
            last: ctx.now,
            metadata_offset: -1,
            shutdown_offset: None,
        });
        contact.last = ctx.now;
        contact.metadata_offset = h.metadata_offset;
        if next == State::ControlledShutdown && before != next {
            contact.shutdown_offset = Some(end + 1);
        }
        if before != next {
            self.change_broker_state(ctx, h.broker, before, next);
        }
        let response = BrokerHeartbeatResponse {
            error: ErrorCode::None,
            is_caught_up: h.metadata_offset >= h.epoch,
            is_fenced: matches!(next, State::Fenced | State::ShutdownNow),
            should_shut_down: next == State::ShutdownNow,
        };
        self.answer_when_committed(ctx, from, correlation, Response::BrokerHeartbeat(response));
    }

    fn change_broker_state(
        &mut self,
        ctx: &mut Ctx<'_>,
        broker: BrokerId,
        before: State,
        next: State,
    ) {
        match next {
            State::Unfenced => {
                ctx.emit(Event::BrokerUnfenced { broker });
                self.change_registration(ctx, broker, false, false);
            }
            State::ControlledShutdown => self.change_registration(ctx, broker, false, true),
            State::Fenced | State::ShutdownNow if before != State::Fenced => {
                self.fence(ctx, broker, false)
            }
            State::Fenced | State::ShutdownNow => {}
        }
    }

    /// A broker leaves the cluster: out of every ISR, its leaderships go to others.
    fn fence(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId, expired: bool) {
        ctx.emit(Event::BrokerFenced { broker, expired });
        self.change_registration(ctx, broker, true, false);
    }

    fn change_registration(
        &mut self,
        ctx: &mut Ctx<'_>,
        broker: BrokerId,
        fenced: bool,
        shutting_down: bool,
    ) {
        let Some(active) = &mut self.active else {
            return;
        };
        let Some(registration) = active.image.brokers.get(&broker) else {
            return;
        };
        let in_controlled_shutdown = shutting_down || fenced && registration.in_controlled_shutdown;
        let record = MetadataRecord::BrokerRegistrationChange {
            broker,
            epoch: registration.epoch,
            fenced,
            in_controlled_shutdown,
        };
        let mut changes: Changes = if fenced || shutting_down {
            active.remove_broker(broker)
        } else {
            active.add_broker(broker)
        };
        changes.records.insert(0, record);
        self.carry_out(ctx, changes);
    }

    /// `maybeFenceOneStaleBroker`: one at a time, the one silent for longest first.
    pub(super) fn fence_one_stale_broker(&mut self, ctx: &mut Ctx<'_>) {
        if let Some((broker, last)) = self.most_silent()
            && ctx.now >= last + self.session_timeout()
        {
            self.fence(ctx, broker, true);
        }
        self.arm_session_check(ctx);
    }

    fn most_silent(&self) -> Option<(BrokerId, SimTime)> {
        let active = self.active.as_ref()?;
        let unfenced = active
            .contacts
            .iter()
            .filter(|(b, _)| active.image.brokers.get(b).is_some_and(|r| !r.fenced));
        unfenced
            .map(|(b, c)| (*b, c.last))
            .min_by_key(|(b, last)| (*last, *b))
    }

    fn arm_session_check(&self, ctx: &mut Ctx<'_>) {
        let timeout = self.session_timeout();
        let next = self.most_silent().map_or(ctx.now, |(_, last)| last) + timeout;
        ctx.arm_at(Timer::BrokerSession, next.max(ctx.now));
    }
}
