//! Produce: checks, append, acknowledgement (`ReplicaManager.appendRecords`, `DelayedProduce`).

use super::{Broker, CONTROLLER_TIMEOUT, Pending};
use crate::config::list_items;
use crate::coordinator::Action;
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, NodeId, Offset, TopicPartition};
use crate::producer_state::Verdict;
use crate::protocol::{
    Acks, Correlation, ErrorCode, ProducePartitionResponse, ProduceRequest, Request, Response,
};
use crate::record::RecordBatch;
use crate::time::Duration;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Waits until high watermarks pass what was written.
#[derive(Clone, Debug)]
pub(super) struct DelayedProduce {
    whom: Waiter,
    /// Where each partition's high watermark must get; partitions with an outcome are done.
    waiting: Vec<(TopicPartition, Offset)>,
    outcome: Vec<ProducePartitionResponse>,
}

/// Who waits.
#[derive(Clone, Copy, Debug)]
enum Waiter {
    Client(NodeId, Correlation),
    Coordinator(u64),
    Share(u64),
}

impl Broker {
    pub(super) fn on_produce(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: ProduceRequest,
    ) {
        let mut outcome = Vec::new();
        let mut waiting = Vec::new();
        for (tp, batch) in &request.batches {
            let result = self.write(ctx, *tp, batch, request.acks);
            if let (Ok((_, end)), Acks::All) = (&result, request.acks) {
                waiting.push((*tp, *end));
            }
            outcome.push(self.produce_outcome(*tp, result.map(|(base, _)| base)));
        }
        match request.acks {
            Acks::None => {}
            Acks::All if !waiting.is_empty() => {
                let delayed = DelayedProduce {
                    whom: Waiter::Client(from, correlation),
                    waiting,
                    outcome,
                };
                self.delay_produce(ctx, delayed, Duration::millis(request.timeout_ms));
            }
            _ => ctx.respond(from, correlation, Response::Produce(outcome)),
        }
    }

    fn produce_outcome(
        &self,
        tp: TopicPartition,
        result: Result<Offset, ErrorCode>,
    ) -> ProducePartitionResponse {
        let log_start_offset = self.partitions.get(&tp).map_or(-1, |p| p.log.log_start());
        match result {
            Ok(base_offset) => ProducePartitionResponse {
                tp,
                error: ErrorCode::None,
                base_offset,
                log_start_offset,
            },
            Err(error) => ProducePartitionResponse {
                tp,
                error,
                base_offset: -1,
                log_start_offset: -1,
            },
        }
    }

    /// Checks and appends one batch as the leader. Gives its base offset and the offset after it.
    fn write(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        batch: &Arc<RecordBatch>,
        acks: Acks,
    ) -> Result<(Offset, Offset), ErrorCode> {
        let Some(partition) = self.partitions.get(&tp) else {
            let known = self.image.partition(tp).is_some();
            return Err(if known {
                ErrorCode::NotLeaderOrFollower
            } else {
                ErrorCode::UnknownTopicOrPartition
            });
        };
        if partition.leader().is_none() {
            return Err(ErrorCode::NotLeaderOrFollower);
        }
        if acks == Acks::All {
            partition.check_min_isr()?;
        }
        if i64::from(batch.size) > partition.config.max_message_bytes {
            return Err(ErrorCode::MessageTooLarge);
        }
        let compacts = list_items(partition.config.cleanup_policy).any(|i| i == 1);
        if compacts && batch.records.iter().any(|r| r.key.is_none()) {
            return Err(ErrorCode::InvalidRecord);
        }
        match partition.producers.check(batch) {
            Verdict::Refuse(error) => return Err(error),
            Verdict::Duplicate(base) => {
                return Ok((base, base + i64::from(batch.last_offset_delta) + 1));
            }
            Verdict::Append => {}
        }
        Ok(self.append(ctx, tp, batch))
    }

    fn append(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        batch: &Arc<RecordBatch>,
    ) -> (Offset, Offset) {
        let sessions = &self.sessions;
        let last_fetch = |b: BrokerId| sessions.get(&NodeId::Broker(b)).map(|s| s.last_fetch);
        let Some(partition) = self.partitions.get_mut(&tp) else {
            return (-1, -1);
        };
        let partition = Arc::make_mut(partition);
        partition.stamp_caught_up(last_fetch);
        let (base, last, rolled) = partition.append(batch);
        if let Some(base) = rolled {
            ctx.emit(Event::SegmentRolled { tp, base });
        }
        ctx.emit(Event::Appended { tp, base, last });
        self.settle(ctx, tp);
        self.wake_readers(ctx, tp, false);
        (base, last + 1)
    }

    fn delay_produce(&mut self, ctx: &mut Ctx<'_>, delayed: DelayedProduce, timeout: Duration) {
        self.next_delayed += 1;
        let id = self.next_delayed;
        let touched: Vec<TopicPartition> = delayed.waiting.iter().map(|(tp, _)| *tp).collect();
        for tp in &touched {
            self.waiting_on.entry(*tp).or_default().push(id);
        }
        self.delayed_produces.insert(id, delayed);
        ctx.arm(Timer::DelayedProduce(id), timeout);
        for tp in touched {
            self.complete_produces(ctx, tp);
        }
    }

    /// Lets go what waited for this partition's high watermark.
    pub(super) fn complete_produces(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition) {
        let Some(ids) = self.waiting_on.get(&tp) else {
            return;
        };
        let Some(partition) = self.partitions.get(&tp) else {
            return;
        };
        let Some(leader) = partition.leader() else {
            return;
        };
        let reached = partition.high_watermark;
        // The ISR may have shrunk below the minimum after the record was written.
        let enough = leader.maximal_isr().len() >= partition.effective_min_isr();
        let error = if enough {
            ErrorCode::None
        } else {
            ErrorCode::NotEnoughReplicasAfterAppend
        };
        for id in ids.clone() {
            self.resolve(ctx, id, tp, Some(reached), error);
        }
    }

    /// Leadership is gone: everybody who waits for the partition hears of it.
    pub(super) fn fail_waiting_produces(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition) {
        for id in self.waiting_on.get(&tp).cloned().unwrap_or_default() {
            self.resolve(ctx, id, tp, None, ErrorCode::NotLeaderOrFollower);
        }
    }

    /// `reached`: resolve only if the high watermark got there; `None`: in any case.
    fn resolve(
        &mut self,
        ctx: &mut Ctx<'_>,
        id: u32,
        tp: TopicPartition,
        reached: Option<Offset>,
        error: ErrorCode,
    ) {
        let Some(delayed) = self.delayed_produces.get_mut(&id) else {
            return;
        };
        let due =
            |(t, end): &(TopicPartition, Offset)| *t == tp && reached.is_none_or(|r| r >= *end);
        if !delayed.waiting.iter().any(due) {
            return;
        }
        delayed.waiting.retain(|w| !due(w));
        if !error.is_ok() {
            for outcome in delayed
                .outcome
                .iter_mut()
                .filter(|o| o.tp == tp && o.error.is_ok())
            {
                outcome.error = error;
            }
        }
        let empty = delayed.waiting.is_empty();
        self.stop_waiting(id, tp);
        if empty {
            self.finish_produce(ctx, id);
        }
    }

    fn stop_waiting(&mut self, id: u32, tp: TopicPartition) {
        if let Some(ids) = self.waiting_on.get_mut(&tp) {
            ids.retain(|i| *i != id);
            if ids.is_empty() {
                self.waiting_on.remove(&tp);
            }
        }
    }

    fn finish_produce(&mut self, ctx: &mut Ctx<'_>, id: u32) {
        let Some(delayed) = self.delayed_produces.remove(&id) else {
            return;
        };
        ctx.disarm(Timer::DelayedProduce(id));
        match delayed.whom {
            Waiter::Client(node, correlation) => {
                ctx.respond(node, correlation, Response::Produce(delayed.outcome))
            }
            Waiter::Coordinator(token) => {
                let error = delayed.outcome.first().map_or(ErrorCode::None, |o| o.error);
                self.coordinator_write_done(ctx, token, error);
            }
            Waiter::Share(token) => {
                let error = delayed.outcome.first().map_or(ErrorCode::None, |o| o.error);
                self.share_write_done(ctx, token, error);
            }
        }
    }

    pub(super) fn produce_expired(&mut self, ctx: &mut Ctx<'_>, id: u32) {
        let Some(delayed) = self.delayed_produces.get_mut(&id) else {
            return;
        };
        if let Waiter::Coordinator(token) = delayed.whom {
            // Whoever asked is told; but the write stands, and the coordinator must hear when it is committed after all.
            return self.coordinator_write_done(ctx, token, ErrorCode::RequestTimedOut);
        }
        if let Waiter::Share(token) = delayed.whom {
            return self.share_write_done(ctx, token, ErrorCode::RequestTimedOut);
        }
        for (tp, _) in core::mem::take(&mut delayed.waiting) {
            for outcome in delayed
                .outcome
                .iter_mut()
                .filter(|o| o.tp == tp && o.error.is_ok())
            {
                outcome.error = ErrorCode::RequestTimedOut;
            }
            if let Some(ids) = self.waiting_on.get_mut(&tp) {
                ids.retain(|i| *i != id);
            }
        }
        self.finish_produce(ctx, id);
    }

    /// The coordinator writes to its own partition, as with acks=all.
    pub(super) fn coordinator_append(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        batch: RecordBatch,
        token: u64,
    ) {
        if let Err(error) = self.append_for(ctx, tp, batch, Waiter::Coordinator(token)) {
            self.coordinator_write_done(ctx, token, error);
        }
    }

    /// As above, for the coordinator of share groups.
    pub(super) fn share_append(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        batch: RecordBatch,
        token: u64,
    ) {
        if let Err(error) = self.append_for(ctx, tp, batch, Waiter::Share(token)) {
            self.share_write_done(ctx, token, error);
        }
    }

    fn append_for(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        batch: RecordBatch,
        whom: Waiter,
    ) -> Result<(), ErrorCode> {
        let (base, end) = self.write(ctx, tp, &Arc::new(batch), Acks::All)?;
        let outcome = alloc::vec![self.produce_outcome(tp, Ok(base))];
        let delayed = DelayedProduce {
            whom,
            waiting: alloc::vec![(tp, end)],
            outcome,
        };
        let timeout = Duration::millis(self.config.offsets_commit_timeout_ms);
        self.delay_produce(ctx, delayed, timeout);
        Ok(())
    }

    /// Producer ids come from the controller, a thousand at a time.
    pub(super) fn on_init_producer_id(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
    ) {
        let (next, end) = self.producer_ids;
        if next < end {
            self.producer_ids.0 += 1;
            return ctx.respond(
                from,
                correlation,
                Response::InitProducerId(ErrorCode::None, next, 0),
            );
        }
        let Some(controller) = self.quorum.leader else {
            let error = ErrorCode::CoordinatorLoadInProgress;
            return ctx.respond(from, correlation, Response::InitProducerId(error, -1, -1));
        };
        self.waiting_for_ids.push((from, correlation));
        let on_its_way = |p: &Pending| match p {
            Pending::ProducerIds(since) => ctx.now < *since + CONTROLLER_TIMEOUT,
            _ => false,
        };
        if !self.pending.values().any(on_its_way) {
            let pending = Pending::ProducerIds(ctx.now);
            let to = NodeId::Controller(controller);
            self.ask(ctx, to, pending, Request::AllocateProducerIds);
        }
    }

    /// The connection to the controller broke: what was on its way for clients will be asked for again by them.
    pub(super) fn controller_requests_lost(&mut self, ctx: &mut Ctx<'_>) {
        self.auto_creating.clear();
        self.pending
            .retain(|_, p| !matches!(p, Pending::AutoCreate(_) | Pending::ProducerIds(_)));
        self.on_producer_ids(ctx, ErrorCode::NetworkException, -1, 0);
    }

    pub(super) fn on_producer_ids(
        &mut self,
        ctx: &mut Ctx<'_>,
        error: ErrorCode,
        first: i64,
        count: i32,
    ) {
        let waiting = core::mem::take(&mut self.waiting_for_ids);
        if error.is_ok() {
            self.producer_ids = (first, first + i64::from(count));
        }
        for (from, correlation) in waiting {
            if error.is_ok() {
                self.on_init_producer_id(ctx, from, correlation);
            } else {
                // The client tries again, perhaps elsewhere.
                let error = ErrorCode::CoordinatorLoadInProgress;
                ctx.respond(from, correlation, Response::InitProducerId(error, -1, -1));
            }
        }
    }

    /// Carries out what the coordinator wants, in order.
    pub(super) fn carry_out(&mut self, ctx: &mut Ctx<'_>, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Reply(to, response) => ctx.respond(to.node, to.correlation, response),
                Action::Append {
                    partition,
                    records,
                    token,
                } => {
                    let topic = self.image.names.get(crate::id::OFFSETS_TOPIC).copied();
                    match topic {
                        Some(topic) => {
                            let tp = TopicPartition::new(topic, partition);
                            self.coordinator_append(ctx, tp, RecordBatch::new(records), token);
                        }
                        None => {
                            self.coordinator_write_done(ctx, token, ErrorCode::NotLeaderOrFollower)
                        }
                    }
                }
                Action::Arm(key, at) => ctx.arm_at(Timer::Coordinator(key), at),
                Action::Disarm(key) => ctx.disarm(Timer::Coordinator(key)),
                Action::Emit(event) => ctx.emit(event),
            }
        }
    }
}
