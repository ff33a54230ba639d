//! The metadata image: what the records of the metadata log add up to (`MetadataImage`, KIP-631).
//!
//! The active controller and every broker keep one, each replaying the same records. Partition states are behind
//! `Arc`s that come from the record itself, so a hundred images share one copy.

use crate::config::{ConfigSet, TopicConfig};
use crate::id::{
    BrokerEpoch, BrokerId, Name, OFFSETS_TOPIC, SHARE_STATE_TOPIC, TopicId, TopicPartition,
};
use crate::protocol::{MetadataRecord, PartitionState};
use crate::sorted::Map;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The longest topic name (`Topic.MAX_NAME_LENGTH`).
const MAX_NAME_LENGTH: usize = 249;

/// Topics that Kafka keeps for itself.
pub fn is_internal_topic(name: &str) -> bool {
    [OFFSETS_TOPIC, SHARE_STATE_TOPIC].contains(&name)
}

/// Whether Kafka takes this as a topic name: letters, digits, `.`, `_` and `-`, not `.` or `..`, at most 249 characters.
pub fn is_valid_topic_name(name: &str) -> bool {
    let chars = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    chars && !name.is_empty() && name.len() <= MAX_NAME_LENGTH && name != "." && name != ".."
}

/// A broker's registration (`BrokerRegistration`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Registration {
    /// Its epoch: the metadata offset of the registration record.
    pub epoch: BrokerEpoch,
    /// Which process start.
    pub incarnation: u64,
    /// Its rack.
    pub rack: Option<Name>,
    /// Not part of the cluster right now.
    pub fenced: bool,
    /// Asked to shut down; it may not lead or join an ISR.
    pub in_controlled_shutdown: bool,
}

impl Registration {
    /// May lead and be in sync.
    pub fn is_active(&self) -> bool {
        !self.fenced && !self.in_controlled_shutdown
    }
}

/// A topic and its partitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicImage {
    /// Its name.
    pub name: Name,
    /// Its identity.
    pub id: TopicId,
    /// Partitions by number.
    pub partitions: Vec<Arc<PartitionState>>,
    /// Settings of its own.
    pub configs: Map<Name, Name>,
    /// Defaults with these settings applied.
    pub config: Arc<TopicConfig>,
}

impl TopicImage {
    /// `min.insync.replicas`, but no more than there are replicas.
    pub fn effective_min_isr(&self, partition: &PartitionState) -> usize {
        (self.config.min_insync_replicas as usize).min(partition.replicas.len())
    }

    /// Whether Kafka made it for itself.
    pub fn is_internal(&self) -> bool {
        is_internal_topic(&self.name)
    }
}

/// The cluster as the records up to some offset describe it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetadataImage {
    /// Registered brokers.
    pub brokers: Map<BrokerId, Registration>,
    /// Topics.
    pub topics: Map<TopicId, Arc<TopicImage>>,
    /// Topics by name.
    pub names: Map<Name, TopicId>,
    /// The next producer id to hand out.
    pub next_producer_id: i64,
    /// The next topic id.
    pub next_topic_id: u32,
    /// Settings of groups (`GroupConfig`), as positions and numbers: group and setting to value.
    pub groups: Arc<Map<(Name, Name), i64>>,
    /// What a topic has where it says nothing.
    pub topic_defaults: Arc<TopicConfig>,
}

impl MetadataImage {
    /// Before the first record.
    pub fn new(topic_defaults: Arc<TopicConfig>) -> Self {
        Self {
            brokers: Map::new(),
            topics: Map::new(),
            names: Map::new(),
            next_producer_id: 0,
            next_topic_id: 0,
            groups: Arc::new(Map::new()),
            topic_defaults,
        }
    }

    /// The partition's state.
    pub fn partition(&self, tp: TopicPartition) -> Option<&Arc<PartitionState>> {
        self.topics
            .get(&tp.topic)?
            .partitions
            .get(usize::try_from(tp.partition).ok()?)
    }

    /// The topic of this name.
    pub fn topic_named(&self, name: &str) -> Option<&Arc<TopicImage>> {
        self.topics.get(self.names.get(name)?)
    }

    /// A group's own value of a setting.
    pub fn group_setting(&self, group: &Name, name: &str) -> Option<i64> {
        self.groups.get(&(group.clone(), name.into())).copied()
    }

    /// Whether the broker may lead and be in sync.
    pub fn is_active(&self, broker: BrokerId) -> bool {
        self.brokers
            .get(&broker)
            .is_some_and(Registration::is_active)
    }

    /// Every partition.
    pub fn partitions(
        &self,
    ) -> impl Iterator<Item = (TopicPartition, &TopicImage, &Arc<PartitionState>)> {
        self.topics.values().flat_map(|t| {
            let with_number = t.partitions.iter().enumerate();
            with_number.map(move |(i, p)| (TopicPartition::new(t.id, i as i32), &**t, p))
        })
    }

    /// Takes one record in.
    pub fn apply(&mut self, record: &MetadataRecord) {
        match record {
            MetadataRecord::LeaderChange(_) => {}
            MetadataRecord::RegisterBroker {
                broker,
                epoch,
                incarnation,
                rack,
            } => {
                let registration = Registration {
                    epoch: *epoch,
                    incarnation: *incarnation,
                    rack: rack.clone(),
                    fenced: true,
                    in_controlled_shutdown: false,
                };
                self.brokers.insert(*broker, registration);
            }
            MetadataRecord::BrokerRegistrationChange {
                broker,
                fenced,
                in_controlled_shutdown,
                ..
            } => {
                if let Some(registration) = self.brokers.get_mut(broker) {
                    registration.fenced = *fenced;
                    registration.in_controlled_shutdown = *in_controlled_shutdown;
                }
            }
            MetadataRecord::Topic { name, id } => self.add_topic(name, *id),
            MetadataRecord::Partition { tp, state }
            | MetadataRecord::PartitionChange { tp, state } => {
                self.set_partition(*tp, state);
            }
            MetadataRecord::RemoveTopic(id) => {
                if let Some(topic) = self.topics.remove(id) {
                    self.names.remove(&topic.name);
                }
            }
            MetadataRecord::Config { topic, name, value } => self.set_config(*topic, name, value),
            MetadataRecord::GroupConfig { group, name, value } => {
                let key = (group.clone(), name.clone());
                let groups = Arc::make_mut(&mut self.groups);
                match value {
                    Some(value) => groups.insert(key, *value),
                    None => groups.remove(&key),
                };
            }
            MetadataRecord::ProducerIds(next) => self.next_producer_id = *next,
        }
    }

    fn add_topic(&mut self, name: &Name, id: TopicId) {
        let topic = TopicImage {
            name: name.clone(),
            id,
            partitions: Vec::new(),
            configs: Map::new(),
            config: self.topic_defaults.clone(),
        };
        self.topics.insert(id, Arc::new(topic));
        self.names.insert(name.clone(), id);
        self.next_topic_id = self.next_topic_id.max(id.0 + 1);
    }

    fn set_partition(&mut self, tp: TopicPartition, state: &Arc<PartitionState>) {
        let Some(topic) = self.topics.get_mut(&tp.topic) else {
            return;
        };
        let partitions = &mut Arc::make_mut(topic).partitions;
        match partitions.get_mut(tp.partition as usize) {
            Some(slot) => *slot = state.clone(),
            None => partitions.push(state.clone()),
        }
    }

    fn set_config(&mut self, topic: TopicId, name: &Name, value: &Option<Name>) {
        let Some(topic) = self.topics.get_mut(&topic) else {
            return;
        };
        let topic = Arc::make_mut(topic);
        match value {
            Some(value) => topic.configs.insert(name.clone(), value.clone()),
            None => topic.configs.remove(name),
        };
        let mut config = (*self.topic_defaults).clone();
        for (name, value) in &topic.configs {
            // The controller checked the value before it wrote the record.
            let _ = config.set(name, value);
        }
        topic.config = Arc::new(config);
    }
}
