//! What all forms share: fields, what was filled in, the command it makes, and the dialog around them.

use crate::components::Modal;
use crate::dom::page::*;
use crate::session::{line, use_dispatch};
use crate::state::{UiAction, use_lang, use_ui};
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
    /// Behind "more".
    pub(super) more: bool,
    /// Asked for only while each of these fields has one of these values.
    pub(super) only: Vec<(&'static str, &'static [&'static str])>,
}

impl Field {
    /// Behind "more".
    pub(super) fn more(self) -> Self {
        Self { more: true, ..self }
    }

    /// Only while that field has one of these values.
    pub(super) fn only(mut self, field: &'static str, values: &'static [&'static str]) -> Self {
        self.only.push((field, values));
        self
    }

    /// Whether it is asked for.
    fn wanted(&self, values: &Values) -> bool {
        let has = |(field, of): &(&'static str, &[&str])| {
            let value = values.get(field).map(String::as_str);
            of.contains(&value.unwrap_or_default())
        };
        self.only.iter().all(has)
    }
}

/// How a field is filled in.
#[derive(Clone, PartialEq)]
pub(super) enum FieldKind {
    Text,
    Number(i64, i64),
    /// Value, and what it is called.
    Choice(Vec<(AttrValue, AttrValue)>),
    /// One of a few that need a word: value, name, what it means.
    Cards(Vec<(&'static str, &'static str, &'static str)>),
}

pub(super) fn text(name: &'static str, label: impl Into<AttrValue>) -> Field {
    Field {
        name,
        label: label.into(),
        kind: FieldKind::Text,
        wide: false,
        hint: "",
        more: false,
        only: Vec::new(),
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
    let of = of.into_iter().map(Into::into);
    Field {
        kind: FieldKind::Choice(of.map(|o: AttrValue| (o.clone(), o)).collect()),
        ..text(name, label)
    }
}

/// A choice whose values have names of their own.
pub(super) fn named<const N: usize>(
    name: &'static str,
    label: impl Into<AttrValue>,
    of: [(&'static str, &'static str); N],
) -> Field {
    let of = of.into_iter().map(|(v, n)| (v.into(), n.into()));
    Field {
        kind: FieldKind::Choice(of.collect()),
        ..text(name, label)
    }
}

/// A choice that everything else depends on, each with its meaning.
pub(super) fn cards<const N: usize>(
    name: &'static str,
    label: impl Into<AttrValue>,
    of: [(&'static str, &'static str, &'static str); N],
) -> Field {
    Field {
        kind: FieldKind::Cards(of.into()),
        wide: true,
        ..text(name, label)
    }
}

pub(super) fn wide(field: Field, hint: &'static str) -> Field {
    Field {
        wide: true,
        ..hinted(field, hint)
    }
}

pub(super) fn hinted(field: Field, hint: &'static str) -> Field {
    Field { hint, ..field }
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
    let (t, ui, d) = (use_lang(), use_ui(), use_dispatch());
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
        if !f.wanted(&values) {
            return html! {};
        }
        let oninput = {
            let (values, name) = (values.clone(), f.name);
            Callback::from(move |e: InputEvent| {
                let mut next = (**values).clone();
                next.insert(name, typed(&e));
                values.set(Rc::new(next));
            })
        };
        let value = values.get(f.name).cloned().unwrap_or_default();
        if let FieldKind::Cards(of) = &f.kind {
            return html! { <fieldset class="field wide kinds" key={f.name}><legend>{ f.label.clone() }</legend>{ for of.iter().map(|o| card(f.name, o, &value, &oninput)) }</fieldset> };
        }
        html! { <label class={classes!("field", f.wide.then_some("wide"))} key={f.name}><span>{ f.label.clone() }</span>
            { control(f, value, at == 0, oninput) }
            if !f.hint.is_empty() { <span class="hint">{ f.hint }</span> }
        </label> }
    };
    let part = |more: bool| {
        let of = p.fields.iter().enumerate();
        html! { <div class="fields">{ for of.filter(|(_, f)| f.more == more).map(field) }</div> }
    };
    let more = p.fields.iter().any(|f| f.more);
    html! {
        <Modal title={p.title.clone()} test={p.test.clone()}>
            <form {onsubmit}>
                <div class="body">
                    { part(false) }
                    if more { <details class="more" data-test="form-more"><summary>{ t.dialogs().more }</summary>{ part(true) }</details> }
                    <div class="preview" aria-live="polite">{ command.as_ref().map_or_else(|| t.dialogs().incomplete.to_owned(), line) }</div>
                </div>
                <div class="foot"><button class="btn primary" type="submit" disabled={command.is_none()} data-test="dialog-ok">{ t.dialogs().apply }</button></div>
            </form>
        </Modal>
    }
}

/// One of [`FieldKind::Cards`].
fn card(
    name: &'static str,
    (value, word, what): &(&'static str, &'static str, &'static str),
    chosen: &str,
    oninput: &Callback<InputEvent>,
) -> Html {
    html! {
        <label class={classes!("kind", (*value == chosen).then_some("on"))} key={*value}>
            <input type="radio" {name} value={*value} checked={*value == chosen} oninput={oninput.clone()} data-test={format!("field-{name}-{value}")} />
            <b>{ *word }</b><span class="hint">{ *what }</span>
        </label>
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
            <select data-test={test} autofocus={first} {oninput}>{ for of.iter().map(|(o, shown)| html! { <option value={o.clone()} selected={**o == *value}>{ shown.clone() }</option> }) }</select>
        },
        FieldKind::Cards(_) => html! {},
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
