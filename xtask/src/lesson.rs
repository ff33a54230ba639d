//! Lessons: `cargo xtask lesson …` and their part of the page's build.
//!
//! The work is done by the crate `lessons`, which needs the engine; it is called as a program, so that `xtask` itself stays
//! small and quick to compile.

use crate::args::Args;
use crate::step::{Fail, program};
use crate::tools;
use std::path::Path;
use std::process::Command;

fn lesson() -> Command {
    let mut cargo = tools::cargo();
    cargo.args([
        "run",
        "--quiet",
        "--locked",
        "-p",
        "rebalance-lessons",
        "--",
    ]);
    cargo
}

/// `cargo xtask lesson …`: the same arguments, the same output.
pub fn command(args: &Args) -> Result<(), Fail> {
    let status = lesson().args(&args.all()[1..]).status();
    if status.is_ok_and(|s| s.success()) {
        return Ok(());
    }
    Err(Fail::new(
        "the lessons are not in order",
        "mend what is named above; docs/LESSONS.md is the author's guide",
    ))
}

/// Writes what the page loads into a folder of the built site.
pub fn render(dist: &Path) -> Result<String, Fail> {
    let mut build = lesson();
    build.arg("build").arg(dist.join("lessons"));
    let log = program(
        "lessons",
        &mut build,
        "mend the lesson; `cargo xtask lesson check` says more",
    )?;
    Ok(log.lines().last().unwrap_or_default().to_owned())
}
