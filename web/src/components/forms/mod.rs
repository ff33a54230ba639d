//! Forms that add things. Each builds one command, shows it as the line it is, and applies it.

mod clients;
mod cluster;
mod consumer;
mod form;

pub use clients::AddProducer;
pub use cluster::{AddTopic, LinkForm, NewCluster};
pub use consumer::AddConsumer;

use crate::session::Snapshot;
use yew::AttrValue;

fn topic_names(s: &Snapshot) -> Vec<AttrValue> {
    s.view
        .topics
        .iter()
        .filter(|t| !t.internal)
        .map(|t| AttrValue::from(t.name.to_string()))
        .collect()
}
