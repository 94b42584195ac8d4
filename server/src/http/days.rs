//! Closed days.

use axum::extract::{Path, State};
use gongxiang::book::DayRecord;
use gongxiang::identity::Day;
use serde::Serialize;

use super::answer::{Written, written};
use super::app::App;
use super::problem::{Failure, Problem};
use super::query::Parameters;
use crate::ledger::store::Page;

#[derive(Serialize)]
struct Days {
    days: Vec<DayRecord>,
}

/// `GET /v1/days?after&limit`: the closed days after `after`, oldest first.
pub async fn days(State(app): State<App>, mut parameters: Parameters) -> Result<Written, Problem> {
    let after = parameters.optional("after", "a day such as `2026-01-31`", Day::parse)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    Ok(written(&Days { days: app.ledger.read().await?.days(Page { after, limit }).await? }))
}

/// `GET /v1/days/{day}`.
pub async fn day(State(app): State<App>, Path(day): Path<String>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    let day = Day::parse(&day).ok_or(Failure::NotFound)?;
    let before = day.previous();
    let mut days = app.ledger.read().await?.days(Page { after: before, limit: 1 }).await?;
    let record = days.pop().filter(|record| record.day == day).ok_or(Failure::NotFound)?;
    Ok(written(&record))
}
