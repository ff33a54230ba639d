//! The table of all commands: which words, which keys, which settings. Parsing, completion and usage lines read it.

use crate::config::{
    BrokerConfig, ConfigError, ConfigSet, ConsumerConfig, Def, GroupConfig, NetworkConfig,
    ProducerConfig, TopicConfig,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What may stand in one place of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Slot {
    Broker,
    Controller,
    Topic,
    NewTopic,
    Partition,
    Producer,
    NewProducer,
    Consumer,
    NewConsumer,
    Client,
    Group,
    End,
    Rack,
    Int(i64, i64),
    Seed,
    Duration,
    Rate,
    Texts,
    Topics,
    Partitions,
    Text,
    Value,
    Target,
    Choice(&'static [&'static str]),
    Assignment,
    Replicas,
}

/// One `key=value`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub name: &'static str,
    pub slot: Slot,
    pub required: bool,
}

/// One kind of line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub noun: &'static str,
    /// Empty for `advance`, `bookmark` and `expect`.
    pub verb: &'static str,
    pub args: &'static [Slot],
    pub keys: &'static [Key],
    pub settings: Option<Scope>,
}

/// Whose settings a line may carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Brokers and the network.
    Cluster,
    /// A topic.
    Topic,
    /// A producer.
    Producer,
    /// A consumer.
    Consumer,
    /// A group.
    Group,
    /// One link.
    Network,
}

impl Scope {
    /// Every setting of this scope.
    pub fn defs(self) -> impl Iterator<Item = &'static Def> {
        let (first, second): (&'static [Def], &'static [Def]) = match self {
            Self::Cluster => (BrokerConfig::DEFS, NetworkConfig::DEFS),
            Self::Topic => (TopicConfig::DEFS, &[]),
            Self::Producer => (ProducerConfig::DEFS, &[]),
            Self::Consumer => (ConsumerConfig::DEFS, &[]),
            Self::Group => (GroupConfig::DEFS, &[]),
            Self::Network => (NetworkConfig::DEFS, &[]),
        };
        first.iter().chain(second)
    }

    /// The setting of this name.
    pub fn find(self, name: &str) -> Result<&'static Def, ConfigError> {
        self.defs()
            .find(|d| d.name == name)
            .ok_or_else(|| ConfigError::UnknownName(name.to_string(), Vec::new()))
    }
}

const fn key(name: &'static str, slot: Slot) -> Key {
    Key {
        name,
        slot,
        required: false,
    }
}

const fn need(name: &'static str, slot: Slot) -> Key {
    Key {
        name,
        slot,
        required: true,
    }
}

use super::values::{MAX_BROKERS, MAX_COUNT, MAX_PARTITIONS, MAX_VALUE_BYTES};
use Slot::{
    Assignment, Broker, Choice, Client, Consumer, Controller, Duration, End, Group, Int,
    NewConsumer, NewProducer, NewTopic, Partition, Partitions, Producer, Rack, Rate, Replicas,
    Seed, Target, Text, Texts, Topic, Topics, Value,
};

const PARTITIONS: Slot = Int(1, MAX_PARTITIONS);
const OFFSET: Slot = Int(0, i64::MAX);

const CREATE: &[Key] = &[
    key("brokers", Int(1, MAX_BROKERS)),
    key("controllers", Choice(&["1", "3", "5"])),
    key("seed", Seed),
    key("preset", Choice(&["kafka", "classroom"])),
];
const TOPIC: &[Key] = &[
    key("partitions", PARTITIONS),
    key("replication", Int(1, MAX_BROKERS)),
    key("assignment", Assignment),
];
const PRODUCER: &[Key] = &[
    key("topic", Topic),
    key("rate", Rate),
    key("keys", Texts),
    key("value.bytes", Int(0, MAX_VALUE_BYTES)),
];
const SEND: &[Key] = &[
    key("topic", Topic),
    key("key", Text),
    key("value", Value),
    key("partition", Int(0, i32::MAX as i64)),
    key("count", Int(1, MAX_COUNT)),
];
const COMMIT: Slot = Choice(&["after", "before", "never", "async"]);
const ACK: Slot = Choice(&["accept", "release", "reject", "hand"]);
const CONSUMER_ADD: &[Key] = &[
    key("group", Group),
    key("share-group", Group),
    key("topics", Topics),
    key("assign", Partitions),
    key("group.instance.id", Rack),
    key("process", Duration),
    key("commit", COMMIT),
    key("ack", ACK),
];
const CONSUMER_SET: &[Key] = &[
    key("topics", Topics),
    key("assign", Partitions),
    key("process", Duration),
    key("commit", COMMIT),
    key("ack", ACK),
];
const RESET: &[Key] = &[
    key("to", Target),
    key("shift-by", Int(-i64::MAX, i64::MAX)),
    key("by-duration", Duration),
    key("topic", Topic),
    key("partition", Int(0, MAX_PARTITIONS - 1)),
];
const AT: &[Key] = &[need("offset", OFFSET)];

macro_rules! forms {
    ($($noun:literal $verb:literal [$($arg:expr),*] $keys:expr, $settings:expr;)*) => {
        &[$(Form { noun: $noun, verb: $verb, args: &[$($arg),*], keys: $keys, settings: $settings },)*]
    };
}

/// Every form, in the order in which they are listed.
pub(crate) const FORMS: &[Form] = forms! {
    "cluster" "create" [] CREATE, Some(Scope::Cluster);
    "cluster" "set" [] &[], Some(Scope::Cluster);
    "broker" "crash" [Broker] &[], None;
    "broker" "start" [Broker] &[], None;
    "broker" "stop" [Broker] &[], None;
    "broker" "freeze" [Broker] &[], None;
    "broker" "thaw" [Broker] &[], None;
    "broker" "add" [Int(1, 10_000)] &[key("rack", Rack)], None;
    "controller" "crash" [Controller] &[], None;
    "controller" "start" [Controller] &[], None;
    "controller" "stop" [Controller] &[], None;
    "controller" "freeze" [Controller] &[], None;
    "controller" "thaw" [Controller] &[], None;
    "topic" "create" [NewTopic] TOPIC, Some(Scope::Topic);
    "topic" "alter" [Topic] &[need("partitions", PARTITIONS)], None;
    "topic" "set" [Topic] &[], Some(Scope::Topic);
    "topic" "delete" [Topic] &[], None;
    "topic" "trim" [Partition] &[need("before", OFFSET)], None;
    "topic" "reassign" [Partition] &[need("replicas", Replicas)], None;
    "topic" "cancel-reassignment" [Partition] &[], None;
    "producer" "add" [NewProducer] PRODUCER, Some(Scope::Producer);
    "producer" "set" [Producer] PRODUCER, Some(Scope::Producer);
    "producer" "send" [Producer] SEND, None;
    "producer" "stop" [Producer] &[], None;
    "producer" "crash" [Producer] &[], None;
    "producer" "start" [Producer] &[], None;
    "producer" "freeze" [Producer] &[], None;
    "producer" "thaw" [Producer] &[], None;
    "producer" "remove" [Producer] &[], None;
    "consumer" "add" [NewConsumer] CONSUMER_ADD, Some(Scope::Consumer);
    "consumer" "set" [Consumer] CONSUMER_SET, Some(Scope::Consumer);
    "consumer" "seek" [Consumer, Partition] &[need("to", Target)], None;
    "consumer" "commit" [Consumer] &[], None;
    "consumer" "accept" [Consumer, Partition] AT, None;
    "consumer" "release" [Consumer, Partition] AT, None;
    "consumer" "reject" [Consumer, Partition] AT, None;
    "consumer" "pause" [Consumer, Partition] &[], None;
    "consumer" "resume" [Consumer, Partition] &[], None;
    "consumer" "stop" [Consumer] &[], None;
    "consumer" "crash" [Consumer] &[], None;
    "consumer" "start" [Consumer] &[], None;
    "consumer" "freeze" [Consumer] &[], None;
    "consumer" "thaw" [Consumer] &[], None;
    "consumer" "remove" [Consumer] &[], None;
    "client" "stop" [Client] &[], None;
    "client" "crash" [Client] &[], None;
    "client" "start" [Client] &[], None;
    "client" "freeze" [Client] &[], None;
    "client" "thaw" [Client] &[], None;
    "client" "remove" [Client] &[], None;
    "group" "set" [Group] &[], Some(Scope::Group);
    "group" "seek" [Group] RESET, None;
    "group" "delete" [Group] &[], None;
    "group" "describe" [Group] &[], None;
    "group" "delete-offsets" [Group] &[need("topic", Topic)], None;
    "group" "remove-member" [Group, Rack] &[], None;
    "link" "cut" [End, End] &[], None;
    "link" "heal" [End, End] &[], None;
    "link" "set" [End, End] &[], Some(Scope::Network);
    "elect" "preferred" [Partition] &[], None;
    "elect" "unclean" [Partition] &[], None;
    "advance" "" [Duration] &[], None;
    "bookmark" "" [Rack] &[], None;
    "expect" "" [] &[], None;
};

/// The nouns, each once, in order.
pub(crate) fn nouns() -> impl Iterator<Item = &'static str> {
    let first = |i: usize| i == 0 || FORMS[i - 1].noun != FORMS[i].noun;
    (0..FORMS.len())
        .filter(move |i| first(*i))
        .map(|i| FORMS[i].noun)
}

/// The forms of a noun.
pub(crate) fn of_noun(noun: &str) -> impl Iterator<Item = &'static Form> {
    FORMS.iter().filter(move |f| f.noun == noun)
}

impl Slot {
    /// How usage lines and errors call it.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Broker => "BROKER",
            Self::Controller => "CONTROLLER",
            Self::Topic | Self::NewTopic => "TOPIC",
            Self::Partition => "TOPIC-PARTITION",
            Self::Producer | Self::NewProducer => "PRODUCER",
            Self::Consumer | Self::NewConsumer => "CONSUMER",
            Self::Client => "CLIENT",
            Self::Group => "GROUP",
            Self::End => "NODE",
            Self::Rack => "NAME",
            Self::Int(..) | Self::Seed => "N",
            Self::Duration => "DURATION",
            Self::Rate => "RATE",
            Self::Texts | Self::Topics => "A,B",
            Self::Partitions => "TOPIC-PARTITION,…",
            Self::Text | Self::Value => "TEXT",
            Self::Target => "OFFSET",
            Self::Choice(_) => "CHOICE",
            Self::Assignment | Self::Replicas => "REPLICAS",
        }
    }

    /// What works here, in words.
    pub fn expected(self) -> String {
        let words = match self {
            Self::Broker => "a broker's id such as 2",
            Self::Controller => "a controller's id such as 101",
            Self::Topic | Self::NewTopic => "a topic such as orders",
            Self::Partition => "a partition such as orders-0",
            Self::Producer | Self::NewProducer => "a producer's name such as p1",
            Self::Consumer | Self::NewConsumer => "a consumer's name such as c1",
            Self::Client => "a client's name such as c1",
            Self::Group => "a group's name such as billing",
            Self::End => "a node's id, a client's name or admin",
            Self::Rack => "a name",
            Self::Int(min, i64::MAX) => {
                return alloc::format!("a whole number from {min}");
            }
            Self::Int(min, max) => return alloc::format!("a whole number from {min} to {max}"),
            Self::Seed => "a whole number such as 42",
            Self::Duration => "a duration such as 40ms, 10s, 1.5m or 500us",
            Self::Rate => "a rate such as 2/s, 0.5/s or 30/m, or 0",
            Self::Texts => "a list such as alice,bob",
            Self::Topics => {
                "a list of topics such as orders,payments, or a pattern such as /orders-.*/"
            }
            Self::Partitions => "a list of partitions such as orders-0,orders-1",
            Self::Text => "a text",
            Self::Value => "a text, or null",
            Self::Target => "earliest, latest or an offset such as 7",
            Self::Choice(names) => return names.join(", "),
            Self::Replicas => "the partition's replicas such as 4:2:3, the preferred leader first",
            Self::Assignment => "replicas of each partition such as 1:2:3,2:3:1",
        };
        words.to_string()
    }
}

impl Form {
    /// `producer send PRODUCER [topic=TOPIC] …`: how the line is written.
    pub fn usage(&self) -> String {
        let mut out = self.noun.to_string();
        let mut add = |word: &str| {
            out.push(' ');
            out.push_str(word);
        };
        if !self.verb.is_empty() {
            add(self.verb);
        }
        for arg in self.args {
            add(arg.placeholder());
        }
        for key in self.keys {
            let text = alloc::format!("{}={}", key.name, key.slot.placeholder());
            add(&if key.required {
                text
            } else {
                alloc::format!("[{text}]")
            });
        }
        if self.settings.is_some() {
            add("[setting=VALUE …]");
        }
        if self.noun == "expect" {
            add("PREDICATE");
        }
        out
    }
}

/// The usage line of every command.
pub fn usage() -> Vec<String> {
    FORMS.iter().map(Form::usage).collect()
}
