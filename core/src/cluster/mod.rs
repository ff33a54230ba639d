//! The cluster: every node, the network between them, and the queue of what happens next. The only router.
//!
//! [`Cluster::apply`] carries out a command, [`Cluster::step`] the next event. A node's effects are drained whole before anything
//! else happens: messages go to the network, timers to the queue, events to the journal. The journal's entries pile up in
//! an outbox that the owner empties; a running hash over all of them is what "same commands, same seed, same bytes" is checked by.
//!
//! - Time never goes back; items due at the same instant happen in the order in which they were scheduled.
//! - A process that is down gets nothing: whoever asks it is told that the connection is refused, unless the link is cut.
//! - A frozen process keeps its connections; what arrives and what falls due waits until it thaws.

mod apply;
mod clients;
mod drain;
mod error;
mod fields;
mod gauges;
mod hash;
mod lookup;
mod project;
mod shares;

pub use error::CommandError;
pub use fields::Field;

use crate::admin::Admin;
use crate::broker::Broker;
use crate::command::{Command, ConsumerSpec, ProducerSpec};
use crate::config::{
    BrokerConfig, ConfigSet, ConsumerConfig, NetworkConfig, Preset, ProducerConfig, TopicConfig,
};
use crate::consumer::Consumer;
use crate::controller::Controller;
use crate::effect::{Ctx, Effect, Timer};
use crate::event::{Entry, EntryId, Event, Violation};
use crate::id::{BrokerId, ClientId, Name, NodeId, Offset, TopicId};
use crate::metadata::MetadataImage;
use crate::network::Network;
use crate::nodes::NodeMap;
use crate::producer::Producer;
use crate::protocol::Envelope;
use crate::rng::Rng;
use crate::scheduler::{Due, Item, Scheduler};
use crate::share_consumer::ShareConsumer;
use crate::sorted::Map;
use crate::time::{Duration, SimTime};
use crate::view::Totals;
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use hash::JournalHash;

/// How long a new cluster may take until every broker is unfenced.
const BOOT_LIMIT: Duration = Duration::secs(60);

/// A process.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Broker(Box<Broker>),
    Controller(Box<Controller>),
    Producer(Box<Producer>),
    Consumer(Box<Consumer>),
    Share(Box<ShareConsumer>),
    Admin(Admin),
}

impl Node {
    fn on_message(&mut self, ctx: &mut Ctx<'_>, envelope: Envelope) {
        match self {
            Self::Broker(b) => b.on_message(ctx, envelope),
            Self::Controller(c) => c.on_message(ctx, envelope),
            Self::Producer(p) => p.on_message(ctx, envelope),
            Self::Consumer(c) => c.on_message(ctx, envelope),
            Self::Share(c) => c.on_message(ctx, envelope),
            Self::Admin(a) => a.on_message(ctx, envelope),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        match self {
            Self::Broker(b) => b.on_timer(ctx, timer),
            Self::Controller(c) => c.on_timer(ctx, timer),
            Self::Producer(p) => p.on_timer(ctx, timer),
            Self::Consumer(c) => c.on_timer(ctx, timer),
            Self::Share(c) => c.on_timer(ctx, timer),
            Self::Admin(a) => a.on_timer(ctx, timer),
        }
    }

    /// How much of the metadata log a broker has replayed.
    fn replayed(&self) -> Option<(BrokerId, Offset)> {
        match self {
            Self::Broker(b) => Some((b.id(), b.metadata_offset())),
            _ => None,
        }
    }
}

/// What a process does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Process {
    Running,
    Frozen,
    Crashed,
    Stopped,
}

impl Process {
    /// The process exists: its connections are open.
    pub(crate) fn is_up(self) -> bool {
        matches!(self, Self::Running | Self::Frozen)
    }
}

/// A process with what the cluster keeps about it.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) node: Node,
    pub(crate) process: Process,
    pub(crate) since: SimTime,
    rng: Rng,
    /// Goes up with every start and every end.
    incarnation: u32,
    /// What waits for a frozen process.
    backlog: Vec<Due>,
}

/// What a client was asked to be; a restart begins from it again.
#[derive(Clone, Debug)]
pub(crate) struct ClientDef {
    pub(crate) name: Name,
    pub(crate) kind: ClientKind,
}

#[derive(Clone, Debug)]
pub(crate) enum ClientKind {
    Producer(ProducerSpec, ProducerConfig),
    Consumer(ConsumerSpec, ConsumerConfig),
}

/// A group's last assignment, and how it differs from the one before.
#[derive(Clone, Debug)]
struct Moved {
    owners: Map<(Name, i32), Name>,
    counts: (u32, u32),
}

/// Everything.
#[derive(Clone, Debug)]
pub struct Cluster {
    now: SimTime,
    seed: u64,
    preset: Preset,
    config: Arc<BrokerConfig>,
    topic_defaults: Arc<TopicConfig>,
    voters: Arc<[BrokerId]>,
    /// Snapshots share a node until something happens to it.
    pub(crate) nodes: NodeMap<Arc<Slot>>,
    pub(crate) clients: Map<ClientId, ClientDef>,
    next_client: u32,
    network: Network,
    scheduler: Scheduler,
    /// Topic names by id, deleted ones too.
    topic_names: Map<TopicId, Name>,
    /// Who owned what in each group's last generation, and how much that moved.
    moved: Map<Name, Arc<Moved>>,
    outbox: Vec<Entry>,
    next_entry: EntryId,
    hash: JournalHash,
    totals: Totals,
    effects: Vec<Effect>,
    /// The broker that has replayed most metadata, and how much: asked after every event.
    newest: Option<(BrokerId, Offset)>,
}

impl Cluster {
    /// A new cluster, run until its brokers are unfenced. The command must be `cluster create`.
    ///
    /// # Errors
    /// [`CommandError`] for another command, or for settings that do not exist.
    pub fn new(command: &Command) -> Result<Self, CommandError> {
        let Command::ClusterCreate {
            brokers,
            controllers,
            seed,
            preset,
            settings,
        } = command
        else {
            return Err(CommandError::NoCluster);
        };
        if !(1..=300).contains(brokers) {
            return Err(CommandError::out_of_range(
                "brokers",
                1,
                300,
                i64::from(*brokers),
            ));
        }
        if ![1, 3, 5].contains(controllers) {
            return Err(CommandError::out_of_range(
                "controllers",
                1,
                5,
                i64::from(*controllers),
            ));
        }
        let mut config = BrokerConfig::preset(*preset);
        // A cluster of one or two brokers could not hold three copies of the groups' offsets.
        config.offsets_topic_replication_factor = config
            .offsets_topic_replication_factor
            .min(i64::from(*brokers));
        config.share_state_replication = config.share_state_replication.min(i64::from(*brokers));
        config.share_state_min_isr = config.share_state_min_isr.min(i64::from(*brokers));
        let mut cluster = Self {
            now: SimTime::ZERO,
            seed: *seed,
            preset: *preset,
            config: Arc::new(config),
            topic_defaults: Arc::new(TopicConfig::preset(*preset)),
            voters: (0..*controllers)
                .map(|i| BrokerId(101 + i as i32))
                .collect(),
            nodes: NodeMap::default(),
            clients: Map::new(),
            next_client: 0,
            network: Network::new(*seed, NetworkConfig::preset(*preset)),
            scheduler: Scheduler::default(),
            topic_names: Map::new(),
            moved: Map::new(),
            outbox: Vec::new(),
            next_entry: 0,
            hash: JournalHash::default(),
            totals: Totals::default(),
            effects: Vec::new(),
            newest: None,
        };
        cluster.set_cluster(settings)?;
        cluster.boot(*brokers);
        Ok(cluster)
    }

    fn boot(&mut self, brokers: u32) {
        let cause = self.emit_root(Event::Command(0));
        let ids: Vec<BrokerId> = (1..=brokers as i32).map(BrokerId).collect();
        let admin = Node::Admin(Admin::new(self.voters.to_vec(), ids.clone()));
        self.add_node(NodeId::Admin, admin);
        for voter in self.voters.clone().iter() {
            let (config, defaults) = (self.config.clone(), self.topic_defaults.clone());
            let controller = Controller::new(*voter, self.voters.clone(), config, defaults);
            self.add_node(
                NodeId::Controller(*voter),
                Node::Controller(Box::new(controller)),
            );
            self.start_node(NodeId::Controller(*voter), cause);
        }
        for id in ids {
            self.add_broker(id, None);
            self.start_node(NodeId::Broker(id), cause);
        }
        while !self.all_brokers_unfenced() && self.now < SimTime::ZERO + BOOT_LIMIT && self.step() {
        }
    }

    fn all_brokers_unfenced(&self) -> bool {
        let mut brokers = self.brokers().peekable();
        brokers.peek().is_some() && brokers.all(|b| b.epoch() >= 0 && !b.is_fenced())
    }

    fn add_broker(&mut self, id: BrokerId, rack: Option<Name>) {
        let image = MetadataImage::new(self.topic_defaults.clone());
        let broker = Broker::new(id, rack, self.voters.clone(), self.config.clone(), image);
        self.add_node(NodeId::Broker(id), Node::Broker(Box::new(broker)));
    }

    fn add_node(&mut self, id: NodeId, node: Node) {
        let slot = Slot {
            node,
            process: Process::Running,
            since: self.now,
            rng: Rng::fork(self.seed, &self.stream_name(id)),
            incarnation: 0,
            backlog: Vec::new(),
        };
        self.nodes.insert(id, Arc::new(slot));
    }

    /// The label of a node's random stream: its name, so that adding others shifts nothing.
    fn stream_name(&self, id: NodeId) -> alloc::string::String {
        match id {
            NodeId::Client(client) => alloc::format!("client {}", client.0),
            other => self.node_name(other).to_string(),
        }
    }

    /// The brokers' settings.
    pub fn broker_config(&self) -> &BrokerConfig {
        &self.config
    }

    /// Now.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The seed of every random stream.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number the next journal entry will have.
    pub fn next_entry(&self) -> EntryId {
        self.next_entry
    }

    /// Hash of every journal entry so far.
    pub fn journal_hash(&self) -> u64 {
        self.hash.value()
    }

    /// Counters.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Takes the journal entries made since the last call.
    pub fn take_entries(&mut self) -> Vec<Entry> {
        core::mem::take(&mut self.outbox)
    }

    /// The journal entries made since they were last taken.
    pub fn outbox(&self) -> &[Entry] {
        &self.outbox
    }

    /// Writes down that a guarantee was found broken, by the newest entry.
    pub fn report(&mut self, violation: Violation) {
        let cause = self.next_entry.checked_sub(1);
        self.emit(None, cause, Event::Violated(violation));
    }

    /// Throws the outbox away (benches, searches).
    pub fn clear_outbox(&mut self) {
        self.outbox.clear();
    }

    /// When the next event is due; `None` when nothing will ever happen again.
    pub fn next_at(&mut self) -> Option<SimTime> {
        self.scheduler.next_at()
    }

    /// Carries out the next event. False when there is none.
    pub fn step(&mut self) -> bool {
        let Some(due) = self.scheduler.pop() else {
            return false;
        };
        self.now = self.now.max(due.at);
        self.totals.events += 1;
        self.happen(due);
        true
    }

    /// Carries out everything due up to and including `until`, then moves the clock there.
    pub fn run_until(&mut self, until: SimTime) {
        while self.scheduler.next_at().is_some_and(|at| at <= until) {
            self.step();
        }
        self.now = self.now.max(until);
    }

    /// Moves the clock to `at` without an event in between (the caller has made sure of that).
    pub(crate) fn idle_until(&mut self, at: SimTime) {
        self.now = self.now.max(at);
    }

    fn happen(&mut self, due: Due) {
        let node = match &due.item {
            Item::Message(flight) => flight.envelope.to,
            Item::Timer(node, _) => *node,
        };
        if let Item::Message(flight) = &due.item
            && (flight.lost || self.network.is_cut(flight.envelope.from, node))
        {
            return self.drop_message(&flight.envelope, due.cause);
        }
        let Some(slot) = self.nodes.get_mut(&node).map(Arc::make_mut) else {
            return;
        };
        match slot.process {
            Process::Frozen => slot.backlog.push(due),
            Process::Running => self.handle(node, due),
            Process::Crashed | Process::Stopped => self.refuse(due),
        }
    }

    fn handle(&mut self, node: NodeId, due: Due) {
        let incarnation = match &due.item {
            Item::Message(flight) => Some(flight.incarnation),
            Item::Timer(..) => None,
        };
        let Some(slot) = self.nodes.get_mut(&node).map(Arc::make_mut) else {
            return;
        };
        if incarnation.is_some_and(|i| i != slot.incarnation) {
            // Sent to an earlier life of this process: that connection is gone.
            return;
        }
        let mut effects = core::mem::take(&mut self.effects);
        let mut ctx = Ctx {
            now: self.now,
            rng: &mut slot.rng,
            out: &mut effects,
        };
        match due.item {
            Item::Timer(_, timer) => slot.node.on_timer(&mut ctx, timer),
            Item::Message(flight) => slot.node.on_message(&mut ctx, flight.envelope),
        }
        let replayed = slot.node.replayed();
        self.note_metadata(replayed);
        self.drain(node, due.cause, &mut effects);
        self.effects = effects;
    }

    /// Lets a node act and drains what it leaves.
    fn with_node(
        &mut self,
        id: NodeId,
        cause: Option<EntryId>,
        act: impl FnOnce(&mut Node, &mut Ctx<'_>),
    ) {
        let Some(slot) = self.nodes.get_mut(&id).map(Arc::make_mut) else {
            return;
        };
        let mut effects = core::mem::take(&mut self.effects);
        let mut ctx = Ctx {
            now: self.now,
            rng: &mut slot.rng,
            out: &mut effects,
        };
        act(&mut slot.node, &mut ctx);
        let replayed = slot.node.replayed();
        self.note_metadata(replayed);
        self.drain(id, cause, &mut effects);
        self.effects = effects;
    }

    /// A broker has handled something: it may have replayed more metadata than the others, or begun anew.
    fn note_metadata(&mut self, replayed: Option<(BrokerId, Offset)>) {
        let Some((broker, offset)) = replayed else {
            return;
        };
        match self.newest {
            Some((newest, known)) if newest == broker && offset < known => {
                let all = self.brokers().map(|b| (b.id(), b.metadata_offset()));
                self.newest = all.max_by_key(|(_, offset)| *offset);
            }
            Some((_, known)) if offset <= known => {}
            _ => self.newest = Some((broker, offset)),
        }
    }

    /// The name of a topic, also of a deleted one.
    pub fn topic_name(&self, topic: TopicId) -> Name {
        self.topic_names
            .get(&topic)
            .cloned()
            .unwrap_or_else(|| "?".into())
    }

    /// `1`, `101`, `p1`, `admin`.
    pub fn node_name(&self, node: NodeId) -> Name {
        match node {
            NodeId::Broker(id) | NodeId::Controller(id) => id.to_string().into(),
            NodeId::Client(id) => self
                .clients
                .get(&id)
                .map_or_else(|| "?".into(), |c| c.name.clone()),
            NodeId::Admin => "admin".into(),
        }
    }
}
