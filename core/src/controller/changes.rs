//! From "this broker is gone" to partition records: builds changes with the election rules and reports them.

use super::{Active, Controller};
use crate::election::{self, Assignment, ChangeRequest, Election, LeaderRecoveryState};
use crate::event::{ElectionReason, Event, ReassignmentStage};
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
    /// Other replicas.
    pub(super) assignment: Option<&'a Assignment>,
}

impl<'a> Wanted<'a> {
    /// This ISR, and a leader by this kind of election.
    pub(super) fn new(isr: &'a [BrokerId], election: Election) -> Self {
        Self {
            isr,
            election,
            recovery: None,
            without: None,
            with: None,
            assignment: None,
        }
    }
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
        wanted: &Wanted<'_>,
    ) {
        let after = Arc::new(after);
        let cancelled = wanted.assignment.is_some_and(|a| !a.is_moving());
        if let Some(stage) = stage(before, &after, cancelled) {
            self.events.push(Event::Reassigned {
                tp,
                stage,
                replicas: after.replicas.clone(),
                adding: after.adding.clone(),
                removing: after.removing.clone(),
            });
        }
        if after.leader_epoch != before.leader_epoch {
            // Not by the recovery state: a second unclean election finds it recovering already.
            // What the leader itself has just proposed counts as in sync; what cancelling puts into an empty ISR does not.
            let in_sync = |l| before.isr.contains(&l) || !cancelled && wanted.isr.contains(&l);
            let outside = after.leader.is_some_and(|l| !in_sync(l));
            let lost = outside && !breaks(Rule::Election);
            let reason = reason(before, &after, wanted.election);
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
        self.add(tp, state, after, wanted);
        true
    }
}

/// Why there is a new leader epoch, if no data was lost.
fn reason(before: &PartitionState, after: &PartitionState, election: Election) -> ElectionReason {
    let preferred = after.leader == after.replicas.first().copied();
    if before.leader == after.leader {
        ElectionReason::Reassigned
    } else if election == Election::Preferred && preferred {
        ElectionReason::Preferred
    } else {
        ElectionReason::Clean
    }
}

/// What happened to the replica list, if anything did.
fn stage(
    before: &PartitionState,
    after: &PartitionState,
    cancelled: bool,
) -> Option<ReassignmentStage> {
    let lists = |s: &PartitionState| [s.replicas.clone(), s.adding.clone(), s.removing.clone()];
    if lists(before) == lists(after) {
        None
    } else if after.is_moving() {
        Some(ReassignmentStage::Started)
    } else if cancelled && before.is_moving() {
        Some(ReassignmentStage::Cancelled)
    } else {
        Some(ReassignmentStage::Completed)
    }
}

/// The same list if it is the same: images share it.
fn kept(before: &Arc<[BrokerId]>, ids: &[i32]) -> Arc<[BrokerId]> {
    if before.iter().map(|b| &b.0).eq(ids) {
        before.clone()
    } else {
        ids.iter().map(|i| BrokerId(*i)).collect()
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
        assignment: wanted.assignment,
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

pub(super) fn to_election(state: &PartitionState) -> election::PartitionState {
    let ids = |brokers: &[BrokerId]| brokers.iter().map(|b| b.0).collect();
    election::PartitionState {
        replicas: ids(&state.replicas),
        adding: ids(&state.adding),
        removing: ids(&state.removing),
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
        replicas: kept(&before.replicas, &state.replicas),
        adding: kept(&before.adding, &state.adding),
        removing: kept(&before.removing, &state.removing),
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
                without: Some(broker),
                ..Wanted::new(&isr, online(topic))
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
                with: Some(broker),
                ..Wanted::new(&state.isr, online(topic))
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
