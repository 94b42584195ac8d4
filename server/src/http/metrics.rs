//! `GET /metrics`, for Prometheus. It answers only this machine and private networks, never through a proxy.

use axum::extract::{Request, State};
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;

use super::edge::is_from_inside;
use super::problem::{Failure, Problem};
use crate::ledger::queue::Ledger;
use crate::ledger::store::Page;

/// All figures. Those of the book are of this moment.
///
/// # Errors
/// `not_found` for anybody outside, `unavailable` if the database does not answer.
pub async fn metrics(
    State(ledger): State<Ledger>,
    request: Request,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    if !is_from_inside(&request) {
        return Err(Failure::NotFound.into());
    }
    let metrics = ledger.metrics();
    let mut tx = ledger.read().await?;
    let head = tx.now().await?.head;
    let supply = serde_json::to_value(head.supply).unwrap_or_default();
    for (place, points) in supply.as_object().into_iter().flatten() {
        if let Some(points) = points.as_str().and_then(|points| points.parse().ok()) {
            metrics.supply(place, points);
        }
    }
    if let Ok(total) = head.release.total().map(|total| total.to_string()) {
        metrics.share_value(total.parse().unwrap_or(f64::NAN));
    }
    let has_closed = !tx.days(Page { after: None, limit: 1 }).await?.is_empty();
    let open: Option<jiff::civil::Date> = head.day.to_string().parse().ok();
    if let Some(closed) = open.filter(|_| has_closed).and_then(|open| open.yesterday().ok()) {
        let since = closed.since(jiff::civil::date(1970, 1, 1)).map(|span| i64::from(span.get_days()));
        metrics.closed(since.unwrap_or_default());
    }
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], metrics.text()))
}
