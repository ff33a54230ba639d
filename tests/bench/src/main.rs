//! The native half of the measurements: events per second by size of the cluster, seeking, memory.

use rebalance_bench::Run;
use std::time::{Duration, Instant};

/// How long each measurement runs at least.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| words.is_empty() || words.iter().any(|w| w == name);
    if wanted("events") {
        events();
    }
    if wanted("seek") {
        seek();
    }
}

/// Events per second at 1, 10 and 100 times the page's cluster.
fn events() {
    println!(
        "{:>6} {:>12} {:>14} {:>12}",
        "size", "events", "events/s", "ns/event"
    );
    for size in [1, 10, 100] {
        let mut run = Run::new(size, 10_000);
        let begun = Instant::now();
        let mut count = 0_u64;
        while begun.elapsed() < LONG_ENOUGH {
            count += u64::from(run.advance(1_000));
        }
        let nanos = begun.elapsed().as_nanos() as f64;
        println!(
            "{size:>6} {count:>12} {:>14.0} {:>12.0}",
            count as f64 * 1e9 / nanos,
            nanos / count as f64
        );
    }
}

/// Seeks to 200 scattered instants of ten virtual minutes, and what that history takes.
fn seek() {
    let before = resident_kb();
    let mut run = Run::new(1, 600_000);
    let memory = resident_kb().saturating_sub(before);
    let mut times: Vec<Duration> = (0..200_u32).map(|n| timed_seek(&mut run, n)).collect();
    times.sort_unstable();
    let ms = |per_cent: usize| {
        times[(times.len() * per_cent / 100).min(times.len() - 1)].as_secs_f64() * 1e3
    };
    println!("10 minutes of history: {} MB", memory / 1024);
    println!(
        "seek: median {:.1} ms, 95th percentile {:.1} ms, most {:.1} ms",
        ms(50),
        ms(95),
        ms(100)
    );
}

fn timed_seek(run: &mut Run, n: u32) -> Duration {
    // A multiplicative walk visits the ten minutes in no order a cache could like.
    let at_ms = n.wrapping_mul(2_654_435_761) % 600_000;
    let begun = Instant::now();
    run.seek(at_ms);
    begun.elapsed()
}

/// Memory of this process, where Linux tells.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
