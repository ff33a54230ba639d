//! What a node leaves behind after it handled something: messages to send, timers to arm, events to tell.
//!
//! A node never calls another one. It gets a [`Ctx`], changes itself, and pushes effects; the cluster
//! drains them whole before it does anything else.

use crate::event::Event;
use crate::id::{BrokerId, NodeId};
use crate::protocol::{Correlation, Message, Request, Response};
use crate::rng::Rng;
use crate::time::{Duration, SimTime};
use alloc::vec::Vec;

/// Every timer a node can have; a node has at most one of each value. Arming it again moves it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// Broker: register (again) with the controller.
    Registration,
    /// Broker: next heartbeat to the controller. Consumer: next heartbeat to the coordinator.
    Heartbeat,
    /// Broker or standby controller: next fetch of the metadata log, or its time-out.
    MetadataFetch,
    /// Broker: look for replicas to drop from ISRs (every `replica.lag.time.max.ms` / 2).
    IsrCheck,
    /// Broker: retention (every `log.retention.check.interval.ms`).
    Retention,
    /// The next look for logs to compact.
    Cleaner,
    /// Broker: ask the controller for an ISR change again.
    AlterPartition,
    /// Broker: the fetcher from this leader wakes up (back-off or request time-out).
    Fetcher(BrokerId),
    /// Broker: a parked Fetch has waited long enough.
    DelayedFetch(u32),
    /// Broker: a parked Produce has waited long enough.
    DelayedProduce(u32),
    /// Broker: read this partition of the offsets topic into the coordinator.
    Load(i32),
    /// Broker: a timer of the group coordinator, numbered by it.
    Coordinator(u64),
    /// Broker: read this partition of the share groups' state topic.
    LoadShare(i32),
    /// Broker: a lock, a parked ShareFetch, a retry or a session of share groups may be over.
    Share,
    /// Controller: look for brokers whose session has expired.
    BrokerSession,
    /// Controller: quorum election or fetch time-out.
    Quorum,
    /// Controller: preferred-leader check. Admin: retry.
    LeaderImbalance,
    /// A request of this broker was not answered in time.
    Request(Correlation),
    /// Client: the earliest of its deadlines (request, delivery or blocking time-out) may have come.
    Deadline,
    /// Producer: the next record of the given rate.
    Rate,
    /// Producer: a batch becomes sendable (linger or back-off over) or expires.
    Sender,
    /// Producer or consumer: metadata is due or may be tried again.
    Metadata,
    /// Consumer: call poll().
    Poll,
    /// Consumer: the application has processed a record.
    Processing,
    /// Consumer: retry finding or joining (back-off).
    Coordination,
    /// Consumer: `max.poll.interval.ms` without a poll.
    PollInterval,
    /// Admin: an operation's deadline or next try.
    AdminOperation(u32),
}

/// One effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Hand to the network.
    Send(NodeId, Message),
    /// Wake me then; replaces an earlier arming of the same timer.
    Arm(Timer, SimTime),
    /// Do not wake me.
    Disarm(Timer),
    /// Tell the journal.
    Emit(Event),
}

/// What a node may look at and push into while it handles something.
#[derive(Debug)]
pub struct Ctx<'a> {
    /// Now.
    pub now: SimTime,
    /// The node's own random stream.
    pub rng: &'a mut Rng,
    /// Where effects go.
    pub out: &'a mut Vec<Effect>,
}

impl Ctx<'_> {
    /// Sends a request; the caller remembers the correlation id if it wants the answer.
    pub fn request(&mut self, to: NodeId, correlation: Correlation, request: Request) {
        self.out
            .push(Effect::Send(to, Message::Request(correlation, request)));
    }

    /// Answers a request.
    pub fn respond(&mut self, to: NodeId, correlation: Correlation, response: Response) {
        self.out
            .push(Effect::Send(to, Message::Response(correlation, response)));
    }

    /// Wakes the node at an instant.
    pub fn arm_at(&mut self, timer: Timer, at: SimTime) {
        self.out.push(Effect::Arm(timer, at));
    }

    /// Wakes the node after a while.
    pub fn arm(&mut self, timer: Timer, after: Duration) {
        self.arm_at(timer, self.now + after);
    }

    /// Cancels a timer.
    pub fn disarm(&mut self, timer: Timer) {
        self.out.push(Effect::Disarm(timer));
    }

    /// Tells the journal what happened.
    pub fn emit(&mut self, event: Event) {
        self.out.push(Effect::Emit(event));
    }
}
