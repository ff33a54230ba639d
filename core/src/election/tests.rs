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
            assignment: None,
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

// Reassignment (KIP-455).

fn with(
    state: &PartitionState,
    assignment: &Assignment,
    isr: &[i32],
    alive: &[i32],
) -> PartitionState {
    let request = ChangeRequest {
        target_isr: isr,
        assignment: Some(assignment),
        election: Election::Online,
        elr_enabled: false,
        min_isr: 1,
        unclean_shutdown: &[],
        target_recovery: None,
        is_acceptable_leader: &|it| alive.contains(&it),
    };
    change(state, &request).unwrap_or_else(|| state.clone())
}

fn move_to(state: &PartitionState, target: &[i32]) -> PartitionState {
    let alive = [1, 2, 3, 4, 5];
    with(
        state,
        &Assignment::towards(state, target),
        &state.isr,
        &alive,
    )
}

fn lists(state: &PartitionState) -> (&[i32], &[i32], &[i32]) {
    (&state.replicas, &state.adding, &state.removing)
}

#[test]
fn a_move_lists_the_new_replicas_before_those_that_go() {
    let after = move_to(&state(&[1, 2, 3], 1), &[5, 3, 4]);
    assert_eq!(
        lists(&after),
        (&[5, 3, 4, 1, 2][..], &[4, 5][..], &[1, 2][..])
    );
    assert_eq!(
        (after.leader, after.leader_epoch, after.partition_epoch),
        (1, 0, 1)
    );
    assert_eq!(after.isr, [1, 2, 3]);
}

#[test]
fn the_isr_change_that_has_everybody_ends_it() {
    let moving = move_to(&state(&[1, 2, 3], 1), &[4, 2]);
    let alive = [1, 2, 3, 4];
    let waiting = ask(&moving, &[1, 2], Election::Online, false, &alive).unwrap_or_default();
    assert!(waiting.adding == [4] && waiting.leader == 1);
    let done = ask(&moving, &[1, 3, 2, 4], Election::Online, false, &alive).unwrap_or_default();
    assert_eq!(lists(&done), (&[4, 2][..], &[][..], &[][..]));
    assert_eq!(
        (&done.isr[..], done.leader, done.leader_epoch),
        (&[2, 4][..], 4, 1)
    );
}

#[test]
fn what_needs_nobody_new_is_done_at_once_and_begins_an_epoch_only_if_somebody_goes() {
    let fewer = move_to(&state(&[1, 2, 3], 1), &[2, 1]);
    assert_eq!(lists(&fewer), (&[2, 1][..], &[][..], &[][..]));
    assert_eq!(
        (&fewer.isr[..], fewer.leader, fewer.leader_epoch),
        (&[1, 2][..], 1, 1)
    );
    let turned = move_to(&state(&[1, 2, 3], 1), &[3, 2, 1]);
    assert_eq!(
        (lists(&turned).0, turned.leader, turned.leader_epoch),
        (&[3, 2, 1][..], 1, 0)
    );
    assert_eq!(move_to(&turned, &[3, 2, 1]), turned);
}

/// `changePartitionReassignment` leaves a list alone that would become empty, so a second target that only gives the first one up
/// still says that 4 is being added until it completes, which is at once.
#[test]
fn a_second_target_replaces_the_first() {
    let first = move_to(&state(&[1, 2, 3], 1), &[4, 2, 3]);
    let second = Assignment::towards(&first, &[5, 2, 3]);
    assert_eq!(
        (&second.adding[..], &second.removing[..]),
        (&[5][..], &[1, 4][..])
    );
    assert_eq!(second.replicas, [5, 2, 3, 1, 4]);
    let back = Assignment::towards(&first, &[1, 2, 3]);
    assert_eq!((&back.adding[..], &back.removing[..]), (&[4][..], &[4][..]));
    assert_eq!(
        lists(&move_to(&first, &[1, 2, 3])),
        (&[1, 2, 3][..], &[][..], &[][..])
    );
}

#[test]
fn cancelling_takes_the_added_ones_out_and_may_be_unclean() {
    let mut moving = move_to(&state(&[1, 2], 1), &[4, 2, 5]);
    moving.isr = vec![1, 2, 4];
    let (back, isr, unclean) = Assignment::reverted(&moving);
    assert_eq!(
        (&back.replicas[..], &isr[..], unclean),
        (&[2, 1, 3][..], &[1, 2][..], false)
    );
    assert_eq!(with(&moving, &back, &isr, &[1, 2, 3, 4]).leader_epoch, 1);
    moving.isr = vec![4];
    let (_, isr, unclean) = Assignment::reverted(&moving);
    assert_eq!((&isr[..], unclean), (&[2][..], true));
}

/// Every state of three brokers out of five, every target, every ISR that may follow.
#[test]
fn whatever_is_asked_for_ends_with_exactly_that_once_all_are_in_sync() {
    let everybody = [1, 2, 3, 4, 5];
    for bits in 1..32u32 {
        let mut target: Vec<i32> = everybody
            .into_iter()
            .filter(|b| bits >> (b - 1) & 1 == 1)
            .collect();
        for turn in 0..target.len() {
            target.rotate_left(turn);
            let moving = move_to(&state(&[1, 2, 3], 1), &target);
            assert!(moving.isr.contains(&moving.leader));
            let first = &moving.replicas[..target.len()];
            assert_eq!(first, target);
            if !moving.adding.is_empty() {
                let isr = moving.replicas.clone();
                let done =
                    ask(&moving, &isr, Election::Online, false, &everybody).unwrap_or_default();
                assert_eq!(lists(&done), (&target[..], &[][..], &[][..]));
                assert!(
                    done.isr.contains(&done.leader) && done.isr.iter().all(|b| target.contains(b))
                );
                let stays = target.contains(&1);
                assert_eq!(done.leader == 1, stays);
                let goes = [1, 2, 3].iter().any(|b| !target.contains(b));
                assert_eq!(done.leader_epoch, i32::from(goes));
            }
        }
    }
}
