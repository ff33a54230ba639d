//! What a group may look at while it handles something, and what it leaves behind: records, and news for the journal.

use super::ConsumerGroup;
use super::record::GroupRecord;
use crate::event::Event;
use crate::group::Limits;
use crate::group::topics::Topics;
use crate::id::Name;
use crate::time::SimTime;
use alloc::vec::Vec;

/// One handling.
#[derive(Debug)]
pub struct Work<'a> {
    /// Now.
    pub now: SimTime,
    /// The broker's settings.
    pub limits: Limits,
    /// The broker's topics.
    pub topics: &'a Topics,
    /// The member that this request brought in: Kafka's map has it after the others.
    pub joined: Option<Name>,
    /// The assignor that the member who asks wants: nobody else's wish comes before it if the two are alone.
    pub asked: Option<Name>,
    /// What is to be written, in order; the group has it already.
    pub records: Vec<GroupRecord>,
    /// What to tell.
    pub events: Vec<Event>,
}

impl<'a> Work<'a> {
    /// Nothing done yet.
    pub fn new(now: SimTime, limits: Limits, topics: &'a Topics) -> Self {
        Self {
            now,
            limits,
            topics,
            joined: None,
            asked: None,
            records: Vec::new(),
            events: Vec::new(),
        }
    }
}

impl ConsumerGroup {
    /// Changes the group by a record, which is written too.
    pub(super) fn write(&mut self, work: &mut Work<'_>, record: GroupRecord) {
        work.records.push(record.clone());
        self.apply(record);
    }
}
