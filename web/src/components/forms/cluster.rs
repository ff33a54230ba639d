//! Forms for a new topic, a link, and another cluster.

use super::form::{Form, Values, choice, name_of, number, number_of, text, values};
use crate::dom::page::*;
use crate::session::{Dispatch, Snapshot, use_dispatch, use_snapshot};
use crate::stage::free_name;
use crate::state::use_lang;
use rebalance_core::command::Command;
use rebalance_core::config::Preset;
use rebalance_core::id::Name;
use rebalance_core::time::Duration;

/// A new topic.
#[component]
pub fn AddTopic() -> Html {
    let (t, s) = (use_lang(), use_snapshot());
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
        text("name", t.dialogs().name),
        number("partitions", t.dialogs().partitions, 1, 300),
        number("replication", t.dialogs().replication, 1, brokers as i64),
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
    html! { <Form title={t.dialogs().add_topic} test="add-topic-dialog" {fields} values={(*began).clone()} {make} /> }
}

#[derive(Properties, PartialEq)]
pub struct LinkFormProps {
    pub from: Option<Name>,
}

/// Cut, slow down or heal the link between two nodes.
#[component]
pub fn LinkForm(p: &LinkFormProps) -> Html {
    let (t, s, d) = (use_lang(), use_snapshot(), use_dispatch());
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
        choice("a", t.dialogs().link_a, nodes.clone()),
        choice("b", t.dialogs().link_b, nodes),
        choice("do", t.dialogs().link_do, ["cut", "heal", "set"]),
        number("latency.ms", t.dialogs().latency, 0, 600_000),
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
    html! { <Form title={t.dialogs().link} test="link-dialog" {fields} values={(*began).clone()} {make} /> }
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
    let (t, d) = (use_lang(), use_dispatch());
    let began = use_memo((), |()| {
        values([
            ("brokers", "3".into()),
            ("controllers", "3".into()),
            ("seed", "42".into()),
            ("preset", "classroom".into()),
        ])
    });
    let fields = vec![
        number("brokers", t.dialogs().brokers, 1, 300),
        choice("controllers", t.dialogs().controllers, ["1", "3", "5"]),
        number("seed", t.dialogs().seed, 0, 999_999),
        choice("preset", t.dialogs().preset, ["classroom", "kafka"]),
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
    html! { <Form title={t.dialogs().new_cluster} test="new-cluster-dialog" {fields} values={(*began).clone()} {make} {submit} /> }
}
