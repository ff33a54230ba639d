//! Metrics: what a monitoring system would have drawn of this cluster, twice a second of simulated time.
//!
//! A [`Meter`] reads the journal as it grows, as the ledger does: it counts what happened (records written, records read,
//! how long an acknowledgement took) and every [`INTERVAL`] asks the cluster how things stand (lag, replicas out of sync,
//! members that stand still). That makes a [`Sample`]. The session keeps the samples of each future; going back and
//! playing on makes the same ones again.
//!
//! Kafka's names for them: `MessagesInPerSec`, `UnderReplicatedPartitions`, `OfflinePartitionsCount`, and for a group
//! `records-consumed-rate` and the LAG of `kafka-consumer-groups`. The two delays have no metric of that name: Kafka's
//! clients measure requests, not records.
//!
//! As everywhere on the page, internal topics do not count; Kafka's metrics count them too.
//!
//! Simplified: brokers and clients do not report on their own, the sample is taken of everything at one instant; a mean is that
//! of one interval, where Kafka's windows are 30 s.

use crate::cluster::Cluster;
use crate::event::{Entry, Event};
use crate::id::{Name, NodeId, Offset, TopicPartition};
use crate::ledger::Roster;
use crate::metadata::is_internal_topic;
use crate::time::{Duration, SimTime};
use alloc::vec::Vec;

/// Time between two samples.
pub const INTERVAL: Duration = Duration::millis(500);

/// How things stood at one instant, and what happened in the interval before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sample {
    /// The end of the interval.
    pub at: SimTime,
    /// Records that leaders wrote in the interval, without internal topics.
    pub written: u32,
    /// From the making of a batch to its acknowledgement, in microseconds: the mean of the interval. `None`: there was none.
    pub ack_us: Option<u64>,
    /// Partitions with fewer replicas in the ISR than they have (`UnderReplicatedPartitions`).
    pub under_replicated: u32,
    /// Partitions without a leader (`OfflinePartitionsCount`).
    pub offline: u32,
    /// The groups, by name.
    pub groups: Vec<GroupSample>,
}

/// One group in a [`Sample`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupSample {
    /// Its name.
    pub name: Name,
    /// Records between what is committed and the high watermark, over all its partitions.
    pub lag: i64,
    /// Records that poll() returned to its members in the interval.
    pub read: u32,
    /// From a record's timestamp to the poll() that returned it, in milliseconds: the mean of the interval's polls.
    pub delay_ms: Option<u64>,
    /// Members that gave everything up for a rebalance and have nothing again yet.
    pub still: u32,
}

/// A mean in the making.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: u64,
    count: u64,
}

impl Mean {
    fn add(&mut self, value: u64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(self) -> Option<u64> {
        self.sum.checked_div(self.count)
    }
}

/// What a group has read since the last sample.
#[derive(Clone, Debug)]
struct Reading {
    group: Name,
    read: u32,
    delay: Mean,
}

/// Counts between two samples. Small: every snapshot has one.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    /// The end of the last sample's interval.
    sampled: SimTime,
    written: u32,
    ack: Mean,
    readings: Vec<Reading>,
}

impl Meter {
    /// Looks at one new entry.
    pub fn observe(&mut self, entry: &Entry, cluster: &Cluster) {
        match (&entry.event, entry.node) {
            (Event::Appended { tp, base, last }, _)
                if !is_internal_topic(&cluster.topic_name(tp.topic)) =>
            {
                self.written += (last - base + 1) as u32;
            }
            (Event::Acked { .. }, Some(node)) => {
                let took = cluster.last_ack_us(node);
                took.into_iter().for_each(|us| self.ack.add(us));
            }
            (
                Event::Polled {
                    tp, last, records, ..
                },
                Some(node),
            ) => self.polled(entry.at, node, *tp, *last, *records, cluster),
            _ => {}
        }
    }

    fn polled(
        &mut self,
        at: SimTime,
        node: NodeId,
        tp: TopicPartition,
        last: Offset,
        records: i32,
        cluster: &Cluster,
    ) {
        let who = Roster::consumer(cluster, node);
        let Some((group, _)) = who.filter(|(g, _)| !g.is_empty()) else {
            return;
        };
        let made = cluster.record_timestamp(tp, last);
        let known = self.readings.iter().position(|r| r.group == group);
        let index = known.unwrap_or_else(|| {
            self.readings.push(Reading {
                group,
                read: 0,
                delay: Mean::default(),
            });
            self.readings.len() - 1
        });
        let reading = &mut self.readings[index];
        reading.read += records as u32;
        if let Some(made) = made {
            reading.delay.add((at.as_millis() - made).max(0) as u64);
        }
    }

    /// The sample that is due, if one is: of the cluster as it is now, dated at the interval's end.
    pub fn sample(&mut self, cluster: &Cluster) -> Option<Sample> {
        let now = cluster.now();
        if now < self.sampled + INTERVAL {
            return None;
        }
        // Where nothing happens for long, the quiet intervals before are left out.
        let at = SimTime(now.0 - now.0 % INTERVAL.0);
        self.sampled = at;
        let (under_replicated, offline) = cluster.partitions_in_trouble();
        let readings = core::mem::take(&mut self.readings);
        let group = |(name, lag, still): (Name, i64, u32)| {
            let reading = readings.iter().find(|r| r.group == name);
            GroupSample {
                lag,
                read: reading.map_or(0, |r| r.read),
                delay_ms: reading.and_then(|r| r.delay.value()),
                still,
                name,
            }
        };
        Some(Sample {
            at,
            written: core::mem::take(&mut self.written),
            ack_us: core::mem::take(&mut self.ack).value(),
            under_replicated,
            offline,
            groups: cluster.group_gauges().into_iter().map(group).collect(),
        })
    }
}
