//! Consumer groups: who owns a partition in a generation, who delivers from it, whose commits count, and that they are kept.
//!
//! In a group of the consumer protocol members are in different epochs at the same time, so the rules are about members there: no
//! two of them have a partition at the same moment (whoever the coordinator has removed is no member any more, whatever it
//! believes), no member is ahead of its group, and none commits in an older epoch than it did before.
//!
//! Two things that real Kafka does are let pass. A leader that does not know yet of a partition which a member claims (the topic grew, and
//! the leader changed) may give another one twice with a sticky assignor: Kafka's classes answer so. And a member that takes an assignment over step by step (commit, revoke, assign) and whose
//! heartbeat is lost meanwhile says anew what it owns; the coordinator concludes that it does not have what it is just about
//! to take, and may give that to another. The member takes it nevertheless, until it has read the next answer: what the
//! coordinator has taken back before it was taken over does not count as owned.

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
    /// The highest generation each coordinator has had, also before the group changed its protocol.
    reached: Map<NodeId, i32>,
    /// Each coordinator's generation of the last commit. It writes what it admits in order, so they never go back. (One that was
    /// frozen may notice only then that an old commit had reached everybody.)
    last_commit: Map<NodeId, i32>,
    /// The last consumer that was given a partition, and in which generation.
    owners: Map<TopicPartition, (NodeId, i32)>,
    /// The last generation whose leader did not know a partition that a member claimed.
    blind: Option<i32>,
    /// What each consumer has in its hands.
    held: Map<NodeId, Set<TopicPartition>>,
    /// The newest offset of each partition whose commit was acknowledged.
    committed: Map<TopicPartition, CommittedOffset>,
    /// Members of the consumer protocol that were given a partition and have not lost it since, by their ids.
    holders: Map<TopicPartition, (NodeId, Name)>,
    /// Members the coordinator has put out. One that was frozen may not know, and take partitions over from an answer that had
    /// arrived before: its next heartbeat is refused, and so is what it commits.
    out: Set<Name>,
    /// Members that were out when the group changed its protocol, and so began to count anew: commits of theirs may still wait to be
    /// replicated.
    former: Set<Name>,
    /// What each member has by the coordinator's last word: assigned, or to be given up.
    granted: Map<Name, Set<TopicPartition>>,
    /// The epoch of each member's last commit, likewise.
    commits: Map<(NodeId, Name), i32>,
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
                    match look.inside.modern_member(look.node) {
                        Some(id) => self.group(&group).handed(&group, &id, partitions, look),
                        None => self
                            .group(&group)
                            .assigned(&group, *generation, partitions, look),
                    }
                }
            }
            Event::Revoked { partitions } | Event::Lost { partitions } => {
                self.let_go(look.node, |tp| partitions.contains(tp));
                if let Some(group) = self.group_of.get(&look.node).cloned() {
                    self.group(&group).given_back(look.node, partitions);
                }
            }
            Event::ClientGone { .. } | Event::ClientStarted => {
                self.let_go(look.node, |_| true);
                if let Some(group) = self.group_of.remove(&look.node) {
                    self.group(&group).held.remove(&look.node);
                }
            }
            Event::GroupAssigned {
                group,
                generation,
                assignment,
                ..
            } => {
                if look.inside.led_blind(group, *generation) {
                    self.group(group).blind = Some(*generation);
                } else {
                    planned(group, assignment, look);
                }
            }
            Event::GroupTransition {
                group, generation, ..
            } => {
                self.group(group).enters(look.node, *generation);
            }
            Event::CoordinatorLoaded { groups, partition } => {
                for group in groups {
                    let watch = self.group(group);
                    watch.generation = None;
                    watch.last_commit.remove(&look.node);
                    watch.reached.remove(&look.node);
                    watch.former.clear();
                    watch.commits.retain(|(node, _), _| *node != look.node);
                }
                self.offsets_loaded(*partition, look);
            }
            Event::TargetAssigned {
                group, assignment, ..
            } => planned(group, assignment, look),
            Event::GroupEpoch { group, epoch, .. } => {
                self.group(group).enters(look.node, *epoch);
            }
            Event::MemberReconciled {
                group,
                member,
                epoch,
                assigned,
                revoking,
                ..
            } => {
                let watch = self.group(group);
                let granted = assigned.iter().chain(revoking).copied().collect();
                watch.granted.insert(member.clone(), granted);
                watch.walked(group, *epoch, look);
            }
            Event::MemberJoined { group, member, .. } => {
                self.group(group).out.remove(member);
            }
            Event::MemberLeft { group, member, .. } => {
                let watch = self.group(group);
                watch.out.insert(member.clone());
                watch.granted.remove(member);
                watch.holders.retain(|_, (_, id)| id != member);
                watch.commits.retain(|(_, id), _| id != member);
            }
            // A stuck static member says so itself, and drops its partitions only when it polls again.
            Event::MemberAway { group, member, .. } => {
                let watch = self.group(group);
                watch.holders.retain(|_, (_, id)| id != member);
            }
            Event::GroupConverted { group, .. } => {
                let watch = self.group(group);
                watch.former.extend(watch.out.iter().cloned());
                watch.last_commit.clear();
                watch.generation = None;
                watch.owners.clear();
                watch.holders.clear();
                watch.granted.clear();
                watch.commits.clear();
            }
            Event::NodeCrashed => self.let_go(look.node, |_| true),
            Event::OffsetsCommitted {
                group,
                member,
                generation,
                offsets,
            } => {
                let watch = self.group(group);
                if watch.former.contains(member) {
                    watch.committed_before(group, *generation, look);
                } else if look.inside.is_modern(look.node, group) {
                    watch.committed_by(group, member, *generation, look);
                } else {
                    watch.committed(group, *generation, look);
                }
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

    /// A consumer has given partitions up, or is gone.
    fn let_go(&mut self, node: NodeId, fits: impl Fn(&TopicPartition) -> bool) {
        if let Some(group) = self.group_of.get(&node).cloned() {
            let holders = &mut self.group(&group).holders;
            holders.retain(|tp, (holder, _)| *holder != node || !fits(tp));
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
                && self.blind != Some(g)
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

    /// A member of the consumer protocol was given partitions: nobody else may have them.
    fn handed(
        &mut self,
        group: &Name,
        id: &Name,
        partitions: &[TopicPartition],
        look: &mut Look<'_>,
    ) {
        let mut held = self.held.remove(&look.node).unwrap_or_default();
        held.extend(partitions.iter().copied());
        self.held.insert(look.node, held);
        if self.out.contains(id) {
            return;
        }
        let granted = self.granted.get(id);
        let taken_back = |tp: &&TopicPartition| granted.is_some_and(|g| !g.contains(*tp));
        for tp in partitions.iter().filter(|tp| !taken_back(tp)) {
            let before = self.holders.insert(*tp, (look.node, id.clone()));
            if let Some((other, _)) = before
                && other != look.node
            {
                let (name, node) = (look.name(*tp), look.node);
                let evidence = alloc::format!("{group}: {name} belongs to {other:?} and {node:?}");
                look.broken(ONE_OWNER, &evidence);
            }
        }
    }

    fn enters(&mut self, node: NodeId, generation: i32) {
        self.generation = Some((node, generation));
        let reached = self.reached.entry(node).or_insert(generation);
        *reached = generation.max(*reached);
    }

    /// A commit that may have been admitted, but not replicated, before the group changed its protocol and began to count anew.
    fn committed_before(&mut self, group: &Name, generation: i32, look: &mut Look<'_>) {
        let reached = self.reached.get(&look.node).copied();
        if let Some(reached) = reached.filter(|reached| generation > *reached) {
            let evidence = alloc::format!(
                "{group}: a commit of generation {generation}, and there were {reached}"
            );
            look.broken(CURRENT_COMMITS, &evidence);
        }
    }

    /// No member is ahead of its group.
    fn walked(&mut self, group: &Name, epoch: i32, look: &mut Look<'_>) {
        let ahead = self
            .generation
            .filter(|(node, current)| *node == look.node && epoch > *current);
        if let Some((_, current)) = ahead {
            let evidence = alloc::format!("{group}: a member in epoch {epoch} of {current}");
            look.broken(ONE_OWNER, &evidence);
        }
    }

    /// A coordinator writes what it admits in order, so a member's epochs never go back, and never run ahead of the group.
    fn committed_by(&mut self, group: &Name, member: &Name, epoch: i32, look: &mut Look<'_>) {
        if epoch < 0 {
            return;
        }
        let ahead = self
            .generation
            .filter(|(node, current)| *node == look.node && epoch > *current);
        let key = (look.node, member.clone());
        let last = self.commits.insert(key, epoch).unwrap_or(0);
        if ahead.is_some() || epoch < last {
            let evidence =
                alloc::format!("{group}: {member} commits in epoch {epoch} after {last}");
            look.broken(CURRENT_COMMITS, &evidence);
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
