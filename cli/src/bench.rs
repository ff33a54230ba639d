//! `rebalance bench`: how fast the engine is on this machine. Numbers to look at, never to test with.
//!
//! Events per second on the default cluster and on clusters 10 and 100 times its size, the time to seek to a random instant of
//! a ten-minute history, and the memory that history takes. Speed is by the time this program worked, where the system tells it. Ratios within one run mean something; absolute numbers
//! depend on the machine.

use rebalance_core::cluster::Cluster;
use rebalance_core::command::{Command, parse_script};
use rebalance_core::rng::Rng;
use rebalance_core::session::Session;
use rebalance_core::time::{Duration, SimTime};
use std::fmt::Write as _;
use std::time::Instant;

/// The cluster the page opens on, `scale` times.
pub fn script(scale: u32) -> Vec<Command> {
    let brokers = (3 * scale).min(300);
    let mut text = format!(
        "cluster create brokers={brokers} seed=42\ntopic create orders partitions={} replication=3\n",
        3 * scale
    );
    text += "advance 2s\n";
    for i in 1..=scale {
        let _ = writeln!(
            text,
            "producer add p{i} topic=orders rate=2/s keys=alice,bob,carol,dave"
        );
    }
    for i in 1..=2 * scale {
        let _ = writeln!(
            text,
            "consumer add c{i} group=billing topics=orders process=10ms"
        );
    }
    let parsed = parse_script(&text).unwrap_or_default();
    parsed.into_iter().map(|(_, command)| command).collect()
}

fn cluster(scale: u32) -> Option<Cluster> {
    let commands = script(scale);
    let mut cluster = Cluster::new(commands.first()?).ok()?;
    for (number, command) in commands.iter().enumerate().skip(1) {
        cluster.apply(number as u32, command).ok()?;
    }
    let warm = cluster.now() + Duration::secs(10);
    cluster.run_until(warm);
    cluster.clear_outbox();
    Some(cluster)
}

/// Seconds this thread has worked, if the system says so: other programs do not count.
fn worked() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Carries out this many events; gives the seconds taken.
fn run_events(cluster: &mut Cluster, events: u32) -> f64 {
    let (begun, before) = (Instant::now(), worked());
    for i in 0..events {
        cluster.step();
        if i % 4_096 == 0 {
            cluster.clear_outbox();
        }
    }
    match (before, worked()) {
        (Some(before), Some(after)) => after - before,
        _ => begun.elapsed().as_secs_f64(),
    }
}

fn report_speed(only: Option<u32>) {
    println!(
        "{:>12} {:>10} {:>14} {:>12} {:>8}",
        "cluster", "events", "events/s", "ns/event", "ratio"
    );
    let mut base = 0.0;
    let sizes = [(1, 3_000_000), (10, 3_000_000), (100, 1_500_000)];
    for (scale, events) in sizes {
        if only.is_some_and(|only| only != scale) {
            continue;
        }
        let Some(mut cluster) = cluster(scale) else {
            continue;
        };
        let seconds = run_events(&mut cluster, events);
        let per_event = seconds / f64::from(events) * 1e9;
        if base == 0.0 {
            base = per_event;
        }
        let per_second = f64::from(events) / seconds;
        println!(
            "{:>11}x {events:>10} {per_second:>14.0} {per_event:>12.0} {:>8.2}",
            scale,
            per_event / base
        );
    }
}

fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = text
        .split_whitespace()
        .nth(1)
        .and_then(|p| p.parse().ok())
        .unwrap_or(0);
    pages * 4_096
}

fn report_history() {
    let before = resident_bytes();
    let Ok(mut session) = Session::new(&script(1)) else {
        return;
    };
    let end = session.now() + Duration::secs(600);
    session.run_until(end, u32::MAX);
    let memory = resident_bytes().saturating_sub(before);
    let (from, span) = (session.start(), session.end().since(session.start()));
    let mut random = Rng::fork(7, "seek");
    let mut times: Vec<f64> = (0..200)
        .map(|_| {
            let at = SimTime(from.0 + random.below(span.0));
            let begun = Instant::now();
            session.seek(at);
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    session.seek(end);
    println!(
        "history of 10 minutes: {} events, {} journal entries, {} snapshots, {:.1} MB resident",
        session.view().totals.events,
        session.entries().len(),
        session.snapshots(),
        memory as f64 / 1e6
    );
    println!(
        "seek to a random instant: median {:.2} ms, 95th percentile {:.2} ms",
        times[100], times[190]
    );
}

/// Prints everything, or, for a profiler, one size of the cluster: 1, 10 or 100.
pub fn run(arguments: &[String]) {
    let only = arguments.first().and_then(|size| size.parse().ok());
    // First, while the memory of this program is all in use: later the history would take what the speed runs gave back.
    if only.is_none() {
        report_history();
        println!();
    }
    report_speed(only);
}
