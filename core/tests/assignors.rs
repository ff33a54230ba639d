//! What the assignors promise, over every history of small groups: all that joins and leaves in any order can lead to.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use rebalance_core::assignor::{Assignment, Assignor, GroupSubscription, MemberSubscription};
use std::collections::{BTreeMap, BTreeSet};

/// A set of partitions, one bit for each of the world's.
type Owned = u16;
/// What each member owns; none for those that are not in the group.
type State = Vec<Option<Owned>>;

/// What the members of a group subscribe to, by number of the member.
struct World {
    topics: BTreeMap<String, i32>,
    /// Topic and number of each bit.
    partitions: Vec<(String, i32)>,
    subscriptions: Vec<Vec<String>>,
    /// The partitions of each member's topics.
    reach: Vec<Owned>,
    equal: bool,
}

impl World {
    fn new(counts: &[i32], subscriptions: &[Vec<usize>]) -> Self {
        let name = |it: usize| format!("t{it}");
        let topics: BTreeMap<String, i32> = counts
            .iter()
            .enumerate()
            .map(|(it, &count)| (name(it), count))
            .collect();
        let numbered = |(topic, &count): (&String, &i32)| {
            (0..count).map(|it| (topic.clone(), it)).collect::<Vec<_>>()
        };
        let partitions: Vec<(String, i32)> = topics.iter().flat_map(numbered).collect();
        let subscriptions: Vec<Vec<String>> = subscriptions
            .iter()
            .map(|it| it.iter().map(|&topic| name(topic)).collect())
            .collect();
        let reach = |topics: &Vec<String>| bits(&partitions, |it| topics.contains(&it.0));
        Self {
            reach: subscriptions.iter().map(reach).collect(),
            equal: subscriptions.windows(2).all(|pair| pair[0] == pair[1]),
            topics,
            partitions,
            subscriptions,
        }
    }

    fn group(&self, state: &State) -> GroupSubscription {
        let present = state
            .iter()
            .enumerate()
            .filter_map(|(it, owned)| Some((it, (*owned)?)));
        let member = |(it, owned): (usize, Owned)| MemberSubscription {
            member_id: member_id(it),
            topics: self.subscriptions[it].clone(),
            owned: self.by_topic(owned),
            generation: if owned == 0 { -1 } else { 1 },
            userdata_generation: (owned != 0).then_some(1),
            ..MemberSubscription::default()
        };
        GroupSubscription {
            topics: self.topics.clone(),
            members: present.map(member).collect(),
        }
    }

    fn by_topic(&self, owned: Owned) -> Vec<(String, Vec<i32>)> {
        let mut topics: Vec<(String, Vec<i32>)> = Vec::new();
        for (bit, (topic, number)) in self.partitions.iter().enumerate() {
            if owned >> bit & 1 == 1 {
                match topics.last_mut() {
                    Some((last, numbers)) if last == topic => numbers.push(*number),
                    _ => topics.push((topic.clone(), vec![*number])),
                }
            }
        }
        topics
    }

    fn owned_by(&self, assignment: &Assignment, member: usize) -> Owned {
        let topics = &assignment[&member_id(member)];
        bits(&self.partitions, |(topic, number)| {
            topics.get(topic).is_some_and(|it| it.contains(number))
        })
    }

    /// The partitions of topics that somebody in the group subscribes to.
    fn wanted(&self, state: &State) -> Owned {
        let present = (0..state.len()).filter(|&it| state[it].is_some());
        present.fold(0, |wanted, it| wanted | self.reach[it])
    }

    /// Assigns, and gives every member what it was assigned.
    fn rebalance(&self, assignor: Assignor, state: &State) -> State {
        let assignment = assignor.assign(&self.group(state)).expect("an assignment");
        let after = (0..state.len()).map(|it| state[it].map(|_| self.owned_by(&assignment, it)));
        let after: State = after.collect();
        let listed: usize = assignment
            .values()
            .flat_map(BTreeMap::values)
            .map(Vec::len)
            .sum();
        let owned: u32 = after.iter().flatten().map(|it| it.count_ones()).sum();
        assert_eq!(
            listed, owned as usize,
            "{assignor:?}: a partition that does not exist, or twice"
        );
        self.check_ownership(&after, assignor);
        after
    }

    /// Nobody has what it does not subscribe to, and nothing has two owners.
    fn check_ownership(&self, state: &State, assignor: Assignor) {
        let mut seen = 0;
        for (member, owned) in state.iter().enumerate() {
            let owned = owned.unwrap_or(0);
            assert_eq!(
                owned & !self.reach[member],
                0,
                "{assignor:?}: {member} in {state:?}"
            );
            assert_eq!(owned & seen, 0, "{assignor:?}: two owners in {state:?}");
            seen |= owned;
        }
    }

    /// A rebalance to its end: the cooperative assignor needs others after the first.
    fn settle(&self, assignor: Assignor, before: &State) -> State {
        let mut state = before.clone();
        for _ in 0..4 {
            let after = self.rebalance(assignor, &state);
            let revoked = state
                .iter()
                .zip(&after)
                .any(|(old, new)| old.unwrap_or(0) & !new.unwrap_or(0) != 0);
            if assignor.is_cooperative() {
                check_nobody_is_pushed(&state, &after);
            }
            state = after;
            if !assignor.is_cooperative() || !revoked {
                return state;
            }
        }
        panic!("{assignor:?} does not come to an end from {before:?}");
    }

    fn check_settled(&self, assignor: Assignor, before: &State, after: &State) {
        let owned = after.iter().flatten().fold(0, |all, it| all | it);
        assert_eq!(
            owned,
            self.wanted(after),
            "{assignor:?}: not everything is owned"
        );
        let sizes = after.iter().flatten().map(|it| it.count_ones());
        let spread = sizes.clone().max().unwrap_or(0) - sizes.min().unwrap_or(0);
        if self.equal && assignor != Assignor::Range {
            assert!(spread <= 1, "{assignor:?}: {after:?}");
        }
        if self.equal && matches!(assignor, Assignor::Sticky | Assignor::CooperativeSticky) {
            check_stickiness(before, after);
        }
    }
}

fn bits(partitions: &[(String, i32)], included: impl Fn(&(String, i32)) -> bool) -> Owned {
    let set = partitions.iter().enumerate().filter(|it| included(it.1));
    set.fold(0, |bits, (bit, _)| bits | 1 << bit)
}

/// Nobody is given what another member still owns.
fn check_nobody_is_pushed(before: &State, after: &State) {
    for (member, owned) in after.iter().enumerate() {
        let others = before.iter().enumerate().filter(|it| it.0 != member);
        let held = others.fold(0, |all, it| all | it.1.unwrap_or(0));
        assert_eq!(owned.unwrap_or(0) & held, 0, "{before:?} -> {after:?}");
    }
}

/// With equal subscriptions everybody keeps as much as its share allows.
fn check_stickiness(before: &State, after: &State) {
    let pairs: Vec<(Owned, Owned)> = before
        .iter()
        .zip(after)
        .filter_map(|(old, new)| Some((old.unwrap_or(0), (*new)?)))
        .collect();
    let total: u32 = pairs.iter().map(|it| it.1.count_ones()).sum();
    let (quota, extra) = (total / pairs.len() as u32, total % pairs.len() as u32);
    let held = pairs.iter().map(|it| it.0.count_ones());
    let over = held
        .clone()
        .filter(|&it| it > quota)
        .count()
        .min(extra as usize) as u32;
    let could_keep = held.map(|it| it.min(quota)).sum::<u32>() + over;
    let kept: u32 = pairs
        .iter()
        .map(|(old, new)| (old & new).count_ones())
        .sum();
    assert_eq!(kept, could_keep, "{before:?} -> {after:?}");
}

fn member_id(index: usize) -> String {
    format!("consumer-{index}")
}

/// Goes to every state that some order of joins and leaves reaches; how many there are.
fn explore(world: &World, assignor: Assignor) -> usize {
    let mut known: BTreeSet<State> = BTreeSet::new();
    let mut open = vec![vec![None; world.subscriptions.len()]];
    while let Some(state) = open.pop() {
        for member in 0..state.len() {
            let mut changed = state.clone();
            changed[member] = if state[member].is_some() {
                None
            } else {
                Some(0)
            };
            if changed.iter().all(Option::is_none) {
                continue;
            }
            let settled = world.settle(assignor, &changed);
            world.check_settled(assignor, &changed, &settled);
            if known.insert(settled.clone()) {
                open.push(settled);
            }
        }
    }
    known.len()
}

/// All ways to choose how many partitions up to three topics have, each up to four, not minding their order.
fn partition_counts() -> Vec<Vec<i32>> {
    let mut all = Vec::new();
    for a in 1..=4 {
        all.push(vec![a]);
        for b in a..=4 {
            all.push(vec![a, b]);
            all.extend((b..=4).map(|c| vec![a, b, c]));
        }
    }
    all
}

#[test]
fn every_history_of_four_members_with_equal_subscriptions() {
    for counts in partition_counts() {
        // The largest worlds have up to 80,000 states each: only with optimisation.
        if cfg!(debug_assertions) && counts.iter().sum::<i32>() > 8 {
            continue;
        }
        let everything: Vec<usize> = (0..counts.len()).collect();
        let world = World::new(&counts, &vec![everything; 4]);
        for assignor in Assignor::KAFKA {
            let states = explore(&world, assignor);
            assert!(states >= 15, "{assignor:?} {counts:?}: {states}");
        }
    }
}

#[test]
fn every_history_of_three_members_with_any_subscriptions() {
    let subsets: Vec<Vec<usize>> = (1..8_usize)
        .map(|set| (0..3).filter(|it| set >> it & 1 == 1).collect())
        .collect();
    for counts in [[1, 2, 4], [3, 3, 3], [4, 1, 2]] {
        for a in &subsets {
            for b in &subsets {
                for c in &subsets {
                    let world = World::new(&counts, &[a.clone(), b.clone(), c.clone()]);
                    for assignor in Assignor::KAFKA {
                        explore(&world, assignor);
                    }
                }
            }
        }
    }
}

fn any_group() -> impl Strategy<Value = GroupSubscription> {
    let topics = prop::collection::btree_map("[a-c\u{e000}\u{1f600}]{1,2}", 0..12_i32, 1..6);
    topics.prop_flat_map(|topics| {
        let names: Vec<String> = topics
            .keys()
            .cloned()
            .chain(["unknown".to_owned()])
            .collect();
        let member = (
            prop::option::of("[xyz]{1,3}"),
            prop::sample::subsequence(names.clone(), 0..=names.len()),
        );
        let members = prop::collection::btree_map("[a-z\u{e000}\u{1f600}]{0,3}", member, 0..9);
        (Just(topics), members).prop_map(|(topics, members)| GroupSubscription {
            topics,
            members: members
                .into_iter()
                .map(
                    |(member_id, (group_instance_id, topics))| MemberSubscription {
                        member_id,
                        group_instance_id,
                        topics,
                        generation: -1,
                        ..MemberSubscription::default()
                    },
                )
                .collect(),
        })
    })
}

proptest! {
    #[test]
    fn every_partition_has_one_owner_that_wants_it(group in any_group()) {
        for assignor in Assignor::KAFKA {
            let assignment = assignor.assign(&group).expect("an assignment");
            prop_assert_eq!(assignment.len(), group.members.len());
            let mut seen = BTreeSet::new();
            for member in &group.members {
                for (topic, numbers) in &assignment[&member.member_id] {
                    // Kafka gives topics to members without any subscription if those come first in the map.
                    let first_are_empty = group.members[0].topics.is_empty();
                    prop_assert!(member.topics.contains(topic) || first_are_empty);
                    prop_assert!(numbers.is_sorted());
                    for &number in numbers {
                        prop_assert!((0..group.topics[topic]).contains(&number));
                        prop_assert!(seen.insert((topic.clone(), number)));
                    }
                }
            }
            let subscribed: BTreeSet<&String> = group.members.iter().flat_map(|it| &it.topics).collect();
            let wanted: i32 = subscribed.into_iter().filter_map(|it| group.topics.get(it)).sum();
            prop_assert_eq!(seen.len(), wanted as usize);
        }
    }

    #[test]
    fn the_order_of_members_does_not_matter_to_range_and_round_robin(group in any_group()) {
        let mut reversed = group.clone();
        reversed.members.reverse();
        // Members with the same instance id are ordered by the map they come from.
        let instances: Vec<&String> = group.members.iter().filter_map(|it| it.group_instance_id.as_ref()).collect();
        let different: BTreeSet<&String> = instances.iter().copied().collect();
        prop_assume!(instances.len() == different.len());
        for assignor in [Assignor::Range, Assignor::RoundRobin] {
            prop_assert_eq!(assignor.assign(&group), assignor.assign(&reversed));
        }
    }
}
