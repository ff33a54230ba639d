//! What an import says, in Chinese.
//!
//! Sentences are made in English where they are found out; here is the Chinese of each, by its template. A template has
//! holes (`{}`); what stands in a hole is carried over, into the place that has its number in the Chinese. A sentence without a
//! template stays as it is, and a test sees to it that there is none.

use super::Import;

/// English with holes, and the Chinese with the holes' numbers. A template that begins with a hole comes after those that are more definite.
const SENTENCES: &[(&str, &str)] = &[
    // Understood.
    ("{} broker(s)", "{0} 个 broker"),
    (
        "topic {}: {} partition(s), {} replica(s) each",
        "topic {0}：{1} 个分区，每个 {2} 个副本",
    ),
    (
        "group {}: {} member(s), {} committed offset(s)",
        "组 {0}：{1} 个成员，{2} 个已提交的 offset",
    ),
    // What differs.
    (
        "too much for one script: {} commands, {} KB; at most {} commands and {} KB. Paste fewer topics or groups.",
        "一个脚本装不下：{0} 条命令，{1} KB；最多 {2} 条命令、{3} KB。请少粘贴几个 topic 或组。",
    ),
    (
        "a name or setting that this simulation cannot have: {}",
        "模拟里不能有的名字或设置：{0}",
    ),
    (
        "{} line(s) are commands or comments, not output",
        "有 {0} 行是命令或注释，不是输出",
    ),
    (
        "no topic was described, so the brokers are a guess: three",
        "没有粘贴任何 topic 的描述，broker 数只能猜：三个",
    ),
    (
        "{} brokers are more than the {} that a simulation may have",
        "{0} 个 broker 太多，模拟里最多 {1} 个",
    ),
    (
        "brokers are numbered from 1 here: {}",
        "这里的 broker 从 1 编号：{0}",
    ),
    (
        "{} controller(s): --describe does not say how many there are",
        "{0} 个 controller：--describe 不说有几个",
    ),
    ("{}: the simulation makes its own", "{0}：模拟会自己建"),
    (
        "{}: none of its partitions was pasted; left out",
        "{0}：一个分区也没粘贴，略去",
    ),
    (
        "{} was not described: {} partition(s) because a group reads them, placed by the controller",
        "{0} 没有描述：因为有组在读，按 {1} 个分区建，由 controller 安排位置",
    ),
    ("{} left out: {}", "{0} 略去：{1}"),
    (
        "{} is not part of this simulation; left out",
        "{0} 不在模拟之内，略去",
    ),
    (
        "{} is not a setting of topics; left out",
        "{0} 不是 topic 的设置，略去",
    ),
    (
        "{} was not pasted: placed like partition 0",
        "{0} 没有粘贴：位置同分区 0",
    ),
    (
        "{}: {} leads, so it is written first among the replicas",
        "{0}：leader 是 {1}，所以在副本中写在最前",
    ),
    (
        "records have made-up values and no keys; producers are not in --describe: add your own",
        "记录的值是编的，也没有键；--describe 里没有生产者，请自己添加",
    ),
    (
        "{}, {}: a lag of {} is {} here, the most records a partition may have",
        "{0}，{1}：积压 {2} 在这里只有 {3}，这是一个分区最多能有的记录数",
    ),
    (
        "{}: offset 0 here is {} there",
        "{0}：这里的 offset 0 是那边的 {1}",
    ),
    (
        "{} of {}: what it reads was not pasted; left out",
        "{1} 的 {0}：没有粘贴它读什么，略去",
    ),
    ("{} of {} is called {} here", "{1} 的 {0} 在这里叫 {2}"),
    (
        "who has which partition is decided here by the group's assignor; a record takes 100 ms to process",
        "谁分到哪个分区，这里由组的分配器决定；每条记录处理 100 毫秒",
    ),
    (
        "{}: the assignor {} is not part of this simulation; range instead",
        "{0}：分配器 {1} 不在模拟之内，改用 range",
    ),
    (
        "{}: broker {} is not in sync there, but is here",
        "{0}：broker {1} 在那边不同步，在这里是同步的",
    ),
    (
        "broker {} is in no ISR: taken for crashed",
        "broker {0} 不在任何 ISR 里：当作已崩溃",
    ),
    // Not understood.
    (
        "neither output of kafka-topics --describe nor of kafka-consumer-groups --describe",
        "既不是 kafka-topics --describe 的输出，也不是 kafka-consumer-groups --describe 的",
    ),
    ("`Topic:` without a name", "`Topic:` 后面没有名字"),
    (
        "a topic's line has a `PartitionCount:` or a `Partition:`",
        "topic 的行要有 `PartitionCount:` 或 `Partition:`",
    ),
    (
        "`Partition: {}` is not a number",
        "`Partition: {0}` 不是数字",
    ),
    ("`Replicas:` names no broker", "`Replicas:` 里没有 broker"),
    (
        "`Replicas:` names a broker twice",
        "`Replicas:` 里同一个 broker 出现两次",
    ),
    ("`Leader: {}` is not a broker", "`Leader: {0}` 不是 broker"),
    ("{} stands here twice", "{0} 出现了两次"),
    ("{} is not a number", "{0} 不是数字"),
    ("{} is negative", "{0} 是负数"),
    ("partition {}: at most {}", "分区 {0}：最多 {1}"),
    ("partition {}: from 0 to {}", "分区 {0}：只能从 0 到 {1}"),
    ("a topic without a partition", "有 topic 却没有分区"),
    (
        "a table with other columns than --describe prints",
        "表格的列和 --describe 打印的不一样",
    ),
    ("`{}` is not a broker's id", "`{0}` 不是 broker 编号"),
    ("`{}` is not name=value", "`{0}` 不是 name=value"),
    ("{} words below {} headings", "{1} 个列名下面有 {0} 个词"),
    ("no group", "没有组名"),
];

/// What stands in the holes of a template.
fn holes<'a>(template: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = template.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    let pieces: Vec<&str> = pieces.collect();
    for (at, piece) in pieces.iter().enumerate() {
        // The last piece ends the sentence; one that is empty takes everything.
        let end = match at + 1 == pieces.len() {
            true => rest
                .len()
                .checked_sub(piece.len())
                .filter(|it| rest.is_char_boundary(*it) && rest[*it..] == **piece)?,
            false => rest.find(piece)?,
        };
        found.push(&rest[..end]);
        rest = &rest[end + piece.len()..];
    }
    rest.is_empty().then_some(found)
}

/// A sentence in Chinese.
fn sentence(text: &str) -> String {
    for (english, chinese) in SENTENCES {
        if let Some(found) = holes(english, text) {
            let mut said = (*chinese).to_string();
            for (number, what) in found.into_iter().enumerate() {
                said = said.replace(&format!("{{{number}}}"), what);
            }
            return said;
        }
    }
    text.to_string()
}

/// The same import in Chinese.
pub fn chinese(mut made: Import) -> Import {
    let all = made.understood.iter_mut().chain(&mut made.notes);
    all.chain(made.problems.iter_mut().map(|(_, why)| why))
        .for_each(|it| *it = sentence(it));
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_found_and_filled() {
        for (english, chinese) in SENTENCES {
            let count = english.matches("{}").count();
            let filled = (0..count).fold((*english).to_string(), |text, n| {
                text.replacen("{}", &format!("x{n}"), 1)
            });
            let expected = (0..count).fold((*chinese).to_string(), |text, n| {
                text.replace(&format!("{{{n}}}"), &format!("x{n}"))
            });
            assert_eq!(sentence(&filled), expected, "{english}");
            assert!(
                (0..count).all(|n| chinese.contains(&format!("{{{n}}}"))),
                "{chinese}"
            );
        }
        assert_eq!(sentence("something new"), "something new");
    }
}
