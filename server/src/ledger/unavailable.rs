//! Why a request gets no answer now: the queue is full, or the database does not respond.

use thiserror::Error;

use crate::ledger::store::StoreError;

/// The request may or may not have been settled. The client should repeat it with the same key.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Unavailable {
    /// Too many requests are waiting; this one was not settled.
    #[error("too many requests are waiting; try again")]
    Busy,
    #[error("the database does not answer; try again with the same key")]
    Storage,
}

/// Logs the error, which clients do not see.
pub(crate) fn unavailable(error: &StoreError) -> Unavailable {
    tracing::error!(%error, "the database does not answer");
    Unavailable::Storage
}
