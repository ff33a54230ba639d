//! `kafka-topics` (`org.apache.kafka.tools.TopicCommand`).

use super::{Planned, Scene, topic_filter};
use crate::options::{Tool, flag, number, text};
use crate::plan::{Failure, Plan, Said, Wait};
use crate::print::{self, ids, uuid};
use crate::tool::configs::{KNOWN_TOPIC_CONFIGS, refuse_config};
use rebalance_core::command::{Command, MAX_PARTITIONS, Setting};
use rebalance_core::config::{ConfigSet, TopicConfig};
use rebalance_core::id::{BrokerId, Name};
use rebalance_core::protocol::{ApiKey, ErrorCode};
use rebalance_core::view::{PartitionView, TopicView, View};

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-topics",
    about: "This tool helps to create, delete, describe, or change a topic.",
    options: &[
        text(
            "delete-config",
            "String: name",
            "Not modelled here: kafka-configs --alter --topic orders --delete-config name",
        ),
        flag("list", "List all available topics."),
        flag("create", "Create a new topic."),
        flag("delete", "Delete a topic."),
        flag("alter", "Alter the number of partitions."),
        flag("describe", "List details for the given topics."),
        text(
            "topic",
            "String: topic",
            "The topic; except with --create, a regular expression or a list.",
        ),
        text(
            "config",
            "String: name=value",
            "A topic configuration override, with --create. May stand several times.",
        ),
        number(
            "partitions",
            "Integer: # of partitions",
            "The number of partitions of the topic being created or altered.",
        ),
        number(
            "replication-factor",
            "Integer: replication factor",
            "The replication factor of the topic being created.",
        ),
        text(
            "replica-assignment",
            "String: 1:2:3,2:3:1",
            "Brokers of each partition of the topic being created.",
        ),
        flag(
            "under-replicated-partitions",
            "With --describe: only partitions whose ISR is smaller than their replicas.",
        ),
        flag(
            "unavailable-partitions",
            "With --describe: only partitions whose leader is not available.",
        ),
        flag(
            "under-min-isr-partitions",
            "With --describe: only partitions with fewer in sync than min.insync.replicas.",
        ),
        flag(
            "at-min-isr-partitions",
            "With --describe: only partitions with just min.insync.replicas in sync.",
        ),
        flag(
            "topics-with-overrides",
            "With --describe: only topics that have overridden configs.",
        ),
        flag(
            "if-exists",
            "With --alter, --delete, --describe: do nothing when there is no such topic.",
        ),
        flag(
            "if-not-exists",
            "With --create: do nothing when the topic exists.",
        ),
        text(
            "topic-id",
            "String: topic-id",
            "With --describe: the topic of this id.",
        ),
        number("partition-size-limit-per-response", "Integer", ""),
        flag(
            "exclude-internal",
            "With --list and --describe: leave internal topics out.",
        ),
    ],
};

const ACTIONS: [&str; 5] = ["alter", "create", "describe", "list", "delete"];

/// In Kafka's words: every failure of the tool begins so.
fn error(message: impl AsRef<str>) -> Failure {
    Failure::new(format!(
        "Error while executing topic command : {}",
        message.as_ref()
    ))
}

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let given: Vec<&str> = ACTIONS.into_iter().filter(|a| options.has(a)).collect();
    let [action] = given.as_slice() else {
        return Err(options.usage(
            "Command must include exactly one action: --list, --describe, --create, --alter or --delete",
        ));
    };
    check(scene, action)?;
    match *action {
        "create" => create(scene),
        "alter" => alter(scene),
        "delete" => delete(scene),
        "list" => list(scene),
        _ => describe(scene),
    }
}

fn check(scene: &Scene<'_>, action: &str) -> Result<(), Failure> {
    let options = &scene.options;
    if !options.has("bootstrap-server") {
        return Err(Failure::new("--bootstrap-server must be specified")
            .hint("any broker's address will do: --bootstrap-server localhost:9092"));
    }
    if !matches!(action, "list" | "describe") {
        options.require(&["topic"])?;
    }
    if action == "alter" {
        options.require(&["partitions"])?;
    }
    let only = |name: &str, with: &[&str]| {
        let others: Vec<&str> = ACTIONS.into_iter().filter(|a| !with.contains(a)).collect();
        options.forbid(name, &others)
    };
    only("config", &["create"])
        .map_err(|f| f.hint("to change a topic: kafka-configs --alter --entity-type topics"))?;
    only("partitions", &["create", "alter"])?;
    only("replication-factor", &["create"])
        .map_err(|f| f.hint("the number of replicas is fixed when a topic is created"))?;
    only("replica-assignment", &["create", "alter"])?;
    if action == "create" {
        options.forbid("replica-assignment", &["partitions", "replication-factor"])?;
    }
    for report in REPORTS {
        only(report, &["describe"])?;
        options.forbid(report, &["topics-with-overrides"])?;
    }
    only("topics-with-overrides", &["describe"])?;
    only("if-exists", &["alter", "delete", "describe"])?;
    only("if-not-exists", &["create"])?;
    only("exclude-internal", &["list", "describe"])
}

/// The topics named by `--topic`, or all.
fn selected(scene: &Scene<'_>) -> Result<Vec<Name>, Failure> {
    let hidden = scene.options.has("exclude-internal");
    let shown = |n: &Name| !hidden || print::topic(&scene.view, n).is_none_or(|t| !t.internal);
    let names = print::topic_names(&scene.view).into_iter().filter(shown);
    if let Some(wanted) = scene.options.value("topic-id") {
        let has =
            |n: &Name| print::topic(&scene.view, n).is_some_and(|t| id(&scene.view, t) == wanted);
        return Ok(names.filter(has).collect());
    }
    let Some(filter) = scene.options.value("topic") else {
        return Ok(names.collect());
    };
    let pattern = topic_filter(filter)?;
    Ok(names.filter(|n| pattern.matches(n)).collect())
}

/// The topics named, of which there must be one unless `--if-exists`.
fn existing(scene: &Scene<'_>) -> Result<Vec<Name>, Failure> {
    let found = selected(scene)?;
    if let Some(wanted) = scene.options.value("topic-id").filter(|_| found.is_empty()) {
        return Err(error(format!(
            "TopicId '{wanted}' does not exist as expected"
        )));
    }
    match scene.options.value("topic") {
        Some(topic) if found.is_empty() && !scene.options.has("if-exists") => {
            let names = selected_names(&scene.view);
            Err(error(format!("Topic '{topic}' does not exist as expected")).hint(names))
        }
        _ => Ok(found),
    }
}

fn selected_names(view: &View) -> String {
    let names = view.topics.iter().filter(|t| !t.internal).map(|t| &*t.name);
    match names.collect::<Vec<_>>().as_slice() {
        [] => "there is no topic yet".into(),
        names => format!("there is {}", names.join(", ")),
    }
}

fn list(scene: &Scene<'_>) -> Planned {
    let names = selected(scene)?;
    Ok(Plan::say(Said {
        out: format!("{}\n", names.join("\n")),
        hints: Vec::new(),
    }))
}

// Create.

/// What Kafka has against a name (`Topic.validate`).
pub(crate) fn name_fault(name: &str) -> Option<String> {
    let fine = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    let fault = if name.is_empty() {
        "the empty string is not allowed".to_string()
    } else if name == "." || name == ".." {
        format!("'{name}' is not allowed")
    } else if name.len() > 249 {
        format!("the length of '{name}' is longer than the max allowed length 249")
    } else if !name.bytes().all(fine) {
        format!(
            "'{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        )
    } else {
        return None;
    };
    Some(format!("Topic name is invalid: {fault}"))
}

fn create(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let name = options.value("topic").unwrap_or_default();
    let mut said = Said::default();
    if name.contains(['.', '_']) {
        said.out += "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could \
                     collide. To avoid issues it is best to use either, but not both.\n";
    }
    let (settings, hints) = settings(options.values("config"))?;
    said.hints = hints;
    let replication = options.number("replication-factor");
    if replication.is_some_and(|r| !(1..=i64::from(i16::MAX)).contains(&r)) {
        return Err(error(
            "The replication factor must be between 1 and 32767 inclusive",
        ));
    }
    let partitions = options.number("partitions");
    if partitions.is_some_and(|p| p < 1) {
        return Err(error("The partitions must be greater than 0"));
    }
    let assignment = assignment(options.value("replica-assignment"))?;
    if let Some(fault) = name_fault(name) {
        return Err(error(fault));
    }
    if partitions.is_some_and(|p| p > MAX_PARTITIONS) {
        return Ok(Plan::say(
            said.hint(format!("at most {MAX_PARTITIONS} partitions here")),
        ));
    }
    if let Some(failure) = refused_at_once(scene, replication) {
        return Err(failure);
    }
    let command = Command::TopicCreate {
        name: name.into(),
        partitions: partitions.and_then(|p| i32::try_from(p).ok()),
        replication: replication.and_then(|r| i16::try_from(r).ok()),
        assignment,
        settings,
    };
    let (quiet, factor) = (options.has("if-not-exists"), replication.unwrap_or(1));
    let brokers = scene.view.brokers.len();
    let wait = Wait::admin(ApiKey::CreateTopics, vec![name.into()], move |found| {
        let (name, code) = &found[0];
        match code {
            ErrorCode::None => Said::line(format!("Created topic {name}.")),
            ErrorCode::TopicAlreadyExists if quiet => Said::default(),
            code => *error(create_fault(*code, name, factor, brokers)).0,
        }
    });
    Ok(Plan {
        said,
        ..Plan::act(vec![command], wait)
    })
}

/// More replicas than the language of commands has: the controller would refuse, and so does this.
fn refused_at_once(scene: &Scene<'_>, replication: Option<i64>) -> Option<Failure> {
    let brokers = scene.view.brokers.len();
    let factor = replication.filter(|r| *r > 300)?;
    Some(error(create_fault(
        ErrorCode::InvalidReplicationFactor,
        "",
        factor,
        brokers,
    )))
}

fn create_fault(code: ErrorCode, name: &str, factor: i64, brokers: usize) -> String {
    match code {
        ErrorCode::TopicAlreadyExists => format!("Topic '{name}' already exists."),
        ErrorCode::InvalidReplicationFactor if factor > brokers as i64 => format!(
            "Unable to replicate the partition {factor} time(s): The target replication factor of {factor} cannot be reached \
             because only {brokers} broker(s) are registered."
        ),
        ErrorCode::InvalidReplicationFactor => {
            format!("Unable to replicate the partition {factor} time(s): All brokers are currently fenced.")
        }
        ErrorCode::InvalidReplicaAssignment => {
            "The manual partition assignment includes a broker that is not registered, or that stands in it twice.".into()
        }
        ErrorCode::RequestTimedOut => "Timed out waiting for a node assignment. Call: createTopics".into(),
        other => other.name().into(),
    }
}

/// `name=value` as settings of the simulation; what Kafka has and the simulation has not is left out, and said.
fn settings(given: &[String]) -> Result<(Vec<Setting>, Vec<String>), Failure> {
    let (mut settings, mut hints) = (Vec::new(), Vec::new());
    for pair in given {
        let split: Vec<&str> = pair.split('=').map(str::trim).collect();
        let [name, value] = split.as_slice() else {
            return Err(error(
                "requirement failed: Invalid topic config: all configs to be added must be in the format \"key=val\".",
            ));
        };
        match TopicConfig::index_of(name) {
            Ok(index) => {
                let def = &TopicConfig::DEFS[index];
                def.parse(value).map_err(|_| {
                    error(refuse_config(def, value)).hint(format!("{name}: {}", def.expected()))
                })?;
                settings.push(((*name).into(), (*value).into()));
            }
            Err(_) if KNOWN_TOPIC_CONFIGS.contains(name) => {
                hints.push(format!(
                    "{name} is a setting of Kafka that this simulation does not have; left out"
                ));
            }
            Err(wrong) => {
                let failure = error(format!("Unknown topic config name: {name}"));
                return Err(failure.hint(wrong.to_string()));
            }
        }
    }
    Ok((settings, hints))
}

fn assignment(given: Option<&str>) -> Result<Vec<Vec<BrokerId>>, Failure> {
    let mut lists: Vec<Vec<BrokerId>> = Vec::new();
    for list in given.into_iter().flat_map(|g| g.split(',')) {
        let mut brokers = Vec::new();
        for id in list.split(':').map(str::trim) {
            let number = id
                .parse()
                .map_err(|_| error(format!("For input string: \"{id}\"")))?;
            if brokers.contains(&BrokerId(number)) {
                return Err(error(format!(
                    "Partition replica lists may not contain duplicate entries: {number}"
                )));
            }
            brokers.push(BrokerId(number));
        }
        if lists
            .first()
            .is_some_and(|first| first.len() != brokers.len())
        {
            let at = lists.len();
            let list = ids(&brokers).replace(',', ", ");
            return Err(error(format!(
                "Partition {at} has different replication factor: [{list}]"
            )));
        }
        lists.push(brokers);
    }
    Ok(lists)
}

// Alter and delete.

fn alter(scene: &Scene<'_>) -> Planned {
    if scene.options.has("replica-assignment") {
        return Err(Failure::new(
            "--replica-assignment with --alter is not part of this simulation",
        )
        .hint("without it the controller places the new partitions"));
    }
    let topics = existing(scene)?;
    let Some(count) = scene
        .options
        .number("partitions")
        .and_then(|p| i32::try_from(p).ok())
    else {
        return Ok(Plan::default());
    };
    // The tool asks for all topics at once and shows the first refusal; what the controller would refuse is known.
    let counts: Vec<(Name, i32)> = topics
        .iter()
        .filter_map(|n| {
            Some((
                n.clone(),
                print::topic(&scene.view, n)?.partitions.len() as i32,
            ))
        })
        .collect();
    if count < 1 {
        let (name, now) = counts.first().cloned().unwrap_or_else(|| ("".into(), 0));
        return Err(error(fewer(&name, now, count)));
    }
    let commands: Vec<Command> = topics
        .iter()
        .map(|n| Command::TopicPartitions(n.clone(), count))
        .collect();
    if commands.is_empty() {
        return Ok(Plan::default());
    }
    let wait = Wait::admin(ApiKey::CreatePartitions, topics, move |found| {
        let Some((name, code)) = found.iter().find(|(_, code)| !code.is_ok()) else {
            return Said::default();
        };
        let now = counts
            .iter()
            .find(|(n, _)| n == name)
            .map_or(0, |(_, c)| *c);
        *error(match code {
            ErrorCode::InvalidPartitions => fewer(name, now, count),
            ErrorCode::InvalidReplicationFactor => "All brokers are currently fenced.".into(),
            ErrorCode::UnknownTopicOrPartition => {
                "This server does not host this topic-partition.".into()
            }
            other => other.name().into(),
        })
        .0
    });
    Ok(Plan::act(commands, wait))
}

fn fewer(name: &str, now: i32, count: i32) -> String {
    match now == count {
        true => format!("Topic already has {now} partition(s)."),
        false => format!(
            "The topic {name} currently has {now} partition(s); {count} would not be an increase."
        ),
    }
}

fn delete(scene: &Scene<'_>) -> Planned {
    let topics = existing(scene)?;
    if topics.is_empty() {
        return Ok(Plan::default());
    }
    let commands = topics
        .iter()
        .map(|n| Command::TopicDelete(n.clone()))
        .collect();
    let wait = Wait::admin(ApiKey::DeleteTopics, topics, |found| {
        match found.iter().find(|(_, code)| !code.is_ok()) {
            None => Said::default(),
            Some((_, ErrorCode::UnknownTopicOrPartition)) => {
                *error("This server does not host this topic-partition.").0
            }
            Some((_, other)) => *error(other.name()).0,
        }
    });
    Ok(Plan::act(commands, wait))
}

// Describe.

const REPORTS: [&str; 4] = [
    "under-replicated-partitions",
    "unavailable-partitions",
    "under-min-isr-partitions",
    "at-min-isr-partitions",
];

fn describe(scene: &Scene<'_>) -> Planned {
    let mut out = String::new();
    for name in existing(scene)? {
        if let Some(topic) = print::topic(&scene.view, &name) {
            out += &describe_topic(scene, topic);
        }
    }
    Ok(Plan::say(Said {
        out,
        hints: Vec::new(),
    }))
}

fn describe_topic(scene: &Scene<'_>, topic: &TopicView) -> String {
    let (options, view) = (&scene.options, &scene.view);
    let reports: Vec<&str> = REPORTS.into_iter().filter(|r| options.has(r)).collect();
    let overrides = options.has("topics-with-overrides");
    let mut out = String::new();
    if reports.is_empty() && !(overrides && topic.configs.is_empty()) {
        out += &headline(view, topic);
    }
    if overrides {
        return out;
    }
    for p in &topic.partitions {
        if reports.is_empty() || reports.iter().any(|r| reported(view, topic, p, r)) {
            out += &partition_line(&topic.name, p);
        }
    }
    out
}

fn reported(view: &View, topic: &TopicView, p: &PartitionView, report: &str) -> bool {
    let own = topic
        .configs
        .iter()
        .find(|(n, _)| *n == "min.insync.replicas");
    let least: usize = own.and_then(|(_, v)| v.parse().ok()).unwrap_or(1);
    match report {
        "under-replicated-partitions" => p.is_under_replicated(),
        "unavailable-partitions" => p.leader.is_none_or(|l| !print::live(view).any(|b| b == l)),
        "under-min-isr-partitions" => p.leader.is_none() || p.isr.len() < least,
        _ => p.isr.len() == least,
    }
}

/// The topic's id as Kafka writes it.
fn id(view: &View, topic: &TopicView) -> String {
    uuid(
        view.seed,
        topic
            .partitions
            .first()
            .map_or(0, |p| u64::from(p.tp.topic.0)),
    )
}

/// The first line of a topic; tabs between the columns.
pub(crate) fn headline(view: &View, topic: &TopicView) -> String {
    let configs: Vec<String> = topic
        .configs
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    let first = topic.partitions.first();
    format!(
        "Topic: {}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}\n",
        topic.name,
        id(view, topic),
        topic.partitions.len(),
        first.map_or(0, PartitionView::replication_factor),
        configs.join(",")
    )
}

fn partition_line(name: &str, p: &PartitionView) -> String {
    let moves = match p.is_moving() {
        true => format!(
            "\tAdding Replicas: {}\tRemoving Replicas: {}",
            ids(&p.adding),
            ids(&p.removing)
        ),
        false => String::new(),
    };
    format!(
        "\tTopic: {name}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}{moves}\tElr: {}\tLastKnownElr: \n",
        p.tp.partition,
        p.leader
            .map_or_else(|| "none".to_string(), |l| l.to_string()),
        ids(&p.replicas),
        ids(&p.isr),
        ids(&p.elr)
    )
}
