//! The controllers' Raft: votes, the replicated metadata log, and who may call itself active (KIP-595).
//!
//! Followers and brokers pull. A voter's fetch offset tells the leader how far it has the log; the high watermark is what a
//! majority has, counted only once the leader's own epoch has a record there. Brokers get committed records only.

use super::Controller;
use crate::effect::{Ctx, Timer};
use crate::event::Event;
use crate::id::{BrokerId, NodeId, Offset};
use crate::protocol::{
    Correlation, ErrorCode, MetadataEntry, MetadataFetchRequest, MetadataFetchResponse,
    MetadataRecord, QuorumEpoch, Request, Response, VoteRequest, VoteResponse,
};
use crate::sorted::Set;
use crate::sorted::{self, Map};
use crate::time::{Duration, SimTime};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How long a fetch of the metadata log waits for news (`KafkaRaftClient.MAX_FETCH_WAIT_MS`).
const MAX_WAIT_MS: i64 = 500;

/// A voter's part in the quorum.
#[derive(Clone, Debug)]
enum Role {
    /// Knows the epoch but no leader.
    Unattached,
    /// Stood for election; votes so far.
    Candidate(Set<BrokerId>),
    /// Fetches from this leader.
    Follower(BrokerId),
    /// Leads.
    Leader(Leadership),
}

/// What the leader knows of the others.
#[derive(Clone, Debug, Default)]
struct Leadership {
    /// Where this leader's epoch starts in the log.
    epoch_start: Offset,
    /// Each other voter's log end and last fetch.
    voters: Map<BrokerId, (Offset, SimTime)>,
    /// Fetches waiting for news.
    parked: Map<NodeId, Parked>,
    /// Their deadlines, ascending because all wait equally long; some are answered already.
    deadlines: VecDeque<(SimTime, NodeId, Correlation)>,
}

impl Leadership {
    /// Keeps a fetch until there is news or its time is up.
    fn park(&mut self, ctx: &mut Ctx<'_>, from: NodeId, parked: Parked) {
        if self.deadlines.is_empty() {
            ctx.arm_at(Timer::DelayedFetch(0), parked.deadline);
        }
        self.deadlines
            .push_back((parked.deadline, from, parked.correlation));
        self.parked.insert(from, parked);
    }
}

#[derive(Clone, Debug)]
struct Parked {
    correlation: Correlation,
    fetch: MetadataFetchRequest,
    deadline: SimTime,
}

#[derive(Clone, Debug)]
pub(super) struct Quorum {
    id: BrokerId,
    voters: Arc<[BrokerId]>,
    pub(super) epoch: i32,
    voted_for: Option<BrokerId>,
    role: Role,
    pub(super) log: Arc<Vec<MetadataEntry>>,
    pub(super) high_watermark: Offset,
    /// The fetch whose answer a follower waits for.
    fetching: Option<Correlation>,
}

impl Quorum {
    pub(super) fn new(id: BrokerId, voters: Arc<[BrokerId]>) -> Self {
        Self {
            id,
            voters,
            epoch: 0,
            voted_for: None,
            role: Role::Unattached,
            log: Arc::default(),
            high_watermark: 0,
            fetching: None,
        }
    }

    /// Epoch, vote and log are on disk; the role and the high watermark are not.
    pub(super) fn restart(&mut self) {
        self.role = Role::Unattached;
        self.high_watermark = 0;
        self.fetching = None;
    }

    pub(super) fn log_end(&self) -> Offset {
        self.log.len() as Offset
    }

    fn last_epoch(&self) -> i32 {
        self.log.last().map_or(-1, |e| e.epoch)
    }

    pub(super) fn leader(&self) -> Option<BrokerId> {
        match &self.role {
            Role::Leader(_) => Some(self.id),
            Role::Follower(leader) => Some(*leader),
            _ => None,
        }
    }

    pub(super) fn known(&self) -> QuorumEpoch {
        QuorumEpoch {
            epoch: self.epoch,
            leader: self.leader(),
        }
    }

    fn majority(&self) -> usize {
        self.voters.len() / 2 + 1
    }

    fn others(&self) -> impl Iterator<Item = BrokerId> + use<> {
        let (voters, id) = (self.voters.clone(), self.id);
        (0..voters.len())
            .map(move |i| voters[i])
            .filter(move |v| *v != id)
    }

    pub(super) fn append(&mut self, records: Vec<MetadataRecord>) {
        let epoch = self.epoch;
        Arc::make_mut(&mut self.log).extend(
            records
                .into_iter()
                .map(|record| MetadataEntry { epoch, record }),
        );
    }

    /// `None` when nothing diverges; else where the fetcher must truncate to.
    fn divergence(&self, fetch: &MetadataFetchRequest) -> Option<Offset> {
        let known_end = self.log.partition_point(|e| e.epoch <= fetch.last_epoch) as Offset;
        let same_epoch = fetch.last_epoch < 0
            || known_end > 0 && self.log[known_end as usize - 1].epoch == fetch.last_epoch;
        if fetch.offset == 0 || same_epoch && fetch.offset <= known_end {
            return None;
        }
        Some(known_end.min(fetch.offset))
    }

    /// What a majority has, once this epoch has a record among it.
    fn committed(&self) -> Offset {
        let Role::Leader(leadership) = &self.role else {
            return self.high_watermark;
        };
        let mut ends: Vec<Offset> = leadership.voters.values().map(|v| v.0).collect();
        ends.push(self.log_end());
        sorted::sort_by(&mut ends, |a, b| b.cmp(a));
        let candidate = ends[self.majority() - 1];
        if candidate > leadership.epoch_start {
            candidate.max(self.high_watermark)
        } else {
            self.high_watermark
        }
    }
}

impl Controller {
    /// Waits a random while between one and two election time-outs before standing for election.
    pub(super) fn arm_election(&mut self, ctx: &mut Ctx<'_>) {
        let timeout = Duration::millis(self.config.controller_quorum_election_timeout_ms);
        let random = Duration(ctx.rng.below(timeout.0));
        // A lone voter need not wait for anybody.
        let wait = if self.quorum.voters.len() == 1 {
            Duration::ZERO
        } else {
            Duration(timeout.0 + random.0)
        };
        ctx.arm(Timer::Quorum, wait);
    }

    fn arm_fetch_timeout(&self, ctx: &mut Ctx<'_>) {
        ctx.arm(
            Timer::Quorum,
            Duration::millis(self.config.controller_quorum_fetch_timeout_ms),
        );
    }

    pub(super) fn on_quorum_timer(&mut self, ctx: &mut Ctx<'_>) {
        match &self.quorum.role {
            Role::Leader(_) => self.check_quorum(ctx),
            _ => self.stand_for_election(ctx),
        }
    }

    fn stand_for_election(&mut self, ctx: &mut Ctx<'_>) {
        self.quorum.epoch += 1;
        self.quorum.voted_for = Some(self.id);
        self.quorum.role = Role::Candidate([self.id].into());
        self.quorum.fetching = None;
        ctx.emit(Event::ControllerCandidate {
            epoch: self.quorum.epoch,
        });
        let request = VoteRequest {
            epoch: self.quorum.epoch,
            candidate: self.id,
            last_epoch: self.quorum.last_epoch(),
            log_end_offset: self.quorum.log_end(),
        };
        for voter in self.quorum.others() {
            let correlation = self.correlate();
            ctx.request(
                NodeId::Controller(voter),
                correlation,
                Request::Vote(request.clone()),
            );
        }
        self.arm_election(ctx);
        self.count_votes(ctx);
    }

    pub(super) fn on_vote(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        vote: VoteRequest,
    ) {
        if vote.epoch > self.quorum.epoch {
            self.enter_epoch(ctx, vote.epoch, None);
        }
        let quorum = &mut self.quorum;
        let mine = (quorum.last_epoch(), quorum.log_end());
        let complete = (vote.last_epoch, vote.log_end_offset) >= mine;
        let free =
            quorum.voted_for.is_none_or(|v| v == vote.candidate) && quorum.leader().is_none();
        let granted = vote.epoch == quorum.epoch && complete && free;
        if granted {
            quorum.voted_for = Some(vote.candidate);
            self.arm_election(ctx);
        }
        let response = VoteResponse {
            quorum: self.quorum.known(),
            granted,
        };
        ctx.respond(from, correlation, Response::Vote(response));
    }

    pub(super) fn on_vote_response(&mut self, ctx: &mut Ctx<'_>, from: NodeId, vote: VoteResponse) {
        self.observe(ctx, vote.quorum);
        let NodeId::Controller(voter) = from else {
            return;
        };
        if let Role::Candidate(votes) = &mut self.quorum.role
            && vote.granted
            && vote.quorum.epoch == self.quorum.epoch
        {
            votes.insert(voter);
            self.count_votes(ctx);
        }
    }

    fn count_votes(&mut self, ctx: &mut Ctx<'_>) {
        if let Role::Candidate(votes) = &self.quorum.role
            && votes.len() >= self.quorum.majority()
        {
            self.lead(ctx);
        }
    }

    fn lead(&mut self, ctx: &mut Ctx<'_>) {
        let epoch_start = self.quorum.log_end();
        let voters = self.quorum.others().map(|v| (v, (0, ctx.now))).collect();
        self.quorum.role = Role::Leader(Leadership {
            epoch_start,
            voters,
            ..Leadership::default()
        });
        ctx.emit(Event::ControllerElected {
            epoch: self.quorum.epoch,
        });
        for voter in self.quorum.others() {
            let correlation = self.correlate();
            let known = self.quorum.known();
            ctx.request(
                NodeId::Controller(voter),
                correlation,
                Request::BeginQuorumEpoch(known),
            );
        }
        self.become_active(ctx);
        self.append(ctx, alloc::vec![MetadataRecord::LeaderChange(self.id)]);
        self.arm_check_quorum(ctx);
    }

    /// A leader that no majority has fetched from for 1.5 fetch time-outs steps down (KAFKA-15489).
    fn arm_check_quorum(&self, ctx: &mut Ctx<'_>) {
        if self.quorum.voters.len() > 1 {
            ctx.arm(Timer::Quorum, self.check_quorum_span());
        }
    }

    fn check_quorum_span(&self) -> Duration {
        Duration::millis(self.config.controller_quorum_fetch_timeout_ms * 3 / 2)
    }

    fn check_quorum(&mut self, ctx: &mut Ctx<'_>) {
        let span = self.check_quorum_span();
        let Role::Leader(leadership) = &self.quorum.role else {
            return;
        };
        let heard = leadership
            .voters
            .values()
            .filter(|v| ctx.now.since(v.1) < span)
            .count();
        if heard + 1 >= self.quorum.majority() {
            ctx.arm(Timer::Quorum, Duration(span.0 / 2));
            return;
        }
        self.step_down(ctx, self.quorum.epoch, None);
        self.arm_election(ctx);
    }

    /// Learns of an epoch and perhaps its leader.
    pub(super) fn observe(&mut self, ctx: &mut Ctx<'_>, seen: QuorumEpoch) {
        let news = seen.epoch > self.quorum.epoch
            || seen.epoch == self.quorum.epoch
                && seen.leader.is_some()
                && self.quorum.leader().is_none();
        if news {
            self.enter_epoch(ctx, seen.epoch, seen.leader.filter(|l| *l != self.id));
        }
    }

    fn enter_epoch(&mut self, ctx: &mut Ctx<'_>, epoch: i32, leader: Option<BrokerId>) {
        if epoch > self.quorum.epoch {
            self.quorum.voted_for = None;
        }
        self.step_down(ctx, epoch, leader);
        match leader {
            Some(_) => {
                self.arm_fetch_timeout(ctx);
                self.fetch_metadata(ctx);
            }
            None => self.arm_election(ctx),
        }
    }

    fn step_down(&mut self, ctx: &mut Ctx<'_>, epoch: i32, leader: Option<BrokerId>) {
        self.quorum.epoch = epoch;
        self.quorum.fetching = None;
        let role = leader.map_or(Role::Unattached, Role::Follower);
        if let Role::Leader(old) = core::mem::replace(&mut self.quorum.role, role) {
            ctx.emit(Event::ControllerResigned { epoch });
            for (node, parked) in old.parked {
                self.refuse_fetch(
                    ctx,
                    node,
                    parked.correlation,
                    ErrorCode::NotLeaderOrFollower,
                );
            }
            self.resign(ctx);
        }
    }

    /// A follower asks its leader for more.
    pub(super) fn fetch_metadata(&mut self, ctx: &mut Ctx<'_>) {
        let Role::Follower(leader) = self.quorum.role else {
            return;
        };
        let fetch = MetadataFetchRequest {
            epoch: self.quorum.epoch,
            offset: self.quorum.log_end(),
            last_epoch: self.quorum.last_epoch(),
            high_watermark: self.quorum.high_watermark,
            max_wait_ms: MAX_WAIT_MS,
        };
        let correlation = self.correlate();
        self.quorum.fetching = Some(correlation);
        ctx.request(
            NodeId::Controller(leader),
            correlation,
            Request::FetchMetadata(fetch),
        );
    }

    /// An answer counts only if it is to the fetch under way: one to an older fetch says what follows an older log end.
    pub(super) fn on_fetched(
        &mut self,
        ctx: &mut Ctx<'_>,
        correlation: Correlation,
        fetched: MetadataFetchResponse,
    ) {
        self.observe(ctx, fetched.quorum);
        let Role::Follower(leader) = self.quorum.role else {
            return;
        };
        let from_leader =
            fetched.quorum.epoch == self.quorum.epoch && fetched.quorum.leader == Some(leader);
        if !from_leader || self.quorum.fetching != Some(correlation) {
            return;
        }
        self.quorum.fetching = None;
        if !fetched.error.is_ok() {
            ctx.arm(Timer::MetadataFetch, Duration::millis(100));
            return;
        }
        self.arm_fetch_timeout(ctx);
        let log = Arc::make_mut(&mut self.quorum.log);
        if let Some(to) = fetched.diverging {
            log.truncate(to as usize);
        }
        log.extend(fetched.entries);
        self.quorum.high_watermark = fetched.high_watermark.min(self.quorum.log_end());
        self.fetch_metadata(ctx);
    }

    pub(super) fn on_disconnected(&mut self, ctx: &mut Ctx<'_>, from: NodeId) {
        if let Role::Leader(leadership) = &mut self.quorum.role {
            leadership.parked.remove(&from);
        }
        if self.quorum.leader().map(NodeId::Controller) == Some(from)
            && self.quorum.fetching.take().is_some()
        {
            // Connection refused or reset: try again until the fetch time-out ends this.
            ctx.arm(Timer::MetadataFetch, Duration::millis(100));
        }
    }

    /// A voter or a broker fetches the log.
    pub(super) fn on_fetch(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: NodeId,
        correlation: Correlation,
        fetch: MetadataFetchRequest,
    ) {
        if fetch.epoch > self.quorum.epoch && matches!(from, NodeId::Controller(_)) {
            self.enter_epoch(ctx, fetch.epoch, None);
        }
        let error = match &self.quorum.role {
            Role::Leader(_) if fetch.epoch < self.quorum.epoch => ErrorCode::FencedLeaderEpoch,
            Role::Leader(_) => ErrorCode::None,
            _ => ErrorCode::NotLeaderOrFollower,
        };
        if !error.is_ok() {
            return self.refuse_fetch(ctx, from, correlation, error);
        }
        let diverging = self.quorum.divergence(&fetch);
        if diverging.is_none() {
            self.note_voter(ctx, from, fetch.offset);
        }
        let deadline = ctx.now + Duration::millis(fetch.max_wait_ms);
        let parked = Parked {
            correlation,
            fetch,
            deadline,
        };
        if !self.answer_fetch(ctx, from, &parked, false)
            && let Role::Leader(leadership) = &mut self.quorum.role
        {
            leadership.park(ctx, from, parked);
        }
    }

    fn note_voter(&mut self, ctx: &mut Ctx<'_>, from: NodeId, offset: Offset) {
        let NodeId::Controller(voter) = from else {
            return;
        };
        if let Role::Leader(leadership) = &mut self.quorum.role {
            leadership.voters.insert(voter, (offset, ctx.now));
        }
        self.advance_commit(ctx);
    }

    pub(super) fn after_append(&mut self, ctx: &mut Ctx<'_>) {
        self.advance_commit(ctx);
        self.answer_parked(ctx);
    }

    fn advance_commit(&mut self, ctx: &mut Ctx<'_>) {
        let committed = self.quorum.committed();
        if committed > self.quorum.high_watermark {
            self.quorum.high_watermark = committed;
            self.pay_owed(ctx);
            self.answer_parked(ctx);
        }
    }

    fn answer_parked(&mut self, ctx: &mut Ctx<'_>) {
        let Role::Leader(leadership) = &mut self.quorum.role else {
            return;
        };
        for (node, parked) in core::mem::take(&mut leadership.parked) {
            if !self.answer_fetch(ctx, node, &parked, false)
                && let Role::Leader(leadership) = &mut self.quorum.role
            {
                leadership.parked.insert(node, parked);
            }
        }
    }

    pub(super) fn expire_parked_fetches(&mut self, ctx: &mut Ctx<'_>) {
        while let Role::Leader(leadership) = &mut self.quorum.role
            && let Some((deadline, node, correlation)) = leadership.deadlines.front().copied()
        {
            if deadline > ctx.now {
                return ctx.arm_at(Timer::DelayedFetch(0), deadline);
            }
            leadership.deadlines.pop_front();
            let same = leadership
                .parked
                .get(&node)
                .is_some_and(|p| p.correlation == correlation);
            if same && let Some(parked) = leadership.parked.remove(&node) {
                self.answer_fetch(ctx, node, &parked, true);
            }
        }
    }

    /// Answers if there is something to say, or if it must. Brokers see committed records only.
    fn answer_fetch(&mut self, ctx: &mut Ctx<'_>, to: NodeId, parked: &Parked, must: bool) -> bool {
        let quorum = &self.quorum;
        let diverging = quorum.divergence(&parked.fetch);
        let from = diverging
            .unwrap_or(parked.fetch.offset)
            .min(quorum.log_end());
        let voter = matches!(to, NodeId::Controller(_));
        let until = if voter {
            quorum.log_end()
        } else {
            quorum.high_watermark
        };
        let news = diverging.is_some()
            || until > from
            || voter && quorum.high_watermark > parked.fetch.high_watermark;
        if !news && !must {
            return false;
        }
        let entries = quorum.log[from as usize..until.max(from) as usize].to_vec();
        let response = MetadataFetchResponse {
            error: ErrorCode::None,
            quorum: quorum.known(),
            high_watermark: quorum.high_watermark,
            diverging,
            entries,
        };
        ctx.respond(
            to,
            parked.correlation,
            Response::FetchMetadata(Box::new(response)),
        );
        true
    }

    fn refuse_fetch(
        &self,
        ctx: &mut Ctx<'_>,
        to: NodeId,
        correlation: Correlation,
        error: ErrorCode,
    ) {
        let response = MetadataFetchResponse {
            error,
            quorum: self.quorum.known(),
            high_watermark: -1,
            diverging: None,
            entries: Vec::new(),
        };
        ctx.respond(to, correlation, Response::FetchMetadata(Box::new(response)));
    }
}
