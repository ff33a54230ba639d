//! `cargo xtask bench`: measurements, section by section.
//!
//! A section is a name and a function that prints; adding one is a function and a line in [`SECTIONS`]. Numbers depend on
//! the machine, so nothing here fails, except the size of the page, which `cargo xtask test` holds to its budget.

use crate::args::Args;
use crate::step::{Fail, Steps};
use crate::{page, size, tools};

type Section = fn(&mut Steps) -> Result<(), Fail>;

const SECTIONS: [(&str, &str, Section); 2] = [
    ("size", "The page: what a first visit downloads", page_size),
    ("engine", "The engine, natively", engine),
];

/// Prints all sections, or those named.
pub fn run(args: &Args, steps: &mut Steps) -> Result<(), Fail> {
    let wanted = args.words();
    if let Some(name) = wanted
        .iter()
        .find(|w| !SECTIONS.iter().any(|(n, ..)| n == *w))
    {
        let names: Vec<&str> = SECTIONS.iter().map(|(n, ..)| *n).collect();
        return Err(Fail::new(
            format!("there is no section `{name}`"),
            format!("the sections are: {}", names.join(", ")),
        ));
    }
    for (name, title, section) in SECTIONS {
        if wanted.is_empty() || wanted.contains(&name) {
            println!("\n## {title}\n");
            section(steps)?;
        }
    }
    Ok(())
}

fn page_size(steps: &mut Steps) -> Result<(), Fail> {
    tools::for_page(steps)?;
    page::build(false)?;
    let outcome = size::check(&page::dist(false), true)?;
    println!("\n{}", outcome.note);
    Ok(())
}

/// What the command-line program measures of itself.
fn engine(_: &mut Steps) -> Result<(), Fail> {
    let args = [
        "run",
        "--quiet",
        "--release",
        "--package",
        "rebalance-cli",
        "--",
        "bench",
    ];
    let status = tools::cargo().args(args).status();
    match status {
        Ok(s) if s.success() => Ok(()),
        other => Err(Fail::new(
            format!("`rebalance bench` did not work: {other:?}"),
            "run it alone to see why",
        )),
    }
}
