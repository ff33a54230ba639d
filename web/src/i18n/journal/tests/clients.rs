//! Producers and consumers.

use super::*;

pub(super) fn events() -> Vec<Event> {
    let mut all = vec![
        Event::RecordSent { tp: TP },
        Event::Acked {
            tp: TP,
            base: 3,
            records: 1,
        },
        Event::Acked {
            tp: TP,
            base: -1,
            records: 2,
        },
        Event::SendFailed {
            tp: None,
            topic: "orders".into(),
            error: "TimeoutException".into(),
            records: 2,
        },
        Event::Retrying {
            tp: TP,
            error: ErrorCode::NotEnoughReplicas,
        },
        Event::Joining {
            group: "billing".into(),
        },
        Event::Assigned {
            generation: 4,
            partitions: vec![TP],
        },
        Event::Revoked { partitions: vec![] },
        Event::Lost {
            partitions: vec![TP],
        },
        Event::Polled {
            tp: TP,
            first: 3,
            last: 5,
            records: 3,
        },
        Event::Processed { tp: TP, offset: 3 },
        Event::ClientError {
            doing: "poll()".into(),
            error: "NoOffsetForPartitionException".into(),
        },
        Event::MetadataRefresh {
            because: ErrorCode::None,
        },
        Event::MetadataRefresh {
            because: ErrorCode::NotLeaderOrFollower,
        },
        Event::ClientGone { polite: true },
        Event::ClientGone { polite: false },
        Event::ClientStarted,
    ];
    for source in [
        PositionSource::Committed,
        PositionSource::Earliest,
        PositionSource::Latest,
        PositionSource::ByDuration,
        PositionSource::Seek,
        PositionSource::Truncation,
    ] {
        all.push(Event::PositionSet {
            tp: TP,
            offset: 3,
            source,
        });
    }
    all
}
