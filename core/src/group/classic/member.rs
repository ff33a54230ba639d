//! Members of a classic group, and the order in which Kafka walks through them.
//!
//! Kafka keeps members in a `java.util.HashMap`; its order decides who leads after a leader is lost. The table's order
//! depends on every id that was ever in it, so the key table is kept along with the members.

use crate::group::ReplyTo;
use crate::id::Name;
use crate::java::{HashTable, JavaKey, compare_strings, string_hash};
use crate::protocol::{MemberAssignment, Subscription};
use crate::sorted::Map;
use crate::time::Duration;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;

impl JavaKey for Name {
    fn hash_code(&self) -> i32 {
        string_hash(self)
    }
    fn compare(&self, other: &Self) -> Ordering {
        compare_strings(self, other)
    }
}

/// Assignors in order of preference, each with its subscription.
pub type Protocols = Arc<[(Name, Subscription)]>;

/// A request held by the group. The inner value is gone when it was answered for another reason; the member still counts
/// as waiting then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parked(pub Option<ReplyTo>);

/// One member (`ClassicGroupMember`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Member id.
    pub id: Name,
    /// `group.instance.id` of a static member.
    pub instance: Option<Name>,
    /// `client.id`.
    pub client_id: Name,
    /// Without a heartbeat for this long it is removed.
    pub session_timeout: Duration,
    /// How long others wait for it to rejoin.
    pub rebalance_timeout: Duration,
    /// What it can do.
    pub protocols: Protocols,
    /// Its share, as the leader handed it out.
    pub assignment: MemberAssignment,
    /// Its JoinGroup waits.
    pub joining: Option<Parked>,
    /// Its SyncGroup waits.
    pub syncing: Option<Parked>,
    /// It has not got a JoinGroup answer yet.
    pub is_new: bool,
}

impl Member {
    /// A waiting JoinGroup or SyncGroup counts as a heartbeat, except for a member that is new.
    pub fn has_satisfied_heartbeat(&self) -> bool {
        !self.is_new && (self.joining.is_some() || self.syncing.is_some())
    }

    /// Its subscription under an assignor.
    pub fn subscription(&self, protocol: &str) -> Option<&Subscription> {
        let found = self.protocols.iter().find(|(name, _)| &**name == protocol);
        found.map(|(_, subscription)| subscription)
    }
}

/// The members by id, walked in the order of Kafka's `HashMap`.
#[derive(Clone, Debug, Default)]
pub struct Members {
    by_id: Map<Name, Member>,
    order: HashTable<Name>,
}

impl Members {
    /// How many.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// A member.
    pub fn get(&self, id: &str) -> Option<&Member> {
        self.by_id.get(id)
    }

    /// A member, to change it.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Member> {
        self.by_id.get_mut(id)
    }

    /// Is it a member?
    pub fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Puts a member in.
    pub fn insert(&mut self, member: Member) {
        self.order.insert(member.id.clone());
        self.by_id.insert(member.id.clone(), member);
    }

    /// Takes a member out.
    pub fn remove(&mut self, id: &str) -> Option<Member> {
        let member = self.by_id.remove(id)?;
        self.order.remove(&member.id);
        Some(member)
    }

    /// The first in hash order.
    pub fn first(&self) -> Option<Name> {
        self.order.first()
    }

    /// Ids in hash order.
    pub fn ids(&self) -> Vec<Name> {
        self.order.keys()
    }

    /// Members in hash order.
    pub fn in_order(&self) -> impl Iterator<Item = &Member> {
        self.order
            .keys()
            .into_iter()
            .filter_map(|id| self.by_id.get(&*id))
    }

    /// Members by id.
    pub fn iter(&self) -> impl Iterator<Item = &Member> {
        self.by_id.values()
    }

    /// Members by id, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.by_id.values_mut()
    }
}
