//! What an order gives on the average of a scenario: the real table of RULES.md section 6, applied to typical people.

use super::figures::ratio;
use super::scenario::Scenario;
use crate::identity::{Id, Region};
use crate::order::{self, Parties, Terms};
use crate::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue};
use crate::receipt::RewardKind;
use crate::ruleset::{Channel, RuleSet};

/// A buyer with everybody above it who may be paid.
#[derive(Debug)]
pub(super) struct Typical {
    buyer: Id,
    merchant: Id,
    /// The merchant's referrer.
    scout: Id,
    /// From the buyer's referrer up: the last role first has the lowest rate.
    above: Vec<(Id, Option<Id>)>,
    partner: Option<Id>,
}

/// What one order gives, by who gets it.
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
    /// All the share value it mints.
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

/// What a yuan of concession does, in a channel or on the average of a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Mix {
    /// Share value minted per yuan of concession (`k`).
    pub minted: Rate,
    /// The part of the order's points that is burned (`q`).
    pub burned: Rate,
}

/// `k` and `q` under this scenario, from the real table of rewards.
///
/// # Errors
/// [`OutOfRange`] if one does not fit.
pub fn mix(rules: &RuleSet, scenario: &Scenario) -> Result<Mix, OutOfRange> {
    let typical = Typical::new(rules, scenario).ok_or(OutOfRange)?;
    let (mut minted, mut burned, mut all) = (0, 0, 0);
    // A million yuan at 1 yuan a point, split as the scenario says.
    let cents = 100_000_000;
    let online = cents * scenario.online.raw() / cents;
    for (channel, cents) in [(Channel::Online, online), (Channel::Offline, cents - online)] {
        let concession = Money::checked_from_raw(cents).ok_or(OutOfRange)?;
        let price = Price::checked_from_raw(100_000_000).ok_or(OutOfRange)?;
        let points = concession.points_ceil(price)?;
        let gives = typical.gives(rules, channel, concession, points, scenario.referred)?;
        minted += gives.minted()?.raw();
        burned += gives.burned.raw();
        all += points.raw();
    }
    Ok(Mix { minted: ratio(minted, all), burned: ratio(burned, all) })
}
