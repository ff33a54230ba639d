//! What a monitoring system would have drawn: it must agree with the view, with the journal, and with itself after going back.

use rebalance_core::command::{Command, parse_script};
use rebalance_core::event::Event;
use rebalance_core::metrics::{GroupSample, INTERVAL, Sample};
use rebalance_core::session::Session;
use rebalance_core::time::{Duration, SimTime};

fn run(script: &str) -> Session {
    let script: Vec<Command> = parse_script(script)
        .expect("it reads")
        .into_iter()
        .map(|(_, c)| c)
        .collect();
    Session::new(&script).expect("it runs")
}

const BUSY: &str = "cluster create brokers=3 seed=5 preset=classroom\n\
    topic create orders partitions=3 replication=3\nadvance 1s\n\
    producer add p1 topic=orders rate=20/s\n\
    consumer add c1 group=g topics=orders auto.offset.reset=earliest\n\
    consumer add c2 group=g topics=orders auto.offset.reset=earliest\n\
    advance 20s";

/// Plays on to the event that takes the next sample: the cluster is then just as it was sampled.
fn to_next_sample(session: &mut Session) {
    let before = session.samples().len();
    while session.samples().len() == before {
        session.step();
    }
}

fn group(sample: &Sample) -> &GroupSample {
    &sample.groups[0]
}

#[test]
fn samples_come_at_even_intervals_and_count_every_record_once() {
    let mut session = run(BUSY);
    to_next_sample(&mut session);
    let samples = session.samples();
    assert!(samples.len() > 35, "{}", samples.len());
    // While the cluster starts there are intervals in which nothing happens at all: they have no sample.
    let busy = samples.iter().skip_while(|s| s.groups.is_empty());
    let busy: Vec<SimTime> = busy.map(|s| s.at).collect();
    for pair in busy.windows(2) {
        assert_eq!(pair[1], pair[0] + INTERVAL);
    }
    let counted: u32 = samples.iter().map(|s| s.written).sum();
    let journal = session.entries().iter();
    let orders = session.view().topics[0].partitions[0].tp.topic;
    let written: i64 = journal
        .filter_map(|e| match &e.event {
            Event::Appended { tp, base, last } if tp.topic == orders => Some(last - base + 1),
            _ => None,
        })
        .sum();
    assert_eq!(i64::from(counted), written);
    let read: u32 = samples.iter().flat_map(|s| &s.groups).map(|g| g.read).sum();
    assert!(read > 0 && read <= counted);
}

#[test]
fn the_lag_is_the_one_that_the_view_shows() {
    let mut session = run(BUSY);
    session
        .apply("consumer crash c1".parse().expect("a command"))
        .expect("done");
    for _ in 0..20 {
        session.run_until(session.now() + INTERVAL, u32::MAX);
        to_next_sample(&mut session);
        let (sample, view) = (session.samples().last().expect("some"), session.view());
        assert_eq!(group(sample).lag, view.groups[0].lag);
        let still = view.groups[0].consumers.iter().filter(|c| {
            c.paused_since.is_some() && c.state == rebalance_core::view::ProcessState::Running
        });
        assert_eq!(group(sample).still as usize, still.count());
    }
    // Auto-commit is every five seconds: what the dead one had is committed by nobody until its session is over.
    let lags: Vec<i64> = session.samples().iter().map(group_lag).collect();
    let died = lags.len() - 40;
    let steady = lags[died - 4..died].iter().max();
    assert!(lags[died..].iter().max() > steady, "{lags:?}");
}

fn group_lag(sample: &Sample) -> i64 {
    sample.groups.first().map_or(0, |g| g.lag)
}

#[test]
fn a_dead_broker_leaves_partitions_short_of_replicas_and_the_last_one_leaves_them_without_a_leader()
{
    let mut session = run(BUSY);
    let at = |s: &Session| s.samples().last().cloned().expect("some");
    assert_eq!(
        (at(&session).under_replicated, at(&session).offline),
        (0, 0)
    );
    for (broker, wait) in [
        ("broker crash 1", 15),
        ("broker crash 2", 15),
        ("broker crash 3", 15),
    ] {
        session
            .apply(broker.parse().expect("a command"))
            .expect("done");
        let until = session.now() + Duration::secs(wait);
        session.run_until(until, u32::MAX);
    }
    let end = at(&session);
    assert_eq!(end.under_replicated, 3, "without internal topics");
    assert_eq!(end.offline, 3);
    assert_eq!(end.ack_us, None, "nobody acknowledges");
}

#[test]
fn going_back_and_on_again_makes_no_other_samples_and_a_fork_keeps_those_before_it() {
    let mut session = run(BUSY);
    let first = session.samples().to_vec();
    let middle = SimTime(session.start().0 + 10_000_000);
    session.seek(middle);
    assert_eq!(session.samples(), first, "the future is still there");
    session.seek(session.end());
    assert_eq!(session.samples(), first);
    session.seek(middle);
    session
        .apply("broker crash 2".parse().expect("a command"))
        .expect("done");
    let kept = session.samples().to_vec();
    assert!(kept.len() < first.len());
    assert_eq!(kept, first[..kept.len()]);
    session.run_until(middle + Duration::secs(30), u32::MAX);
    // A cluster that lived all this without ever going back has the same samples.
    let straight = {
        let script = session.script();
        Session::new(&script).expect("it runs")
    };
    assert_eq!(straight.samples(), session.samples());
}

#[test]
fn a_member_that_dies_while_it_stands_still_does_not_stand_still_any_more() {
    let mut session = run(BUSY);
    let join = "consumer add c3 group=g topics=orders";
    session
        .apply(join.parse().expect("a command"))
        .expect("done");
    let paused = |s: &Session| {
        let view = s.view();
        let mut members = view.groups[0].consumers.iter();
        members.any(|c| &*c.name == "c1" && c.paused_since.is_some())
    };
    while !paused(&session) {
        session.step();
    }
    let crash = |name: &str| format!("consumer crash {name}").parse().expect("a command");
    for name in ["c1", "c2", "c3"] {
        session.apply(crash(name)).expect("done");
    }
    to_next_sample(&mut session);
    assert!(paused(&session), "it died in the middle");
    assert_eq!(group(session.samples().last().expect("some")).still, 0);
}
