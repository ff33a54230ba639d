//! A deterministic Apache Kafka (4.x, KRaft) in a discrete-event simulation.
//!
//! Every node has two doors, `on_message` and `on_timer`; it changes its own state and leaves
//! effects (send, arm, emit) that the cluster drains whole. Nodes share nothing but [`protocol`].
//! The same commands and the same seed give the same journal, byte for byte, on every machine.
//!
//! Modules in reading order, low layers first; a file imports only downward.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod id;
pub mod java;
pub mod nodes;
pub mod rng;
pub mod sabotage;
pub mod sorted;
pub mod time;

pub mod assignor;
pub mod config;
pub mod crc32c;
pub mod election;
pub mod epochs;
pub mod log;
pub mod partitioner;
pub mod placement;
pub mod producer_state;
pub mod protocol;
pub mod reconcile;
pub mod record;
pub mod record_format;

pub mod command;
pub mod effect;
pub mod event;
pub mod view;

pub mod client;
pub mod group;
pub mod metadata;
pub mod partition;

pub mod admin;
pub mod broker;
pub mod consumer;
pub mod controller;
pub mod coordinator;
pub mod producer;
pub mod share_consumer;

pub mod network;
pub mod scheduler;

pub mod cluster;

pub mod invariants;
pub mod ledger;
pub mod metrics;
pub mod scenario;
pub mod session;
