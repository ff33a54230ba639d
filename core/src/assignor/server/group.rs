//! Interned names of a KIP-848 group: as `dense` for the client-side assignors, but in the order of topic ids and with old
//! targets instead of claims.

use super::super::Assignment;
use super::super::dense::{DenseTopic, PARTITION_LIMIT, member_info_order};
use super::{TargetError, TargetGroup, TargetMember};
use crate::sorted::{Map, sort_numbers};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// A member with its subscription as an index into [`DenseTargets::lists`].
#[derive(Clone, Debug)]
pub struct DenseTarget<'a> {
    pub id: &'a str,
    pub instance: Option<&'a str>,
    pub list: usize,
    /// The old target, ascending, of topics that exist.
    pub previous: Vec<u32>,
}

/// A [`TargetGroup`] with all names interned.
#[derive(Clone, Debug)]
pub struct DenseTargets<'a> {
    pub topics: Vec<DenseTopic<'a>>,
    pub members: Vec<DenseTarget<'a>>,
    /// The different subscriptions, ascending.
    pub lists: Vec<Vec<u32>>,
    /// The number of partitions of all topics.
    pub partitions: u32,
    differs_unseen: bool,
}

/// The partitions of each member.
pub type Targets = Vec<Vec<u32>>;

impl<'a> DenseTargets<'a> {
    /// Interns a group.
    ///
    /// # Errors
    /// A subscription to a topic that does not exist, or beyond 2^27 partitions.
    pub fn new(group: &'a TargetGroup) -> Result<Self, TargetError> {
        let mut total = 0_u64;
        let topics: Vec<DenseTopic<'a>> = group
            .topics
            .iter()
            .map(|(name, partitions)| {
                let (first, partitions) = (total as u32, (*partitions).max(0) as u32);
                total += u64::from(partitions);
                DenseTopic {
                    name,
                    first,
                    partitions,
                }
            })
            .collect();
        if total > PARTITION_LIMIT {
            return Err(TargetError::TooManyPartitions {
                partitions: total,
                limit: PARTITION_LIMIT,
            });
        }
        let index: Map<&str, u32> = topics.iter().map(|it| it.name).zip(0..).collect();
        let mut lists = Lists {
            index: &index,
            known: Map::new(),
            lists: Vec::new(),
            last: None,
        };
        let members = group.members.iter().map(|member| {
            Ok(DenseTarget {
                id: &member.member_id,
                instance: member.group_instance_id.as_deref(),
                list: lists.intern(member)?,
                previous: previous(&topics, &index, member),
            })
        });
        let members = members.collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            members,
            lists: lists.lists,
            partitions: total as u32,
            topics,
            differs_unseen: group.differs_unseen,
        })
    }

    /// `ModernGroup.subscriptionType`: whether every topic is subscribed by all.
    #[must_use]
    pub fn is_homogeneous(&self) -> bool {
        !self.differs_unseen
            && self
                .members
                .windows(2)
                .all(|pair| pair[0].list == pair[1].list)
    }

    /// Static members by instance id, then the others by member id.
    pub(super) fn member_info_order(&self) -> Vec<u32> {
        member_info_order(self.members.iter().map(|it| (it.instance, it.id)).collect())
    }

    /// For each topic its subscribers, in the order of `members`.
    pub(super) fn subscribers(&self, members: impl IntoIterator<Item = u32>) -> Vec<Vec<u32>> {
        let mut subscribers: Vec<Vec<u32>> = vec![Vec::new(); self.topics.len()];
        for member in members {
            for &topic in &self.lists[self.members[member as usize].list] {
                subscribers[topic as usize].push(member);
            }
        }
        subscribers
    }

    /// The topic of a partition, looking first at `guess`.
    pub(super) fn topic_of(&self, partition: u32, guess: usize) -> usize {
        match self.topics.get(guess) {
            Some(it) if it.first <= partition && partition < it.first + it.partitions => guess,
            _ => self.topics.partition_point(|it| it.first <= partition) - 1,
        }
    }

    /// Gives targets their names back; partitions ascend.
    #[must_use]
    pub fn expand(&self, targets: &[Vec<u32>]) -> Assignment {
        let named = self
            .members
            .iter()
            .zip(targets)
            .map(|(member, partitions)| {
                let mut sorted = partitions.clone();
                sort_numbers(&mut sorted);
                (member.id.to_string(), self.by_topic(&sorted))
            });
        named.collect()
    }

    fn by_topic(&self, sorted: &[u32]) -> Map<String, Vec<i32>> {
        let mut rest = sorted;
        let mut guess = 0;
        let topics = core::iter::from_fn(|| {
            let at = self.topic_of(*rest.first()?, guess);
            guess = at + 1;
            let topic = &self.topics[at];
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
}

/// Finds out which members have the same subscription.
struct Lists<'a, 'i> {
    index: &'i Map<&'a str, u32>,
    known: Map<Vec<u32>, usize>,
    lists: Vec<Vec<u32>>,
    /// The member looked at last, and its list: neighbours often subscribe alike.
    last: Option<(&'a [String], usize)>,
}

impl<'a> Lists<'a, '_> {
    fn intern(&mut self, member: &'a TargetMember) -> Result<usize, TargetError> {
        if let Some((topics, list)) = self.last
            && topics == member.topics
        {
            return Ok(list);
        }
        let numbers = member.topics.iter().map(|name| {
            let number = self.index.get(name.as_str()).copied();
            number.ok_or_else(|| TargetError::NoSuchTopic(name.clone()))
        });
        let mut numbers = numbers.collect::<Result<Vec<u32>, _>>()?;
        sort_numbers(&mut numbers);
        numbers.dedup();
        let next = self.lists.len();
        let list = *self.known.entry(numbers.clone()).or_insert(next);
        if list == next {
            self.lists.push(numbers);
        }
        self.last = Some((&member.topics, list));
        Ok(list)
    }
}

/// A member's old target; partitions that do not exist are left out.
fn previous(topics: &[DenseTopic<'_>], index: &Map<&str, u32>, member: &TargetMember) -> Vec<u32> {
    let mut previous = Vec::with_capacity(member.previous_target.iter().map(|it| it.1.len()).sum());
    let mut guess = 0;
    for (name, numbers) in &member.previous_target {
        let guessed = topics.get(guess).is_some_and(|it| it.name == name);
        let found = if guessed {
            Some(guess as u32)
        } else {
            index.get(name.as_str()).copied()
        };
        let Some(at) = found else {
            continue;
        };
        guess = at as usize + 1;
        let topic = &topics[at as usize];
        let existing = numbers
            .iter()
            .filter_map(|&it| u32::try_from(it).ok())
            .filter(|&it| it < topic.partitions);
        previous.extend(existing.map(|it| topic.first + it));
    }
    if previous.windows(2).any(|pair| pair[0] >= pair[1]) {
        sort_numbers(&mut previous);
        previous.dedup();
    }
    previous
}
