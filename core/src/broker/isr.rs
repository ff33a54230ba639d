//! The leader looks after its ISRs: shrink, expand, AlterPartition; and what follows when a high watermark moves
//! (`Partition.maybeShrinkIsr`, `AlterPartitionManager`).

use super::{Broker, CONTROLLER_TIMEOUT, Members, Pending};
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, NodeId, TopicPartition};
use crate::partition::{FollowerFetch, Role};
use crate::protocol::{
    AlterPartitionRequest, AlterPartitionResponse, Correlation, ErrorCode, Recovery, Request,
};
use crate::sorted::Map;
use crate::time::{Duration, SimTime};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Before an AlterPartition that failed is sent again.
const RETRY: Duration = Duration::millis(50);

/// An AlterPartition of this partition is on its way: nothing else is proposed before it is answered
/// (`AlterPartitionManager.unsentIsrUpdates`), also if newer metadata has made it pointless.
fn is_altering(pending: &Map<Correlation, Pending>, tp: TopicPartition) -> bool {
    let of = |p: &Pending| matches!(p, Pending::AlterPartition(of, _) if *of == tp);
    pending.values().any(of)
}

impl Broker {
    /// What a follower's fetch position means for the partition: its log end, perhaps an ISR member more, perhaps a higher
    /// high watermark.
    pub(super) fn note_follower(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        fetch: FollowerFetch,
    ) {
        let Some(partition) = self.partitions.get_mut(&tp) else {
            return;
        };
        let partition = Arc::make_mut(partition);
        let wanted = partition.note_follower_fetch(fetch, ctx.now, &Members(&self.image));
        if let Some((replica, epoch)) = wanted.filter(|_| !is_altering(&self.pending, tp)) {
            partition.propose_expand(replica, epoch);
            ctx.emit(Event::IsrExpandWanted { tp, replica });
            self.note_outsiders(tp);
            self.send_alter_partitions(ctx);
        }
        self.settle(ctx, tp);
    }

    /// Every `replica.lag.time.max.ms` / 2.
    pub(super) fn shrink_isrs(&mut self, ctx: &mut Ctx<'_>) {
        let max_lag = self.max_lag();
        ctx.arm(Timer::IsrCheck, Duration(max_lag.0 / 2));
        let led: Vec<TopicPartition> = self
            .partitions
            .iter()
            .filter(|(_, p)| p.leader().is_some())
            .map(|(tp, _)| *tp)
            .collect();
        for tp in led {
            if is_altering(&self.pending, tp) {
                continue;
            }
            let Some(partition) = self.partition_mut(tp) else {
                continue;
            };
            let lagging = partition.lagging(ctx.now, max_lag);
            if !lagging.is_empty() {
                partition.propose_shrink(&lagging);
                ctx.emit(Event::IsrShrinkWanted {
                    tp,
                    lagging: lagging.into(),
                });
            }
        }
        self.send_alter_partitions(ctx);
    }

    /// Sends every ISR change that is not on its way yet.
    pub(super) fn send_alter_partitions(&mut self, ctx: &mut Ctx<'_>) {
        let waiting = |p: &crate::partition::Partition| {
            p.leader()
                .and_then(|l| l.pending.as_ref())
                .is_some_and(|pending| !pending.sent)
        };
        let due: Vec<TopicPartition> = self
            .partitions
            .iter()
            .filter(|(_, p)| waiting(p))
            .map(|(tp, _)| *tp)
            .collect();
        let Some(controller) = self.quorum.leader.filter(|_| !due.is_empty()) else {
            if !due.is_empty() {
                ctx.arm(Timer::AlterPartition, Duration::millis(100));
            }
            return;
        };
        for tp in due {
            self.send_alter_partition(ctx, tp, controller);
        }
        self.await_alter_partitions(ctx);
    }

    /// The timer rings when the oldest request on its way counts as lost.
    fn await_alter_partitions(&self, ctx: &mut Ctx<'_>) {
        let sent = self.pending.values().filter_map(|p| match p {
            Pending::AlterPartition(_, at) => Some(*at),
            _ => None,
        });
        if let Some(oldest) = sent.min() {
            ctx.arm_at(Timer::AlterPartition, oldest + CONTROLLER_TIMEOUT);
        }
    }

    /// The timer rang: what was lost is sent again, and what waited for a controller.
    pub(super) fn alter_partitions_due(&mut self, ctx: &mut Ctx<'_>) {
        let now = ctx.now;
        let is_late = |at: SimTime| at + CONTROLLER_TIMEOUT <= now;
        self.take_alter_partitions(is_late)
            .into_iter()
            .for_each(|tp| {
                self.ask_again(tp);
            });
        self.await_alter_partitions(ctx);
        self.send_alter_partitions(ctx);
    }

    /// Forgets requests on their way.
    fn take_alter_partitions(&mut self, which: impl Fn(SimTime) -> bool) -> Vec<TopicPartition> {
        let mut taken = Vec::new();
        self.pending.retain(|_, p| match p {
            Pending::AlterPartition(tp, at) if which(*at) => {
                taken.push(*tp);
                false
            }
            _ => true,
        });
        taken
    }

    fn send_alter_partition(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        controller: BrokerId,
    ) {
        let (broker, broker_epoch) = (self.id, self.lifecycle.epoch);
        let Some(partition) = self.partition_mut(tp) else {
            return;
        };
        let (leader_epoch, partition_epoch) = (partition.leader_epoch, partition.partition_epoch);
        let Role::Leader(leader) = &mut partition.role else {
            return;
        };
        let Some(pending) = &mut leader.pending else {
            return;
        };
        pending.sent = true;
        let isr = pending.isr.clone();
        let request = AlterPartitionRequest {
            broker,
            broker_epoch,
            tp,
            leader_epoch,
            partition_epoch,
            isr,
            // A leader counts as recovered as soon as it leads, also after an unclean election (`Partition.makeLeader`).
            recovery: Recovery::Recovered,
        };
        let request = Request::AlterPartition(request.into());
        self.ask(
            ctx,
            NodeId::Controller(controller),
            Pending::AlterPartition(tp, ctx.now),
            request,
        );
    }

    /// The connection to the controller broke: whatever was on its way is asked for again.
    pub(super) fn alter_partition_lost(&mut self, ctx: &mut Ctx<'_>) {
        for tp in self.take_alter_partitions(|_| true) {
            self.retry_alter_partition(ctx, tp);
        }
    }

    fn retry_alter_partition(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition) {
        if self.ask_again(tp) {
            ctx.arm(Timer::AlterPartition, RETRY);
        }
    }

    /// The partition's ISR change is not on its way any more; false if it wants none.
    fn ask_again(&mut self, tp: TopicPartition) -> bool {
        let role = self.partition_mut(tp).map(|p| &mut p.role);
        let pending = match role {
            Some(Role::Leader(leader)) => leader.pending.as_mut(),
            _ => None,
        };
        pending.map(|p| p.sent = false).is_some()
    }

    /// `Partition.handleAlterPartitionError` and `handleAlterPartitionUpdate`
    pub(super) fn on_alter_partition(&mut self, ctx: &mut Ctx<'_>, answer: AlterPartitionResponse) {
        let tp = answer.tp;
        match (answer.error, answer.state) {
            (ErrorCode::None, Some(state)) => {
                let Some(partition) = self.partition_mut(tp) else {
                    return;
                };
                // Without a proposal, newer metadata has come first and said the same or more.
                let proposal = partition.leader().and_then(|l| l.pending.as_ref());
                let fits = state.leader_epoch == partition.leader_epoch
                    && state.partition_epoch >= partition.partition_epoch
                    && proposal.is_some();
                if fits {
                    self.become_leader(ctx, tp, &state);
                }
            }
            (ErrorCode::NotController, _) => {
                self.quorum.leader = None;
                self.retry_alter_partition(ctx, tp);
            }
            // The proposal is void: fall back to the committed ISR; the next fetch or check may propose again.
            (ErrorCode::IneligibleReplica | ErrorCode::OperationNotAttempted, _) => {
                self.drop_proposal(ctx, tp)
            }
            // Newer metadata is on its way and will settle it.
            _ => {}
        }
    }

    fn drop_proposal(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition) {
        if let Some(Role::Leader(leader)) = self.partition_mut(tp).map(|p| &mut p.role) {
            leader.pending = None;
        }
        self.note_outsiders(tp);
        self.settle(ctx, tp);
    }

    /// After a log end, an ISR or a follower's position changed: move the high watermark and let go what waited for it.
    pub(super) fn settle(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition) {
        let max_lag = self.max_lag();
        let Some(partition) = self.partitions.get_mut(&tp) else {
            return;
        };
        let partition = Arc::make_mut(partition);
        if partition.advance_high_watermark(ctx.now, max_lag, &Members(&self.image)) {
            let offset = partition.high_watermark;
            ctx.emit(Event::HighWatermark { tp, offset });
            self.wake_readers(ctx, tp, false);
            self.wake_shares(ctx, tp);
        }
        self.complete_produces(ctx, tp);
    }
}
