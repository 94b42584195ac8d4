//! Imports: `gongxiang import` reads tables of orders, members and balances (CSV) of other systems and writes a journal.
//!
//! Each order becomes an `order.placed` and each refund an `order.refunded`; where the date moves on, the days between are
//! closed. Nothing is guessed: a cell that could mean two things is refused, with its line and column. `docs/books.md`
//! describes the tables.
//!
//! | module | what it holds |
//! |---|---|
//! | `text` | encodings and lines |
//! | `table` | the rows of a table, without the lines before and after it |
//! | [`mapping`], `profile`, `plan` | which column is which field, and which rows count |
//! | [`cells`], `guards`, `dates` | the values of cells, and errors |
//! | `rows`, [`orders`] | the content of a row, and the rows of one order together |
//! | [`sorting`] | sorting by date |
//! | `index`, [`ids`], [`journal`], [`lack`] | what the journal has, its writing, and what it lacks |
//! | [`members`], [`balances`], `sheet` | the other tables |

pub mod balances;
pub mod cells;
mod dates;
mod guards;
pub mod ids;
mod index;
pub mod journal;
pub mod lack;
pub mod mapping;
pub mod members;
pub mod orders;
mod plan;
mod profile;
mod rows;
mod sheet;
pub mod sorting;
mod table;
mod text;

use std::path::{Path, PathBuf};

use anyhow::Result;
use gongxiang::identity::Day;
use gongxiang::ruleset::RuleSet;

use self::cells::BadRow;
use self::ids::{EventIds, Known};
use self::index::JournalIndex;
use self::journal::{Additions, Columns, JournalWriter, Rejection};
use self::mapping::{Field, Mapping};
use self::orders::{Item, ItemKind, Orders};
use self::plan::Layouts;
use self::sorting::Sorter;
use crate::output::Output;

#[derive(Clone, Debug)]
pub struct ImportTask<'a> {
    pub orders: &'a Path,
    pub mapping: &'a Mapping,
    pub additions: Additions,
    /// Journals that come before.
    pub after: &'a [PathBuf],
    pub rules: Option<&'a RuleSet>,
    pub open: Option<Day>,
    pub sort: bool,
    /// The last day that a row may have: a later one is a mistyped year.
    pub latest: Option<Day>,
    /// Another batch gives the same rows other ids.
    pub batch: &'a str,
}

pub struct ImportResult {
    pub journal: JournalWriter,
    /// How many rows were refused.
    pub refused: u64,
    /// Columns of ids that a spreadsheet has spoilt, with how many of how many.
    pub zeroed: Vec<(String, u64, u64)>,
}

/// Reads all orders into a journal; `report` gets every error.
pub fn import(task: &ImportTask<'_>, output: Output, mut report: impl FnMut(&BadRow)) -> Result<ImportResult> {
    let layouts = Layouts::new(task.mapping)?;
    let index = index(task.after)?;
    let mut orders = Orders::open(task.orders, task.mapping, &layouts)?;
    let [order, date, refunded] = [Field::Order, Field::Date, Field::Refunded].map(|field| orders.column(field));
    let columns = Columns { order, date, refunded };
    let genesis = task.rules.map(|rules| rules.genesis_day);
    let mut journal = JournalWriter::new(output, task.additions.clone(), columns, index, genesis, task.batch);
    journal.latest = task.latest;
    if let Some(day) = task.open {
        journal.open_on(day);
    }
    let mut refused = 0;
    let mut sorter = if task.sort || layouts.sorts() { Some(Sorter::new()?) } else { None };
    while let Some(item) = orders.next_item()? {
        match (item, &mut sorter) {
            (Err(bad), _) => {
                refused += 1;
                bad.iter().for_each(&mut report);
            }
            (Ok(item), Some(sorter)) => sorter.push(&item)?,
            (Ok(item), None) => refused += add(&mut journal, &orders, &item, &mut report)?,
        }
    }
    if let Some(sorter) = sorter {
        let mut items = sorter.sorted()?;
        while let Some(item) = items.next_item()? {
            refused += add(&mut journal, &orders, &item, &mut report)?;
        }
    }
    for (why, rows) in std::mem::take(&mut orders.left_out) {
        *journal.left_out.entry(why).or_default() += rows;
    }
    Ok(ImportResult { journal, refused, zeroed: orders.zeroed() })
}

/// Adds an item to the journal; returns 1 if it was refused.
fn add(journal: &mut JournalWriter, orders: &Orders, item: &Item, report: &mut impl FnMut(&BadRow)) -> Result<u64> {
    let added = match &item.kind {
        // Another row may have paid the same order.
        ItemKind::Refund { order, .. } if orders.dropped.contains(order) && !journal.has_order(order) => {
            Err(Rejection::LeftOut("refunds of orders that do not count".into()))
        }
        _ => journal.add(item),
    };
    journal.write()?;
    match added {
        Ok(()) => Ok(0),
        Err(Rejection::LeftOut(why)) => {
            *journal.left_out.entry(why).or_default() += 1;
            Ok(0)
        }
        Err(Rejection::Bad(bad)) => {
            report(&bad);
            Ok(1)
        }
        Err(Rejection::Failed(error)) => Err(error),
    }
}

fn index(journals: &[PathBuf]) -> Result<JournalIndex> {
    let mut index = JournalIndex::default();
    for journal in journals {
        index.read(journal)?;
    }
    Ok(index)
}

/// What journals have of members, for a table of members of this batch.
pub fn known(journals: &[PathBuf], batch: &str) -> Result<Known> {
    let JournalIndex { members, ids, .. } = index(journals)?;
    Ok(Known { members, ids: EventIds::after(batch, ids) })
}
