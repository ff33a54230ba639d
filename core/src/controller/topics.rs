//! Topics: create, add partitions, delete, configure; producer ids (`ReplicationControlManager`, `ConfigurationControlManager`).

use super::{Active, Controller};
use crate::config::{ConfigSet, GroupConfig};
use crate::effect::Ctx;
use crate::event::{ElectionReason, Event};
use crate::id::{BrokerId, Name, NodeId, TopicId, TopicPartition};
use crate::metadata::is_valid_topic_name;
use crate::placement::{self, UsableBroker};
use crate::protocol::{
    Correlation, CreateTopicRequest, ErrorCode, MetadataRecord, PartitionState, Recovery, Response,
};
use crate::rng::Rng;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Producer ids come in blocks (`ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE`).
const PRODUCER_ID_BLOCK: i32 = 1_000;

impl Active {
    fn check_new_topic(&self, request: &CreateTopicRequest) -> Result<(), ErrorCode> {
        if !is_valid_topic_name(&request.name) {
            return Err(ErrorCode::InvalidTopicException);
        }
        if self.image.names.contains_key(&request.name) {
            return Err(ErrorCode::TopicAlreadyExists);
        }
        let mut config = (*self.image.topic_defaults).clone();
        let valid = request
            .configs
            .iter()
            .all(|(name, value)| config.set(name, value).is_ok());
        if valid {
            Ok(())
        } else {
            Err(ErrorCode::InvalidConfig)
        }
    }

    /// Replica lists for new partitions: the ones asked for, or Kafka's striped placement.
    fn place(
        &self,
        rng: &mut Rng,
        count: i32,
        replication: i32,
    ) -> Result<Vec<Vec<BrokerId>>, ErrorCode> {
        let brokers: Vec<UsableBroker> = self
            .image
            .brokers
            .iter()
            .map(|(id, r)| UsableBroker {
                id: id.0,
                rack: r.rack.as_ref().map(|r| r.to_string()),
                fenced: !r.is_active(),
            })
            .collect();
        let mut random = |bound: i32| rng.below(bound.max(1) as u64) as i32;
        let placed = placement::place(&brokers, count, replication, &mut random);
        let placed = placed.map_err(|_| ErrorCode::InvalidReplicationFactor)?;
        Ok(placed
            .into_iter()
            .map(|replicas| replicas.into_iter().map(BrokerId).collect())
            .collect())
    }

    /// `validateManualPartitionAssignment`: registered brokers (fenced ones too), each once, at least one.
    pub(super) fn may_have(&self, replicas: &[BrokerId]) -> bool {
        let known = replicas.iter().all(|b| self.image.brokers.contains_key(b));
        let distinct = (1..replicas.len()).all(|i| !replicas[..i].contains(&replicas[i]));
        known && distinct && !replicas.is_empty()
    }

    fn check_assignment(&self, assignment: &[Vec<BrokerId>]) -> Result<(), ErrorCode> {
        let width = assignment[0].len();
        let good = |replicas: &Vec<BrokerId>| self.may_have(replicas) && replicas.len() == width;
        if assignment.iter().all(good) {
            Ok(())
        } else {
            Err(ErrorCode::InvalidReplicaAssignment)
        }
    }

    /// A new partition: every active replica is in sync, the first of them leads.
    fn new_partition(&self, replicas: &[BrokerId]) -> Result<PartitionState, ErrorCode> {
        let isr: Vec<BrokerId> = replicas
            .iter()
            .copied()
            .filter(|b| self.image.is_active(*b))
            .collect();
        let leader = isr
            .first()
            .copied()
            .ok_or(ErrorCode::InvalidReplicaAssignment)?;
        Ok(PartitionState {
            replicas: replicas.into(),
            adding: Arc::new([]),
            removing: Arc::new([]),
            isr: isr.into(),
            elr: Arc::new([]),
            last_known_elr: Arc::new([]),
            leader: Some(leader),
            leader_epoch: 0,
            partition_epoch: 0,
            recovery: Recovery::Recovered,
        })
    }

    fn partition_records(
        &self,
        topic: TopicId,
        first: i32,
        placed: &[Vec<BrokerId>],
    ) -> Result<(Vec<MetadataRecord>, Vec<Event>), ErrorCode> {
        let (mut records, mut events) = (Vec::new(), Vec::new());
        for (i, replicas) in placed.iter().enumerate() {
            let tp = TopicPartition::new(topic, first + i as i32);
            let state = Arc::new(self.new_partition(replicas)?);
            events.push(Event::LeaderElected {
                tp,
                leader: state.leader,
                epoch: 0,
                reason: ElectionReason::Created,
                isr: state.isr.clone(),
            });
            records.push(MetadataRecord::Partition { tp, state });
        }
        Ok((records, events))
    }
}

impl Controller {
    pub(super) fn create_topic(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        request: CreateTopicRequest,
    ) {
        let outcome = self.plan_topic(ctx, &request);
        self.finish(ctx, from, correlation, outcome);
    }

    fn plan_topic(
        &mut self,
        ctx: &mut Ctx<'_>,
        request: &CreateTopicRequest,
    ) -> Result<(Vec<MetadataRecord>, Vec<Event>), ErrorCode> {
        let active = self.active.as_ref().ok_or(ErrorCode::NotController)?;
        active.check_new_topic(request)?;
        let placed = if request.assignment.is_empty() {
            let count = if request.partitions == -1 {
                self.config.num_partitions as i32
            } else {
                request.partitions
            };
            let default = self.config.default_replication_factor as i32;
            let replication = if request.replication_factor == -1 {
                default
            } else {
                i32::from(request.replication_factor)
            };
            if count <= 0 {
                return Err(ErrorCode::InvalidPartitions);
            }
            active.place(ctx.rng, count, replication)?
        } else {
            active.check_assignment(&request.assignment)?;
            request.assignment.clone()
        };
        let id = TopicId(active.image.next_topic_id);
        let (partitions, mut events) = active.partition_records(id, 0, &placed)?;
        let mut records = alloc::vec![MetadataRecord::Topic {
            name: request.name.clone(),
            id
        }];
        records.extend(
            request
                .configs
                .iter()
                .map(|(name, value)| MetadataRecord::Config {
                    topic: id,
                    name: name.clone(),
                    value: Some(value.clone()),
                }),
        );
        records.extend(partitions);
        let created = Event::TopicCreated {
            topic: request.name.clone(),
            partitions: placed.len() as i32,
            replication: placed[0].len() as i32,
        };
        events.insert(0, created);
        Ok((records, events))
    }

    fn finish(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        outcome: Result<(Vec<MetadataRecord>, Vec<Event>), ErrorCode>,
    ) {
        let error = match outcome {
            Ok((records, events)) => {
                events.into_iter().for_each(|e| ctx.emit(e));
                self.append(ctx, records);
                ErrorCode::None
            }
            Err(error) => error,
        };
        self.answer_when_committed(ctx, from, correlation, Response::Admin(error));
    }

    pub(super) fn create_partitions(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        name: &Name,
        count: i32,
    ) {
        let outcome = self.plan_partitions(ctx, name, count);
        self.finish(ctx, from, correlation, outcome);
    }

    fn plan_partitions(
        &mut self,
        ctx: &mut Ctx<'_>,
        name: &Name,
        count: i32,
    ) -> Result<(Vec<MetadataRecord>, Vec<Event>), ErrorCode> {
        let active = self.active.as_ref().ok_or(ErrorCode::NotController)?;
        let topic = active
            .image
            .topic_named(name)
            .ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let now = topic.partitions.len() as i32;
        if count <= now {
            return Err(ErrorCode::InvalidPartitions);
        }
        let replication = topic.partitions[0].replicas.len() as i32;
        let placed = active.place(ctx.rng, count - now, replication)?;
        let (records, mut events) = active.partition_records(topic.id, now, &placed)?;
        events.insert(
            0,
            Event::PartitionsAdded {
                topic: name.clone(),
                partitions: count,
            },
        );
        Ok((records, events))
    }

    pub(super) fn delete_topic(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        name: &Name,
    ) {
        let id = self.image().and_then(|i| i.names.get(name).copied());
        let outcome = id.ok_or(ErrorCode::UnknownTopicOrPartition).map(|id| {
            (
                alloc::vec![MetadataRecord::RemoveTopic(id)],
                alloc::vec![Event::TopicDeleted {
                    topic: name.clone()
                }],
            )
        });
        self.finish(ctx, from, correlation, outcome);
    }

    pub(super) fn alter_config(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        topic: &Name,
        name: Name,
        value: Option<Name>,
    ) {
        let outcome = self.plan_config(topic, name, value);
        self.finish(ctx, from, correlation, outcome);
    }

    pub(super) fn alter_group_config(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        group: Name,
        name: Name,
        text: Option<Name>,
    ) {
        let known = GroupConfig::index_of(&name).map(|i| &GroupConfig::DEFS[i]);
        let value = known.and_then(|d| {
            let value = text.as_ref().map(|t| d.parse(t)).transpose()?;
            value.map_or(Ok(()), |value| self.config.check_own(&name, value))?;
            Ok(value)
        });
        let outcome = match value {
            Err(_) => Err(ErrorCode::InvalidConfig),
            Ok(value) => Ok((
                alloc::vec![MetadataRecord::GroupConfig {
                    group: group.clone(),
                    name: name.clone(),
                    value,
                }],
                alloc::vec![Event::GroupConfigChanged {
                    group,
                    name,
                    value: text,
                }],
            )),
        };
        self.finish(ctx, from, correlation, outcome);
    }

    fn plan_config(
        &self,
        topic: &Name,
        name: Name,
        value: Option<Name>,
    ) -> Result<(Vec<MetadataRecord>, Vec<Event>), ErrorCode> {
        let active = self.active.as_ref().ok_or(ErrorCode::NotController)?;
        let id = *active
            .image
            .names
            .get(topic)
            .ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let mut config = (*self.topic_defaults).clone();
        if config
            .set(&name, value.as_deref().unwrap_or_default())
            .is_err()
            && value.is_some()
        {
            return Err(ErrorCode::InvalidConfig);
        }
        let changed = Event::TopicConfigChanged {
            topic: topic.clone(),
            name: name.clone(),
            value: value.clone(),
        };
        Ok((
            alloc::vec![MetadataRecord::Config {
                topic: id,
                name,
                value
            }],
            alloc::vec![changed],
        ))
    }

    pub(super) fn allocate_producer_ids(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
    ) {
        let Some(active) = &self.active else { return };
        let first = active.image.next_producer_id;
        self.append(
            ctx,
            alloc::vec![MetadataRecord::ProducerIds(
                first + i64::from(PRODUCER_ID_BLOCK)
            )],
        );
        let response = Response::AllocateProducerIds(ErrorCode::None, first, PRODUCER_ID_BLOCK);
        self.answer_when_committed(ctx, from, correlation, response);
    }
}
