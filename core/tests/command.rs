//! The command language: every command survives its own text, and every mistake is told where it is.
#![cfg(not(target_arch = "wasm32"))]

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use rebalance_core::command::{
    Command, CommitMode, ConsumerSpec, MAX_SCRIPT_BYTES, NameKind, OffsetTarget, ParseErrorKind,
    PartitionName, ProducerSpec, Scope, Setting, complete, parse_script, usage,
};
use rebalance_core::config::{Kind, Preset};
use rebalance_core::id::{BrokerId, Name};
use rebalance_core::protocol::ElectionType;
use rebalance_core::time::Duration;
use rebalance_core::view::{BrokerView, ProcessState, View};

/// Texts that try to break out of their word.
fn text() -> impl Strategy<Value = Name> {
    prop_oneof![
        "[a-z0-9]{0,8}",
        ".{0,12}",
        r#"[ "\\#=,:\n\t\r\u{0}\u{85}\u{2028}null{}]{0,10}"#,
        Just("null".to_string()),
        Just("\\\"".to_string()),
    ]
    .prop_map(|s| s.as_str().into())
}

/// Names of groups, clients and racks: hostile, but without control characters.
fn name() -> impl Strategy<Value = Name> {
    let lone = |s: &String| !s.is_empty() && !s.chars().any(char::is_control);
    prop_oneof![
        "[a-z][a-z0-9]{0,8}",
        r#"[ "\\#=,'äöü订单😀-]{1,12}"#,
        ".{1,20}",
        Just("expect".to_string()),
        Just("p1".to_string()),
    ]
    .prop_filter("a name", lone)
    .prop_map(|s| s.as_str().into())
}

fn client() -> impl Strategy<Value = Name> {
    name().prop_filter("not a node", |n| {
        &**n != "admin" && !n.bytes().all(|b| b.is_ascii_digit())
    })
}

fn topic() -> impl Strategy<Value = Name> {
    prop_oneof!["[a-zA-Z0-9._-]{1,30}", "[a-zA-Z0-9._-]{249}"]
        .prop_filter("a topic", |t| t != "." && t != "..")
        .prop_map(|s| s.as_str().into())
}

fn partition() -> impl Strategy<Value = PartitionName> {
    (topic(), 0..i32::MAX).prop_map(|(topic, partition)| PartitionName { topic, partition })
}

fn id() -> impl Strategy<Value = BrokerId> {
    (1..=10_000).prop_map(BrokerId)
}

fn target() -> impl Strategy<Value = OffsetTarget> {
    prop_oneof![
        Just(OffsetTarget::Earliest),
        Just(OffsetTarget::Latest),
        (0..=i64::MAX).prop_map(OffsetTarget::Offset)
    ]
}

/// Where only a group can be put.
fn reset() -> impl Strategy<Value = OffsetTarget> {
    prop_oneof![
        Just(OffsetTarget::Current),
        (-i64::MAX..=i64::MAX).prop_map(OffsetTarget::Shift),
        (0..=86_400_000_000_u64).prop_map(|us| OffsetTarget::Ago(Duration(us))),
    ]
}

/// Some settings of a scope, each with a value it takes.
fn settings(scope: Scope, least: usize) -> impl Strategy<Value = Vec<Setting>> {
    let defs: Vec<_> = scope.defs().collect();
    let most = defs.len().min(6);
    let values = proptest::sample::subsequence(defs, least..=most);
    (values, any::<u64>()).prop_map(|(defs, random)| {
        let value = |kind: &Kind| match kind {
            Kind::Int(min, max) => (i128::from(*min)
                + i128::from(random) % (i128::from(*max) - i128::from(*min) + 1))
                .to_string(),
            Kind::Bool => (random % 2 == 0).to_string(),
            Kind::Ratio => "0.25".to_string(),
            Kind::Since(_) => "by_duration:PT1H".to_string(),
            Kind::Choice(names) => names[random as usize % names.len()].to_string(),
            Kind::List(names) => names[..1 + random as usize % names.len()].join(","),
        };
        defs.iter()
            .map(|d| (d.name.into(), value(&d.kind).as_str().into()))
            .collect()
    })
}

fn duration() -> impl Strategy<Value = Duration> {
    let day = 24 * 3_600 * 1_000_000u64;
    prop_oneof![
        (0..=day).prop_map(Duration),
        (0..=86_400u64).prop_map(Duration::secs),
        (0..100_000i64).prop_map(Duration::millis)
    ]
}

fn producer_spec() -> impl Strategy<Value = ProducerSpec> {
    let bytes = of(0..=10_000_000u32);
    (
        of(topic()),
        of(0..=10_000_000u64),
        of(vec(text(), 0..4)),
        bytes,
    )
        .prop_map(|(topic, rate_milli, keys, value_bytes)| ProducerSpec {
            topic,
            rate_milli,
            keys,
            value_bytes,
        })
}

fn consumer_spec(adding: bool) -> impl Strategy<Value = ConsumerSpec> {
    let modes = prop_oneof![
        Just(CommitMode::After),
        Just(CommitMode::Before),
        Just(CommitMode::Never),
        Just(CommitMode::Async)
    ];
    let parts = (
        of(name()),
        prop_oneof![
            of(vec(topic(), 0..4)),
            Just(Some(vec!["/orders-(a|b)+/".into()]))
        ],
        of(vec(partition(), 1..4)),
        of(name()),
        of(duration()),
        of(modes),
    );
    parts.prop_map(
        move |(group, topics, assign, instance, processing, commit)| ConsumerSpec {
            share_group: None,
            ack: None,
            group: group.filter(|_| adding),
            topics,
            assign,
            instance: instance.filter(|_| adding),
            processing,
            commit,
        },
    )
}

fn cluster_command() -> impl Strategy<Value = Command> {
    let controllers = prop_oneof![Just(1), Just(3), Just(5)];
    let preset = prop_oneof![Just(Preset::Kafka), Just(Preset::Classroom)];
    let create = (
        1..=300u32,
        controllers,
        any::<u64>(),
        preset,
        settings(Scope::Cluster, 0),
    );
    prop_oneof![
        create.prop_map(|(brokers, controllers, seed, preset, settings)| {
            Command::ClusterCreate {
                brokers,
                controllers,
                seed,
                preset,
                settings,
            }
        }),
        settings(Scope::Cluster, 1).prop_map(Command::ClusterSet),
        (id(), of(name())).prop_map(|(id, rack)| Command::BrokerAdd(id, rack)),
        id().prop_map(Command::NodeCrash),
        id().prop_map(Command::NodeStop),
        id().prop_map(Command::NodeStart),
        id().prop_map(Command::NodeFreeze),
        id().prop_map(Command::NodeThaw),
        duration().prop_map(Command::Advance),
        (client(), name()).prop_map(|(a, b)| Command::LinkCut(a, b)),
        (name(), name()).prop_map(|(a, b)| Command::LinkHeal(a, b)),
        (name(), name(), settings(Scope::Network, 1))
            .prop_map(|(a, b, s)| Command::LinkSet(a, b, s)),
        partition().prop_map(|tp| Command::Elect(ElectionType::Preferred, tp)),
        partition().prop_map(|tp| Command::Elect(ElectionType::Unclean, tp)),
    ]
}

fn topic_command() -> impl Strategy<Value = Command> {
    let replicas = proptest::sample::subsequence((1..=9).map(BrokerId).collect::<Vec<_>>(), 1..4);
    let moved = replicas.clone();
    let create = (
        topic(),
        of(1..=10_000i32),
        of(1..=300i16),
        vec(replicas, 0..4),
        settings(Scope::Topic, 0),
    );
    let reset = settings(Scope::Topic, 1).prop_map(|all| {
        let reset = |(name, _): Setting| (name, "".into());
        all.into_iter().map(reset).collect::<Vec<Setting>>()
    });
    prop_oneof![
        create.prop_map(|(name, partitions, replication, assignment, settings)| {
            Command::TopicCreate {
                name,
                partitions,
                replication,
                assignment,
                settings,
            }
        }),
        (topic(), 1..=10_000i32).prop_map(|(t, n)| Command::TopicPartitions(t, n)),
        (topic(), settings(Scope::Topic, 1)).prop_map(|(t, s)| Command::TopicSet(t, s)),
        (topic(), reset).prop_map(|(t, s)| Command::TopicSet(t, s)),
        topic().prop_map(Command::TopicDelete),
        (partition(), 0..=i64::MAX).prop_map(|(tp, o)| Command::TopicTrim(tp, o)),
        (partition(), of(moved)).prop_map(|(tp, r)| Command::Reassign(tp, r)),
    ]
}

fn client_command() -> impl Strategy<Value = Command> {
    let send = (
        name(),
        of(topic()),
        of(text()),
        of(text()),
        any::<bool>(),
        of(0..i32::MAX),
        1..=10_000u32,
    );
    let producer = (client(), producer_spec(), settings(Scope::Producer, 0));
    let consumer = (client(), consumer_spec(true), settings(Scope::Consumer, 0));
    let changes = settings(Scope::Consumer, 1);
    prop_oneof![
        producer.prop_map(|(n, spec, s)| Command::ProducerAdd(n, spec, s)),
        (name(), producer_spec(), settings(Scope::Producer, 1))
            .prop_map(|(n, spec, s)| Command::ProducerSet(n, spec, s)),
        send.prop_map(|(name, topic, key, value, tombstone, partition, count)| {
            Command::ProducerSend {
                name,
                topic,
                key,
                value: value.filter(|_| !tombstone),
                tombstone,
                partition,
                count,
            }
        }),
        consumer.prop_map(|(n, spec, s)| Command::ConsumerAdd(n, spec, s)),
        (name(), consumer_spec(false), changes)
            .prop_map(|(n, spec, s)| Command::ConsumerSet(n, spec, s)),
        (name(), partition(), target()).prop_map(|(n, tp, to)| Command::ConsumerSeek(n, tp, to)),
        name().prop_map(Command::ConsumerCommit),
        (name(), partition(), any::<bool>())
            .prop_map(|(n, tp, p)| Command::ConsumerPause(n, tp, p)),
        name().prop_map(Command::ClientStop),
        name().prop_map(Command::ClientCrash),
        name().prop_map(Command::ClientStart),
        name().prop_map(Command::ClientFreeze),
        name().prop_map(Command::ClientThaw),
        name().prop_map(Command::ClientRemove),
        name().prop_map(Command::GroupDelete),
        name().prop_map(Command::GroupDescribe),
        (name(), topic()).prop_map(|(g, t)| Command::GroupDeleteOffsets(g, t)),
        (name(), name()).prop_map(|(g, i)| Command::GroupRemoveMember(g, i)),
        (name(), reset(), of(topic()), of(0..10_000i32))
            .prop_map(|(g, to, t, p)| Command::GroupSeek(g, to, t, p)),
        name().prop_map(Command::Bookmark),
        Just(Command::Expect("violations = 0".into())),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![cluster_command(), topic_command(), client_command()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// What was written reads back as the same command, on one line, and is written the same way again.
    #[test]
    fn every_command_survives_its_text(command in command()) {
        let text = command.to_string();
        prop_assert!(!text.contains(['\n', '\r']), "{text:?}");
        let read: Command = text.parse().map_err(|e| TestCaseError::fail(format!("{text}\n{e}")))?;
        prop_assert_eq!(&read, &command, "{}", text);
        prop_assert_eq!(read.to_string(), text);
    }

    /// A comment and blanks around a line change nothing.
    #[test]
    fn comments_and_blanks_do_not_matter(command in command()) {
        let padded = format!("  {command}\t # as \"before\"");
        prop_assert_eq!(padded.parse::<Command>(), Ok(command));
    }

    /// No text makes the reader panic, and an error points into the line (or just behind it).
    #[test]
    fn any_text_is_read_or_refused(line in r#"(broker|topic|producer|consumer|link|expect|advance)?.{0,60}"#, cursor in 0usize..90) {
        if let Err(error) = line.parse::<Command>() {
            prop_assert!((1..=line.chars().count() + 2).contains(&error.column), "{error:?}");
        }
        complete(&line, cursor, &View::default());
    }
}

fn error(line: &str) -> (usize, ParseErrorKind, Vec<String>) {
    let error = line.parse::<Command>().expect_err(line);
    (error.column, error.kind, error.expected)
}

#[test]
fn a_misspelt_word_names_its_column_and_the_nearest_words() {
    let (column, kind, expected) = error("  borker crash 2");
    assert_eq!(
        (column, kind),
        (3, ParseErrorKind::UnknownNoun("borker".into()))
    );
    assert_eq!(expected, ["broker"]);
    let (column, kind, expected) = error("broker crush 2");
    let given = "crush".to_string();
    assert_eq!(
        (column, kind),
        (
            8,
            ParseErrorKind::UnknownVerb {
                noun: "broker",
                given
            }
        )
    );
    assert_eq!(expected, ["crash"]);
    let (column, _, expected) = error("topic create orders min.insync.replica=2");
    assert_eq!(
        (column, expected.as_slice()),
        (21, &["min.insync.replicas".to_string()][..])
    );
}

#[test]
fn columns_count_characters_not_bytes() {
    let (column, ..) = error("producer send \"生产者\" key=\"钥匙\" vlaue=x");
    assert_eq!(column, 30);
}

#[test]
fn a_bad_value_says_what_the_setting_takes() {
    let (column, kind, expected) = error("producer add p1 acks=2");
    assert_eq!(column, 22);
    assert!(matches!(kind, ParseErrorKind::Setting(_)), "{kind:?}");
    assert_eq!(expected.len(), 1);
    assert!(expected[0].contains("all"), "{expected:?}");
    let shown = "topic create orders min.insync.replicas=0"
        .parse::<Command>()
        .unwrap_err();
    let wanted = "column 41: min.insync.replicas cannot be `0`; expected";
    assert!(shown.to_string().starts_with(wanted), "{shown}");
}

#[test]
fn a_line_that_ends_too_early_says_what_is_missing() {
    assert_eq!(error("broker crash").1, ParseErrorKind::Missing("BROKER"));
    assert_eq!(error("broker").1, ParseErrorKind::Missing("a verb"));
    assert_eq!(
        error("topic trim orders-0").1,
        ParseErrorKind::Missing("before")
    );
    assert_eq!(
        error("topic set orders").1,
        ParseErrorKind::Missing("a setting")
    );
    assert_eq!(
        error("expect # nothing").1,
        ParseErrorKind::Missing("PREDICATE")
    );
    assert_eq!(error("# only a comment").1, ParseErrorKind::Empty);
}

#[test]
fn too_much_is_refused_with_the_limit() {
    let too_far = [
        "cluster create brokers=301",
        "topic create t partitions=10001",
        "producer send p1 count=10001",
        "advance 25h",
        "producer add p1 rate=10001/s",
    ];
    for line in too_far {
        let kind = error(line).1;
        assert!(
            matches!(kind, ParseErrorKind::OutOfRange { .. }),
            "{line}: {kind:?}"
        );
    }
    let long = "a".repeat(250);
    let kind = NameKind::Topic;
    let refused = ParseErrorKind::BadName {
        kind,
        given: long.clone(),
    };
    assert_eq!(error(&format!("topic delete {long}")).1, refused);
    let script = "advance 1s\n".repeat(2_001);
    let refused = parse_script(&script).unwrap_err();
    assert_eq!(refused.line, 2_001);
    let script = "#".repeat(MAX_SCRIPT_BYTES + 1);
    assert!(parse_script(&script).is_err());
}

#[test]
fn names_that_would_be_mistaken_are_refused() {
    assert!(matches!(
        error("producer add 7").1,
        ParseErrorKind::ReservedName(_)
    ));
    assert!(matches!(
        error("consumer add admin").1,
        ParseErrorKind::ReservedName(_)
    ));
    assert!(matches!(
        error("topic create .. partitions=1").1,
        ParseErrorKind::BadName { .. }
    ));
    assert!(matches!(
        error("topic trim orders before=1").1,
        ParseErrorKind::BadName { .. }
    ));
    assert!(matches!(
        error("group delete \"a\\u{7}\"").1,
        ParseErrorKind::BadName { .. }
    ));
    assert!(matches!(
        error("producer send p1 key=a key=b").1,
        ParseErrorKind::DuplicateKey(_)
    ));
    assert!(matches!(
        error("producer send \"p1").1,
        ParseErrorKind::UnclosedQuote
    ));
    assert!(matches!(
        error("producer send p1 key=\"\\x\"").1,
        ParseErrorKind::BadEscape(_)
    ));
}

#[test]
fn durations_and_rates_are_exact_or_refused() {
    let micros = |text: &str| match format!("advance {text}").parse() {
        Ok(Command::Advance(d)) => Some(d.0),
        _ => None,
    };
    assert_eq!(micros("1.5s"), Some(1_500_000));
    assert_eq!(micros("500us"), Some(500));
    assert_eq!(micros("2m"), Some(120_000_000));
    assert_eq!(micros("0.5us"), None);
    assert_eq!(micros("1 s"), None);
    assert_eq!(micros("-1s"), None);
    let milli = |text: &str| match format!("producer set p1 rate={text}").parse() {
        Ok(Command::ProducerSet(_, spec, _)) => spec.rate_milli,
        _ => None,
    };
    assert_eq!(milli("2/s"), Some(2_000));
    assert_eq!(milli("2.125/s"), Some(2_125));
    assert_eq!(milli("30/m"), Some(500));
    assert_eq!(milli("1/m"), None, "a sixtieth has no thousandths");
    assert_eq!(milli("0"), Some(0));
}

#[test]
fn null_is_a_tombstone_only_without_quotes() {
    let value = |line: &str| match line.parse() {
        Ok(Command::ProducerSend {
            value, tombstone, ..
        }) => (value, tombstone),
        other => panic!("{other:?}"),
    };
    assert_eq!(value("producer send p1 value=null"), (None, true));
    assert_eq!(
        value("producer send p1 value=\"null\""),
        (Some("null".into()), false)
    );
    assert_eq!(value("producer send p1 value="), (Some("".into()), false));
    assert_eq!(value("producer send p1"), (None, false));
}

#[test]
fn a_script_keeps_its_line_numbers() {
    let script = "# A story\n\ncluster create brokers=3 seed=42 # three\n  advance 1s\n";
    let lines: Vec<usize> = parse_script(script).unwrap().iter().map(|l| l.0).collect();
    assert_eq!(lines, [3, 4]);
    let refused = parse_script("advance 1s\nadvance fast").unwrap_err();
    assert_eq!((refused.line, refused.error.column), (2, 9));
    assert!(
        refused
            .to_string()
            .starts_with("line 2, column 9: advance cannot be `fast`")
    );
}

fn view() -> View {
    let broker = |id| BrokerView {
        id: BrokerId(id),
        state: ProcessState::Running,
        since: Default::default(),
        fenced: false,
        epoch: 0,
        rack: None,
        coordinates: vec![],
        metadata_offset: 0,
        replicas: vec![],
        internal: (0, 0),
    };
    View {
        brokers: vec![broker(1), broker(2)],
        ..View::default()
    }
}

fn texts(line: &str) -> Vec<String> {
    let found = complete(line, line.len(), &view());
    found.into_iter().map(|c| c.text).collect()
}

#[test]
fn completion_knows_nouns_verbs_names_keys_and_choices() {
    assert_eq!(texts("con"), ["controller", "consumer"]);
    assert_eq!(texts("broker cr"), ["crash"]);
    assert_eq!(texts("broker crash "), ["1", "2"]);
    assert_eq!(texts("producer add "), ["p1"]);
    assert_eq!(texts("producer add p1 ac"), ["acks="]);
    assert_eq!(
        texts("producer add p1 acks="),
        ["acks=0", "acks=1", "acks=all"]
    );
    assert_eq!(texts("producer add p1 acks=all ac"), [""; 0]);
    let sticky = "consumer add c1 partition.assignment.strategy=range,coop";
    assert_eq!(
        texts(sticky),
        ["partition.assignment.strategy=range,cooperative-sticky"]
    );
    assert_eq!(texts("link cut 1 a"), ["admin"]);
}

#[test]
fn every_completed_verb_shows_its_usage() {
    let hints: Vec<String> = complete("topic ", 6, &View::default())
        .into_iter()
        .map(|c| c.hint)
        .collect();
    assert!(hints.iter().all(|h| usage().contains(h)), "{hints:?}");
    assert_eq!(hints.len(), 7);
}
