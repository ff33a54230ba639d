//! The command line: which of the journeys or photographs to take.

use journeys::{frames, shots, suite};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.first().map(String::as_str) {
        Some("journeys") => suite::run(&args[1..]),
        // Each lesson's first and last state come from the journey that plays them all.
        Some("shot") if args.get(1).is_some_and(|it| it == "lessons") => {
            suite::run(&["shown to the end".to_owned()])
        }
        Some("shot") => shots::one(&args[1..]),
        Some("frames") => frames::run(&args[1..]),
        Some("memory") => frames::memory(&args[1..]),
        Some("shots") => shots::all(),
        _ => Err(
            "usage: journeys journeys [NAME]... | frames SCRIPT | memory SCRIPT | shots | shot [OPTIONS] | shot lessons"
                .to_owned(),
        ),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
