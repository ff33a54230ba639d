//! A bin of `java.util.HashMap` that has become a red-black tree.
//!
//! The tree's nodes are also strung on a list, and iteration follows that list. A new node is put right behind its parent
//! in the tree, and after every insertion the tree's root is moved to the front; so the order depends on the shape of the
//! tree, and the tree has to be built to know it. Keys of equal hash are ordered by `compareTo`.

use super::hash_map::{Entry, JavaKey};
use alloc::vec::Vec;
use core::cmp::Ordering;

#[derive(Clone, Debug)]
struct Node<K> {
    entry: Entry<K>,
    parent: Option<usize>,
    /// Left and right child.
    child: [Option<usize>; 2],
    red: bool,
}

/// A tree and the order of its list, both by index into `nodes`.
#[derive(Clone, Debug)]
pub(super) struct TreeBin<K> {
    nodes: Vec<Node<K>>,
    order: Vec<usize>,
    root: usize,
}

impl<K: JavaKey> TreeBin<K> {
    /// Builds the tree from a list (`TreeNode.treeify`); the list is not empty.
    pub(super) fn treeify(list: Vec<Entry<K>>) -> Self {
        let mut tree = Self {
            nodes: Vec::with_capacity(list.len()),
            order: Vec::with_capacity(list.len()),
            root: 0,
        };
        for entry in list {
            let node = tree.nodes.len();
            let place = tree.place_of(&entry);
            tree.nodes.push(Node {
                entry,
                parent: None,
                child: [None, None],
                red: false,
            });
            tree.order.push(node);
            if let Some((parent, side)) = place {
                tree.attach(node, parent, side);
            }
        }
        tree.move_root_to_front();
        tree
    }

    /// Adds an entry (`TreeNode.putTreeVal`); false if its key is there.
    pub(super) fn insert(&mut self, entry: Entry<K>) -> bool {
        if self.nodes.iter().any(|it| it.entry.key == entry.key) {
            return false;
        }
        let node = self.nodes.len();
        let place = self.place_of(&entry);
        self.nodes.push(Node {
            entry,
            parent: None,
            child: [None, None],
            red: false,
        });
        if let Some((parent, side)) = place {
            let behind = self.order.iter().position(|&it| it == parent);
            self.order.insert(behind.map_or(0, |it| it + 1), node);
            self.attach(node, parent, side);
        }
        self.move_root_to_front();
        true
    }

    /// The entries in iteration order.
    pub(super) fn in_order(&self) -> Vec<Entry<K>> {
        let entries = self.order.iter();
        entries.map(|&it| self.nodes[it].entry.clone()).collect()
    }

    /// The free place for an entry: the parent and the side; none in an empty tree.
    fn place_of(&self, entry: &Entry<K>) -> Option<(usize, usize)> {
        if self.nodes.is_empty() {
            return None;
        }
        let mut at = self.root;
        loop {
            let here = &self.nodes[at].entry;
            // Java compares the spread hashes as signed integers.
            let order = (entry.spread as i32)
                .cmp(&(here.spread as i32))
                .then_with(|| entry.key.compare(&here.key));
            let side = usize::from(order == Ordering::Greater);
            match self.nodes[at].child[side] {
                Some(next) => at = next,
                None => return Some((at, side)),
            }
        }
    }

    fn attach(&mut self, node: usize, parent: usize, side: usize) {
        self.nodes[node].parent = Some(parent);
        self.nodes[parent].child[side] = Some(node);
        self.balance_after_insertion(node);
    }

    fn move_root_to_front(&mut self) {
        if let Some(position) = self.order.iter().position(|&it| it == self.root) {
            let root = self.order.remove(position);
            self.order.insert(0, root);
        }
    }

    fn parent(&self, node: usize) -> Option<usize> {
        self.nodes[node].parent
    }

    fn side_of(&self, node: usize, parent: usize) -> usize {
        usize::from(self.nodes[parent].child[1] == Some(node))
    }

    /// `TreeNode.balanceInsertion`.
    fn balance_after_insertion(&mut self, node: usize) {
        let mut node = node;
        self.nodes[node].red = true;
        while let Some(parent) = self.parent(node) {
            let Some(grandparent) = self.parent(parent) else {
                return;
            };
            if !self.nodes[parent].red {
                return;
            }
            let side = self.side_of(parent, grandparent);
            match self.nodes[grandparent].child[1 - side] {
                Some(uncle) if self.nodes[uncle].red => {
                    self.nodes[uncle].red = false;
                    self.nodes[parent].red = false;
                    self.nodes[grandparent].red = true;
                    node = grandparent;
                }
                _ => node = self.rotate_grandparent(node, parent, grandparent, side),
            }
        }
        self.nodes[node].red = false;
    }

    /// The two rotations of a red node with a red parent and no red uncle; gives the node to go on from.
    fn rotate_grandparent(
        &mut self,
        node: usize,
        parent: usize,
        grandparent: usize,
        side: usize,
    ) -> usize {
        let (mut node, mut parent) = (node, parent);
        if self.side_of(node, parent) != side {
            self.rotate(parent, side);
            core::mem::swap(&mut node, &mut parent);
        }
        self.nodes[parent].red = false;
        self.nodes[grandparent].red = true;
        self.rotate(grandparent, 1 - side);
        node
    }

    /// Moves a node down to `side` (0: left) and its child of the other side up into its place.
    fn rotate(&mut self, node: usize, side: usize) {
        let Some(up) = self.nodes[node].child[1 - side] else {
            return;
        };
        let inner = self.nodes[up].child[side];
        self.nodes[node].child[1 - side] = inner;
        if let Some(inner) = inner {
            self.nodes[inner].parent = Some(node);
        }
        let parent = self.nodes[node].parent;
        self.nodes[up].parent = parent;
        match parent {
            None => {
                self.root = up;
                self.nodes[up].red = false;
            }
            Some(parent) => {
                let at = self.side_of(node, parent);
                self.nodes[parent].child[at] = Some(up);
            }
        }
        self.nodes[up].child[side] = Some(node);
        self.nodes[node].parent = Some(up);
    }
}
