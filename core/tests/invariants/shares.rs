//! Of share-partitions.

use super::*;

fn loaded(start: i64, fresh: bool) -> Event {
    Event::SharePartitionLoaded {
        group: "workers".into(),
        tp: TP,
        start,
        fresh,
    }
}

fn moved(to: i64) -> Event {
    Event::ShareStartMoved {
        group: "workers".into(),
        tp: TP,
        to,
    }
}

fn records(first: i64, last: i64, count: i16, change: ShareChange, member: &str) -> Event {
    Event::ShareRecords {
        group: "workers".into(),
        tp: TP,
        first,
        last,
        count,
        change,
        member: member.into(),
    }
}

fn acquired(first: i64, last: i64, count: i16, member: &str) -> Event {
    records(first, last, count, ShareChange::Acquired, member)
}

#[test]
fn one_member_holds_a_record_until_it_is_given_back() {
    let mut story = Story::new();
    assert_eq!(story.tell(broker(1), loaded(0, true)), FINE);
    assert_eq!(story.tell(broker(1), acquired(0, 4, 1, "a")), FINE);
    assert_eq!(story.tell(broker(1), acquired(5, 6, 1, "b")), FINE);
    assert_eq!(story.tell(broker(1), acquired(4, 4, 2, "b")), [ONE_HOLDER]);
    for (at, change) in [
        (0, ShareChange::Released),
        (1, ShareChange::LockExpired),
        (2, ShareChange::MemberGone),
    ] {
        assert_eq!(story.tell(broker(1), records(at, at, 1, change, "a")), FINE);
        assert_eq!(story.tell(broker(1), acquired(at, at, 2, "b")), FINE);
    }
    // A new leader knows nothing of acquisitions.
    assert_eq!(story.tell(broker(2), loaded(0, false)), FINE);
    assert_eq!(story.tell(broker(2), acquired(3, 3, 1, "c")), FINE);
}

#[test]
fn nothing_is_delivered_more_often_than_allowed() {
    let mut story = Story::new();
    assert_eq!(story.tell(broker(1), loaded(0, true)), FINE);
    assert_eq!(story.tell(broker(1), acquired(0, 0, 5, "a")), FINE);
    assert_eq!(
        story.tell(broker(1), acquired(1, 1, 6, "a")),
        [DELIVERY_LIMIT]
    );
}

#[test]
fn the_start_never_moves_back_on_a_leader() {
    let mut story = Story::new();
    assert_eq!(story.tell(broker(1), loaded(3, true)), FINE);
    assert_eq!(story.tell(broker(1), moved(5)), FINE);
    assert_eq!(story.tell(broker(1), acquired(5, 6, 1, "a")), FINE);
    assert_eq!(story.tell(broker(1), acquired(4, 4, 1, "a")), [SHARE_START]);
    assert_eq!(story.tell(broker(1), moved(4)), [SHARE_START]);
}

#[test]
fn the_next_leader_begins_where_what_was_stored_ends() {
    let mut story = Story::new();
    story.stored_start = Some(2);
    assert_eq!(story.tell(broker(1), loaded(0, true)), FINE);
    // Offset 2 could not be stored: its lock timed out for the last time while there was no coordinator.
    assert_eq!(story.tell(broker(1), moved(3)), FINE);
    assert_eq!(story.tell(broker(2), loaded(2, false)), FINE);
    assert_eq!(story.tell(broker(2), acquired(2, 2, 1, "a")), FINE);
    assert_eq!(story.tell(broker(1), loaded(1, false)), [SHARE_START]);
}

#[test]
fn a_leader_of_an_older_epoch_does_not_count() {
    let mut story = Story::new();
    story.stored_start = Some(4);
    let newer = story.replicas.get_mut(&BrokerId(2)).expect("a replica");
    newer.leader_epoch = 1;
    assert_eq!(story.tell(broker(2), loaded(0, true)), FINE);
    assert_eq!(story.tell(broker(2), moved(4)), FINE);
    // It was frozen while it loaded.
    assert_eq!(story.tell(broker(1), loaded(0, false)), FINE);
    assert_eq!(story.tell(broker(1), acquired(0, 0, 9, "a")), FINE);
    assert_eq!(story.tell(broker(2), acquired(3, 3, 1, "a")), [SHARE_START]);
}
