//! Forms that add things. Each builds one command, shows it as the line it is, and applies it.

use super::Modal;
use crate::session::{Dispatch, Snapshot, line, use_dispatch, use_snapshot};
use crate::stage::free_name;
use crate::state::{UiAction, use_texts, use_ui};
use rebalance_core::command::{Command, ConsumerSpec, ProducerSpec, Setting};
use rebalance_core::config::Preset;
use rebalance_core::id::Name;
use rebalance_core::time::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// What was filled in, by field name.
type Values = Rc<BTreeMap<&'static str, String>>;

/// One field of a form.
#[derive(Clone, PartialEq)]
struct Field {
    name: &'static str,
    label: AttrValue,
    kind: FieldKind,
    wide: bool,
    hint: &'static str,
}

/// How a field is filled in.
#[derive(Clone, PartialEq)]
enum FieldKind {
    Text,
    Number(i64, i64),
    Choice(Vec<AttrValue>),
}

fn text(name: &'static str, label: impl Into<AttrValue>) -> Field {
    Field {
        name,
        label: label.into(),
        kind: FieldKind::Text,
        wide: false,
        hint: "",
    }
}

fn number(name: &'static str, label: impl Into<AttrValue>, min: i64, max: i64) -> Field {
    Field {
        kind: FieldKind::Number(min, max),
        ..text(name, label)
    }
}

fn choice<T: Into<AttrValue>>(
    name: &'static str,
    label: impl Into<AttrValue>,
    of: impl IntoIterator<Item = T>,
) -> Field {
    Field {
        kind: FieldKind::Choice(of.into_iter().map(Into::into).collect()),
        ..text(name, label)
    }
}

fn wide(field: Field, hint: &'static str) -> Field {
    Field {
        wide: true,
        hint,
        ..field
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    title: AttrValue,
    test: AttrValue,
    fields: Vec<Field>,
    values: Values,
    /// The command that these values stand for.
    make: Callback<Values, Option<Command>>,
    /// What applying it does; `None` applies it to the session.
    #[prop_or_default]
    submit: Option<Callback<Command>>,
}

/// A dialog with fields, the command as a line, and one button.
#[component]
fn Form(p: &FormProps) -> Html {
    let (t, ui, d) = (use_texts(), use_ui(), use_dispatch());
    let values = use_state(|| p.values.clone());
    let command = p.make.emit((*values).clone());
    let onsubmit = {
        let (command, submit) = (command.clone(), p.submit.clone());
        Callback::from(move |e: SubmitEvent| {
            e.prevent_default();
            if let Some(command) = command.clone() {
                match &submit {
                    Some(submit) => submit.emit(command),
                    None => d.click(command),
                }
                ui.dispatch(UiAction::CloseDialog);
            }
        })
    };
    let field = |(at, f): (usize, &Field)| {
        let oninput = {
            let (values, name) = (values.clone(), f.name);
            Callback::from(move |e: InputEvent| {
                let mut next = (**values).clone();
                next.insert(name, typed(&e));
                values.set(Rc::new(next));
            })
        };
        html! { <label class={classes!("field", f.wide.then_some("wide"))} key={f.name}><span>{ f.label.clone() }</span>
            { control(f, values.get(f.name).cloned().unwrap_or_default(), at == 0, oninput) }
            if !f.hint.is_empty() { <span class="hint">{ f.hint }</span> }
        </label> }
    };
    html! {
        <Modal title={p.title.clone()} test={p.test.clone()}>
            <form {onsubmit}>
                <div class="body">
                    <div class="fields">{ for p.fields.iter().enumerate().map(field) }</div>
                    <div class="preview" aria-live="polite">{ command.as_ref().map_or_else(|| t.dialogs.incomplete.to_owned(), line) }</div>
                </div>
                <div class="foot"><button class="btn primary" type="submit" disabled={command.is_none()} data-test="dialog-ok">{ t.dialogs.apply }</button></div>
            </form>
        </Modal>
    }
}

fn typed(e: &InputEvent) -> String {
    let target = e.target();
    let input = target
        .clone()
        .and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok())
        .map(|i| i.value());
    let select = target
        .and_then(|t| t.dyn_into::<web_sys::HtmlSelectElement>().ok())
        .map(|i| i.value());
    input.or(select).unwrap_or_default()
}

fn control(f: &Field, value: String, first: bool, oninput: Callback<InputEvent>) -> Html {
    let test = format!("field-{}", f.name);
    match &f.kind {
        FieldKind::Text => {
            html! { <input data-test={test} autofocus={first} type="text" autocomplete="off" spellcheck="false" maxlength="200" {value} {oninput} /> }
        }
        FieldKind::Number(min, max) => {
            html! { <input data-test={test} autofocus={first} type="number" min={min.to_string()} max={max.to_string()} {value} {oninput} /> }
        }
        FieldKind::Choice(of) => html! {
            <select data-test={test} autofocus={first} {oninput}>{ for of.iter().map(|o| html! { <option value={o.clone()} selected={**o == *value}>{ o.clone() }</option> }) }</select>
        },
    }
}

fn values<const N: usize>(of: [(&'static str, String); N]) -> Values {
    Rc::new(of.into_iter().collect())
}

fn name_of(v: &Values, field: &'static str) -> Option<Name> {
    let text = v.get(field)?.trim();
    let ok = !text.is_empty() && !text.contains(char::is_whitespace);
    ok.then(|| Name::from(text))
}

fn names_of(v: &Values, field: &'static str) -> Vec<Name> {
    let text = v.get(field).map(String::as_str).unwrap_or_default();
    text.split([',', ' ', '，'])
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(Name::from)
        .collect()
}

fn number_of<T: std::str::FromStr>(v: &Values, field: &'static str) -> Option<T> {
    v.get(field)?.trim().parse().ok()
}

/// The settings among these fields that differ from what the form began with.
fn settings(v: &Values, began: &Values, fields: &[&'static str]) -> Vec<Setting> {
    fields
        .iter()
        .filter(|f| v.get(**f) != began.get(**f))
        .filter_map(|f| Some((Name::from(*f), Name::from(v.get(f)?.trim()))))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn topic_names(s: &Snapshot) -> Vec<AttrValue> {
    s.view
        .topics
        .iter()
        .filter(|t| !t.internal)
        .map(|t| AttrValue::from(t.name.to_string()))
        .collect()
}

/// A new topic.
#[component]
pub fn AddTopic() -> Html {
    let (t, s) = (use_texts(), use_snapshot());
    let brokers = s.brokers.len().max(1);
    let taken = s.view.topics.iter().map(|t| &*t.name);
    let began = use_memo((), |()| {
        values([
            ("name", free_name("topic-", taken)),
            ("partitions", "3".into()),
            ("replication", brokers.min(3).to_string()),
            ("min.insync.replicas", brokers.min(2).to_string()),
            ("cleanup.policy", "delete".into()),
        ])
    });
    let fields = vec![
        text("name", t.dialogs.name),
        number("partitions", t.dialogs.partitions, 1, 300),
        number("replication", t.dialogs.replication, 1, brokers as i64),
        number(
            "min.insync.replicas",
            "min.insync.replicas",
            1,
            brokers as i64,
        ),
    ];
    let make = Callback::from(move |v: Values| {
        let mut settings = Vec::new();
        if let Some(min) = number_of::<u32>(&v, "min.insync.replicas").filter(|m| *m > 1) {
            settings.push((
                Name::from("min.insync.replicas"),
                Name::from(min.to_string()),
            ));
        }
        Some(Command::TopicCreate {
            name: name_of(&v, "name")?,
            partitions: Some(number_of(&v, "partitions")?),
            replication: Some(number_of(&v, "replication")?),
            assignment: Vec::new(),
            settings,
        })
    });
    html! { <Form title={t.dialogs.add_topic} test="add-topic-dialog" {fields} values={(*began).clone()} {make} /> }
}

/// A new producer.
#[component]
pub fn AddProducer() -> Html {
    let (t, s) = (use_texts(), use_snapshot());
    let topics = topic_names(&s);
    let began = use_memo((), |()| {
        values([
            ("name", free_name("p", s.producers.iter().map(|p| &*p.name))),
            (
                "topic",
                topics.first().map(ToString::to_string).unwrap_or_default(),
            ),
            ("rate", "2".into()),
            ("keys", "alice,bob,carol,dave".into()),
            ("acks", "all".into()),
            ("enable.idempotence", "true".into()),
            ("linger.ms", "5".into()),
        ])
    });
    let fields = vec![
        text("name", t.dialogs.name),
        choice("topic", t.dialogs.topic, topics),
        number("rate", t.dialogs.rate, 0, 1_000),
        choice("acks", "acks", ["0", "1", "all"]),
        wide(text("keys", t.dialogs.keys), t.dialogs.keys_hint),
        choice(
            "enable.idempotence",
            "enable.idempotence",
            ["true", "false"],
        ),
        number("linger.ms", "linger.ms", 0, 60_000),
    ];
    let first = (*began).clone();
    let make = Callback::from(move |v: Values| {
        let rate: f64 = number_of(&v, "rate")?;
        let spec = ProducerSpec {
            topic: Some(name_of(&v, "topic")?),
            rate_milli: Some((rate.max(0.0) * 1_000.0) as u64),
            keys: Some(names_of(&v, "keys")).filter(|k| !k.is_empty()),
            value_bytes: None,
        };
        let settings = settings(&v, &first, &["acks", "enable.idempotence", "linger.ms"]);
        Some(Command::ProducerAdd(name_of(&v, "name")?, spec, settings))
    });
    html! { <Form title={t.dialogs.add_producer} test="add-producer-dialog" {fields} values={(*began).clone()} {make} /> }
}

#[derive(Properties, PartialEq)]
pub struct AddConsumerProps {
    pub group: Option<Name>,
}

/// A new consumer, in this group or another.
#[component]
pub fn AddConsumer(p: &AddConsumerProps) -> Html {
    let (t, s) = (use_texts(), use_snapshot());
    let group = p
        .group
        .clone()
        .or_else(|| s.groups.first().map(|g| g.name.clone()));
    let like = s
        .groups
        .iter()
        .find(|g| Some(&g.name) == group.as_ref())
        .and_then(|g| g.consumers.first());
    let preset = [
        "range",
        "roundrobin",
        "sticky",
        "cooperative-sticky",
        "range,cooperative-sticky",
    ];
    let began = use_memo((), |()| {
        let topics = like.map_or_else(
            || {
                topic_names(&s)
                    .first()
                    .map(ToString::to_string)
                    .unwrap_or_default()
            },
            |c| c.topics.join(","),
        );
        values([
            (
                "name",
                free_name(
                    "c",
                    s.groups.iter().flat_map(|g| &g.consumers).map(|c| &*c.name),
                ),
            ),
            ("group", group.as_deref().unwrap_or("billing").to_owned()),
            ("topics", topics),
            (
                "process",
                like.map_or(0, |c| c.processing_us / 1_000).to_string(),
            ),
            (
                "partition.assignment.strategy",
                like.and_then(|c| c.configs.first())
                    .map_or(preset[4].to_owned(), |v| v.to_string()),
            ),
            ("auto.offset.reset", "latest".into()),
            ("enable.auto.commit", "true".into()),
            ("group.instance.id", String::new()),
        ])
    });
    let fields = vec![
        text("name", t.dialogs.name),
        text("group", t.dialogs.group),
        text("topics", t.dialogs.topics),
        number("process", t.dialogs.process, 0, 60_000),
        choice(
            "partition.assignment.strategy",
            "partition.assignment.strategy",
            preset,
        ),
        choice(
            "auto.offset.reset",
            "auto.offset.reset",
            ["latest", "earliest", "none"],
        ),
        choice(
            "enable.auto.commit",
            "enable.auto.commit",
            ["true", "false"],
        ),
        text("group.instance.id", "group.instance.id"),
    ];
    let make = Callback::from(move |v: Values| {
        let plain = values([
            (
                "partition.assignment.strategy",
                "range,cooperative-sticky".into(),
            ),
            ("auto.offset.reset", "latest".into()),
            ("enable.auto.commit", "true".into()),
        ]);
        let spec = ConsumerSpec {
            group: Some(name_of(&v, "group")?),
            topics: Some(names_of(&v, "topics")).filter(|t| !t.is_empty()),
            instance: name_of(&v, "group.instance.id"),
            processing: number_of(&v, "process")
                .filter(|ms| *ms > 0)
                .map(Duration::millis),
            commit: None,
        };
        spec.topics.as_ref()?;
        let settings = settings(
            &v,
            &plain,
            &[
                "partition.assignment.strategy",
                "auto.offset.reset",
                "enable.auto.commit",
            ],
        );
        Some(Command::ConsumerAdd(name_of(&v, "name")?, spec, settings))
    });
    html! { <Form title={t.dialogs.add_consumer} test="add-consumer-dialog" {fields} values={(*began).clone()} {make} /> }
}

#[derive(Properties, PartialEq)]
pub struct LinkFormProps {
    pub from: Option<Name>,
}

/// Cut, slow down or heal the link between two nodes.
#[component]
pub fn LinkForm(p: &LinkFormProps) -> Html {
    let (t, s, d) = (use_texts(), use_snapshot(), use_dispatch());
    let nodes = link_ends(&s, &d);
    let from = p
        .from
        .as_deref()
        .map_or_else(|| nodes[0].to_string(), str::to_owned);
    let began = use_memo((), |()| {
        let other = nodes
            .iter()
            .find(|n| ***n != *from)
            .map(ToString::to_string)
            .unwrap_or_default();
        values([
            ("a", from.clone()),
            ("b", other),
            ("do", "cut".into()),
            ("latency.ms", "500".into()),
        ])
    });
    let fields = vec![
        choice("a", t.dialogs.link_a, nodes.clone()),
        choice("b", t.dialogs.link_b, nodes),
        choice("do", t.dialogs.link_do, ["cut", "heal", "set"]),
        number("latency.ms", t.dialogs.latency, 0, 600_000),
    ];
    let make = Callback::from(move |v: Values| {
        let (a, b) = (name_of(&v, "a")?, name_of(&v, "b")?);
        if a == b {
            return None;
        }
        Some(match v.get("do").map(String::as_str) {
            Some("heal") => Command::LinkHeal(a, b),
            Some("set") => {
                let ms = number_of::<u32>(&v, "latency.ms")?.to_string();
                Command::LinkSet(a, b, vec![(Name::from("latency.ms"), Name::from(ms))])
            }
            _ => Command::LinkCut(a, b),
        })
    });
    html! { <Form title={t.dialogs.link} test="link-dialog" {fields} values={(*began).clone()} {make} /> }
}

/// Everything a link can end at, by the name commands use.
fn link_ends(s: &Snapshot, d: &Dispatch) -> Vec<AttrValue> {
    let brokers = s.brokers.iter().map(|b| b.id.0.to_string());
    let controllers = s.view.controllers.iter().map(|c| c.id.0.to_string());
    let clients = s
        .producers
        .iter()
        .map(|p| p.node)
        .chain(s.groups.iter().flat_map(|g| &g.consumers).map(|c| c.node));
    let clients = d.with(|session| {
        clients
            .map(|n| session.node_name(n).to_string())
            .collect::<Vec<_>>()
    });
    brokers
        .chain(controllers)
        .chain(clients)
        .map(AttrValue::from)
        .collect()
}

/// Begin again with an empty cluster.
#[component]
pub fn NewCluster() -> Html {
    let (t, d) = (use_texts(), use_dispatch());
    let began = use_memo((), |()| {
        values([
            ("brokers", "3".into()),
            ("controllers", "3".into()),
            ("seed", "42".into()),
            ("preset", "classroom".into()),
        ])
    });
    let fields = vec![
        number("brokers", t.dialogs.brokers, 1, 300),
        choice("controllers", t.dialogs.controllers, ["1", "3", "5"]),
        number("seed", t.dialogs.seed, 0, 999_999),
        choice("preset", t.dialogs.preset, ["classroom", "kafka"]),
    ];
    let make = Callback::from(move |v: Values| {
        let kafka = v.get("preset").is_some_and(|p| p == "kafka");
        Some(Command::ClusterCreate {
            brokers: number_of(&v, "brokers").filter(|n| (1..=300).contains(n))?,
            controllers: number_of(&v, "controllers")?,
            seed: number_of(&v, "seed")?,
            preset: if kafka {
                Preset::Kafka
            } else {
                Preset::Classroom
            },
            settings: Vec::new(),
        })
    });
    let submit = Callback::from(move |command: Command| {
        let _ = d.load(&[command, Command::Advance(Duration::secs(3))]);
        d.play(true);
    });
    html! { <Form title={t.dialogs.new_cluster} test="new-cluster-dialog" {fields} values={(*began).clone()} {make} {submit} /> }
}
