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
use crate::ledger::journal::{self, JournalLine, JournalReader};
use crate::ledger::queue::Ledger;
use crate::ledger::store::Store;
use crate::ledger::store::paging::JournalPages;
use crate::text::redacted;

pub(super) const READ_ON: &str = "cannot read on in the journal";

/// How often progress is shown, in lines.
const PROGRESS_EVERY: usize = 10_000;

/// How many events are settled in one call.
const EVENTS_AT_ONCE: usize = 4_096;

/// The lines of a journal, each parsed.
type Lines<'a> = dyn Iterator<Item = io::Result<Result<JournalLine, Refusal>>> + 'a;

/// Settles lines of a journal; returns the number of events. `refused` gets every refusal with its line number, and may
/// stop the work with an error.
pub(super) async fn settle(
    lines: &mut Lines<'_>,
    ledger: &Ledger,
    mut refused: impl FnMut(usize, &Denial) -> Result<()>,
) -> Result<usize> {
    let mut settled = 0;
    loop {
        let part: Vec<_> = (&mut *lines).take(EVENTS_AT_ONCE).collect::<io::Result<_>>().context(READ_ON)?;
        if part.is_empty() {
            return Ok(settled);
        }
        let sent = part.into_iter().map(|line| line.map(|line| Request::of_journal(line, "operator"))).collect();
        for answer in ledger.settle(sent).await.context("cannot store the journal")? {
            settled += 1;
            if let Err(denial) = &answer.outcome {
                refused(settled, denial)?;
            }
        }
    }
}

#[derive(Clone, Debug)]
pub struct ReplayTask<'a> {
    /// The rules with which the book is opened.
    pub rules: &'a str,
    /// The first day of the book, if it differs from that of the rules.
    pub first_day: Option<Day>,
    pub journal: &'a Path,
    /// The place of the last event to settle, from 0; `None` for all.
    pub until: Option<usize>,
    /// Whether the database already holds the first events of the journal.
    pub go_on: bool,
    pub database: &'a str,
}

/// Settles a journal into a new database, or into one that holds the beginning of the journal. This is how a book moves to
/// another version of this program, and how it goes back to a place before a mistake. Fails at the first refusal; the
/// database is then of no use.
pub fn replay_into(task: &ReplayTask<'_>) -> Result<bool> {
    super::block_on(async {
        let named = redacted(task.database);
        let store = super::open(task.database).await?;
        if !task.go_on {
            let rules = opening_rules(task.rules, task.first_day)?;
            store.open_book(Some(&rules), &rules).await.with_context(|| format!("cannot use {named}"))?;
        }
        let store: Arc<dyn Store> = Arc::new(store);
        let settled = super::with_ledger(Arc::clone(&store), async |ledger| {
            let lines: &mut Lines<'_> = &mut lines_until(task.journal, task.until)?;
            let skipped = skip_stored(ledger, lines).await?;
            match (task.go_on, skipped) {
                (false, 1..) => bail!("{named} has events already: name a new database, or continue with --go-on"),
                (true, 0) => bail!("{named} has no events: leave out --go-on, and name the rules"),
                _ => {}
            }
            settle(lines, ledger, |line, denial| bail!("line {} of the journal: {denial}", skipped + line)).await
        })
        .await?;
        store.close().await;
        println!("settled {settled} events");
        Ok(true)
    })
}

/// The lines of a journal up to a place, which counts from 0.
fn lines_until(
    journal: &Path,
    until: Option<usize>,
) -> Result<impl Iterator<Item = io::Result<Result<JournalLine, Refusal>>> + use<>> {
    Ok(JournalReader::open(journal)?.take(until.map_or(usize::MAX, |place| place.saturating_add(1))))
}

fn opening_rules(rules: &str, first_day: Option<Day>) -> Result<RuleSet> {
    let rules = rules::load(rules)?;
    Ok(RuleSet { genesis_day: first_day.unwrap_or(rules.genesis_day), ..rules })
}

/// Skips the lines whose events the database has already; returns how many.
async fn skip_stored(ledger: &Ledger, lines: &mut Lines<'_>) -> Result<usize> {
    let (mut tx, mut entries, mut count) = (ledger.read().await?, JournalPages::default(), 0);
    while let Some(entry) = entries.next(&mut *tx).await? {
        count += 1;
        let line = lines.next().transpose().context(READ_ON)?.and_then(Result::ok);
        let stored = journal::parse(entry.event.as_bytes()).ok();
        if line.zip(stored).is_none_or(|(line, stored)| line.entry != stored.entry) {
            bail!(
                "line {count} of the journal is not the event that the database has there: the journal is of another book, \
                 or too short"
            );
        }
    }
    Ok(count)
}

/// Prints the object of RULES.md section 9; returns `false` if `strict` stopped at a refusal.
pub fn replay(rules: &str, first_day: Option<Day>, strict: bool, until: Option<usize>, journal: &Path) -> Result<bool> {
    let mut replay = Replay::new(opening_rules(rules, first_day)?);
    let shows_progress = io::stderr().is_terminal();
    for line in lines_until(journal, until)? {
        let line = line.context(READ_ON)?;
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
