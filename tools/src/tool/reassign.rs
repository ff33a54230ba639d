//! `kafka-reassign-partitions`: replicas stay where they are in this simulation, and the tool says so.

use super::{Planned, Scene};
use crate::options::{Tool, flag, number, text};
use crate::plan::{Failure, Plan, Said};

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-reassign-partitions",
    about: "This tool helps to move topic partitions between replicas. In this simulation only --list works.",
    options: &[
        flag("list", "List all active partition reassignments."),
        flag("verify", "Not part of this simulation."),
        flag("generate", "Not part of this simulation."),
        flag("execute", "Not part of this simulation."),
        flag("cancel", "Not part of this simulation."),
        text(
            "reassignment-json-file",
            "String: file",
            "There are no files in this simulation.",
        ),
        text(
            "topics-to-move-json-file",
            "String: file",
            "There are no files in this simulation.",
        ),
        text("broker-list", "String: brokerlist", "With --generate."),
        number("throttle", "Long: throttle", ""),
        number("timeout", "Long: timeout", ""),
        flag("additional", ""),
        flag("preserve-throttles", ""),
        flag("disable-rack-aware", ""),
    ],
};

const ACTIONS: [&str; 5] = ["generate", "execute", "verify", "list", "cancel"];

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let given: Vec<&str> = ACTIONS.into_iter().filter(|a| options.has(a)).collect();
    match given.as_slice() {
        ["list"] => {
            if !options.has("bootstrap-server") {
                return Err(options.usage("Please specify --bootstrap-server"));
            }
            Ok(Plan::say(Said::line("No partition reassignments found.")))
        }
        [action] => Err(Failure::new(format!("--{action}: moving replicas is not part of this simulation")).hint(
            "replicas are placed when a topic is created (kafka-topics --create --replica-assignment 1:2:3,2:3:1) and stay there; \
             leaders move by kafka-leader-election",
        )),
        _ => Err(options.usage(
            "Command must include exactly one action: --generate, --execute, --verify, --cancel, --list",
        )),
    }
}
