//! Where things are, and which versions are pinned.
//!
//! The versions of outside tools stand in `[workspace.metadata.tools]` of the root `Cargo.toml`; `wasm-bindgen-cli` has to
//! be the very version of the `wasm-bindgen` library, so its version is read from the dependency itself.

use crate::step::Fail;
use std::path::{Path, PathBuf};

/// The root of the working copy.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// A directory under `target/` for what xtask writes.
pub fn target(name: &str) -> PathBuf {
    let base =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    base.join(name)
}

/// Tools installed for this project alone.
pub fn tools() -> PathBuf {
    root().join(".tools")
}

/// The pinned version of a tool: `trunk`, `wasm-pack`, `binaryen` or `wasm-bindgen`.
pub fn pin(tool: &str) -> Result<String, Fail> {
    let path = root().join("Cargo.toml");
    let text = read(&path)?;
    let line = text
        .lines()
        .find_map(|l| l.strip_prefix(tool)?.trim_start().strip_prefix('='));
    let version = line.map(|v| v.trim().trim_matches('"').trim_start_matches('='));
    let missing = || {
        Fail::new(
            format!("no pinned version of {tool}"),
            "add it to [workspace.metadata.tools] in Cargo.toml",
        )
    };
    version
        .filter(|v| v.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
        .ok_or_else(missing)
}

/// A file's text, or a failure that names the file.
pub fn read(path: &Path) -> Result<String, Fail> {
    std::fs::read_to_string(path).map_err(|e| {
        Fail::new(
            format!("cannot read {}: {e}", path.display()),
            "check the working copy",
        )
    })
}

/// Every file below a directory with one of these endings, sorted; none if the directory does not exist.
pub fn files(dir: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    for path in entries.map(|e| e.path()) {
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.is_empty() || endings.iter().any(|e| path.to_string_lossy().ends_with(e))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}
