//! Records waiting to be sent, in batches, a queue for each partition (`RecordAccumulator`, `BufferPool`).
//!
//! - `append` puts a record into the last batch of its partition, or begins another one if it does not fit; a new
//!   batch takes `batch.size` bytes (or more, for a larger record) out of `buffer.memory`.
//! - `ready` names the brokers for which something is sendable: a batch that is full (or has another one behind it),
//!   or older than `linger.ms`, or anything at all when memory is short or the producer closes; nothing in back-off.
//! - `drain` (in a file of its own) takes one batch per partition for one request.
//! - `expired` takes what has waited `delivery.timeout.ms`.

use super::batch::{ProducerBatch, size_upper_bound};
use crate::client::{Metadata, TopicInfo};
use crate::id::{BrokerId, Name, TopicId, TopicPartition};
use crate::partitioner::{
    QueueSizes, RoundRobinPartitioner, StickyPartitioner, TopicPartitions, partition_for_key,
};
use crate::record::Record;
use crate::rng::Rng;
use crate::sorted::{self, Map, Set};
use crate::time::{Duration, SimTime};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// The settings that matter here.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `batch.size`, bytes.
    pub batch_size: u32,
    /// `linger.ms`.
    pub linger: Duration,
    /// `buffer.memory`, bytes.
    pub buffer_memory: i64,
    /// `max.request.size`, bytes.
    pub max_request_size: u32,
    /// `delivery.timeout.ms`.
    pub delivery_timeout: Duration,
    /// `partitioner.class=roundrobin`.
    pub round_robin: bool,
    /// `partitioner.ignore.keys`.
    pub ignore_keys: bool,
    /// `partitioner.adaptive.partitioning.enable`.
    pub adaptive: bool,
}

/// The queues of one topic.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) name: Name,
    pub(super) id: TopicId,
    /// By partition number, from its first record on.
    pub(super) queues: Map<i32, VecDeque<ProducerBatch>>,
    sticky: StickyPartitioner,
    round_robin: RoundRobinPartitioner,
}

/// What an append did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Appended {
    /// Where the record went.
    pub tp: TopicPartition,
    /// Something may be sendable now: a batch is full, or a new one was begun.
    pub wake: bool,
}

/// Memory is short: the record did not go in.
#[derive(Clone, Debug)]
pub struct Exhausted;

/// Which brokers have something sendable.
#[derive(Clone, Debug, Default)]
pub struct Ready {
    /// Those brokers, ascending.
    pub brokers: Vec<BrokerId>,
    /// Nothing else becomes sendable before this.
    pub next_check: Option<SimTime>,
    /// Some batch waits for a partition without a leader.
    pub leaderless: bool,
}

/// All queues of one producer.
#[derive(Clone, Debug)]
pub struct Accumulator {
    /// Settings.
    pub limits: Limits,
    /// Everything is sendable: the producer closes.
    pub closing: bool,
    /// `send()` waits for memory, so everything is sendable.
    pub exhausted: bool,
    pub(super) topics: Vec<Topic>,
    /// Batches in all queues.
    pub(super) waiting: usize,
    /// A batch was begun since this was asked last.
    begun: bool,
    free: i64,
    next_batch: u64,
    pub(super) muted: Set<TopicPartition>,
    pub(super) drain_index: Map<BrokerId, usize>,
}

impl Accumulator {
    /// Empty.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            closing: false,
            exhausted: false,
            topics: Vec::new(),
            waiting: 0,
            begun: false,
            free: limits.buffer_memory,
            next_batch: 0,
            muted: Set::new(),
            drain_index: Map::new(),
        }
    }

    /// Takes over changed settings; what is queued stays.
    pub fn configure(&mut self, limits: Limits) {
        self.free += limits.buffer_memory - self.limits.buffer_memory;
        if limits.batch_size != self.limits.batch_size {
            for topic in &mut self.topics {
                topic.sticky = StickyPartitioner::new(limits.batch_size as i32);
            }
        }
        self.limits = limits;
    }

    /// The queues of a topic; follows a topic that was created again.
    fn topic(&mut self, info: &TopicInfo) -> usize {
        if let Some(at) = self.topics.iter().position(|t| t.name == info.name) {
            return at;
        }
        self.topics.push(Topic {
            name: info.name.clone(),
            id: info.id,
            queues: Map::new(),
            sticky: StickyPartitioner::new(self.limits.batch_size as i32),
            round_robin: RoundRobinPartitioner::new(),
        });
        self.topics.len() - 1
    }

    /// Appends a record to a partition that the caller names, or that is chosen here.
    pub fn append(
        &mut self,
        info: &TopicInfo,
        explicit: Option<i32>,
        record: Record,
        now: SimTime,
        rng: &mut Rng,
    ) -> Result<Appended, Exhausted> {
        let at = self.topic(info);
        let fixed = explicit.or_else(|| self.fixed_partition(at, info, &record));
        let mut random = || rng.next_i32();
        let known = TopicPartitions {
            available: &info.available,
            total: info.count(),
        };
        let Some(partition) = fixed else {
            return self.append_sticky(at, record, now, &mut random, known);
        };
        let done = match self.append_open(at, partition, record) {
            Ok(done) => done,
            Err(record) => self.append_new(at, partition, record, now)?,
        };
        Ok(done.0)
    }

    /// The partition by key or turn; `None`: the sticky one.
    fn fixed_partition(&mut self, at: usize, info: &TopicInfo, record: &Record) -> Option<i32> {
        if self.limits.round_robin {
            let turns = &mut self.topics[at].round_robin;
            return Some(turns.next(&info.available, info.count()));
        }
        let key = record.key.as_ref().filter(|_| !self.limits.ignore_keys)?;
        Some(partition_for_key(key, info.count()))
    }

    /// KIP-794: stay on one partition until `batch.size` bytes went there.
    fn append_sticky(
        &mut self,
        at: usize,
        mut record: Record,
        now: SimTime,
        random: &mut dyn FnMut() -> i32,
        known: TopicPartitions<'_>,
    ) -> Result<Appended, Exhausted> {
        let partition = loop {
            let partition = self.topics[at].sticky.peek(random, known);
            if !self.all_full(at, partition) {
                match self.append_open(at, partition, record) {
                    Ok(done) => return Ok(self.count_sticky(at, done, random, known)),
                    Err(back) => record = back,
                }
            }
            // Every batch is full: a switch that was put off happens now.
            if !self.topics[at].sticky.on_append(0, true, random, known) {
                break partition;
            }
        };
        let done = self.append_new(at, partition, record, now)?;
        Ok(self.count_sticky(at, done, random, known))
    }

    fn count_sticky(
        &mut self,
        at: usize,
        (appended, bytes): (Appended, u32),
        random: &mut dyn FnMut() -> i32,
        known: TopicPartitions<'_>,
    ) -> Appended {
        let full = self.all_full(at, appended.tp.partition);
        let sticky = &mut self.topics[at].sticky;
        sticky.on_append(bytes as i32, full, random, known);
        appended
    }

    pub(super) fn queue(&mut self, at: usize, partition: i32) -> &mut VecDeque<ProducerBatch> {
        self.topics[at].queues.entry(partition).or_default()
    }

    fn all_full(&mut self, at: usize, partition: i32) -> bool {
        let last = self.queue(at, partition).back();
        last.is_none_or(ProducerBatch::is_full)
    }

    /// Appends to the last batch; also says how many bytes it took. A record that does not fit comes back, and the batch is closed.
    fn append_open(
        &mut self,
        at: usize,
        partition: i32,
        record: Record,
    ) -> Result<(Appended, u32), Record> {
        let tp = TopicPartition::new(self.topics[at].id, partition);
        let queue = self.queue(at, partition);
        let behind = queue.len() > 1;
        let Some(last) = queue.back_mut() else {
            return Err(record);
        };
        let before = last.size();
        let tried = last.try_append(record);
        if tried.is_err() {
            last.close();
        }
        let wake = behind || last.is_full();
        let bytes = last.size() - before;
        tried.map(|()| (Appended { tp, wake }, bytes))
    }

    /// Begins a batch; also says how many bytes it has, its header included.
    fn append_new(
        &mut self,
        at: usize,
        partition: i32,
        record: Record,
        now: SimTime,
    ) -> Result<(Appended, u32), Exhausted> {
        let tp = TopicPartition::new(self.topics[at].id, partition);
        let needed = size_upper_bound(record.key.as_ref(), record.value.as_ref());
        let buffer = needed.max(self.limits.batch_size);
        if i64::from(buffer) > self.free {
            return Err(Exhausted);
        }
        self.free -= i64::from(buffer);
        let mut batch = ProducerBatch::new(self.batch_id(), tp, buffer, now);
        // The first record always fits.
        let _ = batch.try_append(record);
        let bytes = batch.size();
        self.queue(at, partition).push_back(batch);
        self.waiting += 1;
        self.begun = true;
        Ok((Appended { tp, wake: true }, bytes))
    }

    fn batch_id(&mut self) -> u64 {
        self.next_batch += 1;
        self.next_batch
    }

    /// A batch is done with: its memory is free again.
    pub fn release(&mut self, batch: &mut ProducerBatch) {
        self.free += i64::from(batch.buffer);
        batch.buffer = 0;
    }

    /// Which brokers have something sendable now.
    pub fn ready(&mut self, metadata: &Metadata, now: SimTime) -> Ready {
        let mut ready = Ready::default();
        if self.waiting == 0 {
            for topic in &mut self.topics {
                topic.sticky.update_load(None);
            }
            return ready;
        }
        for at in 0..self.topics.len() {
            let Some(info) = metadata.topic(&self.topics[at].name) else {
                let mut queues = self.topics[at].queues.values();
                ready.leaderless |= queues.any(|q| !q.is_empty());
                continue;
            };
            let info = info.clone();
            self.topic_ready(at, &info, now, &mut ready);
            self.update_load(at, &info);
        }
        sorted::sort(&mut ready.brokers);
        ready
    }

    fn topic_ready(&mut self, at: usize, info: &TopicInfo, now: SimTime, ready: &mut Ready) {
        let everything = self.closing || self.exhausted;
        let linger = self.limits.linger;
        let topic = &mut self.topics[at];
        for (partition, queue) in topic.queues.iter_mut() {
            let number = *partition as usize;
            let behind = queue.len() > 1;
            let Some(first) = queue.front_mut() else {
                continue;
            };
            let Some(leader) = info.partitions.get(number).and_then(|p| p.leader) else {
                ready.leaderless = true;
                continue;
            };
            first.see_leader(info.partitions[number].epoch);
            let tp = TopicPartition::new(topic.id, *partition);
            if ready.brokers.contains(&leader) || self.muted.contains(&tp) {
                continue;
            }
            let backs_off = first.backs_off(now);
            let due = if backs_off {
                first.not_before
            } else {
                first.last_attempt + linger
            };
            let sendable = behind || first.is_full() || due <= now || everything;
            if sendable && !backs_off {
                ready.brokers.push(leader);
            } else {
                ready.next_check = Some(ready.next_check.map_or(due, |t| t.min(due)));
            }
        }
    }

    /// Adaptive partitioning: the sticky partitioner hears how long the queues are, once every partition has one.
    fn update_load(&mut self, at: usize, info: &TopicInfo) {
        let topic = &mut self.topics[at];
        if !self.limits.adaptive || topic.queues.len() < info.partitions.len() {
            topic.sticky.update_load(None);
            return;
        }
        // Queues of one length give nothing to weigh.
        let mut lengths = topic.queues.values().map(VecDeque::len);
        let first = lengths.next();
        if lengths.all(|l| Some(l) == first) {
            topic.sticky.update_load(None);
            return;
        }
        let led = |n: &i32| topic.queues.contains_key(n);
        let partitions: Vec<i32> = info.available.iter().copied().filter(led).collect();
        let length = |n: &i32| topic.queues.get(n).map_or(0, VecDeque::len);
        let sizes: Vec<i32> = partitions.iter().map(|n| length(n) as i32).collect();
        topic.sticky.update_load(Some(QueueSizes {
            sizes: &sizes,
            partitions: &partitions,
            usable: sizes.len(),
        }));
    }

    /// Puts a batch back, before all that have no number or a higher one.
    pub fn reenqueue(&mut self, batch: ProducerBatch, in_order: bool) {
        let Some(at) = self.topics.iter().position(|t| t.id == batch.tp.topic) else {
            return;
        };
        let queue = self.queue(at, batch.tp.partition);
        let earlier = |b: &ProducerBatch| {
            in_order && b.has_sequence() && b.base_sequence < batch.base_sequence
        };
        let place = queue.iter().take_while(|b| earlier(b)).count();
        queue.insert(place, batch);
        self.waiting += 1;
    }

    /// Cuts a batch that is too large for the broker and queues the parts in its place. Returns them for numbering.
    pub fn split(&mut self, mut batch: ProducerBatch, in_order: bool) -> Vec<ProducerBatch> {
        self.release(&mut batch);
        let first_id = self.next_batch + 1;
        let parts = batch.split(self.limits.batch_size, first_id);
        self.next_batch += parts.len() as u64;
        for part in parts.iter().rev() {
            self.reenqueue(part.clone(), in_order);
        }
        parts
    }

    /// Takes what has waited `delivery.timeout.ms`.
    pub fn expired(&mut self, now: SimTime) -> Vec<ProducerBatch> {
        let timeout = self.limits.delivery_timeout;
        let mut expired = Vec::new();
        for queue in self.topics.iter_mut().flat_map(|t| t.queues.values_mut()) {
            while queue.front().is_some_and(|b| b.created + timeout <= now) {
                expired.extend(queue.pop_front());
            }
        }
        self.waiting -= expired.len();
        expired
    }

    /// Whether a batch was begun since this was asked last.
    pub fn take_begun(&mut self) -> bool {
        core::mem::take(&mut self.begun)
    }

    /// When the next queued batch expires.
    pub fn next_expiry(&self) -> SimTime {
        let heads = self.queued_heads().map(|b| b.created);
        heads
            .min()
            .map_or(SimTime::MAX, |t| t + self.limits.delivery_timeout)
    }

    fn queued_heads(&self) -> impl Iterator<Item = &ProducerBatch> {
        let queues = self.topics.iter().flat_map(|t| t.queues.values());
        queues.filter_map(VecDeque::front)
    }

    /// Every batch that waits.
    pub fn queued(&self) -> impl Iterator<Item = &ProducerBatch> {
        let queues = self.topics.iter().flat_map(|t| t.queues.values());
        queues.flatten()
    }

    /// Every batch that waits, to change.
    pub fn queued_mut(&mut self) -> impl Iterator<Item = &mut ProducerBatch> {
        let queues = self.topics.iter_mut().flat_map(|t| t.queues.values_mut());
        queues.flatten()
    }

    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Keeps (or stops keeping) a partition to one batch in flight.
    pub fn mute(&mut self, tp: TopicPartition, muted: bool) {
        if muted {
            self.muted.insert(tp);
        } else {
            self.muted.remove(&tp);
        }
    }

    /// Topics that were deleted and created again: old and new identity.
    pub fn recreated(&self, metadata: &Metadata) -> Vec<(TopicId, TopicId)> {
        let known = self.topics.iter().filter_map(|t| {
            let info = metadata.topic(&t.name)?;
            (info.id != t.id).then_some((t.id, info.id))
        });
        known.collect()
    }

    /// What waits for a topic goes to the one that has its name now.
    pub fn rename(&mut self, from: TopicId, to: TopicId) {
        for topic in self.topics.iter_mut().filter(|t| t.id == from) {
            topic.id = to;
            for batch in topic.queues.values_mut().flatten() {
                batch.tp.topic = to;
            }
        }
    }
}
