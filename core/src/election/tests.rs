//! The rules of `PartitionChangeBuilder`, one by one.

use super::*;

fn state(isr: &[i32], leader: i32) -> PartitionState {
    PartitionState {
        replicas: vec![1, 2, 3],
        isr: isr.to_vec(),
        leader,
        ..PartitionState::default()
    }
}

fn ask(
    state: &PartitionState,
    isr: &[i32],
    election: Election,
    elr: bool,
    alive: &[i32],
) -> Option<PartitionState> {
    change(
        state,
        &ChangeRequest {
            target_isr: isr,
            election,
            elr_enabled: elr,
            min_isr: 2,
            unclean_shutdown: &[],
            target_recovery: None,
            is_acceptable_leader: &|it| alive.contains(&it),
        },
    )
}

#[test]
fn the_next_leader_is_first_in_replica_order_not_isr_order() {
    let after = ask(
        &state(&[3, 2, 1], 1),
        &[3, 2],
        Election::Online,
        false,
        &[2, 3],
    );
    let after = after.unwrap_or_default();
    assert_eq!(
        (after.leader, after.leader_epoch, after.partition_epoch),
        (2, 1, 1)
    );
    assert_eq!(after.isr, [3, 2]);
}

#[test]
fn nothing_to_do_gives_no_record() {
    assert_eq!(
        ask(
            &state(&[1, 2], 1),
            &[1, 2],
            Election::Online,
            false,
            &[1, 2]
        ),
        None
    );
}

#[test]
fn shrinking_the_isr_leaves_the_leader_epoch() {
    let after = ask(
        &state(&[1, 2, 3], 1),
        &[1, 2],
        Election::Online,
        false,
        &[1, 2, 3],
    )
    .unwrap_or_default();
    assert_eq!((after.leader_epoch, after.partition_epoch), (0, 1));
}

#[test]
fn without_elr_the_last_member_stays_in_the_isr() {
    let after = ask(&state(&[1], 1), &[], Election::Online, false, &[2, 3]).unwrap_or_default();
    assert_eq!(
        (after.leader, after.isr.as_slice()),
        (NO_LEADER, [1].as_slice())
    );
}

#[test]
fn with_elr_the_isr_runs_empty_and_its_members_may_lead_again() {
    let empty = ask(&state(&[1], 1), &[], Election::Online, true, &[]).unwrap_or_default();
    assert_eq!((empty.leader, empty.isr.len()), (NO_LEADER, 0));
    assert_eq!(
        (empty.elr.as_slice(), empty.last_known_elr.as_slice()),
        ([1].as_slice(), [1].as_slice())
    );
    let back = ask(&empty, &[], Election::Online, true, &[1]).unwrap_or_default();
    assert_eq!((back.leader, back.isr.as_slice()), (1, [1].as_slice()));
    assert!(back.elr.is_empty() && back.last_known_elr.is_empty());
}

#[test]
fn an_unclean_election_resets_the_isr() {
    let after =
        ask(&state(&[1], NO_LEADER), &[], Election::Unclean, false, &[3]).unwrap_or_default();
    assert_eq!((after.leader, after.isr.as_slice()), (3, [3].as_slice()));
    assert_eq!(after.recovery, LeaderRecoveryState::Recovering);
}
