//! `rebalance run` and `rebalance view` as a user meets them: exit codes, messages, output.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn rebalance(arguments: &[&str], script: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rebalance"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("standard input");
    // A program that refuses its options does not read the script.
    let _ = input.write_all(script.as_bytes());
    drop(input);
    child.wait_with_output().expect("the program ends")
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr),
    )
}

const CRASH: &str = "\
cluster create brokers=3 controllers=1 seed=1
topic create orders partitions=1 replication=3 assignment=1:2:3
advance 3s
broker crash 1
advance 10s
expect leader(orders-0) = 2
";

#[test]
fn a_script_that_holds_exits_with_0() {
    let (code, out, err) = told(&rebalance(&["run", "-"], CRASH));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("1 of 1 expectations hold; 00:13."), "{out}");
}

#[test]
fn an_expectation_that_fails_names_line_expected_and_found() {
    let script = CRASH.replace("= 2", "= 3");
    let (code, _, err) = told(&rebalance(&["run", "-"], &script));
    assert_eq!(code, 1);
    assert_eq!(
        err,
        "rebalance: -:6: expected leader(orders-0) = 3\n    found 2\n"
    );
}

#[test]
fn a_line_that_cannot_be_read_names_line_column_and_what_would_work() {
    let (code, _, err) = told(&rebalance(
        &["run", "-"],
        "cluster create\nbroker crush 1\n",
    ));
    assert_eq!(code, 2);
    assert_eq!(
        err,
        "rebalance: -:2:8: `broker` cannot `crush`; expected crash\n"
    );
    let (code, _, err) = told(&rebalance(
        &["run", "-"],
        "cluster create\nexpect leadr(t-0) = 1\n",
    ));
    assert_eq!(code, 2);
    assert!(
        err.starts_with("rebalance: -:2:8: nothing is called `leadr`; expected leader"),
        "{err}"
    );
}

#[test]
fn an_impossible_command_names_its_line() {
    let (code, _, err) = told(&rebalance(
        &["run", "-"],
        "cluster create\nbroker crash 7\n",
    ));
    assert_eq!(code, 2);
    assert!(err.starts_with("rebalance: -:2: "), "{err}");
    assert!(err.contains('7'), "{err}");
    let (code, _, err) = told(&rebalance(&["run", "-"], "# nothing\n"));
    assert_eq!(code, 2);
    assert!(err.contains("cluster create"), "{err}");
}

#[test]
fn bad_options_say_how() {
    for arguments in [
        &["run"][..],
        &["run", "-", "--journal", "xml"],
        &["view", "-", "--at", "soon"],
        &["run", "-", "--fast"],
    ] {
        let (code, _, err) = told(&rebalance(arguments, CRASH));
        assert_eq!(code, 2, "{arguments:?}");
        assert!(err.contains("usage") || err.contains("expected"), "{err}");
    }
    let (code, _, err) = told(&rebalance(&["run", "/no/such.rebalance"], ""));
    assert_eq!(code, 2);
    assert!(err.contains("/no/such.rebalance"), "{err}");
}

#[test]
fn the_journal_is_sentences_or_one_object_a_line() {
    let (_, out, _) = told(&rebalance(&["run", "-", "--journal", "text"], CRASH));
    let elected = out
        .lines()
        .find(|l| l.contains("orders-0") && l.contains("leader"));
    assert!(elected.is_some_and(|l| l.starts_with("00:")), "{out}");
    let (code, out, _) = told(&rebalance(&["run", "-", "--journal=json"], CRASH));
    assert_eq!(code, 0);
    let entries: Vec<serde_json::Value> = out
        .lines()
        .map(|l| serde_json::from_str(l).expect(l))
        .collect();
    let numbers = entries.iter().map(|e| e["entry"].as_u64());
    assert!(
        numbers.eq((0..entries.len() as u64).map(Some)),
        "numbered without gaps"
    );
    let crash = entries
        .iter()
        .find(|e| e["event"] == "NodeCrashed")
        .expect("the crash");
    let election = entries
        .iter()
        .rfind(|e| e["event"] == "LeaderElected")
        .expect("the election");
    assert_eq!(crash["node"], "1");
    assert_eq!(election["fields"]["leader"], 2);
    assert_eq!(election["fields"]["isr"], serde_json::json!([2, 3]));
    assert!(election["at_us"].as_u64() > crash["at_us"].as_u64());
}

#[test]
fn until_stops_or_goes_on() {
    let (code, out, _) = told(&rebalance(&["run", "-", "--until", "5s"], CRASH));
    assert_eq!(code, 0);
    assert!(
        out.starts_with("0 of 0 expectations hold; 00:05.000"),
        "{out}"
    );
    let (_, out, _) = told(&rebalance(&["run", "-", "--until=1m"], CRASH));
    assert!(
        out.starts_with("1 of 1 expectations hold; 01:00.000"),
        "{out}"
    );
}

#[test]
fn the_view_is_the_cluster_at_an_instant() {
    let view = |at: &str| {
        let (code, out, err) = told(&rebalance(&["view", "-", "--at", at, "--json"], CRASH));
        assert_eq!(code, 0, "{err}");
        serde_json::from_str::<serde_json::Value>(&out).expect("one JSON object")
    };
    let partition = |view: &serde_json::Value| view["topics"][0]["partitions"][0].clone();
    let before = view("2s");
    assert_eq!(before["now"], 2_000_000);
    assert_eq!(partition(&before)["leader"], 1);
    assert_eq!(partition(&view("13s"))["leader"], 2);
    assert_eq!(view("13s")["brokers"][0]["state"], "Crashed");
    let (_, out, _) = told(&rebalance(&["view", "-"], CRASH));
    assert!(
        out.contains("orders-0: leader 2 epoch 1, isr 2,3 of 1,2,3"),
        "{out}"
    );
}
