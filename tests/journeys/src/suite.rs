//! Runs the journeys one after another, each in a browser with a fresh profile, and counts.

use crate::journeys::{ALL, Journey};
use crate::page::Page;
use crate::webdriver::{Driver, Result};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The address of the page, from whoever serves it.
pub fn base() -> Result<String> {
    std::env::var("JOURNEYS_URL")
        .map_err(|_| "JOURNEYS_URL is not set; start this with `cargo xtask journeys`".into())
}

/// A directory under `target/`.
pub fn target(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().unwrap_or(root);
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join(name)
}

/// How many journeys of one run may need a second try. A machine with little breath can make a browser late; a page that
/// is wrong is wrong twice, and one that is often late is wrong too.
const SECOND_TRIES: usize = 2;

/// Runs the journeys whose names contain one of the words, or all of them.
pub fn run(words: &[String]) -> Result<()> {
    let words: Vec<&String> = words.iter().filter(|w| !w.starts_with("--")).collect();
    let wanted =
        |j: &&Journey| words.is_empty() || words.iter().any(|w| j.name.contains(w.as_str()));
    let driver = Driver::start()?;
    let (mut passed, mut failed, mut again) = (0, 0, 0);
    for journey in ALL.iter().filter(wanted) {
        let mut result = walked(&driver, journey);
        if result.is_err() && again < SECOND_TRIES {
            again += 1;
            result = walked(&driver, journey);
        }
        match result {
            Ok(()) => passed += 1,
            Err(()) => failed += 1,
        }
    }
    println!("journeys: {passed} passed, {failed} failed, {again} tried twice");
    if failed == 0 {
        Ok(())
    } else {
        Err("a journey failed; pictures are in target/journeys/".into())
    }
}

/// Walks a journey, and says how it went.
fn walked(driver: &Driver, journey: &Journey) -> std::result::Result<(), ()> {
    let begun = Instant::now();
    let result = walk(driver, journey);
    let time = begun.elapsed().as_secs_f32();
    let word = if result.is_ok() { "ok    " } else { "FAILED" };
    println!("{word} {time:>6.1} s  {}", journey.name);
    result.map_err(|reason| println!("       {reason}"))
}

fn walk(driver: &Driver, journey: &Journey) -> Result<()> {
    let page = Page::new(driver.session()?, &base()?);
    page.viewport(journey.size)?;
    page.media("light", false)?;
    page.language("en")?;
    let result = (journey.walk)(&page).and_then(|()| match page.complaints()? {
        none if none.is_empty() => Ok(()),
        some => Err(format!("the browser complains: {}", some.join(" | "))),
    });
    if result.is_err() {
        let file = target("journeys").join(format!("{}.png", journey.name.replace(' ', "-")));
        let _ = page.screenshot(&file, false);
    }
    result
}
