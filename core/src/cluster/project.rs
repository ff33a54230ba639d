//! Making the [`View`]: one pass over the nodes, nothing kept.

use super::{ClientKind, Cluster, Node, Process, Slot};
use crate::broker::Broker;
use crate::config::{ConfigSet, TopicConfig};
use crate::coordinator::{GroupCoordinator, GroupDescription};
use crate::id::{BrokerId, Name, NodeId, OFFSETS_TOPIC, Offset, TopicPartition};
use crate::metadata::{MetadataImage, TopicImage, is_internal_topic};
use crate::partition::{Partition, Role};
use crate::protocol::{ApiKey, Message};
use crate::record::{ControlMarker, Record, RecordBatch};
use crate::scheduler::{Due, Item};
use crate::sorted::{self, Map, Set};
use crate::view::*;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many records a replica shows.
const TILES: usize = 24;

impl Cluster {
    /// Everything a page shows, now. Guarantees are filled in by whoever checks them.
    pub fn view(&self) -> View {
        self.view_with(usize::MAX)
    }

    /// The same, but a broker with more than `most` copies has them without their records: on a large cluster, records
    /// are nearly all of the work.
    pub fn view_with(&self, most: usize) -> View {
        let image = self.image();
        View {
            now: self.now(),
            preset: self.preset,
            seed: self.seed(),
            controllers: self.controllers_view(),
            controller_epoch: self.controllers().map(|c| c.epoch()).max().unwrap_or(0),
            brokers: self
                .nodes
                .values()
                .filter_map(|s| self.broker_view(s, image, most))
                .collect(),
            topics: image.map(|i| self.topics_view(i)).unwrap_or_default(),
            producers: self.producers_view(),
            groups: self.groups_view(),
            ledgers: Vec::new(),
            links: self.links_view(),
            flights: self.flights_view(),
            violations: Vec::new(),
            guarantees: Vec::new(),
            totals: self.totals(),
        }
    }

    fn controllers_view(&self) -> Vec<ControllerView> {
        let view = |slot: &Arc<Slot>| {
            let Node::Controller(c) = &slot.node else {
                return None;
            };
            let (log_end, high_watermark) = c.offsets();
            let active = c.is_active() && slot.process.is_up();
            Some(ControllerView {
                id: c.id(),
                state: plain_state(slot.process),
                active,
                epoch: c.epoch(),
                log_end,
                high_watermark,
            })
        };
        self.nodes.values().filter_map(view).collect()
    }

    fn broker_view(
        &self,
        slot: &Slot,
        image: Option<&MetadataImage>,
        most: usize,
    ) -> Option<BrokerView> {
        let Node::Broker(broker) = &slot.node else {
            return None;
        };
        let id = broker.id();
        let fenced = image
            .and_then(|i| i.brokers.get(&id))
            .is_none_or(|r| r.fenced);
        let up = slot.process == Process::Running;
        let is_internal = |p: &&Partition| is_internal_topic(&self.topic_name(p.tp.topic));
        let internal: Vec<&Partition> = broker.partitions().filter(is_internal).collect();
        let led = internal
            .iter()
            .filter(|p| up && p.leader().is_some())
            .count();
        let own: Vec<&Partition> = broker.partitions().filter(|p| !is_internal(p)).collect();
        let tiles = if own.len() <= most { TILES } else { 0 };
        let view = |p: &&Partition| self.replica_view(id, slot, p, image, tiles);
        let mut replicas: Vec<ReplicaView> = own.iter().map(view).collect();
        sorted::sort_by(&mut replicas, |a, b| {
            (&a.topic, a.tp.partition).cmp(&(&b.topic, b.tp.partition))
        });
        let mut coordinates: Vec<Name> = Vec::new();
        if slot.process.is_up() {
            coordinates.extend(
                broker
                    .coordinator()
                    .groups()
                    .into_iter()
                    .map(|g| g.name.clone()),
            );
            let shared = broker.share_coordinator().groups();
            coordinates.extend(shared.map(|(name, _)| name.clone()));
            sorted::sort(&mut coordinates);
        }
        Some(BrokerView {
            id,
            state: broker_state(slot.process, broker, fenced),
            since: slot.since,
            fenced,
            epoch: broker.epoch(),
            rack: broker.rack().cloned(),
            coordinates,
            metadata_offset: broker.metadata_offset(),
            replicas,
            internal: (internal.len() as u32, led as u32),
        })
    }

    fn replica_view(
        &self,
        id: BrokerId,
        slot: &Slot,
        p: &Partition,
        image: Option<&MetadataImage>,
        tiles: usize,
    ) -> ReplicaView {
        let role = match &p.role {
            Role::Leader(_) if slot.process.is_up() => ReplicaRole::Leader,
            Role::Follower(_) if slot.process.is_up() => ReplicaRole::Follower,
            _ => ReplicaRole::Offline,
        };
        let maximal_isr = p
            .leader()
            .filter(|_| role == ReplicaRole::Leader)
            .map(|l| l.maximal_isr());
        let state = image.and_then(|i| i.partition(p.tp));
        ReplicaView {
            tp: p.tp,
            topic: self.topic_name(p.tp.topic),
            role,
            leader_epoch: p.leader_epoch,
            in_isr: state.is_some_and(|s| s.isr.contains(&id)),
            moving: state.and_then(|s| moving(s, id)),
            maximal_isr: maximal_isr.unwrap_or_default(),
            log_start: p.log.log_start(),
            high_watermark: p.high_watermark,
            log_end: p.log.log_end(),
            segments: p.log.segments().iter().map(|s| s.base_offset).collect(),
            epochs: p.log.epochs().entries().to_vec(),
            tiles: self.tiles(p, p.log.log_end(), tiles),
        }
    }

    /// The newest `limit` records below `before`, ascending.
    fn tiles(&self, p: &Partition, before: Offset, limit: usize) -> Vec<Tile> {
        let mut tiles: Vec<Tile> = Vec::new();
        'batches: for batch in p.log.batches_backwards() {
            for (offset, record) in batch
                .records
                .iter()
                .rev()
                .map(|r| (batch.base_offset + i64::from(r.offset_delta), r))
            {
                if tiles.len() == limit || offset < p.log.log_start() {
                    break 'batches;
                }
                if offset < before {
                    tiles.push(tile(batch, offset, record));
                }
            }
        }
        tiles.reverse();
        tiles
    }

    /// Records of a replica for the log browser: the newest `limit` below `before`, ascending.
    pub fn browse(
        &self,
        broker: BrokerId,
        tp: TopicPartition,
        before: Offset,
        limit: usize,
    ) -> Vec<Tile> {
        self.broker(broker)
            .and_then(|b| b.partition(tp))
            .map(|p| self.tiles(p, before, limit))
            .unwrap_or_default()
    }

    fn topics_view(&self, image: &MetadataImage) -> Vec<TopicView> {
        let mut topics: Vec<TopicView> =
            image.topics.values().map(|t| self.topic_view(t)).collect();
        sorted::sort_by(&mut topics, |a, b| {
            (a.internal, &a.name).cmp(&(b.internal, &b.name))
        });
        topics
    }

    fn topic_view(&self, topic: &TopicImage) -> TopicView {
        let changed = |d: &&crate::config::Def| topic.configs.contains_key(d.name);
        let configs = TopicConfig::DEFS
            .iter()
            .filter(changed)
            .map(|d| (d.name, topic.configs[d.name].clone()))
            .collect();
        let partitions = topic.partitions.iter().enumerate().map(|(i, state)| {
            let tp = TopicPartition::new(topic.id, i as i32);
            let leads = |b: &BrokerId| self.is_up(NodeId::Broker(*b));
            let led = state
                .leader
                .filter(leads)
                .and_then(|b| self.broker(b))
                .and_then(|b| b.partition(tp));
            PartitionView {
                tp,
                leader: state.leader,
                leader_epoch: state.leader_epoch,
                partition_epoch: state.partition_epoch,
                replicas: state.replicas.to_vec(),
                adding: state.adding.to_vec(),
                removing: state.removing.to_vec(),
                isr: state.isr.to_vec(),
                elr: state.elr.to_vec(),
                high_watermark: led.map_or(-1, |p| p.high_watermark),
                log_end: led.map_or(-1, |p| p.log.log_end()),
                log_start: led.map_or(-1, |p| p.log.log_start()),
            }
        });
        TopicView {
            name: topic.name.clone(),
            internal: topic.is_internal(),
            configs,
            partitions: partitions.collect(),
        }
    }

    fn producers_view(&self) -> Vec<ProducerView> {
        let view = |slot: &Arc<Slot>| match &slot.node {
            Node::Producer(p) => Some(p.view(plain_state(slot.process))),
            _ => None,
        };
        self.nodes.values().filter_map(view).collect()
    }

    /// High watermark and log start of a partition on its running leader.
    fn ends(&self, tp: TopicPartition) -> Option<(Offset, Offset)> {
        let leader = self.image()?.partition(tp)?.leader?;
        let p = self
            .broker(leader)
            .filter(|_| self.is_up(NodeId::Broker(leader)))?
            .partition(tp)?;
        Some((p.high_watermark, p.log.log_start()))
    }

    fn groups_view(&self) -> Vec<GroupView> {
        let names = self.group_names().into_iter();
        names.map(|name| self.group_view(name)).collect()
    }

    /// Every group that somebody names or coordinates, by name.
    pub(super) fn group_names(&self) -> Set<Name> {
        let mut names: Set<Name> = Set::new();
        names.extend(self.clients.values().filter_map(|c| match &c.kind {
            // Consumers without a group stand under an empty name.
            ClientKind::Consumer(spec, _) => {
                let group = spec.group.as_ref().or(spec.share_group.as_ref());
                Some(group.cloned().unwrap_or_else(|| "".into()))
            }
            ClientKind::Producer(..) => None,
        }));
        for broker in self
            .brokers()
            .filter(|b| self.is_up(NodeId::Broker(b.id())))
        {
            names.extend(
                broker
                    .coordinator()
                    .groups()
                    .into_iter()
                    .map(|g| g.name.clone()),
            );
        }
        names.extend(
            self.share_groups()
                .into_iter()
                .map(|(_, name, _)| name.clone()),
        );
        names
    }

    /// The group as its coordinator has it.
    pub(super) fn hosted<'a>(&'a self, group: &Name) -> Option<(BrokerId, GroupDescription<'a>)> {
        let up = self
            .brokers()
            .filter(|b| self.is_up(NodeId::Broker(b.id())));
        let found = up.filter_map(|b| {
            b.coordinator()
                .groups()
                .into_iter()
                .find(|g| g.name == group)
                .map(|g| (b, g))
        });
        // A broker that was frozen may still believe to coordinate the group: the newest metadata wins.
        found
            .max_by_key(|(b, _)| b.metadata_offset())
            .map(|(b, g)| (b.id(), g))
    }

    /// Offsets a group has committed, by its coordinator.
    pub fn committed(&self, group: &Name) -> Vec<(TopicPartition, Offset)> {
        let hosted = self.hosted(group);
        let offsets = hosted.iter().filter_map(|(_, g)| g.offsets).flatten();
        offsets.map(|(tp, o)| (*tp, o.offset)).collect()
    }

    fn group_view(&self, name: Name) -> GroupView {
        if self.is_share_group(&name) {
            return self.share_group_view(name);
        }
        let hosted = self.hosted(&name);
        let description = hosted.as_ref().map(|(_, d)| d);
        let count = self
            .image()
            .and_then(|i| i.topic_named(OFFSETS_TOPIC))
            .map(|t| t.partitions.len() as i32);
        let committed = self.committed(&name);
        let by_tp: Map<TopicPartition, Offset> = committed.iter().copied().collect();
        let mut consumers = self.consumers_view(&name, description, &by_tp);
        // Share consumers that were refused because the name is taken.
        consumers.extend(self.share_consumers(&name, None, &[]));
        GroupView {
            state: description.map(|d| d.state),
            generation: description.map_or(-1, |d| d.generation),
            assignment_epoch: description.and_then(|d| Some(d.consumer?.assignment_epoch())),
            protocol: description.and_then(|d| d.protocol.cloned()),
            coordinator: hosted.as_ref().map(|(b, _)| *b),
            offsets_partition: count.map_or(-1, |c| GroupCoordinator::partition_for(&name, c)),
            leader: description.and_then(|d| d.leader.cloned()),
            members: description.map(members_view).unwrap_or_default(),
            lag: self.group_lag(&name, &by_tp),
            moved: self.moved.get(&name).map_or((0, 0), |m| m.counts),
            share: None,
            consumers,
            committed,
            name,
        }
    }

    /// Sum over every partition of the topics the group reads.
    pub(super) fn group_lag(&self, group: &Name, committed: &Map<TopicPartition, Offset>) -> i64 {
        let Some(image) = self.image() else { return 0 };
        let topics = self.topics_of_group(group);
        let topics = topics.iter().filter_map(|t| image.topic_named(t));
        let partitions = topics
            .flat_map(|t| (0..t.partitions.len() as i32).map(|p| TopicPartition::new(t.id, p)));
        partitions
            .map(|tp| self.lag(tp, committed.get(&tp).copied()))
            .sum()
    }

    fn lag(&self, tp: TopicPartition, committed: Option<Offset>) -> i64 {
        self.ends(tp).map_or(0, |(high_watermark, start)| {
            high_watermark - committed.unwrap_or(start).max(start)
        })
    }

    pub(super) fn consumers_view(
        &self,
        group: &Name,
        description: Option<&GroupDescription<'_>>,
        committed: &Map<TopicPartition, Offset>,
    ) -> Vec<ConsumerView> {
        let mut views = Vec::new();
        for slot in self.nodes.values() {
            let Node::Consumer(consumer) = &slot.node else {
                continue;
            };
            if consumer.group() != group {
                continue;
            }
            let mut view = consumer.view(plain_state(slot.process));
            for owned in &mut view.partitions {
                let tp = owned.tp;
                owned.topic = self.topic_name(tp.topic);
                owned.committed = committed.get(&tp).copied().unwrap_or(-1);
                owned.high_watermark = self
                    .ends(tp)
                    .map_or(-1, |(high_watermark, _)| high_watermark);
                owned.lag = self.lag(tp, committed.get(&tp).copied());
            }
            let member =
                description.and_then(|d| d.members.iter().find(|m| *m.id == view.member_id));
            view.session_ends = member
                .filter(|_| slot.process != Process::Running)
                .map(|m| m.session_ends);
            view.is_leader = description.is_some_and(|d| d.leader == Some(&view.member_id));
            views.push(view);
        }
        views
    }

    fn links_view(&self) -> Vec<LinkView> {
        let view = |(a, b, link): (NodeId, NodeId, &crate::network::Link)| {
            let config = link.config.as_ref().unwrap_or(&self.network.config);
            LinkView {
                a,
                b,
                cut: link.cut,
                latency_ms: config.latency_ms,
                loss_per_mille: config.loss_per_mille,
            }
        };
        self.network.links().map(view).collect()
    }

    /// Messages on their way, by arrival. The end of a connection is none: it has no journal entry of its own, and one crash
    /// would show as many messages of the same number.
    pub fn flights_view(&self) -> Vec<FlightView> {
        let mut flights: Vec<FlightView> = self
            .scheduler
            .iter()
            .filter_map(|due| self.flight_view(due))
            .collect();
        sorted::sort_by_key(&mut flights, |f| (f.due, f.entry));
        flights
    }

    fn flight_view(&self, due: &Due) -> Option<FlightView> {
        let Item::Message(flight) = &due.item else {
            return None;
        };
        let (from, to) = (flight.envelope.from, flight.envelope.to);
        let message = &flight.envelope.message;
        if matches!(message, Message::Disconnected) {
            return None;
        }
        Some(FlightView {
            entry: due.cause.unwrap_or(0),
            from,
            to,
            api: message.api().unwrap_or(ApiKey::CreateTopics),
            response: matches!(message, Message::Response(..)),
            error: super::drain::error_of(message),
            sent: flight.sent,
            due: due.at,
            lost: flight.lost || self.network.is_cut(from, to),
            partitions: super::drain::partitions_in(message),
        })
    }
}

fn members_view(description: &GroupDescription<'_>) -> Vec<MemberView> {
    let view = |m: &crate::coordinator::MemberDescription<'_>| MemberView {
        id: m.id.clone(),
        instance: m.instance.cloned(),
        session_ends: m.session_ends,
        joined: m.awaiting_join,
        walk: None,
    };
    let mut views: Vec<MemberView> = description.members.iter().map(view).collect();
    let members = description.consumer.into_iter().flat_map(|c| c.members());
    for (view, member) in views.iter_mut().zip(members) {
        view.walk = Some(WalkView {
            state: member.current.state,
            epoch: member.current.member_epoch,
            assigned: member.current.assigned.iter().copied().collect(),
            revoking: member.current.pending_revocation.iter().copied().collect(),
            target: member.target.iter().copied().collect(),
            classic: member.is_classic(),
        });
    }
    views
}

pub(super) fn plain_state(process: Process) -> ProcessState {
    match process {
        Process::Running => ProcessState::Running,
        Process::Frozen => ProcessState::Frozen,
        Process::Crashed => ProcessState::Crashed,
        Process::Stopped => ProcessState::Stopped,
    }
}

fn broker_state(process: Process, broker: &Broker, fenced: bool) -> ProcessState {
    match process {
        Process::Running if broker.is_shutting_down() => ProcessState::ShuttingDown,
        Process::Running if broker.epoch() < 0 => ProcessState::Starting,
        Process::Running if fenced => ProcessState::Fenced,
        other => plain_state(other),
    }
}

fn tile(batch: &RecordBatch, offset: Offset, record: &Record) -> Tile {
    let text = |bytes: &[u8]| -> Name { String::from_utf8_lossy(bytes).into() };
    let kind = match (batch.control, &record.value) {
        (Some(ControlMarker::Commit), _) => TileKind::Commit,
        (Some(ControlMarker::Abort), _) => TileKind::Abort,
        (None, None) => TileKind::Tombstone,
        (None, Some(_)) => TileKind::Data,
    };
    let sequence = if batch.base_sequence < 0 {
        -1
    } else {
        batch.base_sequence.wrapping_add(record.offset_delta)
    };
    Tile {
        offset,
        key: record.key.as_deref().map(text),
        value: record.value.as_deref().map_or_else(|| "".into(), text),
        kind,
        epoch: batch.leader_epoch,
        timestamp: record.timestamp,
        producer: (batch.producer_id, sequence),
    }
}

/// Whether a reassignment adds or removes this broker's copy.
fn moving(state: &crate::protocol::PartitionState, id: BrokerId) -> Option<Moving> {
    if state.adding.contains(&id) {
        Some(Moving::Adding)
    } else {
        state.removing.contains(&id).then_some(Moving::Removing)
    }
}
