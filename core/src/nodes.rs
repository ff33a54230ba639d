//! A map by node whose look-ups take the same time in a cluster of three brokers and in one of three hundred.
//!
//! Every event looks several nodes up, and in a large cluster a binary search over them costs more than the event itself. Nodes are
//! numbered from 1 (brokers), 101 (controllers) and 0 (clients), so a table by kind and number says where a node stands among
//! the entries. It is made anew when a node comes or goes, and clones share it.
//!
//! Everything else is that of [`Map`], which it can be read as.

use crate::id::NodeId;
use crate::sorted::Map;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Deref;

/// Numbers beyond this one are looked for, not looked up.
const TABLE: usize = 1 << 14;

/// A map in the order of nodes.
#[derive(Clone, Debug)]
pub struct NodeMap<V> {
    entries: Map<NodeId, V>,
    /// By kind and number: the place among the entries, plus one; 0: not there.
    places: Arc<[Vec<u32>; 4]>,
}

/// The row and column of a node in the table.
fn cell(node: NodeId) -> (usize, usize) {
    match node {
        NodeId::Broker(id) => (0, id.0 as usize),
        NodeId::Controller(id) => (1, id.0 as usize),
        NodeId::Client(id) => (2, id.0 as usize),
        NodeId::Admin => (3, 0),
    }
}

impl<V> NodeMap<V> {
    fn place(&self, node: NodeId) -> Option<usize> {
        let (kind, number) = cell(node);
        match self.places[kind].get(number) {
            Some(place) => (*place as usize).checked_sub(1),
            None if number < TABLE => None,
            None => self.entries.place(&node),
        }
    }

    /// The value of a node.
    pub fn get(&self, node: &NodeId) -> Option<&V> {
        let place = self.place(*node)?;
        self.entries.at(place)
    }

    /// The value of a node, to change.
    pub fn get_mut(&mut self, node: &NodeId) -> Option<&mut V> {
        let place = self.place(*node)?;
        Some(self.entries.value_at(place))
    }

    /// Sets the value of a node; gives the old one.
    pub fn insert(&mut self, node: NodeId, value: V) -> Option<V> {
        let old = self.entries.insert(node, value);
        if old.is_none() {
            self.count_anew();
        }
        old
    }

    /// Takes a node out; gives its value.
    pub fn remove(&mut self, node: &NodeId) -> Option<V> {
        let old = self.entries.remove(node);
        if old.is_some() {
            self.count_anew();
        }
        old
    }

    /// The values to change, in the order of nodes.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.values_mut()
    }

    fn count_anew(&mut self) {
        let mut places: [Vec<u32>; 4] = Default::default();
        for (place, node) in self.entries.keys().enumerate() {
            let (kind, number) = cell(*node);
            if number < TABLE {
                let row = &mut places[kind];
                row.resize(row.len().max(number + 1), 0);
                row[number] = place as u32 + 1;
            }
        }
        self.places = Arc::new(places);
    }
}

impl<V: Default> NodeMap<V> {
    /// The value of a node, which is made if there is none.
    pub fn get_or_default(&mut self, node: NodeId) -> &mut V {
        let place = self.place(node).unwrap_or_else(|| {
            self.insert(node, V::default());
            self.entries.place(&node).unwrap_or(0)
        });
        self.entries.value_at(place)
    }
}

impl<V> Default for NodeMap<V> {
    fn default() -> Self {
        Self {
            entries: Map::default(),
            places: Arc::default(),
        }
    }
}

impl<V> Deref for NodeMap<V> {
    type Target = Map<NodeId, V>;

    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{BrokerId, ClientId};
    use crate::rng::Rng;

    #[test]
    fn it_finds_what_a_map_finds() {
        let mut rng = Rng::fork(5, "nodes");
        let (mut quick, mut plain) = (NodeMap::default(), Map::new());
        for step in 0..4_000_u32 {
            let number = match rng.below(20) {
                0 => TABLE as i32 + rng.below(3) as i32,
                _ => rng.below(40) as i32,
            };
            let node = match rng.below(4) {
                0 => NodeId::Broker(BrokerId(number)),
                1 => NodeId::Controller(BrokerId(100 + number)),
                2 => NodeId::Client(ClientId(number as u32)),
                _ => NodeId::Admin,
            };
            match rng.below(3) {
                0 => assert_eq!(quick.insert(node, step), plain.insert(node, step)),
                1 => assert_eq!(quick.remove(&node), plain.remove(&node)),
                _ => {
                    *quick.get_or_default(node) += 1;
                    *plain.entry(node).or_insert(0) += 1;
                }
            }
            assert_eq!(quick.get(&node), plain.get(&node));
            assert_eq!(quick.get_mut(&node), plain.get_mut(&node));
            assert!(quick.iter().eq(plain.iter()));
        }
    }
}
