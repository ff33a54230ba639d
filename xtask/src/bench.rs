//! `cargo xtask bench`: measurements, section by section.
//!
//! A section is a name and a function that prints; adding one is a function and a line in [`SECTIONS`]. Numbers depend on
//! the machine, so nothing here fails, except the size of the page, which `cargo xtask test` holds to its budget.

use crate::args::Args;
use crate::step::{Fail, Steps, program};
use crate::{browser, page, project, size, tools};
use std::process::Command;

type Section = fn(&mut Steps) -> Result<(), Fail>;

const SECTIONS: [(&str, &str, Section); 6] = [
    ("size", "The page: what a first visit downloads", page_size),
    ("engine", "The engine, natively", engine),
    ("wasm", "The engine, in WebAssembly on Node", wasm),
    (
        "assign",
        "The assignors: growth from 10,000 to two million partitions, beside n log n",
        assign,
    ),
    (
        "frames",
        "The page: script a frame, 300 partitions of 3 replicas, 60 consumers",
        frames,
    ),
    (
        "memory",
        "The page: memory while the same cluster plays for three minutes",
        memory,
    ),
];

/// Prints all sections, or those named.
pub fn run(args: &Args, steps: &mut Steps) -> Result<(), Fail> {
    let wanted = args.words();
    if let Some(name) = wanted
        .iter()
        .find(|w| !SECTIONS.iter().any(|(n, ..)| n == *w))
    {
        let names: Vec<&str> = SECTIONS.iter().map(|(n, ..)| *n).collect();
        return Err(Fail::new(
            format!("there is no section `{name}`"),
            format!("the sections are: {}", names.join(", ")),
        ));
    }
    for (name, title, section) in SECTIONS {
        if wanted.is_empty() || wanted.contains(&name) {
            println!("\n## {title}\n");
            section(steps)?;
        }
    }
    Ok(())
}

fn page_size(steps: &mut Steps) -> Result<(), Fail> {
    tools::for_page(steps)?;
    page::build(false)?;
    let outcome = size::check(&page::dist(false), true)?;
    println!("\n{}", outcome.note);
    Ok(())
}

/// Runs a program whose output is the measurement.
fn show(command: &mut Command) -> Result<(), Fail> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        other => Err(Fail::new(
            format!("{command:?} did not work: {other:?}"),
            "run it alone to see why",
        )),
    }
}

/// Runs the command-line program, or an example of it, as it is when released.
fn native(arguments: &[&str]) -> Result<(), Fail> {
    let run = ["run", "--quiet", "--release", "--package", "rebalance-cli"];
    show(tools::cargo().args(run).args(arguments))
}

/// Events per second by size of the cluster; seeking; memory.
fn engine(_: &mut Steps) -> Result<(), Fail> {
    native(&["--", "bench"])
}

/// How the assignors' time grows with the group.
fn assign(_: &mut Steps) -> Result<(), Fail> {
    native(&["--example", "assignor_bench", "--", "growth"])
}

/// Times the same runs as the native program does.
const NODE: &str = r#"
const { Running, History, __wasm } = require(process.argv[1]);
const now = () => performance.now();
console.log("     cluster     events       events/s     ns/event    ratio");
let base = 0;
for (const scale of [1, 10, 100]) {
    const running = new Running(scale);
    const begun = now();
    let events = 0;
    while (now() - begun < 3000) { running.run(4096); events += 4096; }
    const ns = (now() - begun) * 1e6 / events;
    base = base || ns;
    const cell = (n, width) => n.toString().padStart(width);
    console.log(cell(scale + "x", 12), cell(events, 10), cell(Math.round(1e9 / ns), 14), cell(Math.round(ns), 12), cell((ns / base).toFixed(2), 8));
    running.free();
}
const history = new History();
const times = [];
for (let n = 0; n < 200; n++) {
    const begun = now();
    history.seek((Math.imul(n, 2654435761) >>> 0) % 1000);
    times.push(now() - begun);
}
times.sort((a, b) => a - b);
console.log(`seek in 10 minutes: median ${times[100].toFixed(1)} ms, 95th percentile ${times[190].toFixed(1)} ms`);
if (__wasm) console.log(`memory in all: ${(__wasm.memory.buffer.byteLength / 1e6).toFixed(1)} MB`);
"#;

/// Builds the measuring library as the page is built, and runs it on Node.
fn wasm(steps: &mut Steps) -> Result<(), Fail> {
    tools::for_page(steps)?;
    let out = project::target("wasm-bench");
    let module = out.join("rebalance_bench_bg.wasm");
    let todo = "see what the tool says above";
    let triple = "wasm32-unknown-unknown";
    let build = [
        "build",
        "--package",
        "rebalance-bench",
        "--lib",
        "--target",
        triple,
        "--profile",
        "wasm",
    ];
    program("wasm-bench", tools::cargo().args(build), todo)?;
    let built = project::target(triple).join("wasm/rebalance_bench.wasm");
    let mut bindgen = tools::command("wasm-bindgen");
    bindgen
        .args(["--target", "nodejs", "--no-typescript", "--out-dir"])
        .arg(&out)
        .arg(built);
    program("wasm-bench-bindgen", &mut bindgen, todo)?;
    let mut optimise = tools::command("wasm-opt");
    optimise
        .args(page::WASM_OPT)
        .arg(&module)
        .arg("-o")
        .arg(&module);
    program("wasm-bench-opt", &mut optimise, todo)?;
    show(
        tools::command("node")
            .args(["-e", NODE])
            .arg(out.join("rebalance_bench.js")),
    )
}

/// What a frame takes with a large cluster on the stage.
fn frames(steps: &mut Steps) -> Result<(), Fail> {
    large(steps, "frames")
}

/// What a large cluster that plays takes of memory.
fn memory(steps: &mut Steps) -> Result<(), Fail> {
    large(steps, "memory")
}

/// Builds the page and measures it with a large cluster.
fn large(steps: &mut Steps, what: &str) -> Result<(), Fail> {
    tools::for_browser(steps)?;
    tools::for_page(steps)?;
    page::build(false)?;
    browser::drive(
        page::dist(false),
        &[what.into(), "tests/bench/large.txt".into()],
    )
}
