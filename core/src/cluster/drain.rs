//! Draining effects: journal, network, queue; and what the death of a process means for its connections.

use super::fields::generation_of;
use super::{Cluster, Moved, Node, Process};
use crate::effect::Effect;
use crate::event::{Direction, Entry, EntryId, Event, Level};
use crate::id::{Name, NodeId};
use crate::protocol::{ApiKey, Envelope, ErrorCode, MemberAssignment, Message, Request, Response};
use crate::scheduler::{Due, Flight, Item};
use crate::sorted::Map;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::Hash;

impl Cluster {
    /// Writes one journal entry.
    pub(super) fn emit(
        &mut self,
        node: Option<NodeId>,
        cause: Option<EntryId>,
        event: Event,
    ) -> EntryId {
        let entry = Entry {
            at: self.now,
            cause,
            node,
            event,
        };
        entry.hash(&mut self.hash);
        self.outbox.push(entry);
        self.next_entry += 1;
        self.next_entry - 1
    }

    /// An entry without a cause: a command.
    pub(super) fn emit_root(&mut self, event: Event) -> Option<EntryId> {
        Some(self.emit(None, None, event))
    }

    /// Empties what a node left. The first event worth a line becomes the cause of the rest.
    pub(super) fn drain(
        &mut self,
        node: NodeId,
        cause: Option<EntryId>,
        effects: &mut Vec<Effect>,
    ) {
        let mut cause = cause;
        let mut primary = false;
        for effect in effects.drain(..) {
            match effect {
                Effect::Emit(event) => {
                    let leads = !primary && event.level() >= Level::Notable;
                    let ended = self.note(node, &event);
                    let entry = self.emit(Some(node), cause, event);
                    if leads {
                        cause = Some(entry);
                        primary = true;
                    }
                    if ended {
                        self.end_process(node, Process::Stopped, cause);
                    }
                }
                Effect::Send(to, message) => self.send(node, to, message, cause),
                Effect::Arm(timer, at) => self.scheduler.arm(at.max(self.now), cause, node, timer),
                Effect::Disarm(timer) => self.scheduler.disarm(node, timer),
            }
        }
    }

    /// Counts, remembers names; true when the process has ended by itself.
    fn note(&mut self, node: NodeId, event: &Event) -> bool {
        match event {
            Event::Acked { records, .. } => self.totals.acked += *records as u64,
            Event::Polled { records, .. } => self.totals.delivered += *records as u64,
            Event::TopicCreated { topic, .. } => self.remember_topic(node, topic),
            Event::GroupAssigned {
                group, assignment, ..
            }
            | Event::TargetAssigned {
                group, assignment, ..
            } => self.count_moved(group, assignment),
            Event::NodeStopped | Event::ClientGone { .. } => return true,
            _ => {}
        }
        false
    }

    /// How many partitions have another owner than in the generation before.
    fn count_moved(&mut self, group: &Name, assignment: &[(Name, MemberAssignment)]) {
        let mut owners = Map::new();
        for (member, topics) in assignment {
            for (topic, partitions) in topics {
                owners.extend(
                    partitions
                        .iter()
                        .map(|p| ((topic.clone(), *p), member.clone())),
                );
            }
        }
        let before = self.moved.get(group).map(|m| &m.owners);
        let moved = |(tp, owner): &(&(Name, i32), &Name)| {
            before.and_then(|b| b.get(*tp)).is_some_and(|o| o != *owner)
        };
        let counts = (
            owners.iter().filter(moved).count() as u32,
            owners.len() as u32,
        );
        self.moved
            .insert(group.clone(), Arc::new(Moved { owners, counts }));
    }

    fn remember_topic(&mut self, node: NodeId, name: &Name) {
        let Some(Node::Controller(controller)) = self.nodes.get(&node).map(|s| &s.node) else {
            return;
        };
        if let Some(id) = controller.image().and_then(|i| i.names.get(name)) {
            self.topic_names.insert(*id, name.clone());
        }
    }

    fn send(&mut self, from: NodeId, to: NodeId, message: Message, cause: Option<EntryId>) {
        let (due, lost) = self.network.route(self.now, from, to);
        let sent = self.describe(to, &message, due);
        let cause = sent
            .map(|event| self.emit(Some(from), cause, event))
            .or(cause);
        self.totals.messages += 1;
        let incarnation = self.nodes.get(&to).map_or(0, |s| s.incarnation);
        let envelope = Envelope { from, to, message };
        let flight = Flight {
            envelope,
            sent: self.now,
            incarnation,
            lost,
        };
        self.scheduler.deliver(due, cause, flight);
    }

    fn describe(&self, to: NodeId, message: &Message, due: crate::time::SimTime) -> Option<Event> {
        let (direction, correlation) = match message {
            Message::Request(correlation, _) => (Direction::Request, *correlation),
            Message::Response(correlation, _) => (Direction::Response, *correlation),
            Message::Disconnected => return None,
        };
        let error = error_of(message);
        let api = message.api().unwrap_or(ApiKey::CreateTopics);
        Some(Event::Sent {
            to,
            api,
            direction,
            correlation,
            error,
            due,
            generation: generation_of(message),
        })
    }

    pub(super) fn drop_message(&mut self, envelope: &Envelope, cause: Option<EntryId>) {
        if let Some(api) = envelope.message.api() {
            self.emit(
                Some(envelope.from),
                cause,
                Event::Dropped {
                    to: envelope.to,
                    api,
                },
            );
        }
    }

    /// The receiver is down: a request is refused, anything else is lost.
    pub(super) fn refuse(&mut self, due: Due) {
        let Item::Message(flight) = due.item else {
            return;
        };
        let envelope = flight.envelope;
        let cut = self.network.is_cut(envelope.from, envelope.to);
        self.drop_message(&envelope, due.cause);
        if !cut && !flight.lost && matches!(envelope.message, Message::Request(..)) {
            self.send_disconnected(envelope.to, envelope.from, due.cause);
        }
    }

    fn send_disconnected(&mut self, from: NodeId, to: NodeId, cause: Option<EntryId>) {
        let (due, lost) = self.network.route(self.now, from, to);
        let Some(slot) = self.nodes.get(&to) else {
            return;
        };
        let flight = Flight {
            envelope: Envelope {
                from,
                to,
                message: Message::Disconnected,
            },
            sent: self.now,
            incarnation: slot.incarnation,
            lost,
        };
        self.scheduler.deliver(due, cause, flight);
    }

    /// A process ends: its timers go, and whoever may have a connection to it hears of it, unless the link is cut.
    pub(super) fn end_process(&mut self, node: NodeId, how: Process, cause: Option<EntryId>) {
        let Some(slot) = self.nodes.get_mut(&node).map(Arc::make_mut) else {
            return;
        };
        slot.process = how;
        slot.since = self.now;
        slot.incarnation += 1;
        slot.backlog.clear();
        self.scheduler.disarm_all(node);
        let peers: Vec<NodeId> = self
            .nodes
            .iter()
            .filter(|(peer, slot)| {
                **peer != node && slot.process.is_up() && may_be_connected(node, **peer)
            })
            .map(|(peer, _)| *peer)
            .collect();
        for peer in peers {
            self.send_disconnected(node, peer, cause);
        }
    }
}

/// Clients talk to brokers only.
fn may_be_connected(a: NodeId, b: NodeId) -> bool {
    let client = |n: NodeId| matches!(n, NodeId::Client(_));
    match (client(a), client(b)) {
        (true, _) => matches!(b, NodeId::Broker(_)),
        (_, true) => matches!(a, NodeId::Broker(_)),
        _ => true,
    }
}

/// The first error a message carries.
pub(super) fn error_of(message: &Message) -> ErrorCode {
    match message {
        Message::Response(_, response) => first_error(response),
        _ => ErrorCode::None,
    }
}

fn first_error(response: &Response) -> ErrorCode {
    match response {
        Response::Produce(p) => first_of(p.iter().map(|p| p.error)),
        Response::Fetch(f) if !f.error.is_ok() => f.error,
        Response::Fetch(f) => first_of(f.partitions.iter().map(|p| p.error)),
        Response::ListOffsets(p) => first_of(p.iter().map(|p| p.error)),
        Response::Metadata(m) => first_of(m.topics.iter().map(|t| t.error)),
        Response::JoinGroup(r) => r.error,
        Response::SyncGroup(r) => r.error,
        Response::ConsumerGroupHeartbeat(r) => r.error,
        Response::OffsetCommit(p) => first_of(p.iter().map(|p| p.1)),
        Response::DescribeGroups(r) => r.error,
        Response::OffsetDelete(e, _) if !e.is_ok() => *e,
        Response::OffsetDelete(_, p) => first_of(p.iter().map(|p| p.1)),
        Response::DeleteGroups(g) => first_of(g.iter().map(|g| g.1)),
        Response::ShareGroupHeartbeat(r) => r.error,
        Response::ShareFetch(f) if !f.error.is_ok() => f.error,
        Response::ShareFetch(f) => {
            let errors = f.partitions.iter();
            first_of(errors.flat_map(|p| [p.error, p.acknowledge_error]))
        }
        Response::ShareAcknowledge(e, _) if !e.is_ok() => *e,
        Response::ShareAcknowledge(_, p) => first_of(p.iter().map(|p| p.1)),
        Response::ReadShareGroupState(r) => r.error,
        Response::WriteShareGroupState(e)
        | Response::FindCoordinator(e, _)
        | Response::Heartbeat(e)
        | Response::LeaveGroup(e)
        | Response::OffsetFetch(e, _)
        | Response::InitProducerId(e, ..)
        | Response::DeleteRecords(e, _)
        | Response::Admin(e)
        | Response::BrokerRegistration(e, _)
        | Response::AllocateProducerIds(e, ..) => *e,
        Response::BrokerHeartbeat(h) => h.error,
        Response::AlterPartition(a) => a.error,
        Response::FetchMetadata(f) => f.error,
        Response::Vote(_) | Response::BeginQuorumEpoch(_) => ErrorCode::None,
    }
}

fn first_of(mut errors: impl Iterator<Item = ErrorCode>) -> ErrorCode {
    errors.find(|e| !e.is_ok()).unwrap_or(ErrorCode::None)
}

/// Which partitions' records a message carries.
pub(super) fn partitions_in(message: &Message) -> Vec<crate::id::TopicPartition> {
    match message {
        Message::Request(_, Request::Produce(p)) => p.batches.iter().map(|(tp, _)| *tp).collect(),
        Message::Response(_, Response::Produce(p)) => p.iter().map(|p| p.tp).collect(),
        Message::Response(_, Response::Fetch(f)) => f
            .partitions
            .iter()
            .filter(|p| !p.batches.is_empty())
            .map(|p| p.tp)
            .collect(),
        Message::Response(_, Response::ShareFetch(f)) => {
            let full = f.partitions.iter().filter(|p| !p.batches.is_empty());
            full.map(|p| p.tp).collect()
        }
        Message::Request(_, Request::ShareAcknowledge(a)) => {
            a.partitions.iter().map(|(tp, _)| *tp).collect()
        }
        Message::Request(_, Request::WriteShareGroupState(w)) => alloc::vec![w.tp],
        Message::Request(_, Request::AlterPartition(a)) => alloc::vec![a.tp],
        Message::Request(_, Request::OffsetCommit(c)) => {
            c.offsets.iter().map(|(tp, _)| *tp).collect()
        }
        _ => Vec::new(),
    }
}
