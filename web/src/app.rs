//! The page's plan: a lab, the lessons, or the cluster: header with the transport, stage, timeline, drawer, terminal; the
//! inspector beside, dialogs above, and perhaps a lesson.

use crate::components::Dialogs;
use crate::controls::{Header, Timeline};
use crate::dom::page::*;
use crate::lesson;
use crate::offline::use_new_version;
use crate::outline::toggle_outline;
use crate::panels::{Drawer, Opening, use_hash_change};
use crate::part::Late;
use crate::rooms::Room as Shown;
use crate::route::Route;
use crate::session::{SessionProvider, use_dispatch, use_snapshot};
use crate::stage::Stage;
use crate::state::{Prefs, PrefsContext, Ui, UiAction, UiContext, use_lang, use_ui};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// The whole page: a lab, the lessons, or the cluster, perhaps with a lesson beside it.
///
/// The cluster begins when it is first looked at, and is kept while a lab is open.
#[component]
pub fn App() -> Html {
    let prefs = use_reducer(Prefs::load);
    let ui = use_reducer(Ui::new);
    let room = use_state_eq(lesson::route);
    let begun = use_mut_ref(|| false);
    use_hash_change({
        let room = room.setter();
        Callback::from(move |_| room.set(lesson::route()))
    });
    let in_lab = matches!(&*room, Route::Lab(_));
    let away = in_lab || matches!(&*room, Route::Twins(_));
    *begun.borrow_mut() |= !away;
    let begun = *begun.borrow();
    html! {
        <ContextProvider<PrefsContext> context={prefs}>
            <ContextProvider<UiContext> context={ui}>
                if begun {
                    <SessionProvider><Opening>
                        { match &*room {
                            _ if away => html! { <Quiet /> },
                            Route::Lessons => html! { <Late room={Shown::Contents} /> },
                            Route::Lesson(slug, step) => html! { <Room slug={slug.clone()} step={step.clone().map(AttrValue::from)} /> },
                            _ => html! { <Room /> },
                        } }
                    </Opening></SessionProvider>
                }
                if let Route::Twins(setup) = &*room { <Late room={Shown::Twins(setup.clone())} /> }
                else if in_lab { <Late room={Shown::Labs} /> }
            </ContextProvider<UiContext>>
        </ContextProvider<PrefsContext>>
    }
}

/// In the place of the cluster while a lab is open: it stands still while nobody sees it.
#[component]
fn Quiet() -> Html {
    let (dispatch, playing) = (use_dispatch(), use_snapshot().playing);
    let was = use_mut_ref(|| false);
    use_effect_with(playing, {
        let (dispatch, was) = (dispatch.clone(), was.clone());
        move |playing| {
            if *playing {
                *was.borrow_mut() = true;
                dispatch.play(false);
            }
        }
    });
    use_effect_with((), move |()| {
        move || {
            if *was.borrow() {
                dispatch.play(true);
            }
        }
    });
    html! {}
}

/// Properties of [`Room`].
#[derive(Properties, PartialEq)]
struct RoomProps {
    /// The lesson beside the cluster.
    #[prop_or_default]
    slug: Option<AttrValue>,
    /// Its step.
    #[prop_or_default]
    step: Option<AttrValue>,
}

/// The cluster with everything around it.
#[component]
fn Room(props: &RoomProps) -> Html {
    let t = use_lang();
    let ui = use_ui();
    use_shortcuts();
    use_new_version();
    use_hash_change({
        let ui = ui.dispatcher();
        Callback::from(move |_| match lesson::route() {
            Route::Outline => ui.dispatch(UiAction::Outline(true)),
            Route::Sandbox => ui.dispatch(UiAction::Outline(false)),
            _ => {}
        })
    });
    let skip = |e: MouseEvent| {
        e.prevent_default();
        let main = web_sys::window().and_then(|w| w.document()?.get_element_by_id("stage"));
        if let Some(main) = main.and_then(|m| m.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = main.focus();
        }
    };
    let outline = {
        let ui = ui.clone();
        move |e: MouseEvent| {
            e.prevent_default();
            ui.dispatch(UiAction::Outline(true));
        }
    };
    let lesson = props.slug.clone();
    let embedded = crate::route::embedded();
    html! {
        <div class={classes!("page", ui.selected.is_some().then_some("with-inspector"), lesson.is_some().then_some("with-lesson"), embedded.then_some("embed"))}>
            <a class="skip" href="#stage" onclick={skip}>{ t.app().skip }</a>
            <a class="skip" href="#/outline" onclick={outline} data-test="skip-outline">{ t.controls().outline }</a>
            <Header lesson={lesson.is_some()} />
            if let Some(slug) = lesson { <Late room={Shown::Lesson(slug, props.step.clone())} /> }
            <main id="stage" class="stage-scroll" tabindex="-1">if ui.outline { <Late room={Shown::Outline} /> } else { <Stage /> }</main>
            if ui.selected.is_some() { <Late room={Shown::Inspector} /> }
            <Timeline />
            if !embedded {
                <Drawer />
                <Late room={Shown::Terminal} />
            }
            <Dialogs />
            if ui.notice.is_some() { <Late room={Shown::Notice} /> }
        </div>
    }
}

/// Keys that work everywhere but in a text field: space, the arrows, backtick, `Ctrl K`, Escape, `Ctrl Z`, `?`.
#[hook]
fn use_shortcuts() {
    let dispatch = use_dispatch();
    let ui = use_ui().dispatcher();
    use_effect_with((), move |()| {
        let on_key = Closure::<dyn Fn(KeyboardEvent)>::new(move |e: KeyboardEvent| {
            if shortcut(&e, &dispatch, &ui) {
                e.prevent_default();
            }
        });
        let document = web_sys::window().and_then(|w| w.document());
        if let Some(d) = &document {
            let _ = d.add_event_listener_with_callback("keydown", on_key.as_ref().unchecked_ref());
        }
        move || {
            if let Some(d) = document {
                let _ = d.remove_event_listener_with_callback(
                    "keydown",
                    on_key.as_ref().unchecked_ref(),
                );
            }
        }
    });
}

/// Pauses and opens the next message on its way in the inspector: one after another, by their entries.
fn next_message(dispatch: &crate::session::Dispatch, ui: &UseReducerDispatcher<Ui>) {
    dispatch.play(false);
    let mut entries: Vec<u32> = dispatch.with(|s| s.flights().iter().map(|f| f.entry).collect());
    rebalance_core::sorted::sort_numbers(&mut entries);
    ui.dispatch(UiAction::NextEntry(entries));
}

/// Does what the key stands for; false if it stands for nothing here.
fn shortcut(
    e: &KeyboardEvent,
    dispatch: &crate::session::Dispatch,
    ui: &UseReducerDispatcher<Ui>,
) -> bool {
    let (key, control) = (e.key(), e.ctrl_key() || e.meta_key());
    if control && key.eq_ignore_ascii_case("k") {
        ui.dispatch(UiAction::FocusTerminal);
        return true;
    }
    if key == "Escape" {
        ui.dispatch(UiAction::Escape);
        return false;
    }
    let target = e
        .target()
        .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    let taken = |css: &str| {
        target
            .as_ref()
            .is_some_and(|t| t.closest(css).ok().flatten().is_some())
    };
    if taken("input, textarea, select, [contenteditable], dialog") || e.alt_key() {
        return false;
    }
    match (key.as_str(), control) {
        (" ", false) if !taken("button, a, summary, [role=button], [role=tab]") => {
            dispatch.toggle_play()
        }
        ("ArrowRight", false) if e.shift_key() && !taken("[role=tab], [role=slider]") => {
            dispatch.next()
        }
        ("ArrowRight", false) if !taken("[role=tab], [role=slider]") => dispatch.step(),
        ("ArrowLeft", false) if e.shift_key() && !taken("[role=tab], [role=slider]") => {
            dispatch.back_interesting()
        }
        ("ArrowLeft", false) if !taken("[role=tab], [role=slider]") => dispatch.back(),
        ("z", true) => dispatch.undo(),
        ("y" | "Z", true) => dispatch.redo(),
        ("o", false) => toggle_outline(ui),
        ("m", false) => next_message(dispatch, ui),
        ("c", false) if dispatch.with(|s| s.branches().len() > 1) => {
            ui.dispatch(UiAction::Open(crate::state::Dialog::Futures))
        }
        ("b", false) => ui.dispatch(UiAction::Open(crate::state::Dialog::Bookmarks)),
        ("`", false) => ui.dispatch(UiAction::FocusTerminal),
        ("?", false) => ui.dispatch(UiAction::Open(crate::state::Dialog::Help)),
        _ => return false,
    }
    true
}
