//! Finding things by the names users type, and reading the cluster's state without changing it.

use super::{ClientKind, Cluster, CommandError, Node, Slot};
use crate::broker::Broker;
use crate::command::PartitionName;
use crate::consumer::Consumer;
use crate::controller::Controller;
use crate::id::{BrokerId, ClientId, Name, NodeId, TopicPartition};
use crate::metadata::{MetadataImage, TopicImage};
use crate::producer::Producer;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Cluster {
    /// Every broker, running or not.
    pub fn brokers(&self) -> impl Iterator<Item = &Broker> {
        self.nodes.values().filter_map(|s| match &s.node {
            Node::Broker(b) => Some(&**b),
            _ => None,
        })
    }

    /// Every controller, running or not.
    pub fn controllers(&self) -> impl Iterator<Item = &Controller> {
        self.nodes.values().filter_map(|s| match &s.node {
            Node::Controller(c) => Some(&**c),
            _ => None,
        })
    }

    /// Every producer, running or not.
    pub fn producers(&self) -> impl Iterator<Item = &Producer> {
        self.nodes.values().filter_map(|s| match &s.node {
            Node::Producer(p) => Some(&**p),
            _ => None,
        })
    }

    /// The share group of a share consumer.
    pub fn share_group_of(&self, node: NodeId) -> Option<Name> {
        match &self.slot(node)?.node {
            Node::Share(consumer) => Some(consumer.group().clone()),
            _ => None,
        }
    }

    /// Every consumer, running or not.
    pub fn consumers(&self) -> impl Iterator<Item = &Consumer> {
        self.nodes.values().filter_map(|s| match &s.node {
            Node::Consumer(c) => Some(&**c),
            _ => None,
        })
    }

    /// A broker.
    pub fn broker(&self, id: BrokerId) -> Option<&Broker> {
        match &self.nodes.get(&NodeId::Broker(id))?.node {
            Node::Broker(b) => Some(&**b),
            _ => None,
        }
    }

    /// A consumer.
    pub(crate) fn consumer(&self, node: NodeId) -> Option<&Consumer> {
        match &self.nodes.get(&node)?.node {
            Node::Consumer(c) => Some(&**c),
            _ => None,
        }
    }

    /// The broker that has replayed most of the metadata log, running or not.
    pub(crate) fn newest_broker(&self) -> Option<&Broker> {
        self.broker(self.newest?.0)
    }

    /// Whether a process runs (frozen counts: it exists).
    pub fn is_up(&self, node: NodeId) -> bool {
        self.nodes.get(&node).is_some_and(|s| s.process.is_up())
    }

    /// The metadata as its present owner has it: the active controller with the highest epoch, or else the broker that has
    /// replayed most.
    pub fn image(&self) -> Option<&MetadataImage> {
        let up = |c: &&Controller| {
            self.nodes
                .values()
                .any(|s| s.process.is_up() && is_this(&s.node, c))
        };
        let active = self
            .controllers()
            .filter(|c| c.is_active())
            .filter(up)
            .max_by_key(|c| c.epoch());
        let replayed = || {
            self.brokers()
                .max_by_key(|b| b.metadata_offset())
                .map(Broker::image)
        };
        active.and_then(Controller::image).or_else(replayed)
    }

    pub(super) fn slot(&self, node: NodeId) -> Option<&Slot> {
        self.nodes.get(&node).map(Arc::as_ref)
    }

    /// `2` is a broker, `101` a controller.
    pub(super) fn server(&self, id: BrokerId) -> Result<NodeId, CommandError> {
        let found = [NodeId::Broker(id), NodeId::Controller(id)]
            .into_iter()
            .find(|n| self.nodes.contains_key(n));
        found.ok_or_else(|| CommandError::Unknown {
            what: if id.0 > 100 { "controller" } else { "broker" },
            name: id.to_string().into(),
            known: self.server_names(id.0 > 100),
        })
    }

    fn server_names(&self, controllers: bool) -> Vec<Name> {
        let wanted = |n: &&NodeId| match n {
            NodeId::Controller(_) => controllers,
            NodeId::Broker(_) => !controllers,
            _ => false,
        };
        self.nodes
            .keys()
            .filter(wanted)
            .map(|n| self.node_name(*n))
            .collect()
    }

    /// The client of this name.
    pub fn client_named(&self, name: &str) -> Option<ClientId> {
        self.clients
            .iter()
            .find(|(_, c)| &*c.name == name)
            .map(|(id, _)| *id)
    }

    pub(super) fn client(&self, name: &Name, what: &'static str) -> Result<ClientId, CommandError> {
        let fits = |kind: &ClientKind| match what {
            "producer" => matches!(kind, ClientKind::Producer(..)),
            "consumer" => matches!(kind, ClientKind::Consumer(..)),
            _ => true,
        };
        let found = self
            .clients
            .iter()
            .find(|(_, c)| c.name == *name && fits(&c.kind))
            .map(|(id, _)| *id);
        found.ok_or_else(|| CommandError::Unknown {
            what,
            name: name.clone(),
            known: self
                .clients
                .values()
                .filter(|c| fits(&c.kind))
                .map(|c| c.name.clone())
                .collect(),
        })
    }

    /// An end of a link: a broker, a controller, a client or `admin`.
    pub(super) fn node_named(&self, name: &Name) -> Result<NodeId, CommandError> {
        if &**name == "admin" {
            return Ok(NodeId::Admin);
        }
        if let Ok(id) = name.parse() {
            return self.server(BrokerId(id));
        }
        if let Some(id) = self.client_named(name) {
            return Ok(NodeId::Client(id));
        }
        let known = self.nodes.keys().map(|n| self.node_name(*n)).collect();
        Err(CommandError::Unknown {
            what: "node",
            name: name.clone(),
            known,
        })
    }

    /// The topic of this name, by the newest metadata.
    pub(super) fn topic(&self, name: &Name) -> Result<&TopicImage, CommandError> {
        let image = self.image();
        image
            .and_then(|i| i.topic_named(name))
            .map(|t| &**t)
            .ok_or_else(|| CommandError::Unknown {
                what: "topic",
                name: name.clone(),
                known: image
                    .map(|i| i.names.keys().cloned().collect())
                    .unwrap_or_default(),
            })
    }

    /// The partition of this name, by the newest metadata.
    pub fn partition_named(&self, name: &PartitionName) -> Result<TopicPartition, CommandError> {
        let topic = self.topic(&name.topic)?;
        let count = topic.partitions.len() as i32;
        if !(0..count).contains(&name.partition) {
            return Err(CommandError::out_of_range(
                "partition",
                0,
                i64::from(count) - 1,
                i64::from(name.partition),
            ));
        }
        Ok(TopicPartition::new(topic.id, name.partition))
    }
}

fn is_this(node: &Node, controller: &Controller) -> bool {
    matches!(node, Node::Controller(c) if core::ptr::eq(&**c, controller))
}
