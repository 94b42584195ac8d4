//! Connections as this server wants them: each leads to a server that can write, and to the book that was opened.
//!
//! A name may lead to another server from one moment to the next: after a fail-over, behind a pooler, or because somebody
//! changed it. So every connection is looked at when it is made and whenever it is taken from the pool.

use std::sync::{Arc, Mutex, PoisonError};

use gongxiang::quantity::Index;
use gongxiang::ruleset::RuleSet;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _, Row as _};

use super::dialect::Dialect;
use crate::ledger::store::{Result, StoreError};
use crate::limits::CONNECTION_WAIT_MAX;

/// Rows that seldom change, cached.
#[derive(Debug, Default)]
pub(super) struct StoreCache {
    pub(super) rules: Option<(i64, RuleSet)>,
    pub(super) ended: Vec<Index>,
}

/// Small pages, in files that are new: what is written is whole pages, each for a row or two that changed. 8 MiB of them a
/// connection: a commit looks through all of them where a tree of the database was balanced, and what is not among them the
/// system still has. The log goes into the file every 128 MiB: what changes again until then is written once. A log that
/// grew beyond that, because somebody read for long, is given back.
const SQLITE_SETTINGS: &str = "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA busy_timeout = 10000; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 65536;
    PRAGMA journal_size_limit = 134217728; PRAGMA temp_store = MEMORY";

/// Every statement finds its rows by key. What `PostgreSQL` guesses of the length of a JSON list would have it read whole
/// tables instead, as long as they have some ten thousand rows; and translating into machine code takes longer than any. A
/// process whose host is gone may hold a shard: `PostgreSQL` notices within a minute, where its defaults take two hours.
const POSTGRES_SETTINGS: &str = "SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
    SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
    SET idle_in_transaction_session_timeout = '5min'";

/// The genesis rules, and when the first event was settled: what no copy of another book has.
type Book = (String, Option<String>);

/// What all connections of a store have in common.
#[derive(Clone, Debug, Default)]
pub struct Common {
    pub recent: Arc<Mutex<StoreCache>>,
    /// The book that was opened, once it is known.
    book: Arc<Mutex<Option<Book>>>,
}

impl Common {
    /// Remembers the book: from now on no connection may lead to another one.
    pub async fn remember(&self, pool: &AnyPool) -> Result<()> {
        let book = read_book(&mut *pool.acquire().await?).await?;
        *self.book() = Some(book);
        Ok(())
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Option<Book>> {
        // Nothing in there can be half done.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a connection to `PostgreSQL` that was just made.
    async fn check(&self, connection: &mut AnyConnection) -> sqlx::Result<()> {
        if !is_writable(connection).await? {
            return Err(sqlx::Error::Protocol("the database cannot be written: it is a standby, or read-only".into()));
        }
        // What was read from another server may be ahead of what this one has.
        *self.recent.lock().unwrap_or_else(PoisonError::into_inner) = StoreCache::default();
        if self.book().is_none() {
            return Ok(());
        }
        let found = read_book(connection).await?;
        let mut book = self.book();
        let (rules, first) = book.get_or_insert_with(|| found.clone());
        if *rules != found.0 || first.as_ref().is_some_and(|first| found.1.as_ref() != Some(first)) {
            return Err(sqlx::Error::Protocol(
                "the database's name leads to another book than the one that was opened".into(),
            ));
        }
        first.clone_from(&found.1);
        Ok(())
    }
}

async fn read_book(connection: &mut AnyConnection) -> sqlx::Result<Book> {
    let sql = "SELECT rules, (SELECT at FROM journal ORDER BY place LIMIT 1) FROM rules WHERE version = 1";
    sqlx::query_as(sql).fetch_one(connection).await
}

/// As text and without a prepared statement: that would cost a way there and back on every new connection.
async fn is_writable(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    let row = connection.fetch_one("SHOW transaction_read_only").await?;
    Ok(row.try_get::<String, _>(0)? == "off")
}

/// Connections as this server wants them.
pub fn connections(dialect: Dialect, most: u32, common: &Common) -> AnyPoolOptions {
    let common = common.clone();
    AnyPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(CONNECTION_WAIT_MAX)
        // `before_acquire` asks more.
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let common = common.clone();
            Box::pin(async move {
                match dialect {
                    Dialect::Sqlite => connection.execute(SQLITE_SETTINGS).await?,
                    Dialect::Postgres => {
                        common.check(connection).await?;
                        connection.execute(POSTGRES_SETTINGS).await?
                    }
                };
                Ok(())
            })
        })
        .before_acquire(move |connection, _| {
            Box::pin(async move {
                // An error that ended SQLite's transaction by itself leaves a connection that believes it is still in one, and
                // would refuse every other.
                if connection.is_in_transaction() {
                    return Ok(false);
                }
                // Asking costs a way to the engine and back for every transaction, and a file does not hang up.
                match dialect {
                    Dialect::Sqlite => Ok(true),
                    Dialect::Postgres => is_writable(connection).await,
                }
            })
        })
}

/// Refuses a pooler that gives a connection's server to others between two transactions and does not bring its prepared
/// statements along.
pub async fn refuse_forgetful_pooler(pool: &AnyPool) -> Result<()> {
    let tried = async {
        let (mut one, mut other) = (pool.acquire().await?, pool.acquire().await?);
        // Both name their first statement the same.
        sqlx::query(PROBE).bind("1").execute(&mut *one).await?;
        // Whoever is in a transaction has a server for itself: one's statement is on the server that the other has now.
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

/// `duplicate_prepared_statement`, `invalid_sql_statement_name`: what was prepared is another connection's, or gone.
fn is_forgotten_statement(error: &dyn sqlx::error::DatabaseError) -> bool {
    matches!(error.code().as_deref(), Some("42P05" | "26000"))
}
