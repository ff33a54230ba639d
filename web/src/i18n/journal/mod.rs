//! The journal in plain sentences: one for every event, in both languages.
//!
//! A sentence is a short list of [`Span`]s: plain words, and the things they are about (a broker, a partition, an
//! error …), which the page emphasises and makes clickable. Each event has two templates side by side, English and
//! Chinese, written separately; `{0}`, `{1}` … stand for its things, so that each language keeps its own word order.
//! Kafka's own words (ISR, leader, offset, error names, the reasons a coordinator gives) stay as Kafka prints them.
//!
//! A sentence may look at its cause ("p2 got NOT_LEADER_OR_FOLLOWER *from broker 1*"), through [`Book`].

mod clients;
mod groups;
mod modern;
mod nodes;
mod partitions;
mod shares;

use super::Lang;
use rebalance_core::event::{Entry, EntryId, Event};
use rebalance_core::id::{BrokerId, Name, NodeId, TopicId, TopicPartition};
use rebalance_core::protocol::ErrorCode;

/// What a span is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// Nothing: plain words.
    Words,
    /// A broker, a controller or a client.
    Node(NodeId),
    /// A partition.
    Partition(TopicPartition),
    /// A topic.
    Topic(Name),
    /// A consumer group.
    Group(Name),
    /// An error, by Kafka's name.
    Error,
    /// A value, a setting or a line of text, shown in the monospaced face.
    Value,
}

/// A piece of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// What to show.
    pub text: String,
    /// What it is about.
    pub about: About,
}

/// A sentence.
pub type Sentence = Vec<Span>;

/// What sentences have to look up: names, and entries that led to an entry.
pub trait Book {
    /// A topic's name, also of a deleted one.
    fn topic(&self, topic: TopicId) -> Name;
    /// A node's short name: `1`, `101`, `p1`, `admin`.
    fn node(&self, node: NodeId) -> Name;
    /// The text of the user's n-th command.
    fn command(&self, number: u32) -> Option<String>;
    /// An entry of the journal.
    fn entry(&self, id: EntryId) -> Option<&Entry>;
}

/// One event's sentence in one language, without its instant.
pub fn sentence(lang: Lang, entry: &Entry, book: &dyn Book) -> Sentence {
    let say = Say { lang, book, entry };
    let found = nodes::sentence(&say, &entry.event)
        .or_else(|| partitions::sentence(&say, &entry.event))
        .or_else(|| groups::sentence(&say, &entry.event))
        .or_else(|| modern::sentence(&say, &entry.event))
        .or_else(|| shares::sentence(&say, &entry.event))
        .or_else(|| clients::sentence(&say, &entry.event));
    capitalised(lang, found.unwrap_or_default())
}

/// The sentence as plain text, for the live region, filters and copies.
pub fn plain(sentence: &[Span]) -> String {
    sentence.iter().map(|s| s.text.as_str()).collect()
}

/// English begins a sentence with a capital, except when it begins with a name somebody chose.
fn capitalised(lang: Lang, mut sentence: Sentence) -> Sentence {
    let Some(first) = sentence.first_mut() else {
        return sentence;
    };
    let chosen = match first.about {
        About::Words => false,
        About::Node(node) => !matches!(node, NodeId::Broker(_) | NodeId::Controller(_)),
        _ => true,
    };
    if lang == Lang::En && !chosen {
        let rest = first.text.split_off(first.text.len().min(1));
        first.text = first.text.to_ascii_uppercase() + &rest;
    }
    sentence
}

/// A template in English and in Chinese.
type Pair = [&'static str; 2];

/// Everything needed to say one sentence.
struct Say<'a> {
    lang: Lang,
    book: &'a dyn Book,
    entry: &'a Entry,
}

impl Say<'_> {
    /// Fills a template.
    fn say(&self, pair: Pair, things: &[Span]) -> Option<Sentence> {
        Some(fill(self.pick(pair), things))
    }

    /// The side of a pair that is in the reader's language.
    fn pick(&self, pair: Pair) -> &'static str {
        pair[self.lang as usize]
    }

    /// Where the event happened.
    fn who(&self) -> Span {
        self.entry
            .node
            .map_or_else(|| words(self.pick(["you", "你"])), |n| self.node(n))
    }

    fn node(&self, node: NodeId) -> Span {
        let name = self.book.node(node);
        let text = match node {
            NodeId::Broker(_) => format!("broker {name}"),
            NodeId::Controller(_) => {
                format!("{} {name}", self.pick(["controller", "控制器"]))
            }
            NodeId::Client(_) => name.to_string(),
            NodeId::Admin => self.pick(["the admin tool", "管理工具"]).to_string(),
        };
        Span {
            text,
            about: About::Node(node),
        }
    }

    fn broker(&self, id: BrokerId) -> Span {
        self.node(NodeId::Broker(id))
    }

    fn partition(&self, tp: TopicPartition) -> Span {
        Span {
            text: format!("{}-{}", self.book.topic(tp.topic), tp.partition),
            about: About::Partition(tp),
        }
    }

    /// Partitions in a row; "nothing" when there are none.
    fn partitions(&self, tps: &[TopicPartition]) -> Span {
        let names: Vec<String> = tps.iter().map(|tp| self.partition(*tp).text).collect();
        if names.is_empty() {
            return words(self.pick(["no partition", "没有分区"]));
        }
        value(shortened(&names, ", "))
    }

    /// The number of things in words, with English's plural.
    fn count(&self, n: i64, one: &str, many: &str, zh: &str) -> Span {
        words(match self.lang {
            Lang::En if n == 1 => format!("1 {one}"),
            Lang::En => format!("{n} {many}"),
            Lang::Zh => format!("{n} {zh}"),
        })
    }

    /// The entry that led to this one.
    fn cause(&self) -> Option<&Entry> {
        self.book.entry(self.entry.cause?)
    }
}

/// Replaces `{0}`, `{1}` … by their things.
fn fill(template: &str, things: &[Span]) -> Sentence {
    let mut sentence = Vec::new();
    for (i, piece) in template.split('{').enumerate() {
        let text = match piece.split_once('}').filter(|_| i > 0) {
            Some((digit, rest)) => {
                let index: usize = digit.parse().unwrap_or(usize::MAX);
                sentence.extend(things.get(index).cloned());
                rest
            }
            None => piece,
        };
        if !text.is_empty() {
            sentence.push(words(text));
        }
    }
    sentence
}

fn words(text: impl Into<String>) -> Span {
    Span {
        text: text.into(),
        about: About::Words,
    }
}

fn value(text: impl ToString) -> Span {
    Span {
        text: text.to_string(),
        about: About::Value,
    }
}

fn error(code: ErrorCode) -> Span {
    error_name(code.name())
}

fn error_name(name: &str) -> Span {
    Span {
        text: name.to_string(),
        about: About::Error,
    }
}

fn topic(name: &Name) -> Span {
    Span {
        text: name.to_string(),
        about: About::Topic(name.clone()),
    }
}

fn group(name: &Name) -> Span {
    Span {
        text: name.to_string(),
        about: About::Group(name.clone()),
    }
}

/// `[1, 2, 3]`
fn brokers(ids: &[BrokerId]) -> Span {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    value(format!("[{}]", ids.join(", ")))
}

/// A list that says how many it leaves out after twelve.
fn shortened(items: &[String], separator: &str) -> String {
    const SHOWN: usize = 12;
    let shown = items[..items.len().min(SHOWN)].join(separator);
    match items.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} … +{more}"),
    }
}

/// A member id without the 36 characters that make it unique: `c1-2f0c…` is `c1`.
pub fn member_name(member: &str) -> &str {
    const UUID: usize = 37;
    let unique = member.len().checked_sub(UUID).and_then(|at| {
        let (name, id) = member.split_at_checked(at)?;
        let uuid = id.starts_with('-') && id.matches('-').count() == 5;
        (uuid && !name.is_empty()).then_some(name)
    });
    unique.unwrap_or(member)
}

/// Which family an event belongs to: the journal's filter and the shape in front of the line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// What the user did.
    You,
    /// Processes, the controller quorum, links.
    Nodes,
    /// Topics, leaders, ISR.
    Leaders,
    /// Logs: appends, high watermark, truncation.
    Logs,
    /// Consumer groups.
    Groups,
    /// Producers and consumers.
    Clients,
    /// Messages.
    Messages,
    /// Guarantees and expectations.
    Guarantees,
}

impl Family {
    /// In the order in which the filter shows them.
    pub const ALL: [Self; 8] = [
        Self::You,
        Self::Nodes,
        Self::Leaders,
        Self::Groups,
        Self::Clients,
        Self::Logs,
        Self::Messages,
        Self::Guarantees,
    ];

    /// Where an event belongs.
    pub fn of(event: &Event) -> Self {
        use Event as E;
        match event {
            E::Command(_) => Self::You,
            E::Sent { .. } | E::Dropped { .. } => Self::Messages,
            E::NodeCrashed
            | E::NodeFrozen
            | E::NodeThawed
            | E::NodeStarted
            | E::ShutdownRequested
            | E::NodeStopped
            | E::ControllerElected { .. }
            | E::ControllerCandidate { .. }
            | E::ControllerResigned { .. }
            | E::BrokerRegistered { .. }
            | E::BrokerFenced { .. }
            | E::BrokerUnfenced { .. }
            | E::LinkChanged { .. } => Self::Nodes,
            E::TopicCreated { .. }
            | E::PartitionsAdded { .. }
            | E::TopicDeleted { .. }
            | E::TopicConfigChanged { .. }
            | E::LeaderElected { .. }
            | E::IsrChanged { .. }
            | E::AlterPartitionRefused { .. }
            | E::BecameLeader { .. }
            | E::BecameFollower { .. }
            | E::IsrShrinkWanted { .. }
            | E::IsrExpandWanted { .. }
            | E::Reassigned { .. } => Self::Leaders,
            E::Appended { .. }
            | E::Replicated { .. }
            | E::HighWatermark { .. }
            | E::Truncated { .. }
            | E::LogStartMoved { .. }
            | E::Compacted { .. }
            | E::SegmentRolled { .. }
            | E::ReplicaDeleted { .. } => Self::Logs,
            E::Violated(_) | E::ExpectFailed { .. } | E::ExpectHeld { .. } => Self::Guarantees,
            E::CoordinatorLoading { .. }
            | E::CoordinatorLoaded { .. }
            | E::CoordinatorResigned { .. }
            | E::GroupTransition { .. }
            | E::MemberJoined { .. }
            | E::MemberLeft { .. }
            | E::GroupAssigned { .. }
            | E::GroupEpoch { .. }
            | E::TargetAssigned { .. }
            | E::MemberReconciled { .. }
            | E::MemberAway { .. }
            | E::GroupConverted { .. }
            | E::OffsetsCommitted { .. }
            | E::OffsetsRemoved { .. }
            | E::ShareGroupAssigned { .. }
            | E::GroupConfigChanged { .. }
            | E::SharePartitionLoaded { .. }
            | E::ShareRecords { .. }
            | E::ShareStartMoved { .. }
            | E::GroupDeleted { .. }
            | E::GroupDescribed { .. } => Self::Groups,
            E::RecordSent { .. }
            | E::Acked { .. }
            | E::SendFailed { .. }
            | E::Retrying { .. }
            | E::Joining { .. }
            | E::Assigned { .. }
            | E::ShareAssigned { .. }
            | E::Revoked { .. }
            | E::Lost { .. }
            | E::Polled { .. }
            | E::Processed { .. }
            | E::PositionSet { .. }
            | E::ClientError { .. }
            | E::MetadataRefresh { .. }
            | E::ClientGone { .. }
            | E::ClientStarted
            | E::AdminDone { .. }
            | E::Note { .. } => Self::Clients,
        }
    }
}

#[cfg(test)]
mod tests;
