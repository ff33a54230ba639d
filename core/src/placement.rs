//! Where the replicas of a new topic go: `StripedReplicaPlacer`.
//!
//! Brokers stand in racks (brokers without a rack form one rack of their own). Racks are taken in name order from a random
//! start, brokers within a rack in id order from a random start. The replicas of one partition come from successive racks, so
//! they spread over as many as there are; the next partition starts one rack and one broker further on. Brokers that are not
//! fenced come before fenced ones, and the first replica, the preferred leader, is never fenced. After as many partitions as
//! there are unfenced brokers everything is shuffled, so that the same groups of brokers do not meet again and again.
//!
//! The random numbers come from the caller, in the order in which Kafka draws them; so `java.util.Random` with Kafka's seed
//! gives Kafka's placement.

use crate::java::random::{RandomSource, shuffle};
use crate::java::{HashTable, JavaKey, compare_strings, string_hash};
use crate::sorted;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A registered broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsableBroker {
    /// `node.id`.
    pub id: i32,
    /// `broker.rack`.
    pub rack: Option<String>,
    /// Whether the controller has fenced it.
    pub fenced: bool,
}

/// Why a topic cannot be placed (`InvalidReplicationFactorException`); the texts are Kafka's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlacementError {
    /// The replication factor is not positive.
    NonPositiveReplicationFactor(i32),
    /// No broker can lead.
    AllBrokersFenced,
    /// There are fewer brokers than replicas.
    TooFewBrokers {
        /// The wanted number of replicas.
        replication_factor: i32,
        /// The number of registered brokers.
        registered: usize,
    },
    /// The same broker was offered twice, and the search for another one does not end.
    NoBrokerLeft,
}

impl fmt::Display for PlacementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NonPositiveReplicationFactor(factor) => write!(
                f,
                "Invalid replication factor {factor}: the replication factor must be positive."
            ),
            Self::AllBrokersFenced => write!(f, "All brokers are currently fenced."),
            Self::TooFewBrokers {
                replication_factor,
                registered,
            } => write!(
                f,
                "The target replication factor of {replication_factor} cannot be reached because only {registered} broker(s) are registered."
            ),
            Self::NoBrokerLeft => write!(f, "No broker is left to place a replica on."),
        }
    }
}

impl core::error::Error for PlacementError {}

/// Chooses the replicas of each of `partitions` partitions; the first of each is the preferred leader.
///
/// # Errors
/// [`PlacementError`], as the controller answers CreateTopics with INVALID_REPLICATION_FACTOR.
pub fn place(
    brokers: &[UsableBroker],
    partitions: i32,
    replication_factor: i32,
    random: &mut dyn RandomSource,
) -> Result<Vec<Vec<i32>>, PlacementError> {
    let unfenced = brokers.iter().filter(|it| !it.fenced).count();
    if replication_factor <= 0 {
        return Err(PlacementError::NonPositiveReplicationFactor(
            replication_factor,
        ));
    }
    if unfenced == 0 {
        return Err(PlacementError::AllBrokersFenced);
    }
    if replication_factor as usize > brokers.len() {
        return Err(PlacementError::TooFewBrokers {
            replication_factor,
            registered: brokers.len(),
        });
    }
    let mut racks = RackList::new(brokers, unfenced, random);
    (0..partitions)
        .map(|_| racks.place(replication_factor as usize, random))
        .collect()
}

/// Brokers of one rack, fenced or not, that are handed out in turn.
#[derive(Debug, Default)]
struct BrokerList {
    brokers: Vec<i32>,
    index: usize,
    offset: usize,
    epoch: usize,
}

impl BrokerList {
    fn initialize(&mut self, random: &mut dyn RandomSource) {
        if !self.brokers.is_empty() {
            sorted::sort(&mut self.brokers);
            self.offset = random.next_int(self.brokers.len() as i32) as usize;
        }
    }

    /// The next broker for the partition numbered `epoch`; none once all were handed out for it.
    fn next(&mut self, epoch: usize) -> Option<i32> {
        if self.brokers.is_empty() {
            return None;
        }
        if self.epoch != epoch {
            self.epoch = epoch;
            self.index = 0;
            self.offset = (self.offset + 1) % self.brokers.len();
        }
        if self.index >= self.brokers.len() {
            return None;
        }
        let broker = self.brokers[(self.index + self.offset) % self.brokers.len()];
        self.index += 1;
        Some(broker)
    }
}

#[derive(Debug)]
struct Rack<'a> {
    name: Option<&'a str>,
    fenced: BrokerList,
    unfenced: BrokerList,
}

impl Rack<'_> {
    fn next(&mut self, epoch: usize) -> Option<i32> {
        self.unfenced
            .next(epoch)
            .or_else(|| self.fenced.next(epoch))
    }
}

/// `Optional<String>` as a key of a Java map.
#[derive(Clone, PartialEq)]
struct RackName<'a>(Option<&'a str>);

impl JavaKey for RackName<'_> {
    fn hash_code(&self) -> i32 {
        self.0.map_or(0, string_hash)
    }
}

struct RackList<'a> {
    racks: Vec<Rack<'a>>,
    /// The order in which Java's map of racks is iterated.
    map_order: Vec<usize>,
    /// The order in which racks are visited: by name at first, later shuffled.
    visit_order: Vec<usize>,
    unfenced: usize,
    epoch: usize,
    offset: usize,
}

impl<'a> RackList<'a> {
    fn new(brokers: &'a [UsableBroker], unfenced: usize, random: &mut dyn RandomSource) -> Self {
        let racks = group_by_rack(brokers);
        let mut table = HashTable::new();
        for rack in &racks {
            table.insert(RackName(rack.name));
        }
        let place_of = |name: RackName<'_>| racks.iter().position(|it| it.name == name.0);
        let map_order: Vec<usize> = table.keys().into_iter().filter_map(place_of).collect();
        let mut visit_order: Vec<usize> = (0..racks.len()).collect();
        sorted::sort_by(&mut visit_order, |&a, &b| {
            match (racks[a].name, racks[b].name) {
                (Some(a), Some(b)) => compare_strings(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            }
        });
        let mut list = Self {
            racks,
            map_order,
            visit_order,
            unfenced,
            epoch: 0,
            offset: 0,
        };
        for &rack in &list.map_order {
            list.racks[rack].fenced.initialize(random);
            list.racks[rack].unfenced.initialize(random);
        }
        list.offset = random.next_int(list.racks.len() as i32) as usize;
        list
    }

    /// The replicas of the next partition.
    fn place(
        &mut self,
        replicas: usize,
        random: &mut dyn RandomSource,
    ) -> Result<Vec<i32>, PlacementError> {
        // A single unfenced broker is never shuffled: its epoch has to go on.
        if self.epoch == self.unfenced && self.unfenced > 1 {
            self.shuffle(random);
            self.epoch = 0;
        }
        if self.offset == self.racks.len() {
            self.offset = 0;
        }
        let mut chosen = Vec::with_capacity(replicas);
        let leader_rack = self.place_leader(&mut chosen)?;
        self.place_followers(replicas, leader_rack, &mut chosen)?;
        self.epoch += 1;
        self.offset += 1;
        Ok(chosen)
    }

    /// Takes the first unfenced broker, beginning at the rack of the present offset; gives the place of its rack.
    fn place_leader(&mut self, chosen: &mut Vec<i32>) -> Result<usize, PlacementError> {
        let count = self.racks.len();
        for step in 0..count {
            let at = (self.offset + step) % count;
            let rack = &mut self.racks[self.visit_order[at]];
            if let Some(broker) = rack.unfenced.next(self.epoch) {
                chosen.push(broker);
                return Ok(at);
            }
        }
        Err(PlacementError::NoBrokerLeft)
    }

    /// Goes round the racks from the present offset; the leader's rack is passed over the first time.
    fn place_followers(
        &mut self,
        replicas: usize,
        leader_rack: usize,
        chosen: &mut Vec<i32>,
    ) -> Result<(), PlacementError> {
        let count = self.racks.len();
        let mut pass_over = Some(leader_rack);
        let mut at = self.offset;
        let mut fruitless = 0;
        while chosen.len() < replicas {
            if pass_over == Some(at) {
                pass_over = None;
            } else if let Some(broker) = self.racks[self.visit_order[at]].next(self.epoch) {
                chosen.push(broker);
                fruitless = 0;
            }
            at = (at + 1) % count;
            fruitless += 1;
            if fruitless > 2 * count {
                return Err(PlacementError::NoBrokerLeft);
            }
        }
        Ok(())
    }

    fn shuffle(&mut self, random: &mut dyn RandomSource) {
        shuffle(random, &mut self.visit_order);
        for &rack in &self.map_order {
            shuffle(random, &mut self.racks[rack].fenced.brokers);
            shuffle(random, &mut self.racks[rack].unfenced.brokers);
        }
    }
}

/// The racks in the order in which their first brokers come.
fn group_by_rack(brokers: &[UsableBroker]) -> Vec<Rack<'_>> {
    let mut racks: Vec<Rack<'_>> = Vec::new();
    for broker in brokers {
        let name = broker.rack.as_deref();
        let at = racks.iter().position(|it| it.name == name);
        let at = at.unwrap_or_else(|| {
            racks.push(Rack {
                name,
                fenced: BrokerList::default(),
                unfenced: BrokerList::default(),
            });
            racks.len() - 1
        });
        let rack = &mut racks[at];
        let list = if broker.fenced {
            &mut rack.fenced
        } else {
            &mut rack.unfenced
        };
        list.brokers.push(broker.id);
    }
    racks
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn broker(id: i32, rack: Option<&str>, fenced: bool) -> UsableBroker {
        UsableBroker {
            id,
            rack: rack.map(ToString::to_string),
            fenced,
        }
    }

    #[test]
    fn without_randomness_partitions_step_round_the_brokers() {
        let brokers: Vec<_> = (0..4).map(|id| broker(id, None, false)).collect();
        let placed = place(&brokers, 5, 2, &mut |_: i32| 0);
        let expected = vec![vec![0, 1], vec![1, 2], vec![2, 3], vec![3, 0], vec![1, 2]];
        assert_eq!(placed, Ok(expected));
    }

    #[test]
    fn replicas_spread_over_racks_and_fenced_brokers_never_lead() {
        let brokers = [
            broker(0, Some("a"), false),
            broker(1, Some("a"), true),
            broker(2, Some("b"), true),
            broker(3, Some("b"), false),
            broker(4, Some("c"), true),
        ];
        let placed =
            place(&brokers, 20, 3, &mut crate::java::JavaRandom::new(7)).unwrap_or_default();
        assert_eq!(placed.len(), 20);
        for replicas in placed {
            assert!([0, 3].contains(&replicas[0]), "{replicas:?}");
            let mut racks: Vec<i32> = replicas
                .iter()
                .map(|it| [0, 0, 1, 1, 2][*it as usize])
                .collect();
            racks.sort_unstable();
            assert_eq!(racks, [0, 1, 2], "{replicas:?}");
        }
    }

    #[test]
    fn impossible_wishes_are_refused() {
        let two = [broker(0, None, false), broker(1, None, true)];
        let mut zero = |_: i32| 0;
        assert_eq!(
            place(&two, 1, 0, &mut zero),
            Err(PlacementError::NonPositiveReplicationFactor(0))
        );
        assert_eq!(
            place(&two[1..], 1, 1, &mut zero),
            Err(PlacementError::AllBrokersFenced)
        );
        let refused = place(&two, 1, 3, &mut zero);
        let too_few = PlacementError::TooFewBrokers {
            replication_factor: 3,
            registered: 2,
        };
        assert_eq!(refused, Err(too_few));
    }
}
