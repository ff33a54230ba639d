//! Answers of the controller: where replicas go and who leads.

use super::input::{Emit, Vectors};
use crate::Failure;
use rebalance_core::election::{
    self, ChangeRequest, Election, LeaderRecoveryState, PartitionState,
};
use rebalance_core::java::JavaRandom;
use rebalance_core::placement::{UsableBroker, place};
use serde::Deserialize;
use serde_json::{Value, json};

/// More partitions than this are not placed at once. Kafka itself creates 10,000 in a request.
const PARTITION_LIMIT: i32 = 1_000_000;

#[derive(Deserialize)]
struct Broker {
    id: i32,
    rack: Option<String>,
    fenced: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Seed {
    Number(i64),
    Text(String),
}

#[derive(Deserialize)]
struct PlacementCase {
    id: String,
    brokers: Vec<Broker>,
    partitions: i32,
    replication_factor: i32,
    random: String,
    seed: Option<Seed>,
}

pub(super) fn replica_placement(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    vectors.each(emit, |case: PlacementCase| {
        let seed = match &case.seed {
            Some(Seed::Number(seed)) => Some(*seed),
            Some(Seed::Text(text)) => text.parse().ok(),
            None => None,
        };
        let id = &case.id;
        match (case.random.as_str(), seed) {
            ("zero", _) => placed(&case, &mut |_: i32| 0),
            ("java.util.Random", Some(seed)) => placed(&case, &mut JavaRandom::new(seed)),
            (random, _) => json!({"id": id, "unsupported": format!("random '{random}' with this seed; known are zero and java.util.Random")}),
        }
    })
}

fn placed(
    case: &PlacementCase,
    random: &mut dyn rebalance_core::java::random::RandomSource,
) -> Value {
    let broker = |it: &Broker| UsableBroker {
        id: it.id,
        rack: it.rack.clone(),
        fenced: it.fenced,
    };
    let brokers: Vec<UsableBroker> = case.brokers.iter().map(broker).collect();
    if case.partitions > PARTITION_LIMIT {
        let why = format!(
            "{} partitions; at most {PARTITION_LIMIT} are placed",
            case.partitions
        );
        return json!({"id": case.id, "unsupported": why});
    }
    match place(&brokers, case.partitions, case.replication_factor, random) {
        Ok(replicas) => json!({"id": case.id, "replicas": replicas}),
        Err(error) => {
            json!({"id": case.id, "error": format!("InvalidReplicationFactorException: {error}")})
        }
    }
}

#[derive(Deserialize)]
enum Recovery {
    #[serde(rename = "RECOVERED")]
    Recovered,
    #[serde(rename = "RECOVERING")]
    Recovering,
}

#[derive(Deserialize)]
struct State {
    replicas: Vec<i32>,
    isr: Vec<i32>,
    elr: Vec<i32>,
    last_known_elr: Vec<i32>,
    leader: i32,
    leader_epoch: i32,
    partition_epoch: i32,
    recovery: Recovery,
}

#[derive(Deserialize)]
enum Mode {
    #[serde(rename = "PREFERRED")]
    Preferred,
    #[serde(rename = "ONLINE")]
    Online,
    #[serde(rename = "UNCLEAN")]
    Unclean,
}

#[derive(Deserialize)]
struct Event {
    election: Mode,
    alive_after: Vec<i32>,
    target_isr: Vec<i32>,
    before: State,
}

#[derive(Deserialize)]
struct ElectionCase {
    id: String,
    elr_enabled: bool,
    effective_min_isr: usize,
    events: Vec<Event>,
}

impl From<&State> for PartitionState {
    fn from(state: &State) -> Self {
        Self {
            replicas: state.replicas.clone(),
            adding: Vec::new(),
            removing: Vec::new(),
            isr: state.isr.clone(),
            elr: state.elr.clone(),
            last_known_elr: state.last_known_elr.clone(),
            leader: state.leader,
            leader_epoch: state.leader_epoch,
            partition_epoch: state.partition_epoch,
            recovery: match state.recovery {
                Recovery::Recovered => LeaderRecoveryState::Recovered,
                Recovery::Recovering => LeaderRecoveryState::Recovering,
            },
        }
    }
}

pub(super) fn leader_election(vectors: &Vectors<'_>, emit: Emit<'_>) -> Result<(), Failure> {
    vectors.each(emit, |case: ElectionCase| {
        let events: Vec<Value> = case.events.iter().map(|it| elected(&case, it)).collect();
        json!({"id": case.id, "events": events})
    })
}

fn elected(case: &ElectionCase, event: &Event) -> Value {
    let before = PartitionState::from(&event.before);
    let request = ChangeRequest {
        target_isr: &event.target_isr,
        assignment: None,
        election: match event.election {
            Mode::Preferred => Election::Preferred,
            Mode::Online => Election::Online,
            Mode::Unclean => Election::Unclean,
        },
        elr_enabled: case.elr_enabled,
        min_isr: case.effective_min_isr,
        unclean_shutdown: &[],
        target_recovery: None,
        is_acceptable_leader: &|it| event.alive_after.contains(&it),
    };
    let after = election::change(&before, &request);
    json!({"record": after.is_some(), "after": state(after.as_ref().unwrap_or(&before))})
}

fn state(state: &PartitionState) -> Value {
    let recovery = match state.recovery {
        LeaderRecoveryState::Recovered => "RECOVERED",
        LeaderRecoveryState::Recovering => "RECOVERING",
    };
    json!({
        "replicas": state.replicas,
        "isr": state.isr,
        "elr": state.elr,
        "last_known_elr": state.last_known_elr,
        "leader": state.leader,
        "leader_epoch": state.leader_epoch,
        "partition_epoch": state.partition_epoch,
        "recovery": recovery,
    })
}
