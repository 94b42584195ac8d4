//! `SQLite`: what is kept, and that it still fits together.
//!
//! The journal is the truth. Accounts, days and receipts are kept beside it, and whenever a book is loaded the journal is
//! settled again and compared with every row: a server never starts on books that do not add up. The database itself
//! refuses to change the journal and the days (`migrations/`).

use std::collections::BTreeSet;
use std::str::FromStr as _;

use gongxiang::book::{Book, DayRecord};
use gongxiang::identity::Id;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use serde::Serialize;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use thiserror::Error;

use crate::journal;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Why the database cannot be used.
#[derive(Debug, Error)]
pub enum StorageError {
    /// It is none that this server knows.
    #[error("`{0}` is no database of this server: it begins with `sqlite:`")]
    Unknown(String),
    /// It failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// It is of another version, or was changed by hand.
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// It holds a book that was opened with other rules than those asked for.
    #[error("the book in this database was opened with other rules; leave them out to go on with its own")]
    OtherRules,
    /// It does not fit together.
    #[error("the books do not add up: {0}")]
    Differs(String),
}

type Result<T> = std::result::Result<T, StorageError>;

fn differs(what: impl Into<String>) -> StorageError {
    StorageError::Differs(what.into())
}

/// An event that is to be kept, with its outcome.
#[derive(Debug)]
pub struct Settled {
    /// The event's JSON, as it was sent.
    pub event: String,
    /// The receipt's JSON, or the refusal's code.
    pub outcome: std::result::Result<String, &'static str>,
}

/// What is committed together: whole or not at all.
#[derive(Debug, Default)]
pub struct Group {
    /// In the order of settling.
    pub journal: Vec<Settled>,
    /// Whose accounts changed.
    pub accounts: BTreeSet<Id>,
}

/// The only connection to the database, which is locked against every other process.
#[derive(Debug)]
pub struct Storage {
    connection: SqliteConnection,
    /// Events in the journal.
    places: i64,
    /// Days in the table.
    days: usize,
}

impl Storage {
    /// Opens the database, makes it if there is none, and brings its tables up to date. A new one keeps `named`, or
    /// `otherwise`, as the rules of its book.
    ///
    /// # Errors
    /// [`StorageError`]; `OtherRules` if it has a book with others than `named`.
    pub async fn open(url: &str, named: Option<&RuleSet>, otherwise: &RuleSet) -> Result<Self> {
        if !url.starts_with("sqlite:") {
            return Err(StorageError::Unknown(url.into()));
        }
        let mut connection = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .connect()
            .await?;
        MIGRATIONS.run(&mut connection).await?;
        let mut storage = Self { connection, places: 0, days: 0 };
        match (storage.genesis().await?, named) {
            (None, _) => {
                let rules = named.unwrap_or(otherwise).to_tree().canonical();
                sqlx::query("INSERT INTO genesis VALUES (1, ?)").bind(rules).execute(&mut storage.connection).await?;
            }
            (Some(kept), Some(named)) if kept != *named => return Err(StorageError::OtherRules),
            (Some(_), _) => {}
        }
        Ok(storage)
    }

    async fn genesis(&mut self) -> Result<Option<RuleSet>> {
        let text: Option<String> =
            sqlx::query_scalar("SELECT rules FROM genesis").fetch_optional(&mut self.connection).await?;
        text.map(|text| {
            let tree: Tree = serde_json::from_str(&text).map_err(|error| differs(format!("genesis rules: {error}")))?;
            RuleSet::from_tree(&tree).map_err(|error| differs(format!("genesis rules: {error}")))
        })
        .transpose()
    }

    /// Settles the journal again and compares every receipt, day and account with what is kept.
    ///
    /// # Errors
    /// [`StorageError`]; `Differs` at the first row that is not what the rules make of the journal.
    pub async fn load(&mut self) -> Result<Book> {
        let mut book = Book::open(self.genesis().await?.ok_or_else(|| differs("there are no genesis rules"))?);
        self.places = 0;
        loop {
            // By pages: a row of the journal at a time would ask the database's thread for each.
            const PAGE: i64 = 4_096;
            let rows: Vec<(i64, String, Option<String>, Option<String>)> = sqlx::query_as(
                "SELECT place, event, receipt, refusal FROM journal WHERE place > ? ORDER BY place LIMIT ?",
            )
            .bind(self.places)
            .bind(PAGE)
            .fetch_all(&mut self.connection)
            .await?;
            if rows.is_empty() {
                break;
            }
            for (place, event, receipt, refusal) in rows {
                if place != self.places + 1 {
                    return Err(differs(format!("the journal has no event {}", self.places + 1)));
                }
                self.places = place;
                let kept = receipt.as_deref().ok_or(refusal.as_deref().unwrap_or_default());
                if settle(&mut book, &event).as_deref().map_err(|code| *code) != kept {
                    return Err(differs(format!(
                        "event {place} of the journal no longer has the outcome that is kept"
                    )));
                }
            }
        }
        self.compare(&book).await?;
        self.days = book.days().len();
        Ok(book)
    }

    async fn compare(&mut self, book: &Book) -> Result<()> {
        let days: Vec<(String, String)> =
            sqlx::query_as("SELECT day, record FROM days ORDER BY day").fetch_all(&mut self.connection).await?;
        let accounts: Vec<(String, String)> = sqlx::query_as("SELECT member, account FROM accounts ORDER BY member")
            .fetch_all(&mut self.connection)
            .await?;
        let computed_days = book.days().iter().map(|record| (record.day.to_string(), json(record)));
        let computed_accounts = book.accounts().map(|(id, account)| (id.to_string(), json(account)));
        same_rows("day", days, computed_days)?;
        same_rows("account", accounts, computed_accounts)
    }

    /// Commits what the book did since the last commit: journal, days and accounts, in one transaction.
    ///
    /// # Errors
    /// [`StorageError::Database`]. Whether it was committed then is for [`Storage::load`] to find out.
    pub async fn commit(&mut self, group: &Group, book: &Book) -> Result<()> {
        let new_days: &[DayRecord] = book.days().get(self.days..).unwrap_or_default();
        let mut place = self.places;
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        for Settled { event, outcome } in &group.journal {
            place += 1;
            sqlx::query("INSERT INTO journal (place, event, receipt, refusal) VALUES (?, ?, ?, ?)")
                .bind(place)
                .bind(event)
                .bind(outcome.as_ref().ok())
                .bind(outcome.as_ref().err())
                .execute(&mut *transaction)
                .await?;
        }
        for record in new_days {
            sqlx::query("INSERT INTO days (day, record) VALUES (?, ?)")
                .bind(record.day.to_string())
                .bind(json(record))
                .execute(&mut *transaction)
                .await?;
        }
        for id in &group.accounts {
            let Some(account) = book.account(id.as_str()) else { continue };
            sqlx::query("INSERT INTO accounts (member, account) VALUES (?, ?) ON CONFLICT (member) DO UPDATE SET account = excluded.account")
                .bind(id.as_str())
                .bind(json(account))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        self.places = place;
        self.days = book.days().len();
        Ok(())
    }

    /// Whether the journal is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places == 0
    }

    /// Closes the database in good order.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn close(self) -> Result<()> {
        Ok(self.connection.close().await?)
    }
}

/// What the rules make of an event of the journal now.
fn settle(book: &mut Book, event: &str) -> std::result::Result<String, &'static str> {
    let outcome = journal::parse(event.as_bytes()).map(|line| book.apply(&line.entry));
    match outcome {
        // What is kept was settled for the first time.
        Ok(outcome) if outcome.repeated => Err("repeated"),
        Ok(outcome) => outcome.result.map(|receipt| json(&*receipt)).map_err(|refusal| refusal.code.as_str()),
        Err(refusal) => Err(refusal.code.as_str()),
    }
}

/// Two tables in the same order, row by row.
fn same_rows(
    what: &str,
    kept: Vec<(String, String)>,
    mut computed: impl Iterator<Item = (String, String)>,
) -> Result<()> {
    for (key, row) in kept {
        if computed.next().as_ref() != Some(&(key.clone(), row)) {
            return Err(differs(format!("the row of {what} {key} is not what the journal makes of it")));
        }
    }
    match computed.next() {
        Some((key, _)) => Err(differs(format!("there is no row of {what} {key}"))),
        None => Ok(()),
    }
}

/// The JSON of a type of the rules: texts and whole numbers in tables with texts as keys, so this cannot fail.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
