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
pub mod rows;

use std::collections::HashSet;
use std::fmt;
use std::io::Write as _;

use anyhow::{Context as _, Result};
use gongxiang::event::{Code, OrderPlaced};
use gongxiang::identity::{Day, Id};
use gongxiang::ruleset::Channel;

use crate::limits::IMPORT_GAP_DAYS_MAX;
use crate::output::Output;
use rows::{BadRow, Row, Rows};

/// All rows by their dates, those of one date as they stand.
///
/// # Errors
/// If the table cannot be read to its end.
pub fn in_order(rows: Rows) -> Result<Vec<Result<Row, BadRow>>> {
    let mut rows = rows.collect::<Result<Vec<_>>>()?;
    rows.sort_by_key(|row| row.as_ref().ok().map(|row| row.day));
    Ok(rows)
}

/// The journal while it grows.
pub struct Journal {
    pub output: Output,
    /// Lines that are not written yet.
    lines: String,
    /// Buyers that were registered, if they are to be.
    members: Option<HashSet<Id>>,
    open: Option<Day>,
    pub orders: u64,
}

impl Journal {
    pub fn new(output: Output, members: bool, open: Option<Day>) -> Self {
        Self { output, lines: String::new(), members: members.then(HashSet::new), open, orders: 0 }
    }

    /// An order on its day: the days before it are closed.
    ///
    /// # Errors
    /// If the row is of a day that is closed already, or of one that is too far ahead.
    pub fn place(&mut self, row: &Row) -> Result<(), BadRow> {
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

    /// Writes the lines that the last rows became.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn write(&mut self) -> Result<()> {
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
