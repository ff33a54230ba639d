//! A cluster of one mind: it knows everything at once, keeps one log per partition, and can be told to misbehave.

use crate::group::{Group, refusal};
use rebalance_core::id::{BrokerId, Name, Offset, TopicId, TopicPartition};
use rebalance_core::protocol::*;
use rebalance_core::record::{Record, RecordBatch};
use rebalance_core::time::{Duration, SimTime};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
    pub start: Offset,
    pub end: Offset,
    pub batches: Vec<Arc<RecordBatch>>,
    /// A leader's answer to readers of later epochs: truncate.
    pub diverging: Option<(i32, Offset)>,
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
    pub coordinator: BrokerId,
    pub group: Group,
    /// The client's fetch session with each broker.
    sessions: BTreeMap<BrokerId, (i32, BTreeMap<TopicPartition, FetchPartition>)>,
    pub brokers: BTreeMap<BrokerId, Mood>,
    pub topics: BTreeMap<Name, TopicId>,
    pub logs: BTreeMap<TopicPartition, Log>,
    pub next_producer: i64,
    /// What the next requests of an API are answered with, whatever the cluster thinks.
    pub refuse: BTreeMap<&'static str, VecDeque<ErrorCode>>,
    /// What the next ShareFetch that asks for its first partition gets.
    pub shared: Option<ShareFetchResponse>,
    /// Answers to the next share requests with acknowledgements.
    share_refusals: VecDeque<(BrokerId, ErrorCode)>,
    share_sessions: BTreeMap<BrokerId, BTreeSet<TopicPartition>>,
    /// How late their answers come.
    pub late: BTreeMap<&'static str, VecDeque<Duration>>,
    /// Requests a silent broker has not looked at.
    pub piled: Vec<(BrokerId, Correlation, Request)>,
}

impl Cluster {
    /// Brokers 1..=n without topics.
    pub fn new(brokers: i32) -> Self {
        Self {
            coordinator: BrokerId(1),
            group: Group::default(),
            sessions: BTreeMap::new(),
            brokers: (1..=brokers)
                .map(|b| (BrokerId(b), Mood::Answers))
                .collect(),
            topics: BTreeMap::new(),
            logs: BTreeMap::new(),
            next_producer: 1_000,
            refuse: BTreeMap::new(),
            shared: None,
            share_refusals: VecDeque::new(),
            share_sessions: BTreeMap::new(),
            late: BTreeMap::new(),
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
        let wait = match &request {
            Request::Fetch(fetch) => Duration::millis(fetch.max_wait_ms),
            Request::ShareFetch(fetch) => Duration::millis(fetch.max_wait_ms),
            _ => Duration::ZERO,
        };
        let late = self.late.get_mut(request.api().name());
        let late = late.and_then(VecDeque::pop_front).unwrap_or_default();
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
        let nothing = match &response {
            Some(Response::Fetch(f)) => f.error.is_ok() && f.partitions.is_empty(),
            Some(Response::ShareFetch(f)) => f.error.is_ok() && f.partitions.is_empty(),
            _ => false,
        };
        vec![Answer {
            from: to,
            correlation,
            response,
            at: if nothing { now + wait } else { now } + late,
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

    /// The next request of this API is answered with this error, and its answer comes so many milliseconds late.
    pub fn next(&mut self, api: &'static str, error: ErrorCode, late_ms: i64) {
        self.refuse.entry(api).or_default().push_back(error);
        let late = Duration::millis(late_ms);
        self.late.entry(api).or_default().push_back(late);
    }

    fn answer(&mut self, to: BrokerId, request: Request) -> Response {
        let refused = self.refuse.get_mut(request.api().name());
        let refused = refused.and_then(VecDeque::pop_front).filter(|e| !e.is_ok());
        if let Some(response) = refused.and_then(|error| refusal(&request, error)) {
            return response;
        }
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
            Request::FindCoordinator(_) => {
                Response::FindCoordinator(ErrorCode::None, Some(self.coordinator))
            }
            Request::ListOffsets(wanted) => {
                let partitions = wanted.partitions.into_iter();
                Response::ListOffsets(partitions.map(|p| self.list_offset(to, p)).collect())
            }
            Request::Fetch(fetch) => Response::Fetch(Box::new(self.fetch(to, *fetch))),
            Request::ShareFetch(fetch) => {
                Response::ShareFetch(Box::new(self.share_fetch(to, *fetch)))
            }
            Request::ShareAcknowledge(acks) => {
                let error = self.share_refusal(to, &acks.partitions);
                let answered = match error.is_ok() {
                    true => self.share_outcomes(to, &acks.partitions),
                    false => Vec::new(),
                };
                Response::ShareAcknowledge(error, answered)
            }
            other => self.group.answer(to == self.coordinator, other),
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

impl Cluster {
    fn list_offset(
        &mut self,
        to: BrokerId,
        (tp, _, spec): (TopicPartition, i32, OffsetSpec),
    ) -> ListOffsetsPartitionResponse {
        let log = &self.logs[&tp];
        let error = match log.leader == Some(to) {
            true => ErrorCode::None,
            false => ErrorCode::NotLeaderOrFollower,
        };
        ListOffsetsPartitionResponse {
            tp,
            error,
            offset: match spec {
                OffsetSpec::Earliest => log.start,
                _ => log.end,
            },
            timestamp: -1,
        }
    }

    fn fetch(&mut self, to: BrokerId, fetch: FetchRequest) -> FetchResponse {
        let (epoch, partitions) = self.sessions.entry(to).or_default();
        if fetch.session_epoch == 0 {
            *epoch = 0;
            partitions.clear();
        } else if fetch.session_epoch != *epoch {
            return FetchResponse {
                error: ErrorCode::InvalidFetchSessionEpoch,
                partitions: Vec::new(),
            };
        }
        *epoch += 1;
        for tp in &fetch.forgotten {
            partitions.remove(tp).expect("it was in the session");
        }
        for partition in fetch.partitions {
            partitions.insert(partition.tp, partition);
        }
        let wanted: Vec<FetchPartition> = partitions.values().cloned().collect();
        let answers = wanted.iter().map(|p| self.fetch_partition(to, p));
        FetchResponse {
            error: ErrorCode::None,
            partitions: answers
                .filter(|a| !a.error.is_ok() || !a.batches.is_empty() || a.diverging.is_some())
                .collect(),
        }
    }

    fn fetch_partition(&self, to: BrokerId, want: &FetchPartition) -> FetchPartitionResponse {
        let log = &self.logs[&want.tp];
        let error = if log.leader != Some(to) {
            ErrorCode::NotLeaderOrFollower
        } else if want.current_leader_epoch < log.epoch {
            ErrorCode::FencedLeaderEpoch
        } else if want.fetch_offset < log.start || want.fetch_offset > log.end {
            ErrorCode::OffsetOutOfRange
        } else {
            ErrorCode::None
        };
        let wanted = |b: &&Arc<RecordBatch>| error.is_ok() && b.last_offset() >= want.fetch_offset;
        let diverging = log
            .diverging
            .filter(|(epoch, _)| want.last_fetched_epoch > *epoch);
        FetchPartitionResponse {
            tp: want.tp,
            error: if diverging.is_some() {
                ErrorCode::None
            } else {
                error
            },
            high_watermark: log.end,
            last_stable_offset: log.end,
            log_start_offset: log.start,
            diverging,
            batches: match diverging {
                Some(_) => Vec::new(),
                None => log.batches.iter().filter(wanted).cloned().collect(),
            },
        }
    }

    /// The next share request with acknowledgements to this broker is refused.
    pub fn share_refuse(&mut self, broker: BrokerId, error: ErrorCode) {
        self.share_refusals.push_back((broker, error));
    }

    fn share_refusal(&mut self, to: BrokerId, acks: &Acknowledgements) -> ErrorCode {
        let acknowledges = acks.iter().any(|(_, batches)| !batches.is_empty());
        let next = self.share_refusals.front();
        match next.filter(|(broker, _)| *broker == to && acknowledges) {
            Some((_, error)) => {
                let error = *error;
                self.share_refusals.pop_front();
                self.share_sessions.remove(&to);
                error
            }
            None => ErrorCode::None,
        }
    }

    /// Who does not lead a partition (any more) knows nothing of its records.
    fn share_outcomes(
        &self,
        to: BrokerId,
        acks: &Acknowledgements,
    ) -> Vec<(TopicPartition, ErrorCode)> {
        let named = acks.iter().filter(|(_, batches)| !batches.is_empty());
        let outcome = |tp: TopicPartition| match self.logs[&tp].leader == Some(to) {
            true => ErrorCode::None,
            false => ErrorCode::UnknownTopicOrPartition,
        };
        named.map(|(tp, _)| (*tp, outcome(*tp))).collect()
    }

    fn share_fetch(&mut self, to: BrokerId, fetch: ShareFetchRequest) -> ShareFetchResponse {
        let refused = self.share_refusal(to, &fetch.partitions);
        let mut answer = ShareFetchResponse {
            error: refused,
            partitions: Vec::new(),
        };
        if !refused.is_ok() {
            return answer;
        }
        let session = self.share_sessions.entry(to).or_default();
        if fetch.session_epoch == 0 {
            session.clear();
            let carried = fetch.partitions.iter().any(|(_, acks)| !acks.is_empty());
            assert!(!carried, "a first fetch with acknowledgements");
        }
        session.extend(fetch.partitions.iter().map(|(tp, _)| *tp));
        let here = |p: &ShareFetchPartitionResponse| {
            session.contains(&p.tp) && self.logs[&p.tp].leader == Some(to)
        };
        if self
            .shared
            .as_ref()
            .is_some_and(|s| s.partitions.iter().all(here))
        {
            answer = self.shared.take().expect("it is there");
        }
        answer
    }

    /// Appends records of one byte as one batch.
    pub fn write(&mut self, topic: &str, partition: i32, count: usize) {
        let record = Record::new(0, None, Some(b"x"[..].into()));
        let batch = Arc::new(RecordBatch::new(vec![record; count]));
        let log = self.log(topic, partition);
        log.append(batch).expect("no one refuses");
    }
}
