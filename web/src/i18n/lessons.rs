//! Words of the lessons: the table of contents, the page beside the stage, the presenter's view, the worksheet.
//!
//! The lessons' own texts are not here; they are loaded one by one.

use super::S;
use super::page::{N, T1};

texts! {
    /// The lessons.
    LessonTexts {
        rooms: S = "Rooms", "页面";

        // The table of contents
        contents: S = "Lessons", "课程";
        contents_intro: S = "Each lesson has one idea and takes a few minutes beside a running cluster: first you predict, then you do it, and the cluster says whether it happened. Nobody needs to know Kafka to begin with number 1.", "每课只讲一个想法，几分钟，旁边就是运行着的集群：先预测，再动手，由集群判断事情是否真的发生。完全不懂 Kafka，也可以从第一课开始。";
        reference: S = "They are also a reference: search for a word, or look a term up at the end of this page.", "课程也是参考手册：可以搜索任何词，也可以在本页末尾查术语。";
        tracks: [S; 4] = ["First steps", "Consumer groups", "Staying alive", "In real life"], ["起步", "消费者组", "活下来", "真实世界"];
        tracks_why: [S; 4] = [
            "Records, partitions, keys and offsets: what a log is.",
            "Who reads what, and what happens when somebody comes, goes or dies.",
            "Copies, acknowledgements and elections: what survives a crash, and why.",
            "A shop, a pipeline, a bus, and what goes wrong in them.",
        ], [
            "记录、分区、键和 offset：日志究竟是什么。",
            "谁读什么；有人加入、离开或死掉时会怎样。",
            "副本、确认与选举：崩溃之后什么能留下，为什么。",
            "商店、流水线、消息总线，以及其中会出的差错。",
        ];
        search: S = "Search lessons", "搜索课程";
        search_hint: S = "A word, a term or a tag: offset, acks, rebalance…", "任何词、术语或标签：offset、acks、再均衡……";
        none_found: T1 = |it| format!("No lesson has “{it}”. Try a shorter word, or one of Kafka's own."), |it| format!("没有课程提到“{it}”。试试更短的词，或者 Kafka 自己的说法。");
        minutes: N = |n| format!("{n} min"), |n| format!("{n} 分钟");
        n_steps: N = |n| if n == 1 { "1 step".to_owned() } else { format!("{n} steps") }, |n| format!("{n} 步");
        done: S = "done", "已完成";
        begun: fn(usize, usize) -> String = |at, of| format!("step {at} of {of}"), |at, of| format!("第 {at} / {of} 步");
        so_far: fn(usize, usize) -> String = |n, of| format!("{n} of {of} lessons done"), |n, of| format!("已完成 {n} / {of} 课");
        go_on: T1 = |it| format!("Go on: {it}"), |it| format!("继续：{it}");
        begin: T1 = |it| format!("Begin: {it}"), |it| format!("开始：{it}");
        terms: S = "Terms", "术语";
        terms_why: S = "Kafka's words, each with the sentence that explains it and the lesson where it happens.", "Kafka 的词，每个都附上解释它的那句话，以及它出现的课程。";
        in_lesson: T1 = |it| format!("in “{it}”"), |it| format!("见《{it}》");

        // Progress
        progress: S = "Your progress", "学习进度";
        progress_why: S = "It is kept on this device only, and nobody else sees it. Take it along as a file or a text.", "进度只保存在这台设备上，别人看不到。可以存成文件或文字带走。";
        not_kept: S = "This browser keeps nothing for this page, so your progress will be gone when you leave. Save it as a file if you want to go on later.", "这个浏览器不为本页保存任何东西，离开后进度就没了。想以后继续，请存成文件。";
        save_file: S = "Save as a file", "存成文件";
        from_file: S = "From a file…", "从文件读入……";
        paste: S = "Or paste it here", "或者粘贴到这里";
        take_over: S = "Take over", "读入";
        taken_over: N = |n| if n == 1 { "Taken over: 1 lesson. What was further on this device stayed.".to_owned() } else { format!("Taken over: {n} lessons. What was further on this device stayed.") }, |n| format!("已读入 {n} 课；这台设备上走得更远的保持不变。");
        bad_progress: N = |n| format!("Line {n} is not progress of these lessons; it should look like this: “# rebalance progress 1”, then a line for each lesson. Nothing was changed."), |n| format!("第 {n} 行不是课程进度；应该先是“# rebalance progress 1”，然后每课一行。没有改动任何东西。");
        clean: S = "Start clean", "清空重来";
        clean_sure: S = "Forget all progress on this device?", "要忘掉这台设备上的全部进度吗？";
        clean_yes: S = "Yes, forget it", "是的，清空";
        clean_no: S = "Keep it", "保留";

        // The lesson
        lesson: S = "Lesson", "课程";
        lesson_n: N = |n| format!("Lesson {n}"), |n| format!("第 {n} 课");
        step_n: fn(usize, usize) -> String = |n, of| format!("Step {n} of {of}"), |n, of| format!("第 {n} 步，共 {of} 步");
        loading: S = "Opening the lesson…", "正在打开课程……";
        preparing: S = "Setting the cluster up…", "正在搭建集群……";
        unreachable: S = "The lesson could not be loaded. Is there a connection? Everything else on the page works.", "课程没能加载。网络通吗？页面的其他部分一切正常。";
        again: S = "Try again", "再试一次";
        no_lesson: T1 = |it| format!("There is no lesson called “{it}”. Perhaps the link was cut short or the lesson has another name now; the table of lessons has them all."), |it| format!("没有叫“{it}”的课程。也许链接被截断了，或者课程改了名；目录里有全部课程。");
        no_step: fn(&str, usize) -> String = |it, n| format!("This lesson has no step “{it}”: it has {n}. You are where you can go on."), |it, n| format!("这一课没有第“{it}”步：一共 {n} 步。现在停在你可以继续的地方。");
        will_not_run: S = "This lesson's cluster could not be set up. Please start over.", "这一课的集群没能搭起来，请重新开始。";
        all_lessons: S = "All lessons", "全部课程";
        steps: S = "Steps", "步骤";
        step_done: S = "done", "已完成";
        step_shown: S = "shown", "已演示";
        step_skipped: S = "played for you", "已代为执行";
        was_skipped: S = "The steps before this one were played for you, so that the cluster is where it should be.", "前面的步骤已代为执行，集群正处在这一步该有的状态。";
        myth: S = "A common belief, put to the test", "检验一个常见的误解";
        predict: S = "Predict", "先预测";
        clock_waits: S = "The clock stands still until you have predicted.", "你作出预测之前，时钟停着。";
        now_try: S = "Now try it: the cluster will tell.", "现在动手，让集群来回答。";
        you_said: S = "You predicted:", "你的预测：";
        right: S = "Yes, as you predicted.", "对，和你预测的一样。";
        wrong: S = "No, but you are not alone: many people expect that.", "不对，不过很多人都这样想。";
        not_asked: S = "The answer:", "答案：";
        yours: S = "your prediction", "你的预测";
        answer: S = "the answer", "答案";
        act: S = "Do it", "动手";
        goals: S = "Done when", "完成条件";
        goals_why: S = "The step is done at the first instant at which all of this holds.", "这些第一次同时成立的那一刻，这一步就完成。";
        formulas: S = "How the page checks this", "页面怎样判断";
        formulas_why: S = "After every event it compares the cluster with this:", "每发生一个事件，就拿集群和下面的式子对照：";
        open_panel: S = "Open its panel again", "重新打开面板";
        read_all: S = "Read the text", "展开正文";
        held: S = "holds", "成立";
        not_held: S = "does not hold yet", "尚未成立";
        explained: S = "where it is explained", "查看出处";
        hint: S = "Hint", "提示";
        another_hint: S = "Another hint", "再给一个提示";
        no_more_hints: S = "No more hints", "没有更多提示";
        help: S = "Help with this step", "这一步的帮助";
        hint_n: N = |n| format!("Hint {n}"), |n| format!("提示 {n}");
        show: S = "Show me", "演示给我看";
        show_why: S = "The page carries the solution out, at a pace at which one can watch; what you did in this step stays as another timeline", "由页面执行解法，速度慢到看得清；你在这一步做过的事会作为另一条时间线保留";
        stop_showing: S = "Stop", "停下";
        showing: S = "Watch the stage:", "请看图上：";
        show_failed: S = "This line could not be carried out here. Start over and ask again.", "这一行在这里执行不了。请重新开始，再试一次。";
        more: S = "All controls", "全部控件";
        more_why: S = "Timeline, terminal, panels, worksheet, presenting: all that the page has and this lesson does not need", "时间线、终端、面板、学习单、投影：页面上有、而这一课用不到的一切";
        over: S = "Start over", "重新开始";
        over_why: S = "The cluster and all steps of this lesson from the beginning", "这一课的集群和所有步骤都从头来";
        seen: S = "What you saw", "看到了什么";
        step_is_done: S = "Step done", "这一步完成了";
        next_lesson: S = "Next lesson", "下一课";
        next_step: S = "Next step", "下一步";
        previous_step: S = "Previous step", "上一步";
        lesson_done: S = "Lesson done", "本课完成";
        commands: fn(usize, usize) -> String = |n, par| format!("Commands so far: {n}. The lesson can be done with {par}."), |n, par| format!("已用命令 {n} 条；做完全课最少要 {par} 条。");
        commands_why: S = "Commands you gave, and the fewest that are needed; letting time pass is free", "你给出的命令数，以及最少需要多少；让时间流逝不计数";
        finished_par: N = |n| format!("You needed {n} commands, and it cannot be done with fewer."), |n| format!("你用了 {n} 条命令，不能再少了。");
        finished: fn(usize, usize) -> String = |n, par| format!("You needed {n} commands; {par} are enough."), |n, par| format!("你用了 {n} 条命令；{par} 条就够。");
        finished_helped: N = |n| format!("Some of it was shown to you. On your own it takes {n} commands; the lesson can be started over at any time."), |n| format!("其中一部分是演示的。自己来只要 {n} 条命令；随时可以重新开始。");
        real: S = "In real Kafka", "真实的 Kafka";
        facts: S = "Rests on", "依据";
        go_on_with: S = "Go on with", "接下来";
        breaks: S = "In this lesson a guarantee breaks, on purpose:", "这一课会故意打破一项保证：";
        held_back: fn(&str, &str) -> String = |line, list| format!("`{line}` is left out of this lesson, so that one thing happens at a time. Here you can use {list}. In the sandbox everything goes."), |line, list| format!("这一课用不到 `{line}`：一次只看一件事。这里可以用 {list}。沙盒里什么都能做。");
        smaller: S = "Less text, more stage", "文字少些，舞台大些";
        larger: S = "More text, less stage", "文字多些，舞台小些";

        // Presenter and worksheet
        present: S = "Present", "投影";
        present_why: S = "Large type, speaker notes, pointer; Page Down goes on, B blanks the screen, L is the pointer (P)", "大字、讲稿、指示光斑；Page Down 继续，B 黑屏，L 光斑（P）";
        present_end: S = "End presenting", "结束投影";
        notes: S = "Speaker notes", "讲稿";
        blank: S = "The screen is blank: press B to go on", "已黑屏：按 B 继续";
        worksheet: S = "Worksheet", "学习单";
        worksheet_why: S = "Print this lesson's questions with room for answers", "打印这一课的问题，留出作答的空白";
        sheet_name: S = "Name", "姓名";
        sheet_because: S = "Because", "理由";
        sheet_saw: S = "What I saw", "我看到的";
        sheet_goal: S = "Done when", "完成的标志";
        sheet_right: S = "My prediction was  ☐ right  ☐ wrong", "我的预测  ☐ 对  ☐ 不对";
    }
}
