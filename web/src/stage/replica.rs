//! A partition's copy on one broker: leader or follower, epoch, in or out of the ISR, and its log as tiles.
//!
//! The last twelve records are open tiles; the twelve before them are narrow strokes in their keys' colours; anything
//! older is a hatched stub. Tiles past the high watermark are hollow: written, but not committed.

use super::part_class;
use super::words::{key_class, key_letter};
use crate::components::Icon;
use crate::i18n::Texts;
use crate::state::{Item, UiAction, use_texts, use_ui};
use rebalance_core::id::Name;
use rebalance_core::view::{BrokerView, ReplicaRole, ReplicaView, Tile, TileKind};
use std::rc::Rc;
use yew::prelude::*;

/// Tiles that are open.
const OPEN: usize = 12;

/// A copy as a row.
#[derive(Properties)]
pub struct RowProps {
    /// The broker it is on.
    pub broker: Rc<BrokerView>,
    /// Its place among the broker's copies.
    pub at: usize,
    /// Keys with colours of their own.
    pub keys: Rc<Vec<Name>>,
    /// The inspector shows it.
    pub selected: bool,
}

impl RowProps {
    fn replica(&self) -> Option<&ReplicaView> {
        self.broker.replicas.get(self.at)
    }
}

impl PartialEq for RowProps {
    fn eq(&self, other: &Self) -> bool {
        let same = || self.broker.id == other.broker.id && self.replica() == other.replica();
        self.selected == other.selected
            && self.keys == other.keys
            && (Rc::ptr_eq(&self.broker, &other.broker) && self.at == other.at || same())
    }
}

/// See [`RowProps`].
#[component]
pub fn Row(p: &RowProps) -> Html {
    let (t, ui) = (use_texts(), use_ui().dispatcher());
    let Some(r) = p.replica() else {
        return html! {};
    };
    let (id, tp) = (p.broker.id, r.tp);
    let onclick = move |_: MouseEvent| ui.dispatch(UiAction::Select(Some(Item::Replica(id, tp))));
    let name = format!("{}-{}", r.topic, tp.partition);
    html! {
        <button class={classes!("replica", part_class(tp), p.selected.then_some("selected"))} {onclick} aria-label={spoken(r, &name, t)}
            data-test={format!("replica-{name}-on-{id}")} data-role={role_name(r.role)} data-isr={r.in_isr.to_string()}
            data-end={r.log_end.to_string()} data-hw={r.high_watermark.to_string()} data-anchor={format!("b{id}/{}-{}", tp.topic.0, tp.partition)}>
            <span class="tp"><i class="swatch" /><b>{ name }</b></span>
            { role(r, t) }
            { isr(r.in_isr, t) }
            { log(r, &p.keys, t) }
            <span class="end" title={t.stage.end_why}>{ t.stage.end }{ " " }<b>{ r.log_end }</b></span>
        </button>
    }
}

/// As tests and styles name it.
fn role_name(role: ReplicaRole) -> &'static str {
    match role {
        ReplicaRole::Leader => "leader",
        ReplicaRole::Follower => "follower",
        ReplicaRole::Offline => "offline",
    }
}

fn role_word(r: &ReplicaView, t: &Texts) -> &'static str {
    match r.role {
        ReplicaRole::Leader => t.stage.leader,
        ReplicaRole::Follower => t.stage.follower,
        ReplicaRole::Offline => t.stage.offline,
    }
}

fn role(r: &ReplicaView, t: &Texts) -> Html {
    let leads = r.role == ReplicaRole::Leader;
    html! {
        <span class={classes!("role", leads.then_some("leads"))}>
            if leads { <span class="crown">{ Icon::Crown.html() }</span> }
            { role_word(r, t) }<span class="epoch" title={t.stage.leader_epoch}>{ format!("e{}", r.leader_epoch) }</span>
        </span>
    }
}

fn isr(inside: bool, t: &Texts) -> Html {
    if inside {
        html! { <span class="isr chip" title={t.stage.in_isr_why}>{ t.stage.in_isr }</span> }
    } else {
        html! { <span class="isr chip bad" title={t.stage.out_isr_why}>{ t.stage.out_isr }</span> }
    }
}

/// The row in one sentence.
fn spoken(r: &ReplicaView, name: &str, t: &Texts) -> String {
    let isr = if r.in_isr {
        t.stage.in_isr_why
    } else {
        t.stage.out_isr_why
    };
    (t.stage.replica_spoken)(
        name,
        role_word(r, t),
        r.leader_epoch,
        isr,
        r.high_watermark,
        r.log_end,
    )
}

/// The log: older records folded, the last twelve open, the high watermark where it stands.
fn log(r: &ReplicaView, keys: &[Name], t: &Texts) -> Html {
    let split = r.tiles.len().saturating_sub(OPEN);
    let (folded, open) = r.tiles.split_at(split);
    let hw_at = open.partition_point(|tile| tile.offset < r.high_watermark);
    let (before, after) = open.split_at(hw_at);
    let older = r
        .tiles
        .first()
        .is_some_and(|first| first.offset > r.log_start);
    let from = folded.first().or(open.first()).map_or(r.log_end, |tile| {
        if older { r.log_start } else { tile.offset }
    });
    let tiles = |tiles: &[Tile], wet: bool| {
        tiles
            .iter()
            .map(|x| tile(x, r, wet, keys, t))
            .collect::<Html>()
    };
    html! {
        <span class="log" aria-hidden="true">
            if r.log_end > r.log_start || r.log_start > 0 { <span class="from">{ if split > 0 || older { format!("{from}…") } else { from.to_string() } }</span> }
            if split > 0 || older {
                <span class="heat">
                    if older { <i class="older" /> }
                    { for folded.iter().map(|x| html! { <i class={key_class(x.key.as_deref(), keys)} key={x.offset} title={x.offset.to_string()} /> }) }
                </span>
            }
            { tiles(before, false) }
            <i key="hw" class="hw" title={(t.stage.hw_why)(r.high_watermark)} />
            { tiles(after, true) }
        </span>
    }
}

fn tile(x: &Tile, r: &ReplicaView, wet: bool, keys: &[Name], t: &Texts) -> Html {
    let (letter, shape) = match x.kind {
        TileKind::Data => (key_letter(x.key.as_deref()), ""),
        TileKind::Tombstone => (key_letter(x.key.as_deref()), "tomb"),
        TileKind::Commit => ("✓".to_owned(), "marker"),
        TileKind::Abort => ("✗".to_owned(), "marker"),
    };
    let border = x.offset > r.log_start && r.segments.binary_search(&x.offset).is_ok();
    let class = classes!(
        "tile",
        "fresh",
        key_class(x.key.as_deref(), keys),
        shape,
        wet.then_some("wet"),
        border.then_some("seg")
    );
    let title = (t.stage.tile_title)(
        x.offset,
        x.key.as_deref().unwrap_or("null"),
        &x.value,
        x.epoch,
        wet,
    );
    html! { <i key={x.offset} {class} {title}>{ letter }</i> }
}

/// A copy as a small cell.
#[derive(Properties)]
pub struct CellProps {
    /// The broker it is on.
    pub broker: Rc<BrokerView>,
    /// Its place among the broker's copies.
    pub at: usize,
}

impl PartialEq for CellProps {
    fn eq(&self, other: &Self) -> bool {
        let face = |p: &Self| {
            p.broker.replicas.get(p.at).map(|r| {
                (
                    r.tp,
                    r.role,
                    r.in_isr,
                    r.log_end,
                    r.high_watermark,
                    p.broker.id,
                )
            })
        };
        Rc::ptr_eq(&self.broker, &other.broker) && self.at == other.at || face(self) == face(other)
    }
}

/// See [`CellProps`].
#[component]
pub fn Cell(p: &CellProps) -> Html {
    let (t, ui) = (use_texts(), use_ui().dispatcher());
    let Some(r) = p.broker.replicas.get(p.at) else {
        return html! {};
    };
    let (id, tp) = (p.broker.id, r.tp);
    let onclick = move |_: MouseEvent| ui.dispatch(UiAction::Select(Some(Item::Replica(id, tp))));
    let name = format!("{}-{}", r.topic, tp.partition);
    let behind = r.log_end - r.high_watermark;
    html! {
        <button class={classes!("cell", part_class(tp), (!r.in_isr).then_some("out"))} {onclick} title={spoken(r, &name, t)}
            data-test={format!("replica-{name}-on-{id}")} data-role={role_name(r.role)} data-isr={r.in_isr.to_string()}>
            if r.role == ReplicaRole::Leader { { Icon::Crown.html() } } else { <i class="swatch" /> }
            <span class="grow">{ name }</span><span class="quiet">{ r.log_end }{ if behind > 0 { "▨" } else { "" } }</span>
        </button>
    }
}
