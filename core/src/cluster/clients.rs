//! Commands about producers and consumers.

use super::apply::check_settings;
use super::{ClientDef, ClientKind, Cluster, CommandError, Node, Process};
use crate::command::{Command, ConsumerSpec, ProducerSpec, Setting, pattern_of};
use crate::config::{ConfigSet, ConsumerConfig, ProducerConfig};
use crate::consumer::Consumer;
use crate::event::EntryId;
use crate::id::{BrokerId, ClientId, Name, NodeId};
use crate::java::Pattern;
use crate::producer::Producer;
use crate::record::Bytes;
use crate::share_consumer::ShareConsumer;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Settings on top of what is there; an empty value resets to the preset's.
fn with_settings<C: ConfigSet>(
    base: &C,
    preset: &C,
    settings: &[Setting],
) -> Result<C, CommandError> {
    let mut config = base.clone();
    for (name, value) in settings {
        let index = C::index_of(name)?;
        let value = if value.is_empty() {
            preset.value(index)
        } else {
            C::DEFS[index].parse(value)?
        };
        config.set_value(index, value);
    }
    Ok(config)
}

impl Cluster {
    pub(super) fn check_client(&self, command: &Command) -> Result<(), CommandError> {
        match command {
            Command::ProducerAdd(name, _, settings) => {
                self.check_new_client(name)?;
                check_settings::<ProducerConfig>(settings)
            }
            Command::ConsumerAdd(name, spec, settings) => {
                self.check_new_client(name)?;
                let manual = spec.assign.as_ref().is_some_and(|a| !a.is_empty());
                let shares = spec.share_group.is_some();
                if (spec.group.is_some() || manual) == shares {
                    return Err(CommandError::Missing { what: "group" });
                }
                let pattern = |t: &Name| pattern_of(t).is_some();
                let patterns = spec.topics.iter().flatten().any(pattern);
                if manual == spec.topics.as_ref().is_some_and(|t| !t.is_empty())
                    || (shares && patterns)
                {
                    return Err(CommandError::Missing { what: "topics" });
                }
                check_settings::<ConsumerConfig>(settings)
            }
            Command::ProducerSet(name, _, settings) => {
                self.client(name, "producer")?;
                check_settings::<ProducerConfig>(settings)
            }
            Command::ConsumerSet(name, _, settings) => {
                self.client(name, "consumer")?;
                check_settings::<ConsumerConfig>(settings)
            }
            Command::ProducerSend { name, topic, .. } => self.check_send(name, topic.as_ref()),
            Command::ConsumerSeek(name, partition, _)
            | Command::ConsumerPause(name, partition, _) => {
                self.partition_named(partition)?;
                self.check_up(name, "consumer")
            }
            Command::ConsumerCommit(name) => self.check_up(name, "consumer"),
            Command::ConsumerAcknowledge(name, partition, ..) => {
                self.partition_named(partition)?;
                self.check_up(name, "consumer")?;
                self.check_shares(name)
            }
            Command::ClientStop(name) | Command::ClientCrash(name) => self.check_process(
                NodeId::Client(self.client(name, "client")?),
                Process::is_up,
                "running",
            ),
            Command::ClientStart(name) => self.check_process(
                NodeId::Client(self.client(name, "client")?),
                |p| !p.is_up(),
                "down",
            ),
            Command::ClientFreeze(name) => self.check_process(
                NodeId::Client(self.client(name, "client")?),
                |p| p == Process::Running,
                "running",
            ),
            Command::ClientThaw(name) => self.check_process(
                NodeId::Client(self.client(name, "client")?),
                |p| p == Process::Frozen,
                "frozen",
            ),
            Command::ClientRemove(name) => self.client(name, "client").map(|_| ()),
            _ => Ok(()),
        }
    }

    fn check_new_client(&self, name: &Name) -> Result<(), CommandError> {
        let taken =
            self.client_named(name).is_some() || &**name == "admin" || name.parse::<i32>().is_ok();
        if taken {
            Err(CommandError::AlreadyExists {
                what: "client",
                name: name.clone(),
            })
        } else {
            Ok(())
        }
    }

    /// Only share consumers acknowledge records.
    fn check_shares(&self, name: &Name) -> Result<(), CommandError> {
        let id = self.client(name, "consumer")?;
        match self.slot(NodeId::Client(id)).map(|s| &s.node) {
            Some(Node::Share(_)) => Ok(()),
            _ => Err(CommandError::Missing {
                what: "share-group",
            }),
        }
    }

    fn check_up(&self, name: &Name, what: &'static str) -> Result<(), CommandError> {
        self.check_process(
            NodeId::Client(self.client(name, what)?),
            |p| p == Process::Running,
            "running",
        )
    }

    fn check_send(&self, name: &Name, topic: Option<&Name>) -> Result<(), CommandError> {
        self.check_up(name, "producer")?;
        let id = self.client(name, "producer")?;
        let own = match &self.clients[&id].kind {
            ClientKind::Producer(spec, _) => spec.topic.as_ref(),
            ClientKind::Consumer(..) => None,
        };
        if topic.or(own).is_none() {
            Err(CommandError::Missing { what: "topic" })
        } else {
            Ok(())
        }
    }

    pub(super) fn apply_to_client(
        &mut self,
        command: &Command,
        cause: Option<EntryId>,
    ) -> Result<(), CommandError> {
        match command {
            Command::ProducerAdd(name, spec, settings) => {
                let preset = ProducerConfig::preset(self.preset);
                let config = with_settings(&preset, &preset, settings)?;
                self.add_client(name, ClientKind::Producer(spec.clone(), config), cause);
            }
            Command::ConsumerAdd(name, spec, settings) => {
                let preset = ConsumerConfig::preset(self.preset);
                let config = with_settings(&preset, &preset, settings)?;
                self.add_client(name, ClientKind::Consumer(spec.clone(), config), cause);
            }
            Command::ProducerSet(name, spec, settings) => {
                self.set_producer(name, spec, settings, cause)?
            }
            Command::ConsumerSet(name, spec, settings) => {
                self.set_consumer(name, spec, settings, cause)?
            }
            Command::ProducerSend { .. } => self.send_by_hand(command, cause)?,
            Command::ClientStop(name) => self.close_client(self.client(name, "client")?, cause),
            Command::ClientCrash(name) => {
                self.crash(NodeId::Client(self.client(name, "client")?), cause)
            }
            Command::ClientStart(name) => self.restart_client(self.client(name, "client")?, cause),
            Command::ClientFreeze(name) => {
                self.freeze(NodeId::Client(self.client(name, "client")?), cause)
            }
            Command::ClientThaw(name) => {
                self.thaw(NodeId::Client(self.client(name, "client")?), cause)
            }
            Command::ClientRemove(name) => self.remove_client(self.client(name, "client")?, cause),
            _ => self.apply_to_consumer(command, cause)?,
        }
        Ok(())
    }

    fn apply_to_consumer(
        &mut self,
        command: &Command,
        cause: Option<EntryId>,
    ) -> Result<(), CommandError> {
        let (name, partition) = match command {
            Command::ConsumerSeek(name, partition, _)
            | Command::ConsumerPause(name, partition, _)
            | Command::ConsumerAcknowledge(name, partition, ..) => {
                (name, Some(self.partition_named(partition)?))
            }
            Command::ConsumerCommit(name) => (name, None),
            _ => return Ok(()),
        };
        let node = NodeId::Client(self.client(name, "consumer")?);
        self.with_node(node, cause, |n, ctx| {
            let consumer = match (n, command, partition) {
                (Node::Consumer(consumer), ..) => consumer,
                (Node::Share(c), Command::ConsumerAcknowledge(_, _, offset, how), Some(tp)) => {
                    return c.acknowledge(ctx, tp, *offset, *how);
                }
                (Node::Share(consumer), Command::ConsumerCommit(_), _) => {
                    return consumer.commit(ctx);
                }
                _ => return,
            };
            match (command, partition) {
                (Command::ConsumerSeek(_, p, to), Some(tp)) => {
                    consumer.seek(ctx, (tp, &p.topic), *to);
                }
                (Command::ConsumerPause(_, p, pause), Some(tp)) => {
                    consumer.pause(ctx, (tp, &p.topic), *pause);
                }
                _ => consumer.commit(ctx),
            }
        });
        Ok(())
    }

    fn bootstrap(&self) -> Vec<BrokerId> {
        self.brokers().map(|b| b.id()).collect()
    }

    fn build(&self, id: ClientId, def: &ClientDef) -> Node {
        let (name, bootstrap) = (def.name.clone(), self.bootstrap());
        match def.kind.clone() {
            ClientKind::Producer(spec, config) => {
                Node::Producer(Box::new(Producer::new(id, name, spec, config, bootstrap)))
            }
            ClientKind::Consumer(spec, config) if spec.share_group.is_some() => Node::Share(
                Box::new(ShareConsumer::new(id, name, spec, config, bootstrap)),
            ),
            ClientKind::Consumer(spec, config) => {
                Node::Consumer(Box::new(Consumer::new(id, name, spec, config, bootstrap)))
            }
        }
    }

    fn add_client(&mut self, name: &Name, kind: ClientKind, cause: Option<EntryId>) {
        let id = ClientId(self.next_client);
        self.next_client += 1;
        let def = ClientDef {
            name: name.clone(),
            kind,
        };
        let node = self.build(id, &def);
        self.clients.insert(id, def);
        self.add_node(NodeId::Client(id), node);
        self.start_client(NodeId::Client(id), cause);
    }

    fn start_client(&mut self, node: NodeId, cause: Option<EntryId>) {
        let now = self.now();
        let Some(slot) = self.nodes.get_mut(&node).map(Arc::make_mut) else {
            return;
        };
        slot.process = Process::Running;
        slot.since = now;
        slot.incarnation += 1;
        self.with_node(node, cause, |n, ctx| match n {
            Node::Producer(p) => p.start(ctx),
            Node::Consumer(c) => c.start(ctx),
            Node::Share(c) => c.start(ctx),
            _ => {}
        });
    }

    /// A new process with the same configuration; nothing of the old one is left but what the cluster stored.
    fn restart_client(&mut self, id: ClientId, cause: Option<EntryId>) {
        let Some(def) = self.clients.get(&id).cloned() else {
            return;
        };
        let mut node = self.build(id, &def);
        let slot = self.nodes.get_mut(&NodeId::Client(id));
        if let Some(slot) = slot.map(Arc::make_mut) {
            match &mut node {
                Node::Producer(p) => p.begin_life(slot.incarnation),
                Node::Consumer(c) => c.begin_life(slot.incarnation),
                Node::Share(c) => c.begin_life(slot.incarnation),
                _ => {}
            }
            slot.node = node;
        }
        self.start_client(NodeId::Client(id), cause);
    }

    fn close_client(&mut self, id: ClientId, cause: Option<EntryId>) {
        let node = NodeId::Client(id);
        if self
            .slot(node)
            .is_some_and(|s| s.process == Process::Frozen)
        {
            self.thaw(node, cause);
        }
        self.with_node(node, cause, |n, ctx| match n {
            Node::Producer(p) => p.close(ctx),
            Node::Consumer(c) => c.close(ctx),
            Node::Share(c) => c.close(ctx),
            _ => {}
        });
    }

    fn remove_client(&mut self, id: ClientId, cause: Option<EntryId>) {
        let node = NodeId::Client(id);
        if self.is_up(node) {
            self.crash(node, cause);
        }
        self.nodes.remove(&node);
        self.clients.remove(&id);
    }

    fn set_producer(
        &mut self,
        name: &Name,
        changes: &ProducerSpec,
        settings: &[Setting],
        cause: Option<EntryId>,
    ) -> Result<(), CommandError> {
        let id = self.client(name, "producer")?;
        let preset = ProducerConfig::preset(self.preset);
        let Some(ClientKind::Producer(spec, config)) =
            self.clients.get_mut(&id).map(|c| &mut c.kind)
        else {
            return Ok(());
        };
        *config = with_settings(config, &preset, settings)?;
        *spec = ProducerSpec {
            topic: changes.topic.clone().or_else(|| spec.topic.clone()),
            rate_milli: changes.rate_milli.or(spec.rate_milli),
            keys: changes.keys.clone().or_else(|| spec.keys.clone()),
            value_bytes: changes.value_bytes.or(spec.value_bytes),
        };
        let (spec, config) = (spec.clone(), config.clone());
        self.with_running(id, cause, |n, ctx| {
            if let Node::Producer(p) = n {
                p.reconfigure(ctx, &spec, config);
            }
        });
        Ok(())
    }

    fn set_consumer(
        &mut self,
        name: &Name,
        changes: &ConsumerSpec,
        settings: &[Setting],
        cause: Option<EntryId>,
    ) -> Result<(), CommandError> {
        let id = self.client(name, "consumer")?;
        let preset = ConsumerConfig::preset(self.preset);
        let Some(ClientKind::Consumer(spec, config)) =
            self.clients.get_mut(&id).map(|c| &mut c.kind)
        else {
            return Ok(());
        };
        *config = with_settings(config, &preset, settings)?;
        // subscribe() and assign() exclude each other: the application is told, and goes on as it was.
        let manual = spec.assign.is_some();
        let refused = match manual {
            true => changes.topics.as_ref().map(|_| "subscribe"),
            false => changes.assign.as_ref().map(|_| "assign"),
        };
        let topics = changes.topics.clone().filter(|_| !manual);
        let assign = changes.assign.clone().filter(|_| manual);
        *spec = ConsumerSpec {
            group: spec.group.clone(),
            share_group: spec.share_group.clone(),
            topics: topics.or_else(|| spec.topics.clone()),
            assign: assign.or_else(|| spec.assign.clone()),
            instance: spec.instance.clone(),
            processing: changes.processing.or(spec.processing),
            commit: changes.commit.or(spec.commit),
            ack: changes.ack.or(spec.ack),
        };
        let (spec, config) = (spec.clone(), config.clone());
        self.with_running(id, cause, |n, ctx| match n {
            Node::Consumer(c) => {
                if let Some(doing) = refused {
                    c.refuse_mixing(ctx, doing);
                }
                c.reconfigure(ctx, &spec, config);
            }
            Node::Share(c) => c.reconfigure(ctx, &spec, config),
            _ => {}
        });
        Ok(())
    }

    fn with_running(
        &mut self,
        id: ClientId,
        cause: Option<EntryId>,
        act: impl FnOnce(&mut Node, &mut crate::effect::Ctx<'_>),
    ) {
        if self.is_up(NodeId::Client(id)) {
            self.with_node(NodeId::Client(id), cause, act);
        }
    }

    fn send_by_hand(
        &mut self,
        command: &Command,
        cause: Option<EntryId>,
    ) -> Result<(), CommandError> {
        let Command::ProducerSend {
            name,
            topic,
            key,
            value,
            tombstone,
            partition,
            count,
        } = command
        else {
            return Ok(());
        };
        let id = self.client(name, "producer")?;
        let bytes = |text: &Name| -> Bytes { text.as_bytes().into() };
        self.with_running(id, cause, |n, ctx| {
            let Node::Producer(p) = n else { return };
            let (topic, key) = (topic.clone(), key.as_ref().map(bytes));
            match (value, tombstone) {
                (None, false) => p.generate(ctx, topic, key, *partition, *count),
                (value, _) => {
                    let value = value.as_ref().filter(|_| !tombstone).map(bytes);
                    p.send(ctx, topic, key, value, *partition, *count);
                }
            }
        });
        Ok(())
    }

    /// Topics that a pattern means.
    fn matching(&self, pattern: &Pattern) -> Vec<Name> {
        let topics = self.image().into_iter().flat_map(|i| i.topics.values());
        let found = topics.filter(|t| !t.is_internal() && pattern.matches(&t.name));
        found.map(|t| t.name.clone()).collect()
    }

    /// What a group has to do with: topics its consumers here subscribe to, and topics it has committed offsets for.
    pub(super) fn topics_of_group(&self, group: &Name) -> Vec<Name> {
        let mut topics: Vec<Name> = Vec::new();
        let subscribed = self.clients.values().filter_map(|c| match &c.kind {
            ClientKind::Consumer(spec, _)
                if [&spec.group, &spec.share_group].contains(&&Some(group.clone())) =>
            {
                Some(spec)
            }
            _ => None,
        });
        for spec in subscribed {
            let assigned = spec.assign.iter().flatten().map(|p| p.topic.clone());
            topics.extend(assigned);
            for name in spec.topics.iter().flatten() {
                match pattern_of(name) {
                    None => topics.push(name.clone()),
                    Some(pattern) => topics.extend(self.matching(&pattern)),
                }
            }
        }
        let committed = self.committed(group);
        topics.extend(committed.iter().map(|(tp, _)| self.topic_name(tp.topic)));
        crate::sorted::sort(&mut topics);
        topics.dedup();
        topics
    }
}
