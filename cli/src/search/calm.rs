//! What must come true once faults stop (liveness).
//!
//! A story ends by giving everything back: servers run, links are whole, nobody is frozen, applications are quick, nobody sends. After
//! [`CALM`] of that
//! - every partition has a leader, all its replicas are in the ISR, none comes or goes, and everything written is committed;
//! - every group with consumers is Stable, each consumer is in its generation, and together they own every partition of what
//!   they subscribe to, each once; a group without consumers is Empty or unknown;
//! - every consumer has read to the end of what it owns, and share groups are done with everything.
//!
//! Real Kafka has cases that stay as they are until somebody acts, and so they may here ([`Scars`] remembers what led to them):
//! - A follower whose log was cut back into the middle of a batch with which the leader's log begins (an uncommitted end, and then
//!   DeleteRecords) gives the partition up until there is a new leader epoch (`failedPartitions`).
//! - What an unclean election took away stays done with in a share group, so that its start offset may be beyond the log end.
//! - A share-partition whose start offset was moved by DeleteRecords into records that were done with already stays there until the next
//!   acknowledgement (`SharePartition.updateCacheAndOffsets` looks no further).
//! - Partitions that are added while only members of the classic protocol are left in a group of the consumer protocol, which
//!   may not go back (`group.consumer.migration.policy`), belong to nobody until somebody joins: their heartbeats do not look at
//!   the metadata (`classicGroupHeartbeatToConsumerGroup`), and they have no leader that does.
//! - A static member whose new process is accepted, but only after longer than its session timeout (the write took so long), has no
//!   session timer any more (`ClassicGroupMember.hasSatisfiedHeartbeat` while it waits, and nothing arms it again): if that process
//!   is gone by then, it stays a member.
//! - A group that went back to the classic protocol and whose coordinator dies before the rebalance that follows is loaded as
//!   stable: what the last modern member had belongs to nobody until the next rebalance.
//!
//! Whether a script ends so is read off the cluster, not the script, so that a shrunk script is judged by the same rule.

use super::judge::Broken;
use rebalance_core::cluster::Cluster;
use rebalance_core::event::{Event, GroupState};
use rebalance_core::id::{BrokerId, Name, TopicPartition};
use rebalance_core::invariants::{Inside, Monitor};
use rebalance_core::time::{Duration, SimTime};
use rebalance_core::view::{
    ConsumerView, GroupView, ProcessState, SharePartitionView, TopicView, View,
};
use std::collections::{BTreeMap, BTreeSet};

/// How long the calm at the end lasts: longer than every time-out of a story in a row (requests between servers take 30 s to
/// fail, a session 6 s, a rebalance 8 s).
pub const CALM: Duration = Duration::secs(120);

/// A group did not become stable.
pub const GROUPS_SETTLE: &str = "groups-settle";
/// A partition did not become whole.
pub const REPLICAS_RETURN: &str = "replicas-return";
/// A consumer did not reach the end.
pub const CONSUMERS_ARRIVE: &str = "consumers-arrive";

/// What happened that may leave its traces.
#[derive(Debug, Default)]
pub struct Scars {
    /// Groups that went back to the classic protocol and were not given an assignment since; true: another coordinator has loaded
    /// them.
    downgraded: BTreeMap<Name, bool>,
}

impl Scars {
    /// Takes note of an event.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::GroupConverted {
                group,
                upgraded: false,
            } => {
                // A coordinator of old that wakes up and does it again does not undo the loading.
                self.downgraded.entry(group.clone()).or_insert(false);
            }
            Event::GroupConverted { group, .. } | Event::GroupAssigned { group, .. } => {
                self.downgraded.remove(group);
            }
            Event::CoordinatorLoaded { groups, .. } => {
                for group in groups {
                    if let Some(loaded) = self.downgraded.get_mut(group) {
                        *loaded = true;
                    }
                }
            }
            _ => {}
        }
    }
}

/// What the end is judged by.
struct Court<'a> {
    cluster: &'a Cluster,
    monitor: &'a Monitor,
    scars: &'a Scars,
    view: View,
}

/// Looks at a cluster whose last command was so long ago; `None` if all is well, or if it is not calm.
pub fn unsettled(
    cluster: &Cluster,
    monitor: &Monitor,
    scars: &Scars,
    quiet: Duration,
) -> Option<Broken> {
    if quiet < CALM {
        return None;
    }
    let view = cluster.view();
    if !is_calm(&view) {
        return None;
    }
    let court = Court {
        cluster,
        monitor,
        scars,
        view,
    };
    court.judge()
}

impl Court<'_> {
    fn judge(&self) -> Option<Broken> {
        let view = &self.view;
        let found = view.topics.iter().find_map(|t| self.broken_topic(t));
        let found = found.map(|evidence| (REPLICAS_RETURN, evidence));
        let stuck = || {
            let stuck = view.groups.iter().find_map(|g| self.unstable(g));
            stuck.map(|evidence| (GROUPS_SETTLE, evidence))
        };
        let late = || {
            let owning = view.groups.iter().filter(|g| g.share.is_none());
            let mut consumers = owning.flat_map(|g| &g.consumers).filter(|c| runs(c));
            let late = consumers.find_map(|c| behind(c, view));
            let late = late.or_else(|| view.groups.iter().find_map(|g| self.unfinished(g)));
            late.map(|evidence| (CONSUMERS_ARRIVE, evidence))
        };
        let (invariant, evidence) = found.or_else(stuck).or_else(late)?;
        Some(Broken {
            invariant,
            at: view.now,
            evidence,
        })
    }

    fn broken_topic(&self, topic: &TopicView) -> Option<String> {
        topic.partitions.iter().find_map(|p| {
            let (name, number) = (&topic.name, p.tp.partition);
            if p.leader.is_none() {
                return Some(format!("{name}-{number} has no leader"));
            }
            let gave_up = |r: BrokerId| self.cluster.broker(r).is_some_and(|b| b.has_failed(p.tp));
            let mut missing = p.replicas.iter().filter(|r| !p.isr.contains(r));
            if let Some(broker) = missing.find(|r| !gave_up(**r)) {
                return Some(format!("{name}-{number}: {broker} is not in the ISR"));
            }
            // Who gave the partition up does not enter the ISR, so a move that needs it does not end.
            let needed = p.replicas.iter().filter(|r| !p.removing.contains(r));
            if p.is_moving() && !needed.copied().any(gave_up) {
                return Some(format!(
                    "{name}-{number}: {:?} come, {:?} go",
                    p.adding, p.removing
                ));
            }
            // Somebody always commits.
            (!topic.internal && p.high_watermark != p.log_end).then(|| {
                let (at, end) = (p.high_watermark, p.log_end);
                format!("{name}-{number}: high watermark {at}, log end {end}")
            })
        })
    }

    fn unstable(&self, group: &GroupView) -> Option<String> {
        if keeps_a_ghost(group) {
            return None;
        }
        let name = &group.name;
        let members: Vec<&ConsumerView> = group.consumers.iter().filter(|c| runs(c)).collect();
        if members.is_empty() {
            let gone = matches!(
                group.state,
                None | Some(GroupState::Empty | GroupState::Dead)
            );
            return (!gone).then(|| format!("{name} has no consumers and is {:?}", group.state));
        }
        if group.state != Some(GroupState::Stable) {
            return Some(format!("{name} is {:?}", group.state));
        }
        let stray = members.iter().find(|c| c.generation != group.generation);
        if let Some(c) = stray {
            let (consumer, own, theirs) = (&c.name, c.generation, group.generation);
            return Some(format!(
                "{name}: {consumer} is in generation {own} of {theirs}"
            ));
        }
        self.ownership(group, &members)
    }

    /// Every partition of what they subscribe to has one owner.
    fn ownership(&self, group: &GroupView, members: &[&ConsumerView]) -> Option<String> {
        let (name, view, shared) = (&group.name, &self.view, group.share.is_some());
        let mut owners: BTreeMap<TopicPartition, &Name> = BTreeMap::new();
        for consumer in members {
            for owned in &consumer.partitions {
                if let Some(other) = owners.insert(owned.tp, &consumer.name)
                    && !shared
                {
                    let (topic, number) = (&owned.topic, owned.tp.partition);
                    let consumer = &consumer.name;
                    return Some(format!(
                        "{name}: {topic}-{number} belongs to {other} and {consumer}"
                    ));
                }
            }
        }
        // A static member that comes back takes its old place without a rebalance: what it subscribes to in addition, and partitions that
        // came while a static leader was away, wait for the next one. That is so in Kafka.
        if members.iter().any(|c| c.instance.is_some()) {
            return None;
        }
        let speaks_classic = |c: &&ConsumerView| self.cluster.modern_member(c.node).is_none();
        let only_guests = group.assignment_epoch.is_some() && members.iter().all(speaks_classic);
        let stranded = self.scars.downgraded.get(name) == Some(&true);
        if only_guests || stranded {
            return None;
        }
        let subscribed: BTreeSet<&Name> = members.iter().flat_map(|c| &c.topics).collect();
        let topics = view.topics.iter().filter(|t| subscribed.contains(&t.name));
        let mut partitions = topics.flat_map(|t| t.partitions.iter().map(move |p| (&t.name, p.tp)));
        let free = partitions.find(|(_, tp)| !owners.contains_key(tp));
        free.map(|(topic, tp)| format!("{name}: {topic}-{} belongs to nobody", tp.partition))
    }

    /// With members at work, everything in a share group is done with in the end.
    fn unfinished(&self, group: &GroupView) -> Option<String> {
        group.consumers.iter().find(|c| runs(c))?;
        let beyond = |p: &SharePartitionView| {
            p.start > p.high_watermark && !self.monitor.lost_committed(p.tp)
        };
        let behind =
            |p: &SharePartitionView| p.start < p.high_watermark && !self.all_done(&group.name, p);
        let open = |p: &&SharePartitionView| behind(p) || beyond(p);
        let found = group.share.iter().flatten().find(open)?;
        let (topic, number) = (&found.topic, found.tp.partition);
        let (start, end, name) = (found.start, found.high_watermark, &group.name);
        Some(format!(
            "{name}: {topic}-{number} is done with up to {start} of {end}"
        ))
    }
}

impl Court<'_> {
    /// Every record from the start to the high watermark is done with, though the start has not moved over them.
    fn all_done(&self, group: &Name, partition: &SharePartitionView) -> bool {
        let topic = self.view.topics.iter().find(|t| t.name == partition.topic);
        let mut copies = topic.into_iter().flat_map(|t| &t.partitions);
        let leader = copies.find(|p| p.tp == partition.tp).and_then(|p| p.leader);
        let Some(broker) = leader.and_then(|id| self.cluster.broker(id)) else {
            return false;
        };
        let mut shared = broker.share_partitions();
        let Some((.., state)) = shared.find(|(g, tp, _)| *g == group && *tp == partition.tp) else {
            return false;
        };
        let mut next = partition.start;
        for (first, last, record) in state.records() {
            if record.is_pending() || !record.state.is_final() || first > next {
                break;
            }
            next = next.max(last + 1);
        }
        next >= partition.high_watermark
    }
}

fn is_calm(view: &View) -> bool {
    let up = |s: ProcessState| !matches!(s, ProcessState::Frozen);
    let serves = |s: ProcessState| {
        use ProcessState::{Crashed, Frozen, ShuttingDown, Stopped};
        !matches!(s, Crashed | Frozen | ShuttingDown | Stopped)
    };
    let consumers = || view.groups.iter().flat_map(|g| &g.consumers);
    view.brokers.iter().all(|b| serves(b.state))
        && view.controllers.iter().all(|c| serves(c.state))
        && view.links.is_empty()
        && consumers().all(|c| up(c.state))
        && consumers().all(|c| !runs(c) || c.processing_us <= 1_000)
        && view.producers.iter().all(|p| up(p.state))
        && view
            .producers
            .iter()
            .all(|p| p.rate_milli == 0 || p.state != ProcessState::Running)
}

fn runs(consumer: &ConsumerView) -> bool {
    consumer.state == ProcessState::Running
}

/// A static member without a process and without a session that could end.
fn keeps_a_ghost(group: &GroupView) -> bool {
    let idle = group.consumers.iter().filter(|c| !runs(c));
    let idle = idle.map(|c| (c.instance.is_some(), c.session_ends));
    let others = group.members.iter();
    let others = others.map(|m| (m.instance.is_some(), Some(m.session_ends)));
    let mut absent = idle.chain(others);
    absent.any(|(fixed, ends)| fixed && ends == Some(SimTime::MAX))
}

fn behind(consumer: &ConsumerView, view: &View) -> Option<String> {
    consumer.partitions.iter().find_map(|owned| {
        let topic = view.topics.iter().find(|t| t.name == owned.topic)?;
        let partition = topic.partitions.iter().find(|p| p.tp == owned.tp)?;
        let end = partition.high_watermark;
        (owned.position != end).then(|| {
            let (name, topic, number) = (&consumer.name, &owned.topic, owned.tp.partition);
            let position = owned.position;
            format!("{name} is at {position} of {end} in {topic}-{number}")
        })
    })
}
