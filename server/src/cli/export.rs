//! `gongxiang export`.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use super::replay::READ_ON;
use super::rules;
use crate::books::export::database::StoredJournal;
use crate::books::export::source::JournalReplay;
use crate::books::export::{Format, export};
use crate::ledger::journal::JournalReader;
use crate::output::Output;

/// Export the books of a database or a journal for hledger, beancount or a table.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The output format.
    #[arg(long)]
    pub format: Format,
    /// The database, as for `serve`; the server may keep running.
    #[arg(long, required_unless_present = "journal", conflicts_with_all = ["journal", "rules"])]
    pub database: Option<String>,
    /// A rule set: a file (TOML or JSON) or a preset (seed, single-level).
    #[arg(long, default_value = "seed")]
    pub rules: String,
    /// Settle and export this journal; `-` reads standard input.
    #[arg(long)]
    pub journal: Option<PathBuf>,
    /// Write to this file, whole or not at all, instead of standard output.
    #[arg(short, long)]
    pub output: Option<PathBuf>,
}

/// Writes the books of a database, or of a journal, which is settled as by `replay`. If it fails, an existing file stays
/// as it was.
pub fn run(options: &Options) -> Result<bool> {
    let Options { format, database, rules, journal, output } = options;
    let (rules, lines): (_, Box<dyn Iterator<Item = _>>) = match (database, journal) {
        (Some(database), _) => {
            let (rules, lines) = StoredJournal::open(database)?;
            (rules, Box::new(lines))
        }
        (None, Some(journal)) => {
            let lines = JournalReader::open(journal)?.map(|line| line.context(READ_ON));
            (rules::load(rules)?, Box::new(lines))
        }
        (None, None) => bail!("name a --database or a --journal"),
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
