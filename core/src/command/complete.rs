//! What could come next in a line: nouns, verbs, names that exist, keys, settings and their values.

use super::forms::{self, Form, Scope, Slot};
use super::words::{self, Word};
use crate::config::{Def, Kind};
use crate::view::View;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// One proposal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// Byte of the line at which `text` begins; it replaces everything from there to the cursor.
    pub from: usize,
    /// The text. Where more of the same word is to come (`acks=`, `a,`) it ends without a blank.
    pub text: String,
    /// What it is: a usage line, a range, a state; in the words of the grammar and of Kafka.
    pub hint: String,
}

/// Most proposals at once.
const MOST: usize = 40;

/// What could stand at the cursor (a byte of the line), given what exists.
pub fn complete(line: &str, cursor: usize, view: &View) -> Vec<Completion> {
    let cursor = (0..=cursor.min(line.len()))
        .rev()
        .find(|at| line.is_char_boundary(*at))
        .unwrap_or(0);
    let before = &line[..cursor];
    let from = word_start(before);
    let typed = &before[from..];
    let Ok(words) = words::words(&before[..from]) else {
        return Vec::new();
    };
    let mut found = match words.as_slice() {
        [] => nouns(),
        [noun] if !is_single(noun.raw) => verbs(noun.raw),
        _ => rest(&words, typed, view),
    };
    found.retain(|(text, _)| text.starts_with(typed) && text != typed);
    found.truncate(MOST);
    found
        .into_iter()
        .map(|(text, hint)| Completion { from, text, hint })
        .collect()
}

type Found = Vec<(String, String)>;

/// Where the word at the end of the text begins: after the last blank that is not in quotes.
fn word_start(text: &str) -> usize {
    let mut start = 0;
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        if c.is_whitespace() && !quoted {
            start = at + c.len_utf8();
        }
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
    }
    start
}

fn is_single(noun: &str) -> bool {
    forms::of_noun(noun)
        .next()
        .is_some_and(|f| f.verb.is_empty())
}

fn nouns() -> Found {
    let hint = |noun| {
        let verbs: Vec<&str> = forms::of_noun(noun).map(|f| f.verb).collect();
        match verbs.as_slice() {
            [""] => forms::of_noun(noun).map(Form::usage).collect(),
            _ => verbs.join(", "),
        }
    };
    forms::nouns().map(|n| (n.to_string(), hint(n))).collect()
}

fn verbs(noun: &str) -> Found {
    forms::of_noun(noun)
        .map(|f| (f.verb.to_string(), f.usage()))
        .collect()
}

/// After the verb: the next name, then keys and settings, or the value of the key being typed.
fn rest(words: &[Word<'_>], typed: &str, view: &View) -> Found {
    let verb = if is_single(words[0].raw) { 0 } else { 1 };
    let known = |f: &&Form| verb == 0 || words.get(1).is_some_and(|w| w.raw == f.verb);
    let Some(form) = forms::of_noun(words[0].raw).find(known) else {
        return Vec::new();
    };
    if form.noun == "expect" {
        return Vec::new();
    }
    let given: Vec<&str> = words[verb + 1..]
        .iter()
        .filter_map(|w| w.key_value().map(|(k, _)| k.raw))
        .collect();
    let args = words.len() - verb - 1 - given.len();
    if let Some((key, value)) = typed.split_once('=') {
        return value_of(form, key, value, view);
    }
    match form.args.get(args) {
        Some(slot) => slot_values(*slot, view),
        None => keys(form, &given),
    }
}

fn keys(form: &Form, given: &[&str]) -> Found {
    let own = form.keys.iter().map(|k| (k.name, k.slot.expected()));
    let settings = form.settings.into_iter().flat_map(Scope::defs);
    own.chain(settings.map(|d| (d.name, d.expected())))
        .filter(|(name, _)| !given.contains(name))
        .map(|(name, hint)| (alloc::format!("{name}="), hint))
        .collect()
}

/// Values of `key=`; lists complete their last item.
fn value_of(form: &Form, key: &str, value: &str, view: &View) -> Found {
    let done = value.rfind(',').map_or("", |at| &value[..=at]);
    let prefix = alloc::format!("{key}={done}");
    let own = form.keys.iter().find(|k| k.name == key);
    let values = match own {
        Some(k) => slot_values(k.slot, view),
        None => setting_values(form, key),
    };
    values
        .into_iter()
        .map(|(text, hint)| (alloc::format!("{prefix}{text}"), hint))
        .collect()
}

fn setting_values(form: &Form, key: &str) -> Found {
    let Some(def) = form.settings.and_then(|s| s.find(key).ok()) else {
        return Vec::new();
    };
    let names: &[&str] = match def.kind {
        Kind::Bool => &["true", "false"],
        Kind::Choice(names) | Kind::Since(names) | Kind::List(names) => names,
        Kind::Int(..) | Kind::Ratio => &[],
    };
    if names.is_empty() {
        return numbers(def);
    }
    let hint = |n: &str| match def.format(def.default) == n {
        true => "default".to_string(),
        false => String::new(),
    };
    names.iter().map(|n| (n.to_string(), hint(n))).collect()
}

/// The default of a numeric setting, and the classroom's where it is another.
fn numbers(def: &Def) -> Found {
    let mut found = Vec::from([(def.format(def.default), "default".to_string())]);
    if def.classroom != def.default {
        found.push((def.format(def.classroom), "classroom".to_string()));
    }
    found
}

fn slot_values(slot: Slot, view: &View) -> Found {
    match slot {
        Slot::Broker => brokers(view),
        Slot::Controller => controllers(view),
        Slot::Topic | Slot::Topics => topics(view),
        Slot::Partitions => slot_values(Slot::Partition, view),
        Slot::Partition => partitions(view),
        Slot::Producer => producers(view),
        Slot::Consumer => consumers(view),
        Slot::Client => [producers(view), consumers(view)].concat(),
        Slot::Group => view
            .groups
            .iter()
            .map(|g| (words::quote(&g.name), state(g.state)))
            .collect(),
        Slot::End => ends(view),
        Slot::NewProducer => fresh("p", &producers(view)),
        Slot::NewConsumer => fresh("c", &consumers(view)),
        Slot::Choice(names) => plain(names),
        Slot::Target => plain(&["earliest", "latest"]),
        Slot::Value => plain(&["null"]),
        Slot::Replicas => orders_of(view),
        Slot::Duration => plain(&["1s", "10s", "1m"]),
        Slot::Rate => plain(&["1/s", "2/s", "10/s", "0"]),
        _ => Vec::new(),
    }
}

fn plain(names: &[&str]) -> Found {
    names
        .iter()
        .map(|n| (n.to_string(), String::new()))
        .collect()
}

fn state<T: core::fmt::Debug>(state: Option<T>) -> String {
    state.map_or(String::new(), |s| alloc::format!("{s:?}"))
}

fn brokers(view: &View) -> Found {
    let one = |b: &crate::view::BrokerView| (b.id.to_string(), state(Some(b.state)));
    view.brokers.iter().map(one).collect()
}

/// Three brokers in each of the orders that begin with another one.
fn orders_of(view: &View) -> Found {
    let ids: Vec<String> = view.brokers.iter().map(|b| b.id.to_string()).collect();
    let from = |first: usize| {
        let ring = ids.iter().cycle().skip(first);
        let three: Vec<&str> = ring.take(ids.len().min(3)).map(String::as_str).collect();
        (three.join(":"), String::new())
    };
    (0..ids.len()).map(from).collect()
}

fn controllers(view: &View) -> Found {
    let one = |c: &crate::view::ControllerView| (c.id.to_string(), state(Some(c.state)));
    view.controllers.iter().map(one).collect()
}

fn topics(view: &View) -> Found {
    let shown = view.topics.iter().filter(|t| !t.internal);
    shown
        .map(|t| {
            let hint = alloc::format!("{} partitions", t.partitions.len());
            (t.name.to_string(), hint)
        })
        .collect()
}

fn partitions(view: &View) -> Found {
    let shown = view.topics.iter().filter(|t| !t.internal);
    shown
        .flat_map(|t| t.partitions.iter().map(move |p| (t, p)))
        .map(|(t, p)| {
            let leader = p
                .leader
                .map_or(String::new(), |l| alloc::format!("leader {l}"));
            (alloc::format!("{}-{}", t.name, p.tp.partition), leader)
        })
        .collect()
}

fn producers(view: &View) -> Found {
    let one = |p: &crate::view::ProducerView| (words::quote(&p.name), state(Some(p.state)));
    view.producers.iter().map(one).collect()
}

fn consumers(view: &View) -> Found {
    let all = view.groups.iter().flat_map(|g| &g.consumers);
    all.map(|c| (words::quote(&c.name), c.group.to_string()))
        .collect()
}

fn ends(view: &View) -> Found {
    let admin = (String::from("admin"), String::new());
    let parts = [
        brokers(view),
        controllers(view),
        producers(view),
        consumers(view),
        Vec::from([admin]),
    ];
    parts.concat()
}

/// The first numbered name that is free.
fn fresh(letter: &str, taken: &Found) -> Found {
    let free = |name: &String| !taken.iter().any(|(t, _)| t == name);
    let names = (1..).map(|n| alloc::format!("{letter}{n}"));
    let first = names.take(1_000).find(free);
    first.map(|n| (n, String::new())).into_iter().collect()
}
