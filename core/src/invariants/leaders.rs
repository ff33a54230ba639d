//! Leaders, ISRs and controllers.

use super::watch::PartitionWatch;
use super::{LEADER_IN_ISR, Look, MAXIMAL_ISR, Monitor, ONE_CONTROLLER, ONE_LEADER};
use crate::event::ElectionReason;
use crate::id::{BrokerId, LeaderEpoch, NodeId, TopicPartition};
use crate::partition::Partition;

/// What a controller wrote.
pub(super) struct Elected<'a> {
    pub(super) leader: Option<BrokerId>,
    pub(super) epoch: LeaderEpoch,
    pub(super) reason: ElectionReason,
    pub(super) isr: &'a [BrokerId],
}

impl Monitor {
    pub(super) fn controller_elected(&mut self, epoch: i32, look: &mut Look<'_>) {
        let first = *self.controllers.entry(epoch).or_insert(look.node);
        if first != look.node {
            let evidence = alloc::format!("epoch {epoch}: {first:?} and {:?}", look.node);
            look.broken(ONE_CONTROLLER, &evidence);
        }
    }
}

impl PartitionWatch {
    /// A controller elected a leader. Whether it takes effect shows when the broker becomes leader.
    pub(super) fn elected(
        &mut self,
        tp: TopicPartition,
        elected: &Elected<'_>,
        look: &mut Look<'_>,
    ) {
        if elected.reason == ElectionReason::Unclean {
            self.unclean.push(elected.epoch);
        }
        let outside = elected.leader.filter(|l| !elected.isr.contains(l));
        if let Some(leader) = outside {
            let name = look.name(tp);
            let evidence = alloc::format!("{name}: leader {leader}, ISR {:?}", ids(elected.isr));
            look.broken(LEADER_IN_ISR, &evidence);
        }
    }

    /// A broker leads in this epoch: nobody else did.
    pub(super) fn one_leader(
        &mut self,
        tp: TopicPartition,
        epoch: LeaderEpoch,
        broker: BrokerId,
        look: &mut Look<'_>,
    ) {
        match self.leaders.iter().find(|l| l.0 == epoch) {
            None => self.remember_leader(epoch, broker),
            Some((_, other)) if *other == broker => {}
            Some((_, other)) => {
                let name = look.name(tp);
                let evidence =
                    alloc::format!("{name} epoch {epoch}: brokers {other} and {broker} lead");
                look.broken(ONE_LEADER, &evidence);
            }
        }
    }

    /// A leader of the controllers' current epoch must count with every member of their ISR (KIP-497).
    pub(super) fn maximal_isr(
        &self,
        tp: TopicPartition,
        broker: BrokerId,
        replica: &Partition,
        look: &mut Look<'_>,
    ) {
        let Some(leader) = replica.leader() else {
            return;
        };
        let Some(state) = look.inside.committed_state(tp) else {
            return;
        };
        // The answer to AlterPartition may have told the leader more than the metadata looked at here.
        let newer = replica.partition_epoch > state.partition_epoch;
        if state.leader != Some(broker) || state.leader_epoch != replica.leader_epoch || newer {
            return;
        }
        if let Some(missing) = state.isr.iter().find(|b| !leader.in_maximal_isr(**b)) {
            let evidence = alloc::format!(
                "{}: leader {broker} counts with {:?}, the ISR also has {missing}",
                look.name(tp),
                ids(&leader.maximal_isr()),
            );
            look.broken(MAXIMAL_ISR, &evidence);
        }
    }
}

/// A controller wrote another ISR: its leader must be in it.
pub(super) fn isr_changed(tp: TopicPartition, isr: &[BrokerId], look: &mut Look<'_>) {
    let NodeId::Controller(id) = look.node else {
        return;
    };
    let leader = look.inside.partition_state(id, tp).and_then(|s| s.leader);
    if let Some(leader) = leader.filter(|l| !isr.contains(l)) {
        let evidence = alloc::format!("{}: leader {leader}, ISR {:?}", look.name(tp), ids(isr));
        look.broken(LEADER_IN_ISR, &evidence);
    }
}

fn ids(brokers: &[BrokerId]) -> alloc::vec::Vec<i32> {
    brokers.iter().map(|b| b.0).collect()
}
