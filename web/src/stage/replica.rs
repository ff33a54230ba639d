//! A partition's copy on one broker: leader or follower, epoch, in or out of the ISR, and its log as tiles.
//!
//! The last twelve offsets that any copy has are open tiles; the twelve before them are narrow strokes in their keys'
//! colours; anything older is a hatched stub. Tiles past the high watermark are hollow: written, but not committed.

use super::part_class;
use super::words::{key_class, key_letter};
use crate::components::Icon;
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::state::{Item, UiAction, use_lang, use_ui};
use rebalance_core::id::Name;
use rebalance_core::view::{BrokerView, Moving, ReplicaRole, ReplicaView, Tile, TileKind};
use std::rc::Rc;

/// Offsets that are open.
const OPEN: i64 = 12;

/// A copy as a row.
#[derive(Properties)]
pub struct RowProps {
    /// The broker it is on.
    pub broker: Rc<BrokerView>,
    /// Its place among the broker's copies.
    pub at: usize,
    /// Keys with colours of their own.
    pub keys: Rc<Vec<Name>>,
    /// The furthest log end of any copy of this partition.
    pub furthest: i64,
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
            && self.furthest == other.furthest
            && self.keys == other.keys
            && (Rc::ptr_eq(&self.broker, &other.broker) && self.at == other.at || same())
    }
}

/// See [`RowProps`].
#[component]
pub fn Row(p: &RowProps) -> Html {
    let (t, ui) = (use_lang(), use_ui().dispatcher());
    let Some(r) = p.replica() else {
        return html! {};
    };
    let (id, tp) = (p.broker.id, r.tp);
    let onclick = move |_: MouseEvent| ui.dispatch(UiAction::Select(Some(Item::Replica(id, tp))));
    let name = format!("{}-{}", r.topic, tp.partition);
    html! {
        <button class={classes!("replica", part_class(tp), p.selected.then_some("selected"))} {onclick}
            data-test={format!("replica-{name}-on-{id}")} data-role={role_name(r.role)} data-isr={r.in_isr.to_string()}
            data-end={r.log_end.to_string()} data-hw={r.high_watermark.to_string()} data-anchor={format!("b{id}/{}-{}", tp.topic.0, tp.partition)}>
            <span class="sr">{ spoken(r, &name, t) }</span>
            <span class="seen" aria-hidden="true">
                <span class="tp"><i class="swatch" /><b>{ name }</b></span>
                { role(r, t) }
                { isr(r, t) }
                { log(r, p.furthest, &p.keys, t) }
                <span class="end" title={t.stage().end_why}>{ t.stage().end }{ " " }<b>{ r.log_end }</b></span>
            </span>
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

fn role_word(r: &ReplicaView, t: Lang) -> &'static str {
    match r.role {
        ReplicaRole::Leader => t.stage().leader,
        ReplicaRole::Follower => t.stage().follower,
        ReplicaRole::Offline => t.stage().offline,
    }
}

fn role(r: &ReplicaView, t: Lang) -> Html {
    let leads = r.role == ReplicaRole::Leader;
    html! {
        <span class={classes!("role", leads.then_some("leads"))}>
            if leads { <span class="crown">{ Icon::Crown.html() }</span> }
            { role_word(r, t) }<span class="epoch" title={t.stage().leader_epoch}>{ format!("e{}", r.leader_epoch) }</span>
        </span>
    }
}

/// In sync or not; or on its way, in a reassignment.
fn isr(r: &ReplicaView, t: Lang) -> Html {
    let (text, class) = match (r.moving, r.in_isr) {
        (Some(Moving::Removing), _) => (t.stage().going, "isr chip quiet"),
        (Some(Moving::Adding), _) => (t.stage().coming, "isr chip accent"),
        (None, true) => (t.stage().in_isr, "isr chip"),
        (None, false) => (t.stage().out_isr, "isr chip bad"),
    };
    html! { <span {class} title={standing(r, t)}>{ text }</span> }
}

/// Whether it is in sync, in words.
fn standing(r: &ReplicaView, t: Lang) -> &'static str {
    match (r.moving, r.in_isr) {
        (Some(Moving::Removing), _) => t.stage().going_why,
        (Some(Moving::Adding), _) => t.stage().coming_why,
        (None, true) => t.stage().in_isr_why,
        (None, false) => t.stage().out_isr_why,
    }
}

/// The row in one sentence.
fn spoken(r: &ReplicaView, name: &str, t: Lang) -> String {
    (t.stage().replica_spoken)(
        name,
        role_word(r, t),
        r.leader_epoch,
        standing(r, t),
        r.high_watermark,
        r.log_end,
    )
}

/// Offsets that are open: the same ones on every broker, so that copies can be compared. Of a copy that is further behind
/// than that, what it has is folded.
fn window(r: &ReplicaView, furthest: i64) -> (i64, i64) {
    let furthest = furthest.max(r.log_end);
    ((furthest - OPEN).max(r.log_start), furthest)
}

/// The log: older records folded, the newest open, the high watermark where it stands, and a slot for each record that
/// another copy has and this one has not.
fn log(r: &ReplicaView, furthest: i64, keys: &[Name], t: Lang) -> Html {
    let (from, to) = window(r, furthest);
    let (folded, open) = r
        .tiles
        .split_at(r.tiles.partition_point(|tile| tile.offset < from));
    let folded = &folded[folded.len().saturating_sub(OPEN as usize)..];
    let older = folded
        .first()
        .or(open.first())
        .is_some_and(|first| first.offset > r.log_start);
    let stroke = |x: &Tile| html! { <i class={key_class(x.key.as_deref(), keys)} key={x.offset} title={x.offset.to_string()} /> };
    let mut row: Vec<Html> = open
        .iter()
        .map(|x| tile(x, r, x.offset >= r.high_watermark, keys, t))
        .collect();
    let hw_at = open.partition_point(|x| x.offset < r.high_watermark);
    row.insert(
        hw_at,
        html! { <i key="hw" class="hw" title={(t.stage().hw_why)(r.high_watermark)} /> },
    );
    row.extend(
        (r.log_end.max(from)..to)
            .map(|offset| html! { <i key={format!("slot{offset}")} class="slot" /> }),
    );
    let behind = Some(furthest - r.log_end).filter(|_| r.log_end < from);
    html! {
        <span class="log" aria-hidden="true">
            <span class="from">{ if from > r.log_start { format!("{}…", r.log_start) } else { r.log_start.to_string() } }</span>
            if from > r.log_start {
                <span class="heat">if older { <i class="older" /> }<>{ for folded.iter().map(stroke) }</></span>
            }
            <span class="tiles">{ for row }</span>
            if let Some(n) = behind { <span class="behind-by" title={(t.stage().missing_why)(n)}>{ format!("−{n}") }</span> }
        </span>
    }
}

fn tile(x: &Tile, r: &ReplicaView, wet: bool, keys: &[Name], t: Lang) -> Html {
    let (letter, shape) = match x.kind {
        // Without a key, the offset is what tells records apart.
        TileKind::Data if x.key.is_none() => ((x.offset % 100).to_string(), ""),
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
    let title = (t.stage().tile_title)(
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
                    (r.in_isr, r.moving),
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
    let (t, ui) = (use_lang(), use_ui().dispatcher());
    let Some(r) = p.broker.replicas.get(p.at) else {
        return html! {};
    };
    let (id, tp) = (p.broker.id, r.tp);
    let onclick = move |_: MouseEvent| ui.dispatch(UiAction::Select(Some(Item::Replica(id, tp))));
    let name = format!("{}-{}", r.topic, tp.partition);
    let behind = r.log_end - r.high_watermark;
    html! {
        <button class={classes!("cell", part_class(tp), (!r.in_isr && r.moving.is_none()).then_some("out"))} {onclick} title={spoken(r, &name, t)}
            data-test={format!("replica-{name}-on-{id}")} data-role={role_name(r.role)} data-isr={r.in_isr.to_string()}>
            if r.role == ReplicaRole::Leader { { Icon::Crown.html() } } else { <i class="swatch" /> }
            <span class="grow">{ name }</span><span class="quiet">{ r.log_end }{ if behind > 0 { "▨" } else { "" } }</span>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::id::{TopicId, TopicPartition};

    fn copy(log_end: i64) -> ReplicaView {
        ReplicaView {
            tp: TopicPartition::new(TopicId(1), 0),
            topic: "t".into(),
            role: ReplicaRole::Follower,
            leader_epoch: 0,
            in_isr: true,
            moving: None,
            maximal_isr: Vec::new(),
            log_start: 0,
            high_watermark: 0,
            log_end,
            segments: Vec::new(),
            epochs: Vec::new(),
            tiles: Vec::new(),
        }
    }

    #[test]
    fn copies_of_a_partition_show_the_same_offsets() {
        assert_eq!(window(&copy(20), 20), (8, 20));
        assert_eq!(window(&copy(15), 20), (8, 20));
        assert_eq!(window(&copy(3), 5), (0, 5));
    }

    #[test]
    fn a_copy_far_behind_shows_the_same_ones_too() {
        assert_eq!(window(&copy(15), 100), window(&copy(100), 100));
        assert_eq!(window(&copy(0), 0), (0, 0));
    }
}
