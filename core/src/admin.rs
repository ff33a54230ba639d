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
    ApiKey, Correlation, DescribeGroupsResponse, Envelope, ErrorCode, Isolation,
    ListOffsetsPartitionResponse, ListOffsetsRequest, Message, MetadataResponse,
    OffsetCommitRequest, OffsetFetchRequest, OffsetSpec, Request, Response,
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
    /// By a group's coordinator.
    Coordinator(Name, Request),
    /// By coordinator and leaders: how a group is.
    Describe(Name),
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
    /// Where logs begin (or where the time asked for is) and end.
    found: Map<TopicPartition, (Offset, Offset)>,
    /// What the coordinator said of the group, and of its offsets.
    described: Option<Box<DescribeGroupsResponse>>,
    committed: Vec<(TopicPartition, Offset)>,
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
            Self::Coordinator(_, request) => request.api(),
            Self::Describe(_) => ApiKey::DescribeGroups,
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
            described: None,
            committed: Vec::new(),
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
            Task::Coordinator(group, _) | Task::Describe(group) => {
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
            operation.committed.clear();
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
                self.finish_or_retry(ctx, id, first_error(&offsets));
            }
            Response::OffsetDelete(ErrorCode::None, partitions) => {
                self.finish_or_retry(ctx, id, first_error(&partitions));
            }
            Response::LeaveGroup(error) | Response::OffsetDelete(error, _) => {
                self.finish_or_retry(ctx, id, error);
            }
            Response::DescribeGroups(described) => self.on_described(ctx, id, described),
            Response::OffsetFetch(ErrorCode::None, offsets) => {
                self.on_committed(ctx, id, offsets);
            }
            Response::OffsetFetch(error, _) => self.finish_or_retry(ctx, id, error),
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
        let to = NodeId::Broker(broker);
        match operation.task.clone() {
            Task::Coordinator(_, request) => self.ask(ctx, id, to, request),
            Task::Describe(group) => self.ask(ctx, id, to, Request::DescribeGroups(group)),
            // Where it is now has to be known first.
            Task::ResetOffsets(
                group,
                OffsetTarget::Current | OffsetTarget::Shift(_),
                partitions,
            ) => self.ask(ctx, id, to, stored(group, Some(partitions))),
            Task::ResetOffsets(..) => self.store(ctx, id),
            _ => {}
        }
    }

    /// The coordinator described a group: its offsets are next.
    fn on_described(&mut self, ctx: &mut Ctx<'_>, id: u32, described: Box<DescribeGroupsResponse>) {
        let error = described.error;
        let Some(operation) = self.operations.get_mut(&id).filter(|_| error.is_ok()) else {
            return self.finish_or_retry(ctx, id, error);
        };
        operation.described = Some(described);
        let to = operation.coordinator;
        if let (Task::Describe(group), Some(to)) = (operation.task.clone(), to) {
            self.ask(ctx, id, NodeId::Broker(to), stored(group, None));
        }
    }

    /// What a group has committed.
    fn on_committed(
        &mut self,
        ctx: &mut Ctx<'_>,
        id: u32,
        mut offsets: Vec<(TopicPartition, Offset)>,
    ) {
        let Some(operation) = self.operations.get_mut(&id) else {
            return;
        };
        if let Task::ResetOffsets(..) = operation.task {
            operation.committed = offsets;
            return self.store(ctx, id);
        }
        offsets.retain(|(_, offset)| *offset >= 0);
        let none = offsets.is_empty();
        operation.committed = offsets;
        if none {
            return self.tell(ctx, id);
        }
        self.ask_any_broker(ctx, id, Request::Metadata(None));
    }

    /// Everything that describes a group is known.
    fn tell(&mut self, ctx: &mut Ctx<'_>, id: u32) {
        let Some(operation) = self.operations.get_mut(&id) else {
            return;
        };
        let end = |tp: &TopicPartition| operation.found.get(tp).map_or(-1, |(_, end)| *end);
        let offsets = operation.committed.iter();
        let offsets = offsets
            .map(|(tp, offset)| (*tp, *offset, end(tp)))
            .collect();
        if let Some(described) = operation.described.take() {
            ctx.emit(Event::GroupDescribed {
                group: operation.target.clone(),
                state: described.state,
                epoch: described.epoch,
                members: described.members,
                offsets,
            });
        }
        self.finish(ctx, id, ErrorCode::None);
    }

    /// Commits, from outside the group, where its offsets are to be.
    fn store(&mut self, ctx: &mut Ctx<'_>, id: u32) {
        let Some(operation) = self.operations.get(&id) else {
            return;
        };
        let Task::ResetOffsets(group, target, partitions) = operation.task.clone() else {
            return;
        };
        let to = operation.coordinator;
        let place = |tp: &TopicPartition| {
            let (first, end) = *operation.found.get(tp)?;
            let mut committed = operation.committed.iter();
            let current = committed.find(|(it, offset)| it == tp && *offset >= 0);
            let offset = match (target, current) {
                (OffsetTarget::Earliest, _) => first,
                (OffsetTarget::Latest, _) | (OffsetTarget::Current, None) => end,
                (OffsetTarget::Offset(offset), _) => offset.clamp(first, end),
                (OffsetTarget::Current, Some((_, offset))) => (*offset).clamp(first, end),
                (OffsetTarget::Shift(by), Some((_, offset))) => {
                    offset.saturating_add(by).clamp(first, end)
                }
                // The tool refuses: there is nothing to shift.
                (OffsetTarget::Shift(_), None) => return None,
                (OffsetTarget::Ago(_), _) if first < 0 => end,
                (OffsetTarget::Ago(_), _) => first,
            };
            Some((*tp, offset))
        };
        let offsets: Option<Vec<_>> = partitions.iter().map(place).collect();
        let (Some(offsets), Some(to)) = (offsets, to) else {
            return self.finish(ctx, id, ErrorCode::InvalidRequest);
        };
        let request = OffsetCommitRequest {
            group,
            generation: -1,
            member_id: "".into(),
            group_instance_id: None,
            offsets,
        };
        let request = Request::OffsetCommit(Box::new(request));
        self.ask(ctx, id, NodeId::Broker(to), request);
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
            Task::Describe(_) => {
                let all: Vec<_> = operation.committed.iter().map(|(tp, _)| *tp).collect();
                self.ask_leaders(ctx, id, metadata, OffsetTarget::Latest, &all);
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
            // Offsets are brought into the log's range, as the tool does.
            let first = match target {
                OffsetTarget::Ago(span) => {
                    let since = ctx.now.as_millis() - span.as_millis();
                    OffsetSpec::Timestamp(since)
                }
                _ => OffsetSpec::Earliest,
            };
            let specs = [first, OffsetSpec::Latest];
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
        for pair in found.chunks(2) {
            if let [first, end] = pair {
                operation.found.insert(first.tp, (first.offset, end.offset));
            }
        }
        operation.asked -= 1;
        if operation.asked > 0 {
            return;
        }
        match operation.task.clone() {
            Task::ResetOffsets(group, ..) => {
                self.ask_any_broker(ctx, id, Request::FindCoordinator(group));
            }
            _ => self.tell(ctx, id),
        }
    }
}

/// What a group has committed; without partitions: everything.
fn stored(group: Name, partitions: Option<Vec<TopicPartition>>) -> Request {
    Request::OffsetFetch(Box::new(OffsetFetchRequest { group, partitions }))
}

fn first_error(results: &[(TopicPartition, ErrorCode)]) -> ErrorCode {
    let mut errors = results.iter().map(|(_, e)| *e);
    errors.find(|e| !e.is_ok()).unwrap_or(ErrorCode::None)
}

fn leader_of(metadata: &MetadataResponse, tp: TopicPartition) -> Option<BrokerId> {
    let topic = metadata.topics.iter().find(|t| t.id == Some(tp.topic))?;
    topic
        .partitions
        .iter()
        .find(|p| p.partition == tp.partition)?
        .leader
}
