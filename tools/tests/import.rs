//! Pasted output becomes a cluster that answers the same question in the same way.

use rebalance_core::command::parse_script;
use rebalance_core::session::Session;
use rebalance_tools::import::{Import, chinese, import};
use rebalance_tools::run;

const PASTED: &str = "\
$ kafka-topics.sh --bootstrap-server kafka:9092 --describe
Topic: orders	TopicId: 3q2-7wAAAAAAAAAAAAAAAA	PartitionCount: 3	ReplicationFactor: 2	Configs: min.insync.replicas=2,compression.type=zstd,cleanup.policy=compact,delete
	Topic: orders	Partition: 0	Leader: 1001	Replicas: 1001,1002	Isr: 1001,1002	Elr: 	LastKnownElr: 
	Topic: orders	Partition: 1	Leader: 1003	Replicas: 1002,1003	Isr: 1003,1002	Elr: 	LastKnownElr: 
	Topic: orders	Partition: 2	Leader: 1003	Replicas: 1003,1001	Isr: 1003,1001
Topic: __consumer_offsets	PartitionCount: 50	ReplicationFactor: 3	Configs: 
what is this?

GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID                                  HOST            CLIENT-ID
billing         orders          0          1000100         1000103         3               till-1-7f0f1a5c-0d3c-4a52-9a62-7d7ba5a3c9ad  /10.0.0.5       till
billing         orders          1          4               9               5               till-1-7f0f1a5c-0d3c-4a52-9a62-7d7ba5a3c9ad  /10.0.0.5       till
billing         orders          2          -               2               -               till-2-00000000-0d3c-4a52-9a62-7d7ba5a3c9ad  /10.0.0.6       till

Consumer group 'audit' has no active members.

GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
audit           orders          1          0               9               9               -               -               -
audit           orders          x          0               9               9               -               -               -

GROUP           CONSUMER-ID                                  GROUP-INSTANCE-ID HOST            CLIENT-ID       #PARTITIONS     
billing         till-1-7f0f1a5c-0d3c-4a52-9a62-7d7ba5a3c9ad  till-1            /10.0.0.5       till            2               
billing         till-2-00000000-0d3c-4a52-9a62-7d7ba5a3c9ad                    /10.0.0.6       till            1               
";

fn session(script: &str) -> Session {
    let commands: Vec<_> = parse_script(script)
        .unwrap()
        .into_iter()
        .map(|(_, c)| c)
        .collect();
    Session::new(&commands).unwrap_or_else(|e| panic!("{e}\n{script}"))
}

/// Every sentence of an import has its Chinese.
fn all_chinese(made: &Import) {
    let said = chinese(made.clone());
    let problems = said.problems.iter().map(|(_, why)| why);
    for line in said.understood.iter().chain(&said.notes).chain(problems) {
        let han = line.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(han || line.ends_with(" broker"), "{line}");
    }
}

#[test]
fn what_was_not_understood_is_named() {
    let made = import(PASTED);
    all_chinese(&made);
    let problems: Vec<String> = made
        .problems
        .iter()
        .map(|(n, why)| format!("{n}: {why}"))
        .collect();
    assert_eq!(
        problems,
        [
            "7: neither output of kafka-topics --describe nor of kafka-consumer-groups --describe",
            "18: PARTITION `x` is not a number",
        ]
    );
    assert_eq!(
        made.understood,
        [
            "3 broker(s)",
            "topic orders: 3 partition(s), 2 replica(s) each",
            "group billing: 2 member(s), 2 committed offset(s)",
            "group audit: 0 member(s), 1 committed offset(s)",
        ]
    );
    for note in [
        "brokers are numbered from 1 here: 1001 is 1, 1002 is 2, 1003 is 3",
        "orders: compression.type is not part of this simulation; left out",
        "orders-1: 1003 leads, so it is written first among the replicas",
        "orders-0: offset 0 here is 1000095 there",
        "__consumer_offsets: the simulation makes its own",
        "till-2-00000000-0d3c-4a52-9a62-7d7ba5a3c9ad of billing is called till-2 here",
        "1 line(s) are commands or comments, not output",
    ] {
        assert!(
            made.notes.iter().any(|n| n == note),
            "{note}\n{:#?}",
            made.notes
        );
    }
}

#[test]
fn the_model_has_the_topics_members_and_lags() {
    let made = import(PASTED);
    let script = made.script.unwrap();
    // Before the consumers come, every lag is what it was.
    let until = script.find("consumer add").unwrap();
    let mut before = session(&script[..until]);
    let told = run(
        &mut before,
        "kafka-consumer-groups --bootstrap-server localhost:9092 --describe --all-groups",
    )
    .out;
    let lags: Vec<Vec<&str>> = told
        .lines()
        .filter(|l| l.contains("orders"))
        .map(|l| l.split_whitespace().collect::<Vec<_>>()[..6].to_vec())
        .collect();
    assert_eq!(
        lags,
        [
            ["audit", "orders", "1", "0", "9", "9"],
            ["billing", "orders", "0", "5", "8", "3"],
            ["billing", "orders", "1", "4", "9", "5"],
        ]
    );
    let told = run(
        &mut before,
        "kafka-topics --bootstrap-server localhost:9092 --describe --topic orders",
    )
    .out;
    assert!(
        told.contains("Configs: min.insync.replicas=2,cleanup.policy=compact,delete"),
        "{told}"
    );
    assert!(
        told.contains("Partition: 1\tLeader: 3\tReplicas: 3,2"),
        "{told}"
    );
    let mut whole = session(&script);
    let told = run(&mut whole, "kafka-consumer-groups --bootstrap-server localhost:9092 --describe --group billing --members").out;
    assert!(
        told.contains("till-1 ") && told.contains(" till-2 "),
        "{told}"
    );
    assert_eq!(whole.view().violations, []);
}

#[test]
fn our_own_output_comes_back() {
    let mut first = session(
        "cluster create brokers=4 controllers=3 seed=9\ntopic create a partitions=4 replication=3 retention.ms=1000\n\
         topic create b partitions=1 replication=1\nadvance 2s\nbroker crash 4\nadvance 20s\n",
    );
    let line = "kafka-topics --bootstrap-server localhost:9092 --describe";
    let told = run(&mut first, line).out;
    let made = import(&told);
    assert_eq!(made.problems, []);
    let again = run(&mut session(&made.script.unwrap()), line).out;
    let places = |text: &str| -> Vec<String> {
        let parts = text.lines().filter(|l| l.contains("Partition: "));
        // The order within an ISR is a matter of history.
        parts
            .map(|l| l.split("\tIsr").next().unwrap_or_default().to_string())
            .collect()
    };
    assert_eq!(places(&told), places(&again));
    assert!(again.contains("retention.ms=1000"));
}

#[test]
fn hostile_and_empty_texts_are_harmless() {
    assert_eq!(import(""), Default::default());
    for text in [
        "GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID\n\"x\\ y 1 2 3 4 5 6 7 8\n\" t 0 1 2 1 - - -",
        "Topic: a\"b\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1",
        "Topic: a\tPartition: 0\tLeader: 1\tReplicas: \tIsr: 1",
        "Topic: a\tPartition: 99999999999\tLeader: 1\tReplicas: 1\tIsr: 1",
        "Topic: a\tPartition: 0\tLeader: 1\tReplicas: 1,1\tIsr: 1",
        "GROUP\nGROUP x",
        "GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID\ng t 0 9223372036854775807 -9223372036854775808 1 - - -",
        "Topic: a\tPartition: -5\tLeader: 1\tReplicas: 1\tIsr: 1",
        "Topic: a\tPartition: 2147483647\tLeader: 1\tReplicas: 1\tIsr: 1",
    ] {
        let made = import(text);
        all_chinese(&made);
        if let Some(script) = made.script {
            parse_script(&script).unwrap();
        } else {
            assert!(
                !made.problems.is_empty() || !made.notes.is_empty(),
                "{text}: dropped silently"
            );
        }
    }
}
