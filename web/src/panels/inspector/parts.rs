//! What the inspector is made of: a heading, rows of a name and a value, "why?" under a row, small forms.

use crate::dom::page::*;
use crate::panels::book::Question;
use crate::panels::words::Why;
use crate::session::use_dispatch;
use crate::state::{Item, UiAction, use_lang, use_ui};
use rebalance_core::command::Command;
use rebalance_core::event::EntryId;
use rebalance_core::id::BrokerId;
use rebalance_core::view::ProcessState;
use web_sys::HtmlInputElement;

/// Properties of [`Head`].
#[derive(Properties, PartialEq)]
pub struct HeadProps {
    /// What kind of thing.
    pub kind: AttrValue,
    /// Its name.
    pub name: AttrValue,
    /// Badges.
    #[prop_or_default]
    pub children: Html,
}

/// The heading.
#[component]
pub fn Head(props: &HeadProps) -> Html {
    html! {
        <header class="head">
            <span class="quiet kind">{ &props.kind }</span>
            <h2 class="mono">{ &props.name }</h2>
            <span class="badges">{ props.children.clone() }</span>
        </header>
    }
}

/// Properties of [`Row`].
#[derive(Properties, PartialEq)]
pub struct RowProps {
    /// Its name.
    pub name: AttrValue,
    /// Its value.
    pub children: Html,
    /// What it means.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// The question behind "why?".
    #[prop_or_default]
    pub why: Option<Question>,
}

/// A name and a value; "why?" opens the chain of causes under them.
#[component]
pub fn Row(props: &RowProps) -> Html {
    let t = use_lang().panels();
    let dispatch = use_dispatch();
    let answer = use_state(|| None::<Option<EntryId>>);
    let ask = props.why.clone().map(|question| {
        let answer = answer.clone();
        move |_: MouseEvent| match *answer {
            Some(_) => answer.set(None),
            None => answer.set(Some(dispatch.with(|s| question.answer(s.entries())))),
        }
    });
    html! {
        <div class="row">
            <dt title={props.title.clone()}>{ &props.name }</dt>
            <dd>
                { props.children.clone() }
                if let Some(ask) = ask {
                    <button type="button" class="why" aria-expanded={answer.is_some().to_string()} onclick={ask}>{ t.why }</button>
                }
            </dd>
            if let Some(answer) = *answer {
                <div class="because">
                    if let Some(id) = answer { <Why {id} /> } else { <p class="quiet">{ t.no_answer }</p> }
                </div>
            }
        </div>
    }
}

/// Properties of [`Section`].
#[derive(Properties, PartialEq)]
pub struct SectionProps {
    /// Its title.
    pub title: AttrValue,
    /// How many things are in it.
    #[prop_or_default]
    pub count: Option<usize>,
    /// Open from the beginning.
    #[prop_or(true)]
    pub open: bool,
    /// What is in it.
    pub children: Html,
}

/// A part that can be folded.
#[component]
pub fn Section(props: &SectionProps) -> Html {
    html! {
        <details class="section" open={props.open}>
            <summary>{ &props.title }if let Some(n) = props.count { <span class="quiet">{ format!(" {n}") }</span> }</summary>
            { props.children.clone() }
        </details>
    }
}

/// Properties of [`Act`].
#[derive(Properties, PartialEq)]
pub struct ActProps {
    /// What the button does.
    pub command: Command,
    /// What it says.
    pub text: AttrValue,
    /// It does harm.
    #[prop_or_default]
    pub danger: bool,
}

/// A button that stands for a command; its line is its tooltip.
#[component]
pub fn Act(props: &ActProps) -> Html {
    let dispatch = use_dispatch();
    let command = props.command.clone();
    let title = crate::session::line(&command);
    let onclick = move |_: MouseEvent| dispatch.click(command.clone());
    html! { <button type="button" class={classes!("btn", "small", props.danger.then_some("danger"))} {title} {onclick}>{ &props.text }</button> }
}

/// Properties of [`To`].
#[derive(Properties, PartialEq)]
pub struct ToProps {
    /// What to show.
    pub item: Item,
    /// What it is called.
    pub text: AttrValue,
}

/// A name that opens the inspector on what it names.
#[component]
pub fn To(props: &ToProps) -> Html {
    let ui = use_ui();
    let item = props.item.clone();
    let onclick = move |_: MouseEvent| ui.dispatch(UiAction::Select(Some(item.clone())));
    html! { <button type="button" class="ref" {onclick}>{ &props.text }</button> }
}

/// `1, 2, 3` as links.
pub fn brokers(ids: &[BrokerId]) -> Html {
    if ids.is_empty() {
        return html! { <code>{ "[]" }</code> };
    }
    let link = |(i, id): (usize, &BrokerId)| {
        html! { <>if i > 0 { { ", " } }<To item={Item::Broker(*id)} text={id.to_string()} /></> }
    };
    html! { <code>{ "[" }{ for ids.iter().enumerate().map(link) }{ "]" }</code> }
}

/// A process's state as a badge: shape, colour and word.
#[component]
pub fn State(props: &StateProps) -> Html {
    let t = use_lang().panels();
    let (class, shape, word) = match props.state {
        ProcessState::Running => ("ok", "●", t.running),
        ProcessState::Fenced => ("warn", "◧", t.fenced),
        ProcessState::Starting => ("warn", "◔", t.starting),
        ProcessState::ShuttingDown => ("warn", "◕", t.shutting_down),
        ProcessState::Frozen => ("warn", "❚❚", t.frozen),
        ProcessState::Crashed => ("bad", "✕", t.crashed),
        ProcessState::Stopped => ("", "■", t.stopped),
    };
    html! { <span class={classes!("chip", class)}><span aria-hidden="true">{ shape }</span>{ word }</span> }
}

/// Properties of [`State`].
#[derive(Properties, PartialEq)]
pub struct StateProps {
    /// The state.
    pub state: ProcessState,
}

/// Properties of [`Draft`].
#[derive(Properties, PartialEq)]
pub struct DraftProps {
    /// The value as it is.
    pub value: AttrValue,
    /// The field, for who wants to read it.
    #[prop_or_default]
    pub node: Option<NodeRef>,
    /// Called when the reader is done with a change.
    #[prop_or_default]
    pub change: Callback<String>,
    /// A number.
    #[prop_or_default]
    pub number: bool,
    /// Accessible name, where no label is around it.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// What it expects.
    #[prop_or_default]
    pub placeholder: AttrValue,
}

/// A field whose text belongs to the reader while it has the focus: values that change meanwhile do not overwrite it.
#[component]
pub fn Draft(props: &DraftProps) -> Html {
    let own = use_node_ref();
    let node = props.node.clone().unwrap_or(own);
    use_effect_with((props.value.clone(), node.clone()), |(value, node)| {
        let Some(field) = node.cast::<HtmlInputElement>() else {
            return;
        };
        let element: &web_sys::Element = &field;
        let focused = field.owner_document().and_then(|d| d.active_element());
        if focused.as_ref() != Some(element) {
            field.set_value(value);
        }
    });
    let change = props.change.clone();
    let onchange =
        move |e: Event| change.emit(e.target_unchecked_into::<HtmlInputElement>().value());
    html! {
        <input ref={node} type="text" class={classes!(props.number.then_some("number"))} inputmode={props.number.then_some("numeric")} {onchange}
            placeholder={props.placeholder.clone()} aria-label={props.label.clone()} autocomplete="off" spellcheck="false" />
    }
}

/// Properties of [`Field`].
#[derive(Properties, PartialEq)]
pub struct FieldProps {
    /// Name of the field.
    pub name: AttrValue,
    /// What it starts with; typed text is kept while this stays the same.
    #[prop_or_default]
    pub value: AttrValue,
    /// What it expects.
    #[prop_or_default]
    pub placeholder: AttrValue,
    /// What the button says.
    pub text: AttrValue,
    /// Makes the command; the error is shown.
    pub make: Callback<String, Result<Command, String>>,
}

/// One field and a button that makes a command of it.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    let dispatch = use_dispatch();
    let input = use_node_ref();
    let wrong = use_state(|| None::<String>);
    let onsubmit = {
        let (make, input, wrong) = (props.make.clone(), input.clone(), wrong.clone());
        move |e: SubmitEvent| {
            e.prevent_default();
            let Some(field) = input.cast::<HtmlInputElement>() else {
                return;
            };
            match make.emit(field.value().trim().to_string()) {
                Ok(command) => {
                    wrong.set(None);
                    dispatch.click(command);
                }
                Err(error) => wrong.set(Some(error)),
            }
        }
    };
    html! {
        <form class="one-field" {onsubmit}>
            <label><span class="quiet">{ &props.name }</span>
                <Draft node={Some(input)} value={props.value.clone()} placeholder={props.placeholder.clone()} />
            </label>
            <button class="btn small">{ &props.text }</button>
            if let Some(wrong) = &*wrong { <p class="bad" role="alert">{ wrong }</p> }
        </form>
    }
}

/// Reads a command that a form wrote as its line; the error is in words.
pub fn parsed(lang: crate::i18n::Lang, line: &str) -> Result<Command, String> {
    line.parse()
        .map_err(|e| crate::i18n::refusals::line(lang, &e))
}

/// A value in a line, quoted where the grammar wants quotes.
pub fn quoted(value: &str) -> String {
    let plain = !value.is_empty()
        && value
            .chars()
            .all(|c| c.is_alphanumeric() || "._-:/".contains(c));
    if plain {
        return value.to_string();
    }
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
