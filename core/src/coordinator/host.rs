//! One turn at one partition: a group (or the offsets) changes, and what it left behind becomes actions, a write, and
//! answers that wait.
//!
//! Kafka's rules (`CoordinatorRuntime.append`): an operation with records is applied at once and its answer waits for them; one
//! without records waits for the last write before it, if that is still open. A refused write is taken back; one that timed
//! out is not. Waiting answers give up after `offsets.commit.timeout.ms`.

use super::Action;
use super::hosted::Group;
use super::records::group_record;
use super::requests::with_error;
use super::shard::{Answer, Change, Hosted, Registry, Shard, TimerFor, Waiting, Write, put_offset};
use crate::event::Event;
use crate::group::classic::{AfterWrite, ClassicGroup, GroupTimer};
use crate::group::topics::Topics;
use crate::group::{Limits, Out, ReplyTo, Turn};
use crate::id::Name;
use crate::protocol::{ErrorCode, Response};
use crate::record::Record;
use crate::time::SimTime;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// One turn.
pub(super) struct Host<'a> {
    pub(super) shard: &'a mut Shard,
    pub(super) registry: &'a mut Registry,
    pub(super) topics: &'a Topics,
    pub(super) limits: Limits,
    pub(super) now: SimTime,
    pub(super) out: &'a mut Vec<Action>,
    /// Records of the running operation.
    pub(super) records: Vec<Record>,
    /// The rest of its write.
    pub(super) write: Write,
}

impl<'a> Host<'a> {
    pub(super) fn new(
        shard: &'a mut Shard,
        registry: &'a mut Registry,
        topics: &'a Topics,
        limits: Limits,
        now: SimTime,
        out: &'a mut Vec<Action>,
    ) -> Self {
        Self {
            shard,
            registry,
            topics,
            limits,
            now,
            out,
            records: Vec::new(),
            write: Write::default(),
        }
    }

    /// A classic group.
    pub(super) fn group(&self, name: &str) -> Option<&ClassicGroup> {
        self.hosted(name)?.classic()
    }

    /// A group of either protocol.
    pub(super) fn hosted(&self, name: &str) -> Option<&Group> {
        self.shard.groups.get(name).map(|hosted| &hosted.group)
    }

    pub(super) fn reply(&mut self, to: ReplyTo, response: Response) {
        self.out.push(Action::Reply(to, response));
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.out.push(Action::Emit(event));
    }

    /// Lets a classic group handle something, and carries out what it left behind.
    pub(super) fn with_group<R>(
        &mut self,
        name: &Name,
        handle: impl FnOnce(&mut ClassicGroup, &mut Turn<'_>) -> R,
    ) -> Option<R> {
        let hosted = self.shard.groups.get_mut(name)?;
        let Group::Classic(group) = &mut hosted.group else {
            return None;
        };
        let mut left = Vec::new();
        let mut turn = Turn {
            now: self.now,
            limits: self.limits,
            out: &mut left,
        };
        let result = handle(Arc::make_mut(group), &mut turn);
        for output in left {
            match output {
                Out::Reply(to, response) => self.reply(to, response),
                Out::Event(event) => self.emit(event),
                Out::Write(metadata, after) => {
                    let record = group_record(self.now.as_millis(), name, Some(&metadata));
                    self.records.push(record);
                    self.write.after = Some((name.clone(), after));
                }
            }
        }
        self.rearm(name);
        Some(result)
    }

    /// Arms the group's timer for its next deadline, if it would come too late.
    pub(super) fn rearm(&mut self, name: &str) {
        let Some(hosted) = self.shard.groups.get_mut(name) else {
            return;
        };
        match (hosted.group.wake_at(), hosted.armed) {
            (Some(at), armed) if armed.is_none_or(|armed| at < armed) => {
                hosted.armed = Some(at);
                self.out.push(Action::Arm(hosted.timer, at));
            }
            (None, Some(_)) => {
                hosted.armed = None;
                self.out.push(Action::Disarm(hosted.timer));
            }
            _ => {}
        }
    }

    /// A new group; the running operation's write makes it durable.
    pub(super) fn create_group(&mut self, name: &Name) {
        let group = ClassicGroup::new(name.clone(), self.now);
        self.insert_group(name, group);
        self.write.changes.push(Change::Created(name.clone()));
    }

    pub(super) fn insert_group(&mut self, name: &Name, group: impl Into<Group>) {
        let timer = match self.shard.groups.get(name) {
            Some(old) => old.timer,
            None => self
                .registry
                .timer(self.shard.partition, TimerFor::Group(name.clone())),
        };
        let hosted = Hosted {
            group: group.into(),
            timer,
            armed: None,
        };
        self.shard.groups.insert(name.clone(), hosted);
    }

    pub(super) fn drop_group(&mut self, name: &str) -> Option<Hosted> {
        let mut hosted = self.shard.groups.remove(name)?;
        self.registry.timers.remove(&hosted.timer);
        if hosted.armed.take().is_some() {
            self.out.push(Action::Disarm(hosted.timer));
        }
        Some(hosted)
    }

    /// Removes a group, as part of the running operation.
    pub(super) fn delete_group(&mut self, name: &Name) {
        self.forget(name);
        if let Some(hosted) = self.drop_group(name) {
            self.write.changes.push(Change::Deleted(hosted));
            let group = name.clone();
            self.write.events.push(Event::GroupDeleted { group });
        }
    }

    /// Ends the running operation: its records are appended, and its answer waits for them or for the writes before.
    pub(super) fn finish(&mut self, answer: Option<Answer>) {
        let mut write = core::mem::take(&mut self.write);
        if !self.records.is_empty() {
            write.token = self.registry.token(self.shard.partition);
            write.answer = answer;
            self.out.push(Action::Append {
                partition: self.shard.partition,
                records: core::mem::take(&mut self.records),
                token: write.token,
            });
            self.shard.queue.push_back(Waiting::Write(write));
        } else if let Some(answer) = answer {
            if self.shard.queue.is_empty() {
                self.give(answer);
            } else {
                self.hold(answer);
            }
        }
    }

    fn hold(&mut self, answer: Answer) {
        let deadline = self.now + self.limits.commit_timeout;
        let waiting = Waiting::Answer { deadline, answer };
        self.shard.queue.push_back(waiting);
        if !self.shard.patience_armed {
            self.shard.patience_armed = true;
            self.out.push(Action::Arm(self.shard.patience, deadline));
        }
    }

    fn give(&mut self, answer: Answer) {
        match answer {
            Answer::Whole(to, response) => self.reply(to, response),
            Answer::Part(id, results) => self.give_part(id, results),
        }
    }

    fn give_part(&mut self, id: u64, results: Vec<(Name, ErrorCode)>) {
        let Some(joint) = self.registry.joints.get_mut(&id) else {
            return;
        };
        joint.take(results);
        if joint.open == 0
            && let Some(joint) = self.registry.joints.remove(&id)
        {
            self.reply(joint.from, Response::DeleteGroups(joint.results));
        }
    }

    pub(super) fn refuse(&mut self, answer: Answer, error: ErrorCode) {
        match answer {
            Answer::Whole(to, response) => self.reply(to, with_error(response, error)),
            Answer::Part(id, results) => {
                let error = crate::group::append_error(error);
                let failed = results.into_iter().map(|(group, _)| (group, error));
                self.give_part(id, failed.collect());
            }
        }
    }

    /// Waiting answers whose time is over.
    pub(super) fn lose_patience(&mut self) {
        self.shard.patience_armed = false;
        let now = self.now;
        let is_late =
            |it: &Waiting| matches!(it, Waiting::Answer { deadline, .. } if *deadline <= now);
        let queue = core::mem::take(&mut self.shard.queue).into_iter();
        let (late, rest): (VecDeque<Waiting>, VecDeque<Waiting>) = queue.partition(is_late);
        self.shard.queue = rest;
        for waiting in late {
            if let Waiting::Answer { answer, .. } = waiting {
                self.refuse(answer, ErrorCode::RequestTimedOut);
            }
        }
        let next = self.shard.queue.iter().find_map(|it| match it {
            Waiting::Answer { deadline, .. } => Some(*deadline),
            Waiting::Write(_) => None,
        });
        if let Some(deadline) = next {
            self.shard.patience_armed = true;
            self.out.push(Action::Arm(self.shard.patience, deadline));
        }
    }

    /// The high watermark passed this write.
    pub(super) fn committed(&mut self, token: u64) {
        let is_it = |it: &Waiting| matches!(it, Waiting::Write(write) if write.token == token);
        if !self.shard.queue.iter().any(is_it) {
            return;
        }
        let mut reached = false;
        while let Some(waiting) = self.shard.queue.pop_front() {
            match waiting {
                Waiting::Answer { answer, .. } => self.give(answer),
                Waiting::Write(write) if reached => {
                    self.shard.queue.push_front(Waiting::Write(write));
                    break;
                }
                Waiting::Write(write) => {
                    reached = write.token == token;
                    self.settle(write);
                }
            }
        }
    }

    /// A write is committed.
    fn settle(&mut self, write: Write) {
        self.registry.tokens.remove(&write.token);
        for change in write.changes {
            if let Change::Offset { group, tp, now, .. } = change {
                put_offset(&mut self.shard.committed, &group, tp, now);
            }
        }
        for event in write.events {
            self.emit(event);
        }
        if let Some((name, after)) = write.after {
            self.tell_group(&name, after, Ok(()));
        }
        if let Some(answer) = write.answer {
            self.give(answer);
        }
    }

    fn tell_group(&mut self, name: &Name, after: AfterWrite, outcome: Result<(), ErrorCode>) {
        self.with_group(name, |group, turn| group.written(turn, after, outcome));
        self.finish(None);
    }

    /// A write was refused or has timed out.
    pub(super) fn write_failed(&mut self, token: u64, error: ErrorCode) {
        let is_it = |it: &Waiting| matches!(it, Waiting::Write(write) if write.token == token);
        let Some(index) = self.shard.queue.iter().position(is_it) else {
            return;
        };
        if error == ErrorCode::NotEnoughReplicasAfterAppend {
            // The high watermark has passed it; that the ISR is small by now is no concern of the coordinator's.
            return self.committed(token);
        }
        let mut failed = Write::default();
        if error == ErrorCode::RequestTimedOut {
            if let Some(Waiting::Write(write)) = self.shard.queue.get_mut(index) {
                failed.after = write.after.take();
                failed.answer = write.answer.take();
            }
        } else if let Some(Waiting::Write(write)) = self.shard.queue.remove(index) {
            self.registry.tokens.remove(&token);
            failed = write;
        }
        // The group hears of it before its creation is taken back: somebody may wait for an answer there.
        if let Some((name, after)) = failed.after {
            self.tell_group(&name, after, Err(error));
        }
        self.undo(failed.changes);
        if let Some(answer) = failed.answer {
            self.refuse(answer, error);
        }
    }

    pub(super) fn undo(&mut self, changes: Vec<Change>) {
        for change in changes.into_iter().rev() {
            match change {
                Change::Created(name) => {
                    self.drop_group(&name);
                }
                Change::Deleted(hosted) => {
                    let name = hosted.group.name().clone();
                    self.insert_group(&name, hosted.group);
                    self.rearm(&name);
                }
                Change::Group(name, before) => {
                    if let Some(hosted) = self.shard.groups.get_mut(&name) {
                        hosted.group = before;
                    }
                    self.rearm(&name);
                }
                Change::Offset {
                    group, tp, before, ..
                } => {
                    put_offset(&mut self.shard.offsets, &group, tp, before);
                }
            }
        }
    }

    /// Fires the group's next due timer.
    pub(super) fn fire_group(&mut self, name: &Name) -> Option<GroupTimer> {
        if let Some(hosted) = self.shard.groups.get_mut(name) {
            hosted.armed = None;
        }
        if self.group(name).is_none() {
            self.fire_consumer(name);
        }
        let fired = self.with_group(name, |group, turn| group.fire(turn))?;
        self.finish(None);
        fired
    }
}
