//! The book in memory and its only writer.
//!
//! Readers see a book only as it is committed: the writer holds it while it settles a group of requests and commits them in
//! one transaction. If that fails, nobody knows what was kept; the book is then loaded from the database again, and until
//! that succeeds there is no answer at all rather than a wrong one.

use std::sync::Arc;

use gongxiang::book::{Book, Outcome};
use gongxiang::event::{Code, Refusal};
use thiserror::Error;
use tokio::sync::{RwLock, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::journal::Line;
use crate::limits::{GROUP_MAX, QUEUE_MAX};
use crate::storage::{Group, Settled, Storage, StorageError, json};

/// There is no answer now, and nothing was settled that the next answer will not know of.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Unavailable {
    /// Too many requests wait for the writer.
    #[error("too many requests are waiting; try again")]
    Busy,
    /// The database failed.
    #[error("the database does not answer; try again, with the same `id` if the event has one")]
    Storage,
}

/// An event or why it is none, and what came of it, in the same order.
pub type Sent = Result<Line, Refusal>;

struct Request {
    lines: Vec<Sent>,
    answer: oneshot::Sender<Result<Vec<Outcome>, Unavailable>>,
}

/// What HTTP asks.
#[derive(Clone, Debug)]
pub struct Ledger {
    book: Arc<RwLock<Option<Book>>>,
    requests: mpsc::Sender<Request>,
}

/// The writer; it ends when the last [`Ledger`] is gone.
pub type Writing = JoinHandle<Result<(), StorageError>>;

impl Ledger {
    /// Starts the writer on a book and where it is kept.
    #[must_use]
    pub fn start(book: Book, storage: Storage) -> (Self, Writing) {
        let book = Arc::new(RwLock::new(Some(book)));
        let (requests, received) = mpsc::channel(QUEUE_MAX);
        let writer = Writer { book: Arc::clone(&book), storage, requests: received };
        (Self { book, requests }, tokio::spawn(writer.run()))
    }

    /// Asks the book as it is committed now.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn read<T>(&self, ask: impl FnOnce(&Book) -> T) -> Result<T, Unavailable> {
        self.book.read().await.as_ref().map(ask).ok_or(Unavailable::Storage)
    }

    /// Settles events in their order, each by itself. They are committed when this answers, whoever still waits for it.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn settle(&self, lines: Vec<Sent>) -> Result<Vec<Outcome>, Unavailable> {
        let (answer, answered) = oneshot::channel();
        self.requests.try_send(Request { lines, answer }).map_err(|_| Unavailable::Busy)?;
        answered.await.map_err(|_| Unavailable::Storage)?
    }
}

struct Writer {
    book: Arc<RwLock<Option<Book>>>,
    storage: Storage,
    requests: mpsc::Receiver<Request>,
}

impl Writer {
    async fn run(mut self) -> Result<(), StorageError> {
        let mut group = Vec::new();
        while self.requests.recv_many(&mut group, GROUP_MAX).await > 0 {
            self.settle(group.drain(..)).await;
        }
        self.storage.close().await
    }

    async fn settle(&mut self, requests: impl Iterator<Item = Request>) {
        let mut slot = self.book.write().await;
        if slot.is_none() {
            *slot = load(&mut self.storage).await;
        }
        let mut answers = Vec::new();
        let mut committed = false;
        if let Some(book) = slot.as_mut() {
            let mut group = Group::default();
            for Request { lines, answer } in requests {
                answers.push((answer, settle(book, &mut group, lines)));
            }
            committed = group.journal.is_empty() || commit(&mut self.storage, &group, book).await;
            if !committed {
                *slot = load(&mut self.storage).await;
            }
        } else {
            answers.extend(requests.map(|request| (request.answer, Vec::new())));
        }
        // Readers first: whoever gets an answer finds it in the book.
        drop(slot);
        for (answer, outcomes) in answers {
            // Nobody may be waiting any more.
            _ = answer.send(if committed { Ok(outcomes) } else { Err(Unavailable::Storage) });
        }
    }
}

/// Settles events one after another, and collects what has to be kept.
pub(crate) fn settle(book: &mut Book, group: &mut Group, lines: Vec<Sent>) -> Vec<Outcome> {
    let each = |line: Sent| match line {
        Ok(Line { text, entry }) => {
            let outcome = book.apply(&entry);
            if outcome.repeated {
                return outcome;
            }
            match &outcome.result {
                Ok(receipt) => {
                    group.accounts.extend(receipt.accounts.iter().cloned());
                    group.journal.push(Settled { event: text, outcome: Ok(json(&**receipt)) });
                }
                // Only what has an `id` of its own gets its first outcome again.
                Err(refusal) if entry.identity.is_some() && refusal.code != Code::IdConflict => {
                    group.journal.push(Settled { event: text, outcome: Err(refusal.code.as_str()) });
                }
                Err(_) => {}
            }
            outcome
        }
        Err(refusal) => Outcome { repeated: false, result: Err(refusal) },
    };
    lines.into_iter().map(each).collect()
}

async fn commit(storage: &mut Storage, group: &Group, book: &Book) -> bool {
    let done = storage.commit(group, book).await;
    done.inspect_err(|error| eprintln!("cannot commit: {error}")).is_ok()
}

async fn load(storage: &mut Storage) -> Option<Book> {
    let loaded = storage.load().await;
    loaded.inspect_err(|error| eprintln!("cannot load the book: {error}")).ok()
}
