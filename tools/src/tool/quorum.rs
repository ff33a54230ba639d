//! `kafka-metadata-quorum` (`MetadataQuorumCommand`).
//!
//! The simulation does not keep when a voter last fetched: those two columns show -1, as Kafka does when it does not know.

use super::{Planned, Scene};
use crate::options::{Tool, flag, number, text};
use crate::plan::{Failure, Plan, Said};
use crate::print::{is_up, left, uuid};
use rebalance_core::id::BrokerId;
use rebalance_core::view::{ControllerView, View};

pub(crate) static TOOL: Tool = Tool {
    name: "kafka-metadata-quorum",
    about: "This tool describes kraft metadata quorum status. Usage: kafka-metadata-quorum --bootstrap-server SERVER describe \
            --status|--replication",
    options: &[
        text(
            "bootstrap-controller",
            "String",
            "A controller to connect to, instead of a broker.",
        ),
        flag("status", "With describe: a short summary of the quorum."),
        flag(
            "replication",
            "With describe: how far every node has replicated the metadata log.",
        ),
        number(
            "controller-id",
            "Integer",
            "Not modelled here: the set of voters is fixed.",
        ),
        text(
            "controller-directory-id",
            "String",
            "Not modelled here: the set of voters is fixed.",
        ),
        flag("dry-run", "Not modelled here: the set of voters is fixed."),
        flag("human-readable", "With --replication: times as spans."),
    ],
};

pub(crate) fn run(scene: &Scene<'_>) -> Planned {
    let options = &scene.options;
    if !options.has("bootstrap-server") && !options.has("bootstrap-controller") {
        return Err(options.usage(
            "kafka-metadata-quorum: error: one of the arguments --bootstrap-server --bootstrap-controller is required",
        ));
    }
    match options.rest.first().map(String::as_str) {
        Some("describe") => {}
        Some(other @ ("add-controller" | "remove-controller")) => {
            return Err(Failure::new(format!(
                "{other}: the set of voters is fixed in this simulation"
            ))
            .hint("describe --status"));
        }
        Some(other) => {
            return Err(options
                .usage(format!(
                    "kafka-metadata-quorum: error: argument command: invalid choice: '{other}'"
                ))
                .hint("what would work: describe --status, describe --replication"));
        }
        None => {
            return Err(options
                .usage("kafka-metadata-quorum: error: too few arguments")
                .hint("describe --status, describe --replication"));
        }
    }
    let view = &scene.view;
    let Some(leader) = view.controllers.iter().find(|c| c.active) else {
        return Err(Failure::new(
            "Timed out waiting for a node assignment. Call: describeMetadataQuorum",
        )
        .hint("no controller is active"));
    };
    match (options.has("status"), options.has("replication")) {
        (true, true) => Err(Failure::new(
            "Only one of --status or --replication should be specified with describe sub-command",
        )),
        (true, false) if options.has("human-readable") => Err(Failure::new(
            "The option --human-readable is only supported along with --replication",
        )),
        (true, false) => Ok(Plan::say(Said::line(status(view, leader)))),
        (false, true) => Ok(Plan::say(Said {
            out: replication(view, leader),
            hints: Vec::new(),
        })),
        (false, false) => Err(Failure::new(
            "One of --status or --replication must be specified with describe sub-command",
        )),
    }
}

fn status(view: &View, leader: &ControllerView) -> String {
    let slowest = view
        .controllers
        .iter()
        .map(|c| c.log_end)
        .min()
        .unwrap_or(leader.log_end);
    let lag = leader.log_end - slowest;
    let voter = |c: &ControllerView| {
        format!(
            "{{\"id\": {}, \"directoryId\": \"{}\", \"endpoints\": [\"CONTROLLER://localhost:{}\"]}}",
            c.id,
            directory(view, c.id),
            9_000 + c.id.0
        )
    };
    let observer = |id: BrokerId| {
        format!(
            "{{\"id\": {id}, \"directoryId\": \"{}\"}}",
            directory(view, id)
        )
    };
    let voters: Vec<String> = view.controllers.iter().map(voter).collect();
    let observers: Vec<String> = view
        .brokers
        .iter()
        .filter(|b| is_up(b))
        .map(|b| observer(b.id))
        .collect();
    format!(
        "ClusterId:              {}\nLeaderId:               {}\nLeaderEpoch:            {}\nHighWatermark:          {}\n\
         MaxFollowerLag:         {lag}\nMaxFollowerLagTimeMs:   {}\nCurrentVoters:          [{}]\nCurrentObservers:       [{}]",
        uuid(view.seed, u64::MAX),
        leader.id,
        leader.epoch,
        leader.high_watermark,
        if lag == 0 { 0 } else { -1 },
        voters.join(", "),
        observers.join(", ")
    )
}

fn directory(view: &View, id: BrokerId) -> String {
    uuid(view.seed, 1 << 40 | id.0 as u64)
}

/// `ToolsUtils.prettyPrintTable`.
fn replication(view: &View, leader: &ControllerView) -> String {
    let mut rows: Vec<[String; 7]> = vec![
        [
            "NodeId",
            "DirectoryId",
            "LogEndOffset",
            "Lag",
            "LastFetchTimestamp",
            "LastCaughtUpTimestamp",
            "Status",
        ]
        .map(String::from),
    ];
    let mut add = |id: BrokerId, end: i64, status: &str| {
        rows.push([
            id.to_string(),
            directory(view, id),
            end.to_string(),
            (leader.log_end - end).to_string(),
            "-1".into(),
            "-1".into(),
            status.into(),
        ]);
    };
    add(leader.id, leader.log_end, "Leader");
    for c in view.controllers.iter().filter(|c| c.id != leader.id) {
        add(c.id, c.log_end, "Follower");
    }
    for b in view.brokers.iter().filter(|b| is_up(b)) {
        add(b.id, b.metadata_offset, "Observer");
    }
    let width = |i: usize| rows.iter().map(|r| r[i].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let line = |r: &[String; 7]| -> String {
        let cells: String = r
            .iter()
            .zip(&widths)
            .map(|(c, w)| left(c, *w) + "\t")
            .collect();
        cells + "\n"
    };
    rows.iter().map(line).collect()
}
