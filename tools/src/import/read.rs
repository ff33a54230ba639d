//! Takes pasted output apart.

use rebalance_core::command::MAX_PARTITIONS;

/// A topic as described.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Settings of its own.
    pub configs: Vec<(String, String)>,
    /// Its partitions, as they stood there.
    pub partitions: Vec<Partition>,
}

/// A partition as described.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Partition {
    /// Number.
    pub number: i32,
    /// Who leads.
    pub leader: Option<i32>,
    /// Assignment.
    pub replicas: Vec<i32>,
    /// In sync.
    pub isr: Vec<i32>,
}

/// One row of a group's offsets.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Offset {
    /// The group.
    pub group: String,
    /// Topic; `None` for a member without partitions.
    pub topic: Option<String>,
    /// Partition.
    pub partition: i32,
    /// Committed offset.
    pub current: Option<i64>,
    /// Log end offset.
    pub end: Option<i64>,
    /// Who has it.
    pub member: Option<String>,
}

/// A member of a group.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Member {
    /// The group.
    pub group: String,
    /// CONSUMER-ID.
    pub id: String,
    /// CLIENT-ID.
    pub client: String,
    /// GROUP-INSTANCE-ID.
    pub instance: Option<String>,
}

/// Everything that was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pasted {
    /// Topics in order.
    pub topics: Vec<Topic>,
    /// Rows of offsets in order.
    pub offsets: Vec<Offset>,
    /// Members, each once.
    pub members: Vec<Member>,
    /// Groups in order of appearance.
    pub groups: Vec<String>,
    /// Assignors of groups.
    pub strategies: Vec<(String, String)>,
    /// Lines that are commands rather than output.
    pub commands: usize,
}

/// Keys of `kafka-topics --describe`.
const KEYS: [&str; 15] = [
    "TopicId:",
    "Topic:",
    "PartitionCount:",
    "ReplicationFactor:",
    "Configs:",
    "Partition:",
    "Leader:",
    "Replicas:",
    "Isr:",
    "LastKnownElr:",
    "Elr:",
    "Adding Replicas:",
    "Removing Replicas:",
    "Offline:",
    "MarkedForDeletion:",
];

/// A table's columns: name, and where it begins in characters.
type Columns = Vec<(String, usize)>;

/// What a text says, and the lines that say nothing we know.
pub fn read(text: &str) -> (Pasted, Vec<(usize, String)>) {
    let mut pasted = Pasted::default();
    let mut problems = Vec::new();
    let mut columns: Option<Columns> = None;
    for (index, line) in text.lines().enumerate() {
        if let Err(why) = pasted.line(line.trim_end(), &mut columns) {
            problems.push((index + 1, why));
        }
    }
    (pasted, problems)
}

impl Pasted {
    fn line(&mut self, line: &str, columns: &mut Option<Columns>) -> Result<(), String> {
        let text = line.trim_start();
        if text.is_empty() {
            return Ok(());
        }
        if text.starts_with("Topic:") {
            *columns = None;
            return self.described(text);
        }
        if text.starts_with("GROUP ") || text.starts_with("GROUP\t") {
            let found = header(line)?;
            *columns = Some(found);
            return Ok(());
        }
        if let Some(group) = text
            .strip_prefix("Consumer group '")
            .and_then(|t| t.split('\'').next())
        {
            self.group(group);
            return Ok(());
        }
        if let Some(group) = text
            .strip_prefix("Warning: Consumer group '")
            .and_then(|t| t.split('\'').next())
        {
            self.group(group);
            return Ok(());
        }
        let command =
            text.starts_with(['$', '#', '>']) || text.contains("kafka-") && text.contains(" --");
        if command {
            self.commands += 1;
            *columns = None;
            return Ok(());
        }
        match columns {
            Some(columns) => self.row(line, columns),
            None => Err(
                "neither output of kafka-topics --describe nor of kafka-consumer-groups --describe"
                    .into(),
            ),
        }
    }

    fn group(&mut self, name: &str) {
        if !self.groups.iter().any(|g| g == name) {
            self.groups.push(name.to_string());
        }
    }

    // kafka-topics.

    fn described(&mut self, text: &str) -> Result<(), String> {
        let fields = fields(text);
        let value = |key: &str| {
            fields
                .iter()
                .find(|(k, _)| *k == key)
                .map(|(_, v)| v.as_str())
        };
        let name = value("Topic:").unwrap_or_default().to_string();
        if name.is_empty() {
            return Err("`Topic:` without a name".into());
        }
        let Some(number) = value("Partition:") else {
            if value("PartitionCount:").is_none() {
                return Err("a topic's line has a `PartitionCount:` or a `Partition:`".into());
            }
            let configs = value("Configs:").unwrap_or_default();
            let configs = pairs(configs)?;
            let topic = self.topic(&name);
            topic.configs = configs;
            return Ok(());
        };
        let number: i32 = number
            .parse()
            .map_err(|_| format!("`Partition: {number}` is not a number"))?;
        if !(0..MAX_PARTITIONS).contains(&i64::from(number)) {
            return Err(format!(
                "partition {number}: from 0 to {}",
                MAX_PARTITIONS - 1
            ));
        }
        let replicas = ids(value("Replicas:").ok_or("no `Replicas:`")?)?;
        if replicas.is_empty() {
            return Err("`Replicas:` names no broker".into());
        }
        if (1..replicas.len()).any(|i| replicas[..i].contains(&replicas[i])) {
            return Err("`Replicas:` names a broker twice".into());
        }
        let isr = ids(value("Isr:").unwrap_or_default())?;
        let leader = match value("Leader:").unwrap_or("none") {
            "none" | "-1" | "" => None,
            id => Some(
                id.parse()
                    .map_err(|_| format!("`Leader: {id}` is not a broker"))?,
            ),
        };
        let topic = self.topic(&name);
        if topic.partitions.iter().any(|p| p.number == number) {
            return Err(format!("{name}-{number} stands here twice"));
        }
        topic.partitions.push(Partition {
            number,
            leader,
            replicas,
            isr,
        });
        Ok(())
    }

    fn topic(&mut self, name: &str) -> &mut Topic {
        let at = self
            .topics
            .iter()
            .position(|t| t.name == name)
            .unwrap_or_else(|| {
                self.topics.push(Topic {
                    name: name.to_string(),
                    ..Topic::default()
                });
                self.topics.len() - 1
            });
        &mut self.topics[at]
    }

    // kafka-consumer-groups.

    fn row(&mut self, line: &str, columns: &Columns) -> Result<(), String> {
        let cells = cells(line, columns)?;
        let cell = |name: &str| {
            let at = columns.iter().position(|(n, _)| n == name)?;
            Some(cells[at].as_str()).filter(|c| !c.is_empty() && *c != "-")
        };
        let group = cell("GROUP").ok_or("no group")?.to_string();
        let has = |name: &str| columns.iter().any(|(n, _)| n == name);
        let member = cell("CONSUMER-ID").map(str::to_string);
        if has("TOPIC") {
            let number = |name: &str| -> Result<Option<i64>, String> {
                let Some(text) = cell(name) else {
                    return Ok(None);
                };
                let number = text
                    .parse::<i64>()
                    .map_err(|_| format!("{name} `{text}` is not a number"))?;
                match number >= 0 {
                    true => Ok(Some(number)),
                    false => Err(format!("{name} {number} is negative")),
                }
            };
            let topic = cell("TOPIC").map(str::to_string);
            let partition = number("PARTITION")?;
            if let Some(p) = partition.filter(|p| *p >= MAX_PARTITIONS) {
                return Err(format!("partition {p}: at most {}", MAX_PARTITIONS - 1));
            }
            if topic.is_some() && partition.is_none() {
                return Err("a topic without a partition".into());
            }
            let row = Offset {
                group: group.clone(),
                topic,
                partition: partition.and_then(|p| i32::try_from(p).ok()).unwrap_or(-1),
                current: number("CURRENT-OFFSET")?,
                end: number("LOG-END-OFFSET")?,
                member: member.clone(),
            };
            self.offsets.push(row);
        } else if has("STATE") {
            if let Some(strategy) = cell("ASSIGNMENT-STRATEGY") {
                self.strategies.push((group.clone(), strategy.to_string()));
            }
        } else if !has("#PARTITIONS") {
            return Err("a table with other columns than --describe prints".into());
        }
        self.group(&group);
        if let Some(id) = member {
            let client = cell("CLIENT-ID").unwrap_or(&id).to_string();
            let instance = cell("GROUP-INSTANCE-ID").map(str::to_string);
            self.member(Member {
                group,
                id,
                client,
                instance,
            });
        }
        Ok(())
    }

    fn member(&mut self, member: Member) {
        match self
            .members
            .iter_mut()
            .find(|m| m.id == member.id && m.group == member.group)
        {
            Some(known) => known.instance = known.instance.take().or(member.instance),
            None => self.members.push(member),
        }
    }
}

/// Keys and values of a line, in any order, with tabs or blanks between.
fn fields(text: &str) -> Vec<(&'static str, String)> {
    let mut starts: Vec<(usize, &'static str)> = Vec::new();
    for key in KEYS {
        let at = text.match_indices(key).map(|(at, _)| at).find(|at| {
            // `Topic:` is not the end of another word.
            *at == 0 || text[..*at].ends_with(char::is_whitespace)
        });
        starts.extend(at.map(|at| (at, key)));
    }
    starts.sort_unstable();
    let end = |i: usize| starts.get(i + 1).map_or(text.len(), |(at, _)| *at);
    let value = |(i, (at, key)): (usize, &(usize, &'static str))| {
        (*key, text[at + key.len()..end(i)].trim().to_string())
    };
    starts.iter().enumerate().map(value).collect()
}

fn ids(text: &str) -> Result<Vec<i32>, String> {
    let list = text.split(',').map(str::trim).filter(|t| !t.is_empty());
    list.map(|t| t.parse().map_err(|_| format!("`{t}` is not a broker's id")))
        .collect()
}

/// `a=1,b=x,y` — a value may have commas of its own.
fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut found: Vec<(String, String)> = Vec::new();
    for piece in text.split(',').filter(|p| !p.trim().is_empty()) {
        match (piece.split_once('='), found.last_mut()) {
            (Some((name, value)), _) => found.push((name.trim().into(), value.trim().into())),
            (None, Some((_, value))) => *value += &format!(",{piece}"),
            (None, None) => return Err(format!("`{piece}` is not name=value")),
        }
    }
    Ok(found)
}

/// The columns of a table.
fn header(line: &str) -> Result<Columns, String> {
    let mut columns: Columns = Vec::new();
    let mut at = 0;
    for word in line.split_inclusive(char::is_whitespace) {
        let name = word.trim();
        if name == "(ID)" {
            // `COORDINATOR (ID)` is one column.
            if let Some((last, _)) = columns.last_mut() {
                last.push_str(" (ID)");
            }
        } else if !name.is_empty() {
            columns.push((name.to_string(), at));
        }
        at += word.chars().count();
    }
    let known = ["TOPIC", "CONSUMER-ID", "STATE"];
    match columns.iter().any(|(n, _)| known.contains(&n.as_str())) {
        true => Ok(columns),
        false => Err("a table with other columns than --describe prints".into()),
    }
}

/// The cells of a row: as many words as columns, or else what stands below each heading.
fn cells(line: &str, columns: &Columns) -> Result<Vec<String>, String> {
    // `localhost:9092  (1)` is one cell.
    let joined = line.replace("  (", "(");
    let words: Vec<String> = joined.split_whitespace().map(str::to_string).collect();
    if words.len() == columns.len() {
        return Ok(words);
    }
    let all: Vec<char> = line.chars().collect();
    let cell = |i: usize| -> String {
        let from = columns[i].1.min(all.len());
        let to = columns
            .get(i + 1)
            .map_or(all.len(), |(_, at)| (*at).min(all.len()));
        all[from..to].iter().collect::<String>().trim().to_string()
    };
    let found: Vec<String> = (0..columns.len()).map(cell).collect();
    // A cut through a word shows that the columns are not where the heading says.
    let cut = |i: usize| {
        let at = columns[i].1;
        at > 0 && at < all.len() && !all[at - 1].is_whitespace()
    };
    match (1..columns.len()).any(cut) || found[0].contains(' ') {
        true => Err(format!(
            "{} words below {} headings",
            words.len(),
            columns.len()
        )),
        false => Ok(found),
    }
}
