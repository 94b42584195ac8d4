//! The writers: requests wait in a queue, are settled in groups, and are answered when they are committed.
//!
//! A writer takes what waits, up to a limit, settles it in one transaction and only then answers. If another writer was
//! faster the group is settled again; if the database failed nobody knows what was kept, so the answer says so, and
//! whoever asks again with the same key gets the first outcome. A request that nobody waits for any more is settled
//! all the same.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gongxiang::event::Refusal;
use gongxiang::ruleset::RuleSet;
use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::ledger::group::{self, Answer, Denial, Group, Request};
use crate::ledger::needs::{self, Needs};
use crate::ledger::pulse::Pulse;
use crate::ledger::store::{Place, Scope, Store, StoreError, Transaction};
use crate::limits::{CONFLICTS_MAX, GROUP_MAX, QUEUE_MAX};
use crate::metrics::Metrics;

/// There is no answer now. What was asked for may have been settled: ask again with the same key.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Unavailable {
    /// Too many requests wait for the writers; this one was not settled.
    #[error("too many requests are waiting; try again")]
    Busy,
    /// The database failed.
    #[error("the database does not answer; try again with the same key")]
    Storage,
}

/// An event or why it is none.
pub type Sent = Result<Request, Refusal>;

struct Job {
    requests: Vec<Request>,
    answer: oneshot::Sender<Result<Vec<Answer>, Unavailable>>,
}

/// What HTTP asks.
#[derive(Clone, Debug)]
pub struct Ledger {
    store: Arc<dyn Store>,
    jobs: mpsc::Sender<Job>,
    metrics: Arc<Metrics>,
    pulse: Arc<Pulse>,
    close_waits: Arc<std::sync::Mutex<Option<String>>>,
}

/// The writers; they end when the last [`Ledger`] is gone.
pub type Writing = Vec<JoinHandle<()>>;

impl Ledger {
    /// Starts the writers, whose shards begin at `first_shard`.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, first_shard: u8, metrics: Arc<Metrics>) -> (Self, Writing) {
        let pulse = Arc::<Pulse>::default();
        let (jobs, received) = mpsc::channel(QUEUE_MAX);
        let received = Arc::new(Mutex::new(Queue { jobs: received, kept: None }));
        let writer = |number| {
            let shard = first_shard.wrapping_add(number) % crate::ledger::store::SHARDS;
            let writer = Writer {
                store: Arc::clone(&store),
                shard,
                jobs: Arc::clone(&received),
                metrics: Arc::clone(&metrics),
                pulse: Arc::clone(&pulse),
                rules: None,
            };
            tokio::spawn(writer.run())
        };
        let writing = (0..store.writers()).map(writer).collect();
        (Self { store, jobs, metrics, pulse, close_waits: Arc::default() }, writing)
    }

    /// A transaction that sees one moment's state.
    ///
    /// # Errors
    /// [`Unavailable::Storage`].
    pub async fn read(&self) -> Result<Box<dyn Transaction>, Unavailable> {
        self.store.begin(Scope::Reading).await.map_err(|error| unavailable(&error))
    }

    /// Where the journal will go on: whatever is settled from now on stands here or later, and nothing before it is still
    /// on its way. Waits for the groups that are being settled.
    ///
    /// # Errors
    /// [`Unavailable::Storage`].
    pub async fn tip(&self) -> Result<Place, Unavailable> {
        let alone = async { self.store.begin(Scope::Alone { shard: 0 }).await?.now().await };
        let now = alone.await.map_err(|error| unavailable(&error))?;
        Ok(Place::first(now.clock + 1, 0))
    }

    /// Whether the database answers, and can be written.
    ///
    /// # Errors
    /// [`Unavailable::Storage`].
    pub async fn ready(&self) -> Result<(), Unavailable> {
        let now = async { self.store.begin(Scope::Reading).await?.now().await };
        now.await.map_err(|error| unavailable(&error))?;
        self.pulse.check(&*self.store).await
    }

    /// Why no day is closed until a person says so, if it is so.
    #[must_use]
    pub fn close_waits(&self) -> Option<String> {
        // A sentence cannot be half done.
        self.close_waits.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Says so, or that it is over.
    pub fn set_close_waits(&self, why: Option<String>) {
        self.metrics.close_waits(why.is_some());
        *self.close_waits.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = why;
    }

    /// Where everything is kept.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What is measured.
    #[must_use]
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Settles one event.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn settle_one(&self, request: Request) -> Result<Answer, Unavailable> {
        let mut answers = self.send(vec![request]).await?;
        answers.pop().ok_or(Unavailable::Storage)
    }

    /// Settles events in their order, each by itself; what is none is answered with its refusal. They are committed when
    /// this answers.
    ///
    /// # Errors
    /// [`Unavailable`]; a part from the start may have been settled then.
    pub async fn settle(&self, sent: Vec<Sent>) -> Result<Vec<Answer>, Unavailable> {
        let mut answers: Vec<Option<Answer>> = Vec::with_capacity(sent.len());
        let mut part: Vec<Request> = Vec::new();
        let mut places = Vec::new();
        for (place, sent) in sent.into_iter().enumerate() {
            match sent {
                Err(refusal) => {
                    answers.push(Some(Answer { repeated: false, outcome: Err(Denial::Refused(refusal)) }));
                }
                Ok(request) => {
                    answers.push(None);
                    let ends = needs::ends_group(&request.line.entry.event);
                    part.push(request);
                    places.push(place);
                    if ends || part.len() >= GROUP_MAX {
                        self.enter(&mut answers, &mut places, std::mem::take(&mut part)).await?;
                    }
                }
            }
        }
        if !part.is_empty() {
            self.enter(&mut answers, &mut places, part).await?;
        }
        Ok(answers.into_iter().flatten().collect())
    }

    async fn enter(
        &self,
        answers: &mut [Option<Answer>],
        places: &mut Vec<usize>,
        part: Vec<Request>,
    ) -> Result<(), Unavailable> {
        for (place, answer) in places.drain(..).zip(self.send(part).await?) {
            if let Some(slot) = answers.get_mut(place) {
                *slot = Some(answer);
            }
        }
        Ok(())
    }

    async fn send(&self, requests: Vec<Request>) -> Result<Vec<Answer>, Unavailable> {
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job { requests, answer }).map_err(|_| Unavailable::Busy)?;
        self.metrics.queued(self.jobs.max_capacity() - self.jobs.capacity());
        answered.await.map_err(|_| Unavailable::Storage)?
    }
}

pub(crate) fn unavailable(error: &StoreError) -> Unavailable {
    tracing::error!(%error, "the database does not answer");
    Unavailable::Storage
}

/// What waits for the writers.
struct Queue {
    jobs: mpsc::Receiver<Job>,
    /// The next one, which did not fit into the last group.
    kept: Option<Job>,
}

struct Writer {
    store: Arc<dyn Store>,
    shard: u8,
    jobs: Arc<Mutex<Queue>>,
    metrics: Arc<Metrics>,
    pulse: Arc<Pulse>,
    /// Those under which it settled last.
    rules: Option<RuleSet>,
}

impl Writer {
    async fn run(mut self) {
        loop {
            let jobs = self.take().await;
            if jobs.is_empty() {
                return;
            }
            self.settle(jobs).await;
        }
    }

    /// Waits for a job, and takes more that wait already: as many as make one group. None when there will be no more.
    async fn take(&self) -> Vec<Job> {
        let mut queue = self.jobs.lock().await;
        let first = match queue.kept.take() {
            Some(job) => Some(job),
            None => queue.jobs.recv().await,
        };
        let Some(first) = first else { return Vec::new() };
        // Whoever is about to send, too, where nobody else waits yet: who was answered together asks again together.
        if queue.jobs.is_empty() {
            tokio::task::yield_now().await;
        }
        let (mut size, mut ended) = (first.requests.len(), ends(&first));
        let mut jobs = vec![first];
        while size < GROUP_MAX && !ended {
            let Ok(job) = queue.jobs.try_recv() else { break };
            if size + job.requests.len() > GROUP_MAX {
                queue.kept = Some(job);
                break;
            }
            size += job.requests.len();
            ended = ends(&job);
            jobs.push(job);
        }
        jobs
    }

    async fn settle(&mut self, jobs: Vec<Job>) {
        let (mut requests, mut waiting) = (Vec::new(), Vec::new());
        for Job { requests: part, answer } in jobs {
            waiting.push((part.len(), answer));
            requests.extend(part);
        }
        self.pulse.begins();
        let result = self.group(&requests).await;
        self.pulse.ends();
        let mut answers = match result {
            Ok(answers) => answers.into_iter(),
            Err(error) => {
                self.pulse.wrote(Err(&error));
                let why = unavailable(&error);
                for (_, answer) in waiting {
                    // Nobody may be waiting any more.
                    _ = answer.send(Err(why));
                }
                return;
            }
        };
        for (count, answer) in waiting {
            _ = answer.send(Ok(answers.by_ref().take(count).collect()));
        }
    }

    /// Settles and commits a group, again if another writer was faster.
    async fn group(&mut self, requests: &[Request]) -> Result<Vec<Answer>, StoreError> {
        let is_everyday = |request: &Request| needs::is_everyday(&request.line.entry.event, self.rules.as_ref());
        let mut alone = !requests.iter().all(is_everyday);
        let needs = Needs::of(requests.iter().map(|request| &request.line.entry.event));
        let started = Instant::now();
        for tried in 1..=CONFLICTS_MAX {
            match self.attempt(requests, &needs, alone).await {
                Ok(Some(answers)) => {
                    self.metrics.committed(requests.len(), started.elapsed());
                    return Ok(answers);
                }
                // It writes more than an everyday transaction has taken.
                Ok(None) => alone = true,
                Err(StoreError::Conflict) => {
                    self.metrics.conflicted();
                    tokio::time::sleep(Duration::from_millis(u64::from(tried))).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    async fn attempt(
        &mut self,
        requests: &[Request],
        needs: &Needs,
        alone: bool,
    ) -> Result<Option<Vec<Answer>>, StoreError> {
        let shard = self.shard;
        let scope = if alone { Scope::Alone { shard } } else { Scope::Everyday { shard } };
        let mut work = self.store.begin(scope).await?;
        let loaded = work.load(needs).await?;
        if self.rules.as_ref() != Some(&loaded.excerpt.rules) {
            self.rules = Some(loaded.excerpt.rules.clone());
        }
        // After the shard was taken: whoever had the same key before has committed it.
        let keys: Vec<_> = requests.iter().flat_map(Request::keys).collect();
        let answered = work.answered(&keys).await?;
        let Group { answers, batch, everyday } =
            group::settle(requests, loaded, answered, needs, &Timestamp::now().to_string());
        let Some(batch) = batch else { return Ok(Some(answers)) };
        if !alone && !everyday {
            return Ok(None);
        }
        work.write(&batch).await?;
        work.commit().await?;
        self.pulse.wrote(Ok(()));
        Ok(Some(answers))
    }
}

fn ends(job: &Job) -> bool {
    job.requests.last().is_some_and(|request| needs::ends_group(&request.line.entry.event))
}
