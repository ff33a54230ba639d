//! `cargo xtask package`: the engine as an npm-ready package in `dist-package/`, with types, a README and an example page.
//!
//! wasm-pack compiles it with the page's profile; `wasm-opt` runs with the page's options; then the example is opened in
//! a browser and has to say who leads. Publishing is left to a person: `npm publish dist-package`.

use crate::browser;
use crate::page;
use crate::project;
use crate::step::{Fail, Outcome, Steps, program};
use crate::tools;
use std::path::PathBuf;

const TODO: &str = "mend what is reported above; `cargo xtask package` tries again";
/// What the example page must say after a while.
const CHECK: &str = "for (let i = 0; i < 100; i++) { const text = document.querySelector('pre').textContent; \
    if (/broker 1 led; now broker [23] does/.test(text) && text.includes('Isr: ')) return true; \
    await new Promise((r) => setTimeout(r, 100)); } \
    throw new Error('the example says: ' + document.body.textContent)";

/// Builds the package and tries its example.
pub fn command(steps: &mut Steps) -> Result<(), Fail> {
    tools::for_page(steps)?;
    tools::for_wasm_tests(steps)?;
    tools::for_browser(steps)?;
    steps.must("package", build)?;
    steps.must("example", example)?;
    println!("\nThe package is in {}", directory().display());
    Ok(())
}

/// The same as one step of `cargo xtask test`.
pub fn check() -> Result<Outcome, Fail> {
    let built = build()?;
    example()?;
    Ok(built)
}

fn directory() -> PathBuf {
    project::root().join("dist-package")
}

fn build() -> Result<Outcome, Fail> {
    let (out, source) = (directory(), project::root().join("engine"));
    let mut pack = tools::command("wasm-pack");
    pack.args([
        "build",
        "--target",
        "web",
        "--mode",
        "no-install",
        "--no-opt",
        "--profile",
        "wasm",
        "--out-dir",
    ])
    .arg(&out)
    .arg(&source);
    program("package", &mut pack, TODO)?;
    let wasm = out.join("rebalance_engine_bg.wasm");
    let mut optimise = tools::command("wasm-opt");
    optimise
        .args(page::WASM_OPT)
        .arg(&wasm)
        .arg("-o")
        .arg(&wasm);
    program("package-opt", &mut optimise, TODO)?;
    let example = source.join("example/index.html");
    std::fs::copy(&example, out.join("index.html"))
        .map_err(|e| Fail::new(format!("{}: {e}", example.display()), TODO))?;
    let lines = project::read(&example)?.lines().count();
    if lines > 20 {
        return Err(Fail::new(
            format!("the example has {lines} lines"),
            "keep it within 20",
        ));
    }
    let types = project::read(&out.join("rebalance_engine.d.ts"))?;
    for name in [
        "class Engine",
        "advance(ms: number)",
        "view(): string",
        "tool(line: string): string",
    ] {
        if !types.contains(name) {
            return Err(Fail::new(format!("the types have no `{name}`"), TODO));
        }
    }
    let bytes = std::fs::metadata(&wasm).map_or(0, |m| m.len());
    Ok(Outcome::note(format!(
        "{} KB of WebAssembly",
        bytes / 1_024
    )))
}

fn example() -> Result<Outcome, Fail> {
    let args = ["shot", "--path", "", "--js", CHECK, "--out", "package.png"].map(str::to_owned);
    let log = program("example", &mut browser::command(directory(), &args)?, TODO)?;
    Ok(Outcome::note(
        log.lines().last().unwrap_or_default().to_owned(),
    ))
}
