//! `kafka-consumer-groups` (`ConsumerGroupCommand`): which action, with which options.
//!
//! Listing is in `list`, describing in `describe` (tables in `tables`), deleting groups and offsets in `delete`, and
//! resetting offsets in the neighbouring module `reset`.

mod delete;
mod describe;
mod list;
mod tables;

pub(crate) use describe::members_of;
pub(crate) use tables::assignment;

use super::{Planned, Scene, reset};
use crate::options::{Opt, Takes, Tool, flag, number, text};
use crate::plan::Failure;
use rebalance_core::id::Name;
use rebalance_core::view::{GroupView, View};

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-consumer-groups",
    about: "This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, or reset \
            consumer group offsets.",
    options: &[
        flag("list", "List all consumer groups."),
        flag("describe", "Describe consumer group and list offset lag."),
        flag("delete", "Delete groups that have no members."),
        flag(
            "reset-offsets",
            "Reset offsets of a group without active members; a dry run unless --execute is given.",
        ),
        flag(
            "delete-offsets",
            "Forget a group's offsets of topics it does not read any more.",
        ),
        text(
            "group",
            "String: consumer group",
            "The consumer group. May stand several times.",
        ),
        flag("all-groups", "Apply to all consumer groups."),
        flag("members", "With --describe: the members."),
        flag(
            "offsets",
            "With --describe: partitions, offsets and lag. This is the default.",
        ),
        Opt {
            name: "state",
            takes: Takes::Maybe,
            value: "String",
            about: "With --describe or --list: the group's state.",
        },
        Opt {
            name: "type",
            takes: Takes::Maybe,
            value: "String",
            about: "With --list: the group's type.",
        },
        flag(
            "verbose",
            "With --describe: additional information, if any.",
        ),
        text(
            "topic",
            "String: topic",
            "With --reset-offsets: the topic, or some of its partitions: orders:0,1.",
        ),
        flag(
            "all-topics",
            "With --reset-offsets: all topics the group has offsets for.",
        ),
        flag(
            "dry-run",
            "With --reset-offsets: only show the new offsets.",
        ),
        flag("execute", "With --reset-offsets: do it."),
        flag("export", "With --reset-offsets: print as CSV."),
        flag("to-earliest", "Reset to the earliest offset."),
        flag("to-latest", "Reset to the latest offset."),
        flag("to-current", "Reset to the current offset."),
        number("to-offset", "Long: offset", "Reset to this offset."),
        number(
            "shift-by",
            "Long: number-of-offsets",
            "Shift the current offset by so many, also negative.",
        ),
        text(
            "by-duration",
            "String: PT1H30M",
            "Reset to the offsets of a while ago.",
        ),
        text(
            "to-datetime",
            "String",
            "Reset to the offsets of an instant: here in milliseconds of the simulation.",
        ),
        text(
            "from-file",
            "String",
            "There are no files in this simulation.",
        ),
        number("timeout", "Long: timeout (ms)", ""),
    ],
};

/// What the tools for groups can be asked to do: one of these at a time.
pub(super) const ACTIONS: [&str; 5] = [
    "list",
    "describe",
    "delete",
    "reset-offsets",
    "delete-offsets",
];

/// `\nError: …`, as the tool's printError does it.
pub(crate) fn error(message: impl AsRef<str>) -> Failure {
    Failure::new(format!("\nError: {}", message.as_ref()))
}

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    options
        .require(&["bootstrap-server"])
        .map_err(|f| f.hint("any broker's address will do: --bootstrap-server localhost:9092"))?;
    let given: Vec<&str> = ACTIONS.into_iter().filter(|a| options.has(a)).collect();
    let [action] = given.as_slice() else {
        return Err(options.usage(
            "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets",
        ));
    };
    check(scene, action)?;
    match *action {
        "list" => list::list(scene),
        "describe" => describe::describe(scene),
        "delete" => delete::delete(scene),
        "reset-offsets" => reset::run(scene),
        _ => delete::delete_offsets(scene),
    }
}

fn check(scene: &Scene<'_>, action: &str) -> Result<(), Failure> {
    let options = &scene.options;
    for name in ["members", "offsets", "verbose"] {
        if options.has(name) && action != "describe" {
            return Err(options.usage(format!(
                "Option(s) [{name}] are unavailable given other options on the command line"
            )));
        }
    }
    if options.has("state") && !matches!(action, "describe" | "list") {
        return Err(options
            .usage("Option(s) [state] are unavailable given other options on the command line"));
    }
    if options.has("type") && action != "list" {
        return Err(options
            .usage("Option(s) [type] are unavailable given other options on the command line"));
    }
    if matches!(action, "describe" | "delete" | "reset-offsets")
        && !options.has("group")
        && !options.has("all-groups")
    {
        return Err(options.usage(format!(
            "Option [{action}] takes one of these options: [group], [all-groups]"
        )));
    }
    let kinds = ["members", "offsets", "state"]
        .into_iter()
        .filter(|k| options.has(k))
        .count();
    if action == "describe" && kinds > 1 {
        return Err(options.usage(
            "Option [describe] takes at most one of these options: [members], [offsets], [state]",
        ));
    }
    if action == "describe" && options.value("state").is_some() {
        return Err(options.usage("Option [describe] does not take a value for [state]"));
    }
    if action == "delete" && options.has("topic") {
        return Err(options.usage(
            "The consumer does not support topic-specific offset deletion from a consumer group.",
        ));
    }
    Ok(())
}

/// Groups that a coordinator knows, without share groups.
pub(crate) fn known(view: &View) -> impl Iterator<Item = &GroupView> {
    view.groups
        .iter()
        .filter(|g| g.share.is_none() && g.state.is_some() && !g.name.is_empty())
}

/// The groups named, or all.
pub(crate) fn wanted(scene: &Scene<'_>) -> Vec<Name> {
    match scene.options.has("all-groups") {
        true => known(&scene.view).map(|g| g.name.clone()).collect(),
        false => scene
            .options
            .values("group")
            .iter()
            .map(|g| g.as_str().into())
            .collect(),
    }
}
