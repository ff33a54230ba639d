//! Smaller APIs: ListOffsets, DeleteRecords.

use super::Broker;
use crate::effect::Ctx;
use crate::event::Event;
use crate::id::{NodeId, Offset, TopicPartition};
use crate::protocol::{
    Correlation, ErrorCode, ListOffsetsPartitionResponse, ListOffsetsRequest, Response,
};

impl Broker {
    pub(super) fn on_list_offsets(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: &ListOffsetsRequest,
    ) {
        // A follower asks for the log end, everybody else may see the high watermark.
        let follower = matches!(from, NodeId::Broker(_));
        let answer = |(tp, epoch, spec): &_| {
            let found = match self.partitions.get(tp) {
                Some(partition) => partition.list_offset(*epoch, *spec, follower),
                None if self.image.partition(*tp).is_some() => Err(ErrorCode::NotLeaderOrFollower),
                None => Err(ErrorCode::UnknownTopicOrPartition),
            };
            let error = found.err().unwrap_or(ErrorCode::None);
            let (offset, timestamp) = found.unwrap_or((-1, -1));
            ListOffsetsPartitionResponse {
                tp: *tp,
                error,
                offset,
                timestamp,
            }
        };
        let answers = request.partitions.iter().map(answer).collect();
        ctx.respond(from, correlation, Response::ListOffsets(answers));
    }

    /// Moves the log start up; followers take it over with their next fetch. The answer does not wait for them
    /// (Kafka waits until all live replicas have moved).
    pub(super) fn on_delete_records(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        tp: TopicPartition,
        before: Offset,
    ) {
        let (error, low) = self.delete_records(ctx, tp, before);
        ctx.respond(from, correlation, Response::DeleteRecords(error, low));
    }

    fn delete_records(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: TopicPartition,
        before: Offset,
    ) -> (ErrorCode, Offset) {
        let Some(partition) = self.partition_mut(tp) else {
            return (ErrorCode::UnknownTopicOrPartition, -1);
        };
        if partition.leader().is_none() {
            return (ErrorCode::NotLeaderOrFollower, -1);
        }
        // -1 stands for the high watermark.
        let to = if before == -1 {
            partition.high_watermark
        } else {
            before
        };
        if to < 0 || to > partition.high_watermark {
            return (ErrorCode::OffsetOutOfRange, -1);
        }
        if to > partition.log.log_start() {
            partition.log.set_log_start(to);
            ctx.emit(Event::LogStartMoved { tp, to });
            self.wake_readers(ctx, tp, false);
        }
        (
            ErrorCode::None,
            self.partition(tp).map_or(-1, |p| p.log.log_start()),
        )
    }
}
