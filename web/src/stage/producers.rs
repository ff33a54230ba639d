//! A producer's card: what it sends, what it is filling, what is on its way, and the last word it got back.

use super::words::{is_up, key_class, state_words};
use super::{anchor, part_class};
use crate::components::{Button, Icon, Menu};
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::session::{Dispatch, use_dispatch};
use crate::state::{Item, UiAction, use_lang, use_ui};
use rebalance_core::command::{Command, ProducerSpec};
use rebalance_core::config::{ConfigSet, ProducerConfig};
use rebalance_core::id::Name;
use rebalance_core::view::{ProcessState, ProducerView};
use std::rc::Rc;

/// One producer.
#[derive(Properties, PartialEq)]
pub struct ProducerProps {
    /// Its state.
    pub producer: Rc<ProducerView>,
    /// Keys with colours of their own.
    pub keys: Rc<Vec<Name>>,
}

/// One of its settings as text.
fn setting<'a>(p: &'a ProducerView, name: &str) -> &'a str {
    let at = ProducerConfig::index_of(name).unwrap_or(usize::MAX);
    p.configs.get(at).map_or("", |v| v)
}

/// See [`ProducerProps`].
#[component]
pub fn Producer(props: &ProducerProps) -> Html {
    let (t, d, ui) = (use_lang(), use_dispatch(), use_ui());
    let p = &*props.producer;
    let item = Item::Producer(p.name.clone());
    let selected = ui.selected.as_ref() == Some(&item);
    let pick = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(UiAction::Select(Some(item.clone())))
    };
    let up = is_up(p.state);
    html! {
        <article class={classes!("card", "producer", selected.then_some("selected"), (!up).then_some("down"))} data-test={format!("producer-{}", p.name)} data-anchor={anchor(p.node)}>
            <div class="card-head">
                <h3><button class="name" onclick={pick}>{ &*p.name }</button></h3>
                <span class="chip accent" title={t.stage().acks_why}>{ format!("acks={}", setting(p, "acks")) }</span>
                { state(p, t) }
                <div class="actions">{ menu(p, t, &d) }</div>
            </div>
            <p class="sub">{ t.stage().topic }{ " " }<span class="mono">{ &*p.topic }</span>
                if setting(p, "enable.idempotence") == "true" { { " · " }{ t.stage().idempotent } }
            </p>
            { keys(p, &props.keys, t) }
            { batch(p, t) }
            { in_flight(p, t) }
            { last(p, t, &d) }
            { foot(p, t, &d) }
        </article>
    }
}

fn state(p: &ProducerView, t: Lang) -> Html {
    if p.state == ProcessState::Running {
        return match &p.last_error {
            Some(_) => {
                html! { <span class="chip warn">{ Icon::Warn.html() }{ t.stage().retrying }</span> }
            }
            None => html! {},
        };
    }
    let (class, icon, word) = state_words(p.state, t);
    html! { <span class={classes!("chip", class)}>{ icon.html() }{ word }</span> }
}

fn keys(p: &ProducerView, keys: &[Name], t: Lang) -> Html {
    if p.keys.is_empty() {
        return html! { <p class="sub">{ t.stage().no_key }</p> };
    }
    html! {
        <div class="keyrow">
            <>{ for p.keys.iter().take(8).map(|k| html! { <span class={classes!("key", key_class(Some(k), keys))} key={k.to_string()} title={k.to_string()}>{ &**k }</span> }) }</>
            if p.keys.len() > 8 { <span class="sub">{ format!("+{}", p.keys.len() - 8) }</span> }
        </div>
    }
}

/// The batches being filled: how full the fullest is.
fn batch(p: &ProducerView, t: Lang) -> Html {
    let size: u64 = setting(p, "batch.size").parse().unwrap_or(16_384).max(1);
    let fullest = p.batches.iter().map(|b| u64::from(b.2)).max().unwrap_or(0);
    let records: u32 = p.batches.iter().map(|b| b.1).sum();
    let percent = (fullest * 100 / size).min(100);
    html! {
        <div class="meter" title={(t.stage().batch_why)(size)}><span>{ t.stage().batch }</span>
            <span class="bar"><i style={format!("width:{percent}%")} /></span><span class="v">{ records }</span>
        </div>
    }
}

fn in_flight(p: &ProducerView, t: Lang) -> Html {
    let limit: u32 = setting(p, "max.in.flight.requests.per.connection")
        .parse()
        .unwrap_or(5)
        .max(1);
    let most = p.in_flight.iter().map(|f| f.1).max().unwrap_or(0);
    let percent = (most * 100 / limit).min(100);
    html! {
        <div class="meter" title={t.stage().in_flight_why}><span>{ t.stage().in_flight }</span>
            <span class="bar"><i style={format!("width:{percent}%")} /></span><span class="v">{ format!("{most}/{limit}") }</span>
        </div>
    }
}

/// The last acknowledgement or error.
fn last(p: &ProducerView, t: Lang, d: &Dispatch) -> Html {
    let name = |tp: rebalance_core::id::TopicPartition| {
        format!("{}-{}", d.with(|s| s.topic_name(tp.topic)), tp.partition)
    };
    match (&p.last_error, p.last_ack) {
        (Some((tp, error)), _) => {
            let on = tp.map(name).map(|n| format!("{n}: ")).unwrap_or_default();
            html! { <p class="last warn" data-test={format!("producer-{}-error", p.name)}>{ Icon::Reset.html() }{ " " }<span class="mono">{ on }{ &**error }</span></p> }
        }
        (None, Some((tp, offset, micros))) => html! {
            <p class="last ok"><span class={classes!(part_class(tp))}>{ Icon::Tick.html() }</span>{ " " }<span class="mono">{ format!("{} @ {offset}", name(tp)) }</span>{ format!(" · {} ms", micros / 1_000) }</p>
        },
        (None, None) => html! { <p class="last quiet">{ t.stage().nothing_yet }</p> },
    }
}

/// Send one; slower; faster.
fn foot(p: &ProducerView, t: Lang, d: &Dispatch) -> Html {
    let name = p.name.clone();
    if !is_up(p.state) {
        let onclick = {
            let d = d.clone();
            Callback::from(move |()| d.click(Command::ClientStart(name.clone())))
        };
        return html! { <div class="foot"><Button label={t.stage().start} icon={Icon::Play} class="small" test={format!("producer-{}-start", p.name)} {onclick} /></div> };
    }
    let rate = |milli: u64| {
        let (d, name) = (d.clone(), name.clone());
        let spec = ProducerSpec {
            rate_milli: Some(milli),
            ..ProducerSpec::default()
        };
        Callback::from(move |()| {
            d.click(Command::ProducerSet(name.clone(), spec.clone(), Vec::new()))
        })
    };
    let send = {
        let (d, p) = (d.clone(), p.clone());
        Callback::from(move |()| d.click(send_one(&p)))
    };
    html! {
        <div class="foot">
            <Button label={t.stage().send} icon={Icon::Send} class="small" title={t.stage().send_why} test={format!("producer-{name}-send")} onclick={send} />
            <span class="grow" />
            <span class="stepper" role="group" aria-label={t.stage().rate}>
                <Button label={t.stage().slower} icon={Icon::Minus} only=true class="small" disabled={p.rate_milli == 0} onclick={rate(slower(p.rate_milli))} />
                <span class="v" title={t.stage().rate}>{ rate_text(p.rate_milli, t) }</span>
                <Button label={t.stage().faster} icon={Icon::Plus} only=true class="small" test={format!("producer-{name}-faster")} onclick={rate(faster(p.rate_milli))} />
            </span>
        </div>
    }
}

/// One record by hand, with the next of the producer's keys.
pub fn send_one(p: &ProducerView) -> Command {
    let key = if p.keys.is_empty() {
        None
    } else {
        p.keys.get(p.acked as usize % p.keys.len()).cloned()
    };
    Command::ProducerSend {
        name: p.name.clone(),
        topic: None,
        key,
        value: None,
        tombstone: false,
        partition: None,
        count: 1,
    }
}

const RATES: [u64; 11] = [
    0, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000,
];

fn slower(milli: u64) -> u64 {
    RATES
        .iter()
        .rev()
        .copied()
        .find(|r| *r < milli)
        .unwrap_or(0)
}

fn faster(milli: u64) -> u64 {
    RATES.iter().copied().find(|r| *r > milli).unwrap_or(milli)
}

fn rate_text(milli: u64, t: Lang) -> String {
    match milli {
        0 => t.stage().by_hand.to_owned(),
        m if m % 1_000 == 0 => format!("{}/s", m / 1_000),
        m => format!("{}.{}/s", m / 1_000, m / 100 % 10),
    }
}

/// Less frequent actions.
fn menu(p: &ProducerView, t: Lang, d: &Dispatch) -> Html {
    let item = |label: &'static str,
                icon: Icon,
                class: &'static str,
                test: &str,
                command: fn(Name) -> Command| {
        let (d, name) = (d.clone(), p.name.clone());
        let onclick = Callback::from(move |()| d.click(command(name.clone())));
        html! { <Button {label} {icon} {class} test={format!("producer-{}-{test}", p.name)} {onclick} /> }
    };
    let s = t.stage();
    html! {
        <Menu label={format!("{}: {}", s.more, p.name)} test={format!("producer-{}-menu", p.name)}>
            if is_up(p.state) {
                { item(s.stop, Icon::Square, "", "stop", Command::ClientStop) }
                if p.state == ProcessState::Frozen { { item(s.thaw, Icon::Play, "", "thaw", Command::ClientThaw) } }
                else { { item(s.freeze, Icon::Frozen, "", "freeze", Command::ClientFreeze) } }
                { item(s.crash, Icon::Bolt, "danger", "crash", Command::ClientCrash) }
            }
            { item(s.remove, Icon::Cross, "danger", "remove", Command::ClientRemove) }
        </Menu>
    }
}
