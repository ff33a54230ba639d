//! The metrics as curves: what there is to show, and samples of the session put together to columns.

use super::Session;
use rebalance_core::id::Name;
use rebalance_core::metrics::{GroupSample, INTERVAL, Sample};
use rebalance_core::time::SimTime;

/// What a curve shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Records written a second.
    Written,
    /// From the making of a batch to its acknowledgement.
    Ack,
    /// Partitions short of replicas.
    UnderReplicated,
    /// Partitions without a leader.
    Offline,
    /// Records not committed by a group.
    Lag,
    /// Records read a second by a group.
    Read,
    /// From a record's timestamp to its poll().
    Delay,
    /// Members that stand still.
    Still,
}

impl Quantity {
    /// Of the cluster.
    pub const CLUSTER: [Self; 4] = [
        Self::Written,
        Self::Ack,
        Self::UnderReplicated,
        Self::Offline,
    ];
    /// Of a group.
    pub const GROUP: [Self; 4] = [Self::Lag, Self::Read, Self::Delay, Self::Still];

    /// A name for tests and styles.
    pub fn id(self) -> &'static str {
        [
            "written",
            "ack",
            "under-replicated",
            "offline",
            "lag",
            "read",
            "delay",
            "still",
        ][self as usize]
    }

    /// It says how things stand; the others count or measure what happened in a while.
    pub fn is_gauge(self) -> bool {
        !matches!(self, Self::Written | Self::Ack | Self::Read | Self::Delay)
    }

    /// Anything above zero is trouble.
    pub fn grave(self) -> bool {
        matches!(self, Self::UnderReplicated | Self::Offline | Self::Still)
    }

    /// The least height of the scale: a flat zero stays at the bottom, a lone one does not fill the curve.
    pub fn least(self) -> f64 {
        if self.grave() { 3.0 } else { 1.0 }
    }

    /// Its value in a sample.
    pub fn of_cluster(self, s: &Sample) -> Option<f64> {
        match self {
            Self::Written => Some(per_second(s.written)),
            Self::Ack => s.ack_us.map(|us| us as f64 / 1_000.0),
            Self::UnderReplicated => Some(f64::from(s.under_replicated)),
            Self::Offline => Some(f64::from(s.offline)),
            _ => None,
        }
    }

    /// Its value in a group's sample.
    pub fn of_group(self, g: &GroupSample) -> Option<f64> {
        match self {
            Self::Lag => Some(g.lag as f64),
            Self::Read => Some(per_second(g.read)),
            Self::Delay => g.delay_ms.map(|ms| ms as f64),
            Self::Still => Some(f64::from(g.still)),
            _ => None,
        }
    }
}

fn per_second(count: u32) -> f64 {
    f64::from(count) * 1e6 / INTERVAL.0 as f64
}

/// A curve: what it shows, and a value for each column that has one.
pub type Curve = (Quantity, Vec<Option<f64>>);

/// The curves of a stretch of time.
pub struct Metrics {
    /// Of the whole cluster.
    pub cluster: Vec<Curve>,
    /// Of each group there is in the newest sample.
    pub groups: Vec<(Name, Vec<Curve>)>,
}

impl Metrics {
    /// Reads the samples between two instants into columns. `None`: there are none.
    pub fn read(session: &Session, from: SimTime, to: SimTime, columns: usize) -> Option<Self> {
        let all = session.samples();
        let within =
            &all[all.partition_point(|s| s.at < from)..all.partition_point(|s| s.at <= to)];
        let newest = within.last()?;
        let shape = Shape {
            from,
            span: to.since(from).0.max(1),
            columns,
        };
        let cluster = |what: Quantity| (what, shape.curve(what, within, |s| what.of_cluster(s)));
        let group = |g: &GroupSample| {
            let curve = |what: Quantity| {
                let find = |s: &Sample| {
                    s.groups
                        .iter()
                        .find(|x| x.name == g.name)
                        .and_then(|g| what.of_group(g))
                };
                (what, shape.curve(what, within, find))
            };
            (
                g.name.clone(),
                Quantity::GROUP.into_iter().map(curve).collect(),
            )
        };
        Some(Self {
            cluster: Quantity::CLUSTER.into_iter().map(cluster).collect(),
            groups: newest.groups.iter().map(group).collect(),
        })
    }
}

/// How instants become columns.
struct Shape {
    from: SimTime,
    span: u64,
    columns: usize,
}

impl Shape {
    fn curve(
        &self,
        what: Quantity,
        samples: &[Sample],
        read: impl Fn(&Sample) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        let mut columns: Vec<(f64, u32)> = vec![(0.0, 0); self.columns];
        for sample in samples {
            let column = (sample.at.since(self.from).0 * self.columns as u64 / self.span) as usize;
            let (value, count) = &mut columns[column.min(self.columns - 1)];
            let Some(read) = read(sample) else { continue };
            *value = if what.is_gauge() {
                value.max(read)
            } else {
                *value + read
            };
            *count += 1;
        }
        let mean = |(sum, count): (f64, u32)| match count {
            0 => None,
            _ if what.is_gauge() => Some(sum),
            n => Some(sum / f64::from(n)),
        };
        let mut curve: Vec<Option<f64>> = columns.into_iter().map(mean).collect();
        self.bridge(&mut curve);
        curve
    }

    /// With fewer samples than columns a value stands until the next one; an interval without a value stays a gap.
    fn bridge(&self, curve: &mut [Option<f64>]) {
        let reach = (INTERVAL.0 * self.columns as u64 / self.span) as usize + 1;
        let (mut last, mut age) = (None, 0);
        for value in curve {
            match value {
                Some(v) => (last, age) = (Some(*v), 0),
                None => {
                    age += 1;
                    *value = last.filter(|_| age <= reach);
                }
            }
        }
    }
}
