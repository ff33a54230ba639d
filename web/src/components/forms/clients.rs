//! The form for a new producer.

use super::form::{
    Form, Values, choice, milli_of, name_of, names_of, number, settings, text, values, wide,
};
use super::topic_names;
use crate::dom::page::*;
use crate::session::use_snapshot;
use crate::stage::free_name;
use crate::state::use_lang;
use rebalance_core::command::{Command, ProducerSpec};

/// A new producer.
#[component]
pub fn AddProducer() -> Html {
    let (t, s) = (use_lang(), use_snapshot());
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
        text("name", t.dialogs().name),
        choice("topic", t.dialogs().topic, topics),
        text("rate", t.dialogs().rate),
        choice("acks", "acks", ["0", "1", "all"]),
        wide(text("keys", t.dialogs().keys), t.dialogs().keys_hint),
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
    html! { <Form title={t.dialogs().add_producer} test="add-producer-dialog" {fields} values={(*began).clone()} {make} /> }
}
