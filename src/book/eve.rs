//! The eve of a close: the open day just before its release, as one member sees it. A forecast starts from nothing else.

use serde::Serialize;

use super::draft::Draft;
use super::record::DayRecord;
use super::tables::Book;
use crate::event::Refusal;
use crate::identity::{Day, Id};
use crate::price::RecentTurnovers;
use crate::quantity::{Index, Money, OutOfRange, Points, Price, ShareValue};
use crate::release::{Holding, Release};
use crate::ruleset::RuleSet;

/// Everything that is due has vested or taken effect, nothing is released yet. It is small, however long the past and however many the
/// members: whoever has it can forecast without the book.
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
    /// The release. Its era and `acc` start from 0 here, since a forecast asks only how much they grow.
    pub release: Release,
    /// The member's part in it, settled.
    pub holding: Holding,
    /// The member's points.
    pub points: Points,
    /// Recorded turnovers, the open day's included, newest first: as many as the price looks at, and at least
    /// [`MEAN_DAYS`].
    pub turnovers: Vec<Money>,
    /// New share value of a day, on the mean of the last days.
    pub inflow: ShareValue,
    /// What really came so far; nothing before the first close.
    pub so_far: Option<SoFar>,
}

/// What 1000 share value of the first day have really been worth so far, from the day records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

impl Eve {
    /// How many recorded turnovers an eve has at most.
    pub(crate) fn turnovers_max(rules: &RuleSet) -> usize {
        usize::try_from(rules.price_window_days).unwrap_or(usize::MAX).max(MEAN_DAYS)
    }

    /// A release and a settled holding, with era and `acc` starting from 0.
    pub(crate) fn counted_from_here(release: Release, holding: Holding) -> (Release, Holding) {
        (Release { acc: Index::ZERO, era: 0, ..release }, Holding { acc: Index::ZERO, era: 0, ..holding })
    }
}

impl Book {
    /// The open day just before its release, for one member. Changes nothing.
    ///
    /// # Errors
    /// `unknown_member`; `out_of_range` where a sum would not fit.
    pub fn eve(&self, member: &Id) -> Result<Eve, Refusal> {
        let mut draft = Draft::over(self);
        draft.member(member, "member")?;
        draft.do_what_is_due(usize::MAX)?;
        draft.settle(member)?;
        let account = draft.member(member, "member")?;
        let head = draft.changes.head;
        let (release, holding) = Eve::counted_from_here(head.release, account.holding);
        let mut turnovers = RecentTurnovers::of(Eve::turnovers_max(self.rules()), self.recorded_turnovers())?;
        turnovers.record(head.turnover)?;
        Ok(Eve {
            rules: self.rules().clone(),
            day: head.day,
            price: head.price,
            issued: head.supply.issued,
            release,
            holding,
            points: account.points,
            turnovers: turnovers.newest_first().collect(),
            inflow: mean_inflow(&self.days, head.release.total()?)?,
            so_far: so_far(&self.days, head.price)?,
        })
    }
}

/// New share value of a day, on the mean of the last days. A day adds what there is before its release, less what the day
/// before had left: `T − (T − converted) of the day before`.
fn mean_inflow(days: &[DayRecord], total: ShareValue) -> Result<ShareValue, OutOfRange> {
    let (mut sum, mut count, mut next) = (0_i128, 0, total);
    for record in days.iter().rev().take(MEAN_DAYS) {
        let converted = ShareValue::from_worth(record.released.worth(record.price)?);
        sum = sum.checked_add(next.raw() - record.total.raw() + converted.raw()).ok_or(OutOfRange)?;
        (count, next) = (count + 1, record.total);
    }
    Ok(ShareValue::from_raw(if count == 0 { total.raw() } else { (sum / count).max(0) }))
}

/// What became of 1000 share value that were there before the first close.
fn so_far(days: &[DayRecord], price: Price) -> Result<Option<SoFar>, OutOfRange> {
    let Some(first) = days.first() else { return Ok(None) };
    let mut holding = Holding::default();
    Release::default().give(&mut holding, ShareValue::THOUSAND)?;
    let (mut ended, mut points, mut worth_then) = (Vec::new(), Points::ZERO, 0_i128);
    let mut left = ShareValue::THOUSAND;
    for record in days {
        let release = Release::recorded(record.era, record.units, record.nav, record.acc);
        ended.extend(&record.ended);
        let earned = release.settle(&mut holding, &ended)?;
        points = points.plus(earned)?;
        worth_then = worth_then.checked_add(earned.worth(record.price)?).ok_or(OutOfRange)?;
        left = holding.units.share_value_floor(release.nav)?;
    }
    let (worth_then, worth) = (Money::from_worth(worth_then)?, points.worth_floor(price)?);
    Ok(Some(SoFar { since: first.day, days: days.len(), points, worth_then, worth, left }))
}
