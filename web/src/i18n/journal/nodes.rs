//! Sentences about processes, the controller quorum, links, commands and messages.

use super::{Say, Sentence, Span, error, value, words};
use rebalance_core::event::{Direction, Event};
use rebalance_core::id::NodeId;
use rebalance_core::protocol::{ApiKey, ErrorCode};

pub(super) fn sentence(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    process(s, event)
        .or_else(|| quorum(s, event))
        .or_else(|| registration(s, event))
        .or_else(|| other(s, event))
}

fn process(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    let who = [s.who()];
    match event {
        Event::NodeCrashed => s.say(
            [
                "{0} crashed. Its disk is kept.",
                "{0} 崩溃了，磁盘上的数据还在。",
            ],
            &who,
        ),
        Event::NodeFrozen => s.say(
            [
                "{0} is frozen: the process is paused, its connections stay open.",
                "{0} 被冻结：进程暂停，连接仍然开着。",
            ],
            &who,
        ),
        Event::NodeThawed => s.say(
            [
                "{0} goes on where it was frozen.",
                "{0} 解冻，从停下的地方继续。",
            ],
            &who,
        ),
        Event::NodeStarted => s.say(["{0} started.", "{0} 启动了。"], &who),
        Event::ShutdownRequested => s.say(
            [
                "{0} asks the controller to move its leaders away (controlled shutdown).",
                "{0} 请控制器把它身上的 leader 移走（受控关闭）。",
            ],
            &who,
        ),
        Event::NodeStopped => s.say(["{0} stopped properly.", "{0} 正常停机。"], &who),
        _ => None,
    }
}

fn quorum(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::ControllerElected { epoch } => s.say(
            [
                "{0} is the active controller now, epoch {1}.",
                "{0} 成为活动控制器（active controller），epoch {1}。",
            ],
            &[s.who(), value(epoch)],
        ),
        Event::ControllerCandidate { epoch } => s.say(
            [
                "{0} heard nothing from an active controller and asks for votes in epoch {1}.",
                "{0} 没有听到活动控制器的消息，在 epoch {1} 中发起投票。",
            ],
            &[s.who(), value(epoch)],
        ),
        Event::ControllerResigned { epoch } => s.say(
            [
                "{0} is no longer the active controller: epoch {1} has begun.",
                "{0} 不再是活动控制器：epoch {1} 已经开始。",
            ],
            &[s.who(), value(epoch)],
        ),
        _ => None,
    }
}

fn registration(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::BrokerRegistered { broker, epoch } => s.say(
            [
                "{0} is registered with broker epoch {1}; it stays fenced until it has caught up with the metadata.",
                "{0} 完成注册，broker epoch 为 {1}；追上元数据之前它处于隔离（fenced）状态。",
            ],
            &[s.broker(*broker), value(epoch)],
        ),
        Event::BrokerFenced {
            broker,
            expired: true,
        } => s.say(
            [
                "the controller fenced {0}: no heartbeat for {1}.",
                "控制器隔离（fence）了 {0}：在 {1} 内没有收到心跳。",
            ],
            &[s.broker(*broker), value("broker.session.timeout.ms")],
        ),
        Event::BrokerFenced { broker, .. } => s.say(
            [
                "the controller fenced {0}: it is shutting down.",
                "控制器隔离（fence）了 {0}：它正在关闭。",
            ],
            &[s.broker(*broker)],
        ),
        Event::BrokerUnfenced { broker } => s.say(
            [
                "the controller unfenced {0}: it has caught up and may lead again.",
                "控制器解除了对 {0} 的隔离：它已追上，可以再次担任 leader。",
            ],
            &[s.broker(*broker)],
        ),
        _ => None,
    }
}

fn other(s: &Say<'_>, event: &Event) -> Option<Sentence> {
    match event {
        Event::Command(number) => {
            let text = s.book.command(*number).unwrap_or_default();
            s.say(["{0}", "{0}"], &[value(text)])
        }
        Event::Sent {
            to,
            api,
            direction,
            error,
            ..
        } => sent(s, *to, *api, *direction, *error),
        Event::Dropped { to, api } => s.say(
            [
                "the {0} from {1} to {2} was lost on the way.",
                "从 {1} 发往 {2} 的 {0} 在途中丢失了。",
            ],
            &[value(api.name()), s.who(), s.node(*to)],
        ),
        Event::LinkChanged { a, b, cut } => link(s, *a, *b, *cut),
        _ => None,
    }
}

fn sent(
    s: &Say<'_>,
    to: NodeId,
    api: ApiKey,
    direction: Direction,
    code: ErrorCode,
) -> Option<Sentence> {
    let things = [s.who(), s.node(to), value(api.name()), error(code)];
    if api == ApiKey::Disconnected {
        return s.say(
            [
                "the connection between {0} and {1} broke.",
                "{0} 与 {1} 之间的连接断开了。",
            ],
            &things,
        );
    }
    let pair = match direction {
        Direction::Request => ["{0} sends {2} to {1}.", "{0} 向 {1} 发送 {2} 请求。"],
        Direction::Response if code.is_ok() => {
            ["{0} answers {1}'s {2}.", "{0} 应答 {1} 的 {2} 请求。"]
        }
        Direction::Response => [
            "{0} answers {1}'s {2} with {3}.",
            "{0} 以 {3} 应答 {1} 的 {2} 请求。",
        ],
    };
    s.say(pair, &things)
}

fn link(s: &Say<'_>, a: NodeId, b: NodeId, cut: bool) -> Option<Sentence> {
    let things: [Span; 3] = [s.node(a), s.node(b), words("")];
    if cut {
        return s.say(
            [
                "the link between {0} and {1} is cut: every message between them is lost.",
                "{0} 与 {1} 之间的链路被切断：两者之间的消息全部丢失。",
            ],
            &things,
        );
    }
    s.say(
        [
            "the link between {0} and {1} carries messages again.",
            "{0} 与 {1} 之间的链路可以传递消息。",
        ],
        &things,
    )
}
