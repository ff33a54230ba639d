//! Words of the metrics: what each curve shows, by which name Kafka knows it, and how its values are written.

use super::Lang;
use crate::dom::number::fixed;
use crate::session::Quantity;

/// A short text in both languages.
type Pair = [&'static str; 2];

/// Nothing was measured yet.
pub const NOTHING: Pair = [
    "Nothing measured yet: let time pass.",
    "还没有测量值：让时间走一会儿。",
];
/// The first row.
pub const CLUSTER: Pair = ["Cluster", "集群"];

/// A text in this language.
pub fn say(lang: Lang, pair: Pair) -> &'static str {
    pair[lang as usize]
}

/// The curve's name.
pub fn name(lang: Lang, what: Quantity) -> &'static str {
    let pair = match what {
        Quantity::Written => ["records written", "写入的记录"],
        Quantity::Ack => ["until acknowledged", "写入到确认"],
        Quantity::UnderReplicated => ["short of replicas", "副本不全的分区"],
        Quantity::Offline => ["without a leader", "没有领导者的分区"],
        Quantity::Lag => ["lag", "积压（lag）"],
        Quantity::Read => ["records read", "读取的记录"],
        Quantity::Delay => ["until read", "产生到读取"],
        Quantity::Still => ["standing still", "停下的成员"],
    };
    say(lang, pair)
}

/// What it is, with Kafka's name for it.
pub fn about(lang: Lang, what: Quantity) -> &'static str {
    let pair = match what {
        Quantity::Written => [
            "Records that leaders wrote, a second (MessagesInPerSec), without internal topics",
            "领导者每秒写入的记录数（MessagesInPerSec），不含内部主题",
        ],
        Quantity::Ack => [
            "From the making of a batch to its acknowledgement, with linger.ms, waiting and retries",
            "从批次建立到收到确认的时间，包括 linger.ms、等待与重试",
        ],
        Quantity::UnderReplicated => [
            "Partitions with replicas outside the ISR (UnderReplicatedPartitions, which counts internal topics too)",
            "有副本不在 ISR 中的分区数（UnderReplicatedPartitions 还会算上内部主题）",
        ],
        Quantity::Offline => [
            "Partitions that nobody can write or read (OfflinePartitionsCount, which counts internal topics too)",
            "暂时无法读写的分区数（OfflinePartitionsCount 还会算上内部主题）",
        ],
        Quantity::Lag => [
            "Records between the committed offset and the high watermark, over all partitions (LAG of kafka-consumer-groups)",
            "所有分区中，已提交位移与高水位之间的记录数（kafka-consumer-groups 的 LAG）",
        ],
        Quantity::Read => [
            "Records that poll() returned to the members, a second (records-consumed-rate)",
            "poll() 每秒返回给成员的记录数（records-consumed-rate）",
        ],
        Quantity::Delay => [
            "From a record's timestamp to the poll() that returned it",
            "从记录的时间戳到 poll() 返回它的时间",
        ],
        Quantity::Still => [
            "Members that gave their partitions up for a rebalance and wait for new ones",
            "因再均衡交出分区、正在等待新分区的成员数",
        ],
    };
    say(lang, pair)
}

/// A value with its unit.
pub fn value(lang: Lang, what: Quantity, v: f64) -> String {
    match what {
        Quantity::Written | Quantity::Read => {
            format!("{}{}", short(v), say(lang, ["/s", " 条/秒"]))
        }
        Quantity::Ack | Quantity::Delay if v >= 1_000.0 => format!("{} s", fixed(v / 1_000.0, 1)),
        Quantity::Ack | Quantity::Delay => format!("{} ms", fixed(v, 0)),
        _ => short(v),
    }
}

/// Whole where it is, else with one digit; nothing that is below a twentieth.
fn short(v: f64) -> String {
    if v >= 10.0 || (v - v.round()).abs() < 0.05 {
        fixed(v, 0)
    } else {
        fixed(v, 1)
    }
}

/// `max 198`.
pub fn highest(lang: Lang, value: &str) -> String {
    format!("{} {value}", say(lang, ["max", "最高"]))
}

/// The curve for those who do not see it.
pub fn summary(lang: Lang, what: Quantity, value: &str, highest: &str) -> String {
    let name = name(lang, what);
    match lang {
        Lang::En => format!("{name}: {value}, at most {highest}"),
        Lang::Zh => format!("{name}：{value}，最高 {highest}"),
    }
}
