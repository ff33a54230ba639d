//! Taking over an assignment of the consumer protocol, inside poll() (`AbstractMembershipManager.maybeReconcile`).
//!
//! First commit (with auto-commit), so that whoever gets a revoked partition begins after what was consumed; then give up what is
//! no longer in the assignment; then take what is new; the next heartbeat acknowledges. Partitions that stay are worked on all the
//! time. A topic that the metadata does not know yet is waited for, the rest is taken over meanwhile. Once begun, it is finished: what
//! another answer has brought meanwhile is taken over after it.
//!
//! Simplified: the application has a rebalance listener, so everything here waits for its next poll().

use super::Consumer;
use super::membership::Prepare;
use super::modern::State;
use crate::effect::Ctx;
use crate::event::Event;
use crate::id::{Name, TopicPartition};
use crate::protocol::ErrorCode;
use crate::time::Duration;
use alloc::vec::Vec;

impl Consumer {
    /// The group's part of poll().
    pub(super) fn coordinate_modern(&mut self, ctx: &mut Ctx) -> bool {
        match self.modern.state {
            // A pattern may match nothing yet.
            State::Unsubscribed if self.topics.is_empty() => {}
            State::Unsubscribed => self.modern.join(),
            State::Fenced | State::Stale => {
                let all = self.positions.partitions().collect();
                self.give_back(ctx, all, true);
                self.modern.join();
            }
            State::Reconciling => self.walk(ctx),
            _ => {}
        }
        if self.modern.state != State::Fatal {
            self.maybe_auto_commit(ctx);
        }
        true
    }

    fn walk(&mut self, ctx: &mut Ctx) {
        let begun = self.modern.walking.take();
        let target = self.modern.target.clone();
        let resolve = |(number, target): (u32, Vec<_>)| (number, self.resolvable(&target));
        let Some((number, assigned)) = begun.or_else(|| target.map(resolve)) else {
            return;
        };
        let list: Vec<TopicPartition> = assigned.iter().map(|(tp, _)| *tp).collect();
        if let Some((before, same)) = &self.modern.current
            && *same == list
        {
            if *before != number {
                self.modern.current = Some((number, list));
                self.modern.state = State::Acknowledging;
            }
            return;
        }
        let owned: Vec<TopicPartition> = self.positions.partitions().collect();
        let revoked: Vec<_> = owned.into_iter().filter(|tp| !list.contains(tp)).collect();
        self.positions.mark_some_revoking(&revoked);
        if self.config.enable_auto_commit != 0 && !self.prepare_commit(ctx) {
            self.modern.walking = Some((number, assigned));
            return;
        }
        self.member.prepare = Prepare::Idle;
        self.give_back(ctx, revoked, false);
        let partitions = self.positions.assign(&assigned);
        self.positions.follow_leaders(&self.metadata);
        self.member.paused_since = None;
        self.commits.next_auto = ctx.now + Duration::millis(self.config.auto_commit_interval_ms);
        self.modern.current = Some((number, list));
        self.modern.state = State::Acknowledging;
        ctx.emit(Event::Assigned {
            generation: self.member.me.generation,
            partitions,
        });
    }

    /// The partitions whose topics have names; asks for metadata if some have none.
    fn resolvable(&mut self, target: &[TopicPartition]) -> Vec<(TopicPartition, Name)> {
        let named = |tp: &TopicPartition| {
            let topic = self.metadata.topic_by_id(tp.topic)?;
            Some((*tp, topic.name.clone()))
        };
        let found: Vec<(TopicPartition, Name)> = target.iter().filter_map(named).collect();
        if found.len() < target.len() {
            self.metadata
                .request_update(ErrorCode::UnknownTopicOrPartition);
        }
        found
    }
}
