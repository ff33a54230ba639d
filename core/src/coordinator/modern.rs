//! Groups of the consumer protocol: each handling leaves records, which become one write, and its answer waits for it.
//!
//! A handling that ends in an error leaves nothing behind: the group is put back to what it was.

use super::Action;
use super::host::Host;
use super::hosted::Group;
use super::modern_records::modern_record;
use super::records::group_record;
use super::shard::{Answer, Change};
use crate::event::Event;
use crate::group::consumer::record::GroupRecord;
use crate::group::consumer::{
    ConsumerGroup, Gone, Work, heartbeat_error, may_upgrade, validate_request,
};
use crate::group::{NewId, ReplyTo};
use crate::id::Name;
use crate::protocol::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, JOIN_EPOCH, Response,
};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

fn answered(response: ConsumerGroupHeartbeatResponse) -> Response {
    Response::ConsumerGroupHeartbeat(Box::new(response))
}

impl Host<'_> {
    fn work<'w>(&self, topics: &'w crate::group::topics::Topics) -> Work<'w> {
        Work::new(self.now, self.limits, topics)
    }

    fn consumer(&self, name: &str) -> Option<&Arc<ConsumerGroup>> {
        match &self.shard.groups.get(name)?.group {
            Group::Consumer(group) => Some(group),
            Group::Classic(_) => None,
        }
    }

    /// Lets a group handle something. What it left behind becomes part of the running operation; if it refused, nothing did.
    pub(super) fn with_consumer<R>(
        &mut self,
        name: &Name,
        handle: impl FnOnce(&mut ConsumerGroup, &mut Work<'_>) -> Result<R, ErrorCode>,
    ) -> Result<R, ErrorCode> {
        let before = self
            .consumer(name)
            .cloned()
            .ok_or(ErrorCode::GroupIdNotFound)?;
        let mut work = self.work(self.topics);
        let mut group = (*before).clone();
        let outcome = handle(&mut group, &mut work);
        if outcome.is_ok() {
            if !work.records.is_empty() {
                let change = Change::Group(name.clone(), Group::Consumer(before));
                self.write.changes.push(change);
            }
            if let Some(hosted) = self.shard.groups.get_mut(name) {
                hosted.group = group.into();
            }
            self.take_over(name, work.records, work.events);
        }
        self.rearm(name);
        outcome
    }

    fn take_over(&mut self, name: &Name, records: Vec<GroupRecord>, events: Vec<Event>) {
        let timestamp = self.now.as_millis();
        for record in &records {
            self.records.push(modern_record(timestamp, name, record));
        }
        for event in events {
            self.emit(event);
        }
    }

    pub(super) fn consumer_heartbeat(
        &mut self,
        from: ReplyTo,
        request: &ConsumerGroupHeartbeatRequest,
        new_id: NewId<'_>,
    ) {
        let outcome = validate_request(request, self.limits.consumer_assignors).and_then(|()| {
            if request.member_epoch < JOIN_EPOCH {
                self.say_goodbye(request)
            } else {
                self.beat(request, new_id)
            }
        });
        match outcome {
            Ok(response) => self.finish(Some(Answer::Whole(from, answered(response)))),
            Err(error) => self.reply(from, answered(heartbeat_error(error))),
        }
    }

    fn beat(
        &mut self,
        request: &ConsumerGroupHeartbeatRequest,
        new_id: NewId<'_>,
    ) -> Result<ConsumerGroupHeartbeatResponse, ErrorCode> {
        let name = &request.group;
        if let Some(response) = self.beat_routinely(request) {
            return Ok(response);
        }
        let told = self.out.len();
        self.ready_for(name, request.member_epoch == JOIN_EPOCH)?;
        let id = if request.member_id.is_empty() {
            new_id(&request.client_id)
        } else {
            request.member_id.clone()
        };
        let outcome = self.with_consumer(name, |group, work| group.heartbeat(work, request, &id));
        if outcome.is_err() {
            // A group that was made (or upgraded) for this member alone is taken back too.
            self.abort(told);
        }
        outcome
    }

    /// Most heartbeats change nothing.
    fn beat_routinely(
        &mut self,
        request: &ConsumerGroupHeartbeatRequest,
    ) -> Option<ConsumerGroupHeartbeatResponse> {
        let work = self.work(self.topics);
        let name = &request.group;
        let hosted = self.shard.groups.get_mut(name)?;
        let Group::Consumer(group) = &mut hosted.group else {
            return None;
        };
        if !group.is_routine(&work, request) {
            return None;
        }
        let response = Arc::make_mut(group).routine(&work, &request.member_id);
        self.rearm(name);
        Some(response)
    }

    /// Makes sure that there is a group of the consumer protocol (`getOrMaybeCreateConsumerGroup`).
    fn ready_for(&mut self, name: &Name, joins: bool) -> Result<(), ErrorCode> {
        match self.shard.groups.get(name).map(|h| &h.group) {
            Some(Group::Consumer(_)) => Ok(()),
            _ if !joins => Err(ErrorCode::GroupIdNotFound),
            None => {
                self.insert_group(name, ConsumerGroup::new(name.clone()));
                self.write.changes.push(Change::Created(name.clone()));
                Ok(())
            }
            Some(group) if group.is_empty() => {
                self.forget(name);
                self.convert(name, ConsumerGroup::new(name.clone()).into());
                Ok(())
            }
            Some(_) => self.upgrade(name),
        }
    }

    /// A tombstone for an empty group that makes room for one of the other protocol.
    pub(super) fn forget(&mut self, name: &Name) {
        let timestamp = self.now.as_millis();
        let records = match self.shard.groups.get(name).map(|h| &h.group) {
            None => Vec::new(),
            Some(Group::Classic(_)) => alloc::vec![group_record(timestamp, name, None)],
            Some(Group::Consumer(group)) => {
                let all = group.tombstones();
                all.iter()
                    .map(|it| modern_record(timestamp, name, it))
                    .collect()
            }
        };
        self.records.extend(records);
    }

    /// Puts a group of the other protocol in the place of one, as part of the running operation.
    pub(super) fn convert(&mut self, name: &Name, group: Group) {
        if let Some(hosted) = self.shard.groups.get_mut(name) {
            let upgraded = group.consumer().is_some();
            let before = core::mem::replace(&mut hosted.group, group);
            self.write.changes.push(Change::Group(name.clone(), before));
            self.emit(Event::GroupConverted {
                group: name.clone(),
                upgraded,
            });
        }
    }

    /// `convertToConsumerGroup`.
    fn upgrade(&mut self, name: &Name) -> Result<(), ErrorCode> {
        let mut work = self.work(self.topics);
        let group = self.group(name).ok_or(ErrorCode::GroupIdNotFound)?;
        if !may_upgrade(group, &work) {
            return Err(ErrorCode::GroupIdNotFound);
        }
        self.with_group(name, |group, turn| group.abandon(turn));
        self.forget(name);
        let group = self.group(name).ok_or(ErrorCode::GroupIdNotFound)?;
        let upgraded = ConsumerGroup::from_classic(group, &mut work);
        self.convert(name, upgraded.into());
        self.take_over(name, work.records, work.events);
        Ok(())
    }

    fn say_goodbye(
        &mut self,
        request: &ConsumerGroupHeartbeatRequest,
    ) -> Result<ConsumerGroupHeartbeatResponse, ErrorCode> {
        let name = &request.group;
        let (response, gone) =
            self.with_consumer(name, |group, work| group.leave(work, request))?;
        self.after_leaving(name, gone);
        Ok(response)
    }

    fn after_leaving(&mut self, name: &Name, gone: Gone) {
        if let Gone::Downgrade(leaver) = gone {
            self.downgrade(name, Some(&leaver));
        }
    }

    /// `convertToClassicGroup`: without this member if it leaves, and then with a rebalance.
    pub(super) fn downgrade(&mut self, name: &Name, leaver: Option<&Name>) {
        let Some(group) = self.consumer(name) else {
            return;
        };
        let classic = group.to_classic(&self.work(self.topics), leaver);
        let metadata = classic.whole_metadata();
        self.forget(name);
        let record = group_record(self.now.as_millis(), name, Some(&metadata));
        self.records.push(record);
        self.convert(name, classic.into());
        let reason = alloc::format!("Downgrade group {name} from consumer to classic.");
        let reason = leaver.map(|_| Name::from(reason));
        self.with_group(name, |group, turn| group.resume(turn, reason));
    }

    /// Fires every due timer of a group of the consumer protocol.
    pub(super) fn fire_consumer(&mut self, name: &Name) {
        let fire = |group: &mut ConsumerGroup, work: &mut Work<'_>| {
            group.fire(work).ok_or(ErrorCode::None)
        };
        while let Ok(gone) = self.with_consumer(name, fire) {
            self.after_leaving(name, gone);
            self.finish(None);
        }
    }

    /// Takes back everything the running operation did so far, and what it told the journal since.
    pub(super) fn abort(&mut self, told: usize) {
        let mut index = 0;
        self.out.retain(|action| {
            index += 1;
            index <= told || !matches!(action, Action::Emit(_))
        });
        self.records.clear();
        let write = core::mem::take(&mut self.write);
        self.undo(write.changes);
    }
}
