//! From metadata records to roles: become leader, become follower, forget (`BrokerMetadataPublisher`,
//! `ReplicaManager.applyDelta`).

use super::Broker;
use crate::coordinator::share::Home;
use crate::effect::Ctx;
use crate::event::Event;
use crate::id::{BrokerId, OFFSETS_TOPIC, TopicId, TopicPartition};
use crate::partition::{Partition, Role};
use crate::protocol::{MetadataRecord, PartitionState};
use crate::sorted::Set;
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Broker {
    /// Replays committed records, then acts on what changed.
    pub(super) fn apply_metadata(&mut self, ctx: &mut Ctx<'_>, records: &[MetadataRecord]) {
        let mut changed = Set::new();
        let mut removed = Vec::new();
        for record in records {
            self.image.apply(record);
            match record {
                MetadataRecord::Partition { tp, .. }
                | MetadataRecord::PartitionChange { tp, .. } => {
                    changed.insert(*tp);
                }
                MetadataRecord::RemoveTopic(topic) => removed.push(*topic),
                MetadataRecord::Config { topic, .. } => self.reconfigure_topic(*topic),
                MetadataRecord::BrokerRegistrationChange { broker, .. } if *broker == self.id => {
                    changed.extend(self.replicas_to_take_up());
                }
                _ => {}
            }
        }
        let touched: Set<TopicId> = changed.iter().map(|tp| tp.topic).collect();
        touched
            .into_iter()
            .for_each(|topic| self.tell_coordinator(topic));
        removed
            .into_iter()
            .for_each(|topic| self.forget_topic(ctx, topic));
        for tp in changed {
            if let Some(state) = self.image.partition(tp).cloned() {
                self.apply_partition(ctx, tp, &state);
            }
        }
        self.drive_fetchers(ctx);
    }

    /// The coordinator checks commits against the topics there are.
    pub(super) fn tell_coordinator(&mut self, topic: TopicId) {
        if let Some(topic) = self.image.topics.get(&topic) {
            self.coordinator
                .on_topic(topic.id, &topic.name, topic.partitions.len() as i32);
        }
    }

    /// After a restart: every replica this broker has not yet looked at in this life.
    fn replicas_to_take_up(&self) -> Vec<TopicPartition> {
        let mine = self
            .image
            .partitions()
            .filter(|(_, _, s)| s.replicas.contains(&self.id));
        let idle = |tp: &TopicPartition| {
            self.partitions
                .get(tp)
                .is_none_or(|p| matches!(p.role, Role::Offline))
        };
        mine.map(|(tp, _, _)| tp).filter(idle).collect()
    }

    /// On start nothing is led or followed until the metadata log says so again.
    pub(super) fn take_replicas_offline(&mut self) {
        for partition in self.partitions.values_mut() {
            let partition = Arc::make_mut(partition);
            partition.role = Role::Offline;
            partition.readers.clear();
        }
    }

    fn reconfigure_topic(&mut self, topic: TopicId) {
        let Some(config) = self.image.topics.get(&topic).map(|t| t.config.clone()) else {
            return;
        };
        let range = TopicPartition::new(topic, 0)..=TopicPartition::new(topic, i32::MAX);
        for (_, partition) in self.partitions.range_mut(range) {
            Arc::make_mut(partition).config = config.clone();
        }
    }

    fn forget_topic(&mut self, ctx: &mut Ctx<'_>, topic: TopicId) {
        let range = TopicPartition::new(topic, 0)..=TopicPartition::new(topic, i32::MAX);
        let gone: Vec<TopicPartition> = self.partitions.range(range).map(|(tp, _)| *tp).collect();
        for tp in gone {
            self.stop_serving(ctx, tp);
            self.unfollow(tp);
            self.partitions.remove(&tp);
        }
        self.coordinator_topic_deleted(ctx, topic);
    }

    /// The partition is others' now (`ReplicaManager.stopPartitions`). A broker that was down learns of it when it is back.
    fn delete_replica(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition) {
        if self.partitions.contains_key(&tp) {
            self.stop_serving(ctx, tp);
            self.unfollow(tp);
            self.partitions.remove(&tp);
            ctx.emit(Event::ReplicaDeleted { tp });
        }
    }

    fn apply_partition(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition, state: &PartitionState) {
        if !state.replicas.contains(&self.id) {
            return self.delete_replica(ctx, tp);
        }
        let Some(config) = self.image.topics.get(&tp.topic).map(|t| t.config.clone()) else {
            return;
        };
        let partition = self
            .partitions
            .entry(tp)
            .or_insert_with(|| Arc::new(Partition::new(tp, config)));
        let known = (partition.leader_epoch, partition.partition_epoch);
        let offline = matches!(partition.role, Role::Offline);
        if !offline && known >= (state.leader_epoch, state.partition_epoch) {
            return;
        }
        match state.leader {
            Some(leader) if leader == self.id => self.become_leader(ctx, tp, state),
            leader => self.become_follower(ctx, tp, state, leader),
        }
    }

    pub(super) fn become_leader(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        state: &PartitionState,
    ) {
        let me = self.id;
        self.unfollow(tp);
        let now = ctx.now;
        let Some(partition) = self.partition_mut(tp) else {
            return;
        };
        let new_epoch = partition.make_leader(me, state, now);
        let (epoch, start) = (partition.leader_epoch, partition.log.log_end());
        if new_epoch {
            ctx.emit(Event::BecameLeader { tp, epoch, start });
            self.restart_readers(tp);
            if self.is_offsets_topic(tp) {
                self.start_loading(ctx, tp.partition, epoch);
            }
            if self.is_share_topic(tp) {
                self.lead_share_states(ctx, tp.partition);
            }
        }
        self.note_outsiders(tp);
        self.settle(ctx, tp);
    }

    fn become_follower(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        state: &PartitionState,
        leader: Option<BrokerId>,
    ) {
        let Some(partition) = self.partitions.get(&tp) else {
            return;
        };
        let new_epoch =
            state.leader_epoch > partition.leader_epoch || matches!(partition.role, Role::Offline);
        if partition.leader().is_some() {
            self.stop_serving(ctx, tp);
        }
        let Some(partition) = self.partition_mut(tp) else {
            return;
        };
        partition.role = leader.map_or(Role::Offline, Role::Follower);
        partition.leader_epoch = state.leader_epoch;
        partition.partition_epoch = state.partition_epoch;
        partition.replicas = state.replicas.clone();
        if new_epoch {
            ctx.emit(Event::BecameFollower {
                tp,
                leader,
                epoch: state.leader_epoch,
            });
            self.follow(tp, leader);
        }
    }

    /// A leader that is none any more answers everybody who waits for it.
    fn stop_serving(&mut self, ctx: &mut Ctx<'_>, tp: TopicPartition) {
        if self
            .partitions
            .get(&tp)
            .is_none_or(|p| p.leader().is_none())
        {
            return;
        }
        if let Some(partition) = self.partition_mut(tp) {
            partition.role = Role::Offline;
        }
        for set in self.outsiders.values_mut() {
            set.remove(&tp);
        }
        self.fail_waiting_produces(ctx, tp);
        self.wake_readers(ctx, tp, true);
        self.restart_readers(tp);
        if self.is_offsets_topic(tp) {
            self.resign_coordinator(ctx, tp.partition);
        }
        if self.is_share_topic(tp) {
            let (states, partition) = (true, tp.partition);
            self.resign_shares(ctx, Home { states, partition });
        }
        self.stop_sharing(ctx, tp);
    }

    /// Which followers stand outside the ISR of a partition this broker leads.
    pub(super) fn note_outsiders(&mut self, tp: TopicPartition) {
        let Some(leader) = self.partitions.get(&tp).and_then(|p| p.leader()) else {
            return;
        };
        for (broker, set) in self.outsiders.iter_mut() {
            if leader.remote(*broker).is_none() {
                set.remove(&tp);
            }
        }
        for remote in &leader.remotes {
            let set = self.outsiders.entry(remote.id).or_default();
            if leader.in_maximal_isr(remote.id) {
                set.remove(&tp);
            } else {
                set.insert(tp);
            }
        }
    }

    pub(super) fn is_offsets_topic(&self, tp: TopicPartition) -> bool {
        self.image
            .topics
            .get(&tp.topic)
            .is_some_and(|t| &*t.name == OFFSETS_TOPIC)
    }
}
