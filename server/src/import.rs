//! Orders of other systems: `gongxiang import` reads a table of orders (CSV) and writes a journal.
//!
//! Each row becomes an `order.placed`, and where the date moves on, the days between are closed. Nothing is guessed: a cell
//! that could mean two things is refused, with its line and column. What is accepted is in `docs/books.md`.
//!
//! | room | what it knows |
//! |---|---|
//! | [`mapping`] | which column is which field |
//! | `cells` | what a cell may say |
//! | `rows` | the file, row by row |

mod cells;
pub mod mapping;
mod rows;

use std::collections::HashSet;
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use gongxiang::event::{Code, OrderPlaced};
use gongxiang::identity::{Day, Id};
use gongxiang::ruleset::Channel;

use crate::limits::IMPORT_GAP_DAYS_MAX;
use crate::output::Output;
use mapping::Mapping;
use rows::{BadRow, Row, Rows};

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

/// All rows by their dates, those of one date as they stand.
fn in_order(rows: Rows) -> Result<Vec<Result<Row, BadRow>>> {
    let mut rows = rows.collect::<Result<Vec<_>>>()?;
    rows.sort_by_key(|row| row.as_ref().ok().map(|row| row.day));
    Ok(rows)
}

/// The journal while it grows.
struct Journal {
    output: Output,
    /// Lines that are not written yet.
    lines: String,
    /// Buyers that were registered, if they are to be.
    members: Option<HashSet<Id>>,
    open: Option<Day>,
    orders: u64,
}

impl Journal {
    fn new(output: Output, members: bool, open: Option<Day>) -> Self {
        Self { output, lines: String::new(), members: members.then(HashSet::new), open, orders: 0 }
    }

    /// An order on its day: the days before it are closed.
    fn place(&mut self, row: &Row) -> Result<(), BadRow> {
        let closed = days_between(self.open.unwrap_or(row.day), row.day).map_err(|message| BadRow {
            line: row.line,
            column: row.date_column.clone(),
            code: Code::WrongDay.as_str(),
            message: message.into(),
        })?;
        for day in closed {
            self.line(format_args!(r#"{{"type":"day.closed","day":"{day}"}}"#));
        }
        self.open = Some(row.day);
        // None of these texts has a character that JSON would have to escape.
        let OrderPlaced { order, buyer, merchant, channel, amount, concession, region } = &row.order;
        if self.members.as_mut().is_some_and(|members| members.insert(buyer.clone())) {
            self.line(format_args!(r#"{{"type":"member.registered","member":"{buyer}"}}"#));
        }
        let channel = match channel {
            Channel::Online => "online",
            Channel::Offline => "offline",
        };
        self.line(format_args!(
            r#"{{"type":"order.placed","order":"{order}","buyer":"{buyer}","merchant":"{merchant}","channel":"{channel}","amount":"{amount}","concession":"{concession}","region":"{region}"}}"#
        ));
        self.orders += 1;
        Ok(())
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a text does not fail.
        _ = fmt::Write::write_fmt(&mut self.lines, line);
        self.lines.push('\n');
    }

    fn write(&mut self) -> Result<()> {
        self.output.write_all(self.lines.as_bytes()).context("cannot write the journal")?;
        self.lines.clear();
        Ok(())
    }
}

/// The days from `open` on, `day` left out.
fn days_between(open: Day, day: Day) -> Result<Vec<Day>, &'static str> {
    if day < open {
        return Err("is before the day that is open then; `--sort` puts the rows in order first");
    }
    let mut days = Vec::new();
    let mut at = open;
    while at < day {
        if days.len() == IMPORT_GAP_DAYS_MAX {
            return Err("is more than ten years after the day that is open then");
        }
        days.push(at);
        let Some(next) = at.next() else { break };
        at = next;
    }
    Ok(days)
}
