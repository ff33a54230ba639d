//! One client, its timers, and the messages between it and the scripted cluster, in virtual time.

use crate::cluster::{Answer, Cluster};
use rebalance_core::effect::{Ctx, Effect, Timer};
use rebalance_core::event::Event;
use rebalance_core::id::{BrokerId, ClientId, NodeId};
use rebalance_core::protocol::{Envelope, Message, Request};
use rebalance_core::rng::Rng;
use rebalance_core::time::{Duration, SimTime};
use std::collections::BTreeMap;

/// What a client looks like from outside.
pub trait Client {
    fn start(&mut self, ctx: &mut Ctx);
    fn on_message(&mut self, ctx: &mut Ctx, envelope: Envelope);
    fn on_timer(&mut self, ctx: &mut Ctx, timer: Timer);
}

enum Due {
    Timer(Timer),
    ToBroker(BrokerId, Message),
    ToClient(Envelope),
}

/// The address of the client under test.
pub const ME: NodeId = NodeId::Client(ClientId(1));

/// The client and its surroundings.
pub struct Bench<C> {
    pub client: C,
    pub cluster: Cluster,
    pub now: SimTime,
    /// One-way delay.
    pub latency: Duration,
    /// What the client told the journal.
    pub events: Vec<(SimTime, Event)>,
    /// Every request that reached a broker.
    pub requests: Vec<(SimTime, BrokerId, Request)>,
    queue: BTreeMap<(SimTime, u64), Due>,
    timers: BTreeMap<Timer, (SimTime, u64)>,
    sequence: u64,
    rng: Rng,
}

impl<C: Client> Bench<C> {
    pub fn new(client: C, cluster: Cluster, seed: u64) -> Self {
        let mut bench = Self {
            client,
            cluster,
            now: SimTime::ZERO,
            latency: Duration::millis(1),
            events: Vec::new(),
            requests: Vec::new(),
            queue: BTreeMap::new(),
            timers: BTreeMap::new(),
            sequence: 0,
            rng: Rng::fork(seed, "client"),
        };
        bench.with(|client, ctx| client.start(ctx));
        bench
    }

    /// Another process takes the place of this one; its timers and messages are gone.
    pub fn replace(&mut self, client: C) {
        self.client = client;
        self.timers.clear();
        self.queue.retain(|_, due| matches!(due, Due::ToBroker(..)));
        self.with(|client, ctx| client.start(ctx));
    }

    /// Lets the client do something now.
    pub fn with(&mut self, act: impl FnOnce(&mut C, &mut Ctx)) {
        let mut out = Vec::new();
        let mut ctx = Ctx {
            now: self.now,
            rng: &mut self.rng,
            out: &mut out,
        };
        act(&mut self.client, &mut ctx);
        for effect in out {
            self.effect(effect);
        }
    }

    fn push(&mut self, at: SimTime, due: Due) -> u64 {
        self.sequence += 1;
        self.queue.insert((at, self.sequence), due);
        self.sequence
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Send(NodeId::Broker(to), message) => {
                self.push(self.now + self.latency, Due::ToBroker(to, message));
            }
            Effect::Send(to, _) => panic!("clients talk to brokers only, not to {to:?}"),
            Effect::Arm(timer, at) => {
                self.disarm(timer);
                let at = at.max(self.now);
                let sequence = self.push(at, Due::Timer(timer));
                self.timers.insert(timer, (at, sequence));
            }
            Effect::Disarm(timer) => self.disarm(timer),
            Effect::Emit(event) => self.events.push((self.now, event)),
        }
    }

    fn disarm(&mut self, timer: Timer) {
        if let Some(key) = self.timers.remove(&timer) {
            self.queue.remove(&key);
        }
    }

    /// Runs until `at`, everything due then included.
    pub fn until(&mut self, at: SimTime) {
        let mut steps = 0;
        while let Some((&(due, sequence), _)) = self.queue.first_key_value() {
            if due > at {
                break;
            }
            steps += 1;
            assert!(steps < 2_000_000, "the client runs in circles at {due}");
            self.now = due;
            if let Some(what) = self.queue.remove(&(due, sequence)) {
                self.handle(what);
            }
        }
        self.now = at;
    }

    /// Runs for so many milliseconds. No test lasts twenty minutes: one that does waits for what never happens.
    pub fn run(&mut self, ms: i64) {
        self.until(self.now + Duration::millis(ms));
        assert!(self.now.0 < 1_200_000_000, "this never happens");
    }

    fn handle(&mut self, due: Due) {
        match due {
            Due::Timer(timer) => {
                self.timers.remove(&timer);
                self.with(|client, ctx| client.on_timer(ctx, timer));
            }
            Due::ToClient(envelope) => {
                self.with(|client, ctx| client.on_message(ctx, envelope));
            }
            Due::ToBroker(broker, Message::Request(correlation, request)) => {
                self.requests.push((self.now, broker, request.clone()));
                let answers = self.cluster.handle(self.now, broker, correlation, request);
                self.deliver(answers);
            }
            Due::ToBroker(..) => panic!("clients only ask"),
        }
    }

    /// Sends what the cluster has to say.
    pub fn deliver(&mut self, answers: Vec<Answer>) {
        for answer in answers {
            let message = match answer.response {
                Some(response) => Message::Response(answer.correlation, response),
                None => Message::Disconnected,
            };
            let envelope = Envelope {
                from: NodeId::Broker(answer.from),
                to: ME,
                message,
            };
            let at = self.now.max(answer.at) + self.latency;
            self.push(at, Due::ToClient(envelope));
        }
    }

    /// What the journal has of one kind.
    pub fn told<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Vec<(i64, T)> {
        let picked = self.events.iter();
        picked
            .filter_map(|(at, e)| Some((at.as_millis(), pick(e)?)))
            .collect()
    }

    /// How often each timer is still set.
    pub fn timers(&self) -> Vec<Timer> {
        self.timers.keys().copied().collect()
    }
}
