//! Who said what to whom: the newest messages as a ladder, one column a node, one rung a message.

use super::words::node_item;
use crate::dom::page::*;
use crate::i18n::errors;
use crate::session::{use_dispatch, use_snapshot};
use crate::state::{Item, UiAction, use_prefs, use_texts, use_ui};
use rebalance_core::event::{Direction, Entry, EntryId, Event};
use rebalance_core::id::NodeId;
use rebalance_core::protocol::ApiKey;
use web_sys::HtmlSelectElement;

/// Rungs shown.
const RUNGS: usize = 60;
/// Entries read back to find them.
const READ_BACK: usize = 40_000;
/// Columns shown: nodes that took part in the newest rungs.
const COLUMNS: usize = 12;

/// Which messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Talk {
    /// Clients' records and everything about groups.
    Clients,
    /// Only groups.
    Groups,
    /// Followers' fetches.
    Replication,
    /// Between brokers and controllers.
    Control,
    /// All of it.
    All,
}

const TALKS: [Talk; 5] = [
    Talk::Clients,
    Talk::Groups,
    Talk::Replication,
    Talk::Control,
    Talk::All,
];

impl Talk {
    fn includes(self, from: NodeId, to: NodeId, api: ApiKey) -> bool {
        let client = |n: NodeId| matches!(n, NodeId::Client(_) | NodeId::Admin);
        let broker = |n: NodeId| matches!(n, NodeId::Broker(_));
        match self {
            Self::All => true,
            Self::Clients => {
                (client(from) || client(to))
                    && !matches!(api, ApiKey::Heartbeat | ApiKey::ConsumerGroupHeartbeat)
            }
            Self::Groups => matches!(
                api,
                ApiKey::FindCoordinator
                    | ApiKey::JoinGroup
                    | ApiKey::SyncGroup
                    | ApiKey::Heartbeat
                    | ApiKey::LeaveGroup
                    | ApiKey::ConsumerGroupHeartbeat
                    | ApiKey::OffsetCommit
                    | ApiKey::OffsetFetch
            ),
            Self::Replication => broker(from) && broker(to),
            Self::Control => !(client(from) || client(to) || broker(from) && broker(to)),
        }
    }
}

/// One message.
#[derive(Clone, PartialEq, Debug)]
struct Rung {
    id: EntryId,
    from: NodeId,
    to: NodeId,
    api: ApiKey,
    response: bool,
    lost: bool,
    error: Option<&'static str>,
    at: rebalance_core::time::SimTime,
}

fn rung(id: usize, entry: &Entry) -> Option<Rung> {
    let from = entry.node?;
    let rung = |to: &NodeId, api: &ApiKey| Rung {
        id: id as EntryId,
        from,
        to: *to,
        api: *api,
        response: false,
        lost: false,
        error: None,
        at: entry.at,
    };
    match &entry.event {
        Event::Sent {
            to,
            api,
            direction,
            error,
            ..
        } => Some(Rung {
            response: *direction == Direction::Response,
            error: (!error.is_ok()).then(|| error.name()),
            ..rung(to, api)
        }),
        Event::Dropped { to, api } => Some(Rung {
            lost: true,
            ..rung(to, api)
        }),
        _ => None,
    }
}

/// The newest messages of a kind, the oldest first.
fn newest(entries: &[Entry], talk: Talk) -> Vec<Rung> {
    let mut rungs: Vec<Rung> = entries
        .iter()
        .enumerate()
        .rev()
        .take(READ_BACK)
        .filter_map(|(id, entry)| rung(id, entry))
        .filter(|r| talk.includes(r.from, r.to, r.api))
        .take(RUNGS)
        .collect();
    rungs.reverse();
    rungs
}

/// The nodes of the newest rungs, clients first, then brokers, then controllers.
fn columns(rungs: &[Rung]) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = Vec::new();
    for node in rungs.iter().rev().flat_map(|r| [r.from, r.to]) {
        if nodes.len() < COLUMNS && !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    let rank = |n: &NodeId| match n {
        NodeId::Admin => 0,
        NodeId::Client(_) => 1,
        NodeId::Broker(_) => 2,
        NodeId::Controller(_) => 3,
    };
    rebalance_core::sorted::sort_by_key(&mut nodes, |n| (rank(n), *n));
    nodes
}

/// The panel.
#[component]
pub fn Protocol() -> Html {
    let t = &use_texts().panels;
    let dispatch = use_dispatch();
    let s = use_snapshot();
    let ui = use_ui();
    let talk = use_state(|| Talk::Clients);
    let rungs = dispatch.with(|s| newest(s.entries(), *talk));
    let nodes = columns(&rungs);
    let names = [
        t.talk_clients,
        t.talk_groups,
        t.talk_replication,
        t.talk_control,
        t.everything,
    ];
    let onchange = {
        let talk = talk.clone();
        move |e: Event_| {
            let at = e
                .target_unchecked_into::<HtmlSelectElement>()
                .selected_index();
            talk.set(TALKS.get(at as usize).copied().unwrap_or(Talk::All));
        }
    };
    let option = |(kind, name): (Talk, &'static str)| html! { <option selected={*talk == kind}>{ name }</option> };
    let column = |node: &NodeId| {
        let name = dispatch.with(|s| s.node_name(*node)).to_string();
        let name = match node {
            NodeId::Broker(_) => format!("{} {name}", t.broker),
            _ => name,
        };
        let item = node_item(*node, &s.view);
        let ui = ui.clone();
        let onclick = move |_: MouseEvent| ui.dispatch(UiAction::Select(item.clone()));
        html! { <button type="button" class="ref" key={name.clone()} {onclick}>{ name }</button> }
    };
    let shown = rungs.into_iter().rev().filter_map(|r| {
        let from = nodes.iter().position(|n| *n == r.from)?;
        let to = nodes.iter().position(|n| *n == r.to)?;
        let key = r.id;
        Some(html! { <RungRow {key} {from} {to} rung={r} /> })
    });
    let grid = format!("--cols:{}", nodes.len().max(1));
    html! {
        <div class="protocol" style={grid}>
            <div class="filters"><select {onchange} aria-label={t.filter_family}>{ for TALKS.into_iter().zip(names).map(option) }</select><span class="quiet">{ t.newest_first }</span></div>
            <div class="ladder" tabindex="0" role="region" aria-label={t.protocol}>
                <div class="columns"><span></span>{ for nodes.iter().map(column) }</div>
                { for shown }
                if nodes.is_empty() { <p class="quiet">{ t.no_messages }</p> }
            </div>
        </div>
    }
}

/// Yew's event, beside the journal's.
type Event_ = yew::Event;

/// Properties of [`RungRow`].
#[derive(Properties, PartialEq)]
struct RungProps {
    rung: Rung,
    from: usize,
    to: usize,
}

/// One rung: an arrow from column to column with the API's name; a click opens its fields.
#[component]
fn RungRow(props: &RungProps) -> Html {
    let t = &use_texts().panels;
    let lang = use_prefs().lang;
    let ui = use_ui();
    let r = &props.rung;
    let (left, right) = (props.from.min(props.to), props.from.max(props.to));
    let place = format!("grid-column:{} / {}", left + 2, right + 3);
    let id = r.id;
    let onclick = move |_: MouseEvent| ui.dispatch(UiAction::Select(Some(Item::Entry(id))));
    let class = classes!(
        "arrow",
        if props.from <= props.to {
            "rightwards"
        } else {
            "leftwards"
        },
        r.response.then_some("response"),
        r.lost.then_some("lost"),
        r.error.is_some().then_some("failed"),
    );
    let title = r.error.and_then(|e| errors::meaning(lang, e));
    let way = if r.response { t.response } else { t.request };
    html! {
        <div class="rung">
            <span class="when quiet">{ r.at.to_string() }</span>
            <button type="button" {class} style={place} {title} {onclick} aria-label={format!("{} {way}", r.api.name())}>
                <span>{ r.api.name() }{ r.error.map(|e| format!(" {e}")) }if r.lost { { " " }{ t.lost } }</span>
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::id::{BrokerId, ClientId};
    use rebalance_core::time::SimTime;

    const P: NodeId = NodeId::Client(ClientId(0));
    const B: NodeId = NodeId::Broker(BrokerId(1));
    const C: NodeId = NodeId::Controller(BrokerId(101));

    fn dropped(from: NodeId, to: NodeId, api: ApiKey) -> Entry {
        Entry {
            at: SimTime::ZERO,
            cause: None,
            node: Some(from),
            event: Event::Dropped { to, api },
        }
    }

    #[test]
    fn every_message_belongs_to_exactly_one_talk_beside_groups_and_all() {
        for (from, to, api) in [
            (P, B, ApiKey::Produce),
            (B, P, ApiKey::Produce),
            (B, NodeId::Broker(BrokerId(2)), ApiKey::Fetch),
            (B, C, ApiKey::BrokerHeartbeat),
            (C, C, ApiKey::Vote),
        ] {
            let hits = [Talk::Clients, Talk::Replication, Talk::Control]
                .iter()
                .filter(|k| k.includes(from, to, api))
                .count();
            assert_eq!(hits, 1, "{api:?}");
        }
    }

    #[test]
    fn the_newest_rungs_in_order_with_their_columns() {
        let entries: Vec<Entry> = (0..100)
            .map(|_| dropped(B, P, ApiKey::Fetch))
            .chain([dropped(B, C, ApiKey::BrokerHeartbeat)])
            .collect();
        let rungs = newest(&entries, Talk::All);
        assert_eq!(rungs.len(), RUNGS);
        assert_eq!(rungs.last().map(|r| r.id), Some(100));
        assert_eq!(columns(&rungs), [P, B, C]);
        assert!(newest(&entries, Talk::Groups).is_empty());
    }
}
