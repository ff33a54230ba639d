//! Lines of Kafka's own tools (`kafka-topics …`) in the terminal.
//!
//! The tools are a part (`part`) with a bench of its own: it is given the session's script and answers with what the
//! tool prints and what the page's session is to do. A tool that asks the cluster for something waits: the page looks
//! again with every snapshot while time passes, and lets time pass itself while it stands still, as a tool in a
//! terminal blocks until it has its answer.

use crate::part;
use crate::session::{Dispatch, Echo};
use crate::share;
use js_sys::{Array, Object, Reflect};
use rebalance_core::command::{Command, Completion};
use rebalance_core::time::Duration;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;

/// The part's name.
pub const PART: &str = "tools";
/// Between two looks while the page's time stands still.
const STEP: Duration = Duration::millis(100);
/// Looks at most, while time stands still: a quarter of an hour.
const LOOKS: u32 = 9_000;

thread_local! {
    /// The part, once it is here.
    static FETCHED: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    /// A tool has not ended.
    static WAITING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a line calls one of Kafka's tools: by any path, also behind `echo … |`.
pub fn is_tool(line: &str) -> bool {
    line.split('|').any(|part| {
        let word = part.split_whitespace().next().unwrap_or_default();
        word.rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("kafka-"))
    })
}

/// An object of texts.
pub fn object(pairs: &[(&str, JsValue)]) -> JsValue {
    let made = Object::new();
    for (name, value) in pairs {
        let _ = Reflect::set(&made, &(*name).into(), value);
    }
    made.into()
}

/// A member of an object.
pub fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A list of texts.
pub fn texts(of: &JsValue) -> Vec<String> {
    Array::from(of)
        .iter()
        .filter_map(|v| v.as_string())
        .collect()
}

/// Fetches the part, so that it is here when the line is ended; `done` when it is (or is not).
pub fn prepare(done: impl FnOnce(bool) + 'static) {
    if FETCHED.with_borrow(Option::is_some) {
        return done(true);
    }
    part::fetch(PART, move |found| {
        let here = found.is_some();
        FETCHED.set(found);
        done(here);
    });
}

/// Whether the part is here.
pub fn is_here() -> bool {
    FETCHED.with_borrow(Option::is_some)
}

fn call(function: &str, argument: &JsValue) -> Option<JsValue> {
    let part = FETCHED.with_borrow(Clone::clone)?;
    part::call(&part, function, argument)
}

/// What could come next in a tool's line; nothing before the part is here.
pub fn complete(line: &str, cursor: usize, dispatch: &Dispatch) -> Vec<Completion> {
    if !is_here() {
        return Vec::new();
    }
    let given = object(&[
        ("script", dispatch.with(share::script_of).into()),
        ("line", line.into()),
        ("cursor", (cursor as f64).into()),
    ]);
    let found = call("complete", &given).map(|f| Array::from(&f));
    let proposal = |triple: JsValue| {
        let triple = Array::from(&triple);
        Some(Completion {
            from: triple.get(0).as_f64()? as usize,
            text: triple.get(1).as_string()?,
            hint: triple.get(2).as_string()?,
        })
    };
    found
        .iter()
        .flat_map(|f| f.iter())
        .filter_map(proposal)
        .collect()
}

/// Runs a tool's line: fetches the part first if need be.
pub fn run(line: &str, dispatch: &Dispatch, playing: bool, not_fetched: &'static str) {
    let at = dispatch.with(|s| s.now());
    dispatch.print([Echo::Command {
        at,
        line: line.into(),
        click: false,
        refused: None,
    }]);
    let (line, dispatch) = (line.to_string(), dispatch.clone());
    prepare(move |here| {
        if !here {
            return dispatch.print([Echo::Complaint(not_fetched.into())]);
        }
        let given = object(&[
            ("script", dispatch.with(share::script_of).into()),
            ("line", line.as_str().into()),
        ]);
        follow(call("begin", &given), &dispatch);
        let mut looks = 0;
        while !playing && WAITING.get() && looks < LOOKS {
            looks += 1;
            dispatch.pass(STEP);
            look(&dispatch);
        }
    });
}

/// Looks whether the tool has ended; called with every snapshot.
pub fn look(dispatch: &Dispatch) {
    if WAITING.get() {
        let script = dispatch.with(share::script_of);
        follow(call("look", &script.into()), dispatch);
    }
}

/// Does what the part says.
fn follow(step: Option<JsValue>, dispatch: &Dispatch) {
    WAITING.set(false);
    let Some(step) = step else { return };
    let mut said = Vec::new();
    let out = get(&step, "out").as_string().unwrap_or_default();
    if !out.is_empty() {
        said.push(Echo::Tool(out.into()));
    }
    said.extend(
        texts(&get(&step, "hints"))
            .into_iter()
            .map(|h| Echo::Hint(h.into())),
    );
    if !said.is_empty() {
        dispatch.print(said);
    }
    for command in texts(&get(&step, "commands")) {
        let done = match command.parse::<Command>() {
            Ok(command) => dispatch.quietly(command),
            Err(_) => false,
        };
        if !done {
            call("interrupt", &JsValue::NULL);
            return;
        }
    }
    WAITING.set(get(&step, "waiting").is_truthy());
}

#[cfg(test)]
mod tests {
    use super::is_tool;

    #[test]
    fn tools_are_told_from_commands() {
        for line in [
            "kafka-topics --list",
            "bin/kafka-topics.sh",
            "echo hi | kafka-console-producer --topic t",
        ] {
            assert!(is_tool(line), "{line}");
        }
        for line in ["topic create kafka-x", "broker crash 1", "", "|"] {
            assert!(!is_tool(line), "{line}");
        }
    }
}
