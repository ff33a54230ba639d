//! The consumer protocol of KIP-848 (Kafka: `ConsumerGroup` and the modern half of `GroupMetadataManager`).
//!
//! There is one request, the heartbeat, and no barrier. Whatever changes who should own what (a member comes or goes,
//! subscribes to something else, a topic grows) raises the *group epoch*; the next heartbeat makes the coordinator compute a
//! *target assignment* for it, the *assignment epoch*; and then every member walks to the target by itself, heartbeat by
//! heartbeat (`crate::reconcile`), its *member epoch* saying how far it has come. Members that are not concerned work on.
//!
//! - `record`: what is written, and the only way a group changes, - `work`: what one handling leaves behind,
//! - `heartbeat`: a member joins, stays, - `leave`: it goes or is fenced, and the timers that do that,
//! - `target`: group epoch and target assignment, - `guest`: members that still speak the classic protocol,
//! - `convert`: online upgrade and downgrade, - `offsets`: who may commit.
//!
//! Simplified: no racks, no subscription by regular expression, no settings of single groups.

mod convert;
mod guest;
mod heartbeat;
mod leave;
mod offsets;
pub mod record;
mod target;
mod work;

pub use convert::may_upgrade;
pub use heartbeat::{heartbeat_error, validate_request};
pub use leave::Gone;
pub use work::Work;

use super::timers::TimerQueue;
use crate::event::{Event, GroupState};
use crate::id::{Name, TopicPartition};
use crate::java::{hash_map_order, timeline_order};
use crate::reconcile::{MemberState, Partitions};
use crate::sorted::{Map, Set, sort_by_key};
use crate::time::{Duration, SimTime};
use alloc::vec::Vec;
use record::{Current, GroupRecord, MemberMetadata, SubscribedTopic};

/// A group's timers, by member.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Timer {
    /// The session ends.
    Session(Name),
    /// It had to give partitions up by now.
    Revoke(Name),
    /// A classic member had to rejoin by now.
    Join(Name),
    /// A classic member had to ask for its assignment by now.
    Sync(Name),
}

/// One member (`ConsumerGroupMember`).
#[derive(Clone, Debug)]
pub struct Member {
    /// Its id.
    pub id: Name,
    /// What it said about itself.
    pub metadata: MemberMetadata,
    /// Where it is.
    pub current: Current,
    /// Where it is to go.
    pub target: Partitions<TopicPartition>,
    /// How many members came before it.
    number: u32,
}

impl Member {
    fn is_reconciled_to(&self, epoch: i32) -> bool {
        self.current.state == MemberState::Stable && self.current.member_epoch == epoch
    }

    /// It speaks the classic protocol.
    pub fn is_classic(&self) -> bool {
        self.metadata.classic.is_some()
    }
}

/// A group of the consumer protocol.
#[derive(Clone, Debug)]
pub struct ConsumerGroup {
    name: Name,
    state: GroupState,
    group_epoch: i32,
    assignment_epoch: i32,
    topics: Vec<SubscribedTopic>,
    /// The version of the coordinator's topics that `topics` was made from.
    topics_version: u32,
    members: Map<Name, Member>,
    /// How many members it had before one left: Kafka's table does not shrink.
    most: usize,
    /// How many members there have been.
    came: u32,
    /// Member id by instance id.
    statics: Map<Name, Name>,
    /// The assignor of the last target.
    assignor: Name,
    timers: TimerQueue<Timer>,
}

impl ConsumerGroup {
    /// A group without members.
    pub fn new(name: Name) -> Self {
        Self {
            name,
            state: GroupState::Empty,
            group_epoch: 0,
            assignment_epoch: 0,
            topics: Vec::new(),
            topics_version: u32::MAX,
            members: Map::new(),
            most: 0,
            came: 0,
            statics: Map::new(),
            assignor: Name::from(""),
            timers: TimerQueue::default(),
        }
    }

    /// `group.id`.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// State, as of the last handling.
    pub fn state(&self) -> GroupState {
        self.state
    }

    /// Counts everything that changes who should own what.
    pub fn group_epoch(&self) -> i32 {
        self.group_epoch
    }

    /// The group epoch the target assignment was computed for.
    pub fn assignment_epoch(&self) -> i32 {
        self.assignment_epoch
    }

    /// The assignor of the last target.
    pub fn assignor(&self) -> Option<&Name> {
        Some(&self.assignor).filter(|it| !it.is_empty())
    }

    /// Members by id.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// Without members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// No timer of the group fires before this instant.
    pub fn wake_at(&self) -> Option<SimTime> {
        self.timers.wake_at()
    }

    /// When a member is removed unless it is heard of.
    pub fn session_ends(&self, member: &Name) -> Option<SimTime> {
        self.timers.deadline(&Timer::Session(member.clone()))
    }

    /// Does somebody in the group subscribe to this topic?
    pub fn is_subscribed_to(&self, topic: &str) -> bool {
        let mut members = self.members.values();
        members.any(|m| m.metadata.topics.iter().any(|t| &**t == topic))
    }

    /// The state that follows from the epochs (`maybeUpdateGroupState`).
    fn state_now(&self) -> GroupState {
        let epoch = self.assignment_epoch;
        if self.members.is_empty() {
            GroupState::Empty
        } else if self.group_epoch > epoch {
            GroupState::Assigning
        } else if self.members.values().all(|m| m.is_reconciled_to(epoch)) {
            GroupState::Stable
        } else {
            GroupState::Reconciling
        }
    }

    /// Looks at the state again, and tells if it is another.
    fn update_state(&mut self, work: &mut Work<'_>) {
        let from = self.state;
        self.state = self.state_now();
        if from != self.state {
            work.events.push(Event::GroupTransition {
                group: self.name.clone(),
                from,
                to: self.state,
                generation: self.group_epoch,
                reason: Name::from(""),
            });
        }
    }

    /// Partitions that some member has, or has not given up yet.
    fn held(&self) -> Set<TopicPartition> {
        let of_member = |m: &Member| {
            let Current {
                assigned,
                pending_revocation,
                ..
            } = &m.current;
            assigned
                .iter()
                .chain(pending_revocation)
                .copied()
                .collect::<Vec<_>>()
        };
        self.members.values().flat_map(of_member).collect()
    }

    /// Member ids in the order of Kafka's hash maps: those known before, as the group's own table has them, then the one that joins.
    fn ids_in_hash_order(&self, joined: Option<&Name>) -> Vec<Name> {
        let joined = joined.filter(|id| self.members.contains_key(*id));
        let before = self.members.values().filter(|m| Some(&m.id) != joined);
        let mut before: Vec<&Member> = before.collect();
        sort_by_key(&mut before, |m| core::cmp::Reverse(m.number));
        let before = before.into_iter().map(|m| &*m.id);
        // Replacing a member makes room for one more, too.
        let most = before.len().max(self.most) + 1;
        let known = timeline_order(before, most).into_iter();
        let order = hash_map_order(known.chain(joined.map(|id| &**id)));
        order.into_iter().map(Name::from).collect()
    }

    fn renew_session(&mut self, now: SimTime, id: &Name, timeout: Duration) {
        self.timers.set(Timer::Session(id.clone()), now + timeout);
    }

    /// How long a member may be silent: a classic one says so itself.
    fn session_timeout(&self, work: &Work<'_>, id: &str) -> Duration {
        let member = self.members.get(id);
        let classic = member.and_then(|m| m.metadata.classic.as_ref());
        classic.map_or(work.limits.consumer_session, |c| c.session_timeout)
    }

    fn cancel_timers(&mut self, id: &Name) {
        for timer in [Timer::Session, Timer::Revoke, Timer::Join, Timer::Sync] {
            self.timers.cancel(&timer(id.clone()));
        }
    }

    /// Takes over what a record says: when it is made, and when it is read back.
    pub fn apply(&mut self, record: GroupRecord) {
        match record {
            GroupRecord::Epoch(epoch) => self.group_epoch = epoch.unwrap_or(0),
            GroupRecord::Topics(topics) => self.topics = topics.unwrap_or_default(),
            GroupRecord::TargetEpoch(epoch) => self.assignment_epoch = epoch.unwrap_or(0),
            GroupRecord::Member(id, Some(metadata)) => self.put_member(id, metadata),
            GroupRecord::Member(id, None) => self.take_member(&id),
            GroupRecord::Target(id, target) => {
                if let Some(member) = self.members.get_mut(&id) {
                    member.target = target.unwrap_or_default();
                }
            }
            GroupRecord::Current(id, current) => {
                if let Some(member) = self.members.get_mut(&id) {
                    member.current = current.unwrap_or_default();
                }
            }
        }
    }

    fn put_member(&mut self, id: Name, metadata: MemberMetadata) {
        if let Some(instance) = &metadata.instance {
            self.statics.insert(instance.clone(), id.clone());
        }
        match self.members.get_mut(&id) {
            Some(member) => member.metadata = metadata,
            None => {
                let member = Member {
                    id: id.clone(),
                    metadata,
                    current: Current::default(),
                    target: Partitions::new(),
                    number: self.came,
                };
                self.came += 1;
                self.members.insert(id, member);
            }
        }
    }

    fn take_member(&mut self, id: &Name) {
        self.most = self.most.max(self.members.len());
        let Some(member) = self.members.remove(id) else {
            return;
        };
        if let Some(instance) = &member.metadata.instance
            && self.statics.get(instance) == Some(id)
        {
            self.statics.remove(instance);
        }
    }

    /// The group was read from the log: sessions begin now (`onLoaded`).
    pub fn loaded(&mut self, work: &mut Work<'_>) {
        self.state = self.state_now();
        self.assignor = self.preferred_assignor(work).name().into();
        let ids: Vec<Name> = self.members.keys().cloned().collect();
        for id in ids {
            // Kafka gives classic members the consumer protocol's session here, until they are heard of.
            self.renew_session(work.now, &id, work.limits.consumer_session);
            self.watch_revocation(work, &id);
        }
    }
}
