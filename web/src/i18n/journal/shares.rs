//! Sentences about share groups: who fetches from what, and what becomes of records.

use super::{Pair, Say, Sentence, group, member_name, shortened, value, words};
use rebalance_core::event::{Event, ShareChange};
use rebalance_core::id::Name;

pub(super) fn sentence(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::ShareGroupAssigned {
            group: name,
            epoch,
            assignment,
        } => {
            let shares = assignment.iter().map(|(member, list)| {
                let partitions: Vec<String> = list.iter().map(|tp| s.partition(*tp).text).collect();
                let partitions = match partitions.is_empty() {
                    true => s.pick(["nothing", "无"]).to_string(),
                    false => shortened(&partitions, ", "),
                };
                format!("{} → {partitions}", member_name(member))
            });
            let shares: Vec<String> = shares.collect();
            let pair = match shares.is_empty() {
                true => [
                    "share group {0} has no members left (epoch {1}).",
                    "共享组 {0} 没有成员了（epoch {1}）。",
                ],
                false => [
                    "share group {0}, epoch {1}: {2}. Nobody owns a partition; several may fetch from the same one.",
                    "共享组 {0}，epoch {1}：{2}。没有谁独占分区，多个成员可以同时读取同一个分区。",
                ],
            };
            let shares = words(shortened(&shares, " · "));
            s.say(pair, &[group(name), value(epoch), shares])
        }
        Event::ShareAssigned { epoch, partitions } => s.say(
            [
                "{0} fetches from {2} too (epoch {1}).",
                "{0} 开始从 {2} 读取（epoch {1}）。",
            ],
            &[s.who(), value(epoch), s.partitions(partitions)],
        ),
        Event::GroupConfigChanged {
            group: name,
            name: setting,
            value: set,
        } => {
            let pair = match set {
                Some(_) => ["group {0}: {1} is {2} now.", "组 {0} 的 {1} 改为 {2}。"],
                None => [
                    "group {0}: {1} is as the brokers have it again.",
                    "组 {0} 的 {1} 恢复为 broker 的设置。",
                ],
            };
            let set = set.as_ref().map_or("", |v| v);
            s.say(pair, &[group(name), value(setting), value(set)])
        }
        Event::SharePartitionLoaded {
            group: name,
            tp,
            start,
            fresh,
        } => {
            let pair = match fresh {
                true => [
                    "{0} begins to share out {1} in group {2}, from offset {3}: nothing was stored, share.auto.offset.reset decides.",
                    "{0} 开始在共享组 {2} 中分发 {1}，从 offset {3} 起：没有保存的状态，由 share.auto.offset.reset 决定。",
                ],
                false => [
                    "{0} has loaded the stored state of {1} in group {2}; its start offset is {3}.",
                    "{0} 读回了共享组 {2} 在 {1} 上的状态；起始 offset 为 {3}。",
                ],
            };
            s.say(
                pair,
                &[s.who(), s.partition(*tp), group(name), value(start)],
            )
        }
        Event::ShareStartMoved {
            group: name,
            tp,
            to,
        } => s.say(
            [
                "everything in {0} before offset {1} is done with in group {2}: its start offset (SPSO) moves there.",
                "在共享组 {2} 中，{0} 上 offset {1} 之前的记录都已了结：起始 offset（SPSO）移到这里。",
            ],
            &[s.partition(*tp), value(to), group(name)],
        ),
        Event::ShareRecords {
            group: name,
            tp,
            first,
            last,
            count,
            change,
            member,
        } => {
            let range = match first == last {
                true => first.to_string(),
                false => format!("{first}–{last}"),
            };
            let things = [
                s.partition(*tp),
                value(range),
                value(count),
                who(member),
                group(name),
            ];
            s.say(changed(*change), &things)
        }
        _ => None,
    }
}

fn who(member: &Name) -> super::Span {
    value(member_name(member))
}

fn changed(change: ShareChange) -> Pair {
    match change {
        ShareChange::Acquired => [
            "{3} acquires {0} @ {1}, delivery {2}: locked for the others of group {4}.",
            "{3} 取得 {0} @ {1}，第 {2} 次投递：对共享组 {4} 的其他成员加锁。",
        ],
        ShareChange::Accepted => [
            "{3} accepts {0} @ {1}: done with in group {4}.",
            "{3} 接受 {0} @ {1}：在共享组 {4} 中了结。",
        ],
        ShareChange::Released => [
            "{3} releases {0} @ {1} after delivery {2}: anybody in group {4} may get it again.",
            "{3} 在第 {2} 次投递后释放 {0} @ {1}：共享组 {4} 的任何成员都可再次取得。",
        ],
        ShareChange::Rejected => [
            "{3} rejects {0} @ {1}: archived, never delivered again in group {4}.",
            "{3} 拒绝 {0} @ {1}：归档，在共享组 {4} 中不再投递。",
        ],
        ShareChange::LockExpired => [
            "the lock on {0} @ {1} timed out after delivery {2} (share.record.lock.duration.ms): anybody in group {4} may get it again.",
            "{0} @ {1} 的锁在第 {2} 次投递后超时（share.record.lock.duration.ms）：共享组 {4} 的任何成员都可再次取得。",
        ],
        ShareChange::MemberGone => [
            "{3} is gone and had not acknowledged {0} @ {1} (delivery {2}): given back to group {4} at once.",
            "{3} 离开了，尚未确认 {0} @ {1}（第 {2} 次投递）：立即归还共享组 {4}。",
        ],
        ShareChange::Spent => [
            "{0} @ {1} came back after delivery {2}, the last one (group.share.delivery.count.limit): archived, group {4} gives up on it.",
            "{0} @ {1} 在第 {2} 次、也就是最后一次投递（group.share.delivery.count.limit）后退回：归档，共享组 {4} 放弃它。",
        ],
    }
}
