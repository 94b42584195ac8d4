//! `gongxiang replay`: settles a journal and prints the state.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use gongxiang::event::Code;
use gongxiang::wire::replay::Replay;

use super::rules;
use crate::ledger::group::{Denial, Request};
use crate::ledger::journal::Lines;
use crate::ledger::queue::Ledger;
use crate::ledger::store::sql::SqlStore;
use crate::ledger::store::{Page, Place, Store};
use crate::text::redacted;

/// How often progress is shown, in lines.
const PROGRESS_EVERY: usize = 10_000;

/// How many events are settled in one call.
const EVENTS_AT_ONCE: usize = 4_096;

/// Settles a journal into a new database; returns the number of events. `refused` is called with every refusal and
/// its line.
///
/// # Errors
/// If the journal cannot be read, the database cannot be written, or `refused` fails.
pub(super) async fn settle(
    journal: &Path,
    ledger: &Ledger,
    mut refused: impl FnMut(usize, &Denial) -> Result<()>,
) -> Result<usize> {
    let (mut lines, mut settled) = (Lines::open(journal)?, 0);
    loop {
        let part: Vec<_> =
            lines.by_ref().take(EVENTS_AT_ONCE).collect::<io::Result<_>>().context("cannot read on in the journal")?;
        if part.is_empty() {
            return Ok(settled);
        }
        let sent = part.into_iter().map(|line| line.map(|line| Request::of_journal(line, "operator"))).collect();
        for answer in ledger.settle(sent).await.context("cannot keep the journal")? {
            settled += 1;
            if let Err(denial) = &answer.outcome {
                refused(settled, denial)?;
            }
        }
    }
}

/// Opens a book in a new database and settles a journal into it; this is how a database of an older version is
/// migrated.
///
/// # Errors
/// If the database already has events, or an event is refused. The database is then incomplete and of no use.
pub fn replay_into(rules: &str, journal: &Path, database: &str) -> Result<bool> {
    let rules = rules::load(rules)?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start")?;
    runtime.block_on(async {
        let context = || format!("cannot use {}", redacted(database));
        let store = SqlStore::open(database).await.with_context(context)?;
        store.open_book(Some(&rules), &rules).await.with_context(context)?;
        let store: Arc<dyn Store> = Arc::new(store);
        let (ledger, writing) = Ledger::start(Arc::clone(&store), 0, Arc::default());
        if !ledger.read().await?.journal(Page { after: Place::default(), limit: 1 }).await?.is_empty() {
            bail!("there are events in {} already: name a database that is not there yet", redacted(database));
        }
        let settled = settle(journal, &ledger, |line, denial| bail!("line {line} of the journal: {denial}")).await?;
        drop(ledger);
        for writer in writing {
            writer.await.context("a writer failed")?;
        }
        store.close().await;
        println!("settled {settled} events");
        Ok(true)
    })
}

/// Prints the object of RULES.md section 9; returns `false` if `strict` stopped at a refusal.
///
/// # Errors
/// If the rule set or the journal cannot be read, or the result cannot be written.
pub fn replay(rules: &str, strict: bool, journal: &Path) -> Result<bool> {
    let mut replay = Replay::new(rules::load(rules)?);
    let shows_progress = io::stderr().is_terminal();
    for line in Lines::open(journal)? {
        let line = line.context("cannot read on in the journal")?;
        let outcome = replay.push(line.map(|line| line.entry));
        let number = replay.lines();
        if let Err(refusal) = outcome {
            if strict || refusal.code == Code::BadEvent {
                eprintln!("line {number}: {refusal}");
            }
            if strict {
                return Ok(false);
            }
        }
        if shows_progress && number.is_multiple_of(PROGRESS_EVERY) {
            eprint!("\r{number} events");
        }
    }
    if shows_progress {
        eprintln!("\r{} events", replay.lines());
    }
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, &replay.finish()?).context("cannot write the result")?;
    writeln!(output).context("cannot write the result")?;
    Ok(true)
}
