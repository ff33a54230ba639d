//! The present moment in writing: as a script, which the share link holds too, and as what recreates the set-up on a
//! real cluster. The script can be replaced by a pasted one.

use crate::dom::page::*;
use crate::i18n::PanelTexts;
use crate::part::{Given, Part, Progress, use_part, waiting};
use crate::session::{use_dispatch, use_snapshot};
use crate::share;
use crate::state::{Dialog, UiAction, use_lang, use_prefs, use_ui};

/// Names of the kinds, as the part has them, and of the files.
const KINDS: [(&str, &str); 5] = [
    ("script", "cluster.rebalance"),
    ("kafka", "cluster.sh"),
    ("python", "cluster.py"),
    ("java", "Cluster.java"),
    ("compose", "compose.yaml"),
];

/// The panel.
#[component]
pub fn Code() -> Html {
    let t = use_lang().panels();
    let dispatch = use_dispatch();
    let s = use_snapshot();
    let kind = use_state_eq(|| 0usize);
    // While time passes only the last `advance` changes: the text is made anew for commands, not for every frame.
    let moment = if s.playing {
        s.view.now.0 / 1_000_000
    } else {
        s.view.now.0
    };
    let branch = s.branches.iter().find(|b| b.current).map_or(0, |b| b.id);
    let script = use_memo((branch, s.echo.len(), moment), |_| {
        AttrValue::from(dispatch.with(share::script_of))
    });
    let names = [t.script, t.kind_kafka, "Python", "Java", "docker compose"];
    let tab = |(i, name): (usize, &'static str)| {
        let onclick = {
            let kind = kind.clone();
            move |_: MouseEvent| kind.set(i)
        };
        html! {
            <button key={i} type="button" class="chip" aria-pressed={(*kind == i).to_string()} {onclick} data-test={format!("code-{}", KINDS[i].0)}>{ name }</button>
        }
    };
    html! {
        <div class="code">
            <div class="filters"><span class="chips" role="group" aria-label={t.kinds}>{ for names.into_iter().enumerate().map(tab) }</span></div>
            if *kind == 0 { { written(t, (*script).clone(), 0) } } else { <Exported kind={*kind} script={(*script).clone()} /> }
        </div>
    }
}

/// The text with what can be done with it.
fn written(t: &'static PanelTexts, text: AttrValue, kind: usize) -> Html {
    let why = [
        t.script_why,
        t.kind_kafka_why,
        t.kind_python_why,
        t.kind_java_why,
        t.kind_compose_why,
    ];
    let encoded = String::from(js_sys::encode_uri_component(&text));
    html! {
        <>
            <div class="filters acts">
                <super::CopyButton text={text.clone()} />
                <a class="btn small" href={format!("data:text/plain;charset=utf-8,{encoded}")} download={KINDS[kind].1} data-test="download">{ t.download }</a>
                if kind == 0 { <PasteButton /> }
                <span class="quiet">{ why[kind] }</span>
            </div>
            <pre class="script" tabindex="0" data-test="script">{ text }</pre>
        </>
    }
}

/// Opens the dialog that takes a script, or a description of a real cluster.
#[component]
fn PasteButton() -> Html {
    let ui = use_ui();
    let t = use_lang().panels();
    let import = move |_: MouseEvent| ui.dispatch(UiAction::Open(Dialog::Import));
    html! { <button type="button" class="btn small" onclick={import} data-test="import">{ t.paste_script }</button> }
}

/// Properties of [`Exported`].
#[derive(Properties, PartialEq)]
struct ExportedProps {
    kind: usize,
    script: AttrValue,
}

/// What the tools' part writes.
#[component]
fn Exported(props: &ExportedProps) -> Html {
    let texts = use_lang().panels();
    let t = use_prefs().lang.app();
    let (part, again) = use_part(Part::Tools);
    match part {
        Progress::Ready(Given::Tools(kit)) => {
            let text = kit.exported(&props.script, KINDS[props.kind].0);
            written(texts, text.into(), props.kind)
        }
        other => waiting(matches!(other, Progress::Failed), t, again),
    }
}
