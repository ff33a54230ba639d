//! Producers and consumers.

use super::parts::{Act, Field, Head, Row, Section, State, To, parsed, quoted};
use super::settings::Settings;
use crate::dom::page::*;
use crate::i18n::errors;
use crate::panels::book::Question;
use crate::session::{use_dispatch, use_snapshot};
use crate::state::{Item, use_lang, use_prefs};
use rebalance_core::command::{Command, PartitionName, rate_text};
use rebalance_core::config::{ConfigSet, ConsumerConfig, ProducerConfig};
use rebalance_core::id::{Name, TopicPartition};
use rebalance_core::view::{ConsumerView, GroupView, OwnedPartition, ProcessState, ProducerView};
use std::rc::Rc;
use web_sys::HtmlInputElement;

/// Properties of [`Producer`].
#[derive(Properties, PartialEq)]
pub struct ProducerProps {
    /// The producer.
    pub producer: Rc<ProducerView>,
}

/// Properties of [`Life`].
#[derive(Properties, PartialEq)]
struct LifeProps {
    name: Name,
    state: ProcessState,
}

/// Stop, crash, freeze, start, remove: whatever makes sense now.
#[component]
fn Life(props: &LifeProps) -> Html {
    let t = use_lang().panels();
    let name = || props.name.clone();
    let down = matches!(props.state, ProcessState::Crashed | ProcessState::Stopped);
    html! {
        <div class="actions">
            if down {
                <Act command={Command::ClientStart(name())} text={t.start} />
            } else {
                <Act command={Command::ClientStop(name())} text={t.close_politely} />
                if props.state == ProcessState::Frozen {
                    <Act command={Command::ClientThaw(name())} text={t.thaw} />
                } else {
                    <Act command={Command::ClientFreeze(name())} text={t.freeze} />
                }
                <Act command={Command::ClientCrash(name())} text={t.crash} danger={true} />
            }
            <Act command={Command::ClientRemove(name())} text={t.remove} danger={true} />
        </div>
    }
}

/// A partition's name.
#[hook]
fn use_partition_names() -> impl Fn(TopicPartition) -> String {
    let dispatch = use_dispatch();
    move |tp: TopicPartition| {
        dispatch.with(|s| format!("{}-{}", s.topic_name(tp.topic), tp.partition))
    }
}

/// A producer.
#[component]
pub fn Producer(props: &ProducerProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let named = use_partition_names();
    let p = &props.producer;
    let name = p.name.clone();
    let line = move |key: &'static str| {
        let name = name.clone();
        Callback::from(move |v: String| {
            parsed(
                lang,
                &format!("producer set {} {key}={}", quoted(&name), quoted_list(&v)),
            )
        })
    };
    let set = {
        let name = p.name.clone();
        Callback::from(move |setting| {
            Command::ProducerSet(name.clone(), Default::default(), vec![setting])
        })
    };
    let keys: Vec<&str> = p.keys.iter().map(|k| &**k).collect();
    let flights: Vec<String> = p
        .in_flight
        .iter()
        .map(|(b, n)| format!("{} {b}: {n}", t.broker))
        .collect();
    let batches: Vec<String> = p
        .batches
        .iter()
        .map(|(tp, n, bytes)| format!("{}: {n} ({bytes} B)", named(*tp)))
        .collect();
    let ack = p
        .last_ack
        .map(|(tp, offset, us)| format!("{} @ {offset} · {} ms", named(tp), us / 1_000));
    let idempotent = p.producer_id.0 >= 0;
    html! {
        <>
            <Head kind={t.producer} name={p.name.to_string()}><State state={p.state} /></Head>
            <Life name={p.name.clone()} state={p.state} />
            <Section title={t.send_record}><Send name={p.name.clone()} /></Section>
            <dl>
                <Row name={t.state} why={Some(Question::Process(p.node))}><State state={p.state} /></Row>
                <Row name={t.topic}><To item={Item::Topic(p.topic.clone())} text={p.topic.to_string()} /></Row>
                <Row name={t.producer_id} title={Some(t.producer_why)}><code>{ if idempotent { format!("{} / {}", p.producer_id.0, p.producer_id.1) } else { "–".to_string() } }</code></Row>
                <Row name={t.batches} title={Some(t.batches_why)}><code>{ or_dash(&batches) }</code></Row>
                <Row name={t.in_flight} title={Some(t.in_flight_why)}><code>{ or_dash(&flights) }</code></Row>
                <Row name={t.acked}><code>{ p.acked }</code></Row>
                <Row name={t.failed}><code>{ p.failed }</code></Row>
                <Row name={t.last_ack}><code>{ ack.unwrap_or_else(|| "–".to_string()) }</code></Row>
                if let Some((tp, error)) = &p.last_error {
                    <Row name={t.last_error} why={Some(Question::Trouble(p.node))}><code class="error-name">{ &**error }</code>{ tp.map(|tp| format!(" · {}", named(tp))) }
                        <Meaning error={error.clone()} /></Row>
                }
            </dl>
            <Section title={t.change} open={false}>
                <Field name={t.rate} value={rate_text(p.rate_milli)} text={t.apply} make={line("rate")} />
                <Field name={t.keys} value={keys.join(",")} placeholder={t.keys_none} text={t.apply} make={line("keys")} />
                <Field name={t.topic} value={p.topic.to_string()} text={t.apply} make={line("topic")} />
            </Section>
            <Settings title={t.configuration} defs={ProducerConfig::DEFS} values={p.configs.clone()} {set} open={true} />
        </>
    }
}

/// Items of a list are quoted one by one, so that the commas between them stay.
fn quoted_list(text: &str) -> String {
    let items: Vec<String> = text
        .split(',')
        .map(|item| item.trim())
        .filter(|i| !i.is_empty())
        .map(quoted)
        .collect();
    items.join(",")
}

fn or_dash(items: &[String]) -> String {
    if items.is_empty() {
        "–".to_string()
    } else {
        items.join(" · ")
    }
}

/// Properties of [`Meaning`].
#[derive(Properties, PartialEq)]
struct MeaningProps {
    error: Name,
}

/// What an error means, if it is known here.
#[component]
fn Meaning(props: &MeaningProps) -> Html {
    let lang = use_prefs().lang;
    match errors::meaning(lang, &props.error) {
        Some(text) => html! { <p class="quiet meaning">{ text }</p> },
        None => html! {},
    }
}

/// Properties of [`Send`].
#[derive(Properties, PartialEq)]
struct SendProps {
    name: Name,
}

/// A record by hand: key, value, partition, how many; empty fields are left out.
#[component]
fn Send(props: &SendProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let fields = [
        use_node_ref(),
        use_node_ref(),
        use_node_ref(),
        use_node_ref(),
    ];
    let wrong = use_state(|| None::<String>);
    let names = ["key", "value", "partition", "count"];
    let labels = [t.key, t.value, t.partition, t.how_many];
    let onsubmit = {
        let (fields, wrong, name) = (fields.clone(), wrong.clone(), props.name.clone());
        move |e: SubmitEvent| {
            e.prevent_default();
            let mut line = format!("producer send {}", quoted(&name));
            for (field, key) in fields.iter().zip(names) {
                let text = field
                    .cast::<HtmlInputElement>()
                    .map(|f| f.value())
                    .unwrap_or_default();
                if !text.is_empty() {
                    line.push_str(&format!(" {key}={}", quoted(&text)));
                }
            }
            match parsed(lang, &line) {
                Ok(command) => {
                    wrong.set(None);
                    dispatch.click(command);
                }
                Err(error) => wrong.set(Some(error)),
            }
        }
    };
    let placeholders = [t.no_key, t.made_up, t.by_key, "1"];
    let field = |i: usize| {
        html! {
            <label key={i}><span class="quiet">{ labels[i] }</span>
                <input ref={fields[i].clone()} type="text" placeholder={placeholders[i]} autocomplete="off" spellcheck="false" data-test={format!("send-{}", names[i])} /></label>
        }
    };
    html! {
        <form class="send" {onsubmit}>
            { for (0..fields.len()).map(field) }
            <button class="btn small primary" data-test="send">{ t.send }</button>
            if let Some(wrong) = &*wrong { <p class="bad" role="alert">{ wrong }</p> }
        </form>
    }
}

/// Properties of [`Consumer`].
#[derive(Properties, PartialEq)]
pub struct ConsumerProps {
    /// Its group.
    pub group: Rc<GroupView>,
    /// The consumer.
    pub consumer: ConsumerView,
}

/// A consumer.
#[component]
pub fn Consumer(props: &ConsumerProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let now = use_snapshot().view.now;
    let named = use_partition_names();
    let c = &props.consumer;
    let topics: Vec<&str> = c.topics.iter().map(|topic| &**topic).collect();
    let line = {
        let name = c.name.clone();
        move |key: &'static str| {
            let name = name.clone();
            Callback::from(move |v: String| {
                parsed(
                    lang,
                    &format!("consumer set {} {key}={}", quoted(&name), quoted_list(&v)),
                )
            })
        }
    };
    let set = {
        let name = c.name.clone();
        Callback::from(move |setting| {
            Command::ConsumerSet(name.clone(), Default::default(), vec![setting])
        })
    };
    let ms = c.processing_us / 1_000;
    let (count, count_why) = if props.group.counts_epochs() {
        (t.member_epoch, t.member_epoch_why)
    } else {
        (t.generation, t.generation_why)
    };
    html! {
        <>
            <Head kind={t.consumer} name={c.name.to_string()}>
                <State state={c.state} />
                if c.is_leader { <span class="chip accent" title={t.group_leader_why}>{ t.group_leader }</span> }
            </Head>
            <Life name={c.name.clone()} state={c.state} />
            <dl>
                <Row name={t.state} why={Some(Question::Process(c.node))}><State state={c.state} /></Row>
                <Row name={t.group}><To item={Item::Group(c.group.clone())} text={c.group.to_string()} /></Row>
                <Row name={t.topics}><code>{ topics.join(", ") }</code></Row>
                <Row name={t.member_id} title={Some(t.member_id_why)}><code class="breakable">{ dash(&c.member_id) }</code></Row>
                if let Some(instance) = &c.instance { <Row name="group.instance.id"><code>{ &**instance }</code></Row> }
                <Row name={count} title={Some(count_why)}><code>{ c.generation }</code></Row>
                if let Some(since) = c.paused_since { <Row name={t.paused} title={Some(t.paused_why)}>{ (t.since_ms)(now.since(since).as_millis()) }</Row> }
                if let Some(ends) = c.session_ends { <Row name={t.session_ends} title={Some(t.session_ends_why)}>{ (t.in_ms)(ends.since(now).as_millis()) }</Row> }
                if let Some((tp, offset)) = c.processing { <Row name={t.processing}><code>{ format!("{} @ {offset}", named(tp)) }</code></Row> }
                <Row name={t.delivered}><code>{ c.delivered }</code></Row>
                if let Some(error) = &c.last_error {
                    <Row name={t.last_error} why={Some(Question::Trouble(c.node))}><code class="error-name">{ &**error }</code><Meaning error={error.clone()} /></Row>
                }
            </dl>
            <Section title={t.partitions} count={c.partitions.len()}>
                if c.partitions.is_empty() { <Row name={t.idle} why={Some(Question::Assignment(c.node))}>{ t.idle_why }</Row> }
                { for c.partitions.iter().map(|p| html! { <Owned key={format!("{}-{}", p.topic, p.tp.partition)} consumer={c.clone()} partition={p.clone()} /> }) }
            </Section>
            <Section title={t.change} open={false}>
                <Field name={t.time_per_record} value={format!("{ms}ms")} text={t.apply} make={line("process")} />
                <Field name={t.topics} value={topics.join(",")} text={t.apply} make={line("topics")} />
                <div class="actions"><Act command={Command::ConsumerCommit(c.name.clone())} text={t.commit_now} /></div>
            </Section>
            <Settings title={t.configuration} defs={ConsumerConfig::DEFS} values={c.configs.clone()} {set} open={true} />
        </>
    }
}

fn dash(text: &str) -> String {
    if text.is_empty() {
        "–".to_string()
    } else {
        text.to_string()
    }
}

/// Properties of [`Owned`].
#[derive(Properties, PartialEq)]
struct OwnedProps {
    consumer: ConsumerView,
    partition: OwnedPartition,
}

/// A partition in a consumer's hands.
#[component]
fn Owned(props: &OwnedProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let (c, p) = (&props.consumer, &props.partition);
    let name = format!("{}-{}", p.topic, p.tp.partition);
    let partition = || PartitionName {
        topic: p.topic.clone(),
        partition: p.tp.partition,
    };
    let make = {
        let (consumer, name) = (c.name.clone(), name.clone());
        Callback::from(move |to: String| {
            parsed(
                lang,
                &format!(
                    "consumer seek {} {} to={}",
                    quoted(&consumer),
                    quoted(&name),
                    quoted(&to)
                ),
            )
        })
    };
    let offset = |o: i64| {
        if o < 0 {
            "–".to_string()
        } else {
            o.to_string()
        }
    };
    html! {
        <details class={classes!("partition", format!("part-{}", p.tp.partition.rem_euclid(8)))}>
            <summary><span class="swatch" aria-hidden="true"></span><code>{ name }</code><span class="quiet">{ format!(" {} {}", t.lag, p.lag) }</span></summary>
            <dl>
                <Row name={t.owned} why={Some(Question::Assignment(c.node))}>{ t.yes }</Row>
                <Row name={t.position} title={Some(t.position_why)} why={Some(Question::Position(c.node, p.tp))}><code>{ offset(p.position) }</code></Row>
                <Row name={t.processed}><code>{ offset(p.processed) }</code></Row>
                <Row name={t.committed} title={Some(t.committed_why)} why={Some(Question::Committed(c.group.clone(), p.tp))}><code>{ offset(p.committed) }</code></Row>
                <Row name={t.high_watermark} title={Some(t.high_watermark_why)}><code>{ offset(p.high_watermark) }</code></Row>
                <Row name={t.lag} title={Some(t.lag_why)}><code>{ p.lag }</code></Row>
            </dl>
            <Field name={t.seek_to} value="earliest" text="seek()" {make} />
            <div class="actions">
                <Act command={Command::ConsumerPause(c.name.clone(), partition(), true)} text="pause()" />
                <Act command={Command::ConsumerPause(c.name.clone(), partition(), false)} text="resume()" />
            </div>
        </details>
    }
}
