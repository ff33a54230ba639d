//! What producers and consumers have in common (`org.apache.kafka.clients`): who leads what, which requests are on
//! their way, when to try again.
//!
//! - [`Metadata`]: the brokers, the topics of interest and their leaders, and when to ask for them again;
//! - [`Connections`]: requests in flight, request time-outs, and the pause before a broken connection is tried again;
//! - [`Backoff`]: exponential waiting with ±20 % of chance;
//! - [`Alarm`]: one timer that is moved as seldom as possible;
//! - [`subscription()`]: the topics a consumer of either kind names.
//!
//! Simplified: a connection needs no time to be set up, there is no authentication, and a broker's address is its id.

mod alarm;
mod backoff;
mod connections;
mod metadata;

pub use alarm::Alarm;
pub use backoff::Backoff;
pub use connections::{Connections, Failed, Lane};
pub use metadata::{Metadata, MetadataTicket, PartitionInfo, TopicInfo, Update};

use crate::id::Name;
use crate::sorted::sort;
use alloc::sync::Arc;

/// The topics of a subscription: ascending, each once.
pub fn subscription(topics: &[Name]) -> Arc<[Name]> {
    let mut topics = topics.to_vec();
    sort(&mut topics);
    topics.dedup();
    topics.into()
}
