//! The part of the projection that shows share groups.

use super::project::plain_state;
use super::{ClientKind, Cluster, Node, Process};
use crate::broker::Broker;
use crate::coordinator::GroupCoordinator;
use crate::event::GroupState;
use crate::group::share::group::ShareGroup;
use crate::id::{BrokerId, Name, NodeId, OFFSETS_TOPIC, Offset, TopicPartition};
use crate::sorted::{Map, sort_by};
use crate::view::{ConsumerView, GroupView, MemberView, SharePartitionView, ShareRecordView};
use alloc::vec::Vec;

/// Records shown of a share-partition.
const RECORDS: usize = 24;

impl Cluster {
    fn running_brokers(&self) -> impl Iterator<Item = &Broker> {
        self.brokers()
            .filter(|b| self.is_up(NodeId::Broker(b.id())))
    }

    /// Every share group a running broker coordinates.
    pub(super) fn share_groups(&self) -> Vec<(&Broker, &Name, &ShareGroup)> {
        let of = |b| {
            Broker::share_coordinator(b)
                .groups()
                .map(move |(n, g)| (b, n, g))
        };
        self.running_brokers().flat_map(of).collect()
    }

    /// A share group holds the name, or nobody does and a share consumer wants it.
    pub(super) fn is_share_group(&self, name: &Name) -> bool {
        let wants = |kind: &ClientKind| match kind {
            ClientKind::Consumer(spec, _) => spec.share_group.as_ref() == Some(name),
            ClientKind::Producer(..) => false,
        };
        self.share_groups().iter().any(|(_, n, _)| *n == name)
            || self.clients.values().any(|c| wants(&c.kind)) && self.hosted(name).is_none()
    }

    pub(super) fn share_group_view(&self, name: Name) -> GroupView {
        let groups = self.share_groups();
        let hosted = groups.iter().filter(|(_, n, _)| **n == name);
        let hosted = hosted.max_by_key(|(b, ..)| b.metadata_offset());
        let group = hosted.map(|(_, _, g)| *g);
        let topic = self.image().and_then(|i| i.topic_named(OFFSETS_TOPIC));
        let count = topic.map(|t| t.partitions.len() as i32);
        let members = group.iter().flat_map(|g| &g.members);
        let members = members.map(|(id, m)| MemberView {
            id: id.clone(),
            instance: None,
            session_ends: m.session_ends,
            joined: false,
            walk: None,
        });
        let partitions = self.share_partition_views(&name);
        let mut consumers = self.share_consumers(&name, group, &partitions);
        // Other consumers that were refused because the name is taken.
        consumers.extend(self.consumers_view(&name, None, &Map::new()));
        GroupView {
            state: group.map(|g| match g.members.is_empty() {
                true => GroupState::Empty,
                false => GroupState::Stable,
            }),
            generation: group.map_or(-1, |g| g.epoch),
            assignment_epoch: None,
            protocol: group.map(|_| "simple".into()),
            coordinator: hosted.map(|(b, ..)| b.id()),
            offsets_partition: count.map_or(-1, |c| GroupCoordinator::partition_for(&name, c)),
            leader: None,
            members: members.collect(),
            lag: partitions.iter().map(lag).sum(),
            moved: (0, 0),
            consumers,
            committed: Vec::new(),
            share: Some(partitions),
            name,
        }
    }

    pub(super) fn share_consumers(
        &self,
        name: &Name,
        group: Option<&ShareGroup>,
        partitions: &[SharePartitionView],
    ) -> Vec<ConsumerView> {
        let mut views = Vec::new();
        for slot in self.nodes.values() {
            let Node::Share(consumer) = &slot.node else {
                continue;
            };
            if consumer.group() != name {
                continue;
            }
            let mut view = consumer.view(plain_state(slot.process));
            for owned in &mut view.partitions {
                owned.topic = self.topic_name(owned.tp.topic);
                if let Some(p) = partitions.iter().find(|p| p.tp == owned.tp) {
                    owned.committed = p.start;
                    owned.high_watermark = p.high_watermark;
                    owned.lag = lag(p);
                }
            }
            let member = group.and_then(|g| g.members.get(&view.member_id));
            let silent = slot.process != Process::Running;
            view.session_ends = member.filter(|_| silent).map(|m| m.session_ends);
            if !slot.process.is_up() {
                view.acquired.clear();
            }
            views.push(view);
        }
        views
    }

    fn share_partition_views(&self, group: &Name) -> Vec<SharePartitionView> {
        let mut views: Vec<SharePartitionView> = Vec::new();
        for broker in self.running_brokers() {
            for (_, tp, _) in broker.share_partitions().filter(|(g, ..)| *g == group) {
                if self.leads(broker.id(), tp) {
                    views.extend(self.share_partition_view(broker, group, tp));
                }
            }
        }
        sort_by(&mut views, |a, b| {
            (&a.topic, a.tp.partition).cmp(&(&b.topic, b.tp.partition))
        });
        views
    }

    /// Records between start and high watermark of every share-partition.
    pub(super) fn share_group_lag(&self, group: &Name) -> i64 {
        self.share_partition_views(group).iter().map(lag).sum()
    }

    /// By the newest metadata.
    fn leads(&self, broker: BrokerId, tp: TopicPartition) -> bool {
        let state = self.image().and_then(|i| i.partition(tp));
        state.is_some_and(|s| s.leader == Some(broker))
    }

    fn share_partition_view(
        &self,
        broker: &Broker,
        group: &Name,
        tp: TopicPartition,
    ) -> Option<SharePartitionView> {
        let mut all = broker.share_partitions();
        let (_, _, partition) = all.find(|(g, t, _)| *g == group && *t == tp)?;
        let mut records = Vec::new();
        for (first, last, state) in partition.records() {
            let shown = first.max(partition.start_offset())..=last;
            for offset in shown.take(RECORDS - records.len()) {
                records.push(ShareRecordView {
                    offset,
                    state: state.state,
                    delivery_count: state.delivery_count,
                    member: state.member.clone(),
                    lock_until: state.lock_until.filter(|_| state.member.is_some()),
                });
            }
        }
        Some(SharePartitionView {
            tp,
            topic: self.topic_name(tp.topic),
            leader: broker.id(),
            start: partition.start_offset(),
            end: partition.end_offset(),
            high_watermark: broker.partition(tp).map_or(-1, |p| p.high_watermark),
            records,
        })
    }
}

fn lag(partition: &SharePartitionView) -> Offset {
    (partition.high_watermark - partition.start).max(0)
}
