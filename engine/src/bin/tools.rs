//! The part of the page that speaks with Kafka's tools (`web/src/tools.rs`), fetched when a line of one is typed first.
//!
//! The page owns the session; this owns a bench that plays the same script. Every function takes one object or text
//! and gives an object of texts and lists, since two programs share nothing else.

use js_sys::{Array, Object, Reflect};
use rebalance_core::command::Command;
use rebalance_tools::bench::{Bench, Step};
use rebalance_tools::export::{Kind, export};
use rebalance_tools::import::{chinese, import};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static BENCH: RefCell<Bench> = RefCell::default();
}

fn text(of: &JsValue, name: &str) -> String {
    Reflect::get(of, &name.into())
        .ok()
        .and_then(|v| v.as_string())
        .unwrap_or_default()
}

fn object(pairs: &[(&str, JsValue)]) -> JsValue {
    let made = Object::new();
    for (name, value) in pairs {
        let _ = Reflect::set(&made, &(*name).into(), value);
    }
    made.into()
}

fn list(texts: impl IntoIterator<Item = String>) -> JsValue {
    texts
        .into_iter()
        .map(JsValue::from)
        .collect::<Array>()
        .into()
}

fn told(step: Result<Step, String>) -> JsValue {
    let step = step.unwrap_or_else(|error| {
        let mut step = Step::default();
        step.said.hints.push(error);
        step
    });
    object(&[
        ("out", step.said.out.into()),
        ("hints", list(step.said.hints)),
        (
            "commands",
            list(step.commands.iter().map(Command::to_string)),
        ),
        ("waiting", step.waiting.into()),
    ])
}

/// Begins `line` at the end of `script`: what it says, what the page is to apply, whether to look again.
#[wasm_bindgen]
pub fn begin(given: &JsValue) -> JsValue {
    BENCH.with_borrow_mut(|bench| told(bench.begin(&text(given, "script"), &text(given, "line"))))
}

/// Looks whether the tool has ended at the end of `script`.
#[wasm_bindgen]
pub fn look(script: &str) -> JsValue {
    BENCH.with_borrow_mut(|bench| told(bench.look(script)))
}

/// Waits for nothing any more.
#[wasm_bindgen]
pub fn interrupt(_nothing: &JsValue) {
    BENCH.with_borrow_mut(Bench::interrupt);
}

/// What could come next in `line` at the byte `cursor`, at the end of `script`: triples of where, text, hint.
#[wasm_bindgen]
pub fn complete(given: &JsValue) -> JsValue {
    let cursor = Reflect::get(given, &"cursor".into())
        .ok()
        .and_then(|c| c.as_f64())
        .unwrap_or(0.0) as usize;
    BENCH.with_borrow_mut(|bench| {
        let Ok(session) = bench.session(&text(given, "script")) else {
            return list([]);
        };
        let found = rebalance_tools::complete(&text(given, "line"), cursor, &session.view());
        let triple = |c: rebalance_core::command::Completion| -> JsValue {
            [JsValue::from(c.from as u32), c.text.into(), c.hint.into()]
                .into_iter()
                .collect::<Array>()
                .into()
        };
        found.into_iter().map(triple).collect::<Array>().into()
    })
}

/// The set-up at the end of `script`, as `kind`.
#[wasm_bindgen(js_name = exported)]
pub fn exported(given: &JsValue) -> JsValue {
    let kind = Kind::named(&text(given, "kind")).unwrap_or(Kind::Script);
    BENCH.with_borrow_mut(|bench| match bench.session(&text(given, "script")) {
        Ok(session) => export(session, kind).into(),
        Err(error) => error.into(),
    })
}

/// What becomes of pasted output, said in `lang`: `en` or `zh-CN`.
#[wasm_bindgen]
pub fn imported(given: &JsValue) -> JsValue {
    let mut made = import(&text(given, "pasted"));
    if text(given, "lang").starts_with("zh") {
        made = chinese(made);
    }
    let problems = made.problems.into_iter().map(|(line, why)| -> JsValue {
        [JsValue::from(line as u32), why.into()]
            .into_iter()
            .collect::<Array>()
            .into()
    });
    object(&[
        ("script", made.script.map_or(JsValue::NULL, JsValue::from)),
        ("understood", list(made.understood)),
        ("notes", list(made.notes)),
        ("problems", problems.collect::<Array>().into()),
    ])
}

/// Every tool and what it is for, a line each.
#[wasm_bindgen]
pub fn help(_nothing: &JsValue) -> JsValue {
    let lines = rebalance_tools::TOOLS
        .iter()
        .map(|t| format!("{:26} {}", t.name, t.about));
    list(lines)
}

fn main() {}
