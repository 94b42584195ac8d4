//! The queue and its writers: requests wait, are settled in groups, and are answered after the commit.
//!
//! A writer takes the waiting requests, up to a limit, and settles them in one transaction. If another writer was
//! faster, it settles the group again. If the database fails, it is unknown whether the group was stored; the client
//! repeats the request with the same key and gets the first outcome. A request is settled even if its client has gone
//! away.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gongxiang::event::Refusal;
use gongxiang::ruleset::RuleSet;
use jiff::Timestamp;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout_at;

use crate::ledger::group::{self, Answer, Denial, Group, Request};
use crate::ledger::missed::Doubt;
use crate::ledger::needs::{self, Needs};
use crate::ledger::pulse::Pulse;
use crate::ledger::store::announcement::AnnouncedRules;
use crate::ledger::store::{Place, Scope, Store, StoreError, Transaction};
use crate::ledger::unavailable::{Unavailable, unavailable};
use crate::limits::{CONFLICTS_MAX, GROUP_MAX, GROUP_PATIENCE, QUEUE_MAX};
use crate::metrics::Metrics;

/// An event, or the refusal of one that cannot be read.
pub type Submission = Result<Request, Refusal>;

struct Job {
    requests: Vec<Request>,
    answer: oneshot::Sender<Result<Vec<Answer>, Unavailable>>,
}

/// The entrance to the queue and the store; cheap to clone.
#[derive(Clone, Debug)]
pub struct Ledger {
    store: Arc<dyn Store>,
    jobs: mpsc::Sender<Job>,
    metrics: Arc<Metrics>,
    pulse: Arc<Pulse>,
    close_waits: Arc<std::sync::Mutex<Option<Doubt>>>,
}

/// The writers' tasks; they end when the last [`Ledger`] is dropped.
pub type WriterTasks = Vec<JoinHandle<()>>;

impl Ledger {
    /// Starts the writers; their shards begin at `first_shard`.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, first_shard: u8, metrics: Arc<Metrics>) -> (Self, WriterTasks) {
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
                answered: Answered { jobs: 0, until: Instant::now() },
            };
            tokio::spawn(writer.run())
        };
        let writing = (0..store.writers()).map(writer).collect();
        (Self { store, jobs, metrics, pulse, close_waits: Arc::default() }, writing)
    }

    /// Begins a transaction that reads a snapshot.
    ///
    /// # Errors
    /// [`Unavailable::Storage`].
    pub async fn read(&self) -> Result<Box<dyn Transaction>, Unavailable> {
        self.store.begin(Scope::Reading).await.map_err(|error| unavailable(&error))
    }

    /// The place where the journal continues: no event that is settled from now on has an earlier place. Waits for
    /// the groups that are being settled.
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
    pub fn close_waits(&self) -> Option<Doubt> {
        // A doubt cannot be half done.
        self.close_waits.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Says so, or that it is over.
    pub fn set_close_waits(&self, why: Option<Doubt>) {
        self.metrics.close_waits(why.is_some());
        *self.close_waits.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = why;
    }

    /// Where everything is kept.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

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

    /// Settles events in order, each on its own. All are committed when this returns.
    ///
    /// # Errors
    /// [`Unavailable`]; the first events may have been settled.
    pub async fn settle(&self, sent: Vec<Submission>) -> Result<Vec<Answer>, Unavailable> {
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

struct Queue {
    jobs: mpsc::Receiver<Job>,
    /// The next job, if it did not fit into the last group.
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
    answered: Answered,
}

/// A group that was answered.
struct Answered {
    jobs: usize,
    /// Until when a writer waits for its clients.
    until: Instant,
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

    /// Waits for a job, then takes further jobs until the group is full. Empty when the queue is closed.
    ///
    /// Clients that were answered together tend to send again together. A commit costs much however few are in it, so
    /// the writer waits for them for a part of the time that the last one took, as `PostgreSQL` does with `commit_delay`.
    async fn take(&self) -> Vec<Job> {
        let mut queue = self.jobs.lock().await;
        let expected = self.answered.jobs + queue.jobs.len();
        let first = match queue.kept.take() {
            Some(job) => Some(job),
            None => queue.jobs.recv().await,
        };
        let Some(first) = first else { return Vec::new() };
        let (mut size, mut ended) = (first.requests.len(), ends(&first));
        let mut jobs = vec![first];
        while size < GROUP_MAX && !ended {
            let job = match queue.jobs.try_recv() {
                Ok(job) => job,
                Err(_) if jobs.len() < expected => {
                    let Ok(Some(job)) = timeout_at(self.answered.until.into(), queue.jobs.recv()).await else { break };
                    job
                }
                Err(_) => break,
            };
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
        let (started, count) = (Instant::now(), jobs.len());
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
                    // The client may have gone away.
                    _ = answer.send(Err(why));
                }
                return;
            }
        };
        for (count, answer) in waiting {
            _ = answer.send(Ok(answers.by_ref().take(count).collect()));
        }
        self.answered = Answered { jobs: count, until: Instant::now() + started.elapsed() / GROUP_PATIENCE };
    }

    /// Settles and commits a group; repeats it after a conflict.
    async fn group(&mut self, requests: &[Request]) -> Result<Vec<Answer>, StoreError> {
        let is_everyday = |request: &Request| needs::is_everyday(&request.line.entry.event, self.rules.as_ref());
        let mut alone = !requests.iter().all(is_everyday);
        let mut needs = Needs::of(requests.iter().map(|request| &request.line.entry.event));
        needs.claims = requests.iter().filter_map(Request::claimed).collect();
        let started = Instant::now();
        for tried in 1..=CONFLICTS_MAX {
            match self.attempt(requests, &needs, alone).await {
                Ok(Some(answers)) => {
                    self.metrics.committed(requests.len(), started.elapsed());
                    return Ok(answers);
                }
                // It writes rows that an everyday transaction has not locked.
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
        let mut loaded = work.load(needs).await?;
        if self.rules.as_ref() != Some(&loaded.excerpt.rules) {
            self.rules = Some(loaded.excerpt.rules.clone());
        }
        // After the shard was taken: whoever had the same key before has committed it.
        let announced = loaded.announced.take();
        let adoption = announced.as_ref().map(AnnouncedRules::request).transpose()?;
        // A close ends its group, so nothing stands between it and the rules of the day that it opens.
        let requests: Cow<'_, [Request]> = match adoption {
            Some(adoption) => requests.iter().cloned().chain([adoption]).collect(),
            None => requests.into(),
        };
        let keys: Vec<_> = requests.iter().flat_map(Request::keys).collect();
        let answered = work.answered(&keys).await?;
        let Group { mut answers, batch, everyday } =
            group::settle(&requests, loaded, answered, needs, &Timestamp::now().to_string());
        let end = announced.and_then(|announced| announced.end(&answers.pop()?));
        let Some(mut batch) = batch else { return Ok(Some(answers)) };
        batch.announced = end;
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
