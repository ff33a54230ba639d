//! The delivery ledger: what became of every record in every group, and why.
//!
//! It reads the journal as it grows, as the invariants do. poll() returning a record and an application finishing it are two
//! things: a record counts as handled once, twice or more, or never by what applications *finished*; how often poll() returned
//! it stands beside that. The reasons:
//!
//! - *Again*: whoever got the partition began below what had been returned already. Why it began there (from the committed
//!   offset, by seek(), by a reset) and how the owner before lost the partition (it died, was rebalanced, was thrown out) is the reason.
//! - *Never*: somebody began above records that nobody had finished: they were committed before they were processed,
//!   skipped by seek() or a reset, or deleted from the log.
//!
//! In a share group records go one by one: what comes again was released, or its lock or its holder's session ended; what never
//! comes again was rejected, or came back after its last delivery.
//!
//! Simplified: transactions do not count (an application's output is not looked at); consumers without a group have no
//! ledger; of two consumers that hold the same records at once only the later is shown as the holder.

mod runs;

use crate::event::{Entry, Event, LeaveReason, PositionSource, ShareChange};
use crate::id::{Name, NodeId, Offset, TopicPartition};
use crate::sorted::{self, Map};
use crate::time::SimTime;
use crate::view::{Fate, LedgerReason, LedgerRun, LedgerView, LedgerWhy, View};
use alloc::sync::Arc;
use alloc::vec::Vec;
use runs::{Run, Runs, Why};

/// Who is who: the group and the name of a consumer.
pub trait Roster {
    /// The group (empty: none) and the name of a consumer; `None` for anybody else.
    fn consumer(&self, node: NodeId) -> Option<(Name, Name)>;
}

/// How a partition's owner lost it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Parting {
    Died,
    Closed,
    Revoked,
    Lost,
}

/// One partition in one group.
#[derive(Clone, Debug, Default)]
struct Account {
    runs: Runs,
    /// Who set a position last and has not given the partition back.
    owner: Option<NodeId>,
    parting: Option<(Parting, NodeId)>,
    /// The committed offset, and that it did not come from a member.
    committed: Option<(Offset, bool)>,
    /// Why records come again, if they do.
    again: Option<Why>,
    /// In a share group: records are handed out one by one, and each has its own reason to come again.
    shared: bool,
}

/// One group.
#[derive(Clone, Debug)]
struct Group {
    name: Name,
    /// How the last member was lost.
    left: Option<LeaveReason>,
}

/// All groups. Cheap to clone: snapshots share what did not change.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    groups: Vec<Group>,
    /// Group and name of each consumer.
    consumers: Map<NodeId, (u32, Name)>,
    accounts: Map<(u32, TopicPartition), Arc<Account>>,
    /// Where each log begins.
    starts: Map<TopicPartition, Offset>,
}

impl Ledger {
    /// Looks at one new entry.
    pub fn observe(&mut self, entry: &Entry, roster: &dyn Roster) {
        let at = entry.at;
        match (&entry.event, entry.node) {
            (
                Event::Polled {
                    tp, first, last, ..
                },
                Some(node),
            ) => {
                self.with(node, *tp, roster, |a| a.polled(node, *first, *last));
            }
            (Event::Processed { tp, offset }, Some(node)) => {
                self.with(node, *tp, roster, |a| a.processed(node, *offset));
            }
            (Event::PositionSet { tp, offset, source }, Some(node)) => {
                let start = self.starts.get(tp).copied().unwrap_or(0);
                let left = self.left(node);
                self.with(node, *tp, roster, |a| {
                    a.positioned(node, *offset, *source, start, left, at);
                });
            }
            (Event::Revoked { partitions }, Some(node)) => {
                self.part(node, Parting::Revoked, at, |tp| partitions.contains(tp));
            }
            (Event::Lost { partitions }, Some(node)) => {
                self.part(node, Parting::Lost, at, |tp| partitions.contains(tp));
            }
            (Event::NodeCrashed, Some(node)) => self.part(node, Parting::Died, at, |_| true),
            (Event::ClientGone { .. }, Some(node)) => {
                self.part(node, Parting::Closed, at, |_| true);
            }
            (Event::MemberLeft { group, reason, .. }, _) => {
                if let Some(group) = self.groups.iter_mut().find(|g| g.name == *group) {
                    group.left = Some(*reason);
                }
            }
            (
                Event::OffsetsCommitted {
                    group,
                    generation,
                    offsets,
                    ..
                },
                _,
            ) => self.committed(group, *generation < 0, offsets, at),
            (
                Event::SharePartitionLoaded {
                    group, tp, start, ..
                },
                _,
            ) => self.share(group, *tp).began(*start, at),
            (
                Event::ShareRecords {
                    group,
                    tp,
                    first,
                    last,
                    change,
                    ..
                },
                _,
            ) => self
                .share(group, *tp)
                .given_back(*first, *last, *change, at),
            (Event::LogStartMoved { tp, to }, _) => self.trimmed(*tp, *to, at),
            _ => {}
        }
    }

    /// The number of a consumer's group.
    fn group_of(&mut self, node: NodeId, roster: &dyn Roster) -> Option<u32> {
        if let Some((group, _)) = self.consumers.get(&node) {
            return Some(*group);
        }
        let (group, name) = roster.consumer(node).filter(|(g, _)| !g.is_empty())?;
        let index = self.number(&group);
        self.consumers.insert(node, (index, name));
        Some(index)
    }

    fn number(&mut self, group: &Name) -> u32 {
        let known = self.groups.iter().position(|g| g.name == *group);
        let index = known.unwrap_or_else(|| {
            self.groups.push(Group {
                name: group.clone(),
                left: None,
            });
            self.groups.len() - 1
        });
        index as u32
    }

    /// A partition in a share group.
    fn share(&mut self, group: &Name, tp: TopicPartition) -> &mut Account {
        let group = self.number(group);
        let account = Arc::make_mut(self.accounts.entry((group, tp)).or_default());
        account.shared = true;
        account
    }

    fn left(&self, node: NodeId) -> Option<LeaveReason> {
        let (group, _) = self.consumers.get(&node)?;
        self.groups.get(*group as usize)?.left
    }

    fn with(
        &mut self,
        node: NodeId,
        tp: TopicPartition,
        roster: &dyn Roster,
        act: impl FnOnce(&mut Account),
    ) {
        if let Some(group) = self.group_of(node, roster) {
            act(Arc::make_mut(self.accounts.entry((group, tp)).or_default()));
        }
    }

    /// A consumer gives up partitions, or they are taken from it.
    fn part(
        &mut self,
        node: NodeId,
        how: Parting,
        at: SimTime,
        fits: impl Fn(&TopicPartition) -> bool,
    ) {
        let Some((group, _)) = self.consumers.get(&node) else {
            return;
        };
        for ((g, tp), account) in &mut self.accounts {
            if g == group && fits(tp) {
                Arc::make_mut(account).part(node, how, at);
            }
        }
    }

    fn committed(
        &mut self,
        group: &Name,
        outside: bool,
        offsets: &[(TopicPartition, Offset)],
        at: SimTime,
    ) {
        let Some(index) = self.groups.iter().position(|g| g.name == *group) else {
            return;
        };
        for (tp, offset) in offsets {
            if let Some(account) = self.accounts.get_mut(&(index as u32, *tp)) {
                let account = Arc::make_mut(account);
                account.committed = Some((*offset, outside));
                account.settle(None, at);
            }
        }
    }

    /// The log begins higher: what nobody had read is gone.
    fn trimmed(&mut self, tp: TopicPartition, to: Offset, at: SimTime) {
        let start = self.starts.entry(tp).or_default();
        if to <= *start {
            return;
        }
        *start = to;
        for ((_, of), account) in &mut self.accounts {
            if *of == tp {
                let why = Why {
                    reason: LedgerReason::Deleted,
                    before: None,
                    by: None,
                    start: to,
                    at,
                };
                Arc::make_mut(account).skip(to, why);
            }
        }
    }

    /// Puts the ledger into a view: every partition of an existing topic that a group has read from.
    pub fn fill(&self, view: &mut View) {
        let mut ledgers = Vec::new();
        for ((group, tp), account) in &self.accounts {
            let parts = view.topics.iter().flat_map(|t| {
                let parts = t.partitions.iter();
                parts.map(|p| (&t.name, p.tp, p.high_watermark))
            });
            let Some((topic, _, end)) = parts.into_iter().find(|p| p.1 == *tp) else {
                continue;
            };
            ledgers.push(LedgerView {
                group: self.groups[*group as usize].name.clone(),
                topic: topic.clone(),
                tp: *tp,
                runs: self.runs(account, end),
                earlier: *account.runs.folded(),
            });
        }
        sorted::sort_by(&mut ledgers, |a, b| {
            (&a.group, &a.topic, a.tp).cmp(&(&b.group, &b.topic, b.tp))
        });
        view.ledgers = ledgers;
    }

    /// What is known, and up to `end` what nobody has read yet.
    fn runs(&self, account: &Account, end: Offset) -> Vec<LedgerRun> {
        let known = account.runs.iter().map(|(first, run)| LedgerRun {
            first,
            last: run.to - 1,
            fate: run.fate(),
            delivered: run.delivered,
            processed: run.processed,
            why: run.why.filter(|_| !run.gap).map(|w| LedgerWhy {
                reason: w.reason,
                before: self.name(w.before),
                by: self.name(w.by),
                start: w.start,
                at: w.at,
            }),
            holder: self.name(run.holder),
        });
        let mut runs: Vec<LedgerRun> = known.collect();
        let read = account.runs.end();
        if end > read {
            runs.push(LedgerRun {
                first: read,
                last: end - 1,
                fate: Fate::Waiting,
                delivered: 0,
                processed: 0,
                why: None,
                holder: None,
            });
        }
        runs
    }

    fn name(&self, node: Option<NodeId>) -> Option<Name> {
        let (_, name) = self.consumers.get(&node?)?;
        Some(name.clone())
    }
}

impl Account {
    /// A share-partition begins here: what is before it is done with, or was never the group's.
    fn began(&mut self, start: Offset, at: SimTime) {
        let why = Why {
            reason: LedgerReason::BeganAtEnd,
            before: None,
            by: None,
            start,
            at,
        };
        if self.runs.end() == 0 {
            self.skip(start, why);
        }
    }

    /// Something became of acquired records: they come back, or they never will.
    fn given_back(&mut self, first: Offset, last: Offset, change: ShareChange, at: SimTime) {
        let reason = match change {
            ShareChange::Acquired | ShareChange::Accepted => return,
            ShareChange::Released => LedgerReason::Released,
            ShareChange::LockExpired => LedgerReason::LockExpired,
            ShareChange::MemberGone => LedgerReason::MemberGone,
            ShareChange::Rejected => LedgerReason::Rejected,
            ShareChange::Spent => LedgerReason::Spent,
        };
        self.runs.change(first, last + 1, &mut |run| {
            run.why = Some(Why {
                reason,
                before: run.holder.or(run.why.and_then(|w| w.before)),
                by: None,
                start: first,
                at,
            });
            run.holder = None;
        });
    }

    fn polled(&mut self, node: NodeId, first: Offset, last: Offset) {
        if self.shared {
            return self.runs.change(first, last + 1, &mut |run| {
                run.why = run.why.filter(|_| run.delivered > 0);
                run.delivered += 1;
                run.holder = Some(node);
            });
        }
        let again = self.again;
        // poll() went from the position to the first record there is: compaction took what was between.
        let end = self.runs.end();
        self.runs.change(end, first, &mut |run| run.gap = true);
        self.runs.change(first, last + 1, &mut |run| {
            // What was only skipped, or was never read, comes for the first time now.
            run.why = again.filter(|_| run.delivered > 0);
            run.delivered += 1;
            run.gap = false;
            run.holder = Some(node);
        });
    }

    fn processed(&mut self, node: NodeId, offset: Offset) {
        // Returned with it, but passed over: there is no record there.
        let holds = |r: &Run| r.holder == Some(node) && r.processed == 0;
        let before = self.runs.iter().find(|(_, r)| holds(r));
        if let Some((first, _)) = before
            && first < offset
            && !self.shared
        {
            self.runs.change(first, offset, &mut |run| {
                if holds(run) {
                    run.gap = true;
                    run.holder = None;
                }
            });
        }
        self.runs.change(offset, offset + 1, &mut |run| {
            run.processed += 1;
            if run.processed == 1 && run.delivered == 1 {
                run.why = None;
            }
            if run.holder == Some(node) {
                run.holder = None;
            }
        });
    }

    fn part(&mut self, node: NodeId, how: Parting, at: SimTime) {
        if self.shared {
            // The leader of the share-partition says what becomes of what it holds.
            return;
        }
        if self.owner == Some(node) {
            self.owner = None;
            self.parting = Some((how, node));
        } else if self.parting.is_some_and(|(_, n)| n == node) && how == Parting::Lost {
            self.parting = Some((how, node));
        }
        self.settle(Some(node), at);
    }

    /// What `node` (or, with `None`, nobody that lives) has in hand will be read again, or never if it is committed already.
    fn settle(&mut self, node: Option<NodeId>, at: SimTime) {
        let committed = self.committed.map_or(0, |(offset, _)| offset);
        let end = self.runs.end();
        let before = node.or(self.parting.map(|(_, n)| n));
        let why = Why {
            reason: LedgerReason::CommittedFirst,
            before,
            by: None,
            start: committed,
            at,
        };
        let open = |run: &Run| {
            run.processed == 0
                && run.delivered > 0
                && !run.gap
                && match node {
                    Some(node) => run.holder == Some(node),
                    None => run.holder.is_none() && run.why.is_none(),
                }
        };
        if !self.runs.iter().any(|(_, r)| open(r)) {
            return;
        }
        self.runs.change(0, committed.min(end), &mut |run| {
            if open(run) {
                run.why = Some(why);
                run.holder = None;
            }
        });
        self.runs.change(committed.min(end), end, &mut |run| {
            if open(run) {
                run.why = None;
                run.holder = None;
            }
        });
    }

    fn positioned(
        &mut self,
        node: NodeId,
        offset: Offset,
        source: PositionSource,
        log_start: Offset,
        left: Option<LeaveReason>,
        at: SimTime,
    ) {
        let first_time = self.runs.end() == 0 && self.parting.is_none() && self.owner.is_none();
        let mut why = Why {
            reason: self.reason(node, source, left),
            before: self.owner.or(self.parting.map(|(_, n)| n)),
            by: Some(node),
            start: offset,
            at,
        };
        self.again = Some(why);
        self.owner = Some(node);
        self.parting = None;
        let deleted = Why {
            reason: LedgerReason::Deleted,
            before: None,
            by: None,
            start: log_start,
            ..why
        };
        self.skip(log_start.min(offset), deleted);
        why.reason = match why.reason {
            LedgerReason::Latest if first_time => LedgerReason::BeganAtEnd,
            LedgerReason::Seek | LedgerReason::Earliest | LedgerReason::Latest => why.reason,
            LedgerReason::ByDuration | LedgerReason::Truncation => why.reason,
            _ => LedgerReason::Outside,
        };
        self.skip(offset, why);
    }

    /// Why this member begins where it begins.
    fn reason(
        &self,
        node: NodeId,
        source: PositionSource,
        left: Option<LeaveReason>,
    ) -> LedgerReason {
        let thrown_out = || match left {
            Some(LeaveReason::PollInterval) => LedgerReason::PollInterval,
            _ => LedgerReason::SessionExpired,
        };
        // Without any commit, the reset is only how it began again; that it had to is why.
        let handed_on = self.owner.is_some_and(|o| o != node) || self.parting.is_some();
        let source = match source {
            PositionSource::Earliest if self.committed.is_none() && handed_on => {
                PositionSource::Committed
            }
            source => source,
        };
        match source {
            PositionSource::Earliest => LedgerReason::Earliest,
            PositionSource::Latest => LedgerReason::Latest,
            PositionSource::ByDuration => LedgerReason::ByDuration,
            PositionSource::Seek => LedgerReason::Seek,
            PositionSource::Truncation => LedgerReason::Truncation,
            PositionSource::Committed if self.committed.is_some_and(|c| c.1) => {
                LedgerReason::Outside
            }
            PositionSource::Committed if self.owner.is_some_and(|o| o != node) => thrown_out(),
            PositionSource::Committed => match self.parting {
                Some((Parting::Died, _)) => LedgerReason::Died,
                Some((Parting::Closed, _)) => LedgerReason::Closed,
                Some((Parting::Lost, _)) => thrown_out(),
                Some((Parting::Revoked, _)) | None => LedgerReason::Revoked,
            },
        }
    }

    /// Nobody will read what is below `to` and not finished.
    fn skip(&mut self, to: Offset, why: Why) {
        let early = Why {
            reason: LedgerReason::CommittedFirst,
            ..why
        };
        let outside = self.committed.is_some_and(|c| c.1);
        self.runs.change(0, to, &mut |run| {
            let open = run.processed == 0 && !run.gap;
            if !open || run.why.is_some() && run.holder.is_none() {
                return;
            }
            let returned = run.delivered > 0 && why.reason == LedgerReason::Outside && !outside;
            run.why = Some(if returned { early } else { why });
            // Another one that still has them in hand (frozen, say) may finish them yet; then they count.
            run.holder = run
                .holder
                .filter(|h| Some(*h) == why.by || why.by.is_none());
        });
    }
}
