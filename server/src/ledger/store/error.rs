//! Why the database cannot be read or written.

use gongxiang::wire::RECEIPT_VERSION;
use thiserror::Error;

use super::place::Place;

#[derive(Debug, Error)]
pub enum StoreError {
    /// The URL names no engine that this server knows.
    #[error("`{0}` is no database: a URL begins with `sqlite:` or `postgres:`")]
    Unknown(String),
    /// If this is the error of a commit, it is unknown whether the transaction was stored.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The schema is of another version, or was changed by hand.
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A newer version of this server wrote the schema.
    #[error("its schema has version {0}, which this `gongxiang` does not know: use a newer one")]
    Newer(i64),
    /// Version 0.1 wrote it, whose receipts were sentences.
    #[error(
        "it was written by version 0.1, whose receipts this version cannot read. Make a new database from its journal: run \
         `gongxiang export --database … --format jsonl -o journal.jsonl` with version 0.1, then \
         `gongxiang replay --rules … --into sqlite:new.db journal.jsonl` with this version. Keys, passkeys and webhooks have \
         to be added again"
    )]
    Older,
    /// A newer version of this server wrote a row.
    #[error("event {place} has a row of version {version}, and this `gongxiang` knows version {known}: use a newer one", known = RECEIPT_VERSION)]
    NewerRow { place: Place, version: i64 },
    #[error(
        "a pooler in front of the database moves connections between servers and loses their prepared statements. With PgBouncer \
         use `pool_mode = session`, or version 1.21 or newer with `max_prepared_statements` above 0"
    )]
    Pooler,
    /// Its file could not be created.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// Nothing was stored, and the same transaction may succeed if it is repeated.
    #[error("another writer was faster")]
    Conflict,
    #[error("the book in this database was opened with other rules; name no rules to continue with its own")]
    OtherRules,
    #[error("its file was deleted or replaced while it was open: nothing is stored until it is back")]
    Moved,
    /// A command that makes no database was given one that does not exist.
    #[error("there is no file {0}: `gongxiang serve` or `gongxiang init` makes a database")]
    Missing(String),
    #[error("there is no book in this database yet: `gongxiang serve` opens one")]
    Empty,
    /// Stored rows contradict each other or the journal.
    #[error("the books do not add up: {0}")]
    Differs(String),
}

impl StoreError {
    /// Whether the database had no room, or could not reach its disk.
    #[must_use]
    pub fn is_about_the_disk(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        let code = error.code().unwrap_or_default();
        // PostgreSQL's `disk_full` and `io_error`; SQLITE_IOERR, SQLITE_FULL and their extended codes.
        matches!(&*code, "53100" | "58030")
            || (code.len() < 5 && code.parse().is_ok_and(|code: u32| matches!(code & 0xff, 10 | 13)))
    }
}

pub type Result<T> = std::result::Result<T, StoreError>;

/// The error for stored rows that contradict each other or the journal.
pub fn differs(what: impl Into<String>) -> StoreError {
    StoreError::Differs(what.into())
}
