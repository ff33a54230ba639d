//! A program for kafka-python: creates the topics, then every producer and consumer in a thread of its own.

use super::program::{Consumer, Language, Producer, Reads, Setting};
use super::quoted;
use rebalance_core::view::TopicView;

/// Producer settings that kafka-python knows under its own names.
const PRODUCER: [&str; 12] = [
    "acks",
    "enable.idempotence",
    "linger.ms",
    "batch.size",
    "max.request.size",
    "max.in.flight.requests.per.connection",
    "retries",
    "retry.backoff.ms",
    "request.timeout.ms",
    "delivery.timeout.ms",
    "max.block.ms",
    "metadata.max.age.ms",
];

/// Consumer settings that kafka-python knows.
const CONSUMER: [&str; 15] = [
    "session.timeout.ms",
    "heartbeat.interval.ms",
    "max.poll.interval.ms",
    "max.poll.records",
    "auto.offset.reset",
    "enable.auto.commit",
    "auto.commit.interval.ms",
    "fetch.min.bytes",
    "fetch.max.wait.ms",
    "fetch.max.bytes",
    "max.partition.fetch.bytes",
    "isolation.level",
    "request.timeout.ms",
    "retry.backoff.ms",
    "metadata.max.age.ms",
];

/// One module.
pub(super) struct Python;

impl Language for Python {
    fn head(&self, servers: &[String], consumers: &[Consumer<'_>]) -> String {
        let mut out = String::from(
            "\"\"\"Recreates topics, producers and consumers on a real cluster.  pip install kafka-python\"\"\"\n\
             import itertools\nimport random\nimport threading\nimport time\n\n\
             from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition\n\
             from kafka.admin import NewTopic\n",
        );
        let named = |a: &&&str| {
            consumers
                .iter()
                .any(|c| c.assignors.iter().any(|n| n == **a))
        };
        for name in ASSIGNORS.iter().filter(named) {
            let (module, class) = assignor(name).unwrap_or_default();
            out += &format!("from {module} import {class}\n");
        }
        let servers: Vec<String> = servers.iter().map(|s| quoted(s)).collect();
        out += "from kafka.errors import TopicAlreadyExistsError\n\n";
        out + &format!("SERVERS = [{}]\n\n\n", servers.join(", "))
    }

    fn remark(&self, text: &str) -> String {
        format!("# {text}\n")
    }

    fn topics(&self, topics: &[&TopicView]) -> String {
        create(topics)
    }

    fn producer(&self, producer: &Producer<'_>) -> String {
        self::producer(producer)
    }

    fn consumer(&self, consumer: &Consumer<'_>) -> Option<String> {
        (!consumer.share).then(|| self::consumer(consumer))
    }

    fn main(&self, functions: &[&str]) -> String {
        format!(
            "if __name__ == \"__main__\":\n    create_topics()\n    for work in [{}]:\n        \
             threading.Thread(target=work, daemon=True).start()\n    threading.Event().wait()\n",
            functions.join(", ")
        )
    }
}

/// Text for a comment: one line.
fn comment(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn create(topics: &[&TopicView]) -> String {
    let mut out = String::from(
        "def create_topics():\n    admin = KafkaAdminClient(bootstrap_servers=SERVERS)\n    for topic in [\n",
    );
    for topic in topics {
        out += &new_topic(topic);
    }
    out + "    ]:\n        try:\n            admin.create_topics([topic])\n        except TopicAlreadyExistsError:\n            \
           pass\n    admin.close()\n\n\n"
}

fn new_topic(topic: &TopicView) -> String {
    let replicas: Vec<String> = topic
        .partitions
        .iter()
        .map(|p| {
            let list: Vec<String> = p.replicas.iter().map(ToString::to_string).collect();
            format!("{}: [{}]", p.tp.partition, list.join(", "))
        })
        .collect();
    let configs: Vec<String> = topic
        .configs
        .iter()
        .map(|(n, v)| format!("{}: {}", quoted(n), quoted(v)))
        .collect();
    let configs = match configs.is_empty() {
        true => String::new(),
        false => format!(", topic_configs={{{}}}", configs.join(", ")),
    };
    format!(
        "        NewTopic({}, replica_assignments={{{}}}{configs}),\n",
        quoted(&topic.name),
        replicas.join(", ")
    )
}

/// `session_timeout_ms=6000`
fn argument(name: &str, value: &str) -> String {
    let literal = match value {
        "true" => "True".to_string(),
        "false" => "False".to_string(),
        number if number.parse::<i64>().is_ok() => number.to_string(),
        text => quoted(text),
    };
    format!("{}={literal}", name.replace('.', "_"))
}

/// Settings that kafka-python has as arguments, and a remark about the others.
fn arguments(settings: &[Setting], known: &[&str]) -> (Vec<String>, String) {
    let (mut given, mut left) = (Vec::new(), Vec::new());
    for (name, value) in settings {
        match known.contains(name) {
            true => given.push(argument(name, value)),
            false => left.push(format!("{name}={value}")),
        }
    }
    let remark = match left.is_empty() {
        true => String::new(),
        false => format!("    # kafka-python has no {}\n", comment(&left.join(", "))),
    };
    (given, remark)
}

fn call(class: &str, given: &[String]) -> String {
    let lines: Vec<String> = given.iter().map(|g| format!("        {g},\n")).collect();
    format!("{class}(\n{}    )\n", lines.concat())
}

fn producer(p: &Producer<'_>) -> String {
    let (settings, remark) = arguments(&p.settings, &PRODUCER);
    let mut given = vec![
        "bootstrap_servers=SERVERS".to_string(),
        argument_text("client_id", &p.view.name),
    ];
    given.extend(settings);
    // kafka-python's own defaults are older than Kafka's.
    if !given.iter().any(|g| g.starts_with("acks=")) {
        given.push("acks=\"all\"".into());
    }
    let keys: Vec<String> = p.view.keys.iter().map(|k| quoted(k)).collect();
    let key = match keys.is_empty() {
        true => "None".to_string(),
        false => format!("random.choice([{}]).encode()", keys.join(", ")),
    };
    let pause = p.pause_ms.unwrap_or(1_000);
    let by_hand = match p.pause_ms {
        Some(_) => "",
        None => {
            "    # It sends by hand in the simulation; this sends one record a second when it is called.\n"
        }
    };
    format!(
        "def {}():\n{remark}{by_hand}    producer = {}    for number in itertools.count(1):\n        producer.send({}, \
         key={key}, value=f\"m{{number}}\".encode())\n        time.sleep({})\n\n\n",
        p.function,
        call("KafkaProducer", &given),
        quoted(&p.view.topic),
        seconds(pause * 1_000)
    )
}

fn argument_text(name: &str, value: &str) -> String {
    format!("{name}={}", quoted(value))
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_string()
}

/// Module and class of an assignor.
fn assignor(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "range" => (
            "kafka.coordinator.assignors.range",
            "RangePartitionAssignor",
        ),
        "roundrobin" => (
            "kafka.coordinator.assignors.roundrobin",
            "RoundRobinPartitionAssignor",
        ),
        "sticky" => (
            "kafka.coordinator.assignors.sticky.sticky_assignor",
            "StickyPartitionAssignor",
        ),
        "cooperative-sticky" => (
            "kafka.coordinator.assignors.cooperative_sticky",
            "CooperativeStickyAssignor",
        ),
        _ => return None,
    })
}

const ASSIGNORS: [&str; 4] = ["range", "roundrobin", "sticky", "cooperative-sticky"];

fn consumer(c: &Consumer<'_>) -> String {
    let view = c.view;
    let (settings, mut remark) = arguments(&c.settings, &CONSUMER);
    let mut given = vec![
        "bootstrap_servers=SERVERS".to_string(),
        argument_text("client_id", &view.name),
    ];
    if !view.manual || !view.group.is_empty() {
        given.push(argument_text("group_id", &view.group));
    }
    let instance = view.instance.iter();
    given.extend(instance.map(|i| argument_text("group_instance_id", i)));
    let known = c.assignors.iter().filter_map(|n| assignor(n));
    let classes: Vec<&str> = known.map(|(_, class)| class).collect();
    if !classes.is_empty() {
        given.push(format!(
            "partition_assignment_strategy=[{}]",
            classes.join(", ")
        ));
    } else if !c.assignors.is_empty() {
        let list = c.assignors.join(",");
        remark += &format!("    # {list} is not one of Kafka's assignors\n");
    }
    given.extend(settings);
    let commit = match c.commits {
        true => "        consumer.commit()\n",
        false => "",
    };
    format!(
        "def {}():\n{remark}    consumer = {}{}    for record in consumer:\n        time.sleep({})\n        \
         print({}, record.topic, record.partition, record.offset, record.key)\n{commit}\n\n",
        c.function,
        call("KafkaConsumer", &given),
        subscription(&c.reads),
        seconds(view.processing_us),
        quoted(&view.name)
    )
}

fn subscription(reads: &Reads<'_>) -> String {
    match reads {
        Reads::Partitions(list) => {
            let one = |(topic, n): &(&str, i32)| format!("TopicPartition({}, {n})", quoted(topic));
            let list: Vec<String> = list.iter().map(one).collect();
            format!("    consumer.assign([{}])\n", list.join(", "))
        }
        Reads::Pattern(pattern) => format!(
            "    consumer.subscribe(pattern={})\n",
            quoted(&format!("^{pattern}$"))
        ),
        Reads::Topics(list) => {
            let list: Vec<String> = list.iter().map(|t| quoted(t)).collect();
            format!("    consumer.subscribe([{}])\n", list.join(", "))
        }
    }
}
