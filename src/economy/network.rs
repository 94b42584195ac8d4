//! The running network: one step per day, in the order of the book (packs, trades, orders, the close).
//!
//! A group (a cohort, the shops, the team) is one account. A split among groups is rounded down and the last group gets the rest.
//! So the sum holds: issued = burned + treasury + escrow + points that the groups have or have not settled yet.

mod begin;
mod close;
mod finish;
mod group;
mod people;
mod state;
mod trade;

use super::figures::DayFigures;
use super::path::Growth;
use super::ratio::ratio;
use super::scenario::PriceMode;
use crate::event::Refusal;
use crate::limits::NUMBER_MAX;
use crate::quantity::{Money, OutOfRange, Points, Price, Rate};
use state::part;

pub(super) use state::Network;

impl Network<'_> {
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
}
