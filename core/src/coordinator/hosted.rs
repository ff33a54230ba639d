//! A group of either protocol, and the questions that can be asked of both.

use crate::group::classic::{ClassicGroup, RetentionBase};
use crate::group::consumer::ConsumerGroup;
use crate::id::Name;
use crate::protocol::{ErrorCode, OffsetCommitRequest};
use crate::time::SimTime;
use alloc::sync::Arc;

/// A group.
#[derive(Clone, Debug)]
pub(super) enum Group {
    Classic(Arc<ClassicGroup>),
    Consumer(Arc<ConsumerGroup>),
}

impl From<ClassicGroup> for Group {
    fn from(group: ClassicGroup) -> Self {
        Self::Classic(Arc::new(group))
    }
}

impl From<ConsumerGroup> for Group {
    fn from(group: ConsumerGroup) -> Self {
        Self::Consumer(Arc::new(group))
    }
}

impl Group {
    pub(super) fn classic(&self) -> Option<&ClassicGroup> {
        match self {
            Self::Classic(group) => Some(group),
            Self::Consumer(_) => None,
        }
    }

    pub(super) fn consumer(&self) -> Option<&ConsumerGroup> {
        match self {
            Self::Consumer(group) => Some(group),
            Self::Classic(_) => None,
        }
    }

    pub(super) fn name(&self) -> &Name {
        match self {
            Self::Classic(group) => group.name(),
            Self::Consumer(group) => group.name(),
        }
    }

    pub(super) fn wake_at(&self) -> Option<SimTime> {
        match self {
            Self::Classic(group) => group.wake_at(),
            Self::Consumer(group) => group.wake_at(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Classic(group) => group.is_empty(),
            Self::Consumer(group) => group.is_empty(),
        }
    }

    pub(super) fn is_subscribed_to(&self, topic: &str) -> bool {
        match self {
            Self::Classic(group) => group.is_subscribed_to(topic),
            Self::Consumer(group) => group.is_subscribed_to(topic),
        }
    }

    pub(super) fn retention_base(&self) -> Option<RetentionBase> {
        match self {
            Self::Classic(group) => group.retention_base(),
            Self::Consumer(_) => Some(RetentionBase::Commit),
        }
    }

    pub(super) fn validate_commit(&self, request: &OffsetCommitRequest) -> Result<(), ErrorCode> {
        match self {
            Self::Classic(group) => group.validate_commit(request),
            Self::Consumer(group) => group.validate_epoch(&request.member_id, request.generation),
        }
    }

    pub(super) fn validate_delete(&self) -> Result<(), ErrorCode> {
        match self {
            Self::Classic(group) => group.validate_delete(),
            Self::Consumer(group) => group.validate_delete(),
        }
    }

    pub(super) fn validate_offset_delete(&self) -> Result<(), ErrorCode> {
        match self {
            Self::Classic(group) => group.validate_offset_delete(),
            Self::Consumer(_) => Ok(()),
        }
    }
}
