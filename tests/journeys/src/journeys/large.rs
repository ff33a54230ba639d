//! A cluster of which a page cannot draw everything all the time.

use super::stage::Stage;
use crate::page::Page;
use crate::webdriver::Result;
use std::time::Duration;

/// The cluster that frames are measured with.
const SCRIPT: &str = include_str!("../../../bench/large.txt");
const PATIENCE: Duration = Duration::from_secs(60);

/// What a group's card says of its lag, and the lag of every partition that its consumers own, summed up.
fn lags(page: &Page) -> Result<Vec<[i64; 2]>> {
    let read = "['g1', 'g2', 'g3'].map(name => {
        const card = document.querySelector(`[data-test=group-${name}]`);
        const number = text => Number(text.replace(/[^0-9]/g, ''));
        const parts = [...card.querySelectorAll('.own .lag')];
        return [number(card.querySelector(`[data-test=group-${name}-lag]`).innerText), parts.reduce((sum, e) => sum + number(e.textContent), 0)];
    })";
    let pairs = page.eval(read)?;
    let pair = |v: &serde_json::Value| Some([v[0].as_i64()?, v[1].as_i64()?]);
    Ok(pairs
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(pair)
        .collect())
}

/// What is out of sight waits while time passes, is drawn when it comes into sight, and is exact as soon as time stands still.
pub fn out_of_sight(page: &Page) -> Result<()> {
    let stage = Stage(page);
    page.kept(SCRIPT)?;
    page.open("#/sandbox")?;
    let stable = "document.querySelector('[data-test=group-g3][data-state=Stable]') != null";
    page.wait_until(stable, PATIENCE)?;
    let all = page.eval("[document.querySelectorAll('.cell').length, document.querySelectorAll('[data-test^=owned-]').length]")?;
    if all != serde_json::json!([900, 900]) {
        return Err(format!(
            "of 900 copies and 900 owned partitions the page has {all}"
        ));
    }
    page.run("document.querySelector('[data-test=consumer-c60]').scrollIntoView()")?;
    let committed = "[...document.querySelectorAll('[data-test=consumer-c60] [data-committed]')].reduce((sum, e) => sum + Number(e.dataset.committed), 0)";
    let before = page.eval(committed)?.as_i64().unwrap_or(0);
    let goes_on = || {
        Ok(page
            .eval(committed)?
            .as_i64()
            .is_some_and(|now| now > before))
    };
    stage.until("the last consumer commits, in sight", goes_on)?;
    stage.pause()?;
    stage.until("every card is exact when time stands still", || {
        let lags = lags(page)?;
        Ok(lags.len() == 3 && lags.iter().all(|[card, parts]| card == parts && *card > 0))
    })
}
