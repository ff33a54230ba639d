//! Learning: lessons from the table of contents to the last step, predictions right and wrong, hints, "show me", a link to a
//! step, progress that stays and travels, a phone, Chinese, the projector and the worksheet.

use super::stage::Stage;
use crate::page::{PHONE, Page};
use crate::suite;
use crate::webdriver::Result;
use serde_json::json;
use std::time::Duration;

/// Long enough for a solution that is shown at a pace at which one can watch.
const SHOWN: Duration = Duration::from_secs(90);

fn ensure(so: bool, what: &str) -> Result<()> {
    so.then_some(()).ok_or_else(|| what.to_owned())
}

/// Types a command as a learner does. The first lesson has the terminal among "all controls".
fn command(page: &Page, line: &str) -> Result<()> {
    let folded = page.eval(
        "!!document.querySelector('[data-test=lesson-more]') && !document.querySelector('[data-test=lesson-more]').checked",
    )?;
    if folded == json!(true) {
        page.click("lesson-more")?;
    }
    Stage(page).type_line(line)
}

/// Waits until a step of the lesson has this state: `open`, `met`, `shown`, `skipped`.
fn step_is(page: &Page, step: usize, state: &str, patience: Duration) -> Result<()> {
    let test = format!(
        "document.querySelector('[data-test=\"to-step-{step}\"]')?.dataset.state === '{state}'"
    );
    page.wait_until(&test, patience)
}

/// Chooses a prediction, as soon as the cluster is there and it can be chosen.
fn choose(page: &Page, choice: usize) -> Result<()> {
    let button = format!("document.querySelector('[data-test=\"choice-{choice}\"]:enabled')");
    page.wait_until(&button, few())?;
    page.click(&format!("choice-{choice}"))
}

fn few() -> Duration {
    Duration::from_secs(60)
}

/// A lesson from the first page to its end: a wrong and a right prediction, acts, a hint, "show me", the next lesson.
pub fn lesson(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    page.click("learn")?;
    page.wait_text("lessons-done", "0 of 38")?;
    page.click("lesson-begin")?;
    page.wait_text("lesson-title", "A topic is a log")?;
    // Nothing is given away before the prediction.
    ensure(
        !page.has("do")?,
        "what to do is shown before the prediction",
    )?;
    choose(page, 1)?;
    // What was predicted stands there, and whether it is right does not, until the cluster has shown it.
    page.wait_text("predicted", "You predicted: Offset 1")?;
    ensure(
        !page.has("verdict")?,
        "the verdict comes before the experiment",
    )?;
    page.wait_text("goals", "orders-0 holds at least three records")?;
    let formula = page.eval("document.querySelector('.lesson-formulas').open")?;
    ensure(formula == json!(false), "goals are told as formulas")?;
    for value in ["bread", "milk", "tea"] {
        step_is(page, 1, "open", few())?;
        command(page, &format!("producer send p1 value={value}"))?;
    }
    step_is(page, 1, "met", few())?;
    stage.wait("verdict", "data-state", "wrong")?;
    page.wait_text("verdict", "Offsets count from 0")?;
    page.wait_text("seen", "Offsets 0, 1 and 2")?;
    page.wait_text("par", "Commands so far: 3. The lesson can be done with 4")?;
    // A command that the lesson leaves out is refused kindly, and nothing happens.
    command(page, "broker crash 1")?;
    page.wait_text("held-back", "left out of this lesson")?;
    stage.wait("broker-1", "data-state", "Running")?;
    // What has not been explained yet is not there to puzzle over.
    page.click("lesson-more")?;
    let strange = page.eval("[...document.querySelectorAll('.isr, .hw, .epoch, [data-test^=controller-], .stage .chip, .timeline, .drawer, .terminal, [data-test=add-consumer], [data-test=speed], [data-test=step], [data-test=share], .lesson-formulas')].filter(e => e.getBoundingClientRect().width > 0).map(e => e.textContent)")?;
    ensure(
        strange == json!([]),
        &format!("lesson 1 shows {strange}, which it does not explain"),
    )?;

    page.click("next-step")?;
    choose(page, 3)?;
    page.click("hint")?;
    page.wait_text("hint-1", "Press the line")?;
    // The line that the text names can be pressed.
    page.click_on(&page.css("[data-test=do] [data-line]")?)?;
    step_is(page, 2, "met", few())?;
    stage.wait("verdict", "data-state", "right")?;
    page.wait_text("finished", "You needed 4 commands")?;
    page.wait_text("real", "retention.ms")?;
    page.click("next-lesson")?;
    page.wait_text("lesson-title", "Same key, same partition")?;
    step_is(page, 1, "open", few())?;
    // From the second lesson on everything is there.
    page.wait_until(
        "['.timeline', '.drawer', '.terminal', '[data-test=speed]'].every((it) => document.querySelector(it).getBoundingClientRect().height > 0)",
        few(),
    )
}

/// The digit keys choose a prediction that waits, and nothing else; "hint" and "show me" stay where they are.
pub fn keys(page: &Page) -> Result<()> {
    page.open("#/lesson/keys-and-order")?;
    page.test("predict")?;
    page.wait_until(
        "document.querySelector('[data-test=choice-1]:enabled')",
        few(),
    )?;
    let numbers = page
        .eval("[...document.querySelectorAll('.lesson-choice kbd')].map((it) => it.textContent)")?;
    ensure(
        numbers
            .as_array()
            .is_some_and(|it| it.len() > 1 && it[0] == "1" && it[1] == "2"),
        &format!("the choices are numbered {numbers}"),
    )?;
    // A digit that is typed somewhere is typed there, and one that no choice has does nothing.
    page.click("terminal-input")?;
    page.press("2")?;
    page.run("document.activeElement.blur()")?;
    page.press("9")?;
    ensure(
        !page.has("predicted")?,
        "a digit was taken for a prediction",
    )?;
    page.press("2")?;
    page.test("predicted")?;
    let chosen = page.eval("document.querySelector('.lesson-choice.yours').dataset.test")?;
    ensure(chosen == json!("choice-2"), &format!("2 chose {chosen}"))?;
    page.press("1")?;
    let places = "JSON.stringify(['hint', 'show-me'].map((it) => { const box = document.querySelector(`[data-test=${it}]`).getBoundingClientRect(); return [box.left, box.top]; }))";
    let before = page.eval(places)?;
    page.click("hint")?;
    page.test("hint-1")?;
    while page.eval("!document.querySelector('[data-test=hint]').disabled")? == json!(true) {
        page.click("hint")?;
    }
    page.wait_text("hint", "No more hints")?;
    let after = page.eval(places)?;
    ensure(
        before == after,
        &format!("help moved from {before} to {after}"),
    )?;
    let _ = page.click("hint");
    ensure(
        !page.has("showing")?,
        "one more press had the solution shown",
    )?;
    let chosen = page.eval("document.querySelectorAll('.lesson-choice.yours').length")?;
    ensure(chosen == json!(1), "a prediction was made twice")?;
    page.click("help")?;
    page.wait_text("help-dialog", "choose the prediction with this number")
}

/// While a lesson's cluster is made, nothing of the one before it is seen.
pub fn veiled(page: &Page) -> Result<()> {
    // Looks at every frame: a cluster in sight beside a lesson has to be the lesson's, which has one broker.
    page.before_load(
        "window.seen = []; window.watch = () => { const lesson = document.querySelector('.page.with-lesson'); const brokers = [...document.querySelectorAll('#stage .broker')].filter((it) => it.checkVisibility({ visibilityProperty: true })); if (lesson) seen.push(brokers.length); requestAnimationFrame(watch); }; requestAnimationFrame(watch);",
    )?;
    let stage = Stage(page);
    stage.open()?;
    let only = |most: u32| {
        page.eval("JSON.stringify([...new Set(seen)])")
            .and_then(|it| {
                let fine = [json!("[0,1]"), json!("[1]"), json!("[0]")].contains(&it);
                ensure(
                    fine,
                    &format!("with {most} brokers there were {it} in sight"),
                )
            })
    };
    page.click("try-lesson")?;
    page.wait_until(
        "document.querySelector('[data-test=choice-1]:enabled')",
        few(),
    )?;
    only(1)?;
    page.run("seen.length = 0")?;
    page.open("#/lesson/topic-and-log")?;
    page.wait_until(
        "document.querySelector('[data-test=choice-1]:enabled')",
        few(),
    )?;
    only(1)
}

/// Every future of a lesson is there again after the page was loaded anew, and where one was.
pub fn futures_stay(page: &Page) -> Result<()> {
    let stage = Stage(page);
    page.open("#/lesson/keys-and-order")?;
    choose(page, 1)?;
    command(page, "producer send p1 key=alice value=one")?;
    stage.pause()?;
    page.click("undo")?;
    command(page, "producer send p1 key=bob value=two")?;
    let count = "document.querySelectorAll('[data-test^=branch-]').length";
    page.wait_until(&format!("{count} === 2"), few())?;
    let names = "JSON.stringify([...document.querySelectorAll('[data-test^=branch-]')].map((it) => [it.textContent, it.ariaPressed]))";
    let before = page.eval(names)?;
    page.reload()?;
    page.wait_until("document.querySelector('.lesson.ready')", few())?;
    page.wait_until(&format!("{count} === 2"), few())?;
    let after = page.eval(names)?;
    ensure(before == after, &format!("{before} became {after}"))
}

/// The sandbox waits while a lesson is open, and "start over" begins a lesson anew.
pub fn sandbox_waits(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    page.click("broker-3-crash")?;
    stage.wait("broker-3", "data-state", "Crashed")?;
    stage.pause()?;
    let clock = stage.clock_ms()?;
    page.click("try-lesson")?;
    page.wait_text("lesson-title", "A topic is a log")?;
    let alone = "document.querySelectorAll('.broker').length === 1";
    page.wait_until(alone, few())?;
    choose(page, 2)?;
    page.click("show-me")?;
    step_is(page, 1, "shown", SHOWN)?;
    page.click("start-over")?;
    step_is(page, 1, "open", few())?;
    page.wait_text("par", "Commands so far: 0")?;
    page.click("to-sandbox")?;
    stage.wait("broker-3", "data-state", "Crashed")?;
    ensure(
        stage.clock_ms()? == clock,
        "the sandbox is not where it was left",
    )?;
    // Also after the page was loaded anew in the middle of a lesson.
    page.open("#/lesson/isr")?;
    page.wait_text("lesson-title", "The ISR")?;
    page.click("to-sandbox")?;
    stage.wait("broker-3", "data-state", "Crashed")
}

/// Links: to a step, to a step that is not there, to a lesson that is not there.
pub fn links(page: &Page) -> Result<()> {
    page.open("#/lesson/topic-and-log/2")?;
    page.wait_text("lesson-title", "A topic is a log")?;
    page.wait_text("skipped", "played for you")?;
    step_is(page, 1, "skipped", few())?;
    step_is(page, 2, "open", few())?;
    page.wait_text("lesson-step", "A second reader")?;
    page.open("#/lesson/topic-and-log/99")?;
    page.wait_text("bad-step", "no step “99”: it has 2")?;
    page.open("#/lesson/%3Cb%3Enothing%3C%2Fb%3E")?;
    page.wait_text("lesson-error", "There is no lesson called")?;
    ensure(
        page.css_all("[data-test=lesson-error] b")?.is_empty(),
        "a name from a link became markup",
    )?;
    page.language("zh")?;
    page.open("#/lesson/nothing")?;
    page.wait_text("lesson-error", "没有叫")?;
    page.click_on(&page.by_role("link", "全部课程")?)?;
    page.wait_text("lessons-done", "38 课")
}

/// Progress survives a reload, is saved as text, forgotten, and taken over again.
pub fn progress(page: &Page) -> Result<()> {
    page.open("#/lesson/topic-and-log")?;
    choose(page, 2)?;
    for _ in 0..3 {
        command(page, "producer send p1 value=x")?;
    }
    step_is(page, 1, "met", few())?;
    page.reload()?;
    page.wait_text("lesson-title", "A topic is a log")?;
    step_is(page, 1, "met", few())?;
    step_is(page, 2, "open", few())?;
    page.wait_text("par", "Commands so far: 3")?;
    page.click("all-lessons")?;
    page.wait_text("card-topic-and-log", "step 2 of 2")?;
    let file = page.eval("decodeURIComponent(document.querySelector('[data-test=progress-save]').href.split(',')[1])")?;
    let text = file.as_str().unwrap_or_default().to_owned();
    ensure(
        text.starts_with("# rebalance progress 1\ntopic-and-log - m2.0,o0.0"),
        &format!("the saved progress is {text:?}"),
    )?;
    page.click("clean")?;
    page.click("clean-yes")?;
    page.wait_until(
        "document.querySelector('[data-test=\"card-topic-and-log\"]').dataset.state === ''",
        few(),
    )?;
    page.test("progress")?;
    page.run("document.querySelector('[data-test=progress] details').open = true")?;
    page.type_into("progress-text", "rubbish")?;
    page.click("progress-take")?;
    page.wait_text("progress-said", "Line 1 is not progress")?;
    let fill = format!(
        "const it = document.querySelector('[data-test=progress-text]'); it.value = {};",
        json!(text)
    );
    page.run(&fill)?;
    page.click("progress-take")?;
    page.wait_text("progress-said", "Taken over: 1 lesson")?;
    page.wait_text("card-topic-and-log", "step 2 of 2")?;
    // What was taken over can be gone on with, although the moment itself is not here.
    page.click("card-topic-and-log")?;
    step_is(page, 1, "met", few())?;
    page.wait_text("lesson-step", "A second reader")
}

/// Without storage the page works and says so.
pub fn nothing_kept(page: &Page) -> Result<()> {
    page.before_load(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } });",
    )?;
    page.open("#/lesson/topic-and-log")?;
    choose(page, 2)?;
    page.wait_text("not-kept", "keeps nothing")?;
    page.click("all-lessons")?;
    page.wait_text("not-kept", "keeps nothing")
}

/// The table of contents: search by word, term and tag.
pub fn contents(page: &Page) -> Result<()> {
    page.open("#/lessons")?;
    page.wait_text("lessons-done", "0 of 38")?;
    page.type_into("lesson-search", "heartbeat")?;
    page.test("card-stuck-consumer")?;
    page.wait_until(
        "!document.querySelector('[data-test=\"card-topic-and-log\"]')",
        few(),
    )?;
    page.wait_text("terms", "heartbeat")?;
    page.type_into("lesson-search", " zzz")?;
    page.wait_text("none-found", "No lesson has")
}

/// Where time alone would show what is asked, the clock stands still until the prediction is made.
pub fn clock_waits(page: &Page) -> Result<()> {
    let stage = Stage(page);
    page.open("#/lesson/stuck-consumer/2")?;
    page.test("clock-waits")?;
    stage.until("the clock stands", || Ok(!stage.playing()?))?;
    let stands = stage.clock_ms()?;
    choose(page, 1)?;
    stage.until("time goes on", || Ok(stage.clock_ms()? > stands))?;
    ensure(!page.has("clock-waits")?, "the clock still waits")?;
    page.open("#/lesson/stuck-consumer/1")?;
    page.test("choice-1")?;
    stage.until("time goes on before what only an act shows", || {
        stage.playing()
    })?;
    ensure(!page.has("clock-waits")?, "a clock waits in vain")
}

/// Makes the page's frames and pauses pass this many times as fast, so that all lessons take minutes.
const HURRY: &str = r"
    const [frame, later, times] = [window.requestAnimationFrame.bind(window), window.setTimeout.bind(window), 6];
    window.requestAnimationFrame = (f) => frame((at) => f(at * times));
    window.setTimeout = (f, ms = 0, ...rest) => later(f, ms / times, ...rest);
";

/// "Show me" from the first step to the last, in every lesson; how each looks at its beginning and at its end is kept in
/// `target/shots/lessons/`.
pub fn shown(page: &Page) -> Result<()> {
    page.before_load(HURRY)?;
    page.open("#/lessons")?;
    page.test("card-topic-and-log")?;
    let all = page.eval("[...document.querySelectorAll('.lesson-card')].map((it) => it.getAttribute('href').split('/').pop())")?;
    let all: Vec<&str> = all
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_str())
        .collect();
    ensure(all.len() == 38, &format!("{} lessons", all.len()))?;
    let mut failed = Vec::new();
    for (slug, number) in all.into_iter().zip(1..) {
        let picture = |moment: &str| {
            let name = format!("lessons/{number:02}-{slug}-{moment}.png");
            page.screenshot(&suite::target("shots").join(name), false)
        };
        if let Err(why) = play_through(page, slug, picture) {
            failed.push(format!("{slug}: {why}"));
        }
    }
    failed.is_empty().then_some(()).ok_or(failed.join("; "))
}

fn play_through(page: &Page, slug: &str, picture: impl Fn(&str) -> Result<()>) -> Result<()> {
    page.open(&format!("#/lesson/{slug}"))?;
    page.test("to-step-1")?;
    let ready = "document.querySelector('[data-test=lesson-step]') && !document.querySelector('[data-test=preparing]')";
    page.wait_until(ready, SHOWN)?;
    picture("first")?;
    let steps = page.css_all("[data-test^=to-step-]")?.len();
    for step in 1..=steps {
        page.wait_until(
            &format!("document.querySelector('[data-test=\"to-step-{step}\"]')?.getAttribute('aria-current')"),
            few(),
        )?;
        if page.has("choice-1")? {
            choose(page, 1)?;
        }
        // A crash may come at the one moment at which nothing is lost by it; then it is shown once more.
        let ticked = format!(
            "document.querySelector('[data-test=\"to-step-{step}\"]').dataset.state !== 'open'"
        );
        for _ in 0..3 {
            // The step may be done by time alone before the button is pressed.
            if page.has("show-me")? {
                let _ = page.click("show-me");
            }
            // What the solution has besides, such as waiting until all has come to rest, is part of the last picture.
            page.wait_until("!document.querySelector('[data-test=showing]')", SHOWN)?;
            if page.wait_until(&ticked, Duration::from_secs(3)).is_ok() {
                break;
            }
        }
        page.wait_until(&ticked, few())
            .map_err(|_| format!("step {step} did not tick"))?;
        if step < steps {
            page.click("next-step")?;
        }
    }
    page.wait_text("finished", "Lesson done")?;
    picture("last")
}

/// Pixels of the stage that are in sight.
fn stage_left(page: &Page) -> Result<f64> {
    let seen = page.eval("(() => { const box = document.getElementById('stage').getBoundingClientRect(); const sheet = document.querySelector('.lesson').getBoundingClientRect(); return Math.min(box.bottom, sheet.top) - box.top; })()")?;
    Ok(seen.as_f64().unwrap_or(0.0))
}

/// On a phone the text is a sheet of three sizes, larger and smaller one at a time; only the largest hides the stage. What is to
/// be done is in sight at each.
pub fn phone(page: &Page) -> Result<()> {
    page.open("#/lesson/topic-and-log")?;
    page.wait_text("lesson-title", "A topic is a log")?;
    let fits = |least: f64| -> Result<()> {
        std::thread::sleep(Duration::from_millis(200));
        let left = stage_left(page)?;
        ensure(
            left >= least,
            &format!("only {left} pixels of the stage are left"),
        )?;
        let wide = page.eval("document.documentElement.scrollWidth <= innerWidth")?;
        ensure(wide == json!(true), "the page is wider than the phone")
    };
    let in_sight = |what: &str| -> Result<()> {
        let seen = page.eval(&format!("(() => {{ const box = document.querySelector('{what}').getBoundingClientRect(); const text = document.getElementById('lesson-body').getBoundingClientRect(); return box.top >= text.top - 1 && box.top + 20 < text.bottom; }})()"))?;
        ensure(seen == json!(true), &format!("{what} is out of sight"))
    };
    let ready = "document.querySelector('[data-test=choice-1]:enabled')";
    page.wait_until(ready, few())?;
    fits(280.0)?;
    in_sight("[data-test=choice-1]")?;
    page.click("lesson-smaller")?;
    fits(450.0)?;
    in_sight("[data-test=predict]")?;
    page.click("lesson-larger")?;
    page.click("lesson-larger")?;
    fits(0.0)?;
    in_sight("[data-test=choice-1]")?;
    // Whoever has predicted needs the stage: the sheet makes room.
    choose(page, 2)?;
    fits(280.0)?;
    page.click("hint")?;
    page.test("hint-1")?;
    in_sight("[data-test=hint-1]")?;
    page.click_on(&page.css("[data-test=hint-1] [data-line]")?)?;
    page.click_on(&page.css("[data-test=hint-1] [data-line]")?)?;
    page.click_on(&page.css("[data-test=hint-1] [data-line]")?)?;
    step_is(page, 1, "met", few())?;
    // What a pressed line adds stands below, and comes into sight.
    page.click("next-step")?;
    choose(page, 3)?;
    page.click_on(&page.css("[data-test=do] [data-line]")?)?;
    page.wait_until("(() => { const card = document.querySelector('[data-test=consumer-c2]')?.getBoundingClientRect(); return card && card.bottom <= document.querySelector('.lesson').getBoundingClientRect().top + 1; })()", few())
}

/// A step may open a panel: at a desk, and on a phone, where there are no panels otherwise.
pub fn panel(page: &Page) -> Result<()> {
    page.open("#/lesson/joining-a-group")?;
    page.wait_text("lesson-title", "Joining a group")?;
    let open = "document.querySelector('#tab-protocol')?.ariaSelected === 'true' && document.getElementById('panel')?.getBoundingClientRect().height > 80";
    page.wait_until(open, few())?;
    page.viewport(PHONE)?;
    page.wait_until(open, few())?;
    ensure(
        stage_left(page)? >= 150.0,
        "the panel leaves nothing of the stage",
    )
}

/// A lesson in Chinese; changing the language changes neither step nor cluster.
pub fn chinese(page: &Page) -> Result<()> {
    page.language("zh")?;
    page.open("#/lesson/topic-and-log")?;
    page.wait_text("lesson-title", "topic 就是日志")?;
    choose(page, 2)?;
    page.wait_text("goals", "orders-0 里至少有三条记录")?;
    for _ in 0..3 {
        command(page, "producer send p1 value=x")?;
    }
    step_is(page, 1, "met", few())?;
    page.wait_text("verdict", "offset 从 0 数起")?;
    page.click("lang")?;
    page.wait_text("lesson-title", "A topic is a log")?;
    page.wait_text("seen", "Offsets 0, 1 and 2")
}

/// The projector: large type, notes, the keys of a remote control; and the sheet for paper.
pub fn presenter(page: &Page) -> Result<()> {
    page.open("?present#/lesson/topic-and-log")?;
    page.wait_text("notes", "show of hands")?;
    // Whoever presents has them before their eyes.
    for width in [1440, 1920] {
        page.viewport(crate::page::Viewport {
            width,
            height: width * 9 / 16 + 90,
        })?;
        let whole = "(() => { const it = document.querySelector('[data-test=notes]'), box = it.getBoundingClientRect(); return box.bottom <= innerHeight + 1 && it.scrollHeight <= it.clientHeight + 1; })()";
        page.wait_until(whole, few())
            .map_err(|_| format!("the notes are not whole at a width of {width}"))?;
    }
    page.viewport(crate::page::DESK)?;
    step_is(page, 1, "open", few())?;
    let ready = "document.querySelector('[data-test=choice-1]:enabled')";
    page.wait_until(ready, few())?;
    // What the room predicts is pressed by whoever presents, or nothing is.
    page.press("b")?;
    page.test("blank")?;
    page.press("b")?;
    page.wait_until("!document.querySelector('[data-test=blank]')", few())?;
    page.press("l")?;
    page.test("pointer")?;
    page.press("PageDown")?;
    page.wait_text("showing", "producer send p1 value=bread")?;
    ensure(!page.has("verdict")?, "the answer comes before the show")?;
    step_is(page, 1, "shown", SHOWN)?;
    page.wait_text("verdict", "The answer: Offset 2")?;
    page.wait_until("!document.querySelector('[data-test=showing]')", SHOWN)?;
    page.press("PageDown")?;
    page.wait_text("lesson-step", "A second reader")?;
    page.press("PageUp")?;
    page.wait_text("lesson-step", "Write three records")?;
    page.press("p")?;
    page.wait_until("!document.querySelector('[data-test=notes]')", few())?;
    // On paper there are the questions and none of the page.
    page.print_media(true)?;
    let paper = page.eval("[...document.querySelectorAll('.page > *, .lesson > *')].filter(e => e.getBoundingClientRect().height > 0).map(e => e.className)")?;
    ensure(
        paper == json!(["lesson fold-1 plain ready", "worksheet"]),
        &format!("printed: {paper}"),
    )?;
    let sheet = page.text("worksheet")?;
    page.print_media(false)?;
    ensure(
        sheet.contains("Which offset, its number in the log, will the third one get?")
            && sheet.contains("orders-0 holds at least three records")
            && sheet.contains("My prediction was")
            && !sheet.contains("Offsets count from 0"),
        "the sheet has no questions, or gives the answers away",
    )
}
