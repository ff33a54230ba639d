//! English.
use super::*;

/// Every word.
pub static TEXTS: Texts = Texts {
    app: AppTexts::EN,
    controls: ControlTexts::EN,
    stage: StageTexts::EN,
    dialogs: DialogTexts::EN,
    labs: LabTexts::EN,
    panels: panels::EN,
};
