//! What a program does that recreates the set-up, in whatever language: the walk that the Java and the Python program
//! share. A [`Language`] only says how each thing is written.

use super::{changed, consumers, pause_ms, remarks, servers, topics};
use rebalance_core::config::{ConsumerConfig, ProducerConfig};
use rebalance_core::view::{ConsumerView, ProducerView, TopicView, View};

/// Kafka's name of a setting, and its value.
pub(super) type Setting = (&'static str, String);

/// A producer that runs in a function of its own.
pub(super) struct Producer<'a> {
    pub(super) view: &'a ProducerView,
    /// The function's name: no other has it.
    pub(super) function: String,
    /// What differs from Kafka's defaults.
    pub(super) settings: Vec<Setting>,
    /// Milliseconds between two records; `None`: by hand, so nobody starts it.
    pub(super) pause_ms: Option<u64>,
}

/// What a consumer reads.
pub(super) enum Reads<'a> {
    /// assign(): topics with partitions.
    Partitions(Vec<(&'a str, i32)>),
    /// subscribe() to a pattern.
    Pattern(&'a str),
    /// subscribe() to these.
    Topics(Vec<&'a str>),
}

/// A consumer that runs in a function of its own.
pub(super) struct Consumer<'a> {
    pub(super) view: &'a ConsumerView,
    /// The function's name: no other has it.
    pub(super) function: String,
    /// It is in a share group.
    pub(super) share: bool,
    /// What differs from Kafka's defaults, without the assignors.
    pub(super) settings: Vec<Setting>,
    /// The assignors it lists, if they are not the default.
    pub(super) assignors: Vec<String>,
    /// What it reads.
    pub(super) reads: Reads<'a>,
    /// Its application commits.
    pub(super) commits: bool,
}

/// How things are written.
pub(super) trait Language {
    /// What stands before everything.
    fn head(&self, servers: &[String], consumers: &[Consumer<'_>]) -> String;
    /// A remark in a line of its own.
    fn remark(&self, text: &str) -> String;
    /// The function that creates the topics.
    fn topics(&self, topics: &[&TopicView]) -> String;
    /// A producer's function.
    fn producer(&self, producer: &Producer<'_>) -> String;
    /// A consumer's function; `None`: the client library has nothing like it.
    fn consumer(&self, consumer: &Consumer<'_>) -> Option<String>;
    /// What runs: each of these functions, at the same time.
    fn main(&self, functions: &[&str]) -> String;
}

/// Writes the program.
pub(super) fn write(view: &View, language: &dyn Language) -> String {
    let mut taken = Vec::new();
    let producers: Vec<Producer<'_>> = view
        .producers
        .iter()
        .map(|p| Producer {
            view: p,
            function: function("producer", &p.name, &mut taken),
            settings: changed::<ProducerConfig>(&p.configs),
            pause_ms: pause_ms(p),
        })
        .collect();
    let consumers: Vec<Consumer<'_>> = consumers(view)
        .map(|(c, share)| consumer(c, share, &mut taken))
        .collect();
    let topics: Vec<&TopicView> = topics(view).collect();
    let mut out = language.head(&servers(view), &consumers);
    for remark in remarks(view) {
        out += &language.remark(&remark);
    }
    out += &language.topics(&topics);
    let mut started: Vec<&str> = Vec::new();
    for p in &producers {
        out += &language.producer(p);
        started.extend(p.pause_ms.map(|_| p.function.as_str()));
    }
    for c in &consumers {
        match language.consumer(c) {
            Some(text) => {
                out += &text;
                started.push(&c.function);
            }
            None => {
                let name = c.view.name.replace(['\n', '\r'], " ");
                out += &language.remark(&format!(
                    "{name} is in a share group, which this client does not have; see the Java program."
                ));
            }
        }
    }
    out + &language.main(&started)
}

fn consumer<'a>(c: &'a ConsumerView, share: bool, taken: &mut Vec<String>) -> Consumer<'a> {
    let (mut settings, mut assignors) = (Vec::new(), Vec::new());
    for (name, value) in changed::<ConsumerConfig>(&c.configs) {
        match name {
            // The simulation's own; Kafka has no such settings.
            "weighted.assignor.weight" => {}
            "group.remote.assignor" if value == "none" => {}
            name if share && NOT_FOR_SHARES.contains(&name) => {}
            "partition.assignment.strategy" => {
                assignors = value.split(',').map(str::to_string).collect();
            }
            name => settings.push((name, value)),
        }
    }
    let by_hand = settings
        .iter()
        .any(|(n, v)| *n == "enable.auto.commit" && v == "false");
    Consumer {
        view: c,
        function: function("consumer", &c.name, taken),
        share,
        settings,
        assignors,
        reads: reads(c),
        commits: by_hand && !c.group.is_empty(),
    }
}

/// Settings with which Kafka's share consumer does not begin (`ShareConsumerConfig.SHARE_GROUP_UNSUPPORTED_CONFIGS`).
const NOT_FOR_SHARES: [&str; 9] = [
    "auto.offset.reset",
    "enable.auto.commit",
    "group.instance.id",
    "isolation.level",
    "partition.assignment.strategy",
    "session.timeout.ms",
    "heartbeat.interval.ms",
    "group.protocol",
    "group.remote.assignor",
];

fn reads(c: &ConsumerView) -> Reads<'_> {
    if c.manual {
        let partitions = c.partitions.iter();
        return Reads::Partitions(partitions.map(|p| (&*p.topic, p.tp.partition)).collect());
    }
    let first = c.topics.first().map_or("", |t| &**t);
    match first.strip_prefix('/').and_then(|t| t.strip_suffix('/')) {
        Some(pattern) => Reads::Pattern(pattern),
        None => Reads::Topics(c.topics.iter().map(|t| &**t).collect()),
    }
}

/// A name for a function, of letters, digits and underscores, that no other has: `p-1` and `p1` are two producers.
fn function(kind: &str, name: &str, taken: &mut Vec<String>) -> String {
    let clean: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let first = match clean.is_empty() {
        true => kind.to_string(),
        false => format!("{kind}_{clean}"),
    };
    let numbered = (2..).map(|n| format!("{first}_{n}"));
    let mut names = std::iter::once(first.clone()).chain(numbered);
    let free = names.find(|n| !taken.contains(n)).unwrap_or(first);
    taken.push(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_a_name_of_its_own() {
        let mut taken = Vec::new();
        let names = ["p1", "p-1", "p.1", "日", "月"];
        let names = names.map(|n| function("producer", n, &mut taken));
        assert_eq!(
            names,
            [
                "producer_p1",
                "producer_p1_2",
                "producer_p1_3",
                "producer",
                "producer_2"
            ]
        );
    }
}
