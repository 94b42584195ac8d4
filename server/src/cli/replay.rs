//! `gongxiang replay`: settles a journal and prints the state.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::Day;
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::replay::Replay;

use super::rules;
use crate::ledger::group::{Denial, Request};
use crate::ledger::journal::{self, JournalLine, Lines};
use crate::ledger::queue::Ledger;
use crate::ledger::store::sql::SqlStore;
use crate::ledger::store::{Page, Place, Store};
use crate::text::redacted;

/// How often progress is shown, in lines.
const PROGRESS_EVERY: usize = 10_000;

/// How many events are settled in one call.
const EVENTS_AT_ONCE: usize = 4_096;

/// Settles lines of a journal; answers with the number of events. `refused` hears of every refusal, with its line.
///
/// # Errors
/// If the journal cannot be read, the database cannot be written, or `refused` fails.
pub(super) async fn settle(
    mut lines: impl Iterator<Item = io::Result<Result<JournalLine, Refusal>>>,
    ledger: &Ledger,
    mut refused: impl FnMut(usize, &Denial) -> Result<()>,
) -> Result<usize> {
    let mut settled = 0;
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

/// What of a journal is settled, and into what.
#[derive(Clone, Debug)]
pub struct Into<'a> {
    /// The rules with which the book is opened.
    pub rules: &'a str,
    /// The first day of the book, if it is another than that of the rules.
    pub first_day: Option<Day>,
    /// The journal.
    pub journal: &'a Path,
    /// The place of the last event that is settled, from 0; all of them without it.
    pub until: Option<usize>,
    /// The database has the first events of the journal already, and goes on from there.
    pub go_on: bool,
    /// The database.
    pub database: &'a str,
}

/// Settles a journal into a new database, or goes on with one that holds its beginning: what a database of another version is
/// started anew with, and the way back to a place before a mistake.
///
/// # Errors
/// If the database has other events, or one of the journal is refused; the database is of no use then.
pub fn replay_into(task: &Into<'_>) -> Result<bool> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start")?;
    runtime.block_on(async {
        let named = redacted(task.database);
        let store = SqlStore::open(task.database).await.with_context(|| format!("cannot use {named}"))?;
        let store: Arc<dyn Store> = if task.go_on {
            Arc::new(store)
        } else {
            let rules = opening(task.rules, task.first_day)?;
            store.open_book(Some(&rules), &rules).await.with_context(|| format!("cannot use {named}"))?;
            Arc::new(store)
        };
        let (ledger, writing) = Ledger::start(Arc::clone(&store), 0, Arc::default());
        let mut lines = up_to(task.journal, task.until)?;
        let there = pass_over(&ledger, &mut lines).await?;
        match (task.go_on, there) {
            (false, 1..) => bail!(
                "there are events in {named} already: name a database that is not there yet, or go on with --go-on"
            ),
            (true, 0) => bail!("there are no events in {named}: leave out --go-on, and name the rules"),
            _ => {}
        }
        let refused = |line, denial: &Denial| bail!("line {} of the journal: {denial}", there + line);
        let settled = settle(lines, &ledger, refused).await?;
        drop(ledger);
        for writer in writing {
            writer.await.context("a writer failed")?;
        }
        store.close().await;
        println!("settled {settled} events");
        Ok(true)
    })
}

/// The lines of a journal up to a place, which counts from 0.
fn up_to(
    journal: &Path,
    until: Option<usize>,
) -> Result<impl Iterator<Item = io::Result<Result<JournalLine, Refusal>>> + use<>> {
    Ok(Lines::open(journal)?.take(until.map_or(usize::MAX, |place| place.saturating_add(1))))
}

/// The rules of a book that is opened.
fn opening(rules: &str, first_day: Option<Day>) -> Result<RuleSet> {
    let mut rules = rules::load(rules)?;
    if let Some(day) = first_day {
        rules.genesis_day = day;
    }
    Ok(rules)
}

/// Passes over the lines whose events are in the database already; answers with how many.
async fn pass_over(
    ledger: &Ledger,
    lines: &mut impl Iterator<Item = io::Result<Result<JournalLine, Refusal>>>,
) -> Result<usize> {
    let (mut tx, mut after, mut count) = (ledger.read().await?, Place::default(), 0);
    loop {
        let page = tx.journal(Page { after, limit: EVENTS_AT_ONCE }).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.place;
        for entered in page {
            count += 1;
            let line = lines.next().transpose().context("cannot read on in the journal")?;
            let same = match line {
                Some(Ok(line)) => journal::parse(entered.event.as_bytes()).is_ok_and(|kept| kept.entry == line.entry),
                Some(Err(_)) | None => false,
            };
            if !same {
                bail!(
                    "line {count} of the journal is not what the database has there: it is the journal of another book, or too short"
                );
            }
        }
    }
}

/// Prints the object of RULES.md section 9; `false` if `strict` stopped at a refusal.
///
/// # Errors
/// If the rule set or the journal cannot be read, or the result not be written.
pub fn replay(rules: &str, first_day: Option<Day>, strict: bool, until: Option<usize>, journal: &Path) -> Result<bool> {
    let mut replay = Replay::new(opening(rules, first_day)?);
    let shows_progress = io::stderr().is_terminal();
    for line in up_to(journal, until)? {
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
