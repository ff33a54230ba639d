//! `rebalance run`: a script without the page.
//!
//! Exit 0 if every expectation held, 1 if one did not (line, expected, found), 2 if the script cannot be read or asks for
//! something impossible. `--journal json` prints every entry as one JSON object a line; `--journal text` prints what
//! is worth telling as sentences.

use crate::Failure;
use crate::script::{Ran, Script, Told, instant};
use crate::words::Lang;
use crate::words::journal::{Book, plain, sentence};
use rebalance_core::event::{Entry, EntryId, Level};
use rebalance_core::id::{Name, NodeId, TopicId};
use rebalance_core::scenario::{Value, facts};
use rebalance_core::session::Session;
use rebalance_core::time::SimTime;
use serde_json::{Map, json};
use std::io::Write;

const HINT: &str = "usage: rebalance run SCRIPT [--journal json|text] [--level routine|notable|mark] [--lang en|zh] [--until 60s]";

/// How the journal is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Journal {
    Json,
    Text,
}

/// What was asked for.
#[derive(Debug, Default)]
struct Options {
    script: Option<String>,
    journal: Option<Journal>,
    level: Option<Level>,
    lang: Lang,
    until: Option<SimTime>,
}

/// Runs the command.
///
/// # Errors
/// Bad input, or expectations that did not hold.
pub fn run(arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let options = parse(arguments)?;
    let name = options.script.as_deref();
    let script = Script::read(name.ok_or_else(|| Failure::bad_input(HINT))?)?;
    let ran = script.run(options.until)?;
    match options.journal {
        Some(Journal::Json) => print_json(&ran.session, options.level, out)?,
        Some(Journal::Text) => print_text(&ran.session, &options, out)?,
        None => {}
    }
    if options.journal != Some(Journal::Json) {
        writeln!(out, "{}", summary(&ran))?;
    }
    out.flush()?;
    verdict(&script.name, &ran)
}

/// Exit 1 with every expectation that did not hold.
fn verdict(name: &str, ran: &Ran) -> Result<(), Failure> {
    if ran.unmet.is_empty() {
        return Ok(());
    }
    let lines = ran.unmet.iter().map(|u| {
        let (line, expected, found) = (u.line, &u.expected, &u.found);
        format!("{name}:{line}: expected {expected}\n    found {found}")
    });
    Err(Failure {
        message: lines.collect::<Vec<_>>().join("\n"),
        code: 1,
    })
}

fn summary(ran: &Ran) -> String {
    let (now, view) = (ran.session.now(), ran.session.view());
    format!(
        "{} of {} expectations hold; {now} simulated, {} events, {} messages; journal {:016x}",
        ran.held,
        ran.held + ran.unmet.len(),
        view.totals.events,
        view.totals.messages,
        ran.session.journal_hash(),
    )
}

fn parse(arguments: &[String]) -> Result<Options, Failure> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (name, inline) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ => (argument.as_str(), None),
        };
        let mut value = || {
            let value = inline.or_else(|| rest.next().map(String::as_str));
            value.ok_or_else(|| Failure::bad_input(format!("{name} needs a value; {HINT}")))
        };
        match name {
            "--journal" => {
                let known = [("json", Journal::Json), ("text", Journal::Text)];
                options.journal = Some(choice(name, value()?, &known)?);
            }
            "--level" => {
                let known = [
                    ("routine", Level::Routine),
                    ("notable", Level::Notable),
                    ("mark", Level::Mark),
                ];
                options.level = Some(choice(name, value()?, &known)?);
            }
            "--lang" => {
                options.lang = choice(name, value()?, &[("en", Lang::En), ("zh", Lang::Zh)])?;
            }
            "--until" => options.until = Some(instant(name, value()?)?),
            _ if options.script.is_none() && (name == "-" || !name.starts_with('-')) => {
                options.script = Some(argument.clone());
            }
            _ => {
                let message = format!("unknown option '{argument}'; {HINT}");
                return Err(Failure::bad_input(message));
            }
        }
    }
    Ok(options)
}

fn choice<T: Copy>(option: &str, given: &str, known: &[(&str, T)]) -> Result<T, Failure> {
    let found = known.iter().find(|k| k.0 == given);
    found.map(|k| k.1).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|k| k.0).collect();
        Failure::bad_input(format!("{option} {given}: expected {}", names.join(" or ")))
    })
}

impl Book for Told<'_> {
    fn topic(&self, topic: TopicId) -> Name {
        self.0.topic_name(topic)
    }

    fn node(&self, node: NodeId) -> Name {
        self.0.node_name(node)
    }

    fn command(&self, number: u32) -> Option<String> {
        self.0.command(number).map(ToString::to_string)
    }

    fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.0.entries().get(id as usize)
    }
}

fn print_text(session: &Session, options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let least = options.level.unwrap_or(Level::Notable);
    for entry in session.entries().iter() {
        if entry.event.level() >= least {
            let text = plain(&sentence(options.lang, entry, &Told(session)));
            writeln!(out, "{}  {text}", entry.at)?;
        }
    }
    Ok(())
}

/// Every entry (or those of a level) with its number, instant in microseconds, cause, node, and its own fields.
fn print_json(session: &Session, level: Option<Level>, out: &mut dyn Write) -> Result<(), Failure> {
    let least = level.unwrap_or(Level::Routine);
    for (number, entry) in session.entries().iter().enumerate() {
        if entry.event.level() >= least {
            writeln!(out, "{}", entry_json(number, entry, session))?;
        }
    }
    Ok(())
}

fn entry_json(number: usize, entry: &Entry, session: &Session) -> serde_json::Value {
    let facts = facts(&entry.event, &Told(session));
    let mut object = Map::new();
    object.insert("entry".into(), json!(number));
    object.insert("at_us".into(), json!(entry.at.0));
    object.insert("cause".into(), json!(entry.cause));
    let node = entry.node.map(|n| session.node_name(n).to_string());
    object.insert("node".into(), json!(node));
    object.insert("event".into(), json!(facts.kind));
    let fields = facts
        .fields
        .iter()
        .map(|(k, v)| ((*k).to_string(), value_json(v)));
    object.insert("fields".into(), serde_json::Value::Object(fields.collect()));
    serde_json::Value::Object(object)
}

/// Spans are microseconds; pairs are arrays of two.
fn value_json(value: &Value) -> serde_json::Value {
    match value {
        Value::None => serde_json::Value::Null,
        Value::Int(n) => json!(n),
        Value::Span(span) => json!(span.0),
        Value::Text(text) => json!(&**text),
        Value::Pair(a, b) => json!([a, b]),
        Value::List(items) => items.iter().map(value_json).collect(),
    }
}
