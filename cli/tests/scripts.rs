//! Every narrated script in `tests/scripts` holds, and a script that does not hold says why.

use rebalance_cli::script::Script;
use std::path::PathBuf;

fn scripts() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/scripts");
    let entries = std::fs::read_dir(&folder).expect("the folder of scripts");
    let mut files: Vec<PathBuf> = entries
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "rebalance"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_script_holds() {
    let mut unmet = Vec::new();
    let files = scripts();
    assert!(files.len() >= 25, "only {} scripts", files.len());
    for file in &files {
        let name = file.display().to_string();
        let script = Script::read(&name).unwrap_or_else(|e| panic!("{e}"));
        let ran = script.run(None).unwrap_or_else(|e| panic!("{e}"));
        assert!(ran.held + ran.unmet.len() > 0, "{name} expects nothing");
        for u in ran.unmet {
            unmet.push(format!(
                "{name}:{}: expected {}\n    found {}",
                u.line, u.expected, u.found
            ));
        }
    }
    assert!(unmet.is_empty(), "{}", unmet.join("\n"));
}

/// A script means something only if it would notice: without its faults, its expectations must not all hold.
#[test]
fn scripts_with_faults_need_them() {
    let faults = [
        "broker crash",
        "broker freeze",
        "broker stop",
        "consumer crash",
        "consumer stop",
    ];
    for file in scripts() {
        let text = std::fs::read_to_string(&file).expect("a script");
        let calm: Vec<&str> = text
            .lines()
            .filter(|l| !faults.iter().any(|f| l.starts_with(f)))
            .collect();
        if calm.len() == text.lines().count() {
            continue;
        }
        let script = Script::parse("calm", &calm.join("\n")).unwrap_or_else(|e| panic!("{e}"));
        // Without the faults a later `start` may be refused; that is noticing, too.
        let notices = script.run(None).map_or(true, |ran| !ran.unmet.is_empty());
        assert!(notices, "{} holds without its faults", file.display());
    }
}

#[test]
fn the_same_script_gives_the_same_journal() {
    for file in scripts() {
        let script = Script::read(&file.display().to_string()).unwrap_or_else(|e| panic!("{e}"));
        let hash = || {
            script
                .run(None)
                .unwrap_or_else(|e| panic!("{e}"))
                .session
                .journal_hash()
        };
        assert_eq!(hash(), hash(), "{}", file.display());
    }
}
