//! From what was read to a script that runs.
//!
//! Brokers are numbered from 1 here. Logs begin a little before the earliest committed offset, so that a cluster with
//! millions of records fits; every lag stays what it is, up to [`MOST_RECORDS`] a partition. A broker that is out of every
//! ISR it belongs to is taken for crashed. All this is said in the notes.

use super::Import;
use super::read::{Member, Offset, Pasted, Topic};
use crate::tool::KNOWN_TOPIC_CONFIGS;
use rebalance_core::command::{MAX_BROKERS, MAX_SCRIPT_BYTES, MAX_SCRIPT_COMMANDS, parse_script};
use rebalance_core::config::{ConfigSet, TopicConfig};
use std::collections::BTreeSet;

/// Records of a partition at most.
pub const MOST_RECORDS: i64 = 2_000;
/// Records before the earliest committed offset, where there are so many.
const BEFORE: i64 = 5;

/// A text as one word of the language of scripts.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-:/".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_string(),
        false => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

fn list(words: impl IntoIterator<Item = String>, between: &str) -> String {
    words.into_iter().collect::<Vec<_>>().join(between)
}

/// Makes the script.
pub fn model(pasted: &Pasted) -> Import {
    let mut made = Import::default();
    if pasted.topics.is_empty() && pasted.offsets.is_empty() && pasted.members.is_empty() {
        return made;
    }
    let mut maker = Maker {
        pasted,
        made: &mut made,
        lines: Vec::new(),
        brokers: Vec::new(),
    };
    maker.make();
    let script = list(maker.lines.iter().cloned(), "\n") + "\n";
    finish(&mut made, script);
    made
}

/// A script that is too long is no script: says by how much.
fn finish(made: &mut Import, script: String) {
    let commands = script.lines().count();
    if script.len() > MAX_SCRIPT_BYTES || commands > MAX_SCRIPT_COMMANDS {
        made.notes.push(format!(
            "too much for one script: {commands} commands, {} KB; at most {MAX_SCRIPT_COMMANDS} commands and {} KB. Paste fewer topics \
             or groups.",
            script.len() / 1_024,
            MAX_SCRIPT_BYTES / 1_024
        ));
        return;
    }
    match parse_script(&script) {
        Ok(_) => made.script = Some(script),
        Err(error) => made.notes.push(format!(
            "a name or setting that this simulation cannot have: {error}"
        )),
    }
}

struct Maker<'a> {
    pasted: &'a Pasted,
    made: &'a mut Import,
    lines: Vec<String>,
    /// Their ids there, ascending: the first is broker 1 here.
    brokers: Vec<i32>,
}

impl Maker<'_> {
    fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn note(&mut self, note: impl Into<String>) {
        self.made.notes.push(note.into());
    }

    fn make(&mut self) {
        self.cluster();
        let topics = self.topics();
        for topic in &topics {
            self.create(topic);
        }
        self.line("advance 5s");
        self.records(&topics);
        self.offsets(&topics);
        self.consumers();
        self.crashed(&topics);
        self.line("advance 5s");
        if self.pasted.commands > 0 {
            let count = self.pasted.commands;
            self.note(format!(
                "{count} line(s) are commands or comments, not output"
            ));
        }
    }

    /// Its number here.
    fn broker(&self, id: i32) -> i32 {
        self.brokers
            .iter()
            .position(|b| *b == id)
            .map_or(1, |at| at as i32 + 1)
    }

    fn replicas(&self, ids: &[i32]) -> String {
        list(ids.iter().map(|id| self.broker(*id).to_string()), ":")
    }

    fn cluster(&mut self) {
        let all = self.pasted.topics.iter().flat_map(|t| &t.partitions);
        let ids: BTreeSet<i32> = all
            .flat_map(|p| p.replicas.iter().chain(&p.isr).copied())
            .collect();
        self.brokers = ids.into_iter().collect();
        if self.brokers.is_empty() {
            self.brokers = vec![1, 2, 3];
            self.note("no topic was described, so the brokers are a guess: three");
        }
        let count = self.brokers.len();
        if count as i64 > MAX_BROKERS {
            self.note(format!(
                "{count} brokers are more than the {MAX_BROKERS} that a simulation may have"
            ));
        }
        let moved: Vec<String> = self
            .brokers
            .iter()
            .filter(|id| self.broker(**id) != **id)
            .map(|id| format!("{id} is {}", self.broker(*id)))
            .collect();
        if !moved.is_empty() {
            self.note(format!(
                "brokers are numbered from 1 here: {}",
                moved.join(", ")
            ));
        }
        let controllers = if count >= 3 { 3 } else { 1 };
        self.line(format!(
            "cluster create brokers={count} controllers={controllers} seed=1"
        ));
        self.made.understood.push(format!("{count} broker(s)"));
        self.note(format!(
            "{controllers} controller(s): --describe does not say how many there are"
        ));
    }

    /// The described topics, and those that only groups mention.
    fn topics(&mut self) -> Vec<Topic> {
        let mut topics: Vec<Topic> = Vec::new();
        for topic in &self.pasted.topics {
            if topic.name.starts_with("__") {
                self.note(format!("{}: the simulation makes its own", topic.name));
            } else if topic.partitions.is_empty() {
                self.note(format!(
                    "{}: none of its partitions was pasted; left out",
                    topic.name
                ));
            } else {
                topics.push(topic.clone());
            }
        }
        for row in &self.pasted.offsets {
            let Some(name) = row.topic.as_ref().filter(|n| !n.starts_with("__")) else {
                continue;
            };
            if !topics.iter().any(|t| t.name == *name) {
                let known = self
                    .pasted
                    .offsets
                    .iter()
                    .filter(|o| o.topic.as_ref() == Some(name));
                let count = known.map(|o| o.partition).max().unwrap_or(0) + 1;
                self.note(format!("{name} was not described: {count} partition(s) because a group reads them, placed by the controller"));
                topics.push(Topic {
                    name: name.clone(),
                    ..Topic::default()
                });
            }
        }
        topics
    }

    fn create(&mut self, topic: &Topic) {
        let name = &topic.name;
        let mut line = format!("topic create {}", word(name));
        if topic.partitions.is_empty() {
            let known = self
                .pasted
                .offsets
                .iter()
                .filter(|o| o.topic.as_ref() == Some(name));
            let count = known.map(|o| o.partition).max().unwrap_or(0) + 1;
            line += &format!(
                " partitions={count} replication={}",
                self.brokers.len().min(3)
            );
        } else {
            line += &format!(" assignment={}", self.assignment(topic));
        }
        for (setting, value) in &topic.configs {
            let def = TopicConfig::index_of(setting).map(|i| &TopicConfig::DEFS[i]);
            match def {
                Ok(def) if def.parse(value).is_ok() => {
                    line += &format!(" {setting}={}", word(value).replace("\"", ""))
                }
                Ok(def) => self.note(format!(
                    "{name}: {setting}={value} left out: {}",
                    def.expected()
                )),
                Err(_) if KNOWN_TOPIC_CONFIGS.contains(&setting.as_str()) => {
                    self.note(format!(
                        "{name}: {setting} is not part of this simulation; left out"
                    ));
                }
                Err(_) => self.note(format!(
                    "{name}: {setting} is not a setting of topics; left out"
                )),
            }
        }
        self.line(line);
        let count = topic.partitions.len();
        if count > 0 {
            let width = topic.partitions.first().map_or(0, |p| p.replicas.len());
            self.made.understood.push(format!(
                "topic {name}: {count} partition(s), {width} replica(s) each"
            ));
        }
    }

    fn assignment(&mut self, topic: &Topic) -> String {
        let last = topic.partitions.iter().map(|p| p.number).max().unwrap_or(0);
        let mut lists = Vec::new();
        for number in 0..=last {
            let Some(p) = topic.partitions.iter().find(|p| p.number == number) else {
                self.note(format!(
                    "{}-{number} was not pasted: placed like partition 0",
                    topic.name
                ));
                lists.push(self.replicas(&topic.partitions[0].replicas));
                continue;
            };
            let mut replicas = p.replicas.clone();
            // A new topic is led by its preferred replicas: whoever leads there is put first.
            if let Some(at) = p
                .leader
                .and_then(|l| replicas.iter().position(|r| *r == l))
                .filter(|at| *at > 0)
                && p.isr.contains(&replicas[0])
            {
                let leader = replicas.remove(at);
                replicas.insert(0, leader);
                self.note(format!(
                    "{}-{number}: {leader} leads, so it is written first among the replicas",
                    topic.name
                ));
            }
            lists.push(self.replicas(&replicas));
        }
        lists.join(",")
    }

    // Records and offsets.

    /// Where a partition's log begins here, in its own offsets, and how many records it has here.
    fn window(&self, topic: &str, partition: i32) -> (i64, i64) {
        let rows: Vec<&Offset> = self
            .pasted
            .offsets
            .iter()
            .filter(|o| o.topic.as_deref() == Some(topic) && o.partition == partition)
            .collect();
        let end = rows
            .iter()
            .filter_map(|o| o.end.or(o.current))
            .max()
            .unwrap_or(0);
        let first = rows.iter().filter_map(|o| o.current).min().unwrap_or(end);
        if end <= MOST_RECORDS {
            return (0, end);
        }
        let records = (end - first + BEFORE).clamp(BEFORE, MOST_RECORDS);
        (end - records, records)
    }

    fn read_partitions(&self, topics: &[Topic]) -> BTreeSet<(String, i32)> {
        let rows = self.pasted.offsets.iter();
        let named = rows.filter_map(|o| Some((o.topic.clone()?, o.partition)));
        named
            .filter(|(t, _)| topics.iter().any(|known| known.name == *t))
            .collect()
    }

    fn records(&mut self, topics: &[Topic]) {
        let mut total = 0;
        for (topic, partition) in self.read_partitions(topics) {
            let (base, records) = self.window(&topic, partition);
            if base > 0 {
                self.note(format!(
                    "{topic}-{partition}: offset 0 here is {base} there"
                ));
            }
            if records > 0 {
                if total == 0 {
                    self.line("producer add loader value.bytes=20");
                }
                // A compacted topic takes no record without a key.
                let compacted = |t: &Topic| {
                    t.configs
                        .iter()
                        .any(|(n, v)| n == "cleanup.policy" && v.contains("compact"))
                };
                let key = match topics.iter().any(|t| t.name == topic && compacted(t)) {
                    true => " key=k",
                    false => "",
                };
                self.line(format!(
                    "producer send loader topic={} partition={partition}{key} count={records}",
                    word(&topic)
                ));
                total += records;
            }
        }
        if total > 0 {
            self.line("advance 30s");
            self.line("producer stop loader");
            self.line("advance 2s");
            self.line("producer remove loader");
            self.note("records have made-up values and no keys; producers are not in --describe: add your own");
        }
    }

    fn offsets(&mut self, topics: &[Topic]) {
        let mut any = false;
        for row in self.pasted.offsets.clone() {
            let Some(topic) = row
                .topic
                .filter(|t| topics.iter().any(|known| known.name == *t))
            else {
                continue;
            };
            let Some(current) = row.current else { continue };
            let (base, _) = self.window(&topic, row.partition);
            let here = (current - base).max(0);
            if current < base {
                let (there, kept) = (
                    row.end.unwrap_or(current) - current,
                    row.end.unwrap_or(current) - base,
                );
                self.note(format!(
                    "{}, {topic}-{}: a lag of {there} is {kept} here, the most records a partition may have",
                    row.group, row.partition
                ));
            }
            self.line(format!(
                "group seek {} to={here} topic={} partition={}",
                word(&row.group),
                word(&topic),
                row.partition
            ));
            any = true;
        }
        if any {
            self.line("advance 5s");
        }
        for group in &self.pasted.groups {
            let rows = self.pasted.offsets.iter().filter(|o| o.group == *group);
            let committed = rows.filter(|o| o.current.is_some()).count();
            let members = self
                .pasted
                .members
                .iter()
                .filter(|m| m.group == *group)
                .count();
            self.made.understood.push(format!(
                "group {group}: {members} member(s), {committed} committed offset(s)"
            ));
        }
    }

    // Consumers.

    fn consumers(&mut self) {
        let mut taken: Vec<String> = vec!["admin".into(), "loader".into()];
        for member in self.pasted.members.clone() {
            let topics = self.topics_of(&member);
            if topics.is_empty() {
                self.note(format!(
                    "{} of {}: what it reads was not pasted; left out",
                    member.id, member.group
                ));
                continue;
            }
            let name = free(&member.client, &taken);
            if name != member.client {
                self.note(format!(
                    "{} of {} is called {name} here",
                    member.id, member.group
                ));
            }
            taken.push(name.clone());
            let mut line = format!(
                "consumer add {} group={} topics={} process=100ms auto.offset.reset=earliest",
                word(&name),
                word(&member.group),
                list(topics.iter().map(|t| word(t)), ",")
            );
            if let Some(instance) = &member.instance {
                line += &format!(" group.instance.id={}", word(instance));
            }
            line += &self.strategy(&member.group);
            self.line(line);
        }
        if !self.pasted.members.is_empty() {
            self.line("advance 10s");
            self.note("who has which partition is decided here by the group's assignor; a record takes 100 ms to process");
        }
    }

    fn strategy(&mut self, group: &str) -> String {
        let found = self
            .pasted
            .strategies
            .iter()
            .find(|(g, _)| g == group)
            .map(|(_, s)| s.clone());
        match found.as_deref() {
            None | Some("range") => String::new(),
            Some("uniform") => " group.protocol=consumer".into(),
            Some(known @ ("roundrobin" | "sticky" | "cooperative-sticky")) => {
                format!(" partition.assignment.strategy={known}")
            }
            Some(other) => {
                self.note(format!(
                    "{group}: the assignor {other} is not part of this simulation; range instead"
                ));
                String::new()
            }
        }
    }

    fn topics_of(&self, member: &Member) -> BTreeSet<String> {
        let rows = || {
            self.pasted
                .offsets
                .iter()
                .filter(|o| o.group == member.group && o.topic.is_some())
        };
        let own: BTreeSet<String> = rows()
            .filter(|o| o.member.as_ref() == Some(&member.id))
            .filter_map(|o| o.topic.clone())
            .collect();
        match own.is_empty() {
            true => rows().filter_map(|o| o.topic.clone()).collect(),
            false => own,
        }
    }

    // Brokers that are down.

    fn crashed(&mut self, topics: &[Topic]) {
        let partitions: Vec<(&str, &super::read::Partition)> = topics
            .iter()
            .flat_map(|t| t.partitions.iter().map(move |p| (t.name.as_str(), p)))
            .collect();
        let mut down = Vec::new();
        for id in self.brokers.clone() {
            let has = || partitions.iter().filter(|(_, p)| p.replicas.contains(&id));
            let out = has()
                .filter(|(_, p)| !p.isr.contains(&id) && p.leader != Some(id))
                .count();
            if out > 0 && out == has().count() {
                down.push(id);
            } else {
                for (topic, p) in has().filter(|(_, p)| !p.isr.contains(&id)) {
                    self.note(format!(
                        "{topic}-{}: broker {id} is not in sync there, but is here",
                        p.number
                    ));
                }
            }
        }
        for id in down {
            self.line(format!("broker crash {}", self.broker(id)));
            self.note(format!("broker {id} is in no ISR: taken for crashed"));
        }
        if self
            .lines
            .last()
            .is_some_and(|l| l.starts_with("broker crash"))
        {
            self.line("advance 15s");
        }
    }
}

/// The name, or the first numbered one that is free; numbers alone are brokers here.
fn free(name: &str, taken: &[String]) -> String {
    let digits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    let base = if digits {
        format!("client-{name}")
    } else {
        name.to_string()
    };
    let numbered = (2..).map(|n| format!("{base}-{n}"));
    let mut names = std::iter::once(base.clone()).chain(numbered);
    names.find(|n| !taken.contains(n)).unwrap_or(base)
}
