//! Consumer groups: who owns a partition in a generation, and whose commits count.

use super::{CURRENT_COMMITS, Look, Monitor, ONE_OWNER};
use crate::event::{Event, LeaveReason};
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
            Event::GroupAssigned {
                group, assignment, ..
            } => planned(group, assignment, look),
            Event::GroupTransition {
                group, generation, ..
            } => {
                self.group(group).generation = Some((look.node, *generation));
            }
            Event::MemberLeft {
                group,
                reason: LeaveReason::Replaced,
                ..
            } => {
                // A static member's successor takes its partitions over in the same generation; a double that still
                // runs does not know it yet.
                self.group(group).owners.clear();
            }
            Event::CoordinatorLoaded { groups, .. } => {
                for group in groups {
                    let watch = self.group(group);
                    watch.generation = None;
                    watch.last_commit.remove(&look.node);
                }
            }
            Event::OffsetsCommitted {
                group, generation, ..
            } => {
                self.group(group).committed(group, *generation, look);
            }
            Event::GroupDeleted { group } => {
                self.groups.remove(group);
            }
            _ => {}
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
        for tp in partitions {
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
