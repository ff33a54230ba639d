//! The life of classic groups, told step by step: rebalances, sessions, static members, commits, failures.
//! Every number is what Kafka's own coordinator does with a mock clock, or what its source says.
#![cfg(not(target_arch = "wasm32"))]

mod commits;
mod failures;
mod lives;
mod statics;
mod world;
