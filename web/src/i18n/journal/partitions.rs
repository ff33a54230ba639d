//! Sentences about topics, leaders, the ISR and logs.

use super::{Say, Sentence, brokers, error, topic, value};
use rebalance_core::event::{ElectionReason, Event, ReassignmentStage};
use rebalance_core::id::{BrokerId, LeaderEpoch, TopicPartition};

pub(super) fn sentence(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    topics(s, event)
        .or_else(|| leaders(s, event))
        .or_else(|| isr(s, event))
        .or_else(|| moves(s, event))
        .or_else(|| logs(s, event))
}

fn topics(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::TopicCreated {
            topic: name,
            partitions,
            replication,
        } => s.say(
            [
                "topic {0} is created: {1}, {2} each.",
                "创建了主题 {0}：{1}，每个分区 {2}。",
            ],
            &[
                topic(name),
                s.count(i64::from(*partitions), "partition", "partitions", "个分区"),
                s.count(i64::from(*replication), "replica", "replicas", "个副本"),
            ],
        ),
        Event::PartitionsAdded {
            topic: name,
            partitions,
        } => s.say(
            [
                "topic {0} has {1} partitions now. Keys may map to other partitions from here on.",
                "主题 {0} 现在有 {1} 个分区。从此刻起，同一个键可能落到别的分区。",
            ],
            &[topic(name), value(partitions)],
        ),
        Event::TopicDeleted { topic: name } => s.say(
            [
                "topic {0} is deleted, with all its records.",
                "主题 {0} 连同全部记录被删除。",
            ],
            &[topic(name)],
        ),
        Event::TopicConfigChanged {
            topic: name,
            name: key,
            value: Some(text),
        } => s.say(
            ["topic {0}: {1} is {2} now.", "主题 {0} 的 {1} 现在是 {2}。"],
            &[topic(name), value(key), value(text)],
        ),
        Event::TopicConfigChanged {
            topic: name,
            name: key,
            ..
        } => s.say(
            [
                "topic {0}: {1} is back at its default.",
                "主题 {0} 的 {1} 恢复为默认值。",
            ],
            &[topic(name), value(key)],
        ),
        _ => None,
    }
}

fn leaders(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::LeaderElected {
            tp,
            leader,
            epoch,
            reason,
            isr,
        } => elected(s, *tp, *leader, *epoch, *reason, isr),
        Event::BecameLeader { tp, epoch, start } => s.say(
            [
                "{0} leads {1} from here: epoch {2} begins at offset {3}.",
                "{0} 开始担任 {1} 的 leader：epoch {2} 从 offset {3} 开始。",
            ],
            &[s.who(), s.partition(*tp), value(epoch), value(start)],
        ),
        Event::BecameFollower {
            tp,
            leader: Some(leader),
            epoch,
        } => s.say(
            [
                "{0} follows {2} for {1}, epoch {3}.",
                "{0} 在 {1} 上跟随 {2}，epoch {3}。",
            ],
            &[s.who(), s.partition(*tp), s.broker(*leader), value(epoch)],
        ),
        Event::BecameFollower { tp, epoch, .. } => s.say(
            [
                "{0} knows of no leader for {1}, epoch {2}.",
                "{0} 得知 {1} 没有 leader，epoch {2}。",
            ],
            &[s.who(), s.partition(*tp), value(epoch)],
        ),
        _ => None,
    }
}

fn elected(
    s: &Say<'_>,
    tp: TopicPartition,
    leader: Option<BrokerId>,
    epoch: LeaderEpoch,
    reason: ElectionReason,
    isr: &[BrokerId],
) -> Option<Sentence> {
    let Some(leader) = leader else {
        return s.say(
            [
                "{0} has no leader, epoch {1}: nobody in its ISR {2} is alive. It can be neither written nor read.",
                "{0} 没有 leader，epoch {1}：ISR {2} 中没有存活的副本。该分区既不能写也不能读。",
            ],
            &[s.partition(tp), value(epoch), brokers(isr)],
        );
    };
    let pair = match reason {
        ElectionReason::Created => [
            "{0} is the first leader of {1}, epoch {2}; ISR {3}.",
            "{0} 是 {1} 的首任 leader，epoch {2}；ISR 为 {3}。",
        ],
        ElectionReason::Clean => [
            "{0} is now leader of {1}, epoch {2}: first in the replica list that is alive and in the ISR {3}.",
            "{0} 成为 {1} 的 leader，epoch {2}：它是副本列表中第一个存活且在 ISR {3} 中的副本。",
        ],
        ElectionReason::Preferred => [
            "{0} takes {1} back, epoch {2}: it is the preferred leader, first in the replica list; ISR {3}.",
            "{0} 收回 {1} 的 leader 角色，epoch {2}：它是首选 leader（副本列表的第一个）；ISR 为 {3}。",
        ],
        ElectionReason::Unclean => [
            "{0} is now leader of {1}, epoch {2}, by an unclean election: it was not in the ISR, so acknowledged records may be lost. ISR {3}.",
            "{0} 经由 unclean 选举成为 {1} 的 leader，epoch {2}：它原本不在 ISR 中，已确认的记录可能丢失。ISR 为 {3}。",
        ],
        ElectionReason::Reassigned => [
            "{0} stays leader of {1} but begins epoch {2}, so that those who lost their replica are told apart; ISR {3}.",
            "{0} 仍是 {1} 的 leader，但开始了 epoch {2}，以区分已失去副本的 broker；ISR 为 {3}。",
        ],
    };
    let things = [
        s.broker(leader),
        s.partition(tp),
        value(epoch),
        brokers(isr),
    ];
    s.say(pair, &things)
}

fn isr(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::IsrChanged { tp, from, to } => s.say(
            [
                "the ISR of {0} went from {1} to {2}.",
                "{0} 的 ISR 从 {1} 变为 {2}。",
            ],
            &[s.partition(*tp), brokers(from), brokers(to)],
        ),
        Event::AlterPartitionRefused { tp, error: code } => s.say(
            [
                "the controller refused another ISR for {0}: {1}.",
                "控制器拒绝了 {0} 的 ISR 变更：{1}。",
            ],
            &[s.partition(*tp), error(*code)],
        ),
        Event::IsrShrinkWanted { tp, lagging } => s.say(
            [
                "{0} wants {2} out of the ISR of {1}: not caught up for {3}.",
                "{0} 要把 {2} 移出 {1} 的 ISR：落后已超过 {3}。",
            ],
            &[
                s.who(),
                s.partition(*tp),
                brokers(lagging),
                value("replica.lag.time.max.ms"),
            ],
        ),
        Event::IsrExpandWanted { tp, replica } => s.say(
            [
                "{0} wants {2} in the ISR of {1}: it has caught up.",
                "{0} 要把 {2} 加入 {1} 的 ISR：它已经追上。",
            ],
            &[s.who(), s.partition(*tp), s.broker(*replica)],
        ),
        _ => None,
    }
}

/// Replicas that come and go (KIP-455).
fn moves(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::Reassigned {
            tp,
            stage,
            replicas,
            adding,
            removing,
        } => {
            let pair = match stage {
                ReassignmentStage::Started if removing.is_empty() => [
                    "{0} gets more replicas: {2}. They copy its log first; its replicas are {1} now.",
                    "{0} 增加副本：{2}。它们先复制日志；现在的副本为 {1}。",
                ],
                ReassignmentStage::Started if adding.is_empty() => [
                    "{0} gives up {3} once the others are in sync. Until then its replicas are {1}.",
                    "待其余副本同步后，{0} 将移除 {3}。在此之前副本为 {1}。",
                ],
                ReassignmentStage::Started => [
                    "{0} is being moved: {2} come, {3} go once the new ones are in sync. Until then its replicas are {1}.",
                    "{0} 正在迁移：加入 {2}；待新副本同步后移除 {3}。在此之前副本为 {1}。",
                ],
                ReassignmentStage::Completed => [
                    "{0} has its new replicas: {1}.",
                    "{0} 的副本重分配完成，副本为 {1}。",
                ],
                ReassignmentStage::Cancelled => [
                    "the move of {0} is cancelled: its replicas are {1} again.",
                    "{0} 的迁移被取消：副本恢复为 {1}。",
                ],
            };
            let things = [
                s.partition(*tp),
                brokers(replicas),
                brokers(adding),
                brokers(removing),
            ];
            s.say(pair, &things)
        }
        Event::ReplicaDeleted { tp } => s.say(
            [
                "{0} is no replica of {1} any more and deleted its log.",
                "{0} 不再是 {1} 的副本，删除了其日志。",
            ],
            &[s.who(), s.partition(*tp)],
        ),
        _ => None,
    }
}

fn logs(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::Appended { tp, base, last } if base == last => s.say(
            [
                "{0} appended offset {2} to {1}.",
                "{0} 把 offset {2} 写入 {1}。",
            ],
            &[s.who(), s.partition(*tp), value(base)],
        ),
        Event::Appended { tp, base, last } => s.say(
            [
                "{0} appended offsets {2} to {3} to {1}.",
                "{0} 把 offset {2} 到 {3} 写入 {1}。",
            ],
            &[s.who(), s.partition(*tp), value(base), value(last)],
        ),
        Event::Replicated { tp, end } => s.say(
            [
                "{0} has copied {1} up to offset {2} (exclusive).",
                "{0} 已把 {1} 复制到 offset {2}（不含）。",
            ],
            &[s.who(), s.partition(*tp), value(end)],
        ),
        Event::HighWatermark { tp, offset } => s.say(
            [
                "the high watermark of {0} is {1}: everything below is on every replica in the ISR.",
                "{0} 的 high watermark 是 {1}：在它之前的记录，ISR 中每个副本都有。",
            ],
            &[s.partition(*tp), value(offset)],
        ),
        Event::Truncated { tp, from, to } => s.say(
            [
                "{0} cut {1} back from offset {2} to {3}: the new leader does not have the rest.",
                "{0} 把 {1} 从 offset {2} 截断到 {3}：新的 leader 没有后面的部分。",
            ],
            &[s.who(), s.partition(*tp), value(from), value(to)],
        ),
        Event::LogStartMoved { tp, to } => s.say(
            [
                "{1} on {0} begins at offset {2} now; older records are gone.",
                "{0} 上的 {1} 现在从 offset {2} 开始；更早的记录已被删除。",
            ],
            &[s.who(), s.partition(*tp), value(to)],
        ),
        Event::Compacted { tp, to, removed } => s.say(
            [
                "{0} compacted {1} below offset {2}: {3} records with newer ones of the same key are gone.",
                "{0} 压实了 {1} 中 offset {2} 之前的部分：清除 {3} 条被同键新记录取代的记录。",
            ],
            &[s.who(), s.partition(*tp), value(to), value(removed)],
        ),
        Event::SegmentRolled { tp, base } => s.say(
            [
                "{0} began a new segment of {1} at offset {2}.",
                "{0} 在 offset {2} 处为 {1} 开启新的日志段（segment）。",
            ],
            &[s.who(), s.partition(*tp), value(base)],
        ),
        _ => None,
    }
}
