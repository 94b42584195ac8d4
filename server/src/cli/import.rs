//! `gongxiang import`.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use gongxiang::identity::Day;

use crate::books::import::mapping::Mapping;
use crate::books::import::rows::{BadRow, Row, Rows};
use crate::books::import::{Journal, in_order};
use crate::output::Output;

/// Turn a table of orders (CSV with a header) into a journal.
///
/// The fields are order, buyer, merchant, channel, amount, concession (or rate), region and date. A row that cannot be read
/// is reported with its line and column, and left out.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The table; `-` for standard input.
    pub orders: PathBuf,
    /// How it is to be read.
    #[command(flatten)]
    pub mapping: Mapping,
    /// Register every buyer before its first order.
    #[arg(long)]
    pub members: bool,
    /// The day that is open before the first order; without it, that of the first order.
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub open: Option<Day>,
    /// Put the rows in the order of their dates first; this takes them all into memory.
    #[arg(long)]
    pub sort: bool,
    /// Write nothing if a row is bad, with exit code 1; all of them are reported.
    #[arg(long)]
    pub strict: bool,
    /// The journal, written whole or not at all; `-` for standard output.
    #[arg(short, long)]
    pub output: PathBuf,
}

fn day(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("a day is written as `2026-01-31`")
}

/// Writes the journal; `false` if `strict` found a bad row.
///
/// # Errors
/// If the table cannot be read at all, lacks a column, or the journal cannot be written.
pub fn run(options: &Options) -> Result<bool> {
    let Options { orders, mapping, members, open, sort, strict, output } = options;
    if *strict && output == Path::new("-") {
        bail!("`--strict` writes all or nothing: it needs a file, not standard output");
    }
    let rows = Rows::open(orders, mapping)?;
    let rows: Box<dyn Iterator<Item = Result<Result<Row, BadRow>>>> =
        if *sort { Box::new(in_order(rows)?.into_iter().map(Ok)) } else { Box::new(rows) };
    let mut journal = Journal::new(Output::open(Some(output))?, *members, *open);
    let mut bad = 0_u64;
    for row in rows {
        if let Err(refused) = row?.and_then(|row| journal.place(&row)) {
            eprintln!("{refused}");
            bad += 1;
        }
        journal.write()?;
    }
    eprintln!("{} orders, {bad} rows refused", journal.orders);
    if *strict && bad > 0 {
        return Ok(false);
    }
    journal.output.keep()?;
    Ok(true)
}
