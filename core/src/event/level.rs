//! How much an event matters to a reader: nothing to tell, a line of the journal, or a mark on the timeline.

use super::{ElectionReason, Event, GroupState, LeaveReason, ShareChange};

/// How much an event matters to a reader.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Ticks of the machinery: messages, appends, heartbeats.
    Routine,
    /// Worth a line.
    Notable,
    /// Worth a mark on the timeline: crashes, elections, rebalances, errors, broken guarantees.
    Mark,
}

impl Event {
    /// How much it matters.
    pub fn level(&self) -> Level {
        match self {
            Self::Sent { .. }
            | Self::Dropped { .. }
            | Self::Appended { .. }
            | Self::Replicated { .. }
            | Self::HighWatermark { .. }
            | Self::RecordSent { .. }
            | Self::Acked { .. }
            | Self::Polled { .. }
            | Self::Processed { .. }
            | Self::OffsetsCommitted { .. }
            | Self::BecameLeader { .. }
            | Self::BecameFollower { .. }
            | Self::CoordinatorLoading { .. }
            | Self::CoordinatorLoaded { .. }
            | Self::CoordinatorResigned { .. }
            | Self::MetadataRefresh { .. }
            | Self::SegmentRolled { .. }
            | Self::ShareRecords {
                change: ShareChange::Acquired | ShareChange::Accepted | ShareChange::Released,
                ..
            }
            | Self::ShareStartMoved { .. }
            | Self::SharePartitionLoaded { .. }
            | Self::Compacted { .. }
            | Self::ExpectHeld { .. } => Level::Routine,
            Self::NodeCrashed
            | Self::NodeFrozen
            | Self::NodeStopped
            | Self::BrokerFenced { .. }
            | Self::ControllerElected { .. }
            | Self::SendFailed { .. }
            | Self::Truncated { .. }
            | Self::GroupAssigned { .. }
            | Self::TargetAssigned { .. }
            | Self::GroupConverted { .. }
            | Self::Violated(_)
            | Self::ExpectFailed { .. }
            | Self::Lost { .. } => Level::Mark,
            Self::LeaderElected { reason, .. } if *reason != ElectionReason::Created => Level::Mark,
            Self::GroupTransition {
                to: GroupState::PreparingRebalance,
                ..
            } => Level::Mark,
            Self::MemberLeft { reason, .. } if *reason != LeaveReason::Left => Level::Mark,
            _ => Level::Notable,
        }
    }
}
