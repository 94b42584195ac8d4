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
//! | [`database`] | events from a database |
//! | `entries` | receipts as transactions; the closing entries; what every balance must be |
//! | `hledger`, `beancount`, `table`, `jsonl` | how it is spelled |

mod account;
mod beancount;
pub mod database;
mod entries;
mod hledger;
mod jsonl;
pub mod source;
mod table;

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;

use source::Source;

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
