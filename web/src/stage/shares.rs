//! What is different on the card of a share group: its share-partitions with the state of each record, and what a member holds.

use super::part_class;
use crate::dom::page::*;
use crate::i18n::Lang;
use rebalance_core::id::Name;
use rebalance_core::protocol::RecordState;
use rebalance_core::view::{ConsumerView, GroupView, SharePartitionView, ShareRecordView};

/// Records shown open.
const OPEN: usize = 16;

/// The share-partitions: start and end offset, and the records between them.
pub fn partitions(g: &GroupView, t: Lang) -> Html {
    let Some(all) = &g.share else {
        return html! {};
    };
    html! {
        <>{ for all.iter().map(|p| html! { <div key={format!("{}-{}", p.tp.topic.0, p.tp.partition)}>{ partition(p, g, t) }</div> }) }</>
    }
}

fn partition(p: &SharePartitionView, g: &GroupView, t: Lang) -> Html {
    let name = format!("{}-{}", p.topic, p.tp.partition);
    html! {
        <div class={classes!("own", "share", part_class(p.tp))} data-test={format!("share-{name}-of-{}", g.name)}
            data-start={p.start.to_string()} data-end={p.end.to_string()}>
            <span class="pchip"><i class="swatch" />{ &name }</span>
            <span class="log"><span class="tiles">
                { for p.records.iter().take(OPEN).map(|r| record(r, g, t)) }
                if p.records.len() > OPEN { <span class="quiet">{ "…" }</span> }
            </span></span>
            <span class="v" title={t.stage().share_ends_why}>{ format!("SPSO {} · SPEO {}", p.start, p.end) }</span>
        </div>
    }
}

/// A record's tile: its delivery count, in the colour of who holds it.
fn record(r: &ShareRecordView, g: &GroupView, t: Lang) -> Html {
    const COLOURS: [&str; 8] = [
        "key-0", "key-1", "key-2", "key-3", "key-4", "key-5", "key-6", "key-7",
    ];
    let holder = |c: &&ConsumerView| Some(&c.member_id) == r.member.as_ref();
    let at = g.consumers.iter().position(|c| holder(&c));
    let (class, mark) = match r.state {
        RecordState::Available => ("wet", r.delivery_count.to_string()),
        RecordState::Acquired => ("", r.delivery_count.to_string()),
        RecordState::Acknowledged => ("marker", "✓".to_owned()),
        RecordState::Archived => ("marker", "✗".to_owned()),
    };
    let colour = at.map_or("key-none", |i| COLOURS[i % 8]);
    let state = (t.stage().share_states)[match r.state {
        RecordState::Available => 0,
        RecordState::Acquired => 1,
        RecordState::Acknowledged => 2,
        RecordState::Archived => 3,
    }];
    let who = at.and_then(|i| g.consumers.get(i));
    let who = who.map_or(String::new(), |c| format!(" · {}", c.name));
    let title = format!("{} · {state} · ×{}{who}", r.offset, r.delivery_count);
    html! { <i key={r.offset} class={classes!("tile", class, colour)} aria-label={title.clone()} {title}>{ mark }</i> }
}

/// The partitions a member fetches from, and the records it holds.
pub fn holdings(c: &ConsumerView, t: Lang) -> Html {
    let held = c
        .acquired
        .iter()
        .take(OPEN)
        .map(|(_, offset, count)| match count {
            1 => offset.to_string(),
            count => format!("{offset} ×{count}"),
        });
    let held: Vec<String> = held.collect();
    let chip = |p: &rebalance_core::view::OwnedPartition| {
        let name: Name = format!("{}-{}", p.topic, p.tp.partition).into();
        html! { <span key={name.to_string()} class={classes!("pchip", part_class(p.tp))} data-test={format!("fetches-{name}-by-{}", c.name)}><i class="swatch" />{ &*name }</span> }
    };
    html! {
        <>
        <p class="shares">{ for c.partitions.iter().map(chip) }</p>
        <p class="sub" data-test={format!("held-by-{}", c.name)}>{ (t.stage().holds)(&held.join(", ")) }</p>
        </>
    }
}
