//! Whether the process and its database answer.

use std::collections::BTreeMap;

use axum::extract::State;

use super::answer::{Written, written};
use super::app::App;
use super::problem::Problem;

/// `GET /health/live`: the process answers.
pub async fn live() -> Written {
    written(&BTreeMap::from([("status", "ok")]))
}

/// `GET /health/ready`: the database answers.
pub async fn ready(State(app): State<App>) -> Result<Written, Problem> {
    app.ledger.read().await?.now().await?;
    Ok(live().await)
}
