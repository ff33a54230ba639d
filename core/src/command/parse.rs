//! From text to commands: one line, or a whole script.
//!
//! The words after noun and verb are sorted into places, keys and settings by the table of [`forms`](super::forms);
//! then each verb builds its command. What is not in the table is refused with the nearest words that are.

use super::error::{ParseError, ParseErrorKind, ScriptParseError, nearest};
use super::forms::{self, Form, Scope, Slot};
use super::values::{self, MAX_ADVANCE, MAX_BROKERS, MAX_COUNT, MAX_PARTITIONS, MAX_VALUE_BYTES};
use super::words::{self, Word};
use super::{AckBy, Command, CommitMode, ConsumerSpec, OffsetTarget, ProducerSpec, Setting};
use crate::config::{ConfigError, Preset};
use crate::id::{BrokerId, Name};
use crate::protocol::{Acknowledge, ElectionType};
use crate::scenario::Expectation;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::str::FromStr;

/// Longest script, in bytes.
pub const MAX_SCRIPT_BYTES: usize = 64 * 1024;
/// Most commands of a script.
pub const MAX_SCRIPT_COMMANDS: usize = 2_000;

type Parsed<T> = Result<T, ParseError>;

/// The commands of a script with the numbers (from 1) of their lines.
///
/// Blank lines and comments are skipped. At most [`MAX_SCRIPT_BYTES`] and [`MAX_SCRIPT_COMMANDS`].
pub fn parse_script(text: &str) -> Result<Vec<(usize, Command)>, ScriptParseError> {
    if text.len() > MAX_SCRIPT_BYTES {
        return Err(too_many(1, "bytes", MAX_SCRIPT_BYTES, text.len()));
    }
    let mut commands = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        match line.parse::<Command>() {
            Ok(command) => commands.push((number, command)),
            Err(error) if error.kind == ParseErrorKind::Empty => {}
            Err(error) => {
                return Err(ScriptParseError {
                    line: number,
                    error,
                });
            }
        }
        if commands.len() > MAX_SCRIPT_COMMANDS {
            let given = commands.len();
            return Err(too_many(number, "commands", MAX_SCRIPT_COMMANDS, given));
        }
    }
    Ok(commands)
}

fn too_many(line: usize, what: &'static str, max: usize, given: usize) -> ScriptParseError {
    let kind = ParseErrorKind::TooMany { what, max, given };
    ScriptParseError {
        line,
        error: ParseError::new(1, kind, [""; 0]),
    }
}

impl FromStr for Command {
    type Err = ParseError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let whole = words::without_comment(line);
        if let Some(rest) = expect_text(whole) {
            return expect(rest);
        }
        let words = words::words(line)?;
        let Some(noun) = words.first() else {
            return Err(ParseError::new(1, ParseErrorKind::Empty, [""; 0]));
        };
        let end = whole.column + whole.raw.chars().count() + 1;
        let (form, rest) = form(*noun, &words, end)?;
        build(&Line::read(form, rest, end)?)
    }
}

/// What stands after `expect`.
fn expect_text(whole: Word<'_>) -> Option<Word<'_>> {
    let rest = whole.raw.strip_prefix("expect")?;
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let raw = rest.trim_start();
    let skipped = "expect".len() + rest[..rest.len() - raw.len()].chars().count();
    Some(Word {
        column: whole.column + skipped,
        raw,
    })
}

/// Keeps the text of an expectation, once it is known to be one.
fn expect(text: Word<'_>) -> Parsed<Command> {
    if text.raw.is_empty() {
        let kind = ParseErrorKind::Missing("PREDICATE");
        let examples = ["leader(orders-0) = 2", "isr(orders-0) = [1,2]"];
        return Err(ParseError::new(text.column, kind, examples));
    }
    text.raw.parse::<Expectation>().map_err(|e| {
        let column = text.column + e.column - 1;
        ParseError::new(column, ParseErrorKind::BadExpectation(e.fault), e.expected)
    })?;
    Ok(Command::Expect(text.raw.into()))
}

/// The form the first words name, and the words after them.
fn form<'a, 'b>(
    noun: Word<'a>,
    words: &'b [Word<'a>],
    end: usize,
) -> Parsed<(&'static Form, &'b [Word<'a>])> {
    let Some(first) = forms::of_noun(noun.raw).next() else {
        let kind = ParseErrorKind::UnknownNoun(noun.raw.to_string());
        return Err(ParseError::new(
            noun.column,
            kind,
            nearest(forms::nouns(), noun.raw),
        ));
    };
    if first.verb.is_empty() {
        return Ok((first, &words[1..]));
    }
    let verbs = || forms::of_noun(first.noun).map(|f| f.verb);
    let Some(verb) = words.get(1) else {
        let kind = ParseErrorKind::Missing("a verb");
        return Err(ParseError::new(end, kind, verbs()));
    };
    let found = forms::of_noun(first.noun).find(|f| f.verb == verb.raw);
    let form = found.ok_or_else(|| {
        let kind = ParseErrorKind::UnknownVerb {
            noun: first.noun,
            given: verb.raw.to_string(),
        };
        ParseError::new(verb.column, kind, nearest(verbs(), verb.raw))
    })?;
    Ok((form, &words[2..]))
}

/// The words of a line, sorted.
struct Line<'a> {
    form: &'static Form,
    args: Vec<Word<'a>>,
    keys: Vec<(&'static str, Word<'a>)>,
    settings: Vec<Setting>,
    end: usize,
}

impl<'a> Line<'a> {
    fn read(form: &'static Form, words: &[Word<'a>], end: usize) -> Parsed<Self> {
        let mut line = Self {
            form,
            args: Vec::new(),
            keys: Vec::new(),
            settings: Vec::new(),
            end,
        };
        for word in words {
            match word.key_value() {
                Some((key, value)) => line.add_key(key, value)?,
                None => line.add_arg(*word)?,
            }
        }
        line.check_complete()?;
        Ok(line)
    }

    fn add_arg(&mut self, word: Word<'a>) -> Parsed<()> {
        if self.args.len() < self.form.args.len() {
            self.args.push(word);
            return Ok(());
        }
        let kind = ParseErrorKind::Superfluous(word.raw.to_string());
        let known = self
            .known_keys()
            .into_iter()
            .map(|k| alloc::format!("{k}="));
        Err(ParseError::new(word.column, kind, known.take(4)))
    }

    fn add_key(&mut self, key: Word<'a>, value: Word<'a>) -> Parsed<()> {
        let twice = self.keys.iter().any(|(k, _)| *k == key.raw)
            || self.settings.iter().any(|(k, _)| **k == *key.raw);
        if twice {
            let kind = ParseErrorKind::DuplicateKey(key.raw.to_string());
            return Err(ParseError::new(key.column, kind, [""; 0]));
        }
        if let Some(known) = self.form.keys.iter().find(|k| k.name == key.raw) {
            self.keys.push((known.name, value));
            return Ok(());
        }
        let setting = self.setting(key, value)?;
        self.settings.push(setting);
        Ok(())
    }

    /// A setting of this form's scope, with a value it takes. `topic set` also takes an empty one: back to the default.
    fn setting(&self, key: Word<'a>, value: Word<'a>) -> Parsed<Setting> {
        let unknown = |kind| {
            let near = nearest(self.known_keys(), key.raw);
            ParseError::new(key.column, kind, near)
        };
        let Some(scope) = self.form.settings else {
            return Err(unknown(ParseErrorKind::UnknownKey(key.raw.to_string())));
        };
        let def = scope
            .find(key.raw)
            .map_err(|e| unknown(ParseErrorKind::Setting(e)))?;
        let text = value.text()?;
        let resets = text.is_empty()
            && self.form.verb == "set"
            && ["topic", "group"].contains(&self.form.noun);
        if !resets {
            def.parse(&text).map_err(|e: ConfigError| {
                ParseError::new(value.column, ParseErrorKind::Setting(e), [def.expected()])
            })?;
        }
        Ok((def.name.into(), text.as_str().into()))
    }

    fn known_keys(&self) -> Vec<&'static str> {
        let settings = self.form.settings.into_iter().flat_map(Scope::defs);
        let keys = self.form.keys.iter().map(|k| k.name);
        keys.chain(settings.map(|d| d.name)).collect()
    }

    fn check_complete(&self) -> Parsed<()> {
        if let Some(slot) = self.form.args.get(self.args.len()) {
            let kind = ParseErrorKind::Missing(slot.placeholder());
            return Err(ParseError::new(self.end, kind, [slot.expected()]));
        }
        let missing = |k: &&forms::Key| k.required && self.key(k.name).is_none();
        if let Some(key) = self.form.keys.iter().find(missing) {
            let kind = ParseErrorKind::Missing(key.name);
            let expected = alloc::format!("{}= and {}", key.name, key.slot.expected());
            return Err(ParseError::new(self.end, kind, [expected]));
        }
        let only_settings = self.form.settings.is_some() && self.form.verb == "set";
        if only_settings && self.keys.is_empty() && self.settings.is_empty() {
            let kind = ParseErrorKind::Missing("a setting");
            let known = self
                .known_keys()
                .into_iter()
                .map(|k| alloc::format!("{k}="));
            return Err(ParseError::new(self.end, kind, known.take(4)));
        }
        Ok(())
    }

    fn arg(&self, index: usize) -> Word<'a> {
        self.args[index]
    }

    fn key(&self, name: &str) -> Option<Word<'a>> {
        self.keys.iter().find(|(k, _)| *k == name).map(|(_, w)| *w)
    }

    /// The value of a key, read by `read`, if the key is given.
    fn get<T>(&self, name: &str, read: impl FnOnce(Word<'a>) -> Parsed<T>) -> Parsed<Option<T>> {
        self.key(name).map(read).transpose()
    }

    fn node(&self) -> Parsed<BrokerId> {
        values::int(self.arg(0), self.form.args[0].placeholder(), 1, 10_000).map(BrokerId)
    }

    fn text(&self, name: &str) -> Parsed<Option<Name>> {
        self.get(name, |w| w.text().map(|t| t.as_str().into()))
    }
}

/// The command of a complete line.
fn build(line: &Line<'_>) -> Parsed<Command> {
    match line.form.noun {
        "cluster" => cluster(line),
        "broker" | "controller" => node(line),
        "topic" => topic(line),
        "group" => group(line),
        "link" => link(line),
        "elect" => elect(line),
        "advance" => values::duration(line.arg(0), "advance", MAX_ADVANCE).map(Command::Advance),
        "bookmark" => values::name(line.arg(0)).map(Command::Bookmark),
        "producer" if line.form.verb == "send" => send(line),
        _ => client(line),
    }
}

fn cluster(line: &Line<'_>) -> Parsed<Command> {
    let settings = line.settings.clone();
    if line.form.verb == "set" {
        return Ok(Command::ClusterSet(settings));
    }
    let number = |name, max| line.get(name, |w| values::int(w, name, 1, max));
    let quorum = |w| values::choice(w, "controllers", &["1", "3", "5"]).map(|i| 2 * i as u32 + 1);
    let seed = |w| values::int(w, "seed", 0, i128::from(u64::MAX));
    let preset = |w| values::choice(w, "preset", &["kafka", "classroom"]);
    Ok(Command::ClusterCreate {
        brokers: number("brokers", i128::from(MAX_BROKERS))?.unwrap_or(3),
        controllers: line.get("controllers", quorum)?.unwrap_or(3),
        seed: line.get("seed", seed)?.unwrap_or(1),
        preset: [Preset::Kafka, Preset::Classroom][line.get("preset", preset)?.unwrap_or(0)],
        settings,
    })
}

fn node(line: &Line<'_>) -> Parsed<Command> {
    let id = line.node()?;
    Ok(match line.form.verb {
        "crash" => Command::NodeCrash(id),
        "stop" => Command::NodeStop(id),
        "start" => Command::NodeStart(id),
        "freeze" => Command::NodeFreeze(id),
        "thaw" => Command::NodeThaw(id),
        _ => Command::BrokerAdd(id, line.get("rack", values::name)?),
    })
}

fn topic(line: &Line<'_>) -> Parsed<Command> {
    let most = i128::from(MAX_PARTITIONS);
    let partitions = || line.get("partitions", |w| values::int(w, "partitions", 1, most));
    if line.form.verb == "trim" {
        let before = |w| values::int(w, "before", 0, i128::from(i64::MAX));
        let tp = values::partition(line.arg(0))?;
        return Ok(Command::TopicTrim(
            tp,
            line.get("before", before)?.unwrap_or(0),
        ));
    }
    if ["reassign", "cancel-reassignment"].contains(&line.form.verb) {
        let replicas = line.get("replicas", values::replicas)?;
        return Ok(Command::Reassign(values::partition(line.arg(0))?, replicas));
    }
    let name = values::topic(line.arg(0))?;
    Ok(match line.form.verb {
        "alter" => Command::TopicPartitions(name, partitions()?.unwrap_or(1)),
        "set" => Command::TopicSet(name, line.settings.clone()),
        "delete" => Command::TopicDelete(name),
        _ => Command::TopicCreate {
            name,
            partitions: partitions()?,
            replication: line.get("replication", |w| {
                values::int(w, "replication", 1, i128::from(MAX_BROKERS))
            })?,
            assignment: line
                .get("assignment", |w| values::list(w, values::replicas))?
                .unwrap_or_default(),
            settings: line.settings.clone(),
        },
    })
}

fn group(line: &Line<'_>) -> Parsed<Command> {
    let name = values::name(line.arg(0))?;
    if line.form.verb == "set" {
        return Ok(Command::GroupSet(name, line.settings.clone()));
    }
    let topic = line.get("topic", values::topic)?;
    Ok(match (line.form.verb, topic) {
        ("describe", _) => Command::GroupDescribe(name),
        ("delete-offsets", Some(topic)) => Command::GroupDeleteOffsets(name, topic),
        ("remove-member", _) => Command::GroupRemoveMember(name, values::name(line.arg(1))?),
        ("seek", topic) => {
            let partition = line.get("partition", |w| {
                values::int(w, "partition", 0, i128::from(MAX_PARTITIONS) - 1)
            })?;
            Command::GroupSeek(name, reset_target(line)?, topic, partition)
        }
        _ => Command::GroupDelete(name),
    })
}

/// Exactly one of `to`, `shift-by` and `by-duration`.
fn reset_target(line: &Line<'_>) -> Parsed<OffsetTarget> {
    let to = line.get("to", |w| match w.raw {
        "current" => Ok(OffsetTarget::Current),
        _ => values::target(w),
    })?;
    let shift = line.get("shift-by", |w| {
        values::int(w, "shift-by", -i128::from(i64::MAX), i128::from(i64::MAX))
    })?;
    let ago = line.get("by-duration", |w| {
        values::duration(w, "by-duration", MAX_ADVANCE)
    })?;
    let all = [
        to,
        shift.map(OffsetTarget::Shift),
        ago.map(OffsetTarget::Ago),
    ];
    let mut given = all.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(target), None) => Ok(target),
        _ => {
            let kind = ParseErrorKind::Missing("to");
            let expected = ["to=earliest", "shift-by=-5", "by-duration=1h"];
            Err(ParseError::new(line.end, kind, expected))
        }
    }
}

fn link(line: &Line<'_>) -> Parsed<Command> {
    let (a, b) = (values::name(line.arg(0))?, values::name(line.arg(1))?);
    Ok(match line.form.verb {
        "cut" => Command::LinkCut(a, b),
        "heal" => Command::LinkHeal(a, b),
        _ => Command::LinkSet(a, b, line.settings.clone()),
    })
}

fn elect(line: &Line<'_>) -> Parsed<Command> {
    let kind = match line.form.verb {
        "preferred" => ElectionType::Preferred,
        _ => ElectionType::Unclean,
    };
    values::partition(line.arg(0)).map(|tp| Command::Elect(kind, tp))
}

fn send(line: &Line<'_>) -> Parsed<Command> {
    let tombstone = line.key("value").is_some_and(|w| w.raw == "null");
    let count = |w| values::int(w, "count", 1, i128::from(MAX_COUNT));
    Ok(Command::ProducerSend {
        name: values::name(line.arg(0))?,
        topic: line.get("topic", values::topic)?,
        key: line.text("key")?,
        value: line.text("value")?.filter(|_| !tombstone),
        tombstone,
        partition: line.get("partition", |w| {
            values::int(w, "partition", 0, i128::from(i32::MAX))
        })?,
        count: line.get("count", count)?.unwrap_or(1),
    })
}

/// Producers and consumers.
fn client(line: &Line<'_>) -> Parsed<Command> {
    let new = matches!(line.form.args[0], Slot::NewProducer | Slot::NewConsumer);
    let read = if new { values::client } else { values::name };
    let name = read(line.arg(0))?;
    let settings = line.settings.clone();
    let tp = || values::partition(line.arg(1));
    Ok(match (line.form.noun, line.form.verb) {
        ("producer", "add") => Command::ProducerAdd(name, producer_spec(line)?, settings),
        ("producer", "set") => Command::ProducerSet(name, producer_spec(line)?, settings),
        ("consumer", "add") => Command::ConsumerAdd(name, consumer_spec(line)?, settings),
        ("consumer", "set") => Command::ConsumerSet(name, consumer_spec(line)?, settings),
        ("consumer", "seek") => {
            let to = line.get("to", values::target)?;
            Command::ConsumerSeek(name, tp()?, to.unwrap_or(super::OffsetTarget::Earliest))
        }
        ("consumer", "commit") => Command::ConsumerCommit(name),
        ("consumer", verb @ ("accept" | "release" | "reject")) => {
            let how = match verb {
                "accept" => Acknowledge::Accept,
                "release" => Acknowledge::Release,
                _ => Acknowledge::Reject,
            };
            let offset = |w| values::int(w, "offset", 0, i128::from(i64::MAX));
            let offset = line.get("offset", offset)?.unwrap_or(0);
            Command::ConsumerAcknowledge(name, tp()?, offset, how)
        }
        ("consumer", "pause") => Command::ConsumerPause(name, tp()?, true),
        ("consumer", "resume") => Command::ConsumerPause(name, tp()?, false),
        (_, "stop") => Command::ClientStop(name),
        (_, "crash") => Command::ClientCrash(name),
        (_, "start") => Command::ClientStart(name),
        (_, "freeze") => Command::ClientFreeze(name),
        (_, "thaw") => Command::ClientThaw(name),
        _ => Command::ClientRemove(name),
    })
}

fn producer_spec(line: &Line<'_>) -> Parsed<ProducerSpec> {
    let text = |w: Word<'_>| w.text().map(|t| Name::from(t.as_str()));
    Ok(ProducerSpec {
        topic: line.get("topic", values::topic)?,
        rate_milli: line.get("rate", values::rate)?,
        keys: line.get("keys", |w| values::list(w, text))?,
        value_bytes: line.get("value.bytes", |w| {
            values::int(w, "value.bytes", 0, i128::from(MAX_VALUE_BYTES))
        })?,
    })
}

fn consumer_spec(line: &Line<'_>) -> Parsed<ConsumerSpec> {
    let mode = |w| values::choice(w, "commit", &["after", "before", "never", "async"]);
    let modes = [
        CommitMode::After,
        CommitMode::Before,
        CommitMode::Never,
        CommitMode::Async,
    ];
    let commit = line.get("commit", mode)?;
    let by = |w| values::choice(w, "ack", &["accept", "release", "reject", "hand"]);
    let ack = line.get("ack", by)?;
    Ok(ConsumerSpec {
        group: line.get("group", values::name)?,
        share_group: line.get("share-group", values::name)?,
        topics: line.get("topics", values::topics)?,
        assign: line.get("assign", |w| values::list(w, values::partition))?,
        instance: line.get("group.instance.id", values::name)?,
        processing: line.get("process", |w| values::duration(w, "process", MAX_ADVANCE))?,
        commit: commit.map(|i| modes[i]),
        ack: ack.map(|i| [AckBy::Accept, AckBy::Release, AckBy::Reject, AckBy::Hand][i]),
    })
}
