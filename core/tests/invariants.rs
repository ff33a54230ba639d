//! The monitor sees each kind of broken promise, and is silent when the same things happen as they should.
#![cfg(not(target_arch = "wasm32"))]

use rebalance_core::config::{ConfigSet, Preset, TopicConfig};
use rebalance_core::coordinator::CommittedOffset;
use rebalance_core::event::{ElectionReason, Entry, Event, GroupState, LeaveReason, ShareChange};
use rebalance_core::id::{BrokerId, ClientId, Name, NodeId, TopicId, TopicPartition};
use rebalance_core::invariants::{
    COMMITS_KEPT, COMMITTED_READS, CURRENT_COMMITS, DELIVERED_BY_OWNER, DELIVERY_LIMIT, IN_LOG,
    INVARIANTS, Inside, LEADER_IN_ISR, LOGS_AGREE, MONOTONIC, Monitor, NO_LOSS, ONE_CONTROLLER,
    ONE_HOLDER, ONE_LEADER, ONE_OWNER, SHARE_START,
};
use rebalance_core::partition::{Partition, Role};
use rebalance_core::protocol::{Acks, PartitionState, Recovery};
use rebalance_core::record::{Record, RecordBatch};
use rebalance_core::time::SimTime;
use std::collections::BTreeMap;
use std::sync::Arc;

const TP: TopicPartition = TopicPartition::new(TopicId(1), 0);
const C1: NodeId = NodeId::Client(ClientId(1));
const C2: NodeId = NodeId::Client(ClientId(2));

/// Two brokers' replicas, and a monitor.
struct Story {
    replicas: BTreeMap<BrokerId, Partition>,
    instances: BTreeMap<NodeId, Name>,
    /// What each broker's coordinator knows of the one offset there is.
    committed: BTreeMap<BrokerId, CommittedOffset>,
    removed: bool,
    /// Up to where a share-partition is stored to be done with.
    stored_start: Option<i64>,
    /// The newest metadata of the one partition there is.
    state: Option<PartitionState>,
    monitor: Monitor,
    now: u64,
}

impl Inside for Story {
    fn replica(&self, broker: BrokerId, _: TopicPartition) -> Option<&Partition> {
        self.replicas.get(&broker)
    }
    fn partition_state(&self, _: BrokerId, _: TopicPartition) -> Option<&PartitionState> {
        None
    }
    fn committed_state(&self, _: TopicPartition) -> Option<&PartitionState> {
        self.state.as_ref()
    }
    fn acks(&self, _: NodeId) -> Option<Acks> {
        Some(Acks::All)
    }
    fn instance(&self, consumer: NodeId) -> Option<&Name> {
        self.instances.get(&consumer)
    }
    fn offsets_partition(&self, _: &str) -> Option<TopicPartition> {
        Some(TP)
    }
    fn stored_share_start(&self, _: BrokerId, _: &Name, _: TopicPartition) -> Option<i64> {
        self.stored_start
    }
    fn committed_offset(
        &self,
        broker: BrokerId,
        _: &str,
        _: TopicPartition,
    ) -> Option<CommittedOffset> {
        self.committed.get(&broker).copied()
    }
    fn is_removed(&self, _: BrokerId, _: &str, _: TopicPartition) -> bool {
        self.removed
    }
    fn modern_member(&self, consumer: NodeId) -> Option<Name> {
        match consumer {
            NodeId::Client(id) if id.0 >= 100 => Some(format!("m{}", id.0).as_str().into()),
            _ => None,
        }
    }
    fn is_modern(&self, _: NodeId, group: &Name) -> bool {
        &**group == "modern"
    }
    fn topic_name(&self, _: TopicId) -> Name {
        "orders".into()
    }
}

fn broker(id: i32) -> NodeId {
    NodeId::Broker(BrokerId(id))
}

fn batch(base: i64, epoch: i32, value: &str) -> Arc<RecordBatch> {
    let record = Record::new(0, None, Some(value.as_bytes().into()));
    let mut batch = RecordBatch::new(vec![record]);
    (batch.base_offset, batch.leader_epoch) = (base, epoch);
    Arc::new(batch)
}

impl Story {
    fn new() -> Self {
        let config = Arc::new(TopicConfig::preset(Preset::Kafka));
        let replica = |id| {
            let mut partition = Partition::new(TP, config.clone());
            partition.leader_epoch = 0;
            partition.role = Role::Follower(BrokerId(1));
            (BrokerId(id), partition)
        };
        Self {
            replicas: [1, 2].map(replica).into(),
            instances: BTreeMap::new(),
            committed: BTreeMap::new(),
            removed: false,
            stored_start: None,
            state: None,
            monitor: Monitor::default(),
            now: 0,
        }
    }

    /// What the monitor finds in this event.
    fn tell(&mut self, node: NodeId, event: Event) -> Vec<&'static str> {
        let mut monitor = std::mem::take(&mut self.monitor);
        let entry = Entry {
            at: SimTime(self.now),
            cause: None,
            node: Some(node),
            event,
        };
        let found = monitor.observe(&entry, self);
        self.monitor = monitor;
        found.into_iter().map(|v| v.invariant).collect()
    }

    fn disk(&mut self, id: i32) -> &mut Partition {
        self.replicas.get_mut(&BrokerId(id)).unwrap()
    }

    /// Writes a batch to a broker's log, moves its high watermark, and tells.
    fn write(&mut self, id: i32, batch: &Arc<RecordBatch>, watermark: i64) -> Vec<&'static str> {
        let replica = self.disk(id);
        replica
            .log
            .append_as_follower(batch, &TopicConfig::preset(Preset::Kafka));
        replica.high_watermark = watermark;
        let end = replica.log.log_end();
        self.tell(broker(id), Event::Replicated { tp: TP, end })
    }

    fn lead(&mut self, id: i32, epoch: i32) -> Vec<&'static str> {
        self.disk(id).leader_epoch = epoch;
        let start = self.disk(id).log.log_end();
        self.tell(
            broker(id),
            Event::BecameLeader {
                tp: TP,
                epoch,
                start,
            },
        )
    }

    fn elect(
        &mut self,
        leader: i32,
        epoch: i32,
        reason: ElectionReason,
        isr: &[i32],
    ) -> Vec<&'static str> {
        let isr: Vec<BrokerId> = isr.iter().copied().map(BrokerId).collect();
        let event = Event::LeaderElected {
            tp: TP,
            leader: Some(BrokerId(leader)),
            epoch,
            reason,
            isr: isr.into(),
        };
        self.tell(NodeId::Controller(BrokerId(101)), event)
    }
}

const FINE: [&str; 0] = [];

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
fn a_partition_has_one_owner_a_generation() {
    let mut story = Story::new();
    let joining = || Event::Joining {
        group: "billing".into(),
    };
    let assigned = |generation| Event::Assigned {
        generation,
        partitions: vec![TP],
    };
    for node in [C1, C2] {
        assert_eq!(story.tell(node, joining()), FINE);
    }
    assert_eq!(story.tell(C1, assigned(1)), FINE);
    assert_eq!(story.tell(C2, assigned(2)), FINE);
    assert_eq!(story.tell(C1, assigned(2)), [ONE_OWNER]);
    let plan = |members: [&str; 2]| Event::GroupAssigned {
        group: "billing".into(),
        generation: 3,
        protocol: "range".into(),
        assignment: members
            .map(|m| (m.into(), vec![("orders".into(), vec![0])]))
            .into(),
    };
    assert_eq!(story.tell(broker(1), plan(["m1", "m2"])), [ONE_OWNER]);
}

#[test]
fn a_static_member_may_be_replaced_within_a_generation() {
    let mut story = Story::new();
    for node in [C1, C2] {
        story.instances.insert(node, "till-1".into());
        let group = "billing".into();
        assert_eq!(story.tell(node, Event::Joining { group }), FINE);
    }
    let assigned = || Event::Assigned {
        generation: 1,
        partitions: vec![TP],
    };
    assert_eq!(story.tell(C1, assigned()), FINE);
    assert_eq!(story.tell(C2, assigned()), FINE);
    story.instances.insert(C1, "till-2".into());
    assert_eq!(story.tell(C1, assigned()), [ONE_OWNER]);
}

#[test]
fn only_owners_deliver_and_kept_partitions_are_owned_too() {
    let mut story = Story::new();
    let other = TopicPartition::new(TopicId(1), 1);
    let group = || Name::from("billing");
    let assigned = |generation, partitions| Event::Assigned {
        generation,
        partitions,
    };
    for node in [C1, C2] {
        assert_eq!(story.tell(node, Event::Joining { group: group() }), FINE);
    }
    assert_eq!(story.write(1, &batch(0, 0, "a"), 1), FINE);
    let polled = || Event::Polled {
        tp: TP,
        first: 0,
        last: 0,
        records: 1,
    };
    assert_eq!(story.tell(C1, assigned(1, vec![TP])), FINE);
    assert_eq!(story.tell(C2, assigned(1, vec![other])), FINE);
    assert_eq!(story.tell(C1, polled()), FINE);
    assert_eq!(story.tell(C2, polled()), [DELIVERED_BY_OWNER]);
    // A cooperative member is told only what is new; it keeps the rest.
    assert_eq!(story.tell(C1, assigned(2, vec![])), FINE);
    assert_eq!(story.tell(C2, assigned(2, vec![TP])), [ONE_OWNER]);
    let partitions = vec![TP];
    assert_eq!(story.tell(C1, Event::Revoked { partitions }), FINE);
    assert_eq!(story.tell(C1, polled()), [DELIVERED_BY_OWNER]);
}

#[test]
fn committed_offsets_move_with_the_coordinator() {
    let mut story = Story::new();
    let at = |offset, committed_at| CommittedOffset {
        offset,
        committed_at,
    };
    let loaded = || Event::CoordinatorLoaded {
        partition: 0,
        groups: vec!["billing".into()],
    };
    let commit = Event::OffsetsCommitted {
        group: "billing".into(),
        member: "".into(),
        generation: -1,
        offsets: vec![(TP, 7)],
    };
    story.committed.insert(BrokerId(1), at(7, 100));
    assert_eq!(story.tell(broker(1), commit), FINE);
    story.state = Some(PartitionState {
        replicas: [1, 2].map(BrokerId).into(),
        adding: [].into(),
        removing: [].into(),
        isr: [2].map(BrokerId).into(),
        elr: Arc::new([]),
        last_known_elr: Arc::new([]),
        leader: Some(BrokerId(2)),
        leader_epoch: 1,
        partition_epoch: 1,
        recovery: Recovery::Recovered,
    });
    // Broker 2 reads old metadata and does not lead yet.
    assert_eq!(story.tell(broker(2), loaded()), FINE);
    story.disk(2).leader_epoch = 1;
    assert_eq!(story.tell(broker(2), loaded()), [COMMITS_KEPT]);
    story.committed.insert(BrokerId(2), at(6, 99));
    assert_eq!(story.tell(broker(2), loaded()), [COMMITS_KEPT]);
    // What was written but not acknowledged may be there as well.
    story.committed.insert(BrokerId(2), at(8, 101));
    assert_eq!(story.tell(broker(2), loaded()), FINE);
    story.committed.remove(&BrokerId(2));
    story.removed = true;
    assert_eq!(story.tell(broker(2), loaded()), FINE);
}

#[test]
fn commits_are_of_the_current_generation() {
    let mut story = Story::new();
    let turned = |generation| Event::GroupTransition {
        group: "billing".into(),
        from: GroupState::Stable,
        to: GroupState::CompletingRebalance,
        generation,
        reason: "".into(),
    };
    let commit = |generation| Event::OffsetsCommitted {
        group: "billing".into(),
        member: "c1".into(),
        generation,
        offsets: vec![(TP, 1)],
    };
    assert_eq!(story.tell(broker(1), turned(1)), FINE);
    assert_eq!(story.tell(broker(1), commit(1)), FINE);
    assert_eq!(story.tell(broker(1), commit(2)), [CURRENT_COMMITS]);
    assert_eq!(story.tell(broker(1), turned(2)), FINE);
    // Written before the group turned, replicated after it …
    assert_eq!(story.tell(broker(1), commit(1)), FINE);
    assert_eq!(story.tell(broker(1), commit(2)), FINE);
    // … but nothing of an old generation is written after something of a new one.
    assert_eq!(story.tell(broker(1), commit(1)), [CURRENT_COMMITS]);
    // Another coordinator, thawed, sees only now that what it wrote long ago has reached everybody.
    assert_eq!(story.tell(broker(2), commit(1)), FINE);
    assert_eq!(story.tell(broker(1), commit(2)), FINE);
    // From outside a group.
    assert_eq!(story.tell(broker(1), commit(-1)), FINE);
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

#[test]
fn members_of_the_consumer_protocol_share_nothing_and_stay_behind_their_group() {
    let mut story = Story::new();
    let member = |n| NodeId::Client(ClientId(n));
    let joins = || Event::Joining {
        group: "modern".into(),
    };
    let given = || Event::Assigned {
        generation: 2,
        partitions: vec![TP],
    };
    let left = |id: &str| Event::MemberLeft {
        group: "modern".into(),
        member: id.into(),
        reason: rebalance_core::event::LeaveReason::SessionExpired,
    };
    for n in [101, 102, 103] {
        assert_eq!(story.tell(member(n), joins()), FINE);
    }
    assert_eq!(story.tell(member(101), given()), FINE);
    assert_eq!(
        story.tell(member(102), given()),
        ["one-owner-per-partition"]
    );
    let gives = Event::Revoked {
        partitions: vec![TP],
    };
    assert_eq!(story.tell(member(102), gives), FINE);
    assert_eq!(story.tell(member(103), given()), FINE);
    // Who was removed is no member, whatever it believes.
    assert_eq!(story.tell(broker(1), left("m103")), FINE);
    assert_eq!(story.tell(member(101), given()), FINE);

    let epoch = |epoch| Event::GroupEpoch {
        group: "modern".into(),
        epoch,
        reason: rebalance_core::event::EpochReason::MemberJoined,
    };
    let walked = |epoch| Event::MemberReconciled {
        group: "modern".into(),
        member: "m101".into(),
        state: rebalance_core::reconcile::MemberState::Stable,
        epoch,
        assigned: vec![TP],
        revoking: vec![],
    };
    let commit = |member: &str, generation| Event::OffsetsCommitted {
        group: "modern".into(),
        member: member.into(),
        generation,
        offsets: vec![(TP, 1)],
    };
    assert_eq!(story.tell(broker(1), epoch(4)), FINE);
    assert_eq!(story.tell(broker(1), walked(4)), FINE);
    assert_eq!(
        story.tell(broker(1), walked(5)),
        ["one-owner-per-partition"]
    );
    assert_eq!(story.tell(broker(1), commit("m101", 4)), FINE);
    assert_eq!(story.tell(broker(1), commit("m102", 3)), FINE);
    let stale = story.tell(broker(1), commit("m101", 3));
    assert_eq!(stale, ["commits-from-current-generation"]);
    let ahead = story.tell(broker(1), commit("m102", 5));
    assert_eq!(ahead, ["commits-from-current-generation"]);
}

#[test]
fn who_is_out_owns_nothing_until_it_joins_again() {
    let mut story = Story::new();
    let member = |n| NodeId::Client(ClientId(n));
    let group = || Name::from("modern");
    let joins = || Event::Joining { group: group() };
    let given = || Event::Assigned {
        generation: 2,
        partitions: vec![TP],
    };
    for n in [101, 102] {
        assert_eq!(story.tell(member(n), joins()), FINE);
    }
    let left = Event::MemberLeft {
        group: group(),
        member: "m101".into(),
        reason: LeaveReason::SessionExpired,
    };
    assert_eq!(story.tell(broker(1), left), FINE);
    assert_eq!(story.tell(member(102), given()), FINE);
    // It was frozen, and takes over what an old answer gave it.
    assert_eq!(story.tell(member(101), given()), FINE);
    let joined = Event::MemberJoined {
        group: group(),
        member: "m101".into(),
        instance: None,
    };
    assert_eq!(story.tell(broker(1), joined), FINE);
    assert_eq!(story.tell(member(101), given()), [ONE_OWNER]);
}

#[test]
fn what_the_coordinator_has_taken_back_is_not_owned() {
    let mut story = Story::new();
    let member = |n| NodeId::Client(ClientId(n));
    let group = || Name::from("modern");
    let walked = |id: &str, assigned: Vec<TopicPartition>| Event::MemberReconciled {
        group: group(),
        member: id.into(),
        state: rebalance_core::reconcile::MemberState::Stable,
        epoch: 1,
        assigned,
        revoking: vec![],
    };
    let given = || Event::Assigned {
        generation: 1,
        partitions: vec![TP],
    };
    for n in [101, 102] {
        assert_eq!(
            story.tell(member(n), Event::Joining { group: group() }),
            FINE
        );
    }
    assert_eq!(story.tell(broker(1), walked("m101", vec![TP])), FINE);
    assert_eq!(story.tell(broker(1), walked("m101", vec![])), FINE);
    assert_eq!(story.tell(member(101), given()), FINE);
    assert_eq!(story.tell(broker(1), walked("m102", vec![TP])), FINE);
    assert_eq!(story.tell(member(102), given()), FINE);
    // Given by the coordinator, it counts.
    assert_eq!(story.tell(broker(1), walked("m101", vec![TP])), FINE);
    assert_eq!(story.tell(member(101), given()), [ONE_OWNER]);
}

#[test]
fn a_commit_from_before_the_group_began_anew_is_of_a_generation_it_had() {
    let mut story = Story::new();
    let group = || Name::from("modern");
    let epoch = |epoch| Event::GroupEpoch {
        group: group(),
        epoch,
        reason: rebalance_core::event::EpochReason::MemberJoined,
    };
    let commit = |generation| Event::OffsetsCommitted {
        group: group(),
        member: "m101".into(),
        generation,
        offsets: vec![(TP, 1)],
    };
    let left = Event::MemberLeft {
        group: group(),
        member: "m101".into(),
        reason: LeaveReason::Left,
    };
    let converted = Event::GroupConverted {
        group: group(),
        upgraded: false,
    };
    for event in [epoch(3), left, converted, epoch(1)] {
        assert_eq!(story.tell(broker(1), event), FINE);
    }
    assert_eq!(story.tell(broker(1), commit(3)), FINE);
    assert_eq!(story.tell(broker(1), commit(4)), [CURRENT_COMMITS]);
}

/// What happens to a share-partition.
mod shares {
    use super::*;

    fn loaded(start: i64, fresh: bool) -> Event {
        Event::SharePartitionLoaded {
            group: "workers".into(),
            tp: TP,
            start,
            fresh,
        }
    }

    fn moved(to: i64) -> Event {
        Event::ShareStartMoved {
            group: "workers".into(),
            tp: TP,
            to,
        }
    }

    fn records(first: i64, last: i64, count: i16, change: ShareChange, member: &str) -> Event {
        Event::ShareRecords {
            group: "workers".into(),
            tp: TP,
            first,
            last,
            count,
            change,
            member: member.into(),
        }
    }

    fn acquired(first: i64, last: i64, count: i16, member: &str) -> Event {
        records(first, last, count, ShareChange::Acquired, member)
    }

    #[test]
    fn one_member_holds_a_record_until_it_is_given_back() {
        let mut story = Story::new();
        assert_eq!(story.tell(broker(1), loaded(0, true)), FINE);
        assert_eq!(story.tell(broker(1), acquired(0, 4, 1, "a")), FINE);
        assert_eq!(story.tell(broker(1), acquired(5, 6, 1, "b")), FINE);
        assert_eq!(story.tell(broker(1), acquired(4, 4, 2, "b")), [ONE_HOLDER]);
        for (at, change) in [
            (0, ShareChange::Released),
            (1, ShareChange::LockExpired),
            (2, ShareChange::MemberGone),
        ] {
            assert_eq!(story.tell(broker(1), records(at, at, 1, change, "a")), FINE);
            assert_eq!(story.tell(broker(1), acquired(at, at, 2, "b")), FINE);
        }
        // A new leader knows nothing of acquisitions.
        assert_eq!(story.tell(broker(2), loaded(0, false)), FINE);
        assert_eq!(story.tell(broker(2), acquired(3, 3, 1, "c")), FINE);
    }

    #[test]
    fn nothing_is_delivered_more_often_than_allowed() {
        let mut story = Story::new();
        assert_eq!(story.tell(broker(1), loaded(0, true)), FINE);
        assert_eq!(story.tell(broker(1), acquired(0, 0, 5, "a")), FINE);
        assert_eq!(
            story.tell(broker(1), acquired(1, 1, 6, "a")),
            [DELIVERY_LIMIT]
        );
    }

    #[test]
    fn the_start_never_moves_back_on_a_leader() {
        let mut story = Story::new();
        assert_eq!(story.tell(broker(1), loaded(3, true)), FINE);
        assert_eq!(story.tell(broker(1), moved(5)), FINE);
        assert_eq!(story.tell(broker(1), acquired(5, 6, 1, "a")), FINE);
        assert_eq!(story.tell(broker(1), acquired(4, 4, 1, "a")), [SHARE_START]);
        assert_eq!(story.tell(broker(1), moved(4)), [SHARE_START]);
    }

    #[test]
    fn the_next_leader_begins_where_what_was_stored_ends() {
        let mut story = Story::new();
        story.stored_start = Some(2);
        assert_eq!(story.tell(broker(1), loaded(0, true)), FINE);
        // Offset 2 could not be stored: its lock timed out for the last time while there was no coordinator.
        assert_eq!(story.tell(broker(1), moved(3)), FINE);
        assert_eq!(story.tell(broker(2), loaded(2, false)), FINE);
        assert_eq!(story.tell(broker(2), acquired(2, 2, 1, "a")), FINE);
        assert_eq!(story.tell(broker(1), loaded(1, false)), [SHARE_START]);
    }

    #[test]
    fn a_leader_of_an_older_epoch_does_not_count() {
        let mut story = Story::new();
        story.stored_start = Some(4);
        let newer = story.replicas.get_mut(&BrokerId(2)).expect("a replica");
        newer.leader_epoch = 1;
        assert_eq!(story.tell(broker(2), loaded(0, true)), FINE);
        assert_eq!(story.tell(broker(2), moved(4)), FINE);
        // It was frozen while it loaded.
        assert_eq!(story.tell(broker(1), loaded(0, false)), FINE);
        assert_eq!(story.tell(broker(1), acquired(0, 0, 9, "a")), FINE);
        assert_eq!(story.tell(broker(2), acquired(3, 3, 1, "a")), [SHARE_START]);
    }
}
