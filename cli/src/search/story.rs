//! From a seed to a script: a cluster, topics and clients, and then a time of work and faults.
//!
//! The story knows roughly what it has done (which brokers it has taken down, which clients exist), so that most
//! commands are possible; what is not is skipped when it runs. It never takes more than it gives back: of brokers that
//! are down or frozen, one returns every now and then.

use super::calm::CALM;
use super::churn::Group;
use rebalance_core::rng::Rng;

/// The lines of this seed's script, for so many virtual seconds.
pub fn script(seed: u64, seconds: u64) -> Vec<String> {
    let mut story = Story::new(seed);
    let churn = seed % 2 == 1;
    story.begin();
    if churn {
        story.begin_churn();
    } else {
        story.begin_work();
    }
    let end = seconds * 1_000;
    while story.at < end {
        story.wait();
        if churn {
            story.act_in_churn();
        } else {
            story.act();
        }
    }
    story.calm();
    story.lines
}

/// A server or a link, and what brings it back.
#[derive(Clone, Debug)]
struct Fault {
    what: String,
    undo: String,
}

#[derive(Debug)]
pub(super) struct Story {
    rng: Rng,
    lines: Vec<String>,
    at: u64,
    brokers: u64,
    controllers: u64,
    pub(super) topics: Vec<(String, u64)>,
    producers: Vec<String>,
    pub(super) consumers: Vec<String>,
    /// How many of a hundred consumers speak the consumer protocol.
    modern: u64,
    faults: Vec<Fault>,
    /// Groups of a churn: name, what consumers are added with.
    pub(super) groups: Vec<Group>,
    made: u64,
}

impl Story {
    fn new(seed: u64) -> Self {
        Self {
            rng: Rng::fork(seed, "story"),
            lines: Vec::new(),
            at: 0,
            brokers: 3,
            controllers: 1,
            topics: Vec::new(),
            producers: Vec::new(),
            consumers: Vec::new(),
            modern: 0,
            faults: Vec::new(),
            groups: Vec::new(),
            made: 0,
        }
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.rng.below(bound)
    }

    pub(super) fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        let index = self.below(items.len() as u64) as usize;
        items[index].clone()
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn begin(&mut self) {
        self.brokers = self.pick(&[3, 3, 3, 4, 5]);
        self.controllers = self.pick(&[1, 3, 3]);
        let (brokers, controllers) = (self.brokers, self.controllers);
        let preset = self.pick(&["kafka", "classroom"]);
        let latency = self.pick(&[0, 1, 5, 40]);
        let jitter = self.pick(&[0, 1, 10, 60]);
        let seed = self.rng.next_u64();
        self.modern = self.pick(&[0, 50, 100]);
        let policy = self.pick(&["bidirectional", "bidirectional", "upgrade", "disabled"]);
        let lag = self.pick(&[1_000, 4_000, 10_000]);
        let session = self.pick(&[2_000, 4_000, 9_000]);
        self.say(format!(
            "cluster create brokers={brokers} controllers={controllers} seed={seed} preset={preset} latency.ms={latency} jitter.ms={jitter} replica.lag.time.max.ms={lag} broker.session.timeout.ms={session} broker.heartbeat.interval.ms=500 offsets.topic.num.partitions=3 group.initial.rebalance.delay.ms=500 group.consumer.min.session.timeout.ms=1000 group.consumer.session.timeout.ms=6000 group.consumer.min.heartbeat.interval.ms=100 group.consumer.heartbeat.interval.ms=700 group.share.min.record.lock.duration.ms=1000 group.consumer.migration.policy={policy}"
        ));
        for _ in 0..1 + self.below(2) {
            self.add_topic();
        }
        self.pass(500);
    }

    fn begin_work(&mut self) {
        for _ in 0..1 + self.below(3) {
            self.add_producer();
        }
        for _ in 0..1 + self.below(3) {
            self.add_consumer();
        }
        if self.chance(40) {
            self.add_share_consumers();
        }
    }

    fn pass(&mut self, millis: u64) {
        self.at += millis;
        self.say(format!("advance {millis}ms"));
    }

    /// Gives everything back, and waits.
    fn calm(&mut self) {
        for fault in std::mem::take(&mut self.faults) {
            self.say(fault.undo);
        }
        for name in self.producers.clone() {
            self.say(format!("producer thaw {name}"));
            self.say(format!("producer set {name} rate=0"));
        }
        for name in self.consumers.clone() {
            self.say(format!("consumer thaw {name}"));
            self.say(format!("consumer set {name} process=0ms"));
        }
        self.say("cluster set latency.ms=1 jitter.ms=0");
        self.pass(CALM.0 / 1_000);
    }

    pub(super) fn name(&mut self, first: &str) -> String {
        self.made += 1;
        format!("{first}{}", self.made)
    }

    fn wait(&mut self) {
        let millis = match self.below(10) {
            0..5 => 1 + self.below(400),
            5..9 => 200 + self.below(2_000),
            _ => 1_000 + self.below(6_000),
        };
        self.pass(millis);
    }

    fn act(&mut self) {
        match self.below(100) {
            0..28 => self.send(),
            28..32 => self.reassign(),
            32..48 => self.server_fault(),
            48..66 => self.heal(),
            66..74 => self.cut(),
            74..86 => self.consumer_life(),
            86..91 => self.producer_life(),
            91..96 => self.administer(),
            _ => self.elect(),
        }
    }

    // Work.

    pub(super) fn add_topic(&mut self) {
        let (name, partitions) = (self.name("t"), 1 + self.below(3));
        let replication = self.pick(&[2, 3, 3, 3]);
        let min = self.pick(&[1, 2, 2]);
        let unclean = if self.chance(10) {
            " unclean.leader.election.enable=true"
        } else {
            ""
        };
        self.say(format!(
            "topic create {name} partitions={partitions} replication={replication} min.insync.replicas={min}{unclean}"
        ));
        self.topics.push((name, partitions));
    }

    fn partition(&mut self) -> String {
        let topics = self.topics.clone();
        let (topic, partitions) = self.pick(&topics);
        format!("{topic}-{}", self.below(partitions))
    }

    pub(super) fn add_producer(&mut self) {
        let name = self.name("p");
        let topics = self.topics.clone();
        let (topic, _) = self.pick(&topics);
        let acks = self.pick(&["all", "all", "all", "1", "0"]);
        let idempotent = acks == "all" && self.chance(70);
        let rate = self.pick(&["0", "1/s", "5/s", "20/s"]);
        let linger = self.pick(&[0, 5, 100]);
        self.say(format!(
            "producer add {name} topic={topic} rate={rate} keys=a,b,c,d acks={acks} enable.idempotence={idempotent} linger.ms={linger} request.timeout.ms=2000 delivery.timeout.ms=10000"
        ));
        self.producers.push(name);
    }

    fn add_consumer(&mut self) {
        let name = self.name("c");
        let group = self.pick(&["g1", "g1", "g2"]);
        let topics: Vec<String> = self.topics.iter().map(|t| t.0.clone()).collect();
        let strategy = self.pick(&["range", "roundrobin", "sticky", "range,cooperative-sticky"]);
        let session = self.pick(&[2_000, 6_000]);
        let modern = self.modern;
        let protocol = if self.chance(modern) {
            let assignor = self.pick(&["none", "none", "range"]);
            format!(" group.protocol=consumer group.remote.assignor={assignor}")
        } else {
            String::new()
        };
        let process = self.pick(&["0ms", "1ms", "50ms", "400ms"]);
        let auto = self.chance(60);
        let instance = if self.chance(20) {
            format!(" group.instance.id=i{}", self.below(3))
        } else {
            String::new()
        };
        self.say(format!(
            "consumer add {name} group={group} topics={}{instance}{protocol} process={process} partition.assignment.strategy={strategy} session.timeout.ms={session} heartbeat.interval.ms=500 max.poll.interval.ms=8000 metadata.max.age.ms=5000 auto.offset.reset=earliest enable.auto.commit={auto} auto.commit.interval.ms=1000 request.timeout.ms=3000",
            topics.join(",")
        ));
        self.consumers.push(name);
    }

    /// Two or three members of a share group, fast and slow, implicit and explicit.
    pub(super) fn add_share_consumers(&mut self) {
        if self.chance(70) {
            self.say(
                "group set s1 share.auto.offset.reset=earliest share.record.lock.duration.ms=2000",
            );
        }
        for _ in 0..2 + self.below(2) {
            self.made += 1;
            let name = format!("w{}", self.made);
            let topics: Vec<String> = self.topics.iter().map(|t| t.0.clone()).collect();
            let process = self.pick(&["0ms", "1ms", "50ms", "3s"]);
            let how = self.pick(&[
                "implicit",
                "explicit ack=accept",
                "explicit ack=release",
                "explicit ack=reject",
            ]);
            self.say(format!(
                "consumer add {name} share-group=s1 topics={} process={process} share.acknowledgement.mode={how} max.poll.records=20 max.poll.interval.ms=8000 request.timeout.ms=3000",
                topics.join(",")
            ));
            self.consumers.push(name);
        }
    }

    pub(super) fn send(&mut self) {
        let producers = self.producers.clone();
        let name = self.pick(&producers);
        let count = self.pick(&[1, 1, 2, 5, 40]);
        let key = self.pick(&["", " key=a", " key=b", " key=c"]);
        self.say(format!("producer send {name}{key} count={count}"));
    }

    // Faults.

    fn server(&mut self) -> String {
        if self.controllers > 1 && self.chance(25) {
            return format!("controller {{}} {}", 101 + self.below(self.controllers));
        }
        format!("broker {{}} {}", 1 + self.below(self.brokers))
    }

    pub(super) fn server_fault(&mut self) {
        let server = self.server();
        let taken = self
            .faults
            .iter()
            .filter(|f| !f.what.starts_with("link"))
            .count() as u64;
        if taken >= self.brokers || self.faults.iter().any(|f| f.what == server) {
            return self.heal();
        }
        let (verb, undo) = self.pick(&[
            ("crash", "start"),
            ("crash", "start"),
            ("freeze", "thaw"),
            ("freeze", "thaw"),
            ("stop", "start"),
        ]);
        self.say(server.replace("{}", verb));
        let undo = server.replace("{}", undo);
        self.faults.push(Fault { what: server, undo });
    }

    pub(super) fn heal(&mut self) {
        if self.faults.is_empty() {
            return self.send();
        }
        let index = self.below(self.faults.len() as u64) as usize;
        let fault = self.faults.swap_remove(index);
        self.say(fault.undo);
    }

    fn end(&mut self) -> String {
        match self.below(10) {
            0..7 => (1 + self.below(self.brokers)).to_string(),
            7 => (101 + self.below(self.controllers)).to_string(),
            8 => {
                let producers = self.producers.clone();
                self.pick(&producers)
            }
            _ => {
                let consumers = self.consumers.clone();
                self.pick(&consumers)
            }
        }
    }

    pub(super) fn cut(&mut self) {
        let (a, b) = (self.end(), self.end());
        if a == b {
            return;
        }
        let loss = self.pick(&[0, 0, 200, 700]);
        let latency = self.pick(&[0, 100, 900]);
        match loss + latency {
            0 => self.say(format!("link cut {a} {b}")),
            _ => self.say(format!(
                "link set {a} {b} loss.permille={loss} latency.ms={latency}"
            )),
        }
        let undo = format!("link heal {a} {b}");
        self.faults.push(Fault {
            what: format!("link {a} {b}"),
            undo,
        });
    }

    fn consumer_life(&mut self) {
        let consumers = self.consumers.clone();
        let name = self.pick(&consumers);
        match self.below(10) {
            0 if self.consumers.len() < 8 => self.add_consumer(),
            0..3 => self.say(format!("consumer stop {name}")),
            3..5 => self.say(format!("consumer crash {name}")),
            5..7 => self.say(format!("consumer start {name}")),
            7 => self.say(format!("consumer freeze {name}")),
            8 => self.say(format!("consumer thaw {name}")),
            _ if self.chance(30) => self.migrate(&name),
            _ => self.say(format!("consumer commit {name}")),
        }
    }

    /// Another process with the other protocol: how groups are migrated.
    pub(super) fn migrate(&mut self, name: &str) {
        let protocol = self.pick(&["classic", "consumer"]);
        self.say(format!("consumer set {name} group.protocol={protocol}"));
        self.say(format!("consumer crash {name}"));
        self.say(format!("consumer start {name}"));
    }

    pub(super) fn producer_life(&mut self) {
        let producers = self.producers.clone();
        let name = self.pick(&producers);
        match self.below(8) {
            0 if self.producers.len() < 6 => self.add_producer(),
            0..2 => self.say(format!("producer crash {name}")),
            2..5 => self.say(format!("producer start {name}")),
            5 => self.say(format!("producer freeze {name}")),
            6 => self.say(format!("producer thaw {name}")),
            _ => {
                let rate = self.pick(&["0", "2/s", "50/s"]);
                self.say(format!("producer set {name} rate={rate}"));
            }
        }
    }

    pub(super) fn administer(&mut self) {
        let tp = self.partition();
        match self.below(6) {
            0 if self.topics.len() < 4 => self.add_topic(),
            0..2 => {
                let topics = self.topics.clone();
                let (topic, partitions) = self.pick(&topics);
                self.say(format!("topic alter {topic} partitions={}", partitions + 1));
            }
            2 => {
                let before = self.below(30);
                self.say(format!("topic trim {tp} before={before}"));
            }
            3 => {
                let topics = self.topics.clone();
                let (topic, _) = self.pick(&topics);
                let min = 1 + self.below(2);
                self.say(format!("topic set {topic} min.insync.replicas={min}"));
            }
            4 => {
                let group = self.pick(&["g1", "g2"]);
                self.say(format!("group seek {group} to=earliest"));
            }
            _ => {
                let (latency, jitter) = (self.below(100), self.below(100));
                self.say(format!(
                    "cluster set latency.ms={latency} jitter.ms={jitter}"
                ));
            }
        }
    }

    /// Other replicas for a partition, often before the last move has ended; or the way back.
    pub(super) fn reassign(&mut self) {
        let tp = self.partition();
        if self.chance(15) {
            return self.say(format!("topic cancel-reassignment {tp}"));
        }
        let mut left: Vec<u64> = (1..=self.brokers).collect();
        let count = self.pick(&[1, 2, 2, 3, 3, 3, 4]).min(self.brokers);
        let mut replicas = Vec::new();
        for _ in 0..count {
            let index = self.below(left.len() as u64) as usize;
            replicas.push(left.swap_remove(index).to_string());
        }
        self.say(format!(
            "topic reassign {tp} replicas={}",
            replicas.join(":")
        ));
    }

    pub(super) fn elect(&mut self) {
        let tp = self.partition();
        let kind = if self.chance(15) {
            "unclean"
        } else {
            "preferred"
        };
        self.say(format!("elect {kind} {tp}"));
    }
}
