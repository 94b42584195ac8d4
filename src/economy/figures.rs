//! What a run shows: per day, per cohort, in total. Ratios are statistics, rounded down to 8 places.

use serde::Serialize;

use crate::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue};

/// `a ÷ b` with 8 places, rounded down; 0 where there is nothing to divide by, the largest rate where it does not fit.
#[must_use]
pub fn ratio(a: i128, b: i128) -> Rate {
    if b == 0 {
        return Rate::default();
    }
    let one = Rate::SCALE;
    let exact = a.checked_mul(one).map(|a| a / b).or_else(|| (a / b).checked_mul(one));
    exact
        .and_then(Rate::checked_from_raw)
        .unwrap_or_else(|| Rate::checked_from_raw(i128::from(i64::MAX)).unwrap_or_default())
}

/// One day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DayFigures {
    /// Its number, from 1.
    pub day: usize,
    /// Members at its end.
    pub members: i128,
    /// Concessions that vested.
    pub turnover: Money,
    /// The day's price.
    pub price: Price,
    /// The price at which the points that are offered find buyers; 0 where none are offered or none are wanted.
    pub clearing: Price,
    /// The price ÷ the clearing price.
    pub gap: Rate,
    /// Points released.
    pub released: Points,
    /// Share value of all before the release.
    pub total: ShareValue,
    /// The part of it that the release converted.
    pub release_yield: Rate,
    /// Points outside the treasury that are not burned.
    pub circulation: Points,
    /// What they would be worth at the day's price.
    pub worth: Money,
    /// Points that were newly offered.
    pub offered: Points,
    /// Points that the day's orders took from the shops.
    pub used: Points,
    /// The part of the wanted turnover that was refused for want of points.
    pub refused: Rate,
    /// Points that the day's orders will burn or members redeemed ÷ the day's release.
    pub coverage: Rate,
}

/// The members that joined in a stretch of days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cohort {
    /// The first day of joining, from 1.
    pub from_day: usize,
    /// How many they are.
    pub members: i128,
    /// Share value given to them: what they were promised, in yuan of face value.
    pub promised: ShareValue,
    /// Share value they still have.
    pub left: ShareValue,
    /// Points released to them.
    pub points: Points,
    /// What those points were worth on the days they came.
    pub worth: Money,
    /// Money they got for points.
    pub cash: Money,
    /// Points they still have.
    pub kept: Points,
    /// Money got and points redeemed, and what is kept at the last price, ÷ what was promised.
    pub came_back: Rate,
}

/// What became of 1000 share value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// The day on which it was given, from 1.
    pub day: usize,
    /// So many days later.
    pub after: usize,
    /// Points released to it.
    pub points: Points,
    /// What they are worth at that day's price.
    pub worth: Money,
    /// What they were worth on the days they came.
    pub worth_then: Money,
    /// Share value left.
    pub left: ShareValue,
    /// What the closed law leaves of it: `1000 × (S0 ÷ St)^(q ÷ (k − q))`, S after the close of the first day and of the
    /// last. It holds at the clearing price.
    pub closed_law: ShareValue,
}

/// The platform's income, yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// The part of all that comes from joining: everything but the last.
    pub joining: Rate,
}

/// What the platform is paid for.
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

/// The platform's income while it is added up, in cents.
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
        // Far beyond what money can be: `income` refuses it. What goes back is worth what it is today, which may be more.
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
    /// Points of members, shops and team, offered or kept.
    pub circulating: Points,
    /// Share value minted per yuan of concession and part burned.
    pub mix: super::Mix,
    /// The last day on which points were released.
    pub last_release: usize,
    /// The last day on which orders were taken.
    pub last_order: usize,
    /// What came back per share value of the first cohort ÷ the same of the last that has been there for half of the
    /// days; for two probes of the same length, the first ÷ the last.
    pub early_late: Rate,
    /// Gini's coefficient of what came back to the members: 0 all the same, 1 all to one.
    pub gini: Rate,
    /// Concessions of one person who is merchant, buyer and referrer.
    pub wash_paid: Money,
    /// Points that this person got for it.
    pub wash_points: Points,
    /// Money got for those, and the rest of them at the last price.
    pub wash_worth: Money,
    /// What made-up accounts paid for packs.
    pub farm_paid: Money,
    /// Money got for their points, and the rest of these at the last price.
    pub farm_worth: Money,
    /// The platform's income.
    pub income: Income,
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Day by day.
    pub days: Vec<DayFigures>,
    /// Cohort by cohort, oldest first.
    pub cohorts: Vec<Cohort>,
    /// What became of 1000 share value of each watched day.
    pub probes: Vec<Probe>,
    /// The sums.
    pub totals: Totals,
}

/// Gini's coefficient over groups of `(members, what all of them got)`.
#[must_use]
pub fn gini(groups: &[(i128, i128)]) -> Rate {
    // Σ over pairs of groups |xi·nj − xj·ni| ÷ (2 · n · x): the mean absolute difference over twice the mean.
    let (mut differences, mut members, mut got) = (0_i128, 0_i128, 0_i128);
    for (n, x) in groups {
        members = members.saturating_add(*n);
        got = got.saturating_add(*x);
    }
    for (i, (n, x)) in groups.iter().enumerate() {
        for (m, y) in &groups[..i] {
            differences = differences.saturating_add(x.saturating_mul(*m).saturating_sub(y.saturating_mul(*n)).abs());
        }
    }
    ratio(differences, members.saturating_mul(got))
}
