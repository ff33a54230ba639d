//! Answers of the classic group protocol: a coordinator with one group, driven event by event.
//!
//! The coordinator is the engine's own, asked through the door the broker uses. Every write is committed at once. Member
//! ids come from the file, because the order of Java's hash map depends on them.

use super::classic_events::{Case, Event, GROUP, Member};
use super::input::{Emit, Vectors};
use crate::Failure;
use rebalance_core::config::{BrokerConfig, ConfigSet, Preset};
use rebalance_core::coordinator::{Action, GroupCoordinator, MemberDescription, ReplyTo};
use rebalance_core::group::classic::GroupTimer;
use rebalance_core::id::{ClientId, Name, NodeId};
use rebalance_core::protocol::{
    ErrorCode, JoinGroupResponse, Request, Response, SyncGroupResponse,
};
use rebalance_core::time::{Duration, SimTime};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The group's partition when there is only one.
const PARTITION: i32 = 0;
/// How far the vectors' clock moves at a time.
const STEP: Duration = Duration::millis(500);

pub(super) fn classic_group(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    vectors.each(emit, |case: Case| {
        let mut drive = Drive::new(&case);
        let events: Vec<Value> = case.events.iter().map(|it| drive.event(it)).collect();
        json!({"id": case.id, "events": events})
    })
}

/// A coordinator and the world around it.
struct Drive<'a> {
    coordinator: GroupCoordinator,
    now: SimTime,
    /// Real ids by symbol, and symbols by real id.
    ids: &'a BTreeMap<String, String>,
    symbols: BTreeMap<&'a str, &'a str>,
    /// Member ids given out so far.
    given: usize,
    /// Names of clients, by number.
    clients: Vec<String>,
    /// Requests so far: who asked.
    asked: Vec<u32>,
    armed: BTreeMap<u64, SimTime>,
    /// Answers since the event began.
    answers: Vec<(String, Response)>,
}

impl<'a> Drive<'a> {
    fn new(case: &'a Case) -> Self {
        let mut config = BrokerConfig::preset(Preset::Kafka);
        config.group_initial_rebalance_delay_ms = case.initial_rebalance_delay_ms;
        config.group_max_size = case.group_max_size.unwrap_or(config.group_max_size);
        let pairs = case.member_ids.iter();
        let mut drive = Self {
            coordinator: GroupCoordinator::new(&config),
            now: SimTime::ZERO,
            ids: &case.member_ids,
            symbols: pairs.map(|(s, id)| (id.as_str(), s.as_str())).collect(),
            given: 0,
            clients: Vec::new(),
            asked: Vec::new(),
            armed: BTreeMap::new(),
            answers: Vec::new(),
        };
        let mut out = Vec::new();
        drive.coordinator.on_elected(PARTITION, 0, &mut out);
        let nothing = std::iter::empty();
        drive
            .coordinator
            .on_loaded(drive.now, PARTITION, nothing, &mut out);
        // The search for expired offsets is no part of the vectors.
        drive
    }

    fn event(&mut self, event: &Event) -> Value {
        let mut answer = Map::new();
        match event {
            Event::Sleep { at_ms, ms } => {
                self.now = at(*at_ms);
                let timers = self.sleep(at(*at_ms) + Duration::millis(*ms as i64));
                answer.insert("timers".to_owned(), timers.into());
            }
            Event::JoinGroup { by, .. } | Event::SyncGroup { by, .. } => {
                self.ask(by, event.request(self.ids));
            }
            Event::Heartbeat { by, .. } | Event::LeaveGroup { by } => {
                self.ask(by, event.request(self.ids));
                let error = self.own_error();
                answer.insert("error".to_owned(), error.name().into());
            }
        }
        answer.insert("responses".to_owned(), self.responses());
        answer.insert("group".to_owned(), self.group());
        Value::Object(answer)
    }

    fn ask(&mut self, by: &Member, request: Request) {
        self.now = at(by.at_ms);
        // Symbols are numbered by first appearance; a stranger's made-up id takes a number, too.
        if let Some(number) = by.member.strip_prefix('m').and_then(|it| it.parse().ok()) {
            self.given = self.given.max(number);
        }
        let number = self.client(&by.client);
        let from = ReplyTo {
            node: NodeId::Client(ClientId(number)),
            correlation: self.asked.len() as u32,
        };
        self.asked.push(number);
        let (ids, given) = (self.ids, &mut self.given);
        let mut new_id = |_: &str| {
            *given += 1;
            let id = ids.get(&format!("m{given}"));
            Name::from(id.map_or("unknown", String::as_str))
        };
        let mut out = Vec::new();
        self.coordinator
            .on_request_with(self.now, &mut new_id, from, &request, 1, &mut out);
        self.carry_out(out);
    }

    fn client(&mut self, name: &str) -> u32 {
        let known = self.clients.iter().position(|it| it == name);
        let number = known.unwrap_or_else(|| {
            self.clients.push(name.to_owned());
            self.clients.len() - 1
        });
        number as u32
    }

    /// Does what the coordinator wants; writes are committed at once.
    fn carry_out(&mut self, actions: Vec<Action>) {
        let mut written = Vec::new();
        for action in actions {
            match action {
                Action::Reply(to, response) => {
                    let client = self.asked[to.correlation as usize];
                    let name = self.clients[client as usize].clone();
                    self.answers.push((name, response));
                }
                Action::Append { token, .. } => written.push(token),
                Action::Arm(key, at) => {
                    self.armed.insert(key, at);
                }
                Action::Disarm(key) => {
                    self.armed.remove(&key);
                }
                Action::Emit(_) => {}
            }
        }
        for token in written {
            let mut out = Vec::new();
            self.coordinator.on_committed(self.now, token, &mut out);
            self.carry_out(out);
        }
    }

    /// Lets time pass, as the vectors' clock does: it moves in steps and looks at the timers after each, so a timer that is
    /// due at the very beginning comes with the first step. Tells which of the group's timers came, and when.
    fn sleep(&mut self, until: SimTime) -> Vec<Value> {
        let mut timers = Vec::new();
        while self.now < until {
            self.now = until.min(self.now + STEP);
            while let Some(key) = self.next_due() {
                self.armed.remove(&key);
                self.wake(key, &mut timers);
            }
        }
        timers
    }

    fn next_due(&self) -> Option<u64> {
        let due = self.armed.iter().filter(|(_, at)| **at <= self.now);
        due.min_by_key(|(_, at)| **at).map(|(key, _)| *key)
    }

    fn wake(&mut self, key: u64, timers: &mut Vec<Value>) {
        loop {
            let mut out = Vec::new();
            let fired = self.coordinator.fire_one(self.now, key, &mut out);
            self.carry_out(out);
            let Some(timer) = fired else { break };
            let (at_ms, name) = (self.now.as_millis(), self.timer_name(&timer));
            timers.push(json!({"at_ms": at_ms, "timer": name}));
        }
    }

    fn timer_name(&self, timer: &GroupTimer) -> String {
        match timer {
            GroupTimer::Join => format!("join-{GROUP}"),
            GroupTimer::Sync => format!("sync-{GROUP}"),
            GroupTimer::Heartbeat(id) => format!("heartbeat-{GROUP}-{}", self.symbol(id)),
        }
    }

    /// The error of the Heartbeat or LeaveGroup that was asked; its answer is not listed with the others.
    fn own_error(&mut self) -> ErrorCode {
        let own = |response: &Response| match response {
            Response::Heartbeat(error) | Response::LeaveGroup(error) => Some(*error),
            _ => None,
        };
        let error = self.answers.iter().find_map(|(_, response)| own(response));
        self.answers.retain(|(_, response)| own(response).is_none());
        error.unwrap_or(ErrorCode::UnknownServerError)
    }

    /// What was answered since the event began, by client.
    fn responses(&mut self) -> Value {
        let mut answers = std::mem::take(&mut self.answers);
        answers.sort_by_key(|(client, _)| number_of(client));
        let told = answers
            .iter()
            .filter_map(|(client, it)| self.told(client, it));
        told.collect()
    }

    fn told(&self, client: &str, response: &Response) -> Option<Value> {
        match response {
            Response::JoinGroup(it) => Some(self.joined(client, it)),
            Response::SyncGroup(it) => Some(synced(client, it)),
            _ => None,
        }
    }

    fn joined(&self, client: &str, it: &JoinGroupResponse) -> Value {
        let mut members: Vec<String> = it
            .members
            .iter()
            .map(|m| self.symbol(&m.member_id))
            .collect();
        members.sort_by_key(|it| number_of(it));
        json!({
            "type": "JoinGroup",
            "client": client,
            "error": it.error.name(),
            "member": self.symbol(&it.member_id),
            "generation": it.generation,
            "leader": self.symbol(&it.leader),
            "protocol": it.protocol.as_deref(),
            "members": members,
            "skip_assignment": it.skip_assignment,
        })
    }

    fn group(&self) -> Value {
        let groups = self.coordinator.groups();
        let Some(group) = groups.first() else {
            return Value::Null;
        };
        let mut members: Vec<(String, &MemberDescription<'_>)> = group
            .members
            .iter()
            .map(|m| (self.symbol(m.id), m))
            .collect();
        members.sort_by_key(|(symbol, _)| number_of(symbol));
        let member = |(symbol, m): (String, &MemberDescription<'_>)| {
            json!({
                "id": symbol,
                "instance": m.instance.map(|it| &**it),
                "awaiting_join": m.awaiting_join,
                "awaiting_sync": m.awaiting_sync,
            })
        };
        let members: Vec<Value> = members.into_iter().map(member).collect();
        json!({
            "state": group.state.name(),
            "generation": group.generation,
            "leader": group.leader.map(|it| self.symbol(it)),
            "protocol": group.protocol.map(|it| &**it),
            "pending_joins": group.pending_joins,
            "members": members,
        })
    }

    fn symbol(&self, id: &str) -> String {
        self.symbols.get(id).copied().unwrap_or(id).to_owned()
    }
}

fn synced(client: &str, it: &SyncGroupResponse) -> Value {
    let text = it.assignment.first().map_or("", |(text, _)| text);
    json!({"type": "SyncGroup", "client": client, "error": it.error.name(), "assignment": text})
}

fn at(ms: u64) -> SimTime {
    SimTime::ZERO + Duration(ms * 1_000)
}

/// The number in `m12` or `c3`, to sort by.
fn number_of(symbol: &str) -> (u64, String) {
    let digits = symbol.trim_start_matches(|it: char| !it.is_ascii_digit());
    (digits.parse().unwrap_or(u64::MAX), symbol.to_owned())
}
