//! Kafka's own tools in the terminal, the set-up as code, and a model of one's own cluster.

use super::stage::{SOON, Stage};
use crate::page::Page;
use crate::webdriver::Result;

/// The last thing that a tool printed.
fn printed(page: &Page, text: &str) -> Result<()> {
    let text = text.replace('\'', "\\'");
    let last = format!(
        "[...document.querySelectorAll('[data-test=\"tool-output\"]')].at(-1)?.textContent.includes('{text}')"
    );
    page.wait_until(&last, SOON)
}

/// A topic is made, described, and asked for wrongly; a group is described; records go in and come out.
pub fn terminal(page: &Page) -> Result<()> {
    let stage = Stage(page);
    let tool = |line: &str| stage.type_line(line);
    page.open("#/sandbox")?;
    stage.wait("broker-1", "data-state", "Running")?;
    tool(
        "kafka-topics --bootstrap-server localhost:9092 --create --topic payments --partitions 3 --replication-factor 3",
    )?;
    printed(page, "Created topic payments.")?;
    tool("kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic payments")?;
    printed(page, "Topic: payments\\tTopicId: ")?;
    printed(page, "PartitionCount: 3\\tReplicationFactor: 3")?;
    tool("kafka-consumer-groups --bootstrap-server localhost:9092 --describe --group billing")?;
    printed(
        page,
        "GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG",
    )?;
    tool("kafka-topics --bootstrap-server localhost:9092 --create --topic x --replicas 3")?;
    printed(page, "replicas is not a recognized option")?;
    page.wait_until(
        "[...document.querySelectorAll('[data-test=\"tool-hint\"]')].at(-1)?.textContent.includes('--replication-factor')",
        SOON,
    )?;
    tool(
        "kafka-consumer-groups --bootstrap-server localhost:9092 --group billing --reset-offsets --topic orders --from-file plan.csv --dry-run",
    )?;
    printed(page, "There are no files in this simulation")?;
    printed(page, "这个模拟里没有文件")?;
    tool(
        "echo \"hello\" | kafka-console-producer --bootstrap-server localhost:9092 --topic payments",
    )?;
    page.wait_until(
        "[...document.querySelectorAll('[data-test=\"tool-hint\"]')].at(-1)?.textContent.includes('acknowledged: payments-')",
        SOON,
    )
}

/// Every kind of code is there to be copied and saved.
pub fn code(page: &Page) -> Result<()> {
    page.open("#/sandbox")?;
    Stage(page).wait("broker-1", "data-state", "Running")?;
    page.click("tab-code")?;
    page.wait_text("script", "cluster create brokers=3")?;
    for (kind, text) in [
        (
            "kafka",
            "kafka-topics.sh --bootstrap-server $SERVERS --create",
        ),
        ("python", "from kafka import KafkaAdminClient"),
        ("java", "public class Cluster"),
        ("compose", "image: apache/kafka"),
    ] {
        page.click(&format!("code-{kind}"))?;
        page.wait_text("script", text)?;
        let link = "document.querySelector('[data-test=\"download\"]').href.length > 500";
        page.wait_until(link, SOON)?;
    }
    Ok(())
}

const PASTED: &str = "Topic: invoices\\tTopicId: x\\tPartitionCount: 2\\tReplicationFactor: 2\\tConfigs: min.insync.replicas=2\\n\
    \\tTopic: invoices\\tPartition: 0\\tLeader: 7\\tReplicas: 7,8\\tIsr: 7,8\\n\
    \\tTopic: invoices\\tPartition: 1\\tLeader: 8\\tReplicas: 8,7\\tIsr: 8,7\\nwhat is this?\\n\
    GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID\\n\
    tax invoices 0 3 9 6 t-1 /10.0.0.5 till\\n";

/// Output of a real cluster becomes one here; the line that is not understood is named.
pub fn import(page: &Page) -> Result<()> {
    let stage = Stage(page);
    page.open("#/sandbox")?;
    stage.wait("broker-1", "data-state", "Running")?;
    page.click("tab-code")?;
    page.click("import")?;
    page.wait_until(
        "document.querySelector('[data-test=\"import-text\"]')",
        SOON,
    )?;
    page.run(&format!(
        "const a = document.querySelector('[data-test=\"import-text\"]'); a.value = '{PASTED}'; \
         a.dispatchEvent(new InputEvent('input', {{ bubbles: true }}))"
    ))?;
    page.wait_text("import-problems", "4")?;
    page.wait_text(
        "import-understood",
        "topic invoices: 2 partition(s), 2 replica(s) each",
    )?;
    page.wait_text("import-notes", "7 is 1, 8 is 2")?;
    page.click("import-run")?;
    page.wait_until("document.body.textContent.includes('invoices')", SOON)?;
    page.wait_until("!document.querySelector('[data-test=\"broker-3\"]')", SOON)
}
