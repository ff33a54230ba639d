//! Why a line, a script or a link was refused, in the reader's language: what is wrong, where, and what would work.

use super::Lang;
use crate::session::CommandError;
use crate::share::{LinkError, MAX_LINK};
use rebalance_core::command::{
    MAX_SCRIPT_BYTES, NameKind, ParseError, ParseErrorKind, ScriptParseError,
};
use rebalance_core::config::{ConfigError, Def, Kind, Relation};
use rebalance_core::scenario::ExpectFault;

/// What is wrong with a line, without its place: `no command begins with "borker"; try: broker`.
pub fn line(lang: Lang, error: &ParseError) -> String {
    let what = match lang {
        Lang::En => error.kind.to_string(),
        Lang::Zh => kind_zh(&error.kind),
    };
    // In Chinese a setting's own message says what works; the list that comes with it is in English.
    let said = lang == Lang::Zh
        && matches!(
            error.kind,
            ParseErrorKind::Setting(ConfigError::BadValue { .. })
        );
    match (error.expected.as_slice(), lang) {
        (_, _) if said => what,
        ([], _) => what,
        (expected, Lang::En) => format!("{what}. What works: {}", expected.join(", ")),
        (expected, Lang::Zh) => format!("{what}。可以写：{}", expected.join("、")),
    }
}

/// What is wrong with a script, with line and column.
pub fn script(lang: Lang, error: &ScriptParseError) -> String {
    let (row, column) = (error.line, error.error.column);
    let what = line(lang, &error.error);
    match lang {
        Lang::En => format!("Line {row}, column {column}: {what}"),
        Lang::Zh => format!("第 {row} 行第 {column} 列：{what}"),
    }
}

/// A typed line, a caret under the place that is wrong, and what is wrong there.
pub fn pointed(lang: Lang, text: &str, error: &ParseError) -> String {
    let before: String = text
        .chars()
        .take(error.column.saturating_sub(1))
        .map(|c| if c.is_ascii() { ' ' } else { '\u{3000}' })
        .collect();
    format!("{text}\n{before}^ {}", line(lang, error))
}

/// Why the cluster refused a command.
pub fn command(lang: Lang, error: &CommandError) -> String {
    match lang {
        Lang::En => error.to_string(),
        Lang::Zh => command_zh(error),
    }
}

fn command_zh(error: &CommandError) -> String {
    use CommandError as E;
    match error {
        E::NoCluster => "还没有集群：先写 cluster create brokers=3 seed=42".into(),
        E::ClusterExists => "集群已经存在；cluster create 只能是第一行".into(),
        E::Unknown { what, name, known } if known.is_empty() => {
            format!("没有名为 {name} 的{}；目前一个也没有", thing_zh(what))
        }
        E::Unknown { what, name, known } => {
            format!(
                "没有名为 {name} 的{}；现有：{}",
                thing_zh(what),
                known.join("、")
            )
        }
        E::AlreadyExists { what, name } => format!("{} {name} 已经存在", thing_zh(what).trim()),
        E::Config(error) => setting(Lang::Zh, error),
        E::OutOfRange {
            what,
            min,
            max,
            given,
        } => format!("{what} 为 {given}：必须在 {min} 到 {max} 之间"),
        E::Missing { what } => format!("缺少 {what}=…"),
        E::NotNow { name, is, wants } => {
            format!(
                "{name} 现在是{}；这个操作要求它{}",
                state_zh(is),
                state_zh(wants)
            )
        }
    }
}

/// The words that the engine uses for kinds of things.
fn thing_zh(what: &str) -> &str {
    match what {
        "topic" => "主题",
        "partition" => "分区",
        "producer" => "生产者",
        "consumer" => "消费者",
        "group" => "消费者组",
        "client" => "客户端",
        "node" => "节点",
        "broker" => " broker",
        other => other,
    }
}

/// The words that the engine uses for what a process is.
fn state_zh(state: &str) -> &str {
    match state {
        "running" => "运行中",
        "frozen" => "冻结状态",
        "down" => "停机状态",
        other => other,
    }
}

/// What is wrong with a link.
pub fn link(lang: Lang, error: LinkError) -> String {
    match (lang, error) {
        (Lang::En, LinkError::Empty) => {
            "This link is empty: everything after #/s/ is missing.".into()
        }
        (Lang::Zh, LinkError::Empty) => "这个链接是空的：#/s/ 之后的内容丢了。".into(),
        (Lang::En, LinkError::TooLong) => format!(
            "This link is too long: at most {MAX_LINK} characters, and {MAX_SCRIPT_BYTES} bytes of script."
        ),
        (Lang::Zh, LinkError::TooLong) => {
            format!("这个链接太长：最多 {MAX_LINK} 个字符，脚本最多 {MAX_SCRIPT_BYTES} 字节。")
        }
        (Lang::En, LinkError::NewerFormat) => {
            "This link was made by a newer Rebalance. Reload the page and try again.".into()
        }
        (Lang::Zh, LinkError::NewerFormat) => {
            "这个链接由更新版本的 Rebalance 生成。请刷新页面再试。".into()
        }
        (Lang::En, LinkError::BadCharacter(at)) => {
            format!("Character {at} after #/s/ does not belong in a link.")
        }
        (Lang::Zh, LinkError::BadCharacter(at)) => {
            format!("#/s/ 之后的第 {at} 个字符不属于链接。")
        }
        (Lang::En, LinkError::Damaged) => {
            "This link is damaged: it was cut short or changed on its way. Copy it again, whole."
                .into()
        }
        (Lang::Zh, LinkError::Damaged) => {
            "这个链接已损坏：途中被截断或改动过。请重新完整地复制。".into()
        }
    }
}

/// What is wrong with a setting.
pub fn setting(lang: Lang, error: &ConfigError) -> String {
    match (lang, error) {
        (Lang::En, _) => error.to_string(),
        (Lang::Zh, ConfigError::UnknownName(name, near)) => {
            format!("这里没有名为 {name} 的配置；相近的有：{}", near.join("、"))
        }
        (Lang::Zh, ConfigError::BadValue { def, given }) => {
            format!("{} 不能是 {given}：应为{}", def.name, expected_zh(def))
        }
        (Lang::Zh, ConfigError::Rule { rule, limit }) => {
            let relation = match rule.relation {
                Relation::AtLeast => "大于或等于",
                Relation::AtMost => "小于或等于",
                Relation::Below => "小于",
            };
            format!(
                "{} 必须{relation} {}（现为 {limit}）",
                rule.left, rule.right
            )
        }
    }
}

/// What values a setting takes.
/// What values a setting takes.
pub fn expected(lang: Lang, def: &Def) -> String {
    match lang {
        Lang::En => def.expected(),
        Lang::Zh => expected_zh(def),
    }
}

fn expected_zh(def: &Def) -> String {
    match def.kind {
        Kind::Int(min, max) => format!("{min} 到 {max} 之间的整数"),
        Kind::Ratio => "0 到 1 之间的数，如 0.5".to_string(),
        Kind::Bool => "true 或 false".to_string(),
        Kind::Choice(names) => format!("其中之一：{}", names.join("、")),
        Kind::Since(names) => format!("其中之一：{}、by_duration:PT1H", names.join("、")),
        Kind::List(names) => format!("用逗号分隔的列表：{}", names.join("、")),
    }
}

fn kind_zh(kind: &ParseErrorKind) -> String {
    use ParseErrorKind as K;
    match kind {
        K::Empty => "这里没有命令".into(),
        K::UnknownNoun(given) => format!("没有以 {given} 开头的命令"),
        K::UnknownVerb { noun, given } => format!("{noun} 没有 {given} 这个动作"),
        K::Missing(what) => format!("缺少 {what}"),
        K::Superfluous(given) => format!("多了一个词 {given}"),
        K::UnknownKey(given) => format!("这里没有键 {given}"),
        K::DuplicateKey(key) => format!("{key} 写了两次"),
        K::BadValue { what, given } => format!("{what} 不能是 {given}"),
        K::OutOfRange {
            what,
            min,
            max,
            given,
        } => format!("{what} = {given} 不在 {min} 到 {max} 之间"),
        K::BadName { kind, given } => format!("{given} 不能用作{}", name_zh(*kind)),
        K::ReservedName(given) => format!("{given} 是节点的名字；客户端要换一个名字"),
        K::Setting(error) => setting(Lang::Zh, error),
        K::UnclosedQuote => "引号没有闭合".into(),
        K::BadEscape(given) => format!("{given} 中的反斜杠没有转义任何字符"),
        K::TooMany { what, max, given } => format!("{given} {what}，上限是 {max}"),
        K::BadExpectation(fault) => fault_zh(fault),
    }
}

fn fault_zh(fault: &ExpectFault) -> String {
    match fault {
        ExpectFault::Ends => "这条期望没有写完".into(),
        ExpectFault::Unexpected(given) => format!("{given} 不该出现在这里"),
        ExpectFault::UnknownTerm(given) => format!("没有叫 {given} 的东西"),
        ExpectFault::BadArgument { term, given } => format!("{term}(…) 不接受 {given}"),
        ExpectFault::UnknownEvent(given) => format!("没有 {given} 这种事件"),
        ExpectFault::UnknownField(given) => format!("这种事件没有字段 {given}"),
        ExpectFault::BadQuote => "引号没有闭合，或转义有误".into(),
    }
}

fn name_zh(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Topic => "主题名",
        NameKind::Partition => "分区名",
        NameKind::Other => "客户端、消费者组或机架的名字",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebalance_core::command::{Command, parse_script};

    fn wrong(text: &str) -> ParseError {
        text.parse::<Command>().expect_err(text)
    }

    #[test]
    fn a_caret_points_at_the_word_that_is_wrong() {
        let text = "broker krash 2";
        let shown = pointed(Lang::En, text, &wrong(text));
        let caret = shown.lines().nth(1).unwrap();
        assert_eq!(caret.find('^'), text.find("krash"));
        assert!(shown.contains("crash"), "says what would work: {shown}");
    }

    #[test]
    fn a_script_says_line_and_column_in_both_languages() {
        let error = parse_script("cluster create brokers=3\nbroker krash 2").unwrap_err();
        assert!(script(Lang::En, &error).starts_with("Line 2, column 8: "));
        assert!(script(Lang::Zh, &error).starts_with("第 2 行第 8 列："));
    }

    #[test]
    fn refusals_are_in_the_readers_language() {
        for text in [
            "",
            "borker crash 2",
            "broker",
            "broker crash 2 3",
            "advance \"",
            "topic create orders partitions=0",
        ] {
            let error = wrong(text);
            let chinese = |s: &str| s.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
            assert!(chinese(&line(Lang::Zh, &error)), "{text}");
            assert!(!chinese(&line(Lang::En, &error)), "{text}");
        }
        for error in [
            LinkError::Empty,
            LinkError::TooLong,
            LinkError::NewerFormat,
            LinkError::BadCharacter(7),
            LinkError::Damaged,
        ] {
            assert_ne!(link(Lang::En, error), link(Lang::Zh, error));
        }
    }
}
