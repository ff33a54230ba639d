//! Consumer groups: a member more, a member less.

use super::stage::{FAST, SLOW, SOON, Stage};
use crate::page::Page;
use crate::webdriver::Result;

/// A third consumer joins: the group rebalances, and everybody owns something.
pub fn third_consumer(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.play(FAST)?;
    let before = stage.attribute("group-billing", "data-generation")?;
    page.click("group-billing-join")?;
    stage.until("c3 owns a partition", || {
        Ok(!stage.owned_by("c3")?.is_empty())
    })?;
    stage.wait("group-billing", "data-state", "Stable")?;
    let after = stage.attribute("group-billing", "data-generation")?;
    if number(&after) <= number(&before) {
        return Err(format!("generation {after} after {before}"));
    }
    stage.until("each of the three owns one partition", || {
        owned_once(&stage, &["c1", "c2", "c3"], 1)
    })
}

/// While no broker runs, nobody knows the group's generation or its lag, and the card claims neither; then both are back.
pub fn no_coordinator(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.play(FAST)?;
    let knows = || -> Result<(bool, String)> {
        let generation = page.text("group-billing")?.contains("generation");
        Ok((generation, page.text("group-billing-lag")?))
    };
    if !knows()?.0 {
        return Err("the card does not say its generation from the start".into());
    }
    for broker in [1, 2, 3] {
        stage.type_line(&format!("broker crash {broker}"))?;
    }
    stage.until("nothing is claimed", || {
        Ok(knows()? == (false, "–".to_owned()))
    })?;
    for broker in [1, 2, 3] {
        stage.type_line(&format!("broker start {broker}"))?;
    }
    stage.until("generation and lag are known again", || {
        let (generation, lag) = knows()?;
        Ok(generation && lag.parse::<u64>().is_ok())
    })
}

/// Classic groups count generations; groups of the consumer protocol and share groups count epochs, and say so.
pub fn epochs(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    stage.play(FAST)?;
    stage.type_line("consumer add k1 group=audit topics=orders group.protocol=consumer")?;
    stage.type_line("consumer add w1 share-group=workers topics=orders")?;
    for (group, word, other) in [
        ("billing", "generation", "epoch"),
        ("audit", "group epoch", "generation"),
        ("workers", "group epoch", "generation"),
    ] {
        let card = format!("group-{group}");
        stage.wait(&card, "data-state", "Stable")?;
        stage.until(&format!("{group} counts by {word}"), || {
            let text = page.text(&card)?;
            Ok(text.contains(word) && !text.contains(other))
        })?;
    }
    Ok(())
}

/// Whether these consumers own the three partitions, none twice, and each at least so many.
fn owned_once(stage: &Stage, consumers: &[&str], at_least: usize) -> Result<bool> {
    let mut all = Vec::new();
    for consumer in consumers {
        let own = stage.owned_by(consumer)?;
        if own.len() < at_least {
            return Ok(false);
        }
        all.extend(own);
    }
    all.sort();
    Ok(all == ["orders-0", "orders-1", "orders-2"])
}

/// A consumer dies: nothing happens until its session times out; then its partitions move, and the new owner begins where
/// the group last committed, so that what had been read but not committed is delivered again.
pub fn consumer_crash(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    let victim = if stage.owned_by("c1")?.is_empty() {
        "c2"
    } else {
        "c1"
    };
    let heir = if victim == "c1" { "c2" } else { "c1" };
    let lost = wait_uncommitted(&stage, victim)?;
    let committed = offsets(&stage, &lost, victim)?.1;
    page.click(&format!("consumer-{victim}-crash"))?;
    stage.wait(&format!("consumer-{victim}"), "data-state", "Crashed")?;
    let died = stage.clock_ms()?;
    stage.play(FAST)?;
    stage.until("the heir owns everything", || {
        owned_once(&stage, &[heir], 3)
    })?;
    let waited = stage.clock_ms()?.saturating_sub(died);
    if waited < 1_000 {
        return Err(format!(
            "the partitions moved after {waited} ms: no session timeout passed"
        ));
    }
    stage.pause()?;
    journal_says(
        &stage,
        &format!("{heir} reads {lost} from offset {committed}"),
    )
}

/// The delivery ledger: committing before processing loses what a crash leaves undone, committing after repeats it, and
/// the panel says both, with the reason.
pub fn ledger(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    page.click("tab-delivery")?;
    stage.play(FAST)?;
    stage.until("records were handled once", || {
        Ok(counted(&stage, "ledger-billing", "once")? > 0)
    })?;
    let by_hand = "enable.auto.commit=false auto.offset.reset=earliest";
    stage.type_line(&format!(
        "consumer add m1 group=hasty topics=orders commit=before process=1s {by_hand}"
    ))?;
    stage.until("m1 reads", || {
        Ok(counted(&stage, "ledger-hasty", "once")? > 0)
    })?;
    stage.type_line("consumer crash m1")?;
    stage.until("what m1 had committed is lost", || {
        Ok(counted(&stage, "ledger-hasty", "never")? > 0)
    })?;
    page.wait_text("ledger-hasty", "at most once")?;
    page.wait_text(
        "ledger-hasty",
        "Committed before processed, and then m1 was gone",
    )?;
    stage.type_line(&format!(
        "consumer add l1 group=careful topics=orders commit=never process=300ms max.poll.records=3 {by_hand}"
    ))?;
    stage.until("l1 reads", || {
        Ok(counted(&stage, "ledger-careful", "once")? > 0)
    })?;
    stage.type_line("consumer crash l1")?;
    stage.type_line("consumer start l1")?;
    stage.until("they come again", || {
        Ok(counted(&stage, "ledger-careful", "again")? > 0)
    })?;
    page.wait_text("ledger-careful", "at least once")?;
    page.wait_text("ledger-careful", "l1 died before committing")?;
    if counted(&stage, "ledger-careful", "never")? > 0 {
        return Err("nothing was committed, yet something is lost".into());
    }
    Ok(())
}

/// A number of a ledger's summary.
fn counted(stage: &Stage, ledger: &str, what: &str) -> Result<i64> {
    Ok(number(&stage.attribute(ledger, &format!("data-{what}"))?))
}

/// Slows time down and stops it at a moment when the consumer has read more of a partition than it has committed.
fn wait_uncommitted(stage: &Stage, consumer: &str) -> Result<String> {
    stage.play(SLOW)?;
    let mut found = None;
    stage.until("something is read but not committed", || {
        for partition in stage.owned_by(consumer)? {
            let (position, committed) = offsets(stage, &partition, consumer)?;
            if committed >= 0 && position > committed {
                found = Some(partition);
            }
        }
        Ok(found.is_some())
    })?;
    stage.pause()?;
    found.ok_or_else(|| "nothing is uncommitted".into())
}

/// Position and committed offset of an owned partition.
fn offsets(stage: &Stage, partition: &str, consumer: &str) -> Result<(i64, i64)> {
    let name = format!("owned-{partition}-by-{consumer}");
    let read = |attribute: &str| {
        stage
            .attribute(&name, attribute)
            .map(|v| v.parse().unwrap_or(-1))
    };
    Ok((read("data-position")?, read("data-committed")?))
}

/// Waits until the journal has a line that contains these words.
fn journal_says(stage: &Stage, words: &str) -> Result<()> {
    let says = || Ok(stage.0.text("journal")?.replace('\n', " ").contains(words));
    stage.until(&format!("the journal says {words:?}"), says)
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}

/// The dialog makes a member of a KIP-848 group, of a share group, and a consumer without a group.
pub fn kinds(page: &Page) -> Result<()> {
    let stage = Stage(page);
    page.open("#/sandbox")?;
    for (kind, group, wanted) in [
        ("consumer", "group", "audit"),
        ("share", "share-group", "workers"),
    ] {
        page.click("add-consumer")?;
        page.click_on(&page.css("[data-test=form-more] > summary")?)?;
        page.click(&format!("field-kind-{kind}"))?;
        page.wait_until(
            &format!("!!document.querySelector('[data-test=field-{group}]')"),
            SOON,
        )?;
        page.run(&format!("const i = document.querySelector('[data-test=field-{group}]'); i.value = '{wanted}'; i.dispatchEvent(new Event('input', {{ bubbles: true }}))"))?;
        page.wait_text("add-consumer-dialog", wanted)?;
        page.click("dialog-ok")?;
        stage.wait(&format!("group-{wanted}"), "data-state", "Stable")?;
    }
    page.click("add-consumer")?;
    // A group of one's own, unless one says otherwise, and the usual case in sight.
    page.wait_text("add-consumer-dialog", "group=mail topics=orders")?;
    page.click("field-auto.offset.reset-earliest")?;
    page.wait_text("add-consumer-dialog", "auto.offset.reset=earliest")?;
    page.click_on(&page.css("[data-test=form-more] > summary")?)?;
    page.click("field-kind-assign")?;
    page.wait_text("add-consumer-dialog", "assign=orders-0")?;
    page.click("dialog-ok")?;
    page.wait_until(
        "!!document.querySelector('[data-test^=\"owned-orders-0-by-c5\"]')",
        SOON,
    )
}

/// The same change under each protocol: eager stops everybody, KIP-848 nobody; a message says what it says.
pub fn twins(page: &Page) -> Result<()> {
    page.open("#/lab/protocols")?;
    page.wait_text("twin-stood-0", "c1, c2, c3")?;
    page.wait_text("twin-stood-2", "nobody")?;
    page.wait_text("twin-rounds-2", "0 + 0")?;
    page.run("const all = [...document.querySelectorAll('[data-test=twin-0] .talk')]; all.find((g) => g.textContent.includes('SyncGroup')).dispatchEvent(new MouseEvent('click', { bubbles: true }))")?;
    page.wait_text("twin-said", "GenerationId")?;
    page.click("members-1")?;
    page.wait_text("twin-stood-0", "c1, c2, c3, c4")?;
    page.run("history.back()")?;
    page.wait_until(
        "document.querySelector('[data-test=twin-stood-0]').textContent.trim() === 'c1, c2, c3'",
        SOON,
    )?;
    page.click("room-cluster")?;
    Stage(page).wait("broker-1", "data-state", "Running")
}
