//! The pool's connections. Each must lead to a server that accepts writes, and to the book that was opened.
//!
//! A host name may lead to another server at any moment: after a fail-over, behind a pooler, or because somebody
//! changed it. So a connection is checked when it is made, and again when it is taken from the pool after an idle time.

use std::sync::{Arc, Mutex, PoisonError};

use gongxiang::quantity::Index;
use gongxiang::ruleset::RuleSet;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _, Row as _};

use super::dialect::Dialect;
use crate::ledger::store::{Result, StoreError};
use crate::limits::{CONNECTION_CHECK_AFTER, CONNECTION_WAIT_MAX};

/// Rows that seldom change, cached.
#[derive(Debug, Default)]
pub(super) struct StoreCache {
    pub(super) rules: Option<(i64, RuleSet)>,
    pub(super) ended: Vec<Index>,
}

/// The page size holds for new files. Pages are small, because a page is written whole although only a row or two in it
/// changed. The cache is small (8 MiB a connection), because a commit searches all of it when a tree was balanced; the
/// system caches the file as well. The log is merged into the file beside the writer (`ledger/merging.rs`); once it has
/// 128 MiB, a commit merges the rest and starts it anew. A log that grew beyond that during a long read is truncated.
const SQLITE_SETTINGS: &str = "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA busy_timeout = 10000; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 65536;
    PRAGMA journal_size_limit = 134217728; PRAGMA temp_store = MEMORY";

/// Every statement finds its rows by key. `PostgreSQL` overestimates the length of a JSON list, so with hash and merge
/// joins it would scan tables of some ten thousand rows. Compiling a statement (`jit`) takes longer than running it. A
/// process whose host failed may hold a shard: with these keepalives `PostgreSQL` notices within a minute instead of two
/// hours.
const POSTGRES_SETTINGS: &str = "SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
    SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
    SET idle_in_transaction_session_timeout = '5min'";

/// Identifies a book: its genesis rules, and when its first event was settled.
type BookIdentity = (String, Option<String>);

/// What all connections of a store share.
#[derive(Clone, Debug, Default)]
pub struct SharedState {
    pub recent: Arc<Mutex<StoreCache>>,
    /// The book that was opened; `None` until then.
    book: Arc<Mutex<Option<BookIdentity>>>,
}

impl SharedState {
    /// Remembers the book: from now on no connection may lead to another one.
    pub async fn remember(&self, pool: &AnyPool) -> Result<()> {
        let book = read_book(&mut *pool.acquire().await?).await?;
        *self.book() = Some(book);
        Ok(())
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Option<BookIdentity>> {
        // The value is valid after a panic: it is replaced whole.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks a new connection to `PostgreSQL`.
    async fn check(&self, connection: &mut AnyConnection) -> sqlx::Result<()> {
        if !is_writable(connection).await? {
            return Err(sqlx::Error::Protocol("the database cannot be written: it is a standby, or read-only".into()));
        }
        // The cache may hold rows of another server that this one does not have yet.
        *self.recent.lock().unwrap_or_else(PoisonError::into_inner) = StoreCache::default();
        if self.book().is_none() {
            return Ok(());
        }
        let found = read_book(connection).await?;
        let mut book = self.book();
        let (rules, first) = book.get_or_insert_with(|| found.clone());
        if *rules != found.0 || first.as_ref().is_some_and(|first| found.1.as_ref() != Some(first)) {
            return Err(sqlx::Error::Protocol(
                "this address now leads to another book than the one that was opened".into(),
            ));
        }
        first.clone_from(&found.1);
        Ok(())
    }
}

async fn read_book(connection: &mut AnyConnection) -> sqlx::Result<BookIdentity> {
    let sql = "SELECT rules, (SELECT at FROM journal ORDER BY place LIMIT 1) FROM rules WHERE version = 1";
    sqlx::query_as(sql).fetch_one(connection).await
}

/// Asks without a prepared statement, which would cost another round trip on every new connection.
async fn is_writable(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    let row = connection.fetch_one("SHOW transaction_read_only").await?;
    Ok(row.try_get::<String, _>(0)? == "off")
}

/// A pool of at most `max` connections.
pub fn connections(dialect: Dialect, max: u32, shared: &SharedState) -> AnyPoolOptions {
    let shared = shared.clone();
    let options = match dialect {
        // Without a connection `SQLite` removes its log, and a new one looks as if somebody had (`file.rs`).
        Dialect::Sqlite => AnyPoolOptions::new().idle_timeout(None).max_lifetime(None),
        Dialect::Postgres => AnyPoolOptions::new(),
    };
    options
        .max_connections(max)
        .acquire_timeout(CONNECTION_WAIT_MAX)
        // `before_acquire` checks more.
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let shared = shared.clone();
            Box::pin(async move {
                match dialect {
                    Dialect::Sqlite => connection.execute(SQLITE_SETTINGS).await?,
                    Dialect::Postgres => {
                        shared.check(connection).await?;
                        connection.execute(POSTGRES_SETTINGS).await?
                    }
                };
                Ok(())
            })
        })
        .before_acquire(move |connection, connection_use| {
            Box::pin(async move {
                // Some errors end SQLite's transaction. The connection then still counts one, and would refuse the next.
                if connection.is_in_transaction() {
                    return Ok(false);
                }
                // A check costs a round trip. A file does not disconnect, and a busy connection finds out by its next statement.
                if dialect == Dialect::Sqlite || connection_use.idle_for < CONNECTION_CHECK_AFTER {
                    return Ok(true);
                }
                is_writable(connection).await
            })
        })
}

/// Refuses a pooler that moves a connection to another server process between two transactions but leaves its prepared
/// statements behind.
pub async fn refuse_forgetful_pooler(pool: &AnyPool) -> Result<()> {
    let tried = async {
        let (mut one, mut other) = (pool.acquire().await?, pool.acquire().await?);
        // Both connections give their first statement the same name.
        sqlx::query(PROBE).bind("1").execute(&mut *one).await?;
        // A transaction keeps its server process, so `one` gets another process now, without its statement.
        let mut held = other.begin().await?;
        sqlx::query(PROBE).bind("2").execute(&mut *held).await?;
        sqlx::query(PROBE).bind("3").execute(&mut *one).await?;
        held.rollback().await
    };
    match tried.await {
        Err(sqlx::Error::Database(error)) if is_forgotten_statement(&*error) => Err(StoreError::Pooler),
        done => Ok(done?),
    }
}

const PROBE: &str = "SELECT CAST($1 AS text)";

/// `duplicate_prepared_statement`, `invalid_sql_statement_name`: the statement belongs to another connection, or is gone.
fn is_forgotten_statement(error: &dyn sqlx::error::DatabaseError) -> bool {
    matches!(error.code().as_deref(), Some("42P05" | "26000"))
}
