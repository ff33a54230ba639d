//! Makes a script shorter as long as it still breaks the same guarantee.

use super::judge::{Broken, judge};

/// Runs at most.
const TRIES: usize = 2_000;

/// Leaves out ever smaller pieces (delta debugging); the first line, `cluster create`, stays.
pub fn shrink(script: Vec<String>, broken: &Broken) -> Vec<String> {
    let mut best = merged(script);
    let mut tries = 0;
    let mut size = best.len().div_ceil(2);
    while size > 0 && tries < TRIES {
        let mut at = 1;
        while at < best.len() && tries < TRIES {
            let end = (at + size).min(best.len());
            let mut shorter = best[..at].to_vec();
            shorter.extend_from_slice(&best[end..]);
            let shorter = merged(shorter);
            tries += 1;
            let same = judge(&shorter)
                .broken
                .is_some_and(|b| b.invariant == broken.invariant);
            if same && shorter.len() < best.len() {
                best = shorter;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    best
}

/// Makes one `advance` of several in a row.
fn merged(script: Vec<String>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::with_capacity(script.len());
    for line in script {
        let both = lines
            .last()
            .and_then(|last| Some(millis(last)? + millis(&line)?));
        match both {
            Some(sum) => {
                lines.pop();
                lines.push(format!("advance {sum}ms"));
            }
            None => lines.push(line),
        }
    }
    lines
}

fn millis(line: &str) -> Option<u64> {
    line.strip_prefix("advance ")?
        .strip_suffix("ms")?
        .parse()
        .ok()
}
