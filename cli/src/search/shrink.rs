//! Makes a script shorter as long as it still breaks the same guarantee.

use super::judge::{Broken, judge};

/// Runs at most.
const TRIES: usize = 2_000;

/// Leaves out ever smaller pieces (delta debugging); the first line, `cluster create`, stays.
pub fn shrink(script: Vec<String>, broken: &Broken) -> Vec<String> {
    let mut best = script;
    let mut tries = 0;
    let mut size = best.len().div_ceil(2);
    while size > 0 && tries < TRIES {
        let mut at = 1;
        while at < best.len() && tries < TRIES {
            let end = (at + size).min(best.len());
            let mut shorter = best[..at].to_vec();
            shorter.extend_from_slice(&best[end..]);
            tries += 1;
            let same = judge(&shorter)
                .broken
                .is_some_and(|b| b.invariant == broken.invariant);
            if same {
                best = shorter;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    best
}
