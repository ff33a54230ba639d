//! Consumer groups: who owns a partition in a generation, and whose commits count.

use super::{CURRENT_COMMITS, Look, Monitor, ONE_OWNER};
use crate::event::Event;
use crate::id::{Name, NodeId, TopicPartition};
use crate::time::{Duration, SimTime};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;

/// A commit is told when it is replicated; that takes at most `offsets.commit.timeout.ms` (5 s by default).
const COMMIT_TIME: Duration = Duration::secs(5);

/// One group.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupWatch {
    /// Its generation; `None` while a new coordinator has told nothing yet.
    generation: Option<i32>,
    /// When earlier generations ended.
    ended: BTreeMap<i32, SimTime>,
    /// The last consumer that was given a partition, and in which generation.
    owners: BTreeMap<TopicPartition, (NodeId, i32)>,
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
                self.group(group).turned(*generation, look.at);
            }
            Event::CoordinatorLoaded { groups, .. } => {
                for group in groups {
                    let watch = self.group(group);
                    watch.generation = None;
                    watch.ended.clear();
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
    let mut given = BTreeSet::new();
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

    fn turned(&mut self, generation: i32, at: SimTime) {
        let before = self.generation.replace(generation);
        if let Some(old) = before.filter(|g| *g != generation) {
            self.ended.insert(old, at);
        }
        self.ended.remove(&generation);
        while self.ended.len() > 16 {
            self.ended.pop_first();
        }
    }

    fn committed(&mut self, group: &Name, generation: i32, look: &mut Look<'_>) {
        let Some(current) = self.generation.filter(|_| generation >= 0) else {
            return;
        };
        let late = |ended: &SimTime| *ended + COMMIT_TIME < look.at;
        let stale = generation < current && self.ended.get(&generation).is_some_and(late);
        if generation > current || stale {
            let evidence = alloc::format!(
                "{group}: a commit of generation {generation} in generation {current}"
            );
            look.broken(CURRENT_COMMITS, &evidence);
        }
    }
}
