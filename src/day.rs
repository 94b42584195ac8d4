//! The close of a day, in one place: the book, the simulator and the forecast all call [`close`].
//!
//! Carries out RULES.md section 5, steps 2 to 7. What concerns accounts is the caller's business: step 1 (trades that were
//! never paid, orders that are due) comes before it, and the caller moves the released points to where they belong.

use crate::price::{self, RecentTurnovers, Signals};
use crate::quantity::{Index, Money, OutOfRange, Points, Price, ShareValue};
use crate::release::{self, Release};
use crate::ruleset::RuleSet;

/// The numbers of the open day that its close reads and changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDay {
    /// The day's price.
    pub price: Price,
    /// All points issued so far, the burned ones included.
    pub issued: Points,
    /// The release.
    pub release: Release,
    /// The turnovers of the days before, as far as the price looks back.
    pub turnovers: RecentTurnovers,
}

/// What a close did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedDay {
    /// The price at which the day was closed.
    pub price: Price,
    /// Points released.
    pub released: Points,
    /// Share value of all before the release (`T`).
    pub total: ShareValue,
    /// The last `acc` of each era that ended; none on most days.
    pub ended: Vec<Index>,
    /// The day's turnover; nothing before the first day that has one.
    pub turnover: Option<Money>,
}

/// Closes the day and makes `open` the next one.
///
/// # Errors
/// [`OutOfRange`] if a result does not fit; `open` is then of no further use.
pub fn close(rules: &RuleSet, open: &mut OpenDay, signals: &Signals) -> Result<ClosedDay, OutOfRange> {
    let price = open.price;
    let release::Closed { released, total, ended } = open.release.close(rules, price, open.issued)?;
    open.issued = open.issued.plus(released)?;
    let turnover = open.turnovers.record(signals.turnover)?;
    open.price = price::next(rules, price, &open.turnovers, signals)?;
    Ok(ClosedDay { price, released, total, ended, turnover })
}
