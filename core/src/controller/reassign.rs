//! Other replicas for a partition, on request (`ReplicationControlManager.alterPartitionReassignment`, KIP-455).
//!
//! The request only writes down what is wanted; from then on followers that catch up and join the ISR bring it about, with
//! the AlterPartition of the leader (see [`crate::election::Assignment`]). A reassignment that needs nobody new in the ISR
//! is over with this one record.

use super::Controller;
use super::changes::{Changes, Wanted, online, to_election};
use crate::effect::Ctx;
use crate::election::{Assignment, Election};
use crate::id::{BrokerId, NodeId};
use crate::protocol::{Correlation, ErrorCode, ReassignRequest, Response};
use alloc::vec::Vec;

impl Controller {
    pub(super) fn reassign(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: ReassignRequest,
    ) {
        let error = match self.reassignment(&request) {
            Ok(changes) => {
                self.carry_out(ctx, changes);
                ErrorCode::None
            }
            Err(error) => error,
        };
        self.answer_when_committed(ctx, from, correlation, Response::Admin(error));
    }

    fn reassignment(&self, request: &ReassignRequest) -> Result<Changes, ErrorCode> {
        let active = self.active.as_ref().ok_or(ErrorCode::NotController)?;
        let tp = request.tp;
        let topic = active.image.topics.get(&tp.topic);
        let topic = topic.ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let state = active.image.partition(tp);
        let state = state.ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let now = to_election(state);
        let mut changes = Changes::default();
        let Some(replicas) = &request.replicas else {
            if !state.is_moving() {
                return Err(ErrorCode::NoReassignmentInProgress);
            }
            let (assignment, isr, unclean) = Assignment::reverted(&now);
            let election = online(topic);
            if unclean && election != Election::Unclean {
                return Err(ErrorCode::InvalidReplicaAssignment);
            }
            let isr: Vec<BrokerId> = isr.into_iter().map(BrokerId).collect();
            let wanted = Wanted {
                assignment: Some(&assignment),
                ..Wanted::new(&isr, election)
            };
            changes.want(&active.image, tp, topic, state, &wanted);
            return Ok(changes);
        };
        if !active.may_have(replicas) {
            return Err(ErrorCode::InvalidReplicaAssignment);
        }
        let target: Vec<i32> = replicas.iter().map(|b| b.0).collect();
        let assignment = Assignment::towards(&now, &target);
        let wanted = Wanted {
            assignment: Some(&assignment),
            ..Wanted::new(&state.isr, Election::Online)
        };
        changes.want(&active.image, tp, topic, state, &wanted);
        Ok(changes)
    }
}
