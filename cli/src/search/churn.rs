//! Stories of group churn: several groups under all assignors and both protocols, some on their way from one to the other, sometimes
//! with a share group beside them, whose consumers join, leave, crash, freeze and get stuck (`max.poll.interval.ms`) while
//! coordinators die and topics grow.

use super::story::Story;

/// Consumers at most.
const CROWD: usize = 10;

/// Assignors as consumers list them. The last three can be mixed in one group: all know cooperative-sticky.
const STRATEGIES: [&str; 7] = [
    "range",
    "roundrobin",
    "sticky",
    "range,roundrobin,sticky",
    "cooperative-sticky",
    "cooperative-sticky",
    "range,cooperative-sticky",
];

/// A group and how its consumers are made.
#[derive(Clone, Debug)]
pub(super) struct Group {
    name: String,
    strategy: &'static str,
    /// How many of a hundred of its consumers speak the consumer protocol.
    modern: u64,
    /// Settings all its consumers have.
    settings: String,
}

impl Story {
    pub(super) fn begin_churn(&mut self) {
        self.add_producer();
        for number in 1..2 + self.below(3) {
            let group = self.new_group(number);
            self.groups.push(group);
        }
        for _ in 0..2 + self.below(4) {
            self.join();
        }
        if self.chance(25) {
            self.add_share_consumers();
        }
    }

    fn new_group(&mut self, number: u64) -> Group {
        let strategy = self.pick(&STRATEGIES);
        let session = self.pick(&[2_000, 6_000]);
        let interval = self.pick(&[4_000, 8_000]);
        let batch = self.pick(&[5, 50, 500]);
        let auto = self.chance(60);
        let modern = self.pick(&[0, 0, 50, 100]);
        Group {
            name: format!("g{number}"),
            strategy,
            modern,
            settings: format!(
                "session.timeout.ms={session} heartbeat.interval.ms=500 max.poll.interval.ms={interval} max.poll.records={batch} metadata.max.age.ms=5000 auto.offset.reset=earliest enable.auto.commit={auto} auto.commit.interval.ms=1000 request.timeout.ms=3000"
            ),
        }
    }

    pub(super) fn act_in_churn(&mut self) {
        match self.below(100) {
            0..11 => self.send(),
            11..14 => self.reassign(),
            14..24 => self.server_fault(),
            24..38 => self.heal(),
            38..44 => self.cut(),
            44..88 => self.member_life(),
            88..95 => self.administer(),
            95..98 => self.producer_life(),
            _ => self.elect(),
        }
    }

    fn member_life(&mut self) {
        let consumers = self.consumers.clone();
        let name = self.pick(&consumers);
        match self.below(100) {
            0..26 if consumers.len() < CROWD => self.join(),
            0..38 => self.say(format!("consumer stop {name}")),
            38..50 => self.say(format!("consumer crash {name}")),
            50..72 => self.say(format!("consumer start {name}")),
            72..79 => self.say(format!("consumer freeze {name}")),
            79..86 => self.say(format!("consumer thaw {name}")),
            86..90 => self.say(format!("consumer set {name} process=9s")),
            90..92 => self.migrate(&name),
            92..97 => self.say(format!("consumer set {name} process=1ms")),
            _ => self.say(format!("consumer commit {name}")),
        }
    }

    /// One more consumer; every fifth is a static member, and two of those may have the same name.
    fn join(&mut self) {
        let name = self.name("c");
        let groups = self.groups.clone();
        let group = self.pick(&groups);
        let mixed = group.strategy.contains("cooperative") && self.chance(20);
        let strategy = if mixed {
            self.pick(&STRATEGIES[4..])
        } else {
            group.strategy
        };
        let mut topics: Vec<String> = self.topics.iter().map(|t| t.0.clone()).collect();
        if topics.len() > 1 && self.chance(30) {
            let index = self.below(topics.len() as u64) as usize;
            topics.swap_remove(index);
        }
        let instance = if self.chance(20) {
            format!(" group.instance.id=i{}", self.below(3))
        } else {
            String::new()
        };
        let protocol = if self.chance(group.modern) {
            let assignor = self.pick(&["none", "none", "range"]);
            format!(" group.protocol=consumer group.remote.assignor={assignor}")
        } else {
            String::new()
        };
        let process = self.pick(&["0ms", "1ms", "50ms", "700ms"]);
        self.say(format!(
            "consumer add {name} group={} topics={}{instance}{protocol} process={process} partition.assignment.strategy={strategy} {}",
            group.name,
            topics.join(","),
            group.settings,
        ));
        self.consumers.push(name);
    }
}
