//! What the monitor remembers of a partition.

use super::Look;
use crate::id::{BrokerId, LeaderEpoch, Offset, TopicPartition};
use crate::partition::{Partition, Role};
use crate::record::RecordBatch;
use crate::sorted::Map;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many committed batches are kept for comparison.
const KEPT: usize = 256;

/// How many epochs are remembered.
const EPOCHS: usize = 64;

/// One partition.
#[derive(Clone, Debug, Default)]
pub(super) struct PartitionWatch {
    /// Who led in which epoch, the newest last.
    pub(super) leaders: VecDeque<(LeaderEpoch, BrokerId)>,
    /// Epochs that began with an unclean election, as the controllers said.
    pub(super) unclean: Vec<LeaderEpoch>,
    /// Leaders of epochs before this one may have committed what was given up.
    pub(super) since_epoch: LeaderEpoch,
    /// Everything below was committed by some leader: the "true high watermark" that no broker knows.
    pub(super) committed: Offset,
    /// The newest committed batches.
    pub(super) batches: VecDeque<Arc<RecordBatch>>,
    /// How far each broker's log was compared with them.
    pub(super) compared: Map<BrokerId, Offset>,
    /// Each leader's high watermark when last seen, and its epoch then.
    pub(super) watermarks: Map<BrokerId, (LeaderEpoch, Offset)>,
}

/// How a batch of a log compares with what was committed.
pub(super) enum Compared {
    /// The same.
    Same,
    /// It is new.
    New,
    /// Too old to be known.
    Forgotten,
    /// Another one was committed at this offset.
    Other(Arc<RecordBatch>),
}

impl PartitionWatch {
    /// The batch committed at this offset.
    pub(super) fn compare(&self, batch: &Arc<RecordBatch>) -> Compared {
        let Some(first) = self.batches.front() else {
            return Compared::New;
        };
        if batch.base_offset < first.base_offset {
            return Compared::Forgotten;
        }
        let after = self
            .batches
            .partition_point(|b| b.base_offset <= batch.base_offset);
        match self.batches.get(after.wrapping_sub(1)) {
            Some(known) if Arc::ptr_eq(known, batch) || alike(known, batch) => Compared::Same,
            Some(known) if known.last_offset() < batch.base_offset => Compared::New,
            Some(known) => Compared::Other(known.clone()),
            None => Compared::New,
        }
    }

    pub(super) fn commit(&mut self, batch: &Arc<RecordBatch>) {
        self.batches.push_back(batch.clone());
        if self.batches.len() > KEPT {
            self.batches.pop_front();
        }
    }

    pub(super) fn remember_leader(&mut self, epoch: LeaderEpoch, broker: BrokerId) {
        self.leaders.push_back((epoch, broker));
        if self.leaders.len() > EPOCHS {
            self.leaders.pop_front();
        }
    }

    /// An unclean leader of this epoch has other records: what it has counts from now on.
    pub(super) fn begin_again(&mut self, epoch: LeaderEpoch, end: Offset) {
        self.since_epoch = epoch;
        self.committed = self.committed.min(end);
        self.batches.clear();
        self.compared.clear();
        self.watermarks.clear();
    }

    /// The replica an entry of its broker is about, unless its epoch was given up by an unclean election.
    pub(super) fn replica<'a>(
        &self,
        tp: TopicPartition,
        look: &Look<'a>,
    ) -> Option<(BrokerId, &'a Partition)> {
        let broker = look.broker()?;
        let replica = look.inside.replica(broker, tp)?;
        (replica.leader_epoch >= self.since_epoch).then_some((broker, replica))
    }
}

/// The same batch, of which compaction may have taken records away.
fn alike(a: &RecordBatch, b: &RecordBatch) -> bool {
    let ends = |x: &RecordBatch| (x.base_offset, x.last_offset(), x.leader_epoch);
    let (few, many) = match a.records.len() <= b.records.len() {
        true => (a, b),
        false => (b, a),
    };
    ends(a) == ends(b) && few.records.iter().all(|r| many.records.contains(r))
}

/// Whether this replica believes to lead.
pub(super) fn leads(replica: &Partition) -> bool {
    matches!(replica.role, Role::Leader(_))
}
