//! Groups of the consumer protocol (KIP-848), event by event, beside Kafka's own `GroupMetadataManager`.
//!
//! Each trace is heartbeats, time that passes, and topics that come, grow and go, with what Kafka answered and what its group was
//! afterwards: epochs, and every member's state, assignment, pending revocations and target. The coordinator is the engine's
//! own, asked through the door the broker uses; every write is committed at once.

mod vectors;

use rebalance_core::config::{BrokerConfig, ConfigSet, Preset};
use rebalance_core::coordinator::{Action, GroupCoordinator, ReplyTo};
use rebalance_core::group::consumer::{ConsumerGroup, Member};
use rebalance_core::id::{ClientId, Name, NodeId, TopicId, TopicPartition};
use rebalance_core::protocol::{ConsumerGroupHeartbeatRequest, Request, Response};
use rebalance_core::rng::Rng;
use rebalance_core::time::{Duration, SimTime};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How far the clock of the traces moves at a time.
const STEP: i64 = 500;

struct World {
    coordinator: GroupCoordinator,
    now: SimTime,
    armed: BTreeMap<u64, SimTime>,
    answer: Option<Response>,
    asked: u32,
    rng: Rng,
}

impl World {
    fn new(case: &Value) -> Self {
        let mut config = BrokerConfig::preset(Preset::Kafka);
        config.group_consumer_max_size = number(&case["max"]);
        let list = if case["range_first"] == true {
            "range,uniform"
        } else {
            "uniform,range"
        };
        let settings = [
            ("group.consumer.assignors", list),
            ("group.consumer.migration.policy", "disabled"),
        ];
        for (name, value) in settings {
            config.set(name, value).expect("a setting");
        }
        let mut world = Self {
            coordinator: GroupCoordinator::new(&config),
            now: SimTime::ZERO,
            armed: BTreeMap::new(),
            answer: None,
            asked: 0,
            rng: Rng::fork(1, "coordinator"),
        };
        let mut out = Vec::new();
        world.coordinator.on_elected(0, 0, &mut out);
        let nothing = std::iter::empty();
        world.coordinator.on_loaded(world.now, 0, nothing, &mut out);
        world.carry_out(out);
        world
    }

    fn carry_out(&mut self, actions: Vec<Action>) {
        let mut written = Vec::new();
        for action in actions {
            match action {
                Action::Reply(_, response) => self.answer = Some(response),
                Action::Append { token, .. } => written.push(token),
                Action::Arm(key, at) => drop(self.armed.insert(key, at)),
                Action::Disarm(key) => drop(self.armed.remove(&key)),
                Action::Emit(_) => {}
            }
        }
        for token in written {
            let mut out = Vec::new();
            self.coordinator.on_committed(self.now, token, &mut out);
            self.carry_out(out);
        }
    }

    fn sleep(&mut self, ms: i64) {
        let until = self.now + Duration::millis(ms);
        while self.now < until {
            self.now = until.min(self.now + Duration::millis(STEP));
            while let Some(key) = self.next_due() {
                self.armed.remove(&key);
                let mut out = Vec::new();
                self.coordinator.on_timer(self.now, key, &mut out);
                self.carry_out(out);
            }
        }
    }

    fn next_due(&self) -> Option<u64> {
        let due = self.armed.iter().filter(|(_, at)| **at <= self.now);
        due.min_by_key(|(_, at)| **at).map(|(key, _)| *key)
    }

    fn beat(&mut self, event: &Value) -> Value {
        let texts = |list: &Vec<Value>| list.iter().map(text).collect::<Vec<Name>>();
        let request = ConsumerGroupHeartbeatRequest {
            group: "g".into(),
            client_id: "client".into(),
            member_id: text(&event["member"]),
            member_epoch: number(&event["epoch"]) as i32,
            group_instance_id: event["instance"].as_str().map(Name::from),
            rebalance_timeout_ms: number(&event["timeout"]),
            topics: event["topics"].as_array().map(texts),
            assignor: event["assignor"].as_str().map(Name::from),
            owned: event["owned"]
                .as_array()
                .map(|list| list.iter().map(partition).collect()),
        };
        self.asked += 1;
        let from = ReplyTo {
            node: NodeId::Client(ClientId(1)),
            correlation: self.asked,
        };
        let request = Request::ConsumerGroupHeartbeat(Box::new(request));
        let mut out = Vec::new();
        self.coordinator
            .on_request(self.now, &mut self.rng, from, &request, 1, &mut out);
        self.carry_out(out);
        let Some(Response::ConsumerGroupHeartbeat(answer)) = self.answer.take() else {
            panic!("no answer to {event}");
        };
        if !answer.error.is_ok() {
            return json!({"error": answer.error.name()});
        }
        let assignment = answer.assignment.as_ref().map(|it| named(it.iter()));
        json!({"error": "NONE", "epoch": answer.member_epoch, "assignment": assignment})
    }

    fn event(&mut self, event: &Value) -> Value {
        let topic = || TopicId(number(&event["id"]) as u32);
        match event["op"].as_str() {
            Some("Topic") => {
                let partitions = number(&event["partitions"]) as i32;
                self.coordinator
                    .on_topic(topic(), &text(&event["name"]), partitions);
            }
            Some("Drop") => {
                let mut out = Vec::new();
                self.coordinator
                    .on_topic_deleted(self.now, topic(), &mut out);
                self.carry_out(out);
            }
            Some("Sleep") => self.sleep(number(&event["ms"])),
            _ => return self.beat(event),
        }
        Value::Null
    }

    fn group(&self) -> Value {
        let groups = self.coordinator.groups();
        let group = groups.iter().find_map(|it| it.consumer);
        group.map_or(Value::Null, told)
    }
}

fn told(group: &ConsumerGroup) -> Value {
    let member = |it: &Member| {
        let told = json!({
            "epoch": it.current.member_epoch,
            "previous": it.current.previous_member_epoch,
            "state": it.current.state.name(),
            "assigned": named(it.current.assigned.iter()),
            "pending": named(it.current.pending_revocation.iter()),
            "target": named(it.target.iter()),
        });
        (it.id.to_string(), told)
    };
    let members: Map<String, Value> = group.members().map(member).collect();
    json!({
        "state": group.state().name(),
        "group_epoch": group.group_epoch(),
        "assignment_epoch": group.assignment_epoch(),
        "members": members,
    })
}

fn number(value: &Value) -> i64 {
    value.as_i64().expect("a number")
}

fn text(value: &Value) -> Name {
    Name::from(value.as_str().expect("a text"))
}

/// `3-1`: partition 1 of the topic with this id.
fn partition(value: &Value) -> TopicPartition {
    let (topic, number) = value
        .as_str()
        .and_then(|it| it.split_once('-'))
        .expect("a partition");
    let id = TopicId(topic.parse().expect("an id"));
    TopicPartition::new(id, number.parse().expect("a number"))
}

fn named<'a>(partitions: impl Iterator<Item = &'a TopicPartition>) -> Value {
    let mut list: Vec<TopicPartition> = partitions.copied().collect();
    list.sort_by_key(|it| (it.topic, it.partition));
    let name = |it: &TopicPartition| json!(format!("{}-{}", it.topic.0, it.partition));
    list.iter().map(name).collect()
}

#[test]
fn heartbeats_are_answered_as_kafkas_coordinator_answers_them() {
    let file = vectors::read("more/consumer_group");
    let cases = file["cases"].as_array().expect("cases");
    assert!(!cases.is_empty());
    for case in cases {
        let mut world = World::new(case);
        for (at, event) in case["events"]
            .as_array()
            .expect("events")
            .iter()
            .enumerate()
        {
            let answer = world.event(event);
            let place = format!("{} event {at}: {event}", case["id"]);
            assert_eq!(answer, event["answer"], "{place}");
            // What was there before anybody joined was not written down.
            if let Some(group) = event.get("group") {
                assert_eq!(&world.group(), group, "{place}");
            }
        }
    }
}
