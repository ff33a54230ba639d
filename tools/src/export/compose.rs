//! A docker compose file: Apache Kafka in KRaft mode, with as many controllers and brokers as there are here.
//!
//! The image writes `server.properties` from variables: `KAFKA_`, upper case, `.` as `_`.

use crate::print::{port, uuid};
use rebalance_core::config::{BrokerConfig, ConfigSet};
use rebalance_core::session::Session;
use rebalance_core::view::View;

/// Share groups are a preview in this version: their feature is off until somebody turns it on.
const SHARES: &str = "# Share groups are a preview in this version. Once it runs:\n\
     # docker compose exec broker-1 /opt/kafka/bin/kafka-features.sh --bootstrap-server broker-1:19092 upgrade --feature share.version=1\n";

/// The version that is simulated.
const IMAGE: &str = "apache/kafka:4.1.0";

pub(super) fn write(session: &Session, view: &View) -> String {
    let voters: Vec<String> = view
        .controllers
        .iter()
        .map(|c| format!("{0}@controller-{0}:9093", c.id))
        .collect();
    let voters = voters.join(",");
    let common = common(session, view, &voters);
    let mut out = String::from(
        "# Apache Kafka in KRaft mode, as in the simulation.  docker compose up -d\n\
         # Brokers listen on localhost:9092, 9093, … (broker 1, 2, …).\n\
         x-kafka: &kafka\n  image: ",
    );
    let shares = view.groups.iter().any(|g| g.share.is_some());
    if shares {
        // Formatting gives a new cluster only what is ready for production.
        out = SHARES.to_string() + &out;
    }
    out += &format!(
        "{IMAGE}\n  restart: unless-stopped\n\nx-settings: &settings\n{common}\nservices:\n"
    );
    for c in &view.controllers {
        out += &format!(
            "  controller-{0}:\n    <<: *kafka\n    hostname: controller-{0}\n    environment:\n      <<: *settings\n      \
             KAFKA_NODE_ID: {0}\n      KAFKA_PROCESS_ROLES: controller\n      KAFKA_LISTENERS: CONTROLLER://:9093\n",
            c.id
        );
    }
    let after: Vec<String> = view
        .controllers
        .iter()
        .map(|c| format!("controller-{}", c.id))
        .collect();
    for b in &view.brokers {
        let outside = port(b.id);
        out += &format!(
            "  broker-{0}:\n    <<: *kafka\n    hostname: broker-{0}\n    depends_on: [{1}]\n    ports: [\"{outside}:{outside}\"]\n    \
             environment:\n      <<: *settings\n      KAFKA_NODE_ID: {0}\n      KAFKA_PROCESS_ROLES: broker\n      \
             KAFKA_LISTENERS: INTERNAL://:19092,EXTERNAL://:{outside}\n      \
             KAFKA_ADVERTISED_LISTENERS: INTERNAL://broker-{0}:19092,EXTERNAL://localhost:{outside}\n",
            b.id,
            after.join(", ")
        );
        if let Some(rack) = &b.rack {
            out += &format!("      KAFKA_BROKER_RACK: {}\n", super::quoted(rack));
        }
    }
    out
}

/// What every node has.
fn common(session: &Session, view: &View, voters: &str) -> String {
    let mut lines = vec![
        ("CLUSTER_ID".to_string(), uuid(view.seed, u64::MAX)),
        (
            "KAFKA_CONTROLLER_QUORUM_VOTERS".to_string(),
            voters.to_string(),
        ),
        (
            "KAFKA_CONTROLLER_LISTENER_NAMES".to_string(),
            "CONTROLLER".to_string(),
        ),
        (
            "KAFKA_INTER_BROKER_LISTENER_NAME".to_string(),
            "INTERNAL".to_string(),
        ),
        (
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP".to_string(),
            "CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT".to_string(),
        ),
    ];
    let config = session.cluster().broker_config();
    let least = i64::try_from(view.brokers.len()).unwrap_or(1).min(3);
    for (index, def) in BrokerConfig::DEFS.iter().enumerate() {
        let value = config.value(index);
        if value != def.default {
            lines.push((variable(def.name), def.format(value)));
        }
    }
    // Transactions are not simulated, but their topic has to fit the cluster too.
    lines.push((
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR".into(),
        least.to_string(),
    ));
    lines.push((
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR".into(),
        least.min(2).to_string(),
    ));
    lines
        .iter()
        .map(|(n, v)| format!("  {n}: {}\n", super::quoted(v)))
        .collect()
}

fn variable(name: &str) -> String {
    format!("KAFKA_{}", name.replace('.', "_").to_ascii_uppercase())
}
