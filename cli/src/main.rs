//! `rebalance`: the engine without the page.

#![forbid(unsafe_code)]

use rebalance_cli::{Failure, answer, bench, partition, run as run_script, search, view};
use std::io::{self, Write};
use std::process::ExitCode;

const USAGE: &str = "\
usage: rebalance COMMAND [OPTIONS]

  run SCRIPT [--journal json|text] [--level routine|notable|mark] [--lang en|zh] [--until 60s]
                          a script headless; exit 1 if an expect does not hold
  view SCRIPT [--at 30s] [--json]
                          the cluster at an instant
  search [--seeds 0..20000] [--seconds 60] [--break RULE] [--threads N]
                          random histories with faults, every guarantee checked after every event
  partition --partitions N (--key TEXT | --hex BYTES | keys on standard input) [--json]
                          where a key goes, with the murmur2 working
  answer KIND < FILE      answers a file of golden vectors, one JSON object a line
  bench [1|10|100]        how fast the engine is on this machine
  help                    this text
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("rebalance: {failure}");
            ExitCode::from(failure.code)
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => return Err(Failure::bad_input(format!("no command\n\n{USAGE}"))),
    };
    match command {
        "run" => run_script::run(rest, &mut out)?,
        "view" => view::run(rest, &mut out)?,
        "search" => search::run(rest, &mut out)?,
        "partition" => partition::run(rest, &mut io::stdin().lock(), &mut out)?,
        "answer" => answer::run(rest, &mut io::stdin().lock(), &mut out)?,
        "bench" => bench::run(rest),
        "help" | "--help" | "-h" => out.write_all(USAGE.as_bytes())?,
        other => {
            let message = format!("unknown command '{other}'\n\n{USAGE}");
            return Err(Failure::bad_input(message));
        }
    }
    Ok(out.flush()?)
}
