//! Being a member by the consumer protocol (KIP-848; `AbstractMembershipManager`, `ConsumerHeartbeatRequestManager`).
//!
//! One request says everything, and only what changed: the heartbeat. It goes out at once to join or to acknowledge, else at the
//! interval the coordinator asks for. An assignment in its answer is a target: the next poll() walks there (`walk`) and the
//! heartbeat after it acknowledges. Fenced (or thrown out), a member drops everything and joins again with epoch 0 under the id
//! that it made itself when it started.

use super::membership::{MemberState, Prepare};
use super::{Asked, Consumer, backoff};
use crate::effect::Ctx;
use crate::event::Event;
use crate::group::new_member_id;
use crate::id::{BrokerId, Name, TopicPartition};
use crate::protocol::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, JOIN_EPOCH,
    LEAVE_EPOCH, LEAVE_STATIC_EPOCH, Request,
};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Where the member is (`MemberState` of the client).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// poll() was not called yet, or the member has left.
    Unsubscribed,
    /// The next heartbeat joins.
    Joining,
    /// There is an assignment to take over.
    Reconciling,
    /// The next heartbeat says what the member owns now.
    Acknowledging,
    /// Nothing to do.
    Stable,
    /// The coordinator does not want it: poll() drops everything, then it joins again.
    Fenced,
    /// It left because poll() was not called in time: the next one drops everything.
    Stale,
    /// It will never join again.
    Fatal,
}

/// An assignment, and how many came before it; two are the same only if nothing came between them.
pub(super) type Local = (u32, Vec<TopicPartition>);

/// An assignment with the names of its topics, and its number.
pub(super) type Walk = (u32, Vec<(TopicPartition, Name)>);

/// What the coordinator was told last; `None`: to be told (again).
#[derive(Clone, Default)]
struct Told {
    rebalance_timeout_ms: Option<i64>,
    topics: Option<Arc<[Name]>>,
    assignor: Option<i64>,
    owned: Option<Local>,
}

/// All of it.
#[derive(Clone)]
pub(super) struct Modern {
    /// The process was started with `group.protocol=consumer`.
    pub(super) on: bool,
    pub(super) state: State,
    /// What it is to own.
    pub(super) target: Option<Local>,
    /// What it has taken over.
    pub(super) current: Option<Local>,
    /// What it is about to take over: that is finished even if another target comes meanwhile (`reconciliationInProgress`).
    pub(super) walking: Option<Walk>,
    told: Told,
    interval: Duration,
    beat_at: SimTime,
    failures: u32,
    not_before: SimTime,
    /// Number of the heartbeat that is on its way.
    waiting: Option<u32>,
    sent: u32,
    /// The journal knows that it joins.
    announced: bool,
}

impl core::fmt::Debug for Modern {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Modern")
    }
}

impl Modern {
    pub(super) fn new(on: bool) -> Self {
        Self {
            on,
            state: State::Unsubscribed,
            target: None,
            current: None,
            walking: None,
            told: Told::default(),
            interval: Duration::ZERO,
            beat_at: SimTime::ZERO,
            failures: 0,
            not_before: SimTime::ZERO,
            waiting: None,
            sent: 0,
            announced: false,
        }
    }

    pub(super) fn join(&mut self) {
        self.state = State::Joining;
        self.target = None;
        self.current = None;
        self.announced = false;
    }

    fn is_out(&self) -> bool {
        use State::{Fatal, Fenced, Stale, Unsubscribed};
        matches!(self.state, Unsubscribed | Fenced | Stale | Fatal)
    }
}

impl Consumer {
    /// The member makes its own id, once in its life.
    pub(super) fn name_member(&mut self, ctx: &mut Ctx) {
        if self.modern.on {
            self.member.me.member_id = new_member_id(ctx.rng, &self.name);
        }
    }

    /// The background thread: heartbeats.
    pub(super) fn modern_thread(&mut self, ctx: &mut Ctx) {
        if self.modern.is_out() {
            return;
        }
        // Without a coordinator nothing is looked at, not even how long ago poll() was called.
        if !self.coordinator_ready(ctx) {
            return;
        }
        if self.application.overdue(ctx.now, self.max_poll_interval()) {
            self.say_goodbye(ctx);
            self.modern.state = State::Stale;
            return;
        }
        if self.modern.waiting.is_some() {
            return;
        }
        let at_once = matches!(self.modern.state, State::Joining | State::Acknowledging);
        let due = if at_once {
            self.modern.not_before
        } else {
            self.modern.beat_at.max(self.modern.not_before)
        };
        if due <= ctx.now {
            self.send_beat(ctx);
        } else {
            self.member.heartbeat.want(ctx, due);
        }
    }

    fn send_beat(&mut self, ctx: &mut Ctx) {
        let joins = self.modern.state == State::Joining;
        if joins && !core::mem::replace(&mut self.modern.announced, true) {
            ctx.emit(Event::Joining {
                group: self.group.clone(),
            });
        }
        if joins {
            self.modern.told = Told::default();
        }
        let request = self.beat_request(joins);
        self.modern.sent += 1;
        self.modern.waiting = Some(self.modern.sent);
        self.modern.beat_at = ctx.now + self.modern.interval;
        if self.modern.state == State::Acknowledging {
            self.modern.state = if self.modern.target == self.modern.current {
                State::Stable
            } else {
                State::Reconciling
            };
        }
        let asked = Asked::Beat(self.modern.sent);
        let timeout = self.request_timeout();
        let request = Request::ConsumerGroupHeartbeat(Box::new(request));
        self.ask_coordinator(ctx, request, timeout, asked);
    }

    /// Says what the coordinator was not told yet (`HeartbeatState.buildRequestData`).
    fn beat_request(&mut self, joins: bool) -> ConsumerGroupHeartbeatRequest {
        let config = &self.config;
        let told = &mut self.modern.told;
        let timeout = Some(config.max_poll_interval_ms);
        let timeout_news = core::mem::replace(&mut told.rebalance_timeout_ms, timeout) != timeout;
        let topics_news = told.topics.replace(self.topics.clone()) != told.topics;
        let wanted = Some(config.group_remote_assignor);
        let assignor_news = core::mem::replace(&mut told.assignor, wanted) != wanted;
        let owned = self.modern.current.clone();
        let owned_news = core::mem::replace(&mut told.owned, owned.clone()) != owned;
        let assignor = ["uniform", "range"].get((config.group_remote_assignor - 1) as usize);
        let epoch = self.member.me.generation.max(JOIN_EPOCH);
        ConsumerGroupHeartbeatRequest {
            group: self.group.clone(),
            client_id: self.name.clone(),
            member_id: self.member.me.member_id.clone(),
            member_epoch: if joins { JOIN_EPOCH } else { epoch },
            group_instance_id: self.instance.clone(),
            rebalance_timeout_ms: if timeout_news {
                config.max_poll_interval_ms
            } else {
                -1
            },
            topics: topics_news.then(|| self.topics.to_vec()),
            assignor: assignor.filter(|_| assignor_news).map(|a| Name::from(*a)),
            owned: (joins || owned_news).then(|| owned.map_or_else(Vec::new, |(_, list)| list)),
        }
    }

    pub(super) fn on_beat(
        &mut self,
        ctx: &mut Ctx,
        number: u32,
        response: ConsumerGroupHeartbeatResponse,
    ) {
        if self.modern.waiting != Some(number) {
            return;
        }
        self.modern.waiting = None;
        if response.error.is_ok() {
            self.modern.failures = 0;
            self.beaten(ctx, response);
        } else {
            self.beat_refused(ctx, response.error);
        }
    }

    fn beaten(&mut self, ctx: &Ctx, response: ConsumerGroupHeartbeatResponse) {
        let interval = Duration::millis(response.heartbeat_interval_ms);
        if interval != self.modern.interval {
            self.modern.interval = interval;
            self.modern.beat_at = ctx.now + interval;
        }
        if self.modern.is_out() {
            return;
        }
        self.member.me.generation = response.member_epoch;
        self.member.state = MemberState::Stable;
        let Some(assignment) = response.assignment else {
            return;
        };
        let count = self.modern.target.as_ref().map_or(0, |(n, _)| *n);
        if self
            .modern
            .target
            .as_ref()
            .is_none_or(|(_, t)| *t != assignment)
        {
            self.modern.target = Some((count + 1, assignment));
        }
        if self.modern.target != self.modern.current {
            self.modern.state = State::Reconciling;
        } else if matches!(self.modern.state, State::Reconciling | State::Joining) {
            self.modern.state = State::Stable;
        }
    }

    fn beat_refused(&mut self, ctx: &mut Ctx, error: ErrorCode) {
        self.beat_later(ctx);
        match error {
            // As soon as the coordinator is found.
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.beat_at_once();
                self.coordinator_unknown(ctx);
            }
            // As soon as the partitions are dropped.
            ErrorCode::FencedMemberEpoch | ErrorCode::UnknownMemberId => {
                self.beat_at_once();
                if !self.modern.is_out() {
                    self.fall_out(State::Fenced);
                }
            }
            ErrorCode::UnreleasedInstanceId => {
                self.beat_fatal(ctx, "UnreleasedInstanceIdException")
            }
            ErrorCode::FencedInstanceId => self.beat_fatal(ctx, "FencedInstanceIdException"),
            retriable if retriable.is_retriable() => {}
            other => self.beat_fatal(ctx, other.name()),
        }
    }

    fn beat_fatal(&mut self, ctx: &mut Ctx, error: &str) {
        self.fall_out(State::Fatal);
        self.fatal(ctx, "ConsumerGroupHeartbeat", error);
    }

    /// The membership is over; partitions are dropped by the next poll().
    fn fall_out(&mut self, state: State) {
        self.modern.state = state;
        self.member.me.generation = -1;
        self.member.state = MemberState::Unjoined;
        self.member.prepare = Prepare::Idle;
        self.modern.walking = None;
    }

    /// The next one goes out without back-off.
    fn beat_at_once(&mut self) {
        self.modern.failures = 0;
        self.modern.not_before = SimTime::ZERO;
    }

    /// The next one tells everything, and does not wait for the interval.
    fn beat_later(&mut self, ctx: &mut Ctx) {
        self.modern.beat_at = ctx.now;
        let wait = backoff(&self.config).after(self.modern.failures, ctx.rng);
        self.modern.failures += 1;
        self.modern.not_before = ctx.now + wait;
        self.modern.told = Told::default();
    }

    /// The heartbeat was lost.
    pub(super) fn beat_failed(&mut self, ctx: &mut Ctx, number: u32, to: BrokerId) {
        self.coordinator_lost(to);
        if self.modern.waiting == Some(number) {
            self.modern.waiting = None;
            self.beat_later(ctx);
        }
    }

    /// Leaves: for good, or, as a static member, for a while. True if that could be said.
    pub(super) fn say_goodbye(&mut self, ctx: &mut Ctx) -> bool {
        let says = !self.modern.is_out() && self.coordinator_ready(ctx);
        if says {
            let leave = match self.instance {
                Some(_) => LEAVE_STATIC_EPOCH,
                None => LEAVE_EPOCH,
            };
            let request = ConsumerGroupHeartbeatRequest {
                group: self.group.clone(),
                client_id: self.name.clone(),
                member_id: self.member.me.member_id.clone(),
                member_epoch: leave,
                group_instance_id: self.instance.clone(),
                rebalance_timeout_ms: -1,
                topics: None,
                assignor: None,
                owned: None,
            };
            let timeout = self.request_timeout();
            let request = Request::ConsumerGroupHeartbeat(Box::new(request));
            self.ask_coordinator(ctx, request, timeout, Asked::LeaveGroup);
        }
        self.modern.waiting = None;
        self.modern.told = Told::default();
        self.fall_out(State::Unsubscribed);
        says
    }
}
