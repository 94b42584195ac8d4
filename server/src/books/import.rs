//! What other systems know: `gongxiang import` reads tables of orders, members and balances (CSV) and writes a journal.
//!
//! Each order becomes an `order.placed`, each refund an `order.refunded`, and where the date moves on, the days between are closed.
//! Nothing is guessed: a cell that could mean two things is refused, with its line and column. What is accepted is in
//! `docs/books.md`.
//!
//! | room | what it knows |
//! |---|---|
//! | `text` | encodings and lines |
//! | `table` | where a table begins and ends in a text |
//! | [`mapping`], `profile`, `plan` | which column is which field, and which rows count |
//! | `guards`, `cells`, `dates` | what a cell may say |
//! | `rows`, [`orders`] | what a row says, and the rows of one order together |
//! | [`sorting`] | the order of the days |
//! | `known`, [`journal`], [`lack`] | what the journal has, becomes, and still lacks |
//! | [`members`], [`balances`], `sheet` | tables of other things |

pub mod balances;
mod cells;
mod dates;
mod guards;
pub mod journal;
mod known;
pub mod lack;
pub mod mapping;
pub mod members;
pub mod orders;
mod plan;
mod profile;
pub mod rows;
mod sheet;
pub mod sorting;
mod table;
mod text;

use std::path::{Path, PathBuf};

use anyhow::Result;
use gongxiang::identity::Day;
use gongxiang::ruleset::RuleSet;

use self::journal::{Additions, Columns, Journal, Rejection};
use self::known::Known;
use self::mapping::{Field, Mapping};
use self::orders::{Item, Orders, Step, What};
use self::plan::Request;
use self::rows::BadRow;
use self::sorting::Unsorted;
use crate::output::Output;

/// What an import of orders is asked for.
#[derive(Clone, Debug)]
pub struct Task<'a> {
    pub orders: &'a Path,
    pub mapping: &'a Mapping,
    pub additions: Additions,
    /// Journals that come before.
    pub after: &'a [PathBuf],
    pub rules: Option<&'a RuleSet>,
    pub open: Option<Day>,
    pub sort: bool,
}

/// What became of the table.
pub struct Imported {
    pub journal: Journal,
    /// Rows that were refused.
    pub refused: u64,
}

/// Reads all orders into a journal; `refused` hears of all that is wrong.
///
/// # Errors
/// If the table or a journal before it cannot be read, or the new one not be written.
pub fn import(task: &Task<'_>, output: Output, mut refused: impl FnMut(&BadRow)) -> Result<Imported> {
    let request = Request::new(task.mapping)?;
    let known = known(task.after)?;
    let mut orders = Orders::open(task.orders, task.mapping, &request)?;
    let [order, date, refunded] = [Field::Order, Field::Date, Field::Refunded].map(|field| orders.column(field));
    let columns = Columns { order, date, refunded };
    let genesis = task.rules.map(|rules| rules.genesis_day);
    let mut journal = Journal::new(output, task.additions.clone(), columns, known, genesis);
    if let Some(day) = task.open {
        journal.open_on(day);
    }
    let mut bad = 0;
    let mut unsorted = if task.sort || request.sorts() { Some(Unsorted::new()?) } else { None };
    while let Some(step) = orders.step()? {
        match step {
            Step::Bad(all) => {
                bad += 1;
                all.iter().for_each(&mut refused);
            }
            Step::Item(item) => match &mut unsorted {
                Some(unsorted) => unsorted.push(&item)?,
                None => bad += take(&mut journal, &orders, &item, &mut refused)?,
            },
        }
    }
    if let Some(unsorted) = unsorted {
        let mut sorted = unsorted.sorted()?;
        while let Some(item) = sorted.pull()? {
            bad += take(&mut journal, &orders, &item, &mut refused)?;
        }
    }
    for (why, rows) in std::mem::take(&mut orders.left_out) {
        *journal.left_out.entry(why).or_default() += rows;
    }
    Ok(Imported { journal, refused: bad })
}

/// Puts one into the journal; answers with 1 if it was refused.
fn take(journal: &mut Journal, orders: &Orders, item: &Item, refused: &mut impl FnMut(&BadRow)) -> Result<u64> {
    if let What::Refund { order, .. } = &item.what
        && orders.dropped.contains(order)
    {
        *journal.left_out.entry("refunds of orders that do not count".into()).or_default() += 1;
        return Ok(0);
    }
    let rejection = journal.take(item)?;
    journal.write()?;
    match rejection {
        Ok(()) => Ok(0),
        Err(Rejection::LeftOut(why)) => {
            *journal.left_out.entry(why).or_default() += 1;
            Ok(0)
        }
        Err(Rejection::Bad(bad)) => {
            refused(&bad);
            Ok(1)
        }
    }
}

/// What journals have.
fn known(journals: &[PathBuf]) -> Result<Known> {
    let mut known = Known::default();
    for journal in journals {
        known.read(journal)?;
    }
    Ok(known)
}

/// Who is registered in journals.
///
/// # Errors
/// If one cannot be read.
pub fn registered(journals: &[PathBuf]) -> Result<std::collections::HashSet<String>> {
    Ok(known(journals)?.members)
}
