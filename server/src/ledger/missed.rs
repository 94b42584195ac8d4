//! Which days are over but not closed, and whether the clock that says so can be believed. Pure: no storage, no clock.
//!
//! A day that is closed stays closed: its points are released for good. So a clock is believed only as far as the books
//! make it plausible. Beyond that, a person decides.

use std::fmt;

use gongxiang::book::Head;
use gongxiang::identity::Day;
use gongxiang::quantity::Points;
use gongxiang::ruleset::RuleSet;

use crate::limits::DAYS_CLOSED_ALONE_MAX;

/// Days that are over and not closed, the first of which is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The open day.
    pub first: Day,
    /// The last one that is over.
    pub last: Day,
    /// How many.
    pub days: u64,
}

/// Why no day is closed without a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// There are too many.
    Many(Missed, Points),
    /// The newest event is too old for this clock.
    Ahead(Missed, Points, Day),
    /// The open day lies in the future of this clock.
    Behind {
        /// The open day.
        open: Day,
        /// What the clock says.
        today: Day,
    },
    /// The database has another time, so many seconds later or earlier.
    Apart(i64),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ask = |f: &mut fmt::Formatter<'_>, Missed { first, last, days }: &Missed, points: &Points| {
            write!(
                f,
                "{days} days are over and not closed, {first} to {last}; closing them releases up to {points} points. \
                 If this machine's clock is right, run `gongxiang days catch-up --until {last}`"
            )
        };
        match self {
            Self::Many(missed, points) => {
                ask(f, missed, points)?;
                write!(f, " (more than {DAYS_CLOSED_ALONE_MAX} are not closed without a person)")
            }
            Self::Ahead(missed, points, newest) => {
                ask(f, missed, points)?;
                write!(f, " (the newest event is of {newest}, more than a day before)")
            }
            Self::Behind { open, today } => write!(
                f,
                "the open day is {open}, and this machine's clock says {today}: the clock is wrong, or days were closed by mistake"
            ),
            Self::Apart(seconds) => write!(
                f,
                "the database's clock and this machine's are {} seconds apart: no day is closed until they agree",
                seconds.unsigned_abs()
            ),
        }
    }
}

impl Missed {
    /// The days from the open one up to the one before `today`; none if the open one is not over.
    #[must_use]
    pub fn until(open: Day, today: Day) -> Option<Self> {
        let last = today.previous().filter(|last| *last >= open)?;
        let days = std::iter::successors(Some(open), |day| day.next().filter(|day| *day <= last)).count();
        Some(Self { first: open, last, days: u64::try_from(days).unwrap_or(u64::MAX) })
    }

    /// Each of them.
    pub fn each(self) -> impl Iterator<Item = Day> {
        std::iter::successors(Some(self.first), move |day| day.next().filter(|day| *day <= self.last))
    }

    /// The most that closing them can release.
    #[must_use]
    pub fn points(self, head: &Head, rules: &RuleSet) -> Points {
        let left = rules.supply_cap.minus(head.supply.issued).unwrap_or(Points::ZERO);
        let daily = |sum: Points| sum.plus(rules.release_daily).ok().filter(|sum| *sum < left);
        // Every day adds something, so this ends at what is left if not before.
        let mut sum = head.release.returned.min(left);
        for _ in 0..self.days {
            match daily(sum) {
                Some(more) => sum = more,
                None => return left,
            }
        }
        sum
    }
}

/// What may be closed now; `newest` is the day of the newest event.
///
/// # Errors
/// [`Doubt`] if a person has to say so, for all of them: what is closed for a wrong reason stays closed.
pub fn plan(head: &Head, rules: &RuleSet, today: Day, newest: Option<Day>) -> Result<Option<Missed>, Doubt> {
    let open = head.day;
    let Some(missed) = Missed::until(open, today) else {
        // Somebody may have closed the day a little early.
        let behind = open.previous().is_some_and(|before| before > today);
        return if behind { Err(Doubt::Behind { open, today }) } else { Ok(None) };
    };
    if missed.days > DAYS_CLOSED_ALONE_MAX {
        return Err(Doubt::Many(missed, missed.points(head, rules)));
    }
    // A book without events is as old as its open day.
    let newest = newest.unwrap_or(open);
    if newest.next().is_some_and(|next| missed.last > next) {
        return Err(Doubt::Ahead(missed, missed.points(head, rules), newest));
    }
    Ok(Some(missed))
}
