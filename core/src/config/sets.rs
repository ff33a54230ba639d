//! The settings of brokers (and controllers), topics, producers, consumers, and of the simulated network.

use super::{ConfigSet, Def, Kind, Preset, Unit};
use Kind::{Bool, Choice, Int, List, Ratio, Since};
use Unit::{Bytes, Millis, Minutes, PerMille, Seconds};

const INT_MAX: i64 = i32::MAX as i64;
const LONG_MAX: i64 = i64::MAX;

macro_rules! config_set {
    ($(#[$doc:meta])* $ty:ident { $($name:literal $field:ident: $kind:expr, $unit:expr, $default:expr $(, classroom $classroom:expr)?;)* }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub struct $ty { $(#[doc = concat!("`", $name, "`")] pub $field: i64,)* }

        impl ConfigSet for $ty {
            const DEFS: &'static [Def] = &[$(Def {
                name: $name, kind: $kind, unit: $unit, default: $default,
                classroom: config_set!(@classroom $default $(, $classroom)?),
            },)*];

            fn preset(preset: Preset) -> Self {
                match preset {
                    Preset::Kafka => Self { $($field: $default,)* },
                    Preset::Classroom => Self { $($field: config_set!(@classroom $default $(, $classroom)?),)* },
                }
            }

            fn value(&self, index: usize) -> i64 { [$(self.$field,)*][index] }

            fn set_value(&mut self, index: usize, value: i64) {
                let mut at = 0;
                $(if at == index { self.$field = value; } at += 1;)*
                let _ = at;
            }
        }
    };
    (@classroom $default:expr) => { $default };
    (@classroom $default:expr, $classroom:expr) => { $classroom };
}

/// The assignors a client can list, in the order of `partition.assignment.strategy` digits.
pub const ASSIGNORS: &[&str] = &[
    "range",
    "roundrobin",
    "sticky",
    "cooperative-sticky",
    "weighted-roundrobin",
];

/// The assignors of the coordinator, in the order of `group.consumer.assignors` digits.
pub const SERVER_ASSIGNORS: &[&str] = &["uniform", "range"];

/// `group.consumer.migration.policy`: bit 0 of the index allows upgrades, bit 1 downgrades.
pub const MIGRATION_POLICIES: &[&str] = &["disabled", "upgrade", "downgrade", "bidirectional"];

config_set! {
    /// `server.properties`: brokers and controllers alike.
    BrokerConfig {
        "broker.heartbeat.interval.ms" broker_heartbeat_interval_ms: Int(1, INT_MAX), Millis, 2_000, classroom 1_000;
        "broker.session.timeout.ms" broker_session_timeout_ms: Int(1, INT_MAX), Millis, 9_000, classroom 4_000;
        "replica.lag.time.max.ms" replica_lag_time_max_ms: Int(1, LONG_MAX), Millis, 30_000, classroom 10_000;
        "replica.fetch.wait.max.ms" replica_fetch_wait_max_ms: Int(0, INT_MAX), Millis, 500;
        "replica.fetch.min.bytes" replica_fetch_min_bytes: Int(0, INT_MAX), Bytes, 1;
        "replica.fetch.max.bytes" replica_fetch_max_bytes: Int(0, INT_MAX), Bytes, 1_048_576;
        "replica.fetch.backoff.ms" replica_fetch_backoff_ms: Int(0, INT_MAX), Millis, 1_000;
        "replica.socket.timeout.ms" replica_socket_timeout_ms: Int(1, INT_MAX), Millis, 30_000, classroom 5_000;
        "auto.create.topics.enable" auto_create_topics_enable: Bool, Unit::None, 1;
        "num.partitions" num_partitions: Int(1, 10_000), Unit::None, 1;
        "default.replication.factor" default_replication_factor: Int(1, 1_000), Unit::None, 1;
        "auto.leader.rebalance.enable" auto_leader_rebalance_enable: Bool, Unit::None, 1;
        "leader.imbalance.check.interval.seconds" leader_imbalance_check_interval_seconds: Int(1, LONG_MAX / 1_000_000), Seconds, 300;
        "log.cleaner.backoff.ms" log_cleaner_backoff_ms: Int(1, LONG_MAX / 1_000), Millis, 15_000;
        "log.retention.check.interval.ms" log_retention_check_interval_ms: Int(1, LONG_MAX / 1_000), Millis, 300_000;
        "controller.quorum.election.timeout.ms" controller_quorum_election_timeout_ms: Int(1, INT_MAX), Millis, 1_000;
        "controller.quorum.fetch.timeout.ms" controller_quorum_fetch_timeout_ms: Int(1, INT_MAX), Millis, 2_000;
        "controller.quorum.election.backoff.max.ms" controller_quorum_election_backoff_max_ms: Int(1, INT_MAX), Millis, 1_000;
        "controller.quorum.request.timeout.ms" controller_quorum_request_timeout_ms: Int(1, INT_MAX), Millis, 2_000;
        "offsets.topic.num.partitions" offsets_topic_num_partitions: Int(1, 10_000), Unit::None, 50;
        "offsets.topic.replication.factor" offsets_topic_replication_factor: Int(1, 1_000), Unit::None, 3;
        "offsets.commit.timeout.ms" offsets_commit_timeout_ms: Int(1, INT_MAX), Millis, 5_000;
        "offsets.retention.minutes" offsets_retention_minutes: Int(1, INT_MAX), Minutes, 10_080;
        "offsets.retention.check.interval.ms" offsets_retention_check_interval_ms: Int(1, LONG_MAX / 1_000), Millis, 600_000;
        "group.initial.rebalance.delay.ms" group_initial_rebalance_delay_ms: Int(0, INT_MAX), Millis, 3_000;
        "group.min.session.timeout.ms" group_min_session_timeout_ms: Int(1, INT_MAX), Millis, 6_000, classroom 1_000;
        "group.max.session.timeout.ms" group_max_session_timeout_ms: Int(1, INT_MAX), Millis, 1_800_000;
        "group.max.size" group_max_size: Int(1, INT_MAX), Unit::None, INT_MAX;
        "group.consumer.session.timeout.ms" group_consumer_session_timeout_ms: Int(1, INT_MAX), Millis, 45_000, classroom 6_000;
        "group.consumer.heartbeat.interval.ms" group_consumer_heartbeat_interval_ms: Int(1, INT_MAX), Millis, 5_000, classroom 1_000;
        "group.consumer.min.session.timeout.ms" group_consumer_min_session_timeout_ms: Int(1, INT_MAX), Millis, 45_000, classroom 1_000;
        "group.consumer.max.session.timeout.ms" group_consumer_max_session_timeout_ms: Int(1, INT_MAX), Millis, 60_000;
        "group.consumer.min.heartbeat.interval.ms" group_consumer_min_heartbeat_interval_ms: Int(1, INT_MAX), Millis, 5_000, classroom 100;
        "group.consumer.max.heartbeat.interval.ms" group_consumer_max_heartbeat_interval_ms: Int(1, INT_MAX), Millis, 15_000;
        "group.consumer.max.size" group_consumer_max_size: Int(1, INT_MAX), Unit::None, INT_MAX;
        "group.consumer.assignors" group_consumer_assignors: List(SERVER_ASSIGNORS), Unit::None, 0x21;
        "group.consumer.migration.policy" group_consumer_migration_policy: Choice(MIGRATION_POLICIES), Unit::None, 3;
        "group.share.session.timeout.ms" group_share_session_timeout_ms: Int(1, INT_MAX), Millis, 45_000, classroom 6_000;
        "group.share.heartbeat.interval.ms" group_share_heartbeat_interval_ms: Int(1, INT_MAX), Millis, 5_000, classroom 1_000;
        "group.share.min.session.timeout.ms" group_share_min_session_timeout_ms: Int(1, INT_MAX), Millis, 45_000, classroom 1_000;
        "group.share.max.session.timeout.ms" group_share_max_session_timeout_ms: Int(1, INT_MAX), Millis, 60_000;
        "group.share.min.heartbeat.interval.ms" group_share_min_heartbeat_interval_ms: Int(1, INT_MAX), Millis, 5_000, classroom 100;
        "group.share.max.heartbeat.interval.ms" group_share_max_heartbeat_interval_ms: Int(1, INT_MAX), Millis, 15_000;
        "group.share.max.size" group_share_max_size: Int(1, 1_000), Unit::None, 200;
        "group.share.record.lock.duration.ms" group_share_record_lock_duration_ms: Int(1_000, 3_600_000), Millis, 30_000, classroom 10_000;
        "group.share.min.record.lock.duration.ms" group_share_min_record_lock_duration_ms: Int(1_000, 30_000), Millis, 15_000, classroom 1_000;
        "group.share.max.record.lock.duration.ms" group_share_max_record_lock_duration_ms: Int(30_000, 3_600_000), Millis, 60_000;
        "group.share.delivery.count.limit" group_share_delivery_count_limit: Int(2, 10), Unit::None, 5;
        "group.share.partition.max.record.locks" group_share_partition_max_record_locks: Int(100, 10_000), Unit::None, 2_000;
        "share.coordinator.state.topic.num.partitions" share_state_partitions: Int(1, 10_000), Unit::None, 50;
        "share.coordinator.state.topic.replication.factor" share_state_replication: Int(1, 1_000), Unit::None, 3;
        "share.coordinator.state.topic.min.isr" share_state_min_isr: Int(1, 1_000), Unit::None, 2;
    }
}

config_set! {
    /// Topic configuration; a topic without a value of its own uses these defaults.
    TopicConfig {
        "min.insync.replicas" min_insync_replicas: Int(1, INT_MAX), Unit::None, 1;
        "unclean.leader.election.enable" unclean_leader_election_enable: Bool, Unit::None, 0;
        "cleanup.policy" cleanup_policy: List(&["delete", "compact"]), Unit::None, 1;
        "retention.ms" retention_ms: Int(-1, LONG_MAX / 1_000), Millis, 604_800_000;
        "retention.bytes" retention_bytes: Int(-1, LONG_MAX), Bytes, -1;
        "segment.bytes" segment_bytes: Int(14, INT_MAX), Bytes, 1_073_741_824;
        "segment.ms" segment_ms: Int(1, LONG_MAX / 1_000), Millis, 604_800_000;
        "min.cleanable.dirty.ratio" min_cleanable_dirty_ratio: Ratio, Unit::None, 500;
        "min.compaction.lag.ms" min_compaction_lag_ms: Int(0, LONG_MAX / 1_000), Millis, 0;
        "max.compaction.lag.ms" max_compaction_lag_ms: Int(1, LONG_MAX / 1_000), Millis, LONG_MAX / 1_000;
        "delete.retention.ms" delete_retention_ms: Int(0, LONG_MAX / 1_000), Millis, 86_400_000;
        "max.message.bytes" max_message_bytes: Int(0, INT_MAX), Bytes, 1_048_588;
    }
}

config_set! {
    /// A producer's configuration.
    ProducerConfig {
        "acks" acks: Choice(&["0", "1", "all"]), Unit::None, 2;
        "enable.idempotence" enable_idempotence: Bool, Unit::None, 1;
        "linger.ms" linger_ms: Int(0, LONG_MAX / 1_000), Millis, 5;
        "batch.size" batch_size: Int(0, INT_MAX), Bytes, 16_384;
        "buffer.memory" buffer_memory: Int(0, LONG_MAX), Bytes, 33_554_432;
        "max.request.size" max_request_size: Int(0, INT_MAX), Bytes, 1_048_576;
        "max.in.flight.requests.per.connection" max_in_flight: Int(1, INT_MAX), Unit::None, 5;
        "retries" retries: Int(0, INT_MAX), Unit::None, INT_MAX;
        "retry.backoff.ms" retry_backoff_ms: Int(0, LONG_MAX / 1_000), Millis, 100;
        "retry.backoff.max.ms" retry_backoff_max_ms: Int(0, LONG_MAX / 1_000), Millis, 1_000;
        "request.timeout.ms" request_timeout_ms: Int(0, INT_MAX), Millis, 30_000, classroom 5_000;
        "delivery.timeout.ms" delivery_timeout_ms: Int(0, INT_MAX), Millis, 120_000, classroom 30_000;
        "max.block.ms" max_block_ms: Int(0, LONG_MAX / 1_000), Millis, 60_000, classroom 15_000;
        "metadata.max.age.ms" metadata_max_age_ms: Int(0, LONG_MAX / 1_000), Millis, 300_000;
        "partitioner.class" partitioner_class: Choice(&["default", "roundrobin"]), Unit::None, 0;
        "partitioner.ignore.keys" partitioner_ignore_keys: Bool, Unit::None, 0;
        "partitioner.adaptive.partitioning.enable" partitioner_adaptive: Bool, Unit::None, 1;
    }
}

config_set! {
    /// A consumer's configuration.
    ConsumerConfig {
        "group.protocol" group_protocol: Choice(&["classic", "consumer"]), Unit::None, 0;
        "group.remote.assignor" group_remote_assignor: Choice(&["none", "uniform", "range"]), Unit::None, 0;
        "partition.assignment.strategy" partition_assignment_strategy: List(ASSIGNORS), Unit::None, 0x41;
        "session.timeout.ms" session_timeout_ms: Int(1, INT_MAX), Millis, 45_000, classroom 6_000;
        "heartbeat.interval.ms" heartbeat_interval_ms: Int(1, INT_MAX), Millis, 3_000, classroom 1_000;
        "max.poll.interval.ms" max_poll_interval_ms: Int(1, INT_MAX), Millis, 300_000, classroom 60_000;
        "max.poll.records" max_poll_records: Int(1, INT_MAX), Unit::None, 500;
        "auto.offset.reset" auto_offset_reset: Since(&["latest", "earliest", "none"]), Unit::None, 0;
        "enable.auto.commit" enable_auto_commit: Bool, Unit::None, 1;
        "auto.commit.interval.ms" auto_commit_interval_ms: Int(0, INT_MAX), Millis, 5_000;
        "fetch.min.bytes" fetch_min_bytes: Int(0, INT_MAX), Bytes, 1;
        "fetch.max.wait.ms" fetch_max_wait_ms: Int(0, INT_MAX), Millis, 500;
        "fetch.max.bytes" fetch_max_bytes: Int(0, INT_MAX), Bytes, 52_428_800;
        "max.partition.fetch.bytes" max_partition_fetch_bytes: Int(0, INT_MAX), Bytes, 1_048_576;
        "isolation.level" isolation_level: Choice(&["read_uncommitted", "read_committed"]), Unit::None, 0;
        "request.timeout.ms" request_timeout_ms: Int(0, INT_MAX), Millis, 30_000, classroom 5_000;
        "retry.backoff.ms" retry_backoff_ms: Int(0, LONG_MAX / 1_000), Millis, 100;
        "metadata.max.age.ms" metadata_max_age_ms: Int(0, LONG_MAX / 1_000), Millis, 300_000;
        "default.api.timeout.ms" default_api_timeout_ms: Int(0, INT_MAX), Millis, 60_000;
        "weighted.assignor.weight" weighted_assignor_weight: Int(1, 1_000), Unit::None, 1;
        "share.acknowledgement.mode" share_acknowledgement_mode: Choice(&["implicit", "explicit"]), Unit::None, 0;
    }
}

config_set! {
    /// A group's own configuration (`GroupConfig`); what is not set is as the brokers have it.
    GroupConfig {
        "share.auto.offset.reset" share_auto_offset_reset: Choice(&["latest", "earliest"]), Unit::None, 0;
        "share.record.lock.duration.ms" share_record_lock_duration_ms: Int(1_000, 3_600_000), Millis, 30_000;
    }
}

config_set! {
    /// The simulated network: every link's one-way delay unless a link has its own.
    NetworkConfig {
        "latency.ms" latency_ms: Int(0, 600_000), Millis, 1, classroom 120;
        "jitter.ms" jitter_ms: Int(0, 600_000), Millis, 1, classroom 30;
        "loss.permille" loss_per_mille: Int(0, 1_000), PerMille, 0;
    }
}

impl ProducerConfig {
    /// `acks` as the protocol writes it.
    pub fn acks(&self) -> crate::protocol::Acks {
        use crate::protocol::Acks;
        [Acks::None, Acks::Leader, Acks::All][self.acks as usize]
    }
}
