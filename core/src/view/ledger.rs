//! The delivery ledger as it is shown: what became of every record in every group, and why.

use crate::id::{Name, Offset, TopicPartition};
use crate::time::SimTime;
use alloc::vec::Vec;

/// What became of a record in a group, in a word. By what applications finished, not by what poll() returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Fate {
    /// Nobody has read it yet, or it will be read again.
    Waiting,
    /// poll() has returned it; the application is not done with it.
    InHand,
    /// Finished once.
    Once,
    /// Finished twice or more.
    Again,
    /// Passed over: nobody will read it.
    Never,
    /// No record: compaction removed it, or it is a marker.
    Gap,
}

impl Fate {
    /// Every fate.
    pub const ALL: [Self; 6] = [
        Self::Waiting,
        Self::InHand,
        Self::Once,
        Self::Again,
        Self::Never,
        Self::Gap,
    ];

    /// As scripts write it.
    pub fn name(self) -> &'static str {
        ["waiting", "in-hand", "once", "again", "never", "gap"][self as usize]
    }
}

/// Why records came again, or never.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum LedgerReason {
    /// The owner's process died; the next one began at the committed offset.
    Died,
    /// The owner closed without committing everything.
    Closed,
    /// A rebalance took the partition before everything was committed.
    Revoked,
    /// The owner did not poll for `max.poll.interval.ms` and left.
    PollInterval,
    /// The owner was silent for its session timeout.
    SessionExpired,
    /// The application called seek().
    Seek,
    /// No (valid) committed offset: from the beginning of the log.
    Earliest,
    /// No (valid) committed offset: from the end of the log.
    Latest,
    /// No (valid) committed offset: from a while ago (`auto.offset.reset=by_duration:…`).
    ByDuration,
    /// The group was new and began at the end.
    BeganAtEnd,
    /// Somebody outside the group's generations committed another offset (a reset, or a manual commit).
    Outside,
    /// The log was truncated under the consumer.
    Truncation,
    /// Committed before it was processed; then its consumer was lost.
    CommittedFirst,
    /// Deleted from the log before anybody read it.
    Deleted,
    /// In a share group: its holder released it.
    Released,
    /// In a share group: the lock timed out.
    LockExpired,
    /// In a share group: its holder's session ended.
    MemberGone,
    /// In a share group: its holder rejected it.
    Rejected,
    /// In a share group: it came back after its last delivery.
    Spent,
}

impl LedgerReason {
    /// A share group's record that somebody gave back: it is delivered again.
    pub fn comes_back(self) -> bool {
        matches!(self, Self::Released | Self::LockExpired | Self::MemberGone)
    }

    /// As scripts write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Died => "died",
            Self::Closed => "closed",
            Self::Revoked => "revoked",
            Self::PollInterval => "poll-interval",
            Self::SessionExpired => "session-expired",
            Self::Seek => "seek",
            Self::Earliest => "earliest",
            Self::Latest => "latest",
            Self::ByDuration => "by-duration",
            Self::BeganAtEnd => "began-at-end",
            Self::Outside => "outside",
            Self::Truncation => "truncation",
            Self::CommittedFirst => "committed-first",
            Self::Deleted => "deleted",
            Self::Released => "released",
            Self::LockExpired => "lock-expired",
            Self::MemberGone => "member-gone",
            Self::Rejected => "rejected",
            Self::Spent => "spent",
        }
    }
}

/// Why, with the circumstances.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LedgerWhy {
    /// What kind of reason.
    pub reason: LedgerReason,
    /// The consumer that had the partition before.
    pub before: Option<Name>,
    /// The consumer that began at `start`.
    pub by: Option<Name>,
    /// Where it began: an offset.
    pub start: Offset,
    /// When.
    pub at: SimTime,
}

/// Neighbouring offsets with the same fate.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LedgerRun {
    /// First offset.
    pub first: Offset,
    /// Last offset.
    pub last: Offset,
    /// What became of them.
    pub fate: Fate,
    /// How often poll() returned them.
    pub delivered: u32,
    /// How often an application finished them.
    pub processed: u32,
    /// Why they came again, or never.
    pub why: Option<LedgerWhy>,
    /// The consumer that has them in hand.
    pub holder: Option<Name>,
}

/// The delivery ledger of one partition in one group: every offset below the high watermark.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LedgerView {
    /// The group.
    pub group: Name,
    /// Topic name.
    pub topic: Name,
    /// Which partition.
    pub tp: TopicPartition,
    /// Runs in order, without gaps between them.
    pub runs: Vec<LedgerRun>,
    /// Offsets before the first run, counted by fate ([`Fate::ALL`]).
    pub earlier: [u64; 6],
}

impl LedgerView {
    /// How many offsets had this fate.
    pub fn count(&self, fate: Fate) -> u64 {
        let runs = self.runs.iter().filter(|r| r.fate == fate);
        let kept: Offset = runs.map(|r| r.last - r.first + 1).sum();
        self.earlier[fate as usize] + kept as u64
    }
}
