//! Share sessions on a broker (`SharePartitionManager.newContext`, `acknowledgeSessionUpdate`, `releaseSession`): a made-up member
//! speaks to a broker of a running cluster and reads its answers.

use rebalance_core::broker::Broker;
use rebalance_core::cluster::Cluster;
use rebalance_core::command::{Command, parse_script};
use rebalance_core::effect::{Ctx, Effect};
use rebalance_core::event::{Event, ShareChange};
use rebalance_core::group::share::InFlight;
use rebalance_core::id::{BrokerId, ClientId, Name, NodeId, TopicPartition};
use rebalance_core::protocol::*;
use rebalance_core::rng::Rng;
use rebalance_core::time::SimTime;
use std::collections::VecDeque;

use ErrorCode::{
    InvalidRecordState, InvalidRequest, InvalidShareSessionEpoch, ShareSessionNotFound,
    UnknownTopicOrPartition,
};

const B1: BrokerId = BrokerId(1);

struct Desk {
    broker: Broker,
    now: SimTime,
    rng: Rng,
    correlation: Correlation,
    events: Vec<Event>,
    jobs: TopicPartition,
    /// A partition without a leader here.
    elsewhere: TopicPartition,
}

/// A broker that leads `jobs-0` with six records; the group `workers` begins at the beginning.
fn desk() -> Desk {
    let script = "
        cluster create brokers=1 controllers=1 seed=7 latency.ms=0 jitter.ms=0
        topic create jobs partitions=1 replication=1
        group set workers share.auto.offset.reset=earliest
        producer add p1 topic=jobs
        advance 3s
        producer send p1 count=4
        advance 1s
        producer send p1 count=2
        group set others share.auto.offset.reset=earliest
        consumer add o1 share-group=others topics=jobs share.acknowledgement.mode=explicit ack=hand
        advance 10s";
    let lines = parse_script(script).expect("a script");
    let mut lines = lines.into_iter().map(|(_, command)| command);
    let mut cluster = Cluster::new(&lines.next().expect("a line")).expect("a cluster");
    let mut number = 0;
    let mut now = SimTime::ZERO;
    for command in lines {
        if let Command::Advance(time) = command {
            now = now + time;
            cluster.run_until(now);
        } else {
            number += 1;
            cluster.apply(number, &command).expect("a command");
        }
    }
    let jobs = cluster.image().and_then(|i| i.topic_named("jobs"));
    let jobs = jobs.expect("a topic").id;
    Desk {
        broker: cluster.broker(B1).expect("a broker").clone(),
        now,
        rng: Rng::fork(1, "desk"),
        correlation: 0,
        events: Vec::new(),
        jobs: TopicPartition::new(jobs, 0),
        elsewhere: TopicPartition::new(jobs, 7),
    }
}

impl Desk {
    /// Says it to the broker; everything that the broker says to itself is delivered too.
    fn tell(&mut self, from: NodeId, message: Message) -> Option<Response> {
        let mut queue = VecDeque::from([(from, message)]);
        let mut answer = None;
        while let Some((from, message)) = queue.pop_front() {
            let mut out = Vec::new();
            let mut ctx = Ctx {
                now: self.now,
                rng: &mut self.rng,
                out: &mut out,
            };
            let to = NodeId::Broker(B1);
            self.broker
                .on_message(&mut ctx, Envelope { from, to, message });
            for effect in out {
                match effect {
                    Effect::Send(NodeId::Broker(B1), message) => {
                        queue.push_back((NodeId::Broker(B1), message));
                    }
                    Effect::Send(_, Message::Response(_, response)) => answer = Some(response),
                    Effect::Emit(event) => self.events.push(event),
                    _ => {}
                }
            }
        }
        answer
    }

    fn ask(&mut self, member: &str, request: Request) -> Option<Response> {
        self.correlation += 1;
        let client = ClientId(900 + member.len() as u32);
        let message = Message::Request(self.correlation, request);
        self.tell(NodeId::Client(client), message)
    }

    fn fetch_with(
        &mut self,
        member: &str,
        epoch: i32,
        max_records: i64,
        partitions: Acknowledgements,
    ) -> Option<ShareFetchResponse> {
        let request = Request::ShareFetch(Box::new(ShareFetchRequest {
            group: "workers".into(),
            member_id: member.into(),
            session_epoch: epoch,
            max_wait_ms: 500,
            max_bytes: 1_000_000,
            max_records,
            partitions,
            forgotten: Vec::new(),
        }));
        match self.ask(member, request) {
            Some(Response::ShareFetch(response)) => Some(*response),
            None => None,
            Some(other) => panic!("{other:?}"),
        }
    }

    /// Fetches `jobs-0`: the error, and what was acquired as first and last offset.
    fn fetch(&mut self, member: &str, epoch: i32) -> (ErrorCode, Vec<(i64, i64)>) {
        let partitions = vec![(self.jobs, Vec::new())];
        let response = self.fetch_with(member, epoch, 500, partitions);
        response.map_or((ErrorCode::None, Vec::new()), |r| {
            let mut runs: Vec<(i64, i64)> = Vec::new();
            for a in r.partitions.iter().flat_map(|p| &p.acquired) {
                match runs.last_mut() {
                    Some(run) if run.1 + 1 == a.first => run.1 = a.last,
                    _ => runs.push((a.first, a.last)),
                }
            }
            (r.error, runs)
        })
    }

    fn acknowledge(
        &mut self,
        member: &str,
        epoch: i32,
        partitions: Acknowledgements,
    ) -> (ErrorCode, Vec<ErrorCode>) {
        let request = Request::ShareAcknowledge(Box::new(ShareAcknowledgeRequest {
            group: "workers".into(),
            member_id: member.into(),
            session_epoch: epoch,
            partitions,
        }));
        match self.ask(member, request) {
            Some(Response::ShareAcknowledge(error, partitions)) => {
                (error, partitions.into_iter().map(|p| p.1).collect())
            }
            other => panic!("{other:?}"),
        }
    }

    fn accept(&self, first: i64, last: i64) -> Acknowledgements {
        vec![(self.jobs, accepted(first, last))]
    }

    /// Records of `workers` in flight: offset, state, deliveries.
    fn in_flight(&self) -> Vec<(i64, RecordState, i16)> {
        let mut shares = self.broker.share_partitions();
        let found = shares.find(|(group, ..)| &***group == "workers");
        let shared = found.expect("it is hosted").2;
        let start = shared.start_offset();
        let each = |(first, last, r): (i64, i64, &InFlight)| {
            let (state, count) = (r.state, r.delivery_count);
            (first..=last).map(move |offset| (offset, state, count))
        };
        let records = shared.records().flat_map(each);
        records.filter(|(offset, ..)| *offset >= start).collect()
    }

    fn given_back(&self) -> Vec<(i64, i64, ShareChange, Name)> {
        let told = self.events.iter().filter_map(|e| match e {
            Event::ShareRecords {
                first,
                last,
                change: change @ (ShareChange::MemberGone | ShareChange::Accepted),
                member,
                ..
            } => Some((*first, *last, *change, member.clone())),
            _ => None,
        });
        told.collect()
    }
}

fn accepted(first: i64, last: i64) -> Vec<AcknowledgementBatch> {
    vec![AcknowledgementBatch {
        first,
        last,
        types: vec![Acknowledge::Accept],
    }]
}

fn all(state: RecordState, count: i16) -> Vec<(i64, RecordState, i16)> {
    (0..6).map(|offset| (offset, state, count)).collect()
}

const NOTHING: Vec<(i64, i64)> = Vec::new();

#[test]
fn without_a_session_only_a_first_fetch_is_answered() {
    let mut desk = desk();
    for epoch in [1, 2, 77] {
        assert_eq!(desk.fetch("m", epoch), (ShareSessionNotFound, NOTHING));
    }
    let accept = desk.accept(0, 5);
    for epoch in [1, 77, -1] {
        let answer = desk.acknowledge("m", epoch, accept.clone());
        assert_eq!(answer, (ShareSessionNotFound, vec![]), "epoch {epoch}");
    }
    // An acknowledgement never begins a session.
    let answer = desk.acknowledge("m", 0, accept.clone());
    assert_eq!(answer, (InvalidShareSessionEpoch, vec![]));
    assert_eq!(desk.fetch("m", 1), (ShareSessionNotFound, NOTHING));
    assert_eq!(desk.fetch("m", 0), (ErrorCode::None, vec![(0, 5)]));
    // Another member's session is not this one's.
    assert_eq!(desk.fetch("mm", 1), (ShareSessionNotFound, NOTHING));
}

#[test]
fn a_session_counts_its_requests_and_takes_no_other_number() {
    let mut desk = desk();
    assert_eq!(desk.fetch("m", 0), (ErrorCode::None, vec![(0, 5)]));
    let one = desk.accept(0, 0);
    for epoch in [2, 3, 9] {
        let invalid = InvalidShareSessionEpoch;
        assert_eq!(desk.fetch("m", epoch), (invalid, NOTHING));
        let answer = desk.acknowledge("m", epoch, one.clone());
        assert_eq!(answer, (invalid, vec![]));
    }
    assert_eq!(desk.in_flight(), all(RecordState::Acquired, 1));
    // Fetches and acknowledgements count together; what was refused did not.
    let answer = desk.acknowledge("m", 1, one);
    assert_eq!(answer, (ErrorCode::None, vec![ErrorCode::None]));
    let two = desk.accept(1, 1);
    let answer = desk.acknowledge("m", 1, two.clone());
    assert_eq!(answer, (InvalidShareSessionEpoch, vec![]));
    let answer = desk.acknowledge("m", 2, two);
    assert_eq!(answer, (ErrorCode::None, vec![ErrorCode::None]));
    assert_eq!(desk.in_flight().len(), 4);
}

#[test]
fn a_first_fetch_carries_no_acknowledgements() {
    let mut desk = desk();
    assert_eq!(desk.fetch("m", 0), (ErrorCode::None, vec![(0, 5)]));
    let accept = desk.accept(0, 5);
    let response = desk.fetch_with("m", 0, 500, accept).expect("an answer");
    assert_eq!(response.error, InvalidRequest);
    assert_eq!(response.partitions, []);
    assert_eq!(desk.in_flight(), all(RecordState::Acquired, 1));
    // The session that was there goes on.
    let accept = desk.accept(0, 5);
    let answer = desk.acknowledge("m", 1, accept);
    assert_eq!(answer, (ErrorCode::None, vec![ErrorCode::None]));
}

#[test]
fn another_first_fetch_begins_the_session_anew_and_gives_nothing_back() {
    let mut desk = desk();
    assert_eq!(desk.fetch("m", 0), (ErrorCode::None, vec![(0, 5)]));
    // Nothing is left to acquire: it waits.
    assert_eq!(desk.fetch("m", 0), (ErrorCode::None, NOTHING));
    assert_eq!(desk.in_flight(), all(RecordState::Acquired, 1));
    let accept = desk.accept(0, 5);
    let answer = desk.acknowledge("m", 1, accept);
    assert_eq!(answer, (ErrorCode::None, vec![ErrorCode::None]));
    assert_eq!(desk.in_flight(), []);
}

#[test]
fn the_last_acknowledgement_ends_the_session_and_gives_back_the_rest() {
    let mut desk = desk();
    let partitions = vec![(desk.jobs, Vec::new())];
    desk.fetch_with("m", 0, 4, partitions).expect("records");
    assert_eq!(desk.fetch("mm", 0), (ErrorCode::None, vec![(4, 5)]));
    // Whatever epoch it thinks it is in: the last one is -1.
    let accept = desk.accept(1, 2);
    let answer = desk.acknowledge("m", -1, accept);
    assert_eq!(answer, (ErrorCode::None, vec![ErrorCode::None]));
    use RecordState::{Acknowledged, Acquired, Available};
    assert_eq!(
        desk.in_flight(),
        [
            (0, Available, 1),
            (1, Acknowledged, 1),
            (2, Acknowledged, 1),
            (3, Available, 1),
            (4, Acquired, 1),
            (5, Acquired, 1)
        ]
    );
    let gone = |first, last| (first, last, ShareChange::MemberGone, Name::from("m"));
    let done = (1, 2, ShareChange::Accepted, Name::from("m"));
    assert_eq!(desk.given_back(), [done, gone(0, 0), gone(3, 3)]);
    assert_eq!(desk.fetch("m", 2), (ShareSessionNotFound, NOTHING));
    // Who comes next gets them, a second time.
    assert_eq!(
        desk.fetch("mmm", 0),
        (ErrorCode::None, vec![(0, 0), (3, 3)])
    );
}

#[test]
fn a_broken_connection_ends_the_session_too() {
    let mut desk = desk();
    assert_eq!(desk.fetch("m", 0), (ErrorCode::None, vec![(0, 5)]));
    desk.tell(NodeId::Client(ClientId(901)), Message::Disconnected);
    assert_eq!(desk.in_flight(), all(RecordState::Available, 1));
    assert_eq!(desk.fetch("m", 1), (ShareSessionNotFound, NOTHING));
}

#[test]
fn who_does_not_lead_the_partition_knows_nothing_of_its_records() {
    let mut desk = desk();
    assert_eq!(desk.fetch("m", 0), (ErrorCode::None, vec![(0, 5)]));
    let elsewhere = vec![
        (desk.elsewhere, accepted(0, 5)),
        (desk.jobs, accepted(0, 0)),
    ];
    let answer = desk.acknowledge("m", 1, elsewhere);
    let errors = vec![UnknownTopicOrPartition, ErrorCode::None];
    assert_eq!(answer, (ErrorCode::None, errors));
    // Nor may one member speak for another.
    assert_eq!(desk.fetch("mm", 0), (ErrorCode::None, NOTHING));
    let accept = desk.accept(1, 5);
    let answer = desk.acknowledge("mm", 1, accept);
    assert_eq!(answer, (ErrorCode::None, vec![InvalidRecordState]));
    assert_eq!(desk.in_flight().len(), 5);
}
