//! The rule set, and the conditions under which it is valid.

use std::fmt;

use super::choice::{Channel, PricePolicy, Redemption};
use crate::identity::{Day, Id};
use crate::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue};

/// A gift pack (激活礼包).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The price, yuan.
    pub price: Money,
    /// Share value given per yuan of its price.
    pub share_value_rate: Rate,
    /// Whether it allows opening a shop.
    pub merchant: bool,
    /// Whether it makes its buyer eligible as an area partner.
    pub area_partner: bool,
}

/// A service role (服务团队) and its rates. An order pays a role its rate less the rate paid to roles below it (级差).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The name.
    pub name: String,
    /// The rate of the buyer's consumption reward, for online orders.
    pub share_value_rate: Rate,
    /// The rate of the order's points, for offline orders.
    pub points_rate: Rate,
}

impl Role {
    /// The rate for orders of this channel.
    #[must_use]
    pub const fn rate(&self, channel: Channel) -> Rate {
        match channel {
            Channel::Online => self.share_value_rate,
            Channel::Offline => self.points_rate,
        }
    }
}

/// A valid rule set. RULES.md section 3 explains every key. Money has 2 decimal places, all other decimals have 8.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is a key of the table in RULES.md section 3")]
pub struct RuleSet {
    pub genesis_day: Day,
    pub supply_cap: Points,
    pub supply_treasury: Points,
    pub release_daily: Points,
    pub release_min_total: ShareValue,
    pub price_initial: Price,
    pub price_policy: PricePolicy,
    pub price_window_days: u64,
    pub price_min_volume: Points,
    pub price_daily_limit: Rate,
    pub signup_member: ShareValue,
    pub signup_referrer: ShareValue,
    pub packs: Vec<(String, Pack)>,
    pub merchant_deposit: Money,
    pub order_buyer_multiple: Rate,
    pub order_merchant_multiple: Rate,
    pub order_vesting_days_online: u64,
    pub order_vesting_days_offline: u64,
    pub share_online_share_value_rate: Rate,
    pub share_offline_points_rate: Rate,
    pub share_merchant_points_rate: Rate,
    pub service_max_depth: u64,
    pub service_roles: Vec<Role>,
    pub area_offline_points_rate: Rate,
    pub area_online_points_rate: Rate,
    pub area_repurchase_days: u64,
    pub redemption: Redemption,
    pub market_price_band: Rate,
}

/// Why a rule set is refused (code `bad_rules`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetError {
    /// The key, such as `release.daily`; empty for the rule set itself.
    pub key: String,
    /// What is wrong with it, as the end of a sentence.
    pub message: String,
}

impl fmt::Display for RuleSetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            return write!(f, "the rule set {}", self.message);
        }
        write!(f, "`{}` {}", self.key, self.message)
    }
}

impl std::error::Error for RuleSetError {}

impl RuleSet {
    /// The days from placing an order to the vesting of its rewards.
    #[must_use]
    pub const fn vesting_days(&self, channel: Channel) -> u64 {
        match channel {
            Channel::Online => self.order_vesting_days_online,
            Channel::Offline => self.order_vesting_days_offline,
        }
    }

    /// The pack of this name, if there is one.
    #[must_use]
    pub fn pack_named(&self, name: &str) -> Option<&Pack> {
        self.packs.iter().find(|(pack, _)| pack == name).map(|(_, pack)| pack)
    }

    /// The role of this name, if there is one.
    #[must_use]
    pub fn role_named(&self, name: &str) -> Option<&Role> {
        self.service_roles.iter().find(|role| role.name == name)
    }

    /// The packs and roles that no event can name, because their names are no ids (RULES.md section 4): the key and the name of each.
    /// Such rules are sound, but nobody can buy that pack or get that role.
    pub fn unusable(&self) -> impl Iterator<Item = (String, &str)> {
        let packs = self.packs.iter().map(|(name, _)| (format!("packs.{name}"), name.as_str()));
        let roles = self.service_roles.iter().enumerate();
        let roles = roles.map(|(i, role)| (format!("service.roles.{i}.name"), role.name.as_str()));
        packs.chain(roles).filter(|(_, name)| Id::parse(name).is_none())
    }

    /// Checks the conditions of RULES.md section 3 that are not about the form of a single value.
    pub(super) fn check(&self) -> Result<(), RuleSetError> {
        let refuse = |key: &str, message: &str| Err(RuleSetError { key: key.into(), message: message.into() });
        for (key, positive) in [
            ("release.daily", self.release_daily.is_positive()),
            ("release.min_total", self.release_min_total.is_positive()),
            ("price.initial", self.price_initial.is_positive()),
            ("price.window_days", self.price_window_days > 0),
        ] {
            if !positive {
                return refuse(key, "must be above 0");
            }
        }
        for (key, rate) in
            [("price.daily_limit", self.price_daily_limit), ("market.price_band", self.market_price_band)]
        {
            if rate >= Rate::ONE {
                return refuse(key, "must be below 1");
            }
        }
        if self.supply_cap < self.supply_treasury {
            return refuse("supply.cap", "must not be below `supply.treasury`");
        }
        for (i, pair) in self.service_roles.windows(2).enumerate() {
            let [lower, higher] = pair else { continue };
            if higher.share_value_rate < lower.share_value_rate || higher.points_rate < lower.points_rate {
                return refuse(
                    &format!("service.roles.{}", i + 1),
                    "must not have a lower rate than the role before it",
                );
            }
        }
        for (i, role) in self.service_roles.iter().enumerate() {
            if self.service_roles[..i].iter().any(|earlier| earlier.name == role.name) {
                return refuse(&format!("service.roles.{i}.name"), "is the name of another role");
            }
        }
        match self.offline_points_rate_max() {
            Ok(rate) if rate <= Rate::ONE => {}
            _ => {
                return refuse(
                    "share.offline_points_rate",
                    "and the other point rates of an offline order must not sum to more than 1",
                );
            }
        }
        if self.area_online_points_rate > Rate::ONE {
            return refuse("area.online_points_rate", "must not be above 1");
        }
        Ok(())
    }

    /// The largest part of an offline order's points that rewards can take.
    fn offline_points_rate_max(&self) -> Result<Rate, OutOfRange> {
        let highest_role = self.service_roles.last().map_or(Rate::default(), |role| role.points_rate);
        self.share_offline_points_rate
            .plus(self.share_merchant_points_rate)?
            .plus(highest_role)?
            .plus(self.area_offline_points_rate)
    }
}
