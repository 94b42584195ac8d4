//! The rules in force, as a member reads them: each rule with its numbers, and an example that a book computes.
//!
//! The sentences are data with names in braces (`rulebook/texts.json`); they hold no number of their own, so they cannot say
//! anything else than the rules do. The examples are settled in a book of their own under the same rules, at today's price.

mod example;
#[cfg(test)]
mod tests;

use crate::event::{Event, Refusal};
use crate::identity::{Day, Id};
use crate::limits::NUMBER_MAX;
use crate::quantity::{Points, Price, Rate, ShareValue};
use crate::receipt::RewardKind;
use crate::ruleset::{Channel, PricePolicy, Redemption, RuleSet};
use example::{BUYER, Example, SHOP, amount, concession, id};

/// One rule as a member reads it: the key of its text, and the values that the text names in braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// The key of its sentences, such as `consumption`.
    pub rule: &'static str,
    /// What stands for each name in braces: a decimal, a part in percent, a day, or a name of the rule set.
    pub values: Vec<(&'static str, String)>,
}

/// The articles of a rule set on a day at a price, in the order in which a member meets them. A rule whose numbers are 0 has none.
///
/// # Errors
/// `out_of_range` if an example does not fit at this price or on this day.
pub fn rulebook(rules: &RuleSet, day: Day, price: Price) -> Result<Vec<Article>, Refusal> {
    // The examples happen today.
    let rules = &RuleSet { genesis_day: day, ..rules.clone() };
    let mut articles = joining(rules, price)?;
    articles.extend(orders(rules, price)?);
    articles.extend(after_an_order(rules, price)?);
    articles.push(release(rules, price)?);
    articles.push(next_price(rules, price)?);
    articles.push(market(rules, price)?);
    articles.push(redemption(rules, price)?);
    articles.push(Article { rule: "cap", values: vec![("cap", rules.supply_cap.to_string())] });
    Ok(articles)
}

/// A rate in percent, exactly.
fn percent(rate: Rate) -> String {
    Rate::checked_from_raw(rate.raw().saturating_mul(100)).map_or_else(String::new, |rate| format!("{rate}%"))
}

fn of_order() -> (&'static str, String) {
    ("concession", concession().to_string())
}

/// What a sign-up, a pack and a shop bring or need.
fn joining(rules: &RuleSet, price: Price) -> Result<Vec<Article>, Refusal> {
    let mut articles = Vec::new();
    if rules.signup_member.is_positive() {
        let mut example = Example::open(rules, price)?;
        example.register(BUYER, None)?;
        let locked = example.state(BUYER)?.locked.to_string();
        let values = vec![("given", rules.signup_member.to_string()), ("locked", locked)];
        articles.push(Article { rule: "sign_up", values });
    }
    for (name, pack) in &rules.packs {
        let mut example = Example::open(rules, price)?;
        example.register(BUYER, None)?;
        let locked = example.state(BUYER)?.locked.to_string();
        example.buys(BUYER, |other| other == pack)?;
        let values = vec![
            ("pack", name.clone()),
            ("price", pack.price.to_string()),
            ("rate", pack.share_value_rate.to_string()),
            ("locked", locked),
            ("share_value", example.state(BUYER)?.share_value.to_string()),
        ];
        articles.push(Article { rule: "pack", values });
    }
    if rules.signup_referrer.is_positive() && !rules.packs.is_empty() {
        let mut example = Example::open(rules, price)?;
        example.register("referrer", None)?;
        example.buys("referrer", |_| true)?;
        let before = example.state("referrer")?.share_value;
        example.register(BUYER, Some("referrer"))?;
        example.buys(BUYER, |_| true)?;
        let got = example.state("referrer")?.share_value.minus(before)?;
        let values = vec![("given", rules.signup_referrer.to_string()), ("share_value", got.to_string())];
        articles.push(Article { rule: "sign_up_referrer", values });
    }
    if rules.merchant_deposit.is_positive() {
        let points = rules.merchant_deposit.points_ceil(price)?.to_string();
        let values =
            vec![("deposit", rules.merchant_deposit.to_string()), ("price", price.to_string()), ("points", points)];
        articles.push(Article { rule: "deposit", values });
    }
    Ok(articles)
}

/// Who gets what by an order.
fn orders(rules: &RuleSet, price: Price) -> Result<Vec<Article>, Refusal> {
    let Some(example) = Example::with_everybody(rules, price)? else { return Ok(Vec::new()) };
    let quoted = |channel| -> Result<_, Refusal> {
        let mut example = Example { book: example.book.clone() };
        Ok(example.order(channel)?.order)
    };
    let (online, offline) = (quoted(Channel::Online)?, quoted(Channel::Offline)?);
    let mut articles = Vec::new();
    if let Some(quote) = &online {
        articles.push(Article {
            rule: "order_points",
            values: vec![("price", price.to_string()), ("points", quote.points.to_string()), of_order()],
        });
    }
    for (rule, kind, rate, quote) in [
        ("consumption", RewardKind::Consumption, rules.order_buyer_multiple.to_string(), &online),
        ("sale", RewardKind::Sale, rules.order_merchant_multiple.to_string(), &online),
        ("share_online", RewardKind::ShareOnline, percent(rules.share_online_share_value_rate), &online),
        ("share_offline", RewardKind::ShareOffline, percent(rules.share_offline_points_rate), &offline),
        ("merchant_share", RewardKind::MerchantShare, percent(rules.share_merchant_points_rate), &offline),
        ("area_online", RewardKind::Area, percent(rules.area_online_points_rate), &online),
        ("area_offline", RewardKind::Area, percent(rules.area_offline_points_rate), &offline),
    ] {
        let rewards = quote.iter().flat_map(|quote| quote.rewards.iter());
        let Some(reward) = rewards.into_iter().find(|reward| reward.kind == kind) else { continue };
        let got = if reward.points.is_positive() { reward.points.to_string() } else { reward.share_value.to_string() };
        let mut values = vec![("rate", rate), ("got", got), of_order()];
        if kind == RewardKind::Consumption {
            values.push(("amount", amount().to_string()));
        }
        if kind == RewardKind::Area {
            values.push(("days", rules.area_repurchase_days.to_string()));
        }
        articles.push(Article { rule, values });
    }
    articles.extend(team(rules, &example)?);
    Ok(articles)
}

/// What each service role above the buyer's referrer gets.
fn team(rules: &RuleSet, example: &Example) -> Result<Vec<Article>, Refusal> {
    let mut articles = Vec::new();
    for role in &rules.service_roles {
        let got = |channel| -> Result<_, Refusal> {
            let mut example = Example { book: example.book.clone() };
            if let Some(role) = Id::parse(&role.name) {
                example.settle(&Event::RoleAssigned { member: id("team"), role })?;
            }
            let quote = example.order(channel)?.order;
            let rewards = quote.as_ref().map(|quote| quote.rewards.to_vec()).unwrap_or_default();
            Ok(rewards.into_iter().find(|reward| reward.kind == RewardKind::Service))
        };
        let online = got(Channel::Online)?.map_or(ShareValue::ZERO, |reward| reward.share_value);
        let offline = got(Channel::Offline)?.map_or(Points::ZERO, |reward| reward.points);
        if online.is_zero() && offline.is_zero() {
            continue;
        }
        let values = vec![
            ("role", role.name.clone()),
            ("online_rate", percent(role.share_value_rate)),
            ("offline_rate", percent(role.points_rate)),
            ("depth", rules.service_max_depth.to_string()),
            ("share_value", online.to_string()),
            ("points", offline.to_string()),
            of_order(),
        ];
        articles.push(Article { rule: "service", values });
    }
    Ok(articles)
}

/// When the rewards of an order come, and what a refund takes back.
fn after_an_order(rules: &RuleSet, price: Price) -> Result<Vec<Article>, Refusal> {
    let Some(example) = Example::with_everybody(rules, price)? else { return Ok(Vec::new()) };
    let due = |channel| -> Result<String, Refusal> {
        let quote = Example { book: example.book.clone() }.order(channel)?.order;
        Ok(quote.and_then(|quote| quote.due).as_ref().map(Day::to_string).unwrap_or_default())
    };
    let vesting = Article {
        rule: "vesting",
        values: vec![
            ("online", rules.order_vesting_days_online.to_string()),
            ("offline", rules.order_vesting_days_offline.to_string()),
            ("day", example.book.head().day.to_string()),
            ("online_due", due(Channel::Online)?),
            ("offline_due", due(Channel::Offline)?),
        ],
    };
    let mut refunded = Example { book: example.book.clone() };
    refunded.order(Channel::Online)?;
    let before = refunded.state(SHOP)?.points;
    refunded.settle(&Event::OrderRefunded { order: id("order"), concession: None })?;
    let back = refunded.state(SHOP)?.points.minus(before)?;
    let refund = Article { rule: "refund", values: vec![("points", back.to_string()), of_order()] };
    Ok(vec![vesting, refund])
}

/// What a day gives to one member among others: 1,000 of 1,000,000 share value.
fn release(rules: &RuleSet, price: Price) -> Result<Article, Refusal> {
    let mut example = Example::open(rules, price)?;
    for (member, share_value) in [(BUYER, 1_000), ("others", 999_000)] {
        example.register(member, None)?;
        example.buys(member, |_| true)?;
        // Packs that give more than this make the example larger.
        let missing = i128::from(share_value) * 100_000_000 - example.state(member)?.share_value.raw();
        if missing > 0 {
            let share_value = Some(ShareValue::from_raw(missing));
            example.settle(&Event::BalanceOpened { member: id(member), share_value, points: None })?;
        }
    }
    let before = example.state(BUYER)?.share_value;
    let total = example.book.head().release.total()?;
    example.closes_day()?;
    let after = example.state(BUYER)?;
    Ok(Article {
        rule: "release",
        values: vec![
            ("daily", rules.release_daily.to_string()),
            ("price", price.to_string()),
            ("share_value", before.to_string()),
            ("total", total.to_string()),
            ("points", after.points.to_string()),
            ("left", after.share_value.to_string()),
        ],
    })
}

/// How tomorrow's price follows.
fn next_price(rules: &RuleSet, price: Price) -> Result<Article, Refusal> {
    let rule = match rules.price_policy {
        PricePolicy::Turnover => "price_turnover",
        PricePolicy::Market => "price_market",
        PricePolicy::Operator => "price_operator",
    };
    let mut values = vec![("price", price.to_string())];
    match rules.price_policy {
        PricePolicy::Operator => {}
        PricePolicy::Market => {
            values.push(("volume", rules.price_min_volume.to_string()));
            values.push(("limit", percent(rules.price_daily_limit)));
        }
        PricePolicy::Turnover => {
            values.push(("window", rules.price_window_days.to_string()));
            values.push(("limit", percent(rules.price_daily_limit)));
            values.push(("daily", rules.release_daily.to_string()));
            // The lowest and the highest price that a day of any turnover leads to.
            values.push(("low", price.towards(0, rules.price_daily_limit)?.to_string()));
            values.push((
                "high",
                price.towards(i128::from(NUMBER_MAX) * 100_000_000, rules.price_daily_limit)?.to_string(),
            ));
        }
    }
    Ok(Article { rule, values })
}

/// Between which prices points may be offered.
fn market(rules: &RuleSet, price: Price) -> Result<Article, Refusal> {
    let end = |aim| price.towards(aim, rules.market_price_band);
    let values = vec![
        ("band", percent(rules.market_price_band)),
        ("price", price.to_string()),
        ("low", end(0)?.to_string()),
        ("high", end(i128::from(NUMBER_MAX) * 100_000_000)?.to_string()),
    ];
    Ok(Article { rule: "market", values })
}

/// Where redeemed points go.
fn redemption(rules: &RuleSet, price: Price) -> Result<Article, Refusal> {
    let mut example = Example::open(rules, price)?;
    example.register(BUYER, None)?;
    let whole = Points::from_raw(500_000_000);
    let part = Points::from_raw(200_000_000);
    example.settle(&Event::TreasuryGranted { member: id(BUYER), points: whole })?;
    example.settle(&Event::PointsRedeemed { member: id(BUYER), points: part, item: None, redemption: None })?;
    let rule = match rules.redemption {
        Redemption::Burn => "redemption_burn",
        Redemption::Treasury => "redemption_treasury",
    };
    let values = vec![
        ("before", whole.to_string()),
        ("redeemed", part.to_string()),
        ("left", example.state(BUYER)?.points.to_string()),
    ];
    Ok(Article { rule, values })
}
