//! Every event there is, by who tells it: the network, processes, the controller, replicas, coordinators, producers,
//! consumers, administrators, share groups. One list, because the journal is one language.

use super::{
    Direction, ElectionReason, EpochReason, GroupState, LeaveReason, PositionSource,
    ReassignmentStage, ShareChange, Violation,
};
use crate::id::{BrokerId, ClientId, LeaderEpoch, Name, NodeId, Offset, TopicPartition};
use crate::protocol::{ApiKey, ErrorCode, MemberAssignment};
use crate::reconcile::MemberState;
use crate::time::SimTime;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What happened.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// The user's command, by its place in the history.
    Command(u32),
    /// A message left its sender.
    Sent {
        /// To whom.
        to: NodeId,
        /// Which API.
        api: ApiKey,
        /// Question or answer.
        direction: Direction,
        /// Pairs question and answer.
        correlation: u32,
        /// An answer's first error, if it carries one.
        error: ErrorCode,
        /// When it will arrive.
        due: SimTime,
        /// The generation or member epoch it carries, in the APIs of groups.
        generation: Option<i32>,
    },
    /// A message was lost: the link is cut or lossy, or the receiver is gone.
    Dropped {
        /// To whom.
        to: NodeId,
        /// Which API.
        api: ApiKey,
    },

    /// A broker's (or controller's) process died; its disk is kept.
    NodeCrashed,
    /// Its process is paused; its connections stay open.
    NodeFrozen,
    /// It goes on.
    NodeThawed,
    /// It started.
    NodeStarted,
    /// A broker asked the controller to move its leaders away (controlled shutdown).
    ShutdownRequested,
    /// Controlled shutdown is over.
    NodeStopped,

    /// A controller became active.
    ControllerElected {
        /// The quorum epoch.
        epoch: i32,
    },
    /// A controller stood for election.
    ControllerCandidate {
        /// The quorum epoch.
        epoch: i32,
    },
    /// A controller is no longer active.
    ControllerResigned {
        /// The epoch that ended it.
        epoch: i32,
    },
    /// The controller registered a broker; it is fenced until it has caught up.
    BrokerRegistered {
        /// Who.
        broker: BrokerId,
        /// Its epoch.
        epoch: i64,
    },
    /// The controller fenced a broker: its session expired, or it asked.
    BrokerFenced {
        /// Who.
        broker: BrokerId,
        /// True if its heartbeats stopped.
        expired: bool,
    },
    /// The controller unfenced a broker.
    BrokerUnfenced {
        /// Who.
        broker: BrokerId,
    },
    /// A topic was created.
    TopicCreated {
        /// Its name.
        topic: Name,
        /// Its partitions.
        partitions: i32,
        /// Replicas of each.
        replication: i32,
    },
    /// A topic has more partitions now.
    PartitionsAdded {
        /// Its name.
        topic: Name,
        /// How many now.
        partitions: i32,
    },
    /// A topic was deleted.
    TopicDeleted {
        /// Its name.
        topic: Name,
    },
    /// A topic's configuration changed.
    TopicConfigChanged {
        /// Its name.
        topic: Name,
        /// Setting.
        name: Name,
        /// Value; `None`: reset to the default.
        value: Option<Name>,
    },
    /// The controller wrote a partition's leader.
    LeaderElected {
        /// Which partition.
        tp: TopicPartition,
        /// Who; `None`: nobody can lead.
        leader: Option<BrokerId>,
        /// The new epoch.
        epoch: LeaderEpoch,
        /// Why.
        reason: ElectionReason,
        /// The ISR with it.
        isr: Arc<[BrokerId]>,
    },
    /// The controller wrote another ISR without a new leader.
    IsrChanged {
        /// Which partition.
        tp: TopicPartition,
        /// Before.
        from: Arc<[BrokerId]>,
        /// After.
        to: Arc<[BrokerId]>,
    },
    /// The controller refused an ISR change.
    AlterPartitionRefused {
        /// Which partition.
        tp: TopicPartition,
        /// Why.
        error: ErrorCode,
    },

    /// A broker began to lead a partition.
    BecameLeader {
        /// Which partition.
        tp: TopicPartition,
        /// Its epoch.
        epoch: LeaderEpoch,
        /// Where its epoch starts in the log.
        start: Offset,
    },
    /// A broker began to follow a partition.
    BecameFollower {
        /// Which partition.
        tp: TopicPartition,
        /// Whom; `None`: nobody leads.
        leader: Option<BrokerId>,
        /// The leader's epoch.
        epoch: LeaderEpoch,
    },
    /// A leader wants replicas dropped from the ISR: they have not caught up for `replica.lag.time.max.ms`.
    IsrShrinkWanted {
        /// Which partition.
        tp: TopicPartition,
        /// Whom to drop.
        lagging: Arc<[BrokerId]>,
    },
    /// A leader wants a replica in the ISR: it has caught up.
    IsrExpandWanted {
        /// Which partition.
        tp: TopicPartition,
        /// Whom to add.
        replica: BrokerId,
    },
    /// Records were written to a leader's log.
    Appended {
        /// Which partition.
        tp: TopicPartition,
        /// First offset.
        base: Offset,
        /// Last offset.
        last: Offset,
    },
    /// A follower wrote what it fetched.
    Replicated {
        /// Which partition.
        tp: TopicPartition,
        /// Its log end offset now.
        end: Offset,
    },
    /// A leader's high watermark moved.
    HighWatermark {
        /// Which partition.
        tp: TopicPartition,
        /// To here (exclusive).
        offset: Offset,
    },
    /// A replica cut off the end of its log.
    Truncated {
        /// Which partition.
        tp: TopicPartition,
        /// Log end offset before.
        from: Offset,
        /// Log end offset after.
        to: Offset,
    },
    /// Old segments were deleted, or records were deleted on request.
    LogStartMoved {
        /// Which partition.
        tp: TopicPartition,
        /// New log start offset.
        to: Offset,
    },
    /// A pass of the log cleaner (compaction) came to its end.
    Compacted {
        /// Which partition.
        tp: TopicPartition,
        /// Everything below was looked at.
        to: Offset,
        /// Records taken away.
        removed: u64,
    },
    /// A log closed its active segment and began another.
    SegmentRolled {
        /// Which partition.
        tp: TopicPartition,
        /// The new segment's base offset.
        base: Offset,
    },

    /// A broker began to coordinate the groups of an offsets partition.
    CoordinatorLoading {
        /// Partition of `__consumer_offsets`.
        partition: i32,
    },
    /// It has read the partition and answers now.
    CoordinatorLoaded {
        /// Partition of `__consumer_offsets`.
        partition: i32,
        /// Groups found.
        groups: Vec<Name>,
    },
    /// A broker no longer coordinates these groups.
    CoordinatorResigned {
        /// Partition of `__consumer_offsets`.
        partition: i32,
    },
    /// A group changed state.
    GroupTransition {
        /// Which group.
        group: Name,
        /// From.
        from: GroupState,
        /// To.
        to: GroupState,
        /// Its generation now.
        generation: i32,
        /// Why, in Kafka's own words ("Adding new member c2-…").
        reason: Name,
    },
    /// A member joined.
    MemberJoined {
        /// Which group.
        group: Name,
        /// Its id.
        member: Name,
        /// Its instance id.
        instance: Option<Name>,
    },
    /// A member is out.
    MemberLeft {
        /// Which group.
        group: Name,
        /// Its id.
        member: Name,
        /// Why.
        reason: LeaveReason,
    },
    /// The group leader's assignment was accepted by the coordinator.
    GroupAssigned {
        /// Which group.
        group: Name,
        /// Generation.
        generation: i32,
        /// Assignor.
        protocol: Name,
        /// Per member id, per topic, the partitions.
        assignment: Vec<(Name, MemberAssignment)>,
    },
    /// A group's epoch rose: who should own what is to be computed anew (consumer protocol).
    GroupEpoch {
        /// Which group.
        group: Name,
        /// The epoch.
        epoch: i32,
        /// Why.
        reason: EpochReason,
    },
    /// The coordinator computed who is to own what (consumer protocol).
    TargetAssigned {
        /// Which group.
        group: Name,
        /// The group epoch it is for.
        epoch: i32,
        /// Assignor.
        assignor: Name,
        /// Per member id, per topic, the partitions.
        assignment: Vec<(Name, MemberAssignment)>,
    },
    /// The coordinator moved a member towards its target (consumer protocol).
    MemberReconciled {
        /// Which group.
        group: Name,
        /// Its id.
        member: Name,
        /// Its state now.
        state: MemberState,
        /// Its epoch now.
        epoch: i32,
        /// What it may work on.
        assigned: Vec<TopicPartition>,
        /// What it has to give up first.
        revoking: Vec<TopicPartition>,
    },
    /// A static member left and keeps its assignment until its session ends (consumer protocol).
    MemberAway {
        /// Which group.
        group: Name,
        /// Its id.
        member: Name,
        /// Its instance id.
        instance: Name,
    },
    /// A group changed its protocol while it lives (KIP-848).
    GroupConverted {
        /// Which group.
        group: Name,
        /// True: from the classic protocol to the consumer protocol; false: back.
        upgraded: bool,
    },
    /// Offsets were committed (and replicated).
    OffsetsCommitted {
        /// Which group.
        group: Name,
        /// Who committed; empty from outside.
        member: Name,
        /// The generation (or member epoch) it was made in, -1 from outside.
        generation: i32,
        /// Offsets.
        offsets: Vec<(TopicPartition, Offset)>,
    },
    /// Committed offsets were removed: they expired, their topic is gone, or an administrator asked for it.
    OffsetsRemoved {
        /// Which group.
        group: Name,
        /// Of which partitions.
        partitions: Vec<TopicPartition>,
    },
    /// A group was deleted.
    GroupDeleted {
        /// Which group.
        group: Name,
    },
    /// An administrator was told how a group is (`kafka-consumer-groups --describe`).
    GroupDescribed {
        /// Which group.
        group: Name,
        /// Kafka's name of its state.
        state: Name,
        /// Its generation or group epoch.
        epoch: i32,
        /// Who has what, by member id and topic name.
        members: Vec<(Name, Vec<(Name, Vec<i32>)>)>,
        /// Committed offsets and log ends.
        offsets: Vec<(TopicPartition, Offset, Offset)>,
    },

    /// A record was handed to the producer.
    RecordSent {
        /// Partition chosen (already known to the producer).
        tp: TopicPartition,
    },
    /// A batch was acknowledged.
    Acked {
        /// Which partition.
        tp: TopicPartition,
        /// First offset; -1 with acks=0.
        base: Offset,
        /// How many records.
        records: i32,
    },
    /// A batch failed for good.
    SendFailed {
        /// Which partition; `None` if none was chosen.
        tp: Option<TopicPartition>,
        /// Topic.
        topic: Name,
        /// Kafka's error or the client's exception (`TimeoutException`, `RecordTooLargeException`).
        error: Name,
        /// How many records.
        records: i32,
    },
    /// A batch will be tried again.
    Retrying {
        /// Which partition.
        tp: TopicPartition,
        /// Why.
        error: ErrorCode,
    },

    /// A consumer sent JoinGroup.
    Joining {
        /// Its group.
        group: Name,
    },
    /// A consumer got its partitions (onPartitionsAssigned).
    Assigned {
        /// Generation.
        generation: i32,
        /// Added.
        partitions: Vec<TopicPartition>,
    },
    /// A consumer gave partitions back (onPartitionsRevoked).
    Revoked {
        /// Which.
        partitions: Vec<TopicPartition>,
    },
    /// A consumer lost partitions without notice (onPartitionsLost).
    Lost {
        /// Which.
        partitions: Vec<TopicPartition>,
    },
    /// poll() returned records.
    Polled {
        /// Which partition.
        tp: TopicPartition,
        /// First offset.
        first: Offset,
        /// Last offset.
        last: Offset,
        /// How many (gaps make it fewer than the span).
        records: i32,
    },
    /// The application finished a record.
    Processed {
        /// Which partition.
        tp: TopicPartition,
        /// Offset.
        offset: Offset,
    },
    /// A position came from a committed offset, or from a reset.
    PositionSet {
        /// Which partition.
        tp: TopicPartition,
        /// Where.
        offset: Offset,
        /// Where it came from.
        source: PositionSource,
    },
    /// A client's call failed: the error or exception the application sees.
    ClientError {
        /// What it was doing.
        doing: Name,
        /// Kafka's name of the error or exception.
        error: Name,
    },
    /// A client learned of new metadata because of this error.
    MetadataRefresh {
        /// Why; `None`: it was due.
        because: ErrorCode,
    },
    /// A client process ended.
    ClientGone {
        /// Politely?
        polite: bool,
    },
    /// A client process began.
    ClientStarted,

    /// An administrative operation ended.
    AdminDone {
        /// Which API.
        api: ApiKey,
        /// On what.
        target: Name,
        /// Outcome.
        error: ErrorCode,
    },
    /// A link was cut, healed or changed.
    LinkChanged {
        /// One end.
        a: NodeId,
        /// The other.
        b: NodeId,
        /// Is it cut now?
        cut: bool,
    },
    /// A guarantee is broken.
    Violated(Violation),
    /// `expect` found something else.
    ExpectFailed {
        /// Its line.
        text: Name,
        /// What was found.
        found: Name,
    },
    /// `expect` held.
    ExpectHeld {
        /// Its line.
        text: Name,
    },
    /// A note of a client that has no words of its own here.
    Note {
        /// Who it concerns.
        client: ClientId,
        /// What.
        text: Name,
    },
    /// A share group's coordinator shared the partitions out anew.
    ShareGroupAssigned {
        /// Which group.
        group: Name,
        /// Its epoch now.
        epoch: i32,
        /// Per member id, the partitions to fetch from.
        assignment: Vec<(Name, Vec<TopicPartition>)>,
    },
    /// A share consumer was told to fetch from more partitions.
    ShareAssigned {
        /// Its epoch.
        epoch: i32,
        /// Added.
        partitions: Vec<TopicPartition>,
    },
    /// A group's configuration changed.
    GroupConfigChanged {
        /// Which group.
        group: Name,
        /// Setting.
        name: Name,
        /// Value; `None`: back to the brokers' own.
        value: Option<Name>,
    },
    /// A leader has loaded a share-partition.
    SharePartitionLoaded {
        /// Which group.
        group: Name,
        /// Which partition.
        tp: TopicPartition,
        /// The share-partition start offset.
        start: Offset,
        /// Nothing was stored: `share.auto.offset.reset` decided.
        fresh: bool,
    },
    /// Something happened to records of a share-partition.
    ShareRecords {
        /// Which group.
        group: Name,
        /// Which partition.
        tp: TopicPartition,
        /// First offset.
        first: Offset,
        /// Last offset.
        last: Offset,
        /// Their delivery count.
        count: i16,
        /// What.
        change: ShareChange,
        /// The member it was done by or for; empty when locks timed out.
        member: Name,
    },
    /// The start offset of a share-partition moved on: everything before it is done with.
    ShareStartMoved {
        /// Which group.
        group: Name,
        /// Which partition.
        tp: TopicPartition,
        /// To here.
        to: Offset,
    },
    /// The controller changed who has a partition, or who is to have it.
    Reassigned {
        /// Which partition.
        tp: TopicPartition,
        /// How far that is.
        stage: ReassignmentStage,
        /// The replica list now, also with those that come and go.
        replicas: Arc<[BrokerId]>,
        /// Those that come.
        adding: Arc<[BrokerId]>,
        /// Those that will go.
        removing: Arc<[BrokerId]>,
    },
    /// A broker is no replica of the partition any more and deleted its log.
    ReplicaDeleted {
        /// Which partition.
        tp: TopicPartition,
    },
}
