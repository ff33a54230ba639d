//! Words of the page itself: header, transport, timeline, stage, dialogs. Each line is one text in both languages.

use super::S;

macro_rules! texts {
    ($(#[$doc:meta])* $ty:ident { $($field:ident: $kind:ty = $en:expr, $zh:expr;)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub struct $ty { $(pub $field: $kind,)* }

        impl $ty {
            /// In this language.
            pub(super) fn of(lang: super::Lang) -> &'static Self {
                static EN: $ty = $ty { $($field: $en,)* };
                static ZH: $ty = $ty { $($field: $zh,)* };
                match lang {
                    super::Lang::En => &EN,
                    super::Lang::Zh => &ZH,
                }
            }
        }
    };
}

/// A text with a number in it.
pub type N = fn(usize) -> String;
/// A text with another text in it.
pub type T1 = fn(&str) -> String;

texts! {
    /// The page as a whole.
    AppTexts {
        skip: S = "Skip to the stage", "跳到舞台";
        preset_classroom: S = "Kafka 4 · classroom timing", "Kafka 4 · 课堂时序";
        preset_classroom_why: S = "Shorter timeouts and slower links than Kafka's defaults, so that nothing takes 45 seconds", "超时比 Kafka 默认值短，链路比真实的慢，不必为一次会话超时等 45 秒";
        preset_kafka: S = "Kafka 4 · default timing", "Kafka 4 · 默认时序";
        preset_kafka_why: S = "Every timeout as Kafka ships it", "所有超时都是 Kafka 自带的默认值";
        new_cluster: S = "New cluster", "新建集群";
        share: S = "Share", "分享";
        language: S = "中文", "English";
        theme: S = "Light or dark", "浅色或深色";
        help: S = "Keys and shapes", "按键与图形";
        labs: S = "Labs", "实验室";
        labs_why: S = "Assignors and keys, taken apart", "把分配器和键拆开来看";
        learn: S = "Learn", "课程";
        learn_why: S = "Lessons that the cluster checks: predict, try, see", "由集群来检查的课程：预测、动手、看结果";
        begin_first: S = "New to Kafka? Start lesson 1", "刚接触 Kafka？从第一课开始";
        continue_with: N = |n| format!("Continue: lesson {n}"), |n| format!("继续：第 {n} 课");
        cluster: S = "Cluster", "集群";
        leave: S = "To the sandbox, as you left it", "回到沙盒，一切如你离开时";
        close: S = "Close", "关闭";
        open_full: S = "Open in full", "打开完整页面";
        open_drawer: S = "Unfold the panels", "展开面板";
        shut_drawer: S = "Fold the panels away", "收起面板";
        restoring: S = "Bringing the moment back…", "正在重现…";
        stop_restoring: S = "Stop", "停止";
        tabs: [S; 6] = ["Journal", "Protocol", "Delivery", "Metrics", "Guarantees", "Script"], ["纪事", "协议", "投递", "指标", "保证", "脚本"];
        fetching: S = "Fetching this part of the page…", "正在获取页面的这一部分……";
        not_fetched: S = "This part of the page could not be fetched: is there a network?", "未能获取页面的这一部分：网络是否可用？";
        fetch_again: S = "Try again", "重试";
    }
}

texts! {
    /// Transport and timeline.
    ControlTexts {
        transport: S = "Time", "时间";
        reset: S = "Reset", "重置";
        reset_why: S = "Begin again with the first cluster", "回到最初的集群重新开始";
        back: S = "Back", "后退";
        back_why: S = "Back by one event (←); with Shift to the one before that matters", "后退一个事件（←）；按住 Shift 回到上一个重要事件";
        play: S = "Play", "播放";
        pause: S = "Pause", "暂停";
        play_why: S = "Let time pass, or stop it (space)", "让时间流动或停下（空格）";
        step: S = "Step", "单步";
        step_why: S = "One event (→)", "前进一个事件（→）";
        next: S = "Next event", "下一要事";
        next_why: S = "To the next event that matters: crash, election, rebalance, error (Shift →)", "到下一个重要事件：崩溃、选举、再均衡、错误（Shift →）";
        undo: S = "Undo", "撤销";
        undo_why: S = "Take back the last command (Ctrl Z): a timeline without it begins, the one with it stays", "撤销上一条命令（Ctrl Z）：从那之前开始一条没有它的时间线，有它的那条仍然保留";
        redo: S = "Redo", "重做";
        redo_why: S = "Return to the timeline that was left (Ctrl Shift Z)", "回到刚才离开的时间线（Ctrl Shift Z）";
        clock: S = "Simulated time", "模拟时间";
        in_the_past: S = "You are looking at the past; acting here begins another timeline", "你正在看过去；在这里操作会分出另一条时间线";
        speed: S = "Speed", "速度";
        behind: S = "behind", "跟不上";
        behind_why: S = "This machine cannot keep the speed chosen; nothing is skipped, time just passes more slowly", "这台机器跟不上所选的速度；不会跳过任何事，只是时间走得慢些";
        timeline: S = "Timeline", "时间线";
        branch: S = "Timeline", "时间线";
        branch_title: fn(&str, &str) -> String = |from, to| format!("Begins at {from}, ends at {to}"), |from, to| format!("始于 {from}，止于 {to}");
        first: S = "first", "最初";
        future: fn(u32) -> String = |n| format!("timeline {n}"), |n| format!("时间线 {n}");
        without: T1 = |c| format!("without {c}"), |c| format!("没有 {c}");
        at: T1 = |t| format!("at {t}"), |t| format!("于 {t}");
        compare: S = "Compare", "比较";
        compare_why: S = "Two timelines side by side at the same instant", "把两条时间线放在同一时刻并排比较";
        bookmark: S = "Bookmark", "书签";
        bookmark_why: S = "Name this moment, to come back to it (B)", "给这一刻起个名字，以便回来（B）";
        outline: S = "Outline", "大纲";
        to_stage: S = "Back to the stage", "回到舞台";
        more_actions: S = "More", "更多";
        mark_other: S = "event", "事件";
        mark_group: S = "rebalance", "再均衡";
        mark_election: S = "leader election", "leader 选举";
        mark_error: S = "error", "错误";
        mark_crash: S = "crash", "崩溃";
        mark_broken: S = "a guarantee is broken", "一项保证被打破";
    }
}

texts! {
    /// The stage.
    StageTexts {
        producers: S = "Producers", "生产者";
        cluster: S = "Cluster", "集群";
        groups: S = "Consumer groups", "消费者组";
        add: S = "Add", "添加";
        more: S = "More", "更多";

        n_brokers: N = |n| if n == 1 { "1 broker".to_owned() } else { format!("{n} brokers") }, |n| format!("{n} 个 broker");
        n_down: N = |n| if n == 1 { "1 broker down".to_owned() } else { format!("{n} brokers down") }, |n| format!("{n} 个 broker 停着");
        n_under: N = |n| if n == 1 { "1 partition under-replicated".to_owned() } else { format!("{n} partitions under-replicated") }, |n| format!("{n} 个分区副本不足");
        n_offline: N = |n| if n == 1 { "1 partition without a leader".to_owned() } else { format!("{n} partitions without a leader") }, |n| format!("{n} 个分区没有 leader");
        all_in_sync: S = "every replica in sync", "所有副本同步";
        links: S = "Links", "链路";
        add_broker: S = "Broker", "Broker";
        add_topic: S = "Topic", "Topic";
        controllers: S = "Controllers", "控制器";
        controllers_why: S = "The KRaft quorum: these nodes keep the cluster's metadata; the active one decides who leads", "KRaft 仲裁组：这些节点保存集群元数据，由活动的那个决定谁当 leader";
        active: S = "active", "活动";
        epoch: fn(i32) -> String = |n| format!("epoch {n}"), |n| format!("epoch {n}");
        topic_title: fn(usize, usize) -> String = |p, r| format!("{p} partitions, {r} replicas of each"), |p, r| format!("{p} 个分区，各 {r} 个副本");
        add_partition: S = "Add a partition", "增加一个分区";
        elect_preferred: S = "Elect preferred leaders", "选回首选 leader";
        delete: S = "Delete", "删除";
        cut: S = "cut", "已切断";
        heal: S = "Heal", "恢复";

        broker: fn(i32) -> String = |n| format!("broker {n}"), |n| format!("broker {n}");
        running: S = "running", "运行中";
        fenced: S = "fenced", "被隔离（fenced）";
        starting: S = "starting", "启动中";
        shutting_down: S = "shutting down", "关闭中";
        frozen: S = "frozen", "已冻结";
        crashed: S = "crashed", "已崩溃";
        stopped: S = "stopped", "已停止";
        disk_kept: T1 = |at| format!("disk kept · since {at}"), |at| format!("磁盘保留 · 自 {at}");
        leads: N = |n| if n == 1 { "leads 1".to_owned() } else { format!("leads {n}") }, |n| format!("领导 {n} 个");
        internal: fn(u32, u32) -> String = |n, l| format!("and {n} replicas of internal topics, leading {l} of them"), |n, l| format!("另有 {n} 个内部 topic 的副本，领导其中 {l} 个");
        coordinator_of: T1 = |g| format!("coordinator of {g}"), |g| format!("{g} 的协调者");
        rack: T1 = |r| format!("rack {r}"), |r| format!("机架 {r}");
        start: S = "Start", "启动";
        start_why: S = "Start the process again, with the disk it had", "用原来的磁盘重新启动进程";
        stop: S = "Stop", "停止";
        stop_why: S = "Controlled shutdown: leaders move away first", "受控关闭：先把 leader 移走";
        freeze: S = "Freeze", "冻结";
        freeze_why: S = "The process pauses, its connections stay open (a long garbage collection)", "进程暂停而连接不断（好比一次很长的 GC）";
        thaw: S = "Thaw", "解冻";
        thaw_why: S = "The process goes on where it stopped", "进程从停下的地方继续";
        crash: S = "Crash", "崩溃";
        crash_why: S = "The process dies at once; its disk is kept", "进程立刻死亡，磁盘保留";
        remove: S = "Remove", "移除";
        no_replicas: S = "No replicas yet: new topics will be placed here too", "还没有副本：新建的 topic 也会放到这里";

        leader: S = "leader", "leader";
        follower: S = "follower", "follower";
        offline: S = "offline", "离线";
        leader_epoch: S = "leader epoch: how many leaders this partition has had", "leader epoch：这个分区第几任 leader";
        in_isr: S = "ISR", "ISR";
        out_isr: S = "out", "掉队";
        in_isr_why: S = "in the ISR: in sync with the leader", "在 ISR 中：与 leader 同步";
        out_isr_why: S = "out of the ISR: not in sync, cannot be elected cleanly", "不在 ISR 中：未同步，不能被正常选为 leader";
        coming: S = "new", "新增";
        coming_why: S = "being added: it copies the log, and counts once it is in the ISR", "正在加入：复制日志，进入 ISR 后才算数";
        going: S = "goes", "移除";
        going_why: S = "being removed: it goes once the added replicas are in sync", "将被移除：待新副本同步后离开";
        end: S = "end", "末尾";
        end_why: S = "log end offset: the next record gets this offset", "log end offset：下一条记录的 offset";
        missing_why: fn(i64) -> String = |n| format!("This copy lacks the last {n} offsets; what it has is folded, so that copies stand under one another by offset"), |n| format!("这个副本缺最后 {n} 个 offset；它已有的折叠了起来，各副本才能按 offset 对齐");
        hw_why: fn(i64) -> String = |n| format!("high watermark {n}: consumers see the records before it"), |n| format!("高水位 {n}：消费者能看到它之前的记录");
        replica_spoken: fn(&str, &str, i32, &str, i64, i64) -> String =
            |name, role, epoch, isr, hw, end| format!("{name}: {role}, leader epoch {epoch}, {isr}; high watermark {hw}, log end {end}"),
            |name, role, epoch, isr, hw, end| format!("{name}：{role}，leader epoch {epoch}，{isr}；高水位 {hw}，末尾 {end}");
        tile_title: fn(i64, &str, &str, i32, bool) -> String =
            |offset, key, value, epoch, wet| format!("offset {offset} · key {key} · value {value} · epoch {epoch}{}", if wet { " · written, not committed" } else { "" }),
            |offset, key, value, epoch, wet| format!("offset {offset} · key {key} · value {value} · epoch {epoch}{}", if wet { " · 已写入，未提交" } else { "" });

        topic: S = "topic", "topic";
        acks_why: S = "When the leader answers: at once (0), when it has written (1), when the ISR has (all)", "leader 何时应答：不应答（0）、自己写入后（1）、ISR 都写入后（all）";
        idempotent: S = "idempotent", "幂等";
        no_key: S = "no key", "无 key";
        batch: S = "batch", "批次";
        batch_why: fn(u64) -> String = |n| format!("Records waiting; the bar is the fullest batch of batch.size={n}"), |n| format!("等待中的记录；进度条是最满的批次占 batch.size={n} 的比例");
        in_flight: S = "in flight", "在途";
        in_flight_why: S = "Requests without an answer yet, of max.in.flight.requests.per.connection", "尚未应答的请求数，上限 max.in.flight.requests.per.connection";
        retrying: S = "retrying", "重试中";
        nothing_yet: S = "nothing sent yet", "还没有发送";
        send: S = "Send one", "发一条";
        send_why: S = "Send one record now", "立即发送一条记录";
        rate: S = "Records a second", "每秒记录数";
        slower: S = "Slower", "慢一些";
        faster: S = "Faster", "快一些";
        by_hand: S = "by hand", "手动";

        no_groups: S = "No group yet. Add a consumer: it brings its group along.", "还没有消费者组。添加一个消费者，组会随之出现。";
        no_consumers: S = "No consumers: committed offsets stay", "没有消费者：已提交的 offset 仍然保留";
        no_coordinator: S = "no coordinator", "没有协调者";
        coordinator: fn(i32) -> String = |n| format!("coordinator broker {n}"), |n| format!("协调者 broker {n}");
        generation: fn(i32) -> String = |n| format!("generation {n}"), |n| format!("第 {n} 代");
        generation_why: S = "Goes up with every rebalance; commits from an older one are refused", "每次再均衡加一；旧一代的提交会被拒绝";
        group_epoch: fn(i32) -> String = |n| format!("group epoch {n}"), |n| format!("组纪元 {n}");
        group_epoch_why: S = "Goes up when members or their subscriptions change; there is a new target assignment for it, and each member gets there in its own time", "成员或其订阅变化时加一；协调者为它算出新的目标分配，各成员按自己的节奏到达";
        target_epoch: fn(i32) -> String = |n| format!("target of epoch {n}"), |n| format!("目标分配属于纪元 {n}");
        no_group: S = "without a group", "没有组";
        assignor_why: S = "The assignor that all members listed, chosen by vote", "所有成员都列出的分配策略，投票选出";
        lag: S = "lag", "积压";
        moved: fn(u32, u32) -> String = |n, of| format!("{n} of {of} changed owner"), |n, of| format!("{of} 个中 {n} 个换了所有者");
        moved_eager: fn(u32, u32) -> String = |n, of| format!("{of} paused, {n} changed owner"), |n, of| format!("{of} 个停读，{n} 个换了所有者");
        dismiss: S = "Dismiss", "知道了";
        join: S = "Consumer", "消费者";
        join_why: S = "Add one more consumer like the first one", "再加一个与第一个相同的消费者";
        group_leader: S = "leader", "组长";
        group_leader_why: S = "This member computes the assignment for everybody", "由这个成员为所有人计算分配";
        per_record: fn(u64) -> String = |ms| format!("{ms} ms/record"), |ms| format!("每条 {ms} 毫秒");
        expires: T1 = |s| format!("gone without a word · session expires in {s} s"), |s| format!("不辞而别 · 会话将在 {s} 秒后过期");
        not_member: S = "not a member", "不是成员";
        paused: T1 = |s| format!("paused {s} s for the rebalance"), |s| format!("因再均衡暂停了 {s} 秒");
        gives_back: T1 = |l| format!("gives back {l} first (UNREVOKED_PARTITIONS)"), |l| format!("先交回 {l}（UNREVOKED_PARTITIONS）");
        waits_for: T1 = |l| format!("waits for {l}"), |l| format!("等待 {l}");
        idle: S = "idle: more consumers than partitions", "空闲：消费者比分区多";
        joining: S = "joining…", "正在加入…";
        share_group: S = "share group", "共享组";
        share_group_why: S = "Members take single records under a lock; several may work on the same partition (KIP-932)", "成员逐条取得记录并加锁；多个成员可以同时处理同一个分区（KIP-932）";
        share_ends_why: S = "Everything before SPSO is done with; SPEO is the last record handed out, or SPSO when nothing is in flight", "SPSO 之前的记录都已了结；SPEO 是最后一条已分发的记录，没有在途记录时等于 SPSO";
        share_states: [S; 4] = ["available", "acquired", "acknowledged", "archived"], ["可取得", "已取得", "已确认", "已归档"];
        holds: T1 = |list| if list.is_empty() { "holds nothing".to_owned() } else { format!("holds {list}") }, |list| if list.is_empty() { "未持有记录".to_owned() } else { format!("持有 {list}") };
        accept_first: S = "Accept its first record", "接受第一条记录";
        release_first: S = "Release its first record", "释放第一条记录";
        reject_first: S = "Reject its first record", "拒绝第一条记录";
        leave: S = "Stop (leave the group)", "停止（退出组）";
        commit_now: S = "Commit now", "立即提交";
        slow_down: S = "Slow its processing", "放慢处理";
        full_speed: S = "Full speed", "全速处理";
        seek_earliest: S = "Reset offsets to earliest", "offset 重置到最早";
        seek_latest: S = "Reset offsets to latest", "offset 重置到最新";
        owned_title: fn(i64, i64, i64, i64, i64) -> String =
            |position, processed, committed, hw, lag| format!("position {position} · processed {processed} · committed {committed} · high watermark {hw} · lag {lag}"),
            |position, processed, committed, hw, lag| format!("位置 {position} · 已处理 {processed} · 已提交 {committed} · 高水位 {hw} · 积压 {lag}");

        try_title: S = "Try this", "试一试";
        try_unnoticed: S = "Broker {} is dead, and the controller does not know yet: it waits for heartbeats. Watch the crowns.", "broker {} 已经死了，controller 还不知道：它在等心跳。看皇冠落到谁头上。";
        tries: [(S, S); 7] = [
            ("Crash broker {} and watch who takes over.", "Crash broker {}"),
            ("Its partitions have new leaders. Start the broker again: it fetches what it missed and returns to the ISR.", "Start broker {}"),
            ("Add a consumer and watch the group rebalance: chips glide to their new owner.", "Add consumer {}"),
            ("Crash a consumer: nobody notices until its session expires, then its partitions move and some records come twice.", "Crash consumer {}"),
            ("Make a consumer slow and watch its lag grow.", "Slow down {}"),
            ("Cut a link between two brokers: the follower falls out of the ISR.", "Cut {}"),
            ("Go back ten seconds and do something else: both timelines stay.", "Back 10 s"),
        ], [
            ("让 broker {} 崩溃，看看谁来接手。", "让 broker {} 崩溃"),
            ("它的分区有了新 leader。再启动它：补上错过的记录，然后回到 ISR。", "启动 broker {}"),
            ("添加一个消费者，看组如何再均衡：分区会滑向新的主人。", "添加消费者 {}"),
            ("让一个消费者崩溃：会话过期之前没人察觉，之后分区转手，有些记录会来第二次。", "让消费者 {} 崩溃"),
            ("让一个消费者变慢，看积压增长。", "放慢 {}"),
            ("切断两个 broker 之间的链路：follower 会掉出 ISR。", "切断 {}"),
            ("回到十秒之前，换一种做法：两条时间线都会保留。", "后退 10 秒"),
        ];
        try_end: S = "You have tried everything here. The terminal below takes real Kafka command lines too.", "这里的都试过了。下面的终端也认识真正的 Kafka 命令行。";

        legend: S = "Messages: press to show or hide a kind", "消息：按下以显示或隐藏一类";
        kinds: [S; 8] = ["Produce", "Replica fetch", "Consumer fetch", "Join / sync", "Heartbeat", "Offset commit", "Metadata", "Controllers"],
            ["生产", "副本拉取", "消费拉取", "加入 / 同步", "心跳", "提交 offset", "元数据", "控制器"];
    }
}

texts! {
    /// Dialogs and forms.
    DialogTexts {
        apply: S = "Apply", "执行";
        incomplete: S = "Something is missing", "还缺点什么";
        name: S = "Name", "名称";
        topic: S = "Topic", "Topic";
        topics: S = "Topics, separated by commas", "Topic，用逗号分隔";
        group: S = "Group", "消费者组";
        partitions: S = "Partitions", "分区数";
        replication: S = "Replicas of each", "每个分区的副本数";
        rate: S = "Records a second (0: by hand)", "每秒记录数（0 为手动）";
        keys: S = "Keys, separated by commas", "Key，用逗号分隔";
        keys_hint: S = "Each record takes one of them at random; none: no key", "每条记录随机取其一；留空则没有 key";
        process: S = "Milliseconds to process a record", "处理一条记录的毫秒数";
        more: S = "More: kinds of membership, assignor, commits, timeouts", "更多：成员方式、分配器、提交、超时";
        kind: S = "How it gets its partitions", "怎样得到分区";
        classic: S = "Classic group", "经典组";
        classic_why: S = "A leader among the members divides them up, in rounds everybody waits for", "由成员中的领导者分配，每一轮人人都要等";
        consumer: S = "KIP-848 group", "KIP-848 组";
        consumer_why: S = "The coordinator divides them up; group.protocol=consumer", "由协调者分配；group.protocol=consumer";
        shares: S = "Share group", "共享组";
        shares_why: S = "Everybody reads every partition, each record is locked by one (KIP-932)", "人人都读所有分区，每条记录由一人锁定（KIP-932）";
        by_hand: S = "No group", "不入组";
        by_hand_why: S = "It takes the partitions it names: assign()", "自己点名要分区：assign()";
        topics_hint: S = "Or a pattern between slashes: /orders-.*/", "或者写在斜杠之间的模式：/orders-.*/";
        assign: S = "Partitions", "分区";
        assign_hint: S = "Such as orders-0,orders-1; nobody else is told", "例如 orders-0,orders-1；不会告诉别人";
        commits_to: S = "Group to commit offsets to (may be empty)", "把 offset 提交到哪个组（可留空）";
        assignor: S = "Assignor", "分配器";
        custom: S = "weighted-roundrobin (not part of Kafka)", "weighted-roundrobin（不属于 Kafka）";
        weight: S = "Its weight", "它的权重";
        server_assignor: S = "Assignor of the coordinator", "协调者的分配器";
        server_default: S = "the brokers' first (uniform)", "Broker 的首选（uniform）";
        instance: S = "group.instance.id: a static member", "group.instance.id：静态成员";
        instance_hint: S = "Comes back under this name without a rebalance; empty: dynamic", "以此名归来不引起再均衡；留空则为动态成员";
        group_hint: S = "A new name begins a new group; a name that exists adds a member", "新名字开一个新组；已有的名字则加一个成员";
        assignor_default: S = "range, then cooperative-sticky (the default)", "range，其次 cooperative-sticky（默认）";
        no_offset: S = "Where to begin, as long as the group has saved no offset (auto.offset.reset)", "组还没有保存 offset 时，从哪里开始（auto.offset.reset）";
        from_end: S = "At the end", "从末尾";
        from_end_why: S = "only what is written from now on: latest", "只读今后写入的：latest";
        from_start: S = "At the beginning", "从头";
        from_start_why: S = "everything that is there: earliest", "现有的全部读一遍：earliest";
        commits: S = "Who commits", "由谁提交";
        commits_auto: S = "poll(), every auto.commit.interval.ms", "poll()，每隔 auto.commit.interval.ms";
        commits_self: S = "the application", "应用程序";
        commit_when: S = "When it commits", "何时提交";
        commit_after: S = "after processing: at least once", "处理之后：至少一次";
        commit_before: S = "before processing: at most once", "处理之前：至多一次";
        commit_async: S = "after processing, without waiting", "处理之后，不等结果";
        commit_never: S = "never: only by hand", "从不：只能手动";
        acknowledges: S = "Who acknowledges", "由谁确认";
        ack_implicit: S = "the next poll(), all of it", "下一次 poll()，全部确认";
        ack_explicit: S = "the application, each record", "应用程序，逐条确认";
        ack_what: S = "What it says of each record", "对每条记录说什么";
        ack_accept: S = "accept: done", "accept：完成";
        ack_release: S = "release: somebody else, please", "release：请别人来";
        ack_reject: S = "reject: never again", "reject：不要再投递";
        ack_hand: S = "nothing, until you do", "不说，等你来说";
        as_default: S = "Empty: the default", "留空为默认值";
        add_topic: S = "New topic", "新建 topic";
        add_producer: S = "New producer", "新建生产者";
        add_consumer: S = "New consumer", "新建消费者";
        link: S = "Link between two nodes", "两个节点之间的链路";
        link_a: S = "One end", "一端";
        link_b: S = "The other", "另一端";
        link_do: S = "What to do", "做什么";
        latency: S = "Latency in ms (set)", "延迟毫秒数（set）";
        new_cluster: S = "New cluster", "新建集群";
        brokers: S = "Brokers", "Broker 数";
        controllers: S = "Controllers", "控制器数";
        seed: S = "Seed", "随机种子";
        preset: S = "Timing", "时序";
        help: S = "Keys and shapes", "按键与图形";
        key_play: S = "play or pause", "播放或暂停";
        key_step: S = "one event", "前进一个事件";
        key_next: S = "to the next event that matters", "到下一个重要事件";
        key_back: S = "back by one event", "后退一个事件";
        key_back_far: S = "back to the event before that matters", "退到上一个重要事件";
        key_terminal: S = "into the terminal", "进入终端";
        key_undo: S = "take back the last command (Ctrl Shift Z: again)", "撤销上一条命令（Ctrl Shift Z 重做）";
        key_bookmark: S = "name this moment", "给这一刻起名";
        key_compare: S = "compare timelines, when there are two", "有两条时间线时，比较它们";
        key_message: S = "pause; the next message on its way, in the inspector", "暂停，在检查器里看路上的下一条消息";
        key_outline: S = "the outline: everything as tables and buttons, and back", "大纲：全部变成表格与按钮；再按返回";
        key_choice: S = "in a lesson: choose the prediction with this number", "课程里：选这个编号的预测";
        key_help: S = "this list", "本列表";
        key_tab: S = "through every button, in the order in which data flows", "按数据流动的顺序走过每个按钮";
        key_escape: S = "shut the dialog or the inspector", "关闭对话框或检查器";
        shapes: S = "Filled shapes carry records, hollow ones do not; a red ring is an error, and what falls down was lost.", "实心的带着记录，空心的不带；红圈表示出错，掉下去的就是丢了。";
        tiles: S = "A tile is a record, coloured by its key. Hollow tiles lie past the high watermark (HW): written, not committed, invisible to consumers.", "一块砖是一条记录，颜色代表 key。空心砖在高水位（HW）之后：已写入、未提交，消费者看不到。";
    }
}
