//! The service worker of the built page: `assets/offline.js` with the version and the list of files filled in.
//!
//! The version is a hash of all files, so that any change makes a new one and an unchanged page keeps its own.

use crate::project;
use crate::step::Fail;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

/// The service worker's file.
const NAME: &str = "sw.js";

/// Writes the service worker into `dist`, after everything else.
pub fn write(dist: &Path) -> Result<(), Fail> {
    let mut all = Sha256::new();
    // The address without a file's name is the page itself.
    let mut names = vec!["./".to_owned()];
    for file in project::files(dist, &[]) {
        let name = file
            .strip_prefix(dist)
            .unwrap_or(&file)
            .display()
            .to_string();
        let name = name.replace('\\', "/");
        if name == NAME {
            continue;
        }
        let bytes = std::fs::read(&file).map_err(|e| fail(&file, &e))?;
        all.update(name.as_bytes());
        all.update(Sha256::digest(&bytes));
        if name != "index.html" {
            names.push(name);
        }
    }
    let worker = project::read(&project::root().join("assets/offline.js"))?;
    let worker = filled(&worker, &hex(&all.finalize()), &names);
    let file = dist.join(NAME);
    std::fs::write(&file, worker).map_err(|e| fail(&file, &e))
}

fn fail(file: &Path, error: &std::io::Error) -> Fail {
    Fail::new(
        format!("{}: {error}", file.display()),
        "run `cargo xtask build` again",
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn filled(worker: &str, version: &str, names: &[String]) -> String {
    let list: Vec<String> = names.iter().map(|n| format!("{n:?}")).collect();
    worker
        .replace(
            "const VERSION = \"\";",
            &format!("const VERSION = {version:?};"),
        )
        .replace(
            "const FILES = [];",
            &format!("const FILES = [{}];", list.join(", ")),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_gets_its_version_and_its_files() {
        let worker = include_str!("../../assets/offline.js");
        let done = filled(worker, "00ff", &["./".into(), "a-1.js".into()]);
        assert!(done.contains("const VERSION = \"00ff\";"));
        assert!(done.contains("const FILES = [\"./\", \"a-1.js\"];"));
    }
}
