//! A program for Kafka's Java clients (4.x): one class, a thread for each client.

use super::program::{Consumer, Language, Producer, Reads, Setting};
use super::quoted;
use rebalance_core::view::TopicView;

/// One class.
pub(super) struct Java;

impl Language for Java {
    fn head(&self, servers: &[String], _: &[Consumer<'_>]) -> String {
        head(servers)
    }

    fn remark(&self, text: &str) -> String {
        format!("    // {text}\n")
    }

    fn topics(&self, topics: &[&TopicView]) -> String {
        create(topics)
    }

    fn producer(&self, producer: &Producer<'_>) -> String {
        self::producer(producer)
    }

    fn consumer(&self, consumer: &Consumer<'_>) -> Option<String> {
        Some(self::consumer(consumer))
    }

    fn main(&self, functions: &[&str]) -> String {
        main(functions)
    }
}

fn head(servers: &[String]) -> String {
    let mut out = String::from(
        "// Recreates topics, producers and consumers on a real cluster.\n\
         // javac -cp 'libs/*' Cluster.java && java -cp 'libs/*:.' Cluster    (libs of Apache Kafka 4.x)\n\
         import java.time.Duration;\nimport java.util.*;\nimport java.util.concurrent.ExecutionException;\n\
         import java.util.concurrent.ThreadLocalRandom;\nimport java.util.regex.Pattern;\n\
         import org.apache.kafka.clients.admin.*;\nimport org.apache.kafka.clients.consumer.*;\n\
         import org.apache.kafka.clients.producer.*;\nimport org.apache.kafka.common.TopicPartition;\n\
         import org.apache.kafka.common.errors.TopicExistsException;\n\
         import org.apache.kafka.common.serialization.*;\n\npublic class Cluster {\n",
    );
    out += &format!(
        "    static final String SERVERS = {};\n\n",
        quoted(&servers.join(","))
    );
    out
}

fn main(functions: &[&str]) -> String {
    let mut out = String::from(
        "    public static void main(String[] args) throws Exception {\n        createTopics();\n",
    );
    for name in functions {
        out += &format!("        new Thread(Cluster::{name}).start();\n");
    }
    out + "    }\n\n    static Properties properties(String... pairs) {\n        var properties = new Properties();\n        \
           properties.put(\"bootstrap.servers\", SERVERS);\n        for (int i = 0; i < pairs.length; i += 2) \
           properties.put(pairs[i], pairs[i + 1]);\n        return properties;\n    }\n\n    static void sleep(long ms) {\n        \
           try {\n            Thread.sleep(ms);\n        } catch (InterruptedException e) {\n            \
           Thread.currentThread().interrupt();\n        }\n    }\n}\n"
}

fn create(topics: &[&TopicView]) -> String {
    let lines: Vec<String> = topics.iter().map(|t| new_topic(t)).collect();
    format!(
        "    static void createTopics() throws InterruptedException, ExecutionException {{\n        \
         List<NewTopic> topics = List.of(\n{});\n        try (Admin admin = Admin.create(properties())) {{\n            \
         for (NewTopic topic : topics) {{\n                try {{\n                    \
         admin.createTopics(List.of(topic)).all().get();\n                }} catch (ExecutionException e) {{\n                    \
         if (!(e.getCause() instanceof TopicExistsException)) throw e;\n                }}\n            }}\n        }}\n    }}\n\n",
        lines.join(",\n")
    )
}

fn new_topic(topic: &TopicView) -> String {
    // Map.of takes ten pairs at most; a topic may have thousands of partitions.
    let replicas: Vec<String> = topic
        .partitions
        .iter()
        .map(|p| {
            let list: Vec<String> = p.replicas.iter().map(ToString::to_string).collect();
            format!(
                "Map.entry({}, List.of({}))",
                p.tp.partition,
                list.join(", ")
            )
        })
        .collect();
    let configs: Vec<String> = topic
        .configs
        .iter()
        .map(|(n, v)| format!("Map.entry({}, {})", quoted(n), quoted(v)))
        .collect();
    let configs = match configs.is_empty() {
        true => String::new(),
        false => format!(
            "\n                .configs(Map.ofEntries({}))",
            configs.join(", ")
        ),
    };
    format!(
        "            new NewTopic({}, Map.ofEntries(\n                {})){configs}",
        quoted(&topic.name),
        replicas.join(",\n                ")
    )
}

fn pairs(settings: &[Setting]) -> String {
    let lines: Vec<String> = settings
        .iter()
        .map(|(n, v)| format!("            {}, {}", quoted(n), quoted(v)))
        .collect();
    lines.join(",\n")
}

fn producer(p: &Producer<'_>) -> String {
    let mut settings = vec![("client.id", p.view.name.to_string())];
    for (name, value) in &p.settings {
        settings.push(match *name {
            "partitioner.class" => (
                "partitioner.class",
                "org.apache.kafka.clients.producer.RoundRobinPartitioner".into(),
            ),
            name => (name, value.clone()),
        });
    }
    let keys: Vec<String> = p.view.keys.iter().map(|k| quoted(k)).collect();
    let key = match keys.is_empty() {
        true => "null".to_string(),
        false => "keys[ThreadLocalRandom.current().nextInt(keys.length)]".to_string(),
    };
    let list = match keys.is_empty() {
        true => String::new(),
        false => format!("        String[] keys = {{{}}};\n", keys.join(", ")),
    };
    let remark = match p.pause_ms {
        Some(_) => "",
        None => {
            "    // It sends by hand in the simulation; this sends one record a second when it is called.\n"
        }
    };
    format!(
        "{remark}    static void {}() {{\n{list}        var settings = properties(\n{});\n        \
         try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {{\n            \
         for (long n = 1; !Thread.interrupted(); n++) {{\n                \
         producer.send(new ProducerRecord<>({}, {key}, \"m\" + n));\n                sleep({});\n            }}\n        }}\n    \
         }}\n\n",
        p.function,
        pairs(&settings),
        quoted(&p.view.topic),
        p.pause_ms.unwrap_or(1_000)
    )
}

/// The class of an assignor.
fn assignor(name: &str) -> Option<&'static str> {
    Some(match name {
        "range" => "org.apache.kafka.clients.consumer.RangeAssignor",
        "roundrobin" => "org.apache.kafka.clients.consumer.RoundRobinAssignor",
        "sticky" => "org.apache.kafka.clients.consumer.StickyAssignor",
        "cooperative-sticky" => "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
        _ => return None,
    })
}

/// Settings that the consumer protocol leaves to the brokers; the client refuses them.
const CLASSIC_ONLY: [&str; 3] = [
    "session.timeout.ms",
    "heartbeat.interval.ms",
    "partition.assignment.strategy",
];

fn consumer(c: &Consumer<'_>) -> String {
    let view = c.view;
    let mut settings = vec![("client.id", view.name.to_string())];
    if !view.group.is_empty() {
        settings.push(("group.id", view.group.to_string()));
    }
    let instance = view.instance.iter();
    settings.extend(instance.map(|i| ("group.instance.id", i.to_string())));
    let of_consumer_protocol = |(n, v): &Setting| *n == "group.protocol" && v == "consumer";
    let modern = c.settings.iter().any(of_consumer_protocol);
    let fits = |(n, _): &&Setting| !modern || !CLASSIC_ONLY.contains(n);
    settings.extend(c.settings.iter().filter(fits).cloned());
    let classes: Vec<&str> = c.assignors.iter().filter_map(|a| assignor(a)).collect();
    if !classes.is_empty() && !modern {
        settings.push(("partition.assignment.strategy", classes.join(",")));
    }
    let (class, commit) = match (c.share, c.commits) {
        (true, _) => ("KafkaShareConsumer", ""),
        (false, true) => ("KafkaConsumer", "                consumer.commitSync();\n"),
        (false, false) => ("KafkaConsumer", ""),
    };
    let acknowledge = match explicit(&settings) {
        true => "                    consumer.acknowledge(record);\n",
        false => "",
    };
    format!(
        "    static void {}() {{\n        var settings = properties(\n{});\n        \
         try (var consumer = new {class}<>(settings, new StringDeserializer(), new StringDeserializer())) {{\n            \
         {}\n            while (!Thread.interrupted()) {{\n                \
         for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {{\n                    \
         sleep({});\n                    System.out.println({} + record.topic() + \"-\" + record.partition() + \" \" + \
         record.offset());\n{acknowledge}                }}\n{commit}            }}\n        }}\n    }}\n\n",
        c.function,
        pairs(&settings),
        subscription(&c.reads),
        view.processing_us / 1_000,
        quoted(&format!("{} ", view.name))
    )
}

/// A share consumer that says what became of each record.
fn explicit(settings: &[Setting]) -> bool {
    let mode = ("share.acknowledgement.mode", "explicit");
    settings.iter().any(|(n, v)| (*n, v.as_str()) == mode)
}

fn subscription(reads: &Reads<'_>) -> String {
    match reads {
        Reads::Partitions(list) => {
            let one =
                |(topic, n): &(&str, i32)| format!("new TopicPartition({}, {n})", quoted(topic));
            let list: Vec<String> = list.iter().map(one).collect();
            format!("consumer.assign(List.of({}));", list.join(", "))
        }
        Reads::Pattern(pattern) => {
            format!("consumer.subscribe(Pattern.compile({}));", quoted(pattern))
        }
        Reads::Topics(list) => {
            let list: Vec<String> = list.iter().map(|t| quoted(t)).collect();
            format!("consumer.subscribe(List.of({}));", list.join(", "))
        }
    }
}
