//! A cluster of one mind: it knows everything at once, keeps one log per partition, and can be told to misbehave.

use rebalance_core::id::{BrokerId, Name, Offset, TopicId, TopicPartition};
use rebalance_core::protocol::*;
use rebalance_core::record::RecordBatch;
use rebalance_core::time::SimTime;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Something for the client; no response means that the connection broke.
pub struct Answer {
    pub from: BrokerId,
    pub correlation: Correlation,
    pub response: Option<Response>,
    /// Not before this.
    pub at: SimTime,
}

/// One partition.
#[derive(Default)]
pub struct Log {
    pub leader: Option<BrokerId>,
    pub epoch: i32,
    #[allow(dead_code)]
    pub start: Offset,
    pub end: Offset,
    pub batches: Vec<Arc<RecordBatch>>,
    /// Of every producer id: epoch and last sequence.
    producers: BTreeMap<i64, (i16, i32)>,
    /// Errors for the next batches, before anything else is looked at.
    pub refuse: VecDeque<ErrorCode>,
}

/// What a broker does with requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    Answers,
    /// Frozen: requests pile up.
    Silent,
    /// Dead: connections break.
    Dead,
}

pub struct Cluster {
    pub brokers: BTreeMap<BrokerId, Mood>,
    pub topics: BTreeMap<Name, TopicId>,
    pub logs: BTreeMap<TopicPartition, Log>,
    pub next_producer: i64,
    /// Requests a silent broker has not looked at.
    pub piled: Vec<(BrokerId, Correlation, Request)>,
}

impl Cluster {
    /// Brokers 1..=n without topics.
    pub fn new(brokers: i32) -> Self {
        Self {
            brokers: (1..=brokers)
                .map(|b| (BrokerId(b), Mood::Answers))
                .collect(),
            topics: BTreeMap::new(),
            logs: BTreeMap::new(),
            next_producer: 1_000,
            piled: Vec::new(),
        }
    }

    /// A topic whose partitions are led by the brokers in turn.
    pub fn topic(mut self, name: &str, partitions: i32) -> Self {
        self.create(name, partitions);
        self
    }

    pub fn create(&mut self, name: &str, partitions: i32) {
        let next = self.topics.len() as u32 + 1;
        let id = *self.topics.entry(name.into()).or_insert(TopicId(next));
        let brokers: Vec<BrokerId> = self.brokers.keys().copied().collect();
        for partition in 0..partitions {
            let leader = Some(brokers[partition as usize % brokers.len()]);
            let tp = TopicPartition::new(id, partition);
            self.logs.entry(tp).or_insert_with(|| Log {
                leader,
                ..Log::default()
            });
        }
    }

    pub fn tp(&self, topic: &str, partition: i32) -> TopicPartition {
        TopicPartition::new(self.topics[topic], partition)
    }

    pub fn log(&mut self, topic: &str, partition: i32) -> &mut Log {
        let tp = self.tp(topic, partition);
        self.logs.get_mut(&tp).expect("a partition")
    }

    /// Values of a partition as text.
    pub fn values(&mut self, topic: &str, partition: i32) -> Vec<String> {
        let batches = &self.log(topic, partition).batches;
        let records = batches.iter().flat_map(|b| b.records.iter());
        let text = |r: &rebalance_core::record::Record| match &r.value {
            Some(value) => String::from_utf8_lossy(value).trim().to_owned(),
            None => "null".into(),
        };
        records.map(text).collect()
    }

    pub fn brokers(&self) -> Vec<BrokerId> {
        self.brokers.keys().copied().collect()
    }

    /// A request has arrived.
    pub fn handle(
        &mut self,
        now: SimTime,
        to: BrokerId,
        correlation: Correlation,
        request: Request,
    ) -> Vec<Answer> {
        let silent = matches!(&request, Request::Produce(p) if p.acks == Acks::None);
        let response = match self.brokers.get(&to) {
            None | Some(Mood::Dead) => None,
            Some(Mood::Silent) => {
                self.piled.push((to, correlation, request));
                return Vec::new();
            }
            Some(Mood::Answers) => Some(self.answer(to, request)),
        };
        if silent && response.is_some() {
            return Vec::new();
        }
        vec![Answer {
            from: to,
            correlation,
            response,
            at: now,
        }]
    }

    /// A frozen broker goes on and answers everything.
    pub fn thaw(&mut self, now: SimTime, broker: BrokerId) -> Vec<Answer> {
        self.brokers.insert(broker, Mood::Answers);
        let piled = std::mem::take(&mut self.piled);
        let (mine, others) = piled.into_iter().partition(|(to, ..)| *to == broker);
        self.piled = others;
        let mut answers = Vec::new();
        for (to, correlation, request) in mine {
            let _: BrokerId = to;
            answers.extend(self.handle(now, to, correlation, request));
        }
        answers
    }

    fn answer(&mut self, to: BrokerId, request: Request) -> Response {
        match request {
            Request::Metadata(topics) => Response::Metadata(Box::new(self.metadata(topics))),
            Request::InitProducerId => {
                self.next_producer += 1;
                Response::InitProducerId(ErrorCode::None, self.next_producer - 1, 0)
            }
            Request::Produce(produce) => {
                let batches = produce.batches.into_iter();
                Response::Produce(batches.map(|(tp, b)| self.produce(to, tp, b)).collect())
            }
            other => panic!("not scripted: {other:?}"),
        }
    }

    fn metadata(&self, topics: Option<Vec<Name>>) -> MetadataResponse {
        let names = topics.unwrap_or_else(|| self.topics.keys().cloned().collect());
        MetadataResponse {
            brokers: self.brokers(),
            controller: None,
            topics: names.into_iter().map(|n| self.topic_metadata(n)).collect(),
        }
    }

    fn topic_metadata(&self, name: Name) -> TopicMetadata {
        let Some(id) = self.topics.get(&name).copied() else {
            return TopicMetadata {
                name,
                id: None,
                error: ErrorCode::UnknownTopicOrPartition,
                partitions: Vec::new(),
            };
        };
        let logs = self.logs.iter().filter(|(tp, _)| tp.topic == id);
        let partitions = logs.map(|(tp, log)| PartitionMetadata {
            partition: tp.partition,
            leader: log.leader,
            leader_epoch: log.epoch,
            replicas: self.brokers().into(),
            isr: self.brokers().into(),
        });
        TopicMetadata {
            name,
            id: Some(id),
            error: ErrorCode::None,
            partitions: partitions.collect(),
        }
    }

    fn produce(
        &mut self,
        to: BrokerId,
        tp: TopicPartition,
        batch: Arc<RecordBatch>,
    ) -> ProducePartitionResponse {
        let result = match self.logs.get_mut(&tp) {
            None => Err(ErrorCode::UnknownTopicOrPartition),
            Some(log) if log.leader != Some(to) => Err(ErrorCode::NotLeaderOrFollower),
            Some(log) => log.append(batch),
        };
        ProducePartitionResponse {
            tp,
            error: result.err().unwrap_or(ErrorCode::None),
            base_offset: result.unwrap_or(-1),
            log_start_offset: -1,
        }
    }
}

impl Log {
    /// Appends as a leader does; idempotent producers are checked by their last sequence only.
    pub fn append(&mut self, batch: Arc<RecordBatch>) -> Result<Offset, ErrorCode> {
        match self.refuse.pop_front() {
            Some(ErrorCode::None) | None => {}
            Some(error) => return Err(error),
        }
        let count = batch.records.len() as i32;
        if batch.producer_id >= 0 {
            let known = self.producers.get(&batch.producer_id);
            match known {
                None => {}
                Some((epoch, last)) => {
                    let same = *epoch == batch.producer_epoch;
                    let next = if same { last + 1 } else { 0 };
                    if batch.base_sequence != next {
                        return Err(ErrorCode::OutOfOrderSequenceNumber);
                    }
                }
            }
            let last = batch.base_sequence + count - 1;
            self.producers
                .insert(batch.producer_id, (batch.producer_epoch, last));
        }
        let base = self.end;
        let mut batch = (*batch).clone();
        batch.base_offset = base;
        batch.leader_epoch = self.epoch;
        self.batches.push(Arc::new(batch));
        self.end += Offset::from(count);
        Ok(base)
    }
}

impl Log {
    /// Forgets every producer, as a partition that never saw one.
    pub fn forget(&mut self) {
        self.producers.clear();
    }
}
