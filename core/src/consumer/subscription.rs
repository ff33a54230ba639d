//! What a consumer reads (`SubscriptionState`): topics by name, topics by pattern, or partitions it assigned itself.
//!
//! subscribe() makes it a member of its group, which shares the partitions out. With a pattern the topics are those of the
//! metadata that match, found anew with every answer: a topic created later is noticed when the metadata is next refreshed
//! (`metadata.max.age.ms`). assign() takes partitions without asking anybody; the group, if there is one, only keeps the offsets.
//!
//! Simplified: of Java's patterns the part in [`crate::java::pattern`]; internal topics never match.

use super::Consumer;
use crate::client::subscription;
use crate::command::{ConsumerSpec, PartitionName, pattern_of};
use crate::effect::Ctx;
use crate::id::{Name, OFFSETS_TOPIC};
use crate::java::Pattern;
use crate::protocol::ErrorCode;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What the application asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// As written: topics, or one pattern between slashes.
    pub(super) texts: Arc<[Name]>,
    pattern: Option<Pattern>,
    /// assign()
    pub(super) manual: Vec<PartitionName>,
    /// The metadata must have had this many answers before the next join.
    fresh_at: Option<u32>,
}

impl Wanted {
    pub(super) fn new(spec: &ConsumerSpec) -> Self {
        let texts = subscription(spec.topics.as_deref().unwrap_or_default());
        Self {
            pattern: texts.iter().find_map(|t| pattern_of(t)),
            texts,
            manual: spec.assign.clone().unwrap_or_default(),
            fresh_at: None,
        }
    }

    /// assign() rather than subscribe().
    pub(super) fn is_manual(&self) -> bool {
        !self.manual.is_empty()
    }

    pub(super) fn has_pattern(&self) -> bool {
        self.pattern.is_some()
    }

    /// Subscribed to anything, whether it exists or not.
    pub(super) fn is_subscribed(&self) -> bool {
        !self.texts.is_empty()
    }

    pub(super) fn matches(&self, topic: &str) -> bool {
        let internal = topic == OFFSETS_TOPIC;
        self.pattern
            .as_ref()
            .is_some_and(|p| !internal && p.matches(topic))
    }

    /// The next join begins with a fresh look at the topics.
    pub(super) fn joined(&mut self) {
        self.fresh_at = None;
    }
}

impl Consumer {
    /// Tells the metadata what matters; looks what that is now.
    pub(super) fn follow_subscription(&mut self) {
        if self.wanted.has_pattern() {
            self.metadata.want_all();
            return self.match_topics();
        }
        self.topics = match self.wanted.is_manual() {
            true => Arc::default(),
            false => self.wanted.texts.clone(),
        };
        let mut names = self.member.metadata_topics(&self.topics);
        names.extend(self.wanted.manual.iter().map(|p| p.topic.clone()));
        crate::sorted::sort(&mut names);
        names.dedup();
        self.metadata.set_wanted(&names);
    }

    /// New metadata (`updatePatternSubscription`, and partitions of assign() that exist by now).
    pub(super) fn subscription_news(&mut self) {
        if self.wanted.has_pattern() {
            self.match_topics();
        }
        if self.wanted.is_manual() {
            self.take_manual();
        }
    }

    fn match_topics(&mut self) {
        let names = self.metadata.topics().iter().map(|t| &t.name);
        let found: Vec<Name> = names.filter(|n| self.wanted.matches(n)).cloned().collect();
        if *found != *self.topics {
            self.topics = subscription(&found);
        }
    }

    pub(super) fn take_manual(&mut self) {
        let known = |p: &PartitionName| {
            let topic = self.metadata.topic(&p.topic)?;
            let there = (0..topic.count()).contains(&p.partition);
            let tp = crate::id::TopicPartition::new(topic.id, p.partition);
            there.then(|| (tp, p.topic.clone()))
        };
        let known: Vec<_> = self.wanted.manual.iter().filter_map(known).collect();
        let before: Vec<_> = self.positions.partitions().collect();
        let gone = |tp: &crate::id::TopicPartition| !known.iter().any(|(k, _)| k == tp);
        let gone: Vec<_> = before.into_iter().filter(gone).collect();
        self.fetcher.drop_partitions(&gone);
        self.positions.assign(&known);
        self.positions.follow_leaders(&self.metadata);
    }

    /// With a pattern, metadata is refreshed before each join, so that a group does not rebalance once for every member
    /// that notices a new topic.
    pub(super) fn topics_are_fresh(&mut self, ctx: &Ctx) -> bool {
        if !self.wanted.has_pattern() {
            return true;
        }
        let updates = self.metadata.updates();
        if self.wanted.fresh_at.is_none() {
            // What came within the back-off is fresh enough.
            if self.metadata.may_ask(ctx.now) {
                self.metadata.request_update(ErrorCode::None);
            }
            let stale = u32::from(self.metadata.is_stale(ctx.now));
            self.wanted.fresh_at = Some(updates + stale);
        }
        self.wanted.fresh_at.is_none_or(|wanted| updates >= wanted)
    }

    /// The leader knew of topics that match the pattern and that this member had not heard of when it joined
    /// (`maybeUpdateJoinedSubscription`). What it has found itself meanwhile is not among the joined ones: it joins for that.
    pub(super) fn adopt_topics(&mut self, assigned: &[(Name, Vec<i32>)]) {
        self.topics = joined_by(&self.topics, assigned);
        let joined = self.member.joined.as_deref();
        self.member.joined = joined.map(|known| joined_by(known, assigned));
    }

    /// Another subscription, or other partitions, while running.
    pub(super) fn resubscribe(&mut self, ctx: &mut Ctx, spec: &ConsumerSpec) {
        let wanted = Wanted::new(spec);
        if wanted.texts == self.wanted.texts && wanted.manual == self.wanted.manual {
            return;
        }
        let unsubscribed = self.wanted.is_subscribed() && !wanted.is_subscribed();
        self.wanted = wanted;
        if unsubscribed {
            self.unsubscribe(ctx);
        }
        self.follow_subscription();
        if self.wanted.is_manual() {
            self.take_manual();
        }
    }

    /// unsubscribe(), which subscribe() with no topics is too: gives everything back and leaves the group.
    fn unsubscribe(&mut self, ctx: &mut Ctx) {
        let lost = self.member.me.generation == -1 || self.member.rebalancing();
        let given = self.positions.partitions().collect();
        self.give_back(ctx, given, lost);
        self.member.paused_since = None;
        self.leave_group(ctx, "the consumer unsubscribed from all topics");
    }

    /// subscribe() after assign(), or the other way round.
    pub fn refuse_mixing(&mut self, ctx: &mut Ctx, doing: &str) {
        self.complain(ctx, doing, "IllegalStateException");
    }
}

fn joined_by(known: &[Name], assigned: &[(Name, Vec<i32>)]) -> Arc<[Name]> {
    let mut topics = known.to_vec();
    topics.extend(assigned.iter().map(|(t, _)| t.clone()));
    subscription(&topics)
}
