//! Rebalances, seen from a member (`ConsumerCoordinator`): everything happens inside poll().
//!
//! Before a join: commit (with auto-commit), then give back what has to be given back: everything with an eager assignor, nothing with a
//! cooperative one, and all of it as lost if the generation is gone. Then JoinGroup and SyncGroup. What an assignment is, and what
//! comes of it, is in `assign`.

use super::commits::{CommitFor, Outcome};
use super::membership::{Generation, Join, MemberState, Prepare};
use super::{Asked, Consumer, backoff};
use crate::assignor::Assignor;
use crate::config::list_items;
use crate::effect::Ctx;
use crate::event::Event;
use crate::id::{BrokerId, Name, TopicPartition};
use crate::protocol::{
    ErrorCode, JoinGroupRequest, JoinGroupResponse, MemberAssignment, Request, Subscription,
    SyncGroupRequest, SyncGroupResponse, UserData,
};
use crate::time::Duration;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A JoinGroup may take this much longer than the rebalance time-out (`JOIN_GROUP_TIMEOUT_LAPSE`), milliseconds.
const JOIN_GROUP_TIMEOUT_LAPSE_MS: i64 = 5_000;

/// Stands for Kafka's UnjoinedGroupException, which is retriable and has no code; no coordinator answers a JoinGroup with this.
const UNJOINED_GROUP: ErrorCode = ErrorCode::UnstableOffsetCommit;

impl Consumer {
    /// The group's part of poll() (`ConsumerCoordinator.poll`): false while a rebalance or a search goes on.
    pub(super) fn coordinate(&mut self, ctx: &mut Ctx) -> bool {
        if self.wanted.is_manual() {
            self.maybe_auto_commit(ctx);
            return true;
        }
        if !self.wanted.is_subscribed() {
            return true;
        }
        if self.modern.on {
            return self.coordinate_modern(ctx);
        }
        if self.member.fenced {
            self.fatal(ctx, "poll", "FencedInstanceIdException");
            return false;
        }
        if !self.coordinator_ready(ctx) {
            return false;
        }
        if self.rejoin_needed() && !(self.topics_are_fresh(ctx) && self.join_if_needed(ctx)) {
            return false;
        }
        self.maybe_auto_commit(ctx);
        true
    }

    fn rejoin_needed(&mut self) -> bool {
        if matches!(self.member.join, Join::Done(_)) {
            // What is assigned may be the very news.
            return true;
        }
        let member = &self.member;
        let snapshot = member.snapshot.as_ref();
        let changed = if snapshot.is_some_and(|s| *s != self.topic_snapshot()) {
            Some("cached metadata has changed")
        } else if member.joined.as_ref().is_some_and(|j| *j != self.topics) {
            Some("subscription has changed")
        } else {
            None
        };
        if let Some(reason) = changed.filter(|_| !self.member.rejoin) {
            self.member.request_rejoin(reason);
        }
        self.member.rejoin || self.member.join != Join::Idle
    }

    /// The partitions of each topic that matters, as the metadata has them.
    pub(super) fn topic_snapshot(&self) -> Vec<(Name, i32)> {
        let topics = self.member.metadata_topics(&self.topics);
        let known = topics
            .into_iter()
            .filter_map(|n| self.metadata.topic(&n).map(|t| (n, t.count())));
        known.collect()
    }

    /// `joinGroupIfNeeded`: true when the member is stable and needs nothing.
    fn join_if_needed(&mut self, ctx: &mut Ctx) -> bool {
        while !self.closed && self.rejoin_needed() {
            if !self.coordinator_ready(ctx) {
                return false;
            }
            if self.member.join_at > ctx.now {
                self.retry.want(ctx, self.member.join_at);
                return false;
            }
            if self.member.needs_prepare && !self.prepare_join(ctx) {
                return false;
            }
            match core::mem::replace(&mut self.member.join, Join::Idle) {
                Join::Idle => {
                    self.send_join(ctx);
                    return false;
                }
                Join::Waiting => {
                    self.member.join = Join::Waiting;
                    return false;
                }
                Join::Done(assignment) => {
                    if !self.take_assignment(ctx, assignment) {
                        return false;
                    }
                }
                Join::Failed(error) => {
                    if !self.join_failed(ctx, error) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// True if the next try may come at once.
    fn join_failed(&mut self, ctx: &mut Ctx, error: ErrorCode) -> bool {
        if error != ErrorCode::MemberIdRequired {
            let reason = alloc::format!("rebalance failed due to {}", exception(error));
            self.member.request_rejoin(&reason);
        }
        match error {
            ErrorCode::UnknownMemberId
            | ErrorCode::IllegalGeneration
            | ErrorCode::RebalanceInProgress
            | ErrorCode::MemberIdRequired => true,
            retriable if retriable.is_retriable() => {
                self.member.join_at = ctx.now + self.retry_backoff();
                true
            }
            ErrorCode::FencedInstanceId => {
                self.fatal(ctx, "JoinGroup", "FencedInstanceIdException");
                false
            }
            other => {
                self.fatal(ctx, "JoinGroup", other.name());
                false
            }
        }
    }

    /// Partitions stay with their owners while the group rebalances: only if every assignor listed can do that.
    pub(super) fn is_cooperative(&self) -> bool {
        self.modern.on
            || assignors(self.config.partition_assignment_strategy).all(Assignor::is_cooperative)
    }

    /// `onJoinPrepare`: commits, then gives back. False while the commit is on its way.
    fn prepare_join(&mut self, ctx: &mut Ctx) -> bool {
        if self.config.enable_auto_commit != 0 && !self.prepare_commit(ctx) {
            return false;
        }
        self.member.needs_prepare = false;
        self.member.prepare = Prepare::Idle;
        let lost = self.member.me.generation == -1 || self.member.me.member_id.is_empty();
        let given: Vec<TopicPartition> = if lost || !self.is_cooperative() {
            self.positions.partitions().collect()
        } else {
            self.positions.not_of(&self.topics)
        };
        self.give_back(ctx, given, lost);
        self.member.is_leader = false;
        self.member.group_topics.clear();
        true
    }

    pub(super) fn prepare_commit(&mut self, ctx: &mut Ctx) -> bool {
        match self.member.prepare {
            Prepare::Idle => {
                self.member.prepare_ends = ctx.now + self.max_poll_interval();
                self.member.prepare_attempts = 0;
            }
            Prepare::Waiting => return ctx.now >= self.member.prepare_ends,
            Prepare::At(at) if at > ctx.now => {
                self.retry.want(ctx, at);
                return ctx.now >= self.member.prepare_ends;
            }
            Prepare::At(_) => {}
            Prepare::Done => return true,
        }
        if !self.is_cooperative() {
            self.positions.mark_revoking();
        }
        self.member.prepare = Prepare::Waiting;
        let offsets = self.positions.consumed();
        if let Some(outcome) = self.send_commit(ctx, CommitFor::Prepare, offsets) {
            self.prepared(ctx, outcome);
        }
        self.member.prepare == Prepare::Done
    }

    /// The commit before the join is over.
    pub(super) fn prepared(&mut self, ctx: &mut Ctx, outcome: Outcome) {
        if self.member.prepare == Prepare::Waiting {
            self.member.prepare = match outcome {
                Outcome::Retriable if self.modern.on => {
                    let attempts = self.member.prepare_attempts;
                    self.member.prepare_attempts += 1;
                    Prepare::At(ctx.now + backoff(&self.config).after(attempts, ctx.rng))
                }
                Outcome::Retriable => Prepare::At(ctx.now + self.retry_backoff()),
                Outcome::Done | Outcome::Failed(_) => Prepare::Done,
            };
        }
    }

    /// onPartitionsRevoked, or onPartitionsLost.
    pub(super) fn give_back(&mut self, ctx: &mut Ctx, partitions: Vec<TopicPartition>, lost: bool) {
        if partitions.is_empty() {
            return;
        }
        self.positions.remove(&partitions);
        self.fetcher.drop_partitions(&partitions);
        self.member.paused_since.get_or_insert(ctx.now);
        ctx.emit(if lost {
            Event::Lost { partitions }
        } else {
            Event::Revoked { partitions }
        });
    }

    fn send_join(&mut self, ctx: &mut Ctx) {
        if !core::mem::take(&mut self.member.id_given) {
            ctx.emit(Event::Joining {
                group: self.group.clone(),
            });
        }
        self.member.state = MemberState::Preparing;
        self.member.join = Join::Waiting;
        self.member.joined = Some(self.topics.clone());
        let me = self.member.me.clone();
        let listed = assignors(self.config.partition_assignment_strategy);
        let protocols = listed.map(|a| (Name::from(a.name()), self.subscription(a)));
        let request = Request::JoinGroup(Box::new(JoinGroupRequest {
            group: self.group.clone(),
            client_id: self.name.clone(),
            member_id: me.member_id.clone(),
            group_instance_id: self.instance.clone(),
            session_timeout_ms: self.config.session_timeout_ms,
            rebalance_timeout_ms: self.config.max_poll_interval_ms,
            protocols: protocols.collect(),
            reason: self.member.reason.clone(),
        }));
        let long = self.config.max_poll_interval_ms + JOIN_GROUP_TIMEOUT_LAPSE_MS;
        let timeout = self.request_timeout().max(Duration::millis(long));
        self.ask_coordinator(ctx, request, timeout, Asked::JoinGroup(me));
    }

    /// What one assignor is to know of this member.
    fn subscription(&self, assignor: Assignor) -> Subscription {
        let remembered = self.member.sticky.as_ref();
        let userdata = match assignor {
            Assignor::Range | Assignor::RoundRobin => None,
            Assignor::Sticky => remembered.map(|(previous, generation)| UserData {
                previous: previous.clone(),
                generation: *generation,
                weight: 0,
            }),
            Assignor::CooperativeSticky => Some(UserData {
                previous: Vec::new(),
                generation: remembered.map_or(-1, |(_, generation)| *generation),
                weight: 0,
            }),
            Assignor::Weighted => Some(UserData {
                previous: Vec::new(),
                generation: -1,
                weight: self.config.weighted_assignor_weight as u32,
            }),
        };
        Subscription {
            topics: self.topics.to_vec(),
            owned: self.positions.by_topic(),
            generation: self.member.me.generation,
            userdata,
        }
    }

    pub(super) fn on_joined(
        &mut self,
        ctx: &mut Ctx,
        sent: &Generation,
        response: JoinGroupResponse,
    ) {
        let error = response.error;
        match error {
            ErrorCode::None => return self.joined(ctx, response),
            ErrorCode::MemberIdRequired => {
                self.member.me = Generation {
                    member_id: response.member_id,
                    ..Generation::none()
                };
                self.member.id_given = true;
                let id = &self.member.me.member_id;
                let reason = alloc::format!("need to re-join with the given member-id: {id}");
                self.member.request_rejoin(&reason);
            }
            ErrorCode::UnknownMemberId if *sent == self.member.me => {
                self.member.reset_on("JOIN_GROUP", error);
            }
            _ => {}
        }
        self.member.join = Join::Failed(error);
        if matches!(
            error,
            ErrorCode::CoordinatorNotAvailable | ErrorCode::NotCoordinator
        ) {
            self.coordinator_unknown(ctx);
        }
    }

    fn joined(&mut self, ctx: &mut Ctx, response: JoinGroupResponse) {
        if self.member.state != MemberState::Preparing {
            // An answer to something else has taken the membership away meanwhile.
            self.member.join = Join::Failed(UNJOINED_GROUP);
            return;
        }
        self.member.state = MemberState::Completing;
        self.start_beating(ctx);
        self.member.me = Generation {
            generation: response.generation,
            member_id: response.member_id.clone(),
            protocol: response.protocol.clone(),
        };
        if response.leader != response.member_id {
            self.member.snapshot = None;
            return self.send_sync(ctx, Vec::new());
        }
        self.prepare_to_lead(ctx, response);
    }

    pub(super) fn send_sync(&mut self, ctx: &mut Ctx, assignments: Vec<(Name, MemberAssignment)>) {
        if self.member.coordinator.is_none() {
            self.member.join = Join::Failed(ErrorCode::CoordinatorNotAvailable);
            return;
        }
        let me = self.member.me.clone();
        let request = Request::SyncGroup(Box::new(SyncGroupRequest {
            group: self.group.clone(),
            generation: me.generation,
            member_id: me.member_id.clone(),
            group_instance_id: self.instance.clone(),
            protocol: me.protocol.clone(),
            assignments,
        }));
        let timeout = self.request_timeout();
        self.ask_coordinator(ctx, request, timeout, Asked::SyncGroup(me));
    }

    pub(super) fn on_synced(
        &mut self,
        ctx: &mut Ctx,
        sent: &Generation,
        response: SyncGroupResponse,
    ) {
        let error = response.error;
        self.member.join = Join::Failed(error);
        match error {
            ErrorCode::None => {
                let valid =
                    self.member.me.generation != -1 && self.member.state == MemberState::Completing;
                self.member.join = if valid {
                    self.member.state = MemberState::Stable;
                    self.member.rejoin = false;
                    self.member.reason = Name::from("");
                    Join::Done(response.assignment)
                } else {
                    Join::Failed(ErrorCode::IllegalGeneration)
                };
            }
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration
                if *sent == self.member.me =>
            {
                self.member.reset_on("SYNC_GROUP", error);
            }
            ErrorCode::CoordinatorNotAvailable | ErrorCode::NotCoordinator => {
                self.coordinator_unknown(ctx);
            }
            _ => {}
        }
    }

    /// The connection broke while JoinGroup or SyncGroup was on its way.
    pub(super) fn join_disconnected(&mut self, to: BrokerId) {
        self.coordinator_lost(to);
        self.member.leading = None;
        self.member.join = Join::Failed(ErrorCode::NetworkException);
    }
}

/// The exception of an error: Java's name of `REBALANCE_IN_PROGRESS` is `RebalanceInProgressException`.
fn exception(error: ErrorCode) -> String {
    let words = match error {
        ErrorCode::NetworkException => "DISCONNECT",
        UNJOINED_GROUP => "UNJOINED_GROUP",
        other => other.name(),
    };
    let mut name = String::new();
    let mut first = true;
    for letter in words.chars() {
        match letter {
            '_' => {}
            _ if first => name.push(letter),
            _ => name.push(letter.to_ascii_lowercase()),
        }
        first = letter == '_';
    }
    name.push_str("Exception");
    name
}

/// The assignors of a `partition.assignment.strategy` value, in order.
fn assignors(strategy: i64) -> impl Iterator<Item = Assignor> {
    list_items(strategy).filter_map(|i| Assignor::ALL.get(i).copied())
}
