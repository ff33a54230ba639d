//! The parts of the page that are fetched when they are first wanted: programs of their own beside the one of a first
//! visit, loaded by `web/src/part.rs`.
//!
//! Each is compiled with the page's profile, goes through wasm-bindgen and through `wasm-opt` with the page's options,
//! and is written beside the page under a name with the hash of its content. The page learns the names from one line
//! of script that is put into `index.html`. What needs no program of ours is a script alone.
//!
//! It simplifies: scripts and styles of parts are not minified, only compressed by the server.

use crate::page;
use crate::project;
use crate::step::{Fail, program};
use crate::tools;
use std::path::Path;

/// A part of the page.
pub struct Part {
    /// What the page calls it; its files are named after it.
    pub name: &'static str,
    /// What it is made of.
    source: Source,
    /// Styles that only it needs.
    styles: &'static [&'static str],
    /// It may take this many kilobytes, brotli, with its styles.
    pub limit_kb: usize,
}

/// What a part is made of.
enum Source {
    /// A `[[bin]]` of a package.
    Program {
        package: &'static str,
        bin: &'static str,
    },
    /// A module of script, which exports functions and a default one that does nothing.
    Script(&'static str),
}

/// Every part.
pub const PARTS: [Part; 3] = [
    Part {
        name: "labs",
        source: Source::Program {
            package: "rebalance-web",
            bin: "rebalance-labs",
        },
        styles: &["assets/labs.css"],
        limit_kb: 150,
    },
    Part {
        name: "tools",
        source: Source::Program {
            package: "rebalance-engine",
            bin: "rebalance-tools-part",
        },
        styles: &[],
        limit_kb: 475,
    },
    Part {
        name: "picture",
        source: Source::Script("assets/picture.js"),
        styles: &[],
        limit_kb: 3,
    },
];

const TRIPLE: &str = "wasm32-unknown-unknown";
const TODO: &str = "mend what is reported above; `cargo xtask build` tries again";

/// The part that a file of the site belongs to, if any.
pub fn part_of(file: &str) -> Option<&'static Part> {
    let named = |part: &&Part| {
        file.strip_prefix(part.name)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    PARTS.iter().find(named)
}

/// Builds every part into the site, and tells the page.
pub fn build(dist: &Path, dev: bool) -> Result<(), Fail> {
    let mut cargo = tools::cargo();
    cargo.args(["build", "--target", TRIPLE, "--profile", profile(dev)]);
    for part in &PARTS {
        if let Source::Program { package, bin } = part.source {
            cargo.args(["--package", package, "--bin", bin]);
        }
    }
    program("parts", &mut cargo, TODO)?;
    let mut names = Vec::new();
    for part in &PARTS {
        let name = part.name;
        let script = match part.source {
            Source::Program { bin, .. } => module(name, bin, dist, dev)?,
            Source::Script(file) => project::read(&project::root().join(file))?,
        };
        let file = format!("{name}.{}.js", hash(script.as_bytes()));
        write(&dist.join(&file), script.as_bytes())?;
        let styles = part.styles.iter().map(|style| {
            let text = project::read(&project::root().join(style))?;
            let file = format!("{name}.{}.css", hash(text.as_bytes()));
            write(&dist.join(&file), text.as_bytes())?;
            Ok(format!("\"./{file}\""))
        });
        let styles = styles.collect::<Result<Vec<_>, Fail>>()?.join(",");
        names.push(format!(
            "\"{name}\":{{program:\"./{file}\",styles:[{styles}]}}"
        ));
    }
    tell(&dist.join("index.html"), &names.join(","))
}

fn profile(dev: bool) -> &'static str {
    if dev { "dev" } else { "wasm" }
}

/// From the compiler's output to the module in the site; returns the script that goes with it.
fn module(name: &str, bin: &str, dist: &Path, dev: bool) -> Result<String, Fail> {
    let out = project::target("xtask").join("parts");
    let built = project::target(TRIPLE)
        .join(if dev { "debug" } else { "wasm" })
        .join(format!("{bin}.wasm"));
    let mut bindgen = tools::command("wasm-bindgen");
    bindgen
        .args([
            "--target",
            "web",
            "--no-typescript",
            "--out-name",
            name,
            "--out-dir",
        ])
        .arg(&out)
        .arg(built);
    program(&format!("part-{name}-bindgen"), &mut bindgen, TODO)?;
    let wasm = out.join(format!("{name}_bg.wasm"));
    if !dev {
        let mut optimise = tools::command("wasm-opt");
        optimise
            .args(page::wasm_opt_options()?)
            .arg(&wasm)
            .arg("-o")
            .arg(&wasm);
        program(&format!("part-{name}-opt"), &mut optimise, TODO)?;
    }
    let bytes = read(&wasm)?;
    let module = format!("{name}.{}.wasm", hash(&bytes));
    let script = project::read(&out.join(format!("{name}.js")))?;
    write(&dist.join(&module), &bytes)?;
    Ok(script.replace(&format!("{name}_bg.wasm"), &module))
}

/// Writes the names of the parts' files into the page, before its other scripts.
fn tell(page: &Path, names: &str) -> Result<(), Fail> {
    let html = project::read(page)?;
    let (head, rest) = html.split_once("<script").ok_or_else(|| {
        Fail::new(
            "index.html has no script",
            "keep the one that fetches parts (`web/src/part.rs`)",
        )
    })?;
    let told = format!("{head}<script>const rebalanceParts={{{names}}}</script><script{rest}");
    write(page, told.as_bytes())
}

/// 16 hexadecimal digits (FNV-1a, 64 bits) that change with the content.
fn hash(bytes: &[u8]) -> String {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix))
}

fn read(file: &Path) -> Result<Vec<u8>, Fail> {
    std::fs::read(file).map_err(|e| Fail::new(format!("{}: {e}", file.display()), TODO))
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Fail> {
    std::fs::write(file, bytes).map_err(|e| {
        Fail::new(
            format!("{}: {e}", file.display()),
            "make the site's directory writable",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_part() {
        assert!(part_of("labs.0123.js").is_some_and(|p| p.name == "labs"));
        assert!(part_of("labs.0123.css").is_some());
        assert!(part_of("index.html").is_none());
        assert!(part_of("labsheet.0123.css").is_none());
    }

    #[test]
    fn another_content_has_another_name() {
        assert_eq!(hash(b""), "cbf29ce484222325");
        assert_eq!(hash(b"a"), "af63dc4c8601ec8c");
    }
}
