//! A change of a group under every assignor: the numbers that people compare.
#![cfg(not(target_arch = "wasm32"))]

use rebalance_core::assignor::steps::{NOBODY, Why};
use rebalance_core::assignor::whatif::{
    Algorithm, Change, Group, Outcome, Protocol, Seat, Summary, Topic, carry_out,
};

fn group(topics: &[(&str, u32)], members: usize) -> Group {
    let topic = |&(name, partitions): &(&str, u32)| Topic {
        name: name.to_owned(),
        partitions,
    };
    let all = (1 << topics.len()) - 1;
    Group {
        topics: topics.iter().map(topic).collect(),
        seats: (1..=members)
            .map(|it| Seat::new(format!("c{it}"), all))
            .collect(),
    }
}

/// The first assignment, then the change.
fn run(algorithm: Algorithm, group: &Group, change: &Change) -> (Group, Outcome) {
    let mut group = group.clone();
    let first = algorithm
        .settle(&group, &group.unowned())
        .expect("an answer");
    group.remember();
    assert!(group.change(change));
    let outcome = algorithm.settle(&group, first.after()).expect("an answer");
    (group, outcome)
}

fn summaries(group: &Group, change: &Change) -> Vec<(&'static str, Summary)> {
    let each = Algorithm::ALL.map(|it| {
        let (group, outcome) = run(it, group, change);
        (it.name(), outcome.summary(&group, it.protocol()))
    });
    each.to_vec()
}

#[test]
fn a_third_member_joins_two_with_six_partitions() {
    let change = Change::Join(Seat::new("c3".to_owned(), 1));
    let found = summaries(&group(&[("orders", 6)], 2), &change);
    let moved: Vec<(&str, u32, u32)> = found
        .iter()
        .map(|it| (it.0, it.1.moved, it.1.stopped))
        .collect();
    // The eager ones stop all six, whatever moves.
    assert_eq!(
        moved,
        [
            ("range", 3, 6),
            ("roundrobin", 4, 6),
            ("sticky", 2, 6),
            ("cooperative-sticky", 2, 2),
            ("uniform", 2, 2),
            ("range", 3, 3),
            ("weighted-roundrobin", 4, 6),
        ]
    );
    assert!(
        found
            .iter()
            .all(|it| (it.1.least, it.1.most, it.1.had_to) == (2, 2, 0))
    );
}

#[test]
fn a_member_leaves_and_its_partitions_have_to_move() {
    let change = Change::Leave("c2".to_owned());
    let (after, outcome) = run(Algorithm::ALL[3], &group(&[("a", 4), ("b", 2)], 3), &change);
    let summary = outcome.summary(&after, Protocol::Cooperative);
    assert_eq!((summary.moved, summary.had_to, summary.stopped), (2, 2, 2));
    assert_eq!(outcome.rounds.len(), 1, "nobody has to give anything back");
    assert_eq!(outcome.share(1, Protocol::Cooperative).has, 0);
}

#[test]
fn a_cooperative_group_hands_out_in_a_second_rebalance_what_the_first_took_back() {
    let change = Change::Join(Seat::new("c3".to_owned(), 1));
    let (_, outcome) = run(Algorithm::ALL[3], &group(&[("orders", 6)], 2), &change);
    assert_eq!(outcome.rounds.len(), 2);
    let first = outcome.rounds[0].owners.iter().flatten();
    assert_eq!(first.filter(|&&it| it == NOBODY).count(), 2);
    let withheld = outcome.rounds[0].steps.iter();
    let withheld = withheld.filter(|it| matches!(it.why, Why::InTransfer { .. }));
    assert_eq!(withheld.count(), 2);
}

#[test]
fn new_partitions_are_fresh_and_a_dropped_topic_has_to_move() {
    let topics = [("orders", 4), ("payments", 4)];
    for algorithm in Algorithm::ALL {
        let (after, outcome) = run(algorithm, &group(&topics, 2), &Change::Grow(1, 7));
        let summary = outcome.summary(&after, algorithm.protocol());
        assert_eq!(summary.fresh, 3, "{algorithm:?}");
        let change = Change::Subscribe("c1".to_owned(), 1);
        let (after, outcome) = run(algorithm, &group(&topics, 2), &change);
        let payments = outcome.after()[1].iter();
        assert!(payments.eq([&1; 4]), "{algorithm:?}");
        let summary = outcome.summary(&after, algorithm.protocol());
        // `uniform` pours a new group full in order: c1 never had any of payments.
        let had_to = if algorithm.name() == "uniform" { 0 } else { 2 };
        assert_eq!(summary.had_to, had_to, "{algorithm:?}");
    }
}

#[test]
fn steps_lead_to_the_owners_of_their_round() {
    let group = group(&[("b", 5), ("a", 3), ("c", 1)], 4);
    for algorithm in Algorithm::ALL {
        let (after, outcome) = run(algorithm, &group, &Change::Leave("c1".to_owned()));
        for round in &outcome.rounds {
            let mut owners = after.unowned();
            round.steps.iter().for_each(|it| carry_out(it, &mut owners));
            assert_eq!(owners, round.owners);
            assert!(!round.steps.is_empty());
        }
        assert!(
            !outcome
                .after()
                .iter()
                .flatten()
                .any(|&it| it == NOBODY || it == 0)
        );
    }
}

#[test]
fn senseless_changes_change_nothing() {
    let mut group = group(&[("orders", 6)], 2);
    let same = group.clone();
    for change in [
        Change::Join(Seat::new("c2".to_owned(), 1)),
        Change::Leave("c9".to_owned()),
        Change::Grow(0, 6),
        Change::Grow(5, 9),
        Change::Subscribe("c1".to_owned(), 1),
    ] {
        assert!(!group.change(&change), "{change:?}");
        assert_eq!(group, same);
    }
}
