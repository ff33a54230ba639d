//! What a ShareFetch gets: records that can be acquired, read from the log and locked for the member (`DelayedShareFetch`,
//! `ShareFetchUtils`).

use super::{Fetch, changed};
use crate::broker::Broker;
use crate::effect::Ctx;
use crate::event::{Event, ShareChange};
use crate::id::{Name, Offset, TopicPartition};
use crate::protocol::{
    AcquiredRecords, ErrorCode, Isolation, RecordState, ShareFetchPartitionResponse, StateBatch,
};
use crate::record::RecordBatch;
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Broker {
    /// Acquires what there is, partition after partition, up to the limits. Errors count as something found.
    pub(super) fn share_fetch(
        &mut self,
        ctx: &mut Ctx<'_>,
        group: &Name,
        member: &Name,
        fetch: &Fetch,
    ) -> Vec<ShareFetchPartitionResponse> {
        let mut found = Vec::new();
        let (mut bytes, mut records) = (fetch.max_bytes, fetch.max_records);
        for tp in &fetch.partitions {
            if bytes <= 0 || records <= 0 {
                break;
            }
            let mut answer = ShareFetchPartitionResponse {
                tp: *tp,
                error: ErrorCode::None,
                acknowledge_error: ErrorCode::None,
                batches: Vec::new(),
                acquired: Vec::new(),
            };
            match self.acquire(ctx, group, member, *tp, (bytes, records)) {
                Ok((batches, acquired)) if acquired.is_empty() && !batches.is_empty() => continue,
                Ok((_, acquired)) if acquired.is_empty() => continue,
                Ok((batches, acquired)) => {
                    bytes -= batches.iter().map(|b| i64::from(b.size)).sum::<i64>();
                    records -= acquired.iter().map(|a| a.last - a.first + 1).sum::<i64>();
                    (answer.batches, answer.acquired) = (batches, acquired);
                }
                Err(error) => answer.error = error,
            }
            found.push(answer);
        }
        found
    }

    fn acquire(
        &mut self,
        ctx: &mut Ctx<'_>,
        group: &Name,
        member: &Name,
        tp: TopicPartition,
        (max_bytes, max_records): (i64, i64),
    ) -> Result<(Vec<Arc<RecordBatch>>, Vec<AcquiredRecords>), ErrorCode> {
        let replica = match self.partitions.get(&tp) {
            Some(replica) if replica.leader().is_some() => replica.clone(),
            _ if self.image.partition(tp).is_some() => return Err(ErrorCode::NotLeaderOrFollower),
            _ => return Err(ErrorCode::UnknownTopicOrPartition),
        };
        let limits = self.share_limits(group);
        let now = ctx.now;
        let Some(partition) = self.share_partition(group, tp) else {
            // It is being loaded.
            return Ok((Vec::new(), Vec::new()));
        };
        if !partition.can_acquire(&limits) {
            return Ok((Vec::new(), Vec::new()));
        }
        let mut from = partition.next_fetch_offset();
        if from < replica.log.log_start() {
            partition.log_start_moved(replica.log.log_start());
            from = partition.next_fetch_offset();
        }
        let end = replica.visible_end(Isolation::ReadUncommitted);
        let batches = match from < end {
            true => replica.log.read(from, end, max_bytes),
            false => Vec::new(),
        };
        let ranges: Vec<(Offset, Offset)> = batches
            .iter()
            .map(|b| (b.base_offset, b.last_offset()))
            .collect();
        let acquired = partition.acquire(now, &limits, member, max_records, from, &ranges);
        let lock = partition.next_lock();
        for a in &acquired {
            let done = StateBatch {
                first: a.first,
                last: a.last,
                state: RecordState::Acquired,
                delivery_count: a.delivery_count,
            };
            ctx.emit(changed(group, tp, member, &done, ShareChange::Acquired));
        }
        if let Some(at) = lock.filter(|_| !acquired.is_empty()) {
            self.arm_shares(ctx, at);
        }
        Ok((batches, acquired))
    }

    /// The start offset moved.
    pub(super) fn tell_start(
        &self,
        ctx: &mut Ctx<'_>,
        group: &Name,
        tp: TopicPartition,
        before: Offset,
        to: Offset,
    ) {
        if to > before {
            let group = group.clone();
            ctx.emit(Event::ShareStartMoved { group, tp, to });
        }
    }
}
