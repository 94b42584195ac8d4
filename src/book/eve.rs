//! The open day just before its release, as one member sees it: all that a forecast starts from.

use serde::Serialize;

use super::draft::Draft;
use super::{Book, DayRecord};
use crate::event::Refusal;
use crate::identity::{Day, Id};
use crate::quantity::{Money, OutOfRange, Points, Price, ShareValue, narrow};
use crate::release::{Holding, Release};
use crate::ruleset::RuleSet;

/// Everything that is due has vested, nothing is released yet. It is small, however long the past and however many the
/// members: whoever has it forecasts without the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eve {
    /// The rules that hold.
    pub rules: RuleSet,
    /// The open day.
    pub day: Day,
    /// Its price.
    pub price: Price,
    /// Points issued.
    pub issued: Points,
    /// The release. Era and `acc` are counted from here: only what they become matters from now on.
    pub release: Release,
    /// The member's part in it, settled.
    pub holding: Holding,
    /// The member's points.
    pub points: Points,
    /// Recorded turnovers, the open day's included, newest first: as many as the price or a mean looks at.
    pub turnovers: Vec<Money>,
    /// New share value of a day, on the mean of the last days.
    pub inflow: ShareValue,
    /// What really came so far; nothing before the first close.
    pub so_far: Option<SoFar>,
}

/// What 1000 share value of the first day have really been worth so far, from the day records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SoFar {
    /// The first day.
    pub since: Day,
    /// How many closes.
    pub days: usize,
    /// Points released to them.
    pub points: Points,
    /// What those were worth, each on its day.
    pub worth_then: Money,
    /// What they are worth at today's price.
    pub worth: Money,
    /// Share value left.
    pub left: ShareValue,
}

/// How many days the means are taken over.
pub const MEAN_DAYS: usize = 30;

/// 1000 share value, in its smallest part.
const THOUSAND: ShareValue = ShareValue::from_raw(100_000_000_000);

impl Book {
    /// The open day just before its release, for one member. Changes nothing.
    ///
    /// # Errors
    /// `unknown_member`; `out_of_range` where a sum would not fit.
    pub fn eve(&self, member: &Id) -> Result<Eve, Refusal> {
        let mut draft = Draft::over(self);
        draft.member(member, "member")?;
        draft.cancel_stale_trades()?;
        draft.vest_due_orders()?;
        draft.settle(member)?;
        let account = draft.member(member, "member")?;
        let (holding, points) = (Holding { acc: Release::default().acc, era: 0, ..account.holding }, account.points);
        let today = draft.turnover_to_record();
        let head = draft.changes.head;
        let window = usize::try_from(self.rules.price_window_days).unwrap_or(usize::MAX).max(MEAN_DAYS);
        let earlier = self.days.iter().rev().map_while(|record| record.turnover);
        Ok(Eve {
            rules: self.rules().clone(),
            day: head.day,
            price: head.price,
            issued: head.supply.issued,
            release: Release { acc: Release::default().acc, era: 0, ..head.release },
            holding,
            points,
            turnovers: today.into_iter().chain(earlier).take(window).collect(),
            inflow: mean_inflow(&self.days, head.release.total()?)?,
            so_far: so_far(&self.days, head.price)?,
        })
    }
}

/// What one day added to all share value, on the mean of the last days: `T − (T − converted) of the day before`.
fn mean_inflow(days: &[DayRecord], total: ShareValue) -> Result<ShareValue, OutOfRange> {
    let (mut sum, mut count, mut next) = (0_i128, 0, total);
    for record in days.iter().rev().take(MEAN_DAYS) {
        let converted = narrow(record.released.worth_exact(record.price)?)? / 100_000_000;
        sum = sum.checked_add(next.raw() - record.total.raw() + converted).ok_or(OutOfRange)?;
        (count, next) = (count + 1, record.total);
    }
    Ok(ShareValue::from_raw(if count == 0 { total.raw() } else { (sum / count).max(0) }))
}

/// What 1000 share value that were there before the first close became.
fn so_far(days: &[DayRecord], price: Price) -> Result<Option<SoFar>, OutOfRange> {
    let Some(first) = days.first() else { return Ok(None) };
    let mut holding = Holding::default();
    Release::default().give(&mut holding, THOUSAND)?;
    let (mut ended, mut points, mut worth_then, mut left) = (Vec::new(), Points::ZERO, 0_i128, THOUSAND);
    for record in days {
        let release = Release::recorded(record.era, record.units, record.nav, record.acc);
        ended.extend(&record.ended);
        let earned = release.settle(&mut holding, &ended)?;
        points = points.plus(earned)?;
        worth_then = worth_then.checked_add(narrow(earned.worth_exact(record.price)?)?).ok_or(OutOfRange)?;
        left = holding.units.share_value_floor(release.nav)?;
    }
    let worth_then = Money::checked_from_raw(worth_then / 10_i128.pow(14)).ok_or(OutOfRange)?;
    Ok(Some(SoFar { since: first.day, days: days.len(), points, worth_then, worth: points.worth_floor(price)?, left }))
}
