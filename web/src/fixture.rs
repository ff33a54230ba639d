//! A hand-made picture of a cluster with the session's face, for building the page before there is an engine. Never shipped.

use rebalance_core::command::Command;
use rebalance_core::config::Preset;
use rebalance_core::event::{Entry, EntryId, Event, GroupState};
use rebalance_core::id::*;
use rebalance_core::protocol::{ApiKey, ErrorCode};
use rebalance_core::time::{Duration, SimTime};
use rebalance_core::view::*;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandError(pub String);
impl std::fmt::Display for CommandError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptError {
    pub index: usize,
    pub error: CommandError,
}
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BranchView {
    pub id: u32,
    pub name: Name,
    pub parent: Option<u32>,
    pub forked_at: SimTime,
    pub end: SimTime,
    pub current: bool,
}

#[derive(Debug)]
pub struct Session {
    now: SimTime,
    end: SimTime,
    entries: Vec<Entry>,
    marks: Vec<(SimTime, EntryId)>,
    commands: Vec<(SimTime, Command)>,
    down: Vec<BrokerId>,
}

fn n(s: &str) -> Name {
    s.into()
}
const T: TopicId = TopicId(1);
fn tp(p: i32) -> TopicPartition {
    TopicPartition::new(T, p)
}

impl Session {
    pub fn new(_: &[Command]) -> Result<Self, ScriptError> {
        let now = SimTime(42_318_000);
        let at = |s: u64, node: Option<NodeId>, event| Entry {
            at: SimTime(s * 1_000),
            cause: None,
            node,
            event,
        };
        let b = |i| Some(NodeId::Broker(BrokerId(i)));
        let entries = vec![
            at(38_002, b(2), Event::NodeCrashed),
            at(
                41_004,
                Some(NodeId::Controller(BrokerId(101))),
                Event::LeaderElected {
                    tp: tp(1),
                    leader: Some(BrokerId(3)),
                    epoch: 4,
                    reason: rebalance_core::event::ElectionReason::Clean,
                    isr: vec![BrokerId(1), BrokerId(3)].into(),
                },
            ),
            at(
                41_310,
                b(3),
                Event::GroupTransition {
                    group: n("billing"),
                    from: GroupState::Stable,
                    to: GroupState::PreparingRebalance,
                    generation: 4,
                    reason: n("x"),
                },
            ),
        ];
        let marks = entries
            .iter()
            .enumerate()
            .map(|(i, e)| (e.at, i as u32))
            .collect();
        Ok(Self {
            now,
            end: now,
            entries,
            marks,
            commands: vec![],
            down: vec![BrokerId(2)],
        })
    }
    pub fn apply(&mut self, command: Command) -> Result<(), CommandError> {
        match &command {
            Command::NodeCrash(b) => self.down.push(*b),
            Command::NodeStart(b) => self.down.retain(|d| d != b),
            _ => return Err(CommandError("not in the fixture".into())),
        }
        self.commands.push((self.now, command));
        Ok(())
    }
    pub fn step(&mut self) -> bool {
        self.now = self.now + Duration::millis(7);
        self.end = self.end.max(self.now);
        true
    }
    pub fn step_interesting(&mut self) -> bool {
        self.step()
    }
    pub fn step_back(&mut self) -> bool {
        self.now = self.now - Duration::millis(7);
        true
    }
    pub fn back_interesting(&mut self) -> bool {
        self.step_back()
    }
    pub fn run_until(&mut self, until: SimTime, _: u32) -> bool {
        self.now = self.now.max(until);
        self.end = self.end.max(self.now);
        true
    }
    pub fn seek(&mut self, at: SimTime) {
        self.now = at.min(self.end);
    }
    pub fn now(&self) -> SimTime {
        self.now
    }
    pub fn end(&self) -> SimTime {
        self.end
    }
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
    pub fn marks(&self) -> &[(SimTime, EntryId)] {
        &self.marks
    }
    pub fn commands(&self) -> &[(SimTime, Command)] {
        &self.commands
    }
    pub fn script(&self) -> Vec<Command> {
        self.commands.iter().map(|c| c.1.clone()).collect()
    }
    pub fn journal_hash(&self) -> u64 {
        0
    }
    pub fn branches(&self) -> Vec<BranchView> {
        vec![BranchView {
            id: 0,
            name: n("main"),
            parent: None,
            forked_at: SimTime::ZERO,
            end: self.end,
            current: true,
        }]
    }
    pub fn switch(&mut self, _: u32) {}
    pub fn undo(&mut self) -> bool {
        false
    }
    pub fn redo(&mut self) -> bool {
        false
    }
    pub fn topic_name(&self, _: TopicId) -> Name {
        n("orders")
    }
    pub fn node_name(&self, node: NodeId) -> Name {
        match node {
            NodeId::Broker(b) | NodeId::Controller(b) => b.to_string().as_str().into(),
            NodeId::Client(ClientId(c)) => n(["p1", "p2", "c1", "c2", "c3"][c as usize]),
            NodeId::Admin => n("admin"),
        }
    }

    pub fn view(&self) -> View {
        let grow = (self.now.0.saturating_sub(42_000_000) / 1_500_000) as i64;
        let brokers: Vec<BrokerView> = (1..=3).map(|b| self.broker(BrokerId(b), grow)).collect();
        View {
            now: self.now,
            preset: Preset::Classroom,
            seed: 42,
            controllers: (101..=103)
                .map(|c| ControllerView {
                    id: BrokerId(c),
                    state: ProcessState::Running,
                    active: c == 101,
                    epoch: 2,
                    log_end: 60,
                    high_watermark: 60,
                })
                .collect(),
            controller_epoch: 2,
            brokers,
            topics: vec![TopicView {
                name: n("orders"),
                internal: false,
                configs: vec![("min.insync.replicas", n("2"))],
                partitions: (0..3)
                    .map(|p| PartitionView {
                        tp: tp(p),
                        leader: Some(BrokerId([1, 3, 3][p as usize])),
                        leader_epoch: 3,
                        partition_epoch: 5,
                        replicas: vec![BrokerId(1), BrokerId(2), BrokerId(3)],
                        isr: vec![BrokerId(1), BrokerId(3)],
                        elr: vec![],
                        high_watermark: 14 + grow,
                        log_end: 16 + grow,
                        log_start: 0,
                    })
                    .collect(),
            }],
            producers: vec![producer("p1", 0, true), producer("p2", 1, false)],
            groups: vec![self.group(grow)],
            links: vec![],
            flights: self.flights(),
            violations: vec![],
            guarantees: vec![("at most one leader per epoch", 0)],
            totals: Totals {
                events: 1200,
                messages: 800,
                acked: 90,
                delivered: 80,
            },
        }
    }

    fn broker(&self, id: BrokerId, grow: i64) -> BrokerView {
        let down = self.down.contains(&id);
        let replicas = (0..3)
            .map(|p| {
                let hw = 14 + if down { 0 } else { grow } + i64::from(p);
                let end = if p == 2 { hw } else { hw + 2 };
                let leads = [1, 3, 3][p as usize] == id.0 && !down;
                ReplicaView {
                    tp: tp(p),
                    topic: n("orders"),
                    role: if down {
                        ReplicaRole::Offline
                    } else if leads {
                        ReplicaRole::Leader
                    } else {
                        ReplicaRole::Follower
                    },
                    leader_epoch: 3,
                    in_isr: !down,
                    maximal_isr: vec![],
                    log_start: 0,
                    high_watermark: hw,
                    log_end: end,
                    segments: vec![0, 9],
                    epochs: vec![(0, 0), (3, 9)],
                    tiles: ((end - 24).max(0)..end).map(|o| tile(o, p)).collect(),
                }
            })
            .collect();
        BrokerView {
            id,
            state: if down {
                ProcessState::Crashed
            } else {
                ProcessState::Running
            },
            since: SimTime(41_004_000),
            fenced: down,
            epoch: 5,
            rack: None,
            coordinates: if id.0 == 3 {
                vec![n("billing")]
            } else {
                vec![]
            },
            metadata_offset: 60,
            replicas,
            internal: (50, 17),
        }
    }

    fn group(&self, grow: i64) -> GroupView {
        let owned = |p: i32| OwnedPartition {
            tp: tp(p),
            topic: n("orders"),
            position: 13 + grow,
            processed: 12 + grow,
            committed: 11 + grow,
            high_watermark: 14 + grow,
            lag: 3,
        };
        let consumer = |i: u32, ps: &[i32], state, leader| ConsumerView {
            node: NodeId::Client(ClientId(i + 1)),
            name: n(["", "c1", "c2", "c3"][i as usize]),
            state,
            group: n("billing"),
            topics: vec![n("orders")],
            member_id: n("c1-1"),
            instance: None,
            generation: 4,
            is_leader: leader,
            paused_since: None,
            partitions: ps.iter().map(|p| owned(*p)).collect(),
            configs: vec![],
            processing_us: 40_000,
            processing: None,
            session_ends: (state == ProcessState::Crashed).then_some(SimTime(45_500_000)),
            delivered: 20,
            last_error: None,
        };
        let flip = (self.now.0 / 4_000_000).is_multiple_of(2);
        GroupView {
            name: n("billing"),
            state: Some(GroupState::Stable),
            generation: 4,
            protocol: Some(n("range")),
            coordinator: Some(BrokerId(3)),
            offsets_partition: 17,
            leader: Some(n("c1-1")),
            members: vec![],
            consumers: vec![
                consumer(
                    1,
                    if flip { &[0, 2] } else { &[0] },
                    ProcessState::Running,
                    true,
                ),
                consumer(
                    2,
                    if flip { &[1] } else { &[1, 2] },
                    ProcessState::Running,
                    false,
                ),
                consumer(3, &[], ProcessState::Crashed, false),
            ],
            committed: vec![(tp(0), 11)],
            lag: 7,
            moved: (1, 3),
        }
    }

    fn flights(&self) -> Vec<FlightView> {
        let client = |i| NodeId::Client(ClientId(i));
        let broker = |i| NodeId::Broker(BrokerId(i));
        let kinds = [
            (client(0), broker(1), ApiKey::Produce),
            (client(0), broker(3), ApiKey::Produce),
            (broker(3), broker(1), ApiKey::Fetch),
            (broker(1), broker(3), ApiKey::Fetch),
            (client(2), broker(1), ApiKey::Fetch),
            (client(3), broker(3), ApiKey::Fetch),
            (client(3), broker(3), ApiKey::Heartbeat),
            (client(2), broker(3), ApiKey::OffsetCommit),
            (client(2), broker(3), ApiKey::JoinGroup),
            (
                broker(1),
                NodeId::Controller(BrokerId(101)),
                ApiKey::BrokerHeartbeat,
            ),
            (client(1), broker(2), ApiKey::Metadata),
        ];
        (0..kinds.len() as u64 * 2)
            .map(|i| {
                let (from, to, api) = kinds[i as usize % kinds.len()];
                let response = i as usize >= kinds.len();
                let period = 1_400_000 + i * 37_000;
                let sent = SimTime(self.now.0 / period * period);
                let (from, to) = if response { (to, from) } else { (from, to) };
                FlightView {
                    entry: i as u32,
                    from,
                    to,
                    api,
                    response,
                    error: ErrorCode::None,
                    sent,
                    due: sent + Duration(1_200_000),
                    lost: i == 10,
                    partitions: if matches!(api, ApiKey::Produce | ApiKey::Fetch) {
                        vec![tp((i % 3) as i32)]
                    } else {
                        vec![]
                    },
                }
            })
            .collect()
    }
}

fn tile(o: i64, p: i32) -> Tile {
    let keys = ["alice", "bob", "carol", "dave"];
    Tile {
        offset: o,
        key: if p == 2 && o % 3 != 0 {
            None
        } else {
            Some(n(keys[((o * 7 + i64::from(p)) % 4) as usize]))
        },
        value: n("order"),
        kind: if o == 9 {
            TileKind::Tombstone
        } else {
            TileKind::Data
        },
        epoch: if o < 9 { 0 } else { 3 },
        timestamp: o * 500,
        producer: (1, o as i32),
    }
}

fn producer(name: &str, id: u32, ok: bool) -> ProducerView {
    ProducerView {
        node: NodeId::Client(ClientId(id)),
        name: n(name),
        state: ProcessState::Running,
        topic: n("orders"),
        rate_milli: if ok { 2000 } else { 500 },
        keys: if ok {
            ["alice", "bob", "carol", "dave"].map(n).to_vec()
        } else {
            vec![]
        },
        configs: vec![n("all"), n("true")],
        producer_id: (0, 0),
        batches: if ok { vec![(tp(1), 2, 340)] } else { vec![] },
        in_flight: vec![(BrokerId(1), 2)],
        last_ack: ok.then_some((tp(1), 17, 14_000)),
        last_error: (!ok).then(|| (Some(tp(0)), n("NOT_LEADER_OR_FOLLOWER"))),
        acked: 80,
        failed: 0,
    }
}
