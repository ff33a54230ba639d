//! The two coordinators of share groups in one: membership of groups, in partitions of `__consumer_offsets`, and the stored state of
//! share-partitions, in partitions of `__share_group_state` (`ShareCoordinatorShard`).
//!
//! Both are the same machine: something is kept under a key in a partition that the broker leads; a change is applied at once,
//! appended, and answered when the high watermark has passed it; an answer without a change waits for the changes before it. A
//! refused write is taken back. What is in the log when a partition is loaded counts.

mod records;

use crate::config::BrokerConfig;
use crate::event::{Event, LeaveReason};
use crate::group::ReplyTo;
use crate::group::share::group::{MemberLimits, ShareGroup, refusal};
use crate::group::share::state::ShareState;
use crate::id::{Name, Offset, TopicId, TopicPartition};
use crate::protocol::{
    ErrorCode, ReadShareGroupStateRequest, ReadShareGroupStateResponse, Response,
    ShareGroupHeartbeatRequest, WriteShareGroupStateRequest,
};
use crate::record::{Record, RecordBatch};
use crate::sorted::Map;
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What is kept under which name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    Group(Name),
    State(Name, TopicPartition),
}

/// What is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Stored {
    Group(ShareGroup),
    State(ShareState),
}

/// A partition of one of the two topics.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Home {
    /// In `__share_group_state`; otherwise in `__consumer_offsets`.
    pub states: bool,
    /// Which partition.
    pub partition: i32,
}

/// What the broker is to do, in order.
#[derive(Clone, Debug)]
pub enum ShareAction {
    /// Answer a request.
    Reply(ReplyTo, Response),
    /// Append; its fate is told by [`ShareCoordinator::on_write_done`].
    Append(Home, Record, u64),
    /// Tell the journal.
    Emit(Event),
}

/// Something that waits for the high watermark.
#[derive(Clone, Debug)]
struct Waiting {
    /// The write, and what was there before it.
    write: Option<(u64, Key, Option<Arc<Stored>>)>,
    reply: Option<(ReplyTo, Response)>,
    events: Vec<Event>,
}

#[derive(Clone, Debug, Default)]
struct Shard {
    active: bool,
    items: Map<Key, Arc<Stored>>,
    queue: VecDeque<Waiting>,
}

/// Looks a topic up: its id and number of partitions.
pub type FindTopic<'a> = &'a dyn Fn(&Name) -> Option<(TopicId, i32)>;

/// Everything this broker coordinates for share groups.
#[derive(Clone, Debug)]
pub struct ShareCoordinator {
    limits: MemberLimits,
    shards: Map<Home, Shard>,
    last_token: u64,
}

impl ShareCoordinator {
    /// Without any partition.
    pub fn new(config: &BrokerConfig) -> Self {
        Self {
            limits: limits(config),
            shards: Map::new(),
            last_token: 0,
        }
    }

    /// The broker's settings changed.
    pub fn set_config(&mut self, config: &BrokerConfig) {
        self.limits = limits(config);
    }

    /// This broker leads the partition now, and will read it.
    pub fn on_elected(&mut self, home: Home) {
        self.shards.entry(home).or_default();
    }

    /// Everything in the partition, in order. Sessions start now.
    pub fn on_loaded<'a>(
        &mut self,
        now: SimTime,
        home: Home,
        batches: impl Iterator<Item = &'a RecordBatch>,
    ) {
        let ends = now + self.limits.session;
        let Some(shard) = self.shards.get_mut(&home).filter(|s| !s.active) else {
            return;
        };
        for (key, value) in records::replay(batches, home.states) {
            match value {
                Some(value) => shard.items.insert(key, Arc::new(value)),
                None => shard.items.remove(&key),
            };
        }
        for item in shard.items.values_mut() {
            if let Stored::Group(group) = Arc::make_mut(item) {
                group
                    .members
                    .values_mut()
                    .for_each(|m| m.session_ends = ends);
            }
        }
        shard.active = true;
    }

    /// No longer the leader: whoever waits is refused.
    pub fn on_resigned(&mut self, home: Home, out: &mut Vec<ShareAction>) {
        for waiting in self.shards.remove(&home).into_iter().flat_map(|s| s.queue) {
            refuse(waiting, ErrorCode::NotCoordinator, out);
        }
    }

    fn shard(&mut self, home: Home) -> Result<&mut Shard, ErrorCode> {
        match self.shards.get_mut(&home) {
            None => Err(ErrorCode::NotCoordinator),
            Some(shard) if !shard.active => Err(ErrorCode::CoordinatorLoadInProgress),
            Some(shard) => Ok(shard),
        }
    }

    /// A member's heartbeat.
    pub fn on_heartbeat(
        &mut self,
        now: SimTime,
        home: Home,
        from: ReplyTo,
        request: &ShareGroupHeartbeatRequest,
        topic: FindTopic<'_>,
        out: &mut Vec<ShareAction>,
    ) {
        let answer = |response| Response::ShareGroupHeartbeat(Box::new(response));
        let limits = self.limits;
        let key = Key::Group(request.group.clone());
        let shard = match self.shard(home) {
            Ok(shard) => shard,
            Err(error) => {
                return out.push(ShareAction::Reply(from, answer(refusal(error))));
            }
        };
        let mut group = match shard.items.get(&key).map(|item| &**item) {
            Some(Stored::Group(group)) => group.clone(),
            _ => ShareGroup::default(),
        };
        let beat = match group.heartbeat(now, &limits, request, topic) {
            Ok(beat) => beat,
            Err(error) => {
                return out.push(ShareAction::Reply(from, answer(refusal(error))));
            }
        };
        let mut events = Vec::new();
        let (name, member) = (request.group.clone(), request.member_id.clone());
        if beat.joined {
            events.push(joined(&name, &member));
        }
        if beat.left {
            events.push(left(&name, &member, LeaveReason::Left));
        }
        if beat.new_epoch {
            events.push(assigned(&name, &group));
        }
        let waiting = Waiting {
            write: None,
            reply: Some((from, answer(beat.response))),
            events,
        };
        self.put(
            now,
            home,
            key,
            Stored::Group(group),
            beat.changed,
            waiting,
            out,
        );
    }

    /// Members that have not been heard of for too long.
    pub fn on_time(&mut self, now: SimTime, topic: FindTopic<'_>, out: &mut Vec<ShareAction>) {
        let mut due = Vec::new();
        for (home, shard) in self.shards.iter().filter(|(_, s)| s.active) {
            for (key, item) in &shard.items {
                if let (Key::Group(name), Stored::Group(group)) = (key, &**item)
                    && group.next_expiry().is_some_and(|at| at <= now)
                {
                    due.push((*home, name.clone(), group.clone()));
                }
            }
        }
        for (home, name, mut group) in due {
            let mut events = Vec::new();
            for member in group.expired(now) {
                group.remove(&member, topic);
                events.push(left(&name, &member, LeaveReason::SessionExpired));
            }
            events.push(assigned(&name, &group));
            let waiting = Waiting {
                write: None,
                reply: None,
                events,
            };
            let key = Key::Group(name);
            self.put(now, home, key, Stored::Group(group), true, waiting, out);
        }
    }

    /// When to call [`Self::on_time`].
    pub fn next_expiry(&self) -> Option<SimTime> {
        let active = self.shards.values().filter(|s| s.active);
        let expiry = |item: &Arc<Stored>| match &**item {
            Stored::Group(group) => group.next_expiry(),
            Stored::State(_) => None,
        };
        active
            .flat_map(|s| s.items.values())
            .filter_map(expiry)
            .min()
    }

    /// A leader wants the state of a share-partition.
    pub fn on_read(
        &mut self,
        now: SimTime,
        home: Home,
        from: ReplyTo,
        request: &ReadShareGroupStateRequest,
        out: &mut Vec<ShareAction>,
    ) {
        let key = Key::State(request.group.clone(), request.tp);
        let mut answer = ReadShareGroupStateResponse {
            error: ErrorCode::None,
            state_epoch: 0,
            start_offset: -1,
            batches: Vec::new(),
        };
        let found = self.shard(home).map(|shard| shard.items.get(&key).cloned());
        let stored = match found.as_ref().map(|f| f.as_deref()) {
            Ok(Some(Stored::State(s))) if s.leader_epoch > request.leader_epoch => {
                answer.error = ErrorCode::FencedLeaderEpoch;
                None
            }
            Ok(Some(Stored::State(state))) => Some(state.clone()),
            Ok(_) => Some(ShareState::empty(request.leader_epoch)),
            Err(error) => {
                answer.error = *error;
                None
            }
        };
        let reply = |answer| (from, Response::ReadShareGroupState(Box::new(answer)));
        let Some(mut stored) = stored else {
            let (from, response) = reply(answer);
            return out.push(ShareAction::Reply(from, response));
        };
        answer.state_epoch = stored.state_epoch;
        answer.start_offset = stored.start_offset;
        answer.batches = stored.batches.clone();
        let newer = stored.leader_epoch < request.leader_epoch;
        stored.leader_epoch = request.leader_epoch;
        let waiting = Waiting {
            write: None,
            reply: Some(reply(answer)),
            events: Vec::new(),
        };
        self.put(now, home, key, Stored::State(stored), newer, waiting, out);
    }

    /// A leader stores what changed.
    pub fn on_write(
        &mut self,
        now: SimTime,
        home: Home,
        from: ReplyTo,
        request: &WriteShareGroupStateRequest,
        out: &mut Vec<ShareAction>,
    ) {
        let key = Key::State(request.group.clone(), request.tp);
        let refused = |error| ShareAction::Reply(from, Response::WriteShareGroupState(error));
        let mut state = match self.shard(home) {
            Err(error) => return out.push(refused(error)),
            Ok(shard) => match shard.items.get(&key).map(|item| &**item) {
                Some(Stored::State(state)) => state.clone(),
                _ => ShareState::empty(request.leader_epoch),
            },
        };
        if state.leader_epoch > request.leader_epoch {
            return out.push(refused(ErrorCode::FencedLeaderEpoch));
        }
        if state.state_epoch > request.state_epoch {
            return out.push(refused(ErrorCode::FencedStateEpoch));
        }
        state.apply(request);
        let waiting = Waiting {
            write: None,
            reply: Some((from, Response::WriteShareGroupState(ErrorCode::None))),
            events: Vec::new(),
        };
        self.put(now, home, key, Stored::State(state), true, waiting, out);
    }

    /// Keeps a value; if it is to be stored, whoever waits does so until that is done.
    #[allow(clippy::too_many_arguments)]
    fn put(
        &mut self,
        now: SimTime,
        home: Home,
        key: Key,
        value: Stored,
        store: bool,
        mut waiting: Waiting,
        out: &mut Vec<ShareAction>,
    ) {
        let Some(shard) = self.shards.get_mut(&home) else {
            return;
        };
        let record = store.then(|| records::encode(now.as_millis(), &key, Some(&value)));
        let before = shard.items.insert(key.clone(), Arc::new(value));
        let Some(record) = record else {
            if shard.queue.is_empty() {
                give(waiting, out);
            } else {
                shard.queue.push_back(waiting);
            }
            return;
        };
        self.last_token += 1;
        waiting.write = Some((self.last_token, key, before));
        shard.queue.push_back(waiting);
        out.push(ShareAction::Append(home, record, self.last_token));
    }

    /// The high watermark passed a write, or it was refused or takes too long.
    pub fn on_write_done(&mut self, token: u64, error: ErrorCode, out: &mut Vec<ShareAction>) {
        let is_it = |w: &Waiting| w.write.as_ref().is_some_and(|(t, ..)| *t == token);
        let found = self
            .shards
            .iter()
            .find_map(|(home, s)| Some((*home, s.queue.iter().position(is_it)?)));
        let Some((home, at)) = found else {
            return;
        };
        let Some(shard) = self.shards.get_mut(&home) else {
            return;
        };
        match error {
            ErrorCode::None | ErrorCode::NotEnoughReplicasAfterAppend => {
                shard.queue.drain(..=at).for_each(|w| give(w, out));
                while shard.queue.front().is_some_and(|w| w.write.is_none()) {
                    shard.queue.drain(..1).for_each(|w| give(w, out));
                }
            }
            // It stands in the log, and may still be committed; who asked hears no more.
            ErrorCode::RequestTimedOut => {
                if let Some(reply) = shard.queue.get_mut(at).and_then(|w| w.reply.take()) {
                    let error = ErrorCode::CoordinatorNotAvailable;
                    out.push(ShareAction::Reply(reply.0, with_error(reply.1, error)));
                }
            }
            _ => {
                if let Some(mut waiting) = shard.queue.remove(at) {
                    if let Some((_, key, before)) = waiting.write.take() {
                        match before {
                            Some(before) => shard.items.insert(key, before),
                            None => shard.items.remove(&key),
                        };
                    }
                    refuse(waiting, crate::group::append_error(error), out);
                }
            }
        }
    }

    /// Up to where a share-partition is done with by what is stored and committed.
    pub(crate) fn stored_start(
        &self,
        home: Home,
        group: &Name,
        tp: TopicPartition,
    ) -> Option<Offset> {
        let shard = self.shards.get(&home).filter(|s| s.active)?;
        let key = Key::State(group.clone(), tp);
        let unsure = shard.queue.iter().filter_map(|w| w.write.as_ref());
        let before = unsure.map(|w| (&w.1, &w.2)).find(|(of, _)| **of == key);
        let committed = match before {
            Some((_, before)) => before.as_ref()?,
            None => shard.items.get(&key)?,
        };
        match &**committed {
            Stored::State(state) => Some(state.done_before()),
            Stored::Group(_) => None,
        }
    }

    /// Every share group hosted here.
    pub fn groups(&self) -> impl Iterator<Item = (&Name, &ShareGroup)> {
        let items = self.shards.values().flat_map(|s| &s.items);
        items.filter_map(|(key, item)| match (key, &**item) {
            (Key::Group(name), Stored::Group(group)) => Some((name, group)),
            _ => None,
        })
    }
}

fn limits(config: &BrokerConfig) -> MemberLimits {
    MemberLimits {
        session: Duration::millis(config.group_share_session_timeout_ms),
        heartbeat_ms: config.group_share_heartbeat_interval_ms,
        max_size: usize::try_from(config.group_share_max_size).unwrap_or(usize::MAX),
    }
}

fn give(waiting: Waiting, out: &mut Vec<ShareAction>) {
    out.extend(waiting.events.into_iter().map(ShareAction::Emit));
    if let Some((to, response)) = waiting.reply {
        out.push(ShareAction::Reply(to, response));
    }
}

fn refuse(waiting: Waiting, error: ErrorCode, out: &mut Vec<ShareAction>) {
    if let Some((to, response)) = waiting.reply {
        out.push(ShareAction::Reply(to, with_error(response, error)));
    }
}

fn with_error(response: Response, error: ErrorCode) -> Response {
    match response {
        Response::ShareGroupHeartbeat(_) => Response::ShareGroupHeartbeat(Box::new(refusal(error))),
        Response::ReadShareGroupState(mut r) => {
            r.error = error;
            Response::ReadShareGroupState(r)
        }
        _ => Response::WriteShareGroupState(error),
    }
}

fn joined(group: &Name, member: &Name) -> Event {
    Event::MemberJoined {
        group: group.clone(),
        member: member.clone(),
        instance: None,
    }
}

fn left(group: &Name, member: &Name, reason: LeaveReason) -> Event {
    Event::MemberLeft {
        group: group.clone(),
        member: member.clone(),
        reason,
    }
}

fn assigned(name: &Name, group: &ShareGroup) -> Event {
    Event::ShareGroupAssigned {
        group: name.clone(),
        epoch: group.epoch,
        assignment: group
            .target
            .iter()
            .map(|(member, list)| (member.clone(), list.clone()))
            .collect(),
    }
}
