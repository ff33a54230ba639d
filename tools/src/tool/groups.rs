//! `kafka-consumer-groups` (`ConsumerGroupCommand`): list, describe, delete; resetting offsets is in `reset`.

use super::{Planned, Scene, reset};
use crate::options::{Opt, Takes, Tool, flag, number, text};
use crate::plan::{Failure, Plan, Said, Wait};
use crate::print::{self, left, port, row, widest};
use rebalance_core::command::Command;
use rebalance_core::event::GroupState;
use rebalance_core::id::{Name, Offset, TopicPartition};
use rebalance_core::protocol::{ApiKey, ErrorCode};
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

const ACTIONS: [&str; 5] = [
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
        "list" => list(scene),
        "describe" => describe(scene),
        "delete" => delete(scene),
        "reset-offsets" => reset::run(scene),
        _ => delete_offsets(scene),
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

fn kind(group: &GroupView) -> &'static str {
    match group.assignment_epoch {
        Some(_) => "Consumer",
        None => "Classic",
    }
}

fn list(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let lower = |v: Option<&str>| -> Vec<String> {
        v.into_iter()
            .flat_map(|v| v.split(','))
            .map(|v| v.trim().to_lowercase())
            .collect()
    };
    let (states, types) = (lower(options.value("state")), lower(options.value("type")));
    for state in &states {
        if !STATES.iter().any(|s| s.name().to_lowercase() == *state) {
            let given = options.value("state").unwrap_or_default();
            let names: Vec<&str> = STATES.iter().map(|s| s.name()).collect();
            return Err(options.usage(format!(
                "Invalid state list '{given}'. Valid states are: {}",
                names.join(", ")
            )));
        }
    }
    if let Some(wrong) = types.iter().find(|t| *t != "classic" && *t != "consumer") {
        let message = format!("Invalid types list '{wrong}'. Valid types are: Consumer, Classic");
        return Err(options.usage(message));
    }
    let fits = |g: &&GroupView| {
        let state = g.state.map_or("", GroupState::name).to_lowercase();
        (states.is_empty() || states.contains(&state))
            && (types.is_empty() || types.contains(&kind(g).to_lowercase()))
    };
    let groups: Vec<&GroupView> = known(&scene.view).filter(fits).collect();
    let (with_type, with_state) = (options.has("type"), options.has("state"));
    if !with_type && !with_state {
        let names: Vec<&str> = groups.iter().map(|g| &*g.name).collect();
        return Ok(Plan::say(Said::line(names.join("\n"))));
    }
    let width = widest(15, groups.iter().map(|g| &*g.name)) + 10;
    let line = |name: &str, kind: &str, state: &str| {
        let mut out = left(name, width);
        for (shown, cell) in [(with_type, kind), (with_state, state)] {
            if shown {
                out += &format!(" {}", left(cell, 20));
            }
        }
        out + "\n"
    };
    let mut out = line("GROUP", "TYPE", "STATE");
    for g in groups {
        out += &line(
            &g.name,
            kind(g),
            g.state.map_or("Unknown", GroupState::name),
        );
    }
    Ok(Plan::say(Said {
        out,
        hints: Vec::new(),
    }))
}

const STATES: [GroupState; 7] = [
    GroupState::PreparingRebalance,
    GroupState::CompletingRebalance,
    GroupState::Stable,
    GroupState::Dead,
    GroupState::Empty,
    GroupState::Assigning,
    GroupState::Reconciling,
];

// Delete.

fn delete(scene: &Scene<'_>) -> Planned {
    let groups = wanted(scene);
    if groups.is_empty() {
        return Ok(Plan::say(Said::line(
            "Deletion of requested consumer groups ('') was successful.",
        )));
    }
    let commands = groups
        .iter()
        .map(|g| Command::GroupDelete(g.clone()))
        .collect();
    let wait = Wait::admin(ApiKey::DeleteGroups, groups, |found| {
        let (gone, kept): (Vec<_>, Vec<_>) = found.iter().partition(|(_, code)| code.is_ok());
        let names = |list: &[&(Name, ErrorCode)]| -> String {
            list.iter()
                .map(|(n, _)| n.to_string())
                .collect::<Vec<_>>()
                .join(", ")
        };
        if kept.is_empty() {
            return Said::line(format!(
                "Deletion of requested consumer groups ('{}') was successful.",
                names(&gone)
            ));
        }
        let mut out = String::from("\nError: Deletion of some consumer groups failed:\n");
        for (group, code) in kept {
            out += &format!(
                "* Group '{group}' could not be deleted due to: {}\n",
                exception(*code)
            );
        }
        if !gone.is_empty() {
            out += &format!(
                "\nThese consumer groups were deleted successfully: '{}'\n",
                names(&gone)
            );
        }
        Said {
            out,
            hints: Vec::new(),
        }
    });
    Ok(Plan::act(commands, wait))
}

fn delete_offsets(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    if !options.has("group") || !options.has("topic") {
        return Err(
            options.usage("Option [delete-offsets] takes the following options: [group], [topic]")
        );
    }
    let group: Name = options.value("group").unwrap_or_default().into();
    let topics: Vec<Name> = options
        .values("topic")
        .iter()
        .map(|t| t.as_str().into())
        .collect();
    let gone = topics
        .iter()
        .find(|t| print::topic(&scene.view, t).is_none());
    if let Some(unknown) = gone {
        return Err(
            error("Encounter some partition level error, see the follow-up details:").hint(
                format!(
                    "no topic `{unknown}`, or it was given with partitions: whole topics only here"
                ),
            ),
        );
    }
    let rows: Vec<(Name, usize)> = topics
        .iter()
        .filter_map(|t| Some((t.clone(), print::topic(&scene.view, t)?.partitions.len())))
        .collect();
    let commands = topics
        .iter()
        .map(|t| Command::GroupDeleteOffsets(group.clone(), t.clone()))
        .collect();
    let targets = vec![group.clone(); topics.len()];
    let wait = Wait::admin(ApiKey::OffsetDelete, targets, move |found| {
        let wrong = found
            .iter()
            .map(|(_, code)| *code)
            .find(|code| !code.is_ok());
        deleted_offsets(&group, &rows, wrong)
    });
    Ok(Plan::act(commands, wait))
}

fn deleted_offsets(group: &Name, topics: &[(Name, usize)], wrong: Option<ErrorCode>) -> Said {
    let mut out = match wrong {
        None => format!("Request succeeded for deleting offsets from group {group}.\n"),
        Some(ErrorCode::GroupIdNotFound) => format!("\nError: '{group}' does not exist.\n"),
        Some(ErrorCode::NonEmptyGroup) => format!(
            "\nError: Deleting offsets of a consumer group '{group}' is forbidden if the group is not empty.\n"
        ),
        Some(ErrorCode::GroupSubscribedToTopic) => {
            "\nError: Encounter some partition level error, see the follow-up details:\n"
                .to_string()
        }
        Some(other) => format!("\nError: Encounter some unknown error: {}\n", other.name()),
    };
    let status = match wrong {
        None => "Successful",
        Some(ErrorCode::GroupSubscribedToTopic) => {
            "Error: :org.apache.kafka.common.errors.GroupSubscribedToTopicException: Deleting offsets of a topic is forbidden \
             while the consumer group is actively subscribed to it."
        }
        Some(_) => "Error",
    };
    out += &format!("\n{}", row(&["TOPIC", "PARTITION", "STATUS"], &[30, 15]));
    for (topic, count) in topics {
        for partition in 0..*count {
            out += &format!(
                "\n{}",
                row(&[topic, &partition.to_string(), status], &[30, 15])
            );
        }
    }
    Said {
        out: out + "\n",
        hints: Vec::new(),
    }
}

/// As Java prints the exception of this code.
fn exception(code: ErrorCode) -> String {
    let package = "org.apache.kafka.common.errors";
    match code {
        ErrorCode::NonEmptyGroup => {
            format!(
                "java.util.concurrent.ExecutionException: {package}.GroupNotEmptyException: The group is not empty."
            )
        }
        ErrorCode::GroupIdNotFound => format!(
            "java.util.concurrent.ExecutionException: {package}.GroupIdNotFoundException: The group id does not exist."
        ),
        other => other.name().to_string(),
    }
}

// Describe.

fn describe(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let verbose = options.has("verbose");
    let mut names = wanted(scene);
    names.sort();
    names.dedup();
    let mut out = String::new();
    for name in names {
        let Some(group) = known(&scene.view).find(|g| g.name == name) else {
            return Err(missing(scene, &name));
        };
        let state = group.state.unwrap_or(GroupState::Dead);
        out += &match state {
            GroupState::Dead => format!("\nError: Consumer group '{name}' does not exist.\n"),
            GroupState::Empty => format!("\nConsumer group '{name}' has no active members.\n"),
            GroupState::Stable => String::new(),
            _ => format!("\nWarning: Consumer group '{name}' is rebalancing.\n"),
        };
        if state == GroupState::Dead {
            continue;
        }
        out += &if options.has("members") {
            members(scene, group, verbose)
        } else if options.has("state") {
            state_table(group, state, verbose)
        } else {
            offsets(scene, group, verbose)
        };
    }
    Ok(Plan::say(Said {
        out,
        hints: Vec::new(),
    }))
}

fn missing(scene: &Scene<'_>, name: &str) -> Failure {
    let failure = error(format!(
        "Executing consumer group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group {name} \
         not found."
    ));
    let there: Vec<&str> = known(&scene.view).map(|g| &*g.name).collect();
    let share = scene
        .view
        .groups
        .iter()
        .any(|g| *g.name == *name && g.share.is_some());
    match there.as_slice() {
        _ if share => failure.hint(format!(
            "{name} is a share group: its tool, kafka-share-groups, is not part of this simulation"
        )),
        [] => failure.hint("no group yet: a consumer that joins makes one"),
        names => failure.hint(format!("there is {}", names.join(", "))),
    }
}

/// A member, as its coordinator has it.
pub(crate) struct Member {
    pub(crate) id: Name,
    pub(crate) client: String,
    pub(crate) instance: Name,
    pub(crate) owns: Vec<TopicPartition>,
    /// Epoch, target epoch and target, in a group of the consumer protocol.
    pub(crate) walk: Option<(i32, Vec<TopicPartition>, bool)>,
}

pub(crate) fn members_of(group: &GroupView) -> Vec<Member> {
    let member = |m: &rebalance_core::view::MemberView| {
        let consumer = group.consumers.iter().find(|c| c.member_id == m.id);
        // A member's id is the client's name, a dash and a UUID of 36 characters.
        let from_id =
            m.id.get(..m.id.len().saturating_sub(37))
                .unwrap_or_default();
        let owns = match (&m.walk, consumer) {
            (Some(walk), _) => walk.assigned.clone(),
            (None, Some(consumer)) => consumer.partitions.iter().map(|p| p.tp).collect(),
            (None, None) => Vec::new(),
        };
        Member {
            id: m.id.clone(),
            client: consumer.map_or_else(|| from_id.to_string(), |c| c.name.to_string()),
            instance: m.instance.clone().unwrap_or_else(|| "".into()),
            owns,
            walk: m
                .walk
                .as_ref()
                .map(|w| (w.epoch, w.target.clone(), w.classic)),
        }
    };
    group.members.iter().map(member).collect()
}

/// One line of the table of offsets.
struct Row {
    topic: Name,
    partition: String,
    offset: String,
    end: String,
    lag: String,
    member: [String; 3],
}

fn offset_row(
    scene: &Scene<'_>,
    group: &GroupView,
    tp: TopicPartition,
    member: [String; 3],
) -> Row {
    let name = scene.session.topic_name(tp.topic);
    let committed = group
        .committed
        .iter()
        .find(|(t, _)| *t == tp)
        .map(|(_, o)| *o);
    let led = print::partition(&scene.view, &name, tp.partition).filter(|p| p.high_watermark >= 0);
    let end: Option<Offset> = led.map(|p| p.high_watermark);
    let text = |n: Option<i64>| n.map_or("-".to_string(), |n| n.to_string());
    Row {
        topic: name,
        partition: tp.partition.to_string(),
        offset: text(committed),
        end: text(end),
        lag: text(committed.and_then(|c| end.map(|e| e - c))),
        member,
    }
}

fn offset_rows(scene: &Scene<'_>, group: &GroupView) -> Vec<Row> {
    let mut members = members_of(group);
    members.sort_by_key(|m| std::cmp::Reverse(m.owns.len()));
    let mut rows = Vec::new();
    let mut owned = Vec::new();
    for m in members.iter().filter(|m| !m.owns.is_empty()) {
        owned.extend(m.owns.iter().copied());
        let cells = || [m.id.to_string(), "/127.0.0.1".into(), m.client.clone()];
        let mine = m
            .owns
            .iter()
            .map(|tp| offset_row(scene, group, *tp, cells()));
        rows.extend(sorted(mine.collect()));
    }
    let free = group
        .committed
        .iter()
        .map(|(tp, _)| *tp)
        .filter(|tp| !owned.contains(tp));
    let dash = || ["-".to_string(), "-".to_string(), "-".to_string()];
    rows.extend(sorted(
        free.map(|tp| offset_row(scene, group, tp, dash()))
            .collect(),
    ));
    rows
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| {
        let number = |r: &Row| r.partition.parse::<i32>().unwrap_or(-1);
        (&a.topic, number(a)).cmp(&(&b.topic, number(b)))
    });
    rows
}

/// The leader epoch is not kept with a committed offset here.
fn offsets(scene: &Scene<'_>, group: &GroupView, verbose: bool) -> String {
    let rows = offset_rows(scene, group);
    if rows.is_empty() {
        return String::new();
    }
    let widths = [
        widest(15, std::iter::once(&*group.name)),
        widest(15, rows.iter().map(|r| &*r.topic)),
        10,
        15,
        15,
        15,
        widest(15, rows.iter().map(|r| r.member[0].as_str())),
        widest(15, rows.iter().map(|r| r.member[1].as_str())),
    ];
    let line = |mut cells: Vec<&str>, epoch: &'static str| {
        let mut widths = widths.to_vec();
        if verbose {
            cells.insert(3, epoch);
            widths.insert(3, 15);
        }
        format!("\n{}", row(&cells, &widths))
    };
    let header = vec![
        "GROUP",
        "TOPIC",
        "PARTITION",
        "CURRENT-OFFSET",
        "LOG-END-OFFSET",
        "LAG",
        "CONSUMER-ID",
        "HOST",
        "CLIENT-ID",
    ];
    let mut out = line(header, "LEADER-EPOCH");
    for r in &rows {
        let [id, host, client] = &r.member;
        out += &line(
            vec![
                &group.name,
                &r.topic,
                &r.partition,
                &r.offset,
                &r.end,
                &r.lag,
                id,
                host,
                client,
            ],
            "-",
        );
    }
    out + "\n"
}

/// `orders:0,1;payments:2`
fn assignment(scene: &Scene<'_>, tps: &[TopicPartition]) -> String {
    let mut topics: Vec<(Name, Vec<i32>)> = Vec::new();
    for tp in tps {
        let name = scene.session.topic_name(tp.topic);
        match topics.iter_mut().find(|(n, _)| *n == name) {
            Some((_, list)) => list.push(tp.partition),
            None => topics.push((name, vec![tp.partition])),
        }
    }
    let text = |(name, mut list): (Name, Vec<i32>)| {
        list.sort_unstable();
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        format!("{name}:{}", list.join(","))
    };
    let mut texts: Vec<String> = topics.into_iter().map(text).collect();
    texts.sort();
    match texts.is_empty() {
        true => "-".into(),
        false => texts.join(";"),
    }
}

fn members(scene: &Scene<'_>, group: &GroupView, verbose: bool) -> String {
    let list = members_of(group);
    let with_instance = list.iter().any(|m| !m.instance.is_empty());
    let current: Vec<String> = list.iter().map(|m| assignment(scene, &m.owns)).collect();
    let target: Vec<String> = list
        .iter()
        .map(|m| assignment(scene, m.walk.as_ref().map_or(&m.owns[..], |w| &w.1[..])))
        .collect();
    let mixed = list.iter().any(|m| m.walk.as_ref().is_some_and(|w| w.2))
        && list.iter().any(|m| m.walk.as_ref().is_some_and(|w| !w.2));
    let widths = [
        widest(15, std::iter::once(&*group.name)),
        widest(15, list.iter().map(|m| &*m.id)),
        widest(17, list.iter().map(|m| &*m.instance)),
        15,
        widest(15, list.iter().map(|m| m.client.as_str())),
        15,
    ];
    let wide = [
        15,
        widest(20, current.iter().map(String::as_str)),
        15,
        widest(20, target.iter().map(String::as_str)),
    ];
    let line = |cells: [&str; 6], more: [&str; 5]| {
        let shown = |i: &usize| with_instance || *i != 2;
        let mut out: String = (0..6)
            .filter(shown)
            .map(|i| left(cells[i], widths[i]) + " ")
            .collect();
        if verbose {
            let rest: Vec<String> = (0..4).map(|i| left(more[i], wide[i])).collect();
            out += &rest.join(" ");
            if mixed {
                out += &format!(" {}", more[4]);
            }
        }
        out + "\n"
    };
    let mut out = String::from("\n");
    out += &line(
        [
            "GROUP",
            "CONSUMER-ID",
            "GROUP-INSTANCE-ID",
            "HOST",
            "CLIENT-ID",
            "#PARTITIONS",
        ],
        [
            "CURRENT-EPOCH",
            "CURRENT-ASSIGNMENT",
            "TARGET-EPOCH",
            "TARGET-ASSIGNMENT",
            "UPGRADED",
        ],
    );
    for (i, m) in list.iter().enumerate() {
        let count = m.owns.len().to_string();
        let epoch = m.walk.as_ref().map_or("-".to_string(), |w| w.0.to_string());
        let aim = group
            .assignment_epoch
            .map_or("-".to_string(), |e| e.to_string());
        // A classic group has no target: Kafka shows a dash.
        let target = m.walk.as_ref().map_or("-", |_| target[i].as_str());
        let upgraded = m
            .walk
            .as_ref()
            .map_or("-", |w| if w.2 { "false" } else { "true" });
        out += &line(
            [
                &group.name,
                &m.id,
                &m.instance,
                "/127.0.0.1",
                &m.client,
                &count,
            ],
            [&epoch, &current[i], &aim, target, upgraded],
        );
    }
    out
}

fn state_table(group: &GroupView, state: GroupState, verbose: bool) -> String {
    let coordinator = group
        .coordinator
        .map_or("-".to_string(), |b| format!("localhost:{}  ({b})", port(b)));
    let strategy = group
        .protocol
        .as_deref()
        .filter(|p| !p.is_empty())
        .unwrap_or("-");
    let members = group.members.len().to_string();
    let (width, name) = (
        widest(25, std::iter::once(&*coordinator)),
        widest(15, std::iter::once(&*group.name)),
    );
    if !verbose {
        let widths = [name, width, 20, 20];
        let header = row(
            &[
                "GROUP",
                "COORDINATOR (ID)",
                "ASSIGNMENT-STRATEGY",
                "STATE",
                "#MEMBERS",
            ],
            &widths,
        );
        let line = row(
            &[&group.name, &coordinator, strategy, state.name(), &members],
            &widths,
        );
        return format!("\n{header}\n{line}\n");
    }
    let widths = [name, width, 20, 20, 15, 25];
    let epoch = group
        .assignment_epoch
        .map_or("-".to_string(), |_| group.generation.to_string());
    let target = group
        .assignment_epoch
        .map_or("-".to_string(), |e| e.to_string());
    let header = [
        "GROUP",
        "COORDINATOR (ID)",
        "ASSIGNMENT-STRATEGY",
        "STATE",
        "GROUP-EPOCH",
        "TARGET-ASSIGNMENT-EPOCH",
        "#MEMBERS",
    ];
    let line = [
        &group.name,
        coordinator.as_str(),
        strategy,
        state.name(),
        &epoch,
        &target,
        &members,
    ];
    format!("\n{}\n{}\n", row(&header, &widths), row(&line, &widths))
}
