//! What each setting means, in one line per language; the names are Kafka's.

use super::{Lang, S};
use rebalance_core::config::Unit;

/// One line about a setting; empty for a name that is no setting.
pub fn meaning(lang: Lang, name: &str) -> S {
    let found = [BROKER, TOPIC, PRODUCER, CONSUMER, GROUP, NETWORK]
        .iter()
        .flat_map(|list| list.iter())
        .find(|line| line[0] == name);
    found.map_or("", |line| line[1 + lang as usize])
}

/// A unit's short name after a number.
pub fn unit(lang: Lang, unit: Unit) -> S {
    let pair = match unit {
        Unit::None => ["", ""],
        Unit::Millis => ["ms", "毫秒"],
        Unit::Seconds => ["s", "秒"],
        Unit::Minutes => ["min", "分钟"],
        Unit::Bytes => ["bytes", "字节"],
        Unit::PerMille => ["‰", "‰"],
    };
    pair[lang as usize]
}

/// Name, English, Chinese.
type Lines = &'static [[S; 3]];

#[rustfmt::skip]
const BROKER: Lines = &[
    ["broker.heartbeat.interval.ms", "How often a broker tells the controller that it is alive.", "broker 向控制器报告自己存活的间隔。"],
    ["broker.session.timeout.ms", "Without a heartbeat for this long, the controller fences the broker.", "这么久没有心跳，控制器就隔离（fence）该 broker。"],
    ["replica.lag.time.max.ms", "A follower that has not caught up for this long leaves the ISR.", "follower 这么久没有追上，就被移出 ISR。"],
    ["replica.fetch.wait.max.ms", "How long a leader may hold a follower's fetch when there is nothing new.", "没有新数据时，leader 最多扣住 follower 的 fetch 多久。"],
    ["replica.fetch.min.bytes", "A follower's fetch is answered at once when this much is there.", "攒到这么多数据，follower 的 fetch 立即得到应答。"],
    ["replica.fetch.max.bytes", "At most about this much per partition in a follower's fetch.", "follower 每次 fetch 从一个分区大约最多取这么多。"],
    ["replica.fetch.backoff.ms", "How long a follower waits after a failed fetch.", "fetch 失败后，follower 等多久再试。"],
    ["replica.socket.timeout.ms", "How long a follower waits for the answer to a fetch.", "follower 等待 fetch 应答的时间。"],
    ["auto.create.topics.enable", "A topic that a client asks for is created when it does not exist.", "客户端请求的主题不存在时自动创建。"],
    ["num.partitions", "Partitions of a topic created without a number.", "创建主题时没有指定分区数，就用这个值。"],
    ["default.replication.factor", "Replicas of a topic created without a number.", "创建主题时没有指定副本数，就用这个值。"],
    ["auto.leader.rebalance.enable", "The controller gives leadership back to preferred leaders now and then.", "控制器定期把 leader 角色还给首选副本。"],
    ["leader.imbalance.check.interval.seconds", "How often it looks.", "多久检查一次 leader 是否失衡。"],
    ["log.cleaner.backoff.ms", "How often a broker looks for logs to compact.", "broker 多久检查一次需要压实（compaction）的日志。"],
    ["log.retention.check.interval.ms", "How often a broker looks for segments to delete.", "broker 多久检查一次可删除的日志段。"],
    ["controller.quorum.election.timeout.ms", "A candidate that has not won after this long tries again.", "候选控制器这么久还没当选就重新发起选举。"],
    ["controller.quorum.fetch.timeout.ms", "Without an answer from the active controller for this long, an election begins.", "这么久收不到活动控制器的应答，就开始选举。"],
    ["controller.quorum.election.backoff.max.ms", "The longest random wait before another candidacy.", "再次参选前随机等待的上限。"],
    ["controller.quorum.request.timeout.ms", "How long a controller waits for another one's answer.", "控制器等待另一个控制器应答的时间。"],
    ["offsets.topic.num.partitions", "Partitions of __consumer_offsets; a group's id decides which one holds it.", "__consumer_offsets 的分区数；消费者组的 id 决定它存放在哪个分区。"],
    ["offsets.topic.replication.factor", "Replicas of each partition of __consumer_offsets.", "__consumer_offsets 每个分区的副本数。"],
    ["offsets.commit.timeout.ms", "How long a commit may wait for its replicas.", "一次提交最多等副本多久。"],
    ["offsets.retention.minutes", "How long the offsets of a group without members are kept.", "没有成员的消费者组，其 offset 保留多久。"],
    ["offsets.retention.check.interval.ms", "How often the coordinator looks for offsets to forget.", "协调者多久检查一次过期的 offset。"],
    ["group.initial.rebalance.delay.ms", "How long an empty group waits for more members before its first rebalance.", "空的消费者组在首次再均衡前等待更多成员的时间。"],
    ["group.min.session.timeout.ms", "The shortest session.timeout.ms a member may ask for.", "成员可以要求的最短 session.timeout.ms。"],
    ["group.max.session.timeout.ms", "The longest one.", "成员可以要求的最长 session.timeout.ms。"],
    ["group.consumer.session.timeout.ms", "Consumer protocol: without a heartbeat for this long, the coordinator removes the member.", "新消费者协议：这么久没有心跳，协调者就把成员移出消费者组。"],
    ["group.consumer.heartbeat.interval.ms", "Consumer protocol: how often members are told to send a heartbeat.", "新消费者协议：要求成员多久发送一次心跳。"],
    ["group.consumer.min.session.timeout.ms", "The shortest group.consumer.session.timeout.ms.", "group.consumer.session.timeout.ms 的下限。"],
    ["group.consumer.max.session.timeout.ms", "The longest group.consumer.session.timeout.ms.", "group.consumer.session.timeout.ms 的上限。"],
    ["group.consumer.min.heartbeat.interval.ms", "The shortest group.consumer.heartbeat.interval.ms.", "group.consumer.heartbeat.interval.ms 的下限。"],
    ["group.consumer.max.heartbeat.interval.ms", "The longest group.consumer.heartbeat.interval.ms.", "group.consumer.heartbeat.interval.ms 的上限。"],
    ["group.consumer.max.size", "Consumer protocol: more members than this are refused.", "新消费者协议：消费者组的成员数上限，超出即拒绝。"],
    ["group.consumer.assignors", "Assignors of the coordinator; the first is used unless members ask for another.", "协调者可用的分配器；成员没有指定时用第一个。"],
    ["group.consumer.migration.policy", "Whether a living classic group may become one of the consumer protocol, and come back.", "运行中的经典消费者组能否升级为新消费者协议，以及能否降级回来。"],
    ["group.max.size", "More members than this are refused.", "消费者组的成员数上限，超出即拒绝。"],
    ["group.share.session.timeout.ms", "Without a heartbeat for this long, a share group's member is removed.", "共享组成员这么久没有心跳就被移除。"],
    ["group.share.heartbeat.interval.ms", "How often a share group's members send heartbeats.", "共享组成员发送心跳的间隔。"],
    ["group.share.min.session.timeout.ms", "The shortest group.share.session.timeout.ms.", "group.share.session.timeout.ms 的下限。"],
    ["group.share.max.session.timeout.ms", "The longest group.share.session.timeout.ms.", "group.share.session.timeout.ms 的上限。"],
    ["group.share.min.heartbeat.interval.ms", "The shortest group.share.heartbeat.interval.ms.", "group.share.heartbeat.interval.ms 的下限。"],
    ["group.share.max.heartbeat.interval.ms", "The longest group.share.heartbeat.interval.ms.", "group.share.heartbeat.interval.ms 的上限。"],
    ["group.share.max.size", "More members than this are refused.", "共享组的成员数上限，超出即拒绝。"],
    ["group.share.record.lock.duration.ms", "An acquired record that is not acknowledged for this long becomes available again.", "取得的记录这么久没有确认，就重新可供取得。"],
    ["group.share.min.record.lock.duration.ms", "The shortest group.share.record.lock.duration.ms, a group's own included.", "group.share.record.lock.duration.ms（包括组自己的）的下限。"],
    ["group.share.max.record.lock.duration.ms", "The longest group.share.record.lock.duration.ms, a group's own included.", "group.share.record.lock.duration.ms（包括组自己的）的上限。"],
    ["group.share.delivery.count.limit", "After so many deliveries without success a record is archived.", "记录投递这么多次仍未成功就归档。"],
    ["group.share.partition.max.record.locks", "At most this many records of a share-partition are in flight.", "一个共享分区中同时在途的记录数上限。"],
    ["share.coordinator.state.topic.num.partitions", "Partitions of __share_group_state.", "__share_group_state 的分区数。"],
    ["share.coordinator.state.topic.replication.factor", "Replicas of each partition of __share_group_state.", "__share_group_state 每个分区的副本数。"],
    ["share.coordinator.state.topic.min.isr", "min.insync.replicas of __share_group_state.", "__share_group_state 的 min.insync.replicas。"],
];

#[rustfmt::skip]
const TOPIC: Lines = &[
    ["min.insync.replicas", "With acks=all, a write is refused when the ISR is smaller than this.", "acks=all 时，ISR 小于这个数就拒绝写入。"],
    ["unclean.leader.election.enable", "A replica outside the ISR may become leader: available again, but acknowledged records may be lost.", "允许 ISR 之外的副本当选 leader：恢复可用，但已确认的记录可能丢失。"],
    ["cleanup.policy", "Old segments are deleted, or only the newest record of each key is kept.", "删除旧日志段，或只保留每个键最新的记录。"],
    ["retention.ms", "Segments whose newest record is older than this are deleted; -1 keeps them.", "最新记录早于此时长的日志段被删除；-1 表示一直保留。"],
    ["retention.bytes", "Oldest segments go when the log is larger than this; -1: no limit.", "日志超过这个大小时删除最旧的段；-1 表示不限。"],
    ["segment.bytes", "A segment this large is closed and a new one begins.", "日志段达到这个大小就关闭，另起一段。"],
    ["segment.ms", "A segment this old is closed at the next write.", "日志段存在这么久之后，下次写入时关闭。"],
    ["min.cleanable.dirty.ratio", "Compaction waits until this part of the log is dirty.", "日志中未压实的部分超过这个比例才压实。"],
    ["min.compaction.lag.ms", "Records younger than this are not compacted.", "比这更新的记录不压实。"],
    ["max.compaction.lag.ms", "After this long a log is compacted, dirty enough or not.", "超过这么久，无论比例多少都压实。"],
    ["delete.retention.ms", "How long compaction keeps a tombstone.", "压实后墓碑（tombstone）还保留多久。"],
    ["max.message.bytes", "The largest batch the topic takes.", "主题接受的最大批次。"],
];

#[rustfmt::skip]
const PRODUCER: Lines = &[
    ["acks", "0: nobody answers. 1: the leader has written it. all: every replica in the ISR has it.", "0：不等应答。1：leader 已写入。all：ISR 中的副本都已写入。"],
    ["enable.idempotence", "Sequence numbers let the broker drop a retry it has already written.", "用序列号让 broker 丢弃重复的重试。"],
    ["linger.ms", "How long a batch waits for more records.", "批次等待更多记录的时间。"],
    ["batch.size", "A batch this large is sent at once.", "批次达到这个大小立即发送。"],
    ["buffer.memory", "Records waiting to be sent take at most this much; then send() blocks.", "待发送记录占用内存的上限；超过后 send() 阻塞。"],
    ["max.request.size", "The largest request.", "单个请求的最大字节数。"],
    ["max.in.flight.requests.per.connection", "Requests sent to one broker before the first is answered.", "对同一 broker，首个应答到达前最多发出的请求数。"],
    ["retries", "How often a batch is tried again; delivery.timeout.ms usually ends it first.", "批次最多重试几次；通常 delivery.timeout.ms 先到。"],
    ["retry.backoff.ms", "The first wait before a retry; it doubles.", "首次重试前的等待时间，之后翻倍。"],
    ["retry.backoff.max.ms", "The longest wait before a retry.", "重试前等待时间的上限。"],
    ["request.timeout.ms", "How long it waits for an answer before it tries again.", "等待应答的时间，超过则重试。"],
    ["delivery.timeout.ms", "From send() to success or failure, retries included.", "从 send() 到成功或失败的总时限，含重试。"],
    ["max.block.ms", "How long send() may wait for metadata or for memory.", "send() 等待元数据或内存的上限。"],
    ["metadata.max.age.ms", "Metadata older than this is fetched again.", "元数据超过这个年龄就重新获取。"],
    ["partitioner.class", "How a partition is chosen: default (by key, sticky without key) or round robin.", "如何选分区：默认（按键哈希，无键时粘性）或轮询。"],
    ["partitioner.ignore.keys", "Choose the partition as if records had no key.", "选择分区时忽略键。"],
    ["partitioner.adaptive.partitioning.enable", "Records without a key prefer partitions whose brokers are fast.", "无键记录更多地发往响应快的 broker 的分区。"],
];

#[rustfmt::skip]
const CONSUMER: Lines = &[
    ["group.protocol", "How the consumer is a member: classic (JoinGroup, SyncGroup), or consumer (KIP-848, heartbeats only).", "消费者以哪种协议加入组：classic（JoinGroup、SyncGroup）或 consumer（KIP-848，只用心跳）。"],
    ["group.remote.assignor", "Consumer protocol: the coordinator's assignor this member asks for; none: the broker's first.", "新消费者协议：希望协调者使用的分配器；none 表示用 broker 列出的第一个。"],
    ["partition.assignment.strategy", "Assignors this member supports, best first; the group takes one that all support.", "该成员支持的分配策略，按偏好排序；组内选所有成员都支持的一个。"],
    ["session.timeout.ms", "Without a heartbeat for this long, the coordinator removes the member.", "这么久没有心跳，协调者就移除该成员。"],
    ["heartbeat.interval.ms", "How often a member tells the coordinator that it is alive.", "成员向协调者报告存活的间隔。"],
    ["max.poll.interval.ms", "The longest time between two calls of poll(); also the rebalance timeout.", "两次 poll() 之间的最长间隔；同时也是再均衡超时。"],
    ["max.poll.records", "At most this many records from one poll().", "一次 poll() 最多返回的记录数。"],
    ["auto.offset.reset", "Where to begin when nothing was committed, or the position is gone.", "没有已提交的 offset（或位置已失效）时从哪里读起。"],
    ["enable.auto.commit", "poll() commits what earlier polls returned, every auto.commit.interval.ms.", "每隔 auto.commit.interval.ms，由 poll() 自动提交此前返回的位置。"],
    ["auto.commit.interval.ms", "How often.", "自动提交的间隔。"],
    ["fetch.min.bytes", "A fetch is answered at once when this much is there.", "攒到这么多数据，fetch 立即得到应答。"],
    ["fetch.max.wait.ms", "How long the broker may hold a fetch when there is less.", "数据不足时，broker 最多扣住 fetch 多久。"],
    ["fetch.max.bytes", "At most about this much in one fetch.", "一次 fetch 大约最多取这么多。"],
    ["max.partition.fetch.bytes", "At most about this much from one partition.", "一次 fetch 从一个分区大约最多取这么多。"],
    ["isolation.level", "read_committed hides records of open and aborted transactions.", "read_committed 不返回未提交或已中止事务的记录。"],
    ["request.timeout.ms", "How long it waits for an answer before it tries again.", "等待应答的时间，超过则重试。"],
    ["retry.backoff.ms", "The first wait before a retry.", "首次重试前的等待时间。"],
    ["metadata.max.age.ms", "Metadata older than this is fetched again.", "元数据超过这个年龄就重新获取。"],
    ["default.api.timeout.ms", "How long calls such as commitSync() may take.", "commitSync() 等调用的时限。"],
    ["weighted.assignor.weight", "This member's share under weighted-roundrobin, an example of an assignor of one's own: not part of Kafka.", "在 weighted-roundrobin 下该成员的份额。它是自定义分配策略的示例，不属于 Kafka。"],
    ["share.acknowledgement.mode", "In a share group: the next poll() accepts the batch before (implicit), or every record is acknowledged by itself (explicit).", "在共享组中：下一次 poll() 视为接受上一批（implicit），或逐条确认（explicit）。"],
];

#[rustfmt::skip]
const GROUP: Lines = &[
    ["share.auto.offset.reset", "Where a share group begins with a partition it has never read.", "共享组首次读取一个分区时从哪里开始。"],
    ["share.record.lock.duration.ms", "This group's own group.share.record.lock.duration.ms.", "该组自己的 group.share.record.lock.duration.ms。"],
];

#[rustfmt::skip]
const NETWORK: Lines = &[
    ["latency.ms", "How long a message travels one way.", "消息单程所需的时间。"],
    ["jitter.ms", "Up to this much is added at random.", "在此之上随机增加的时间上限。"],
    ["loss.permille", "How many of a thousand messages are lost.", "每一千条消息丢失几条。"],
];

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::config::*;

    #[test]
    fn every_setting_has_its_line_in_both_languages() {
        let sets = [
            BrokerConfig::DEFS,
            TopicConfig::DEFS,
            ProducerConfig::DEFS,
            ConsumerConfig::DEFS,
            GroupConfig::DEFS,
            NetworkConfig::DEFS,
        ];
        for def in sets.concat() {
            for lang in [Lang::En, Lang::Zh] {
                assert!(meaning(lang, def.name).len() > 6, "{} {lang:?}", def.name);
            }
        }
        assert_eq!(meaning(Lang::En, "no.such.setting"), "");
    }

    #[test]
    fn no_line_is_about_a_setting_that_does_not_exist() {
        let names = |defs: &'static [Def]| defs.iter().map(|d| d.name).collect::<Vec<_>>();
        for (lines, defs) in [
            (BROKER, BrokerConfig::DEFS),
            (TOPIC, TopicConfig::DEFS),
            (PRODUCER, ProducerConfig::DEFS),
            (CONSUMER, ConsumerConfig::DEFS),
            (GROUP, GroupConfig::DEFS),
            (NETWORK, NetworkConfig::DEFS),
        ] {
            for line in lines {
                assert!(names(defs).contains(&line[0]), "{}", line[0]);
            }
        }
    }
}
