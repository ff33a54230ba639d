//! Simulated time: whole microseconds since the cluster was created. Nothing here reads a clock.

use core::fmt;
use core::ops::{Add, Sub};

/// An instant of the simulation, in microseconds since its beginning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SimTime(pub u64);

/// A span of simulated time, in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Duration(pub u64);

impl SimTime {
    /// The beginning.
    pub const ZERO: Self = Self(0);
    /// Later than everything.
    pub const MAX: Self = Self(u64::MAX);

    /// Whole milliseconds since the beginning (record timestamps are in these).
    pub const fn as_millis(self) -> i64 {
        (self.0 / 1_000) as i64
    }

    /// How long after `earlier`; zero when it is not after.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From milliseconds, Kafka's unit in configuration. Negative values count as zero.
    pub const fn millis(ms: i64) -> Self {
        Self(if ms < 0 {
            0
        } else {
            (ms as u64).saturating_mul(1_000)
        })
    }

    /// From whole seconds.
    pub const fn secs(s: u64) -> Self {
        Self(s * 1_000_000)
    }

    /// Whole milliseconds.
    pub const fn as_millis(self) -> i64 {
        (self.0 / 1_000) as i64
    }
}

impl Add<Duration> for SimTime {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Duration> for SimTime {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for SimTime {
    /// `MM:SS.mmm`, with hours in front when there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0 / 1_000;
        let (h, m, s, ms) = (
            ms / 3_600_000,
            ms / 60_000 % 60,
            ms / 1_000 % 60,
            ms % 1_000,
        );
        if h > 0 {
            write!(f, "{h}:")?;
        }
        write!(f, "{m:02}:{s:02}.{ms:03}")
    }
}
