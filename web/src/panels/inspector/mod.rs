//! The inspector: whatever is selected, with its state, its settings, and "why?" beside what has a history.
//!
//! Each kind of thing has its own file; [`parts`] has the rows they are made of, [`settings`] the configuration table.
//! Everything is read from the last published view; changes go out as commands, which the terminal echoes.

mod clients;
mod group;
mod members;
mod message;
mod nodes;
mod parts;
mod records;
mod settings;
mod topic;

use crate::dom::page::*;
use crate::session::use_snapshot;
use crate::state::{Item, UiAction, use_lang, use_ui};
use parts::Head;

/// The inspector beside the stage.
#[component]
pub fn Inspected() -> Html {
    let ui = use_ui();
    let t = use_lang();
    let Some(item) = ui.selected.clone() else {
        return html! {};
    };
    let dispatcher = ui.dispatcher();
    let close = move |_: MouseEvent| dispatcher.dispatch(UiAction::Select(None));
    html! {
        <aside class="inspector" data-test="inspector" aria-label={t.panels().inspector}>
            <button type="button" class="btn small quiet-btn only close" onclick={close} aria-label={t.app().close} title={t.app().close}>{ "✕" }</button>
            <Shown {item} />
        </aside>
    }
}

/// Properties of [`Shown`].
#[derive(Properties, PartialEq)]
struct ShownProps {
    item: Item,
}

/// The thing itself, or that it is gone.
#[component]
fn Shown(props: &ShownProps) -> Html {
    let t = use_lang().panels();
    let s = use_snapshot();
    let view = &s.view;
    let found = match &props.item {
        Item::Cluster => Some(html! { <nodes::Cluster /> }),
        Item::Broker(id) => s
            .brokers
            .iter()
            .find(|b| b.id == *id)
            .map(|b| html! { <nodes::Broker key={id.0} broker={b.clone()} /> }),
        Item::Controller(id) => {
            let found = view.controllers.iter().find(|c| c.id == *id);
            found.map(|c| html! { <nodes::Controller key={id.0} controller={c.clone()} /> })
        }
        Item::Topic(name) => {
            let found = view.topics.iter().find(|topic| topic.name == *name);
            found.map(
                |topic| html! { <topic::Topic key={name.to_string()} topic={topic.clone()} /> },
            )
        }
        Item::Replica(id, tp) => {
            let broker = s.brokers.iter().find(|b| b.id == *id);
            let replica = broker.and_then(|b| b.replicas.iter().find(|r| r.tp == *tp));
            replica.map(|r| html! { <topic::Replica key={format!("{id}-{}-{}", tp.topic.0, tp.partition)} broker={*id} replica={r.clone()} /> })
        }
        Item::Producer(name) => {
            let found = s.producers.iter().find(|p| p.name == *name);
            found.map(
                |p| html! { <clients::Producer key={name.to_string()} producer={p.clone()} /> },
            )
        }
        Item::Group(name) => {
            let found = s.groups.iter().find(|g| g.name == *name);
            found.map(|g| html! { <group::Group key={name.to_string()} group={g.clone()} /> })
        }
        Item::Consumer(name) => {
            let found = s
                .groups
                .iter()
                .find_map(|g| g.consumers.iter().find(|c| c.name == *name).map(|c| (g, c)));
            found.map(|(g, c)| html! { <clients::Consumer key={name.to_string()} group={g.clone()} consumer={c.clone()} /> })
        }
        Item::Link(a, b) => Some(html! { <message::Link a={a.clone()} b={b.clone()} /> }),
        Item::Entry(id) => Some(html! { <message::Message key={*id} id={*id} /> }),
    };
    found.unwrap_or_else(|| {
        let name = match &props.item {
            Item::Topic(n) | Item::Producer(n) | Item::Group(n) | Item::Consumer(n) => {
                n.to_string()
            }
            Item::Broker(id) | Item::Controller(id) | Item::Replica(id, _) => id.to_string(),
            _ => String::new(),
        };
        html! { <><Head kind={t.gone} {name} /><p class="quiet">{ t.gone_why }</p></> }
    })
}
