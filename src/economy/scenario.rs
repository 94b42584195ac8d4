//! The assumptions of a run: what the people of the network do.

use super::path::Turnover;
use crate::event::Refusal;
use crate::limits::{SCENARIO_COHORTS_MAX, SCENARIO_DAYS_MAX, SCENARIO_MEMBERS_MAX};
use crate::quantity::{Money, Rate};

/// Who sets the price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PriceMode {
    /// The policy of the rule set.
    #[default]
    Rules,
    /// Each day, the price at which all offered points find buyers: `q × C ÷ points offered`.
    Clearing,
    /// Each day, the price at which the release converts the day's new share value: `k × C ÷ release`.
    Retiring,
}

/// A scenario: days, turnover, people. A part is a rate from 0 to 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The number of days.
    pub days: usize,
    /// The seed of the noise. The same seed gives the same run.
    pub seed: u64,
    /// Concessions that buyers and merchants want to agree on each day.
    pub turnover: Turnover,
    /// The largest part by which chance raises or lowers the turnover of a day.
    pub noise: Rate,
    /// The part of the turnover that is online.
    pub online: Rate,
    /// The part of the turnover whose buyer has an activated referrer.
    pub referred: Rate,
    /// Whether every role of the rule set stands above the buyers.
    pub roles: bool,
    /// Whether every city has an eligible partner.
    pub partners: bool,
    /// Members on the first day.
    pub members: u64,
    /// Members that join on the second day. Later days follow `joining_growth_30d`.
    pub joining: u64,
    /// The growth of `joining` in 30 days.
    pub joining_growth_30d: Rate,
    /// Shops that want to open on the first day. With 0 there are enough shops already, and nobody pays to open one.
    pub merchants: u64,
    /// The part of the shops that leaves in 30 days, with their turnover.
    pub leaving_30d: Rate,
    /// Cities whose partners buy an area pack on the first day.
    pub cities: u64,
    /// The part of the orders that is refunded before it vests.
    pub refunds: Rate,
    /// The part of the released points that members and shops hold back.
    pub hold: Rate,
    /// The number of days, from the first, on which points are held back.
    pub hold_days: usize,
    /// The number of days after that over which these points are sold; 0 for never.
    pub sell_days: usize,
    /// The part of the members' released points that is redeemed.
    pub redeem: Rate,
    /// Concessions a day of one person who is merchant, buyer and referrer.
    pub wash: Money,
    /// The number of days, from the first, of these concessions.
    pub wash_days: usize,
    /// Accounts that are made each day for their gifts alone.
    pub farm: u64,
    /// Who sets the price.
    pub price: PriceMode,
    /// The number of cohorts into which the members are grouped by their day of joining.
    pub cohorts: usize,
    /// The days, from 1, from which on 1000 share value are followed ([`Probe`](super::Probe)).
    pub probes: Vec<usize>,
}

impl Default for Scenario {
    /// A year of 10,000 yuan a day, all online and referred, with 1,000 members and nobody joining.
    fn default() -> Self {
        Self {
            days: 365,
            seed: 0,
            turnover: Turnover::flat(Money::yuan(10_000)),
            noise: Rate::default(),
            online: Rate::ONE,
            referred: Rate::ONE,
            roles: false,
            partners: false,
            members: 1_000,
            joining: 0,
            joining_growth_30d: Rate::default(),
            merchants: 0,
            leaving_30d: Rate::default(),
            cities: 0,
            refunds: Rate::default(),
            hold: Rate::default(),
            hold_days: 0,
            sell_days: 0,
            redeem: Rate::default(),
            wash: Money::default(),
            wash_days: 0,
            farm: 0,
            price: PriceMode::Rules,
            cohorts: 12,
            probes: Vec::new(),
        }
    }
}

impl Scenario {
    /// Whether it can be run.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let parts = [
            ("noise", self.noise),
            ("online", self.online),
            ("referred", self.referred),
            ("leaving_30d", self.leaving_30d),
            ("refunds", self.refunds),
            ("hold", self.hold),
            ("redeem", self.redeem),
        ];
        for (field, part) in parts {
            if !part.is_part() {
                return Err(Refusal::bad_scenario(field, "must be between 0 and 1"));
            }
        }
        if self.hold.raw() + self.redeem.raw() > Rate::SCALE {
            return Err(Refusal::bad_scenario("redeem", "and `hold` must not sum to more than 1"));
        }
        if self.leaving_30d == Rate::ONE {
            return Err(Refusal::bad_scenario("leaving_30d", "must be below 1"));
        }
        if !(1..=SCENARIO_DAYS_MAX).contains(&self.days) {
            return Err(Refusal::bad_scenario("days", "must be between 1 and 36525"));
        }
        if !(1..=SCENARIO_COHORTS_MAX).contains(&self.cohorts) {
            return Err(Refusal::bad_scenario("cohorts", "must be between 1 and 128"));
        }
        if self.probes.len() > SCENARIO_COHORTS_MAX || self.probes.contains(&0) {
            return Err(Refusal::bad_scenario("probes", "must be at most 128 days, from 1"));
        }
        if self.members == 0 {
            return Err(Refusal::bad_scenario("members", "must be above 0: without members nobody buys"));
        }
        let counts = [
            ("members", self.members),
            ("joining", self.joining),
            ("merchants", self.merchants),
            ("cities", self.cities),
            ("farm", self.farm),
        ];
        for (field, count) in counts {
            if count > SCENARIO_MEMBERS_MAX {
                return Err(Refusal::bad_scenario(field, "must be at most 10^10"));
            }
        }
        if self.wash.raw() < 0 {
            return Err(Refusal::bad_scenario("wash", "must not be negative"));
        }
        self.turnover.check()
    }
}
