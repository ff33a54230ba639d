//! What is exported recreates the cluster: the script here, the program by what kafka-python really has.

use rebalance_core::command::parse_script;
use rebalance_core::session::Session;
use rebalance_tools::export::{Kind, export};
use std::path::{Path, PathBuf};
use std::process::Command;

const SHOP: &str = "cluster create brokers=3 controllers=3 seed=11 preset=classroom
topic create orders partitions=3 replication=3 min.insync.replicas=2 retention.ms=60000
topic create payments partitions=2 replication=2
producer add web topic=orders rate=2/s keys=alice,bob,\"o'neil \\\"x\\\"\" linger.ms=20
producer add hand topic=payments acks=1
consumer add till group=billing topics=orders process=40ms group.instance.id=till-1 auto.offset.reset=earliest
consumer add audit group=audit topics=orders,payments enable.auto.commit=false partition.assignment.strategy=cooperative-sticky,range
consumer add all group=log topics=/.*/ group.protocol=consumer
consumer add w1 share-group=workers topics=payments
consumer add alone assign=orders-0,orders-2
advance 15s
";

fn session(script: &str) -> Session {
    let commands: Vec<_> = parse_script(script)
        .unwrap()
        .into_iter()
        .map(|(_, c)| c)
        .collect();
    Session::new(&commands).unwrap()
}

#[test]
fn the_script_leads_to_the_same_moment() {
    let shop = session(SHOP);
    let again = session(&export(&shop, Kind::Script));
    assert_eq!(shop.journal_hash(), again.journal_hash());
}

#[test]
fn kafkas_tools_say_what_there_is() {
    let text = export(&session(SHOP), Kind::Kafka);
    for line in [
        "kafka-topics.sh --bootstrap-server $SERVERS --create --if-not-exists --topic orders \\\n  --replica-assignment 1:2:3,",
        "--config min.insync.replicas=2 \\\n  --config retention.ms=60000",
        "shuf -n1 -e alice bob 'o'\\''neil \"x\"'",
        "sleep 0.500",
        "--topic orders --group billing",
        "--include '.*' --group log",
        "kafka-console-share-consumer.sh",
    ] {
        assert!(text.contains(line), "{line}\n\n{text}");
    }
    // A shell finds nothing wrong with it.
    let bash = Command::new("bash")
        .args(["-n", "-c", &text])
        .output()
        .unwrap();
    assert!(
        bash.status.success(),
        "{}",
        String::from_utf8_lossy(&bash.stderr)
    );
}

#[test]
fn our_own_tools_create_the_topics_of_the_script() {
    let shop = session(SHOP);
    let mut fresh = session("cluster create brokers=3 controllers=3 seed=1 preset=classroom");
    let text = export(&shop, Kind::Kafka)
        .replace("\\\n", " ")
        .replace("$SERVERS", "localhost:9092");
    for line in text.lines().filter(|l| l.starts_with("kafka-topics")) {
        let said = rebalance_tools::run(&mut fresh, line);
        assert!(said.out.starts_with("Created topic"), "{said:?}");
    }
    let placed = |s: &Session| {
        let topics = s.view().topics.into_iter().filter(|t| !t.internal);
        topics
            .map(|t| {
                (
                    t.name,
                    t.configs,
                    t.partitions
                        .into_iter()
                        .map(|p| p.replicas)
                        .collect::<Vec<_>>(),
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(placed(&shop), placed(&fresh));
}

#[test]
fn compose_has_every_node_and_setting() {
    let text = export(&session(SHOP), Kind::Compose);
    for line in [
        "image: apache/kafka:4.1.0",
        "KAFKA_CONTROLLER_QUORUM_VOTERS: \"101@controller-101:9093,102@controller-102:9093,103@controller-103:9093\"",
        "KAFKA_ADVERTISED_LISTENERS: INTERNAL://broker-3:19092,EXTERNAL://localhost:9094",
        "KAFKA_BROKER_SESSION_TIMEOUT_MS: \"4000\"",
        "ports: [\"9093:9093\"]",
    ] {
        assert!(text.contains(line), "{line}\n\n{text}");
    }
}

#[test]
fn java_names_every_client() {
    let text = export(&session(SHOP), Kind::Java);
    for line in [
        "new NewTopic(\"orders\", Map.ofEntries(",
        "new Thread(Cluster::producer_web).start();",
        "new KafkaShareConsumer<>",
        "\"o'neil \\\"x\\\"\"",
        "\"group.instance.id\", \"till-1\"",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor,org.apache.kafka.clients.consumer.RangeAssignor",
        "consumer.assign(List.of(new TopicPartition(\"orders\", 0), new TopicPartition(\"orders\", 2)));",
        "consumer.commitSync();",
    ] {
        assert!(text.contains(line), "{line}\n\n{text}");
    }
    // Brackets close in the order in which they open, outside texts.
    let mut open = Vec::new();
    let mut quoted = false;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            '"' if !escaped => quoted = !quoted,
            '(' | '{' | '[' if !quoted => open.push(c),
            ')' | '}' | ']' if !quoted => {
                assert_eq!(open.pop().map(|o| "({[".find(o)), Some(")}]".find(c)))
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    assert!(open.is_empty() && !quoted);
}

/// kafka-python as `cargo xtask test` installs it, at the version pinned in the root `Cargo.toml`.
fn kafka_python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let site = root.join(".tools/python");
    site.join("kafka/__init__.py").is_file().then_some(site)
}

#[test]
fn python_calls_what_kafka_python_has() {
    let text = export(&session(SHOP), Kind::Python);
    let Some(site) = kafka_python() else {
        // On a build machine the package has been installed before the tests; leaving it out there would hide a break.
        assert!(
            std::env::var_os("CI").is_none(),
            "kafka-python is missing: `cargo xtask test --only tests` installs it"
        );
        eprintln!(
            "kafka-python is not installed (`cargo xtask test --only tests` does it): the program was not checked"
        );
        return;
    };
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cluster.py");
    std::fs::write(&program, &text).unwrap();
    let checker = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python_check.py");
    let run = Command::new("python3")
        .arg(&checker)
        .arg(&program)
        .arg(&site)
        .output()
        .unwrap();
    let told =
        String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{told}\n{text}");
    // The checker itself notices what does not exist.
    std::fs::write(
        &program,
        text.replace("client_id=", "client_name=")
            .replace(".send(", ".sent("),
    )
    .unwrap();
    let run = Command::new("python3")
        .arg(&checker)
        .arg(&program)
        .arg(&site)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(
        !run.status.success()
            && told.contains("no setting client_name")
            && told.contains("does not exist"),
        "{told}"
    );
}
