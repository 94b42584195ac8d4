//! `gongxiang export`.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use super::rules;
use crate::books::export::database::StoredJournal;
use crate::books::export::source::JournalReplay;
use crate::books::export::{Format, export};
use crate::ledger::journal::Lines;
use crate::output::Output;

/// Write the books of a database or of a journal for others to read: hledger, beancount, a table.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// For whom.
    #[arg(long)]
    pub format: Format,
    /// The database, as for `serve`; it may serve meanwhile.
    #[arg(long, required_unless_present = "journal", conflicts_with_all = ["journal", "rules"])]
    pub database: Option<String>,
    /// A rule set: a file (TOML or JSON) or a preset (seed, single-level).
    #[arg(long, default_value = "seed")]
    pub rules: String,
    /// A journal to be settled; `-` for standard input.
    #[arg(long)]
    pub journal: Option<PathBuf>,
    /// The file, written whole or not at all; standard output without it.
    #[arg(short, long)]
    pub output: Option<PathBuf>,
}

/// Settles events as `replay` does, and writes their books into a file or to standard output.
///
/// # Errors
/// If something cannot be read or written; a file is then as it was before.
pub fn run(options: &Options) -> Result<bool> {
    let Options { format, database, rules, journal, output } = options;
    let (rules, lines): (_, Box<dyn Iterator<Item = _>>) = match (database, journal) {
        (Some(database), _) => {
            let (rules, lines) = StoredJournal::open(database)?;
            (rules, Box::new(lines))
        }
        (None, Some(journal)) => {
            let lines = Lines::open(journal)?.map(|line| line.context("cannot read on in the journal"));
            (rules::load(rules)?, Box::new(lines))
        }
        (None, None) => bail!("name --database or --journal"),
    };
    let mut source = JournalReplay::new(rules, lines);
    let mut output = Output::open(output.as_deref())?;
    export(&mut source, *format, &mut output)?;
    output.keep()?;
    if source.refused() > 0 {
        eprintln!("{} refused events are not in the books", source.refused());
    }
    Ok(true)
}
