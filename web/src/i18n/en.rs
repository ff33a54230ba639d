//! English.
use super::*;

/// Every word.
pub static TEXTS: Texts = Texts {
    app: AppTexts::EN,
    controls: ControlTexts::EN,
    stage: StageTexts::EN,
    dialogs: DialogTexts::EN,
    futures: FutureTexts::EN,
    lessons: LessonTexts::EN,
    panels: panels::EN,
};
