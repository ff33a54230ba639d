//! `kafka-configs` (`kafka.admin.ConfigCommand`), for topics, groups and the brokers' defaults.

use super::{Planned, Scene};
use crate::options::{Options, Tool, flag, text};
use crate::plan::{Failure, Plan, Said, Wait};
use crate::print;
use rebalance_core::command::{Command, Setting};
use rebalance_core::config::{BrokerConfig, ConfigSet, Def, GroupConfig, Kind, TopicConfig, Unit};
use rebalance_core::id::Name;
use rebalance_core::protocol::{ApiKey, ErrorCode};

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-configs",
    about: "This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip, client-metrics or group",
    options: &[
        text(
            "add-config-file",
            "String",
            "Not modelled here: there are no files; --add-config name=value,…",
        ),
        text(
            "bootstrap-controller",
            "String",
            "Not modelled here: any broker answers, --bootstrap-server localhost:9092",
        ),
        text(
            "broker-logger",
            "String",
            "Not modelled here: brokers write no log files.",
        ),
        flag("force", ""),
        text(
            "user",
            "String",
            "Not modelled here: there are no users and no quotas.",
        ),
        flag(
            "user-defaults",
            "Not modelled here: there are no users and no quotas.",
        ),
        text(
            "client",
            "String",
            "Not modelled here: there are no quotas.",
        ),
        flag("client-defaults", "Not modelled here: there are no quotas."),
        text(
            "client-metrics",
            "String",
            "Not modelled here: clients push no metrics.",
        ),
        text("ip", "String", "Not modelled here: there are no quotas."),
        flag("ip-defaults", "Not modelled here: there are no quotas."),
        flag("alter", "Alter the configuration for the entity."),
        flag("describe", "List configs for the given entity."),
        flag(
            "all",
            "With --describe: all configs, not only those that were set.",
        ),
        text(
            "entity-type",
            "String",
            "Type of entity: topics, groups or brokers.",
        ),
        text(
            "entity-name",
            "String",
            "Name of the entity: a topic, a group, a broker's id.",
        ),
        flag("entity-default", "The default of all brokers."),
        text(
            "topic",
            "String",
            "The topic's name: --entity-type topics --entity-name in one.",
        ),
        text(
            "group",
            "String",
            "The group's name: --entity-type groups --entity-name in one.",
        ),
        text(
            "broker",
            "String",
            "The broker's id: --entity-type brokers --entity-name in one.",
        ),
        flag("broker-defaults", "The default of all brokers."),
        text(
            "add-config",
            "String",
            "Configurations to set: 'k1=v1,k2=[v1,v2]'.",
        ),
        text(
            "delete-config",
            "String",
            "Configurations to remove: 'k1,k2'.",
        ),
    ],
};

/// Topic settings of Kafka 4.x beside those that the simulation has.
pub(crate) const KNOWN_TOPIC_CONFIGS: [&str; 20] = [
    "compression.type",
    "compression.gzip.level",
    "compression.lz4.level",
    "compression.zstd.level",
    "file.delete.delay.ms",
    "flush.messages",
    "flush.ms",
    "follower.replication.throttled.replicas",
    "index.interval.bytes",
    "leader.replication.throttled.replicas",
    "local.retention.bytes",
    "local.retention.ms",
    "message.timestamp.type",
    "message.timestamp.before.max.ms",
    "message.timestamp.after.max.ms",
    "preallocate",
    "remote.storage.enable",
    "segment.index.bytes",
    "segment.jitter.ms",
    "remote.log.delete.on.disable",
];

/// What Kafka says of a value that a setting does not take (`ConfigDef`).
pub(crate) fn refuse_config(def: &Def, value: &str) -> String {
    let name = def.name;
    match def.kind {
        Kind::Int(min, max) => {
            let long = max > i64::from(i32::MAX) || matches!(def.unit, Unit::Millis);
            let kind = if long { "LONG" } else { "INT" };
            match value.parse::<i64>() {
                Err(_) => format!(
                    "Invalid value {value} for configuration {name}: Not a number of type {kind}"
                ),
                Ok(n) if n < min => {
                    format!(
                        "Invalid value {value} for configuration {name}: Value must be at least {min}"
                    )
                }
                Ok(_) => format!(
                    "Invalid value {value} for configuration {name}: Value must be no more than {max}"
                ),
            }
        }
        Kind::Ratio => match double(value) {
            Some(n) if n.starts_with('-') => {
                format!("Invalid value {n} for configuration {name}: Value must be at least 0")
            }
            Some(n) => {
                format!("Invalid value {n} for configuration {name}: Value must be no more than 1")
            }
            None => format!(
                "Invalid value {value} for configuration {name}: Not a number of type DOUBLE"
            ),
        },
        Kind::Bool => {
            format!(
                "Invalid value {value} for configuration {name}: Expected value to be either true or false"
            )
        }
        Kind::Choice(names) | Kind::Since(names) | Kind::List(names) => {
            format!(
                "Invalid value {value} for configuration {name}: String must be one of: {}",
                names.join(", ")
            )
        }
    }
}

/// How Java prints a number that is written without an exponent: `01.50` is 1.5, `2` is 2.0. (Reading it as a floating-point
/// number would bring 15 KB of tables along.)
fn double(text: &str) -> Option<String> {
    let (sign, number) = text.strip_prefix('-').map_or(("", text), |it| ("-", it));
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |it: &str| it.bytes().all(|b| b.is_ascii_digit());
    if whole.len() + part.len() == 0 || !digits(whole) || !digits(part) {
        return None;
    }
    let or_zero = |it: &str| match it {
        "" => "0".to_owned(),
        it => it.to_owned(),
    };
    let whole = or_zero(whole.trim_start_matches('0'));
    let part = or_zero(part.trim_end_matches('0'));
    Some(format!("{sign}{whole}.{part}"))
}

/// Whose settings.
enum Entity {
    Topic(Option<Name>),
    Group(Option<Name>),
    Broker(Option<Name>),
}

fn entity(options: &Options) -> Result<Entity, Failure> {
    let short = ["topic", "group", "broker"]
        .into_iter()
        .find(|s| options.has(s));
    let (kind, name) = match short {
        Some(short) => (format!("{short}s"), options.value(short)),
        None if options.has("broker-defaults") => ("brokers".to_string(), None),
        None => (
            options.value("entity-type").unwrap_or_default().to_string(),
            options.value("entity-name"),
        ),
    };
    let name = name.map(Name::from);
    match kind.as_str() {
        "topics" => Ok(Entity::Topic(name)),
        "groups" => Ok(Entity::Group(name)),
        "brokers" => Ok(Entity::Broker(name)),
        "" => Err(options
            .usage("At least one entity type must be specified")
            .hint("for instance: --entity-type topics --entity-name orders")),
        "users" | "clients" | "ips" | "client-metrics" | "broker-loggers" => {
            Err(Failure::new(format!("{kind}: not part of this simulation"))
                .hint("topics, groups and brokers are"))
        }
        other => Err(Failure::new(format!(
            "Invalid entity type {other}, the entity type must be one of topics, clients, users, brokers, ips, \
             broker-loggers, client-metrics, groups with a --bootstrap-server or --bootstrap-controller argument"
        ))),
    }
}

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    if options.has("alter") == options.has("describe") {
        return Err(options.usage("Command must include exactly one action: --describe, --alter"));
    }
    if !options.has("bootstrap-server") {
        return Err(Failure::new(
            "Either --bootstrap-server or --bootstrap-controller must be specified.",
        )
        .hint("any broker's address will do: --bootstrap-server localhost:9092"));
    }
    let entity = entity(options)?;
    match options.has("alter") {
        true => alter(scene, &entity),
        false => Ok(Plan::say(describe(scene, &entity)?)),
    }
}

// Alter.

/// `a=1,b=[x,y]` as pairs: commas in brackets do not separate.
fn pairs(text: &str) -> Result<Vec<Setting>, Failure> {
    let mut pieces = vec![String::new()];
    let mut inside = false;
    for c in text.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            ',' if !inside => pieces.push(String::new()),
            c => pieces.last_mut().unwrap_or(&mut String::new()).push(c),
        }
    }
    let pair = |piece: &String| {
        let (name, value) = piece.split_once('=').ok_or_else(|| {
            Failure::new(
                "Invalid entity config: all configs to be added must be in the format \"key=val\".",
            )
        })?;
        Ok((Name::from(name.trim()), Name::from(value.trim())))
    };
    pieces.iter().map(pair).collect()
}

fn alter(scene: &Scene<'_>, entity: &Entity) -> Planned {
    let options = &scene.options;
    if !options.has("add-config") && !options.has("delete-config") {
        return Err(options.usage(
            "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter",
        ));
    }
    let add = options.value("add-config").map_or(Ok(Vec::new()), pairs)?;
    let gone = options
        .values("delete-config")
        .iter()
        .flat_map(|v| v.split(','));
    let gone: Vec<Name> = gone.map(|n| n.trim().into()).collect();
    match entity {
        Entity::Topic(Some(name)) => alter_topic(scene, name, &add, &gone),
        Entity::Group(Some(name)) => {
            let (settings, hints) = checked::<GroupConfig>(&add, &gone, &[])?;
            let plan = act(settings, name, "group", |s| {
                Command::GroupSet(name.clone(), s)
            });
            Ok(hinted(plan, hints))
        }
        Entity::Broker(name) => alter_brokers(
            name.as_ref(),
            &add,
            &gone,
            options.has("entity-default") || options.has("broker-defaults"),
        ),
        _ => Err(Failure::new(
            "An entity name must be specified for every entity type",
        )),
    }
}

fn hinted(mut plan: Plan, hints: Vec<String>) -> Plan {
    plan.said.hints.extend(hints);
    plan
}

/// What is to be set as the simulation has it; an empty value takes a setting back.
fn checked<C: ConfigSet>(
    add: &[Setting],
    gone: &[Name],
    foreign: &[&str],
) -> Result<(Vec<Setting>, Vec<String>), Failure> {
    let (mut settings, mut hints) = (Vec::new(), Vec::new());
    let failed = |message: String| {
        Failure::new(format!(
            "Error while executing config command\njava.util.concurrent.ExecutionException: \
             org.apache.kafka.common.errors.InvalidConfigurationException: {message}"
        ))
    };
    for (name, value) in add {
        match C::index_of(name) {
            Ok(index) => {
                let def = &C::DEFS[index];
                def.parse(value).map_err(|_| {
                    failed(refuse_config(def, value)).hint(format!("{name}: {}", def.expected()))
                })?;
                settings.push((name.clone(), value.clone()));
            }
            Err(_) if foreign.contains(&&**name) => {
                hints.push(format!(
                    "{name} is a setting of Kafka that this simulation does not have; left out"
                ));
            }
            Err(wrong) => {
                return Err(
                    failed(format!("Unknown topic config name: {name}")).hint(wrong.to_string())
                );
            }
        }
    }
    settings.extend(gone.iter().map(|n| (n.clone(), "".into())));
    Ok((settings, hints))
}

fn alter_topic(scene: &Scene<'_>, name: &Name, add: &[Setting], gone: &[Name]) -> Planned {
    let Some(topic) = print::topic(&scene.view, name) else {
        return Err(Failure::new(format!(
            "Error while executing config command\njava.util.concurrent.ExecutionException: \
             org.apache.kafka.common.errors.UnknownTopicOrPartitionException: The topic '{name}' does not exist."
        )));
    };
    let missing: Vec<&str> = gone
        .iter()
        .filter(|n| !topic.configs.iter().any(|(c, _)| *c == &***n))
        .map(|n| &**n)
        .collect();
    if !missing.is_empty() {
        return Err(Failure::new(format!(
            "Invalid config(s): {}",
            missing.join(",")
        )));
    }
    let (settings, hints) = checked::<TopicConfig>(add, gone, &KNOWN_TOPIC_CONFIGS)?;
    Ok(hinted(
        act(settings, name, "topic", |s| {
            Command::TopicSet(name.clone(), s)
        }),
        hints,
    ))
}

fn act(
    settings: Vec<Setting>,
    name: &Name,
    kind: &'static str,
    command: impl Fn(Vec<Setting>) -> Command,
) -> Plan {
    if settings.is_empty() {
        return Plan::say(Said::line(format!(
            "Completed updating config for {kind} {name}."
        )));
    }
    let targets = vec![name.clone(); settings.len()];
    let wait = Wait::admin(
        ApiKey::IncrementalAlterConfigs,
        targets,
        move |found| match found.iter().find(|(_, code)| !code.is_ok()) {
            None => Said::line(format!(
                "Completed updating config for {kind} {}.",
                found[0].0
            )),
            Some((_, ErrorCode::RequestTimedOut)) => Said::line(
                "Error while executing config command\njava.util.concurrent.TimeoutException",
            ),
            Some((_, code)) => Said::line(format!(
                "Error while executing config command\n{}",
                code.name()
            )),
        },
    );
    Plan::act(vec![command(settings)], wait)
}

/// The simulation has one configuration for all brokers.
fn alter_brokers(name: Option<&Name>, add: &[Setting], gone: &[Name], default: bool) -> Planned {
    if name.is_some() || !default {
        return Err(
            Failure::new("one broker's own configuration is not part of this simulation")
                .hint("all of them together: --entity-type brokers --entity-default"),
        );
    }
    if !gone.is_empty() {
        return Err(
            Failure::new("--delete-config for brokers is not part of this simulation")
                .hint("set the default itself: --add-config name=value"),
        );
    }
    let (settings, _) = checked::<BrokerConfig>(add, gone, &[])?;
    let fixed: Vec<&str> = settings
        .iter()
        .map(|(n, _)| &**n)
        .filter(|n| !DYNAMIC.contains(n))
        .collect();
    if !fixed.is_empty() {
        let all: Vec<String> = settings.iter().map(|(n, v)| format!("{n}={v}")).collect();
        return Err(Failure::new(format!(
            "Error while executing config command\njava.util.concurrent.ExecutionException: \
             org.apache.kafka.common.errors.InvalidRequestException: Cannot update these configs dynamically: Set({})",
            fixed.join(", ")
        ))
        .hint(format!("Kafka wants a restart for it; the simulation does it by: cluster set {}", all.join(" "))));
    }
    Ok(Plan {
        said: Said::line("Completed updating default config for brokers in the cluster."),
        commands: vec![Command::ClusterSet(settings)],
        wait: None,
    })
}

/// Broker settings that Kafka changes without a restart, among those that the simulation has.
const DYNAMIC: [&str; 1] = ["log.cleaner.backoff.ms"];

// Describe.

/// The broker setting that a topic setting falls back to, where it has a default of its own (`LogConfig.TopicConfigSynonyms`).
fn synonym(name: &str) -> Option<&'static str> {
    Some(match name {
        "min.insync.replicas" => "min.insync.replicas",
        "unclean.leader.election.enable" => "unclean.leader.election.enable",
        "cleanup.policy" => "log.cleanup.policy",
        "retention.bytes" => "log.retention.bytes",
        "segment.bytes" => "log.segment.bytes",
        "min.cleanable.dirty.ratio" => "log.cleaner.min.cleanable.ratio",
        "min.compaction.lag.ms" => "log.cleaner.min.compaction.lag.ms",
        "max.compaction.lag.ms" => "log.cleaner.max.compaction.lag.ms",
        "delete.retention.ms" => "log.cleaner.delete.retention.ms",
        "max.message.bytes" => "message.max.bytes",
        // retention.ms and segment.ms fall back to hours, which have no synonym in the same unit.
        _ => return None,
    })
}

/// "For ever", in the simulation's settings.
const END: i64 = i64::MAX / 1_000;

fn topic_line(def: &Def, own: Option<&Name>) -> String {
    let default = match def.default {
        // A microsecond clock ends earlier than Kafka's.
        END => i64::MAX.to_string(),
        other => def.format(other),
    };
    let mut synonyms: Vec<String> = own
        .iter()
        .map(|v| format!("DYNAMIC_TOPIC_CONFIG:{}={v}", def.name))
        .collect();
    synonyms.extend(synonym(def.name).map(|s| format!("DEFAULT_CONFIG:{s}={default}")));
    let value = own.map_or(default, ToString::to_string);
    format!(
        "  {}={value} sensitive=false synonyms={{{}}}\n",
        def.name,
        synonyms.join(", ")
    )
}

fn describe(scene: &Scene<'_>, entity: &Entity) -> Result<Said, Failure> {
    let all = scene.options.has("all");
    let source = if all { "All" } else { "Dynamic" };
    let mut out = String::new();
    match entity {
        Entity::Topic(name) => {
            let names = match name {
                Some(name) => vec![name.clone()],
                None => print::topic_names(&scene.view),
            };
            for name in names {
                out += &format!("{source} configs for topic {name} are:\n");
                out += &describe_topic(scene, &name, all)?;
            }
        }
        Entity::Group(name) => {
            let known = scene
                .view
                .groups
                .iter()
                .map(|g| &g.name)
                .filter(|n| !n.is_empty());
            let names: Vec<Name> = match name {
                Some(name) => vec![name.clone()],
                None => known.cloned().collect(),
            };
            for name in names {
                out += &format!("{source} configs for group {name} are:\n");
                for (set, value) in group_settings(scene, &name) {
                    out += &format!(
                        "  {set}={value} sensitive=false synonyms={{DYNAMIC_GROUP_CONFIG:{set}={value}}}\n"
                    );
                }
            }
        }
        Entity::Broker(name) => {
            let ids: Vec<String> = match name {
                Some(name) => vec![name.to_string()],
                None => scene
                    .view
                    .brokers
                    .iter()
                    .map(|b| b.id.to_string())
                    .collect(),
            };
            for id in ids {
                out += &format!("{source} configs for broker {id} are:\n");
                if all {
                    out += &broker_lines(scene);
                }
            }
            if name.is_none() {
                out += "Default configs for brokers in the cluster are:\n";
            }
        }
    }
    Ok(Said {
        out,
        hints: Vec::new(),
    })
}

fn describe_topic(scene: &Scene<'_>, name: &Name, all: bool) -> Result<String, Failure> {
    let Some(topic) = print::topic(&scene.view, name) else {
        return Err(Failure::new(format!(
            "Error while executing config command\njava.util.concurrent.ExecutionException: \
             org.apache.kafka.common.errors.UnknownTopicOrPartitionException: The topic '{name}' does not exist."
        )));
    };
    let mut defs: Vec<&Def> = TopicConfig::DEFS.iter().collect();
    defs.sort_by_key(|d| d.name);
    let own = |d: &&Def| {
        topic
            .configs
            .iter()
            .find(|(n, _)| *n == d.name)
            .map(|(_, v)| v.clone())
    };
    let lines = defs
        .iter()
        .filter(|d| all || own(d).is_some())
        .map(|d| topic_line(d, own(d).as_ref()));
    Ok(lines.collect())
}

/// What was set for a group, by the commands of this history.
fn group_settings(scene: &Scene<'_>, group: &Name) -> Vec<Setting> {
    let mut found: Vec<Setting> = Vec::new();
    for command in scene.session.script() {
        let Command::GroupSet(name, settings) = command else {
            continue;
        };
        if name != *group {
            continue;
        }
        for (name, value) in settings {
            found.retain(|(n, _)| *n != name);
            if !value.is_empty() {
                found.push((name, value));
            }
        }
    }
    found.sort();
    found
}

fn broker_lines(scene: &Scene<'_>) -> String {
    let config = scene.session.cluster().broker_config();
    let mut lines: Vec<String> = BrokerConfig::DEFS
        .iter()
        .enumerate()
        .map(|(i, def)| {
            let (value, default) = (def.format(config.value(i)), def.format(def.default));
            let name = def.name;
            let fixed = match value == default {
                true => String::new(),
                false => format!("STATIC_BROKER_CONFIG:{name}={value}, "),
            };
            format!("  {name}={value} sensitive=false synonyms={{{fixed}DEFAULT_CONFIG:{name}={default}}}\n")
        })
        .collect();
    lines.sort();
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::double;

    #[test]
    fn ratios_are_said_as_java_says_doubles() {
        for (text, said) in [
            ("2", "2.0"),
            ("01.50", "1.5"),
            ("-.5", "-0.5"),
            ("7.", "7.0"),
        ] {
            assert_eq!(double(text).as_deref(), Some(said), "{text}");
        }
        for no in ["", "-", ".", "half", "1.2.3", "--1"] {
            assert_eq!(double(no), None, "{no}");
        }
    }
}
