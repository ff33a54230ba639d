//! The stage: three lanes that follow the data, producers → brokers → consumer groups, and the messages above them.
//!
//! Structure is DOM, keyed by names and numbers of the simulation, and drawn anew only where something changed; motion
//! is one canvas ([`overlay`]) and the gliding of chips ([`flip`]).

mod brokers;
mod cluster;
mod flip;
mod geometry;
mod groups;
mod kinds;
mod overlay;
mod paint;
mod producers;
mod replica;
mod shares;
mod tries;
mod words;

pub use kinds::Kind;
pub use overlay::Legend;
pub use producers::send_one;
pub use words::{free_name, part_class, state_words};

use crate::components::Button;
use crate::components::Icon;
use crate::dom::page::*;
use crate::session::use_snapshot;
use crate::state::{Dialog, UiAction, use_texts, use_ui};
use rebalance_core::id::NodeId;
use std::rc::Rc;

/// A lane's heading with its button.
#[derive(Properties, PartialEq)]
pub struct LaneHeadProps {
    /// Its name.
    pub title: AttrValue,
    /// Numbers after it.
    #[prop_or_default]
    pub sum: AttrValue,
    /// Buttons at the end.
    pub children: Html,
}

/// See [`LaneHeadProps`].
#[component]
pub fn LaneHead(p: &LaneHeadProps) -> Html {
    html! {
        <div class="lane-head"><h2>{ p.title.clone() }</h2><span class="sum grow" title={p.sum.clone()}>{ p.sum.clone() }</span>{ p.children.clone() }</div>
    }
}

/// The three lanes.
#[component]
pub fn Stage() -> Html {
    let (t, s, ui) = (use_texts(), use_snapshot(), use_ui());
    let furthest = Rc::new(brokers::furthest(&s.brokers));
    let open = |dialog: Dialog| {
        let ui = ui.clone();
        Callback::from(move |()| ui.dispatch(UiAction::Open(dialog.clone())))
    };
    html! {
        <>
        <div class="stage" data-test="stage">
            <section class="lane producers" aria-label={t.stage.producers}>
                <LaneHead title={t.stage.producers}>
                    <Button label={t.stage.add} icon={Icon::Plus} test="add-producer" onclick={open(Dialog::AddProducer)} />
                </LaneHead>
                <div class="cards">
                    { for s.producers.iter().map(|p| html! { <producers::Producer key={p.name.to_string()} producer={p.clone()} keys={s.keys.clone()} /> }) }
                    <tries::TryThis key="try-this" />
                </div>
            </section>
            <section class="lane cluster" aria-label={t.stage.cluster}>
                <cluster::ClusterHead />
                <div class="brokers">
                    { for s.brokers.iter().map(|b| html! { <brokers::Broker key={b.id.0} broker={b.clone()} keys={s.keys.clone()} furthest={furthest.clone()} /> }) }
                </div>
            </section>
            <section class="lane groups" aria-label={t.stage.groups}>
                <LaneHead title={t.stage.groups}>
                    <Button label={t.stage.add} icon={Icon::Plus} test="add-consumer" onclick={open(Dialog::AddConsumer(None))} />
                </LaneHead>
                <flip::Glide><div class="cards">
                    <>{ for s.groups.iter().map(|g| html! { <groups::Group key={g.name.to_string()} group={g.clone()} now={clock_for(g, s.view.now)} /> }) }</>
                    if s.groups.is_empty() { <p class="sub">{ t.stage.no_groups }</p> }
                </div></flip::Glide>
            </section>
        </div>
        <overlay::Overlay />
        </>
    }
}

/// The time a group card needs: only cards that count seconds are drawn anew as time passes.
fn clock_for(g: &rebalance_core::view::GroupView, now: rebalance_core::time::SimTime) -> u64 {
    let counts = g
        .consumers
        .iter()
        .any(|c| c.paused_since.is_some() || c.session_ends.is_some());
    if counts { now.0 / 100_000 * 100_000 } else { 0 }
}

/// The name under which the canvas finds a node's card.
pub fn anchor(node: NodeId) -> String {
    match node {
        NodeId::Broker(b) => format!("b{b}"),
        NodeId::Controller(c) => format!("k{c}"),
        NodeId::Client(c) => format!("n{}", c.0),
        NodeId::Admin => "admin".to_owned(),
    }
}
