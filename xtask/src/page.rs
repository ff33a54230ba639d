//! Builds the page: trunk makes a static site of `index.html` and its styles, [`mod@cut`] adds the program and the
//! parts that are fetched when they are first wanted ([`mod@parts`]), and lessons are rendered into `lessons/`.
//!
//! Nothing is built when nothing changed: the names, sizes and times of everything that goes in are remembered beside
//! the build. Addresses in the site are relative, so that it works from any sub-path.

use crate::csp;
use crate::cut;
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
const INPUTS: [&str; 10] = [
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "core",
    "web",
    "lessons",
    "tools",
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
        .arg(away_from_cargo()?)
        .args((!dev).then_some("--release"));
    // Trunk takes this variable for an option of its own and refuses values such as `1`.
    trunk.env_remove("NO_COLOR");
    program(
        "trunk",
        &mut trunk,
        "mend what the compiler reports above; `cargo xtask build` tries again",
    )?;
    let program = cut::build(&dist, dev)?;
    parts::write_all(&dist, &program)?;
    csp::harden(&dist)?;
    lesson::render(&dist)?;
    offline::write(&dist)?;
    std::fs::write(&stamp, now)
        .map_err(|e| Fail::new(format!("{}: {e}", stamp.display()), "make target/ writable"))?;
    Ok(format!("built into {}", dist.display()))
}

/// A copy of `index.html` and its styles in a directory of their own: beside a `Cargo.toml`, trunk takes it for granted that
/// there is a program to compile.
fn away_from_cargo() -> Result<PathBuf, Fail> {
    let (root, site) = (project::root(), project::target("xtask").join("site"));
    let _ = std::fs::remove_dir_all(&site);
    let mut files = project::files(&root.join("assets"), &["css"]);
    files.push(root.join("index.html"));
    for file in files {
        let copy = site.join(file.strip_prefix(&root).unwrap_or(&file));
        let room = copy.parent().unwrap_or(&site);
        let copied = std::fs::create_dir_all(room).and_then(|()| std::fs::copy(&file, &copy));
        copied
            .map_err(|e| Fail::new(format!("{}: {e}", copy.display()), "make target/ writable"))?;
    }
    Ok(site.join("index.html"))
}

/// The optimiser's options.
pub const WASM_OPT: [&str; 10] = [
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--one-caller-inline-max-function-size=1",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

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
