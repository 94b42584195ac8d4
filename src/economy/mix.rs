//! The average rewards of an order in a scenario: the table of RULES.md section 6, applied to typical people. Also
//! the closed form that follows from it.

use super::ratio::ratio;
use super::scenario::Scenario;
use crate::identity::{Id, Region};
use crate::order::{self, Parties, Terms};
use crate::power::Log2;
use crate::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue};
use crate::receipt::RewardKind;
use crate::ruleset::{Channel, RuleSet};

/// A typical buyer, with all members who can be paid for its order.
#[derive(Debug)]
pub(super) struct Typical {
    buyer: Id,
    merchant: Id,
    /// The merchant's referrer.
    scout: Id,
    /// The buyer's referrer and all members above it, each with its role; the lowest role first.
    above: Vec<(Id, Option<Id>)>,
    partner: Option<Id>,
}

/// The rewards of one order, summed for each group of the simulation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gives {
    pub consumption: ShareValue,
    pub sale: ShareValue,
    pub referrer: ShareValue,
    pub referrer_points: Points,
    pub team: ShareValue,
    pub team_points: Points,
    pub burned: Points,
}

impl Typical {
    pub(super) fn new(rules: &RuleSet, scenario: &Scenario) -> Option<Self> {
        let mut above = vec![(Id::parse("referrer")?, None)];
        if scenario.roles {
            for role in &rules.service_roles {
                let id = Id::parse(&role.name)?;
                above.push((id.clone(), Some(id)));
            }
        }
        Some(Self {
            buyer: Id::parse("the.buyer")?,
            merchant: Id::parse("the.merchant")?,
            scout: Id::parse("the.scout")?,
            above,
            partner: if scenario.partners { Id::parse("the.partner") } else { None },
        })
    }

    pub(super) fn gives(
        &self,
        rules: &RuleSet,
        channel: Channel,
        concession: Money,
        points: Points,
        referred: Rate,
    ) -> Result<Gives, OutOfRange> {
        let mut gives = Gives { burned: points, ..Gives::default() };
        if !points.is_positive() {
            return Ok(gives);
        }
        let Some(city) = Region::parse("110100") else { return Err(OutOfRange) };
        let terms = Terms { buyer: &self.buyer, merchant: &self.merchant, channel, concession, points, city };
        for reward in order::rewards(&terms, rules, self)? {
            let (mut value, mut points) = (reward.share_value, reward.points);
            if matches!(reward.kind, RewardKind::ShareOnline | RewardKind::ShareOffline) {
                (value, points) = (value.times_floor(referred)?, points.times_floor(referred)?);
            }
            let (values, all_points) = match reward.kind {
                RewardKind::Consumption => (&mut gives.consumption, &mut gives.team_points),
                RewardKind::Sale => (&mut gives.sale, &mut gives.team_points),
                RewardKind::ShareOnline | RewardKind::ShareOffline => (&mut gives.referrer, &mut gives.referrer_points),
                RewardKind::MerchantShare | RewardKind::Service | RewardKind::Area => {
                    (&mut gives.team, &mut gives.team_points)
                }
            };
            *values = values.plus(value)?;
            *all_points = all_points.plus(points)?;
            gives.burned = gives.burned.minus(points)?;
        }
        Ok(gives)
    }
}

impl Gives {
    /// The share value of an order, for all groups.
    pub(super) fn minted(&self) -> Result<ShareValue, OutOfRange> {
        self.consumption.plus(self.sale)?.plus(self.referrer)?.plus(self.team)
    }
}

impl Parties for Typical {
    fn is_activated(&self, _: &Id) -> bool {
        true
    }

    fn referrer(&self, member: &Id) -> Option<&Id> {
        if *member == self.merchant {
            return Some(&self.scout);
        }
        let next = if *member == self.buyer { 0 } else { self.above.iter().position(|(id, _)| id == member)? + 1 };
        self.above.get(next).map(|(id, _)| id)
    }

    fn role(&self, member: &Id) -> Option<&str> {
        self.above.iter().find(|(id, _)| id == member)?.1.as_ref().map(Id::as_str)
    }

    fn eligible_partner(&self, _: Region) -> Option<&Id> {
        self.partner.as_ref()
    }
}

/// Share value and burned points of a yuan of concession, for one channel or on average.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mix {
    /// Share value minted per yuan of concession (`k`).
    pub minted: Rate,
    /// The part of the order's points that is burned (`q`).
    pub burned: Rate,
}

impl Mix {
    /// The rest of `value` by the closed form when the total share value goes from `from` to `to`: `value × (from ÷
    /// to)^(q ÷ (k − q))`.
    ///
    /// The form holds at the clearing price. Share value never grows by itself, so the result is capped at `value`;
    /// at other prices the formula alone could exceed it. The result is 0 if the power has no value or does not fit.
    pub(crate) fn closed_law(self, value: ShareValue, from: ShareValue, to: ShareValue) -> ShareValue {
        let size = |value: ShareValue| u128::try_from(value.raw()).ok();
        let (k, q) = (self.minted.raw(), self.burned.raw());
        let power = (|| Log2::of_ratio(size(from)?, size(to)?)?.times(q / 100, (k - q) / 100)?.power())();
        let left = power.unwrap_or_default().min(Rate::ONE);
        // Fits below 10^22 share value, far more than ever exists.
        ShareValue::from_raw(value.raw().saturating_mul(left.raw()) / Rate::SCALE)
    }
}

/// `k` and `q` of a scenario, computed by the table of rewards of RULES.md section 6.
///
/// # Errors
/// [`OutOfRange`] if a result does not fit.
pub fn mix(rules: &RuleSet, scenario: &Scenario) -> Result<Mix, OutOfRange> {
    let typical = Typical::new(rules, scenario).ok_or(OutOfRange)?;
    let (mut minted, mut burned, mut all) = (0, 0, 0);
    // A million yuan at 1 yuan a point, split as the scenario says.
    let million = Money::yuan(1_000_000);
    let price = Price::checked_from_raw(Price::SCALE).ok_or(OutOfRange)?;
    let online = million.raw() * scenario.online.raw() / Rate::SCALE;
    for (channel, cents) in [(Channel::Online, online), (Channel::Offline, million.raw() - online)] {
        let concession = Money::checked_from_raw(cents).ok_or(OutOfRange)?;
        let points = concession.points_ceil(price)?;
        let gives = typical.gives(rules, channel, concession, points, scenario.referred)?;
        minted += gives.minted()?.raw();
        burned += gives.burned.raw();
        all += points.raw();
    }
    Ok(Mix { minted: ratio(minted, all), burned: ratio(burned, all) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share_value(text: &str) -> ShareValue {
        ShareValue::parse(text).unwrap_or_default()
    }

    #[test]
    fn the_closed_law_leaves_less_of_growing_share_value_and_never_more_than_there_was() {
        let law = |minted: &str, from: &str, to: &str| {
            let minted = Rate::parse(minted).unwrap_or_default();
            let mix = Mix { minted, burned: Rate::ONE };
            mix.closed_law(ShareValue::THOUSAND, share_value(from), share_value(to)).to_string()
        };
        // (1 ÷ 2)^(1 ÷ 15), as bc gives it.
        assert_eq!(law("16", "1000", "2000"), "954.8416");
        assert_eq!(law("16", "1000", "1000"), "1000");
        // Away from the clearing price all share value may shrink although more is minted than burned.
        assert_eq!(law("16", "2000", "1000"), "1000");
        // The exponent has no value.
        assert_eq!(law("1", "1000", "2000"), "0");
        assert_eq!(law("16", "1000", "0"), "0");
    }
}
