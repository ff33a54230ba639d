//! The present moment as a script: what the share link holds, to copy, and to be replaced by a pasted one.

use crate::dom::page::*;
use crate::session::{use_dispatch, use_snapshot};
use crate::share;
use crate::state::{Dialog, UiAction, use_texts, use_ui};

/// The panel.
#[component]
pub fn Code() -> Html {
    let t = &use_texts().panels;
    let dispatch = use_dispatch();
    let s = use_snapshot();
    let ui = use_ui();
    // While time passes only the last `advance` changes: the text is made anew for commands, not for every frame.
    let moment = if s.playing {
        s.view.now.0 / 1_000_000
    } else {
        s.view.now.0
    };
    let branch = s.branches.iter().find(|b| b.current).map_or(0, |b| b.id);
    let script = use_memo((branch, s.echo.len(), moment), |_| {
        dispatch.with(share::script_of)
    });
    let import = move |_: MouseEvent| ui.dispatch(UiAction::Open(Dialog::Import));
    html! {
        <div class="code">
            <div class="filters">
                <super::CopyButton text={(*script).clone()} />
                <button type="button" class="btn small" onclick={import} data-test="import">{ t.paste_script }</button>
                <span class="quiet">{ t.script_why }</span>
            </div>
            <pre class="script" tabindex="0" data-test="script">{ &**script }</pre>
        </div>
    }
}
