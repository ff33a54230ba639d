//! Processes, the network, and what the page itself notes.

use super::*;

pub(super) fn events() -> Vec<Event> {
    let sent = |direction, error| Event::Sent {
        to: BROKER,
        api: ApiKey::Produce,
        direction,
        correlation: 1,
        error,
        due: SimTime::ZERO,
        generation: None,
    };
    vec![
        Event::Command(0),
        sent(Direction::Request, ErrorCode::None),
        sent(Direction::Response, ErrorCode::None),
        sent(Direction::Response, ErrorCode::NotLeaderOrFollower),
        Event::Dropped {
            to: BROKER,
            api: ApiKey::Fetch,
        },
        Event::NodeCrashed,
        Event::NodeFrozen,
        Event::NodeThawed,
        Event::NodeStarted,
        Event::ShutdownRequested,
        Event::NodeStopped,
        Event::ControllerElected { epoch: 2 },
        Event::ControllerCandidate { epoch: 2 },
        Event::ControllerResigned { epoch: 2 },
        Event::BrokerRegistered {
            broker: BrokerId(2),
            epoch: 7,
        },
        Event::BrokerFenced {
            broker: BrokerId(2),
            expired: true,
        },
        Event::BrokerFenced {
            broker: BrokerId(2),
            expired: false,
        },
        Event::BrokerUnfenced {
            broker: BrokerId(2),
        },
        Event::AdminDone {
            api: ApiKey::DeleteTopics,
            target: "orders".into(),
            error: ErrorCode::None,
        },
        Event::AdminDone {
            api: ApiKey::DeleteTopics,
            target: "orders".into(),
            error: ErrorCode::RequestTimedOut,
        },
        Event::LinkChanged {
            a: BROKER,
            b: NodeId::Admin,
            cut: true,
        },
        Event::LinkChanged {
            a: BROKER,
            b: NodeId::Admin,
            cut: false,
        },
        Event::Violated(Violation {
            invariant: "leader-in-isr",
            evidence: "leader 1, ISR [2]".into(),
        }),
        Event::ExpectFailed {
            text: "isr(orders-0) = [1]".into(),
            found: "[1,2]".into(),
        },
        Event::ExpectHeld {
            text: "isr(orders-0) = [1]".into(),
        },
        Event::Note {
            client: ClientId(1),
            text: "note".into(),
        },
    ]
}
