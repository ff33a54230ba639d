//! The terminal: one line at the bottom, and above it what was said; the page's other hand.
//!
//! Whatever is clicked prints its line here, so learners pick the commands up by watching. Typed lines are completed
//! with Tab from what exists in the cluster, kept for the up and down keys, and refused with a caret under the word
//! that is wrong. Tab on an empty line, or after Escape, leaves the field as anywhere else.

use crate::dom::page::*;
use crate::i18n::Lang;
use crate::i18n::refusals;
use crate::session::{Dispatch, Echo, use_dispatch, use_snapshot};
use crate::state::{use_lang, use_prefs, use_ui};
use crate::tools;
use rebalance_core::command::{Command, Completion, complete, usage};
use web_sys::{HtmlElement, HtmlInputElement};

/// Proposals shown at once.
const PROPOSALS: usize = 9;
/// Lines kept for the up key.
const HISTORY: usize = 200;

/// Lines typed before, and where the up key is.
#[derive(Debug, Default)]
struct History {
    lines: Vec<String>,
    at: usize,
}

impl History {
    fn push(&mut self, line: &str) {
        if self.lines.last().is_none_or(|l| l != line) {
            self.lines.push(line.to_string());
        }
        if self.lines.len() > HISTORY {
            self.lines.remove(0);
        }
        self.at = self.lines.len();
    }

    /// The line before (or after); past the newest there is an empty one.
    fn go(&mut self, back: bool) -> Option<String> {
        let at = if back {
            self.at.checked_sub(1)?
        } else {
            self.at + 1
        };
        if at > self.lines.len() {
            return None;
        }
        self.at = at;
        Some(self.lines.get(at).cloned().unwrap_or_default())
    }
}

/// The text with a proposal in it, and where the cursor goes.
fn accept(text: &str, cursor: usize, proposal: &Completion) -> (String, usize) {
    let mut line = text[..proposal.from].to_string();
    line.push_str(&proposal.text);
    let more = proposal.text.ends_with(['=', ',', ':']);
    if !more && !text[cursor..].starts_with(' ') {
        line.push(' ');
    }
    let at = line.len();
    line.push_str(&text[cursor..]);
    (line, at)
}

/// Byte of a cursor that the browser counts in UTF-16 units.
fn byte_of(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(c.len_utf16());
    }
    text.len()
}

/// Runs a typed line.
fn run(line: &str, dispatch: &Dispatch, lang: Lang, playing: bool) {
    let text = line.trim();
    let t = lang.panels();
    match text {
        "" => {}
        "clear" => dispatch.clear_terminal(),
        "help" => {
            let usage = usage().into_iter().map(|u| Echo::Output(u.into()));
            dispatch.print(usage.chain([Echo::Hint(t.terminal_tools.into())]));
        }
        _ if tools::is_tool(text) => {
            tools::run(text, dispatch, playing, lang.app().not_fetched);
        }
        _ => match text.parse::<Command>() {
            Ok(Command::Advance(span)) => {
                let to = dispatch.with(|s| s.now()) + span;
                dispatch.advance_to(to, text);
            }
            Ok(command) => drop(dispatch.typed(command)),
            Err(error) => {
                let complaint = refusals::pointed(lang, text, &error);
                dispatch.print([Echo::Complaint(complaint.into())]);
            }
        },
    }
}

/// The terminal.
#[component]
pub fn TerminalBar() -> Html {
    let t = use_lang();
    let ui = use_ui();
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let snapshot = use_snapshot();
    let text = use_state(String::new);
    let open = use_state(|| false);
    let chosen = use_state(|| None::<usize>);
    let dismissed = use_state(|| false);
    let cursor = use_state(|| 0usize);
    let history = use_mut_ref(History::default);
    let input = use_node_ref();

    use_effect_with(ui.terminal_focus, {
        let (input, open) = (input.clone(), open.clone());
        move |times| {
            if let Some(field) = input.cast::<HtmlInputElement>().filter(|_| *times > 0) {
                open.set(true);
                let _ = field.focus();
            }
        }
    });

    // A tool that waits ends when its answer is in the journal.
    use_effect_with(snapshot.version, {
        let dispatch = dispatch.clone();
        move |_| tools::look(&dispatch)
    });
    let fetched = use_state(|| tools::here().is_some());
    let tool = tools::is_tool(&text);
    use_effect_with(tool, {
        let fetched = fetched.setter();
        move |tool| {
            if *tool {
                tools::prepare(move |here| fetched.set(here));
            }
        }
    });

    let proposals: Vec<Completion> = if *open && !*dismissed && !text.trim().is_empty() {
        let at = (*cursor).min(text.len());
        let mut list = match tool {
            true => tools::complete(&text, at, &dispatch),
            false => complete(&text, at, &snapshot.view),
        };
        list.truncate(PROPOSALS);
        list
    } else {
        Vec::new()
    };

    let write = {
        let (text, cursor, chosen, dismissed, input) = (
            text.clone(),
            cursor.clone(),
            chosen.clone(),
            dismissed.clone(),
            input.clone(),
        );
        move |line: String, at: usize| {
            if let Some(field) = input.cast::<HtmlInputElement>() {
                let units = line[..at].encode_utf16().count() as u32;
                field.set_value(&line);
                let _ = field.set_selection_range(units, units);
            }
            text.set(line);
            cursor.set(at);
            chosen.set(None);
            dismissed.set(false);
        }
    };
    let take = {
        let (text, cursor, write) = (text.clone(), cursor.clone(), write.clone());
        move |proposal: &Completion| {
            let (line, at) = accept(&text, (*cursor).min(text.len()), proposal);
            write(line, at);
        }
    };
    // Reading what was typed must not touch the field: an input method may be in the middle of a word.
    let oninput = {
        let (text, cursor, chosen, dismissed) = (
            text.clone(),
            cursor.clone(),
            chosen.clone(),
            dismissed.clone(),
        );
        move |e: InputEvent| {
            let field = e.target_unchecked_into::<HtmlInputElement>();
            let line = field.value();
            let units = field.selection_start().ok().flatten();
            let at = byte_of(&line, units.unwrap_or(u32::MAX));
            text.set(line);
            cursor.set(at);
            chosen.set(None);
            dismissed.set(false);
        }
    };
    let playing = snapshot.playing;
    let onkeydown = {
        let (proposals, chosen, dismissed) = (proposals.clone(), chosen.clone(), dismissed.clone());
        let (text, open, take, write) = (text.clone(), open.clone(), take.clone(), write.clone());
        let dispatch = dispatch.clone();
        move |e: KeyboardEvent| {
            if e.is_composing() {
                return;
            }
            let shown = proposals.len();
            let pick = |back: bool| match (*chosen, back) {
                (None, false) => 0,
                (None, true) => shown - 1,
                (Some(i), false) => (i + 1) % shown,
                (Some(i), true) => (i + shown - 1) % shown,
            };
            match e.key().as_str() {
                "Tab" if shown == 1 && !e.shift_key() => take(&proposals[0]),
                "Tab" if shown > 1 && !e.shift_key() => {
                    match chosen.and_then(|i| proposals.get(i)) {
                        Some(proposal) => take(proposal),
                        None => chosen.set(Some(0)),
                    }
                }
                "ArrowDown" | "ArrowUp" if shown > 0 && chosen.is_some() => {
                    chosen.set(Some(pick(e.key() == "ArrowUp")));
                }
                "ArrowUp" | "ArrowDown" => {
                    let Some(line) = history.borrow_mut().go(e.key() == "ArrowUp") else {
                        return;
                    };
                    let at = line.len();
                    write(line, at);
                    dismissed.set(true);
                }
                "Enter" => match chosen.and_then(|i| proposals.get(i)) {
                    Some(proposal) => take(proposal),
                    None => {
                        history.borrow_mut().push(text.trim());
                        run(&text, &dispatch, lang, playing);
                        write(String::new(), 0);
                    }
                },
                "Escape" if shown > 0 => {
                    dismissed.set(true);
                    chosen.set(None);
                    e.stop_propagation();
                    return;
                }
                "Escape" => {
                    open.set(false);
                    e.target_unchecked_into::<HtmlElement>().blur().ok();
                    return;
                }
                _ => return,
            }
            e.prevent_default();
        }
    };
    let on_focus = {
        let open = open.clone();
        move |_: FocusEvent| open.set(true)
    };
    let toggle = {
        let open = open.clone();
        move |_: MouseEvent| open.set(!*open)
    };
    let option = |(i, proposal): (usize, &Completion)| {
        let (take, proposal_) = (take.clone(), proposal.clone());
        let onmousedown = move |e: MouseEvent| {
            e.prevent_default();
            take(&proposal_);
        };
        html! {
            <li key={i} role="option" id={format!("proposal-{i}")} aria-selected={(*chosen == Some(i)).to_string()} {onmousedown}>
                <code>{ &proposal.text }</code><span class="quiet">{ &proposal.hint }</span>
            </li>
        }
    };
    let active = chosen.map(|i| format!("proposal-{i}"));
    let last = snapshot.echo.last().filter(|_| !*open);
    html! {
        <footer class={classes!("terminal", open.then_some("open"))} data-test="terminal" aria-label={t.panels().terminal}>
            if *open { <Screen echo={snapshot.echo.clone()} /> }
            if !proposals.is_empty() {
                <ul class="proposals" role="listbox" id="proposals" aria-label={t.panels().proposals}>
                    { for proposals.iter().enumerate().map(option) }
                </ul>
            }
            <div class="prompt">
                <span class="accent" aria-hidden="true">{ "›" }</span>
                <input ref={input} data-test="terminal-input" type="text" value={(*text).clone()} {oninput} {onkeydown} onfocus={on_focus}
                    autocomplete="off" autocapitalize="off" spellcheck="false" role="combobox" aria-expanded={(!proposals.is_empty()).to_string()}
                    aria-controls="proposals" aria-activedescendant={active} aria-label={t.panels().terminal}
                    placeholder={t.panels().terminal_placeholder} />
                if let Some(Echo::Command { line, .. }) = last { <code class="last quiet">{ &**line }</code> }
                <span class="keys-hint quiet">{ t.panels().terminal_keys }</span>
                <button type="button" class="btn small quiet-btn only" onclick={toggle} aria-expanded={open.to_string()} title={t.panels().terminal_toggle} aria-label={t.panels().terminal_toggle}>
                    { if *open { "▾" } else { "▴" } }
                </button>
            </div>
        </footer>
    }
}

/// Properties of [`Screen`].
#[derive(Properties)]
struct ScreenProps {
    echo: std::rc::Rc<Vec<Echo>>,
}

impl PartialEq for ScreenProps {
    fn eq(&self, other: &Self) -> bool {
        std::rc::Rc::ptr_eq(&self.echo, &other.echo)
    }
}

/// What was said so far.
#[component]
fn Screen(props: &ScreenProps) -> Html {
    let t = use_lang();
    let lang = use_prefs().lang;
    let list = use_node_ref();
    use_effect_with(props.echo.len(), {
        let list = list.clone();
        move |_| {
            if let Some(list) = list.cast::<HtmlElement>() {
                list.set_scroll_top(list.scroll_height());
            }
        }
    });
    let line = |(i, echo): (usize, &Echo)| match echo {
        Echo::Command {
            at,
            line,
            click,
            refused,
        } => html! {
            <li key={i} class={classes!("said-line", refused.is_some().then_some("refused"))}>
                <span class="when quiet">{ at.to_string() }</span>
                <code>{ &**line }</code>
                if *click { <span class="quiet tag">{ t.panels().clicked }</span> }
                if let Some(error) = refused { <span class="bad why-not">{ refusals::command(lang, error) }</span> }
            </li>
        },
        Echo::Output(text) => html! { <li key={i} class="output"><pre>{ &**text }</pre></li> },
        Echo::Tool(text) => {
            html! { <li key={i} class="output tool" data-test="tool-output"><pre tabindex="0">{ &**text }</pre></li> }
        }
        Echo::Hint(text) => {
            html! { <li key={i} class="hint quiet" data-test="tool-hint">{ &**text }</li> }
        }
        Echo::Complaint(text) => {
            html! { <li key={i} class="complaint bad" role="alert"><pre>{ &**text }</pre></li> }
        }
    };
    html! {
        <ol class="screen" ref={list} tabindex="0" aria-label={t.panels().terminal_said} data-test="terminal-screen">
            if props.echo.is_empty() { <li class="quiet">{ t.panels().terminal_empty }</li> }
            { for props.echo.iter().enumerate().map(line) }
        </ol>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(from: usize, text: &str) -> Completion {
        Completion {
            from,
            text: text.into(),
            hint: String::new(),
        }
    }

    #[test]
    fn the_up_key_finds_the_lines_before() {
        let mut h = History::default();
        assert_eq!(h.go(true), None);
        h.push("a");
        h.push("b");
        h.push("b");
        assert_eq!(h.go(true).as_deref(), Some("b"));
        assert_eq!(h.go(true).as_deref(), Some("a"));
        assert_eq!(h.go(true), None);
        assert_eq!(h.go(false).as_deref(), Some("b"));
        assert_eq!(h.go(false).as_deref(), Some(""));
        assert_eq!(h.go(false), None);
    }

    #[test]
    fn a_proposal_replaces_the_word_begun() {
        assert_eq!(
            accept("bro", 3, &proposal(0, "broker")),
            ("broker ".into(), 7)
        );
        assert_eq!(
            accept("producer add p1 ac", 18, &proposal(16, "acks=")),
            ("producer add p1 acks=".into(), 21)
        );
        assert_eq!(
            accept("bro crash 2", 3, &proposal(0, "broker")),
            ("broker crash 2".into(), 6)
        );
    }

    #[test]
    fn cursors_survive_characters_of_every_width() {
        assert_eq!(byte_of("a订b", 2), 4);
        assert_eq!(byte_of("😀x", 2), 4);
        assert_eq!(byte_of("abc", 99), 3);
    }
}
