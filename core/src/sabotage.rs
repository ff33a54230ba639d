//! Rules that can be broken on purpose, so that a search for mistakes can prove that it would see them.
//!
//! Only the feature `sabotage` makes that possible, and only tests and the command-line program ask for it; without it
//! every question here is answered "no" at compile time.

/// A rule to break.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// The high watermark waits for every member of the maximal ISR. Broken: it is the leader's log end.
    Watermark,
    /// A clean election chooses from the ISR. Broken: from all replicas that are alive.
    Election,
    /// A follower whose log has diverged truncates to the leader's epochs (KIP-101, KIP-595). Broken: it goes on.
    Truncation,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Watermark, Self::Election, Self::Truncation];

    /// As options write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Watermark => "watermark",
            Self::Election => "election",
            Self::Truncation => "truncation",
        }
    }
}

/// Whether this rule is broken.
#[cfg(not(feature = "sabotage"))]
pub(crate) const fn breaks(_: Rule) -> bool {
    false
}

#[cfg(feature = "sabotage")]
mod switch {
    use super::Rule;
    use core::sync::atomic::{AtomicU8, Ordering};

    static BROKEN: AtomicU8 = AtomicU8::new(0);

    /// Breaks one rule, or none, in the whole program.
    pub fn set_broken(rule: Option<Rule>) {
        BROKEN.store(rule.map_or(0, |r| r as u8 + 1), Ordering::Relaxed);
    }

    pub(crate) fn breaks(rule: Rule) -> bool {
        BROKEN.load(Ordering::Relaxed) == rule as u8 + 1
    }
}

#[cfg(feature = "sabotage")]
pub(crate) use switch::breaks;
#[cfg(feature = "sabotage")]
pub use switch::set_broken;
