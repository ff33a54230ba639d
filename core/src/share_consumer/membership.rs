//! Being a member of a share group (`ShareHeartbeatRequestManager`, `ShareMembershipManager`): heartbeats bring the member its epoch
//! and its partitions. A member that the coordinator does not know (any more) joins anew under the same id; one whose
//! application has not called poll() for `max.poll.interval.ms` leaves, and comes back with the next poll().

use super::{Asked, ShareConsumer, backoff};
use crate::client::{Alarm, Lane};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, Name, TopicPartition};
use crate::protocol::{
    ErrorCode, Request, ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse,
};
use crate::rng::Rng;
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Where the membership stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Wants in, or is in.
    Member,
    /// Says good-bye with its next heartbeat.
    Leaving,
    /// Out.
    Out,
}

/// All of it.
#[derive(Clone, Debug)]
pub(super) struct Membership {
    pub(super) id: Name,
    pub(super) epoch: i32,
    pub(super) assigned: Vec<TopicPartition>,
    state: State,
    coordinator: Option<BrokerId>,
    finding: bool,
    find_at: SimTime,
    waiting: bool,
    /// The coordinator has not heard of the subscription yet.
    tell_topics: bool,
    next: SimTime,
    failures: u32,
    pub(super) alarm: Alarm,
}

impl Membership {
    pub(super) fn new() -> Self {
        Self {
            id: Name::from(""),
            epoch: 0,
            assigned: Vec::new(),
            state: State::Member,
            coordinator: None,
            finding: false,
            find_at: SimTime::ZERO,
            waiting: false,
            tell_topics: true,
            next: SimTime::ZERO,
            failures: 0,
            alarm: Alarm::new(Timer::Heartbeat),
        }
    }

    /// The member makes its own id.
    pub(super) fn make_id(&mut self, client: &str, rng: &mut Rng) {
        let (high, low) = (rng.next_u64(), rng.next_u64());
        self.id = alloc::format!("{client}-{high:016x}{low:016x}").into();
    }

    pub(super) fn subscription_changed(&mut self) {
        self.tell_topics = true;
        self.next = SimTime::ZERO;
    }

    pub(super) fn is_out(&self) -> bool {
        self.state == State::Out
    }

    /// The next heartbeat says good-bye; nothing to say if the group never took it in.
    pub(super) fn leave(&mut self) {
        if self.state == State::Member {
            self.state = match self.epoch == 0 && !self.waiting {
                true => State::Out,
                false => State::Leaving,
            };
            self.next = SimTime::ZERO;
        }
    }

    fn reset(&mut self) {
        self.epoch = 0;
        self.tell_topics = true;
    }
}

impl ShareConsumer {
    /// The application has called poll(): a member that left for its silence comes back.
    pub(super) fn rejoin(&mut self) {
        if self.member.state == State::Out {
            self.member.state = State::Member;
            self.member.next = SimTime::ZERO;
            self.member.reset();
        }
    }

    /// Sends the next heartbeat when it is due.
    pub(super) fn keep_membership(&mut self, ctx: &mut Ctx) {
        let limit = Duration::millis(self.config.max_poll_interval_ms);
        if self.member.state == State::Member && self.application.overdue(ctx.now, limit) {
            self.member.leave();
        }
        if self.member.waiting || self.member.state == State::Out {
            return;
        }
        let Some(coordinator) = self.coordinator(ctx) else {
            return;
        };
        if self.member.next > ctx.now {
            self.member.alarm.want(ctx, self.member.next);
            return;
        }
        let last = self.member.state == State::Leaving;
        let joins = self.member.epoch == 0 || self.member.tell_topics;
        let request = Request::ShareGroupHeartbeat(Box::new(ShareGroupHeartbeatRequest {
            group: self.group.clone(),
            member_id: self.member.id.clone(),
            member_epoch: if last { -1 } else { self.member.epoch },
            topics: (joins && !last).then(|| self.topics.to_vec()),
        }));
        self.member.waiting = true;
        self.member.tell_topics = false;
        let to = (coordinator, Lane::Coordinator);
        let timeout = self.request_timeout();
        let asked = Asked::Heartbeat(last);
        self.connections.send(ctx, to, request, timeout, asked);
    }

    /// The coordinator, if it is known and can be reached; looks for it otherwise.
    fn coordinator(&mut self, ctx: &mut Ctx) -> Option<BrokerId> {
        if let Some(broker) = self.member.coordinator {
            if self.connections.retry_at(broker, Lane::Coordinator) <= ctx.now {
                return Some(broker);
            }
            self.member.coordinator = None;
        }
        if self.member.finding {
            return None;
        }
        if self.member.find_at > ctx.now {
            self.retry.want(ctx, self.member.find_at);
            return None;
        }
        match self.any_broker(ctx) {
            Ok(broker) => {
                self.member.finding = true;
                let request = Request::FindCoordinator(self.group.clone());
                let timeout = self.request_timeout();
                let to = (broker, Lane::Data);
                self.connections
                    .send(ctx, to, request, timeout, Asked::FindCoordinator);
            }
            Err(until) => self.retry.want(ctx, until),
        }
        None
    }

    pub(super) fn on_coordinator(
        &mut self,
        ctx: &mut Ctx,
        error: ErrorCode,
        broker: Option<BrokerId>,
    ) {
        self.member.finding = false;
        self.member.coordinator = broker.filter(|_| error.is_ok());
        if self.member.coordinator.is_none() {
            self.member.find_at = ctx.now + self.back_off(ctx);
        } else {
            self.member.failures = 0;
        }
    }

    fn back_off(&mut self, ctx: &mut Ctx) -> Duration {
        let wait = backoff(&self.config).after(self.member.failures, ctx.rng);
        self.member.failures += 1;
        wait
    }

    pub(super) fn coordinator_lost(&mut self, broker: BrokerId) {
        if self.member.coordinator == Some(broker) {
            self.member.coordinator = None;
        }
    }

    pub(super) fn on_heartbeat(
        &mut self,
        ctx: &mut Ctx,
        last: bool,
        response: ShareGroupHeartbeatResponse,
    ) {
        self.member.waiting = false;
        if last {
            return self.left(ctx);
        }
        // A refusal may come from a coordinator that was replaced after it had stored the member's step: only a member that tells
        // everything gets its assignment again (`resetHeartbeatState`).
        self.member.tell_topics |= !response.error.is_ok();
        match response.error {
            ErrorCode::None => {
                self.member.failures = 0;
                self.member.epoch = response.member_epoch;
                let interval = Duration::millis(response.heartbeat_interval_ms);
                self.member.next = match self.member.state {
                    State::Leaving => ctx.now,
                    _ => ctx.now + interval,
                };
                if let Some(assignment) = response.assignment {
                    self.take_assignment(ctx, assignment);
                }
            }
            ErrorCode::UnknownMemberId | ErrorCode::FencedMemberEpoch => {
                self.take_assignment(ctx, Vec::new());
                self.member.reset();
                self.member.next = ctx.now;
            }
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.member.coordinator = None;
                self.beat_later(ctx);
            }
            error if error.is_retriable() => self.beat_later(ctx),
            error => self.fatal(ctx, "ShareGroupHeartbeat", error.name()),
        }
    }

    fn beat_later(&mut self, ctx: &mut Ctx) {
        self.member.next = ctx.now + self.back_off(ctx);
    }

    pub(super) fn heartbeat_failed(&mut self, ctx: &mut Ctx, to: BrokerId, last: bool) {
        self.member.waiting = false;
        self.coordinator_lost(to);
        if last {
            return self.left(ctx);
        }
        // Whatever it said may not have arrived.
        self.member.tell_topics = true;
        self.beat_later(ctx);
    }

    fn left(&mut self, ctx: &mut Ctx) {
        self.member.state = State::Out;
        self.member.reset();
        self.take_assignment(ctx, Vec::new());
    }

    fn take_assignment(&mut self, ctx: &mut Ctx, assignment: Vec<TopicPartition>) {
        let before = core::mem::replace(&mut self.member.assigned, assignment);
        let gone = |tp: &&TopicPartition| !self.member.assigned.contains(tp);
        let revoked: Vec<_> = before.iter().filter(gone).copied().collect();
        let is_new = |tp: &&TopicPartition| !before.contains(tp);
        let added: Vec<_> = self
            .member
            .assigned
            .iter()
            .filter(is_new)
            .copied()
            .collect();
        if !revoked.is_empty() {
            ctx.emit(Event::Revoked {
                partitions: revoked,
            });
        }
        if !added.is_empty() {
            ctx.emit(Event::ShareAssigned {
                epoch: self.member.epoch,
                partitions: added,
            });
        }
    }
}
