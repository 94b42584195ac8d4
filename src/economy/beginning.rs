//! The network that a run begins with: a book as it is.

use super::network::Network;
use super::scenario::Scenario;
use crate::book::Supply;
use crate::event::Refusal;
use crate::limits::SCENARIO_MEMBERS_MAX;
use crate::quantity::{Money, Points, Price, ShareValue};
use crate::ruleset::RuleSet;

/// A book before the first day of a run. Its members are one cohort, which joined before; its shops are another group.
///
/// What cannot be read from sums is assumed: points in escrow are those of orders, which vest evenly over the days that the rules
/// set; and none of the members' points is promised to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// Yuan for one point.
    pub price: Price,
    /// Where the points are. Points that were released and not settled count as held.
    pub supply: Supply,
    /// The share value of all members, shops included.
    pub share_value: ShareValue,
    /// The part of it that shops have.
    pub shops_share_value: ShareValue,
    /// The part of the held points that shops have.
    pub shops_points: Points,
    /// Members who were activated.
    pub members: u64,
    /// The turnovers of the last closed days, newest first.
    pub turnovers: Vec<Money>,
}

impl Beginning {
    /// Whether a run can begin with it.
    fn check(&self) -> Result<(), Refusal> {
        let Supply { issued, held, burned, treasury, escrow, pool } = self.supply;
        if held.plus(burned)?.plus(treasury)?.plus(escrow)?.plus(pool)? != issued {
            return Err(Refusal::bad_scenario("supply", "must be where the issued points are"));
        }
        if self.shops_points > held.plus(pool)? {
            return Err(Refusal::bad_scenario("shops_points", "must not be above the points that are held"));
        }
        if self.shops_share_value > self.share_value {
            return Err(Refusal::bad_scenario("shops_share_value", "must not be above all share value"));
        }
        if self.members == 0 || self.members > SCENARIO_MEMBERS_MAX {
            return Err(Refusal::bad_scenario("members", "must be above 0 and at most 10^10"));
        }
        if !self.price.is_positive() {
            return Err(Refusal::bad_scenario("price", "must be above 0"));
        }
        Ok(())
    }

    /// The network of this book, before its next day.
    pub(super) fn network<'a>(&self, rules: &'a RuleSet, scenario: &'a Scenario) -> Result<Network<'a>, Refusal> {
        self.check()?;
        let mut network = Network::open(rules, scenario)?;
        network.take_over(self)?;
        Ok(network)
    }
}
