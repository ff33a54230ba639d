//! Sentences about groups of the consumer protocol (KIP-848).

use super::groups::shares;
use super::{Say, Sentence, group, member_name, value};
use rebalance_core::event::{EpochReason, Event};
use rebalance_core::reconcile::MemberState;

pub(super) fn sentence(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::GroupEpoch {
            group: name,
            epoch,
            reason,
        } => s.say(why(*reason), &[group(name), value(epoch)]),
        Event::TargetAssigned {
            group: name,
            epoch,
            assignor,
            assignment,
        } => s.say(
            [
                "the coordinator computed who is to own what in group {0}, for epoch {1} ({2}): {3}.",
                "协调者为消费者组 {0} 的 epoch {1} 算出目标分配（{2}）：{3}。",
            ],
            &[
                group(name),
                value(epoch),
                value(assignor),
                shares(s, assignment),
            ],
        ),
        Event::MemberReconciled {
            group: name,
            member,
            state,
            epoch,
            assigned,
            revoking,
        } => s.say(
            step(*state),
            &[
                group(name),
                value(member_name(member)),
                value(epoch),
                s.partitions(assigned),
                s.partitions(revoking),
            ],
        ),
        Event::MemberAway {
            group: name,
            member,
            instance,
        } => s.say(
            [
                "{1} stepped out of group {0}; its partitions stay reserved for {2} until its session ends.",
                "{1} 暂时离开消费者组 {0}；在会话到期之前，它的分区一直为 {2} 保留。",
            ],
            &[group(name), value(member_name(member)), value(instance)],
        ),
        Event::GroupConverted {
            group: name,
            upgraded: true,
        } => s.say(
            [
                "group {0} speaks the consumer protocol (KIP-848) from now on.",
                "消费者组 {0} 从现在起使用新的消费者协议（KIP-848）。",
            ],
            &[group(name)],
        ),
        Event::GroupConverted { group: name, .. } => s.say(
            [
                "group {0} speaks the classic protocol from now on.",
                "消费者组 {0} 从现在起使用经典协议。",
            ],
            &[group(name)],
        ),
        _ => None,
    }
}

fn why(reason: EpochReason) -> super::Pair {
    match reason {
        EpochReason::MemberJoined => [
            "group {0} is in epoch {1}: a member joined.",
            "消费者组 {0} 进入 epoch {1}：有成员加入。",
        ],
        EpochReason::MemberLeft => [
            "group {0} is in epoch {1}: a member is out.",
            "消费者组 {0} 进入 epoch {1}：有成员退出。",
        ],
        EpochReason::Subscription => [
            "group {0} is in epoch {1}: a member subscribes to other topics.",
            "消费者组 {0} 进入 epoch {1}：有成员改变了订阅的主题。",
        ],
        EpochReason::Topics => [
            "group {0} is in epoch {1}: its topics changed.",
            "消费者组 {0} 进入 epoch {1}：它订阅的主题发生了变化。",
        ],
    }
}

fn step(state: MemberState) -> super::Pair {
    match state {
        MemberState::Stable => [
            "{1} in group {0} has reached its target in epoch {2}: {3} (STABLE).",
            "消费者组 {0} 的 {1} 在 epoch {2} 达到目标：{3}（STABLE）。",
        ],
        MemberState::UnrevokedPartitions => [
            "{1} in group {0} has to give up {4} first; until it says that it has, it stays in epoch {2} (UNREVOKED_PARTITIONS).",
            "消费者组 {0} 的 {1} 必须先交出 {4}；在它确认之前停留在 epoch {2}（UNREVOKED_PARTITIONS）。",
        ],
        MemberState::UnreleasedPartitions => [
            "{1} in group {0} is in epoch {2} with {3}; the rest of its target is still in other hands (UNRELEASED_PARTITIONS).",
            "消费者组 {0} 的 {1} 进入 epoch {2}，现有 {3}；目标中的其余分区还在别的成员手里（UNRELEASED_PARTITIONS）。",
        ],
    }
}
