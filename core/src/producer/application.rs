//! The application in a producer: a thread that calls `send()`, by hand or at a steady rate.
//!
//! Calls wait in line. Each may block for `max.block.ms`, first for the topic's metadata, then for memory; then it fails and the
//! next one is called. A thread that is blocked sends nothing else, so a rate that is too high is not caught up later.

use super::Producer;
use super::accumulator::Exhausted;
use super::batch::size_upper_bound;
use crate::client::TopicInfo;
use crate::command::ProducerSpec;
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::Name;
use crate::protocol::ErrorCode;
use crate::record::{Bytes, Record};
use crate::time::{Duration, SimTime};
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Write;

/// Bytes of a generated value unless the user says otherwise.
const VALUE_BYTES: u32 = 100;

/// A value for a record.
#[derive(Clone, Debug)]
enum Value {
    /// These bytes, or a tombstone.
    Given(Option<Bytes>),
    /// `m1`, `m2`, … padded with spaces.
    Generated,
}

/// `send()` calls for the same record.
#[derive(Clone, Debug)]
struct Call {
    topic: Name,
    key: Option<Bytes>,
    value: Value,
    partition: Option<i32>,
    left: u32,
}

/// The application thread.
#[derive(Clone, Debug)]
pub(super) struct Application {
    topic: Option<Name>,
    rate_milli: u64,
    keys: Vec<Name>,
    key_bytes: Arc<[Bytes]>,
    value_bytes: u32,
    calls: VecDeque<Call>,
    blocked_since: Option<SimTime>,
    generated: u64,
    /// The rate counts from here.
    rate_from: SimTime,
    rate_count: u64,
    /// The rate's next record waits until the thread is free.
    rate_waits: bool,
}

/// What became of a `send()`.
enum Outcome {
    /// It returned.
    Sent,
    /// It waits for metadata or memory.
    Blocks,
    /// It failed with this error.
    Fails(&'static str),
}

impl Application {
    pub(super) fn new(spec: &ProducerSpec) -> Self {
        let mut application = Self {
            topic: None,
            rate_milli: 0,
            keys: Vec::new(),
            key_bytes: Arc::from([]),
            value_bytes: VALUE_BYTES,
            calls: VecDeque::new(),
            blocked_since: None,
            generated: 0,
            rate_from: SimTime::ZERO,
            rate_count: 0,
            rate_waits: false,
        };
        application.configure(spec);
        application
    }

    pub(super) fn configure(&mut self, spec: &ProducerSpec) {
        if let Some(topic) = &spec.topic {
            self.topic = Some(topic.clone());
        }
        if let Some(keys) = &spec.keys {
            self.keys = keys.clone();
            self.key_bytes = keys.iter().map(|k| Bytes::from(k.as_bytes())).collect();
        }
        self.rate_milli = spec.rate_milli.unwrap_or(self.rate_milli);
        self.value_bytes = spec.value_bytes.unwrap_or(self.value_bytes);
    }

    pub(super) fn topic(&self) -> Name {
        self.topic.clone().unwrap_or_else(|| Name::from(""))
    }

    pub(super) fn rate_milli(&self) -> u64 {
        self.rate_milli
    }

    pub(super) fn key_names(&self) -> &[Name] {
        &self.keys
    }

    /// The next readable value, exactly `value_bytes` long.
    fn generate(&mut self) -> Bytes {
        self.generated += 1;
        let mut text = alloc::string::String::with_capacity(24);
        // Writing to a string cannot fail.
        let _ = write!(text, "m{}", self.generated);
        let mut bytes = text.into_bytes();
        bytes.resize(self.value_bytes as usize, b' ');
        bytes.into()
    }

    fn next_rate(&self) -> SimTime {
        let micros = u128::from(self.rate_count) * 1_000_000_000 / u128::from(self.rate_milli);
        self.rate_from + Duration(micros as u64)
    }
}

impl Producer {
    /// `send()`, `count` times: `value` `None` is a tombstone, `topic` `None` the producer's own.
    pub fn send(
        &mut self,
        ctx: &mut Ctx,
        topic: Option<Name>,
        key: Option<Bytes>,
        value: Option<Bytes>,
        partition: Option<i32>,
        count: u32,
    ) {
        self.call(ctx, topic, key, Value::Given(value), partition, count);
    }

    /// The same with generated values.
    pub fn generate(
        &mut self,
        ctx: &mut Ctx,
        topic: Option<Name>,
        key: Option<Bytes>,
        partition: Option<i32>,
        count: u32,
    ) {
        self.call(ctx, topic, key, Value::Generated, partition, count);
    }

    fn call(
        &mut self,
        ctx: &mut Ctx,
        topic: Option<Name>,
        key: Option<Bytes>,
        value: Value,
        partition: Option<i32>,
        count: u32,
    ) {
        let topic = topic.unwrap_or_else(|| self.application.topic());
        if self.closed || self.accumulator.closing {
            self.failed(ctx, None, topic, "IllegalStateException", count as i32);
            return;
        }
        if topic.is_empty() {
            self.failed(ctx, None, topic, "InvalidTopicException", count as i32);
            return;
        }
        self.application.calls.push_back(Call {
            topic,
            key,
            value,
            partition,
            left: count,
        });
        self.work(ctx);
    }

    /// The rate begins (again), with a record at once.
    pub(super) fn start_rate(&mut self, ctx: &mut Ctx) {
        let application = &mut self.application;
        application.rate_waits = false;
        if application.rate_milli == 0 || application.topic.is_none() {
            ctx.disarm(Timer::Rate);
            return;
        }
        application.rate_from = ctx.now;
        application.rate_count = 0;
        ctx.arm_at(Timer::Rate, ctx.now);
    }

    pub(super) fn on_rate(&mut self, ctx: &mut Ctx) {
        if self.application.rate_milli == 0 || self.accumulator.closing {
            return;
        }
        if !self.application.calls.is_empty() {
            self.application.rate_waits = true;
            return;
        }
        let application = &mut self.application;
        application.rate_count += 1;
        ctx.arm_at(Timer::Rate, application.next_rate());
        let keys = &application.key_bytes;
        let key = match keys.len() {
            0 => None,
            n => Some(keys[ctx.rng.below(n as u64) as usize].clone()),
        };
        let topic = application.topic();
        application.calls.push_back(Call {
            topic,
            key,
            value: Value::Generated,
            partition: None,
            left: 1,
        });
    }

    /// Lets the thread go on as far as it can.
    pub(super) fn pump(&mut self, ctx: &mut Ctx) {
        while let Some(call) = self.application.calls.front_mut() {
            if call.left == 0 {
                self.application.calls.pop_front();
                continue;
            }
            let call = call.clone();
            let outcome = self.try_send(ctx, &call);
            if matches!(outcome, Outcome::Blocks) {
                let since = *self.application.blocked_since.get_or_insert(ctx.now);
                if ctx.now < since + self.max_block() {
                    break;
                }
            }
            self.returned(ctx, &call, outcome);
        }
        if self.application.calls.is_empty() && self.application.rate_waits {
            self.application.rate_waits = false;
            self.application.rate_from = ctx.now;
            self.application.rate_count = 0;
            ctx.arm_at(Timer::Rate, ctx.now);
        }
    }

    fn max_block(&self) -> Duration {
        Duration::millis(self.config.max_block_ms)
    }

    /// A `send()` is over, one way or the other; the next one begins now.
    fn returned(&mut self, ctx: &mut Ctx, call: &Call, outcome: Outcome) {
        self.application.blocked_since = None;
        let exhausted = core::mem::take(&mut self.accumulator.exhausted);
        if let Some(call) = self.application.calls.front_mut() {
            call.left -= 1;
        }
        let error = match outcome {
            Outcome::Sent => return,
            Outcome::Fails(error) => error,
            Outcome::Blocks if exhausted => "BufferExhaustedException",
            Outcome::Blocks => "TimeoutException",
        };
        self.failed(ctx, None, call.topic.clone(), error, 1);
    }

    fn try_send(&mut self, ctx: &mut Ctx, call: &Call) -> Outcome {
        self.metadata.want(&call.topic);
        let Some(info) = self.metadata.topic(&call.topic).cloned() else {
            return self.without_metadata(&call.topic);
        };
        if call.partition.is_some_and(|p| p >= info.count()) {
            self.metadata.request_update(ErrorCode::None);
            return Outcome::Blocks;
        }
        if call.partition.is_some_and(|p| p < 0) {
            return Outcome::Fails("IllegalArgumentException");
        }
        self.append(ctx, call, &info)
    }

    fn without_metadata(&mut self, topic: &Name) -> Outcome {
        if self.metadata.error(topic) == ErrorCode::InvalidTopicException {
            return Outcome::Fails("InvalidTopicException");
        }
        if !self.metadata.is_pending() {
            self.metadata
                .request_update(ErrorCode::UnknownTopicOrPartition);
        }
        Outcome::Blocks
    }

    fn append(&mut self, ctx: &mut Ctx, call: &Call, info: &TopicInfo) -> Outcome {
        let value = match &call.value {
            Value::Given(value) => value.clone(),
            Value::Generated => Some(self.application.generate()),
        };
        let bytes = i64::from(size_upper_bound(call.key.as_ref(), value.as_ref()));
        if bytes > self.config.max_request_size || bytes > self.config.buffer_memory {
            return Outcome::Fails("RecordTooLargeException");
        }
        let record = Record::new(ctx.now.as_millis(), call.key.clone(), value);
        let appended = self
            .accumulator
            .append(info, call.partition, record, ctx.now, ctx.rng);
        match appended {
            Ok(appended) => {
                ctx.emit(Event::RecordSent { tp: appended.tp });
                self.sender.wake |= appended.wake;
                Outcome::Sent
            }
            Err(Exhausted) => {
                if matches!(call.value, Value::Generated) {
                    self.application.generated -= 1;
                }
                self.accumulator.exhausted = true;
                self.sender.wake = true;
                Outcome::Blocks
            }
        }
    }

    /// When a blocked call gives up.
    pub(super) fn blocks_until(&self) -> SimTime {
        let since = self.application.blocked_since;
        since.map_or(SimTime::MAX, |at| at + self.max_block())
    }

    /// The producer closes: calls that wait fail.
    pub(super) fn fail_blocked(&mut self, ctx: &mut Ctx) {
        self.application.blocked_since = None;
        self.accumulator.exhausted = false;
        for call in core::mem::take(&mut self.application.calls) {
            self.failed(ctx, None, call.topic, "KafkaException", call.left as i32);
        }
    }
}
