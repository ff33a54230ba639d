//! A partition's replica on one broker (`kafka.cluster.Partition`, `Replica`).
//!
//! The log is always there; what the broker may do with it is its [`Role`], and each role has only the operations that are
//! legal in it: appending and counting followers as [`Leader`], fetching and truncating as follower.

mod leader;

pub use leader::{Caught, FollowerFetch, Leader, PendingIsr, RemoteReplica};

use crate::config::TopicConfig;
use crate::id::{BrokerId, LeaderEpoch, Offset, PartitionEpoch, TopicPartition};
use crate::log::Log;
use crate::protocol::{ErrorCode, FetchPartition, Isolation, OffsetSpec};
use crate::record::RecordBatch;
use crate::sabotage::{Rule, breaks};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What a broker is to a partition it has a replica of.
#[derive(Clone, Debug)]
pub enum Role {
    /// Takes writes, serves reads, looks after the ISR.
    Leader(Leader),
    /// Copies from this broker.
    Follower(BrokerId),
    /// Nobody leads, or the broker has not read its metadata yet.
    Offline,
}

/// One replica.
#[derive(Clone, Debug)]
pub struct Partition {
    /// Which partition.
    pub tp: TopicPartition,
    /// The records.
    pub log: Log,
    /// Everything below is committed, as far as this replica knows. Never beyond the log end.
    pub high_watermark: Offset,
    /// What the broker is to it.
    pub role: Role,
    /// The leader epoch the broker knows, -1 before it knows any.
    pub leader_epoch: LeaderEpoch,
    /// The partition epoch the broker knows.
    pub partition_epoch: PartitionEpoch,
    /// The assignment.
    pub replicas: Arc<[BrokerId]>,
    /// The topic's configuration.
    pub config: Arc<TopicConfig>,
    /// Idempotent producers seen (leaders check, followers keep it up to date from the batches).
    pub producers: crate::producer_state::ProducerStates,
    /// Fetch sessions that include this partition.
    pub readers: Vec<crate::id::NodeId>,
}

/// What a fetch of one partition found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// These batches (possibly none).
    Batches(Vec<Arc<RecordBatch>>),
    /// The reader's log has diverged: this epoch ends here.
    Diverging(LeaderEpoch, Offset),
    /// Not like this.
    Error(ErrorCode),
}

impl Partition {
    /// A new, empty replica.
    pub fn new(tp: TopicPartition, config: Arc<TopicConfig>) -> Self {
        Self {
            tp,
            log: Log::new(),
            high_watermark: 0,
            role: Role::Offline,
            leader_epoch: -1,
            partition_epoch: -1,
            replicas: Arc::new([]),
            config,
            producers: Default::default(),
            readers: Vec::new(),
        }
    }

    /// The leader's side, if this broker leads.
    pub fn leader(&self) -> Option<&Leader> {
        match &self.role {
            Role::Leader(leader) => Some(leader),
            _ => None,
        }
    }

    /// `min.insync.replicas`, but no more than there are replicas.
    pub fn effective_min_isr(&self) -> usize {
        (self.config.min_insync_replicas as usize).min(self.replicas.len())
    }

    /// Epoch check of a request against what this broker knows (KIP-320). -1 is not checked.
    pub fn check_epoch(&self, requested: LeaderEpoch) -> Result<&Leader, ErrorCode> {
        if requested >= 0 && requested < self.leader_epoch {
            return Err(ErrorCode::FencedLeaderEpoch);
        }
        if requested > self.leader_epoch {
            return Err(ErrorCode::UnknownLeaderEpoch);
        }
        self.leader().ok_or(ErrorCode::NotLeaderOrFollower)
    }

    /// Reads for a follower (up to the log end) or a consumer (up to the high watermark), with the divergence check of
    /// KIP-595 when the reader says which epoch it read last.
    pub fn fetch(
        &self,
        want: &FetchPartition,
        follower: bool,
        isolation: Isolation,
        max_bytes: i64,
    ) -> Found {
        if let Err(error) = self.check_epoch(want.current_leader_epoch) {
            return Found::Error(error);
        }
        if let Some(found) = self.diverges(want) {
            return found;
        }
        if want.fetch_offset < self.log.log_start() || want.fetch_offset > self.log.log_end() {
            return Found::Error(ErrorCode::OffsetOutOfRange);
        }
        let limit = if follower {
            self.log.log_end()
        } else {
            self.visible_end(isolation)
        };
        Found::Batches(
            self.log
                .read(want.fetch_offset, limit, max_bytes.min(want.max_bytes)),
        )
    }

    fn diverges(&self, want: &FetchPartition) -> Option<Found> {
        if want.last_fetched_epoch < 0 || breaks(Rule::Truncation) {
            return None;
        }
        let Some((epoch, end)) = self
            .log
            .epochs()
            .end_offset_for(want.last_fetched_epoch, self.log.log_end())
        else {
            return Some(Found::Error(ErrorCode::OffsetOutOfRange));
        };
        let diverging = epoch < want.last_fetched_epoch || end < want.fetch_offset;
        diverging.then_some(Found::Diverging(epoch, end))
    }

    /// What a consumer may read up to. Without transactions the last stable offset is the high watermark.
    pub fn visible_end(&self, _isolation: Isolation) -> Offset {
        self.high_watermark
    }

    /// Bytes a waiting reader at `from` could get.
    pub fn available_bytes(&self, from: Offset, follower: bool) -> i64 {
        let limit = if follower {
            self.log.log_end()
        } else {
            self.high_watermark
        };
        self.log
            .batches_from(from)
            .take_while(|b| b.next_offset() <= limit)
            .map(|b| i64::from(b.size))
            .sum()
    }

    /// ListOffsets at the leader. "Latest" waits until the high watermark has reached this leader's epoch (KIP-207).
    pub fn list_offset(
        &self,
        epoch: LeaderEpoch,
        spec: OffsetSpec,
        follower: bool,
    ) -> Result<(Offset, i64), ErrorCode> {
        let leader = self.check_epoch(epoch)?;
        let settled = self.high_watermark >= leader.epoch_start || follower;
        match spec {
            OffsetSpec::Earliest => Ok((self.log.log_start(), -1)),
            OffsetSpec::Latest if follower => Ok((self.log.log_end(), -1)),
            OffsetSpec::Latest if settled => Ok((self.high_watermark, -1)),
            OffsetSpec::Latest => Err(ErrorCode::OffsetNotAvailable),
            OffsetSpec::Timestamp(t) => match self.log.find_by_timestamp(t, self.log.log_end()) {
                Some((offset, timestamp)) if offset < self.high_watermark => {
                    Ok((offset, timestamp))
                }
                _ if settled => Ok((-1, -1)),
                _ => Err(ErrorCode::OffsetNotAvailable),
            },
        }
    }

    /// This log has no records, and this batch is the one its first offset is in.
    pub fn begins_inside(&self, batch: &RecordBatch) -> bool {
        let end = self.log.log_end();
        self.log.log_start() == end && batch.base_offset < end && batch.last_offset() >= end
    }

    /// A follower takes in what it fetched; returns whether anything was new.
    pub fn append_fetched(&mut self, batches: &[Arc<RecordBatch>]) -> bool {
        let before = self.log.log_end();
        for batch in batches {
            self.log.append_as_follower(batch, &self.config);
            self.producers.replay(batch);
        }
        self.log.log_end() > before
    }

    /// A follower learns of the leader's high watermark; its own lags one fetch behind. Not monotonic (see KIP-207).
    pub fn follow_high_watermark(&mut self, leaders: Offset) {
        self.high_watermark = leaders.min(self.log.log_end()).max(self.log.log_start());
    }

    /// Cuts the log; producer state is rebuilt from what is left. Returns the log end before, if anything went.
    pub fn truncate(&mut self, to: Offset) -> Option<Offset> {
        let before = self.log.log_end();
        self.log.truncate_to(to);
        if to >= before {
            return None;
        }
        self.high_watermark = self.high_watermark.min(to);
        self.rebuild_producers();
        Some(before)
    }

    /// Forgets everything and begins at `offset` (the leader no longer has what came before).
    pub fn restart_at(&mut self, offset: Offset) {
        self.log.restart_at(offset);
        self.high_watermark = offset;
        self.rebuild_producers();
    }

    fn rebuild_producers(&mut self) {
        self.producers = Default::default();
        for batch in self.log.batches_from(self.log.log_start()) {
            self.producers.replay(batch);
        }
    }

    /// Where a diverging follower truncates to, and whether that settles it (`getOffsetTruncationState`).
    pub fn truncation_point(&self, epoch: LeaderEpoch, end: Offset) -> Offset {
        let log_end = self.log.log_end();
        match self.log.epochs().end_offset_for(epoch, log_end) {
            // This replica does not know the epoch: fall back to where its own older epoch ends and ask again.
            Some((own, own_end)) if own != epoch => own_end.min(log_end),
            Some((_, own_end)) => own_end.min(end).min(log_end),
            None => end.min(log_end),
        }
    }
}
