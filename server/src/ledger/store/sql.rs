//! `SQLite` and `PostgreSQL` behind one set of statements.
//!
//! Each statement takes its rows as one JSON text, with the long texts beside it, so a group costs the same few statements
//! whatever its size, and both engines read the same SQL (`sql/dialect.rs` has the differences). Settling uses no advisory
//! locks, no LISTEN and no sequences.

mod announced;
mod connections;
mod dialect;
mod file;
pub mod goods;
mod load;
mod network;
mod rows;
mod transaction;
mod write;

pub use file::missing;

use std::str::FromStr as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use gongxiang::book::{Excerpt, Flow};
use gongxiang::identity::Id;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::any::AnyConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _};

use super::{Clocks, Result, SHARDS, Scope, Store, StoreError, Transaction, differs};
use crate::limits::{CONNECTIONS_MAX, FORGOTTEN_AT_ONCE, LOG_GROWS_FAST, LOG_LONG, WRITERS_POSTGRES};
use crate::text::json;
use crate::transaction::begin_with;
use connections::{SharedState, StoreCache, connections, refuse_forgetful_pooler};
use dialect::{Dialect, Tx, execute};
use file::OpenFile;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The number of the first migration since version 0.2.
const FIRST_MIGRATION: i64 = 20;

/// A database by its URL.
#[derive(Clone, Debug)]
pub struct SqlStore {
    pool: AnyPool,
    /// For settling. `SQLite` uses one writing connection, so that its page cache stays warm.
    writers: AnyPool,
    dialect: Dialect,
    /// For `SQLite` only.
    file: Option<OpenFile>,
    shared: SharedState,
}

/// Whether a database has the tables of a book. It is only read.
async fn has_tables(url: &str) -> Result<bool> {
    sqlx::any::install_default_drivers();
    let is_file = Dialect::of(url)? == Dialect::Sqlite && !url.contains('?');
    let url = if is_file { format!("{url}?mode=ro") } else { url.to_owned() };
    let mut connection = AnyConnection::connect(&url).await?;
    let found = sqlx::query("SELECT 1 FROM _sqlx_migrations").fetch_optional(&mut connection).await;
    connection.close().await?;
    match found {
        Ok(_) => Ok(true),
        // There is no such table: SQLITE_ERROR, and PostgreSQL's `undefined_table`.
        Err(sqlx::Error::Database(error)) if matches!(error.code().as_deref(), Some("1" | "42P01")) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl SqlStore {
    /// Opens the database and migrates it; creates the file of a `SQLite` database.
    pub async fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url)?;
        let url = match dialect {
            Dialect::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
            _ => url.to_owned(),
        };
        if dialect == Dialect::Sqlite {
            file::make_private(&url)?;
        }
        let (options, shared) = (AnyConnectOptions::from_str(&url)?, SharedState::default());
        let pool = connections(dialect, CONNECTIONS_MAX, &shared).connect_with(options.clone()).await?;
        let writers = match dialect {
            Dialect::Sqlite => connections(dialect, 1, &shared).connect_lazy_with(options),
            Dialect::Postgres => {
                refuse_forgetful_pooler(&pool).await?;
                pool.clone()
            }
        };
        let file = Some(&url).filter(|_| dialect == Dialect::Sqlite).and_then(|url| OpenFile::of(url));
        let store = Self { pool, writers, dialect, file, shared };
        store.migrate().await?;
        Ok(store)
    }

    /// [`SqlStore::open`] for a command that makes no database. Whoever mistypes its name gets no empty file, and no tables in a database
    /// that holds no book.
    pub async fn open_existing(url: &str) -> Result<Self> {
        if let Some(path) = missing(url) {
            return Err(StoreError::Missing(path));
        }
        if !has_tables(url).await? {
            return Err(StoreError::Empty);
        }
        Self::open(url).await
    }

    /// Migrations run without an advisory lock, so two processes may try at once; the slower one finds the work done.
    async fn migrate(&self) -> Result<()> {
        const TRIES: u32 = 5;
        if self.is_older().await {
            return Err(StoreError::Older);
        }
        let mut migrator = match self.dialect {
            Dialect::Sqlite => Migrator { migrations: SQLITE.migrations.clone(), ..Migrator::DEFAULT },
            Dialect::Postgres => Migrator { migrations: POSTGRES.migrations.clone(), ..Migrator::DEFAULT },
        };
        migrator.set_locking(false);
        for tried in 1.. {
            match migrator.run(&self.pool).await {
                Ok(()) => break,
                Err(sqlx::migrate::MigrateError::Execute(_) | sqlx::migrate::MigrateError::ExecuteMigration(..))
                    if tried < TRIES =>
                {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(sqlx::migrate::MigrateError::VersionMissing(version)) => return Err(StoreError::Newer(version)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Whether the tables are those of version 0.1, whose migrations had the numbers below [`FIRST_MIGRATION`].
    async fn is_older(&self) -> bool {
        let sql = format!("SELECT version FROM _sqlx_migrations WHERE version < {FIRST_MIGRATION}");
        let found: sqlx::Result<Option<(i64,)>> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_optional(&self.pool).await;
        // A new database has no such table; any other failure appears when the migrations run.
        matches!(found, Ok(Some(_)))
    }

    /// Opens a book with `named`, or else with `otherwise`, if the database has none. Returns the rules with which the
    /// book was opened.
    /// Fails with [`StoreError::OtherRules`] if they differ from `named`.
    pub async fn open_book(&self, named: Option<&RuleSet>, otherwise: &RuleSet) -> Result<RuleSet> {
        match self.genesis(named.unwrap_or(otherwise)).await {
            Err(StoreError::Conflict) | Ok(()) => {}
            Err(error) => return Err(error),
        }
        let first: Option<(String,)> =
            sqlx::query_as("SELECT rules FROM rules WHERE version = 1").fetch_optional(&self.pool).await?;
        let genesis = parse_rules(&first.ok_or_else(|| differs("there are no genesis rules"))?.0)?;
        self.shared.remember(&self.pool).await?;
        if named.is_some_and(|named| *named != genesis) { Err(StoreError::OtherRules) } else { Ok(genesis) }
    }

    async fn genesis(&self, rules: &RuleSet) -> Result<()> {
        let mut work = self.work(Scope::Alone { shard: 0 }).await?;
        let is_there: Option<(i64,)> =
            sqlx::query_as("SELECT only_row FROM head").fetch_optional(&mut *work.tx).await?;
        if is_there.is_some() {
            // A write without effect, never committed: a read-only database fails now and not at the first order.
            return work.run("UPDATE shards SET clock = clock WHERE shard = 0", &[]).await.map(drop);
        }
        let head = json(&Excerpt::genesis(rules.clone()).head);
        let rules = rules.to_tree().canonical();
        let result: sqlx::Result<()> = async {
            execute(&mut work.tx, "INSERT INTO head (only_row, head, rules, eras) VALUES (1, $1, 1, 0)", &[&head])
                .await?;
            execute(&mut work.tx, "INSERT INTO rules (version, place, rules) VALUES (1, 0, $1)", &[&rules]).await?;
            for shard in 0..SHARDS {
                sqlx::query("INSERT INTO shards (shard, clock, flow) VALUES ($1, 0, $2)")
                    .bind(i64::from(shard))
                    .bind(json(&Flow::default()))
                    .execute(&mut *work.tx)
                    .await?;
            }
            Ok(())
        }
        .await;
        result.map_err(|error| self.error(error))?;
        Box::new(work).commit().await
    }

    async fn work(&self, scope: Scope) -> Result<SqlTransaction> {
        if self.file.as_ref().is_some_and(|file| !file.is_in_place()) {
            return Err(StoreError::Moved);
        }
        let begin = self.dialect.begin(scope);
        let connections = if scope == Scope::Reading { &self.pool } else { &self.writers };
        let tx = begin_with(connections, begin).await.map_err(|error| self.error(error))?;
        Ok(SqlTransaction {
            tx,
            dialect: self.dialect,
            scope,
            flow: Flow::default(),
            reports: Vec::new(),
            has_webhooks: false,
            has_subscriptions: false,
            recent: Arc::clone(&self.shared.recent),
        })
    }

    fn error(&self, error: sqlx::Error) -> StoreError {
        conflict_or(self.dialect, error)
    }

    /// The connection pool, for the tables beside the books: keys, sessions, webhooks.
    #[must_use]
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }
}

fn conflict_or(dialect: Dialect, error: sqlx::Error) -> StoreError {
    if dialect.is_conflict(&error) { StoreError::Conflict } else { error.into() }
}

#[async_trait]
impl Store for SqlStore {
    async fn begin(&self, scope: Scope) -> Result<Box<dyn Transaction>> {
        Ok(Box::new(self.work(scope).await?))
    }

    fn writers(&self) -> u8 {
        match self.dialect {
            Dialect::Sqlite => 1,
            Dialect::Postgres => WRITERS_POSTGRES,
        }
    }

    async fn clocks(&self) -> Result<Clocks> {
        let mut work = self.work(Scope::Reading).await?;
        let newest: Vec<(String,)> = work.all("SELECT at FROM journal ORDER BY place DESC LIMIT 1", &[]).await?;
        let own: Vec<(i64,)> = match self.dialect {
            Dialect::Sqlite => Vec::new(),
            Dialect::Postgres => work.all("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS bigint)", &[]).await?,
        };
        Ok(Clocks {
            newest_event: newest.first().and_then(|(at,)| at.parse().ok()),
            own: own.first().and_then(|(seconds,)| Timestamp::from_second(*seconds).ok()),
        })
    }

    async fn prove(&self) -> Result<()> {
        let mut work = self.work(Scope::Everyday { shard: 0 }).await?;
        // The change has no effect, but its commit has to reach the disk.
        work.run(self.dialect.harmless_change(), &[]).await?;
        Box::new(work).commit().await
    }

    async fn forget_refusals(&self, before: Timestamp) -> Result<u64> {
        // Tables beside the journal: no shard is taken.
        let sql = format!(
            "DELETE FROM answers WHERE (scope, key) IN
                 (SELECT scope, key FROM answers WHERE refused < CAST($1 AS BIGINT) ORDER BY refused LIMIT {FORGOTTEN_AT_ONCE})"
        );
        let mut connection = self.writers.acquire().await?;
        let before = before.as_second().to_string();
        execute(&mut connection, &sql, &[&before]).await.map_err(|error| self.error(error))
    }

    async fn forget_receivers(&self) -> Result<u64> {
        let sql = format!(
            "DELETE FROM receivers WHERE (due, member, sequence) IN (
                 SELECT due, member, sequence FROM receivers
                 WHERE due < COALESCE((SELECT MIN(due) FROM orders WHERE due IS NOT NULL), '9999-99-99')
                 ORDER BY due, member, sequence LIMIT {FORGOTTEN_AT_ONCE})"
        );
        let mut connection = self.writers.acquire().await?;
        execute(&mut connection, &sql, &[]).await.map_err(|error| self.error(error))
    }

    async fn unpaid_trades(&self, taken: Timestamp) -> Result<Vec<Id>> {
        let sql = format!(
            "SELECT trade FROM trade_notes WHERE paid IS NULL AND taken <= CAST($1 AS BIGINT)
             ORDER BY taken LIMIT {FORGOTTEN_AT_ONCE}"
        );
        let mut work = self.work(Scope::Reading).await?;
        let rows: Vec<(String,)> = work.all(&sql, &[&taken.as_second().to_string()]).await?;
        rows.iter().map(|(trade,)| parse_id(trade)).collect()
    }

    async fn forget_disputes(&self, before: Timestamp) -> Result<u64> {
        let sql = format!(
            "DELETE FROM disputes WHERE trade IN
                 (SELECT trade FROM disputes WHERE ended < CAST($1 AS BIGINT) ORDER BY ended LIMIT {FORGOTTEN_AT_ONCE})"
        );
        let mut connection = self.writers.acquire().await?;
        let before = before.as_second().to_string();
        execute(&mut connection, &sql, &[&before]).await.map_err(|error| self.error(error))
    }

    async fn gather_network(&self) -> Result<bool> {
        let mut work = self.work(Scope::Everyday { shard: 0 }).await?;
        let more = work.gather_lines().await?;
        Box::new(work).commit().await?;
        Ok(more)
    }

    async fn merge_log(&self, pages: i64) -> Result<i64> {
        if self.dialect == Dialect::Postgres {
            return Ok(0);
        }
        let mut connection = self.pool.acquire().await?;
        // Only counts.
        let sql = "PRAGMA wal_checkpoint(NOOP)";
        let (_, now, merged): (i64, i64, i64) = sqlx::query_as(sql).fetch_one(&mut *connection).await?;
        // A log that was started anew has fewer pages than before.
        let grown = if now < pages { now } else { now - pages };
        if merged < now && (grown < LOG_GROWS_FAST || now > LOG_LONG) {
            // PASSIVE waits for nobody, and nobody waits for it.
            execute(&mut connection, "PRAGMA wal_checkpoint(PASSIVE)", &[]).await.map_err(|error| self.error(error))?;
        }
        Ok(now)
    }

    async fn close(&self) {
        self.writers.close().await;
        self.pool.close().await;
    }
}

struct SqlTransaction {
    tx: Tx,
    dialect: Dialect,
    scope: Scope,
    /// The flow of the writer's shard when the group was loaded.
    flow: Flow,
    /// The reports of shards, as far as this writer needs them.
    reports: Vec<(i64, String)>,
    /// Whether any webhook is registered.
    has_webhooks: bool,
    /// Whether anybody wants to be told of anything.
    has_subscriptions: bool,
    recent: Arc<Mutex<StoreCache>>,
}

impl SqlTransaction {
    /// Runs a query; parameters are strings.
    async fn all<T>(&mut self, sql: &str, parameters: &[&str]) -> Result<Vec<T>>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> + Send + Unpin,
    {
        let mut query = sqlx::query_as::<Any, T>(sqlx::AssertSqlSafe(sql.to_owned()));
        for parameter in parameters {
            query = query.bind((*parameter).to_owned());
        }
        self.dialect.bounded(query.fetch_all(&mut *self.tx)).await.map_err(|error| conflict_or(self.dialect, error))
    }

    /// Runs a query that may find many rows. `SQLite`'s thread hands over rows one by one and wakes the task each time,
    /// so there the rows come as one JSON text.
    async fn many<T>(&mut self, columns: &str, sql: &str, parameters: &[&str]) -> Result<Vec<T>>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> + DeserializeOwned + Send + Unpin,
    {
        if self.dialect == Dialect::Postgres {
            return self.all(sql, parameters).await;
        }
        let rows: Vec<(String,)> = self.all(&Dialect::gathered(columns, sql), parameters).await?;
        rows.first().map_or_else(|| Ok(Vec::new()), |(rows,)| from_json("rows", rows))
    }

    /// Runs a statement; parameters are strings.
    async fn run(&mut self, sql: &str, parameters: &[&str]) -> Result<u64> {
        self.dialect
            .bounded(execute(&mut self.tx, sql, parameters))
            .await
            .map_err(|error| conflict_or(self.dialect, error))
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, StoreCache> {
        // The cache is valid after a panic: each field is replaced whole.
        self.recent.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Reads a row that this server wrote.
fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| differs(format!("{what}: {error}")))
}

fn parse_id(text: &str) -> Result<Id> {
    Id::parse(text).ok_or_else(|| differs(format!("`{text}` is no id")))
}

fn parse_rules(text: &str) -> Result<RuleSet> {
    let tree: Tree = from_json("a rule set", text)?;
    RuleSet::from_tree(&tree).map_err(|error| differs(format!("a rule set: {error}")))
}
