//! Which assignor a generation uses, and which topics it is about.

use super::{ClassicGroup, Member, Protocols};
use crate::event::GroupState;
use crate::id::Name;
use crate::java::HashTable;
use crate::protocol::Subscription;
use crate::sorted::{Map, Set};

impl ClassicGroup {
    /// Can a member with these assignors be in the group?
    pub(super) fn supports(&self, protocols: &[(Name, Subscription)]) -> bool {
        if self.state == GroupState::Empty {
            return !protocols.is_empty();
        }
        let count = |name: &Name| self.supported.get(name).copied().unwrap_or(0);
        self.consumer
            && protocols
                .iter()
                .any(|(p, _)| count(p) == self.members.len())
    }

    pub(super) fn count_protocols(&mut self, protocols: &Protocols, add: bool) {
        for (name, _) in protocols.iter() {
            let count = self.supported.entry(name.clone()).or_insert(0);
            *count = if add {
                *count + 1
            } else {
                count.saturating_sub(1)
            };
        }
    }

    /// Every member votes for the first assignor it lists that all support; ties go to the first in hash order.
    pub(super) fn select_protocol(&self) -> Option<Name> {
        let all = self.members.len();
        let candidate = |name: &Name| self.supported.get(name) == Some(&all);
        let mut votes: Map<Name, usize> = Map::new();
        let mut order = HashTable::new();
        for member in self.members.in_order() {
            let choice = member.protocols.iter().find(|(name, _)| candidate(name));
            if let Some((name, _)) = choice {
                order.insert(name.clone());
                *votes.entry(name.clone()).or_insert(0) += 1;
            }
        }
        let most = votes.values().copied().max()?;
        order.keys().into_iter().find(|name| votes[name] == most)
    }

    /// Topics somebody in the group subscribes to; `None` when that cannot be told.
    pub(super) fn compute_subscribed(&self) -> Option<Set<Name>> {
        if !self.consumer {
            return None;
        }
        if self.members.is_empty() {
            return Some(Set::new());
        }
        let protocol = self.protocol.as_deref()?;
        let topics = |m: &Member| m.subscription(protocol).map(|s| s.topics.clone());
        Some(self.members.iter().filter_map(topics).flatten().collect())
    }

    /// Does somebody in the group subscribe to this topic?
    pub fn is_subscribed_to(&self, topic: &str) -> bool {
        match &self.subscribed {
            Some(topics) => topics.contains(topic),
            None => self.consumer,
        }
    }
}
