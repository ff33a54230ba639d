//! Records between the share-partition's start and end offset, each in one state (`InFlightBatch`, `InFlightState`).
//!
//! Records that were acquired together share one state until something happens to a part of them; then each has its own. A change
//! that waits to be stored can still be taken back; until it is stored nobody may acquire the record.

use crate::id::{Name, Offset};
use crate::protocol::{RecordState, StateBatch};
use crate::time::SimTime;
use alloc::vec::Vec;

/// The state of one record, or of several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InFlight {
    /// Where it stands.
    pub state: RecordState,
    /// How often it was delivered.
    pub delivery_count: i16,
    /// Who has acquired it.
    pub member: Option<Name>,
    /// When the acquisition ends by itself.
    pub lock_until: Option<SimTime>,
    pending: Option<Pending>,
}

/// A change that is not stored yet, and what was before it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Pending {
    write: u64,
    state: RecordState,
    delivery_count: i16,
    member: Option<Name>,
}

impl InFlight {
    pub(super) fn new(state: RecordState, delivery_count: i16) -> Self {
        Self {
            state,
            delivery_count,
            member: None,
            lock_until: None,
            pending: None,
        }
    }

    /// A change of it waits to be stored.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// May be acquired now.
    pub fn is_available(&self) -> bool {
        self.state == RecordState::Available && !self.is_pending()
    }

    /// Done with, and that is stored.
    pub(super) fn is_done(&self) -> bool {
        self.state.is_final() && !self.is_pending()
    }

    /// Delivers it to a member, once more.
    pub(super) fn acquire(&mut self, member: &Name, until: SimTime) {
        self.state = RecordState::Acquired;
        self.delivery_count += 1;
        self.member = Some(member.clone());
        self.lock_until = Some(until);
    }

    /// Ends an acquisition. What is made available after its last delivery is archived instead.
    pub(super) fn end(&mut self, to: RecordState, limit: i16) -> bool {
        if self.state != RecordState::Acquired || to == RecordState::Acquired {
            return false;
        }
        let spent = to == RecordState::Available && self.delivery_count >= limit;
        self.state = if spent { RecordState::Archived } else { to };
        self.member = None;
        true
    }

    /// As [`Self::end`], but it can be taken back until this write is stored.
    pub(super) fn begin_end(&mut self, to: RecordState, limit: i16, write: u64) -> bool {
        let before = Pending {
            write,
            state: self.state,
            delivery_count: self.delivery_count,
            member: self.member.clone(),
        };
        if self.is_pending() || !self.end(to, limit) {
            return false;
        }
        self.pending = Some(before);
        true
    }

    pub(super) fn archive(&mut self) {
        self.state = RecordState::Archived;
        self.member = None;
    }

    /// The fate of a write: what it changed stands, or is taken back.
    fn settle(&mut self, write: u64, stored: bool) {
        let Some(before) = self.pending.take_if(|p| p.write == write) else {
            return;
        };
        if stored {
            self.lock_until = None;
        } else {
            self.state = before.state;
            self.delivery_count = before.delivery_count;
            self.member = before.member;
        }
    }
}

/// Consecutive records that were acquired together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InFlightBatch {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// One state for all, or one for each.
    states: Vec<InFlight>,
}

impl InFlightBatch {
    pub(super) fn new(first: Offset, last: Offset, state: InFlight) -> Self {
        Self {
            first,
            last,
            states: alloc::vec![state],
        }
    }

    /// The state all its records share, if they do.
    pub(super) fn whole(&mut self) -> Option<&mut InFlight> {
        let shared = self.states.len() == 1;
        self.states.first_mut().filter(|_| shared)
    }

    /// Gives each record a state of its own.
    pub(super) fn split(&mut self) {
        if let [state] = &self.states[..] {
            let count = (self.last - self.first + 1) as usize;
            self.states = alloc::vec![state.clone(); count];
        }
    }

    /// All states with the offsets they stand for.
    pub fn iter(&self) -> impl Iterator<Item = (Offset, Offset, &InFlight)> {
        let (first, last, shared) = (self.first, self.last, self.states.len() == 1);
        self.states.iter().enumerate().map(move |(i, state)| {
            let at = first + i as Offset;
            (at, if shared { last } else { at }, state)
        })
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (Offset, Offset, &mut InFlight)> {
        let (first, last, shared) = (self.first, self.last, self.states.len() == 1);
        self.states.iter_mut().enumerate().map(move |(i, state)| {
            let at = first + i as Offset;
            (at, if shared { last } else { at }, state)
        })
    }

    /// Lies within these offsets.
    pub(super) fn is_within(&self, first: Offset, last: Offset) -> bool {
        self.first >= first && self.last <= last
    }

    /// The offset lies inside, not at the beginning.
    pub(super) fn is_cut_by(&self, offset: Offset) -> bool {
        self.first < offset && self.last >= offset
    }

    pub(super) fn settle(&mut self, write: u64, stored: bool) {
        self.states.iter_mut().for_each(|s| s.settle(write, stored));
    }
}

/// Adds to a list of states to be stored; equal neighbours become one.
pub(super) fn note(batches: &mut Vec<StateBatch>, first: Offset, last: Offset, of: &InFlight) {
    let (state, delivery_count) = (of.state, of.delivery_count);
    match batches.last_mut() {
        Some(b) if (b.last + 1, b.state, b.delivery_count) == (first, state, delivery_count) => {
            b.last = last;
        }
        _ => batches.push(StateBatch {
            first,
            last,
            state,
            delivery_count,
        }),
    }
}
