//! The group epoch and the target assignment that follows it (`TargetAssignmentBuilder`).

use super::record::{GroupRecord, SubscribedTopic};
use super::{ConsumerGroup, Member, Work};
use crate::assignor::Assignment;
use crate::assignor::server::{ServerAssignor, TargetGroup, TargetMember};
use crate::config::list_items;
use crate::event::{EpochReason, Event};
use crate::group::topics::Topics;
use crate::id::{Name, TopicPartition};
use crate::java::hash_map_order;
use crate::protocol::{ErrorCode, MemberAssignment};
use crate::reconcile::Partitions;
use crate::sorted::{Map, Set, sort_by_key};
use alloc::string::String;
use alloc::vec::Vec;

/// By topic name, as the journal tells it.
pub(super) fn by_name(
    topics: &Topics,
    partitions: &Partitions<TopicPartition>,
) -> MemberAssignment {
    let mut named: Map<Name, Vec<i32>> = Map::new();
    for tp in partitions {
        if let Some(topic) = topics.get(tp.topic) {
            named
                .entry(topic.name.clone())
                .or_default()
                .push(tp.partition);
        }
    }
    named.into_iter().collect()
}

impl ConsumerGroup {
    /// What the members' topics are like now; those that do not exist are left out.
    fn subscribed_topics(&self, topics: &Topics) -> Vec<SubscribedTopic> {
        let names: Set<&Name> = self
            .members
            .values()
            .flat_map(|m| m.metadata.topics.iter())
            .collect();
        let found = names.into_iter().filter_map(|name| {
            let (id, topic) = topics.named(name)?;
            Some(SubscribedTopic {
                id,
                name: name.clone(),
                partitions: topic.partitions,
            })
        });
        found.collect()
    }

    /// Whether the topics may have changed since the group last looked.
    pub(super) fn is_stale(&self, work: &Work<'_>) -> bool {
        self.topics_version != work.topics.version()
    }

    /// Looks at the topics again; true if they are not what the group believed.
    pub(super) fn refresh_topics(&mut self, work: &mut Work<'_>) -> bool {
        self.topics_version = work.topics.version();
        let topics = self.subscribed_topics(work.topics);
        let changed = topics != self.topics;
        if changed {
            self.write(work, GroupRecord::Topics(Some(topics)));
        }
        changed
    }

    /// Raises the group epoch.
    pub(super) fn bump(&mut self, work: &mut Work<'_>, reason: EpochReason) {
        let epoch = self.group_epoch + 1;
        self.write(work, GroupRecord::Epoch(Some(epoch)));
        work.events.push(Event::GroupEpoch {
            group: self.name.clone(),
            epoch,
            reason,
        });
    }

    /// The assignor most members want, or the broker's first (`computePreferredServerAssignor`).
    pub(super) fn preferred_assignor(&self, work: &Work<'_>) -> ServerAssignor {
        let mut wanted: Map<&str, usize> = Map::new();
        let named = self
            .members
            .values()
            .filter_map(|m| m.metadata.assignor.as_deref());
        for name in named {
            *wanted.entry(name).or_insert(0) += 1;
        }
        let most = wanted.values().copied().max();
        // Kafka takes back what the member that asks wanted and counts it anew; compute() puts a new key before the others.
        let asked = work.asked.as_deref();
        if most == Some(1) && asked.is_some_and(|name| wanted.get(name) == Some(&1)) {
            let first = asked.and_then(ServerAssignor::from_name);
            return first.unwrap_or_else(|| default_assignor(work.limits.consumer_assignors));
        }
        let mut order = hash_map_order(wanted.keys().copied()).into_iter();
        let found = order.find(|name| wanted.get(name).copied() == most);
        found
            .and_then(ServerAssignor::from_name)
            .unwrap_or_else(|| default_assignor(work.limits.consumer_assignors))
    }

    /// Computes the target of the group epoch, if the present one is older (`updateTargetAssignment`).
    pub(super) fn maybe_assign(&mut self, work: &mut Work<'_>) -> Result<(), ErrorCode> {
        if self.group_epoch <= self.assignment_epoch {
            return Ok(());
        }
        let assignor = self.preferred_assignor(work);
        let computed = assignor.assign(&self.target_group(work.joined.as_ref()));
        let mut targets = computed.map_err(|_| ErrorCode::UnknownServerError)?;
        for id in self.ids_in_hash_order(work.joined.as_ref()) {
            let target = self.identified(&mut targets, &id);
            if self.members.get(&id).is_some_and(|m| m.target != target) {
                self.write(work, GroupRecord::Target(id, Some(target)));
            }
        }
        let epoch = self.group_epoch;
        self.write(work, GroupRecord::TargetEpoch(Some(epoch)));
        self.assignor = assignor.name().into();
        let share = |m: &Member| (m.id.clone(), by_name(work.topics, &m.target));
        work.events.push(Event::TargetAssigned {
            group: self.name.clone(),
            epoch,
            assignor: self.assignor.clone(),
            assignment: self.members.values().map(share).collect(),
        });
        Ok(())
    }

    /// The group as an assignor wants to see it: members in hash order, topics by identity.
    fn target_group(&self, joined: Option<&Name>) -> TargetGroup {
        let mut topics: Vec<&SubscribedTopic> = self.topics.iter().collect();
        sort_by_key(&mut topics, |t| t.id);
        let text = |name: &Name| String::from(&**name);
        let exists = |name: &&Name| topics.iter().any(|t| t.name == **name);
        let member = |id: Name| {
            let member = self.members.get(&id)?;
            let mut previous: Map<&str, Vec<i32>> = Map::new();
            for tp in &member.target {
                if let Some(topic) = topics.iter().find(|t| t.id == tp.topic) {
                    previous.entry(&topic.name).or_default().push(tp.partition);
                }
            }
            Some(TargetMember {
                member_id: text(&member.id),
                group_instance_id: member.metadata.instance.as_ref().map(text),
                topics: member
                    .metadata
                    .topics
                    .iter()
                    .filter(exists)
                    .map(text)
                    .collect(),
                previous_target: previous
                    .into_iter()
                    .map(|(topic, list)| (topic.into(), list))
                    .collect(),
            })
        };
        let of_all = |name: &Name| {
            self.members
                .values()
                .all(|m| m.metadata.topics.contains(name))
        };
        let mut unseen = self
            .members
            .values()
            .flat_map(|m| m.metadata.topics.iter())
            .filter(|name| !exists(name));
        TargetGroup {
            differs_unseen: !unseen.all(of_all),
            members: self
                .ids_in_hash_order(joined)
                .into_iter()
                .filter_map(member)
                .collect(),
            topics: topics
                .iter()
                .map(|t| (text(&t.name), t.partitions))
                .collect(),
        }
    }

    /// A member's new target, with identities for names.
    fn identified(&self, targets: &mut Assignment, id: &str) -> Partitions<TopicPartition> {
        let mut target = Partitions::new();
        for (name, list) in targets.remove(id).unwrap_or_default() {
            if let Some(topic) = self.topics.iter().find(|t| *t.name == *name) {
                target.extend(list.into_iter().map(|p| TopicPartition::new(topic.id, p)));
            }
        }
        target
    }
}

/// The first of `group.consumer.assignors`.
fn default_assignor(list: i64) -> ServerAssignor {
    let first = list_items(list).next();
    first
        .and_then(|i| ServerAssignor::ALL.get(i).copied())
        .unwrap_or(ServerAssignor::Uniform)
}

/// Whether the broker has this assignor.
pub(super) fn offers(list: i64, name: &str) -> bool {
    list_items(list).any(|i| ServerAssignor::ALL.get(i).is_some_and(|a| a.name() == name))
}
