//! A share-partition: what a share group has done with a partition's records (`SharePartition`).
//!
//! Everything before the start offset (SPSO) is done with; from there to the end offset (SPEO) each record is available, acquired,
//! acknowledged or archived; everything after was never delivered. A member acquires records under a lock: until it
//! acknowledges them, or the lock times out, nobody else gets them. Every delivery counts; what comes back after the last one is
//! archived. The start offset moves over what is done with, and never back.
//!
//! Only what happens to acquired records is stored ([`StateWrite`]), not the acquisition itself: a new leader makes what was acquired
//! available again, with the count stored last. Such offsets may lie before stored ones (the initial read gap); they are
//! handed out first.
//!
//! Kafka's end offset is the *last* offset in flight, and equals the start offset when nothing is.

use super::in_flight::{InFlight, InFlightBatch, note};
use crate::id::{Name, Offset};
use crate::protocol::{
    AcknowledgementBatch, AcquiredRecords, ErrorCode, ReadShareGroupStateResponse, RecordState,
    StateBatch,
};
use crate::sorted::Map;
use crate::time::{Duration, SimTime};
use alloc::vec::Vec;

/// The settings that rule a share-partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShareLimits {
    /// `group.share.delivery.count.limit`.
    pub delivery_count: i16,
    /// `group.share.partition.max.record.locks`.
    pub record_locks: i64,
    /// `share.record.lock.duration.ms`.
    pub lock_duration: Duration,
}

/// What is to be stored; its fate comes back with its number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateWrite {
    /// Names the write.
    pub id: u64,
    /// The start offset when it was made.
    pub start_offset: Offset,
    /// What changed, in the order of the offsets.
    pub batches: Vec<StateBatch>,
}

/// One share-partition on its leader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharePartition {
    batches: Map<Offset, InFlightBatch>,
    start: Offset,
    end: Offset,
    state_epoch: i32,
    /// Some record in flight may be available.
    find_next: bool,
    /// Up to here offsets may be missing between what was stored; -1: none.
    gap_end: Offset,
    last_write: u64,
}

impl SharePartition {
    /// As it was stored; without a stored start offset it begins at `initial` (`share.auto.offset.reset`).
    pub fn load(stored: &ReadShareGroupStateResponse, initial: Offset) -> Self {
        let start = match stored.start_offset {
            -1 => initial,
            offset => offset,
        };
        let in_flight = |b: &StateBatch| {
            let state = InFlight::new(b.state, b.delivery_count);
            (b.first, InFlightBatch::new(b.first, b.last, state))
        };
        let batches: Map<Offset, InFlightBatch> = stored.batches.iter().map(in_flight).collect();
        let end = batches.last_key_value().map(|(_, b)| b.last);
        let mut partition = Self {
            find_next: end.is_some(),
            batches,
            start,
            end: end.unwrap_or(start),
            state_epoch: stored.state_epoch,
            gap_end: end.unwrap_or(-1),
            last_write: 0,
        };
        partition.move_start();
        partition
    }

    /// The share-partition start offset (SPSO).
    pub fn start_offset(&self) -> Offset {
        self.start
    }

    /// The share-partition end offset (SPEO).
    pub fn end_offset(&self) -> Offset {
        self.end
    }

    /// As stored.
    pub fn state_epoch(&self) -> i32 {
        self.state_epoch
    }

    /// Everything in flight, ascending.
    pub fn records(&self) -> impl Iterator<Item = (Offset, Offset, &InFlight)> {
        self.batches.values().flat_map(InFlightBatch::iter)
    }

    /// When the next lock times out.
    pub fn next_lock(&self) -> Option<SimTime> {
        let acquired = |(_, _, s): &(Offset, Offset, &InFlight)| {
            s.state == RecordState::Acquired && !s.is_pending()
        };
        let locks = self.records().filter(acquired);
        locks.filter_map(|(_, _, s)| s.lock_until).min()
    }

    fn nothing_in_flight(&self) -> bool {
        let last = self.batches.last_key_value().map(|(_, b)| b.last);
        last.is_none_or(|last| self.start > last)
    }

    /// From where to read for the next acquisition: the first offset that is available, or the one after the end.
    pub fn next_fetch_offset(&mut self) -> Offset {
        if self.nothing_in_flight() {
            self.find_next = false;
            return self.end;
        }
        if self.find_next {
            if let Some(offset) = self.first_available() {
                return offset;
            }
            self.find_next = false;
        }
        self.end + 1
    }

    fn first_available(&self) -> Option<Offset> {
        let mut expected = self.start;
        for (first, last, state) in self.records() {
            if self.is_gap(expected, first) {
                return Some(expected.max(self.start));
            }
            if state.is_available() {
                return Some(first);
            }
            expected = last + 1;
        }
        None
    }

    /// Offsets between these two were acquired under an earlier leader, and nothing is stored of them.
    fn is_gap(&self, expected: Offset, first: Offset) -> bool {
        first <= self.gap_end && first > expected.max(self.start)
    }

    fn in_flight_count(&self) -> i64 {
        match self.batches.is_empty() {
            true => 0,
            false => self.end - self.start + 1,
        }
    }

    /// Whether anything may be acquired: something in flight is available, or there is room for more.
    pub fn can_acquire(&mut self, limits: &ShareLimits) -> bool {
        self.next_fetch_offset() != self.end + 1 || self.in_flight_count() < limits.record_locks
    }

    /// Acquires for a member about `max` of the records that were read from `from` on ([`Self::next_fetch_offset`]); `log` are the
    /// batches read, first and last offset each. What was acquired together stays together, so that it may be some more.
    pub fn acquire(
        &mut self,
        now: SimTime,
        limits: &ShareLimits,
        member: &Name,
        max: i64,
        from: Offset,
        log: &[(Offset, Offset)],
    ) -> Vec<AcquiredRecords> {
        let (Some((base, _)), Some((_, last))) = (log.first(), log.last()) else {
            return Vec::new();
        };
        let mut turn = Acquisition {
            until: now + limits.lock_duration,
            member,
            log,
            left: max,
            acquired: Vec::new(),
        };
        let (mut at, last) = (from, *last);
        if self.nothing_in_flight() {
            at = at.max(*base);
        }
        let overlapping = |b: &&InFlightBatch| b.last >= from && b.first <= last;
        let known = self.batches.values().filter(overlapping);
        let known: Vec<(Offset, Offset)> = known.map(|b| (b.first, b.last)).collect();
        for (first, end) in known {
            if turn.left > 0 && at < first {
                self.acquire_new(&mut turn, at, first - 1);
            }
            if turn.left > 0
                && let Some(batch) = self.batches.get_mut(&first)
            {
                turn.take(batch, from, last);
            }
            at = end + 1;
        }
        if at > self.end || self.batches.is_empty() {
            turn.left = turn.left.min(limits.record_locks - self.in_flight_count());
        }
        if turn.left > 0 && at <= last {
            self.acquire_new(&mut turn, at, last);
        }
        turn.acquired
    }

    fn acquire_new(&mut self, turn: &mut Acquisition<'_>, first: Offset, last: Offset) {
        let wanted = first + turn.left - 1;
        // Whole batches of the log, even if that is a little more than wanted.
        let whole = turn.log.iter().find(|(_, end)| *end >= wanted);
        let last = last.min(whole.map_or(wanted, |(base, end)| match *base <= wanted {
            true => *end,
            false => wanted,
        }));
        let mut state = InFlight::new(RecordState::Available, 0);
        turn.acquire(first, last, &mut state);
        if self.nothing_in_flight() && self.batches.is_empty() {
            self.start = self.start.max(first);
        }
        self.batches
            .insert(first, InFlightBatch::new(first, last, state));
        self.end = self.end.max(last);
    }

    /// A member's acknowledgements, all or none.
    ///
    /// # Errors
    /// INVALID_RECORD_STATE for records it has not acquired (any more), INVALID_REQUEST for offsets that were never delivered. What
    /// lies before the start offset is accepted and ignored.
    pub fn acknowledge(
        &mut self,
        limits: &ShareLimits,
        member: &Name,
        batches: &[AcknowledgementBatch],
    ) -> Result<Option<StateWrite>, ErrorCode> {
        let write = self.last_write + 1;
        let mut changed = Vec::new();
        for batch in batches {
            if batch.last < self.start {
                continue;
            }
            if let Err(error) = self.acknowledge_batch(limits, member, batch, write, &mut changed) {
                self.batches
                    .values_mut()
                    .for_each(|b| b.settle(write, false));
                return Err(error);
            }
        }
        Ok(self.begin_write(changed))
    }

    fn acknowledge_batch(
        &mut self,
        limits: &ShareLimits,
        member: &Name,
        batch: &AcknowledgementBatch,
        write: u64,
        changed: &mut Vec<StateBatch>,
    ) -> Result<(), ErrorCode> {
        let keys = self.keys_for(batch)?;
        let start = self.start;
        for key in keys {
            let Some(known) = self.batches.get_mut(&key) else {
                continue;
            };
            if known.last < start {
                continue;
            }
            let partly = !known.is_within(batch.first, batch.last)
                || batch.types.len() > 1
                || known.is_cut_by(start);
            if let Some(state) = known.whole() {
                if state.member.as_ref() != Some(member) || state.state != RecordState::Acquired {
                    return Err(ErrorCode::InvalidRecordState);
                }
                if partly {
                    known.split();
                }
            }
            for (first, last, state) in known.iter_mut() {
                if last < batch.first.max(start) || first > batch.last {
                    continue;
                }
                if state.member.as_ref() != Some(member) {
                    return Err(ErrorCode::InvalidRecordState);
                }
                let index = match batch.types.len() {
                    0 | 1 => 0,
                    _ => (first - batch.first) as usize,
                };
                let Some(to) = batch.types.get(index).map(|t| t.state()) else {
                    return Err(ErrorCode::InvalidRequest);
                };
                if !state.begin_end(to, limits.delivery_count, write) {
                    return Err(ErrorCode::InvalidRecordState);
                }
                note(changed, first, last, state);
            }
        }
        Ok(())
    }

    /// The batches an acknowledgement is about.
    fn keys_for(&self, batch: &AcknowledgementBatch) -> Result<Vec<Offset>, ErrorCode> {
        let floor = |offset| self.batches.range(..=offset).next_back().map(|(k, _)| *k);
        let cut = batch.first < self.start && batch.last >= self.start;
        let first = floor(batch.first).or_else(|| floor(self.start).filter(|_| cut));
        let first = first.ok_or(ErrorCode::InvalidRecordState)?;
        if first > batch.last {
            return Err(ErrorCode::InvalidRequest);
        }
        let found = self.batches.range(first..=batch.last);
        let end = found.clone().next_back().map_or(-1, |(_, b)| b.last);
        if end < batch.last {
            return Err(ErrorCode::InvalidRequest);
        }
        Ok(found.map(|(k, _)| *k).collect())
    }

    /// The member is gone: what it has acquired becomes available (or is archived, after its last delivery).
    pub fn release_member(&mut self, limits: &ShareLimits, member: &Name) -> Option<StateWrite> {
        let write = self.last_write + 1;
        let is_its = |s: &InFlight| s.member.as_ref() == Some(member) && !s.is_pending();
        let changed = self.end_acquisitions(is_its, |state, to| {
            state.begin_end(to, limits.delivery_count, write)
        });
        self.begin_write(changed)
    }

    /// Locks that have timed out. Whether that is stored or not, it stands.
    pub fn expire(&mut self, limits: &ShareLimits, now: SimTime) -> Option<StateWrite> {
        let is_due = |s: &InFlight| !s.is_pending() && s.lock_until.is_some_and(|at| at <= now);
        let changed = self.end_acquisitions(is_due, |state, to| {
            let ended = state.end(to, limits.delivery_count);
            state.lock_until = None;
            ended
        });
        self.begin_write(changed)
    }

    fn end_acquisitions(
        &mut self,
        which: impl Fn(&InFlight) -> bool,
        mut end: impl FnMut(&mut InFlight, RecordState) -> bool,
    ) -> Vec<StateBatch> {
        let start = self.start;
        let mut changed = Vec::new();
        for batch in self.batches.values_mut() {
            let cut = batch.is_cut_by(start);
            if cut && batch.whole().is_some_and(|s| which(s)) {
                batch.split();
            }
            for (first, last, state) in batch.iter_mut() {
                let to = if last < start {
                    RecordState::Archived
                } else {
                    RecordState::Available
                };
                if state.state == RecordState::Acquired && which(state) && end(state, to) {
                    note(&mut changed, first, last, state);
                }
            }
        }
        changed
    }

    fn begin_write(&mut self, batches: Vec<StateBatch>) -> Option<StateWrite> {
        if batches.is_empty() {
            return None;
        }
        let back = |b: &StateBatch| b.state == RecordState::Available;
        self.find_next |= batches.iter().any(back);
        self.last_write += 1;
        Some(StateWrite {
            id: self.last_write,
            start_offset: self.start,
            batches,
        })
    }

    /// A write was stored, or has failed: then acknowledgements are taken back, and their locks run on.
    pub fn written(&mut self, write: u64, stored: bool) {
        for batch in self.batches.values_mut() {
            batch.settle(write, stored);
        }
        self.find_next = true;
        self.move_start();
    }

    /// Moves the start offset over what is done with, and forgets whole batches before it.
    fn move_start(&mut self) {
        let Some(done) = self.done_before() else {
            return;
        };
        self.start = self.start.max(done);
        let start = self.start;
        self.batches.retain(|_, b| b.last >= start);
        if self.batches.is_empty() {
            self.end = self.start;
        }
    }

    /// The first offset from the start on that is not done with; `None` when the start itself is not.
    fn done_before(&self) -> Option<Offset> {
        let mut expected = None;
        for (first, last, state) in self.records() {
            let hole = self.is_gap(expected.unwrap_or(self.start), first);
            if hole || !state.is_done() {
                break;
            }
            expected = Some(last + 1);
        }
        expected
    }

    /// The log begins later now: what is gone from it is archived.
    pub fn log_start_moved(&mut self, log_start: Offset) {
        if log_start <= self.start {
            return;
        }
        for batch in self.batches.values_mut() {
            let cut = batch.is_cut_by(log_start);
            if cut && batch.whole().is_some_and(|s| s.is_available()) {
                batch.split();
            }
            for (_, last, state) in batch.iter_mut() {
                if last < log_start && state.is_available() {
                    state.archive();
                    self.find_next = true;
                }
            }
        }
        self.start = log_start;
        self.end = self.end.max(log_start);
        self.batches
            .retain(|_, b| b.last >= log_start || b.iter().any(|(_, _, s)| !s.is_done()));
        if self.batches.is_empty() {
            self.end = self.start;
        }
    }
}

/// One call of [`SharePartition::acquire`].
struct Acquisition<'a> {
    until: SimTime,
    member: &'a Name,
    log: &'a [(Offset, Offset)],
    left: i64,
    acquired: Vec<AcquiredRecords>,
}

impl Acquisition<'_> {
    fn acquire(&mut self, first: Offset, last: Offset, state: &mut InFlight) {
        state.acquire(self.member, self.until);
        self.left -= last - first + 1;
        self.acquired.push(AcquiredRecords {
            first,
            last,
            delivery_count: state.delivery_count,
        });
    }

    /// What is available of a batch within these offsets.
    fn take(&mut self, batch: &mut InFlightBatch, from: Offset, to: Offset) {
        let within = batch.is_within(from, to);
        match batch.whole() {
            Some(state) if !state.is_available() => return,
            Some(_) if !within => batch.split(),
            _ => {}
        }
        for (first, last, state) in batch.iter_mut() {
            if first >= from && last <= to && state.is_available() {
                self.acquire(first, last, state);
            }
        }
    }
}
