//! Sentences about producers and consumers, the admin tool, guarantees and expectations.

use super::{Say, Sentence, error, error_name, group, topic, value, words};
use rebalance_core::event::{Direction, Event, PositionSource};
use rebalance_core::id::{NodeId, Offset, TopicPartition};
use rebalance_core::protocol::ErrorCode;

pub(super) fn sentence(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    producer(s, event)
        .or_else(|| assignment(s, event))
        .or_else(|| reading(s, event))
        .or_else(|| client(s, event))
        .or_else(|| checks(s, event))
}

fn producer(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::RecordSent { tp } => s.say(
            [
                "{0} put a record into the batch for {1}.",
                "{0} 把一条记录放进 {1} 的批次。",
            ],
            &[s.who(), s.partition(*tp)],
        ),
        Event::Acked { tp, base, records } => acked(s, *tp, *base, i64::from(*records)),
        Event::SendFailed {
            tp,
            topic: name,
            error,
            records,
        } => {
            let place = tp.map_or_else(|| topic(name), |tp| s.partition(tp));
            s.say(
                [
                    "{0} gave up {1} for {2}: {3}.",
                    "{0} 放弃了发往 {2} 的 {1}：{3}。",
                ],
                &[
                    s.who(),
                    s.count(i64::from(*records), "record", "records", "条记录"),
                    place,
                    error_name(error),
                ],
            )
        }
        Event::Retrying { tp, error: code } => s.say(
            [
                "{0} will send the batch for {1} again: {2}.",
                "{0} 将重新发送 {1} 的批次：{2}。",
            ],
            &[s.who(), s.partition(*tp), error(*code)],
        ),
        _ => None,
    }
}

fn acked(s: &Say<'_>, tp: TopicPartition, base: Offset, records: i64) -> Option<Sentence> {
    let count = s.count(records, "record", "records", "条记录");
    let things = [s.who(), s.partition(tp), count, value(base)];
    if base < 0 {
        return s.say(
            [
                "{0} counts {2} for {1} as sent: with acks=0 nobody answers.",
                "{0} 把发往 {1} 的 {2}视为已发送：acks=0 时没有应答。",
            ],
            &things,
        );
    }
    s.say(
        [
            "{0} has the acknowledgement for {2} in {1}, from offset {3}.",
            "{0} 收到 {1} 上 {2}的确认，从 offset {3} 起。",
        ],
        &things,
    )
}

fn assignment(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::Joining { group: name } => s.say(
            [
                "{0} asks to join group {1}.",
                "{0} 请求加入消费者组 {1}。",
            ],
            &[s.who(), group(name)],
        ),
        Event::Assigned {
            generation,
            partitions,
        } => s.say(
            [
                "{0} is assigned {2} (onPartitionsAssigned, generation or member epoch {1}).",
                "{0} 分到 {2}（onPartitionsAssigned，代或成员纪元 {1}）。",
            ],
            &[s.who(), value(generation), s.partitions(partitions)],
        ),
        Event::Revoked { partitions } => s.say(
            [
                "{0} gives back {1} (onPartitionsRevoked).",
                "{0} 交还 {1}（onPartitionsRevoked）。",
            ],
            &[s.who(), s.partitions(partitions)],
        ),
        Event::Lost { partitions } => s.say(
            [
                "{0} lost {1} without notice (onPartitionsLost): somebody else may already read them.",
                "{0} 未经通知就失去了 {1}（onPartitionsLost）：可能已有别的消费者在读。",
            ],
            &[s.who(), s.partitions(partitions)],
        ),
        _ => None,
    }
}

fn reading(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::Polled {
            tp,
            first,
            last,
            records,
        } => s.say(
            [
                "poll() gave {0} {2} of {1}, offsets {3} to {4}.",
                "poll() 把 {1} 的 {2}交给 {0}，offset {3} 到 {4}。",
            ],
            &[
                s.who(),
                s.partition(*tp),
                s.count(i64::from(*records), "record", "records", "条记录"),
                value(first),
                value(last),
            ],
        ),
        Event::Processed { tp, offset } => s.say(
            ["{0} finished {1} @ {2}.", "{0} 处理完 {1} @ {2}。"],
            &[s.who(), s.partition(*tp), value(offset)],
        ),
        Event::PositionSet { tp, offset, source } => s.say(
            position(*source),
            &[s.who(), s.partition(*tp), value(offset)],
        ),
        _ => None,
    }
}

fn position(source: PositionSource) -> super::Pair {
    match source {
        PositionSource::Committed => [
            "{0} reads {1} from offset {2}, where the group's last commit left off.",
            "{0} 从 offset {2} 开始读 {1}：那是消费者组上次提交的位置。",
        ],
        PositionSource::Earliest => [
            "{0} reads {1} from the beginning, offset {2}: nothing was committed and auto.offset.reset is earliest.",
            "{0} 从头（offset {2}）开始读 {1}：没有已提交的 offset，auto.offset.reset 为 earliest。",
        ],
        PositionSource::Latest => [
            "{0} reads {1} from its end, offset {2}: nothing was committed and auto.offset.reset is latest. What came before is skipped.",
            "{0} 从末尾（offset {2}）开始读 {1}：没有已提交的 offset，auto.offset.reset 为 latest。之前的记录被跳过。",
        ],
        PositionSource::ByDuration => [
            "{0} reads {1} from offset {2}: nothing was committed, and auto.offset.reset goes back by a duration.",
            "{0} 从 offset {2} 开始读 {1}：没有已提交的 offset，auto.offset.reset 按时长回退。",
        ],
        PositionSource::Seek => [
            "{0} jumps to offset {2} of {1} (seek).",
            "{0} 跳到 {1} 的 offset {2}（seek）。",
        ],
        PositionSource::Truncation => [
            "{0} goes back to offset {2} of {1}: the log was truncated under it.",
            "{0} 退回到 {1} 的 offset {2}：日志在它读的位置被截断了。",
        ],
    }
}

fn client(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::ClientError { doing, error } => s.say(
            ["{0}: {1} failed with {2}.", "{0}：{1} 失败，{2}。"],
            &[s.who(), value(doing), error_name(error)],
        ),
        Event::MetadataRefresh { because } => refresh(s, *because),
        Event::ClientGone { polite: true } => s.say(
            ["{0} closed politely.", "{0} 正常关闭（close()）。"],
            &[s.who()],
        ),
        Event::ClientGone { .. } => s.say(
            [
                "{0} died without a word.",
                "{0} 的进程突然终止，没有任何道别。",
            ],
            &[s.who()],
        ),
        Event::ClientStarted => s.say(["{0} started.", "{0} 启动了。"], &[s.who()]),
        Event::Note { client, text } => s.say(
            ["{0}: {1}", "{0}:{1}"],
            &[s.node(NodeId::Client(*client)), words(text.to_string())],
        ),
        Event::AdminDone {
            api,
            target,
            error: code,
        } if code.is_ok() => s.say(
            ["{0} of {1} succeeded.", "对 {1} 的 {0} 成功。"],
            &[value(api.name()), value(target)],
        ),
        Event::AdminDone {
            api,
            target,
            error: code,
        } => s.say(
            ["{0} of {1} failed: {2}.", "对 {1} 的 {0} 失败：{2}。"],
            &[value(api.name()), value(target), error(*code)],
        ),
        _ => None,
    }
}

/// Names the broker that sent the error, when the entry's cause is its answer.
fn refresh(s: &Say<'_>, because: ErrorCode) -> Option<Sentence> {
    if because.is_ok() {
        return s.say(
            ["{0} refreshes its metadata.", "{0} 刷新元数据。"],
            &[s.who()],
        );
    }
    let from = s.cause().and_then(|cause| match cause.event {
        Event::Sent {
            direction: Direction::Response,
            ..
        } => cause.node,
        _ => None,
    });
    let Some(from) = from else {
        return s.say(
            [
                "{0} got {1} and is refreshing its metadata.",
                "{0} 收到 {1}，正在刷新元数据。",
            ],
            &[s.who(), error(because)],
        );
    };
    s.say(
        [
            "{0} got {1} from {2} and is refreshing its metadata.",
            "{0} 从 {2} 收到 {1}，正在刷新元数据。",
        ],
        &[s.who(), error(because), s.node(from)],
    )
}

fn checks(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::Violated(violation) => s.say(
            [
                "a guarantee is broken: {0}. {1}",
                "一项保证被打破：{0}。{1}",
            ],
            &[
                error_name(violation.invariant),
                words(violation.evidence.to_string()),
            ],
        ),
        Event::ExpectFailed { text, found } => s.say(
            ["expected {0}, but found {1}.", "期望 {0}，实际为 {1}。"],
            &[value(text), value(found)],
        ),
        Event::ExpectHeld { text } => {
            s.say(["as expected: {0}.", "符合期望：{0}。"], &[value(text)])
        }
        _ => None,
    }
}
