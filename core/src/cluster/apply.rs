//! Carrying out commands. Everything that can be wrong is checked before anything changes.

use super::{Cluster, CommandError, Node, Process};
use crate::admin::Task;
use crate::command::{Command, OffsetTarget, PartitionName, Setting};
use crate::config::{
    BrokerConfig, ConfigError, ConfigSet, GroupConfig, NetworkConfig, TopicConfig,
};
use crate::event::{EntryId, Event};
use crate::id::{BrokerId, Name, NodeId, TopicPartition};
use crate::protocol::{
    CreateTopicRequest, ElectLeadersRequest, LeaveGroupRequest, OffsetDeleteRequest,
    ReassignRequest, Request,
};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Cluster {
    /// Carries out a command now. `number` is its place in the history.
    ///
    /// # Errors
    /// [`CommandError`] says what cannot be and what would work; nothing has changed then.
    pub fn apply(&mut self, number: u32, command: &Command) -> Result<(), CommandError> {
        self.check(command)?;
        let cause = self.emit_root(Event::Command(number));
        self.carry_out(command, cause)
    }

    /// Everything that can be refused without trying.
    fn check(&self, command: &Command) -> Result<(), CommandError> {
        match command {
            Command::ClusterCreate { .. } => Err(CommandError::ClusterExists),
            Command::ClusterSet(settings) => self.clone_settings(settings).map(|_| ()),
            Command::BrokerAdd(id, _) => self.check_new_broker(*id),
            Command::NodeCrash(id) | Command::NodeStop(id) => {
                self.check_process(self.server(*id)?, Process::is_up, "running")
            }
            Command::NodeFreeze(id) => {
                self.check_process(self.server(*id)?, |p| p == Process::Running, "running")
            }
            Command::NodeThaw(id) => {
                self.check_process(self.server(*id)?, |p| p == Process::Frozen, "frozen")
            }
            Command::NodeStart(id) => self.check_process(self.server(*id)?, |p| !p.is_up(), "down"),
            Command::TopicSet(name, settings) => self.check_topic_settings(name, settings),
            Command::TopicDelete(name) => self.topic(name).map(|_| ()),
            Command::TopicPartitions(name, _) => self.topic(name).map(|_| ()),
            Command::TopicCreate { settings, .. } => check_settings::<TopicConfig>(settings),
            Command::TopicTrim(name, _) | Command::Elect(_, name) | Command::Reassign(name, _) => {
                self.partition_named(name).map(|_| ())
            }
            Command::LinkCut(a, b) | Command::LinkHeal(a, b) => self.check_link(a, b).map(|_| ()),
            Command::LinkSet(a, b, settings) => {
                self.check_link(a, b)?;
                check_settings::<NetworkConfig>(settings)
            }
            Command::GroupSeek(_, _, topic, partition) => match (topic, partition) {
                (None, None) => Ok(()),
                (None, Some(_)) => Err(CommandError::Missing { what: "topic" }),
                (Some(topic), None) => self.topic(topic).map(|_| ()),
                (Some(topic), Some(partition)) => {
                    let (topic, partition) = (topic.clone(), *partition);
                    self.partition_named(&PartitionName { topic, partition })
                        .map(|_| ())
                }
            },
            Command::GroupSet(_, settings) => self.check_group_settings(settings),
            Command::GroupDeleteOffsets(_, topic) => self.topic(topic).map(|_| ()),
            Command::GroupDelete(_)
            | Command::GroupDescribe(_)
            | Command::GroupRemoveMember(..)
            | Command::Advance(_)
            | Command::Bookmark(_)
            | Command::Expect(_) => Ok(()),
            _ => self.check_client(command),
        }
    }

    fn carry_out(&mut self, command: &Command, cause: Option<EntryId>) -> Result<(), CommandError> {
        match command {
            Command::ClusterSet(settings) => self.set_cluster(settings)?,
            Command::BrokerAdd(id, rack) => self.join_broker(*id, rack.clone(), cause),
            Command::NodeCrash(id) => self.crash(self.server(*id)?, cause),
            Command::NodeStop(id) => self.stop_server(self.server(*id)?, cause),
            Command::NodeStart(id) => self.start_node(self.server(*id)?, cause),
            Command::NodeFreeze(id) => self.freeze(self.server(*id)?, cause),
            Command::NodeThaw(id) => self.thaw(self.server(*id)?, cause),
            Command::LinkCut(a, b) => self.change_link(a, b, cause, |cluster, a, b| {
                cluster.network.link_mut(a, b).cut = true
            })?,
            Command::LinkHeal(a, b) => {
                self.change_link(a, b, cause, |cluster, a, b| cluster.network.heal(a, b))?
            }
            Command::LinkSet(a, b, settings) => self.set_link(a, b, settings, cause)?,
            Command::Advance(span) => self.run_until(self.now() + *span),
            Command::Bookmark(_) | Command::Expect(_) => {}
            Command::TopicCreate { .. }
            | Command::TopicPartitions(..)
            | Command::TopicSet(..)
            | Command::TopicDelete(_)
            | Command::TopicTrim(..)
            | Command::Reassign(..)
            | Command::GroupSeek(..)
            | Command::GroupDelete(_)
            | Command::GroupDescribe(_)
            | Command::GroupDeleteOffsets(..)
            | Command::GroupRemoveMember(..)
            | Command::GroupSet(..)
            | Command::Elect(..) => self.administer(command, cause)?,
            _ => self.apply_to_client(command, cause)?,
        }
        Ok(())
    }

    // Processes.

    pub(super) fn check_process(
        &self,
        node: NodeId,
        fits: impl Fn(Process) -> bool,
        wants: &'static str,
    ) -> Result<(), CommandError> {
        let Some(slot) = self.slot(node).filter(|s| !fits(s.process)) else {
            return Ok(());
        };
        let is = match slot.process {
            Process::Running => "running",
            Process::Frozen => "frozen",
            Process::Crashed | Process::Stopped => "down",
        };
        Err(CommandError::NotNow {
            name: self.node_name(node),
            is,
            wants,
        })
    }

    fn check_new_broker(&self, id: BrokerId) -> Result<(), CommandError> {
        if !(1..=100).contains(&id.0) {
            return Err(CommandError::out_of_range(
                "broker",
                1,
                100,
                i64::from(id.0),
            ));
        }
        match self.server(id) {
            Ok(_) => Err(CommandError::AlreadyExists {
                what: "broker",
                name: id.to_string().into(),
            }),
            Err(_) => Ok(()),
        }
    }

    fn join_broker(&mut self, id: BrokerId, rack: Option<Name>, cause: Option<EntryId>) {
        self.add_broker(id, rack);
        let slot = self.nodes.get_mut(&NodeId::Admin).map(Arc::make_mut);
        if let Some(Node::Admin(admin)) = slot.map(|s| &mut s.node) {
            admin.add_broker(id);
        }
        self.start_node(NodeId::Broker(id), cause);
    }

    pub(super) fn start_node(&mut self, node: NodeId, cause: Option<EntryId>) {
        let now = self.now();
        let Some(slot) = self.nodes.get_mut(&node).map(Arc::make_mut) else {
            return;
        };
        slot.process = Process::Running;
        slot.since = now;
        slot.incarnation += 1;
        let entry = Some(self.emit(Some(node), cause, Event::NodeStarted));
        self.with_node(node, entry, |n, ctx| match n {
            Node::Broker(b) => b.start(ctx),
            Node::Controller(c) => c.start(ctx),
            Node::Producer(p) => p.start(ctx),
            Node::Consumer(c) => c.start(ctx),
            Node::Share(c) => c.start(ctx),
            Node::Admin(_) => {}
        });
    }

    pub(super) fn crash(&mut self, node: NodeId, cause: Option<EntryId>) {
        let entry = Some(self.emit(Some(node), cause, Event::NodeCrashed));
        self.end_process(node, Process::Crashed, entry);
    }

    /// SIGTERM. A controller has nobody to ask.
    fn stop_server(&mut self, node: NodeId, cause: Option<EntryId>) {
        match node {
            NodeId::Broker(_) => self.with_node(node, cause, |n, ctx| {
                if let Node::Broker(b) = n {
                    b.shut_down(ctx);
                }
            }),
            _ => {
                let entry = Some(self.emit(Some(node), cause, Event::NodeStopped));
                self.end_process(node, Process::Stopped, entry);
            }
        }
    }

    pub(super) fn freeze(&mut self, node: NodeId, cause: Option<EntryId>) {
        self.set_process(node, Process::Frozen);
        self.emit(Some(node), cause, Event::NodeFrozen);
    }

    /// What waited happens now, in the order in which it arrived or fell due.
    pub(super) fn thaw(&mut self, node: NodeId, cause: Option<EntryId>) {
        self.set_process(node, Process::Running);
        self.emit(Some(node), cause, Event::NodeThawed);
        let Some(slot) = self.nodes.get_mut(&node).map(Arc::make_mut) else {
            return;
        };
        for due in core::mem::take(&mut slot.backlog) {
            self.happen(due);
        }
    }

    fn set_process(&mut self, node: NodeId, process: Process) {
        let now = self.now();
        if let Some(slot) = self.nodes.get_mut(&node).map(Arc::make_mut) {
            slot.process = process;
            slot.since = now;
        }
    }

    // Settings.

    /// Broker and network settings with these changes.
    fn clone_settings(
        &self,
        settings: &[Setting],
    ) -> Result<(BrokerConfig, NetworkConfig), CommandError> {
        let (mut broker, mut network) = ((*self.config).clone(), self.network.config.clone());
        for (name, value) in settings {
            match network.set(name, value) {
                Err(ConfigError::UnknownName(..)) => broker.set(name, value)?,
                other => other?,
            }
        }
        broker.check()?;
        Ok((broker, network))
    }

    pub(super) fn set_cluster(&mut self, settings: &[Setting]) -> Result<(), CommandError> {
        let (broker, network) = self.clone_settings(settings)?;
        self.network.config = network;
        self.config = Arc::new(broker);
        for slot in self.nodes.values_mut() {
            match &mut Arc::make_mut(slot).node {
                Node::Broker(b) => b.set_config(self.config.clone()),
                Node::Controller(c) => c.set_config(self.config.clone()),
                _ => {}
            }
        }
        Ok(())
    }

    fn check_topic_settings(&self, name: &Name, settings: &[Setting]) -> Result<(), CommandError> {
        self.topic(name)?;
        check_settings::<TopicConfig>(settings)
    }

    /// Each value alone and within the brokers' bounds; an empty one takes a setting back.
    fn check_group_settings(&self, settings: &[Setting]) -> Result<(), CommandError> {
        check_settings::<GroupConfig>(settings)?;
        for (name, text) in settings.iter().filter(|(_, text)| !text.is_empty()) {
            let def = &GroupConfig::DEFS[GroupConfig::index_of(name)?];
            self.config.check_own(name, def.parse(text)?)?;
        }
        Ok(())
    }

    // Links.

    fn check_link(&self, a: &Name, b: &Name) -> Result<(NodeId, NodeId), CommandError> {
        let (x, y) = (self.node_named(a)?, self.node_named(b)?);
        if x == y {
            let known = self
                .nodes
                .keys()
                .filter(|n| **n != x)
                .map(|n| self.node_name(*n))
                .collect();
            return Err(CommandError::Unknown {
                what: "other end",
                name: b.clone(),
                known,
            });
        }
        Ok((x, y))
    }

    fn change_link(
        &mut self,
        a: &Name,
        b: &Name,
        cause: Option<EntryId>,
        change: impl FnOnce(&mut Self, NodeId, NodeId),
    ) -> Result<(), CommandError> {
        let (a, b) = self.check_link(a, b)?;
        change(self, a, b);
        let cut = self.network.is_cut(a, b);
        self.emit(None, cause, Event::LinkChanged { a, b, cut });
        Ok(())
    }

    fn set_link(
        &mut self,
        a: &Name,
        b: &Name,
        settings: &[Setting],
        cause: Option<EntryId>,
    ) -> Result<(), CommandError> {
        let mut config = self.network.config.clone();
        for (name, value) in settings {
            config.set(name, value)?;
        }
        self.change_link(a, b, cause, |cluster, a, b| {
            cluster.network.link_mut(a, b).config = Some(config)
        })
    }

    // Administration.

    fn administer(
        &mut self,
        command: &Command,
        cause: Option<EntryId>,
    ) -> Result<(), CommandError> {
        for (task, target) in self.tasks(command)? {
            self.with_node(NodeId::Admin, cause, |n, ctx| {
                if let Node::Admin(admin) = n {
                    admin.begin(ctx, task, target);
                }
            });
        }
        Ok(())
    }

    fn tasks(&self, command: &Command) -> Result<Vec<(Task, Name)>, CommandError> {
        let one = |task: Task, target: &Name| Ok(alloc::vec![(task, target.clone())]);
        match command {
            Command::TopicCreate {
                name,
                partitions,
                replication,
                assignment,
                settings,
            } => {
                let request = CreateTopicRequest {
                    name: name.clone(),
                    partitions: partitions.unwrap_or(-1),
                    replication_factor: replication.unwrap_or(-1),
                    assignment: assignment.clone(),
                    configs: settings.clone(),
                };
                one(
                    Task::Controller(Request::CreateTopics(Box::new(request))),
                    name,
                )
            }
            Command::TopicPartitions(name, count) => one(
                Task::Controller(Request::CreatePartitions(name.clone(), *count)),
                name,
            ),
            Command::TopicDelete(name) => {
                one(Task::Controller(Request::DeleteTopics(name.clone())), name)
            }
            Command::TopicSet(name, settings) => {
                Ok(settings.iter().map(|s| set_task(name, s)).collect())
            }
            Command::TopicTrim(name, before) => {
                let tp = self.partition_named(name)?;
                one(Task::Trim(tp, *before), &partition_text(name))
            }
            Command::Reassign(name, replicas) => {
                let request = ReassignRequest {
                    tp: self.partition_named(name)?,
                    replicas: replicas.clone(),
                };
                one(
                    Task::Controller(Request::AlterPartitionReassignments(Box::new(request))),
                    &partition_text(name),
                )
            }
            Command::Elect(election, name) => {
                let request = ElectLeadersRequest {
                    election: *election,
                    tp: self.partition_named(name)?,
                };
                one(
                    Task::Controller(Request::ElectLeaders(Box::new(request))),
                    &partition_text(name),
                )
            }
            Command::GroupSet(group, settings) => Ok(settings
                .iter()
                .map(|(name, value)| {
                    let value = (!value.is_empty()).then(|| value.clone());
                    let request = Request::AlterGroupConfig(group.clone(), name.clone(), value);
                    (Task::Controller(request), group.clone())
                })
                .collect()),
            Command::GroupDelete(group) => {
                let request = Request::DeleteGroups(alloc::vec![group.clone()]);
                one(Task::Coordinator(group.clone(), request), group)
            }
            Command::GroupDescribe(group) => one(Task::Describe(group.clone()), group),
            Command::GroupDeleteOffsets(group, topic) => {
                let request = OffsetDeleteRequest {
                    group: group.clone(),
                    partitions: self.partitions_of(topic)?,
                };
                let request = Request::OffsetDelete(Box::new(request));
                one(Task::Coordinator(group.clone(), request), group)
            }
            Command::GroupRemoveMember(group, instance) => {
                let request = LeaveGroupRequest {
                    group: group.clone(),
                    member_id: "".into(),
                    group_instance_id: Some(instance.clone()),
                    reason: "member was removed by admin client".into(),
                };
                let request = Request::LeaveGroup(Box::new(request));
                one(Task::Coordinator(group.clone(), request), group)
            }
            Command::GroupSeek(group, target, topic, partition) => {
                let topic = topic.as_ref();
                one(self.reset_task(group, *target, topic, *partition)?, group)
            }
            _ => Ok(Vec::new()),
        }
    }

    fn partitions_of(&self, topic: &Name) -> Result<Vec<TopicPartition>, CommandError> {
        let topic = self.topic(topic)?;
        let all = 0..topic.partitions.len() as i32;
        Ok(all.map(|p| TopicPartition::new(topic.id, p)).collect())
    }

    /// Without a topic: everything the group has committed or its consumers subscribe to. Without a partition: all of the topic.
    fn reset_task(
        &self,
        group: &Name,
        target: OffsetTarget,
        topic: Option<&Name>,
        partition: Option<i32>,
    ) -> Result<Task, CommandError> {
        let topics: Vec<Name> = match topic {
            Some(topic) => alloc::vec![topic.clone()],
            None => self.topics_of_group(group),
        };
        let mut partitions = Vec::new();
        for name in &topics {
            let all = self.partitions_of(name)?.into_iter();
            partitions.extend(all.filter(|tp| partition.is_none_or(|only| only == tp.partition)));
        }
        if partitions.is_empty() {
            return Err(CommandError::Missing { what: "topic" });
        }
        Ok(Task::ResetOffsets(group.clone(), target, partitions))
    }
}

fn set_task(topic: &Name, (name, value): &Setting) -> (Task, Name) {
    let value = (!value.is_empty()).then(|| value.clone());
    (
        Task::Controller(Request::IncrementalAlterConfigs(
            topic.clone(),
            name.clone(),
            value,
        )),
        topic.clone(),
    )
}

fn partition_text(name: &PartitionName) -> Name {
    alloc::format!("{}-{}", name.topic, name.partition).into()
}

/// Whether every setting exists and takes its value; an empty value resets it.
pub(super) fn check_settings<C: ConfigSet>(settings: &[Setting]) -> Result<(), CommandError> {
    for (name, value) in settings {
        let index = C::index_of(name)?;
        if !value.is_empty() {
            C::DEFS[index].parse(value)?;
        }
    }
    Ok(())
}
