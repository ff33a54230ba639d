//! Making the assignment, as the group's leader, and taking one's share of it (`ConsumerCoordinator.onLeaderElected`,
//! `onJoinComplete`).
//!
//! The leader computes it from the members' subscriptions and its own metadata. Every member takes what is new; a cooperative one
//! gives back what it is to lose and joins again at once.

use super::Consumer;
use super::membership::{Join, MemberState};
use crate::assignor::{Assignor, GroupSubscription, MemberSubscription};
use crate::effect::Ctx;
use crate::event::Event;
use crate::id::{Name, TopicPartition};
use crate::java::hash_map_order;
use crate::protocol::{ErrorCode, JoinGroupMember, JoinGroupResponse, MemberAssignment};
use crate::sorted::{self, Map};
use crate::time::Duration;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

impl Consumer {
    /// The leader first wants metadata of all topics of the group.
    pub(super) fn prepare_to_lead(&mut self, ctx: &mut Ctx, response: JoinGroupResponse) {
        let topics = response.members.iter().flat_map(|m| &m.subscription.topics);
        let mut topics: Vec<Name> = topics.cloned().collect();
        sorted::sort(&mut topics);
        topics.dedup();
        self.member.group_topics = topics;
        let wanted = self.member.metadata_topics(&self.topics);
        self.metadata.set_wanted(&wanted);
        let stale = u32::from(self.metadata.is_stale(ctx.now));
        let updates = self.metadata.updates() + stale;
        self.member.leading = Some((Box::new(response), updates));
        self.maybe_lead(ctx);
    }

    /// Assigns, if this member is to and its metadata is fresh.
    pub(super) fn maybe_lead(&mut self, ctx: &mut Ctx) {
        let updates = self.metadata.updates();
        let ready = |(_, wanted): &mut (Box<JoinGroupResponse>, u32)| updates >= *wanted;
        let Some((response, _)) = self.member.leading.take_if(ready) else {
            return;
        };
        // The heartbeat thread may have lost the membership meanwhile: SyncGroup then says so, and its refusal leads to a new join.
        self.member.is_leader = true;
        self.member.snapshot = Some(self.topic_snapshot());
        if response.skip_assignment {
            return self.send_sync(ctx, Vec::new());
        }
        let name = response.protocol.as_deref().unwrap_or_default();
        let Some(assignor) = Assignor::from_name(name) else {
            self.member.join = Join::Failed(ErrorCode::InconsistentGroupProtocol);
            return;
        };
        let subscription = self.group_subscription(assignor, &response.members);
        let sticky = matches!(assignor, Assignor::Sticky | Assignor::CooperativeSticky);
        let blind = sticky && subscription.claims_unknown();
        self.member.led_blind = blind.then_some(self.member.me.generation);
        let max_generation = &mut self.member.max_generation;
        match assignor.assign_after(&subscription, max_generation) {
            Ok(assignment) => self.send_sync(ctx, assignment.into_iter().map(named).collect()),
            Err(error) => {
                let text = alloc::format!("{error}");
                self.fatal(ctx, "assign", &text);
            }
        }
    }

    /// The members in the order of Kafka's HashMap.
    fn group_subscription(
        &self,
        assignor: Assignor,
        members: &[JoinGroupMember],
    ) -> GroupSubscription {
        let by_id: Map<&str, &JoinGroupMember> =
            members.iter().map(|m| (&*m.member_id, m)).collect();
        let order = hash_map_order(members.iter().map(|m| &*m.member_id));
        let topics = self.metadata.topics().iter();
        GroupSubscription {
            topics: topics
                .map(|t| (String::from(&*t.name), t.count()))
                .collect(),
            members: order
                .into_iter()
                .map(|id| member_subscription(assignor, by_id[id]))
                .collect(),
        }
    }

    /// `onJoinComplete`. False while an assigned topic is not in the metadata yet.
    pub(super) fn take_assignment(&mut self, ctx: &mut Ctx, assignment: MemberAssignment) -> bool {
        if self.member.me.generation == -1 || self.member.state != MemberState::Stable {
            self.member.reset(
                true,
                "rebalance failed since the generation/state was modified",
            );
            return true;
        }
        let subscribed = |(topic, _): &(Name, Vec<i32>)| {
            self.topics.contains(topic) || self.wanted.matches(topic)
        };
        if !assignment.iter().all(subscribed) {
            self.member.needs_prepare = true;
            let reason = "received assignment does not match the current subscription";
            self.member.request_rejoin(reason);
            return true;
        }
        if self.wanted.has_pattern() {
            self.adopt_topics(&assignment);
        }
        let Some(assigned) = self.resolve(&assignment) else {
            self.member.join = Join::Done(assignment);
            return false;
        };
        self.member.needs_prepare = true;
        self.wanted.joined();
        self.assigned(ctx, assignment, assigned);
        true
    }

    /// Topic names become identities. A topic that one more answer does not name either is left out.
    fn resolve(&mut self, assignment: &MemberAssignment) -> Option<Vec<(TopicPartition, Name)>> {
        let mut resolved = Vec::new();
        let mut missing = false;
        for (topic, partitions) in assignment {
            match self.metadata.topic(topic) {
                Some(info) => resolved.extend(
                    partitions
                        .iter()
                        .map(|p| (TopicPartition::new(info.id, *p), topic.clone())),
                ),
                None => missing |= !partitions.is_empty(),
            }
        }
        let updates = self.metadata.updates();
        let since = *self.member.unresolved.get_or_insert(updates);
        if missing && updates < since + 2 {
            self.metadata
                .request_update(ErrorCode::UnknownTopicOrPartition);
            return None;
        }
        self.member.unresolved = None;
        Some(resolved)
    }

    fn assigned(
        &mut self,
        ctx: &mut Ctx,
        assignment: MemberAssignment,
        assigned: Vec<(TopicPartition, Name)>,
    ) {
        if !self.member.is_leader {
            self.member.snapshot = None;
        }
        if self.is_cooperative() {
            let keeps = |tp: &TopicPartition| assigned.iter().any(|(a, _)| a == tp);
            let revoked: Vec<_> = self.positions.partitions().filter(|p| !keeps(p)).collect();
            if !revoked.is_empty() {
                self.give_back(ctx, revoked, false);
                self.member
                    .request_rejoin("need to revoke partitions and re-join");
            }
        }
        let generation = self.member.me.generation;
        let chosen = self
            .member
            .me
            .protocol
            .as_deref()
            .and_then(Assignor::from_name);
        if matches!(chosen, Some(Assignor::Sticky | Assignor::CooperativeSticky)) {
            self.member.sticky = Some((assignment, generation));
        }
        self.commits.next_auto = ctx.now + Duration::millis(self.config.auto_commit_interval_ms);
        let partitions = self.positions.assign(&assigned);
        self.positions.follow_leaders(&self.metadata);
        self.member.paused_since = None;
        ctx.emit(Event::Assigned {
            generation,
            partitions,
        });
    }
}

/// One member as an assignor wants to see it. The eager sticky assignor believes the user data alone.
fn member_subscription(assignor: Assignor, member: &JoinGroupMember) -> MemberSubscription {
    let subscription = &member.subscription;
    let userdata = subscription.userdata.as_ref();
    let owned = match assignor {
        Assignor::Sticky => userdata.map_or(&[][..], |u| &u.previous),
        _ => &subscription.owned,
    };
    let text = |name: &Name| String::from(&**name);
    MemberSubscription {
        member_id: text(&member.member_id),
        group_instance_id: member.group_instance_id.as_ref().map(text),
        topics: subscription.topics.iter().map(text).collect(),
        owned: owned.iter().map(|(t, p)| (text(t), p.clone())).collect(),
        generation: subscription.generation,
        userdata_generation: userdata.map(|u| u.generation),
        weight: userdata.map_or(0, |u| u.weight),
    }
}

/// An assignment on its way to SyncGroup.
fn named((member, topics): (String, Map<String, Vec<i32>>)) -> (Name, MemberAssignment) {
    let topics = topics.into_iter().map(|(t, p)| (Name::from(t), p));
    (Name::from(member), topics.collect())
}
