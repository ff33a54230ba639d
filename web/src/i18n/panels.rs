//! Words of the drawer, the inspector, the terminal, and of what happens when something goes wrong.

use super::S;

macro_rules! panel_texts {
    ($($field:ident: $en:literal, $zh:literal;)*) => {
        /// Drawer, inspector and terminal.
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub struct PanelTexts { $(pub $field: S,)* }

        /// English.
        pub(super) const EN: PanelTexts = PanelTexts { $($field: $en,)* };
        /// 简体中文。
        pub(super) const ZH: PanelTexts = PanelTexts { $($field: $zh,)* };
    };
}

panel_texts! {
    journal: "Journal", "日志";
    terminal: "Terminal", "终端";
}
