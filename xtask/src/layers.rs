//! The layer check: who may import whom in `core`, and what must not be there at all.
//!
//! The table below is the map of `docs/ARCHITECTURE.md`; a module imports only from its own layer or from lower ones. It
//! is read off the source text: every `crate::name`, in `use` lines and elsewhere, and every `super::` chain that
//! reaches the crate root. Comments, strings and `#[cfg(test)]` modules do not count.
//!
//! It simplifies: a macro could hide a path from it, and a module is known by its name alone.

use crate::project;
use crate::step::{Fail, Outcome};
use std::collections::BTreeSet;
use std::path::Path;

/// The layers, from the lowest to the highest.
const LAYERS: [&[&str]; 8] = [
    &["id", "time", "rng", "java", "nodes", "sabotage", "sorted"],
    &[
        "log",
        "protocol",
        "assignor",
        "partitioner",
        "config",
        "record",
        "epochs",
        "crc32c",
        "record_format",
        "producer_state",
        "placement",
        "election",
        "reconcile",
    ],
    &["effect", "event", "command", "view"],
    &["replica", "partition", "group", "client", "metadata"],
    &[
        "broker",
        "controller",
        "coordinator",
        "producer",
        "consumer",
        "share_consumer",
        "admin",
    ],
    &["network", "scheduler"],
    &["cluster"],
    &[
        "invariants",
        "ledger",
        "metrics",
        "scenario",
        "history",
        "session",
    ],
];

/// Nodes never reach into each other: this layer has no imports within itself.
const NODES: usize = 5;

/// Imports that the rules above forbid and that are there for a reason.
const EXCEPTIONS: [(&str, &str); 2] = [
    // The broker hosts its coordinators.
    ("broker", "coordinator"),
    // A line `expect …` is read by whoever will test it.
    ("command", "scenario"),
];

/// Modules that may import only these, whatever their layer.
const ONLY: [(&str, &[&str]); 1] = [("assignor", &["id", "java", "sorted"])];

/// What has no place in a deterministic engine without a standard library.
const BANNED: [(&str, &str); 7] = [
    ("f32", "the engine counts in integers"),
    ("f64", "the engine counts in integers"),
    ("HashMap", "its order is not deterministic; use sorted::Map"),
    ("HashSet", "its order is not deterministic; use sorted::Set"),
    ("Instant", "the engine has no clock; use time::SimTime"),
    ("SystemTime", "the engine has no clock; use time::SimTime"),
    ("println", "the engine prints nothing; emit an event"),
];

/// The engine's modules that the page may name: everything else it reaches through `session`.
const FOR_THE_PAGE_HIDDEN: [&str; 14] = [
    "effect",
    "replica",
    "partition",
    "group",
    "broker",
    "controller",
    "coordinator",
    "producer",
    "consumer",
    "admin",
    "network",
    "scheduler",
    "cluster",
    "rng",
];

/// `cargo xtask layers`.
pub fn command() -> Result<(), Fail> {
    println!("{}", check()?.note);
    Ok(())
}

/// Checks the whole working copy.
pub fn check() -> Result<Outcome, Fail> {
    let mut wrong = Vec::new();
    let core = project::root().join("core/src");
    let files = project::files(&core, &[".rs"]);
    for file in &files {
        let path = file.strip_prefix(&core).unwrap_or(file);
        let text = strip(&project::read(file)?);
        wrong.extend(
            check_engine(path, &text)
                .into_iter()
                .map(|w| format!("core/src/{}: {w}", path.display())),
        );
    }
    wrong.extend(check_page()?);
    wrong.extend(check_chapters()?);
    if wrong.is_empty() {
        return Ok(Outcome::note(format!("{} engine files", files.len())));
    }
    let todo = "move the code to where the table allows it, or change the table in xtask/src/layers.rs and docs/ARCHITECTURE.md";
    Err(Fail::new(wrong.join("\n"), todo))
}

/// The page reaches the engine's inside only through `session`.
fn check_page() -> Result<Vec<String>, Fail> {
    let root = project::root();
    let mut wrong = Vec::new();
    for file in project::files(&root.join("web/src"), &[".rs"]) {
        let named = paths(&strip(&project::read(&file)?), "rebalance_core");
        let hidden = named
            .iter()
            .filter(|n| FOR_THE_PAGE_HIDDEN.contains(&n.as_str()));
        let short = file
            .strip_prefix(&root)
            .unwrap_or(&file)
            .display()
            .to_string();
        wrong.extend(hidden.map(|n| format!("{short}: the page names `rebalance_core::{n}`; it may reach that only through `session`")));
    }
    Ok(wrong)
}

/// Every file opens with its chapter.
fn check_chapters() -> Result<Vec<String>, Fail> {
    let root = project::root();
    let mut wrong = Vec::new();
    for dir in [
        "core/src",
        "cli/src",
        "lessons/src",
        "web/src",
        "xtask/src",
        "tests/journeys/src",
    ] {
        for file in project::files(&root.join(dir), &[".rs"]) {
            if !project::read(&file)?.starts_with("//!") {
                let short = file.strip_prefix(&root).unwrap_or(&file);
                wrong.push(format!(
                    "{}: does not open with a `//!` chapter",
                    short.display()
                ));
            }
        }
    }
    Ok(wrong)
}

/// What is wrong with one file of the engine, given without comments, strings and tests.
fn check_engine(path: &Path, text: &str) -> Vec<String> {
    let mut wrong: Vec<String> = BANNED
        .iter()
        .filter(|(word, _)| words(text).any(|w| w == *word))
        .map(|(word, why)| format!("`{word}`: {why}"))
        .collect();
    if paths(text, "std").iter().any(|m| m == "time") {
        wrong.push("`std::time`: the engine has no clock; use time::SimTime".into());
    }
    let module = module_of(path);
    if module == "lib" || path.file_stem().is_some_and(|s| s == "tests") {
        return wrong;
    }
    let mut imports = paths(text, "crate");
    imports.extend(supers(text, depth(path)));
    wrong.extend(imports.iter().filter_map(|import| judge(&module, import)));
    wrong
}

/// Why `module` may not import `import`, if it may not.
fn judge(module: &str, import: &str) -> Option<String> {
    let unknown = |name: &str| format!("the module `{name}` is in no layer: add it to the table");
    let Some(own) = layer(module) else {
        return Some(unknown(module));
    };
    // A type or macro at the crate root, which `lib.rs` re-exports, is not a module.
    if module == import || import.starts_with(|c: char| c.is_uppercase()) {
        return None;
    }
    let Some(other) = layer(import) else {
        return Some(unknown(import));
    };
    if let Some((_, allowed)) = ONLY.iter().find(|(m, _)| *m == module) {
        return (!allowed.contains(&import)).then(|| {
            format!(
                "`{module}` imports `{import}`; it may import only {}",
                allowed.join(", ")
            )
        });
    }
    if EXCEPTIONS.contains(&(module, import)) {
        return None;
    }
    if own == NODES && other == NODES {
        return Some(format!(
            "the node `{module}` imports the node `{import}`; nodes share only messages"
        ));
    }
    (other > own).then(|| format!("`{module}` (layer {own}) imports `{import}` (layer {other})"))
}

/// The layer of a module, from 1.
fn layer(module: &str) -> Option<usize> {
    LAYERS
        .iter()
        .position(|l| l.contains(&module))
        .map(|i| i + 1)
}

/// `log` for both `log.rs` and `log/segment.rs`.
fn module_of(path: &Path) -> String {
    let first = path
        .components()
        .next()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .unwrap_or_default();
    first.trim_end_matches(".rs").to_owned()
}

/// How many `super::` lead from a file to the crate root.
fn depth(path: &Path) -> usize {
    let parts = path.components().count();
    if path.file_stem().is_some_and(|s| s == "mod") {
        parts - 1
    } else {
        parts
    }
}

/// The words of a source text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty())
}

/// The first names after `root::`, also those of `root::{a::b, c}`.
fn paths(text: &str, root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(&format!("{root}::")) {
        let inside_a_word =
            text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let tail = &text[at + root.len() + 2..];
        if !inside_a_word {
            found.extend(heads(tail));
        }
    }
    found
}

/// The names that a path or a braced list begins with.
fn heads(tail: &str) -> Vec<String> {
    let word = |t: &str| {
        words(t)
            .next()
            .filter(|w| t.trim_start().starts_with(w))
            .map(str::to_owned)
    };
    let tail = tail.trim_start();
    if !tail.starts_with('{') {
        return word(tail).into_iter().collect();
    }
    let mut depth = 0;
    let mut names = Vec::new();
    for (at, c) in tail.char_indices() {
        let opens_item = (c == '{' && depth == 0) || (c == ',' && depth == 1);
        depth += i32::from(c == '{') - i32::from(c == '}');
        if opens_item {
            names.extend(word(&tail[at + 1..]));
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// The modules that `super::super::name` reaches at the crate root.
fn supers(text: &str, depth: usize) -> BTreeSet<String> {
    let chain = "super::".repeat(depth);
    let reached = paths(text, chain.trim_end_matches("::"));
    reached
        .into_iter()
        .filter(|name| layer(name).is_some())
        .collect()
}

/// The text without comments, strings, characters and test modules.
fn strip(text: &str) -> String {
    let bare = strip_literals(text);
    let mut out = String::new();
    let mut rest = bare.as_str();
    while let Some(at) = rest.find("#[cfg(test)]") {
        out.push_str(&rest[..at]);
        rest = skip_item(&rest[at + "#[cfg(test)]".len()..]);
    }
    out.push_str(rest);
    out
}

/// What follows the item at the start: after its `;` or its closing brace.
fn skip_item(text: &str) -> &str {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 && (c == ';' || c == '}') {
            return &text[at + 1..];
        }
    }
    ""
}

fn strip_literals(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = literal(rest);
        if skip == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            out.push(' ');
            rest = &rest[skip..];
        }
    }
    out
}

/// The length of the comment, string or character literal at the start, or 0.
fn literal(text: &str) -> usize {
    let upto = |from: usize, end: &str| {
        text[from..]
            .find(end)
            .map_or(text.len(), |i| from + i + end.len())
    };
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return upto(2, "*/");
    }
    if text.starts_with("r#\"") {
        return upto(3, "\"#");
    }
    if text.starts_with('"') {
        return quoted(text, '"');
    }
    // A lifetime has no closing quote two or three characters on.
    let character = text.starts_with('\'')
        && (text[1..].starts_with('\\') || text.chars().nth(2) == Some('\''));
    if character { quoted(text, '\'') } else { 0 }
}

/// The length of a literal in these quotes, with backslash escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(path: &str, text: &str) -> Vec<String> {
        check_engine(Path::new(path), &strip(text))
    }

    #[test]
    fn lower_layers_and_the_same_layer_are_fine() {
        assert_eq!(
            wrong(
                "log/segment.rs",
                "use crate::{id::{A, B}, epochs::Cache};\nuse super::batch::X;"
            ),
            [""; 0]
        );
        assert_eq!(
            wrong(
                "broker/fetch.rs",
                "use crate::coordinator::Host; use crate::log::Log;"
            ),
            [""; 0]
        );
    }

    #[test]
    fn higher_layers_are_reported_however_they_are_written() {
        for text in [
            "use crate::cluster::Cluster;",
            "use crate::{id::Id, cluster};",
            "fn f(c: &crate::cluster::Cluster) {}",
            "use super::super::cluster::Cluster;",
        ] {
            let found = wrong("log/segment.rs", text);
            assert_eq!(
                found,
                ["`log` (layer 2) imports `cluster` (layer 7)"],
                "{text}"
            );
        }
    }

    #[test]
    fn nodes_never_import_each_other() {
        assert_eq!(
            wrong("controller/mod.rs", "use crate::broker::Broker;").len(),
            1
        );
        assert_eq!(
            wrong("coordinator/mod.rs", "use crate::broker::Broker;").len(),
            1
        );
    }

    #[test]
    fn assignors_know_only_ids() {
        assert_eq!(
            wrong(
                "assignor/range.rs",
                "use crate::java::Map; use crate::id::Id;"
            ),
            [""; 0]
        );
        assert_eq!(
            wrong("assignor/range.rs", "use crate::time::SimTime;").len(),
            1
        );
    }

    #[test]
    fn unknown_modules_are_reported() {
        assert_eq!(
            wrong("magic.rs", "use crate::id::Id;"),
            ["the module `magic` is in no layer: add it to the table"]
        );
        assert_eq!(wrong("id.rs", "use crate::magic::Wand;").len(), 1);
    }

    #[test]
    fn floats_hash_maps_and_clocks_are_reported_but_not_in_comments_strings_and_tests() {
        assert_eq!(
            wrong(
                "id.rs",
                "let x: f64 = 1.0; use std::collections::HashMap; use std::time::Duration;"
            )
            .len(),
            3
        );
        let fine = "// f64\n/* HashMap */ let s = \"f32 \\\" HashSet\"; let c = '\"';\n#[cfg(test)]\nmod tests { use crate::cluster::X; fn f() { let y: f64; } }\nlet h = 1;";
        assert_eq!(wrong("id.rs", fine), [""; 0]);
        assert_eq!(
            wrong("id.rs", "#[cfg(test)]\nmod tests;\nlet h: f32;").len(),
            1
        );
    }
}
