//! English.
use super::*;

/// Every word.
pub static TEXTS: Texts = Texts {
    app: AppTexts::EN,
    controls: ControlTexts::EN,
    stage: StageTexts::EN,
    dialogs: DialogTexts::EN,
    futures: FutureTexts::EN,
    panels: panels::EN,
};
