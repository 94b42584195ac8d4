//! A rule set as plain data: read, written, and changed by whole keys.

use std::fmt;

use serde::{Serialize, Serializer};

use super::choice::{PricePolicy, Redemption};
use super::reader::{TableReader, join};
use super::rules::{Pack, RuleSet, RuleSetError};
use crate::identity::Day;
use crate::quantity::{Money, Points, Price, Rate, ShareValue};
use crate::tree::Tree;

/// The keys that `rules.adopted` cannot change.
const FIXED_KEYS: [&str; 2] = ["genesis_day", "supply"];

/// The flags of a pack. They are written only if they are true.
const PACK_FLAGS: [&str; 2] = ["merchant", "area_partner"];

impl RuleSet {
    /// Reads and checks a rule set.
    ///
    /// # Errors
    /// [`RuleSetError`] (`bad_rules`), naming the first key that is wrong.
    pub fn from_tree(tree: &Tree) -> Result<Self, RuleSetError> {
        let top = TableReader { tree, path: "" };
        let rules = Self {
            genesis_day: top.choice("genesis_day", "a day such as `2026-01-01`", Day::parse)?,
            supply_cap: top.decimal("supply.cap", Points::parse)?,
            supply_treasury: top.decimal("supply.treasury", Points::parse)?,
            release_daily: top.decimal("release.daily", Points::parse)?,
            release_min_total: top.decimal("release.min_total", ShareValue::parse)?,
            price_initial: top.decimal("price.initial", Price::parse)?,
            price_policy: top.choice("price.policy", "`turnover`, `market` or `operator`", PricePolicy::parse)?,
            price_window_days: top.whole("price.window_days")?,
            price_min_volume: top.decimal("price.min_volume", Points::parse)?,
            price_daily_limit: top.decimal("price.daily_limit", Rate::parse)?,
            signup_member: top.decimal("signup.member", ShareValue::parse)?,
            signup_referrer: top.decimal("signup.referrer", ShareValue::parse)?,
            packs: top.packs()?,
            merchant_deposit: top.decimal("merchant.deposit", Money::parse)?,
            order_buyer_multiple: top.decimal("order.buyer_multiple", Rate::parse)?,
            order_merchant_multiple: top.decimal("order.merchant_multiple", Rate::parse)?,
            order_vesting_days_online: top.whole("order.vesting_days.online")?,
            order_vesting_days_offline: top.whole("order.vesting_days.offline")?,
            share_online_share_value_rate: top.decimal("share.online_share_value_rate", Rate::parse)?,
            share_offline_points_rate: top.decimal("share.offline_points_rate", Rate::parse)?,
            share_merchant_points_rate: top.decimal("share.merchant_points_rate", Rate::parse)?,
            service_max_depth: top.whole("service.max_depth")?,
            service_roles: top.roles()?,
            area_offline_points_rate: top.decimal("area.offline_points_rate", Rate::parse)?,
            area_online_points_rate: top.decimal("area.online_points_rate", Rate::parse)?,
            area_repurchase_days: top.whole("area.repurchase_days")?,
            redemption: top.choice("redemption", "`burn` or `treasury`", Redemption::parse)?,
            market_price_band: top.decimal("market.price_band", Rate::parse)?,
        };
        // All known keys were read. A key that the rule set would not write is unknown.
        refuse_unknown(tree, &rules.to_tree(), "")?;
        rules.check()?;
        Ok(rules)
    }

    /// This rule set with whole top-level keys replaced, as `rules.adopted` does.
    ///
    /// # Errors
    /// [`RuleSetError`] (`bad_rules`) if a key cannot be adopted, or the result is not valid.
    pub fn adopt(&self, changes: &Tree) -> Result<Self, RuleSetError> {
        let (Tree::Table(changes), Tree::Table(mut keys)) = (changes, self.to_tree()) else {
            return Err(RuleSetError { key: "rules".into(), message: "must be a table".into() });
        };
        for (key, value) in changes {
            if FIXED_KEYS.contains(&key.as_str()) {
                return Err(RuleSetError { key: key.clone(), message: "cannot be adopted".into() });
            }
            match keys.iter_mut().find(|(k, _)| k == key) {
                Some((_, old)) => old.clone_from(value),
                None => return Err(RuleSetError { key: key.clone(), message: "is unknown".into() }),
            }
        }
        Self::from_tree(&Tree::Table(keys))
    }

    /// The rule set as plain data. Decimals are canonical texts.
    #[must_use]
    pub fn to_tree(&self) -> Tree {
        table([
            ("genesis_day", text(&self.genesis_day)),
            ("supply", table([("cap", text(&self.supply_cap)), ("treasury", text(&self.supply_treasury))])),
            ("release", table([("daily", text(&self.release_daily)), ("min_total", text(&self.release_min_total))])),
            ("price", self.price_table()),
            ("signup", table([("member", text(&self.signup_member)), ("referrer", text(&self.signup_referrer))])),
            ("packs", table(self.packs.iter().map(|(name, pack)| (name.as_str(), pack_table(pack))))),
            ("merchant", table([("deposit", text(&self.merchant_deposit))])),
            ("order", self.order_table()),
            (
                "share",
                table([
                    ("online_share_value_rate", text(&self.share_online_share_value_rate)),
                    ("offline_points_rate", text(&self.share_offline_points_rate)),
                    ("merchant_points_rate", text(&self.share_merchant_points_rate)),
                ]),
            ),
            ("service", self.service_table()),
            (
                "area",
                table([
                    ("offline_points_rate", text(&self.area_offline_points_rate)),
                    ("online_points_rate", text(&self.area_online_points_rate)),
                    ("repurchase_days", whole(self.area_repurchase_days)),
                ]),
            ),
            ("redemption", self.redemption.name().into()),
            ("market", table([("price_band", text(&self.market_price_band))])),
        ])
    }

    fn price_table(&self) -> Tree {
        table([
            ("initial", text(&self.price_initial)),
            ("policy", self.price_policy.name().into()),
            ("window_days", whole(self.price_window_days)),
            ("min_volume", text(&self.price_min_volume)),
            ("daily_limit", text(&self.price_daily_limit)),
        ])
    }

    fn order_table(&self) -> Tree {
        let vesting_days = table([
            ("online", whole(self.order_vesting_days_online)),
            ("offline", whole(self.order_vesting_days_offline)),
        ]);
        table([
            ("buyer_multiple", text(&self.order_buyer_multiple)),
            ("merchant_multiple", text(&self.order_merchant_multiple)),
            ("vesting_days", vesting_days),
        ])
    }

    fn service_table(&self) -> Tree {
        let roles = self.service_roles.iter().map(|role| {
            table([
                ("name", Tree::Text(role.name.clone())),
                ("share_value_rate", text(&role.share_value_rate)),
                ("points_rate", text(&role.points_rate)),
            ])
        });
        table([("max_depth", whole(self.service_max_depth)), ("roles", Tree::List(roles.collect()))])
    }
}

fn pack_table(pack: &Pack) -> Tree {
    let mut entries = vec![("price", text(&pack.price)), ("share_value_rate", text(&pack.share_value_rate))];
    for (key, set) in PACK_FLAGS.into_iter().zip([pack.merchant, pack.area_partner]) {
        if set {
            entries.push((key, Tree::Bool(true)));
        }
    }
    table(entries)
}

fn whole(n: u64) -> Tree {
    Tree::Whole(i64::try_from(n).unwrap_or(i64::MAX))
}

fn text(value: &dyn fmt::Display) -> Tree {
    Tree::Text(value.to_string())
}

impl Serialize for RuleSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_tree().serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for RuleSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_tree(&Tree::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn table<'a>(entries: impl IntoIterator<Item = (&'a str, Tree)>) -> Tree {
    Tree::Table(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

/// Refuses a key of `given` that `known` does not have.
fn refuse_unknown(given: &Tree, known: &Tree, path: &str) -> Result<(), RuleSetError> {
    match (given, known) {
        (Tree::Table(given), _) => {
            for (key, value) in given {
                let flag_not_written = path.starts_with("packs.") && PACK_FLAGS.contains(&key.as_str());
                let path = join(path, key);
                match known.get(key) {
                    Some(known) => refuse_unknown(value, known, &path)?,
                    None if flag_not_written => {}
                    None => return Err(RuleSetError { key: path, message: "is unknown".into() }),
                }
            }
        }
        (Tree::List(given), Tree::List(known)) => {
            for (i, (given, known)) in given.iter().zip(known).enumerate() {
                refuse_unknown(given, known, &join(path, &i.to_string()))?;
            }
        }
        _ => {}
    }
    Ok(())
}
