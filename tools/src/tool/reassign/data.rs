//! What the tool reads and writes: `{"version":1,"partitions":[{"topic":…,"partition":…,"replicas":[…]}]}`.

use crate::json::Json;
use crate::plan::Failure;
use crate::print;
use rebalance_core::command::PartitionName;
use rebalance_core::id::{BrokerId, Name};
use rebalance_core::view::View;

/// A partition and the replicas it is to have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    pub(super) tp: PartitionName,
    pub(super) replicas: Vec<BrokerId>,
}

impl Target {
    pub(super) fn name(&self) -> Name {
        self.tp.to_string().into()
    }
}

/// By topic and number.
pub(super) fn sort(targets: &mut [Target]) {
    targets.sort_by(|a, b| a.tp.cmp(&b.tp));
}

/// As the tool prints what it catches.
pub(super) fn error(message: impl AsRef<str>) -> Failure {
    Failure::new(format!("Error: {}", message.as_ref()))
}

/// Reads a whole file.
pub(super) fn read(text: &str, example: &str) -> Result<Json, Failure> {
    let json = Json::parse(text).map_err(|why| {
        error("The input string is not a valid JSON").hint(format!("{why}; such as {example}"))
    })?;
    let version = json.maybe("version").map_err(error)?;
    match version.map(Json::int).transpose().map_err(error)? {
        None | Some(1) => Ok(json),
        Some(other) => Err(error(format!("Not supported version field value {other}"))),
    }
}

const EXAMPLE: &str =
    r#"{"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1,2,3]}]}"#;

/// `parsePartitionReassignmentData`
pub(super) fn targets(text: &str) -> Result<Vec<Target>, Failure> {
    let json = read(text, EXAMPLE)?;
    let partitions = json.maybe("partitions").map_err(error)?;
    let all = partitions.map_or(Ok(&[][..]), Json::list).map_err(error)?;
    all.iter().map(target).collect()
}

fn target(json: &Json) -> Result<Target, Failure> {
    let read = || -> Result<(Target, Option<Vec<&str>>), String> {
        let tp = PartitionName {
            topic: json.field("topic")?.text()?.into(),
            partition: json.field("partition")?.int()?,
        };
        let replicas = json.field("replicas")?.list()?.iter();
        let replicas: Result<Vec<BrokerId>, String> =
            replicas.map(|r| r.int().map(BrokerId)).collect();
        let replicas = replicas?;
        let dirs = json.maybe("log_dirs")?.map(Json::list).transpose()?;
        let dirs = dirs.map(|d| {
            d.iter()
                .map(Json::text)
                .collect::<Result<Vec<&str>, String>>()
        });
        Ok((Target { tp, replicas }, dirs.transpose()?))
    };
    let (target, dirs) = read().map_err(error)?;
    let Some(dirs) = dirs else {
        return Ok(target);
    };
    if dirs.len() != target.replicas.len() {
        let replicas: Vec<String> = target.replicas.iter().map(ToString::to_string).collect();
        return Err(error(format!(
            "Size of replicas list [{}] is different from size of log dirs list [{}] for partition {}",
            replicas.join(", "),
            dirs.join(", "),
            target.tp
        )));
    }
    match dirs.iter().find(|d| **d != "any") {
        None => Ok(target),
        Some(dir) => Err(error(format!("log_dirs: {dir}")).hint(
            "a broker has one directory here, so moving replicas between directories is not modelled: \"any\", or no log_dirs",
        )),
    }
}

/// `parseExecuteAssignmentArgs`
pub(super) fn check(targets: &[Target]) -> Result<(), Failure> {
    if targets.is_empty() {
        return Err(error("Partition reassignment list cannot be empty").hint(EXAMPLE));
    }
    if targets.iter().any(|t| t.replicas.is_empty()) {
        return Err(error("Partition replica list cannot be empty"));
    }
    let names: Vec<String> = targets.iter().map(|t| t.tp.to_string()).collect();
    let twice = repeated(&names);
    if !twice.is_empty() {
        return Err(error(format!(
            "Partition reassignment contains duplicate topic partitions: {}",
            twice.join(",")
        )));
    }
    let wrong: Vec<String> = targets
        .iter()
        .map(|t| (t.name(), repeated(&t.replicas)))
        .filter(|(_, twice)| !twice.is_empty())
        .map(|(name, twice)| {
            format!(
                "{name} contains multiple entries for {}",
                print::ids(&twice)
            )
        })
        .collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(error(format!(
            "Partition replica lists may not contain duplicate entries: {}",
            wrong.join(". ")
        ))),
    }
}

/// What is there more than once, each once.
pub(super) fn repeated<T: PartialEq + Clone>(items: &[T]) -> Vec<T> {
    let mut twice = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if items[..at].contains(item) && !twice.contains(item) {
            twice.push(item.clone());
        }
    }
    twice
}

/// The same partitions with the replicas they have now.
pub(super) fn current(view: &View, targets: &[Target]) -> Result<Vec<Target>, Failure> {
    let mut found = Vec::new();
    for target in targets {
        let (topic, number) = (&target.tp.topic, target.tp.partition);
        if print::topic(view, topic).is_none() {
            return Err(missing(view, topic));
        }
        let Some(here) = print::partition(view, topic, number) else {
            return Err(error(format!(
                "org.apache.kafka.common.errors.UnknownTopicOrPartitionException: Unable to find partition: {}",
                target.tp
            )));
        };
        found.push(Target {
            tp: target.tp.clone(),
            replicas: here.replicas.clone(),
        });
    }
    Ok(found)
}

/// No such topic.
pub(super) fn missing(view: &View, topic: &str) -> Failure {
    let there: Vec<Name> = print::topic_names(view);
    error(format!(
        "org.apache.kafka.common.errors.UnknownTopicOrPartitionException: Topic {topic} not found."
    ))
    .hint(match there.as_slice() {
        [] => "no topic yet: kafka-topics --create".into(),
        there => format!("there is {}", there.join(", ")),
    })
}

/// `formatAsReassignmentJson`
pub(super) fn json(targets: &[Target]) -> String {
    let mut targets = targets.to_vec();
    sort(&mut targets);
    let one = |t: &Target| {
        let dirs = vec!["\"any\""; t.replicas.len()].join(",");
        format!(
            r#"{{"topic":"{}","partition":{},"replicas":[{}],"log_dirs":[{dirs}]}}"#,
            t.tp.topic,
            t.tp.partition,
            print::ids(&t.replicas)
        )
    };
    let all: Vec<String> = targets.iter().map(one).collect();
    format!(r#"{{"version":1,"partitions":[{}]}}"#, all.join(","))
}
