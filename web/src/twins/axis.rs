//! One time axis for several runs: the same instant is at the same height in each ladder.
//!
//! Time runs downwards, but silence is shortened, and messages of the same run keep far enough apart to be read.

/// Pixels between two messages of the same run.
const APART: f64 = 17.0;
/// Pixels a millisecond.
const SCALE: f64 = 0.05;
/// Silence takes at most so many pixels.
const SILENCE: f64 = 44.0;

/// Heights by time, ascending.
pub struct Axis {
    points: Vec<(u64, f64)>,
    /// Where silence was shortened: height and microseconds.
    pub gaps: Vec<(f64, u64)>,
    /// The height of each instant given, by run: two at the same instant have their own.
    pub heights: Vec<Vec<f64>>,
}

impl Axis {
    /// From the instants (microseconds) at which something is to be read, of each run.
    pub fn new(runs: &[Vec<u64>]) -> Self {
        let mut all: Vec<(u64, usize)> = Vec::new();
        for (run, times) in runs.iter().enumerate() {
            all.extend(times.iter().map(|t| (*t, run)));
        }
        rebalance_core::sorted::sort_by_key(&mut all, |it| *it);
        let mut axis = Self {
            points: vec![(0, 0.0)],
            gaps: Vec::new(),
            heights: vec![Vec::new(); runs.len()],
        };
        let mut last = vec![-APART; runs.len()];
        for (time, run) in all {
            let (before, height) = axis.points.last().copied().unwrap_or_default();
            let step = (time - before) as f64 / 1_000.0 * SCALE;
            if step > SILENCE * 2.0 {
                axis.gaps.push((height + SILENCE / 2.0, time - before));
            }
            let at = (height + step.min(SILENCE)).max(last[run] + APART);
            last[run] = at;
            axis.heights[run].push(at);
            axis.points.push((time, at));
        }
        axis
    }

    /// The height of an instant.
    pub fn at(&self, time: u64) -> f64 {
        let next = self.points.partition_point(|(t, _)| *t <= time);
        let (before, low) = self.points[next.saturating_sub(1)];
        match self.points.get(next) {
            Some((after, high)) => {
                let part = (time - before) as f64 / (after - before).max(1) as f64;
                low + (high - low) * part
            }
            None => low + ((time - before) as f64 / 1_000.0 * SCALE).min(SILENCE),
        }
    }

    /// The height of everything.
    pub fn end(&self) -> f64 {
        self.points.last().map_or(0.0, |(_, y)| *y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_instant_has_one_height_and_time_never_runs_back() {
        let runs = [vec![0, 1_000, 1_000, 900_000], vec![500, 60_000_000]];
        let axis = Axis::new(&runs);
        let mut before = -1.0;
        for time in [
            0, 400, 500, 1_000, 20_000, 900_000, 9_000_000, 60_000_000, 70_000_000,
        ] {
            let y = axis.at(time);
            assert!(y >= before, "{time}");
            before = y;
        }
        assert_eq!(axis.gaps.len(), 1, "a minute of silence is shortened");
        assert!(axis.end() < 300.0);
    }

    #[test]
    fn messages_of_a_run_keep_apart() {
        let axis = Axis::new(&[vec![0, 10, 20], vec![5]]);
        let twice = Axis::new(&[vec![7, 7]]);
        assert!(twice.heights[0][1] - twice.heights[0][0] >= APART);
        let heights: Vec<f64> = axis.points.iter().skip(1).map(|(_, y)| *y).collect();
        // 0, 5 (the other run), 10, 20.
        assert!(heights[2] - heights[0] >= APART && heights[3] - heights[2] >= APART);
        assert!(heights[1] - heights[0] < APART);
    }
}
