//! Texts that would like to be markup: names, keys, lines and links stay text, and the policy of the page stops what would not.

use super::stage::{SOON, Stage};
use crate::page::Page;
use crate::webdriver::Result;

const MARKUP: &str = "<img src=x onerror=hacked=1>";

/// Markup in a key, a value, a line, a lab and a link is shown, letter for letter, and never becomes an element.
pub fn texts(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.type_line(&format!(
        "producer send p1 key=\"{MARKUP}\" value=\"{MARKUP}\""
    ))?;
    shown(page, "the line is echoed")?;
    page.wait_text("journal", "orders")?;
    nothing_ran(page, "a record")?;
    for line in [
        format!("topic create \"{MARKUP}\" partitions=3"),
        format!("consumer add \"{MARKUP}\" group=billing topics=orders"),
        MARKUP.to_owned(),
    ] {
        stage.type_line(&line)?;
        nothing_ran(page, &line)?;
    }
    page.open("#/lab/keys")?;
    page.run("const i = document.querySelector('[data-test=key]'); i.focus(); i.select()")?;
    page.press_text(MARKUP)?;
    page.wait_text("bytes", "3c")?;
    nothing_ran(page, "the key lab")?;
    for route in ["#/s/", "#/lesson/", "#/"] {
        page.open(&format!("{route}{MARKUP}"))?;
        page.wait_until("document.querySelector('[data-test=notice]')?.innerText.length > 10 || document.querySelector('main')", SOON)?;
        nothing_ran(page, route)?;
    }
    Ok(())
}

/// Even markup that got in could not run: the policy names the page's own scripts and no others.
pub fn policy(page: &Page) -> Result<()> {
    Stage(page).open()?;
    page.run(
        "window.refused = [];
         addEventListener('securitypolicyviolation', (e) => refused.push(e.effectiveDirective));
         document.body.insertAdjacentHTML('beforeend', '<img src=\"x:\" onerror=\"hacked=1\">');
         const script = document.createElement('script');
         script.textContent = 'hacked=1';
         document.body.append(script);
         const style = document.createElement('style');
         style.textContent = 'body { display: none }';
         document.body.append(style);
         const foreign = new Image();
         foreign.src = '//127.0.0.2/x.png';",
    )?;
    for directive in ["script-src-elem", "style-src-elem", "img-src"] {
        page.wait_until(&format!("refused.includes('{directive}')"), SOON)?;
    }
    nothing_ran(page, "an inline script")?;
    // The browser reports what it refused; that is what was asked of it.
    let refused = |c: &String| {
        ["Content Security Policy", "x:", "127.0.0.2", "\"csp\""]
            .iter()
            .any(|sign| c.contains(sign))
    };
    let (expected, others): (Vec<_>, Vec<_>) = page.complaints()?.into_iter().partition(refused);
    match others.first() {
        Some(other) => Err(format!("the browser complains of something else: {other}")),
        None if expected.is_empty() => Err("the browser refused nothing".into()),
        None => Ok(()),
    }
}

fn shown(page: &Page, what: &str) -> Result<()> {
    let text = format!("document.body.innerText.includes({MARKUP:?})");
    page.wait_until(&text, SOON)
        .map_err(|e| format!("{what}: {e}"))
}

fn nothing_ran(page: &Page, after: &str) -> Result<()> {
    let harm =
        page.eval("typeof hacked !== 'undefined' || !!document.querySelector('img[src=x]')")?;
    if harm == false {
        Ok(())
    } else {
        Err(format!("{after}: text became markup"))
    }
}
