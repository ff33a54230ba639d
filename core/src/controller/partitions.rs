//! AlterPartition, leader elections on request, and the automatic preferred-leader check
//! (`ReplicationControlManager`).

use super::changes::{Changes, Wanted};
use super::{Active, Controller};
use crate::effect::{Ctx, Timer};
use crate::election::Election;
use crate::event::Event;
use crate::id::{BrokerId, NodeId, TopicPartition};
use crate::protocol::{
    AlterPartitionRequest, AlterPartitionResponse, Correlation, ElectLeadersRequest, ElectionType,
    ErrorCode, Recovery, Response,
};
use crate::time::Duration;
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(super) fn alter_error(tp: TopicPartition, error: ErrorCode) -> Response {
    Response::AlterPartition(Box::new(AlterPartitionResponse {
        tp,
        error,
        state: None,
    }))
}

impl Active {
    /// `validateAlterPartitionData`, check by check in Kafka's order.
    fn check_alter(&self, a: &AlterPartitionRequest) -> ErrorCode {
        let sender = self.image.brokers.get(&a.broker).map(|r| r.epoch);
        if sender != Some(a.broker_epoch) {
            return ErrorCode::StaleBrokerEpoch;
        }
        let Some(state) = self.image.partition(a.tp) else {
            return ErrorCode::UnknownTopicOrPartition;
        };
        let within = a.isr.iter().all(|(b, _)| state.replicas.contains(b));
        let has_leader = a.isr.iter().any(|(b, _)| Some(*b) == state.leader);
        let sound_recovery = a.recovery == Recovery::Recovered
            || a.isr.len() == 1 && state.recovery == Recovery::Recovering;
        if a.leader_epoch > state.leader_epoch || a.partition_epoch > state.partition_epoch {
            ErrorCode::NotController
        } else if a.leader_epoch < state.leader_epoch {
            ErrorCode::FencedLeaderEpoch
        } else if Some(a.broker) != state.leader {
            ErrorCode::InvalidRequest
        } else if a.partition_epoch < state.partition_epoch {
            ErrorCode::InvalidUpdateVersion
        } else if !within || !has_leader || !sound_recovery {
            ErrorCode::InvalidRequest
        } else if !a
            .isr
            .iter()
            .all(|(b, epoch)| self.may_be_in_sync(*b, *epoch))
        {
            ErrorCode::IneligibleReplica
        } else {
            ErrorCode::None
        }
    }

    fn may_be_in_sync(&self, broker: BrokerId, epoch: i64) -> bool {
        self.image
            .brokers
            .get(&broker)
            .is_some_and(|r| r.is_active() && (epoch < 0 || r.epoch == epoch))
    }
}

impl Controller {
    pub(super) fn alter_partition(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        a: AlterPartitionRequest,
    ) {
        let Some(active) = &self.active else { return };
        let error = active.check_alter(&a);
        if !error.is_ok() {
            ctx.emit(Event::AlterPartitionRefused { tp: a.tp, error });
            let refused = alter_error(a.tp, error);
            return self.answer_when_committed(ctx, from, correlation, refused);
        }
        let (Some(topic), Some(state)) = (
            active.image.topics.get(&a.tp.topic),
            active.image.partition(a.tp),
        ) else {
            return;
        };
        let isr: Vec<BrokerId> = a.isr.iter().map(|(b, _)| *b).collect();
        let wanted = Wanted {
            recovery: Some(a.recovery),
            ..Wanted::new(&isr, super::changes::online(topic))
        };
        let mut changes = Changes::default();
        changes.want(&active.image, a.tp, topic, state, &wanted);
        self.carry_out(ctx, changes);
        let state = self.image().and_then(|i| i.partition(a.tp)).cloned();
        // It has completed a reassignment that takes the leader itself off the list.
        let lost = state.as_ref().is_some_and(|s| s.leader != Some(a.broker));
        let error = if lost {
            ErrorCode::NewLeaderElected
        } else {
            ErrorCode::None
        };
        let response = AlterPartitionResponse {
            tp: a.tp,
            error,
            state,
        };
        self.answer_when_committed(
            ctx,
            from,
            correlation,
            Response::AlterPartition(Box::new(response)),
        );
    }

    pub(super) fn elect_leaders(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: ElectLeadersRequest,
    ) {
        let result = self.election_on_request(&request);
        let error = match result {
            Ok(changes) => {
                self.carry_out(ctx, changes);
                ErrorCode::None
            }
            Err(error) => error,
        };
        self.answer_when_committed(ctx, from, correlation, Response::Admin(error));
    }

    /// `ReplicationControlManager.electLeader`
    fn election_on_request(&self, request: &ElectLeadersRequest) -> Result<Changes, ErrorCode> {
        let active = self.active.as_ref().ok_or(ErrorCode::NotController)?;
        let topic = active
            .image
            .topics
            .get(&request.tp.topic)
            .ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let state = active
            .image
            .partition(request.tp)
            .ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let preferred = request.election == ElectionType::Preferred;
        let needed = if preferred {
            state.leader != state.replicas.first().copied()
        } else {
            state.leader.is_none()
        };
        if !needed {
            return Err(ErrorCode::ElectionNotNeeded);
        }
        let election = if preferred {
            Election::Preferred
        } else {
            Election::Unclean
        };
        let mut changes = Changes::default();
        let wanted = Wanted::new(&state.isr, election);
        if changes.want(&active.image, request.tp, topic, state, &wanted) {
            Ok(changes)
        } else if preferred {
            Err(ErrorCode::PreferredLeaderNotAvailable)
        } else {
            Err(ErrorCode::EligibleLeadersNotAvailable)
        }
    }

    pub(super) fn arm_balance(&self, ctx: &mut Ctx<'_>) {
        ctx.arm(
            Timer::LeaderImbalance,
            Duration::secs(self.config.leader_imbalance_check_interval_seconds as u64),
        );
    }

    /// Every `leader.imbalance.check.interval.seconds`: partitions whose preferred leader is in sync and alive get it back.
    pub(super) fn balance_leaders(&mut self, ctx: &mut Ctx<'_>) {
        self.arm_balance(ctx);
        if self.config.auto_leader_rebalance_enable == 0 {
            return;
        }
        let Some(active) = &self.active else { return };
        let mut changes = Changes::default();
        for (tp, topic, state) in active.image.partitions() {
            let preferred = state.replicas.first().copied();
            if state.leader != preferred && preferred.is_some_and(|b| state.isr.contains(&b)) {
                let wanted = Wanted::new(&state.isr, Election::Preferred);
                changes.want(&active.image, tp, topic, state, &wanted);
            }
        }
        self.carry_out(ctx, changes);
    }
}
