//! Consumer groups: who owns a partition in a generation, who delivers from it, whose commits count, and that they are kept.

use super::{COMMITS_KEPT, CURRENT_COMMITS, DELIVERED_BY_OWNER, Look, Monitor, ONE_OWNER};
use crate::coordinator::CommittedOffset;
use crate::event::Event;
use crate::id::{Name, NodeId, TopicPartition};
use crate::sorted::{Map, Set};
use alloc::sync::Arc;

/// One group.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupWatch {
    /// Its generation, and the coordinator that said so; another one (a thawed one, say) may believe something else.
    generation: Option<(NodeId, i32)>,
    /// Each coordinator's generation of the last commit. It writes what it admits in order, so they never go back. (One that was
    /// frozen may notice only then that an old commit had reached everybody.)
    last_commit: Map<NodeId, i32>,
    /// The last consumer that was given a partition, and in which generation.
    owners: Map<TopicPartition, (NodeId, i32)>,
    /// What each consumer has in its hands.
    held: Map<NodeId, Set<TopicPartition>>,
    /// The newest offset of each partition whose commit was acknowledged.
    committed: Map<TopicPartition, CommittedOffset>,
}

impl Monitor {
    pub(super) fn look_at_groups(&mut self, event: &Event, look: &mut Look<'_>) {
        match event {
            Event::Joining { group } => {
                self.group_of.insert(look.node, group.clone());
            }
            Event::Assigned {
                generation,
                partitions,
            } => {
                if let Some(group) = self.group_of.get(&look.node).cloned() {
                    self.group(&group)
                        .assigned(&group, *generation, partitions, look);
                }
            }
            Event::Revoked { partitions } | Event::Lost { partitions } => {
                if let Some(group) = self.group_of.get(&look.node).cloned() {
                    self.group(&group).given_back(look.node, partitions);
                }
            }
            Event::ClientGone { .. } | Event::ClientStarted => {
                if let Some(group) = self.group_of.remove(&look.node) {
                    self.group(&group).held.remove(&look.node);
                }
            }
            Event::GroupAssigned {
                group, assignment, ..
            } => planned(group, assignment, look),
            Event::GroupTransition {
                group, generation, ..
            } => {
                self.group(group).generation = Some((look.node, *generation));
            }
            Event::CoordinatorLoaded { groups, partition } => {
                for group in groups {
                    let watch = self.group(group);
                    watch.generation = None;
                    watch.last_commit.remove(&look.node);
                }
                self.offsets_loaded(*partition, look);
            }
            Event::OffsetsCommitted {
                group,
                generation,
                offsets,
                ..
            } => {
                let watch = self.group(group);
                watch.committed(group, *generation, look);
                watch.acknowledged(group, offsets, look);
            }
            Event::OffsetsRemoved { group, partitions } => {
                let watch = self.group(group);
                partitions.iter().for_each(|tp| {
                    watch.committed.remove(tp);
                });
            }
            Event::GroupDeleted { group } => {
                self.groups.remove(group);
            }
            _ => {}
        }
    }

    /// poll() returned records of a partition: it is in the consumer's hands.
    pub(super) fn delivered(&self, tp: TopicPartition, look: &mut Look<'_>) {
        let Some(group) = self.group_of.get(&look.node) else {
            return;
        };
        let held = self.groups.get(group).and_then(|g| g.held.get(&look.node));
        if held.is_some_and(|held| !held.contains(&tp)) {
            let (name, node) = (look.name(tp), look.node);
            let evidence =
                alloc::format!("{group}: {node:?} delivers from {name}, which it does not own");
            look.broken(DELIVERED_BY_OWNER, &evidence);
        }
    }

    /// A coordinator has read an offsets partition: every acknowledged commit is there, or a newer one, or its removal. (A broker that
    /// reads old metadata, on its way to the present, has nothing to say.)
    fn offsets_loaded(&mut self, partition: i32, look: &mut Look<'_>) {
        let Some(broker) = look.broker() else { return };
        for (name, watch) in self.groups.iter() {
            let log = look.inside.offsets_partition(name);
            let Some(log) = log.filter(|tp| tp.partition == partition) else {
                continue;
            };
            let state = look.inside.committed_state(log);
            let newest = state.filter(|s| s.leader == Some(broker));
            let replica = look.inside.replica(broker, log);
            let epochs = (
                newest.map(|s| s.leader_epoch),
                replica.map(|r| r.leader_epoch),
            );
            let unclean = self.partitions.get(&log).is_some_and(|w| w.since_epoch > 0);
            if epochs.0.is_none() || epochs.0 != epochs.1 || unclean {
                continue;
            }
            for (tp, known) in watch.committed.iter() {
                let now = look.inside.committed_offset(broker, name, *tp);
                let kept = now.is_some_and(|now| now.committed_at >= known.committed_at);
                let exists = look.inside.committed_state(*tp).is_some();
                if !kept && exists && !look.inside.is_removed(broker, name, *tp) {
                    let found = now.map_or(-1, |now| now.offset);
                    let evidence = alloc::format!(
                        "{name}, {}: offset {} was committed, broker {broker} knows {found}",
                        look.name(*tp),
                        known.offset
                    );
                    look.broken(COMMITS_KEPT, &evidence);
                }
            }
        }
    }

    fn group(&mut self, name: &Name) -> &mut GroupWatch {
        Arc::make_mut(self.groups.entry(name.clone()).or_default())
    }
}

/// The leader's plan gives each partition once.
fn planned(
    group: &Name,
    plan: &[(Name, alloc::vec::Vec<(Name, alloc::vec::Vec<i32>)>)],
    look: &mut Look<'_>,
) {
    let mut given = Set::new();
    for (_, topics) in plan {
        for (topic, partitions) in topics {
            for partition in partitions {
                if !given.insert((topic, *partition)) {
                    let evidence =
                        alloc::format!("{group}: the assignment gives {topic}-{partition} twice");
                    look.broken(ONE_OWNER, &evidence);
                }
            }
        }
    }
}

impl GroupWatch {
    fn assigned(
        &mut self,
        group: &Name,
        generation: i32,
        partitions: &[TopicPartition],
        look: &mut Look<'_>,
    ) {
        let mut held = self.held.remove(&look.node).unwrap_or_default();
        held.extend(partitions.iter().copied());
        for tp in &held {
            let before = self.owners.insert(*tp, (look.node, generation));
            if let Some((other, g)) = before
                && g == generation
                && other != look.node
                && !look.replaces(other)
            {
                let name = look.name(*tp);
                let node = look.node;
                let evidence = alloc::format!(
                    "{group}, generation {generation}: {name} belongs to {other:?} and {node:?}"
                );
                look.broken(ONE_OWNER, &evidence);
            }
        }
        self.held.insert(look.node, held);
    }

    fn given_back(&mut self, node: NodeId, partitions: &[TopicPartition]) {
        if let Some(held) = self.held.get_mut(&node) {
            partitions.iter().for_each(|tp| {
                held.remove(tp);
            });
        }
    }

    /// A coordinator has told that these offsets are committed. (One that was frozen may tell of old ones.)
    fn acknowledged(
        &mut self,
        group: &Name,
        offsets: &[(TopicPartition, crate::id::Offset)],
        look: &Look<'_>,
    ) {
        let Some(broker) = look.broker() else { return };
        for (tp, _) in offsets {
            let Some(now) = look.inside.committed_offset(broker, group, *tp) else {
                continue;
            };
            let before = self.committed.get(tp);
            if before.is_none_or(|b| b.committed_at <= now.committed_at) {
                self.committed.insert(*tp, now);
            }
        }
    }

    fn committed(&mut self, group: &Name, generation: i32, look: &mut Look<'_>) {
        if generation < 0 {
            return;
        }
        let ahead = self
            .generation
            .filter(|(node, current)| *node == look.node && generation > *current);
        let ahead = ahead.map(|(_, current)| current);
        let last = self.last_commit.get(&look.node).copied();
        let behind = last.filter(|last| generation < *last);
        if let Some(current) = ahead.or(behind) {
            let evidence = alloc::format!(
                "{group}: a commit of generation {generation} in generation {current}"
            );
            look.broken(CURRENT_COMMITS, &evidence);
        } else {
            self.last_commit.insert(look.node, generation);
        }
    }
}
