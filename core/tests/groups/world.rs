//! A coordinator with a log of one partition, a clock, and members that can be told to send what they like.

use rebalance_core::config::{BrokerConfig, ConfigSet, Preset};
use rebalance_core::coordinator::{Action, GroupCoordinator, ReplyTo};
use rebalance_core::event::{Event, GroupState};
use rebalance_core::id::{ClientId, Name, NodeId, Offset, TopicId, TopicPartition};
use rebalance_core::protocol::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, HeartbeatRequest,
    JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, MemberAssignment, OffsetCommitRequest,
    OffsetFetchRequest, Request, Response, Subscription, SyncGroupRequest, SyncGroupResponse,
};
use rebalance_core::record::RecordBatch;
use rebalance_core::rng::Rng;
use rebalance_core::time::SimTime;
use std::collections::BTreeMap;

pub const GROUP: &str = "billing";
pub const ORDERS: TopicId = TopicId(1);
pub const PARTITIONS: i32 = 3;

pub fn tp(partition: i32) -> TopicPartition {
    TopicPartition::new(ORDERS, partition)
}

/// A member on its way.
#[derive(PartialEq, Eq, Debug)]
pub struct Walk {
    pub member: String,
    pub epoch: i32,
    pub state: &'static str,
    pub assigned: Vec<i32>,
    pub target: Vec<i32>,
}

pub fn walk(
    member: &str,
    epoch: i32,
    state: &'static str,
    assigned: &[i32],
    target: &[i32],
) -> Walk {
    Walk {
        member: member.into(),
        epoch,
        state,
        assigned: assigned.to_vec(),
        target: target.to_vec(),
    }
}

fn told(response: ConsumerGroupHeartbeatResponse) -> Result<(i32, Option<Vec<i32>>), ErrorCode> {
    if !response.error.is_ok() {
        return Err(response.error);
    }
    let numbers = |list: Vec<TopicPartition>| list.iter().map(|tp| tp.partition).collect();
    Ok((response.member_epoch, response.assignment.map(numbers)))
}

pub struct World {
    pub coordinator: GroupCoordinator,
    pub now: SimTime,
    rng: Rng,
    asked: u32,
    pub answers: BTreeMap<u32, Response>,
    armed: BTreeMap<u64, SimTime>,
    /// Writes are committed at once.
    pub commits: bool,
    pub open: Vec<u64>,
    pub log: Vec<RecordBatch>,
    pub events: Vec<(SimTime, Event)>,
}

impl World {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(configure: impl FnOnce(&mut BrokerConfig)) -> Self {
        let mut config = BrokerConfig::preset(Preset::Kafka);
        configure(&mut config);
        let mut world = Self {
            coordinator: GroupCoordinator::new(&config),
            now: SimTime::ZERO,
            rng: Rng::fork(7, "coordinator"),
            asked: 0,
            answers: BTreeMap::new(),
            armed: BTreeMap::new(),
            commits: true,
            open: Vec::new(),
            log: Vec::new(),
            events: Vec::new(),
        };
        world
            .coordinator
            .on_topic(ORDERS, &"orders".into(), PARTITIONS);
        world.load();
        world
    }

    /// The coordinator is elected and reads the log.
    pub fn load(&mut self) {
        let mut out = Vec::new();
        self.coordinator.on_elected(0, 0, &mut out);
        let log = self.log.clone();
        self.coordinator
            .on_loaded(self.now, 0, log.iter(), &mut out);
        self.carry_out(out);
    }

    /// Another broker takes over: it knows nothing but the log.
    pub fn fail_over(&mut self, config: impl FnOnce(&mut BrokerConfig)) {
        let mut settings = BrokerConfig::preset(Preset::Kafka);
        config(&mut settings);
        let mut out = Vec::new();
        self.coordinator.on_resigned(0, &mut out);
        self.carry_out(out);
        assert!(
            self.armed.is_empty(),
            "a resigned coordinator needs no waking"
        );
        self.open.clear();
        self.coordinator = GroupCoordinator::new(&settings);
        self.coordinator
            .on_topic(ORDERS, &"orders".into(), PARTITIONS);
        self.load();
    }

    pub fn carry_out(&mut self, actions: Vec<Action>) {
        let is_append = |action: &Action| matches!(action, Action::Append { .. });
        assert!(actions.is_sorted_by_key(is_append), "appends come last");
        for action in actions {
            match action {
                Action::Reply(to, response) => {
                    let before = self.answers.insert(to.correlation, response);
                    assert_eq!(before, None, "a request is answered once");
                }
                Action::Append { records, token, .. } => {
                    self.log.push(RecordBatch::new(records));
                    self.open.push(token);
                }
                Action::Arm(key, at) => {
                    self.armed.insert(key, at);
                }
                Action::Disarm(key) => {
                    self.armed.remove(&key);
                }
                Action::Emit(event) => self.events.push((self.now, event)),
            }
        }
        if self.commits {
            self.commit_all();
        }
    }

    pub fn commit_all(&mut self) {
        while !self.open.is_empty() {
            let token = self.open.remove(0);
            let mut out = Vec::new();
            self.coordinator.on_committed(self.now, token, &mut out);
            self.carry_out(out);
        }
    }

    /// The oldest open write fails.
    pub fn fail_write(&mut self, error: ErrorCode) {
        let token = self.open.remove(0);
        let mut out = Vec::new();
        self.coordinator
            .on_write_failed(self.now, token, error, &mut out);
        self.carry_out(out);
    }

    /// Sends a request; its number.
    pub fn send_from(&mut self, node: NodeId, request: &Request) -> u32 {
        self.asked += 1;
        let from = ReplyTo {
            node,
            correlation: self.asked,
        };
        let mut out = Vec::new();
        self.coordinator
            .on_request(self.now, &mut self.rng, from, request, 1, &mut out);
        self.carry_out(out);
        self.asked
    }

    pub fn send(&mut self, request: &Request) -> u32 {
        self.send_from(NodeId::Client(ClientId(1)), request)
    }

    /// Sends a request that is answered at once.
    pub fn ask(&mut self, request: &Request) -> Response {
        let number = self.send(request);
        self.answer(number)
    }

    pub fn answer(&mut self, number: u32) -> Response {
        self.answers.remove(&number).expect("an answer")
    }

    pub fn is_held(&self, number: u32) -> bool {
        !self.answers.contains_key(&number)
    }

    /// Lets time pass until `seconds` (tenths count).
    pub fn at(&mut self, seconds: f64) {
        let until = SimTime((seconds * 1_000_000.0).round() as u64);
        assert!(until >= self.now);
        while let Some((due, key)) = self.armed.iter().map(|(k, at)| (*at, *k)).min() {
            if due > until {
                break;
            }
            self.now = self.now.max(due);
            self.armed.remove(&key);
            let mut out = Vec::new();
            self.coordinator.on_timer(self.now, key, &mut out);
            self.carry_out(out);
        }
        self.now = until;
    }

    // Requests of members.

    pub fn join_request(member: &str, instance: Option<&str>) -> JoinGroupRequest {
        let subscription = Subscription {
            topics: vec!["orders".into()],
            generation: -1,
            ..Subscription::default()
        };
        JoinGroupRequest {
            group: GROUP.into(),
            client_id: "c".into(),
            member_id: member.into(),
            group_instance_id: instance.map(Name::from),
            session_timeout_ms: 45_000,
            rebalance_timeout_ms: 300_000,
            protocols: vec![("range".into(), subscription)],
            reason: "".into(),
        }
    }

    /// The first JoinGroup of a dynamic member: it gets an id.
    pub fn get_id(&mut self) -> Name {
        let request = Self::join_request("", None);
        let response = self.ask(&Request::JoinGroup(Box::new(request)));
        let Response::JoinGroup(join) = response else {
            panic!("{response:?}")
        };
        assert_eq!(join.error, ErrorCode::MemberIdRequired);
        join.member_id
    }

    pub fn join(&mut self, member: &str) -> u32 {
        self.send(&Request::JoinGroup(Box::new(Self::join_request(
            member, None,
        ))))
    }

    pub fn join_static(&mut self, instance: &str) -> u32 {
        let request = Self::join_request("", Some(instance));
        self.send(&Request::JoinGroup(Box::new(request)))
    }

    /// Both requests of a new member: its id and the number of the second.
    pub fn join_new(&mut self) -> (Name, u32) {
        let id = self.get_id();
        let number = self.join(&id);
        (id, number)
    }

    pub fn joined(&mut self, number: u32) -> JoinGroupResponse {
        match self.answer(number) {
            Response::JoinGroup(join) => *join,
            other => panic!("{other:?}"),
        }
    }

    pub fn sync(&mut self, member: &str, generation: i32, plan: &[(&str, &[i32])]) -> u32 {
        let share = |partitions: &[i32]| vec![(Name::from("orders"), partitions.to_vec())];
        let plan = plan.iter().map(|(id, p)| (Name::from(*id), share(p)));
        self.send(&Request::SyncGroup(Box::new(SyncGroupRequest {
            group: GROUP.into(),
            generation,
            member_id: member.into(),
            group_instance_id: None,
            protocol: Some("range".into()),
            assignments: plan.collect(),
        })))
    }

    pub fn synced(&mut self, number: u32) -> (ErrorCode, MemberAssignment) {
        match self.answer(number) {
            Response::SyncGroup(sync) => {
                let SyncGroupResponse {
                    error, assignment, ..
                } = *sync;
                (error, assignment)
            }
            other => panic!("{other:?}"),
        }
    }

    pub fn heartbeat(&mut self, member: &str, generation: i32) -> ErrorCode {
        let number = self.send_heartbeat(member, generation);
        match self.answer(number) {
            Response::Heartbeat(error) => error,
            other => panic!("{other:?}"),
        }
    }

    pub fn send_heartbeat(&mut self, member: &str, generation: i32) -> u32 {
        self.send(&Request::Heartbeat(Box::new(HeartbeatRequest {
            group: GROUP.into(),
            generation,
            member_id: member.into(),
            group_instance_id: None,
        })))
    }

    pub fn leave(&mut self, member: &str, instance: Option<&str>) -> ErrorCode {
        let response = self.ask(&Request::LeaveGroup(Box::new(LeaveGroupRequest {
            group: GROUP.into(),
            member_id: member.into(),
            group_instance_id: instance.map(Name::from),
            reason: "".into(),
        })));
        match response {
            Response::LeaveGroup(error) => error,
            other => panic!("{other:?}"),
        }
    }

    pub fn send_commit(&mut self, member: &str, generation: i32, offset: Offset) -> u32 {
        self.send(&Request::OffsetCommit(Box::new(OffsetCommitRequest {
            group: GROUP.into(),
            generation,
            member_id: member.into(),
            group_instance_id: None,
            offsets: vec![(tp(0), offset)],
        })))
    }

    pub fn commit(&mut self, member: &str, generation: i32, offset: Offset) -> ErrorCode {
        let number = self.send_commit(member, generation, offset);
        match self.answer(number) {
            Response::OffsetCommit(all) => all[0].1,
            other => panic!("{other:?}"),
        }
    }

    pub fn fetch_request() -> Request {
        Request::OffsetFetch(Box::new(OffsetFetchRequest {
            group: GROUP.into(),
            partitions: Some(vec![tp(0)]),
        }))
    }

    pub fn committed(&mut self) -> Offset {
        match self.ask(&Self::fetch_request()) {
            Response::OffsetFetch(ErrorCode::None, all) => all[0].1,
            other => panic!("{other:?}"),
        }
    }

    pub fn delete_group(&mut self) -> ErrorCode {
        match self.ask(&Request::DeleteGroups(vec![GROUP.into()])) {
            Response::DeleteGroups(all) => all[0].1,
            other => panic!("{other:?}"),
        }
    }

    /// State and generation of the group; Dead when there is none.
    pub fn group(&self) -> (GroupState, i32) {
        let groups = self.coordinator.groups();
        let found = groups.iter().find(|it| &**it.name == GROUP);
        found.map_or((GroupState::Dead, -1), |it| (it.state, it.generation))
    }

    pub fn members(&self) -> Vec<Name> {
        let groups = self.coordinator.groups();
        let found = groups.iter().find(|it| &**it.name == GROUP);
        let ids = found.map(|it| it.members.iter().map(|m| m.id.clone()).collect());
        ids.unwrap_or_default()
    }

    // Requests of members of the consumer protocol.

    /// A heartbeat that tells nothing new.
    pub fn beat_request(member: &str, epoch: i32) -> ConsumerGroupHeartbeatRequest {
        ConsumerGroupHeartbeatRequest {
            group: GROUP.into(),
            client_id: "c".into(),
            member_id: member.into(),
            member_epoch: epoch,
            group_instance_id: None,
            rebalance_timeout_ms: -1,
            topics: None,
            assignor: None,
            owned: None,
        }
    }

    /// A heartbeat that joins.
    pub fn enter_request(member: &str, instance: Option<&str>) -> ConsumerGroupHeartbeatRequest {
        ConsumerGroupHeartbeatRequest {
            group_instance_id: instance.map(Name::from),
            rebalance_timeout_ms: 300_000,
            topics: Some(vec!["orders".into()]),
            owned: Some(Vec::new()),
            ..Self::beat_request(member, 0)
        }
    }

    pub fn modern(
        &mut self,
        request: ConsumerGroupHeartbeatRequest,
    ) -> ConsumerGroupHeartbeatResponse {
        match self.ask(&Request::ConsumerGroupHeartbeat(Box::new(request))) {
            Response::ConsumerGroupHeartbeat(response) => *response,
            other => panic!("{other:?}"),
        }
    }

    /// Epoch and assignment, or the error; the member says what it owns if `owned` is given.
    pub fn beat(
        &mut self,
        member: &str,
        epoch: i32,
        owned: Option<&[i32]>,
    ) -> Result<(i32, Option<Vec<i32>>), ErrorCode> {
        let mut request = Self::beat_request(member, epoch);
        request.owned = owned.map(|list| list.iter().map(|p| tp(*p)).collect());
        told(self.modern(request))
    }

    pub fn enter(&mut self, member: &str) -> Result<(i32, Option<Vec<i32>>), ErrorCode> {
        told(self.modern(Self::enter_request(member, None)))
    }

    pub fn enter_as(
        &mut self,
        member: &str,
        instance: &str,
    ) -> Result<(i32, Option<Vec<i32>>), ErrorCode> {
        told(self.modern(Self::enter_request(member, Some(instance))))
    }

    /// State, group epoch, assignment epoch; and for every member its epoch, state, assignment and target.
    pub fn epochs(&self) -> (GroupState, i32, i32, Vec<Walk>) {
        let groups = self.coordinator.groups();
        let group = groups.iter().find(|it| &**it.name == GROUP);
        let group = group.and_then(|it| it.consumer).expect("such a group");
        let numbers = |set: &rebalance_core::sorted::Set<TopicPartition>| {
            set.iter().map(|tp| tp.partition).collect()
        };
        let walk = |m: &rebalance_core::group::consumer::Member| Walk {
            member: m.id.to_string(),
            epoch: m.current.member_epoch,
            state: m.current.state.name(),
            assigned: numbers(&m.current.assigned),
            target: numbers(&m.target),
        };
        let members = group.members().map(walk).collect();
        let epochs = (group.group_epoch(), group.assignment_epoch());
        (group.state(), epochs.0, epochs.1, members)
    }

    /// A stable group of one, generation 1, at three seconds.
    pub fn stable_one(&mut self) -> Name {
        let (m1, join) = self.join_new();
        self.at(3.0);
        assert_eq!(self.joined(join).generation, 1);
        let sync = self.sync(&m1, 1, &[(&m1, &[0, 1, 2])]);
        self.synced(sync);
        assert_eq!(self.group(), (GroupState::Stable, 1));
        m1
    }

    /// A stable group of two, generation 2, at nine seconds; the leader first.
    pub fn stable_two(&mut self) -> (Name, Name) {
        let m1 = self.stable_one();
        self.at(6.0);
        let (m2, second) = self.join_new();
        self.at(9.0);
        let first = self.join(&m1);
        assert_eq!(self.joined(first).generation, 2);
        assert_eq!(self.joined(second).generation, 2);
        let follower = self.sync(&m2, 2, &[]);
        let leader = self.sync(&m1, 2, &[(&m1, &[0, 1]), (&m2, &[2])]);
        self.synced(leader);
        self.synced(follower);
        (m1, m2)
    }

    pub fn seconds(time: SimTime) -> f64 {
        time.since(SimTime::ZERO).0 as f64 / 1_000_000.0
    }

    /// When a member was told to have left, and why.
    pub fn left(&self, id: &str) -> Option<(f64, rebalance_core::event::LeaveReason)> {
        self.events.iter().find_map(|(at, event)| match event {
            Event::MemberLeft { member, reason, .. } if &**member == id => {
                Some((Self::seconds(*at), *reason))
            }
            _ => None,
        })
    }

    pub fn session_end(&self, id: &str) -> f64 {
        let groups = self.coordinator.groups();
        let member = groups[0].members.iter().find(|m| &**m.id == id);
        Self::seconds(member.expect("a member").session_ends)
    }
}
