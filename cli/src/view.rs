//! `rebalance view`: the whole cluster at an instant, as JSON or as a short text.

use crate::Failure;
use crate::script::{Script, instant};
use rebalance_core::id::BrokerId;
use rebalance_core::time::SimTime;
use rebalance_core::view::{GroupView, PartitionView, TopicView, View};
use std::io::Write;

const HINT: &str = "usage: rebalance view SCRIPT [--at 30s] [--json]";

/// Runs the command. Without `--at` the instant is the script's end.
///
/// # Errors
/// Bad input.
pub fn run(arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let (name, at, json) = parse(arguments)?;
    let view = Script::read(&name)?.run(at)?.session.view();
    match json {
        true => {
            let text = serde_json::to_string(&view)
                .map_err(|e| Failure::bad_input(format!("cannot write the view: {e}")))?;
            writeln!(out, "{text}")?;
        }
        false => print(&view, out)?,
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<(String, Option<SimTime>, bool), Failure> {
    let (mut name, mut at, mut json) = (None, None, false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--json" => json = true,
            "--at" => {
                let value = rest.next().ok_or_else(|| Failure::bad_input(HINT))?;
                at = Some(instant("--at", value)?);
            }
            text if text.starts_with("--at=") => at = Some(instant("--at", &text[5..])?),
            text if name.is_none() && (text == "-" || !text.starts_with('-')) => {
                name = Some(text.to_string());
            }
            other => {
                let message = format!("unknown option '{other}'; {HINT}");
                return Err(Failure::bad_input(message));
            }
        }
    }
    let name = name.ok_or_else(|| Failure::bad_input(HINT))?;
    Ok((name, at, json))
}

fn print(view: &View, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "{}, seed {}", view.now, view.seed)?;
    for broker in &view.brokers {
        let state = broker.state;
        writeln!(
            out,
            "broker {}: {state:?}, epoch {}",
            broker.id, broker.epoch
        )?;
    }
    for topic in view.topics.iter().filter(|t| !t.internal) {
        for partition in &topic.partitions {
            writeln!(out, "{}", partition_line(topic, partition))?;
        }
    }
    for producer in &view.producers {
        let (name, acked, failed) = (&producer.name, producer.acked, producer.failed);
        writeln!(
            out,
            "producer {name}: {acked} acknowledged, {failed} failed"
        )?;
    }
    for group in &view.groups {
        print_group(group, out)?;
    }
    Ok(())
}

fn partition_line(topic: &TopicView, p: &PartitionView) -> String {
    let ids = |ids: &[BrokerId]| {
        let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
        texts.join(",")
    };
    let leader = p.leader.map_or("none".to_string(), |l| l.to_string());
    format!(
        "{}-{}: leader {leader} epoch {}, isr {} of {}, high watermark {}, log end {}",
        topic.name,
        p.tp.partition,
        p.leader_epoch,
        ids(&p.isr),
        ids(&p.replicas),
        p.high_watermark,
        p.log_end,
    )
}

fn print_group(group: &GroupView, out: &mut dyn Write) -> Result<(), Failure> {
    let state = group.state.map_or("unknown", |s| s.name());
    let (name, generation, lag) = (&group.name, group.generation, group.lag);
    writeln!(
        out,
        "group {name}: {state}, generation {generation}, lag {lag}"
    )?;
    for consumer in &group.consumers {
        let owned = consumer.partitions.iter();
        let owned: Vec<String> = owned
            .map(|p| format!("{}-{}@{}", p.topic, p.tp.partition, p.position))
            .collect();
        let shown = match owned.is_empty() {
            true => "idle".to_string(),
            false => owned.join(" "),
        };
        writeln!(out, "  {} ({:?}): {shown}", consumer.name, consumer.state)?;
    }
    Ok(())
}
