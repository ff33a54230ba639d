//! What the assignors tell of their decisions, carried out, is what they answer: over random groups with histories, true ones
//! and impossible ones.
#![cfg(not(target_arch = "wasm32"))]

use rebalance_core::assignor::server::{DenseTargets, ServerAssignor, TargetGroup, TargetMember};
use rebalance_core::assignor::steps::{Step, Trace, Why, carry_out};
use rebalance_core::assignor::{
    Assignment, Assignor, Dense, GroupSubscription, MemberSubscription, expand, expand_with,
    weighted,
};
use rebalance_core::java::JavaRandom;
use rebalance_core::java::random::RandomSource;
use std::collections::BTreeSet;

const ROUNDS: i32 = 2_000;

struct Sample {
    random: JavaRandom,
    /// Partitions by topic; 0 for one that does not exist.
    topics: Vec<(String, i32)>,
    equal: Vec<String>,
}

impl Sample {
    fn new(seed: i64) -> Self {
        let mut random = JavaRandom::new(seed);
        let topics = (0..1 + random.next_int(4))
            .map(|it| (format!("t{it}"), random.next_int(9)))
            .collect();
        Self {
            random,
            topics,
            equal: Vec::new(),
        }
    }

    fn some_topics(&mut self) -> Vec<String> {
        if !self.equal.is_empty() {
            return self.equal.clone();
        }
        let random = &mut self.random;
        let chosen = self.topics.iter().filter(|_| random.next_int(3) > 0);
        chosen.map(|it| it.0.clone()).collect()
    }

    fn instance(&mut self, number: i32) -> Option<String> {
        (self.random.next_int(4) == 0).then(|| format!("s{}", number * 31 % 7))
    }

    /// Partitions a member says it owns: `beyond` may lie past the end of the topic.
    fn claims(&mut self, members: i32, beyond: i32) -> Vec<(String, Vec<i32>)> {
        let random = &mut self.random;
        let mut claims = Vec::new();
        for (name, count) in &self.topics {
            let numbers = (0..count + beyond).filter(|_| random.next_int(members + 1) < 2);
            claims.push((name.clone(), numbers.collect()));
        }
        claims
    }

    fn existing(&self) -> Vec<(String, i32)> {
        self.topics.iter().filter(|it| it.1 > 0).cloned().collect()
    }

    fn group(&mut self, history: Option<&Assignment>) -> GroupSubscription {
        let members = 1 + self.random.next_int(6);
        if self.random.next_int(2) == 0 {
            self.equal = self.topics.iter().map(|it| it.0.clone()).collect();
        }
        let wild = history.is_none() && self.random.next_int(2) == 0;
        let beyond = i32::from(wild && self.random.next_int(3) == 0) * 3;
        let member = |number: i32| {
            let member_id = format!("m{}", number * 7919 % 31);
            let past = history.and_then(|it| it.get(&member_id));
            let owned = match past {
                Some(topics) => topics.clone().into_iter().collect(),
                None if wild => self.claims(members, beyond),
                None => Vec::new(),
            };
            let generation = if past.is_some() {
                1
            } else {
                self.random.next_int(4) - 1
            };
            MemberSubscription {
                member_id,
                group_instance_id: self.instance(number),
                topics: self.some_topics(),
                owned,
                generation,
                userdata_generation: (past.is_some() || self.random.next_int(5) > 0)
                    .then_some(generation),
                weight: 0,
            }
        };
        GroupSubscription {
            members: (0..members).map(member).collect(),
            topics: self.existing().into_iter().collect(),
        }
    }

    fn target_group(&mut self, history: Option<&Assignment>) -> TargetGroup {
        let members = 1 + self.random.next_int(6);
        self.topics.retain(|it| it.1 > 0);
        if self.random.next_int(2) == 0 {
            self.equal = self.topics.iter().map(|it| it.0.clone()).collect();
        }
        let wild = history.is_none() && self.equal.is_empty() && self.random.next_int(2) == 0;
        let member = |number: i32| {
            let member_id = format!("m{}", number * 7919 % 31);
            let past = history.and_then(|it| it.get(&member_id));
            let previous_target = match past {
                Some(topics) => topics.clone().into_iter().collect(),
                None if wild => self.claims(members, 2),
                None => Vec::new(),
            };
            TargetMember {
                member_id,
                group_instance_id: self.instance(number),
                topics: self.some_topics(),
                previous_target,
            }
        };
        TargetGroup {
            members: (0..members).map(member).collect(),
            topics: self.topics.clone(),
            ..TargetGroup::default()
        }
    }
}

/// Assigns with a recording; the answer with its names, if there is one, and the steps.
fn told(assignor: Assignor, group: &GroupSubscription) -> (Option<Assignment>, Vec<Step>) {
    let dense = Dense::new(group).expect("a small group");
    let mut trace = Trace::recording();
    let result = assignor.assign_told(group, &dense, -1, &mut trace);
    let steps = trace.into_steps();
    let answer = result.ok().map(|result| {
        let replayed = carry_out(&steps, dense.members.len());
        let replayed = expand_with(&dense, &replayed, &result.vanished);
        let answer = expand_with(&dense, &result.assignment, &result.vanished);
        assert_eq!(replayed, answer, "{assignor:?} {group:?} {steps:?}");
        answer
    });
    assert_eq!(
        answer,
        assignor.assign(group).ok(),
        "recording changes the answer"
    );
    (answer, steps)
}

fn told_by_server(
    assignor: ServerAssignor,
    group: &TargetGroup,
) -> (Option<Assignment>, Vec<Step>) {
    let dense = DenseTargets::new(group).expect("a small group");
    let mut trace = Trace::recording();
    let result = assignor.assign_told(&dense, &mut trace);
    let steps = trace.into_steps();
    let answer = result.ok().map(|targets| {
        let named = |targets: &[Vec<u32>]| {
            let mut targets = targets.to_vec();
            targets.iter_mut().for_each(|it| {
                it.sort_unstable();
                it.dedup();
            });
            dense.expand(&targets)
        };
        let replayed = named(&carry_out(&steps, dense.members.len()));
        assert_eq!(
            replayed,
            named(&targets),
            "{assignor:?} {group:?} {steps:?}"
        );
        replayed
    });
    let silent = assignor.assign(group).ok();
    // A group that subscribes to nothing is answered without names.
    if silent.as_ref().is_none_or(|it| !it.is_empty()) {
        assert_eq!(answer, silent, "recording changes the answer");
    }
    (answer, steps)
}

/// The kinds of steps seen, by their names.
fn note(seen: &mut BTreeSet<String>, steps: &[Step]) {
    seen.extend(steps.iter().map(|it| {
        let text = format!("{:?}", it.why);
        text.split([' ', '(']).next().unwrap_or_default().to_owned()
    }));
}

#[test]
fn what_the_clients_assignors_tell_is_what_they_answer() {
    let mut seen = BTreeSet::new();
    for round in 0..ROUNDS {
        for assignor in Assignor::KAFKA {
            let mut sample = Sample::new(i64::from(round));
            let (first, steps) = told(assignor, &sample.group(None));
            note(&mut seen, &steps);
            if let Some(first) = first {
                note(&mut seen, &told(assignor, &sample.group(Some(&first))).1);
            }
        }
    }
    // Moves that lead nowhere are too rare to count on.
    seen.remove("Undone");
    let all = "BackToPrevious BelowShare Disputed GivesUp InTransfer Keeps LeastLoaded OneMore Run SetAside Shares \
               StillSubscribed ToLighter Turn Unsubscribed";
    assert_eq!(Vec::from_iter(seen).join(" "), all);
}

#[test]
fn what_the_coordinators_assignors_tell_is_what_they_answer() {
    let mut seen = BTreeSet::new();
    for round in 0..ROUNDS {
        for assignor in ServerAssignor::ALL {
            let mut sample = Sample::new(i64::from(round));
            let (first, steps) = told_by_server(assignor, &sample.target_group(None));
            note(&mut seen, &steps);
            if let Some(first) = first {
                let group = sample.target_group(Some(&first));
                note(&mut seen, &told_by_server(assignor, &group).1);
            }
        }
    }
    let all =
        "FilledUp GivesUp Keeps LeastLoaded Run Shares StillSubscribed ToLighter Unsubscribed";
    assert_eq!(Vec::from_iter(seen).join(" "), all);
}

#[test]
fn what_weighted_round_robin_tells_is_what_it_answers() {
    for round in 0..ROUNDS {
        let group = Sample::new(i64::from(round)).group(None);
        let dense = Dense::new(&group).expect("a small group");
        let weights = |id: &str| id.len() as u32 + u32::from(id.ends_with('2'));
        let mut trace = Trace::recording();
        let answer = weighted::assign(&dense, &weights, &mut trace);
        assert_eq!(
            answer,
            weighted::assign(&dense, &weights, &mut Trace::silent())
        );
        let replayed = carry_out(&trace.into_steps(), dense.members.len());
        assert_eq!(expand(&dense, &replayed), expand(&dense, &answer));
    }
}

/// Members passed over lose their turn, and the steps say how many.
#[test]
fn a_turn_says_how_many_were_passed_over() {
    let member = |id: &str, topics: &[&str]| MemberSubscription {
        member_id: id.to_owned(),
        topics: topics.iter().map(ToString::to_string).collect(),
        ..MemberSubscription::default()
    };
    let group = GroupSubscription {
        topics: [("a".to_owned(), 3), ("b".to_owned(), 2)].into(),
        members: vec![
            member("x", &["a"]),
            member("y", &["a", "b"]),
            member("z", &["b"]),
        ],
    };
    let (_, steps) = told(Assignor::RoundRobin, &group);
    let turns: Vec<(u32, Why)> = steps.iter().map(|it| (it.member, it.why)).collect();
    // a-0 x, a-1 y, a-2 x (z passed over), b-0 y, b-1 z.
    let expected = [(0, 0), (1, 0), (0, 1), (1, 0), (2, 0)]
        .map(|(member, passed)| (member, Why::Turn { passed }));
    assert_eq!(turns, expected);
}
