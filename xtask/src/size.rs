//! The size of the page, file by file, against its budget.
//!
//! The budget counts what a first visit downloads until the stage runs (so no lessons, and none of the parts that are fetched
//! after that, by themselves or when they are first wanted: each has a limit of its own), compressed as a good server would:
//! brotli at its highest level.

use crate::args::Args;
use crate::page;
use crate::parts::{PARTS, part_of};
use crate::project;
use crate::step::{Fail, Outcome};
use std::io::Write;
use std::path::Path;

/// The page may take this many bytes, brotli, in all.
/// The goal is 260 KB; until generic code is cut down, this keeps the page from growing further.
pub const BUDGET_BYTES: usize = 452 * 1024;

/// With every part together it may take this many.
pub const ALL_BYTES: usize = 871 * 1024;

struct Sizes {
    name: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// `cargo xtask size`.
pub fn command(args: &Args) -> Result<(), Fail> {
    let outcome = check(&page::dist(args.flag("--dev")), true)?;
    println!("\n{}", outcome.note);
    Ok(())
}

/// Measures the site and compares it with the budget.
pub fn check(dist: &Path, print: bool) -> Result<Outcome, Fail> {
    let rows = measure(dist)?;
    if print {
        table(&rows);
    }
    let later = parts(&rows)?;
    // Lessons are loaded one by one, when they are opened; each has a limit of its own.
    let lesson = |r: &&Sizes| r.name.starts_with("lessons/");
    let all = rows.iter().filter(|r| !lesson(r));
    let first = all.clone().filter(|r| part_of(&r.name).is_none());
    let total = |rows: &mut dyn Iterator<Item = &Sizes>| rows.map(|r| r.brotli).sum::<usize>();
    let (first, all) = (total(&mut first.into_iter()), total(&mut all.into_iter()));
    let note = format!(
        "{} of {} KB brotli{later}, all together: {} of {} KB",
        kb(first),
        kb(BUDGET_BYTES),
        kb(all),
        kb(ALL_BYTES)
    );
    if first <= BUDGET_BYTES && all <= ALL_BYTES {
        return Ok(Outcome::note(note));
    }
    let todo = "find what grew (`cargo xtask size`), and make it smaller";
    Err(Fail::new(format!("the page is too large: {note}"), todo))
}

/// The parts, each against its limit; what to say of them.
fn parts(rows: &[Sizes]) -> Result<String, Fail> {
    let mut said = String::new();
    for part in &PARTS {
        let own = |r: &&Sizes| part_of(&r.name).is_some_and(|it| it.name == part.name);
        let size: usize = rows.iter().filter(own).map(|r| r.brotli).sum();
        let note = format!("{}: {} of {} KB", part.name, kb(size), part.limit_kb);
        if size > part.limit_kb * 1024 {
            let todo =
                "make it smaller (`cargo xtask size`); its limit stands in xtask/src/parts.rs";
            return Err(Fail::new(
                format!("a part of the page is too large: {note}"),
                todo,
            ));
        }
        said += &format!(", {note}");
    }
    Ok(said)
}

fn measure(dist: &Path) -> Result<Vec<Sizes>, Fail> {
    let files = project::files(dist, &[]);
    if files.is_empty() {
        return Err(Fail::new(
            format!("no page in {}", dist.display()),
            "run `cargo xtask build`",
        ));
    }
    files.iter().map(|f| sizes(dist, f)).collect()
}

fn sizes(dist: &Path, file: &Path) -> Result<Sizes, Fail> {
    let bytes = std::fs::read(file).map_err(|e| {
        Fail::new(
            format!("{}: {e}", file.display()),
            "run `cargo xtask build`",
        )
    })?;
    let name = file
        .strip_prefix(dist)
        .unwrap_or(file)
        .display()
        .to_string();
    Ok(Sizes {
        name,
        raw: bytes.len(),
        gzip: gzip(&bytes),
        brotli: brotli(&bytes),
    })
}

fn gzip(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let done = encoder.write_all(bytes).and_then(|()| encoder.finish());
    done.map_or(bytes.len(), |v| v.len())
}

fn brotli(bytes: &[u8]) -> usize {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params).unwrap_or(bytes.len())
}

fn table(rows: &[Sizes]) {
    println!(
        "{:<48} {:>10} {:>10} {:>10}",
        "file (KB)", "raw", "gzip", "brotli"
    );
    for r in rows {
        println!(
            "{:<48} {:>10} {:>10} {:>10}",
            r.name,
            kb(r.raw),
            kb(r.gzip),
            kb(r.brotli)
        );
    }
    let sum = |size: fn(&Sizes) -> usize| kb(rows.iter().map(size).sum());
    println!(
        "{:<48} {:>10} {:>10} {:>10}",
        "in all",
        sum(|r| r.raw),
        sum(|r| r.gzip),
        sum(|r| r.brotli)
    );
}

/// Kilobytes with one decimal.
pub fn kb(bytes: usize) -> String {
    format!("{}.{}", bytes / 1024, bytes % 1024 * 10 / 1024)
}
