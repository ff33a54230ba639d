//! `--generate`: a proposal that spreads topics over brokers (`AdminUtils.assignReplicasToBrokers`).
//!
//! First replicas go round robin from a random broker; the others follow at a distance that grows with every round, so that
//! the followers of one broker's partitions are not always the same. With racks, brokers alternate by rack, and a rack is
//! used again only when every rack has a replica. Random is what the session's seed and clock say.

use super::super::{Planned, Scene, file};
use super::data::{self, Target, error, json, missing, read, repeated};
use crate::plan::{Failure, Plan, Said};
use crate::print;
use rebalance_core::command::PartitionName;
use rebalance_core::id::{BrokerId, Name};
use rebalance_core::rng::Rng;

/// A broker to be used, and its rack if racks count.
type Usable = (BrokerId, Option<Name>);

const EXAMPLE: &str = r#"{"version":1,"topics":[{"topic":"orders"}]}"#;

pub(super) fn run(scene: &Scene<'_>) -> Planned {
    let wanted = broker_list(scene.options.value("broker-list").unwrap_or_default())?;
    let topics = topics(&file(scene, "topics-to-move-json-file")?)?;
    let mut now = Vec::new();
    for topic in &topics {
        let found = print::topic(&scene.view, topic).ok_or_else(|| missing(&scene.view, topic))?;
        now.push(found);
    }
    let brokers = usable(scene, &wanted)?;
    let seed = scene.view.seed ^ scene.view.now.0;
    let mut rng = Rng::fork(seed, "reassign-partitions-tool");
    let (mut current, mut proposed) = (Vec::new(), Vec::new());
    for topic in now {
        let width = topic.partitions[0].replicas.len();
        if width > brokers.len() {
            return Err(error(format!(
                "Replication factor: {width} larger than available brokers: {}.",
                brokers.len()
            )));
        }
        let placed = place(&brokers, topic.partitions.len(), width, &mut rng);
        for (p, replicas) in topic.partitions.iter().zip(placed) {
            let tp = PartitionName {
                topic: topic.name.clone(),
                partition: p.tp.partition,
            };
            current.push(Target {
                tp: tp.clone(),
                replicas: p.replicas.clone(),
            });
            proposed.push(Target { tp, replicas });
        }
    }
    let out = format!(
        "Current partition replica assignment\n{}\n\nProposed partition reassignment configuration\n{}",
        json(&current),
        json(&proposed)
    );
    Ok(Plan::say(Said::line(out)))
}

fn broker_list(text: &str) -> Result<Vec<BrokerId>, Failure> {
    let mut brokers = Vec::new();
    for word in text.split(',') {
        let id = word.parse().map_err(|_| {
            error(format!("For input string: \"{word}\"")).hint("--broker-list 1,2,3")
        })?;
        brokers.push(BrokerId(id));
    }
    let twice = repeated(&brokers);
    match twice.is_empty() {
        true => Ok(brokers),
        false => Err(error(format!(
            "Broker list contains duplicate entries: [{}]",
            print::ids(&twice).replace(',', ", ")
        ))),
    }
}

/// `parseTopicsData`
fn topics(text: &str) -> Result<Vec<String>, Failure> {
    let json = read(text, EXAMPLE)?;
    let names = || -> Result<Vec<String>, String> {
        let Some(all) = json.maybe("topics")? else {
            return Ok(Vec::new());
        };
        let name = |t: &crate::json::Json| Ok(t.field("topic")?.text()?.to_string());
        all.list()?.iter().map(name).collect()
    };
    let names = names().map_err(error)?;
    let twice = data::repeated(&names);
    match twice.is_empty() {
        true => Ok(names),
        false => Err(error(format!(
            "List of topics to reassign contains duplicate entries: [{}]",
            twice.join(", ")
        ))),
    }
}

/// The brokers that are asked for and there; all of them have a rack, or none counts.
fn usable(scene: &Scene<'_>, wanted: &[BrokerId]) -> Result<Vec<Usable>, Failure> {
    let aware = !scene.options.has("disable-rack-aware");
    let there = scene.view.brokers.iter().filter(|b| !b.fenced);
    let brokers: Vec<Usable> = there
        .filter(|b| wanted.contains(&b.id))
        .map(|b| (b.id, b.rack.clone().filter(|_| aware)))
        .collect();
    let without = brokers.iter().filter(|(_, rack)| rack.is_none()).count();
    if without > 0 && without < brokers.len() {
        return Err(error(
            "Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment without rack \
             information.",
        ));
    }
    Ok(brokers)
}

/// Brokers in turns over the racks, and how many racks there are (0: none counts).
fn alternated(brokers: &[Usable]) -> (Vec<Usable>, usize) {
    let mut racks: Vec<&Option<Name>> = brokers.iter().map(|(_, rack)| rack).collect();
    racks.sort();
    racks.dedup();
    let mut lines: Vec<Vec<Usable>> = racks
        .iter()
        .map(|rack| {
            let of = brokers.iter().filter(|(_, r)| r == *rack);
            of.rev().cloned().collect()
        })
        .collect();
    let mut ring = Vec::new();
    while ring.len() < brokers.len() {
        ring.extend(lines.iter_mut().filter_map(Vec::pop));
    }
    let count = racks.iter().filter(|r| r.is_some()).count();
    (ring, count)
}

fn place(brokers: &[Usable], count: usize, width: usize, rng: &mut Rng) -> Vec<Vec<BrokerId>> {
    let (ring, racks) = alternated(brokers);
    let many = ring.len();
    let first = rng.below(many as u64) as usize;
    let mut shift = rng.below(many as u64) as usize;
    let mut placed = Vec::new();
    for partition in 0..count {
        if partition > 0 && partition % many == 0 {
            shift += 1;
        }
        let leader = (partition + first) % many;
        let mut chosen: Vec<&Usable> = vec![&ring[leader]];
        let mut step = 0;
        while chosen.len() < width {
            let distance = 1 + (shift * racks.max(1) + step) % (many - 1);
            let broker = &ring[(leader + distance) % many];
            step += 1;
            let of_rack = |b: &&&Usable| b.1 == broker.1;
            // Every rack has one already, once there are as many replicas as racks: each was used when it was due.
            let due = chosen.len() >= racks || !chosen.iter().any(|b| of_rack(&b));
            if due && !chosen.contains(&broker) {
                chosen.push(broker);
            }
        }
        placed.push(chosen.into_iter().map(|(id, _)| *id).collect());
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brokers(racks: &[&str]) -> Vec<Usable> {
        let broker = |(i, rack): (usize, &&str)| {
            let rack = (!rack.is_empty()).then(|| Name::from(*rack));
            (BrokerId(i as i32 + 1), rack)
        };
        racks.iter().enumerate().map(broker).collect()
    }

    #[test]
    fn every_broker_has_as_many_first_replicas_and_no_partition_has_one_twice() {
        let brokers = brokers(&["", "", "", ""]);
        let placed = place(&brokers, 8, 3, &mut Rng::fork(7, "test"));
        for broker in 1..=4 {
            let firsts = placed.iter().filter(|p| p[0] == BrokerId(broker)).count();
            assert_eq!(firsts, 2);
        }
        assert!(
            placed
                .iter()
                .all(|p| p.len() == 3 && repeated(p).is_empty())
        );
    }

    #[test]
    fn racks_are_used_in_turns() {
        let brokers = brokers(&["a", "a", "b", "b", "c", "c"]);
        let (ring, racks) = alternated(&brokers);
        let ids: Vec<i32> = ring.iter().map(|b| b.0.0).collect();
        assert_eq!((ids, racks), (vec![1, 3, 5, 2, 4, 6], 3));
        for seed in 0..50 {
            for replicas in place(&brokers, 12, 3, &mut Rng::fork(seed, "test")) {
                let mut used: Vec<i32> = replicas.iter().map(|b| (b.0 - 1) / 2).collect();
                used.sort_unstable();
                assert_eq!(used, [0, 1, 2], "{replicas:?}");
            }
        }
    }
}
