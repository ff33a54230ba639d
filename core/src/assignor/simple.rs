//! The share groups' assignor (`SimpleAssignor`, KIP-932): which partitions each member fetches from.
//!
//! Members may share a partition. Each partition of a topic goes to the same number of members, `⌈members / partitions⌉`; each member gets
//! an equal number, one more or less. Who has a partition keeps it as long as that holds.
//!
//! Simplified: among equals the order is that of the member ids (Kafka: of a hash map); members with different subscriptions are
//! served topic by topic.

use crate::id::{Name, TopicId, TopicPartition};
use crate::sorted::{Map, sort};
use alloc::vec::Vec;

/// Partitions per member id, each list ascending.
pub type Assignment = Map<Name, Vec<TopicPartition>>;

/// Assigns the topics (name, id, number of partitions) to the members (id, topics it subscribes to).
pub fn assign(
    members: &[(Name, Vec<Name>)],
    topics: &[(Name, TopicId, i32)],
    before: &Assignment,
) -> Assignment {
    let mut out: Assignment = members.iter().map(|m| (m.0.clone(), Vec::new())).collect();
    let alike = members.windows(2).all(|pair| pair[0].1 == pair[1].1);
    let all: Vec<&Name> = members.iter().map(|(id, _)| id).collect();
    let partitions = |(_, id, count): &(Name, TopicId, i32)| {
        let id = *id;
        (0..*count).map(move |p| TopicPartition::new(id, p))
    };
    if alike {
        let wanted = |t: &&(Name, TopicId, i32)| members.iter().any(|m| m.1.contains(&t.0));
        let targets: Vec<_> = topics.iter().filter(wanted).flat_map(partitions).collect();
        share_out(&all, &targets, before, &mut out);
    } else {
        for topic in topics {
            let subscribers = members.iter().filter(|m| m.1.contains(&topic.0));
            let subscribers: Vec<&Name> = subscribers.map(|m| &m.0).collect();
            let targets: Vec<_> = partitions(topic).collect();
            share_out(&subscribers, &targets, before, &mut out);
        }
    }
    out.values_mut().for_each(|list| sort(list));
    out
}

/// Members with the same subscription (`SimpleHomogeneousAssignmentBuilder`).
fn share_out(
    members: &[&Name],
    targets: &[TopicPartition],
    before: &Assignment,
    out: &mut Assignment,
) {
    let (m, p) = (members.len(), targets.len());
    if m == 0 || p == 0 {
        return;
    }
    let sharing = m.div_ceil(p);
    let quota = |i: usize| (sharing * p * (i + 1)).div_ceil(m) - (sharing * p * i).div_ceil(m);
    let mut shared: Map<TopicPartition, usize> = targets.iter().map(|t| (*t, 0)).collect();
    let mut has: Vec<Vec<TopicPartition>> = Vec::with_capacity(m);
    for (i, member) in members.iter().enumerate() {
        let mut kept = Vec::new();
        for tp in before.get(*member).into_iter().flatten() {
            if let Some(count) = shared.get_mut(tp)
                && *count < sharing
                && kept.len() < quota(i)
            {
                *count += 1;
                kept.push(*tp);
            }
        }
        has.push(kept);
    }
    // In turn, each member takes the least shared partition that it does not have.
    let mut progress = true;
    while progress {
        progress = false;
        for (i, mine) in has.iter_mut().enumerate() {
            if mine.len() >= quota(i) {
                continue;
            }
            let free = |(tp, count): &(&TopicPartition, &mut usize)| {
                **count < sharing && !mine.contains(tp)
            };
            let least = shared.iter_mut().filter(free).min_by_key(|(_, c)| **c);
            if let Some((tp, count)) = least {
                *count += 1;
                mine.push(*tp);
                progress = true;
            }
        }
    }
    for (member, mine) in members.iter().zip(has) {
        if let Some(list) = out.get_mut(*member) {
            list.extend(mine);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn run(members: usize, partitions: i32, before: &Assignment) -> Assignment {
        let topics = [(Name::from("t"), TopicId(1), partitions)];
        let subscribe = |i| (Name::from(format!("m{i:02}")), alloc::vec![Name::from("t")]);
        let members: Vec<_> = (0..members).map(subscribe).collect();
        assign(&members, &topics, before)
    }

    fn check(out: &Assignment, members: usize, partitions: i32) {
        let sizes: Vec<usize> = out.values().map(Vec::len).collect();
        let (low, high) = (sizes.iter().min(), sizes.iter().max());
        assert!(
            high.unwrap() - low.unwrap() <= 1,
            "{members}/{partitions}: {sizes:?}"
        );
        let sharing = members.div_ceil(partitions as usize);
        for p in 0..partitions {
            let tp = TopicPartition::new(TopicId(1), p);
            let count = out.values().filter(|list| list.contains(&tp)).count();
            assert!(
                (1..=sharing).contains(&count),
                "{members}/{partitions}: {p} has {count}"
            );
        }
    }

    #[test]
    fn everybody_gets_as_much_and_every_partition_is_served() {
        for members in 1..=9 {
            for partitions in 1..=9 {
                let mut out = run(members, partitions, &Assignment::new());
                check(&out, members, partitions);
                // Somebody comes, somebody goes.
                out = run(members + 1, partitions, &out);
                check(&out, members + 1, partitions);
                out = run(members, partitions, &out);
                check(&out, members, partitions);
            }
        }
    }

    #[test]
    fn more_members_than_partitions_share() {
        let out = run(3, 1, &Assignment::new());
        assert!(out.values().all(|list| list.len() == 1));
    }

    #[test]
    fn nothing_moves_without_need() {
        let first = run(3, 6, &Assignment::new());
        assert_eq!(run(3, 6, &first), first);
        let second = run(2, 6, &first);
        for (member, list) in &second {
            assert!(first[member].iter().all(|tp| list.contains(tp)), "{member}");
        }
    }
}
