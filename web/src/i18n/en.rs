//! English.
use super::*;

/// Every word.
pub static TEXTS: Texts = Texts {
    app: AppTexts {
        skip: "Skip to the stage",
        sandbox: "Sandbox",
        preset_classroom: "Kafka 4 · classroom timing",
        preset_classroom_why: "Shorter timeouts and slower links than Kafka's defaults, so that nothing takes 45 seconds",
        preset_kafka: "Kafka 4 · default timing",
        share: "Share",
        language: "中文",
        theme: "Light or dark",
        help: "Help",
    },
    controls: ControlTexts {
        transport: "Time",
        reset: "Reset",
        back: "Back",
        play: "Play",
        pause: "Pause",
        step: "Step",
        next: "Next event",
        speed: "Speed",
        behind: "behind",
        timeline: "Timeline",
        branch: "Branch",
    },
    stage: StageTexts {
        producers: "Producers",
        cluster: "Cluster",
        groups: "Consumer groups",
        add: "Add",
    },
    dialogs: DialogTexts { close: "Close" },
    panels: panels::EN,
};
