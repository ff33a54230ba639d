//! Opening the moment that the address or this device names, and keeping the present one.
//!
//! A script comes from a link, from what was kept on this device, or from a paste. It is read and run by a part of the page
//! ([`super::restoring`]), since most visits begin without one; until it has taken the page over, nothing is kept. The
//! address is read when the page starts and whenever its fragment changes.

use super::notice::Notice;
use crate::dom::page::*;
use crate::keep::{self, Found, Kept};
use crate::part::Late;
use crate::recovery;
use crate::rooms::Room;
use crate::route::{Route, embedded};
use crate::session::{Dispatch, Snapshot, use_dispatch, use_snapshot};
use crate::share;
use crate::state::{Ui, UiAction, use_lang, use_ui};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Publications between two writings: about two seconds.
const KEEP_EVERY: u64 = 20;

/// Where a script comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// The address.
    Link,
    /// What was kept on this device.
    Kept,
    /// What was kept before a link took its place.
    Before,
    /// The moment before the program broke.
    Recovered,
    /// Pasted text.
    Pasted,
}

/// A script that shall take the place of the cluster.
#[derive(Clone, PartialEq)]
pub struct Wanted {
    /// Where it comes from.
    pub source: Source,
    /// Its commands.
    pub script: Rc<str>,
    /// Told when it has taken the page over, or cannot.
    pub ended: Callback<()>,
}

/// The way to run a script in the place of the cluster.
#[derive(Clone, PartialEq)]
struct Opener(Callback<(Source, String)>);

/// The way to run a script in the place of the cluster.
#[hook]
pub fn use_opener() -> Callback<(Source, String)> {
    use_context::<Opener>().expect("Opening provides it").0
}

/// Properties of [`Opening`].
#[derive(Properties, PartialEq)]
pub struct OpeningProps {
    /// The page.
    pub children: Html,
}

type Say = UseReducerDispatcher<Ui>;

/// The address no longer names a link once its moment is here: a reload shall not throw away what was done since.
pub(super) fn forget_link() {
    let Some(window) = web_sys::window() else {
        return;
    };
    let hash = window.location().hash().unwrap_or_default();
    if let (Route::Shared(_) | Route::Recovered(_), Ok(history)) =
        (Route::parse(&hash), window.history())
    {
        let null = wasm_bindgen::JsValue::NULL;
        let _ = history.replace_state_with_url(&null, "", Some(&Route::Sandbox.hash()));
    }
}

/// The script in a link's data, or why there is none.
fn decoded(source: Source, data: &str, notice: &mut Option<Notice>) -> Option<(Source, String)> {
    match share::decode(data) {
        Ok(text) => Some((source, text)),
        Err(error) => {
            *notice = Some(Notice::BadLink(error));
            None
        }
    }
}

/// Reads the address; `unread`: what this device keeps of the sandbox was not read yet.
fn arrive(unread: &Cell<bool>, dispatch: &Dispatch, open: &Callback<(Source, String)>, say: &Say) {
    let hash = web_sys::window().and_then(|w| w.location().hash().ok());
    let mut notice = None;
    let route = Route::parse(&hash.unwrap_or_default());
    crate::lesson::keep(dispatch);
    if matches!(route, Route::Lesson(..) | Route::Lessons) {
        // The sandbox waits: what is on the page from now on is not it.
        if dispatch.lesson().is_none() && !unread.get() {
            keep_now(dispatch);
        }
        let slug = match &route {
            Route::Lesson(slug, _) => slug,
            _ => "",
        };
        dispatch.enter(slug);
        return;
    }
    dispatch.leave();
    let first = unread.replace(false);
    let found = match route {
        Route::Shared(data) => decoded(Source::Link, &data, &mut notice),
        Route::Recovered(data) => decoded(Source::Recovered, &data, &mut notice),
        Route::Unknown(path) => {
            notice = Some(Notice::UnknownAddress(path));
            None
        }
        Route::Sandbox
        | Route::Outline
        | Route::Lab(_)
        | Route::Twins(_)
        | Route::Lesson(..)
        | Route::Lessons => None,
    };
    let found = found.or_else(|| match keep::load() {
        _ if embedded() => None,
        Found::Moment(kept) if first => Some((Source::Kept, kept.script)),
        Found::Damaged if first => {
            keep::set_unread();
            notice.get_or_insert(Notice::DamagedKept);
            None
        }
        _ => None,
    });
    if let Some(notice) = notice {
        say.dispatch(UiAction::Notice(Some(notice)));
    }
    if let Some(found) = found {
        open.emit(found);
    }
}

/// Writes the present moment down at once.
fn keep_now(dispatch: &Dispatch) {
    if embedded() {
        return;
    }
    let (playing, speed) = (dispatch.snapshot().playing, dispatch.snapshot().speed);
    keep::save(&Kept {
        script: dispatch.with(keep::script_of),
        playing,
        speed,
    });
}

/// Calls a function whenever the fragment changes.
#[hook]
pub fn use_hash_change(call: Callback<bool>) {
    use_effect_with((), move |()| {
        call.emit(true);
        let heard = Closure::<dyn Fn()>::new(move || call.emit(false));
        let window = web_sys::window();
        if let Some(w) = &window {
            let _ =
                w.add_event_listener_with_callback("hashchange", heard.as_ref().unchecked_ref());
        }
        move || {
            if let Some(w) = window {
                let _ = w.remove_event_listener_with_callback(
                    "hashchange",
                    heard.as_ref().unchecked_ref(),
                );
            }
        }
    });
}

/// Writes the present moment down, about every two seconds and when the page is left.
#[hook]
fn use_keeping(busy: bool) {
    let dispatch = use_dispatch();
    let snapshot = use_snapshot();
    let say = use_ui().dispatcher();
    let state = use_mut_ref(|| (0u64, true, None::<Snapshot>));
    let write = {
        let (state, say) = (state.clone(), say.clone());
        Rc::new(move || {
            let mut state = state.borrow_mut();
            let Some(snapshot) = state.2.take().filter(|_| !embedded()) else {
                return;
            };
            let (now, script) = dispatch.with(|s| (s.now(), share::script_of(s)));
            recovery::noted(now, &script);
            if dispatch.lesson().is_some() {
                crate::lesson::keep(&dispatch);
                *state = (snapshot.version, state.1, None);
                return;
            }
            let kept = Kept {
                script: dispatch.with(keep::script_of),
                playing: snapshot.playing,
                speed: snapshot.speed,
            };
            let ok = keep::save(&kept);
            if !ok && state.1 {
                say.dispatch(UiAction::Notice(Some(Notice::NotKept)));
            }
            *state = (snapshot.version, ok, None);
        })
    };
    use_effect_with((), {
        let write = write.clone();
        move |()| {
            let heard = Closure::<dyn Fn()>::new(move || write());
            let window = web_sys::window();
            if let Some(w) = &window {
                let _ =
                    w.add_event_listener_with_callback("pagehide", heard.as_ref().unchecked_ref());
            }
            move || {
                if let Some(w) = window {
                    let _ = w.remove_event_listener_with_callback(
                        "pagehide",
                        heard.as_ref().unchecked_ref(),
                    );
                }
            }
        }
    });
    use_effect_with((snapshot.version, busy), move |(version, busy)| {
        if *busy {
            // What is on the page is about to be replaced: it must not overwrite what is being read.
            state.borrow_mut().2 = None;
            return;
        }
        let due = {
            let mut state = state.borrow_mut();
            state.2 = Some(snapshot);
            *version >= state.0 + KEEP_EVERY
        };
        if due {
            write();
        }
    });
}

/// Around the page: opens what the address or this device names, and keeps what there is.
#[component]
pub fn Opening(props: &OpeningProps) -> Html {
    let t = use_lang().app();
    let dispatch = use_dispatch();
    let say = use_ui().dispatcher();
    let wanted = use_state(|| None::<Wanted>);
    let arriving = dispatch.clone();
    let open = use_memo((), {
        let wanted = wanted.setter();
        move |()| {
            Opener(Callback::from(move |(source, script): (Source, String)| {
                let ended = wanted.clone();
                wanted.set(Some(Wanted {
                    source,
                    script: script.into(),
                    ended: Callback::from(move |()| ended.set(None)),
                }));
            }))
        }
    });
    use_hash_change({
        let (open, say, unread) = (open.0.clone(), say.clone(), Cell::new(true));
        Callback::from(move |_| arrive(&unread, &arriving, &open, &say))
    });
    use_keeping(wanted.is_some());
    let stop = {
        let wanted = wanted.setter();
        move |_: MouseEvent| {
            wanted.set(None);
            forget_link();
        }
    };
    html! {
        <ContextProvider<Opener> context={(*open).clone()}>
            { props.children.clone() }
            if let Some(wanted) = &*wanted {
                <div class="opening" role="status" data-test="opening">
                    <p>{ t.restoring }</p>
                    <Late room={Room::Restoring(wanted.clone())} />
                    <button type="button" class="btn small" onclick={stop}>{ t.stop_restoring }</button>
                </div>
            }
        </ContextProvider<Opener>>
    }
}
