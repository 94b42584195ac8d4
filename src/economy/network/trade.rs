//! Sales of points, opening of shops, placing and vesting of orders.

use super::group::Holder;
use super::state::{Network, PendingOrders, part};
use crate::economy::figures::{DayFigures, Sale};
use crate::economy::ratio::ratio;
use crate::economy::scenario::{PriceMode, Scenario};
use crate::quantity::{HeldPrice, Money, OutOfRange, Points, Price, Rate, ShareValue, mul, narrow};
use crate::ruleset::{Channel, PricePolicy};

impl Network<'_> {
    /// Offers a day's part of the points that were held back so far.
    pub(super) fn sell_held(&mut self, day: usize) -> Result<(), OutOfRange> {
        let Scenario { hold_days, sell_days, .. } = *self.scenario;
        let Some(since) = day.checked_sub(hold_days).filter(|since| *since < sell_days) else { return Ok(()) };
        let days_left = i128::try_from(sell_days - since).map_err(|_| OutOfRange)?;
        for group in self.groups.iter_mut() {
            let sold = Points::from_raw(group.held.raw() / days_left);
            group.held = group.held.minus(sold)?;
            group.offered = group.offered.plus(sold)?;
            self.fresh = self.fresh.plus(sold)?;
        }
        Ok(())
    }

    /// Buys points for the shops, first from the groups that offer them, then from the treasury. Returns the points
    /// bought.
    fn buy(&mut self, need: Points, price: Price, sale: Sale) -> Result<Points, OutOfRange> {
        let offered = self.groups.iter().try_fold(Points::ZERO, |sum, group| sum.plus(group.offered))?;
        let wanted = need.min(offered);
        let mut sold = Points::ZERO;
        if wanted.is_positive() {
            for group in self.groups.iter_mut() {
                let own = narrow(mul(group.offered.raw(), wanted.raw())? / mul(offered.raw(), 1)?)?;
                // Rounded up by one smallest part, so that the shops get at least what they need.
                let own = Points::from_raw((own + 1).min(group.offered.raw()));
                group.offered = group.offered.minus(own)?;
                group.cash = group.cash.checked_add(own.worth(price)?).ok_or(OutOfRange)?;
                sold = sold.plus(own)?;
            }
            let signals = &mut self.signals;
            signals.traded = signals.traded.plus(sold)?;
            signals.traded_money =
                signals.traded_money.checked_add(sold.worth_held(HeldPrice::exactly(price)?)?).ok_or(OutOfRange)?;
        }
        let granted = need.minus(sold).unwrap_or_default().min(self.treasury);
        self.treasury = self.treasury.minus(granted)?;
        self.takings.add(sale, granted.worth_floor(price)?.raw());
        self.stock = self.stock.plus(sold)?.plus(granted)?;
        sold.plus(granted)
    }

    /// Opens waiting shops, as far as there are points for their deposits.
    pub(super) fn open_shops(&mut self) -> Result<(), OutOfRange> {
        let waiting = i128::from(self.scenario.merchants) - self.shops_open;
        if waiting <= 0 {
            return Ok(());
        }
        let deposit = self.rules.merchant_deposit.points_ceil(self.open.price)?;
        if deposit.is_zero() {
            self.shops_open += waiting;
            return Ok(());
        }
        let need = Points::from_raw(deposit.raw().checked_mul(waiting).ok_or(OutOfRange)?);
        let got = self.buy(need, self.open.price, Sale::DepositPoints)?;
        self.shops_open += (got.raw() / deposit.raw()).min(waiting);
        Ok(())
    }

    pub(super) fn trade_and_order(
        &mut self,
        day: usize,
        wanted: Money,
        figures: &mut DayFigures,
    ) -> Result<(), OutOfRange> {
        let (rules, scenario, price) = (self.rules, self.scenario, self.open.price);
        let mut trade_price = price;
        if scenario.price == PriceMode::Rules && rules.price_policy == PricePolicy::Market {
            // Offers may lie within the band around the day's price.
            let (low, high) =
                (Rate::SCALE - rules.market_price_band.raw(), Rate::SCALE + rules.market_price_band.raw());
            let (low, high) =
                (part(price.raw(), low, Rate::SCALE)?.max(1), part(price.raw(), high, Rate::SCALE)?.max(1));
            trade_price = Price::checked_from_raw(figures.clearing.raw().clamp(low, high)).ok_or(OutOfRange)?;
        }
        let need = wanted.points_ceil(price)?;
        let missing = need.minus(self.stock).unwrap_or_default();
        self.buy(missing, trade_price, Sale::OrderPoints)?;
        figures.offered = self.fresh;
        let taken = if self.stock >= need { wanted } else { self.stock.worth_floor(price)? };
        figures.refused = ratio(wanted.minus(taken)?.raw(), wanted.raw());
        if taken.is_positive() {
            self.run.totals.last_order = day + 1;
        }
        let mut wash = Money::default();
        if day < scenario.wash_days && wanted.is_positive() {
            wash = Money::checked_from_raw(part(scenario.wash.raw(), taken.raw(), wanted.raw())?).ok_or(OutOfRange)?;
            self.wash_paid = self.wash_paid.checked_add(wash.raw()).ok_or(OutOfRange)?;
        }
        let online = part(taken.raw(), scenario.online.raw(), Rate::SCALE)?;
        for (channel, cents) in [(Channel::Online, online), (Channel::Offline, taken.raw() - online)] {
            let money = |cents| Money::checked_from_raw(cents).ok_or(OutOfRange);
            let all = money(cents)?.points_ceil(price)?.min(self.stock);
            let concession = money(cents - part(cents, scenario.refunds.raw(), Rate::SCALE)?)?;
            let points = concession.points_ceil(price)?.min(all);
            let gives = self.typical.gives(rules, channel, concession, points, scenario.referred)?;
            self.stock = self.stock.minus(all)?;
            self.escrow = self.escrow.plus(all)?;
            figures.used = figures.used.plus(all)?;
            let covered = gives.burned.raw().checked_mul(Rate::SCALE).ok_or(OutOfRange)? / rules.release_daily.raw();
            figures.coverage = figures.coverage.plus(Rate::checked_from_raw(covered).ok_or(OutOfRange)?)?;
            let wash = money(part(wash.raw(), concession.raw(), taken.raw())?)?;
            let placed = PendingOrders { gives, concession, wash, back: all.minus(points)? };
            match channel {
                Channel::Online => self.online.push(placed),
                Channel::Offline => self.offline.push(placed),
            }
        }
        Ok(())
    }

    pub(super) fn vest(&mut self, day: usize, figures: &mut DayFigures) -> Result<(), OutOfRange> {
        for channel in [Channel::Online, Channel::Offline] {
            let Some(PendingOrders { gives, concession, wash, back }) = self.due(channel, day) else { continue };
            figures.turnover = figures.turnover.plus(concession)?;
            self.stock = self.stock.plus(back)?;
            self.burned = self.burned.plus(gives.burned)?;
            let washed = |value: ShareValue| part(value.raw(), wash.raw(), concession.raw());
            let consumption = washed(gives.consumption)?;
            let sale = washed(gives.sale)?;
            let referrer = washed(gives.referrer)?;
            self.give(Holder::Washer, ShareValue::from_raw(consumption + sale + referrer))?;
            self.give_to_members(gives.consumption.raw() - consumption, gives.referrer.raw() - referrer)?;
            self.give(Holder::Shops, ShareValue::from_raw(gives.sale.raw() - sale))?;
            self.give(Holder::Team, gives.team)?;
            // Point rewards go to members and the team, who offer them. Which members get them makes no difference, so the first
            // cohort does.
            let team = &mut self.groups.team;
            team.offered = team.offered.plus(gives.team_points)?;
            let members = self.groups.cohorts.first_mut().ok_or(OutOfRange)?;
            members.offered = members.offered.plus(gives.referrer_points)?;
            let rewards = gives.referrer_points.plus(gives.team_points)?;
            self.escrow = self.escrow.minus(back)?.minus(gives.burned)?.minus(rewards)?;
        }
        Ok(())
    }
}
