//! A broker's card: what it is doing, in words and shape; what it is responsible for; its copies of partitions.

use super::anchor;
use super::replica::{Cell, Row};
use super::words::{is_up, state_words};
use crate::components::{Button, Icon};
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::session::{Dispatch, ROWS, use_dispatch};
use crate::state::{Item, UiAction, use_lang, use_ui};
use rebalance_core::command::Command;
use rebalance_core::id::{BrokerId, Name, NodeId, TopicPartition};
use rebalance_core::sorted::Map;
use rebalance_core::view::{BrokerView, ProcessState, ReplicaRole};
use std::rc::Rc;

/// The furthest log end of any copy of each partition.
pub type Furthest = Map<TopicPartition, i64>;

/// One broker.
#[derive(Properties, PartialEq)]
pub struct BrokerProps {
    /// Its state.
    pub broker: Rc<BrokerView>,
    /// Keys with colours of their own.
    pub keys: Rc<Vec<Name>>,
    /// The furthest log end of any copy, by partition.
    pub furthest: Rc<Furthest>,
}

/// See [`BrokerProps`].
#[component]
pub fn Broker(p: &BrokerProps) -> Html {
    let (t, d, ui) = (use_lang(), use_dispatch(), use_ui());
    let b = &p.broker;
    let selected = ui.selected == Some(Item::Broker(b.id));
    let up = is_up(b.state);
    let odd = up && (b.state != ProcessState::Running || b.fenced);
    let class = classes!(
        "card",
        "broker",
        (!up).then_some("down"),
        odd.then_some("odd"),
        selected.then_some("selected")
    );
    let chosen = match ui.selected {
        Some(Item::Replica(on, tp)) if on == b.id => Some(tp),
        _ => None,
    };
    let pick = {
        let (ui, id) = (ui.clone(), b.id);
        move |_: MouseEvent| ui.dispatch(UiAction::Select(Some(Item::Broker(id))))
    };
    html! {
        <article {class} data-test={format!("broker-{}", b.id)} data-state={format!("{:?}", b.state)} data-anchor={anchor(NodeId::Broker(b.id))}>
            <div class="card-head">
                <h3><button class="name" onclick={pick}>{ (t.stage().broker)(b.id.0) }</button></h3>
                { badges(b, t) }
                <div class="actions">{ actions(b, t, &d) }</div>
            </div>
            { copies(p, chosen, t) }
        </article>
    }
}

/// State, coordinators, internal copies.
fn badges(b: &BrokerView, t: Lang) -> Html {
    let (class, icon, word) = state_words(b.state, t);
    let leads = b
        .replicas
        .iter()
        .filter(|r| r.role == ReplicaRole::Leader)
        .count();
    let since = if is_up(b.state) {
        None
    } else {
        Some((t.stage().disk_kept)(&b.since.to_string()))
    };
    html! {
        <>
            <span class={classes!("chip", class)} data-test={format!("broker-{}-state", b.id)}>{ icon.html() }{ word }</span>
            if b.fenced && b.state != ProcessState::Fenced { <span class="chip warn">{ Icon::Half.html() }{ t.stage().fenced }</span> }
            <>{ for b.coordinates.iter().take(3).map(|g| html! { <span class="chip accent" key={g.to_string()}>{ (t.stage().coordinator_of)(g) }</span> }) }</>
            if b.coordinates.len() > 3 { <span class="chip accent">{ format!("+{}", b.coordinates.len() - 3) }</span> }
            if let Some(rack) = &b.rack { <span class="chip">{ (t.stage().rack)(rack) }</span> }
            if let Some(since) = since { <span class="sub broker-about">{ since }</span> }
            else if leads > 0 { <span class="sub internal broker-about" title={(t.stage().internal)(b.internal.0, b.internal.1)}>{ (t.stage().leads)(leads) }</span> }
        </>
    }
}

/// A button: its key, its name in tests, icon, class, what it does.
type Action = (
    &'static str,
    &'static str,
    Option<Icon>,
    &'static str,
    fn(BrokerId) -> Command,
);

const START: Action = ("main", "start", Some(Icon::Play), "", Command::NodeStart);
const CRASH: Action = (
    "main",
    "crash",
    Some(Icon::Bolt),
    "danger",
    Command::NodeCrash,
);
const FREEZE: Action = ("pause", "freeze", None, "quiet-btn", Command::NodeFreeze);
const THAW: Action = ("pause", "thaw", Some(Icon::Play), "", Command::NodeThaw);
const STOP: Action = ("stop", "stop", None, "quiet-btn", Command::NodeStop);

/// Freeze, stop, crash; or start; or thaw. A button and its opposite share a key, so that the focus stays.
fn actions(b: &BrokerView, t: Lang, d: &Dispatch) -> Html {
    let offered: &[Action] = match b.state {
        ProcessState::Crashed | ProcessState::Stopped => &[START],
        ProcessState::Frozen => &[THAW, CRASH],
        _ => &[FREEZE, STOP, CRASH],
    };
    let button = |(key, test, icon, class, command): &Action| {
        let (d, id, command) = (d.clone(), b.id, *command);
        let (label, title) = action_words(test, t);
        let onclick = Callback::from(move |()| d.click(command(id)));
        html! { <Button key={*key} {label} icon={*icon} {title} class={*class} test={format!("broker-{id}-{test}")} {onclick} /> }
    };
    html! { <>{ for offered.iter().map(button) }</> }
}

fn action_words(test: &str, t: Lang) -> (&'static str, &'static str) {
    let s = t.stage();
    match test {
        "start" => (s.start, s.start_why),
        "freeze" => (s.freeze, s.freeze_why),
        "thaw" => (s.thaw, s.thaw_why),
        "stop" => (s.stop, s.stop_why),
        _ => (s.crash, s.crash_why),
    }
}

/// Its copies: rows with their logs, or small cells when there are many.
fn copies(p: &BrokerProps, chosen: Option<TopicPartition>, t: Lang) -> Html {
    let count = p.broker.replicas.len();
    let ids = p.broker.replicas.iter().map(|r| r.tp).enumerate();
    let key = |tp: TopicPartition| format!("{}-{}", tp.topic.0, tp.partition);
    match count {
        0 => html! { <p class="empty">{ t.stage().no_replicas }</p> },
        1..=ROWS => html! { <>{ for ids.map(|(at, tp)| html! {
            <Row key={key(tp)} broker={p.broker.clone()} {at} keys={p.keys.clone()} furthest={p.furthest.get(&tp).copied().unwrap_or(0)} selected={chosen == Some(tp)} />
        }) }</> },
        _ => {
            html! { <div class="cells">{ for ids.map(|(at, tp)| html! { <Cell key={key(tp)} broker={p.broker.clone()} {at} /> }) }</div> }
        }
    }
}

/// Whether its copies are rows with their logs.
pub fn has_rows(broker: &BrokerView) -> bool {
    broker.replicas.len() <= ROWS
}

/// The furthest log end of any copy, by partition; nothing where no broker has rows.
pub fn furthest(brokers: &[Rc<BrokerView>]) -> Furthest {
    let mut ends = Furthest::new();
    if !brokers.iter().any(|b| has_rows(b)) {
        return ends;
    }
    for replica in brokers.iter().flat_map(|b| &b.replicas) {
        let end = ends.entry(replica.tp).or_insert(0);
        *end = replica.log_end.max(*end);
    }
    ends
}
