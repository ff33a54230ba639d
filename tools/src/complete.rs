//! What could come next in a tool's line: tools, their options, names that exist, settings.

use crate::line::tool_of;
use crate::options::{Opt, Takes, Tool};
use crate::tool::TOOLS;
use rebalance_core::command::Completion;
use rebalance_core::config::{ConfigSet, GroupConfig, TopicConfig};
use rebalance_core::view::View;

/// A proposal's text and hint.
type Found = Vec<(String, String)>;

/// What could stand at the cursor (a byte of the line), given what exists.
pub fn complete(line: &str, cursor: usize, view: &View) -> Vec<Completion> {
    let before = line.get(..cursor.min(line.len())).unwrap_or(line);
    let from = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (done, typed) = before.split_at(from);
    let words: Vec<&str> = done.split_whitespace().collect();
    let mut found = match tool_of(done).and_then(|name| TOOLS.iter().find(|t| t.name == name)) {
        None => tools(typed),
        Some(tool) => after(tool, &words, typed, view),
    };
    found.retain(|(text, _)| text.starts_with(typed) && text != typed);
    let proposal = |(text, hint)| Completion { from, text, hint };
    found.into_iter().map(proposal).collect()
}

fn tools(typed: &str) -> Found {
    // `bin/kafka-to…`: what was typed of the path stays.
    let path = typed.rfind('/').map_or("", |at| &typed[..=at]);
    TOOLS
        .iter()
        .map(|t| (format!("{path}{}", t.name), t.about.to_string()))
        .collect()
}

fn after(tool: &Tool, words: &[&str], typed: &str, view: &View) -> Found {
    let options = tool.all_options();
    let last = words.last().and_then(|w| w.strip_prefix("--"));
    let waiting = last.and_then(|name| options.iter().find(|o| o.name == name));
    if let Some(option) = waiting.filter(|o| matches!(o.takes, Takes::Text | Takes::Number)) {
        return values(option, typed, words, view);
    }
    let given = |o: &Opt| words.iter().any(|w| w.strip_prefix("--") == Some(o.name));
    let repeats = |o: &Opt| matches!(o.name, "config" | "property" | "group" | "topic");
    let wanted = options
        .iter()
        .filter(|o| (!given(o) || repeats(o)) && (!o.about.is_empty() || typed.len() > 2));
    let mut found: Found = wanted
        .map(|o| (format!("--{}", o.name), o.about.to_string()))
        .collect();
    // What a line cannot do without comes first.
    found.sort_by_key(|(text, about)| (!about.starts_with("REQUIRED"), rank(tool, text)));
    if tool.name == "kafka-metadata-quorum" && !words.contains(&"describe") {
        found.push(("describe".into(), "--status or --replication".into()));
    }
    found
}

/// Options in the order of the tool's own table: actions first.
fn rank(tool: &Tool, text: &str) -> usize {
    let name = text.trim_start_matches('-');
    tool.options
        .iter()
        .position(|o| o.name == name)
        .unwrap_or(usize::MAX)
}

fn values(option: &Opt, typed: &str, words: &[&str], view: &View) -> Found {
    let plain = |names: &[&str]| {
        names
            .iter()
            .map(|n| ((*n).to_string(), String::new()))
            .collect()
    };
    match option.name {
        "bootstrap-server" | "bootstrap-controller" => {
            let ports = view.brokers.iter().map(|b| {
                (
                    format!("localhost:{}", crate::print::port(b.id)),
                    format!("broker {}", b.id),
                )
            });
            ports.collect()
        }
        "topic" => {
            let shown = view
                .topics
                .iter()
                .filter(|t| !t.internal || typed.starts_with('_'));
            shown
                .map(|t| {
                    (
                        t.name.to_string(),
                        format!("{} partitions", t.partitions.len()),
                    )
                })
                .collect()
        }
        "group" => groups(view),
        "entity-name" => entity_names(words, view),
        "partition" => {
            let named = words
                .iter()
                .position(|w| *w == "--topic")
                .and_then(|at| words.get(at + 1));
            let topic = view.topics.iter().find(|t| Some(&&*t.name) == named);
            topic
                .iter()
                .flat_map(|t| &t.partitions)
                .map(|p| (p.tp.partition.to_string(), String::new()))
                .collect()
        }
        "election-type" => plain(&["preferred", "unclean"]),
        "entity-type" => plain(&["topics", "groups", "brokers"]),
        "time" => plain(&["earliest", "latest", "max-timestamp"]),
        "config" => settings(
            typed,
            TopicConfig::DEFS.iter().map(|d| (d.name, d.expected())),
        ),
        "add-config" => {
            let group = words.contains(&"groups") || words.contains(&"--group");
            let defs = if group {
                GroupConfig::DEFS
            } else {
                TopicConfig::DEFS
            };
            settings(typed, defs.iter().map(|d| (d.name, d.expected())))
        }
        "property" => plain(&[
            "parse.key=true",
            "key.separator=:",
            "print.key=true",
            "print.partition=true",
            "print.offset=true",
        ]),
        "by-duration" => plain(&["PT10S", "PT1M", "PT1H"]),
        "partitions" => plain(&["3", "6"]),
        "replication-factor" => plain(&["1", "3"]),
        _ => Vec::new(),
    }
}

fn groups(view: &View) -> Found {
    let named = view.groups.iter().filter(|g| !g.name.is_empty());
    named
        .map(|g| {
            (
                g.name.to_string(),
                g.state.map_or("", |s| s.name()).to_string(),
            )
        })
        .collect()
}

fn entity_names(words: &[&str], view: &View) -> Found {
    if words.contains(&"groups") {
        return groups(view);
    }
    if words.contains(&"brokers") {
        return view
            .brokers
            .iter()
            .map(|b| (b.id.to_string(), String::new()))
            .collect();
    }
    view.topics
        .iter()
        .filter(|t| !t.internal)
        .map(|t| (t.name.to_string(), String::new()))
        .collect()
}

/// `a=1,b=`: the last of a list.
fn settings<'a>(typed: &str, defs: impl Iterator<Item = (&'a str, String)>) -> Found {
    let done = typed.rfind(',').map_or("", |at| &typed[..=at]);
    defs.map(|(name, expected)| (format!("{done}{name}="), expected))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::command::parse_script;
    use rebalance_core::session::Session;

    fn texts(line: &str) -> Vec<String> {
        let script =
            "cluster create brokers=2 seed=1\ntopic create orders partitions=2\nadvance 2s\n";
        let commands: Vec<_> = parse_script(script)
            .unwrap()
            .into_iter()
            .map(|(_, c)| c)
            .collect();
        let view = Session::new(&commands).unwrap().view();
        complete(line, line.len(), &view)
            .into_iter()
            .map(|c| c.text)
            .collect()
    }

    #[test]
    fn tools_options_and_names_are_proposed() {
        assert_eq!(texts("kafka-to"), ["kafka-topics"]);
        assert_eq!(texts("bin/kafka-get"), ["bin/kafka-get-offsets"]);
        assert_eq!(texts("kafka-topics ")[0], "--bootstrap-server");
        assert_eq!(
            texts("kafka-topics --bootstrap-server "),
            ["localhost:9092", "localhost:9093"]
        );
        assert_eq!(texts("kafka-topics --describe --topic o"), ["orders"]);
        assert_eq!(
            texts("kafka-leader-election --topic orders --partition "),
            ["0", "1"]
        );
        assert_eq!(
            texts("kafka-topics --create --config min.i"),
            ["min.insync.replicas="]
        );
        assert_eq!(
            texts("kafka-topics --create --topic x --repl"),
            ["--replication-factor", "--replica-assignment"]
        );
        assert_eq!(
            texts("echo hello | kafka-console-pro"),
            ["kafka-console-producer"]
        );
    }
}
