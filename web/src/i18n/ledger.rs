//! Words of the delivery ledger: what became of records, and why.

use super::Lang;
use rebalance_core::view::{Fate, LedgerReason, LedgerRun, LedgerWhy};

/// A short text in both languages.
type Pair = [&'static str; 2];

/// The panel's introduction.
pub const ABOUT: Pair = [
    "What became of every record in each group, by what its applications finished.",
    "每条记录在各个消费者组里的结局，以应用处理完成为准。",
];
/// No group has read anything.
pub const NOTHING: Pair = [
    "No group has read anything yet. Add a consumer to a group, and its ledger begins.",
    "还没有消费者组读过记录。把消费者加入某个组，账本就开始了。",
];
/// Nothing but records handled once.
pub const CLEAN: Pair = ["each record once so far", "目前每条记录恰好一次"];
/// Some again, none never.
pub const REPEATED: Pair = [
    "at least once: repeats, no loss",
    "至少一次：有重复，无丢失",
];
/// Some never, none again.
pub const LOSSY: Pair = [
    "at most once: losses, no repeats",
    "至多一次：有丢失，无重复",
];
/// Both.
pub const BOTH: Pair = ["repeats and losses", "既有重复，也有丢失"];
/// The link from a group to its ledger.
pub const OPEN: Pair = ["Delivery ledger", "投递账本"];

/// A text in this language.
pub fn say(lang: Lang, pair: Pair) -> &'static str {
    pair[lang as usize]
}

/// A fate's name in the summary and the legend.
pub fn fate(lang: Lang, fate: Fate) -> &'static str {
    let pair = match fate {
        Fate::Waiting => ["to come", "待投递"],
        Fate::InHand => ["in hand", "处理中"],
        Fate::Once => ["once", "一次"],
        Fate::Again => ["twice or more", "两次以上"],
        Fate::Never => ["never", "从未处理"],
        Fate::Gap => ["no record", "无记录"],
    };
    say(lang, pair)
}

/// Offsets before the runs that are shown.
pub fn earlier(lang: Lang, count: u64) -> String {
    match lang {
        Lang::En => format!("… {count} earlier"),
        Lang::Zh => format!("…… 更早的 {count} 条"),
    }
}

/// More reasons than are shown.
pub fn more(lang: Lang, count: usize) -> String {
    match lang {
        Lang::En => format!("… and {count} more such runs"),
        Lang::Zh => format!("……另有 {count} 段"),
    }
}

/// A run in words, without its reason: for pointing at it, and for those who do not see it.
pub fn run(lang: Lang, run: &LedgerRun) -> String {
    let LedgerRun {
        delivered,
        processed,
        ..
    } = run;
    let span = span(run);
    let what = fate(lang, run.fate);
    let mut text = match lang {
        Lang::En => format!("offset {span}: {what}"),
        Lang::Zh => format!("offset {span}：{what}"),
    };
    if delivered != processed && *delivered > 0 {
        text += &match lang {
            Lang::En => format!(" (returned by poll() {delivered}×, finished {processed}×)"),
            Lang::Zh => format!("（poll() 返回 {delivered} 次，处理完成 {processed} 次）"),
        };
    }
    if let Some(holder) = &run.holder {
        text += " · ";
        text += holder;
    }
    text
}

/// `5–7`, or `5`.
pub fn span(run: &LedgerRun) -> String {
    if run.first == run.last {
        run.first.to_string()
    } else {
        format!("{}–{}", run.first, run.last)
    }
}

/// Why they came again, or never: a sentence.
pub fn why(lang: Lang, run: &LedgerRun, why: &LedgerWhy) -> String {
    let before = why.before.as_deref().unwrap_or("?");
    let by = why.by.as_deref().unwrap_or("?");
    let at = why.start;
    let cause = match lang {
        Lang::En if run.fate == Fate::Never => skipped_en(why.reason, before, by),
        Lang::Zh if run.fate == Fate::Never => skipped_zh(why.reason, before, by),
        Lang::En => repeated_en(why.reason, before),
        Lang::Zh => repeated_zh(why.reason, before),
    };
    let went_on = match (lang, run.fate, &why.by) {
        (_, _, None) => String::new(),
        (Lang::En, Fate::Never, _) => format!(" {by} began at {at}."),
        (Lang::Zh, Fate::Never, _) => format!("{by} 从 {at} 开始。"),
        (Lang::En, ..) => format!(" {by} began at {at}."),
        (Lang::Zh, ..) => format!("{by} 从 {at} 开始读。"),
    };
    format!("{cause}{went_on}")
}

fn repeated_en(reason: LedgerReason, before: &str) -> String {
    match reason {
        LedgerReason::Died => format!("{before} died before committing."),
        LedgerReason::Closed => format!("{before} closed without committing."),
        LedgerReason::Revoked => {
            format!("A rebalance took the partition from {before} before anything was committed.")
        }
        LedgerReason::PollInterval => format!(
            "{before} did not poll for max.poll.interval.ms and left the group, still at work."
        ),
        LedgerReason::SessionExpired => {
            format!("{before} was silent for its session timeout and lost the partition.")
        }
        LedgerReason::Seek => "The application called seek().".into(),
        LedgerReason::Earliest => {
            "No committed offset that the log still holds: auto.offset.reset=earliest.".into()
        }
        LedgerReason::Latest | LedgerReason::BeganAtEnd => {
            "No committed offset that the log still holds: auto.offset.reset=latest.".into()
        }
        LedgerReason::ByDuration => {
            "No committed offset that the log still holds: auto.offset.reset=by_duration.".into()
        }
        LedgerReason::Outside => "The committed offset was set back from outside.".into(),
        LedgerReason::Truncation => "The log was truncated and written anew.".into(),
        LedgerReason::Released => format!("{before} released it."),
        LedgerReason::LockExpired => {
            format!("{before} did not acknowledge before the lock timed out.")
        }
        LedgerReason::MemberGone => format!("{before} was gone before it acknowledged."),
        _ => String::new(),
    }
}

fn repeated_zh(reason: LedgerReason, before: &str) -> String {
    match reason {
        LedgerReason::Died => format!("{before} 在提交之前崩溃。"),
        LedgerReason::Closed => format!("{before} 关闭时没有提交。"),
        LedgerReason::Revoked => format!("提交之前，再均衡把分区从 {before} 手中收走。"),
        LedgerReason::PollInterval => format!(
            "{before} 超过 max.poll.interval.ms 没有调用 poll()，离开了组，手上的记录还在处理。"
        ),
        LedgerReason::SessionExpired => format!("{before} 沉默超过会话超时，失去了分区。"),
        LedgerReason::Seek => "应用调用了 seek()。".into(),
        LedgerReason::Earliest => {
            "没有日志中仍有效的已提交 offset：auto.offset.reset=earliest。".into()
        }
        LedgerReason::Latest | LedgerReason::BeganAtEnd => {
            "没有日志中仍有效的已提交 offset：auto.offset.reset=latest。".into()
        }
        LedgerReason::ByDuration => {
            "没有日志中仍有效的已提交 offset：auto.offset.reset=by_duration。".into()
        }
        LedgerReason::Outside => "已提交的 offset 被外部改小。".into(),
        LedgerReason::Truncation => "日志被截断后重新写入。".into(),
        LedgerReason::Released => format!("{before} 释放了它。"),
        LedgerReason::LockExpired => format!("锁超时之前 {before} 没有确认。"),
        LedgerReason::MemberGone => format!("{before} 没有确认就不在了。"),
        _ => String::new(),
    }
}

fn skipped_en(reason: LedgerReason, before: &str, by: &str) -> String {
    match reason {
        LedgerReason::CommittedFirst => format!("Committed before processed, and then {before} was gone: nobody will ask again."),
        LedgerReason::Deleted => "Deleted from the log before the group had read so far.".into(),
        LedgerReason::BeganAtEnd => "The group was new and began at the end: auto.offset.reset=latest.".into(),
        LedgerReason::Latest => "No committed offset that the log still holds: auto.offset.reset=latest skips to the end.".into(),
        LedgerReason::ByDuration => "No committed offset that the log still holds: auto.offset.reset=by_duration skips what is older.".into(),
        LedgerReason::Seek => format!("{by} called seek() and jumped ahead."),
        LedgerReason::Outside => "The committed offset was set ahead from outside.".into(),
        LedgerReason::Rejected => format!("{before} rejected it."),
        LedgerReason::Spent => "It came back after its last delivery (group.share.delivery.count.limit): archived.".into(),
        _ => "Whoever read on began further ahead.".into(),
    }
}

fn skipped_zh(reason: LedgerReason, before: &str, by: &str) -> String {
    match reason {
        LedgerReason::CommittedFirst => {
            format!("先提交、后处理，而 {before} 没处理完就不在了：没有人会再读它们。")
        }
        LedgerReason::Deleted => "组还没读到，它们就从日志中被删除了。".into(),
        LedgerReason::BeganAtEnd => "组是新的，从末端开始：auto.offset.reset=latest。".into(),
        LedgerReason::Latest => {
            "没有日志中仍有效的已提交 offset：auto.offset.reset=latest 直接跳到末端。".into()
        }
        LedgerReason::ByDuration => {
            "没有日志中仍有效的已提交 offset：auto.offset.reset=by_duration 跳过更早的。".into()
        }
        LedgerReason::Seek => format!("{by} 用 seek() 跳过了它们。"),
        LedgerReason::Outside => "已提交的 offset 被外部改到它们之后。".into(),
        LedgerReason::Rejected => format!("{before} 拒绝了它。"),
        LedgerReason::Spent => {
            "最后一次投递之后又被退回（group.share.delivery.count.limit）：已归档。".into()
        }
        _ => "接着读的消费者从它们之后开始。".into(),
    }
}
