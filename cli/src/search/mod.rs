//! `rebalance search`: looks for broken guarantees in random histories.
//!
//! A seed makes a script ([`story`]): a cluster, topics, clients, and a minute of sends, joins, crashes, freezes, cuts,
//! elections. The engine runs it and checks every invariant after every event ([`mod@judge`]). At the end
//! faults stop, and everything must become whole again ([`calm`]). A script that breaks one is
//! made shorter as long as it still does ([`shrink`]) and printed with its seed. Seeds are spread over all cores.
//!
//! It ends at the first break; `--all` goes on through all seeds and lists what broke how often, with the first seeds of each.
//!
//! `--break RULE` switches one of the engine's rules off (only in builds with the feature `sabotage`): a search that does not
//! find that could not find a mistake either.

pub mod calm;
mod churn;
pub mod judge;
pub mod shrink;
pub mod story;

use crate::Failure;
use judge::{Broken, Judged, judge};
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

const HINT: &str = "usage: rebalance search [--seeds 0..20000] [--seconds 60] [--break RULE] [--threads N] [--no-shrink] [--all] | --print SEED";

/// What to search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Which seeds.
    pub seeds: Range<u64>,
    /// How much virtual time each.
    pub seconds: u64,
    /// How many threads.
    pub threads: usize,
    /// Whether to make the script shorter.
    pub shrink: bool,
    /// Whether to go on after the first break.
    pub all: bool,
    /// The rule switched off.
    pub broken_rule: Option<String>,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Seeds tried.
    pub seeds: u64,
    /// Events in all of them.
    pub events: u64,
    /// Seeds that broke something, ascending; of a search that ends at the first, those that were running then.
    pub found: Vec<(u64, Broken)>,
}

/// Runs the command.
///
/// # Errors
/// Bad options, or a broken guarantee (exit 1).
pub fn run(arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    if let [option, seed] = arguments
        && option == "--print"
    {
        let seed = number(seed, 0..u64::MAX).ok_or_else(|| Failure::bad_input(HINT))?;
        return Ok(writeln!(out, "{}", story::script(seed, 60).join("\n"))?);
    }
    let options = parse(arguments)?;
    sabotage(options.broken_rule.as_deref())?;
    let start = Instant::now();
    let outcome = search(&options);
    let took = start.elapsed();
    let (seeds, seconds) = (outcome.seeds, options.seconds);
    let million = outcome.events as f64 / 1e6;
    let rate = million / took.as_secs_f64().max(1e-9);
    writeln!(
        out,
        "{seeds} seeds of {seconds} virtual seconds, {million:.1} million events in {took:.1?} ({rate:.2} million a second)"
    )?;
    let message = match outcome.found.first() {
        None => return Ok(writeln!(out, "no guarantee was broken")?),
        Some(_) if options.all => classes(&outcome.found),
        Some((seed, broken)) if options.shrink => report(*seed, broken, &options),
        Some((seed, broken)) => told(*seed, broken),
    };
    Err(Failure { message, code: 1 })
}

/// Every guarantee that broke: how often, and its first three seeds.
fn classes(found: &[(u64, Broken)]) -> String {
    let mut by_name: BTreeMap<&str, Vec<&(u64, Broken)>> = BTreeMap::new();
    for seed in found {
        by_name.entry(seed.1.invariant).or_default().push(seed);
    }
    let mut lines = Vec::new();
    for (name, seeds) in by_name {
        lines.push(format!("{name}: {} seeds", seeds.len()));
        let first = seeds.iter().take(3);
        lines.extend(first.map(|(seed, broken)| format!("  {}", told(*seed, broken))));
    }
    lines.join("\n")
}

/// The seed, what broke, and the shortest script that still breaks it.
fn report(seed: u64, broken: &Broken, options: &Options) -> String {
    let script = shrink::shrink(story::script(seed, options.seconds), broken);
    let last = judge(&script).broken.unwrap_or_else(|| broken.clone());
    let lines = script.join("\n");
    format!(
        "{}\n\nThe script, made as short as it would get:\n\n{lines}",
        told(seed, &last)
    )
}

fn told(seed: u64, broken: &Broken) -> String {
    let Broken {
        invariant,
        at,
        evidence,
    } = broken;
    format!("seed {seed} breaks {invariant} at {at}: {evidence}")
}

/// Tries seeds on all threads, until one breaks something if that is enough.
pub fn search(options: &Options) -> Outcome {
    let next = AtomicU64::new(options.seeds.start);
    let stop = AtomicBool::new(false);
    let total = Mutex::new(Outcome::default());
    let work = || {
        let mut own = Outcome::default();
        while !stop.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= options.seeds.end {
                break;
            }
            let Judged { events, broken } = judge(&story::script(seed, options.seconds));
            own.seeds += 1;
            own.events += events;
            if let Some(broken) = broken {
                stop.store(!options.all, Ordering::Relaxed);
                own.found.push((seed, broken));
            }
        }
        if let Ok(mut total) = total.lock() {
            total.add(own);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..options.threads {
            scope.spawn(work);
        }
    });
    total.into_inner().unwrap_or_default()
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.events += other.events;
        self.found.extend(other.found);
        self.found.sort_by_key(|(seed, _)| *seed);
    }
}

/// Switches a rule off.
///
/// # Errors
/// When there is no such rule, or this build cannot.
#[cfg(feature = "sabotage")]
pub fn sabotage(rule: Option<&str>) -> Result<(), Failure> {
    use rebalance_core::sabotage::{Rule, set_broken};
    let Some(name) = rule else {
        set_broken(None);
        return Ok(());
    };
    let found = Rule::ALL.iter().find(|r| r.name() == name);
    let names: Vec<&str> = Rule::ALL.iter().map(|r| r.name()).collect();
    let rule = found.ok_or_else(|| {
        Failure::bad_input(format!("no rule '{name}'; there are {}", names.join(", ")))
    })?;
    set_broken(Some(*rule));
    Ok(())
}

/// This build keeps all rules.
///
/// # Errors
/// When a rule is to be broken.
#[cfg(not(feature = "sabotage"))]
pub fn sabotage(rule: Option<&str>) -> Result<(), Failure> {
    match rule {
        None => Ok(()),
        Some(_) => Err(Failure::bad_input(
            "this build cannot break rules; build it with --features sabotage",
        )),
    }
}

fn parse(arguments: &[String]) -> Result<Options, Failure> {
    let mut options = Options {
        seeds: 0..1_000,
        seconds: 60,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        shrink: true,
        all: false,
        broken_rule: None,
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--no-shrink" {
            options.shrink = false;
            continue;
        }
        if argument == "--all" {
            options.all = true;
            continue;
        }
        let (name, inline) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        let bad = |why: &str| Failure::bad_input(format!("{name}: {why}; {HINT}"));
        let given = inline
            .or_else(|| rest.next().map(String::as_str))
            .ok_or_else(|| bad("unknown option, or its value is missing"))?;
        match name {
            "--seeds" => options.seeds = seeds(given).ok_or_else(|| bad("expected 0..20000"))?,
            "--seconds" => {
                options.seconds =
                    number(given, 1..3_601).ok_or_else(|| bad("expected 1 to 3600"))?
            }
            "--threads" => {
                let threads = number(given, 1..257).ok_or_else(|| bad("expected 1 to 256"))?;
                options.threads = threads as usize;
            }
            "--break" => options.broken_rule = Some(given.to_string()),
            _ => return Err(bad("unknown option")),
        }
    }
    Ok(options)
}

fn number(text: &str, range: Range<u64>) -> Option<u64> {
    text.parse().ok().filter(|n| range.contains(n))
}

/// `0..20000`, or one seed.
fn seeds(text: &str) -> Option<Range<u64>> {
    match text.split_once("..") {
        Some((from, to)) => {
            let range = from.parse().ok()?..to.parse().ok()?;
            (range.start < range.end).then_some(range)
        }
        None => text
            .parse()
            .ok()
            .map(|seed: u64| seed..seed.saturating_add(1)),
    }
}
