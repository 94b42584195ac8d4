//! `SQLite` and `PostgreSQL` behind one set of statements.
//!
//! Each statement takes its rows as one JSON text, so a group costs the same few statements whatever its size, and
//! both engines read the same SQL (`sql/dialect.rs` has the differences). Advisory locks, LISTEN and sequences are
//! not used.

mod connections;
mod dialect;
mod file;
mod load;
mod read;
mod write;

use std::str::FromStr as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use gongxiang::book::{Account, DayRecord, Excerpt, Flow};
use gongxiang::identity::{Day, Id};
use gongxiang::market::{Offer, Trade};
use gongxiang::order::Order;
use gongxiang::purchase::{Purchase, RedemptionRecord};
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::statement::BookedPosting;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::any::AnyConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyPool};

use super::{
    Batch, Clocks, CurrentState, FirstOutcome, JournalEntry, Key, Page, Place, Result, SHARDS, Scope, Store,
    StoreError, Transaction, WorkingSet, differs,
};
use crate::ledger::needs::{Due, Needs};
use crate::limits::{CONNECTIONS_MAX, FORGOTTEN_AT_ONCE, WRITERS_POSTGRES};
use crate::text::json;
use connections::{Common, StoreCache, connections, refuse_forgetful_pooler};
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
    common: Common,
}

impl SqlStore {
    /// Opens the database and migrates it; creates the file of a `SQLite` database.
    ///
    /// # Errors
    /// [`StoreError`].
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
        let (options, common) = (AnyConnectOptions::from_str(&url)?, Common::default());
        let pool = connections(dialect, CONNECTIONS_MAX, &common).connect_with(options.clone()).await?;
        let writers = match dialect {
            Dialect::Sqlite => connections(dialect, 1, &common).connect_lazy_with(options),
            Dialect::Postgres => {
                refuse_forgetful_pooler(&pool).await?;
                pool.clone()
            }
        };
        let file = Some(&url).filter(|_| dialect == Dialect::Sqlite).and_then(|url| OpenFile::of(url));
        let store = Self { pool, writers, dialect, file, common };
        store.migrate().await?;
        Ok(store)
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

    /// Opens a book with `named`, or `otherwise`, if there is none; answers with the rules with which it was opened.
    ///
    /// # Errors
    /// [`StoreError::OtherRules`] if there is one with others than `named`.
    pub async fn open_book(&self, named: Option<&RuleSet>, otherwise: &RuleSet) -> Result<RuleSet> {
        match self.genesis(named.unwrap_or(otherwise)).await {
            Err(StoreError::Conflict) | Ok(()) => {}
            Err(error) => return Err(error),
        }
        let first: Option<(String,)> =
            sqlx::query_as("SELECT rules FROM rules WHERE version = 1").fetch_optional(&self.pool).await?;
        let kept = parse_rules(&first.ok_or_else(|| differs("there are no genesis rules"))?.0)?;
        self.common.remember(&self.pool).await?;
        if named.is_some_and(|named| *named != kept) { Err(StoreError::OtherRules) } else { Ok(kept) }
    }

    async fn genesis(&self, rules: &RuleSet) -> Result<()> {
        let mut work = self.work(Scope::Alone { shard: 0 }).await?;
        let is_there: Option<(i64,)> =
            sqlx::query_as("SELECT only_row FROM head").fetch_optional(&mut *work.tx).await?;
        if is_there.is_some() {
            // A write without effect, never committed: a read-only database fails here and not at the first order.
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

    async fn work(&self, scope: Scope) -> Result<Work> {
        if self.file.as_ref().is_some_and(|file| !file.is_in_place()) {
            return Err(StoreError::Moved);
        }
        let begin = self.dialect.begin(scope);
        let connections = if scope == Scope::Reading { &self.pool } else { &self.writers };
        let tx = connections.begin_with(begin).await.map_err(|error| self.error(error))?;
        Ok(Work {
            tx,
            dialect: self.dialect,
            scope,
            flow: Flow::default(),
            has_webhooks: false,
            recent: Arc::clone(&self.common.recent),
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
        // A change that says nothing, in the database's header or in a row that nobody has now, and a commit that has to reach
        // the disk.
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

    async fn close(&self) {
        self.writers.close().await;
        self.pool.close().await;
    }
}

struct Work {
    tx: Tx,
    dialect: Dialect,
    scope: Scope,
    /// The flow of the writer's shard when the group was loaded.
    flow: Flow,
    /// Whether any webhook is registered.
    has_webhooks: bool,
    recent: Arc<Mutex<StoreCache>>,
}

impl Work {
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

#[async_trait]
impl Transaction for Work {
    async fn answered(&mut self, keys: &[Key]) -> Result<Vec<FirstOutcome>> {
        self.load_answered(keys).await
    }

    async fn load(&mut self, needs: &Needs) -> Result<WorkingSet> {
        self.load_part(needs).await
    }

    async fn count_due(&mut self, due: Due) -> Result<usize> {
        self.count_all_due(due).await
    }

    async fn write(&mut self, batch: &Batch) -> Result<()> {
        self.write_batch(batch).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let dialect = self.dialect;
        dialect.bounded(self.tx.commit()).await.map_err(|error| conflict_or(dialect, error))
    }

    async fn now(&mut self) -> Result<CurrentState> {
        self.read_now().await
    }

    async fn journal(&mut self, page: Page<Place>) -> Result<Vec<JournalEntry>> {
        self.read_journal(page).await
    }

    async fn entered(&mut self, place: Place) -> Result<Option<JournalEntry>> {
        let before = Page { after: Place(place.0.saturating_sub(1)), limit: 1 };
        Ok(self.read_journal(before).await?.pop().filter(|entered| entered.place == place))
    }

    async fn postings(&mut self, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>> {
        self.read_postings(page).await
    }

    async fn postings_of(&mut self, member: &Id, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>> {
        self.read_postings_of(member, page).await
    }

    async fn accounts(&mut self, page: Page<&str>) -> Result<Vec<(Id, Account)>> {
        self.read_table("SELECT member, account FROM accounts WHERE member > $1 ORDER BY member LIMIT $2", page).await
    }

    async fn days(&mut self, page: Page<Option<Day>>) -> Result<Vec<DayRecord>> {
        self.read_days(page).await
    }

    async fn rules(&mut self) -> Result<Vec<(Place, RuleSet)>> {
        self.read_rules().await
    }

    async fn orders(&mut self, page: Page<&str>) -> Result<Vec<(Id, Order)>> {
        self.read_table("SELECT id, content FROM orders WHERE id > $1 ORDER BY id LIMIT $2", page).await
    }

    async fn orders_of(&mut self, merchant: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>> {
        self.read_orders_of(merchant, page).await
    }

    async fn offers(&mut self, open: bool, page: Page<&str>) -> Result<Vec<(Id, Offer)>> {
        let sql = if open {
            "SELECT id, content FROM offers WHERE id > $1 AND wants = 1 ORDER BY id LIMIT $2"
        } else {
            "SELECT id, content FROM offers WHERE id > $1 ORDER BY id LIMIT $2"
        };
        self.read_table(sql, page).await
    }

    async fn trades(&mut self, member: Option<&Id>, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        self.read_trades(member, page).await
    }

    async fn paid_trades(&mut self, until: Day, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        // A day has digits and hyphens only.
        let sql = format!("SELECT id, content FROM trades WHERE id > $1 AND paid <= '{until}' ORDER BY id LIMIT $2");
        self.read_table(sqlx::AssertSqlSafe(sql), page).await
    }

    async fn purchases(&mut self, page: Page<&str>) -> Result<Vec<(Id, Purchase)>> {
        self.read_table("SELECT id, content FROM purchases WHERE id > $1 ORDER BY id LIMIT $2", page).await
    }

    async fn redemptions(&mut self, page: Page<&str>) -> Result<Vec<(Id, RedemptionRecord)>> {
        self.read_table("SELECT id, content FROM redemptions WHERE id > $1 ORDER BY id LIMIT $2", page).await
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

/// A limit as SQL takes it.
fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
