//! Closed days.

use axum::extract::{Path, State};
use gongxiang::identity::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Query};
use super::rights::Anybody;
use crate::ledger::store::{ClosedDay, Page};

/// A page of closed days.
#[derive(Serialize, ToSchema)]
pub struct DaysPage {
    /// The records, oldest first.
    days: Vec<ClosedDay>,
}

/// Which page of the closed days.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DaysQuery {
    /// The last day of the page before.
    #[schema(nullable = false)]
    after: Option<Day>,
    #[serde(default)]
    limit: Limit,
}

/// Oldest first.
pub async fn days(
    State(app): State<App>,
    _: Anybody,
    Query(DaysQuery { after, limit }): Query<DaysQuery>,
) -> Result<Answer<DaysPage>, Problem> {
    let days = app.ledger.read().await?.days(Page { after, limit: limit.rows() }).await?;
    Ok(Answer::of(&DaysPage { days }))
}

pub async fn day(
    State(app): State<App>,
    _: Anybody,
    Path(day): Path<String>,
    _: Query<NoParameters>,
) -> Result<Answer<ClosedDay>, Problem> {
    let day = Day::parse(&day).ok_or(Failure::NotFound)?;
    let before = day.previous();
    let mut days = app.ledger.read().await?.days(Page { after: before, limit: 1 }).await?;
    let record = days.pop().filter(|closed| closed.record.day == day).ok_or(Failure::NotFound)?;
    Ok(Answer::of(&record))
}
