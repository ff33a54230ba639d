//! Requests on their way (`NetworkClient`, `InFlightRequests`, `ClusterConnectionStates`).
//!
//! A client has one connection to each broker (a consumer has another one to its coordinator) and sends several requests over it before the first answer. An answer is matched by its
//! correlation id; `R` is what the client remembers of the question. When a connection breaks, or one request is not answered in
//! time, everything in flight to that broker fails together, and the broker is left alone for a while (50 ms to 1 s).

use super::{Alarm, Backoff, Metadata, MetadataTicket};
use crate::effect::{Ctx, Timer};
use crate::id::{BrokerId, NodeId};
use crate::protocol::{Correlation, Request};
use crate::time::{Duration, SimTime};
use alloc::vec::Vec;

/// Which of the connections to a broker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lane {
    /// The usual one.
    Data,
    /// A consumer's own one for its group coordinator, so that a parked Fetch delays no heartbeat.
    Coordinator,
}

/// A request without an answer yet.
#[derive(Clone, Debug)]
struct InFlight<R> {
    to: BrokerId,
    lane: Lane,
    correlation: Correlation,
    deadline: SimTime,
    remembered: R,
}

/// What is known of one broker's connection.
#[derive(Clone, Debug)]
struct Link {
    broker: BrokerId,
    lane: Lane,
    open: bool,
    in_flight: u32,
    failures: u32,
    last_try: SimTime,
    retry_at: SimTime,
}

/// A request that will not be answered.
#[derive(Clone, Debug)]
pub struct Failed<R> {
    /// To whom it went.
    pub to: BrokerId,
    /// What was remembered of it.
    pub remembered: R,
    /// It ran into its own time-out (or shared the connection of one that did).
    pub timed_out: bool,
}

/// All connections of one client.
#[derive(Clone, Debug)]
pub struct Connections<R> {
    next_correlation: Correlation,
    in_flight: Vec<InFlight<R>>,
    links: Vec<Link>,
    /// The earliest deadline of the client: of a request, or of something else it waits for.
    pub deadline: Alarm,
}

impl<R> Default for Connections<R> {
    fn default() -> Self {
        Self {
            next_correlation: 0,
            in_flight: Vec::new(),
            links: Vec::new(),
            deadline: Alarm::new(Timer::Deadline),
        }
    }
}

impl<R> Connections<R> {
    /// Whether another request may be sent to `broker` now.
    pub fn can_send(&self, broker: BrokerId, now: SimTime, max_in_flight: u32) -> bool {
        self.link(broker, Lane::Data)
            .is_none_or(|l| l.retry_at <= now && l.in_flight < max_in_flight)
    }

    /// Whether the connection to `broker` broke and nothing was answered since.
    pub fn is_broken(&self, broker: BrokerId) -> bool {
        self.link(broker, Lane::Data)
            .is_some_and(|l| l.failures > 0)
    }

    /// When a broken connection to `broker` may be tried again; [`SimTime::ZERO`] if it is not broken.
    pub fn retry_at(&self, broker: BrokerId, lane: Lane) -> SimTime {
        self.link(broker, lane)
            .map_or(SimTime::ZERO, |l| l.retry_at)
    }

    /// Sends a request and remembers `remembered` until it is answered or `timeout` is over.
    pub fn send(
        &mut self,
        ctx: &mut Ctx,
        (to, lane): (BrokerId, Lane),
        request: Request,
        timeout: Duration,
        remembered: R,
    ) {
        let correlation = self.correlation();
        let deadline = ctx.now + timeout;
        self.deadline.want(ctx, deadline);
        let link = self.link_mut(to, lane, ctx.now);
        link.open = true;
        link.in_flight += 1;
        self.in_flight.push(InFlight {
            to,
            lane,
            correlation,
            deadline,
            remembered,
        });
        ctx.request(NodeId::Broker(to), correlation, request);
    }

    /// Sends a request that nobody answers (`acks=0`).
    pub fn send_and_forget(&mut self, ctx: &mut Ctx, to: BrokerId, request: Request) {
        let correlation = self.correlation();
        self.link_mut(to, Lane::Data, ctx.now).open = true;
        ctx.request(NodeId::Broker(to), correlation, request);
    }

    /// An answer came: what was remembered of the question, if it was still waited for.
    pub fn complete(&mut self, from: NodeId, correlation: Correlation) -> Option<R> {
        let at = self
            .in_flight
            .iter()
            .position(|f| f.correlation == correlation && NodeId::Broker(f.to) == from)?;
        let done = self.in_flight.remove(at);
        let same = |l: &&mut Link| (l.broker, l.lane) == (done.to, done.lane);
        if let Some(link) = self.links.iter_mut().find(same) {
            link.in_flight -= 1;
            link.failures = 0;
        }
        Some(done.remembered)
    }

    /// The connections to `broker` broke.
    pub fn disconnected(&mut self, ctx: &mut Ctx, broker: BrokerId) -> Vec<Failed<R>> {
        let mut failed = self.close(ctx, broker, Lane::Data, false);
        if self.link(broker, Lane::Coordinator).is_some() {
            failed.append(&mut self.close(ctx, broker, Lane::Coordinator, false));
        }
        failed
    }

    /// The alarm rang: closes the connections whose requests were not answered in time, and sets the alarm for the others.
    pub fn expire(&mut self, ctx: &mut Ctx) -> Vec<Failed<R>> {
        self.deadline.rang();
        let mut failed = Vec::new();
        while let Some((to, lane)) = self
            .in_flight
            .iter()
            .find(|f| f.deadline <= ctx.now)
            .map(|f| (f.to, f.lane))
        {
            failed.append(&mut self.close(ctx, to, lane, true));
        }
        let next = self.next_deadline();
        self.deadline.want(ctx, next);
        failed
    }

    /// Closes one connection: nothing in flight on it will be answered.
    pub fn close(
        &mut self,
        ctx: &mut Ctx,
        broker: BrokerId,
        lane: Lane,
        timed_out: bool,
    ) -> Vec<Failed<R>> {
        let now = ctx.now;
        let link = self.link_mut(broker, lane, now);
        link.open = false;
        link.in_flight = 0;
        link.last_try = now;
        link.retry_at = now + Backoff::RECONNECT.after(link.failures, ctx.rng);
        link.failures += 1;
        let on_it = |f: &mut InFlight<R>| f.to == broker && f.lane == lane;
        let gone = self.in_flight.extract_if(.., on_it);
        gone.map(|f| Failed {
            to: broker,
            remembered: f.remembered,
            timed_out,
        })
        .collect()
    }

    /// The earliest instant at which a request times out.
    fn next_deadline(&self) -> SimTime {
        let deadlines = self.in_flight.iter().map(|f| f.deadline);
        deadlines.min().unwrap_or(SimTime::MAX)
    }

    /// A broker for a request that any broker can answer (`NetworkClient.leastLoadedNode`): an idle open connection, else the
    /// one with the fewest requests in flight, else the one that was tried longest ago. `None`: all are in back-off or full.
    pub fn least_loaded(
        &self,
        ctx: &mut Ctx,
        brokers: &[BrokerId],
        max_in_flight: u32,
    ) -> Option<BrokerId> {
        let start = ctx.rng.below(brokers.len() as u64) as usize;
        let turn = brokers[start..].iter().chain(&brokers[..start]).copied();
        turn.filter(|b| self.can_send(*b, ctx.now, max_in_flight))
            .min_by_key(|b| match self.link(*b, Lane::Data) {
                Some(l) if l.open => (0, u64::from(l.in_flight)),
                Some(l) => (1, l.last_try.0),
                None => (1, 0),
            })
    }

    /// [`Self::least_loaded`], or the instant at which the first broker may be tried again ([`SimTime::MAX`]: none is in back-off).
    pub fn any(
        &self,
        ctx: &mut Ctx,
        brokers: &[BrokerId],
        max_in_flight: u32,
    ) -> Result<BrokerId, SimTime> {
        let found = self.least_loaded(ctx, brokers, max_in_flight);
        found.ok_or_else(|| {
            let retries = brokers.iter().map(|b| self.retry_at(*b, Lane::Data));
            let later = retries.filter(|at| *at > ctx.now);
            later.min().unwrap_or(SimTime::MAX)
        })
    }

    /// Asks any broker for the metadata that `metadata` wants now (`NetworkClient.DefaultMetadataUpdater`), if it wants any.
    pub fn ask_metadata(
        &mut self,
        ctx: &mut Ctx,
        metadata: &mut Metadata,
        max_in_flight: u32,
        timeout: Duration,
    ) where
        R: From<MetadataTicket>,
    {
        let Some((request, ticket)) = metadata.next_request(ctx) else {
            return;
        };
        match self.any(ctx, metadata.brokers(), max_in_flight) {
            Ok(broker) => {
                metadata.sent();
                self.send(ctx, (broker, Lane::Data), request, timeout, ticket.into());
            }
            Err(until) => metadata.postponed(ctx, until),
        }
    }

    /// What is in flight, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (BrokerId, &R)> {
        self.in_flight.iter().map(|f| (f.to, &f.remembered))
    }

    /// The same, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut R> {
        self.in_flight.iter_mut().map(|f| &mut f.remembered)
    }

    /// How many requests are in flight to each broker, where there are any.
    pub fn counts(&self) -> impl Iterator<Item = (BrokerId, u32)> {
        let busy = self.links.iter().filter(|l| l.in_flight > 0);
        busy.map(|l| (l.broker, l.in_flight))
    }

    /// A new process begins at numbers of its own, so that an answer meant for the one before it is not taken for its own.
    pub fn begin_life(&mut self, number: u32) {
        self.next_correlation = number << 16;
    }

    fn correlation(&mut self) -> Correlation {
        let correlation = self.next_correlation;
        self.next_correlation = correlation.wrapping_add(1);
        correlation
    }

    fn link(&self, broker: BrokerId, lane: Lane) -> Option<&Link> {
        let same = |l: &&Link| (l.broker, l.lane) == (broker, lane);
        self.links.iter().find(same)
    }

    fn link_mut(&mut self, broker: BrokerId, lane: Lane, now: SimTime) -> &mut Link {
        let key = (broker, lane);
        let found = self
            .links
            .binary_search_by_key(&key, |l| (l.broker, l.lane));
        let at = found.unwrap_or_else(|at| {
            let link = Link {
                broker,
                lane,
                open: false,
                in_flight: 0,
                failures: 0,
                last_try: now,
                retry_at: SimTime::ZERO,
            };
            self.links.insert(at, link);
            at
        });
        &mut self.links[at]
    }
}
