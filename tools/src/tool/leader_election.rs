//! `kafka-leader-election` (`LeaderElectionCommand`).

use super::{Planned, Scene};
use crate::json::Json;
use crate::options::{Tool, flag, number, text};
use crate::plan::{Failure, Plan, Said, Wait};
use crate::print;
use rebalance_core::command::{Command, PartitionName};
use rebalance_core::id::Name;
use rebalance_core::protocol::{ApiKey, ElectionType, ErrorCode};
use rebalance_core::view::PartitionView;

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-leader-election",
    about: "This tool attempts to elect a new leader for a set of topic partitions. The type of elections supported are \
            preferred replicas and unclean replicas.",
    options: &[
        text(
            "election-type",
            "election type",
            "REQUIRED: preferred or unclean.",
        ),
        text(
            "topic",
            "String: topic name",
            "The topic; with --partition.",
        ),
        number(
            "partition",
            "Integer: partition id",
            "The partition; REQUIRED with --topic.",
        ),
        flag(
            "all-topic-partitions",
            "Every partition that the election applies to.",
        ),
        text(
            "path-to-json-file",
            "String: JSON",
            "The partitions, in place of a file: {\"partitions\":[{\"topic\":\"orders\",\"partition\":0}]}, or /dev/stdin.",
        ),
        text("admin.config", "String: config file", ""),
    ],
};

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let missing: Vec<&str> = ["bootstrap-server", "election-type"]
        .into_iter()
        .filter(|n| !options.has(n))
        .collect();
    if !missing.is_empty() {
        return Err(Failure::new(format!(
            "Missing required option(s): {}",
            missing.join(", ")
        ))
        .hint("--bootstrap-server localhost:9092 --election-type preferred"));
    }
    let scopes = ["topic", "all-topic-partitions", "path-to-json-file"];
    if scopes.iter().filter(|s| options.has(s)).count() != 1 {
        return Err(Failure::new(format!(
            "One and only one of the following options is required: {}",
            scopes.join(", ")
        )));
    }
    if options.has("topic") && !options.has("partition") {
        return Err(Failure::new("Missing required option(s): partition")
            .hint("--topic orders --partition 0"));
    }
    if !options.has("topic") && options.has("partition") {
        return Err(Failure::new(
            "Option partition is only allowed if topic is used",
        ));
    }
    let kind = election_type(options.value("election-type").unwrap_or_default())?;
    match options.value("topic") {
        Some(topic) => elect_one(scene, kind, topic),
        None if options.has("path-to-json-file") => elect_listed(scene, kind),
        None => elect_all(scene, kind),
    }
}

/// `parseReplicaElectionData`
fn elect_listed(scene: &Scene<'_>, kind: ElectionType) -> Planned {
    let text = super::file(scene, "path-to-json-file")?;
    let read = || -> Result<Vec<PartitionName>, String> {
        let json = Json::parse(&text)?;
        let missing = || "Replica election data is missing \"partitions\" field".to_string();
        let listed = json.maybe("partitions")?.ok_or_else(missing)?.list()?;
        let one = |p: &Json| {
            Ok(PartitionName {
                topic: p.field("topic")?.text()?.into(),
                partition: p.field("partition")?.int()?,
            })
        };
        listed.iter().map(one).collect()
    };
    let example = r#"{"partitions":[{"topic":"orders","partition":0}]}"#;
    let listed = read().map_err(|why| Failure::new(why).hint(format!("such as {example}")))?;
    for (at, tp) in listed.iter().enumerate() {
        if listed[..at].contains(tp) {
            return Err(Failure::new(format!(
                "Replica election data contains duplicate partitions: {tp}"
            )));
        }
    }
    let there = |tp: &PartitionName| print::partition(&scene.view, &tp.topic, tp.partition);
    match listed.iter().find(|tp| there(tp).is_none()) {
        Some(unknown) => Err(unknown_partition(
            scene,
            kind,
            &unknown.topic,
            unknown.partition,
        )),
        None => Ok(elect(kind, listed, true)),
    }
}

fn unknown_partition(scene: &Scene<'_>, kind: ElectionType, topic: &str, number: i32) -> Failure {
    let what = match print::topic(&scene.view, topic) {
        None => format!("No such topic as {topic}"),
        Some(_) => format!("No such partition as {topic}-{number}"),
    };
    Failure::new(format!(
        "Error completing leader election ({}) for partition: {topic}-{number}: \
         org.apache.kafka.common.errors.UnknownTopicOrPartitionException: {what}\n1 replica(s) could not be elected",
        name_of(kind)
    ))
}

fn election_type(text: &str) -> Result<ElectionType, Failure> {
    match text.to_ascii_lowercase().as_str() {
        "preferred" => Ok(ElectionType::Preferred),
        "unclean" => Ok(ElectionType::Unclean),
        _ => Err(Failure::new(format!(
            "Cannot parse argument '{text}' of option election-type"
        ))
        .hint("what would work: preferred, unclean")),
    }
}

fn name_of(kind: ElectionType) -> &'static str {
    match kind {
        ElectionType::Preferred => "PREFERRED",
        ElectionType::Unclean => "UNCLEAN",
    }
}

fn elect_one(scene: &Scene<'_>, kind: ElectionType, topic: &str) -> Planned {
    let number = scene
        .options
        .number("partition")
        .and_then(|n| i32::try_from(n).ok())
        .unwrap_or(-1);
    if print::partition(&scene.view, topic, number).is_none() {
        return Err(unknown_partition(scene, kind, topic, number));
    }
    Ok(elect(
        kind,
        vec![PartitionName {
            topic: topic.into(),
            partition: number,
        }],
        true,
    ))
}

/// Those without the leader they should have; the others are not even mentioned.
fn elect_all(scene: &Scene<'_>, kind: ElectionType) -> Planned {
    let wants = |p: &PartitionView| match kind {
        ElectionType::Preferred => p.leader != p.replicas.first().copied(),
        ElectionType::Unclean => p.leader.is_none(),
    };
    let all = scene
        .view
        .topics
        .iter()
        .flat_map(|t| t.partitions.iter().map(move |p| (t, p)));
    let partitions: Vec<PartitionName> = all
        .filter(|(_, p)| wants(p))
        .map(|(t, p)| PartitionName {
            topic: t.name.clone(),
            partition: p.tp.partition,
        })
        .collect();
    Ok(elect(kind, partitions, false))
}

fn elect(kind: ElectionType, partitions: Vec<PartitionName>, named: bool) -> Plan {
    if partitions.is_empty() {
        return Plan::default();
    }
    let targets: Vec<Name> = partitions.iter().map(|p| p.to_string().into()).collect();
    let commands = partitions
        .into_iter()
        .map(|p| Command::Elect(kind, p))
        .collect();
    let wait = Wait::admin(ApiKey::ElectLeaders, targets, move |found| Said {
        out: told(kind, found, named),
        hints: Vec::new(),
    });
    Plan::act(commands, wait)
}

fn told(kind: ElectionType, found: &[(Name, ErrorCode)], named: bool) -> String {
    let with = |fits: &dyn Fn(ErrorCode) -> bool| -> Vec<&str> {
        found
            .iter()
            .filter(|(_, c)| fits(*c))
            .map(|(n, _)| &**n)
            .collect()
    };
    let (done, needless) = (
        with(&|c| c.is_ok()),
        with(&|c| c == ErrorCode::ElectionNotNeeded),
    );
    let kind = name_of(kind);
    let mut out = String::new();
    if !done.is_empty() {
        out += &format!(
            "Successfully completed leader election ({kind}) for partitions {}\n",
            done.join(", ")
        );
    }
    if named && !needless.is_empty() {
        out += &format!(
            "Valid replica already elected for partitions {}\n",
            needless.join(", ")
        );
    }
    let failed = found
        .iter()
        .filter(|(_, c)| !c.is_ok() && *c != ErrorCode::ElectionNotNeeded);
    let mut count = 0;
    for (name, code) in failed {
        count += 1;
        out += &format!(
            "Error completing leader election ({kind}) for partition: {name}: {}\n",
            exception(*code)
        );
    }
    if count > 0 {
        out += &format!("{count} replica(s) could not be elected\n");
    }
    out
}

fn exception(code: ErrorCode) -> String {
    let (class, message) = match code {
        ErrorCode::PreferredLeaderNotAvailable => (
            "PreferredLeaderNotAvailableException",
            "The preferred leader was not available.",
        ),
        ErrorCode::EligibleLeadersNotAvailable => (
            "EligibleLeadersNotAvailableException",
            "Eligible topic partition leaders are not available.",
        ),
        ErrorCode::RequestTimedOut => ("TimeoutException", "The request timed out."),
        other => return other.name().into(),
    };
    format!("org.apache.kafka.common.errors.{class}: {message}")
}
