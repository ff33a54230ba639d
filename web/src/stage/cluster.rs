//! The head of the middle lane: numbers in words, the controller quorum, topics, and links that are not as usual.

use super::words::{is_up, state_words};
use super::{LaneHead, anchor, part_class};
use crate::components::{Button, Icon, Menu};
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::session::{Dispatch, Snapshot, use_dispatch, use_snapshot};
use crate::state::{Dialog, Item, UiAction, UiContext, use_lang, use_ui};
use rebalance_core::command::Command;
use rebalance_core::id::{BrokerId, Name, NodeId};
use rebalance_core::view::{ControllerView, LinkView, TopicView};

/// Heading, quorum, topics, links.
#[component]
pub fn ClusterHead() -> Html {
    let (t, s, d, ui) = (use_lang(), use_snapshot(), use_dispatch(), use_ui());
    let open = |dialog: Dialog| {
        let ui = ui.clone();
        Callback::from(move |()| ui.dispatch(UiAction::Open(dialog.clone())))
    };
    let add_broker = {
        let (d, id) = (d.clone(), next_broker(&s));
        Callback::from(move |()| d.click(Command::BrokerAdd(id, None)))
    };
    html! {
        <>
        <LaneHead title={t.stage().cluster} sum={summary(&s, t)}>
            <Button label={t.stage().links} icon={Icon::Link} class="quiet-btn" test="links" onclick={open(Dialog::Link(None))} />
            <Button label={t.stage().add_broker} icon={Icon::Plus} test="add-broker" onclick={add_broker} />
            <Button label={t.stage().add_topic} icon={Icon::Plus} test="add-topic" onclick={open(Dialog::AddTopic)} />
        </LaneHead>
        <div class="strip" data-test="controllers" data-anchor="admin">
            <span title={t.stage().controllers_why}>{ t.stage().controllers }</span>
            <>{ for s.view.controllers.iter().map(|c| controller(c, t, &d, &ui)) }</>
            <span class="mono quiet epoch">{ (t.stage().epoch)(s.view.controller_epoch) }</span>
            <span class="grow" />
            <>{ for s.view.topics.iter().filter(|x| !x.internal).map(|x| topic(x, t, &d, &ui)) }</>
            <>{ for s.view.links.iter().map(|l| link(l, t, &d, &ui)) }</>
        </div>
        </>
    }
}

/// The broker id after the highest one.
fn next_broker(s: &Snapshot) -> BrokerId {
    BrokerId(s.brokers.iter().map(|b| b.id.0).max().unwrap_or(0) + 1)
}

/// "3 brokers · all partitions in sync", or what is wrong.
fn summary(s: &Snapshot, t: Lang) -> AttrValue {
    let view = &s.view;
    let partitions = || {
        view.topics
            .iter()
            .filter(|x| !x.internal)
            .flat_map(|x| &x.partitions)
    };
    let under = partitions().filter(|p| p.is_under_replicated()).count();
    let offline = partitions().filter(|p| p.leader.is_none()).count();
    let mut parts = vec![(t.stage().n_brokers)(s.brokers.len())];
    if offline > 0 {
        parts.push((t.stage().n_offline)(offline));
    }
    let down = s.brokers.iter().filter(|b| !is_up(b.state)).count();
    if down > 0 {
        parts.push((t.stage().n_down)(down));
    }
    if under > 0 {
        parts.push((t.stage().n_under)(under));
    } else if down == 0 {
        parts.push(t.stage().all_in_sync.to_owned());
    }
    parts.join(" · ").into()
}

fn select(ui: &UiContext, item: Item) -> Callback<MouseEvent> {
    let ui = ui.clone();
    Callback::from(move |_| ui.dispatch(UiAction::Select(Some(item.clone()))))
}

fn controller(c: &ControllerView, t: Lang, d: &Dispatch, ui: &UiContext) -> Html {
    let (id, up) = (c.id, is_up(c.state));
    let (_, icon, word) = state_words(c.state, t);
    let click = {
        let d = d.clone();
        move |_: MouseEvent| {
            d.click(if up {
                Command::NodeCrash(id)
            } else {
                Command::NodeStart(id)
            })
        }
    };
    let label = if up { t.stage().crash } else { t.stage().start };
    let class = classes!(
        "node",
        (c.active && up).then_some("active"),
        (!up).then_some("down")
    );
    let test = format!("controller-{id}-{}", if up { "crash" } else { "start" });
    html! {
        <span key={id.0} {class} data-anchor={anchor(NodeId::Controller(id))} data-test={format!("controller-{id}")} data-active={(c.active && up).to_string()}>
            <button onclick={select(ui, Item::Controller(id))} title={word}>
                { if c.active && up { Icon::Crown.html() } else { icon.html() } }
                <span class="mono">{ id.0 }</span>{ if c.active && up { t.stage().active } else if up { "" } else { word } }
            </button>
            <button onclick={click} aria-label={format!("{label} {id}")} title={label} data-test={test}>{ if up { Icon::Bolt.html() } else { Icon::Play.html() } }</button>
        </span>
    }
}

fn topic(x: &TopicView, t: Lang, d: &Dispatch, ui: &UiContext) -> Html {
    let name = x.name.clone();
    let count = x.partitions.len() as i32;
    let rf = x.partitions.first().map_or(0, |p| p.replication_factor());
    let run = |command: Command| {
        let d = d.clone();
        Callback::from(move |()| d.click(command.clone()))
    };
    html! {
        <span class="node" key={name.to_string()} data-test={format!("topic-{name}")}>
            <button onclick={select(ui, Item::Topic(name.clone()))} title={(t.stage().topic_title)(count as usize, rf)}>
                <>{ for x.partitions.iter().take(8).map(|p| html! { <i class={classes!("swatch", part_class(p.tp))} /> }) }</>
                <span class="mono">{ &*name }</span><span class="quiet">{ format!("{count}×{rf}") }</span>
            </button>
            <Menu label={format!("{}: {name}", t.stage().more)}>
                <Button label={t.stage().add_partition} icon={Icon::Plus} onclick={run(Command::TopicPartitions(name.clone(), count + 1))} />
                <Button label={t.stage().elect_preferred} icon={Icon::Crown} onclick={elect(d, x)} />
                <Button label={t.stage().delete} icon={Icon::Cross} class="danger" onclick={run(Command::TopicDelete(name.clone()))} />
            </Menu>
        </span>
    }
}

/// Asks for the preferred leader of every partition that has another one.
fn elect(d: &Dispatch, x: &TopicView) -> Callback<()> {
    use rebalance_core::command::PartitionName;
    use rebalance_core::protocol::ElectionType;
    let away = x
        .partitions
        .iter()
        .filter(|p| p.leader.is_some() && p.leader != p.replicas.first().copied());
    let commands: Vec<Command> = away
        .map(|p| {
            Command::Elect(
                ElectionType::Preferred,
                PartitionName {
                    topic: x.name.clone(),
                    partition: p.tp.partition,
                },
            )
        })
        .collect();
    let d = d.clone();
    Callback::from(move |()| commands.iter().for_each(|c| d.click(c.clone())))
}

fn link(l: &LinkView, t: Lang, d: &Dispatch, ui: &UiContext) -> Html {
    let (a, b): (Name, Name) = d.with(|s| (s.node_name(l.a), s.node_name(l.b)));
    let heal = {
        let (d, a, b) = (d.clone(), a.clone(), b.clone());
        move |_: MouseEvent| d.click(Command::LinkHeal(a.clone(), b.clone()))
    };
    let what = if l.cut {
        t.stage().cut.to_owned()
    } else {
        format!("{} ms", l.latency_ms)
    };
    html! {
        <span class={classes!("node", l.cut.then_some("cut"))} key={format!("{a}~{b}")} data-test={format!("link-{a}-{b}")}>
            <button onclick={select(ui, Item::Link(a.clone(), b.clone()))}>{ Icon::Link.html() }<span class="mono">{ format!("{a}–{b}") }</span>{ what }</button>
            <button onclick={heal} data-test={format!("link-{a}-{b}-heal")}>{ t.stage().heal }</button>
        </span>
    }
}
