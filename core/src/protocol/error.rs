//! Kafka's error codes with Kafka's names and numbers (`org.apache.kafka.common.protocol.Errors`).

use core::fmt;

macro_rules! errors {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal, $retriable:literal;)*) => {
        /// An error that travels in a response.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum ErrorCode { $($(#[$doc])* $variant,)* }

        impl ErrorCode {
            /// Every code, ascending by number.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Kafka's number.
            pub const fn code(self) -> i16 { match self { $(Self::$variant => $code,)* } }

            /// Kafka's name, such as `NOT_LEADER_OR_FOLLOWER`.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name,)* } }

            /// Whether a client may try the same request again.
            pub const fn is_retriable(self) -> bool { match self { $(Self::$variant => $retriable,)* } }
        }
    };
}

errors! {
    /// Unexpected.
    UnknownServerError = -1, "UNKNOWN_SERVER_ERROR", false;
    /// No error.
    None = 0, "NONE", false;
    /// The offset asked for is not in the log.
    OffsetOutOfRange = 1, "OFFSET_OUT_OF_RANGE", false;
    /// Topic or partition not known to this broker.
    UnknownTopicOrPartition = 3, "UNKNOWN_TOPIC_OR_PARTITION", true;
    /// There is no leader right now.
    LeaderNotAvailable = 5, "LEADER_NOT_AVAILABLE", true;
    /// The broker does not lead (or follow) this partition.
    NotLeaderOrFollower = 6, "NOT_LEADER_OR_FOLLOWER", true;
    /// The broker gave up waiting.
    RequestTimedOut = 7, "REQUEST_TIMED_OUT", true;
    /// The replica is not on this broker.
    ReplicaNotAvailable = 9, "REPLICA_NOT_AVAILABLE", true;
    /// A batch is larger than `max.message.bytes`.
    MessageTooLarge = 10, "MESSAGE_TOO_LARGE", false;
    /// The connection broke before the answer came; made up by the client, never sent.
    NetworkException = 13, "NETWORK_EXCEPTION", true;
    /// The coordinator is reading its log.
    CoordinatorLoadInProgress = 14, "COORDINATOR_LOAD_IN_PROGRESS", true;
    /// No coordinator can be named right now.
    CoordinatorNotAvailable = 15, "COORDINATOR_NOT_AVAILABLE", true;
    /// The coordinator is another broker.
    NotCoordinator = 16, "NOT_COORDINATOR", true;
    /// A topic name Kafka refuses.
    InvalidTopicException = 17, "INVALID_TOPIC_EXCEPTION", false;
    /// Fewer in-sync replicas than `min.insync.replicas`; nothing was written.
    NotEnoughReplicas = 19, "NOT_ENOUGH_REPLICAS", true;
    /// The ISR shrank below `min.insync.replicas` after the record was written.
    NotEnoughReplicasAfterAppend = 20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", true;
    /// acks is not 0, 1 or -1.
    InvalidRequiredAcks = 21, "INVALID_REQUIRED_ACKS", false;
    /// The generation is not the group's.
    IllegalGeneration = 22, "ILLEGAL_GENERATION", false;
    /// No assignor that all members support.
    InconsistentGroupProtocol = 23, "INCONSISTENT_GROUP_PROTOCOL", false;
    /// The group id is empty.
    InvalidGroupId = 24, "INVALID_GROUP_ID", false;
    /// The coordinator does not know this member.
    UnknownMemberId = 25, "UNKNOWN_MEMBER_ID", false;
    /// Session timeout outside the broker's bounds.
    InvalidSessionTimeout = 26, "INVALID_SESSION_TIMEOUT", false;
    /// Rejoin: the group is rebalancing.
    RebalanceInProgress = 27, "REBALANCE_IN_PROGRESS", false;
    /// The topic exists.
    TopicAlreadyExists = 36, "TOPIC_ALREADY_EXISTS", false;
    /// Not a possible number of partitions.
    InvalidPartitions = 37, "INVALID_PARTITIONS", false;
    /// More replicas than brokers, or none.
    InvalidReplicationFactor = 38, "INVALID_REPLICATION_FACTOR", false;
    /// A replica list Kafka refuses.
    InvalidReplicaAssignment = 39, "INVALID_REPLICA_ASSIGNMENT", false;
    /// A configuration value Kafka refuses.
    InvalidConfig = 40, "INVALID_CONFIG", false;
    /// Not the active controller.
    NotController = 41, "NOT_CONTROLLER", true;
    /// A request that makes no sense.
    InvalidRequest = 42, "INVALID_REQUEST", false;
    /// A sequence number that does not follow the last one.
    OutOfOrderSequenceNumber = 45, "OUT_OF_ORDER_SEQUENCE_NUMBER", false;
    /// Already written.
    DuplicateSequenceNumber = 46, "DUPLICATE_SEQUENCE_NUMBER", false;
    /// A newer producer has the same id.
    InvalidProducerEpoch = 47, "INVALID_PRODUCER_EPOCH", false;
    /// Not valid in the transaction's state.
    InvalidTxnState = 48, "INVALID_TXN_STATE", false;
    /// The producer id is not mapped to this transactional id.
    InvalidProducerIdMapping = 49, "INVALID_PRODUCER_ID_MAPPING", false;
    /// Another request of the same transactional id is running.
    ConcurrentTransactions = 51, "CONCURRENT_TRANSACTIONS", true;
    /// The rest of the request failed first.
    OperationNotAttempted = 55, "OPERATION_NOT_ATTEMPTED", false;
    /// The disk failed.
    KafkaStorageError = 56, "KAFKA_STORAGE_ERROR", true;
    /// The broker forgot this producer.
    UnknownProducerId = 59, "UNKNOWN_PRODUCER_ID", false;
    /// The group still has members.
    NonEmptyGroup = 68, "NON_EMPTY_GROUP", false;
    /// The group does not exist.
    GroupIdNotFound = 69, "GROUP_ID_NOT_FOUND", false;
    /// The fetch session is not known.
    FetchSessionIdNotFound = 70, "FETCH_SESSION_ID_NOT_FOUND", true;
    /// The fetch session's epoch is another.
    InvalidFetchSessionEpoch = 71, "INVALID_FETCH_SESSION_EPOCH", true;
    /// The request's leader epoch is older than the broker's.
    FencedLeaderEpoch = 74, "FENCED_LEADER_EPOCH", true;
    /// The request's leader epoch is newer than the broker's.
    UnknownLeaderEpoch = 75, "UNKNOWN_LEADER_EPOCH", true;
    /// The broker registered again since.
    StaleBrokerEpoch = 77, "STALE_BROKER_EPOCH", false;
    /// The high watermark has not caught up with the leader epoch.
    OffsetNotAvailable = 78, "OFFSET_NOT_AVAILABLE", true;
    /// Join again with the id in this response.
    MemberIdRequired = 79, "MEMBER_ID_REQUIRED", false;
    /// The preferred replica cannot lead.
    PreferredLeaderNotAvailable = 80, "PREFERRED_LEADER_NOT_AVAILABLE", true;
    /// `group.max.size` members are in the group.
    GroupMaxSizeReached = 81, "GROUP_MAX_SIZE_REACHED", false;
    /// Another member has this `group.instance.id`.
    FencedInstanceId = 82, "FENCED_INSTANCE_ID", false;
    /// No replica can lead.
    EligibleLeadersNotAvailable = 83, "ELIGIBLE_LEADERS_NOT_AVAILABLE", true;
    /// The leader is already the one wanted.
    ElectionNotNeeded = 84, "ELECTION_NOT_NEEDED", true;
    /// No replicas come or go: there is nothing to cancel.
    NoReassignmentInProgress = 85, "NO_REASSIGNMENT_IN_PROGRESS", false;
    /// Somebody in the group still uses the topic.
    GroupSubscribedToTopic = 86, "GROUP_SUBSCRIBED_TO_TOPIC", false;
    /// A record the broker refuses.
    InvalidRecord = 87, "INVALID_RECORD", false;
    /// Offsets of an open transaction stand in the way.
    UnstableOffsetCommit = 88, "UNSTABLE_OFFSET_COMMIT", true;
    /// A newer producer took over.
    ProducerFenced = 90, "PRODUCER_FENCED", false;
    /// The partition epoch in the request is old.
    InvalidUpdateVersion = 95, "INVALID_UPDATE_VERSION", false;
    /// Another broker with this id has a live session.
    DuplicateBrokerRegistration = 101, "DUPLICATE_BROKER_REGISTRATION", false;
    /// The replica may not join the ISR.
    IneligibleReplica = 107, "INELIGIBLE_REPLICA", false;
    /// The change was made and elected another leader.
    NewLeaderElected = 108, "NEW_LEADER_ELECTED", false;
    /// The member must give up its partitions and rejoin.
    FencedMemberEpoch = 110, "FENCED_MEMBER_EPOCH", false;
    /// The instance id has not been released.
    UnreleasedInstanceId = 111, "UNRELEASED_INSTANCE_ID", false;
    /// No such assignor on the broker.
    UnsupportedAssignor = 112, "UNSUPPORTED_ASSIGNOR", false;
    /// The member epoch is old.
    StaleMemberEpoch = 113, "STALE_MEMBER_EPOCH", false;
    /// The record is not acquired by this member (any more).
    InvalidRecordState = 121, "INVALID_RECORD_STATE", false;
    /// The share session is not known.
    ShareSessionNotFound = 122, "SHARE_SESSION_NOT_FOUND", true;
    /// The share session's epoch is another.
    InvalidShareSessionEpoch = 123, "INVALID_SHARE_SESSION_EPOCH", true;
    /// The state of the share-partition was set up anew since.
    FencedStateEpoch = 124, "FENCED_STATE_EPOCH", false;
}

impl ErrorCode {
    /// True for [`ErrorCode::None`].
    pub fn is_ok(self) -> bool {
        self == Self::None
    }

    /// Metadata is out of date: refresh it before the next try (`InvalidMetadataException`).
    pub fn wants_metadata(self) -> bool {
        matches!(
            self,
            Self::UnknownTopicOrPartition
                | Self::LeaderNotAvailable
                | Self::NotLeaderOrFollower
                | Self::ReplicaNotAvailable
                | Self::FencedLeaderEpoch
                | Self::UnknownLeaderEpoch
                | Self::KafkaStorageError
                | Self::NetworkException
        )
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ErrorCode {
    /// Kafka's name.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
