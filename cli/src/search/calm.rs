//! What must come true once faults stop (liveness).
//!
//! A story ends by giving everything back: servers run, links are whole, nobody is frozen, applications are quick, nobody sends. After
//! [`CALM`] of that
//! - every partition has a leader, all its replicas are in the ISR, and everything written is committed;
//! - every group with consumers is Stable, each consumer is in its generation, and together they own every partition of what
//!   they subscribe to, each once; a group without consumers is Empty or unknown;
//! - every consumer has read to the end of what it owns.
//!
//! Whether a script ends so is read off the cluster, not the script, so that a shrunk script is judged by the same rule.

use super::judge::Broken;
use rebalance_core::cluster::Cluster;
use rebalance_core::event::GroupState;
use rebalance_core::id::{Name, TopicPartition};
use rebalance_core::time::Duration;
use rebalance_core::view::{ConsumerView, GroupView, ProcessState, SharePartitionView, View};
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

/// Looks at a cluster whose last command was so long ago; `None` if all is well, or if it is not calm.
pub fn unsettled(cluster: &Cluster, quiet: Duration) -> Option<Broken> {
    if quiet < CALM {
        return None;
    }
    let view = cluster.view();
    if !is_calm(&view) {
        return None;
    }
    let found = view.topics.iter().find_map(broken_topic);
    let found = found.map(|evidence| (REPLICAS_RETURN, evidence));
    let stuck = || {
        let stuck = view.groups.iter().find_map(|g| unstable(g, &view));
        stuck.map(|evidence| (GROUPS_SETTLE, evidence))
    };
    let late = || {
        let owning = view.groups.iter().filter(|g| g.share.is_none());
        let mut consumers = owning.flat_map(|g| &g.consumers).filter(|c| runs(c));
        let late = consumers.find_map(|c| behind(c, &view));
        let late = late.or_else(|| view.groups.iter().find_map(unfinished));
        late.map(|evidence| (CONSUMERS_ARRIVE, evidence))
    };
    let (invariant, evidence) = found.or_else(stuck).or_else(late)?;
    Some(Broken {
        invariant,
        at: view.now,
        evidence,
    })
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

fn broken_topic(topic: &rebalance_core::view::TopicView) -> Option<String> {
    topic.partitions.iter().find_map(|p| {
        let (name, number) = (&topic.name, p.tp.partition);
        if p.leader.is_none() {
            return Some(format!("{name}-{number} has no leader"));
        }
        let missing = p.replicas.iter().find(|r| !p.isr.contains(r));
        if let Some(broker) = missing {
            return Some(format!("{name}-{number}: {broker} is not in the ISR"));
        }
        // Somebody always commits.
        (!topic.internal && p.high_watermark != p.log_end).then(|| {
            let (at, end) = (p.high_watermark, p.log_end);
            format!("{name}-{number}: high watermark {at}, log end {end}")
        })
    })
}

fn unstable(group: &GroupView, view: &View) -> Option<String> {
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
    ownership(name, &members, view, group.share.is_some())
}

/// Every partition of what they subscribe to has one owner.
fn ownership(name: &Name, members: &[&ConsumerView], view: &View, shared: bool) -> Option<String> {
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
    let subscribed: BTreeSet<&Name> = members.iter().flat_map(|c| &c.topics).collect();
    let topics = view.topics.iter().filter(|t| subscribed.contains(&t.name));
    let mut partitions = topics.flat_map(|t| t.partitions.iter().map(move |p| (&t.name, p.tp)));
    let free = partitions.find(|(_, tp)| !owners.contains_key(tp));
    free.map(|(topic, tp)| format!("{name}: {topic}-{} belongs to nobody", tp.partition))
}

/// With members at work, everything in a share group is done with in the end.
fn unfinished(group: &GroupView) -> Option<String> {
    group.consumers.iter().find(|c| runs(c))?;
    let open = |p: &&SharePartitionView| p.start != p.high_watermark;
    let found = group.share.iter().flatten().find(open)?;
    let (topic, number) = (&found.topic, found.tp.partition);
    let (start, end, name) = (found.start, found.high_watermark, &group.name);
    Some(format!(
        "{name}: {topic}-{number} is done with up to {start} of {end}"
    ))
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
