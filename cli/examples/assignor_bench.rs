//! Times of the assignors on large groups, beside those of Kafka's Java.
//!
//! `cargo run --release -p rebalance-cli --example assignor_bench [FILTER]`; FILTER is part of `spec algorithm operation`.
//! `… growth [FILTER]` prints instead how time grows from 10,000 to two million partitions, for the same three shapes of groups.
//!
//! The inputs are prepared outside the clock, as in Kafka's measurements: subscriptions with names in, for each member a list of
//! (topic, partition) out. `maps` is the time of the convenient call that puts everything into sorted maps. Kafka's medians come
//! from another machine, so the ratio is only a hint; docs/BENCH.md has both on one machine. Peak memory is that of the whole process while the row ran, inputs
//! included (Linux only).

use rebalance_cli::groups::{Algorithm, Operation, Shape, Spec};
use rebalance_core::assignor::server::{DenseTargets, ServerAssignor};
use rebalance_core::assignor::{Assignor, Dense, GroupSubscription};
use serde_json::Value;
use std::hint::black_box;
use std::io::Read;
use std::time::{Duration, Instant};

const SPECS: [(&str, Spec); 6] = [
    (
        "uniform-10c",
        Spec {
            consumers: 10,
            topics: 5,
            partitions_per_topic: 12,
            shape: Shape::All,
        },
    ),
    (
        "uniform-100c",
        Spec {
            consumers: 100,
            topics: 50,
            partitions_per_topic: 100,
            shape: Shape::All,
        },
    ),
    (
        "halves-20k",
        Spec {
            consumers: 500,
            topics: 100,
            partitions_per_topic: 200,
            shape: Shape::QuarterHalves,
        },
    ),
    (
        "halves-1000c",
        Spec {
            consumers: 1000,
            topics: 200,
            partitions_per_topic: 100,
            shape: Shape::QuarterHalves,
        },
    ),
    (
        "uniform-1m",
        Spec {
            consumers: 2000,
            topics: 500,
            partitions_per_topic: 2000,
            shape: Shape::All,
        },
    ),
    (
        "nonequal-1m",
        Spec {
            consumers: 2000,
            topics: 500,
            partitions_per_topic: 2000,
            shape: Shape::LastOnlyFirstTopic,
        },
    ),
];

const ALGORITHMS: [&str; 6] = [
    "range",
    "roundrobin",
    "sticky",
    "cooperative-sticky",
    "kip848-uniform",
    "kip848-range",
];

/// How long to go on measuring one row, and how often at most.
const PATIENCE: Duration = Duration::from_millis(600);
const MOST_RUNS: usize = 2001;

fn main() {
    let mut filter = std::env::args().nth(1).unwrap_or_default();
    if filter == "growth" {
        filter = std::env::args().nth(2).unwrap_or_default();
        return growth(&filter);
    }
    let java = java_medians();
    println!(
        "{:<13} {:<19} {:<11} {:>10} {:>10} {:>8} {:>11} {:>8}",
        "spec", "algorithm", "operation", "ms", "maps ms", "peak MB", "Java ms", "ratio"
    );
    for (name, spec) in SPECS {
        for algorithm in ALGORITHMS {
            for operation in Operation::ALL {
                let row = format!("{name} {algorithm} {}", operation.name());
                if row.contains(&filter) {
                    print_row(name, &spec, algorithm, operation, &java);
                }
            }
        }
    }
}

fn print_row(name: &str, spec: &Spec, algorithm: &str, operation: Operation, java: &Value) {
    let Some(parsed) = Algorithm::from_name(algorithm) else {
        return;
    };
    let (lists, peak) = lists(spec, parsed, operation);
    let maps = maps(spec, parsed, operation);
    let wanted = |it: &&Value| {
        it["spec"] == name && it["algorithm"] == algorithm && it["operation"] == operation.name()
    };
    let median = java["cases"]
        .as_array()
        .and_then(|it| it.iter().find(wanted))
        .and_then(|it| it["median_ms"].as_f64());
    let (median_text, ratio) = match median {
        Some(ms) => (format!("{ms:.3}"), format!("{:.1}x", ms / lists)),
        None => ("unfinished".to_owned(), String::new()),
    };
    println!(
        "{name:<13} {algorithm:<19} {:<11} {lists:>10.3} {maps:>10.3} {peak:>8} {median_text:>11} {ratio:>8}",
        operation.name()
    );
}

/// Median milliseconds with maps.
fn maps(spec: &Spec, algorithm: Algorithm, operation: Operation) -> f64 {
    match algorithm {
        Algorithm::Client(assignor) => {
            let group = spec.group(assignor, operation).expect("a group");
            median(|| drop(black_box(assignor.assign(&group))))
        }
        Algorithm::Server(assignor) => {
            let group = spec.target_group(assignor, operation).expect("a group");
            median(|| drop(black_box(assignor.assign(&group))))
        }
    }
}

/// The shapes of groups, and how much larger a group is than the one before.
const SHAPES: [(&str, Shape); 3] = [
    ("equal", Shape::All),
    ("one odd", Shape::LastOnlyFirstTopic),
    ("halves", Shape::QuarterHalves),
];
const SCALES: [usize; 4] = [1, 10, 100, 200];

/// The group of this shape with 10,000 partitions, or so many times as many; members and topics grow with them.
fn grown(shape: Shape, scale: usize) -> Spec {
    Spec {
        consumers: 20 * scale,
        topics: 5 * scale,
        partitions_per_topic: 2_000,
        shape,
    }
}

/// What an assignor reads at least: every partition, and every topic that a member subscribes to.
fn input(spec: &Spec) -> f64 {
    let subscriptions = match spec.shape {
        Shape::QuarterHalves => spec.consumers * spec.topics / 2,
        _ => spec.consumers * spec.topics,
    };
    (spec.topics * spec.partitions_per_topic as usize + subscriptions) as f64
}

/// Times at 10,000, 100,000, a million and two million partitions, and each step's growth beside that of `n log n`: 1 is as fast as that,
/// less is better.
fn growth(filter: &str) {
    println!(
        "{:<8} {:<19} {:<11} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>8}",
        "group",
        "algorithm",
        "operation",
        "10k ms",
        "100k ms",
        "1m ms",
        "2m ms",
        "to 100k",
        "to 1m",
        "to 2m"
    );
    for (name, shape) in SHAPES {
        for algorithm in ALGORITHMS {
            for operation in Operation::ALL {
                let row = format!("{name} {algorithm} {}", operation.name());
                if let (true, Some(parsed)) =
                    (row.contains(filter), Algorithm::from_name(algorithm))
                {
                    print_growth(name, shape, parsed, algorithm, operation);
                }
            }
        }
    }
}

fn print_growth(
    name: &str,
    shape: Shape,
    parsed: Algorithm,
    algorithm: &str,
    operation: Operation,
) {
    let specs = SCALES.map(|scale| grown(shape, scale));
    let times = specs.each_ref().map(|it| lists(it, parsed, operation).0);
    let work = specs.each_ref().map(|it| input(it) * input(it).ln());
    let step = |at: usize| times[at] / times[at - 1] / (work[at] / work[at - 1]);
    println!(
        "{name:<8} {algorithm:<19} {:<11} {:>9.3} {:>9.3} {:>9.2} {:>9.2} {:>8.2} {:>8.2} {:>8.2}",
        operation.name(),
        times[0],
        times[1],
        times[2],
        times[3],
        step(1),
        step(2),
        step(3)
    );
}

/// Median milliseconds with lists, and the peak memory in MB.
fn lists(spec: &Spec, algorithm: Algorithm, operation: Operation) -> (f64, u64) {
    match algorithm {
        Algorithm::Client(assignor) => {
            let group = spec.group(assignor, operation).expect("a group");
            reset_peak();
            let time = median(|| client_lists(assignor, &group));
            (time, peak_megabytes())
        }
        Algorithm::Server(assignor) => {
            let group = spec.target_group(assignor, operation).expect("a group");
            // The coordinator knows topics by id and hands the assignor its own maps.
            let dense = DenseTargets::new(&group).expect("a group");
            reset_peak();
            let time = median(|| server_lists(assignor, &dense));
            (time, peak_megabytes())
        }
    }
}

fn client_lists(assignor: Assignor, group: &GroupSubscription) {
    let dense = Dense::new(group).expect("a group");
    let assignment = assignor.assign_dense(group, &dense).expect("an assignment");
    let lists: Vec<_> = assignment
        .iter()
        .map(|it| dense.name_partitions(it))
        .collect();
    drop(black_box(lists));
}

/// The coordinator works with topic ids, so numbers are all it needs.
fn server_lists(assignor: ServerAssignor, dense: &DenseTargets<'_>) {
    drop(black_box(assignor.assign_dense(dense)));
}

/// Milliseconds: the median by the clock, or, where a run takes long enough for the system to count, the mean of the time that
/// this thread worked, so that other programs do not count.
fn median(mut run: impl FnMut()) -> f64 {
    let (begin, before) = (Instant::now(), worked());
    let mut times = Vec::new();
    while times.len() < 3 || begin.elapsed() < PATIENCE && times.len() < MOST_RUNS {
        let start = Instant::now();
        run();
        times.push(start.elapsed());
    }
    let worked = before.zip(worked()).map(|(a, b)| b - a);
    times.sort_unstable();
    let median = times[times.len() / 2].as_secs_f64() * 1e3;
    match worked {
        Some(worked) if median > 5.0 => worked * 1e3 / times.len() as f64,
        _ => median,
    }
}

/// Seconds this thread has worked, if the system says so.
fn worked() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

fn java_medians() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/golden/bench_java.json.gz"
    );
    let file = std::fs::File::open(path).expect("Kafka's measurements");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("gzip");
    serde_json::from_str(&text).expect("JSON")
}

/// Forgets the greatest memory use so far, where the system can.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmHWM:"));
    let kilobytes = line
        .and_then(|it| it.split_whitespace().nth(1))
        .and_then(|it| it.parse().ok());
    kilobytes.unwrap_or(0_u64) / 1024
}
