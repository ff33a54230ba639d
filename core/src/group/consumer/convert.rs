//! Online migration: a classic group becomes one of the consumer protocol when the first such member joins, and a classic one
//! again when the last such member is gone (`group.consumer.migration.policy`).
//!
//! Going up, generation becomes group epoch, and what the classic leader assigned becomes target and assignment: nobody has to
//! stop. Going down, the group epoch becomes the generation, targets become assignments, and the group rebalances.

use super::record::{ClassicMember, Current, GroupRecord, MemberMetadata};
use super::{ConsumerGroup, Work};
use crate::group::classic::{self, ClassicGroup};
use crate::group::consumer::target::by_name;
use crate::id::{Name, TopicPartition};
use crate::reconcile::{MemberState, Partitions};
use alloc::vec::Vec;

const UPGRADE: i64 = 1;
const DOWNGRADE: i64 = 2;

/// May this classic group be upgraded (`validateOnlineUpgrade`)?
pub fn may_upgrade(group: &ClassicGroup, work: &Work<'_>) -> bool {
    let limits = &work.limits;
    limits.migration & UPGRADE != 0
        && group.has_protocol_type()
        && group.members().len() <= limits.consumer_max_size
}

impl ConsumerGroup {
    /// The group that a classic one becomes (`ConsumerGroup.fromClassicGroup`); its records are in `work`.
    pub fn from_classic(classic: &ClassicGroup, work: &mut Work<'_>) -> Self {
        let mut group = Self::new(classic.name().clone());
        let epoch = classic.generation();
        let members: Vec<&classic::Member> = classic.members().in_order().collect();
        for member in &members {
            let metadata = upgraded(member, classic.protocol());
            group.write(work, GroupRecord::Member(member.id.clone(), Some(metadata)));
        }
        group.write(work, GroupRecord::Epoch(Some(epoch)));
        for member in &members {
            let target = assigned(member, work);
            group.write(work, GroupRecord::Target(member.id.clone(), Some(target)));
        }
        group.write(work, GroupRecord::TargetEpoch(Some(epoch)));
        for member in &members {
            let current = Current {
                state: MemberState::Stable,
                member_epoch: epoch,
                previous_member_epoch: epoch,
                assigned: assigned(member, work),
                pending_revocation: Partitions::new(),
            };
            group.write(work, GroupRecord::Current(member.id.clone(), Some(current)));
            group.renew_session(work.now, &member.id, member.session_timeout);
        }
        group.state = group.state_now();
        group
    }

    /// Everything about the group, to be forgotten (`createGroupTombstoneRecords`).
    pub fn tombstones(&self) -> Vec<GroupRecord> {
        let ids = || self.members.keys().cloned();
        let mut records: Vec<GroupRecord> =
            ids().map(|id| GroupRecord::Current(id, None)).collect();
        records.extend(ids().map(|id| GroupRecord::Target(id, None)));
        records.push(GroupRecord::TargetEpoch(None));
        records.extend(ids().map(|id| GroupRecord::Member(id, None)));
        records.push(GroupRecord::Topics(None));
        records.push(GroupRecord::Epoch(None));
        records
    }

    /// Everybody but this member speaks the classic protocol, and the group may become classic without it
    /// (`validateOnlineDowngradeWithFencedMember`).
    pub(super) fn may_downgrade_without(&self, id: &str, work: &Work<'_>) -> bool {
        let leaver = self.members.get(id);
        let others = self.members.values().filter(|m| &*m.id != id);
        leaver.is_some_and(|m| !m.is_classic())
            && self.members.len() > 1
            && others.clone().all(super::Member::is_classic)
            && work.limits.migration & DOWNGRADE != 0
            && self.members.len() - 1 <= work.limits.max_size
    }

    /// Everybody speaks the classic protocol, and the group may become classic.
    pub(super) fn may_downgrade(&self, work: &Work<'_>) -> bool {
        self.members.values().all(super::Member::is_classic)
            && work.limits.migration & DOWNGRADE != 0
            && self.members.len() <= work.limits.max_size
    }

    /// The classic group this one becomes, without `leaver` (`ClassicGroup.fromConsumerGroup`).
    pub fn to_classic(&self, work: &Work<'_>, leaver: Option<&Name>) -> ClassicGroup {
        let ids = self.ids_in_hash_order(None);
        let staying = ids.iter().filter(|id| Some(*id) != leaver);
        let members = staying.filter_map(|id| {
            let member = self.members.get(id)?;
            let guest = member.metadata.classic.as_ref()?;
            Some(classic::Member {
                id: member.id.clone(),
                instance: member.metadata.instance.clone(),
                client_id: member.metadata.client_id.clone(),
                session_timeout: guest.session_timeout,
                rebalance_timeout: member.metadata.rebalance_timeout,
                protocols: guest.protocols.clone(),
                assignment: by_name(work.topics, &member.target),
                joining: None,
                syncing: None,
                is_new: false,
            })
        });
        ClassicGroup::downgraded(
            self.name.clone(),
            work.now,
            self.group_epoch,
            members.collect(),
        )
    }
}

/// A classic member, as a member of a group of the consumer protocol.
fn upgraded(member: &classic::Member, protocol: Option<&Name>) -> MemberMetadata {
    let chosen = protocol.and_then(|name| member.subscription(name));
    let subscription = chosen.or_else(|| member.protocols.first().map(|(_, s)| s));
    MemberMetadata {
        instance: member.instance.clone(),
        client_id: member.client_id.clone(),
        topics: subscription.map_or_else(|| [].into(), |s| s.topics.as_slice().into()),
        rebalance_timeout: member.rebalance_timeout,
        assignor: None,
        classic: Some(ClassicMember {
            session_timeout: member.session_timeout,
            protocols: member.protocols.clone(),
        }),
    }
}

/// What the classic leader gave a member; topics that are gone are left out.
fn assigned(member: &classic::Member, work: &Work<'_>) -> Partitions<TopicPartition> {
    let known = member.assignment.iter().filter_map(|(name, list)| {
        let (id, _) = work.topics.named(name)?;
        Some(list.iter().map(move |p| TopicPartition::new(id, *p)))
    });
    known.flatten().collect()
}
