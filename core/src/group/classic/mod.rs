//! The classic group protocol: join, vote, sync, heartbeat (Kafka: `ClassicGroup`).
//!
//! A rebalance has two phases. In PreparingRebalance the coordinator holds every JoinGroup until all known members have
//! rejoined or the largest rebalance timeout is over; then a generation begins, one assignor has won the vote, and the
//! leader alone learns who is in. In CompletingRebalance every SyncGroup is held until the leader's assignment is in the
//! log; then the group is Stable. This file holds the group's state and the questions about it:
//!
//! - `member`: members and their order, - `join`: JoinGroup, - `rebalance`: the two phases and their timers,
//! - `migrate`: from and to the consumer protocol, - `sync`: SyncGroup, Heartbeat, LeaveGroup, - `vote`: which assignor, - `offsets`: who may commit and expire offsets.
//!
//! Simplified: one protocol type (`consumer`) and the newest version of each request.

mod join;
mod member;
mod migrate;
mod offsets;
mod rebalance;
mod replies;
mod sync;
mod vote;

pub use member::{Member, Members, Parked, Protocols};
pub use offsets::RetentionBase;
pub use replies::{join_error, sync_error};

use super::metadata::{GroupMetadata, MemberMetadata};
use super::timers::TimerQueue;
use super::{ReplyTo, Turn};
use crate::event::{Event, GroupState};
use crate::id::Name;
use crate::protocol::{ErrorCode, MemberAssignment};
use crate::sorted::{Map, Set};
use crate::time::{Duration, SimTime};
use alloc::vec::Vec;

/// A group's timers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum GroupTimer {
    /// The join phase is over, or the initial delay.
    Join,
    /// Members that have not sent SyncGroup are removed.
    Sync,
    /// A member's (or pending member's) session ends.
    Heartbeat(Name),
}

/// What to do when the fate of a metadata write is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AfterWrite {
    /// The group is new: whoever made it hears of a failure.
    Created(ReplyTo),
    /// The group is empty now; a failure has no consequence.
    Emptied,
    /// The leader's assignment: hand it out.
    Assigned {
        /// The generation it was made for.
        generation: i32,
        /// The leader that sent it.
        leader: Name,
        /// Per member.
        assignment: Map<Name, MemberAssignment>,
    },
    /// A static member came back under a new id without a rebalance.
    Replaced(Replacement),
}

/// How to undo, or answer, the return of a static member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replacement {
    /// `group.instance.id`.
    pub instance: Name,
    /// The id before.
    pub old: Name,
    /// The id now.
    pub new: Name,
    /// What the member could do before.
    pub protocols: Protocols,
    /// Its timeouts before: rebalance, session.
    pub timeouts: (Duration, Duration),
    /// The leader before.
    pub leader: Option<Name>,
    /// The waiting JoinGroup.
    pub from: ReplyTo,
}

/// How much longer the first rebalance may be put off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct InitialDelay {
    /// The delay that is running.
    delay: Duration,
    /// What is left of the largest rebalance timeout after it.
    remaining: Duration,
}

/// A classic group.
#[derive(Clone, Debug)]
pub struct ClassicGroup {
    name: Name,
    state: GroupState,
    previous: GroupState,
    /// Milliseconds; `None`: an old record did not say.
    state_since: Option<i64>,
    /// The protocol type is known (`consumer`); false for groups that only store offsets.
    consumer: bool,
    protocol: Option<Name>,
    generation: i32,
    leader: Option<Name>,
    members: Members,
    /// Member id by instance id.
    static_members: Map<Name, Name>,
    pending_joins: Set<Name>,
    /// Members whose JoinGroup is held.
    awaiting_join: usize,
    /// How many members list each assignor.
    supported: Map<Name, usize>,
    pending_syncs: Set<Name>,
    /// `None`: not known.
    subscribed: Option<Set<Name>>,
    /// Somebody joined while the initial delay was running.
    new_member_added: bool,
    /// The join timer ends the initial delay rather than the join phase.
    initial_delay: Option<InitialDelay>,
    /// Generation for which the sync timer was set.
    sync_generation: i32,
    timers: TimerQueue<GroupTimer>,
}

impl ClassicGroup {
    /// A group without members.
    pub fn new(name: Name, now: SimTime) -> Self {
        Self {
            name,
            state: GroupState::Empty,
            previous: GroupState::Dead,
            state_since: Some(now.as_millis()),
            consumer: false,
            protocol: None,
            generation: 0,
            leader: None,
            members: Members::default(),
            static_members: Map::new(),
            pending_joins: Set::new(),
            awaiting_join: 0,
            supported: Map::new(),
            pending_syncs: Set::new(),
            subscribed: None,
            new_member_added: false,
            initial_delay: None,
            sync_generation: 0,
            timers: TimerQueue::default(),
        }
    }

    /// The group as its record tells it: Stable with its members, or Empty.
    pub fn from_metadata(name: Name, now: SimTime, value: GroupMetadata) -> Self {
        let mut group = Self::new(name, now);
        if !value.members.is_empty() {
            group.state = GroupState::Stable;
        }
        group.state_since = Some(value.state_since).filter(|ms| *ms >= 0);
        group.consumer = value.consumer;
        group.generation = value.generation;
        group.leader = value.leader;
        let protocol = value.protocol.clone();
        for member in value.members {
            group.add(loaded_member(member, protocol.as_ref()), None);
        }
        group.protocol = value.protocol;
        group.subscribed = group.compute_subscribed();
        group
    }

    /// The group as it is written, with these assignments.
    fn metadata(&self, assignment: &Map<Name, MemberAssignment>) -> GroupMetadata {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let member = |m: &Member| MemberMetadata {
            id: m.id.clone(),
            instance: m.instance.clone(),
            client_id: m.client_id.clone(),
            rebalance_timeout_ms: m.rebalance_timeout.as_millis(),
            session_timeout_ms: m.session_timeout.as_millis(),
            subscription: m.subscription(protocol).cloned().unwrap_or_default(),
            assignment: assignment.get(&m.id).cloned().unwrap_or_default(),
        };
        GroupMetadata {
            consumer: self.consumer,
            generation: self.generation,
            protocol: self.protocol.clone(),
            leader: self.leader.clone(),
            state_since: self.state_since.unwrap_or(-1),
            members: self.members.in_order().map(member).collect(),
        }
    }

    /// The record that makes a new group known (`newEmptyGroupMetadataRecord`).
    pub fn empty_metadata(&self) -> GroupMetadata {
        GroupMetadata {
            state_since: self.state_since.unwrap_or(-1),
            ..GroupMetadata::default()
        }
    }

    /// `group.id`.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// State.
    pub fn state(&self) -> GroupState {
        self.state
    }

    /// Generation.
    pub fn generation(&self) -> i32 {
        self.generation
    }

    /// The assignor in use.
    pub fn protocol(&self) -> Option<&Name> {
        self.protocol.as_ref()
    }

    /// Member id of the leader.
    pub fn leader(&self) -> Option<&Name> {
        self.leader.as_ref()
    }

    /// Ids handed out whose owners have not come back yet.
    pub fn pending_joins(&self) -> usize {
        self.pending_joins.len()
    }

    /// The members.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// No timer of the group fires before this instant.
    pub fn wake_at(&self) -> Option<SimTime> {
        self.timers.wake_at()
    }

    /// When a member is removed unless it is heard of.
    pub fn session_ends(&self, member: &Name) -> Option<SimTime> {
        self.timers.deadline(&GroupTimer::Heartbeat(member.clone()))
    }

    /// Without members.
    pub fn is_empty(&self) -> bool {
        self.state == GroupState::Empty
    }

    fn is_leader(&self, member: &str) -> bool {
        self.leader.as_deref() == Some(member)
    }

    /// Everybody has rejoined and nobody is expected.
    fn has_all_joined(&self) -> bool {
        self.members.len() == self.awaiting_join && self.pending_joins.is_empty()
    }

    /// The largest rebalance timeout.
    fn rebalance_timeout(&self) -> Duration {
        let timeouts = self.members.iter().map(|m| m.rebalance_timeout);
        timeouts.max().unwrap_or(Duration::ZERO)
    }

    fn can_rebalance(&self) -> bool {
        use GroupState::{CompletingRebalance, Empty, Stable};
        matches!(self.state, Stable | CompletingRebalance | Empty)
    }

    /// Does this instance id (if any) belong to this member id, and is it a member (`validateMember`)?
    pub fn validate_member(&self, id: &str, instance: Option<&Name>) -> Result<(), ErrorCode> {
        if let Some(instance) = instance {
            let owner = self.static_members.get(instance);
            if &**owner.ok_or(ErrorCode::UnknownMemberId)? != id {
                return Err(ErrorCode::FencedInstanceId);
            }
        }
        if self.members.contains(id) {
            Ok(())
        } else {
            Err(ErrorCode::UnknownMemberId)
        }
    }

    /// Puts a member in; the first one ever becomes the leader.
    fn add(&mut self, mut member: Member, from: Option<ReplyTo>) {
        if let Some(instance) = &member.instance {
            self.static_members
                .insert(instance.clone(), member.id.clone());
        }
        if self.members.is_empty() {
            self.consumer = true;
        }
        self.leader.get_or_insert_with(|| member.id.clone());
        self.count_protocols(&member.protocols, true);
        member.joining = from.map(|to| Parked(Some(to)));
        self.awaiting_join += usize::from(member.joining.is_some());
        self.pending_joins.remove(&member.id);
        self.members.insert(member);
    }

    /// Takes a member (or a pending one) out. A lost leader is followed by the first in hash order.
    fn remove(&mut self, id: &str) -> Option<Member> {
        let removed = self.members.remove(id);
        if let Some(member) = &removed {
            self.count_protocols(&member.protocols, false);
            self.awaiting_join -= usize::from(member.joining.is_some());
            if let Some(instance) = &member.instance {
                self.static_members.remove(instance);
            }
        }
        if self.is_leader(id) {
            self.leader = self.members.first();
        }
        self.pending_joins.remove(id);
        self.pending_syncs.remove(id);
        removed
    }

    /// Another state, with the reason for the journal.
    fn transition(&mut self, turn: &mut Turn<'_>, to: GroupState, reason: Name) {
        self.previous = core::mem::replace(&mut self.state, to);
        self.state_since = Some(turn.now.as_millis());
        turn.emit(Event::GroupTransition {
            group: self.name.clone(),
            from: self.previous,
            to,
            generation: self.generation,
            reason,
        });
    }

    /// Starts (or renews) a member's session.
    fn renew_session(&mut self, turn: &Turn<'_>, id: &str) {
        if let Some(member) = self.members.get(id) {
            let deadline = turn.now + member.session_timeout;
            let timer = GroupTimer::Heartbeat(member.id.clone());
            self.timers.set(timer, deadline);
        }
    }

    fn static_count(&self) -> usize {
        self.static_members.len()
    }

    /// The group as an array of assignments, as it is.
    fn assignments(&self) -> Map<Name, MemberAssignment> {
        let pair = |m: &Member| (m.id.clone(), m.assignment.clone());
        self.members.iter().map(pair).collect()
    }

    /// Ids in hash order, to walk while members change.
    fn ids(&self) -> Vec<Name> {
        self.members.ids()
    }
}

/// A member as its record tells it: it knows only the assignor in use.
fn loaded_member(value: MemberMetadata, protocol: Option<&Name>) -> Member {
    let protocol = protocol.cloned().unwrap_or_else(|| Name::from(""));
    Member {
        id: value.id,
        instance: value.instance,
        client_id: value.client_id,
        session_timeout: Duration::millis(value.session_timeout_ms),
        rebalance_timeout: Duration::millis(if value.rebalance_timeout_ms == -1 {
            value.session_timeout_ms
        } else {
            value.rebalance_timeout_ms
        }),
        protocols: [(protocol, value.subscription)].into(),
        assignment: value.assignment,
        joining: None,
        syncing: None,
        is_new: false,
    }
}
