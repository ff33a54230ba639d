//! `kafka-share-groups` (`ShareGroupCommand`, 4.1): list, and describe start offsets, members and state.
//!
//! Deleting share groups and resetting or deleting their offsets is not modelled, and the tool says so.

use super::groups::{ACTIONS, assignment, error, members_of};
use super::{Planned, Scene};
use crate::options::{Opt, Takes, Tool, flag, number, text};
use crate::plan::{Failure, Plan, Said};
use crate::print::{port, row, widest};
use rebalance_core::event::GroupState;
use rebalance_core::view::{GroupView, SharePartitionView, View};

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-share-groups",
    about: "This tool helps to list, describe, reset and delete share groups.",
    options: &[
        flag("list", "List all share groups."),
        flag(
            "describe",
            "Describe share group, members and offset information.",
        ),
        flag(
            "delete",
            "Not modelled here: a share group is there as long as its coordinator knows it.",
        ),
        flag("reset-offsets", BEGINS),
        flag("delete-offsets", BEGINS),
        text(
            "group",
            "String: share group",
            "The share group. May stand several times.",
        ),
        flag("all-groups", "Apply to all share groups."),
        flag("members", "With --describe: the members."),
        flag(
            "offsets",
            "With --describe: the start offset of each partition. This is the default.",
        ),
        Opt {
            name: "state",
            takes: Takes::Maybe,
            value: "String",
            about: "With --describe or --list: the group's state.",
        },
        flag(
            "verbose",
            "With --describe: additional information, if any.",
        ),
        text("topic", "String: topic", BEGINS),
        flag("all-topics", BEGINS),
        flag("dry-run", BEGINS),
        flag("execute", BEGINS),
        flag("to-earliest", BEGINS),
        flag("to-latest", BEGINS),
        text("to-datetime", "String: datetime", BEGINS),
        number("timeout", "Long: timeout (ms)", ""),
    ],
};

/// Why the options that reset offsets do nothing.
const BEGINS: &str = "Not modelled here: where a share group begins is its setting share.auto.offset.reset (kafka-configs --alter --group …).";

const STATES: [GroupState; 3] = [GroupState::Dead, GroupState::Empty, GroupState::Stable];

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    options.require(&["bootstrap-server"])?;
    let given: Vec<&str> = ACTIONS.into_iter().filter(|a| options.has(a)).collect();
    let [action] = given.as_slice() else {
        return Err(options.usage(
            "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets.",
        ));
    };
    match *action {
        "list" => list(scene),
        _ => describe(scene),
    }
}

/// Share groups that a coordinator knows.
fn known(view: &View) -> impl Iterator<Item = &GroupView> {
    view.groups
        .iter()
        .filter(|g| g.share.is_some() && g.state.is_some())
}

fn state(group: &GroupView) -> &'static str {
    group.state.map_or("Unknown", GroupState::name)
}

fn list(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    if !options.has("state") {
        let names: Vec<&str> = known(&scene.view).map(|g| &*g.name).collect();
        return Ok(Plan::say(Said::line(names.join("\n"))));
    }
    let wanted = options
        .value("state")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let wanted: Vec<&str> = wanted.split(',').map(str::trim).collect();
    let names = STATES.map(GroupState::name);
    let fits = |name: &str| wanted == [""] || wanted.contains(&name.to_ascii_lowercase().as_str());
    if wanted != [""]
        && !wanted
            .iter()
            .all(|w| names.iter().any(|n| n.to_ascii_lowercase() == *w))
    {
        let given = options.value("state").unwrap_or_default();
        return Err(options.usage(format!(
            "Invalid state list '{given}'. Valid states are: {}",
            names.join(", ")
        )));
    }
    let groups: Vec<&GroupView> = known(&scene.view).filter(|g| fits(state(g))).collect();
    let widths = [widest(15, groups.iter().map(|g| &*g.name))];
    let mut out = row(&["GROUP", "STATE"], &widths);
    for group in groups {
        out += &format!("\n{}", row(&[&group.name, state(group)], &widths));
    }
    Ok(Plan::say(Said::line(out)))
}

fn describe(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    if !options.has("group") && !options.has("all-groups") {
        return Err(
            options.usage("Option [describe] takes one of these options: [all-groups], [group]")
        );
    }
    let kinds = ["members", "offsets", "state"];
    if kinds.iter().filter(|k| options.has(k)).count() > 1 {
        return Err(options.usage(
            "Option [describe] takes at most one of these options: [members], [offsets], [state]",
        ));
    }
    if options.value("state").is_some() {
        return Err(options.usage("Option [describe] does not take a value for [state]"));
    }
    let mut names: Vec<&str> = match options.has("all-groups") {
        true => known(&scene.view).map(|g| &*g.name).collect(),
        false => options.values("group").iter().map(String::as_str).collect(),
    };
    names.sort_unstable();
    names.dedup();
    let mut out = String::new();
    for name in names {
        let group = known(&scene.view).find(|g| *g.name == *name);
        let group = group.ok_or_else(|| missing(scene, name))?;
        let verbose = options.has("verbose");
        out += &if options.has("members") {
            members(scene, group, verbose)
        } else if options.has("state") {
            states(group, verbose)
        } else {
            offsets(group, verbose)
        };
    }
    Ok(Plan::say(Said {
        out,
        hints: Vec::new(),
    }))
}

fn missing(scene: &Scene<'_>, name: &str) -> Failure {
    let failure = error(format!(
        "Executing share group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group {name} not \
         found."
    ));
    let other = scene.view.groups.iter().find(|g| *g.name == *name);
    let there: Vec<&str> = known(&scene.view).map(|g| &*g.name).collect();
    match there.as_slice() {
        _ if other.is_some_and(|g| g.share.is_none()) => failure.hint(format!(
            "{name} is no share group: kafka-consumer-groups has it"
        )),
        [] => failure.hint("no share group yet: a consumer with share-group=… makes one"),
        names => failure.hint(format!("there is {}", names.join(", "))),
    }
}

fn line(cells: &[&str], widths: &[usize]) -> String {
    format!("\n{}", row(cells, widths))
}

/// `maybePrintEmptyGroupState`
fn empty(group: &GroupView) -> String {
    match group.state {
        Some(GroupState::Empty) => {
            format!("\nShare group '{}' has no active members.\n", group.name)
        }
        _ => String::new(),
    }
}

/// The epoch of a leader is not kept with a start offset here.
fn offsets(group: &GroupView, verbose: bool) -> String {
    let mut rows: Vec<&SharePartitionView> = group.share.iter().flatten().collect();
    rows.sort_by(|a, b| (&a.topic, a.tp.partition).cmp(&(&b.topic, b.tp.partition)));
    let mut widths = vec![
        widest(15, std::iter::once(&*group.name)),
        widest(15, rows.iter().map(|p| &*p.topic)),
        10,
    ];
    let mut header = vec!["GROUP", "TOPIC", "PARTITION", "START-OFFSET"];
    if verbose {
        widths.push(13);
        header.insert(3, "LEADER-EPOCH");
    }
    let mut out = line(&header, &widths);
    for p in rows {
        let (partition, start) = (p.tp.partition.to_string(), p.start.to_string());
        let mut cells = vec![&*group.name, &*p.topic, &partition, &start];
        if verbose {
            cells.insert(3, "-");
        }
        out += &line(&cells, &widths);
    }
    out + "\n"
}

fn states(group: &GroupView, verbose: bool) -> String {
    let coordinator = group
        .coordinator
        .map_or("-".to_string(), |b| format!("localhost:{}  ({b})", port(b)));
    let (members, epoch) = (
        group.members.len().to_string(),
        group.generation.to_string(),
    );
    let mut widths = vec![
        widest(15, std::iter::once(&*group.name)),
        widest(25, std::iter::once(&*coordinator)),
        15,
    ];
    let mut header = vec!["GROUP", "COORDINATOR (ID)", "STATE", "#MEMBERS"];
    let mut cells = vec![&*group.name, &*coordinator, state(group), &*members];
    if verbose {
        widths.extend([12, 17]);
        header.splice(3..3, ["GROUP-EPOCH", "ASSIGNMENT-EPOCH"]);
        // The coordinator assigns as soon as the epoch rises.
        cells.splice(3..3, [&*epoch, &*epoch]);
    }
    empty(group) + &line(&header, &widths) + &line(&cells, &widths) + "\n"
}

fn members(scene: &Scene<'_>, group: &GroupView, verbose: bool) -> String {
    let mut list = members_of(group);
    if list.is_empty() {
        return empty(group);
    }
    list.sort_by(|a, b| a.id.cmp(&b.id));
    let mut widths = vec![
        widest(15, std::iter::once(&*group.name)),
        widest(15, list.iter().map(|m| &*m.id)),
        15,
        widest(15, list.iter().map(|m| m.client.as_str())),
        12,
    ];
    let mut header = vec![
        "GROUP",
        "CONSUMER-ID",
        "HOST",
        "CLIENT-ID",
        "#PARTITIONS",
        "ASSIGNMENT",
    ];
    if verbose {
        widths.push(13);
        header.insert(5, "MEMBER-EPOCH");
    }
    let mut out = line(&header, &widths);
    for m in &list {
        let consumer = group.consumers.iter().find(|c| c.member_id == m.id);
        let epoch = consumer.map_or("-".to_string(), |c| c.generation.to_string());
        let count = m.owns.len().to_string();
        // Unlike kafka-consumer-groups, it leaves the place empty where there is nothing.
        let owns = match m.owns.is_empty() {
            true => String::new(),
            false => assignment(scene, &m.owns),
        };
        let mut cells = vec![&*group.name, &*m.id, "/127.0.0.1", &m.client, &count, &owns];
        if verbose {
            cells.insert(5, &epoch);
        }
        out += &line(&cells, &widths);
    }
    out + "\n"
}
