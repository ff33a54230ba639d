//! The search finds nothing in the engine as it is, and finds each rule that is broken on purpose.
//!
//! This is a slice for every run of the tests; `rebalance search --seeds 0..20000` is the whole.

use rebalance_cli::search::judge::judge;
use rebalance_cli::search::shrink::shrink;
use rebalance_cli::search::story::script;
use rebalance_cli::search::{Options, Outcome, search};
use rebalance_core::sabotage::{Rule, set_broken};
use std::ops::Range;

fn look(seeds: Range<u64>, seconds: u64) -> Outcome {
    search(&Options {
        seeds,
        seconds,
        threads: 2,
        shrink: false,
        all: false,
        broken_rule: None,
    })
}

/// One test, because the switch for broken rules is one for the whole process.
#[test]
fn only_broken_rules_break_guarantees() {
    let outcome = look(0..60, 30);
    assert_eq!(outcome.found, []);
    assert_eq!(outcome.seeds, 60);
    assert!(outcome.events > 60 * 1_000, "{} events", outcome.events);
    for rule in Rule::ALL {
        set_broken(Some(rule));
        let (seed, broken) = look(0..2_000, 60)
            .found
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("{} broken, and nothing seen", rule.name()));
        // The shortest script still breaks the same guarantee, and only because of the rule.
        let whole = script(seed, 60);
        let short = shrink(whole.clone(), &broken);
        assert!(short.len() < whole.len(), "{}", rule.name());
        let again = judge(&short).broken.map(|b| b.invariant);
        assert_eq!(again, Some(broken.invariant), "{}", rule.name());
        set_broken(None);
        assert_eq!(judge(&short).broken, None, "{}", rule.name());
    }
}

#[test]
fn a_seed_always_tells_the_same_story() {
    assert_eq!(script(7, 60), script(7, 60));
    assert_ne!(script(7, 60), script(8, 60));
    for line in script(7, 60) {
        let command = line.parse::<rebalance_core::command::Command>();
        assert!(command.is_ok(), "{line}: {command:?}");
    }
}
