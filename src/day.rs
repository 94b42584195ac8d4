//! The close of a day, in one place: the book, the simulator and the forecast all call [`close`].
//!
//! Carries out RULES.md section 5, steps 2 to 7. Accounts are the caller's part: it does step 1 (unpaid trades, due packs and
//! orders) before, and it moves the released points afterwards.

use crate::price::{self, RecentTurnovers, Signals};
use crate::quantity::{Index, Money, OutOfRange, Points, Price, ShareValue};
use crate::release::{DayRelease, Release};
use crate::ruleset::RuleSet;

/// The numbers of the open day that its close reads and changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDay {
    /// The day's price, in yuan for one point.
    pub price: Price,
    /// All points issued so far, the burned ones included.
    pub issued: Points,
    /// The release.
    pub release: Release,
    /// The recorded turnovers of the days before, as many as the next price depends on.
    pub turnovers: RecentTurnovers,
}

/// A closed day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedDay {
    /// The price of the day, in yuan for one point.
    pub price: Price,
    /// Points released by the close.
    pub released: Points,
    /// Share value of all members before the release (`T`).
    pub total: ShareValue,
    /// The last `acc` of each era that ended; empty on most days.
    pub ended: Vec<Index>,
    /// The day's turnover, yuan; `None` before the first day with a turnover above 0.
    pub turnover: Option<Money>,
}

/// Closes the day and makes `open` the next one.
///
/// # Errors
/// [`OutOfRange`] if a result does not fit. `open` may then be changed in part and must not be used.
// Inlined, because a forecast closes a thousand days: copying the days as structs made it slower by a tenth.
#[inline]
pub fn close(rules: &RuleSet, open: &mut OpenDay, signals: &Signals) -> Result<ClosedDay, OutOfRange> {
    let price = open.price;
    let DayRelease { released, total, ended } = open.release.close(rules, price, open.issued)?;
    open.issued = open.issued.plus(released)?;
    let turnover = open.turnovers.record(signals.turnover)?;
    open.price = price::next(rules, price, &open.turnovers, signals)?;
    Ok(ClosedDay { price, released, total, ended, turnover })
}
