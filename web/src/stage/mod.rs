//! The stage: three lanes that follow the data, producers → brokers → consumer groups, and the messages above them.
//!
//! Structure is DOM, keyed by names and numbers of the simulation, and drawn anew only where something changed; motion
//! is one canvas ([`overlay`]) and the gliding of chips ([`flip`]). Of a large cluster, what is out of sight waits ([`sight`]).

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
mod sight;
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
use crate::state::{Dialog, UiAction, use_lang, use_ui};
use rebalance_core::id::NodeId;
use rebalance_core::view::{BrokerView, GroupView, ProducerView};
use sight::{BROKER, Sight};
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
    let (t, s, ui) = (use_lang(), use_snapshot(), use_ui());
    let (sight, shown) = (use_memo((), |()| Sight::default()), use_mut_ref(Vec::new));
    let again = use_force_update();
    let whole = !s.playing || !s.is_large();
    let again = Callback::from(move |()| again.force_update());
    let turn = sight.draw(s.version, whole, again);
    let newest = s.brokers.iter();
    let newest = newest.map(|b| (NodeId::Broker(b.id), b.clone())).collect();
    let mut shown = shown.borrow_mut();
    sight.pick(BROKER, Rc::ptr_eq, newest, &mut shown);
    let groups = use_mut_ref(|| (0, 0, s.groups.clone()));
    let mut groups = groups.borrow_mut();
    if sight.has_room() {
        *groups = (turn, s.view.now.0, s.groups.clone());
    }
    let producers = use_mut_ref(Vec::new);
    let newest = s.producers.iter().map(|p| (p.node, p.clone())).collect();
    let mut producers = producers.borrow_mut();
    sight.pick(0, Rc::ptr_eq, newest, &mut producers);
    let producer = |(_, p): &(NodeId, Rc<ProducerView>)| {
        html! { <producers::Producer key={p.name.to_string()} producer={p.clone()} keys={s.keys.clone()} /> }
    };
    let furthest = Rc::new(brokers::furthest(&s.brokers));
    let nowhere = Rc::default();
    let consumers = s.groups.iter().flat_map(|g| &g.consumers);
    let chips = consumers.map(|c| c.partitions.len()).sum::<usize>();
    let broker = |(_, b): &(NodeId, Rc<BrokerView>)| {
        let furthest = if brokers::has_rows(b) {
            &furthest
        } else {
            &nowhere
        };
        html! { <brokers::Broker key={b.id.0} broker={b.clone()} keys={s.keys.clone()} furthest={furthest.clone()} /> }
    };
    let group = |g: &Rc<GroupView>| {
        html! { <groups::Group key={g.name.to_string()} group={g.clone()} now={clock_for(g, groups.1)} sight={(*sight).clone()} turn={groups.0} /> }
    };
    let open = |dialog: Dialog| {
        let ui = ui.clone();
        Callback::from(move |()| ui.dispatch(UiAction::Open(dialog.clone())))
    };
    html! {
        <>
        <div class="stage" data-test="stage">
            <section class="lane producers" aria-label={t.stage().producers}>
                <LaneHead title={t.stage().producers}>
                    <Button label={t.stage().add} icon={Icon::Plus} test="add-producer" onclick={open(Dialog::AddProducer)} />
                </LaneHead>
                <div class="cards">
                    { for producers.iter().map(producer) }
                    <tries::TryThis key="try-this" />
                </div>
            </section>
            <section class="lane cluster" aria-label={t.stage().cluster}>
                <cluster::ClusterHead />
                <div class="brokers">
                    { for shown.iter().map(broker) }
                </div>
            </section>
            <section class="lane groups" aria-label={t.stage().groups}>
                <LaneHead title={t.stage().groups}>
                    <Button label={t.stage().add} icon={Icon::Plus} test="add-consumer" onclick={open(Dialog::AddConsumer(None))} />
                </LaneHead>
                <flip::Glide {chips}><div class="cards">
                    <>{ for groups.2.iter().map(group) }</>
                    if groups.2.is_empty() { <p class="sub">{ t.stage().no_groups }</p> }
                </div></flip::Glide>
            </section>
        </div>
        <overlay::Overlay sight={(*sight).clone()} />
        </>
    }
}

/// The time a group card needs: only cards that count seconds are drawn anew as time passes.
fn clock_for(g: &GroupView, now: u64) -> u64 {
    if g.consumers.iter().any(groups::counts) {
        now / 100_000 * 100_000
    } else {
        0
    }
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
