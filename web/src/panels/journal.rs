//! The journal: what happened, in sentences; the newest at the bottom.
//!
//! A [`Matcher`] keeps the numbers of the entries that pass the filter and looks only at entries that are new since
//! the last time. At most [`SHOWN`] lines are drawn, and [`PASSING`] while those of a large cluster rush by at the end of the
//! list; going back in time and other futures make it look again.

use super::words::Line;
use crate::dom::page::*;
use crate::i18n::Lang;
use crate::i18n::journal::{Book, Family, plain, sentence};
use crate::session::{Session, use_dispatch, use_snapshot};
use crate::state::{use_lang, use_prefs};
use rebalance_core::event::{Entries, Entry, EntryId, Event as Event_, Level};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};

/// Lines drawn at most.
const SHOWN: usize = 160;
/// Lines drawn while time passes on a large cluster: more come and go in a second than anybody can read.
const PASSING: usize = 32;
/// Entries that a text filter reads back at most: it has to write each of their sentences.
const READ_BACK: usize = 60_000;

/// What the reader wants to see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// At least this important.
    pub level: Level,
    /// Of this family.
    pub family: Option<Family>,
    /// With this in the sentence, in lower case; empty: any.
    pub text: String,
    /// The language in which the sentence is searched.
    pub lang: Lang,
}

/// How much an entry matters here: what happens to Kafka's own topics is machinery, all fifty partitions of it.
fn level(entry: &Entry, book: &dyn Book) -> Level {
    let internal = match &entry.event {
        Event_::LeaderElected { tp, .. }
        | Event_::IsrChanged { tp, .. }
        | Event_::IsrShrinkWanted { tp, .. }
        | Event_::IsrExpandWanted { tp, .. }
        | Event_::AlterPartitionRefused { tp, .. }
        | Event_::LogStartMoved { tp, .. }
        | Event_::Truncated { tp, .. }
        | Event_::Reassigned { tp, .. }
        | Event_::ReplicaDeleted { tp } => book.topic(tp.topic).starts_with("__"),
        _ => false,
    };
    if internal {
        Level::Routine
    } else {
        entry.event.level()
    }
}

impl Filter {
    fn passes(&self, entry: &Entry, book: &dyn Book) -> bool {
        let level = level(entry, book) >= self.level
            || self.family == Some(Family::You) && Family::of(&entry.event) == Family::You;
        let family = self.family.is_none_or(|f| f == Family::of(&entry.event));
        level && family && (self.text.is_empty() || self.says(entry, book))
    }

    fn says(&self, entry: &Entry, book: &dyn Book) -> bool {
        let text = plain(&sentence(self.lang, entry, book));
        text.to_ascii_lowercase().contains(&self.text)
    }
}

/// The entries that pass a filter, kept up to date.
#[derive(Debug, Default)]
struct Matcher {
    filter: Option<Filter>,
    branch: u32,
    seen: usize,
    last: Option<Entry>,
    found: Vec<EntryId>,
}

impl Matcher {
    /// Looks at what is new, or at everything when the filter or the past is another.
    fn update(&mut self, filter: &Filter, branch: u32, entries: Entries<'_>, book: &dyn Book) {
        let same_past = self.branch == branch
            && match (&self.last, self.seen.min(entries.len()).checked_sub(1)) {
                (Some(last), Some(at)) if self.seen <= entries.len() => *last == entries[at],
                (Some(_), Some(_)) => true,
                _ => false,
            };
        if self.filter.as_ref() != Some(filter) || !same_past {
            let far = if filter.text.is_empty() {
                usize::MAX
            } else {
                READ_BACK
            };
            self.found.clear();
            self.seen = entries.len().saturating_sub(far);
            self.filter = Some(filter.clone());
            self.branch = branch;
        }
        if entries.len() < self.seen {
            let end = entries.len() as EntryId;
            self.found
                .truncate(self.found.partition_point(|id| *id < end));
            self.seen = entries.len();
        }
        for (id, entry) in (self.seen..).zip(entries.after(self.seen).iter()) {
            if filter.passes(entry, book) {
                self.found.push(id as EntryId);
            }
        }
        self.seen = entries.len();
        self.last = entries.last().cloned();
    }

    fn newest(&self, most: usize) -> &[EntryId] {
        &self.found[self.found.len().saturating_sub(most)..]
    }
}

fn lines(
    matcher: &mut Matcher,
    filter: &Filter,
    branch: u32,
    session: &Session,
    most: usize,
) -> Vec<(EntryId, Entry)> {
    matcher.update(filter, branch, session.entries(), session);
    let entries = session.entries();
    let line = |id: &EntryId| (*id, entries[*id as usize].clone());
    matcher.newest(most).iter().map(line).collect()
}

/// The panel.
#[component]
pub fn Journal() -> Html {
    let t = use_lang();
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let snapshot = use_snapshot();
    let level = use_state(|| Level::Notable);
    let family = use_state(|| None::<Family>);
    let text = use_state(String::new);
    let matcher = use_mut_ref(Matcher::default);
    let list = use_node_ref();
    let stick = use_mut_ref(|| true);

    let filter = Filter {
        level: *level,
        family: *family,
        text: text.to_ascii_lowercase(),
        lang,
    };
    let branch = snapshot
        .branches
        .iter()
        .find(|b| b.current)
        .map_or(0, |b| b.id);
    let rush = snapshot.playing && snapshot.is_large() && *stick.borrow();
    let most = if rush { PASSING } else { SHOWN };
    let lines = dispatch.with(|s| lines(&mut matcher.borrow_mut(), &filter, branch, s, most));
    let hidden = matcher.borrow().found.len() - lines.len();
    let newest = lines.last().map(|l| l.0);

    use_effect_with((newest, filter.clone(), most), {
        let (list, stick) = (list.clone(), stick.clone());
        move |_| {
            let Some(list) = list.cast::<HtmlElement>().filter(|_| *stick.borrow()) else {
                return;
            };
            let to_end = move || list.set_scroll_top(list.scroll_height());
            let window = web_sys::window().filter(|_| rush);
            match window {
                // The whole of a large page would be laid out here; by the next frame the browser has done it.
                Some(window) => {
                    let later = Closure::once_into_js(to_end);
                    let _ = window.request_animation_frame(later.unchecked_ref());
                }
                None => to_end(),
            }
        }
    });
    let onscroll = {
        let (list, stick) = (list.clone(), stick.clone());
        move |_: Event| {
            if let Some(l) = list.cast::<HtmlElement>() {
                *stick.borrow_mut() = l.scroll_top() + l.client_height() + 24 >= l.scroll_height();
            }
        }
    };
    html! {
        <div class="journal">
            <Filters {level} {family} {text} />
            <ol class="lines" ref={list} {onscroll} onkeydown={Callback::from(|e| walk(&e))} aria-label={t.panels().journal}>
                if hidden > 0 { <li class="gap">{ (t.panels().earlier_lines)(hidden) }</li> }
                { for lines.into_iter().map(|(id, entry)| html! { <Line key={id} {id} {entry} stop={newest == Some(id)} /> }) }
                if newest.is_none() { <li class="gap">{ t.panels().no_lines }</li> }
            </ol>
        </div>
    }
}

/// Up and down move from line to line.
fn walk(e: &KeyboardEvent) {
    let line = e
        .target()
        .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
        .and_then(|t| t.closest("li.line").ok().flatten());
    let Some(line) = line else { return };
    let other = match e.key().as_str() {
        "ArrowUp" => line.previous_element_sibling(),
        "ArrowDown" => line.next_element_sibling(),
        _ => return,
    };
    let button = other.and_then(|o| o.query_selector("button.when").ok().flatten());
    if let Some(button) = button.and_then(|b| b.dyn_into::<HtmlElement>().ok()) {
        e.prevent_default();
        let _ = button.focus();
    }
}

/// Properties of [`Filters`].
#[derive(Properties, PartialEq)]
struct FiltersProps {
    level: UseStateHandle<Level>,
    family: UseStateHandle<Option<Family>>,
    text: UseStateHandle<String>,
}

const LEVELS: [Level; 3] = [Level::Mark, Level::Notable, Level::Routine];

/// What to show: how important, of which family, with which words.
#[component]
fn Filters(props: &FiltersProps) -> Html {
    let t = use_lang().panels();
    let names = [t.level_marks, t.level_notable, t.level_all];
    let levels = LEVELS.into_iter().zip(names).map(|(level, name)| {
        let state = props.level.clone();
        let pressed = (*state == level).to_string();
        let onclick = move |_: MouseEvent| state.set(level);
        html! { <button type="button" class="chip" aria-pressed={pressed} {onclick}>{ name }</button> }
    });
    let onchange = {
        let state = props.family.clone();
        move |e: Event| {
            let index = e
                .target_unchecked_into::<HtmlSelectElement>()
                .selected_index();
            let chosen = usize::try_from(index - 1)
                .ok()
                .and_then(|i| Family::ALL.get(i));
            state.set(chosen.copied());
        }
    };
    let oninput = {
        let state = props.text.clone();
        move |e: InputEvent| state.set(e.target_unchecked_into::<HtmlInputElement>().value())
    };
    let families = Family::ALL.into_iter().map(|f| {
        html! { <option selected={*props.family == Some(f)}>{ t.family(f) }</option> }
    });
    html! {
        <div class="filters" role="group" aria-label={t.filter}>
            <span class="chips">{ for levels }</span>
            <select {onchange} aria-label={t.filter_family}>
                <option selected={props.family.is_none()}>{ t.everything }</option>
                { for families }
            </select>
            <input type="search" {oninput} value={(*props.text).clone()} placeholder={t.filter_text} aria-label={t.filter_text} />
        </div>
    }
}

/// Publications between two announcements.
const QUIET: u64 = 15;

/// Speaks the important lines to screen readers, politely: the newest one, at most every second and a half.
#[component]
pub fn LiveRegion() -> Html {
    let lang = use_prefs().lang;
    let dispatch = use_dispatch();
    let snapshot = use_snapshot();
    let spoken = use_mut_ref(|| (0u64, None::<EntryId>, String::new()));
    let mut spoken = spoken.borrow_mut();
    let passed = snapshot
        .marks
        .partition_point(|m| m.at <= snapshot.view.now);
    let newest = dispatch.with(|s| {
        let matters = |m: &&crate::session::Mark| {
            let entry = s.entries().get(m.id as usize);
            entry.is_some_and(|e| level(e, s) == Level::Mark)
        };
        let newest = snapshot.marks[..passed].iter().rev().find(matters);
        newest.map(|m| m.id)
    });
    if spoken.1 != newest && snapshot.version >= spoken.0 + QUIET {
        let text = newest.and_then(|id| super::book::said(&dispatch, lang, id));
        *spoken = (
            snapshot.version,
            newest,
            text.map(|(_, s)| plain(&s)).unwrap_or_default(),
        );
    }
    html! { <div class="sr-only" role="status" aria-live="polite" data-test="live">{ &spoken.2 }</div> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::event::{Event, Journal};
    use rebalance_core::id::{BrokerId, Name, NodeId, TopicId};
    use rebalance_core::time::SimTime;

    struct NoBook;
    impl Book for NoBook {
        fn topic(&self, _: TopicId) -> Name {
            "orders".into()
        }
        fn node(&self, _: NodeId) -> Name {
            "2".into()
        }
        fn command(&self, _: u32) -> Option<String> {
            None
        }
        fn entry(&self, _: EntryId) -> Option<&Entry> {
            None
        }
    }

    fn entries(events: &[Event]) -> Journal {
        let entry = |(i, event): (usize, &Event)| Entry {
            at: SimTime(i as u64),
            cause: None,
            node: Some(NodeId::Broker(BrokerId(2))),
            event: event.clone(),
        };
        events.iter().enumerate().map(entry).collect()
    }

    fn filter(level: Level, text: &str) -> Filter {
        Filter {
            level,
            family: None,
            text: text.into(),
            lang: Lang::En,
        }
    }

    #[test]
    fn only_new_entries_are_looked_at_and_the_past_is_forgotten_when_it_changes() {
        let mut m = Matcher::default();
        let all = entries(&[
            Event::NodeStarted,
            Event::NodeCrashed,
            Event::NodeStarted,
            Event::NodeCrashed,
        ]);
        let marks = filter(Level::Mark, "");
        m.update(&marks, 0, all.all().first(2), &NoBook);
        assert_eq!(m.newest(SHOWN), [1]);
        m.update(&marks, 0, all.all(), &NoBook);
        assert_eq!(m.newest(SHOWN), [1, 3]);
        m.update(&marks, 0, all.all().first(3), &NoBook);
        assert_eq!(m.newest(SHOWN), [1], "going back hides what is not yet");
        let other = entries(&[Event::NodeCrashed, Event::NodeFrozen, Event::NodeThawed]);
        m.update(&marks, 1, other.all(), &NoBook);
        assert_eq!(m.newest(SHOWN), [0, 1], "another future is read anew");
    }

    #[test]
    fn a_script_loaded_in_place_of_another_is_read_anew() {
        let mut m = Matcher::default();
        let marks = filter(Level::Mark, "");
        m.update(
            &marks,
            0,
            entries(&[Event::NodeStarted, Event::NodeCrashed]).all(),
            &NoBook,
        );
        m.update(
            &marks,
            0,
            entries(&[Event::NodeCrashed, Event::NodeStarted, Event::NodeStarted]).all(),
            &NoBook,
        );
        assert_eq!(m.newest(SHOWN), [0]);
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        let mut m = Matcher::default();
        let all = entries(&[Event::NodeStarted, Event::NodeCrashed]);
        m.update(
            &filter(Level::Routine, "broker 2 crashed"),
            0,
            all.all(),
            &NoBook,
        );
        assert_eq!(m.newest(SHOWN), [1]);
        m.update(
            &filter(Level::Routine, "nothing says this"),
            0,
            all.all(),
            &NoBook,
        );
        assert!(m.newest(SHOWN).is_empty());
    }
}
