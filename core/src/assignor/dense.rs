//! Interned names: a group as small integers.
//!
//! Topics are numbered in Java's string order, members in the order of the map, and every partition of every topic has one
//! number: the partitions of topic `t` are `first(t)..first(t) + partitions(t)`. So comparing partition numbers compares
//! (topic name, partition). Members with the same list of topics share one copy of it.

use super::{Assignment, AssignorError, GroupSubscription, MemberSubscription};
use crate::java::compare_strings;
use crate::sorted::{self, Map};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// More partitions than this are refused rather than run out of memory.
pub(super) const PARTITION_LIMIT: u64 = 1 << 27;

/// A topic that some member subscribes to.
#[derive(Clone, Copy, Debug)]
pub struct DenseTopic<'a> {
    /// Its name.
    pub name: &'a str,
    /// The number of its first partition.
    pub first: u32,
    /// How many partitions it has; 0 if the cluster does not know it.
    pub partitions: u32,
}

/// A member of the group.
#[derive(Clone, Copy, Debug)]
pub struct DenseMember<'a> {
    /// Its id.
    pub id: &'a str,
    /// `group.instance.id` of a static member.
    pub instance: Option<&'a str>,
    /// Its subscription, as an index into [`Dense::lists`].
    pub list: usize,
    /// Its place in [`GroupSubscription::members`].
    pub source: usize,
}

/// A [`GroupSubscription`] with all names interned.
#[derive(Clone, Debug)]
pub struct Dense<'a> {
    /// In Java's string order; only topics somebody subscribes to.
    pub topics: Vec<DenseTopic<'a>>,
    /// In map order, each id once.
    pub members: Vec<DenseMember<'a>>,
    /// The different subscriptions, as topic numbers in the member's order; repetitions are kept.
    pub lists: Vec<Vec<u32>>,
    /// The number of partitions of all topics.
    pub partitions: u32,
}

/// The partitions of each member, by partition number, in no particular order.
pub type DenseAssignment = Vec<Vec<u32>>;

impl<'a> Dense<'a> {
    /// Interns a group.
    ///
    /// # Errors
    /// [`AssignorError::TooManyPartitions`] beyond 2^27 partitions.
    pub fn new(group: &'a GroupSubscription) -> Result<Self, AssignorError> {
        let members = unique_members(&group.members);
        let (list_of, distinct) = distinct_lists(group, &members);
        let topics = number_topics(group, &distinct)?;
        let lists = distinct.iter().map(|list| intern_list(&topics, list));
        Ok(Self {
            lists: lists.collect(),
            members: members
                .iter()
                .zip(list_of)
                .map(|(&source, list)| dense_member(&group.members[source], source, list))
                .collect(),
            partitions: topics.last().map_or(0, |it| it.first + it.partitions),
            topics,
        })
    }

    /// The number of a topic, if somebody subscribes to it. `guess` is where to look first.
    #[must_use]
    pub fn topic(&self, name: &str, guess: usize) -> Option<usize> {
        if self.topics.get(guess).is_some_and(|it| it.name == name) {
            return Some(guess);
        }
        find_topic(&self.topics, name)
    }

    /// The topic a partition belongs to.
    #[must_use]
    pub fn topic_of(&self, partition: u32) -> usize {
        self.topics.partition_point(|it| it.first <= partition) - 1
    }

    /// Topic and number of each of a member's partitions: what a Java assignor's `List<TopicPartition>` holds.
    #[must_use]
    pub fn name_partitions(&self, partitions: &[u32]) -> Vec<(&'a str, i32)> {
        let mut topic = 0;
        let named = partitions.iter().map(|&partition| {
            let (mut at, mut steps) = (topic, 0);
            // The next partition is often of the same topic or the one after it.
            while steps < 2
                && self
                    .topics
                    .get(at)
                    .is_some_and(|it| partition >= it.first + it.partitions)
            {
                (at, steps) = (at + 1, steps + 1);
            }
            topic = match self.topics.get(at) {
                Some(it) if it.first <= partition && partition < it.first + it.partitions => at,
                _ => self.topic_of(partition),
            };
            let named = &self.topics[topic];
            (named.name, (partition - named.first) as i32)
        });
        named.collect()
    }

    /// Places of the members in the order of their ids as Java strings: `rank[member]`.
    #[must_use]
    pub fn id_ranks(&self) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        sorted::sort_by(&mut order, |&a, &b| {
            compare_strings(self.members[a].id, self.members[b].id)
        });
        let mut ranks = vec![0; order.len()];
        for (rank, member) in (0_u32..).zip(order) {
            ranks[member] = rank;
        }
        ranks
    }

    /// The members in the order of `AbstractPartitionAssignor.MemberInfo`: static ones first, by instance id, then the
    /// others by member id.
    #[must_use]
    pub fn member_info_order(&self) -> Vec<u32> {
        member_info_order(self.members.iter().map(|it| (it.instance, it.id)).collect())
    }

    /// For each topic the members subscribed to it, each once, in the order of `members`.
    #[must_use]
    pub fn subscribers(&self, members: impl IntoIterator<Item = u32>) -> Vec<Vec<u32>> {
        let mut subscribers: Vec<Vec<u32>> = vec![Vec::new(); self.topics.len()];
        for member in members {
            for &topic in &self.lists[self.members[member as usize].list] {
                let list = &mut subscribers[topic as usize];
                if list.last() != Some(&member) {
                    list.push(member);
                }
            }
        }
        subscribers
    }
}

/// The places of members, given by instance id and member id, in the order of `MemberInfo.compareTo`.
pub(super) fn member_info_order(members: Vec<(Option<&str>, &str)>) -> Vec<u32> {
    let mut order: Vec<u32> = (0_u32..).take(members.len()).collect();
    sorted::sort_by(&mut order, |&a, &b| {
        match (members[a as usize], members[b as usize]) {
            ((Some(a), _), (Some(b), _)) => compare_strings(a, b),
            ((None, a), (None, b)) => compare_strings(a, b),
            // A present instance id comes before an absent one.
            ((a, _), (b, _)) => b.is_some().cmp(&a.is_some()),
        }
    });
    order
}

/// The last subscription under each id, at the place of the first: what putting them into a Java map leaves.
fn unique_members(members: &[MemberSubscription]) -> Vec<usize> {
    let mut place: Map<&str, usize> = Map::new();
    let mut unique: Vec<usize> = Vec::with_capacity(members.len());
    for (source, member) in members.iter().enumerate() {
        let next = unique.len();
        let at = *place.entry(&member.member_id).or_insert(next);
        if at == next {
            unique.push(source);
        } else {
            unique[at] = source;
        }
    }
    unique
}

/// The different subscriptions of a group, and the index of each member's.
fn distinct_lists<'a>(
    group: &'a GroupSubscription,
    members: &[usize],
) -> (Vec<usize>, Vec<&'a [String]>) {
    let mut index: Map<&[String], usize> = Map::new();
    let mut distinct: Vec<&[String]> = Vec::new();
    let mut last = usize::MAX;
    let list_of = members.iter().map(|&source| {
        let topics = group.members[source].topics.as_slice();
        if distinct.get(last) != Some(&topics) {
            last = *index.entry(topics).or_insert(distinct.len());
            if last == distinct.len() {
                distinct.push(topics);
            }
        }
        last
    });
    (list_of.collect(), distinct)
}

fn number_topics<'a>(
    group: &GroupSubscription,
    lists: &[&'a [String]],
) -> Result<Vec<DenseTopic<'a>>, AssignorError> {
    let mut names: Vec<&str> = lists
        .iter()
        .flat_map(|it| it.iter())
        .map(String::as_str)
        .collect();
    sorted::sort_by(&mut names, |a, b| compare_strings(a, b));
    names.dedup();
    let mut next = 0_u64;
    let mut topics = Vec::with_capacity(names.len());
    for name in names {
        let partitions = group.topics.get(name).map_or(0, |&it| it.max(0) as u32);
        let first = u32::try_from(next).unwrap_or(u32::MAX);
        topics.push(DenseTopic {
            name,
            first,
            partitions,
        });
        next += u64::from(partitions);
    }
    if next > PARTITION_LIMIT {
        return Err(AssignorError::TooManyPartitions {
            partitions: next,
            limit: PARTITION_LIMIT,
        });
    }
    Ok(topics)
}

fn find_topic(topics: &[DenseTopic<'_>], name: &str) -> Option<usize> {
    topics
        .binary_search_by(|it| compare_strings(it.name, name))
        .ok()
}

fn intern_list(topics: &[DenseTopic<'_>], names: &[String]) -> Vec<u32> {
    let numbers = names.iter().filter_map(|name| find_topic(topics, name));
    numbers.map(|it| it as u32).collect()
}

fn dense_member(member: &MemberSubscription, source: usize, list: usize) -> DenseMember<'_> {
    DenseMember {
        id: &member.member_id,
        instance: member.group_instance_id.as_deref(),
        list,
        source,
    }
}

/// Gives an assignment its names back; partitions ascend.
#[must_use]
pub fn expand(dense: &Dense<'_>, assignment: &[Vec<u32>]) -> Assignment {
    expand_with(dense, assignment, &[])
}

/// The same where numbers from [`Dense::partitions`] on stand for partitions that do not exist, by topic and number.
#[must_use]
pub fn expand_with(
    dense: &Dense<'_>,
    assignment: &[Vec<u32>],
    vanished: &[(u32, i32)],
) -> Assignment {
    let named = dense
        .members
        .iter()
        .zip(assignment)
        .map(|(member, partitions)| {
            let mut sorted = partitions.clone();
            sorted::sort_numbers(&mut sorted);
            // Kafka may list a partition twice when claims are out of date.
            sorted.dedup();
            let existing = sorted.partition_point(|&it| it < dense.partitions);
            let mut topics = by_topic(dense, &sorted[..existing]);
            for &extra in &sorted[existing..] {
                let (topic, number) = vanished[(extra - dense.partitions) as usize];
                let numbers = topics
                    .entry(dense.topics[topic as usize].name.to_string())
                    .or_default();
                numbers.push(number);
                sorted::sort(numbers);
            }
            (member.id.to_string(), topics)
        });
    named.collect()
}

fn by_topic(dense: &Dense<'_>, sorted: &[u32]) -> Map<String, Vec<i32>> {
    let mut rest = sorted;
    let mut guess = 0;
    // Collecting builds the map in one go, which inserting topic by topic would not.
    let topics = core::iter::from_fn(|| {
        let first = *rest.first()?;
        let within = |it: &DenseTopic<'_>| it.first <= first && first < it.first + it.partitions;
        let guessed = dense.topics.get(guess).is_some_and(within);
        let at = if guessed {
            guess
        } else {
            dense.topic_of(first)
        };
        guess = at + 1;
        let topic = &dense.topics[at];
        let of_topic = rest
            .iter()
            .take_while(|&&it| it < topic.first + topic.partitions)
            .count();
        let (partitions, others) = rest.split_at(of_topic);
        rest = others;
        let numbers = partitions.iter().map(|&it| (it - topic.first) as i32);
        Some((topic.name.to_string(), numbers.collect()))
    });
    topics.collect()
}
