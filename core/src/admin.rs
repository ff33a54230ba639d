//! The administrator's tools (`kafka-topics`, `kafka-consumer-groups`, `kafka-leader-election`…) as one client node.
//!
//! An operation goes to whoever can carry it out: the active controller, a partition's leader, or a group's coordinator,
//! found by asking. Errors that may pass are tried again for `default.api.timeout.ms`; the outcome is an event.
//! Simplified: operations for the controller go to it directly instead of through a broker.

use crate::command::OffsetTarget;
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, Name, NodeId, Offset, TopicPartition};
use crate::protocol::{
    ApiKey, Correlation, Envelope, ErrorCode, Isolation, ListOffsetsPartitionResponse,
    ListOffsetsRequest, Message, MetadataResponse, OffsetCommitRequest, OffsetSpec, Request,
    Response,
};
use crate::sorted::Map;
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// `default.api.timeout.ms`
const DEADLINE: Duration = Duration::secs(60);
/// Before the next try.
const RETRY: Duration = Duration::millis(200);

/// What an operation wants done.
#[derive(Clone, Debug)]
pub enum Task {
    /// By the active controller.
    Controller(Request),
    /// By the partition's leader: delete records below an offset.
    Trim(TopicPartition, Offset),
    /// By the coordinator: delete a group.
    DeleteGroup(Name),
    /// By leaders and coordinator: put a group's offsets somewhere, for these partitions.
    ResetOffsets(Name, OffsetTarget, Vec<TopicPartition>),
}

/// One operation under way.
#[derive(Clone, Debug)]
struct Operation {
    task: Task,
    target: Name,
    deadline: SimTime,
    waiting: Option<Correlation>,
    peer: Option<NodeId>,
    coordinator: Option<BrokerId>,
    /// Offsets found for a reset.
    found: Map<TopicPartition, Offset>,
    /// Answers still expected from leaders.
    asked: usize,
}

/// The node.
#[derive(Clone, Debug)]
pub struct Admin {
    controllers: Vec<BrokerId>,
    brokers: Vec<BrokerId>,
    next_controller: usize,
    next_broker: usize,
    operations: Map<u32, Operation>,
    next_operation: u32,
    next_correlation: Correlation,
    pending: Map<Correlation, u32>,
}

impl Task {
    fn api(&self) -> ApiKey {
        match self {
            Self::Controller(request) => request.api(),
            Self::Trim(..) => ApiKey::DeleteRecords,
            Self::DeleteGroup(_) => ApiKey::DeleteGroups,
            Self::ResetOffsets(..) => ApiKey::OffsetCommit,
        }
    }
}

impl Admin {
    /// Knows every node's address.
    pub fn new(controllers: Vec<BrokerId>, brokers: Vec<BrokerId>) -> Self {
        Self {
            controllers,
            brokers,
            next_controller: 0,
            next_broker: 0,
            operations: Map::new(),
            next_operation: 0,
            next_correlation: 0,
            pending: Map::new(),
        }
    }

    /// One broker more to ask.
    pub fn add_broker(&mut self, broker: BrokerId) {
        self.brokers.push(broker);
    }

    /// Begins an operation.
    pub fn begin(&mut self, ctx: &mut Ctx<'_>, task: Task, target: Name) {
        self.next_operation += 1;
        let operation = Operation {
            task,
            target,
            deadline: ctx.now + DEADLINE,
            waiting: None,
            peer: None,
            coordinator: None,
            found: Map::new(),
            asked: 0,
        };
        self.operations.insert(self.next_operation, operation);
        self.attempt(ctx, self.next_operation);
    }

    fn attempt(&mut self, ctx: &mut Ctx<'_>, id: u32) {
        let Some(operation) = self.operations.get(&id) else {
            return;
        };
        if ctx.now >= operation.deadline {
            return self.finish(ctx, id, ErrorCode::RequestTimedOut);
        }
        match operation.task.clone() {
            Task::Controller(request) => {
                let to = NodeId::Controller(
                    self.controllers[self.next_controller % self.controllers.len()],
                );
                self.ask(ctx, id, to, request);
            }
            Task::Trim(..) | Task::ResetOffsets(..) => {
                self.ask_any_broker(ctx, id, Request::Metadata(None))
            }
            Task::DeleteGroup(group) => {
                self.ask_any_broker(ctx, id, Request::FindCoordinator(group))
            }
        }
        // An answer that never comes.
        ctx.arm(Timer::AdminOperation(id), Duration::secs(5));
    }

    fn ask(&mut self, ctx: &mut Ctx<'_>, id: u32, to: NodeId, request: Request) {
        self.next_correlation += 1;
        let correlation = self.next_correlation;
        self.pending.insert(correlation, id);
        if let Some(operation) = self.operations.get_mut(&id) {
            operation.waiting = Some(correlation);
            operation.peer = Some(to);
        }
        ctx.request(to, correlation, request);
    }

    fn ask_any_broker(&mut self, ctx: &mut Ctx<'_>, id: u32, request: Request) {
        let to = NodeId::Broker(self.brokers[self.next_broker % self.brokers.len()]);
        self.ask(ctx, id, to, request);
    }

    /// A message arrived.
    pub fn on_message(&mut self, ctx: &mut Ctx<'_>, envelope: Envelope) {
        match envelope.message {
            Message::Response(correlation, response) => {
                if let Some(id) = self.pending.remove(&correlation) {
                    self.on_response(ctx, id, response);
                }
            }
            Message::Disconnected => self.on_disconnected(ctx, envelope.from),
            Message::Request(..) => {}
        }
    }

    fn on_disconnected(&mut self, ctx: &mut Ctx<'_>, from: NodeId) {
        let hit: Vec<u32> = self
            .operations
            .iter()
            .filter(|(_, o)| o.peer == Some(from))
            .map(|(id, _)| *id)
            .collect();
        for id in hit {
            self.try_elsewhere(ctx, id);
        }
    }

    fn try_elsewhere(&mut self, ctx: &mut Ctx<'_>, id: u32) {
        self.next_controller += 1;
        self.next_broker += 1;
        self.retry(ctx, id);
    }

    fn retry(&mut self, ctx: &mut Ctx<'_>, id: u32) {
        self.pending.retain(|_, operation| *operation != id);
        if let Some(operation) = self.operations.get_mut(&id) {
            operation.waiting = None;
            operation.peer = None;
            operation.coordinator = None;
            operation.found.clear();
            ctx.arm(Timer::AdminOperation(id), RETRY);
        }
    }

    /// A timer fired: the next try, or an answer that never came.
    pub fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        let Timer::AdminOperation(id) = timer else {
            return;
        };
        if self
            .operations
            .get(&id)
            .is_some_and(|o| o.waiting.is_some())
        {
            return self.try_elsewhere(ctx, id);
        }
        self.attempt(ctx, id);
    }

    fn on_response(&mut self, ctx: &mut Ctx<'_>, id: u32, response: Response) {
        match response {
            Response::Admin(ErrorCode::NotController) => self.try_elsewhere(ctx, id),
            Response::Admin(error) => self.finish(ctx, id, error),
            Response::Metadata(metadata) => self.on_metadata(ctx, id, &metadata),
            Response::FindCoordinator(_, Some(broker)) => self.on_coordinator(ctx, id, broker),
            Response::FindCoordinator(..) => self.try_elsewhere(ctx, id),
            Response::ListOffsets(found) => self.on_offsets(ctx, id, &found),
            Response::DeleteRecords(error, _) => self.finish_or_retry(ctx, id, error),
            Response::DeleteGroups(groups) => {
                let error = groups.first().map_or(ErrorCode::None, |(_, e)| *e);
                self.finish_or_retry(ctx, id, error);
            }
            Response::OffsetCommit(offsets) => {
                let error = offsets
                    .iter()
                    .map(|(_, e)| *e)
                    .find(|e| !e.is_ok())
                    .unwrap_or(ErrorCode::None);
                self.finish_or_retry(ctx, id, error);
            }
            _ => {}
        }
    }

    fn finish_or_retry(&mut self, ctx: &mut Ctx<'_>, id: u32, error: ErrorCode) {
        let passing = error.is_retriable() && error != ErrorCode::UnknownTopicOrPartition;
        if passing {
            self.try_elsewhere(ctx, id)
        } else {
            self.finish(ctx, id, error)
        }
    }

    fn finish(&mut self, ctx: &mut Ctx<'_>, id: u32, error: ErrorCode) {
        let Some(operation) = self.operations.remove(&id) else {
            return;
        };
        self.pending.retain(|_, o| *o != id);
        ctx.disarm(Timer::AdminOperation(id));
        ctx.emit(Event::AdminDone {
            api: operation.task.api(),
            target: operation.target,
            error,
        });
    }

    fn on_coordinator(&mut self, ctx: &mut Ctx<'_>, id: u32, broker: BrokerId) {
        let Some(operation) = self.operations.get_mut(&id) else {
            return;
        };
        operation.coordinator = Some(broker);
        match operation.task.clone() {
            Task::DeleteGroup(group) => {
                let request = Request::DeleteGroups(alloc::vec![group]);
                self.ask(ctx, id, NodeId::Broker(broker), request);
            }
            Task::ResetOffsets(group, ..) => {
                let offsets = operation.found.iter().map(|(tp, o)| (*tp, *o)).collect();
                let request = OffsetCommitRequest {
                    group,
                    generation: -1,
                    member_id: "".into(),
                    group_instance_id: None,
                    offsets,
                };
                self.ask(
                    ctx,
                    id,
                    NodeId::Broker(broker),
                    Request::OffsetCommit(Box::new(request)),
                );
            }
            _ => {}
        }
    }

    fn on_metadata(&mut self, ctx: &mut Ctx<'_>, id: u32, metadata: &MetadataResponse) {
        let Some(operation) = self.operations.get(&id) else {
            return;
        };
        match operation.task.clone() {
            Task::Trim(tp, before) => match leader_of(metadata, tp) {
                Some(leader) => self.ask(
                    ctx,
                    id,
                    NodeId::Broker(leader),
                    Request::DeleteRecords(tp, before),
                ),
                None => self.try_elsewhere(ctx, id),
            },
            Task::ResetOffsets(_, target, partitions) => {
                self.ask_leaders(ctx, id, metadata, target, &partitions)
            }
            _ => {}
        }
    }

    fn ask_leaders(
        &mut self,
        ctx: &mut Ctx<'_>,
        id: u32,
        metadata: &MetadataResponse,
        target: OffsetTarget,
        partitions: &[TopicPartition],
    ) {
        let mut by_leader: Map<BrokerId, Vec<TopicPartition>> = Map::new();
        for tp in partitions {
            match leader_of(metadata, *tp) {
                Some(leader) => by_leader.entry(leader).or_default().push(*tp),
                None => return self.try_elsewhere(ctx, id),
            }
        }
        if let Some(operation) = self.operations.get_mut(&id) {
            operation.asked = by_leader.len();
        }
        for (leader, tps) in by_leader {
            // A given offset is brought into the log's range, as the tool does.
            let specs: &[OffsetSpec] = match target {
                OffsetTarget::Earliest => &[OffsetSpec::Earliest],
                OffsetTarget::Latest => &[OffsetSpec::Latest],
                OffsetTarget::Offset(_) => &[OffsetSpec::Earliest, OffsetSpec::Latest],
            };
            let partitions = tps
                .iter()
                .flat_map(|tp| specs.iter().map(|s| (*tp, -1, *s)))
                .collect();
            let request = ListOffsetsRequest {
                isolation: Isolation::ReadUncommitted,
                partitions,
            };
            self.ask(
                ctx,
                id,
                NodeId::Broker(leader),
                Request::ListOffsets(Box::new(request)),
            );
        }
    }

    fn on_offsets(&mut self, ctx: &mut Ctx<'_>, id: u32, found: &[ListOffsetsPartitionResponse]) {
        if found.iter().any(|f| !f.error.is_ok()) {
            return self.try_elsewhere(ctx, id);
        }
        let Some(operation) = self.operations.get_mut(&id) else {
            return;
        };
        let Task::ResetOffsets(group, target, _) = operation.task.clone() else {
            return;
        };
        match target {
            OffsetTarget::Offset(offset) => {
                for pair in found.chunks(2) {
                    let [earliest, latest] = pair else { continue };
                    operation
                        .found
                        .insert(earliest.tp, offset.clamp(earliest.offset, latest.offset));
                }
            }
            _ => operation
                .found
                .extend(found.iter().map(|f| (f.tp, f.offset))),
        }
        operation.asked -= 1;
        if operation.asked == 0 {
            self.ask_any_broker(ctx, id, Request::FindCoordinator(group));
        }
    }
}

fn leader_of(metadata: &MetadataResponse, tp: TopicPartition) -> Option<BrokerId> {
    let topic = metadata.topics.iter().find(|t| t.id == Some(tp.topic))?;
    topic
        .partitions
        .iter()
        .find(|p| p.partition == tp.partition)?
        .leader
}
