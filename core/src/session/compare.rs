//! Two futures at the same instant: what differs, and nothing else.
//!
//! Each view is read as a list of facts (what, of whom, value); the two lists are then laid side by side. Messages underway,
//! batches being filled and positions inside a poll are left out: they differ from one millisecond to the next.

use crate::event::GroupState;
use crate::id::{BrokerId, Offset};
use crate::view::{Fate, GroupView, LedgerView, ProcessState, TopicView, View};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What is compared, in the order in which differences are listed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// A guarantee: how often it was broken.
    Broken,
    /// A group: records that no application will ever finish.
    Lost,
    /// A group: records that applications finished twice or more.
    Twice,
    /// A group: records that applications finished once.
    Once,
    /// The active controller.
    Controller,
    /// A broker: what it does.
    Broker,
    /// A partition: who leads.
    Leader,
    /// A partition: its leader epoch.
    LeaderEpoch,
    /// A partition: who is in sync.
    Isr,
    /// A partition: its high watermark.
    HighWatermark,
    /// A partition: its log end.
    LogEnd,
    /// A group: its state.
    Group,
    /// A group: its generation or epoch.
    Generation,
    /// A consumer: what it does.
    Consumer,
    /// A consumer: its partitions.
    Owns,
    /// A partition in a group: its committed offset.
    Committed,
    /// A group: its lag.
    Lag,
    /// A producer: what it does.
    Producer,
    /// A producer: records acknowledged.
    Acked,
    /// A producer: records given up.
    Failed,
}

/// A value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// It is not there at all.
    Absent,
    /// A number.
    Number(i64),
    /// Nodes by id; none is an empty list.
    Nodes(Vec<BrokerId>),
    /// Names.
    Text(String),
    /// What a process does.
    Process(ProcessState),
    /// A group's state; `None`: no coordinator knows it.
    Group(Option<GroupState>),
}

/// One thing that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// What.
    pub what: What,
    /// Of whom: `2`, `orders-0`, `billing`, `c1 · billing`, `orders-0 · billing`.
    pub of: String,
    /// In the first view.
    pub a: Cell,
    /// In the second.
    pub b: Cell,
}

type Fact = (What, String, Cell);

/// What differs between two views, in the order of [`What`], and how many facts are the same.
pub fn differences(a: &View, b: &View) -> (Vec<Difference>, usize) {
    let mut right: Vec<Option<Fact>> = facts(b).into_iter().map(Some).collect();
    let mut found = Vec::new();
    let (mut same, mut first) = (0, 0);
    for (what, of, a) in facts(a) {
        // The lists are nearly alike: what is looked for is nearly always the first that is left.
        while right.get(first).is_some_and(Option::is_none) {
            first += 1;
        }
        let rest = right.iter_mut().skip(first);
        let wanted = |f: &&mut Option<Fact>| matches!(f, Some(f) if f.0 == what && f.1 == of);
        let b = rest
            .into_iter()
            .find(wanted)
            .and_then(Option::take)
            .map_or(Cell::Absent, |f| f.2);
        if a == b {
            same += 1;
        } else {
            found.push(Difference { what, of, a, b });
        }
    }
    found.extend(right.into_iter().flatten().map(|(what, of, b)| Difference {
        what,
        of,
        a: Cell::Absent,
        b,
    }));
    crate::sorted::sort_by_key(&mut found, |d| d.what);
    (found, same)
}

fn facts(view: &View) -> Vec<Fact> {
    let mut out = Vec::new();
    for (name, times) in &view.guarantees {
        out.push((
            What::Broken,
            (*name).into(),
            Cell::Number(i64::from(*times)),
        ));
    }
    let active = view.controllers.iter().filter(|c| c.active).map(|c| c.id);
    out.push((
        What::Controller,
        String::new(),
        Cell::Nodes(active.collect()),
    ));
    for broker in &view.brokers {
        out.push((
            What::Broker,
            format!("{}", broker.id),
            Cell::Process(broker.state),
        ));
    }
    for topic in view.topics.iter().filter(|t| !t.internal) {
        partitions(topic, &mut out);
    }
    for group in &view.groups {
        self::group(group, view, &mut out);
    }
    for p in &view.producers {
        let name = || String::from(&*p.name);
        out.push((What::Producer, name(), Cell::Process(p.state)));
        out.push((What::Acked, name(), Cell::Number(p.acked as i64)));
        out.push((What::Failed, name(), Cell::Number(p.failed as i64)));
    }
    out
}

fn partitions(topic: &TopicView, out: &mut Vec<Fact>) {
    for p in &topic.partitions {
        let mut fact =
            |what, cell| out.push((what, format!("{}-{}", topic.name, p.tp.partition), cell));
        fact(What::Leader, Cell::Nodes(p.leader.into_iter().collect()));
        fact(What::LeaderEpoch, Cell::Number(i64::from(p.leader_epoch)));
        // The order of an ISR means nothing.
        let mut isr = p.isr.clone();
        isr.sort_unstable();
        fact(What::Isr, Cell::Nodes(isr));
        fact(What::HighWatermark, offset(p.high_watermark));
        fact(What::LogEnd, offset(p.log_end));
    }
}

fn offset(offset: Offset) -> Cell {
    if offset < 0 {
        Cell::Absent
    } else {
        Cell::Number(offset)
    }
}

fn group(group: &GroupView, view: &View, out: &mut Vec<Fact>) {
    let mut fact = |what, of: Option<String>, cell| {
        let name = &group.name;
        let of = of.map_or_else(|| String::from(&**name), |of| format!("{of} · {name}"));
        out.push((what, of, cell));
    };
    fact(What::Group, None, Cell::Group(group.state));
    fact(
        What::Generation,
        None,
        Cell::Number(i64::from(group.generation)),
    );
    fact(What::Lag, None, Cell::Number(group.lag));
    for c in &group.consumers {
        fact(
            What::Consumer,
            Some((*c.name).into()),
            Cell::Process(c.state),
        );
        let mut owned = String::new();
        for p in &c.partitions {
            let comma = if owned.is_empty() { "" } else { ", " };
            owned.push_str(&format!("{comma}{}-{}", p.topic, p.tp.partition));
        }
        fact(What::Owns, Some((*c.name).into()), Cell::Text(owned));
    }
    for (tp, at) in &group.committed {
        if let Some(topic) = view
            .topics
            .iter()
            .find(|t| t.partitions.iter().any(|p| p.tp == *tp))
        {
            fact(
                What::Committed,
                Some(format!("{}-{}", topic.name, tp.partition)),
                offset(*at),
            );
        }
    }
    let count = |fate| {
        let own = view
            .ledgers
            .iter()
            .filter(|l: &&LedgerView| l.group == group.name);
        Cell::Number(own.map(|l| l.count(fate)).sum::<u64>() as i64)
    };
    for (what, fate) in [
        (What::Lost, Fate::Never),
        (What::Twice, Fate::Again),
        (What::Once, Fate::Once),
    ] {
        fact(what, None, count(fate));
    }
}
