//! The same commands and the same seed give the same journal, natively and in WebAssembly.
//!
//! `long_run.rebalance` is played for its ten minutes; at a hundred instants the running hash of the journal must be the one in
//! `long_run.hashes`. After a change of behaviour on purpose, `BLESS=1 cargo test -p rebalance-core --test journal` writes
//! the file anew.

use rebalance_core::command::{Command, parse_script};
use rebalance_core::session::Session;
use rebalance_core::time::SimTime;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const SCRIPT: &str = include_str!("long_run.rebalance");
const POINTS: u64 = 100;

fn play() -> Session {
    let parsed = parse_script(SCRIPT).expect("the script is well formed");
    let commands: Vec<Command> = parsed.into_iter().map(|(_, c)| c).collect();
    Session::new(&commands).expect("every command is carried out")
}

/// The hash at a hundred instants, first to last.
fn hashes(session: &mut Session) -> Vec<String> {
    let (start, end) = (session.start().0, session.end().0);
    let at = |i: u64| SimTime(start + (end - start) * i / POINTS);
    (1..=POINTS)
        .map(|i| {
            session.seek(at(i));
            format!("{} {:016x}", at(i), session.journal_hash())
        })
        .collect()
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn ten_faulty_minutes_give_the_same_journal_everywhere() {
    let mut session = play();
    assert!(
        session.end() >= SimTime(600_000_000),
        "ten minutes: {}",
        session.end()
    );
    let found = hashes(&mut session).join("\n") + "\n";
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/long_run.hashes");
        std::fs::write(path, &found).expect("the file is written");
        return;
    }
    for (expected, found) in include_str!("long_run.hashes").lines().zip(found.lines()) {
        assert_eq!(expected, found, "the journal differs from here on");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod session {
    use super::*;
    use rebalance_core::event::Event;
    use rebalance_core::rng::Rng;

    #[test]
    fn every_message_under_way_has_a_journal_entry_of_its_own() {
        let mut session = play();
        let ends = |c: &Command| matches!(c, Command::NodeCrash(_) | Command::NodeStop(_));
        let ends = session.commands().filter(|(_, c)| ends(c));
        let instants: Vec<SimTime> = ends.map(|(at, _)| at).collect();
        let mut seen = 0;
        // When a node dies, many connections end at once, which is one entry: they are no messages.
        for at in instants {
            session.seek(at);
            let mut entries: Vec<u32> = session.flights().iter().map(|f| f.entry).collect();
            let told =
                |id: &u32| matches!(session.entries()[*id as usize].event, Event::Sent { .. });
            assert!(entries.iter().all(told), "{at}");
            seen += entries.len();
            entries.sort_unstable();
            entries.dedup();
            assert_eq!(entries.len(), session.flights().len(), "{at}");
        }
        assert!(seen > 0);
    }

    #[test]
    fn seeking_anywhere_and_back_changes_nothing() {
        let mut session = play();
        let forward = hashes(&mut session);
        let end_view = session.view();
        let mut random = Rng::fork(1, "seek");
        let (start, span) = (session.start().0, session.end().0 - session.start().0);
        for _ in 0..40 {
            session.seek(SimTime(start + random.below(span)));
            session.step();
            session.step_back();
        }
        assert_eq!(hashes(&mut session), forward);
        assert_eq!(session.view(), end_view);
    }

    #[test]
    fn no_guarantee_breaks_in_ten_faulty_minutes() {
        let view = play().view();
        assert_eq!(view.violations, []);
        assert!(
            view.totals.acked > 2_000 && view.totals.delivered > 1_000,
            "{:?}",
            view.totals
        );
    }

    #[test]
    fn stepping_back_undoes_exactly_one_event() {
        let mut session = play();
        session.seek(SimTime(session.end().0 / 2));
        let (before, hash) = (session.view(), session.journal_hash());
        assert!(session.step());
        assert_eq!(session.view().totals.events, before.totals.events + 1);
        assert!(session.step_back());
        assert_eq!(
            (session.journal_hash(), session.view().totals),
            (hash, before.totals)
        );
    }

    #[test]
    fn acting_in_the_past_keeps_both_futures() {
        let mut session = play();
        let (end, last) = (session.end(), session.journal_hash());
        let middle = SimTime(end.0 / 2);
        session.seek(middle);
        session
            .apply("broker crash 1".parse().expect("a command"))
            .expect("it runs");
        session.run_until(end, u32::MAX);
        assert_eq!(session.branches().len(), 2);
        assert_ne!(session.journal_hash(), last);
        let crash = |s: &Session| {
            s.entries()
                .iter()
                .filter(|e| matches!(e.event, Event::NodeCrashed))
                .count()
        };
        let with = crash(&session);
        session.switch(0);
        session.seek(end);
        assert_eq!(session.journal_hash(), last, "the old future is as it was");
        assert_ne!(crash(&session), with);
    }

    #[test]
    fn a_refused_command_changes_nothing_and_forks_nothing() {
        let mut session = play();
        session.seek(SimTime(session.end().0 / 2));
        let hash = session.journal_hash();
        let refused = session.apply("broker crash 9".parse().expect("a command"));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "no broker `9`; there is 1, 2, 3"
        );
        assert_eq!(
            (session.branches().len(), session.journal_hash()),
            (1, hash)
        );
        assert!(session.is_past());
    }

    #[test]
    fn undo_and_redo_move_over_the_last_command() {
        let mut session = play();
        let hash = session.journal_hash();
        assert!(session.undo());
        assert_ne!(session.journal_hash(), hash);
        assert!(session.redo());
        assert_eq!(session.journal_hash(), hash);
    }

    #[test]
    fn the_script_of_a_session_recreates_its_moment() {
        let mut session = play();
        session.seek(SimTime(session.end().0 * 2 / 3));
        session
            .apply(
                "consumer add z1 group=zeta topics=orders"
                    .parse()
                    .expect("a command"),
            )
            .expect("it runs");
        session.run_until(
            session.now() + rebalance_core::time::Duration::millis(1_234),
            u32::MAX,
        );
        let again = Session::new(&session.script()).expect("its own script runs");
        assert_eq!(
            (again.now(), again.journal_hash()),
            (session.now(), session.journal_hash())
        );
        assert_eq!(again.view(), session.view());
    }

    #[test]
    fn every_entry_has_a_cause_that_came_before() {
        let session = play();
        for (id, entry) in session.entries().iter().enumerate() {
            match entry.cause {
                Some(cause) => assert!((cause as usize) < id),
                None => assert!(matches!(entry.event, Event::Command(_)), "{entry:?}"),
            }
        }
    }
}
