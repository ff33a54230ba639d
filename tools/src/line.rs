//! Reads a line as a shell would, as far as people type such lines: quotes, backslashes, and what is fed to a tool.
//!
//! `echo "a:1" | tool …`, `printf "a\nb" | tool …` and `tool … <<< "a"` give the tool its standard input. Anything else of
//! a shell (files, variables, `&&`) does not exist here, and is refused by name.

/// A tool's line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    /// The tool without directory and `.sh`: `kafka-topics`.
    pub tool: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// The lines of its standard input, if there is one.
    pub input: Option<Vec<String>>,
}

/// A word, or an operator of the shell.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Word(String),
    Operator(&'static str),
}

/// Longest first.
const OPERATORS: [&str; 9] = ["<<<", "<<", "&&", "||", ">>", "|", "<", ">", ";"];

/// The tool a line calls, if it looks like one of Kafka's: `bin/kafka-topics.sh` is `kafka-topics`.
pub fn tool_of(line: &str) -> Option<String> {
    let parts = line.split(['|', '<']);
    let mut firsts = parts.filter_map(|p| p.split_whitespace().next());
    firsts.find_map(tool_name)
}

fn tool_name(word: &str) -> Option<String> {
    let name = word.rsplit('/').next().unwrap_or(word);
    let name = name.strip_suffix(".sh").unwrap_or(name);
    let name = name.strip_suffix(".bat").unwrap_or(name);
    let known = name.starts_with("kafka-") && name.len() > "kafka-".len();
    known.then(|| name.to_string())
}

/// Cuts a line up.
///
/// # Errors
/// What of the line cannot be, and what would work.
pub fn read(line: &str) -> Result<Line, String> {
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    let mut here = None;
    let mut tokens = tokens(line)?.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(word) => parts.last_mut().unwrap_or(&mut Vec::new()).push(word),
            Token::Operator("|") => parts.push(Vec::new()),
            Token::Operator("<<<") => match tokens.next() {
                Some(Token::Word(word)) => here = Some(word),
                _ => return Err("`<<<` wants a text after it: <<< \"hello\"".into()),
            },
            Token::Operator(other) => {
                return Err(format!(
                    "`{other}` is the shell's; here there are no files and one command a line. \
                     Feed a tool with: echo \"hello\" | kafka-console-producer …"
                ));
            }
        }
    }
    let mut feed = here;
    if parts.len() > 2 {
        return Err("one `|` at most: echo \"hello\" | kafka-console-producer …".into());
    }
    if parts.len() == 2 {
        feed = Some(fed(&parts.remove(0))?);
    }
    let mut words = parts.remove(0).into_iter();
    let first = words.next().unwrap_or_default();
    let tool = tool_name(&first).ok_or_else(|| format!("{first}: not a Kafka tool"))?;
    let lines = |text: String| text.lines().map(str::to_string).collect();
    Ok(Line {
        tool,
        args: words.collect(),
        input: feed.map(lines),
    })
}

/// What `echo` or `printf` would print.
fn fed(words: &[String]) -> Result<String, String> {
    let escaped = |text: &str| text.replace("\\n", "\n").replace("\\t", "\t");
    match words.split_first() {
        Some((echo, rest)) if echo == "echo" => match rest.split_first() {
            Some((flag, rest)) if flag == "-e" => Ok(escaped(&rest.join(" "))),
            _ => Ok(rest.join(" ")),
        },
        Some((printf, rest)) if printf == "printf" => Ok(escaped(&rest.join(" "))),
        Some((other, _)) => Err(format!("{other}: before `|` stands echo or printf")),
        None => Err("before `|` stands echo or printf".into()),
    }
}

fn tokens(line: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        if rest.starts_with('#') {
            break;
        }
        if let Some(operator) = OPERATORS.iter().find(|o| rest.starts_with(**o)) {
            found.push(Token::Operator(operator));
            rest = rest[operator.len()..].trim_start();
            continue;
        }
        let (word, length) = word(rest)?;
        found.push(Token::Word(word));
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

/// The word a text begins with, and how many bytes it takes.
fn word(text: &str) -> Result<(String, usize), String> {
    let mut out = String::new();
    let mut quote = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let special = OPERATORS.iter().any(|o| text[at..].starts_with(o));
        match (quote, c) {
            (None, c) if c.is_whitespace() || special => return Ok((out, at)),
            (None, '\'' | '"') => quote = Some(c),
            (Some(q), c) if c == q => quote = None,
            (Some('\''), c) => out.push(c),
            (Some(_), '\\') => match chars.peek() {
                Some((_, next @ ('"' | '\\' | '$' | '`'))) => {
                    out.push(*next);
                    chars.next();
                }
                _ => out.push('\\'),
            },
            (None, '\\') => match chars.next() {
                Some((_, '\n')) | None => {}
                Some((_, next)) => out.push(next),
            },
            (_, c) => out.push(c),
        }
    }
    match quote {
        Some(quote) => Err(format!("a {quote} is not closed")),
        None => Ok((out, text.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_known_by_any_path() {
        for line in [
            "kafka-topics --list",
            "bin/kafka-topics.sh --list",
            "/opt/kafka/bin/kafka-topics.sh",
            "./kafka-topics.sh",
            "echo a | kafka-topics",
        ] {
            assert_eq!(tool_of(line).as_deref(), Some("kafka-topics"), "{line}");
        }
        assert_eq!(tool_of("topic create orders"), None);
        assert_eq!(tool_of("kafka"), None);
    }

    #[test]
    fn quotes_and_input_are_a_shells() {
        let line = read(
            r#"echo "a:1 \"x\"" | kafka-console-producer --topic 't 1' --property key.separator=:"#,
        );
        let line = line.unwrap();
        assert_eq!(
            line.args,
            ["--topic", "t 1", "--property", "key.separator=:"]
        );
        assert_eq!(line.input, Some(vec!["a:1 \"x\"".to_string()]));
        let line = read(r#"kafka-console-producer --topic t <<< "hello""#).unwrap();
        assert_eq!(line.input, Some(vec!["hello".to_string()]));
        let line = read(r#"printf "a\nb\n" | kafka-console-producer"#).unwrap();
        assert_eq!(line.input, Some(vec!["a".to_string(), "b".to_string()]));
    }

    #[test]
    fn what_only_a_shell_has_is_refused_by_name() {
        assert!(
            read("kafka-topics --list > out.txt")
                .unwrap_err()
                .contains("`>`")
        );
        assert!(
            read("kafka-topics --list && x")
                .unwrap_err()
                .contains("`&&`")
        );
        assert!(
            read("cat f | kafka-console-producer")
                .unwrap_err()
                .contains("cat")
        );
        assert!(
            read("kafka-topics --topic \"a")
                .unwrap_err()
                .contains("not closed")
        );
    }
}
