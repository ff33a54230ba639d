//! What panels look up in the session: names for sentences, chains of causes, and the entry that answers a "why?".

use crate::i18n::Lang;
use crate::i18n::journal::{Book, Sentence, member_name, sentence};
use crate::session::{Dispatch, Session, line};
use rebalance_core::event::{Entries, Entry, EntryId, Event, GroupState, LeaveReason};
use rebalance_core::id::{BrokerId, Name, NodeId, Offset, TopicId, TopicPartition};

impl Book for Session {
    fn topic(&self, topic: TopicId) -> Name {
        self.topic_name(topic)
    }

    fn node(&self, node: NodeId) -> Name {
        self.node_name(node)
    }

    fn command(&self, number: u32) -> Option<String> {
        self.command(number).map(line)
    }

    fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries().get(id as usize)
    }
}

/// An entry and its sentence, if there is such an entry.
pub fn said(dispatch: &Dispatch, lang: Lang, id: EntryId) -> Option<(Entry, Sentence)> {
    dispatch.with(|session| {
        let entry = session.entries().get(id as usize)?;
        Some((entry.clone(), sentence(lang, entry, session)))
    })
}

/// A chain of causes, from an entry back to where it began.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chain {
    /// The entry itself, then its cause, then the cause of that …
    pub near: Vec<EntryId>,
    /// How many are left out between `near` and `root`.
    pub skipped: usize,
    /// Where it all began, if that is not among `near`.
    pub root: Option<EntryId>,
}

/// Follows the causes of an entry, showing at most `most` of them and the first. `name` names nodes.
pub fn causes(
    entries: Entries<'_>,
    from: EntryId,
    most: usize,
    name: &dyn Fn(NodeId) -> Name,
) -> Chain {
    let mut chain = Chain::default();
    let mut next = Some(from);
    while let Some(id) = next {
        let Some(entry) = entries.get(id as usize) else {
            break;
        };
        if chain.near.len() < most {
            chain.near.push(id);
        } else {
            chain.skipped += usize::from(chain.root.is_some());
            chain.root = Some(id);
        }
        let before = entries.first(id as usize);
        let cause = silence(before, &entry.event, name).or(entry.cause);
        // A cause is always earlier: this ends.
        next = cause.filter(|cause| *cause < id);
    }
    chain
}

/// What silenced somebody whose time ran out: an alarm clock rang because nothing came, and the journal's cause of the
/// alarm is whoever wound it up. The reader wants to know why nothing came: a crash, a freeze, or a cut link.
fn silence(before: Entries<'_>, event: &Event, name: &dyn Fn(NodeId) -> Name) -> Option<EntryId> {
    let is_silent = |node: NodeId| match event {
        Event::BrokerFenced {
            broker,
            expired: true,
        } => node == NodeId::Broker(*broker),
        Event::MemberLeft {
            member,
            reason: LeaveReason::SessionExpired,
            ..
        } => matches!(node, NodeId::Client(_)) && *name(node) == *member_name(member),
        _ => false,
    };
    if !matches!(event, Event::BrokerFenced { .. } | Event::MemberLeft { .. }) {
        return None;
    }
    for (id, entry) in before.iter().enumerate().rev() {
        let here = entry.node.is_some_and(is_silent);
        match entry.event {
            Event::NodeCrashed | Event::NodeFrozen | Event::ClientGone { .. } if here => {
                return Some(id as EntryId);
            }
            Event::LinkChanged { a, b, cut: true } if is_silent(a) || is_silent(b) => {
                return Some(id as EntryId);
            }
            Event::NodeStarted | Event::NodeThawed | Event::ClientStarted if here => return None,
            _ => {}
        }
    }
    None
}

/// A question that a value of the inspector raises.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    /// Why is this process in this state?
    Process(NodeId),
    /// Why does this partition have this leader?
    Leader(TopicPartition),
    /// Why this ISR?
    Isr(TopicPartition),
    /// Why is the high watermark there?
    HighWatermark(TopicPartition),
    /// Why does this log end there?
    LogEnd(NodeId, TopicPartition),
    /// Why does this log begin there?
    LogStart(NodeId, TopicPartition),
    /// Why is this group in this state?
    Group(Name),
    /// Why this generation, or group epoch?
    Generation(Name),
    /// Why did the group rebalance last?
    Rebalance(Name),
    /// Why is this member there, and in this state and epoch?
    Member(Name, Name),
    /// Why does the share-partition start there?
    ShareStart(Name, TopicPartition),
    /// Why is this record in this state?
    ShareRecord(Name, TopicPartition, Offset),
    /// Why does this consumer have these partitions?
    Assignment(NodeId),
    /// Why does it read there?
    Position(NodeId, TopicPartition),
    /// Why is that committed?
    Committed(Name, TopicPartition),
    /// Why this error?
    Trouble(NodeId),
    /// Why is this controller the active one?
    Controller,
    /// Why is this link as it is?
    Link(NodeId, NodeId),
}

impl Question {
    /// The newest entry that answers it.
    pub fn answer(&self, entries: Entries<'_>) -> Option<EntryId> {
        let at = entries.iter().rposition(|e| self.is_answered_by(e))?;
        Some(at as EntryId)
    }

    fn is_answered_by(&self, entry: &Entry) -> bool {
        use Event as E;
        let event = &entry.event;
        let here = |node: &NodeId| entry.node == Some(*node);
        match self {
            Self::Process(node) => process(*node, entry),
            Self::Leader(tp) => matches!(event, E::LeaderElected { tp: t, .. } if t == tp),
            Self::Isr(tp) => {
                matches!(event, E::LeaderElected { tp: t, .. } | E::IsrChanged { tp: t, .. } if t == tp)
            }
            Self::HighWatermark(tp) => matches!(event, E::HighWatermark { tp: t, .. } if t == tp),
            Self::LogEnd(node, tp) => {
                here(node)
                    && matches!(event, E::Appended { tp: t, .. } | E::Replicated { tp: t, .. } | E::Truncated { tp: t, .. } if t == tp)
            }
            Self::LogStart(node, tp) => {
                here(node) && matches!(event, E::LogStartMoved { tp: t, .. } if t == tp)
            }
            Self::Group(group) => {
                matches!(event, E::GroupTransition { group: g, .. } | E::GroupAssigned { group: g, .. } | E::GroupEpoch { group: g, .. } | E::TargetAssigned { group: g, .. } if g == group)
            }
            Self::Generation(group) => match event {
                E::GroupTransition { group: g, to, .. } => {
                    g == group && matches!(to, GroupState::CompletingRebalance | GroupState::Empty)
                }
                E::GroupEpoch { group: g, .. } | E::ShareGroupAssigned { group: g, .. } => {
                    g == group
                }
                _ => false,
            },
            Self::Rebalance(group) => match event {
                E::GroupTransition { group: g, to, .. } => {
                    g == group && *to == GroupState::PreparingRebalance
                }
                E::GroupEpoch { group: g, .. } => g == group,
                _ => false,
            },
            Self::Member(group, member) => {
                matches!(event, E::MemberReconciled { group: g, member: m, .. } | E::MemberJoined { group: g, member: m, .. } | E::MemberAway { group: g, member: m, .. } if g == group && m == member)
            }
            Self::ShareStart(group, tp) => {
                matches!(event, E::ShareStartMoved { group: g, tp: t, .. } | E::SharePartitionLoaded { group: g, tp: t, .. } if g == group && t == tp)
            }
            Self::ShareRecord(group, tp, offset) => {
                matches!(event, E::ShareRecords { group: g, tp: t, first, last, .. } if g == group && t == tp && (*first..=*last).contains(offset))
            }
            Self::Assignment(node) => {
                here(node)
                    && matches!(
                        event,
                        E::Assigned { .. } | E::Revoked { .. } | E::Lost { .. }
                    )
            }
            Self::Position(node, tp) => {
                here(node)
                    && matches!(event, E::PositionSet { tp: t, .. } | E::Polled { tp: t, .. } if t == tp)
            }
            Self::Committed(group, tp) => {
                matches!(event, E::OffsetsCommitted { group: g, offsets, .. } if g == group && offsets.iter().any(|o| o.0 == *tp))
            }
            Self::Trouble(node) => here(node) && trouble(event),
            Self::Controller => matches!(event, E::ControllerElected { .. }),
            Self::Link(a, b) => {
                matches!(event, E::LinkChanged { a: x, b: y, .. } if (x, y) == (a, b) || (x, y) == (b, a))
            }
        }
    }
}

fn trouble(event: &Event) -> bool {
    use Event as E;
    match event {
        E::SendFailed { .. } | E::Retrying { .. } | E::ClientError { .. } => true,
        E::MetadataRefresh { because } => !because.is_ok(),
        _ => false,
    }
}

fn process(node: NodeId, entry: &Entry) -> bool {
    use Event as E;
    let broker = |id: &BrokerId| node == NodeId::Broker(*id);
    match &entry.event {
        E::BrokerFenced { broker: b, .. }
        | E::BrokerUnfenced { broker: b }
        | E::BrokerRegistered { broker: b, .. } => broker(b),
        E::NodeCrashed
        | E::NodeFrozen
        | E::NodeThawed
        | E::NodeStarted
        | E::NodeStopped
        | E::ShutdownRequested
        | E::ClientGone { .. }
        | E::ClientStarted => entry.node == Some(node),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::event::Journal;
    use rebalance_core::time::SimTime;

    fn entry(cause: Option<EntryId>, node: NodeId, event: Event) -> Entry {
        Entry {
            at: SimTime::ZERO,
            cause,
            node: Some(node),
            event,
        }
    }

    fn chain(
        entries: &[Entry],
        from: EntryId,
        most: usize,
        name: &dyn Fn(NodeId) -> Name,
    ) -> Chain {
        let journal: Journal = entries.iter().cloned().collect();
        causes(journal.all(), from, most, name)
    }

    fn answer(question: &Question, entries: &[Entry]) -> Option<EntryId> {
        let journal: Journal = entries.iter().cloned().collect();
        question.answer(journal.all())
    }

    const B2: NodeId = NodeId::Broker(BrokerId(2));
    const C: NodeId = NodeId::Controller(BrokerId(101));

    fn fenced() -> Event {
        Event::BrokerFenced {
            broker: BrokerId(2),
            expired: true,
        }
    }

    fn nameless(_: NodeId) -> Name {
        "".into()
    }

    #[test]
    fn who_fell_silent_is_the_cause_of_a_time_out() {
        let user = entry(None, NodeId::Admin, Event::Command(0));
        let entries = [
            user.clone(),
            entry(None, C, Event::ControllerElected { epoch: 1 }),
            entry(Some(0), B2, Event::NodeCrashed),
            entry(None, NodeId::Broker(BrokerId(1)), Event::NodeCrashed),
            entry(Some(1), C, fenced()),
        ];
        assert_eq!(chain(&entries, 4, 9, &nameless).near, [4, 2, 0]);
        // A crash that is over explains nothing.
        let over = [
            entries[2].clone(),
            entry(None, B2, Event::NodeStarted),
            entry(Some(1), C, fenced()),
        ];
        assert_eq!(chain(&over, 2, 9, &nameless).near, [2, 1]);
        // A member is known by its client's name.
        let client = NodeId::Client(rebalance_core::id::ClientId(4));
        let left = Event::MemberLeft {
            group: "billing".into(),
            member: "c2-6ba7b810-9dad-11d1-80b4-00c04fd430c8".into(),
            reason: LeaveReason::SessionExpired,
        };
        let entries = [
            user,
            entry(Some(0), client, Event::ClientGone { polite: false }),
            entry(None, B2, left),
        ];
        assert_eq!(chain(&entries, 2, 9, &|_| "c2".into()).near, [2, 1, 0]);
        assert_eq!(chain(&entries, 2, 9, &|_| "c1".into()).near, [2]);
    }

    #[test]
    fn a_chain_ends_where_it_began() {
        let entries: Vec<Entry> = (0..10)
            .map(|i: u32| entry(i.checked_sub(1), B2, Event::NodeStarted))
            .collect();
        let whole = chain(&entries, 9, 20, &nameless);
        assert_eq!(whole.near, (0..10).rev().collect::<Vec<_>>());
        assert_eq!((whole.skipped, whole.root), (0, None));
        let part = chain(&entries, 9, 3, &nameless);
        assert_eq!(part.near, [9, 8, 7]);
        assert_eq!((part.skipped, part.root), (6, Some(0)));
        assert_eq!(chain(&entries, 99, 3, &nameless), Chain::default());
    }

    #[test]
    fn a_cause_that_is_not_earlier_does_not_hang_the_page() {
        let entries = [entry(Some(0), B2, Event::NodeStarted)];
        assert_eq!(chain(&entries, 0, 3, &nameless).near, [0]);
    }

    #[test]
    fn the_newest_entry_answers() {
        let entries = [
            entry(None, B2, Event::NodeStarted),
            entry(None, B2, Event::NodeCrashed),
            entry(None, C, fenced()),
            entry(None, NodeId::Broker(BrokerId(1)), Event::NodeStarted),
        ];
        assert_eq!(answer(&Question::Process(B2), &entries), Some(2));
        assert_eq!(answer(&Question::Process(C), &entries), None);
        assert_eq!(answer(&Question::Controller, &entries), None);
        let tp = TopicPartition::new(TopicId(1), 0);
        let record = |first, last| {
            let event = Event::ShareRecords {
                group: "workers".into(),
                tp,
                first,
                last,
                count: 1,
                change: rebalance_core::event::ShareChange::Acquired,
                member: "w1".into(),
            };
            entry(None, B2, event)
        };
        let shares = [record(0, 4), record(5, 9)];
        let asked = |offset| {
            answer(
                &Question::ShareRecord("workers".into(), tp, offset),
                &shares,
            )
        };
        assert_eq!([asked(2), asked(5), asked(10)], [Some(0), Some(1), None]);
        assert_eq!(
            answer(&Question::ShareRecord("audit".into(), tp, 2), &shares),
            None
        );
    }
}
