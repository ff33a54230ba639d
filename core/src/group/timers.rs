//! A group's timers: few kinds, one deadline for each key, in one order.
//!
//! Timers fire by deadline; equal deadlines fire in the order in which they were set. Setting a timer again moves it.
//! Heartbeats do that all the time, so a later deadline only changes a field; the queue keeps the old place as a lower
//! bound and the timer is put in its true place when that bound is reached. The order of firing is the same.

use crate::time::SimTime;
use alloc::collections::{BTreeMap, BTreeSet};

/// Deadline, then the order of setting.
type Place = (SimTime, u64);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Slot {
    /// Where the timer belongs.
    due: Place,
    /// Where it lies in the queue: at `due` or before.
    queued: Place,
}

/// Timers by key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimerQueue<K> {
    slots: BTreeMap<K, Slot>,
    queue: BTreeSet<(Place, K)>,
    set: u64,
}

impl<K: Ord + Clone> Default for TimerQueue<K> {
    fn default() -> Self {
        Self {
            slots: BTreeMap::new(),
            queue: BTreeSet::new(),
            set: 0,
        }
    }
}

impl<K: Ord + Clone> TimerQueue<K> {
    /// Sets (or moves) a timer.
    pub fn set(&mut self, key: K, deadline: SimTime) {
        self.set += 1;
        let due = (deadline, self.set);
        if let Some(slot) = self.slots.get_mut(&key) {
            slot.due = due;
            if slot.queued <= due {
                return;
            }
            let old = core::mem::replace(&mut slot.queued, due);
            self.queue.remove(&(old, key.clone()));
        } else {
            self.slots.insert(key.clone(), Slot { due, queued: due });
        }
        self.queue.insert((due, key));
    }

    /// Takes a timer back; nothing happens if it is not set.
    pub fn cancel(&mut self, key: &K) {
        if let Some(slot) = self.slots.remove(key) {
            self.queue.remove(&(slot.queued, key.clone()));
        }
    }

    /// When a timer will fire.
    pub fn deadline(&self, key: &K) -> Option<SimTime> {
        self.slots.get(key).map(|slot| slot.due.0)
    }

    /// No timer fires before this instant; `None` when none is set.
    pub fn wake_at(&self) -> Option<SimTime> {
        self.queue.first().map(|(place, _)| place.0)
    }

    /// The next timer whose deadline has come; it is no longer set.
    pub fn pop(&mut self, now: SimTime) -> Option<K> {
        while self.wake_at().is_some_and(|at| at <= now) {
            let (place, key) = self.queue.pop_first()?;
            let slot = self.slots.get_mut(&key)?;
            if slot.due == place {
                self.slots.remove(&key);
                return Some(key);
            }
            slot.queued = slot.due;
            let due = slot.due;
            self.queue.insert((due, key));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_timers_fire_in_the_order_of_their_last_setting() {
        let mut timers = TimerQueue::default();
        for key in ["a", "b", "c"] {
            timers.set(key, SimTime(10));
        }
        timers.set("a", SimTime(20));
        timers.set("b", SimTime(20));
        timers.set("c", SimTime(15));
        timers.set("d", SimTime(30));
        timers.set("d", SimTime(20));
        timers.set("a", SimTime(20));
        assert_eq!(timers.wake_at(), Some(SimTime(10)));
        assert_eq!(timers.pop(SimTime(10)), None);
        assert_eq!(timers.wake_at(), Some(SimTime(15)));
        let fired = [(); 5].map(|()| timers.pop(SimTime(20)));
        assert_eq!(fired, [Some("c"), Some("b"), Some("d"), Some("a"), None]);
        assert_eq!(timers.wake_at(), None);
    }

    #[test]
    fn a_cancelled_timer_does_not_fire() {
        let mut timers = TimerQueue::default();
        timers.set(1, SimTime(5));
        timers.set(1, SimTime(9));
        assert_eq!(timers.deadline(&1), Some(SimTime(9)));
        timers.cancel(&1);
        assert_eq!(timers.pop(SimTime(100)), None);
    }
}
