//! Metadata for clients, and topics that come into being because somebody asked (`DefaultAutoTopicCreationManager`).

use super::{Broker, CONTROLLER_TIMEOUT, Pending};
use crate::effect::Ctx;
use crate::id::{BrokerId, Name, NodeId, OFFSETS_TOPIC, SHARE_STATE_TOPIC, TopicPartition};
use crate::metadata::TopicImage;
use crate::protocol::{
    Correlation, CreateTopicRequest, ErrorCode, MetadataResponse, PartitionMetadata, Request,
    Response, TopicMetadata,
};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

impl Broker {
    pub(super) fn on_metadata_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        wanted: Option<Vec<Name>>,
    ) {
        let topics = match wanted {
            None => self
                .image
                .topics
                .values()
                .map(|t| self.describe_topic(t))
                .collect(),
            Some(names) => names
                .into_iter()
                .map(|name| self.describe_or_create(ctx, name))
                .collect(),
        };
        let brokers = self
            .image
            .brokers
            .iter()
            .filter(|(_, r)| !r.fenced)
            .map(|(b, _)| *b)
            .collect();
        let response = MetadataResponse {
            brokers,
            controller: self.quorum.leader,
            topics,
        };
        ctx.respond(from, correlation, Response::Metadata(Box::new(response)));
    }

    fn describe_topic(&self, topic: &TopicImage) -> TopicMetadata {
        let partitions = topic
            .partitions
            .iter()
            .enumerate()
            .map(|(i, p)| PartitionMetadata {
                partition: i as i32,
                leader: p.leader.filter(|l| self.is_alive(*l)),
                leader_epoch: p.leader_epoch,
                replicas: p.replicas.clone(),
                isr: p.isr.clone(),
            });
        TopicMetadata {
            name: topic.name.clone(),
            id: Some(topic.id),
            error: ErrorCode::None,
            partitions: partitions.collect(),
        }
    }

    fn is_alive(&self, broker: BrokerId) -> bool {
        self.image.brokers.get(&broker).is_some_and(|r| !r.fenced)
    }

    fn describe_or_create(&mut self, ctx: &mut Ctx<'_>, name: Name) -> TopicMetadata {
        if let Some(topic) = self.image.topic_named(&name) {
            return self.describe_topic(topic);
        }
        let mut error = ErrorCode::UnknownTopicOrPartition;
        if !crate::metadata::is_valid_topic_name(&name) {
            error = ErrorCode::InvalidTopicException;
        } else if self.config.auto_create_topics_enable != 0 {
            self.auto_create(ctx, name.clone(), -1, -1, &[]);
        }
        TopicMetadata {
            name,
            id: None,
            error,
            partitions: Vec::new(),
        }
    }

    pub(super) fn create_offsets_topic(&mut self, ctx: &mut Ctx<'_>) {
        let partitions = self.config.offsets_topic_num_partitions as i32;
        let replication = self.config.offsets_topic_replication_factor as i16;
        self.auto_create(
            ctx,
            OFFSETS_TOPIC.into(),
            partitions,
            replication,
            &[
                ("cleanup.policy", "compact"),
                ("segment.bytes", "104857600"),
            ],
        );
    }

    pub(super) fn create_share_topic(&mut self, ctx: &mut Ctx<'_>) {
        let partitions = self.config.share_state_partitions as i32;
        let replication = self.config.share_state_replication as i16;
        let min_isr = self.config.share_state_min_isr.to_string();
        self.auto_create(
            ctx,
            SHARE_STATE_TOPIC.into(),
            partitions,
            replication,
            &[
                ("cleanup.policy", "delete"),
                ("retention.ms", "-1"),
                ("min.insync.replicas", &min_isr),
            ],
        );
    }

    fn auto_create(
        &mut self,
        ctx: &mut Ctx<'_>,
        name: Name,
        partitions: i32,
        replication_factor: i16,
        configs: &[(&str, &str)],
    ) {
        let Some(controller) = self.quorum.leader else {
            return;
        };
        let since = self.auto_creating.get(&name);
        if since.is_some_and(|at| ctx.now < *at + CONTROLLER_TIMEOUT) {
            return;
        }
        self.auto_creating.insert(name.clone(), ctx.now);
        let configs = configs
            .iter()
            .map(|(n, v)| ((*n).into(), (*v).into()))
            .collect();
        let assignment = Vec::new();
        let request = CreateTopicRequest {
            name: name.clone(),
            partitions,
            replication_factor,
            assignment,
            configs,
        };
        let request = Request::CreateTopics(Box::new(request));
        self.ask(
            ctx,
            NodeId::Controller(controller),
            Pending::AutoCreate(name),
            request,
        );
    }

    /// The partition's leader as this broker knows it.
    pub fn leader_of(&self, tp: TopicPartition) -> Option<BrokerId> {
        self.image.partition(tp).and_then(|p| p.leader)
    }
}
