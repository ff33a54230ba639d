//! Marks on the timeline, and what each stands for.

use super::Session;
use rebalance_core::event::{EntryId, Event};
use rebalance_core::time::SimTime;

/// What a mark on the timeline stands for, the gravest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MarkKind {
    /// Anything else.
    Other,
    /// A rebalance.
    Group,
    /// A new leader or controller.
    Election,
    /// A request that failed for good, a log cut off.
    Error,
    /// A process died, froze or was fenced.
    Crash,
    /// A guarantee is broken.
    Broken,
}

/// A mark on the timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// When.
    pub at: SimTime,
    /// Its journal entry.
    pub id: EntryId,
    /// What it stands for.
    pub kind: MarkKind,
}

impl MarkKind {
    fn of(event: &Event) -> Self {
        match event {
            Event::Violated(_) | Event::ExpectFailed { .. } => Self::Broken,
            Event::NodeCrashed
            | Event::NodeFrozen
            | Event::NodeStopped
            | Event::BrokerFenced { .. } => Self::Crash,
            Event::ControllerElected { .. } | Event::LeaderElected { .. } => Self::Election,
            Event::SendFailed { .. } | Event::Truncated { .. } | Event::Lost { .. } => Self::Error,
            Event::GroupAssigned { .. }
            | Event::TargetAssigned { .. }
            | Event::GroupConverted { .. }
            | Event::GroupTransition { .. }
            | Event::MemberLeft { .. } => Self::Group,
            _ => Self::Other,
        }
    }
}

/// Marks with their kinds. The journal ends at now; a mark after it keeps the kind it had when it was seen.
pub(super) fn read_marks(session: &Session, old: &[Mark]) -> Vec<Mark> {
    let entries = session.entries();
    let kind = |at: usize, id: EntryId| match (entries.get(id as usize), old.get(at)) {
        (Some(entry), _) => MarkKind::of(&entry.event),
        (None, Some(seen)) if seen.id == id => seen.kind,
        _ => MarkKind::Other,
    };
    let marks = session.marks().iter().enumerate();
    marks
        .map(|(i, (at, id))| Mark {
            at: *at,
            id: *id,
            kind: kind(i, *id),
        })
        .collect()
}
