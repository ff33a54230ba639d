//! # xtask: every chore of this project, in one small program
//!
//! `cargo xtask serve` and `cargo xtask test` are the two commands a newcomer needs; the rest serves those who work on
//! the project. Each command is a list of visible steps with their times; a step that fails says what failed and what
//! to do about it.
//!
//! - `project` knows where things are and which tool versions are pinned (in the root `Cargo.toml`, nowhere else).
//! - `step` runs steps and outside programs, keeps their logs and prints the table.
//! - `tools` installs what is missing, `page` builds the site and `parts` what it fetches later, `server` serves it.
//! - `checks` is `cargo xtask test`; `layers`, `size` and `browser` are the checks with rules of their own.
//! - `lesson` calls the crate `lessons`, which reads, checks and renders lessons.
//! - `bench` prints measurements.
//!
//! It simplifies: arguments are read by hand, and only Debian-like systems have missing system packages installed.

mod args;
mod bench;
mod browser;
mod checks;
mod csp;
mod cut;
mod layers;
mod lesson;
mod offline;
mod package;
mod page;
mod parts;
mod project;
mod server;
mod size;
mod step;
mod tools;

use args::Args;
use std::process::ExitCode;
use step::{Fail, Outcome, Steps};

const HELP: &str = "\
cargo xtask COMMAND

  serve [--port N] [--dev] [--no-build]   install what is missing, build the page, serve it on 127.0.0.1:8080
  test [--only STEP]... [--list]          install what is missing, run every check
  build [--dev]                           write the static site to dist/ (--dev: quick and large, to target/dist-dev/)
  package                                 the engine as an npm-ready package, to dist-package/, its example tried in a browser
  size                                    size of every file of the built page, against the budget
  lesson new|check|play|table             write lessons and hold them to what they say (docs/LESSONS.md)
  layers                                  check who may import whom in core
  journeys [--dev] [--no-build] [NAME]... drive the built page in a headless browser
  shots [--dev] [--no-build]              photograph the page in every size, theme and language, to target/shots/
  shot [--size 1440x900] [--theme light|dark] [--lang en|zh] [--path '#/sandbox'] [--js SCRIPT] [--wait MS]
       [--full] [--out NAME.png] [--dev] [--no-build]
                                          one photograph, after running SCRIPT (may await) in the page
  shot lessons [--dev] [--no-build]       every lesson played in a browser; its first and last state, to target/shots/lessons/
  bench [SECTION]...                      measure the engine and the page
";

fn main() -> ExitCode {
    let args = Args::from_env();
    let mut steps = Steps::new();
    match run(&args, &mut steps) {
        Ok(()) if steps.all_passed() => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(fail) => {
            eprintln!("\nxtask: {fail}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args, steps: &mut Steps) -> Result<(), Fail> {
    match args.command() {
        "serve" => serve(args, steps),
        "build" => build_page(args, steps),
        "test" => checks::run(args, steps),
        "size" => size::command(args),
        "lesson" => lesson::command(args),
        "package" => package::command(steps),
        "layers" => layers::command(),
        "journeys" | "shots" | "shot" => browse(args, steps),
        "bench" => bench::run(args, steps),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Fail::new(
            format!("there is no command `{other}`"),
            format!("the commands are:\n\n{HELP}"),
        )),
    }
}

/// Installs what building the page needs, then builds it; unless `--no-build`.
fn build_page(args: &Args, steps: &mut Steps) -> Result<(), Fail> {
    if args.flag("--no-build") {
        return Ok(());
    }
    tools::for_page(steps)?;
    let dev = args.flag("--dev");
    steps.must("page", || page::build(dev).map(Outcome::note))
}

fn serve(args: &Args, steps: &mut Steps) -> Result<(), Fail> {
    build_page(args, steps)?;
    let first = args.number("--port")?.unwrap_or(8080);
    let server = server::Server::bind(page::dist(args.flag("--dev")), "/", first)?;
    println!("\nRebalance is at {}  (Ctrl-C stops it)", server.url());
    server.run();
    Ok(())
}

fn browse(args: &Args, steps: &mut Steps) -> Result<(), Fail> {
    tools::for_browser(steps)?;
    build_page(args, steps)?;
    browser::drive(page::dist(args.flag("--dev")), args.all())
}
