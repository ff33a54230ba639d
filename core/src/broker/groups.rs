//! The broker as the coordinator's host: which offsets partition it leads, loading, timers, writes.

use super::Broker;
use crate::coordinator::share::Home;
use crate::coordinator::{GroupCoordinator, ReplyTo, refuse_kind};
use crate::effect::{Ctx, Timer};
use crate::id::{LeaderEpoch, Name, NodeId, OFFSETS_TOPIC, TopicId, TopicPartition};
use crate::protocol::{Correlation, ErrorCode, Request, Response};
use crate::record::RecordBatch;
use crate::time::Duration;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Reading an offsets partition takes a moment: a fixed part, and some for each batch.
const LOAD_BASE_US: u64 = 5_000;
const LOAD_BATCH_US: u64 = 20;

impl Broker {
    fn offsets_partitions(&self) -> Option<(TopicId, i32)> {
        let topic = self.image.topic_named(OFFSETS_TOPIC)?;
        Some((topic.id, topic.partitions.len() as i32))
    }

    pub(super) fn start_loading(&mut self, ctx: &mut Ctx<'_>, partition: i32, epoch: LeaderEpoch) {
        let mut actions = Vec::new();
        self.coordinator.on_elected(partition, epoch, &mut actions);
        self.carry_out(ctx, actions);
        let batches = self.offsets_log(partition).map_or(0, |b| b.len() as u64);
        ctx.arm(
            Timer::Load(partition),
            Duration(LOAD_BASE_US + LOAD_BATCH_US * batches),
        );
    }

    fn offsets_log(&self, partition: i32) -> Option<Vec<Arc<RecordBatch>>> {
        let (topic, _) = self.offsets_partitions()?;
        let replica = self
            .partitions
            .get(&TopicPartition::new(topic, partition))?;
        replica.leader()?;
        Some(
            replica
                .log
                .batches_from(replica.log.log_start())
                .cloned()
                .collect(),
        )
    }

    pub(super) fn load_coordinator(&mut self, ctx: &mut Ctx<'_>, partition: i32) {
        let Some(batches) = self.offsets_log(partition) else {
            return;
        };
        let mut actions = Vec::new();
        self.coordinator.on_loaded(
            ctx.now,
            partition,
            batches.iter().map(|b| &**b),
            &mut actions,
        );
        self.carry_out(ctx, actions);
        let states = false;
        self.load_shares(ctx, Home { states, partition });
    }

    pub(super) fn resign_coordinator(&mut self, ctx: &mut Ctx<'_>, partition: i32) {
        let mut actions = Vec::new();
        self.coordinator.on_resigned(partition, &mut actions);
        ctx.disarm(Timer::Load(partition));
        self.carry_out(ctx, actions);
        let states = false;
        self.resign_shares(ctx, Home { states, partition });
    }

    pub(super) fn on_group_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: &Request,
    ) {
        let shares = |name: &Name| self.share_coordinator.groups().any(|(n, _)| n == name);
        if let Some(refusal) = refuse_kind(request, shares) {
            return ctx.respond(from, correlation, refusal);
        }
        let count = self.offsets_partitions().map_or(1, |(_, count)| count);
        let reply = ReplyTo {
            node: from,
            correlation,
        };
        let mut actions = Vec::new();
        self.coordinator
            .on_request(ctx.now, ctx.rng, reply, request, count, &mut actions);
        self.carry_out(ctx, actions);
    }

    pub(super) fn coordinator_timer(&mut self, ctx: &mut Ctx<'_>, key: u64) {
        let mut actions = Vec::new();
        self.coordinator.on_timer(ctx.now, key, &mut actions);
        self.carry_out(ctx, actions);
    }

    pub(super) fn coordinator_write_done(
        &mut self,
        ctx: &mut Ctx<'_>,
        token: u64,
        error: ErrorCode,
    ) {
        let mut actions = Vec::new();
        if error.is_ok() {
            self.coordinator.on_committed(ctx.now, token, &mut actions);
        } else {
            self.coordinator
                .on_write_failed(ctx.now, token, error, &mut actions);
        }
        self.carry_out(ctx, actions);
    }

    pub(super) fn coordinator_topic_deleted(&mut self, ctx: &mut Ctx<'_>, topic: TopicId) {
        let mut actions = Vec::new();
        self.coordinator
            .on_topic_deleted(ctx.now, topic, &mut actions);
        self.carry_out(ctx, actions);
    }

    /// FindCoordinator: the leader of the group's offsets partition. The topic is made when somebody first asks.
    pub(super) fn on_find_coordinator(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        group: &str,
    ) {
        let answer = match self.offsets_partitions() {
            None => {
                self.create_offsets_topic(ctx);
                None
            }
            Some((topic, count)) => {
                let tp = TopicPartition::new(topic, GroupCoordinator::partition_for(group, count));
                let leader = self.image.partition(tp).and_then(|p| p.leader);
                leader.filter(|l| self.image.brokers.get(l).is_some_and(|r| !r.fenced))
            }
        };
        let error = if answer.is_some() {
            ErrorCode::None
        } else {
            ErrorCode::CoordinatorNotAvailable
        };
        ctx.respond(from, correlation, Response::FindCoordinator(error, answer));
    }
}
