//! The network: a delay for every message, first in first out on each connection, with loss and cuts.
//!
//! Simplified: a lost message stands for a connection that stalls; nothing is retransmitted, so its sender waits until
//! its request times out. A cut link loses everything in both directions, without a word to either end.

use crate::config::NetworkConfig;
use crate::id::NodeId;
use crate::nodes::NodeMap;
use crate::rng::Rng;
use crate::sorted::Map;
use crate::time::{Duration, SimTime};

/// What is special about a link (both directions).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Link {
    /// Everything is lost.
    pub cut: bool,
    /// Its own settings.
    pub config: Option<NetworkConfig>,
}

/// Every link.
#[derive(Clone, Debug)]
pub struct Network {
    /// Settings of links that have none of their own.
    pub config: NetworkConfig,
    rng: Rng,
    links: Map<(NodeId, NodeId), Link>,
    /// For each sender, the last arrival at each receiver: what leaves later does not arrive earlier. Most nodes talk to few, a
    /// broker of a large cluster to hundreds.
    arrivals: NodeMap<Map<NodeId, SimTime>>,
}

fn ends(a: NodeId, b: NodeId) -> (NodeId, NodeId) {
    if a <= b { (a, b) } else { (b, a) }
}

impl Network {
    /// A network with this seed.
    pub fn new(seed: u64, config: NetworkConfig) -> Self {
        Self {
            config,
            rng: Rng::fork(seed, "network"),
            links: Map::new(),
            arrivals: NodeMap::default(),
        }
    }

    /// When a message sent now arrives, and whether it is lost underway.
    pub fn route(&mut self, now: SimTime, from: NodeId, to: NodeId) -> (SimTime, bool) {
        let link = if self.links.is_empty() {
            None
        } else {
            self.links.get(&ends(from, to))
        };
        let config = link.and_then(|l| l.config.as_ref()).unwrap_or(&self.config);
        let jitter = Duration(self.rng.below((config.jitter_ms as u64) * 1_000 + 1));
        let lost =
            link.is_some_and(|l| l.cut) || self.rng.chance_per_mille(config.loss_per_mille as u64);
        // No message is faster than 100 µs, so that cause always comes before effect on the clock.
        let delay = Duration((Duration::millis(config.latency_ms).0 + jitter.0).max(100));
        let receivers = self.arrivals.get_or_default(from);
        let last = receivers.entry(to).or_insert(SimTime::ZERO);
        *last = (now + delay).max(*last);
        (*last, lost)
    }

    /// Whether the link is cut now.
    pub fn is_cut(&self, a: NodeId, b: NodeId) -> bool {
        !self.links.is_empty() && self.links.get(&ends(a, b)).is_some_and(|l| l.cut)
    }

    /// The link, to change it.
    pub fn link_mut(&mut self, a: NodeId, b: NodeId) -> &mut Link {
        self.links.entry(ends(a, b)).or_default()
    }

    /// Forgets what is special about a link.
    pub fn heal(&mut self, a: NodeId, b: NodeId) {
        self.links.remove(&ends(a, b));
    }

    /// Links with something special.
    pub fn links(&self) -> impl Iterator<Item = (NodeId, NodeId, &Link)> {
        self.links.iter().map(|((a, b), link)| (*a, *b, link))
    }
}
