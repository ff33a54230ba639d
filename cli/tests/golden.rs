//! Every golden vector, answered from its inputs alone and compared with what Kafka's own classes gave.

mod vectors;

use rebalance_cli::answer::answer;
use serde_json::{Map, Value};
use vectors::read;

/// Where the answers of a kind are: fields of the case itself, or of the elements of one of its lists.
enum Answers {
    Fields(&'static [&'static str]),
    Of(&'static str, &'static [&'static str]),
    /// A map of which only the keys are input, and other fields.
    Counted(&'static str, &'static [&'static str]),
}

/// Takes the fields out of an object.
fn take(object: &mut Value, fields: &[&str]) -> Map<String, Value> {
    let object = object.as_object_mut().expect("an object");
    let taken = fields
        .iter()
        .filter_map(|&it| Some((it.to_owned(), object.remove(it)?)));
    taken.collect()
}

/// Splits a case into its inputs, which stay, and the expected answer.
fn split(case: &mut Value, answers: &Answers) -> Value {
    let mut expected = match answers {
        Answers::Fields(fields) => take(case, fields),
        Answers::Counted(counts, fields) => {
            let mut expected = take(case, fields);
            expected.insert((*counts).to_owned(), case[*counts].clone());
            let counts = case[*counts].as_object_mut().expect("counts");
            counts.values_mut().for_each(|it| *it = Value::Null);
            expected
        }
        Answers::Of(list, fields) => {
            let mut expected = Map::new();
            if let Some(elements) = case.get_mut(*list).and_then(Value::as_array_mut) {
                let taken = elements.iter_mut().map(|it| match take(it, fields) {
                    nothing if nothing.is_empty() => Value::Null,
                    taken => Value::Object(taken),
                });
                expected.insert((*list).to_owned(), taken.collect());
            }
            expected
        }
    };
    expected.insert("id".to_owned(), case["id"].clone());
    Value::Object(expected)
}

/// Answers all cases of a kind and compares: those of the file, and those beyond it where there are more.
fn check(kind: &str, answers: &Answers) {
    check_file(kind, read(kind), answers);
    let more = format!("more/{kind}");
    if vectors::exists(&more) {
        check_file(kind, read(&more), answers);
    }
}

fn check_file(kind: &str, mut file: Value, answers: &Answers) {
    let cases = file["cases"].as_array_mut().expect("cases");
    let expected: Vec<Value> = cases.iter_mut().map(|it| split(it, answers)).collect();
    compare(kind, &file, &expected);
}

fn compare(kind: &str, file: &Value, expected: &[Value]) {
    let mut out = Vec::new();
    answer(kind, kind, file.to_string().as_bytes(), &mut out).expect("an answer");
    let out = String::from_utf8(out).expect("UTF-8");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), expected.len());
    assert!(!expected.is_empty());
    for (line, expected) in lines.iter().zip(expected) {
        let got: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(&got, expected, "{kind} {}", expected["id"]);
        assert_eq!(*line, got.to_string(), "keys ascend");
    }
}

const STEPS: Answers = Answers::Of("steps", &["assignment", "error"]);

#[test]
fn murmur2() {
    check(
        "murmur2",
        &Answers::Counted("partitions", &["murmur2", "to_positive"]),
    );
}

#[test]
fn java_string_hash() {
    check(
        "java_string_hash",
        &Answers::Counted("coordinator_partition", &["hash_code", "utils_abs"]),
    );
}

#[test]
fn java_hashmap_order() {
    check("java_hashmap_order", &Answers::Fields(&["iteration_order"]));
}

#[test]
fn assignor_range() {
    check("assignor_range", &Answers::Fields(&["assignment"]));
}

#[test]
fn assignor_roundrobin() {
    check("assignor_roundrobin", &Answers::Fields(&["assignment"]));
}

#[test]
fn assignor_sticky() {
    check("assignor_sticky", &STEPS);
}

#[test]
fn assignor_cooperative_sticky() {
    check("assignor_cooperative-sticky", &STEPS);
}

#[test]
fn assignor_quirks() {
    check("assignor_quirks", &STEPS);
}

#[test]
fn unit_test_vectors() {
    check(
        "unit_test_vectors",
        &Answers::Fields(&["assignment", "error"]),
    );
}

#[test]
fn replica_placement() {
    check(
        "replica_placement",
        &Answers::Fields(&["replicas", "error"]),
    );
}

#[test]
fn leader_election() {
    check(
        "leader_election",
        &Answers::Of("events", &["record", "after"]),
    );
}

#[test]
fn idempotent_producer() {
    check(
        "idempotent_producer",
        &Answers::Of("events", &["result", "base_offset"]),
    );
}

#[test]
fn null_key_partitioner() {
    let mut file = read("null_key_partitioner");
    let cases = file["cases"].as_array_mut().expect("cases");
    let expected: Vec<Value> = cases
        .iter_mut()
        .map(|case| {
            let list = if case.get("picks").is_some() {
                "picks"
            } else {
                "events"
            };
            split(case, &Answers::Of(list, &["partition", "switched"]))
        })
        .collect();
    compare("null_key_partitioner", &file, &expected);
}

#[test]
fn leader_epoch_cache() {
    let mut file = read("leader_epoch_cache");
    let cases = file["cases"].as_array_mut().expect("cases");
    let expected: Vec<Value> = cases
        .iter_mut()
        .map(|case| {
            let requested = case["end_offset_for"].clone();
            let answers = Answers::Fields(&["entries", "end_offset_for", "entries_after_truncate"]);
            let expected = split(case, &answers);
            let blank = |it: &Value| Value::Array(vec![it[0].clone(), Value::Null, Value::Null]);
            case["end_offset_for"] = requested
                .as_array()
                .expect("epochs")
                .iter()
                .map(blank)
                .collect();
            expected
        })
        .collect();
    compare("leader_epoch_cache", &file, &expected);
}

#[test]
fn crc32c() {
    check("crc32c", &Answers::Fields(&["crc32c"]));
}

#[test]
fn record_batches() {
    let mut file = read("record_batches");
    let cases = file["cases"].as_array_mut().expect("cases");
    // Some fields of the recorded batches are answers in all but name.
    for case in cases.iter_mut() {
        take(
            case,
            &["last_offset", "max_timestamp", "size_in_bytes", "crc"],
        );
    }
    let expected: Vec<Value> = cases
        .iter_mut()
        .map(|it| split(it, &Answers::Fields(&["hex"])))
        .collect();
    compare("record_batches", &file, &expected);
}

#[test]
fn kip848_range() {
    check("kip848_range", &STEPS);
}

#[test]
fn kip848_uniform() {
    check("kip848_uniform", &STEPS);
}

#[test]
fn kip848_reconcile() {
    check("kip848_reconcile", &Answers::Of("events", &["after"]));
}

#[test]
fn large_digests() {
    let mut file = read("large_digests");
    let cases = file["cases"].as_array_mut().expect("cases");
    // A million partitions take too long without optimisation.
    if cfg!(debug_assertions) {
        cases.retain(|it| !it["spec"].as_str().is_some_and(|it| it.ends_with("-1m")));
    }
    let expected: Vec<Value> = cases
        .iter_mut()
        .map(|it| split(it, &Answers::Fields(&["sha256", "followup_sha256"])))
        .collect();
    compare("large_digests", &file, &expected);
}

#[test]
fn classic_group() {
    check(
        "classic_group",
        &Answers::Of("events", &["error", "responses", "timers", "group"]),
    );
}

/// Kept as data, but not a kind of its own: placement draws from this generator.
#[test]
fn java_random() {
    use rebalance_core::java::JavaRandom;
    use rebalance_core::java::random::{RandomSource, shuffle};
    let file = read("java_random");
    let cases = file["cases"].as_array().expect("cases");
    assert!(!cases.is_empty());
    for case in cases {
        let seed: i64 = case["seed"]
            .as_str()
            .and_then(|it| it.parse().ok())
            .expect("a seed");
        let bound = case["bound"].as_i64().expect("a bound") as i32;
        let fresh = || JavaRandom::new(seed);
        let (mut ints, mut bounded, mut longs) = (fresh(), fresh(), fresh());
        let mut numbers: Vec<i32> = (0..10).collect();
        shuffle(&mut fresh(), &mut numbers);
        let twelve = 0..12;
        let got = serde_json::json!({
            "next_int": twelve.clone().map(|_| ints.next_i32()).collect::<Vec<_>>(),
            "next_int_bound": twelve.clone().map(|_| bounded.next_int(bound)).collect::<Vec<_>>(),
            "next_long": twelve.map(|_| longs.next_i64().to_string()).collect::<Vec<_>>(),
            "shuffle_0_to_9": numbers,
        });
        for field in ["next_int", "next_int_bound", "next_long", "shuffle_0_to_9"] {
            assert_eq!(got[field], case[field], "{} {field}", case["id"]);
        }
    }
}
