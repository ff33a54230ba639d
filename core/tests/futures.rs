//! Undo and redo, futures beside each other, named moments.

use rebalance_core::command::parse_script;
use rebalance_core::id::BrokerId;
use rebalance_core::session::{Cell, Session, What, differences};
use rebalance_core::time::{Duration, SimTime};
use rebalance_core::view::ProcessState;

/// Two brokers die, ten seconds apart.
fn two_crashes() -> Session {
    let script = "cluster create brokers=3 seed=3 preset=classroom\n\
        topic create orders partitions=3 replication=3\nadvance 1s\n\
        producer add p1 topic=orders rate=20/s\n\
        consumer add c1 group=g topics=orders auto.offset.reset=earliest\n\
        advance 10s\nbroker crash 1\nadvance 10s\nbroker crash 2\nadvance 10s";
    let script: Vec<_> = parse_script(script)
        .expect("it reads")
        .into_iter()
        .map(|(_, c)| c)
        .collect();
    Session::new(&script).expect("it runs")
}

fn crashed(s: &Session) -> usize {
    let brokers = s.view().brokers;
    brokers
        .iter()
        .filter(|b| b.state == ProcessState::Crashed)
        .count()
}

#[test]
fn what_was_undone_does_not_come_back_when_time_goes_on() {
    let mut session = two_crashes();
    assert!(session.undo());
    assert_eq!(crashed(&session), 1);
    assert_eq!(session.now(), SimTime(session.branches()[1].forked_at.0));
    session.run_until(session.now() + Duration::secs(20), u32::MAX);
    assert_eq!(crashed(&session), 1);
    let futures = session.branches();
    assert_eq!(futures.len(), 2);
    assert_eq!(futures[1].without.as_deref(), Some("broker crash 2"));
    assert_eq!(
        futures[0].end,
        SimTime(session.start().0 + 31_000_000),
        "the first one stays whole"
    );
}

#[test]
fn undos_in_a_row_are_one_future_and_redos_lead_back_through_them() {
    let mut session = two_crashes();
    let hashes = |s: &Session| (s.journal_hash(), s.now(), s.branches().len());
    let whole = hashes(&session);
    session.undo();
    let one = hashes(&session);
    session.undo();
    assert_eq!(crashed(&session), 0);
    assert_eq!(session.branches().len(), 2);
    assert!(session.redo());
    assert_eq!(hashes(&session), one);
    assert!(session.redo());
    assert_eq!(
        hashes(&session),
        whole,
        "a future in which nothing happened is gone"
    );
    assert!(!session.redo());
}

#[test]
fn undoing_and_acting_otherwise_keeps_what_was_undone() {
    let mut session = two_crashes();
    let last = session.journal_hash();
    session.undo();
    session
        .apply("broker start 1".parse().expect("a command"))
        .expect("it runs");
    assert!(!session.redo(), "another command was given since");
    assert_eq!(
        session.branches()[1].first.as_deref(),
        Some("broker start 1")
    );
    session.switch(0);
    assert_eq!(session.journal_hash(), last);
    session.rename(0, "  both down ");
    assert_eq!(session.branches()[0].name.as_deref(), Some("both down"));
}

#[test]
fn two_futures_are_compared_at_one_instant() {
    let mut session = two_crashes();
    let (end, here) = (session.end(), session.journal_hash());
    session.undo();
    session.redo();
    let (none, same) = differences(&session.view(), &session.view());
    assert!(none.is_empty() && same > 20, "{same}");
    session.undo();
    session.run_until(session.now() + Duration::secs(2), u32::MAX);
    // The other future is looked at further on than this one has come, and this one is where it was afterwards.
    let before = (session.journal_hash(), session.now());
    let with = session.view_of(0, end).expect("it is there");
    assert_eq!((session.journal_hash(), session.now()), before);
    let without = session.view_of(1, end).expect("it is there");
    assert_eq!((with.now, without.now), (end, end));
    let (found, _) = differences(&with, &without);
    let cell = |what: What, of: &str| {
        let found = found.iter().find(|d| d.what == what && d.of == of);
        found.map(|d| (d.a.clone(), d.b.clone()))
    };
    let state = Cell::Process;
    assert_eq!(
        cell(What::Broker, "2"),
        Some((state(ProcessState::Crashed), state(ProcessState::Running)))
    );
    assert_eq!(cell(What::Broker, "1"), None, "crashed in both");
    let isr = |ids: &[i32]| Cell::Nodes(ids.iter().map(|id| BrokerId(*id)).collect());
    assert_eq!(cell(What::Isr, "orders-0"), Some((isr(&[3]), isr(&[2, 3]))));
    assert!(found.iter().map(|d| d.what).collect::<Vec<_>>().is_sorted());
    session.switch(0);
    session.seek(end);
    assert_eq!(session.journal_hash(), here);
}

#[test]
fn bookmarks_name_moments_and_change_nothing() {
    let mut session = two_crashes();
    let (end, hash) = (session.end(), session.journal_hash());
    session.seek(SimTime(end.0 / 2));
    session
        .apply("bookmark \"one down\"".parse().expect("a command"))
        .expect("it runs");
    assert_eq!(
        session.branches().len(),
        1,
        "a bookmark in the past begins no other future"
    );
    session.seek(end);
    assert_eq!(session.journal_hash(), hash);
    let again = Session::new(&session.script()).expect("its own script runs");
    assert_eq!(again.journal_hash(), hash);
    assert_eq!(again.bookmarks(), session.bookmarks());
    let mark = &again.bookmarks()[0];
    assert_eq!((mark.at, &*mark.name), (SimTime(end.0 / 2), "one down"));
    // A future takes along the moments before it began.
    session.seek(SimTime(end.0 / 4));
    session
        .apply("broker crash 3".parse().expect("a command"))
        .expect("it runs");
    assert!(session.bookmarks().is_empty());
    session.switch(0);
    session.forget_bookmark(0);
    assert!(session.bookmarks().is_empty());
}

#[test]
fn a_bookmark_lies_before_what_was_done_in_the_same_instant() {
    let mut session = two_crashes();
    let mut act = |line: &str| {
        session
            .apply(line.parse().expect("a command"))
            .expect("it runs");
    };
    act("broker start 1");
    act("bookmark calm");
    act("broker crash 3");
    let script = session.script();
    for mut session in [session, Session::new(&script).expect("it runs")] {
        assert_eq!(crashed(&session), 2);
        session.go_to_bookmark(0);
        assert_eq!(crashed(&session), 1);
        assert!(session.is_past());
    }
}
