//! The form for a new consumer: its group, its topics and where it begins; everything else, other kinds of membership first of
//! all, is behind "more".

use super::form::{
    Field, Form, Values, cards, hinted, name_of, named, names_of, number, number_of, settings,
    text, values, wide,
};
use super::topic_names;
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::session::use_snapshot;
use crate::stage::free_name;
use crate::state::use_lang;
use rebalance_core::command::{AckBy, Command, CommitMode, ConsumerSpec, PartitionName};
use rebalance_core::config::{ConfigSet, ConsumerConfig};
use rebalance_core::id::Name;
use rebalance_core::time::Duration;
use rebalance_core::view::GroupView;

/// A member of a classic group.
const CLASSIC: &str = "classic";
/// A member of a group of the consumer protocol.
const CONSUMER: &str = "consumer";
/// A member of a share group.
const SHARE: &str = "share";
/// One that takes its partitions itself.
const ASSIGN: &str = "assign";

/// What a line need not say, because it is the default.
const PLAIN: [(&str, &str); 7] = [
    ("group.protocol", CLASSIC),
    ("group.remote.assignor", "none"),
    ("partition.assignment.strategy", "range,cooperative-sticky"),
    ("weighted.assignor.weight", "1"),
    ("auto.offset.reset", "latest"),
    ("enable.auto.commit", "true"),
    ("share.acknowledgement.mode", "implicit"),
];

/// Settings asked for of each kind.
fn asked(kind: &str) -> &'static [&'static str] {
    match kind {
        CLASSIC => &[
            "partition.assignment.strategy",
            "weighted.assignor.weight",
            "auto.offset.reset",
            "enable.auto.commit",
            "auto.commit.interval.ms",
            "max.poll.records",
            "max.poll.interval.ms",
            "session.timeout.ms",
            "heartbeat.interval.ms",
        ],
        CONSUMER => &[
            "group.protocol",
            "group.remote.assignor",
            "auto.offset.reset",
            "enable.auto.commit",
            "auto.commit.interval.ms",
            "max.poll.records",
            "max.poll.interval.ms",
        ],
        SHARE => &["share.acknowledgement.mode", "max.poll.records"],
        _ => &[
            "auto.offset.reset",
            "enable.auto.commit",
            "auto.commit.interval.ms",
            "max.poll.records",
        ],
    }
}

#[derive(Properties, PartialEq)]
pub struct AddConsumerProps {
    pub group: Option<Name>,
}

/// A new consumer, in this group or another.
#[component]
pub fn AddConsumer(p: &AddConsumerProps) -> Html {
    let (t, s) = (use_lang(), use_snapshot());
    let meant = |g: &&std::rc::Rc<GroupView>| p.group.as_ref() == Some(&g.name);
    let began = use_memo((), |()| {
        let taken = s.groups.iter().flat_map(|g| &g.consumers);
        let name = free_name("c", taken.map(|c| &*c.name));
        let first = topic_names(&s).first().map(ToString::to_string);
        let group = s.groups.iter().find(meant).map(|g| &**g);
        let new = new_group(|name| s.groups.iter().any(|g| *g.name == *name));
        let wanted = p.group.as_deref().unwrap_or(&new);
        began(name, group, wanted, first.unwrap_or_default())
    });
    let make = Callback::from(|v: Values| command(&v));
    html! { <Form title={t.dialogs().add_consumer} test="add-consumer-dialog" fields={fields(t)} values={(*began).clone()} {make} /> }
}

/// A name that no group has yet.
fn new_group(taken: impl Fn(&str) -> bool) -> String {
    // In this order, so that a group stands below the ones before it.
    let few = ["billing", "mail", "stock", "watch"];
    let free = few.into_iter().find(|name| !taken(name));
    free.map_or_else(|| free_name("group", std::iter::empty()), str::to_owned)
}

/// What the form begins with: a first consumer of a new group, or another one like the first of this group.
fn began(name: String, group: Option<&GroupView>, wanted: &str, topic: String) -> Values {
    let like = group.and_then(|g| g.consumers.first());
    let kind = match group {
        Some(g) if g.share.is_some() => SHARE,
        Some(g) if g.counts_epochs() => CONSUMER,
        _ => CLASSIC,
    };
    let topics = like.map_or(topic.clone(), |c| c.topics.join(","));
    let process = like.map_or(0, |c| c.processing_us / 1_000).to_string();
    let shares = group.filter(|_| kind == SHARE);
    let mut all = values([
        ("name", name),
        ("kind", kind.into()),
        (
            "share-group",
            shares.map_or("workers", |g| &g.name).to_owned(),
        ),
        ("group", group.map_or(wanted, |g| &g.name).to_owned()),
        ("topics", topics),
        (
            "assign",
            if topic.is_empty() {
                topic
            } else {
                format!("{topic}-0")
            },
        ),
        ("process", process),
        ("commit", "after".into()),
        ("ack", "accept".into()),
    ]);
    let map = std::rc::Rc::make_mut(&mut all);
    map.extend(PLAIN.map(|(k, v)| (k, v.to_owned())));
    let strategy = like.filter(|_| kind == CLASSIC);
    if let Some(v) = strategy.and_then(|c| {
        let at = ConsumerConfig::index_of("partition.assignment.strategy");
        c.configs.get(at.ok()?)
    }) {
        map.insert("partition.assignment.strategy", v.to_string());
    }
    all
}

/// Simple first: what a kind cannot do without.
fn fields(t: Lang) -> Vec<Field> {
    let d = t.dialogs();
    let commits: &[&str] = &[CLASSIC, CONSUMER, ASSIGN];
    let own =
        |name: &'static str, min, max| hinted(number(name, name, min, max), d.as_default).more();
    let strategy = named(
        "partition.assignment.strategy",
        d.assignor,
        [
            ("range,cooperative-sticky", d.assignor_default),
            ("range", "range"),
            ("roundrobin", "roundrobin"),
            ("sticky", "sticky"),
            ("cooperative-sticky", "cooperative-sticky"),
            ("weighted-roundrobin", d.custom),
        ],
    );
    vec![
        hinted(text("group", d.group), d.group_hint).only("kind", &[CLASSIC, CONSUMER]),
        text("share-group", d.group).only("kind", &[SHARE]),
        wide(text("assign", d.assign), d.assign_hint).only("kind", &[ASSIGN]),
        text("commits-to", d.commits_to).only("kind", &[ASSIGN]),
        text("name", d.name),
        wide(text("topics", d.topics), d.topics_hint).only("kind", &[CLASSIC, CONSUMER]),
        text("topics", d.topics).only("kind", &[SHARE]),
        cards(
            "auto.offset.reset",
            d.no_offset,
            [
                ("latest", d.from_end, d.from_end_why),
                ("earliest", d.from_start, d.from_start_why),
            ],
        )
        .only("kind", commits),
        cards(
            "kind",
            d.kind,
            [
                (CLASSIC, d.classic, d.classic_why),
                (CONSUMER, d.consumer, d.consumer_why),
                (SHARE, d.shares, d.shares_why),
                (ASSIGN, d.by_hand, d.by_hand_why),
            ],
        )
        .more(),
        wide(strategy, "").only("kind", &[CLASSIC]).more(),
        named(
            "group.remote.assignor",
            d.server_assignor,
            [
                ("none", d.server_default),
                ("uniform", "uniform"),
                ("range", "range"),
            ],
        )
        .only("kind", &[CONSUMER])
        .more(),
        number("weighted.assignor.weight", d.weight, 1, 1_000)
            .only("kind", &[CLASSIC])
            .only("partition.assignment.strategy", &["weighted-roundrobin"])
            .more(),
        named(
            "share.acknowledgement.mode",
            d.acknowledges,
            [("implicit", d.ack_implicit), ("explicit", d.ack_explicit)],
        )
        .only("kind", &[SHARE])
        .more(),
        named(
            "ack",
            d.ack_what,
            [
                ("accept", d.ack_accept),
                ("release", d.ack_release),
                ("reject", d.ack_reject),
                ("hand", d.ack_hand),
            ],
        )
        .only("kind", &[SHARE])
        .only("share.acknowledgement.mode", &["explicit"])
        .more(),
        number("process", d.process, 0, 60_000).more(),
        wide(text("group.instance.id", d.instance), d.instance_hint)
            .only("kind", &[CLASSIC, CONSUMER])
            .more(),
        named(
            "enable.auto.commit",
            d.commits,
            [("true", d.commits_auto), ("false", d.commits_self)],
        )
        .only("kind", commits)
        .more(),
        named(
            "commit",
            d.commit_when,
            [
                ("after", d.commit_after),
                ("before", d.commit_before),
                ("async", d.commit_async),
                ("never", d.commit_never),
            ],
        )
        .only("kind", commits)
        .only("enable.auto.commit", &["false"])
        .more(),
        own("auto.commit.interval.ms", 0, 3_600_000)
            .only("kind", commits)
            .only("enable.auto.commit", &["true"]),
        own("max.poll.records", 1, 10_000),
        own("max.poll.interval.ms", 1, 3_600_000).only("kind", &[CLASSIC, CONSUMER]),
        own("session.timeout.ms", 1, 3_600_000).only("kind", &[CLASSIC]),
        own("heartbeat.interval.ms", 1, 3_600_000).only("kind", &[CLASSIC]),
    ]
}

/// The command; `None` while something is missing.
fn command(v: &Values) -> Option<Command> {
    let get = |field: &str| v.get(field).map(String::as_str).unwrap_or_default();
    let kind = get("kind");
    let mut all = (**v).clone();
    if kind == CONSUMER {
        all.insert("group.protocol", CONSUMER.into());
    }
    if get("partition.assignment.strategy") != "weighted-roundrobin" {
        all.insert("weighted.assignor.weight", String::new());
    }
    let settings = settings(
        &std::rc::Rc::new(all),
        &values(PLAIN.map(|(k, v)| (k, v.to_owned()))),
        asked(kind),
    );
    let topics = names_of(v, "topics");
    let mut spec = ConsumerSpec {
        processing: number_of(v, "process")
            .filter(|ms| *ms > 0)
            .map(Duration::millis),
        ..ConsumerSpec::default()
    };
    match kind {
        ASSIGN => {
            spec.group = name_of(v, "commits-to");
            spec.assign = Some(partitions(get("assign"))?);
        }
        SHARE => {
            spec.share_group = Some(name_of(v, "share-group")?);
            let by = match get("ack") {
                "release" => Some(AckBy::Release),
                "reject" => Some(AckBy::Reject),
                "hand" => Some(AckBy::Hand),
                _ => None,
            };
            spec.ack = by.filter(|_| get("share.acknowledgement.mode") == "explicit");
        }
        _ => {
            spec.group = Some(name_of(v, "group")?);
            spec.instance = name_of(v, "group.instance.id");
        }
    }
    if kind != ASSIGN {
        spec.topics = Some(topics).filter(|t| !t.is_empty());
        spec.topics.as_ref()?;
    }
    if kind != SHARE && get("enable.auto.commit") == "false" {
        spec.commit = match get("commit") {
            "before" => Some(CommitMode::Before),
            "never" => Some(CommitMode::Never),
            "async" => Some(CommitMode::Async),
            _ => None,
        };
    }
    Some(Command::ConsumerAdd(name_of(v, "name")?, spec, settings))
}

/// `orders-0,orders-1`; `None` unless each is a partition.
fn partitions(text: &str) -> Option<Vec<PartitionName>> {
    let one = |word: &str| {
        let (topic, partition) = word.rsplit_once('-')?;
        Some(PartitionName {
            topic: Some(topic).filter(|t| !t.is_empty())?.into(),
            partition: partition.parse().ok().filter(|p| *p >= 0)?,
        })
    };
    let words = text.split([',', ' ', '，']).filter(|w| !w.is_empty());
    let all: Option<Vec<PartitionName>> = words.map(one).collect();
    all.filter(|a| !a.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::line;

    fn written(changes: &[(&'static str, &str)]) -> Option<String> {
        let mut all = began("c1".into(), None, "billing", "orders".into());
        let map = std::rc::Rc::make_mut(&mut all);
        map.extend(changes.iter().map(|(k, v)| (*k, (*v).to_owned())));
        let command = command(&all)?;
        let text = line(&command);
        assert_eq!(text.parse::<Command>().ok(), Some(command), "{text}");
        Some(text)
    }

    #[test]
    fn every_kind_of_consumer_is_a_line() {
        let is = |changes: &[(&'static str, &str)], line: &str| {
            assert_eq!(written(changes).as_deref(), Some(line));
        };
        is(&[], "consumer add c1 group=billing topics=orders");
        is(
            &[("kind", CONSUMER), ("group.remote.assignor", "range")],
            "consumer add c1 group=billing topics=orders group.protocol=consumer group.remote.assignor=range",
        );
        is(
            &[
                ("partition.assignment.strategy", "weighted-roundrobin"),
                ("weighted.assignor.weight", "3"),
            ],
            "consumer add c1 group=billing topics=orders partition.assignment.strategy=weighted-roundrobin weighted.assignor.weight=3",
        );
        is(
            &[("topics", "/orders-.*/"), ("group.instance.id", "till-1")],
            "consumer add c1 group=billing topics=\"/orders-.*/\" group.instance.id=till-1",
        );
        is(
            &[
                ("kind", SHARE),
                ("share.acknowledgement.mode", "explicit"),
                ("ack", "hand"),
            ],
            "consumer add c1 share-group=workers topics=orders ack=hand share.acknowledgement.mode=explicit",
        );
        is(
            &[
                ("kind", ASSIGN),
                ("assign", "orders-0, orders-2"),
                ("enable.auto.commit", "false"),
                ("commit", "before"),
            ],
            "consumer add c1 assign=orders-0,orders-2 commit=before enable.auto.commit=false",
        );
    }

    #[test]
    fn what_is_incomplete_is_no_command() {
        for changes in [[("topics", " ")], [("name", "")], [("group", "two words")]] {
            assert_eq!(written(&changes), None);
        }
        assert_eq!(written(&[("kind", ASSIGN), ("assign", "orders")]), None);
    }

    #[test]
    fn what_belongs_to_another_kind_is_left_out() {
        let share = written(&[
            ("kind", SHARE),
            ("auto.offset.reset", "earliest"),
            ("session.timeout.ms", "9000"),
            ("commit", "never"),
        ]);
        assert_eq!(
            share.as_deref(),
            Some("consumer add c1 share-group=workers topics=orders")
        );
    }
}
