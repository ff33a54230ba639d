//! `kafka-console-producer` (`ConsoleProducer`, `LineMessageReader`): every line of its input becomes a record.
//!
//! A producer of that name appears, sends, waits for every acknowledgement, closes, and is gone again.

use super::console_consumer::{fresh, gone, told_by};
use super::{Planned, Scene};
use crate::options::{Options, Tool, flag, number, text};
use crate::plan::{Done, Failure, Plan, Said, Wait};
use crate::tool::topics::name_fault;
use rebalance_core::command::{Command, ProducerSpec, Setting};
use rebalance_core::config::{ConfigSet, ProducerConfig};
use rebalance_core::event::Event;
use rebalance_core::id::Name;
use rebalance_core::session::Session;
use rebalance_core::time::Duration;

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-console-producer",
    about: "This tool helps to read data from standard input and publish it to Kafka.",
    options: &[
        text(
            "topic",
            "String: topic",
            "REQUIRED: the topic to produce messages to.",
        ),
        text(
            "property",
            "String: prop",
            "parse.key=true, key.separator=:, null.marker=NULL, ignore.error=true.",
        ),
        text(
            "reader-property",
            "String: prop",
            "The same, by its name of Kafka 4.2.",
        ),
        text(
            "producer-property",
            "String: producer_prop",
            "A setting of the producer: acks=1, linger.ms=100 …",
        ),
        text(
            "command-property",
            "String: producer_prop",
            "The same, by its name of Kafka 4.2.",
        ),
        text(
            "request-required-acks",
            "String",
            "The required acks: 0, 1 or all.",
        ),
        number("batch-size", "Integer: size", "batch.size"),
        number("timeout", "Long: timeout_ms", "linger.ms"),
        number("max-block-ms", "Long", "max.block.ms"),
        number("request-timeout-ms", "Integer", "request.timeout.ms"),
        number("message-send-max-retries", "Integer", "retries"),
        number("retry-backoff-ms", "Long", "retry.backoff.ms"),
        flag("sync", ""),
        text("compression-codec", "String: compression-codec", ""),
        text("producer.config", "String: config file", ""),
        text("reader-config", "String: config file", ""),
        text("line-reader", "String: reader_class", ""),
        number("max-memory-bytes", "Long", "buffer.memory"),
        number("max-partition-memory-bytes", "Integer", "batch.size"),
        number("metadata-expiry-ms", "Long", "metadata.max.age.ms"),
        number("socket-buffer-size", "Integer", ""),
    ],
};

/// Records of one line at most.
const MOST: usize = 500;

/// Options that are settings of the producer.
const SETTINGS: [(&str, &str); 9] = [
    ("batch-size", "batch.size"),
    ("timeout", "linger.ms"),
    ("max-block-ms", "max.block.ms"),
    ("request-timeout-ms", "request.timeout.ms"),
    ("message-send-max-retries", "retries"),
    ("retry-backoff-ms", "retry.backoff.ms"),
    ("max-memory-bytes", "buffer.memory"),
    ("max-partition-memory-bytes", "batch.size"),
    ("metadata-expiry-ms", "metadata.max.age.ms"),
];

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    options.require(&["topic"])?;
    options.require(&["bootstrap-server"])?;
    let topic = options.value("topic").unwrap_or_default();
    if let Some(fault) = name_fault(topic) {
        return Err(Failure::new(format!(
            "org.apache.kafka.common.errors.InvalidTopicException: {fault}"
        )));
    }
    let (settings, hints) = settings(options)?;
    let Some(lines) = &scene.input else {
        return Err(Failure::new(">").hint(format!(
            "the tool reads records from its input, one a line; feed it here: \
             echo \"hello\" | kafka-console-producer --bootstrap-server localhost:9092 --topic {topic}"
        )));
    };
    if lines.len() > MOST {
        return Err(Failure::new("").hint(format!("at most {MOST} records a line here")));
    }
    let reader = Reader::new(options);
    let name = fresh(scene, "console-producer");
    let spec = ProducerSpec {
        topic: Some(topic.into()),
        ..ProducerSpec::default()
    };
    let mut commands = vec![Command::ProducerAdd(name.clone(), spec, settings)];
    for (number, line) in lines.iter().enumerate() {
        let (key, value) = reader.record(number + 1, line)?;
        commands.push(Command::ProducerSend {
            name: name.clone(),
            topic: None,
            key,
            tombstone: value.is_none(),
            value,
            partition: None,
            count: 1,
        });
    }
    let mut plan = Plan::act(commands, wait(name, topic.into(), lines.clone()));
    plan.said.hints = hints;
    Ok(plan)
}

fn properties(options: &Options, names: [&str; 2]) -> Vec<(String, String)> {
    let given = names.into_iter().flat_map(|n| options.values(n));
    given
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (name.to_string(), value.to_string()),
            None => (pair.clone(), String::new()),
        })
        .collect()
}

fn settings(options: &Options) -> Result<(Vec<Setting>, Vec<String>), Failure> {
    let mut given: Vec<(String, String)> = Vec::new();
    for (option, name) in SETTINGS {
        given.extend(
            options
                .value(option)
                .map(|v| (name.to_string(), v.to_string())),
        );
    }
    given.extend(
        options
            .value("request-required-acks")
            .map(|v| ("acks".to_string(), v.to_string())),
    );
    given.extend(properties(
        options,
        ["producer-property", "command-property"],
    ));
    let (mut settings, mut hints): (Vec<Setting>, Vec<String>) = (Vec::new(), Vec::new());
    for (name, value) in given {
        let value = if name == "acks" && value == "-1" {
            "all".to_string()
        } else {
            value
        };
        match ProducerConfig::index_of(&name) {
            Err(_) => hints.push(format!(
                "{name}: this simulation has no such setting of producers; left out"
            )),
            Ok(index) => {
                let def = &ProducerConfig::DEFS[index];
                def.parse(&value).map_err(|e| {
                    Failure::new(format!(
                        "org.apache.kafka.common.config.ConfigException: {}",
                        super::configs::refuse_config(def, &value)
                    ))
                    .hint(e.to_string())
                })?;
                settings.retain(|(n, _)| **n != *name);
                settings.push((name.into(), value.into()));
            }
        }
    }
    Ok((settings, hints))
}

/// How a line becomes key and value.
struct Reader {
    parse_key: bool,
    separator: String,
    null_marker: Option<String>,
    ignore_error: bool,
}

impl Reader {
    fn new(options: &Options) -> Self {
        let given = properties(options, ["property", "reader-property"]);
        let value = |name: &str| {
            given
                .iter()
                .rev()
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.clone())
        };
        let is = |name: &str| value(name).is_some_and(|v| v.trim().eq_ignore_ascii_case("true"));
        Self {
            parse_key: is("parse.key"),
            separator: value("key.separator").unwrap_or_else(|| "\t".into()),
            null_marker: value("null.marker"),
            ignore_error: is("ignore.error"),
        }
    }

    fn record(&self, number: usize, line: &str) -> Result<(Option<Name>, Option<Name>), Failure> {
        let real =
            |text: &str| (self.null_marker.as_deref() != Some(text)).then(|| Name::from(text));
        if !self.parse_key {
            return Ok((None, real(line)));
        }
        match line.split_once(self.separator.as_str()) {
            Some((key, value)) => Ok((real(key), real(value))),
            None if self.ignore_error => Ok((None, real(line))),
            None => Err(Failure::new(format!(
                "org.apache.kafka.common.KafkaException: No key separator found on line number {number}: '{line}'"
            ))
            .hint(format!("parse.key=true wants key{}value", self.separator))),
        }
    }
}

/// Until every record is acknowledged or given up; then the producer closes and goes.
fn wait(name: Name, topic: Name, lines: Vec<String>) -> Wait {
    let late =
        Done::say(Said::default().hint("the records are still under way; the producer stays"));
    Wait::new(Duration::secs(150), late, move |session, from| {
        let (mut acked, mut failed): (Vec<String>, Vec<Name>) = (Vec::new(), Vec::new());
        let mut settled = 0;
        for event in told_by(session, from, &name) {
            match event {
                Event::Acked { tp, base, records } => {
                    settled += records;
                    acked.push(places(session, tp.topic, tp.partition, *base, *records));
                }
                Event::SendFailed { error, records, .. } => {
                    settled += records;
                    failed.extend((0..*records).map(|_| error.clone()));
                }
                _ => {}
            }
        }
        if (settled as usize) < lines.len() {
            return None;
        }
        let mut said = Said::default();
        for (error, line) in failed.iter().zip(&lines) {
            let class = if error.ends_with("Exception") {
                "org.apache.kafka.common.errors."
            } else {
                ""
            };
            said.out += &format!(
                "ERROR Error when sending message to topic {topic} with key: null, value: {} bytes with error: \
                 (org.apache.kafka.clients.producer.internals.ErrorLoggingCallback)\n{class}{error}\n",
                line.len()
            );
        }
        if !acked.is_empty() {
            said.hints
                .push(format!("acknowledged: {}", acked.join(", ")));
        }
        Some(Done {
            said,
            commands: vec![Command::ClientStop(name.clone())],
            then: Some(gone(name.clone())),
        })
    })
}

/// `orders-0 at 4`, `orders-0 at 4..6`.
fn places(
    session: &Session,
    topic: rebalance_core::id::TopicId,
    partition: i32,
    base: i64,
    records: i32,
) -> String {
    let name = session.topic_name(topic);
    match (base, records) {
        (-1, _) => format!("{name}-{partition} (acks=0: nobody knows where)"),
        (base, 1) => format!("{name}-{partition} at {base}"),
        (base, n) => format!("{name}-{partition} at {base}..{}", base + i64::from(n) - 1),
    }
}
