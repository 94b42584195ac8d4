//! The network while it runs: one step a day, in the order of the book: packs, trades, orders, the close.
//!
//! A group (a cohort, the shops, the team) is one account. Splitting among groups rounds downward and the last group
//! gets the rest, so nothing is lost: issued = burned + treasury + escrow + what the groups have or have not settled.

mod finish;

use ethnum::U256;

use super::figures::{DayFigures, Probe, Run, ratio};
use super::mix::{Gives, Mix, Typical, mix};
use super::path::Growth;
use super::scenario::{PriceMode, Scenario};
use crate::event::Refusal;
use crate::limits::NUMBER_MAX;
use crate::power::Log2;
use crate::price::{self, Signals};
use crate::quantity::{Index, Money, OutOfRange, Points, Price, Rate, ShareValue, mul, narrow};
use crate::release::{Holding, Release};
use crate::ruleset::{Channel, Pack, Redemption, RuleSet};

const ONE: i128 = 100_000_000;

/// A cohort, the shops, the team, the hand that washes, the farm.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    holding: Holding,
    members: i128,
    from_day: usize,
    /// How many members they have recommended, times [`ONE`]²: grows with `Network::children` of each.
    children_at_joining: i128,
    promised: ShareValue,
    earned: Points,
    /// Earned points at the price of their day, in 10^-16 yuan.
    worth: i128,
    offered: Points,
    held: Points,
    redeemed: i128,
    cash: i128,
}

/// What was ordered on a day and has not vested.
#[derive(Clone, Copy, Debug, Default)]
struct Placed {
    gives: Gives,
    concession: Money,
    wash: Money,
    back: Points,
}

struct Watched {
    given: usize,
    holding: Holding,
    points: Points,
    worth: i128,
    total: ShareValue,
}

/// After so many days a probe is read.
const HORIZONS: [usize; 4] = [30, 180, 365, 730];

pub(super) struct Network<'a> {
    rules: &'a RuleSet,
    scenario: &'a Scenario,
    typical: Typical,
    mix: Mix,
    release: Release,
    ended: Vec<Index>,
    price: Price,
    issued: Points,
    burned: Points,
    treasury: Points,
    escrow: Points,
    /// Cohorts, then team, shops, wash, farm.
    groups: Vec<Group>,
    cohorts: usize,
    population: i128,
    /// Members that one member has recommended since the first day, times [`ONE`].
    children: i128,
    stock: Points,
    shops_open: i128,
    placed: [Vec<Placed>; 2],
    turnovers: Vec<Money>,
    signals: Signals,
    /// Points newly offered by the last close.
    fresh: Points,
    random: u64,
    watched: Vec<Watched>,
    run: Run,
    minted: ShareValue,
    converted: U256,
    income: [i128; 5],
    wash_paid: i128,
    farm_paid: i128,
}

/// `points × price`, in 10^-16 yuan.
fn worth(points: Points, price: Price) -> Result<i128, OutOfRange> {
    narrow(points.worth_exact(price)?)
}

/// 10^-16 yuan in cents, rounded down.
fn cents(worth: i128) -> Result<Money, OutOfRange> {
    Money::checked_from_raw(worth / 10_i128.pow(14)).ok_or(OutOfRange)
}

fn part(of: i128, numerator: i128, denominator: i128) -> Result<i128, OutOfRange> {
    let product = of.checked_mul(numerator).ok_or(OutOfRange)?;
    Ok(product.checked_div(denominator).unwrap_or(0))
}

/// The cheapest pack for which `wanted` holds.
pub(super) fn cheapest(rules: &RuleSet, wanted: fn(&Pack) -> bool) -> Option<&Pack> {
    rules.packs.iter().map(|(_, pack)| pack).filter(|pack| wanted(pack)).min_by_key(|pack| pack.price)
}

impl<'a> Network<'a> {
    pub(super) fn open(rules: &'a RuleSet, scenario: &'a Scenario) -> Result<Self, Refusal> {
        let typical = Typical::new(rules, scenario)
            .ok_or_else(|| Refusal::bad_scenario("roles", "a role has a name that is no id"))?;
        let mut network = Self {
            rules,
            scenario,
            typical,
            mix: mix(rules, scenario)?,
            release: Release::default(),
            ended: Vec::new(),
            price: rules.price_initial,
            issued: rules.supply_treasury,
            burned: Points::ZERO,
            treasury: rules.supply_treasury,
            escrow: Points::ZERO,
            groups: vec![Group::default(); scenario.cohorts + 4],
            cohorts: scenario.cohorts,
            population: 0,
            children: 0,
            stock: Points::ZERO,
            shops_open: 0,
            placed: [Vec::new(), Vec::new()],
            turnovers: Vec::new(),
            signals: Signals::default(),
            fresh: Points::ZERO,
            random: scenario.seed,
            watched: Vec::new(),
            run: Run::default(),
            minted: ShareValue::ZERO,
            converted: U256::ZERO,
            income: [0; 5],
            wash_paid: 0,
            farm_paid: 0,
        };
        network.run.days.reserve(scenario.days);
        Ok(network)
    }

    fn team(&self) -> usize {
        self.cohorts
    }

    fn shops(&self) -> usize {
        self.cohorts + 1
    }

    fn wash(&self) -> usize {
        self.cohorts + 2
    }

    fn farm(&self) -> usize {
        self.cohorts + 3
    }

    /// Gives share value to a group, which is settled first: every group is settled by every close.
    fn give(&mut self, group: usize, value: ShareValue) -> Result<(), OutOfRange> {
        if !value.is_positive() {
            return Ok(());
        }
        let Some(group) = self.groups.get_mut(group) else { return Err(OutOfRange) };
        if group.holding.units.is_zero() {
            self.release.settle(&mut group.holding, &self.ended)?;
        }
        self.release.give(&mut group.holding, value)?;
        group.promised = group.promised.plus(value)?;
        self.minted = self.minted.plus(value)?;
        Ok(())
    }

    pub(super) fn day(&mut self, day: usize) -> Result<(), Refusal> {
        let mut figures = DayFigures { day: day + 1, ..DayFigures::default() };
        self.unhoard(day)?;
        self.open_shops()?;
        let wanted = self.wanted(day)?;
        self.set_price(wanted, &mut figures);
        self.join(day)?;
        self.trade_and_order(day, wanted, &mut figures)?;
        self.vest(day, &mut figures)?;
        self.watch(day)?;
        self.close(&mut figures)?;
        self.settle(day, &mut figures)?;
        figures.members = self.population;
        figures.circulation = self.issued.minus(self.burned)?.minus(self.treasury)?;
        figures.worth = cents(worth(figures.circulation, figures.price)?)?;
        self.run.days.push(figures);
        Ok(())
    }

    /// What was held back and is sold from now on.
    fn unhoard(&mut self, day: usize) -> Result<(), OutOfRange> {
        let Scenario { hold_days, sell_days, .. } = *self.scenario;
        let Some(since) = day.checked_sub(hold_days).filter(|since| *since < sell_days) else { return Ok(()) };
        let days_left = i128::try_from(sell_days - since).map_err(|_| OutOfRange)?;
        for group in &mut self.groups {
            let sold = Points::from_raw(group.held.raw() / days_left);
            group.held = group.held.minus(sold)?;
            group.offered = group.offered.plus(sold)?;
            self.fresh = self.fresh.plus(sold)?;
        }
        Ok(())
    }

    /// Concessions that are wanted today, wash trades included.
    fn wanted(&mut self, day: usize) -> Result<Money, Refusal> {
        let scenario = self.scenario;
        let mut cents = scenario.turnover.on(day)?.raw();
        if !scenario.noise.is_zero() {
            // splitmix64, Steele and others 2014.
            self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.random;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            let chance = i128::from(z % 200_000_001) - ONE;
            cents = part(cents, ONE * ONE + scenario.noise.raw() * chance, ONE * ONE)?;
        }
        if scenario.leaving_30d.is_positive() {
            let staying = Rate::checked_from_raw(-scenario.leaving_30d.raw()).and_then(Growth::new);
            cents = staying.ok_or(OutOfRange)?.after(cents, day)?;
        }
        if scenario.merchants > 0 {
            // Shops that cannot pay their deposit do not sell.
            cents = part(cents, self.shops_open, i128::from(scenario.merchants))?;
        }
        if day < scenario.wash_days {
            cents = cents.checked_add(scenario.wash.raw()).ok_or(OutOfRange)?;
        }
        Ok(Money::checked_from_raw(cents).ok_or(OutOfRange)?)
    }

    /// The clearing price of the day, and the price where the scenario sets it.
    fn set_price(&mut self, wanted: Money, figures: &mut DayFigures) {
        // 10^-2 yuan × 10^-8 ÷ 10^-8 points, in 10^-8 yuan a point.
        let per_point = |rate: Rate, points: Points| -> Option<Price> {
            let exact = wanted.raw().checked_mul(rate.raw())?.checked_mul(1_000_000)?.checked_div(points.raw())?;
            Price::checked_from_raw(exact.clamp(0, i128::from(NUMBER_MAX) * ONE))
        };
        figures.clearing = per_point(self.mix.burned, self.fresh).unwrap_or_default();
        let set = match self.scenario.price {
            PriceMode::Rules => None,
            PriceMode::Clearing => Some(figures.clearing),
            PriceMode::Retiring => per_point(self.mix.minted, self.rules.release_daily),
        };
        if let Some(price) = set.filter(|price| price.is_positive()) {
            self.price = price;
        }
        figures.price = self.price;
        figures.gap = ratio(self.price.raw(), figures.clearing.raw());
    }

    /// Who joins, and what the packs give and cost.
    fn join(&mut self, day: usize) -> Result<(), Refusal> {
        let scenario = self.scenario;
        let joining = if day == 0 {
            i128::from(scenario.members)
        } else {
            let growth = Growth::new(scenario.joining_growth_30d);
            let growth = growth.ok_or_else(|| Refusal::bad_scenario("joining_growth_30d", "must be above -1"))?;
            growth.after(i128::from(scenario.joining), day - 1)?
        };
        if self.population.checked_add(joining).is_none_or(|all| all > 1_000_000_000_000) {
            return Err(Refusal::bad_scenario("joining_growth_30d", "leads to more than 10^12 members"));
        }
        if joining > 0 {
            self.welcome(day, joining)?;
        }
        if day == 0 && scenario.merchants > 0 {
            let shops = i128::from(scenario.merchants);
            let value = self.sell_pack(|pack| pack.merchant, shops, 1)?;
            self.give(self.shops(), value)?;
        }
        let again = usize::try_from(self.rules.area_repurchase_days).unwrap_or(usize::MAX).saturating_add(1);
        if scenario.cities > 0 && (day == 0 || (scenario.partners && day.is_multiple_of(again))) {
            let value = self.sell_pack(|pack| pack.area_partner, i128::from(scenario.cities), 2)?;
            self.give(self.team(), value)?;
        }
        if scenario.farm > 0 {
            let accounts = i128::from(scenario.farm);
            let paid = self.income[0];
            let value = self.sell_pack(|pack| !pack.merchant && !pack.area_partner, accounts, 0)?;
            self.farm_paid += self.income[0] - paid;
            let gifts = self.rules.signup_member.raw() + self.rules.signup_referrer.raw();
            let gifts = ShareValue::from_raw(gifts.checked_mul(accounts).ok_or(OutOfRange)?);
            self.give(self.farm(), value.plus(gifts)?)?;
        }
        Ok(())
    }

    fn welcome(&mut self, day: usize, joining: i128) -> Result<(), OutOfRange> {
        if self.population > 0 {
            // Whoever joins was recommended by somebody who is there, anybody equally likely.
            let referrers = self.rules.signup_referrer.raw().checked_mul(joining).ok_or(OutOfRange)?;
            self.give_to_members(0, 0, referrers)?;
            self.children = self.children.checked_add(part(joining, ONE, self.population)?).ok_or(OutOfRange)?;
        }
        let cohort = day * self.cohorts / self.scenario.days;
        let value = self.sell_pack(|pack| !pack.merchant && !pack.area_partner, joining, 0)?;
        let gifts = self.rules.signup_member.raw().checked_mul(joining).ok_or(OutOfRange)?;
        let children = self.children;
        let founder = self.population == 0;
        let Some(group) = self.groups.get_mut(cohort) else { return Err(OutOfRange) };
        if group.members == 0 {
            group.from_day = day + 1;
        }
        group.members += joining;
        // The first members recommended each other.
        let at_joining = if founder { -ONE } else { children };
        group.children_at_joining += at_joining.checked_mul(joining).ok_or(OutOfRange)?;
        self.population += joining;
        self.give(cohort, value.plus(ShareValue::from_raw(gifts))?)
    }

    /// So many of the cheapest pack of a kind; answers with the share value it gives.
    fn sell_pack(&mut self, kind: fn(&Pack) -> bool, count: i128, income: usize) -> Result<ShareValue, OutOfRange> {
        let Some(pack) = cheapest(self.rules, kind) else { return Ok(ShareValue::ZERO) };
        let paid = pack.price.raw().checked_mul(count).ok_or(OutOfRange)?;
        self.income[income] = self.income[income].checked_add(paid).ok_or(OutOfRange)?;
        let value = pack.price.share_value_floor(pack.share_value_rate)?;
        value.raw().checked_mul(count).map(ShareValue::from_raw).ok_or(OutOfRange)
    }

    /// Buys points for the shops: from those who offer them, then from the treasury. Answers with what was got.
    fn buy(&mut self, need: Points, price: Price, income: usize) -> Result<(Points, Points), OutOfRange> {
        let offered = self.groups.iter().try_fold(Points::ZERO, |sum, group| sum.plus(group.offered))?;
        let wanted = need.min(offered);
        let mut sold = Points::ZERO;
        if wanted.is_positive() {
            for group in &mut self.groups {
                let own = narrow(mul(group.offered.raw(), wanted.raw())? / mul(offered.raw(), 1)?)?;
                // One smallest part more, so that the shops get no less than they need.
                let own = Points::from_raw((own + 1).min(group.offered.raw()));
                group.offered = group.offered.minus(own)?;
                group.cash = group.cash.checked_add(worth(own, price)?).ok_or(OutOfRange)?;
                sold = sold.plus(own)?;
            }
            self.signals.traded = self.signals.traded.plus(sold)?;
            self.signals.traded_money =
                self.signals.traded_money.checked_add(sold.worth_exact(price)?).ok_or(OutOfRange)?;
        }
        let granted = need.minus(sold).unwrap_or_default().min(self.treasury);
        self.treasury = self.treasury.minus(granted)?;
        self.income[income] =
            self.income[income].checked_add(cents(worth(granted, price)?)?.raw()).ok_or(OutOfRange)?;
        self.stock = self.stock.plus(sold)?.plus(granted)?;
        Ok((sold, granted))
    }

    fn trade_and_order(&mut self, day: usize, wanted: Money, figures: &mut DayFigures) -> Result<(), OutOfRange> {
        let (rules, scenario, price) = (self.rules, self.scenario, self.price);
        let mut trade_price = price;
        if self.scenario.price == PriceMode::Rules && rules.price_policy == crate::ruleset::PricePolicy::Market {
            // Offers may lie within the band around the day's price.
            let (low, high) = (ONE - rules.market_price_band.raw(), ONE + rules.market_price_band.raw());
            let (low, high) = (part(price.raw(), low, ONE)?.max(1), part(price.raw(), high, ONE)?.max(1));
            trade_price = Price::checked_from_raw(figures.clearing.raw().clamp(low, high)).ok_or(OutOfRange)?;
        }
        let need = wanted.points_ceil(price)?;
        let missing = need.minus(self.stock).unwrap_or_default();
        self.buy(missing, trade_price, 4)?;
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
        let online = part(taken.raw(), scenario.online.raw(), ONE)?;
        let ways = [(Channel::Online, online), (Channel::Offline, taken.raw() - online)];
        for (placed, (channel, cents)) in self.placed.iter_mut().zip(ways) {
            let money = |cents| Money::checked_from_raw(cents).ok_or(OutOfRange);
            let all = money(cents)?.points_ceil(price)?.min(self.stock);
            let concession = money(cents - part(cents, scenario.refunds.raw(), ONE)?)?;
            let points = concession.points_ceil(price)?.min(all);
            let gives = self.typical.gives(rules, channel, concession, points, scenario.referred)?;
            self.stock = self.stock.minus(all)?;
            self.escrow = self.escrow.plus(all)?;
            figures.used = figures.used.plus(all)?;
            let covered = gives.burned.raw().checked_mul(ONE).ok_or(OutOfRange)? / rules.release_daily.raw();
            figures.coverage = figures.coverage.plus(Rate::checked_from_raw(covered).ok_or(OutOfRange)?)?;
            let wash = money(part(wash.raw(), concession.raw(), taken.raw())?)?;
            placed.push(Placed { gives, concession, wash, back: all.minus(points)? });
        }
        Ok(())
    }

    /// Shops that wait open as far as there are points for their deposits.
    fn open_shops(&mut self) -> Result<(), OutOfRange> {
        let waiting = i128::from(self.scenario.merchants) - self.shops_open;
        if waiting <= 0 {
            return Ok(());
        }
        let deposit = self.rules.merchant_deposit.points_ceil(self.price)?;
        if deposit.is_zero() {
            self.shops_open += waiting;
            return Ok(());
        }
        let need = Points::from_raw(deposit.raw().checked_mul(waiting).ok_or(OutOfRange)?);
        let (sold, granted) = self.buy(need, self.price, 3)?;
        self.shops_open += (sold.plus(granted)?.raw() / deposit.raw()).min(waiting);
        Ok(())
    }

    /// Splits share value among the cohorts: `each` by heads, `referrers` by whom they recommended.
    fn give_to_members(&mut self, each: i128, by_children: i128, by_heads: i128) -> Result<(), OutOfRange> {
        let each = each + by_heads;
        let (mut each_left, mut children_left) = (each, by_children);
        // All but the founders' own recommendations: every member has one referrer.
        let everybody = self.population.checked_mul(ONE).ok_or(OutOfRange)?;
        let last = self.groups[..self.cohorts].iter().rposition(|group| group.members > 0).unwrap_or(0);
        for i in 0..=last {
            let group = self.groups[i];
            if group.members == 0 {
                continue;
            }
            let mut value = each_left;
            let mut children = children_left;
            if i < last {
                value = part(each, group.members, self.population)?;
                let weight = group.members * self.children - group.children_at_joining;
                children = narrow(mul(by_children, weight.max(0))? / mul(everybody, 1)?)?.min(children_left);
            }
            each_left -= value;
            children_left -= children;
            self.give(i, ShareValue::from_raw(value.checked_add(children).ok_or(OutOfRange)?))?;
        }
        Ok(())
    }

    fn vest(&mut self, day: usize, figures: &mut DayFigures) -> Result<(), OutOfRange> {
        for (i, channel) in [Channel::Online, Channel::Offline].into_iter().enumerate() {
            let days = usize::try_from(self.rules.vesting_days(channel)).unwrap_or(usize::MAX);
            let Some(placed) = day.checked_sub(days).and_then(|day| self.placed[i].get(day).copied()) else { continue };
            let Placed { gives, concession, wash, back } = placed;
            figures.turnover = figures.turnover.plus(concession)?;
            self.stock = self.stock.plus(back)?;
            self.burned = self.burned.plus(gives.burned)?;
            let own = |value: ShareValue| part(value.raw(), wash.raw(), concession.raw());
            let (consumption, sale, referrer) = (own(gives.consumption)?, own(gives.sale)?, own(gives.referrer)?);
            self.give(self.wash(), ShareValue::from_raw(consumption + sale + referrer))?;
            self.give_to_members(gives.consumption.raw() - consumption, gives.referrer.raw() - referrer, 0)?;
            self.give(self.shops(), ShareValue::from_raw(gives.sale.raw() - sale))?;
            self.give(self.team(), gives.team)?;
            // Rewards in points go to members and team, who offer them.
            let rewards = gives.referrer_points.plus(gives.team_points)?;
            let team = self.team();
            self.groups[team].offered = self.groups[team].offered.plus(gives.team_points)?;
            self.groups[0].offered = self.groups[0].offered.plus(gives.referrer_points)?;
            self.escrow = self.escrow.minus(back)?.minus(gives.burned)?.minus(rewards)?;
        }
        Ok(())
    }

    /// Begins to watch 1000 share value of what was given today. They are part of the flow, so they are not added.
    fn watch(&mut self, day: usize) -> Result<(), OutOfRange> {
        if self.scenario.probes.contains(&(day + 1)) {
            let mut holding = Holding { acc: self.release.acc, era: self.release.era, ..Holding::default() };
            let mut copy = self.release;
            copy.give(&mut holding, ShareValue::from_raw(1_000 * ONE))?;
            let (points, total) = (Points::ZERO, ShareValue::ZERO);
            self.watched.push(Watched { given: day, holding, points, worth: 0, total });
        }
        Ok(())
    }

    fn close(&mut self, figures: &mut DayFigures) -> Result<(), OutOfRange> {
        let price = self.price;
        let closed = self.release.close(self.rules, price, self.issued)?;
        self.issued = self.issued.plus(closed.released)?;
        self.ended.extend(closed.ended);
        let converted = closed.released.worth_exact(price)?;
        self.converted = self.converted.checked_add(converted).ok_or(OutOfRange)?;
        figures.released = closed.released;
        figures.total = closed.total;
        figures.release_yield = ratio(narrow(converted)? / ONE, closed.total.raw());
        if closed.released.is_positive() {
            self.run.totals.last_release = figures.day;
        }
        let begun = !self.turnovers.is_empty() || figures.turnover.is_positive();
        if begun {
            self.turnovers.push(figures.turnover);
            self.signals.turnover_sum += figures.turnover.raw();
            let window = usize::try_from(self.rules.price_window_days).unwrap_or(usize::MAX);
            match self.turnovers.len().checked_sub(window.saturating_add(1)) {
                Some(left) => self.signals.turnover_sum -= self.turnovers[left].raw(),
                None => self.signals.turnover_days += 1,
            }
        }
        self.price = price::next(self.rules, price, &self.signals)?;
        self.signals.traded = Points::ZERO;
        self.signals.traded_money = U256::ZERO;
        Ok(())
    }

    /// What the close released to whom, and what they do with it.
    fn settle(&mut self, day: usize, figures: &mut DayFigures) -> Result<(), OutOfRange> {
        let scenario = self.scenario;
        let holds = if day < scenario.hold_days { scenario.hold } else { Rate::default() };
        let shops = self.shops();
        self.fresh = Points::ZERO;
        for (i, group) in self.groups.iter_mut().enumerate() {
            if group.holding.units.is_zero() {
                continue;
            }
            let earned = self.release.settle(&mut group.holding, &self.ended)?;
            group.earned = group.earned.plus(earned)?;
            group.worth = group.worth.checked_add(worth(earned, figures.price)?).ok_or(OutOfRange)?;
            let mut free = earned;
            if holds.is_positive() {
                let held = earned.times_floor(holds)?;
                group.held = group.held.plus(held)?;
                free = free.minus(held)?;
            }
            if i == shops {
                self.stock = self.stock.plus(free)?;
                self.fresh = self.fresh.plus(free)?;
                continue;
            }
            if scenario.redeem.is_positive() {
                let redeemed = earned.times_floor(scenario.redeem)?;
                let value = worth(redeemed, figures.price)?;
                group.redeemed = group.redeemed.checked_add(value).ok_or(OutOfRange)?;
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
        self.read_probes(day, figures)
    }

    fn read_probes(&mut self, day: usize, figures: &DayFigures) -> Result<(), OutOfRange> {
        for watched in &mut self.watched {
            let points = self.release.settle(&mut watched.holding, &self.ended)?;
            watched.points = watched.points.plus(points)?;
            watched.worth = watched.worth.checked_add(worth(points, figures.price)?).ok_or(OutOfRange)?;
            let after = day - watched.given;
            if after == 0 {
                watched.total = self.release.total()?;
            }
            if HORIZONS.contains(&after) || day + 1 == self.scenario.days {
                self.run.probes.push(Probe {
                    day: watched.given + 1,
                    after,
                    points: watched.points,
                    worth: cents(worth(watched.points, figures.price)?)?,
                    worth_then: cents(watched.worth)?,
                    left: watched.holding.units.share_value_floor(self.release.nav)?,
                    closed_law: closed_law(watched.total, self.release.total()?, self.mix),
                });
            }
        }
        Ok(())
    }
}

/// `1000 × (S0 ÷ St)^(q ÷ (k − q))`.
fn closed_law(from: ShareValue, to: ShareValue, mix: Mix) -> ShareValue {
    let size = |value: ShareValue| u128::try_from(value.raw()).ok();
    let (k, q) = (mix.minted.raw(), mix.burned.raw());
    let left = (|| Log2::of_ratio(size(from)?, size(to)?)?.times(q / 100, (k - q) / 100)?.power())();
    ShareValue::from_raw(left.map_or(0, |left| left.raw().saturating_mul(1_000)))
}
