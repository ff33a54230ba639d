//! 简体中文。
use super::*;

/// Every word.
pub static TEXTS: Texts = Texts {
    app: AppTexts {
        skip: "跳到舞台",
        sandbox: "沙盒",
        preset_classroom: "Kafka 4 · 课堂时序",
        preset_classroom_why: "超时比 Kafka 默认值更短，链路更慢，这样就不必等上 45 秒",
        preset_kafka: "Kafka 4 · 默认时序",
        share: "分享",
        language: "English",
        theme: "浅色或深色",
        help: "帮助",
    },
    controls: ControlTexts {
        transport: "时间",
        reset: "重置",
        back: "后退",
        play: "播放",
        pause: "暂停",
        step: "单步",
        next: "下一事件",
        speed: "速度",
        behind: "跟不上",
        timeline: "时间线",
        branch: "分支",
    },
    stage: StageTexts {
        producers: "生产者",
        cluster: "集群",
        groups: "消费者组",
        add: "添加",
    },
    dialogs: DialogTexts { close: "关闭" },
    panels: panels::ZH,
};
