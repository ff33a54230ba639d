//! What the user wants, one line of text each: `noun verb name key=value …`.
//!
//! The same lines are scenario files, lesson data, the terminal on the page and (compressed) the share link, so a
//! command round-trips its text exactly: `parse(format(c)) == c` for every command.
//!
//! [`forms`] is the table of all lines, [`words`] cuts a line, [`values`] reads durations, rates and names, [`parse`]
//! makes commands of them, [`format`] writes them in one canonical way, [`mod@complete`] says what could come next, and
//! [`error`] says what is wrong, where, and what would work. `docs/SCRIPTS.md` describes the language for people.

mod complete;
mod error;
mod format;
pub(crate) mod forms;
mod parse;
pub(crate) mod values;
pub(crate) mod words;

pub use complete::{Completion, complete};
pub(crate) use error::nearest;
pub use error::{NameKind, ParseError, ParseErrorKind, ScriptParseError};
pub use format::{duration_text, rate_text};
pub use forms::{Scope, usage};
pub use parse::{MAX_SCRIPT_BYTES, MAX_SCRIPT_COMMANDS, parse_script};
pub use values::{
    MAX_ADVANCE, MAX_BROKERS, MAX_COUNT, MAX_LIST, MAX_NAME_CHARS, MAX_PARTITIONS, MAX_RATE_MILLI,
    MAX_TOPIC_CHARS, MAX_VALUE_BYTES,
};

use crate::config::Preset;
use crate::id::{BrokerId, Name, Offset};
use crate::java::Pattern;
use crate::protocol::{Acknowledge, ElectionType};
use crate::time::Duration;
use alloc::vec::Vec;

/// A setting: Kafka's name and a value as text.
pub type Setting = (Name, Name);

/// One command.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Command {
    /// `cluster create brokers=3 controllers=3 seed=42 preset=classroom [broker or network setting=value …]`: always the first.
    ClusterCreate {
        /// Brokers 1..=n, 1 to 300.
        brokers: u32,
        /// Controllers 101.., 1, 3 or 5.
        controllers: u32,
        /// Of every random stream.
        seed: u64,
        /// Defaults.
        preset: Preset,
        /// Broker settings ([`crate::config::BrokerConfig`]) and network settings ([`crate::config::NetworkConfig`]).
        settings: Vec<Setting>,
    },
    /// `cluster set name=value …`: change broker or network settings while running.
    ClusterSet(Vec<Setting>),
    /// `broker add 4 [rack=a]`
    BrokerAdd(BrokerId, Option<Name>),
    /// `broker crash 2` — also `controller crash 101`: the id says which.
    NodeCrash(BrokerId),
    /// `broker stop 2`: controlled shutdown.
    NodeStop(BrokerId),
    /// `broker start 2`
    NodeStart(BrokerId),
    /// `broker freeze 2`: the process pauses, its sockets stay open.
    NodeFreeze(BrokerId),
    /// `broker thaw 2`
    NodeThaw(BrokerId),
    /// `topic create orders partitions=3 replication=3 [assignment=1:2:3,2:3:1,…] [setting=value …]`
    TopicCreate {
        /// Its name.
        name: Name,
        /// Partitions; `None` takes num.partitions (or the assignment's length).
        partitions: Option<i32>,
        /// Replicas of each; `None` takes default.replication.factor.
        replication: Option<i16>,
        /// Explicit replicas, one list a partition; empty: placed by the controller.
        assignment: Vec<Vec<BrokerId>>,
        /// Topic settings.
        settings: Vec<Setting>,
    },
    /// `topic alter orders partitions=6`
    TopicPartitions(Name, i32),
    /// `topic set orders min.insync.replicas=2 …`; `name=` (empty) resets it to the default.
    TopicSet(Name, Vec<Setting>),
    /// `topic delete orders`
    TopicDelete(Name),
    /// `topic trim orders-0 before=6`: delete records below an offset.
    TopicTrim(PartitionName, Offset),
    /// `topic reassign orders-0 replicas=4:2:3`: move a partition to these replicas, the preferred leader first (KIP-455);
    /// `topic cancel-reassignment orders-0` (`None`) takes that back while it is under way.
    Reassign(PartitionName, Option<Vec<BrokerId>>),
    /// `producer add p1 topic=orders rate=2/s keys=alice,bob value.bytes=100 acks=all …`
    ProducerAdd(Name, ProducerSpec, Vec<Setting>),
    /// `producer set p1 rate=5/s acks=1 …`: only what is named changes.
    ProducerSet(Name, ProducerSpec, Vec<Setting>),
    /// `producer send p1 [topic=…] [key=alice] [value="first order"] [partition=0] [count=10]`
    ProducerSend {
        /// Who.
        name: Name,
        /// Topic; `None` takes the producer's own.
        topic: Option<Name>,
        /// Key; `None` is a null key.
        key: Option<Name>,
        /// Value; `None` is a generated one.
        value: Option<Name>,
        /// Tombstone: a null value (`value=null` unquoted).
        tombstone: bool,
        /// Explicit partition.
        partition: Option<i32>,
        /// How many, one after the other without waiting.
        count: u32,
    },
    /// `consumer add c1 group=billing topics=orders process=40ms [group.instance.id=pos-1] [setting=value …]`
    ConsumerAdd(Name, ConsumerSpec, Vec<Setting>),
    /// `consumer set c1 process=100ms …`: only what is named changes.
    ConsumerSet(Name, ConsumerSpec, Vec<Setting>),
    /// `consumer seek c1 orders-0 to=3|earliest|latest`
    ConsumerSeek(Name, PartitionName, OffsetTarget),
    /// `consumer commit c1`: commitSync() of what was processed.
    ConsumerCommit(Name),
    /// `consumer pause c1 orders-0` (`consumer resume c1 orders-0`): true pauses.
    ConsumerPause(Name, PartitionName, bool),
    /// `producer stop p1` / `consumer stop c1`: close() — flush and leave politely. The name says which.
    ClientStop(Name),
    /// `producer crash p1` / `consumer crash c1`: the process dies at once.
    ClientCrash(Name),
    /// `producer start p1` / `consumer start c1`: a new process with the same configuration.
    ClientStart(Name),
    /// `consumer freeze c1` / `producer freeze p1`
    ClientFreeze(Name),
    /// `consumer thaw c1` / `producer thaw p1`
    ClientThaw(Name),
    /// `consumer remove c1` / `producer remove p1`: crash it if it runs and forget it.
    ClientRemove(Name),
    /// `group seek billing to=earliest|latest|current|7 [topic=orders [partition=0]]`, or `shift-by=-5`, or `by-duration=1h` in place of `to`:
    /// reset the offsets of an inactive group.
    GroupSeek(Name, OffsetTarget, Option<Name>, Option<i32>),
    /// `consumer accept w1 orders-0 offset=3` (`consumer release …`, `consumer reject …`): a share consumer acknowledges a record by hand.
    ConsumerAcknowledge(Name, PartitionName, Offset, Acknowledge),
    /// `group set workers share.auto.offset.reset=earliest …` ([`crate::config::GroupConfig`]); `name=` (empty) resets it.
    GroupSet(Name, Vec<Setting>),
    /// `group delete billing`
    GroupDelete(Name),
    /// `group describe billing`: ask its coordinator and the leaders how it is.
    GroupDescribe(Name),
    /// `group delete-offsets billing topic=orders`: forget the committed offsets of a topic.
    GroupDeleteOffsets(Name, Name),
    /// `group remove-member billing till-1`: an administrator removes a static member by its `group.instance.id`.
    GroupRemoveMember(Name, Name),
    /// `link cut 1 3`: ends are broker or controller ids, client names, or `admin`.
    LinkCut(Name, Name),
    /// `link heal 1 3`: also forgets settings of its own.
    LinkHeal(Name, Name),
    /// `link set 1 3 latency.ms=500 …` ([`crate::config::NetworkConfig`] names)
    LinkSet(Name, Name, Vec<Setting>),
    /// `elect preferred orders-0` / `elect unclean orders-0`
    Elect(ElectionType, PartitionName),
    /// `advance 10s`: let time pass (scripts only; the page plays instead).
    Advance(Duration),
    /// `bookmark "before the crash"`: a named moment to come back to; changes nothing.
    Bookmark(Name),
    /// `expect isr(orders-0) = [1,2]` (scripts and lessons only): the text after the word.
    Expect(Name),
}

/// `orders-0`: topic and partition number after the last dash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PartitionName {
    /// Topic.
    pub topic: Name,
    /// Number.
    pub partition: i32,
}

/// Where to put an offset.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OffsetTarget {
    /// Log start.
    Earliest,
    /// High watermark.
    Latest,
    /// This one.
    Offset(Offset),
    /// Where it is committed, brought into the log's range (groups only).
    Current,
    /// So many further, or back if negative (groups only).
    Shift(i64),
    /// The first record that is younger than this (groups only).
    Ago(Duration),
}

/// What a producer does beside its configuration; `None` leaves it as it is (or at the default when adding).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ProducerSpec {
    /// Topic it writes to.
    pub topic: Option<Name>,
    /// Thousandths of a record a second: `rate=2/s` is 2000, `rate=0` only by hand (the default).
    pub rate_milli: Option<u64>,
    /// Keys it picks from at random; empty: no key (`keys=` ).
    pub keys: Option<Vec<Name>>,
    /// Bytes of a generated value (default 100).
    pub value_bytes: Option<u32>,
}

/// What a consumer does beside its configuration; `None` leaves it as it is (or at the default when adding).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ConsumerSpec {
    /// Its group (only when adding).
    pub group: Option<Name>,
    /// Its share group, instead (only when adding).
    pub share_group: Option<Name>,
    /// Topics it subscribes to, or one pattern between slashes (`topics=/orders-.*/`).
    pub topics: Option<Vec<Name>>,
    /// Partitions it takes without a group's assignment (`assign=orders-0,orders-1`).
    pub assign: Option<Vec<PartitionName>>,
    /// `group.instance.id` (only when adding).
    pub instance: Option<Name>,
    /// Time the application takes for a record (`process=40ms`).
    pub processing: Option<Duration>,
    /// With auto commit off: when the application commits (`commit=after` processing each poll's records, `before`, `never`, `async`).
    pub commit: Option<CommitMode>,
    /// In a share group with explicit acknowledgement: what the application says of each record it has processed (`ack=accept`).
    pub ack: Option<AckBy>,
}

/// What a share consumer's application does with `share.acknowledgement.mode=explicit`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum AckBy {
    /// Accepts every record.
    #[default]
    Accept,
    /// Releases every record: it cannot process it now.
    Release,
    /// Rejects every record: it cannot process it ever.
    Reject,
    /// Waits for `consumer accept`, `release` and `reject`.
    Hand,
}

/// When an application with `enable.auto.commit=false` commits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum CommitMode {
    /// After the records of a poll are processed: at least once.
    #[default]
    After,
    /// Right after poll(), before processing: at most once.
    Before,
    /// Only by hand.
    Never,
    /// After the records of a poll are processed, with commitAsync(): it does not wait, and nothing is tried again.
    Async,
}

/// The pattern in a subscription such as `/orders-.*/`.
pub fn pattern_of(topics: &str) -> Option<Pattern> {
    let text = topics.strip_prefix('/')?.strip_suffix('/')?;
    Pattern::new(text).ok()
}
