//! The configuration table: Kafka's name, the value to edit, its unit, what it means, Kafka's default and the preset's.

use super::parts::{Draft, Section};
use crate::dom::page::*;
use crate::i18n::{refusals, settings};
use crate::session::use_dispatch;
use crate::state::{use_lang, use_prefs};
use rebalance_core::command::Command;
use rebalance_core::config::{Def, Kind};
use rebalance_core::id::Name;
use std::sync::Arc;
use web_sys::HtmlSelectElement;

/// Properties of [`Settings`].
#[derive(Properties, PartialEq)]
pub struct SettingsProps {
    /// What there is to set.
    pub defs: &'static [Def],
    /// Their values as text, in the same order.
    pub values: Arc<[Name]>,
    /// Makes the command that sets one.
    pub set: Callback<(Name, Name), Command>,
    /// What stands over the table.
    pub title: AttrValue,
    /// Open from the beginning.
    #[prop_or_default]
    pub open: bool,
}

/// The table.
#[component]
pub fn Settings(props: &SettingsProps) -> Html {
    let row = |(def, value): (&'static Def, &Name)| {
        html! { <Setting key={def.name} {def} value={value.to_string()} set={props.set.clone()} /> }
    };
    html! {
        <Section title={props.title.clone()} count={props.defs.len()} open={props.open}>
            <div class="settings">{ for props.defs.iter().zip(&*props.values).map(row) }</div>
        </Section>
    }
}

/// Properties of [`Setting`].
#[derive(Properties, PartialEq)]
struct SettingProps {
    def: &'static Def,
    value: AttrValue,
    set: Callback<(Name, Name), Command>,
}

/// One setting.
#[component]
fn Setting(props: &SettingProps) -> Html {
    let t = use_lang().panels();
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let wrong = use_state(|| None::<String>);
    let def = props.def;
    let change = {
        let (wrong, set, current) = (wrong.clone(), props.set.clone(), props.value.clone());
        Callback::from(move |text: String| match def.parse(text.trim()) {
            Ok(value) => {
                wrong.set(None);
                let text = def.format(value);
                if text != *current {
                    dispatch.click(set.emit((def.name.into(), text.as_str().into())));
                }
            }
            Err(error) => wrong.set(Some(refusals::setting(lang, &error))),
        })
    };
    let changed = *props.value != def.format(def.default);
    let unit = settings::unit(lang, def.unit);
    let classroom = (def.classroom != def.default).then(|| def.format(def.classroom));
    html! {
        <div class={classes!("setting", changed.then_some("changed"))}>
            <code class="name" title={refusals::expected(lang, def)}>{ for def.name.split_inclusive('.').map(|word| html! { <>{ word }<wbr /></> }) }</code>
            <span class="edit"><Editor {def} value={props.value.clone()} {change} /><span class="quiet unit">{ unit }</span></span>
            <p class="quiet meaning">{ settings::meaning(lang, def.name) }
                <span class="default">{ " " }{ t.default }{ " " }<code>{ def.format(def.default) }</code>
                    if let Some(value) = classroom { { " · " }{ t.classroom }{ " " }<code>{ value }</code> }
                </span>
            </p>
            if let Some(wrong) = &*wrong { <p class="bad" role="alert">{ wrong }</p> }
        </div>
    }
}

/// Properties of [`Editor`].
#[derive(Properties, PartialEq)]
struct EditorProps {
    def: &'static Def,
    value: AttrValue,
    change: Callback<String>,
}

/// A choice as a list, everything else as a field.
#[component]
fn Editor(props: &EditorProps) -> Html {
    let names: &[&str] = match props.def.kind {
        Kind::Bool => &["true", "false"],
        Kind::Choice(names) => names,
        Kind::Int(..) | Kind::Ratio | Kind::Since(_) | Kind::List(_) => &[],
    };
    let change = props.change.clone();
    if names.is_empty() {
        let number = matches!(props.def.kind, Kind::Int(..));
        return html! { <Draft value={props.value.clone()} {change} {number} label={Some(props.def.name)} /> };
    }
    let onchange =
        move |e: Event| change.emit(e.target_unchecked_into::<HtmlSelectElement>().value());
    let option = |name: &&'static str| html! { <option value={*name} selected={*props.value == **name}>{ *name }</option> };
    html! { <select {onchange} aria-label={props.def.name}>{ for names.iter().map(option) }</select> }
}
