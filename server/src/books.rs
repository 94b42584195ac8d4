//! Books that others can read: `gongxiang export`.
//!
//! What is written is double entry for hledger, beancount or a table, or the journal itself with its receipts. It is read
//! from a [`Source`] event by event, so memory grows with the accounts and not with the journal. What an accountant has to
//! know is in `docs/books.md`.
//!
//! | room | what it knows |
//! |---|---|
//! | `account` | names of accounts and commodities, and how an id becomes one |
//! | [`source`] | where accepted events and the state come from |
//! | `kept` | events from a database |
//! | `entries` | receipts as transactions; the closing entries; what every balance must be |
//! | `hledger`, `beancount`, `table`, `jsonl` | how it is spelled |

mod account;
mod beancount;
mod entries;
mod hledger;
mod jsonl;
mod kept;
pub mod source;
mod table;

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use crate::journal::Lines;
use crate::output::Output;
use crate::rules;
use kept::Kept;
use source::{Settling, Source};

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

/// For whom the books are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Every accepted event with its receipt, a line each; the events alone are the journal.
    Jsonl,
    /// A journal for hledger.
    Hledger,
    /// A file for beancount.
    Beancount,
    /// A row for each posting.
    Csv,
}

/// Writes the books of `source`.
///
/// # Errors
/// If the source fails, the output cannot be written, or a sum is too large to be kept.
pub fn export(source: &mut impl Source, format: Format, output: &mut impl Write) -> Result<()> {
    match format {
        Format::Jsonl => jsonl::write(source, output),
        Format::Hledger => entries::write(source, &mut hledger::Hledger::new(output)),
        Format::Beancount => entries::write(source, &mut beancount::Beancount::new(output)),
        Format::Csv => entries::write(source, &mut table::Table::new(output)),
    }
}

/// Settles events as `replay` does, and writes their books into a file or to standard output.
///
/// # Errors
/// If something cannot be read or written; a file is then as it was before.
pub fn run(options: &Options) -> Result<bool> {
    let Options { format, database, rules, journal, output } = options;
    let (rules, lines): (_, Box<dyn Iterator<Item = _>>) = match (database, journal) {
        (Some(database), _) => {
            let (rules, lines) = Kept::open(database)?;
            (rules, Box::new(lines))
        }
        (None, Some(journal)) => {
            let lines = Lines::open(journal)?.map(|line| line.context("cannot read on in the journal"));
            (rules::load(rules)?, Box::new(lines))
        }
        (None, None) => bail!("name --database or --journal"),
    };
    let mut source = Settling::new(rules, lines);
    let mut output = Output::open(output.as_deref())?;
    export(&mut source, *format, &mut output)?;
    output.keep()?;
    if source.refused() > 0 {
        eprintln!("{} refused events are not in the books", source.refused());
    }
    Ok(true)
}
