//! A program for kafka-python: creates the topics, then every producer and consumer in a thread of its own.

use super::{changed, consumers, identifier, pause_ms, quoted, remarks, servers, topics};
use rebalance_core::config::{ConsumerConfig, ProducerConfig};
use rebalance_core::view::{ConsumerView, ProducerView, TopicView, View};

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

pub(super) fn write(view: &View) -> String {
    let servers: Vec<String> = servers(view).iter().map(|s| quoted(s)).collect();
    let mut out = String::from(
        "\"\"\"Recreates topics, producers and consumers on a real cluster.  pip install kafka-python\"\"\"\n\
         import itertools\nimport random\nimport threading\nimport time\n\n\
         from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition\n\
         from kafka.admin import NewTopic\n",
    );
    let assignors: Vec<&str> = assignors(view);
    for name in &assignors {
        let (module, class) = assignor(name).unwrap_or_default();
        out += &format!("from {module} import {class}\n");
    }
    out += "from kafka.errors import TopicAlreadyExistsError\n\n";
    out += &format!("SERVERS = [{}]\n\n\n", servers.join(", "));
    for remark in remarks(view) {
        out += &format!("# {remark}\n");
    }
    out += &create(view);
    let mut threads = Vec::new();
    for (i, p) in view.producers.iter().enumerate() {
        let name = identifier("producer", i, &p.name);
        out += &producer(p, &name);
        threads.extend(pause_ms(p).map(|_| name));
    }
    for (i, (c, share)) in consumers(view).enumerate() {
        let name = identifier("consumer", i, &c.name);
        if share {
            out += &format!(
                "# {} is in a share group, which kafka-python does not have; see the Java program.\n\n\n",
                comment(&c.name)
            );
        } else {
            out += &consumer(c, &name);
            threads.push(name);
        }
    }
    out += "if __name__ == \"__main__\":\n    create_topics()\n";
    out += &format!("    for work in [{}]:\n", threads.join(", "));
    out + "        threading.Thread(target=work, daemon=True).start()\n    threading.Event().wait()\n"
}

/// Text for a comment: one line.
fn comment(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn create(view: &View) -> String {
    let mut out = String::from(
        "def create_topics():\n    admin = KafkaAdminClient(bootstrap_servers=SERVERS)\n    for topic in [\n",
    );
    for topic in topics(view) {
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
fn arguments(settings: &[(&'static str, String)], known: &[&str]) -> (Vec<String>, String) {
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

fn producer(p: &ProducerView, name: &str) -> String {
    let (settings, remark) = arguments(&changed::<ProducerConfig>(&p.configs), &PRODUCER);
    let mut given = vec![
        "bootstrap_servers=SERVERS".to_string(),
        argument_text("client_id", &p.name),
    ];
    given.extend(settings);
    // kafka-python's own defaults are older than Kafka's.
    if !given.iter().any(|g| g.starts_with("acks=")) {
        given.push("acks=\"all\"".into());
    }
    let keys: Vec<String> = p.keys.iter().map(|k| quoted(k)).collect();
    let key = match keys.is_empty() {
        true => "None".to_string(),
        false => format!("random.choice([{}]).encode()", keys.join(", ")),
    };
    let pause = pause_ms(p).unwrap_or(1_000);
    let by_hand = match pause_ms(p) {
        Some(_) => "",
        None => {
            "    # It sends by hand in the simulation; this sends one record a second when it is called.\n"
        }
    };
    format!(
        "def {name}():\n{remark}{by_hand}    producer = {}    for number in itertools.count(1):\n        producer.send({}, \
         key={key}, value=f\"m{{number}}\".encode())\n        time.sleep({})\n\n\n",
        call("KafkaProducer", &given),
        quoted(&p.topic),
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

/// `range,sticky` of a consumer, if that is not the default.
fn strategy(c: &ConsumerView) -> Option<String> {
    let settings = changed::<ConsumerConfig>(&c.configs);
    settings
        .into_iter()
        .find(|(n, _)| *n == "partition.assignment.strategy")
        .map(|(_, v)| v)
}

/// Every assignor that some consumer names.
fn assignors(view: &View) -> Vec<&'static str> {
    let named: Vec<String> = consumers(view)
        .filter(|(_, share)| !share)
        .filter_map(|(c, _)| strategy(c))
        .collect();
    let all = ["range", "roundrobin", "sticky", "cooperative-sticky"];
    all.into_iter()
        .filter(|a| named.iter().any(|n| n.split(',').any(|x| x == *a)))
        .collect()
}

fn consumer(c: &ConsumerView, name: &str) -> String {
    let mut settings = super::consumer_settings(c);
    settings.retain(|(n, _)| *n != "partition.assignment.strategy");
    let (settings, mut remark) = arguments(&settings, &CONSUMER);
    let mut given = vec![
        "bootstrap_servers=SERVERS".to_string(),
        argument_text("client_id", &c.name),
    ];
    if !c.manual || !c.group.is_empty() {
        given.push(argument_text("group_id", &c.group));
    }
    given.extend(
        c.instance
            .iter()
            .map(|i| argument_text("group_instance_id", i)),
    );
    if let Some(list) = strategy(c) {
        let classes: Vec<&str> = list
            .split(',')
            .filter_map(|n| assignor(n).map(|(_, class)| class))
            .collect();
        if classes.is_empty() {
            remark += &format!("    # {list} is not one of Kafka's assignors\n");
        } else {
            given.push(format!(
                "partition_assignment_strategy=[{}]",
                classes.join(", ")
            ));
        }
    }
    given.extend(settings);
    let begin = subscription(c);
    let by_hand = given.iter().any(|g| g == "enable_auto_commit=False");
    let commit = if by_hand {
        "        consumer.commit()\n"
    } else {
        ""
    };
    format!(
        "def {name}():\n{remark}    consumer = {}{begin}    for record in consumer:\n        time.sleep({})\n        \
         print({}, record.topic, record.partition, record.offset, record.key)\n{commit}\n\n",
        call("KafkaConsumer", &given),
        seconds(c.processing_us),
        quoted(&c.name)
    )
}

fn subscription(c: &ConsumerView) -> String {
    if c.manual {
        let list: Vec<String> = c
            .partitions
            .iter()
            .map(|p| format!("TopicPartition({}, {})", quoted(&p.topic), p.tp.partition))
            .collect();
        return format!("    consumer.assign([{}])\n", list.join(", "));
    }
    let first = c.topics.first().map_or("", |t| &**t);
    match first.strip_prefix('/').and_then(|t| t.strip_suffix('/')) {
        Some(pattern) => format!(
            "    consumer.subscribe(pattern={})\n",
            quoted(&format!("^{pattern}$"))
        ),
        None => {
            let list: Vec<String> = c.topics.iter().map(|t| quoted(t)).collect();
            format!("    consumer.subscribe([{}])\n", list.join(", "))
        }
    }
}
