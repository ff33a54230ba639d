//! What Kafka promises, as sentences: one for each invariant the engine checks.

use super::Lang;

/// A guarantee's sentence; an invariant without one of its own is shown by its name.
pub fn sentence(lang: Lang, name: &str) -> String {
    let found = LINES.iter().find(|line| line[0] == name);
    found.map_or_else(
        || name.replace('-', " "),
        |line| line[1 + lang as usize].to_string(),
    )
}

#[rustfmt::skip]
const LINES: &[[&str; 3]] = &[
    ["one-leader-per-epoch", "A partition has at most one leader in each leader epoch.", "每个 leader epoch 中，一个分区最多只有一个 leader。"],
    ["leader-in-isr", "The leader is in the ISR.", "leader 一定在 ISR 中。"],
    ["high-watermark-monotonic", "On a leader, the high watermark never moves back within an epoch.", "同一 epoch 内，leader 的 high watermark 从不后退。"],
    ["high-watermark-in-log", "The high watermark never passes the log end.", "high watermark 从不超过日志末端。"],
    ["logs-agree", "Below the high watermark, all in-sync replicas have the same records.", "在 high watermark 之前，所有同步副本的记录相同。"],
    ["no-acknowledged-loss", "With acks=all and min.insync.replicas ≥ 2, no acknowledged record is lost by clean elections.", "acks=all 且 min.insync.replicas ≥ 2 时，正常选举不会丢失已确认的记录。"],
    ["maximal-isr", "Every member of the controller's ISR is in the ISR its leader waits for.", "控制器记录的 ISR 成员，leader 都在等待。"],
    ["committed-reads", "Consumers are given only committed records.", "消费者只会读到已提交的记录。"],
    ["one-controller-per-epoch", "In each quorum epoch there is at most one active controller.", "每个仲裁 epoch 中最多只有一个活动控制器。"],
    ["one-owner-per-partition", "In a group generation, a partition has at most one owner.", "同一代（generation）内，一个分区最多只有一个所有者。"],
    ["one-holder-per-record", "In a share group, a record is acquired by at most one member at a time.", "共享组中，一条记录同一时刻最多由一个成员持有。"],
    ["share-start-monotonic", "A share-partition's start offset never moves back: what is done with is never delivered again.", "共享分区的起始 offset 从不后退：已了结的记录不再投递。"],
    ["delivery-count-limit", "No record of a share group is delivered more often than group.share.delivery.count.limit.", "共享组中一条记录的投递次数不超过 group.share.delivery.count.limit。"],
    ["delivered-by-owner", "Consumers deliver only from partitions they own.", "消费者只从自己拥有的分区取得记录。"],
    ["committed-offsets-kept", "A committed offset is not lost when the group's coordinator moves.", "组的协调者转移时，已提交的 offset 不会丢失。"],
    ["commits-from-current-generation", "Committed offsets come only from the current generation.", "已提交的 offset 只来自当前这一代（generation）。"],
];

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::invariants as checked;

    #[test]
    fn every_invariant_has_a_sentence_in_both_languages() {
        for name in checked::INVARIANTS {
            let [en, zh] = [Lang::En, Lang::Zh].map(|lang| sentence(lang, name));
            assert_ne!(en, name.replace('-', " "), "{name}");
            assert_ne!(en, zh, "{name}");
        }
        assert_eq!(sentence(Lang::En, "no-such-one"), "no such one");
    }
}
