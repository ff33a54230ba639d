//! A group's timers: one deadline for each key.
//!
//! Timers fire by deadline. Equal deadlines are common (all members get their sessions renewed at the same instant), and
//! the order in which they fire decides who leads afterwards. Kafka's coordinator timer, as its own tests drive it, is a
//! `java.util.PriorityQueue`: a binary heap whose order among equals follows from every insertion and removal before. This
//! is the same heap, step by step; setting a timer again takes it out and puts it in.
//!
//! Each key has a slot that knows its place in the heap, so that moving a timer costs the height of the heap.

use crate::sorted::Map;
use crate::time::SimTime;
use alloc::vec::Vec;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Slot<K> {
    deadline: SimTime,
    /// Index in the heap.
    place: usize,
    /// `None`: the slot is free.
    key: Option<K>,
}

/// Timers by key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimerQueue<K> {
    by_key: Map<K, usize>,
    slots: Vec<Slot<K>>,
    free: Vec<usize>,
    /// Slots; no parent is later than its children.
    heap: Vec<usize>,
}

impl<K: Ord + Clone> Default for TimerQueue<K> {
    fn default() -> Self {
        Self {
            by_key: Map::new(),
            slots: Vec::new(),
            free: Vec::new(),
            heap: Vec::new(),
        }
    }
}

impl<K: Ord + Clone> TimerQueue<K> {
    /// Sets (or moves) a timer.
    pub fn set(&mut self, key: K, deadline: SimTime) {
        let slot = match self.by_key.get(&key) {
            Some(slot) => {
                let slot = *slot;
                self.take_out(self.slots[slot].place);
                slot
            }
            None => self.occupy(key),
        };
        self.slots[slot].deadline = deadline;
        self.heap.push(slot);
        self.sift_up(self.heap.len() - 1, slot);
    }

    /// Takes a timer back; nothing happens if it is not set.
    pub fn cancel(&mut self, key: &K) {
        if let Some(slot) = self.by_key.get(key) {
            let place = self.slots[*slot].place;
            self.take_out(place);
            self.vacate(key);
        }
    }

    /// When a timer will fire.
    pub fn deadline(&self, key: &K) -> Option<SimTime> {
        let slot = self.by_key.get(key)?;
        Some(self.slots[*slot].deadline)
    }

    /// When the next timer fires; `None` when none is set.
    pub fn wake_at(&self) -> Option<SimTime> {
        let first = self.heap.first()?;
        Some(self.slots[*first].deadline)
    }

    /// The next timer whose deadline has come; it is no longer set.
    pub fn pop(&mut self, now: SimTime) -> Option<K> {
        let first = *self.heap.first()?;
        if self.slots[first].deadline > now {
            return None;
        }
        let key = self.slots[first].key.clone()?;
        self.take_out(0);
        self.vacate(&key);
        Some(key)
    }

    fn occupy(&mut self, key: K) -> usize {
        let content = Slot {
            deadline: SimTime::ZERO,
            place: 0,
            key: Some(key.clone()),
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot] = content;
                slot
            }
            None => {
                self.slots.push(content);
                self.slots.len() - 1
            }
        };
        self.by_key.insert(key, slot);
        slot
    }

    fn vacate(&mut self, key: &K) {
        if let Some(slot) = self.by_key.remove(key) {
            self.slots[slot].key = None;
            self.free.push(slot);
        }
    }

    /// `PriorityQueue.removeAt`: the last one takes the place and sinks, or else rises.
    fn take_out(&mut self, place: usize) {
        let Some(moved) = self.heap.pop() else {
            return;
        };
        if place == self.heap.len() {
            return;
        }
        self.sift_down(place, moved);
        if self.heap[place] == moved {
            self.sift_up(place, moved);
        }
    }

    fn put(&mut self, place: usize, slot: usize) {
        self.heap[place] = slot;
        self.slots[slot].place = place;
    }

    fn is_later(&self, a: usize, b: usize) -> bool {
        self.slots[a].deadline > self.slots[b].deadline
    }

    fn sift_up(&mut self, mut place: usize, slot: usize) {
        while place > 0 {
            let parent = (place - 1) / 2;
            let above = self.heap[parent];
            if !self.is_later(above, slot) {
                break;
            }
            self.put(place, above);
            place = parent;
        }
        self.put(place, slot);
    }

    fn sift_down(&mut self, mut place: usize, slot: usize) {
        let len = self.heap.len();
        while place < len / 2 {
            let mut child = 2 * place + 1;
            if child + 1 < len && self.is_later(self.heap[child], self.heap[child + 1]) {
                child += 1;
            }
            let below = self.heap[child];
            if !self.is_later(slot, below) {
                break;
            }
            self.put(place, below);
            place = child;
        }
        self.put(place, slot);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_deadlines_fire_in_heap_order() {
        let mut timers = TimerQueue::default();
        for key in ["a", "b", "c", "d"] {
            timers.set(key, SimTime(10));
        }
        assert_eq!(timers.wake_at(), Some(SimTime(10)));
        // Java: the last one is moved to the top each time.
        let fired = [(); 5].map(|()| timers.pop(SimTime(10)));
        assert_eq!(fired, [Some("a"), Some("d"), Some("c"), Some("b"), None]);
    }

    #[test]
    fn a_cancelled_timer_does_not_fire() {
        let mut timers = TimerQueue::default();
        timers.set(1, SimTime(5));
        timers.set(1, SimTime(9));
        assert_eq!(timers.deadline(&1), Some(SimTime(9)));
        timers.cancel(&1);
        assert_eq!(timers.pop(SimTime(100)), None);
        assert_eq!(timers.deadline(&1), None);
    }

    proptest! {
        /// Whatever is set, moved and cancelled: what is left fires once, by deadline.
        #[test]
        fn fires_by_deadline(steps in prop::collection::vec((0u8..12, 0u64..20, any::<bool>()), 0..80)) {
            let mut timers = TimerQueue::default();
            let mut model = Map::new();
            for (key, at, keep) in steps {
                if keep {
                    timers.set(key, SimTime(at));
                    model.insert(key, at);
                } else {
                    timers.cancel(&key);
                    model.remove(&key);
                }
                prop_assert_eq!(timers.wake_at(), model.values().min().map(|at| SimTime(*at)));
            }
            for now in 0..20 {
                while let Some(key) = timers.pop(SimTime(now)) {
                    prop_assert_eq!(model.remove(&key), Some(now));
                }
            }
            prop_assert!(model.is_empty());
        }
    }
}
