//! Words of the futures: their names, what differs between two of them, and named moments.

use super::S;
use super::page::{N, T1};

texts! {
    /// Futures and bookmarks.
    FutureTexts {
        title: S = "Timelines", "各条时间线";
        why: S = "Whoever acts in the past begins another timeline, and so does an undo. All of them stay.", "在过去操作会分出另一条时间线，撤销也会；每一条都保留着。";
        name: S = "Name", "名称";
        from_to: S = "From, to", "起止";
        go: S = "Go there", "去那里";
        here: S = "you are here", "你在这里";
        first_side: S = "One timeline", "一条时间线";
        second_side: S = "The other", "另一条";
        instant: S = "At the instant", "时刻";
        only_one: S = "There is one timeline so far. Go back in time and act: then there are two to compare.", "目前只有一条时间线。回到过去做点别的，就有两条可以比较了。";
        nothing: T1 = |n| format!("Nothing differs: all {n} facts are the same at this instant."), |n| format!("没有差别：此刻的 {n} 项事实全都相同。");
        differ: fn(usize, usize) -> String =
            |n, same| format!("{n} {}; {same} facts are the same.", if n == 1 { "thing differs" } else { "things differ" }),
            |n, same| format!("{n} 项不同；{same} 项相同。");
        more: N = |n| format!("and {n} more"), |n| format!("另有 {n} 项");
        absent: S = "not there", "不存在";
        none: S = "none", "无";
        what_differs: S = "What", "项目";
        sections: [S; 5] = ["Records", "Cluster", "Partitions", "Groups", "Producers"], ["记录", "集群", "分区", "消费者组", "生产者"];
        what: [S; 20] = [
            "times broken", "records lost to the group", "records delivered twice or more", "records handled once",
            "active controller", "broker",
            "leader", "leader epoch", "ISR", "high watermark", "log end",
            "state", "generation or epoch", "consumer", "partitions", "committed offset", "lag",
            "producer", "records acknowledged", "records given up",
        ], [
            "被打破次数", "组永远失去的记录", "投递两次或更多的记录", "恰好处理一次的记录",
            "活动控制器", "broker",
            "leader", "leader epoch", "ISR", "高水位", "日志末尾",
            "状态", "代数或纪元", "消费者", "分区", "已提交 offset", "积压",
            "生产者", "已确认的记录", "放弃的记录",
        ];

        bookmarks: S = "Bookmarks", "书签";
        this_moment: T1 = |t| format!("Name of the moment {t}"), |t| format!("{t} 这一刻的名字");
        bookmark_default: N = |n| format!("moment {n}"), |n| format!("时刻 {n}");
        keep: S = "Keep", "记下";
        forget: T1 = |n| format!("Delete the bookmark {n}"), |n| format!("删除书签 {n}");
        no_bookmarks: S = "No bookmarks in this timeline yet.", "这条时间线还没有书签。";
        outline_why: S = "The whole state as tables and buttons (O). It follows the clock like the stage.", "以表格和按钮呈现全部状态（O）。它和舞台一样随时钟变化。";
        contents: S = "Sections", "各节";
        brokers: S = "Brokers and controllers", "Broker 与控制器";
        topics: S = "Topics", "Topic";
        messages: S = "Messages on their way", "路上的消息";
        messages_why: S = "Pause (space) to read them at leisure.", "按空格暂停，慢慢看。";
        broker: S = "Broker", "Broker";
        controller: S = "controller", "控制器";
        state: S = "State", "状态";
        leads: S = "Leads", "领导";
        copies: S = "Copies", "副本";
        coordinates: S = "Coordinates", "协调的组";
        epoch: S = "Epoch", "Epoch";
        log_end: S = "Log end", "日志末尾";
        actions: S = "Actions", "操作";
        partition: S = "Partition", "分区";
        replicas: S = "Replicas", "副本";
        last_error: S = "Last error", "最近的错误";
        owned: S = "Partitions", "分区";
        position: S = "position", "位置";
        way: S = "From, to", "从哪到哪";
        kind: S = "Kind", "种类";
        request: S = "request", "请求";
        answer: S = "answer", "应答";
        lost: S = ", lost underway", "，途中丢失";
        arrives: S = "Arrives", "到达";
        look: S = "Look", "查看";

        kept_in_links: S = "Bookmarks up to the present moment travel with a share link.", "到当前时刻为止的书签会随分享链接一起带走。";
    }
}
