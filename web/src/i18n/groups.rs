//! Words about members, share-partitions and lag, as pairs: English, 简体中文.

use super::{Lang, S};

/// A text in both languages.
pub type Pair = [S; 2];

/// In this language.
pub fn say(lang: Lang, pair: Pair) -> S {
    pair[usize::from(lang == Lang::Zh)]
}

pub const LAST_REBALANCE: Pair = ["Last rebalance", "上次再均衡"];
pub const LAST_REBALANCE_WHY: Pair = [
    "Why members had to join again, or why the group epoch rose.",
    "成员为何要重新加入，或组纪元为何上升。",
];
pub const PARTITIONS_MOVED: Pair = ["partitions changed owner", "个分区换了所有者"];
pub const MEMBER_STATE: Pair = ["Member state", "成员状态"];
pub const MEMBER_STATES: [Pair; 3] = [
    ["It has its target.", "已达到目标分配。"],
    [
        "It has to give something back before it may go on to the next epoch.",
        "必须先交回一些分区，才能进入下一个纪元。",
    ],
    [
        "It is in the group's epoch, but waits for partitions that others still hold.",
        "已在组的纪元中，但还在等别人持有的分区。",
    ],
];
pub const OF_GROUP: Pair = ["of the group", "组"];
pub const ASSIGNED: Pair = ["Assigned", "当前分配"];
pub const TARGET: Pair = ["Target", "目标分配"];
pub const REVOKING: Pair = ["To give back", "要交回"];
pub const AWAITED: Pair = ["Waits for", "等待"];
pub const HELD_BY: Pair = ["held by", "持有者"];
pub const CLASSIC: Pair = ["speaks the classic protocol", "使用经典协议"];
pub const REJOINED: Pair = ["has joined again", "已重新加入"];
pub const SHARE_PARTITIONS: Pair = ["Share-partitions", "共享分区"];
pub const START: Pair = ["Start offset (SPSO)", "起始 offset（SPSO）"];
pub const START_WHY: Pair = ["Everything before it is done with.", "在它之前的都已了结。"];
pub const END: Pair = ["End offset (SPEO)", "结束 offset（SPEO）"];
pub const END_WHY: Pair = [
    "The last record in flight; the start offset when nothing is.",
    "最后一条在途记录；没有在途记录时等于起始 offset。",
];
pub const LEADER: Pair = ["Leader", "leader"];
pub const RECORD_STATES: [Pair; 4] = [
    ["available", "可取得"],
    ["acquired", "已取得"],
    ["acknowledged", "已确认"],
    ["archived", "已归档"],
];
pub const LAGGING: Pair = ["Why it lags", "为何滞后"];
pub const NO_OWNER: Pair = [
    "Nobody reads it right now: no member has it.",
    "此刻没有成员读它。",
];
pub const OWNER_DOWN: Pair = [
    "Its owner does not run, and the coordinator has not noticed yet: nobody else may read it before the session ends.",
    "它的所有者没有运行，而协调者还没发现：会话到期之前别人不能读。",
];
pub const OWNER_PAUSED: Pair = [
    "Its owner stands still for the rebalance.",
    "所有者因再均衡而停顿。",
];
pub const READ_NOT_COMMITTED: Pair = [
    "Everything is read; the commit is still to come.",
    "已全部读完，只差提交。",
];
pub const FETCHING: Pair = [
    "The newest records are on their way to the consumer.",
    "最新的记录正在送往消费者的途中。",
];

/// The application is slow.
pub fn slow(lang: Lang, ms: u64) -> String {
    let most = 1_000 / ms.max(1);
    match lang {
        Lang::En if most > 0 => format!(
            "Its owner takes {ms} ms for a record, {most} a second at most, for all its partitions together; what is written faster piles up."
        ),
        Lang::En => format!(
            "Its owner takes {ms} ms for a record, for all its partitions together; what is written faster piles up."
        ),
        Lang::Zh if most > 0 => format!(
            "所有者处理一条要 {ms} 毫秒，全部分区合计每秒最多 {most} 条；写得更快就会积压。"
        ),
        Lang::Zh => format!("所有者处理一条要 {ms} 毫秒，全部分区合计；写得更快就会积压。"),
    }
}
