//! The eve of a close: the open day just before its release, for one member. A forecast needs nothing else of a book.

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

/// The open day just before its release: due orders have vested, due packs have taken effect. Its size does not grow with the
/// number of days or members, so a client can fetch it and forecast without the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eve {
    /// The rules that hold.
    pub rules: RuleSet,
    /// The open day.
    pub day: Day,
    /// Its price.
    pub price: Price,
    /// All points issued so far.
    pub issued: Points,
    /// The release. Its era and `acc` are set to 0, because a forecast only needs their growth.
    pub release: Release,
    /// The member's part in the release, settled.
    pub holding: Holding,
    /// The member's points.
    pub points: Points,
    /// Recorded turnovers, newest first, from the open day on: `price.window_days` of them, and at least [`MEAN_DAYS`].
    pub turnovers: Vec<Money>,
    /// New share value of a day: the mean of the last [`MEAN_DAYS`] days.
    pub inflow: ShareValue,
    /// What 1000 share value of the first day have earned so far. There is nothing before the first close.
    pub so_far: Option<SoFar>,
}

/// What 1000 share value of the first day have earned so far, according to the day records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SoFar {
    /// The first day.
    pub since: Day,
    /// The number of closes.
    pub days: usize,
    /// Points released to these 1000 share value.
    pub points: Points,
    /// The value of these points at the prices of their days, yuan, rounded towards 0.
    pub worth_then: Money,
    /// The value of these points at today's price, yuan, rounded down.
    pub worth: Money,
    /// Share value that is left.
    pub left: ShareValue,
}

/// The number of days over which the means are taken.
pub const MEAN_DAYS: usize = 30;

impl Eve {
    /// The largest number of turnovers in an eve.
    pub(crate) fn turnovers_max(rules: &RuleSet) -> usize {
        usize::try_from(rules.price_window_days).unwrap_or(usize::MAX).max(MEAN_DAYS)
    }

    /// The days with turnover among the last [`MEAN_DAYS`], the open day included.
    #[must_use]
    pub fn turnover_days(&self) -> usize {
        self.turnovers.iter().take(MEAN_DAYS).filter(|turnover| turnover.is_positive()).count()
    }

    /// A release and a holding settled by it, both with era and `acc` set to 0.
    pub(crate) fn counted_from_here(release: Release, holding: Holding) -> (Release, Holding) {
        (Release { acc: Index::ZERO, era: 0, ..release }, Holding { acc: Index::ZERO, era: 0, ..holding })
    }
}

impl Book {
    /// The open day just before its release, for one member. Changes nothing.
    ///
    /// # Errors
    /// `unknown_member`; `out_of_range` if a sum does not fit.
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

/// New share value of a day: the mean of the last [`MEAN_DAYS`] days. The new share value of a day is its `T` less what the day
/// before left: `T − (T' − converted')`, where `T'` and `converted'` are those of the day before. Before the first close, all share
/// value is new.
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
