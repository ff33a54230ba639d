//! Of leaders, logs and what was acknowledged.

use super::*;

#[test]
fn one_leader_an_epoch() {
    let mut story = Story::new();
    assert_eq!(story.lead(1, 0), FINE);
    assert_eq!(story.lead(2, 1), FINE);
    assert_eq!(story.lead(2, 1), FINE);
    assert_eq!(story.lead(1, 1), [ONE_LEADER]);
}

#[test]
fn the_leader_is_in_the_isr() {
    let mut story = Story::new();
    assert_eq!(story.elect(2, 1, ElectionReason::Clean, &[2, 3]), FINE);
    assert_eq!(
        story.elect(1, 2, ElectionReason::Clean, &[2, 3]),
        [LEADER_IN_ISR]
    );
}

#[test]
fn one_controller_an_epoch() {
    let mut story = Story::new();
    let mut elected = |id, epoch| {
        story.tell(
            NodeId::Controller(BrokerId(id)),
            Event::ControllerElected { epoch },
        )
    };
    assert_eq!(elected(101, 1), FINE);
    assert_eq!(elected(102, 2), FINE);
    assert_eq!(elected(103, 2), [ONE_CONTROLLER]);
}

#[test]
fn the_high_watermark_stays_in_the_log_and_rises() {
    let mut story = Story::new();
    assert_eq!(story.write(2, &batch(0, 0, "a"), 1), FINE);
    story.disk(2).high_watermark = 2;
    let moved = Event::HighWatermark { tp: TP, offset: 2 };
    assert_eq!(story.tell(broker(2), moved.clone()), [IN_LOG]);
    let state = PartitionState {
        replicas: [BrokerId(1)].into(),
        adding: [].into(),
        removing: [].into(),
        isr: [BrokerId(1)].into(),
        elr: [].into(),
        last_known_elr: [].into(),
        leader: Some(BrokerId(1)),
        leader_epoch: 0,
        partition_epoch: 0,
        recovery: rebalance_core::protocol::Recovery::Recovered,
    };
    let mut story = Story::new();
    story
        .disk(1)
        .make_leader(BrokerId(1), &state, SimTime::ZERO);
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    story.disk(1).high_watermark = 0;
    assert_eq!(story.tell(broker(1), moved), [MONOTONIC]);
}

#[test]
fn logs_agree_below_the_high_watermark_and_may_differ_above() {
    let mut story = Story::new();
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    // Above the high watermark another record is nobody's loss …
    assert_eq!(story.write(2, &batch(0, 0, "b"), 0), FINE);
    // … until the watermark says that it is committed.
    story.disk(2).high_watermark = 1;
    let end = Event::Replicated { tp: TP, end: 1 };
    assert_eq!(story.tell(broker(2), end), [LOGS_AGREE]);
    let mut story = Story::new();
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    assert_eq!(story.write(2, &batch(0, 0, "a"), 1), FINE);
}

#[test]
fn a_new_leader_has_everything_that_was_committed() {
    let mut story = Story::new();
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    assert_eq!(story.lead(2, 1), [NO_LOSS]);
    let mut story = Story::new();
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    assert_eq!(story.write(2, &batch(0, 0, "a"), 0), FINE);
    assert_eq!(story.lead(2, 1), FINE);
}

#[test]
fn a_new_leader_has_the_very_records_that_were_committed() {
    let mut story = Story::new();
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    assert_eq!(story.write(2, &batch(0, 0, "b"), 0), FINE);
    assert_eq!(story.lead(2, 1), [LOGS_AGREE]);
}

#[test]
fn an_unclean_election_may_lose_records() {
    let mut story = Story::new();
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    assert_eq!(story.elect(2, 1, ElectionReason::Unclean, &[2]), FINE);
    assert_eq!(story.lead(2, 1), FINE);
    // The old leader, still in its epoch, is no witness any more.
    assert_eq!(story.write(1, &batch(1, 0, "c"), 2), FINE);
    story.disk(2).high_watermark = 1;
    assert_eq!(story.write(2, &batch(0, 1, "b"), 1), FINE);
}

#[test]
fn acknowledged_means_committed_and_so_does_delivered() {
    let mut story = Story::new();
    let acked = |base| Event::Acked {
        tp: TP,
        base,
        records: 1,
    };
    let polled = |last| Event::Polled {
        tp: TP,
        first: 0,
        last,
        records: 1,
    };
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    assert_eq!(story.tell(C1, acked(0)), FINE);
    assert_eq!(story.tell(C1, acked(1)), [NO_LOSS]);
    assert_eq!(story.tell(C2, polled(0)), FINE);
    assert_eq!(story.tell(C2, polled(1)), [COMMITTED_READS]);
}

#[test]
fn what_was_found_is_counted_by_name() {
    let mut story = Story::new();
    story.elect(1, 1, ElectionReason::Clean, &[2]);
    story.elect(1, 2, ElectionReason::Clean, &[2]);
    let counts = story.monitor.guarantees();
    assert_eq!(counts.len(), INVARIANTS.len());
    assert!(counts.contains(&(LEADER_IN_ISR, 2)));
    assert_eq!(counts.iter().map(|c| c.1).sum::<u32>(), 2);
}
