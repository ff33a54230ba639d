//! What happened, as facts: the words of the journal.
//!
//! An [`Event`] is told by the node where it happened. The cluster gives it an instant, a number and a cause
//! ([`Entry`]): the number of the entry that led to it, back to a command of the user. The events themselves are
//! one list in `what`; the reasons and states that they carry are in `why`; `level` says how much each matters.

mod journal;
mod level;
mod what;
mod why;

pub use journal::{Entries, Journal};
pub use level::Level;
pub use what::Event;
pub use why::{
    ElectionReason, EpochReason, GroupState, LeaveReason, PositionSource, ReassignmentStage,
    ShareChange, Violation,
};

use crate::id::NodeId;
use crate::time::SimTime;

/// Number of a journal entry, from 0, without gaps.
pub type EntryId = u32;

/// One line of the journal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// When.
    pub at: SimTime,
    /// The entry that led to this one; `None` for commands and the first start.
    pub cause: Option<EntryId>,
    /// Where; `None` for commands.
    pub node: Option<NodeId>,
    /// What.
    pub event: Event,
}

/// Which way a message goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// A question.
    Request,
    /// An answer.
    Response,
}
