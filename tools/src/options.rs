//! Options of a tool, read as JOpt Simple (the library behind Kafka's tools) reads them, with its messages.
//!
//! `--name value`, `--name=value`, any unambiguous beginning of a name, options that may stand several times. What is wrong
//! is said as JOpt Simple says it; after that, apart from it, stands what would work.

use crate::Failure;
use rebalance_core::sorted::Map;

/// What follows an option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A text, or nothing.
    Maybe,
}

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Without the dashes.
    pub name: &'static str,
    /// What follows it.
    pub takes: Takes,
    /// What the value is, for the usage table.
    pub value: &'static str,
    /// What it does. Empty: accepted for the real tool's sake, and without effect here.
    pub about: &'static str,
}

/// What the description of an option begins with that Kafka has and the simulation has nothing for. After a colon stands what
/// there is instead. Such an option is refused in these words, not as unknown.
const ABSENT: &str = "Not modelled here";

/// An option without a value.
pub const fn flag(name: &'static str, about: &'static str) -> Opt {
    Opt {
        name,
        takes: Takes::Nothing,
        value: "",
        about,
    }
}

/// An option with a text.
pub const fn text(name: &'static str, value: &'static str, about: &'static str) -> Opt {
    Opt {
        name,
        takes: Takes::Text,
        value,
        about,
    }
}

/// An option with a number.
pub const fn number(name: &'static str, value: &'static str, about: &'static str) -> Opt {
    Opt {
        name,
        takes: Takes::Number,
        value,
        about,
    }
}

/// Every tool takes these.
pub const BOOTSTRAP: Opt = text(
    "bootstrap-server",
    "String: server to connect to",
    "REQUIRED: a broker to connect to, such as localhost:9092. Any will do here.",
);
/// Property files do not exist here.
pub const COMMAND_CONFIG: Opt = text("command-config", "String: property file", "");
/// Usage.
pub const HELP: Opt = flag("help", "Print usage information.");
/// The version that is simulated.
pub const VERSION: Opt = flag("version", "Display Kafka version.");

/// A tool.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// `kafka-topics`
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its options, beside those every tool takes.
    pub options: &'static [Opt],
}

impl Tool {
    /// Its options and those of every tool, by name.
    pub fn all_options(&self) -> Vec<Opt> {
        let common = [BOOTSTRAP, COMMAND_CONFIG, HELP, VERSION];
        let mut all: Vec<Opt> = self.options.iter().copied().chain(common).collect();
        all.sort_by_key(|o| o.name);
        all
    }

    /// The table a tool prints with `--help`.
    pub fn usage(&self) -> String {
        let left = |o: &Opt| match o.takes {
            Takes::Nothing => format!("--{}", o.name),
            Takes::Maybe => format!("--{} [{}]", o.name, o.value),
            _ => format!("--{} <{}>", o.name, o.value),
        };
        let options = self.all_options();
        let width = options
            .iter()
            .map(|o| left(o).chars().count())
            .max()
            .unwrap_or(0)
            .min(40);
        let mut out = format!(
            "{:width$}  {}\n{:width$}  {}\n",
            "Option", "Description", "------", "-----------"
        );
        for option in &options {
            let about = match option.about {
                "" => "(accepted, without effect here)",
                about => about,
            };
            out += &format!("{:width$}  {about}\n", left(option));
        }
        out
    }

    /// Reads the arguments.
    ///
    /// # Errors
    /// In the words of JOpt Simple.
    pub fn parse(&'static self, args: &[String]) -> Result<Options, Failure> {
        let known = self.all_options();
        let mut given: Map<&'static str, Vec<String>> = Map::new();
        let mut rest = Vec::new();
        let mut args = args.iter().map(String::as_str).peekable();
        while let Some(arg) = args.next() {
            let Some(body) = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-')) else {
                rest.push(arg.to_string());
                continue;
            };
            let (name, inline) = match body.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (body, None),
            };
            let option = self.find(&known, name)?;
            if let Some(why) = option.about.strip_prefix(ABSENT) {
                let message = format!("--{} is not modelled here", option.name);
                return Err(Failure::new(message).hint(why.trim_start_matches([':', ' ', '.'])));
            }
            let value = match option.takes {
                Takes::Nothing => None,
                Takes::Maybe => {
                    inline.or_else(|| args.next_if(|a| !a.starts_with('-')).map(str::to_string))
                }
                Takes::Text | Takes::Number => {
                    let negative = |a: &&str| !a.starts_with('-') || a.parse::<i64>().is_ok();
                    let value = inline.or_else(|| args.next_if(negative).map(str::to_string));
                    let missing = || {
                        let message = format!("Option {} requires an argument", option.name);
                        Failure::new(message).hint(format!("--{} <{}>", option.name, option.value))
                    };
                    Some(value.ok_or_else(missing)?)
                }
            };
            if let (Takes::Number, Some(value)) = (option.takes, &value)
                && value.parse::<i64>().is_err()
            {
                let message = format!("Cannot parse argument '{value}' of option {}", option.name);
                return Err(
                    Failure::new(message).hint(format!("--{} takes a whole number", option.name))
                );
            }
            let values = given.entry(option.name).or_default();
            values.extend(value);
        }
        Ok(Options {
            tool: self,
            given,
            rest,
        })
    }

    fn find(&self, known: &[Opt], name: &str) -> Result<Opt, Failure> {
        if let Some(option) = known.iter().find(|o| o.name == name) {
            return Ok(*option);
        }
        let mut begins = known
            .iter()
            .filter(|o| !name.is_empty() && o.name.starts_with(name));
        if let (Some(option), None) = (begins.next(), begins.next()) {
            return Ok(*option);
        }
        let near = nearest(known, name);
        let hint = match near.as_slice() {
            [] => format!("`{} --help` lists the options", self.name),
            near => format!(
                "what would work: {}. `{} --help` lists every option",
                near.join(", "),
                self.name
            ),
        };
        Err(Failure::new(format!("{name} is not a recognized option")).hint(hint))
    }
}

/// Options whose name is near to `name`.
fn nearest(known: &[Opt], name: &str) -> Vec<String> {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name
        .split(['-', '.', '_'])
        .filter(|w| w.len() > 1)
        .collect();
    let score = |o: &&Opt| {
        let shared = words.iter().filter(|w| o.name.contains(**w)).count();
        let first = o
            .name
            .bytes()
            .zip(name.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        (shared * 4 + first, usize::MAX - distance(o.name, &name))
    };
    let good = |o: &&Opt| distance(o.name, &name) <= 3 || score(o).0 >= 4;
    let mut found: Vec<&Opt> = known.iter().filter(good).collect();
    found.sort_by_key(|o| std::cmp::Reverse((usize::MAX - distance(o.name, &name), score(o).0)));
    found.truncate(4);
    found.iter().map(|o| format!("--{}", o.name)).collect()
}

/// Edits from one word to another (Levenshtein).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// What was given.
#[derive(Clone, Debug)]
pub struct Options {
    tool: &'static Tool,
    given: Map<&'static str, Vec<String>>,
    /// Arguments that are no options.
    pub rest: Vec<String>,
}

impl Options {
    /// Whether an option was given.
    pub fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// Every option that was given.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.given.keys().copied()
    }

    /// Its first value.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values(name).first().map(String::as_str)
    }

    /// All its values.
    pub fn values(&self, name: &str) -> &[String] {
        self.given.get(name).map_or(&[], Vec::as_slice)
    }

    /// Its value as a number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.value(name)?.parse().ok()
    }

    /// The usage table under a message, as `CommandLineUtils.printUsageAndExit` prints it.
    pub fn usage(&self, message: impl Into<String>) -> Failure {
        Failure::new(message).with_usage(self.tool)
    }

    /// Refuses the line unless all of these are there.
    ///
    /// # Errors
    /// Names the first that is missing.
    pub fn require(&self, names: &[&str]) -> Result<(), Failure> {
        match names.iter().find(|n| !self.has(n)) {
            None => Ok(()),
            Some(name) => Err(self.usage(format!("Missing required argument \"[{name}]\""))),
        }
    }

    /// Refuses an option together with any of these.
    ///
    /// # Errors
    /// Names the first.
    pub fn forbid(&self, name: &str, with: &[&str]) -> Result<(), Failure> {
        match with.iter().find(|w| self.has(name) && self.has(w)) {
            None => Ok(()),
            Some(other) => Err(self.usage(format!(
                "Option \"[{name}]\" can't be used with option \"[{other}]\""
            ))),
        }
    }
}
