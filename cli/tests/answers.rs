//! The contract of `rebalance answer` beside the answers themselves: what it says of bad input, and that it is steady.

use rebalance_cli::Failure;
use rebalance_cli::answer::answer;
use std::io::Write;

fn ask(kind: &str, input: &[u8]) -> Result<String, Failure> {
    let mut out = Vec::new();
    answer(kind, "standard input", input, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn refusal(kind: &str, input: &[u8]) -> String {
    let failure = ask(kind, input).expect_err("a refusal");
    assert_eq!(failure.code, 2);
    failure.message
}

const ONE_KEY: &[u8] =
    br#"{"cases":[{"id":"a","key_hex":"757365722d3432","partitions":{"6":null},"murmur2":null}]}"#;

#[test]
fn gzip_and_plain_give_the_same_bytes() {
    let plain = ask("murmur2", ONE_KEY).expect("an answer");
    assert_eq!(
        plain,
        "{\"id\":\"a\",\"murmur2\":1459644460,\"partitions\":{\"6\":4},\"to_positive\":1459644460}\n"
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(ONE_KEY).expect("memory");
    let packed = packed.finish().expect("memory");
    assert_eq!(ask("murmur2", &packed).as_deref(), Ok(plain.as_str()));
    assert!(refusal("murmur2", &packed[..20]).contains("broken gzip data"));
}

#[test]
fn an_unknown_kind_lists_the_known_ones() {
    let message = refusal("murmur3", ONE_KEY);
    assert!(
        message.contains("unknown kind 'murmur3'") && message.contains("assignor_sticky"),
        "{message}"
    );
}

#[test]
fn malformed_input_is_placed() {
    let message = refusal(
        "murmur2",
        b"{\"cases\":[\n{\"id\":\"a\",\"key_hex\":\"7x\"}]}",
    );
    assert!(message.starts_with("standard input:2:"), "{message}");
    assert!(
        message.contains("'x' at column 2 is no hexadecimal digit"),
        "{message}"
    );
    let message = refusal(
        "assignor_range",
        b"{\"cases\":[{\"id\":\"a\",\"topics\":{}}]}",
    );
    assert!(
        message.starts_with("standard input:1:") && message.contains("members"),
        "{message}"
    );
    assert!(refusal("murmur2", b"[1,").starts_with("standard input:1:"));
    assert!(refusal("murmur2", b"").contains("expected a murmur2 file"));
    assert!(refusal("murmur2", b"\xff\xfe").starts_with("standard input:1:1"));
    assert!(
        refusal(
            "unit_test_vectors",
            br#"{"cases":[{"id":"a","algorithm":"x","topics":{},"members":[]}]}"#
        )
        .contains("unknown assignor 'x', known are range")
    );
}

#[test]
fn strange_groups_are_answered() {
    for kind in ["assignor_range", "assignor_roundrobin"] {
        let empty = br#"{"cases":[{"id":"a","topics":{"t":3},"members":[]}]}"#;
        assert_eq!(
            ask(kind, empty).as_deref(),
            Ok("{\"assignment\":{},\"id\":\"a\"}\n")
        );
        let unknown = br#"{"cases":[{"id":"a","topics":{"t":-1,"u":0},"members":[{"id":"m","topics":["t","u","v"]}]}]}"#;
        assert_eq!(
            ask(kind, unknown).as_deref(),
            Ok("{\"assignment\":{\"m\":{}},\"id\":\"a\"}\n")
        );
        let huge = br#"{"cases":[{"id":"a","topics":{"t":2147483647},"members":[{"id":"m","topics":["t"]}]}]}"#;
        assert!(
            ask(kind, huge)
                .expect("an answer")
                .contains("TooManyPartitions: 2147483647 partitions")
        );
    }
    for kind in ["assignor_sticky", "assignor_cooperative-sticky"] {
        let empty = br#"{"cases":[{"id":"a","steps":[{"topics":{"t":3},"members":[]}]}]}"#;
        assert_eq!(
            ask(kind, empty).as_deref(),
            Ok("{\"id\":\"a\",\"steps\":[{\"assignment\":{}}]}\n")
        );
    }
}

#[test]
fn members_order_by_utf16_units() {
    let group = "{\"cases\":[{\"id\":\"a\",\"topics\":{\"t\":1},\"members\":[{\"id\":\"\u{ff5e}\",\"topics\":[\"t\"]},{\"id\":\"\u{1f600}\",\"topics\":[\"t\"]}]}]}";
    let answer = ask("assignor_range", group.as_bytes()).expect("an answer");
    assert!(answer.contains("\"\u{1f600}\":{\"t\":[0]}"), "{answer}");
}

#[test]
fn errors_are_placed_where_they_are() {
    let input = b"{\"cases\":[{\"id\":\"a\",\n\"topics\":{\"t\":\"x\"},\n\"members\":[]}]}";
    let message = refusal("assignor_range", input);
    assert!(
        message.starts_with("standard input:2:17: invalid type: string \"x\", expected i32"),
        "{message}"
    );
    let input =
        b"{\"cases\":[{\"id\":\"a\",\"steps\":[{\"topics\":{},\"members\":[{\"id\":\"m\"}]}]}]}";
    assert!(refusal("assignor_sticky", input).contains("missing field `topics`"));
    let lone = br#"{"cases":[{"id":"a","text":"\ud800"}]}"#;
    assert!(refusal("java_string_hash", lone).contains("hex escape"));
}

#[test]
fn what_is_too_large_is_said_so() {
    let placement = br#"{"cases":[{"id":"a","brokers":[{"id":0,"rack":null,"fenced":false}],"partitions":2147483647,"replication_factor":1,"random":"zero","seed":null}]}"#;
    assert!(
        ask("replica_placement", placement)
            .expect("an answer")
            .contains("at most 1000000 are placed")
    );
    let digest = br#"{"cases":[{"id":"a","consumers":2147483647,"topics":2147483647,"partitions_per_topic":1,"subscriptions":"all","algorithm":"range","operation":"initial"}]}"#;
    assert!(
        ask("large_digests", digest)
            .expect("an answer")
            .contains("unsupported")
    );
}
