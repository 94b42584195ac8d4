//! What a member's network and a partner's city bring: sums, and the list of members that the member brought itself.
//! Nobody's balance is among it.

use axum::extract::State;
use gongxiang::book::Head;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::{Money, Points, Rate, ShareValue};
use gongxiang::ruleset::RuleSet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Query};
use super::rights::Owner;
use crate::ledger::needs::Needs;
use crate::ledger::network::month;
use crate::ledger::store::{DirectMember, Page};
use crate::limits::{OVERVIEW_DAYS, TEAM_MONTHS};

/// A service role with its rates.
#[derive(Serialize, ToSchema)]
pub struct RoleTerms {
    role: String,
    /// Of the share value of an online order.
    share_value_rate: Rate,
    /// Of the points of an order in the shop.
    points_rate: Rate,
}

/// A level of the team: 1 is those whom the member brought itself, 10 everybody further below.
#[derive(Serialize, ToSchema)]
pub struct TeamLevel {
    level: u8,
    members: i64,
    activated: i64,
}

#[derive(Serialize, ToSchema)]
pub struct LevelTrade {
    level: u8,
    orders: i64,
    concession: Money,
}

/// A month of the team.
#[derive(Serialize, ToSchema)]
pub struct TeamMonth {
    /// `2026-01`.
    month: String,
    levels: Vec<LevelTrade>,
    /// What vested for the member in that month by orders and activations of the team: the sum of its own postings of these rules.
    share_value: ShareValue,
    points: Points,
}

/// A member's team. It is counted within seconds after an event.
#[derive(Serialize, ToSchema)]
pub struct Team {
    member: Id,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleTerms>,
    /// The role above it; of a member without a role the lowest one.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<RoleTerms>,
    levels: Vec<TeamLevel>,
    /// The last 12 months in which something happened, oldest first.
    months: Vec<TeamMonth>,
}

/// The role of this name, or the first one, and the one above.
fn roles(rules: &RuleSet, role: Option<&str>) -> (Option<RoleTerms>, Option<RoleTerms>) {
    let terms = |at: usize| {
        let role = rules.service_roles.get(at)?;
        let name = role.name.as_str().to_owned();
        Some(RoleTerms { role: name, share_value_rate: role.share_value_rate, points_rate: role.points_rate })
    };
    match role.and_then(|name| rules.service_roles.iter().position(|role| role.name.as_str() == name)) {
        Some(at) => (terms(at), terms(at + 1)),
        None => (None, terms(0)),
    }
}

/// The month that lies this many months before.
fn months_before(day: Day, months: usize) -> String {
    let days = u64::try_from(months).unwrap_or_default().saturating_mul(31);
    let earlier = (0..days).try_fold(day, |day, _| day.previous());
    earlier.map_or_else(String::new, month)
}

pub async fn team(
    State(app): State<App>,
    _: Query<NoParameters>,
    Owner(member): Owner,
) -> Result<Answer<Team>, Problem> {
    let mut tx = app.ledger.read().await?;
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    let part = tx.load(&needs).await?.excerpt;
    let account = part.accounts.get(&member).ok_or_else(Problem::unknown_member)?;
    let (role, next) = roles(&part.rules, account.role.as_ref().map(Id::as_str));
    let from = months_before(part.head.day, TEAM_MONTHS);
    let size = |(level, size): (u8, crate::ledger::network::Size)| TeamLevel {
        level,
        members: size.members,
        activated: size.activated,
    };
    let levels = tx.team_sizes(&member).await?.into_iter().map(size).collect();
    let mut months: Vec<TeamMonth> = Vec::new();
    let mut at = |name: String| -> usize {
        months.iter().position(|month| month.month == name).unwrap_or_else(|| {
            let (share_value, points) = (ShareValue::ZERO, Points::ZERO);
            months.push(TeamMonth { month: name, levels: Vec::new(), share_value, points });
            months.len() - 1
        })
    };
    let trades = tx.team_months(&member, &from).await?;
    let rewards = tx.team_rewards(&member, &from).await?;
    let places: Vec<_> = trades.iter().map(|(month, ..)| at(month.clone())).collect();
    let reward_places: Vec<_> = rewards.iter().map(|(month, _)| at(month.clone())).collect();
    for (place, (_, level, trade)) in places.into_iter().zip(trades) {
        let line = LevelTrade { level, orders: trade.orders, concession: trade.concession };
        months[place].levels.push(line);
    }
    for (place, (_, brought)) in reward_places.into_iter().zip(rewards) {
        months[place].share_value = brought.share_value;
        months[place].points = brought.points;
    }
    months.sort_by(|one, other| one.month.cmp(&other.month));
    Ok(Answer::of(&Team { member, role, next, levels, months }))
}

/// Somebody whom the member brought.
#[derive(Serialize, ToSchema)]
pub struct TeamMember {
    member: Id,
    activated: bool,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Day>,
    /// What it and everybody below it brought so far.
    share_value: ShareValue,
    points: Points,
}

/// Those whom the member brought itself.
#[derive(Serialize, ToSchema)]
pub struct TeamMembersPage {
    /// By id.
    members: Vec<TeamMember>,
}

/// Which page of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamMembersQuery {
    /// The last member of the page before.
    #[schema(nullable = false)]
    after: Option<Id>,
    #[serde(default)]
    limit: Limit,
}

pub async fn members(
    State(app): State<App>,
    Query(TeamMembersQuery { after, limit }): Query<TeamMembersQuery>,
    Owner(member): Owner,
) -> Result<Answer<TeamMembersPage>, Problem> {
    let mut tx = app.ledger.read().await?;
    let after = after.as_ref().map_or("", Id::as_str);
    let line = |DirectMember { member, activated, since, brought }: DirectMember| TeamMember {
        member,
        activated,
        since,
        share_value: brought.share_value,
        points: brought.points,
    };
    let members = tx.direct_members(&member, Page { after, limit: limit.rows() }).await?;
    Ok(Answer::of(&TeamMembersPage { members: members.into_iter().map(line).collect() }))
}

/// A day of a city.
#[derive(Serialize, ToSchema)]
pub struct CityDay {
    day: Day,
    orders: i64,
    concession: Money,
}

/// A shop of a city in a month.
#[derive(Serialize, ToSchema)]
pub struct CityShop {
    shop: Id,
    orders: i64,
    concession: Money,
}

/// The city of an area partner. It is counted within seconds after an event.
#[derive(Serialize, ToSchema)]
pub struct City {
    #[serde(rename = "city")]
    region: Region,
    /// Of the points of orders in the city's shops, and of online orders to the city.
    offline_points_rate: Rate,
    online_points_rate: Rate,
    /// The last day on which orders count for the partner; another area pack moves it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Day>,
    /// Whether they count today.
    eligible: bool,
    /// The last 30 days on which something was bought, oldest first.
    days: Vec<CityDay>,
    /// The month of `shops`.
    month: String,
    /// The shops from which something was bought in this month, by id: the first 500.
    shops: Vec<CityShop>,
}

/// 404 for a member who is no partner.
pub async fn city(
    State(app): State<App>,
    _: Query<NoParameters>,
    Owner(member): Owner,
) -> Result<Answer<City>, Problem> {
    let mut tx = app.ledger.read().await?;
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    let part = tx.load(&needs).await?.excerpt;
    let Head { day, .. } = part.head;
    let account = part.accounts.get(&member).ok_or_else(Problem::unknown_member)?;
    let city = account.city.ok_or(Failure::NotFound)?;
    let until = account.area_pack.and_then(|bought| bought.plus(part.rules.area_repurchase_days));
    let after =
        (0..OVERVIEW_DAYS).try_fold(day, |day, _| day.previous()).map_or_else(String::new, |day| day.to_string());
    let days = tx.city_days(city, &after).await?;
    let days = days.into_iter().filter(|(of, _)| *of <= day);
    let days = days.map(|(day, trade)| CityDay { day, orders: trade.orders, concession: trade.concession }).collect();
    let month = month(day);
    let shops = tx.city_shops(city, &month, Page { after: "", limit: SHOPS_MAX }).await?;
    let shops = shops.into_iter();
    let shops =
        shops.map(|(shop, trade)| CityShop { shop, orders: trade.orders, concession: trade.concession }).collect();
    Ok(Answer::of(&City {
        region: city,
        offline_points_rate: part.rules.area_offline_points_rate,
        online_points_rate: part.rules.area_online_points_rate,
        until,
        eligible: until.is_some_and(|until| day <= until),
        days,
        month,
        shops,
    }))
}

const SHOPS_MAX: usize = 500;
