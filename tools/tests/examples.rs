//! Narrated examples in `tests/examples`: a line of the simulation after `>`, a tool's line after `$`, below it exactly
//! what it prints (tabs as `→`), and what the simulation remarks after `#`. Text before the first of them is the story.
//!
//! `BLESS=1` writes what is printed now; read the difference before you keep it.

use rebalance_core::command::Command;
use rebalance_core::session::Session;
use rebalance_tools::run;

/// Plays one file and returns it with what was printed now.
fn play(text: &str) -> String {
    let mut session: Option<Session> = None;
    let mut out = String::new();
    let mut skipping = false;
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("> ") {
            let command: Command = command.parse().unwrap_or_else(|e| panic!("{command}: {e}"));
            match &mut session {
                None => session = Some(Session::new(&[command]).unwrap()),
                Some(session) => session
                    .apply(command.clone())
                    .unwrap_or_else(|e| panic!("{command}: {e}")),
            }
            out += &format!("{line}\n");
            skipping = false;
        } else if let Some(tool) = line.strip_prefix("$ ") {
            let said = run(session.as_mut().expect("a cluster first"), tool);
            out += &format!("{line}\n");
            for line in said.out.lines() {
                out += &format!("{}\n", line.replace('\t', "→").trim_end());
            }
            for hint in said.hints {
                out += &format!("# {hint}\n");
            }
            skipping = true;
        } else if line.starts_with("-- ") {
            out += &format!("{line}\n");
            skipping = false;
        } else if !skipping {
            out += &format!("{line}\n");
        }
    }
    out
}

#[test]
fn tools_print_what_the_examples_say() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples");
    let mut count = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let now = play(&text);
        count += text.lines().filter(|l| l.starts_with("$ ")).count();
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, now).unwrap();
        } else {
            for (number, (was, is)) in text.lines().zip(now.lines()).enumerate() {
                assert_eq!(was, is, "{}, line {}", path.display(), number + 1);
            }
            assert_eq!(text, now, "{}", path.display());
        }
    }
    assert!(count > 60, "only {count} lines");
}
