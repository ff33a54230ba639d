//! Logs and high watermarks: what was committed stays, everywhere the same, and only that is seen.

use super::watch::{Compared, PartitionWatch, leads};
use super::{COMMITTED_READS, IN_LOG, LOGS_AGREE, Look, MONOTONIC, NO_LOSS};
use crate::id::{BrokerId, LeaderEpoch, Offset, TopicPartition};
use crate::partition::Partition;
use crate::protocol::Acks;
use crate::record::RecordBatch;

impl PartitionWatch {
    /// A broker began to lead: it must have everything that was ever committed, unless it was elected uncleanly.
    pub(super) fn became_leader(
        &mut self,
        tp: TopicPartition,
        epoch: LeaderEpoch,
        look: &mut Look<'_>,
    ) {
        let Some((broker, replica)) = self.replica(tp, look) else {
            return;
        };
        let newest = self.leaders.iter().map(|l| l.0).max();
        self.one_leader(tp, epoch, broker, look);
        if newest.is_some_and(|n| n > epoch) {
            // It reads old metadata, on its way to the present; the others are past that.
            return;
        }
        let end = replica.log.log_end();
        let last = self
            .leaders
            .iter()
            .map(|l| l.0)
            .filter(|e| *e < epoch)
            .max();
        let since = |e: &LeaderEpoch| *e <= epoch && last.is_none_or(|l| *e > l);
        if self.unclean.iter().any(since) {
            self.begin_again(epoch, end);
        }
        if end < self.committed {
            let evidence = alloc::format!(
                "{}: broker {broker} leads epoch {epoch} with log end {end}, offsets below {} were committed",
                look.name(tp),
                self.committed,
            );
            look.broken(NO_LOSS, &evidence);
            self.begin_again(epoch, end);
        }
        self.compared.remove(&broker);
        let upto = self.committed;
        self.compare_log(tp, broker, replica, upto, look);
        self.log_changed(tp, look);
    }

    /// A broker's log or high watermark changed.
    pub(super) fn log_changed(&mut self, tp: TopicPartition, look: &mut Look<'_>) {
        let Some((broker, replica)) = self.replica(tp, look) else {
            return;
        };
        let (end, watermark) = (replica.log.log_end(), replica.high_watermark);
        if watermark > end {
            let name = look.name(tp);
            let evidence = alloc::format!(
                "{name}, broker {broker}: high watermark {watermark}, log end {end}"
            );
            look.broken(IN_LOG, &evidence);
        }
        if leads(replica) {
            self.rises(tp, broker, replica, look);
            self.maximal_isr(tp, broker, replica, look);
        }
        self.compare_log(tp, broker, replica, watermark.min(end), look);
    }

    fn rises(
        &mut self,
        tp: TopicPartition,
        broker: BrokerId,
        replica: &Partition,
        look: &mut Look<'_>,
    ) {
        let now = (replica.leader_epoch, replica.high_watermark);
        let before = self.watermarks.insert(broker, now);
        if let Some((epoch, offset)) = before
            && epoch == now.0
            && offset > now.1
        {
            let name = look.name(tp);
            let evidence = alloc::format!(
                "{name}, broker {broker}, epoch {epoch}: from {offset} back to {}",
                now.1
            );
            look.broken(MONOTONIC, &evidence);
        }
    }

    /// Compares a log with what was committed, from where that was done last, up to this offset.
    fn compare_log(
        &mut self,
        tp: TopicPartition,
        broker: BrokerId,
        replica: &Partition,
        upto: Offset,
        look: &mut Look<'_>,
    ) {
        let from = self.compared.get(&broker).copied().unwrap_or(0);
        if from >= upto {
            return;
        }
        for batch in replica.log.batches_from(from.max(replica.log.log_start())) {
            if batch.next_offset() > upto {
                break;
            }
            match self.compare(batch) {
                Compared::Same | Compared::Forgotten => {}
                Compared::New => self.commit(batch),
                Compared::Other(known) => {
                    let evidence = differs(&look.name(tp), broker, batch, &known);
                    look.broken(LOGS_AGREE, &evidence);
                }
            }
        }
        self.compared.insert(broker, upto);
        self.committed = self.committed.max(upto);
    }

    /// A broker cut its log: below its new end it must be compared again.
    pub(super) fn truncated(&mut self, _: TopicPartition, to: Offset, look: &mut Look<'_>) {
        if let Some(compared) = look.broker().and_then(|b| self.compared.get_mut(&b)) {
            *compared = (*compared).min(to);
        }
    }

    /// A broker has no copy any more: should it get one again, that is another.
    pub(super) fn deleted(&mut self, look: &Look<'_>) {
        if let Some(broker) = look.broker() {
            self.compared.remove(&broker);
            self.watermarks.remove(&broker);
        }
    }

    /// With acks=all, the acknowledgement of a record means that it is committed.
    pub(super) fn acked(
        &mut self,
        tp: TopicPartition,
        base: Offset,
        records: i32,
        look: &mut Look<'_>,
    ) {
        let end = base + Offset::from(records);
        let all = look.inside.acks(look.node) == Some(Acks::All);
        if all && base >= 0 && end > self.committed && self.since_epoch == 0 {
            let evidence = alloc::format!(
                "{}: offsets {base} to {} were acknowledged, committed are those below {}",
                look.name(tp),
                end - 1,
                self.committed,
            );
            look.broken(NO_LOSS, &evidence);
        }
    }

    /// A consumer got a record: it is committed.
    pub(super) fn polled(&mut self, tp: TopicPartition, last: Offset, look: &mut Look<'_>) {
        if last >= self.committed && self.since_epoch == 0 {
            let evidence = alloc::format!(
                "{}: offset {last} was delivered, committed are those below {}",
                look.name(tp),
                self.committed,
            );
            look.broken(COMMITTED_READS, &evidence);
        }
    }
}

fn differs(
    name: &str,
    broker: BrokerId,
    batch: &RecordBatch,
    known: &RecordBatch,
) -> alloc::string::String {
    let shape = |b: &RecordBatch| {
        alloc::format!(
            "offsets {} to {} of epoch {} (producer {}, sequence {})",
            b.base_offset,
            b.last_offset(),
            b.leader_epoch,
            b.producer_id,
            b.base_sequence,
        )
    };
    alloc::format!(
        "{name}, broker {broker}: {}; committed were {}",
        shape(batch),
        shape(known)
    )
}
