//! A program for Kafka's Java clients (4.x): one class, a thread for each client.

use super::{
    consumer_settings, consumers, identifier, pause_ms, producer_settings, quoted, remarks,
    servers, topics,
};
use rebalance_core::view::{ConsumerView, ProducerView, TopicView, View};

pub(super) fn write(view: &View) -> String {
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
        quoted(&servers(view).join(","))
    );
    for remark in remarks(view) {
        out += &format!("    // {remark}\n");
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
        out += &consumer(c, &name, share);
        threads.push(name);
    }
    out +=
        "    public static void main(String[] args) throws Exception {\n        createTopics();\n";
    for name in threads {
        out += &format!("        new Thread(Cluster::{name}).start();\n");
    }
    out += "    }\n\n    static Properties properties(String... pairs) {\n        var properties = new Properties();\n        \
            properties.put(\"bootstrap.servers\", SERVERS);\n        for (int i = 0; i < pairs.length; i += 2) \
            properties.put(pairs[i], pairs[i + 1]);\n        return properties;\n    }\n\n    static void sleep(long ms) {\n        \
            try {\n            Thread.sleep(ms);\n        } catch (InterruptedException e) {\n            \
            Thread.currentThread().interrupt();\n        }\n    }\n}\n";
    out
}

fn create(view: &View) -> String {
    let lines: Vec<String> = topics(view).map(new_topic).collect();
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

fn pairs(settings: &[(&'static str, String)]) -> String {
    let lines: Vec<String> = settings
        .iter()
        .map(|(n, v)| format!("            {}, {}", quoted(n), quoted(v)))
        .collect();
    lines.join(",\n")
}

fn producer(p: &ProducerView, name: &str) -> String {
    let mut settings = vec![("client.id", p.name.to_string())];
    settings.extend(
        producer_settings(p)
            .into_iter()
            .filter(|(n, _)| *n != "partitioner.class"),
    );
    if producer_settings(p)
        .iter()
        .any(|(n, _)| *n == "partitioner.class")
    {
        settings.push((
            "partitioner.class",
            "org.apache.kafka.clients.producer.RoundRobinPartitioner".into(),
        ));
    }
    let keys: Vec<String> = p.keys.iter().map(|k| quoted(k)).collect();
    let key = match keys.is_empty() {
        true => "null".to_string(),
        false => "keys[ThreadLocalRandom.current().nextInt(keys.length)]".to_string(),
    };
    let list = match keys.is_empty() {
        true => String::new(),
        false => format!("        String[] keys = {{{}}};\n", keys.join(", ")),
    };
    let remark = match pause_ms(p) {
        Some(_) => "",
        None => {
            "    // It sends by hand in the simulation; this sends one record a second when it is called.\n"
        }
    };
    format!(
        "{remark}    static void {name}() {{\n{list}        var settings = properties(\n{});\n        \
         try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {{\n            \
         for (long n = 1; !Thread.interrupted(); n++) {{\n                \
         producer.send(new ProducerRecord<>({}, {key}, \"m\" + n));\n                sleep({});\n            }}\n        }}\n    \
         }}\n\n",
        pairs(&settings),
        quoted(&p.topic),
        pause_ms(p).unwrap_or(1_000)
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

fn consumer(c: &ConsumerView, name: &str, share: bool) -> String {
    let mut settings = vec![("client.id", c.name.to_string())];
    if !c.group.is_empty() {
        settings.push(("group.id", c.group.to_string()));
    }
    settings.extend(
        c.instance
            .iter()
            .map(|i| ("group.instance.id", i.to_string())),
    );
    let own = consumer_settings(c);
    let modern = own
        .iter()
        .any(|(n, v)| *n == "group.protocol" && v == "consumer");
    for (name, value) in own {
        match name {
            name if (modern || share) && CLASSIC_ONLY.contains(&name) => {}
            "partition.assignment.strategy" => {
                let classes: Vec<&str> = value.split(',').filter_map(assignor).collect();
                if !classes.is_empty() {
                    settings.push((name, classes.join(",")));
                }
            }
            name => settings.push((name, value)),
        }
    }
    let by_hand = settings
        .iter()
        .any(|(n, v)| *n == "enable.auto.commit" && v == "false");
    let commit = if by_hand && !share {
        "                consumer.commitSync();\n"
    } else {
        ""
    };
    let class = if share {
        "KafkaShareConsumer"
    } else {
        "KafkaConsumer"
    };
    format!(
        "    static void {name}() {{\n        var settings = properties(\n{});\n        \
         try (var consumer = new {class}<>(settings, new StringDeserializer(), new StringDeserializer())) {{\n            \
         {}\n            while (!Thread.interrupted()) {{\n                \
         for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {{\n                    \
         sleep({});\n                    System.out.println({} + record.topic() + \"-\" + record.partition() + \" \" + \
         record.offset());\n                }}\n{commit}            }}\n        }}\n    }}\n\n",
        pairs(&settings),
        subscription(c),
        c.processing_us / 1_000,
        quoted(&format!("{} ", c.name))
    )
}

fn subscription(c: &ConsumerView) -> String {
    if c.manual {
        let list: Vec<String> = c
            .partitions
            .iter()
            .map(|p| {
                format!(
                    "new TopicPartition({}, {})",
                    quoted(&p.topic),
                    p.tp.partition
                )
            })
            .collect();
        return format!("consumer.assign(List.of({}));", list.join(", "));
    }
    let first = c.topics.first().map_or("", |t| &**t);
    match first.strip_prefix('/').and_then(|t| t.strip_suffix('/')) {
        Some(pattern) => format!("consumer.subscribe(Pattern.compile({}));", quoted(pattern)),
        None => {
            let list: Vec<String> = c.topics.iter().map(|t| quoted(t)).collect();
            format!("consumer.subscribe(List.of({}));", list.join(", "))
        }
    }
}
