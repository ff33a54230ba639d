//! Weighted round robin: an assignor of one's own. **Not part of Kafka.**
//!
//! Members have weights (a machine with twice the processors might have twice the weight). Topics in name order, partitions
//! ascending; each partition goes to the subscriber that would then have the least for its weight, ties to the first in
//! member order (static members first). With equal weights and subscriptions that is round robin.
//!
//! It shows what an assignor needs: a pure function of a [`Dense`] group, with whatever else it wants to know of the members
//! (a consumer's `weighted.assignor.weight` travels in its subscription's user data, as a real one's would).

use super::steps::{Step, Trace, Why};
use super::{Dense, DenseAssignment};
use alloc::collections::BinaryHeap;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::{Ordering, Reverse};

/// Its name in the JoinGroup protocol list.
pub const NAME: &str = "weighted-roundrobin";

/// Assigns; `weight_of` gives the weight of a member id, and 0 counts as 1.
#[must_use]
pub fn assign(
    dense: &Dense<'_>,
    weight_of: &dyn Fn(&str) -> u32,
    trace: &mut Trace,
) -> DenseAssignment {
    let order = dense.member_info_order();
    let mut turns: Vec<Turn> = vec![Turn::default(); order.len()];
    for (place, &member) in (0_u32..).zip(&order) {
        let weight = weight_of(dense.members[member as usize].id).max(1);
        turns[member as usize] = Turn {
            next: 1,
            weight,
            place,
            member,
        };
    }
    let mut assignment = vec![Vec::new(); dense.members.len()];
    for (topic, members) in dense.topics.iter().zip(dense.subscribers(order)) {
        let mut waiting: BinaryHeap<Reverse<Turn>> = members
            .iter()
            .map(|&it| Reverse(turns[it as usize]))
            .collect();
        for partition in topic.first..topic.first + topic.partitions {
            let Some(Reverse(mut turn)) = waiting.pop() else {
                break;
            };
            assignment[turn.member as usize].push(partition);
            trace.tell(|| Step::give(turn.why(), turn.member, partition));
            turn.next += 1;
            turns[turn.member as usize] = turn;
            waiting.push(Reverse(turn));
        }
    }
    assignment
}

/// A member waiting for its next partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Turn {
    /// How many partitions it would have with one more.
    next: u32,
    weight: u32,
    place: u32,
    member: u32,
}

impl Turn {
    const fn why(&self) -> Why {
        Why::Weight {
            next: self.next,
            weight: self.weight,
        }
    }
}

impl Ord for Turn {
    /// By `next / weight`, compared without fractions; then by place.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mine, theirs) = (
            u64::from(self.next) * u64::from(other.weight),
            u64::from(other.next) * u64::from(self.weight),
        );
        mine.cmp(&theirs).then(self.place.cmp(&other.place))
    }
}

impl PartialOrd for Turn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{GroupSubscription, MemberSubscription, round_robin};
    use super::*;
    use alloc::string::ToString;

    fn group(members: &[&str]) -> GroupSubscription {
        let member = |id: &&str| MemberSubscription {
            member_id: id.to_string(),
            topics: vec!["t".to_string(), "u".to_string()],
            ..MemberSubscription::default()
        };
        GroupSubscription {
            topics: [("t".to_string(), 7), ("u".to_string(), 5)].into(),
            members: members.iter().map(member).collect(),
        }
    }

    #[test]
    fn shares_follow_the_weights() {
        let group = group(&["big", "small", "tiny"]);
        let dense = Dense::new(&group).expect("a small group");
        let weights = |id: &str| match id {
            "big" => 6,
            "small" => 4,
            _ => 2,
        };
        let sizes: Vec<usize> = assign(&dense, &weights, &mut Trace::silent())
            .iter()
            .map(Vec::len)
            .collect();
        assert_eq!(sizes, [6, 4, 2]);
    }

    #[test]
    fn equal_weights_are_round_robin() {
        let group = group(&["a", "b", "c", "d", "e"]);
        let dense = Dense::new(&group).expect("a small group");
        let silent = &mut Trace::silent();
        let turns = round_robin::assign(&dense, silent);
        assert_eq!(assign(&dense, &|_| 3, silent), turns);
        assert_eq!(assign(&dense, &|_| 0, silent), turns);
    }
}
