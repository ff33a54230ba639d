//! Words of the labs: the page around them, and a sentence for every decision of an assignor.
//!
//! In sentences, names stand between backticks; the page sets them apart.

use super::Lang;
use super::S;
use super::page::{N, T1};
use rebalance_core::assignor::steps::{Loads, Step, Why};

texts! {
    /// The labs.
    LabTexts {
        cluster: S = "Cluster", "集群";
        assignors: S = "Assignor lab", "分配器实验室";
        keys: S = "Key lab", "键实验室";
        protocols: S = "Protocols side by side", "协议并排";
        rooms: S = "Rooms", "页面";
        damaged: S = "Part of this address could not be read and was left out; the rest is shown.", "这个地址有一部分读不懂，已略去；其余照常显示。";

        assignors_intro: S = "Set up a group, change one thing, and see what each assignor of Kafka makes of it: who owns what, what moved, who had to stop.", "搭一个消费者组，改动一处，看 Kafka 的每个分配器如何应对：谁拥有什么、移动了什么、谁被迫停下。";
        start: S = "The group at the beginning", "最初的组";
        topics: S = "Topics", "主题";
        members: S = "Members", "成员";
        partitions: S = "Partitions", "分区";
        topic_name: S = "Name of the topic", "主题名";
        member_id: S = "Member id", "成员 id";
        add_topic: S = "Topic", "主题";
        add_member: S = "Member", "成员";
        fewer: T1 = |n| format!("One partition less: {n}"), |n| format!("减少一个分区：{n}");
        more: T1 = |n| format!("One partition more: {n}"), |n| format!("增加一个分区：{n}");
        remove: T1 = |n| format!("Remove {n}"), |n| format!("移除 {n}");
        subscribes: fn(&str, &str) -> String = |m, t| format!("{m} subscribes to {t}"), |m, t| format!("{m} 订阅 {t}");
        static_member: T1 = |m| format!("{m} is a static member (group.instance.id)"), |m| format!("{m} 是静态成员（group.instance.id）");
        weight: fn(&str, u32) -> String = |m, n| format!("Weight of {m}: {n} (counts only for weighted round robin)"), |m, n| format!("{m} 的权重：{n}（只对加权轮询有效）");
        names_hint: S = "letters, digits, dot, underscore, hyphen; at most 16", "字母、数字、点、下划线、连字符；最多 16 个";

        happens: S = "What happens", "发生什么";
        happens_hint: S = "Each press is one change; the last one is compared.", "每按一次就是一处变动；比较的是最后一处。";
        nothing_yet: S = "Nothing yet: the first assignment is shown.", "还没有：显示的是首次分配。";
        joins: T1 = |m| format!("`{m}` joins"), |m| format!("`{m}` 加入");
        leaves: T1 = |m| format!("`{m}` leaves"), |m| format!("`{m}` 离开");
        grows: fn(&str, u32) -> String = |t, n| format!("`{t}` grows to {n} partitions"), |t, n| format!("`{t}` 增至 {n} 个分区");
        resubscribes: fn(&str, &str) -> String = |m, t| if t.is_empty() { format!("`{m}` subscribes to nothing") } else { format!("`{m}` subscribes to `{t}`") }, |m, t| if t.is_empty() { format!("`{m}` 不再订阅任何主题") } else { format!("`{m}` 改订 `{t}`") };
        join_now: T1 = |m| format!("{m} joins"), |m| format!("{m} 加入");
        leave_now: S = "leaves", "离开";
        undo: S = "Take back", "收回";
        start_here: S = "Begin here", "从这里开始";
        start_here_why: S = "Make the group as it is now the beginning", "把现在的组当作最初的组";

        every: S = "The same change under every assignor", "同一变动，每个分配器";
        assignor: S = "Assignor", "分配器";
        moved: S = "moved", "移动";
        moved_why: S = "Partitions that went from one member to another", "从一个成员转到另一个成员的分区数";
        stopped: S = "stopped", "停顿";
        stopped_why: S = "Partitions that were being read and stopped for a while", "正在被读取、却停了一阵的分区数";
        rebalances: S = "rebalances", "再均衡";
        rebalances_why: S = "How often the whole group rebalanced; with KIP-848 it never does as a whole", "整个组再均衡的次数；KIP-848 从不整组再均衡";
        balance: S = "per member", "每成员";
        balance_why: S = "Partitions of the member with the fewest and of the one with the most", "分区最少与最多的成员各有几个";
        none: S = "none", "无";
        had_to: fn(u32, u32) -> String = |n, of| format!("{n} of {of} had to: their owner left or no longer subscribes"), |n, of| format!("{of} 个中有 {n} 个非移不可：原主已离开或不再订阅");
        eager: S = "eager", "eager";
        eager_why: S = "Everybody gives everything up before the rebalance and stops until it is over", "再均衡之前人人交出全部分区，停到它结束";
        cooperative: S = "cooperative", "cooperative";
        cooperative_why: S = "KIP-429: only what moves is given back, then a second rebalance hands it out", "KIP-429：只交回要移动的分区，再由第二次再均衡发出去";
        consumer: S = "KIP-848", "KIP-848";
        consumer_why: S = "The coordinator assigns; each member gives back and takes at its own heartbeats, nobody waits for the others", "由协调者分配；每个成员在自己的心跳里交回、接手，互不等待";
        not_kafka: S = "not part of Kafka", "不属于 Kafka";
        proven: fn(&str, &str) -> String = |kafka, n| format!("checked against {n} answers of Kafka {kafka}"), |kafka, n| format!("已与 Kafka {kafka} 的 {n} 个答案核对");
        proven_why: fn(&str, &str) -> String = |commit, date| format!("Kafka's own class, commit {commit} of {date}, was asked; every run of the tests compares"), |commit, date| format!("答案出自 Kafka 自己的类（提交 {commit}，{date}）；每次测试都比对");
        hashed: fn(&str, &str) -> String = |kafka, n| format!("checked against {n} keys hashed by Kafka {kafka}"), |kafka, n| format!("已与 Kafka {kafka} 散列的 {n} 个键核对");
        no_answer: S = "Kafka's code throws here", "Kafka 的代码在此抛出异常";

        steps: S = "Step by step", "一步一步";
        first_step: S = "To the beginning", "回到开头";
        previous_step: S = "Previous decision", "上一个决定";
        next_step: S = "Next decision", "下一个决定";
        last_step: S = "To the end", "到末尾";
        play: S = "Play", "播放";
        pause: S = "Pause", "暂停";
        step_of: fn(usize, usize) -> String = |n, of| format!("decision {n} of {of}"), |n, of| format!("第 {n} / {of} 个决定");
        round_of: fn(usize, usize) -> String = |n, of| format!("rebalance {n} of {of}"), |n, of| format!("第 {n} / {of} 次再均衡");
        not_begun: S = "Nothing is assigned yet. Dashed: who owned it before.", "什么都还没分配。虚线：之前归谁。";
        all_steps: S = "All decisions", "全部决定";
        had_has: S = "had → has", "原有 → 现有";
        reading: S = "pause", "停顿";
        keeps_reading: S = "keeps reading", "照常读取";
        stops_some: fn(u32, u32) -> String = |n, of| if n == of { format!("stops all {of}") } else { format!("stops {n} of {of}") }, |n, of| if n == of { format!("{of} 个全停") } else { format!("{of} 个停 {n} 个") };
        is_gone: S = "gone", "已离开";
        is_new: S = "new", "新来";
        legend_kept: S = "kept", "保留";
        legend_moved: S = "moved here", "移来";
        legend_fresh: S = "first owner", "首次有主";
        legend_gone: S = "was here before", "原在此处";
        cell_kept: fn(&str, &str) -> String = |p, m| format!("{p}: {m}, as before"), |p, m| format!("{p}：{m}，与之前相同");
        cell_moved: fn(&str, &str, &str) -> String = |p, a, b| format!("{p}: {a} → {b}"), |p, a, b| format!("{p}：{a} → {b}");
        cell_fresh: fn(&str, &str) -> String = |p, m| format!("{p}: {m}, owned by nobody before"), |p, m| format!("{p}：{m}，之前无主");
        cell_free: T1 = |p| format!("{p}: nobody"), |p| format!("{p}：无主");

        about_range: S = "Each topic on its own: contiguous runs of partitions, to the members in order. Many small topics pile up on the first members.", "逐个主题分配：按成员顺序各取一段连续的分区。小主题一多，就都堆在前几个成员身上。";
        about_roundrobin: S = "All partitions of all topics dealt out in turn. It asks nobody what they had, so a single join can move almost everything.", "把所有主题的所有分区轮流发出。它不问谁原来有什么，一个成员加入就可能几乎全部移动。";
        about_sticky: S = "Members keep what they had as far as that stays fair; only the rest is dealt out. Everybody still stops for the rebalance.", "在公平的前提下成员保留原有分区，只分配其余的。但再均衡时人人仍要停下。";
        about_cooperative: S = "The same answer as sticky, in two moves: what changes hands is first taken back, then handed out. Everything else is read all the while.", "结果与 sticky 相同，但分两步：要易手的先收回，再发出。其余分区始终照常读取。";
        about_uniform: S = "The default of KIP-848. Old targets are kept up to an equal share; a new group is filled member by member.", "KIP-848 的默认分配器。旧目标保留到均等的份额；新组则逐个成员填满。";
        about_server_range: S = "The range of KIP-848, run by the coordinator: co-partitioned topics, and only the members concerned give anything back.", "KIP-848 的 range，由协调者运行：主题之间分区对齐，且只有相关成员交回分区。";
        about_weighted: S = "An example of an assignor of one's own: members have weights. Kafka has none like it.", "自写分配器的例子：成员有权重。Kafka 没有这样的分配器。";

        keys_intro: S = "Where a record with a key goes is arithmetic, and nothing else: every producer that knows the number of partitions comes to the same answer.", "带键的记录去哪个分区只是算术：凡是知道分区数的生产者，都会得出同一答案。";
        key: S = "Key", "键";
        key_hint: S = "Type anything: 42 and user-42 and 用户 are only bytes to Kafka", "随便输入：42、user-42、用户，对 Kafka 都只是字节";
        no_key: S = "An empty key is a key, too. A record without any key goes to the sticky partition instead.", "空键也是键。完全没有键的记录则去粘性分区。";
        bytes: S = "Bytes", "字节";
        n_bytes: N = |n| if n == 1 { "1 byte of UTF-8".to_owned() } else { format!("{n} bytes of UTF-8") }, |n| format!("UTF-8，{n} 字节");
        hash: S = "murmur2", "murmur2";
        hash_start: S = "the seed, xor the length", "种子与长度异或";
        hash_block: T1 = |b| format!("four bytes, little-endian: {b}"), |b| format!("四个字节，小端：{b}");
        hash_tail: T1 = |b| format!("what is left over: {b}"), |b| format!("剩下的字节：{b}");
        hash_finish: S = "a last stir", "最后搅匀";
        sign: S = "Clear the sign bit", "清除符号位";
        sign_why: S = "Java's int is signed. The sign bit is cleared, the absolute value is not taken.", "Java 的 int 有符号。这里清除符号位，而不是取绝对值。";
        modulo: S = "Remainder", "取余";
        goes_to: fn(i32, i32) -> String = |p, n| format!("partition `{p}` of {n}"), |p, n| format!("{n} 个分区中的 `{p}`");

        key_set: S = "A set of keys", "一组键";
        key_set_hint: S = "one a line; user-{1..60} stands for sixty", "每行一个；user-{1..60} 代表六十个";
        spread: S = "How it spreads", "如何分布";
        spread_says: fn(usize, usize, usize, usize) -> String = |keys, n, least, most| format!("{keys} keys on {n} partitions: between {least} and {most} each."), |keys, n, least, most| format!("{keys} 个键，{n} 个分区：每个 {least} 到 {most} 个。");
        empty_ones: N = |n| if n == 1 { "One partition gets none.".to_owned() } else { format!("{n} partitions get none.") }, |n| format!("有 {n} 个分区一个也没有。");
        cut_off: N = |n| format!("Only the first {n} keys are counted."), |n| format!("只计前 {n} 个键。");
        grow: S = "Adding partitions", "增加分区";
        grow_from: S = "Partitions now", "现有分区";
        grow_to: S = "Partitions then", "增加到";
        remapped: fn(usize, usize, usize) -> String = |moved, keys, percent| format!("{moved} of {keys} keys ({percent} %) go elsewhere from then on."), |moved, keys, percent| format!("{keys} 个键中有 {moved} 个（{percent} %）从此去往别处。");
        remapped_why: S = "Old records stay where they are, so the records of such a key lie in two partitions and their order is lost. Kafka does not move anything.", "旧记录原地不动，于是这样的键的记录分处两个分区，彼此的顺序就丢了。Kafka 不会搬动任何东西。";
        nothing_remapped: S = "No key of the set goes elsewhere.", "这组键没有一个改道。";
        stays: S = "as before", "照旧";
        comes: S = "came from elsewhere", "来自别处";
        per_partition: fn(usize, usize, usize) -> String = |p, stays, comes| format!("partition {p}: {stays} as before, {comes} from elsewhere"), |p, stays, comes| format!("分区 {p}：{stays} 个照旧，{comes} 个来自别处");
        n_keys: N = |n| if n == 1 { "1 key".to_owned() } else { format!("{n} keys") }, |n| format!("{n} 个键");
        which: S = "Which keys", "哪些键";
    }
}

/// The names in a step, ready to be said.
pub struct Names<'a> {
    /// A member by its seat.
    pub member: &'a dyn Fn(u32) -> String,
    /// Partitions.
    pub partitions: &'a dyn Fn(&[u32]) -> String,
    /// A topic by its number.
    pub topic: &'a dyn Fn(u32) -> String,
}

/// A step as a sentence.
pub fn sentence(lang: Lang, step: &Step, names: &Names<'_>) -> String {
    match lang {
        Lang::En => english(step, names),
        Lang::Zh => chinese(step, names),
    }
}

fn from_of(step: &Step, names: &Names<'_>) -> String {
    match step.effect {
        rebalance_core::assignor::steps::Effect::MoveFrom(from) => (names.member)(from),
        _ => String::new(),
    }
}

fn english(step: &Step, names: &Names<'_>) -> String {
    let m = (names.member)(step.member);
    let p = (names.partitions)(&step.partitions);
    match step.why {
        Why::Run {
            topic,
            partitions,
            subscribers,
            one_more,
        } => {
            let t = (names.topic)(topic);
            let (each, extra) = (
                partitions / subscribers.max(1),
                partitions % subscribers.max(1),
            );
            match (step.partitions.is_empty(), one_more, extra) {
                (true, ..) => format!(
                    "{m} gets nothing of {t}: {partitions} partitions for {subscribers} members, and those before it in order are served first."
                ),
                (_, true, _) => format!(
                    "{m} gets {p}: {partitions} partitions of {t} for {subscribers} members make {each} each, and the first {extra} in order get one more."
                ),
                (.., 0) => format!(
                    "{m} gets {p}: {partitions} partitions of {t} for {subscribers} members make {each} each."
                ),
                _ => format!(
                    "{m} gets {p}: {each} of the {partitions} partitions of {t}; what was over went to members before it."
                ),
            }
        }
        Why::Turn { passed: 0 } => format!("{p} goes to {m}, the next in turn."),
        Why::Turn { passed } => format!(
            "{p} goes to {m}, the next in turn that subscribes to the topic; {passed} before it lost their turn."
        ),
        Why::Weight { next, weight } => format!(
            "{p} goes to {m}: with it, it has {next} for its weight of {weight}, the least of all."
        ),
        Why::Shares {
            partitions,
            members,
        } => match partitions % members.max(1) {
            0 => format!(
                "{partitions} partitions for {members} members: {} each.",
                partitions / members.max(1)
            ),
            extra => format!(
                "{partitions} partitions for {members} members: {} each, and {extra} may have one more.",
                partitions / members.max(1)
            ),
        },
        Why::Keeps { share } => format!("{m} had {p} and keeps that: its share is {share}."),
        Why::GivesUp { share } => format!("{m} gives up {p}: more than its share of {share}."),
        Why::Disputed => format!("{m} says it owns {p}, and so do others: it is not believed."),
        Why::StillSubscribed => format!("{m} keeps {p} for now: it had that and still subscribes."),
        Why::Unsubscribed => {
            format!("{m} no longer subscribes to what {p} belongs to: free for others.")
        }
        Why::BelowShare { share } => {
            format!("{p} goes to {m}, the next by id that has fewer than {share}.")
        }
        Why::OneMore { share } => format!(
            "{p} goes to {m}: all have {share} now, and it is the next by id that may have one more."
        ),
        Why::FilledUp { share } => {
            format!("{m} is filled up to its share of {share} with {p}, which nobody had.")
        }
        Why::LeastLoaded { load } => {
            format!("{p} goes to {m}: of all that subscribe it has the fewest, {load}.")
        }
        Why::SetAside => format!(
            "{m} is left out of the balancing: it has all it can have, and nothing of it can move."
        ),
        Why::BackToPrevious(loads) => format!(
            "{p} goes from {} with {} back to {m} with {}, which had it before.{}",
            from_of(step, names),
            loads.from,
            loads.to,
            instead_en(loads, names)
        ),
        Why::ToLighter(loads) => format!(
            "{p} goes from {} with {} to {m}, which has only {}.{}",
            from_of(step, names),
            loads.from,
            loads.to,
            instead_en(loads, names)
        ),
        Why::Undone { before, after } => format!(
            "{p} goes back to {m}: the moves did not make the group more even (sum of differences {before} before, {after} after)."
        ),
        Why::InTransfer { owner } => format!(
            "{p} is withheld from {m}: {} still reads it and gives it back first; the next rebalance hands it out.",
            (names.member)(owner)
        ),
    }
}

fn instead_en(loads: Loads, names: &Names<'_>) -> String {
    match loads.instead_of {
        Some(it) => format!(
            " It came the other way before, so it returns in the stead of {}.",
            (names.partitions)(&[it])
        ),
        None => String::new(),
    }
}

fn chinese(step: &Step, names: &Names<'_>) -> String {
    let m = (names.member)(step.member);
    let p = (names.partitions)(&step.partitions);
    match step.why {
        Why::Run {
            topic,
            partitions,
            subscribers,
            one_more,
        } => {
            let t = (names.topic)(topic);
            let (each, extra) = (
                partitions / subscribers.max(1),
                partitions % subscribers.max(1),
            );
            match (step.partitions.is_empty(), one_more, extra) {
                (true, ..) => format!(
                    "{m} 分不到 {t}：{partitions} 个分区、{subscribers} 个成员，排在前面的先得。"
                ),
                (_, true, _) => format!(
                    "{m} 得到 {p}：{t} 的 {partitions} 个分区由 {subscribers} 个成员分，每个 {each} 个，前 {extra} 个各多一个。"
                ),
                (.., 0) => format!(
                    "{m} 得到 {p}：{t} 的 {partitions} 个分区由 {subscribers} 个成员平分，每个 {each} 个。"
                ),
                _ => format!(
                    "{m} 得到 {p}：{t} 的 {partitions} 个分区中的 {each} 个；多出来的已给了前面的成员。"
                ),
            }
        }
        Why::Turn { passed: 0 } => format!("{p} 给 {m}：正好轮到它。"),
        Why::Turn { passed } => format!(
            "{p} 给 {m}：它是下一个订阅了该主题的成员；前面有 {passed} 个未订阅，错过这一轮。"
        ),
        Why::Weight { next, weight } => {
            format!("{p} 给 {m}：算上它共 {next} 个，按权重 {weight} 折算仍是最少的。")
        }
        Why::Shares {
            partitions,
            members,
        } => match partitions % members.max(1) {
            0 => format!(
                "{partitions} 个分区、{members} 个成员：每个 {} 个。",
                partitions / members.max(1)
            ),
            extra => format!(
                "{partitions} 个分区、{members} 个成员：每个 {} 个，其中 {extra} 个成员可以多一个。",
                partitions / members.max(1)
            ),
        },
        Why::Keeps { share } => format!("{m} 原有 {p}，继续保留：它的份额是 {share} 个。"),
        Why::GivesUp { share } => format!("{m} 让出 {p}：超出了它 {share} 个的份额。"),
        Why::Disputed => format!("{m} 自称拥有 {p}，但别人也这么说：不予采信。"),
        Why::StillSubscribed => format!("{m} 暂且保留 {p}：原本就有，而且仍在订阅。"),
        Why::Unsubscribed => format!("{m} 不再订阅 {p} 所属的主题：可以给别人。"),
        Why::BelowShare { share } => {
            format!("{p} 给 {m}：按 id 排序，它是下一个不足 {share} 个的成员。")
        }
        Why::OneMore { share } => {
            format!("{p} 给 {m}：人人已有 {share} 个，按 id 排序轮到它多拿一个。")
        }
        Why::FilledUp { share } => format!("用无主的 {p} 把 {m} 填满到 {share} 个的份额。"),
        Why::LeastLoaded { load } => format!("{p} 给 {m}：订阅者中它最少，只有 {load} 个。"),
        Why::SetAside => format!("{m} 不参与均衡：能有的都有了，而且没有一个可以移动。"),
        Why::BackToPrevious(loads) => format!(
            "{p} 从有 {} 个的 {} 回到只有 {} 个的 {m}，它是之前的主人。{}",
            loads.from,
            from_of(step, names),
            loads.to,
            instead_zh(loads, names)
        ),
        Why::ToLighter(loads) => format!(
            "{p} 从有 {} 个的 {} 转到只有 {} 个的 {m}。{}",
            loads.from,
            from_of(step, names),
            loads.to,
            instead_zh(loads, names)
        ),
        Why::Undone { before, after } => {
            format!("{p} 退回 {m}：这些移动没有让组更均衡（差值之和原为 {before}，后为 {after}）。")
        }
        Why::InTransfer { owner } => format!(
            "{p} 暂不给 {m}：{} 还在读它，要先交回；下一次再均衡再发出。",
            (names.member)(owner)
        ),
    }
}

fn instead_zh(loads: Loads, names: &Names<'_>) -> String {
    match loads.instead_of {
        Some(it) => format!(
            "它之前是反方向移来的，所以代替 {} 退回。",
            (names.partitions)(&[it])
        ),
        None => String::new(),
    }
}
