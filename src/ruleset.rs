//! The rule set: what the scheme's numbers are, and when a rule set is refused as a whole.
//!
//! Carries out RULES.md section 3. Values are here, what they do is elsewhere.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redemption {
    /// They are burned.
    Burn,
    /// The treasury gets them.
    Treasury,
}

/// The way an order was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 到家.
    Online,
    /// 到店.
    Offline,
}

impl Channel {
    /// Its name in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }

    /// The channel of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Online, Self::Offline].into_iter().find(|channel| channel.as_str() == name)
    }
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

/// Why a rule set is refused: the key and a sentence. Its code is `bad_rules`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetError {
    /// The key, such as `release.daily`; empty for the rule set itself.
    pub key: String,
    /// What is wrong with it.
    pub message: String,
}

impl PricePolicy {
    const ALL: [(&'static str, Self); 3] =
        [("turnover", Self::Turnover), ("market", Self::Market), ("operator", Self::Operator)];

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, policy)| *policy)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, policy)| *policy == self).map_or("", |(name, _)| name)
    }
}

impl Redemption {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "burn" => Some(Self::Burn),
            "treasury" => Some(Self::Treasury),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Burn => "burn",
            Self::Treasury => "treasury",
        }
    }
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
        let top = Reader { tree, path: "" };
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
        // Every key that is known was read, so what the rule set would not write itself is unknown.
        refuse_unknown(tree, &rules.to_tree(), "")?;
        rules.check()?;
        Ok(rules)
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

    /// The days until an order's rewards vest.
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

    /// The rule set as plain data, decimals canonical.
    #[must_use]
    pub fn to_tree(&self) -> Tree {
        let whole = |n: u64| Tree::Whole(i64::try_from(n).unwrap_or(i64::MAX));
        let text = |value: &dyn fmt::Display| Tree::Text(value.to_string());
        let packs = self.packs.iter().map(|(name, pack)| {
            let mut entries = vec![("price", text(&pack.price)), ("share_value_rate", text(&pack.share_value_rate))];
            for (key, set) in PACK_FLAGS.into_iter().zip([pack.merchant, pack.area_partner]) {
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
        table([
            ("genesis_day", text(&self.genesis_day)),
            ("supply", table([("cap", text(&self.supply_cap)), ("treasury", text(&self.supply_treasury))])),
            ("release", table([("daily", text(&self.release_daily)), ("min_total", text(&self.release_min_total))])),
            (
                "price",
                table([
                    ("initial", text(&self.price_initial)),
                    ("policy", self.price_policy.name().into()),
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
            ("redemption", self.redemption.name().into()),
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

fn table<'a>(entries: impl IntoIterator<Item = (&'a str, Tree)>) -> Tree {
    Tree::Table(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

/// A rule set, or a table in it, while it is read.
#[derive(Clone, Copy)]
struct Reader<'a> {
    tree: &'a Tree,
    /// Where the table is; empty for the rule set itself.
    path: &'a str,
}

impl<'a> Reader<'a> {
    fn refuse<T>(self, key: &str, message: &str) -> Result<T, RuleSetError> {
        Err(RuleSetError { key: join(self.path, key), message: message.into() })
    }

    /// The value under a dotted key; every table on the way must be there.
    fn find(self, key: &str) -> Result<&'a Tree, RuleSetError> {
        let mut at = self.tree;
        // How much of the key lies behind, its dot included.
        let mut passed = 0_usize;
        for name in key.split('.') {
            let Tree::Table(_) = at else {
                let table = key.get(..passed.saturating_sub(1)).unwrap_or_default();
                return self.refuse(table, &format!("must be a table, not {}", at.kind()));
            };
            let Some(value) = at.get(name) else { return self.refuse(key, "is missing") };
            at = value;
            passed += name.len() + 1;
        }
        Ok(at)
    }

    fn text(self, key: &str) -> Result<&'a str, RuleSetError> {
        match self.find(key)? {
            Tree::Text(text) => Ok(text),
            other => self.refuse(key, &format!("must be a text, not {}", other.kind())),
        }
    }

    fn choice<T>(self, key: &str, what: &str, read: fn(&str) -> Option<T>) -> Result<T, RuleSetError> {
        read(self.text(key)?).map_or_else(|| self.refuse(key, &format!("must be {what}")), Ok)
    }

    fn decimal<T: PartialOrd + Default>(
        self,
        key: &str,
        read: fn(&str) -> Result<T, DecimalError>,
    ) -> Result<T, RuleSetError> {
        match read(self.text(key)?) {
            Ok(value) if value >= T::default() => Ok(value),
            Ok(_) => self.refuse(key, &DecimalError::Negative.to_string()),
            Err(error) => self.refuse(key, &error.to_string()),
        }
    }

    fn whole(self, key: &str) -> Result<u64, RuleSetError> {
        match self.find(key)? {
            Tree::Whole(n) if *n < 0 => self.refuse(key, &DecimalError::Negative.to_string()),
            Tree::Whole(n) => match u64::try_from(*n) {
                Ok(n) if n <= NUMBER_MAX => Ok(n),
                _ => self.refuse(key, &DecimalError::TooLarge.to_string()),
            },
            other => self.refuse(key, &format!("must be a whole number, not {}", other.kind())),
        }
    }

    fn flag(self, key: &str) -> Result<bool, RuleSetError> {
        match self.tree.get(key) {
            None => Ok(false),
            Some(Tree::Bool(value)) => Ok(*value),
            Some(other) => self.refuse(key, &format!("must be true or false, not {}", other.kind())),
        }
    }

    fn packs(self) -> Result<Vec<(String, Pack)>, RuleSetError> {
        let Tree::Table(entries) = self.find("packs")? else { return self.refuse("packs", "must be a table") };
        let mut packs = Vec::with_capacity(entries.len());
        for (name, tree) in entries {
            let path = join("packs", name);
            let table = Reader { tree, path: &path };
            let pack = Pack {
                price: table.decimal("price", Money::parse)?,
                share_value_rate: table.decimal("share_value_rate", Rate::parse)?,
                merchant: table.flag("merchant")?,
                area_partner: table.flag("area_partner")?,
            };
            packs.push((name.clone(), pack));
        }
        // A table of names: the order in which somebody wrote them makes no other rule set.
        packs.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Ok(packs)
    }

    fn roles(self) -> Result<Vec<Role>, RuleSetError> {
        let Tree::List(items) = self.find("service.roles")? else {
            return self.refuse("service.roles", "must be a list");
        };
        let mut roles = Vec::with_capacity(items.len());
        for (i, tree) in items.iter().enumerate() {
            let path = format!("service.roles.{i}");
            let table = Reader { tree, path: &path };
            roles.push(Role {
                name: table.text("name")?.into(),
                share_value_rate: table.decimal("share_value_rate", Rate::parse)?,
                points_rate: table.decimal("points_rate", Rate::parse)?,
            });
        }
        Ok(roles)
    }
}

fn join(path: &str, key: &str) -> String {
    let dot = if path.is_empty() || key.is_empty() { "" } else { "." };
    format!("{path}{dot}{key}")
}

/// The flags of a pack, which are written only where they are true.
const PACK_FLAGS: [&str; 2] = ["merchant", "area_partner"];

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
