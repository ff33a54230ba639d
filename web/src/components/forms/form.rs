//! What all forms share: fields, what was filled in, the command it makes, and the dialog around them.

use crate::components::Modal;
use crate::dom::page::*;
use crate::session::{line, use_dispatch};
use crate::state::{UiAction, use_texts, use_ui};
use rebalance_core::command::{Command, Setting};
use rebalance_core::id::Name;
use rebalance_core::sorted::Map;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// What was filled in, by field name.
pub(super) type Values = Rc<Map<&'static str, String>>;

/// One field of a form.
#[derive(Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: AttrValue,
    pub(super) kind: FieldKind,
    pub(super) wide: bool,
    pub(super) hint: &'static str,
}

/// How a field is filled in.
#[derive(Clone, PartialEq)]
pub(super) enum FieldKind {
    Text,
    Number(i64, i64),
    Choice(Vec<AttrValue>),
}

pub(super) fn text(name: &'static str, label: impl Into<AttrValue>) -> Field {
    Field {
        name,
        label: label.into(),
        kind: FieldKind::Text,
        wide: false,
        hint: "",
    }
}

pub(super) fn number(name: &'static str, label: impl Into<AttrValue>, min: i64, max: i64) -> Field {
    Field {
        kind: FieldKind::Number(min, max),
        ..text(name, label)
    }
}

pub(super) fn choice<T: Into<AttrValue>>(
    name: &'static str,
    label: impl Into<AttrValue>,
    of: impl IntoIterator<Item = T>,
) -> Field {
    Field {
        kind: FieldKind::Choice(of.into_iter().map(Into::into).collect()),
        ..text(name, label)
    }
}

pub(super) fn wide(field: Field, hint: &'static str) -> Field {
    Field {
        wide: true,
        hint,
        ..field
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct FormProps {
    pub(super) title: AttrValue,
    pub(super) test: AttrValue,
    pub(super) fields: Vec<Field>,
    pub(super) values: Values,
    /// The command that these values stand for.
    pub(super) make: Callback<Values, Option<Command>>,
    /// What applying it does; `None` applies it to the session.
    #[prop_or_default]
    pub(super) submit: Option<Callback<Command>>,
}

/// A dialog with fields, the command as a line, and one button.
#[component]
pub(super) fn Form(p: &FormProps) -> Html {
    let (t, ui, d) = (use_texts(), use_ui(), use_dispatch());
    let values = use_state(|| p.values.clone());
    let command = p.make.emit((*values).clone());
    let onsubmit = {
        let (command, submit) = (command.clone(), p.submit.clone());
        Callback::from(move |e: SubmitEvent| {
            e.prevent_default();
            if let Some(command) = command.clone() {
                match &submit {
                    Some(submit) => submit.emit(command),
                    None => d.click(command),
                }
                ui.dispatch(UiAction::CloseDialog);
            }
        })
    };
    let field = |(at, f): (usize, &Field)| {
        let oninput = {
            let (values, name) = (values.clone(), f.name);
            Callback::from(move |e: InputEvent| {
                let mut next = (**values).clone();
                next.insert(name, typed(&e));
                values.set(Rc::new(next));
            })
        };
        html! { <label class={classes!("field", f.wide.then_some("wide"))} key={f.name}><span>{ f.label.clone() }</span>
            { control(f, values.get(f.name).cloned().unwrap_or_default(), at == 0, oninput) }
            if !f.hint.is_empty() { <span class="hint">{ f.hint }</span> }
        </label> }
    };
    html! {
        <Modal title={p.title.clone()} test={p.test.clone()}>
            <form {onsubmit}>
                <div class="body">
                    <div class="fields">{ for p.fields.iter().enumerate().map(field) }</div>
                    <div class="preview" aria-live="polite">{ command.as_ref().map_or_else(|| t.dialogs.incomplete.to_owned(), line) }</div>
                </div>
                <div class="foot"><button class="btn primary" type="submit" disabled={command.is_none()} data-test="dialog-ok">{ t.dialogs.apply }</button></div>
            </form>
        </Modal>
    }
}

pub(super) fn typed(e: &InputEvent) -> String {
    let target = e.target();
    let input = target
        .clone()
        .and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok())
        .map(|i| i.value());
    let select = target
        .and_then(|t| t.dyn_into::<web_sys::HtmlSelectElement>().ok())
        .map(|i| i.value());
    input.or(select).unwrap_or_default()
}

pub(super) fn control(
    f: &Field,
    value: String,
    first: bool,
    oninput: Callback<InputEvent>,
) -> Html {
    let test = format!("field-{}", f.name);
    match &f.kind {
        FieldKind::Text => {
            html! { <input data-test={test} autofocus={first} type="text" autocomplete="off" spellcheck="false" maxlength="200" {value} {oninput} /> }
        }
        FieldKind::Number(min, max) => {
            html! { <input data-test={test} autofocus={first} type="number" min={min.to_string()} max={max.to_string()} {value} {oninput} /> }
        }
        FieldKind::Choice(of) => html! {
            <select data-test={test} autofocus={first} {oninput}>{ for of.iter().map(|o| html! { <option value={o.clone()} selected={**o == *value}>{ o.clone() }</option> }) }</select>
        },
    }
}

pub(super) fn values<const N: usize>(of: [(&'static str, String); N]) -> Values {
    Rc::new(of.into_iter().collect())
}

pub(super) fn name_of(v: &Values, field: &'static str) -> Option<Name> {
    let text = v.get(field)?.trim();
    let ok = !text.is_empty() && !text.contains(char::is_whitespace);
    ok.then(|| Name::from(text))
}

pub(super) fn names_of(v: &Values, field: &'static str) -> Vec<Name> {
    let text = v.get(field).map(String::as_str).unwrap_or_default();
    text.split([',', ' ', '，'])
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(Name::from)
        .collect()
}

pub(super) fn number_of<T: std::str::FromStr>(v: &Values, field: &'static str) -> Option<T> {
    v.get(field)?.trim().parse().ok()
}

/// Thousandths of a decimal number: "0.5" is 500.
pub(super) fn milli_of(v: &Values, field: &'static str) -> Option<u64> {
    let text = v.get(field)?.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let part = format!("{part:0<3}");
    Some(whole.parse::<u64>().ok()?.checked_mul(1_000)? + part.get(..3)?.parse::<u64>().ok()?)
}

/// The settings among these fields that differ from what the form began with.
pub(super) fn settings(v: &Values, began: &Values, fields: &[&'static str]) -> Vec<Setting> {
    fields
        .iter()
        .filter(|f| v.get(**f) != began.get(**f))
        .filter_map(|f| Some((Name::from(*f), Name::from(v.get(f)?.trim()))))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_in_thousandths() {
        let read = |text: &str| milli_of(&values([("rate", text.into())]), "rate");
        assert_eq!(
            [read("2"), read("0.5"), read("1.25"), read("0")],
            [Some(2_000), Some(500), Some(1_250), Some(0)]
        );
        assert_eq!([read(""), read("-1"), read("x")], [None, None, None]);
    }
}
