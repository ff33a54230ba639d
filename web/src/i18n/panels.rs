//! Words of the drawer, the inspector, the terminal, and of what happens when something goes wrong.
//!
//! Each text stands with its two languages side by side; a missing one does not compile.

use super::journal::Family;
use super::{Lang, S};

macro_rules! panel_texts {
    (texts { $($field:ident: $en:literal, $zh:literal;)* } sentences { $($name:ident($($ty:ty),*): $say_en:expr, $say_zh:expr;)* }) => {
        /// Drawer, inspector and terminal.
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub struct PanelTexts {
            $(pub $field: S,)*
            $(pub $name: fn($($ty),*) -> String,)*
            /// In the order of [`Family::ALL`].
            pub families: [S; 8],
        }

        static EN: PanelTexts = PanelTexts {
            $($field: $en,)* $($name: $say_en,)*
            families: ["You", "Nodes", "Leaders and ISR", "Groups", "Clients", "Logs", "Messages", "Guarantees"],
        };
        static ZH: PanelTexts = PanelTexts {
            $($field: $zh,)* $($name: $say_zh,)*
            families: ["你的操作", "节点", "leader 与 ISR", "消费者组", "客户端", "日志", "消息", "保证"],
        };
    };
}

impl PanelTexts {
    /// In this language.
    pub(super) fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }

    /// A family's name.
    pub fn family(&self, family: Family) -> S {
        let at = Family::ALL.iter().position(|f| *f == family).unwrap_or(0);
        self.families[at]
    }
}

panel_texts! {
texts {
    // Drawer
    journal: "Journal", "纪事";
    protocol: "Protocol", "协议";
    filter: "Which lines", "筛选";
    filter_family: "What about", "关于什么";
    filter_text: "Search", "搜索";
    level_marks: "Important", "重要";
    level_notable: "Notable", "值得注意";
    level_all: "All", "全部";
    everything: "Everything", "所有";
    no_lines: "Nothing yet that fits.", "还没有符合条件的记录。";
    go_to_moment: "Go to this moment", "回到这一刻";
    why: "why?", "为什么？";
    causes: "Causes", "原因";
    no_cause: "Nothing led to this: it is where a story begins.", "没有更早的原因：一切从这里开始。";
    no_answer: "Nothing in the journal has changed this yet.", "到目前为止，没有任何事件改变过它。";
    newest_first: "newest first", "最新的在上";
    no_messages: "No such messages lately.", "最近没有这类消息。";
    talk_clients: "Clients, without heartbeats", "客户端（不含心跳）";
    talk_groups: "Consumer groups", "消费者组";
    side_by_side: "Classic and KIP-848 side by side", "经典协议与 KIP-848 并排";
    talk_replication: "Replication", "副本复制";
    talk_control: "Controller", "控制器";
    request: "request", "请求";
    response: "answer", "应答";
    lost: "lost", "丢失";
    holds: "holds", "成立";
    guarantees_why: "Checked after every event. A broken one is what some settings allow, and here you can see which.", "每个事件之后都会检查。有些配置允许它们被打破，在这里能看到是哪一个。";
    evidence: "What was seen", "证据";
    script: "Script", "脚本";
    script_why: "These lines recreate this very moment.", "这些命令可以重现此刻。";
    kind_kafka: "Kafka tools", "Kafka 工具";
    kind_kafka_why: "A shell script that makes these topics and clients on a real cluster.", "在真实集群上创建这些主题和客户端的 shell 脚本。";
    kind_python_why: "The same as a program for kafka-python.", "同样的内容，用 kafka-python 写成的程序。";
    kind_java_why: "The same as a program for Kafka's Java clients.", "同样的内容，用 Kafka 的 Java 客户端写成的程序。";
    kind_compose_why: "A real Apache Kafka with as many brokers and controllers, on your machine.", "在你的机器上启动真实的 Apache Kafka，broker 和 controller 的数量相同。";
    kinds: "Written as", "写成";
    download: "Download", "下载";
    paste_script: "Paste a script or --describe…", "粘贴脚本或 --describe 输出…";
    save_file: "Save as a file", "存成文件";
    copy: "Copy", "复制";
    copied: "Copied", "已复制";
    copy_by_hand: "Select it and press Ctrl C", "请选中后按 Ctrl C";

    // Terminal
    terminal: "Terminal", "终端";
    terminal_placeholder: "broker crash 2", "broker crash 2";
    terminal_keys: "Ctrl K commands · Tab completes", "Ctrl K 输入命令 · Tab 补全";
    terminal_toggle: "Show what was said", "展开或收起记录";
    terminal_said: "What was said so far", "终端记录";
    terminal_empty: "Type a command, or click anywhere and watch its line appear here. help lists them all.", "输入命令，或点击页面上的按钮，看对应的命令出现在这里。输入 help 列出全部命令。";
    terminal_tools: "Kafka's own tools work too, as you would type them for a real cluster: kafka-topics, kafka-console-producer, kafka-console-consumer, kafka-consumer-groups, kafka-share-groups, kafka-configs, kafka-leader-election, kafka-reassign-partitions, kafka-get-offsets, kafka-metadata-quorum. Each has --help.", "也可以输入 Kafka 自带的工具，写法与真实集群相同：kafka-topics、kafka-console-producer、kafka-console-consumer、kafka-consumer-groups、kafka-share-groups、kafka-configs、kafka-leader-election、kafka-reassign-partitions、kafka-get-offsets、kafka-metadata-quorum。每个工具都支持 --help。";
    proposals: "What could come next", "接下来可以写";
    clicked: "click", "点击";

    // Sharing, importing, keeping
    share_title: "Share this moment", "分享这一刻";
    share_why: "This link recreates this very moment: same cluster, same messages in flight, for anyone who opens it. Nothing is uploaded; the link holds it all.", "打开这个链接就能重现此刻：同样的集群、同样在途的消息。没有上传任何内容，一切都在链接里。";
    qr: "QR code of this moment, for a projector", "这一刻的二维码，可投影";
    qr_too_long: "This link is too long for a QR code: 2,953 characters at most.", "这个链接太长，放不进二维码：最多 2,953 个字符。";
    embed: "Put this figure into a page of your own", "把这个图嵌入自己的网页";
    embed_why: "The stage with play and reset, from this moment on; everything runs in the reader's browser.", "舞台加上播放和重置两个按钮，从这一刻开始；一切都在读者的浏览器里运行。";
    picture: "Save a picture of the stage", "保存舞台的图片";
    picture_why: "As it is drawn now, messages included: PNG for slides, SVG for a web page, sharp at any size. A browser that cannot make the PNG saves the SVG.", "按现在画面原样保存，含在途的消息：PNG 适合幻灯片，SVG 适合网页，任意放大都清晰。无法生成 PNG 的浏览器会保存 SVG。";
    new_version: "A new version of this page is ready. What is on the stage is kept.", "这个页面有新版本了。舞台上的内容会保留。";
    take_new_version: "Load it", "载入";
    link_address: "Link", "链接";
    too_long_to_share: "This has become too long for a link. Copy the script instead (Script, under the stage).", "内容太长，放不进链接。请改为复制脚本（舞台下方的“脚本”面板）。";
    import_title: "Run a script, or model your own cluster", "运行脚本，或模拟你自己的集群";
    import_own: "For your own cluster, paste what kafka-topics --describe and kafka-consumer-groups --describe --all-groups print, together and in any order. It stays in this browser.", "要模拟你自己的集群，请粘贴 kafka-topics --describe 和 kafka-consumer-groups --describe --all-groups 的输出，可以混在一起，顺序不限。内容只留在这个浏览器里。";
    understood: "Understood", "已识别";
    not_understood: "Not understood", "未能识别";
    differs: "What is different here", "与原集群不同之处";
    run_model: "Run as a model", "作为模型运行";
    import_why: "One command a line; # begins a comment. It takes the place of the cluster you see; that one is kept.", "每行一条命令，# 之后是注释。它会替换现在的集群；现在的会另外保留。";
    run_script: "Run", "运行";
    in_link: "The link holds a script that does not work.", "链接里的脚本无法运行。";
    in_kept: "What was kept on this device does not work any more.", "这台设备上保存的内容已无法运行。";
    in_pasted: "The pasted script does not work.", "粘贴的脚本无法运行。";
    nothing_changed: "What you had is still here.", "你原有的内容没有变。";
    damaged_kept: "What was kept on this device cannot be brought back; this is a fresh start. Nothing is lost: the text can be saved as a file.", "这台设备上保存的内容无法恢复，已重新开始。内容没有丢，可以存成文件。";
    not_kept: "This browser keeps nothing for this page: your progress is lost when you leave. A link or the script saves it.", "浏览器不允许本页保存内容：离开后进度会丢失。可以用链接或脚本保存。";
    from_link: "This is a shared moment. Press play to let time go on.", "这是别人分享的一刻。按播放让时间继续。";
    back_to_own: "Back to mine", "回到我自己的";
    is_back: "This is what you had before.", "这是你之前的内容。";
    recovered: "This is just before your last step. Press play to go on.", "这是你最后一步之前的时刻。按播放继续。";
    empty_script: "There is no command in it.", "里面没有命令。";

    // Inspector: general
    inspector: "Inspector", "检查器";
    gone: "Gone", "已不存在";
    gone_why: "It does not exist at this moment. Go to another one, or select something else.", "它在此刻不存在。换一个时刻，或选择别的对象。";
    state: "State", "状态";
    since: "Since", "自";
    running: "running", "运行中";
    fenced: "fenced", "已隔离";
    starting: "starting", "启动中";
    shutting_down: "shutting down", "关闭中";
    frozen: "frozen", "已冻结";
    crashed: "crashed", "已崩溃";
    stopped: "stopped", "已停止";
    start: "Start", "启动";
    stop: "Stop", "停止";
    freeze: "Freeze", "冻结";
    thaw: "Thaw", "解冻";
    crash: "Crash", "崩溃";
    remove: "Remove", "移除";
    close_politely: "Stop", "停止";
    apply: "Apply", "应用";
    change: "Change", "修改";
    configuration: "Configuration", "配置";
    default: "Kafka's default", "Kafka 默认值";
    classroom: "classroom", "课堂预设";
    none: "none", "无";
    yes: "yes", "是";
    no: "no", "否";
    you: "you", "你";

    // Nodes
    cluster: "Cluster", "集群";
    broker: "broker", "broker";
    controller: "controller", "控制器";
    broker_epoch: "Broker epoch", "broker epoch";
    broker_epoch_why: "A higher one with every registration; the controller refuses requests of older ones.", "每次注册都会变大；控制器拒绝旧 epoch 的请求。";
    leads: "Leads", "担任 leader";
    coordinates: "Coordinates", "协调的消费者组";
    internal_partitions: "Internal partitions led / hosted", "内部分区：领导数 / 承载数";
    internal_partitions_why: "Partitions of __consumer_offsets.", "__consumer_offsets 的分区。";
    metadata_offset: "Metadata replayed to", "元数据重放到";
    metadata_offset_why: "Offset in the log of __cluster_metadata.", "__cluster_metadata 日志中的 offset。";
    replicas: "Replicas", "副本";
    broker_settings: "Broker settings (server.properties)", "broker 配置（server.properties）";
    network_settings: "Simulated network", "模拟网络";
    active: "active", "活动";
    active_controller: "Active controller", "活动控制器";
    quorum_epoch: "Quorum epoch", "仲裁 epoch";
    quorum_epoch_why: "A higher one with every election among the controllers.", "控制器之间每次选举都会变大。";
    metadata_log_end: "Metadata log end", "元数据日志末端";
    seed: "Seed", "随机种子";
    seed_why: "Same seed and same commands: the same story, on every machine.", "种子相同、命令相同，在任何机器上故事都相同。";
    events: "Events", "事件数";
    messages: "Messages", "消息数";
    acked: "Acknowledged records", "已确认的记录";
    delivered: "Delivered records", "已投递的记录";

    // Topics and replicas
    topic: "topic", "主题";
    topics: "Topics", "主题";
    internal: "internal", "内部";
    partition: "Partition", "分区";
    partitions: "Partitions", "分区";
    partition_count: "Partitions in all", "分区总数";
    add_partitions: "Add partitions", "增加分区";
    delete_topic: "Delete the topic", "删除主题";
    offline: "offline", "离线";
    under_replicated: "under-replicated", "副本不足";
    leader: "leader", "leader";
    follower: "follower", "follower";
    replicas_why: "The assignment; the first is the preferred leader.", "副本分配；第一个是首选 leader。";
    isr_why: "In-sync replicas: those that have kept up with the leader. Only they can be elected cleanly.", "in-sync replicas：跟得上 leader 的副本。只有它们能被正常选举。";
    elr_why: "Eligible leader replicas: out of the ISR, yet known to have every committed record.", "eligible leader replicas：不在 ISR 中，但确定拥有所有已提交的记录。";
    leader_epoch: "Leader epoch", "leader epoch";
    epoch_why: "Counts the leaders of the partition; every record carries the one it was written in.", "给分区的历任 leader 编号；每条记录都带着写入时的 epoch。";
    partition_epoch: "Partition epoch", "partition epoch";
    partition_epoch_why: "Counts every change of leader, ISR or replicas.", "leader、ISR 或副本每次变更都会加一。";
    high_watermark: "High watermark", "high watermark";
    high_watermark_why: "Everything below is on every replica in the ISR: committed, and visible to consumers.", "在它之前的记录，ISR 的每个副本都有：已提交，消费者可见。";
    log: "Log", "日志";
    log_why: "From the first offset to the next one to be written.", "从第一个 offset 到下一个要写入的 offset。";
    log_start: "Log start", "日志起点";
    log_end: "Log end", "日志末端";
    elect_preferred: "Elect the preferred leader", "选举首选 leader";
    elect_unclean: "Unclean election", "unclean 选举";
    replica: "replica", "副本";
    in_isr: "in the ISR", "在 ISR 中";
    out_of_isr: "out of the ISR", "不在 ISR 中";
    maximal_isr: "Maximal ISR", "最大 ISR";
    maximal_isr_why: "The ISR with the members the leader has proposed: the high watermark waits for all of them.", "ISR 加上 leader 已提议加入的副本：high watermark 要等它们全部。";
    epochs: "Epochs", "epoch 起点";
    epochs_why: "Where each leader epoch begins in this log; followers use it to find where they diverge.", "每个 leader epoch 在此日志中的起点；follower 用它找到分歧点。";
    segments: "Segments", "日志段";
    segments_why: "Base offsets; retention deletes whole segments.", "各段的起始 offset；保留策略按整段删除。";
    records: "Records", "记录";
    newest_records: "Newest", "最新";
    no_records: "No records here.", "这里没有记录。";
    key: "key", "键";
    value: "value", "值";
    timestamp: "timestamp", "时间戳";
    timestamp_why: "Milliseconds since the beginning, set by the producer.", "自开始以来的毫秒数，由生产者设置。";
    producer_why: "Producer id and sequence number: how the broker recognises a retry.", "producer id 与序列号：broker 靠它识别重试。";
    tombstone: "tombstone", "墓碑（tombstone）";
    moving: "being moved", "迁移中";
    coming: "Coming", "加入";
    going: "Going", "移除";
    move_to: "Move to brokers (preferred leader first)", "移到这些 broker（首选 leader 在前）";
    move_replicas: "Move replicas", "迁移副本";
    move_cancel: "Cancel the move", "取消迁移";
    trim_before: "Delete records before offset", "删除此 offset 之前的记录";
    trim: "Delete", "删除";

    // Clients
    producer: "producer", "生产者";
    producer_id: "Producer id / epoch", "producer id / epoch";
    batches: "Batches", "批次";
    batches_why: "Being filled or waiting, per partition: records (bytes).", "每个分区正在攒或等待发送的批次：记录数（字节）。";
    in_flight: "In flight", "在途请求";
    in_flight_why: "Produce requests without an answer yet, per broker.", "尚未得到应答的 Produce 请求，按 broker 计。";
    failed: "Failed records", "失败的记录";
    last_ack: "Last acknowledgement", "最近一次确认";
    last_error: "Last error", "最近的错误";
    rate: "Rate (2/s; 0: by hand)", "速率（如 2/s；0 表示手动）";
    keys: "Keys, separated by commas", "键，用逗号分隔";
    keys_none: "no key", "无键";
    send_record: "Send a record", "发送一条记录";
    send: "Send", "发送";
    how_many: "how many", "数量";
    no_key: "none", "无";
    made_up: "made up", "自动生成";
    by_key: "by key", "按键选择";
    consumer: "consumer", "消费者";
    consumers: "Consumers", "消费者";
    member_id: "Member id", "member id";
    member_id_why: "Given by the coordinator; a restarted process gets another.", "由协调者分配；进程重启后会得到新的。";
    paused: "Paused", "暂停";
    paused_why: "Between giving partitions back and getting them: it reads nothing.", "交还分区之后、重新分到之前：不读取任何记录。";
    session_ends: "session ends", "会话到期";
    session_ends_why: "Without a heartbeat by then, the coordinator removes the member.", "到那时还没有心跳，协调者就移除该成员。";
    processing: "Processing", "正在处理";
    time_per_record: "Time per record", "每条记录处理时间";
    commit_now: "commitSync() now", "立即 commitSync()";
    idle: "Idle", "空闲";
    idle_why: "It owns no partition: a partition has one owner in a group, and there are no more partitions.", "没有分到分区：一个分区在组内只有一个所有者，已经没有多余的分区。";
    owned: "Owned", "所有";
    position: "Position", "位置（position）";
    position_why: "The next offset that poll() returns.", "下一次 poll() 返回的 offset。";
    processed: "Processed to", "处理到";
    committed: "Committed", "已提交";
    committed_why: "Where whoever owns the partition next will begin.", "下一个拥有该分区的消费者从这里开始。";
    lag: "Lag", "滞后（lag）";
    lag_why: "High watermark minus committed offset.", "high watermark 减去已提交的 offset。";
    seek_to: "Next offset", "下一个 offset";

    // Groups
    group: "group", "消费者组";
    group_state_why: "The coordinator's state machine: Empty, PreparingRebalance, CompletingRebalance, Stable, Dead.", "协调者的状态机：Empty、PreparingRebalance、CompletingRebalance、Stable、Dead。";
    unknown_now: "unknown right now", "此刻未知";
    generation: "Generation", "代（generation）";
    generation_why: "One more with every rebalance; requests of older ones are refused.", "每次再均衡加一；旧的一代发来的请求会被拒绝。";
    group_epoch: "Group epoch", "组纪元（group epoch）";
    group_epoch_why: "One more when members or subscriptions change (KIP-848, KIP-932).", "成员或订阅变化时加一（KIP-848、KIP-932）。";
    member_epoch: "Member epoch", "成员纪元（member epoch）";
    member_epoch_why: "How far this member has followed the group; its heartbeats and commits carry it.", "该成员跟上组的程度；它的心跳和提交都带着这个值。";
    assignment_epoch: "Assignment epoch", "分配纪元（assignment epoch）";
    assignment_epoch_why: "The group epoch that the target assignment was made for; each member moves to it by itself.", "目标分配对应的组纪元；每个成员各自到达。";
    assignor: "Assignor", "分配策略";
    assignor_why: "Chosen by vote among those that every member supports; the group's leader runs it.", "在所有成员都支持的策略中投票选出；由组长执行。";
    coordinator: "Coordinator", "协调者";
    coordinator_why: "The broker that leads the partition of __consumer_offsets in which the group lives.", "消费者组存放在 __consumer_offsets 的某个分区，该分区的 leader 就是协调者。";
    lives_in: "Lives in", "存放于";
    lives_in_why: "hash(group.id) modulo offsets.topic.num.partitions.", "hash（group.id） 对 offsets.topic.num.partitions 取模。";
    group_leader: "Group leader", "组长";
    group_leader_why: "The member that computes the assignment; it is a consumer, not a broker.", "计算分配方案的成员；它是消费者，不是 broker。";
    ghosts: "Members, as the coordinator knows them", "协调者所知的成员";
    ghosts_why: "A process that died stays a member until its session ends.", "进程即使已经终止，在会话到期之前仍算成员。";
    reset_offsets: "Reset offsets to", "重置 offset 到";
    reset_offsets_why: "earliest, latest, current or an offset; only while the group has no members. On the command line also shift-by= and by-duration=.", "earliest、latest、current 或一个 offset；仅当组内没有成员时可用。命令行还有 shift-by= 与 by-duration=。";
    delete_group: "Delete the group", "删除消费者组";

    // Links and entries
    link: "link", "链路";
    cut: "cut", "已切断";
    whole: "whole", "正常";
    cut_link: "Cut", "切断";
    heal_link: "Heal", "恢复";
    cut_why: "Every message between them is lost.", "两者之间的消息全部丢失。";
    own_settings: "It has settings of its own.", "有自己的设置。";
    like_all_links: "Like every other link.", "与其他链路相同。";
    entry: "journal entry", "纪事条目";
    from: "From", "从";
    to: "To", "到";
    error: "Error", "错误";
    arrives: "Arrives", "到达";
    when: "When", "时刻";
    happened_on: "Where", "发生于";
    correlation_why: "Pairs the answer with its request.", "把应答与请求配对。";
}
sentences {
    more_steps(usize): |n| format!("… {n} more steps …"), |n| format!("…… 中间还有 {n} 步 ……");
    earlier_lines(usize): |n| format!("{n} earlier lines: search, or go back in time, to see them."), |n| format!("更早的 {n} 行：可以搜索，或回到过去查看。");
    older_records(usize): |n| format!("Older ({n})"), |n| format!("更早的（{n}）");
    broken_times(usize): |n| if n == 1 { "broken once".to_string() } else { format!("broken {n} times") }, |n| format!("被打破 {n} 次");
    since_ms(i64): |ms| format!("for {ms} ms"), |ms| format!("已 {ms} 毫秒");
    in_ms(i64): |ms| format!("in {ms} ms"), |ms| format!("{ms} 毫秒后");
    link_length(usize): |n| format!("{n} characters."), |n| format!("共 {n} 个字符。");
    too_much(usize): |n| format!("It takes more than {n} events, the limit."), |n| format!("它需要的事件超过了上限 {n}。");
    line_refused(usize, &str): |line, why| format!("Line {line}: {why}"), |line, why| format!("第 {line} 行：{why}");
    unknown_address(&str): |path| format!("There is nothing at #/{path}. This is the sandbox."), |path| format!("#/{path} 处没有内容。这里是沙盒。");
}
}
