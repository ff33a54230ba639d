//! The key lab: from a key's bytes to its partition, how a set of keys spreads, and what adding partitions remaps.
//!
//! The address is `6/user-42/8/user-{1..60}`: partitions, the key, partitions then, and the set, one key a line; what is typed
//! is escaped as addresses are.

use super::{badge, grouped, press};
use crate::components::Icon;
use crate::dom::page::*;
use crate::i18n::LabTexts;
use rebalance_core::assignor::whatif::KAFKA;
use rebalance_core::partitioner::{
    MURMUR2_VECTORS, Murmur2Working, murmur2_working, partition_for_key, to_positive,
};

const MOST_PARTITIONS: i32 = 64;
const MOST_KEYS: usize = 2_000;
const LONGEST_KEY: usize = 64;
const LONGEST_SET: usize = 4_000;
/// Keys that are listed by name.
const LISTED: usize = 200;

/// What is looked at.
#[derive(Clone)]
struct Setup {
    key: String,
    partitions: i32,
    then: i32,
    set: String,
}

impl Setup {
    fn parse(path: &str) -> Self {
        let mut parts = path.split('/');
        let count = |text: Option<&str>, usual: i32| {
            let count = text.and_then(|it| it.parse().ok()).unwrap_or(usual);
            count.clamp(1, MOST_PARTITIONS)
        };
        let partitions = count(parts.next(), 6);
        let key = parts.next().map(unescape);
        let then = count(parts.next(), partitions + 2);
        let set = parts.next().map(unescape);
        Self {
            key: key.unwrap_or_else(|| "user-42".to_owned()),
            partitions,
            then,
            set: set.unwrap_or_else(|| "user-{1..60}".to_owned()),
        }
    }

    fn path(&self) -> String {
        // An address ends in something, or its end is lost.
        let set = if self.set.is_empty() { "\n" } else { &self.set };
        let (key, set) = (escape(&self.key), escape(set));
        format!("keys/{}/{key}/{}/{set}", self.partitions, self.then)
    }

    fn edited(&self, edit: impl FnOnce(&mut Self)) -> String {
        let mut setup = self.clone();
        edit(&mut setup);
        setup.path()
    }
}

/// Everything but letters, digits and some marks that mean nothing in an address, as `%` and two digits a byte.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~:,".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped += &hex(byte);
        }
    }
    escaped
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        rest = more;
        let digit = |at: usize| more.get(at).and_then(|it| char::from(*it).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high << 4 | low) as u8);
                rest = &more[2..];
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(byte: u8) -> String {
    format!("{byte:02x}")
}

/// The keys of a set: one a line, `{a..b}` for a range of numbers. Whether all are there.
fn keys_of(set: &str) -> (Vec<String>, bool) {
    let mut keys: Vec<String> = Vec::new();
    for line in set.lines().filter(|it| !it.is_empty()) {
        match range_in(line) {
            Some((head, from, to, tail)) => {
                for number in from..=to {
                    if keys.len() == MOST_KEYS {
                        return (keys, false);
                    }
                    keys.push([head, &number.to_string(), tail].concat());
                }
            }
            None if keys.len() == MOST_KEYS => return (keys, false),
            None => keys.push(line.to_owned()),
        }
    }
    (keys, true)
}

/// What stands before and after the first `{a..b}` of a line, and its numbers.
fn range_in(line: &str) -> Option<(&str, u32, u32, &str)> {
    let (head, rest) = line.split_once('{')?;
    let (range, tail) = rest.split_once('}')?;
    let (from, to) = range.split_once("..")?;
    Some((head, from.parse().ok()?, to.parse().ok()?, tail))
}

/// A field of this page was changed; where that leads.
pub fn edited(path: &str, what: &str, value: &str) -> Option<String> {
    let cut = |text: &str, longest: usize| text.chars().take(longest).collect::<String>();
    Some(Setup::parse(path).edited(|it| match what {
        "key" => it.key = cut(value, LONGEST_KEY),
        _ => it.set = cut(value, LONGEST_SET),
    }))
}

/// The page.
pub fn view(t: &LabTexts, path: &str) -> Html {
    let setup = Setup::parse(path);
    let (keys, all) = keys_of(&setup.set);
    let [version, commit, date] = KAFKA;
    html! {
        <>
            <div class="lab-intro">
                <h2>{ t.keys }</h2><p class="quiet">{ t.keys_intro }</p>
            </div>
            <section class="card" data-test="key-one">
                <div class="card-head"><h3>{ t.key }</h3><span class="grow" />
                    { badge((t.hashed)(version, &grouped(MURMUR2_VECTORS)), (t.proven_why)(commit, date)) }</div>
                <div class="key-line">
                    <input class="lab-key mono" type="text" spellcheck="false" autocomplete="off" autocapitalize="off" aria-label={t.key} placeholder={t.key_hint} value={setup.key.clone()}
                        maxlength={LONGEST_KEY.to_string()} data-edit="key" data-live="" data-test="key" />
                    { counter(t, t.partitions, setup.partitions, "n", &|n| setup.edited(|it| it.partitions = n)) }
                </div>
                { way(t, &setup) }
            </section>
            <div class="lab-halves">
                { spread(t, &setup, &keys, all) }
                { growth(t, &setup, &keys) }
            </div>
        </>
    }
}

/// A number of partitions with its buttons.
fn counter(t: &LabTexts, label: &str, n: i32, test: &str, to: &dyn Fn(i32) -> String) -> Html {
    html! {
        <span class="lab-counter"><span class="quiet">{ label }</span>
            { press(&(t.fewer)(label), Icon::Minus.html(), (n > 1).then(|| to(n - 1)), "only", format!("{test}-fewer")) }
            <output class="mono" data-test={test.to_owned()}>{ n }</output>
            { press(&(t.more)(label), Icon::Plus.html(), (n < MOST_PARTITIONS).then(|| to(n + 1)), "only", format!("{test}-more")) }
        </span>
    }
}

/// From the bytes to the partition.
fn way(t: &LabTexts, setup: &Setup) -> Html {
    let bytes = setup.key.as_bytes();
    let working = murmur2_working(bytes);
    let positive = to_positive(working.hash);
    let partition = partition_for_key(bytes, setup.partitions);
    let home = |it: i32| html! { <i key={it} class={classes!("home", "mono", (it == partition).then(|| format!("on part-{}", it % 8)))}>{ it }</i> };
    let stage = |name: &'static str, body: Html| html! { <div class="way-stage"><h4>{ name }</h4><div>{ body }</div></div> };
    html! {
        <div class="way">
            { stage(t.bytes, html! { <>{ bytes_of(&setup.key) }<p class="quiet small-text">{ if bytes.is_empty() { t.no_key.to_owned() } else { (t.n_bytes)(bytes.len()) } }</p></> }) }
            { stage(t.hash, hash_steps(t, &working, bytes)) }
            { stage(t.sign, html! { <><div>{ bits(working.hash) }{ bits(positive) }</div><p class="sum mono"><span>{ working.hash }</span>{ " & 0x7fffffff = " }<b data-test="positive">{ positive }</b></p><p class="quiet small-text">{ t.sign_why }</p></> }) }
            { stage(t.modulo, html! { <><p class="sum mono"><span>{ positive }</span>{ format!(" mod {} = ", setup.partitions) }<b data-test="partition">{ partition }</b></p>
                <p class="homes" role="img" aria-label={(t.goes_to)(partition, setup.partitions).replace('`', "")}>{ for (0..setup.partitions).map(home) }</p></> }) }
        </div>
    }
}

/// A number's bits, in bytes, with the sign apart.
fn bits(number: i32) -> Html {
    let text = format!("{number:032b}");
    let rest = [&text[1..8], &text[8..16], &text[16..24], &text[24..]];
    html! { <p class="bits mono" aria-hidden="true"><b>{ &text[..1] }</b>{ rest.join(" ") }</p> }
}

/// The bytes in groups of four, each under the character it belongs to.
fn bytes_of(key: &str) -> Html {
    let mut cells: Vec<(char, bool, u8)> = Vec::new();
    for letter in key.chars() {
        let mut buffer = [0; 4];
        let bytes = letter.encode_utf8(&mut buffer).bytes().enumerate();
        cells.extend(bytes.map(|(at, byte)| (letter, at == 0, byte)));
    }
    let cell = |(letter, first, byte): &(char, bool, u8)| {
        let shown = if *first {
            letter.to_string()
        } else {
            "·".to_owned()
        };
        html! { <span class="byte"><small>{ shown }</small>{ hex(*byte) }</span> }
    };
    let group = |it: &[(char, bool, u8)]| html! { <span class={classes!("word", (it.len() < 4).then_some("tail"))}>{ for it.iter().map(cell) }</span> };
    html! { <p class="bytes mono" data-test="bytes">{ for cells.chunks(4).map(group) }</p> }
}

/// Every step of the hash.
fn hash_steps(t: &LabTexts, working: &Murmur2Working, bytes: &[u8]) -> Html {
    let mut lines: Vec<Html> = Vec::new();
    let head = |text: String| html! { <tr class="quiet"><td colspan="2">{ text }</td></tr> };
    let line = |sum: String, result: u32| html! { <tr class="mono"><td>{ sum }</td><td>{ format!("{result:08x}") }</td></tr> };
    let spell = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|it| hex(*it))
            .collect::<Vec<_>>()
            .join(" ")
    };
    lines.push(head(t.hash_start.to_owned()));
    lines.push(line(
        format!("h = 9747b28c ^ {}", bytes.len()),
        working.initial,
    ));
    for (block, four) in working.blocks.iter().zip(bytes.chunks(4)) {
        lines.push(head((t.hash_block)(&spell(four))));
        lines.push(line("k".to_owned(), block.word));
        lines.push(line("k *= 5bd1e995".to_owned(), block.multiplied));
        lines.push(line("k ^= k >>> 24".to_owned(), block.shifted));
        lines.push(line("k *= 5bd1e995".to_owned(), block.mixed));
        lines.push(line("h *= 5bd1e995".to_owned(), block.scaled));
        lines.push(line("h ^= k".to_owned(), block.hash));
    }
    if let Some(tail) = working.tail {
        let rest = &bytes[bytes.len() / 4 * 4..];
        lines.push(head((t.hash_tail)(&spell(rest))));
        lines.push(line(format!("h ^= {:x}", tail.bytes), tail.combined));
        lines.push(line("h *= 5bd1e995".to_owned(), tail.hash));
    }
    lines.push(head(t.hash_finish.to_owned()));
    let [first, second, third] = working.finish;
    lines.push(line("h ^= h >>> 13".to_owned(), first));
    lines.push(line("h *= 5bd1e995".to_owned(), second));
    lines.push(line("h ^= h >>> 15".to_owned(), third));
    html! { <><div class="hash-scroll" tabindex="0" role="region" aria-label={t.hash}><table class="hash">{ lines }</table></div>
    <p class="sum mono">{ format!("{third:08x} = ") }<b data-test="murmur2">{ working.hash }</b></p></> }
}

/// How a set of keys spreads over the partitions.
fn spread(t: &LabTexts, setup: &Setup, keys: &[String], all: bool) -> Html {
    let mut counts = vec![0_usize; setup.partitions as usize];
    for key in keys {
        counts[partition_for_key(key.as_bytes(), setup.partitions) as usize] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let least = counts.iter().copied().min().unwrap_or(0);
    let none = counts.iter().filter(|it| **it == 0).count();
    let bar = |(at, count): (usize, &usize)| {
        let width = format!("--w:{}%", count * 100 / most.max(1));
        html! { <li key={at} class={format!("part-{}", at % 8)}><span class="mono">{ at }</span><span class="bar-track"><i style={width} /></span><span class="mono n">{ count }</span></li> }
    };
    html! {
        <section class="card" data-test="key-spread">
            <h3>{ t.key_set }</h3>
            <textarea class="lab-set mono" rows="4" spellcheck="false" aria-label={t.key_set} data-edit="set" data-live="" data-test="key-set" value={setup.set.clone()} />
            <p class="quiet small-text">{ t.key_set_hint }{ if all { String::new() } else { String::from(" ") + &(t.cut_off)(MOST_KEYS) } }</p>
            <h4>{ t.spread }</h4>
            <p data-test="spread-says">{ (t.spread_says)(keys.len(), counts.len(), least, most) }
                if none > 0 { { " " }{ (t.empty_ones)(none) } }</p>
            <ul class="bars plain">{ for counts.iter().enumerate().map(bar) }</ul>
        </section>
    }
}

/// What happens to the keys when the topic gets more partitions.
fn growth(t: &LabTexts, setup: &Setup, keys: &[String]) -> Html {
    let then = setup.then.max(setup.partitions);
    let mut parts = vec![(0_usize, 0_usize); then as usize];
    let mut moved: Vec<(&str, i32, i32)> = Vec::new();
    for key in keys {
        let old = partition_for_key(key.as_bytes(), setup.partitions);
        let new = partition_for_key(key.as_bytes(), then);
        let part = &mut parts[new as usize];
        if old == new {
            part.0 += 1;
        } else {
            part.1 += 1;
            moved.push((key, old, new));
        }
    }
    let most = parts.iter().map(|it| it.0 + it.1).max().unwrap_or(0).max(1);
    let bar = |(at, &(stays, comes)): (usize, &(usize, usize))| {
        let widths = format!("--w:{}%;--v:{}%", stays * 100 / most, comes * 100 / most);
        let label = (t.per_partition)(at, stays, comes);
        html! { <li key={at} class={format!("part-{}", at % 8)} title={label.clone()}><span class="mono">{ at }</span><span class="bar-track" role="img" aria-label={label}><i style={widths.clone()} /><i class="came" style={widths} /></span><span class="mono n">{ stays + comes }</span></li> }
    };
    let says = if moved.is_empty() {
        t.nothing_remapped.to_owned()
    } else {
        (t.remapped)(
            moved.len(),
            keys.len(),
            (moved.len() * 200 / keys.len()).div_ceil(2),
        )
    };
    let item = |(key, old, new): &(&str, i32, i32)| html! { <li><code>{ key.to_owned() }</code><span class="mono quiet">{ format!("{old} → {new}") }</span></li> };
    html! {
        <section class="card" data-test="key-growth">
            <h3>{ t.grow }</h3>
            <div class="key-line">
                { counter(t, t.grow_from, setup.partitions, "from", &|n| setup.edited(|it| it.partitions = n)) }
                { counter(t, t.grow_to, then, "then", &|n| setup.edited(|it| it.then = n.max(it.partitions))) }
            </div>
            <p class="remapped" data-test="remapped">{ says }</p>
            if !moved.is_empty() { <p class="quiet small-text">{ t.remapped_why }</p> }
            <ul class="bars plain">{ for parts.iter().enumerate().map(bar) }</ul>
            <p class="lab-legend quiet" aria-hidden="true"><span><i class="sample kept" />{ t.stays }</span><span><i class="sample came" />{ t.comes }</span></p>
            if !moved.is_empty() {
                <details class="all-steps"><summary>{ t.which }{ " · " }{ (t.n_keys)(moved.len()) }</summary><ul class="plain which">{ for moved.iter().take(LISTED).map(item) }</ul></details>
            }
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_setup() {
        let first = Setup::parse("");
        assert_eq!(first.path(), "keys/6/user-42/8/user-%7b1..60%7d");
        let typed = edited("6", "key", "爱/b c%\"<").expect("a path");
        let again = Setup::parse(typed.trim_start_matches("keys/"));
        assert_eq!((again.key.as_str(), again.path()), ("爱/b c%\"<", typed));
        assert_eq!(Setup::parse("0//999").path(), "keys/1//64/user-%7b1..60%7d");
        assert_eq!(unescape("%zz%4"), "%zz%4");
    }

    #[test]
    fn a_range_stands_for_its_keys() {
        let (keys, all) = keys_of("a{8..10}b\n\nplain {1..x}\n{3..2}");
        assert_eq!(
            (keys.join(" ").as_str(), all),
            ("a8b a9b a10b plain {1..x}", true)
        );
        let (keys, all) = keys_of("k{1..4000000000}");
        assert_eq!((keys.len(), all), (MOST_KEYS, false));
    }
}
