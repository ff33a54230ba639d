//! A controller node (`QuorumController`, `KafkaRaftClient`): the metadata log, its quorum, and the rules of the active one.
//!
//! - The quorum is Raft with pulling followers (KIP-595): one leader an epoch, votes by majority and by the more
//!   complete log, records committed once a majority has them. The quorum leader is the active controller.
//! - The active controller decides on its own image at once and answers when the records are committed. A controller that
//!   loses leadership forgets its image and the answers it owed.
//! - Every decision is a record; brokers learn of it only by fetching the log.
//!
//! Simplified: no pre-vote (KIP-996), no snapshots of the metadata log, a fixed set of voters, and no fsync: what a
//! controller has appended survives its crash.

mod brokers;
mod changes;
mod partitions;
mod quorum;
mod reassign;
mod topics;

use crate::config::{BrokerConfig, TopicConfig};
use crate::effect::{Ctx, Timer};
use crate::id::{BrokerId, NodeId, Offset};
use crate::metadata::MetadataImage;
use crate::protocol::{
    Correlation, Envelope, ErrorCode, Message, MetadataEntry, MetadataRecord, Request, Response,
};
use crate::sorted::Map;
use crate::time::{Duration, SimTime};
use alloc::sync::Arc;
use alloc::vec::Vec;
use quorum::Quorum;

/// One controller process with its disk.
#[derive(Clone, Debug)]
pub struct Controller {
    id: BrokerId,
    config: Arc<BrokerConfig>,
    topic_defaults: Arc<TopicConfig>,
    quorum: Quorum,
    active: Option<Active>,
    next_correlation: Correlation,
}

/// What only the active controller has.
#[derive(Clone, Debug)]
struct Active {
    /// All records appended so far, committed or not.
    image: MetadataImage,
    /// When each registered broker was last heard of, and how far it has replayed the log.
    contacts: Map<BrokerId, Contact>,
    /// Answers to give when the log is committed up to an offset.
    owed: Vec<(Offset, NodeId, Correlation, Response)>,
}

/// `BrokerHeartbeatState`
#[derive(Clone, Debug)]
struct Contact {
    last: SimTime,
    metadata_offset: Offset,
    /// Log end when controlled shutdown began: everybody must have seen that much before the broker may go.
    shutdown_offset: Option<Offset>,
}

impl Controller {
    /// A controller with an empty disk.
    pub fn new(
        id: BrokerId,
        voters: Arc<[BrokerId]>,
        config: Arc<BrokerConfig>,
        topic_defaults: Arc<TopicConfig>,
    ) -> Self {
        Self {
            id,
            config,
            topic_defaults,
            quorum: Quorum::new(id, voters),
            active: None,
            next_correlation: 0,
        }
    }

    /// The process starts; what it had on disk is still there.
    pub fn start(&mut self, ctx: &mut Ctx<'_>) {
        self.active = None;
        self.quorum.restart();
        self.arm_election(ctx);
    }

    /// Settings changed while running.
    pub fn set_config(&mut self, config: Arc<BrokerConfig>) {
        self.config = config;
    }

    /// Its `node.id`.
    pub fn id(&self) -> BrokerId {
        self.id
    }

    /// True for the quorum leader.
    pub fn is_active(&self) -> bool {
        self.active.is_some()
    }

    /// The quorum epoch it knows.
    pub fn epoch(&self) -> i32 {
        self.quorum.epoch
    }

    /// The leader it knows.
    pub fn leader(&self) -> Option<BrokerId> {
        self.quorum.leader()
    }

    /// Log end and high watermark of its metadata log.
    pub fn offsets(&self) -> (Offset, Offset) {
        (self.quorum.log_end(), self.quorum.high_watermark)
    }

    /// The active controller's image.
    pub fn image(&self) -> Option<&MetadataImage> {
        self.active.as_ref().map(|a| &a.image)
    }

    /// Its metadata log, oldest first.
    pub fn log(&self) -> &[MetadataEntry] {
        &self.quorum.log
    }

    /// A message arrived.
    pub fn on_message(&mut self, ctx: &mut Ctx<'_>, envelope: Envelope) {
        let from = envelope.from;
        match envelope.message {
            Message::Request(correlation, request) => {
                self.on_request(ctx, from, correlation, request)
            }
            Message::Response(_, Response::Vote(vote)) => self.on_vote_response(ctx, from, vote),
            Message::Response(_, Response::BeginQuorumEpoch(quorum)) => self.observe(ctx, quorum),
            Message::Response(correlation, Response::FetchMetadata(fetched)) => {
                self.on_fetched(ctx, correlation, *fetched)
            }
            Message::Response(..) => {}
            Message::Disconnected => self.on_disconnected(ctx, from),
        }
    }

    /// A timer fired.
    pub fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        match timer {
            Timer::Quorum => self.on_quorum_timer(ctx),
            Timer::MetadataFetch => self.fetch_metadata(ctx),
            Timer::DelayedFetch(_) => self.expire_parked_fetches(ctx),
            Timer::BrokerSession => self.fence_one_stale_broker(ctx),
            Timer::LeaderImbalance => self.balance_leaders(ctx),
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
            Request::Vote(vote) => self.on_vote(ctx, from, correlation, vote),
            Request::BeginQuorumEpoch(quorum) => {
                self.observe(ctx, quorum);
                let known = self.quorum.known();
                ctx.respond(from, correlation, Response::BeginQuorumEpoch(known));
            }
            Request::FetchMetadata(fetch) => self.on_fetch(ctx, from, correlation, fetch),
            _ if self.active.is_none() => ctx.respond(from, correlation, not_controller(&request)),
            Request::BrokerRegistration(r) => self.register_broker(ctx, from, correlation, *r),
            Request::BrokerHeartbeat(h) => self.on_heartbeat(ctx, from, correlation, h),
            Request::AlterPartition(a) => self.alter_partition(ctx, from, correlation, *a),
            Request::CreateTopics(t) => self.create_topic(ctx, from, correlation, *t),
            Request::CreatePartitions(name, count) => {
                self.create_partitions(ctx, from, correlation, &name, count)
            }
            Request::DeleteTopics(name) => self.delete_topic(ctx, from, correlation, &name),
            Request::AlterPartitionReassignments(r) => self.reassign(ctx, from, correlation, *r),
            Request::ElectLeaders(e) => self.elect_leaders(ctx, from, correlation, *e),
            Request::IncrementalAlterConfigs(topic, name, value) => {
                self.alter_config(ctx, from, correlation, &topic, name, value);
            }
            Request::AlterGroupConfig(group, name, value) => {
                self.alter_group_config(ctx, from, correlation, group, name, value);
            }
            Request::AllocateProducerIds => self.allocate_producer_ids(ctx, from, correlation),
            _ => ctx.respond(
                from,
                correlation,
                Response::Admin(ErrorCode::InvalidRequest),
            ),
        }
    }

    /// Appends decided records: the image has them at once, the log sends them out.
    fn append(&mut self, ctx: &mut Ctx<'_>, records: Vec<MetadataRecord>) {
        let Some(active) = &mut self.active else {
            return;
        };
        for record in &records {
            active.image.apply(record);
        }
        self.quorum.append(records);
        self.after_append(ctx);
    }

    /// Answers once everything appended so far is committed. That goes for refusals too: they were decided by what may yet be lost
    /// with this controller (`QuorumController.ControllerWriteEvent`).
    fn answer_when_committed(
        &mut self,
        ctx: &mut Ctx<'_>,
        to: NodeId,
        correlation: Correlation,
        response: Response,
    ) {
        let end = self.quorum.log_end();
        if let Some(active) = &mut self.active {
            active.owed.push((end, to, correlation, response));
        }
        self.pay_owed(ctx);
    }

    fn pay_owed(&mut self, ctx: &mut Ctx<'_>) {
        let committed = self.quorum.high_watermark;
        let Some(active) = &mut self.active else {
            return;
        };
        let due = active.owed.iter().take_while(|o| o.0 <= committed).count();
        for (_, to, correlation, response) in active.owed.drain(..due) {
            ctx.respond(to, correlation, response);
        }
    }

    /// The quorum elected this controller.
    fn become_active(&mut self, ctx: &mut Ctx<'_>) {
        let mut image = MetadataImage::new(self.topic_defaults.clone());
        for entry in self.quorum.log.iter() {
            image.apply(&entry.record);
        }
        // Every broker gets a fresh session: this controller cannot know when they were last heard of.
        let fresh = Contact {
            last: ctx.now,
            metadata_offset: 0,
            shutdown_offset: None,
        };
        let contacts = image.brokers.keys().map(|b| (*b, fresh.clone())).collect();
        self.active = Some(Active {
            image,
            contacts,
            owed: Vec::new(),
        });
        ctx.arm(
            Timer::BrokerSession,
            Duration::millis(self.config.broker_session_timeout_ms),
        );
        self.arm_balance(ctx);
    }

    /// Another controller leads now: answers owed will never be given.
    fn resign(&mut self, ctx: &mut Ctx<'_>) {
        let Some(active) = self.active.take() else {
            return;
        };
        for (_, to, correlation, response) in active.owed {
            ctx.respond(
                to,
                correlation,
                with_error(&response, ErrorCode::NotController),
            );
        }
        ctx.disarm(Timer::BrokerSession);
        ctx.disarm(Timer::LeaderImbalance);
    }

    fn correlate(&mut self) -> Correlation {
        self.next_correlation += 1;
        self.next_correlation
    }
}

/// What a controller that is not active says.
fn not_controller(request: &Request) -> Response {
    let error = ErrorCode::NotController;
    match request {
        Request::BrokerRegistration(_) => Response::BrokerRegistration(error, -1),
        Request::BrokerHeartbeat(_) => Response::BrokerHeartbeat(brokers::heartbeat_error(error)),
        Request::AlterPartition(a) => partitions::alter_error(a.tp, error),
        Request::AllocateProducerIds => Response::AllocateProducerIds(error, -1, 0),
        _ => Response::Admin(error),
    }
}

fn with_error(response: &Response, error: ErrorCode) -> Response {
    match response {
        Response::BrokerRegistration(..) => Response::BrokerRegistration(error, -1),
        Response::BrokerHeartbeat(_) => Response::BrokerHeartbeat(brokers::heartbeat_error(error)),
        Response::AlterPartition(a) => partitions::alter_error(a.tp, error),
        Response::AllocateProducerIds(..) => Response::AllocateProducerIds(error, -1, 0),
        _ => Response::Admin(error),
    }
}
