//! What is left at the end of a run: cohorts and totals.

use ethnum::U256;

use super::{Group, Network, cents, worth};
use crate::economy::figures::{Cohort, Income, Probe, Run, Totals, gini, ratio};
use crate::quantity::{Money, OutOfRange, Rate, ShareValue, narrow};

const ONE: i128 = 100_000_000;

impl Network<'_> {
    pub(in crate::economy) fn finish(mut self) -> Result<Run, OutOfRange> {
        let price = self.price;
        let mut groups = Vec::with_capacity(self.cohorts);
        for group in self.groups[..self.cohorts].iter().filter(|group| group.members > 0) {
            let kept = group.held.plus(group.offered)?;
            let got = group.cash + group.redeemed + worth(kept, price)?;
            groups.push((group.members, got / 10_i128.pow(14)));
            self.run.cohorts.push(Cohort {
                from_day: group.from_day,
                members: group.members,
                promised: group.promised,
                left: group.holding.units.share_value_floor(self.release.nav)?,
                points: group.earned,
                worth: cents(group.worth)?,
                cash: cents(group.cash)?,
                kept,
                came_back: ratio(got / ONE, group.promised.raw()),
            });
        }
        self.run.totals.gini = gini(&groups);
        self.run.totals.early_late = early_late(&self.run);
        let group = |i: usize| &self.groups[i];
        let worth_of = |group: &Group| -> Result<Money, OutOfRange> {
            cents(group.cash + worth(group.offered.plus(group.held)?, price)?)
        };
        let circulating =
            self.groups.iter().try_fold(self.stock, |sum, group| sum.plus(group.offered)?.plus(group.held))?;
        let money = |cents: i128| Money::checked_from_raw(cents).ok_or(OutOfRange);
        let [packs, merchant_packs, area_packs, deposits, points] = self.income;
        let joining = packs + merchant_packs + area_packs + deposits;
        let income = Income {
            packs: money(packs)?,
            merchant_packs: money(merchant_packs)?,
            area_packs: money(area_packs)?,
            deposits: money(deposits)?,
            points: money(points)?,
            joining: ratio(joining, joining + points),
        };
        let totals = Totals {
            minted: self.minted,
            converted: ShareValue::from_raw(narrow(self.converted / U256::from(100_000_000_u64))?),
            held: self.release.total()?,
            issued: self.issued,
            burned: self.burned,
            treasury: self.treasury,
            escrow: self.escrow,
            circulating,
            mix: self.mix,
            wash_paid: money(self.wash_paid)?,
            wash_points: group(self.wash()).earned,
            wash_worth: worth_of(group(self.wash()))?,
            farm_paid: money(self.farm_paid)?,
            farm_worth: worth_of(group(self.farm()))?,
            income,
            ..self.run.totals
        };
        self.run.totals = totals;
        Ok(self.run)
    }
}

/// The first probe ÷ the last of the same length; without probes, cohorts.
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
