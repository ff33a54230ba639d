//! Kafka's tools, one file each.

mod configs;
mod console_consumer;
mod console_producer;
mod get_offsets;
mod groups;
mod leader_election;
mod quorum;
mod reassign;
mod reset;
mod shares;
mod topics;

pub(crate) use configs::KNOWN_TOPIC_CONFIGS;

use crate::line::Line;
use crate::options::{Options, Tool, distance};
use crate::plan::{Failure, Plan, Said};
use crate::print;
use rebalance_core::java::Pattern;
use rebalance_core::session::Session;
use rebalance_core::view::View;

/// What a tool sees.
pub(crate) struct Scene<'a> {
    pub(crate) session: &'a Session,
    pub(crate) view: View,
    pub(crate) options: Options,
    pub(crate) input: Option<Vec<String>>,
}

type Planned = Result<Plan, Failure>;
type Run = fn(&Scene<'_>) -> Planned;

/// Every tool there is.
pub const TOOLS: [&Tool; 10] = [
    &topics::TOOL,
    &console_producer::TOOL,
    &console_consumer::TOOL,
    &groups::TOOL,
    &shares::TOOL,
    &configs::TOOL,
    &leader_election::TOOL,
    &get_offsets::TOOL,
    &quorum::TOOL,
    &reassign::TOOL,
];

const RUNS: [Run; 10] = [
    topics::run,
    console_producer::run,
    console_consumer::run,
    groups::run,
    shares::run,
    configs::run,
    leader_election::run,
    get_offsets::run,
    quorum::run,
    reassign::run,
];

/// What a line means.
pub(crate) fn plan(session: &Session, line: &Line) -> Planned {
    let Some(at) = TOOLS.iter().position(|t| t.name == line.tool) else {
        return Err(unknown(&line.tool));
    };
    let tool = TOOLS[at];
    let options = tool.parse(&line.args)?;
    if options.has("version") {
        return Ok(Plan::say(Said::line("4.1.0 (simulated)")));
    }
    if options.has("help") || line.args.is_empty() {
        return Ok(Plan::say(Said::line(format!(
            "{}\n{}",
            tool.about,
            tool.usage()
        ))));
    }
    let view = session.view();
    // kafka-metadata-quorum has its own words for a missing server.
    if options.has("bootstrap-server") || options.has("bootstrap-controller") {
        check_server(&options, &view)?;
    }
    let scene = Scene {
        session,
        view,
        options,
        input: line.input.clone(),
    };
    RUNS[at](&scene)
}

fn unknown(name: &str) -> Failure {
    let near = TOOLS
        .iter()
        .filter(|t| distance(t.name, name) <= 4)
        .map(|t| t.name);
    let near: Vec<&str> = near.collect();
    let all: Vec<&str> = TOOLS.iter().map(|t| t.name).collect();
    let message = format!("{name}: command not found");
    match near.as_slice() {
        [] => {
            Failure::new(message).hint(format!("the tools of this simulation: {}", all.join(", ")))
        }
        near => Failure::new(message).hint(format!("what would work: {}", near.join(", "))),
    }
}

/// Whether the address can be one, and anybody would answer.
fn check_server(options: &Options, view: &View) -> Result<(), Failure> {
    let given = options
        .value("bootstrap-server")
        .or_else(|| options.value("bootstrap-controller"));
    for server in given.unwrap_or_default().split(',') {
        let port = server
            .rsplit_once(':')
            .and_then(|(_, p)| p.parse::<u16>().ok());
        if port.is_none() {
            let message = format!("Invalid url in bootstrap.servers: {server}");
            return Err(Failure::new(message).hint("host:port, such as localhost:9092"));
        }
    }
    if view.brokers.iter().any(print::is_up) {
        return Ok(());
    }
    let message = "Timed out waiting for a node assignment.";
    Err(Failure::new(message).hint("no broker is running: `broker start 1`"))
}

/// What a file has that an option names. There are no files: its text stands in the name's place, or comes on standard input.
pub(crate) fn file(scene: &Scene<'_>, option: &str) -> Result<String, Failure> {
    let given = scene.options.value(option).unwrap_or_default();
    if given.trim_start().starts_with(['{', '"']) || given.contains('\n') {
        return Ok(given.to_string());
    }
    match &scene.input {
        Some(lines) => Ok(lines.join("\n")),
        None => Err(Failure::new(format!("Error: {given}")).hint(format!(
            "there are no files in this simulation; give the text instead: --{option} '…', or --{option} /dev/stdin <<< '…'"
        ))),
    }
}

/// A list of topics as the tools take it (`IncludeList`): a regular expression, commas for `|`.
pub(crate) fn topic_filter(text: &str) -> Result<Pattern, Failure> {
    let cleaned: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '"' | '\''))
        .collect();
    let pattern = cleaned.replace(',', "|");
    let wrong = || {
        Failure::new(format!("{text} is an invalid regex."))
            .hint("letters, ., [a-z], groups, |, *, +, ? and {m,n} work here")
    };
    Pattern::new(&format!("({pattern})")).map_err(|_| wrong())
}
