//! # The engine in WebAssembly, for measuring
//!
//! `rebalance bench` measures the engine natively; this library lets Node measure the same runs in WebAssembly, built as
//! the page is built. Node holds the clock. `cargo xtask bench` starts both; the clusters are those of `rebalance bench`.

use rebalance_core::cluster::Cluster;
use rebalance_core::command::{Command, parse_script};
use rebalance_core::session::Session;
use rebalance_core::time::{Duration, SimTime};
use std::fmt::Write;
use wasm_bindgen::prelude::wasm_bindgen;

/// The cluster the page opens on, `scale` times.
fn script(scale: u32) -> Vec<Command> {
    let (brokers, partitions) = ((3 * scale).min(300), 3 * scale);
    let mut text = format!("cluster create brokers={brokers} seed=42\n");
    let _ = writeln!(
        text,
        "topic create orders partitions={partitions} replication=3\nadvance 2s"
    );
    for i in 1..=scale {
        let _ = writeln!(
            text,
            "producer add p{i} topic=orders rate=2/s keys=alice,bob,carol,dave"
        );
    }
    for i in 1..=2 * scale {
        let _ = writeln!(
            text,
            "consumer add c{i} group=billing topics=orders process=10ms"
        );
    }
    let lines = parse_script(&text).unwrap_or_else(|e| panic!("{e:?}"));
    lines.into_iter().map(|(_, command)| command).collect()
}

/// A running cluster.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Running(Cluster);

#[wasm_bindgen]
impl Running {
    /// The page's first cluster, `scale` times, ten seconds after its start.
    ///
    /// # Panics
    /// If the engine refuses its own script.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(scale: u32) -> Self {
        let commands = script(scale);
        let mut cluster = Cluster::new(&commands[0]).unwrap_or_else(|e| panic!("{e:?}"));
        for (number, command) in (1..).zip(&commands[1..]) {
            cluster
                .apply(number, command)
                .unwrap_or_else(|e| panic!("{e:?}"));
        }
        let warm = cluster.now() + Duration::secs(10);
        cluster.run_until(warm);
        cluster.clear_outbox();
        Self(cluster)
    }

    /// Carries out this many events.
    pub fn run(&mut self, events: u32) {
        for _ in 0..events {
            self.0.step();
        }
        self.0.clear_outbox();
    }
}

/// Ten minutes of history.
#[wasm_bindgen]
#[derive(Debug)]
pub struct History(Session);

#[wasm_bindgen]
impl History {
    /// Lives through it.
    ///
    /// # Panics
    /// If the engine refuses its own script.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        let mut session = Session::new(&script(1)).unwrap_or_else(|e| panic!("{e:?}"));
        let end = session.now() + Duration::secs(600);
        session.run_until(end, u32::MAX);
        Self(session)
    }

    /// Goes to an instant, given in thousandths of the whole.
    pub fn seek(&mut self, per_mille: u32) {
        let (from, end) = (self.0.start().0, self.0.end().0);
        self.0
            .seek(SimTime(from + (end - from) / 1_000 * u64::from(per_mille)));
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}
