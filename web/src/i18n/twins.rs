//! Words of the room with two group protocols side by side.

use super::S;

texts! {
    /// Two protocols side by side.
    TwinTexts {
        title: S = "The same change under each protocol", "同一变动，各种协议";
        intro: S = "Two clusters that differ in nothing but the consumers' settings. Every message below was sent by the engine just now; nothing is drawn by hand.", "两个集群除了消费者的配置之外完全相同。下面每条消息都是引擎刚刚发出的，没有一条是画上去的。";
        rooms: S = "Rooms", "页面";
        cluster: S = "Cluster", "集群";
        assignors: S = "Assignor lab", "分配器实验室";
        keys: S = "Key lab", "键实验室";
        protocols: S = "Protocols side by side", "协议并排";
        members: S = "Members", "成员";
        partitions: S = "Partitions", "分区";
        fewer: S = "One less", "少一个";
        more: S = "One more", "多一个";
        change: S = "What happens", "发生什么";
        changes: [S; 4] = ["a member joins", "a member leaves", "a member crashes", "two partitions are added"], ["成员加入", "成员离开", "成员崩溃", "增加两个分区"];
        timing: S = "Timing", "时序";
        timings: [S; 2] = ["classroom", "Kafka defaults"], ["课堂", "Kafka 默认值"];
        shown: S = "Messages", "消息";
        shows: [S; 2] = ["with news", "all"], ["有新内容的", "全部"];
        left: S = "Beside KIP-848", "与 KIP-848 比较";
        ways: [S; 3] = ["classic, eager", "classic, cooperative", "KIP-848"], ["经典 eager", "经典 cooperative", "KIP-848"];
        settings: [S; 3] = ["partition.assignment.strategy=range", "partition.assignment.strategy=cooperative-sticky", "group.protocol=consumer"], ["partition.assignment.strategy=range", "partition.assignment.strategy=cooperative-sticky", "group.protocol=consumer"];
        settled: S = "settled after", "多久后稳定";
        rebalances: S = "rebalances (KIP-848: group epochs)", "再均衡次数（KIP-848：组纪元）";
        stood: S = "members that stood still", "停顿的成员";
        longest: S = "longest pause of a member", "成员的最长停顿";
        without: S = "partitions without an owner for a while", "曾经无主的分区";
        unread: S = "longest time without an owner", "无主的最长时间";
        rounds: S = "JoinGroup + SyncGroup", "JoinGroup + SyncGroup";
        beats: S = "heartbeats", "心跳";
        nobody: S = "nobody", "没有";
        none: S = "none", "无";
        legend_pause: S = "stands still: gave everything up, waits for partitions", "停顿：交出了全部分区，等待分配";
        legend_wait: S = "has just started, waits for its first partitions", "刚启动，等待首批分区";
        legend_gap: S = "a stretch in which nothing is said, shortened", "无消息的时段，已压缩";
        paused: fn(&str) -> String = |t| format!("stood still {t}"), |t| format!("停顿 {t}");
        waited: fn(&str) -> String = |t| format!("waited {t}"), |t| format!("等待 {t}");
        gone: S = "gone", "已离开";
        pick: S = "Pick a message to see what it says.", "点一条消息，看它说了什么。";
        request: S = "request", "请求";
        response: S = "response", "响应";
        nothing: S = "It carries no fields of its own.", "它没有自己的字段。";
        script: S = "The script (the last line is the change)", "脚本（最后一行是变动）";
        ladder: fn(&str) -> String = |w| format!("Messages: {w}"), |w| format!("消息：{w}");
    }
}
