//! Twins: the same cluster, the same group and the same change, once for each group protocol, side by side.
//!
//! [`script`] writes the commands of a run; between two runs of one [`Setup`] only the consumers' settings differ. [`run`]
//! carries them out and takes down what the change led to: every message of the group with its fields, who stood still
//! from when to when, and how long each partition was without an owner. Nothing is known beforehand: the run ends when
//! nothing about the group has changed for longer than a session lasts.

use crate::cluster::{Cluster, CommandError, Field};
use crate::command::Command;
use crate::config::Preset;
use crate::event::{Direction, Entry, EntryId, Event, GroupState};
use crate::id::{Name, NodeId, TopicPartition};
use crate::protocol::{ApiKey, ErrorCode};
use crate::sorted::{self, Map};
use crate::time::{Duration, SimTime};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// How the group agrees on who reads what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Classic protocol, range assignor: everybody gives everything up first.
    Eager,
    /// Classic protocol, cooperative-sticky assignor (KIP-429).
    Cooperative,
    /// The consumer protocol (KIP-848).
    Consumer,
}

/// What happens to the group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// One more member.
    Join,
    /// The last member closes.
    Leave,
    /// The last member's process dies.
    Crash,
    /// The topic gets two partitions more.
    Grow,
}

/// The starting point and the change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setup {
    /// Members before the change, 1 to [`MAX_MEMBERS`].
    pub members: u32,
    /// Partitions of the topic, 1 to [`MAX_PARTITIONS`].
    pub partitions: u32,
    /// What happens.
    pub change: Change,
    /// Time-outs and latency.
    pub preset: Preset,
}

/// Most members.
pub const MAX_MEMBERS: u32 = 6;
/// Most partitions.
pub const MAX_PARTITIONS: u32 = 12;
/// No run goes on for longer after its change.
const LIMIT: Duration = Duration::secs(360);

/// A stretch of time since the change, in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// It begins.
    pub from: u64,
    /// It ends.
    pub to: u64,
}

impl Stretch {
    /// Microseconds.
    pub fn length(self) -> u64 {
        self.to - self.from
    }
}

/// A member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lane {
    /// Its client's name.
    pub name: Name,
    /// It had partitions, gave all of them up, and waited for others.
    pub pauses: Vec<Stretch>,
    /// It had just begun and waited for its first partitions.
    pub waits: Vec<Stretch>,
    /// Its process ended then.
    pub gone: Option<u64>,
}

/// A message of the group; times are microseconds since the change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Talk {
    /// Who sent it: a place in [`Run::names`].
    pub from: usize,
    /// Who is to get it.
    pub to: usize,
    /// When it left.
    pub sent: u64,
    /// When it arrives.
    pub due: u64,
    /// Its API.
    pub api: ApiKey,
    /// It is an answer.
    pub response: bool,
    /// Its error.
    pub error: ErrorCode,
    /// The generation or member epoch it carries.
    pub generation: Option<i32>,
    /// Everything it says.
    pub fields: Vec<Field>,
    /// It, or what it answers, says something new: it is more than a sign of life or a commit.
    pub news: bool,
    correlation: u32,
}

/// What a change led to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Everybody who took part: the members, then the brokers (as `broker 1`).
    pub names: Vec<Name>,
    /// The members, in the same order.
    pub lanes: Vec<Lane>,
    /// Messages, in the order in which they left.
    pub talks: Vec<Talk>,
    /// When everything about the group was as it stayed, in microseconds since the change.
    pub settled: u64,
    /// How often the group began to rebalance (classic), or its epoch rose (consumer protocol).
    pub rebalances: u32,
    /// Each partition that was without an owner for a while, how long.
    pub stopped: Vec<(i32, Stretch)>,
}

impl Run {
    /// Requests of this API until everything was settled.
    pub fn count(&self, api: ApiKey) -> usize {
        let fits = |t: &&Talk| t.api == api && !t.response && t.sent <= self.settled;
        self.talks.iter().filter(fits).count()
    }
}

/// The commands of a run; the last one is the change.
pub fn script(setup: Setup, way: Way) -> Vec<Command> {
    let preset = match setup.preset {
        Preset::Kafka => "kafka",
        Preset::Classroom => "classroom",
    };
    let mut lines = Vec::from([
        format!("cluster create brokers=3 controllers=1 seed=7 preset={preset}"),
        format!(
            "topic create orders partitions={} replication=3",
            setup.partitions
        ),
        String::from("producer add p1 topic=orders rate=5/s"),
        String::from("advance 3s"),
    ]);
    let own = match way {
        Way::Eager => "partition.assignment.strategy=range",
        Way::Cooperative => "partition.assignment.strategy=cooperative-sticky",
        Way::Consumer => "group.protocol=consumer",
    };
    let member = |n: u32| {
        format!("consumer add c{n} group=billing topics=orders metadata.max.age.ms=5000 {own}")
    };
    lines.extend((1..=setup.members).map(member));
    lines.push(String::from("advance 30s"));
    let last = setup.members;
    lines.push(match setup.change {
        Change::Join => member(last + 1),
        Change::Leave => format!("consumer stop c{last}"),
        Change::Crash => format!("consumer crash c{last}"),
        Change::Grow => format!("topic alter orders partitions={}", setup.partitions + 2),
    });
    lines.iter().filter_map(|line| line.parse().ok()).collect()
}

/// Carries out a run.
///
/// # Errors
/// [`CommandError`] if there are more members or partitions than a cluster takes.
pub fn run(setup: Setup, way: Way) -> Result<Run, CommandError> {
    let script = script(setup, way);
    let mut cluster = Cluster::new(&script[0])?;
    let mut scribe = Scribe::default();
    let last = script.len() - 1;
    for (number, command) in script.iter().enumerate().skip(1) {
        if number == last {
            scribe.change = Some(cluster.now());
        }
        cluster.apply(number as u32, command)?;
        scribe.read(&mut cluster);
    }
    // Longer than any session.
    let quiet = match setup.preset {
        Preset::Kafka => Duration::secs(50),
        Preset::Classroom => Duration::secs(9),
    };
    let began = cluster.now();
    scribe.news = began;
    while cluster.now().since(scribe.news) < quiet && cluster.now().since(began) < LIMIT {
        if !cluster.step() {
            break;
        }
        scribe.read(&mut cluster);
    }
    Ok(scribe.finish(&cluster))
}

/// A member while the run goes on.
#[derive(Default)]
struct Hand {
    owns: Vec<TopicPartition>,
    since: Option<(SimTime, bool)>,
    pauses: Vec<Stretch>,
    waits: Vec<Stretch>,
    gone: Option<u64>,
    /// It is a consumer.
    member: bool,
}

/// Takes down what happens.
#[derive(Default)]
struct Scribe {
    change: Option<SimTime>,
    /// When something about the group changed last.
    news: SimTime,
    settled: SimTime,
    hands: Map<NodeId, Hand>,
    free: Map<TopicPartition, SimTime>,
    stopped: Vec<(i32, Stretch)>,
    talks: Vec<(NodeId, NodeId, Talk)>,
    rebalances: u32,
}

impl Scribe {
    fn read(&mut self, cluster: &mut Cluster) {
        let entries = cluster.take_entries();
        let first = cluster.next_entry() - entries.len() as EntryId;
        for (at, entry) in entries.iter().enumerate() {
            self.entry(cluster, first + at as EntryId, entry);
        }
    }

    /// Microseconds since the change.
    fn since(&self, at: SimTime) -> u64 {
        self.change.map_or(0, |change| at.since(change).0)
    }

    fn entry(&mut self, cluster: &Cluster, id: EntryId, entry: &Entry) {
        let Some(node) = entry.node else { return };
        match &entry.event {
            Event::Assigned { partitions, .. } => self.assigned(node, partitions, entry.at),
            Event::Revoked { partitions } | Event::Lost { partitions } => {
                self.gave_up(node, partitions, entry.at);
            }
            Event::ClientStarted => self.started(node, entry.at),
            Event::ClientGone { .. } | Event::NodeCrashed => self.ended(node, entry.at),
            Event::PartitionsAdded { partitions, .. } => self.grew(cluster, *partitions, entry.at),
            Event::GroupTransition { to, .. } => {
                let begins = *to == GroupState::PreparingRebalance;
                self.rebalances += u32::from(begins && self.change.is_some());
                self.news = entry.at;
            }
            Event::GroupEpoch { .. } => {
                self.rebalances += u32::from(self.change.is_some());
                self.news = entry.at;
            }
            Event::MemberLeft { .. } | Event::MemberJoined { .. } | Event::Joining { .. } => {
                self.news = entry.at;
            }
            Event::GroupAssigned { .. } | Event::MemberReconciled { .. } => self.moved(entry.at),
            Event::Sent { .. } if self.change.is_some() => self.talk(cluster, id, node, entry),
            _ => {}
        }
    }

    fn moved(&mut self, at: SimTime) {
        self.news = at;
        self.settled = at;
    }

    fn started(&mut self, node: NodeId, at: SimTime) {
        if !matches!(node, NodeId::Client(_)) {
            return;
        }
        let hand = self.hands.entry(node).or_default();
        hand.since = Some((at, true));
    }

    fn assigned(&mut self, node: NodeId, partitions: &[TopicPartition], at: SimTime) {
        self.moved(at);
        for tp in partitions {
            if let Some(since) = self.free.remove(tp) {
                self.stop(tp.partition, since, at);
            }
        }
        let change = self.change;
        let hand = self.hands.entry(node).or_default();
        hand.member = true;
        hand.owns.extend(partitions);
        if let Some((since, waits)) = hand.since.take()
            && let Some(change) = change
            && since >= change
        {
            let stretch = Stretch {
                from: since.since(change).0,
                to: at.since(change).0,
            };
            match waits {
                true => hand.waits.push(stretch),
                false => hand.pauses.push(stretch),
            }
        }
    }

    /// A partition has an owner again.
    fn stop(&mut self, partition: i32, since: SimTime, at: SimTime) {
        let Some(change) = self.change.filter(|c| since >= *c) else {
            return;
        };
        let stretch = Stretch {
            from: since.since(change).0,
            to: at.since(change).0,
        };
        self.stopped.push((partition, stretch));
    }

    fn gave_up(&mut self, node: NodeId, partitions: &[TopicPartition], at: SimTime) {
        self.moved(at);
        let hand = self.hands.entry(node).or_default();
        let had = !hand.owns.is_empty();
        hand.owns.retain(|tp| !partitions.contains(tp));
        if had && hand.owns.is_empty() {
            hand.since = Some((at, false));
        }
        for tp in partitions {
            self.free.insert(*tp, at);
        }
    }

    fn ended(&mut self, node: NodeId, at: SimTime) {
        let gone = self.since(at);
        let Some(hand) = self.hands.get_mut(&node) else {
            return;
        };
        hand.gone = Some(gone);
        hand.since = None;
        for tp in core::mem::take(&mut hand.owns) {
            self.free.insert(tp, at);
        }
        self.news = at;
    }

    /// New partitions have no owner yet.
    fn grew(&mut self, cluster: &Cluster, partitions: i32, at: SimTime) {
        let found = cluster.image().and_then(|i| i.topic_named("orders"));
        let Some(topic) = found.filter(|_| self.change.is_some()) else {
            return;
        };
        for partition in partitions - 2..partitions {
            let tp = TopicPartition::new(topic.id, partition);
            self.free.entry(tp).or_insert(at);
        }
        self.news = at;
    }

    fn talk(&mut self, cluster: &Cluster, id: EntryId, from: NodeId, entry: &Entry) {
        let Event::Sent {
            to,
            api,
            direction,
            correlation,
            error,
            due,
            generation,
        } = &entry.event
        else {
            return;
        };
        let of_groups = matches!(
            api,
            ApiKey::FindCoordinator
                | ApiKey::JoinGroup
                | ApiKey::SyncGroup
                | ApiKey::Heartbeat
                | ApiKey::LeaveGroup
                | ApiKey::ConsumerGroupHeartbeat
                | ApiKey::OffsetCommit
                | ApiKey::OffsetFetch
        );
        if !of_groups {
            return;
        }
        let talk = Talk {
            from: 0,
            to: 0,
            sent: self.since(entry.at),
            due: self.since(*due),
            api: *api,
            response: *direction == Direction::Response,
            error: *error,
            generation: *generation,
            fields: cluster.message_fields(id).unwrap_or_default(),
            news: false,
            correlation: *correlation,
        };
        self.talks.push((from, *to, talk));
    }

    fn finish(mut self, cluster: &Cluster) -> Run {
        let end = self.since(cluster.now());
        // What has no owner in the end has been without one since.
        let free: Vec<(TopicPartition, SimTime)> =
            self.free.iter().map(|(tp, at)| (*tp, *at)).collect();
        for (tp, at) in free {
            self.stop(tp.partition, at, cluster.now());
        }
        let nodes = self.nodes();
        let place = |node: &NodeId| nodes.iter().position(|n| n == node).unwrap_or(0);
        let mut talks = Vec::with_capacity(self.talks.len());
        let heard = self.news();
        for (at, (from, to, talk)) in self.talks.iter().enumerate() {
            talks.push(Talk {
                from: place(from),
                to: place(to),
                news: heard[at],
                ..talk.clone()
            });
        }
        let name = |node: &NodeId| match node {
            NodeId::Broker(id) => format!("broker {id}").into(),
            node => cluster.node_name(*node),
        };
        let members = nodes.iter().filter(|n| matches!(n, NodeId::Client(_)));
        let lane = |node: &NodeId| {
            let hand = self.hands.get(node);
            let open = hand.and_then(|h| h.since);
            let mut lane = Lane {
                name: name(node),
                pauses: hand.map(|h| h.pauses.clone()).unwrap_or_default(),
                waits: hand.map(|h| h.waits.clone()).unwrap_or_default(),
                gone: hand.and_then(|h| h.gone),
            };
            if let Some((at, waits)) = open.filter(|(at, _)| self.change.is_some_and(|c| *at >= c))
            {
                let from = self.since(at);
                let list = if waits {
                    &mut lane.waits
                } else {
                    &mut lane.pauses
                };
                list.push(Stretch { from, to: end });
            }
            lane
        };
        Run {
            lanes: members.map(lane).collect(),
            names: nodes.iter().map(name).collect(),
            talks,
            settled: self.since(self.settled.max(self.change.unwrap_or_default())),
            rebalances: self.rebalances,
            stopped: self.stopped,
        }
    }

    /// Members, then brokers.
    fn nodes(&self) -> Vec<NodeId> {
        let members = self.hands.iter().filter(|(_, hand)| hand.member);
        let mut nodes: Vec<NodeId> = members.map(|(node, _)| *node).collect();
        for node in self.talks.iter().flat_map(|(from, to, _)| [from, to]) {
            if !nodes.contains(node) {
                nodes.push(*node);
            }
        }
        sorted::sort_by_key(&mut nodes, |n| (matches!(n, NodeId::Broker(_)), *n));
        nodes
    }

    /// Which messages belong to an exchange that says something new.
    fn news(&self) -> Vec<bool> {
        let client = |from: &NodeId, to: &NodeId| match from {
            NodeId::Client(_) => *from,
            _ => *to,
        };
        let key = |(from, to, talk): &(NodeId, NodeId, Talk)| (client(from, to), talk.correlation);
        let asked = |of: (NodeId, u32)| {
            let mut requests = self.talks.iter().filter(|t| !t.2.response);
            requests.find(|t| key(t) == of).and_then(|t| t.2.generation)
        };
        let mut told: Vec<(NodeId, u32)> = Vec::new();
        for talk in &self.talks {
            let of = key(talk);
            if is_news(&talk.2, asked(of)) && !told.contains(&of) {
                told.push(of);
            }
        }
        self.talks.iter().map(|t| told.contains(&key(t))).collect()
    }
}

/// Whether this says more than "I am here" or "so far I have read".
fn is_news(talk: &Talk, asked: Option<i32>) -> bool {
    let says = |field: &str| {
        let found = talk.fields.iter().find(|(name, _)| *name == field);
        found.is_some_and(|(_, value)| value != "null")
    };
    match talk.api {
        _ if !talk.error.is_ok() => true,
        ApiKey::Heartbeat | ApiKey::OffsetCommit | ApiKey::OffsetFetch => false,
        ApiKey::ConsumerGroupHeartbeat if talk.response => {
            says("Assignment") || talk.generation != asked
        }
        ApiKey::ConsumerGroupHeartbeat => {
            says("SubscribedTopicNames")
                || says("TopicPartitions")
                || talk.generation.is_some_and(|epoch| epoch <= 0)
        }
        _ => true,
    }
}
