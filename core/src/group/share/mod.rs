//! Share groups (KIP-932): many members work on the same partitions, record by record.
//!
//! - `partition`: which record is acquired by whom, on the partition's leader (`SharePartition`);
//! - `group`: who is a member and which partitions each one fetches from, on the group's coordinator (`ShareGroup`);
//! - `state`: what the share coordinator stores of a share-partition (`ShareGroupOffset`, `PersisterStateBatchCombiner`).
//!
//! All are pure: told what happened, they change and say what is to be written.

pub mod group;
mod in_flight;
pub mod partition;
pub mod state;

pub use in_flight::{InFlight, InFlightBatch};
