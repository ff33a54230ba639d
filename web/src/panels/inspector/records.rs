//! The log browser: a copy's records, a page at a time, one row each, with what a tile cannot show.

use crate::dom::page::*;
use crate::session::use_dispatch;
use crate::state::use_lang;
use rebalance_core::id::{BrokerId, Offset};
use rebalance_core::view::{ReplicaView, Tile, TileKind};

/// Properties of [`Records`].
#[derive(Properties, PartialEq)]
pub struct RecordsProps {
    /// Where.
    pub broker: BrokerId,
    /// The copy.
    pub replica: ReplicaView,
}

/// Records on a page.
const PAGE: usize = 40;

/// A page of records, the newest first, with the high watermark as a line between them.
#[component]
pub fn Records(props: &RecordsProps) -> Html {
    let t = use_lang().panels();
    let dispatch = use_dispatch();
    let r = &props.replica;
    // The page ends before this offset; without one it follows the end of the log.
    let before = use_state(|| None::<Offset>);
    let end = before.unwrap_or(Offset::MAX);
    let tiles = dispatch.with(|s| s.browse(props.broker, r.tp, end, PAGE));
    let oldest = tiles.first().map_or(r.log_start, |first| first.offset);
    let turn = |to: Option<Offset>| {
        let before = before.clone();
        move |_: MouseEvent| before.set(to)
    };
    let mut rows = Vec::new();
    let mut above = true;
    for tile in tiles.iter().rev() {
        if above && tile.offset < r.high_watermark {
            above = false;
            rows.push(watermark(t.high_watermark, r.high_watermark));
        }
        rows.push(row(tile, r.high_watermark, &r.segments, t.tombstone));
    }
    html! {
        <>
            <div class="records" tabindex="0" role="region" aria-label={t.records} data-test="records">
                <table>
                    <thead><tr><th>{ "offset" }</th><th>{ t.key }</th><th>{ t.value }</th><th title={t.timestamp_why}>{ t.timestamp }</th><th title={t.epoch_why}>{ "epoch" }</th><th title={t.producer_why}>{ "pid/seq" }</th></tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
                if tiles.is_empty() { <p class="quiet">{ t.no_records }</p> }
            </div>
            <div class="actions">
                if before.is_some() { <button type="button" class="btn small" onclick={turn(None)}>{ t.newest_records }</button> }
                if oldest > r.log_start { <button type="button" class="btn small" onclick={turn(Some(oldest))}>{ (t.older_records)((oldest - r.log_start) as usize) }</button> }
            </div>
        </>
    }
}

fn watermark(name: &str, offset: Offset) -> Html {
    html! { <tr class="hw"><td colspan="6">{ format!("{name} {offset}") }</td></tr> }
}

fn row(tile: &Tile, high_watermark: Offset, segments: &[Offset], tombstone: &str) -> Html {
    let committed = tile.offset < high_watermark;
    let border = segments.contains(&tile.offset).then_some("segment");
    let value = match tile.kind {
        TileKind::Data => html! { <code>{ &*tile.value }</code> },
        TileKind::Tombstone => html! { <span class="chip">{ tombstone }</span> },
        TileKind::Commit => html! { <span class="chip ok">{ "COMMIT" }</span> },
        TileKind::Abort => html! { <span class="chip bad">{ "ABORT" }</span> },
    };
    let producer = match tile.producer {
        (-1, _) => "–".to_string(),
        (id, sequence) => format!("{id}/{sequence}"),
    };
    html! {
        <tr key={tile.offset.to_string()} class={classes!((!committed).then_some("uncommitted"), border)}>
            <td class="n">{ tile.offset }</td>
            <td>if let Some(key) = &tile.key { <code>{ &**key }</code> } else { <span class="quiet">{ "null" }</span> }</td>
            <td class="value" title={tile.value.to_string()}>{ value }</td>
            <td class="n">{ tile.timestamp }</td>
            <td class="n">{ tile.epoch }</td>
            <td class="n">{ producer }</td>
        </tr>
    }
}
