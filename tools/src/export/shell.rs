//! A shell script of Kafka's tools.

use super::{consumer_settings, consumers, pause_ms, producer_settings, remarks, servers, topics};
use crate::print::ids;
use rebalance_core::view::{ConsumerView, ProducerView, TopicView, View};

/// A word for a shell.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-:,=/".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_string(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

pub(super) fn write(view: &View) -> String {
    let mut out = String::from(
        "#!/usr/bin/env bash\n# Recreates topics and clients on a real cluster, with Kafka's own tools in the PATH.\nset -e\n",
    );
    out += &format!("SERVERS={}\n\n", servers(view).join(","));
    for remark in remarks(view) {
        out += &format!("# {remark}\n");
    }
    for topic in topics(view) {
        out += &create(topic);
    }
    out += "\n# Producers: values are made up; stop everything with Ctrl-C.\ntrap 'kill 0' EXIT\n";
    for producer in &view.producers {
        out += &produce(producer);
    }
    for (consumer, share) in consumers(view) {
        out += &consume(consumer, share);
    }
    out + "wait\n"
}

fn create(topic: &TopicView) -> String {
    let assignment: Vec<String> = topic
        .partitions
        .iter()
        .map(|p| ids(&p.replicas).replace(',', ":"))
        .collect();
    let mut line = format!(
        "kafka-topics.sh --bootstrap-server $SERVERS --create --if-not-exists --topic {} \\\n  --replica-assignment {}",
        word(&topic.name),
        assignment.join(",")
    );
    for (name, value) in &topic.configs {
        line += &format!(" \\\n  --config {}", word(&format!("{name}={value}")));
    }
    line + "\n"
}

fn properties(option: &str, settings: &[(&'static str, String)]) -> String {
    settings
        .iter()
        .map(|(n, v)| format!(" \\\n  {option} {}", word(&format!("{n}={v}"))))
        .collect()
}

fn produce(p: &ProducerView) -> String {
    let mut settings = vec![("client.id", p.name.to_string())];
    settings.extend(producer_settings(p));
    let tool = format!(
        "kafka-console-producer.sh --bootstrap-server $SERVERS --topic {}{}{}",
        word(&p.topic),
        if p.keys.is_empty() {
            ""
        } else {
            " \\\n  --property parse.key=true --property key.separator=:"
        },
        properties("--producer-property", &settings)
    );
    match pause_ms(p) {
        None => format!(
            "# {} sends by hand:\n# {}\n",
            p.name,
            tool.replace('\n', "\n# ")
        ),
        Some(ms) => {
            let keys: Vec<String> = p.keys.iter().map(|k| word(k)).collect();
            let record = match keys.is_empty() {
                true => "echo \"m$((++n))\"".to_string(),
                false => format!("echo \"$(shuf -n1 -e {}):m$((++n))\"", keys.join(" ")),
            };
            format!(
                "(n=0; while {record}; do sleep {}.{:03}; done | {tool}) &\n",
                ms / 1_000,
                ms % 1_000
            )
        }
    }
}

fn consume(c: &ConsumerView, share: bool) -> String {
    let mut settings = vec![("client.id", c.name.to_string())];
    settings.extend(consumer_settings(c));
    if let Some(instance) = &c.instance {
        settings.push(("group.instance.id", instance.to_string()));
    }
    let mut out = String::new();
    for topic in &c.topics {
        let topic = match topic.strip_prefix('/').and_then(|t| t.strip_suffix('/')) {
            Some(pattern) => format!("--include {}", word(pattern)),
            None => format!("--topic {}", word(topic)),
        };
        let tool = if share {
            "kafka-console-share-consumer.sh"
        } else {
            "kafka-console-consumer.sh"
        };
        out += &format!(
            "{tool} --bootstrap-server $SERVERS {topic} --group {}{} &\n",
            word(&c.group),
            properties("--consumer-property", &settings)
        );
    }
    if c.topics.len() > 1 {
        out = format!("# One process with two topics is two processes here.\n{out}");
    }
    if c.manual {
        out += &format!(
            "# {} takes its partitions itself (assign()); see the Python or Java program.\n",
            c.name
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn hostile_names_are_quoted() {
        assert_eq!(word("orders"), "orders");
        assert_eq!(word("a b; rm -rf ~"), "'a b; rm -rf ~'");
        assert_eq!(word("it's $(x)"), r"'it'\''s $(x)'");
    }
}
