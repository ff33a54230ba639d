//! What components draw from. A part that did not change keeps its pointer from one snapshot to the next.

use super::{Bookmark, BranchView, CommandError, Goals, Mark};
use rebalance_core::id::Name;
use rebalance_core::time::SimTime;
use rebalance_core::view::{BrokerView, GroupView, ProducerView, View};
use std::rc::Rc;

/// With more copies than this a broker shows them as small cells, without their records.
pub const ROWS: usize = 12;
/// With more copies of partitions and consumers than this, a page cannot draw all of them ten times a second.
const LARGE: usize = 240;

/// A line of the terminal.
#[derive(Clone, PartialEq, Debug)]
pub enum Echo {
    /// A command, and why it was refused if it was.
    Command {
        /// When in the simulation.
        at: SimTime,
        /// Its text.
        line: Rc<str>,
        /// It came from a click rather than from the keyboard.
        click: bool,
        /// Why it was refused.
        refused: Option<CommandError>,
    },
    /// What `help` and the like printed.
    Output(Rc<str>),
    /// What one of Kafka's tools printed: columns that must not be broken.
    Tool(Rc<str>),
    /// A remark of the simulation about a tool's line.
    Hint(Rc<str>),
    /// A complaint about a typed line.
    Complaint(Rc<str>),
}

/// Everything that components draw from, at one instant.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Goes up with every publication.
    pub version: u64,
    /// The cluster, without its brokers, producers and groups, which follow.
    pub view: Rc<View>,
    /// Its brokers; unchanged ones keep their pointer.
    pub brokers: Rc<Vec<Rc<BrokerView>>>,
    /// Its producers.
    pub producers: Rc<Vec<Rc<ProducerView>>>,
    /// Its groups.
    pub groups: Rc<Vec<Rc<GroupView>>>,
    /// End of this branch; later than `view.now` after going back.
    pub end: SimTime,
    /// Marks of the whole branch, also after now.
    pub marks: Rc<Vec<Mark>>,
    /// Keys that producers use, in order of appearance: the first eight have colours of their own.
    pub keys: Rc<Vec<Name>>,
    /// Every future there is.
    pub branches: Rc<Vec<BranchView>>,
    /// Named moments of this future.
    pub bookmarks: Rc<Vec<Bookmark>>,
    /// An undo can be taken back.
    pub can_redo: bool,
    /// Time passes.
    pub playing: bool,
    /// Thousandths of real time.
    pub speed: u32,
    /// The machine cannot keep the speed.
    pub behind: bool,
    /// The terminal's lines.
    pub echo: Rc<Vec<Echo>>,
    /// The last refused command, until the next one.
    pub refused: Option<CommandError>,
    /// The lesson whose cluster this is.
    pub lesson: Option<Rc<str>>,
    /// Goals of the lesson's step.
    pub goals: Rc<Goals>,
    /// Commands of the lesson that the learner gave.
    pub own: usize,
    /// The last command that the lesson did not let through, until the next one.
    pub held_back: Option<Rc<str>>,
}

impl Snapshot {
    /// Copies of partitions, and consumers: what most of the drawing goes by.
    pub fn parts(&self) -> usize {
        let copies: usize = self.brokers.iter().map(|b| b.replicas.len()).sum();
        let consumers: usize = self.groups.iter().map(|g| g.consumers.len()).sum();
        copies + consumers
    }

    /// There is more than can be drawn all the time.
    pub fn is_large(&self) -> bool {
        self.parts() > LARGE
    }
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

/// Keeps the pointers of elements that are equal to their predecessors.
pub(super) fn keep<T: PartialEq>(new: Vec<T>, old: &[Rc<T>]) -> Vec<Rc<T>> {
    let one = |(i, n): (usize, T)| match old.get(i) {
        Some(o) if **o == n => o.clone(),
        _ => Rc::new(n),
    };
    new.into_iter().enumerate().map(one).collect()
}

/// The old pointer if nothing changed.
pub(super) fn same<T: PartialEq>(new: T, old: &Rc<T>) -> Rc<T> {
    if **old == new {
        old.clone()
    } else {
        Rc::new(new)
    }
}

/// Without repetitions, in order of appearance.
pub(super) fn distinct(names: Vec<Name>) -> Vec<Name> {
    let mut out: Vec<Name> = Vec::new();
    for name in names {
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}
