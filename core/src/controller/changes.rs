//! From "this broker is gone" to partition records: builds changes with the election rules and reports them.

use super::{Active, Controller};
use crate::election::{self, ChangeRequest, Election, LeaderRecoveryState};
use crate::event::{ElectionReason, Event};
use crate::id::{BrokerId, TopicPartition};
use crate::metadata::{MetadataImage, TopicImage};
use crate::protocol::{MetadataRecord, PartitionState, Recovery};
use crate::sabotage::{Rule, breaks};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// One wanted change of one partition.
pub(super) struct Wanted<'a> {
    pub(super) isr: &'a [BrokerId],
    pub(super) election: Election,
    pub(super) recovery: Option<Recovery>,
    /// Not to be chosen although it still looks alive.
    pub(super) without: Option<BrokerId>,
    /// To be chosen although it does not look alive yet.
    pub(super) with: Option<BrokerId>,
}

/// A record and the events that tell of it.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) records: Vec<MetadataRecord>,
    pub(super) events: Vec<Event>,
}

impl Changes {
    fn add(
        &mut self,
        tp: TopicPartition,
        before: &PartitionState,
        after: PartitionState,
        reason: ElectionReason,
    ) {
        let after = Arc::new(after);
        if after.leader_epoch != before.leader_epoch {
            // Not by the recovery state: a second unclean election finds it recovering already.
            let outside = after.leader.is_some_and(|l| !before.isr.contains(&l));
            let lost = outside && !breaks(Rule::Election);
            self.events.push(Event::LeaderElected {
                tp,
                leader: after.leader,
                epoch: after.leader_epoch,
                reason: if lost {
                    ElectionReason::Unclean
                } else {
                    reason
                },
                isr: after.isr.clone(),
            });
        } else if after.isr != before.isr {
            self.events.push(Event::IsrChanged {
                tp,
                from: before.isr.clone(),
                to: after.isr.clone(),
            });
        }
        self.records
            .push(MetadataRecord::PartitionChange { tp, state: after });
    }

    /// Adds the change of one partition, if there is anything to write.
    pub(super) fn want(
        &mut self,
        image: &MetadataImage,
        tp: TopicPartition,
        topic: &TopicImage,
        state: &PartitionState,
        wanted: &Wanted<'_>,
    ) -> bool {
        let Some(after) = changed(image, topic, state, wanted) else {
            return false;
        };
        let preferred = wanted.election == Election::Preferred
            && after.leader == state.replicas.first().copied();
        let reason = if preferred {
            ElectionReason::Preferred
        } else {
            ElectionReason::Clean
        };
        self.add(tp, state, after, reason);
        true
    }
}

/// Applies `PartitionChangeBuilder`'s rules.
fn changed(
    image: &MetadataImage,
    topic: &TopicImage,
    state: &PartitionState,
    wanted: &Wanted<'_>,
) -> Option<PartitionState> {
    let acceptable = |id: i32| {
        let broker = BrokerId(id);
        wanted.without != Some(broker) && (wanted.with == Some(broker) || image.is_active(broker))
    };
    let mut target: Vec<i32> = wanted.isr.iter().map(|b| b.0).collect();
    if breaks(Rule::Election) && wanted.without == state.leader && state.leader.is_some() {
        let alive = state.replicas.iter().filter(|b| acceptable(b.0));
        target = alive.map(|b| b.0).collect();
    }
    let request = ChangeRequest {
        target_isr: &target,
        election: wanted.election,
        elr_enabled: false,
        min_isr: topic.effective_min_isr(state),
        unclean_shutdown: &[],
        target_recovery: wanted.recovery.map(|r| match r {
            Recovery::Recovered => LeaderRecoveryState::Recovered,
            Recovery::Recovering => LeaderRecoveryState::Recovering,
        }),
        is_acceptable_leader: &acceptable,
    };
    election::change(&to_election(state), &request).map(|s| from_election(state, &s))
}

fn to_election(state: &PartitionState) -> election::PartitionState {
    let ids = |brokers: &[BrokerId]| brokers.iter().map(|b| b.0).collect();
    election::PartitionState {
        replicas: ids(&state.replicas),
        isr: ids(&state.isr),
        elr: ids(&state.elr),
        last_known_elr: ids(&state.last_known_elr),
        leader: state.leader.map_or(election::NO_LEADER, |b| b.0),
        leader_epoch: state.leader_epoch,
        partition_epoch: state.partition_epoch,
        recovery: match state.recovery {
            Recovery::Recovered => LeaderRecoveryState::Recovered,
            Recovery::Recovering => LeaderRecoveryState::Recovering,
        },
    }
}

fn from_election(before: &PartitionState, state: &election::PartitionState) -> PartitionState {
    let brokers = |ids: &[i32]| ids.iter().map(|i| BrokerId(*i)).collect();
    PartitionState {
        replicas: before.replicas.clone(),
        isr: brokers(&state.isr),
        elr: brokers(&state.elr),
        last_known_elr: brokers(&state.last_known_elr),
        leader: (state.leader != election::NO_LEADER).then_some(BrokerId(state.leader)),
        leader_epoch: state.leader_epoch,
        partition_epoch: state.partition_epoch,
        recovery: match state.recovery {
            LeaderRecoveryState::Recovered => Recovery::Recovered,
            LeaderRecoveryState::Recovering => Recovery::Recovering,
        },
    }
}

/// How a partition stays online when its leader goes: `unclean.leader.election.enable` decides.
pub(super) fn online(topic: &TopicImage) -> Election {
    if topic.config.unclean_leader_election_enable != 0 {
        Election::Unclean
    } else {
        Election::Online
    }
}

impl Active {
    /// A broker leaves every ISR it is in; where it led, another is elected.
    pub(super) fn remove_broker(&self, broker: BrokerId) -> Changes {
        let mut changes = Changes::default();
        for (tp, topic, state) in self
            .image
            .partitions()
            .filter(|(_, _, s)| s.isr.contains(&broker))
        {
            let isr: Vec<BrokerId> = state.isr.iter().copied().filter(|b| *b != broker).collect();
            let wanted = Wanted {
                isr: &isr,
                election: online(topic),
                recovery: None,
                without: Some(broker),
                with: None,
            };
            changes.want(&self.image, tp, topic, state, &wanted);
        }
        changes
    }

    /// A broker is back: partitions without a leader may get one.
    pub(super) fn add_broker(&self, broker: BrokerId) -> Changes {
        let mut changes = Changes::default();
        for (tp, topic, state) in self
            .image
            .partitions()
            .filter(|(_, _, s)| s.leader.is_none())
        {
            let wanted = Wanted {
                isr: &state.isr,
                election: online(topic),
                recovery: None,
                without: None,
                with: Some(broker),
            };
            changes.want(&self.image, tp, topic, state, &wanted);
        }
        changes
    }
}

impl Controller {
    /// Tells of changes and appends them.
    pub(super) fn carry_out(&mut self, ctx: &mut crate::effect::Ctx<'_>, changes: Changes) {
        for event in changes.events {
            ctx.emit(event);
        }
        if !changes.records.is_empty() {
            self.append(ctx, changes.records);
        }
    }
}
