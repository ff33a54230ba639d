//! The command-line program `rebalance`, as a library so that tests can call what it does.
//!
//! Every subcommand is a function from arguments and standard input to lines of output. What goes wrong is a [`Failure`]: a
//! message that says what is wrong, where, and what would work, and the exit code (2 for bad input).
#![forbid(unsafe_code)]

pub mod answer;
pub mod bench;
pub mod failure;
pub mod groups;
pub mod partition;
pub mod run;
pub mod script;
pub mod search;
pub mod view;
pub mod words;

pub use failure::Failure;
