//! The rule set: what the scheme's numbers are, and when a rule set is refused as a whole.
//!
//! Carries out RULES.md section 3. Values are here, what they do is elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::identity::Day;
use crate::limits::NUMBER_MAX;
use crate::quantity::{DecimalError, Money, OutOfRange, Points, Price, Rate, ShareValue};
use crate::tree::Tree;

/// How the next day's price is found (RULES.md section 5, step 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PricePolicy {
    /// From the turnover of the last days.
    Turnover,
    /// From the day's confirmed trades.
    Market,
    /// By `price.set` alone.
    Operator,
}

/// Where redeemed points go (RULES.md section 4, Redemption).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redemption {
    /// They are burned.
    Burn,
    /// The treasury gets them.
    Treasury,
}

/// The way an order was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 到家.
    Online,
    /// 到店.
    Offline,
}

/// A gift pack (激活礼包).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// What it costs.
    pub price: Money,
    /// Share value given per yuan of its price.
    pub share_value_rate: Rate,
    /// Whether it allows opening a shop.
    pub merchant: bool,
    /// Whether it makes its buyer eligible as an area partner.
    pub area_partner: bool,
}

/// A service role (服务团队) and its part, of which only the step above the roles below is paid (级差).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Of the buyer's consumption reward, for online orders.
    pub share_value_rate: Rate,
    /// Of the order's points, for offline orders.
    pub points_rate: Rate,
}

impl Role {
    /// The rate that counts in this channel.
    #[must_use]
    pub const fn rate(&self, channel: Channel) -> Rate {
        match channel {
            Channel::Online => self.share_value_rate,
            Channel::Offline => self.points_rate,
        }
    }
}

/// A sound rule set (RULES.md section 3, where every key is explained). Money has 2 places, everything else 8.
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
    pub packs: BTreeMap<String, Pack>,
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

/// Why a rule set is refused: the key and a sentence. Its code is `bad_rules`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetError {
    /// The key, such as `release.daily`; empty for the rule set itself.
    pub key: String,
    /// What is wrong with it.
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

/// The keys that `rules.adopted` cannot change.
const FIXED_KEYS: [&str; 2] = ["genesis_day", "supply"];

impl RuleSet {
    /// Reads and checks a rule set.
    ///
    /// # Errors
    /// [`RuleSetError`] (`bad_rules`), naming the first key that is wrong.
    pub fn from_tree(tree: &Tree) -> Result<Self, RuleSetError> {
        let mut top = Table::open(tree, String::new())?;
        let mut supply = top.table("supply")?;
        let mut release = top.table("release")?;
        let mut price = top.table("price")?;
        let mut signup = top.table("signup")?;
        let mut merchant = top.table("merchant")?;
        let mut order = top.table("order")?;
        let mut vesting = order.table("vesting_days")?;
        let mut share = top.table("share")?;
        let mut service = top.table("service")?;
        let mut area = top.table("area")?;
        let mut market = top.table("market")?;
        let rules = Self {
            genesis_day: top.parsed("genesis_day", "must be a day such as `2026-01-01`", Day::parse)?,
            supply_cap: supply.decimal("cap", Points::parse)?,
            supply_treasury: supply.decimal("treasury", Points::parse)?,
            release_daily: release.decimal("daily", Points::parse)?,
            release_min_total: release.decimal("min_total", ShareValue::parse)?,
            price_initial: price.decimal("initial", Price::parse)?,
            price_policy: price.choice(
                "policy",
                &[
                    ("turnover", PricePolicy::Turnover),
                    ("market", PricePolicy::Market),
                    ("operator", PricePolicy::Operator),
                ],
            )?,
            price_window_days: price.whole("window_days")?,
            price_min_volume: price.decimal("min_volume", Points::parse)?,
            price_daily_limit: price.decimal("daily_limit", Rate::parse)?,
            signup_member: signup.decimal("member", ShareValue::parse)?,
            signup_referrer: signup.decimal("referrer", ShareValue::parse)?,
            packs: top.tables("packs", Self::pack)?,
            merchant_deposit: merchant.decimal("deposit", Money::parse)?,
            order_buyer_multiple: order.decimal("buyer_multiple", Rate::parse)?,
            order_merchant_multiple: order.decimal("merchant_multiple", Rate::parse)?,
            order_vesting_days_online: vesting.whole("online")?,
            order_vesting_days_offline: vesting.whole("offline")?,
            share_online_share_value_rate: share.decimal("online_share_value_rate", Rate::parse)?,
            share_offline_points_rate: share.decimal("offline_points_rate", Rate::parse)?,
            share_merchant_points_rate: share.decimal("merchant_points_rate", Rate::parse)?,
            service_max_depth: service.whole("max_depth")?,
            service_roles: service.list("roles", Self::role)?,
            area_offline_points_rate: area.decimal("offline_points_rate", Rate::parse)?,
            area_online_points_rate: area.decimal("online_points_rate", Rate::parse)?,
            area_repurchase_days: area.whole("repurchase_days")?,
            redemption: top.choice("redemption", &[("burn", Redemption::Burn), ("treasury", Redemption::Treasury)])?,
            market_price_band: market.decimal("price_band", Rate::parse)?,
        };
        for table in [supply, release, price, signup, merchant, vesting, order, share, service, area, market, top] {
            table.close()?;
        }
        rules.check()?;
        Ok(rules)
    }

    fn pack(mut table: Table<'_>) -> Result<Pack, RuleSetError> {
        let pack = Pack {
            price: table.decimal("price", Money::parse)?,
            share_value_rate: table.decimal("share_value_rate", Rate::parse)?,
            merchant: table.flag("merchant")?,
            area_partner: table.flag("area_partner")?,
        };
        table.close()?;
        Ok(pack)
    }

    fn role(mut table: Table<'_>) -> Result<Role, RuleSetError> {
        let role = Role {
            name: table.text("name")?.into(),
            share_value_rate: table.decimal("share_value_rate", Rate::parse)?,
            points_rate: table.decimal("points_rate", Rate::parse)?,
        };
        table.close()?;
        Ok(role)
    }

    /// What no single key shows.
    fn check(&self) -> Result<(), RuleSetError> {
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
            if rate >= one() {
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
            Ok(rate) if rate <= one() => {}
            _ => {
                return refuse(
                    "share.offline_points_rate",
                    "and the other point rates of an offline order must not sum to more than 1",
                );
            }
        }
        if self.area_online_points_rate > one() {
            return refuse("area.online_points_rate", "must not be above 1");
        }
        Ok(())
    }

    /// The largest part of an offline order's points that can be given away.
    fn offline_points_rate_max(&self) -> Result<Rate, OutOfRange> {
        let highest_role = self.service_roles.last().map_or(Rate::default(), |role| role.points_rate);
        self.share_offline_points_rate
            .plus(self.share_merchant_points_rate)?
            .plus(highest_role)?
            .plus(self.area_offline_points_rate)
    }

    /// This rule set with whole top-level keys replaced, as `rules.adopted` does.
    ///
    /// # Errors
    /// [`RuleSetError`] (`bad_rules`): a key that cannot be adopted, or a result that is not sound.
    pub fn adopt(&self, changes: &Tree) -> Result<Self, RuleSetError> {
        let (Tree::Table(changes), Tree::Table(mut keys)) = (changes, self.to_tree()) else {
            return Err(RuleSetError { key: String::new(), message: "must be a table".into() });
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

    /// The days until an order's rewards vest.
    #[must_use]
    pub const fn vesting_days(&self, channel: Channel) -> u64 {
        match channel {
            Channel::Online => self.order_vesting_days_online,
            Channel::Offline => self.order_vesting_days_offline,
        }
    }

    /// The role of this name, if there is one.
    #[must_use]
    pub fn role_named(&self, name: &str) -> Option<&Role> {
        self.service_roles.iter().find(|role| role.name == name)
    }

    /// The rule set as plain data, decimals canonical.
    #[must_use]
    pub fn to_tree(&self) -> Tree {
        let whole = |n: u64| Tree::Whole(i64::try_from(n).unwrap_or(i64::MAX));
        let text = |value: &dyn fmt::Display| Tree::Text(value.to_string());
        let packs = self.packs.iter().map(|(name, pack)| {
            let mut entries = vec![("price", text(&pack.price)), ("share_value_rate", text(&pack.share_value_rate))];
            for (key, set) in [("merchant", pack.merchant), ("area_partner", pack.area_partner)] {
                if set {
                    entries.push((key, Tree::Bool(true)));
                }
            }
            (name.as_str(), table(entries))
        });
        let roles = self.service_roles.iter().map(|role| {
            table([
                ("name", Tree::Text(role.name.clone())),
                ("share_value_rate", text(&role.share_value_rate)),
                ("points_rate", text(&role.points_rate)),
            ])
        });
        let policy = match self.price_policy {
            PricePolicy::Turnover => "turnover",
            PricePolicy::Market => "market",
            PricePolicy::Operator => "operator",
        };
        table([
            ("genesis_day", text(&self.genesis_day)),
            ("supply", table([("cap", text(&self.supply_cap)), ("treasury", text(&self.supply_treasury))])),
            ("release", table([("daily", text(&self.release_daily)), ("min_total", text(&self.release_min_total))])),
            (
                "price",
                table([
                    ("initial", text(&self.price_initial)),
                    ("policy", policy.into()),
                    ("window_days", whole(self.price_window_days)),
                    ("min_volume", text(&self.price_min_volume)),
                    ("daily_limit", text(&self.price_daily_limit)),
                ]),
            ),
            ("signup", table([("member", text(&self.signup_member)), ("referrer", text(&self.signup_referrer))])),
            ("packs", table(packs)),
            ("merchant", table([("deposit", text(&self.merchant_deposit))])),
            (
                "order",
                table([
                    ("buyer_multiple", text(&self.order_buyer_multiple)),
                    ("merchant_multiple", text(&self.order_merchant_multiple)),
                    (
                        "vesting_days",
                        table([
                            ("online", whole(self.order_vesting_days_online)),
                            ("offline", whole(self.order_vesting_days_offline)),
                        ]),
                    ),
                ]),
            ),
            (
                "share",
                table([
                    ("online_share_value_rate", text(&self.share_online_share_value_rate)),
                    ("offline_points_rate", text(&self.share_offline_points_rate)),
                    ("merchant_points_rate", text(&self.share_merchant_points_rate)),
                ]),
            ),
            ("service", table([("max_depth", whole(self.service_max_depth)), ("roles", Tree::List(roles.collect()))])),
            (
                "area",
                table([
                    ("offline_points_rate", text(&self.area_offline_points_rate)),
                    ("online_points_rate", text(&self.area_online_points_rate)),
                    ("repurchase_days", whole(self.area_repurchase_days)),
                ]),
            ),
            ("redemption", if self.redemption == Redemption::Burn { "burn" } else { "treasury" }.into()),
            ("market", table([("price_band", text(&self.market_price_band))])),
        ])
    }
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

fn one() -> Rate {
    Rate::checked_from_raw(100_000_000).unwrap_or_default()
}

fn table<'a>(entries: impl IntoIterator<Item = (&'a str, Tree)>) -> Tree {
    Tree::Table(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

/// One table of a rule set while it is read: every key must be asked for exactly once.
struct Table<'a> {
    path: String,
    entries: Vec<(&'a str, &'a Tree)>,
}

impl<'a> Table<'a> {
    fn open(tree: &'a Tree, path: String) -> Result<Self, RuleSetError> {
        match tree {
            Tree::Table(entries) => Ok(Self { path, entries: entries.iter().map(|(k, v)| (k.as_str(), v)).collect() }),
            other => Err(RuleSetError { key: path, message: format!("must be a table, not {}", other.kind()) }),
        }
    }

    fn refuse<T>(&self, key: &str, message: impl Into<String>) -> Result<T, RuleSetError> {
        Err(RuleSetError { key: self.path_of(key), message: message.into() })
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.into() } else { format!("{}.{key}", self.path) }
    }

    fn take(&mut self, key: &str) -> Option<&'a Tree> {
        let at = self.entries.iter().position(|(k, _)| *k == key)?;
        Some(self.entries.swap_remove(at).1)
    }

    fn required(&mut self, key: &str) -> Result<&'a Tree, RuleSetError> {
        self.take(key).map_or_else(|| self.refuse(key, "is missing"), Ok)
    }

    fn table(&mut self, key: &str) -> Result<Table<'a>, RuleSetError> {
        Table::open(self.required(key)?, self.path_of(key))
    }

    fn tables<T>(
        &mut self,
        key: &str,
        read: impl Fn(Table<'a>) -> Result<T, RuleSetError>,
    ) -> Result<BTreeMap<String, T>, RuleSetError> {
        let Table { path, entries } = self.table(key)?;
        let each =
            |(name, tree): (&str, &'a Tree)| Ok((name.into(), read(Table::open(tree, format!("{path}.{name}"))?)?));
        entries.into_iter().map(each).collect()
    }

    fn list<T>(
        &mut self,
        key: &str,
        read: impl Fn(Table<'a>) -> Result<T, RuleSetError>,
    ) -> Result<Vec<T>, RuleSetError> {
        match self.required(key)? {
            Tree::List(items) => {
                let path = self.path_of(key);
                items.iter().enumerate().map(|(i, item)| read(Table::open(item, format!("{path}.{i}"))?)).collect()
            }
            other => self.refuse(key, format!("must be a list, not {}", other.kind())),
        }
    }

    fn text(&mut self, key: &str) -> Result<&'a str, RuleSetError> {
        match self.required(key)? {
            Tree::Text(text) => Ok(text),
            other => self.refuse(key, format!("must be a text, not {}", other.kind())),
        }
    }

    fn parsed<T>(&mut self, key: &str, message: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, RuleSetError> {
        let text = self.text(key)?;
        read(text).map_or_else(|| self.refuse(key, message), Ok)
    }

    fn decimal<T: PartialOrd + Default>(
        &mut self,
        key: &str,
        read: impl Fn(&str) -> Result<T, DecimalError>,
    ) -> Result<T, RuleSetError> {
        match read(self.text(key)?) {
            Ok(value) if value >= T::default() => Ok(value),
            Ok(_) => self.refuse(key, DecimalError::Negative.to_string()),
            Err(error) => self.refuse(key, error.to_string()),
        }
    }

    fn whole(&mut self, key: &str) -> Result<u64, RuleSetError> {
        match self.required(key)? {
            Tree::Whole(n) => match u64::try_from(*n) {
                Ok(n) if n <= NUMBER_MAX => Ok(n),
                Ok(_) => self.refuse(key, DecimalError::TooLarge.to_string()),
                Err(_) => self.refuse(key, DecimalError::Negative.to_string()),
            },
            Tree::OtherNumber(_) => self.refuse(key, "must be a whole number"),
            other => self.refuse(key, format!("must be a whole number, not {}", other.kind())),
        }
    }

    fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Result<T, RuleSetError> {
        let text = self.text(key)?;
        match choices.iter().find(|(name, _)| *name == text) {
            Some((_, value)) => Ok(*value),
            None => {
                let names: Vec<_> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
                self.refuse(key, format!("must be one of {}", names.join(", ")))
            }
        }
    }

    fn flag(&mut self, key: &str) -> Result<bool, RuleSetError> {
        match self.take(key) {
            None => Ok(false),
            Some(Tree::Bool(value)) => Ok(*value),
            Some(other) => self.refuse(key, format!("must be true or false, not {}", other.kind())),
        }
    }

    fn close(self) -> Result<(), RuleSetError> {
        match self.entries.first() {
            Some((key, _)) => self.refuse(key, "is unknown"),
            None => Ok(()),
        }
    }
}
