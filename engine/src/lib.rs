//! The engine for JavaScript: one class, `Engine`, made into an npm-ready package by `cargo xtask package`.
//!
//! It holds a session (a cluster with its history) and speaks text: lines of the language of scripts go in, JSON comes
//! out. `tool` takes lines of Kafka's own tools. Nothing here decides anything; see `rebalance-core`.

use rebalance_core::command::{Command, parse_script};
use rebalance_core::event::Entry;
use rebalance_core::id::{Name, NodeId, TopicId};
use rebalance_core::scenario::Value as Fact;
use rebalance_core::scenario::{Names, facts};
use rebalance_core::session::Session;
use rebalance_core::time::Duration;
use rebalance_tools::export::{Kind, export};
use rebalance_tools::import::import;
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// Most simulated time of one `advance`, in milliseconds: a day.
const MOST_MS: f64 = 86_400_000.0;

/// A session's names.
#[derive(Clone, Copy)]
struct Told<'a>(&'a Session);

impl Names for Told<'_> {
    fn topic(&self, topic: TopicId) -> Name {
        self.0.topic_name(topic)
    }

    fn node(&self, node: NodeId) -> Name {
        self.0.node_name(node)
    }
}

/// Spans are milliseconds; pairs are arrays of two.
fn value_json(value: &Fact) -> Value {
    match value {
        Fact::None => Value::Null,
        Fact::Int(n) => json!(n),
        Fact::Span(span) => json!(span.0 as f64 / 1_000.0),
        Fact::Text(text) => json!(&**text),
        Fact::Pair(a, b) => json!([a, b]),
        Fact::List(items) => items.iter().map(value_json).collect(),
    }
}

/// A simulated Apache Kafka with its history.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    session: Session,
}

#[wasm_bindgen]
impl Engine {
    /// Runs a script; its first line is `cluster create …`.
    ///
    /// # Errors
    /// What is wrong, with the line's number.
    #[wasm_bindgen(constructor)]
    pub fn new(script: &str) -> Result<Engine, String> {
        let lines = parse_script(script).map_err(|e| e.to_string())?;
        let numbers: Vec<usize> = lines.iter().map(|(n, _)| *n).collect();
        let commands: Vec<Command> = lines.into_iter().map(|(_, c)| c).collect();
        let session = Session::new(&commands).map_err(|e| {
            let line = numbers.get(e.index).copied().unwrap_or(1);
            format!("line {line}: {}", e.error)
        })?;
        Ok(Self { session })
    }

    /// Carries out one line of the language of scripts.
    ///
    /// # Errors
    /// What is wrong, and what would work; nothing has changed then.
    pub fn apply(&mut self, line: &str) -> Result<(), String> {
        let command: Command = line
            .parse()
            .map_err(|e: rebalance_core::command::ParseError| e.to_string())?;
        self.session.apply(command).map_err(|e| e.to_string())
    }

    /// Lets simulated time pass, in milliseconds.
    pub fn advance(&mut self, ms: f64) {
        // Not a number, or less than nothing, is nothing.
        let micros = (ms.clamp(0.0, MOST_MS) * 1_000.0) as u64;
        let until = self.session.now() + Duration(micros);
        while !self.session.run_until(until, u32::MAX) {}
    }

    /// Carries out the next event; false when nothing is left to happen.
    pub fn step(&mut self) -> bool {
        self.session.step()
    }

    /// Now, in simulated milliseconds since the cluster was created.
    pub fn now(&self) -> f64 {
        self.session.now().0 as f64 / 1_000.0
    }

    /// The whole cluster as JSON.
    pub fn view(&self) -> String {
        serde_json::to_string(&self.session.view()).unwrap_or_default()
    }

    /// How many entries the journal has by now.
    #[wasm_bindgen(js_name = journalLength)]
    pub fn journal_length(&self) -> usize {
        self.session.entries().len()
    }

    /// Entries of the journal from this one on, as a JSON array.
    pub fn journal(&self, from: usize) -> String {
        let entries = self.session.entries().after(from);
        let list: Vec<Value> = entries
            .iter()
            .enumerate()
            .map(|(i, e)| self.entry(from + i, e))
            .collect();
        Value::from(list).to_string()
    }

    fn entry(&self, number: usize, entry: &Entry) -> Value {
        let facts = facts(&entry.event, &Told(&self.session));
        let fields = facts
            .fields
            .iter()
            .map(|(name, value)| ((*name).to_string(), value_json(value)));
        let fields: serde_json::Map<String, Value> = fields.collect();
        json!({
            "number": number,
            "ms": entry.at.0 as f64 / 1_000.0,
            "cause": entry.cause,
            "node": entry.node.map(|n| self.session.node_name(n).to_string()),
            "kind": facts.kind,
            "fields": fields,
        })
    }

    /// The journal's hash as 16 hexadecimal digits: the same commands and seed give the same, everywhere.
    #[wasm_bindgen(js_name = journalHash)]
    pub fn journal_hash(&self) -> String {
        format!("{:016x}", self.session.journal_hash())
    }

    /// Runs a line of one of Kafka's tools (`kafka-topics …`), letting time pass until it has ended; what it prints.
    pub fn tool(&mut self, line: &str) -> String {
        let said = rebalance_tools::run(&mut self.session, line);
        let hints: String = said.hints.iter().map(|h| format!("# {h}\n")).collect();
        said.out + &hints
    }

    /// The set-up as `script`, `kafka` (shell), `python`, `java` or `compose`.
    ///
    /// # Errors
    /// There is no such kind.
    pub fn export(&self, kind: &str) -> Result<String, String> {
        let kind = Kind::named(kind).ok_or_else(|| {
            let names = Kind::ALL.map(Kind::name);
            format!("no kind `{kind}`; what would work: {}", names.join(", "))
        })?;
        Ok(export(&self.session, kind))
    }

    /// Makes a script of pasted output of `kafka-topics --describe` and `kafka-consumer-groups --describe`; JSON with
    /// `script`, `understood`, `notes` and `problems` (pairs of line number and reason).
    pub fn import(text: &str) -> String {
        let made = import(text);
        json!({
            "script": made.script,
            "understood": made.understood,
            "notes": made.notes,
            "problems": made.problems,
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "cluster create brokers=3 seed=42\n# a topic\ntopic create orders partitions=2 replication=3\nadvance 3s\n";

    #[test]
    fn scripts_run_and_tools_answer() {
        let mut engine = Engine::new(SCRIPT).unwrap();
        assert!(engine.now() >= 3_000.0);
        let view: Value = serde_json::from_str(&engine.view()).unwrap();
        assert_eq!(view["topics"][0]["name"], "orders");
        assert_eq!(
            engine.tool("kafka-topics --bootstrap-server localhost:9092 --list"),
            "orders\n"
        );
        let length = engine.journal_length();
        engine.apply("broker crash 1").unwrap();
        engine.advance(20_000.0);
        let journal: Value = serde_json::from_str(&engine.journal(length)).unwrap();
        let kinds: Vec<&str> = journal
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|e| e["kind"].as_str())
            .collect();
        assert!(kinds.contains(&"NodeCrashed") && kinds.contains(&"LeaderElected"));
        assert!(engine.export("compose").unwrap().contains("apache/kafka"));
        let again = Engine::new(&engine.export("script").unwrap()).unwrap();
        assert_eq!(engine.journal_hash(), again.journal_hash());
    }

    #[test]
    fn mistakes_say_what_would_work() {
        let wrong = Engine::new("cluster create brokers=3\n\ntopic creat x\n").unwrap_err();
        assert!(
            wrong.contains("line 3") && wrong.contains("create"),
            "{wrong}"
        );
        let refused =
            Engine::new("cluster create brokers=3\n# none\ntopic delete x\n").unwrap_err();
        assert!(refused.starts_with("line 3:"), "{refused}");
        let mut engine = Engine::new(SCRIPT).unwrap();
        assert!(
            engine
                .apply("broker crash 9")
                .unwrap_err()
                .contains("there is 1, 2, 3")
        );
        assert!(engine.export("cobol").unwrap_err().contains("python"));
        engine.advance(f64::NAN);
        engine.advance(-1.0);
    }
}
