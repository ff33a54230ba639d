//! A broker node (`KafkaServer`/`BrokerServer`, `ReplicaManager`, `KafkaApis`).
//!
//! It registers with the controller, replays the metadata log, and from that knows which partitions to lead and which to
//! follow. Leaders serve Produce and Fetch; followers fetch. The groups whose offsets partition it leads are its
//! coordinator's business.
//!
//! - Only the metadata log makes a broker leader or follower; it never decides that alone.
//! - A request that must wait (acks=all, a fetch without data) is parked and answered when its condition holds or its
//!   time is up.
//! - After anything that may move a high watermark, [`Broker::settle`] answers what that lets go.
//!
//! Simplified: one disk that never fails and keeps what was written; start-up takes no time; the high watermark
//! survives a restart exactly (Kafka checkpoints it every 5 s).

mod apply;
mod client_apis;
mod fetch_session;
mod fetcher;
mod groups;
mod isr;
mod lifecycle;
mod metadata_api;
mod produce;
mod share;

use crate::config::BrokerConfig;
use crate::coordinator::GroupCoordinator;
use crate::coordinator::share::{Home, ShareCoordinator};
use crate::effect::{Ctx, Effect, Timer};
use crate::id::{BrokerEpoch, BrokerId, Name, NodeId, Offset, TopicPartition};
use crate::metadata::MetadataImage;
use crate::partition::{Caught, Partition};
use crate::protocol::{Correlation, Envelope, ErrorCode, Message, QuorumEpoch, Request, Response};
use crate::sorted::{Map, Set};
use crate::time::{Duration, SimTime};
use alloc::sync::Arc;
use alloc::vec::Vec;
use fetch_session::FetchSession;
use fetcher::Fetcher;
use lifecycle::Lifecycle;
use produce::DelayedProduce;
use share::Shares;

/// One broker process with its disk.
#[derive(Clone, Debug)]
pub struct Broker {
    id: BrokerId,
    rack: Option<Name>,
    config: Arc<BrokerConfig>,
    voters: Arc<[BrokerId]>,

    // On disk.
    image: MetadataImage,
    metadata_offset: Offset,
    metadata_epoch: i32,
    partitions: Map<TopicPartition, Arc<Partition>>,

    // In memory.
    lifecycle: Lifecycle,
    quorum: QuorumEpoch,
    fetchers: Map<BrokerId, Fetcher>,
    sessions: Map<NodeId, FetchSession>,
    /// Whose session has a number: timers know only that.
    session_of: Map<u32, NodeId>,
    next_session: u32,
    /// Partitions this broker leads whose follower (the key) is not in the ISR: every fetch of that follower looks at them again.
    outsiders: Map<BrokerId, Set<TopicPartition>>,
    delayed_produces: Map<u32, DelayedProduce>,
    next_delayed: u32,
    waiting_on: Map<TopicPartition, Vec<u32>>,
    coordinator: GroupCoordinator,
    share_coordinator: ShareCoordinator,
    shares: Shares,
    producer_ids: (i64, i64),
    waiting_for_ids: Vec<(NodeId, Correlation)>,
    /// Topics asked for, and since when.
    auto_creating: Map<Name, SimTime>,
    pending: Map<Correlation, Pending>,
    next_correlation: Correlation,
}

/// What the answer to one of this broker's own requests is for.
#[derive(Clone, Debug)]
enum Pending {
    Registration,
    Heartbeat,
    MetadataFetch,
    AlterPartition(TopicPartition, SimTime),
    Fetch(BrokerId),
    FindOffsets(BrokerId, TopicPartition),
    ProducerIds(SimTime),
    AutoCreate(Name),
    ShareState,
}

/// A request to the controller that is not answered by then counts as lost (`controller.socket.timeout.ms`).
const CONTROLLER_TIMEOUT: Duration = Duration::secs(30);

/// Who may join an ISR, by this broker's image.
struct Members<'a>(&'a MetadataImage);

impl Caught for Members<'_> {
    fn may_join(&self, broker: BrokerId, epoch: BrokerEpoch) -> bool {
        self.0
            .brokers
            .get(&broker)
            .is_some_and(|r| r.is_active() && (epoch < 0 || r.epoch == epoch))
    }
}

impl Broker {
    /// A broker with an empty disk.
    pub fn new(
        id: BrokerId,
        rack: Option<Name>,
        voters: Arc<[BrokerId]>,
        config: Arc<BrokerConfig>,
        image: MetadataImage,
    ) -> Self {
        Self {
            id,
            rack,
            coordinator: GroupCoordinator::new(&config),
            share_coordinator: ShareCoordinator::new(&config),
            shares: Shares::default(),
            config,
            voters,
            image,
            metadata_offset: 0,
            metadata_epoch: -1,
            partitions: Map::new(),
            lifecycle: Lifecycle::default(),
            quorum: QuorumEpoch::default(),
            fetchers: Map::new(),
            sessions: Map::new(),
            session_of: Map::new(),
            next_session: 0,
            outsiders: Map::new(),
            delayed_produces: Map::new(),
            next_delayed: 0,
            waiting_on: Map::new(),
            producer_ids: (0, 0),
            waiting_for_ids: Vec::new(),
            auto_creating: Map::new(),
            pending: Map::new(),
            next_correlation: 0,
        }
    }

    /// Its id.
    pub fn id(&self) -> BrokerId {
        self.id
    }

    /// Its rack.
    pub fn rack(&self) -> Option<&Name> {
        self.rack.as_ref()
    }

    /// What it has replayed of the metadata log.
    pub fn image(&self) -> &MetadataImage {
        &self.image
    }

    /// How far it has replayed the metadata log.
    pub fn metadata_offset(&self) -> Offset {
        self.metadata_offset
    }

    /// Its replicas.
    pub fn partitions(&self) -> impl Iterator<Item = &Partition> {
        self.partitions.values().map(|p| &**p)
    }

    /// One of its replicas.
    pub fn partition(&self, tp: TopicPartition) -> Option<&Partition> {
        self.partitions.get(&tp).map(|p| &**p)
    }

    /// The groups it coordinates.
    pub fn coordinator(&self) -> &GroupCoordinator {
        &self.coordinator
    }

    /// What it coordinates for share groups.
    pub fn share_coordinator(&self) -> &ShareCoordinator {
        &self.share_coordinator
    }

    /// Settings changed while running.
    pub fn set_config(&mut self, config: Arc<BrokerConfig>) {
        self.coordinator.set_config(&config);
        self.share_coordinator.set_config(&config);
        self.config = config;
    }

    /// A message arrived.
    pub fn on_message(&mut self, ctx: &mut Ctx<'_>, envelope: Envelope) {
        let from = envelope.from;
        match envelope.message {
            // A broker opens its ports when it is unfenced for the first time (`BrokerServer.startup`). One that comes back within
            // its old session has to wait until that is over.
            Message::Request(..) if !self.lifecycle.serving => {
                ctx.out.push(Effect::Send(from, Message::Disconnected));
            }
            Message::Request(correlation, request) => {
                self.on_request(ctx, from, correlation, request)
            }
            Message::Response(correlation, response) => match self.pending.remove(&correlation) {
                Some(Pending::ShareState) => {
                    self.on_share_state_answer(ctx, correlation, response);
                }
                Some(pending) => self.on_response(ctx, pending, response),
                None => {}
            },
            Message::Disconnected => self.on_disconnected(ctx, from),
        }
    }

    /// A timer fired.
    pub fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        match timer {
            Timer::Registration => self.register(ctx),
            Timer::Heartbeat => self.heartbeat_due(ctx),
            Timer::MetadataFetch => self.metadata_fetch_due(ctx),
            Timer::IsrCheck => self.shrink_isrs(ctx),
            Timer::AlterPartition => self.alter_partitions_due(ctx),
            Timer::Retention => self.enforce_retention(ctx),
            Timer::Cleaner => self.clean_logs(ctx),
            Timer::Fetcher(leader) => self.fetcher_due(ctx, leader),
            Timer::DelayedFetch(session) => self.fetch_expired(ctx, session),
            Timer::DelayedProduce(id) => self.produce_expired(ctx, id),
            Timer::Load(partition) => self.load_coordinator(ctx, partition),
            Timer::LoadShare(partition) => {
                let states = true;
                self.load_shares(ctx, Home { states, partition });
            }
            Timer::Share => self.shares_due(ctx),
            Timer::Coordinator(key) => self.coordinator_timer(ctx, key),
            _ => {}
        }
    }

    fn on_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: Request,
    ) {
        match request {
            Request::Produce(r) => self.on_produce(ctx, from, correlation, *r),
            Request::Fetch(r) => self.on_fetch(ctx, from, correlation, *r),
            Request::ListOffsets(r) => self.on_list_offsets(ctx, from, correlation, &r),
            Request::Metadata(topics) => self.on_metadata_request(ctx, from, correlation, topics),
            Request::FindCoordinator(group) => {
                self.on_find_coordinator(ctx, from, correlation, &group)
            }
            Request::InitProducerId => self.on_init_producer_id(ctx, from, correlation),
            Request::DeleteRecords(tp, before) => {
                self.on_delete_records(ctx, from, correlation, tp, before)
            }
            Request::ShareGroupHeartbeat(r) => self.on_share_heartbeat(ctx, from, correlation, &r),
            Request::ShareFetch(r) => self.on_share_fetch(ctx, from, correlation, *r),
            Request::ShareAcknowledge(r) => self.on_share_acknowledge(ctx, from, correlation, *r),
            Request::ReadShareGroupState(_) | Request::WriteShareGroupState(_) => {
                self.on_share_state_message(ctx, from, correlation, &request);
            }
            Request::JoinGroup(_)
            | Request::SyncGroup(_)
            | Request::Heartbeat(_)
            | Request::LeaveGroup(_)
            | Request::ConsumerGroupHeartbeat(_)
            | Request::OffsetCommit(_)
            | Request::OffsetFetch(_)
            | Request::DeleteGroups(_)
            | Request::OffsetDelete(_)
            | Request::DescribeGroups(_) => self.on_group_request(ctx, from, correlation, &request),
            _ => ctx.respond(
                from,
                correlation,
                Response::Admin(ErrorCode::InvalidRequest),
            ),
        }
    }

    fn on_response(&mut self, ctx: &mut Ctx<'_>, pending: Pending, response: Response) {
        match (pending, response) {
            (Pending::Registration, Response::BrokerRegistration(error, epoch)) => {
                self.on_registered(ctx, error, epoch);
            }
            (Pending::Heartbeat, Response::BrokerHeartbeat(h)) => self.on_heartbeat_answer(ctx, h),
            (Pending::MetadataFetch, Response::FetchMetadata(f)) => self.on_metadata(ctx, *f),
            (Pending::AlterPartition(..), Response::AlterPartition(a)) => {
                self.on_alter_partition(ctx, *a)
            }
            (Pending::Fetch(leader), Response::Fetch(f)) => self.on_fetched(ctx, leader, *f),
            (Pending::FindOffsets(leader, tp), Response::ListOffsets(found)) => {
                self.on_offsets_found(ctx, leader, tp, &found);
            }
            (Pending::ProducerIds(_), Response::AllocateProducerIds(error, first, count)) => {
                self.on_producer_ids(ctx, error, first, count);
            }
            (Pending::AutoCreate(name), Response::Admin(_)) => {
                self.auto_creating.remove(&name);
            }
            _ => {}
        }
    }

    /// A connection broke: to a leader, to a controller, or from a client.
    fn on_disconnected(&mut self, ctx: &mut Ctx<'_>, from: NodeId) {
        self.drop_session(ctx, from);
        match from {
            NodeId::Broker(leader) => {
                self.fetcher_disconnected(ctx, leader);
                self.share_coordinator_gone(ctx, leader);
            }
            NodeId::Controller(controller) => self.controller_disconnected(ctx, controller),
            NodeId::Client(_) => self.share_client_gone(ctx, from),
            NodeId::Admin => {}
        }
    }

    fn ask(
        &mut self,
        ctx: &mut Ctx<'_>,
        to: NodeId,
        pending: Pending,
        request: Request,
    ) -> Correlation {
        self.next_correlation += 1;
        self.pending.insert(self.next_correlation, pending);
        ctx.request(to, self.next_correlation, request);
        self.next_correlation
    }

    fn partition_mut(&mut self, tp: TopicPartition) -> Option<&mut Partition> {
        self.partitions.get_mut(&tp).map(Arc::make_mut)
    }

    fn max_lag(&self) -> Duration {
        Duration::millis(self.config.replica_lag_time_max_ms)
    }
}
