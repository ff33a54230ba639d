//! The event queue: what happens next, in order of (instant, number).
//!
//! Keys are in a binary heap, payloads in a slab beside it, so that sifting moves 24 bytes. A timer that was moved or cancelled stays
//! in the heap and is skipped when it comes up.

use crate::effect::Timer;
use crate::event::EntryId;
use crate::id::NodeId;
use crate::nodes::NodeMap;
use crate::protocol::Envelope;
use crate::time::SimTime;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Something that will happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Item {
    /// A message arrives.
    Message(Flight),
    /// A node's timer fires.
    Timer(NodeId, Timer),
}

/// A message on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flight {
    /// The message.
    pub envelope: Envelope,
    /// When it left.
    pub sent: SimTime,
    /// The receiver's life it was sent to.
    pub incarnation: u32,
    /// The network loses it underway.
    pub lost: bool,
}

/// An item with its time and cause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// When.
    pub at: SimTime,
    /// The journal entry that led to it.
    pub cause: Option<EntryId>,
    /// What.
    pub item: Item,
}

/// The queue.
#[derive(Clone, Debug, Default)]
pub struct Scheduler {
    heap: BinaryHeap<Reverse<(SimTime, u64, u32)>>,
    slab: Vec<Option<Due>>,
    free: Vec<u32>,
    next_number: u64,
    /// The slots of each node's armed timers, by timer; a node has a handful.
    timers: NodeMap<Vec<(Timer, u32)>>,
}

impl Scheduler {
    fn push(&mut self, due: Due) -> u32 {
        let key = (due.at, self.next_number);
        self.next_number += 1;
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slab[slot as usize] = Some(due);
                slot
            }
            None => {
                self.slab.push(Some(due));
                self.slab.len() as u32 - 1
            }
        };
        self.heap.push(Reverse((key.0, key.1, slot)));
        slot
    }

    /// Schedules a message's arrival.
    pub fn deliver(&mut self, at: SimTime, cause: Option<EntryId>, flight: Flight) {
        self.push(Due {
            at,
            cause,
            item: Item::Message(flight),
        });
    }

    /// Arms a timer, moving it if it was armed.
    pub fn arm(&mut self, at: SimTime, cause: Option<EntryId>, node: NodeId, timer: Timer) {
        let slot = self.push(Due {
            at,
            cause,
            item: Item::Timer(node, timer),
        });
        let armed = self.timers.get_or_default(node);
        match armed.binary_search_by_key(&timer, |(t, _)| *t) {
            Ok(place) => {
                let old = core::mem::replace(&mut armed[place].1, slot);
                self.cancel(old);
            }
            Err(place) => armed.insert(place, (timer, slot)),
        }
    }

    /// Disarms a timer.
    pub fn disarm(&mut self, node: NodeId, timer: Timer) {
        if let Some(old) = self.forget(node, timer) {
            self.cancel(old);
        }
    }

    fn forget(&mut self, node: NodeId, timer: Timer) -> Option<u32> {
        let armed = self.timers.get_mut(&node)?;
        let place = armed.binary_search_by_key(&timer, |(t, _)| *t).ok()?;
        Some(armed.remove(place).1)
    }

    /// Disarms every timer of a node that is gone.
    pub fn disarm_all(&mut self, node: NodeId) {
        for (_, slot) in self.timers.remove(&node).unwrap_or_default() {
            self.cancel(slot);
        }
    }

    /// The payload goes; the slot is freed when its key comes up.
    fn cancel(&mut self, slot: u32) {
        self.slab[slot as usize] = None;
    }

    /// When the next item is due.
    pub fn next_at(&mut self) -> Option<SimTime> {
        while let Some(Reverse((at, _, slot))) = self.heap.peek() {
            if self.slab[*slot as usize].is_some() {
                return Some(*at);
            }
            self.free.push(*slot);
            self.heap.pop();
        }
        None
    }

    /// Takes the next item.
    pub fn pop(&mut self) -> Option<Due> {
        self.next_at()?;
        let Reverse((_, _, slot)) = self.heap.pop()?;
        let due = self.slab[slot as usize].take()?;
        self.free.push(slot);
        if let Item::Timer(node, timer) = due.item {
            self.forget(node, timer);
        }
        Some(due)
    }

    /// Everything that is due some time, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Due> {
        self.slab.iter().flatten()
    }
}
