//! Futures and named moments: chips on the timeline, a dialog that names futures and lays two of them side by side at one
//! instant, and a dialog for bookmarks.
//!
//! A future without a name of its own is called after what began it: the first command given in it, or the command that
//! an undo took back. The comparison shows only what differs; the engine says what that is
//! ([`rebalance_core::session::differences`]) and plays a future that is not that far yet on to the instant.

use crate::components::{Button, Icon, Modal};
use crate::dom::page::*;
use crate::i18n::{Lang, guarantees};
use crate::session::{
    Bookmark, BranchView, Cell, Difference, Dispatch, Snapshot, What, use_dispatch, use_snapshot,
};
use crate::stage::state_words;
use crate::state::{Dialog, UiAction, use_lang, use_ui};
use rebalance_core::command::Command;
use rebalance_core::event::GroupState;
use rebalance_core::time::SimTime;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};

/// Rows of a comparison at most; more are counted.
const ROWS: usize = 200;

/// What a future is called.
pub fn title(b: &BranchView, lang: Lang) -> String {
    let t = lang.controls();
    if let Some(name) = &b.name {
        return name.to_string();
    }
    if b.parent.is_none() {
        return t.first.to_owned();
    }
    let began = match (&b.without, &b.first) {
        (Some(command), _) => (t.without)(command),
        (None, Some(command)) => command.to_string(),
        (None, None) => String::new(),
    };
    let at = (t.at)(&b.forked_at.to_string());
    format!("{} · {began} {at}", (t.future)(b.id + 1))
}

/// Every future as a chip that leads there, and what can be done with them.
pub fn chips(s: &Snapshot, t: Lang, d: &Dispatch, open: Callback<()>) -> Html {
    let one = |b: &BranchView| {
        let (d, id) = (d.clone(), b.id);
        let class = classes!("chip", b.current.then_some("accent"));
        let name = title(b, t);
        let span = (t.controls().branch_title)(&b.forked_at.to_string(), &b.end.to_string());
        html! { <button key={b.id} {class} aria-pressed={b.current.to_string()} title={format!("{name}. {span}")}
        onclick={move |_: MouseEvent| d.switch(id)} data-test={format!("branch-{}", b.id)}><span class="clip">{ name }</span></button> }
    };
    html! {
        <div class="branches" data-test="branches"><span>{ t.controls().branch }</span>
            <>{ for s.branches.iter().map(one) }</>
            if s.branches.len() > 1 {
                <Button label={t.controls().compare} class="small" title={t.controls().compare_why} test="compare" onclick={open} />
            }
        </div>
    }
}

/// The flags of named moments on the timeline.
pub fn flags(s: &Snapshot, left: impl Fn(SimTime) -> String, d: &Dispatch) -> Html {
    let one = |(i, Bookmark { at, name, .. }): (usize, &Bookmark)| {
        let d = d.clone();
        let label = format!("{name} · {at}");
        html! { <button key={i} class="flag" style={format!("left:{}", left(*at))} title={label.clone()} aria-label={label} tabindex="-1"
        onclick={move |_: MouseEvent| d.go_to_bookmark(i)} data-test={format!("flag-{i}")}>{ Icon::Flag.html() }</button> }
    };
    html! { <>{ for s.bookmarks.iter().enumerate().map(one) }</> }
}

/// Time stands while a dialog about time is open.
#[hook]
fn use_standstill() {
    let (d, playing) = (use_dispatch(), use_snapshot().playing);
    use_effect_with((), move |()| {
        if playing {
            d.play(false);
        }
        move || {
            if playing {
                d.play(true);
            }
        }
    });
}

fn input_of(e: &Event) -> Option<HtmlInputElement> {
    e.target().and_then(|t| t.dyn_into().ok())
}

/// The future whose number a choice shows.
fn chosen(e: &Event) -> Option<u32> {
    let select: Option<HtmlSelectElement> = e.target().and_then(|t| t.dyn_into().ok());
    select.and_then(|s| s.value().parse().ok())
}

/// Every future: its name, and two of them beside each other.
#[component]
pub fn FuturesDialog() -> Html {
    let (lang, s, d) = (use_lang(), use_snapshot(), use_dispatch());
    let t = lang.futures();
    use_standstill();
    let rows = s.branches.iter().map(|b| future(b, lang, &d));
    html! {
        <Modal title={t.title} test="futures-dialog"><div class="body">
            <p class="quiet">{ t.why }</p>
            <div class="scroll-x"><table class="futures">
                <thead><tr><th scope="col">{ t.name }</th><th scope="col">{ t.from_to }</th><th /></tr></thead>
                <tbody>{ for rows }</tbody>
            </table></div>
            if s.branches.len() > 1 { <Comparison /> } else { <p class="quiet">{ t.only_one }</p> }
        </div></Modal>
    }
}

fn future(b: &BranchView, lang: Lang, d: &Dispatch) -> Html {
    let t = lang.futures();
    let id = b.id;
    let rename = {
        let d = d.clone();
        move |e: Event| {
            if let Some(input) = input_of(&e) {
                d.rename(id, &input.value());
            }
        }
    };
    let go = {
        let d = d.clone();
        Callback::from(move |()| d.switch(id))
    };
    let unnamed = BranchView {
        name: None,
        ..b.clone()
    };
    let name = b.name.as_deref().unwrap_or_default().to_owned();
    html! {
        <tr key={id}>
            <td><input type="text" maxlength="60" value={name} placeholder={title(&unnamed, lang)} aria-label={format!("{}: {}", t.name, title(b, lang))} onchange={rename} data-test={format!("future-name-{id}")} /></td>
            <td class="mono">{ format!("{} – {}", b.forked_at, b.end) }</td>
            <td>if b.current { <span class="chip accent">{ t.here }</span> } else { <Button label={t.go} class="small" test={format!("future-go-{id}")} onclick={go} /> }</td>
        </tr>
    }
}

/// Two futures at one instant.
#[component]
fn Comparison() -> Html {
    let (lang, s, d) = (use_lang(), use_snapshot(), use_dispatch());
    let t = lang.futures();
    let sides = use_state_eq(|| first_sides(&s.branches));
    let branch = |id: u32| s.branches.iter().find(|b| b.id == id);
    let end = |id: u32| branch(id).map_or(SimTime::ZERO, |b| b.end);
    let (a, b) = *sides;
    let furthest = end(a).max(end(b));
    let at = use_state_eq(|| end(a).min(end(b)));
    let now = (*at).min(furthest);
    let found = use_memo((a, b, now), {
        let d = d.clone();
        move |(a, b, at)| d.compare(*a, *b, *at)
    });
    let side = |label: &'static str,
                value: u32,
                test: &'static str,
                set: fn((u32, u32), u32) -> (u32, u32)| {
        let sides = sides.clone();
        let onchange = move |e: Event| {
            if let Some(id) = chosen(&e) {
                sides.set(set(*sides, id));
            }
        };
        let option = |b: &BranchView| html! { <option value={b.id.to_string()} selected={b.id == value}>{ title(b, lang) }</option> };
        html! { <label class="field"><span>{ label }</span><select {onchange} data-test={test}>{ for s.branches.iter().map(option) }</select></label> }
    };
    let slide = {
        let at = at.clone();
        move |e: InputEvent| {
            let ms = input_of(&e).and_then(|i| i.value().parse::<u64>().ok());
            if let Some(ms) = ms {
                at.set(SimTime(ms * 1_000));
            }
        }
    };
    let forked = branch(a.max(b)).map_or(SimTime::ZERO, |b| b.forked_at);
    let (rows, same) = &*found;
    let name = |id: u32| branch(id).map(|b| title(b, lang)).unwrap_or_default();
    html! {
        <section class="comparison">
            <h3>{ lang.controls().compare_why }</h3>
            <div class="fields">
                { side(t.first_side, a, "compare-a", |(_, b), id| (id, b)) }
                { side(t.second_side, b, "compare-b", |(a, _), id| (a, id)) }
                <label class="field wide"><span>{ t.instant }{ " " }<output class="mono">{ now.to_string() }</output></span>
                    <input type="range" min={(forked.0 / 1_000).to_string()} max={(furthest.0 / 1_000).to_string()} step="10" value={(now.0 / 1_000).to_string()}
                        oninput={slide} aria-valuetext={now.to_string()} data-test="compare-at" /></label>
            </div>
            <p role="status" data-test="compare-sum">{ if rows.is_empty() { (t.nothing)(&same.to_string()) } else { (t.differ)(rows.len(), *same) } }</p>
            if !rows.is_empty() {
                <div class="scroll-x"><table class="differences" data-test="differences">
                    <thead><tr><th scope="col">{ t.what_differs }</th><th scope="col">{ name(a) }</th><th scope="col">{ name(b) }</th></tr></thead>
                    { sections(rows, lang) }
                </table></div>
            }
        </section>
    }
}

/// The future looked at and the one it left, or else any other.
fn first_sides(branches: &[BranchView]) -> (u32, u32) {
    let here = branches.iter().find(|b| b.current);
    let (here, parent) = here.map_or((0, None), |b| (b.id, b.parent));
    let other = branches.iter().map(|b| b.id).find(|id| *id != here);
    match parent.or(other).unwrap_or(here) {
        other if other < here => (other, here),
        other => (here, other),
    }
}

/// Where a difference is listed.
fn section(what: What) -> usize {
    match what {
        What::Broken | What::Lost | What::Twice | What::Once => 0,
        What::Controller | What::Broker => 1,
        What::Leader | What::LeaderEpoch | What::Isr | What::HighWatermark | What::LogEnd => 2,
        What::Producer | What::Acked | What::Failed => 4,
        _ => 3,
    }
}

fn sections(rows: &[Difference], lang: Lang) -> Html {
    let t = lang.futures();
    let shown = &rows[..rows.len().min(ROWS)];
    let row = |d: &Difference| {
        let of = match d.what {
            What::Broken => guarantees::sentence(lang, &d.of),
            _ => d.of.clone(),
        };
        html! {
            <tr data-test={format!("differs-{}-{}", d.what as usize, d.of)}>
                <th scope="row"><span class={if d.what == What::Broken { "" } else { "mono" }}>{ of }</span>{ " " }<span class="quiet">{ t.what[d.what as usize] }</span></th>
                <td>{ cell(&d.a, lang) }</td><td>{ cell(&d.b, lang) }</td>
            </tr>
        }
    };
    let part = |(i, name): (usize, &&'static str)| {
        let mut own = shown.iter().filter(|d| section(d.what) == i).peekable();
        own.peek()?;
        Some(
            html! { <tbody key={i}><tr class="part"><th colspan="3" scope="rowgroup">{ *name }</th></tr>{ for own.map(row) }</tbody> },
        )
    };
    let hidden = rows.len() - shown.len();
    html! {
        <>
            <>{ for t.sections.iter().enumerate().filter_map(part) }</>
            if hidden > 0 { <tbody key="more"><tr><td colspan="3" class="quiet">{ (t.more)(hidden) }</td></tr></tbody> }
        </>
    }
}

fn cell(cell: &Cell, lang: Lang) -> Html {
    let t = lang.futures();
    let mono = |text: String| html! { <span class="mono">{ text }</span> };
    match cell {
        Cell::Absent => html! { <span class="quiet">{ t.absent }</span> },
        Cell::Number(n) => mono(n.to_string()),
        Cell::Text(text) if text.is_empty() => html! { <span class="quiet">{ t.none }</span> },
        Cell::Text(text) => mono(text.clone()),
        Cell::Nodes(ids) if ids.is_empty() => html! { <span class="quiet">{ t.none }</span> },
        Cell::Nodes(ids) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            mono(ids.join(", "))
        }
        Cell::Process(state) => {
            let (class, icon, word) = state_words(*state, lang);
            html! { <span class={class}>{ icon.html() }{ " " }{ word }</span> }
        }
        Cell::Group(state) => mono(state.map_or(t.none, GroupState::name).to_owned()),
    }
}

/// Naming the present moment; going to or forgetting named ones.
#[component]
pub fn BookmarkDialog() -> Html {
    let (lang, s, d, ui) = (use_lang(), use_snapshot(), use_dispatch(), use_ui());
    let t = lang.futures();
    use_standstill();
    let field = use_node_ref();
    use_effect_with((), {
        let field = field.clone();
        move |()| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                field.select();
            }
        }
    });
    let onsubmit = {
        let (d, ui, field) = (d.clone(), ui.clone(), field.clone());
        move |e: SubmitEvent| {
            e.prevent_default();
            let name = field
                .cast::<HtmlInputElement>()
                .map(|i| i.value())
                .unwrap_or_default();
            let name = name.trim();
            if !name.is_empty() {
                d.click(Command::Bookmark(name.into()));
                ui.dispatch(UiAction::CloseDialog);
            }
        }
    };
    let first = use_memo((), |()| (t.bookmark_default)(s.bookmarks.len() + 1));
    let one = |(i, Bookmark { at, name, .. }): (usize, &Bookmark)| {
        let go = {
            let (d, ui) = (d.clone(), ui.clone());
            Callback::from(move |()| {
                ui.dispatch(UiAction::CloseDialog);
                d.go_to_bookmark(i);
            })
        };
        let forget = {
            let d = d.clone();
            Callback::from(move |()| d.forget_bookmark(i))
        };
        html! {
            <li key={i}><span class="mono">{ at.to_string() }</span><span class="grow">{ name }</span>
                <Button label={t.go} class="small" test={format!("bookmark-go-{i}")} onclick={go} />
                <Button label={(t.forget)(name)} icon={Icon::Cross} only=true class="small quiet-btn" test={format!("bookmark-forget-{i}")} onclick={forget} />
            </li>
        }
    };
    html! {
        <Modal title={t.bookmarks} test="bookmark-dialog"><div class="body">
            <form class="share-link" {onsubmit}>
                <input ref={field} type="text" maxlength="60" value={(*first).clone()} aria-label={(t.this_moment)(&s.view.now.to_string())} data-test="bookmark-name" />
                <button class="btn primary" data-test="bookmark-keep">{ t.keep }</button>
            </form>
            if s.bookmarks.is_empty() { <p class="quiet">{ t.no_bookmarks }</p> } else { <ul class="bookmarks">{ for s.bookmarks.iter().enumerate().map(one) }</ul> }
            <p class="quiet">{ t.kept_in_links }</p>
        </div></Modal>
    }
}

/// Opens a dialog.
pub fn opener(ui: &crate::state::UiContext, dialog: Dialog) -> Callback<()> {
    let ui = ui.clone();
    Callback::from(move |()| ui.dispatch(UiAction::Open(dialog.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    fn branch(id: u32, parent: Option<u32>) -> BranchView {
        BranchView {
            id,
            name: None,
            parent,
            forked_at: SimTime(12_300_000),
            end: SimTime(20_000_000),
            current: false,
            first: None,
            without: None,
        }
    }

    #[test]
    fn a_future_is_called_after_what_began_it() {
        let t = Lang::En;
        let mut future = branch(1, Some(0));
        future.first = Some("broker crash 2".into());
        assert_eq!(
            title(&future, t),
            "timeline 2 · broker crash 2 at 00:12.300"
        );
        future.without = Some("broker crash 3".into());
        assert_eq!(
            title(&future, t),
            "timeline 2 · without broker crash 3 at 00:12.300"
        );
        future.name = Some("calm".into());
        assert_eq!(title(&future, t), "calm");
        assert_eq!(title(&branch(0, None), t), "first");
    }

    #[test]
    fn a_comparison_begins_with_the_present_future_and_the_one_it_left() {
        let mut all = [branch(0, None), branch(1, Some(0)), branch(2, Some(1))];
        all[2].current = true;
        assert_eq!(first_sides(&all), (1, 2));
        all[2].current = false;
        all[0].current = true;
        assert_eq!(first_sides(&all), (0, 1));
    }

    #[test]
    fn every_difference_has_a_name_and_a_place() {
        assert_eq!(Lang::En.futures().what.len(), What::Failed as usize + 1);
        assert_eq!(section(What::Lag), 3);
        assert_eq!(section(What::Failed), 4);
    }
}
