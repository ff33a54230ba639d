//! Steps: what is shown while working, and the table at the end.
//!
//! A step is a closure that returns an [`Outcome`] or a [`Fail`]. Outside programs write into a log of their own under
//! `target/xtask/`; its tail is shown only when the program fails, and a sign of life every quarter of a minute.

use crate::project;
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What went wrong and what to do about it.
#[derive(Debug)]
pub struct Fail {
    pub what: String,
    pub todo: String,
    /// Single tests known to have passed and failed before the step failed.
    pub tests: Option<(usize, usize)>,
}

impl Fail {
    pub fn new(what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            todo: todo.into(),
            tests: None,
        }
    }
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  what to do: {}", self.what, self.todo)
    }
}

/// A step that worked: how many tests passed in it, and a remark for the table.
#[derive(Debug, Default)]
pub struct Outcome {
    pub tests: Option<usize>,
    pub note: String,
}

impl Outcome {
    pub fn note(text: impl Into<String>) -> Self {
        Self {
            tests: None,
            note: text.into(),
        }
    }
}

struct Row {
    name: String,
    time: Duration,
    passed: usize,
    failed: usize,
    note: String,
}

/// The steps done so far.
pub struct Steps {
    rows: Vec<Row>,
    begun: Instant,
}

impl Steps {
    pub fn new() -> Self {
        Self {
            rows: Vec::new(),
            begun: Instant::now(),
        }
    }

    pub fn all_passed(&self) -> bool {
        self.rows.iter().all(|r| r.failed == 0)
    }

    /// Runs a step; a failure is shown and remembered, and the steps after it still run.
    pub fn run(&mut self, name: &str, step: impl FnOnce() -> Result<Outcome, Fail>) -> bool {
        print!("  {name:<24} ");
        let _ = std::io::stdout().flush();
        let begun = Instant::now();
        let result = step();
        let time = begun.elapsed();
        let row = match &result {
            Ok(done) => Row {
                passed: done.tests.unwrap_or(1),
                failed: 0,
                note: done.note.clone(),
                ..row(name, time)
            },
            Err(fail) => {
                let (passed, failed) = fail.tests.unwrap_or((0, 1));
                Row {
                    passed,
                    failed: failed.max(1),
                    ..row(name, time)
                }
            }
        };
        println!(
            "{} {:>8}  {}",
            if row.failed == 0 { "ok    " } else { "FAILED" },
            seconds(time),
            row.note
        );
        if let Err(fail) = &result {
            println!("\n--- {name}: {fail}\n---\n");
        }
        self.rows.push(row);
        result.is_ok()
    }

    /// Runs a preparation without which nothing after it makes sense; it is no test, so it does not count as passed.
    pub fn must(
        &mut self,
        name: &str,
        step: impl FnOnce() -> Result<Outcome, Fail>,
    ) -> Result<(), Fail> {
        let uncounted = |done| Outcome {
            tests: Some(0),
            ..done
        };
        if self.run(name, || step().map(uncounted)) {
            return Ok(());
        }
        Err(Fail::new(
            format!("stopped at the step `{name}`"),
            "see above",
        ))
    }

    /// The final table and the closing line.
    pub fn table(&self) {
        println!(
            "\n{:<24} {:>7} {:>7} {:>9}  note",
            "step", "passed", "failed", "time"
        );
        for r in &self.rows {
            println!(
                "{:<24} {:>7} {:>7} {:>9}  {}",
                r.name,
                r.passed,
                r.failed,
                seconds(r.time),
                r.note
            );
        }
        let passed: usize = self.rows.iter().map(|r| r.passed).sum();
        let failed: usize = self.rows.iter().map(|r| r.failed).sum();
        println!(
            "{:<24} {:>7} {:>7} {:>9}",
            "total",
            "",
            "",
            seconds(self.begun.elapsed())
        );
        println!("\n{passed} passed, {failed} failed");
    }
}

fn row(name: &str, time: Duration) -> Row {
    Row {
        name: name.to_owned(),
        time,
        passed: 0,
        failed: 0,
        note: String::new(),
    }
}

/// `0.4 s`, `12.0 s`, `3 min 05 s`.
pub fn seconds(time: Duration) -> String {
    let s = time.as_secs();
    if s < 100 {
        format!("{:.1} s", time.as_secs_f32())
    } else {
        format!("{} min {:02} s", s / 60, s % 60)
    }
}

/// Runs a program with its output in `target/xtask/NAME.log`; returns that output.
/// `todo` is the advice given if it fails.
pub fn program(name: &str, command: &mut Command, todo: &str) -> Result<String, Fail> {
    let dir = project::target("xtask");
    let path = dir.join(format!("{name}.log"));
    let broken =
        |e: std::io::Error| Fail::new(format!("{}: {e}", path.display()), "make target/ writable");
    std::fs::create_dir_all(&dir).map_err(broken)?;
    let log = File::create(&path).map_err(broken)?;
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(broken)?)
        .stderr(log);
    // Pages of stack would push what matters out of the shown end of the log.
    command.env("RUST_BACKTRACE", "0");
    let shown = show(command);
    let mut child = command
        .spawn()
        .map_err(|e| Fail::new(format!("`{shown}` did not start: {e}"), todo))?;
    let status = wait(&mut child).map_err(broken)?;
    let output = String::from_utf8_lossy(&std::fs::read(&path).map_err(broken)?).into_owned();
    if status.success() {
        return Ok(output);
    }
    let lines = if std::env::var_os("CI").is_some() {
        400
    } else {
        60
    };
    let what = format!(
        "`{shown}` ended with {status}; the end of {}:\n\n{}\n",
        path.display(),
        tail(&output, lines)
    );
    Err(Fail {
        tests: Some(count_tests(&output)).filter(|t| *t != (0, 0)),
        ..Fail::new(what, todo)
    })
}

/// Waits, printing a dot every 15 seconds.
fn wait(child: &mut std::process::Child) -> std::io::Result<std::process::ExitStatus> {
    let begun = Instant::now();
    let mut dots = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(10));
        if begun.elapsed().as_secs() / 15 > dots {
            dots += 1;
            print!(".");
            std::io::stdout().flush()?;
        }
    }
}

fn show(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|a| a.to_string_lossy().into_owned()));
    words.join(" ")
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// How many single tests a log reports as passed and failed: the words `N passed` and `N failed` on the summary lines of
/// cargo test, nextest, wasm-bindgen's runner and the journeys.
pub fn count_tests(log: &str) -> (usize, usize) {
    let summary = |l: &&str| {
        l.starts_with("test result:") || l.contains("Summary [") || l.starts_with("journeys:")
    };
    let count = |line: &str, word: &str| -> usize {
        let words: Vec<&str> = line.split_whitespace().collect();
        let hit = words
            .windows(2)
            .find(|w| w[1].trim_end_matches([',', ';', '.']) == word);
        hit.and_then(|w| w[0].parse().ok()).unwrap_or(0)
    };
    let lines: Vec<&str> = log.lines().filter(summary).collect();
    let sum = |word| lines.iter().map(|l| count(l, word)).sum();
    (sum("passed"), sum("failed"))
}

#[cfg(test)]
mod tests {
    use super::count_tests;

    #[test]
    fn counts_the_tests_of_every_runner() {
        let log = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.03s\n\
                   Summary [   0.1s] 5 tests run: 4 passed, 1 failed, 2 skipped\njourneys: 9 passed, 1 failed\nother 3 passed";
        assert_eq!(count_tests(log), (25, 2));
    }
}
