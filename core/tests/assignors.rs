//! What the assignors promise, over every history of small groups: all that joins and leaves in any order can lead to.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use rebalance_core::assignor::server::{ServerAssignor, TargetGroup, TargetMember};
use rebalance_core::assignor::whatif::Algorithm;
use rebalance_core::assignor::{Assignment, Assignor, GroupSubscription, MemberSubscription};
use rebalance_core::sorted::Map;
use std::collections::BTreeSet;

/// A set of partitions, one bit for each of the world's.
type Owned = u16;
/// What each member owns; none for those that are not in the group.
type State = Vec<Option<Owned>>;

/// What the members of a group subscribe to, by number of the member.
struct World {
    topics: Map<String, i32>,
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
        let topics: Map<String, i32> = counts
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

    fn target_group(&self, state: &State) -> TargetGroup {
        let present = state
            .iter()
            .enumerate()
            .filter_map(|(it, owned)| Some((it, (*owned)?)));
        let member = |(it, owned): (usize, Owned)| TargetMember {
            member_id: member_id(it),
            topics: self.subscriptions[it].clone(),
            previous_target: self.by_topic(owned),
            ..TargetMember::default()
        };
        TargetGroup {
            topics: self.topics.clone().into_iter().collect(),
            members: present.map(member).collect(),
            ..TargetGroup::default()
        }
    }

    fn assign(&self, algorithm: Algorithm, state: &State) -> Assignment {
        match algorithm {
            Algorithm::Server(assignor) => assignor
                .assign(&self.target_group(state))
                .expect("a target"),
            Algorithm::Client(assignor) => {
                assignor.assign(&self.group(state)).expect("an assignment")
            }
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
    fn rebalance(&self, assignor: Algorithm, state: &State) -> State {
        let assignment = self.assign(assignor, state);
        let after = (0..state.len()).map(|it| state[it].map(|_| self.owned_by(&assignment, it)));
        let after: State = after.collect();
        let listed: usize = assignment
            .values()
            .flat_map(Map::values)
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
    fn check_ownership(&self, state: &State, assignor: Algorithm) {
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
    fn settle(&self, assignor: Algorithm, before: &State) -> State {
        let cooperative = assignor == COOPERATIVE;
        let mut state = before.clone();
        for _ in 0..4 {
            let after = self.rebalance(assignor, &state);
            let revoked = state
                .iter()
                .zip(&after)
                .any(|(old, new)| old.unwrap_or(0) & !new.unwrap_or(0) != 0);
            if cooperative {
                check_nobody_is_pushed(&state, &after);
            }
            state = after;
            if !cooperative || !revoked {
                return state;
            }
        }
        panic!("{assignor:?} does not come to an end from {before:?}");
    }

    fn check_settled(&self, assignor: Algorithm, before: &State, after: &State) {
        let owned = after.iter().flatten().fold(0, |all, it| all | it);
        assert_eq!(
            owned,
            self.wanted(after),
            "{assignor:?}: not everything is owned"
        );
        let sizes = after.iter().flatten().map(|it| it.count_ones());
        let spread = sizes.clone().max().unwrap_or(0) - sizes.min().unwrap_or(0);
        if self.equal && EVEN.contains(&assignor) {
            assert!(spread <= 1, "{assignor:?}: {after:?}");
        }
        if self.equal && KEEPING.contains(&assignor) {
            check_stickiness(before, after, assignor == UNIFORM);
        }
        if KEEPING.contains(&assignor) {
            self.check_nobody_could_help(assignor, after);
        }
    }

    /// Nobody has two more than another member that could take one of its partitions: what balance means where members
    /// subscribe to different topics.
    fn check_nobody_could_help(&self, assignor: Algorithm, after: &State) {
        for (rich, owned) in after.iter().enumerate() {
            for (poor, others) in after.iter().enumerate() {
                let (Some(owned), Some(others)) = (owned, others) else {
                    continue;
                };
                let could_take = owned & self.reach[poor] != 0;
                let far = owned.count_ones() > others.count_ones() + 1;
                assert!(
                    !could_take || !far,
                    "{assignor:?}: {poor} could take from {rich} in {after:?}, {:?}",
                    self.subscriptions
                );
            }
        }
    }
}

const COOPERATIVE: Algorithm = Algorithm::Client(Assignor::CooperativeSticky);
const UNIFORM: Algorithm = Algorithm::Server(ServerAssignor::Uniform);
/// Those that give everybody as much as everybody else, if all subscribe alike.
const EVEN: [Algorithm; 4] = [
    Algorithm::Client(Assignor::RoundRobin),
    Algorithm::Client(Assignor::Sticky),
    COOPERATIVE,
    UNIFORM,
];
/// Those that let members keep what they can.
const KEEPING: [Algorithm; 3] = [Algorithm::Client(Assignor::Sticky), COOPERATIVE, UNIFORM];
/// Kafka's.
const KAFKAS: &[Algorithm] = Algorithm::ALL.split_at(6).0;

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
///
/// `uniform` gives the shares of one more to the first members, whatever these had.
fn check_stickiness(before: &State, after: &State, first_get_more: bool) {
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
    let could_keep = if first_get_more {
        let share = |at: usize| quota + u32::from(at < extra as usize);
        held.enumerate().map(|(at, it)| it.min(share(at))).sum()
    } else {
        held.map(|it| it.min(quota)).sum::<u32>() + over
    };
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
fn explore(world: &World, assignor: Algorithm) -> usize {
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
                if KEEPING.contains(&assignor) {
                    let again = world.rebalance(assignor, &settled);
                    assert_eq!(again, settled, "{assignor:?} moves what is at rest");
                }
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
        for &assignor in KAFKAS {
            let states = explore(&world, assignor);
            assert!(states >= 15, "{assignor:?} {counts:?}: {states}");
        }
    }
}

/// The different ways in which so many members subscribe to so many topics, each to one at least: as sets of topics, not minding
/// who is who nor, among topics of equal size, which is which.
fn subscription_patterns(counts: &[i32], members: usize) -> Vec<Vec<usize>> {
    let sets = 1_usize << counts.len();
    let mut patterns: BTreeSet<Vec<usize>> = BTreeSet::new();
    let mut open: Vec<Vec<usize>> = vec![Vec::new()];
    while let Some(pattern) = open.pop() {
        if pattern.len() == members {
            let renamed = renamings(counts).into_iter().map(|names| {
                let rename = |set: &usize| bits_of(*set).map(|it| 1 << names[it]).sum();
                let mut renamed: Vec<usize> = pattern.iter().map(rename).collect();
                renamed.sort_unstable();
                renamed
            });
            patterns.extend(renamed.min());
        } else {
            let first = pattern.last().copied().unwrap_or(1);
            open.extend((first..sets).map(|set| [pattern.as_slice(), &[set]].concat()));
        }
    }
    patterns.into_iter().collect()
}

/// The orders of topics that keep their counts.
fn renamings(counts: &[i32]) -> Vec<Vec<usize>> {
    let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
    for &count in counts {
        orders = orders
            .into_iter()
            .flat_map(|order| {
                let free =
                    (0..counts.len()).filter(|it| counts[*it] == count && !order.contains(it));
                let longer = free.map(|it| [order.as_slice(), &[it]].concat());
                longer.collect::<Vec<_>>()
            })
            .collect();
    }
    orders
}

fn bits_of(set: usize) -> impl Iterator<Item = usize> {
    (0..8).filter(move |it| set >> it & 1 == 1)
}

#[test]
fn every_history_of_four_members_with_any_subscriptions() {
    let most = if cfg!(debug_assertions) { 5 } else { 12 };
    for counts in partition_counts() {
        if counts.iter().sum::<i32>() > most {
            continue;
        }
        for pattern in subscription_patterns(&counts, 4) {
            let subscriptions: Vec<Vec<usize>> =
                pattern.iter().map(|it| bits_of(*it).collect()).collect();
            let world = World::new(&counts, &subscriptions);
            for &assignor in KAFKAS {
                explore(&world, assignor);
            }
        }
    }
}

/// With topics of all sizes, which takes longer: three members.
#[test]
fn every_history_of_three_members_with_any_subscriptions() {
    for counts in [[1, 2, 4], [3, 3, 3], [2, 4, 4]] {
        for pattern in subscription_patterns(&counts, 3) {
            let subscriptions: Vec<Vec<usize>> =
                pattern.iter().map(|it| bits_of(*it).collect()).collect();
            let world = World::new(&counts, &subscriptions);
            for &assignor in KAFKAS {
                explore(&world, assignor);
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
            topics: topics.into_iter().collect(),
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
