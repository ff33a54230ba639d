//! Expectations over a view and a journal made by hand: what holds, what was found, and what cannot be read.
#![cfg(not(target_arch = "wasm32"))]

use rebalance_core::command::{Command, ParseErrorKind};
use rebalance_core::event::{
    ElectionReason, Entries, Entry, Event, GroupState, Journal, Violation,
};
use rebalance_core::id::{BrokerId, ClientId, Name, NodeId, TopicId, TopicPartition};
use rebalance_core::scenario::{
    Check, Expectation, Names, Scene, check, event_fields, term_usages,
};
use rebalance_core::time::SimTime;
use rebalance_core::view::{
    BrokerView, GroupView, PartitionView, ProcessState, ProducerView, ReplicaRole, ReplicaView,
    Tile, TileKind, TopicView, View,
};

struct Orders;

impl Names for Orders {
    fn topic(&self, _: TopicId) -> Name {
        "orders".into()
    }

    fn node(&self, node: NodeId) -> Name {
        match node {
            NodeId::Broker(id) | NodeId::Controller(id) => id.to_string().as_str().into(),
            NodeId::Client(_) => "p1".into(),
            NodeId::Admin => "admin".into(),
        }
    }
}

const TP: TopicPartition = TopicPartition::new(TopicId(1), 0);
const P1: NodeId = NodeId::Client(ClientId(0));

fn ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId).collect()
}

fn tile(offset: i64, value: &str) -> Tile {
    Tile {
        offset,
        key: (offset > 0).then(|| "alice".into()),
        value: value.into(),
        kind: TileKind::Data,
        epoch: 0,
        timestamp: 0,
        producer: (-1, -1),
    }
}

/// Broker 1 leads `orders-0` with `first, W, none` and has committed two of them.
fn view() -> View {
    let replica = ReplicaView {
        tp: TP,
        topic: "orders".into(),
        role: ReplicaRole::Leader,
        leader_epoch: 1,
        in_isr: true,
        moving: None,
        maximal_isr: ids(&[1, 3]),
        log_start: 0,
        high_watermark: 2,
        log_end: 3,
        segments: vec![0],
        epochs: vec![(0, 0), (1, 2)],
        tiles: vec![tile(0, "first order"), tile(1, "W"), tile(2, "none")],
    };
    let broker = BrokerView {
        id: BrokerId(1),
        state: ProcessState::ShuttingDown,
        since: SimTime::ZERO,
        fenced: false,
        epoch: 7,
        rack: None,
        coordinates: vec!["billing".into()],
        metadata_offset: 0,
        replicas: vec![replica],
        internal: (0, 0),
    };
    let partition = PartitionView {
        tp: TP,
        leader: Some(BrokerId(1)),
        leader_epoch: 1,
        partition_epoch: 4,
        replicas: ids(&[1, 2, 3]),
        adding: Vec::new(),
        removing: Vec::new(),
        isr: ids(&[1, 3]),
        elr: vec![],
        high_watermark: 2,
        log_end: 3,
        log_start: 0,
    };
    let topic = TopicView {
        name: "orders".into(),
        internal: false,
        configs: vec![],
        partitions: vec![partition],
    };
    View {
        now: SimTime(12_000_000),
        brokers: vec![broker],
        topics: vec![topic],
        producers: vec![producer()],
        groups: vec![group()],
        ..View::default()
    }
}

fn producer() -> ProducerView {
    ProducerView {
        node: P1,
        name: "p1".into(),
        state: ProcessState::Running,
        topic: "orders".into(),
        rate_milli: 0,
        keys: vec![],
        configs: [].into(),
        producer_id: (-1, -1),
        batches: vec![],
        in_flight: vec![(BrokerId(1), 2)],
        last_ack: Some((TP, 1, 6_500)),
        last_error: Some((None, "NOT_ENOUGH_REPLICAS".into())),
        acked: 2,
        failed: 1,
    }
}

fn group() -> GroupView {
    GroupView {
        share: None,
        name: "billing".into(),
        state: Some(GroupState::Stable),
        generation: 2,
        assignment_epoch: None,
        protocol: Some("range".into()),
        coordinator: None,
        offsets_partition: 7,
        leader: None,
        members: vec![],
        consumers: vec![],
        committed: vec![(TP, 1)],
        lag: 1,
        moved: (0, 0),
    }
}

fn entries() -> Vec<Entry> {
    let entry = |at, node, event| Entry {
        at: SimTime(at),
        cause: None,
        node,
        event,
    };
    let sent = |partition| Event::RecordSent {
        tp: TopicPartition::new(TopicId(1), partition),
    };
    let elected = |leader: i32, epoch| Event::LeaderElected {
        tp: TP,
        leader: Some(BrokerId(leader)),
        epoch,
        reason: ElectionReason::Clean,
        isr: ids(&[1, 3]).into(),
    };
    let controller = Some(NodeId::Controller(BrokerId(101)));
    vec![
        entry(0, controller, elected(2, 0)),
        entry(1_000_000, Some(P1), sent(2)),
        entry(1_000_000, Some(P1), sent(2)),
        entry(1_000_000, Some(P1), sent(0)),
        entry(2_000_000, None, Event::Command(1)),
        entry(10_200_000, controller, elected(1, 1)),
    ]
}

fn outcome(text: &str) -> Check {
    let (view, entries) = (view(), Journal::from_iter(entries()));
    let scene = Scene {
        view: &view,
        entries: entries.all(),
        acted: SimTime(2_000_000),
        names: &Orders,
    };
    check(text, &scene).unwrap_or_else(|e| panic!("{text}\n{e}"))
}

#[track_caller]
fn holds(text: &str) {
    let outcome = outcome(text);
    assert!(outcome.held, "{text}: found {}", outcome.found);
}

#[track_caller]
fn fails(text: &str, found: &str) {
    let outcome = outcome(text);
    assert!(!outcome.held, "{text} holds");
    assert_eq!(outcome.found, found, "{text}");
}

#[test]
fn terms_see_partitions_logs_clients_and_groups() {
    holds("leader(orders-0) = 1");
    holds("isr(orders-0) = [1,3]");
    holds("isr(orders-0) has 3");
    holds("isr(orders-0) lacks 2");
    holds("epoch(orders-0) >= 1");
    holds("hw(orders-0) = 2");
    holds("leo(orders-0, broker 1) in 3..4");
    holds("epochs(orders-0, 1) = [0:0, 1:2]");
    holds("offsets(orders-0) = [0,1,2]");
    holds("keys(orders-0) = [none, alice, alice]");
    holds("broker(1) = shutting-down");
    holds("role(orders-0, broker 1) = leader");
    holds("controller = none");
    holds("acked(p1) = 2");
    holds("last_offset(p1) = 1");
    holds("ack_time(p1) in 5ms..7ms");
    holds("ack_time(p1) < 1s");
    holds("in_flight(p1) = 2");
    holds("error(p1) in [NOT_ENOUGH_REPLICAS, TimeoutException]");
    holds("state(billing) = Stable");
    holds("coordinator(billing) = none");
    holds("committed(billing, orders-0) = 1");
    holds("lag(billing) = 1");
    holds("now = 12s");
    holds("violations = 0");
    holds("topic(orders)");
}

#[test]
fn what_is_found_instead_is_told() {
    fails("isr(orders-0) = [3,1]", "[1, 3]");
    fails("leader(orders-0) = none", "1");
    fails("leader(orders-0) != 1", "1");
    fails("hw(orders-0) < 2", "2");
    fails("epoch(orders-1) = 0", "there is no partition orders-1");
    fails("hw(orders-0, broker 9) = 2", "there is no broker 9");
    fails("acked(p2) = 0", "there is no producer p2");
    fails("topic(payments)", "false");
    fails("isr(orders-0) = 1", "[1, 3]");
    fails("state(billing) > Empty", "Stable");
}

#[test]
fn a_text_and_nothing_are_told_apart_by_quotes() {
    holds("log(orders-0) = [\"first order\", W, \"none\"]");
    fails(
        "log(orders-0) = [\"first order\", W, none]",
        "[\"first order\", W, \"none\"]",
    );
    fails("coordinator(billing) = \"none\"", "none");
}

#[test]
fn producers_remember_where_records_went() {
    holds("sent(p1) = [2,2,0]");
    holds("runs(p1) = [2,1]");
}

#[test]
fn events_are_found_by_kind_fields_and_time() {
    holds("event LeaderElected orders-0 leader=1 reason=clean");
    holds("event LeaderElected leader=1 node=101 within 8.2s");
    holds("event LeaderElected within 7s..9s");
    holds("event LeaderElected leader=2 at 0ms");
    holds("2 events LeaderElected orders-0 isr=[1,3]");
    holds("1 event LeaderElected within ..9s");
    holds("no event LeaderElected leader=2 within 0s..");
    holds("no event NodeCrashed");
    let late = outcome("event LeaderElected leader=1 within 1s..2s");
    assert!(!late.held);
    assert!(
        late.found
            .starts_with("none; last: LeaderElected partition=orders-0 leader=1"),
        "{}",
        late.found
    );
    assert!(
        late.found.contains("8200ms after the last command"),
        "{}",
        late.found
    );
    fails("event Truncated orders-0", "no Truncated");
}

#[test]
fn what_should_not_be_there_is_shown_and_not_the_rest_of_its_kind() {
    // The newest election of this partition is not the one in question.
    let found = outcome("no event LeaderElected leader=2").found;
    assert!(found.starts_with("1; last: LeaderElected"), "{found}");
    assert!(found.contains("leader=2"), "{found}");
    assert!(!found.contains("leader=1"), "{found}");
    let found = outcome("3 events LeaderElected leader=2").found;
    assert!(!found.contains("leader=1"), "{found}");
}

#[test]
fn what_cannot_be_read_is_refused_with_its_column() {
    let refused = |text: &str| {
        let error = text.parse::<Expectation>().expect_err(text);
        (
            error.column,
            error.expected.first().cloned().unwrap_or_default(),
        )
    };
    assert_eq!(refused("leadr(orders-0) = 1"), (1, "leader".into()));
    assert_eq!(
        refused("leader(orders) = 1"),
        (8, "leader(orders-0)".into())
    );
    assert_eq!(refused("leader() = 1").0, 1);
    assert_eq!(refused("leader(orders-0) is 1"), (18, "=".into()));
    assert_eq!(refused("leader(orders-0) ="), (19, "a word".into()));
    assert_eq!(refused("isr(orders-0) = [1,2"), (21, ",".into()));
    assert_eq!(refused("leader(orders-0) = 1 2"), (22, "the end".into()));
    assert_eq!(refused("event LeaderElcted"), (7, "LeaderElected".into()));
    assert_eq!(
        refused("event LeaderElected leder=2"),
        (21, "partition".into())
    );
    assert_eq!(
        refused("event LeaderElected within soon"),
        (28, "a span such as 7s..9s".into())
    );
    assert_eq!(refused("log(orders-0) = [\"a"), (18, "a closing \"".into()));
    let line = "  expect leadr(orders-0) = 1"
        .parse::<Command>()
        .unwrap_err();
    assert_eq!(line.column, 10);
    assert!(matches!(line.kind, ParseErrorKind::BadExpectation(_)));
}

#[test]
fn expectations_are_written_as_they_are_read() {
    for text in [
        "isr(orders-0) = [1, 2]",
        "hw(orders-0, broker 2) in 3..",
        "log(orders-0) = [\"first order\", \"none\", none]",
        "event LeaderElected orders-0 leader=2 within 7s..9s",
        "no event SendFailed node=p1 at ..3s",
        "3 events MemberJoined billing",
        "event IsrChanged to has 3",
    ] {
        let read: Expectation = text.parse().unwrap();
        assert_eq!(read.to_string(), text);
    }
}

#[test]
fn violations_are_counted_by_name() {
    let mut view = view();
    let violation = Violation {
        invariant: "LeaderInIsr",
        evidence: "leader 2, isr [1]".into(),
    };
    view.violations.push((SimTime(1), violation));
    let scene = Scene {
        view: &view,
        entries: Entries::default(),
        acted: SimTime::ZERO,
        names: &Orders,
    };
    assert!(check("violations(LeaderInIsr) = 1", &scene).unwrap().held);
    assert!(check("violations(Other) = 0", &scene).unwrap().held);
    assert!(!check("violations = 0", &scene).unwrap().held);
}

/// The document names every command, term and event, so that it cannot fall behind.
#[test]
fn the_language_is_documented_completely() {
    let document = include_str!("../../docs/SCRIPTS.md");
    let commands = rebalance_core::command::usage();
    for line in &commands {
        assert!(
            document.contains(line.as_str()),
            "docs/SCRIPTS.md lacks the command `{line}`"
        );
    }
    for usage in term_usages() {
        for one in usage.split(" or ") {
            assert!(
                document.contains(&format!("`{one}`")),
                "docs/SCRIPTS.md lacks the term `{one}`"
            );
        }
    }
    for (kind, fields) in event_fields() {
        let line = format!("{kind}: {}", fields.join(" "));
        assert!(
            document.contains(line.trim_end_matches([':', ' '])),
            "docs/SCRIPTS.md lacks the event `{line}`"
        );
    }
}
