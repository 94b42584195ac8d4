//! `gongxiang economy`: a scenario, or the past of a journal, as a table, JSON, CSV or a report with plots.

mod plot;
mod report;
mod text;

use std::fmt::Write as _;
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

use crate::journal::Lines;
use crate::rules;

pub use text::Language;

/// What to work out and how to show it.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The rule set: a file (TOML or JSON) or a preset (seed, single-level).
    #[arg(long, default_value = "seed")]
    pub rules: String,
    /// A scenario: a name (flat, growing, falling, crashing, swinging, hoarding, ending, retiring, income, washing, farming) or a JSON file.
    #[arg(long, default_value = "flat")]
    pub scenario: String,
    /// The past of a journal instead of a scenario; `-` for standard input.
    #[arg(long, conflicts_with = "scenario")]
    pub journal: Option<PathBuf>,
    /// How to show it.
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// The language of the table and the report.
    #[arg(long, value_enum, default_value = "en")]
    pub language: Language,
    /// Into this file instead of standard output.
    #[arg(long)]
    pub output: Option<PathBuf>,
}

/// How to show a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Some days, the cohorts and the totals as text.
    Table,
    /// Everything as one JSON object.
    Json,
    /// The days as CSV.
    Csv,
    /// A page with plots that needs nothing else.
    Html,
}

/// Works it out and shows it.
///
/// # Errors
/// If something cannot be read, worked out or written.
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

/// Runs a scenario, with a bar on a terminal.
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

/// The same figures from a journal, and the flags that its books raise.
///
/// # Errors
/// If the rule set or the journal cannot be read.
pub fn past(rules: &str, journal: &Path) -> Result<(Run, Vec<Finding>)> {
    let mut book = Book::open(rules::load(rules)?);
    let mut past = Past::default();
    let shows_progress = io::stderr().is_terminal();
    for (number, line) in Lines::open(journal)?.enumerate() {
        let Ok(line) = line.context("cannot read on in the journal")? else { continue };
        // What the event meets is asked before it is applied: the price and rules of that moment.
        let eve = past.note(&line.entry.event, &book);
        let outcome = book.apply(&line.entry);
        past.observe(&line.entry.event, eve, &outcome)?;
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

/// The fields of a row of figures, by name.
fn fields(row: &impl serde::Serialize) -> Vec<(String, String)> {
    let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), String::from);
    match serde_json::to_value(row) {
        Ok(serde_json::Value::Object(map)) => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        _ => Vec::new(),
    }
}

fn csv(run: &Run) -> Result<String> {
    let mut out = String::new();
    for (i, day) in run.days.iter().enumerate() {
        let fields = fields(day);
        if i == 0 {
            let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
            writeln!(out, "{}", names.join(","))?;
        }
        let values: Vec<_> = fields.iter().map(|(_, value)| value.as_str()).collect();
        writeln!(out, "{}", values.join(","))?;
    }
    Ok(out)
}

/// At most so many days are shown in a table.
const ROWS: usize = 16;

/// The days that a table shows: evenly, the last one always.
fn some_days(run: &Run) -> impl Iterator<Item = &gongxiang::economy::DayFigures> {
    let step = run.days.len().div_ceil(ROWS).max(1);
    let last = run.days.len().saturating_sub(1);
    run.days.iter().enumerate().filter(move |(i, _)| i.is_multiple_of(step) || *i == last).map(|(_, day)| day)
}

fn table(title: &str, run: &Run, language: Language) -> String {
    let mut out = format!("{title}\n\n");
    let day =
        ["day", "turnover", "price", "clearing", "gap", "total", "release_yield", "circulation", "refused", "coverage"];
    rows(&mut out, &day, some_days(run).map(fields), language);
    let cohort = ["from_day", "members", "promised", "left", "points", "worth", "cash", "came_back"];
    rows(&mut out, &cohort, run.cohorts.iter().map(fields), language);
    let probe = ["day", "after", "points", "worth", "left", "closed_law"];
    rows(&mut out, &probe, run.probes.iter().map(fields), language);
    for (name, value) in totals(run) {
        // Writing to a string does not fail.
        _ = writeln!(out, "{}: {value}", language.name(&name));
    }
    out
}

/// The totals with the income and the mix laid flat.
fn totals(run: &Run) -> Vec<(String, String)> {
    let mut all = fields(&run.totals);
    all.retain(|(name, _)| name != "income" && name != "mix");
    all.extend(fields(&run.totals.mix).into_iter().map(|(name, value)| (format!("mix.{name}"), value)));
    all.extend(fields(&run.totals.income).into_iter().map(|(name, value)| (format!("income.{name}"), value)));
    all
}

fn rows(out: &mut String, columns: &[&str], rows: impl Iterator<Item = Vec<(String, String)>>, language: Language) {
    let mut lines = vec![columns.iter().map(|name| language.name(name)).collect::<Vec<_>>()];
    for row in rows {
        let cell = |name: &&str| row.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
        lines.push(columns.iter().map(|name| short(cell(name)).into()).collect());
    }
    if lines.len() == 1 {
        return;
    }
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let widths: Vec<_> =
        (0..columns.len()).map(|i| lines.iter().map(|line: &Vec<String>| width(&line[i])).max().unwrap_or(0)).collect();
    for line in lines {
        for (cell, wide) in line.iter().zip(&widths) {
            _ = write!(out, "{}{cell}  ", " ".repeat(wide - width(cell)));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// A decimal with at most four places, or six where it begins with zeros: tables are for reading, JSON and CSV have every digit.
fn short(value: &str) -> &str {
    let places = if value.starts_with("0.00") { 6 } else { 4 };
    match value.split_once('.') {
        Some((whole, part)) if part.len() > places && whole.bytes().all(|b| b.is_ascii_digit()) => {
            let kept = if whole.len() > 4 { whole.len() } else { whole.len() + 1 + places };
            &value[..kept]
        }
        _ => value,
    }
}
