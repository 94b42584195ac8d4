//! The figures of a run: per day, per cohort, and in total. Ratios are rounded down to 8 places.

use serde::Serialize;

use super::mix::Mix;
use super::ratio::ratio;
use crate::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue};
use crate::ruleset::Pack;

/// The figures of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayFigures {
    /// The number of the day, from 1.
    pub day: usize,
    /// Members at the end of the day.
    pub members: i128,
    /// Concessions that vested.
    pub turnover: Money,
    /// The day's price.
    pub price: Price,
    /// The price at which all offered points are bought; 0 if none are offered or none are wanted.
    pub clearing: Price,
    /// The price ÷ the clearing price.
    pub gap: Rate,
    /// Points released.
    pub released: Points,
    /// The share value of all members before the release.
    pub total: ShareValue,
    /// The part of `total` that the release converted.
    pub release_yield: Rate,
    /// Points outside the treasury that are not burned.
    pub circulation: Points,
    /// The value of the circulation at the day's price.
    pub worth: Money,
    /// Points that were newly offered.
    pub offered: Points,
    /// Points that the day's orders took from the shops.
    pub used: Points,
    /// The part of the wanted turnover that was refused because shops had no points.
    pub refused: Rate,
    /// Points burned by the day's orders and by redemption ÷ the day's release.
    pub coverage: Rate,
}

/// The members who joined in a range of days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cohort {
    /// The first day of joining, from 1.
    pub from_day: usize,
    /// The number of members.
    pub members: i128,
    /// Share value given to them, which is what they were promised, in yuan of face value.
    pub promised: ShareValue,
    /// Share value they still have.
    pub left: ShareValue,
    /// Points released to them.
    pub points: Points,
    /// The value of those points at the prices of their days.
    pub worth: Money,
    /// Money they got for points.
    pub cash: Money,
    /// Points they still have.
    pub kept: Points,
    /// (Money received + points redeemed + remaining points at the last price) ÷ share value promised.
    pub came_back: Rate,
}

/// The development of 1000 share value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Probe {
    /// The day on which it was given, from 1.
    pub day: usize,
    /// The age in days.
    pub after: usize,
    /// Points released to it.
    pub points: Points,
    /// Their value at the price of that day.
    pub worth: Money,
    /// Their value at the prices of the days on which they were released.
    pub worth_then: Money,
    /// Share value left.
    pub left: ShareValue,
    /// Share value left by the closed form `1000 × (S0 ÷ St)^(q ÷ (k − q))`, with S after the first and the last
    /// close. It holds at the clearing price.
    pub closed_law: ShareValue,
}

/// The platform's income, in yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Income {
    /// Member packs.
    pub packs: Money,
    /// Merchant packs.
    pub merchant_packs: Money,
    /// Area packs.
    pub area_packs: Money,
    /// Points of the treasury sold for deposits.
    pub deposits: Money,
    /// Points of the treasury sold for orders.
    pub points: Money,
    /// The part of the income that comes from joining, which is everything except `points`.
    pub joining: Rate,
}

/// A source of the platform's income.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sale {
    MemberPack,
    MerchantPack,
    AreaPack,
    /// Points of the treasury, for a shop's deposit.
    DepositPoints,
    /// Points of the treasury, for orders.
    OrderPoints,
}

impl Sale {
    /// The sale of a pack.
    pub(crate) const fn of(pack: &Pack) -> Self {
        match pack {
            Pack { area_partner: true, .. } => Self::AreaPack,
            Pack { merchant: true, .. } => Self::MerchantPack,
            _ => Self::MemberPack,
        }
    }
}

/// The platform's income in cents, while it is summed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Takings {
    packs: i128,
    merchant_packs: i128,
    area_packs: i128,
    deposits: i128,
    points: i128,
}

impl Takings {
    pub(crate) fn add(&mut self, sale: Sale, cents: i128) {
        let sum = match sale {
            Sale::MemberPack => &mut self.packs,
            Sale::MerchantPack => &mut self.merchant_packs,
            Sale::AreaPack => &mut self.area_packs,
            Sale::DepositPoints => &mut self.deposits,
            Sale::OrderPoints => &mut self.points,
        };
        // A sum at the limit is refused by `income`. Points that go back are valued at today's price, which can exceed what they
        // brought; the sum then stays at 0.
        *sum = sum.saturating_add(cents).max(0);
    }

    /// The income so far.
    ///
    /// # Errors
    /// [`OutOfRange`] if a sum is more than money can be.
    pub(crate) fn income(&self) -> Result<Income, OutOfRange> {
        let money = |cents| Money::checked_from_raw(cents).ok_or(OutOfRange);
        let (packs, merchant_packs) = (money(self.packs)?, money(self.merchant_packs)?);
        let (area_packs, deposits, points) = (money(self.area_packs)?, money(self.deposits)?, money(self.points)?);
        let joining = self.packs + self.merchant_packs + self.area_packs + self.deposits;
        let joining = ratio(joining, joining + self.points);
        Ok(Income { packs, merchant_packs, area_packs, deposits, points, joining })
    }
}

/// The sums of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// Share value given.
    pub minted: ShareValue,
    /// Share value converted into points.
    pub converted: ShareValue,
    /// Share value held at the end.
    pub held: ShareValue,
    /// Points issued.
    pub issued: Points,
    /// Points burned.
    pub burned: Points,
    /// Points in the treasury.
    pub treasury: Points,
    /// Points of orders that have not vested.
    pub escrow: Points,
    /// Points of members, shops and team, both offered and held.
    pub circulating: Points,
    /// Share value minted per yuan of concession and part burned.
    pub mix: Mix,
    /// The last day on which points were released.
    pub last_release: usize,
    /// The last day on which orders were taken.
    pub last_order: usize,
    /// The return of the first cohort ÷ that of the last cohort that existed for half of the days. With two probes of
    /// the same length: the first ÷ the last.
    pub early_late: Rate,
    /// The Gini coefficient of what members got back: 0 if all got the same, 1 if one got all.
    pub gini: Rate,
    /// Concessions paid by one person who is merchant, buyer and referrer.
    pub wash_paid: Money,
    /// Points that this person got in return.
    pub wash_points: Points,
    /// Money received for these points, plus the rest at the last price.
    pub wash_worth: Money,
    /// What made-up accounts paid for packs.
    pub farm_paid: Money,
    /// Money received for their points, plus the rest at the last price.
    pub farm_worth: Money,
    /// The platform's income.
    pub income: Income,
}

/// The result of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    /// Day by day.
    pub days: Vec<DayFigures>,
    /// Cohort by cohort, oldest first.
    pub cohorts: Vec<Cohort>,
    /// The development of 1000 share value from each probe day.
    pub probes: Vec<Probe>,
    /// The sums.
    pub totals: Totals,
}
