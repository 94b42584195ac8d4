//! The running network: one step per day, in the order of the book: packs, trades, orders, the close.
//!
//! A group (a cohort, the shops, the team) is one account. Splits among groups round down and the last group gets the
//! rest, so the sums hold: issued = burned + treasury + escrow + what the groups have or have not settled.

mod close;
mod finish;
mod group;
mod people;
mod trade;

use ethnum::U256;

use super::figures::{DayFigures, Run, Takings, ratio};
use super::mix::{Gives, Mix, Typical, mix};
use super::path::Growth;
use super::scenario::{PriceMode, Scenario};
use crate::day::OpenDay;
use crate::event::Refusal;
use crate::limits::NUMBER_MAX;
use crate::price::{RecentTurnovers, Signals};
use crate::quantity::{Index, Money, OutOfRange, Points, Price, Rate, ShareValue};
use crate::release::{Holding, Release};
use crate::ruleset::{Channel, RuleSet};
use group::Groups;

/// The orders of one day in one channel, until they vest.
#[derive(Clone, Copy, Debug, Default)]
struct PendingOrders {
    gives: Gives,
    concession: Money,
    /// The washer's part of the concession.
    wash: Money,
    /// Points of the orders that will be refunded.
    back: Points,
}

/// A probe: 1000 share value of one day, followed from then on.
struct ProbeHolding {
    given: usize,
    holding: Holding,
    points: Points,
    /// The points at the price of their day, in 10^-16 yuan.
    worth: i128,
    /// The share value of all members after the close of the first day.
    total: ShareValue,
}

pub(super) struct Network<'a> {
    rules: &'a RuleSet,
    scenario: &'a Scenario,
    typical: Typical,
    mix: Mix,
    open: OpenDay,
    /// Today's signals for the next price.
    signals: Signals,
    /// The last `acc` of every era that has ended, oldest first.
    ended: Vec<Index>,
    burned: Points,
    treasury: Points,
    escrow: Points,
    groups: Groups,
    population: i128,
    /// How many members an average member has recommended since the first day, times [`Rate::SCALE`].
    children: i128,
    /// Points that the shops hold for orders.
    stock: Points,
    shops_open: i128,
    /// Orders by the day of placing.
    online: Vec<PendingOrders>,
    offline: Vec<PendingOrders>,
    /// Points newly offered since the last close.
    fresh: Points,
    random: u64,
    probed: Vec<ProbeHolding>,
    run: Run,
    minted: ShareValue,
    /// In 10^-16 yuan.
    converted: U256,
    takings: Takings,
    /// In cents.
    wash_paid: i128,
    /// In cents.
    farm_paid: i128,
}

/// `of × numerator ÷ denominator`, rounded towards 0; 0 if the denominator is 0.
fn part(of: i128, numerator: i128, denominator: i128) -> Result<i128, OutOfRange> {
    let product = of.checked_mul(numerator).ok_or(OutOfRange)?;
    Ok(product.checked_div(denominator).unwrap_or(0))
}

impl<'a> Network<'a> {
    pub(super) fn open(rules: &'a RuleSet, scenario: &'a Scenario) -> Result<Self, Refusal> {
        let typical = Typical::new(rules, scenario);
        let typical = typical.ok_or_else(|| Refusal::bad_scenario("roles", "a role has a name that is no id"))?;
        let open = OpenDay {
            price: rules.price_initial,
            issued: rules.supply_treasury,
            release: Release::default(),
            turnovers: RecentTurnovers::for_price(rules, [])?,
        };
        let mut network = Self {
            rules,
            scenario,
            typical,
            mix: mix(rules, scenario)?,
            open,
            signals: Signals::default(),
            ended: Vec::new(),
            burned: Points::ZERO,
            treasury: rules.supply_treasury,
            escrow: Points::ZERO,
            groups: Groups::new(scenario.cohorts),
            population: 0,
            children: 0,
            stock: Points::ZERO,
            shops_open: 0,
            online: Vec::new(),
            offline: Vec::new(),
            fresh: Points::ZERO,
            random: scenario.seed,
            probed: Vec::new(),
            run: Run::default(),
            minted: ShareValue::ZERO,
            converted: U256::ZERO,
            takings: Takings::default(),
            wash_paid: 0,
            farm_paid: 0,
        };
        network.run.days.reserve(scenario.days);
        Ok(network)
    }

    /// Runs one day; the first is 0.
    pub(super) fn day(&mut self, day: usize) -> Result<(), Refusal> {
        let mut figures = DayFigures { day: day + 1, ..DayFigures::default() };
        self.sell_held(day)?;
        self.open_shops()?;
        let wanted = self.wanted(day)?;
        self.set_price(wanted, &mut figures);
        self.join(day)?;
        self.trade_and_order(day, wanted, &mut figures)?;
        self.vest(day, &mut figures)?;
        self.begin_probe(day)?;
        self.close(&mut figures)?;
        self.settle(day, &mut figures)?;
        self.read_probes(day, &figures)?;
        figures.members = self.population;
        figures.circulation = self.open.issued.minus(self.burned)?.minus(self.treasury)?;
        figures.worth = Money::from_worth(figures.circulation.worth(figures.price)?)?;
        self.run.days.push(figures);
        Ok(())
    }

    /// The concessions wanted today, wash trades included.
    fn wanted(&mut self, day: usize) -> Result<Money, Refusal> {
        let scenario = self.scenario;
        let mut cents = scenario.turnover.on(day)?.raw();
        if !scenario.noise.is_zero() {
            // The product of the two factors (noise and chance) has 16 decimal places.
            let one = Rate::SCALE * Rate::SCALE;
            cents = part(cents, one + scenario.noise.raw() * self.chance(), one)?;
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

    /// A pseudo-random number between −1 and 1, times [`Rate::SCALE`].
    fn chance(&mut self) -> i128 {
        // splitmix64, Steele and others 2014.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        i128::from(z % 200_000_001) - Rate::SCALE
    }

    /// Sets the clearing price of the day, and the price if the scenario fixes it.
    fn set_price(&mut self, wanted: Money, figures: &mut DayFigures) {
        // 10^-2 yuan × 10^-8 ÷ 10^-8 points, in 10^-8 yuan a point.
        let per_point = |rate: Rate, points: Points| -> Option<Price> {
            let exact = wanted.raw().checked_mul(rate.raw())?.checked_mul(1_000_000)?.checked_div(points.raw())?;
            Price::checked_from_raw(exact.clamp(0, i128::from(NUMBER_MAX) * Price::SCALE))
        };
        figures.clearing = per_point(self.mix.burned, self.fresh).unwrap_or_default();
        let set = match self.scenario.price {
            PriceMode::Rules => None,
            PriceMode::Clearing => Some(figures.clearing),
            PriceMode::Retiring => per_point(self.mix.minted, self.rules.release_daily),
        };
        if let Some(price) = set.filter(|price| price.is_positive()) {
            self.open.price = price;
        }
        figures.price = self.open.price;
        figures.gap = ratio(self.open.price.raw(), figures.clearing.raw());
    }

    fn placed(&self, channel: Channel) -> &[PendingOrders] {
        match channel {
            Channel::Online => &self.online,
            Channel::Offline => &self.offline,
        }
    }
}
