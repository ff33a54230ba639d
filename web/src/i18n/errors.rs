//! What Kafka's errors mean to somebody who meets them: one line per language. The names stay Kafka's.

use super::{Lang, S};

/// One line about an error or a client's exception, by Kafka's name; `None` for a name not explained here.
pub fn meaning(lang: Lang, name: &str) -> Option<S> {
    let found = LINES.iter().find(|line| line[0] == name)?;
    Some(found[1 + lang as usize])
}

#[rustfmt::skip]
const LINES: &[[S; 3]] = &[
    ["UNKNOWN_SERVER_ERROR", "Something unexpected happened on the server.", "服务端发生了意外错误。"],
    ["NETWORK_EXCEPTION", "The connection broke before an answer came.", "收到应答之前连接断开了。"],
    ["OFFSET_OUT_OF_RANGE", "That offset is not in the log: already deleted, or not yet written.", "该 offset 不在日志中：已被删除，或尚未写入。"],
    ["UNKNOWN_TOPIC_OR_PARTITION", "This broker does not know the topic or partition.", "该 broker 不知道这个主题或分区。"],
    ["LEADER_NOT_AVAILABLE", "The partition has no leader right now.", "该分区此刻没有 leader。"],
    ["NOT_LEADER_OR_FOLLOWER", "This broker does not lead the partition: the client's metadata is old.", "该 broker 不是这个分区的 leader：客户端的元数据过时了。"],
    ["REQUEST_TIMED_OUT", "The broker gave up waiting, for instance for its replicas.", "broker 等待超时，例如在等副本。"],
    ["REPLICA_NOT_AVAILABLE", "The replica is not on this broker.", "该 broker 上没有这个副本。"],
    ["MESSAGE_TOO_LARGE", "The batch is larger than max.message.bytes.", "批次超过了 max.message.bytes。"],
    ["COORDINATOR_LOAD_IN_PROGRESS", "The new coordinator is still reading its partition; try again soon.", "新的协调者还在读取它的分区，请稍后重试。"],
    ["COORDINATOR_NOT_AVAILABLE", "Nobody coordinates this group right now.", "此刻没有协调者负责这个消费者组。"],
    ["NOT_COORDINATOR", "Another broker coordinates this group.", "这个消费者组由另一个 broker 协调。"],
    ["INVALID_TOPIC_EXCEPTION", "Kafka does not allow this topic name.", "Kafka 不允许这样的主题名。"],
    ["NOT_ENOUGH_REPLICAS", "The ISR is smaller than min.insync.replicas; nothing was written.", "ISR 小于 min.insync.replicas；没有写入。"],
    ["NOT_ENOUGH_REPLICAS_AFTER_APPEND", "Written, but then the ISR shrank below min.insync.replicas; a retry may write it twice.", "已写入，但随后 ISR 缩小到 min.insync.replicas 以下；重试可能造成重复。"],
    ["INVALID_REQUIRED_ACKS", "acks must be 0, 1 or all.", "acks 只能是 0、1 或 all。"],
    ["ILLEGAL_GENERATION", "The group has moved on to another generation: this member must rejoin.", "消费者组已进入另一代（generation）：该成员需要重新加入。"],
    ["INCONSISTENT_GROUP_PROTOCOL", "No assignor is supported by every member.", "没有一个分配策略是所有成员都支持的。"],
    ["INVALID_GROUP_ID", "The group id is empty.", "消费者组 id 为空。"],
    ["UNKNOWN_MEMBER_ID", "The coordinator does not know this member (any more): it must join anew.", "协调者不（再）认识这个成员：它需要重新加入。"],
    ["INVALID_SESSION_TIMEOUT", "session.timeout.ms is outside the broker's bounds.", "session.timeout.ms 超出 broker 允许的范围。"],
    ["REBALANCE_IN_PROGRESS", "The group is rebalancing: rejoin.", "消费者组正在再均衡：请重新加入。"],
    ["TOPIC_ALREADY_EXISTS", "There is a topic of this name.", "同名主题已存在。"],
    ["INVALID_PARTITIONS", "Not a possible number of partitions; it can only grow.", "分区数不合法；分区数只能增加。"],
    ["INVALID_REPLICATION_FACTOR", "More replicas than brokers, or none.", "副本数多于 broker 数，或为零。"],
    ["INVALID_REPLICA_ASSIGNMENT", "Kafka does not allow this list of replicas.", "Kafka 不允许这样的副本列表。"],
    ["INVALID_CONFIG", "Kafka does not allow this configuration value.", "Kafka 不允许这个配置值。"],
    ["NOT_CONTROLLER", "This is not the active controller.", "这不是活动控制器。"],
    ["INVALID_REQUEST", "A request that makes no sense.", "请求不合理。"],
    ["OUT_OF_ORDER_SEQUENCE_NUMBER", "A batch before this one never arrived.", "它之前的某个批次没有到达。"],
    ["DUPLICATE_SEQUENCE_NUMBER", "This batch is already in the log.", "这个批次已经在日志中。"],
    ["INVALID_PRODUCER_EPOCH", "A newer producer uses the same id.", "有更新的生产者在使用同一个 id。"],
    ["INVALID_TXN_STATE", "Not possible in the transaction's state.", "事务当前状态不允许此操作。"],
    ["INVALID_PRODUCER_ID_MAPPING", "The producer id does not belong to this transactional id.", "producer id 与 transactional id 不对应。"],
    ["CONCURRENT_TRANSACTIONS", "The previous transaction of this id is still ending.", "同一 id 的上一个事务尚未结束。"],
    ["KAFKA_STORAGE_ERROR", "The broker's disk failed.", "broker 的磁盘出错。"],
    ["UNKNOWN_PRODUCER_ID", "The broker has forgotten this producer.", "broker 已不记得这个生产者。"],
    ["NON_EMPTY_GROUP", "The group still has members.", "消费者组还有成员。"],
    ["GROUP_ID_NOT_FOUND", "There is no such group.", "没有这个消费者组。"],
    ["FETCH_SESSION_ID_NOT_FOUND", "The broker does not know this fetch session; a full fetch follows.", "broker 不认识这个 fetch 会话；接下来做一次完整 fetch。"],
    ["INVALID_FETCH_SESSION_EPOCH", "The fetch session is at another epoch; a full fetch follows.", "fetch 会话的 epoch 不符；接下来做一次完整 fetch。"],
    ["FENCED_LEADER_EPOCH", "The request's leader epoch is older than the broker's.", "请求里的 leader epoch 比 broker 的旧。"],
    ["UNKNOWN_LEADER_EPOCH", "The request's leader epoch is newer than the broker's.", "请求里的 leader epoch 比 broker 的新。"],
    ["STALE_BROKER_EPOCH", "The broker has registered again since.", "该 broker 之后又重新注册过。"],
    ["OFFSET_NOT_AVAILABLE", "A new leader cannot answer until its high watermark has caught up.", "新 leader 的 high watermark 追上之前无法应答。"],
    ["MEMBER_ID_REQUIRED", "Not a failure: join again with the member id in this answer.", "并非失败：带上应答里的 member id 再加入一次。"],
    ["PREFERRED_LEADER_NOT_AVAILABLE", "The preferred replica is not alive or not in the ISR.", "首选副本不在线或不在 ISR 中。"],
    ["GROUP_MAX_SIZE_REACHED", "The group has group.max.size members.", "消费者组成员数已达 group.max.size。"],
    ["FENCED_INSTANCE_ID", "Another process has this group.instance.id: this one must stop.", "另一个进程占用了这个 group.instance.id：本进程必须停止。"],
    ["ELIGIBLE_LEADERS_NOT_AVAILABLE", "No replica can lead.", "没有可以担任 leader 的副本。"],
    ["ELECTION_NOT_NEEDED", "The leader is already the one wanted.", "leader 已经是想要的那个。"],
    ["NO_REASSIGNMENT_IN_PROGRESS", "The partition's replicas are not being changed: there is nothing to cancel.", "该分区没有正在进行的副本重分配：没有可取消的。"],
    ["GROUP_SUBSCRIBED_TO_TOPIC", "Somebody in the group still reads the topic.", "组内仍有成员订阅该主题。"],
    ["INVALID_RECORD", "The broker refuses this record.", "broker 拒绝这条记录。"],
    ["UNSTABLE_OFFSET_COMMIT", "Offsets of an open transaction stand in the way.", "有未结束事务的 offset 阻挡。"],
    ["PRODUCER_FENCED", "A newer producer with the same transactional id took over.", "使用同一 transactional id 的新生产者已接管。"],
    ["INVALID_UPDATE_VERSION", "The partition changed in the meantime (partition epoch).", "分区在此期间发生了变化（partition epoch）。"],
    ["DUPLICATE_BROKER_REGISTRATION", "Another broker with this id has a live session.", "同一 id 的另一个 broker 仍有有效会话。"],
    ["OPERATION_NOT_ATTEMPTED", "The broker did not try this part of the request, because another part of it failed.", "由于请求的其他部分失败，broker 没有尝试这一部分。"],
    ["INELIGIBLE_REPLICA", "The replica may not join the ISR: fenced or shutting down.", "该副本不能加入 ISR：已被隔离或正在关闭。"],
    ["NEW_LEADER_ELECTED", "The change was made, and another leader was elected.", "变更已完成，并选出了新的 leader。"],
    ["FENCED_MEMBER_EPOCH", "The member must give up its partitions and rejoin.", "该成员必须放弃分区并重新加入。"],
    ["UNRELEASED_INSTANCE_ID", "The group.instance.id has not been released.", "group.instance.id 尚未释放。"],
    ["UNSUPPORTED_ASSIGNOR", "The broker has no such assignor.", "broker 没有这个分配策略。"],
    ["STALE_MEMBER_EPOCH", "The member's epoch is old.", "成员的 epoch 已过时。"],
    ["INVALID_RECORD_STATE", "The record is not (or no longer) acquired by this member: its lock timed out, or somebody acknowledged it.", "该记录不（再）由这个成员持有：锁已超时，或已被确认。"],
    ["SHARE_SESSION_NOT_FOUND", "The broker does not know this share session; a new one begins.", "broker 不认识这个共享会话；将开始新的会话。"],
    ["INVALID_SHARE_SESSION_EPOCH", "The share session is at another epoch; a new one begins.", "共享会话的 epoch 不符；将开始新的会话。"],
    ["FENCED_STATE_EPOCH", "The state of the share-partition was set up anew since.", "共享分区的状态之后被重新建立过。"],
    ["IllegalStateException", "The call does not fit: acknowledge() needs share.acknowledgement.mode=explicit and a record of the last poll().", "调用不合时宜：acknowledge() 要求 share.acknowledgement.mode=explicit，且记录来自上一次 poll()。"],
    ["TimeoutException", "Not done in time: delivery.timeout.ms, request.timeout.ms or max.block.ms passed.", "未能按时完成：delivery.timeout.ms、request.timeout.ms 或 max.block.ms 已到。"],
    ["RecordTooLargeException", "Larger than max.request.size or buffer.memory.", "超过 max.request.size 或 buffer.memory。"],
    ["CommitFailedException", "The group rebalanced meanwhile: these partitions may belong to somebody else now.", "期间消费者组发生了再均衡：这些分区可能已归别人。"],
    ["NoOffsetForPartitionException", "Nothing was committed, and auto.offset.reset is none.", "没有已提交的 offset，而 auto.offset.reset 为 none。"],
    ["RebalanceInProgressException", "The group is rebalancing; commit again after poll().", "消费者组正在再均衡；poll() 之后再提交。"],
];

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::protocol::ErrorCode;

    #[test]
    fn every_error_of_the_protocol_is_explained() {
        for code in ErrorCode::ALL.iter().filter(|c| !c.is_ok()) {
            for lang in [Lang::En, Lang::Zh] {
                assert!(meaning(lang, code.name()).is_some(), "{code}");
            }
        }
        assert_eq!(meaning(Lang::En, "<b>"), None);
    }
}
