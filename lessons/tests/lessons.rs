//! Every lesson is what it says: see `rebalance_lessons::check`. And the checker notices when one is not.

use rebalance_lessons::catalogue::Catalogue;
use rebalance_lessons::lesson::{PANELS, TRACKS, expects};
use rebalance_lessons::play::Play;
use rebalance_lessons::text::Lang;
use rebalance_lessons::{catalogue, check, folder, myths, render};

fn lessons() -> Catalogue {
    catalogue(&folder()).unwrap_or_else(|why| panic!("{why}"))
}

#[test]
fn every_lesson_is_what_it_says() {
    let all = lessons();
    let wrong: Vec<String> = all
        .lessons
        .iter()
        .flat_map(|e| check::all(&all, e))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lessons_are_numbered_in_order_and_tracks_do_not_mix() {
    let all = lessons();
    let numbers: Vec<usize> = all.lessons.iter().map(|e| e.number).collect();
    assert_eq!(numbers, (1..=all.lessons.len()).collect::<Vec<_>>());
    let place = |e: &rebalance_lessons::Entry| TRACKS.iter().position(|t| *t == e.lesson.track);
    assert!(all.lessons.is_sorted_by_key(place), "a track is cut in two");
}

/// The page, which this crate cannot see, has the same panels under the same names.
#[test]
fn the_panels_a_step_may_open_are_the_pages() {
    let file = folder().join("../../web/src/panels/mod.rs");
    let source = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{e}"));
    let list = source.split_once("const IDS:").expect("the page's names").1;
    let list = list.split_once("= [").expect("a list").1;
    let list = list.split_once(']').expect("its end").0;
    let names: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert_eq!(names, PANELS);
}

#[test]
fn every_myth_fails_somewhere_or_says_what_it_waits_for() {
    let all = lessons();
    let mut seen = std::collections::BTreeSet::new();
    for myth in &all.myths {
        assert!(seen.insert(&myth.id), "two myths are called {}", myth.id);
        let shown = !myths::shown(&all, &myth.id).is_empty();
        assert_ne!(
            shown,
            myth.waits.is_some(),
            "{}: shown in a lesson, or waiting, but not both",
            myth.id
        );
        assert!(
            myth.rank.is_some() || myth.severity.is_some(),
            "{}: where is it from?",
            myth.id
        );
    }
}

/// What the lessons must have in all: enough of them in each track, and most of what is commonly believed refuted.
#[test]
fn there_are_enough_lessons_and_refuted_myths() {
    let all = lessons();
    assert!(all.lessons.len() >= 20);
    for track in TRACKS {
        let count = all
            .lessons
            .iter()
            .filter(|e| e.lesson.track == track)
            .count();
        assert!(count >= 5, "{track} has only {count} lessons");
    }
    let stated = all.myths.iter().filter(|m| m.severity.is_some());
    let refuted = stated
        .filter(|m| !myths::shown(&all, &m.id).is_empty())
        .count();
    assert!(
        refuted >= 77,
        "only {refuted} statements of articles are refuted"
    );
    let ranked = all.myths.iter().filter(|m| m.rank.is_some());
    let refuted = ranked
        .filter(|m| !myths::shown(&all, &m.id).is_empty())
        .count();
    assert!(refuted >= 20, "only {refuted} of 25 confusions are refuted");
}

/// Learners press when they have read, not at the moment the author tried.
#[test]
fn a_crash_before_the_commit_repeats_something_whenever_it_comes() {
    let all = lessons();
    let entry = all.lessons.iter().find(|e| e.slug == "duplicates-and-loss");
    let lesson = &entry.expect("the lesson").lesson;
    let step = &lesson.steps[0];
    for wait in (0..=11_000).step_by(500) {
        let mut play = Play::new(&lesson.start).expect("a start");
        let wait = format!("advance {}ms", wait + 1);
        for line in std::iter::once(wait.as_str()).chain(step.lines().filter(|l| !expects(l))) {
            play.line(line)
                .unwrap_or_else(|why| panic!("{wait}: {why}"));
        }
        assert_eq!(play.met(&step.goals), Ok(true), "after {wait}");
    }
}

#[test]
fn the_guide_tells_where_each_myth_fails() {
    let guide = folder().join("../../docs/LESSONS.md");
    let guide = std::fs::read_to_string(guide).expect("the author's guide");
    let table = myths::table(&lessons());
    assert!(
        guide.contains(table.trim()),
        "put the output of `cargo xtask lesson table` into docs/LESSONS.md"
    );
}

#[test]
fn what_the_page_loads_is_json_with_every_step() {
    let all = lessons();
    for lang in Lang::ALL {
        for entry in &all.lessons {
            let read: serde_json::Value =
                serde_json::from_str(&render::page(&all, entry, lang)).expect("JSON");
            assert_eq!(
                read["steps"].as_array().map(Vec::len),
                Some(entry.lesson.steps.len())
            );
        }
        let read: serde_json::Value =
            serde_json::from_str(&render::contents(&all, lang)).expect("JSON");
        assert_eq!(
            read["lessons"].as_array().map(Vec::len),
            Some(all.lessons.len())
        );
        let terms = all.lessons.iter().map(|e| e.lesson.terms.len());
        assert_eq!(
            read["terms"].as_array().map(Vec::len),
            Some(terms.sum::<usize>()),
            "every term has a sentence that explains it"
        );
    }
}

/// The first lesson, spoiled in one way, with what the checker must say.
#[test]
fn the_checker_notices() {
    let all = lessons();
    let spoiled = |spoil: &dyn Fn(&mut rebalance_lessons::Entry)| {
        let mut entry = all.lessons[0].clone();
        spoil(&mut entry);
        check::all(&all, &entry).join("\n")
    };
    let last = |e: &rebalance_lessons::Entry| {
        e.lesson
            .steps
            .iter()
            .rposition(|s| !s.goals.is_empty())
            .expect("a goal")
    };
    type Spoil<'a> = (&'a str, &'a dyn Fn(&mut rebalance_lessons::Entry));
    let cases: &[Spoil<'_>] = &[
        ("the start meets the goal", &|e| {
            let at = last(e);
            e.lesson.steps[at].goals = vec!["violations = 0".into()];
        }),
        ("does not meet", &|e| {
            let at = last(e);
            e.lesson.steps[at].goals = vec!["violations = 7".into()];
        }),
        ("is met without", &|e| {
            let at = last(e);
            e.lesson.steps[at]
                .solution
                .push_str("\nlink set 1 101 latency.ms=3\n");
        }),
        ("par is", &|e| e.lesson.par += 1),
        ("guarantees broken", &|e| {
            e.lesson.breaks = vec!["one-leader-per-epoch".into()]
        }),
        ("no track", &|e| e.lesson.track = "elsewhere".into()),
        ("not among the allowed", &|e| {
            e.lesson.allow = vec!["group delete".into()]
        }),
        ("needs both", &|e| {
            e.lesson.steps.iter_mut().for_each(|s| s.answer = None)
        }),
        ("nowhere explained", &|e| {
            e.lesson.terms.push("quorum of frogs".into())
        }),
        ("is not a command", &|e| {
            e.texts[0].steps[0]
                .intro
                .push_str("\n\n`topic create`? No: `topic creates x`, `topic create x replicas=7`.")
        }),
        ("links lead to lessons", &|e| {
            e.texts[0].steps[0]
                .intro
                .push_str(" [out](https://example.org)")
        }),
        ("has no place here", &|e| {
            e.texts[1].steps[0].intro.push_str(" <b>x</b>")
        }),
        ("Chinese characters", &|e| e.texts[0].summary.push('主')),
        ("mostly not Chinese", &|e| e.texts[1] = e.texts[0].clone()),
        ("bytes", &|e| {
            e.texts[0].steps[0].intro = "word ".repeat(4000)
        }),
        ("minutes", &|e| {
            e.texts[0].steps[0].intro = "word ".repeat(2000)
        }),
        ("has other parts", &|e| {
            let at = last(e);
            e.texts[1].steps[at].hints.push("x".into());
        }),
        ("goals in words", &|e| drop(e.texts[1].steps[0].goals.pop())),
        ("say it in words", &|e| {
            e.texts[0].steps[0].goals[0] = "leo(orders-0) >= 3".into()
        }),
        ("finds no notes", &|e| e.texts[0].steps[0].notes = None),
        ("there is no panel", &|e| {
            e.lesson.steps[0].open = Some("cupboard".into())
        }),
        ("there is no myth", &|e| {
            e.lesson.steps[0].myths.push("the-earth-is-flat".into())
        }),
        ("makes nothing bold", &|e| {
            e.texts[1].steps[0]
                .intro
                .push_str("**截断（truncates）**到")
        }),
    ];
    for (expected, spoil) in cases {
        let found = spoiled(spoil);
        assert!(
            found.contains(expected),
            "expected `{expected}`, found `{found}`"
        );
    }
    assert_eq!(spoiled(&|_| {}), "");
}
