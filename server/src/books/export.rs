//! Exports of the books for accountants: `gongxiang export`.
//!
//! The output is double entry for hledger, beancount or a table, or the journal itself with its receipts. Events are
//! read one by one from a [`Source`], so memory grows with the accounts and not with the journal. `docs/books.md`
//! explains the books to accountants.
//!
//! | module | what it holds |
//! |---|---|
//! | `account` | names of accounts and commodities, and how an id becomes a name |
//! | [`source`] | accepted events and the final state |
//! | [`database`] | the same from a database |
//! | `entries` | receipts as transactions; the closing entries; the balance of every account |
//! | `line` | the lines of text files |
//! | `hledger`, `beancount`, `csv`, `jsonl` | the file formats |

mod account;
mod beancount;
mod csv;
pub mod database;
mod entries;
mod hledger;
mod jsonl;
mod line;
pub mod source;

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;

use source::Source;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One accepted event with its receipt per line; the events alone are the journal.
    Jsonl,
    /// A journal for hledger.
    Hledger,
    /// A file for beancount.
    Beancount,
    /// A row per posting.
    Csv,
}

/// Writes the books of `source`.
pub fn export(source: &mut impl Source, format: Format, output: &mut impl Write) -> Result<()> {
    match format {
        Format::Jsonl => jsonl::write(source, output),
        Format::Hledger => entries::write(source, &mut hledger::Hledger(output)),
        Format::Beancount => entries::write(source, &mut beancount::Beancount(output)),
        Format::Csv => entries::write(source, &mut csv::Csv::new(output)),
    }
}
