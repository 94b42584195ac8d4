//! Events from a database, in the order of the journal: one moment's state while the server goes on.

use anyhow::{Context as _, Result};
use gongxiang::event::Refusal;
use gongxiang::ruleset::RuleSet;
use tokio::runtime::Runtime;

use crate::ledger::journal::{self, Line};
use crate::ledger::store::sql::SqlStore;
use crate::ledger::store::{Entered, Page, Place, Scope, Store as _, StoreError, Transaction};
use crate::text::redacted;

/// How many events are read at once.
const PAGE: usize = 2_000;

/// A database's journal, event by event.
pub struct Kept {
    runtime: Runtime,
    /// There until the end.
    tx: Option<Box<dyn Transaction>>,
    page: std::vec::IntoIter<Entered>,
    after: Place,
}

impl Kept {
    /// Begins to read; answers with the rules of the book's opening too.
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

    fn event(&mut self) -> Result<Option<Entered>> {
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

impl Drop for Kept {
    fn drop(&mut self) {
        // A connection goes back to its pool by the runtime's help.
        let _context = self.runtime.enter();
        self.tx = None;
    }
}

impl Iterator for Kept {
    type Item = Result<Result<Line, Refusal>>;

    fn next(&mut self) -> Option<Self::Item> {
        let parse = |entered: Entered| {
            let mut line = journal::parse(entered.event.as_bytes());
            // What is kept was settled once: its `id` has done its work.
            if let Ok(line) = &mut line {
                line.entry.identity = None;
            }
            line
        };
        self.event().map(|event| event.map(parse)).transpose()
    }
}
