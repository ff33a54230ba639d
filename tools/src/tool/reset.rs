//! `kafka-consumer-groups --reset-offsets` (`GroupOffsetsResetter`).
//!
//! Where each partition goes is worked out first, as the tool does; then each gets a commit of its own.

use super::groups::{error, known, wanted};
use super::{Planned, Scene};
use crate::plan::{Failure, Plan, Said, Wait};
use crate::print::{self, row};
use rebalance_core::command::{Command, OffsetTarget};
use rebalance_core::config::iso;
use rebalance_core::event::GroupState;
use rebalance_core::id::{Name, Offset};
use rebalance_core::protocol::ApiKey;
use rebalance_core::view::{GroupView, PartitionView};

/// What says where to.
const SCENARIOS: [&str; 8] = [
    "to-offset",
    "shift-by",
    "to-datetime",
    "by-duration",
    "to-earliest",
    "to-latest",
    "to-current",
    "from-file",
];

/// A partition and its new offset.
type Placed = (Name, i32, Offset);

pub(super) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    let mut said = check(scene)?;
    let mut commands = Vec::new();
    let mut targets = Vec::new();
    let mut table = Vec::new();
    for name in wanted(scene) {
        let group = known(&scene.view).find(|g| g.name == name);
        let state = group.and_then(|g| g.state).unwrap_or(GroupState::Dead);
        if !matches!(state, GroupState::Empty | GroupState::Dead) {
            let refused = error(format!(
                "Assignments can only be reset if the group '{name}' is inactive, but the current state is {}.",
                state.name()
            ));
            said.out += &refused.0.out;
            said.hints.push("stop its consumers first".into());
            continue;
        }
        let partitions = scope(scene, group)?;
        let placed = place(scene, group, &partitions, &mut said)?;
        for (topic, partition, offset) in placed {
            commands.push(Command::GroupSeek(
                name.clone(),
                OffsetTarget::Offset(offset),
                Some(topic.clone()),
                Some(partition),
            ));
            targets.push(name.clone());
            table.push((name.clone(), topic, partition, offset));
        }
    }
    let tail = match options.has("export") {
        true => csv(&table, options.values("group").len() == 1),
        false => printed(&table, !wanted(scene).is_empty()),
    };
    if !options.has("execute") || commands.is_empty() {
        said.out += &tail;
        return Ok(Plan::say(said));
    }
    let wait = Wait::admin(ApiKey::OffsetCommit, targets, move |found| {
        match found.iter().find(|(_, code)| !code.is_ok()) {
            None => Said {
                out: tail.clone(),
                hints: Vec::new(),
            },
            Some((_, code)) => {
                *error(format!(
                    "Executing consumer group command failed due to {}",
                    code.name()
                ))
                .0
            }
        }
    });
    Ok(Plan {
        said,
        ..Plan::act(commands, wait)
    })
}

fn check(scene: &Scene<'_>) -> Result<Said, Failure> {
    let options = &scene.options;
    let mut said = Said::default();
    if options.has("dry-run") && options.has("execute") {
        return Err(
            options.usage("Option [reset-offsets] only accepts one of [execute] and [dry-run]")
        );
    }
    if !options.has("dry-run") && !options.has("execute") {
        said = Said::line(
            "WARN: No action will be performed as the --execute option is missing. \
             In a future major release, the default behavior of this command will be to prompt the user before \
             executing the reset rather than doing a dry run. You should add the --dry-run option explicitly \
             if you are scripting this command and want to keep the current default behavior without prompting.",
        );
    }
    let given: Vec<&str> = SCENARIOS.into_iter().filter(|s| options.has(s)).collect();
    if given.is_empty() {
        let all: Vec<String> = SCENARIOS.iter().map(|s| format!("[{s}]")).collect();
        let message = format!(
            "Option '[reset-offsets]' requires one of the following scenarios: [{}]",
            all.join(", ")
        );
        return Err(options.usage(message));
    }
    if let [first, second, ..] = given.as_slice() {
        return Err(options.usage(format!(
            "Option \"[{first}]\" can't be used with option \"[{second}]\""
        )));
    }
    if options.has("from-file") {
        // Not one of Kafka's sentences, so it is said in both languages of the page.
        return Err(Failure::new(
            "There are no files in this simulation: say with another option where to go. \
             · 这个模拟里没有文件：请用别的选项指定位置。",
        )
        .hint("--to-offset, --shift-by, --to-earliest …"));
    }
    if !options.has("topic") && !options.has("all-topics") {
        return Err(
            options.usage("One of the reset scopes should be defined: --all-topics, --topic.")
        );
    }
    Ok(said)
}

/// Which partitions: `--topic orders`, `--topic orders:0,1`, or all that the group has offsets for.
fn scope(scene: &Scene<'_>, group: Option<&GroupView>) -> Result<Vec<(Name, i32)>, Failure> {
    let options = &scene.options;
    let mut found = Vec::new();
    if options.has("all-topics") {
        for (tp, _) in group.iter().flat_map(|g| &g.committed) {
            found.push((scene.session.topic_name(tp.topic), tp.partition));
        }
    }
    for given in options.values("topic") {
        let (name, list) = given.split_once(':').unwrap_or((given, ""));
        let Some(topic) = print::topic(&scene.view, name) else {
            return Err(error(
                "Executing consumer group command failed due to org.apache.kafka.common.errors.\
                 UnknownTopicOrPartitionException: This server does not host this topic-partition.",
            )
            .hint(format!("no topic `{name}`")));
        };
        for p in &topic.partitions {
            found.push((topic.name.clone(), p.tp.partition));
        }
        if !list.is_empty() {
            let wanted: Result<Vec<i32>, _> = list.split(',').map(|n| n.trim().parse()).collect();
            let wanted =
                wanted.map_err(|_| options.usage(format!("For input string: \"{list}\"")))?;
            found.retain(|(n, p)| *n != topic.name || wanted.contains(p));
            if let Some(p) = wanted
                .iter()
                .find(|p| !found.contains(&(topic.name.clone(), **p)))
            {
                return Err(error(format!("The partitions \"{name}-{p}\" do not exist")));
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn place(
    scene: &Scene<'_>,
    group: Option<&GroupView>,
    partitions: &[(Name, i32)],
    said: &mut Said,
) -> Result<Vec<Placed>, Failure> {
    let mut placed = Vec::new();
    for (topic, number) in partitions {
        let led = print::partition(&scene.view, topic, *number).filter(|p| p.high_watermark >= 0);
        let Some(p) = led else {
            return Err(error(format!(
                "Error getting ending offset of topic partition: {topic}-{number}"
            ))
            .hint("it has no leader"));
        };
        let committed = group
            .and_then(|g| g.committed.iter().find(|(tp, _)| *tp == p.tp))
            .map(|(_, o)| *o);
        let offset = place_one(scene, topic, p, committed, said)?;
        placed.push((topic.clone(), *number, offset));
    }
    Ok(placed)
}

fn place_one(
    scene: &Scene<'_>,
    topic: &Name,
    p: &PartitionView,
    committed: Option<Offset>,
    said: &mut Said,
) -> Result<Offset, Failure> {
    let options = &scene.options;
    let number = p.tp.partition;
    if options.has("to-earliest") {
        return Ok(p.log_start);
    }
    if options.has("to-latest") {
        return Ok(p.high_watermark);
    }
    if options.has("to-current") {
        return Ok(committed.unwrap_or(p.high_watermark));
    }
    if let Some(offset) = options.number("to-offset") {
        return Ok(in_range(topic, p, offset, said));
    }
    if let Some(by) = options.number("shift-by") {
        let committed = committed.ok_or_else(|| {
            options.usage(format!(
                "Cannot shift offset for partition {topic}-{number} since there is no current committed offset"
            ))
        })?;
        return Ok(in_range(topic, p, committed + by, said));
    }
    let now = scene.view.now.as_millis();
    let since = match options.value("by-duration") {
        Some(text) => {
            let span = iso::parse(text.trim()).ok_or_else(|| {
                error(format!("Text cannot be parsed to a Duration: {text}"))
                    .hint("PT10S, PT1M30S, P1DT2H")
            })?;
            now - span
        }
        None => {
            let text = options.value("to-datetime").unwrap_or_default();
            text.parse().map_err(|_| {
                error(format!("Unparseable date: \"{text}\""))
                    .hint("the simulation has no calendar: milliseconds since its beginning, such as 12000")
            })?
        }
    };
    Ok(offset_since(scene, p, since).unwrap_or_else(|| {
        said.out += &format!("\nWarn: Partition {number} from topic {topic} is empty. Falling back to latest known offset.\n");
        p.high_watermark
    }))
}

fn in_range(topic: &Name, p: &PartitionView, offset: Offset, said: &mut Said) -> Offset {
    let number = p.tp.partition;
    let (word, edge) = if offset > p.high_watermark {
        ("higher than latest", p.high_watermark)
    } else if offset < p.log_start {
        ("lower than earliest", p.log_start)
    } else {
        return offset;
    };
    said.out += &format!(
        "WARN New offset ({offset}) is {word} offset for topic partition {topic}-{number}. Value will be set to {edge} \
         (org.apache.kafka.tools.consumer.group.ConsumerGroupCommand)\n"
    );
    edge
}

/// The first committed offset whose record is no older.
fn offset_since(scene: &Scene<'_>, p: &PartitionView, since: i64) -> Option<Offset> {
    let tiles = scene
        .session
        .browse(p.leader?, p.tp, p.high_watermark, usize::MAX);
    tiles
        .iter()
        .find(|t| t.timestamp >= since)
        .map(|t| t.offset)
}

fn printed(table: &[(Name, Name, i32, Offset)], headed: bool) -> String {
    if !headed {
        return "\n".into();
    }
    let widths = [30, 30, 10, 15];
    let line = |cells: [&str; 4]| {
        let mut cells = cells.to_vec();
        cells.push("");
        format!(
            "\n{}",
            row(&cells, &widths).strip_suffix(' ').unwrap_or_default()
        )
    };
    let mut out = line(["GROUP", "TOPIC", "PARTITION", "NEW-OFFSET"]);
    for (group, topic, partition, offset) in table {
        out += &line([group, topic, &partition.to_string(), &offset.to_string()]);
    }
    out + "\n"
}

fn csv(table: &[(Name, Name, i32, Offset)], single: bool) -> String {
    let line = |(group, topic, partition, offset): &(Name, Name, i32, Offset)| match single {
        true => format!("\"{topic}\",{partition},{offset}\n"),
        false => format!("\"{group}\",\"{topic}\",{partition},{offset}\n"),
    };
    table.iter().map(line).collect::<String>() + "\n"
}
