//! The sums of a member's team and of a partner's city, from the server.

use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points, Rate, ShareValue};
use serde_json::Value;

use crate::api::{self, Answer, Fault, field, text_of};
use crate::json::ReadError;

/// How many of the members whom one brought are shown at once.
pub const PAGE: usize = 50;

/// A service role and its rates.
#[derive(Clone, Debug)]
pub struct RoleTerms {
    pub role: String,
    pub share_value_rate: Rate,
    pub points_rate: Rate,
}

#[derive(Clone, Debug)]
pub struct Level {
    /// 1 for those whom the member brought itself.
    pub number: u32,
    pub members: i64,
    pub activated: i64,
}

#[derive(Clone, Debug)]
pub struct LevelTrade {
    pub level: u32,
    pub orders: i64,
    pub concession: Money,
}

#[derive(Clone, Debug)]
pub struct Month {
    /// `2026-01`.
    pub name: String,
    pub levels: Vec<LevelTrade>,
    pub share_value: ShareValue,
    pub points: Points,
}

/// `/v1/members/ID/team`.
#[derive(Clone, Debug)]
pub struct Team {
    pub role: Option<RoleTerms>,
    pub next: Option<RoleTerms>,
    pub levels: Vec<Level>,
    /// Oldest first.
    pub months: Vec<Month>,
}

/// Somebody whom the member brought.
#[derive(Clone, Debug)]
pub struct TeamMember {
    pub member: Id,
    pub activated: bool,
    pub since: Option<Day>,
    pub share_value: ShareValue,
    pub points: Points,
}

#[derive(Clone, Debug)]
pub struct CityDay {
    pub day: Day,
    pub orders: i64,
    pub concession: Money,
}

#[derive(Clone, Debug)]
pub struct CityShop {
    pub shop: Id,
    pub orders: i64,
    pub concession: Money,
}

/// `/v1/members/ID/city`.
#[derive(Clone, Debug)]
pub struct City {
    /// Its code of six digits.
    pub code: String,
    pub offline_points_rate: Rate,
    pub until: Option<Day>,
    pub eligible: bool,
    pub days: Vec<CityDay>,
    pub month: String,
    pub shops: Vec<CityShop>,
}

fn rows<T>(table: &Value, name: &str, read: impl Fn(&Value) -> Result<T, ReadError>) -> Result<Vec<T>, Fault> {
    let rows = table.get(name).and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

fn terms(table: &Value, name: &str) -> Result<Option<RoleTerms>, ReadError> {
    let Some(terms) = table.get(name) else { return Ok(None) };
    Ok(Some(RoleTerms {
        role: field(terms, "role")?,
        share_value_rate: field(terms, "share_value_rate")?,
        points_rate: field(terms, "points_rate")?,
    }))
}

pub async fn team(id: &Id) -> Result<Answer<Team>, Fault> {
    let Answer { value: answer, since } = Box::pin(api::get_value_or_kept(&format!("/v1/members/{id}/team"))).await?;
    let level = |row: &Value| {
        Ok(Level { number: field(row, "level")?, members: field(row, "members")?, activated: field(row, "activated")? })
    };
    let trade = |row: &Value| {
        Ok(LevelTrade {
            level: field(row, "level")?,
            orders: field(row, "orders")?,
            concession: field(row, "concession")?,
        })
    };
    let months = answer.get("months").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
    let month = |row: &Value| {
        Ok::<_, Fault>(Month {
            name: field(row, "month")?,
            levels: rows(row, "levels", trade)?,
            share_value: field(row, "share_value")?,
            points: field(row, "points")?,
        })
    };
    let team = Team {
        role: terms(&answer, "role")?,
        next: terms(&answer, "next")?,
        levels: rows(&answer, "levels", level)?,
        months: months.iter().map(month).collect::<Result<_, _>>()?,
    };
    Ok(Answer { value: team, since })
}

/// `/v1/members/ID/team/members`: a page of those whom the member brought, after one of them.
pub async fn members(id: &Id, after: Option<&Id>) -> Result<Vec<TeamMember>, Fault> {
    let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
    let path = format!("/v1/members/{id}/team/members?limit={PAGE}{after}");
    let answer = Box::pin(api::get_value_or_kept(&path)).await?.value;
    rows(&answer, "members", |row| {
        Ok(TeamMember {
            member: field(row, "member")?,
            activated: field(row, "activated")?,
            since: text_of(row, "since").as_deref().and_then(Day::parse),
            share_value: field(row, "share_value")?,
            points: field(row, "points")?,
        })
    })
}

/// `None` for a member who is no partner.
pub async fn city(id: &Id) -> Result<Answer<Option<City>>, Fault> {
    let Answer { value: answer, since } =
        match Box::pin(api::get_value_or_kept(&format!("/v1/members/{id}/city"))).await {
            Err(Fault::Status { status: 404, .. }) => return Ok(Answer { value: None, since: None }),
            answer => answer?,
        };
    let day = |row: &Value| {
        Ok(CityDay { day: field(row, "day")?, orders: field(row, "orders")?, concession: field(row, "concession")? })
    };
    let shop = |row: &Value| {
        Ok(CityShop { shop: field(row, "shop")?, orders: field(row, "orders")?, concession: field(row, "concession")? })
    };
    let city = City {
        code: field(&answer, "city")?,
        offline_points_rate: field(&answer, "offline_points_rate")?,
        until: text_of(&answer, "until").as_deref().and_then(Day::parse),
        eligible: field(&answer, "eligible")?,
        days: rows(&answer, "days", day)?,
        month: field(&answer, "month")?,
        shops: rows(&answer, "shops", shop)?,
    };
    Ok(Answer { value: Some(city), since })
}
