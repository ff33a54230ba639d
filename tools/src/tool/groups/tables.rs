//! The tables of `--describe`: offsets, members, state.

use super::members_of;
use crate::print::{self, left, port, row, widest};
use crate::tool::Scene;
use rebalance_core::event::GroupState;
use rebalance_core::id::{Name, Offset, TopicPartition};
use rebalance_core::view::GroupView;

/// One line of the table of offsets.
struct Row {
    topic: Name,
    partition: String,
    offset: String,
    end: String,
    lag: String,
    member: [String; 3],
}

fn offset_row(
    scene: &Scene<'_>,
    group: &GroupView,
    tp: TopicPartition,
    member: [String; 3],
) -> Row {
    let name = scene.session.topic_name(tp.topic);
    let committed = group
        .committed
        .iter()
        .find(|(t, _)| *t == tp)
        .map(|(_, o)| *o);
    let led = print::partition(&scene.view, &name, tp.partition).filter(|p| p.high_watermark >= 0);
    let end: Option<Offset> = led.map(|p| p.high_watermark);
    let text = |n: Option<i64>| n.map_or("-".to_string(), |n| n.to_string());
    Row {
        topic: name,
        partition: tp.partition.to_string(),
        offset: text(committed),
        end: text(end),
        lag: text(committed.and_then(|c| end.map(|e| e - c))),
        member,
    }
}

fn offset_rows(scene: &Scene<'_>, group: &GroupView) -> Vec<Row> {
    let mut members = members_of(group);
    members.sort_by_key(|m| std::cmp::Reverse(m.owns.len()));
    let mut rows = Vec::new();
    let mut owned = Vec::new();
    for m in members.iter().filter(|m| !m.owns.is_empty()) {
        owned.extend(m.owns.iter().copied());
        let cells = || [m.id.to_string(), "/127.0.0.1".into(), m.client.clone()];
        let mine = m
            .owns
            .iter()
            .map(|tp| offset_row(scene, group, *tp, cells()));
        rows.extend(sorted(mine.collect()));
    }
    let free = group
        .committed
        .iter()
        .map(|(tp, _)| *tp)
        .filter(|tp| !owned.contains(tp));
    let dash = || ["-".to_string(), "-".to_string(), "-".to_string()];
    rows.extend(sorted(
        free.map(|tp| offset_row(scene, group, tp, dash()))
            .collect(),
    ));
    rows
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| {
        let number = |r: &Row| r.partition.parse::<i32>().unwrap_or(-1);
        (&a.topic, number(a)).cmp(&(&b.topic, number(b)))
    });
    rows
}

/// The leader epoch is not kept with a committed offset here.
pub(super) fn offsets(scene: &Scene<'_>, group: &GroupView, verbose: bool) -> String {
    let rows = offset_rows(scene, group);
    if rows.is_empty() {
        return String::new();
    }
    let widths = [
        widest(15, std::iter::once(&*group.name)),
        widest(15, rows.iter().map(|r| &*r.topic)),
        10,
        15,
        15,
        15,
        widest(15, rows.iter().map(|r| r.member[0].as_str())),
        widest(15, rows.iter().map(|r| r.member[1].as_str())),
    ];
    let line = |mut cells: Vec<&str>, epoch: &'static str| {
        let mut widths = widths.to_vec();
        if verbose {
            cells.insert(3, epoch);
            widths.insert(3, 15);
        }
        format!("\n{}", row(&cells, &widths))
    };
    let header = vec![
        "GROUP",
        "TOPIC",
        "PARTITION",
        "CURRENT-OFFSET",
        "LOG-END-OFFSET",
        "LAG",
        "CONSUMER-ID",
        "HOST",
        "CLIENT-ID",
    ];
    let mut out = line(header, "LEADER-EPOCH");
    for r in &rows {
        let [id, host, client] = &r.member;
        out += &line(
            vec![
                &group.name,
                &r.topic,
                &r.partition,
                &r.offset,
                &r.end,
                &r.lag,
                id,
                host,
                client,
            ],
            "-",
        );
    }
    out + "\n"
}

/// `orders:0,1;payments:2`
pub(crate) fn assignment(scene: &Scene<'_>, tps: &[TopicPartition]) -> String {
    let mut topics: Vec<(Name, Vec<i32>)> = Vec::new();
    for tp in tps {
        let name = scene.session.topic_name(tp.topic);
        match topics.iter_mut().find(|(n, _)| *n == name) {
            Some((_, list)) => list.push(tp.partition),
            None => topics.push((name, vec![tp.partition])),
        }
    }
    let text = |(name, mut list): (Name, Vec<i32>)| {
        list.sort_unstable();
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        format!("{name}:{}", list.join(","))
    };
    let mut texts: Vec<String> = topics.into_iter().map(text).collect();
    texts.sort();
    match texts.is_empty() {
        true => "-".into(),
        false => texts.join(";"),
    }
}

pub(super) fn members(scene: &Scene<'_>, group: &GroupView, verbose: bool) -> String {
    let list = members_of(group);
    let with_instance = list.iter().any(|m| !m.instance.is_empty());
    let current: Vec<String> = list.iter().map(|m| assignment(scene, &m.owns)).collect();
    let target: Vec<String> = list
        .iter()
        .map(|m| assignment(scene, m.walk.as_ref().map_or(&m.owns[..], |w| &w.1[..])))
        .collect();
    let mixed = list.iter().any(|m| m.walk.as_ref().is_some_and(|w| w.2))
        && list.iter().any(|m| m.walk.as_ref().is_some_and(|w| !w.2));
    let widths = [
        widest(15, std::iter::once(&*group.name)),
        widest(15, list.iter().map(|m| &*m.id)),
        widest(17, list.iter().map(|m| &*m.instance)),
        15,
        widest(15, list.iter().map(|m| m.client.as_str())),
        15,
    ];
    let wide = [
        15,
        widest(20, current.iter().map(String::as_str)),
        15,
        widest(20, target.iter().map(String::as_str)),
    ];
    let line = |cells: [&str; 6], more: [&str; 5]| {
        let shown = |i: &usize| with_instance || *i != 2;
        let mut out: String = (0..6)
            .filter(shown)
            .map(|i| left(cells[i], widths[i]) + " ")
            .collect();
        if verbose {
            let rest: Vec<String> = (0..4).map(|i| left(more[i], wide[i])).collect();
            out += &rest.join(" ");
            if mixed {
                out += &format!(" {}", more[4]);
            }
        }
        out + "\n"
    };
    let mut out = String::from("\n");
    out += &line(
        [
            "GROUP",
            "CONSUMER-ID",
            "GROUP-INSTANCE-ID",
            "HOST",
            "CLIENT-ID",
            "#PARTITIONS",
        ],
        [
            "CURRENT-EPOCH",
            "CURRENT-ASSIGNMENT",
            "TARGET-EPOCH",
            "TARGET-ASSIGNMENT",
            "UPGRADED",
        ],
    );
    for (i, m) in list.iter().enumerate() {
        let count = m.owns.len().to_string();
        let epoch = m.walk.as_ref().map_or("-".to_string(), |w| w.0.to_string());
        let aim = group
            .assignment_epoch
            .map_or("-".to_string(), |e| e.to_string());
        // A classic group has no target: Kafka shows a dash.
        let target = m.walk.as_ref().map_or("-", |_| target[i].as_str());
        let upgraded = m
            .walk
            .as_ref()
            .map_or("-", |w| if w.2 { "false" } else { "true" });
        out += &line(
            [
                &group.name,
                &m.id,
                &m.instance,
                "/127.0.0.1",
                &m.client,
                &count,
            ],
            [&epoch, &current[i], &aim, target, upgraded],
        );
    }
    out
}

pub(super) fn state_table(group: &GroupView, state: GroupState, verbose: bool) -> String {
    let coordinator = group
        .coordinator
        .map_or("-".to_string(), |b| format!("localhost:{}  ({b})", port(b)));
    let strategy = group
        .protocol
        .as_deref()
        .filter(|p| !p.is_empty())
        .unwrap_or("-");
    let members = group.members.len().to_string();
    let (width, name) = (
        widest(25, std::iter::once(&*coordinator)),
        widest(15, std::iter::once(&*group.name)),
    );
    if !verbose {
        let widths = [name, width, 20, 20];
        let header = row(
            &[
                "GROUP",
                "COORDINATOR (ID)",
                "ASSIGNMENT-STRATEGY",
                "STATE",
                "#MEMBERS",
            ],
            &widths,
        );
        let line = row(
            &[&group.name, &coordinator, strategy, state.name(), &members],
            &widths,
        );
        return format!("\n{header}\n{line}\n");
    }
    let widths = [name, width, 20, 20, 15, 25];
    let epoch = group
        .assignment_epoch
        .map_or("-".to_string(), |_| group.generation.to_string());
    let target = group
        .assignment_epoch
        .map_or("-".to_string(), |e| e.to_string());
    let header = [
        "GROUP",
        "COORDINATOR (ID)",
        "ASSIGNMENT-STRATEGY",
        "STATE",
        "GROUP-EPOCH",
        "TARGET-ASSIGNMENT-EPOCH",
        "#MEMBERS",
    ];
    let line = [
        &group.name,
        coordinator.as_str(),
        strategy,
        state.name(),
        &epoch,
        &target,
        &members,
    ];
    format!("\n{}\n{}\n", row(&header, &widths), row(&line, &widths))
}
