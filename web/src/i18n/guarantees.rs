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
    ["one-owner-per-partition", "In a group generation, a partition has at most one owner.", "同一代（generation）内，一个分区最多只有一个所有者。"],
    ["commits-from-current-generation", "Committed offsets come only from the current generation.", "已提交的 offset 只来自当前这一代（generation）。"],
];
