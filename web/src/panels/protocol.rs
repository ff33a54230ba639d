//! Who said what to whom: the newest messages as a ladder, one column a node, one rung a message.

use super::words::node_item;
use crate::dom::page::*;
use crate::i18n::errors;
use crate::session::{use_dispatch, use_snapshot};
use crate::state::{Item, UiAction, use_lang, use_prefs, use_ui};
use rebalance_core::event::{Direction, Entries, Entry, EntryId, Event};
use rebalance_core::id::NodeId;
use rebalance_core::protocol::ApiKey;
use rebalance_core::time::SimTime;
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
    generation: Option<i32>,
    at: SimTime,
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
        generation: None,
        at: entry.at,
    };
    match &entry.event {
        Event::Sent {
            to,
            api,
            direction,
            error,
            generation,
            ..
        } => Some(Rung {
            generation: *generation,
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
fn newest(entries: Entries<'_>, talk: Talk) -> Vec<Rung> {
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

/// The stretches in which members of groups stood still: everything given up, nothing assigned again. Read from what their
/// clients told the journal; the end is missing where it has not come.
fn pauses(entries: Entries<'_>) -> Vec<(NodeId, SimTime, SimTime)> {
    let mut open: Vec<(NodeId, usize, Option<SimTime>)> = Vec::new();
    let mut found = Vec::new();
    for entry in entries.iter() {
        let Some(node @ NodeId::Client(_)) = entry.node else {
            continue;
        };
        let change = match &entry.event {
            Event::Assigned { partitions, .. } => partitions.len() as i64,
            Event::Revoked { partitions } | Event::Lost { partitions } => {
                -(partitions.len() as i64)
            }
            Event::ClientGone { .. } | Event::NodeCrashed => i64::MIN,
            _ => continue,
        };
        let at = open
            .iter()
            .position(|(n, ..)| *n == node)
            .unwrap_or_else(|| {
                open.push((node, 0, None));
                open.len() - 1
            });
        let (_, owns, since) = &mut open[at];
        let had = *owns > 0;
        *owns = (*owns as i64).saturating_add(change).max(0) as usize;
        if change < 0 && (had || since.is_none()) && *owns == 0 && change != i64::MIN {
            *since = Some(entry.at);
        } else if let Some(since) = since.take() {
            found.push((node, since, entry.at));
        }
    }
    let still = open
        .iter()
        .filter_map(|(node, _, since)| Some((*node, (*since)?, SimTime::MAX)));
    found.extend(still);
    found
}

/// The panel.
#[component]
pub fn Protocol() -> Html {
    let t = use_lang().panels();
    let dispatch = use_dispatch();
    let s = use_snapshot();
    let ui = use_ui();
    let talk = use_state(|| Talk::Clients);
    let (rungs, still) = dispatch.with(|s| {
        let entries = s.entries();
        let recent = entries.len().saturating_sub(READ_BACK);
        (newest(entries, *talk), pauses(entries.after(recent)))
    });
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
        let item = node_item(*node, &s);
        let ui = ui.clone();
        let onclick = move |_: MouseEvent| ui.dispatch(UiAction::Select(item.clone()));
        html! { <button type="button" class="ref" key={name.clone()} {onclick}>{ name }</button> }
    };
    let shown = rungs.into_iter().rev().filter_map(|r| {
        let from = nodes.iter().position(|n| *n == r.from)?;
        let to = nodes.iter().position(|n| *n == r.to)?;
        let key = r.id;
        let stands = |(node, since, until): &(NodeId, SimTime, SimTime)| {
            let column = nodes.iter().position(|n| n == node)?;
            (*since <= r.at && r.at < *until).then_some(column)
        };
        let paused: Vec<usize> = still.iter().filter_map(stands).collect();
        Some(html! { <RungRow {key} {from} {to} {paused} rung={r} /> })
    });
    let grid = format!("--cols:{}", nodes.len().max(1));
    html! {
        <div class="protocol" style={grid}>
            <div class="filters"><select {onchange} aria-label={t.filter_family}>{ for TALKS.into_iter().zip(names).map(option) }</select><span class="quiet">{ t.newest_first }</span><span class="grow" /><a class="link" href="#/lab/protocols" data-test="open-twins">{ t.side_by_side }</a></div>
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
    /// Columns of members that stand still.
    paused: Vec<usize>,
}

/// One rung: an arrow from column to column with the API's name; a click opens its fields.
#[component]
fn RungRow(props: &RungProps) -> Html {
    let t = use_lang().panels();
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
            { for props.paused.iter().map(|column| html! { <i key={*column} class="pause" style={format!("grid-column:{}", column + 2)} title={t.paused_why} /> }) }
            <button type="button" {class} style={place} {title} {onclick} aria-label={format!("{} {way}", r.api.name())}>
                <span>{ r.api.name() }{ r.generation.map(|g| format!(" · {g}")) }{ r.error.map(|e| format!(" {e}")) }if r.lost { { " " }{ t.lost } }</span>
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::event::Journal;
    use rebalance_core::id::{BrokerId, ClientId};

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
    fn a_member_stands_still_from_its_last_revocation_to_its_next_assignment() {
        use rebalance_core::id::{TopicId, TopicPartition};
        let tp = |p| TopicPartition::new(TopicId(1), p);
        let at = |second: u64, event: Event| Entry {
            at: SimTime::ZERO + rebalance_core::time::Duration::secs(second),
            cause: None,
            node: Some(P),
            event,
        };
        let assigned = |partitions| Event::Assigned {
            generation: 1,
            partitions,
        };
        let revoked = |partitions| Event::Revoked { partitions };
        let entries: Journal = [
            at(1, assigned(vec![tp(0), tp(1)])),
            // One of two: it goes on with the other.
            at(2, revoked(vec![tp(1)])),
            at(3, revoked(vec![tp(0)])),
            at(5, assigned(vec![])),
            at(6, assigned(vec![tp(0)])),
            at(8, revoked(vec![tp(0)])),
        ]
        .into_iter()
        .collect();
        let spans: Vec<(u64, u64)> = pauses(entries.all())
            .iter()
            .map(|(_, a, b)| (a.0 / 1_000_000, b.0 / 1_000_000))
            .collect();
        assert_eq!(spans, [(3, 5), (8, SimTime::MAX.0 / 1_000_000)]);
    }

    #[test]
    fn the_newest_rungs_in_order_with_their_columns() {
        let entries: Journal = (0..100)
            .map(|_| dropped(B, P, ApiKey::Fetch))
            .chain([dropped(B, C, ApiKey::BrokerHeartbeat)])
            .collect();
        let rungs = newest(entries.all(), Talk::All);
        assert_eq!(rungs.len(), RUNGS);
        assert_eq!(rungs.last().map(|r| r.id), Some(100));
        assert_eq!(columns(&rungs), [P, B, C]);
        assert!(newest(entries.all(), Talk::Groups).is_empty());
    }
}
