//! Sentences about consumer groups and their coordinators.

use super::{Say, Sentence, Span, group, member_name, shortened, value, words};
use rebalance_core::event::{Event, GroupState, LeaveReason};
use rebalance_core::id::{Name, OFFSETS_TOPIC, TopicPartition};

pub(super) fn sentence(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    coordinator(s, event)
        .or_else(|| members(s, event))
        .or_else(|| state(s, event))
}

fn coordinator(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    let offsets = |partition: &i32| value(format!("{OFFSETS_TOPIC}-{partition}"));
    match event {
        Event::CoordinatorLoading { partition } => s.say(
            [
                "{0} leads {1} now, so it coordinates its groups; it reads the partition first.",
                "{0} 现在是 {1} 的 leader，因此担任其中各消费者组的协调者（coordinator）；它先读取该分区。",
            ],
            &[s.who(), offsets(partition)],
        ),
        Event::CoordinatorLoaded { partition, groups } if groups.is_empty() => s.say(
            [
                "{0} has read {1}: no group lives there.",
                "{0} 读完了 {1}：其中没有消费者组。",
            ],
            &[s.who(), offsets(partition)],
        ),
        Event::CoordinatorLoaded { partition, groups } => {
            let names: Vec<String> = groups.iter().map(ToString::to_string).collect();
            s.say(
                [
                    "{0} has read {1} and coordinates {2}.",
                    "{0} 读完了 {1}，开始协调 {2}。",
                ],
                &[s.who(), offsets(partition), value(shortened(&names, ", "))],
            )
        }
        Event::CoordinatorResigned { partition } => s.say(
            [
                "{0} no longer coordinates the groups of {1}: another broker leads it.",
                "{0} 不再协调 {1} 中的消费者组：该分区的 leader 换了 broker。",
            ],
            &[s.who(), offsets(partition)],
        ),
        _ => None,
    }
}

fn members(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::MemberJoined {
            group: name,
            member,
            instance: None,
        } => s.say(
            [
                "{1} is a member of group {0} now.",
                "{1} 成为消费者组 {0} 的成员。",
            ],
            &[group(name), value(member_name(member))],
        ),
        Event::MemberJoined {
            group: name,
            member,
            instance: Some(instance),
        } => s.say(
            [
                "{1} is a static member of group {0} now, as {2}.",
                "{1} 以 {2} 的身份成为消费者组 {0} 的静态成员。",
            ],
            &[group(name), value(member_name(member)), value(instance)],
        ),
        Event::MemberLeft {
            group: name,
            member,
            reason,
        } => s.say(left(*reason), &[group(name), value(member_name(member))]),
        _ => None,
    }
}

fn left(reason: LeaveReason) -> super::Pair {
    match reason {
        LeaveReason::Left => ["{1} left group {0}.", "{1} 离开了消费者组 {0}。"],
        LeaveReason::SessionExpired => [
            "{1} is out of group {0}: no heartbeat for session.timeout.ms.",
            "{1} 被移出消费者组 {0}：在 session.timeout.ms 内没有心跳。",
        ],
        LeaveReason::RebalanceTimeout => [
            "{1} is out of group {0}: it did not rejoin within the rebalance timeout (max.poll.interval.ms).",
            "{1} 被移出消费者组 {0}：没有在再均衡超时（max.poll.interval.ms）之内重新加入。",
        ],
        LeaveReason::PollInterval => [
            "{1} left group {0}: its application did not call poll() for max.poll.interval.ms.",
            "{1} 离开消费者组 {0}：应用超过 max.poll.interval.ms 没有调用 poll()。",
        ],
        LeaveReason::Replaced => [
            "{1} is out of group {0}: a new process has taken its group.instance.id.",
            "{1} 被移出消费者组 {0}：新进程接管了它的 group.instance.id。",
        ],
        LeaveReason::RevokeTimeout => [
            "{1} is out of group {0}: it did not give its partitions up within the rebalance timeout (max.poll.interval.ms).",
            "{1} 被移出消费者组 {0}：没有在再均衡超时（max.poll.interval.ms）之内交出分区。",
        ],
        LeaveReason::GroupFull => [
            "{1} is turned away from group {0}: it has group.max.size members already.",
            "{1} 被消费者组 {0} 拒之门外：成员数已达 group.max.size。",
        ],
    }
}

fn state(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::GroupTransition {
            group: name,
            to,
            generation,
            reason,
            ..
        } => transition(s, name, *to, *generation, reason),
        Event::GroupAssigned {
            group: name,
            generation,
            protocol,
            assignment,
        } => s.say(
            [
                "group {0} is stable in generation {1} ({2}): {3}.",
                "消费者组 {0} 在第 {1} 代（generation）稳定下来（{2}）：{3}。",
            ],
            &[
                group(name),
                value(generation),
                value(protocol),
                shares(s, assignment),
            ],
        ),
        Event::OffsetsCommitted {
            group: name,
            generation,
            offsets,
            ..
        } => {
            let list: Vec<String> = offsets
                .iter()
                .map(|(tp, offset)| format!("{} @ {offset}", s.partition(*tp).text))
                .collect();
            let list = value(shortened(&list, ", "));
            let pair = if *generation < 0 {
                [
                    "offsets of group {0} were set from outside: {1}.",
                    "从外部设置了消费者组 {0} 的 offset：{1}。",
                ]
            } else {
                ["group {0} committed {1}.", "消费者组 {0} 提交了 {1}。"]
            };
            s.say(pair, &[group(name), list])
        }
        Event::OffsetsRemoved {
            group: name,
            partitions,
        } => s.say(
            [
                "group {0} no longer has committed offsets of {1}.",
                "消费者组 {0} 在 {1} 上已提交的 offset 被移除。",
            ],
            &[group(name), s.partitions(partitions)],
        ),
        Event::GroupDeleted { group: name } => s.say(
            [
                "group {0} is deleted, with its offsets.",
                "消费者组 {0} 连同它的 offset 被删除。",
            ],
            &[group(name)],
        ),
        Event::GroupDescribed {
            group: name,
            state,
            epoch,
            members,
            offsets,
        } => {
            let row = |(tp, committed, end): &(TopicPartition, i64, i64)| {
                format!("{} {committed}/{end}", s.partition(*tp).text)
            };
            let rows: Vec<String> = offsets.iter().map(row).collect();
            let pair = if rows.is_empty() {
                [
                    "group {0} is {1} in {2}, with {3} members and no offsets.",
                    "消费者组 {0} 处于 {1}（{2}），有 {3} 个成员，没有 offset。",
                ]
            } else {
                [
                    "group {0} is {1} in {2}, with {3} members; committed/end: {4}.",
                    "消费者组 {0} 处于 {1}（{2}），有 {3} 个成员；已提交/末尾：{4}。",
                ]
            };
            let list = value(shortened(&rows, ", "));
            s.say(
                pair,
                &[
                    group(name),
                    value(state),
                    value(epoch),
                    value(members.len()),
                    list,
                ],
            )
        }
        _ => None,
    }
}

fn transition(
    s: &Say<'_>,
    name: &Name,
    to: GroupState,
    generation: i32,
    reason: &Name,
) -> Option<Sentence> {
    let things = [group(name), value(generation), value(reason)];
    let why = !reason.is_empty();
    let pair = match to {
        GroupState::PreparingRebalance if why => [
            "group {0} rebalances; everybody has to join again. Reason: {2}.",
            "消费者组 {0} 开始再均衡（rebalance），所有成员都要重新加入。原因：{2}。",
        ],
        GroupState::PreparingRebalance => [
            "group {0} rebalances; everybody has to join again.",
            "消费者组 {0} 开始再均衡（rebalance），所有成员都要重新加入。",
        ],
        GroupState::CompletingRebalance => [
            "everybody joined group {0}, generation {1}; the coordinator waits for the assignment of the group's leader.",
            "消费者组 {0} 的成员到齐，第 {1} 代（generation）；协调者等待组长给出分配方案。",
        ],
        GroupState::Assigning => [
            "group {0} is in epoch {1}, and nobody has computed a target for it yet (Assigning).",
            "消费者组 {0} 已进入 epoch {1}，还没有对应的目标分配（Assigning）。",
        ],
        GroupState::Reconciling => [
            "the members of group {0} are on their way to the target of epoch {1} (Reconciling).",
            "消费者组 {0} 的成员正向 epoch {1} 的目标分配靠拢（Reconciling）。",
        ],
        GroupState::Stable if !why => [
            "group {0} is Stable in epoch {1}: everybody has what it should have.",
            "消费者组 {0} 在 epoch {1} 进入 Stable 状态：每个成员都达到了目标。",
        ],
        GroupState::Stable => [
            "group {0} is Stable in generation {1}.",
            "消费者组 {0} 在第 {1} 代进入 Stable 状态。",
        ],
        GroupState::Empty => [
            "group {0} has no members left; its offsets are kept.",
            "消费者组 {0} 没有成员了；它的 offset 仍保留。",
        ],
        GroupState::Dead => ["group {0} is gone.", "消费者组 {0} 不复存在。"],
    };
    s.say(pair, &things)
}

/// `c1 → orders-0, orders-2 · c2 → orders-1`
pub(super) fn shares(s: &Say<'_>, assignment: &[(Name, Vec<(Name, Vec<i32>)>)]) -> Span {
    let share = |(member, topics): &(Name, Vec<(Name, Vec<i32>)>)| {
        let partitions: Vec<String> = topics
            .iter()
            .flat_map(|(topic, list)| list.iter().map(move |p| format!("{topic}-{p}")))
            .collect();
        let partitions = if partitions.is_empty() {
            s.pick(["nothing", "无"]).to_string()
        } else {
            shortened(&partitions, ", ")
        };
        format!("{} → {partitions}", member_name(member))
    };
    let shares: Vec<String> = assignment.iter().map(share).collect();
    words(shortened(&shares, " · "))
}
