//! The topics a coordinator knows, by identity: their names and numbers of partitions.
//!
//! Groups of the consumer protocol ask on every heartbeat whether anything changed since they last looked; a version number
//! answers that without looking at a single topic.

use crate::id::{Name, TopicId, TopicPartition};
use crate::sorted::Map;

/// A topic the broker knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    /// Its name.
    pub name: Name,
    /// How many partitions it has.
    pub partitions: i32,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Topics {
    by_id: Map<TopicId, Topic>,
    version: u32,
}

impl Topics {
    /// A topic is new, or has more partitions.
    pub fn set(&mut self, id: TopicId, topic: Topic) {
        if self.by_id.get(&id) != Some(&topic) {
            self.by_id.insert(id, topic);
            self.version += 1;
        }
    }

    /// A topic is gone.
    pub fn remove(&mut self, id: TopicId) {
        if self.by_id.remove(&id).is_some() {
            self.version += 1;
        }
    }

    /// A topic by identity.
    pub fn get(&self, id: TopicId) -> Option<&Topic> {
        self.by_id.get(&id)
    }

    /// Does this partition exist?
    pub fn knows(&self, tp: TopicPartition) -> bool {
        let topic = self.get(tp.topic);
        topic.is_some_and(|t| (0..t.partitions).contains(&tp.partition))
    }

    /// A topic by name; of two with the same name, the newer one.
    pub fn named(&self, name: &str) -> Option<(TopicId, &Topic)> {
        let mut newest = self.by_id.iter().rev();
        newest
            .find(|(_, topic)| &*topic.name == name)
            .map(|(id, topic)| (*id, topic))
    }

    /// Every topic, by identity.
    pub fn iter(&self) -> impl Iterator<Item = (TopicId, &Topic)> {
        self.by_id.iter().map(|(id, topic)| (*id, topic))
    }

    /// Another number after every change.
    pub fn version(&self) -> u32 {
        self.version
    }
}
