//! What the desk asks about the scheme as a whole.

use gongxiang::book::Supply;
use gongxiang::day_report::DayReport;
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points, Price, ShareValue};
use serde_json::Value;

use crate::api::{self, Fault, field, text_of};
use crate::json::ReadError;

/// A closed day.
#[derive(Clone, Debug)]
pub struct ClosedFigures {
    pub day: Day,
    pub price: Price,
    pub released: Points,
    /// The concessions that were paid out.
    pub turnover: Money,
    /// All points that were burned until its end.
    pub burned: Option<Points>,
    pub report: DayReport,
}

/// A shop whose points end.
#[derive(Clone, Debug)]
pub struct ShopReach {
    pub shop: Id,
    pub points: Points,
    /// The first day on which they do not last.
    pub dry: Day,
}

/// A warning by its name, with its fields.
#[derive(Clone, Debug)]
pub struct Warning {
    pub of: String,
    pub fields: Value,
}

/// `/v1/overview`.
#[derive(Clone, Debug)]
pub struct Overview {
    pub day: Day,
    pub price: Price,
    pub supply: Supply,
    pub held: Points,
    pub held_worth: Money,
    pub escrow_worth: Money,
    pub today: DayReport,
    pub total: DayReport,
    /// Oldest first.
    pub days: Vec<ClosedFigures>,
    pub warnings: Vec<Warning>,
    pub shops: u32,
    pub shops_points: Points,
    pub shops_share_value: ShareValue,
    /// The first ones first.
    pub running_dry: Vec<ShopReach>,
}

pub async fn overview() -> Result<Overview, Fault> {
    let answer = api::get_value("/v1/overview").await?;
    let rows = |name: &str| answer.get(name).and_then(Value::as_array).ok_or(Fault::BadAnswer);
    let owed = answer.get("liabilities").unwrap_or(&Value::Null);
    let warning = |row: &Value| Some(Warning { of: text_of(row, "of")?, fields: row.clone() });
    Ok(Overview {
        day: field(&answer, "day")?,
        price: field(&answer, "price")?,
        supply: field(&answer, "supply")?,
        held: field(owed, "held")?,
        held_worth: field(owed, "held_worth")?,
        escrow_worth: field(owed, "escrow_worth")?,
        today: field(&answer, "today")?,
        total: field(&answer, "total")?,
        days: rows("days")?.iter().map(closed).collect::<Result<_, _>>()?,
        warnings: rows("warnings")?.iter().filter_map(warning).collect(),
        shops: field(&answer, "shops")?,
        shops_points: field(&answer, "shops_points")?,
        shops_share_value: field(&answer, "shops_share_value")?,
        running_dry: rows("running_dry")?.iter().filter_map(reach).collect(),
    })
}

fn closed(row: &Value) -> Result<ClosedFigures, ReadError> {
    Ok(ClosedFigures {
        day: field(row, "day")?,
        price: field(row, "price")?,
        released: field(row, "released")?,
        turnover: field::<Option<Money>>(row, "turnover")?.unwrap_or_default(),
        burned: field(row, "burned")?,
        report: field::<Option<DayReport>>(row, "report")?.unwrap_or_default(),
    })
}

/// Nothing of a shop that does not run dry.
fn reach(row: &Value) -> Option<ShopReach> {
    let shop = Id::parse(&text_of(row, "shop")?)?;
    let (points, dry) = (field(row, "points").ok()?, field::<Option<Day>>(row, "dry").ok()??);
    Some(ShopReach { shop, points, dry })
}
