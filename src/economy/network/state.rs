//! The state of the running network, and the state before its first day.

use ethnum::U256;

use super::group::Groups;
use crate::day::OpenDay;
use crate::economy::figures::{Run, Takings};
use crate::economy::mix::{Gives, Mix, Typical, mix};
use crate::economy::scenario::Scenario;
use crate::event::Refusal;
use crate::price::{RecentTurnovers, Signals};
use crate::quantity::{Index, Money, OutOfRange, Points, ShareValue};
use crate::release::{Holding, Release};
use crate::ruleset::{Channel, RuleSet};

/// The orders of one day in one channel, before they vest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PendingOrders {
    pub(super) gives: Gives,
    pub(super) concession: Money,
    /// The washer's part of the concession.
    pub(super) wash: Money,
    /// Points of the orders that will be refunded.
    pub(super) back: Points,
}

/// A probe: 1000 share value of one day, followed to the end of the run.
pub(super) struct ProbeHolding {
    pub(super) given: usize,
    pub(super) holding: Holding,
    pub(super) points: Points,
    /// The points at the price of their day, in 10^-16 yuan.
    pub(super) worth: i128,
    /// The share value of all members after the close of the first day.
    pub(super) total: ShareValue,
}

pub(crate) struct Network<'a> {
    pub(super) rules: &'a RuleSet,
    pub(super) scenario: &'a Scenario,
    pub(super) typical: Typical,
    pub(super) mix: Mix,
    pub(super) open: OpenDay,
    /// Today's signals for the next price.
    pub(super) signals: Signals,
    /// The last `acc` of every era that has ended, oldest first.
    pub(super) ended: Vec<Index>,
    pub(super) burned: Points,
    pub(super) treasury: Points,
    pub(super) escrow: Points,
    pub(super) groups: Groups,
    pub(super) population: i128,
    /// How many members an average member has recommended since the first day, times [`Rate::SCALE`].
    pub(super) children: i128,
    /// Points that the shops hold for orders.
    pub(super) stock: Points,
    pub(super) shops_open: i128,
    /// Orders by the day of placing.
    pub(super) online: Vec<PendingOrders>,
    pub(super) offline: Vec<PendingOrders>,
    /// Orders of before the first day, by the day of the run on which they vest.
    pub(super) earlier_online: Vec<PendingOrders>,
    pub(super) earlier_offline: Vec<PendingOrders>,
    /// Points newly offered since the last close.
    pub(super) fresh: Points,
    pub(super) random: u64,
    pub(super) probed: Vec<ProbeHolding>,
    pub(super) run: Run,
    pub(super) minted: ShareValue,
    /// In 10^-16 yuan.
    pub(super) converted: U256,
    pub(super) takings: Takings,
    /// In cents.
    pub(super) wash_paid: i128,
    /// In cents.
    pub(super) farm_paid: i128,
}

impl<'a> Network<'a> {
    pub(crate) fn open(rules: &'a RuleSet, scenario: &'a Scenario) -> Result<Self, Refusal> {
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
            earlier_online: Vec::new(),
            earlier_offline: Vec::new(),
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

    /// The orders of a channel that vest on this day of the run.
    pub(super) fn due(&self, channel: Channel, day: usize) -> Option<PendingOrders> {
        let (placed, earlier) = match channel {
            Channel::Online => (&self.online, &self.earlier_online),
            Channel::Offline => (&self.offline, &self.earlier_offline),
        };
        let days = usize::try_from(self.rules.vesting_days(channel)).unwrap_or(usize::MAX);
        match day.checked_sub(days) {
            Some(placed_on) => placed.get(placed_on).copied(),
            None => earlier.get(day).copied(),
        }
    }
}

/// `of × numerator ÷ denominator`, rounded towards 0; 0 if the denominator is 0.
pub(super) fn part(of: i128, numerator: i128, denominator: i128) -> Result<i128, OutOfRange> {
    let product = of.checked_mul(numerator).ok_or(OutOfRange)?;
    Ok(product.checked_div(denominator).unwrap_or(0))
}
