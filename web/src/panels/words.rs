//! A sentence on the page: plain words, and the things it is about as buttons that open the inspector.

use super::book::{causes, said};
use crate::dom::page::*;
use crate::i18n::errors;
use crate::i18n::journal::{About, Family, Sentence, Span};
use crate::session::{Dispatch, Snapshot, use_dispatch};
use crate::state::{Item, UiAction, use_lang, use_prefs, use_ui};
use rebalance_core::event::{Entry, EntryId, Event, Level};
use rebalance_core::id::NodeId;

/// What the inspector shows for a node; `None` for one that is gone.
pub fn node_item(node: NodeId, s: &Snapshot) -> Option<Item> {
    match node {
        NodeId::Broker(id) => Some(Item::Broker(id)),
        NodeId::Controller(id) => Some(Item::Controller(id)),
        NodeId::Admin => None,
        NodeId::Client(_) => {
            let producer = s.producers.iter().find(|p| p.node == node);
            let mut consumers = s.groups.iter().flat_map(|g| &g.consumers);
            producer
                .map(|p| Item::Producer(p.name.clone()))
                .or_else(|| {
                    consumers
                        .find(|c| c.node == node)
                        .map(|c| Item::Consumer(c.name.clone()))
                })
        }
    }
}

fn item_of(span: &Span, dispatch: &Dispatch) -> Option<Item> {
    match &span.about {
        About::Node(node) => node_item(*node, &dispatch.snapshot()),
        About::Topic(topic) => Some(Item::Topic(topic.clone())),
        About::Partition(tp) => dispatch.with(|s| Some(Item::Topic(s.topic_name(tp.topic)))),
        About::Group(group) => Some(Item::Group(group.clone())),
        About::Words | About::Error | About::Value => None,
    }
}

/// Properties of [`Words`].
#[derive(Properties, PartialEq)]
pub struct WordsProps {
    /// What to say.
    pub sentence: Sentence,
}

/// A sentence.
#[component]
pub fn Words(props: &WordsProps) -> Html {
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let ui = use_ui();
    let piece = |(i, span): (usize, &Span)| match span.about {
        About::Words => html! { <span key={i}>{ &span.text }</span> },
        About::Value => html! { <code key={i}>{ &span.text }</code> },
        About::Error => {
            let title = errors::meaning(lang, &span.text);
            html! { <code key={i} class="error-name" {title}>{ &span.text }</code> }
        }
        _ => {
            let (span_, dispatch, ui) = (span.clone(), dispatch.clone(), ui.clone());
            let onclick = move |_: MouseEvent| {
                if let Some(item) = item_of(&span_, &dispatch) {
                    ui.dispatch(UiAction::Select(Some(item)));
                }
            };
            html! { <button key={i} type="button" class="ref" tabindex="-1" {onclick}>{ &span.text }</button> }
        }
    };
    html! { <span class="words">{ for props.sentence.iter().enumerate().map(piece) }</span> }
}

/// The shape in front of a line, and the class that colours it.
pub fn glyph(event: &Event) -> (&'static str, &'static str) {
    use Event as E;
    match event {
        E::Command(_) => ("›", "you"),
        E::NodeCrashed | E::BrokerFenced { .. } | E::Lost { .. } => ("✕", "bad"),
        E::ClientGone { polite: false } => ("✕", "bad"),
        E::NodeFrozen => ("❚❚", "warn"),
        E::NodeStarted | E::NodeThawed | E::BrokerUnfenced { .. } | E::ClientStarted => ("▲", "ok"),
        E::LeaderElected { .. } | E::ControllerElected { .. } | E::BecameLeader { .. } => {
            ("♛", "warn")
        }
        E::SendFailed { .. } | E::ClientError { .. } | E::Retrying { .. } | E::Truncated { .. } => {
            ("!", "warn")
        }
        E::MetadataRefresh { because } if !because.is_ok() => ("!", "warn"),
        E::Violated(_) | E::ExpectFailed { .. } => ("✕", "bad"),
        E::ExpectHeld { .. } => ("✓", "ok"),
        E::Dropped { .. } => ("⤓", "bad"),
        _ => match Family::of(event) {
            Family::Groups => ("G", "group"),
            Family::Messages => ("→", "quiet"),
            Family::Logs => ("≡", "quiet"),
            _ => ("·", "quiet"),
        },
    }
}

/// Properties of [`Line`].
#[derive(Properties, PartialEq)]
pub struct LineProps {
    /// Number of the entry.
    pub id: EntryId,
    /// The entry; a line with an equal one is not drawn anew.
    pub entry: Entry,
    /// Offer the chain of causes.
    #[prop_or(true)]
    pub why: bool,
    /// Can be reached with the tab key; other lines with the arrow keys.
    #[prop_or_default]
    pub stop: bool,
}

/// One line: its moment, its shape, its sentence, and "why?".
#[component]
pub fn Line(props: &LineProps) -> Html {
    let lang = use_prefs().lang;
    let t = use_lang();
    let dispatch = use_dispatch();
    let open = use_state(|| false);
    let Some((entry, sentence)) = said(&dispatch, lang, props.id) else {
        return html! {};
    };
    let (shape, colour) = glyph(&entry.event);
    let level = match entry.event.level() {
        Level::Mark => "mark",
        Level::Notable => "notable",
        Level::Routine => "routine",
    };
    let at = entry.at;
    let seek = move |_: MouseEvent| dispatch.seek(at);
    let toggle = {
        let open = open.clone();
        move |_: MouseEvent| open.set(!*open)
    };
    html! {
        <li class={classes!("line", level)}>
            <button type="button" class="when" title={t.panels().go_to_moment} onclick={seek}
                tabindex={if props.stop { "0" } else { "-1" }}>{ at.to_string() }</button>
            <span class={classes!("glyph", colour)} aria-hidden="true">{ shape }</span>
            <span class="said">
                <Words {sentence} />
                if props.why && entry.cause.is_some() {
                    <button type="button" class="why" tabindex="-1" aria-expanded={(*open).to_string()} onclick={toggle}>{ t.panels().why }</button>
                }
                if *open { <Why id={props.id} itself={false} /> }
            </span>
        </li>
    }
}

/// Causes shown at once.
const MOST: usize = 7;

/// Properties of [`Why`].
#[derive(Properties, PartialEq)]
pub struct WhyProps {
    /// Whose causes.
    pub id: EntryId,
    /// Begin with the entry itself.
    #[prop_or(true)]
    pub itself: bool,
}

/// The chain of causes of an entry, the nearest first.
#[component]
pub fn Why(props: &WhyProps) -> Html {
    let t = use_lang();
    let dispatch = use_dispatch();
    let chain = dispatch.with(|s| causes(s.entries(), props.id, MOST, &|node| s.node_name(node)));
    let near = chain.near.iter().skip(usize::from(!props.itself)).copied();
    let line = |id: EntryId| {
        dispatch
            .entry(id)
            .map(|entry| html! { <Line key={id} {id} {entry} why={false} stop={true} /> })
    };
    html! {
        <ol class="chain" aria-label={t.panels().causes}>
            { for near.filter_map(line) }
            if chain.skipped > 0 { <li class="gap">{ (t.panels().more_steps)(chain.skipped) }</li> }
            { for chain.root.and_then(line) }
        </ol>
    }
}
