//! The life of groups, told step by step: rebalances, sessions, static members, commits, failures; epochs and targets of
//! the consumer protocol, and the way from one protocol to the other.
//! Every number is what Kafka's own coordinator does with a mock clock, or what its source says.
#![cfg(not(target_arch = "wasm32"))]

mod commits;
mod consumer;
mod failures;
mod guests;
mod lives;
mod statics;
mod world;
