//! Share groups: who holds a record, how often it is delivered, and that what is done with stays so.
//!
//! Only what the leader of the moment says is compared: a leader that was frozen may hand records out once more before it learns
//! that it leads no longer, as Kafka's does; what it then wants to store is refused. A new leader must begin no earlier than where what
//! was stored ends.

use super::{DELIVERY_LIMIT, Look, Monitor, ONE_HOLDER, SHARE_START};
use crate::event::{Event, ShareChange};
use crate::id::{LeaderEpoch, Name, NodeId, Offset, TopicPartition};
use crate::sorted::Map;
use alloc::sync::Arc;

/// A share-partition.
#[derive(Clone, Debug, Default)]
pub(super) struct ShareWatch {
    /// The broker that loaded it in the newest leader epoch, and that epoch.
    leader: Option<NodeId>,
    epoch: LeaderEpoch,
    /// How far its start offset got on this leader.
    start: Offset,
    /// How far it ever got by what was stored.
    stored: Offset,
    /// Who has acquired what.
    held: Map<Offset, Name>,
}

impl Monitor {
    pub(super) fn look_at_shares(&mut self, event: &Event, look: &mut Look<'_>) {
        match event {
            Event::SharePartitionLoaded {
                group,
                tp,
                start,
                fresh,
            } => {
                let replica = look.broker().and_then(|b| look.inside.replica(b, *tp));
                let epoch = replica.map_or(-1, |r| r.leader_epoch);
                let watch = self.share(group, *tp);
                if epoch < watch.epoch {
                    // It was frozen before the answer came, and has not heard of its successor.
                    return;
                }
                watch.epoch = epoch;
                watch.leader = Some(look.node);
                watch.held.clear();
                // Where nothing was stored it begins wherever the reset policy says.
                watch.start = if *fresh { *start } else { watch.stored };
                watch.start_at(*start, *tp, look);
            }
            Event::ShareStartMoved { group, tp, to } => {
                let leader = look.broker();
                let stored = leader.and_then(|b| look.inside.stored_share_start(b, group, *tp));
                let watch = self.share(group, *tp);
                if watch.leader == Some(look.node) {
                    watch.start_at(*to, *tp, look);
                    watch.stored = watch.stored.max(stored.map_or(0, |stored| stored.min(*to)));
                }
            }
            Event::ShareRecords {
                group,
                tp,
                first,
                last,
                count,
                change,
                member,
            } => {
                let watch = self.share(group, *tp);
                if watch.leader != Some(look.node) {
                    return;
                }
                if *count > look.inside.delivery_limit() {
                    let name = look.name(*tp);
                    let evidence = alloc::format!("{group}: delivery {count} of {name}@{first}");
                    look.broken(DELIVERY_LIMIT, &evidence);
                }
                for offset in *first..=*last {
                    match change {
                        ShareChange::Acquired => watch.acquired(*tp, offset, member, look),
                        _ => {
                            watch.held.remove(&offset);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn share(&mut self, group: &Name, tp: TopicPartition) -> &mut ShareWatch {
        let key = (group.clone(), tp);
        Arc::make_mut(self.shares.entry(key).or_default())
    }
}

impl ShareWatch {
    fn start_at(&mut self, to: Offset, tp: TopicPartition, look: &mut Look<'_>) {
        if to < self.start {
            let name = look.name(tp);
            let evidence = alloc::format!("{name}: start offset {to} after {}", self.start);
            look.broken(SHARE_START, &evidence);
        }
        self.start = self.start.max(to);
    }

    fn acquired(&mut self, tp: TopicPartition, offset: Offset, member: &Name, look: &mut Look<'_>) {
        if offset < self.start {
            let name = look.name(tp);
            let evidence = alloc::format!("{name}@{offset} delivered, start is {}", self.start);
            look.broken(SHARE_START, &evidence);
        }
        if let Some(other) = self.held.insert(offset, member.clone()) {
            let name = look.name(tp);
            let evidence = alloc::format!("{name}@{offset}: {other} and {member}");
            look.broken(ONE_HOLDER, &evidence);
        }
    }
}
