//! Forms for a new producer and a new consumer.

use super::form::{
    Form, Values, choice, milli_of, name_of, names_of, number, number_of, settings, text, values,
    wide,
};
use super::topic_names;
use crate::dom::page::*;
use crate::session::use_snapshot;
use crate::stage::free_name;
use crate::state::use_texts;
use rebalance_core::command::{Command, ConsumerSpec, ProducerSpec};
use rebalance_core::id::Name;
use rebalance_core::time::Duration;

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
        text("rate", t.dialogs.rate),
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
        let spec = ProducerSpec {
            topic: Some(name_of(&v, "topic")?),
            rate_milli: Some(milli_of(&v, "rate")?),
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
            assign: None,
            instance: name_of(&v, "group.instance.id"),
            processing: number_of(&v, "process")
                .filter(|ms| *ms > 0)
                .map(Duration::millis),
            ..ConsumerSpec::default()
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
