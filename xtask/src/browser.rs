//! Hands the built page to the `journeys` program, which drives a headless Chromium.
//!
//! The page is served under a sub-path on a free port, because that is how it will be published.

use crate::server::Server;
use crate::step::Fail;
use crate::tools;
use std::path::PathBuf;
use std::process::Command;

/// The sub-path under which the page is tried.
const PREFIX: &str = "/x/y/";

/// Serves the site and runs `journeys` with the given arguments; its output goes to the terminal.
pub fn drive(dist: PathBuf, args: &[String]) -> Result<(), Fail> {
    let status = command(dist, args)?.status();
    match status {
        Ok(s) if s.success() => Ok(()),
        Ok(s) => Err(Fail::new(
            format!("the browser run ended with {s}"),
            "see above; pictures of failures are in target/journeys/",
        )),
        Err(e) => Err(Fail::new(
            format!("cargo did not start: {e}"),
            "check that cargo works",
        )),
    }
}

/// Serves the site in the background and prepares the command that drives it.
pub fn command(dist: PathBuf, args: &[String]) -> Result<Command, Fail> {
    let server = Server::bind(dist, PREFIX, 8180)?;
    let url = server.url();
    server.run_aside();
    let mut cargo = tools::cargo();
    cargo
        .args(["run", "--quiet", "--package", "journeys", "--"])
        .args(args);
    cargo.env("JOURNEYS_AXE", tools::axe_path());
    cargo.env("JOURNEYS_URL", url).env(
        "JOURNEYS_CHROMIUM",
        tools::chromium_path().unwrap_or_default(),
    );
    Ok(cargo)
}
