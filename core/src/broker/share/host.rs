//! This broker as a coordinator of share groups: heartbeats of members, and the stored state of share-partitions.

use crate::broker::Broker;
use crate::coordinator::GroupCoordinator;
use crate::coordinator::share::{Home, ShareAction};
use crate::effect::{Ctx, Timer};
use crate::group::ReplyTo;
use crate::group::share::group::refusal;
use crate::id::{NodeId, OFFSETS_TOPIC, SHARE_STATE_TOPIC, TopicPartition};
use crate::java::{string_hash, utils_abs};
use crate::protocol::{Correlation, ErrorCode, Request, Response, ShareGroupHeartbeatRequest};
use crate::record::RecordBatch;
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Reading a partition of the state topic takes a moment: a fixed part, and some for each batch.
const LOAD_BASE_US: u64 = 5_000;
const LOAD_BATCH_US: u64 = 20;

impl Broker {
    pub(in crate::broker) fn is_share_topic(&self, tp: TopicPartition) -> bool {
        let topic = self.image.topics.get(&tp.topic);
        topic.is_some_and(|t| &*t.name == SHARE_STATE_TOPIC)
    }

    fn share_log(&self, home: Home) -> Option<Vec<Arc<RecordBatch>>> {
        let replica = self.partitions.get(&self.share_tp(home)?)?;
        replica.leader()?;
        let log = &replica.log;
        Some(log.batches_from(log.log_start()).cloned().collect())
    }

    fn share_tp(&self, home: Home) -> Option<TopicPartition> {
        let topic = match home.states {
            true => SHARE_STATE_TOPIC,
            false => OFFSETS_TOPIC,
        };
        let topic = self.image.topic_named(topic)?;
        Some(TopicPartition::new(topic.id, home.partition))
    }

    /// This broker leads a partition of `__share_group_state`: it reads it first.
    pub(in crate::broker) fn lead_share_states(&mut self, ctx: &mut Ctx<'_>, partition: i32) {
        let states = true;
        let home = Home { states, partition };
        self.share_coordinator.on_elected(home);
        let batches = self.share_log(home).map_or(0, |b| b.len() as u64);
        let time = Duration(LOAD_BASE_US + LOAD_BATCH_US * batches);
        ctx.arm(Timer::LoadShare(partition), time);
    }

    /// A partition of either topic has been read.
    pub(in crate::broker) fn load_shares(&mut self, ctx: &mut Ctx<'_>, home: Home) {
        let Some(batches) = self.share_log(home) else {
            return;
        };
        self.share_coordinator.on_elected(home);
        self.share_coordinator
            .on_loaded(ctx.now, home, batches.iter().map(|b| &**b));
        let at = self.share_coordinator.next_expiry();
        self.arm_shares(ctx, at.unwrap_or(SimTime::MAX));
    }

    pub(in crate::broker) fn resign_shares(&mut self, ctx: &mut Ctx<'_>, home: Home) {
        let mut actions = Vec::new();
        self.share_coordinator.on_resigned(home, &mut actions);
        if home.states {
            ctx.disarm(Timer::LoadShare(home.partition));
        }
        self.carry_out_shares(ctx, actions);
    }

    pub(in crate::broker) fn on_share_heartbeat(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: &ShareGroupHeartbeatRequest,
    ) {
        if self.image.topic_named(SHARE_STATE_TOPIC).is_none() {
            self.create_share_topic(ctx);
        }
        let node = from;
        let from = ReplyTo { node, correlation };
        let other = self.coordinator.groups();
        if other.iter().any(|g| *g.name == request.group) {
            // It is a group of consumers.
            let refused = Box::new(refusal(ErrorCode::GroupIdNotFound));
            return ctx.respond(node, correlation, Response::ShareGroupHeartbeat(refused));
        }
        let offsets = self.image.topic_named(OFFSETS_TOPIC);
        let count = offsets.map_or(1, |t| t.partitions.len() as i32);
        let home = Home {
            states: false,
            partition: GroupCoordinator::partition_for(&request.group, count),
        };
        let mut actions = Vec::new();
        let image = &self.image;
        let topic = |name: &crate::id::Name| {
            let topic = image.topic_named(name)?;
            Some((topic.id, topic.partitions.len() as i32))
        };
        self.share_coordinator
            .on_heartbeat(ctx.now, home, from, request, &topic, &mut actions);
        self.carry_out_shares(ctx, actions);
        let at = self.share_coordinator.next_expiry();
        self.arm_shares(ctx, at.unwrap_or(SimTime::MAX));
    }

    /// Members that have fallen silent.
    pub(super) fn share_sessions_due(&mut self, ctx: &mut Ctx<'_>) {
        let mut actions = Vec::new();
        let image = &self.image;
        let topic = |name: &crate::id::Name| {
            let topic = image.topic_named(name)?;
            Some((topic.id, topic.partitions.len() as i32))
        };
        self.share_coordinator
            .on_time(ctx.now, &topic, &mut actions);
        self.carry_out_shares(ctx, actions);
    }

    /// Another leader (or this broker itself) reads or stores the state of a share-partition.
    pub(super) fn on_share_state_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        home: Home,
        from: ReplyTo,
        request: &Request,
    ) {
        let mut actions = Vec::new();
        let (now, coordinator) = (ctx.now, &mut self.share_coordinator);
        match request {
            Request::ReadShareGroupState(r) => {
                coordinator.on_read(now, home, from, r, &mut actions)
            }
            Request::WriteShareGroupState(r) => {
                coordinator.on_write(now, home, from, r, &mut actions);
            }
            _ => {}
        }
        self.carry_out_shares(ctx, actions);
    }

    /// The same, arrived over the network.
    pub(in crate::broker) fn on_share_state_message(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: &Request,
    ) {
        let (group, tp) = match request {
            Request::ReadShareGroupState(r) => (&r.group, r.tp),
            Request::WriteShareGroupState(r) => (&r.group, r.tp),
            _ => return,
        };
        let topic = self.image.topic_named(SHARE_STATE_TOPIC);
        let count = topic.map_or(1, |t| t.partitions.len() as i32);
        let key = alloc::format!("{group}:{}:{}", tp.topic.0, tp.partition);
        let home = Home {
            states: true,
            partition: utils_abs(string_hash(&key)) % count.max(1),
        };
        let node = from;
        self.on_share_state_request(ctx, home, ReplyTo { node, correlation }, request);
    }

    pub(in crate::broker) fn share_write_done(
        &mut self,
        ctx: &mut Ctx<'_>,
        token: u64,
        error: ErrorCode,
    ) {
        let mut actions = Vec::new();
        self.share_coordinator
            .on_write_done(token, error, &mut actions);
        self.carry_out_shares(ctx, actions);
    }

    fn carry_out_shares(&mut self, ctx: &mut Ctx<'_>, actions: Vec<ShareAction>) {
        for action in actions {
            match action {
                ShareAction::Emit(event) => ctx.emit(event),
                ShareAction::Reply(to, response) if to.node == NodeId::Broker(self.id) => {
                    self.on_share_state_answer(ctx, to.correlation, response);
                }
                ShareAction::Reply(to, response) => ctx.respond(to.node, to.correlation, response),
                ShareAction::Append(home, record, token) => match self.share_tp(home) {
                    Some(tp) => {
                        let batch = RecordBatch::new(alloc::vec![record]);
                        self.share_append(ctx, tp, batch, token);
                    }
                    None => self.share_write_done(ctx, token, ErrorCode::NotLeaderOrFollower),
                },
            }
        }
    }
}
