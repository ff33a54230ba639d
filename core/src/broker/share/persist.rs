//! Loading share-partitions and storing their changes with the share coordinator (`PersisterStateManager`).
//!
//! The coordinator is the leader of a partition of `__share_group_state`, chosen by group, topic and partition. What fails for lack of
//! a coordinator is tried again up to five times, after 1, 2, 4, 8 s; then the change is taken back.
//!
//! Writes of a share-partition are stored in the order they were made, one at a time: each carries the start offset of its moment, and
//! the coordinator takes over the one it gets last. Kafka has one request under way to each coordinator and puts all that waits into
//! the next one; but there a write that is tried again can be stored after a younger one, and takes the stored start offset back.
//!
//! Simplified: the coordinator is found in the broker's own metadata instead of by FindCoordinator; one request carries one
//! share-partition; a broker that coordinates itself does not use the network.

use super::{Hosted, Key};
use crate::broker::{Broker, Pending};
use crate::coordinator::share::Home;
use crate::effect::Ctx;
use crate::event::Event;
use crate::group::ReplyTo;
use crate::group::share::partition::{SharePartition, StateWrite};
use crate::id::{BrokerId, Name, NodeId, Offset, SHARE_STATE_TOPIC, TopicPartition};
use crate::java::{string_hash, utils_abs};
use crate::protocol::{
    Correlation, ErrorCode, OffsetSpec, ReadShareGroupStateRequest, ReadShareGroupStateResponse,
    Request, Response, WriteShareGroupStateRequest,
};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

const ATTEMPTS: u32 = 5;
const FIRST_BACKOFF_MS: i64 = 1_000;
const TIMEOUT: Duration = Duration::secs(30);
/// Another write of the share-partition comes first.
const ITS_TURN: SimTime = SimTime::MAX;

/// A question to a share coordinator.
#[derive(Clone, Debug)]
pub(super) struct Call {
    group: Name,
    pub(super) tp: TopicPartition,
    /// What to store; `None`: read.
    write: Option<StateWrite>,
    /// On its way to this broker under this number; `None`: to be sent (again).
    sent: Option<(BrokerId, Correlation)>,
    failures: u32,
    /// When it is sent again, or given up waiting for; [`ITS_TURN`]: another write comes first.
    pub(super) due: SimTime,
}

impl Broker {
    /// Where the state of a share-partition lives, and who leads that, by this broker's metadata.
    pub(crate) fn share_coordinator_of(
        &self,
        group: &Name,
        tp: TopicPartition,
    ) -> Option<(Home, BrokerId)> {
        let topic = self.image.topic_named(SHARE_STATE_TOPIC)?;
        let key = alloc::format!("{group}:{}:{}", tp.topic.0, tp.partition);
        let partition = utils_abs(string_hash(&key)) % topic.partitions.len() as i32;
        let state = topic.partitions.get(partition as usize)?;
        let states = true;
        Some((Home { states, partition }, state.leader?))
    }

    /// The same. The topic is made when it is first needed.
    fn share_home(
        &mut self,
        ctx: &mut Ctx<'_>,
        group: &Name,
        tp: TopicPartition,
    ) -> Option<(Home, BrokerId)> {
        if self.image.topic_named(SHARE_STATE_TOPIC).is_none() {
            self.create_share_topic(ctx);
        }
        self.share_coordinator_of(group, tp)
    }

    /// Begins with a share-partition, if this broker leads it and has not begun yet.
    pub(super) fn load_share_partition(
        &mut self,
        ctx: &mut Ctx<'_>,
        group: &Name,
        tp: TopicPartition,
    ) {
        let Some(epoch) = self
            .partition(tp)
            .filter(|p| p.leader().is_some())
            .map(|p| p.leader_epoch)
        else {
            return;
        };
        let key: Key = (group.clone(), tp);
        if self.shares.hosted.contains_key(&key) {
            return;
        }
        let partition = None;
        self.shares.hosted.insert(key, Hosted { epoch, partition });
        self.begin_call(ctx, group, tp, None);
    }

    pub(super) fn store_share_state(
        &mut self,
        ctx: &mut Ctx<'_>,
        group: &Name,
        tp: TopicPartition,
        write: StateWrite,
    ) {
        self.begin_call(ctx, group, tp, Some(write));
    }

    fn begin_call(
        &mut self,
        ctx: &mut Ctx<'_>,
        group: &Name,
        tp: TopicPartition,
        write: Option<StateWrite>,
    ) {
        let mut call = Call {
            group: group.clone(),
            tp,
            write,
            sent: None,
            failures: 0,
            due: ctx.now,
        };
        if call.write.is_some() && self.shares.calls.iter().any(|c| c.stores(group, tp)) {
            call.due = ITS_TURN;
            return self.shares.calls.push(call);
        }
        self.send_share_call(ctx, call);
    }

    /// A write was stored or given up: the next one of its share-partition.
    fn next_share_write(&mut self, ctx: &mut Ctx<'_>, group: &Name, tp: TopicPartition) {
        let next = |c: &Call| c.stores(group, tp) && c.due == ITS_TURN;
        if let Some(at) = self.shares.calls.iter().position(next) {
            let call = self.shares.calls.remove(at);
            self.send_share_call(ctx, call);
        }
    }

    fn send_share_call(&mut self, ctx: &mut Ctx<'_>, mut call: Call) {
        let home = self.share_home(ctx, &call.group, call.tp);
        let hosted = self.shares.hosted.get(&(call.group.clone(), call.tp));
        let (Some((home, to)), Some(hosted)) = (home, hosted) else {
            return self.share_call_failed(ctx, call, ErrorCode::CoordinatorNotAvailable);
        };
        let request = call.request(hosted);
        self.next_correlation += 1;
        let correlation = self.next_correlation;
        call.sent = Some((to, correlation));
        call.due = ctx.now + TIMEOUT;
        let due = call.due;
        self.shares.calls.push(call);
        self.arm_shares(ctx, due);
        if to == self.id {
            let node = NodeId::Broker(to);
            self.on_share_state_request(ctx, home, ReplyTo { node, correlation }, &request);
        } else {
            self.pending.insert(correlation, Pending::ShareState);
            ctx.request(NodeId::Broker(to), correlation, request);
        }
    }

    /// A share coordinator answered.
    pub(in crate::broker) fn on_share_state_answer(
        &mut self,
        ctx: &mut Ctx<'_>,
        correlation: Correlation,
        response: Response,
    ) {
        let is_it = |c: &Call| c.sent.is_some_and(|(_, sent)| sent == correlation);
        let Some(at) = self.shares.calls.iter().position(is_it) else {
            return;
        };
        let call = self.shares.calls.remove(at);
        let error = match &response {
            Response::ReadShareGroupState(r) => r.error,
            Response::WriteShareGroupState(error) => *error,
            _ => ErrorCode::UnknownServerError,
        };
        match (error, response) {
            (ErrorCode::None, Response::ReadShareGroupState(state)) => {
                self.share_loaded(ctx, &call.group, call.tp, &state);
            }
            (ErrorCode::None, _) => self.share_stored(ctx, call, ErrorCode::None),
            _ => self.share_call_failed(ctx, call, error),
        }
    }

    fn share_call_failed(&mut self, ctx: &mut Ctx<'_>, mut call: Call, error: ErrorCode) {
        let again = matches!(
            error,
            ErrorCode::NotCoordinator
                | ErrorCode::CoordinatorNotAvailable
                | ErrorCode::CoordinatorLoadInProgress
        );
        if again && call.failures < ATTEMPTS - 1 {
            let wait = Duration::millis(FIRST_BACKOFF_MS << call.failures);
            call.failures += 1;
            call.sent = None;
            call.due = ctx.now + wait;
            let due = call.due;
            self.shares.calls.push(call);
            return self.arm_shares(ctx, due);
        }
        if call.write.is_some() {
            return self.share_stored(ctx, call, persister_error(error));
        }
        // Whoever fetches next begins again.
        self.shares.hosted.remove(&(call.group.clone(), call.tp));
        self.wake_shares(ctx, call.tp);
    }

    /// Calls to try again, and such that were not answered in time.
    pub(super) fn retry_share_calls(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now;
        let due: Vec<Call> = self.shares.calls.extract_if(.., |c| c.due <= now).collect();
        for call in due {
            match call.sent {
                None => self.send_share_call(ctx, call),
                Some(_) => self.share_call_failed(ctx, call, ErrorCode::CoordinatorNotAvailable),
            }
        }
    }

    /// The connection to a broker broke.
    pub(in crate::broker) fn share_coordinator_gone(
        &mut self,
        ctx: &mut Ctx<'_>,
        broker: BrokerId,
    ) {
        let there = |c: &mut Call| c.sent.is_some_and(|(to, _)| to == broker);
        let lost: Vec<Call> = self.shares.calls.extract_if(.., there).collect();
        for call in lost {
            self.share_call_failed(ctx, call, ErrorCode::CoordinatorNotAvailable);
        }
    }

    fn share_loaded(
        &mut self,
        ctx: &mut Ctx<'_>,
        group: &Name,
        tp: TopicPartition,
        state: &ReadShareGroupStateResponse,
    ) {
        let initial = self.initial_share_offset(group, tp);
        let Some(hosted) = self.shares.hosted.get_mut(&(group.clone(), tp)) else {
            return;
        };
        let partition = SharePartition::load(state, initial);
        ctx.emit(Event::SharePartitionLoaded {
            group: group.clone(),
            tp,
            start: partition.start_offset(),
            fresh: state.start_offset == -1,
        });
        hosted.partition = Some(Arc::new(partition));
        self.wake_shares(ctx, tp);
    }

    /// `share.auto.offset.reset`: latest unless the group says earliest.
    fn initial_share_offset(&self, group: &Name, tp: TopicPartition) -> Offset {
        const EARLIEST: i64 = 1;
        let reset = self.image.group_setting(group, "share.auto.offset.reset");
        let spec = match reset {
            Some(EARLIEST) => OffsetSpec::Earliest,
            _ => OffsetSpec::Latest,
        };
        let found = self.partition(tp).map(|p| p.list_offset(-1, spec, false));
        found.and_then(Result::ok).map_or(0, |(offset, _)| offset)
    }

    fn share_stored(&mut self, ctx: &mut Ctx<'_>, call: Call, error: ErrorCode) {
        let (group, tp) = (&call.group, call.tp);
        let Some(write) = &call.write else {
            return;
        };
        if let Some(partition) = self.share_partition(group, tp) {
            let before = partition.start_offset();
            partition.written(write.id, error.is_ok());
            let to = partition.start_offset();
            let lock = partition.next_lock();
            self.tell_start(ctx, group, tp, before, to);
            self.arm_shares(ctx, lock.unwrap_or(SimTime::MAX));
        }
        self.share_write_answered(group, tp, write.id, error);
        if [ErrorCode::NotLeaderOrFollower, ErrorCode::FencedStateEpoch].contains(&error) {
            // Somebody newer has taken over: what waits its turn would be refused like this.
            self.shares.hosted.remove(&(group.clone(), tp));
            let its = |c: &mut Call| c.stores(group, tp);
            let lost: Vec<Call> = self.shares.calls.extract_if(.., its).collect();
            for write in lost.iter().filter_map(|c| c.write.as_ref()) {
                self.share_write_answered(group, tp, write.id, error);
            }
        }
        self.next_share_write(ctx, group, tp);
        self.wake_shares(ctx, tp);
    }

    /// Acknowledgements that waited for a write.
    fn share_write_answered(
        &mut self,
        group: &Name,
        tp: TopicPartition,
        id: u64,
        error: ErrorCode,
    ) {
        for job in self.shares.jobs.values_mut().filter(|j| j.group == *group) {
            let its = |ack: &&mut (TopicPartition, Option<u64>, ErrorCode)| {
                ack.0 == tp && ack.1 == Some(id)
            };
            for ack in job.acks.iter_mut().filter(its) {
                (ack.1, ack.2) = (None, error);
            }
        }
    }
}

impl Call {
    /// It is a write of this share-partition.
    fn stores(&self, group: &Name, tp: TopicPartition) -> bool {
        self.write.is_some() && self.tp == tp && self.group == *group
    }

    fn request(&self, hosted: &Hosted) -> Request {
        let (group, tp, leader_epoch) = (self.group.clone(), self.tp, hosted.epoch);
        match &self.write {
            None => Request::ReadShareGroupState(Box::new(ReadShareGroupStateRequest {
                group,
                tp,
                leader_epoch,
            })),
            Some(write) => Request::WriteShareGroupState(Box::new(WriteShareGroupStateRequest {
                group,
                tp,
                state_epoch: hosted.partition.as_ref().map_or(0, |p| p.state_epoch()),
                leader_epoch,
                start_offset: write.start_offset,
                batches: write.batches.clone(),
            })),
        }
    }
}

/// `SharePartition.fetchPersisterError`
fn persister_error(error: ErrorCode) -> ErrorCode {
    match error {
        ErrorCode::NotCoordinator | ErrorCode::CoordinatorLoadInProgress => {
            ErrorCode::CoordinatorNotAvailable
        }
        ErrorCode::FencedLeaderEpoch => ErrorCode::NotLeaderOrFollower,
        ErrorCode::GroupIdNotFound | ErrorCode::UnknownTopicOrPartition => {
            ErrorCode::InvalidRequest
        }
        other => other,
    }
}
