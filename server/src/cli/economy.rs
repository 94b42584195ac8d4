//! `gongxiang economy`: a scenario, or the past of a journal or a database, as a table, JSON, CSV or a report with plots.

mod plot;
mod report;
mod table;

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use gongxiang::book::Book;
use gongxiang::economy::{NAMES, Run, simulate};
use gongxiang::event::Refusal;
use gongxiang::past::Past;
use gongxiang::review::Finding;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::scenario;

use self::table::{csv, table};
use super::replay::READ_ON;
use super::rules;
use crate::books::export::database::StoredJournal;
use crate::language::Language;
use crate::ledger::journal::{JournalLine, JournalReader};
use crate::text::redacted;

/// What to compute and how to show it.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The rule set: a file (TOML or JSON) or a preset (seed, single-level).
    #[arg(long, default_value = "seed")]
    pub rules: String,
    /// A scenario: a name (flat, growing, falling, crashing, swinging, hoarding, ending, retiring, income, washing, farming) or a JSON file
    /// [default: flat, unless there is a journal or a database]
    #[arg(long)]
    pub scenario: Option<String>,
    /// Show the past of this journal instead of a scenario; `-` reads standard input.
    #[arg(long, conflicts_with = "scenario")]
    pub journal: Option<PathBuf>,
    /// Show the past of this database, as for `serve`, or run the scenario on its rules in force; the server may keep running.
    #[arg(long, conflicts_with_all = ["journal", "rules"])]
    pub database: Option<String>,
    /// The output format.
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// The language of the table and the report.
    #[arg(long, value_enum, default_value = "en")]
    pub language: Language,
    /// Write to this file instead of standard output.
    #[arg(long)]
    pub output: Option<PathBuf>,
}

/// How to show a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Some of the days, the cohorts and the totals as text.
    Table,
    /// Everything as one JSON object.
    Json,
    /// The days as CSV.
    Csv,
    /// A self-contained page with plots.
    Html,
}

/// What is shown, and on which rules it was computed.
struct Shown {
    title: String,
    rules: String,
    /// The key of the sentence that says what the figures are.
    note: &'static str,
    run: Run,
    findings: Vec<Finding>,
}

/// Computes the figures and shows them.
pub fn run(options: &Options) -> Result<bool> {
    let Shown { title, rules, note, run, findings } = computed(options)?;
    let shown = match options.format {
        Format::Table => table(&title, &run, options.language),
        Format::Json => serde_json::to_string(&run)? + "\n",
        Format::Csv => csv(&run)?,
        Format::Html => report::html(&title, &rules, note, &run, &findings, options.language),
    };
    match &options.output {
        Some(file) => fs::write(file, shown).with_context(|| format!("cannot write {}", file.display()))?,
        None => io::stdout().lock().write_all(shown.as_bytes()).context("cannot write the result")?,
    }
    Ok(true)
}

fn computed(options: &Options) -> Result<Shown> {
    let past = |title: String, rules: String, past: PastOfBook| -> Result<Shown> {
        let (run, findings) = past.figures(&title)?;
        Ok(Shown { title, rules, note: "happened", run, findings })
    };
    let scenario = |rules: String, set: &RuleSet| -> Result<Shown> {
        let title = options.scenario.clone().unwrap_or_else(|| "flat".into());
        let run = scenario_of(&title, set)?;
        Ok(Shown { title, rules, note: "assumes", run, findings: Vec::new() })
    };
    let rules = options.rules.clone();
    match (&options.database, &options.journal) {
        (Some(database), _) if options.scenario.is_some() => scenario(redacted(database), &rules::in_force(database)?),
        (Some(database), _) => past(redacted(database), redacted(database), PastOfBook::of_database(database)?),
        (None, Some(journal)) => {
            let read = PastOfBook::of_journal(&rules::load(&rules)?, journal)?;
            past(journal.display().to_string(), rules, read)
        }
        (None, None) => {
            let set = rules::load(&rules)?;
            scenario(rules, &set)
        }
    }
}

/// Runs a scenario, with a progress bar on a terminal.
fn scenario_of(source: &str, rules: &RuleSet) -> Result<Run> {
    let tree = if NAMES.contains(&source) {
        Tree::Table(vec![("name".into(), Tree::Text(source.into()))])
    } else {
        let text = fs::read_to_string(source)
            .with_context(|| format!("{source} is no scenario ({}) and cannot be read", NAMES.join(", ")))?;
        serde_json::from_str(text.trim_start_matches('\u{feff}')).with_context(|| format!("{source} is not JSON"))?
    };
    let (rules, scenario) = scenario::read(&tree, rules)?;
    let shows_progress = io::stderr().is_terminal();
    let days = scenario.days;
    let run = simulate(&rules, &scenario, &mut |day| {
        if shows_progress && day.is_multiple_of(1 + days / 50) {
            bar(day, days);
        }
        true
    });
    if shows_progress {
        eprint!("\r\x1b[K");
    }
    Ok(run?)
}

fn bar(done: usize, all: usize) {
    let full = done * 40 / all.max(1);
    eprint!("\r[{}{}] {done} / {all}", "#".repeat(full), " ".repeat(40 - full));
}

/// A book that was settled again from its events, with the figures of its days.
pub struct PastOfBook {
    book: Book,
    past: Past,
}

impl PastOfBook {
    /// Settles a journal; `-` is standard input. Lines that cannot be read are left out.
    pub fn of_journal(rules: &RuleSet, journal: &Path) -> Result<Self> {
        let lines = JournalReader::open(journal)?.map(|line| line.context(READ_ON));
        Self::settle(rules.clone(), lines)
    }

    /// Settles what a database has, on one snapshot of it.
    pub fn of_database(database: &str) -> Result<Self> {
        let (rules, lines) = StoredJournal::open(database)?;
        Self::settle(rules, lines)
    }

    fn settle(rules: RuleSet, lines: impl Iterator<Item = Result<Result<JournalLine, Refusal>>>) -> Result<Self> {
        let (mut book, mut past) = (Book::open(rules), Past::default());
        let shows_progress = io::stderr().is_terminal();
        for (number, line) in lines.enumerate() {
            let Ok(line) = line? else { continue };
            // Before the event is applied, because its income depends on the price and rules of that moment.
            let income = past.income_of(&line.entry.event, &book);
            let outcome = book.apply(&line.entry);
            past.observe(&line.entry.event, income, &outcome)?;
            past.closed(&book)?;
            if shows_progress && number.is_multiple_of(10_000) {
                eprint!("\r{number} events");
            }
        }
        if shows_progress {
            eprint!("\r\x1b[K");
        }
        Ok(Self { book, past })
    }

    /// The rules in force at the end.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        self.book.rules()
    }

    /// The book, for whoever goes on from its end.
    #[must_use]
    pub fn into_book(self) -> Book {
        self.book
    }

    /// The red flags of the book.
    pub fn findings(&self) -> Result<Vec<Finding>> {
        Ok(self.past.review(&self.book)?)
    }

    /// The figures of the days, and the red flags of the book. `source` is what the error names.
    fn figures(&self, source: &str) -> Result<(Run, Vec<Finding>)> {
        if self.book.days().is_empty() {
            bail!("{source}: no day was closed");
        }
        Ok((self.past.finish(&self.book, 12)?, self.findings()?))
    }
}
