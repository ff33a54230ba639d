//! What the page says it was checked against is what the vectors are: counted, not claimed.

mod vectors;

use rebalance_core::assignor::whatif::{Algorithm, KAFKA};
use rebalance_core::partitioner::MURMUR2_VECTORS;
use serde_json::Value;
use std::collections::BTreeMap;

/// A file of vectors that come from the Kafka we name.
fn proven(kind: &str) -> Value {
    let file = vectors::read(kind);
    let source = file["meta"]["source"].as_str().expect("an origin");
    for word in KAFKA {
        assert!(
            source.contains(word),
            "{kind} comes from {source}, not from {KAFKA:?}"
        );
    }
    file
}

/// Adds up the answers of each algorithm in a file: a case is one, or as many as it has steps.
fn count(kind: &str, server: bool, answers: &mut BTreeMap<(bool, String), usize>) {
    let file = proven(kind);
    for case in file["cases"].as_array().expect("cases") {
        let named =
            [case, &file["meta"]].map(|it| it["algorithm"].as_str().or(it["assignor"].as_str()));
        let name = named.into_iter().flatten().next().expect("an algorithm");
        let more = case["steps"].as_array().map_or(1, Vec::len);
        *answers.entry((server, name.to_owned())).or_default() += more;
    }
}

#[test]
fn the_page_names_as_many_answers_as_are_compared() {
    let mut answers = BTreeMap::new();
    let client = [
        "range",
        "roundrobin",
        "sticky",
        "cooperative-sticky",
        "quirks",
    ];
    for name in client {
        count(&format!("assignor_{name}"), false, &mut answers);
    }
    count("unit_test_vectors", false, &mut answers);
    count("kip848_range", true, &mut answers);
    count("kip848_uniform", true, &mut answers);
    for algorithm in Algorithm::ALL {
        let server = matches!(algorithm, Algorithm::Server(_));
        let counted = answers.get(&(server, algorithm.name().to_owned()));
        let said = algorithm.vectors() as usize;
        assert_eq!(
            said,
            counted.copied().unwrap_or(0),
            "{algorithm:?}: write down what was counted"
        );
    }
    let keys = proven("murmur2")["cases"].as_array().map_or(0, Vec::len);
    assert_eq!(MURMUR2_VECTORS as usize, keys);
}
