//! `kafka-reassign-partitions` (`ReassignPartitionsCommand`): generate, execute, verify, cancel, list.
//!
//! The files it reads are given in place of their names or on standard input ([`super::file`]); they are read and written in
//! `data`, and `generate` makes proposals. Each partition is a request of its own here; Kafka sends all in one. Moving replicas
//! between directories of a broker is not modelled, and a throttle is taken note of without effect.

mod data;
mod generate;

use super::{Planned, Scene, file};
use crate::options::{Tool, flag, number, text};
use crate::plan::{Failure, Plan, Said, Wait};
use crate::print;
use data::{Target, error};
use rebalance_core::command::Command;
use rebalance_core::id::{BrokerId, Name};
use rebalance_core::protocol::{ApiKey, ErrorCode};
use rebalance_core::view::{PartitionView, View};

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-reassign-partitions",
    about: "This tool helps to move topic partitions between replicas.",
    options: &[
        flag("list", "List all active partition reassignments."),
        flag(
            "verify",
            "Verify if the reassignment completed as specified by --reassignment-json-file.",
        ),
        flag(
            "generate",
            "Generate a candidate partition reassignment; it is not executed.",
        ),
        flag(
            "execute",
            "Kick off the reassignment specified by --reassignment-json-file.",
        ),
        flag("cancel", "Cancel an active reassignment."),
        text(
            "reassignment-json-file",
            "String: JSON",
            "The assignment, in place of a file: {\"version\":1,\"partitions\":[{\"topic\":\"orders\",\"partition\":0,\"replicas\":[3,1]}]}, or \
             /dev/stdin.",
        ),
        text(
            "topics-to-move-json-file",
            "String: JSON",
            "With --generate, in place of a file: {\"version\":1,\"topics\":[{\"topic\":\"orders\"}]}, or /dev/stdin.",
        ),
        text(
            "broker-list",
            "String: brokerlist",
            "With --generate: the brokers to use, such as 1,2,3.",
        ),
        flag(
            "disable-rack-aware",
            "With --generate: do not regard racks.",
        ),
        flag(
            "additional",
            "With --execute: in addition to what is under way.",
        ),
        number(
            "throttle",
            "Long: throttle",
            "Taken note of: fetching is not throttled here.",
        ),
        number(
            "replica-alter-log-dirs-throttle",
            "Long: replicaAlterLogDirsThrottle",
            "Taken note of: a broker has one directory here.",
        ),
        number("timeout", "Long: timeout", ""),
        flag("preserve-throttles", "Do not clear throttles."),
        text(
            "bootstrap-controller",
            "bootstrap controller to connect to",
            "With --cancel and --list: a controller instead of a broker.",
        ),
    ],
};

const ACTIONS: [&str; 5] = ["generate", "execute", "verify", "cancel", "list"];

/// What an action needs, and what it takes besides.
fn table(action: &str) -> (&'static [&'static str], &'static [&'static str]) {
    const FILE: &[&str] = &["reassignment-json-file"];
    match action {
        "generate" => (
            &["topics-to-move-json-file", "broker-list"],
            &["disable-rack-aware"],
        ),
        "execute" => (
            FILE,
            &[
                "additional",
                "throttle",
                "replica-alter-log-dirs-throttle",
                "timeout",
            ],
        ),
        "verify" => (FILE, &["preserve-throttles"]),
        "cancel" => (
            FILE,
            &["preserve-throttles", "timeout", "bootstrap-controller"],
        ),
        _ => (&[], &["bootstrap-controller"]),
    }
}

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let given: Vec<&str> = ACTIONS.into_iter().filter(|a| options.has(a)).collect();
    let [action] = given.as_slice() else {
        return Err(options.usage(
            "Command must include exactly one action: --generate, --execute, --verify, --cancel, --list",
        ));
    };
    let servers = ["bootstrap-server", "bootstrap-controller"];
    match servers.into_iter().filter(|s| options.has(s)).count() {
        0 => {
            return Err(
                options.usage("Please specify either --bootstrap-server or --bootstrap-controller")
            );
        }
        1 => {}
        _ => {
            return Err(options
                .usage("Please don't specify both --bootstrap-server and --bootstrap-controller"));
        }
    }
    let (needed, taken) = table(action);
    options.require(needed)?;
    let common = ["bootstrap-server", "command-config", action];
    let strange = options
        .names()
        .find(|n| !needed.contains(n) && !taken.contains(n) && !common.contains(n));
    if let Some(name) = strange {
        return Err(options.usage(format!(
            "Option \"[{name}]\" can't be used with action \"[{action}]\""
        )));
    }
    match *action {
        "generate" => generate::run(scene),
        "execute" => execute(scene),
        "verify" => verify(scene),
        "cancel" => cancel(scene),
        _ => Ok(Plan::say(Said::line(current(&scene.view)))),
    }
}

/// The partitions that are being moved, by topic and number.
fn moving(view: &View) -> Vec<(Name, &PartitionView)> {
    let all = view.topics.iter();
    let all = all.flat_map(|t| t.partitions.iter().map(move |p| (t.name.clone(), p)));
    let mut found: Vec<(Name, &PartitionView)> = all.filter(|(_, p)| p.is_moving()).collect();
    found.sort_by(|a, b| (&a.0, a.1.tp.partition).cmp(&(&b.0, b.1.tp.partition)));
    found
}

fn is_moving(view: &View, target: &Target) -> bool {
    moving(view)
        .iter()
        .any(|(t, p)| *t == target.tp.topic && p.tp.partition == target.tp.partition)
}

/// `curReassignmentsToString`
fn current(view: &View) -> String {
    let list = |what: &str, brokers: &[BrokerId]| match brokers {
        [] => String::new(),
        brokers => format!(" {what}: {}.", print::ids(brokers)),
    };
    let lines: Vec<String> = moving(view)
        .into_iter()
        .map(|(topic, p)| {
            format!(
                "{topic}-{}: replicas: {}.{}{}",
                p.tp.partition,
                print::ids(&p.replicas),
                list("adding", &p.adding),
                list("removing", &p.removing)
            )
        })
        .collect();
    match lines.as_slice() {
        [] => "No partition reassignments found.".into(),
        lines => format!("Current partition reassignments:\n{}", lines.join("\n")),
    }
}

/// What the file says of partitions.
fn targets(scene: &Scene<'_>) -> Result<Vec<Target>, Failure> {
    data::targets(&file(scene, "reassignment-json-file")?)
}

fn execute(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let mut targets = targets(scene)?;
    data::check(&targets)?;
    if !options.has("additional") && !moving(&scene.view).is_empty() {
        return Err(Failure::new(
            "Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new \
             partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by \
             resubmitting the current reassignment.",
        ));
    }
    let known = known_brokers(&scene.view);
    let brokers = targets.iter().flat_map(|t| &t.replicas);
    if let Some(unknown) = brokers.into_iter().find(|b| !known.contains(b)) {
        let there = print::ids(&known);
        return Err(error(format!("Unknown broker id {unknown}"))
            .hint(format!("in the cluster right now: {there}")));
    }
    let now = data::current(&scene.view, &targets)?;
    let mut out = format!(
        "Current partition replica assignment\n\n{}\n\nSave this to use as the --reassignment-json-file option during rollback\n",
        data::json(&now)
    );
    let mut hints = Vec::new();
    let rates = [
        ("throttle", "inter-broker"),
        ("replica-alter-log-dirs-throttle", "replica-alter-dir"),
    ];
    let mut rates = rates
        .into_iter()
        .filter_map(|(name, what)| Some((what, options.number(name).filter(|r| *r >= 0)?)))
        .peekable();
    if rates.peek().is_some() {
        out += "Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.\n";
        hints.push("throttling is not modelled: fetching goes as fast as the links do".into());
    }
    for (what, rate) in rates {
        out += &format!("The {what} throttle limit was set to {rate} B/s\n");
    }
    data::sort(&mut targets);
    let names: Vec<Name> = targets.iter().map(Target::name).collect();
    let commands = targets
        .into_iter()
        .map(|t| Command::Reassign(t.tp, Some(t.replicas)))
        .collect();
    let wait = Wait::admin(ApiKey::AlterPartitionReassignments, names, |found| {
        let failed = failures(found);
        if !failed.is_empty() {
            return Said::line(format!("Error reassigning partition(s):\n{failed}"));
        }
        let names: Vec<&str> = found.iter().map(|(n, _)| &**n).collect();
        Said::line(format!(
            "Successfully started partition reassignment{} for {}",
            plural(names.len()),
            names.join(",")
        ))
    });
    let mut plan = Plan::act(commands, wait);
    plan.said = Said { out, hints };
    Ok(plan)
}

/// Brokers a client is told of.
fn known_brokers(view: &View) -> Vec<BrokerId> {
    let known = view.brokers.iter().filter(|b| !b.fenced);
    known.map(|b| b.id).collect()
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// A line for each partition that was refused.
fn failures(found: &[(Name, ErrorCode)]) -> String {
    let failed = found.iter().filter(|(_, code)| !code.is_ok());
    let lines: Vec<String> = failed
        .map(|(name, code)| format!("{name}: {}", message(*code)))
        .collect();
    lines.join("\n")
}

fn message(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::UnknownTopicOrPartition => "This server does not host this topic-partition.",
        ErrorCode::InvalidReplicaAssignment => "Replica assignment is invalid.",
        ErrorCode::NoReassignmentInProgress => "No partition reassignment is in progress.",
        ErrorCode::RequestTimedOut => "The request timed out.",
        other => other.name(),
    }
}

/// `partitionReassignmentStatesToString`, and throttles are cleared when nothing is under way any more.
fn verify(scene: &Scene<'_>) -> Planned {
    let mut targets = targets(scene)?;
    data::sort(&mut targets);
    let mut out = String::from("Status of partition reassignment:\n");
    for target in &targets {
        let name = target.name();
        let here = print::partition(&scene.view, &target.tp.topic, target.tp.partition);
        let replicas = here.map_or(&[][..], |p| &p.replicas);
        out += &if is_moving(&scene.view, target) {
            format!("Reassignment of partition {name} is still in progress.\n")
        } else if replicas == target.replicas {
            format!("Reassignment of partition {name} is completed.\n")
        } else {
            format!(
                "There is no active reassignment of partition {name}, but replica set is {} rather than {}.\n",
                print::ids(replicas),
                print::ids(&target.replicas)
            )
        };
    }
    // The states of moves between directories: there are none.
    out += "\n";
    if moving(&scene.view).is_empty() && !scene.options.has("preserve-throttles") {
        out += &cleared(&scene.view, &targets);
    }
    Ok(Plan::say(Said {
        out,
        hints: Vec::new(),
    }))
}

/// `clearAllThrottles`
fn cleared(view: &View, targets: &[Target]) -> String {
    let mut brokers = known_brokers(view);
    brokers.extend(targets.iter().flat_map(|t| t.replicas.iter().copied()));
    brokers.sort();
    brokers.dedup();
    let mut topics: Vec<&str> = targets.iter().map(|t| &*t.tp.topic).collect();
    topics.dedup();
    let topics = rebalance_core::java::hash_map_order(topics);
    format!(
        "Clearing broker-level throttles on broker{} {}\nClearing topic-level throttles on topic{} {}\n",
        plural(brokers.len()),
        print::ids(&brokers),
        plural(topics.len()),
        topics.join(",")
    )
}

fn cancel(scene: &Scene<'_>) -> Planned {
    let mut all = targets(scene)?;
    data::sort(&mut all);
    let mut rest = String::from("None of the specified partition moves are active.");
    if !scene.options.has("preserve-throttles") {
        // The tool ends its last sentence without a new line.
        rest += &cleared(&scene.view, &all);
    }
    all.retain(|t| is_moving(&scene.view, t));
    if all.is_empty() {
        let none = "None of the specified partition reassignments are active.\n";
        return Ok(Plan::say(Said::line(format!("{none}{rest}"))));
    }
    let names: Vec<Name> = all.iter().map(Target::name).collect();
    let commands = all
        .into_iter()
        .map(|t| Command::Reassign(t.tp, None))
        .collect();
    let wait = Wait::admin(ApiKey::AlterPartitionReassignments, names, move |found| {
        let failed = failures(found);
        let names: Vec<&str> = found.iter().map(|(n, _)| &**n).collect();
        let many = plural(names.len());
        Said::line(match failed.is_empty() {
            true => format!(
                "Successfully cancelled partition reassignment{many} for: {}\n{rest}",
                names.join(",")
            ),
            false => format!(
                "Error cancelling partition reassignment{} for:\n{failed}",
                plural(failed.lines().count())
            ),
        })
    });
    Ok(Plan::act(commands, wait))
}
