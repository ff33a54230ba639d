//! A client's picture of the cluster (`Metadata`, `NetworkClient.DefaultMetadataUpdater`): the brokers, and the leaders of the
//! topics it is interested in.
//!
//! Any broker can be asked. The picture is asked for again when it is older than `metadata.max.age.ms`, when a new topic
//! is wanted (then only that one), and whenever an error says that it is wrong. Two requests are never closer than
//! the back-off, which grows while the answers bring nothing new.
//!
//! A partition's leader is only taken over from an answer whose leader epoch is not older than the one already known: brokers
//! learn of elections at different times (KIP-320).

use super::{Alarm, Backoff};
use crate::effect::{Ctx, Timer};
use crate::id::{BrokerId, LeaderEpoch, Name, TopicId, TopicPartition};
use crate::protocol::{ErrorCode, MetadataResponse, Request, TopicMetadata};
use crate::time::{Duration, SimTime};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What is known of one partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartitionInfo {
    /// Who leads it, if anybody does.
    pub leader: Option<BrokerId>,
    /// In which epoch.
    pub epoch: LeaderEpoch,
}

/// What is known of one topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicInfo {
    /// Its name.
    pub name: Name,
    /// Its identity; another one after it was deleted and created again.
    pub id: TopicId,
    /// Its partitions by number.
    pub partitions: Vec<PartitionInfo>,
    /// The numbers of those that have a leader.
    pub available: Vec<i32>,
}

impl TopicInfo {
    /// The number of partitions.
    pub fn count(&self) -> i32 {
        self.partitions.len() as i32
    }
}

/// What a request was about, remembered until its answer comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MetadataTicket {
    partial: bool,
    version: u32,
}

/// What an answer changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Update {
    /// A topic appeared or vanished, or has another id or number of partitions.
    pub topics_changed: bool,
    /// The error that made the client ask; `None`: it was due.
    pub because: ErrorCode,
}

/// The picture and its age.
#[derive(Clone, Debug)]
pub struct Metadata {
    brokers: Vec<BrokerId>,
    topics: Vec<Arc<TopicInfo>>,
    wanted: Vec<Name>,
    /// Every topic is wanted.
    all: bool,
    new: Vec<Name>,
    errors: Vec<(Name, ErrorCode)>,
    max_age: Duration,
    backoff: Backoff,
    need_full: bool,
    need_partial: bool,
    version: u32,
    updates: u32,
    waiting: bool,
    because: ErrorCode,
    failures: u32,
    equivalent: u32,
    last_success: Option<SimTime>,
    not_before: SimTime,
    alarm: Alarm,
}

impl Metadata {
    /// Knows nothing but the bootstrap servers.
    pub fn new(bootstrap: Vec<BrokerId>, max_age: Duration, backoff: Backoff) -> Self {
        Self {
            brokers: bootstrap,
            topics: Vec::new(),
            wanted: Vec::new(),
            all: false,
            new: Vec::new(),
            errors: Vec::new(),
            max_age,
            backoff,
            need_full: true,
            need_partial: false,
            version: 0,
            updates: 0,
            waiting: false,
            because: ErrorCode::None,
            failures: 0,
            equivalent: 0,
            last_success: None,
            not_before: SimTime::ZERO,
            alarm: Alarm::new(Timer::Metadata),
        }
    }

    /// Takes over changed settings.
    pub fn configure(&mut self, max_age: Duration, backoff: Backoff) {
        self.max_age = max_age;
        self.backoff = backoff;
    }

    /// The brokers as of the last answer, or the bootstrap servers.
    pub fn brokers(&self) -> &[BrokerId] {
        &self.brokers
    }

    /// The topics known, by name.
    pub fn topics(&self) -> &[Arc<TopicInfo>] {
        &self.topics
    }

    /// A topic by name.
    pub fn topic(&self, name: &str) -> Option<&Arc<TopicInfo>> {
        let at = self.topics.binary_search_by(|t| (*t.name).cmp(name)).ok()?;
        self.topics.get(at)
    }

    /// A topic by identity.
    pub fn topic_by_id(&self, id: TopicId) -> Option<&Arc<TopicInfo>> {
        self.topics.iter().find(|t| t.id == id)
    }

    /// A partition.
    pub fn partition(&self, tp: TopicPartition) -> Option<PartitionInfo> {
        let topic = self.topic_by_id(tp.topic)?;
        topic.partitions.get(tp.partition as usize).copied()
    }

    /// Why a topic is not known.
    pub fn error(&self, name: &str) -> ErrorCode {
        let found = self.errors.iter().find(|(n, _)| &**n == name);
        found.map_or(ErrorCode::None, |(_, e)| *e)
    }

    /// Takes an interest in a topic; asks for it if it is new.
    pub fn want(&mut self, name: &Name) {
        if !self.wanted.contains(name) {
            self.wanted.push(name.clone());
            self.new.push(name.clone());
            self.ask_for_new();
        }
    }

    /// Takes an interest in every topic there is (a pattern is to be matched).
    pub fn want_all(&mut self) {
        if !self.all {
            self.all = true;
            self.need_full = true;
        }
    }

    /// Sets the topics of interest; asks at once if one of them is new.
    pub fn set_wanted(&mut self, names: &[Name]) {
        let same = names.len() == self.wanted.len();
        if same && names.iter().all(|n| self.wanted.contains(n)) {
            return;
        }
        let added = names.iter().any(|n| match self.all {
            true => self.topic(n).is_none(),
            false => !self.wanted.contains(n),
        });
        self.wanted = names.to_vec();
        let unknown = names.iter().filter(|n| self.topic(n).is_none());
        self.new = unknown.cloned().collect();
        if !self.all {
            self.topics.retain(|t| names.contains(&t.name));
        }
        if added {
            self.ask_for_new();
        }
    }

    /// `requestUpdateForNewTopics`: without back-off.
    fn ask_for_new(&mut self) {
        self.need_partial = true;
        self.version += 1;
        self.equivalent = 0;
        self.not_before = SimTime::ZERO;
    }

    /// The picture is wrong, or wanted fresh (`requestUpdate`).
    pub fn request_update(&mut self, because: ErrorCode) {
        self.need_full = true;
        if self.because.is_ok() {
            self.because = because;
        }
    }

    /// How many answers there were.
    pub fn updates(&self) -> u32 {
        self.updates
    }

    /// Whether an answer is wanted before the picture can be trusted (`ensureFreshMetadata`).
    pub fn is_stale(&self, now: SimTime) -> bool {
        self.need_full
            || self.need_partial
            || self.last_success.is_none_or(|at| at + self.max_age <= now)
    }

    /// Whether the back-off since the last answer is over (`timeToAllowUpdate`).
    pub fn may_ask(&self, now: SimTime) -> bool {
        self.not_before <= now
    }

    /// Whether a request is wanted or on its way.
    pub fn is_pending(&self) -> bool {
        self.waiting || self.need_full || self.need_partial
    }

    /// When the next request may and should go out.
    fn due(&self) -> SimTime {
        let expires = self
            .last_success
            .map_or(SimTime::ZERO, |at| at + self.max_age);
        let wanted = if self.need_full || self.need_partial {
            SimTime::ZERO
        } else {
            expires
        };
        wanted.max(self.not_before)
    }

    /// The request to send now, if one is due; otherwise the alarm is set.
    pub fn next_request(&mut self, ctx: &mut Ctx) -> Option<(Request, MetadataTicket)> {
        if self.waiting {
            return None;
        }
        let due = self.due();
        if due > ctx.now {
            self.alarm.want(ctx, due);
            return None;
        }
        let fresh = self
            .last_success
            .is_some_and(|at| at + self.max_age > ctx.now);
        let partial = !self.need_full && fresh && !self.all;
        let topics = if partial { &self.new } else { &self.wanted };
        let ticket = MetadataTicket {
            partial,
            version: self.version,
        };
        let names = Some(topics.clone()).filter(|_| !self.all);
        Some((Request::Metadata(names), ticket))
    }

    /// The request went out.
    pub fn sent(&mut self) {
        self.waiting = true;
    }

    /// No broker could be asked; look again then.
    pub fn postponed(&mut self, ctx: &mut Ctx, until: SimTime) {
        self.alarm.want(ctx, until);
    }

    /// The alarm rang.
    pub fn rang(&mut self) {
        self.alarm.rang();
    }

    /// Asks no more.
    pub fn cancel(&mut self, ctx: &mut Ctx) {
        self.alarm.cancel(ctx);
    }

    /// The request was lost (`failedUpdate`).
    pub fn failed(&mut self, ctx: &mut Ctx) {
        self.waiting = false;
        self.not_before = ctx.now + self.backoff.after(self.failures, ctx.rng);
        self.failures += 1;
        self.equivalent = 0;
    }

    /// Takes over an answer.
    pub fn update(
        &mut self,
        ctx: &mut Ctx,
        ticket: MetadataTicket,
        response: MetadataResponse,
    ) -> Update {
        if response.brokers.is_empty() {
            self.failed(ctx);
            return Update {
                topics_changed: false,
                because: ErrorCode::None,
            };
        }
        self.begin_update(ctx, ticket);
        let because = core::mem::replace(&mut self.because, ErrorCode::None);
        self.brokers = response.brokers;
        self.errors.clear();
        let mut changed = false;
        if !ticket.partial {
            let named = |t: &Arc<TopicInfo>| response.topics.iter().any(|n| n.name == t.name);
            let before = self.topics.len();
            self.topics.retain(named);
            changed |= self.topics.len() != before;
        }
        for topic in response.topics {
            self.new.retain(|n| *n != topic.name);
            changed |= self.update_topic(topic);
        }
        self.not_before = match self.equivalent {
            0 => ctx.now,
            n => ctx.now + self.backoff.after(n - 1, ctx.rng),
        };
        // The first try after an answer never comes at once, whatever it brought.
        self.not_before = self
            .not_before
            .max(ctx.now + self.backoff.after(0, ctx.rng));
        Update {
            topics_changed: changed,
            because,
        }
    }

    fn begin_update(&mut self, ctx: &Ctx, ticket: MetadataTicket) {
        self.waiting = false;
        self.need_partial = ticket.version < self.version;
        self.updates += 1;
        self.failures = 0;
        self.equivalent += 1;
        if !ticket.partial {
            self.need_full = false;
            self.last_success = Some(ctx.now);
        }
    }

    /// Takes over one topic; true if its id or number of partitions is another.
    fn update_topic(&mut self, topic: TopicMetadata) -> bool {
        if !self.all && !self.wanted.contains(&topic.name) {
            return false;
        }
        let known = self.topics.binary_search_by(|t| t.name.cmp(&topic.name));
        let (Some(id), true) = (topic.id, topic.error.is_ok()) else {
            if topic.error.wants_metadata() {
                self.request_update(topic.error);
            }
            self.errors.push((topic.name, topic.error));
            return known.map(|at| self.topics.remove(at)).is_ok();
        };
        let old = known.ok().and_then(|at| self.topics.get(at).cloned());
        let old = old.filter(|t| t.id == id);
        let info = self.merge(id, &topic, old.as_deref());
        let changed = old.is_none_or(|t| t.partitions.len() != info.partitions.len());
        match known {
            Ok(at) => self.topics[at] = Arc::new(info),
            Err(at) => self.topics.insert(at, Arc::new(info)),
        }
        changed
    }

    fn merge(&mut self, id: TopicId, topic: &TopicMetadata, old: Option<&TopicInfo>) -> TopicInfo {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for told in &topic.partitions {
            let known = old.and_then(|t| t.partitions.get(told.partition as usize));
            if known.is_none_or(|k| told.leader_epoch > k.epoch) {
                self.equivalent = 0;
            }
            if told.leader.is_none() {
                self.request_update(ErrorCode::LeaderNotAvailable);
            }
            let told = PartitionInfo {
                leader: told.leader,
                epoch: told.leader_epoch,
            };
            partitions.push(
                known
                    .copied()
                    .filter(|k| k.epoch > told.epoch)
                    .unwrap_or(told),
            );
        }
        let with_leader = partitions.iter().enumerate();
        let available = with_leader
            .filter(|(_, p)| p.leader.is_some())
            .map(|(number, _)| number as i32)
            .collect();
        TopicInfo {
            name: topic.name.clone(),
            id,
            partitions,
            available,
        }
    }
}
