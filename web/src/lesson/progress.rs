//! Progress: which lessons were begun and done, on this device only. A text of lines, so that it can be carried elsewhere.
//!
//! ```text
//! # rebalance progress 1
//! topic-and-log 6 m2.0,m3.1,m1.0
//! ```
//!
//! How each lesson was left is kept beside it, one script a lesson with every future ([`crate::keep`]). A browser that keeps nothing costs only that.

use super::desk::Desk;
use crate::keep::Kept;
use crate::storage;

const NAME: &str = "rebalance.lessons";
const MOMENT: &str = "rebalance.lesson.";
const REACHED: &str = "rebalance.lesson-reached";
const HEAD: &str = "# rebalance progress 1";
/// Characters of a pasted progress.
const LONGEST: usize = 65_536;

/// Every lesson that was begun.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Progress(pub Vec<(String, Desk)>);

/// The line that is no progress, from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadLine(pub usize);

fn is_slug(text: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    !text.is_empty() && text.len() <= 64 && text.bytes().all(plain)
}

impl Progress {
    /// What this device keeps; nothing if that is damaged.
    pub fn load() -> Self {
        let kept = storage::get(NAME).unwrap_or_default();
        Self::decode(&kept).unwrap_or_default()
    }

    /// A lesson, if it was begun.
    pub fn get(&self, slug: &str) -> Option<&Desk> {
        let found = self.0.iter().find(|(name, _)| name == slug);
        found.map(|(_, desk)| desk)
    }

    fn set(&mut self, slug: &str, desk: Desk) {
        match self.0.iter_mut().find(|(name, _)| name == slug) {
            Some(it) => it.1 = desk,
            None => self.0.push((slug.to_owned(), desk)),
        }
    }

    /// As a text.
    pub fn encode(&self) -> String {
        let mut out = HEAD.to_owned();
        for (slug, desk) in &self.0 {
            out.push('\n');
            out.push_str(slug);
            out.push(' ');
            out.push_str(&desk.encode());
        }
        out.push('\n');
        out
    }

    /// Reads [`Progress::encode`].
    pub fn decode(text: &str) -> Result<Self, BadLine> {
        let mut lines = text.trim().lines().zip(1..);
        if text.len() > LONGEST || lines.next().is_none_or(|(head, _)| head.trim() != HEAD) {
            return Err(BadLine(1));
        }
        let mut all = Self::default();
        for (line, number) in lines {
            let (slug, desk) = line.trim().split_once(' ').ok_or(BadLine(number))?;
            let desk = Desk::decode(desk).filter(|_| is_slug(slug));
            all.set(slug, desk.ok_or(BadLine(number))?);
        }
        Ok(all)
    }

    /// Writes one lesson down; false when the browser refuses.
    pub fn put(slug: &str, desk: &Desk) -> bool {
        let mut all = Self::load();
        all.set(slug, desk.clone());
        all.save()
    }

    /// Writes everything down; false when the browser refuses.
    pub fn save(&self) -> bool {
        storage::set(NAME, &self.encode())
    }

    /// Takes over what is further elsewhere.
    pub fn merge(&mut self, other: Self) {
        let key = |it: &Desk| (it.at(), it.is_begun());
        for (slug, theirs) in other.0 {
            match self.get(&slug) {
                Some(ours) if key(ours) >= key(&theirs) => {}
                _ => {
                    // Where the lesson was left on this device is no longer where it is.
                    forget_moment(&slug);
                    self.set(&slug, theirs);
                }
            }
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.iter().for_each(|(slug, _)| forget_moment(slug));
        self.0.clear();
        storage::remove(NAME);
        storage::remove(REACHED);
    }
}

/// The lesson to go on with, by number and name, where the learner was last.
pub fn reached() -> Option<(usize, String)> {
    let kept = storage::get(REACHED)?;
    let (number, slug) = kept.split_once(' ')?;
    Some((number.parse().ok()?, slug.to_owned())).filter(|(_, slug)| is_slug(slug))
}

/// Keeps which lesson that is.
pub fn keep_reached(number: usize, slug: &str) {
    storage::set(REACHED, &format!("{number} {slug}"));
}

/// The moment at which a lesson was left.
pub fn moment(slug: &str) -> Option<Kept> {
    Kept::decode(&storage::get(&format!("{MOMENT}{slug}"))?)
}

/// Keeps that moment.
pub fn keep_moment(slug: &str, kept: &Kept) {
    storage::set(&format!("{MOMENT}{slug}"), &kept.encode());
}

/// Keeps it no longer.
pub fn forget_moment(slug: &str) {
    storage::remove(&format!("{MOMENT}{slug}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# rebalance progress 1\nisr - o2.0,o0.0\ntopic-and-log 6 m2.0,m3.1,m1.0\n";

    #[test]
    fn progress_is_carried_as_text() {
        let progress = Progress::decode(TEXT).expect("it is one");
        assert_eq!(progress.encode(), TEXT);
        assert!(progress.get("topic-and-log").is_some_and(Desk::is_done));
        assert_eq!(
            progress.get("topic-and-log").and_then(|it| it.best),
            Some(6)
        );
    }

    #[test]
    fn a_bad_line_is_named() {
        for (text, line) in [
            ("", 1),
            ("topic-and-log 6 m2.0", 1),
            ("# rebalance progress 2", 1),
            ("# rebalance progress 1\nisr", 2),
            ("# rebalance progress 1\nisr - m0.0\n<b>x</b> - m0.0", 3),
            ("# rebalance progress 1\n\nisr - m0.0", 2),
        ] {
            assert_eq!(Progress::decode(text), Err(BadLine(line)), "{text:?}");
        }
        let long = format!("{HEAD}\n{}", "#".repeat(LONGEST));
        assert_eq!(Progress::decode(&long), Err(BadLine(1)));
    }
}
