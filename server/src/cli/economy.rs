//! `gongxiang economy`: a scenario or the past of a journal, as a table, JSON, CSV or a report with plots.

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
use gongxiang::past::Past;
use gongxiang::review::Finding;
use gongxiang::tree::Tree;
use gongxiang::wire::scenario;

use self::table::{csv, table};
use super::replay::READ_ON;
use super::rules;
use crate::language::Language;
use crate::ledger::journal::JournalReader;

/// What to compute and how to show it.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The rule set: a file (TOML or JSON) or a preset (seed, single-level).
    #[arg(long, default_value = "seed")]
    pub rules: String,
    /// A scenario: a name (flat, growing, falling, crashing, swinging, hoarding, ending, retiring, income, washing, farming) or a JSON file.
    #[arg(long, default_value = "flat")]
    pub scenario: String,
    /// Show the past of this journal instead of a scenario; `-` reads standard input.
    #[arg(long, conflicts_with = "scenario")]
    pub journal: Option<PathBuf>,
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

/// Computes the figures and shows them.
pub fn run(options: &Options) -> Result<bool> {
    let (title, run, findings) = match &options.journal {
        Some(journal) => {
            let (run, findings) = past(&options.rules, journal)?;
            (journal.display().to_string(), run, findings)
        }
        None => (options.scenario.clone(), scenario_of(options)?, Vec::new()),
    };
    let shown = match options.format {
        Format::Table => table(&title, &run, options.language),
        Format::Json => serde_json::to_string(&run)? + "\n",
        Format::Csv => csv(&run)?,
        Format::Html => {
            let note = if options.journal.is_some() { "happened" } else { "assumes" };
            report::html(&title, &options.rules, note, &run, &findings, options.language)
        }
    };
    match &options.output {
        Some(file) => fs::write(file, shown).with_context(|| format!("cannot write {}", file.display()))?,
        None => io::stdout().lock().write_all(shown.as_bytes()).context("cannot write the result")?,
    }
    Ok(true)
}

/// Runs a scenario, with a progress bar on a terminal.
fn scenario_of(options: &Options) -> Result<Run> {
    let source = &options.scenario;
    let tree = if NAMES.contains(&source.as_str()) {
        Tree::Table(vec![("name".into(), Tree::Text(source.clone()))])
    } else {
        let text = fs::read_to_string(source)
            .with_context(|| format!("{source} is no scenario ({}) and cannot be read", NAMES.join(", ")))?;
        serde_json::from_str(&text).with_context(|| format!("{source} is not JSON"))?
    };
    let (rules, scenario) = scenario::read(&tree, &rules::load(&options.rules)?)?;
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

/// The figures of a journal, and the red flags of its books.
pub fn past(rules: &str, journal: &Path) -> Result<(Run, Vec<Finding>)> {
    let mut book = Book::open(rules::load(rules)?);
    let mut past = Past::default();
    let shows_progress = io::stderr().is_terminal();
    for (number, line) in JournalReader::open(journal)?.enumerate() {
        let Ok(line) = line.context(READ_ON)? else { continue };
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
    if book.days().is_empty() {
        bail!("{}: no day was closed", journal.display());
    }
    Ok((past.finish(&book, 12)?, past.review(&book)?))
}
