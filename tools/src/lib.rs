//! # Real Kafka's tools, spoken to the simulation
//!
//! - [`Plan`]: `kafka-topics --create …` and its siblings become commands of the simulation and an answer in the layout of
//!   the Java tools (Kafka 4.x). A tool that asks the cluster to do something waits for its answer, as the real one does:
//!   [`Plan::wait`] looks at the journal until the administrator's request has come back. [`run`] does all that at once.
//! - [`complete`]: what could come next in such a line.
//! - [`export`]: the present set-up as command lines, Python, Java and a docker compose file.
//! - [`import`]: pasted `--describe` output becomes a script.
//!
//! Simplified: a tool that only reads answers at once from what the controller and the leaders know; nothing travels. Where
//! Kafka prints its whole usage table under a mistake, the answer names what would work, and `--help` shows the table.
//! Stack traces are left out. Hosts are `localhost`, ports 9092, 9093 … by broker.

#![forbid(unsafe_code)]

pub mod bench;
mod complete;
pub mod export;
pub mod import;

mod json;
mod line;
mod options;
mod plan;
mod print;
mod tool;

pub use complete::complete;
pub use line::{Line, read, tool_of};
pub use plan::{Done, Failure, Plan, Said, Wait, plan, run};
pub use tool::TOOLS;
