//! The table of contents: four tracks, a search, the terms, and the progress with its way to another device.

use super::data::{Contents, Gloss, Line, load_contents};
use super::desk::Desk;
use super::panel::TRACKS;
use super::progress::Progress;
use super::words;
use crate::components::{Icon, room_header};
use crate::dom::page::*;
use crate::i18n::{Lang, LessonTexts};
use crate::session::{use_dispatch, use_snapshot};
use crate::state::{PrefsContext, use_prefs};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

/// What the table shows besides its lessons.
#[derive(Clone, PartialEq)]
enum Said {
    Nothing,
    Taken(usize),
    Bad(usize),
    Sure,
}

/// The page `#/lessons`.
#[component]
pub fn ContentsPage() -> Html {
    let prefs = use_prefs();
    let (t, lang) = (prefs.lang, prefs.lang);
    let all = use_state(|| None::<Option<Rc<Contents>>>);
    let attempt = use_state(|| 0u32);
    let query = use_state_eq(String::new);
    let progress = use_state(Progress::load);
    let kept = use_state_eq(|| Progress::load().save());
    let said = use_state_eq(|| Said::Nothing);
    let area = use_node_ref();
    use_quiet_cluster();
    use_effect_with((lang, *attempt), {
        let all = all.setter();
        move |(lang, _)| {
            let lang = *lang;
            let wanted = Rc::new(Cell::new(true));
            let still = wanted.clone();
            spawn_local(async move {
                let found = load_contents(lang).await;
                if still.get() {
                    all.set(Some(found));
                }
            });
            move || wanted.set(false)
        }
    });
    let take = {
        let (progress, said, kept) = (progress.clone(), said.setter(), kept.setter());
        Callback::from(move |text: String| match Progress::decode(&text) {
            Ok(theirs) => {
                let mut next = Progress::load();
                said.set(Said::Taken(theirs.0.len()));
                next.merge(theirs);
                kept.set(next.save());
                progress.set(next);
            }
            Err(bad) => said.set(Said::Bad(bad.0)),
        })
    };
    let clear = {
        let (progress, said) = (progress.clone(), said.clone());
        move |_: MouseEvent| {
            let mut next = Progress::load();
            next.clear();
            progress.set(next);
            said.set(Said::Nothing);
        }
    };
    let oninput = {
        let query = query.setter();
        move |e: InputEvent| query.set(e.target_unchecked_into::<HtmlInputElement>().value())
    };
    let retry = {
        let attempt = attempt.clone();
        move |_: MouseEvent| attempt.set(*attempt + 1)
    };
    let l = t.lessons();
    let body = match &*all {
        None => html! { <p class="quiet" role="status">{ l.loading }</p> },
        Some(None) => {
            html! { <p class="lesson-note warn-note" role="alert">{ l.unreachable }{ " " }<button type="button" class="btn small" onclick={retry}>{ l.again }</button></p> }
        }
        Some(Some(all)) => {
            html! {
                <>
                    { standing(all, &progress, l) }
                    <label class="lesson-search"><span class="sr-only">{ l.search }</span>
                        <input type="search" placeholder={l.search_hint} aria-label={l.search} {oninput} data-test="lesson-search" autocomplete="off" spellcheck="false" />
                    </label>
                    { tracks(all, &query, &progress, l) }
                    { terms(all, &query, l) }
                    { keeping(&progress, *kept, &said, &area, take, clear, l) }
                </>
            }
        }
    };
    html! {
        <div class="page lab-page lessons-page">
            { header(t, &prefs) }
            <main class="lessons" id="lessons" tabindex="-1">
                <div class="lessons-intro">
                    <h2>{ l.contents }</h2>
                    <p>{ l.contents_intro }</p>
                    <p class="quiet">{ l.reference }</p>
                </div>
                { body }
            </main>
        </div>
    }
}

/// How far one is, and where to go on.
fn standing(all: &Contents, progress: &Progress, l: &LessonTexts) -> Html {
    let is_done = |it: &&Line| progress.get(&it.slug).is_some_and(Desk::is_done);
    let done = all.lessons.iter().filter(is_done).count();
    let begun = |it: &&Line| {
        let desk = progress.get(&it.slug);
        desk.is_some_and(|it| it.is_begun() && !it.is_done())
    };
    let next = all.lessons.iter().find(begun);
    let fresh = all.lessons.iter().find(|it| !is_done(it));
    let (next, word) = match next {
        Some(it) => (Some(it), l.go_on),
        None => (fresh, if done > 0 { l.go_on } else { l.begin }),
    };
    let width = format!("width:{}%", done * 100 / all.lessons.len().max(1));
    html! {
        <div class="lessons-standing">
            if let Some(it) = next { <a class="btn primary" href={format!("#/lesson/{}", it.slug)} data-test="lesson-begin">{ word(&it.title) }</a> }
            <span class="lessons-bar" aria-hidden="true"><i style={width} /></span>
            <span class="quiet" data-test="lessons-done">{ (l.so_far)(done, all.lessons.len()) }</span>
        </div>
    }
}

/// Whether a text has every word that is searched for, whatever its case.
fn has(text: &str, query: &str) -> bool {
    let text = text.to_ascii_lowercase();
    query
        .split_whitespace()
        .all(|it| text.contains(&it.to_ascii_lowercase()))
}

/// Whether a lesson is found.
fn matches(line: &Line, query: &str, l: &LessonTexts) -> bool {
    let words = line.words.join(" ");
    let track = TRACKS.iter().position(|it| line.track == **it);
    let track = track.map_or("", |at| l.tracks[at]);
    has(
        &format!(
            "{} {} {words} {} {track}",
            line.title, line.summary, line.slug
        ),
        query,
    )
}

fn tracks(all: &Contents, query: &str, progress: &Progress, l: &LessonTexts) -> Html {
    let found = |it: &&(usize, &Line)| matches(it.1, query, l);
    let lines: Vec<(usize, &Line)> = (1..).zip(&all.lessons).collect();
    let some = lines.iter().any(|it| found(&it));
    let track = |(at, name): (usize, &&str)| {
        let mine = lines.iter().filter(|(_, it)| it.track == **name);
        let mine: Vec<Html> = mine
            .filter(found)
            .map(|(n, it)| card(*n, it, progress, l))
            .collect();
        if mine.is_empty() {
            return Html::default();
        }
        html! {
            <section class="track-part" key={at} data-test={format!("track-{name}")}>
                <h3>{ l.tracks[at] }</h3><p class="quiet">{ l.tracks_why[at] }</p>
                <ol class="lesson-cards">{ mine }</ol>
            </section>
        }
    };
    html! {
        <>
            if !some { <p role="status" data-test="none-found">{ (l.none_found)(query) }</p> }
            { for TRACKS.iter().enumerate().map(track) }
        </>
    }
}

fn card(number: usize, line: &Line, progress: &Progress, l: &LessonTexts) -> Html {
    let desk = progress.get(&line.slug).filter(|it| it.is_begun());
    let (class, state) = match desk {
        Some(it) if it.is_done() => ("done", l.done.to_owned()),
        Some(it) => ("begun", (l.begun)(it.at() + 1, line.steps)),
        None => ("", String::new()),
    };
    html! {
        <li key={number}><a class={classes!("lesson-card", class)} href={format!("#/lesson/{}", line.slug)} data-test={format!("card-{}", line.slug)} data-state={class}>
            <span class="lesson-number" aria-hidden="true">{ if class == "done" { Icon::Tick.html() } else { html! { { number } } } }</span>
            <span class="lesson-card-text">
                <b>{ line.title.clone() }</b>
                <span>{ line.summary.clone() }</span>
                <small class="quiet">{ (l.minutes)(line.minutes) }{ " · " }{ (l.n_steps)(line.steps) }if !state.is_empty() { { " · " }<em>{ state }</em> }</small>
            </span>
        </a></li>
    }
}

fn terms(all: &Contents, query: &str, l: &LessonTexts) -> Html {
    let found = all.terms.iter();
    let found = found.filter(|it| has(&format!("{} {}", it.term, it.text), query));
    let title = |it: &Gloss| {
        let line = all.lessons.iter().find(|line| line.slug == it.slug);
        line.map(|it| it.title.to_string()).unwrap_or_default()
    };
    let one = |it: &Gloss| {
        html! {
            <div key={format!("{}{}", it.term, it.slug)}><dt>{ it.term.clone() }</dt>
            <dd>{ words(&it.text) }{ " " }<a href={format!("#/lesson/{}/{}", it.slug, it.step)}>{ (l.in_lesson)(&title(it)) }</a></dd></div>
        }
    };
    let list: Vec<Html> = found.map(one).collect();
    if list.is_empty() {
        return Html::default();
    }
    html! {
        <section class="lessons-terms" data-test="terms"><h3>{ l.terms }</h3><p class="quiet">{ l.terms_why }</p><dl>{ list }</dl></section>
    }
}

/// Progress out and in, and its end.
fn keeping(
    progress: &Progress,
    kept: bool,
    said: &UseStateHandle<Said>,
    area: &NodeRef,
    take: Callback<String>,
    clear: impl Fn(MouseEvent) + 'static,
    l: &LessonTexts,
) -> Html {
    let text = progress.encode();
    // A link to the text itself: no file is made before somebody wants it.
    let file = format!(
        "data:text/plain;charset=utf-8,{}",
        String::from(js_sys::encode_uri_component(&text))
    );
    let from_file = {
        let take = take.clone();
        move |e: Event| {
            let input = e.target_unchecked_into::<HtmlInputElement>();
            let file = input.files().and_then(|it| it.get(0));
            let Some(file) = file else { return };
            let take = take.clone();
            spawn_local(async move {
                let text = JsFuture::from(file.text()).await.ok();
                take.emit(text.and_then(|it| it.as_string()).unwrap_or_default());
                input.set_value("");
            });
        }
    };
    let from_text = {
        let area = area.clone();
        move |_: MouseEvent| {
            if let Some(field) = area.cast::<HtmlTextAreaElement>() {
                take.emit(field.value());
            }
        }
    };
    let say = |next: Said| {
        let said = said.setter();
        move |_: MouseEvent| said.set(next.clone())
    };
    let message = match &**said {
        Said::Taken(n) => {
            html! { <p class="ok" role="status" data-test="progress-said">{ (l.taken_over)(*n) }</p> }
        }
        Said::Bad(n) => {
            html! { <p class="bad" role="alert" data-test="progress-said">{ (l.bad_progress)(*n) }</p> }
        }
        Said::Sure => html! {
            <p class="lesson-row" role="alert"><span>{ l.clean_sure }</span>
                <button type="button" class="btn small danger" onclick={clear} data-test="clean-yes">{ l.clean_yes }</button>
                <button type="button" class="btn small" onclick={say(Said::Nothing)}>{ l.clean_no }</button></p>
        },
        Said::Nothing => Html::default(),
    };
    html! {
        <section class="lessons-keeping" data-test="progress">
            <h3>{ l.progress }</h3>
            <p class="quiet">{ l.progress_why }</p>
            if !kept { <p class="lesson-note warn-note" role="status" data-test="not-kept">{ l.not_kept }</p> }
            <div class="lesson-row">
                <a class="btn" href={file} download="rebalance-progress.txt" data-test="progress-save">{ l.save_file }</a>
                <label class="btn">{ l.from_file }<input class="sr-only" type="file" accept=".txt,text/plain" onchange={from_file} data-test="progress-file" /></label>
                <button type="button" class="btn danger" onclick={say(Said::Sure)} disabled={progress.0.is_empty()} data-test="clean">{ l.clean }</button>
            </div>
            { message }
            <details><summary class="quiet">{ l.paste }</summary>
                <textarea ref={area} rows="4" spellcheck="false" autocomplete="off" aria-label={l.paste} placeholder={text} data-test="progress-text" />
                <button type="button" class="btn small" onclick={from_text} data-test="progress-take">{ l.take_over }</button>
            </details>
        </section>
    }
}

fn header(t: Lang, prefs: &PrefsContext) -> Html {
    let ways = [
        ("#/sandbox", t.app().cluster, "room-cluster", false),
        ("#/lessons", t.lessons().contents, "room-lessons", true),
        ("#/lab/assignors", t.app().labs, "room-labs", false),
    ];
    room_header(t.lessons().rooms, &ways, prefs)
}

/// The cluster behind the table stands still: nobody sees it.
#[hook]
fn use_quiet_cluster() {
    let (dispatch, playing) = (use_dispatch(), use_snapshot().playing);
    use_effect_with(playing, move |playing| {
        if *playing {
            dispatch.play(false);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_to_be_there() {
        assert!(has("Keys and order: murmur2", "ORDER key"));
        assert!(!has("Keys and order", "order acks"));
        assert!(has("anything", "  "));
    }
}
