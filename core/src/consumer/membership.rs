//! Being a member of a group (`AbstractCoordinator`, `Heartbeat`): the coordinator, the generation, heartbeats.
//!
//! A member is Unjoined, then Preparing (JoinGroup sent), Completing (SyncGroup sent), Stable. Heartbeats go out in the last two. What
//! the coordinator answers decides: REBALANCE_IN_PROGRESS asks for a new join at the next poll(); ILLEGAL_GENERATION takes the
//! generation away, UNKNOWN_MEMBER_ID the member id too, FENCED_INSTANCE_ID ends the consumer. When the coordinator moves or dies, it
//! is looked for again, and the membership goes on as it was.

use super::{Asked, Consumer, backoff};
use crate::client::{Alarm, Lane};
use crate::effect::{Ctx, Timer};
use crate::id::{BrokerId, Name};
use crate::protocol::{
    ErrorCode, HeartbeatRequest, JoinGroupResponse, LeaveGroupRequest, MemberAssignment, Request,
};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Where a member is in a rebalance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MemberState {
    Unjoined,
    Preparing,
    Completing,
    Stable,
}

/// Under which name and generation the coordinator knows the member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Generation {
    pub(super) generation: i32,
    pub(super) member_id: Name,
    pub(super) protocol: Option<Name>,
}

impl Generation {
    pub(super) fn none() -> Self {
        Self {
            generation: -1,
            member_id: Name::from(""),
            protocol: None,
        }
    }
}

/// The question who coordinates the group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Find {
    /// May be asked at this instant or later.
    At(SimTime),
    /// Asked.
    Waiting,
}

/// How the present join goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Join {
    /// None is going on.
    Idle,
    /// JoinGroup or SyncGroup is on its way.
    Waiting,
    /// The assignment is there; poll() will take it.
    Done(MemberAssignment),
    /// It failed; poll() will look why.
    Failed(ErrorCode),
}

/// The commit before a rebalance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Prepare {
    /// Not begun.
    Idle,
    /// Sent.
    Waiting,
    /// To be tried again then.
    At(SimTime),
    /// Over, well or not.
    Done,
}

/// All of it.
#[derive(Clone, Debug)]
pub(super) struct Membership {
    pub(super) state: MemberState,
    pub(super) me: Generation,
    pub(super) coordinator: Option<BrokerId>,
    find: Find,
    find_attempts: u32,
    /// The next poll() joins (again).
    pub(super) rejoin: bool,
    /// Why; empty the first time.
    pub(super) reason: Name,
    pub(super) needs_prepare: bool,
    pub(super) prepare: Prepare,
    pub(super) prepare_ends: SimTime,
    pub(super) prepare_attempts: u32,
    pub(super) join: Join,
    pub(super) join_at: SimTime,
    /// The last JoinGroup only asked for an id.
    pub(super) id_given: bool,
    /// The subscription of the last JoinGroup.
    pub(super) joined: Option<Arc<[Name]>>,
    pub(super) is_leader: bool,
    /// The generation it assigned last, if it did not know a partition that a member claimed.
    pub(super) led_blind: Option<i32>,
    /// The leader's picture of the topics when it assigned them.
    pub(super) snapshot: Option<Vec<(Name, i32)>>,
    /// What the leader has to assign, once its metadata has had this many updates.
    pub(super) leading: Option<(Box<JoinGroupResponse>, u32)>,
    /// Topics the group's other members subscribe to; only the leader needs them.
    pub(super) group_topics: Vec<Name>,
    /// What the sticky assignor remembers: assignment and generation.
    pub(super) sticky: Option<(MemberAssignment, i32)>,
    pub(super) max_generation: i32,
    /// The metadata had this many updates when an assigned topic was missing in it.
    pub(super) unresolved: Option<u32>,
    /// Another member has the instance id.
    pub(super) fenced: bool,
    pub(super) paused_since: Option<SimTime>,
    /// The heartbeat thread is at work.
    beating: bool,
    pub(super) heartbeat: Alarm,
    heartbeat_at: SimTime,
    heartbeat_failures: u32,
    session_ends: SimTime,
}

impl Membership {
    pub(super) fn new() -> Self {
        Self {
            state: MemberState::Unjoined,
            me: Generation::none(),
            coordinator: None,
            find: Find::At(SimTime::ZERO),
            find_attempts: 0,
            rejoin: true,
            reason: Name::from(""),
            needs_prepare: true,
            prepare: Prepare::Idle,
            prepare_ends: SimTime::MAX,
            prepare_attempts: 0,
            join: Join::Idle,
            join_at: SimTime::ZERO,
            id_given: false,
            joined: None,
            is_leader: false,
            led_blind: None,
            snapshot: None,
            leading: None,
            group_topics: Vec::new(),
            sticky: None,
            max_generation: -1,
            unresolved: None,
            fenced: false,
            paused_since: None,
            beating: false,
            heartbeat: Alarm::new(Timer::Heartbeat),
            heartbeat_at: SimTime::MAX,
            heartbeat_failures: 0,
            session_ends: SimTime::MAX,
        }
    }

    /// The subscription and, for the leader, the other members' topics.
    pub(super) fn metadata_topics(&self, own: &[Name]) -> Vec<Name> {
        let mut topics = own.to_vec();
        topics.extend(self.group_topics.iter().cloned());
        crate::sorted::sort(&mut topics);
        topics.dedup();
        topics
    }

    /// Nobody has heard from the coordinator by then; only while heartbeats go out.
    pub(super) fn session_deadline(&self) -> SimTime {
        if self.beating && self.coordinator.is_some() {
            self.session_ends
        } else {
            SimTime::MAX
        }
    }

    pub(super) fn rebalancing(&self) -> bool {
        matches!(self.state, MemberState::Preparing | MemberState::Completing)
    }

    /// The next poll() joins again; the reason travels in JoinGroup (KIP-800).
    pub(super) fn request_rejoin(&mut self, reason: &str) {
        self.rejoin = true;
        self.reason = Name::from(reason);
    }

    /// The generation is gone because of this answer.
    pub(super) fn reset_on(&mut self, api: &str, error: ErrorCode) {
        let reason = alloc::format!("encountered {error} from {api} response");
        self.reset(error != ErrorCode::IllegalGeneration, &reason);
    }

    /// The generation is gone; the member id too if `member_id`.
    pub(super) fn reset(&mut self, member_id: bool, reason: &str) {
        self.state = MemberState::Unjoined;
        self.me.generation = -1;
        self.me.protocol = None;
        if member_id {
            self.me = Generation::none();
        }
        self.request_rejoin(reason);
        self.needs_prepare = true;
    }

    /// The question who coordinates the group is on its way.
    pub(super) fn finding(&self) -> bool {
        self.find == Find::Waiting
    }

    pub(super) fn stop_beating(&mut self) {
        self.beating = false;
    }
}

impl Consumer {
    /// Whether the coordinator is known and can be reached; looks for it otherwise.
    pub(super) fn coordinator_ready(&mut self, ctx: &mut Ctx) -> bool {
        if let Some(broker) = self.member.coordinator {
            if self.reachable(ctx, broker) {
                return true;
            }
            self.coordinator_lost(broker);
        }
        self.find_coordinator(ctx);
        false
    }

    fn reachable(&self, ctx: &Ctx, broker: BrokerId) -> bool {
        self.connections.retry_at(broker, Lane::Coordinator) <= ctx.now
    }

    fn find_coordinator(&mut self, ctx: &mut Ctx) {
        let Find::At(at) = self.member.find else {
            return;
        };
        if at > ctx.now {
            self.retry.want(ctx, at);
            return;
        }
        match self.any_broker(ctx) {
            Ok(broker) => {
                self.member.find = Find::Waiting;
                let request = Request::FindCoordinator(self.group.clone());
                let timeout = self.request_timeout();
                let to = (broker, Lane::Data);
                self.connections
                    .send(ctx, to, request, timeout, Asked::FindCoordinator);
            }
            Err(until) => self.retry.want(ctx, until),
        }
    }

    pub(super) fn on_coordinator(
        &mut self,
        ctx: &mut Ctx,
        error: ErrorCode,
        broker: Option<BrokerId>,
    ) {
        let found = broker.filter(|b| error.is_ok() && self.reachable(ctx, *b));
        self.member.coordinator = found;
        if found.is_some() {
            self.member.find = Find::At(ctx.now);
            self.member.find_attempts = 0;
            self.member.session_ends = ctx.now + Duration::millis(self.config.session_timeout_ms);
            return self.send_waiting_commits(ctx);
        }
        self.fail_waiting_commits(ctx);
        let wait = backoff(&self.config).after(self.member.find_attempts, ctx.rng);
        self.member.find_attempts += 1;
        self.member.find = Find::At(ctx.now + wait);
        self.metadata.request_update(error);
        if !error.is_ok() && !error.is_retriable() {
            self.fatal(ctx, "FindCoordinator", error.name());
        }
    }

    /// `broker` does not coordinate the group (any more), or cannot be reached.
    pub(super) fn coordinator_lost(&mut self, broker: BrokerId) {
        if self.member.coordinator == Some(broker) {
            self.member.coordinator = None;
        }
    }

    /// The coordinator said that it is not: what is in flight to it is lost too.
    pub(super) fn coordinator_unknown(&mut self, ctx: &mut Ctx) {
        if let Some(broker) = self.member.coordinator.take() {
            let failed = self
                .connections
                .close(ctx, broker, Lane::Coordinator, false);
            self.on_failed(ctx, failed);
        }
    }

    /// The group has taken the member in: heartbeats begin.
    pub(super) fn start_beating(&mut self, ctx: &mut Ctx) {
        self.member.beating = true;
        self.member.heartbeat_at = ctx.now + Duration::millis(self.config.heartbeat_interval_ms);
        self.member.session_ends = ctx.now + Duration::millis(self.config.session_timeout_ms);
        self.application.polled(ctx.now);
    }

    /// What the heartbeat thread does when it wakes up.
    pub(super) fn heartbeat_thread(&mut self, ctx: &mut Ctx) {
        if self.modern.on {
            return self.modern_thread(ctx);
        }
        if !self.member.beating {
            return;
        }
        if matches!(
            self.member.state,
            MemberState::Unjoined | MemberState::Preparing
        ) {
            self.member.beating = false;
            return;
        }
        if self.member.coordinator.is_some() && self.member.session_ends <= ctx.now {
            self.coordinator_unknown(ctx);
        }
        // Nobody leaves a group whose coordinator is not known: who polls again before it is found stays.
        if self.coordinator_ready(ctx) {
            if self.application.overdue(ctx.now, self.max_poll_interval()) {
                self.leave_group(ctx, LeaveGroupRequest::POLL_TIMEOUT);
                return;
            }
            if self.member.heartbeat_at <= ctx.now {
                self.send_heartbeat(ctx);
            }
            self.member.heartbeat.want(ctx, self.member.heartbeat_at);
        }
    }

    pub(super) fn max_poll_interval(&self) -> Duration {
        Duration::millis(self.config.max_poll_interval_ms)
    }

    fn send_heartbeat(&mut self, ctx: &mut Ctx) {
        self.member.heartbeat_at = ctx.now + Duration::millis(self.config.heartbeat_interval_ms);
        let me = self.member.me.clone();
        let request = Request::Heartbeat(Box::new(HeartbeatRequest {
            group: self.group.clone(),
            generation: me.generation,
            member_id: me.member_id.clone(),
            group_instance_id: self.instance.clone(),
        }));
        let timeout = self.request_timeout();
        self.ask_coordinator(ctx, request, timeout, Asked::Heartbeat(me));
    }

    pub(super) fn on_heartbeat(&mut self, ctx: &mut Ctx, sent: &Generation, error: ErrorCode) {
        match error {
            ErrorCode::None => self.heartbeat_received(ctx),
            ErrorCode::RebalanceInProgress => {
                if self.member.state == MemberState::Stable {
                    self.member.request_rejoin("group is already rebalancing");
                }
                self.heartbeat_received(ctx);
            }
            ErrorCode::CoordinatorNotAvailable | ErrorCode::NotCoordinator => {
                self.coordinator_unknown(ctx);
                self.beat_again(ctx);
            }
            ErrorCode::IllegalGeneration
            | ErrorCode::UnknownMemberId
            | ErrorCode::FencedInstanceId => {
                if *sent != self.member.me {
                    // About an earlier generation; but the coordinator is alive.
                    return self.heartbeat_received(ctx);
                }
                self.member.fenced |= error == ErrorCode::FencedInstanceId;
                self.member.reset_on("HEARTBEAT", error);
            }
            _ => self.beat_again(ctx),
        }
    }

    fn heartbeat_received(&mut self, ctx: &mut Ctx) {
        self.member.heartbeat_failures = 0;
        self.member.session_ends = ctx.now + Duration::millis(self.config.session_timeout_ms);
    }

    fn beat_again(&mut self, ctx: &mut Ctx) {
        let wait = backoff(&self.config).after(self.member.heartbeat_failures, ctx.rng);
        self.member.heartbeat_failures += 1;
        self.member.heartbeat_at = ctx.now + wait;
    }

    pub(super) fn heartbeat_failed(&mut self, ctx: &mut Ctx, to: BrokerId) {
        self.coordinator_lost(to);
        self.beat_again(ctx);
    }

    /// `maybeLeaveGroup`: dynamic members say so; the membership is over in any case. True if LeaveGroup was sent.
    pub(super) fn leave_group(&mut self, ctx: &mut Ctx, reason: &str) -> bool {
        if self.modern.on {
            return self.say_goodbye(ctx);
        }
        let joined = self.member.state != MemberState::Unjoined;
        let known = joined && !self.member.me.member_id.is_empty();
        let coordinator = self.member.coordinator;
        let reachable = coordinator.is_some_and(|b| self.reachable(ctx, b));
        let says = known && self.instance.is_none() && reachable;
        if says {
            let request = Request::LeaveGroup(Box::new(LeaveGroupRequest {
                group: self.group.clone(),
                member_id: self.member.me.member_id.clone(),
                group_instance_id: None,
                reason: reason.into(),
            }));
            let timeout = self.request_timeout();
            self.ask_coordinator(ctx, request, timeout, Asked::LeaveGroup);
        }
        self.member
            .reset(true, "consumer pro-actively leaving the group");
        self.member.beating = false;
        says
    }
}
