//! `cargo xtask test`: everything that must hold, one step after another.
//!
//! Every step runs even if one before it failed, so that one run tells everything; the closing line counts single tests
//! where a step consists of them, and steps otherwise.

use crate::args::Args;
use crate::step::{Fail, Outcome, Steps, count_tests, program};
use crate::{browser, layers, package, page, project, size, tools};
use std::process::Command;

type Check = fn() -> Result<Outcome, Fail>;

/// The checks, cheap ones first.
const CHECKS: [(&str, Check); 14] = [
    ("format", format),
    ("layers", layers::check),
    ("clippy", clippy),
    ("clippy-wasm", clippy_wasm),
    ("docs", docs),
    ("tests", native_tests),
    ("doctests", doctests),
    ("no-std", no_std),
    ("wasm-core", wasm_core),
    ("wasm-web", wasm_web),
    ("page", built_page),
    ("size", built_size),
    ("package", package::check),
    ("journeys", journeys),
];

/// Runs all checks, or those named with `--only`.
pub fn run(args: &Args, steps: &mut Steps) -> Result<(), Fail> {
    if args.flag("--list") {
        CHECKS.iter().for_each(|(name, _)| println!("{name}"));
        return Ok(());
    }
    let only = args.values("--only");
    let known = |name: &&str| CHECKS.iter().any(|(n, _)| n == name);
    if let Some(name) = only.iter().find(|n| !known(n)) {
        return Err(Fail::new(
            format!("there is no step `{name}`"),
            "`cargo xtask test --list` names them",
        ));
    }
    let wanted = |name: &str| only.is_empty() || only.contains(&name);
    setup(steps, wanted)?;
    println!("Checks");
    for (name, check) in CHECKS.into_iter().filter(|(name, _)| wanted(name)) {
        steps.run(name, check);
    }
    steps.table();
    Ok(())
}

/// Installs what the wanted checks need.
fn setup(steps: &mut Steps, wanted: impl Fn(&str) -> bool) -> Result<(), Fail> {
    let any = |names: &[&str]| names.iter().any(|n| wanted(n));
    if any(&[
        "clippy-wasm",
        "no-std",
        "wasm-core",
        "wasm-web",
        "page",
        "size",
        "package",
        "journeys",
    ]) {
        tools::for_page(steps)?;
    }
    if any(&["wasm-core", "wasm-web", "package", "journeys"]) {
        tools::for_browser(steps)?;
    }
    if wanted("tests") {
        tools::for_tests(steps)?;
    }
    if any(&["no-std", "wasm-core", "wasm-web", "package"]) {
        tools::for_wasm_tests(steps)?;
    }
    Ok(())
}

fn cargo(name: &str, args: &[&str], todo: &str) -> Result<String, Fail> {
    program(name, tools::cargo().args(args), todo)
}

/// Counts the tests of a log; a log without tests counts as one check.
fn counted(log: &str) -> Outcome {
    let (passed, _) = count_tests(log);
    Outcome {
        tests: Some(passed).filter(|n| *n > 0),
        note: String::new(),
    }
}

fn format() -> Result<Outcome, Fail> {
    cargo(
        "format",
        &["fmt", "--all", "--check"],
        "run `cargo fmt --all`",
    )
    .map(|_| Outcome::default())
}

const CLIPPY: &str = "mend what clippy reports above";

fn clippy() -> Result<Outcome, Fail> {
    let args = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    cargo("clippy", &args, CLIPPY).map(|_| Outcome::default())
}

fn clippy_wasm() -> Result<Outcome, Fail> {
    let wasm = "wasm32-unknown-unknown";
    let args = [
        "clippy",
        "-p",
        "rebalance-web",
        "--target",
        wasm,
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    cargo("clippy-wasm", &args, CLIPPY).map(|_| Outcome::default())
}

fn docs() -> Result<Outcome, Fail> {
    let mut doc = tools::cargo();
    doc.args([
        "doc",
        "-p",
        "rebalance-core",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ])
    .env("RUSTDOCFLAGS", "-D rustdoc::broken_intra_doc_links");
    program(
        "docs",
        &mut doc,
        "mend the links and examples that rustdoc reports above",
    )
    .map(|_| Outcome::default())
}

fn native_tests() -> Result<Outcome, Fail> {
    let todo = "mend the test, or what it found";
    let scope = ["--workspace", "--locked", "--no-fail-fast"];
    let nextest = tools::find("cargo-nextest").is_some();
    let first: &[&str] = if nextest {
        &[
            "nextest",
            "run",
            "--no-tests",
            "pass",
            "--status-level",
            "fail",
        ]
    } else {
        &["test", "--lib", "--bins", "--tests"]
    };
    let mut command = tools::cargo();
    command.args(first).args(scope);
    program("tests", &mut command, todo).map(|log| counted(&log))
}

fn doctests() -> Result<Outcome, Fail> {
    let log = cargo(
        "doctests",
        &["test", "--doc", "-p", "rebalance-core", "--locked"],
        "mend the example in the documentation",
    )?;
    Ok(counted(&log))
}

fn no_std() -> Result<Outcome, Fail> {
    let args = [
        "build",
        "-p",
        "rebalance-core",
        "--no-default-features",
        "--target",
        "thumbv7em-none-eabi",
        "--locked",
    ];
    cargo("no-std", &args, "core must need nothing but `alloc`").map(|_| Outcome::default())
}

fn wasm_core() -> Result<Outcome, Fail> {
    wasm_pack("core", "everywhere")
}

fn wasm_web() -> Result<Outcome, Fail> {
    wasm_pack("web", "wasm")
}

/// The tests of one crate in headless Chromium: those of one file in its `tests/`.
fn wasm_pack(package: &str, test: &str) -> Result<Outcome, Fail> {
    let driver = tools::find("chromedriver").unwrap_or_default();
    let mut command = tools::command("wasm-pack");
    command
        .args([
            "test",
            "--headless",
            "--chrome",
            "--mode",
            "no-install",
            "--chromedriver",
        ])
        .arg(driver);
    command
        .arg(project::root().join(package))
        .args(["--test", test, "--locked"]);
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    let log = program(
        &format!("wasm-{package}"),
        &mut command,
        "mend the test, or what it found",
    )?;
    Ok(counted(&log))
}

fn built_page() -> Result<Outcome, Fail> {
    page::build(false).map(Outcome::note)
}

fn built_size() -> Result<Outcome, Fail> {
    page::build(false)?;
    size::check(&page::dist(false), false)
}

fn journeys() -> Result<Outcome, Fail> {
    page::build(false)?;
    let mut command: Command = browser::command(page::dist(false), &["journeys".to_owned()])?;
    let log = program(
        "journeys",
        &mut command,
        "pictures of what failed are in target/journeys/",
    )?;
    Ok(counted(&log))
}
