//! The rule set of section 3: read strictly, refused as a whole.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::{Signed, Zero};
use serde_json::{Map, Value};

use crate::dates;
use crate::exact::{Exact, decimal, whole};

/// How the next day's price is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Turnover,
    Market,
    Operator,
}

#[derive(Debug, Clone)]
pub(crate) struct Pack {
    pub price: Exact,
    pub share_value_rate: Exact,
    pub merchant: bool,
    pub area_partner: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub name: String,
    pub share_value_rate: Exact,
    pub points_rate: Exact,
}

#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub genesis_day: i64,
    pub cap: Exact,
    pub treasury: Exact,
    pub daily: Exact,
    pub min_total: Exact,
    pub initial_price: Exact,
    pub policy: Policy,
    pub window_days: usize,
    pub min_volume: Exact,
    pub daily_limit: Exact,
    pub signup_member: Exact,
    pub signup_referrer: Exact,
    pub packs: BTreeMap<String, Pack>,
    pub deposit: Exact,
    pub buyer_multiple: Exact,
    pub merchant_multiple: Exact,
    pub vesting_online: i64,
    pub vesting_offline: i64,
    pub share_online_rate: Exact,
    pub share_offline_rate: Exact,
    pub merchant_share_rate: Exact,
    pub max_depth: usize,
    pub roles: Vec<Role>,
    pub area_offline_rate: Exact,
    pub area_online_rate: Exact,
    pub repurchase_days: i64,
    pub price_band: Exact,
    pub redemption_burns: bool,
}

/// One table of the rule set; `path` is for the messages.
struct Table<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

impl<'a> Table<'a> {
    fn of(path: &str, value: &'a Value, keys: &[&str], optional: &[&str]) -> Result<Self, String> {
        let map = value.as_object().ok_or_else(|| format!("{path}: not a table"))?;
        if let Some(key) = map.keys().find(|k| !keys.contains(&k.as_str()) && !optional.contains(&k.as_str())) {
            return Err(format!("{path}.{key}: unknown key"));
        }
        if let Some(key) = keys.iter().find(|k| !map.contains_key(**k)) {
            return Err(format!("{path}.{key}: missing"));
        }
        Ok(Self { path: path.to_owned(), map })
    }

    fn get(&self, key: &str) -> &'a Value {
        self.map.get(key).unwrap_or(&Value::Null)
    }

    fn err<T>(&self, key: &str, what: &str) -> Result<T, String> {
        Err(format!("{}.{key}: {what}", self.path))
    }

    fn table(&self, key: &str, keys: &[&str]) -> Result<Table<'a>, String> {
        Table::of(key, self.get(key), keys, &[])
    }

    fn text(&self, key: &str) -> Result<&'a str, String> {
        self.get(key).as_str().map_or_else(|| self.err(key, "not a text"), Ok)
    }

    fn number(&self, key: &str, places: usize) -> Result<Exact, String> {
        match decimal(self.text(key)?, places) {
            Some(x) if !x.is_negative() => Ok(x),
            _ => self.err(key, "not a number of this kind"),
        }
    }

    fn rate(&self, key: &str) -> Result<Exact, String> {
        self.number(key, 8)
    }

    fn above_zero(&self, key: &str) -> Result<Exact, String> {
        let x = self.rate(key)?;
        if x.is_zero() { self.err(key, "must be above 0") } else { Ok(x) }
    }

    fn below_one(&self, key: &str) -> Result<Exact, String> {
        let x = self.rate(key)?;
        if x >= whole(1) { self.err(key, "must be below 1") } else { Ok(x) }
    }

    fn count(&self, key: &str) -> Result<i64, String> {
        match self.get(key).as_i64() {
            Some(n) if (0..=1_000_000_000_000).contains(&n) => Ok(n),
            _ => self.err(key, "not a whole number"),
        }
    }

    fn flag(&self, key: &str) -> Result<bool, String> {
        match self.map.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => self.err(key, "neither true nor false"),
        }
    }
}

const TOP: [&str; 12] = [
    "genesis_day",
    "supply",
    "release",
    "price",
    "signup",
    "packs",
    "merchant",
    "order",
    "share",
    "service",
    "area",
    "market",
];

fn packs(value: &Value) -> Result<BTreeMap<String, Pack>, String> {
    let map = value.as_object().ok_or("packs: not a table")?;
    let mut packs = BTreeMap::new();
    for (name, value) in map {
        let path = format!("packs.{name}");
        let table = Table::of(&path, value, &["price", "share_value_rate"], &["merchant", "area_partner"])?;
        let pack = Pack {
            price: table.number("price", 2)?,
            share_value_rate: table.rate("share_value_rate")?,
            merchant: table.flag("merchant")?,
            area_partner: table.flag("area_partner")?,
        };
        packs.insert(name.clone(), pack);
    }
    Ok(packs)
}

fn roles(value: &Value) -> Result<Vec<Role>, String> {
    let list = value.as_array().ok_or("service.roles: not a list")?;
    let mut roles: Vec<Role> = Vec::new();
    let mut names = BTreeSet::new();
    for value in list {
        let table = Table::of("service.roles", value, &["name", "share_value_rate", "points_rate"], &[])?;
        let role = Role {
            name: table.text("name")?.to_owned(),
            share_value_rate: table.rate("share_value_rate")?,
            points_rate: table.rate("points_rate")?,
        };
        if !names.insert(role.name.clone()) {
            return table.err("name", "named twice");
        }
        let falls = |last: &Role| role.share_value_rate < last.share_value_rate || role.points_rate < last.points_rate;
        if roles.last().is_some_and(falls) {
            return table.err(&role.name, "rates fall along the list");
        }
        roles.push(role);
    }
    Ok(roles)
}

impl Rules {
    /// Reads a rule set; the message names the key that is wrong.
    pub fn read(value: &Value) -> Result<Self, String> {
        let keys: Vec<&str> = TOP.iter().copied().chain(["redemption"]).collect();
        let top = Table::of("rules", value, &keys, &[])?;
        let supply = top.table("supply", &["cap", "treasury"])?;
        let release = top.table("release", &["daily", "min_total"])?;
        let price = top.table("price", &["initial", "policy", "window_days", "min_volume", "daily_limit"])?;
        let signup = top.table("signup", &["member", "referrer"])?;
        let merchant = top.table("merchant", &["deposit"])?;
        let order = top.table("order", &["buyer_multiple", "merchant_multiple", "vesting_days"])?;
        let vesting = order.table("vesting_days", &["online", "offline"])?;
        let share = top.table("share", &["online_share_value_rate", "offline_points_rate", "merchant_points_rate"])?;
        let service = top.table("service", &["max_depth", "roles"])?;
        let area = top.table("area", &["offline_points_rate", "online_points_rate", "repurchase_days"])?;
        let market = top.table("market", &["price_band"])?;
        let rules = Self {
            genesis_day: dates::number(top.text("genesis_day")?).ok_or("genesis_day: not a day")?,
            cap: supply.rate("cap")?,
            treasury: supply.rate("treasury")?,
            daily: release.above_zero("daily")?,
            min_total: release.above_zero("min_total")?,
            initial_price: price.above_zero("initial")?,
            policy: match price.text("policy")? {
                "turnover" => Policy::Turnover,
                "market" => Policy::Market,
                "operator" => Policy::Operator,
                _ => return price.err("policy", "unknown policy"),
            },
            window_days: match usize::try_from(price.count("window_days")?) {
                Ok(days) if days > 0 => days,
                _ => return price.err("window_days", "must be above 0"),
            },
            min_volume: price.rate("min_volume")?,
            daily_limit: price.below_one("daily_limit")?,
            signup_member: signup.rate("member")?,
            signup_referrer: signup.rate("referrer")?,
            packs: packs(top.get("packs"))?,
            deposit: merchant.number("deposit", 2)?,
            buyer_multiple: order.rate("buyer_multiple")?,
            merchant_multiple: order.rate("merchant_multiple")?,
            vesting_online: vesting.count("online")?,
            vesting_offline: vesting.count("offline")?,
            share_online_rate: share.rate("online_share_value_rate")?,
            share_offline_rate: share.rate("offline_points_rate")?,
            merchant_share_rate: share.rate("merchant_points_rate")?,
            max_depth: usize::try_from(service.count("max_depth")?).unwrap_or(usize::MAX),
            roles: roles(service.get("roles"))?,
            area_offline_rate: area.rate("offline_points_rate")?,
            area_online_rate: area.rate("online_points_rate")?,
            repurchase_days: area.count("repurchase_days")?,
            price_band: market.below_one("price_band")?,
            redemption_burns: match top.text("redemption")? {
                "burn" => true,
                "treasury" => false,
                _ => return top.err("redemption", "neither burn nor treasury"),
            },
        };
        rules.sound()
    }

    fn sound(self) -> Result<Self, String> {
        if self.cap < self.treasury {
            return Err("supply.cap: below supply.treasury".to_owned());
        }
        let highest = self.roles.iter().map(|r| r.points_rate.clone()).max().unwrap_or_else(|| whole(0));
        let offline = &self.share_offline_rate + &self.merchant_share_rate + highest + &self.area_offline_rate;
        if offline > whole(1) || self.area_online_rate > whole(1) {
            return Err("share, service, area: an order could give more points than it has".to_owned());
        }
        Ok(self)
    }

    /// The rate of a role, 0 if the rules no longer name it.
    pub fn role_rate(&self, name: Option<&str>, online: bool) -> Exact {
        let role = self.roles.iter().find(|r| Some(r.name.as_str()) == name);
        role.map_or_else(
            || whole(0),
            |r| {
                if online { r.share_value_rate.clone() } else { r.points_rate.clone() }
            },
        )
    }
}
