//! The end of a run: cohorts and totals.

use super::group::Group;
use super::state::Network;
use crate::economy::figures::{Cohort, Probe, Run, Totals};
use crate::economy::ratio::{gini, ratio};
use crate::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue, narrow};

impl Group {
    /// The group's remaining points.
    fn kept(&self) -> Result<Points, OutOfRange> {
        self.held.plus(self.offered)
    }

    /// Money received, plus the remaining points at this price.
    fn gains(&self, price: Price) -> Result<Money, OutOfRange> {
        Money::from_worth(self.cash + self.kept()?.worth(price)?)
    }
}

impl Network<'_> {
    pub(in crate::economy) fn finish(mut self) -> Result<Run, OutOfRange> {
        let price = self.open.price;
        let mut groups = Vec::with_capacity(self.groups.cohorts.len());
        for group in self.groups.cohorts.iter().filter(|group| group.members > 0) {
            let kept = group.kept()?;
            let back = group.cash + group.redeemed + kept.worth(price)?;
            groups.push((group.members, Money::from_worth(back)?.raw()));
            self.run.cohorts.push(Cohort {
                from_day: group.from_day,
                members: group.members,
                promised: group.promised,
                left: group.holding.units.share_value_floor(self.open.release.nav)?,
                points: group.earned,
                worth: Money::from_worth(group.worth)?,
                cash: Money::from_worth(group.cash)?,
                kept,
                came_back: ratio(ShareValue::from_worth(back).raw(), group.promised.raw()),
            });
        }
        let circulating = self.groups.iter().try_fold(self.stock, |sum, group| sum.plus(group.kept()?))?;
        let money = |cents: i128| Money::checked_from_raw(cents).ok_or(OutOfRange);
        let totals = Totals {
            minted: self.minted,
            converted: ShareValue::from_raw(narrow(self.converted / 100_000_000)?),
            held: self.open.release.total()?,
            issued: self.open.issued,
            burned: self.burned,
            treasury: self.treasury,
            escrow: self.escrow,
            circulating,
            mix: self.mix,
            early_late: early_late(&self.run),
            gini: gini(&groups),
            wash_paid: money(self.wash_paid)?,
            wash_points: self.groups.washer.earned,
            wash_worth: self.groups.washer.gains(price)?,
            farm_paid: money(self.farm_paid)?,
            farm_worth: self.groups.farm.gains(price)?,
            income: self.takings.income()?,
            ..self.run.totals
        };
        self.run.totals = totals;
        Ok(self.run)
    }
}

/// The first probe ÷ the last of the same length; without probes, the same of cohorts.
fn early_late(run: &Run) -> Rate {
    let longest = |probe: &&Probe| run.probes.iter().any(|other| other.after == probe.after && other.day != probe.day);
    if let Some(last) = run.probes.iter().filter(longest).max_by_key(|probe| (probe.after, probe.day)) {
        let first = run.probes.iter().filter(|probe| probe.after == last.after).min_by_key(|probe| probe.day);
        return ratio(first.map_or(0, |first| first.worth.raw()), last.worth.raw());
    }
    let days = run.days.len();
    let late = run.cohorts.iter().rfind(|cohort| cohort.from_day <= days / 2 + 1);
    ratio(run.cohorts.first().map_or(0, |c| c.came_back.raw()), late.map_or(0, |c| c.came_back.raw()))
}
