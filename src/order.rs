//! The rewards of an order: who gets what, and why.
//!
//! Carries out the table of RULES.md section 6. Rewards are computed when the order is placed, from the accounts, roles, partners
//! and rules of that moment. A member who is not activated gets none, and a reward of 0 is left out. The book moves the amounts,
//! at vesting and at refunds.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::identity::{Day, Id, Region};
use crate::quantity::{Money, OutOfRange, Points, Rate, ShareValue};
use crate::receipt::{Reason, Reward, RewardKind};
use crate::release::Grant;
use crate::ruleset::{Channel, RuleSet};

/// The members around an order, whom its rewards depend on.
pub trait Parties {
    /// Whether a member is activated.
    fn is_activated(&self, member: &Id) -> bool;
    /// A member's referrer.
    fn referrer(&self, member: &Id) -> Option<&Id>;
    /// The name of a member's service role.
    fn role(&self, member: &Id) -> Option<&str>;
    /// The partner of a city, if it is eligible today.
    fn eligible_partner(&self, city: Region) -> Option<&Id>;
}

/// The terms of an order that was checked.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The buyer.
    pub buyer: &'a Id,
    /// The merchant.
    pub merchant: &'a Id,
    /// The channel of the order.
    pub channel: Channel,
    /// The merchant's concession (让利额), yuan.
    pub concession: Money,
    /// The order's points (`Q`).
    pub points: Points,
    /// The city whose partner may get a reward: that of the delivery online, that of the shop offline.
    pub city: Region,
}

/// The state of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Its rewards have not vested.
    Pending,
    /// Its rewards vested on this day.
    Vested(Day),
    /// It was refunded in whole.
    Refunded,
}

/// An order's rewards and the grants that they became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRewards {
    /// The rewards, in the order of the table. They never change, so the receipt and every copy of the order share them.
    pub rewards: Arc<[Reward]>,
    /// The grant of each reward's share value; `None` before vesting, and if no units were given.
    pub grants: Vec<Option<Grant>>,
}

impl OrderRewards {
    /// Each reward with its grant.
    pub fn iter(&self) -> impl Iterator<Item = (&Reward, Option<&Grant>)> {
        self.rewards.iter().zip(self.grants.iter().map(Option::as_ref))
    }
}

impl FromIterator<(Reward, Option<Grant>)> for OrderRewards {
    fn from_iter<I: IntoIterator<Item = (Reward, Option<Grant>)>>(pairs: I) -> Self {
        let (rewards, grants): (Vec<_>, _) = pairs.into_iter().unzip();
        Self { rewards: rewards.into(), grants }
    }
}

/// What is left of one reward of an order that has not vested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingPart {
    /// For what.
    pub kind: RewardKind,
    /// Share value, 8 places.
    pub share_value: ShareValue,
    /// Points, 8 places.
    pub points: Points,
}

/// An accepted order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// The buyer.
    pub buyer: Id,
    /// The merchant.
    pub merchant: Id,
    /// The day on which it was placed.
    pub day: Day,
    /// What the buyer paid, yuan.
    pub amount: Money,
    /// The concession, yuan. It counts for the turnover of the day on which the order vests.
    pub concession: Money,
    /// The points that the merchant paid (`Q`).
    pub points: Points,
    /// Its number among all orders, in the order of placing.
    pub sequence: u64,
    /// The day at whose close it vests, if that is not after 9999-12-31.
    pub due: Option<Day>,
    /// Its state.
    pub state: OrderState,
    /// The part of the concession that was not refunded, yuan (`L`).
    pub left: Money,
    /// `left` at the moment of vesting, yuan (`V`); 0 before.
    pub left_at_vesting: Money,
    /// Burned points that refunds on the day of vesting brought back.
    pub burned_back: Points,
    /// Its rewards and their grants.
    pub rewards: OrderRewards,
}

impl Order {
    /// The part of the order's points for a concession of `left`: `ceil_8(Q × L / C)`.
    ///
    /// # Errors
    /// [`OutOfRange`] never, for a concession that is above 0.
    pub fn points_left(&self, left: Money) -> Result<Points, OutOfRange> {
        if left == self.concession { Ok(self.points) } else { self.points.part_ceil(left, self.concession) }
    }

    /// The part of a reward's points for a concession of `left`: `floor_8(x × L / C)`.
    ///
    /// # Errors
    /// [`OutOfRange`] never, for a concession that is above 0.
    pub fn reward_points_left(&self, reward: &Reward, left: Money) -> Result<Points, OutOfRange> {
        if left == self.concession { Ok(reward.points) } else { reward.points.part_floor(left, self.concession) }
    }

    /// The part of a reward's share value for a concession of `left`: `floor_8(x × L / C)`.
    ///
    /// # Errors
    /// [`OutOfRange`] never, for a concession that is above 0.
    pub fn reward_value_left(&self, reward: &Reward, left: Money) -> Result<ShareValue, OutOfRange> {
        if left == self.concession {
            Ok(reward.share_value)
        } else {
            reward.share_value.part_floor(left, self.concession)
        }
    }

    /// What a member gets when the order vests, reward by reward: what is left of each. Empty if the order has vested or was
    /// refunded in whole.
    ///
    /// # Errors
    /// [`OutOfRange`] never, for a concession that is above 0.
    pub fn pending_rewards_of(&self, member: &Id) -> Result<Vec<PendingPart>, OutOfRange> {
        if self.state != OrderState::Pending {
            return Ok(Vec::new());
        }
        let own = self.rewards.rewards.iter().filter(|reward| reward.member == *member);
        let left = |reward: &Reward| {
            Ok(PendingPart {
                kind: reward.kind,
                share_value: self.reward_value_left(reward, self.left)?,
                points: self.reward_points_left(reward, self.left)?,
            })
        };
        own.map(left).collect()
    }

    /// The points that no reward takes for a concession of `left` (`B(L)`).
    ///
    /// # Errors
    /// [`OutOfRange`] never, for rewards of this module under a sound rule set.
    pub fn burned(&self, left: Money) -> Result<Points, OutOfRange> {
        let rest = |rest: Points, reward| rest.minus(self.reward_points_left(reward, left)?);
        self.rewards.rewards.iter().try_fold(self.points_left(left)?, rest)
    }
}

/// The rewards of an order, in the order of the table (RULES.md section 6).
///
/// # Errors
/// [`OutOfRange`] if one does not fit.
pub fn rewards(terms: &Terms<'_>, rules: &RuleSet, parties: &impl Parties) -> Result<Vec<Reward>, OutOfRange> {
    let mut list = RewardList { terms, rewards: Vec::new() };
    let activated = |id: &&Id| parties.is_activated(id);
    let buyer = Some(terms.buyer).filter(activated);
    let consumption = match buyer {
        Some(_) => terms.concession.share_value_floor(rules.order_buyer_multiple)?,
        None => ShareValue::ZERO,
    };

    let why = Reason::Concession { rate: rules.order_buyer_multiple, concession: terms.concession };
    list.share_value(RewardKind::Consumption, buyer, consumption, why);

    let sale = terms.concession.share_value_floor(rules.order_merchant_multiple)?;
    let why = Reason::Concession { rate: rules.order_merchant_multiple, concession: terms.concession };
    list.share_value(RewardKind::Sale, Some(terms.merchant).filter(activated), sale, why);

    let referrer = buyer.and_then(|buyer| parties.referrer(buyer)).filter(activated);
    match terms.channel {
        Channel::Online => {
            let rate = rules.share_online_share_value_rate;
            let why = Reason::Consumption { rate, consumption };
            list.share_value(RewardKind::ShareOnline, referrer, consumption.times_floor(rate)?, why);
        }
        Channel::Offline => {
            list.points(RewardKind::ShareOffline, referrer, rules.share_offline_points_rate)?;
            let merchant_referrer = parties.referrer(terms.merchant).filter(activated);
            list.points(RewardKind::MerchantShare, merchant_referrer, rules.share_merchant_points_rate)?;
        }
    }

    if let Some(buyer) = buyer {
        list.service(buyer, consumption, rules, parties)?;
    }

    let partner = parties.eligible_partner(terms.city).filter(activated);
    let rate = match terms.channel {
        Channel::Online => rules.area_online_points_rate,
        Channel::Offline => rules.area_offline_points_rate,
    };
    list.points(RewardKind::Area, partner, rate)?;
    Ok(list.rewards)
}

/// The rewards of an order while they are collected, in the order of the table.
struct RewardList<'a> {
    terms: &'a Terms<'a>,
    rewards: Vec<Reward>,
}

impl RewardList<'_> {
    fn share_value(&mut self, kind: RewardKind, to: Option<&Id>, share_value: ShareValue, why: Reason) {
        if let Some(member) = to.filter(|_| share_value.is_positive()) {
            self.rewards.push(Reward { member: member.clone(), kind, share_value, points: Points::ZERO, why });
        }
    }

    fn push_points(&mut self, kind: RewardKind, to: Option<&Id>, points: Points, why: Reason) {
        if let Some(member) = to.filter(|_| points.is_positive()) {
            self.rewards.push(Reward { member: member.clone(), kind, share_value: ShareValue::ZERO, points, why });
        }
    }

    /// `floor_8(Q × rate)` points.
    fn points(&mut self, kind: RewardKind, to: Option<&Id>, rate: Rate) -> Result<(), OutOfRange> {
        let why = Reason::OrderPoints { rate, points: self.terms.points };
        self.push_points(kind, to, self.terms.points.times_floor(rate)?, why);
        Ok(())
    }

    /// Service rewards (级差). From the buyer's referrer upwards, a role is paid its rate less the highest rate paid below it.
    fn service(
        &mut self,
        buyer: &Id,
        consumption: ShareValue,
        rules: &RuleSet,
        parties: &impl Parties,
    ) -> Result<(), OutOfRange> {
        let channel = self.terms.channel;
        // Rates never fall along the list. Once the last role's rate is paid, nobody above gets anything.
        let Some(highest) = rules.service_roles.last().map(|role| role.rate(channel)) else { return Ok(()) };
        let mut paid = Rate::default();
        let mut at = parties.referrer(buyer);
        for _ in 0..rules.service_max_depth {
            let Some(member) = at.filter(|_| paid < highest) else { break };
            at = parties.referrer(member);
            let role = parties.role(member).and_then(|name| rules.role_named(name));
            let Some(role) = role.filter(|role| role.rate(channel) > paid && parties.is_activated(member)) else {
                continue;
            };
            let rate = role.rate(channel);
            let step = rate.minus(paid)?;
            match channel {
                Channel::Online => {
                    let why = Reason::ConsumptionStep { rate, paid, consumption };
                    self.share_value(RewardKind::Service, Some(member), consumption.times_floor(step)?, why);
                }
                Channel::Offline => {
                    let why = Reason::OrderPointsStep { rate, paid, points: self.terms.points };
                    self.push_points(RewardKind::Service, Some(member), self.terms.points.times_floor(step)?, why);
                }
            }
            paid = rate;
        }
        Ok(())
    }
}
