//! # The engine of Rebalance

#![no_std]
extern crate alloc;
