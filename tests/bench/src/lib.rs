//! # How fast the engine is
//!
//! The same runs, natively (the program of this crate) and in WebAssembly (this library, driven by Node): `cargo xtask bench`
//! starts both. [`Run`] is one session with a script; whoever drives it holds the clock.
//!
//! The scripts are clusters of one shape and three sizes: 1 is what the page opens on, with producers fast enough to keep
//! it busy; 10 and 100 have as many times the brokers, topics, producers and consumers.

use rebalance_core::command::Command;
use rebalance_core::session::Session;
use rebalance_core::time::SimTime;
use std::fmt::Write;
use wasm_bindgen::prelude::wasm_bindgen;

/// The largest cluster the engine takes.
const MOST_BROKERS: u32 = 300;

/// One session being measured.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Run(Session);

#[wasm_bindgen]
impl Run {
    /// A running cluster of `size` times the page's own, after its first `warm_up_ms`.
    ///
    /// # Panics
    /// If the engine refuses its own script.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(size: u32, warm_up_ms: u32) -> Self {
        let commands: Vec<Command> = script(size)
            .lines()
            .map(|line| line.parse().unwrap_or_else(|e| panic!("{line}: {e:?}")))
            .collect();
        let session = Session::new(&commands).unwrap_or_else(|e| panic!("{e:?}"));
        let mut run = Self(session);
        run.advance(warm_up_ms);
        run
    }

    /// Lets virtual time pass; returns how many events that took.
    pub fn advance(&mut self, ms: u32) -> u32 {
        let before = self.events();
        let until = self.now_us() + u64::from(ms) * 1_000;
        while !self.0.run_until(SimTime(until), u32::MAX) {}
        u32::try_from(self.events() - before).unwrap_or(u32::MAX)
    }

    /// Goes to an instant of the past or of the recorded future.
    pub fn seek(&mut self, at_ms: u32) {
        self.0.seek(SimTime(u64::from(at_ms) * 1_000));
    }
}

impl Run {
    fn events(&self) -> u64 {
        self.0.view().totals.events
    }

    fn now_us(&self) -> u64 {
        self.0.now().0
    }
}

/// The script of a cluster `size` times as large as the page's own.
#[must_use]
pub fn script(size: u32) -> String {
    let brokers = (3 * size).min(MOST_BROKERS);
    let mut text =
        format!("cluster create brokers={brokers} controllers=3 seed=42 preset=classroom\n");
    for n in 0..size {
        let _ = writeln!(text, "topic create orders{n} partitions=3 replication=3");
        let _ = writeln!(
            text,
            "producer add p{n} topic=orders{n} rate=50/s keys=alice,bob,carol acks=all"
        );
        let _ = writeln!(
            text,
            "consumer add c{n}a group=billing{n} topics=orders{n} process=1ms"
        );
        let _ = writeln!(
            text,
            "consumer add c{n}b group=billing{n} topics=orders{n} process=1ms"
        );
    }
    text
}
