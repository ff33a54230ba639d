//! The metrics: curves that follow what is done to the cluster, and lead back to the moment.

use super::stage::Stage;
use crate::page::Page;
use crate::webdriver::Result;

/// A broker dies: partitions are short of replicas. A consumer dies: its group's lag grows. Pointing at an earlier instant
/// tells what was so then, and a click goes there.
pub fn curves(page: &Page) -> Result<()> {
    let stage = Stage(page);
    stage.open()?;
    page.click("tab-metrics")?;
    page.wait_text("metrics-billing", "lag")?;
    if value(&stage, "cluster-under-replicated")? != 0.0 {
        return Err("a replica is missing before anything was done".into());
    }
    stage.type_line("broker crash 2")?;
    stage.type_line("consumer crash c1")?;
    stage.type_line("consumer crash c2")?;
    let before = value(&stage, "billing-lag")?;
    stage.play("10000")?;
    stage.until("replicas are missing and the lag grows", || {
        let missing = value(&stage, "cluster-under-replicated")?;
        Ok(missing >= 3.0 && value(&stage, "billing-lag")? > before + 20.0)
    })?;
    stage.pause()?;
    let (now, lag) = (stage.clock_ms()?, value(&stage, "billing-lag")?);
    pointer(page, "mousemove", 10)?;
    stage.until("the curves tell of then", || {
        Ok(
            value(&stage, "billing-lag")? < lag
                && value(&stage, "cluster-under-replicated")? == 0.0,
        )
    })?;
    if stage.clock_ms()? != now {
        return Err("pointing moved the clock".into());
    }
    pointer(page, "click", 50)?;
    stage.until("a click goes there", || Ok(stage.clock_ms()? < now))?;
    page.complaints_none()
}

/// What a curve says.
fn value(stage: &Stage, curve: &str) -> Result<f64> {
    let text = stage.attribute(&format!("curve-{curve}"), "data-value")?;
    Ok(text.parse().unwrap_or(-1.0))
}

/// The mouse over the group's lag, this many hundredths from the left.
fn pointer(page: &Page, event: &str, at: u32) -> Result<()> {
    page.run(&format!(
        "const curve = document.querySelector('[data-test=curve-billing-lag] svg'), area = curve.getBoundingClientRect();
        curve.dispatchEvent(new MouseEvent('{event}', {{bubbles: true, clientX: area.left + area.width * {at} / 100, clientY: area.top + 5}}));"
    ))?;
    Ok(())
}
