//! Whether a group with different subscriptions is balanced, kept up to date from move to move.
//!
//! `isBalanced` in Kafka: balanced if the loads differ by at most one, or else if no member could take a partition of a
//! subscribed topic from somebody who holds at least two more than it. Members that hold all they can are not asked.
//!
//! Looked at per topic: it is *unbalanced* if the greatest load among the owners of its partitions exceeds the smallest load
//! among its subscribers that can take more by at least two. So for each topic two small tables of loads are enough, and a
//! move touches only the topics of the two members involved.

use super::setup::Setup;
use alloc::vec;
use alloc::vec::Vec;

/// How many members have each load, ascending by load.
#[derive(Clone, Debug, Default)]
struct Loads(Vec<(u32, u32)>);

impl Loads {
    fn add(&mut self, load: u32) {
        match self.0.binary_search_by_key(&load, |it| it.0) {
            Ok(at) => self.0[at].1 += 1,
            Err(at) => self.0.insert(at, (load, 1)),
        }
    }

    fn remove(&mut self, load: u32) {
        if let Ok(at) = self.0.binary_search_by_key(&load, |it| it.0) {
            self.0[at].1 -= 1;
            if self.0[at].1 == 0 {
                self.0.remove(at);
            }
        }
    }

    fn least(&self) -> Option<u32> {
        self.0.first().map(|it| it.0)
    }

    fn greatest(&self) -> Option<u32> {
        self.0.last().map(|it| it.0)
    }
}

/// The tables; they are made when first needed.
#[derive(Debug, Default)]
pub(super) struct Balance {
    tables: Option<Tables>,
    /// The answer to `is_balanced` since the last move.
    known: Option<bool>,
}

#[derive(Debug)]
struct Tables {
    /// The loads of all members in the game.
    all: Loads,
    /// Per topic the loads of the owners of its partitions.
    owners: Vec<Loads>,
    /// Per topic the loads of the subscribers that do not yet hold all they can.
    takers: Vec<Loads>,
    /// Per member the topics it has partitions of, and how many.
    holdings: Vec<Vec<(u32, u32)>>,
    unbalanced: Vec<bool>,
    unbalanced_topics: usize,
}

impl Balance {
    pub(super) fn is_balanced(
        &mut self,
        setup: &Setup<'_>,
        size: &[u32],
        owner: &[u32],
        aside: &[bool],
    ) -> bool {
        if let Some(known) = self.known {
            return known;
        }
        let tables = self
            .tables
            .get_or_insert_with(|| Tables::new(setup, size, owner, aside));
        let answer = tables.is_balanced();
        self.known = Some(answer);
        answer
    }

    /// Notes that a partition of `topic` goes from one member to another; both come with their loads before the move.
    pub(super) fn on_move(
        &mut self,
        setup: &Setup<'_>,
        topic: u32,
        from: (u32, u32),
        to: (u32, u32),
    ) {
        self.known = None;
        if let Some(tables) = &mut self.tables {
            tables.on_move(setup, topic, from, to);
        }
    }
}

impl Tables {
    fn new(setup: &Setup<'_>, size: &[u32], owner: &[u32], aside: &[bool]) -> Self {
        let topics = setup.dense.topics.len();
        let mut tables = Self {
            all: Loads::default(),
            owners: vec![Loads::default(); topics],
            takers: vec![Loads::default(); topics],
            holdings: vec![Vec::new(); size.len()],
            unbalanced: vec![false; topics],
            unbalanced_topics: 0,
        };
        let playing = (0_u32..).zip(aside).filter(|it| !it.1).map(|it| it.0);
        playing
            .clone()
            .for_each(|it| tables.all.add(size[it as usize]));
        for (topic, named) in (0_u32..).zip(&setup.dense.topics) {
            for partition in named.first..named.first + named.partitions {
                tables.count(topic, owner[partition as usize]);
            }
        }
        for member in playing {
            tables.enter(setup, member, size[member as usize]);
        }
        (0..topics as u32).for_each(|it| tables.judge(it));
        tables
    }

    fn count(&mut self, topic: u32, owner: u32) {
        let holdings = &mut self.holdings[owner as usize];
        match holdings.last_mut() {
            Some((last, count)) if *last == topic => *count += 1,
            _ => holdings.push((topic, 1)),
        }
    }

    fn enter(&mut self, setup: &Setup<'_>, member: u32, load: u32) {
        for &(topic, _) in &self.holdings[member as usize] {
            self.owners[topic as usize].add(load);
        }
        if load != setup.most_of(member) {
            for topic in topics_of(setup, member) {
                self.takers[topic as usize].add(load);
            }
        }
    }

    fn is_balanced(&self) -> bool {
        let spread = match (self.all.least(), self.all.greatest()) {
            (Some(least), Some(greatest)) => greatest - least,
            _ => 0,
        };
        spread <= 1 || self.unbalanced_topics == 0
    }

    fn on_move(&mut self, setup: &Setup<'_>, topic: u32, from: (u32, u32), to: (u32, u32)) {
        self.change_load(setup, from.0, from.1, from.1 - 1);
        self.change_load(setup, to.0, to.1, to.1 + 1);
        self.take(topic, from.0, from.1 - 1);
        self.hand(topic, to.0, to.1 + 1);
        for (member, _) in [from, to] {
            for topic in topics_of(setup, member) {
                self.judge(topic);
            }
            for at in 0..self.holdings[member as usize].len() {
                self.judge(self.holdings[member as usize][at].0);
            }
        }
        self.judge(topic);
    }

    /// Replaces a member's load in all the tables it is in.
    fn change_load(&mut self, setup: &Setup<'_>, member: u32, old: u32, new: u32) {
        self.all.remove(old);
        self.all.add(new);
        for &(topic, _) in &self.holdings[member as usize] {
            self.owners[topic as usize].remove(old);
            self.owners[topic as usize].add(new);
        }
        let most = setup.most_of(member);
        for topic in topics_of(setup, member) {
            if old != most {
                self.takers[topic as usize].remove(old);
            }
            if new != most {
                self.takers[topic as usize].add(new);
            }
        }
    }

    fn take(&mut self, topic: u32, member: u32, load: u32) {
        let holdings = &mut self.holdings[member as usize];
        if let Ok(at) = holdings.binary_search_by_key(&topic, |it| it.0) {
            holdings[at].1 -= 1;
            if holdings[at].1 == 0 {
                holdings.remove(at);
                self.owners[topic as usize].remove(load);
            }
        }
    }

    fn hand(&mut self, topic: u32, member: u32, load: u32) {
        let holdings = &mut self.holdings[member as usize];
        match holdings.binary_search_by_key(&topic, |it| it.0) {
            Ok(at) => holdings[at].1 += 1,
            Err(at) => {
                holdings.insert(at, (topic, 1));
                self.owners[topic as usize].add(load);
            }
        }
    }

    /// Looks at one topic again.
    fn judge(&mut self, topic: u32) {
        let topic = topic as usize;
        let unbalanced = match (self.takers[topic].least(), self.owners[topic].greatest()) {
            (Some(least), Some(greatest)) => least + 1 < greatest,
            _ => false,
        };
        if unbalanced != self.unbalanced[topic] {
            self.unbalanced[topic] = unbalanced;
            if unbalanced {
                self.unbalanced_topics += 1;
            } else {
                self.unbalanced_topics -= 1;
            }
        }
    }
}

/// The topics a member subscribes to, each once.
fn topics_of<'a>(setup: &'a Setup<'_>, member: u32) -> impl Iterator<Item = u32> + 'a {
    let list = setup.dense.members[member as usize].list;
    let set = setup.subscribed[list].iter();
    (0_u32..).zip(set).filter(|it| *it.1).map(|it| it.0)
}
