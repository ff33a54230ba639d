//! `kafka-get-offsets` (`GetOffsetShell`).

use super::{Planned, Scene, topic_filter};
use crate::options::{Options, Tool, flag, text};
use crate::plan::{Failure, Plan, Said};
use rebalance_core::id::Offset;
use rebalance_core::view::{PartitionView, TopicView};

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-get-offsets",
    about: "An interactive shell for getting topic-partition offsets.",
    options: &[
        text(
            "topic",
            "String: topic",
            "The topic, as a regular expression; all without it.",
        ),
        text(
            "partitions",
            "String: partition ids",
            "Partition ids, separated by commas; all without it.",
        ),
        text(
            "topic-partitions",
            "String: topic1:1,topic2:0-3,topic3",
            "Topics with their partitions, instead.",
        ),
        text(
            "time",
            "String: -1 or latest / -2 or earliest / -3 or max-timestamp / timestamp",
            "Which offset; latest without it.",
        ),
        flag("exclude-internal-topics", "Leave internal topics out."),
    ],
};

fn error(message: impl AsRef<str>) -> Failure {
    Failure::new(format!("Error occurred: {}", message.as_ref()))
}

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    options.require(&["bootstrap-server"])?;
    if options.has("topic-partitions") && (options.has("topic") || options.has("partitions")) {
        return Err(error(
            "--topic-partitions cannot be used with --topic or --partitions",
        ));
    }
    let spec = spec(options.value("time").unwrap_or("latest"))?;
    let rules = rules(options)?;
    let hidden = options.has("exclude-internal-topics");
    let topics = scene.view.topics.iter().filter(|t| !hidden || !t.internal);
    let chosen: Vec<(&TopicView, &PartitionView)> = topics
        .flat_map(|t| t.partitions.iter().map(move |p| (t, p)))
        .filter(|(t, p)| rules.iter().any(|r| r.fits(&t.name, p.tp.partition)))
        .collect();
    if chosen.is_empty() {
        return Err(error(
            "Could not match any topic-partitions with the specified filters",
        ));
    }
    let (mut lines, mut out) = (Vec::new(), String::new());
    for (topic, p) in chosen {
        let name = format!("{}-{}", topic.name, p.tp.partition);
        if p.high_watermark < 0 {
            out += &format!(
                "Skip getting offsets for topic-partition {name} due to error: \
                 org.apache.kafka.common.errors.LeaderNotAvailableException: There is no leader for this topic-partition as we \
                 are in the middle of a leadership election.\n"
            );
            continue;
        }
        if let Some(offset) = spec.offset(scene, p) {
            lines.push((
                name,
                format!("{}:{}:{offset}\n", topic.name, p.tp.partition),
            ));
        }
    }
    lines.sort();
    out.extend(lines.into_iter().map(|(_, line)| line));
    Ok(Plan::say(Said {
        out,
        hints: Vec::new(),
    }))
}

/// Which offset.
enum Spec {
    Earliest,
    Latest,
    MaxTimestamp,
    At(i64),
    /// Tiered storage does not exist here.
    Nothing,
}

fn spec(text: &str) -> Result<Spec, Failure> {
    Ok(match text {
        "latest" | "-1" => Spec::Latest,
        "earliest" | "-2" | "earliest-local" | "-4" => Spec::Earliest,
        "max-timestamp" | "-3" => Spec::MaxTimestamp,
        "latest-tiered" | "-5" => Spec::Nothing,
        other => Spec::At(other.parse().map_err(|_| {
            error(format!(
                "Malformed time argument {other}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or \
                 earliest-local / -5 or latest-tiered, or a specified long format timestamp"
            ))
        })?),
    })
}

impl Spec {
    fn offset(&self, scene: &Scene<'_>, p: &PartitionView) -> Option<Offset> {
        let records = || match p.leader {
            Some(leader) => scene
                .session
                .browse(leader, p.tp, p.high_watermark, usize::MAX),
            None => Vec::new(),
        };
        match self {
            Self::Earliest => Some(p.log_start),
            Self::Latest => Some(p.high_watermark),
            Self::Nothing => None,
            Self::At(at) => records()
                .iter()
                .find(|t| t.timestamp >= *at)
                .map(|t| t.offset),
            Self::MaxTimestamp => {
                let records = records();
                let newest = records.iter().map(|t| t.timestamp).max()?;
                records
                    .iter()
                    .find(|t| t.timestamp == newest)
                    .map(|t| t.offset)
            }
        }
    }
}

/// Topics by pattern, partitions from a range or a list.
struct Rule {
    topic: rebalance_core::java::Pattern,
    partitions: Numbers,
}

enum Numbers {
    All,
    These(Vec<i32>),
    Between(i32, i32),
}

impl Rule {
    fn fits(&self, topic: &str, partition: i32) -> bool {
        let number = match &self.partitions {
            Numbers::All => true,
            Numbers::These(list) => list.contains(&partition),
            Numbers::Between(low, high) => (*low..*high).contains(&partition),
        };
        number && self.topic.matches(topic)
    }
}

fn rules(options: &Options) -> Result<Vec<Rule>, Failure> {
    if let Some(list) = options.value("topic-partitions") {
        return list.split(',').map(rule).collect();
    }
    let partitions = match options.value("partitions") {
        None | Some("") => Numbers::All,
        Some(list) => {
            let numbers: Result<Vec<i32>, _> = list.split(',').map(str::parse).collect();
            Numbers::These(numbers.map_err(|_| {
                error(format!(
                    "--partitions expects a comma separated list of numeric partition ids, but received: {list}"
                ))
            })?)
        }
    };
    let topic = topic_filter(options.value("topic").unwrap_or(".*"))?;
    Ok(vec![Rule { topic, partitions }])
}

/// `orders`, `orders:0`, `orders:0-3` (without 3), `orders:2-`, `orders:-3`, `:0`.
fn rule(text: &str) -> Result<Rule, Failure> {
    let invalid = || error(format!("Invalid rule specification: {text}"));
    let (topic, numbers) = text.split_once(':').unwrap_or((text, ""));
    let number = |t: &str, none: i32| match t {
        "" => Ok(none),
        t => t.parse().map_err(|_| invalid()),
    };
    let partitions = match numbers.split_once('-') {
        Some((low, high)) => Numbers::Between(number(low, 0)?, number(high, i32::MAX)?),
        None if numbers.is_empty() => Numbers::All,
        None => Numbers::These(vec![number(numbers, 0)?]),
    };
    let topic = topic_filter(if topic.is_empty() { ".*" } else { topic })?;
    Ok(Rule { topic, partitions })
}
