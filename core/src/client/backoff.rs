//! How long to wait before the next try (`ExponentialBackoff`): doubling, bounded, and spread by ±20 %.

use crate::rng::Rng;
use crate::time::Duration;

/// A rule for waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backoff {
    initial_ms: i64,
    max_ms: i64,
}

impl Backoff {
    /// `reconnect.backoff.ms` and `reconnect.backoff.max.ms`, which are not settings here.
    pub const RECONNECT: Self = Self::new(50, 1_000);

    /// From `initial_ms`, doubling up to `max_ms`. With a maximum not above the beginning the wait is constant.
    pub const fn new(initial_ms: i64, max_ms: i64) -> Self {
        let initial_ms = if initial_ms < max_ms {
            initial_ms
        } else {
            max_ms
        };
        Self { initial_ms, max_ms }
    }

    /// The wait after `failures` earlier failures (0: the first one), in whole milliseconds.
    pub fn after(self, failures: u32, rng: &mut Rng) -> Duration {
        if self.max_ms <= self.initial_ms {
            return Duration::millis(self.initial_ms);
        }
        let doubled = i128::from(self.initial_ms.max(1)) << failures.min(62);
        let term = doubled.min(i128::from(self.max_ms)) as u64;
        let millionths = 800_000 + rng.below(400_000);
        let spread = (u128::from(term) * u128::from(millionths) / 1_000_000) as i64;
        Duration::millis(spread.min(self.max_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_the_maximum_within_a_fifth() {
        let mut rng = Rng::fork(7, "backoff");
        let rule = Backoff::new(100, 1_000);
        for (failures, middle) in [(0, 100), (1, 200), (3, 800), (4, 1_000), (60, 1_000)] {
            for _ in 0..50 {
                let ms = rule.after(failures, &mut rng).as_millis();
                let (low, high) = (middle * 8 / 10, (middle * 12 / 10).min(1_000));
                assert!((low..=high).contains(&ms), "{failures}: {ms}");
            }
        }
    }

    #[test]
    fn without_room_to_grow_it_is_constant() {
        let mut rng = Rng::fork(7, "backoff");
        assert_eq!(
            Backoff::new(100, 100).after(9, &mut rng),
            Duration::millis(100)
        );
        assert_eq!(
            Backoff::new(300, 100).after(0, &mut rng),
            Duration::millis(100)
        );
    }
}
