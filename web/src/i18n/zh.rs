//! 简体中文。
use super::*;

/// Every word.
pub static TEXTS: Texts = Texts {
    app: AppTexts::ZH,
    controls: ControlTexts::ZH,
    stage: StageTexts::ZH,
    dialogs: DialogTexts::ZH,
    futures: FutureTexts::ZH,
    lessons: LessonTexts::ZH,
    panels: panels::ZH,
};
