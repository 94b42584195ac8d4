//! The close of a day: settles every group and starts the probes.

use super::group::Group;
use super::state::{Network, ProbeHolding};
use crate::day;
use crate::economy::figures::{DayFigures, Probe};
use crate::economy::ratio::ratio;
use crate::price::Signals;
use crate::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue, narrow};
use crate::release::{EndedEras, Holding, Release};
use crate::ruleset::Redemption;

/// The ages, in days, at which a probe is read.
const HORIZONS: [usize; 4] = [30, 180, 365, 730];

impl Group {
    /// Settles the last close. Returns the points that are offered at once, and all points.
    fn settle(
        &mut self,
        (release, ended): (&Release, &EndedEras),
        price: Price,
        holds: Rate,
    ) -> Result<(Points, Points), OutOfRange> {
        let earned = release.settle(&mut self.holding, ended)?;
        self.earned = self.earned.plus(earned)?;
        self.worth = self.worth.checked_add(earned.worth(price)?).ok_or(OutOfRange)?;
        if !holds.is_positive() {
            return Ok((earned, earned));
        }
        let held = earned.times_floor(holds)?;
        self.held = self.held.plus(held)?;
        Ok((earned.minus(held)?, earned))
    }
}

impl Network<'_> {
    /// Starts a probe of 1000 share value. It is a part of what was given today, so it is not added to the total.
    pub(super) fn begin_probe(&mut self, day: usize) -> Result<(), OutOfRange> {
        if self.scenario.probes.contains(&(day + 1)) {
            let mut holding = Holding::new_at(&self.open.release);
            self.open.release.clone().give(&mut holding, ShareValue::THOUSAND)?;
            let (points, total) = (Points::ZERO, ShareValue::ZERO);
            self.probed.push(ProbeHolding { given: day, holding, points, worth: 0, total });
        }
        Ok(())
    }

    pub(super) fn close(&mut self, figures: &mut DayFigures) -> Result<(), OutOfRange> {
        let signals = Signals { turnover: figures.turnover, ..std::mem::take(&mut self.signals) };
        let closed = day::close(self.rules, &mut self.open, &signals)?;
        self.ended.extend(closed.ended);
        let converted = closed.released.worth_exact(closed.price)?;
        self.converted = self.converted.checked_add(converted).ok_or(OutOfRange)?;
        figures.released = closed.released;
        figures.total = closed.total;
        figures.release_yield = ratio(ShareValue::from_worth(narrow(converted)?).raw(), closed.total.raw());
        if closed.released.is_positive() {
            self.run.totals.last_release = figures.day;
        }
        Ok(())
    }

    /// Settles every group, and decides what each does with its points.
    pub(super) fn settle(&mut self, day: usize, figures: &mut DayFigures) -> Result<(), OutOfRange> {
        let scenario = self.scenario;
        let holds = if day < scenario.hold_days { scenario.hold } else { Rate::default() };
        let (now, price) = ((&self.open.release, &self.ended[..]), figures.price);
        self.fresh = Points::ZERO;
        for group in self.groups.people_mut().filter(|group| !group.holding.units.is_zero()) {
            let (mut free, earned) = group.settle(now, price, holds)?;
            if scenario.redeem.is_positive() {
                let redeemed = earned.times_floor(scenario.redeem)?;
                group.redeemed = group.redeemed.checked_add(redeemed.worth(price)?).ok_or(OutOfRange)?;
                free = free.minus(redeemed)?;
                figures.coverage = figures.coverage.plus(ratio(redeemed.raw(), self.rules.release_daily.raw()))?;
                match self.rules.redemption {
                    Redemption::Burn => self.burned = self.burned.plus(redeemed)?,
                    Redemption::Treasury => self.treasury = self.treasury.plus(redeemed)?,
                }
            }
            group.offered = group.offered.plus(free)?;
            self.fresh = self.fresh.plus(free)?;
        }
        // Shops keep their points for orders.
        if !self.groups.shops.holding.units.is_zero() {
            let (free, _) = self.groups.shops.settle(now, price, holds)?;
            self.stock = self.stock.plus(free)?;
            self.fresh = self.fresh.plus(free)?;
        }
        Ok(())
    }

    pub(super) fn read_probes(&mut self, day: usize, figures: &DayFigures) -> Result<(), OutOfRange> {
        let (release, price) = (&self.open.release, figures.price);
        for probed in &mut self.probed {
            let points = release.settle(&mut probed.holding, &self.ended)?;
            probed.points = probed.points.plus(points)?;
            probed.worth = probed.worth.checked_add(points.worth(price)?).ok_or(OutOfRange)?;
            let after = day - probed.given;
            if after == 0 {
                probed.total = release.total()?;
            }
            if HORIZONS.contains(&after) || day + 1 == self.scenario.days {
                self.run.probes.push(Probe {
                    day: probed.given + 1,
                    after,
                    points: probed.points,
                    worth: probed.points.worth_floor(price)?,
                    worth_then: Money::from_worth(probed.worth)?,
                    left: probed.holding.units.share_value_floor(release.nav)?,
                    closed_law: self.mix.closed_law(ShareValue::THOUSAND, probed.total, release.total()?),
                });
            }
        }
        Ok(())
    }
}
