//! Builds the page: trunk compiles `web`, runs wasm-bindgen and wasm-opt, and writes a static site.
//!
//! Parts that are fetched when they are first wanted are built beside it (`parts`), and lessons rendered into `lessons/`.
//!
//! Nothing is built when nothing changed: the names, sizes and times of everything that goes in are remembered beside
//! the build. Addresses in the site are relative, so that it works from any sub-path.

use crate::csp;
use crate::lesson;
use crate::offline;
use crate::parts;
use crate::project;
use crate::step::{Fail, program};
use crate::tools;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

/// Everything the page is made of.
const INPUTS: [&str; 11] = [
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "core",
    "web",
    "lessons",
    "tools",
    "engine",
    "assets",
];

/// Where the site is written.
pub fn dist(dev: bool) -> PathBuf {
    if dev {
        project::target("dist-dev")
    } else {
        project::root().join("dist")
    }
}

/// Builds the site if anything changed since it was last built; says which.
pub fn build(dev: bool) -> Result<String, Fail> {
    let dist = dist(dev);
    let stamp = project::target("xtask").join(if dev { "page-dev.stamp" } else { "page.stamp" });
    let now = fingerprint();
    if dist.join("index.html").is_file()
        && std::fs::read_to_string(&stamp).is_ok_and(|old| old == now)
    {
        return Ok("unchanged".into());
    }
    let mut trunk = tools::command("trunk");
    trunk
        .args(["build", "--color", "never", "--dist"])
        .arg(&dist)
        .args((!dev).then_some("--release"));
    // Trunk takes this variable for an option of its own and refuses values such as `1`.
    trunk.env_remove("NO_COLOR");
    program(
        "trunk",
        &mut trunk,
        "mend what the compiler reports above; `cargo xtask build` tries again",
    )?;
    parts::build(&dist, dev)?;
    csp::harden(&dist)?;
    lesson::render(&dist)?;
    offline::write(&dist)?;
    std::fs::write(&stamp, now)
        .map_err(|e| Fail::new(format!("{}: {e}", stamp.display()), "make target/ writable"))?;
    Ok(format!("built into {}", dist.display()))
}

/// The optimiser's options, as `index.html` gives them to trunk.
pub fn wasm_opt_options() -> Result<Vec<String>, Fail> {
    let page = project::read(&project::root().join("index.html"))?;
    let value = |name: &str| {
        let tail = page.split_once(&format!("{name}=\""))?.1;
        tail.split_once('"').map(|(value, _)| value.to_owned())
    };
    let missing = || {
        Fail::new(
            "index.html does not say how to optimise",
            "give its rust link a `data-wasm-opt`",
        )
    };
    let level = value("data-wasm-opt").ok_or_else(missing)?;
    let flags = value("data-wasm-opt-params").unwrap_or_default();
    let flags = flags.split_whitespace().map(str::to_owned);
    Ok(std::iter::once(format!("-O{level}")).chain(flags).collect())
}

fn fingerprint() -> String {
    let mut text = String::new();
    for input in INPUTS.map(|name| project::root().join(name)) {
        let files = if input.is_dir() {
            project::files(&input, &[])
        } else {
            vec![input]
        };
        for file in files {
            let Ok(meta) = file.metadata() else { continue };
            let time = meta
                .modified()
                .ok()
                .and_then(|t| t.duration_since(UNIX_EPOCH).ok())
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "{} {} {}",
                file.display(),
                meta.len(),
                time.as_nanos()
            );
        }
    }
    text
}
