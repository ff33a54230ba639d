//! Reads JSON, for the files that Kafka's tools take (`org.apache.kafka.server.util.Json`).
//!
//! Small because what the tools take is small: objects, lists, texts and whole numbers. Numbers with a fraction are read and
//! refused where a whole one is wanted.

/// A value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// As it was written.
    Number(String),
    /// A text.
    Text(String),
    /// `[…]`
    List(Vec<Json>),
    /// `{…}`
    Object(Vec<(String, Json)>),
}

/// How deep lists and objects may stand in each other.
const DEPTH: usize = 32;

impl Json {
    /// Reads a whole text.
    ///
    /// # Errors
    /// What is wrong, with its place from 1.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader {
            text: text.chars().collect(),
            at: 0,
        };
        let value = reader.value(DEPTH)?;
        reader.blanks();
        match reader.text.get(reader.at) {
            None => Ok(value),
            Some(_) => Err(reader.wrong("nothing more")),
        }
    }

    /// The object's field; in Kafka's words if there is none.
    pub(crate) fn field(&self, name: &str) -> Result<&Self, String> {
        let found = self.maybe(name)?;
        found.ok_or_else(|| format!("No such field exists: `{name}`"))
    }

    /// The object's field, if it has it.
    pub(crate) fn maybe(&self, name: &str) -> Result<Option<&Self>, String> {
        let Self::Object(fields) = self else {
            return Err(format!("Expected JSON object, received {self}"));
        };
        // Of two fields with the same name the last counts, as with Jackson.
        let mut named = fields.iter().rev().filter(|(n, _)| n == name);
        Ok(named.next().map(|(_, v)| v))
    }

    /// As a text.
    pub(crate) fn text(&self) -> Result<&str, String> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(format!("Expected `String` value, received {other}")),
        }
    }

    /// As a whole number.
    pub(crate) fn int(&self) -> Result<i32, String> {
        let number = match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| format!("Expected `Int` value, received {self}"))
    }

    /// As a list.
    pub(crate) fn list(&self) -> Result<&[Self], String> {
        match self {
            Self::List(items) => Ok(items),
            other => Err(format!("Expected JSON array, received {other}")),
        }
    }
}

impl std::fmt::Display for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) => f.write_str(text),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(","))
            }
            Self::Object(fields) => {
                let one = |(name, value): &(String, Self)| format!("{}:{value}", quoted(name));
                let fields: Vec<String> = fields.iter().map(one).collect();
                write!(f, "{{{}}}", fields.join(","))
            }
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out += &format!("\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out + "\""
}

struct Reader {
    text: Vec<char>,
    at: usize,
}

type Read<T> = Result<T, String>;

impl Reader {
    fn wrong(&self, wanted: &str) -> String {
        let place = self.at + 1;
        match self.text.get(self.at) {
            Some(c) => format!("`{c}` at character {place}: expected {wanted}"),
            None => format!("it ends at character {place}: expected {wanted}"),
        }
    }

    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    /// Goes past this character if it stands here.
    fn eat(&mut self, c: char) -> bool {
        self.blanks();
        let here = self.text.get(self.at) == Some(&c);
        self.at += usize::from(here);
        here
    }

    fn need(&mut self, c: char) -> Read<()> {
        match self.eat(c) {
            true => Ok(()),
            false => Err(self.wrong(&format!("`{c}`"))),
        }
    }

    fn value(&mut self, depth: usize) -> Read<Json> {
        self.blanks();
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.wrong("fewer brackets in each other"));
        };
        match self.text.get(self.at) {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"') => self.string().map(Json::Text),
            Some(c) if c.is_ascii_digit() || *c == '-' => Ok(Json::Number(self.word())),
            Some(c) if c.is_ascii_alphabetic() => {
                let start = self.at;
                match self.word().as_str() {
                    "null" => Ok(Json::Null),
                    "true" => Ok(Json::Bool(true)),
                    "false" => Ok(Json::Bool(false)),
                    _ => {
                        self.at = start;
                        Err(self.wrong("a value; texts stand in double quotes"))
                    }
                }
            }
            _ => Err(self.wrong("a value")),
        }
    }

    /// Letters, digits and what numbers are made of.
    fn word(&mut self) -> String {
        let part = |c: &char| c.is_ascii_alphanumeric() || "+-.".contains(*c);
        let rest = self.text[self.at..].iter();
        let word: String = rest.take_while(|c| part(c)).collect();
        self.at += word.len();
        word
    }

    fn object(&mut self, depth: usize) -> Read<Json> {
        self.need('{')?;
        let mut fields = Vec::new();
        if self.eat('}') {
            return Ok(Json::Object(fields));
        }
        loop {
            self.blanks();
            let name = self.string()?;
            self.need(':')?;
            fields.push((name, self.value(depth)?));
            if !self.eat(',') {
                self.need('}')?;
                return Ok(Json::Object(fields));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Read<Json> {
        self.need('[')?;
        let mut items = Vec::new();
        if self.eat(']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if !self.eat(',') {
                self.need(']')?;
                return Ok(Json::List(items));
            }
        }
    }

    fn string(&mut self) -> Read<String> {
        self.need('"')?;
        let mut out = String::new();
        loop {
            let c = *self.text.get(self.at).ok_or_else(|| self.wrong("`\"`"))?;
            self.at += 1;
            match c {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let c = *self
            .text
            .get(self.at)
            .ok_or_else(|| self.wrong("an escape"))?;
        self.at += 1;
        Ok(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'u' => {
                let digits: String = self.text[self.at..].iter().take(4).collect();
                let code = u32::from_str_radix(&digits, 16)
                    .ok()
                    .and_then(char::from_u32);
                let code = code.ok_or_else(|| self.wrong("four hexadecimal digits"))?;
                self.at += 4;
                code
            }
            other => other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let text = r#"{"version":1,"partitions":[{"topic":"a\"b","partition":-1,"x":[null,true,1.5,[]]}],"y":{}}"#;
        assert_eq!(Json::parse(text).unwrap().to_string(), text);
        let spaced = Json::parse(" { \"a\" :\n[ 1 , 2 ] } ").unwrap();
        assert_eq!(spaced.to_string(), r#"{"a":[1,2]}"#);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, said) in [
            ("", "it ends at character 1: expected a value"),
            ("{a:1}", "`a` at character 2: expected `\"`"),
            ("[1 2]", "`2` at character 4: expected `]`"),
            ("{} x", "`x` at character 4: expected nothing more"),
            (
                "[one]",
                "`o` at character 2: expected a value; texts stand in double quotes",
            ),
            ("\"a", "it ends at character 3: expected `\"`"),
        ] {
            assert_eq!(Json::parse(text).unwrap_err(), said, "{text}");
        }
        assert!(Json::parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn fields_and_kinds_are_asked_for_in_kafkas_words() {
        let value = Json::parse(r#"{"a":"x","b":1}"#).unwrap();
        assert_eq!(value.field("c").unwrap_err(), "No such field exists: `c`");
        assert_eq!(
            value.field("a").unwrap().int().unwrap_err(),
            "Expected `Int` value, received \"x\""
        );
        assert_eq!(
            value.field("b").unwrap().text().unwrap_err(),
            "Expected `String` value, received 1"
        );
    }
}
