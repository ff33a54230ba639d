//! What survives a reload: the script of every future ([`crate::restore`]), whether time passed, and how fast.
//!
//! One text under one name: a first line that says what it is, then the script. It is written at most every two
//! seconds and when the page is left; what was kept before a shared link took its place stays under a second name, and
//! what could not be brought back under a third, from which it can be saved as a file.
//! A browser that refuses costs nothing but the memory, and the page says so once.

use crate::session::Session;
use crate::{restore, share, storage};
use rebalance_core::command::{MAX_SCRIPT_BYTES, MAX_SCRIPT_COMMANDS};

/// The present one.
const NAME: &str = "rebalance.kept";
/// The one before a shared link or another script took its place.
const BEFORE: &str = "rebalance.before";
/// What could not be brought back.
const UNREAD: &str = "rebalance.unread";
/// First word of the first line, and the format.
const HEAD: &str = "# rebalance 1";

/// What is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// The commands that recreate the moment.
    pub script: String,
    /// Time passed.
    pub playing: bool,
    /// How fast, in thousandths of real time.
    pub speed: u32,
}

impl Kept {
    /// As stored.
    pub fn encode(&self) -> String {
        let playing = if self.playing { "playing" } else { "paused" };
        format!("{HEAD} {playing} {}\n{}", self.speed, self.script)
    }

    /// Reads what was stored; `None` if it is something else.
    pub fn decode(text: &str) -> Option<Self> {
        let (head, script) = text.split_once('\n')?;
        let mut words = head.strip_prefix(HEAD)?.split_whitespace();
        let playing = match words.next()? {
            "playing" => true,
            "paused" => false,
            _ => return None,
        };
        let speed = words.next()?.parse().ok()?;
        Some(Self {
            script: script.to_string(),
            playing,
            speed,
        })
    }
}

/// Nothing kept, something kept, or something that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// The first visit, or a browser that keeps nothing.
    Nothing,
    /// A moment.
    Moment(Kept),
    /// Damaged.
    Damaged,
}

fn find(name: &str) -> Found {
    match storage::get(name) {
        None => Found::Nothing,
        Some(text) => Kept::decode(&text).map_or(Found::Damaged, Found::Moment),
    }
}

/// What was kept last.
pub fn load() -> Found {
    find(NAME)
}

/// What was kept before another script took its place.
pub fn load_before() -> Found {
    find(BEFORE)
}

/// What is to be kept of a session: all of it, or the present moment where all of it would be too long to be read again.
pub fn script_of(session: &Session) -> String {
    let all = restore::whole(session);
    match all.len() <= MAX_SCRIPT_BYTES && all.lines().count() <= MAX_SCRIPT_COMMANDS {
        true => all,
        false => share::script_of(session),
    }
}

/// What is kept cannot be brought back: it goes out of the way of what will be kept next.
pub fn set_unread() {
    if let Some(text) = storage::get(NAME) {
        storage::set(UNREAD, &text);
    }
}

/// What could not be brought back.
pub fn unread() -> Option<String> {
    storage::get(UNREAD)
}

/// Keeps a moment; false when the browser refuses.
pub fn save(kept: &Kept) -> bool {
    storage::set(NAME, &kept.encode())
}

/// Puts what is kept aside, because another script takes its place.
pub fn put_aside() -> bool {
    match storage::get(NAME) {
        Some(text) => storage::set(BEFORE, &text),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        for playing in [true, false] {
            let kept = Kept {
                script: "cluster create\nadvance 3s\n".into(),
                playing,
                speed: 2_000,
            };
            assert_eq!(Kept::decode(&kept.encode()), Some(kept));
        }
    }

    #[test]
    fn anything_else_is_noticed() {
        for text in [
            "",
            "x",
            "# rebalance 1 playing 1000",
            "# rebalance 2 playing 1000\n",
            "# rebalance 1 maybe 1000\n",
            "# rebalance 1 playing -1\n",
            "{\"a\":1}\n",
        ] {
            assert_eq!(Kept::decode(text), None, "{text:?}");
        }
    }
}
