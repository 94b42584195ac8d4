//! Whether the process and its database answer.

use axum::extract::State;
use serde::Serialize;

use super::answer::{Written, written};
use super::app::App;
use super::problem::Problem;

#[derive(Serialize)]
struct Status {
    status: &'static str,
    /// Why no day is closed until a person says so. Orders go on, so the server is ready all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    close_waits: Option<String>,
}

/// `GET /health/live`: the process answers.
pub async fn live() -> Written {
    written(&Status { status: "ok", close_waits: None })
}

/// `GET /health/ready`: the database answers, and can be written.
pub async fn ready(State(app): State<App>) -> Result<Written, Problem> {
    app.ledger.ready().await?;
    Ok(written(&Status { status: "ok", close_waits: app.ledger.close_waits() }))
}
