//! Reads events from a database in the order of the journal, on one snapshot; the server may keep running.

use anyhow::{Context as _, Result};
use gongxiang::event::Refusal;
use gongxiang::ruleset::RuleSet;
use tokio::runtime::Runtime;

use crate::ledger::journal::{self, JournalLine};
use crate::ledger::store::sql::SqlStore;
use crate::ledger::store::{JournalEntry, Page, Place, Scope, Store as _, StoreError, Transaction};
use crate::text::redacted;

/// How many events are read at once.
const PAGE: usize = 2_000;

/// A database's journal, event by event.
pub struct StoredJournal {
    runtime: Runtime,
    /// `Some` until dropped.
    tx: Option<Box<dyn Transaction>>,
    page: std::vec::IntoIter<JournalEntry>,
    after: Place,
}

impl StoredJournal {
    /// Begins to read; also returns the rules with which the book was opened.
    ///
    /// # Errors
    /// If the database cannot be used.
    pub fn open(database: &str) -> Result<(RuleSet, Self)> {
        let runtime = Runtime::new().context("cannot start")?;
        let (rules, tx) = runtime
            .block_on(async {
                let store = SqlStore::open(database).await?;
                let mut tx = store.begin(Scope::Reading).await?;
                Ok::<_, StoreError>((tx.rules().await?, tx))
            })
            .with_context(|| format!("cannot use {}", redacted(database)))?;
        let (_, genesis) = rules.into_iter().next().context("there are no genesis rules")?;
        Ok((genesis, Self { runtime, tx: Some(tx), page: Vec::new().into_iter(), after: Place::default() }))
    }

    fn event(&mut self) -> Result<Option<JournalEntry>> {
        if let Some(entered) = self.page.next() {
            return Ok(Some(entered));
        }
        let page = Page { after: self.after, limit: PAGE };
        let tx = self.tx.as_mut().context("the transaction has ended")?;
        let events = self.runtime.block_on(tx.journal(page)).context("cannot read on in the journal")?;
        self.after = events.last().map_or(self.after, |last| last.place);
        self.page = events.into_iter();
        Ok(self.page.next())
    }
}

impl Drop for StoredJournal {
    fn drop(&mut self) {
        // Returning a connection to its pool needs the runtime.
        let _context = self.runtime.enter();
        self.tx = None;
    }
}

impl Iterator for StoredJournal {
    type Item = Result<Result<JournalLine, Refusal>>;

    fn next(&mut self) -> Option<Self::Item> {
        let parse = |entered: JournalEntry| {
            let mut line = journal::parse(entered.event.as_bytes());
            // The event is settled already, so its `id` is no longer needed.
            if let Ok(line) = &mut line {
                line.entry.identity = None;
            }
            line
        };
        self.event().map(|event| event.map(parse)).transpose()
    }
}
