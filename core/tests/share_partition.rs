//! The share-partition state machine: what Kafka's `SharePartitionTest` says of it, and what must hold whatever happens.

use rebalance_core::group::share::partition::{ShareLimits, SharePartition, StateWrite};
use rebalance_core::group::share::state::combine;
use rebalance_core::id::{Name, Offset};
use rebalance_core::protocol::{
    Acknowledge, AcknowledgementBatch, AcquiredRecords, ErrorCode, ReadShareGroupStateResponse,
    RecordState, StateBatch,
};
use rebalance_core::rng::Rng;
use rebalance_core::time::{Duration, SimTime};
use std::collections::BTreeMap;

use Acknowledge::{Accept, Gap, Reject, Release};
use RecordState::{Acknowledged, Acquired, Archived, Available};

const LIMITS: ShareLimits = ShareLimits {
    delivery_count: 5,
    record_locks: 2_000,
    lock_duration: Duration::secs(30),
};

fn stored(start_offset: Offset, batches: &[StateBatch]) -> ReadShareGroupStateResponse {
    ReadShareGroupStateResponse {
        error: ErrorCode::None,
        state_epoch: 0,
        start_offset,
        batches: batches.to_vec(),
    }
}

fn new() -> SharePartition {
    SharePartition::load(&stored(-1, &[]), 0)
}

fn state(first: Offset, last: Offset, state: RecordState, delivery_count: i16) -> StateBatch {
    StateBatch {
        first,
        last,
        state,
        delivery_count,
    }
}

/// Reads up to `end` (exclusive) in one batch from where the share-partition wants it.
fn acquire(sp: &mut SharePartition, at: u64, member: &str, end: Offset) -> Vec<AcquiredRecords> {
    let from = sp.next_fetch_offset();
    if from >= end || !sp.can_acquire(&LIMITS) {
        return Vec::new();
    }
    let now = SimTime::ZERO + Duration::secs(at);
    sp.acquire(now, &LIMITS, &member.into(), 500, from, &[(from, end - 1)])
}

fn got(first: Offset, last: Offset, delivery_count: i16) -> AcquiredRecords {
    AcquiredRecords {
        first,
        last,
        delivery_count,
    }
}

fn ack(
    sp: &mut SharePartition,
    member: &str,
    first: Offset,
    last: Offset,
    types: &[Acknowledge],
) -> Result<Option<StateWrite>, ErrorCode> {
    let batch = AcknowledgementBatch {
        first,
        last,
        types: types.to_vec(),
    };
    sp.acknowledge(&LIMITS, &member.into(), &[batch])
}

fn store(sp: &mut SharePartition, write: Option<StateWrite>) {
    if let Some(write) = write {
        sp.written(write.id, true);
    }
}

fn expire(sp: &mut SharePartition, at: u64) -> Vec<StateBatch> {
    let write = sp.expire(&LIMITS, SimTime::ZERO + Duration::secs(at));
    let batches = write.as_ref().map_or(Vec::new(), |w| w.batches.clone());
    store(sp, write);
    batches
}

fn offsets(sp: &SharePartition) -> (Offset, Offset) {
    (sp.start_offset(), sp.end_offset())
}

#[test]
fn accept_release_reject_each_its_own_way() {
    let mut sp = new();
    assert_eq!(acquire(&mut sp, 0, "a", 3), [got(0, 2, 1)]);
    assert_eq!(offsets(&sp), (0, 2));
    let write = ack(&mut sp, "a", 0, 2, &[Accept, Release, Reject]).unwrap();
    let states = [
        state(0, 0, Acknowledged, 1),
        state(1, 1, Available, 1),
        state(2, 2, Archived, 1),
    ];
    assert_eq!(write.as_ref().unwrap().batches, states);
    // Nobody gets what was released before that is stored.
    assert_eq!(sp.next_fetch_offset(), 3);
    store(&mut sp, write);
    assert_eq!(offsets(&sp), (1, 2));
    for count in 2..=5 {
        assert_eq!(acquire(&mut sp, 0, "b", 3), [got(1, 1, count)]);
        let write = ack(&mut sp, "b", 1, 1, &[Release]).unwrap();
        store(&mut sp, write);
    }
    // testMaxDeliveryCountLimitExceededForRecordBatch: after the fifth delivery it is archived.
    assert_eq!(offsets(&sp), (3, 3));
    assert_eq!(acquire(&mut sp, 0, "b", 3), []);
}

#[test]
fn a_lock_times_out_and_the_late_acknowledgement_is_refused() {
    let mut sp = new();
    assert_eq!(acquire(&mut sp, 0, "h", 2), [got(0, 1, 1)]);
    assert_eq!(acquire(&mut sp, 10, "c2", 2), []);
    assert_eq!(acquire(&mut sp, 10, "c2", 4), [got(2, 3, 1)]);
    assert_eq!(sp.next_lock(), Some(SimTime::ZERO + Duration::secs(30)));
    assert_eq!(expire(&mut sp, 29), []);
    assert_eq!(expire(&mut sp, 30), [state(0, 1, Available, 1)]);
    assert_eq!(sp.next_fetch_offset(), 0);
    assert_eq!(
        acquire(&mut sp, 30, "c2", 5),
        [got(0, 1, 2), got(4, 4, 1)],
        "2 and 3 are acquired already"
    );
    let late = ack(&mut sp, "h", 0, 1, &[Accept]);
    assert_eq!(late, Err(ErrorCode::InvalidRecordState));
    for (first, last) in [(0, 1), (2, 3)] {
        let write = ack(&mut sp, "c2", first, last, &[Accept]).unwrap();
        store(&mut sp, write);
    }
    assert_eq!(offsets(&sp), (4, 4));
    // The start offset has moved past it: accepted and ignored.
    assert_eq!(ack(&mut sp, "h", 0, 1, &[Accept]), Ok(None));
}

#[test]
fn acknowledgements_are_all_or_none() {
    let mut sp = new();
    acquire(&mut sp, 0, "a", 4);
    let batch = |first, last| AcknowledgementBatch {
        first,
        last,
        types: vec![Accept],
    };
    let both = [batch(0, 1), batch(2, 9)];
    assert_eq!(
        sp.acknowledge(&LIMITS, &"a".into(), &both),
        Err(ErrorCode::InvalidRequest),
        "offset 9 was never delivered"
    );
    assert!(sp.records().all(|(_, _, s)| s.state == Acquired));
    assert_eq!(
        ack(&mut sp, "b", 0, 3, &[Accept]),
        Err(ErrorCode::InvalidRecordState)
    );
    assert_eq!(ack(&mut sp, "a", 0, 1, &[Accept]).unwrap().unwrap().id, 1);
    // Twice is once too often.
    assert_eq!(
        ack(&mut sp, "a", 1, 1, &[Accept]),
        Err(ErrorCode::InvalidRecordState)
    );
}

#[test]
fn what_could_not_be_stored_is_taken_back() {
    let mut sp = new();
    acquire(&mut sp, 0, "a", 3);
    let write = ack(&mut sp, "a", 0, 2, &[Accept, Release, Reject]).unwrap();
    sp.written(write.unwrap().id, false);
    assert!(sp.records().all(|(_, _, s)| s.state == Acquired));
    assert_eq!(offsets(&sp), (0, 2));
    assert_eq!(expire(&mut sp, 30), [state(0, 2, Available, 1)]);
}

#[test]
fn a_member_that_goes_gives_back_what_it_has() {
    let mut sp = new();
    acquire(&mut sp, 0, "a", 3);
    acquire(&mut sp, 0, "b", 6);
    let write = ack(&mut sp, "a", 0, 0, &[Accept]).unwrap();
    store(&mut sp, write);
    let write = sp.release_member(&LIMITS, &"a".into());
    assert_eq!(write.as_ref().unwrap().batches, [state(1, 2, Available, 1)]);
    store(&mut sp, write);
    assert_eq!(sp.release_member(&LIMITS, &"a".into()), None);
    let again = acquire(&mut sp, 0, "c", 6);
    assert_eq!(again, [got(1, 1, 2), got(2, 2, 2)]);
}

#[test]
fn whole_batches_of_the_log_and_no_more_than_may_be_locked() {
    let log = [(0, 9), (10, 19), (20, 29)];
    let mut sp = new();
    let a: Name = "a".into();
    let read = |sp: &mut SharePartition, max| sp.acquire(SimTime::ZERO, &LIMITS, &a, max, 0, &log);
    assert_eq!(read(&mut sp, 12), [got(0, 19, 1)]);
    let few = ShareLimits {
        record_locks: 20,
        ..LIMITS
    };
    assert!(!sp.can_acquire(&few));
    assert!(sp.can_acquire(&LIMITS));
}

#[test]
fn the_log_start_moves_under_it() {
    let mut sp = new();
    acquire(&mut sp, 0, "a", 5);
    let write = ack(&mut sp, "a", 0, 3, &[Release]).unwrap();
    store(&mut sp, write);
    acquire(&mut sp, 0, "b", 2);
    sp.log_start_moved(3);
    assert_eq!(offsets(&sp), (3, 4));
    assert_eq!(sp.next_fetch_offset(), 3);
    // What was acquired before is archived when it comes back.
    assert_eq!(
        sp.release_member(&LIMITS, &"b".into()).map(|w| w.batches),
        Some(vec![state(0, 1, Archived, 2)])
    );
    sp.log_start_moved(100);
    assert_eq!(sp.start_offset(), 100);
    assert_eq!(acquire(&mut sp, 0, "c", 101), [got(100, 100, 1)]);
}

#[test]
fn a_new_leader_hands_out_what_was_never_stored() {
    let before = [state(3, 4, Acknowledged, 1), state(7, 7, Available, 2)];
    let mut sp = SharePartition::load(&stored(1, &before), 99);
    assert_eq!(offsets(&sp), (1, 7));
    assert_eq!(sp.next_fetch_offset(), 1);
    let records = acquire(&mut sp, 0, "a", 9);
    let expected = [got(1, 2, 1), got(5, 6, 1), got(7, 7, 3), got(8, 8, 1)];
    assert_eq!(records, expected);
    let write = ack(&mut sp, "a", 1, 2, &[Gap]).unwrap();
    store(&mut sp, write);
    assert_eq!(offsets(&sp), (5, 8));
    // Without anything stored, share.auto.offset.reset decides.
    assert_eq!(
        offsets(&SharePartition::load(&stored(-1, &[]), 99)),
        (99, 99)
    );
}

#[test]
fn stored_states_join() {
    let old = [state(0, 9, Available, 1), state(12, 13, Archived, 1)];
    let new = [state(4, 5, Acknowledged, 2), state(10, 11, Archived, 1)];
    let joined = [
        state(2, 3, Available, 1),
        state(4, 5, Acknowledged, 2),
        state(6, 9, Available, 1),
        state(10, 13, Archived, 1),
    ];
    assert_eq!(combine(&old, &new, 2), joined);
    assert_eq!(combine(&old, &new, 20), []);
}

/// Random members, acknowledgements, time-outs, failed writes and new leaders against the promises.
#[test]
fn promises_hold_whatever_happens() {
    for seed in 0..300 {
        Story::new(seed).play();
    }
}

struct Story {
    rng: Rng,
    sp: SharePartition,
    now: u64,
    end: Offset,
    /// Who holds what since when, and its count.
    held: BTreeMap<Offset, (Name, u64)>,
    counts: BTreeMap<Offset, i16>,
    done: BTreeMap<Offset, bool>,
    stored: (Offset, Vec<StateBatch>),
    start: Offset,
}

impl Story {
    fn new(seed: u64) -> Self {
        Self {
            rng: Rng::fork(seed, "share"),
            sp: new(),
            now: 0,
            end: 0,
            held: BTreeMap::new(),
            counts: BTreeMap::new(),
            done: BTreeMap::new(),
            stored: (-1, Vec::new()),
            start: 0,
        }
    }

    fn play(mut self) {
        for _ in 0..200 {
            match self.rng.below(10) {
                0 | 1 => self.end += self.rng.below(6) as Offset,
                2..=4 => self.acquire(),
                5 | 6 => self.acknowledge(),
                7 => {
                    self.now += self.rng.below(20);
                    self.expire();
                }
                8 => self.leave(),
                _ if self.rng.below(8) == 0 => self.fail_over(),
                _ => {}
            }
            assert!(self.sp.start_offset() >= self.start, "the start moved back");
            self.start = self.sp.start_offset();
            assert!(self.sp.end_offset() >= self.start);
            assert!(self.sp.records().all(|(_, _, s)| s.delivery_count <= 5));
        }
        self.finish();
    }

    fn member(&mut self) -> Name {
        ["a", "b", "c"][self.rng.below(3) as usize].into()
    }

    fn acquire(&mut self) {
        let member = self.member();
        for range in acquire(&mut self.sp, self.now, &member, self.end) {
            for offset in range.first..=range.last {
                assert!(!self.done.contains_key(&offset), "{offset} was done with");
                let before = self.held.insert(offset, (member.clone(), self.now));
                assert_eq!(before, None, "{offset} belongs to two");
                let count = self.counts.entry(offset).or_insert(0);
                *count += 1;
                assert!(range.delivery_count <= *count && range.delivery_count <= 5);
            }
        }
    }

    /// The fate of a write.
    fn settle(&mut self, write: Option<StateWrite>, certain: bool) -> bool {
        let Some(write) = write else { return true };
        let stored = certain || self.rng.below(6) > 0;
        if stored {
            self.stored.0 = write.start_offset;
            self.stored.1 = combine(&self.stored.1, &write.batches, write.start_offset);
            for b in &write.batches {
                for offset in b.first..=b.last {
                    self.held.remove(&offset);
                    if b.state.is_final() {
                        self.done.insert(offset, true);
                    }
                }
            }
        }
        self.sp.written(write.id, stored);
        stored
    }

    fn acknowledge(&mut self) {
        let member = self.member();
        let mine: Vec<Offset> = self
            .held
            .iter()
            .filter(|(_, h)| h.0 == member)
            .map(|(o, _)| *o)
            .collect();
        let Some(first) = mine.first().copied() else {
            return;
        };
        let run = mine
            .iter()
            .zip(first..)
            .take_while(|(a, b)| **a == *b)
            .count();
        let count = 1 + self.rng.below(run as u64) as usize;
        let types: Vec<Acknowledge> = (0..count)
            .map(|_| [Accept, Release, Reject, Accept][self.rng.below(4) as usize])
            .collect();
        let last = first + count as Offset - 1;
        let write = ack(&mut self.sp, &member, first, last, &types).expect("it holds them");
        self.settle(write, false);
        let other: Name = if &*member == "a" { "b" } else { "a" }.into();
        if self.held.contains_key(&first) {
            let stolen = ack(&mut self.sp, &other, first, first, &[Accept]);
            assert_eq!(stolen, Err(ErrorCode::InvalidRecordState));
        }
    }

    fn expire(&mut self) {
        let write = self
            .sp
            .expire(&LIMITS, SimTime::ZERO + Duration::secs(self.now));
        self.settle(write, true);
        assert!(self.held.values().all(|(_, since)| since + 30 > self.now));
    }

    fn leave(&mut self) {
        let member = self.member();
        let write = self.sp.release_member(&LIMITS, &member);
        if self.settle(write, false) {
            assert!(self.held.values().all(|(m, _)| *m != member));
        }
    }

    /// A new leader knows only what was stored.
    fn fail_over(&mut self) {
        if self.stored.0 == -1 {
            return;
        }
        let (start, batches) = self.stored.clone();
        self.sp = SharePartition::load(&stored(start, &batches), 0);
        self.held.clear();
        assert!(self.sp.start_offset() >= self.start);
    }

    /// In the end everything written can be processed.
    fn finish(mut self) {
        self.now += 60;
        self.expire();
        for _ in 0..1_000 {
            let records = acquire(&mut self.sp, self.now, "z", self.end);
            if records.is_empty() {
                break;
            }
            for r in records {
                let write = ack(&mut self.sp, "z", r.first, r.last, &[Accept]).unwrap();
                store(&mut self.sp, write);
            }
        }
        assert_eq!(self.sp.start_offset(), self.end);
    }
}
