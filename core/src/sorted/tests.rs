//! The sorted vectors against the standard library's trees and sort, on random operations.

use super::*;
use alloc::collections::{BTreeMap, BTreeSet};
use proptest::prelude::*;

proptest! {
    /// Whatever is done to both, both say the same.
    #[test]
    fn a_map_is_a_tree_map(ops in prop::collection::vec((0u8..5, 0u8..24, any::<u16>()), 0..200)) {
        let (mut map, mut tree) = (Map::new(), BTreeMap::new());
        for (op, key, value) in ops {
            match op {
                0 => prop_assert_eq!(map.insert(key, value), tree.insert(key, value)),
                1 => prop_assert_eq!(map.remove(&key), tree.remove(&key)),
                2 => prop_assert_eq!(*map.entry(key).or_insert(value), *tree.entry(key).or_insert(value)),
                3 => {
                    map.retain(|k, v| !(*k + key).is_multiple_of(5) && *v != 0);
                    tree.retain(|k, v| !(*k + key).is_multiple_of(5) && *v != 0);
                }
                _ => {
                    let to = key.saturating_add(value as u8 % 8);
                    prop_assert!(map.range(key..to).eq(tree.range(key..to)));
                    prop_assert!(map.range(key..=to).eq(tree.range(key..=to)));
                    prop_assert!(map.range(..to).eq(tree.range(..to)));
                    prop_assert!(map.range(key..).eq(tree.range(key..)));
                }
            }
            prop_assert_eq!(map.get(&key), tree.get(&key));
            prop_assert_eq!(map.contains_key(&key), tree.contains_key(&key));
            prop_assert_eq!(map.first_key_value(), tree.first_key_value());
            prop_assert_eq!(map.last_key_value(), tree.last_key_value());
            prop_assert!(map.iter().eq(tree.iter()) && map.len() == tree.len());
        }
    }

    #[test]
    fn a_map_of_many_pairs_keeps_the_last(pairs in prop::collection::vec((0u8..24, any::<u16>()), 0..60)) {
        let map: Map<u8, u16> = pairs.iter().copied().collect();
        let tree: BTreeMap<u8, u16> = pairs.into_iter().collect();
        prop_assert!(map.iter().eq(tree.iter()));
    }

    #[test]
    fn a_set_is_a_tree_set(ops in prop::collection::vec((any::<bool>(), 0u8..24), 0..200)) {
        let (mut set, mut tree) = (Set::new(), BTreeSet::new());
        for (put, key) in ops {
            if put {
                prop_assert_eq!(set.insert(key), tree.insert(key));
            } else {
                prop_assert_eq!(set.remove(&key), tree.remove(&key));
            }
            prop_assert_eq!(set.contains(&key), tree.contains(&key));
            prop_assert!(set.iter().eq(tree.iter()) && set.first() == tree.first() && set.last() == tree.last());
        }
    }

    /// Equal keys keep their order, as in the standard library's stable sort.
    #[test]
    fn sorting_is_stable(mut items in prop::collection::vec((0u8..12, any::<u16>()), 0..200)) {
        let mut expected = items.clone();
        expected.sort_by_key(|it| it.0);
        sort_by_key(&mut items, |it| it.0);
        prop_assert_eq!(items, expected);
    }
}
