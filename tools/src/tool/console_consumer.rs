//! `kafka-console-consumer` (`ConsoleConsumer`, `DefaultMessageFormatter`): what poll() returns, one record a line.
//!
//! A consumer of that name appears and reads. Kafka's tool reads on until it is interrupted; this one ends at
//! `--max-messages`, or when nothing has come for `--timeout-ms` (three seconds without that option), closes and is gone.

use super::{Planned, Scene};
use crate::options::{Options, Tool, flag, number, text};
use crate::plan::{Done, Failure, Plan, Said, Wait};
use rebalance_core::command::{Command, ConsumerSpec, OffsetTarget, PartitionName, Setting};
use rebalance_core::config::{ConfigSet, ConsumerConfig};
use rebalance_core::event::Event;
use rebalance_core::id::{Name, TopicPartition};
use rebalance_core::session::Session;
use rebalance_core::time::{Duration, SimTime};
use rebalance_core::view::{Tile, TileKind};

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-console-consumer",
    about: "This tool helps to read data from Kafka topics and outputs it to standard output.",
    options: &[
        text("topic", "String: topic", "The topic to consume on."),
        text(
            "include",
            "String: Java regex",
            "A regular expression of topics, instead.",
        ),
        number(
            "partition",
            "Integer: partition",
            "The partition to consume from, without a group.",
        ),
        text(
            "offset",
            "String: consume offset",
            "With --partition: a number, earliest or latest.",
        ),
        text(
            "group",
            "String: consumer group id",
            "The consumer group id of the consumer.",
        ),
        flag(
            "from-beginning",
            "Without an offset to start from: begin with the earliest message.",
        ),
        number(
            "max-messages",
            "Integer: num_messages",
            "The number of messages to consume before exiting.",
        ),
        number(
            "timeout-ms",
            "Long: timeout_ms",
            "Exit when no message has come for so long.",
        ),
        text(
            "property",
            "String: prop",
            "print.key=true, print.partition, print.offset, print.timestamp, print.value, key.separator, null.literal.",
        ),
        text(
            "formatter-property",
            "String: prop",
            "The same, by its name of Kafka 4.2.",
        ),
        text(
            "consumer-property",
            "String: consumer_prop",
            "A setting of the consumer: auto.offset.reset=earliest …",
        ),
        text(
            "command-property",
            "String: consumer_prop",
            "The same, by its name of Kafka 4.2.",
        ),
        text(
            "isolation-level",
            "String",
            "read_uncommitted or read_committed.",
        ),
        flag("skip-message-on-error", ""),
        flag("enable-systest-events", ""),
        text("formatter", "String: class", ""),
        text("formatter-config", "String: config file", ""),
        text("consumer.config", "String: config file", ""),
        text("key-deserializer", "String", ""),
        text("value-deserializer", "String", ""),
    ],
};

/// A name for a client that nobody has yet.
pub(super) fn fresh(scene: &Scene<'_>, base: &str) -> Name {
    let taken = |name: &str| {
        let consumers = scene
            .view
            .groups
            .iter()
            .flat_map(|g| &g.consumers)
            .map(|c| &c.name);
        scene
            .view
            .producers
            .iter()
            .map(|p| &p.name)
            .chain(consumers)
            .any(|n| **n == *name)
    };
    let numbered = (2..).map(|n| format!("{base}-{n}"));
    let mut names = std::iter::once(base.to_string()).chain(numbered);
    names.find(|n| !taken(n)).unwrap_or_default().into()
}

/// The events of a client from an entry on.
pub(super) fn told_by<'a>(
    session: &'a Session,
    from: usize,
    name: &'a Name,
) -> impl Iterator<Item = &'a Event> {
    timed(session, from, name).map(|(_, event)| event)
}

fn timed<'a>(
    session: &'a Session,
    from: usize,
    name: &'a Name,
) -> impl Iterator<Item = (SimTime, &'a Event)> {
    let entries = session.entries().after(from);
    let mine = move |e: &&rebalance_core::event::Entry| {
        e.node.is_some_and(|n| session.node_name(n) == *name)
    };
    entries.iter().filter(mine).map(|e| (e.at, &e.event))
}

/// Until a client that closes has left; then it is forgotten.
pub(super) fn gone(name: Name) -> Box<Wait> {
    let remove = vec![Command::ClientRemove(name.clone())];
    let late = Done {
        said: Said::default(),
        commands: remove.clone(),
        then: None,
    };
    Box::new(Wait::new(Duration::secs(60), late, move |session, from| {
        let left = told_by(session, from, &name).any(|e| matches!(e, Event::ClientGone { .. }));
        left.then(|| Done {
            said: Said::default(),
            commands: remove.clone(),
            then: None,
        })
    }))
}

/// The group a console consumer makes up; Kafka draws the number, here the journal's length does.
fn console_group(session: &Session) -> Name {
    let number = session.entries().len().wrapping_mul(7_919) % 100_000;
    format!("console-consumer-{number}").into()
}

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    check(options)?;
    let format = Format::new(options);
    let (settings, hints) = settings(options)?;
    let name = fresh(scene, "console-consumer");
    let topic = options.value("topic");
    let mut spec = ConsumerSpec {
        processing: Some(Duration::ZERO),
        ..ConsumerSpec::default()
    };
    let mut seek = None;
    if let (Some(topic), Some(number)) = (topic, options.number("partition")) {
        let partition = i32::try_from(number).unwrap_or(-1);
        let tp = PartitionName {
            topic: topic.into(),
            partition,
        };
        if crate::print::partition(&scene.view, topic, partition).is_none() {
            return Err(Failure::new(format!(
                "WARN [Consumer clientId=console-consumer] {tp}: UNKNOWN_TOPIC_OR_PARTITION"
            ))
            .hint(format!("there is no partition {tp}")));
        }
        seek = start(options)?.map(|to| Command::ConsumerSeek(name.clone(), tp.clone(), to));
        spec.assign = Some(vec![tp]);
    } else {
        spec.group = Some(
            options
                .value("group")
                .map_or_else(|| console_group(scene.session), Name::from),
        );
        let pattern = options.value("include").map(|p| format!("/{p}/").into());
        spec.topics = Some(vec![
            topic
                .map(Name::from)
                .or(pattern)
                .unwrap_or_else(|| "".into()),
        ]);
    }
    let manual = spec.assign.is_some();
    let commands = vec![Command::ConsumerAdd(name.clone(), spec, settings)];
    let reading = Reading {
        name,
        format,
        most: options
            .number("max-messages")
            .and_then(|n| usize::try_from(n).ok()),
        timeout: options.number("timeout-ms").filter(|t| *t >= 0),
        began: manual.then_some(scene.view.now),
    };
    let wait = match seek {
        Some(seek) => reading.after(seek),
        None => reading.wait(),
    };
    let mut plan = Plan::act(commands, wait);
    plan.said.hints = hints;
    Ok(plan)
}

fn check(options: &Options) -> Result<(), Failure> {
    if options.has("topic") == options.has("include") {
        return Err(options.usage("Exactly one of --include/--topic is required. "));
    }
    if options.has("partition") && !options.has("topic") {
        return Err(options.usage("The topic is required when partition is specified."));
    }
    if options.has("partition") && options.has("from-beginning") && options.has("offset") {
        return Err(
            options.usage("Options from-beginning and offset cannot be specified together.")
        );
    }
    if options.has("offset") && !options.has("partition") {
        return Err(options.usage("The partition is required when offset is specified."));
    }
    if options.has("partition") && options.has("group") {
        return Err(options.usage("Options group and partition cannot be specified together."));
    }
    options.require(&["bootstrap-server"])
}

/// Where to begin in a partition taken by hand, if a number says it; otherwise `auto.offset.reset` does.
fn start(options: &Options) -> Result<Option<OffsetTarget>, Failure> {
    let Some(text) = options.value("offset") else {
        return Ok(None);
    };
    match text.to_ascii_lowercase().as_str() {
        "earliest" | "latest" => Ok(None),
        number => match number.parse::<i64>() {
            Ok(n) if n >= 0 => Ok(Some(OffsetTarget::Offset(n))),
            _ => Err(options.usage(format!(
                "The provided offset value '{text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long."
            ))),
        },
    }
}

fn settings(options: &Options) -> Result<(Vec<Setting>, Vec<String>), Failure> {
    let (mut settings, mut hints): (Vec<Setting>, Vec<String>) = (Vec::new(), Vec::new());
    let given = options
        .values("consumer-property")
        .iter()
        .chain(options.values("command-property"));
    for pair in given {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match ConsumerConfig::index_of(name) {
            Err(_) => hints.push(format!(
                "{name}: this simulation has no such setting of consumers; left out"
            )),
            Ok(index) => {
                let def = &ConsumerConfig::DEFS[index];
                def.parse(value).map_err(|e| {
                    Failure::new(format!(
                        "org.apache.kafka.common.config.ConfigException: {}",
                        super::configs::refuse_config(def, value)
                    ))
                    .hint(e.to_string())
                })?;
                settings.push((name.into(), value.into()));
            }
        }
    }
    let has = |settings: &[Setting], name: &str| {
        settings
            .iter()
            .find(|(n, _)| **n == *name)
            .map(|(_, v)| v.clone())
    };
    let earliest = options
        .value("offset")
        .is_some_and(|o| o.eq_ignore_ascii_case("earliest"));
    let begin = options.has("from-beginning") || earliest;
    match has(&settings, "auto.offset.reset") {
        Some(value) if begin && *value != *"earliest" => {
            return Err(Failure::new(format!(
                "Can't simultaneously specify --from-beginning and 'auto.offset.reset={value}', please remove one option"
            )));
        }
        Some(_) => {}
        None => settings.push((
            "auto.offset.reset".into(),
            if begin { "earliest" } else { "latest" }.into(),
        )),
    }
    if !options.has("group")
        && !options.has("partition")
        && has(&settings, "enable.auto.commit").is_none()
    {
        settings.push(("enable.auto.commit".into(), "false".into()));
    }
    if let Some(level) = options.value("isolation-level") {
        settings.push(("isolation.level".into(), level.into()));
    }
    Ok((settings, hints))
}

/// What of a record is printed.
#[derive(Clone)]
struct Format {
    timestamp: bool,
    partition: bool,
    offset: bool,
    epoch: bool,
    key: bool,
    value: bool,
    separator: String,
    null: String,
}

impl Format {
    fn new(options: &Options) -> Self {
        let given: Vec<&String> = options
            .values("property")
            .iter()
            .chain(options.values("formatter-property"))
            .collect();
        let find = |name: &str| {
            let pairs = given.iter().rev().filter_map(|p| p.split_once('='));
            pairs
                .into_iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| v.to_string())
        };
        let is = |name: &str, default: bool| {
            find(name).map_or(default, |v| v.trim().eq_ignore_ascii_case("true"))
        };
        Self {
            timestamp: is("print.timestamp", false),
            partition: is("print.partition", false),
            offset: is("print.offset", false),
            epoch: is("print.epoch", false),
            key: is("print.key", false),
            value: is("print.value", true),
            separator: find("key.separator").unwrap_or_else(|| "\t".into()),
            null: find("null.literal").unwrap_or_else(|| "null".into()),
        }
    }

    fn line(&self, tp: TopicPartition, tile: &Tile) -> String {
        let value = match tile.kind {
            TileKind::Tombstone => self.null.clone(),
            _ => tile.value.to_string(),
        };
        let key = tile.key.as_deref().unwrap_or(&self.null).to_string();
        let cells = [
            (self.timestamp, format!("CreateTime:{}", tile.timestamp)),
            (self.partition, format!("Partition:{}", tp.partition)),
            (self.offset, format!("Offset:{}", tile.offset)),
            (self.epoch, format!("Epoch:{}", tile.epoch)),
            (self.key, key),
            (self.value, value),
        ];
        let shown: Vec<String> = cells
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, text)| text)
            .collect();
        // Without the value the line is not ended, in Kafka as here.
        shown.join(&self.separator) + if self.value { "\n" } else { "" }
    }
}

/// A console consumer at work.
struct Reading {
    name: Name,
    format: Format,
    most: Option<usize>,
    timeout: Option<i64>,
    /// When it began to read, if no group has to give it partitions first.
    began: Option<SimTime>,
}

/// Without `--timeout-ms`.
const IDLE: Duration = Duration::secs(3);

impl Reading {
    fn wait(self) -> Wait {
        let late = Done::say(
            Said::default().hint("the group has not given it any partition; the consumer stays"),
        );
        Wait::new(Duration::secs(900), late, move |session, from| {
            self.look(session, from)
        })
    }

    /// Seeks as soon as the partition is the consumer's, then reads.
    fn after(self, seek: Command) -> Wait {
        let name = self.name.clone();
        let reading = std::cell::Cell::new(Some(self));
        let late = Done::say(
            Said::default().hint("the partition could not be reached; the consumer stays"),
        );
        Wait::new(Duration::secs(120), late, move |session, from| {
            let placed =
                told_by(session, from, &name).any(|e| matches!(e, Event::PositionSet { .. }));
            let reading = placed.then(|| reading.take()).flatten()?;
            let then = Some(Box::new(reading.wait()));
            Some(Done {
                said: Said::default(),
                commands: vec![seek.clone()],
                then,
            })
        })
    }

    fn look(&self, session: &Session, from: usize) -> Option<Done> {
        let mut last = self.began;
        let mut polled: Vec<(TopicPartition, i64, i64)> = Vec::new();
        let mut count = 0;
        for (at, event) in timed(session, from, &self.name) {
            match event {
                Event::Assigned { .. } | Event::PositionSet { .. } => last = Some(at),
                Event::Polled {
                    tp,
                    first,
                    last: end,
                    records,
                } => {
                    last = Some(at);
                    count += *records as usize;
                    polled.push((*tp, *first, *end));
                }
                _ => {}
            }
        }
        let full = self.most.is_some_and(|most| count >= most);
        let idle = self.timeout.map_or(IDLE, Duration::millis);
        let quiet = last.is_some_and(|last| session.now().since(last) >= idle);
        // With --max-messages alone Kafka's tool waits for ever; so long as records may come, so does this.
        let patient = self.most.is_some() && self.timeout.is_none();
        let given_up = quiet
            && (!patient || last.is_some_and(|l| session.now().since(l) >= Duration::secs(60)));
        if !full && !given_up {
            return None;
        }
        let lines = polled.iter().flat_map(|(tp, first, last)| {
            records(session, *tp, *first, *last)
                .into_iter()
                .map(|t| self.format.line(*tp, &t))
                .collect::<Vec<_>>()
        });
        let lines: Vec<String> = lines.take(self.most.unwrap_or(usize::MAX)).collect();
        let mut out: String = lines.concat();
        if !full && self.timeout.is_some() {
            out += "ERROR Error processing message, terminating consumer process:  \
                    (org.apache.kafka.tools.consumer.ConsoleConsumer)\norg.apache.kafka.common.errors.TimeoutException\n";
        }
        out += &format!("Processed a total of {} messages\n", lines.len());
        let mut said = Said {
            out,
            hints: Vec::new(),
        };
        if !full && self.timeout.is_none() {
            said.hints.push("nothing more has come for a while: Kafka's tool would go on until Ctrl-C, this one closes".into());
        }
        let commands = vec![Command::ClientStop(self.name.clone())];
        Some(Done {
            said,
            commands,
            then: Some(gone(self.name.clone())),
        })
    }
}

/// Records from `first` to `last`, from whichever copy has them.
fn records(session: &Session, tp: TopicPartition, first: i64, last: i64) -> Vec<Tile> {
    let view = session.view();
    let holders = view.brokers.iter().flat_map(|b| {
        b.replicas
            .iter()
            .filter(|r| r.tp == tp)
            .map(move |r| (b.id, r))
    });
    let best = holders.max_by_key(|(_, r)| (r.high_watermark > last, r.log_end));
    let Some((broker, _)) = best else {
        return Vec::new();
    };
    let mut tiles = session.browse(broker, tp, last + 1, (last - first + 1) as usize);
    tiles.retain(|t| t.offset >= first);
    tiles
}
