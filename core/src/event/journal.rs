//! The journal as it is stored: entries in blocks, so that it grows without moving what is there.
//!
//! A vector that doubles copies everything it has; of a long history that is several milliseconds at once, in the middle
//! of a frame. Here only the last block grows. Futures share the full blocks of the past that they have in common.
//! [`Entries`] is what others read: the journal or a stretch of it.

use super::Entry;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Index;

/// Entries in a block.
const BLOCK: usize = 1024;

/// Every entry of one future.
#[derive(Debug, Default)]
pub struct Journal {
    /// All but the last are full, and only full ones are shared.
    blocks: Vec<Arc<Vec<Entry>>>,
}

impl Journal {
    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Entry) {
        let last = self.blocks.last_mut().filter(|last| last.len() < BLOCK);
        match last.and_then(Arc::get_mut) {
            Some(last) => last.push(entry),
            None => self.blocks.push(Arc::new(alloc::vec![entry])),
        }
    }

    /// Everything.
    pub fn all(&self) -> Entries<'_> {
        let full = self.blocks.len().saturating_sub(1);
        let last = self.blocks.last().map_or(0, |last| last.len());
        Entries {
            blocks: &self.blocks,
            from: 0,
            to: full * BLOCK + last,
        }
    }

    /// Another journal of the first entries; full blocks are shared.
    #[must_use]
    pub fn prefix(&self, count: usize) -> Self {
        let mut blocks = self.blocks.clone();
        blocks.truncate(count.div_ceil(BLOCK));
        if let Some(last) = blocks.last_mut() {
            let kept = count.min(self.all().len()) % BLOCK;
            if kept > 0 {
                *last = Arc::new(last[..kept].to_vec());
            }
        }
        Self { blocks }
    }
}

impl FromIterator<Entry> for Journal {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut journal = Self::default();
        entries.into_iter().for_each(|entry| journal.push(entry));
        journal
    }
}

/// A stretch of a journal, counted from 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entries<'a> {
    blocks: &'a [Arc<Vec<Entry>>],
    from: usize,
    to: usize,
}

impl<'a> Entries<'a> {
    /// How many there are.
    pub const fn len(self) -> usize {
        self.to - self.from
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.from == self.to
    }

    fn stored(self, at: usize) -> &'a Entry {
        &self.blocks[at / BLOCK][at % BLOCK]
    }

    /// The entry at a place.
    pub fn get(self, at: usize) -> Option<&'a Entry> {
        (at < self.len()).then(|| self.stored(self.from + at))
    }

    /// The last one.
    pub fn last(self) -> Option<&'a Entry> {
        self.get(self.len().checked_sub(1)?)
    }

    /// The first ones, at most so many.
    #[must_use]
    pub fn first(self, count: usize) -> Self {
        let to = self.to.min(self.from + count);
        Self { to, ..self }
    }

    /// What comes after so many; nothing if there are not more.
    #[must_use]
    pub fn after(self, count: usize) -> Self {
        let from = self.to.min(self.from + count);
        Self { from, ..self }
    }

    /// One after the other.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'a Entry> + ExactSizeIterator {
        (self.from..self.to).map(move |at| self.stored(at))
    }
}

impl Index<usize> for Entries<'_> {
    type Output = Entry;

    /// The entry at a place that there is.
    fn index(&self, at: usize) -> &Entry {
        assert!(at < self.len(), "no such entry");
        self.stored(self.from + at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::time::SimTime;

    fn entry(number: u32) -> Entry {
        Entry {
            at: SimTime(u64::from(number)),
            cause: None,
            node: None,
            event: Event::Command(number),
        }
    }

    fn numbers(entries: Entries<'_>) -> Vec<u64> {
        entries.iter().map(|e| e.at.0).collect()
    }

    #[test]
    fn it_reads_like_a_slice() {
        for count in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 7] {
            let list: Vec<Entry> = (0..count as u32).map(entry).collect();
            let journal: Journal = list.iter().cloned().collect();
            let all = journal.all();
            assert_eq!((all.len(), all.is_empty()), (count, count == 0));
            assert!(all.iter().eq(&list) && all.iter().rev().eq(list.iter().rev()));
            assert_eq!(all.last(), list.last());
            assert_eq!(all.get(count), None);
            for cut in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, count, count + 1] {
                let within = cut.min(count);
                assert!(all.first(cut).iter().eq(&list[..within]), "{count} {cut}");
                assert!(all.after(cut).iter().eq(&list[within..]), "{count} {cut}");
                assert_eq!(all.after(cut).get(0), list.get(cut));
                assert_eq!(all.first(cut).get(cut), None);
                assert_eq!(all.get(cut), list.get(cut));
            }
        }
    }

    #[test]
    fn futures_share_the_past_and_go_their_own_ways() {
        for count in [0, 5, BLOCK, BLOCK + 5, 2 * BLOCK] {
            let mut old: Journal = (0..3 * BLOCK as u32).map(entry).collect();
            let mut new = old.prefix(count);
            assert_eq!(new.all().len(), count);
            old.push(entry(1));
            new.push(entry(2));
            let past: Vec<u64> = (0..count as u64).collect();
            assert_eq!(numbers(new.all()), [&past[..], &[2]].concat());
            assert_eq!(numbers(old.all().after(3 * BLOCK)), [1]);
            let shared = old.blocks.iter().zip(&new.blocks);
            let shared = shared.filter(|(a, b)| Arc::ptr_eq(a, b)).count();
            assert_eq!(shared, count / BLOCK);
        }
    }
}
