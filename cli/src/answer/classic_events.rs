//! The events of a classic group's trace, as the vectors write them, and the requests they stand for.

use rebalance_core::id::Name;
use rebalance_core::protocol::{
    HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, MemberAssignment, Request, Subscription,
    SyncGroupRequest,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The only group of a trace.
pub(super) const GROUP: &str = "g";

#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) initial_rebalance_delay_ms: i64,
    pub(super) group_max_size: Option<i64>,
    pub(super) member_ids: BTreeMap<String, String>,
    pub(super) events: Vec<Event>,
}

#[derive(Deserialize)]
pub(super) struct Member {
    pub(super) at_ms: u64,
    pub(super) client: String,
    pub(super) member: String,
    pub(super) instance: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "op")]
pub(super) enum Event {
    JoinGroup {
        #[serde(flatten)]
        by: Member,
        protocols: Vec<String>,
        topics: Vec<String>,
        session_timeout_ms: i64,
        rebalance_timeout_ms: i64,
    },
    SyncGroup {
        #[serde(flatten)]
        by: Member,
        generation: i32,
        assignments: BTreeMap<String, String>,
    },
    Heartbeat {
        #[serde(flatten)]
        by: Member,
        generation: i32,
    },
    LeaveGroup {
        #[serde(flatten)]
        by: Member,
    },
    Sleep {
        at_ms: u64,
        ms: u64,
    },
}

impl Event {
    /// What a member asks; `ids` are the real ids of symbols.
    pub(super) fn request(&self, ids: &BTreeMap<String, String>) -> Request {
        let group = Name::from(GROUP);
        let instance = |by: &Member| by.instance.as_deref().map(Name::from);
        match self {
            Event::JoinGroup {
                by,
                protocols,
                topics,
                session_timeout_ms,
                rebalance_timeout_ms,
            } => {
                let subscription = Subscription {
                    topics: topics.iter().map(|it| it.as_str().into()).collect(),
                    generation: -1,
                    ..Subscription::default()
                };
                let protocol = |it: &String| (it.as_str().into(), subscription.clone());
                Request::JoinGroup(Box::new(JoinGroupRequest {
                    group,
                    client_id: "client".into(),
                    member_id: real(ids, &by.member),
                    group_instance_id: instance(by),
                    session_timeout_ms: *session_timeout_ms,
                    rebalance_timeout_ms: *rebalance_timeout_ms,
                    protocols: protocols.iter().map(protocol).collect(),
                    reason: "".into(),
                }))
            }
            Event::SyncGroup {
                by,
                generation,
                assignments,
            } => Request::SyncGroup(Box::new(SyncGroupRequest {
                group,
                generation: *generation,
                member_id: real(ids, &by.member),
                group_instance_id: instance(by),
                protocol: None,
                assignments: assignments
                    .iter()
                    .map(|(member, text)| (real(ids, member), sealed(text)))
                    .collect(),
            })),
            Event::Heartbeat { by, generation } => Request::Heartbeat(Box::new(HeartbeatRequest {
                group,
                generation: *generation,
                member_id: real(ids, &by.member),
                group_instance_id: instance(by),
            })),
            Event::LeaveGroup { by } => Request::LeaveGroup(Box::new(LeaveGroupRequest {
                group,
                member_id: real(ids, &by.member),
                group_instance_id: instance(by),
                reason: "".into(),
            })),
            Event::Sleep { .. } => Request::InitProducerId,
        }
    }
}

fn real(ids: &BTreeMap<String, String>, symbol: &str) -> Name {
    let id = ids.get(symbol).map_or(symbol, String::as_str);
    Name::from(id)
}

/// An assignment that only its reader understands.
fn sealed(text: &str) -> MemberAssignment {
    vec![(text.into(), Vec::new())]
}
