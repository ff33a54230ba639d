//! Producers and consumers driven alone, against a small scripted cluster that keeps logs and answers like brokers do.

mod cluster;
mod consumer;
mod group;
mod harness;
mod producer;
mod share;
