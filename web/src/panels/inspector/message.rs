//! Links between nodes, and single entries of the journal (a message in flight, or anything that happened).

use super::parts::{Act, Field, Head, Row, parsed, quoted};
use crate::dom::page::*;
use crate::i18n::errors;
use crate::panels::book::{Question, said};
use crate::panels::words::{Why, Words, node_item};
use crate::session::{use_dispatch, use_snapshot};
use crate::state::{use_lang, use_prefs};
use rebalance_core::command::Command;
use rebalance_core::event::{Direction, EntryId, Event};
use rebalance_core::id::{Name, NodeId};
use rebalance_core::view::LinkView;

/// Properties of [`Link`].
#[derive(Properties, PartialEq)]
pub struct LinkProps {
    /// One end.
    pub a: Name,
    /// The other.
    pub b: Name,
}

/// A link.
#[component]
pub fn Link(props: &LinkProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let s = use_snapshot();
    let (a, b) = (props.a.clone(), props.b.clone());
    let ends = |link: &LinkView| {
        let (x, y) = dispatch.with(|s| (s.node_name(link.a), s.node_name(link.b)));
        (x == a && y == b) || (x == b && y == a)
    };
    let own = s.view.links.iter().find(|l| ends(l));
    let cut = own.is_some_and(|l| l.cut);
    let make = |key: &'static str| {
        let (a, b) = (a.clone(), b.clone());
        Callback::from(move |v: String| {
            parsed(
                lang,
                &format!(
                    "link set {} {} {key}={}",
                    quoted(&a),
                    quoted(&b),
                    quoted(&v)
                ),
            )
        })
    };
    let why = own.map(|l| Question::Link(l.a, l.b));
    html! {
        <>
            <Head kind={t.link} name={format!("{a} – {b}")}>
                if cut { <span class="chip bad">{ t.cut }</span> } else { <span class="chip ok">{ t.whole }</span> }
            </Head>
            <div class="actions">
                if !cut { <Act command={Command::LinkCut(a.clone(), b.clone())} text={t.cut_link} danger={true} /> }
                if own.is_some() { <Act command={Command::LinkHeal(a.clone(), b.clone())} text={t.heal_link} /> }
            </div>
            <dl><Row name={t.state} {why}>{ if cut { t.cut_why } else if own.is_some() { t.own_settings } else { t.like_all_links } }</Row></dl>
            <Field name="latency.ms" value={own.map(|l| l.latency_ms.to_string()).unwrap_or_default()} text={t.apply} make={make("latency.ms")} />
            <Field name="loss.permille" value={own.map(|l| l.loss_per_mille.to_string()).unwrap_or_default()} text={t.apply} make={make("loss.permille")} />
        </>
    }
}

/// Properties of [`Message`].
#[derive(Properties, PartialEq)]
pub struct MessageProps {
    /// The entry.
    pub id: EntryId,
}

/// One entry of the journal, with its fields and causes.
#[component]
pub fn Message(props: &MessageProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let Some((entry, sentence)) = said(&dispatch, lang, props.id) else {
        return html! { <><Head kind={t.gone} name={format!("#{}", props.id)} /><p class="quiet">{ t.gone_why }</p></> };
    };
    let at = entry.at;
    let seek = {
        let dispatch = dispatch.clone();
        move |_: MouseEvent| dispatch.seek(at)
    };
    let fields = match &entry.event {
        Event::Sent {
            to,
            api,
            direction,
            correlation,
            error,
            due,
            ..
        } => html! {
            <>
                <Row name={t.from}><Node node={entry.node} /></Row>
                <Row name={t.to}><Node node={Some(*to)} /></Row>
                <Row name="API"><code>{ api.name() }</code>{ " " }{ if *direction == Direction::Request { t.request } else { t.response } }</Row>
                <Row name="correlation id" title={Some(t.correlation_why)}><code>{ *correlation }</code></Row>
                if !error.is_ok() {
                    <Row name={t.error}><code class="error-name">{ format!("{} ({})", error.name(), error.code()) }</code>
                        <p class="quiet meaning">{ errors::meaning(lang, error.name()).unwrap_or_default() }</p></Row>
                }
                <Row name={t.arrives}><code>{ due.to_string() }</code><span class="quiet">{ format!(" (+{} ms)", due.since(at).as_millis()) }</span></Row>
                { for dispatch.with(|s| s.message_fields(props.id)).unwrap_or_default().into_iter().map(field) }
            </>
        },
        _ => html! { <Row name={t.happened_on}><Node node={entry.node} /></Row> },
    };
    html! {
        <>
            <Head kind={t.entry} name={format!("#{}", props.id)} />
            <p class="sentence"><Words {sentence} /></p>
            <dl>
                <Row name={t.when}><code>{ at.to_string() }</code>{ " " }<button type="button" class="link" onclick={seek}>{ t.go_to_moment }</button></Row>
                { fields }
            </dl>
            <h3>{ t.causes }</h3>
            if entry.cause.is_some() { <Why id={props.id} itself={false} /> } else { <p class="quiet">{ t.no_cause }</p> }
        </>
    }
}

/// A field of a message, under Kafka's name.
fn field((name, value): rebalance_core::session::Field) -> Html {
    html! { <Row key={name} {name}><code class="breakable">{ value }</code></Row> }
}

/// Properties of [`Node`].
#[derive(Properties, PartialEq)]
struct NodeProps {
    node: Option<NodeId>,
}

/// A node as a link.
#[component]
fn Node(props: &NodeProps) -> Html {
    let t = use_lang().panels();
    let dispatch = use_dispatch();
    let s = use_snapshot();
    let Some(node) = props.node else {
        return html! { { t.you } };
    };
    let name = dispatch.with(|s| s.node_name(node)).to_string();
    let name = match node {
        NodeId::Broker(_) => format!("{} {name}", t.broker),
        NodeId::Controller(_) => format!("{} {name}", t.controller),
        _ => name,
    };
    match node_item(node, &s) {
        Some(item) => html! { <super::parts::To {item} text={name} /> },
        None => html! { <code>{ name }</code> },
    }
}
