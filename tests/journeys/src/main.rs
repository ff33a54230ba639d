//! The command line: which of the journeys or photographs to take.

use journeys::{frames, shots, suite};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.first().map(String::as_str) {
        Some("journeys") => suite::run(&args[1..]),
        Some("shot") => shots::one(&args[1..]),
        Some("frames") => frames::run(&args[1..]),
        Some("shots") => shots::all(),
        _ => Err(
            "usage: journeys journeys [NAME]... | frames SCRIPT | shots | shot [OPTIONS]"
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
