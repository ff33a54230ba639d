//! A broker's card: what it is doing, in words and shape; what it is responsible for; its copies of partitions.

use super::anchor;
use super::replica::{Cell, Row};
use super::words::{is_up, state_words};
use crate::components::{Button, Icon};
use crate::i18n::Texts;
use crate::session::{Dispatch, use_dispatch};
use crate::state::{Item, UiAction, use_texts, use_ui};
use rebalance_core::command::Command;
use rebalance_core::id::{BrokerId, Name, NodeId, TopicPartition};
use rebalance_core::view::{BrokerView, ProcessState, ReplicaRole};
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::prelude::*;

/// With more copies than this, each is a small cell instead of a row with its log.
const ROWS: usize = 12;

/// The furthest log end of any copy of each partition.
pub type Furthest = BTreeMap<TopicPartition, i64>;

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
    let (t, d, ui) = (use_texts(), use_dispatch(), use_ui());
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
                <h3><button class="name" onclick={pick}>{ (t.stage.broker)(b.id.0) }</button></h3>
                { badges(b, t) }
                <div class="actions">{ actions(b, t, &d) }</div>
            </div>
            { copies(p, chosen, t) }
        </article>
    }
}

/// State, coordinators, internal copies.
fn badges(b: &BrokerView, t: &Texts) -> Html {
    let (class, icon, word) = state_words(b.state, t);
    let leads = b
        .replicas
        .iter()
        .filter(|r| r.role == ReplicaRole::Leader)
        .count();
    let since = if is_up(b.state) {
        None
    } else {
        Some((t.stage.disk_kept)(&b.since.to_string()))
    };
    html! {
        <>
            <span class={classes!("chip", class)} data-test={format!("broker-{}-state", b.id)}>{ icon.html() }{ word }</span>
            if b.fenced && b.state != ProcessState::Fenced { <span class="chip warn">{ Icon::Half.html() }{ t.stage.fenced }</span> }
            <>{ for b.coordinates.iter().take(3).map(|g| html! { <span class="chip accent" key={g.to_string()}>{ (t.stage.coordinator_of)(g) }</span> }) }</>
            if b.coordinates.len() > 3 { <span class="chip accent">{ format!("+{}", b.coordinates.len() - 3) }</span> }
            if let Some(rack) = &b.rack { <span class="chip">{ (t.stage.rack)(rack) }</span> }
            if let Some(since) = since { <span class="sub broker-about">{ since }</span> }
            else if leads > 0 { <span class="sub internal broker-about" title={(t.stage.internal)(b.internal.0, b.internal.1)}>{ (t.stage.leads)(leads) }</span> }
        </>
    }
}

/// Freeze, stop, crash; or start; or thaw.
fn actions(b: &BrokerView, t: &Texts, d: &Dispatch) -> Html {
    let button = |test: &str,
                  label: &'static str,
                  icon: Option<Icon>,
                  title: &'static str,
                  class: &'static str,
                  command: fn(BrokerId) -> Command| {
        let (d, id) = (d.clone(), b.id);
        let onclick = Callback::from(move |()| d.click(command(id)));
        html! { <Button {label} {icon} {title} only={label.is_empty()} class={class} test={format!("broker-{id}-{test}")} {onclick} /> }
    };
    let s = &t.stage;
    match b.state {
        ProcessState::Crashed | ProcessState::Stopped => button(
            "start",
            s.start,
            Some(Icon::Play),
            s.start_why,
            "",
            Command::NodeStart,
        ),
        ProcessState::Frozen => html! { <>
            { button("thaw", s.thaw, Some(Icon::Play), s.thaw_why, "", Command::NodeThaw) }
            { button("crash", s.crash, Some(Icon::Bolt), s.crash_why, "danger", Command::NodeCrash) }
        </> },
        _ => html! { <>
            { button("freeze", s.freeze, None, s.freeze_why, "quiet-btn", Command::NodeFreeze) }
            { button("stop", s.stop, None, s.stop_why, "quiet-btn", Command::NodeStop) }
            { button("crash", s.crash, Some(Icon::Bolt), s.crash_why, "danger", Command::NodeCrash) }
        </> },
    }
}

/// Its copies: rows with their logs, or small cells when there are many.
fn copies(p: &BrokerProps, chosen: Option<TopicPartition>, t: &Texts) -> Html {
    let count = p.broker.replicas.len();
    let ids = p.broker.replicas.iter().map(|r| r.tp).enumerate();
    let key = |tp: TopicPartition| format!("{}-{}", tp.topic.0, tp.partition);
    match count {
        0 => html! { <p class="empty">{ t.stage.no_replicas }</p> },
        1..=ROWS => html! { <>{ for ids.map(|(at, tp)| html! {
            <Row key={key(tp)} broker={p.broker.clone()} {at} keys={p.keys.clone()} furthest={p.furthest.get(&tp).copied().unwrap_or(0)} selected={chosen == Some(tp)} />
        }) }</> },
        _ => {
            html! { <div class="cells">{ for ids.map(|(at, tp)| html! { <Cell key={key(tp)} broker={p.broker.clone()} {at} /> }) }</div> }
        }
    }
}

/// The furthest log end of any copy, by partition.
pub fn furthest(brokers: &[Rc<BrokerView>]) -> Furthest {
    let mut ends = Furthest::new();
    for replica in brokers.iter().flat_map(|b| &b.replicas) {
        let end = ends.entry(replica.tp).or_insert(0);
        *end = replica.log_end.max(*end);
    }
    ends
}
