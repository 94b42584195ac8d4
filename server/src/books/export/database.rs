//! Reads events from a database in the order of the journal, on one snapshot; the server may keep running.

use anyhow::{Context as _, Result};
use gongxiang::event::Refusal;
use gongxiang::ruleset::RuleSet;
use tokio::runtime::Runtime;

use crate::ledger::journal::{self, JournalLine};
use crate::ledger::store::paging::JournalPages;
use crate::ledger::store::sql::SqlStore;
use crate::ledger::store::{JournalEntry, Scope, Store as _, StoreError, Transaction};
use crate::text::redacted;

/// A database's journal, event by event.
pub struct StoredJournal {
    runtime: Runtime,
    /// `Some` until dropped.
    tx: Option<Box<dyn Transaction>>,
    pages: JournalPages,
}

impl StoredJournal {
    /// Opens a database; also returns the rules with which its book was opened.
    pub fn open(database: &str) -> Result<(RuleSet, Self)> {
        let runtime = Runtime::new().context("cannot start")?;
        let (genesis, tx) = runtime
            .block_on(async {
                let store = SqlStore::open_existing(database).await?;
                let mut tx = store.begin(Scope::Reading).await?;
                let (_, genesis) = tx.rules().await?.into_iter().next().ok_or(StoreError::Empty)?;
                Ok::<_, StoreError>((genesis, tx))
            })
            .with_context(|| format!("cannot use {}", redacted(database)))?;
        Ok((genesis, Self { runtime, tx: Some(tx), pages: JournalPages::default() }))
    }

    fn event(&mut self) -> Result<Option<JournalEntry>> {
        let tx = self.tx.as_mut().context("the transaction has ended")?;
        self.runtime.block_on(self.pages.next(&mut **tx)).context("cannot read on in the journal")
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
