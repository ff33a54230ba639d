//! What the coordinator keeps for one partition of `__consumer_offsets`, and the numbers it gives to timers and writes.

use super::hosted::Group;
use super::records::CommittedOffset;
use crate::event::Event;
use crate::group::ReplyTo;
use crate::group::classic::AfterWrite;
use crate::id::{LeaderEpoch, Name, TopicPartition};
use crate::protocol::{ErrorCode, Response};
use crate::sorted::Map;
use crate::time::SimTime;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A group's offsets.
pub(super) type Offsets = Map<TopicPartition, CommittedOffset>;

/// Offsets of all groups of a partition.
pub(super) type OffsetsByGroup = Map<Name, Arc<Offsets>>;

/// A group with its timer.
#[derive(Clone, Debug)]
pub(super) struct Hosted {
    pub(super) group: Group,
    pub(super) timer: u64,
    /// When the timer will come, if it is armed. It may come early, never late.
    pub(super) armed: Option<SimTime>,
}

/// One partition.
#[derive(Clone, Debug)]
pub(super) struct Shard {
    pub(super) partition: i32,
    pub(super) epoch: LeaderEpoch,
    /// Loaded.
    pub(super) active: bool,
    pub(super) groups: Map<Name, Hosted>,
    /// With writes that are not committed yet.
    pub(super) offsets: OffsetsByGroup,
    /// Only what is committed.
    pub(super) committed: OffsetsByGroup,
    /// Writes that are not committed, and answers that wait for them, in order.
    pub(super) queue: VecDeque<Waiting>,
    /// Timer: look for expired offsets.
    pub(super) cleanup: u64,
    /// Timer: waiting answers give up.
    pub(super) patience: u64,
    pub(super) patience_armed: bool,
}

impl Shard {
    pub(super) fn new(partition: i32, epoch: LeaderEpoch, registry: &mut Registry) -> Self {
        Self {
            partition,
            epoch,
            active: false,
            groups: Map::new(),
            offsets: Map::new(),
            committed: Map::new(),
            queue: VecDeque::new(),
            cleanup: registry.timer(partition, TimerFor::Cleanup),
            patience: registry.timer(partition, TimerFor::Patience),
            patience_armed: false,
        }
    }
}

/// Stores or (with `None`) removes an offset; returns what was there.
pub(super) fn put_offset(
    map: &mut OffsetsByGroup,
    group: &Name,
    tp: TopicPartition,
    value: Option<CommittedOffset>,
) -> Option<CommittedOffset> {
    let Some(value) = value else {
        let offsets = Arc::make_mut(map.get_mut(group)?);
        let before = offsets.remove(&tp);
        if offsets.is_empty() {
            map.remove(group);
        }
        return before;
    };
    let offsets = map.entry(group.clone()).or_default();
    Arc::make_mut(offsets).insert(tp, value)
}

/// Something that waits for the high watermark.
#[derive(Clone, Debug)]
pub(super) enum Waiting {
    /// A write.
    Write(Write),
    /// An answer without a write of its own.
    Answer {
        /// Give up then.
        deadline: SimTime,
        /// The answer.
        answer: Answer,
    },
}

/// A write on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Write {
    pub(super) token: u64,
    /// What it changes, in order.
    pub(super) changes: Vec<Change>,
    /// What to tell when it is committed.
    pub(super) events: Vec<Event>,
    /// The group that wants to know.
    pub(super) after: Option<(Name, AfterWrite)>,
    pub(super) answer: Option<Answer>,
}

/// One change of state that a write makes durable.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Created(Name),
    Deleted(Hosted),
    /// What the group was before.
    Group(Name, Group),
    Offset {
        group: Name,
        tp: TopicPartition,
        before: Option<CommittedOffset>,
        now: Option<CommittedOffset>,
    },
}

/// An answer that waits.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// To one request.
    Whole(ReplyTo, Response),
    /// This partition's share of a DeleteGroups.
    Part(u64, Vec<(Name, ErrorCode)>),
}

/// A DeleteGroups whose groups live in several partitions.
#[derive(Clone, Debug)]
pub(super) struct Joint {
    pub(super) from: ReplyTo,
    /// Parts still to come.
    pub(super) open: usize,
    /// In the order of the request.
    pub(super) results: Vec<(Name, ErrorCode)>,
}

/// What a timer is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TimerFor {
    Group(Name),
    Cleanup,
    Patience,
}

/// Numbers for timers and writes, never used twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Registry {
    last: u64,
    pub(super) timers: Map<u64, (i32, TimerFor)>,
    pub(super) tokens: Map<u64, i32>,
    pub(super) joints: Map<u64, Joint>,
}

impl Registry {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(super) fn timer(&mut self, partition: i32, what: TimerFor) -> u64 {
        let key = self.next();
        self.timers.insert(key, (partition, what));
        key
    }

    pub(super) fn token(&mut self, partition: i32) -> u64 {
        let token = self.next();
        self.tokens.insert(token, partition);
        token
    }

    pub(super) fn joint(&mut self, joint: Joint) -> u64 {
        let id = self.next();
        self.joints.insert(id, joint);
        id
    }

    /// The partition is gone, and with it its timers and writes.
    pub(super) fn forget(&mut self, partition: i32) {
        self.timers.retain(|_, (p, _)| *p != partition);
        self.tokens.retain(|_, p| *p != partition);
    }
}
